"""The packaged chains with by-products under simple bans: who stops, after which stock, and who follows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from meguri.scenario.read import parse_scenario
from meguri.structure.chain import Chain
from tests.small import Told, tell_once

EVIDENCE = {"source": "meguri-assumption", "grade": "assumed"}


def told(chain: str, *bans: dict[str, Any], **more: Any) -> Told:
    """Two years from 2025; each ban begins on day 31."""
    controls = [
        {"id": f"ban-{place}", "kind": "ban", "start": "2025-02-01", **EVIDENCE, **ban}
        for place, ban in enumerate(bans)
    ]
    content = {
        "name": "test", "label": {"en": "Test", "ja": "試験"}, "chain": chain, "start": "2025-01-01",
        "horizon": "730 d", "controls": controls, **more,
    }  # fmt: skip
    return tell_once(Chain.example(chain), parse_scenario(content))


def share_on(story: Told, node: str, day: int) -> float:
    """Output of a node as a share of plan."""
    place = story.layout.nodes["node"].tolist().index(node)
    return float(story.story.output[day, place] / story.numbers.plan[place])


GALLIUM = {"by": "CN", "element": ["Ga"], "form": ["metal"]}


def test_a_chinese_gallium_ban_stops_wafers_after_the_stock_of_metal_and_of_high_purity_metal() -> None:
    story = told("gallium-germanium-japan@2024", GALLIUM)
    days = story.days
    assert 60 <= days["jp-ga6n"] <= 200  # 90 days of primary metal and what is on the way
    assert days["jp-ga6n"] < days["jp-gaas"] < days["jp-rf"] < np.inf
    assert days["jp-ga6n"] < days["jp-gan"] < days["jp-gan-dev"] < np.inf
    assert np.isinf(days["cn-ga"]) and np.isinf(days["cn-gaas"])
    assert np.isinf(days[["jp-fibre", "jp-thermal", "jp-pet"]]).all(), "germanium was not banned"


def test_scrap_of_wafer_makers_falls_with_them_and_so_cannot_save_them() -> None:
    """Process scrap is a by-product of its own user: it shrinks round by round (NREL 2011 on indium)."""
    story = told("gallium-germanium-japan@2024", GALLIUM)
    assert share_on(story, "jp-ga-rec", 100) == pytest.approx(1, abs=0.02)
    assert share_on(story, "jp-ga-rec", 729) < 0.6
    assert story.days["jp-gaas"] < story.days["jp-ga-rec"]


def test_gallium_falls_with_alumina_though_nobody_bans_gallium() -> None:
    """Bauxite stops at both borders; half the host goes on, and its by-product by as much and the spare."""
    ores = [{"by": by, "element": ["Al"], "form": ["ore"]} for by in ("GN", "AU")]
    story = told("gallium-germanium-japan@2024", *ores)
    assert story.days["cn-alumina"] < story.days["cn-ga"] < np.inf
    host = share_on(story, "cn-alumina", 728)
    assert 0.4 < host < 0.6
    assert share_on(story, "cn-ga", 729) == pytest.approx(1.3 * host, rel=1e-6)
    assert np.isinf(story.days["jp-ga"]), "its host is a zinc smelter"


def test_hafnium_stays_flat_when_half_more_is_asked_for_and_reactors_ask_for_no_more_zirconium() -> None:
    """AC2.6 on the packaged chain: up to stock and spare separation, then (1 + spare) / 1.5 of the plan."""
    story = told("hafnium-zirconium-japan@2024", demand_of={"hf-metal": 1.5})
    recipes = Chain.example("hafnium-zirconium-japan").recipes.set_index("node")
    for node in ("fr-hf", "us-hf", "cn-hf", "ru-hf"):
        spare, stock = recipes.at[node, "spare"], recipes.at[node, "stock"]
        last = int(stock / (0.5 - spare))  # days of usual use, drawn at what is asked beyond the supply
        assert story.days[node] == last, node
        assert share_on(story, node, last - 1) == pytest.approx(1)
        assert share_on(story, node, 729) == pytest.approx((1 + spare) / 1.5, rel=1e-6)
        host = recipes.at[node, "host"]
        assert share_on(story, host, 729) == pytest.approx(1) and np.isinf(story.days[host])


def test_zircon_that_stops_reaches_the_wafer_fabs_through_reactor_zirconium() -> None:
    ores = [{"by": by, "element": ["Zr"], "form": ["ore"]} for by in ("AU", "ZA", "SN")]
    days = told("hafnium-zirconium-japan@2024", *ores).days
    assert days["fr-zr-chloride"] < days["fr-zr-nuclear"] < days["fr-hf"] < days["xx-hf-chloride"] < np.inf
    assert np.isinf(days["cn-hf"]), "its host has ore of its own"


def test_a_ban_on_indium_hits_where_no_smelter_and_little_scrap_is_at_home() -> None:
    bans = [{"by": by, "element": ["In"], "form": ["metal", "target"]} for by in ("CN", "KR")]
    days = told("indium-ito-japan@2024", *bans).days
    assert days["tw-ito"] < days["tw-panel"] < days["tw-rec-in"] < np.inf, "panels stop, so scrap stops"
    assert np.isinf(days[["cn-panel", "kr-panel"]]).all()


def test_ore_of_the_great_lakes_stops_powder_before_targets_and_lithium_mines_go_on() -> None:
    bans = [{"by": by, "element": ["Ta"], "form": ["ore"]} for by in ("CD", "RW")]
    days = told("tantalum-targets-japan@2024", *bans).days
    assert days["jp-ta-ref"] < days["jp-powder-jx"] < days["jp-target-jx"] <= days["jp-fabs"]
    assert np.isinf(days[["au-ore-ta", "au-li", "my-slag-ta"]]).all()
