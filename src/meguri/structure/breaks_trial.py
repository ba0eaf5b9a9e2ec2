"""How often the search of breaks raises a false alarm, and which breaks it would find: simulated series.

The series are made to look like monthly imports of one product from one partner: seven years, in lots,
with seasons, growth and memory. None of the kinds without a break holds one; every alarm is false.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.structure.breaks import fall_at, find_breaks
from meguri.structure.breaks_model import Array

MONTHS = pd.period_range("2015-01", "2021-12", freq="M")
NAMED = "2019-07"
NOISE = 0.3  # standard deviation of ln(month), where the kind does not say otherwise
BURN = 60  # months before the first one, so that the memory has forgotten its start

Kind = Callable[[np.random.Generator], Array]


def _memory(innovations: Array, memory: float) -> Array:
    """Noise with a memory and the spread of its innovations."""
    noise = np.zeros(len(innovations))
    for month in range(1, len(noise)):
        noise[month] = memory * noise[month - 1] + innovations[month]
    scaled: Array = noise[BURN:] * np.sqrt(1 - memory**2)
    return scaled


def _normal(memory: float) -> Kind:
    return lambda rng: NOISE * _memory(rng.normal(size=BURN + len(MONTHS)), memory)


def _seasonal(rng: np.random.Generator) -> Array:
    season = rng.normal(scale=0.4, size=12)[np.arange(len(MONTHS)) % 12]
    return _normal(0.3)(rng) + season


def _growing(rng: np.random.Generator) -> Array:
    slope = rng.uniform(-0.3, 0.3) / 12  # up to 30 % a year
    return _seasonal(rng) + slope * np.arange(len(MONTHS))


def _heavy(rng: np.random.Generator) -> Array:
    return NOISE * _memory(rng.standard_t(4, size=BURN + len(MONTHS)), 0.3)


def _uneven(rng: np.random.Generator) -> Array:
    """Noise that doubles or halves on the way, without a change of level."""
    noise = _normal(0.3)(rng)
    half = rng.integers(20, len(MONTHS) - 20)
    noise[half:] *= rng.choice((0.5, 2.0))
    return noise


def _lots(rng: np.random.Generator) -> Array:
    """Single lots: two months in five without trade, the others of very different size."""
    lots = rng.lognormal(sigma=0.8, size=len(MONTHS))
    lots[rng.random(len(MONTHS)) < 0.4] = 0.0
    with np.errstate(divide="ignore"):
        logarithms: Array = np.log(lots)
    return logarithms


KINDS: dict[str, Kind] = {
    "white": _normal(0.0),
    "memory_3": _normal(0.3),
    "memory_6": _normal(0.6),
    "memory_8": _normal(0.8),
    "seasonal": _seasonal,
    "growing": _growing,
    "heavy": _heavy,
    "uneven": _uneven,
    "lots": _lots,
}


def simulated(kind: str, seed: int, step: float = 0.0, at: str = NAMED) -> pd.Series[float]:
    """A simulated series of monthly imports, with a step of ln(month) from one month on.

    Examples
    --------
    >>> len(simulated("lots", 0)), bool((simulated("lots", 0) == 0).any())
    (84, True)
    """
    rng = np.random.default_rng([seed, list(KINDS).index(kind)])
    level = step * (pd.Period(at, freq="M") <= MONTHS)
    return pd.Series(1000 * np.exp(KINDS[kind](rng) + level), index=MONTHS)


def false_alarms(runs: int = 500, seed: int = 0, level: float = 0.05) -> pd.DataFrame:
    """Share of simulated series without a break in which one is found all the same.

    Parameters
    ----------
    runs : int
        Series in all; the kinds take turns.

    Returns
    -------
    DataFrame
        Table ``break_alarms``: kind (``all`` last), runs, alarms, share (of the search over all dates)
        and named_share (a fall at one date named beforehand).
    """
    kinds = list(KINDS)
    rows = []
    for run in range(runs):
        kind = kinds[run % len(kinds)]
        series = simulated(kind, seed + run)
        found = len(find_breaks(series, level=level, seed=run).significant) > 0
        rows.append((kind, found, fall_at(series, NAMED, level=level, seed=run).answer == "yes"))
    table = pd.DataFrame(rows, columns=["kind", "found", "named"])
    whole = pd.concat([table, table.assign(kind="all")])
    grouped = whole.groupby("kind").agg(
        runs=("found", "size"),
        alarms=("found", "sum"),
        share=("found", "mean"),
        named_share=("named", "mean"),
    )
    return Schema.of("break_alarms").check(grouped.loc[[*kinds[:runs], "all"]].reset_index())


def power(
    heights: tuple[float, ...] = (-0.2, -0.35, -0.5, -0.7),
    kind: str = "memory_3",
    runs: int = 60,
    seed: int = 0,
) -> pd.DataFrame:
    """Share of simulated falls that are found, and of intervals that hold the true month.

    Parameters
    ----------
    heights : tuple of float
        Relative changes of the level (−0.5: down by half).

    Returns
    -------
    DataFrame
        Table ``break_power``: kind, change, runs, found (a fall whose interval holds the date), named
        (found when the date is named beforehand), covered (of the falls found within half a year of the
        date, the share whose interval holds it).
    """
    rows = [_one_height(height, kind, runs, seed) for height in heights]
    return Schema.of("break_power").check(pd.DataFrame(rows))


def _one_height(height: float, kind: str, runs: int, seed: int) -> dict[str, object]:
    found = named = near = covered = 0
    date = pd.Period(NAMED, freq="M")
    for run in range(runs):
        series = simulated(kind, seed + run, step=float(np.log1p(height)))
        falls = find_breaks(series, seed=run).significant.query("direction == 'fall'")
        held = bool(((falls["low"] <= NAMED) & (falls["high"] >= NAMED)).any())
        close = any(abs((pd.Period(at, freq="M") - date).n) <= 6 for at in falls["at"])
        found, near, covered = found + held, near + close, covered + (held and close)
        named += fall_at(series, NAMED, seed=run).answer == "yes"
    shares = {"found": found / runs, "named": named / runs}
    return {"kind": kind, "change": height, "runs": runs, **shares,
            "covered": covered / near if near else np.nan}  # fmt: skip
