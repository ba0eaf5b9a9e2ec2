"""The page and the workbook of classes: every section of what is known, nothing printed as computed."""

import re
from types import SimpleNamespace

import pandas as pd
import pytest
from openpyxl import load_workbook

from meguri.show.classify import class_charts, classify_page
from meguri.show.classify_excel import write_classes_excel
from meguri.show.classify_said import lead, sentences, unsaid
from meguri.show.classify_trades import main_trade, side_by_side, years_in_a_row
from meguri.show.spell import say
from tests.show import classed
from tests.show.pages import TEXTS, browser, opened, touching

__all__ = ["browser"]


@pytest.fixture(scope="module")
def answer():
    return classed.answer()


def text_of(html):
    return re.sub(r"<[^>]+>", " ", html)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_section_the_tables_hold_stands_on_the_page_once(answer, lang):
    html = classify_page(answer, lang)
    found = re.findall(r'<section id="(\w+)">', html)
    assert found == [
        "shares",
        "lines",
        "baseline",
        "drivers",
        "mutual",
        "unsaid",
        "notes",
        "sources",
        "again",
    ]


def test_what_was_not_asked_for_leaves_no_heading(answer):
    assert 'id="check"' not in classify_page(answer, "en")


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_first_sentence_names_the_variant_and_its_range(answer, lang):
    trade = main_trade(answer.tables["class_shares"])
    said = lead(answer.tables, trade, "PC5", lang)
    assert "5" in said and ("(" in said or "（" in said) and "%" in said


def test_the_residual_and_the_unspecified_are_in_the_sentences_and_the_tiles(answer):
    trade = main_trade(answer.tables["class_shares"])
    said = " ".join(sentences(answer.tables, trade, "PC4", "en"))
    assert "Residual 6.5%" in said and "Unspecified 0.5%" in said
    assert "of which unspecified 0.5%" in text_of(classify_page(answer, "en"))


def test_every_reason_is_on_the_page(answer):
    html = classify_page(answer, "ja")
    assert all(f"{code}についての作例です。" in html for code in answer.tables["class_lines"]["code"])


def test_printed_ranges_have_a_column_of_their_own(answer):
    row = {
        "year": 2020, "reporter": "KR", "partner": "JP", "flow": "import", "item": "PC4", "share": 0.6,
        "p10": 0.57, "p50": 0.6, "p90": 0.64, "printed_table": "000-A1-4", "printed_period": "2020s",
        "printed_low": 0.3, "printed_high": 0.37, "stands": "above", "flag": "N3",
    }  # fmt: skip
    told = SimpleNamespace(tables={**answer.tables, "class_beside": pd.DataFrame([row])}, about=answer.about)
    html = classify_page(told, "en")
    part = html[html.index('id="beside"') : html.index('id="lines"')]
    cells = re.findall(r"<td[^>]*>(.*?)</td>", part)
    assert cells[1] == "60.0%" and cells[3] == "30–37%" and "above" in cells[6]
    assert "60.0%" not in cells[3]


def test_a_coarse_file_says_what_a_heading_hides(answer):
    lines = answer.tables["class_lines"]
    trade = main_trade(answer.tables["class_shares"])
    fine, coarse = (
        " ".join(unsaid({**answer.tables, "class_lines": lines.assign(code=codes)}, trade, "en"))
        for codes in (lines["code"], lines["code"].str[:4])
    )
    assert "coarse code" in coarse and "coarse code" not in fine


def test_years_in_a_row_make_areas_and_other_years_stand_side_by_side():
    row, gaps = classed.shares((2018, 2019, 2020)), classed.shares((2007, 2019))
    assert years_in_a_row(row, main_trade(row)) and not years_in_a_row(gaps, main_trade(gaps))
    assert set(side_by_side(gaps, main_trade(gaps))["year"]) == {2007, 2019}


def test_the_whole_is_the_main_trade_before_its_parts():
    parts = pd.concat([classed.shares((2020,), "KR", "JP"), classed.shares((2020,), "KR", "")])
    assert main_trade(parts)["partner"] == ""


def test_a_name_with_markup_is_only_text(answer):
    lines = answer.tables["class_lines"].assign(name_en="<script>alert(1)</script>", reason_en="<b>x</b>")
    told = SimpleNamespace(tables={**answer.tables, "class_lines": lines}, about=answer.about)
    html = classify_page(told, "en")
    assert "<script>alert(1)" not in html and "<b>x</b>" not in html


@pytest.mark.parametrize("lang", ["ja"])
def test_the_workbook_holds_every_table_whole_and_twice_the_same(answer, tmp_path, lang):
    first, again = (write_classes_excel(answer, tmp_path / f"{n}.xlsx", lang) for n in "ab")
    assert first.read_bytes() == again.read_bytes()
    book = load_workbook(first)
    for name, frame in answer.tables.items():
        if len(frame):
            sheet = book[say(f"sheet_{name}", lang)]
            assert sheet.max_row == len(frame) + 2


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_words_touch_and_nothing_is_fetched(browser, tmp_path, answer, lang):
    page, said, asked = opened(browser, tmp_path / "x.html", classify_page(answer, lang))
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    figures = page.query_selector_all("figure.chart")
    assert len(figures) == len(class_charts(answer, lang))
    for figure in figures:
        assert touching(figure.evaluate(TEXTS)) == [], figure.get_attribute("id")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1100
    page.close()
