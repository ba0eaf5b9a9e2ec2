"""The kernel tells the same story as its plain twin."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given, settings

from meguri.shock import _kernel, _ordering, _price_kernel
from meguri.shock._kernel import Filters, Numbers, Story, Wiring, _tell, tell
from tests.reference import plain_story
from tests.small import kernel_inputs, no_filters

AMOUNTS = (
    "output", "asked", "shipped", "arrived", "stock", "lowest", "received", "used", "transit", "installed",
    "released",
)  # fmt: skip
SAME = {"rtol": 1e-9, "atol": 1e-9}


def assert_same_story(kernel: Story, plain: Story, n: Numbers) -> None:
    for name in AMOUNTS:
        np.testing.assert_allclose(getattr(kernel, name), getattr(plain, name), err_msg=name, **SAME)
    needed = n.short_below * np.minimum(kernel.asked, n.plan)
    clear = np.abs(kernel.output - needed * (1 - 1e-9)) > 1e-9  # rounding decides the rest
    np.testing.assert_array_equal(kernel.short[clear], np.array(plain.short)[clear])
    sure = clear.all(axis=0)
    np.testing.assert_array_equal(kernel.waits[sure], np.array(plain.waits)[sure])
    for name in ("empty", "cut"):
        np.testing.assert_array_equal(getattr(kernel, name), getattr(plain, name), err_msg=name)


@given(kernel_inputs())
@settings(max_examples=60)
def test_kernel_and_plain_twin_tell_the_same_story(told: tuple[Wiring, Numbers, Filters]) -> None:
    w, n, f = told
    assert_same_story(tell(w, n, f), plain_story.tell(w, n, f), n)


@pytest.mark.slow
@given(kernel_inputs())
@settings(max_examples=3000)
def test_kernel_and_plain_twin_agree_on_many_more_chains(told: tuple[Wiring, Numbers, Filters]) -> None:
    w, n, f = told
    assert_same_story(tell(w, n, f), plain_story.tell(w, n, f), n)


def one_maker(**changes: object) -> tuple[Wiring, Numbers, Filters]:
    """Node 0 feeds node 1 one tonne a day; node 1 holds two slots, the second fed by node 0 as well."""
    days = 10
    w = Wiring(
        supplier=np.array([0, 0]), link_slot=np.array([0, 1]), slot_links=np.array([0, 1, 2]),
        slot_node=np.array([1, 1]), node_slots=np.array([0, 0, 2]), essential=np.array([2, 1]),
        open_slot=np.array([0, 0]), host=np.array([-1, -1]), month=np.zeros(days, dtype=np.int64),
    )  # fmt: skip
    n = Numbers(
        plan=np.array([2.0, 1.0]), capacity=np.array([2.0, 3.0]), final=np.array([0.0, 1.0]),
        use=np.ones(2), loss=np.array([0.0, 0.5]), stock=np.array([1.0, 0.0]), target=np.array([1.0, 0.0]),
        byproduct=np.zeros(2), room=np.zeros(2), life=np.zeros(2), installed=np.zeros(2), full=np.zeros(2),
        amount=np.ones(2), potential=np.zeros(2), lead=np.array([1, 1]), ready=np.zeros(2),
        first_yield=np.ones(2), recovery=np.ones(2), adjust=1.0, surge=1e6, memory=10.0, stay=0.0,
        short_below=1.0,
    )  # fmt: skip
    limit = np.full((days, 2), np.inf)
    limit[3:, 1] = 0.0
    f = no_filters(days, nodes=2, slots=2, links=2)._replace(
        group=np.array([0, 1]),
        limit=limit,
        delayed=np.zeros((days, 2)),
        delay=np.zeros((days, 2), dtype=np.int64),
    )
    return w, n._replace(**changes), f  # type: ignore[arg-type]


def two_kinds_of_supplier(amount: list[float], **changes: object) -> tuple[Wiring, Numbers, Filters]:
    """Usual suppliers of these amounts and, as the last, a qualified alternative feed one maker."""
    days, links = 24, len(amount) + 1
    w = Wiring(
        supplier=np.arange(links), link_slot=np.zeros(links, dtype=np.int64), slot_links=np.array([0, links]),
        slot_node=np.array([links]), node_slots=np.array([0] * (links + 1) + [1]), essential=np.array([2]),
        open_slot=np.array([0]), host=np.array([-1]), month=np.zeros(days, dtype=np.int64),
    )  # fmt: skip
    usual, use = np.array([*amount, 0.0]), np.array([sum(amount)])
    n = Numbers(
        plan=np.append(usual, 1.0), capacity=np.array([*amount, use[0], 1.0]),
        final=np.append(0.0 * usual, 1.0), use=use,
        loss=np.zeros(1), stock=9 * use, target=np.array([8.0]), byproduct=np.zeros(1),
        room=np.zeros(1), life=np.zeros(1), installed=np.zeros(1), full=np.zeros(1), amount=usual,
        potential=np.append(0.0 * usual[1:], use), lead=np.ones(links, dtype=np.int64), ready=np.zeros(links),
        first_yield=np.ones(links), recovery=np.ones(links), adjust=3.0, surge=0.25, memory=3.0, stay=0.0,
        short_below=1.0,
    )  # fmt: skip
    n = n._replace(**changes)  # type: ignore[arg-type]
    return w, n, no_filters(days, nodes=links + 1, slots=1, links=links)


@pytest.mark.parametrize("stay", [0.0, 0.5])
def test_rounding_orders_nothing_from_an_alternative(stay: float) -> None:
    """The parts of a wish rarely add up to it exactly; a residue would count as asked and not made."""
    for amount in ([0.1, 0.2, 0.4], [0.3, 0.7, 0.1], [1 / 3, 1 / 7, 1 / 9]):
        w, n, f = two_kinds_of_supplier(amount, stay=stay)
        story = tell(w, n._replace(capacity=n.plan), f)
        assert not story.asked[:, len(amount)].any()
        assert not story.short.any()


def test_rounding_orders_nothing_from_a_usual_supplier_where_all_of_the_wish_stays() -> None:
    """An order of 1e-17 t would still count as experience with a supplier nobody turned to."""
    for stay in np.linspace(0.3, 0.9, 25):
        w, n, f = two_kinds_of_supplier([1.7], stay=float(stay))
        days = len(f.limit)
        limit, aim = np.full((days, 2), np.inf), np.ones((days, 1))
        limit[2:10, 1], aim[10:, 0] = 0.0, 0.7  # a ban, then little is wanted
        delayed, delay = np.zeros((days, 2)), np.zeros((days, 2), dtype=np.int64)
        f = f._replace(group=np.array([1, 0]), limit=limit, aim=aim, delayed=delayed, delay=delay)
        story = tell(w, n, f)
        asked = story.asked[10:, 0]
        assert (asked == 0.0).any(), "days on which all of it stays are what this is about"
        assert not ((asked > 0.0) & (asked < 1e-9)).any()
        assert_same_story(story, plain_story.tell(w, n, f), n)


@pytest.mark.parametrize("part", [_ordering, _price_kernel])
def test_the_compiled_parts_are_the_ones_written(part: ModuleType) -> None:
    """numba keeps machine code by the words of _kernel.py; without the digest it would miss the rest."""
    digest = hashlib.sha256(Path(part.__file__ or "").read_bytes()).hexdigest()[:10]
    found = re.findall(
        rf"^from {part.__name__} import .*# sha256 (\w+)$", Path(_kernel.__file__).read_text(), re.M
    )
    assert found == [digest]


def test_no_order_in_memory_and_no_whole_number_has_the_kernel_compiled_anew() -> None:
    w, n, f = one_maker()
    story, compiled = tell(w, n, f), len(_tell.signatures)
    strided = n._replace(plan=np.repeat(n.plan, 2)[::2], ready=n.ready.astype(int), adjust=int(n.adjust))
    locked = f._replace(limit=np.asfortranarray(f.limit), group=f.group.astype(np.int32))
    locked.limit.flags.writeable = False
    assert np.array_equal(tell(w, strided, locked).output, story.output)
    assert len(_tell.signatures) == compiled


def test_a_node_waits_for_the_important_input_that_lacks_and_not_for_one_that_suffices() -> None:
    story = tell(*one_maker())
    assert story.short[:, 1].tolist() == [False] * 4 + [True] * 6
    assert story.output[4:, 1].tolist() == [0.5] * 6
    assert story.waits.tolist() == [-1, 1]
    assert story.cut.tolist() == [-1, 3]  # the ban of day 3
    assert story.empty.tolist() == [-1, 4]  # the lead of one day later


@given(kernel_inputs())
def test_nothing_is_lost_or_made_from_nothing_with_every_feature_on(
    told: tuple[Wiring, Numbers, Filters],
) -> None:
    w, n, f = told
    story = tell(w, n, f)
    near = {"rtol": 1e-9, "atol": 1e-9}
    np.testing.assert_allclose(n.stock + story.received - story.used, story.stock, **near)
    begun = n.amount * n.lead
    np.testing.assert_allclose(
        begun + story.shipped.sum(axis=0), story.arrived.sum(axis=0) + story.transit, **near
    )
    assert (story.installed <= n.full + 1e-9).all()
    assert (f.held - story.released.sum(axis=0) >= -1e-9).all()


@given(kernel_inputs())
def test_what_users_receive_is_what_arrives_and_what_reserves_release(
    told: tuple[Wiring, Numbers, Filters],
) -> None:
    w, n, f = told
    w = w._replace(host=np.full_like(w.host, -1))
    story = tell(w, n._replace(first_yield=np.ones_like(n.first_yield)), f)
    came = story.arrived.sum() + story.released.sum()
    assert story.received.sum() == pytest.approx(came, rel=1e-9, abs=1e-9)
