"""How fast function states are: ``python -m benchmarks.function`` draws a packaged case many times.

No other public tool computes the value of a state; the peer is the plain twin, whose values are
compared first.
"""

from __future__ import annotations

import time

import numpy as np
from tests.reference.plain_routes import value as plain_value

from meguri.circulate.figures import feeds_of, figures, plan_worth
from meguri.circulate.ledger import best_values, ledger
from meguri.circulate.numbers import drawn, numbers, ranges
from meguri.circulate.route_case import load_case, routing

RUNS = 20_000


def main() -> None:
    """Print everything."""
    case = load_case("dy-position")
    modes = numbers(case)
    system = modes.system
    routes = [
        (case.states[k], {name: y for name, y in zip(case.states, to, strict=True) if y}, float(b))
        for k, to, b in zip(system.start, system.yields, system.burden, strict=True)
    ]
    begun = time.perf_counter()
    plain = plain_value(dict(zip(case.states, map(float, system.worth), strict=True)), routes)
    twin = time.perf_counter() - begun
    begun = time.perf_counter()
    value = best_values(modes).value
    print(
        f"values of {len(case.states)} states: {time.perf_counter() - begun:.5f} s, plain twin {twin:.3f} s"
    )
    print(f"  largest difference {np.abs(value - np.array(list(plain.values()))).max():.1e}")
    begun = time.perf_counter()
    runs = drawn(case, modes, ranges(case), RUNS, seed=1)
    print(f"{RUNS:,} draws: {time.perf_counter() - begun:.2f} s")
    begun = time.perf_counter()
    best_values(runs)
    print(f"  values of every state: {time.perf_counter() - begun:.2f} s")
    begun = time.perf_counter()
    rfr = figures(feeds_of(case)["diffused"], runs, plan_worth(routing(case, "B"), runs))["rfr"]
    print(f"  rates of one plan: {time.perf_counter() - begun:.2f} s; median RFR {np.median(rfr):.3f}")
    begun = time.perf_counter()
    entries = ledger(case, "diffused", "B", runs)
    whole = sum(entry.amount for entry in entries if not entry.part_of)
    print(f"  ledger: {time.perf_counter() - begun:.2f} s; adds up to {np.abs(whole - 100).max():.1e}")


if __name__ == "__main__":
    main()
