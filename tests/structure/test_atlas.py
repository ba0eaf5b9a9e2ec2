import json

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.terms import LANGS
from meguri.observe.profile import stage_reasons
from meguri.structure.atlas import DECLARED, Atlas, atlas
from meguri.structure.coverage import METALS

NAMED = [metal for metal in METALS if metal != "REO"]
QUICK = ("Dy", "Ta", "Mg", "Hf")  # whose sheets other tests open too; the rest are slow tests
EVERY = [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in (*NAMED, "REO")]
SHEETS: dict[str, Atlas] = {}


def sheet_of(element: str) -> Atlas:
    """Each sheet is made once: no test may change it."""
    return SHEETS[element] if element in SHEETS else SHEETS.setdefault(element, atlas(element))


@pytest.fixture(scope="module")
def dy() -> Atlas:
    return sheet_of("Dy")


@pytest.mark.parametrize("element", EVERY)
def test_every_metal_of_the_documents_has_a_sheet_with_stages_and_sources(element):
    sheet = sheet_of(element)
    own = sheet.concentration[sheet.concentration["element"] == element]
    assert len(own) and own["source"].ne("").all()
    known = sheet.stages[sheet.stages["share"].notna()]
    assert known["share"].between(0, 1).all() and known["year"].notna().all()
    for table in (sheet.stages, sheet.hosts, sheet.uses, sheet.capability, sheet.reasons, sheet.sectors):
        keys = {key for cell in table["source"] for key in cell.split("|") if key}
        assert keys <= set(sheet.sources["source"])
    json.dumps(sheet.to_dict("ja"), allow_nan=False)


@pytest.mark.parametrize("element", EVERY)
def test_what_a_sheet_lacks_is_listed_as_unknown_with_a_reason(element):
    sheet = sheet_of(element)
    gaps = set(sheet.unknowns["place"].str.split(" ").str[0])
    for name in ("hosts", "uses", "prices", "controls", "sites", "sectors", "reasons", "firms", "contrast"):
        assert (name in gaps) or len(getattr(sheet, name)), name
    stages = set(sheet.stages.loc[sheet.stages["element"] == element, "stage"])
    for stage, among in (("ore", {"ore"}), ("processed", {"separation", "refining", "metal"})):
        told = sheet.unknowns["place"].str.startswith(f"stages {element}")
        assert (stages & among) or told.any(), stage
    assert sheet.unknowns["reason"].ne("").all()
    assert sheet.unknowns["note_ja"].str.contains(r"[ぁ-んァ-ヶ一-龠]").all()


@pytest.mark.slow
def test_a_stage_no_source_covers_is_unknown():
    assert "stages Ta refining" in set(sheet_of("Ta").unknowns["place"]), "no one gives tantalum smelting"
    assert "stages Hf ore" in set(sheet_of("Hf").unknowns["place"]), "hafnium is never mined for itself"
    assert "stages W refining" not in set(sheet_of("W").unknowns["place"]), "EC 2023 has it"
    singly = sheet_of("Pr").stages.query("element == 'Pr'")
    assert set(singly["source"]) == {"ec-crm-2023"}, "no one else has praseodymium by itself"
    refined = {
        e for e in NAMED
        if (sheet_of(e).stages.query("source == 'bgs-wms' and element == @e")["stage"] != "ore").any()
    }  # fmt: skip
    assert refined == {"Co", "Ni", "Ga", "Ge", "Mg", "Nb"}, "BGS: refined for five, and ferro-niobium"


def test_every_table_of_a_sheet_is_declared_and_holds():
    sheet = sheet_of("Nd")
    for name, table in sheet.tables.items():
        if name in DECLARED and len(table):
            Schema.of(DECLARED[name]).check(table.astype(object).where(table.notna(), None))


def test_dy_shows_shares_and_hhi_the_balance_and_the_demand_table(dy):
    sheet = dy.to_dict("en")
    hhi = {(row["element"], row["stage"], row["source"]): row["hhi"] for row in sheet["concentration"]}
    assert hhi[("Dy", "separation", "ec-crm-2023")] == 1.0
    assert (sheet["balance"][0]["balance_low"], sheet["balance"][0]["balance_high"]) == (-540, -440)
    magnets = [row for row in sheet["demand"] if row["item"] == "magnet"]
    assert [row["amount_mid"] for row in magnets] == [11900, 10150, 8050]
    assert [row["change_printed"] for row in magnets] == [None, -0.15, -0.21]
    assert len(sheet["price_warnings"]) == 2


