"""Tables beside the figures say what the outcome's tables say, in both languages."""

from __future__ import annotations

import re

import pytest

from meguri import show
from meguri.base.tables import Schema
from meguri.show.effects import indirect_html, lost_html, quality_html, same_items, shadow_html
from meguri.show.figures.tornado import swing_bars
from tests.show import told


def cells(html: str) -> list[list[str]]:
    """Texts of the rows of a table, the heads left out."""
    rows = re.findall(r"<tr>(<td.*?)</tr>", html, re.S)
    return [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in rows]


def test_the_worth_of_a_licence_is_that_of_its_dearest_month() -> None:
    first, second = cells(shadow_html(told.outcome(), "en"))
    assert first[1:] == ["China", "Jul 2025", "9.8× (3.9–24×)", "2/3"]
    assert second[2:] == ["—", "0× (0–0×)", "0/3"], "a licence that costs nothing has no dearest month"


def test_end_users_weights_and_losses_stand_side_by_side_with_their_sum() -> None:
    html = lost_html(told.outcome(), "en")
    assert cells(html)[0] == ["Electrified vehicles, Japan", "Japan", "40 (20–60)", "40", "50%", "20.0"]
    assert "20.0 days" in html and "counts the same" in html


def test_quality_that_does_not_come_back_in_time_is_beyond_the_horizon() -> None:
    assert cells(quality_html(told.outcome(), "en"))[0][3:] == [
        "80%",
        "210 (160–300)",
        "400 (350 – &gt; 548)",
    ]


def test_controls_on_the_same_item_share_a_table_of_paths() -> None:
    outcome = told.outcome()
    ((controls, rows),) = same_items(outcome.table("indirect_exports"))
    assert controls == ["licence", "slowdown"] and len(rows) == 4
    metal, motor = cells(indirect_html(outcome, "en"))
    assert metal[2] == "100%"
    assert motor[2] == "1%"
    assert motor[3].endswith("Traction and servo motor makers, Japan (70%), 1 more, and small ones")


def test_a_product_that_only_small_paths_reach_is_named_too() -> None:
    table = told.indirect_table()
    small = table[(table["path"] == "…") & (table["control"] == "licence")].assign(content=0.01)
    (motor,) = cells(indirect_html(told.outcome(indirect_exports=small), "en"))
    assert motor[2:] == ["1%", "… (100%)"]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_an_outcome_does_not_hold_leaves_no_heading(lang: str) -> None:
    names = ("shadow", "lost_output", "quality", "indirect_exports")
    outcome = told.outcome(**{name: Schema.of(name).empty() for name in names})
    assert shadow_html(outcome, lang) == lost_html(outcome, lang) == quality_html(outcome, lang) == ""
    assert indirect_html(outcome, lang).count("<p>") == 1


def test_a_tornado_without_sobol_indices_runs_from_low_to_high_and_leaves_out_what_moves_no_day() -> None:
    chart = swing_bars(told.tried_assumptions(), runs=200)
    assert chart is not None
    drawn = [(one["name"], one["data"]) for one in chart.option["series"] if one["name"].startswith("at_")]
    assert drawn == [
        ("at_low", [[50.0, 0], [96.0, 0]]), ("at_low", [[50.0, 1], [40.0, 1]]),
        ("at_high", [[50.0, 0], [31.0, 0]]), ("at_high", [[50.0, 1], [55.5, 1]]),
    ]  # fmt: skip
    assert chart.option["yAxis"][1]["data"][0] == "−0.71"
    assert chart.title.endswith("from 31 to 96 days")
    assert swing_bars(told.assumptions_table(), runs=200) is None


def test_sobol_indices_take_the_place_of_the_tornado_where_the_study_was_asked_for_them() -> None:
    plain = told.outcome(assumptions=told.tried_assumptions())
    asked = told.outcome(assumptions=told.tried_assumptions(), sobol=told.sobol_table())
    assert (show.tornado(plain).declared, show.tornado(asked).declared) == ("assumptions", "sobol")
    assert show.tornado(told.outcome()) is None
