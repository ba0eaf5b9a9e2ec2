"""From a filled workbook to a chain, and every broken workbook to a named cell."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.terms import LANGS
from meguri.structure.chain import Chain
from meguri.structure.template import FIRST_ROW, write_template
from meguri.structure.workbook import check_workbook
from tests.structure.bought import COLUMNS, base_tables, edit, full_book, part, workbook


def refused(path: Path) -> list[tuple[str, str]]:
    """Kind and place of every problem; each must have a way out in both languages."""
    with pytest.raises(DataError) as caught:
        Chain.from_excel(path)
    for lang in LANGS:
        assert all(item.text(lang) and item.row(lang)["way_out"] for item in caught.value.problems)
    return [(item.key, item.place) for item in caught.value.problems]


def at(column: str, row: int = FIRST_ROW) -> str:
    from meguri.base.sheets import column_letters

    return f"parts!{column_letters(COLUMNS.index(column) + 1)}{row}"


# -- what is understood


def test_own_rows_push_the_examples_aside(tmp_path: Path) -> None:
    path = workbook(tmp_path / "my.xlsx", part(part="spindle"), example=True)
    checked = check_workbook(path)
    assert not checked.example
    assert checked.parts is not None
    assert list(checked.parts["part"]) == ["spindle"]
    assert "note_example_ignored" in {note.key for note in checked.notes}


def test_the_motor_maker_of_the_example_depends_on_one_group_for_sixty_percent(tmp_path: Path) -> None:
    checked = check_workbook(write_template(tmp_path / "my.xlsx", lang="en"))
    groups = checked.groups.set_index("group")
    assert groups.loc["Proterial", "share"] == pytest.approx(0.6)
    assert "Santoku" in groups.loc["Proterial", "members"]
    totals = checked.totals.set_index("item")["value"]
    assert totals["magnets"] == pytest.approx(600)
    assert totals["hree_contained_alloyed"] == pytest.approx(27)
    assert totals["hree_input_alloyed"] == pytest.approx(37, abs=0.05)


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_one_row_of_headings_is_enough_in_any_of_the_three(tmp_path: Path, kept: int) -> None:
    path = workbook(tmp_path / "my.xlsx", part())
    book = openpyxl.load_workbook(path)
    for row in sorted({1, 2, 3, 4} - {kept}, reverse=True):
        book["parts"].delete_rows(row)
    book.save(path)
    assert "motor" in set(Chain.from_excel(path).nodes["node"])


def test_columns_may_stand_in_any_order_below_a_title(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Parts"
    for row in (["Magnets of plant 3"], [], ["仕入先", "部品", "# ours", "磁石使用量", "製造国"]):
        sheet.append(row)
    sheet.append(["TDK", "motor", "anything", "30 t/a", "中国"])
    book.save(tmp_path / "own.xlsx")
    flows = Chain.from_excel(tmp_path / "own.xlsx").flows
    assert list(flows.loc[flows["customer"] == "motor", "supplier"]) == ["cn-magnet-tdk"]


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_full_sheets_alone_are_the_chain(tmp_path: Path) -> None:
    chain = Chain.from_excel(written(tmp_path / "full.xlsx", full_book()))
    for table, frame in base_tables().items():
        key = list(frame.columns)
        assert chain.table(table)[key].equals(frame[key]), table


def test_parts_are_set_into_the_full_sheets_when_both_are_filled(tmp_path: Path) -> None:
    path = edit(
        written(tmp_path / "full.xlsx", full_book()), {(FIRST_ROW, key): cell for key, cell in part().items()}
    )
    nodes = set(Chain.from_excel(path).nodes["node"])
    assert nodes == {*base_tables()["nodes"]["node"], "motor"}


def test_confidentiality_is_the_stricter_of_row_and_column(tmp_path: Path) -> None:
    path = workbook(tmp_path / "my.xlsx", part(confidentiality="公開", price=3, currency="USD"))
    counts = check_workbook(path).confidentiality
    # internal columns: supplier, amount, stock, price, currency; partner: grade, technology, country
    assert counts == {"internal": 5, "partner": 3, "public": 2}
    path = workbook(tmp_path / "my.xlsx", part())
    assert check_workbook(path).confidentiality == {"internal": 8, "partner": 0, "public": 0}


@pytest.mark.parametrize("lang", LANGS)
def test_the_check_is_json_and_tables_in_both_languages(tmp_path: Path, lang: str) -> None:
    path = workbook(tmp_path / "my.xlsx", part(), {"part": "x", "amount": 1}, part(part="y", supplier="Acme"))
    checked = check_workbook(path)
    told = json.loads(json.dumps(checked.to_dict(lang), allow_nan=False))  # type: ignore[arg-type]
    assert told["question"] == checked.question[lang]
    assert len(told["unknowns"]) == len(checked.unknowns)
    assert all(table.shape[0] for table in checked.tables(lang).values())  # type: ignore[arg-type]


def test_unknown_cells_are_named_by_their_address(tmp_path: Path) -> None:
    checked = check_workbook(workbook(tmp_path / "my.xlsx", part(), {"part": "x", "amount": 1}))
    assert at("country", FIRST_ROW + 1) in set(checked.unknowns["place"])


# -- what is refused, and where


@pytest.mark.parametrize(
    ("cells", "key", "column"),
    [
        ({"country": "Jpan"}, "term_countries", "country"),
        ({"stock": -1}, "out_of_range", "stock"),
        ({"hree": 1.4}, "share", "hree"),
        ({"amount": "600 t"}, "number", "amount"),
        ({"amount": "many"}, "number", "amount"),
        ({"amount": True}, "number", "amount"),
        ({"amount": None}, "amount_missing", "amount"),
        ({"part": None}, "cell_empty", "part"),
        ({"technology": "sinterd"}, "term_technologies", "technology"),
        ({"alternative": "maybe"}, "yes_no", "alternative"),
        ({"currency": "EUR"}, "term_currencies", "currency"),
        ({"confidentiality": "top secret"}, "term_confidentiality", "confidentiality"),
        ({"mark": "exmple"}, "term_marks", "mark"),
        ({"part": dt.date(2025, 3, 1)}, "text_became_date", "part"),
        ({"stock": dt.datetime(2025, 3, 1)}, "number", "stock"),
        ({"stock": "45 working days"}, "number", "stock"),
        ({"amount": "=1+1"}, "formula_no_value", "amount"),
    ],
)
def test_a_wrong_cell_is_named_by_its_address(
    tmp_path: Path, cells: dict[str, object], key: str, column: str
) -> None:
    found = refused(workbook(tmp_path / "my.xlsx", part(part="other"), part(**cells)))
    assert (key, at(column, FIRST_ROW + 1)) in found


def test_a_misspelt_country_comes_with_a_suggestion(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        check_workbook(workbook(tmp_path / "my.xlsx", part(country="Jpan")))
    assert "JP" in caught.value.text("en")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = refused(workbook(tmp_path / "my.xlsx", part(stock=-1, country="Jpan"), part(part="x", hree=2)))
    assert {place for _, place in found} == {at("stock"), at("country"), at("hree", FIRST_ROW + 1)}


def test_the_same_part_from_the_same_supplier_twice_is_refused(tmp_path: Path) -> None:
    assert refused(workbook(tmp_path / "my.xlsx", part(), part())) == [
        ("duplicate", at("part", FIRST_ROW + 1))
    ]


def test_an_overwritten_example_must_lose_its_mark(tmp_path: Path) -> None:
    path = workbook(tmp_path / "my.xlsx", part(), example=True)
    assert refused(edit(path, {(FIRST_ROW, "stock"): 5})) == [("example_edited", at("mark"))]


def test_excel_errors_are_not_taken_for_empty_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "my.xlsx", part(stock="#REF!"))
    book = openpyxl.load_workbook(path)
    book["parts"].cell(FIRST_ROW, COLUMNS.index("stock") + 1).data_type = "e"
    book.save(path)
    assert refused(path) == [("formula_error", at("stock"))]


def test_merged_cells_are_not_taken_for_empty_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "my.xlsx", part(), part(part="x", supplier=None))
    book = openpyxl.load_workbook(path)
    letter = at("supplier").removeprefix("parts!")[0]
    book["parts"].merge_cells(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + 1}")
    book.save(path)
    assert refused(path) == [("merged_cells", f"parts!{letter}{FIRST_ROW}:{letter}{FIRST_ROW + 1}")]


def heading(path: Path, **renamed: str | None) -> Path:
    book = openpyxl.load_workbook(path)
    sheet = book["parts"]
    keys = [cell.value for cell in sheet[3]]
    for key, text in renamed.items():
        for row in (1, 2, 3):
            sheet.cell(row, keys.index(key) + 1).value = text
    book.save(path)
    return path


def test_a_misspelt_heading_does_not_lose_its_column(tmp_path: Path) -> None:
    path = heading(workbook(tmp_path / "my.xlsx", part()), stock="Stok in days")
    assert refused(path) == [("heading_unknown", at("stock", 1))]


def test_a_column_without_heading_is_named(tmp_path: Path) -> None:
    path = heading(workbook(tmp_path / "my.xlsx", part()), stock=None)
    assert refused(path) == [("heading_blank", at("stock", 1))]


def test_a_heading_given_twice_is_named(tmp_path: Path) -> None:
    path = heading(workbook(tmp_path / "my.xlsx", part()), note="stock")
    assert refused(path) == [("column_twice", at("note", 1))]


def test_a_missing_required_column_is_named(tmp_path: Path) -> None:
    path = heading(workbook(tmp_path / "my.xlsx", part()), part="#ours")
    assert ("column_missing", "parts") in refused(path)


@pytest.mark.parametrize(
    ("row", "value", "key"),
    [
        (2, "x", "about_key"),
        (3, "nothing", "unknown_example"),
        (5, "Jpan", "term_countries"),
        (4, "2025-13-01", "date"),
    ],
)
def test_a_wrong_description_is_named(tmp_path: Path, row: int, value: str, key: str) -> None:
    path = workbook(tmp_path / "my.xlsx", part())
    book = openpyxl.load_workbook(path)
    book["about"].cell(row, 1 if key == "about_key" else 2).value = value
    book.save(path)
    assert refused(path) == [(key, f"about!{'A' if key == 'about_key' else 'B'}{row}")]


def test_a_workbook_of_other_sheets_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = "hello"
    book.save(tmp_path / "x.xlsx")
    assert refused(tmp_path / "x.xlsx") == [("table_missing", "parts")]


def test_a_sheet_without_headings_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "parts"
    book.active["A1"] = "hello"
    book.save(tmp_path / "x.xlsx")
    assert refused(tmp_path / "x.xlsx") == [("sheet_headings", "parts!A1")]


@pytest.mark.parametrize(
    ("table", "key", "row", "value", "problem"),
    [
        ("nodes", "country", 4, "Chnia", "term_countries"),
        ("flows", "supplier", 5, "smelder", "reference_nodes"),
        ("recipes", "input", 6, "mettal", "reference_materials"),
        ("ownership", "start", 4, "2025-13-01", "date"),
        ("nodes", "node", 5, "mine", "duplicate"),
        ("nodes", "capacity", 7, 1, "capacity_low"),
    ],
)
def test_full_sheets_name_their_cells_too(
    tmp_path: Path, table: str, key: str, row: int, value: object, problem: str
) -> None:
    path = edit(written(tmp_path / "full.xlsx", full_book()), {(row, key): value}, table)
    places = [place for kind, place in refused(path) if kind == problem]
    assert any(place.startswith(f"{table}!") and place.endswith(str(row)) for place in places), places


def test_a_missing_full_sheet_is_named(tmp_path: Path) -> None:
    path = written(tmp_path / "full.xlsx", full_book())
    book = openpyxl.load_workbook(path)
    del book["flows"], book["recipes"]
    book.save(path)
    assert refused(path) == [("table_missing", "flows"), ("table_missing", "recipes")]


def test_more_rows_than_a_buyer_has_are_refused_quickly(tmp_path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("parts")
    sheet.append(["part", "amount"])
    for number in range(6_000):
        sheet.append([f"p{number}", 1])
    book.save(tmp_path / "x.xlsx")
    assert refused(tmp_path / "x.xlsx") == [("rows_many", "parts")]


# -- anything at all


def zipped(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(dt.date(1905, 1, 1), dt.date(2100, 1, 1)),
    st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cn", "Co")), max_size=30),
    st.sampled_from(
        ["JP", "中国", "45 d", "1.5 か月", "例", "=A1", "#REF!", "600 t", "{x}", "2 %", "1e400", "N42SH"]
    ),
)


@given(cells=st.dictionaries(st.tuples(st.integers(1, 8), st.sampled_from(COLUMNS)), CELLS, max_size=12))
def test_whatever_is_typed_gives_a_chain_or_a_named_error(
    tmp_path: Path, cells: dict[tuple[int, str], object]
) -> None:
    book = openpyxl.Workbook()
    book.active.title = "parts"
    for number, key in enumerate(COLUMNS, start=1):
        book.active.cell(1, number).value = key
    for (row, key), cell in {**{(2, k): v for k, v in part().items()}, **cells}.items():
        book.active.cell(row, COLUMNS.index(key) + 1).value = cell
    path = tmp_path / "fuzz.xlsx"
    book.save(path)
    try:
        check_workbook(path).to_dict("ja")
    except DataError as error:
        assert error.problems
        assert error.text("ja")


@given(data=st.data())
def test_whatever_the_bytes_the_answer_is_a_chain_or_a_named_error(
    tmp_path: Path, data: st.DataObject
) -> None:
    whole = WHOLE
    if data.draw(st.booleans()):
        name = data.draw(st.sampled_from(zipfile.ZipFile(io.BytesIO(whole)).namelist()))
        spoiled = zipped(whole, lambda item, content: _spoil(content, data) if item == name else content)
    else:
        spoiled = _spoil(whole, data)
    path = tmp_path / "fuzz.xlsx"
    path.write_bytes(spoiled)
    try:
        Chain.from_excel(path)
    except DataError as error:
        assert error.text("en")


def _spoil(content: bytes, data: st.DataObject) -> bytes:
    if not content:
        return content
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 200))
    return content[:start] + data.draw(st.binary(max_size=50)) + content[start + length :]


def _whole() -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "parts"
    book.active.append(list(part()))
    book.active.append(list(part().values()))
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()


WHOLE = _whole()
