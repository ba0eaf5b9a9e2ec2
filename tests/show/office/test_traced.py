"""Every number that a paper names a cell for stands in that cell of the workbook, in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import openpyxl
import pptx
import pytest

from meguri.base.terms import LANGS, Lang
from meguri.show.office.ministry import ministry_pack
from meguri.show.office.ringi import ringi
from meguri.show.office.slides import slides
from tests.show.office.read import answer, document, holds

PLACE = re.compile(r"(?:\w+)\[[\d,]+\]\.\w+ ?[（(](.+)!([A-Z\d,]+)[）)]")


class Papers(dict[str, dict[str, Any]]):
    """What each paper of one language shows, with the place it names; and the workbook."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __missing__(self, lang: Lang) -> dict[str, Any]:
        pack = ministry_pack(answer(), self.folder / lang, lang, "front-2")
        self[lang] = {
            "book": openpyxl.load_workbook(pack["annex"]),
            "ringi": listed(ringi(answer(), "front-3", self.folder / f"{lang}.docx", lang)),
            "slides": noted(slides(answer(), self.folder / f"{lang}.pptx", lang)),
            "picture": noted(pack["picture"]),
            "questions": evidence(pack["questions"]),
        }
        return self[lang]


def listed(path: Path) -> list[tuple[str, str]]:
    """The list of cells at the end of the annex."""
    rows = [[cell.text for cell in row.cells] for row in document(path).tables[-1].rows][1:]
    return [(pair[0], pair[1]) for row in rows for pair in (row[:2], row[2:]) if pair[1]]


def noted(path: Path) -> list[tuple[str, str]]:
    """What the notes of the slides say of the numbers on them."""
    lines = [line for slide in pptx.Presentation(str(path)).slides
             for line in slide.notes_slide.notes_text_frame.text.splitlines() if " = " in line]  # fmt: skip
    return [(shown, place) for shown, _, place in (line.partition(" = ") for line in lines)]


def evidence(path: Path) -> list[tuple[str, str]]:
    """Value and place in the tables below the answers."""
    rows = [[cell.text for cell in row.cells] for table in document(path).tables for row in table.rows]
    return [(row[1], row[4]) for row in rows if len(row) == 5 and PLACE.search(row[4])]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return Papers(tmp_path_factory.mktemp("traced"))


@pytest.mark.parametrize("lang", ["ja", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    ("paper", "least"), [("ringi", 60), ("slides", 100), ("picture", 25), ("questions", 35)]
)
def test_every_number_of_a_paper_stands_in_the_cell_it_names(
    papers: Papers, lang: Lang, paper: str, least: int
) -> None:
    found = papers[lang][paper]
    assert len(found) >= least
    for shown, place in found:
        sheet, cells = PLACE.search(place).groups()  # type: ignore[union-attr]
        values = [papers[lang]["book"][sheet.strip("'")][cell].value for cell in cells.split(",")]
        if values == [None]:  # an empty cell is told as unknown
            assert not re.search(r"\d", shown), (shown, place)
            continue
        whole = sum(values) if all(isinstance(one, int | float) for one in values) else values[0]
        assert holds(shown, whole), (shown, place, values)


@pytest.mark.parametrize("lang", LANGS)
def test_every_sheet_that_a_paper_may_name_has_a_name_of_its_own(lang: Lang) -> None:
    from meguri.respond.answer import SCHEMAS
    from meguri.show.cited import sheet_name

    names = [sheet_name(schema, lang) for schema in SCHEMAS.values()]
    assert len(set(names)) == len(names) and not set(names) & set(SCHEMAS.values()) - {"notes"}
