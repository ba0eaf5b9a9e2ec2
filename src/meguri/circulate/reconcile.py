"""Which flows would balance: data reconciliation of measured, known and unknown flows.

Measured flows never balance by themselves. Weighted least squares moves each of them as little as its
uncertainty allows until every balance holds, computes the unknown ones as far as the balances
determine them, and says which figures fit so badly that they are probably wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincc, ndtri

from meguri.base.errors import ModelError, Problem

Array = npt.NDArray[np.float64]
RANK = 1e-10  # singular values below this part of the largest count as none
STEPS = 300  # Gauss–Newton steps before giving up
CLOSE = 1e-11  # relative step at which the iteration has converged


@dataclass(frozen=True)
class Product:
    """A constraint ``result = factor × Σ terms``: a transfer coefficient, a content or a yield.

    All are places of variables. A transfer coefficient says result = share × inputs of the process.
    """

    result: int
    factor: int
    terms: tuple[int, ...]


@dataclass(frozen=True)
class Reconciled:
    """What reconciliation found; arrays are over the variables in the order given.

    ``status`` is *constant* (sd 0), *adjusted* (measured, and balances say something about it),
    *unchecked* (measured, no balance can test it), *computed* (unknown, determined) or *undetermined*.
    ``standardised`` is the adjustment over its own standard deviation [1], ``suspect`` marks those too
    large to be chance. ``chi2`` [1] with ``dof`` degrees of freedom and ``p`` test all at once.
    """

    value: Array
    sd: Array
    covariance: Array
    adjustment: Array
    standardised: Array
    status: tuple[str, ...]
    suspect: npt.NDArray[np.bool_]
    chi2: float
    dof: int
    p: float
    steps: int


def reconcile(
    value: Array,
    sd: Array,
    balances: Array,
    *,
    right: Array | None = None,
    products: Sequence[Product] = (),
    lognormal: npt.NDArray[np.bool_] | None = None,
    names: Sequence[str] = (),
    level: float = 0.05,
) -> Reconciled:
    """Values that meet every constraint, nearest to the measured ones in units of their uncertainty.

    Parameters
    ----------
    value : array (variable,) [any one unit for each variable]
        Measured or known value; ``nan`` where unknown. Of a lognormal variable it is the median.
    sd : array (variable,) [as value]
        Standard deviation of the measurement, >= 0; 0 makes a constant. Ignored where value is unknown.
    balances : array (constraint, variable) [1]
        Linear constraints ``balances @ x = right``.
    right : array (constraint,), optional
        Right-hand sides; zero without it.
    products : sequence of Product
        Constraints with a product of variables, solved by Gauss–Newton.
    lognormal : array (variable,) of bool, optional
        Variables whose logarithm is normal: they stay positive. The sd is that of the value.
    names : sequence of str, optional
        Names for messages.
    level : float [1]
        Chance of marking any value although all are sound (Šidák's correction over the tested values).

    Raises
    ------
    ModelError
        When an uncertainty is missing or negative, when a lognormal value is not positive, when
        constants contradict the constraints, or when the iteration does not settle.

    Notes
    -----
    Cencic & Rechberger 2008 (J. Environ. Eng. Manage. 18:3); Cencic 2016 (Sustain. Environ. Res. 26:291):
    x̂ = x − VAᵀ(AVAᵀ)⁻¹(Ax − b) and V̂ = V − VAᵀ(AVAᵀ)⁻¹AV after the unknowns are eliminated. AVAᵀ is
    never inverted: with V = LLᵀ the same is x̂ = x − L(AL)⁺(Ax − b), which also serves dependent
    constraints; dof = rank AL.

    Examples
    --------
    >>> found = reconcile(np.array([100.0, 110.0]), np.array([5.0, 5.0]), np.array([[1.0, -1.0]]))
    >>> found.value.tolist(), round(found.chi2, 9), found.dof
    ([105.0, 105.0], 2.0, 1)
    """
    value, sd = np.asarray(value, float), np.asarray(sd, float)
    names = tuple(names) or tuple(f"x{place}" for place in range(value.size))
    log = np.zeros(value.size, bool) if lognormal is None else np.asarray(lognormal, bool)
    _check(value, sd, log, names)
    right = np.zeros(len(balances)) if right is None else np.asarray(right, float)
    system = _System(value, sd, np.asarray(balances, float), right, tuple(products), log & (sd > 0), names)
    return _answer(system, *_iterate(system), level)


def _check(value: Array, sd: Array, log: npt.NDArray[np.bool_], names: Sequence[str]) -> None:
    known = np.isfinite(value)
    bad = known & ~(np.isfinite(sd) & (sd >= 0))
    found = [Problem("reconcile_sd", names[int(i)], str(sd[i])) for i in np.flatnonzero(bad)]
    found += [
        Problem("reconcile_value", names[int(i)], str(value[i])) for i in np.flatnonzero(np.isinf(value))
    ]
    bad = known & log & (value <= 0)
    found += [Problem("reconcile_positive", names[int(i)], f"{value[i]:g}") for i in np.flatnonzero(bad)]
    if found:
        raise ModelError(found)


@dataclass(frozen=True)
class _System:
    """The task in one place; θ are the variables, as logarithms where these are normal."""

    value: Array
    sd: Array
    balances: Array
    right: Array
    products: tuple[Product, ...]
    log: npt.NDArray[np.bool_]
    names: Sequence[str]

    @property
    def measured(self) -> npt.NDArray[np.bool_]:
        return np.isfinite(self.value) & (self.sd > 0)

    @property
    def unknown(self) -> npt.NDArray[np.bool_]:
        return ~np.isfinite(self.value)

    def spread(self) -> Array:
        """Standard deviation of θ; of a lognormal, σ with sd² = m²·e^{σ²}(e^{σ²} − 1), m the median."""
        with np.errstate(divide="ignore", invalid="ignore"):
            variation = (self.sd / self.value) ** 2
            sigma = np.sqrt(np.log((1 + np.sqrt(1 + 4 * variation)) / 2))
        return np.where(self.log, sigma, self.sd)

    def start(self) -> Array:
        """Values to begin with: measured ones, and for unknowns a typical size or one half for a factor."""
        known = np.abs(self.value[np.isfinite(self.value)])
        guess = np.full(self.value.size, float(np.median(known)) if known.size else 1.0)
        for product in self.products:
            guess[product.factor] = 0.5
        return np.where(self.unknown, guess, self.value)

    def outside(self, x: Array) -> Array:
        """By how much each constraint is missed at x: (constraint,)."""
        bent = [x[p.result] - x[p.factor] * x[list(p.terms)].sum() for p in self.products]
        return np.concatenate([self.balances @ x - self.right, np.array(bent)])

    def slope(self, x: Array) -> Array:
        """Jacobian of the constraints in θ: (constraint, variable)."""
        bent = np.zeros((len(self.products), x.size))
        for row, p in enumerate(self.products):
            bent[row, p.result] += 1.0
            bent[row, p.factor] -= x[list(p.terms)].sum()
            for term in p.terms:
                bent[row, term] -= x[p.factor]
        return np.vstack([self.balances, bent]) * np.where(self.log, x, 1.0)


@dataclass(frozen=True)
class _Split:
    """The linearised constraints taken apart: what tests the measured values, what gives the unknowns."""

    tested: Array  # (row, measured) reduced constraints in units of sd
    rest: Array  # (row, constraint) combinations of constraints free of unknowns
    inverse: Array  # (measured, row)
    rank: int
    unknowns: Array  # (unknown, constraint) pseudo-inverse of the unknowns' columns
    free: Array  # (unknown,) length of its part in the null space: 0 when determined


def _svd(matrix: Array) -> tuple[Array, Array, Array, int]:
    """Singular value decomposition and rank."""
    if 0 in matrix.shape:
        return np.eye(matrix.shape[0]), np.zeros(0), np.eye(matrix.shape[1]), 0
    u, s, vt = np.linalg.svd(matrix)
    return u, s, vt, int((s > RANK * s[0]).sum()) if s[0] > 0 else 0


def _cleaned(sums: Array, terms: Array | float) -> Array:
    """Sums of terms of a given size; what is left of them by rounding alone is nothing."""
    return np.where(np.abs(sums) > RANK * terms, sums, 0.0)


def _split(system: _System, slope: Array, spread: Array) -> _Split:
    """Eliminate the unknowns by the left null space of their columns, then weigh what is left."""
    scale = np.abs(slope).max(axis=1, initial=0.0)  # a content of ppm and a flow of kt must weigh alike
    rows = 1 / np.where(scale > 0, scale, 1.0)
    u, s, vt, rank = _svd(slope[:, system.unknown] * rows[:, None])
    rest = _cleaned(u[:, rank:].T, 1.0) * rows
    solve = (vt[:rank].T / s[:rank]) @ u[:, :rank].T * rows
    free = np.linalg.norm(vt[rank:], axis=0)
    seen = slope[:, system.measured]  # where constraints cancel out, only dust is left of a coefficient
    tested = _cleaned(rest @ seen, np.abs(rest) @ np.abs(seen)) * spread[system.measured]
    u, s, vt, rank = _svd(tested)
    inverse = (vt[:rank].T / s[:rank]) @ u[:, :rank].T
    return _Split(tested, rest, inverse, rank, solve, free)


def _iterate(system: _System) -> tuple[Array, _Split, Array, int]:
    """Gauss–Newton: linearise, reconcile from the measured values, until nothing moves."""
    x, spread = system.start(), system.spread()
    linear = not system.products and not system.log.any()
    first = np.where(system.log, np.log(np.where(system.log, x, 1.0)), x)
    theta, before, stride = first.copy(), np.zeros(x.size), 1.0
    for step in range(1, STEPS + 1):
        slope = system.slope(x)
        split = _split(system, slope, spread)
        move = _step(system, split, slope, spread, first, theta) - theta
        size = np.where(system.measured, np.maximum(spread, 1e-3 * np.abs(theta)), np.abs(theta)) + 1e-300
        done = float(np.max(np.abs(move) / size, initial=0.0)) < CLOSE
        if not linear and float((move / size) @ (before / size)) < 0:
            stride = max(stride / 2, 0.05)  # it swings round the answer: shorter steps end that
        theta, before = theta + (1.0 if done else stride) * move, move
        x = np.where(system.log, np.exp(np.clip(np.where(system.log, theta, 0.0), -700, 700)), theta)
        if done or (linear and step == 3):  # the later linear steps only polish round-off
            _agree(system, x)
            return x, split, slope, step
    raise ModelError(Problem("reconcile_settle", "", str(STEPS)))


def _step(system: _System, split: _Split, slope: Array, spread: Array, first: Array, theta: Array) -> Array:
    """Next θ: the measured nearest to what was measured, the unknowns as these imply."""
    measured, unknown = system.measured, system.unknown
    moved = theta.copy()
    missed = system.outside(np.where(system.log, np.exp(np.where(system.log, theta, 0.0)), theta))
    back = (first - theta)[measured]  # the constraint as linearised here, seen from the measured values
    gap = missed + slope[:, measured] @ back
    moved[measured] = first[measured] - spread[measured] * (split.inverse @ (split.rest @ gap))
    gap = missed + slope[:, measured] @ (moved - theta)[measured]
    moved[unknown] = theta[unknown] - split.unknowns @ gap
    return moved


def _agree(system: _System, x: Array) -> None:
    """Refuse constraints that no value of what may move can meet: their constants contradict each other."""
    missed = system.outside(x)
    given = np.abs(system.start()) + np.where(system.measured, system.sd, 0.0)
    y = np.maximum(np.abs(x), given)  # a flow forced to zero is still of the size it was measured
    parts = np.abs(system.balances) @ y + np.abs(system.right)
    bent = [y[p.result] + y[p.factor] * y[list(p.terms)].sum() for p in system.products]
    size = np.concatenate([parts, np.array(bent)]) + 1e-300
    wrong = np.flatnonzero(np.abs(missed) > 1e-7 * size)
    if wrong.size:
        rows = np.abs(system.slope(x)[wrong]).sum(axis=0) > 0
        fixed = [system.names[int(i)] for i in np.flatnonzero(rows & ~system.measured & ~system.unknown)]
        details = {"constants": ", ".join(fixed) or "-"}
        gaps = ", ".join(f"{number:.6g}" for number in missed[wrong])
        raise ModelError(
            Problem("reconcile_contradiction", ", ".join(map(str, wrong)), gaps, details=details)
        )


def _answer(system: _System, x: Array, split: _Split, slope: Array, steps: int, level: float) -> Reconciled:
    """Uncertainties, tests and classes at the solution."""
    measured, unknown, spread = system.measured, system.unknown, system.spread()
    projector = split.inverse @ split.tested  # (measured, measured)
    half = spread[measured][:, None] * (np.eye(int(measured.sum())) - projector)
    whole = np.zeros((x.size, half.shape[1]))  # V̂ = whole·wholeᵀ, as the projector is idempotent
    whole[measured] = half
    whole[unknown] = -split.unknowns @ slope[:, measured] @ half
    loose = np.zeros(x.size)
    loose[unknown] = split.free
    undetermined = loose > 1e-7
    to_value = np.where(system.log, x, 1.0)
    covariance = (whole @ whole.T) * np.outer(to_value, to_value)
    sd = _sd(system, x, whole)
    value = np.where(undetermined, np.nan, x)
    sd[undetermined] = np.nan
    covariance[undetermined] = covariance[:, undetermined] = np.nan
    shift, tested = _shift(system, x, projector, spread)
    suspect = np.abs(shift) > ndtri(1 - (1 - (1 - level) ** (1 / max(tested, 1))) / 2)
    chi2 = _chi2(system, x, spread)
    p = float(gammaincc(split.rank / 2, chi2 / 2)) if split.rank else 1.0
    return Reconciled(
        value, sd, covariance, np.where(measured, x - np.where(measured, system.value, 0.0), np.nan),
        shift, _classes(system, undetermined, projector), suspect, chi2, split.rank, p, steps,
    )  # fmt: skip


def _sd(system: _System, x: Array, whole: Array) -> Array:
    """Standard deviation of the values [as value]; of a lognormal the exact one, not the linearised."""
    theta = np.sqrt((whole**2).sum(axis=1))
    grown = np.exp(np.where(system.log, theta, 0.0) ** 2)
    return np.where(system.log, np.abs(x) * np.sqrt(grown * (grown - 1)), theta)


def _theta_shift(system: _System, x: Array) -> Array:
    """Adjustment of the measured in θ: (measured,)."""
    measured = system.measured
    log, new, old = system.log[measured], x[measured], system.value[measured]
    safe = np.where(log, new / np.where(log, old, 1.0), 1.0)
    return np.where(log, np.log(safe), new - old)


def _shift(system: _System, x: Array, projector: Array, spread: Array) -> tuple[Array, int]:
    """Standardised adjustment [1] of each variable, nan where nothing tests it, and how many are tested."""
    measured = system.measured
    share = np.sqrt(np.clip(np.diag(projector), 0, None))  # sd of the adjustment over sd of the value
    tested = share > 1e-7
    standard = np.full(x.size, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = _theta_shift(system, x) / spread[measured] / share
    standard[measured] = np.where(tested, ratio, np.nan)
    return standard, int(tested.sum())


def _chi2(system: _System, x: Array, spread: Array) -> float:
    """Sum of squared adjustments over variances: equals rᵀ(AVAᵀ)⁻¹r at the solution."""
    return float(((_theta_shift(system, x) / spread[system.measured]) ** 2).sum())


def _classes(system: _System, undetermined: npt.NDArray[np.bool_], projector: Array) -> tuple[str, ...]:
    checked = np.zeros(system.value.size, bool)
    checked[system.measured] = np.diag(projector) > 1e-14
    kinds = np.select(
        [undetermined, system.unknown, ~system.measured, checked],
        ["undetermined", "computed", "constant", "adjusted"],
        "unchecked",
    )
    return tuple(kinds.tolist())
