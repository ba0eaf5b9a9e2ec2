"""Upstream exposure: laws, the plain twin that walks every path, hand cases and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from meguri.base.errors import DataError
from meguri.structure import walk as walking
from meguri.structure.chain import Chain
from meguri.structure.dependency import exposure, exposure_matrix, exposure_paths, kept_without
from meguri.structure.walk import lay_walk, met, worst_met
from tests.laws.test_laws import halve
from tests.reference.plain_exposure import Plain
from tests.small import MATERIALS, tables

SAME = {"rtol": 1e-9, "atol": 1e-11}
FEW = settings(max_examples=6)  # a checked chain takes a tenth of a second; many more run under `slow`
Tables = dict[str, pd.DataFrame]


@st.composite
def networks(draw: st.DrawFn, loops: bool = False, unknown: bool = True) -> Tables:
    """Three to seven nodes, some inputs from a host or from nobody known, some countries unknown."""
    products = list(MATERIALS)[: draw(st.integers(2, 4))]
    lands = ["CN", "CN", "JP", "US", *(["XX", "ROW"] if unknown else [])]
    nodes: dict[str, dict[str, Any]] = {
        f"n{place}": {
            "material": draw(st.sampled_from(products)),
            "country": draw(st.sampled_from(lands)),
            "output": 1e6,
            "capacity": 1e6,
        }
        for place in range(draw(st.integers(3, 7)))
    }
    flows: dict[tuple[str, str], dict[str, Any]] = {}
    recipes: dict[tuple[str, str], dict[str, Any]] = {}
    names = list(nodes)
    for place, node in enumerate(names):
        others = [name for name in names if name != node] if loops else names[place + 1 :]
        for product in products:
            makers = [name for name in others if nodes[name]["material"] == product]
            chosen = draw(st.sets(st.sampled_from(makers), max_size=3)) if makers else set()
            host = draw(st.sampled_from(["", *names[place + 1 :]])) if not chosen else ""
            if not chosen and not host and not (unknown and draw(st.integers(0, 3)) == 0):
                continue
            amounts = {name: draw(st.integers(1, 4)) for name in sorted(chosen)}
            flows |= {(name, node): {"amount": amount} for name, amount in amounts.items()}
            kind = draw(st.sampled_from(["essential", "essential", "important", "minor"]))
            need = (sum(amounts.values()) or 1) / 1e6
            recipes[node, product] = {
                "need": need,
                "stock": 10,
                "essentiality": kind,
                "loss": 0.25,
                "host": host,
            }
    return tables(nodes, flows, recipes)


def chain_of(given: Tables) -> Chain:
    return Chain.from_tables(**given)


def rows(found: pd.DataFrame, measure: str) -> pd.DataFrame:
    return found[found["measure"] == measure].set_index("node")


# --- the plain twin -----------------------------------------------------------------------------


@given(networks())
@FEW
def test_on_a_chain_without_loops_exposure_is_the_sum_over_all_paths(given: Tables) -> None:
    chain = chain_of(given)
    plain = Plain(chain)
    found = exposure(chain, to="CN")
    for end, unknown in (("low", False), ("high", True)):
        total, worst = rows(found, "total")[end], rows(found, "worst")[end]
        for node in chain.nodes["node"]:
            np.testing.assert_allclose(total[node], plain.total(node, "CN", unknown), **SAME)
            np.testing.assert_allclose(worst[node], plain.worst(node, "CN", unknown), **SAME)


@pytest.mark.slow
@given(networks())
@settings(max_examples=300)
def test_on_many_more_chains_exposure_is_the_sum_over_all_paths(given: Tables) -> None:
    chain = chain_of(given)
    plain = Plain(chain)
    found = rows(exposure(chain, to="CN"), "total")
    for node in chain.nodes["node"]:
        np.testing.assert_allclose(found.at[node, "low"], plain.total(node, "CN"), **SAME)


@given(networks(loops=True), st.integers(1, 4))
@FEW
def test_within_some_tiers_it_is_the_sum_over_paths_of_that_length_loops_or_not(
    given: Tables, tiers: int
) -> None:
    chain = chain_of(given)
    plain = Plain(chain)
    found = exposure(chain, to="CN", tiers=tiers)
    for node in chain.nodes["node"]:
        total, worst = rows(found, "total").loc[node], rows(found, "worst").loc[node]
        np.testing.assert_allclose(total["low"], plain.total(node, "CN", False, tiers), **SAME)
        np.testing.assert_allclose(total["high"], plain.total(node, "CN", True, tiers), **SAME)
        np.testing.assert_allclose(worst["low"], plain.worst(node, "CN", False, tiers), **SAME)
        np.testing.assert_allclose(worst["high"], plain.worst(node, "CN", True, tiers), **SAME)


@given(networks(loops=True), st.integers(1, 12))
@FEW
def test_the_heaviest_paths_are_those_of_the_enumeration_in_order(given: Tables, top: int) -> None:
    chain = chain_of(given)
    found = exposure_paths(chain, "n0", "CN", top=top, tiers=4)
    whole: dict[str, float] = {}  # a host may serve two inputs: one path of nodes, two of inputs
    for path, weight in Plain(chain).paths("n0", "CN", longest=4):
        whole[" ← ".join(path)] = whole.get(" ← ".join(path), 0.0) + weight
    np.testing.assert_allclose(found["weight"], sorted(whole.values(), reverse=True)[:top], **SAME)
    np.testing.assert_allclose(found["weight"], [whole[path] for path in found["path"]], **SAME)
    assert not found["path"].duplicated().any()


# --- laws ---------------------------------------------------------------------------------------


@given(networks(loops=True))
@FEW
def test_low_value_and_high_are_in_order_and_what_is_unsure_says_why(given: Tables) -> None:
    found = exposure(chain_of(given), to="CN", tiers="1,2,all")
    known = found[found["value"].notna()]
    assert ((known["low"] <= known["value"]) & (known["value"] <= known["high"])).all()
    assert ((found["low"] >= 0) & (found["low"] <= found["high"]) & (found["high"] <= 1)).all()
    assert (found.loc[found["value"].isna(), "reason"] == "paths_unknown").all()
    unsure = found["high"] > found["low"] + 1e-9
    assert found.loc[unsure, "reason"].isin(["known_paths", "paths_unknown", "own_country"]).all()


@given(networks(loops=True, unknown=False))
@FEW
def test_of_essential_inputs_the_mean_never_exceeds_the_worst(given: Tables) -> None:
    given["recipes"]["essentiality"] = "essential"
    found = exposure(chain_of(given), to="CN")
    total, worst = rows(found, "total")["value"], rows(found, "worst")["value"]
    assert (total <= worst + 1e-12).all()


@pytest.mark.slow
@given(networks(loops=True))
@FEW
def test_more_tiers_never_show_less(given: Tables) -> None:
    found = exposure(chain_of(given), to="CN", tiers=[1, 2, 3, 9, "all"])
    for _, group in found.groupby(["node", "measure"], sort=False):
        assert (np.diff(group["low"]) >= -1e-12).all()
        assert (np.diff(group["high"]) >= -1e-12).all()


@pytest.mark.slow
@given(networks(loops=True), st.data())
@FEW
def test_splitting_a_supplier_within_its_country_changes_nothing(given: Tables, data: st.DataObject) -> None:
    node = data.draw(st.sampled_from(list(given["nodes"]["node"])))
    before, after = exposure(chain_of(given), to="CN"), exposure(chain_of(halve(given, node)), to="CN")
    columns = ["low", "value", "high"]
    for measure in ("total", "worst"):
        whole = rows(before, measure)[columns]
        np.testing.assert_allclose(rows(after, measure).loc[whole.index, columns], whole, **SAME)
        np.testing.assert_allclose(rows(after, measure).loc[f"{node}-b", columns], whole.loc[node], **SAME)


@pytest.mark.slow
@given(networks(loops=True), st.randoms(use_true_random=False))
@FEW
def test_new_names_and_another_order_of_rows_change_nothing(given: Tables, mix: Any) -> None:
    names = list(given["nodes"]["node"])
    new = dict(zip(names, mix.sample([f"m{place}" for place in range(len(names))], len(names)), strict=True))
    turned = {
        table: frame.assign(
            **{
                key: frame[key].replace(new)
                for key in ("node", "supplier", "customer", "host")
                if key in frame
            }
        ).iloc[::-1]
        for table, frame in given.items()
    }
    before, after = exposure(chain_of(given), to="CN"), exposure(chain_of(turned), to="CN")
    for measure in ("total", "worst"):
        whole = rows(before, measure)["low"]
        np.testing.assert_allclose(rows(after, measure)["low"][whole.index.map(new)], whole, **SAME)


@pytest.mark.slow
@given(networks(loops=True), st.sampled_from(["equal", "need"]))
@FEW
def test_a_matrix_holds_what_each_country_alone_gives(given: Tables, weights: Any) -> None:
    chain = chain_of(given)
    matrix = exposure_matrix(chain, ["CN", "JP"], weights=weights)
    alone = pd.concat([exposure(chain, to=country, weights=weights) for country in ("CN", "JP")])
    key = ["to", "node", "measure"]
    pd.testing.assert_frame_equal(
        matrix.sort_values(key, ignore_index=True), alone.sort_values(key, ignore_index=True)
    )


@given(networks(loops=True))
@FEW
def test_what_is_kept_without_a_country_s_nodes_is_what_the_worst_input_leaves(given: Tables) -> None:
    chain = chain_of(given)
    stopped = chain.nodes.loc[chain.nodes["country"] == "CN", "node"]
    kept = kept_without(chain, stopped).groupby("node")["kept"].first()
    worst = rows(exposure(chain, to="CN"), "worst")["low"]
    np.testing.assert_allclose(kept, 1 - worst[kept.index], **SAME)


# --- loops --------------------------------------------------------------------------------------


def ring(loop: float, leak: float, where: str = "JP") -> Chain:
    """Two makers of metal feed each other; a little of what the first uses comes from an ore in CN."""
    nodes = {
        "a": {"material": "metal", "country": where, "output": 1e9, "capacity": 1e9},
        "b": {"material": "metal", "country": "JP", "output": 1e9, "capacity": 1e9},
        "mine": {"material": "metal", "country": "CN", "output": 1e9, "capacity": 1e9},
        "well": {"material": "metal", "country": "US", "output": 1e9, "capacity": 1e9},
    }
    flows = {("b", "a"): {"amount": loop}, ("mine", "a"): {"amount": leak}, ("a", "b"): {"amount": 1.0}}
    if leak + loop < 1:
        flows["well", "a"] = {"amount": 1 - leak - loop}
    recipes = {(node, "metal"): {"need": 1e-9, "stock": 10} for node in ("a", "b")}
    return Chain.from_tables(**tables(nodes, flows, recipes))


def test_a_loop_adds_the_geometric_series_of_its_rounds() -> None:
    found = rows(exposure(ring(0.5, 0.25), to="CN"), "total")["value"]
    assert found["a"] == pytest.approx(0.25 / (1 - 0.5))
    assert found["b"] == pytest.approx(found["a"])


def test_a_loop_that_hardly_leaks_still_leads_to_its_only_source() -> None:
    found = exposure(ring(1 - 1e-7, 1e-7), to="CN")
    assert found.loc[found["node"].isin(["a", "b"]), "value"].tolist() == pytest.approx([1.0] * 4)


def test_a_closed_loop_without_source_meets_nobody_and_ends() -> None:
    found = exposure(ring(1.0, 0.0), to="CN")
    assert (found["value"] == 0).all()


def test_the_start_counts_only_when_a_loop_leads_back_to_it() -> None:
    chain = ring(0.5, 0.25, where="DE")
    found = rows(exposure(chain, to="DE"), "total")["value"]
    assert found["b"] == 1.0  # fed by a
    assert found["a"] == pytest.approx(0.5)  # only by way of b, which a feeds


@given(networks(loops=True, unknown=False))
@FEW
def test_one_sparse_solution_equals_many_sweeps(given: Tables) -> None:
    walk = lay_walk(chain_of(given))
    target = np.asarray(walk.country == "CN", dtype=bool)
    np.testing.assert_allclose(walking._solved(walk.step, target), met(walk.step, target), **SAME)


@pytest.mark.slow
@given(networks(loops=True))
@FEW
def test_policies_and_many_sweeps_find_the_same_worst(given: Tables) -> None:
    walk = lay_walk(chain_of(given))
    target = np.asarray(walk.country == "CN", dtype=bool)
    np.testing.assert_allclose(worst_met(walk, target)[0], worst_met(walk, target, 3000)[0], atol=1e-9)


def test_paths_through_a_loop_come_round_by_round() -> None:
    found = exposure_paths(ring(0.5, 0.25), "a", "CN", top=3)
    assert found["path"].tolist() == ["a ← mine", "a ← b ← a ← mine", "a ← b ← a ← b ← a ← mine"]
    assert found["weight"].tolist() == [0.25, 0.125, 0.0625]
    assert found["part"].tolist() == pytest.approx([0.5, 0.25, 0.125])


# --- by hand ------------------------------------------------------------------------------------


def test_a_hand_case_with_an_unknown_supplier() -> None:
    """Metal: 60 % from CN, 20 % from JP, 20 % from nobody knows where. Oxide: nothing is known."""
    nodes = {
        name: {"material": product, "country": country, "output": 100, "capacity": 100}
        for name, product, country in (
            ("user", "magnet", "JP"), ("cn", "metal", "CN"), ("jp", "metal", "JP"), ("xx", "metal", "XX"),
        )
    }  # fmt: skip
    flows = {("cn", "user"): {"amount": 60}, ("jp", "user"): {"amount": 20}, ("xx", "user"): {"amount": 20}}
    recipes = {("user", "metal"): {"need": 1, "stock": 1}, ("user", "oxide"): {"need": 1, "stock": 1}}
    chain = Chain.from_tables(**tables(nodes, flows, recipes))
    total, worst = exposure(chain, "user", "中国").to_dict("records")
    assert (total["low"], total["high"]) == pytest.approx((0.3, 0.9))  # oxide: one half, all unknown
    assert np.isnan(total["value"]), "less than half of the walks are known: 40 %"
    assert (worst["low"], worst["value"], worst["high"]) == pytest.approx((0.6, 0.6 / 0.8, 1.0))
    assert (total["reason"], worst["reason"]) == ("paths_unknown", "known_paths")
    unknown = exposure(chain, "user", "XX").set_index("measure")["value"]
    assert unknown.tolist() == pytest.approx([0.6, 1.0])
    paths = exposure_paths(chain, "user", "unknown")
    assert paths["path"].tolist() == ["user ← ?oxide", "user ← xx"]


def test_a_by_product_depends_on_its_host_and_what_feeds_it() -> None:
    chain = Chain.example("hafnium-zirconium-japan@2024")
    found = exposure(chain, "cn-hf", "AU").set_index("measure")
    plain = Plain(chain)
    assert found.at["total", "value"] == pytest.approx(plain.total("cn-zr-nuclear", "AU"))
    assert found.at["total", "value"] > 0.3
    path = exposure_paths(chain, "cn-hf", "AU", top=1)
    assert path["path"].iloc[0] == "cn-hf ← cn-zr-nuclear ← cn-zr-chloride ← au-zircon"
    assert (kept_without(chain, ["cn-zr-nuclear"], "cn-hf")["kept"] == 0).all()


def test_needs_weigh_inputs_when_asked_to() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    by_need = exposure(chain, "jp-magnet-proterial", "CN", weights="need")["value"].iloc[0]
    alloy, heavy = 1.3, 0.05  # t per t of magnet
    plain = Plain(chain)
    alloy_part = sum(
        share * plain.total(supplier, "CN")
        for supplier, share in plain.suppliers("jp-magnet-proterial", "alloy-strip").items()
    )
    both = exposure(chain, "jp-magnet-proterial", "CN")["value"].iloc[0]
    heavy_part = 2 * both - alloy_part
    assert by_need == pytest.approx((alloy * alloy_part + heavy * heavy_part) / (alloy + heavy))


def test_a_country_or_an_end_outside_the_chain_says_so() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    assert set(exposure(chain, "jp-xev", "BRA")["reason"]) == {"country_absent"}
    assert set(exposure(chain, "au-ore-light", "CN")["reason"]) == {"chain_start"}


def test_exposure_to_the_node_s_own_country_is_marked() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    assert set(exposure(chain, "jp-xev", "JP")["reason"]) == {"own_country"}


def test_of_inputs_that_are_equally_bad_the_best_known_one_is_judged() -> None:
    """Nothing comes from the Netherlands: the known input says 0, an unknown one would say nothing."""
    found = exposure(Chain.example("chip-equipment@2019"), "tw-etch-clean", "NL", tiers=1)
    worst = found.set_index("measure").loc["worst"]
    assert (worst["low"], worst["value"], worst["high"]) == (0.0, 0.0, 1.0)


def test_codes_and_names_of_a_country_mean_the_same() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    one = exposure(chain, "jp-xev", "CHN")
    for name in ("CN", "China", "中国"):
        pd.testing.assert_frame_equal(one, exposure(chain, "jp-xev", name))


def test_sources_and_grade_are_those_of_everything_upstream() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    near = exposure(chain, "jp-xev", "CN", tiers=1).iloc[0]
    far = exposure(chain, "jp-xev", "CN").iloc[0]
    assert set(near["source"].split("|")) < set(far["source"].split("|"))
    assert "miit-quota-2024" in far["source"].split("|")
    assert far["grade"] == "assumed"


# --- mistakes -----------------------------------------------------------------------------------


def test_every_mistake_is_told_at_once_with_the_nearest_name() -> None:
    chain = Chain.example("ndfeb-japan@2024")
    with pytest.raises(DataError) as error:
        exposure_paths(chain, "jp-xeva", "Chnia", top=0, tiers="5,soon")
    text = error.value.text()
    assert len(error.value.problems) == 4
    assert "did you mean jp-xev?" in text
    assert "Did you mean CN?" in text
    assert "soon" in text


@pytest.mark.parametrize("tiers", [0, -1, 101, "two", 1.5, "", True])
def test_a_number_of_tiers_is_whole_and_positive(tiers: Any) -> None:
    with pytest.raises(DataError):
        exposure(Chain.example("ndfeb-japan@2024"), "jp-xev", "CN", tiers=tiers)


def test_a_step_never_leaves_with_more_than_it_came() -> None:
    walk = lay_walk(Chain.example("ndfeb-japan@2024"))
    sums = np.asarray(csr_array(walk.step).sum(axis=1)).ravel()
    assert set(np.round(sums, 9)) == {0.0, 1.0}
