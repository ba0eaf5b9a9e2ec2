"""The few global coefficients, seen through what was observed, and draws that keep them together.

Coefficients, ratings, starts and pressures are drawn from their ranges; each draw weighs as much as it
agrees with the observations (importance resampling: Rubin 1988). Few observations leave wide ranges, and
these ranges are what is drawn from afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sampling import latin_shares, triangular
from meguri.base.tables import Schema
from meguri.base.terms import find_key
from meguri.observe.leverage import (
    ATTRIBUTES,
    leverage_attributes,
    leverage_coefficients,
    leverage_item,
    leverage_items,
    leverage_observations,
)
from meguri.respond.feedback import (
    Array,
    Coefficients,
    Control,
    Number,
    Rates,
    learned,
    rates_of,
    self_supply,
)

RUNS = 8192
SEED = 8
NARROWEST = 0.15  # on the logit scale: no share of a market is known better than that
EDGE = 0.002  # shares below are told apart by nobody
UNKNOWN_START = (0.0, 0.25, 1.0)  # self-supply of an economy that was never asked for
Rows = npt.NDArray[np.intp]
_Q90 = 1.2816  # standard deviations from the middle to the 90 % quantile


@dataclass(frozen=True)
class Drawn:
    """Rates, start and pressure of one item and partner, drawn together; arrays (draw,).

    ``start_known`` is False where no start is recorded for the partner and the widest range stands for it;
    ``ratings`` and ``coefficients`` are what the rates were made of.
    """

    item: str
    partner: str
    ratings: Mapping[str, Array]
    coefficients: Coefficients
    rates: Rates
    start: Array
    start_at: float
    pressure: Array
    start_known: bool


@dataclass(frozen=True)
class Fit:
    """Draws of everything uncertain with their weights.

    Attributes
    ----------
    shares : mapping of (name, quantity) to array (run,)
        Even draws in (0, 1) of each coefficient (name ``""``) and of each rating, start and pressure.
    weights : array (run,)
        Agreement with the observations used; sums to 1.
    used : tuple of str
        Observations the weights saw.
    """

    shares: Mapping[tuple[str, str], Array]
    weights: Array
    used: tuple[str, ...]

    @property
    def effective(self) -> float:
        """Number of equal draws that the weighted ones are worth."""
        return float(1 / np.sum(self.weights**2))

    def table(self) -> pd.DataFrame:
        """Coefficients before and after the observations (columns of ``leverage_fitted``).

        Examples
        --------
        >>> fitted().table()["coefficient"].tolist()[:2]
        ['own_drive', 'forced_drive']
        """
        before = leverage_coefficients()
        drawn = vars(self.coefficients(np.arange(self.weights.size)))
        after = [weighted(drawn[name], self.weights) for name in before["coefficient"]]
        low, middle, high = np.array(after).T
        frame = before.rename(
            columns={"value": "before", "value_low": "before_low", "value_high": "before_high"}
        )
        frame = frame.assign(fitted=middle, fitted_low=low, fitted_high=high)
        return Schema.of("leverage_fitted").check(frame[Schema.of("leverage_fitted").names])

    def coefficients(self, picked: Rows | None = None) -> Coefficients:
        """Coefficients of some runs as arrays, or without any their weighted medians."""
        before = leverage_coefficients().set_index("coefficient")
        rows = np.arange(self.weights.size) if picked is None else picked
        drawn = {
            name: triangular(self.shares["", name][rows], row["value_low"], row["value"], row["value_high"])
            for name, row in before.iterrows()
        }
        if picked is None:
            return Coefficients(**{name: weighted(it, self.weights)[1] for name, it in drawn.items()})
        return Coefficients(**drawn)


def weighted(values: Array, weights: Array) -> tuple[float, float, float]:
    """Weighted 10, 50 and 90 % quantiles.

    Examples
    --------
    >>> weighted(np.array([3.0, 1.0, 2.0]), np.array([0.0, 0.2, 0.8]))
    (1.0, 2.0, 2.0)
    """
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weights[order])
    places = np.searchsorted(below, np.array([0.1, 0.5, 0.9]) * below[-1])
    low, middle, high = (float(values[order][place]) for place in places)
    return low, middle, high


def fit(observations: pd.DataFrame | None = None, runs: int = RUNS, seed: int = SEED) -> Fit:
    """Weigh draws of everything uncertain by what was observed.

    Parameters
    ----------
    observations : DataFrame, optional
        Columns of ``leverage_observations`` with start, pressure and value; those of use *fit* when left
        out. Several rows of one item count as one witness together.

    Raises
    ------
    DataError
        When no draw agrees with the observations at all.
    """
    seen = leverage_observations(use="fit") if observations is None else observations
    shares = _shares(runs, seed)
    fog = Fit(shares, np.full(runs, 1 / runs), ())
    logs = np.zeros(runs)
    for _, rows in seen.groupby("item", sort=False):
        for _, row in rows.iterrows():
            logs -= _misfit(predicted(fog, row), row) ** 2 / 2 / len(rows)
    weights = np.exp(logs - logs.max())
    if not np.isfinite(weights).all():
        raise DataError(Problem("leverage_unfit", "observations", ", ".join(seen["observation"])))
    return Fit(shares, weights / weights.sum(), tuple(seen["observation"]))


@cache
def fitted(leave_out: str = "", seed: int = SEED) -> Fit:
    """The packaged fit, with one item left out when it is named; kept once made."""
    seen = leverage_observations(use="fit")
    return fit(seen[seen["item"] != leave_out], seed=seed)


@cache
def _shares(runs: int, seed: int) -> Mapping[tuple[str, str], Array]:
    names = [("", name) for name in leverage_coefficients()["coefficient"]]
    for item in leverage_items()["item"]:
        names += [(item, quantity) for quantity in (*ATTRIBUTES, "start", "pressure")]
    return MappingProxyType(dict(zip(names, latin_shares(runs, seed), strict=False)))


def _misfit(shares: Array, row: pd.Series) -> Array:
    """Standard deviations between predicted shares and an observation, on the logit scale."""
    low, middle, high = (logit(row[name]) for name in ("value_low", "value", "value_high"))
    apart = logit(shares) - middle
    wide = np.where(apart > 0, (high - middle) / _Q90, (middle - low) / _Q90)
    return np.asarray(apart / np.maximum(wide, NARROWEST))


def logit(share: Number) -> Array:
    """Logarithm of the odds of a share, which is kept away from 0 and 1 by what nobody can tell apart."""
    inside = np.clip(share, EDGE, 1 - EDGE)
    return np.asarray(np.log(inside / (1 - inside)))


def predicted(fitting: Fit, row: pd.Series, picked: Rows | None = None) -> Array:
    """What each run says of an observation, from its own start and pressure; array (run,)."""
    rows = np.arange(fitting.weights.size) if picked is None else picked
    item = row["item"]
    start, pressure = (
        triangular(fitting.shares[item, name][rows], row[f"{name}_low"], row[name], row[f"{name}_high"])
        for name in ("start", "pressure")
    )
    rates = rates_of(_ratings(fitting, item, row["partner"], rows), fitting.coefficients(rows))
    return learned(rates, start, pressure, row["at"] - row["start_at"])


def _ratings(fitting: Fit, item: str, partner: str, rows: Rows) -> dict[str, Array]:
    return {
        str(row["attribute"]): triangular(
            fitting.shares[item, row["attribute"]][rows], row["value_low"], row["value"], row["value_high"]
        )
        for _, row in leverage_attributes(item, partner).iterrows()
    }


def draw(
    item: str,
    partner: str | None = None,
    draws: int = 1000,
    seed: int = SEED,
    fitting: Fit | None = None,
    start: tuple[float, float, float] | None = None,
    pressure: tuple[float, float, float] | None = None,
) -> Drawn:
    """Rates, start and pressure of an item for a partner, drawn as the observations allow.

    Parameters
    ----------
    item, partner : str
        Keys or names; the partner of the packaged pair when left out.
    draws, seed : int
        Same seed, same draws, whatever the machine.
    fitting : Fit, optional
        The packaged fit when left out.
    start, pressure : (low, mode, high), optional
        Ranges of the user's own. Without a start, a partner other than the packaged one gets the widest
        range and ``start_known`` is False.

    Returns
    -------
    Drawn

    Raises
    ------
    DataError
        When item or economy is unknown, a range is not in order within 0-1, or there is no draw.

    Examples
    --------
    >>> korea = draw("hf", draws=100)
    >>> korea.partner, korea.rates.r1.shape, korea.start_known
    ('KR', (100,), True)
    """
    _asked(draws, {"start": start, "pressure": pressure})
    row = leverage_item(item)
    fitting = fitting or fitted()
    economy = row["partner"] if partner is None else find_key(partner, "countries") or partner
    picked = _picked(fitting, draws, seed)
    ratings, coefficients = _ratings(fitting, row["item"], economy, picked), fitting.coefficients(picked)
    known = start is not None or economy == row["partner"]
    begin = start or (_range(row, "start") if known else UNKNOWN_START)
    ends = {"start": begin, "pressure": pressure or _range(row, "pressure")}
    drawn = {name: triangular(fitting.shares[row["item"], name][picked], *ends[name]) for name in ends}
    return Drawn(
        row["item"],
        economy,
        ratings,
        coefficients,
        rates_of(ratings, coefficients),
        drawn["start"],
        float(row["start_at"]),
        drawn["pressure"],
        known,
    )


def _asked(draws: int, ranges: Mapping[str, tuple[float, float, float] | None]) -> None:
    found = [] if draws >= 1 else [Problem("leverage_draws", "draws", str(draws))]
    for name, ends in ranges.items():
        if ends is not None and not 0 <= ends[0] <= ends[1] <= ends[2] <= 1:
            found.append(Problem("range_inverted", name, " … ".join(f"{end:g}" for end in ends)))
    if found:
        raise DataError(found)


def _range(row: pd.Series, name: str) -> tuple[float, float, float]:
    return float(row[f"{name}_low"]), float(row[name]), float(row[f"{name}_high"])


def _picked(fitting: Fit, draws: int, seed: int) -> Rows:
    """Runs picked by their weights, evenly: each is met as often as its weight says, up to one."""
    generator = np.random.default_rng(seed)
    places = (np.arange(draws) + generator.random()) / draws
    below = np.cumsum(fitting.weights)
    picked = np.searchsorted(below / below[-1], places)
    return np.asarray(generator.permutation(picked))


def share_on(drawn: Drawn, year: float) -> Array:
    """Self-supply of each draw in a year, pressed from its start on; array (draw,).

    Equipment was under the measures of other authorities before the packaged control began, so a leverage
    curve that begins with the control begins from here.

    Examples
    --------
    >>> bool((share_on(draw("wfe", draws=50), 2023.6) > draw("wfe", draws=50).start).all())
    True
    """
    return learned(drawn.rates, drawn.start, drawn.pressure, max(0.0, year - drawn.start_at))


def supply_path(
    item: str,
    partner: str | None = None,
    control: Control | None = None,
    years: float = 10,
    at_step: float = 0.25,
    draws: int = 1000,
    seed: int = SEED,
) -> pd.DataFrame:
    """Self-supply of a partner from the start of a control on, with its band.

    Parameters
    ----------
    item, partner : str
        Keys or names; the partner of the packaged pair when left out.
    control : Control, optional
        When it begins and ends; its pressure, a number, takes the place of the drawn one. The packaged
        control, held for good and with drawn pressure, when left out.

    Returns
    -------
    DataFrame
        Columns of ``leverage_self_supply``.

    Examples
    --------
    >>> table = supply_path("hf", years=2, at_step=1, draws=200)
    >>> table["self_supply"].round(1).tolist()
    [0.4, 0.7, 0.8]
    """
    drawn = draw(item, partner, draws, seed)
    if control is None:
        packaged = Control.of(drawn.item, lifted=False)
        control = Control(packaged.start, None, drawn.pressure)
    begun = share_on(drawn, control.start)
    return self_supply(drawn.rates, begun, control, years, at_step, control.start, drawn.item)
