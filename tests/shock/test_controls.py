"""Controls: which links they name, and what they let through day by day."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

import numpy as np
import pytest

from meguri.base.errors import ModelError
from meguri.scenario.read import read_scenario
from meguri.shock.arrays import lay_out
from meguri.shock.controls import all_named, licence_delay, licensed_share
from meguri.shock.run import month_of_days
from meguri.shock.sample import Draw, declared_ranges, latin_hypercube
from meguri.structure.chain import Chain
from tests.small import scenario, tables, tell_once

LICENCE = {
    "kind": "licence", "paperwork": "10 d", "review": "20 d", "customs_test": "5 d", "approval": 1.0,
}  # fmt: skip


@cache
def trade() -> Chain:
    """China makes heavy and light oxide; makers of magnets in Japan, the US and China use both."""
    makers = ["jp-magnet", "us-magnet", "cn-magnet"]
    nodes: dict[str, dict[str, Any]] = {
        "cn-heavy": {"material": "heavy", "country": "CN", "output": 1095},
        "cn-light": {"material": "light", "country": "CN", "output": 1095},
    } | {name: {"material": "magnet", "country": name[:2].upper(), "output": 730} for name in makers}
    flows = {("cn-heavy", name): {"amount": 365} for name in makers}
    flows |= {("cn-light", name): {"amount": 365} for name in makers}
    recipes = {(name, oxide): {"need": 0.5, "stock": 20} for name in makers for oxide in ("heavy", "light")}
    contents = {
        ("heavy", "Dy"): 0.5, ("heavy", "Tb"): 0.25, ("light", "Nd"): 0.5, ("light", "Pr"): 0.25,
        ("magnet", "Dy"): 0.25, ("magnet", "Nd"): 0.25,
    }  # fmt: skip
    forms = {"heavy": "oxide", "light": "oxide", "magnet": "magnet"}
    return Chain.from_tables(**tables(nodes, flows, recipes, contents, forms))


def named(*controls: dict[str, Any]) -> list[set[str]]:
    chain, given = trade(), scenario(list(controls))
    links = lay_out(chain, np.zeros(120, dtype=np.int64)).links
    return [
        set(links["supplier"][item.links] + " → " + links["customer"][item.links])
        for item in all_named(chain, links, given)
    ]


def one_draw(given: Any, chain: Chain) -> Draw:
    ranges = declared_ranges(chain, given)
    return Draw(chain, ranges, latin_hypercube(ranges, 1, seed=1))


def test_a_licence_names_what_crosses_the_border_and_contains_a_listed_element() -> None:
    assert named(LICENCE) == [{"cn-heavy → jp-magnet", "cn-heavy → us-magnet"}]


def test_neodymium_and_praseodymium_are_untouched_by_the_licence_of_2025() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    given = read_scenario("2025-medium-heavy-rare-earths")
    links = lay_out(chain, np.zeros(given.days, dtype=np.int64)).links
    licence, spill = all_named(chain, links, given)
    assert licence.links.any() and spill.links.any()
    untouched = {"oxide-ndpr", "metal-ndpr", "magnet-hree-free", "powder-hree-free"}
    assert not set(links["input"][licence.links]) & untouched
    assert set(links["input"][licence.links]) >= {"oxide-hree", "metal-hree", "magnet-hree"}
    assert not (licence.links & spill.links).any()


def test_destinations_limit_a_control_to_their_customers() -> None:
    assert named({"kind": "ban", "to": ["US"]}) == [{"cn-heavy → us-magnet"}]


def test_a_form_that_is_not_named_passes() -> None:
    assert named({"kind": "ban", "form": "metal"}) == [set()]


def test_over_compliance_spares_what_its_authority_licenses() -> None:
    over = {
        "kind": "over-compliance", "element": ["Dy", "Nd"], "share": 0.5, "delay": "9 d", "lasts": "30 d",
    }  # fmt: skip
    light = {"cn-light → jp-magnet", "cn-light → us-magnet"}
    heavy = {"cn-heavy → jp-magnet", "cn-heavy → us-magnet"}
    assert named(LICENCE, over)[1] == light
    assert named(over)[0] == light | heavy


def test_a_quota_on_all_rare_earths_counts_tonnes_of_oxide() -> None:
    quota = {"kind": "quota", "element": "REO", "form": "oxide", "periods": []}
    chain = trade()
    links = lay_out(chain, np.zeros(120, dtype=np.int64)).links
    (item,) = all_named(chain, links, scenario([quota]))
    heavy = item.weight[(links["input"] == "heavy").to_numpy()][0]
    assert heavy == pytest.approx(0.5 * 1.1477 + 0.25 * 1.1762, abs=1e-4)  # Dy2O3 and Tb4O7 by weight


def test_45_chinese_working_days_are_counted_by_hand() -> None:
    """Filed on 29 April 2025: 30 April, 4 + 5 + 5 + 5 days in May, 4 + 5 + 5 + 5 + 1 in June, 4 + 1 in July.

    Off: 1-5 May, 31 May to 2 June. Decided on Monday 7 July, and 7 days of customs: 14 July, 101 days
    after 4 April.
    """
    given = read_scenario("2025-medium-heavy-rare-earths")
    control = given.control("licence")
    draw = one_draw(given, Chain.example("ndfeb-japan@2024"))
    assert licence_delay(control, draw, 0) == 101  # type: ignore[arg-type]
    assert control.start + dt.timedelta(days=101) == dt.date(2025, 7, 14)


def test_a_licence_lets_nothing_pass_for_its_delay_and_then_all_that_is_approved() -> None:
    given = scenario([LICENCE | {"approval": 0.5, "rounds": 2}])
    share = licensed_share(given.controls[0], given, one_draw(given, trade()), 0)  # type: ignore[arg-type]
    # in force on day 10; rounds of 10 + 20 + 5 days; a round passes within a day
    assert share[:10].tolist() == [1.0] * 10
    assert share[10:46].tolist() == [0.0] * 36
    assert share[46:81].tolist() == [0.5] * 35
    assert share[81:].tolist() == [0.75] * 39


def test_the_slowest_applications_take_the_spread_longer() -> None:
    given = scenario([LICENCE | {"spread": 0.4}])
    share = licensed_share(given.controls[0], given, one_draw(given, trade()), 0)  # type: ignore[arg-type]
    assert share[45] == 0.0 and share[59] == 1.0  # 35 days, and 14 more
    assert share[52] == pytest.approx(0.5)


def test_a_ban_ends_after_its_last_day() -> None:
    filters = tell_once(trade(), scenario([{"kind": "ban", "end": "2025-01-20"}])).filters
    limit = filters.limit[:, filters.group]
    banned = (limit == 0.0).all(axis=1), (limit == 0.0).any(axis=1)
    assert np.flatnonzero(banned[1]).tolist() == list(range(10, 20))
    assert not banned[0].any(), "links that are not named stay open"


def test_goods_held_in_a_slowdown_are_cleared_in_their_order_after_its_end() -> None:
    slow = {"kind": "customs-slowdown", "held": 1.0, "end": "2025-01-20", "clearance": "10 d"}
    filters = tell_once(trade(), scenario([slow])).filters
    group = int(np.flatnonzero(filters.delayed.any(axis=0))[0])
    leaves = [day + int(filters.delay[day, group]) for day in range(10, 20)]
    assert leaves == list(range(20, 30))  # the ten days held are cleared in ten days from day 20


def test_several_controls_on_a_link_leave_the_tightest_limit() -> None:
    filters = tell_once(trade(), scenario([LICENCE, {"kind": "ban", "end": "2025-03-31"}])).filters
    group = int(np.flatnonzero((filters.limit == 0.0).any(axis=0))[0])
    assert (filters.limit[10:90, group] == 0.0).all()
    assert (filters.limit[90:, group] == np.inf).all()


def quota(*periods: tuple[str, str, str], **more: Any) -> dict[str, Any]:
    rows = [
        {"start": a, "end": z, "amount": t, "source": "meguri-assumption", "grade": "assumed"}
        for a, z, t in periods
    ]
    return {"kind": "quota", "periods": rows, **more}


def test_allotments_of_one_period_add_up_by_what_really_counts() -> None:
    control = quota(("2025-01-01", "2025-01-31", "62 t"), ("2025-01-01", "2025-01-31", "31 t"))
    control["periods"][1]["counts"] = 0.5
    filters = tell_once(trade(), scenario([control])).filters
    assert filters.allotted.tolist() == [[77.5]]
    assert filters.length.tolist() == [[31.0]]
    assert np.flatnonzero(filters.period[0] == 0).tolist() == list(range(31))


def test_of_a_period_that_began_before_only_the_even_part_of_the_days_left_counts() -> None:
    filters = tell_once(trade(), scenario([quota(("2024-12-01", "2025-01-30", "61 t"))])).filters
    assert filters.allotted.tolist() == [[30.0]]
    assert filters.length.tolist() == [[30.0]]


def test_a_hard_quota_lets_through_its_allotment_and_a_soft_one_its_leakage_besides() -> None:
    period = ("2025-01-01", "2025-03-31", "45 t")  # Dy in 2 t of oxide a day abroad: 1 t/d; half of it
    month = month_of_days(dt.date(2025, 1, 1), 120)[1]
    for leakage in (0.0, 0.25):
        told = tell_once(trade(), scenario([quota(period, leakage=leakage)]))
        abroad = told.layout.links["customer"].isin(["jp-magnet", "us-magnet"]) & (
            told.layout.links["input"] == "heavy"
        )
        sent = told.story.shipped[: month[89] + 1, abroad.to_numpy()].sum() * 0.5
        assert sent == pytest.approx(45 + leakage * 90, rel=1e-9)


def test_two_quotas_on_the_same_flow_are_refused_rather_than_one_of_them_forgotten() -> None:
    one = {"kind": "quota", "element": "Dy", "form": "oxide", "periods": []}
    with pytest.raises(ModelError, match="quotas that name different flows"):
        named(one, dict(one))
    assert len(named(one, {**one, "element": "Nd"})) == 2
