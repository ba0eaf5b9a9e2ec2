"""The compiled months answer as their plain twin, by themselves and beside the story they change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.shock._kernel import Filters, Numbers, Wiring, tell, tell_priced
from meguri.shock._price_kernel import Trade, save
from tests.reference import plain_story
from tests.reference.plain_prices import PlainPrices
from tests.shock.test_kernel import assert_same_story
from tests.small import kernel_inputs

Inputs = tuple[Wiring, Numbers, Filters]
DAYS_OF_MONTH = 4


def traded(w: Wiring, n: Numbers, f: Filters, random: np.random.Generator, heeded: float) -> Trade:
    """Any markets for a chain: up to four goods of up to three elements, some without a market inside."""
    markets, nodes, links = int(random.integers(1, 5)), n.plan.size, n.amount.size
    months = int(w.month[-1]) + 1
    shape, element = (markets, months), np.sort(random.integers(0, 3, markets))
    arriving, crossing = random.random((2, markets, links)) * random.integers(0, 2, (2, markets, links))
    home = random.integers(0, 2, (markets, nodes))
    asks = np.stack([1 - home, home], axis=1) * random.random((markets, 1, nodes))
    low = [0.1, 0.1, 0.0, 0.0, 0.05, 5.0, 0.3, 0.0, 1.0, 1.0]
    high = [0.5, 0.5, 2.0, 0.8, 0.3, 50.0, 0.9, 0.5, 6.0, 6.0]
    return Trade(
        arriving=arriving,
        crossing=crossing,
        usual=np.repeat((arriving * n.amount).sum(axis=1)[:, None], months, axis=1) * DAYS_OF_MONTH,
        able=random.uniform(0.5, 20.0, shape),
        at_home=random.uniform(0.5, 20.0, shape) * random.integers(0, 2, shape),
        asks=asks / np.maximum(asks.sum(axis=2, keepdims=True), 1e-300),
        wanted=random.uniform(0.5, 1.5, (months, f.wanted.shape[1])),
        response=random.uniform(low, high, (markets, 10)),
        wedge=random.uniform(1.0, 2.0, shape),
        floor=random.uniform(0.0, 3.0, shape),
        element=np.unique(element, return_inverse=True)[1],
        home=home,
        spent=random.random((np.unique(element).size, nodes)) * random.integers(0, 2, nodes),
        heeded=heeded,
    )


@given(kernel_inputs(), st.integers(0, 2**32 - 1), st.sampled_from([1.0, 1.0, 0.0]))
@settings(max_examples=40)
def test_prices_and_the_story_they_change_are_those_of_the_plain_twin(
    told: Inputs, seed: int, heeded: float
) -> None:
    """Prices on one and the same story to the last digits; stories, which rounding may sway, as elsewhere."""
    w, n, f = told
    w = w._replace(month=np.arange(w.month.size) // DAYS_OF_MONTH)
    t = traded(w, n, f, np.random.default_rng(seed), heeded)
    story, prices = tell_priced(w, n, f, t)
    plain = PlainPrices(t, f.wanted_of)
    for month in range(len(story.arrived)):
        plain.go_on(month, story)
    np.testing.assert_allclose(prices.price, plain.price, rtol=1e-12)
    np.testing.assert_allclose(prices.use, plain.use, rtol=1e-12)
    buyers = PlainPrices(t, f.wanted_of)
    assert_same_story(story, plain_story.tell(w, n, f, buyers.go_on), n)


@given(kernel_inputs(), st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_prices_nobody_heeds_leave_the_story_as_it_is(told: Inputs, seed: int) -> None:
    w, n, f = told
    t = traded(w, n, f, np.random.default_rng(seed), heeded=0.0)
    plain, story = tell(w, n, f), tell_priced(w, n, f, t)[0]
    assert all(np.array_equal(one, other) for one, other in zip(plain, story, strict=True))


def test_the_dearer_an_element_becomes_the_more_it_decides_what_a_product_saves() -> None:
    """Two elements weigh alike at usual prices; at prices 3 and 1, uses 0.5 and 1: (3·0.5 + 1)/4.

    Of the two forms of the first the dearer counts, and the more that is saved; node 1 buys inside, where
    nothing became dearer.
    """
    given_arrays = {"element": np.array([0, 0, 1]), "home": np.array([[0, 1]] * 3), "spent": np.ones((2, 2))}
    t = Trade(**{name: np.zeros(0) for name in Trade._fields} | given_arrays)
    spot = np.array([[3.0, 1.0], [2.0, 1.0], [1.0, 1.0]])
    use, thrift = np.array([[0.7, 1.0], [0.5, 1.0], [1.0, 1.0]]), np.zeros(2)
    save.py_func(spot, use, t, thrift)
    assert thrift.tolist() == pytest.approx([(3 * 0.5 + 1) / 4, 1.0])
