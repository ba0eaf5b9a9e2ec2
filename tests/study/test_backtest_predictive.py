"""Predictive bands: nothing scored of the own episode enters, and on data of known spread they hold 80 %."""

from __future__ import annotations

import json
import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student

from meguri.study.backtest import Backtest, CaseResult, with_predictive
from meguri.study.backtest_case import Case
from meguri.study.backtest_coverage import coverage
from meguri.study.backtest_model import Drawn, predict
from meguri.study.backtest_predictive import changes, model_errors, robust_square, widened
from meguri.study.backtest_score import scores

pytestmark = pytest.mark.slow  # the packaged cases are run

WORDS = {"en": "A", "ja": "ア"}
BEFORE = {"2005": 100.0, "2006": 110.0, "2007": 100.0, "2008": 110.0, "2009": 100.0}


def one_case(
    name: str,
    seen: list[float],
    *,
    predicted: float = 100.0,
    what: str = "imports",
    kind: str = "facts",
    episode: str | None = None,
    before: dict[str, float] | None = None,
) -> CaseResult:
    """A case with one series that the model predicts to be the same in each of some years."""
    before = BEFORE if before is None else before
    years = [str(2010 + place) for place in range(len(seen))]
    raw = {"kind": "raw", "file": "none", "where": {}, "year": "y", "value": "v", "source": "s"}
    series = {
        "id": "one", "label": WORDS, "group": "g", "what": what, "unit": "t",
        "observed": raw if kind == "raw" else {"kind": "facts"},
        "predicted": {"kind": "arrivals", "hs": ["1"]}, "before": list(before), "scored": years,
    }  # fmt: skip
    case = Case.model_validate(
        {
            "name": name, "label": WORDS, "known_until": "2009-12-31", "fixed": [WORDS],
            "predicted": [WORDS], "studies": {"main": {"scenario": "x"}}, "episode": episode,
            "groups": {"g": {"label": WORDS, "bar": "printed-only"}}, "series": [series],
        }
    )  # fmt: skip
    known = [(period, value, "before") for period, value in before.items()]
    known += [(period, value, "scored") for period, value in zip(years, seen, strict=True)]
    observed = pd.DataFrame(known, columns=["period", "value", "phase"]).assign(
        case=name, series="one", source="baci-hs92", grade="reported"
    )
    draws: Drawn = {("one", year): np.array([predicted]) for year in years}
    table = scores(case, observed, predict(case, draws))
    return CaseResult(case, "", {"studies": {}}, observed, table, table, draws)


@cache
def others(size: float, number: int = 4) -> list[CaseResult]:
    """Episodes in which history lay a factor above and below, with no noise before."""
    still = dict.fromkeys(BEFORE, 100.0)
    return [
        one_case(f"o{place}", [100 * math.exp(size), 100 * math.exp(-size)], before=still)
        for place in range(number)
    ]


def band(own: CaseResult, rest: list[CaseResult]) -> tuple[float, float]:
    row = with_predictive([own, *rest])[0].scores.iloc[0]
    return row["predictive_low"], row["predictive_high"]


def test_noise_is_the_change_from_period_to_period_before_the_event() -> None:
    """Changes of ln 1.1, four of them: their root mean square is ln 1.1."""
    found = changes(BEFORE, "year", "imports")
    assert found == pytest.approx([math.log(1.1), -math.log(1.1), math.log(1.1), -math.log(1.1)])
    assert math.sqrt(robust_square(found)) == pytest.approx(math.log(1.1))


def test_seasons_are_no_noise_where_they_are_known() -> None:
    """Every March brings twice as much, in both years."""
    months = {f"{year}-{month:02d}": 2.0 if month == 3 else 1.0 for year in (8, 9) for month in (1, 2, 3, 4)}
    months = {f"200{period}": value for period, value in months.items()}
    assert changes(months, "month", "imports").tolist() == [0.0] * 4
    only = {period: value for period, value in months.items() if period.startswith("2009")}
    assert np.abs(changes(only, "month", "imports")).max() == pytest.approx(math.log(2))


def test_changes_are_never_taken_across_a_gap_or_between_periods_of_other_length() -> None:
    assert changes({"2009-01": 1.0, "2009-03": 2.0}, "month", "imports").size == 0
    assert changes({"2008": 1.0, "2009-01/2009-06": 2.0}, "year", "imports").size == 0


def test_a_year_of_nothing_counts_as_a_hundredth_of_the_last_value() -> None:
    found = changes({"2008": 0.0, "2009": 50.0}, "year", "imports")
    assert found == pytest.approx([math.log(100)])
    assert changes({"2008": 0.0, "2009": 0.5}, "year", "share") == pytest.approx([0.5])


