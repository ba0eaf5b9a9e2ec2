"""How long goods stay in use: seven ways to say it, and what is left at any age.

Every kind answers two questions in closed form: what share is left at an age (`survival`), and how
many years of an age span are lived on average (`lived`, the integral of survival from 0). Entering
evenly through an interval is then exact on any grid: no quadrature error enters the balance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import gamma, gammainc, ndtr

from meguri.base.errors import ModelError, Problem

Floats = npt.NDArray[np.float64]
Numbers = Mapping[str, Floats]
By = Literal["cohort", "calendar"]
EVER = 1e9  # [a] nothing lives that long
AT_ONCE = 0.05  # largest share a normal lifetime may put below age 0 before it is refused
_SAME_AGE = 1e-9  # [a] within which an age is a fixed lifetime's end


def _fixed(age: Floats, n: Numbers) -> Floats:
    # at its very end a lifetime is read halfway down the step, as any series does at a jump: else
    # sums over yearly ages would be off by half a year more than the rule of entry says
    left = np.where(age < n["mean"], 1.0, 0.0)
    return np.where(np.abs(age - n["mean"]) < _SAME_AGE, 0.5, left)


def _fixed_lived(age: Floats, n: Numbers) -> Floats:
    return np.minimum(age, n["mean"])


def _normal(age: Floats, n: Numbers) -> Floats:
    return ndtr((n["mean"] - age) / n["sd"])


def _tail(z: Floats) -> Floats:
    """Integral of the standard normal distribution function up to z."""
    return z * ndtr(z) + np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi)


def _normal_lived(age: Floats, n: Numbers) -> Floats:
    return n["sd"] * (_tail(n["mean"] / n["sd"]) - _tail((n["mean"] - age) / n["sd"]))


def _folded(age: Floats, n: Numbers) -> Floats:
    return ndtr((n["mean"] - age) / n["sd"]) + ndtr((-n["mean"] - age) / n["sd"])


def _folded_lived(age: Floats, n: Numbers) -> Floats:
    return _normal_lived(age, n) + _normal_lived(age, {"mean": -n["mean"], "sd": n["sd"]})


def _log(age: Floats) -> Floats:
    return np.log(np.maximum(age, 1e-300))


def _log_moments(n: Numbers) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the lifetime's logarithm."""
    spread = np.sqrt(np.log1p((n["sd"] / n["mean"]) ** 2))
    return np.log(n["mean"]) - spread**2 / 2, spread


def _lognormal(age: Floats, n: Numbers) -> Floats:
    centre, spread = _log_moments(n)
    return ndtr((centre - _log(age)) / spread)


def _lognormal_lived(age: Floats, n: Numbers) -> Floats:
    centre, spread = _log_moments(n)
    gone = n["mean"] * ndtr((_log(age) - centre) / spread - spread)
    return gone + age * _lognormal(age, n)


def _weibull(age: Floats, n: Numbers) -> Floats:
    with np.errstate(over="ignore"):  # e to the minus infinity is 0, as it should be
        return np.exp(-((age / n["scale"]) ** n["shape"]))


def _weibull_lived(age: Floats, n: Numbers) -> Floats:
    part = 1.0 / n["shape"]
    with np.errstate(over="ignore"):
        return n["scale"] * gamma(1.0 + part) * gammainc(part, (age / n["scale"]) ** n["shape"])


def _columns(age: Floats, n: Numbers, of: Callable[[Floats, Floats, Floats], Floats]) -> Floats:
    """A table answered column by column: straight lines between its ages, shared by all series or not."""
    ages, table = n["ages"], n["share"]
    if table.ndim == 1:
        return of(age, ages, table)
    spread = np.broadcast_to(age, np.broadcast_shapes(age.shape, (table.shape[1],)))
    told = [of(spread[..., series], ages, table[:, series]) for series in range(table.shape[1])]
    return np.stack(told, axis=-1)


def _empirical(age: Floats, n: Numbers) -> Floats:
    return _columns(age, n, lambda at, ages, share: np.interp(at, ages, share))


def _area(at: Floats, ages: Floats, share: Floats) -> Floats:
    """Area under straight lines up to an age."""
    whole = np.concatenate([[0.0], np.cumsum(np.diff(ages) * (share[1:] + share[:-1]) / 2)])
    at = np.minimum(at, ages[-1])
    place = np.clip(np.searchsorted(ages, at, side="right") - 1, 0, len(ages) - 2)
    return whole[place] + (at - ages[place]) * (share[place] + np.interp(at, ages, share)) / 2


