import numpy as np
import pytest

from meguri.observe.imports import baci_columns
from meguri.observe.trade import trade
from meguri.structure.concentration import hhi
from meguri.structure.markets import market_hhi


def test_every_market_of_the_packaged_trade_has_an_index():
    markets = market_hhi()
    assert len(markets) == 227_792
    assert markets[["code", "year", "importer", "hhi", "top"]].notna().all().all()
    assert not markets.duplicated(["code", "year", "importer"]).any()
    assert markets["hhi"].between(0, 1 + 1e-12).all()


def test_rows_of_trade_are_sorted_as_markets_need_them():
    baci = baci_columns()
    order = (baci["code"].astype("int64") * 10_000 + baci["year"]) * 1000 + baci["importer"]
    assert (np.diff(order) >= 0).all()


@pytest.mark.parametrize(
    ("code", "year", "importer"), [("284690", 2010, "JP"), ("811230", 2006, "US"), ("260111", 2024, "CN")]
)
def test_an_index_is_that_of_the_shares_of_its_origins(code, year, importer):
    origins = trade(code, year, importer)
    markets = market_hhi()
    row = markets[
        (markets["code"] == int(code)) & (markets["year"] == year) & (markets["importer"] == importer)
    ].iloc[0]
    assert row["hhi"] == pytest.approx(hhi(origins["value_kusd"]), rel=1e-12)
    assert row["top"] == origins.loc[origins["value_kusd"].idxmax(), "exporter"]
    assert row["origins"] == len(origins)


def test_indices_lie_between_one_over_n_and_the_square_of_the_largest_share_and_the_largest_share():
    markets = market_hhi()
    assert (markets["hhi"] >= 1 / markets["origins"] - 1e-12).all()
    assert (markets["hhi"] >= markets["top_share"] ** 2 - 1e-12).all()
    assert (markets["hhi"] <= markets["top_share"] + 1e-12).all()
