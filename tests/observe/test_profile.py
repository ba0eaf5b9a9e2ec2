import re

import pandas as pd
import pytest

from meguri.base.sources import sources
from meguri.base.terms import keys
from meguri.observe.controls import controls
from meguri.observe.prices import prices
from meguri.observe.profile import capability, hosts, stage_reasons, uses

JAPANESE = re.compile(r"[ぁ-んァ-ヶ一-龠]")
TABLES = {"hosts": hosts(), "uses": uses(), "capability": capability(), "reasons": stage_reasons()}
# METHODS 2.1 lists these pairs by name; a missing one would let supply answer to the wrong industry
COUPLED = {
    ("Hf", "Zr"), ("Ga", "Al"), ("Ge", "Zn"), ("Ge", "lignite"), ("In", "Zn"), ("Co", "Cu"), ("Co", "Ni"),
    ("Ru", "Pt"), ("V", "Fe"), ("Ta", "Sn"), ("Ta", "Li"), ("Dy", "REO"), ("Tb", "REO"), ("Pd", "Ni"),
    ("Pd", "Pt"),
}  # fmt: skip


def test_the_whole_list_of_by_product_couplings_is_there():
    table = hosts()
    assert set(zip(table["element"], table["host"], strict=True)) >= COUPLED
    hafnium = table[(table["element"] == "Hf") & table["share"].notna()].iloc[0]
    assert "nuclear-grade" in hafnium["process_en"] and "原子力級" in hafnium["process_ja"]


def test_shares_of_one_element_never_claim_more_than_all_of_its_supply():
    least = hosts().groupby("element")["share_low"].sum(min_count=1).dropna()
    assert (least <= 1 + 1e-9).all()
    split = hosts().groupby("element")["share"].agg(["sum", "count", "size"])
    whole = split[(split["count"] == split["size"]) & (split["size"] > 1)]
    assert whole.loc["V", "sum"] == pytest.approx(1.0), "18 + 70 + 12 % as the source prints"
    assert (whole["sum"] <= 1 + 1e-9).all()


@pytest.mark.parametrize("name", TABLES)
def test_every_row_has_a_source_and_speaks_both_languages(name):
    table = TABLES[name]
    keys = {key for cell in table["source"] for key in cell.split("|")}
    assert keys <= set(sources()["source"]), keys - set(sources()["source"])
    assert table["grade"].ne("").all()
    for column in [c for c in table if c.endswith("_en")]:
        other = table[f"{column[:-3]}_ja"]
        given = table[column].ne("")
        assert other[given].ne("").all() and other[~given].eq("").all(), column
        sentences = given & table[column].str.split().str.len().ge(5)
        assert other[sentences].str.contains(JAPANESE).all(), column


def test_what_is_assumed_carries_a_range():
    assumed = capability().query("grade == 'assumed'")
    assert assumed[["rebuild_low", "rebuild_high", "cost_low", "cost_high"]].notna().all(axis=None)
    assert hosts().query("grade == 'assumed'")[["share_low", "share_high"]].notna().all(axis=None)


def test_cost_always_says_in_what_and_for_how_much():
    table = capability()
    costed = table[table["cost_high"].notna()]
    assert costed["cost_unit"].isin(keys("cost_units")).all()
    assert (table["rebuild_low"].fillna(0) <= table["rebuild_high"].fillna(0)).all()


def test_the_last_ingot_of_magnesium_in_japan_is_that_of_the_series():
    from meguri.observe.mining import production

    series = production("Mg", "metal", source="bgs-wms").query("country == 'JP' and amount > 0")
    lost = capability("Mg").query("economy == 'JP' and source == 'bgs-wms'").iloc[0]
    assert int(lost["last_year"]) == series["year"].max() == 1994
    assert "3,000 t in 1994" in lost["text_en"]
    assert series.loc[series["amount"].idxmax(), ["year", "amount"]].tolist() == [1990, 12843]


@pytest.mark.parametrize(("element", "stage"), [("Ge", "refining"), ("Nb", "alloy"), ("W", "ore")])
def test_other_lost_stages_of_japan_end_with_their_series_too(element, stage):
    from meguri.observe.mining import production

    series = production(element, stage, source="bgs-wms").query("country == 'JP' and amount > 0")
    lost = capability(element).query("economy == 'JP' and status == 'lost' and stage == @stage").iloc[0]
    assert int(lost["last_year"]) == series["year"].max()


def test_reason_codes_of_document_001():  # AC2.5
    assert set(stage_reasons("Mg")["code"]) == {"energy_cost", "offshoring"}
    separation = stage_reasons("Nd").query("stage == 'separation'")
    assert "environment" in set(separation["code"]) and separation.iloc[0]["line"] == 36


def test_uses_of_the_eu_add_to_one_where_the_source_is_complete():
    eu = uses().query("source == 'ec-crm-2023-uses'").groupby("element")["share"].sum()
    assert eu.drop(["In", "Co", "Pr", "W"]).sub(1).abs().max() < 0.0051
    assert eu["In"] == pytest.approx(0.90), "as printed: 10 points are missing, ITO is printed 0 %"


def test_each_metal_has_a_price_and_the_unit_is_as_printed():
    metals = ["Ru", "Hf", "Zr", "Ta", "W", "Co", "Nb", "V", "Nd", "Dy", "Tb", "Pr", "Sm", "In", "Pd", "Pt"]
    metals += ["Ga", "Ge", "Mg", "Ni", "Li", "C", "Te", "Bi", "Mo", "Sb"]
    assert [metal for metal in metals if prices(metal).empty] == []
    ruthenium = prices("Ru").set_index("date").loc["2024"]
    assert (ruthenium["price"], ruthenium["unit"]) == (451.02, "USD/ozt")
    hafnium = prices("Hf").set_index("date")["price"]
    assert hafnium["2021"] == 781 and hafnium["2023"] == 6130


@pytest.mark.parametrize(
    ("element", "on", "expected"),
    [
        ("Co", "2025-03-01", "cd-co-suspension-2025"),
        ("Co", "2025-11-01", "cd-co-quota-2025"),
        ("Co", "2026-06-01", "cd-co-quota-2026"),
        ("Ni", "2015-06-01", "id-ni-ban-2014"),
        ("Ni", "2024-01-01", "id-ni-ban-2020"),
        ("Ga", "2025-06-01", "cn-us-ga-ge-sb-2024"),
        ("Li", "2024-01-01", "zw-li-ban-2022"),
    ],
)
def test_controls_outside_china_and_their_days(element, on, expected):
    assert expected in set(controls(element, on=on)["control"])


def test_a_ban_that_was_suspended_does_not_hold_afterwards():
    assert "cn-us-ga-ge-sb-2024" not in set(controls("Ga", on="2025-12-01")["control"])
    assert "cn-ga-2023" in set(controls("Ga", on="2025-12-01")["control"]), "the licence stays"
    assert "id-ni-ban-2014" not in set(controls("Ni", on="2018-01-01")["control"])


def test_no_control_row_repeats_its_key():
    table = controls()
    assert not table["control"].duplicated().any()
    assert pd.to_numeric(table["amount"]).dropna().gt(0).all()
