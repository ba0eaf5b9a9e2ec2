"""How fast cohort accounts are and how much memory they take, beside flodym in the same run.

``python -m benchmarks.cohorts`` prints the table; every line is a fresh process, told after its imports.
Set MEGURI_PEER_PYTHON to the Python of an environment that holds flodym to check parity and time it too
(its large case takes 9 GB; it is left out unless MEGURI_PEER_LARGE is set). flodym has no function
states: it tells mass only, meguri here eight states that turn into one another every year.
Seconds of the processor stand beside those of the clock, because other work on the machine only ever
makes the clock run longer.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

INPUTS = """
import resource, sys, time
import numpy as np
years, series = int(sys.argv[1]), int(sys.argv[2])
chance = np.random.default_rng(1)
inflow = chance.random((years, series)) * 100
scale = chance.uniform(10, 40, series)
"""
MEGURI = """
from meguri.circulate.cohorts import inflow_driven, stock_driven
from meguri.circulate.grid import Grid
from meguri.circulate.lifetimes import Lifetime
lifetime = Lifetime("weibull", shape=3.0, scale=scale)
grid = Grid.of_years(2000, 2000 + years - 1, rule="middle")
small = Grid.of_years(2000, 2002, rule="middle")
inflow_driven(np.ones(3), small, Lifetime("fixed", mean=2), method="streaming")  # the kernel is compiled
more = {}
if sys.argv[4] != "mass":
    ageing = chance.random((8, 8))
    more = {"mix": np.full(8, 1 / 8), "ageing": ageing / ageing.sum(axis=1, keepdims=True)}
if sys.argv[4] == "streaming":
    more["method"] = "streaming"
if sys.argv[4] == "by cohort":
    lifetime = Lifetime("weibull", shape=3.0, scale=scale * np.linspace(1, 1.2, years)[:, None])
def tell():
    if sys.argv[3] == "inflow":
        return inflow_driven(inflow, grid, lifetime, **more)
    rising = np.cumsum(inflow, axis=0)
    return stock_driven(rising, grid, lifetime, **more)
"""
FLODYM = """
import logging
logging.disable(logging.WARNING)
import flodym
dims = flodym.DimensionSet(dim_list=[
    flodym.Dimension(name="Time", letter="t", items=list(range(2000, 2000 + years)), dtype=int),
    flodym.Dimension(name="Series", letter="s", items=list(range(series)), dtype=int),
])
lifetime = flodym.WeibullLifetime(dims=dims, weibull_shape=3.0, weibull_scale=np.tile(scale, (years, 1)))
def tell():
    kind = {"inflow": flodym.InflowDrivenDSM, "stock": flodym.StockDrivenDSM}[sys.argv[3]]
    model = kind(dims=dims, lifetime_model=lifetime)
    driver = model.inflow if sys.argv[3] == "inflow" else model.stock
    driver.values[...] = inflow if sys.argv[3] == "inflow" else np.cumsum(inflow, axis=0)
    model.compute()
    class Told:
        method = "flodym " + getattr(flodym, "__version__", "")
        inflow, stock, outflow = model.inflow.values, model.stock.values, model.outflow.values
    return Told
"""
MEASURE = """
begun, busy = time.perf_counter(), time.process_time()
told = tell()
seconds, processor = time.perf_counter() - begun, time.process_time() - busy
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
import json
sample = {} if years > 60 else {name: getattr(told, name).tolist() for name in ("inflow", "stock", "outflow")}
print(json.dumps([seconds, processor, peak, told.method, sample]))
"""
LIMITS = {(200, 500): (1.0, 250), (400, 2000): (10.0, 500)}
Told = tuple[float, float, float, str, dict[str, list[list[float]]]]


def told(python: str, code: str, years: int, series: int, question: str, way: str = "") -> Told:
    """Seconds, processor seconds, peak memory [MB] and way of a fresh process."""
    command = [python, "-c", INPUTS + code + MEASURE, str(years), str(series), question, way]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, processor, peak, method, sample = json.loads(done.stdout.splitlines()[-1])
    return seconds, processor, peak, method, sample


def line(name: str, found: Told, limit: str = "") -> None:
    """One line of the table."""
    seconds, processor, peak, method, _ = found
    print(f"{name:<48}{seconds:>8.2f} s{processor:>8.2f} s cpu{peak:>8.0f} MB  {method:<14}{limit}")


def parity(peer: str) -> None:
    """Largest difference from the peer on a case both can tell, relative to the largest number."""
    for question in ("inflow", "stock"):
        ours = told(sys.executable, MEGURI, 60, 5, question, "mass")[4]
        theirs = told(peer, FLODYM, 60, 5, question)[4]
        for name in ("inflow", "stock", "outflow"):
            pairs = [
                (mine, other)
                for row, beside in zip(ours[name], theirs[name], strict=True)
                for mine, other in zip(row, beside, strict=True)
            ]
            largest = max(abs(other) for _, other in pairs)
            worst = max(abs(mine - other) for mine, other in pairs) / largest
            print(f"parity with flodym, {question}-driven, {name:<8} {worst:.1e}")


def main() -> None:
    """Print everything."""
    peer = os.environ.get("MEGURI_PEER_PYTHON", "")
    if peer:
        parity(peer)
    for (years, series), (seconds, memory) in LIMITS.items():
        limit = f"at most {seconds:g} s, {memory} MB"
        size = f"{years} years × {series:,} series × 8 states"
        for question in ("inflow", "stock"):
            line(f"{size}, {question}", told(sys.executable, MEGURI, years, series, question, "auto"), limit)
            line("  streaming", told(sys.executable, MEGURI, years, series, question, "streaming"), limit)
            line(
                "  lifetimes by cohort",
                told(sys.executable, MEGURI, years, series, question, "by cohort"),
                limit,
            )
            line("  mass only", told(sys.executable, MEGURI, years, series, question, "mass"))
            if peer and (years < 400 or os.environ.get("MEGURI_PEER_LARGE")):
                line("  flodym, mass only", told(peer, FLODYM, years, series, question))
    if not peer:
        print("flodym: not timed (MEGURI_PEER_PYTHON is not set)")


if __name__ == "__main__":
    main()
