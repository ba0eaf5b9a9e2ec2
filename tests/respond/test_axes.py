"""A stockpile buys days, functional circulation keeps the share, and nobody gets one score of both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import yaml

from meguri.base.errors import ModelError
from meguri.respond.axes import Worlds, axes_of, one_score, paired_values, planned_scenario
from meguri.scenario.measures import Saving, Stock, Supply
from meguri.scenario.read import parse_scenario, read_scenario
from meguri.scenario.schema import Range, Reserve, Scenario
from meguri.scenario.shift import shifted
from meguri.shock.run import set_up
from meguri.structure.chain import Chain
from meguri.structure.measured import with_measures
from meguri.study.study import Study

EVIDENCE: dict[str, Any] = {"source": "meguri-assumption", "grade": "assumed"}
BEFORE = {"start": "2024-01-01", **EVIDENCE}
STOCK = Stock(kind="stock", id="stock", country="JP", input="magnet-hree", amount="45 d", **BEFORE)
CIRCULATION = Supply(
    kind="supply", id="back", country="JP", product="magnet-hree", amount="600 t/a", qualification="270 d",
    first_yield=0.6, ramp="120 d", **BEFORE,
)  # fmt: skip
THRIFT = Saving(kind="saving", id="less", country="JP", input="metal-hree", amount=0.3, **BEFORE)
# half of what is asked for is licensed, for good
LASTING = ["controls.licence.approval=0.5", "controls.licence.rounds=1"]


@pytest.fixture(scope="module")
def worlds() -> Worlds:
    scenario = read_scenario("2025-medium-heavy-rare-earths", LASTING)
    return Worlds(Chain.example("ndfeb-japan@2024"), scenario, 4, 1, after_years=4)


def test_a_stockpile_alone_buys_days_and_no_competitiveness(worlds: Worlds) -> None:
    """AC5.1, first half."""
    axes = worlds.axes([STOCK])
    assert (axes.bought >= 45).all() and axes.spread("bought").mid > 45
    gone = ~axes.planned.drawn  # a run in which some of it is left after four years says so
    assert gone.mean() > 0.5 and axes.still_drawn == (~gone).mean()
    assert axes.kept[gone] == pytest.approx(0.0, abs=5e-3)  # usual stocks even out slowly
    assert np.median(axes.kept[gone]) == pytest.approx(0.0, abs=5e-4)
    assert (axes.loss_avoided > 0).all()


def test_functional_circulation_alone_keeps_competitiveness_and_buys_no_day(worlds: Worlds) -> None:
    """AC5.1, second half."""
    axes = worlds.axes([CIRCULATION])
    assert (axes.bought == 0.0).all()
    assert (axes.kept > 0.02).all()


def test_a_mine_that_takes_ten_years_adds_nothing_to_a_strike_in_two() -> None:
    """AC5.3: decided in 2012, ready in 2022, needed in 2014."""
    mine = Supply(
        kind="supply", id="mine", country="JP", product="metal-hree", amount="500 t/a", origin="AU",
        start="2022-01-01", **EVIDENCE,
    )  # fmt: skip
    scenario = read_scenario("2025-medium-heavy-rare-earths", LASTING)
    strike = shifted(scenario, -(365 * 11 + 2))
    assert strike.first_control is not None and strike.first_control.year == 2014
    told = Worlds(Chain.example("ndfeb-japan@2024"), strike, 1, 1, after_years=2)
    axes = told.axes([mine])
    assert (axes.bought == 0).all()
    assert axes.kept == pytest.approx(0.0, abs=1e-12)
    assert axes.loss_avoided == pytest.approx(0.0, abs=1e-9)
    assert (told.axes([mine.model_copy(update={"start": strike.start})]).kept > 0).all()


def test_the_world_of_a_plan_is_the_world_without_it() -> None:
    """A ranged plan, reserves too, leaves every other drawn number where it was."""
    chain, world = Chain.example("ndfeb-japan@2024"), read_scenario("2025-medium-heavy-rare-earths")
    reserve = Reserve.model_validate({
        "product": "metal-hree", "country": "JP", "amount": ["20 t", "60 t"],
        "release": {"cover_below": "30 d"}, "decision": "14 d", "rate": "1 t/d", **EVIDENCE,
    })  # fmt: skip
    ranged = STOCK.model_copy(update={"late": Range(0, 10, 20, "d")})
    planned = planned_scenario(world, [ranged, reserve])
    before, after = (set_up(with_measures(chain, one), one).ranges for one in (world, planned))
    values = paired_values(after, before, 5, 1)
    own = paired_values(before, before, 5, 1)
    places = [after["parameter"].tolist().index(name) for name in before["parameter"]]
    assert np.array_equal(values[:, places], own)
    assert values.shape[1] == own.shape[1] + 2


def test_a_plan_written_as_a_scenario_runs_again_to_the_same_story(worlds: Worlds) -> None:
    short = Worlds(worlds.chain, worlds.scenario, 1, 1)
    planned = planned_scenario(short.scenario, [STOCK, CIRCULATION, THRIFT])
    again: Scenario = parse_scenario(yaml.safe_load(yaml.safe_dump(planned.plain())))
    assert again == planned
    survival = Study(worlds.chain, again, runs=1).run().table("survival").set_index("node")
    axes = short.axes([STOCK, CIRCULATION, THRIFT])
    ends = [name for name, _ in axes.processes]
    assert set(survival.index) == {*worlds.chain.nodes["node"], "back"}  # what is saved is no process
    assert survival.loc[ends, "tts_d"].min() == axes.planned.time[0]


def test_what_lasts_beyond_the_horizon_counts_up_to_it() -> None:
    scenario = read_scenario("2025-medium-heavy-rare-earths")
    huge = STOCK.model_copy(update={"amount": Range(3000, 3000, 3000, "d")})
    axes = axes_of(Chain.example("ndfeb-japan@2024"), scenario, 1, 1, [huge], ["jp-motor-aux"])
    assert axes.censored.all() and np.isinf(axes.planned.time).all()
    assert axes.bought[0] == axes.without.horizon - axes.without.time[0]
    assert axes.still_drawn == 1.0


def test_an_unknown_process_is_named() -> None:
    scenario = read_scenario("2025-medium-heavy-rare-earths")
    with pytest.raises(ModelError) as error:
        axes_of(Chain.example("ndfeb-japan@2024"), scenario, 1, 1, processes=["jp-motor-auxx"])
    assert "jp-motor-aux" in error.value.text("en")


def test_one_score_is_refused_with_the_reason() -> None:
    with pytest.raises(ModelError) as error:
        one_score("0.5 * days + 0.5 * share")
    assert "Stockpiles buy time" in error.value.text("en")
    assert "備蓄は時間、機能循環は競争力" in error.value.text("ja")
