"""One market month by month: a plain twin, laws, and paths by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.shock.price_path import Response, contract_path, market_path, price_ratio

EVEN = Response(
    supply_elasticity=0.2, demand_elasticity=0.3, stocking=0.0, memory=0.0, served=0.1, backstop=50.0,
    closing=0.1, thrift=0.0, thrift_delay=12.0, contract_lag=3.0,
)  # fmt: skip
NO_END = math.inf


@st.composite
def responses(draw: st.DrawFn) -> Response:
    """Any response the packaged table may hold."""

    def number(low: float, high: float) -> float:
        return draw(st.floats(low, high, allow_nan=False))

    return Response(
        number(0.01, 2.0), number(0.01, 2.0), number(0.0, 5.0), number(0.0, 0.99), number(0.01, 1.0),
        number(1.0, 100.0), number(0.01, 1.0), number(0.0, 1.0), number(1.0, 36.0), number(1.0, 12.0),
    )  # fmt: skip


SHARES = st.lists(st.floats(0.0, 4.0, allow_nan=False), min_size=1, max_size=30).map(np.array)


def plain_path(shares: list[float], r: Response, most: float) -> list[tuple[float, float, float]]:
    """The same market as a list of dated sentences: what is asked, believed, bought, paid, learnt."""
    found, believed, held, learnt = [], 0.0, 0.0, 0.0
    for share in shares:
        use = max(math.exp(-r.thrift * learnt), r.served)
        met = min(share / use, most)
        believed = r.memory * believed + (1 - r.memory) * (1 - met)
        wish = r.stocking * believed if believed > 0 else 0.0
        supply, demand = 1 - believed, 1.0
        if wish > held:
            demand += wish - held
        else:
            supply += held - wish
        held = wish
        ratio = max(supply / demand, r.served)
        price = ratio ** (-1 / (r.supply_elasticity + r.demand_elasticity))
        price = min(max(price, r.closing), r.backstop)
        found.append((price, held, use))
        learnt += (max(math.log(price), 0.0) - learnt) / r.thrift_delay
    return found


@given(SHARES, responses(), st.sampled_from([1.0, NO_END]))
def test_the_path_equals_its_plain_twin(share: np.ndarray, response: Response, most: float) -> None:
    path = market_path(share, response, most=most)
    expected = np.array(plain_path(share.tolist(), response, most))
    np.testing.assert_allclose(np.column_stack([path.price, path.hoard, path.use]), expected, rtol=1e-9)


@given(st.integers(1, 40), responses())
def test_without_scarcity_the_price_is_one_nobody_hoards_and_nobody_saves(
    months: int, response: Response
) -> None:
    path = market_path(np.ones(months), response)
    assert path.price.tolist() == [1.0] * months
    assert path.hoard.tolist() == [0.0] * months
    assert path.use.tolist() == [1.0] * months


@given(SHARES, responses())
def test_the_price_is_finite_and_the_hoard_never_negative(share: np.ndarray, response: Response) -> None:
    path = market_path(share, response)
    assert np.isfinite(path.price).all()
    assert (path.price >= response.closing).all() and (path.price <= response.backstop).all()
    assert (path.hoard >= 0.0).all()
    assert (path.use >= min(response.served, 1.0)).all() and (path.use <= 1.0).all()


@given(SHARES, st.floats(0.0, 1.0), responses())
def test_less_supply_never_lowers_the_price_where_nobody_hoards_or_saves(
    share: np.ndarray, part: float, response: Response
) -> None:
    plain = response._replace(stocking=0.0, thrift=0.0)
    assert (price_ratio(part * share, plain) >= price_ratio(share, plain) * (1 - 1e-12)).all()


@given(SHARES, responses())
def test_saving_never_raises_the_price_where_nobody_hoards(share: np.ndarray, response: Response) -> None:
    """In the month buyers begin to save they ask for less; beliefs only carry that on."""
    saving = response._replace(stocking=0.0)
    kept = saving._replace(thrift=0.0)
    assert (price_ratio(share, saving) <= price_ratio(share, kept) * (1 + 1e-12)).all()


def test_half_the_supply_at_elasticities_of_a_half_in_all_quadruples_the_price() -> None:
    assert price_ratio(np.array([1.0, 0.5, 0.25]), EVEN).tolist() == pytest.approx([1.0, 4.0, 16.0])


def test_more_supply_than_usual_lowers_the_price_until_makers_idle() -> None:
    assert price_ratio(np.array([2.0, 8.0]), EVEN).tolist() == pytest.approx([0.25, 0.1])


def test_outside_more_than_asked_fills_stocks_and_is_no_glut() -> None:
    assert market_path(np.array([2.0]), EVEN, most=1.0).price.tolist() == [1.0]


def test_a_belief_fades_by_the_month() -> None:
    """Half the supply for one month with memory 0.5: believed 1/4, then 1/8."""
    found = price_ratio(np.array([0.5, 1.0]), EVEN._replace(memory=0.5))
    assert found.tolist() == pytest.approx([(3 / 4) ** -2, (7 / 8) ** -2])


def test_a_short_month_in_a_long_memory_moves_the_price_less_than_a_lasting_cut() -> None:
    """Why the quota of 2011 outweighs the halt of autumn 2010: it lasted."""
    slow = EVEN._replace(memory=0.9)
    halt, cut = np.ones(24), np.ones(24)
    halt[3:5], cut[3:] = 0.3, 0.7
    assert price_ratio(cut, slow).max() > price_ratio(halt, slow).max()


def test_what_is_hoarded_is_demand_and_what_is_let_go_is_supply() -> None:
    """One month of use per unit of scarcity: half a month bought at once, half let go afterwards."""
    path = market_path(np.array([0.5, 1.0, 1.0]), EVEN._replace(stocking=1.0))
    assert path.hoard.tolist() == [0.5, 0.0, 0.0]
    assert path.price.tolist() == pytest.approx([(0.5 / 1.5) ** -2, 1.5**-2, 1.0])


def test_what_stock_thrift_and_recycling_still_serve_floors_the_ratio() -> None:
    assert price_ratio(np.array([0.0]), EVEN._replace(served=0.5)).tolist() == pytest.approx([4.0])


def test_a_backstop_keeps_the_price_finite() -> None:
    assert price_ratio(np.array([0.0]), EVEN._replace(backstop=3.0)).tolist() == [3.0]


def test_use_answers_past_prices_only_and_with_its_delay() -> None:
    """Price 4 from the second month on; of ln 4 a half is learnt a month later: 4^(-0.5 · 1/2)."""
    path = market_path(np.array([1.0, 0.5, 0.5]), EVEN._replace(thrift=0.5, thrift_delay=2.0))
    assert path.use.tolist() == pytest.approx([1.0, 1.0, 4**-0.25])


def test_what_is_asked_may_be_given_from_elsewhere() -> None:
    """Half arrives because half is asked: no scarcity."""
    assert market_path(np.array([0.5]), EVEN, np.array([0.5])).price.tolist() == [1.0]


@given(st.lists(st.floats(0.1, 50.0), min_size=1, max_size=24).map(np.array), st.floats(1.0, 12.0))
def test_contracts_lie_within_what_spot_has_been(spot: np.ndarray, lag: float) -> None:
    path = contract_path(spot, EVEN._replace(contract_lag=lag))
    lowest = np.minimum.accumulate(np.minimum(spot, 1.0))
    highest = np.maximum.accumulate(np.maximum(spot, 1.0))
    assert (path >= lowest * (1 - 1e-9)).all() and (path <= highest * (1 + 1e-9)).all()


def test_contracts_without_a_lag_are_spot() -> None:
    spot = np.array([1.0, 4.0, 2.0])
    assert contract_path(spot, EVEN._replace(contract_lag=1.0)).tolist() == spot.tolist()
