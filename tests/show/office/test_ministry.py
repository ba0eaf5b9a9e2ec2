"""Ministry pack: one page, answers from the tables with range, grade and source, and unknown said as such."""

from __future__ import annotations

import re
from pathlib import Path

import openpyxl
import pptx
import pytest

from meguri.base.terms import LANGS, Lang
from meguri.show.office.ministry import ministry_pack
from meguri.show.office.questions import questions
from meguri.show.office.quotes import Quotes
from tests.show.office.crowded import crowded
from tests.show.office.read import answer, document, docx_texts, numbers_in, pptx_texts, printed

SLOW = ["ja", pytest.param("en", marks=pytest.mark.slow)]


class Packs(dict[str, dict[str, Path]]):
    """Packs by language, written when first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __missing__(self, lang: Lang) -> dict[str, Path]:
        self[lang] = ministry_pack(answer(), self.folder / lang, lang, "front-2")
        return self[lang]


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    return Packs(tmp_path_factory.mktemp("pack"))


def test_the_pack_holds_four_files_that_open_again(packs: Packs) -> None:
    paths = packs["ja"]
    assert sorted(paths) == ["annex", "picture", "questions", "sources"]
    assert len(pptx.Presentation(str(paths["picture"])).slides) == 1
    assert document(paths["questions"]).tables


def test_cells_that_the_documents_name_hold_the_number_in_the_workbook(packs: Packs) -> None:
    book = openpyxl.load_workbook(packs["ja"]["annex"])
    q = Quotes.of(answer(), "ja", "front-2")
    sources = [one.source for question in questions(q) for one in question.evidence]
    assert len(sources) > 30
    for source in sources:
        place = re.search(r"(\w+)\[(\d+)\]\.(\w+)（(.+)!([A-Z]+\d+)）", source)
        assert place is not None
        table, row, column, sheet, cell = place.groups()
        value, held = answer().table(table).iloc[int(row) - 1][column], book[sheet][cell].value
        if isinstance(value, float):
            assert held == (None if value != value else value)
        else:
            assert str(held)[:10] == str(value)[:10]


@pytest.mark.parametrize("lang", SLOW)
def test_the_picture_has_both_axes_apart_and_money_by_fiscal_year(packs: Packs, lang: Lang) -> None:
    told = pptx_texts(packs[lang]["picture"])
    both = {"ja": ["45日 → 98日", "42% → 81%"], "en": ["45 days → 98 days", "42% → 81%"]}[lang]
    assert [text for text in told if "→" in text] == both
    assert {"365,000", "130,000", "495,000", "80,000", "20,000", "100,000"} <= set(told)


@pytest.mark.parametrize("lang", SLOW)
def test_every_number_of_the_pack_is_a_cell_of_the_answer(packs: Packs, lang: Lang) -> None:
    texts = [text for kind in ("questions", "sources") for text in docx_texts(packs[lang][kind])]
    texts += pptx_texts(packs[lang]["picture"])
    texts = [re.sub(r"^(問|Q)\d+|\w+\[[\d,]+\]", "", text) for text in texts]
    texts = [re.sub(r"![A-Z\d,]+", "", text) for text in texts]
    words = {"10", "90", *"0123456789", "2024"}  # P10, counts of plans, year of the chain
    lost = {number for text in texts for number in numbers_in(text)} - printed(lang) - words
    assert lost == set()


@pytest.mark.parametrize("lang", LANGS)
def test_every_number_of_evidence_has_a_grade_and_a_cell_that_exists(lang: Lang) -> None:
    for question in questions(Quotes.of(answer(), lang)):
        for one in question.evidence:
            assert one.value
            assert one.grade in ("仮定", "assumed")
            name, row, column = re.search(r"(\w+)\[(\d+)\]\.(\w+)", one.source).groups()  # type: ignore[union-attr]
            assert column in answer().table(name)
            assert int(row) <= len(answer().table(name))


def asked(key: str, lang: Lang = "en", plan: str = "front-1") -> list[str]:
    return next(list(one.said) for one in questions(Quotes.of(answer(), lang, plan)) if one.key == key)


def test_one_combined_score_is_refused_with_the_reason() -> None:
    assert asked("merge")[0].startswith("No. Stocks buy time")
    assert asked("merge", "ja")[0].startswith("まとめない。備蓄は時間を稼ぐ手段")


def test_stocks_alone_keep_no_competitiveness_and_circulation_alone_buys_no_day() -> None:
    assert asked("stock") == [
        "Alone it keeps no competitiveness.",
        "Stock of Dy metal alone: time bought +60 days, competitiveness 0.0 points.",
    ]
    assert asked("circulation")[0] == "Alone it buys no day."


def test_what_no_table_holds_is_said_to_be_unknown() -> None:
    assert asked("alone")[0].startswith("Not known")
    assert asked("alone", "ja")[0].startswith("不明")
    found = {one.key: one for one in questions(Quotes.of(answer(), "ja"))}
    unknown = [item for item in found["sovereignty"].evidence if item.value == "不明"]
    assert len(unknown) == 1
    assert "磁石" in unknown[0].what


def test_measures_that_come_too_late_are_named() -> None:
    late = " ".join(asked("ready", "ja"))
    assert "間に合わない対策 2件" in late
    assert "磁石の第二供給元の認定" in late


def test_the_rest_that_saving_leaves_has_a_measure_that_closes_it() -> None:
    assert asked("deficit") == [
        "What is left uncovered is closed by: Second magnet maker qualified [made up]."
    ]


def test_the_simulator_that_disagrees_is_counted() -> None:
    assert asked("simulator") == ["Of 7 plans the simulator confirms 5, differs on 2, and was not run on 0."]


@pytest.mark.slow
def test_without_a_plan_each_robust_plan_has_a_page(tmp_path: Path) -> None:
    paths = ministry_pack(answer(), tmp_path, "ja")
    assert len(pptx.Presentation(str(paths["picture"])).slides) == 2


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_a_crowded_answer_keeps_the_picture_within_its_page(tmp_path: Path, lang: Lang) -> None:
    show = pptx.Presentation(str(ministry_pack(crowded(), tmp_path, lang, "front-1")["picture"]))
    for shape in show.slides[0].shapes:
        assert shape.left + shape.width <= show.slide_width
        assert shape.top + shape.height <= show.slide_height


def test_a_plan_that_the_simulator_does_not_confirm_is_marked_wherever_its_effect_is_told() -> None:
    assert "不一致" in asked("effect", "ja", "front-3")[0]
    assert "不一致" not in asked("effect", "ja", "front-1")[0]
