"""Moving a process across the border: procurement risk falls, leak and control exposure rise, and back."""

import math
from functools import cache

import pandas as pd
import pytest

from meguri.base.errors import ModelError
from meguri.respond.relocation import (
    Review,
    across,
    made_abroad,
    moved,
    relocation_risks,
    relocation_table,
    under_review,
)
from meguri.scenario.read import read_scenario
from meguri.structure.chain import Chain
from tests.small import scenario, tables

ALL = Review((1.0, 1.0, 1.0), (400.0, 400.0, 400.0), (0.0, 0.0, 0.0))  # nothing arrives within the horizon


def small(magnet_in: str = "JP", own: float = 0.25) -> Chain:
    """Metal of CN, and a quarter of JP, to one magnet maker; its magnets to a car maker of JP."""
    nodes = {
        "cn-metal": {"material": "metal", "country": "CN", "output": 365 * 4 * (1 - own)},
        "jp-metal": {"material": "metal", "country": "JP", "output": 365 * 4 * own},
        "magnet": {"material": "magnet", "country": magnet_in, "output": 365 * 4},
        "jp-car": {"material": "car", "country": "JP", "output": 365 * 4},
    }
    flows = {
        ("cn-metal", "magnet"): {"amount": 365 * 4 * (1 - own), "lead": 1, "qualified": "yes"},
        ("jp-metal", "magnet"): {"amount": 365 * 4 * own, "lead": 1, "qualified": "yes"},
        ("magnet", "jp-car"): {"amount": 365 * 4, "lead": 1, "qualified": "yes"},
    }
    recipes = {
        ("magnet", "metal"): {"need": 1, "stock": 20, "target": 20},
        ("jp-car", "magnet"): {"need": 1, "stock": 10, "target": 10},
    }
    forms = {"metal": "metal", "magnet": "magnet", "car": "equipment"}
    return Chain.from_tables(**tables(nodes, flows, recipes, {("metal", "Dy"): 0.5}, forms))


BAN = scenario([{"kind": "ban", "form": ["metal"]}], economy="JP", days=150)


def cells(table: pd.DataFrame) -> dict[tuple[str, str], tuple[float, float, int]]:
    rows = table.set_index(["world", "quantity"])[["before", "after", "direction"]]
    return {key: tuple(row) for key, row in rows.iterrows()}


@cache
def there() -> pd.DataFrame:
    return relocation_table(small(), BAN, ["magnet"], "CN", review=ALL)


def test_a_hand_worked_move_swaps_the_input_at_risk_for_the_product_at_risk():
    found = cells(there())
    assert found["chain", "across"] == (0.75, 0.0, -1)
    assert found["chain", "made_abroad"] == (0.0, 1.0, 1)
    before, after, direction = found["given", "tts_process"]
    assert 20 < before < 40  # three quarters of the metal stop, 20 days of stock are used
    assert math.isnan(after)
    assert direction == -1
    assert math.isnan(found["other", "tts_ends"][0])  # at home China's catch-all on magnets reaches nobody
    assert 10 <= found["other", "tts_ends"][1] <= 12  # in China it stops the car maker after its own stock
    assert found["own", "tts_process"][2] == 1  # Japan's own catch-all now reaches its deliveries of metal


def test_the_risks_are_read_off_and_the_way_back_is_the_same_code_with_opposite_signs():
    back = relocation_risks(relocation_table(small("CN"), BAN, ["magnet"], "JP", review=ALL))
    assert dict(relocation_risks(there()).to_numpy()) == {"procurement": -1, "leak": 1, "control-exposure": 1}
    assert dict(back.to_numpy()) == {"procurement": 1, "leak": -1, "control-exposure": -1}


def test_a_move_there_and_back_leaves_the_chain_as_it_was():
    chain = small()
    assert moved(moved(chain, ["magnet"], "CN"), ["magnet"], "JP").nodes.equals(chain.nodes)


@pytest.mark.slow
def test_japans_magnets_of_2025_in_china_survive_themselves_while_their_users_at_home_fall_short_sooner():
    table = relocation_table(
        Chain.example("ndfeb-japan@2024"), read_scenario("2025-medium-heavy-rare-earths"),
        ["jp-magnet-proterial"], "CN",
    )  # fmt: skip
    found = cells(table)
    assert dict(relocation_risks(table).to_numpy()) == {
        "procurement": -1, "leak": 1, "control-exposure": 1,
    }  # fmt: skip
    assert math.isnan(found["given", "tts_process"][1])  # its own inputs no longer wait for a licence
    assert found["given", "tts_ends"][1] < found["given", "tts_ends"][0]  # magnets with Dy are licensed too
    assert found["given", "lost_ends"][2] == 1


@pytest.mark.slow
def test_a_site_of_2025_brought_home_swaps_the_signs():
    table = relocation_table(
        Chain.example("ndfeb-japan@2024"), read_scenario("2025-medium-heavy-rare-earths"),
        ["cn-magnet-tdk"], "JP",
    )  # fmt: skip
    risks = dict(relocation_risks(table).to_numpy())
    assert (risks["procurement"], risks["leak"]) == (1, -1)


def test_the_catch_all_begins_with_the_first_control_and_keeps_everything_else():
    told = under_review(BAN, ["magnet"], "CN", Review())
    assert [control.kind for control in told.controls] == ["catch-all"]
    assert told.controls[0].start == BAN.controls[0].start
    assert (told.horizon, told.economy, told.demand) == (BAN.horizon, BAN.economy, BAN.demand)


def test_unknown_nodes_several_countries_and_a_scenario_without_controls_are_refused():
    with pytest.raises(ModelError, match="magnate"):
        moved(small(), ["magnate"], "CN")
    with pytest.raises(ModelError, match="one country"):
        relocation_table(small(), BAN, ["magnet", "cn-metal"], "JP")
    with pytest.raises(ModelError, match="at least one control"):
        relocation_table(small(), scenario([], economy="JP"), ["magnet"], "CN")


@pytest.mark.parametrize(("own", "times"), [(0.25, 2.0), (0.75, 1000.0)])
def test_shares_do_not_depend_on_the_unit_of_amounts(own, times):
    chain = small(own=own)
    scaled = {name: chain.table(name) for name in ("materials", "nodes", "flows", "recipes", "contents")}
    for name, columns in (("nodes", ["output", "capacity"]), ("flows", ["amount"])):
        scaled[name] = scaled[name].copy()
        for column in [c for stem in columns for c in (stem, f"{stem}_low", f"{stem}_high")]:
            scaled[name][column] = scaled[name][column] * times
    other = Chain.from_tables(**scaled)
    assert across(other, ["magnet"], "CN") == pytest.approx(across(chain, ["magnet"], "CN")) == 1 - own
    assert made_abroad(other, ["magnet"], ["JP"]) == made_abroad(chain, ["magnet"], ["JP"])
