"""How fast the kernel, a study and the command line are here, and how much memory they take.

``python -m benchmarks`` prints one table. Times are the best of several, because other work on the
machine only ever makes them longer.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd
from tests.reference import plain_story

from meguri.scenario.read import read_scenario
from meguri.shock._kernel import Filters, Numbers, Wiring, tell
from meguri.shock.arrays import lay_out, numbers_of_run
from meguri.shock.controls import all_named, filters_of_run
from meguri.shock.run import month_of_days
from meguri.shock.sample import Draw, declared_ranges, latin_hypercube
from meguri.structure.chain import Chain
from meguri.structure.dependency import exposure, exposure_matrix, exposure_paths
from meguri.study.study import Study

Told = tuple[Wiring, Numbers, Filters]
SCENARIO = "2025-medium-heavy-rare-earths"


def best_of(times: int, action: Callable[[], object]) -> float:
    """Shortest wall time [s]."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        found.append(time.perf_counter() - begun)
    return min(found)


def packaged() -> Told:
    """Central run of the packaged chain."""
    chain, scenario = Chain.example("ndfeb-japan"), read_scenario(SCENARIO)
    layout = lay_out(chain, month_of_days(scenario.start, scenario.days)[1])
    ranges = declared_ranges(chain, scenario)
    draw = Draw(chain, ranges, latin_hypercube(ranges, 1, seed=1))
    named = all_named(chain, layout.links, scenario)
    filters = filters_of_run(named, layout, scenario, draw, 0)
    return layout.wiring, numbers_of_run(layout, draw, 0, scenario), filters


