"""The search itself: one step or spell after another, each against chance, until one fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import ruptures

from meguri.structure.breaks_model import (
    ROUNDING,
    Array,
    Field,
    Fit,
    Places,
    fit,
    redraw,
    regular,
    steps,
)
from meguri.structure.breaks_scale import Scaled, as_text

SHORTEST = 6  # observed months of a level
MOST = 6  # steps: a series with more has no levels
EVIDENT = 25.0  # ratio that the best of all steps reaches by chance in one series in fifty
HIGHEST = 0.98  # memory: above it nothing is a level
TRIALS = 99  # draws that tell how much memory a search takes with it
RUNS = 399  # draws of chance; level · (RUNS + 1) is whole
NARROWEST = 7.35  # −2 ln(1 − √0.95)
PENALTY = 3.0  # of PELT, in variances times ln n
AROUND = 12  # months on both sides of a named date in which the same change is looked for
MATTERS = 0.5  # a fall by half is the one a "no" must exclude


def pairs_of(n: int, taken: Sequence[int], first: Places | None = None) -> tuple[Places, Places]:
    """Every lasting step and every spell whose levels are long enough, also beside the steps taken."""
    i, j = (axis.ravel() for axis in np.indices((n + 1, n + 1)))
    ends = np.array([0, n, *taken])
    far_i = (abs(i[:, None] - ends) >= SHORTEST).all(axis=1)
    far_j = (j == n) | (abs(j[:, None] - ends) >= SHORTEST).all(axis=1)
    chosen = far_i & far_j & (j - i >= SHORTEST)
    if first is not None:
        chosen &= np.isin(i, first)
    return i[chosen].astype(np.int64), j[chosen].astype(np.int64)


def field_of(data: Scaled, taken: Sequence[int]) -> tuple[Field, Array]:
    """Likelihood ratios beside the season, the slope and the steps taken, and those columns."""
    base = np.column_stack([regular(data.months, data.season), steps(len(data.months), list(taken))])
    return Field(data.months, base, len(data.months) * ROUNDING**2), base


def without_break(
    data: Scaled, taken: Sequence[int], pairs: tuple[Places, Places], rng: np.random.Generator, runs: int
) -> Array:
    """Series as this one would be without its best step: array (n, runs).

    The step is taken out before the innovations are measured, else the break would count as noise, and so
    is every further one that is evident; what remains has too little memory (the best of many steps takes
    some with it), which is set right by what happens to known memories, and one standard error is added
    to be on the safe side.
    """
    field, base = field_of(data, taken)
    columns = np.column_stack([base, *_evident(data, taken, pairs)])
    with_steps = fit(data.months, columns, data.looked)
    level: Array = base @ with_steps.heights[: base.shape[1]]
    calm = replace(with_steps, level=level)
    seen = field.best(redraw(data.months, calm, calm.memory, TRIALS, rng), *pairs)[1]
    memory = min(2 * calm.memory - float(seen.mean()), HIGHEST)
    error = np.sqrt(max(1 - memory**2, 0.0) / len(data.months))
    return redraw(data.months, calm, float(min(memory + error, HIGHEST)), runs, rng)


def _evident(data: Scaled, taken: Sequence[int], pairs: tuple[Places, Places]) -> list[Array]:
    """Shapes of the best step, and of every further one whose ratio is beyond what chance ever gives."""
    n, held = len(data.months), list(taken)
    shapes: list[Array] = []
    while len(pairs[0]) and len(shapes) < MOST:
        field, _ = field_of(data, held)
        ratios = field.ratios(data.looked[:, None], *pairs)[:, 0]
        best = int(ratios.argmax())
        if shapes and ratios[best] < EVIDENT:
            break
        first, last = int(pairs[0][best]), int(pairs[1][best])
        shapes.append(shape_of(n, first, last))
        held += [place for place in (first, last) if place < n]
        pairs = pairs_of(n, held)
    return shapes


def shape_of(n: int, first: int, last: int) -> Array:
    """Column of a step that stays (last = n) or of a spell."""
    shape: Array = ((np.arange(n) >= first) & (np.arange(n) < last)).astype(float)
    return shape


def corrected(memory: float, n: int) -> float:
    """Memory freed of its bias in a short series, after Kendall (1954): E(ρ̂) = ρ − (1 + 3ρ)/n.

    Examples
    --------
    >>> round(corrected(0.5, 84), 3)
    0.53
    """
    return float(min(memory + (1 + 3 * memory) / n, HIGHEST))


def _simplest(ratios: Array, lasting: npt.NDArray[np.bool_]) -> int:
    """The best pair; a return counts only where it tells the spell from every lasting step."""
    best = int(ratios.argmax())
    if lasting[best] or not lasting.any():
        return best
    stays = int(np.where(lasting, ratios, -np.inf).argmax())
    return stays if ratios[best] - ratios[stays] <= NARROWEST else best


def chance_of(observed: float, drawn: Array) -> float:
    """Share of draws at least as large as what was observed, which counts as one of them."""
    return float((1 + (drawn >= observed).sum()) / (1 + len(drawn)))


class Search:
    """The search in one series: steps found, one after another, and their chances."""

    def __init__(self, data: Scaled, level: float, rng: np.random.Generator, runs: int = RUNS) -> None:
        self.data, self.level, self.rng, self.runs = data, level, rng, runs
        self.n = len(data.months)
        self.places: dict[int, tuple[float, float]] = {}  # place -> p, p_adjusted

    def run(self) -> None:
        """Add steps until one fails."""
        reached = 0.0
        while len(self.places) < MOST:
            found = self.next_step()
            if found is None:
                return
            first, last, p, p_all = found
            reached = max(reached, p_all)
            if reached > self.level:
                return
            for place in (first, last):
                if place < self.n:
                    self.places[place] = (p, reached)
            self._settle()

    def next_step(self) -> tuple[int, int, float, float] | None:
        """Best step or spell beside those found, and its two chances; None where none fits."""
        first, last = pairs_of(self.n, list(self.places))
        if len(first) == 0:
            return None
        field, _ = field_of(self.data, list(self.places))
        ratios = field.ratios(self.data.looked[:, None], first, last)[:, 0]
        drawn = without_break(self.data, list(self.places), (first, last), self.rng, self.runs)
        p_all = chance_of(float(ratios.max()), field.largest(drawn, first, last))
        best = _simplest(ratios, last == self.n)
        p = chance_of(ratios[best], field.largest(drawn, first[[best]], last[[best]]))
        return int(first[best]), int(last[best]), p, p_all

    def _settle(self) -> None:
        """Move each step to its best month beside the others."""
        for place in sorted(self.places):
            months, ratios, _ = self._profile(place)
            best = int(months[int(ratios[:, 0].argmax())])
            if best != place:
                self.places[best] = self.places.pop(place)

    def _profile(self, place: int, series: Array | None = None) -> tuple[Places, Array, list[int]]:
        """Ratios of a step at every month between its neighbours: months, array (month, series)."""
        others = [other for other in self.places if other != place]
        left = max([0, *(other for other in others if other < place)])
        right = min([self.n, *(other for other in others if other > place)])
        months = np.arange(left + SHORTEST, right - SHORTEST + 1, dtype=np.int64)
        field, _ = field_of(self.data, others)
        looked = self.data.looked[:, None] if series is None else series
        return months, field.ratios(looked, months, np.full_like(months, self.n)), others

    def whole(self) -> Fit:
        """The fitted model with every step found; their heights come last."""
        _, base = field_of(self.data, sorted(self.places))
        return fit(self.data.months, base, self.data.looked)

    def interval(self, place: int, drawn: Array) -> tuple[int, int]:
        """First and last place that the series does not exclude for a step."""
        months, ratios, _ = self._profile(place, np.column_stack([self.data.looked, drawn]))
        here = int(np.flatnonzero(months == place)[0])
        lost = ratios[:, 1:].max(axis=0) - ratios[here, 1:]
        limit = max(float(np.quantile(lost, 0.95)), NARROWEST)
        held = months[ratios[:, 0].max() - ratios[:, 0] <= limit]
        return int(held.min()), int(held.max())

    def rows(self) -> list[dict[str, Any]]:
        """One row for each step found."""
        if not self.places:
            return []
        places = sorted(self.places)
        fitted = self.whole()
        memory = corrected(fitted.memory, self.n)
        drawn = redraw(self.data.months, fitted, memory, self.runs, self.rng)
        proposed = pelt(self.data)
        found = []
        for place, height in zip(places, fitted.heights[-len(places) :], strict=True):
            low, high = self.interval(place, drawn)
            p, p_adjusted = self.places[place]
            row = self._row(place, places, float(height), p, p_adjusted, True)
            row["low"] = as_text(self._after_gap(low))
            row["high"] = as_text(self.data.months[high])
            row["pelt"] = any(low <= other <= high for other in proposed)
            found.append(row)
        return found

    def _after_gap(self, place: int) -> int:
        """First month the new level may have had: months without a value may belong to it."""
        return int(self.data.months[place - 1]) + 1

    def _row(
        self, place: int, places: list[int], height: float, p: float, p_adjusted: float, held: bool
    ) -> dict[str, Any]:
        left = max([0, *(other for other in places if other < place)])
        right = min([self.n, *(other for other in places if other > place)])
        return {
            "at": as_text(self.data.months[place]),
            "low": "",
            "high": "",
            "change": float(np.expm1(height)),
            "direction": "fall" if height < 0 else "rise",
            "before": float(self.data.given[left:place].mean()),
            "after": float(self.data.given[place:right].mean()),
            "p": p,
            "p_adjusted": p_adjusted,
            "significant": held,
            "pelt": True,
        }

    def doubtful(self) -> list[dict[str, Any]]:
        """What PELT proposes and the test does not confirm, with its chances."""
        first, last = pairs_of(self.n, list(self.places))
        lasting = first[last == self.n]
        places = [place for place in pelt(self.data) if place in lasting]
        if not places:
            return []
        field, base = field_of(self.data, list(self.places))
        drawn = without_break(self.data, list(self.places), (first, last), self.rng, self.runs)
        largest = field.largest(drawn, first, last)
        reached = max([0.0, *(p for _, p in self.places.values())])
        rows = []
        for place in places:
            here = (np.array([place]), np.array([self.n]))
            ratio = float(field.ratios(self.data.looked[:, None], *here)[0, 0])
            p, p_all = chance_of(ratio, field.largest(drawn, *here)), chance_of(ratio, largest)
            columns = np.column_stack([base, steps(self.n, [place])])
            height = float(fit(self.data.months, columns, self.data.looked).heights[-1])
            known = [*self.places, place]
            rows.append(self._row(place, known, height, p, max(p_all, reached), False))
        return rows


def pelt(data: Scaled) -> list[int]:
    """Places that PELT proposes in the series without its season, by squared deviations from levels."""
    base = regular(data.months, data.season)
    heights = np.linalg.lstsq(base, data.looked, rcond=None)[0]
    clear = data.looked - base[:, :-1] @ heights[:-1]  # the season goes, the slope stays
    noise = float(np.median(np.abs(np.diff(clear)))) / (0.6745 * np.sqrt(2))
    penalty = PENALTY * max(noise, ROUNDING) ** 2 * np.log(len(clear))
    found = ruptures.KernelCPD(kernel="linear", min_size=SHORTEST).fit(clear[:, None]).predict(pen=penalty)
    return [int(place) for place in found[:-1]]
