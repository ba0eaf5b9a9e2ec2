"""Sobol indices: analytic ones of Ishigami's function through the same code, and a study of our own."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.base.errors import DataError, ModelError
from meguri.shock.run import run_all
from meguri.study.losses import lost_days
from meguri.study.sobol import answer_of, candidates, sobol_indices, sobol_table
from tests.shock.test_controls import LICENCE, trade
from tests.small import scenario

GIVEN = scenario([LICENCE | {"approval": [0.3, 0.6, 1.0], "paperwork": ["5 d", "10 d", "30 d"]}])
A, B = 7.0, 0.1


def ishigami(shares: np.ndarray) -> np.ndarray:
    """sin x1 + a sin² x2 + b x3⁴ sin x1 on (-π, π)³ (Ishigami and Homma 1990)."""
    x = np.pi * (2 * shares - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def analytic() -> tuple[list[float], list[float]]:
    """Partial variances in closed form: V1, V2, V13 of the function above."""
    v1 = 0.5 * (1 + B * np.pi**4 / 5) ** 2
    v2 = A**2 / 8
    v13 = B**2 * np.pi**8 * (1 / 18 - 1 / 50)
    whole = v1 + v2 + v13
    return [v1 / whole, v2 / whole, 0.0], [(v1 + v13) / whole, v2 / whole, v13 / whole]


def test_ishigamis_indices_are_the_analytic_ones() -> None:
    found = sobol_indices(ishigami, 3, 4096, seed=1)
    first, total = analytic()
    assert first == pytest.approx([0.3139, 0.4424, 0.0], abs=1e-4), "as printed in the literature"
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=1e-4)
    np.testing.assert_allclose(found.first, first, atol=0.02)
    np.testing.assert_allclose(found.total, total, atol=0.02)
    assert (np.abs(found.first - first) <= 1.5 * found.first_pm).all(), "the interval holds the truth"
    assert (np.abs(found.total - total) <= 1.5 * found.total_pm).all()


def test_an_additive_model_has_equal_first_and_total_indices_that_sum_to_one() -> None:
    found = sobol_indices(lambda x: x @ np.array([1.0, 2.0, 3.0]), 3, 1024, seed=3)
    np.testing.assert_allclose(found.first, np.array([1, 4, 9]) / 14, atol=0.02)
    np.testing.assert_allclose(found.total, np.array([1, 4, 9]) / 14, atol=0.02)


def test_an_answer_that_never_changes_has_no_spread_to_explain() -> None:
    with pytest.raises(ModelError, match="differs between runs"):
        sobol_indices(lambda x: np.ones(len(x)), 2, 8, seed=1)


def test_a_study_is_explained_by_the_licence_and_the_same_seed_gives_the_same_table() -> None:
    runs = run_all(trade(), GIVEN, 30, 3)
    told: list[tuple[int, int]] = []
    one = sobol_table(runs, numbers=2, samples=16, progress=lambda *at: told.append(at))
    again = sobol_table(runs, numbers=2, samples=16, workers=1)
    assert one.equals(again)
    assert set(one["parameter"]) <= set(runs.ranges["parameter"].iloc[candidates(runs, "lost_days", 4)])
    assert one["parameter"].iloc[0] == "controls.control-0.approval"
    assert one["runs"].eq(16 * 4).all() and told[-1][0] == told[-1][1] == len(told)
    assert one["at_mode"].nunique() == 1
    low, high = one.loc[0, ["at_low", "at_high"]]
    assert low > one.loc[0, "at_mode"] > high, "the more is approved, the less is lost"


def test_answers_are_those_of_the_runs() -> None:
    runs = run_all(trade(), GIVEN, 5, 3)
    np.testing.assert_array_equal(answer_of(runs, "lost_days")[0], lost_days(runs))
    place = list(runs.layout.nodes["node"]).index("jp-magnet")
    limit = GIVEN.days - runs.setup.first
    np.testing.assert_array_equal(answer_of(runs, "tts:jp-magnet")[0], np.minimum(runs.tts[:, place], limit))
    market = runs.markets[0]
    peak, unit = answer_of(runs, f"price:{market.element}:{market.form}:outside")
    np.testing.assert_array_equal(peak, runs.price[:, 0, 0].max(axis=1))
    assert unit == "1"


@pytest.mark.parametrize("what", ["lost", "tts:jp-magnets", "price:Dy", "price:Xx:oxide:outside", ""])
def test_an_unknown_answer_is_named_with_what_there_is(what: str) -> None:
    with pytest.raises(DataError) as error:
        answer_of(run_all(trade(), GIVEN, 1, 3), what)
    assert "answer" in str(error.value)
