import math

import pytest

from meguri.base.errors import DataError
from meguri.base.terms import read_words
from meguri.structure.dependence import n_minus_1, strategic_dependence
from meguri.structure.divergence import ore_refined_divergence
from meguri.structure.sector_evidence import sector_evidence
from meguri.structure.sectors import sector_matrix
from meguri.structure.trade_evidence import dependence_evidence, divergence_evidence, n_minus_1_evidence


def value(rows, name: str) -> float:
    return float(rows.loc[rows["name_en"].str.startswith(name), "value"].iloc[-1])


def test_the_origins_told_add_to_the_sum_and_give_the_indicator():
    rows = dependence_evidence(810110, "EU", 2024, "cdi2")
    told = rows[rows["name_en"].str.startswith("Imports from") & (rows["unit"] == "kUSD")]
    parts = told[~told["name_en"].isin(["Imports from outside", "Imports from members"])]["value"].sum()
    outside, within = value(rows, "Imports from outside"), value(rows, "Imports from members")
    assert parts == pytest.approx(outside)
    assert value(rows, "CDI2") == pytest.approx(outside / (outside + within))
    assert value(rows, "CDI2") == strategic_dependence(810110, "EU", 2024)["cdi2"].iloc[0]


def test_a_missing_quantity_is_told_with_the_rule_that_bounds_it():
    rows = dependence_evidence(280530, "JP", 2010, "cdi1", "quantity")
    row = rows[rows["name_en"] == "Imports from outside"].iloc[0]
    assert row["low"] < row["high"]
    assert "unit value" in row["transformation_en"] and "単価" in row["transformation_ja"]


def test_a_reason_stands_at_the_indicator_it_speaks_of():
    notes = {
        name: dependence_evidence(810110, "JP", 2024, name)["name_en"].str.startswith("Note").sum()
        for name in ("cdi1", "cdi2", "cdi3")
    }
    assert notes == {"cdi1": 0, "cdi2": 1, "cdi3": 0}


def test_a_retired_code_tells_its_reason_and_no_flows():
    rows = dependence_evidence(811230, "EU", 2010)
    assert rows["value"].isna().all()
    assert rows["name_ja"].iloc[-1].startswith("備考")


def test_an_indicator_that_does_not_exist_is_refused():
    with pytest.raises(DataError):
        dependence_evidence(810110, "EU", 2024, "cdi4")


def test_supply_largest_and_demand_give_n_minus_1():
    rows = n_minus_1_evidence("Li", 2035, "NZE")
    refining = rows.iloc[4:8]
    supply, largest, demand, result = refining["value"]
    assert result == pytest.approx((supply - largest) / demand)
    assert result == n_minus_1("Li", 2035, "NZE").set_index("stage").at["refining", "value"]


def test_where_scopes_differ_the_evidence_says_so():
    rows = n_minus_1_evidence("C")
    assert rows["name_en"].str.contains("not of one scope").sum() == 2


def test_shares_stand_behind_the_divergence():
    rows = divergence_evidence("W", "ec-crm-2023")
    assert (
        rows["value"].iloc[-1]
        == ore_refined_divergence("W").set_index("source").at["ec-crm-2023", "divergence"]
    )
    assert rows["name_en"].str.startswith("Share of China").sum() == 2


def test_a_source_without_both_stages_is_refused():
    with pytest.raises(DataError):
        divergence_evidence("W", "bgs-wms")


def test_evidence_of_a_cell_shows_every_source_and_the_choice():
    cell = sector_matrix(["materials"]).set_index("element").loc["Mg"]
    rows = sector_evidence("materials", "Mg")
    worst = rows[rows["name_en"].str.startswith("Worst stage")].iloc[0]
    assert (worst["value"], worst["low"], worst["high"]) == (cell["hhi"], cell["hhi_low"], cell["hhi_high"])
    assert len(rows[rows["name_en"].str.startswith("HHI of")]["source"].unique()) >= 3
    years = rows[rows["unit"] == "a"].iloc[0]
    assert (years["low"], years["high"], years["grade"]) == (3, 8, "assumed")
    assert rows["name_en"].str.startswith("Reason").sum() >= 2


def test_evidence_of_a_metal_without_shares_says_so():
    rows = sector_evidence("content", "diamonds")
    assert math.isnan(rows["value"].iloc[-1]) and rows["name_en"].iloc[-1].startswith("Note")


def test_every_word_of_the_evidence_is_used():
    from pathlib import Path

    import meguri.structure.sector_evidence as one
    import meguri.structure.trade_evidence as other

    text = "".join(Path(module.__file__).read_text(encoding="utf-8") for module in (one, other))
    built = {"cdi1", "cdi2", "cdi3", "cdi1_how", "cdi2_how", "cdi3_how"}
    unused = [row["key"] for row in read_words("trade_evidence") if f'"{row["key"]}"' not in text]
    assert set(unused) <= built
