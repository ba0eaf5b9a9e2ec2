"""When a firm is gone: what the claim of document 000 says, order by substitutability, laws, and refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.respond.knockout import (
    MEASURES,
    KnockoutAnswer,
    days_until_back,
    effect_size,
    knock_out,
    replacement,
    share_lost,
    shipped,
    small_chain,
    worst_year,
)
from meguri.structure.knowhow import Network, levels
from meguri.structure.knowhow_read import example_network

RUNS = 3


def one_process(*roles: tuple[str, str], essential: bool = False, elsewhere: tuple[str, ...] = ()) -> Network:
    """Firms (firm, function) at one process; firms ``elsewhere`` hold all functions for another."""
    rows = [
        {"firm": firm, "process": "p", "function": function, "essential": essential}
        for firm, function in roles
    ]
    rows += [
        {"firm": firm, "process": "q", "function": one, "essential": False}
        for firm in elsewhere
        for one in levels()
    ]
    return Network.of({
        "firms": pd.DataFrame({"firm": sorted({str(row["firm"]) for row in rows})}),
        "processes": pd.DataFrame({"process": ["p", "q"], "work": "HIP", "customer": ["X", "Y"],
                                   "sector": "medical", "mttr": [10.0, None], "yield_sd": [0.1, None]}),
        "roles": pd.DataFrame(rows),
    })  # fmt: skip


def gone(network: Network, firm: str = "a", **more: int) -> KnockoutAnswer:
    return knock_out(network, firm, **{"runs": RUNS, **more})  # type: ignore[arg-type]


def of(answer: KnockoutAnswer, measure: str) -> pd.Series:
    table = answer.tables["knockout"]
    return table[(table["measure"] == measure) & (table["process"] == "p")].iloc[0]


def test_trouble_handling_is_missed_longer_than_improvement_proposals() -> None:
    """AC7.3: very low against medium, in the process's own recovery and in the days until back."""
    trouble, improvement = (gone(one_process(("a", one))) for one in ("trouble", "improvement"))
    assert of(trouble, "recovery_time")["after"] == 25.0 and of(improvement, "recovery_time")["after"] == 10.5
    days = [one.tables["knockout_back"].iloc[0] for one in (trouble, improvement)]
    assert days[0]["back_low"] > days[1]["back_high"]


def test_units_go_on_being_shipped_while_strength_is_lost() -> None:
    """AC7.4: with the assumed sizes; whether the claim holds is answered process by process."""
    answer = knock_out(example_network(), "heat", runs=RUNS)
    table = answer.tables["knockout"].set_index(["process", "measure"])["direction"].unstack()
    assert set(table["quantity"]) == {"unchanged"}
    assert set(table["yield_variance"]) == {"up"} and set(table["life"]) == {"down"}
    assert set(answer.tables["knockout_claim"]["holds"]) == {"yes"}


def test_the_claim_does_not_hold_where_the_process_stops_without_the_firm() -> None:
    answer = gone(one_process(("a", "trouble"), essential=True))
    assert of(answer, "quantity")["direction"] == "down"
    assert answer.tables["knockout_claim"][["quantity_kept", "holds"]].to_numpy().tolist() == [["no", "no"]]
    assert of(answer, "quantity")["after"] == 0.0, "nothing is made for a year"


def test_rows_of_table_2_6_come_with_a_direction_and_no_money() -> None:
    answer = gone(one_process(("a", "trouble")))
    table = answer.tables["knockout_effects"]
    assert table[["effect", "line"]].to_numpy().tolist() == [
        ["performance", 425], ["life", 428], ["development", 431], ["competitiveness", 434],
    ]  # fmt: skip
    units = set(answer.tables["knockout"]["unit"])
    assert units <= {"1", "h", "month", "index"}, "units of work, no currency"
    assert of(answer, "yield_variance")["before"] == pytest.approx(0.01), "the square of the spread"
    assert of(answer, "life")["unit"] == "index", "no level on record, so the change alone"


def test_what_another_firm_holds_at_the_same_process_is_lost_by_half() -> None:
    """By hand: 10 h times 2.5 to the power of one half."""
    shared = gone(one_process(("a", "trouble"), ("b", "trouble")))
    assert of(shared, "recovery_time")["after"] == pytest.approx(10 * 2.5**0.5)
    assert shared.tables["knockout_back"]["nobody_else"].tolist() == [""]


