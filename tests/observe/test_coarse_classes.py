"""Coarse goods: complete against the sets they describe, adding up, and wider than the codes below them."""

import os
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.coarse_classes import coarse_goods, coarse_map, heading_map
from meguri.observe.goods_classes import PC5, class_map, classes_of

SETS = ("japan-goods", "japan-imports", "wits-hs4")
FOLDER = Path(os.environ.get("MEGURI_DATA", ""))
GOODS = FOLDER / "japan-trade-by-goods" / "derived" / "japan_trade_area_goods_year.parquet"
WITS = FOLDER / "wits-hs4-exports" / "derived" / "hs4_exports_world_1997_2019.parquet"


@pytest.mark.parametrize("name", SETS)
def test_weights_of_a_good_sum_to_one_within_ranges_that_allow_it(name):
    table = coarse_map(name)
    sums = table.groupby(["goods", "part"])[["weight", "low", "high"]].sum()
    assert sums["weight"].sub(1).abs().max() < 1e-9
    assert ((table["low"] <= table["weight"]) & (table["weight"] <= table["high"])).all()
    assert (sums["low"] <= 1 + 1e-9).all() and (sums["high"] >= 1 - 1e-9).all()


@pytest.mark.parametrize("name", SETS)
def test_every_good_has_classes_and_every_parent_is_a_good(name):
    goods = coarse_goods(name)
    known = set(goods["goods"])
    assert set(goods["parent"]) - {""} <= known
    judged = set(coarse_map(name)["goods"])
    assert judged <= known
    summed = set(goods["parent"])  # a good shown only through its parts needs no weights of its own
    whole = {good for good in known - judged if good not in summed}
    inside = goods.set_index("goods")["parent"]
    assert {good for good in whole if inside[good] not in judged} == set()


def test_a_good_with_parts_is_judged_by_its_rest():
    goods, rows = coarse_goods("japan-imports"), coarse_map("japan-imports")
    parents = set(goods["parent"]) - {""}
    assert set(rows.loc[rows["part"] == "rest", "goods"]) == parents


def test_an_unknown_set_is_named_with_a_suggestion():
    with pytest.raises(DataError, match="Did you mean japan-imports"):
        coarse_map("japan-import")


def test_headings_whose_number_means_other_goods_today_keep_their_old_meaning():
    rows = classes_of(["8485", "8524"], heading_map())
    assert rows.loc[rows["code"] == "8485", "reason_en"].str.contains("Bellows").all()
    assert rows.loc[rows["code"] == "8524", "class"].tolist() == ["FINISHED", "RESIDUAL"]


def test_a_heading_is_never_read_as_one_of_its_codes():
    table = heading_map()
    assert set(table["code"].str.len()) == {2, 4}
    assert table.groupby("code")["weight"].sum().sub(1).abs().max() < 1e-9
    assert list(table.columns) == list(class_map().columns)


def test_a_judged_heading_lies_between_the_least_and_the_most_of_its_codes():
    """The mix of a heading is unknown, but it cannot be more process-control than its purest code; where
    chip machines stood before 2007, heading 8486 counts as one of its codes."""
    codes, heads = class_map(), coarse_map("wits-hs4")
    moved = {"8456", "8464", "8479", "8514", "8543", "9010", "9017", "8424", "8428", "8515", "8477", "8466"}
    share = codes[codes["class"].isin(PC5)].groupby("code")["weight"].sum()
    every = share.reindex(codes["code"].unique(), fill_value=0.0)
    whole = heads[heads["class"].isin(PC5)].groupby("goods")["weight"].sum()
    away = []
    for heading, value in whole.items():
        inside = every[every.index.str.startswith(str(heading))]
        most = 1.0 if heading in moved else inside.max() if len(inside) else 1.0
        if heading not in ("8485", "8524") and value > most + 1e-9:
            away.append((heading, value, most))
    assert away == []


@pytest.mark.data
@pytest.mark.skipif(not GOODS.is_file(), reason="needs japan-trade-by-goods under MEGURI_DATA")
@pytest.mark.parametrize(("name", "flow"), [("japan-goods", "export"), ("japan-imports", "import")])
def test_the_customs_goods_are_all_there_and_no_part_exceeds_its_whole(name, flow):
    table = pd.read_parquet(GOODS, filters=[("ex_im", "==", flow), ("area", "==", "Grand Total")])
    tree = coarse_goods(name).set_index("goods")["parent"]
    assert set(table["goods"]) - {"Grand Total"} == set(tree.index)
    values = table.pivot_table(index="year", columns="goods", values="value", aggfunc="sum")
    values = values[values.index <= 2025]
    sections = values[[good for good, parent in tree.items() if parent == ""]].sum(axis=1)
    assert (sections / values["Grand Total"]).sub(1).abs().max() < 1e-6
    for parent in set(tree) - {"", "Audio & Visual Apparatus"}:  # renamed within 2017, half a year each
        parts = values[[good for good, of in tree.items() if of == parent]].sum(axis=1)
        assert (parts <= values[parent].fillna(float("inf")) * (1 + 1e-6)).all(), parent


@pytest.mark.data
@pytest.mark.skipif(not WITS.is_file(), reason="needs wits-hs4-exports under MEGURI_DATA")
def test_every_heading_of_1996_finds_a_row():
    headings = pd.read_parquet(WITS, columns=["hs4_1996"])["hs4_1996"].unique()
    found = classes_of(headings, heading_map())
    assert found.groupby("code")["weight"].sum().sub(1).abs().max() < 1e-9
    odd = found.loc[found["class"] == "UNSPECIFIED", "code"]
    assert all(code[:2] in ("77", "98", "99") or not code.isdigit() for code in odd)
