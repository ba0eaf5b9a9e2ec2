"""What is left at an age, checked against definitions, numeric integration and hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import foldnorm, lognorm, norm, weibull_min

from meguri.base.errors import ModelError
from meguri.circulate.lifetimes import KINDS, Lifetime, surviving

SPREAD = np.sqrt(np.log1p((4 / 12) ** 2))
TOLD: list[tuple[Lifetime, Any]] = [
    (Lifetime("normal", mean=12, sd=4), norm(12, 4)),
    (Lifetime("folded_normal", mean=6, sd=8), foldnorm(6 / 8, scale=8)),
    (Lifetime("lognormal", mean=12, sd=4), lognorm(SPREAD, scale=np.exp(np.log(12) - SPREAD**2 / 2))),
    (Lifetime("weibull", shape=2.5, scale=12), weibull_min(2.5, scale=12)),
]
TABLE = Lifetime("empirical", ages=[0, 4, 8, 20], share=[1, 0.9, 0.5, 0])


@pytest.mark.parametrize(("lifetime", "known"), TOLD, ids=lambda told: getattr(told, "kind", ""))
def test_survival_is_that_of_the_named_distribution(lifetime: Lifetime, known: Any) -> None:
    ages = np.linspace(0, 40, 81)
    assert np.allclose(lifetime.survival(ages), known.sf(ages), rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("lifetime", [*(told for told, _ in TOLD), TABLE], ids=lambda told: told.kind)
@pytest.mark.parametrize("age", [0.5, 7.0, 31.0])
def test_years_lived_are_the_area_under_survival(lifetime: Lifetime, age: float) -> None:
    area = quad(lambda at: float(lifetime.survival(at)), 0, age, points=[4, 8, 20], epsabs=1e-12)[0]
    assert float(lifetime.lived(age)) == pytest.approx(area, abs=1e-9)


def test_mean_lifetime_is_the_mean_that_was_given() -> None:
    assert float(Lifetime("fixed", mean=7.5).mean()) == 7.5
    assert float(Lifetime("weibull", shape=1.7, mean=7.5).mean()) == pytest.approx(7.5)
    assert float(Lifetime("lognormal", mean=7.5, sd=3).mean()) == pytest.approx(7.5)
    assert float(Lifetime("normal", mean=30, sd=3).mean()) == pytest.approx(30)
    assert float(Lifetime("folded_normal", mean=6, sd=8).mean()) == pytest.approx(
        foldnorm(0.75, scale=8).mean()
    )
    assert float(TABLE.mean()) == 4 * 0.95 + 4 * 0.7 + 12 * 0.25


def test_a_fixed_lifetime_is_read_halfway_at_its_very_end() -> None:
    assert Lifetime("fixed", mean=3).survival([2.9, 3.0, 3.1]).tolist() == [1.0, 0.5, 0.0]


def test_entering_evenly_is_the_mean_over_the_moments_of_entry() -> None:
    born = np.array([[2000.0, 2005.0], [2005.0, 2006.0]])
    for lifetime in [*(told for told, _ in TOLD), TABLE]:
        even = surviving(lifetime, born, 2012.0, "quadrature").ravel()
        moments = [np.linspace(first, last, 20_001) for first, last in born]
        assert np.allclose(even, [lifetime.survival(2012.0 - at).mean() for at in moments], atol=1e-4)


def test_tables_may_differ_by_series() -> None:
    two = Lifetime("empirical", ages=[0, 10, 20], share=[[1, 1], [0.5, 0.2], [0, 0]])
    assert two.survival(np.array([[5.0], [15.0]])).tolist() == [[0.75, 0.6], [0.25, 0.1]]
    assert two.mean().tolist() == [10.0, 7.0]
    assert two.part(slice(None), slice(1, 2)).survival(5.0).tolist() == [0.6]


@pytest.mark.parametrize("years", [0.0, -1.0, np.nan, np.inf])
@pytest.mark.parametrize("kind", ["fixed", "normal", "folded_normal", "lognormal", "weibull"])
def test_a_lifetime_that_is_not_above_zero_is_a_named_error(kind: str, years: float) -> None:
    numbers: dict[str, Any] = dict.fromkeys(KINDS[kind][0], 5.0) | {KINDS[kind][0][0]: [5.0, years]}
    with pytest.raises(ModelError) as told:
        Lifetime(kind, **numbers)
    assert [problem.key for problem in told.value.problems] == ["lifetime_positive"]
    assert told.value.problems[0].place.endswith(" 2")


@pytest.mark.parametrize(
    ("kind", "numbers", "key"),
    [
        ("forever", {}, "choice_of"),
        ("fixed", {"mean": 3, "sd": 1}, "lifetime_numbers"),
        ("weibull", {"shape": 2}, "lifetime_numbers"),
        ("normal", {"mean": 3, "sd": 3}, "lifetime_below_zero"),
        ("empirical", {"ages": [0, 5], "share": [1, 0.2]}, "lifetime_table"),
        ("empirical", {"ages": [1, 5], "share": [1, 0]}, "lifetime_table"),
        ("empirical", {"ages": [0, 2, 5], "share": [1, 1.1, 0]}, "lifetime_table"),
        ("empirical", {"ages": [0, 2, 5], "share": [1, np.nan, 0]}, "lifetime_table"),
        ("fixed", {"mean": 3, "by": "birth"}, "choice_of"),
    ],
)
def test_a_wrong_lifetime_is_a_named_error(kind: str, numbers: dict[str, Any], key: str) -> None:
    with pytest.raises(ModelError) as told:
        Lifetime(kind, **numbers)
    assert [problem.key for problem in told.value.problems] == [key]
