"""How fast a partner learns when a control presses, and what stays learned when it is lifted.

The partner's self-supply share s of an item follows, per year,

    ds/dt = (r2 + (r0 + r1 · pressure) · s) · (s_max - s)      while the control presses or none is there
    ds/dt = -relax · (s - hysteresis · s_lift)                 after lifting, from s_lift downwards

r0 is what price alone drives, r1 what pressure adds, r2 what a state starts from nothing. Rates come from
five attributes of the item through a few coefficients that are the same for every item and every economy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.observe.leverage import ATTRIBUTES, leverage_coefficients, leverage_item, year_of

Array = npt.NDArray[np.float64]
Number = float | Array


@dataclass(frozen=True)
class Rates:
    """Rates of one item: plain numbers, or arrays (draw,) that belong together.

    Attributes
    ----------
    r0, r1, r2 : float or array [1/a]
        Growth that price drives, growth that full pressure adds, start from nothing; all >= 0.
    s_max : float or array [1]
        Share that home supply can reach.
    relax : float or array [1/a]
        Speed at which buyers return after lifting.
    hysteresis : float or array [1]
        Part of the self-supply at lifting that stays for good.
    """

    r0: Number
    r1: Number
    r2: Number
    s_max: Number = 1.0
    relax: Number = 1.0
    hysteresis: Number = 0.5

    def __post_init__(self) -> None:
        most = {"r0": np.inf, "r1": np.inf, "r2": np.inf, "relax": np.inf, "s_max": 1.0, "hysteresis": 1.0}
        found = [
            Problem("leverage_rate", name, f"{value}"[:80], "", {"high": f"{most[name]:g}"})
            for name, value in vars(self).items()
            if not (np.all(np.asarray(value) >= 0) and np.all(np.asarray(value) <= most[name]))
        ]
        if found:
            raise DataError(found)


@dataclass(frozen=True)
class Coefficients:
    """Coefficients that hold for every item and economy (rows of ``leverage_coefficients``)."""

    own_drive: Number
    forced_drive: Number
    state_seed: Number
    difficulty_slope: Number
    embedded_floor: Number
    relax: Number
    kept_floor: Number

    @classmethod
    def packaged(cls) -> Self:
        """The coefficients before any observation was seen."""
        return cls(**leverage_coefficients().set_index("coefficient")["value"].to_dict())

    def __post_init__(self) -> None:
        shares = {"embedded_floor", "kept_floor"}
        found = [
            Problem("leverage_rate", field.name, f"{value}"[:80], "", {"high": f"{most:g}"})
            for field in fields(self)
            for value, most in [(getattr(self, field.name), 1.0 if field.name in shares else np.inf)]
            if not (np.all(np.asarray(value) >= 0) and np.all(np.asarray(value) <= most))
        ]
        if found:
            raise DataError(found)


@dataclass(frozen=True)
class Control:
    """When a control begins and ends, as years with fractions, and how hard it presses (0-1)."""

    start: float
    lift: float | None = None
    pressure: Number = 1.0

    def __post_init__(self) -> None:
        found = []
        if self.lift is not None and not self.lift >= self.start:
            found.append(Problem("leverage_lift", "control.lift", f"{self.lift:g}"))
        if not (np.all(np.asarray(self.pressure) >= 0) and np.all(np.asarray(self.pressure) <= 1)):
            found.append(Problem("share", "control.pressure", f"{self.pressure}"[:80]))
        if found:
            raise DataError(found)

    @classmethod
    def of(cls, item: str, lifted: bool = True) -> Self:
        """The packaged control of an item between its default pair; without its end if so asked.

        Examples
        --------
        >>> Control.of("magnets").lift, round(Control.of("hf").lift, 1)
        (None, 2023.2)
        """
        row = leverage_item(item)
        lift = year_of(row["control_lift"]) if lifted and row["control_lift"] else None
        return cls(year_of(row["control_start"]), lift, float(row["pressure"]))


def difficulty(attributes: Mapping[str, Number]) -> Number:
    """How hard an item is to rebuild, 0-1: mean of what cannot be rebuilt, what is hidden, what is embedded.

    Examples
    --------
    >>> difficulty({"reconstructibility": 0.75, "black_box": 0.5, "embeddedness": 0.75})
    0.5
    """
    hard = (1 - attributes["reconstructibility"]) + attributes["black_box"] + attributes["embeddedness"]
    return hard / 3


def rates_of(attributes: pd.DataFrame | Mapping[str, Number], coefficients: Coefficients) -> Rates:
    """Rates of an item from its attributes.

    Parameters
    ----------
    attributes : DataFrame or mapping
        Five rows of ``leverage_attributes`` for one item and partner, or attribute → rating (0-1).
    coefficients : Coefficients
        Same for every item.

    Returns
    -------
    Rates
        With ease = exp(-difficulty_slope · difficulty): r0 = own_drive · ease · price_incentive,
        r1 = forced_drive · ease · state_push, r2 = state_seed · ease · state_push,
        s_max = 1 - embedded_floor · embeddedness; what is hidden and embedded is kept after lifting.

    Raises
    ------
    DataError
        When an attribute is missing, given twice or outside 0-1.

    Examples
    --------
    >>> plain = dict.fromkeys(ATTRIBUTES, 1.0) | {"black_box": 0.0, "embeddedness": 0.0}
    >>> rates_of(plain, Coefficients(2, 3, 0.1, 5, 0.3, 1, 0.2))
    Rates(r0=2.0, r1=3.0, r2=0.1, s_max=1.0, relax=1, hysteresis=0.2)
    """
    rated = _ratings(attributes)
    ease = np.exp(-coefficients.difficulty_slope * difficulty(rated))
    held = (rated["black_box"] + rated["embeddedness"]) / 2
    return Rates(
        r0=_plain(coefficients.own_drive * ease * rated["price_incentive"]),
        r1=_plain(coefficients.forced_drive * ease * rated["state_push"]),
        r2=_plain(coefficients.state_seed * ease * rated["state_push"]),
        s_max=_plain(1 - coefficients.embedded_floor * rated["embeddedness"]),
        relax=coefficients.relax,
        hysteresis=_plain(coefficients.kept_floor + (1 - coefficients.kept_floor) * held),
    )


def _plain(value: Any) -> Number:
    return float(value) if np.ndim(value) == 0 else np.asarray(value, dtype=float)


def _ratings(attributes: pd.DataFrame | Mapping[str, Number]) -> dict[str, Number]:
    if isinstance(attributes, pd.DataFrame):
        twice = attributes["attribute"].duplicated()
        found = [Problem("leverage_attribute", "attribute", name) for name in attributes["attribute"][twice]]
        if found:
            raise DataError(found)
        attributes = dict(zip(attributes["attribute"], attributes["value"].astype(float), strict=True))
    found = [Problem("leverage_attribute", name) for name in ATTRIBUTES if name not in attributes]
    found += [
        Problem("share", name, f"{attributes[name]}"[:80])
        for name in ATTRIBUTES
        if name in attributes
        and not np.all((np.asarray(attributes[name]) >= 0) & (np.asarray(attributes[name]) <= 1))
    ]
    if found:
        raise DataError(found)
    return {name: attributes[name] for name in ATTRIBUTES}


def speed(rates: Rates, pressure: Number) -> Number:
    """Rate at which self-supply runs to its ceiling under a constant pressure [1/a].

    Items are compared by it and not by their shares: a head start is not learning.

    Examples
    --------
    >>> speed(Rates(r0=0.2, r1=0.6, r2=0.1), 0.5)
    0.6
    """
    return rates.r2 + (rates.r0 + rates.r1 * pressure) * rates.s_max


def learned(rates: Rates, start: Number, pressure: Number, years: Number) -> Array:
    """Self-supply share after some years of constant pressure: closed form, all inputs broadcast.

    A start above the ceiling stays: what is reached is not lost to a ceiling.

    Examples
    --------
    >>> learned(Rates(r0=0.2158, r1=0, r2=0), 0.051, 0.0, 4.0).round(4)
    np.float64(0.113)

    Notes
    -----
    With k = r0 + r1·p and A = r2 + k·s_max, (r2 + k·s)/(s_max - s) grows as exp(A·t).
    """
    begun = np.asarray(start, dtype=float)
    top = np.maximum(rates.s_max, begun)
    pull = rates.r0 + np.asarray(rates.r1) * pressure
    fading = np.exp(-(rates.r2 + pull * top) * np.asarray(years, dtype=float))
    drive, room = rates.r2 + pull * begun, top - begun
    below = drive + pull * room * fading
    above = top * drive - rates.r2 * room * fading
    grown = np.divide(above, below, out=np.zeros(np.broadcast(above, below).shape), where=below > 0)
    return np.clip(np.where(below > 0, grown, begun), begun, top)


def unlearned(rates: Rates, at_lift: Number, years: Number) -> Array:
    """Self-supply share some years after lifting; never above that at lifting.

    Examples
    --------
    >>> unlearned(Rates(0, 0, 0, relax=1, hysteresis=0.5), 0.8, np.array([0.0, 1e9]))
    array([0.8, 0.4])
    """
    kept = np.asarray(rates.hysteresis) * at_lift
    return np.asarray(kept + (at_lift - kept) * np.exp(-np.asarray(rates.relax) * years))


def path(rates: Rates, start: Number, start_at: float, control: Control | None, times: Array) -> Array:
    """Self-supply share at given years: before, under and after a control.

    Parameters
    ----------
    rates : Rates
        Numbers or arrays (draw,).
    start : float or array (draw,) [1]
        Share at ``start_at``.
    start_at : float
        Year of the start; earlier times are refused.
    control : Control, optional
        None = no control at all.
    times : array (time,) [a]
        Years with fractions.

    Returns
    -------
    array (draw, time) or (time,)

    Examples
    --------
    >>> rates = Rates(r0=0, r1=1, r2=0.1, relax=1, hysteresis=0.5)
    >>> path(rates, 0.2, 2020, Control(2021, 2023, 1.0), np.array([2020, 2023, 2090])).round(2)
    array([0.2 , 0.81, 0.4 ])
    """
    times = np.asarray(times, dtype=float)
    if times.size and not times.min() >= start_at:
        raise DataError(Problem("leverage_time", "times", f"{times.min():g}", "", {"start": f"{start_at:g}"}))
    rates = across(rates)
    begun, since = _column(start), start_at
    if control is None:
        return learned(rates, begun, 0.0, times - since)
    pressure = _column(control.pressure)
    share = learned(rates, begun, 0.0, np.maximum(times - since, 0.0))
    if control.start > since:
        begun, since = learned(rates, begun, 0.0, control.start - since), control.start
    share = np.where(times >= since, learned(rates, begun, pressure, np.maximum(times - since, 0)), share)
    if control.lift is None:
        return np.asarray(share)
    end = max(control.lift, since)
    at_lift = learned(rates, begun, pressure, end - since)
    return np.asarray(np.where(times >= end, unlearned(rates, at_lift, np.maximum(times - end, 0)), share))


def across(rates: Rates) -> Rates:
    """The same rates with an axis behind that of the draws, for the years to stand in."""
    return Rates(**{field.name: _column(getattr(rates, field.name)) for field in fields(rates)})


def _column(value: Number) -> Number:
    """Draws stand in the first axis, times in the last."""
    return float(value) if np.ndim(value) == 0 else np.asarray(value, dtype=float)[:, None]


def self_supply(
    rates: Rates,
    start: Number,
    control: Control | None,
    years: float = 10,
    at_step: float = 0.25,
    start_at: float | None = None,
    item: str = "",
) -> pd.DataFrame:
    """Path of the partner's self-supply as a table.

    Parameters
    ----------
    rates : Rates
        Numbers, or draws.
    start : float or array (draw,) [1]
        Share at ``start_at``, which is the start of the control when left out.
    control : Control, optional
        None = no control.
    years, at_step : float [a]
        Horizon and distance of the rows.

    Returns
    -------
    DataFrame
        Columns of ``leverage_self_supply``; with draws the median and the 10 and 90 % quantiles.

    Examples
    --------
    >>> table = self_supply(Rates(r0=0.2158, r1=0, r2=0), 0.051, None, years=10, at_step=10, start_at=2020)
    >>> table["self_supply"].round(3).tolist()
    [0.051, 0.317]
    """
    if start_at is None:
        start_at = 0.0 if control is None else control.start
    times = start_at + np.arange(0.0, years + at_step / 2, at_step)
    shares = path(rates, start, start_at, control, times)
    low, middle, high = (
        np.quantile(shares, (0.1, 0.5, 0.9), axis=0)
        if shares.ndim == 2
        else (np.full(times.shape, np.nan), shares, np.full(times.shape, np.nan))
    )
    frame = pd.DataFrame({"item": item, "year": times, "self_supply": middle})
    frame = frame.assign(self_supply_low=low, self_supply_high=high)
    return Schema.of("leverage_self_supply").check(frame)
