import duckdb
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.terms import label, packaged
from meguri.observe.imports import baci_columns, imports_by_origin
from meguri.observe.trade import (
    explain_absent,
    import_shares,
    read_codes,
    read_country,
    reason_absent,
    trade,
    trade_codes,
)

RARE_EARTHS = [280530, 284610, 284690]
TOGETHER = "280530|284610|284690"


def test_all_rows_of_the_slice_are_packaged_with_their_unknown_quantities():
    path = packaged("snapshots", "baci.parquet")
    counts = duckdb.execute(f"""
        select count(*), count(*) filter (quantity_t is null), count(distinct code),
               count(*) filter (value_kusd = 0 or quantity_t = 0) from '{path}'""")
    rows, unknown, codes, zero = counts.fetchone()
    assert (rows, unknown, codes, zero) == (1_264_888, 61_682, 74, 0)


def test_packaged_rows_are_sorted_by_code_and_year_so_that_imports_are_read_as_slices():
    baci = baci_columns()
    cells = baci["code"].astype("int64") * 3000 + baci["year"]
    assert (cells[1:] >= cells[:-1]).all()


def test_a_year_that_no_table_holds_has_no_imports_and_borrows_none_of_the_next_code():
    series = [[("284610", 2024)]]
    held = imports_by_origin(series, [["JP"]], [2010])
    assert imports_by_origin(series, [["JP"]], [2010, -5, 1900, 4010, 5010]).equals(held)
    assert imports_by_origin(series, [["JP"]], [5010]).empty


def test_packaged_parquet_holds_the_declared_columns_within_their_bounds():
    path = packaged("snapshots", "baci.parquet")
    schema = Schema.of("baci")
    assert pq.read_schema(path).names == schema.names
    for column in schema.columns:
        low, high = duckdb.execute(f"select min({column.name}), max({column.name}) from '{path}'").fetchone()
        assert column.low <= low
        assert high <= column.high


def test_a_year_of_trade_passes_its_schema_unchanged():
    rows = trade(RARE_EARTHS, 2010, importer="JP")
    checked = Schema.of("trade").check(rows)
    assert_frame_equal(
        checked[["year", "code", "exporter"]], rows[["year", "code", "exporter"]], check_dtype=False
    )
    assert len(rows) == len(checked) > 20


def test_taiwan_keeps_its_own_trade():
    assert set(trade(280530, importer="台湾")["importer"]) == {"TW"}
    assert trade(280530, 2020, importer="Other Asia, nes")["value_kusd"].sum() > 0


def test_unknown_quantity_stays_unknown():
    rows = trade(RARE_EARTHS, 2010, importer="JP")
    assert rows["quantity_t"].isna().sum() == 2
    assert rows["value_kusd"].notna().all()


def test_basis_changes_the_answer_and_is_named():
    by_value = import_shares(RARE_EARTHS, "JP", 2019)
    by_weight = import_shares(RARE_EARTHS, "JP", 2019, by="quantity")
    china = [
        float(t.loc[(t["code"] == TOGETHER) & (t["exporter"] == "CN"), "share"].iloc[0])
        for t in (by_value, by_weight)
    ]
    assert [round(share, 3) for share in china] == [0.409, 0.606]
    assert set(by_value["basis"]) == {"value"}
    assert set(by_value["unit"]) == {"kUSD"}
    assert set(by_weight["basis"]) == {"quantity"}
    assert set(by_weight["unit"]) == {"t"}


def test_quantity_shares_say_how_much_of_the_value_they_know():
    shares = import_shares(RARE_EARTHS, "JP", 2019, by="quantity")
    known = shares.loc[shares["code"] == TOGETHER, "known"]
    assert (known < 1).all()
    assert (known > 0.99).all()


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(["JP", "US", "KR", "DE", "CN"]),
    st.lists(st.sampled_from(["284690", "810510", "261100", "280530"]), min_size=1, max_size=3, unique=True),
    st.integers(1995, 2024),
    st.sampled_from(["value", "quantity"]),
)
@pytest.mark.slow
def test_shares_of_every_code_and_year_sum_to_one(importer, codes, year, by):
    shares = import_shares(codes, importer, year, by)
    sums = shares[shares["reason"] == ""].groupby(["code", "year"])["share"].sum()
    assert ((sums - 1).abs() < 1e-12).all()


