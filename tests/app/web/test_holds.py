"""The page on who holds which stage: both languages, unknown stays unknown, ore is not refined metal."""

import json
from functools import cache

import pandas as pd
import pytest

from meguri.app.web.desk import Desk
from meguri.app.web.pages.holds import view
from meguri.app.web.pages.holds_tables import source_values
from meguri.app.web.questions.holds import QUESTION
from meguri.app.web.view import document, raw
from meguri.base.errors import DataError
from meguri.base.terms import LANGS, keys
from meguri.structure.atlas import atlas

MATERIALS = ("W", "Ga", "U")  # ore and refined known; by-product without a shared source; nothing known


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("ws"))


@cache
def shown(desk, lang, **query):
    asked = QUESTION.read({name: [value] for name, value in query.items()}, desk, lang)
    found = view(asked, desk, lang)
    return found, document(found, lang)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("material", MATERIALS)
def test_every_material_has_a_whole_page_in_both_languages(desk, lang, material):
    found, page = shown(desk, lang, material=material)
    json.dumps(page, allow_nan=False)  # no NaN reaches a browser
    drawn = [one for part in page["sections"] for one in (*part["charts"], *part["tables"])]
    assert len({one["key"] for one in drawn}) == len(drawn) == len(found.tables())
    assert len({part["key"] for part in page["sections"]}) == len(page["sections"])
    assert page["title"] and all(one["value"] for one in page["headlines"])
    json.dumps([raw(one) for one in found.tables().values()], allow_nan=False)


@pytest.mark.parametrize("lang", LANGS)
def test_what_no_source_gives_is_unknown_and_no_zero(desk, lang):
    _, page = shown(desk, lang, material="U")
    assert [one["unknown"] for one in page["headlines"]][:3] == [True, True, True]
    assert not any(letter.isdigit() for one in page["headlines"][:3] for letter in one["value"])
    stages = next(part for part in page["sections"] if part["key"] == "stages")
    assert all(chart["table"]["total"] == 0 for chart in stages["charts"])
    chain = next(part for part in page["sections"] if part["key"] == "chain")
    assert chain["charts"] == [] and chain["texts"]


def test_ore_and_refined_are_set_against_each_other_and_never_added(desk):
    found, _ = shown(desk, "en", material="W")
    slope = next(part for part in found.sections if part.key == "ore").charts[0]
    assert {"share_ore", "share_refined"} <= set(slope.table.columns)
    expected = atlas("W").contrast.query("source == 'ec-crm-2023' and country == 'CN'").iloc[0]
    drawn = slope.table.query("country == 'CN'").iloc[0]
    assert (drawn["share_ore"], drawn["share_refined"]) == (expected["share_ore"], expected["share_refined"])
    assert drawn["share_ore"] != drawn["share_refined"]


def test_without_a_source_for_both_the_page_says_so(desk):
    _, page = shown(desk, "en", material="Ga")
    ore = next(part for part in page["sections"] if part["key"] == "ore")
    assert "cannot be set side by side" in ore["texts"][0] and page["headlines"][2]["unknown"]


def test_disagreeing_sources_stand_one_a_row(desk):
    found, _ = shown(desk, "en", material="W")
    apart = found.tables()["source_values"].frame
    counted = apart.groupby(["what_en", "period", "unit"])["source"].count()
    assert len(apart) == len(atlas("W").disagreements) and counted.min() >= 2


def test_a_figure_two_sources_give_names_stage_and_country_in_both_languages():
    said = {"topic": "production", "element": "W", "stage": "ore", "country": "VN", "item": "", "unit": "t"}
    row = said | {
        "period": "2023",
        "range_low": 1.0,
        "range_high": 2.0,
        "source": "bgs-wms",
        "grade": "reported",
    }
    told = source_values(pd.DataFrame([row])).iloc[0]
    assert told["what_en"] == "Tungsten, Ore and concentrate, Vietnam, output"
    assert told["what_ja"] == "タングステン・鉱石・精鉱・ベトナム・生産量"
    assert (told["low"], told["high"]) == (1.0, 2.0)


def test_every_link_to_evidence_leads_to_evidence(desk):
    _, page = shown(desk, "en", material="W")
    ways = [way for part in page["sections"] for way in part["ways"] if way["page"] == "holds"]
    assert ways
    for way in ways[:4]:
        _, there = shown(desk, "ja", **way["query"])
        first = there["sections"][0]
        assert first["key"] == "evidence" and first["tables"][0]["total"] > 1


def test_a_path_that_names_no_cell_says_what_it_may_name(desk):
    _, page = shown(desk, "ja", material="W", why="stages/nowhere/CN")
    assert page["sections"][0]["key"] == "evidence" and page["sections"][0]["tables"] == []
    assert "nowhere" in page["sections"][0]["texts"][0]


def test_the_year_asked_for_is_an_upper_bound(desk):
    found, _ = shown(desk, "en", material="W", year="2018")
    assert found.tables()["stage_shares"].frame["year"].max() <= 2018


def test_the_map_shows_the_stage_asked_for(desk):
    found, _ = shown(desk, "en", material="W", stage="ore")
    assert "map-ore" in found.tables() and set(found.tables()["map-ore"].frame["stage"]) == {"ore"}


def test_every_material_of_the_word_list_can_be_asked_and_nothing_else(desk):
    assert [key for key, _ in QUESTION.fields[0].choices(desk, "ja")] == keys("materials")
    with pytest.raises(DataError, match="Dy"):
        QUESTION.read({"material": ["Dyy"]}, desk, "en")


def test_a_figure_without_anything_to_draw_is_said_in_words(desk):
    _, page = shown(desk, "en", material="U")
    prices = next(part for part in page["sections"] if part["key"] == "prices")
    assert prices["charts"] == [] and prices["texts"] == ["No price on record", "No control on record"]
    drawn = {chart["key"] for part in page["sections"] for chart in part["charts"]}
    assert drawn == {"stages"}  # its hatched columns are the stages nobody gives
