"""Tabulate which HS codes exist in which edition, and which codes of two editions share goods.

    python tools/facts_hs.py --data DIR

Reads the UNSD product lists and correlation tables (set hs-revisions-concordance) and writes
``src/meguri/data/facts/hs_codes.parquet`` and ``hs_links.parquet``. A pair of equal numbers that share
goods with no other code is left out of the links: codes without a link are the same in both editions.
"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path

import pandas as pd

from meguri.base.tables import Schema

OUT = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data" / "facts"
HOME = "hs-revisions-concordance/raw"
FILE = "HS_consolidated_comtrade_concordances.csv.gz"
YEARS = (1992, 1996, 2002, 2007, 2012, 2017, 2022)
SOURCE = {"source": "unsd-hs-correlation", "grade": "reported"}


def codes(data: Path) -> pd.DataFrame:
    """Every heading and subheading with the editions that have it, joined by ``|``."""
    parts = []
    for year in YEARS:
        table = pd.read_excel(data / HOME / f"HS{year}.xlsx", sheet_name=0, dtype=str, engine="calamine")
        held = table.loc[table["id"].str.fullmatch(r"[0-9]{4}([0-9A-Z]{2})?"), "id"]
        parts.append(pd.DataFrame({"code": held, "edition": f"HS{year}"}))
    rows = pd.concat(parts).drop_duplicates().sort_values(["code", "edition"])
    listed = rows.groupby("code", as_index=False)["edition"].agg("|".join)
    return listed.rename(columns={"edition": "editions"}).assign(**SOURCE)


def links(data: Path) -> pd.DataFrame:
    """Pairs of codes of neighbouring editions that share goods, without the plain equal ones."""
    table = pd.read_csv(data / HOME / FILE, dtype=str)
    table.columns = pd.Index(["newer", "older", "relation", "step"])
    parts = []
    for older, newer in pairwise(YEARS):
        rows = table[table["step"] == f"{newer} to {older}"]
        pair = pd.DataFrame({name: rows[name].str.zfill(6) for name in ("older", "newer")})  # zeros were lost
        alone = ~pair.duplicated("older", keep=False) & ~pair.duplicated("newer", keep=False)
        pair = pair[~(alone & (pair["older"] == pair["newer"]))]
        parts.append(pair.assign(edition=f"HS{newer}"))
    rows = pd.concat(parts).drop_duplicates().sort_values(["edition", "older", "newer"])
    return rows[["edition", "older", "newer"]].assign(**SOURCE)


def main() -> None:
    """Read the lists and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    data = parser.parse_args().data
    for name, table in (("hs_codes", codes(data)), ("hs_links", links(data))):
        checked = Schema.of(name).check(table.reset_index(drop=True), name)
        checked.to_parquet(OUT / f"{name}.parquet", index=False, compression="zstd", compression_level=19)


if __name__ == "__main__":
    main()
