import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.observe.demand import printed_sums, statements
from meguri.observe.harmonise import (
    Interval,
    check_price_units,
    check_sums,
    constrain_sum,
    disagreements,
    group_range,
    intervals,
    price_ratio,
    repair_price_units,
    require_same_basis,
    total,
    unit_problems,
)
from meguri.observe.prices import prices

NUMBER = st.floats(-1e6, 1e6, allow_nan=False)
SPAN = st.tuples(NUMBER, NUMBER).map(lambda pair: Interval(min(pair), max(pair)))
PART = st.floats(0, 1)


def inside(span: Interval, part: float) -> float:
    return min(max(span.low + part * (span.high - span.low), span.low), span.high)


@given(SPAN, SPAN, PART, PART)
def test_interval_arithmetic_contains_every_pointwise_result(a, b, s, t):
    x, y = inside(a, s), inside(b, t)
    assert (a + b).contains(x + y)
    assert (a - b).contains(x - y)
    assert (a * b).contains(x * y)
    if not b.low <= 0 <= b.high and min(abs(b.low), abs(b.high)) > 1e-3:
        assert (a / b).contains(x / y)


@given(SPAN, SPAN)
def test_bounds_of_sum_and_product_are_reached(a, b):
    assert (a + b).low == a.low + b.low and (a + b).high == a.high + b.high
    corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]
    assert ((a * b).low, (a * b).high) == (min(corners), max(corners))


def test_a_range_upside_down_and_a_divisor_with_zero_are_refused():
    with pytest.raises(DataError, match="lower bound below"):
        Interval(2, 1)
    with pytest.raises(DataError, match="excludes zero"):
        Interval(1, 2) / Interval(-1, 1)
    with pytest.raises(DataError):
        Interval(math.nan, 1)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=2, max_size=6), st.floats(0, 1))
def test_a_choice_that_adds_up_lies_in_the_narrowed_ranges(pairs, part):
    parts = {str(i): Interval(min(p), max(p)) for i, p in enumerate(pairs)}
    chosen = {name: inside(span, part) for name, span in parts.items()}
    narrowed = constrain_sum(parts, sum(chosen.values()))
    for name, span in narrowed.items():
        assert span.contains(chosen[name], 1e-6)
        assert parts[name].low - 1e-9 <= span.low and span.high <= parts[name].high + 1e-9


def test_two_or_more_fields_are_70_to_75_percent_once_the_sum_is_fixed():  # AC0.5
    rows = printed_sums()
    rows = rows[(rows["printed_table"] == "000-2-1") & (rows["role"] == "part")]
    parts = dict(zip(rows["item"], intervals(rows, "share"), strict=True))
    several = [name for name in parts if name != "fields-1"]
    free = total(parts[name] for name in several)
    assert (round(free.low, 9), round(free.high, 9)) == (0.60, 0.75)
    fixed = group_range(parts, several, 1.0)
    assert (round(fixed.low, 9), round(fixed.high, 9)) == (0.70, 0.75)


def test_parts_that_cannot_add_up_are_refused():
    with pytest.raises(DataError, match="add up to 100"):
        constrain_sum({"a": Interval(10, 20), "b": Interval(30, 40)}, 100)


def test_printed_sums_stand_beside_the_sums_of_their_rows():  # AC0.1
    table = check_sums(printed_sums()).set_index(["printed_table", "period", "item"])

    def row(*key):
        found = table.loc[key]
        return [round(100 * float(found[c])) for c in table.columns if c.split("_")[-1] in ("low", "high")]

    assert row("000-1.2", "2020s", "PC_TOTAL") == [33, 40, 33, 41]
    assert row("000-A1-4", "2020s", "TOTAL") == [100, 100, 68, 82]
    assert row("000-A1-4", "1980s", "TOTAL")[2:] == [70, 87]
    assert row("000-A1-4", "2000s", "TOTAL")[2:] == [69, 84]
    assert [row("000-A1-4", d, "PC_TOTAL")[2:] for d in ("1980s", "2000s", "2020s")] == [
        [10, 14],
        [19, 23],
        [30, 37],
    ]
    assert not table.at[("000-1.2", "2020s", "PC_TOTAL"), "agrees"]
    assert not table.at[("000-A1-4", "2020s", "TOTAL"), "agrees"]
    assert table.at[("000-A1-4", "2020s", "PC_TOTAL"), "agrees"]
    # N3: consumables stand in one table only
    consumables = printed_sums().query("item == 'PC_CONSUMABLE'")
    assert set(consumables["printed_table"]) == {"000-1.2"}


def test_dollars_per_tonne_of_2012_raise_a_warning_with_the_fix():  # AC0.2
    warnings = check_price_units(prices())
    assert set(warnings["fact"]) == {"mz-038", "mz-039", "mz-040", "mz-041"}
    assert set(warnings["unit_fix"]) == {"USD/kg"} and set(warnings["factor"]) == {1000}
    sentence = unit_problems(warnings)[0].text("en")
    assert "USD/t" in sentence and "USD/kg" in sentence


def test_after_the_fix_dy_rose_28_5_to_33_6_and_nd_9_3_to_15_5_times():  # AC0.2, C16, C17
    table = repair_price_units(prices(), check_price_units(prices()))
    dy, nd = price_ratio(table, "mz-039", "mz-041"), price_ratio(table, "mz-038", "mz-040")
    assert (round(dy.low, 1), round(dy.high, 1)) == (28.5, 33.6)
    assert (round(nd.low, 1), round(nd.high, 1)) == (9.3, 15.5)
    assert check_price_units(table).empty, "a repaired table raises no warning"
    assert set(prices().query("document == '002'")["unit"]) == {"USD/t"}, "the printed unit stays in the data"


def test_a_plausible_price_per_tonne_raises_no_warning():
    table = prices().query("unit == 'CNY/t'")
    assert len(table) and check_price_units(table).empty


def test_two_conflicting_rises_of_the_dy_price_are_both_returned():  # AC0.3
    rows = disagreements(statements("price-ratio", "Dy"), ["topic", "element", "unit"])
    assert sorted(zip(rows["source"], rows["range_low"], rows["range_high"], strict=True)) == [
        ("seed-000", 2.0, 10.0),
        ("seed-002", 30.0, math.inf),
    ]
    assert (rows["line"] > 0).all()


def test_sources_that_agree_or_speak_of_other_things_are_no_disagreement():
    table = pd.DataFrame({
        "topic": ["a", "a", "b"], "source": ["x", "y", "y"], "value": [1.0, 1.0, 9.0],
        "value_low": [math.nan] * 3, "value_high": [math.nan] * 3,
    })  # fmt: skip
    assert disagreements(table, ["topic"]).empty
    table.loc[1, "value"] = 1.2
    assert len(disagreements(table, ["topic"])) == 2
    assert disagreements(table, ["topic"], tolerance=0.2).empty


def test_figures_of_two_bases_are_not_put_together_unless_the_user_says_so():  # AC0.4
    table = pd.DataFrame({"basis": ["EUV resist", "all resists"], "value": [0.5, 0.852]})
    with pytest.raises(DataError, match="EUV resist, all resists"):
        require_same_basis(table)
    require_same_basis(table, mix=True)
    with pytest.raises(DataError):
        price_ratio(prices(), "mz-039", "mf-85")  # metal against oxide
