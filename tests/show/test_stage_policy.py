"""The page of stage policy: finding first, every table, both languages, and nothing that takes a side."""

from __future__ import annotations

import datetime as dt

import pytest

from meguri.app.stage_policy import deliver_stage_policy
from meguri.base.errors import DataError
from meguri.base.terms import Lang
from meguri.show.figures.relocation_story import series_chart
from meguri.show.relocation import relocation_tables
from meguri.show.stage_policy import (
    StageAnswer,
    stage_answer,
    stage_charts,
    stage_findings,
    stage_names,
    stage_page,
)

SIDES = ("weaponis", "retaliat", "unfair", "aggressive", "報復", "不当", "武器化", "恣意")


@pytest.fixture(scope="module")
def told() -> StageAnswer:
    return stage_answer("china-rare-earths", draws=20)


@pytest.fixture(scope="module")
def ban() -> StageAnswer:
    return stage_answer("indonesia-nickel", draws=20)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_shows_every_part_and_takes_no_side(told: StageAnswer, lang: Lang) -> None:
    html = stage_page(told, lang)
    for part in ("margins", "path", "relief", "prices", "seen", "rules", "sources"):
        assert f'<section id="{part}">' in html
    assert "2014-08-07" in html and "2015-01-01" in html and "2015-05-01" in html
    assert not [word for word in SIDES if word in html]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_case_without_prices_says_so_and_a_ban_that_stays_is_named(ban: StageAnswer, lang: Lang) -> None:
    html = stage_page(ban, lang)
    assert ("No prices of both sides" if lang == "en" else "内外の価格対が手元にない") in html
    assert ("still in force" if lang == "en" else "係争中の規則が続いている") in html


def test_the_misses_stand_in_the_head_of_the_page(told: StageAnswer) -> None:
    said = stage_findings(told, stage_names(told.case, "en"), "en")
    assert any("2 came true" in text and "1 missed" in text for text in said)


def test_the_quota_is_taken_out_because_its_size_comes_from_the_gap(told: StageAnswer) -> None:
    best = told.now.loc[told.now["share"].idxmax()]
    assert 0.0 < best["without_quota"] < best["incentive"]
    assert any(
        "Without the quota" in text for text in stage_findings(told, stage_names(told.case, "en"), "en")
    )


def test_the_figure_draws_both_margins_of_the_table(told: StageAnswer) -> None:
    chart = stage_charts(told)["margins"]
    drawn = {one["name"]: one["data"] for one in chart.option["series"]}
    row = told.now.iloc[0]
    assert drawn["inside"][0]["value"][0] == pytest.approx(row["margin_inside"] / row["price"])
    assert drawn["outside"][0]["value"][0] == pytest.approx(row["margin_outside"] / row["price"])


def test_dates_stand_over_the_path_at_their_days(told: StageAnswer) -> None:
    dates = next(one for one in stage_charts(told)["path"].option["series"] if one["name"] == "dates")
    days = {
        dt.datetime.fromtimestamp(point[0] / 1000, dt.UTC).date()
        for point in dates["data"]
        if point[0] != "-"
    }
    assert {dt.date(2012, 3, 13), dt.date(2014, 8, 7), dt.date(2015, 1, 1), dt.date(2015, 5, 1)} <= days


def test_only_html_and_xlsx_are_written_without_a_form(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DataError):
        deliver_stage_policy("china-rare-earths", "table", tmp_path / "a.txt", "en")


def test_the_bands_of_every_year_are_drawn_with_their_phases() -> None:
    tables = relocation_tables()
    phases = tables["relocation_timeline"].query("kind == 'phase'")
    chart = series_chart(tables["relocation_series"], phases)
    assert "25–35%" in chart.title and len(chart.table) == 78
    names = next(one for one in chart.option["series"] if one["name"] == "names")["data"]
    assert len(names) == 6
