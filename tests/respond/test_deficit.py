"""The printed deficit of dysprosium, and interval arithmetic that is exact."""

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import ModelError
from meguri.observe.harmonise import Interval
from meguri.respond.deficit import Amount, answer_deficit, closing, deficit_table
from meguri.respond.deficit_parts import chain_sides, document_parts, library_parts, scenario_deficit
from meguri.respond.measures import load_measures
from meguri.scenario.read import read_scenario
from meguri.structure.chain import Chain


def parts_of(*rows: tuple) -> pd.DataFrame:
    """Table of parts: name, role, low, high, year ready."""
    table = [
        {
            "part": name, "element": "X", "role": role, "label_en": name, "label_ja": name,
            "value_low": low, "value_high": high, "unit": "1" if role == "factor" else "t/a", "ready": ready,
            "grade": "assumed",
        }
        for name, role, low, high, ready in rows
    ]  # fmt: skip
    more = dict.fromkeys(("value", "ready_low", "ready_high"), math.nan)
    return pd.DataFrame(table).assign(**more, source="", note="")


def after(table: pd.DataFrame, part: str) -> list[float]:
    return [round(float(table.set_index("part").at[part, end]), 6) for end in ("low", "high")]


def test_thrift_leaves_140_to_390_t_of_dysprosium_and_circulation_does_not_close_it():
    table = deficit_table(document_parts("Dy"))
    assert after(table, "balance") == [440, 540]  # need 500-600 t against 60 t
    assert after(table, "thrift") == [140, 390]  # C15: need falls to 200-450 t
    assert after(table, "circulation") == [110, 386]  # 4-30 t more
    assert table.set_index("part").loc[["balance", "thrift", "circulation"], "closes"].tolist() == ["no"] * 3
    assert round(float(table.set_index("part").at["thrift", "mode"])) == 306 - 60


def test_the_source_that_may_close_the_rest_is_named_with_its_year_and_nothing_closes_it_for_sure():
    table = deficit_table(document_parts("Dy"))
    assert closing(table) == ""
    named = table.set_index("part").loc[closing(table, "possible")]
    assert named.name == "second-source"
    assert named["ready"] == pytest.approx(2025.8)
    assert named["low"] <= 0 < named["high"]


def test_what_delivers_in_2025_brings_nothing_to_a_plan_that_ends_in_2014():
    table = deficit_table(document_parts("Dy"), by=2014).set_index("part")
    brought = table.loc[["hree-free", "second-source", "third-source"], ["added_low", "added_high"]]
    assert (brought.to_numpy() == 0).all()
    assert table["closes"].eq("no").all()


def test_neodymium_needs_no_measure_at_all():
    table = deficit_table(document_parts("Nd"))
    assert after(table, "balance") == [-7000, -6000]  # C13: 6-7 kt are left over
    assert closing(table) == "balance"


def test_a_hand_worked_case_names_the_measure_that_closes_the_rest():
    parts = parts_of(
        ("need", "need", 100, 120, math.nan), ("supply", "supply", 10, 10, math.nan),
        ("save", "factor", 0.5, 0.5, 2026), ("mine", "add", 50, 60, 2035), ("scrap", "add", 5, 10, 2027),
    )  # fmt: skip
    table = deficit_table(parts)
    assert table["part"].tolist() == ["balance", "save", "scrap", "mine"]
    assert [after(table, name) for name in table["part"]] == [[90, 110], [40, 50], [30, 45], [-30, -5]]
    assert closing(table) == "mine"
    assert answer_deficit(table)["closes"].unique().tolist() == ["mine"]
    assert answer_deficit(table)["step"].tolist() == ["balance", "save", "scrap", "mine"]
    assert closing(deficit_table(parts, by=2030)) == ""


@pytest.mark.slow
def test_the_library_closes_by_the_same_table_with_its_own_lead_times():
    chain = Chain.example("ndfeb-japan@2024")
    parts = library_parts(load_measures(chain), chain, "Dy", decided=2012)
    assert not parts["part"].str.startswith("stock:").any()  # stocks buy time and close no yearly deficit
    sides = document_parts("Dy").query("role in ('need', 'supply')")
    table = deficit_table(pd.concat([sides, parts], ignore_index=True), by=2014).set_index("part")
    mine = table.loc["coinvest-hree-mine"]
    assert mine["ready_low"] > 2014
    assert (mine["added_low"], mine["added_mode"], mine["added_high"]) == (0, 0, 0)
    assert (table["mode"] > 0).all()  # nothing closes it by 2014 but the luckiest end of every range
    assert closing(table.reset_index()) == ""
    assert library_parts(load_measures(chain), chain, "W", decided=2012).empty


