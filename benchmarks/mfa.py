"""How long 100,000 runs of a material flow analysis take: ``python -m benchmarks.mfa``.

Twenty processes in a chain with loops of process scrap and recycling, 44 transfer coefficients, all
uncertain. Bar of issue 5: about one second. Beside it, in the same run, NumPy's solver on the same
draws (one dense system a run), whose answers must be the same.
"""

from __future__ import annotations

import resource
import sys
import time
import tracemalloc

import numpy as np
import pandas as pd

from meguri.circulate.montecarlo import Runs, System, closed, simulate
from meguri.circulate.reconcile_flows import reconcile_flows

RUNS = 100_000


def chain(stages: int = 10) -> System:
    """Each stage makes a product and scrap; most scrap returns, and part of use comes back too."""
    rows = []
    for n in range(stages):
        after = f"stage-{n + 1}" if n + 1 < stages else "use"
        rows += [
            (f"stage-{n}", after, 0.85, 0.75, 0.92),
            (f"stage-{n}", f"scrap-{n}", np.nan, np.nan, np.nan),
        ]
        rows += [(f"scrap-{n}", f"stage-{n}", 0.7, 0.5, 0.9), (f"scrap-{n}", "lost", np.nan, np.nan, np.nan)]
    rows += [("use", "stage-0", 0.2, 0.05, 0.4), ("use", "stage-5", 0.1, 0.05, 0.15)]
    rows += [("use", "stage-8", 0.05, 0.0, 0.1), ("use", "lost", np.nan, np.nan, np.nan)]
    columns = ["from_process", "to_process", "value", "low", "high"]
    inputs = pd.DataFrame({"process": ["stage-0"], "value": [100.0], "low": [80.0], "high": [130.0]})
    return System.from_tables(inputs, pd.DataFrame(rows, columns=columns))


def dense(system: System, runs: int) -> np.ndarray:
    """Throughput by NumPy's solver, one matrix a run: (process, run)."""
    place = {name: n for n, name in enumerate(system.processes)}
    start, end = (system.shares[side].map(place).to_numpy() for side in ("from_process", "to_process"))
    given, shares = system.draw(runs, seed=1)
    shares, _ = closed(shares, start)
    t = np.tile(np.eye(len(place)), (runs, 1, 1))
    for row, (i, j) in enumerate(zip(start, end, strict=True)):
        t[:, j, i] -= shares[row]
    b = np.zeros((runs, len(place), 1))
    b[:, place[system.inputs["process"].iloc[0]], 0] = given[0]
    return np.linalg.solve(t, b)[:, :, 0].T


def timed(name: str, action: object) -> object:
    """Do it once, print wall and processor time."""
    wall, processor = time.perf_counter(), time.process_time()
    found = action()  # type: ignore[operator]
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(f"{name:<58}{wall:8.2f} s wall{processor:8.2f} s processor")
    return found


def series(years: int = 40) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Flows of one stock over many years, and two counts of it."""
    chance = np.random.default_rng(1)
    inflow = chance.uniform(50, 150, years)
    rows = []
    for n, mass in enumerate(inflow):
        year = str(2001 + n)
        rows += [("in", "", "use", mass, 10.0, year), ("out", "use", "bin", mass / 2, 20.0, year)]
        rows += [("recycled", "bin", "", mass / 5, 5.0, year), ("lost", "bin", "", np.nan, np.nan, year)]
    flows = pd.DataFrame(rows, columns=["flow", "from_process", "to_process", "value", "sd", "period"])
    stocks = pd.DataFrame({"process": "use", "period": ["start", "2040"], "value": [500, 2600], "sd": 50})
    return flows, stocks


def main() -> None:
    """Print everything."""
    system = chain()
    print(f"{len(system.processes)} processes, {len(system.shares)} transfer coefficients, {RUNS:,} runs")
    simulate(system, 100)
    found = timed("draw and solve (bar: about 1 s)", lambda: simulate(system, RUNS))
    assert isinstance(found, Runs)
    timed("  means and percentiles of every flow", found.table)
    timed("  rank correlation of one output with all figures", lambda: found.drivers(found.of("use", "lost")))
    tracemalloc.start()
    simulate(system, RUNS)
    print(f"{'  peak memory of draw and solve':<58}{tracemalloc.get_traced_memory()[1] / (1 << 20):8.0f} MB")
    tracemalloc.stop()
    few = RUNS // 10
    twin = timed(f"NumPy's dense solver, {few:,} runs", lambda: dense(system, few))
    assert isinstance(twin, np.ndarray)
    gap = float(np.abs(twin / simulate(system, few).through - 1).max())
    print(f"  largest relative difference from it: {gap:.1e}")
    flows, stocks = series()
    timed(f"reconciliation of 40 years, {len(flows)} flows", lambda: reconcile_flows(flows, stocks))
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(f"{'peak memory of the process, imports included':<58}{peak:8.0f} MB")


if __name__ == "__main__":
    main()
