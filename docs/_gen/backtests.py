"""Every backtest case as tables: what was fixed, verdicts, all points, and why a series missed."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import pandas as pd
from pages import cell, code, table, word

from meguri.base.terms import Lang, label
from meguri.study.backtest import Backtest, CaseResult, backtest
from meguri.study.backtest_archive import archive_scores, archived
from meguri.study.backtest_coverage import ALL, of_case
from meguri.study.backtest_fit import crossfit

RUNS = 24  # enough for a median; the command line takes 200


@cache
def found() -> Backtest:
    """Every case, run once for both languages; predictive bands need them all."""
    return backtest(runs=RUNS, seed=1)


def number(value: Any) -> str:
    """Three significant digits; a dash for the unknown."""
    if value is None or pd.isna(value):
        return "—"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def cases(lang: Lang) -> str:
    """All cases, one after the other."""
    return "\n".join(_case(result, lang) for result in found().results)


def coverage(lang: Lang) -> str:
    """How often history lies in each band, for each thing counted over all cases."""
    every = found().table("coverage")
    rows = [
        [label(f"counted.{row['group']}", lang, "backtest"), *_covered(row, lang)]
        for row in every[every["case"] == ALL].to_dict("records")
    ]
    return table([word("counted", lang), *_coverage_heads(lang)], rows)


def _coverage_heads(lang: Lang) -> list[str]:
    return [word(key, lang) for key in ("band", "points", "inside", "wilson", "band_width", "hits")]


def _covered(row: dict[str, Any], lang: Lang) -> list[str]:
    known = bool(row["points"])
    return [
        label(row["band"], lang, "backtest"),
        str(row["points"]),
        f"{row['share']:.0%}" if known else "—",
        f"{row['interval_low']:.0%}–{row['interval_high']:.0%}" if known else "—",
        number(row["width"]),
        str(row["hits"]),
    ]


def model_errors(lang: Lang) -> str:
    """Error of the model that each episode's bands take from the others, every way round."""
    keys = ("left_out", "counted", "taken_from", "points", "model_error", "reach")
    rows = [
        [
            code(row["left_out"]),
            label(f"counted.{row['what']}", lang, "backtest"),
            cell(row["taken_from"].replace("|", ", ")),
            str(row["points"]),
            number(row["model_error"]),
            number(row["reach"]),
        ]
        for row in found().table("errors").to_dict("records")
    ]
    return table([word(key, lang) for key in keys], rows)


def _case(result: CaseResult, lang: Lang) -> str:
    case = result.case
    colon = "：" if lang == "ja" else ": "
    listed = [
        f"- {word(key, lang)}{colon}{cell(getattr(text, lang))}"
        for key in ("fixed", "predicted", "cannot")
        for text in getattr(case, key)
    ]
    explained = [
        f"- {cell(getattr(series.label, lang))} — {cell(getattr(series.explained, lang))}"
        for series in case.series
        if series.explained is not None
    ]
    parts = [
        f"**{cell(getattr(case.label, lang))}** ({code(case.name)})\n",
        word("case_hash", lang, hash=result.hash[:16], day=case.known_until.isoformat(), runs=RUNS) + "\n",
        "\n".join(listed) + "\n",
        _verdicts(result, lang),
        _bands(result, lang),
        _points(result, lang),
        "\n".join(explained) + "\n" if explained else "",
    ]
    return "\n".join(parts)


def _verdicts(result: CaseResult, lang: Lang) -> str:
    keys = ("group", "points", "error", "no_change", "last_year", "trend", "in_band", "bar", "judged")
    rows = [
        [
            cell(getattr(result.case.groups[row["group"]].label, lang)),
            str(row["points"]),
            *(number(row[key]) for key in ("error", "error_no_change", "error_last", "error_trend")),
            "—" if pd.isna(row["in_band"]) else f"{row['in_band']:.0%}",
            label(row["bar"], lang, "backtest"),
            _hit(row["hit"], row["reason"], lang),
        ]
        for row in result.pooled.to_dict("records")
    ]
    return table([word(key, lang) for key in keys], rows)


def _bands(result: CaseResult, lang: Lang) -> str:
    """How often history lies in each band, group by group."""
    rows = [
        [cell(getattr(result.case.groups[row["group"]].label, lang)), *_covered(row, lang)]
        for row in of_case(result.scores).to_dict("records")
    ]
    return table([word("group", lang), *_coverage_heads(lang)], rows)


def _hit(hit: str, reason: str, lang: Lang) -> str:
    said = word({"yes": "hit", "no": "miss", "unknown": "not_judged"}[hit], lang)
    return f"{said} ({label(reason, lang, 'backtest')})"


def _points(result: CaseResult, lang: Lang) -> str:
    names = {series.id: series.label for series in result.case.series}
    keys = ("series", "period", "predicted_band", "predictive_band", "observed", "unit", "error", "no_change",
            "judged")  # fmt: skip
    rows = [
        [
            cell(getattr(names[row["series"]], lang)),
            row["period"],
            f"{number(row['predicted'])} ({number(row['low'])}–{number(row['high'])})",
            "—"
            if pd.isna(row["predictive_low"])
            else f"{number(row['predictive_low'])}–{number(row['predictive_high'])}",
            number(row["observed"]),
            row["unit"],
            number(row["error"]),
            number(row["error_no_change"]),
            _hit(row["hit"], row["reason"], lang),
        ]
        for row in result.scores.to_dict("records")
    ]
    return table([word(key, lang) for key in keys], rows)


def crossfits(lang: Lang) -> str:
    """Common parameters fitted on one episode and scored on another, both ways."""
    found = _crossfit()
    keys = ("fitted_on", "scored_on", "kept_ranges", "points", "error_fitted", "error", "no_change")
    rows = [
        [code(row["fitted_on"]), code(row["scored_on"]), cell(row["parameters"]), str(row["points"]),
         *(number(row[key]) for key in ("error_fitted", "error", "error_no_change"))]
        for row in found.to_dict("records")
    ]  # fmt: skip
    return table([word(key, lang) for key in keys], rows)


@cache
def _crossfit() -> pd.DataFrame:
    return crossfit(runs=RUNS)


def archive(lang: Lang) -> str:
    """What was archived, with which date and hash, and beside it what is known today."""
    listed = archived()
    if listed.empty:
        return ""
    scored = archive_scores().set_index(["as_of", "case", "series", "period"])
    keys = (
        "archived_on",
        "case",
        "series_id",
        "period",
        "archive_kind",
        "predicted_band",
        "unit",
        "observed",
    )
    rows = [
        [
            str(dt.date.fromisoformat(str(row["as_of"]))),
            code(row["case"]),
            code(row["series"]),
            row["period"],
            word(row["kind"], lang),
            f"{number(row['predicted'])} ({number(row['low'])}–{number(row['high'])})",
            row["unit"],
            number(scored.loc[(row["as_of"], row["case"], row["series"], row["period"]), "observed"]),
        ]
        for row in listed.to_dict("records")
    ]
    return table([word(key, lang) for key in keys], rows)
