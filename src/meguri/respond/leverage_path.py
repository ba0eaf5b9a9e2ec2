"""What is left of a card: the share still irreplaceable, what a cut would cost, and how long that halves.

The partner's need of an item is met at home (self-supply s), by third countries, and by the holder. Of what
is not made at home third countries send the part ``theta``; the holder's share, (1 - s)(1 - theta), is what
cannot be replaced today. Re-routing through third countries is quick and is told apart from localisation.
All arrays have the axes (draw, year); money and names do not occur here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Detour(NamedTuple):
    """How far third countries step in: part of what is not made at home that they send; axes (draw,)."""

    usual: Floats  # [1] before the control
    most: Floats  # [1] in the long run under a full control, >= usual
    lag: Floats  # [a] time constant in which they step in, > 0


def third_part(
    detour: Detour, at: Floats, pressure: Floats, lift: float, kept: Floats, relax: Floats
) -> Floats:
    """Part of what the partner does not make itself that third countries send [1].

    Parameters
    ----------
    detour : Detour
        Axes (draw,).
    at : array (year,) [a]
        Years since the control began.
    pressure : array (draw,)
        How hard the control is, 0 (none) to 1.
    lift : float [a]
        When it is lifted; ``inf`` when never.
    kept : array (draw,)
        Part of the re-routing that stays for good after the lift (hysteresis) [1].
    relax : array (draw,) [1/a]
        Rate at which the rest returns.

    Returns
    -------
    array (draw, year)

    Examples
    --------
    >>> one = np.ones(1)
    >>> part = third_part(Detour(0.1 * one, 0.5 * one, one), np.array([0.0, 50.0]), one, np.inf, one, one)
    >>> part.round(3).tolist()
    [[0.1, 0.5]]

    Notes
    -----
    theta(t) = theta_0 + p (theta_max - theta_0)(1 - exp(-t/lag)) while the control holds; after the lift the
    gain g falls as g(h + (1 - h) exp(-relax t)): the same hysteresis as that of self-supply.
    """
    held, after = np.minimum(at, lift), np.maximum(at - lift, 0.0)
    gain = ((detour.most - detour.usual) * pressure)[:, None]
    reached = gain * -np.expm1(-held[None, :] / detour.lag[:, None])
    left = kept[:, None] + (1.0 - kept[:, None]) * np.exp(-relax[:, None] * after[None, :])
    return np.asarray(detour.usual[:, None] + reached * left)


def irreplaceable(self_supply: Floats, third: Floats) -> Floats:
    """Share of the partner's need that only the holder can meet today [1]; third is a part of the rest.

    Examples
    --------
    >>> irreplaceable(np.array([0.2]), np.array([0.5])).tolist()
    [0.4]
    """
    return np.asarray((1.0 - self_supply) * (1.0 - third))


def half_life(at: Floats, leverage: Floats) -> Floats:
    """Years until the leverage of day 0 has halved; ``inf`` where it has not at the last year looked at.

    Parameters
    ----------
    at : array (year,) [a]
        Rising, from 0.
    leverage : array (draw, year)
        Leverage [1]; between two years it is taken to run straight.

    Returns
    -------
    array (draw,) [a]
        0 where there was no leverage to begin with.

    Examples
    --------
    >>> half_life(np.array([0.0, 1.0, 2.0]), np.array([[1.0, 0.75, 0.25], [1.0, 1.0, 1.0]])).tolist()
    [1.5, inf]
    """
    half = leverage[:, 0] / 2.0
    below = leverage <= half[:, None]
    first = below.argmax(axis=1)
    draws = np.arange(len(leverage))
    before = np.maximum(first - 1, 0)
    high, low = leverage[draws, before], leverage[draws, first]
    step = np.divide(high - half, high - low, out=np.zeros_like(half), where=high > low)
    when = at[before] + step * (at[first] - at[before])
    return np.where(below.any(axis=1), np.where(first == 0, 0.0, when), np.inf)


def area(at: Floats, values: Floats) -> Floats:
    """Integral of a curve from the first to the last year, by trapezoids; axes (draw, year) -> (draw,).

    Examples
    --------
    >>> area(np.array([0.0, 1.0, 2.0]), np.array([[1.0, 1.0, 0.0]])).tolist()
    [1.5]
    """
    return np.asarray(np.trapezoid(values, at, axis=1))


def area_to(at: Floats, values: Floats) -> Floats:
    """Integral of a curve from the first year to every year; axes (draw, year) -> (draw, year).

    Examples
    --------
    >>> area_to(np.array([0.0, 1.0, 2.0]), np.array([[1.0, 1.0, 0.0]])).tolist()
    [[0.0, 1.0, 1.5]]
    """
    steps = (values[:, 1:] + values[:, :-1]) / 2.0 * np.diff(at)[None, :]
    return np.concatenate([np.zeros((len(values), 1)), np.cumsum(steps, axis=1)], axis=1)


def arrival(at: Floats, self_supply: Floats, part: float) -> Floats:
    """Years until the partner makes at home ``part`` of what it did not make on day 0.

    ``inf`` where it never does within the years looked at; axes (draw, year) -> (draw,) [a].

    Examples
    --------
    >>> at, home = np.array([0.0, 1.0, 2.0]), np.array([[0.0, 0.4, 0.6], [0.0, 0.0, 0.0]])
    >>> arrival(at, home, 0.5).round(3).tolist()
    [1.5, inf]
    """
    closed = (self_supply - self_supply[:, :1]) / np.maximum(1.0 - self_supply[:, :1], np.finfo(float).tiny)
    open_part = 1.0 - closed / (2.0 * part)  # halves exactly where ``part`` of the gap is closed
    return half_life(at, open_part)


class Lead(NamedTuple):
    """Years of lead that a control buys and costs; axes (draw,) [a]."""

    gross: Floats  # years' worth of need withheld
    lost: Floats  # how much earlier the partner makes its own
    at_least: npt.NDArray[
        np.bool_
    ]  # the loss is cut off at the horizon: without the control it never arrives

    @property
    def net(self) -> Floats:
        """What remains, negative where the control costs more lead than it buys [a]."""
        return np.asarray(self.gross - self.lost)


def lead(at: Floats, withheld: Floats, played: Floats, kept: Floats, part: float) -> Lead:
    """Years of lead bought by playing a card, against keeping it, within the years looked at.

    Parameters
    ----------
    at : array (year,) [a]
        Years, to the horizon.
    withheld : array (draw, year)
        Share of the partner's need that the control withholds and nobody replaces [1].
    played, kept : array (draw, year)
        Self-supply with and without the control [1].
    part : float
        Part of the gap of day 0 whose closing counts as arrival.

    Returns
    -------
    Lead
        gross = integral of the withheld share; lost = arrival when kept minus arrival when played, both no
        later than the horizon.

    Examples
    --------
    >>> at = np.array([0.0, 1.0, 2.0])
    >>> bought = lead(at, np.full((1, 3), 0.5), np.array([[0.0, 0.5, 1.0]]), np.zeros((1, 3)), 0.5)
    >>> bought.gross.tolist(), bought.lost.tolist(), bought.net.tolist(), bought.at_least.tolist()
    ([1.0], [1.0], [0.0], [True])
    """
    with_control, without = arrival(at, played, part), arrival(at, kept, part)
    end = float(at[-1])
    lost = np.minimum(without, end) - np.minimum(with_control, end)
    return Lead(area(at, withheld), lost, np.isinf(without) & np.isfinite(with_control))
