"""Level changes in a monthly series: the likelihood of a step, whatever the season, trend and memory.

The model of a series without a break, on the scale on which it is looked at, is::

    y(t) = season(month) + level + slope · t + noise(t),   noise(t) = ρ · noise(t−1) + ε(t)

A *step* lifts or lowers the level from one month on; a *spell* does so and takes it back later. Both are
one more column in the same regression. Their likelihood ratio is computed for every pair (first month,
month of return) at once, each with its own best ρ: a memory estimated without the step would swallow it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

MEMORIES = np.array([-0.4, -0.2, 0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97])
ROUNDING = 0.01  # noise below which a fit counts as exact: no customs month is known to the percent


def whitening(months: Places, memory: float) -> tuple[Array, float]:
    """Matrix that turns noise with a memory into independent noise, and half its log-determinant.

    Months without an observation are allowed: over a gap of g months the memory is ρ^g and the variance
    that of g innovations, so the likelihood is the exact one of the observed months.

    Parameters
    ----------
    months : array (n,)
        Observed months, counted from any month on, ascending.
    memory : float
        ρ, in (−1, 1).

    Examples
    --------
    >>> whitening(np.array([0, 1, 3]), 0.5)[0].round(3).tolist()
    [[0.866, 0.0, 0.0], [-0.5, 1.0, 0.0], [0.0, -0.224, 0.894]]
    """
    gaps = np.diff(months)
    carried = np.sign(memory) ** gaps * abs(memory) ** gaps
    spread = np.concatenate([[1 / (1 - memory**2)], (1 - carried**2) / (1 - memory**2)])
    matrix = np.eye(len(months))
    matrix[np.arange(1, len(months)), np.arange(len(months) - 1)] = -carried
    return matrix / np.sqrt(spread)[:, None], float(-0.5 * np.log(spread).sum())


def regular(months: Places, season: bool = True) -> Array:
    """Columns of the model without a break: one for each calendar month (or one level), and a slope.

    Examples
    --------
    >>> regular(np.arange(24)).shape, regular(np.arange(24), season=False).shape
    ((24, 13), (24, 2))
    """
    slope = (months - months.mean()) / max(float(np.ptp(months)), 1.0)
    base = (months[:, None] % 12 == np.arange(12)).astype(float) if season else np.ones((len(months), 1))
    return np.column_stack([base[:, base.any(axis=0)], slope])


def steps(n: int, places: Sequence[int]) -> Array:
    """One column for each place: 0 before it, 1 from it on."""
    return (np.arange(n)[:, None] >= np.asarray(places, dtype=int)[None, :]).astype(float)


@dataclass(frozen=True)
class _Lens:
    """The regression at one memory: everything that does not depend on the series itself."""

    white: Array  # (n, n)
    base: Array  # (n, k) orthonormal columns of the model without the step
    shapes: Array  # (n, n) steps from each place on, whitened and cleared of the base
    products: Array  # (n + 1, n + 1) of the shapes; the last is the step that never comes
    half_log_det: float


class Field:
    """Likelihood ratios of steps and spells in one or many series over the same months.

    Parameters
    ----------
    months : array (n,)
        Observed months.
    base : array (n, k)
        Columns of the model without the step.
    floor : float
        Residual sum of squares below which a fit counts as exact.
    """

    def __init__(self, months: Places, base: Array, floor: float) -> None:
        self.months, self.n, self.floor = months, len(months), floor
        self.lenses = [self._lens(base, memory) for memory in MEMORIES]

    def _lens(self, base: Array, memory: float) -> _Lens:
        white, half = whitening(self.months, float(memory))
        basis, triangle = np.linalg.qr(white @ base)
        # a base column that repeats another leaves noise in Q: it is dropped
        held = np.abs(np.diag(triangle)) > 1e-9
        basis = basis[:, held]
        shapes = white @ steps(self.n, range(self.n))
        shapes = shapes - basis @ (basis.T @ shapes)
        products = np.zeros((self.n + 1, self.n + 1))
        products[:-1, :-1] = shapes.T @ shapes
        return _Lens(white, basis, shapes, products, half)

    def without(self, series: Array) -> tuple[Array, Places]:
        """Best log-likelihood of each series (column) without the step, and the place of its memory."""
        found = np.stack([self._parts(lens, series)[2] for lens in self.lenses])
        return found.max(axis=0), found.argmax(axis=0)

    def _parts(self, lens: _Lens, series: Array) -> tuple[Array, Array, Array]:
        """Clean residuals, their sum of squares, and the log-likelihood without the step."""
        rest = lens.white @ series
        rest = rest - lens.base @ (lens.base.T @ rest)
        squares = (rest**2).sum(axis=0)
        return rest, squares, self._likelihood(squares, lens)

    def _likelihood(self, squares: Array, lens: _Lens) -> Array:
        likelihood: Array = -0.5 * self.n * np.log(squares + self.floor) + lens.half_log_det
        return likelihood

    def ratios(self, series: Array, first: Places, last: Places, sign: int = 0) -> Array:
        """Likelihood ratio of every (first, last) in every series: array (pair, series).

        ``last`` = n is a step that stays. With ``sign`` −1 or +1 only falls or only rises count: the
        others have the ratio 0.
        """
        best = np.full((len(first), series.shape[1]), -np.inf)
        for lens in self.lenses:
            gain, squares = self._gains(lens, series, first, last, sign)
            np.maximum(best, self._likelihood(np.maximum(squares - gain, 0.0), lens), out=best)
        ratios: Array = np.maximum(2 * (best - self.without(series)[0]), 0.0)
        return ratios

    def largest(self, series: Array, first: Places, last: Places, sign: int = 0) -> Array:
        """Largest ratio of each series over all pairs: as `ratios`, without keeping the table."""
        return self.best(series, first, last, sign)[0]

    def best(self, series: Array, first: Places, last: Places, sign: int = 0) -> tuple[Array, Array]:
        """Largest ratio of each series over all pairs, and the memory of the fit that has it."""
        best = np.full(series.shape[1], -np.inf)
        memory = np.zeros(series.shape[1])
        for lens, rho in zip(self.lenses, MEMORIES, strict=True):
            gain, squares = self._gains(lens, series, first, last, sign)
            likelihood = self._likelihood(np.maximum(squares - gain.max(axis=0), 0.0), lens)
            memory = np.where(likelihood > best, rho, memory)
            best = np.maximum(best, likelihood)
        return np.maximum(2 * (best - self.without(series)[0]), 0.0), memory

    def _gains(
        self, lens: _Lens, series: Array, first: Places, last: Places, sign: int
    ) -> tuple[Array, Array]:
        """Fall of the sum of squares by each pair, and the sum of squares itself."""
        rest, squares, _ = self._parts(lens, series)
        along = np.vstack([lens.shapes.T @ rest, np.zeros((1, series.shape[1]))])
        norm = np.diag(lens.products)[first] + np.diag(lens.products)[last]
        norm = norm - 2 * lens.products[first, last]
        height = along[first] - along[last]
        if sign:
            height = np.maximum(sign * height, 0.0)
        # a step that the base already holds has no height of its own
        gain = np.where(norm[:, None] > 1e-9, height**2 / np.maximum(norm, 1e-9)[:, None], 0.0)
        return gain, squares


@dataclass(frozen=True)
class Fit:
    """A fitted model: its level by month, its innovations, memory and the heights of its columns."""

    level: Array  # (n,)
    innovations: Array  # (n,)
    memory: float
    heights: Array  # (k,)
    errors: Array  # (k,) standard errors of the heights


def _least(columns: Array, series: Array) -> Array:
    return np.asarray(np.linalg.lstsq(columns, series, rcond=None)[0], dtype=np.float64)


def fit(months: Places, columns: Array, series: Array, memory: float | None = None) -> Fit:
    """Least squares with the memory that makes the series most likely (or a given one).

    Examples
    --------
    >>> x = np.arange(48)
    >>> two = np.column_stack([np.ones(48), x >= 20])
    >>> fit(x, two, 3.0 - 2.0 * (x >= 20)).heights.round(6).tolist()
    [3.0, -2.0]
    """
    chosen = MEMORIES if memory is None else np.array([memory])
    best: tuple[float, float] | None = None
    for rho in chosen:
        white, half = whitening(months, float(rho))
        heights = _least(white @ columns, white @ series)
        squares = float(((white @ (series - columns @ heights)) ** 2).sum())
        likelihood = -0.5 * len(months) * float(np.log(squares + 1e-300)) + half
        if best is None or likelihood > best[0]:
            best = (likelihood, float(rho))
    assert best is not None
    white, _ = whitening(months, best[1])
    heights = _least(white @ columns, white @ series)
    innovations: Array = white @ (series - columns @ heights)
    free = max(len(months) - columns.shape[1], 1)
    inverse = np.linalg.pinv((white @ columns).T @ (white @ columns))
    errors: Array = np.sqrt(np.maximum(np.diag(inverse), 0.0) * float((innovations**2).sum()) / free)
    level: Array = columns @ heights
    return Fit(level, innovations, best[1], heights, errors)


def redraw(months: Places, fitted: Fit, memory: float, runs: int, rng: np.random.Generator) -> Array:
    """Series that the fitted model might have given: array (n, runs).

    Each innovation stays in its month and only its sign is drawn (wild bootstrap), so a stretch that is
    noisier than the rest stays so.
    """
    white, _ = whitening(months, memory)
    signs = rng.choice((-1.0, 1.0), size=(len(months), runs))
    noise = np.linalg.solve(white, signs * fitted.innovations[:, None])
    drawn: Array = fitted.level[:, None] + noise
    return drawn
