"""Synthetic firms: three printed tables hold at once, and the tables are tested before they are used."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.structure import population
from meguri.structure.population import (
    agreed,
    agreement,
    answer,
    cushioned,
    draw_firms,
    exposed,
    flattest,
    joins,
    mean_range,
    printed,
    reached,
    subsets,
    tied_to_metals,
    tightened,
    touched_metals,
)


def test_both_tables_say_how_many_fields_a_firm_serves_and_they_agree() -> None:
    """AC7.2: 2.2 from the midpoints of table 2-1 (4 or more as 4), 1.9 to 2.2 from the sum of table 2-4."""
    rows = printed()
    one = rows[rows["table"] == "2-1"]
    middle = ((one["low"] + one["high"]) / 2).to_numpy()
    assert round(float(middle @ [1, 2, 3, 4] / middle.sum()), 1) == 2.2
    both = agreement(draw_firms(2000, seed=3)).set_index(["table", "key"])
    assert both.loc[("2-4", "mean"), ["printed_low", "printed_high"]].round(1).tolist() == [1.9, 2.2]
    assert both.loc[("2-1", "mean"), ["printed_low", "printed_high"]].round(2).tolist() == [2.15, 2.3]
    assert both.loc[("2-1", "mean"), ["bound_low", "bound_high"]].round(2).tolist() == [2.15, 2.19]


@pytest.mark.parametrize("where", [0.0, 0.5, 1.0])
def test_every_share_of_the_drawn_firms_lies_in_its_printed_range(where: float) -> None:
    table = agreement(draw_firms(3000, seed=2, where=where))
    assert table.loc[table["agrees"] == "no", ["table", "key", "drawn"]].to_numpy().tolist() == []


def test_seven_in_ten_serve_two_fields_or_more_only_by_the_complement_of_one_field() -> None:
    """N5: rows 2 to 4 alone give 60 to 75 %; the sum of 100 % leaves 70 to 75 %."""
    ends = [(0.25, 0.30), (0.30, 0.35), (0.20, 0.25), (0.10, 0.15)]
    assert sum(low for low, _ in ends[1:]) == pytest.approx(0.60)
    first = tightened(ends)[0]
    assert (1 - first[1], 1 - first[0]) == pytest.approx((0.70, 0.75))


def test_firms_that_cannot_be_are_noticed_when_the_tables_contradict_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = printed()
    other.loc[other["table"] == "2-4", ["low", "high"]] /= 2
    monkeypatch.setattr(population, "printed", lambda: other)
    with pytest.raises(DataError, match=r"0.96–1.10"):
        agreed()


def test_shares_that_cannot_sum_to_one_are_refused() -> None:
    with pytest.raises(DataError, match="sum to 100"):
        tightened([(0.1, 0.2), (0.1, 0.3)])


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(0.05, 0.3), st.floats(0.0, 0.5)), min_size=3, max_size=5))
def test_no_shares_inside_the_ranges_have_a_lower_or_higher_mean(cells: list[tuple[float, float]]) -> None:
    from scipy.optimize import linprog

    total = sum(low for low, _ in cells)
    ends = [(low / total * 0.8, low / total * 0.8 + width) for low, width in cells]
    count = np.arange(1, len(ends) + 1)
    if sum(high for _, high in ends) < 1:
        return
    first, last = mean_range(ends)
    for shares, sign in ((first, 1), (last, -1)):
        best = linprog(sign * count, A_eq=[np.ones(len(ends))], b_eq=[1], bounds=ends)
        assert sign * (shares @ count) == pytest.approx(best.fun, abs=1e-7)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_the_flattest_distribution_meets_shares_and_sizes(seed: int) -> None:
    """Any margins that some distribution has are met; here they come from one."""
    chance = np.random.default_rng(seed).dirichlet(np.ones(15))
    chosen = subsets(4)
    sizes = np.bincount(chosen.sum(axis=1), chance, 5)[1:]
    made = flattest(chance @ chosen, sizes)
    assert made @ chosen == pytest.approx(chance @ chosen, abs=1e-4)
    assert np.bincount(chosen.sum(axis=1), made, 5)[1:] == pytest.approx(sizes, abs=1e-4)
    entropy = [-(p[p > 0] * np.log(p[p > 0])).sum() for p in (made, chance)]
    assert entropy[0] >= entropy[1] - 1e-3, "flatter than the one it came from"


def test_same_seed_same_firms_and_another_seed_others() -> None:
    assert draw_firms(200, seed=5).equals(draw_firms(200, seed=5))
    assert not draw_firms(200, seed=5)["industries"].equals(draw_firms(200, seed=6)["industries"])


def test_four_to_five_in_ten_touch_rare_metals_and_some_without_handling_them() -> None:
    """AC7.5; the split between handling and touching is assumed, and its range says so."""
    table = answer(
        {"any": tied_to_metals(), "touches": tied_to_metals("touches")}, firms=1000, draws=3, seed=4
    ).set_index("question")
    assert table.loc["any", ["value_low", "value_high"]].round(2).tolist() == [0.4, 0.5]
    assert 0.05 < table.loc["touches", "value_low"] < table.loc["touches", "value_high"] < 0.45
    assert set(table["grade"]) == {"assumed"}


@pytest.mark.parametrize(
    ("process", "part", "material", "found"),
    [
        ("精密洗浄", "スパッタ防着板", "SUS304", ("Ta", "touches")),
        ("shrink fitting", "rotor with magnets", "steel", ("Dy", "touches")),
        ("刃先処理・コーティング", "超硬ドリル", "", ("W", "touches")),
        ("研削", "超硬工具", "W", ("W", "handles")),
        ("旋盤", "軸", "S45C", None),
    ],
)
def test_work_that_decides_over_a_metal_is_found_though_the_metal_is_never_bought(
    process: str, part: str, material: str, found: tuple[str, str] | None
) -> None:
    rows = pd.DataFrame({"process": [process], "part": [part], "material": [material]})
    table = touched_metals(rows)
    assert table[["element", "tie"]].apply(tuple, axis=1).tolist() == ([found] if found else [])


def test_questions_of_policy_count_the_same_firms() -> None:
    firms = pd.DataFrame({
        "industries": ["automotive", "automotive|energy", "medical", "energy|medical"],
        "fields": [1, 2, 1, 2],
    })  # fmt: skip
    assert exposed("automotive")(firms) == 0.25
    assert cushioned("automotive")(firms) == 0.5
    assert reached(["automotive", "energy"])(firms) == 0.75
    assert joins("energy", "medical")(firms) == 0.25
