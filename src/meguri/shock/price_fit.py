"""Fit the few free numbers of one market on its quotes, and predict another market or another year.

Free are the sum of the elasticities, stocking and memory; everything else varies over its declared
range. Draws are weighed by how well their path meets the quotes (Bayesian calibration by importance
weights). Nothing of the predicted market enters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri
from scipy.stats import qmc

from meguri.shock.price_path import Response, contract_path, market_path

Floats = npt.NDArray[np.float64]
DRAWS = 4096
_NEGLIGIBLE = 1e-6  # [1] weight relative to the best draw below which a draw tells nothing
_QUOTE_ERROR = 0.2  # [ln] two quotes of one metal on one day differ as much: form, place, thin trade


@dataclass(frozen=True)
class Quotes:
    """Price ratios of one market at points in time."""

    month: Floats  # (quote,) place on the path; 0.0 is the middle of its first month
    ratio: Floats  # (quote,) [1]


@dataclass(frozen=True)
class Fitted:
    """Draws of a response with their weights."""

    numbers: Floats  # (draw, number) in the order of Response
    weight: Floats  # (draw,) sums to 1
    error: float  # [ln] root mean square of the best draw

    @property
    def sigma(self) -> float:
        """Error of one quote [ln]: of the fit, and at least what two quotes of one metal differ by."""
        return max(self.error, _QUOTE_ERROR)

    def response(self, draw: int) -> Response:
        """One draw."""
        return Response(*(float(number) for number in self.numbers[draw]))

    def table(self) -> pd.DataFrame:
        """What the quotes say of the free numbers: P10, P50 and P90, beside the range they came from."""
        shown = {
            "elasticity": self.numbers[:, 0] + self.numbers[:, 1],
            "stocking": self.numbers[:, 2],
            "memory": self.numbers[:, 3],
        }
        rows = [
            (name, *weighted_quantiles(values, self.weight), values.min(), values.max())
            for name, values in shown.items()
        ]
        return pd.DataFrame(rows, columns=["number", "p10", "p50", "p90", "low", "high"])


def weighted_quantiles(
    values: Floats, weight: Floats, levels: tuple[float, ...] = (0.1, 0.5, 0.9)
) -> tuple[float, ...]:
    """Quantiles of weighted draws.

    Examples
    --------
    >>> weighted_quantiles(np.array([3.0, 1.0, 2.0]), np.array([0.0, 0.5, 0.5]), (0.25, 0.9))
    (1.0, 2.0)
    """
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    places = np.searchsorted(reached, np.asarray(levels) * reached[-1], side="left")
    return tuple(float(values[order[min(place, values.size - 1)]]) for place in places)


def drawn_numbers(row: pd.Series, draws: int = DRAWS, seed: int = 1) -> Floats:
    """Responses over the declared ranges of one element; axes (draw, number).

    The sum of the elasticities is even on a logarithmic scale over its range, all others are even
    over theirs: nothing is known of them before the fit.

    Parameters
    ----------
    row : Series
        A row of ``price_response()``.
    draws, seed : int
        Points of a Latin hypercube, and its seed.
    """
    names = Response._fields
    low = np.array([float(row[f"{name}_low"]) for name in names])
    high = np.array([float(row[f"{name}_high"]) for name in names])
    share = qmc.LatinHypercube(len(names), rng=np.random.default_rng(seed)).random(draws)
    numbers = low + share * (high - low)
    least, most = low[0] + low[1], high[0] + high[1]
    total = least * (most / least) ** share[:, 0]
    part = high[0] / most  # the sum alone counts: it is split as the ranges are
    numbers[:, 0], numbers[:, 1] = total * part, total * (1.0 - part)
    return np.asarray(numbers)


def fit(share: Floats, quotes: Quotes, numbers: Floats) -> Fitted:
    """Weights of the draws after seeing the quotes of one market.

    Parameters
    ----------
    share : array (month,) [1]
        Supply as a share of what was asked at the former price.
    quotes : Quotes
        Prices seen.
    numbers : array (draw, number)
        See :func:`drawn_numbers`.

    Notes
    -----
    Logarithmic errors are independent with the root mean square of the best draw, and at least what
    two quotes of one metal differ by. weight ~ e^(-sum of squares / (2 sigma²)).
    """
    paths = np.array([market_path(share, Response(*draw)).price for draw in numbers.tolist()])
    misses = np.log(_at(paths, quotes.month) / quotes.ratio)
    squares = (misses**2).sum(axis=1)
    error = float(np.sqrt(squares.min() / quotes.ratio.size))
    weight = np.exp(-(squares - squares.min()) / (2.0 * max(error, _QUOTE_ERROR) ** 2))
    return Fitted(numbers, weight / weight.sum(), error)


def _at(paths: Floats, month: Floats) -> Floats:
    """Paths at points between months, on the logarithm; axes (draw, point)."""
    last = paths.shape[1] - 1
    below = np.clip(np.floor(month).astype(np.int64), 0, last)
    above = np.minimum(below + 1, last)
    part = np.clip(month - below, 0.0, 1.0)
    return np.asarray(np.exp((1.0 - part) * np.log(paths[:, below]) + part * np.log(paths[:, above])))


def predict(
    fitted: Fitted, share: Floats, months: Floats, apart: float = 0.0, contract: bool = False
) -> pd.DataFrame:
    """Price ratios at points in time with their bands: month, p10, p50, p90.

    The band holds what the quotes leave open of the numbers, the error of the fit itself, and how far
    the two markets went apart before.

    Parameters
    ----------
    fitted : Fitted
        From :func:`fit` on another market.
    share : array (month,) [1]
        Supply of the market to be predicted.
    months : array (point,)
        As in :class:`Quotes`.
    apart : float [ln]
        Root mean square by which yearly changes of the two prices differed before the event.
    contract : bool
        Contract price instead of spot.
    """
    kept = fitted.weight > fitted.weight.max() * _NEGLIGIBLE
    values = _at(_paths(fitted, share, kept, contract), months)
    return _bands(values, fitted.weight[kept], np.hypot(fitted.sigma, apart), months)


def predict_mean(
    fitted: Fitted, share: Floats, first: int, last: int, apart: float = 0.0
) -> tuple[float, float, float]:
    """Mean contract price over months first … last - 1 as a unit value shows it: P10, P50, P90."""
    kept = fitted.weight > fitted.weight.max() * _NEGLIGIBLE
    means = _paths(fitted, share, kept, contract=True)[:, first:last].mean(axis=1)
    sigma = float(np.hypot(fitted.sigma, apart))
    row = _bands(means[:, None], fitted.weight[kept], sigma, np.array([float(first)])).iloc[0]
    return float(row["p10"]), float(row["p50"]), float(row["p90"])


def _paths(fitted: Fitted, share: Floats, kept: npt.NDArray[np.bool_], contract: bool) -> Floats:
    found = []
    for draw in np.flatnonzero(kept):
        response = fitted.response(int(draw))
        spot = market_path(share, response).price
        found.append(contract_path(spot, response) if contract else spot)
    return np.array(found)


def _bands(values: Floats, weight: Floats, sigma: float, months: Floats) -> pd.DataFrame:
    """Weighted bands with an error on top: nine equally likely errors for each draw."""
    errors = ndtri((np.arange(9) + 0.5) / 9.0) * sigma
    spread = np.repeat(weight, errors.size)
    rows = []
    for point, month in enumerate(months):
        several = (np.log(values[:, point])[:, None] + errors[None, :]).ravel()
        rows.append((float(month), *np.exp(weighted_quantiles(several, spread))))
    return pd.DataFrame(rows, columns=["month", "p10", "p50", "p90"])
