"""Print how many tests ran and how many were skipped, with the reason of each skip."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def skipped(paths: list[Path]) -> tuple[int, Counter[str]]:
    """Number of tests in the files, and how often each reason of a skip occurs."""
    ran, reasons = 0, Counter[str]()
    for path in paths:
        for case in ElementTree.parse(path).iter("testcase"):
            ran += 1
            for mark in case.findall("skipped"):
                reasons[mark.get("message") or "no reason given"] += 1
    return ran, reasons


def main() -> None:
    """Print the summary of the result files named on the command line."""
    ran, reasons = skipped([Path(name) for name in sys.argv[1:] if Path(name).is_file()])
    print(f"{ran} tests, {sum(reasons.values())} skipped")
    for reason, times in reasons.most_common():
        print(f"  {times} × {reason}")


if __name__ == "__main__":
    main()
