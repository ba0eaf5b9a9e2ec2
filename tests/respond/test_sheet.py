"""The user's own measures are read from what people type, and every doubt is named by its cell."""

from __future__ import annotations

import csv
import io
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.respond.measures import load_measures
from meguri.respond.sheet import SHEETS, read_own_measures
from meguri.respond.template import write_measures_template
from meguri.structure.chain import Chain

CHAIN = Chain.example("quartz-korea@2011")  # the smallest, so that these tests stay quick
MEASURE = {
    "measure": "own-store",
    "label_ja": "自社倉庫",
    "kind": "備蓄",
    "owner": "自社",
    "unit": "d",
    "size_max": "3 か月",
    "whole": "no",
    "lead_d": "2 months",
    "life_a": "730 d",
    "grade": "assumed",
}
EFFECT = {
    "measure": "own-store",
    "effect": "stock",
    "input": "quartz",
    "per_unit": "1 d",
    "grade": "assumed",
}
COST = {"measure": "own-store", "cost": "unit", "amount": "500 万円", "grade": "assumed"}


@cache
def template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return write_measures_template(Path(folder) / "own.xlsx", "ja").read_bytes()


def workbook(path: Path, **rows: list[dict[str, Any]]) -> Path:
    """The template with rows filled in."""
    book = openpyxl.load_workbook(io.BytesIO(template()))
    for sheet, given in rows.items():
        names = Schema.of(SHEETS[sheet]).names
        for at, row in enumerate(given, start=4):
            for place, name in enumerate(names, start=1):
                book[sheet].cell(at, place).value = row.get(name)
    book.save(path)
    return path


def folder(path: Path, **rows: list[dict[str, Any]]) -> Path:
    """The same rows as CSV files."""
    path.mkdir()
    for name, given in rows.items():
        with (path / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(key for row in given for key in row)))
            writer.writeheader()
            writer.writerows(given)
    return path


def test_the_template_is_read_back_as_typed_in_either_language_and_with_units(tmp_path: Path) -> None:
    path = workbook(tmp_path / "own.xlsx", measures=[MEASURE], effects=[EFFECT], costs=[COST])
    tables = read_own_measures(path)
    measure = tables["response_measures"].iloc[0]
    assert (measure["kind"], measure["owner"], measure["label_en"]) == ("stockpile", "firm", "自社倉庫")
    assert measure["size_max"] == pytest.approx(91.25)
    assert (measure["lead_d"], measure["life_a"]) == (pytest.approx(365 / 6), pytest.approx(2.0))
    cost = tables["response_costs"].iloc[0]
    assert (cost["amount"], cost["currency"]) == (5e6, "JPY")
    library = load_measures(CHAIN, path)
    assert library.measures["measure"].iloc[0] == "own-store"
    users = CHAIN.recipes.query("input == 'quartz'")["node"]
    assert sorted(library.rows("effects", "own-store")["node"]) == sorted(users)


def test_the_same_call_writes_the_same_bytes(tmp_path: Path) -> None:
    assert write_measures_template(tmp_path / "own.xlsx", "ja").read_bytes() == template()


def test_a_measure_of_the_users_takes_the_packaged_ones_place_whole(tmp_path: Path) -> None:
    own = {**MEASURE, "measure": "circulate-dy"}
    rows = {"measures": [own], "effects": [{**EFFECT, "measure": "circulate-dy"}],
            "costs": [{**COST, "measure": "circulate-dy"}]}  # fmt: skip
    library = load_measures(CHAIN, folder(tmp_path / "own", **rows))
    assert set(library.rows("effects", "circulate-dy")["effect"]) == {"stock"}
    assert list(library.rows("costs", "circulate-dy")["cost"]) == ["unit"]


def test_every_problem_of_a_broken_sheet_is_named_by_its_cell(tmp_path: Path) -> None:
    broken = {**MEASURE, "kind": "hoarding", "size_max": "3 t", "lead_d": "soon"}
    stray = {**EFFECT, "measure": "own-stoer"}
    path = workbook(tmp_path / "own.xlsx", measures=[broken], effects=[EFFECT, stray], costs=[COST])
    with pytest.raises(DataError) as error:
        read_own_measures(path)
    places = {problem.place: problem.key for problem in error.value.problems}
    names = Schema.of("response_measures").names
    cells = {name: f"measures!{openpyxl.utils.get_column_letter(names.index(name) + 1)}4" for name in names}
    assert places == {cells["kind"]: "choice", cells["size_max"]: "size_unit", cells["lead_d"]: "number"}
    for lang in ("en", "ja"):
        assert cells["size_max"] in error.value.text(lang)


def test_rows_that_belong_to_nothing_and_costs_without_currency_are_refused(tmp_path: Path) -> None:
    lost = {**EFFECT, "measure": "own-stoer"}
    costs = [{**COST, "amount": 5e6}, {**COST, "cost": "running_unit", "step_from": 10, "amount": "2 MUSD"}]
    path = folder(tmp_path / "own", measures=[MEASURE], effects=[lost], costs=costs)
    with pytest.raises(DataError) as error:
        read_own_measures(path)
    keys = sorted(problem.key for problem in error.value.problems)
    assert keys == ["cost_currency", "cost_step", "measure_no_effect", "measure_row"]


def test_a_folder_of_csv_files_gives_the_same_tables_as_the_workbook(tmp_path: Path) -> None:
    rows = {"measures": [MEASURE], "effects": [EFFECT], "costs": [COST]}
    book = read_own_measures(workbook(tmp_path / "own.xlsx", **rows))
    path = folder(tmp_path / "own", **rows)
    plain = read_own_measures(path)
    for table, frame in book.items():
        assert frame.equals(plain[table]), table
    (path / "effects.csv").write_text("measure,effect,grade\nown-store,stok,assumed\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"effects\.csv!effect, 2"):
        read_own_measures(path)


def test_an_own_measure_that_acts_on_nothing_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    rows = {"measures": [MEASURE], "effects": [{**EFFECT, "input": "unobtainium"}], "costs": [COST]}
    with pytest.raises(DataError, match="own-store"):
        load_measures(CHAIN, folder(tmp_path / "own", **rows))


def test_a_name_like_a_formula_stays_a_name_and_examples_are_not_read(tmp_path: Path) -> None:
    nodes = CHAIN.nodes
    nodes.loc[0, "label_en"] = '=HYPERLINK("http://x","y")'
    path = write_measures_template(tmp_path / "own.xlsx", "en", CHAIN.with_table("nodes", nodes))
    cells = [cell for row in openpyxl.load_workbook(path)["chain"].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if str(cell.value).startswith("=")] == ["s"]
    assert not any(cell.data_type == "f" for cell in cells)
    with pytest.raises(DataError, match="measures: expected at least one measure"):
        read_own_measures(path)
