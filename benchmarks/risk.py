"""How fast risk scores and market concentration are, beside geopolrisk-py and closed-form pandas.

``python -m benchmarks.risk`` prints the table. Set MEGURI_PEER_PYTHON to the Python (< 3.12) of an
environment that holds geopolrisk-py 2.0.1 to time the peer too (some minutes; its home is a temporary
folder).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from importlib.resources import as_file

import pandas as pd

from meguri.base.terms import packaged

SCORES = """
import time
from meguri.structure.geopolrisk.scores import geopolrisk
from meguri.structure.geopolrisk.default import score_codes
materials = list(dict.fromkeys(score_codes()["material"]))
for _ in range(3):
    begun = time.perf_counter()
    table = geopolrisk(materials, ["JP", "US", "CN", "EU"], [2020, 2021, 2022])
    print(time.perf_counter() - begun, len(materials) * 12)
"""
MARKETS = """
import time
from meguri.structure.markets import market_hhi
begun = time.perf_counter()
table = market_hhi()
print(time.perf_counter() - begun, len(table))
"""
PEER = """
import time
begun = time.perf_counter()
from geopolrisk.assessment.main import gprs_calc
from geopolrisk.assessment.utils import default_rmlist
print(time.perf_counter() - begun, 0)
materials = default_rmlist()
begun = time.perf_counter()
table = gprs_calc([2020, 2021, 2022], ["Japan", "USA", "China", "EU"], materials)
print(time.perf_counter() - begun, len(table))
"""


def told(python: str, code: str, home: str = "") -> list[tuple[float, int]]:
    """Seconds and count that a fresh process prints, line by line."""
    surroundings = os.environ | ({"HOME": home, "USERPROFILE": home} if home else {})
    if home:
        surroundings.pop("PYTHONPATH", None)
    done = subprocess.run([python, "-c", code], check=True, capture_output=True, text=True, env=surroundings)
    rows = [line.split() for line in done.stdout.splitlines()]
    pairs = [row for row in rows if len(row) == 2 and row[1].isdigit()]
    return [(float(seconds), int(count)) for seconds, count in pairs]


def closed_form() -> tuple[float, int]:
    """HHI of every market in pandas, end to end, as anyone would write it."""
    begun = time.perf_counter()
    with as_file(packaged("snapshots", "baci.parquet")) as path:
        table = pd.read_parquet(path, columns=["year", "code", "importer", "value_kusd"])
    table["square"] = table["value_kusd"] ** 2
    sums = table.groupby(["code", "year", "importer"])[["value_kusd", "square"]].sum()
    hhi = sums["square"] / sums["value_kusd"] ** 2
    return time.perf_counter() - begun, len(hhi)


def line(name: str, number: float, unit: str) -> None:
    """One line of the table."""
    print(f"{name:<60}{number:>12,.3f}  {unit}")


def main() -> None:
    """Print everything."""
    first, *others = told(sys.executable, SCORES)
    line(f"GeoPolRisk, {first[1]} requests, first call after import", first[0], "s (at most 0.5)")
    line("  again in the same process", min(seconds for seconds, _ in others), "s")
    peer = os.environ.get("MEGURI_PEER_PYTHON", "")
    if peer:
        with tempfile.TemporaryDirectory() as home:
            loaded, scored = told(peer, PEER, home)
        line("  geopolrisk-py 2.0.1, import", loaded[0], "s")
        line(f"  geopolrisk-py 2.0.1, {scored[1]} scores", scored[0], "s")
        line("  meguri is faster by", scored[0] / first[0], "times")
    else:
        print("  geopolrisk-py: not timed (MEGURI_PEER_PYTHON is not set)")
    best = min(told(sys.executable, MARKETS)[0] for _ in range(3))
    line(f"HHI of {best[1]:,} markets, end to end", best[0], "s (at most 0.5)")
    line("  closed form in pandas", min(closed_form() for _ in range(3))[0], "s")


if __name__ == "__main__":
    main()
