"""How the partner learns, drawn: self-supply with the card played and with it kept.

The dynamics and their fit are those of :mod:`meguri.respond.feedback`; a user's own item takes the same
coefficients with its own ratings, so that no item is calibrated for itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sampling import latin_shares, triangular
from meguri.observe.leverage import leverage_attributes
from meguri.respond.feedback import Control, Rates, path, rates_of
from meguri.respond.feedback_fit import draw, fitted

Floats = npt.NDArray[np.float64]


class Learned(NamedTuple):
    """Self-supply of the partner, axes (draw, year), and what a lift does, axes (draw,)."""

    played: Floats
    kept: Floats
    stays: Floats  # [1] of what was reached that stays for good after a lift
    relax: Floats  # [1/a] at which the rest returns


def rates_drawn(item: str, partner: str, ratings: pd.DataFrame, draws: int, seed: int) -> Rates:
    """Rates of an item for a partner; axes (draw,).

    Parameters
    ----------
    item, partner : str
        Keys.
    ratings : DataFrame
        The five ratings that hold for the pair, columns of ``leverage_attributes``.
    draws, seed : int
        One draw takes ratings and fitted coefficients at their middle.

    Examples
    --------
    >>> rates_drawn("hf", "KR", leverage_attributes("hf", "KR"), 1, 1).r1.shape
    (1,)
    """
    if draws == 1:
        return _columns(rates_of(ratings, fitted().coefficients()), 1)
    packaged = leverage_attributes()
    packaged = packaged[(packaged["item"] == item) & packaged["partner"].isin(["", partner])]
    packaged = packaged.sort_values("partner", ascending=False, kind="stable").drop_duplicates("attribute")
    if _same(ratings, packaged):
        return _columns(draw(item, partner, draws, seed).rates, draws)
    fit = fitted()
    picked = np.random.default_rng(seed).choice(fit.weights.size, draws, p=fit.weights)
    columns = latin_shares(draws, [seed, 1])
    rated = {
        str(row["attribute"]): triangular(next(columns), row["value_low"], row["value"], row["value_high"])
        for _, row in ratings.sort_values("attribute").iterrows()
    }
    return _columns(rates_of(rated, fit.coefficients(picked)), draws)


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Whether two sets of ratings say the same numbers."""
    columns = ["attribute", "value", "value_low", "value_high"]
    ordered = [rows[columns].sort_values("attribute").reset_index(drop=True) for rows in (one, other)]
    return bool(ordered[0].equals(ordered[1]))


def _columns(rates: Rates, draws: int) -> Rates:
    return Rates(
        **{name: np.broadcast_to(value, (draws,)).astype(float) for name, value in vars(rates).items()}
    )


def learned(rates: Rates, start: Floats, pressure: Floats, lift: float, at: Floats) -> Learned:
    """Self-supply at the years of ``at`` since the start of the control; axes (draw, year).

    A start above the ceiling stays where it is: the ceiling binds growth and takes nothing away.

    Examples
    --------
    >>> one = np.ones(1)
    >>> rates = Rates(0 * one, one, 0.1 * one, one, one, 0.5 * one)
    >>> told = learned(rates, 0.2 * one, one, 2.0, np.array([0.0, 2.0, 90.0]))
    >>> told.played.round(2).tolist(), told.kept[:, 0].tolist()
    ([[0.2, 0.75, 0.37]], [0.2])
    """
    control = Control(0.0, None if np.isinf(lift) else lift, pressure)
    played = path(rates, start, 0.0, control, at)
    kept = path(rates, start, 0.0, None, at)
    return Learned(played, kept, np.asarray(rates.hysteresis), np.asarray(rates.relax))
