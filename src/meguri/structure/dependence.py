"""Dependence on outside suppliers: the Commission's three indicators, and supply without the largest."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import suggest_key
from meguri.observe.groups import members
from meguri.observe.mining import production
from meguri.observe.outlook import outlook
from meguri.observe.packaged import facts
from meguri.observe.trade import LAST_YEAR, SOURCE, By, read_codes, reason_absent, trade, trade_codes
from meguri.structure.bounds import hhi_range, share_range, three_range
from meguri.structure.concentration import concentration, shares
from meguri.structure.import_history import quantity_range

LIMITS = {"cdi1": 0.4, "cdi2": 0.5, "cdi3": 1.0}
MEASURES = (*LIMITS, "top_share", "top_three")
COVERS = 0.75  # stocks can bridge less than a quarter of a year's demand
FORECAST = 2025  # from this year on the IEA's figures are expectations


def strategic_dependence(
    codes: Iterable[Any] | str | int,
    economy: str = "EU",
    years: Iterable[int] | int = LAST_YEAR,
    by: By = "value",
    own: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """CDI1–3 of a country or group for one good, its codes taken together.

    CDI1 is the HHI of imports from outside, CDI2 imports from outside over all imports, CDI3 imports
    from outside over all exports (trade among members counts in both denominators). A single country
    has no inside: its CDI2 is 1 by definition (reason ``single_country``). Membership is the latest for
    every year. A code that an HS revision retired gives no figure.

    Parameters
    ----------
    codes : one or several HS 1992 codes
        Several are one good.
    economy : str
        Country or packaged group, by key or name, or a name of ``own``.
    years : int or several
        Years.
    by : {"value", "quantity"}
        Basis; by quantity, rows without one leave a range as in
        :func:`meguri.structure.import_history.quantity_range`, and the figure itself is that of the
        rows with a quantity.
    own : mapping, optional
        The user's own groups.

    Returns
    -------
    DataFrame
        Columns of ``trade_dependence``, one row a year.

    Raises
    ------
    DataError
        For a code or economy that cannot be read.

    Notes
    -----
    European Commission SWD(2021) 352; Arjona, Connell & Herghelegiu 2023 (doi 10.2873/768035).
    Dependent: CDI1 > 0.4, CDI2 > 0.5 and CDI3 > 1. CEPII's GeoDep confirms the thresholds 0.4 and 1; that
    exports among members belong to the denominator of CDI3 is our reading of "total exports".

    Examples
    --------
    >>> row = strategic_dependence([280530, 284610, 284690], "EU", 2024).iloc[0]
    >>> [round(float(row[name]), 2) for name in ("cdi1", "cdi2", "cdi3")], row["dependent"]
    ([0.19, 0.63, 0.55], 'no')
    """
    listed, span = read_codes(codes), _span(years)
    return _dependence(listed, economy_members(economy, own), span, _flows(listed, span), by)


def _span(years: Iterable[int] | int) -> list[int]:
    return [int(years)] if isinstance(years, int | np.integer) else [int(year) for year in years]


def _flows(codes: list[str], years: list[int]) -> pd.DataFrame:
    """All the world's flows of the codes, remnants of retired codes left out, with ranges of quantity."""
    flows = quantity_range(trade(codes, years))
    retired = trade_codes().set_index("code")["retired"].replace("", str(LAST_YEAR + 1)).astype(int)
    return flows[flows["year"] < flows["code"].map(retired)]


def _dependence(
    codes: list[str], economy: tuple[str, tuple[str, ...]], years: list[int], flows: pd.DataFrame, by: By
) -> pd.DataFrame:
    key, inside = economy
    rows = [_one_year(codes, key, inside, year, flows[flows["year"] == year], by) for year in years]
    return Schema.of("trade_dependence").check(pd.DataFrame(rows))


def economy_members(
    economy: str, own: Mapping[str, Sequence[str]] | None = None
) -> tuple[str, tuple[str, ...]]:
    """Key and members of a country or group.

    Raises
    ------
    DataError
        When no such name is known, with the nearest one.

    Examples
    --------
    >>> economy_members("日本")
    ('JP', ('JP',))
    """
    found = members(economy, own)
    if found is None:
        near = suggest_key(economy, "economies") or suggest_key(economy, "countries") or "EU, JP"
        raise DataError(Problem("term_countries", "economy", economy, details={"near": near}))
    return found


