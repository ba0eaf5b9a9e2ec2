"""Who holds a stage of a metal: the largest country by each source, and the firms whose share is known."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.firms import firms, group_of, held_on, ownership
from meguri.observe.mining import production
from meguri.structure.concentration import concentration, shares

TODAY = "9999-12-31"
STAGE_ORDER = (
    "ore",
    "separation",
    "refining",
    "metal",
    "alloy",
    "material",
    "magnet",
    "part",
    "equipment",
    "recycling",
)


def stage_holders(element: str, year: int | None = None) -> pd.DataFrame:
    """Largest holder and concentration of each stage of a metal, one row for each source and firm.

    Every source speaks with its latest year; none is averaged. Firms stand beside countries where a
    document gives their share: the rest of that stage is unknown, so their HHI is only bounded
    (``hhi`` and ``hhi_low`` = s², ``hhi_high`` = s² + (1 − s)²). Firms are merged into the group that
    holds the majority at the end of the year.

    Parameters
    ----------
    element : str
        Element key.
    year : int, optional
        Latest year to look at; without it, the latest at hand.

    Returns
    -------
    DataFrame
        Columns of ``stage_holders``, in the order of the stages; no row where no share is known.

    Examples
    --------
    >>> rows = stage_holders("Ta").set_index("holder")
    >>> row = rows.loc["JX Advanced Metals"].iloc[-1]
    >>> row["stage"], row["holder_kind"], float(row["holder_share"]), round(float(row["hhi"]), 2)
    ('material', 'firm', 0.6, 0.36)
    """
    return _stage_holders(element, year).copy()


@cache
def _stage_holders(element: str, year: int | None) -> pd.DataFrame:
    rows = _countries(element, year)
    rows += _firms(element, year)
    if not rows:
        return Schema.of("stage_holders").empty()
    table = pd.DataFrame(rows)
    order = table["stage"].map({stage: place for place, stage in enumerate(STAGE_ORDER)})
    table = table.assign(_order=order).sort_values(
        ["_order", "source", "year", "holder_share"], kind="stable"
    )
    return Schema.of("stage_holders").check(table.drop(columns="_order"))


def _countries(element: str, year: int | None) -> list[dict[str, object]]:
    table = production(element)
    if year is not None:
        table = table[table["year"] <= year]
    found = concentration(shares(table, latest=True))
    return [
        {
            "element": element, "stage": row.stage, "holder": row.top, "holder_kind": "country", "fact": "",
            "holder_country": row.top, "holder_share": row.top_share, "hhi": row.hhi,
            "hhi_low": row.hhi_low, "hhi_high": row.hhi_high, "year": row.year, "reason": row.reason,
            "source": row.source, "grade": row.grade, "flag": "",
        }
        for row in found[found["hhi"].notna()].itertuples()
    ]  # fmt: skip


def _firms(element: str, year: int | None) -> list[dict[str, object]]:
    """Firms with a known share; two shares of one firm in a stage are two goods and stay two rows."""
    table = firms(element, placeholders=False)
    table = table[table["share"].notna() & (table["year"] <= (year or np.inf))]
    edges = held_on(ownership(), TODAY if year is None else f"{year}-12-31")
    rows: list[dict[str, object]] = []
    for row in table.itertuples():
        group, _ = group_of(row.firm, edges)
        part = float(row.share)
        rows.append({
            "element": element, "stage": row.stage, "holder": group,
            "holder_kind": "firm" if group == row.firm else "group", "fact": row.fact,
            "holder_country": row.country,
            "holder_share": part, "hhi": part**2, "hhi_low": part**2,
            "hhi_high": part**2 + (1 - part) ** 2, "year": row.year, "reason": "firm_bound",
            "source": row.source, "grade": row.grade, "flag": row.flag,
        })  # fmt: skip
    return rows


def worst_stage(rows: pd.DataFrame) -> pd.Series | None:
    """The most concentrated stage of one metal, by the source that finds it most concentrated.

    Rule, where sources disagree: one source is enough to raise the alarm. The stage and its holder are
    those of the row with the highest HHI; an index among known producers only (reason ``known_only``)
    speaks only where its stage has no other. The range covers every source of that stage; it says
    ``sources_disagree`` when those name another holder, or when a source that covers several stages
    finds another of them more concentrated.

    Parameters
    ----------
    rows : DataFrame
        Columns of ``stage_holders`` for one metal.

    Returns
    -------
    Series or None
        The row, its range and reason widened, with ``holder_share_low`` and ``holder_share_high``;
        None when no stage has a share.

    Examples
    --------
    >>> row = worst_stage(stage_holders("Ga"))
    >>> row["stage"], row["holder"], round(float(row["hhi_low"]), 3), round(float(row["hhi_high"]), 3)
    ('refining', 'CN', 0.879, 0.98)
    """
    if rows.empty:
        return None
    whole = rows[rows["reason"] != "known_only"]
    rows = pd.concat([whole, rows[~rows["stage"].isin(set(whole["stage"]))]])
    row = rows.loc[rows["hhi"].idxmax()].copy()
    same = rows[(rows["stage"] == row["stage"]) & (rows["holder_kind"] == "country")]
    if row["holder_kind"] != "country":
        same = rows.loc[[row.name]]  # two shares of firms are shares of two goods
    row["hhi_low"] = same["hhi_low"].fillna(same["hhi"]).min()
    row["hhi_high"] = same["hhi_high"].fillna(same["hhi"]).max()
    mine = same.loc[same["holder"] == row["holder"], "holder_share"]
    row["holder_share_low"], row["holder_share_high"] = mine.min(), mine.max()
    if same["holder"].nunique() > 1 or _another_stage(rows, row["stage"]):
        row["reason"] = "|".join(filter(None, [row["reason"], "sources_disagree"]))
    return row


def _another_stage(rows: pd.DataFrame, stage: str) -> bool:
    """Whether a source that covers the stage and others finds another of them more concentrated."""
    for _, group in rows.groupby("source"):
        highest = group.groupby("stage")["hhi"].max()
        if stage in highest.index and highest.idxmax() != stage:
            return True
    return False
