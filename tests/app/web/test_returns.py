"""What comes back: every part in both languages, nothing told that nobody answers for, jobs kept whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from meguri.app.circulate import open_case
from meguri.app.web.desk import Desk
from meguri.app.web.kinds import NAMES, runner
from meguri.app.web.kinds.circulate import keep_answer, read_answer
from meguri.app.web.pages.returns_routes import banded, headlines, params_of
from meguri.app.web.question import Asked
from meguri.app.web.questions import QUESTIONS
from meguri.base.errors import DataError
from meguri.circulate.answer import circulate_answer
from meguri.show.circulate import circulation_charts
from tests.app.web.views import printed_mixed, untranslated, viewed, written

FEW = {"case": "ge-optics", "signed": "a reader", "runs": "20"}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_signed_case_is_told_by_mass_and_by_function_with_all_its_figures(lang, tmp_path):
    view = viewed("returns", lang, tmp_path, **FEW)
    told = written(view, lang)
    keys = {chart["key"] for section in told["sections"] for chart in section["charts"]}
    case = open_case("ge-optics", 20, 1, "a reader")
    assert len(keys) == len(circulation_charts(circulate_answer(case, runs=20), lang))
    assert all(one["value"].count("%") >= 3 for one in told["headlines"])  # mass, delivered, net of burdens
    assert lang == "en" or not untranslated(view)
    assert not printed_mixed(view)
    assert not told["runs"] and len(told["sources"])


@pytest.mark.parametrize("part", ["today", pytest.param("lasting", marks=pytest.mark.slow)])
def test_other_parts_are_told_in_japanese_without_a_key_in_place_of_a_word(part, tmp_path):
    view = viewed("returns", "ja", tmp_path, part=part, runs="20")
    assert written(view, "ja")["sections"][-1]["ways"]
    assert not untranslated(view) and not printed_mixed(view)


def test_the_years_asked_for_are_the_years_shown(tmp_path):
    view = viewed("returns", "ja", tmp_path, part="stock", since="2010", until="2020", runs="20")
    years = view.tables()["magnet-totals"].frame["year"]
    assert (years.min(), years.max()) == (2010, 2020)
    assert not untranslated(view)
    with pytest.raises(DataError, match="before 2000"):
        viewed("returns", "en", tmp_path, part="stock", since="2010", until="2000")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_case_whose_numbers_nobody_answers_for_is_refused_with_each_of_them(lang, tmp_path):
    told = written(viewed("returns", lang, tmp_path, case="w-tool"), lang)
    (table,) = told["sections"][0]["tables"]
    with pytest.raises(DataError) as raised:
        circulate_answer(open_case("w-tool", 20, 1, ""), runs=20)
    assert table["total"] == len(raised.value.problems) > 0
    assert not any(section["charts"] for section in told["sections"])


def test_many_draws_and_a_year_of_japan_wait_for_a_job_that_is_registered(tmp_path):
    for query in ({"runs": "301"}, {"case": "dy-japan"}, {"part": "stock", "runs": "301"}):
        (run,) = viewed("returns", "en", tmp_path, **query).runs
        assert run.kind in NAMES and run.seconds > 3


def test_a_kept_answer_reads_back_as_it_was(tmp_path):
    answer = circulate_answer(open_case("ge-optics", 5, 1, "a reader"), runs=5)
    keep_answer(answer, tmp_path / "answer")
    again = read_answer(tmp_path / "answer")
    assert again.sentences == answer.sentences
    assert headlines(again, "ja") == headlines(answer, "ja")
    first, second = (circulation_charts(one, "ja") for one in (answer, again))
    assert {key: chart.option for key, chart in first.items()} == {
        key: chart.option for key, chart in second.items()
    }


def test_a_job_answers_the_page_that_asked_for_it(tmp_path):
    asked = {"case": "ge-optics", "signed": "a reader", "runs": "301"}
    (run,) = viewed("returns", "en", tmp_path, **asked).runs
    desk = Desk(tmp_path)
    folder = tmp_path / "answers" / desk.answer_id(run.kind, run.params)
    steps: list[tuple[int, int]] = []
    runner(run.kind)(run.params, desk, folder, lambda done, of: steps.append((done, of)))
    (folder / "done.json").write_text("{}")
    view = viewed("returns", "en", tmp_path, **asked)
    assert not view.runs and view.headlines and steps[-1] == (1, 1)


def test_the_year_is_part_of_a_job_only_where_the_case_is_that_of_a_year():
    names = {one.name: one.default for one in QUESTIONS["returns"].fields}
    assert "year" not in params_of(Asked(names))
    assert params_of(Asked({**names, "case": "dy-japan"}))["year"] == "2030"


def test_a_rate_that_is_unknown_is_a_dash():
    import pandas as pd

    nothing = float("nan")
    assert banded(pd.Series({"p50": nothing, "p10": nothing, "p90": nothing})) == "—"


def test_every_case_of_the_form_is_one_that_the_command_knows():
    from meguri.app.circulate import case_list

    field = next(one for one in QUESTIONS["returns"].fields if one.name == "case")
    assert field.choices is not None
    assert {name for name, _ in field.choices(Desk(Path()), "en")} <= set(case_list()["case"])