@pytest.mark.parametrize(
    "function", [pytest.param(one, marks=[] if one == "trouble" else pytest.mark.slow) for one in levels()]
)
def test_a_second_holder_never_raises_any_loss(function: str) -> None:
    """Every range at its most likely value, so that the same numbers are drawn for all."""
    alone = gone(one_process(("a", function)), runs=1)
    here = one_process(("a", function), ("b", function))
    for more in (here, one_process(("a", function), elsewhere=("b",))):
        answer = gone(more, runs=1)
        for measure in MEASURES:
            before, after = of(alone, measure), of(answer, measure)
            assert (
                abs(after["after"] / after["before"] - 1)
                <= abs(before["after"] / before["before"] - 1) + 1e-12
            )
        worse, better = (one.tables["knockout_curve"]["output"] for one in (alone, answer))
        assert (better >= worse - 1e-9).all()
        days = [one.tables["knockout_back"]["back"].iloc[0] for one in (alone, answer)]
        assert days[1] <= days[0]


def test_days_follow_the_order_of_substitutability() -> None:
    """The assumed table keeps the order of table 2-2 at every end, whoever replaces."""
    for by in ("elsewhere", "anew"):
        days = np.array([replacement(level, by, "qualification") for level in ("medium", "low", "very_low")])
        assert (np.diff(days, axis=0) > 0).all()
    for level in set(levels().values()):
        one, other = (replacement(level, by, "qualification") for by in ("elsewhere", "anew"))
        assert all(np.array(one) < np.array(other)), "who does it elsewhere is quicker than who learns anew"


def test_every_function_has_every_effect_with_an_ordered_range() -> None:
    for function in levels():
        for measure in (*MEASURES, "output_lost"):
            low, middle, high = effect_size(function, measure)
            assert low <= middle <= high
    ratios = {one: effect_size(one, "recovery_time")[1] for one in levels()}
    assert max(ratios, key=ratios.__getitem__) == "trouble"


def test_same_seed_same_answer_and_another_seed_another_curve() -> None:
    network = one_process(("a", "trouble"))
    first, again, other = (gone(network, seed=seed, runs=2).tables["knockout_curve"] for seed in (1, 1, 2))
    assert first.equals(again) and not first.equals(other)


def test_the_small_chain_names_who_leaves_who_stays_and_who_must_qualify() -> None:
    lost = one_process(("a", "trouble"), ("b", "trouble"), elsewhere=("c",)).others("a")
    flows = small_chain(lost).flows.set_index("supplier")
    assert {name.rsplit("-", 1)[1]: bool(ready) for name, ready in flows["qualified"].items()} == {
        "gone": True, "here": True, "elsewhere": False, "anew": False,
    }  # fmt: skip
    assert flows.loc[flows["qualified"], "amount"].tolist() == [182.5, 182.5]


def test_days_until_back_equal_the_curve_read_by_hand() -> None:
    """Half is lost in week 2; in week 4 the share back is 0.475/0.5 = 95 %: back after three weeks."""
    assert days_until_back(np.array([[1, 0.5, 0.5, 0.976, 1.0]])).tolist() == [21.0]
    assert days_until_back(np.ones((1, 5))).tolist() == [0.0]
    assert worst_year(np.array([[1.0] * 10 + [0.0] * 52 + [1.0] * 10])).tolist() == [0.0]


@given(st.floats(0, 1), st.integers(0, 99))
def test_spare_capacity_never_ships_less_nor_more_than_planned(good: float, seed: int) -> None:
    units = shipped(np.full((4, 2), good), 4, seed)
    assert ((units >= good) & (units <= 1)).all()


@given(st.integers(0, 20))
def test_what_is_lost_shrinks_with_each_further_holder(here: int) -> None:
    assert 0 < share_lost(here + 1) < share_lost(here) <= 1


def test_a_firm_that_is_not_there_is_refused_with_the_names_that_are() -> None:
    with pytest.raises(DataError, match=r"heat, coat.*did you mean heat"):
        knock_out(example_network(), "haet")
    with pytest.raises(DataError, match="at least one function"):
        knock_out(example_network(), "tool", ["variation"])
