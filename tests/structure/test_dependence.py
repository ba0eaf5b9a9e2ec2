import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.observe.groups import groups
from meguri.observe.outlook import outlook
from meguri.observe.trade import trade
from meguri.structure.dependence import (
    dependence_indicators,
    dependence_scores,
    n_minus_1,
    strategic_dependence,
)

EU = ["DE", "FR", "IT"]


def flows(*rows: tuple[str, str, float]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["exporter", "importer", "amount"])
    return table.assign(low=table["amount"], high=table["amount"])


def test_the_three_indicators_by_hand():
    table = flows(("CN", "DE", 60), ("US", "FR", 20), ("DE", "FR", 20), ("FR", "US", 30), ("CN", "US", 99))
    found = dependence_indicators(table, EU)
    assert found["cdi1"] == pytest.approx((60**2 + 20**2) / 80**2)
    assert found["cdi2"] == pytest.approx(80 / 100)
    assert found["cdi3"] == pytest.approx(80 / 50)  # exports within the group count too


def test_a_range_of_one_flow_opens_each_indicator_by_hand():
    table = flows(("CN", "DE", 60), ("US", "FR", 20), ("DE", "FR", 20), ("FR", "US", 30))
    table.loc[1, ["low", "high"]] = [0, 60]
    found = dependence_indicators(table, EU)
    assert (found["cdi1_low"], found["cdi1_high"]) == (0.5, 1.0)
    assert (found["cdi2_low"], found["cdi2_high"]) == pytest.approx((60 / 80, 120 / 140))
    assert (found["cdi3_low"], found["cdi3_high"]) == pytest.approx((60 / 50, 120 / 50))


def test_an_amount_of_which_nothing_is_known_opens_what_it_enters_by_hand():
    table = flows(("CN", "DE", 60), ("DE", "FR", 20), ("FR", "US", 30))
    table.loc[1, ["amount", "low", "high"]] = math.nan  # within, and so among exports too
    found = dependence_indicators(table, EU)
    assert (found["cdi1_low"], found["cdi1_high"]) == (1.0, 1.0)
    assert (found["cdi2_low"], found["cdi2_high"]) == (0.0, 1.0)
    assert found["cdi3"] == 2.0 and found["cdi3_low"] == 0.0 and math.isnan(found["cdi3_high"])


def test_shares_of_the_largest_by_hand():
    table = flows(("CN", "DE", 50), ("US", "DE", 30), ("AU", "FR", 15), ("CL", "FR", 5))
    found = dependence_indicators(table, EU)
    assert (found["top_share"], found["top_three"]) == pytest.approx((0.5, 0.95))
    table.loc[3, "high"] = 55  # the smallest may be the largest
    found = dependence_indicators(table, EU)
    assert found["top_share_low"] == pytest.approx(50 / 150) and found["top_share_high"] == 0.5
    assert found["top_three_low"] == pytest.approx(95 / 150)


def test_without_exports_the_third_has_no_value():
    assert math.isnan(dependence_indicators(flows(("CN", "DE", 60)), EU)["cdi3"])


FLOWS = st.lists(
    st.tuples(
        st.sampled_from(["CN", "US", "AU", "DE", "FR"]), st.sampled_from(["DE", "FR", "US"]),
        st.integers(1, 80),
    ),
    min_size=1, max_size=12,
).map(lambda rows: [(a, b, float(n)) for a, b, n in rows if a != b]).filter(
    lambda rows: any(a not in EU and b in EU for a, b, _ in rows)
)  # fmt: skip


@given(FLOWS, st.sampled_from([0.5, 8.0]))
def test_the_unit_changes_nothing(rows, unit):
    before = dependence_indicators(flows(*rows), EU)
    after = dependence_indicators(flows(*[(a, b, n * unit) for a, b, n in rows]), EU)
    assert list(after.values()) == pytest.approx(list(before.values()), nan_ok=True)


@given(FLOWS)
def test_more_from_within_lowers_the_second_and_third_and_leaves_the_first(rows):
    before = dependence_indicators(flows(*rows), EU)
    after = dependence_indicators(flows(*rows, ("DE", "FR", 10.0)), EU)
    assert after["cdi1"] == pytest.approx(before["cdi1"])
    assert after["cdi2"] < before["cdi2"]
    assert math.isnan(before["cdi3"]) or after["cdi3"] < before["cdi3"]


@given(FLOWS, st.lists(st.floats(0, 1), min_size=12, max_size=12))
def test_every_amount_within_its_range_stays_within_the_indicators_range(rows, places):
    table = flows(*rows)
    table["low"], table["high"] = table["amount"] / 2, table["amount"] * 2
    bounds = dependence_indicators(table, EU)
    inside = table["low"] + (table["high"] - table["low"]) * places[: len(table)]
    found = dependence_indicators(table.assign(amount=inside, low=inside, high=inside), EU)
    for name in ("cdi1", "cdi2", "cdi3", "top_share", "top_three"):
        if not math.isnan(found[name]):
            assert bounds[f"{name}_low"] - 1e-9 <= found[name] <= bounds[f"{name}_high"] + 1e-9


