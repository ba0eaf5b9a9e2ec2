"""The same laws on the packaged chains with the packaged scenarios, every range at its mode."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meguri.scenario.read import parse_scenario, read_scenario
from meguri.scenario.schema import Scenario
from meguri.shock.run import run_all
from meguri.structure.chain import Chain
from meguri.structure.read import TABLES
from tests.laws.test_laws import SAME, halve
from tests.small import tell_once

pytestmark = pytest.mark.slow  # every packaged scenario is told anew

CASES = {
    "2025 licence": ("ndfeb-japan@2024", "2025-medium-heavy-rare-earths"),
    "2010 quota": ("ndfeb-japan@2009", "2010-rare-earths"),
    "2010 hard cap": ("ndfeb-japan@2009", "2010-rare-earths-hard-cap"),
    "tungsten licence": ("tungsten-tools-japan@2024", "tungsten"),
    "gallium ban": ("gallium-germanium-japan@2024", "gallium"),
}
Case = tuple[Chain, Scenario]


def plain(name: str) -> dict[str, object]:
    """Content of a packaged scenario; for tungsten, a licence, and a ban where the orders would turn to.

    For gallium, whose metal and scrap are by-products with a host, a ban on metal and on bauxite.
    """
    if name == "gallium":
        return gallium()
    if name != "tungsten":
        return read_scenario(name).plain()
    licence = {
        "id": "licence", "kind": "licence", "by": "CN", "element": "W", "form": ["oxide", "metal", "carbide"],
        "start": "2025-02-04", "paperwork": "30 d", "review": "45 working days", "customs_test": "5 d",
        "approval": 0.5, "source": "meguri-assumption", "grade": "assumed",
    }  # fmt: skip
    common = {key: licence[key] for key in ("element", "form", "start", "source", "grade")}
    bans = [common | {"id": f"ban-{by}", "kind": "ban", "by": by} for by in ("VN", "US")]
    return {
        "name": "tungsten", "label": {"en": "Licence on tungsten", "ja": "タングステンの許可制"},
        "chain": "tungsten-tools-japan@2024", "start": "2025-01-01", "horizon": "540 d",
        "controls": [licence, *bans],
    }  # fmt: skip


def gallium() -> dict[str, object]:
    common = {"kind": "ban", "start": "2025-02-01", "source": "meguri-assumption", "grade": "assumed"}
    return {
        "name": "gallium", "label": {"en": "Ban on gallium", "ja": "ガリウムの禁輸"},
        "chain": "gallium-germanium-japan@2024", "start": "2025-01-01", "horizon": "540 d",
        "controls": [
            {"id": "metal", "by": "CN", "element": "Ga", "form": ["metal"], **common},
            {"id": "ore", "by": "GN", "element": "Al", "form": ["ore"], **common},
        ],
    }  # fmt: skip


QUICK = (
    "2025 licence",
    "gallium ban",
)  # two chains, a licence and a ban with a host; the others are slow tests
PARAMS = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in CASES]


@pytest.fixture(scope="module", params=PARAMS)
def case(request: pytest.FixtureRequest) -> Case:
    chain, name = CASES[request.param]
    return Chain.example(chain), parse_scenario(plain(name))


def tables(chain: Chain) -> dict[str, pd.DataFrame]:
    return {name: chain.table(name) for name in TABLES}


def test_the_scenarios_do_hurt_someone(case: Case) -> None:
    """Otherwise the laws below would say nothing."""
    assert np.isfinite(tell_once(*case).days).any()


def test_stocks_and_flows_balance(case: Case) -> None:
    told = tell_once(*case)
    n, story = told.numbers, told.story
    left = n.stock + story.received - story.used - story.stock
    # alumina passes a hundred million tonnes of bauxite: rounding grows with what passed through
    assert (np.abs(left) <= 1e-9 + 1e-12 * (n.stock + story.received)).all()
    np.testing.assert_allclose(
        n.amount * n.lead + story.shipped.sum(axis=0), story.arrived.sum(axis=0) + story.transit, **SAME
    )


def test_without_any_control_nothing_falls_short_whatever_the_draw(case: Case) -> None:
    chain, given = case
    free = parse_scenario({**given.plain(), "controls": [], "observed": [], "contrast": None})
    assert not np.isfinite(run_all(chain, free, 10, 1).tts).any()


def test_more_stock_never_shortens_own_survival(case: Case) -> None:
    """Ten more days of every input; only nodes that fall short can be shortened or saved."""
    chain, given = case
    recipes = chain.recipes
    recipes["target"] = recipes["target"].fillna(recipes["stock"])
    chain = chain.with_table("recipes", recipes)
    before = tell_once(chain, given).days
    for node in before.index[np.isfinite(before)][:12]:
        more = recipes.copy()
        own = more["node"] == node
        more.loc[own, ["stock_low", "stock_high"]] = np.nan
        more.loc[own, "stock"] += 10
        assert tell_once(chain.with_table("recipes", more), given).days[node] >= before[node], node


@pytest.mark.parametrize("name", ["2025 licence", "tungsten licence"])
def test_a_longer_licence_delay_never_lengthens_its_customers_survival(name: str) -> None:
    chain = Chain.example(CASES[name][0])
    before = None
    for paperwork in (10, 25, 40, 60, 90):
        content = plain(CASES[name][1])
        for control in content["controls"]:  # type: ignore[attr-defined]
            if control["kind"] == "licence":
                control["paperwork"] = f"{paperwork} d"
        told = tell_once(chain, parse_scenario(content))
        licensed = (told.filters.limit < np.inf).any(axis=0)[told.filters.group]
        days = told.days[sorted(set(told.layout.links["customer"][licensed]))]
        assert before is None or (days <= before).all(), paperwork
        before = days


def test_reordering_rows_changes_nothing_in_any_run(case: Case) -> None:
    chain, given = case
    turned = {
        name: frame.sample(frac=1, random_state=3).reset_index(drop=True)
        for name, frame in tables(chain).items()
    }
    other = Chain.from_tables(**turned, about=chain.about)
    assert other.hash == chain.hash
    one, two = run_all(chain, given, 3, 5), run_all(other, given, 3, 5)
    np.testing.assert_array_equal(one.tts, two.tts)
    np.testing.assert_array_equal(one.weekly, two.weekly)
    np.testing.assert_allclose(one.price, two.price, **SAME)


def test_relabelling_nodes_and_products_changes_nothing(case: Case) -> None:
    chain, given = case
    mix = np.random.default_rng(4)
    nodes, materials = list(chain.nodes["node"]), list(chain.materials["material"])
    new = {name: f"n{place}" for name, place in zip(nodes, mix.permutation(len(nodes)), strict=True)}
    new |= {name: f"m{place}" for name, place in zip(materials, mix.permutation(len(materials)), strict=True)}
    renamed = {
        name: frame.assign(
            **{
                key: frame[key].map(new)
                for key in ("node", "supplier", "customer", "material", "input", "host")
                if key in frame
            }
        )
        for name, frame in tables(chain).items()
    }
    before, after = tell_once(chain, given), tell_once(Chain.from_tables(**renamed, about=chain.about), given)
    assert after.days.to_dict() == {new[name]: days for name, days in before.days.items()}


def test_doubling_every_amount_changes_no_day(case: Case) -> None:
    chain, given = case
    doubled = tables(chain)
    for table, columns in {"nodes": ("output", "capacity"), "flows": ("amount",)}.items():
        for column in columns:
            for name in (column, f"{column}_low", f"{column}_high"):
                doubled[table][name] = doubled[table][name] * 2
    content = given.plain()
    for control in content["controls"]:
        for period in control.get("periods", []):
            found = period["amount"]
            period["amount"] = f"{2 * float(str(found).split()[0])} t"
    twice = parse_scenario(content)
    before, after = tell_once(chain, given), tell_once(Chain.from_tables(**doubled), twice)
    assert after.days.equals(before.days)
    np.testing.assert_array_equal(after.story.short, before.story.short)


def test_splitting_a_node_into_two_equal_halves_changes_nothing(case: Case) -> None:
    chain, given = case
    hurt = tell_once(chain, given).days
    plain_ranges = {
        name: frame[[c for c in frame.columns if not c.endswith(("_low", "_high"))]]
        for name, frame in tables(chain).items()
    }
    whole = tell_once(Chain.from_tables(**plain_ranges), given).days
    assert whole.equals(hurt), "modes are modes, with or without ranges"
    for node in list(hurt.index[np.isfinite(hurt)])[:3]:
        parts = tell_once(Chain.from_tables(**halve(plain_ranges, node)), given).days
        assert parts[whole.index].equals(whole), node
        assert parts[f"{node}-b"] == whole[node]


def test_a_seed_reproduces_every_number_and_another_seed_does_not(case: Case) -> None:
    one, two, other = (run_all(*case, 3, seed) for seed in (1, 1, 2))
    for name in ("values", "tts", "weekly", "price", "arrived", "counted"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))
    assert not np.array_equal(one.values, other.values)
