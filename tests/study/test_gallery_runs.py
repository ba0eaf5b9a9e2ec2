"""Every packaged scenario runs on its chain and says who stops and why; three runs, or the modes only."""

from __future__ import annotations

from functools import cache

import pytest

from meguri.scenario.read import gallery, read_scenario
from meguri.structure.chain import Chain
from meguri.study.outcome import Outcome
from meguri.study.study import Study

pytestmark = pytest.mark.slow  # every packaged scenario is told

FAST = ("2023-graphite", "2024-antimony", "2025-five-metals-indium")
# at the modes: nodes that fall short with the input they wait for, and nodes that never do
EXPECTED: dict[str, tuple[dict[str, str], set[str]]] = {
    "2023-gallium-germanium": (
        {"jp-ga6n": "ga-4n", "jp-ge-optics": "ge", "us-rf": "gaas-wafer"},
        {"cn-ga", "cn-gaas", "jp-fibre"},
    ),
    "2023-graphite": (
        {"jp-anode-natural": "spherical", "jp-cell-vehicle": "anode-natural"},
        {"jp-casting", "jp-anode-synthetic", "cn-anode-natural", "cn-spherical"},
    ),
    "2024-antimony": ({}, {"jp-ato-nihon-seiko", "jp-fr", "cn-sb", "cn-ato", "be-ato", "vn-sb"}),
    "2024-gallium-germanium-us": ({"us-rf": "gaas-wafer"}, {"jp-gaas", "jp-thermal", "cn-gaas"}),
    "2025-five-metals": (
        {"jp-tool-others": "carbide-powder", "jp-carbide-others": "apt"},
        {"jp-auto-machining", "jp-tool-sei", "cn-tool"},
    ),
    "2025-five-metals-indium": ({}, {"jp-ito-mitsui", "jp-panel", "kr-panel"}),
    "2025-extraterritorial": ({}, {"jp-magnet-tdk", "jp-motor-traction", "jp-xev"}),
    "2025-extraterritorial-resumed": ({}, {"jp-magnet-tdk", "jp-magnet-shinetsu", "jp-xev"}),
    "2026-japan-dual-use": ({"jp-magnet-tdk": "metal-hree"}, {"jp-magnet-shinetsu", "jp-magnet-proterial"}),
    "2026-japan-dual-use-tungsten": (
        {"jp-tool-others": "carbide-powder"},
        {"jp-tool-sei", "jp-auto-machining"},
    ),
    "magnesium-embargo": ({"eu-users": "ingot-mg"}, {"cn-ingot"}),
}


@cache
def outcome_of(name: str, runs: int) -> Outcome:
    scenario = read_scenario(name)
    return Study(Chain.example(scenario.chain), scenario, runs, 1).run()


def slow_unless(names: tuple[str, ...], of: list[str]) -> list[object]:
    return [name if name in names else pytest.param(name, marks=pytest.mark.slow) for name in of]


@pytest.mark.parametrize("name", slow_unless(FAST, gallery()))
def test_a_scenario_runs_and_says_who_stops_and_for_want_of_what(name: str) -> None:
    outcome = outcome_of(name, 3)
    survival = outcome.table("survival")
    stopped = survival[survival["share_stopped"] > 0]
    assert set(stopped["waits_for"]) <= set(outcome.chain.materials["material"])
    assert len(survival) == len(outcome.chain.nodes)
    notes = outcome.table("notes")
    assert (notes[["text_en", "text_ja"]] != "").all(axis=None)
    assert notes["key"].str.startswith("reason-").any() == bool(read_scenario(name).reasons)


@pytest.mark.parametrize("name", slow_unless(FAST, list(EXPECTED)))
def test_at_the_modes_the_nodes_one_would_name_beforehand_stop_and_others_do_not(name: str) -> None:
    short, spared = EXPECTED[name]
    survival = outcome_of(name, 1).table("survival").set_index("node")
    fallen = survival[survival["tts_d"].notna()]
    assert {node: fallen["waits_for"].get(node) for node in short} == short
    assert not spared & set(fallen.index)