def _one_year(
    codes: list[str], key: str, inside: tuple[str, ...], year: int, flows: pd.DataFrame, by: By
) -> dict[str, object]:
    row: dict[str, object] = {
        "code": "|".join(codes), "economy": key, "year": year, "basis": by, "source": SOURCE,
        "grade": "derived", "dependent": "unknown", "reason": "",
    }  # fmt: skip
    column = "value_kusd" if by == "value" else "quantity_t"
    ends = [flows[column]] * 2 if by == "value" else [flows["amount_low"], flows["amount_high"]]
    flows = flows.assign(amount=flows[column], low=ends[0], high=ends[1])
    outside = flows[flows["importer"].isin(inside) & ~flows["exporter"].isin(inside)]
    if not outside["amount"].sum() > 0:
        reasons = {reason_absent(code, year) for code in codes}
        return row | {"reason": "no_quantity" if len(outside) else "|".join(sorted(reasons))}
    row |= dependence_indicators(flows, inside)
    told = ["single_country"] if len(inside) == 1 else []
    if np.isnan(float(str(row["cdi3"]))):
        told.append("no_exports")
    row |= {"top": outside.groupby("exporter")["amount"].sum().idxmax(), "reason": "|".join(told)}
    return row | {"dependent": _dependent(row, no_exports="no_exports" in told)}


def dependence_indicators(flows: pd.DataFrame, inside: Iterable[str]) -> dict[str, float]:
    """CDI1–3 and their ranges from the flows of one good and year.

    Parameters
    ----------
    flows : DataFrame
        importer, exporter, ``amount`` and the range ``low``…``high`` it may have, in one unit.
    inside : iterable of str
        Members of the economy.

    Returns
    -------
    dict
        cdi1, cdi2, cdi3, top_share, top_three [1], each with ``_low`` and ``_high``; CDI3 is NaN without
        exports.

    Examples
    --------
    >>> flows = pd.DataFrame({"exporter": ["CN", "US", "DE", "DE"], "importer": ["DE", "FR", "FR", "US"],
    ...                       "amount": [6.0, 2.0, 2.0, 2.0]})
    >>> flows = flows.assign(low=flows["amount"], high=flows["amount"])
    >>> found = dependence_indicators(flows, ["DE", "FR"])
    >>> found["cdi1"], found["cdi2"], found["cdi3"]  # 6² + 2² over 8², 8 of 10, 8 over 4
    (0.625, 0.8, 2.0)
    """
    members = list(inside)
    buys, sells = flows["importer"].isin(members), flows["exporter"].isin(members)
    outside, within, exports = flows[buys & ~sells], flows[buys & sells], flows[sells]
    origins = outside.groupby("exporter")[["amount", "low", "high"]].sum(skipna=True)
    out = _concentration(origins, bool(outside[["low", "high"]].isna().any(axis=None)))
    known = [float(part["amount"].sum()) for part in (outside, within, exports)]
    out["cdi2"] = known[0] / (known[0] + known[1])
    out["cdi3"] = known[0] / known[2] if known[2] > 0 else np.nan
    out |= _ratios(*(part[["low", "high"]].sum(skipna=False) for part in (outside, within, exports)))
    for name in MEASURES:  # the figure among known rows is one of the possible ones
        low, high, value = out[f"{name}_low"], out[f"{name}_high"], out[name]
        if not math.isnan(value):
            out[f"{name}_low"] = float(np.fmin(low, value))
            out[f"{name}_high"] = high if math.isnan(high) else max(high, value)
    return out


def _ratios(a: pd.Series[float], b: pd.Series[float], c: pd.Series[float]) -> dict[str, float]:
    """Ranges of CDI2 and CDI3 from those of outside imports, inside imports and exports.

    An unknown end bounds nothing: CDI2 is then 0 to 1, CDI3 0 and more; no high end means no bound.
    """
    out = {"cdi2_low": 0.0, "cdi2_high": 1.0, "cdi3_low": 0.0, "cdi3_high": np.nan}
    if not (a.isna().any() or b.isna().any()):
        out["cdi2_low"] = float(a["low"] / (a["low"] + b["high"])) if a["low"] > 0 else 0.0
        out["cdi2_high"] = float(a["high"] / (a["high"] + b["low"]))
    if not (a.isna().any() or c.isna().any()):
        out["cdi3_low"] = float(a["low"] / c["high"]) if c["high"] > 0 else np.nan
        out["cdi3_high"] = float(a["high"] / c["low"]) if c["low"] > 0 else np.nan
    return out


