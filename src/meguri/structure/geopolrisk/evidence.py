"""What stands behind one GeoPolRisk score: producers, origins, governance, own output, price."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, find_key, label, suggest_key
from meguri.observe.added import added
from meguri.observe.governance import INTERVAL_90
from meguri.observe.groups import members
from meguri.observe.imports import imports_by_origin
from meguri.observe.trade import SOURCE as TRADE_SOURCE
from meguri.structure.geopolrisk.default import DEFAULT, Rules, parts, rated_flows, score_codes
from meguri.structure.geopolrisk.import_risk import UNRATED
from meguri.structure.geopolrisk.requests import requests
from meguri.structure.geopolrisk.supply import producers
from meguri.structure.geopolrisk.tool import tool_scores

WORDS = "geopolrisk_evidence"
LARGEST = 3  # producers and origins told singly
Row = Any
Step = dict[str, Any]


def evidence(
    material: str,
    importer: str,
    year: int,
    stage: str = "",
    groups: Mapping[str, Sequence[str]] | None = None,
    rules: Rules = DEFAULT,
) -> pd.DataFrame:
    """Every figure behind one score, in the order of the computation.

    Parameters
    ----------
    material, importer : str
        Keys or names.
    year : int
        Year of trade and governance.
    stage : str
        Key or name; without one, the first stage the material is traded at.
    groups : mapping, optional
        The user's own groups.
    rules : Rules
        As for `geopolrisk`.

    Returns
    -------
    DataFrame
        Columns of ``evidence``. Where the mining table has been added, what the tool gives stands last.

    Raises
    ------
    DataError
        For a name that is not known.

    Examples
    --------
    >>> rows = evidence("tungsten", "EU", 2022).set_index("name_en")
    >>> round(float(rows.at["Import risk", "value"]), 3), rows.at["Import risk", "year"]
    (0.222, '2022')
    """
    key, place, at = _asked(material, importer, stage, groups, rules)
    row = _only(parts([key], dict([place]), [year], rules), at)
    steps = [*_producers(row, rules), *_origins(row, place, year, rules), *_result(row)]
    steps += [_step("reason", reason=reason) for reason in _reasons(row)]
    if not added().empty:
        steps += _tool(key, place, year)
    found = pd.DataFrame(steps).assign(step=range(1, len(steps) + 1))
    return Schema.of("evidence").check(found.reindex(columns=Schema.of("evidence").names))


def _asked(
    material: str, importer: str, stage: str, groups: Mapping[str, Sequence[str]] | None, rules: Rules
) -> tuple[str, tuple[str, tuple[str, ...]], str]:
    key, place = find_key(material, "materials"), members(importer, groups)
    at = find_key(stage, "stages") if stage else ""
    stages = score_codes(rules).loc[lambda t: t["material"] == key, "stage"].unique()
    wrong = []
    if key is None:
        near = suggest_key(material, "materials") or "Co"
        wrong.append(Problem("term_materials", "material", material, details={"near": near}))
    if place is None:
        near = suggest_key(importer, "countries") or "JP"
        wrong.append(Problem("term_countries", "importer", importer, details={"near": near}))
    if at is None or (key is not None and at and at not in stages):
        wrong.append(Problem("term_stages", "stage", stage, details={"near": ", ".join(stages) or "ore"}))
    if wrong or key is None or place is None or at is None:
        raise DataError(wrong)
    return key, place, at


def _only(table: pd.DataFrame, stage: str) -> Row:
    rows = table[table["stage"] == stage] if stage else table
    return rows.iloc[0]


def _step(name: str, value: float = math.nan, how: str = "", unit: str = "1", **more: Any) -> Step:
    """One row; words are filled in both languages, countries, stages and reasons by their labels."""
    step: Step = {"value": value, "unit": unit}
    told = ("low", "high", "year", "source", "grade")
    step |= {column: more[column] for column in told if column in more}
    fill = {column: cell for column, cell in more.items() if column not in told}
    for lang in LANGS:
        words = {column: _word(column, str(cell), lang) for column, cell in fill.items()}
        step[f"name_{lang}"] = label(name, lang, WORDS, **words)
        step[f"transformation_{lang}"] = label(how, lang, WORDS, **words) if how else ""
    return step


def _word(column: str, cell: str, lang: Lang) -> str:
    lists = {"country": "countries", "stage": "stages", "reason": "reasons"}
    return label(cell, lang, lists[column]) if column in lists else cell


def _producers(row: Row, rules: Rules) -> list[Step]:
    """Largest producers of the year taken, and their concentration."""
    if pd.isna(row["hhi"]):
        return []
    rows = producers(rules.production, rules.stage_matched)
    same = (rows["element"] == row["material"]) & (rows["stage"] == row["stage"])
    same &= (rows["source"] == row["hhi_source"]) & (rows["period"] == row["hhi_period"])
    rows = rows[same & (rows["basis"] == row["hhi_basis"]) & (rows["kind"] == "country")]
    about = {"year": row["hhi_period"], "source": row["hhi_source"]}
    steps = []
    for one in rows.assign(size=rows["amount"].fillna(rows["share"])).nlargest(LARGEST, "size").itertuples():
        shared = pd.isna(one.amount)
        name, unit = ("producer_share", "1") if shared else ("producer", "t")
        where = {"country": one.country, "stage": one.stage}
        steps.append(_step(name, one.size, unit=unit, grade=one.grade, **about, **where))
    ends = {"low": row["hhi_low"], "high": row["hhi_high"], "grade": row["hhi_grade"]}
    return [*steps, _step("hhi", row["hhi"], "hhi_how", **ends, **about)]


def _origins(row: Row, place: tuple[str, tuple[str, ...]], year: int, rules: Rules) -> list[Step]:
    """Largest origins with their instability, and the sums over all of them."""
    if pd.isna(row["tonnes"]):
        return []
    codes = score_codes(rules)
    codes = codes[(codes["material"] == row["material"]) & (codes["stage"] == row["stage"])]
    ask = requests(codes, [row["material"]], dict([place]), [year])
    flows = rated_flows(imports_by_origin(ask.series, ask.places, [year]), [year], rules)
    told = {"year": str(year), "source": TRADE_SOURCE, "grade": "reported"}
    steps = []
    for one in flows.nlargest(LARGEST, "quantity_t").itertuples():
        steps.append(_step("origin", one.quantity_t, unit="t", country=one.country, **told))
        steps.append(_risk_step(one, year))
    derived = told | {"grade": "derived", "unit": "t"}
    listed = ", ".join(code for code, last in zip(codes["code"], codes["last"], strict=True) if year <= last)
    steps.append(_step("tonnes", row["tonnes"], "tonnes_how", codes=listed, **derived))
    if row["gap"] > 0:
        steps.append(_step("gap", row["gap"], "gap_how", **derived | {"grade": "estimated"}))
    return [*steps, _step("weighed", row["weighed"], "weighed_how", **derived)]


def _risk_step(one: Row, year: int) -> Step:
    if pd.isna(one.spread):
        return _step("risk", UNRATED, "unrated_how", low=0.0, high=1.0, year=str(year), grade="assumed",
                     country=one.country)  # fmt: skip
    reach = INTERVAL_90 * one.spread
    ends = {"low": max(0.0, one.risk - reach), "high": min(1.0, one.risk + reach)}
    return _step("risk", one.risk, "risk_how", year=str(year), source=one.rated_by, grade="derived",
                 country=one.country, **ends)  # fmt: skip


def _result(row: Row) -> list[Step]:
    """Own output, import risk, score and what follows from it."""
    year, steps = str(row["year"]), []
    if not pd.isna(row["output_low"]):
        ends = {"low": row["output_low"], "high": row["output_high"]}
        ends = {end: cell if math.isfinite(cell) else math.nan for end, cell in ends.items()}
        about = {"year": row["output_period"], "source": row["output_source"], "grade": row["output_grade"]}
        steps.append(_step("output", row["output"], "output_how", unit="t", **ends, **about))
    for name, unit in (("ir", "1"), ("score", "1"), ("midpoint", "kUSD/t"), ("cf", "kg Cu-eq/kg")):
        if name == "midpoint":
            price = {"unit": "kUSD/t", "source": TRADE_SOURCE}
            steps.append(_step("price", row["price"], "price_how", year=year, grade="derived", **price))
        ends = {"low": row[f"{name}_low"], "high": row[f"{name}_high"]}
        steps.append(_step(name, row[name], f"{name}_how", unit=unit, year=year, grade="derived", **ends))
    return steps


def _reasons(row: Row) -> list[str]:
    found = [row["absent"], row["hhi_reason"] if isinstance(row["hhi_reason"], str) else ""]
    late = (row["hhi_far"], row["output_far"])
    found.append("production_year" if any(not pd.isna(far) and far > 0 for far in late) else "")
    return [reason for reason in dict.fromkeys(found) if reason]


def _tool(key: str, place: tuple[str, tuple[str, ...]], year: int) -> list[Step]:
    table = tool_scores([key], dict([place]), [year])
    value = float(table.loc[table["measure"] == "score", "value"].iloc[0])
    source = str(table["source"].iloc[0])
    return [_step("tool", value, "tool_how", year=str(year), source=source, grade="derived")]
