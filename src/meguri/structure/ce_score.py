"""Circular economy counted twice: by tonnes and by function, side by side and never added.

The points are those of document 000 (chapter 4.4 and 4.5): strengths A-D and gaps ①-④. Each is a
plain measure of the network with the members for which it is known; no letter grades it and no total is
formed. "Pulled to tonnes?" is a fact of order: does counting collected mass turn the ranking by function?
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from meguri.base.tables import Schema

Measure = Callable[[pd.DataFrame], "pd.Series[float]"]


@dataclass(frozen=True)
class CeAnswer:
    """``ce_scores``, ``ce_ranks`` and the order of both rankings compared.

    Attributes
    ----------
    tables : mapping
        By name.
    agreement : float
        Kendall's tau-b between the two rankings, unknown with fewer than two members.
    reversals : tuple of pairs
        Members (better by function, better by mass).
    """

    tables: Mapping[str, pd.DataFrame]
    agreement: float
    reversals: tuple[tuple[str, str], ...]


def _over(part: str, whole: str) -> Measure:
    return lambda table: (table[part] / table[whole]).where(table[whole] > 0)


MEASURES: dict[str, tuple[str, str, int, Measure]] = {  # code -> column read, unit, line of the document
    "A": ("links", "1", 873, lambda table: table["links"].astype(float)),
    "B": ("function_back / function_out", "1", 876, _over("function_back", "function_out")),
    "C": ("mass_year", "kg", 878, lambda table: table["mass_year"]),
    "D": ("service_sales / sales", "1", 880, _over("service_sales", "sales")),
    "gap-1": ("mass_back / mass_out", "1", 911, _over("mass_back", "mass_out")),
    "gap-2": ("written", "1", 917, lambda table: table["written"]),
    "gap-3": ("after_sale", "1", 922, lambda table: table["after_sale"]),
    "gap-4": ("mass_back / mass_out − function_back / function_out", "1", 929,
              lambda table: MEASURES["gap-1"][3](table) - MEASURES["B"][3](table)),
}  # fmt: skip


def ce_scorecard(network: pd.DataFrame) -> CeAnswer:
    """Strengths and gaps of a network, its members ranked by mass and by function.

    Parameters
    ----------
    network : DataFrame
        Columns of ``ce_network``, one row for each firm or route; unknown cells stay unknown.

    Raises
    ------
    DataError
        When a cell is not as declared.

    Examples
    --------
    >>> rows = pd.DataFrame({"member": ["a", "b"], "mass_out": 10, "mass_back": [9, 5],
    ...                      "function_out": 10, "function_back": [1, 4]})
    >>> ce_scorecard(rows).reversals
    (('b', 'a'),)
    """
    table = Schema.of("ce_network").check(
        network.reindex(columns=Schema.of("ce_network").names), "ce_network"
    )
    rows = []
    for code, (read, unit, line, measure) in MEASURES.items():
        values = measure(table).astype(float).dropna()
        known = not values.empty
        rows.append(
            {
                "code": code,
                "measure": read,
                "unit": unit,
                "line": line,
                "known": len(values),
                "members": len(table),
                "value": values.median() if known else math.nan,
                "value_low": values.min() if known else math.nan,
                "value_high": values.max() if known else math.nan,
            }
        )
    scores = Schema.of("ce_scores").check(pd.DataFrame(rows), "ce_scores")
    ranks = _ranks(table)
    return CeAnswer(MappingProxyType({"ce_scores": scores, "ce_ranks": ranks}), *_compared(ranks))


def _ranks(table: pd.DataFrame) -> pd.DataFrame:
    mass, function = (MEASURES[code][3](table) for code in ("gap-1", "B"))
    by = {name: values.rank(ascending=False) for name, values in (("mass", mass), ("function", function))}
    frame = pd.DataFrame({
        "member": table["member"], "mass_kpi": mass, "function_kpi": function, "mass_rank": by["mass"],
        "function_rank": by["function"], "moved": by["mass"] - by["function"],
    })  # fmt: skip
    frame = frame.sort_values(["function_rank", "mass_rank", "member"], kind="stable")
    return Schema.of("ce_ranks").check(frame.reset_index(drop=True), "ce_ranks")


def _compared(ranks: pd.DataFrame) -> tuple[float, tuple[tuple[str, str], ...]]:
    from scipy.stats import kendalltau

    known = ranks.dropna(subset=["mass_kpi", "function_kpi"])
    pairs = [
        (str(one.member), str(other.member))
        for one in known.itertuples()
        for other in known.itertuples()
        if one.function_kpi > other.function_kpi and one.mass_kpi < other.mass_kpi
    ]
    agreement = float(kendalltau(known["mass_kpi"], known["function_kpi"])[0]) if len(known) > 1 else math.nan
    return agreement, tuple(pairs)
