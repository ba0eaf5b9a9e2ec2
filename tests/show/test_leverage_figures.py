"""Figures of leverage: what is drawn is what the tables say, and printed never stands among computed."""

import json

import pandas as pd
import pytest

from meguri.base.words import read_words
from meguri.show.figures.card_heat import PRINTED, card_heat
from meguri.show.figures.leverage_blind import leverage_blind
from meguri.show.figures.leverage_curve import by_decay, leverage_curve
from meguri.show.figures.leverage_split import leverage_split
from meguri.show.figures.supply_path import moment, supply_path
from meguri.show.ink import PAPER
from meguri.show.leverage_words import BENEFIT, HARM, item_name
from tests.show import leveraged

MANY = (("hf", "hf", 0.5), ("resist", "resist", 0.12), ("wfe-litho-euv", "wfe-litho-euv", 0.01))
LANGS = ("en", "ja")


def names(lang, keys=("hf", "resist", "wfe-litho-euv")):
    return {key: item_name(key, lang) for key in keys}


def series(chart, name):
    return [one for one in chart.option["series"] if one["name"] == name]


def curve(lang="en"):
    return leverage_curve(leveraged.drawn(MANY), leveraged.halved(MANY), names(lang), lang=lang)


def test_cards_stand_in_the_order_of_their_decay_and_one_that_never_halves_stands_last():
    assert by_decay(leveraged.halved(reversed(MANY))) == ["hf", "resist", "wfe-litho-euv"]
    assert curve().option["yAxis"][1]["data"] == ["hf", "resist", "wfe-litho-euv"]


def test_a_ring_stands_where_half_is_gone_and_none_for_a_card_that_is_never_halved():
    rings = series(curve(), "crossings")[0]["data"]
    assert [ring["value"][1] for ring in rings] == [50, 50]
    assert rings[0]["value"][0] == pytest.approx(0.69 / 0.5)
    last = series(curve(), "rows")[0]["data"][-1]["label"]["formatter"]
    assert "not in 100 years" in last


def test_every_line_begins_at_the_whole_card():
    for key in ("hf", "resist", "wfe-litho-euv"):
        assert series(curve(), key)[0]["data"][0] == [0.0, 100.0]


@pytest.mark.parametrize("lang", LANGS)
def test_the_title_names_the_first_to_decay_and_what_does_not(lang):
    told = names(lang)
    assert told["hf"] in curve(lang).title and told["wfe-litho-euv"] in curve(lang).title


def heat(lang="en"):
    table = leveraged.cards().assign(card="hf")
    return card_heat(table, names(lang), lang=lang)


def test_benefit_and_harm_never_share_a_colour():
    blocks = [one["data"] for one in heat().option["series"]]
    colours = [{square["itemStyle"]["color"] for square in block} - {PAPER} for block in blocks]
    assert not colours[0] & set().union(*colours[1:])
    heads = [part["textStyle"]["rich"]["p"]["color"] for part in heat().option["title"][1:]]
    assert heads == [BENEFIT, HARM, HARM, HARM]


def test_the_printed_table_has_a_hollow_row_of_its_own():
    for block in (one["data"] for one in heat().option["series"]):
        hollow = [square for square in block if square["itemStyle"]["color"] == PAPER]
        assert [square["value"][1] for square in hollow] == [0, 0, 0]
        assert {square["value"][1] for square in block} == {0, 1}
    printed = leveraged.PRINTED["own_burden"]
    shown = [square["label"]["formatter"] for square in heat().option["series"][1]["data"][:3]]
    assert "".join(shown) == printed and PRINTED not in names("en")


def test_the_title_counts_the_cells_that_agree_with_print():
    assert "11 of 12" in heat().title


def paths(use):
    rows = leveraged.path()
    table = rows.assign(card="hf", year=rows["year"] + 2019.5, low=rows["self_supply"] * 0.8, high=1.0)
    seen = {"card": "hf", "year": 2030.0, "value": None, "low": 0.2, "high": 0.35, "use": use}
    return supply_path(table, pd.DataFrame([seen]), names("en"))


def test_printed_bands_stand_right_of_everything_computed():
    chart = paths("printed")
    last = max(point[0] for point in series(chart, "with")[0]["data"])
    places = [point[0] for point in series(chart, "printed")[0]["data"] if point[0] != "-"]
    assert min(places) > series(chart, "rule")[0]["data"][0][0] >= last
    assert "20–35%" in series(chart, "printed-words")[0]["data"][0]["label"]["formatter"]


def test_without_printed_bands_no_room_is_kept_for_them():
    chart = paths("blind")
    assert not series(chart, "printed") and not series(chart, "rule")
    assert chart.option["xAxis"][0]["max"] == moment(2030)


def test_the_three_parts_of_supply_add_to_all_of_it():
    rows = leveraged.path()
    rows = rows[rows["controlled"]]
    table = pd.DataFrame({"card": "hf", "year": rows["year"], "holder": rows["irreplaceable"],
                          "third": rows["third"], "home": rows["self_supply"]})  # fmt: skip
    chart = leverage_split(table, names("en"))
    parts = [series(chart, part)[0]["data"] for part in ("holder", "third", "home")]
    for at in range(len(rows)):
        assert sum(part[at][1] for part in parts) == pytest.approx(100)


@pytest.mark.parametrize("lang", LANGS)
def test_the_blind_test_says_how_many_fall_within_and_what_a_naive_guess_gives(lang):
    chart = leverage_blind(*leveraged.blind(), {"a": "HF", "b": "Resist"}, lang=lang)
    assert [point[0] for point in series(chart, "observed")[0]["data"]] == pytest.approx([46, 5])
    right = [cell["value"] for cell in chart.option["yAxis"][1]["data"]]
    assert right[0] != right[1]
    assert "10" in chart.title and "20" in chart.title and "26" in chart.title
    json.dumps(chart.to_dict(), allow_nan=False)


def test_every_item_has_a_hue_of_its_own():
    hues = [row["hue"] for row in read_words("leverage_colours")]
    assert len(set(hues)) == len(hues)