def test_eu_tungsten_is_that_of_a_plain_loop():
    inside = set(groups()["EU"])
    outside, total, exports = 0.0, 0.0, 0.0
    for row in trade([810110], 2024).itertuples():
        total += row.value_kusd * (row.importer in inside)
        outside += row.value_kusd * (row.importer in inside and row.exporter not in inside)
        exports += row.value_kusd * (row.exporter in inside)
    row = strategic_dependence(810110, "EU", 2024).iloc[0]
    assert row["cdi2"] == pytest.approx(outside / total)
    assert row["cdi3"] == pytest.approx(outside / exports)


def test_a_single_country_has_no_inside_and_says_so():
    row = strategic_dependence(810110, "日本", 2024).iloc[0]
    assert (row["economy"], row["cdi2"], row["reason"]) == ("JP", 1.0, "single_country")


def test_a_retired_code_gives_no_figure_in_spite_of_its_remnants():
    row = strategic_dependence(811230, "EU", 2010).iloc[0]
    assert (row["dependent"], row["reason"]) == ("unknown", "retired")
    assert math.isnan(row["cdi1"])


def test_an_importer_that_exports_nothing_still_gets_a_verdict():
    row = strategic_dependence(811211, "JP", 2024).iloc[0]
    assert row["reason"] == "single_country|no_exports"
    assert row["dependent"] in ("yes", "no") and row["cdi1"] > 0


def test_by_quantity_the_range_holds_the_figure_and_may_leave_the_verdict_open():
    table = strategic_dependence([280530, 284610, 284690], "JP", range(2005, 2025), "quantity")
    for name in ("cdi1", "cdi2", "cdi3"):
        assert (table[f"{name}_low"] <= table[name] + 1e-12).all()
        assert (table[name] <= table[f"{name}_high"] + 1e-12).all()
    assert table.set_index("year").at[2005, "dependent"] == "yes"
    assert set(table["basis"]) == {"quantity"}


def test_a_users_own_group_is_taken():
    row = strategic_dependence(810110, "V4", 2024, own={"V4": ["PL", "CZ", "SK", "HU"]}).iloc[0]
    assert row["economy"] == "V4" and 0 < row["cdi2"] < 1


def test_an_unknown_economy_is_named_with_the_nearest():
    with pytest.raises(DataError) as caught:
        strategic_dependence(810110, "Jpan")
    assert "JP" in caught.value.text("en")


def test_scores_put_each_reason_at_its_own_measure():
    rows = dependence_scores(["JP"], 2024, materials=["W"])
    told = rows.set_index(["stage", "measure"])["reason"]
    assert told["refining", "cdi2"] == "single_country"
    assert told["refining", "cdi1"] == told["refining", "cdi3"] == ""


# --- N−1 ----------------------------------------------------------------------------------------


def test_cobalt_without_china_covers_a_quarter_of_demand():
    row = n_minus_1("Co").set_index("stage").loc["refining"]
    assert row["value"] == pytest.approx((250149.738 - 196143.357) / 220726.156, abs=1e-5)
    assert (row["grade"], row["reason"]) == ("derived", "")


def test_scenarios_make_the_range():
    row = n_minus_1("Li", 2035, "APS").set_index("stage").loc["refining"]
    assert row["low"] < row["value"] < row["high"]
    assert row["grade"] == "estimated"


def test_graphite_is_unknown_because_demand_counts_synthetic_too():
    rows = n_minus_1("C")
    assert rows["value"].isna().all()
    assert set(rows["reason"]) == {"scopes_differ"}


def test_without_demand_the_index_is_one_minus_the_largest_share_and_assumed():
    rows = n_minus_1("Ga").set_index("source")
    assert rows.at["bgs-wms", "value"] == pytest.approx(1 - 0.966, abs=5e-4)  # BGS 2023: China 96.6 %
    assert set(rows["grade"]) == {"assumed"}
    assert rows["reason"].str.startswith("demand_as_supply").all()


def test_the_ieas_own_figures_rest_on_another_denominator():
    # IEA (GCMO 2025) prints about 65 % for cobalt in 2035, against demand outside the largest supplier;
    # against the world's demand it cannot be reached, so it is not printed beside ours
    row = n_minus_1("Co", 2035).set_index("stage").loc["refining"]
    assert row["high"] < 0.3 and math.isnan(row["published"])


def test_the_outlook_adds_to_the_totals_the_iea_prints():
    supply = outlook("Cu", "supply").groupby(["stage", "year"])["amount"].sum()
    assert supply["ore", 2024] == pytest.approx(22794e3, rel=1e-3)
    assert supply["refining", 2035] == pytest.approx(31913e3, rel=1e-3)


def test_a_scenario_that_does_not_exist_is_refused():
    with pytest.raises(DataError):
        n_minus_1("Co", 2035, "NPS")
