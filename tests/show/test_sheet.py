# ruff: noqa: E501  (tables made by hand read better one row a line)
import re
from functools import cache

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.show.gather import codes_of, goods, producers, sheet_tables, table_of, trade_of
from meguri.show.sheet import sheet, sheet_charts, sheet_html, shown_columns, unknown_stages
from meguri.show.sheet_tables import (
    capability_table,
    disagreements_table,
    firms_table,
    hosts_table,
    unknowns_table,
    uses_table,
)
from meguri.show.sheet_tiles import sheet_tiles
from meguri.structure.atlas import atlas
from tests.show import metal

LANGS = ("en", "ja")


def tables(**other):
    return sheet_tables(metal.hand_atlas(), {**metal.further(), **other})


@cache
def page(lang):
    """The sheet of the atlas made by hand; drawn once a language."""
    return sheet_html(metal.hand_atlas(), lang, metal.further())


@pytest.fixture(scope="module", params=LANGS)
def html(request):
    return request.param, page(request.param)


def text_of(html):
    return re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", html, flags=re.S)


def test_a_sheet_holds_every_part_and_no_placeholder(html):
    lang, page = html
    text = text_of(page)
    assert page.count("<figure") == 8 and 'class="sheet"' in page
    parts = {"en": ("Uses", "By-product of", "Capability and rebuilding", "Firms by stage", "Where sources differ",
                    "What is unknown", "Known inconsistencies", "Sources and grades"),
             "ja": ("用途", "主産物", "能力の保持・再建", "工程段階別の企業", "出典間の不一致", "不明な点", "既知の不整合",
                    "出典と確度")}  # fmt: skip
    assert [part for part in parts[lang] if part not in text] == []
    assert not re.search(r"\bnan\b|\bNone\b(?! on record)|\{\w+\}", text)


def test_a_sheet_needs_nothing_from_outside(html):
    page = re.sub(r"<script.*?</script>", "", html[1], flags=re.S)
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize("lang", LANGS)
def test_unknown_tiles_say_unknown_and_why(lang):
    bare = sheet_tables(metal.hand_atlas(**{name: metal.hand_atlas().tables[name].iloc[:0] for name in
                        ("stages", "concentration", "contrast")}))  # fmt: skip
    tiles = sheet_tiles(bare, "Co", "JP", lang)
    assert [value for _, value, _ in tiles[:6]] == [""] * 6
    assert all(about for _, _, about in tiles[:6])


def test_tiles_tell_stage_holder_and_range_over_sources():
    stage, holder, hhi, gap, reason, rebuild, designated, unknowns = sheet_tiles(tables(), "Co", "JP", "en")
    assert stage[1:] == ("Refining", "BGS 2023") and holder[1] == "China 80%"
    assert hhi[1:] == ("0.65", "0.65–0.66, one source")
    assert gap[1:] == ("+70 points", "China: 10% → 80%") and reason[1] == "Energy cost"
    assert rebuild[1:] == ("3–6 years", "Japan · Refining · estimated")
    assert designated[1] == "Designated" and unknowns[1] == "3 items"


def test_designation_is_read_from_the_list_of_products():
    listed = metal.made("specified_products", [{"product": "m", "number": 1, "product_en": "Metals", "product_ja": "金属",
                        "elements": "Co|Ni", "start": "2022-12-23", "source": "x"}])  # fmt: skip
    tile = sheet_tiles(tables(specified_products=listed), "Co", "JP", "ja")[6]
    assert tile == ("特定重要物資", "指定", "金属 2022年12月23日〜")
    other = sheet_tiles(tables(specified_products=listed), "Dy", "JP", "en")[6]
    assert other[1] == "Not designated"


def test_essential_uses_stand_first_whatever_their_share():
    found = uses_table(metal.further()["uses"], "en")
    assert found.index("Tools") < found.index("Batteries") and "● essential" in found and "50%" in found


def test_hosts_and_capability_show_ranges_and_question_marks():
    assert "50–70%" in hosts_table(metal.further()["by_product_hosts"], "en")
    capability = capability_table(metal.further()["capability"], "JP", "ja")
    assert "3〜6" in capability and "100〜330百万USD" in capability and "一部保持" in capability


def test_firms_show_every_share_they_are_given_and_a_question_mark_for_none():
    found = firms_table(metal.firms(), "ja")
    assert "製造社 (JP) 60% / 50%" in found and "Somebody ?" in found and "(countries)" not in found


