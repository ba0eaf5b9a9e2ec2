"""What circulation brings back joins the chain and is ordered where usual suppliers fail."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.structure.chain import Chain
from meguri.structure.recovered import with_recovered
from tests.small import EVIDENCE, scenario, tables, tell_once

BAN = {"kind": "ban", "by": "CN", "element": "Dy", "form": "metal", "start": "2025-01-01"}


def chain() -> Chain:
    """China delivers all of the metal; two makers of magnets use 30 and 10 t a year."""
    nodes = {
        "cn": {"material": "metal", "country": "CN", "output": 40},
        "jp-large": {"material": "magnet", "country": "JP", "output": 30},
        "jp-small": {"material": "magnet", "country": "JP", "output": 10},
    }
    flows = {("cn", "jp-large"): {"amount": 30, "lead": 1}, ("cn", "jp-small"): {"amount": 10, "lead": 1}}
    recipes = {(node, "metal"): {"need": 1, "stock": 5} for node in ("jp-large", "jp-small")}
    return Chain.from_tables(**tables(nodes, flows, recipes, {("metal", "Dy"): 0.9}))


def back(**cells: Any) -> pd.DataFrame:
    row = {"supply": "back", "material": "metal", "country": "JP", "amount": 20, "qualification": 100}
    return pd.DataFrame([row | {"lead": 1, "first_yield": 1, "recovery": 1} | EVIDENCE | cells])


def test_users_of_the_country_are_offered_it_in_proportion_to_what_they_take() -> None:
    flows = with_recovered(chain(), back()).flows.set_index(["supplier", "customer"])["amount"]
    assert flows["back", "jp-large"] == pytest.approx(15) and flows["back", "jp-small"] == pytest.approx(5)


def test_under_a_ban_it_carries_half_of_the_makers_once_it_is_qualified_and_none_before() -> None:
    given = scenario([BAN], days=300)
    bare, with_back = tell_once(chain(), given), tell_once(with_recovered(chain(), back()), given)
    makers = [list(with_back.layout.nodes["node"]).index(name) for name in ("jp-large", "jp-small")]
    old = [list(bare.layout.nodes["node"]).index(name) for name in ("jp-large", "jp-small")]
    assert (with_back.story.output[:100, makers] == bare.story.output[:100, old]).all()
    assert bare.story.output[-1, old].sum() == 0.0
    share = with_back.story.output[-1, makers] / with_back.numbers.plan[makers]
    assert share == pytest.approx([0.5, 0.5], abs=0.02)


def test_without_a_shock_nothing_is_ordered_from_it() -> None:
    of = tell_once(with_recovered(chain(), back()), scenario([], days=300))
    assert of.story.output[:, list(of.layout.nodes["node"]).index("back")].sum() == 0.0
    assert not of.story.short.any()


def test_a_product_nobody_in_its_country_uses_is_refused_with_those_that_are_used() -> None:
    both = pd.concat([back(material="magnet"), back(supply="far", country="KR")])
    with pytest.raises(DataError) as error:
        with_recovered(chain(), both, "back.csv")
    assert len(error.value.problems) == 2
    assert all(
        word in str(error.value) for word in ("recovered[1].material", "recovered[2].material", "back.csv")
    )
