"""Public schemes: the date of the start decides, the cap binds, nobody pays twice."""

from __future__ import annotations

import math
from functools import cache

import pytest

from meguri.base.terms import keys
from meguri.respond.costs import Rates, Spent, cost_of
from meguri.respond.measures import Library, load_measures, packaged_measures
from meguri.respond.schemes import net_cost, shared
from meguri.structure.chain import Chain

RATES = Rates({"JPY": 1.0, "USD": 150.0}, "", "", given=True)


@cache
def library(chain: str = "ndfeb-japan@2024") -> Library:
    return load_measures(Chain.example(chain))


def test_a_scheme_pays_its_rate_up_to_its_cap() -> None:
    scheme = {"scheme": "s", "rate": 0.5, "cap": 2.0, "currency": "USD", "running": True}
    net = shared(Spent(500.0, 10.0), scheme, RATES)
    assert (net.state.once, net.firm.once) == (250.0, 250.0)
    net = shared(Spent(1000.0, 10.0), scheme, RATES)
    assert (net.state.once, net.firm.once) == (300.0, 700.0)  # 2 dollars at 150 yen
    assert (net.state.running, net.firm.running) == (5.0, 5.0)
    without = shared(Spent(1000.0, 10.0), {**scheme, "cap": math.nan, "running": False}, RATES)
    assert (without.state.once, without.state.running) == (500.0, 0.0)


@pytest.mark.parametrize(
    ("day", "scheme"),
    [
        ("2009-06-01", ""),
        ("2011-03-01", "rare-earth-equipment-2010"),
        ("2012-06-01", "thrift-support-2012"),
        ("2015-04-01", ""),
        ("2026-04-01", "esp-magnets-development"),
    ],
)
def test_the_day_of_the_start_decides_which_scheme_pays_for_thrift(day: str, scheme: str) -> None:
    assert net_cost(library(), "thrift-dy", 1.0, day).scheme == scheme


def test_a_measure_of_the_nation_is_paid_by_the_state_and_parts_add_up_to_the_whole() -> None:
    for row in library().measures.drop_duplicates(["kind", "owner"]).itertuples():
        whole = cost_of(library().rows("costs", row.measure), row.size_max)
        net = net_cost(library(), row.measure, row.size_max, "2026-04-01")
        assert net.firm.once + net.state.once == pytest.approx(whole.once)
        assert net.firm.running + net.state.running == pytest.approx(whole.running)
        assert min(net.firm.once, net.state.once, net.firm.running, net.state.running) >= 0.0
        if row.owner == "nation":
            assert net.firm == Spent(0.0, 0.0)


def test_a_scheme_for_magnets_pays_for_no_tantalum() -> None:
    net = net_cost(library("tantalum-targets-japan@2024"), "circulate-ta-target", 5.0, "2026-04-01")
    assert net.scheme == ""
    assert net_cost(library(), "circulate-dy", 5.0, "2026-04-01").scheme == "esp-magnets-recycling"


def test_every_scheme_names_kinds_owners_and_conditions_that_exist() -> None:
    words = keys("response_words")
    for row in packaged_measures()["response_schemes"].itertuples():
        assert {f"kind_{kind}" for kind in row.kinds.split("|")} <= set(words)
        assert set(row.owners.split("|")) <= {"firm", "joint", "nation"}
        assert row.until == "" or row.since <= row.until
        assert row.source
