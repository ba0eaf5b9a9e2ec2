"""Headline results in ``tests/baseline.yaml``; its difference is read in every review.

``python tools/update_baseline.py`` writes the file anew, after a change that is meant to move a number.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import yaml

from meguri.scenario.read import read_scenario
from meguri.shock.run import Runs, run_all
from meguri.shock.survive import percentile
from meguri.structure.chain import Chain
from meguri.study.study import changed

BASELINE = Path(__file__).parents[1] / "tests" / "baseline.yaml"
RUNS, SEED = 50, 1
SCENARIOS = ("2025-medium-heavy-rare-earths", "2010-rare-earths", "2010-rare-earths-hard-cap")
_HEAD = f"""\
# Headline results at {RUNS} runs, seed {SEED}, by tools/update_baseline.py; read every line that changes.
# survives_d: median days until a node falls short, the first five. price_peak: highest median price ratio.
# exports_t: median exports held against history.
"""


def headline() -> dict[str, dict[str, dict[str, float]]]:
    """Headline results of each scenario, rounded to four digits."""
    return {name: _of(name) for name in SCENARIOS}


def _of(name: str) -> dict[str, dict[str, float]]:
    scenario = read_scenario(name)
    runs = run_all(changed(Chain.example(scenario.chain), scenario), scenario, RUNS, SEED)
    found = {"survives_d": _first_five(runs), "price_peak": _peaks(runs)}
    if scenario.observed:
        exports = np.median(runs.counted, axis=0)
        found["exports_t"] = {
            f"{seen.start} to {seen.end}": _round(tonnes)
            for seen, tonnes in zip(scenario.observed, exports, strict=True)
        }
    return found


def _first_five(runs: Runs) -> dict[str, float]:
    days = zip(percentile(runs.tts, 0.5), runs.layout.nodes["node"], strict=True)
    return {node: float(day) for day, node in sorted(days)[:5] if math.isfinite(day)}


def _peaks(runs: Runs) -> dict[str, float]:
    medians = np.median(runs.price, axis=0)  # (market, place, month)
    return {
        f"{market.element} {market.form} {place}": _round(medians[number, side].max())
        for number, market in enumerate(runs.markets)
        if market.element in ("Dy", "Nd")
        for side, place in enumerate(("outside", "inside"))
    }


def _round(number: float) -> float:
    return float(f"{number:.4g}")


if __name__ == "__main__":
    text = yaml.safe_dump(headline(), allow_unicode=True, sort_keys=False)
    BASELINE.write_text(_HEAD + text, encoding="utf-8")
