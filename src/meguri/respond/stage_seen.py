"""What followed a rule: the export mix, up and down the chain, and prices on both sides of the border.

Every test has two rivals: nothing changes, and the line of the years before goes on (no policy). Windows
follow from the rules: up to five years before an episode of them, its last three, and three after it.
"""

from __future__ import annotations

import datetime as dt
import itertools
from typing import NamedTuple

import numpy as np
import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.stage_cases import StageCase
from meguri.respond.stage_policy import in_force, rates_of, wedges


class Windows(NamedTuple):
    """Years of the windows: before an episode of rules, its last ones, and after it."""

    before: int = 5
    after: int = 3
    since: int = 3


OTHERS = [
    Windows(*years) for years in itertools.product((4, 5, 6), (2, 3, 4), (2, 3, 4)) if years != Windows()
]
LEAST = 3  # years a window before must hold
EVEN = 1e-9
PREDICTED = (
    ("upstream-weight", "down"), ("downstream-share", "up"), ("downstream-weight", "up"),
    ("downstream-to-partner", "up"), ("relief-upstream-weight", "up"), ("relief-downstream-share", "down"),
)  # fmt: skip


def compared(
    series: pd.Series, before: tuple[int, int], after: tuple[int, int], expected: str, share: bool = False
) -> dict[str, object]:
    """One series before and after, against no change and against its own trend.

    Parameters
    ----------
    series : Series
        Value by year.
    before, after : tuple of int
        First and last year of each window; years without a value are left out.
    expected : {"up", "down"}
        What the pull predicts.
    share : bool
        The series lies in [0, 1] and so does its trend; else the trend only stays above 0.

    Returns
    -------
    dict
        before, after, trend, verdict: ``hit`` beyond both rivals, ``trend`` moved as expected but no
        further than the straight line through the window before, ``miss`` did not move that way,
        ``unknown`` with fewer than 3 years before or none after.

    Examples
    --------
    >>> rising = pd.Series({2000: 1.0, 2001: 2.0, 2002: 3.0, 2003: 3.5})
    >>> compared(rising, (2000, 2002), (2003, 2003), "up")["verdict"]
    'trend'
    """
    seen = series.dropna()
    old, new = (seen[(seen.index >= first) & (seen.index <= last)] for first, last in (before, after))
    told: dict[str, object] = {
        "expected": expected, "before_years": _span(before), "after_years": _span(after),
        "before": float(old.mean()) if len(old) else np.nan,
        "after": float(new.mean()) if len(new) else np.nan,
    }  # fmt: skip
    if len(old) < LEAST or new.empty:
        return {**told, "trend": np.nan, "verdict": "unknown"}
    slope, level = np.polyfit(old.index.to_numpy(float), old.to_numpy(float), 1)
    carried = np.clip(level + slope * new.index.to_numpy(float), 0.0, 1.0 if share else np.inf)
    sign = 1.0 if expected == "up" else -1.0
    moved, beyond = sign * (new.mean() - old.mean()), sign * (new.mean() - carried.mean())
    verdict = "miss" if moved <= EVEN else ("hit" if beyond > EVEN else "trend")
    return {**told, "trend": float(carried.mean()), "verdict": verdict}


def _span(years: tuple[int, int]) -> str:
    return f"{years[0]}-{years[1]}" if years[0] != years[1] else str(years[0])


def episodes(case: StageCase) -> list[tuple[int, int]]:
    """Runs of years in which taxes and bans weigh at least a quarter of the heaviest year of the case.

    A year counts by the rules in force on its first of July, mode of the rate, heaviest product. An
    episode that has not ended runs to the last year of the exports.

    Examples
    --------
    >>> from meguri.observe.stage_cases import stage_case
    >>> episodes(stage_case("china-rare-earths")), episodes(stage_case("indonesia-nickel"))
    ([(2007, 2014)], [(2014, 2016), (2020, 2024)])
    """
    rates = rates_of(case, 0)
    years = range(int(case.exports["year"].min()), int(case.exports["year"].max()) + 1)
    weights = [
        float(
            wedges(rates, case.products["product"], in_force(case, dt.date(year, 7, 1), ("tax", "ban"))).max()
        )
        for year in years
    ]
    heavy = [year for year, weight in zip(years, weights, strict=True) if 0.0 < weight >= max(weights) / 4]
    runs: list[tuple[int, int]] = []
    for year in heavy:
        if runs and runs[-1][1] == year - 1:
            runs[-1] = (runs[-1][0], year)
        else:
            runs.append((year, year))
    return runs


def stage_tests(case: StageCase) -> pd.DataFrame:
    """Predictions of a case against its exports, hit or miss, with the no-policy rivals.

    A wedge upstream predicts: fewer tonnes upstream, a larger downstream part of the holder's own exports,
    more tonnes downstream, and more downstream exports than the partner's. Its end predicts the first two
    the other way round.

    Returns
    -------
    DataFrame
        Columns of ``stage_tests``; empty without exports or rules.

    Examples
    --------
    >>> from meguri.observe.stage_cases import stage_case
    >>> stage_tests(stage_case("china-rare-earths"))[["test", "verdict"]].values.tolist()[0]
    ['upstream-weight', 'hit']
    """
    schema = Schema.of("stage_tests")
    if case.exports.empty:
        return schema.empty()
    series, runs = export_series(case), episodes(case)
    rows = _tested(series, runs, Windows())
    if not rows:
        return schema.empty()
    others = [
        {(row["episode"], row["test"]): row["verdict"] for row in _tested(series, runs, one)}
        for one in OTHERS
    ]
    for row in rows:
        row["steady"] = float(
            np.mean([one.get((row["episode"], row["test"])) == row["verdict"] for one in others])
        )
    cited = "|".join(dict.fromkeys(case.exports["source"]))
    return schema.check(
        pd.DataFrame(rows).assign(case=case.name, source=cited, grade=weakest(case.exports["grade"]))
    )


