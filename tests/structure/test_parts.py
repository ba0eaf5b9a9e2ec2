"""Parts: inferred amounts, what is unknown, and the question that narrows the answer most."""

from __future__ import annotations

import pandas as pd
import pytest

from meguri.structure.bom import build
from meguri.structure.parts import best_question, complete, contradictions, totals, unknowns
from tests.structure.bought import base_tables, part, parts_table


def place(row: int, column: str) -> str:
    return f"{column}{row}"


def doubts(*rows: dict[str, object]) -> tuple[pd.DataFrame, pd.DataFrame]:
    parts = complete(parts_table(*rows))
    return unknowns(parts, build(parts, base_tables()).matches, place), parts


def total(parts: pd.DataFrame, item: str) -> tuple[float, float, float]:
    row = totals(parts).set_index("item").loc[item]
    return row["value"], row["value_low"], row["value_high"]


def test_the_motor_makers_sums_come_out_as_by_hand() -> None:
    parts = complete(
        parts_table(
            part(part="a", amount=360),
            part(part="b", amount=180, supplier="TDK", country="CN"),
            part(part="c", amount=None, pieces=50_000, piece_mass=1.2, technology="hot-deformed"),
        )
    )
    assert total(parts, "magnets")[0] == pytest.approx(600)
    assert total(parts, "hree_contained")[0] == pytest.approx(540 * 0.045)
    assert total(parts, "hree_contained_alloyed")[0] == pytest.approx(27)
    assert total(parts, "hree_input_alloyed")[0] == pytest.approx(37, abs=0.05)
    sources = [cell.split("|") for cell in totals(parts)["source"]]
    assert all(len(set(keys)) == len(keys) for keys in sources)
    assert total(parts, "hree_avoided") == pytest.approx((2.7, 60 * 0.03, 60 * 0.055))


def test_ranges_stay_in_order_whatever_is_known() -> None:
    parts = complete(
        parts_table(part(), part(part="x", magnet_grade="", technology=""), part(part="y", hree=0.02))
    )
    for row in totals(parts).itertuples(index=False):
        assert row.value_low <= row.value <= row.value_high


def test_a_share_told_by_the_supplier_replaces_the_inferred_range() -> None:
    parts = complete(parts_table(part(hree="4.5 %")))
    assert tuple(parts.loc[0, ["hree", "hree_low", "hree_high"]]) == (0.045, 0.045, 0.045)
    assert parts.loc[0, "hree_grade"] == "reported"


def test_stock_may_be_given_in_months() -> None:
    parts = complete(parts_table(part(stock=None, stock_months=1.5), part(part="x", stock="1.5 か月")))
    assert list(parts["stock"]) == pytest.approx([45.625, 45.625])
    assert parts["stock_known"].all()


def test_unknown_stock_is_filled_with_a_range_and_listed() -> None:
    found, parts = doubts(part(stock=None))
    assert parts.loc[0, "stock_low"] < parts.loc[0, "stock"] < parts.loc[0, "stock_high"]
    assert "stock" in set(found["field"])


def test_nothing_known_leaves_only_what_heavy_rare_earths_may_be() -> None:
    found, _ = doubts(part())
    assert list(found["field"]) == ["hree"]
    assert found.loc[0, "weight"] == pytest.approx(0.25)
    found, _ = doubts(part(hree=0.045))
    assert found.empty


def test_a_larger_part_matters_more_with_the_same_doubt() -> None:
    found, _ = doubts(part(part="small", amount=1), part(part="large", amount=99))
    assert list(found["part"]) == ["large", "small"]
    assert found["weight"].is_monotonic_decreasing


def test_weights_are_share_times_width() -> None:
    found, _ = doubts(part(), {"part": "x", "amount": 300})
    assert (found["weight"] - found["share"] * found["width"]).abs().max() < 1e-12
    assert found["width"].between(0, 1).all()


def test_the_question_goes_to_the_supplier_whose_answer_narrows_most() -> None:
    found, parts = doubts(
        part(part="a", amount=50),
        part(part="b", amount=30, supplier="TDK", country="CN"),
        part(part="c", amount=40, supplier="TDK", country="CN"),
    )
    asked = best_question(found, parts)
    assert (asked["supplier"], asked["field"]) == ("TDK", "hree")
    assert "c, b" in asked["en"]
    assert "c、b" in asked["ja"]
    assert "58%" in asked["en"]


def test_the_buyers_own_stock_is_no_question_to_a_supplier() -> None:
    found, parts = doubts(part(stock=None, hree=0.04))
    assert list(found["field"]) == ["stock"]
    assert best_question(found, parts)["field"] == ""


def test_braces_in_names_do_no_harm() -> None:
    found, parts = doubts(part(part="{x} {0}", supplier="{supplier}"))
    assert "{x} {0}" in best_question(found, parts)["en"]


@pytest.mark.parametrize(
    ("cells", "key", "at"),
    [
        ({"amount": None}, "amount_missing", "amount0"),
        ({"amount": 0}, "amount_zero", "amount0"),
        ({"pieces": 10, "piece_mass": 1.0}, "amount_twice", "amount0"),
        ({"stock_months": 3}, "stock_twice", "stock0"),
        ({"price": 10}, "currency_missing", "currency0"),
        ({"technology": "hot-deformed", "hree": 0.01}, "technology_against", "hree0"),
    ],
)
def test_cells_that_speak_against_each_other_are_named(cells: dict[str, object], key: str, at: str) -> None:
    found = contradictions(parts_table(part(**cells)), place)
    assert [(item.key, item.place) for item in found] == [(key, at)]


def test_amount_and_pieces_may_both_stand_when_they_agree() -> None:
    assert not contradictions(parts_table(part(amount=600, pieces=500_000, piece_mass=1.2)), place)
