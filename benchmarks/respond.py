"""How long the best plan takes on 300 nodes over 52 weeks, with 10, 50 and 200 worlds.

``python -m benchmarks.respond`` prints wall time, processor time, gap and peak memory; each row is a fresh
process. The chain is that of ``benchmarks.stress``; the scenario there hardly stops anybody, so here all
exports of magnets' forerunners are banned but for a leak. A world is a draw of all ranges with one of five
dates of the control; options are stocks, second sources, savings and earlier qualification at the
importers. Asked to a gap of 1 % is, on its own, the most competitiveness (``share``: 52 weeks count by
their last 13, without stocks) and the least lost output over all 52 weeks with its stocks and flows, on the
mean of the worst fifth of the worlds (``loss``).

On two idle cores 50 worlds took 8 s for ``share`` (gap 0.4 %, 251 MB) and 148 s for ``loss`` (250 s of
processors, gap 0.1 %, 649 MB); 200 worlds are too many for ``loss`` in that time (gap 69 % after 381 s).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import Any

import numpy as np

from benchmarks.big_chain import EVIDENCE, big_chain
from meguri.respond.instance import Effect, EffectKind, Goal, Instance, Option, Rule, World
from meguri.respond.lshaped import solve_lshaped
from meguri.respond.worlds import steps_of
from meguri.scenario.read import parse_scenario
from meguri.scenario.schema import Scenario
from meguri.shock.arrays import Layout, numbers_of_run
from meguri.shock.cancel import cores
from meguri.shock.controls import filters_of_run
from meguri.shock.run import set_up
from meguri.shock.sample import Draw, latin_hypercube

COUNTS = (10, 50, 200)
STEPS = steps_of(52 * 7)  # as `meguri respond` takes them: weeks at first, four weeks at the end
BAR_S, BAR_GAP, BAR_MB = 300.0, 0.01, 4096.0
STRIKES = 5  # years after the decision, equally likely
LAYER = 6  # importers


def ban(days: int = 500) -> Scenario:
    """No more concentrates … magnets from CN but for a leak."""
    control = {
        "kind": "ban", "id": "ban", "by": "CN", "start": "2025-02-01", "element": "Dy", "leakage": [0.0, 0.1],
        "form": ["concentrate", "oxide", "metal", "alloy", "powder", "magnet"],
        **{key: EVIDENCE[key] for key in ("source", "grade")},
    }  # fmt: skip
    return parse_scenario({
        "name": "generated", "label": {"en": "Generated", "ja": "生成"}, "chain": "none",
        "start": "2025-01-01", "horizon": f"{days} d", "controls": [control],
    })  # fmt: skip


def instance(worlds: int, steps: Any = STEPS) -> Instance:
    """The problem of the benchmark."""
    chain, scenario = big_chain(), ban()
    setup = set_up(chain, scenario)
    draws = max(worlds // STRIKES, 1)
    values = latin_hypercube(setup.ranges, draws, seed=1)
    draw = Draw(chain, setup.ranges, values)
    told = []
    for number in range(draws):
        numbers = numbers_of_run(setup.layout, draw, number, scenario)
        filters = filters_of_run(setup.named, setup.layout, scenario, draw, number)
        told += [World(f"{number}-{strike}", 1.0 / worlds, numbers, filters, setup.first)
                 for strike in range(min(STRIKES, worlds))]  # fmt: skip
    names = tuple(setup.layout.nodes["node"])
    ends = np.array([name.startswith("n9") for name in names])
    options, rules = _options(setup.layout, len(told), len(steps))
    return Instance(
        setup.layout.wiring, tuple(told), options, np.asarray(steps), np.full(3, 12.0), ends / ends.sum(),
        np.flatnonzero(ends), (274, 365), rules, pooled=True, names=names,
    )  # fmt: skip


def _options(layout: Layout, worlds: int, steps: int) -> tuple[tuple[Option, ...], tuple[Rule, ...]]:
    """Four measures for each product of the importers, ready some years after the decision."""
    slots, strike = layout.slots, np.arange(worlds) % STRIKES + 1
    options, rules = [], []

    def add(name: str, kind: EffectKind, at: Any, per_unit: float, ready: float, **other: Any) -> None:
        share = np.clip(strike + 1.0 - ready, 0.0, 1.0)
        effect = Effect(kind, tuple(int(place) for place in at), per_unit, share[:, None] * np.ones(steps),
                        np.clip(strike + 2.0 - ready, 0.0, 1.0))  # fmt: skip
        given: dict[str, Any] = {"fixed": np.zeros(3), "unit": np.array([1.0, 0.0, 0.0])} | other
        options.append(Option(name, name, 0, effects=(effect,), **given))

    importers = slots["node"].str.startswith(f"n{LAYER}").to_numpy()
    for product in sorted(set(slots["input"][importers])):
        at = np.flatnonzero(importers & (slots["input"] == product).to_numpy())
        late = np.isin(layout.wiring.link_slot, at) & ~layout.links["qualified"].to_numpy(dtype=bool)
        need = float((layout.nodes.set_index("node")["output"][slots["node"][at]].to_numpy()
                      * slots["need"].to_numpy()[at]).sum())  # fmt: skip
        add(f"stock {product}", "stock", at, 10.0, 0.5, size_max=12.0)
        add(f"source {product}", "supply", at, need / 20, 2.0, size_max=10.0, unit=np.array([0.0, 6.0, 0.0]))
        add(f"save {product}", "saving", at, 0.02, 1.5, size_max=5.0, unit=np.array([1.0, 1.0, 0.0]))
        add(f"qualify {product}", "qualify", np.flatnonzero(late), 1.0, 1.0, size_max=1.0, whole="on-off",
            fixed=np.array([8.0, 0.0, 0.0]), unit=np.zeros(3))  # fmt: skip
        rules.append(Rule("requires", f"source {product}", (f"qualify {product}",)))
    return tuple(options), tuple(rules)


def once(worlds: int, wanted: str, seconds: float = BAR_S) -> None:
    """Solve and print: seconds, seconds of processors, gap, peak memory [MB], rounds, status, objective."""
    begun, worked = time.perf_counter(), time.process_time()
    goal = Goal("share") if wanted == "share" else Goal("loss", tail=0.8)
    found = solve_lshaped(instance(worlds), goal, gap=BAR_GAP, seconds=seconds)
    took, worked = time.perf_counter() - begun, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(took, worked, found.gap, peak, found.rounds, found.status, found.objective)


def main() -> None:
    """Print everything."""
    heads = (
        "worlds",
        "goal",
        "time [s]",
        "processors [s]",
        "gap",
        "peak [MB]",
        "rounds",
        "status",
        "objective",
    )
    print(f"{STEPS.size} steps, 12 options, {cores()} cores")
    print("".join(f"{head:>15}" for head in heads))
    for worlds in COUNTS:
        for goal in ("share", "loss"):
            command = [sys.executable, "-c", f"from benchmarks.respond import once; once({worlds}, '{goal}')"]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            numbers = [float(cell) for cell in told[:4]]
            cells = (f"{worlds}", goal, f"{numbers[0]:.0f}", f"{numbers[1]:.0f}", f"{numbers[2]:.2%}",
                     f"{numbers[3]:.0f}", told[4], told[5], f"{float(told[6]):.4f}")  # fmt: skip
            print("".join(f"{cell:>15}" for cell in cells), flush=True)
    print(f"bar at 50 worlds: {BAR_S:.0f} s, {BAR_GAP:.0%}, {BAR_MB:.0f} MB")


if __name__ == "__main__":
    main()
