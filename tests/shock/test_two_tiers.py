"""Controls on equipment (AC3.6, AC3.7): the advanced line stops, the mature one runs on, a shop delays.

A hand-written chain: Dutch scanners go to an advanced and a mature line in China. Tools last ten years;
both lines are asked for a fifth more than in the year of the chain, so both want to grow.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from meguri.shock.survive import delivery_days
from meguri.structure.chain import Chain
from tests.small import EVIDENCE, Told, scenario, tables, tell_once

YEAR = 365
FORMS = dict.fromkeys(("euv", "immersion-new", "immersion-old", "chip-5nm", "chip-28nm"), "part")
GROWTH = {"demand_of": {"chip-5nm": 1.2, "chip-28nm": 1.2}, "surge": 0.25, "adjust": "30 d"}
EUV = {"id": "euv", "kind": "ban", "by": "NL", "element": [], "form": [], "goods": ["euv"], "to": "CN"}
IMMERSION = EUV | {"id": "immersion", "goods": ["immersion-new", "immersion-old"]}
BELOW = {"threshold": {"property": "overlay", "below": 2.4, "unit": "nm"}}


@cache
def lines() -> Chain:
    """Three makers of scanners, two lines; overlays of 1.4 and 2.5 nm lie on either side of 2.4 nm."""
    nodes: dict[str, dict[str, Any]] = {
        f"nl-{tool}": {"material": tool, "country": "NL", "output": 10.0, "capacity": 20.0}
        for tool in ("euv", "immersion-new", "immersion-old")
    }
    nodes |= {
        f"cn-{line}": {"material": f"chip-{line}", "country": "CN", "output": 1000.0}
        for line in ("5nm", "28nm")
    }
    pairs = [("euv", "5nm"), ("immersion-new", "5nm"), ("immersion-old", "28nm")]
    flows = {(f"nl-{tool}", f"cn-{line}"): {"amount": 10.0, "lead": 20} for tool, line in pairs}
    recipes = {(f"cn-{line}", tool): {"need": 0.01, "stock": 0, "life": 3650} for tool, line in pairs}
    specs = pd.DataFrame(
        [
            {"material": tool, "property": "overlay", "value": value, "unit": "nm", **EVIDENCE}
            for tool, value in (("immersion-new", 1.4), ("immersion-old", 2.5))
        ]
    )
    return Chain.from_tables(**tables(nodes, flows, recipes, {}, FORMS), specs=specs)


def told(*controls: dict[str, Any]) -> Told:
    return tell_once(lines(), scenario(list(controls), days=2 * YEAR, start="2025-01-01", **GROWTH))


def output(of: Told, line: str) -> np.ndarray[Any, Any]:
    return of.story.output[:, list(of.layout.nodes["node"]).index(f"cn-{line}")]


def test_without_controls_both_lines_grow() -> None:
    for line in ("5nm", "28nm"):
        made = output(told(), line)
        assert (np.diff(made) >= -1e-12).all() and made[-1] > 1.05 * made[0]


def test_controls_above_a_threshold_stop_the_advanced_line_and_leave_the_mature_one_unchanged() -> None:
    free, tiered = told(), told(EUV, IMMERSION | BELOW)
    np.testing.assert_array_equal(output(tiered, "28nm"), output(free, "28nm"))
    last = 10 + 20  # tools on the way when the control begins still arrive
    assert output(tiered, "5nm").argmax() <= last and output(tiered, "5nm")[-1] < output(free, "5nm")[0]
    worn = (1 - 1 / 3650) ** (2 * YEAR - 1 - last)
    assert output(tiered, "5nm")[-1] == pytest.approx(output(tiered, "5nm")[last] * worn, rel=1e-3)


def test_a_control_on_all_immersion_also_stops_the_growth_of_the_mature_line() -> None:
    free, closed = output(told(), "28nm"), output(told(EUV, IMMERSION), "28nm")
    assert (closed[:10] == free[:10]).all(), "unchanged at first"
    assert closed.argmax() <= 30, "no tool, no growth"
    assert 0.75 * closed[0] < closed[-1] < closed[0], "installed tools run on and wear out slowly"


def test_a_cut_of_service_and_spares_degrades_installed_tools_after_months() -> None:
    cut = IMMERSION | {
        "id": "service", "kind": "service-cut", "grace": "120 d", "fade": "200 d", "floor": 0.4,
    }  # fmt: skip
    free, unserved = output(told(), "28nm"), output(told(cut), "28nm")
    np.testing.assert_array_equal(unserved[:130], free[:130])  # in force on day 10, 120 days of grace
    assert unserved[-1] < 0.5 * free[-1]
    assert unserved.min() > 0.4 * free[0], "what users keep alive themselves"


# --- a small maker leaves ------------------------------------------------------------------------

SHOP = {"part": "part", "scanner": "part", "chip": "part"}


@cache
def with_a_small_maker() -> Chain:
    """A shop of two people coats a part; the coat is 0.5 % of what the maker of scanners sells.

    The scanner maker holds 30 days of parts, a second shop is qualified in 180 days.
    """
    nodes: dict[str, dict[str, Any]] = {
        "jp-shop": {"material": "part", "country": "JP", "output": 36.5},
        "jp-other-shop": {"material": "part", "country": "JP", "output": 36.5},
        "jp-scanner": {"material": "scanner", "country": "JP", "output": 365, "capacity": 450},
        "tw-line": {"material": "chip", "country": "TW", "output": 3650},
    }
    flows = {
        ("jp-shop", "jp-scanner"): {"amount": 36.5, "lead": 5, "value": 0.5e6},
        ("jp-other-shop", "jp-scanner"): {
            "amount": 40, "lead": 5, "qualified": "no", "qualification": 180, "first_yield": 1, "recovery": 1,
        },
        ("jp-scanner", "tw-line"): {"amount": 365, "lead": 10, "value": 100e6},
    }  # fmt: skip
    recipes = {
        ("jp-scanner", "part"): {"need": 0.1, "stock": 30},
        ("tw-line", "scanner"): {"need": 0.1, "stock": 400},
    }
    return Chain.from_tables(**tables(nodes, flows, recipes, {}, SHOP))


def test_the_exit_of_a_maker_below_one_percent_of_sales_lengthens_its_customer_s_lead_time() -> None:
    flows = with_a_small_maker().flows.set_index(["supplier", "customer"])["value"]
    assert flows["jp-shop", "jp-scanner"] / flows["jp-scanner", "tw-line"] < 0.01
    leaves = {"node": "jp-shop", "start": "2025-01-11", "lost": 1, **EVIDENCE}
    waits = {}
    for name, given in {"free": [], "exit": [leaves]}.items():
        of = tell_once(with_a_small_maker(), scenario([], days=3 * YEAR, disruptions=given, surge=0.25))
        node = list(of.layout.nodes["node"]).index("jp-scanner")
        waits[name] = delivery_days(of.story.output[:, node], of.numbers.plan[node])
    assert (waits["free"] == 0).all()
    # parts on the way last to day 15, stock to day 45; the second shop delivers from day 10 + 5 + 180 + 5
    short = np.flatnonzero(waits["exit"] > 0)
    assert 40 <= short[0] <= 47
    assert 150 <= waits["exit"][short[0] : short[0] + 5].max() <= 165
