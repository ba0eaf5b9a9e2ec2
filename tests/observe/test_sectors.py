import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.terms import keys
from meguri.observe.sectors import (
    read_sector_materials,
    read_sectors,
    sector_key,
    sector_materials,
    sectors,
    specified_products,
)


def test_the_list_has_seventeen_fields_and_says_that_no_document_holds_it():
    table = sectors()
    assert table["order"].tolist() == list(range(1, 18))
    assert set(table["listed"]) == {"public"}
    assert set(table["grade"]) == {"estimated"}
    assert set(table["source"]) == {"sectors17-secondary"}


def test_no_field_vanishes_and_a_field_without_metal_says_why():
    links = sector_materials()
    assert set(links["sector"]) == set(sectors()["sector"])
    bare = links[links["element"] == ""]
    assert set(bare["sector"]) == {"synthetic-biology", "content", "food-tech"}
    assert set(bare["reason"]) == {"no_metal_known"}
    assert not set(bare["sector"]) & set(links.loc[links["element"] != "", "sector"])


def test_what_a_document_names_carries_its_line_and_our_own_judgement_is_assumed():
    links = sector_materials()
    named = links[links["listed"] == "seed"]
    assert len(named) >= 25
    assert named["line"].notna().all() and set(named["document"]) <= {"000", "001"}
    assert set(links.loc[links["listed"] == "assumed", "grade"]) == {"assumed"}
    printed = links[links["source"] == "ec-crm-2023"]
    assert printed["share"].notna().all() and printed["line"].notna().all()
    assert set(links["reason"]) - {""} <= set(keys("reasons"))


def test_a_share_is_only_given_where_a_source_prints_it():
    links = sector_materials()
    assert set(links.loc[links["share"].notna(), "source"]) == {"ec-crm-2023", "iea-cm-2024"}


def test_the_orders_sixteen_products_carry_their_dates():
    table = specified_products()
    assert len(table) == 16
    assert table.groupby("start").size().to_dict() == {"2022-12-23": 11, "2024-02": 1, "2025-12-24": 4}
    minerals = table.set_index("product").at["critical-minerals", "elements"].split("|")
    rare_earths, platinum_group, singly = 16 + 1, 6, 33  # without promethium; REO is the group itself
    assert len(minerals) == rare_earths + platinum_group + singly
    assert specified_products("Cu").empty


def test_a_users_list_is_read_with_what_was_left_out_filled_in(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("sector,sector_en,sector_ja\nlamps,Lamps,照明\n", encoding="utf-8")
    table = read_sectors(file)
    assert table.loc[0, ["order", "listed", "source", "grade"]].tolist() == [1, "user", "mine.csv", "assumed"]
    assert sector_key("照明", table) == "lamps"


def test_a_users_links_must_name_fields_of_the_list(tmp_path):
    file = tmp_path / "links.csv"
    file.write_text("sector,element,use_en,listed,source\nlamp,Y,phosphors,public,mine\n", encoding="utf-8")
    fields = pd.DataFrame({"sector": ["lamps"], "sector_en": ["Lamps"], "sector_ja": ["照明"]})
    with pytest.raises(DataError) as caught:
        read_sector_materials(file, fields)
    assert [problem.key for problem in caught.value.problems] == ["sector"]
    assert "lamps" in caught.value.text("en") and "lamps" in caught.value.text("ja")


def test_every_problem_of_a_users_links_is_named_at_once(tmp_path):
    file = tmp_path / "links.csv"
    file.write_text("sector,element,listed,source\nlamps,Xq,public,a\nlamps,Y,nobody,a\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        read_sector_materials(file, pd.DataFrame({"sector": ["lamps"]}))
    assert [problem.key for problem in caught.value.problems] == ["term_materials", "choice"]


def test_a_mistyped_field_is_named_with_the_nearest():
    with pytest.raises(DataError) as caught:
        sector_key("shipbilding")
    assert "shipbuilding" in caught.value.text("en")