def test_the_group_view_merges_santoku_into_proterial_and_says_why(dy):
    merged = dy.groups[dy.groups["firms"].str.contains("Santoku")].iloc[0]
    assert (
        merged["group"] == "Proterial"
        and "Santoku" in merged["reason_en"]
        and "三徳の100%を保有" in merged["reason_ja"]
    )
    before = atlas("Dy", 2017)
    assert "Santoku" in set(before.groups["group"]), "before 2018 the firm stands alone"


def test_firms_of_2012_by_stage():  # AC2.2
    sheet = atlas("Nd", 2012)
    firms = sheet.firms[sheet.firms["year"] == 2012]
    by_stage = firms.groupby("stage")["firm"].agg(set)
    assert {"Proterial", "TDK"} <= by_stage["magnet"] and "Santoku" in by_stage["alloy"]
    assert "Lynas" in by_stage["ore"]
    assert (sheet.stages["year"] <= 2012).all()


def test_tantalum_as_the_document_names_it():  # AC2.1
    sheet = sheet_of("Ta")
    firms = sheet.firms.set_index("fact")
    assert firms.loc["co-008", ["places_en", "places_ja"]].tolist() == [
        "China and Africa",
        "中国・アフリカ等",
    ]
    assert sheet.share == 0.6
    africa = {"CD", "RW", "NG", "ET", "MZ"}
    mined = sheet.stages.query("stage == 'ore' and source == 'usgs-mcs-2026'").set_index("country")["share"]
    assert mined[mined.index.isin(africa)].sum() > 0.5 and mined["CN"] > 0
    assert firms.at["co-009", "share"] == 0.5 and firms.at["co-010", "share"] == 0.6
    assert firms.at["co-010", "flag"] == "N21" and "N21" in set(sheet.flags["flag"])
    assert firms.at["co-011", "firm"] == "Tokyo Electron" and firms.at["co-011", "stage"] == "equipment"
    assert firms.at["co-008", "status"] == "placeholder"


@pytest.mark.parametrize("element", ["Ru", "Hf", "Pd", "W"])
def test_unknown_firm_shares_are_shown_as_unknown(element):  # AC2.1
    sheet = sheet_of(element)
    assert sheet.share is None and sheet.to_dict("ja")["share_label"] == "不明"
    assert sheet.firms["share"].isna().all()
    named = sheet.firms[sheet.firms["status"] != "placeholder"]
    listed = sheet.unknowns[sheet.unknowns["firm"].isin(named["firm"])]
    assert set(named["firm"]) == set(listed["firm"])
    assert set(listed["reason"]) == {"undisclosed" if element in ("Ru", "Hf") else "not_listed"}
    assert all(row["share"] is None for row in sheet.to_dict()["firms"])


def test_sources_that_differ_stand_side_by_side(dy):
    rises = dy.disagreements[dy.disagreements["topic"] == "price-ratio"]
    assert set(rises["source"]) == {"seed-000", "seed-002"}
    burma = dy.disagreements.query("topic == 'production' and country == 'MM' and period == '2023'")
    assert dict(zip(burma["source"], burma["range_low"], strict=True)) == {
        "bgs-wms": 72000.0,
        "usgs-mcs-2025": 43000.0,
    }


def test_singly_unpublished_rare_earths_are_listed_as_unknown(dy):
    reasons = dy.unknowns.set_index("place")["reason"]
    assert reasons["production Dy ore XX 2023 bgs-wms"] == "not_published"


@pytest.mark.parametrize("lang", LANGS)
def test_a_sheet_speaks_one_language(dy, lang):
    sheet = dy.to_dict(lang)
    assert sheet["titles"]["stages"]
    for name in ("stages", "controls", "events", "unknowns", "groups"):
        for row in sheet[name]:
            assert not [key for key in row if key.endswith(("_en", "_ja"))], (name, row)
    china = next(row for row in sheet["stages"] if row["country"] == "CN")
    assert china["country_label"] == {"en": "China", "ja": "中国"}[lang]


def test_changing_a_table_changes_nothing_in_the_sheet(dy):
    taken = dy.tables["stages"]
    taken["share"] = 0.0
    assert dy.stages["share"].max() == 1.0
    with pytest.raises(AttributeError):
        dy.element = "Nd"