def synthetic(links: int = 2000, days: int = 365) -> Told:
    """Slots of four suppliers in six levels; a third of the links banned after 30 days."""
    chance = np.random.default_rng(1)
    slots, nodes = links // 4, links // 8
    holder = np.repeat(np.arange(nodes // 6, nodes), 3)[:slots]
    slots = holder.size
    links = slots * 4
    supplier = (chance.random(links) * np.maximum(np.repeat(holder, 4) - 1, 1)).astype(np.int64)
    ones, plan = np.ones(links), np.full(nodes, 12.0)
    wiring = Wiring(
        supplier=supplier, link_slot=np.repeat(np.arange(slots), 4), slot_links=np.arange(slots + 1) * 4,
        slot_node=holder, node_slots=np.searchsorted(holder, np.arange(nodes + 1)),
        essential=np.full(slots, 2), open_slot=np.zeros(slots, dtype=np.int64),
        host=np.full(slots, -1), month=np.arange(days) // 30,
    )  # fmt: skip
    numbers = Numbers(
        plan=plan, capacity=plan * 1.2, final=plan * 0.1, use=np.full(slots, 4.0), loss=np.zeros(slots),
        stock=np.full(slots, 80.0), target=np.full(slots, 20.0), byproduct=np.zeros(slots),
        room=np.zeros(slots), life=np.zeros(slots), installed=np.zeros(slots),
        full=np.zeros(slots), amount=ones, potential=ones * 0,
        lead=chance.integers(1, 30, links), ready=ones * 0, first_yield=ones, recovery=ones,
        adjust=30.0, surge=0.25, memory=10.0, stay=0.0, short_below=0.95,
    )  # fmt: skip
    limit = np.full((days, 2), np.inf)
    limit[30:, 1] = 0.0
    even, none, first = np.ones((days, 1)), np.zeros((0, 1)), np.zeros(links, dtype=np.int64)
    filters = Filters(
        group=(np.arange(links) % 3 == 0).astype(np.int64), limit=limit, delayed=np.zeros((days, 2)),
        delay=np.zeros((days, 2), dtype=np.int64), working_of=first[:nodes], working=even,
        kept_of=first[:nodes], kept=even, aim_of=first[:slots], aim=even, wanted_of=first[:nodes],
        wanted=even, quota=np.full(links, -1), weight=ones * 0, period=np.zeros((0, days), dtype=np.int64),
        allotted=none, length=none, leakage=none[:, 0], front=none[:, 0], carry=none[:, 0],
        reserve_of=np.full(slots, -1), held=none[:, 0], rate=none[:, 0], below=none[:, 0],
        opens=first[:0], decide=first[:0],
    )  # fmt: skip
    return wiring, numbers, filters


def network(nodes: int = 3000, deliveries: int = 5, loops: float = 0.05) -> Chain:
    """Firms in eight stages that buy from the stage before; some deliveries run anywhere, in loops."""
    chance = np.random.default_rng(1)
    stage = np.arange(nodes) * 8 // nodes
    customer = np.repeat(np.arange(nodes), deliveries)
    before = np.searchsorted(stage, stage[customer] - 1)
    supplier = before + chance.integers(0, nodes // 8, customer.size)
    anywhere = chance.random(customer.size) < loops
    supplier = np.where(anywhere, chance.integers(0, nodes, customer.size), supplier)
    drawn = (supplier != customer) & (anywhere | (stage[customer] > 0))
    name = np.array([f"n{place:05d}" for place in range(nodes)])
    product = np.array(
        [f"m{level}-{kind}" for level, kind in zip(stage, chance.integers(0, 2, nodes), strict=True)]
    )
    evidence = {"source": "meguri-assumption", "grade": "assumed"}
    flows = pd.DataFrame({"supplier": supplier[drawn], "customer": customer[drawn]}).drop_duplicates()
    flows["amount"] = chance.integers(1, 9, len(flows)).astype(float)
    used = flows["amount"].groupby([name[flows["customer"]], product[flows["supplier"]]]).sum() / 1e6
    recipes = used.rename("need").rename_axis(["node", "input"]).reset_index()
    return Chain.from_tables(
        materials=pd.DataFrame({"material": np.unique(product), "form": "part", "stage": "part"}),
        nodes=pd.DataFrame({
            "node": name, "kind": "firm", "stage": "part", "material": product, "output": 1e6,
            "capacity": 1e6, "country": chance.choice(["CN", "JP", "US", "DE", "XX"], nodes), **evidence,
        }),
        flows=flows.assign(supplier=name[flows["supplier"]], customer=name[flows["customer"]], **evidence),
        recipes=recipes.assign(essentiality="essential", stock=10, **evidence),
    )  # fmt: skip


def exposure_speed() -> None:
    """Exposure through all tiers on a network with loops, its paths, and a matrix of four countries."""
    chain = network()
    size = f"{len(chain.nodes)} nodes, {len(chain.flows)} flows"
    report(f"exposure, {size} (at most 2)", best_of(3, lambda: exposure(chain, to="CN")), "s")
    node = str(chain.nodes["node"].iloc[-1])
    report("  its ten heaviest paths", best_of(3, lambda: exposure_paths(chain, node, "CN")), "s")
    report("  four countries at once", best_of(3, lambda: exposure_matrix(chain)), "s")
    tracemalloc.start()
    exposure(chain, to="CN")
    report("  peak memory of one exposure", tracemalloc.get_traced_memory()[1] / (1 << 20), "MB")
    tracemalloc.stop()


def report(name: str, number: float, unit: str) -> None:
    """One line of the table."""
    print(f"{name:<52}{number:>14,.3f}  {unit}")


def kernel_speed(name: str, told: Told) -> None:
    """Days × links per second of the kernel and of its plain twin, in the same process."""
    days, links = told[2].limit.shape[0], told[1].amount.size
    tell(*told)  # compiled before it is timed
    fast = best_of(5, lambda: tell(*told))
    few = min(days, 40)  # enough for the twin
    begun = told[2]._replace(limit=told[2].limit[:few])
    slow = best_of(1, lambda: plain_story.tell(told[0], told[1], begun))
    quick, plain = days * links / fast / 1e6, few * links / slow / 1e6
    report(f"kernel, {name}: {links} links × {days} days", quick, "M days × links / s")
    report("  plain twin", plain, "M days × links / s")
    report("  kernel is faster by", quick / plain, "times")


def process(*arguments: str) -> float:
    """Best wall time of a fresh Python process [s]."""
    command = [sys.executable, *arguments]
    return best_of(5, lambda: subprocess.run(command, check=True, capture_output=True))


def main() -> None:
    """Print everything."""
    kernel_speed("ndfeb-japan", packaged())
    kernel_speed("synthetic", synthetic())
    chain, scenario = Chain.example("ndfeb-japan"), read_scenario(SCENARIO)
    report("study, ndfeb-japan, 200 runs", best_of(2, Study(chain, scenario, 200, 1).run), "s")
    exposure_speed()
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10  # macOS counts bytes, Linux kilobytes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    report("peak memory of all the above", peak, "MB")
    meguri, pandas = process("-c", "import meguri"), process("-c", "import pandas")
    report("import meguri", meguri, "s")
    report("import pandas", pandas, "s")
    report("  ratio (at most 1.5)", meguri / pandas, "")
    helped = process("-c", "from meguri.app.cli import main; main()", "--help")
    report("meguri --help (at most 0.5)", helped, "s")


if __name__ == "__main__":
    main()