def _concentration(origins: pd.DataFrame, open_: bool) -> dict[str, float]:
    """CDI1, the largest and the three largest origins; n origins of unknown amount still hold 1/n or more."""
    n, p = len(origins), (origins["amount"] / origins["amount"].sum()).to_numpy()
    low, high = list(origins["low"]), list(origins["high"])
    values = {"cdi1": (p**2).sum(), "top_share": p.max(), "top_three": np.sort(p)[-3:].sum()}
    ends = {"cdi1": (1 / n, 1.0), "top_share": (1 / n, 1.0), "top_three": (min(1.0, 3 / n), 1.0)}
    if not open_:
        least, most = share_range(low, high)
        top = float(np.nanmax(least)), float(np.nanmax(most))
        ends = {"cdi1": hhi_range(low, high), "top_share": top, "top_three": three_range(low, high)}
    out = {name: float(value) for name, value in values.items()}
    for name, (least_end, most_end) in ends.items():
        out |= {f"{name}_low": least_end, f"{name}_high": most_end}
    return out


def _dependent(row: Mapping[str, Any], no_exports: bool) -> str:
    """Whether all three thresholds are passed; nothing exported passes the third."""
    limits = {name: limit for name, limit in LIMITS.items() if not (name == "cdi3" and no_exports)}
    if any(row[f"{name}_high"] <= limit for name, limit in limits.items()):  # no bound is never below
        return "no"
    return "yes" if all(row[f"{name}_low"] > limit for name, limit in limits.items()) else "open"


def dependence_scores(
    economies: Iterable[str] = ("EU",),
    years: Iterable[int] | int = LAST_YEAR,
    by: By = "value",
    materials: Iterable[str] | None = None,
    own: Mapping[str, Sequence[str]] | None = None,
) -> pd.DataFrame:
    """CDI1–3 and the largest origins of every traded material and stage, as rows of ``risk_scores``.

    The codes of a material and stage (``score_codes``) are one good.

    Parameters
    ----------
    economies, years, by, own
        As :func:`strategic_dependence`.
    materials : iterable of str, optional
        Material keys; all when left out.

    Returns
    -------
    DataFrame
        Columns of ``risk_scores`` with method ``cdi`` and measures cdi1, cdi2, cdi3, top_share and top_three.

    Examples
    --------
    >>> rows = dependence_scores(["EU", "JP"], 2024, materials=["W"])
    >>> sorted(set(rows["measure"])), set(rows["method"])
    (['cdi1', 'cdi2', 'cdi3', 'top_share', 'top_three'], {'cdi'})
    """
    goods = facts("score_codes")
    if materials is not None:
        goods = goods[goods["material"].isin(list(materials))]
    span, places = _span(years), [economy_members(economy, own) for economy in economies]
    flows = _flows(list(goods["code"]), span)
    rows = []
    for (material, stage), part in goods.groupby(["material", "stage"], sort=False):
        codes = list(part["code"])
        own_flows = flows[flows["code"].isin(codes)]
        for place in places:
            table = _dependence(codes, place, span, own_flows, by).to_dict("records")
            rows += [
                score | {"material": material, "stage": stage} for row in table for score in _scores(row)
            ]
    return Schema.of("risk_scores").check(pd.DataFrame(rows))


def _scores(row: dict[str, Any]) -> list[dict[str, object]]:
    shared = {name: row[name] for name in ("economy", "year", "basis", "source", "grade")}
    single = row["reason"].split("|")
    return [
        {
            **shared, "method": "cdi", "measure": name, "value": row[name], "low": row[f"{name}_low"],
            "high": row[f"{name}_high"], "unit": "1", "data_year": str(row["year"]),
            "reason": "|".join(reason for reason in single if concerns(reason, name)),
        }
        for name in MEASURES
    ]  # fmt: skip


def concerns(reason: str, measure: str) -> bool:
    """Whether a reason speaks of this indicator; most speak of all three.

    Examples
    --------
    >>> concerns("no_exports", "cdi3"), concerns("no_exports", "cdi1"), concerns("retired", "cdi1")
    (True, False, True)
    """
    only = {"single_country": "cdi2", "no_exports": "cdi3"}
    return bool(reason) and only.get(reason, measure) == measure


