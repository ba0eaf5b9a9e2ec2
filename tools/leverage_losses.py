"""Write the losses of ``data/leverage/losses.csv`` that come from a packaged chain; other rows stay.

    python tools/leverage_losses.py

Each row is made again from its own chain, goods, runs and seed. Run it when a chain, the shock model or a
row's goods change; the diff is read in review. ``tests/respond/test_leverage_loss.py`` does the same (slow).
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from meguri.respond.leverage_loss import row_of_chain

FILE = Path(__file__).parent.parent / "src/meguri/data/leverage/losses.csv"


def main() -> int:
    """Fill the rows that name a chain."""
    table = pd.read_csv(FILE, dtype=str, keep_default_na=False)
    for place, row in table[table["chain"] != ""].iterrows():
        for name, cell in row_of_chain(row.to_dict()).items():
            table.loc[place, name] = cell
    table.to_csv(FILE, index=False, lineterminator="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
