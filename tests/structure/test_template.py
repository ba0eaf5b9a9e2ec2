"""The workbook a buyer receives: complete, in both languages, and usable as it is."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, fold
from meguri.structure.chain import Chain
from meguri.structure.template import FULL_SHEETS, example_parts, write_template
from meguri.structure.workbook import check_workbook


def test_the_same_call_writes_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = write_template(tmp_path / "a.xlsx").read_bytes()
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    assert write_template(tmp_path / "b.xlsx").read_bytes() == first


@pytest.mark.parametrize("lang", LANGS)
def test_a_fresh_template_is_a_chain_with_the_example(tmp_path: Path, lang: Lang) -> None:
    path = write_template(tmp_path / "my.xlsx", lang=lang)
    chain = Chain.from_excel(path)
    lines = chain.nodes[chain.nodes["material"] == "own-part"]
    assert sorted(lines["output"]) == [60, 180, 360]
    assert chain.name == "my"
    assert check_workbook(path).example


def test_both_languages_say_the_same() -> None:
    english, japanese = example_parts("en"), example_parts("ja")
    told = ["part", "supplier", "alternative_supplier", "note"]
    assert english.drop(columns=told).equals(japanese.drop(columns=told))
    assert set(english.columns) <= set(Schema.of("parts").names)


@pytest.mark.parametrize("lang", LANGS)
def test_every_column_has_headings_a_key_and_a_note(tmp_path: Path, lang: Lang) -> None:
    book = openpyxl.load_workbook(write_template(tmp_path / "my.xlsx", lang=lang))
    for table in ("parts", *FULL_SHEETS):
        schema = Schema.of(table)
        rows = [[cell.value for cell in row] for row in book[table].iter_rows(min_row=1, max_row=3)]
        assert rows[2] == schema.names
        assert rows[0] == [column.label("ja") for column in schema.columns]
        assert rows[1] == [column.label("en") for column in schema.columns]
        for cell, column in zip(book[table][1], schema.columns, strict=True):
            assert column.meaning_ja in cell.comment.text
            assert column.meaning_en in cell.comment.text


@pytest.mark.parametrize("table", ["parts", *FULL_SHEETS])
def test_no_heading_means_two_columns(table: str) -> None:
    seen: dict[str, str] = {}
    for column in Schema.of(table).columns:
        for word in (column.name, column.label_en, column.label_ja, column.label("en"), column.label("ja")):
            assert seen.setdefault(fold(word), column.name) == column.name


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.slow
def test_every_word_of_every_drop_down_is_understood_when_read(tmp_path: Path, lang: Lang) -> None:
    book = openpyxl.load_workbook(write_template(tmp_path / "my.xlsx", lang=lang))
    for table in ("parts", *FULL_SHEETS):
        schema = Schema.of(table)
        rules = book[table].data_validations.dataValidation
        assert rules
        for rule in rules:
            first, last = rule.formula1.removeprefix("lists!").replace("$", "").split(":")
            words = [cell[0].value for cell in book["lists"][f"{first}:{last}"]]
            number = next(iter(rule.sqref.ranges)).min_col
            column = schema.columns[number - 1]
            if next(iter(rule.sqref.ranges)).min_row == 4 and table == "parts":
                continue  # confidentiality of columns: words of the list itself
            for word in words:
                _, found = Schema(table, (column,)).problems(
                    pd.DataFrame({column.name: [word]}, dtype=object)
                )
                assert not found, (table, column.name, word)


def test_without_example_there_is_nothing_to_check_yet(tmp_path: Path) -> None:
    with pytest.raises(DataError) as refused:
        check_workbook(write_template(tmp_path / "my.xlsx", example=False))
    assert [item.key for item in refused.value.problems] == ["rows_none"]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(DataError) as refused:
        write_template(tmp_path / "file" / "my.xlsx")
    assert [item.key for item in refused.value.problems] == ["file_unwritable"]
