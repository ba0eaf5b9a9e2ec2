"""The same budget, spent on one firm or on its network: cases by hand, laws, and who drops out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.respond.support import compare_support, partners, trainings
from meguri.structure.knowhow import Network
from meguri.structure.knowhow_read import example_network


def chain_of_two(ages: dict[str, tuple[float, float] | None], teach: bool = True) -> Network:
    """Firms that serve the same process, each with one holder of the same work."""
    firms = list(ages)
    return Network.of({
        "firms": pd.DataFrame({"firm": firms}),
        "processes": pd.DataFrame({"process": ["p"], "work": "HIP", "customer": "X", "sector": "medical"}),
        "roles": pd.DataFrame({"firm": firms, "process": "p", "function": "trouble"}),
        "people": pd.DataFrame([
            {"person": firm, "firm": firm, "work": "HIP", "can_teach": teach,
             "age_low": age[0] if age else None, "age_high": age[1] if age else None}
            for firm, age in ages.items()
        ]),
    })  # fmt: skip


def totals(network: Network, firm: str, budget: float) -> pd.DataFrame:
    return compare_support(network, firm, budget).tables["support_totals"].set_index("mode")


def test_who_drops_out_in_each_equals_the_case_worked_by_hand() -> None:
    """AC7.6: both holders are 74 and go; 14.5 person-months pay one training of 12 for the one firm, and one
    in the network after 15 % for coordination (12.3). One trained stays with 0.8: 1 + 0.2 drop out of 2.
    """
    table = totals(chain_of_two({"a": (74, 75), "b": (74, 75)}), "b", 14.5)
    assert table["dropouts"].round(6).to_dict() == {"none": 2.0, "single": 1.2, "network": 1.2}
    detail = compare_support(chain_of_two({"a": (74, 75), "b": (74, 75)}), "b", 14.5).tables["support"]
    kept = detail[detail["trained"] > 0]
    assert dict(zip(kept["mode"], kept["firm"], strict=True)) == {"single": "b", "network": "a"}


def test_the_supported_firm_itself_may_drop_out_when_its_network_is_supported() -> None:
    """Coordination takes what was left for it: no mode wins by construction."""
    one = totals(chain_of_two({"a": (74, 75), "b": (30, 34)}), "a", 13)
    assert one.loc["single", "dropouts"] < one.loc["network", "dropouts"], (
        "11 months are too few to train anybody"
    )


def test_a_network_keeps_the_firms_that_support_of_one_firm_leaves_alone() -> None:
    table = totals(example_network(), "heat", 48)
    assert table["who"].to_dict() == {"none": "heat2", "single": "heat2", "network": ""}
    assert table.loc["network", "dropouts_high"] < table.loc["single", "dropouts_low"]


def test_without_anybody_who_can_teach_no_budget_helps() -> None:
    table = totals(chain_of_two({"a": (74, 75)}, teach=False), "a", 1000)
    assert table["dropouts"].tolist() == [1.0, 1.0, 1.0]


def test_unknown_ages_are_not_counted_as_staying_or_leaving() -> None:
    table = totals(chain_of_two({"a": None, "b": (30, 34)}), "a", 0)
    assert table["dropouts"].isna().all() and table["who"].eq("").all()
    assert table["who_may"].tolist() == ["a"] * 3
    assert table[["dropouts_low", "dropouts_high"]].to_numpy().tolist() == [[0.0, 1.0]] * 3


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=6),
    st.integers(0, 6),
    st.integers(0, 6),
    st.floats(0.1, 0.9),
)
def test_more_trainings_never_leave_anybody_out_who_had_one(
    chances: list[float], fewer: int, more: int, stays: float
) -> None:
    allowed = np.ones(len(chances), dtype=bool)
    small = trainings(np.array(chances), allowed, fewer, stays)
    large = trainings(np.array(chances), allowed, fewer + more, stays)
    assert (large >= small).all() and large.sum() <= fewer + more


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 120), st.integers(0, 120))
def test_more_budget_never_means_more_drop_outs(one: int, other: int) -> None:
    small, large = (totals(example_network(), "heat", budget) for budget in sorted((one, other)))
    for column in ("dropouts", "dropouts_low", "dropouts_high"):
        assert (large[column] <= small[column] + 1e-12).all()


def test_no_other_choice_of_trainings_leaves_fewer_drop_outs() -> None:
    """Every way to train three people over three firms is tried: the greedy one is as good as the best."""
    chances, stays = np.array([0.9, 0.6, 0.3]), 0.7
    ways = [(a, b, 3 - a - b) for a in range(4) for b in range(4 - a)]
    best = min(float((chances * (1 - stays) ** np.array(way)).sum()) for way in ways)
    found = trainings(chances, np.ones(3, dtype=bool), 3, stays)
    assert float((chances * (1 - stays) ** found).sum()) == pytest.approx(best)


def test_partners_are_the_firms_at_the_same_processes() -> None:
    assert partners(example_network(), "clean") == ["clean"]
    assert partners(example_network(), "heat") == ["coat", "heat", "heat2"]


@pytest.mark.parametrize("budget", [-1, float("nan"), float("inf")])
def test_a_budget_that_is_no_amount_is_refused(budget: float) -> None:
    with pytest.raises(DataError, match="person-months"):
        compare_support(example_network(), "heat", budget)


def test_a_firm_that_is_not_there_is_refused_with_a_suggestion() -> None:
    with pytest.raises(DataError, match="did you mean heat"):
        compare_support(example_network(), "haet", 1)
