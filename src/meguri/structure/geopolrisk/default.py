"""GeoPolRisk in the mode we believe in: what is not known stays unknown, and every score has a range."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from meguri.base.sources import GRADES
from meguri.base.terms import read_words
from meguri.observe.added import added_table
from meguri.observe.imports import country_numbers, imports_by_origin
from meguri.observe.packaged import facts
from meguri.observe.trade import FIRST_YEAR, LAST_YEAR
from meguri.observe.trade import SOURCE as TRADE_SOURCE
from meguri.structure.geopolrisk.import_risk import (
    KEYS,
    NOTED,
    UNRATED,
    import_risk,
    origin_risk,
    origin_sums,
)
from meguri.structure.geopolrisk.requests import member_table, requests
from meguri.structure.geopolrisk.rows import score_rows
from meguri.structure.geopolrisk.supply import with_supply
from meguri.structure.geopolrisk.tool import COPPER

METHOD = "geopolrisk"
METHOD_SOURCE = "koyamparambath-2024"
UNBOUNDED = ("production_share_only", "output_unknown", "other_unit")  # own output may be anything
PURE = ("gross_weight", "metal")  # bases that may be added to the gross weight of trade


@dataclass(frozen=True)
class Rules:
    """Where the default mode departs from the tool; each departure can be taken back to see its effect."""

    stage_matched: bool = True  # ore with mines, metal with refineries
    extra_bloc: bool = True  # trade inside a group is no import
    production: Literal["packaged", "added"] = "packaged"  # added: the mining table of the user's wheel


DEFAULT = Rules()


def default_scores(
    materials: Sequence[str],
    places: Mapping[str, tuple[str, ...]],
    years: Sequence[int],
    rules: Rules = DEFAULT,
) -> pd.DataFrame:
    """Scores of every material, place and year: columns of ``risk_scores``, method geopolrisk.

    Parameters
    ----------
    materials : keys
        Material keys; a material has a score for each stage it is traded at.
    places : mapping
        Economy → its member countries.
    years : ints
        Years of trade and governance.
    rules : Rules
        Departures to make.
    """
    return _rows(parts(materials, places, years, rules))


def parts(
    materials: Sequence[str],
    places: Mapping[str, tuple[str, ...]],
    years: Sequence[int],
    rules: Rules = DEFAULT,
) -> pd.DataFrame:
    """What the scores are made of, one row for each material, stage, place and year."""
    codes = score_codes(rules)
    ask = requests(codes[codes["material"].isin(list(materials))], materials, places, years)
    flows = imports_by_origin(ask.series, ask.places, years)
    table = ask.table.merge(_origins(flows, years, rules), on=KEYS, how="left")
    seen = flows[KEYS].drop_duplicates().assign(recorded=True)
    table = table.merge(seen, on=KEYS, how="left")
    table = with_supply(table, member_table(places), rules.production, rules.stage_matched)
    return _scored(import_risk(table))


def score_codes(rules: Rules = DEFAULT) -> pd.DataFrame:
    """Codes each material and stage is traded under: material, stage, code, last (year of use)."""
    retired = {row["key"]: int(row["retired"] or LAST_YEAR + 1) - 1 for row in read_words("hs92")}
    if rules.stage_matched:
        table = facts("score_codes")[["material", "stage", "code"]]
    else:
        table = added_table("geopolrisk_codes")[["material", "stage", "code"]]
    return table.assign(last=table["code"].map(retired))


def rated_flows(flows: pd.DataFrame, years: Sequence[int], rules: Rules = DEFAULT) -> pd.DataFrame:
    """Imports from outside the economy with country, risk, spread and rated_by (source) of each origin.

    Origins without an estimate have risk .5 and no spread.
    """
    flows = flows[~flows["inside"]] if rules.extra_bloc else flows
    risk = origin_risk([int(year) for year in years]).rename(columns={"source": "rated_by"})
    flows = flows.merge(country_numbers(), on="number", how="left")
    flows = flows.merge(risk, on=["country", "year"], how="left")
    outside = ~flows["inside"]
    return flows.assign(
        risk=flows["risk"].fillna(UNRATED).where(outside, 0.0), spread=flows["spread"].where(outside, 0.0)
    )


def _origins(flows: pd.DataFrame, years: Sequence[int], rules: Rules) -> pd.DataFrame:
    """Sums over origins, and which editions rated them."""
    rated = rated_flows(flows, years, rules)
    by_year = rated[["year", "rated_by"]].dropna().drop_duplicates().sort_values("rated_by")
    sources = by_year.groupby("year")["rated_by"].agg("|".join)
    sums = origin_sums(rated, priced=True)
    return sums.assign(rated_by=sums["year"].map(sources).astype(object).fillna(""))


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    """Measures and their ranges; where own output is unknown, the range stands without a value."""
    absent = _absent(table)
    bounded = absent.isin(["", *UNBOUNDED])
    table = table.assign(absent=absent, ir=table["ir"].where(absent == ""))
    for name in ("ir_low", "ir_high", "price"):
        table[name] = table[name].where(bounded)
    for end in ("", "_low", "_high"):
        score = table[f"hhi{end}"] * table[f"ir{end}"]
        table[f"score{end}"] = score
        table[f"midpoint{end}"] = score * table["price"]
        table[f"cf{end}"] = table[f"midpoint{end}"] / COPPER
    return table


def _absent(table: pd.DataFrame) -> pd.Series[str]:
    """Why import risk is unknown, or nothing."""
    outside = ~table["year"].between(FIRST_YEAR, LAST_YEAR)
    recorded, weighed = table["recorded"].notna(), table["tonnes"].notna()
    retired = table["year"] > table["last"].astype("float64").fillna(np.inf)
    tonnes = table["tonnes"].astype("float64").fillna(0.0)
    reason = np.select(
        [
            table["stage"].isna(), outside, retired, ~recorded, ~weighed, tonnes == 0,
            table["output_basis"].isna(), table["output"].isna(),
        ],
        [
            "code_not_used", "outside_period", "code_retired", "no_row", "no_extra_bloc", "no_quantity",
            "no_production", table["output_reason"].astype(object).fillna("no_production"),
        ],
        "",
    )  # fmt: skip
    return pd.Series(reason, index=table.index)


def _remarks(table: pd.DataFrame) -> list[list[str]]:
    """How to read each import risk that is known."""
    mixed = (table["output"] > 0) & ~table["output_basis"].isin(PURE)
    notes = {
        "production_year": table["output_far"] > 0,
        "mixed_basis": mixed,
        "governance_assumed": table["unrated"] > NOTED * table["tonnes"],
        "quantity_gap": table["gap"] > NOTED * table["tonnes"],
    }
    flags = np.column_stack([cells.fillna(False).to_numpy(bool) for cells in notes.values()])
    names = list(notes)
    return [[name for name, flag in zip(names, row, strict=True) if flag] for row in flags.tolist()]


@cache
def _joined(*cells: str) -> str:
    """Keys of some lists, each once; few lists differ, so that most are joined already."""
    return "|".join(dict.fromkeys(key for cell in cells for key in cell.split("|") if key))


def _rows(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``risk_scores``; concentration keeps its own year, basis, source, reason and grade."""
    names = ("hhi_source", "hhi_period", "hhi_reason", "output_source", "output_period", "rated_by")
    text = {name: table[name].astype(object).fillna("").to_list() for name in names}
    pairs = zip(table["absent"], _remarks(table), strict=True)
    remarks = [absent or _joined(*notes) for absent, notes in pairs]
    other_year = ["production_year" if far > 0 else "" for far in table["hhi_far"].fillna(0)]
    lost = ["" if known else "no_production" for known in table["hhi"].notna()]
    of_hhi = _each(lost, text["hhi_reason"], other_year)
    asked, traded = table["year"].astype(str), [TRADE_SOURCE] * len(table)
    weighed = _each(traded, text["rated_by"], text["output_source"])
    full = table.assign(
        method=METHOD, stage=table["stage"].astype(object).fillna(""), basis="quantity", reason_ir=remarks,
        reason_hhi=of_hhi, data_year_hhi=text["hhi_period"],
        reason=[a or _joined(r, h) for a, r, h in zip(table["absent"], remarks, of_hhi, strict=True)],
        data_year_ir=_each(asked, text["output_period"]),
        data_year=_each(asked, text["output_period"], text["hhi_period"]), source_ir=weighed,
        source_hhi=[key or METHOD_SOURCE for key in text["hhi_source"]],
        source=_each(weighed, text["hhi_source"]), basis_hhi=table["hhi_basis"].astype(object).fillna(""),
        grade=_grades(table), grade_hhi=table["hhi_grade"].astype(object).fillna(""),
    )  # fmt: skip
    measures = ("hhi", "ir", "score", "midpoint", "cf")
    return score_rows(full, {m: (m, f"{m}_low", f"{m}_high") for m in measures})


def _each(*columns: Iterable[str]) -> list[str]:
    return [_joined(*cells) for cells in zip(*columns, strict=True)]


def _grades(table: pd.DataFrame) -> list[str]:
    """Weakest of the production figures, the calculation, and what had to be assumed."""
    rank = {grade: place for place, grade in enumerate(GRADES)}
    assumed = np.where(table["unrated"] > NOTED * table["tonnes"], rank["assumed"], 0)
    produced = [table[name].map(rank).fillna(0) for name in ("hhi_grade", "output_grade")]
    worst = np.maximum.reduce([*produced, assumed, np.full(len(table), rank["derived"])])
    return [GRADES[int(grade)] for grade in worst]
