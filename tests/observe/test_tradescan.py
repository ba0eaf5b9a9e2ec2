"""Streaming gives what loading gives: the sums of a scan against a plain twin in pandas."""

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.goods_classes import class_map, classes_of
from meguri.observe.hs import codes_of
from meguri.observe.imports import country_numbers
from meguri.observe.tradefile import read_trade, scan_trade

ROWS = 4000
CODES = sorted(int(code) for code in codes_of("HS2017") if len(code) == 6)


@pytest.fixture(scope="module")
def table():
    draw = np.random.default_rng(3)
    numbers = country_numbers()["number"].to_numpy()
    return pd.DataFrame({
        "t": draw.choice([2019, 2020], ROWS),
        "i": draw.choice(numbers, ROWS), "j": draw.choice(numbers, ROWS),
        "k": np.concatenate([CODES[:: len(CODES) // 2000], draw.choice(CODES, ROWS)])[:ROWS],
        "v": draw.integers(1, 9000, ROWS) / 8, "q": np.where(draw.random(ROWS) < 0.2, np.nan, 2.0),
    })  # fmt: skip


@pytest.fixture(scope="module")
def path(table, tmp_path_factory):
    file = tmp_path_factory.mktemp("scan") / "flows.parquet"
    table.to_parquet(file, index=False)
    return file


def twin(table):
    keys = country_numbers().set_index("number")["country"]
    return pd.DataFrame({
        "code": table["k"].map("{:06d}".format), "year": table["t"], "reporter": table["i"].map(keys),
        "partner": table["j"].map(keys), "value": table["v"] * 1e3, "weight": table["q"] * 1e3,
    })  # fmt: skip


@pytest.mark.parametrize(
    "by", [["reporter", "year"], pytest.param(["code", "partner"], marks=pytest.mark.slow)]
)
def test_sums_are_those_of_pandas(table, path, by):
    with scan_trade(path, scratch=path.parent) as scan:
        found = scan.sums(by)
        assert (scan.rows, scan.vintage) == (ROWS, "HS2017")
    plain = twin(table).groupby(by, as_index=False).agg(
        value=("value", "sum"), weight=("weight", lambda kg: kg.sum(min_count=1))
    )  # fmt: skip
    plain = plain.sort_values(by, ignore_index=True)
    assert found[by].astype(str).equals(plain[by].astype(str))
    assert found["value"].tolist() == plain["value"].tolist()
    assert found["weight"].fillna(-1).tolist() == plain["weight"].fillna(-1).tolist()


def test_classes_share_out_every_dollar(table, path):
    mapping = classes_of(map("{:06d}".format, CODES[:-50]), class_map())
    with scan_trade(path, scratch=path.parent) as scan:
        found = scan.classed(mapping, ["year"])
    lines = twin(table).merge(
        mapping[["code", "class", "weight"]], on="code", how="left", suffixes=("_kg", "")
    )
    lines = lines.assign(value=lines["value"] * lines["weight"].fillna(1.0), good=lines["class"].fillna(""))
    plain = lines.groupby(["year", "good"])["value"].sum()
    assert found.set_index(["year", "class"])["value"].to_dict() == pytest.approx(plain.to_dict())
    assert "" in set(found["class"])
    assert found["value"].sum() == pytest.approx(table["v"].sum() * 1e3)


def test_one_exporter_can_be_loaded_from_a_stream(table, path, monkeypatch):
    monkeypatch.setattr("meguri.observe.tradefile.LARGE_PACKED", 0)
    lines = read_trade(path, year=2019, reporter="JP").table
    plain = twin(table).query("reporter == 'JP' and year == 2019")
    assert lines["value"].sum() == plain["value"].sum()
    assert (lines["basis"] == "fob").all()
    pair = read_trade(path, reporter=["JP", "KR", "US"], partner=["Germany", "CN"]).table
    plain = twin(table).query("reporter in ('JP', 'KR', 'US') and partner in ('DE', 'CN')")
    assert pair["value"].sum() == plain["value"].sum()


def test_a_name_to_sum_by_that_is_none_is_refused(path):
    with scan_trade(path, scratch=path.parent) as scan, pytest.raises(DataError, match="code, year"):
        scan.sums(["country"])


def test_nothing_stays_behind_in_the_scratch_folder(path, tmp_path):
    with scan_trade(path, scratch=tmp_path) as scan:
        scan.sums(["year"])
    assert list(tmp_path.iterdir()) == []
