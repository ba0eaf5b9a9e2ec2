"""Two points of a share, carried on in three ways, and what a lifting brought back, beside what is printed.

Equipment made at home was 5.1 % of Chinese purchases in 2020 and 11.3 % in 2024. A line, a logistic curve
and constant growth all pass through both points and part afterwards; the printed band of 2030 tells them
apart. The printed figures stand in columns of their own.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.observe.leverage import leverage_item, leverage_observations
from meguri.respond.feedback import Control, across, path, unlearned
from meguri.respond.feedback_fit import SEED, draw

YEARS_AFTER = (0.25, 0.5, 1.0, 2.0)  # the remark on the return names no year
MONTHS_COUNTED = 5 / 12  # January to May


def linear(first: float, last: float, years: float, ahead: float) -> float:
    """Share after going on by as many points a year as between two observations.

    Examples
    --------
    >>> round(linear(0.051, 0.113, 4, 6), 3)
    0.206
    """
    return last + (last - first) / years * ahead


def logistic_rate(first: float, last: float, years: float, s_max: float = 1.0) -> float:
    """Rate of the logistic curve through two observations [1/a]: r0 when r1 = r2 = 0.

    Examples
    --------
    >>> round(logistic_rate(0.051, 0.113, 4), 4)
    0.2158
    """
    _checked(first, last, years, s_max)
    before, after = (math.log(share / (s_max - share)) for share in (first, last))
    return (after - before) / years / s_max


def logistic(first: float, last: float, years: float, ahead: float, s_max: float = 1.0) -> float:
    """Share after going on along the logistic curve through two observations.

    Examples
    --------
    >>> round(logistic(0.051, 0.113, 4, 6), 3)
    0.317
    """
    rate = logistic_rate(first, last, years, s_max)
    odds = last / (s_max - last) * math.exp(rate * s_max * ahead)
    return s_max * odds / (1 + odds)


def geometric(first: float, last: float, years: float, ahead: float) -> float:
    """Share after growing on by the same per cent a year as between two observations.

    Examples
    --------
    >>> round(geometric(0.051, 0.113, 4, 6), 3)
    0.373
    """
    _checked(first, last, years, math.inf)
    return last * float((last / first) ** (ahead / years))


def _checked(first: float, last: float, years: float, most: float) -> None:
    high = {"high": f"{most:g}"}
    named = (("first", first), ("last", last))
    found = [Problem("leverage_rate", name, f"{x:g}", "", high) for name, x in named if not 0 < x < most]
    if not years > 0:
        found.append(Problem("leverage_rate", "years", f"{years:g}", "", {"high": "inf"}))
    if found:
        raise DataError(found)


def told(value: float, low: float, high: float) -> str:
    """Where a value stands against a printed band: inside, above, below, or unknown without a band.

    Examples
    --------
    >>> told(0.373, 0.2, 0.35), told(0.2, 0.2, 0.35), told(0.2, math.nan, 0.35)
    ('above', 'inside', 'unknown')
    """
    if math.isnan(low) or math.isnan(high) or math.isnan(value):
        return "unknown"
    return "below" if value < low else "above" if value > high else "inside"


def calibrate(observation: str = "wfe-cn-2024", when: float = 2030.5, draws: int = 2000) -> pd.DataFrame:
    """Two observed points carried on to a year in every way, each told against the printed band.

    Parameters
    ----------
    observation : str
        Row of ``leverage_observations`` with a start and a value.
    when : float
        Year with its fraction.
    draws : int
        Draws of the fitted model, told beside.

    Returns
    -------
    DataFrame
        Columns of ``leverage_extrapolation``: *linear*, *logistic*, *geometric*, and *fitted* for the model
        whose rates come from attributes; ``rate`` is points, 1/a or per cent a year as the method has it.

    Raises
    ------
    DataError
        When there is no such observation, or it is not two points.

    Examples
    --------
    >>> table = calibrate(draws=200).set_index("method")
    >>> table.loc[["linear", "logistic", "geometric"], "value"].round(3).tolist()
    [0.206, 0.317, 0.373]
    >>> table.loc[["linear", "logistic", "geometric"], "verdict"].tolist()
    ['inside', 'inside', 'above']
    """
    row = _two_points(observation)
    first, last, years = row["start"], row["value"], row["at"] - row["start_at"]
    ahead = when - row["at"]
    low, high = printed_band(row["item"], when)
    ways = {
        "linear": (linear(first, last, years, ahead), (last - first) / years),
        "logistic": (logistic(first, last, years, ahead), logistic_rate(first, last, years)),
        "geometric": (geometric(first, last, years, ahead), (last / first) ** (1 / years) - 1),
    }
    table = pd.DataFrame([{"method": way, "value": at, "rate": rate} for way, (at, rate) in ways.items()])
    least, middle, most = on_the_day(row["item"], when, draws)
    model = {"method": "fitted", "value": middle, "value_low": least, "value_high": most}
    table = pd.concat([table, pd.DataFrame([model])], ignore_index=True)
    verdicts = [told(value, low, high) for value in table["value"]]
    table = table.assign(item=row["item"], year=when, printed_low=low, printed_high=high, verdict=verdicts)
    return Schema.of("leverage_extrapolation").check(table)


def _two_points(observation: str) -> pd.Series:
    seen = leverage_observations()
    rows = seen[(seen["observation"] == observation) & seen[["start", "value"]].notna().all(axis=1)]
    if rows.empty:
        usable = seen.loc[seen["start"].notna() & seen["value"].notna(), "observation"]
        near = {"near": ", ".join(usable)}
        raise DataError(Problem("leverage_observation", "observation", observation[:80], "", near))
    return rows.iloc[0]


def printed_band(item: str, when: float) -> tuple[float, float]:
    """Band that a document prints for an item and a year; unknown (NaN) when it prints none."""
    seen = leverage_observations(item, use="printed")
    year = seen["period_start"].str[:4]
    rows = seen[(seen["measure"] == "forecast") & (year == str(int(when)))]
    if rows.empty:
        return math.nan, math.nan
    return float(rows["value_low"].iloc[0]), float(rows["value_high"].iloc[0])


def on_the_day(item: str, when: float, draws: int = 2000, seed: int = SEED) -> tuple[float, float, float]:
    """10, 50 and 90 % quantiles of the fitted self-supply of the packaged pair in a year, control held."""
    drawn = draw(item, draws=draws, seed=seed)
    held = Control(drawn.start_at, None, drawn.pressure)
    shares = path(drawn.rates, drawn.start, drawn.start_at, held, np.array([when]))[:, 0]
    low, middle, high = np.quantile(shares, (0.1, 0.5, 0.9))
    return float(low), float(middle), float(high)


def returned(item: str = "hf", draws: int = 2000, seed: int = SEED) -> pd.DataFrame:
    """How much of what was learned is kept some months after lifting, beside the printed remark.

    The remark (7.7 to 46.3 % of Korea's imports of hydrogen fluoride, no year named) is read in two ways:
    by *share*, Japan is back above its share of early 2019 and nothing is kept; by *value*, 11.9 million
    USD stand against what the five months brought in 2018, and most is kept. One remark cannot tell speed
    of return and what stays for good apart.

    Returns
    -------
    DataFrame
        Columns of ``leverage_returned``: part kept after each time, and the printed part by reading.

    Examples
    --------
    >>> table = returned(draws=500)
    >>> table["printed_by_value"].round(2).unique().tolist(), table["printed_by_share"].unique().tolist()
    ([0.69], [0.0])
    """
    row = leverage_item(item)
    if row["item"] != "hf":
        raise DataError(Problem("leverage_observation", "item", row["item"], "", {"near": "hf"}))
    drawn = draw("hf", draws=draws, seed=seed)
    kept = unlearned(across(drawn.rates), 1.0, np.array(YEARS_AFTER))
    low, middle, high = np.quantile(kept, (0.1, 0.5, 0.9), axis=0)
    by_value, by_share = _remark()
    frame = pd.DataFrame({"item": "hf", "years": YEARS_AFTER, "kept": middle, "kept_low": low})
    frame = frame.assign(kept_high=high, printed_by_value=by_value, printed_by_share=by_share)
    return Schema.of("leverage_returned").check(frame)


def _remark() -> tuple[float, float]:
    """Part of the learning still kept at the time of the remark, by value and by share."""
    seen = leverage_observations("hf").set_index("observation")["value"]
    usual = seen["hf-kr-value-2018"] * MONTHS_COUNTED
    before, after = (1 - seen[name] / usual for name in ("hf-kr-value-2021-05", "hf-kr-value-lifted"))
    was = seen["hf-kr-share-before"]
    gone, left = (max(0.0, 1 - seen[f"hf-kr-share-{when}"] / was) for when in ("unlifted", "lifted"))
    return float(after / before), float(left / gone)
