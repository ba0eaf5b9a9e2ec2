"""Thrift that stays, a fall of demand taken apart with its residual, and the thesis scored openly."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import ModelError
from meguri.observe.harmonise import Interval
from meguri.observe.mining import production
from meguri.observe.trade import trade
from meguri.respond.thesis import thesis_counts, thesis_table, verdict
from meguri.respond.thrift import (
    decomposition,
    demand_series,
    designed_in,
    induced_thrift,
    magnet_split,
    split_use,
    technology_gap,
    thrift_by_law,
)
from meguri.scenario.read import read_scenario
from meguri.shock.price_path import Response, market_path
from meguri.structure.chain import Chain

PLAIN = Response(0.2, 0.3, 0.0, 0.0, 0.1, 50.0, 0.1, 0.25, 2.0, 3.0)
shares = st.lists(st.integers(1, 16).map(lambda n: n / 8), min_size=1, max_size=36).map(np.array)
amounts = st.floats(0.5, 1e4)


@given(shares)
def test_thrift_never_reverses_and_never_saves_less_than_the_law_of_the_shock(share):
    use = induced_thrift(share, PLAIN)
    assert (np.diff(use) <= 0).all()
    assert (use <= market_path(share, PLAIN).use).all()
    assert (use >= PLAIN.served).all()


@given(shares, st.floats(0, 1), st.floats(0, 1))
def test_the_more_is_designed_in_the_less_comes_back(share, kept, more):
    use = market_path(share, PLAIN).use
    low, high = sorted((kept, more))
    assert (designed_in(use, high) <= designed_in(use, low) + 1e-12).all()
    np.testing.assert_array_equal(designed_in(use, 0.0), use)


def test_thrift_comes_with_a_lag_and_stays_when_the_price_is_back():
    share = np.array([1.0, 0.5, 0.5, 0.5, *[1.2] * 24])
    use = induced_thrift(share, PLAIN)
    assert use[:2].tolist() == [1.0, 1.0]  # the short month itself saves nothing yet
    assert use[2] == pytest.approx(4.0 ** (-0.25 / 2))  # price 4, half of the way after a month
    assert use[-1] == use[4:].min() < 0.82
    assert market_path(share, PLAIN).use[-1] > 0.99  # the law by itself would call it back


@pytest.mark.parametrize(("series", "first", "last"), [("doc-002", 2007, 2011), ("jsnm", 2007, 2012)])
def test_terms_and_residual_add_up_to_the_change(series, first, last):
    table = decomposition(series, first, last).set_index("term")
    parts = table.drop(index="change")
    assert {"thrift", "lost_output", "moved", "stocks", "residual"} == set(parts.index)
    assert parts["mode"].sum() == pytest.approx(table.at["change", "mode"])
    assert parts["share"].sum() == pytest.approx(1)
    assert (parts["low"] <= parts["mode"]).all()
    assert (parts["mode"] <= parts["high"]).all()
    terms = parts.drop(index="residual")
    assert table.at["residual", "low"] == pytest.approx(table.at["change", "low"] - terms["high"].sum())
    assert table.at["residual", "high"] == pytest.approx(table.at["change", "high"] - terms["low"].sum())


def test_the_printed_fall_is_35_percent_and_most_of_it_is_not_explained_by_thrift_alone():
    table = decomposition("doc-002", 2007, 2011).set_index("term")
    assert table.at["change", "mode"] == -12_000  # 34 to 22 kt
    assert round(table.at["change", "relative"], 2) == -0.35  # C18
    assert 0 < table.at["thrift", "share"] < 0.5
    assert table.at["residual", "grade"] == "assumed"
    assert (table["source"] != "").all()


def test_demand_of_2012_was_under_20_kt_and_series_of_two_sources_are_kept_apart():
    assert demand_series("jsnm").set_index("year").at[2012, "value"] == 14_470
    assert demand_series("doc-002").set_index("year").at[2012, "value_high"] == 20_000
    for years in ((2007, 2012), (1999, 2011)):
        with pytest.raises(ModelError, match="demand_terms"):
            decomposition("doc-002", *years)


def test_the_documents_own_table_shows_fewer_magnets_and_no_thrift_within_them_until_2012():
    table = magnet_split().set_index("item")
    assert (table["per_magnet"] >= 0).all()
    assert (table["magnets"] < 0).all()
    assert (table["per_magnet"] + table["magnets"]).tolist() == pytest.approx(table["change"].tolist())
    assert table.at["dy", "change"] == -200  # 700 to 500 t


@given(amounts, amounts, amounts, amounts, st.sampled_from([0.5, 2.0, 1000.0]))
def test_a_split_is_exact_and_no_share_depends_on_the_unit(use0, made0, use1, made1, times):
    parts = split_use((use0, made0), (use1, made1))
    assert sum(parts) == pytest.approx(use1 - use0, rel=1e-9, abs=1e-6)
    scaled = split_use((use0 * times, made0), (use1 * times, made1))
    assert scaled == pytest.approx(tuple(times * part for part in parts), rel=1e-6, abs=1e-6)


def test_nothing_used_cannot_be_split():
    with pytest.raises(ModelError, match="above 0"):
        split_use((0.0, 1.0), (1.0, 1.0))


def test_by_the_law_a_wider_shortage_of_one_more_year_saves_no_less():
    one, two = (thrift_by_law("2010-rare-earths", year) for year in (2011, 2012))
    assert two.mode >= one.mode > 0
    assert (two.span.low, two.span.high) >= (one.span.low, one.span.high)
    assert thrift_by_law("2010-rare-earths", 2010).mode < one.mode


def test_a_quota_widens_the_gap_to_the_side_of_those_who_are_controlled():
    table = technology_gap(Chain.example("ndfeb-japan@2009"), read_scenario("2010-rare-earths"))
    last = table[table["month"] == table["month"].max()].set_index(["element", "form"])
    assert (last["outside"] < last["inside"]).all()
    assert last.loc[("Dy", "oxide"), "gap"] == pytest.approx(
        last.loc[("Dy", "oxide"), "outside"] / last.loc[("Dy", "oxide"), "inside"] - 1
    )


def test_the_thesis_is_right_on_need_and_wrong_on_competitiveness():
    table = thesis_table().set_index("test")["verdict"]
    assert (table["need-2012"], table["need-stays"]) == ("hit", "hit")
    assert (table["made-at-home"], table["china-weaker"]) == ("miss", "miss")  # N27
    assert (table["dy-content"], table["technology-gap"]) == ("unverifiable", "unverifiable")


def test_typed_shares_falls_and_mine_output_are_those_of_the_packaged_sources():
    bought = trade(["280530", "284610", "284690"], years=[2007, 2010, 2012, 2024], importer="JP")
    tonnes = bought.groupby(["year", "code"])["quantity_t"].sum()
    assert [round(tonnes[year, "284610"]) for year in (2007, 2012)] == [10_335, 6_699]
    china = bought[bought["exporter"] == "CN"].groupby("year")["quantity_t"].sum()
    typed = demand_series("cn-share").set_index("year")["value"]
    whole = bought.groupby("year")["quantity_t"].sum()
    assert [round(float(china[year] / whole[year]), 3) for year in typed.index] == typed.tolist()
    mines = production("REO", stage="ore", year=2014, source="bgs-wms")
    abroad = mines.loc[(mines["kind"] == "country") & (mines["country"] != "CN"), "amount"].sum()
    assert demand_series("supply-abroad")["value"].tolist() == [round(abroad)]


def test_sides_are_counted_apart_and_no_column_adds_them_up():
    counts = thesis_counts(thesis_table())
    assert counts.columns.tolist() == ["side", "hit", "miss", "unverifiable"]
    assert set(counts["side"]) == {"need", "price", "supply", "competitiveness"}
    assert counts[["hit", "miss", "unverifiable"]].to_numpy().sum() == len(thesis_table())


ends = st.tuples(st.floats(-10, 10), st.floats(-10, 10)).map(lambda pair: Interval(min(pair), max(pair)))


@given(ends, ends)
def test_a_claim_and_its_opposite_never_both_hit_and_overlap_decides_nothing(seen, wanted):
    pair = {verdict(seen, wanted, "below"), verdict(seen, wanted, "above")}
    assert pair in ({"hit", "miss"}, {"unverifiable"})
    assert (pair == {"unverifiable"}) == seen.overlaps(wanted)


def test_without_its_series_a_claim_cannot_be_judged_and_says_what_would_decide():
    empty = thesis_table(series=pd.DataFrame(demand_series("jsnm").iloc[:0]))
    assert empty["verdict"].eq("unverifiable").all()
    assert (empty["decided_by_en"] != "").all()
