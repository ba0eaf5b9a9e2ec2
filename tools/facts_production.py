"""World production by stage and country from BGS, USGS and IEA, for facts.py (EC 2023: facts_ec.py).

Cells that are no number keep their meaning: W is withheld (unknown), — is nil, an empty cell is
not available, and a known producer that drops out of a series is written as a row without a value.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd

from meguri.base.terms import find_key

SINGLE = ("Nd", "Pr", "Dy", "Tb", "Sm", "Gd", "Lu", "Y", "La", "Ce", "Hf", "Sc")
# Ferro-vanadium and ferro-tungsten stay out: BGS has no China, so the rest of the table misleads.
# BGS table, sub-commodity → element, stage, basis, factor to tonnes
BGS = {
    ("Production of rare earth oxides", ""): ("REO", "ore", "reo", 1.0),
    ("Mine production of cobalt", ""): ("Co", "ore", "metal_content", 1.0),
    ("Production of refined cobalt", ""): ("Co", "refining", "metal", 1.0),
    ("Production of primary gallium", ""): ("Ga", "refining", "metal", 1.0),
    ("Production of germanium metal", ""): ("Ge", "refining", "metal", 1.0),
    ("Production of graphite", ""): ("C", "ore", "gross_weight", 1.0),
    ("Production of primary magnesium metal", ""): ("Mg", "metal", "metal", 1.0),
    ("Mine production of nickel", ""): ("Ni", "ore", "metal_content", 1.0),
    ("Smelter/refinery production of nickel", ""): ("Ni", "refining", "metal", 1.0),
    ("Mine production of tungsten", ""): ("W", "ore", "metal_content", 1.0),
    ("Mine production of antimony", ""): ("Sb", "ore", "metal_content", 1.0),
    ("Mine production of platinum group metals", "Platinum"): ("Pt", "ore", "metal_content", 1e-3),
    ("Mine production of platinum group metals", "Palladium"): ("Pd", "ore", "metal_content", 1e-3),
    ("Mine production of platinum group metals", "Ruthenium"): ("Ru", "ore", "metal_content", 1e-3),
    ("Production of ferro-alloys", "Ferro-niobium"): ("Nb", "alloy", "gross_weight", 1.0),
}
LITHIUM = "Production of lithium minerals"
LITHIUM_FROM = 2012  # before, BGS gives the weight of minerals only
# chapter of the USGS summaries → element, stage, basis
USGS = {
    "antimony": ("Sb", "ore", "metal_content"), "bismuth": ("Bi", "refining", "metal"),
    "molybdenum": ("Mo", "ore", "metal_content"), "tellurium": ("Te", "refining", "metal"),
    "cobalt": ("Co", "ore", "metal_content"), "gallium": ("Ga", "refining", "metal"),
    "gemanium": ("Ge", "refining", "metal"), "graphite": ("C", "ore", "gross_weight"),
    "graphite (natural)": ("C", "ore", "gross_weight"), "indium": ("In", "refining", "metal"),
    "lithium": ("Li", "ore", "li_content"), "magnesium metal": ("Mg", "metal", "metal"),
    "nickel": ("Ni", "ore", "metal_content"), "niobium": ("Nb", "ore", "metal_content"),
    "niobium (columbium)": ("Nb", "ore", "metal_content"), "palladium": ("Pd", "ore", "metal_content"),
    "platinum": ("Pt", "ore", "metal_content"), "rare earths": ("REO", "ore", "reo"),
    "tantalum": ("Ta", "ore", "metal_content"), "tungsten": ("W", "ore", "metal_content"),
    "vanadium": ("V", "ore", "metal_content"), "zirconium": ("Zr", "ore", "gross_weight"),
    "zirconium and hafnium": ("Zr", "ore", "gross_weight"),
}  # fmt: skip
TONNES = {"metric tons": 1.0, "kilograms": 1e-3, "thousand metric tons": 1e3}
IEA = {"Cobalt": "Co", "Lithium": "Li", "Nickel": "Ni", "Graphite": "C", "Rare Earth Elements": "REO"}
# known producers that BGS leaves out: element, stage, basis, country, first and last year
NOT_IN_SERIES = [
    ("Ga", "refining", "metal", "CN", 2007, 2010),
    ("Ge", "refining", "metal", "CN", 1997, 1997),
    ("Ge", "refining", "metal", "BE", 1998, 2023),
    ("Pt", "ore", "metal_content", "ZA", 1990, 1995),  # then given as one sum of platinum metals
    ("Pd", "ore", "metal_content", "ZA", 1990, 1996),
]


def world_production(data: Path) -> pd.DataFrame:
    """All rows of the three sources, unknown ones included."""
    usgs = data / "usgs-mcs-bgs-production"
    parts = [
        bgs(usgs / "derived" / "bgs_production_1971_2023.parquet"),
        usgs_2025(usgs / "raw" / "MCS2025_World_Data.csv"),
        usgs_2026(usgs / "derived" / "mcs2026_long.parquet"),
        iea(data / "iea-critical-minerals" / "raw" / "iea.json"),
        unknown(),
    ]
    order = ["element", "stage", "source", "year", "kind", "country", "basis"]
    # what a source says about a cell comes before our own remark that it says nothing
    table = pd.concat(parts, ignore_index=True).drop_duplicates(order, keep="first")
    return table.sort_values(order, kind="stable").reset_index(drop=True)


def country(name: str) -> str:
    """ISO2 code of a name as a source writes it; a name without a code stops the build."""
    key = find_key(name, "countries")
    if key is None:
        raise SystemExit(f"no country for {name!r}: add it to the aliases of terms/countries.csv")
    return key


def bgs(path: Path) -> pd.DataFrame:
    """World Mineral Statistics from 1990 on."""
    table = pd.read_parquet(path)
    table = table[table["year"] >= 1990]
    text = ["sub_commodity", "notes", "precision"]
    table = table.assign(**{name: table[name].astype(object).fillna("") for name in text})
    wanted = pd.Series(list(zip(table["table"], table["sub_commodity"], strict=True)), index=table.index)
    known = table[wanted.isin(list(BGS))]
    meaning = pd.DataFrame([BGS[key] for key in wanted[known.index]], index=known.index,
                           columns=["element", "stage", "basis", "factor"])  # fmt: skip
    known = known.join(meaning)
    amount = (known["quantity"] * known["factor"]).round(6)
    rows = pd.DataFrame({
        "element": known["element"], "stage": known["stage"], "country": known["iso3"].map(_iso),
        "kind": "country",
        "year": known["year"], "period": known["year"].astype(str), "basis": known["basis"], "amount": amount,
        "reason": [_bgs_reason(row.precision, row.notes) for row in known.itertuples()], "source": "bgs-wms",
        "grade": ["estimated" if "Estimates" in note else "reported" for note in known["notes"]],
    })  # fmt: skip
    keys = ["element", "stage", "country", "kind", "year", "basis", "source"]
    rows = rows.sort_values("amount", ascending=False).drop_duplicates(keys)  # Germany twice in 1990–91
    return pd.concat([rows, _bgs_lithium(table)], ignore_index=True)


def _iso(code: str) -> str:
    return {"1A0": "XK", "ZAR": "CD"}.get(code) or country(code)


def _bgs_reason(precision: str, notes: str) -> str:
    found = {"Figures": "not_available", "Nil": "nil", "Quantity": "below_unit"}.get(
        precision.split(" ")[0], ""
    )
    if not found and re.search(r"Years end", notes):
        found = "fiscal_year"
    if not found and "secondary" in notes:
        found = "with_secondary"
    return found


def _bgs_lithium(table: pd.DataFrame) -> pd.DataFrame:
    """Lithium content, summed over the forms BGS lists."""
    rows = table[(table["table"] == LITHIUM) & table["sub_commodity"].str.contains("Li content")]
    rows = rows[rows["year"] >= LITHIUM_FROM].assign(country=rows["iso3"].map(_iso))
    total = rows.groupby(["country", "year"], as_index=False)["quantity"].sum(min_count=1)
    total = total.dropna(subset=["quantity"])
    return pd.DataFrame({
        "element": "Li", "stage": "ore", "country": total["country"], "kind": "country",
        "year": total["year"],
        "period": total["year"].astype(str), "basis": "li_content", "amount": total["quantity"],
        "reason": "sum_of_forms", "source": "bgs-wms", "grade": "derived",
    })  # fmt: skip


def usgs_2025(path: Path) -> pd.DataFrame:
    """Mineral Commodity Summaries 2025: production of 2023 and estimate of 2024."""
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    out = []
    for row in table.to_dict("records"):
        chapter = row["COMMODITY"].strip().lower()
        if chapter == "platinum-group metals":
            chapter = "palladium" if "Palladium" in row["TYPE"] else "platinum"
        if chapter not in USGS:
            continue
        for year, column in ((2023, "PROD_2023"), (2024, "PROD_EST_ 2024")):
            estimated = year == 2024 or "estimated" in row["TYPE"]
            # the 2025 release leaves withheld and nil cells empty; only the note tells a W
            cell = row[column].strip() or ("W" if row["PROD_NOTES"].strip().startswith("W") else "")
            out.append(
                _usgs_row(chapter, row["COUNTRY"], year, cell, row["UNIT_MEAS"], "usgs-mcs-2025", estimated)
            )
    return pd.DataFrame(out)


def usgs_2026(path: Path) -> pd.DataFrame:
    """Mineral Commodity Summaries 2026: production of 2024 and estimate of 2025."""
    table = pd.read_parquet(path)
    table = table[table["Section"].str.contains("World", na=False) & (table["Statistics"] == "Production")]
    out = []
    for row in table.astype(object).fillna("").to_dict("records"):
        chapter = row["Commodity"].strip().lower()
        if chapter in USGS:
            estimated = "stimated" in row["Notes"] or row["Year"] == "2025"
            out.append(_usgs_row(chapter, row["Country"], int(row["Year"]), row["Value"], row["Unit"],
                                 "usgs-mcs-2026", estimated))  # fmt: skip
    return pd.DataFrame(out)


def _usgs_row(
    chapter: str, place: str, year: int, cell: str, unit: str, source: str, estimated: bool
) -> dict[str, object]:
    element, stage, basis = USGS[chapter]
    lower = place.strip().lower()
    kind = "world" if lower.startswith("world") else "rest" if lower.startswith("other countr") else "country"
    amount, low, reason = usgs_cell(cell)
    factor = TONNES[unit.strip()]
    return {
        "element": element, "stage": stage, "country": country(place.strip()) if kind == "country" else "XX",
        "kind": kind, "year": year, "period": str(year), "basis": basis,
        "amount": None if amount is None else round(amount * factor, 6),
        "amount_low": None if low is None else round(low * factor, 6), "reason": reason, "source": source,
        "grade": "estimated" if estimated else "reported",
    }  # fmt: skip


def usgs_cell(cell: str) -> tuple[float | None, float | None, str]:
    """Value, lower bound and reason of a cell: '1,200', 'W', '—', '>50', 's', 'E', ''."""
    text = cell.strip().replace(",", "")
    if text in ("—", "-", "--"):
        return 0.0, None, "nil"
    if text == "W":
        return None, None, "withheld"
    if text == "s":
        return None, None, "below_unit"
    if text.startswith(">"):
        return None, float(text[1:]), "not_available"
    try:
        return float(text), None, ""
    except ValueError:
        return None, None, "not_available"


def iea(path: Path) -> pd.DataFrame:
    """Mining and refining by country in 2024; the projections of later years are left out."""
    out = []
    for name, stages in json.loads(path.read_text(encoding="utf-8"))["supply"].items():
        if name not in IEA:
            continue
        element = IEA[name]
        for stage, key in (("mining", "ore"), ("refining", "separation" if element == "REO" else "refining")):
            for place, years in stages[stage]["countries"].items():
                if len(place) > 40 or not isinstance(years, dict) or years.get("2024") is None:
                    continue  # a footnote that slipped into the list of countries
                rest = place == "Rest of world"
                out.append({
                    "element": element, "stage": key, "country": "XX" if rest else country(place),
                    "kind": "rest" if rest else "country", "year": 2024, "period": "2024",
                    "basis": "magnet_re" if element == "REO" else "as_iea",
                    "amount": round(years["2024"] * 1e3, 3), "source": "iea-cm-2024", "grade": "estimated",
                })  # fmt: skip
    return pd.DataFrame(out)


def unknown() -> pd.DataFrame:
    """What is asked for and not there, each with its reason."""
    rows = [
        {"element": e, "stage": "ore", "country": "XX", "kind": "world", "year": 2023, "period": "1990/2025",
         "basis": "metal_content", "reason": "not_published", "source": source, "grade": "reported"}
        for e in SINGLE for source in ("bgs-wms", "usgs-mcs-2026")
    ]  # fmt: skip
    rows += [
        {"element": element, "stage": stage, "country": code, "kind": "country", "year": year,
         "period": str(year), "basis": basis, "reason": "not_in_series", "source": "bgs-wms",
         "grade": "reported"}
        for element, stage, basis, code, first, last in NOT_IN_SERIES for year in range(first, last + 1)
    ]  # fmt: skip
    return pd.DataFrame(rows)
