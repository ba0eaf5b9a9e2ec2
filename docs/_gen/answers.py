"""Answers computed when the pages are built: the 2025 survival table, and 2010 held against history."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd
from pages import cell, table, word

from meguri.base.terms import Lang, label
from meguri.scenario.read import read_scenario
from meguri.structure.chain import Chain
from meguri.study.outcome import Outcome
from meguri.study.price_cross import cross_predictions
from meguri.study.study import DEFAULT_RUNS, DEFAULT_SEED, Study

DEMO = "2025-medium-heavy-rare-earths"
HISTORY = "2010-rare-earths"


@cache
def outcome_of(name: str) -> Outcome:
    """The outcome of a packaged scenario on its own chain, as `meguri stress` computes it."""
    scenario = read_scenario(name)
    return Study(Chain.example(scenario.chain), scenario, DEFAULT_RUNS, DEFAULT_SEED).run()


def days(value: Any) -> str:
    """Whole days; a dash for never."""
    return "—" if pd.isna(value) else f"{value:.0f}"


def band(row: dict[str, Any], name: str, lang: Lang) -> str:
    """Median with P10–P90 in brackets."""
    dash = "〜" if lang == "ja" else "–"
    return f"{days(row[name])} ({days(row[f'{name}_p10'])}{dash}{days(row[f'{name}_p90'])})"


def survival(lang: Lang, most: int = 100) -> str:
    """Who falls short in the 2025 scenario: one row for each process that does in a tenth of the runs."""
    outcome = outcome_of(DEMO)
    found = outcome.table("survival")
    found = found[found["share_stopped"] >= 0.1].head(most)
    heads = [word(key, lang) for key in ("who", "country", "tts", "ttr", "runs")]
    rows = [
        [
            cell(row[f"label_{lang}"]),
            label(row["country"], lang, "countries"),
            band(row, "tts_d", lang),
            band(row, "ttr_d", lang),
            f"{row['share_stopped']:.0%}",
        ]
        for row in found.to_dict("records")
    ]
    counted = outcome.manifest["scenario"]
    note = word(
        "band_note",
        lang,
        runs=outcome.manifest["runs"],
        seed=outcome.manifest["seed"],
        days=f"{counted['horizon_d']:.0f}",
        start=counted["counted_from"],
    )
    return f"{table(heads, rows)}\n{note}\n"


def quota(lang: Lang) -> str:
    """Both readings of the 2010 quota against the exports of history."""
    notes = outcome_of(HISTORY).notes()
    verdicts = notes[notes["key"].str.startswith("verdict-")]
    return "\n".join(f"- {cell(text)}" for text in verdicts[f"text_{lang}"]) + "\n"


def prices(lang: Lang) -> str:
    """Computed peaks of 2010 outside the border, the highest median month of each good."""
    price = outcome_of(HISTORY).table("price")
    outside = price[price["place"] == "outside"]
    peaks = outside.loc[outside.groupby(["element", "form"])["p50"].idxmax()]
    heads = [word(key, lang) for key in ("price_of", "peak_month", "peak")]
    rows = [
        [
            f"{label(row['element'], lang, 'materials')} {word(row['form'], lang)}",
            str(row["month"]),
            f"{word('times', lang, n=format(row['p50'], '.1f'))} ({row['p10']:.1f}–{row['p90']:.1f})",
        ]
        for row in peaks.to_dict("records")
    ]
    return table(heads, rows)


def price_cross(lang: Lang) -> str:
    """Neodymium predicted from dysprosium and the other way round, quote by quote."""
    heads = [word(key, lang) for key in ("cross_pair", "cross_date", "cross_seen", "cross_band", "cross_hit")]
    rows = [
        [
            f"{row['element']} ← {row['fitted_on']}",
            str(row["date"]),
            word("times", lang, n=format(row["observed"], ".1f")),
            f"{word('times', lang, n=format(row['p50'], '.1f'))} ({row['p10']:.1f}–{row['p90']:.1f})",
            word(f"cross_{row['hit']}", lang),
        ]
        for row in cross_predictions().to_dict("records")
    ]
    return table(heads, rows)
