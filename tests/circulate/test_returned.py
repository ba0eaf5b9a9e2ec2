"""What a plan brings back becomes recovered supply, or the case is asked for what is lacking."""

from __future__ import annotations

from functools import cache

import pytest

from meguri.base.errors import DataError
from meguri.circulate.answer import CirculateAnswer, circulate_answer
from meguri.circulate.returned import returned_supply
from meguri.structure.chain import Chain
from meguri.structure.recovered import with_recovered


@cache
def answer(case: str) -> CirculateAnswer:
    return circulate_answer(case, runs=20)


@pytest.mark.slow
def test_product_of_all_stocks_and_states_is_added_up_and_the_slowest_route_is_waited_for() -> None:
    """Of 100 t Dy in each stock 51.3 t come back in alloyed magnets, 1.71 t and 53.01 t in diffused ones."""
    row = returned_supply(answer("dy-position"), "B", "magnet-hree", "JP").iloc[0]
    magnets = 51.3 / 0.0173 + (1.71 + 51.3 + 1.71) / 0.004
    assert row["amount"] == pytest.approx(magnets, rel=1e-6)
    assert (row["qualification_low"], row["qualification"], row["qualification_high"]) == (90, 270, 540)


def test_it_joins_a_chain() -> None:
    rows = returned_supply(answer("dy-position"), "A", "magnet-hree", "JP")
    chain = with_recovered(Chain.example("ndfeb-japan@2024"), rows)
    assert "dy-position-A" in set(chain.nodes["node"])


@pytest.mark.parametrize(
    ("case", "plan", "word"), [("dy-position", "Z", "A, B, C"), ("dy-routes", "B", "bundles")]
)
def test_an_unknown_plan_and_a_case_that_says_too_little_are_refused(case: str, plan: str, word: str) -> None:
    with pytest.raises(DataError, match=word):
        returned_supply(answer(case), plan, "magnet-hree", "JP")