def _empirical_lived(age: Floats, n: Numbers) -> Floats:
    return _columns(age, n, _area)


Formula = Callable[[Floats, Numbers], Floats]
KINDS: dict[str, tuple[tuple[str, ...], Formula, Formula]] = {
    "fixed": (("mean",), _fixed, _fixed_lived),
    "normal": (("mean", "sd"), _normal, _normal_lived),
    "folded_normal": (("mean", "sd"), _folded, _folded_lived),
    "lognormal": (("mean", "sd"), _lognormal, _lognormal_lived),
    "weibull": (("shape", "scale"), _weibull, _weibull_lived),
    "empirical": (("ages", "share"), _empirical, _empirical_lived),
}


class Lifetime:
    """How long goods stay in use.

    Parameters
    ----------
    kind : str
        fixed (mean); normal (mean, sd; what lies below 0 leaves at once); folded_normal (mean, sd of
        the normal that is folded at 0); lognormal (mean, sd of the lifetime itself); weibull (shape and
        scale, or shape and mean); empirical (ages (age,) from 0, share (age,) or (age, series) left).
    by : "cohort" or "calendar"
        Whose the numbers are. By cohort ("nature"): how it was made decides. By calendar ("nurture"):
        the hazard at an age is that of the interval the good lives in, so care changes old goods too.
    **numbers : array
        [a], shape [1]. One number, (series,), or (cohort, series); by calendar (interval, series).
        Cohorts of an initial stock come first.

    Raises
    ------
    ModelError
        A number is missing, not finite, zero or negative; a normal lifetime puts more than 5 % of
        goods below age 0; a survival table does not fall from 1 at age 0 to 0.

    Examples
    --------
    >>> Lifetime("weibull", shape=2, mean=10).survival([0, 10, 20]).round(3)
    array([1.   , 0.456, 0.043])
    >>> float(Lifetime("lognormal", mean=12, sd=4).mean().round(6))
    12.0
    >>> Lifetime("fixed", mean=0)
    Traceback (most recent call last):
    meguri.base.errors.ModelError: 1 problem in the input
      - lifetime, mean: found '0', expected a number of years above 0. ...
    """

    def __init__(self, kind: str, *, by: By = "cohort", **numbers: npt.ArrayLike) -> None:
        told = {name: np.asarray(values, dtype=float) for name, values in numbers.items()}
        found = _wrong_names(kind, by, told) or _wrong_numbers(kind, told)
        if found:
            raise ModelError(found)
        if "mean" in told and kind == "weibull":
            told["scale"] = told.pop("mean") / gamma(1.0 + 1.0 / told["shape"])
        self.kind, self.by, self.numbers = kind, by, told

    def survival(self, age: npt.ArrayLike) -> Floats:
        """Share left at an age [a]; ages and numbers broadcast."""
        return KINDS[self.kind][1](np.maximum(np.asarray(age, dtype=float), 0.0), self.numbers)

    def lived(self, age: npt.ArrayLike) -> Floats:
        """Years lived on average between entry and an age [a]: the integral of survival."""
        return KINDS[self.kind][2](np.maximum(np.asarray(age, dtype=float), 0.0), self.numbers)

    def mean(self) -> Floats:
        """Mean time in use [a]: what Little's law asks for."""
        return self.lived(EVER)

    def oldest(self, share: float = 1e-9) -> float:
        """An age [a] at which no more than a share of any cohort is left."""
        age = 1.0
        while np.any(self.survival(age) > share):
            age *= 1.25
        return age

    @property
    def depends(self) -> bool:
        """Whether survival differs between cohorts or calendar years, and not by age alone."""
        return any(numbers.ndim > 1 and len(numbers) > 1 for numbers in self._rows().values())

    def rows(self) -> int:
        """Cohorts (or intervals) for which numbers are given; 1 where they hold for all."""
        return max([len(numbers) for numbers in self._rows().values() if numbers.ndim > 1], default=1)

    def series(self) -> int:
        """Series for which numbers are given; 1 where they hold for all."""
        return max(
            [numbers.shape[-1] for name, numbers in self.numbers.items() if self._by_series(name)], default=1
        )

    def part(self, rows: slice, series: slice) -> Lifetime:
        """The same for some cohorts (or intervals) and series."""
        told = dict(self.numbers)
        for name, numbers in self.numbers.items():
            if self._by_series(name) and numbers.shape[-1] > 1:
                told[name] = numbers[..., series]
        for name in self._rows():
            if told[name].ndim > 1 and len(told[name]) > 1:
                told[name] = told[name][rows]
        less: Lifetime = object.__new__(Lifetime)
        less.kind, less.by, less.numbers = self.kind, self.by, told
        return less

    def _rows(self) -> Numbers:
        """Numbers that may have a row for each cohort."""
        return {} if self.kind == "empirical" else self.numbers

    def _by_series(self, name: str) -> bool:
        """Whether the last axis of these numbers is the series."""
        least = 2 if self.kind == "empirical" else 1
        return name != "ages" and self.numbers[name].ndim >= least


