"""Three scores of every good, 0-1, each with the evidence it was made from.

How hard is the good to replace (substitution), how far does it live inside a process (dependence), what
stops when it is gone (impact)? Evidence gives points by declared, monotone rules (score_rules.csv); a score
is the weighted mean of the points known. Missing evidence widens its interval and is never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sources import GRADES
from meguri.base.tables import Schema
from meguri.observe.goods_tables import goods_table
from meguri.structure.goods_measured import goods_measured

Array = npt.NDArray[np.float64]
SCORES = ("substitution", "dependence", "impact")


def points(value: Array, low: Array, high: Array, log: npt.NDArray[np.bool_]) -> Array:
    """Points of a value between two anchors: 0 at the first, 1 at the second, clipped outside.

    Parameters
    ----------
    value : array (row,)
        Evidence in its own unit; NaN stays NaN.
    low, high : array (row,)
        Values that give 0 and 1 points; ``low > high`` where less of the evidence means more points.
    log : array (row,) of bool
        Whether points run in the logarithm; a value that is not positive then lies beyond every anchor.

    Returns
    -------
    array (row,) [1]
        Monotone in the value.

    Examples
    --------
    >>> one = np.array([False])
    >>> points(np.array([0.3]), np.array([0.1]), np.array([0.5]), one).round(3).tolist()
    [0.5]
    >>> points(np.array([3.0]), np.array([9.0]), np.array([1.0]), ~one).round(3).tolist()
    [0.5]
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        v, a, b = (np.where(log, np.log(np.where(log, x, 1.0)), x) for x in (value, low, high))
        share = (v - a) / (b - a)
    return np.where(np.isnan(value), np.nan, np.clip(share, 0.0, 1.0))


def evidence_points(measured: pd.DataFrame, rules: pd.DataFrame | None = None) -> pd.DataFrame:
    """Evidence with the points that the rules give it, once for each score it counts in.

    Parameters
    ----------
    measured : DataFrame
        Columns of ``goods_measured``.
    rules : DataFrame, optional
        Columns of ``score_rules``; the packaged ones when left out.

    Returns
    -------
    DataFrame
        Columns of ``goods_evidence``. Evidence without a rule counts in no score and has no row.

    Examples
    --------
    >>> rows = evidence_points(goods_measured(codes=["848620"])).set_index("evidence")
    >>> float(rows.at["eto_process", "value"]), float(rows.at["eto_process", "points"])
    (1.0, 1.0)
    """
    chosen = goods_table("score_rules") if rules is None else rules
    chosen = chosen[["evidence", "score", "low", "high", "scale", "weight"]]
    table = measured.merge(chosen, on="evidence")
    low, high = table["low"].to_numpy(dtype=float), table["high"].to_numpy(dtype=float)
    log = (table["scale"] == "log").to_numpy()
    got = {
        c: points(table[c].to_numpy(dtype=float), low, high, log)
        for c in ("value", "value_low", "value_high")
    }
    ends = np.sort(np.vstack([got["value_low"], got["value_high"]]), axis=0)  # a falling rule turns the range
    table = table.assign(points=got["value"], points_low=ends[0], points_high=ends[1])
    order = table["score"].map({score: place for place, score in enumerate(SCORES)})
    table = table.assign(order=order).sort_values(["code", "order", "evidence"], kind="stable")
    names = Schema.of("goods_evidence").names
    return Schema.of("goods_evidence").check(table[names].reset_index(drop=True))


def goods_evidence(
    folder: Path | None = None,
    codes: Iterable[str] | None = None,
    exports: pd.DataFrame | None = None,
    without_lists: Iterable[str] = (),
) -> pd.DataFrame:
    """Every piece of evidence about every good with its points: what `score_goods` is made from.

    Parameters
    ----------
    folder, codes, exports, without_lists
        As :func:`meguri.structure.goods_measured.goods_measured`.

    Returns
    -------
    DataFrame
        Columns of ``goods_evidence``.
    """
    return evidence_points(goods_measured(folder, codes, exports, without_lists))


def score_goods(evidence: pd.DataFrame, without: Iterable[str] = ()) -> pd.DataFrame:
    """Substitution difficulty, process dependence and impact of loss of every good.

    score = Σ w·p over the evidence known / Σ w known. The interval asks what the missing evidence could
    still do: low = Σ w·p_low / Σ w of all rules, high = (Σ w·p_high + Σ w missing) / Σ w of all rules.

    Parameters
    ----------
    evidence : DataFrame
        Columns of ``goods_evidence``.
    without : iterable of str
        Pieces of evidence left out (treated as missing), for a check.

    Returns
    -------
    DataFrame
        Columns of ``goods_scores``, one row for each code and score. Without any evidence the score is
        unknown (reason ``no_evidence``) and its interval is 0-1.

    Examples
    --------
    >>> rows = score_goods(goods_evidence(codes=["848620"])).set_index("score")
    >>> rows.loc["dependence", ["value", "low", "high"]].round(2).tolist()
    [0.88, 0.5, 0.93]
    """
    rows = evidence[~evidence["evidence"].isin(set(without))]
    table = _sums(rows, evidence)
    known = table["known_weight"] > 0
    every = table["all_weight"]
    table["value"] = (table["points"] / table["known_weight"]).where(known).clip(0.0, 1.0)
    table["low"] = (table["points_low"] / every).clip(0.0, 1.0)
    table["high"] = ((table["points_high"] + every - table["known_weight"]) / every).clip(0.0, 1.0)
    table["low"] = table[["low", "value"]].min(axis=1)  # equal ends may differ by the last bit
    table["high"] = table[["high", "value"]].max(axis=1)
    table["known"] = (table["known_weight"] / every).clip(0.0, 1.0)
    table["reason"] = np.where(known, "", "no_evidence")
    order = table["score"].map({score: place for place, score in enumerate(SCORES)})
    table = table.assign(order=order).sort_values(["code", "order"], kind="stable")
    return Schema.of("goods_scores").check(table[Schema.of("goods_scores").names].reset_index(drop=True))


def _sums(rows: pd.DataFrame, evidence: pd.DataFrame) -> pd.DataFrame:
    """Weighted sums of points by code and score, over what is known and over all rules."""
    key = ["code", "score"]
    known = rows[rows["points"].notna()]
    weighted = known[key].assign(
        known_weight=known["weight"],
        n_evidence=1,
        **{name: known[name] * known["weight"] for name in ("points", "points_low", "points_high")},
    )
    sums = weighted.groupby(key).sum()
    told = known.assign(rank=known["grade"].map(GRADES.index)).groupby(key)["rank"].max()
    table = evidence.groupby(key)["weight"].sum().rename("all_weight").to_frame().join(sums)
    table["grade"] = told.map(dict(enumerate(GRADES)))
    table["source"] = pd.Series(_sources(known), dtype=object).reindex(table.index)
    numbers = ["known_weight", "n_evidence", "points", "points_low", "points_high"]
    return table.fillna(dict.fromkeys(numbers, 0) | {"source": "", "grade": ""}).reset_index()


def _sources(known: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Union of the sources of each code and score."""
    found: dict[tuple[str, str], set[str]] = {}
    for code, score, cell in zip(known["code"], known["score"], known["source"], strict=True):
        found.setdefault((code, score), set()).update(filter(None, cell.split("|")))
    return {key: "|".join(sorted(keys)) for key, keys in found.items()}
