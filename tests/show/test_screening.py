"""The page, the workbook and the papers of a screening: drafts that never rule, each figure from a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

import meguri
from meguri.base.terms import LANGS, Lang, read_words
from meguri.show.figures.indirect_path import indirect_path, same_ways
from meguri.show.office.screening_papers import FILES, write_each_paper, write_papers
from meguri.show.screening import first_steps, lead, screening_page
from meguri.show.screening_excel import write_screening_excel
from meguri.show.screening_tables import asked_of, change_rows
from meguri.show.screening_words import BOX, RULINGS, boxes, header, screen_word
from tests.show.screened import LISTED, screened

SPEAK = pytest.mark.parametrize("lang", LANGS)
HEAVY = pytest.mark.parametrize("lang", ["ja", pytest.param("en", marks=pytest.mark.slow)])


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return {lang: screening_page(screened(), lang) for lang in LANGS}


def body_of(page: str) -> str:
    return page.split("<main>")[1].split("</main>")[0]


def texts_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]+>", " ", html))


@SPEAK
def test_the_page_says_first_and_in_both_languages_that_it_is_no_ruling(pages: Any, lang: Lang) -> None:
    before = texts_of(body_of(pages[lang]).split("<h1>")[0])
    assert before.strip().startswith(header(lang))
    for one in LANGS:
        assert screen_word("draft", one) in before and screen_word("no_ruling", one) in before


@SPEAK
def test_the_words_of_a_ruling_stand_only_in_the_boxes_of_the_page(pages: Any, lang: Lang) -> None:
    cells = re.findall(r'<td class="judge">.*?</td>', pages[lang])
    assert cells and all(unescape(cell).count(BOX) == len(RULINGS) for cell in cells)
    rest = re.sub(r'<td class="judge">.*?</td>', "", pages[lang])
    assert [word for word in RULINGS if word in rest] == []


def test_no_packaged_word_of_the_screening_says_a_ruling() -> None:
    lists = [path.stem for path in (Path(meguri.__file__).parent / "data/terms").glob("screen_*.csv")]
    assert len(lists) > 10
    said = [
        (name, row["key"]) for name in lists for row in read_words(name)
        if any(word in row[lang] for word in RULINGS for lang in LANGS)
    ]  # fmt: skip
    assert said == []


@SPEAK
def test_every_pair_of_item_and_entry_stands_on_the_page_with_source_and_day_of_check(
    pages: Any, lang: Lang
) -> None:
    case = screened()
    section = pages[lang].split('<section id="entries">')[1].split("</section>")[0]
    blocks = {part.split("</h3>")[0].split(" ")[0]: texts_of(part) for part in section.split("<h3>")[1:]}
    assert set(blocks) == set(case.goods["item"])
    lost = [
        (row["item"], row["entry"])
        for row in case.pairs.to_dict("records")
        if row["entry"] not in blocks[row["item"]]
        or row["source"].replace("|", ", ") not in blocks[row["item"]]
    ]
    assert lost == []
    rows = section.count("<tr>") - section.count("<thead>")
    assert rows == len(case.pairs)
    assert section.count(str(case.pairs["checked_on"].iloc[0])) >= rows


def test_the_four_numbers_on_top_are_those_of_the_tables(pages: Any) -> None:
    case = screened()
    shown = [int(n) for n in re.findall(r"<dd>(\d+)</dd>", pages["ja"])]
    pairs = case.answer.verdicts.drop_duplicates(["item", "entry"])
    points = pairs[pairs["verdict"].isin(("candidate", "cannot-exclude")) & (pairs["signals"] != "")]
    out = int((pairs["verdict"] == "excluded-by-spec").sum())
    assert shown == [points["item"].nunique(), len(points), out, 1]


def test_specifications_are_asked_for_in_the_order_of_what_they_decide() -> None:
    case = screened()
    decides = Counter(spec for cell in case.near["missing"] for spec in cell.split("|") if spec)
    assert str(len(decides)) in lead(case, "en")
    assert decides["full_text"] == 0 or not any("full text" in said for said, _ in first_steps(case, "en"))


@SPEAK
def test_a_name_that_is_a_script_is_shown_and_never_run(pages: Any, lang: Lang) -> None:
    assert "&lt;script&gt;alert(1)" in pages[lang]
    assert "<script>alert" not in pages[lang]


@SPEAK
def test_a_near_name_is_shown_with_score_and_day_and_no_match_is_no_clearance(pages: Any, lang: Lang) -> None:
    part = texts_of(pages[lang].split('<section id="names">')[1].split("</section>")[0])
    hit = screened().answer.entities.iloc[0]
    assert LISTED in part and f"{hit['score']:.0f}" in part and str(hit["list_date"]) in part
    assert "甲装置" in part  # compared, and nothing near it
    assert screen_word("no_match", lang) in part


def test_the_way_through_a_customer_is_drawn_to_the_border_with_who_files() -> None:
    case = screened()
    chart = indirect_path(case.answer.paths, {"V1": "{x|y}"}, lang="ja")
    series = chart.option["series"][0]
    said = [arrow[0]["label"]["formatter"] for arrow in series["markLine"]["data"]]
    assert screen_word("path_files", "ja", who="甲装置") in said
    assert screen_word("path_files", "ja", who=screen_word("path_shop", "ja")) in said  # straight to Iran
    assert len(same_ways(case.answer.paths)) == 2
    drawn = sum(len(way) + 1 for way, _ in same_ways(case.answer.paths))
    assert len(series["markArea"]["data"]) == drawn
    assert "{x|y}" not in str(series)


def test_a_comparison_agrees_with_the_verdict_of_its_pair() -> None:
    case = screened()
    verdicts = case.pairs.set_index(["item", "entry"])["verdict"].to_dict()
    states: dict[tuple[str, str], list[tuple[str, bool]]] = {}
    for row in case.compared.to_dict("records"):
        states.setdefault((row["item"], row["entry"]), []).append((row["state"], row["verified"]))
    assert {"excluded-by-spec", "cannot-exclude"} <= {verdicts[pair] for pair in states}
    for pair, found in states.items():
        assert (("contradicted", True) in found) == (verdicts[pair] == "excluded-by-spec")
        assert all(state == "met" for state, _ in found) == (verdicts[pair] == "candidate")


def test_changes_are_grouped_by_event_and_lose_no_item() -> None:
    case = screened()
    shown = sum(
        len(row[5].split(", ")) for part in (True, False) for row in change_rows(case, "en", pointed=part)
    )
    assert shown == len(case.changes) > 0


def test_a_maker_is_asked_nothing_that_an_element_alone_points_at() -> None:
    case = screened()
    for item in case.goods["item"]:
        near = case.near[case.near["item"] == item]
        strong = near[near["signals"] != "elements"]
        known = {spec for cell in strong["missing"] for spec in cell.split("|")} | {"category"}
        assert set(asked_of(case, item)) <= known


def cells_of(path: Path) -> Iterator[tuple[str, Any]]:
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            yield from ((sheet.title, cell) for cell in row)


@HEAVY
def test_each_sheet_has_the_header_no_formula_and_an_empty_choice_for_the_ruling(
    tmp_path: Path, lang: Lang
) -> None:
    path = write_screening_excel(screened(), tmp_path / "s.xlsx", lang)
    book = openpyxl.load_workbook(path)
    assert len(book.worksheets) == 11
    for sheet in book:
        assert sheet["A1"].value == header(lang) == sheet.oddHeader.center.text
    cells = [cell for _, cell in cells_of(path) if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "+", "-", "@"))]
    assert any(cell.value == "=1+1" for cell in risky) and all(cell.quotePrefix for cell in risky)
    assert [cell.value for cell in cells if any(word in str(cell.value) for word in RULINGS)] == []
    choices = book[screen_word("sheet_comparison", lang)].data_validations.dataValidation
    assert [choice.formula1 for choice in choices] == [f'"{",".join(RULINGS)}"']


def lines_of(document: Any) -> Iterator[str]:
    yield from (part.text for part in document.paragraphs)
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from (part.text for part in cell.paragraphs)


def check_paper(path: Path, lang: Lang) -> None:
    document = docx.Document(str(path))
    for section in document.sections:
        assert section.header.paragraphs[0].text == header(lang)
        assert not section.different_first_page_header_footer
    assert not document.settings.odd_and_even_pages_header_footer
    lines = [line for line in lines_of(document) if any(word in line for word in RULINGS)]
    assert [line for line in lines if line != "　".join(boxes(lang))] == []


def test_papers_have_the_header_on_every_page_and_rulings_only_as_boxes_and_name_whom_to_ask(
    tmp_path: Path,
) -> None:
    paths = write_each_paper(screened(), tmp_path, "ja")
    assert sorted(path.name for path in paths.values()) == sorted(FILES.values())
    for path in paths.values():
        check_paper(path, "ja")
    told = {key: "\n".join(lines_of(docx.Document(str(path)))) for key, path in paths.items()}
    assert "V1" in told["comparison"] and screened().near["entry"].iloc[0] in told["comparison"]
    assert "該非判定書" in told["letter"]
    assert LISTED in told["review"] and "甲装置" in told["review"]
    assert "甲装置　御中" in told["asked"]


@pytest.mark.slow
def test_papers_in_english_and_all_of_them_in_one_document(tmp_path: Path) -> None:
    for path in write_each_paper(screened(), tmp_path, "en").values():
        check_paper(path, "en")
    for lang in LANGS:
        check_paper(write_papers(screened(), tmp_path / f"all-{lang}.docx", lang), lang)


def test_every_word_the_screening_asks_for_is_declared_and_every_declared_one_is_used() -> None:
    folder = Path(meguri.__file__).parent
    files = [*folder.glob("show/**/*.py"), *folder.glob("app/screening*.py")]
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    known = {row["key"] for row in read_words("screen_page")}
    asked = set(re.findall(r"screen_word\(\s*[\"']([a-z0-9_]+)[\"']", code))
    assert asked - known == set()
    stems = tuple(re.findall(r"screen_word\(\s*f[\"']([a-z_]+_)\{", code))
    texts = set(re.findall(r"[\"']([a-z0-9_]+)[\"']", code))
    assert {key for key in known - texts if not key.startswith(stems)} == set()
