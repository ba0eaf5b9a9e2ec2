import json

import pytest

from meguri.base.errors import DataError
from meguri.base.terms import LANGS
from meguri.structure.atlas import Atlas, atlas

NAMED = [
    "Ru",
    "Hf",
    "Zr",
    "Ta",
    "W",
    "Co",
    "Nb",
    "V",
    "Nd",
    "Pr",
    "Dy",
    "Tb",
    "In",
    "Pd",
    "Pt",
    "Ga",
    "Ge",
    "Mg",
    "Ni",
    "Li",
    "C",
    "REO",
]


@pytest.fixture(scope="module")
def dy() -> Atlas:
    return atlas("Dy")


@pytest.mark.parametrize("element", NAMED)
def test_every_metal_of_the_documents_has_a_sheet_with_stages_and_sources(element):
    sheet = atlas(element)
    own = sheet.concentration[sheet.concentration["element"] == element]
    assert len(own) and own["source"].ne("").all()
    known = sheet.stages[sheet.stages["share"].notna()]
    assert known["share"].between(0, 1).all() and known["year"].notna().all()
    assert set(sheet.stages["source"]) <= set(sheet.sources["source"])
    json.dumps(sheet.to_dict("ja"), allow_nan=False)


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
    sheet = atlas("Ta")
    firms = sheet.firms.set_index("fact")
    assert firms.at["co-009", "share"] == 0.5 and firms.at["co-010", "share"] == 0.6
    assert firms.at["co-010", "flag"] == "N21" and "N21" in set(sheet.flags["flag"])
    assert firms.at["co-011", "firm"] == "Tokyo Electron" and firms.at["co-011", "stage"] == "equipment"
    assert firms.at["co-008", "status"] == "placeholder"


@pytest.mark.parametrize("element", ["Ru", "Hf", "Pd", "W"])
def test_unknown_firm_shares_are_shown_as_unknown(element):  # AC2.1
    sheet = atlas(element)
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
