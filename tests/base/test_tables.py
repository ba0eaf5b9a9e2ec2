"""Cells as people type them, and as Excel hands them over."""

from __future__ import annotations

import datetime as dt
import math
import time
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.tables import MAX_PROBLEMS, Schema
from meguri.base.terms import find_key, suggest


def read(table: str, column: str, cell: Any) -> tuple[Any, list[str]]:
    """Value of one cell and the kinds of problem it has."""
    schema = Schema(table, (Schema.of(table).column(column),))
    typed, found = schema.problems(pd.DataFrame({column: [cell]}, dtype=object))
    return typed[column].iloc[0], [item.key for item in found]


@pytest.mark.parametrize(
    ("table", "column", "cell", "value"),
    [
        ("parts", "amount", "３０ t/a", 30.0),
        ("parts", "amount", "1,200 t/a", 1200.0),
        ("parts", "pieces", "500,000", 500_000.0),
        ("parts", "piece_mass", "1.2 kg", 1.2),
        ("parts", "stock", "2 weeks", 14.0),
        ("parts", "hree", "4.5 %", 0.045),
        ("parts", "hs", 850511.0, "850511"),
        ("parts", "part", 3.5, "3.5"),
        ("parts", "country", "ﾄﾞｲﾂ", "DE"),
        ("parts", "alternative", "いいえ", False),
        ("ownership", "start", dt.datetime(2018, 4, 2), "2018-04-02"),
        ("ownership", "start", 2018.0, "2018"),
        ("ownership", "start", "2018-04", "2018-04"),
    ],
)
def test_what_people_type_is_understood(table: str, column: str, cell: Any, value: Any) -> None:
    assert read(table, column, cell) == (value, [])


@pytest.mark.parametrize(
    ("table", "column", "cell", "key"),
    [
        ("ownership", "start", "2025-13-01", "date"),
        ("ownership", "start", "2025-W01-1", "date"),
        ("ownership", "start", "20250101", "date"),
        ("ownership", "start", "April 2018", "date"),
        ("parts", "amount", "600 t", "number"),
        ("parts", "amount", 10**400, "number"),
        ("parts", "amount", "1e999", "number"),
        ("parts", "pieces", "1,20", "number"),
        ("parts", "stock", "45 working days", "number"),
        ("parts", "part", dt.date(2025, 3, 1), "text_became_date"),
        ("survival", "share_stopped", 1.4, "share"),
        ("world_production", "year", "nan", "integer"),
        ("world_production", "year", float("inf"), "integer"),
        ("world_production", "year", True, "integer"),
    ],
)
def test_what_has_no_meaning_is_named(table: str, column: str, cell: Any, key: str) -> None:
    assert read(table, column, cell)[1] == [key]


ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=40),
    st.dates(),
    st.times(),
    st.timedeltas(),
)


@pytest.mark.parametrize("table", ["parts", "nodes", "flows", "recipes", "ownership", "contents"])
@settings(deadline=None)
@given(data=st.data())
def test_any_cell_is_a_value_or_a_named_problem(table: str, data: st.DataObject) -> None:
    schema = Schema.of(table)
    row = {column.name: [data.draw(ANYTHING)] for column in schema.columns}
    typed, found = schema.problems(pd.DataFrame(row, dtype=object))
    assert list(typed) == schema.names
    assert all(item.text("ja") and item.text("en") for item in found)


def test_a_long_table_of_errors_does_not_take_long() -> None:
    frame = pd.DataFrame({"country": [f"nowhere {n}" for n in range(200_000)]}, dtype=object)
    started = time.process_time()
    _, found = Schema("parts", (Schema.of("parts").column("country"),)).problems(frame)
    assert len(found) == MAX_PROBLEMS
    assert time.process_time() - started < 10


def test_names_are_found_in_any_width_and_case() -> None:
    assert find_key("ｊａｐａｎ ", "countries") == "JP"


def test_a_very_long_name_is_suggested_for_quickly() -> None:
    started = time.process_time()
    assert suggest("x" * 1_000_000, ["Japan", "China"]) is None
    assert time.process_time() - started < 1


@pytest.mark.parametrize("value", [1992, 2023, 0, -5, 99999])
@pytest.mark.parametrize("kind", ["int32", "int64", "Int64"])
def test_whole_numbers_and_the_same_as_text_are_read_alike(value: int, kind: str) -> None:
    rows = {"code": ["848620"], "vintage": ["HS2017"], "flow": ["export"], "reporter": ["JP"],
            "partner": ["KR"], "value": [1.0], "currency": ["USD"]}  # fmt: skip
    plain = pd.DataFrame(rows | {"year": pd.Series([value], dtype=kind)})
    one, problems = Schema.of("trade_lines").problems(plain)
    other, same = Schema.of("trade_lines").problems(plain.assign(year=[str(value)]))
    assert [(p.key, p.place) for p in problems] == [(p.key, p.place) for p in same]
    if not problems:
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("value", [0.25, 0.0, 1.0, math.nan, 1.5, -0.1, math.inf])
@pytest.mark.parametrize("column", ["share", "share_low"])
def test_numbers_and_the_same_numbers_as_text_are_read_alike(value: float, column: str) -> None:
    """Columns of plain numbers are checked at once, cells of text one by one: the answer is one."""
    rows = {"material": ["a", "b"], "element": ["Dy", "Nd"], "share": [0.5, 0.5], column: [0.5, value]}
    plain = pd.DataFrame(rows)
    text = plain.assign(**{column: ["0.5", "" if math.isnan(value) else str(value)]})
    one, problems = Schema.of("contents").problems(plain)
    other, same = Schema.of("contents").problems(text)
    assert [(p.key, p.place) for p in problems] == [(p.key, p.place) for p in same]
    pd.testing.assert_frame_equal(one, other)
