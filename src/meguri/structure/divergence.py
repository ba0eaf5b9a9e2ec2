"""How far the countries that refine a metal differ from those that mine its ore, as one number."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.mining import elements as with_production
from meguri.observe.mining import production
from meguri.structure.concentration import PROCESSED, shares

ROUNDING = 0.005  # printed shares are rounded


def ore_refined_divergence(element: str, year: int | None = None) -> pd.DataFrame:
    """Part of a metal's refining that stands in other countries than its ore, by source.

    Half the sum of absolute differences of the two sets of shares (total variation distance): 0 when
    every country refines as much as it mines, 1 when none does both. Ore of one source is never set
    against metal of another. What a source does not name ("other countries", shares that do not add to
    1) counts as one further country in the value, and anywhere at all in the range.

    Parameters
    ----------
    element : str
        Element key.
    year : int, optional
        Latest year to look at; without it, the latest at hand.

    Returns
    -------
    DataFrame
        Columns of ``divergence``; unknown, with its reason, where a large producer is unknown.

    Notes
    -----
    Document 001: the countries that refine are not those that mine. Total variation distance as in the
    dissimilarity index of Duncan & Duncan 1955.

    Examples
    --------
    >>> rows = ore_refined_divergence("Co", 2023).set_index("source")
    >>> round(float(rows.at["bgs-wms", "divergence"]), 2)
    0.9
    """
    table = latest_shares(element, year)
    rows = [
        _pair(part[part["stage"] == "ore"], part[part["stage"] == stage], stage)
        for _, part in table.groupby("source", sort=False)
        for stage in part["stage"].unique()
        if stage in PROCESSED and (part["stage"] == "ore").any()
    ]
    joined = pd.DataFrame(rows) if rows else Schema.of("divergence").empty()
    return Schema.of("divergence").check(joined.assign(element=element))


def latest_shares(element: str, year: int | None = None) -> pd.DataFrame:
    """Shares of the last year of each source and stage, up to a year.

    Examples
    --------
    >>> sorted(set(latest_shares("Co", 2023).query("source == 'bgs-wms'")["stage"]))
    ['ore', 'refining']
    """
    table = production(element)
    if year is not None:
        table = table[table["year"] <= year]
    return shares(table, latest=True)


def _pair(ore: pd.DataFrame, refined: pd.DataFrame, stage: str) -> dict[str, object]:
    row: dict[str, object] = {
        "year_ore": ore["year"].iloc[0], "year_refined": refined["year"].iloc[0], "stage": stage,
        "source": ore["source"].iloc[0], "grade": weakest([*ore["grade"], *refined["grade"]]), "reason": "",
    }  # fmt: skip
    sides = [part[part["kind"] == "country"].set_index("country")["share"] for part in (ore, refined)]
    if any(side.isna().any() or side.empty for side in sides):
        told = [reason for reason in (*ore["reason"], *refined["reason"]) if reason]
        return row | {"reason": told[0] if told else "not_available"}
    low, value, high = distance_range(*sides)
    if high - low > ROUNDING:
        row["reason"] = "incomplete"
    return row | {"divergence": value, "divergence_low": low, "divergence_high": high}


def distance_range(first: pd.Series[float], second: pd.Series[float]) -> tuple[float, float, float]:
    """Total variation distance of two sets of shares whose unnamed rests may stand anywhere.

    A rest can only stand in countries its own side does not name. The overlap of the two sides is least
    when the rests meet nobody, and greatest when each fills what the other side has there, or meets the
    other's rest.

    Parameters
    ----------
    first, second : Series
        Share [1] by country; each adds to at most 1.

    Returns
    -------
    (low, value, high) [1]
        ``value`` counts each rest as one country "others".

    Examples
    --------
    >>> distance_range(pd.Series({"CD": 0.7, "AU": 0.3}), pd.Series({"CN": 0.8, "AU": 0.2}))
    (0.8, 0.8, 0.8)
    >>> low, value, high = distance_range(pd.Series({"CD": 0.5}), pd.Series({"CN": 1.0}))
    >>> low, value, high
    (0.5, 1.0, 1.0)
    """
    sides = pd.DataFrame({"a": first, "b": second}).fillna(0.0)
    a, b = sides["a"], sides["b"]
    rest_a, rest_b = max(0.0, 1.0 - float(a.sum())), max(0.0, 1.0 - float(b.sum()))
    named = float(sides.min(axis=1).sum())
    free_b, free_a = float(b[a == 0].sum()), float(a[b == 0].sum())  # what a rest may meet
    meets_b, meets_a = min(rest_a, free_b), min(rest_b, free_a)
    both = min(rest_a - meets_b, rest_b - meets_a)
    value = 0.5 * (float((a - b).abs().sum()) + abs(rest_a - rest_b))
    low, high = 1 - min(1.0, named + meets_b + meets_a + both), 1 - named
    return min(low, value), value, max(high, value)


def divergence_scores(elements: Iterable[str] | None = None, year: int | None = None) -> pd.DataFrame:
    """The same as rows of ``risk_scores``: method and measure ``divergence``, economy WORLD.

    Parameters
    ----------
    elements : iterable of str, optional
        Element keys; all with production figures when left out.
    year : int, optional
        Latest year to look at.

    Examples
    --------
    >>> rows = divergence_scores(["Co", "W"])
    >>> rows.loc[rows["material"] == "W", ["stage", "basis"]].values.tolist()
    [['refining', 'ec-crm-2023']]
    """
    named = list(elements) if elements is not None else with_production()
    parts = [ore_refined_divergence(name, year) for name in named]
    table = pd.concat([part for part in parts if len(part)] or [Schema.of("divergence").empty()])
    years = [
        f"{a}" if a == b else f"{a}/{b}"
        for a, b in zip(table["year_ore"], table["year_refined"], strict=True)
    ]
    return Schema.of("risk_scores").check(pd.DataFrame({
        "method": "divergence", "measure": "divergence", "economy": "WORLD", "material": table["element"],
        "stage": table["stage"], "year": table["year_refined"], "value": table["divergence"],
        "low": table["divergence_low"], "high": table["divergence_high"], "unit": "1",
        "basis": table["source"], "data_year": years, "reason": table["reason"],
        "source": table["source"], "grade": table["grade"],
    }))  # fmt: skip