def test_a_band_worked_by_hand_from_four_episodes_without_noise() -> None:
    """History off by a factor e^0.5 in each of four others: P90 is 100 e^(0.5 × 1.533) = 215."""
    own = one_case("own", [100.0], before={"2009": 100.0})
    still = [replace_before(one) for one in others(0.5)]
    low, high = band(own, still)
    assert high == pytest.approx(100 * math.exp(0.5 * student.ppf(0.9, 4)), rel=0.01)
    assert low * high == pytest.approx(1e4, rel=1e-6)


def replace_before(result: CaseResult) -> CaseResult:
    """The same episode with one figure before, so that nobody knows any noise."""
    seen = result.scores["observed"].tolist()
    return one_case(result.case.name, seen, before={"2009": 100.0})


def test_what_noise_explains_in_the_other_episodes_is_not_counted_as_error_of_the_model() -> None:
    """Residuals of 0.1 where years change by 0.1 anyway leave nothing for the model."""
    usual = {
        "2005": 100.0,
        "2006": 100 * math.exp(0.1),
        "2007": 100.0,
        "2008": 100 * math.exp(0.1),
        "2009": 100.0,
    }
    rest = [one_case(f"o{place}", [100 * math.exp(0.1)], before=usual) for place in range(3)]
    own = one_case("own", [100.0], before=usual)
    row = with_predictive([own, *rest])[0].scores.iloc[0]
    assert row["model_error"] == pytest.approx(0.0, abs=1e-6)
    assert row["noise"] == pytest.approx(0.1)
    assert row["predictive_high"] == pytest.approx(100 * math.exp(0.1 * student.ppf(0.9, 4)), rel=0.01)


def test_a_band_widens_when_the_residuals_of_the_others_grow() -> None:
    own = one_case("own", [100.0])
    narrow, wide = band(own, others(0.2)), band(own, others(0.4))
    assert wide[0] < narrow[0] and wide[1] > narrow[1]


@given(
    st.lists(st.floats(1.0, 50.0), min_size=1, max_size=20),
    st.floats(0.0, 1.5),
    st.floats(0.01, 1.0),
    st.integers(2, 9),
)
def test_a_band_is_never_narrower_for_a_larger_error(
    draws: list[float], size: float, more: float, episodes: int
) -> None:
    narrow, wide = (
        widened(np.array(draws), 1e-9, (error, episodes), (0.2, 4.0), additive=False)
        for error in (size, size + more)
    )
    assert wide[1] / wide[0] >= narrow[1] / narrow[0] * (1 - 1e-9)


@pytest.mark.parametrize("seen", [[0.0, 0.0], [9e9, 1.0], [100.0, math.nan]])
def test_nothing_scored_of_the_own_case_enters_its_band(seen: list[float]) -> None:
    rest = others(0.4)
    assert band(one_case("own", seen), rest) == band(one_case("own", [100.0] * len(seen)), rest)


def test_a_second_case_of_the_same_episode_does_not_enter_either() -> None:
    rest = others(0.4)
    twin = one_case("twin", [9000.0], episode="shared")
    own = one_case("own", [100.0], episode="shared")
    assert band(own, [twin, *rest]) == band(own, [one_case("twin", [100.0], episode="shared"), *rest])


def test_sets_that_not_every_reader_has_change_no_band_of_others() -> None:
    own, rest = one_case("own", [100.0]), others(0.4)
    assert band(own, [*rest, one_case("raw", [9000.0], kind="raw")]) == band(own, rest)


def test_a_single_other_episode_tells_no_error_and_says_so() -> None:
    row = with_predictive([one_case("own", [100.0]), *others(0.4, number=1)])[0].scores.iloc[0]
    assert math.isnan(row["predictive_low"])
    assert (row["in_predictive"], row["predictive_reason"]) == ("unknown", "no_other_episode")


def test_where_nobody_else_counts_the_same_others_of_its_kind_do() -> None:
    results = [one_case("own", [100.0], what="demand"), *others(0.4)]
    row = with_predictive(results)[0].scores.iloc[0]
    assert row["model_error"] == pytest.approx(0.4)


def test_an_episode_counts_once_however_many_points_it_has() -> None:
    points = pd.DataFrame(
        [(name, "imports", 0.0 if name == "many" else 1.0) for name in ["many"] * 99 + ["few"]],
        columns=["episode", "what", "residual"],
    ).assign(kind="amounts", packaged=True, noise=0.0, spread=0.0)
    points = pd.concat([points, points.iloc[:1].assign(episode="own")])
    row = model_errors(points).set_index("left_out").loc["own"]
    assert row["model_error"] == pytest.approx(math.sqrt(0.5))
    assert row["episodes"] == 2


