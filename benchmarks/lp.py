"""How long the second opinion takes: ``python -m benchmarks.lp`` closes every node of a large network.

Bar of METHODS 2.4: 2,300 nodes, three recovery times, at most 5 s.
"""

from __future__ import annotations

import time

from tests.networks import web

from meguri.shock.lp import time_to_survive_lp, ttr_impact, whole_program

TIERS = (300, 400, 500, 500, 400, 200)
DAYS = (14, 30, 60)


def main() -> None:
    """Print everything."""
    layout, n = web(1, TIERS)
    nodes, links = len(layout.nodes), n.amount.size
    begun = time.perf_counter()
    table = ttr_impact(layout, n, None, DAYS)
    lossy = int((table["loss"] > 1e-9).sum())
    print(
        f"{nodes:,} nodes, {links:,} links, {len(DAYS)} recovery times: {time.perf_counter() - begun:.2f} s"
    )
    print(f"  {lossy:,} of {len(table):,} closures lose sales")
    begun = time.perf_counter()
    tts = time_to_survive_lp(layout, n)["tts"]
    print(f"time to survive of every node: {time.perf_counter() - begun:.2f} s; median {tts.median():.1f} d")
    worst = table.loc[table["loss"].idxmax()]
    begun = time.perf_counter()
    whole = whole_program(layout, n, worst["node"], worst["days"])
    print(f"one whole program: {time.perf_counter() - begun:.2f} s; {whole:.6f} = {worst['loss']:.6f} t")


if __name__ == "__main__":
    main()
