import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from meguri.base.errors import DataError
from meguri.structure.classify import classify
from meguri.structure.decompose import decompose, line_parts
from meguri.structure.mapping import ClassMap
from tests.structure.trade import SMALL, lines

BEC = pd.DataFrame({"code": ["848620", "845811", "848690", "870323"], "bec": ["41", "41", "42", "51"]})
CODES = ("848620", "845811", "848690", "870323", "381800")


@pytest.fixture(scope="module")
def changed():
    """Three years of two partners: lines enter and leave, some without a weight."""
    chance = np.random.default_rng(3)
    rows = []
    for year in (2018, 2019, 2020):
        for partner in ("JP", "US"):
            for code in CODES:
                value, weight = chance.integers(0, 64) / 8, chance.integers(0, 3)
                held = {"year": year, "partner": partner, "code": code, "value": value}
                rows.append(held | {"weight": float(weight) if weight else float("nan")})
    trade = lines(*rows)
    around = ClassMap(SMALL, bec=BEC)
    return classify(trade, around, draws=2).tables, decompose(trade, around, (2018, 2020))


@pytest.mark.parametrize("method", ["value", "price"])
def test_the_parts_add_up_to_the_change_of_every_class_and_variant(changed, method):
    tables, parts = changed
    sums = parts[parts["method"] == method].groupby(["partner", "class"])["value"].sum()
    for name, column in (("class_shares", "class"), ("class_totals", "variant")):
        wide = tables[name].pivot(index=["partner", column], columns="year", values="value")
        change = wide[2020] - wide[2018]
        assert sums.reindex(change.index).fillna(0).to_list() == pytest.approx(change.to_list(), abs=1e-9)


def test_within_and_between_add_up_to_the_change_of_every_share(changed):
    tables, parts = changed
    sums = parts[parts["method"] == "share"].groupby(["partner", "class"])["value"].sum()
    for name, column in (("class_shares", "class"), ("class_totals", "variant")):
        wide = tables[name].pivot(index=["partner", column], columns="year", values="share")
        change = wide[2020] - wide[2018]
        assert sums.reindex(change.index).to_list() == pytest.approx(change.to_list(), abs=1e-12)


def test_shares_gained_by_one_class_are_lost_by_the_others(changed):
    parts = changed[1]
    classes = parts[(parts["method"] == "share") & ~parts["class"].isin(["PC4", "PC5"])]
    assert classes.groupby("partner")["value"].sum().to_list() == pytest.approx([0, 0, 0], abs=1e-12)
    within = classes[classes["part"] == "within"].groupby(["partner", "block"])["value"].sum()
    assert within.to_list() == pytest.approx([0] * len(within), abs=1e-12)


def test_the_classical_view_sees_nothing_when_tools_replace_lathes():
    """Both are capital goods: the whole change lies within them, by hand a quarter of the trade."""
    rows = [("848620", 2018, 1.0), ("845811", 2018, 3.0), ("848620", 2019, 2.0), ("845811", 2019, 2.0)]
    trade = lines(*({"code": code, "year": year, "value": value} for code, year, value in rows))
    parts = decompose(trade, ClassMap(SMALL, bec=BEC)).query("`class` == 'PC4' and method == 'share'")
    assert parts.groupby("part")["value"].sum().to_dict() == {"within": 0.25, "between": 0.0}
    assert parts.loc[parts["value"] != 0, "block"].to_list() == ["capital"]


def test_a_classical_class_that_was_not_traded_before_changes_shares_between_only():
    rows = [("870323", 2018, 4.0), ("870323", 2019, 3.0), ("848620", 2019, 1.0)]
    trade = lines(*({"code": code, "year": year, "value": value} for code, year, value in rows))
    parts = decompose(trade, ClassMap(SMALL, bec=BEC)).query("`class` == 'PC4' and method == 'share'")
    assert parts.groupby("part")["value"].sum().to_dict() == {"within": 0.0, "between": 0.25}


def test_a_year_without_any_trade_has_values_that_changed_and_no_share():
    rows = [("848620", 2018, 0.0), ("848620", 2019, 4.0)]
    trade = lines(*({"code": code, "year": year, "value": value} for code, year, value in rows))
    parts = decompose(trade, ClassMap(SMALL, bec=BEC)).query("`class` == 'PC4'")
    assert set(parts["method"]) == {"value", "price"}
    assert parts.groupby("method")["value"].sum().to_dict() == {"price": 4.0, "value": 4.0}


money = arrays(float, (4, 2), elements=st.integers(0, 400).map(lambda n: n / 8))


@given(money, money)
def test_the_parts_of_every_line_add_up_to_its_change(value, weight):
    parts = line_parts(value, np.where(weight > 40, np.nan, weight))
    assert parts.sum(axis=1).to_list() == pytest.approx((value[:, 1] - value[:, 0]).tolist(), abs=1e-9)


@given(money, money)
def test_turning_time_round_turns_the_sign_of_price_and_quantity(value, weight):
    """Midpoint weights know no base year, unlike Laspeyres or Paasche."""
    there, back = line_parts(value, weight), line_parts(value[:, ::-1], weight[:, ::-1])
    for name in ("price", "quantity", "unsplit"):
        assert there[name].to_list() == pytest.approx((-back[name]).to_list(), abs=1e-9)
    assert there["entered"].to_list() == (-back["left"]).to_list()


def test_a_doubled_weight_at_the_same_unit_value_is_all_quantity():
    parts = line_parts(np.array([[50.0, 100.0]]), np.array([[5.0, 10.0]])).iloc[0]
    assert (parts["price"], parts["quantity"]) == (0, 50)


@pytest.mark.slow
def test_a_number_that_holds_other_goods_in_a_newer_edition_has_left_and_entered():
    """847989 lost the chip machines in 2007; the sum of the parts is exact all the same."""
    rows = [("847989", "HS2002", 2006, 8.0), ("847989", "HS2017", 2018, 8.0)]
    rows += [("870323", "HS2002", 2006, 1.0), ("870323", "HS2017", 2018, 3.0)]
    held = pd.DataFrame(rows, columns=["code", "vintage", "year", "value"]).assign(weight=1.0)
    trade = lines(*held.to_dict("records"))
    parts = decompose(trade, SMALL).query("method == 'price'")
    sums = parts.pivot_table(index="class", columns="part", values="value", aggfunc="sum")
    assert sums.at["PC4", "left"] < 0
    assert sums.loc["PC4", ["price", "quantity", "entered", "unsplit"]].to_list() == [0, 0, 0, 0]
    assert sums.loc["FINISHED", ["price", "quantity"]].sum() == 2  # the car is one line in both editions


def test_one_year_alone_has_no_change():
    with pytest.raises(DataError, match="2018"):
        decompose(lines({"code": "848620", "value": 1.0}), SMALL)


def test_a_year_that_the_file_does_not_hold_is_named_with_those_it_does():
    trade = lines(*({"code": "848620", "value": 1.0, "year": year} for year in (2018, 2020)))
    with pytest.raises(DataError, match=r"2019.*2018, 2020"):
        decompose(trade, SMALL, (2018, 2019))
