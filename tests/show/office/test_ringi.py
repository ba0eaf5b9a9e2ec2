"""稟議書: headings in order, money that adds up, nothing invented, every number a cell of the answer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from meguri.base.errors import DataError
from meguri.base.terms import LANGS, Lang
from meguri.show.office.brief import fiscal_years, measure_rows
from meguri.show.office.extra import phrase
from meguri.show.office.form import Form
from meguri.show.office.quotes import Quotes
from meguri.show.office.ringi import ringi
from tests.show.office.read import answer, document, docx_texts, holds, numbers_in, printed, table_texts

JA = ["件名", "目的", "結論", "金額", "効果", "代替案", "リスク", "予算", "年度", "承認欄"]
EN = ["Subject", "Purpose", "Decision sought", "Amount", "Effect", "Alternatives", "Risks", "Budget"]
EN += ["Fiscal year", "Approval"]
PLAN = "front-1"
FILLED = Form(
    "重希土の備え", "調達部", "山田", "R8-12", "2026-04-01", ("起案", "課長", "社長"), account="試験研究費"
)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("ringi")
    return {lang: ringi(answer(), PLAN, folder / f"{lang}.docx", lang) for lang in LANGS}


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The form of a plan that the simulator does not confirm, filled in by its drafter."""
    return document(ringi(answer(), "front-3", tmp_path_factory.mktemp("filled") / "a.docx", "ja", FILLED))


def first_column(path: Path) -> list[str]:
    """Headings of the form: first cells of the two tables below the head."""
    tables = document(path).tables
    return [row.cells[0].text for row in tables[1].rows] + [tables[2].rows[0].cells[0].text]


@pytest.mark.parametrize(("lang", "heads"), [("ja", JA), ("en", EN)])
def test_headings_stand_in_the_order_of_the_form(
    written: dict[str, Path], lang: Lang, heads: list[str]
) -> None:
    assert first_column(written[lang]) == heads


@pytest.mark.parametrize("lang", LANGS)
def test_the_annex_follows_on_a_new_page_with_its_seven_parts(written: dict[str, Path], lang: Lang) -> None:
    paragraphs = document(written[lang]).paragraphs
    heads = [one.text for one in paragraphs if one.style.name == "Heading 1"]
    assert len(heads) == 7
    assert [re.findall(r"\d", head)[0] for head in heads] == list("1234567")
    assert any('w:type="page"' in one._p.xml for one in paragraphs)


def test_money_is_in_thousands_of_yen_without_tax_with_dollars_at_the_dated_rate(
    written: dict[str, Path],
) -> None:
    told = "\n".join(docx_texts(written["ja"]))
    assert "総額 480,000千円（税抜）" in told
    assert "自社負担 370,000千円、公的支援 110,000千円" in told
    assert "320万米ドル" in told
    assert "1米ドル＝150円（2026年3月31日）" in told
    english = "\n".join(docx_texts(written["en"]))
    assert "JPY 480,000 thousand (excluding consumption tax)" in english
    assert "USD 3.2 million" in english


@pytest.mark.parametrize("plan", ["front-1", "front-2", "front-3"])
def test_fiscal_years_add_up_to_the_plan_both_ways(plan: str) -> None:
    q = Quotes.of(answer(), "ja", plan)
    years, total = fiscal_years(q, q.chosen[0])
    assert [sum(year[k] for year in years) for k in (1, 2, 3)] == list(total)
    assert all(year[1] == year[2] + year[3] for year in years)
    assert total[0] * 1000 == float(q.chosen[0]["cost"])
    table = answer().table("plan_years").query("plan == @plan")
    assert [year[1] * 1000 for year in years] == table["cost"].tolist()
    assert [year[0] for year in years] == [f"{fiscal}年度" for fiscal in table["fiscal"]]


def test_years_beyond_what_the_page_holds_stand_together_and_keep_the_sum() -> None:
    q = Quotes.of(answer(), "ja", PLAN)
    all_years, total = fiscal_years(q, q.chosen[0])
    few, same = fiscal_years(q, q.chosen[0], most=1)
    assert len(few) == 1
    assert len(all_years) == 2
    assert (few[0][0], few[0][1], same) == ("2026年度以降", total[0], total)


def test_measures_add_up_to_the_plan() -> None:
    q = Quotes.of(answer(), "en", PLAN)
    rows = measure_rows(q, q.chosen[0])
    assert sum(int(row[2].replace(",", "")) for row in rows) == 370_000
    assert sum(int(row[3].replace(",", "")) for row in rows) == 110_000


