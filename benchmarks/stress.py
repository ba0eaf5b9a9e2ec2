"""How long 500 runs of two years on 300 nodes take, and whether memory grows with the runs.

``python -m benchmarks.stress`` prints the table; each row is a fresh process, so that its peak memory is
its own. Times are those of the machine as it is: other work makes them longer, seconds of processors
less so (two idle ones need about half as long).
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time

from benchmarks.big_chain import big_chain, big_scenario
from meguri.shock.cancel import cores
from meguri.study.study import Study

BAR_S = 20.0
COUNTS = (100, 500)
_HERE = "from benchmarks.stress import once; once({runs}, {workers})"


def once(runs: int, workers: int) -> None:
    """Run the study and print: seconds of the runs, of the whole study, of processors, peak memory [MB]."""
    chain, scenario = big_chain(), big_scenario()
    Study(chain, scenario, runs=1).run()  # compiled beforehand
    begun, worked, last = time.perf_counter(), time.process_time(), [0.0]

    def progress(done: int, total: int) -> None:
        if done == total:
            last[0] = time.perf_counter() - begun

    outcome = Study(chain, scenario, runs).run(progress, workers=workers)
    whole = time.perf_counter() - begun
    worked = time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(last[0], whole, worked, peak, outcome.manifest["hash"])


def told(runs: int, workers: int) -> tuple[float, float, float, float, str]:
    """What a fresh process prints."""
    command = [sys.executable, "-c", _HERE.format(runs=runs, workers=workers)]
    ran, whole, worked, peak, digest = subprocess.run(
        command, check=True, capture_output=True, text=True
    ).stdout.split()
    return float(ran), float(whole), float(worked), float(peak), digest


def main() -> None:
    """Print everything."""
    chain = big_chain()
    print(f"{len(chain.nodes)} nodes, {len(chain.flows)} links, {big_scenario().days} days; {cores()} cores")
    heads = ("runs", "threads", "runs [s]", "with tables [s]", "processors [s]", "peak [MB]")
    print("".join(f"{head:>17}" for head in heads))
    digests = set()
    for runs, workers in ((COUNTS[0], 2), (COUNTS[1], 2), (COUNTS[1], 1)):
        ran, whole, worked, peak, digest = told(runs, workers)
        digests |= {digest} if runs == COUNTS[1] else set()
        cells = (f"{runs}", f"{workers}", f"{ran:.1f}", f"{whole:.1f}", f"{worked:.1f}", f"{peak:.0f}")
        print("".join(f"{cell:>17}" for cell in cells))
    print(f"at most {BAR_S:.0f} s for {COUNTS[1]} runs on two threads; one answer: {len(digests) == 1}")


if __name__ == "__main__":
    main()