def test_sources_that_differ_stand_side_by_side_and_two_editions_by_their_keys():
    apart = metal.hand_atlas().tables["disagreements"]
    assert "BGS 100; USGS 150" in disagreements_table(apart, "en")
    editions = apart.assign(source=["usgs-mcs-2025", "usgs-mcs-2026"])
    assert "usgs-mcs-2025 100; usgs-mcs-2026 150" in disagreements_table(editions, "en")


def test_unknown_producers_are_said_by_stage_source_and_year():
    found = unknowns_table(metal.unknowns(), "ja")
    assert "鉱石・精鉱 USGS 2025: カナダ" in found and "部品: Somebody" in found


def test_columns_that_do_not_fit_are_those_of_the_group_and_the_oldest():
    many = metal.shares().iloc[:3]
    rows = pd.concat(
        [many.assign(year=year, element="REO") for year in range(2010, 2020)] + [many.assign(year=1999)]
    )
    shown = shown_columns(rows, "Co")
    assert len(shown[["element", "year"]].drop_duplicates()) == 7
    assert ("Co", 1999) in set(zip(shown["element"], shown["year"], strict=True))
    assert 2010 not in set(shown["year"])


def test_stages_without_a_figure_are_found_in_the_unknowns():
    assert unknown_stages(metal.unknowns()) == ("metal",)


def test_a_table_nobody_brings_is_empty_under_its_declared_columns():
    assert list(table_of({}, "uses").columns)[:2] == ["element", "use_en"] and table_of({}, "uses").empty


def test_a_metal_without_a_code_has_no_trade_and_says_so():
    trade = trade_of("Ga", "JP")
    assert trade.codes == () and trade.series.empty and trade.flows.empty
    chart = sheet_charts("Ga", tables(), trade, "JP", "ja")["series"]
    assert "収録範囲に固有のHSコードなし" in chart.title


def test_a_metal_without_a_code_is_followed_by_its_producers():
    history = pd.concat(
        [metal.shares().query("stage == 'refining'").assign(year=year) for year in range(2015, 2021)]
    )
    found = producers(history, "Co", "refining")
    assert set(found["origin"]) == {"CN", "FI"} and found["low"].min() == 0.1
    assert producers(history[history["year"] > 2017], "Co", "refining").empty  # three years make no history
    chart = sheet_charts("Co", tables(series=history), trade_of("Ga", "JP"), "JP", "en")["series"]
    assert chart.title == "Cobalt, output by country, Refining: China 80% in 2015, 80% in 2020"


def test_the_latest_shares_keep_their_name_beside_their_history():
    found = atlas("Mg")
    assert found.tables["series"]["year"].nunique() > 20
    assert sheet_tables(found)["stage_shares"].equals(found.stages)


def test_magnesium_is_followed_across_its_break_and_rare_earths_in_three_codes():
    assert list(trade_of("Mg", "JP").breaks) == [2016.5]
    dysprosium = trade_of("Dy", "JP")
    assert dysprosium.codes == ("280530", "284610", "284690") and dysprosium.breaks == {}
    china = dysprosium.series.query("origin == 'CN' and year == 2010").set_index("basis")["share"]
    assert round(china["value"], 3) == 0.796 and round(china["quantity"], 3) == 0.785  # DATA.md
    assert "希土類" in goods(dysprosium.codes, "ja") and "希土類" not in goods(
        trade_of("Li", "JP").codes, "ja"
    )
    assert goods(("810510",), "ja").endswith("（HS 810510）") and codes_of("Co") == ("810510",)


@pytest.mark.parametrize("lang", LANGS)
def test_the_sheet_of_tantalum_shows_what_the_documents_say(lang):
    page = sheet_html(atlas("Ta"), lang)
    text = text_of(page)
    assert "N21" in text  # the scope of the 60 % is doubtful
    assert "JX Advanced Metals" in text and "60%" in text and "50%" in text
    assert ("東京エレクトロン" if lang == "ja" else "Tokyo Electron") in text


def test_a_sheet_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = sheet(metal.hand_atlas(), "en", tmp_path / "co.html")
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "disk full")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(DataError, match="disk full"):
        sheet(metal.hand_atlas(), "ja", path)
    assert path.read_bytes() == before


def test_the_same_atlas_gives_the_same_sheet():
    assert sheet_html(metal.hand_atlas(), "ja", metal.further()) == page("ja")
