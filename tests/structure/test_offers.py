"""Checklists name what the log shows, offers leave room for a price or say so, tonnes and function part."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.observe.shop import Shop
from meguri.structure.ce_score import ce_scorecard
from meguri.structure.offers import offers, service_share, unpaid_service
from meguri.structure.tacit import checklist

ROUTES = pd.DataFrame(
    {  # two routes as the documents tell them: mass returns by element, function by alloy
        "member": ["element", "function"],
        "mass_out": 100,
        "mass_back": [85, 62],
        "function_out": 100,
        "function_back": [10, 40],
    }
)


def shop() -> Shop:
    return Shop.of(
        {
            "jobs": pd.DataFrame(
                [
                    {
                        "job": "1",
                        "process": "HIP",
                        "material": "Ti",
                        "rework": "yes",
                        "rework_hours": 6,
                        "asset": "F1",
                        "place": "a.xlsx/log!5",
                    },
                    {"job": "2", "process": "HIP", "material": "Ti", "rework": "no", "asset": "F1"},
                    {"job": "3", "process": "Nitriding", "material": "SKD61", "rework": "no", "asset": "F2"},
                ]
            ),
            "stops": pd.DataFrame(
                [
                    {
                        "stop": "s1",
                        "asset": "F1",
                        "start": "2026-04-01T08:00",
                        "end": "2026-04-01T12:00",
                        "cause": "fan",
                    },
                    {
                        "stop": "s2",
                        "asset": "F1",
                        "start": "2026-04-03T08:00",
                        "end": "2026-04-03T10:00",
                        "cause": "fan",
                    },
                ]
            ),
            "people": pd.DataFrame([{"person": "P1", "process": "HIP", "age_low": 66, "age_high": 66}]),
        }
    )


def test_each_cause_asks_for_its_signs_and_its_remedy_and_the_costliest_comes_first():
    table = checklist(shop())
    top = table.iloc[:3]
    assert top["kind"].tolist() == ["sign", "countermeasure", "tolerance"]  # two stops before one rework
    assert top["hours"].tolist() == [6, 6, 6]
    assert table.set_index(["kind", "topic"]).at[("sign", "fan"), "process"] == "HIP"
    assert table["answer"].eq("").all()


def test_a_process_without_trouble_still_asks_for_its_conditions():
    table = checklist(shop(), "Nitriding")
    assert table[["kind", "topic", "holders"]].to_numpy().tolist() == [["condition", "SKD61", 0]]


def test_no_person_is_named_in_a_checklist():
    assert "P1" not in checklist(shop()).to_csv()


def test_a_log_of_nothing_gives_an_empty_checklist():
    assert checklist(Shop.of({})).empty


def values(uptime: float = 0.97) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kpi": ["uptime", "retrofit_ratio", "recovery_median", "life_extension"],
            "value_low": [uptime, 0.5, 2.0, 0.1],
            "value_high": [0.99, 0.8, 5.0, 0.6],
            "unit": ["1", "1", "h", "1"],
            "reason": ["", "", "", "no-control"],
        }
    )


def loss(low: float) -> pd.DataFrame:
    return pd.DataFrame({"quantity": ["avoided_loss"], "value_low": [low], "reason": [""]})


def test_an_offer_promises_the_cautious_end_and_a_price_needs_room():
    costs = {"uptime_guarantee": (1e6, 2e6, 3e6), "predictive_maintenance": (4e6, 5e6, 9e6)}
    table = offers(values(), loss(6e6), costs).set_index("offer")
    assert table.at["uptime_guarantee", "promise"] == 0.97
    assert table.at["predictive_maintenance", "promise"] == 5.0  # slow end of the recovery
    assert table["room"].to_dict() == {
        "uptime_guarantee": "yes",
        "upgrade": "unknown",
        "predictive_maintenance": "no",
        "remanufacture": "unknown",
    }
    assert table.at["remanufacture", "reason"] == "no-figure"
    assert table.at["upgrade", "reason"] == "no-cost"


@given(st.floats(-1e7, 1e7), st.floats(0, 1e7))
def test_a_larger_loss_avoided_never_takes_room_away(low, more):
    costs = {"uptime_guarantee": (1e6, 2e6, 3e6)}
    rank = {"no": 0, "yes": 1}
    rooms = [offers(values(), loss(size), costs)["room"].iat[0] for size in (low, low + more)]
    assert rank[rooms[0]] <= rank[rooms[1]]


def test_unrecorded_unpaid_hours_are_not_none_given():
    assert unpaid_service(shop()).empty
    assert math.isnan(service_share(math.nan, 10.0))


def test_tonnes_and_function_rank_the_two_routes_apart():
    answer = ce_scorecard(ROUTES)
    ranks = answer.tables["ce_ranks"].set_index("member")
    assert ranks["function_rank"].to_dict() == {"function": 1, "element": 2}
    assert ranks["mass_rank"].to_dict() == {"function": 2, "element": 1}
    assert answer.reversals == (("function", "element"),)
    assert answer.agreement == -1


def test_what_is_unknown_is_counted_and_not_taken_as_nothing():
    scores = ce_scorecard(ROUTES).tables["ce_scores"].set_index("code")
    assert scores.at["D", "known"] == 0 and math.isnan(scores.at["D", "value"])
    assert scores.at["B", "value"] == pytest.approx(0.25)
    half = ROUTES.assign(mass_out=[100, None])
    assert ce_scorecard(half).reversals == ()


def test_more_returned_than_discarded_is_named():
    with pytest.raises(DataError):
        ce_scorecard(ROUTES.assign(function_back=[10, 140]))


@given(st.permutations([0, 1]), st.floats(0.1, 1000))
def test_order_and_units_of_the_network_change_no_rank(order, scale):
    scaled = ROUTES.iloc[order].assign(mass_out=100 * scale)
    scaled["mass_back"] = scaled["mass_back"] * scale
    one = ce_scorecard(ROUTES).tables["ce_ranks"][["member", "mass_rank", "function_rank"]]
    other = ce_scorecard(scaled).tables["ce_ranks"][["member", "mass_rank", "function_rank"]]
    pd.testing.assert_frame_equal(one, other)
