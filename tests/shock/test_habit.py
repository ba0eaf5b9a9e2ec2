"""Hysteresis: what stays with an alternative when the usual supplier returns."""

import numpy as np
import pytest

from meguri.structure.chain import Chain
from tests.small import scenario, tables, tell_once

YEAR = 365.0


def late_outputs(stay: float, reach: float = 1.0) -> tuple[float, float]:
    """Outputs [t/d] of the usual supplier and of the alternative long after a ban of 200 days."""
    nodes = {
        "usual": {"material": "oxide", "country": "CN", "output": YEAR},
        "other": {"material": "oxide", "country": "AU", "output": 0, "capacity": reach * YEAR},
        "maker": {"material": "metal", "country": "JP", "output": YEAR},
    }
    flows = {
        ("usual", "maker"): {"amount": YEAR, "lead": 1},
        ("other", "maker"): {
            "amount": reach * YEAR, "lead": 1, "qualified": False, "qualification": 30, "first_yield": 1.0,
            "recovery": 10,
        },
    }  # fmt: skip
    recipes = {("maker", "oxide"): {"need": 1, "stock": 60}}
    chain = Chain.from_tables(
        **tables(nodes, flows, recipes, {("oxide", "Dy"): 0.5}, {"oxide": "oxide", "metal": "metal"})
    )
    ban = {"kind": "ban", "form": "oxide", "end": "2025-09-18"}
    story = tell_once(chain, scenario([ban], days=900, react="0 d", adjust="30 d", surge=0.25, stay=stay))
    names = story.layout.nodes["node"].tolist()
    late = story.story.output[-30:].mean(axis=0)
    return float(late[names.index("usual")]), float(late[names.index("other")])


def test_without_a_habit_all_goes_back_to_the_usual_supplier() -> None:
    assert late_outputs(0.0) == pytest.approx((1.0, 0.0), abs=1e-3)


@pytest.mark.parametrize("stay", [0.25, 0.5, 0.75, 1.0])
def test_the_share_that_stays_is_the_share_stated(stay: float) -> None:
    """The alternative replaced all of it for months, so of 1 t/d it keeps ``stay``."""
    usual, other = late_outputs(stay)
    assert other == pytest.approx(stay, abs=0.02)
    assert usual + other == pytest.approx(1.0, abs=1e-3), "no more and no less is bought than used"


def test_an_alternative_keeps_no_more_than_its_share_of_what_it_could_deliver() -> None:
    usual, other = late_outputs(0.5, reach=0.4)
    assert other == pytest.approx(0.5 * 0.4, abs=0.02)
    assert usual == pytest.approx(0.8, abs=0.02)


def test_the_more_stays_the_less_returns() -> None:
    returned = [late_outputs(stay)[0] for stay in (0.0, 0.3, 0.6, 0.9)]
    assert np.all(np.diff(returned) < 0)