def surviving(lifetime: Lifetime, born: Floats, at: float, rule: str) -> Floats:
    """Share of cohorts left at a time, on average over those who entered: (cohort, series).

    `born` (cohort, 2) [a] holds start and end of the interval in which each entered; `rule` is that of
    `Grid`. A cohort that has not finished entering counts as finished: ask from its end on.
    """
    youngest, eldest = at - born[:, 1:], at - born[:, :1]
    if rule == "quadrature":
        lived = lifetime.lived(eldest) - lifetime.lived(youngest)
        return np.clip(lived / (eldest - youngest), 0.0, 1.0)
    return lifetime.survival({"start": eldest, "end": youngest}.get(rule, (eldest + youngest) / 2))


def _wrong_names(kind: str, by: str, told: dict[str, Floats]) -> list[Problem]:
    """Kinds, ways and names that do not exist."""
    found = []
    if kind not in KINDS:
        return [Problem("choice_of", "lifetime, kind", kind, details={"choices": ", ".join(KINDS)})]
    if by not in ("cohort", "calendar"):
        found.append(Problem("choice_of", "lifetime, by", by, details={"choices": "cohort, calendar"}))
    needed = set(KINDS[kind][0])
    if kind == "weibull" and "mean" in told:
        needed = {"shape", "mean"}
    if set(told) != needed:
        names = {"kind": kind, "names": ", ".join(sorted(needed))}
        found.append(Problem("lifetime_numbers", "lifetime", ", ".join(sorted(told)), details=names))
    return found


def _wrong_numbers(kind: str, told: dict[str, Floats]) -> list[Problem]:
    """Numbers no lifetime has."""
    if kind == "empirical":
        return _wrong_table(told["ages"], told["share"])
    found = []
    for name, numbers in told.items():
        wrong = ~(np.isfinite(numbers) & (numbers > 0))
        if wrong.any():
            worst = f"{numbers[wrong].ravel()[0]:g}" if numbers.ndim else f"{numbers:g}"
            place = f"lifetime, {name}" + _where(wrong)
            found.append(Problem("lifetime_positive", place, worst))
    if not found and kind == "normal":
        below = np.max(ndtr(-told["mean"] / told["sd"]))
        if below > AT_ONCE:
            found.append(Problem("lifetime_below_zero", "lifetime, normal", f"{below:.0%}"))
    return found


def _where(wrong: npt.NDArray[Any]) -> str:
    """First place in an array, counted from 1, for people; empty for a single number."""
    if not wrong.ndim:
        return ""
    return " " + ", ".join(str(int(axis[0]) + 1) for axis in np.nonzero(wrong))


def _wrong_table(ages: Floats, share: Floats) -> list[Problem]:
    """A survival table that does not fall from 1 to 0 over increasing ages."""
    shaped = ages.ndim == 1 and share.ndim in (1, 2) and len(ages) == len(share) and len(ages) > 1
    right = (
        shaped
        and np.all(np.isfinite(ages))
        and ages[0] == 0
        and np.all(np.diff(ages) > 0)
        and np.all(share[0] == 1)
        and np.all(share[-1] == 0)
        and np.all(np.diff(share, axis=0) <= 0)
    )
    return [] if right else [Problem("lifetime_table", "lifetime, share", str(share.tolist())[:80])]
