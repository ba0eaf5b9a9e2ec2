import pytest

from meguri.base.errors import DataError
from meguri.structure.stagemap import stage_map


def test_strength_and_entry_by_stage_as_the_document_of_2012_has_them():  # AC2.2
    table = stage_map(2012)
    assert "".join(table["mark"]) == "①②③④⑤"
    strong = table.groupby("strength")["mark"].agg("".join)
    assert (strong["CN"], strong["JP"]) == ("①②", "④⑤")
    entry = table.groupby("entry")["mark"].agg("".join)
    assert (entry["restricted"], entry["open"]) == ("①②③", "④⑤")


def test_the_document_is_silent_about_strength_in_electrolysis():
    electrolysis = stage_map().set_index("mark").loc["③"]
    assert electrolysis["strength"] == "" and electrolysis["strength_reason"] == "silent"
    assert electrolysis["listed"] == 0


def test_firms_of_each_stage_are_those_of_the_company_map_of_2012():  # AC2.2
    firms = stage_map().set_index("mark")["firms"].str.split("|").map(set)
    assert firms["①"] >= {
        "China Northern Rare Earth",
        "Jiangxi Copper (Sichuan)",
        "Lynas",
        "Molycorp Minerals",
    }
    assert firms["②"] == {"Shin-Etsu Chemical", "Resonac"}
    assert firms["④"] >= {"Shin-Etsu Chemical", "Resonac", "Santoku", "Chuden Rare Earth (Wakayama)"}
    assert firms["⑤"] == {"Proterial", "TDK"}
    facts = "|".join(stage_map()["facts"]).split("|")
    assert {f"co-{n:03d}" for n in range(42, 66)} == {fact for fact in facts if fact}


def test_japan_has_sites_only_where_it_is_strong_or_extracts():
    table = stage_map().set_index("mark")
    assert table["japanese"].to_dict() == {"①": 0, "②": 1, "③": 0, "④": 4, "⑤": 5}


def test_another_year_is_refused_with_the_years_at_hand():
    with pytest.raises(DataError, match="2012"):
        stage_map(2020)