def test_a_price_band_wider_than_threefold_either_way_is_a_miss_though_history_lies_in_it() -> None:
    own = one_case("own", [100.0], what="price", before={"2009": 100.0})
    rest = [one_case(f"o{n}", [100 * math.exp(1.0)], what="price", before={"2009": 100.0}) for n in range(4)]
    row = with_predictive([own, *rest])[0].scores.iloc[0]
    assert row["predictive_high"] / row["predictive_low"] > 9
    assert (row["in_predictive"], row["predictive_hit"], row["predictive_reason"]) == (
        "yes",
        "no",
        "band_too_wide",
    )


def test_bands_of_shares_stay_between_none_and_all() -> None:
    low, high = widened(np.array([0.9, 0.95]), 0.0, (0.3, 3), (0.1, 4), additive=True)
    assert 0 < low < 0.9 and high == 1.0


def test_a_band_that_reaches_a_hundredth_of_the_last_value_begins_at_nothing() -> None:
    low, high = widened(np.array([0.0, 2.0]), 1.0, (0.5, 4), (np.nan, 0.0), additive=False)
    assert low == 0.0 and high > 2.0


def test_a_band_without_error_and_noise_is_that_of_the_draws() -> None:
    draws = np.exp(np.linspace(0, 1, 41))
    low, high = widened(draws, 1e-9, (0.0, 4), (np.nan, 0.0), additive=False)
    expected = np.exp(np.quantile(np.log(draws), [0.1, 0.9], method="hazen"))
    assert (low, high) == pytest.approx(tuple(expected))


def made_up(rng: np.random.Generator, shared: float) -> pd.DataFrame:
    """Points of five episodes: errors of 0.6, partly shared within each, and noise of 0.15 at both ends."""
    parts = []
    for place in range(5):
        noise = rng.normal(0, 0.15, 9)
        years = np.exp(noise[:5] - noise[4])
        found = changes(dict(zip(BEFORE, years.tolist(), strict=True)), "year", "imports")
        error = shared * rng.normal() + math.sqrt(0.36 - shared**2) * rng.normal(size=4)
        part = pd.DataFrame({"episode": f"o{place}", "residual": noise[5:] - noise[4] + error})
        parts.append(part.assign(noise=math.sqrt(robust_square(found)), changes=4.0))
    return pd.concat(parts).assign(what="imports", kind="amounts", packaged=True, spread=0.0)


@pytest.mark.parametrize(
    ("shared", "worlds", "low", "high"),
    [(0.6, 12, 0.70, 0.90), *(pytest.param(s, 200, 0.77, 0.86, marks=pytest.mark.slow) for s in (0.0, 0.6))],
)
def test_bands_hold_four_points_in_five_of_made_up_episodes(
    shared: float, worlds: int, low: float, high: float
) -> None:
    """Worlds of five episodes each, whose points err alone or together."""
    rng, inside = np.random.default_rng(7), []
    for _ in range(worlds):
        points = made_up(rng, shared)
        errors = model_errors(points).set_index("left_out")["model_error"]
        for episode, part in points.groupby("episode"):
            noise = (float(part["noise"].iloc[0]), 4.0)
            band = widened(np.ones(1), 1e-9, (float(errors[episode]), 4.0), noise, additive=False)
            inside += part["residual"].between(*np.log(band)).tolist()
    assert len(inside) == 20 * worlds
    assert low <= np.mean(inside) <= high


def test_coverage_counts_points_with_both_a_band_and_a_figure() -> None:
    found = with_predictive([one_case("own", [100.0, 1000.0]), *others(0.2)])
    table = coverage(found[0].scores).set_index(["case", "band"])
    row = table.loc["own", "predictive"]
    assert (row["points"], row["inside"], row["hits"]) == (2, 1, 1)
    assert (row["interval_low"], row["interval_high"]) == pytest.approx((0.0945, 0.9055), abs=1e-4)
    assert table.loc["own", "parameter"]["inside"] == 1


def test_the_document_holds_both_bands_their_coverage_and_where_the_error_comes_from() -> None:
    document = Backtest(1, 1, with_predictive([one_case("own", [100.0]), *others(0.4)])).document()
    point = document["cases"][0]["series"][0]
    assert point["low"] <= point["predicted"] <= point["high"]
    assert point["predictive_low"] < point["low"] and point["in_predictive"] is True
    assert {row["band"] for row in document["coverage"]} == {"parameter", "predictive"}
    first = document["model_errors"][0]
    assert (first["left_out"], first["taken_from"]) == ("own", "o0|o1|o2|o3")
    json.dumps(document, allow_nan=False)
