"""Tabulate the IEA's supply by country and demand by scenario for six minerals.

    python tools/facts_outlook.py --data DIR

Reads the set iea-critical-minerals (CC BY 4.0) and writes ``src/meguri/data/facts/outlook.csv``.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import find_key

OUT = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data" / "facts" / "outlook.csv"
FILE = "iea-critical-minerals/raw/iea.json"
ELEMENTS = {
    "Copper": "Cu", "Cobalt": "Co", "Lithium": "Li", "Nickel": "Ni", "Graphite": "C",
    "Rare Earth Elements": "REO",
}  # fmt: skip
NAMES = {"Democratic Republic of Congo": "CD", "Rest of world": "XX"}
KILO = 1000.0


def rows(data: dict[str, Any]) -> list[dict[str, object]]:
    """One row for each figure, in tonnes; notes that the file keeps among the countries are left out."""
    out: list[dict[str, object]] = []
    for mineral, processes in data["supply"].items():
        for process, part in processes.items():
            stage = (
                "ore" if process == "mining" else "separation" if mineral.startswith("Rare") else "refining"
            )
            for country, years in part["countries"].items():
                known = {int(year): kt for year, kt in years.items() if kt is not None}
                if known:  # the file keeps two notes among the countries
                    key = NAMES.get(country) or find_key(country, "countries")
                    out += [_row(mineral, "supply", stage, key, y, "base", kt) for y, kt in known.items()]
    for mineral, part in data["totalDemand"].items():
        for scenario, value in part["totalDemand"].items():
            years = value if isinstance(value, dict) else {scenario: value}
            case = scenario if isinstance(value, dict) else "base"
            out += [_row(mineral, "demand", "", "", int(y), case, v) for y, v in years.items()]
    return out


def _row(
    mineral: str, what: str, stage: str, country: str | None, year: int, scenario: str, kt: float
) -> dict[str, object]:
    if country is None:
        raise SystemExit(f"no key for a country of {mineral}")
    return {
        "element": ELEMENTS[mineral], "what": what, "stage": stage, "country": country, "year": year,
        "scenario": scenario, "amount": round(kt * KILO, 3), "source": "iea-cm-2024", "grade": "reported",
    }  # fmt: skip


def main() -> None:
    """Read the file and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    given = json.loads((parser.parse_args().data / FILE).read_text(encoding="utf-8"))
    table = Schema.of("outlook").check(pd.DataFrame(rows(given)))
    table = table[(table["what"] == "supply") | table["year"].le(2040)]
    table.to_csv(OUT, index=False, lineterminator="\n")
    print(f"wrote {OUT.name}: {len(table)} rows")


if __name__ == "__main__":
    main()
