"""Did history agree, as a page: verdicts with their rivals beside, misses said plainly, archive, placebos."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from meguri.app.web.desk import Desk
from meguri.app.web.kinds import runner
from meguri.app.web.kinds.backtest import TABLES
from meguri.app.web.pages import history, viewer
from meguri.app.web.pages.history_case import result_of
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.view import View, document
from meguri.base.errors import DataError
from meguri.base.terms import LANGS, Lang
from meguri.show.figures.backtest import backtest_panels
from meguri.show.figures.backtest_verdicts import verdicts
from meguri.study.backtest import Backtest, backtest
from meguri.study.backtest_case import case_names, read_case

QUICK = ("placebo-copper-ore", "2025-five-metals")
PARAMS = {"runs": "10", "seed": "1"}


def viewed(desk: Desk, lang: Any = "en", **query: str) -> View:
    asked = QUESTIONS["history"].read({name: [text] for name, text in query.items()}, desk, lang)
    return viewer("history")(asked, desk, lang)


@pytest.fixture(scope="module")
def judged() -> Backtest:
    """Two quick cases, few runs: enough to see every table."""
    return backtest(QUICK, runs=4, seed=1)


@pytest.fixture(scope="module")
def desk(judged: Backtest, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A workspace in which the judgement of these two cases is kept as the job keeps it."""
    found = Desk(tmp_path_factory.mktemp("workspace"))
    folder = found.folder / "answers" / found.answer_id("backtest", PARAMS)
    folder.mkdir(parents=True)
    for name in TABLES:
        judged.table(name).to_parquet(folder / f"{name}.parquet")
    crossfit = {
        "fitted_on": QUICK[:1], "scored_on": QUICK[1:], "parameters": ["react 20–30–40"], "points": [3],
        "error_fitted": [0.5], "error": [0.4], "error_no_change": [0.6],
    }  # fmt: skip
    pd.DataFrame(crossfit).to_parquet(folder / "crossfit.parquet")
    for one in judged.results:
        (folder / f"{one.case.name}-parameters.json").write_text(json.dumps(one.declared), encoding="utf-8")
    (folder / "done.json").write_text("{}", encoding="utf-8")
    return found


@pytest.mark.parametrize("lang", ["ja", pytest.param("en", marks=pytest.mark.slow)])
def test_before_a_run_the_page_shows_the_cases_and_the_archived_predictions(
    lang: Lang, tmp_path: Path
) -> None:
    view = viewed(Desk(tmp_path), lang)
    assert [run.kind for run in view.runs] == ["backtest"]
    told = document(view, lang)
    assert len(told["sections"][0]["ways"]) == len(case_names())
    assert view.tables()["archive"].frame["case"].nunique() > 1


@pytest.fixture(scope="module")
def pages(desk: Desk) -> dict[Lang, View]:
    """The page of all cases in every language."""
    return {lang: viewed(desk, lang, **PARAMS) for lang in LANGS}


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_of_all_cases_says_hit_or_miss_beside_the_plainest_rivals(
    lang: Lang, pages: dict[Lang, View]
) -> None:
    view = pages[lang]
    told = document(view, lang)
    json.dumps(told, allow_nan=False)
    keys = [part["key"] for part in told["sections"]]
    assert keys == ["verdicts", "cases", "misses", "placebos", "bands", "crossfit", "archive", "frozen"]
    pooled = view.tables()["pooled"].frame
    assert {"case", "group", "error", "error_no_change", "error_last", "error_trend", "hit", "reason"} <= set(
        pooled
    )


def test_every_miss_is_said_in_a_sentence(pages: dict[Lang, View], judged: Backtest) -> None:
    missed = judged.table("pooled")["hit"].eq("no").sum()
    part = next(part for part in pages["en"].sections if part.key == "misses")
    said = [text for text in part.texts if text.startswith("Miss")]
    assert len(said) == missed
    assert missed or part.texts[0] == "No bar was missed."


def test_the_title_counts_what_the_table_counts(pages: dict[Lang, View], judged: Backtest) -> None:
    pooled = judged.table("pooled")
    known = pooled[pooled["hit"] != "unknown"]
    met = int((known["hit"] == "yes").sum())
    assert pages["en"].title.startswith(f"{met} of {len(known)} bars")
    assert f"{met} of {len(known)}" in verdicts(pooled).title


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_one_case_shows_what_was_fixed_its_series_and_its_ranges(lang: Lang, desk: Desk) -> None:
    view = viewed(desk, lang, case=QUICK[0], **PARAMS)
    document(view, lang)
    keys = [part.key for part in view.sections]
    assert keys == ["judged", "lacks", f"fixed-{QUICK[0]}", "ranges", "archive"]
    assert view.sections[0].charts[0].key == f"backtest-{QUICK[0]}"
    assert len(view.tables()["ranges"].frame) and len(view.sources)


@pytest.mark.slow
def test_a_kept_case_is_drawn_like_the_case_that_was_run(judged: Backtest) -> None:
    one = judged.results[0]
    found = {name: judged.table(name) for name in TABLES}
    kept = result_of(read_case(one.case.name), found)
    assert backtest_panels(kept).option == backtest_panels(one).option


def test_every_mark_of_the_verdicts_is_a_row_of_its_table(judged: Backtest) -> None:
    pooled = judged.table("pooled")
    chart = verdicts(pooled)
    ours = [series for series in chart.option["series"] if series["symbolSize"] == 12]
    drawn = sorted(mark[0] for series in ours for mark in series["data"])
    assert drawn == pytest.approx(sorted(pooled["error"].dropna()))


@pytest.mark.parametrize("query", [{"case": "nope"}, {"runs": "1"}, {"runs": "x"}, {"nope": "1"}])
def test_what_no_field_allows_is_refused_by_name(query: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(DataError, match=next(iter(query))):
        viewed(Desk(tmp_path), **query)


@pytest.mark.slow
def test_the_job_of_all_cases_fills_the_page(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    (run,) = viewed(desk, **PARAMS).runs
    folder = tmp_path / "answers" / desk.answer_id(run.kind, run.params)
    steps: list[tuple[int, int]] = []
    runner(run.kind)(run.params, desk, folder, lambda done, of: steps.append((done, of)))
    (folder / "done.json").write_text("{}", encoding="utf-8")
    assert steps[-1][0] == steps[-1][1] and len({of for _, of in steps}) == 1
    for case in ("", *case_names()):
        document(viewed(desk, "ja", **PARAMS, **({"case": case} if case else {})), "ja")
    history.load.cache_clear()
