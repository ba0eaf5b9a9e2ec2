"""The independent check of the scores: frozen first, left out in turn, and said plainly when weak."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from meguri.base.terms import keys, packaged
from meguri.observe.goods_tables import goods_table
from meguri.structure.goods_check import (
    CHIPS,
    FROZEN,
    check_goods,
    claims,
    freeze,
    process_weight,
    recorded_check,
    verdict,
)
from meguri.structure.goods_measured import goods_measured
from meguri.structure.goods_ranks import auc, drawn, spearman
from meguri.structure.goods_scores import evidence_points, score_goods

HOME = os.environ.get("MEGURI_DATA", "")
CODES = ["010121", "281111", "370790", "845811", "848610", "848620", "850511", "853224", "870323", "901210"]
items = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(1, 3)), min_size=3, max_size=9)


def pairs_won(x, listed):
    """The plain twin: every listed item against every other, a tie half."""
    yes, no = x[listed == 1], x[listed == 0]
    wins = [(a > b) + 0.5 * (a == b) for a in yes for b in no]
    return np.mean(wins) if wins else np.nan


@given(items)
def test_weights_count_items_as_often_as_repeating_them_and_the_auc_counts_pairs(rows):
    x, y, times = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    again = times.astype(int)
    assert auc(x, y)(times) == pytest.approx(pairs_won(np.repeat(x, again), np.repeat(y, again)), nan_ok=True)
    if len(set(x)) > 1 and len(set(y)) > 1:
        plain = spearmanr(np.repeat(x, again), np.repeat(y, again)).statistic
        assert spearman(x, y)(times) == pytest.approx(plain)


@given(items)
def test_ranks_ignore_any_rising_change_of_scale(rows):
    x, y, times = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    assert auc(np.exp(x), y)(times) == pytest.approx(auc(x, y)(times), nan_ok=True)
    assert spearman(x**3 - 7, y)(times) == pytest.approx(spearman(x, y)(times), nan_ok=True)


def test_drawing_whole_headings_widens_the_interval_of_goods_that_err_together():
    random = np.random.default_rng(3)
    x = np.repeat(random.normal(size=20), 10) + random.normal(size=200) / 20
    y = np.repeat(random.integers(0, 2, 20), 10).astype(float)
    together = drawn(auc(x, y), np.repeat(np.arange(20), 10), 200, 1)
    alone = drawn(auc(x, y), np.arange(200), 200, 1)
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


def test_the_interval_covers_a_chance_score_about_nineteen_times_in_twenty():
    random = np.random.default_rng(5)
    inside = 0
    for seed in range(40):
        x, y = random.normal(size=80), (np.arange(80) < 20).astype(float)
        low, high = drawn(auc(x, y), np.arange(80), 80, seed)
        inside += low <= 0.5 <= high
    assert 34 <= inside <= 40


def test_a_verdict_is_earned_by_the_whole_interval_and_by_size():
    assert verdict("auc", 0.72, 0.6, 0.8, 1.0, 40) == "supports"
    assert verdict("auc", 0.62, 0.55, 0.7, 1.0, 40) == "weak"
    assert verdict("auc", 0.62, 0.45, 0.7, 1.0, 40) == "none"
    assert verdict("auc", 0.40, 0.30, 0.45, 1.0, 40) == "against"
    assert verdict("auc", 0.99, 0.98, 1.0, 1.0, 9) == "too_few"
    # Few listed goods keep a rank correlation small: it is judged by the largest value possible.
    assert verdict("spearman", 0.1, 0.05, 0.15, 0.16, 49) == "supports"
    assert verdict("spearman", 0.1, 0.05, 0.15, 1.0, 49) == "weak"


@pytest.fixture(scope="module")
def measured():
    """Packaged evidence about ten goods."""
    return goods_measured(codes=CODES)


@pytest.fixture(scope="module")
def found(measured):
    """All comparisons of those goods."""
    return list(claims(measured, process_weight().loc[CODES]))


def test_no_list_is_tested_against_scores_that_know_it(found):
    lists = goods_table("control_goods")
    evidence = set(lists.loc[lists["use"] == "evidence", "list"])
    for claim in found:
        if not claim.left_out:
            assert list(claim.scores.columns) == ["pc4", "pc5"]  # the map was made without any list
        elif claim.against in evidence:
            assert claim.against in claim.left_out
        elif claim.against.startswith("eto"):
            assert set(CHIPS) <= set(claim.left_out)
        else:
            assert evidence <= set(claim.left_out)
    assert {claim.against for claim in found} == set(keys("control_lists"))


def test_leaving_all_lists_and_the_chip_chain_out_leaves_the_photoresist_nothing_of_them(measured, found):
    strict = next(claim for claim in found if claim.against == "jp-advance-2024")
    plain = score_goods(evidence_points(measured), ["control_list", *CHIPS])
    own = plain.pivot(index="code", columns="score", values="value")
    pd.testing.assert_frame_equal(strict.scores[own.columns], own, check_names=False)


def test_the_packaged_rules_are_those_that_were_frozen_before_the_first_check():
    # A rule changed after the results were seen must be seen: change frozen.csv only with a new date.
    record = pd.read_csv(packaged("classes", "frozen.csv").open("rb")).set_index("what")["sha256"]
    for name in FROZEN[:4]:
        content = packaged("classes", f"{name}.csv").read_bytes()
        assert hashlib.sha256(content).hexdigest() == record[f"{name}.csv"]


def test_freezing_notices_a_changed_score(measured):
    scores = score_goods(evidence_points(measured))
    moved = scores.assign(value=scores["value"] + 1e-6)
    one, other = (freeze(table).set_index("what")["sha256"] for table in (scores, moved))
    assert one["goods_scores"] != other["goods_scores"] and one["score_rules.csv"] == other["score_rules.csv"]
    assert (freeze(scores).set_index("what").loc["score_rules.csv", "same"]) == "same"


@pytest.mark.slow
def test_the_whole_check_runs_on_packaged_evidence_and_prints_number_and_interval():
    found = check_goods(draws=40)
    told = found.frozen.set_index("what")["same"]
    assert told["goods_scores_packaged"] == "same"
    table = found.table
    assert set(found.notes) == set(keys("goods_check_notes"))
    assert set(table["verdict"]) <= set(keys("goods_verdicts"))
    known = table.dropna(subset=["low", "high"])
    assert (known["low"] <= known["high"]).all()
    assert set(table.loc[table["n"] == 0, "verdict"]) <= {"too_few"}  # nothing but lists spoke of impact
    chpl = table[(table["against"] == "chpl") & (table["among"] == "all")]
    assert chpl["n_listed"].max() == 49  # fifty codes of HS 2022 are forty-nine of HS 2017


def test_the_record_holds_every_comparison_with_its_number_and_verdict():
    table = recorded_check()
    assert set(table["against"]) == set(keys("control_lists"))
    assert set(table["among"]) == set(keys("goods_among"))
    rows = [
        verdict(r.statistic, r.value, r.low, r.high, r.most, r.n_listed) == r.verdict
        for r in table.itertuples()
        if r.statistic == "auc"  # a rank correlation is judged before it is rounded
    ]
    assert all(rows) and len(rows) > 100


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not HOME, reason="MEGURI_DATA not set")
def test_the_record_is_what_the_check_gives_today():
    found = check_goods(Path(HOME), draws=2)
    state = found.frozen.set_index("what")["same"]
    assert state["goods_scores"] == "same"
    key = ["score", "against", "left_out", "among", "statistic"]
    now, then = (table.set_index(key)["value"].round(3) for table in (found.table, recorded_check()))
    if state["class_map"] != "same":  # the map has been edited since: run tools/goods_check.py
        now, then = (
            table[~table.index.get_level_values("score").str.startswith("pc")] for table in (now, then)
        )
    pd.testing.assert_series_equal(now, then, atol=0.0011)