def test_order_of_codes_changes_no_share():
    forward = import_shares(RARE_EARTHS, "JP", 2012)
    back = import_shares(RARE_EARTHS[::-1], "JP", 2012)
    apart = forward["code"] != TOGETHER
    assert_frame_equal(
        forward[apart].reset_index(drop=True), back[back["code"].str.len() == 6].reset_index(drop=True)
    )
    assert sorted(forward.loc[~apart, "share"]) == sorted(back.loc[back["code"].str.len() > 6, "share"])


@pytest.mark.parametrize(("code", "year"), [(811230, 2007), (250390, 1996), (283030, 2007)])
def test_retired_codes_are_unknown_although_remnants_are_recorded(code, year):
    assert len(trade(code, year)) > 0
    assert reason_absent(code, year) == "retired"
    shares = import_shares(code, "US", year)
    assert shares["share"].isna().all()
    assert list(shares["reason"]) == ["retired"]
    assert str(year) in explain_absent(code, year, "ja")


def test_absent_trade_is_one_row_with_a_reason_never_zero():
    shares = import_shares(["811230", "850511"], "JP", [2006, 2010, 2030])
    gaps = shares[shares["share"].isna() & (shares["code"].str.len() == 6)]
    reasons = gaps.set_index(["code", "year"])["reason"].to_dict()
    assert reasons == {
        ("811230", 2010): "retired",
        ("811230", 2030): "outside_period",
        ("850511", 2006): "not_packaged",
        ("850511", 2010): "not_packaged",
        ("850511", 2030): "not_packaged",
    }
    assert (gaps["exporter"] == "XX").all()
    assert all(label(reason, lang, "reasons") for reason in reasons.values() for lang in ("en", "ja"))


def test_wrong_codes_and_countries_are_named_together_with_a_way_out():
    with pytest.raises(DataError) as error:
        read_codes(["28", "284690", "Dy"])
    assert [problem.found for problem in error.value.problems] == ["28", "Dy"]
    with pytest.raises(DataError, match="Did you mean JP"):
        trade(284690, importer="Japn")
    with pytest.raises(DataError, match="value, quantity"):
        import_shares(284690, "JP", 2010, by="mass")


def test_every_packaged_code_has_a_name_in_both_languages():
    for lang in ("en", "ja"):
        codes = trade_codes(lang)
        assert len(codes) == 74
        assert codes["name"].str.len().gt(0).all()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Congo, D.R.", "CD"),
        ("Congo", "CG"),
        ("Zaire", "CD"),
        ("Turkyie", "TR"),
        ("Korea, South", "KR"),
        ("Burma", "MM"),
        ("Brasil", "BR"),
        ("Taiwan, China", "TW"),
        ("韓国", "KR"),
        ("英国", "GB"),
        ("NA", "NA"),
        ("S19", "TW"),
    ],
)
def test_names_met_in_the_sources_find_their_country(name, key):
    assert read_country(name) == key


def test_no_name_points_to_two_countries():
    with packaged("terms", "countries.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    owners: dict[str, set[str]] = {}
    for row in rows.to_dict("records"):
        for name in {row["key"], row["en"], row["ja"], row["iso3"], *row["aliases"].split("|")} - {""}:
            owners.setdefault(name.casefold(), set()).add(row["key"])
    assert {name: keys for name, keys in owners.items() if len(keys) > 1} == {}
    assert rows["en"].is_unique
    assert rows["ja"].is_unique
    numbers = rows["baci"].str.split("|").explode()
    assert numbers[numbers != ""].is_unique


def test_numbers_of_numpy_are_read_like_plain_ones():
    plain = trade(284690, 2010, importer="JP")
    assert_frame_equal(trade(np.int64(284690), np.int64(2010), importer="JP"), plain)
    assert_frame_equal(trade(np.array([284690]), np.array([2010]), importer="JP"), plain)
