"""Fitting the free numbers: known numbers are found again, and nothing of the target enters."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.shock.price import price_response
from meguri.shock.price_fit import Quotes, drawn_numbers, fit, predict, predict_mean, weighted_quantiles
from meguri.shock.price_path import Response, contract_path, market_path

CUT = np.repeat([1.0, 0.7], [6, 18])
TRUE = Response(0.05, 0.15, 0.5, 0.9, 0.3, 30.0, 0.5, 0.1, 12.0, 3.0)
MONTHS = np.array([3.0, 8.0, 12.0, 15.0, 20.0, 23.0])


def drawn(draws: int = 1024) -> np.ndarray:
    return drawn_numbers(price_response().set_index("element").loc["Nd"], draws)


def seen(response: Response = TRUE) -> Quotes:
    path = market_path(CUT, response).price
    return Quotes(MONTHS, path[MONTHS.astype(int)])


def test_draws_cover_the_declared_ranges_and_the_same_seed_draws_the_same() -> None:
    row = price_response().set_index("element").loc["Nd"]
    numbers = drawn()
    total = numbers[:, 0] + numbers[:, 1]
    low = row["supply_elasticity_low"] + row["demand_elasticity_low"]
    high = row["supply_elasticity_high"] + row["demand_elasticity_high"]
    assert low <= total.min() < 1.02 * low and 0.98 * high < total.max() <= high
    for place, name in enumerate(Response._fields[2:], 2):
        assert numbers[:, place].min() >= row[f"{name}_low"]
        assert numbers[:, place].max() <= row[f"{name}_high"]
    assert np.array_equal(numbers, drawn())


def test_known_numbers_are_found_again() -> None:
    fitted = fit(CUT, seen(), drawn())
    table = fitted.table().set_index("number")
    assert table.loc["elasticity", "p10"] <= 0.2 <= table.loc["elasticity", "p90"]
    assert table.loc["elasticity", "p90"] / table.loc["elasticity", "p10"] < 0.3 * 1.0 / 0.03
    assert fitted.error < 0.1


def test_a_market_like_the_fitted_one_is_met_within_its_band() -> None:
    fitted = fit(CUT, seen(), drawn())
    bands = predict(fitted, CUT, MONTHS)
    truth = seen().ratio
    assert ((bands["p10"] <= truth) & (truth <= bands["p90"])).all()
    assert (np.abs(np.log(bands["p50"] / truth)) < np.log(1.5)).all()


def test_markets_that_went_apart_before_have_wider_bands() -> None:
    fitted = fit(CUT, seen(), drawn())
    near, far = (predict(fitted, CUT, MONTHS, apart) for apart in (0.0, 0.5))
    assert (far["p90"] / far["p10"] > near["p90"] / near["p10"]).all()


def test_a_unit_value_is_the_mean_of_contracts_over_its_year() -> None:
    fitted = fit(CUT, seen(), drawn())
    low, middle, high = predict_mean(fitted, CUT, 12, 24)
    truth = contract_path(market_path(CUT, TRUE).price, TRUE)[12:].mean()
    assert low <= truth <= high and middle == pytest.approx(truth, rel=0.5)


def test_weights_sum_to_one_and_better_draws_weigh_more() -> None:
    numbers = np.vstack([np.array(TRUE), np.array(TRUE._replace(demand_elasticity=0.6))])
    fitted = fit(CUT, seen(), numbers)
    assert fitted.weight.sum() == pytest.approx(1.0)
    assert fitted.weight[0] > 100 * fitted.weight[1]


def test_quantiles_of_equal_weights_are_those_of_the_sorted_draws() -> None:
    values = np.arange(10.0)[::-1]
    assert weighted_quantiles(values, np.full(10, 0.1), (0.1, 0.5, 0.9)) == (0.0, 4.0, 8.0)