@pytest.mark.parametrize("lang", LANGS)
def test_the_two_axes_have_a_row_each_and_no_row_adds_them(written: dict[str, Path], lang: Lang) -> None:
    effect = document(written[lang]).tables[1].rows[4].cells[1].tables[0]
    assert len(effect.rows) == 3
    assert [cell.text for cell in effect.rows[1].cells][1:3] == [["45日", "52日"], ["45 days", "52 days"]][
        lang == "en"
    ]
    assert [cell.text for cell in effect.rows[2].cells][1:3] == ["42%", "88%"]
    told = " ".join(docx_texts(written[lang]))
    assert phrase("axes_note", lang) in told
    assert not re.search("総合点|総合評価|スコア|score", told)


def test_what_the_drafter_does_not_say_stays_blank(written: dict[str, Path]) -> None:
    head = document(written["ja"]).tables[0]
    assert [cell.text for cell in head.rows[0].cells] == [
        *("文書番号", "", "起案日", "", "起案部署", "", "起案者", "")
    ]
    assert [cell.text for cell in head.rows[1].cells][1::2] == [""] * 4
    seals = document(written["ja"]).tables[2]
    assert [cell.text for cell in seals.rows[0].cells] == ["承認欄", "起案", "課長", "部長", "役員"]
    assert [cell.text for cell in seals.rows[1].cells][1:] == [""] * 4


def test_what_the_drafter_says_stands_in_its_place(filled: Any) -> None:
    tables = filled.tables
    told = list(table_texts(tables[0]))
    assert told[:8] == ["文書番号", "R8-12", "起案日", "2026年4月1日", "起案部署", "調達部", "起案者", "山田"]
    assert told[8:] == ["決裁希望日", "", "予算科目", "試験研究費", "決裁日", "", "決裁番号", ""]
    assert tables[1].rows[0].cells[1].text == "重希土の備え"
    assert [cell.text for cell in tables[2].rows[0].cells] == ["承認欄", "起案", "課長", "社長"]


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_is_a_cell_of_the_answer(written: dict[str, Path], lang: Lang) -> None:
    texts = docx_texts(written[lang])
    end = texts.index(next(text for text in texts if re.search(r"(別紙|Annex )7", text)))
    # P10 and P90, numbers of parts and counts, year of the chain; what is left of the budget, sum of upkeep
    words = {"10", "90", *"1234567", "2024", "20,000", "25,000"}
    lost = {number for text in texts[:end] for number in numbers_in(text)} - printed(lang) - words
    assert lost == set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_cell_that_the_annex_names_holds_what_is_shown(written: dict[str, Path], lang: Lang) -> None:
    table = document(written[lang]).tables[-1]
    rows = [[cell.text for cell in row.cells] for row in table.rows][1:]
    pairs = [pair for row in rows for pair in (row[:2], row[2:]) if pair[1]]
    assert len(pairs) > 40
    for shown, place in pairs:
        name, rows_of, column = re.match(r"(\w+)\[([\d,]+)\]\.(\w+)", place).groups()  # type: ignore[union-attr]
        cells = [answer().table(name).iloc[int(row) - 1][column] for row in rows_of.split(",")]
        whole = sum(cells) if all(isinstance(cell, float) for cell in cells) else cells[0]
        assert holds(shown, whole), (shown, place, cells)


def test_a_plan_that_the_simulator_does_not_confirm_says_so_on_the_page(filled: Any) -> None:
    page = list(table_texts(filled.tables[1]))
    assert "シミュレーターによる確認：不一致。" in page
    assert any("シミュレーターでは不足まで140日、競争力59%" in text for text in page)


def test_survival_of_the_whole_horizon_is_said_as_beyond_it(filled: Any) -> None:
    assert "170日〜546日超" in list(table_texts(filled.tables[1]))


@pytest.mark.slow
def test_names_are_shown_as_they_are_and_letters_no_document_holds_are_dropped(tmp_path: Path) -> None:
    plans = answer().table("plans").assign(label_en="<b>&\x00=1+1")
    odd = replace(answer(), _tables={**answer()._tables, "plans": plans})
    told = docx_texts(ringi(odd, PLAN, tmp_path / "a.docx", "en"))
    assert any("<b>&=1+1" in text for text in told)


def test_an_unknown_plan_names_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        ringi(answer(), "front-9", tmp_path / "a.docx")
    assert "front-1, front-2" in caught.value.text("en")
    assert "front-1" in caught.value.text("ja")


@pytest.mark.slow
def test_the_same_answer_gives_the_same_bytes(written: dict[str, Path], tmp_path: Path) -> None:
    again = ringi(answer(), PLAN, tmp_path / "again.docx", "ja")
    assert again.read_bytes() == written["ja"].read_bytes()
