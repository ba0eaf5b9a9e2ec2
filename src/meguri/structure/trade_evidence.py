"""What stands behind one figure of dependence: flows, supply and demand, shares, and how they were joined."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, label
from meguri.observe.outlook import outlook
from meguri.observe.trade import LAST_YEAR, SOURCE, By, read_codes, trade
from meguri.structure.dependence import (
    LIMITS,
    concerns,
    economy_members,
    n_minus_1,
    strategic_dependence,
)
from meguri.structure.divergence import latest_shares, ore_refined_divergence
from meguri.structure.import_history import quantity_range

LARGEST = 5  # origins or countries told singly
LISTS = {"country": "countries", "stage": "stages"}
Step = dict[str, Any]


def step(key: str, value: float = float("nan"), how: str = "", **fill: Any) -> Step:
    """One row of ``evidence``; braces are filled in both languages, keys of word lists by their words."""
    row: Step = {"value": value}
    for lang in LANGS:
        told = {n: label(c, lang, LISTS[n]) if n in LISTS and c else c for n, c in fill.items()}
        told = {n: c[lang] if isinstance(c, dict) else c for n, c in told.items()}
        row[f"name_{lang}"] = label(key, lang, "trade_evidence", **told)
        row[f"transformation_{lang}"] = label(how, lang, "trade_evidence", **told) if how else ""
    return row


def as_evidence(steps: list[Step]) -> pd.DataFrame:
    """Steps numbered and checked as the table ``evidence``."""
    table = pd.DataFrame(steps).assign(step=range(1, len(steps) + 1))
    return Schema.of("evidence").check(table.reindex(columns=Schema.of("evidence").names))


def dependence_evidence(
    codes: Iterable[Any] | str | int,
    economy: str = "EU",
    year: int = LAST_YEAR,
    measure: str = "cdi1",
    by: By = "value",
) -> pd.DataFrame:
    """Every figure behind one CDI: the largest origins, the sums it sets against each other, the result.

    Parameters
    ----------
    codes, economy, year, by
        As :func:`meguri.structure.dependence.strategic_dependence`.
    measure : {"cdi1", "cdi2", "cdi3"}
        Which indicator.

    Returns
    -------
    DataFrame
        Columns of ``evidence``.

    Examples
    --------
    >>> rows = dependence_evidence(810110, "JP", 2024, "cdi1")
    >>> rows["name_en"].iloc[0], rows["name_ja"].iloc[-1]
    ('Imports from China', 'CDI1（域外輸入の集中度）')
    """
    if measure not in LIMITS:
        details = {"choices": ", ".join(LIMITS), "near": "cdi1"}
        raise DataError(Problem("choice", "measure", measure, details=details))
    row = strategic_dependence(codes, economy, year, by).iloc[0]
    listed, (_, inside) = read_codes(codes), economy_members(economy)
    flows = quantity_range(trade(listed, year))
    column, unit = ("value_kusd", "kUSD") if by == "value" else ("quantity_t", "t")
    buys, sells = flows["importer"].isin(inside), flows["exporter"].isin(inside)
    parts = {"outside": flows[buys & ~sells], "within": flows[buys & sells], "exports": flows[sells]}
    steps = _origins(parts["outside"], column) if row["reason"] != "retired" else []
    wanted = {"cdi1": ["outside"], "cdi2": ["outside", "within"], "cdi3": ["outside", "exports"]}[measure]
    for name in wanted if steps else []:
        told = step(name, float(parts[name][column].sum()), "sum_how", codes=", ".join(listed))
        steps.append(told | _range(parts[name], by))
    shared = {"unit": unit, "year": str(year), "source": SOURCE, "grade": "reported"}
    last = step(measure, row[measure], f"{measure}_how")
    last |= {"low": row[f"{measure}_low"], "high": row[f"{measure}_high"], "unit": "1", "grade": "derived"}
    reasons = [_note(reason) for reason in row["reason"].split("|") if concerns(reason, measure)]
    return as_evidence([shared | told for told in [*steps, last, *reasons]])


def _origins(outside: pd.DataFrame, column: str) -> list[Step]:
    amounts = outside.groupby("exporter")[column].sum().sort_values(ascending=False)
    steps = [step("from_outside", float(v), country=c) for c, v in amounts.iloc[:LARGEST].items()]
    rest = amounts.iloc[LARGEST:]
    return [*steps, step("rest_outside", float(rest.sum()), n=len(rest))] if len(rest) else steps


def _range(flows: pd.DataFrame, by: By) -> Step:
    """Range of a sum of quantities, and how it comes about."""
    if by == "value" or flows["quantity_t"].notna().all():
        return {}
    ends = flows[["amount_low", "amount_high"]].sum(skipna=False)
    how = {f"transformation_{lang}": label("unknown_quantity_how", lang, "trade_evidence") for lang in LANGS}
    return {"low": ends["amount_low"], "high": ends["amount_high"]} | how


def _note(reason: str) -> Step:
    words = {lang: label(reason, lang, "reasons", year="") for lang in LANGS}
    return step("note_row", reason=words) | {"unit": "", "grade": ""}


def n_minus_1_evidence(element: str, year: int = 2024, scenario: str = "STEPS") -> pd.DataFrame:
    """Every figure behind N−1 of a metal: supply, the largest supplier and demand, stage by stage.

    Parameters
    ----------
    element, year, scenario
        As :func:`meguri.structure.dependence.n_minus_1`.

    Examples
    --------
    >>> n_minus_1_evidence("Co")["name_en"].iloc[:2].tolist()
    ['Supply, Ore and concentrate', 'Largest supplier, DR Congo']
    """
    steps: list[Step] = []
    for row in n_minus_1(element, year, scenario).itertuples():
        shared = {"year": row.data_year, "source": row.source, "grade": "reported", "unit": "t"}
        own = row.source == "iea-cm-2024" and row.basis.startswith("as_iea ")
        if own:
            steps += [shared | told for told in _two_sides(element, row.stage, year, row.basis.split()[1])]
        how = "n1_how" if own else "n1_share_how"
        last = shared | step("n1", row.value, how, stage=row.stage)
        steps.append(last | {"low": row.low, "high": row.high, "unit": "1", "grade": row.grade})
        steps += [shared | _note(reason) for reason in row.reason.split("|") if reason]
    return as_evidence(steps)


def _two_sides(element: str, stage: str, year: int, scenario: str) -> list[Step]:
    table = outlook(element)
    table = table[table["year"] == year]
    supply = table[table["stage"] == stage]
    top = supply[supply["country"] != "XX"].sort_values("amount").iloc[-1]
    needs = table[(table["what"] == "demand") & (table["scenario"] == scenario)]["amount"].iloc[0]
    return [
        step("supply", float(supply["amount"].sum()), stage=stage),
        step("largest", float(top["amount"]), country=top["country"]),
        step("demand", float(needs), scenario=scenario),
    ]


def divergence_evidence(element: str, source: str, year: int | None = None) -> pd.DataFrame:
    """Every share behind the divergence of ore and refined metal by one source.

    Parameters
    ----------
    element, year
        As :func:`meguri.structure.divergence.ore_refined_divergence`.
    source : str
        Key of the source.

    Examples
    --------
    >>> rows = divergence_evidence("Co", "bgs-wms")
    >>> rows["name_en"].iloc[0], round(float(rows["value"].iloc[-1]), 1)
    ('Share of DR Congo, ore', 0.9)
    """
    found = ore_refined_divergence(element, year)
    found = found[found["source"] == source]
    if found.empty:
        listed = ", ".join(ore_refined_divergence(element, year)["source"]) or "-"
        raise DataError(Problem("choice", "source", source, details={"choices": listed, "near": listed}))
    shares = latest_shares(element, year)
    shares = shares[(shares["source"] == source) & shares["share"].notna()]
    steps: list[Step] = []
    for row in found.itertuples():
        for stage, key in (("ore", "share_ore"), (row.stage, "share_refined")):
            side = shares[shares["stage"] == stage].nlargest(LARGEST, "share")
            steps += [
                step(key, part.share, country=part.country, stage=stage)
                | {"unit": "1", "year": str(part.year), "source": source, "grade": part.grade}
                for part in side.itertuples()
            ]
        last = step("divergence", row.divergence, "divergence_how")
        last |= {"low": row.divergence_low, "high": row.divergence_high, "unit": "1", "source": source}
        steps.append(last | {"year": f"{row.year_ore}/{row.year_refined}", "grade": "derived"})
    return as_evidence(steps)
