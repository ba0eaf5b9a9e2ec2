"""The workbook that is written can be read back: nothing of the example is lost, in either language."""

from __future__ import annotations

from pathlib import Path

import pytest

from meguri.observe.joblog import Reading, read_shop
from meguri.observe.shop import TABLES
from meguri.observe.shop_template import example_table, headings, write_shop_template


@pytest.fixture(scope="module", params=["ja", "en"])
def reading(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Reading:
    path = tmp_path_factory.mktemp("shop") / "shop.xlsx"
    return read_shop(write_shop_template(path, request.param))


def test_every_row_of_the_example_comes_back_and_no_cell_is_unread(reading: Reading) -> None:
    assert reading.problems == ()
    for table in TABLES:
        assert len(getattr(reading.shop, table)) == len(example_table(table)), table


def test_cells_come_back_as_they_were_meant(reading: Reading) -> None:
    shop = reading.shop
    assert shop.stops["end"].eq("").sum() == 1  # the one still open
    assert shop.stops["planned"].sum() == 6
    assert shop.customers["share"].sum() == pytest.approx(1)
    assert shop.customers.set_index("customer").at["A", "resells_to"] == "中国・台湾"
    assert shop.people[["age_low", "age_high"]].iloc[2].tolist() == [50, 59]
    assert shop.works["cost"].min() > 100_000
    assert shop.schedule["hours"].sum() == example_table("schedule")["hours"].astype(float).sum()


def test_every_heading_is_understood_as_its_own_column(reading: Reading) -> None:
    told = reading.understood.groupby("table")["field"].agg(set)
    for table in TABLES:
        assert told[table] == set(headings(table, "ja")), table


def test_the_same_call_writes_the_same_bytes(tmp_path: Path) -> None:
    one, two = (write_shop_template(tmp_path / name, "ja") for name in ("a.xlsx", "b.xlsx"))
    assert one.read_bytes() == two.read_bytes()
