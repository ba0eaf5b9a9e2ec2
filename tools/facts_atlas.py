"""End uses (EC 2023, IEA 2024) and annual prices (USGS 2021-2025) of the atlas metals.

    python tools/facts_atlas.py --reference DIR --data DIR

Writes ``src/meguri/data/facts/uses_measured.csv`` and ``price_quotes_usgs.csv``. Shares and prices are
taken over as printed; a use without a Japanese name in ``tools/uses_ja.csv`` stops the build.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
from pathlib import Path

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import find_key

HERE = Path(__file__).resolve().parent
OUT = HERE.parent / "src" / "meguri" / "data" / "facts"
METALS = {
    "Ru", "Hf", "Zr", "Ta", "W", "Co", "Nb", "V", "Nd", "Pr", "Dy", "Tb", "Sm", "Gd", "Y", "La", "Ce", "In",
    "Pd", "Pt", "Ga", "Ge", "Mg", "Ni", "Li", "C", "Te", "Bi", "Mo", "Sb",
}  # fmt: skip
IEA = {"Cobalt": "Co", "Lithium": "Li", "Nickel": "Ni", "Graphite": "C", "Rare Earth Elements": "REO"}
EC_YEAR = 2020  # the study averages 2016-2020
# USGS detail of a price → element, form, place ("unknown" where not printed), kind of quote, unit
PRICES = {
    "Price, metal, average, dollars per pound": ("Sb", "metal", "unknown", "average", "USD/lb"),
    "Price, average, dollars per pound": ("Bi", "metal", "unknown", "average", "USD/lb"),
    "Price, average, dollars per pound: London Metal Exchange (LME), cash":
        ("Co", "metal", "international", "average", "USD/lb"),
    "Price, average, dollars per pound: U.S. spot, cathode": ("Co", "metal", "US", "spot", "USD/lb"),
    "Price, average unit value of imports, dollars per kilogram":
        ("Ga", "metal", "US-import", "import", "USD/kg"),
    "Price, annual average, dollars per kilogram: Germanium dioxide":
        ("Ge", "oxide", "unknown", "average", "USD/kg"),
    "Price, annual average, dollars per kilogram: Germanium metal":
        ("Ge", "metal", "unknown", "average", "USD/kg"),
    "Price, average unit value of imports, dollars per metric ton at foreign ports: Flake":
        ("C", "ore", "US-import", "import", "USD/t"),
    "Price, average unit value of imports, dollars per metric ton at foreign ports: Amorphous":
        ("C", "ore", "US-import", "import", "USD/t"),
    "Price, annual average, dollars per kilogram: Rotterdam, duties unpaid":
        ("In", "metal", "Europe", "average", "USD/kg"),
    "Price, annual average, dollars per kilogram: U.S. warehouse, free on board":
        ("In", "metal", "US", "average", "USD/kg"),
    "Price, annual average-real, battery-grade lithium carbonate, dollars per metric ton":
        ("Li", "oxide", "unknown", "average", "USD/t"),
    "Price, annual average: European free market, dollars per metric ton":
        ("Mg", "metal", "Europe", "average", "USD/t"),
    "Price, annual average: U.S. spot Western, dollars per pound": ("Mg", "metal", "US", "spot", "USD/lb"),
    "Price, average, dollars per kilogram": ("Mo", "oxide", "unknown", "average", "USD/kg"),
    "Price, average annual, London Metal Exchange (LME), cash: Dollars per metric ton":
        ("Ni", "metal", "international", "average", "USD/t"),
    "Price, average unit value, ferroniobium, dollars per kilogram":
        ("Nb", "alloy", "US-import", "import", "USD/kg"),
    "Price, dollars per troy ounce: Palladium": ("Pd", "metal", "unknown", "average", "USD/ozt"),
    "Price, dollars per troy ounce: Platinum": ("Pt", "metal", "unknown", "average", "USD/ozt"),
    "Price, dollars per troy ounce: Ruthenium": ("Ru", "metal", "unknown", "average", "USD/ozt"),
    "Price, tantalite, annual average, dollars per kilogram of tantalum oxide (Ta2O5) content":
        ("Ta", "ore", "unknown", "average", "USD/kg"),
    "Price, annual average, dollars per kilogram: Europe": ("Te", "metal", "Europe", "average", "USD/kg"),
    "Price, annual average, dollars per kilogram: United States":
        ("Te", "metal", "US", "average", "USD/kg"),
    "Price, concentrate, average in-warehouse Rotterdam, dollars per dry metric ton unit of "
    "tungsten trioxide":
        ("W", "ore", "Europe", "average", "USD/mtu"),
    "Price, average, vanadium pentoxide, dollars per pound": ("V", "oxide", "unknown", "average", "USD/lb"),
    "Price: Hafnium, unwrought, dollars per kilogram": ("Hf", "metal", "US-import", "import", "USD/kg"),
    "Price: Zircon, dollars per metric ton (gross weight): Imported":
        ("Zr", "ore", "US-import", "import", "USD/t"),
    "Price: Zirconium, sponge, ex-works China, dollars per kilogram":
        ("Zr", "metal", "CN", "average", "USD/kg"),
}  # fmt: skip
OXIDE = re.compile(r"^Price, average, dollars per kilogram: (\w+) oxide, ([\d.]+%),? minimum$")


def uses(reference: Path, data: Path) -> pd.DataFrame:
    """EC application shares, and the IEA's clean-technology demand of 2024 as amounts (no share of all)."""
    path = reference / "ec2023" / "ec_2023_use_shares.csv"
    with (HERE / "uses_ja.csv").open(encoding="utf-8") as file:
        words = {row["en"]: row["ja"] for row in csv.DictReader(file)}
    out: list[dict[str, object]] = []
    seen = set()  # one use of magnesium is printed twice; without the second its uses add to 100 %
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        for row in reader:
            element = find_key(row["material"], "materials")
            if element in METALS and tuple(row.values()) not in seen:
                seen.add(tuple(row.values()))
                use, share = " ".join(row["application"].split()), float(row["share"].rstrip("%")) / 100
                half = 0.005  # printed as whole per cent
                out.append({
                    "element": element, "use_en": use, "use_ja": words[use], "essentiality": "unknown",
                    "sector": row["nace"].split(" ")[0], "share": round(share, 4),
                    "share_low": round(max(0.0, share - half), 4), "share_high": min(1.0, share + half),
                    "economy": "EU", "year": EC_YEAR, "source": "ec-crm-2023-uses", "grade": "reported",
                    "document": "public", "line": reader.line_num,
                })  # fmt: skip
    return pd.DataFrame([*out, *_iea(data, words)])


