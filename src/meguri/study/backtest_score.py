"""Naive baselines and scores of a backtest: simple functions of what was known and what came.

No baseline sees anything after ``known_until``: *no change* repeats the last value before the event,
*last year* the same period of the last year known, *trend* a straight line through the years before
the event (at most five). For figures by year the first two are the same number, and the table shows
both.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.study.backtest_case import LEVELS, Case, Series, months_of

Floats = npt.NDArray[np.float64]
BASELINES = ("no_change", "last", "trend")
NOTHING = 0.01  # of the last value before: less than this counts as this, so that a log of 0 is not asked
TREND_YEARS = 5
WIDE = 9.0  # P90 / P10 of a band of ×/÷ 3
SAME = 0.05  # a change below 5 % counts as none
TOLERATED = 0.05  # log error by which a case may be worse than no change where nothing should happen
WITHIN = float(np.log(1.5))


def rate(value: float, period: str, what: str) -> float:
    """A value per month of its period; levels (price, share) stay as they are.

    Examples
    --------
    >>> rate(1200.0, "2010", "imports"), rate(0.8, "2010", "share")
    (100.0, 0.8)
    """
    return value if what in LEVELS else value / len(months_of(period))


def before_points(observed: pd.DataFrame, series: Series) -> dict[str, float]:
    """Rates known before the event, by period, oldest first; disagreeing sources by their median."""
    rows = observed[(observed["series"] == series.id) & (observed["phase"] == "before")]
    known = rows.dropna(subset=["value"]).groupby("period")["value"].median()
    periods = sorted(known.index, key=lambda period: (months_of(period)[-1], -len(months_of(period))))
    return {period: rate(float(known[period]), period, series.what) for period in periods}


def _from_anchor(case: Case, series: Series) -> dict[str, float]:
    """Where nothing was observed before the event, the middle of the stated range is what goes on."""
    if series.anchor is None:
        return {}
    year = str(case.known_until.year)
    return {year: rate(series.anchor.mode, year, series.what)}


def baselines(before: dict[str, float], period: str, what: str) -> dict[str, float]:
    """The three naive predictions of a period; NaN where nothing is known for one.

    Examples
    --------
    >>> known = {"2007": 100.0, "2008": 110.0, "2009": 120.0}
    >>> {name: round(float(value), 6) for name, value in baselines(known, "2010", "share").items()}
    {'no_change': 120.0, 'last': 120.0, 'trend': 130.0}
    """
    if not before:
        return dict.fromkeys(BASELINES, float("nan"))
    length = 1 if what in LEVELS else len(months_of(period))
    last = list(before.values())[-1]
    return {
        "no_change": last * length,
        "last": _last_year(before, period) * length,
        "trend": _trend(before, period) * length,
    }


def _last_year(before: dict[str, float], period: str) -> float:
    """Rate in the same months of the last year in which they are known."""
    wanted = months_of(period)
    newest = max(int(months_of(known)[-1][:4]) for known in before)
    for year in range(int(wanted[0][:4]) - 1, newest - TREND_YEARS, -1):
        shift = int(wanted[0][:4]) - year
        earlier = tuple(f"{int(month[:4]) - shift}{month[4:]}" for month in wanted)
        for known, value in before.items():
            if months_of(known) == earlier:
                return value
    return float("nan")


def _trend(before: dict[str, float], period: str) -> float:
    """Straight line through the last years before; at least three points, and never below nothing."""
    middle = {known: _middle(known) for known in before}
    newest = max(middle.values())
    used = [known for known in before if middle[known] > newest - TREND_YEARS]
    years = [known for known in used if len(known) == 4]
    used = years if len(years) > 2 else used  # single months carry their season
    if len(used) < 3:
        return float("nan")
    slope, level = np.polyfit(
        [middle[known] - newest for known in used], [before[known] for known in used], 1
    )
    return float(max(level + slope * (_middle(period) - newest), NOTHING * list(before.values())[-1]))


def _middle(period: str) -> float:
    """Middle of a period in years."""
    months = months_of(period)
    first, last = (int(month[:4]) + (int(month[5:]) - 1) / 12 for month in (months[0], months[-1]))
    return (first + last) / 2


def log_error(value: float, observed: float, before: float, what: str) -> float:
    """Absolute log error; the absolute difference for shares and stops.

    Amounts below a hundredth of the last value before count as that hundredth: a log of nothing is
    not asked, and 0.1 t instead of 0.2 t of a flow of 3,000 t is no error of a factor of two.

    Examples
    --------
    >>> round(log_error(2.0, 1.0, 1.0, "imports"), 3), log_error(0.75, 0.5, 0.5, "share")
    (0.693, 0.25)
    """
    return abs(deviation(value, observed, before, what))


def deviation(value: float, observed: float, before: float, what: str) -> float:
    """How far a value lies from another, with sign: log of the ratio, difference for shares and stops.

    Examples
    --------
    >>> round(deviation(1.0, 2.0, 1.0, "imports"), 3), deviation(0.0, 0.01, 1.0, "imports")
    (-0.693, 0.0)
    """
    if what in ("share", "stops"):
        return value - observed
    floor = floor_of(before)
    return float(np.log(max(value, floor) / max(observed, floor)))


def floor_of(before: float) -> float:
    """What an amount at least counts as: a hundredth of the last value before."""
    return NOTHING * before if before > 0 else 1e-12


def scores(case: Case, observed: pd.DataFrame, predicted: pd.DataFrame) -> pd.DataFrame:
    """One row for each scored point: band, history, errors of the model and of the baselines."""
    rows = []
    for series in case.series:
        before = before_points(observed, series) or _from_anchor(case, series)
        for period in series.scored:
            bands = predicted[(predicted["series"] == series.id) & (predicted["period"] == period)]
            seen = observed[(observed["series"] == series.id) & (observed["period"] == period)]
            rows.append(_score(case, series, period, before, bands.iloc[0], seen))
    return Schema.of("backtest_scores").check(pd.DataFrame(rows))


def _score(
    case: Case,
    series: Series,
    period: str,
    before: dict[str, float],
    band: pd.Series[float],
    seen: pd.DataFrame,
) -> dict[str, object]:
    history = float(seen["value"].median()) if len(seen) else float("nan")
    naive = baselines(before, period, series.what)
    anchor = naive["no_change"]
    row: dict[str, object] = {
        "case": case.name,
        "series": series.id,
        "period": period,
        "group": series.group,
        "what": series.what,
        "unit": series.unit,
        "before": anchor,
        **{name: float(band[name]) for name in ("predicted", "low", "high")},
        "observed": history,
        "error": log_error(float(band["predicted"]), history, anchor, series.what),
        "source": "|".join(sorted({key for cell in seen["source"] for key in str(cell).split("|") if key})),
        "grade": "|".join(sorted(set(seen["grade"]))),
    }
    for name, value in naive.items():
        row[f"baseline_{name}"] = value
        row[f"error_{name}"] = log_error(value, history, anchor, series.what)
    return row | judged(row) | _NO_PREDICTIVE


_NO_PREDICTIVE = {  # until other cases have shown how far the model errs
    "in_predictive": "unknown",
    "predictive_hit": "unknown",
    "predictive_reason": "no_other_episode",
}


def judged(row: Mapping[str, object]) -> dict[str, str]:
    """Direction, band and reason of one point: predicted, low, high, observed, before and what."""
    predicted, low, high, history, before = (
        float(str(row[name])) for name in ("predicted", "low", "high", "observed", "before")
    )
    if not np.isfinite(history) or not np.isfinite(predicted):
        reason = "observed_unknown" if not np.isfinite(history) else "prediction_unknown"
        return {"direction": "unknown", "in_band": "unknown", "hit": "unknown", "reason": reason}
    ratio = row["what"] not in ("share", "stops")
    floor = NOTHING * before if ratio and before > 0 else 0.0  # as for the error
    low, high, shown = max(low, floor), max(high, floor), max(history, floor)
    slack = 1e-9 * max(abs(shown), 1.0)  # a band without width still holds its own value
    inside = low - slack <= shown <= high + slack
    wide = ratio and high > WIDE * low
    reason = "in_band" if inside else "above_band" if shown > high else "below_band"
    if inside and wide:
        reason = "band_too_wide"
    same = _side(predicted, before) == _side(history, before)
    direction = "unknown" if not np.isfinite(before) else "yes" if same else "no"
    return {
        "direction": direction,
        "in_band": "yes" if inside else "no",
        "hit": "yes" if inside and not wide else "no",
        "reason": reason,
    }


def _side(value: float, before: float) -> int:
    """1 above the last value before, -1 below, 0 within 5 %."""
    if abs(value - before) <= SAME * abs(before):
        return 0
    return 1 if value > before else -1


def pooled(case: Case, table: pd.DataFrame) -> pd.DataFrame:
    """One row for each group: median errors, direction, coverage, width, and whether the bar is met."""
    rows = [_pool(case, name, table[table["group"] == name]) for name in case.groups]
    return Schema.of("backtest_pooled").check(pd.DataFrame(rows))


def _pool(case: Case, name: str, rows: pd.DataFrame) -> dict[str, object]:
    known = rows[rows["hit"] != "unknown"]
    bar = case.groups[name].bar
    row: dict[str, object] = {
        "case": case.name,
        "group": name,
        "points": len(known),
        "error": _median(known["error"]),
        **{f"error_{base}": _median(known[f"error_{base}"]) for base in BASELINES},
        "direction": _share(known["direction"]),
        "in_band": _share(known["in_band"]),
        "width": _median(known.loc[known["low"] > 0, "high"] / known.loc[known["low"] > 0, "low"]),
        "bar": bar,
    }
    reason = _verdict(bar, known)
    hit = "unknown" if reason in ("nothing_known", "no_bar") else "yes" if reason == "met" else "no"
    return row | {"hit": hit, "reason": reason}


def _median(values: pd.Series[float]) -> float:
    known = values.dropna()
    return float(known.median()) if len(known) else float("nan")


def _share(words: pd.Series[str]) -> float:
    known = words[words != "unknown"]
    return float((known == "yes").mean()) if len(known) else float("nan")


def _verdict(bar: str, known: pd.DataFrame) -> str:
    """Reason of a group's hit or miss; each baseline is compared over the points that both know."""
    if known.empty:
        return "nothing_known"
    if bar == "printed-only":
        return "no_bar"
    if bar == "within-1.5":
        if _median(known["error"]) > WITHIN:
            return "error_above"
        return "band_too_wide" if (known["reason"] == "band_too_wide").any() else "met"
    if bar == "right-side":
        return "met" if not (known["direction"] == "no").any() else "wrong_side"
    if bar == "not-worse-than-no-change":
        both = known.dropna(subset=["error", "error_no_change"])
        worse = _median(both["error"]) > _median(both["error_no_change"]) + TOLERATED
        return "worse_no_change" if worse else "met"
    for base in BASELINES:
        both = known.dropna(subset=["error", f"error_{base}"])
        if len(both) and not _median(both["error"]) < _median(both[f"error_{base}"]):
            return f"worse_{base}"
    return "met"
