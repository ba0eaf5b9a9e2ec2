"""The packaged scenarios as documents: sourced, quoted, dated, and meeting their chains."""

from __future__ import annotations

import datetime as dt

import pytest

from meguri.base.sources import cited
from meguri.scenario.controls import Licence
from meguri.scenario.fields import Range
from meguri.scenario.read import gallery, read_scenario
from meguri.scenario.schema import Control, Scenario
from meguri.structure.chain import Chain

GALLERY = {name: read_scenario(name) for name in gallery()}
HYPOTHETICAL = {"magnesium-embargo", "placebo-copper-ore", "placebo-quartz-korea"}  # nothing was announced
ELSEWHERE = {  # controls of an announcement that name nothing in the chain they are shown on
    "2025-five-metals": {"tellurium", "bismuth", "molybdenum", "indium"},
    "2025-five-metals-indium": {"indium"},
}
FROM_2023 = ("paperwork", "review", "spread", "approval", "rounds")


@pytest.fixture(params=list(GALLERY))
def scenario(request: pytest.FixtureRequest) -> Scenario:
    return GALLERY[request.param]


def named_goods(chain: Chain, control: Control) -> set[str]:
    """Goods of a chain that a control names by key, or by element and form."""
    contents = chain.contents.query("share > 0")
    holds = set(contents.loc[contents["element"].isin(control.element), "material"])
    if "REO" in control.element:
        holds = set(contents["material"])
    materials = chain.materials
    formed = set(materials.loc[materials["form"].isin(control.form), "material"])
    return (holds & formed) | (set(control.goods) & set(materials["material"]))


def test_every_control_resolves_to_goods_its_country_makes_or_is_known_not_to(scenario: Scenario) -> None:
    chain = Chain.example(scenario.chain)
    made = chain.nodes.groupby("country")["material"].agg(set).to_dict()
    empty = {
        control.id
        for control in scenario.controls
        if not named_goods(chain, control) & made.get(control.by, set())
    }
    assert empty == ELSEWHERE.get(scenario.name, set())


def test_goods_named_by_key_are_goods_of_the_chain(scenario: Scenario) -> None:
    known = set(Chain.example(scenario.chain).materials["material"])
    for control in scenario.controls:
        assert set(control.goods) <= known, control.id


def test_firms_named_stand_in_the_chain(scenario: Scenario) -> None:
    chain = Chain.example(scenario.chain)
    known = set(chain.nodes["node"]) | set(chain.nodes["firm"]) | set(chain.ownership["owner"])
    for control in scenario.controls:
        assert set(control.entities) <= known, control.id


def test_every_source_is_listed_and_every_assumption_has_its_reason(scenario: Scenario) -> None:
    for control in scenario.controls:
        assert cited(control.source.split("|"))["title"].ne("").all(), control.id
        assert control.note or control.grade in ("reported", "derived"), control.id
    for reason in scenario.reasons:
        assert "“" in reason.text and "”" in reason.text, "the authority's own words stand in quotation marks"
        assert cited([reason.source])["title"].ne("").all()


def test_the_authority_s_reason_is_quoted_unless_nothing_was_announced(scenario: Scenario) -> None:
    announced = scenario.name not in HYPOTHETICAL and bool(scenario.controls)  # a placebo controls nothing
    assert bool(scenario.reasons) == announced


def test_a_chain_is_never_younger_than_the_scenario_save_where_the_file_says_so(scenario: Scenario) -> None:
    """Gallium and germanium run on 2024, and the tutorial and the file say that this is no blind test."""
    as_of = int(scenario.chain.partition("@")[2])
    assert as_of < scenario.start.year or scenario.name in (
        "2023-gallium-germanium",
        "2024-gallium-germanium-us",
    )


def test_licences_announced_from_2023_share_one_set_of_ranges() -> None:
    """What is not moved between episodes cannot have been fitted on one of them."""
    found = {
        name: {field: getattr(control, field) for field in FROM_2023}
        for name in ("2023-gallium-germanium", "2023-graphite", "2024-antimony", "2025-five-metals")
        for control in GALLERY[name].controls
        if isinstance(control, Licence)
    }
    rare_earths = GALLERY["2025-medium-heavy-rare-earths"].control("licence")
    common = {field: getattr(rare_earths, field) for field in FROM_2023}
    assert common["review"] == Range(45, 45, 45, "working days")
    assert all(ranges == common for ranges in found.values())


def test_the_rules_of_october_2025_rest_to_the_end_and_come_back_only_in_the_what_if() -> None:
    known, lapsed = (
        GALLERY[name].control("abroad") for name in ("2025-extraterritorial", "2025-extraterritorial-resumed")
    )
    assert known.first_day() is None, "their status after the suspension is unknown"
    assert lapsed.first_day() == dt.date(2026, 11, 11)
    assert known.third_countries and known.de_minimis == 0.001


def test_the_ban_toward_the_united_states_rests_and_the_run_ends_with_the_suspension() -> None:
    scenario = GALLERY["2024-gallium-germanium-us"]
    ban = scenario.control("ban")
    last = scenario.start + dt.timedelta(days=scenario.days - 1)
    assert ban.to == ("US",)
    assert [(rest.start, rest.end) for rest in ban.suspended] == [(dt.date(2025, 11, 9), last)]
    assert last == dt.date(2026, 11, 27), "what follows is unknown"
