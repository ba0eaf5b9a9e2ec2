"""The page of a case of circulation says the answer first and asks for nothing from outside."""

import pytest

from meguri.base.files import read_sheets
from meguri.base.terms import keys, label
from meguri.circulate.answer import circulate_answer
from meguri.circulate.route_case import case_from_tables, load_case
from meguri.show.circulate import circulation_charts, circulation_page, shown_names
from meguri.show.circulate_excel import write_circulation_excel
from meguri.show.figures.routes_compared import routes_compared
from meguri.show.spell import say
from tests.show.pages import TEXTS, browser, opened, touching

__all__ = ["browser"]  # a fixture: one browser for all pages of this file


@pytest.fixture(scope="module")
def answer():
    case = load_case("dy-routes")
    return circulate_answer(case_from_tables(case.tables, {**case.about, "companion": ""}), runs=6)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_first_sentence_leads_and_every_figure_has_its_table(answer, lang):
    html = circulation_page(answer, lang)
    assert f'<html lang="{lang}">' in html
    assert html.index(answer.sentences[lang][0].split("：")[-1][:12]) < html.index("<figure")
    charts = circulation_charts(answer, lang)
    assert list(charts) == ["rates", "flows|ev|A", "flows|ev|B", "ledger|ev", "tornado|ev"]
    assert html.count("<figure") == len(charts) == html.count('role="img" aria-label="')
    for chart in charts.values():
        assert chart.footer and len(chart.table)


def test_a_user_who_named_nothing_reads_keys_and_not_blanks(answer):
    case = answer.case
    bare = {
        name: frame.assign(label_en="", label_ja="") if "label_en" in frame else frame
        for name, frame in case.tables.items()
    }
    html = circulation_page(circulate_answer(case_from_tables(bare, {"name": "own"}), runs=4), "en")
    assert "used_intact" in html and "<h1>own</h1>" in html


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", ["dy-routes", "ta-target", "pd-cycle", "in-target"])
def test_no_words_touch_and_nothing_is_fetched(name, lang, browser, tmp_path):
    html = circulation_page(circulate_answer(name, runs=20, sign_off="test"), lang)
    page, said, asked = opened(browser, tmp_path / "page.html", html, 1280)
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    for figure in page.query_selector_all("figure.chart"):
        words = figure.evaluate(TEXTS)
        assert touching(words) == [], figure.get_attribute("id")
        box = figure.query_selector("svg").bounding_box()
        outside = [
            word["text"]
            for word in words
            if word["left"] < box["x"] - 2 or word["right"] > box["x"] + box["width"] + 2
        ]
        assert outside == [], figure.get_attribute("id")
    page.emulate_media(media="print")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for figure in page.query_selector_all("figure.chart"):
        assert touching(figure.evaluate(TEXTS)) == [], f"on paper: {figure.get_attribute('id')}"
    page.close()


@pytest.mark.parametrize("lang", ["ja", pytest.param("en", marks=pytest.mark.slow)])
def test_the_workbook_holds_every_table_and_the_same_bytes_each_time(answer, lang, tmp_path):
    paths = [write_circulation_excel(answer, tmp_path / f"{n}.xlsx", lang) for n in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    sheets = read_sheets(paths[0])
    told = sheets[say("sheet_summary", lang)]
    assert answer.sentences[lang][0] in [row[1] for row in told if len(row) > 1]
    figures = sheets[say("sheet_route_figures", lang)]
    assert len(figures) == 2 + len(answer.tables["route_figures"])
    rfr = [row for row in figures if row[2] == label("rfr", lang, "route_figures")]
    at = list(answer.tables["route_figures"]).index("value")
    assert [round(float(row[at]), 3) for row in rfr] == [0.098, 0.402]
    routes = sheets[say("sheet_routes", lang)]
    assert len(routes) == 2 + len(answer.case.tables["routes"])


def test_every_verdict_of_a_comparison_has_its_title(answer):
    figures, compared = answer.tables["route_figures"], answer.tables["plan_comparisons"]
    names = shown_names(answer, "en")
    titles = {
        verdict: routes_compared(figures, compared.assign(verdict=verdict), names=names).title
        for verdict in keys("route_verdicts")
    }
    assert len(set(titles.values())) == len(titles)
    assert all("Used EV magnets" in title for title in titles.values())
