"""Today's scale of circulation: regenerated from the documents' own figures, with none of them mixed in."""

from __future__ import annotations

import pandas as pd
import pytest

from meguri.circulate.scale import scale_check, scale_facts, scale_sentence


@pytest.fixture
def table() -> pd.DataFrame:
    return scale_check().set_index("quantity")


def ends(table: pd.DataFrame, quantity: str) -> tuple[float, float]:
    return float(table.at[quantity, "low"]), float(table.at[quantity, "high"])


def changed(fact: str, low: float, high: float) -> pd.DataFrame:
    facts = scale_facts()
    facts.loc[facts["fact"] == fact, ["low", "high"]] = [low, high]
    return facts


def test_the_world_regenerates_1800_to_6600_t_a_year(table: pd.DataFrame) -> None:
    assert ends(table, "world_regenerated") == pytest.approx((1800, 6600))
    assert table.at["world_regenerated", "overlaps"]


def test_feeds_of_process_and_end_of_life_scrap_add_up_to_the_whole(table: pd.DataFrame) -> None:
    assert ends(table, "feed_sum") == pytest.approx((1, 1))


def test_feeds_that_do_not_add_up_are_seen() -> None:
    table = scale_check(changed("feed-old-scrap", 0.1, 0.3)).set_index("quantity")
    assert ends(table, "feed_sum") != pytest.approx((1, 1))


def test_regenerated_dy_is_4_to_30_t_or_under_six_percent_of_the_need_of_2012(table: pd.DataFrame) -> None:
    assert ends(table, "dy_regenerated") == pytest.approx((4, 30))
    low, high = ends(table, "dy_share_of_need")
    assert (round(low * 100, 1), round(high * 100, 1)) == (0.7, 6.0)


def test_the_worlds_regenerated_dy_is_a_fraction_of_what_wind_and_cars_take(table: pd.DataFrame) -> None:
    assert ends(table, "dy_world_regenerated") == pytest.approx((36, 198))
    assert ends(table, "dy_world_share") == pytest.approx((36 / 1464, 198 / 1464))


def test_old_scrap_rates_hold_no_process_scrap(table: pd.DataFrame) -> None:
    more = scale_check(changed("feed-new-scrap", 0.9, 0.95)).set_index("quantity")
    old = table.index[table["scrap"] == "old"]
    assert len(old) == 4
    pd.testing.assert_frame_equal(more.loc[old], table.loc[old])
    assert ends(more, "world_new_scrap") != ends(table, "world_new_scrap")


def test_printed_totals_are_compared_and_never_computed_with(table: pd.DataFrame) -> None:
    other = scale_check(changed("world-regenerated", 1, 2)).set_index("quantity")
    assert not other.at["world_regenerated", "overlaps"]
    pd.testing.assert_frame_equal(other[["low", "high"]], table[["low", "high"]])


def test_counting_santoku_within_proterial_lowers_the_sum_of_the_firms(table: pd.DataFrame) -> None:
    assert ends(table, "firms_apart") == (240, 1100)
    assert ends(table, "firms_within") == (220, 1000)


def test_no_computed_number_is_better_than_the_facts_it_is_made_from(table: pd.DataFrame) -> None:
    assert set(table["grade"]) == {"estimated"}
    assert table.at["dy_share_of_need", "source"] == "doc-000|doc-002"


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "does not replace supply"), ("ja", "供給の代わりにならない")]
)
def test_the_report_says_that_circulation_does_not_replace_supply(lang: str, said: str) -> None:
    text = scale_sentence(lang=lang)
    assert said in text
    for number in ("4", "30", "0.7 %", "6.0 %", "500", "600"):
        assert number in text


def test_the_sentence_turns_when_the_scale_does() -> None:
    assert "may replace supply" in scale_sentence(changed("japan-regenerated", 10_000, 30_000))
