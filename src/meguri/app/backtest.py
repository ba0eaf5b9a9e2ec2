"""What a backtest says on a terminal: each case, what was fixed, every series, hit or miss."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.app.printing import as_csv, print_table, say, say_folded
from meguri.base.files import write_atomically
from meguri.base.terms import Lang, label
from meguri.show.backtest import backtest_html
from meguri.study.backtest import Backtest, CaseResult
from meguri.study.backtest_coverage import ALL

_POOLED = ("bt_group", "bt_points", "bt_error", "bt_no_change", "bt_last", "bt_trend", "bt_in_band", "bt_hit")
_SERIES = ("bt_series", "bt_period", "bt_predicted", "bt_predictive", "bt_observed", "bt_error",
           "bt_no_change", "bt_hit")  # fmt: skip

_SAME = 0.005  # errors that print alike
SAVED = ("scores", "pooled", "series", "coverage", "errors", "alarms", "hashes", "sources")
_COVERAGE = ("bt_counted", "bt_band", "bt_inside", "bt_share", "bt_width", "bt_hits")
_CROSSFIT = ("bt_fitted_on", "bt_scored_on", "bt_kept", "bt_points", "bt_error_fitted", "bt_error_stated",
             "bt_no_change")  # fmt: skip
_ARCHIVE = (
    "bt_series",
    "bt_period",
    "bt_kind",
    "bt_predicted",
    "bt_observed",
    "bt_error",
    "bt_no_change",
    "bt_hit",
)


def print_backtest(found: Backtest, lang: Lang) -> None:
    """Every case in the order a judge reads it: what was fixed, the verdict, the points."""
    for result in found.results:
        _print_case(result, lang)
    _print_coverage(found, lang)
    met = found.table("pooled")["hit"]
    judged = met[met != "unknown"]
    say(_word("bt_total", lang, met=int((judged == "yes").sum()), all=len(judged)), "bold")


def print_beside(tables: Mapping[str, pd.DataFrame], lang: Lang) -> None:
    """Cross-fit and archive, whichever was asked for."""
    for name, table in tables.items():
        {"crossfit": _print_crossfit, "archive": _print_archive}[name](table, lang)


def save_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> Path:
    """Each table as CSV."""
    for name, table in tables.items():
        write_atomically(folder / f"{name}.csv", as_csv(table).encode("utf-8-sig"))
    return folder


def save_backtest(found: Backtest, folder: Path, lang: Lang) -> Path:
    """Every table as CSV and one page with a figure for each case."""
    save_tables({name: found.table(name) for name in SAVED}, folder)
    write_atomically(folder / f"backtest.{lang}.html", backtest_html(found, lang).encode())
    return folder


def _word(key: str, lang: Lang, **fill: Any) -> str:
    return label(key, lang, "cli", **fill)


def _print_case(result: CaseResult, lang: Lang) -> None:
    case = result.case
    say(getattr(case.label, lang), "bold")
    say(_word("bt_hash", lang, hash=result.hash[:16], day=case.known_until.isoformat()))
    say()
    print_table([_word(key, lang) for key in _POOLED], _pooled_rows(result.pooled, lang))
    say()
    names = {series.id: getattr(series.label, lang) for series in case.series}
    print_table([_word(key, lang) for key in _SERIES], _series_rows(result.scores, names, lang))
    for series in case.series:
        if series.explained is not None:
            say_folded(f"  · {names[series.id]}: {getattr(series.explained, lang)}", indent=4)
    say()


def _print_crossfit(table: pd.DataFrame, lang: Lang) -> None:
    """Both ways: which numbers the fit kept, and how they do on the other case beside the stated ranges."""
    rows = [
        [
            row["fitted_on"],
            row["scored_on"],
            row["parameters"],
            str(row["points"]),
            *(_error(row[name]) for name in ("error_fitted", "error", "error_no_change")),
        ]
        for row in table.to_dict("records")
    ]
    print_table([_word(key, lang) for key in _CROSSFIT], rows, _word("bt_crossfit_title", lang))
    better = int((table["error_fitted"] < table["error"] - _SAME).sum())
    worse = int((table["error_fitted"] > table["error"] + _SAME).sum())
    say_folded(_word("bt_crossfit_means", lang, better=better, worse=worse, all=len(table)))
    say()


def _print_archive(table: pd.DataFrame, lang: Lang) -> None:
    """Archived predictions by archive and case: scored, open, or due on a day to come."""
    for (as_of, case), rows in table.groupby(["as_of", "case"], sort=False):
        cells = [_archived_row(row, lang) for row in rows.to_dict("records")]
        title = _word("bt_archive_title", lang, case=case, day=as_of)
        print_table([_word(key, lang) for key in _ARCHIVE], cells, title)
        say()
    waiting = table.loc[table["status"] == "not_due", "due"]
    words = {
        "scored": int((table["status"] == "scored").sum()),
        "hits": int((table["hit"] == "yes").sum()),
        "open": int((table["status"] == "open").sum()),
        "waiting": len(waiting),
    }
    say(_word("bt_archive_total", lang, **words), "bold")
    if len(waiting):
        say(_word("bt_archive_next", lang, day=waiting.min()))


def _archived_row(row: dict[Any, Any], lang: Lang) -> list[str]:
    verdict = _word(f"bt_{row['hit']}", lang)
    return [
        row[f"label_{lang}"],
        row["period"],
        _word(f"bt_kind_{row['kind']}", lang),
        f"{_figure(row['predicted'])} ({_figure(row['low'])}–{_figure(row['high'])}) {row['unit']}",
        _figure(row["observed"]),
        _error(row["error"]),
        _error(row["error_no_change"]),
        verdict if row["status"] == "scored" else _word(f"bt_status_{row['status']}", lang, day=row["due"]),
    ]


def _print_coverage(found: Backtest, lang: Lang) -> None:
    """How often history lies in each band, over all cases: an honest one holds four points in five."""
    table = found.table("coverage")
    table = table[(table["case"] == ALL) & (table["points"] > 0)]
    if table.empty:
        return
    rows = [
        [
            label(f"counted.{row['group']}", lang, "backtest"),
            label(row["band"], lang, "backtest"),
            f"{row['inside']}/{row['points']}",
            f"{row['share']:.0%} ({row['interval_low']:.0%}–{row['interval_high']:.0%})",
            _figure(row["width"]),
            str(row["hits"]),
        ]
        for row in table.to_dict("records")
    ]
    print_table([_word(key, lang) for key in _COVERAGE], rows, _word("bt_coverage_title", lang))
    say()


def _pooled_rows(pooled: pd.DataFrame, lang: Lang) -> list[list[str]]:
    return [
        [
            str(row["group"]),
            str(row["points"]),
            *(_error(row[key]) for key in ("error", "error_no_change", "error_last", "error_trend")),
            "—" if pd.isna(row["in_band"]) else f"{row['in_band']:.0%}",
            _verdict(row, lang),
        ]
        for row in pooled.to_dict("records")
    ]


def _series_rows(scores: pd.DataFrame, names: dict[str, str], lang: Lang) -> list[list[str]]:
    return [
        [
            names[row["series"]],
            row["period"],
            f"{_figure(row['predicted'])} ({_figure(row['low'])}–{_figure(row['high'])}) {row['unit']}",
            _band(row["predictive_low"], row["predictive_high"]),
            _figure(row["observed"]),
            _error(row["error"]),
            _error(row["error_no_change"]),
            _word(f"bt_{row['hit']}", lang),
        ]
        for row in scores.to_dict("records")
    ]


def _verdict(row: dict[Any, Any], lang: Lang) -> str:
    return f"{_word('bt_' + row['hit'], lang)}: {label(row['reason'], lang, 'backtest')}"


def _band(low: Any, high: Any) -> str:
    """Both ends of a band; a dash where there is none."""
    return "—" if pd.isna(low) or pd.isna(high) else f"{_figure(low)}–{_figure(high)}"


def _error(value: Any) -> str:
    return "—" if pd.isna(value) else f"{value:.2f}"


def _figure(value: Any) -> str:
    """Three significant digits, thousands apart.

    Examples
    --------
    >>> _figure(2246.3), _figure(0.0312), _figure(float("nan"))
    ('2,246', '0.0312', '—')
    """
    if pd.isna(value):
        return "—"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
