"""The loss ledger: 100 % with owners, as printed for the worked case and on random systems."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from meguri.circulate.figures import feeds_of, figures, functional_content, plan_worth, returned_content
from meguri.circulate.ledger import Entry, ledger
from meguri.circulate.numbers import drawn, numbers, ranges
from meguri.circulate.route_case import case_from_tables, load_case, routing
from tests.circulate.systems import System, case_of, systems

SOME = settings(max_examples=6, deadline=None)
PRINTED = {  # METHODS 3.6
    "A": {
        "realised": 9.8,
        "route_choice": 30.4,
        "handling": 16.75,
        "uncollected": 10.05,
        "irreducible": 33.0,
    },
    "B": {"realised": 40.2, "handling": 16.75, "uncollected": 10.05, "irreducible": 33.0},
}


def terms(entries: list[Entry], part_of: str = "") -> dict[str, float]:
    found: dict[str, float] = {}
    for entry in entries:
        if entry.part_of == part_of:
            found[entry.term] = found.get(entry.term, 0.0) + float(entry.amount)
    return found


@pytest.mark.parametrize("plan", ["A", "B"])
def test_the_worked_ledgers_are_as_printed(plan: str) -> None:
    case = load_case("dy-routes")
    entries = ledger(case, "ev", plan, numbers(case))
    assert terms(entries) == pytest.approx(PRINTED[plan], abs=0.05)
    assert sum(terms(entries).values()) == pytest.approx(100)
    assert all(entry.owner for entry in entries if entry.term != "realised")


@pytest.mark.parametrize(("stock", "plan"), [("alloyed", "A"), ("alloyed", "B"), ("diffused", "B")])
def test_every_run_of_the_position_case_adds_up_to_what_was_discarded(stock: str, plan: str) -> None:
    case = load_case("dy-position")
    runs = drawn(case, numbers(case), ranges(case), 40, seed=1)
    entries = ledger(case, stock, plan, runs)
    assert sum(entry.amount for entry in entries if not entry.part_of) == pytest.approx(np.full(40, 100.0))
    inside = sum(entry.amount for entry in entries if entry.part_of == "irreducible")
    whole = sum(entry.amount for entry in entries if entry.term == "irreducible")
    assert inside == pytest.approx(whole)


@given(systems())
@SOME
def test_a_random_ledger_adds_up_and_no_term_is_negative(system: System) -> None:
    case = case_of(system)
    entries = ledger(case, "s", "p", numbers(case))
    assert sum(terms(entries).values()) == pytest.approx(sum(system.mass))
    assert sum(terms(entries, "irreducible").values()) == pytest.approx(
        terms(entries)["irreducible"], abs=1e-9
    )
    assert min(float(entry.amount) for entry in entries) >= -1e-9
    got = figures(feeds_of(case)["s"], numbers(case), plan_worth(routing(case, "p"), numbers(case)))
    assert terms(entries)["realised"] == pytest.approx(float(got["function_retained"]), abs=1e-9)
    assert 0 <= got["rfr"] <= got["function_rate"] + 1e-12 <= got["mass_rate"] + 2e-12 <= 1 + 3e-12


@given(systems(), systems())
@SOME
def test_the_rate_of_a_union_is_the_mean_by_mass(system: System, other: System) -> None:
    """Two stocks of the same kind and mixed handling, alone and as one."""
    case = case_of(system)
    feed, modes = feeds_of(case)["s"], numbers(case)
    got = plan_worth(routing(case, "p"), modes)
    first, second = np.array(system.mass), np.array(other.mass)
    rate = {
        name: [float(figures(feed, replace(modes, mass=mass), got)[name]) for mass in masses]
        for name, masses in (("rfr", (first, second, first + second)),)
    }["rfr"]
    total = first.sum() + second.sum()
    assert rate[2] == pytest.approx((rate[0] * first.sum() + rate[1] * second.sum()) / total)


def test_position_is_the_part_of_the_choice_that_is_gone_when_all_positions_count_alike() -> None:
    case = load_case("dy-position")
    alloyed = ledger(case, "alloyed", "B", numbers(case))
    assert terms(alloyed, "route_choice")["position"] == pytest.approx(terms(alloyed)["route_choice"])
    special = load_case("dy-routes")
    assert terms(ledger(special, "ev", "A", numbers(special)), "route_choice") == {}


def test_process_scrap_never_counts_as_old_scrap() -> None:
    primary, old, new = np.array(60.0), np.array(10.0), np.array(30.0)
    assert functional_content(primary, old, new) == pytest.approx({"frc": 0.4, "frir": 0.1})
    assert np.isnan(functional_content(0 * primary, 0 * old, 0 * new)["frc"])


def test_functional_content_sets_what_returns_beside_the_primary_function() -> None:
    case = load_case("dy-position")
    made = {"source": "meguri-worked-dy", "grade": "estimated"}
    supply = pd.DataFrame([{"use": "ev-motor", "state": "new_alloyed", "mass": 1000.0, **made}])
    tables = {name: frame.astype(object) for name, frame in case.tables.items()}
    tables["feeds"].loc[tables["feeds"]["stock"] == "diffused", "origin"] = "new"
    supplied = case_from_tables({**tables, "supply": supply}, dict(case.about))
    got = returned_content(supplied, "ev-motor", "B", numbers(supplied), net=False)
    feeds, modes = feeds_of(supplied), numbers(supplied)
    worth = plan_worth(routing(supplied, "B"), modes)
    old, new = (float(figures(feeds[s], modes, worth)["function_after"]) for s in ("alloyed", "diffused"))
    assert got == pytest.approx({"frc": (old + new) / (230 + old + new), "frir": old / (230 + old + new)})
