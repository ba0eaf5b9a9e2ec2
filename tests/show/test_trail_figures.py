"""The timeline of a trail and the tornado: what they draw is what the tables say."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from meguri.base.tables import Schema
from meguri.show.figures.axes import month_place
from meguri.show.figures.tornado import tornado
from meguri.show.figures.trail import trail_steps
from tests.show.pages import TEXTS as TEXTS_OF
from tests.show.pages import browser, opened, touching  # noqa: F401

START, HORIZON = "2025-04-04", 365
NAMES = {"metal": "Dy metal, Japan", "magnet": "Sintered magnets", "ore": "Oxide|pure", "mine": "Mine, China"}
STAGES = {"metal": "metal", "magnet": "magnet"}


def step(
    number: int, day: int, what: str, node: str, given: str = "", supplier: str = ""
) -> dict[str, object]:
    date = dt.date.fromisoformat(START) + dt.timedelta(days=day)
    return {
        "of": "magnet", "step": number, "day": day, "date": date.isoformat(), "what": what, "node": node,
        "input": given, "supplier": supplier, "amount": 1.0, "note_en": "A step.", "note_ja": "一段階。",
    }  # fmt: skip


def trail(back: bool = True) -> pd.DataFrame:
    rows = [
        step(1, 0, "control", "metal", "ore"),
        step(2, 3, "cut", "metal", "ore", "mine"),
        step(3, 40, "empty", "metal", "ore"),
        step(4, 41, "starved", "metal", "ore"),
        step(5, 60, "starved", "magnet", "metal"),
        step(6, 90, "qualified", "metal", "ore", "mine"),
        *([step(7, 120, "recovered", "metal")] if back else []),
        step(8, 130 if back else 364, "recovered" if back else "still-short", "magnet"),
    ]
    return Schema.of("trail").check(pd.DataFrame(rows))


def timeline(table: pd.DataFrame, lang: str = "en"):
    return trail_steps(table, names=NAMES, stages=STAGES, start=START, horizon=HORIZON, lang=lang)


def place(day: int) -> float:
    first = dt.date.fromisoformat(START)
    return round(month_place(first + dt.timedelta(days=day), first), 4)


def test_each_step_has_a_mark_on_its_day_in_order():
    chart = timeline(trail())
    series = {one["name"]: one for one in chart.option["series"]}
    marks = [point["value"] for point in series["steps"]["data"]]
    assert marks == [[place(day), at] for at, day in enumerate((0, 3, 40, 41, 60, 90, 120, 130))]
    assert series["path"]["data"] == marks
    assert len(chart.table) == 8


@pytest.mark.parametrize("back", [True, False])
def test_a_shortage_is_drawn_until_recovery_or_the_end_of_the_horizon(back):
    bars = [one["data"] for one in timeline(trail(back)).option["series"] if one["name"] == "short"]
    ends = (120, 130) if back else (HORIZON, HORIZON)
    assert bars == [[[place(41), 3], [place(ends[0]), 3]], [[place(60), 4], [place(ends[1]), 4]]]


def test_the_title_names_the_day_and_where_it_began():
    assert timeline(trail()).title == (
        "Sintered magnets: short from 3 Jun 2025. It began with Oxide|pure at Dy metal, Japan."
    )
    assert (
        timeline(trail(), "ja").title
        == "Sintered magnetsは2025年6月3日から不足。起点はDy metal, JapanのOxide|pure"
    )
    calm = Schema.of("trail").check(pd.DataFrame([step(1, 364, "holds", "magnet")]))
    assert timeline(calm).title == "Sintered magnets: never short in the central run"


def test_a_name_with_a_mark_of_rich_text_is_drawn_as_text():
    rows = timeline(trail()).option["yAxis"][0]["data"]
    assert "Dy metal, Japan ← Oxide/pure" in rows[0] and "Mine, China" in rows[1]


def sobol() -> pd.DataFrame:
    rows = [
        {
            "rank": rank, "answer": "tts:magnet", "answer_unit": "d", "parameter": f"p{rank}",
            "label_en": f"Number {rank}", "label_ja": f"数値{rank}", "low": 0.0, "mode": 1.0, "high": 2.0,
            "unit": "d", "at_low": 40.0 + rank, "at_mode": 50.0, "at_high": 70.0 - rank, "first": 0.5 / rank,
            "first_pm": 0.1, "total": 0.6 / rank, "total_pm": 0.12, "runs": 1000,
            "source": "", "grade": "assumed", "note": "",
        }
        for rank in (1, 2)
    ]  # fmt: skip
    return Schema.of("sobol").check(pd.DataFrame(rows))


def test_a_tornado_runs_from_the_modes_to_each_end_and_prints_both_indices():
    chart = tornado(sobol(), names=NAMES)
    drawn = [(one["name"], one["data"]) for one in chart.option["series"] if one["name"].startswith("at_")]
    assert drawn == [
        ("at_low", [[50.0, 0], [41.0, 0]]), ("at_low", [[50.0, 1], [42.0, 1]]),
        ("at_high", [[50.0, 0], [69.0, 0]]), ("at_high", [[50.0, 1], [68.0, 1]]),
    ]  # fmt: skip
    assert chart.option["yAxis"][1]["data"][0] == "0.50±0.10 / 0.60±0.12"
    assert chart.title == (
        "Time to survive of Sintered magnets: Number 1 explains most, 60% of the spread in all its effects"
    )
    assert tornado(sobol(), names=NAMES, lang="ja").title.startswith("Sintered magnetsの存続時間：")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_words_of_the_figures_touch(browser, tmp_path, lang):  # noqa: F811
    for chart in (timeline(trail(), lang), tornado(sobol(), names=NAMES, lang=lang)):
        page, said, asked = opened(browser, tmp_path / f"{chart.key}.html", chart.to_html())
        boxes = page.evaluate(f"() => ({TEXTS_OF})(document.querySelector('figure'))")
        assert len(boxes) > 5 and not touching(boxes) and not said and len(asked) == 1
        page.close()
