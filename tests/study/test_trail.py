"""Why a node falls short: a chain worked by hand, and what must hold on any small chain."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from meguri.base.errors import DataError
from meguri.shock.cause import causes
from meguri.shock.run import central_run, run_all, set_up
from meguri.structure.chain import Chain
from meguri.study.bottlenecks import bottlenecks_table
from meguri.study.losses import lost_days, lost_output_table, lost_weighted
from meguri.study.study import Study
from meguri.study.tables import quality_table
from meguri.study.trail import ORDER, trail, trails
from tests.small import scenario, shipments, small_chains, tables, tell_once

BAN = {"kind": "ban"}
NODES = {
    name: {"material": material, "country": country, "output": output}
    for name, material, country, output in (
        ("cn-oxide", "oxide", "CN", 365), ("au-oxide", "oxide", "AU", 365),
        ("jp-metal", "metal", "JP", 365), ("jp-magnet", "magnet", "JP", 365),
        ("jp-other", "alloy", "JP", 365),
    )
}  # fmt: skip
RECIPES = {
    ("jp-metal", "oxide"): {"need": 1, "stock": 10, "target": 10},
    ("jp-magnet", "metal"): {"need": 1, "stock": 5, "target": 5},
}
FLOWS: dict[tuple[str, str], dict[str, Any]] = {
    ("cn-oxide", "jp-metal"): {"amount": 365, "lead": 1, "value": 1000},
    ("jp-metal", "jp-magnet"): {"amount": 365, "lead": 1, "value": 3000},
}
NEW = {
    ("au-oxide", "jp-metal"): {
        "amount": 365, "lead": 1, "qualified": "no", "qualification": 30, "first_yield": 0.5, "recovery": 8,
    }
}  # fmt: skip


def chain(new: bool = True) -> Chain:
    contents = {("oxide", "Dy"): 0.5}
    return Chain.from_tables(**tables(NODES, FLOWS | (NEW if new else {}), RECIPES, contents))


def steps(table: pd.DataFrame) -> list[tuple[str, str, float]]:
    return [(row["what"], row["node"], row["day"]) for row in table.to_dict("records")]


def test_a_ban_is_walked_back_from_the_starved_node_to_the_cut() -> None:
    """By hand: banned on day 10; what left on day 9 arrives on day 10.

    The metal maker holds 10 days at the end of day 10 and falls short 11 days after the ban; what it
    sent last arrives that day, so the magnet maker uses up its 5 days and falls short on day 17. Buyers
    react after 5 days, the alternative is qualified 30 days later.
    """
    table = trail(set_up(chain(), scenario([BAN])), "jp-magnet")
    found = steps(table)
    assert [step for step in found if step[0] not in ("recovered", "still-short")] == [
        ("control", "jp-metal", 0.0), ("cut", "jp-metal", 0.0),
        ("empty", "jp-metal", 11.0), ("starved", "jp-metal", 11.0),
        ("empty", "jp-magnet", 17.0), ("starved", "jp-magnet", 17.0),
        ("qualified", "jp-metal", 35.0),
    ]  # fmt: skip
    assert table["step"].tolist() == list(range(1, len(table) + 1))
    rows = table.set_index("what")
    assert rows.loc["qualified", "supplier"] == "au-oxide"
    assert rows.loc["qualified", "date"] == "2025-02-15"
    assert rows.loc["cut", "amount"] == pytest.approx(20.0), "days 11 to 30 of January, one tonne each"


def test_amounts_and_names_of_the_trail_stand_in_its_sentences() -> None:
    table = trail(set_up(chain(), scenario([BAN])), "jp-magnet").set_index("what")
    cut = table.loc["cut"]
    assert "20 t less than usual" in cut["note_en"] and "20 t少なくなる" in cut["note_ja"]
    assert "export ban in force (control-0)" in table.loc["control", "note_en"]
    assert "中国の輸出禁止" in table.loc["control", "note_ja"]
    assert "10 days of use" in table.loc["empty", "note_en"].iloc[0]
    assert "have come from jp-metal" in table.loc["empty", "note_en"].iloc[1]


def test_a_node_that_holds_says_so_and_an_unknown_node_is_named() -> None:
    setup = set_up(chain(), scenario([BAN]))
    assert steps(trail(setup, "jp-other")) == [("holds", "jp-other", 109.0)]
    with pytest.raises(DataError, match="jp-magnet"):
        trail(setup, "jp-magne")


def test_without_an_alternative_the_node_is_still_short_on_the_last_day() -> None:
    table = trail(set_up(chain(new=False), scenario([BAN])), "jp-magnet")
    assert steps(table)[-1] == ("still-short", "jp-magnet", 109.0)
    assert "recovered" not in set(table["what"])


def test_several_trails_are_those_of_each_node() -> None:
    setup = set_up(chain(), scenario([BAN]))
    both = trails(setup, ["jp-metal", "jp-magnet"])
    for node in ("jp-metal", "jp-magnet"):
        alone = trail(setup, node)
        pd.testing.assert_frame_equal(both[both["of"] == node].reset_index(drop=True), alone)
    pd.testing.assert_frame_equal(Study(chain(), scenario([BAN])).trail("jp-metal"), trail(setup, "jp-metal"))


def test_time_to_quality_is_qualification_and_the_yield_curve() -> None:
    """By hand: ready 35 days after the ban; 1 - 0.5 exp(-t / 8) reaches 0.95 after 8 ln 10 = 18.4 days."""
    table = quality_table(run_all(chain(), scenario([BAN], days=200), 1, 1)).set_index("node")
    assert list(table.index) == ["jp-metal"]
    assert table.loc["jp-metal", "doubted_d"] == 35.0
    assert table.loc["jp-metal", "restored_d"] == np.ceil(45 + 8 * np.log(10)) - 10
    assert table.loc["jp-metal", "share_runs"] == 1.0
    assert quality_table(run_all(chain(new=False), scenario([BAN]), 1, 1)).empty
    early = quality_table(run_all(chain(), scenario([BAN], days=60), 1, 1))
    assert early["restored_d"].isna().all() and len(early) == 1, "not within the horizon"


def test_end_users_are_weighted_by_the_value_they_take_where_all_of_it_is_stated() -> None:
    """jp-magnet takes 3000 of a value; jp-other takes nothing, so the values of all are not stated."""
    runs = run_all(chain(), scenario([BAN]), 1, 1)
    table = lost_output_table(runs).set_index("node")
    assert set(table["basis"]) == {"equal"} and table["weight"].tolist() == [0.5, 0.5]
    assert lost_weighted(runs)[0] == pytest.approx(lost_days(runs)[0]) == pytest.approx(table["part_d"].sum())
    nodes = {name: cells for name, cells in NODES.items() if name != "jp-other"}
    nodes |= {"jp-users": {"material": "powder", "country": "JP", "output": 365}}
    recipes = RECIPES | {("jp-users", "oxide"): {"need": 1, "stock": 5, "target": 5}}
    flows = FLOWS | {("au-oxide", "jp-users"): {"amount": 365, "lead": 1, "value": 1000}}
    contents = {("oxide", "Dy"): 0.5}
    materials = {"oxide": "oxide", "metal": "metal", "magnet": "magnet", "powder": "powder"}
    valued = Chain.from_tables(**tables(nodes, flows, recipes, contents, materials))
    runs = run_all(valued, scenario([BAN]), 1, 1)
    table = lost_output_table(runs).set_index("node")
    assert set(table["basis"]) == {"value"}
    assert table["weight"].to_dict() == {"jp-magnet": 0.75, "jp-users": 0.25}
    assert lost_weighted(runs)[0] == pytest.approx(0.75 * table.loc["jp-magnet", "lost_d"])
    assert table.loc["jp-users", "lost_d"] == 0.0


def test_the_loss_of_end_users_is_traced_to_the_node_that_is_cut() -> None:
    runs = run_all(chain(), scenario([BAN]), 3, 1)
    table = bottlenecks_table(runs)
    assert list(zip(table["node"], table["input"], strict=True)) == [("jp-metal", "oxide")]
    row = table.iloc[0]
    assert row["share_runs"] == row["share_lost"] == 1.0 and row["tts_d"] == 11.0
    assert row["lost_d"] == pytest.approx(lost_weighted(runs).mean())
    assert (
        row["why_en"]
        == "oxide does not reach jp-metal: export ban (control-0) cuts deliveries from cn-oxide."
    )
    assert "cn-oxide" in row["why_ja"] and "輸出禁止" in row["why_ja"]


@given(small_chains(), shipments("ban", "licence", "customs-slowdown"))
@settings(max_examples=6)
def test_every_shortage_has_an_origin_that_came_first_and_every_trail_is_in_order(
    given_tables: dict[str, pd.DataFrame], control: dict[str, Any]
) -> None:
    built, what = Chain.from_tables(**given_tables), scenario([control])
    told = tell_once(built, what)
    found = causes(told.layout.wiring, told.numbers, told.story, told.first)
    short = np.flatnonzero(found.fell >= 0)
    np.testing.assert_array_equal(found.fell - told.first >= 0, np.isfinite(told.days.to_numpy()))
    assert (found.root[short] >= 0).all() and (np.delete(found.root, short) == -1).all()
    assert (found.fell[found.root[short]] <= found.fell[short]).all()
    assert (found.up[found.root[short]] == -1).all()
    setup = set_up(built, what)
    begin = what.start + dt.timedelta(days=setup.first)
    every = trails(setup, built.nodes["node"])
    for node, table in every.groupby("of"):
        assert table["day"].is_monotonic_increasing
        starved = table[(table["what"] == "starved") & (table["node"] == node)]
        assert len(starved) == (told.days[node] < np.inf)
        for row in starved.to_dict("records"):
            assert row["day"] == told.days[node]
            assert row["date"] == (begin + dt.timedelta(days=row["day"])).isoformat()
            assert not {"control", "cut"} & set(table.loc[table["day"] > row["day"], "what"])
    assert set(every["what"]) <= set(ORDER)


def test_the_central_run_is_the_one_run_of_a_study_of_one() -> None:
    setup = set_up(chain(), scenario([BAN]))
    runs = run_all(chain(), scenario([BAN]), 1, 1)
    np.testing.assert_array_equal(central_run(setup).story.arrived, runs.arrived[0])
