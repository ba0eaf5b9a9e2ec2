"""Where the level of a monthly series breaks: dates with intervals, and how far chance could do the same.

The question is put so that an honest "no" is possible. Imports grow, have seasons, come in lots and
remember last month; none of that is a break. So every step is judged beside a season, a slope and noise
with a memory, all fitted again with it (`breaks_model`), and what counts is how often such a series
without any break would show *somewhere* a step as good as the best one found: the search over all dates
is part of the test. Parameters were set on simulated series alone, before any customs series was looked
at, and are frozen:

- ``SHORTEST`` 6 months. A shorter interruption is no level (under noise with heavy tails, spells of three
  months raised a false alarm in 10 % of runs, of six in 7 %); zero months are listed by themselves.
- A spell (down and back) competes with the lasting step, as a fall that is undone later hides from a
  search for one step; its return is believed only where it is worth more than the 7.35 below.
- Chance is drawn by the wild bootstrap from the model *without* the step: innovations keep their months
  and only change their signs, so a noisier stretch stays noisy (drawn in any order, series whose noise
  trebles raised a false alarm in 28 % of runs). The memory is corrected for its bias in small samples
  (Kendall 1954).
- One step is added after another, each with the level of significance, until one fails: the next is asked
  only when the last is there, which keeps the chance of any false break at the level (Bai and Perron 1998
  test l against l + 1 in the same way).
- The interval of a date holds every month whose likelihood ratio to the best month is one that chance
  gives (bootstrap), not below the asymptotic 7.35 at 95 % (Hansen 2000; Eo and Morley 2015).
- PELT (Killick et al. 2012, by ruptures) proposes its own candidates; what the test does not confirm is
  listed as not significant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
import ruptures

from meguri.base.tables import Schema
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
    whitening,
)
from meguri.structure.breaks_scale import (
    WINDOW,
    Scaled,
    Transform,
    as_count,
    as_text,
    scaled,
)

SHORTEST = 6  # observed months of a level
MOST = 6  # steps: a series with more has no levels
RUNS = 399  # draws of chance; level · (RUNS + 1) is whole
NARROWEST = 7.35  # −2 ln(1 − √0.95)
PENALTY = 3.0  # of PELT, in variances times ln n
MATTERS = 0.5  # a fall by half is the one a "no" must exclude

Answer = Literal["yes", "no", "cannot be told"]


@dataclass(frozen=True)
class BreaksAnswer:
    """Breaks of a series (table ``breaks``) and what a reader must know of it (table ``break_notes``).

    ``told`` is False where the months at hand are too few to say anything.
    """

    breaks: pd.DataFrame
    notes: pd.DataFrame
    told: bool

    @property
    def significant(self) -> pd.DataFrame:
        """The breaks that chance does not explain at the level asked for."""
        return self.breaks[self.breaks["significant"].astype(bool)].reset_index(drop=True)


@dataclass(frozen=True)
class NamedDate:
    """Whether the level changed at a date named beforehand.

    ``change`` [1] is the relative change of the level (−0.8: down by 80 %), with its interval; ``p`` the
    chance of one as large in the asked direction from a series without it; ``reason`` a key of
    ``break_reasons``.
    """

    answer: Answer
    at: str
    p: float
    change: float
    low: float
    high: float
    reason: str


def find_breaks(
    series: pd.Series[Any],
    transform: Transform = "log1p",
    window: tuple[str, str] = WINDOW,
    level: float = 0.05,
    seed: int = 0,
) -> BreaksAnswer:
    """Breaks in the level of a monthly series, with an interval for each date.

    Parameters
    ----------
    series : Series
        Values by month (Period, date or text "2019-07"); absent or NaN = unknown, 0 = no trade.
    transform : {"log1p", "linear"}
        Scale, see :func:`meguri.structure.breaks_scale.scaled`.
    window : (str, str)
        First and last month looked at. Fix it before looking.
    level : float
        Level of significance of the whole search.
    seed : int
        Of the draws; the same seed gives the same answer.

    Returns
    -------
    BreaksAnswer
        ``breaks``, one row for each in order of time: at (first month of the new level), low, high
        (interval of that month, 95 %), change [1], direction, before, after (mean month of the levels on
        both sides, unit of the series), p (had the date been named beforehand), p_adjusted (for the
        search over all dates and for the breaks found before it), significant, pelt.

    Raises
    ------
    DataError
        As :func:`meguri.structure.breaks_scale.scaled`.

    Examples
    --------
    >>> months = pd.period_range("2015-01", "2021-12", freq="M")
    >>> answer = find_breaks(pd.Series([100.0] * 54 + [20.0] * 30, index=months))
    >>> answer.breaks[["at", "low", "high", "direction"]].iloc[0].tolist()
    ['2019-07', '2019-07', '2019-07', 'fall']
    """
    data = scaled(series, transform, window)
    schema = Schema.of("breaks")
    if not data.enough or float(np.ptp(data.looked)) == 0.0:
        return BreaksAnswer(schema.empty(), data.notes, data.enough)
    search = _Search(data, level, np.random.default_rng(seed))
    search.run()
    rows = [*search.rows(), *search.doubtful()]
    table = pd.DataFrame(rows, columns=schema.names).sort_values("at", kind="stable")
    return BreaksAnswer(schema.check(table.reset_index(drop=True)), data.notes, True)


def _pairs(n: int, taken: Sequence[int], first: Places | None = None) -> tuple[Places, Places]:
    """Every lasting step and every spell whose levels are long enough, also beside the steps taken."""
    i, j = (axis.ravel() for axis in np.indices((n + 1, n + 1)))
    ends = np.array([0, n, *taken])
    far_i = (abs(i[:, None] - ends) >= SHORTEST).all(axis=1)
    far_j = (j == n) | (abs(j[:, None] - ends) >= SHORTEST).all(axis=1)
    chosen = far_i & far_j & (j - i >= SHORTEST)
    if first is not None:
        chosen &= np.isin(i, first)
    return i[chosen].astype(np.int64), j[chosen].astype(np.int64)


def _field(data: Scaled, taken: Sequence[int]) -> tuple[Field, Array]:
    base = np.column_stack([regular(data.months, data.season), steps(len(data.months), list(taken))])
    return Field(data.months, base, len(data.months) * ROUNDING**2), base


def _chance(data: Scaled, base: Array, runs: int, rng: np.random.Generator) -> Array:
    """Series without the step, as the model without it would give them: array (n, runs)."""
    fitted = fit(data.months, base, data.looked)
    return redraw(data.months, fitted, corrected(fitted.memory, len(data.months)), runs, rng)


def corrected(memory: float, n: int) -> float:
    """Memory freed of its bias in a short series, after Kendall (1954): E(ρ̂) = ρ − (1 + 3ρ)/n.

    Examples
    --------
    >>> round(corrected(0.5, 84), 3)
    0.53
    """
    return float(min(memory + (1 + 3 * memory) / n, 0.98))


def _simplest(ratios: Array, lasting: npt.NDArray[np.bool_]) -> int:
    """The best pair; a return counts only where it tells the spell from every lasting step."""
    best = int(ratios.argmax())
    if lasting[best] or not lasting.any():
        return best
    stays = int(np.where(lasting, ratios, -np.inf).argmax())
    return stays if ratios[best] - ratios[stays] <= NARROWEST else best


def _p(observed: float, drawn: Array) -> float:
    return float((1 + (drawn >= observed).sum()) / (1 + len(drawn)))


class _Search:
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
        first, last = _pairs(self.n, list(self.places))
        if len(first) == 0:
            return None
        field, base = _field(self.data, list(self.places))
        ratios = field.ratios(self.data.looked[:, None], first, last)[:, 0]
        drawn = _chance(self.data, base, self.runs, self.rng)
        p_all = _p(float(ratios.max()), field.largest(drawn, first, last))
        best = _simplest(ratios, last == self.n)
        p = _p(ratios[best], field.largest(drawn, first[[best]], last[[best]]))
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
        field, _ = _field(self.data, others)
        looked = self.data.looked[:, None] if series is None else series
        return months, field.ratios(looked, months, np.full_like(months, self.n)), others

    def whole(self) -> Fit:
        """The fitted model with every step found; their heights come last."""
        _, base = _field(self.data, sorted(self.places))
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
        first, last = _pairs(self.n, list(self.places))
        lasting = first[last == self.n]
        places = [place for place in pelt(self.data) if place in lasting]
        if not places:
            return []
        field, base = _field(self.data, list(self.places))
        drawn = _chance(self.data, base, self.runs, self.rng)
        largest = field.largest(drawn, first, last)
        reached = max([0.0, *(p for _, p in self.places.values())])
        rows = []
        for place in places:
            here = (np.array([place]), np.array([self.n]))
            ratio = float(field.ratios(self.data.looked[:, None], *here)[0, 0])
            p, p_all = _p(ratio, field.largest(drawn, *here)), _p(ratio, largest)
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


def fall_at(
    series: pd.Series[Any],
    at: str,
    *,
    slack: int = 1,
    direction: Literal["fall", "rise"] = "fall",
    transform: Transform = "log1p",
    window: tuple[str, str] = WINDOW,
    level: float = 0.05,
    seed: int = 0,
) -> NamedDate:
    """Whether the level fell (or rose) at a date named beforehand, for good or for half a year or more.

    Breaks found elsewhere, half a year or more away, are kept in the model, so that one large event does
    not count as noise of another. The best month from ``at`` to ``slack`` months later counts, and the
    draws of chance may choose among the same months. "no" is said only where a fall by half (a rise by
    as much: twice) is excluded; else it cannot be told.

    Parameters
    ----------
    at : str
        Month of the event, "2019-07".
    slack : int
        Months after it in which it may first show.

    Examples
    --------
    >>> months = pd.period_range("2015-01", "2021-12", freq="M")
    >>> values = pd.Series([100.0 + month.month for month in months[:54]] + [30.0] * 30, index=months)
    >>> fall_at(values, "2019-07").answer, fall_at(values, "2017-07").answer
    ('yes', 'no')
    """
    data = scaled(series, transform, window)
    month = as_count(at, "at")
    first = np.flatnonzero((data.months >= month) & (data.months <= month + slack))
    if not data.enough:
        return _untold(at, "too_few_months")
    search = _Search(data, level, np.random.default_rng(seed))
    if float(np.ptp(data.looked)) > 0:
        search.run()
    near = range(month - SHORTEST + 1, month + slack + SHORTEST)
    others = sorted(place for place in search.places if data.months[place] not in near)
    pairs = _pairs(len(data.months), others, first)
    if len(pairs[0]) == 0:
        return _untold(at, "outside_window")
    return _named(data, others, pairs, -1 if direction == "fall" else 1, level, search)


def _untold(at: str, reason: str) -> NamedDate:
    return NamedDate("cannot be told", at, np.nan, np.nan, np.nan, np.nan, reason)


def _named(
    data: Scaled, others: list[int], pairs: tuple[Places, Places], sign: int, level: float, search: _Search
) -> NamedDate:
    field, base = _field(data, others)
    free = field.ratios(data.looked[:, None], *pairs)[:, 0]
    signed = field.ratios(data.looked[:, None], *pairs, sign)[:, 0]
    best = int(signed.argmax()) if signed.max() > 0 else int(free.argmax())
    drawn = field.largest(_chance(data, base, search.runs, search.rng), *pairs, sign)
    p = _p(float(signed.max()), drawn) if signed.max() > 0 else 1.0
    height, low, high = _height(data, base, pairs[0][best], pairs[1][best], search)
    limit = np.log(MATTERS) if sign < 0 else -np.log(MATTERS)
    excluded = low > limit if sign < 0 else high < limit
    at = as_text(data.months[pairs[0][best]])
    change, least, most = (float(np.expm1(end)) for end in (height, low, high))
    if p <= level:
        return NamedDate("yes", at, p, change, least, most, "found")
    if excluded:
        return NamedDate("no", at, p, change, least, most, "half_excluded")
    return NamedDate("cannot be told", at, p, change, least, most, "half_not_excluded")


def _height(data: Scaled, base: Array, first: int, last: int, search: _Search) -> tuple[float, float, float]:
    """Height of a step or spell and its 95 % interval, by draws from the model with it."""
    n = len(data.months)
    shape = steps(n, [first])[:, 0] - (steps(n, [last])[:, 0] if last < n else 0.0)
    columns = np.column_stack([base, shape])
    fitted = fit(data.months, columns, data.looked)
    drawn = redraw(data.months, fitted, corrected(fitted.memory, n), search.runs, search.rng)
    heights = fit_heights(data.months, columns, drawn, fitted.memory)
    low, high = np.quantile(heights - fitted.heights[-1], [0.025, 0.975])
    height = float(fitted.heights[-1])
    return height, float(height - high), float(height - low)


def fit_heights(months: Places, columns: Array, series: Array, memory: float) -> Array:
    """Height of the last column in each of many series, at one memory: array (series,)."""
    white, _ = whitening(months, memory)
    heights: Array = np.linalg.lstsq(white @ columns, white @ series, rcond=None)[0][-1]
    return heights


def holm(chances: Mapping[str, float] | Sequence[float]) -> list[float]:
    """Chances of several tests, adjusted so that one false alarm among all stays at the level (Holm 1979).

    Unknown ones (NaN) stay unknown and do not count.

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    values = list(chances.values()) if isinstance(chances, Mapping) else list(chances)
    known = sorted((p, place) for place, p in enumerate(values) if not np.isnan(p))
    adjusted, reached = list(values), 0.0
    for rank, (p, place) in enumerate(known):
        reached = max(reached, min(p * (len(known) - rank), 1.0))
        adjusted[place] = reached
    return adjusted
