"""Coarse goods are judged as goods: nothing is lost, and no heading is read as one of its codes."""

import pandas as pd
import pytest

from meguri.observe.coarse_classes import heading_map
from meguri.observe.goods_classes import classes_of
from meguri.observe.tradelines import trade_lines
from meguri.structure.coarse_view import classify_coarse, coarse_lines, customs_weights, whole_lines


def lines(goods, flow="export", year=2019, vintage=""):
    rows = [
        {"code": code, "vintage": vintage, "year": year, "flow": flow, "reporter": "JP", "partner": "WLD",
         "value": value, "currency": "JPY"}
        for code, value in goods.items()
    ]  # fmt: skip
    return trade_lines(pd.DataFrame(rows), "user")


def shares(answer):
    return answer.tables["class_shares"].set_index("class")["value"]


def test_all_money_is_allocated_and_an_unknown_good_is_unspecified_and_named():
    goods = {"Semicon Machinery Etc": 60.0, "Motor Vehicles": 30.0, "No such good": 10.0}
    answer = classify_coarse(lines(goods), "japan-goods", draws=20)
    assert shares(answer).sum() == pytest.approx(100)
    assert shares(answer)["UNSPECIFIED"] == pytest.approx(10)
    assert any("No such good" in text for text in answer.tables["class_notes"]["text_en"])


def test_weights_of_every_customs_good_add_to_one_in_either_flow():
    table = customs_weights(["export Machinery (rest)", "import Machinery (rest)", "import Petroleum"])
    assert table.groupby("code")["weight"].sum().tolist() == pytest.approx([1.0, 1.0, 1.0])


def test_goods_have_their_names_again_and_no_number():
    lines_ = classify_coarse(lines({"Ships": 1.0}), "japan-goods", draws=20).tables["class_lines"]
    assert not lines_["code"].str[:1].str.isdigit().any()
    assert lines_["name_ja"].str.contains("船").all()


def test_a_heading_of_1996_keeps_its_own_judgement():
    answer = classify_coarse(lines({"8524": 1.0}, vintage="HS1996"), "wits-hs4", draws=20)
    judged = classes_of(["8524"], heading_map()).set_index("class")["weight"]
    held = shares(answer)
    assert {key: held[key] for key in judged.index} == pytest.approx(judged.to_dict())


def test_a_hidden_heading_stays_unspecified_without_a_remark():
    answer = classify_coarse(lines({"8703": 9.0, "9999": 1.0}, vintage="HS1996"), "wits-hs4", draws=20)
    assert shares(answer)["UNSPECIFIED"] == pytest.approx(1)
    assert "customs_unknown" not in set(answer.tables["class_notes"]["key"])


def test_the_last_year_is_left_out_only_where_it_is_a_part_of_a_year():
    table = pd.concat(
        [lines({"Ships": value}, year=year).table for year, value in ((2024, 10.0), (2025, 4.9))]
    )
    assert set(whole_lines(table)["year"]) == {2024}
    assert set(whole_lines(table.assign(value=5.0))["year"]) == {2024, 2025}


def test_exports_and_imports_of_one_name_are_two_goods():
    both = trade_lines(
        pd.concat([lines({"Machinery (rest)": 1.0}, flow).table for flow in ("export", "import")]), "user"
    )
    named, mapping = coarse_lines(both, "japan-goods")
    assert set(named.table["code"]) == {"export Machinery (rest)", "import Machinery (rest)"}
    assert set(named.table["code"]) <= set(mapping.goods["code"])
