"""World production of minerals beyond the documents' metals, from USGS, for the risk scores.

``python tools/facts_minerals.py DATA`` writes ``data/facts/world_minerals.parquet`` with the columns of
``world_production``. Boron stays out: its chapter adds ores, borates and boric oxide.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pandas as pd

from facts_production import country, usgs_cell
from meguri.base.tables import Schema
from meguri.base.terms import find_key

TARGET = Path(__file__).parents[1] / "src" / "meguri" / "data" / "facts" / "world_minerals.parquet"
TONNES = {
    "metric tons": 1.0, "kilograms": 1e-3, "thousand metric tons": 1e3, "thousand metric dry tons": 1e3,
    "million metric tons": 1e6,
}  # fmt: skip
# chapter, words of its type, material, stage, basis
CHAPTERS = [
    ("aluminum", "smelter production", "Al", "metal", "metal"),
    ("arsenic", "production", "As", "refining", "gross_weight"),
    ("asbestos", "mine production", "asbestos", "ore", "gross_weight"),
    ("barite", "mine production", "baryte", "ore", "gross_weight"),
    ("bauxite", "mine production", "bauxite", "ore", "gross_weight"),
    ("beryllium", "mine production", "Be", "ore", "metal_content"),
    ("cadmium", "refinery production", "Cd", "refining", "metal"),
    ("chromium", "mine production", "Cr", "ore", "gross_weight"),
    ("clays", "bentonite", "bentonite", "ore", "gross_weight"),
    ("clays", "kaolin", "kaolin", "ore", "gross_weight"),
    ("copper", "mine production", "Cu", "ore", "metal_content"),
    ("copper", "refinery production", "Cu", "refining", "metal"),
    ("diatomite", "mine production", "diatomite", "ore", "gross_weight"),
    ("feldspar", "mine production", "feldspar", "ore", "gross_weight"),
    ("fluorspar", "mine production", "fluorspar", "ore", "gross_weight"),
    ("gold", "mine production", "Au", "ore", "metal_content"),
    ("gypsum", "mine production", "gypsum", "ore", "gross_weight"),
    ("iron ore", "usable ore", "Fe", "ore", "gross_weight"),
    ("lead", "mine production", "Pb", "ore", "metal_content"),
    ("magnesium compounds", "mine production", "magnesite", "ore", "gross_weight"),
    ("manganese", "mine production", "Mn", "ore", "metal_content"),
    ("mercury", "mine production", "Hg", "ore", "metal_content"),
    ("phosphate rock", "mine production", "phosphate-rock", "ore", "gross_weight"),
    ("selenium", "refinery production", "Se", "refining", "metal"),
    ("silver", "mine production", "Ag", "ore", "metal_content"),
    ("sulfur", "production", "S", "refining", "gross_weight"),
    ("tin", "mine production", "Sn", "ore", "metal_content"),
    ("titanium mineral concentrates", "ilm", "Ti", "ore", "tio2"),
    ("titanium mineral concentrates", "rutile", "Ti", "ore", "tio2"),
    ("zinc", "mine production", "Zn", "ore", "metal_content"),
]  # fmt: skip
ALSO = {"feldspar and nepheline syenite": "feldspar"}
NAMES = {
    "Burma": "MM", "Congo (Brazzaville)": "CG", "Congo (Kinshasa)": "CD", "Korea, North": "KP",
    "Korea, Republic of": "KR", "Turkey": "TR", "Turkiye": "TR", "Côte d’Ivoire": "CI",
}  # fmt: skip
KEY = ["element", "stage", "country", "kind", "year", "basis", "source"]


def meaning(chapter: str, kind: str) -> tuple[str, str, str] | None:
    """Material, stage and basis of a row, if it is wanted."""
    chapter, kind = chapter.strip().lower(), kind.strip().lower()
    for name, words, *about in CHAPTERS:
        if name == ALSO.get(chapter, chapter) and words in kind and "reserves" not in kind:
            return about[0], about[1], about[2]
    return None


def rows_2025(path: Path) -> list[dict[str, object]]:
    """Summaries 2025: 2023, and the estimate of 2024."""
    table = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False)
    out = []
    for row in table.to_dict("records"):
        about = meaning(row["COMMODITY"], row["TYPE"])
        if about and about[0] == "Ti":  # this release gives thousands of tons as tons in most of the chapter
            continue
        for year, column in ((2023, "PROD_2023"), (2024, "PROD_EST_ 2024")):
            if about:
                cell = row[column].strip() or ("W" if row["PROD_NOTES"].strip().startswith("W") else "")
                estimated = year == 2024 or "estimated" in row["TYPE"]
                out.append(
                    one(about, row["COUNTRY"], year, cell, row["UNIT_MEAS"], "usgs-mcs-2025", estimated)
                )
    return out


def rows_2026(path: Path) -> list[dict[str, object]]:
    """Summaries 2026: 2024, and the estimate of 2025."""
    table = pd.read_parquet(path).astype(object).fillna("")
    table = table[table["Section"].str.contains("World") & (table["Statistics"] == "Production")]
    out = []
    for row in table.to_dict("records"):
        about = meaning(row["Commodity"], row["Statistics_detail"])
        if about and ("rounded" not in row["Statistics_detail"] or row["Country"].startswith("World")):
            year = int(row["Year"])
            estimated = "stimated" in row["Notes"] or year == 2025
            out.append(
                one(about, row["Country"], year, row["Value"], row["Unit"], "usgs-mcs-2026", estimated)
            )
    return out


def one(
    about: tuple[str, str, str], place: str, year: int, cell: str, unit: str, source: str, estimated: bool
) -> dict[str, object]:
    """One row of ``world_production``."""
    place = place.replace("\xa0", " ").strip()
    lower = place.lower()
    kind = "world" if lower.startswith("world") else "rest" if lower.startswith("other") else "country"
    amount, low, reason = usgs_cell(cell)
    factor = TONNES[unit.strip()]
    named = "XX" if kind != "country" else place_key(place)
    return {
        "element": about[0], "stage": about[1], "country": named, "kind": kind,
        "year": year, "period": str(year), "basis": about[2],
        "amount": None if amount is None else round(amount * factor, 6),
        "amount_low": None if low is None else round(low * factor, 6), "reason": reason, "source": source,
        "grade": "estimated" if estimated else "reported",
    }  # fmt: skip


def place_key(place: str) -> str:
    """Country of a name; what stands behind it in brackets or after a comma says how it counts."""
    plain = re.split(r" \(|, ", place)[0]
    return NAMES.get(place) or find_key(place, "countries") or NAMES.get(plain) or country(plain)


def world_minerals(folder: Path) -> pd.DataFrame:
    """All rows; forms that a chapter lists apart (ilmenite and rutile) are added up by country."""
    rows = rows_2025(folder / "raw" / "MCS2025_World_Data.csv")
    rows += rows_2026(folder / "derived" / "mcs2026_long.parquet")
    table = pd.DataFrame(rows)
    table = table[(table["element"] != "Ti") | (table["kind"] != "world")]  # totals by form and of all forms
    known = table["amount"].notna()
    several = table.duplicated(KEY, keep=False) & known
    sums = (
        table[several]
        .groupby(KEY, as_index=False)
        .agg({"amount": "sum", "period": "first", "grade": "max", "amount_low": "first"})
    )
    table = pd.concat([table[known & ~several], sums.assign(reason="sum_of_forms"), table[~known]])
    table = table.drop_duplicates(KEY, keep="first")
    order = ["element", "stage", "source", "year", "kind", "country", "basis"]
    return table.sort_values(order, kind="stable").reset_index(drop=True)


def main() -> None:
    """Write the packaged table."""
    table = world_minerals(Path(sys.argv[1]) / "usgs-mcs-bgs-production")
    Schema.of("world_production").check(table, TARGET.name).to_parquet(
        TARGET, index=False, compression="zstd"
    )
    print(f"{TARGET.name}: {len(table):,} rows")


if __name__ == "__main__":
    main()
