"""The packaged routes: every number told where it comes from, the laws hold, unsigned numbers are refused."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.circulate.figures import feeds_of, figures, plan_worth
from meguri.circulate.library import route_library
from meguri.circulate.magnet_feeds import magnet_feeds, magnet_route_case
from meguri.circulate.magnets import DyJapan, dy_japan
from meguri.circulate.numbers import drawn, numbers, ranges
from meguri.circulate.route_case import RouteCase, case_names, load_case, routing

ELEMENTS = {"Dy", "Ta", "W", "Co", "In", "Ru", "Pd", "Ga", "Ge"}  # chains F03-F14 of the documents, Ga and Ge


NAMES = [
    name for name in case_names() if name not in ("dy-routes", "dy-position")
]  # these have tests of their own


@cache
def read(name: str) -> RouteCase:
    """A case whose unsourced numbers somebody has signed; nothing else differs."""
    return load_case(name, sign_off="a test")


@pytest.fixture(scope="module")
def japan() -> DyJapan:
    return dy_japan(runs=8, seed=2)


def test_every_metal_of_the_documents_has_its_routes() -> None:
    assert {read(name).about["element"] for name in NAMES} == ELEMENTS


@pytest.mark.parametrize("name", NAMES)
def test_every_source_cited_by_a_case_is_listed(name: str) -> None:
    tables = read(name).tables
    cited = {
        key
        for table in tables.values()
        if "source" in table
        for cell in table["source"]
        for key in cell.split("|")
    }
    assert cited - {""} <= set(sources()["source"])


@pytest.mark.parametrize("name", NAMES)
def test_numbers_said_to_be_reported_or_estimated_name_a_source(name: str) -> None:
    tables = read(name).tables
    for table in ("routes", "burdens", "efficacy", "feeds"):
        rows = tables[table]
        bare = rows[(rows["grade"] != "assumed") & (rows["source"] == "")]
        assert bare.empty, (table, bare)


@pytest.mark.parametrize("name", NAMES)
def test_function_delivered_lies_between_what_is_retained_and_the_mass(name: str) -> None:
    case = read(name)
    base = numbers(case)
    draws = drawn(case, base, ranges(case), runs=12, seed=1)
    for stock in feeds_of(case).values():
        for plan in case.plans:
            found = figures(stock, draws, plan_worth(routing(case, plan), draws))
            slack = 1e-9
            assert (found["rfr"] >= 0).all()
            assert (found["rfr"] <= found["function_rate"] + slack).all()
            assert (found["function_rate"] <= found["mass_rate"] + slack).all()
            assert (found["mass_rate"] <= 1 + slack).all()


@pytest.mark.parametrize("name", NAMES)
def test_old_and_new_scrap_never_share_a_stock(name: str) -> None:
    feeds = read(name).tables["feeds"]
    assert (feeds.groupby("stock")["origin"].nunique() == 1).all()


def test_numbers_without_a_source_are_refused_by_name_until_someone_signs() -> None:
    with pytest.raises(DataError) as raised:
        numbers(load_case("ta-target"))
    named = " ".join(problem.place for problem in raised.value.problems)
    assert "routes[1].share" in named  # the yield of remelting
    assert numbers(load_case("ta-target", sign_off="R. Tanaka")).mass.sum() > 0


def test_the_library_counts_as_unsigned_exactly_the_numbers_that_are_refused() -> None:
    table = route_library(["ta-target", "dy-routes"]).set_index("case")
    with pytest.raises(DataError) as raised:
        numbers(load_case("ta-target"))
    assert table.at["ta-target", "unsigned"] == len(raised.value.problems) > 0
    assert table.at["dy-routes", "unsigned"] == 0


def test_selling_target_scrap_to_other_industries_keeps_mass_in_use_but_no_function() -> None:
    case = read("ta-target")
    base = numbers(case)
    sold = figures(feeds_of(case)["targets"], base, plan_worth(routing(case, "sell"), base))
    assert sold["function_rate"] == 0
    assert sold["rfr"] == 0


def test_zinc_route_wins_by_its_burden_and_loses_when_its_powder_serves_half_as_well() -> None:
    case = read("w-tool")
    stock = feeds_of(case)["japan"]

    def retained(efficacy: float) -> dict[str, float]:
        base = numbers(case)
        place = case.states.index("reclaimed_tool")
        base.system.efficacy[place] = efficacy
        return {
            plan: float(figures(stock, base, plan_worth(routing(case, plan), base))["rfr"])
            for plan in case.plans
        }

    good, poor = retained(0.95), retained(0.3)
    assert good["zinc"] > good["chemical"]
    assert poor["zinc"] < poor["chemical"]


def test_used_magnets_of_japan_feed_the_routes_with_all_that_stays(japan: DyJapan) -> None:
    feeds = magnet_feeds(japan, 2030)
    scrap = japan.scrap_table(2030)
    left = scrap[(scrap["origin"] == "old") & (scrap["handling"] == "exported")]["mean"].sum()
    at = list(japan.years).index(2030)
    assert feeds["mass"].sum() + left == pytest.approx(japan.totals["outflow_dy"][:, at].mean())
    assert (feeds["mass_low"] <= feeds["mass"]).all()
    assert (feeds["mass"] <= feeds["mass_high"]).all()


def test_a_year_of_japan_can_be_answered_by_both_plans_for_both_stocks(japan: DyJapan) -> None:
    case = magnet_route_case(japan, 2030)
    base = numbers(case)
    rates = {
        (stock, plan): float(figures(feed, base, plan_worth(routing(case, plan), base))["mass_rate"])
        for stock, feed in feeds_of(case).items()
        for plan in case.plans
    }
    assert set(rates) == {(stock, plan) for stock in ("alloyed", "diffused") for plan in "ABC"}
    assert all(0 < rate < 1 for rate in rates.values())
    shares = case.tables["feeds"].pivot(index="stock", columns="handling", values="mass")
    assert isinstance(shares, pd.DataFrame)
    assert np.isfinite(shares.to_numpy()).all()
