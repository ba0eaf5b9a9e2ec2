import math

import pandas as pd
import pytest

from meguri.observe.demand import printed_sums
from meguri.structure.classify import classify
from meguri.structure.seed_structure import (
    beside,
    export_structure,
    seed_finished,
    seed_residuals,
    seed_totals,
)
from tests.structure.trade import SMALL, lines


def percent(row, *columns):
    return tuple(round(100 * float(row[column]), 6) for column in columns)


@pytest.mark.parametrize(
    ("period", "pc", "residual"),
    [("1980s", (10, 14), (13, 30)), ("2000s", (19, 23), (16, 31)), ("2020s", (30, 37), (18, 32))],
)
def test_japans_process_control_share_and_residual_are_those_of_table_a1_4(period, pc, residual):
    """AC1.1: without consumables, which that table leaves out (N3)."""
    row = seed_totals().set_index(["printed_table", "period", "variant"]).loc[("000-A1-4", period, "PC4")]
    assert percent(row, "sum_low", "sum_high") == pc
    assert percent(row, "printed_low", "printed_high") == pc
    assert row["agrees"]
    rest = seed_residuals().set_index(["printed_table", "period"]).loc[("000-A1-4", period)]
    assert percent(rest, "residual_low", "residual_high") == residual
    assert (rest["printed_total"], rest["flag"]) == (1, "N2")


def test_with_consumables_the_rows_add_to_33_to_41_beside_the_printed_33_to_40():
    """AC1.1 and N1."""
    row = seed_totals().set_index(["printed_table", "variant"]).loc[("000-1.2", "PC5")]
    assert percent(row, "sum_low", "sum_high", "printed_low", "printed_high") == (33, 41, 33, 40)
    assert not row["agrees"]
    assert row["flag"] == "N1"


def test_a_variant_whose_rows_are_not_printed_has_no_sum():
    table = seed_totals()
    lacks = table[(table["printed_table"] == "000-A1-4") & (table["variant"] == "PC5")]
    assert len(lacks) == 3
    assert lacks[["sum_low", "sum_high", "printed_low", "printed_high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("region", "pc", "finished", "raw", "residual"),
    [
        ("JP", (33, 40), (20, 22), (15, 18), (20, 32)),
        ("US", (25, 30), (25, 30), (12, 15), (25, 38)),
        ("CN", (25, 30), (35, 40), (5, 7), (23, 35)),
        ("EU", (25, 30), (30, 35), (8, 10), (25, 37)),
    ],
)
def test_four_economies_stand_beside_their_residuals(region, pc, finished, raw, residual):
    """AC1.2."""
    rows = export_structure().query("printed_table == '000-A1-3' and region == @region").set_index("item")
    for item, ends in (("PC_TOTAL", pc), ("FINISHED", finished), ("RAW", raw)):
        assert percent(rows.loc[item], "printed_low", "printed_high") == ends
    rest = seed_residuals().set_index(["printed_table", "region"]).loc[("000-A1-3", region)]
    assert percent(rest, "residual_low", "residual_high") == residual


def test_both_readings_of_finished_goods_are_shown_where_the_table_is_silent():
    """N4: table 1.2 names general machinery among them, A1-4 does not, A1-3 says nothing."""
    table = seed_finished()
    readings = table.groupby("printed_table")["reading"].agg(lambda cells: sorted(set(cells)))
    assert readings.to_dict() == {
        "000-1.2": ["wide"], "000-A1-3": ["narrow", "wide"], "000-A1-4": ["narrow"],
    }  # fmt: skip
    assert set(table["flag"]) == {"N4"}


def test_the_table_repeats_the_document_and_agrees_with_the_sums_packaged_before():
    new = export_structure().set_index("fact")
    old = printed_sums().set_index("fact")
    shared = old.index.intersection(new.index)
    assert len(shared) == 35
    for mine, theirs in (
        ("printed", "share"),
        ("printed_low", "share_low"),
        ("line", "line"),
        ("item", "item"),
    ):
        pd.testing.assert_series_equal(
            new.loc[shared, mine], old.loc[shared, theirs], check_names=False, check_dtype=False
        )


@pytest.fixture(scope="module")
def exports():
    """Three of ten parts process control, four cars, three chemicals: to the world and to Korea."""
    rows = [("848620", 3.0), ("870323", 4.0), ("382499", 3.0)]
    held = [
        {"code": code, "value": value, "year": year, "partner": partner, "reporter": "JP", "flow": "export"}
        for code, value in rows
        for year, partner in ((2021, "WLD"), (2015, "WLD"), (2021, "KR"))
    ]
    return classify(lines(*held), SMALL, draws=20)


def test_a_data_run_never_prints_a_share_of_the_document_as_computed(exports):
    """AC1.4: printed and computed shares never stand in one column, nor in one table before `beside`."""
    rows = beside(exports.tables).query("year == 2021").set_index("item")
    assert rows.at["PC4", "share"] == 0.3
    assert percent(rows.loc["PC4"], "printed_low", "printed_high") == (30, 37)
    assert rows.at["PC4", "stands"] == "inside"
    assert rows.at["FINISHED", "stands"] == "above"
    for table in exports.tables.values():
        assert [name for name in table.columns if name.startswith("printed")] == []


def test_residuals_are_compared_on_the_basis_of_each_table(exports):
    rows = beside(exports.tables).query("year == 2021")
    rest = rows[rows["item"].str.startswith("residual")].set_index("printed_table")
    assert percent(rest.loc["000-A1-4"], "share", "printed_low", "printed_high") == (30, 18, 32)
    assert percent(rest.loc["000-A1-3"], "share", "printed_low", "printed_high") == (30, 20, 32)


def test_a_decade_the_document_does_not_print_has_no_printed_figure(exports):
    rows = beside(exports.tables).query("year == 2015")
    assert rows["printed_low"].isna().all()
    assert set(rows["stands"]) == {""}
    assert math.isclose(rows.set_index("item").at["PC4", "share"], 0.3)


def test_trade_with_one_partner_is_not_set_against_shares_of_all_exports(exports):
    assert set(beside(exports.tables)["partner"]) == {"WLD"}