def _tested(
    series: dict[str, pd.Series], runs: list[tuple[int, int]], windows: Windows
) -> list[dict[str, object]]:
    """Every prediction of every episode under one choice of windows."""
    rows, latest = [], max((int(one.index.max()) for one in series.values()), default=0)
    for place, (first, last) in enumerate(runs):
        floor = runs[place - 1][1] + 1 if place else 0
        ceiling = runs[place + 1][0] - 1 if place + 1 < len(runs) else latest
        for test, expected in PREDICTED:
            name = test.removeprefix("relief-")
            if name not in series or (test != name and last >= ceiling):
                continue
            late = _last(series[name], (first, last), windows.after)
            if test == name:
                pair = (max(first - windows.before, floor), first - 1), late
            else:
                pair = late, (last + 1, min(last + windows.since, ceiling))
            told = compared(series[name], *pair, expected, share=name.endswith("share"))
            rows.append({"episode": _span((first, last)), "test": test, "unit": UNITS[name], **told})
    return rows


def _last(series: pd.Series, run: tuple[int, int], after: int) -> tuple[int, int]:
    """The last years of an episode that the series knows."""
    years = [int(year) for year in series.dropna().index if run[0] <= year <= run[1]]
    end = max(years, default=run[1])
    return max(run[0], end - after + 1), end


UNITS = {
    "upstream-weight": "t",
    "downstream-share": "1",
    "downstream-weight": "t",
    "downstream-to-partner": "1",
}


def export_series(case: StageCase) -> dict[str, pd.Series]:
    """Yearly series the tests look at, each only where its parts are known.

    ``upstream-weight`` and ``downstream-weight`` [t], ``downstream-share`` of the value of both [1],
    ``downstream-to-partner`` value over the partner's [1].
    """
    rows = case.exports.assign(year=case.exports["year"].astype(int))
    own = rows[rows["economy"] == case.about["holder"]]
    value = own.pivot_table(index="year", columns="side", values="value_kusd", aggfunc="sum")
    series = {}
    if {"upstream", "downstream"} <= set(value):
        both = value.dropna()
        series["downstream-share"] = both["downstream"] / both.sum(axis=1)
    for side in ("upstream", "downstream"):
        mine = own[own["side"] == side]
        weight = mine.groupby("year")["quantity_t"].sum(min_count=mine["code"].nunique())
        if weight.notna().any():
            series[f"{side}-weight"] = weight.dropna()
    theirs = rows[(rows["economy"] == case.about["partner"]) & (rows["side"] == "downstream")]
    if not theirs.empty and "downstream" in value:
        series["downstream-to-partner"] = (
            value["downstream"] / theirs.groupby("year")["value_kusd"].sum()
        ).dropna()
    return series


def stage_gaps(case: StageCase) -> pd.DataFrame:
    """Prices inside and outside that were quoted together, and how much of the gap the duty explains.

    Notes
    -----
    Quotes inside hold VAT, and whoever exports without a refund bears the same VAT: both cancel, so that
    outside over inside as quoted is (1 + duty)(1 + rest). A user inside has the VAT back; the gap between
    users is therefore (1 + gap)(1 + VAT withheld) − 1. Where only a published gap is known, duty and VAT
    are given beside it and no rest is computed.
    """
    rows = [_gap(case, pair) for pair in case.pairs.to_dict("records")]
    schema = Schema.of("stage_gaps")
    return schema.check(pd.DataFrame(rows)) if rows else schema.empty()


def _gap(case: StageCase, pair: dict[str, object]) -> dict[str, object]:
    day = str(pair["date"])
    duty, vat = (_rate(case, str(pair["product"]), day, kind) for kind in ("tax", "vat"))
    yuan = float(str(pair["yuan"])) if str(pair["inside_unit"]).startswith("CNY") else 1.0
    ends = {}
    for end, (inner, outer) in {"": ("", ""), "_low": ("_high", "_low"), "_high": ("_low", "_high")}.items():
        inside = _or(pair[f"inside{inner}"], pair["inside"]) / yuan
        ends[end] = _or(pair[f"outside{outer}"], pair["outside"]) / inside - 1.0
    known = not np.isnan(ends[""])
    return {
        "case": case.name, "pair": pair["pair"], "product": pair["product"], "date": day,
        "inside": _or(pair["inside"], np.nan) / yuan, "outside": pair["outside"],
        **{f"gap{end}": value for end, value in ends.items()}, "duty": duty,
        **{f"rest{end}": (1.0 + value) / (1.0 + duty) - 1.0 for end, value in ends.items()},
        "to_user": (1.0 + (ends[""] if known else duty)) * (1.0 + vat) - 1.0,
        "printed_gap": pair["printed_gap"],
        "source": pair["source"], "grade": pair["grade"],
    }  # fmt: skip


def _or(cell: object, other: object) -> float:
    return float(str(other)) if pd.isna(cell) else float(str(cell))


def _rate(case: StageCase, product: str, day: str, kind: str) -> float:
    rules = case.rules[case.rules["kind"] == kind]
    mine = rules[
        rules["products"].map(lambda names: product in names.split("|"))
        & rules["start"].map(lambda start: start[: len(day)] <= day)
        & rules["end"].map(lambda end: end == "" or end[: len(day)] >= day)
    ]
    return float(np.prod(1.0 + mine["rate"].to_numpy(float)) - 1.0)
