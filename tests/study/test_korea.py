"""Korea 2019 (AC3.5), the 23 items of 2023 and the placebos: what the chains and scenarios must show."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from meguri.scenario.read import read_scenario
from meguri.shock.run import Runs, run_all
from meguri.structure.chain import Chain
from meguri.study.backtest import Backtest, backtest
from meguri.study.backtest_alarms import alarms
from meguri.study.study import changed

FABS = ["kr-memory-a", "kr-memory-b", "kr-logic", "kr-logic-euv", "kr-oled", "kr-lcd"]
CHIPS = FABS[:4]


@cache
def central(name: str) -> Runs:
    """One run of a scenario with every range at its mode."""
    scenario = read_scenario(name)
    return run_all(changed(Chain.example(scenario.chain), scenario), scenario, runs=1, seed=1)


def days(name: str, node: str) -> float:
    runs = central(name)
    return float(runs.tts[0, runs.layout.nodes["node"].tolist().index(node)])


def arrived(name: str, materials: list[str], country: str, month: str) -> float:
    """Tonnes of some goods that arrived from a country in a month."""
    runs = central(name)
    links = runs.layout.links
    chosen = links["input"].isin(materials) & links["supplier"].str.startswith(country)
    return float(runs.arrived[0, runs.months.index(month), chosen.to_numpy()].sum())


@pytest.mark.parametrize("scenario", ["2019-korea", "2019-korea-announced"])
def test_no_fab_stops_when_recycling_other_grades_and_third_countries_are_on(scenario: str) -> None:
    """AC3.5, with stocks of 30 days in the central run."""
    stops = {fab: days(scenario, fab) for fab in CHIPS if np.isfinite(days(scenario, fab))}
    assert stops == {}


def test_fabs_of_chips_stop_after_about_a_month_when_alternatives_are_off() -> None:
    runs = central("2019-korea-no-alternatives")
    for fab in CHIPS:
        assert 30 <= days("2019-korea-no-alternatives", fab) <= 45, fab
        place = runs.layout.nodes["node"].tolist().index(fab)
        assert runs.layout.slots["input"].iloc[runs.waits[0, place]] in ("hf-5n", "resist-euv")


def test_hydrogen_fluoride_from_japan_falls_to_nothing_and_does_not_all_return() -> None:
    """Customs: 3,026 t in June 2019, 530 in July, 0 in August, 794 in December, about 450 in 2021."""
    before = arrived("2019-korea", ["hf-liquid", "hf-5n"], "jp", "2019-06")
    path = [arrived("2019-korea", ["hf-liquid", "hf-5n"], "jp", f"2019-{month:02d}") for month in (7, 8, 10)]
    assert path[0] < 0.4 * before and path[1] < 0.01 * before and path[2] < 0.1 * before
    assert 0 < arrived("2019-korea", ["hf-liquid", "hf-5n"], "jp", "2021-06") < 0.6 * before


def test_resist_from_japan_does_not_fall_because_only_a_small_part_of_it_is_named() -> None:
    resists = ["resist-euv", "resist-arf", "resist-krf"]
    before = arrived("2019-korea", resists, "jp", "2019-06")
    after = [arrived("2019-korea", resists, "jp", f"2020-{month:02d}") for month in range(1, 13)]
    assert np.mean(after) == pytest.approx(before, rel=0.05)


def test_taiwan_steps_in_at_once() -> None:
    """Customs: 234 t in June 2019, 1,320 t in August."""
    goods = ["hf-liquid", "hf-5n"]
    assert arrived("2019-korea", goods, "tw", "2019-08") > 2 * arrived("2019-korea", goods, "tw", "2019-06")


@cache
def judged() -> Backtest:
    return backtest(
        ["2019-korea", "2023-japan-23-items", "placebo-copper-ore", "placebo-quartz-korea"], runs=20
    )


@pytest.mark.slow
def test_the_model_raises_alarms_for_hydrogen_fluoride_and_none_for_resist_machines_or_placebos() -> None:
    found = judged()
    table = alarms(found.table("series"), found.table("scores")).set_index(["case", "series"]).sort_index()
    assert set(table.loc["placebo-copper-ore", "model"]) == {"no"}
    assert set(table.loc["placebo-quartz-korea", "model"]) == {"no"}
    assert "yes" not in set(table.loc["2023-japan-23-items", "model"])
    korea = table.loc["2019-korea"]
    assert set(korea.loc["hf-jp", "model"]) == {"yes"}
    assert set(korea.loc["hf-jp", "history"]) == {"yes"}
    assert "yes" not in set(korea.loc["resist-jp-years", "model"])


@pytest.mark.slow
def test_groups_that_must_not_be_worse_than_no_change_are_not() -> None:
    pooled = judged().table("pooled").set_index(["case", "group"])
    bars = pooled[pooled["bar"] == "not-worse-than-no-change"]
    known = bars[bars["points"] > 0]  # months need MEGURI_DATA
    assert len(known) >= 6
    assert (known["error"] <= known["error_no_change"] + 0.05).all()


@pytest.mark.slow
def test_hydrogen_fluoride_by_quarter_beats_every_naive_baseline() -> None:
    row = judged().table("pooled").set_index(["case", "group"]).loc[("2019-korea", "hf")]
    assert row["hit"] == "yes"
    assert row["error"] < min(row["error_no_change"], row["error_last"], row["error_trend"])
