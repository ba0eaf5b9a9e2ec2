"""Baselines never see the event, and a point is a hit only when history lies in a band worth the name."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.study.backtest_case import Case, months_of, read_case
from meguri.study.backtest_score import baselines, log_error, pooled, scores

AMOUNTS = st.floats(1.0, 1e6)


def small_case(bar: str = "beats-baselines", what: str = "imports") -> Case:
    words = {"en": "A", "ja": "ア"}
    return Case.model_validate(
        {
            "name": "small", "label": words, "known_until": "2009-12-31", "fixed": [words],
            "predicted": [words], "studies": {"main": {"scenario": "2010-rare-earths"}},
            "groups": {"volumes": {"label": words, "bar": bar}},
            "series": [{
                "id": "a", "label": words, "group": "volumes", "what": what, "unit": "t",
                "observed": {"kind": "facts"}, "predicted": {"kind": "arrivals"},
                "before": ["2007", "2008", "2009"], "scored": ["2010", "2011"],
            }],
        }
    )  # fmt: skip


def history(values: dict[str, float], what: str = "imports") -> pd.DataFrame:
    rows = [
        {"case": "small", "series": "a", "what": what, "period": period, "value": value, "unit": "t",
         "phase": "before" if period < "2010" else "scored", "source": "baci-hs92", "grade": "derived"}
        for period, value in values.items()
    ]  # fmt: skip
    return pd.DataFrame(rows)


def bands(values: dict[str, tuple[float, float, float]]) -> pd.DataFrame:
    rows = [("small", "a", period, middle, low, high) for period, (low, middle, high) in values.items()]
    return pd.DataFrame(rows, columns=["case", "series", "period", "predicted", "low", "high"])


BEFORE = {"2007": 100.0, "2008": 110.0, "2009": 120.0}


def test_baselines_of_a_straight_line_are_known_by_hand():
    found = baselines({year: value / 12 for year, value in BEFORE.items()}, "2011", "imports")
    assert found["no_change"] == pytest.approx(120.0)
    assert found["last"] == pytest.approx(120.0)
    assert found["trend"] == pytest.approx(140.0)


def test_last_year_of_a_month_is_the_same_month_and_no_change_the_last_one():
    found = baselines({"2009-06": 10.0, "2009-12": 30.0}, "2010-06", "imports")
    assert (found["no_change"], found["last"]) == (30.0, 10.0)
    assert math.isnan(baselines({"2009-06": 10.0}, "2010-07", "imports")["last"])


@given(first=AMOUNTS, second=AMOUNTS, other=AMOUNTS)
def test_no_baseline_and_no_anchor_moves_when_the_scored_history_moves(first, second, other):
    case, predicted = small_case(), bands({"2010": (1, 2, 3), "2011": (1, 2, 3)})
    columns = ["before", "baseline_no_change", "baseline_last", "baseline_trend"]
    one = scores(case, history(BEFORE | {"2010": first, "2011": other}), predicted)
    two = scores(case, history(BEFORE | {"2010": second, "2011": other}), predicted)
    pd.testing.assert_frame_equal(one[columns], two[columns])


@given(value=AMOUNTS, factor=st.floats(0.1, 10.0))
def test_an_error_is_the_same_for_as_much_too_high_as_too_low(value, factor):
    high, low = (log_error(value * f, value, value, "imports") for f in (factor, 1 / factor))
    assert high == pytest.approx(low) == pytest.approx(abs(np.log(factor)))


def test_nothing_instead_of_nothing_is_no_error_and_no_log_of_zero():
    assert log_error(0.0, 0.1, 3000.0, "imports") == 0.0
    assert log_error(0.0, 3000.0, 3000.0, "imports") == pytest.approx(np.log(100))


def test_a_point_in_a_band_wider_than_three_is_a_miss():
    seen = history(BEFORE | {"2010": 100.0, "2011": 100.0})
    table = scores(small_case(), seen, bands({"2010": (30, 90, 271), "2011": (34, 90, 300)}))
    assert table["in_band"].tolist() == ["yes", "yes"]
    assert table["hit"].tolist() == ["no", "yes"]
    assert table["reason"].tolist() == ["band_too_wide", "in_band"]


def test_direction_counts_a_change_below_five_percent_as_none():
    seen = history(BEFORE | {"2010": 122.0, "2011": 60.0})
    table = scores(small_case(), seen, bands({"2010": (1, 118, 200), "2011": (1, 130, 200)}))
    assert table["direction"].tolist() == ["yes", "no"]


def test_an_unknown_point_is_neither_hit_nor_miss_and_leaves_the_pool():
    seen = history(BEFORE | {"2010": 100.0, "2011": np.nan})
    table = scores(small_case(), seen, bands({"2010": (90, 100, 110), "2011": (90, 100, 110)}))
    assert table["hit"].tolist() == ["yes", "unknown"]
    assert pooled(small_case(), table)["points"].tolist() == [1]


@pytest.mark.parametrize(
    ("bar", "predicted", "hit", "reason"),
    [
        ("beats-baselines", 101.0, "yes", "met"),
        ("beats-baselines", 200.0, "no", "worse_no_change"),
        ("not-worse-than-no-change", 124.0, "yes", "met"),
        ("not-worse-than-no-change", 140.0, "no", "worse_no_change"),
        ("within-1.5", 149.0, "yes", "met"),
        ("within-1.5", 151.0, "no", "error_above"),
        ("right-side", 90.0, "yes", "met"),
        ("right-side", 130.0, "no", "wrong_side"),
        ("printed-only", 130.0, "unknown", "no_bar"),
    ],
)
def test_every_bar_has_a_hit_and_a_miss(bar, predicted, hit, reason):
    seen = history(BEFORE | {"2010": 100.0, "2011": 100.0})
    points = bands(dict.fromkeys(("2010", "2011"), (predicted * 0.9, predicted, predicted * 1.1)))
    row = pooled(small_case(bar), scores(small_case(bar), seen, points)).iloc[0]
    assert (row["hit"], row["reason"]) == (hit, reason)


def test_months_of_a_span_over_the_new_year():
    assert months_of("2010-12/2011-02") == ("2010-12", "2011-01", "2011-02")


def test_a_scored_period_that_was_known_before_is_a_named_problem(tmp_path):
    from meguri.base.errors import ScenarioError
    from meguri.base.terms import packaged

    text = packaged("backtest", "2010-rare-earths.yaml").read_text(encoding="utf-8")
    path = tmp_path / "case.yaml"
    path.write_text(text.replace("known_until: 2009-12-31", "known_until: 2010-12-31"), encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        read_case(path)
    assert {problem.key for problem in error.value.problems} == {"case_phase"}


def test_an_unknown_case_names_those_there_are():
    from meguri.base.errors import ScenarioError

    with pytest.raises(ScenarioError, match="2010-rare-earths"):
        read_case("2010-rare-earth")