def _iea(data: Path, words: dict[str, str]) -> list[dict[str, object]]:
    path = data / "iea-critical-minerals" / "raw" / "iea.json"
    out: list[dict[str, object]] = []
    for name, table in json.loads(path.read_text(encoding="utf-8"))["totalDemand"].items():
        if name not in IEA:
            continue
        for sector, years in table["sectors"].items():
            if not years.get("2024"):
                continue
            out.append({
                "element": IEA[name], "use_en": sector, "use_ja": words[sector], "essentiality": "unknown",
                "amount_scale": f"{years['2024']:.3g} kt/a", "economy": "WORLD", "year": 2024,
                "source": "iea-cm-2024", "grade": "estimated",
                "document": "public",
            })  # fmt: skip
    return out


def prices(data: Path) -> pd.DataFrame:
    """Annual prices as printed; the last year is an estimate of the source."""
    table = pd.read_parquet(data / "usgs-mcs-bgs-production" / "derived" / "mcs2026_long.parquet")
    table = table[table["Statistics"] == "Price"].astype(object).fillna("")
    out: list[dict[str, object]] = []
    for row in table.to_dict("records"):
        found = _meaning(row["Statistics_detail"])
        if found is None or (chapter := row["MCS chapter"].split(" ")[0]) == "" or not row["Value"]:
            continue
        (element, form, place, quote, unit), purity = found
        if not _fits(element, chapter):
            continue
        out.append({
            "fact": f"usgs-{element}-{len(out):03d}-{row['Year']}", "element": element, "form": form,
            "grade_of_goods": purity, "place": place, "quote": quote, "date": row["Year"],
            "price": row["Value"].replace(",", ""), "unit": unit, "source": "usgs-mcs-2026",
            "grade": "estimated" if row["Year"] == "2025" else "reported", "document": "public",
        })  # fmt: skip
    return pd.DataFrame(out).sort_values(["element", "form", "place", "date"], kind="stable")


def _meaning(detail: str) -> tuple[tuple[str, str, str, str, str], str] | None:
    if detail in PRICES:
        return PRICES[detail], detail.rsplit(": ", 1)[-1].lower() if "foreign ports" in detail else ""
    found = OXIDE.match(detail)
    element = find_key(found[1], "materials") if found else None
    if found is None or element not in METALS:
        return None
    return (str(element), "oxide", "unknown", "average", "USD/kg"), found[2]


CHAPTERS = {"Bi": "BISMUTH", "Ga": "GALLIUM", "Mo": "MOLYBDENUM", "Te": "TELLURIUM", "Sb": "ANTIMONY"}


def _fits(element: str, chapter: str) -> bool:
    """A general wording such as "Price, average" belongs to one chapter only."""
    return CHAPTERS.get(element, chapter) == chapter


def write(name: str, table: pd.DataFrame, schema: str) -> None:
    """Check against the declared columns, then write."""
    declared = Schema.of(schema)
    frame = table.reindex(columns=declared.names).astype(object).fillna("")
    declared.check(frame, name)
    frame.to_csv(OUT / name, index=False, lineterminator="\n")
    print(f"wrote {name}: {len(frame)} rows")


def main() -> None:
    """Read the folders and write both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in ("reference", "data"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    given = parser.parse_args()
    write("uses_measured.csv", uses(given.reference, given.data), "uses")
    write("price_quotes_usgs.csv", prices(given.data), "price_quotes")


if __name__ == "__main__":
    main()
