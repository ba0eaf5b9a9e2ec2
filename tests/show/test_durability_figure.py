"""The line from tantalum to indium shows every metal, and an arrow for every what-if of one."""

import pytest

from meguri.circulate.durability import durability_line
from meguri.circulate.durability_moves import durability_moves
from meguri.show.figures.durability import durability_picture
from meguri.show.ink import LOSS


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_metal_stands_where_the_tests_put_it_and_unknown_is_a_bar(lang):
    line = durability_line()
    chart = durability_picture(line, lang=lang)
    places = next(one for one in chart.option["series"] if one["name"] == "places")["data"]
    assert [point["value"][0] for point in places] == list(line["position_high"])
    bars = next(one for one in chart.option["series"] if one["name"] == "unknown")["data"]
    assert len(bars) == 3 * int((line["position_high"] > line["position_low"]).sum())


def test_an_arrow_past_the_half_is_red_and_named_in_the_title():
    moves = durability_moves("Ta")
    chart = durability_picture(durability_line(), moves)
    arrows = [one for one in chart.option["series"] if one["name"] == "what-if"]
    assert [one["data"][1][0] for one in arrows] == list(moves["after_low"])
    red = [one for one in arrows if one["lineStyle"]["color"] == LOSS]
    assert len(red) == int(moves["path"].isin(("in", "in_end")).sum()) == 1
    assert "cut out as a separate step" in chart.title
