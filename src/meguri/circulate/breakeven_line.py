"""Where two plans tie over two numbers at once: a yield, and the position that the direct plan keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.circulate.breakeven import Comparison, tornado
from meguri.circulate.numbers import Numbers, with_values
from meguri.circulate.value import Array

POINTS = 21
BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class TieLine:
    """The line of the tie, and where the stock stands: tables ``tie_line`` and ``tie_marks``."""

    line: pd.DataFrame
    mark: pd.DataFrame


def tie_line(comparison: Comparison, modes: Numbers, runs: Numbers, table: pd.DataFrame) -> TieLine:
    """Efficacy ratio above which the direct plan is the better one, for each value of a yield.

    Parameters
    ----------
    comparison : Comparison
        Two plans, for one stock, by function or net of burdens.
    modes, runs : Numbers
        The case at its modes, and drawn.
    table : DataFrame
        As :func:`meguri.circulate.numbers.listed`.

    Returns
    -------
    TieLine
        Both empty where the two plans make the same product, no yield has a range, or nothing is
        taken in.

    Notes
    -----
    The ratio is the efficacy of what the direct plan makes over that of what the other makes. What a
    plan delivers is a straight line in the efficacy of its product, with cycles too, so the tie
    follows from the gap at ratio 0 and at ratio 1. The line is clipped to [0, 1]: at 0 the direct
    plan is the better one whatever it keeps, at 1 the other one.
    """
    empty = TieLine(Schema.of("tie_line").empty(), Schema.of("tie_marks").empty())
    if not comparison.feed.collected.any():  # nobody takes it in: no plan brings anything
        return empty
    across, up = _across(comparison, modes, table), _up(comparison, modes, table)
    if across.empty or len(up) != 1:
        return empty
    other = comparison.products(modes)[1]
    names = {"stock": comparison.feed.stock, "by": comparison.by}
    rows = []
    for x in np.linspace(0, 1, POINTS):
        at, drawn = (_ratio_at(comparison, n, across, up, float(x), other) for n in (modes, runs))
        known = drawn[~np.isnan(drawn)]
        ends = np.quantile(known, BAND) if known.size else [np.nan] * 3
        band = dict(zip(("p10", "p50", "p90"), map(float, ends), strict=True))
        row: dict[str, Any] = {**names, "yield": float(x), "ratio": float(at[0]), **band}
        rows.append(row)
    mark = _mark(comparison, modes, across, up)
    return TieLine(
        Schema.of("tie_line").check(pd.DataFrame(rows)),
        Schema.of("tie_marks").check(pd.DataFrame([{**names, **mark}])),
    )


def _across(comparison: Comparison, modes: Numbers, table: pd.DataFrame) -> pd.DataFrame:
    """Rows of the yield that moves the comparison most."""
    moved = tornado(comparison, modes, table)
    kinds = dict(zip(table["lever"], table["table"], strict=True))
    for row in moved.to_dict("records"):
        if kinds[row["lever"]] == "routes":
            return table[table["parameter"].isin(str(row["parameters"]).split("|"))]
    return table.iloc[:0]


def _up(comparison: Comparison, modes: Numbers, table: pd.DataFrame) -> pd.DataFrame:
    """Row of the efficacy of what the direct plan makes; none where the other makes the same."""
    direct, other = comparison.products(modes)
    efficacy = table[table["table"] == "efficacy"]
    states = comparison.case.tables["efficacy"]["state"].loc[efficacy["row"]]
    same = states.to_numpy() == comparison.case.states[direct]
    return efficacy[same] if direct != other else efficacy.iloc[:0]


def _ratio_at(
    comparison: Comparison, numbers: Numbers, across: pd.DataFrame, up: pd.DataFrame, x: float, other: int
) -> Array:
    """Ratio at which the plans tie when the yield is ``x``; axes (run,)."""
    case = comparison.case
    runs = numbers.mass.shape[0] if numbers.mass.ndim > 1 else 1
    moved = with_values(case, numbers, across, np.full((runs, len(across)), x))
    top = np.broadcast_to(moved.system.efficacy[..., other], (runs,))
    low, high = (comparison.gap(with_values(case, moved, up, (share * top)[:, None])) for share in (0.0, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.where(high != low, low / (low - high), np.nan)
    return np.clip(np.where(high > low, found, np.nan), 0.0, 1.0) + 0.0  # no minus zero


def _mark(comparison: Comparison, modes: Numbers, across: pd.DataFrame, up: pd.DataFrame) -> dict[str, Any]:
    """Where the stock stands: its yield and its ratio, each with its range."""
    top = float(modes.system.efficacy[comparison.products(modes)[1]])
    first, only = across.iloc[0], up.iloc[0]
    ends = {
        f"ratio_{name}": min(float(only[name]) / top, 1.0) if top > 0 else float("nan")
        for name in ("low", "mode", "high")
    }
    return {
        "route_parameter": first["parameter"],
        "efficacy_parameter": only["parameter"],
        "direct": comparison.direct,
        "other": comparison.other,
        **{f"yield_{name}": float(first[name]) for name in ("low", "mode", "high")},
        **ends,
    }
