"""The predictive band: what the declared ranges leave open, the noise of statistics, the model's error.

A band over the declared ranges says how far the answer moves with what we do not know of the chain. It
does not hold what the model leaves out, nor that customs figures jump from month to month. Both are
added here, from what was known before the event and from *other* episodes only:

*noise* of a series: spread of the change between neighbouring periods before the event (a year apart
where three such pairs are known, so that seasons cancel). Half its square estimates the variance around
the level (Rice 1984, Annals of Statistics 12:1215); the other half is the last value before, with which
every prediction is multiplied, and which is as noisy as the point that is scored.

*model error* of an episode: mean square of log observed over predicted at the scored points of the same
kind in every other episode, less what noise and ranges explain there. Points of an episode err together,
so each episode counts once (Dunn, Wasserman and Ramdas 2018, arXiv:1809.07441, on predicting for a
new group from few), and no mean is taken off: with K episodes the error is t-distributed with K degrees
of freedom. (Higgins, Thompson and Spiegelhalter 2009, JRSS A 172:137, take K - 2 where a mean and its
error are estimated as well.)
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as student

from meguri.base.tables import Schema
from meguri.study.backtest_case import Case, months_of
from meguri.study.backtest_score import before_points, deviation, floor_of, judged

Floats = npt.NDArray[np.float64]
KINDS = {
    "imports": "amounts", "exports": "amounts", "demand": "amounts", "output": "amounts",
    "price": "prices", "unit_value": "prices", "share": "shares",
}  # fmt: skip
FEWEST = 3  # changes from which a spread is told
EPISODES = 2  # other episodes from which the error of the model is told; one may be right by chance
HELD = 3.0  # robust standard deviations at which a single value is held
MAD = 1.4826  # standard deviation over median absolute deviation, normal
LEVELS = (0.1, 0.9)
BETWEEN = float(2 * student.ppf(LEVELS[1], np.inf))  # standard deviations between P10 and P90, normal
GRID = (np.arange(99) + 0.5) / 99  # equally likely levels of a distribution


def robust_square(values: Floats) -> float:
    """Mean square about nothing, each value held at three robust standard deviations.

    One lot that came a month late, or an amount next to nothing, must not set the spread of all.

    Examples
    --------
    >>> robust_square(np.array([1.0, -1.0, 1.0, 100.0])) == (3 + (3 * 1.4826) ** 2) / 4
    True
    """
    size = np.abs(values)
    limit = HELD * MAD * float(np.median(size))
    return float(np.mean((np.minimum(size, limit) if limit > 0 else size) ** 2))


def frequency(period: str) -> str:
    """Month, quarter (2 to 5 months) or year (6 and more), within which noise is alike.

    Examples
    --------
    >>> frequency("2010-09"), frequency("2021-10/2021-11"), frequency("2010")
    ('month', 'quarter', 'year')
    """
    length = len(months_of(period))
    return "month" if length == 1 else "quarter" if length < 6 else "year"


def changes(before: Mapping[str, float], often: str, what: str) -> Floats:
    """Changes between neighbouring periods of one length, known before the event; axes (change,).

    Parameters
    ----------
    before : dict
        Rates by period, oldest first.
    often : {"month", "quarter", "year"}
        Periods compared; only those of equal length that touch, or the same months a year apart where
        there are three such pairs.
    what : str
        What is counted: logarithms of ratios, differences for shares.

    Examples
    --------
    >>> changes({"2007": 100.0, "2008": 200.0, "2009": 100.0}, "year", "imports").round(3).tolist()
    [0.693, -0.693]
    """
    if not before:
        return np.empty(0)
    last = list(before.values())[-1]
    known = {_span(period): value for period, value in before.items() if frequency(period) == often}

    def apart(shift: int) -> list[float]:
        pairs = [((start, size), (start - (shift or size), size)) for start, size in known]
        return [deviation(known[new], known[old], last, what) for new, old in pairs if old in known]

    seasons = apart(12)
    return np.array(seasons if len(seasons) >= FEWEST else apart(0))


def _span(period: str) -> tuple[int, int]:
    """First month, counted from year 0, and number of months."""
    months = months_of(period)
    return int(months[0][:4]) * 12 + int(months[0][5:]), len(months)


def points_of(case: Case, observed: pd.DataFrame, scored: pd.DataFrame) -> pd.DataFrame:
    """One row for each scored point: its residual, the spread of its ranges, the noise of its series.

    Parameters
    ----------
    observed, scored : DataFrame
        Tables ``backtest_series`` and ``backtest_scores`` of the case.

    Returns
    -------
    DataFrame
        case, episode, series, period, what, kind, frequency, packaged, residual, spread, noise,
        changes. Residual, spread and noise are on the logarithm, on the share itself for shares; NaN is
        unknown.
    """
    known = {series.id: before_points(observed, series) for series in case.series}
    rows = []
    for row in scored.to_dict("records"):
        series = case.one(str(row["series"]))
        often = frequency(str(row["period"]))
        found = changes(known[series.id], often, series.what) if series.what in KINDS else np.empty(0)
        rows.append(
            {"case": case.name, "episode": case.episode or case.name}
            | {str(key): row[key] for key in ("series", "period", "what")}
            | {"kind": KINDS.get(series.what, ""), "frequency": often}
            | {"packaged": series.observed.kind != "raw"}
            | _apart(row)
            | {
                "noise": np.sqrt(robust_square(found)) if len(found) >= FEWEST else np.nan,
                "changes": float(len(found)),
            }
        )
    return pd.DataFrame(rows)


def _apart(row: Mapping[str, object]) -> dict[str, float]:
    """Residual of a point and the spread of its band over the declared ranges."""
    seen, middle, low, high, before = (
        float(str(row[key])) for key in ("observed", "predicted", "low", "high", "before")
    )
    if row["what"] not in KINDS or not np.isfinite([seen, middle, low, high]).all():
        return {"residual": np.nan, "spread": np.nan}
    return {
        "residual": deviation(seen, middle, before, str(row["what"])),
        "spread": deviation(high, low, before, str(row["what"])) / BETWEEN,
    }


def lent(points: pd.DataFrame) -> pd.DataFrame:
    """Noise of series that know too little of themselves: the median of like series, of like frequency.

    Only figures from before the events are lent, and none from sets that not every reader has. Where
    nobody can lend, noise stays unknown (NaN) and is left in the error of the model.
    """
    own = points[points["packaged"] & points["noise"].notna()]
    each = own.drop_duplicates(["case", "series", "frequency"]).groupby(["kind", "frequency"])
    middle = each[["noise", "changes"]].median()
    keys = list(zip(points["kind"], points["frequency"], strict=True))
    table = points.copy()
    for column in ("noise", "changes"):
        others = pd.Series([middle[column].get(key, np.nan) for key in keys], index=points.index)
        table[column] = points[column].where(points["noise"].notna(), others)
    return table


def model_errors(points: pd.DataFrame) -> pd.DataFrame:
    """Error of the model for each episode from all others: table ``backtest_model_error``.

    Parameters
    ----------
    points : DataFrame
        Of all cases, with lent noise. Points from sets that not every reader has are left out, so that
        everyone gets the same bands.
    """
    usable = points[points["packaged"] & points["residual"].notna()]
    wanted = points[points["kind"] != ""][["episode", "what", "kind"]].drop_duplicates()
    rows = []
    for episode, what, kind in wanted.itertuples(index=False):
        others = usable[usable["episode"] != episode]
        same = others[others["what"] == what]
        used = same if len(same) else others[others["kind"] == kind]
        squares = [_unexplained(part) for _, part in used.groupby("episode")]
        error = float(np.sqrt(np.mean(squares))) if squares else np.nan
        reach = error * float(student.ppf(LEVELS[1], len(squares))) if len(squares) >= EPISODES else np.nan
        rows.append(
            {
                "left_out": episode,
                "what": what,
                "taken_from": "|".join(sorted(set(used["episode"]))),
                "counted": "|".join(sorted(set(used["what"]))),
                "episodes": len(squares),
                "points": len(used),
                "model_error": error,
                "reach": reach if kind == "shares" else float(np.exp(reach)),
            }
        )
    return Schema.of("backtest_model_error").check(pd.DataFrame(rows))


def _unexplained(part: pd.DataFrame) -> float:
    """Mean square residual of an episode beyond what noise and declared ranges explain; >= 0."""
    explained = float((part["noise"].fillna(0.0) ** 2 + part["spread"] ** 2).mean())
    return max(robust_square(part["residual"].to_numpy()) - explained, 0.0)


def widened(
    draws: Floats, floor: float, error: tuple[float, float], noise: tuple[float, float], additive: bool
) -> tuple[float, float]:
    """P10 and P90 of the draws with model error and noise added.

    Parameters
    ----------
    draws : array (run,)
        Predictions over the declared ranges.
    floor : float
        Amounts below count as this; a band that reaches it begins at 0.
    error, noise : (float, float)
        Standard deviation and degrees of freedom of a t-distribution; a noise of NaN is none.
    additive : bool
        On the value itself, between 0 and 1 (shares), rather than on its logarithm.

    Examples
    --------
    A single run, 4 other episodes: P90 of t with 4 degrees of freedom is 1.533.

    >>> low, high = widened(np.array([100.0]), 1.0, (0.5, 4), (np.nan, 0), False)
    >>> round(high), round(100 * 2.718282 ** (0.5 * 1.533)), round(low * high)
    (215, 215, 10000)
    """
    centre = draws if additive else np.log(np.maximum(draws, floor))
    parts = [size * _student(free) for size, free in (error, noise) if size > 0 and free > 0]
    added = np.zeros(1)
    for part in parts:
        added = np.add.outer(added, part)
    if len(parts) > 1:
        added = np.quantile(added, GRID, method="hazen")  # as fine as either part
    low, high = np.quantile(np.add.outer(centre, added), LEVELS, method="hazen")
    if additive:
        return float(np.clip(low, 0, 1)), float(np.clip(high, 0, 1))
    return (0.0 if low <= np.log(floor) else float(np.exp(low))), float(np.exp(high))


@cache
def _student(free: float) -> Floats:
    """Equally likely values of a t-distribution; axes (level,)."""
    return np.asarray(student.ppf(GRID, free))


def predictive_scores(
    case: Case,
    scored: pd.DataFrame,
    draws: Mapping[tuple[str, str], Floats | None],
    points: pd.DataFrame,
    errors: pd.DataFrame,
) -> pd.DataFrame:
    """Table ``backtest_scores`` of a case with its predictive bands, and how history lies in them.

    Parameters
    ----------
    draws : dict
        Predictions by (series, period), run by run.
    points, errors : DataFrame
        Points of all cases with lent noise; :func:`model_errors` of them.
    """
    of = errors[errors["left_out"] == (case.episode or case.name)].set_index("what")
    own = points[points["case"] == case.name].set_index(["series", "period"])
    rows: list[dict[str, Any]] = []
    for row in scored.to_dict("records"):
        what = str(row["what"])
        point = own.loc[(row["series"], row["period"])]
        error = of.loc[what] if what in of.index else _NONE
        found = {
            "noise": float(point["noise"]),
            "model_error": float(error["model_error"]),
            **_band(draws.get((str(row["series"]), str(row["period"]))), row, point, error),
        }
        rows.append({str(name): value for name, value in row.items()} | found | _said(row, found))
    return Schema.of("backtest_scores").check(pd.DataFrame(rows))


_NONE = pd.Series({"model_error": np.nan, "episodes": 0})


def _band(
    values: Floats | None, row: Mapping[Any, Any], point: pd.Series[Any], error: pd.Series[Any]
) -> dict[str, float]:
    """Predictive P10 and P90; NaN where the model gives no figure or too few episodes show its error."""
    low = high = np.nan
    if values is not None and np.isfinite(values).all() and error["episodes"] >= EPISODES:
        low, high = widened(
            values,
            floor_of(float(row["before"])),
            (float(error["model_error"]), float(error["episodes"])),
            (float(point["noise"]), float(point["changes"])),
            row["what"] == "share",
        )
    return {"predictive_low": low, "predictive_high": high}


def _said(row: Mapping[Any, Any], found: Mapping[str, float]) -> dict[str, str]:
    """Whether history lies in the predictive band, and whether that is a hit."""
    said = judged(dict(row) | {"low": found["predictive_low"], "high": found["predictive_high"]})
    if said["reason"] not in ("observed_unknown", "prediction_unknown") and np.isnan(found["predictive_low"]):
        said = {"in_band": "unknown", "hit": "unknown", "reason": "no_other_episode"}
    return {
        "in_predictive": said["in_band"],
        "predictive_hit": said["hit"],
        "predictive_reason": said["reason"],
    }
