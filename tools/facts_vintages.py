"""Tabulate what became of each packaged HS 1992 code in every later revision of the HS.

    python tools/facts_vintages.py --data DIR

Reads the UNSD correlation tables (set hs-revisions-concordance) and writes
``src/meguri/data/facts/hs_vintages.csv``: one row for each code, revision and successor.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import pandas as pd

from meguri.base.terms import read_words

OUT = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data" / "facts" / "hs_vintages.csv"
FILE = "hs-revisions-concordance/raw/HS_consolidated_comtrade_concordances.csv.gz"
LISTED = 6  # waste headings of 2022 gather a thousand codes: their number is enough
REVISIONS = (1992, 1996, 2002, 2007, 2012, 2017, 2022)


def steps(data: Path) -> list[dict[str, set[str]]]:
    """For each step between two revisions: code of the earlier one → codes of the later one."""
    table = pd.read_csv(data / FILE, dtype=str)
    table.columns = pd.Index(["after", "before", "relation", "step"])
    for name in ("after", "before"):
        table[name] = table[name].str.zfill(6)  # the file has lost leading zeros
    out = []
    for earlier, later in pairwise(REVISIONS):
        rows = table[table["step"] == f"{later} to {earlier}"]
        out.append(rows.groupby("before")["after"].agg(set).to_dict())
    return out


def origins(forward: list[dict[str, set[str]]]) -> list[dict[str, set[str]]]:
    """For each revision: code → codes of the first one whose goods it may hold."""
    held = {code: {code} for code in forward[0]}
    out = [held]
    for step in forward:
        later: dict[str, set[str]] = {}
        for before, successors in step.items():
            for after in successors:
                later.setdefault(after, set()).update(held.get(before, set()))
        out.append(later)
        held = later
    return out


def rows(data: Path) -> list[dict[str, str]]:
    """One row for each packaged code, revision and successor, from the revision that first has the code."""
    forward = steps(data)
    first = dict.fromkeys(forward[0], 0)
    for place, step in enumerate(forward, start=1):
        for after in set().union(*step.values()):
            first.setdefault(after, place)
    return [row for word in read_words("hs92") for row in _of(word["key"], first[word["key"]], forward)]


def _of(code: str, first: int, forward: list[dict[str, set[str]]]) -> list[dict[str, str]]:
    holding = origins(forward[first:])
    now, out = {code}, []
    for place, revision in enumerate(REVISIONS[first:]):
        if place:
            now = {after for before in now for after in forward[first + place - 1].get(before, set())}
        for successor in sorted(now):
            others = sorted(holding[place].get(successor, set()) - {code})
            out.append({
                "code": code, "revision": str(revision), "successor": successor,
                "others": str(len(others)), "other_codes": "|".join(others[:LISTED]),
                "source": "unsd-hs-correlation", "grade": "reported",
            })  # fmt: skip
    return out


def main() -> None:
    """Read the correlation tables and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    table = pd.DataFrame(rows(parser.parse_args().data))
    table.to_csv(OUT, index=False, lineterminator="\n")
    print(f"wrote {OUT.name}: {len(table)} rows, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
