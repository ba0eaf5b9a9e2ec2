"""Runs conserve mass, match a plain solver, repeat to the byte, and draw what was declared."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError, ModelError
from meguri.circulate.montecarlo import System, closed, latin_hypercube, quantile, simulate, solve

LOOP = System.from_tables(
    pd.DataFrame({"process": ["smelter"], "value": [100.0], "low": [80.0], "high": [130.0]}),
    pd.DataFrame(
        [
            ("smelter", "maker", 0.9, 0.85, 0.95), ("smelter", "slag", np.nan, np.nan, np.nan),
            ("maker", "use", 0.65, 0.6, 0.7), ("maker", "scrap", np.nan, np.nan, np.nan),
            ("scrap", "maker", 0.95, 0.9, 0.98), ("scrap", "lost", np.nan, np.nan, np.nan),
            ("use", "recycler", 0.3, 0.1, 0.5), ("use", "landfill", np.nan, np.nan, np.nan),
            ("recycler", "smelter", 0.8, 0.7, 0.9), ("recycler", "lost", np.nan, np.nan, np.nan),
        ],
        columns=["from_process", "to_process", "value", "low", "high"],
    ),
)  # fmt: skip


def random_system(seed: int, processes: int = 7, links: int = 14):
    """Shares of random links that leave at least a tenth to the outside in every run."""
    chance = np.random.default_rng(seed)
    start, end = chance.integers(0, processes, (2, links))
    shares = chance.random((links, 5))
    for p in range(processes):
        rows = start == p
        shares[rows] *= 0.9 / np.maximum(shares[rows].sum(axis=0), 0.9)
    source = chance.integers(0, processes, 3)
    return chance.uniform(1, 10, (3, 5)), source, shares, start, end, processes


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_a_matrix_inverted_run_by_run_gives_the_same(seed):
    inputs, source, shares, start, end, n = random_system(seed)
    found = solve(inputs, source, shares, start, end, n)
    for run in range(inputs.shape[1]):
        t, b = np.zeros((n, n)), np.zeros(n)
        np.add.at(t, (start, end), shares[:, run])
        np.add.at(b, source, inputs[:, run])
        np.testing.assert_allclose(found[:, run], np.linalg.solve(np.eye(n) - t.T, b), rtol=1e-10)


def test_a_loop_worked_by_hand():
    # 100 t enter, a third of what passes comes back: 150 t pass, 100 t leave
    system = System.from_tables(
        pd.DataFrame({"process": ["a"], "value": [100.0]}),
        pd.DataFrame({"from_process": ["a", "a"], "to_process": ["a", "out"], "value": [1 / 3, np.nan]}),
    )
    found = simulate(system, runs=3)
    np.testing.assert_allclose(found.process("a"), 150)
    np.testing.assert_allclose(found.of("a", "out"), 100)


def test_what_enters_is_what_ends_up_somewhere_in_every_run():
    found = simulate(LOOP, runs=5000)
    entered = LOOP.draw(5000, 1)[0].sum(axis=0)
    ended = sum(found.process(sink) for sink in ("slag", "lost", "landfill"))
    np.testing.assert_allclose(ended, entered, rtol=1e-12)


def test_same_seed_same_bytes_and_another_seed_other_numbers():
    one, two, other = (simulate(LOOP, 20_000, seed).flow.tobytes() for seed in (7, 7, 8))
    assert one == two != other


def test_runs_are_the_same_whatever_is_solved_together(monkeypatch):
    whole = simulate(LOOP, 1000).flow
    monkeypatch.setattr("meguri.circulate.montecarlo.CHUNK", 37)
    assert simulate(LOOP, 1000).flow.tobytes() == whole.tobytes()


def test_one_more_figure_changes_no_draw_of_the_others():
    more = System.from_tables(
        pd.concat(
            [LOOP.inputs, pd.DataFrame({"process": ["use"], "value": [5.0], "low": [1.0], "high": [9.0]})]
        ),
        LOOP.shares,
    )
    assert (more.draw(50, 1)[0][0] == LOOP.draw(50, 1)[0][0]).all()
    assert (np.nan_to_num(more.draw(50, 1)[1]) == np.nan_to_num(LOOP.draw(50, 1)[1])).all()


def test_every_slice_of_a_range_is_visited_once():
    drawn = latin_hypercube("x", 1000, 3)
    assert (np.sort((drawn * 1000).astype(int)) == np.arange(1000)).all()


@pytest.mark.parametrize(
    ("kind", "mean", "sd"),
    [
        ("triangular", (1 + 2 + 6) / 3, ((1 + 4 + 36 - 2 - 6 - 12) / 18) ** 0.5),
        ("uniform", 3.5, 5 / 12**0.5),
    ],
)
def test_draws_have_the_moments_of_their_distribution(kind, mean, sd):
    drawn = quantile(latin_hypercube("x", 20_000, 1), kind, 1.0, 2.0, 6.0)
    assert drawn.mean() == pytest.approx(mean, rel=1e-3)
    assert drawn.std() == pytest.approx(sd, rel=1e-3)
    assert 1 <= drawn.min() <= drawn.max() <= 6


def test_a_lognormal_has_its_median_and_spreads_as_declared():
    drawn = quantile(latin_hypercube("x", 20_000, 1), "lognormal", 5.0, 10.0, 20.0)
    np.testing.assert_allclose(np.quantile(drawn, [0.05, 0.5, 0.95]), [5, 10, 20], rtol=1e-3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_shares_of_a_process_add_to_one_in_every_run(seed):
    chance = np.random.default_rng(seed)
    owner = chance.integers(0, 3, 8)
    shares = chance.random((8, 20))
    for process in range(3):
        rows = np.flatnonzero(owner == process)
        if rows.size > 1 and chance.random() < 0.5:
            shares[rows[0]] = np.nan
    whole, scaled = closed(shares, owner)
    for process in np.unique(owner):
        np.testing.assert_allclose(whole[owner == process].sum(axis=0), 1)
        assert 0 <= scaled[process] <= 20
    assert (whole >= 0).all()


def test_how_often_shares_had_to_be_scaled_is_told():
    system = System.from_tables(
        pd.DataFrame({"process": ["a"], "value": [1.0]}),
        pd.DataFrame({
            "from_process": ["a", "a"], "to_process": ["b", "c"], "value": [0.5, 0.5], "low": [0.4, 0.4],
            "high": [0.6, 0.6],
        }),
    )  # fmt: skip
    table = simulate(system, 500).table()
    assert table.loc[table["from_process"].eq("a") & table["kind"].eq("process"), "scaled"].item() > 0.9
    told = simulate(LOOP, 500).table()
    assert told["scaled"].max() == 0


def test_the_range_of_a_flow_lies_round_its_central_value():
    row = simulate(LOOP, 20_000).table().set_index(["from_process", "to_process"]).loc[("use", "recycler")]
    # with central figures: maker = 0.9 s/(1 − 0.35·0.95), s = 100 + 0.8·0.3·0.65·maker
    maker = 0.9 / (1 - 0.35 * 0.95)
    smelter = 100 / (1 - 0.8 * 0.3 * 0.65 * maker)
    assert row["p5"] < 0.3 * 0.65 * maker * smelter < row["p95"]


def test_the_widest_range_drives_the_answer():
    found = simulate(LOOP, 5000)
    assert found.drivers(found.of("use", "recycler"))["figure"].iloc[0] == "use > recycler"


def test_a_loop_without_outlet_is_refused_by_name():
    system = System.from_tables(
        pd.DataFrame({"process": ["a"], "value": [1.0]}),
        pd.DataFrame({"from_process": ["a", "b"], "to_process": ["b", "a"], "value": [1.0, 1.0]}),
    )
    with pytest.raises(ModelError) as caught:
        simulate(system, 10)
    assert caught.value.problems[0].place in ("a", "b")


def test_every_bad_range_and_rest_is_named_at_once():
    inputs = pd.DataFrame({"process": ["a", "b"], "value": [1.0, np.nan], "low": [2.0, np.nan], "high": 3.0})
    shares = pd.DataFrame({
        "from_process": ["a", "a", "b"], "to_process": ["b", "c", "c"], "value": [np.nan, np.nan, 0.5],
        "low": [np.nan, np.nan, 0.0], "distribution": ["", "", "lognormal"],
    })  # fmt: skip
    with pytest.raises(DataError) as caught:
        System.from_tables(inputs, shares)
    assert {p.key for p in caught.value.problems} == {
        "mfa_range", "mfa_input_empty", "mfa_two_rests", "mfa_positive",
    }  # fmt: skip