def test_names_in_both_languages_are_understood_and_a_typo_gets_a_suggestion():
    assert atlas("ジスプロシウム").element == atlas("dysprosium").element == "Dy"
    with pytest.raises(DataError, match="Dy"):
        atlas("Dysprosum")


def test_magnesium_ore_is_at_home_but_the_metal_is_imported():  # AC2.5
    sheet = sheet_of("Mg")
    codes = sheet.reasons.groupby("stage")["code"].agg(set)
    assert codes["metal"] == {"energy_cost", "offshoring"}
    assert sheet.reasons["text_en"].str.contains("dolomite itself is plentiful in Japan").any()
    metal = sheet.concentration.query("stage == 'metal' and source == 'bgs-wms'").iloc[0]
    assert metal["top"] == "CN" and metal["top_share"] > 0.8
    japan = sheet.capability.query("economy == 'JP' and stage == 'metal'")
    assert set(japan["status"]) == {"lost"} and japan["last_year"].max() == 1994
    assert "stages Mg ore" in set(sheet.unknowns["place"]), "no source counts dolomite as magnesium ore"


def test_nearly_all_magnesium_of_japan_is_imported_and_mostly_from_china():  # AC2.5
    from meguri.observe.series import trade_series

    series = trade_series("810411").query("exporter == 'CN' and year >= 2010").set_index("year")["share"]
    assert series.min() > 0.95 and len(series) == 15


@pytest.mark.parametrize("element", ["Nd", "Dy", "REO"])
def test_the_reason_of_rare_earth_separation_is_the_load_tolerated(element):  # AC2.5
    reasons = sheet_of(element).reasons
    assert "environment" in set(reasons.loc[reasons["stage"] == "separation", "code"])


def test_a_reason_code_stands_only_where_a_source_gives_it():
    table = stage_reasons()
    assert table["source"].ne("").all() and not table["code"].eq("unknown").any()
    assert sheet_of("Li").reasons.empty and "reasons Li refining" in set(sheet_of("Li").unknowns["place"])


def test_series_show_the_shift_of_refined_cobalt_to_china_year_by_year():
    series = sheet_of("Co").series.query("stage == 'refining' and source == 'bgs-wms' and country == 'CN'")
    share = series.set_index("year")["share"]
    assert share[2000] < 0.1 < 0.3 < share[2010] < share[2023] == pytest.approx(0.797, abs=5e-4)
    trend = sheet_of("Co").trend.query("stage == 'refining' and source == 'bgs-wms'").set_index("year")["hhi"]
    assert trend[2023] > 2 * trend[1995]


@pytest.mark.slow
def test_ore_and_refined_stand_side_by_side_wherever_a_source_has_both():
    have = {e for e in NAMED if len(sheet_of(e).contrast)}
    assert have >= {"Co", "Ni", "W", "Li", "V", "Nb", "Dy", "Nd", "Tb", "Pr", "Sb", "C"}
    cobalt = sheet_of("Co").contrast.query("source == 'bgs-wms'").set_index("country")
    assert cobalt.loc["CD", "share_ore"] > 0.6 and cobalt.loc["CN", "share_refined"] > 0.7


def test_a_year_leaves_later_years_out_of_every_series():
    sheet = atlas("Co", 2012)
    for table in (sheet.stages, sheet.series, sheet.trend, sheet.concentration):
        assert (table["year"] <= 2012).all()


def test_labels_stand_beside_keys_also_where_the_key_is_no_country():
    sheet = sheet_of("Hf").to_dict("ja")
    assert sheet["hosts"][0]["host_label"] == "ジルコニウム"
    assert "原子力級" in sheet["hosts"][0]["process"] and "年約70 t" in sheet["hosts"][0]["note"]
    assert {row["economy_label"] for row in sheet["uses"] if row["economy"]} == {"欧州連合"}
    assert sheet["reasons"][0]["code_label"] in ("技術", "他金属の副産物")
    assert sheet["sectors"][0]["sector_label"]
    assert sheet_of("Nb").to_dict("en")["hosts"][0]["host_label"] == "mined for itself"


def test_prices_are_kept_as_printed_in_their_own_unit():
    quotes = sheet_of("W").prices
    assert set(quotes["unit"]) == {"USD/mtu"}
    assert pd.api.types.is_float_dtype(quotes["price"])
