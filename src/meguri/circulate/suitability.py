"""Which metal is fit to circulate: the documents' four tests, from declared inputs, with reasons.

Value density, specific use, concentrated scrap, mature collection trade. A number is judged against
declared marks, a verdict is taken as its source gives it, and what nobody knows stays unknown: it widens
the score instead of counting as a no.
"""

from __future__ import annotations

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.packaged import facts

TESTS = ("value_density", "specific_use", "concentrated_scrap", "mature_trade")
POINTS = {"unmet": 0.0, "partly": 0.5, "met": 1.0}


def suitability(
    inputs: pd.DataFrame | None = None,
    chains: pd.DataFrame | None = None,
    marks: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Verdict of every chain in every test, with the reason and its source.

    Parameters
    ----------
    inputs, chains, marks : DataFrame, optional
        Columns of ``suitability_inputs``, ``suitability_chains`` and ``suitability_marks``; the packaged
        ones (the documents' flows F07–F14 and the metals beside them) when left out.

    Returns
    -------
    DataFrame
        Columns of ``suitability``: four rows for each chain, in the order of the chains. A test without
        a row, or whose row holds neither verdict nor number, is *unknown*. ``points_low`` and
        ``points_high`` follow the range of the number, or 0 and 1 where nothing is known.

    Raises
    ------
    DataError
        For tables that do not hold what they must, and for inputs of chains that are not listed.

    Examples
    --------
    >>> verdict = suitability().set_index(["chain", "test"])["verdict"]
    >>> verdict["pd-short", "mature_trade"], verdict["pd-short", "concentrated_scrap"]
    ('met', 'unknown')
    """
    given = _table("suitability_inputs", "suitability.csv", inputs)
    listed = _table("suitability_chains", "suitability_chains.csv", chains)
    rule = _table("suitability_marks", "suitability_marks.csv", marks).set_index("test")
    lost = sorted(set(given["chain"]) - set(listed["chain"]))
    if lost:
        raise DataError([Problem("suitability_chain", "inputs", chain) for chain in lost])
    grid = listed[["chain", "element"]].merge(pd.DataFrame({"test": TESTS}), how="cross")
    rows = grid.merge(given, on=["chain", "test"], how="left").fillna(
        {"verdict": "", "text_en": "", "text_ja": "", "source": "", "grade": "assumed"}
    )
    judged = [_judge(row, rule) for row in rows.to_dict("records")]
    columns = pd.DataFrame(judged, columns=["verdict", "points_low", "points", "points_high"])
    rows = rows.drop(columns="verdict").join(columns)
    rows["unit"] = rows["test"].map(rule["unit"])
    return Schema.of("suitability").check(rows[Schema.of("suitability").names])


def _table(table: str, file: str, own: pd.DataFrame | None) -> pd.DataFrame:
    return facts(table, file) if own is None else Schema.of(table).check(own, table)


def _judge(row: dict[str, object], rule: pd.DataFrame) -> tuple[str, float, float, float]:
    """Verdict with its points; the source's own word goes before the number."""
    said, value = str(row["verdict"]), float(row["value"])  # type: ignore[arg-type]
    if said:
        return said, POINTS[said], POINTS[said], POINTS[said]
    if pd.isna(value):
        return "unknown", 0.0, float("nan"), 1.0
    below, enough = (float(rule.at[row["test"], name]) for name in ("unmet_below", "met_from"))
    ends = [value if pd.isna(end) else float(end) for end in (row["value_low"], row["value_high"])]  # type: ignore[arg-type]
    verdict, low, high = (_against(number, below, enough) for number in (value, *ends))
    return verdict, POINTS[low], POINTS[verdict], POINTS[high]


def _against(number: float, below: float, enough: float) -> str:
    return "unmet" if number < below else "met" if number >= enough else "partly"


def suitability_scores(rows: pd.DataFrame | None = None) -> pd.DataFrame:
    """How many of the four tests each chain meets, at least and at most.

    Parameters
    ----------
    rows : DataFrame, optional
        Columns of ``suitability``; the packaged chains when left out.

    Returns
    -------
    DataFrame
        Columns of ``suitability_scores``, the fittest first by what is certain. ``score_low`` counts
        unknowns as unmet, ``score_high`` as met: a chain of which little is known has a wide range,
        not a low rank in disguise.

    Examples
    --------
    >>> rows = suitability_scores().set_index("chain")
    >>> rows.loc["pd-short", ["score_low", "score_high"]].tolist()
    [2.5, 3.5]
    """
    rows = suitability() if rows is None else rows
    by = rows.groupby("chain", sort=False)
    frame = pd.DataFrame({
        "element": by["element"].first(),
        "met": by["verdict"].agg(lambda v: int((v == "met").sum())),
        "unknown": by["verdict"].agg(lambda v: int((v == "unknown").sum())),
        "score_low": by["points_low"].sum(),
        "score_high": by["points_high"].sum(),
        "grade": by["grade"].agg(weakest),
    }).reset_index()  # fmt: skip
    order = frame.sort_values(["score_low", "score_high"], ascending=False, kind="stable")
    return Schema.of("suitability_scores").check(order.reset_index(drop=True))
