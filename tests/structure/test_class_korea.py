"""Real trade: Korea's imports from Japan, all HS6 (UN Comtrade; needs MEGURI_DATA)."""

import os
from pathlib import Path

import pandas as pd
import pytest

from meguri.observe.goods_classes import PC4
from meguri.observe.tradefile import read_trade
from meguri.structure.class_lines import compare_goods
from meguri.structure.classify import classify
from meguri.structure.decompose import decompose
from meguri.structure.goods_scores import goods_evidence, score_goods
from meguri.structure.mapping import CLASSES, ClassMap
from meguri.structure.mutual import mutual

HOME = Path(os.environ.get("MEGURI_DATA", ""))
KOREA = HOME / "korea-2019-controls" / "derived" / "korea_imports_from_japan_hs6_2018_2020.parquet"
pytestmark = [
    pytest.mark.data,
    pytest.mark.slow,
    pytest.mark.skipif(not KOREA.is_file(), reason="needs korea-2019-controls under MEGURI_DATA"),
]


@pytest.fixture(scope="module")
def korea():
    return read_trade("korea-from-japan", HOME)


@pytest.fixture(scope="module")
def tables(korea):
    return classify(korea, ClassMap.packaged(), draws=200).tables


def test_54_6_billion_dollars_are_allocated_in_full(tables):
    """The catalogue of the data prints 54.6, 47.6 and 46.0 bn USD for 2018 to 2020."""
    shares = tables["class_shares"]
    sums = shares.groupby("year")[["value", "share"]].sum()
    assert (sums["value"] / 1e9).round(1).to_dict() == {2018: 54.6, 2019: 47.6, 2020: 46.0}
    assert sums["share"].to_list() == pytest.approx([1, 1, 1], abs=1e-12)
    assert shares.groupby("year").size().eq(len(CLASSES)).all()


def test_the_largest_line_is_chip_machines(tables):
    """848620: 3.84 bn USD in 2018, as the catalogue prints."""
    top = tables["class_lines"].query("year == 2018").sort_values("value").iloc[-1]
    assert (top["code"], top["class"], round(top["value"] / 1e9, 2)) == ("848620", "PC_EQUIP", 3.84)
    assert top["reason_en"]
    assert top["reason_ja"]


def test_every_share_lies_in_or_next_to_its_band_and_the_band_is_not_nothing(tables):
    totals = tables["class_totals"]
    assert (totals["p90"] - totals["p10"] > 0.01).all()
    assert ((totals["p10"] <= totals["share"]) & (totals["share"] <= totals["p90"])).all()


def test_capital_goods_hold_process_control_and_general_machines_alike(tables):
    cells = tables["class_baseline"].query("year == 2018 and bec == 'capital'").set_index("class")
    assert cells["share_of_bec"].sum() == pytest.approx(1)
    inside = cells.loc[cells.index.isin(PC4), "share_of_bec"].sum()
    assert 0.2 < inside < 0.8
    assert cells.at["GENERAL_PURPOSE", "share_of_bec"] > 0.1


def test_the_fall_of_2019_is_less_equipment_by_weight_and_within_capital_goods(korea):
    parts = decompose(korea, ClassMap.packaged(), (2018, 2019)).query("`class` == 'PC_EQUIP'")
    by_part = parts.groupby(["method", "part"])["value"].sum()
    assert by_part["price", "quantity"] < 0
    assert by_part["share", "within"] < by_part["share", "between"] < 0


def test_one_way_trade_says_what_it_does_not_hold(korea, tables):
    row = mutual(korea, ClassMap.packaged(), year=2018).set_index("class").loc["PC4"]
    total = tables["class_totals"].query("year == 2018 and variant == 'PC4'")["value"].iloc[0]
    assert row["b_from_a"] == pytest.approx(total)
    assert pd.isna(row["a_from_b"])
    assert "what Japan buys from South Korea is not in the file" in row["missing_en"]


def test_a_threading_machine_and_a_deposition_tool_land_apart_by_map_and_by_scores():
    """AC1.3 on real evidence: both are capital goods; the first can be replaced after some adjustment."""
    codes = ["845970", "848620"]
    around = ClassMap.packaged(scores=score_goods(goods_evidence(HOME, codes)))
    rows = compare_goods(codes, around).drop_duplicates("code").set_index("code")
    assert rows["bec"].to_list() == ["capital", "capital"]
    assert rows["class"].to_list() == rows["vote"].to_list() == ["GENERAL_PURPOSE", "PC_EQUIP"]
    assert "can take its place after some time of adjustment" in rows.at["845970", "vote_reason_en"]
    assert "一定の調整期間" in rows.at["845970", "vote_reason_ja"]
    assert "would have to be requalified" in rows.at["848620", "vote_reason_en"]


def test_the_scores_alone_do_not_tell_a_machining_centre_from_a_deposition_tool():
    """Control lists name both: the map overrides with its reason, and the vote is printed beside it."""
    codes = ["845710"]
    around = ClassMap.packaged(scores=score_goods(goods_evidence(HOME, codes)))
    row = compare_goods(codes, around).iloc[0]
    assert (row["class"], row["vote"]) == ("GENERAL_PURPOSE", "PC_EQUIP")
    assert "adjustment" in row["reason_en"]
    assert row["vote_weight"] < 1
