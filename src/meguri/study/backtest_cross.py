"""Prices of a case predicted from the fit on another price of the same episode."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from meguri.shock.price_fit import Fitted, predict, predict_mean
from meguri.study.backtest_case import Cross, months_of
from meguri.study.price_cross import apart_before, fitted_on, supply_path

Floats = npt.NDArray[np.float64]
_LEVELS = (np.arange(101) + 0.5) / 101


@cache
def _fitted(element: str, episode: str, base: str) -> Fitted:
    return fitted_on(element, episode, base)


def crossed(found: Cross, period: str) -> Floats:
    """Price ratio of a period as equally likely values, for one time the anchor.

    Parameters
    ----------
    found : Cross
        On whose quotes the numbers are fitted, of which episode, from which month.
    period : str
        Months of the path; not a number where it does not reach them.

    Returns
    -------
    array (value,) [1]
        P10, median and P90 are those of :mod:`meguri.study.price_cross`, even on the logarithm between.
    """
    names, share = supply_path(found.episode)
    places = [names.index(month) for month in months_of(period) if month in names]
    if len(places) < len(months_of(period)):
        return np.array([np.nan])
    fitted, apart = _fitted(found.fitted_on, found.episode, found.base), apart_before(*found.pair)
    if found.contract:
        band = predict_mean(fitted, share, places[0], places[-1] + 1, apart)
    else:
        row = predict(fitted, share, np.array([(places[0] + places[-1]) / 2]), apart).iloc[0]
        band = (float(row["p10"]), float(row["p50"]), float(row["p90"]))
    return np.asarray(found.lift * np.exp(np.interp(_LEVELS, (0.1, 0.5, 0.9), np.log(band))))
