"""Tabulate which metals each part of the main document covers, from the fact files.

    python tools/facts_documents.py --facts DIR

Writes ``src/meguri/data/facts/document_metals.csv``: one row for each fact and metal of appendices C,
D.1 and D.2. Quote columns are never read.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import pandas as pd

from meguri.base.tables import Schema

OUT = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data" / "facts" / "document_metals.csv"
FILES = ("metals_controls.csv", "metal_profiles.csv", "company_map.csv")
PARTS = {"App C-1": "C", "App C-2": "C", "App D.1": "D.1", "App D.2": "D.2"}
GROUPS = {"PGM": ("Pt", "Pd", "Rh", "Ru")}  # as the row itself lists them


def rows(facts: Path) -> list[dict[str, str]]:
    """One row for each metal a fact speaks of; goods that are no metal are left out."""
    out = []
    for name in FILES:
        with (facts / name).open(encoding="utf-8", newline="") as file:
            listed = [row for row in csv.DictReader(file) if row["section"] in PARTS and row["seed"] == "000"]
        for row in listed:
            metals = GROUPS.get(row["metal"], row["metal"].split("/"))
            out += [_row(row, metal) for metal in metals if metal != "all"]
    return out


def _row(row: dict[str, str], metal: str) -> dict[str, str]:
    return {
        "part": PARTS[row["section"]], "element": metal, "fact": row["id"],
        "heading_only": "yes" if "title only" in row.get("use_en", "") else "no",
        "source": "seed-000", "document": row["seed"], "line": row["line"],
    }  # fmt: skip


def main() -> None:
    """Read the fact files and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=Path, required=True)
    table = Schema.of("document_metals").check(pd.DataFrame(rows(parser.parse_args().facts)))
    table["heading_only"] = table["heading_only"].map({True: "yes", False: "no"})
    table.to_csv(OUT, index=False, lineterminator="\n")
    print(f"wrote {OUT.name}: {len(table)} rows")


if __name__ == "__main__":
    main()