def n_minus_1(element: str, year: int = 2024, scenario: str = "STEPS") -> pd.DataFrame:
    """Supply without the largest supplier over the world's demand, by stage and source.

    Where the IEA gives both sides they are used: the value is that of one demand scenario, the range
    spans all. Where its supply of 2024 covers less than three quarters of its demand (graphite: synthetic
    graphite is demanded but not mined), the two are not of one scope and the index is unknown (reason
    ``scopes_differ``). Elsewhere demand is not at hand and the known output of the year stands for it (reason
    ``demand_as_supply``, grade assumed), so that the index is one minus the largest share. The index
    says which part of demand could still be met; above 1 nothing would be short. The IEA prints its own
    figures against the demand *outside* the largest supplier, which its open data do not hold: those
    are higher and are not reproduced here.

    Parameters
    ----------
    element : str
        Element key; REO for the magnet rare earths as the IEA counts them.
    year : int
        Year: 2024, 2030, 2035 or 2040 with the IEA, else the latest year of production up to it.
    scenario : {"STEPS", "APS", "NZE"}
        Demand scenario of future years.

    Returns
    -------
    DataFrame
        Columns of ``risk_scores`` with method and measure ``n1``; no row where no stage has shares.

    Raises
    ------
    DataError
        For a scenario the IEA does not give.

    Notes
    -----
    IEA, Global Critical Minerals Outlook 2025: N−1 = (total supply − largest supplier)/demand.

    Examples
    --------
    >>> row = n_minus_1("Co").set_index("stage").loc["refining"]
    >>> round(float(row["value"]), 3)  # (250,150 t - 196,143 t) / 220,726 t
    0.245
    """
    if scenario not in ("STEPS", "APS", "NZE"):
        details = {"choices": "STEPS, APS, NZE", "near": "STEPS"}
        raise DataError(Problem("choice", "scenario", scenario, details=details))
    rows = _outlook_rows(element, year, scenario) or _production_rows(element, year)
    shared = {"method": "n1", "measure": "n1", "economy": "WORLD", "material": element, "unit": "1"}
    table = pd.DataFrame(rows).assign(**shared) if rows else Schema.of("risk_scores").empty()
    return Schema.of("risk_scores").check(table)


def _outlook_rows(element: str, year: int, scenario: str) -> list[dict[str, object]]:
    table = outlook(element)
    table = table[table["year"] == year]
    needs = table[table["what"] == "demand"].set_index("scenario")["amount"]
    if needs.empty:
        return []
    case = scenario if year >= FORECAST else "base"
    rows: list[dict[str, object]] = []
    for stage, part in table[table["what"] == "supply"].groupby("stage"):
        left = part["amount"].sum() - part.loc[part["country"] != "XX", "amount"].max()
        row: dict[str, object] = {
            "stage": stage, "year": year, "basis": f"as_iea {case}", "data_year": str(year),
            "source": "iea-cm-2024", "grade": "derived" if year < FORECAST else "estimated",
        }  # fmt: skip
        if _coverage(element, str(stage)) < COVERS:
            rows.append(row | {"reason": "scopes_differ"})
        else:
            ends = {"value": left / needs[case], "low": left / needs.max(), "high": left / needs.min()}
            rows.append(row | ends)
    return rows


def _coverage(element: str, stage: str) -> float:
    """The IEA's supply of a stage over its demand in the last year that is past."""
    table = outlook(element)
    table = table[table["year"] == FORECAST - 1]
    supply = table.loc[(table["what"] == "supply") & (table["stage"] == stage), "amount"].sum()
    return float(supply / table.loc[table["what"] == "demand", "amount"].sum())


def _production_rows(element: str, year: int) -> list[dict[str, object]]:
    table = production(element)
    found = concentration(shares(table[table["year"] <= year], latest=True))
    return [
        {
            "stage": row.stage, "year": year, "value": 1 - row.top_share, "low": 1 - row.top_share,
            "high": 1 - row.top_share, "basis": f"{row.basis} {row.source}", "data_year": str(row.year),
            "reason": "|".join(filter(None, ["demand_as_supply", row.reason])), "source": row.source,
            "grade": weakest([row.grade, "assumed"]),
        }
        for row in found[found["top_share"].notna()].itertuples()
    ]  # fmt: skip