@pytest.mark.slow
def test_a_scenario_names_the_element_on_which_most_is_spent_and_measures_close_its_deficit_by_the_modes():
    chain = Chain.example("ndfeb-japan@2024")
    scenario = read_scenario("2025-medium-heavy-rare-earths")
    library = load_measures(chain)
    table = scenario_deficit(chain, scenario, library, 2025)
    assert table.equals(scenario_deficit(chain, scenario, library, 2025, element="Dy"))
    assert closing(table) == ""
    assert closing(table, "mode") == "thrift-dy"
    assert scenario_deficit(chain, scenario, library, 2025, element="W").empty


def test_a_deficit_without_a_supply_is_refused_and_says_what_to_do():
    with pytest.raises(ModelError, match="0 where there is none"):
        deficit_table(parts_of(("need", "need", 1, 2, math.nan)))


spans = st.tuples(st.integers(0, 800), st.integers(0, 800)).map(lambda ends: sorted(x / 8 for x in ends))
shares = st.tuples(st.integers(0, 8), st.integers(0, 8)).map(lambda ends: sorted(x / 8 for x in ends))
cases = st.tuples(spans, spans, shares, st.lists(spans, max_size=3))


def case_table(case: tuple, times: float = 1.0) -> pd.DataFrame:
    need, supply, factor, more = case
    rows = [("need", "need", *need, math.nan), ("supply", "supply", *supply, math.nan)]
    rows += [(f"m{i}", "add", *span, 2020 + i) for i, span in enumerate(more)]
    scaled = [(name, role, low * times, high * times, ready) for name, role, low, high, ready in rows]
    return deficit_table(parts_of(*scaled, ("save", "factor", *factor, 2019)))


def test_thrift_saves_of_what_others_deliver_too_and_each_corner_is_reached():
    parts = parts_of(
        ("need", "need", 80, 100, math.nan), ("met", "met", 20, 40, math.nan),
        ("supply", "supply", 0, 0, math.nan), ("save", "factor", 0.5, 0.75, 2026),
    )  # fmt: skip
    table = deficit_table(parts)
    assert after(table, "balance") == [80, 100]
    assert after(table, "save") == [80 * 0.5 - 40 * 0.5, 100 * 0.75 - 20 * 0.25]


def test_a_chain_gives_both_sides_by_country_and_china_and_the_rest_add_up_to_all_imports():
    chain = Chain.example("ndfeb-japan@2024")
    from_china, from_none = (chain_sides(chain, "Dy", ["JP"], by).set_index("role") for by in ("CN", "XX"))
    assert from_none.at["need", "value"] == 0
    total = from_china.loc[["need", "met"], "value"].sum()
    assert from_none.at["met", "value"] == pytest.approx(total)
    assert from_china.at["need", "value"] > 0
    table = deficit_table(from_china.reset_index())
    assert table["mode"].iloc[0] == pytest.approx(from_china.at["need", "value"])


@given(cases, st.lists(st.integers(0, 8), min_size=6, max_size=6))
def test_every_choice_within_the_ranges_lies_within_the_deficit_and_both_ends_are_reached(case, weights):
    need, supply, factor, more = case

    def at(span, weight):
        return span[0] + (span[1] - span[0]) * weight / 8

    picked = [at(span, w) for span, w in zip((need, supply, factor, *more), weights, strict=False)]
    last = case_table(case).iloc[-1]
    short = picked[0] * picked[2] - picked[1] - sum(picked[3:])
    assert last["low"] <= short <= last["high"]
    assert last["low"] == need[0] * factor[0] - supply[1] - sum(span[1] for span in more)
    assert last["high"] == need[1] * factor[1] - supply[0] - sum(span[0] for span in more)


@given(cases)
def test_doubling_all_amounts_doubles_the_deficit_and_changes_no_verdict(case):
    once, twice = case_table(case), case_table(case, times=2)
    assert (twice[["low", "mode", "high"]] == 2 * once[["low", "mode", "high"]]).all(axis=None)
    assert twice["closes"].tolist() == once["closes"].tolist()


@given(cases)
def test_no_measure_ever_makes_the_deficit_worse(case):
    table = case_table(case)
    for end in ("low", "mode", "high"):
        assert (table[end].diff().dropna() <= 1e-9).all()


def test_an_amount_has_the_interval_of_its_parts():
    product = Amount.of(2, 3, 4) * Amount.of(0.5, 0.75, 1)
    assert (product.span, product.mode) == (Interval(1, 4), 2.25)
