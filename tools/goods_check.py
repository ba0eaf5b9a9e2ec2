"""Run the independent check of goods and keep what came out, with the checksums of what was tested.

    python tools/goods_check.py --data DIR

Writes ``src/meguri/data/classes/goods_check.csv`` (numbers with four decimals) and, in ``frozen.csv``, the
checksums of the class map that was tested. Rules and scores must already stand in the record: whoever
changes a rule freezes it first, by hand, with a date, and only then runs this.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import pandas as pd

from meguri.structure.goods_check import check_goods

CLASSES = Path(__file__).resolve().parents[1] / "src" / "meguri" / "data" / "classes"
MAP = ("goods_classes.csv", "class_map")


def main() -> None:
    """Run the check and write both files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    found = check_goods(parser.parse_args().data)
    state = found.frozen.set_index("what")
    moved = state.index[(state["same"] != "same") & ~state.index.isin(MAP)]
    if len(moved):
        raise SystemExit(f"not as frozen: {', '.join(moved)}; freeze first, with a date")
    found.table.round(4).to_csv(CLASSES / "goods_check.csv", index=False, lineterminator="\n")
    record = pd.read_csv(CLASSES / "frozen.csv", dtype=str)
    today = dt.datetime.now(dt.UTC).date().isoformat()
    tested = pd.DataFrame({"what": MAP, "sha256": state.loc[list(MAP), "sha256"], "recorded": today})
    kept = record[~record["what"].isin(MAP)]
    pd.concat([kept, tested]).to_csv(CLASSES / "frozen.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
