"""What each instrument does day by day, by hand: suspensions, service, disruptions, precaution, demand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.shock.test_controls import LICENCE, quota, trade
from tests.small import EVIDENCE, Told, scenario, tell_once


def told(*controls: dict[str, Any], **more: Any) -> Told:
    return tell_once(trade(), scenario(list(controls), **more))


def limit(of: Told, supplier: str = "cn-heavy", customer: str = "jp-magnet") -> np.ndarray:
    links = of.layout.links
    chosen = ((links["supplier"] == supplier) & (links["customer"] == customer)).to_numpy()
    return of.filters.limit[:, of.filters.group[chosen][0]]


def test_a_suspended_control_rests_and_then_begins_anew() -> None:
    """In force from day 10, resting on days 20-39: licences of 35 days are filed again on day 40."""
    rests = [{"start": "2025-01-21", "end": "2025-02-09"}]
    share = limit(told(LICENCE | {"approval": 0.5, "rounds": 1, "suspended": rests}))
    assert (share[:10] == np.inf).all() and (share[10:20] == 0.0).all()
    assert (share[20:40] == np.inf).all() and (share[40:76] == 0.0).all() and (share[76:] == 0.5).all()


def test_a_suspension_without_an_end_lasts_to_the_end_of_the_run() -> None:
    share = limit(told({"kind": "ban", "suspended": [{"start": "2025-01-21", "end": None}]}))
    assert np.flatnonzero(share == 0.0).tolist() == list(range(10, 20))


def test_a_licence_of_limited_validity_is_followed_by_the_next_after_another_delay() -> None:
    share = limit(told(LICENCE | {"rounds": 1, "validity": "20 d"}))
    # filed on day 10, 35 days each: valid on days 46-64 (a round takes a day to pass), 100-119
    assert np.flatnonzero(share > 0.0).tolist() == [*range(10), *range(46, 65), *range(100, 120)]


def test_the_provincial_step_and_a_stopped_clock_lengthen_a_licence() -> None:
    share = limit(told(LICENCE | {"province": "7 d", "clock_stop": "3 d"}))
    assert np.flatnonzero(share[10:] > 0.0)[0] == 35 + 7 + 3 + 1


def test_leakage_passes_beside_any_control() -> None:
    assert set(limit(told({"kind": "ban", "leakage": 0.25}))[10:]) == {0.25}
    assert set(limit(told(LICENCE | {"approval": 0.5, "rounds": 1, "leakage": 0.25}))[46:]) == {0.625}
    slow = {"kind": "customs-slowdown", "held": 0.8, "end": "2025-01-20", "leakage": 0.25}
    assert told(slow).filters.delayed.max() == pytest.approx(0.6)


def test_of_a_quota_interrupted_by_a_suspension_the_even_part_of_the_days_left_counts() -> None:
    rests = [{"start": "2025-01-11", "end": "2025-01-20"}]
    filters = told(quota(("2025-01-01", "2025-01-31", "31 t"), suspended=rests)).filters
    assert filters.allotted.tolist() == [[10.0, 11.0]] and filters.length.tolist() == [[10.0, 11.0]]
    assert filters.period[0, :32].tolist() == [0] * 10 + [-1] * 10 + [1] * 11 + [-1]


def test_what_is_called_in_is_refused_in_part_and_late_in_part() -> None:
    """Half is called in, half of it refused: 3/4 passes, a third of that late."""
    of = told({"kind": "catch-all", "reviewed": 0.5, "refused": 0.5, "delay": "9 d"})
    assert set(limit(of)[10:]) == {0.75}
    assert of.filters.delayed.max() == pytest.approx(1 / 3) and of.filters.delay.max() == 9


def test_listed_firms_and_end_uses_get_what_is_licensed_nonetheless() -> None:
    listed = told({"kind": "entity-list", "entities": "jp-magnet", "approval": 0.25})
    assert limit(listed)[10] == 0.25 and limit(listed, customer="us-magnet")[10] == np.inf
    use = told({"kind": "end-use-ban", "uses": ["magnet"]})
    assert limit(use)[10] == 0.0 and limit(use, customer="cn-magnet")[10] == np.inf


CUT = {"kind": "service-cut", "grace": "20 d", "fade": "50 d", "floor": 0.25, "repair": "10 d", "to": "JP"}


def test_without_service_capacity_falls_after_a_grace_time_to_what_users_keep_alive() -> None:
    of = told(CUT | {"end": "2025-04-10"})  # in force on days 10-99
    node = list(of.layout.nodes["node"]).index("jp-magnet")
    works = of.filters.working[:, of.filters.working_of[node]]
    assert (works[:31] == 1.0).all()
    assert works[80] == pytest.approx(1 - 0.75 * (1 - math.exp(-1)))
    assert works[109] - works[99] == pytest.approx((1 - works[99]) * (1 - math.exp(-1)))
    others = [place for place in range(len(of.layout.nodes)) if place != node]
    assert (of.filters.working_of[others] == 0).all() and (limit(of) == np.inf).all()


def test_only_the_share_of_tools_from_that_provider_fails() -> None:
    """The light oxide comes from China too, but the cut names the heavy one; half of it is now Japanese."""
    chain = trade()
    nodes = chain.nodes
    more = nodes[nodes["node"] == "cn-heavy"].assign(node="jp-heavy", country="JP")
    flows = chain.flows
    half = flows["customer"].eq("jp-magnet") & flows["supplier"].eq("cn-heavy")
    flows.loc[half, "amount"] /= 2
    twin = flows[half].assign(supplier="jp-heavy")
    given = chain.with_table("nodes", type(nodes)(_joined(nodes, more)))
    given = given.with_table("flows", _joined(flows, twin))
    of = tell_once(given, scenario([CUT | {"floor": 0, "fade": "1 d"}]))
    assert of.filters.working.min() == pytest.approx(0.5)


def _joined(one: Any, other: Any) -> Any:
    import pandas as pd

    return pd.concat([one, other], ignore_index=True)


def test_a_disruption_takes_capacity_and_know_how_and_fades_after_its_last_day() -> None:
    loss = {
        "node": "jp-magnet", "start": "2025-01-11", "end": "2025-01-20", "lost": 1, "yield_lost": 0.5,
        "recovery": "10 d", **EVIDENCE,
    }  # fmt: skip
    of = told(disruptions=[loss])
    node = list(of.layout.nodes["node"]).index("jp-magnet")
    works = of.filters.working[:, of.filters.working_of[node]]
    kept = of.filters.kept[:, of.filters.kept_of[node]]
    assert (works[:10] == 1.0).all() and (works[10:20] == 0.0).all()
    assert works[30] == pytest.approx(1 - math.exp(-1)) and kept[30] == pytest.approx(1 - 0.5 * math.exp(-1))
    assert (of.story.output[10:20, node] == 0.0).all()
    lasting = told(disruptions=[{**loss, "end": None, "recovery": "0 d"}])
    assert (lasting.filters.working[10:, 1] == 0.0).all()


def test_buyers_aim_higher_from_the_announcement_on_and_less_so_as_time_passes() -> None:
    care = {"announced": 0.5, "in_force": 1.0, "decay": "20 d", **EVIDENCE}
    of = told({"kind": "ban", "to": "JP", "announced": "2025-01-06"}, precaution=care)
    slots = of.layout.slots
    named = ((slots["node"] == "jp-magnet") & (slots["input"] == "heavy")).to_numpy()
    aim = of.filters.aim[:, of.filters.aim_of[named][0]]
    assert (aim[:5] == 1.0).all() and (aim[5:10] == 1.5).all() and aim[10] == 2.0
    assert aim[30] == pytest.approx(1 + math.exp(-1))
    assert (of.filters.aim_of[~named] == 0).all()
    withdrawn = {"kind": "ban", "announced": "2025-01-03", "suspended": [{"start": "2025-01-08"}]}
    aim = told(withdrawn, precaution=care).filters.aim
    assert np.flatnonzero(aim.max(axis=1) > 1.0).tolist() == list(range(2, 7))


def test_an_announced_ban_brings_deliveries_forward() -> None:
    care = {"announced": 1.0, "decay": "20 d", **EVIDENCE}
    ban = {"kind": "ban", "to": "JP", "announced": "2025-01-02", "start": "2025-01-31"}
    sent = []
    for more in ({}, {"precaution": care}):
        of = told(ban, **more)
        links = of.layout.links
        chosen = ((links["supplier"] == "cn-heavy") & (links["customer"] == "jp-magnet")).to_numpy()
        sent.append((of.story.shipped[0, chosen].sum(), of.days["jp-magnet"]))
    assert sent[1][0] > sent[0][0] and sent[1][1] > sent[0][1]


def test_demand_follows_its_steps() -> None:
    steps = [
        {"product": "magnet", "start": "2025-01-11", "factor": 0.5, **EVIDENCE},
        {"product": "magnet", "start": "2025-01-21", "factor": 0.75, **EVIDENCE},
        {"start": "2025-01-16", "factor": 0.5, **EVIDENCE},
    ]
    of = told(demand_path=steps)
    node = list(of.layout.nodes["node"]).index("jp-magnet")
    wanted = of.filters.wanted[:, of.filters.wanted_of[node]]
    assert wanted[[0, 9, 10, 14, 15, 19, 20, 119]].tolist() == [1, 1, 0.5, 0.5, 0.25, 0.25, 0.375, 0.375]
    np.testing.assert_allclose(of.story.output[119, node], 0.375 * of.numbers.plan[node])
