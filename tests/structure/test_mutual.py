import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.terms import keys
from meguri.structure.class_markets import NEARLY_ALL
from meguri.structure.mutual import GROUPS, mutual
from tests.structure.trade import SMALL, lines


def sold(seller, buyer, value, code="848620", **more):
    return {"reporter": seller, "partner": buyer, "flow": "export", "code": code, "value": value} | more


def pair(table, a, b, name="PC4"):
    return table.set_index(["a", "b", "class"]).loc[(a, b, name)]


@pytest.fixture(scope="module")
def world():
    """Japan, Korea and the United States in both directions, each with its world total and its cars."""
    rows = [
        sold("JP", "KR", 30.0), sold("JP", "US", 10.0),
        sold("JP", "WLD", 60.0), sold("JP", "WLD", 60.0, "870323"),
        sold("KR", "JP", 5.0), sold("KR", "WLD", 5.0), sold("KR", "WLD", 45.0, "870323"),
        sold("KR", "WLD", 5.0) | {"flow": "import", "value": 40.0},
        sold("KR", "JP", 99.0) | {"flow": "import"},
        sold("US", "WLD", 1.0, "870323"),
    ]  # fmt: skip
    return mutual(lines(*rows), SMALL, ["KR", "JP", "US"])


def test_each_direction_stands_with_its_dependence_and_the_sellers_own_cost(world):
    row = pair(world, "JP", "KR")
    assert (row["b_from_a"], row["a_from_b"]) == (30, 5)
    assert row["share_b"] == 0.75  # of the 40 that Korea buys in all
    assert row["loss_a"] == 0.25  # of the 120 that Japan sells in all
    assert row["loss_b"] == 0.1


def test_the_sellers_record_is_taken_before_the_buyers(world):
    """Korea says it bought for 99 what Japan says it sold for 30: one of them is taken, never the sum."""
    row = pair(world, "JP", "KR")
    assert row["b_from_a"] == 30
    assert row["basis"] == "JP←KR: export; KR←JP: export"


def test_what_the_file_does_not_hold_is_unknown_and_said_in_both_languages(world):
    row = pair(world, "JP", "KR")
    assert np.isnan(row["share_a"])
    assert row["missing_en"] == "all purchases of Japan in the class are not in the file"
    assert "日本" in row["missing_ja"]
    assert "South Korea" not in row["missing_en"]


def test_a_reporter_that_sells_nothing_to_another_sells_nothing_and_that_is_known(world):
    row = pair(world, "JP", "US")
    assert (row["a_from_b"], row["b_from_a"]) == (0, 10)


def test_one_way_trade_gives_one_direction_and_no_share_of_a_total():
    """Korea's imports from Japan alone: neither all imports of Korea nor all exports of Japan are in them."""
    table = mutual(lines({"code": "848620", "value": 3.0}, {"code": "870323", "value": 9.0}), SMALL)
    row = pair(table, "JP", "KR")
    assert row["b_from_a"] == 3
    assert row[["a_from_b", "share_a", "share_b", "loss_a", "loss_b"]].isna().all()
    assert len(row["missing_en"].split("; ")) == 5
    assert set(table["class"]) == set(GROUPS)


def test_variants_are_the_sums_of_their_classes():
    table = mutual(lines({"code": "848690", "value": 8.0}, {"code": "848620", "value": 4.0}), SMALL)
    found = table.set_index("class")["b_from_a"]
    assert found[["PC_EQUIP", "PC_PARTS", "PC_CONSUMABLE", "PC4", "PC5"]].to_list() == [4, 5, 3, 9, 12]


def test_a_rest_of_the_world_makes_a_reporters_record_whole():
    rows = [sold("JP", "KR", 30.0), sold("JP", "ROW", 90.0)]
    assert pair(mutual(lines(*rows), SMALL, ["JP", "KR"]), "JP", "KR")["loss_a"] == 0.25


def test_the_largest_traders_are_chosen_when_none_is_named():
    rows = [sold("JP", "KR", 30.0), sold("KR", "US", 20.0), sold("US", "FR", 1.0), sold("US", "WLD", 900.0)]
    table = mutual(lines(*rows), SMALL)
    assert set(table["a"]) | set(table["b"]) == {"JP", "KR", "US", "FR"}


@pytest.mark.slow
def test_purchases_are_known_from_the_sellers_when_nearly_all_economies_report():
    sellers = [key for key in keys("countries") if len(key) == 2 and key not in ("XX", "KR")][:NEARLY_ALL]
    rows = [sold(name, "KR", 1.0) for name in sellers]
    known = pair(mutual(lines(*rows), SMALL, ["JP", "KR"]), "JP", "KR")
    fewer = pair(mutual(lines(*rows[:-1]), SMALL, ["JP", "KR"]), "JP", "KR")
    assert known["share_b"] == 1 / NEARLY_ALL
    assert np.isnan(fewer["share_b"])


def test_doubling_all_trade_doubles_values_and_leaves_shares():
    rows = [sold("JP", "KR", 30.0), sold("JP", "WLD", 60.0), sold("KR", "JP", 5.0), sold("KR", "WLD", 50.0)]
    doubled = [row | {"value": 2 * row["value"]} for row in rows]
    once, twice = (mutual(lines(*held), SMALL, ["JP", "KR"]) for held in (rows, doubled))
    columns = ["share_a", "share_b", "loss_a", "loss_b"]
    pd.testing.assert_frame_equal(once[columns], twice[columns])
    assert (2 * once["b_from_a"]).equals(twice["b_from_a"])


def test_economies_that_do_not_trade_with_each_other_are_refused():
    with pytest.raises(DataError, match="DE, FR"):
        mutual(lines({"code": "848620", "value": 1.0}), SMALL, ["DE", "FR"])


def test_a_file_without_any_process_control_goods_between_economies_has_no_pairs():
    assert mutual(lines({"code": "870323", "value": 1.0}), SMALL).empty
