"""The chain of chips and their tools: ETO's shares and relations, the AND bundle, and what it answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from meguri.base.sources import cited
from meguri.base.terms import remark
from meguri.observe.chips import inputs, provision, relations
from meguri.scenario.read import parse_scenario
from meguri.shock._kernel import tell
from meguri.shock.arrays import neutral
from meguri.structure.chain import Chain
from meguri.structure.dependency import exposure, exposure_paths, kept_without
from tests.small import tell_once

NAME, BUNDLE = "chip-equipment@2019", "litho-yield-bundle"
FOUR = ("advanced-exposure-tool", "photoresist", "photomask", "wafer")
CASE: dict[str, Any] = {
    "name": "chips", "label": {"en": "Chips", "ja": "半導体"}, "chain": NAME, "start": "2025-01-01",
    "horizon": "400 d",
}  # fmt: skip
BAN = {
    "id": "ban", "kind": "ban", "by": "JP", "element": "Si", "form": ["part"], "start": "2025-01-11",
    "source": "meguri-assumption", "grade": "assumed",
}  # fmt: skip


@pytest.fixture(scope="module")
def chain() -> Chain:
    return Chain.example(NAME)


# --- what ETO says ------------------------------------------------------------------------------


def test_every_input_is_a_product_or_a_kind_of_one(chain: Chain) -> None:
    shown = set(chain.materials["label_en"]) - {"Exposure, resist, mask and wafer together"}
    kinds = set(relations("is_type_of")["input"])
    table = inputs()
    assert shown == set(table.loc[~table["input"].isin(kinds), "label_en"])
    leaves = kinds - set(relations("is_type_of")["target"])
    named = set(chain.nodes["label_en"].str.split(", ").str[0])
    assert set(table.loc[table["input"].isin(leaves), "label_en"]) <= named


def test_every_goes_into_relation_is_a_recipe_and_no_other_but_the_bundle(chain: Chain) -> None:
    label = inputs().set_index("input")["label_en"]
    goes = relations("goes_into")
    wanted = set(zip(goes["target"].map(label), goes["input"].map(label), strict=True))
    name = chain.materials.set_index("material")["label_en"]
    product = chain.nodes.set_index("node")["material"]
    recipes = chain.recipes[chain.recipes["node"] != BUNDLE]
    drawn = set(zip(recipes["node"].map(product).map(name), recipes["input"].map(name), strict=True))
    assert drawn == wanted


@pytest.mark.parametrize(
    ("product", "name"), [("wafer", "Wafer"), ("photomask", "Advanced photomasks"), ("eda", "N84")]
)
def test_outputs_of_an_input_are_its_printed_shares(chain: Chain, product: str, name: str) -> None:
    printed = provision(name).query("kind == 'country' and share.notna()").set_index("country")["share"]
    made = chain.nodes.query("material == @product").set_index("country")["output"]
    pd.testing.assert_series_equal(made / 100, printed / printed.sum(), check_names=False, rtol=1e-5)


def test_kinds_share_their_input_by_market_size(chain: Chain) -> None:
    made = chain.nodes.set_index("node")["output"]
    euv, immersion, dry = 3100, 5800, 780
    whole = euv + immersion + dry
    assert made["nl-euv-scanner"] == pytest.approx(100 * euv / whole, rel=1e-4)
    assert made["jp-arf-immersion-scanner"] == pytest.approx(9 * immersion / whole, rel=1e-4)
    assert made["jp-arf-scanner"] == pytest.approx(43 * dry / whole, rel=1e-4)


def test_a_firm_that_holds_its_country_s_whole_share_is_named(chain: Chain) -> None:
    firms = chain.nodes.set_index("node")["firm"]
    assert firms["nl-euv-scanner"] == "ASML"
    assert firms["jp-arf-immersion-scanner"] == "Nikon"
    assert (firms != "").sum() == 7


def test_inputs_without_shares_stand_as_unknown_makers_with_their_named_providers(chain: Chain) -> None:
    nodes = chain.nodes.set_index("node")
    resist = nodes.loc["xx-photoresist"]
    assert (resist["kind"], resist["country"], resist["output"]) == ("unknown", "XX", 100)
    assert "Named: Japan, United States, South Korea." in resist["note"]
    assert "Negligible: China." in resist["note"]
    assert "Tokyo Ohka Kogyo" in resist["note"]
    assert "日本" in remark(resist["note"], "ja")
    shared = set(provision().query("kind == 'country' and share.notna()")["input"])
    kinds = set(relations("is_type_of")["target"])
    made = inputs().query("kind != 'process' and kind != 'product'")["input"]
    assert (nodes["kind"] == "unknown").sum() == len(set(made) - shared - kinds)


# --- that it is a chain -------------------------------------------------------------------------


def test_amounts_add_up_to_the_world_of_each_input(chain: Chain) -> None:
    nodes, flows = chain.nodes.set_index("node"), chain.flows
    assert nodes.groupby("material")["output"].sum().drop(BUNDLE).to_numpy() == pytest.approx(100, rel=1e-4)
    sent = flows.groupby("supplier")["amount"].sum()
    np.testing.assert_allclose(sent, nodes["output"].reindex(sent.index), rtol=1e-4)
    arrives = flows.assign(input=flows["supplier"].map(nodes["material"])).groupby(["customer", "input"])
    recipes = chain.recipes.set_index(["node", "input"])
    need = recipes["need"] * nodes["output"].reindex(recipes.index.get_level_values(0)).to_numpy()
    np.testing.assert_allclose(arrives["amount"].sum().reindex(need.index), need, rtol=1e-4)


def test_every_row_has_source_grade_range_and_both_languages(chain: Chain) -> None:
    for table in ("materials", "nodes", "flows", "recipes", "contents"):
        frame = chain.table(table)
        assert (frame["source"] != "").all()
        assert cited(frame["source"])["title"].ne("").all()
        weak = frame["grade"].isin(["estimated", "assumed"])
        assert (frame.loc[weak, "note"] != "").all(), table
    for table, column in (("nodes", "output"), ("flows", "amount"), ("recipes", "stock")):
        assert chain.table(table)[[f"{column}_low", f"{column}_high"]].notna().all(axis=None)
    assert not chain.nodes[["label_en", "label_ja"]].duplicated().any()
    assert "index" in chain.about["note_en"]
    assert "指数" in chain.about["note_ja"]


# --- the bundle (AC2.4) -------------------------------------------------------------------------


@pytest.mark.parametrize("gone", FOUR)
def test_without_any_one_of_the_four_nothing_is_exposed_although_the_others_still_arrive(
    chain: Chain, gone: str
) -> None:
    makers = chain.nodes.loc[chain.nodes["material"] == gone, "node"]
    found = kept_without(chain, makers, BUNDLE).set_index("input")
    assert (found["kept"] == 0).all()
    assert found["supplied"].to_dict() == {name: float(name != gone) for name in FOUR}


@pytest.mark.parametrize("gone", FOUR)
def test_the_kernel_stops_the_bundle_when_one_of_the_four_stops_arriving(chain: Chain, gone: str) -> None:
    recipes = chain.recipes
    recipes.loc[recipes["node"] == BUNDLE, ["stock", "stock_low", "stock_high"]] = 10
    told = tell_once(chain.with_table("recipes", recipes), parse_scenario(CASE))
    links = told.layout.links
    stopped = (links["customer"] == BUNDLE) & (links["input"] == gone)
    limit = np.full((len(told.story.output), 2), np.inf)
    limit[30:, 1] = 0.0
    held, late = np.zeros_like(limit), np.zeros_like(limit, dtype=np.int64)
    free = neutral(told.layout, len(limit))
    cut = free._replace(group=stopped.to_numpy(dtype=np.int64), limit=limit, delayed=held, delay=late)
    story = tell(told.layout.wiring, told.numbers, cut)
    node = list(told.layout.nodes["node"]).index(BUNDLE)
    plan = told.numbers.plan[node]
    assert story.output[:30, node] == pytest.approx(plan)
    assert story.output[120:, node].max() == 0.0
    rest = (links["customer"] == BUNDLE) & (links["input"] != gone)
    slots = told.layout.wiring.link_slot[rest.to_numpy()]
    assert (story.stock[slots] >= told.numbers.stock[slots] * (1 - 1e-9)).all(), "the other three are there"


# --- what it answers ----------------------------------------------------------------------------


def test_a_ban_on_wafers_stops_the_fabs_by_way_of_deposition(chain: Chain) -> None:
    told = tell_once(chain, parse_scenario({**CASE, "controls": [BAN]}))
    days = told.days
    assert np.isfinite(days[["tw-deposition", "tw-photolithography", "tw-etch-clean"]]).all()
    assert days["tw-deposition"] < days["tw-photolithography"] < days["tw-etch-clean"]
    assert not np.isfinite(days[["nl-euv-scanner", "cpu-design"]]).any()


def test_exposure_of_the_bundle_by_hand(chain: Chain) -> None:
    """Direct suppliers in JP: wafers 56 %, masks 53 %, scanners 9 % of 5.8 and 43 % of .78 in 9.68."""
    scanners = (0.09 * 5.8 + 0.43 * 0.78) / 9.68
    near = exposure(chain, BUNDLE, "JP", tiers=1).set_index("measure")
    assert near.at["total", "low"] == pytest.approx((0.56 + 0.53 + scanners) / 4, rel=1e-4)
    assert near.at["total", "high"] - near.at["total", "low"] == pytest.approx(0.25)  # resists: unknown
    assert near.at["worst", "low"] == pytest.approx(0.56, rel=1e-4)
    assert near.at["worst", "high"] == 1.0


def test_the_netherlands_bind_through_exposure_tools(chain: Chain) -> None:
    low = exposure(chain, "logic-chip", "Netherlands").set_index("measure")["low"]
    assert low.round(2).to_dict() == {"total": 0.01, "worst": 0.91}, (
        "as docs/en/explanation/decisions.md says"
    )
    path = exposure_paths(chain, "logic-chip", "NLD", top=1, measure="worst")["path"].iloc[0]
    assert path.endswith("tw-photolithography ← nl-arf-immersion-scanner")


def test_paths_of_a_measure_carry_it_whole(chain: Chain) -> None:
    for measure in ("total", "worst"):
        found = exposure_paths(chain, BUNDLE, "JP", top=1000, measure=measure)
        low = exposure(chain, BUNDLE, "JP").set_index("measure").at[measure, "low"]
        assert found["weight"].sum() == pytest.approx(low)
        assert found["cumulated"].iloc[-1] == pytest.approx(1.0)
