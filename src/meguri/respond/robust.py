"""Which plan of the front is chosen as an assumption moves: a map, on each axis by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from meguri.base.terms import LANGS
from meguri.respond.front import Judged
from meguri.respond.marginal import measures_text
from meguri.respond.regret import held_gain
from meguri.respond.risk import cvar, least_worst
from meguri.respond.tables import Plan, Scene
from meguri.respond.words import both, labels
from meguri.structure.words import parameter_labels

Floats = npt.NDArray[np.float64]
Row = dict[str, Any]
ALPHAS = (0.5, 0.8, 0.9, 1.0)
RANGES = 2  # ranges tried: those that move the days without a plan most
FEW = 4  # worlds below which a half says nothing


@dataclass(frozen=True)
class Chosen:
    """Plans chosen under a moved assumption, one for each axis."""

    time: Plan
    competitiveness: Plan


def picks(plans: Sequence[Plan], worlds: Sequence[int]) -> Chosen:
    """Plans of least worst regret over some of the worlds: one for days, one for competitiveness."""
    ordered = list(plans)
    by_time = least_worst([plan.time[list(worlds)] for plan in ordered])
    by_share = least_worst([plan.share[list(worlds)] for plan in ordered])
    return Chosen(ordered[by_time], ordered[by_share])


def robustness_rows(
    scene: Scene, base: Judged, front: Sequence[Plan], budgets: Mapping[float, Chosen]
) -> Iterator[Row]:
    """Rows of ``robustness``.

    Parameters
    ----------
    scene : Scene
        Worlds and library.
    base : Judged
        Without a plan.
    front : sequence of Plan
        Plans to choose from, cheaper ones first.
    budgets : dict
        Factor on the budget → plans found with it.
    """
    every = list(range(len(scene.courses)))
    for strike in scene.asked.strikes:
        worlds = [at for at in every if scene.courses[at].strike == strike]
        label = labels(both("robust_strike"))
        yield from _rows("strike", f"{strike.years:g} a", label, picks(front, worlds), scene, base, worlds)
    for alpha in ALPHAS:
        chosen = _at_alpha(front, scene, base, alpha)
        yield from _rows("alpha", f"{alpha:g}", labels(both("robust_alpha")), chosen, scene, base, every)
    for factor, chosen in budgets.items():
        yield from _rows("budget", f"× {factor:g}", labels(both("robust_budget")), chosen, scene, base, every)
    yield from _range_rows(scene, base, front, every)


def _at_alpha(front: Sequence[Plan], scene: Scene, base: Judged, alpha: float) -> Chosen:
    """Most days held by a share of the worlds; most competitiveness on the mean of the rest of them."""
    chance, horizon = scene.chance, float(scene.asked.horizon)
    days = [held_gain(plan.time, base.time, chance, horizon, alpha) for plan in front]
    tail = min(alpha, 1.0 - 1e-9)
    kept = [-cvar(-plan.share, chance, tail) for plan in front]
    return Chosen(front[int(np.argmax(days))], front[int(np.argmax(kept))])


def _range_rows(scene: Scene, base: Judged, front: Sequence[Plan], every: Sequence[int]) -> Iterator[Row]:
    """The most influential ranges: only worlds from the lower, then the upper half of each."""
    if len(every) < 2 * FEW:
        return
    values = drawn_values(scene)
    first = scene.courses[0]
    for parameter in influential(values, base.time)[:RANGES]:
        texts = parameter_labels([parameter], first.setup.chain, first.scenario)
        label = {f"label_{lang}": texts[lang][0] for lang in LANGS}
        middle = float(np.median(values[parameter]))
        below = values[parameter] <= middle
        for half, inside in (("lower-half", below), ("upper-half", ~below)):
            worlds = [int(at) for at in np.flatnonzero(inside)]
            if worlds:
                yield from _rows(parameter, half, label, picks(front, worlds), scene, base, worlds)


def drawn_values(scene: Scene) -> dict[str, Floats]:
    """Every parameter that all worlds draw, in each of them; axes of each (world,)."""
    columns: dict[str, list[float]] = {}
    for course in scene.courses:
        for name, value in zip(course.setup.ranges["parameter"], course.values, strict=True):
            columns.setdefault(str(name), []).append(float(value))
    return {name: np.array(values) for name, values in columns.items() if len(values) == len(scene.courses)}


def influential(values: Mapping[str, Floats], answer: Floats) -> list[str]:
    """Parameters by the size of their rank correlation with an answer, strongest first.

    Examples
    --------
    >>> grid = np.arange(8.0)
    >>> influential({"a": grid % 3, "b": -grid}, grid)
    ['b', 'a']
    """
    strength = {name: abs(rank_correlation(column, answer)) for name, column in values.items()}
    return sorted(strength, key=lambda name: (-strength[name], name))


def rank_correlation(one: Floats, other: Floats) -> float:
    """Spearman's rank correlation of two columns; 0 where one of them is constant.

    Examples
    --------
    >>> rank_correlation(np.array([1.0, 2.0, 3.0]), np.array([10.0, 5.0, 1.0]))
    -1.0
    """
    a, b = _ranks(one) - _ranks(one).mean(), _ranks(other) - _ranks(other).mean()
    size = float(np.sqrt((a @ a) * (b @ b)))
    return round(float(a @ b) / size, 12) if size > 0.0 else 0.0


def _ranks(column: Floats) -> Floats:
    """Mean ranks."""
    _, place, count = np.unique(column, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place])


def _rows(
    parameter: str,
    value: str,
    label: dict[str, str],
    chosen: Chosen,
    scene: Scene,
    base: Judged,
    worlds: Sequence[int],
) -> Iterator[Row]:
    chance = scene.chance[list(worlds)]
    chance = chance / chance.sum()
    for axis, plan in (("time", chosen.time), ("competitiveness", chosen.competitiveness)):
        time, share = plan.time[list(worlds)], plan.share[list(worlds)]
        yield {
            "parameter": parameter,
            "value": value,
            "plan": plan.key,
            "measures": measures_text(plan.sizes, scene),
            **label,
            "axis": axis,
            "time_gained_d": held_gain(
                time, base.time[list(worlds)], chance, float(scene.asked.horizon), scene.held_by
            ),
            "share_gained": float(chance @ (share - base.share[list(worlds)])),
        }
