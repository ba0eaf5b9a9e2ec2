"""The map from HS codes to classes: complete, adding up, disputable row by row, and replaceable."""

import os
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.base.tables import Schema
from meguri.observe.goods_classes import (
    PC4,
    PC5,
    class_list,
    class_map,
    classes_of,
    finished_reading,
    goods_names,
    missing_chapters,
    prefix_of,
)

MAP = class_map()
FOLDER = Path(os.environ.get("MEGURI_DATA", ""))
HS17 = FOLDER / "hs17-bec" / "raw" / "baci_product_codes_HS17.csv.gz"
needs_data = pytest.mark.skipif(not HS17.is_file(), reason="needs hs17-bec under MEGURI_DATA")
HEADER = "code,class,weight,low,high,confidence,reason_en,reason_ja,curated,finished_wide,vintage\n"


def own_file(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(header + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_the_classes_are_those_of_the_columns_and_five_of_them_are_process_control():
    listed = class_list()
    assert tuple(listed["key"]) == Schema.of("goods_classes").column("class").choices
    assert tuple(listed.loc[listed["process_control"], "key"]) == PC5
    assert set(PC5) - set(PC4) == {"PC_CONSUMABLE"}
    assert (listed.drop(columns="seed") != "").all(axis=None)


def test_weights_of_a_code_sum_to_one_and_lie_in_their_range():
    assert MAP.groupby("code")["weight"].sum().sub(1).abs().max() < 1e-9
    assert ((MAP["low"] <= MAP["weight"]) & (MAP["weight"] <= MAP["high"])).all()


def test_ranges_leave_room_for_weights_that_sum_to_one():
    sums = MAP.groupby("code")[["low", "high"]].sum()
    assert (sums["low"] <= 1 + 1e-9).all() and (sums["high"] >= 1 - 1e-9).all()


def test_every_chapter_has_a_default_so_that_no_number_of_any_revision_is_lost():
    assert missing_chapters(MAP) == []
    assert missing_chapters(MAP[MAP["code"] != "84"]) == ["84"]


def test_special_chapters_and_unspecified_goods_are_a_line_of_their_own():
    found = classes_of(["999999", "9999", "980100", "779000", "TOTAL", ""], MAP)
    assert set(found["class"]) == {"UNSPECIFIED"}
    assert (found["weight"] == 1).all()


def test_no_default_of_a_chapter_claims_process_control():
    chapters = MAP[(MAP["code"].str.len() == 2) & MAP["class"].isin(PC5)]
    assert chapters["code"].tolist() == []


def test_process_control_is_judged_good_by_good():
    """Five hundred codes are judged one by one; a default claims the larger part of a heading only where
    every good of it is one of instruments or of chip machines."""
    curated = MAP[MAP["curated"].astype(bool) & MAP["class"].isin(PC5)]
    assert curated["code"].nunique() >= 400
    assert (curated["code"].str.len() == 6).all()
    defaults = MAP[~MAP["curated"].astype(bool) & MAP["class"].isin(PC5) & (MAP["weight"] > 0.5)]
    assert set(defaults["code"]) <= {"8486", "9027", "9030", "9031"}


def test_every_curated_row_gives_its_own_reason_in_both_languages():
    curated = MAP[MAP["curated"].astype(bool)]
    texts = curated.drop_duplicates("code")
    assert (texts["reason_en"].str.len() >= 30).all()
    assert texts["reason_ja"].str.contains(r"[ぁ-んァ-ヶ一-龠]").all()
    for name in ("reason_en", "reason_ja"):
        assert (MAP.groupby("code")[name].nunique() == 1).all()


def test_reasons_are_not_one_sentence_for_all():
    curated = MAP[MAP["curated"].astype(bool)].drop_duplicates("code")
    shared = curated.groupby("reason_en")["code"].apply(list)
    assert {reason: codes for reason, codes in shared.items() if len(codes) > 4} == {}


def test_every_curated_code_is_named_in_both_languages_and_no_name_is_left_over():
    curated = set(MAP.loc[MAP["curated"].astype(bool), "code"])
    names = goods_names()
    assert curated == set(names["code"])
    assert names["ja"].str.contains(r"[ぁ-んァ-ヶ一-龠]").all()


def test_no_control_list_and_no_provider_share_is_a_reason():
    told = " ".join(MAP["reason_en"]) + " ".join(MAP["ref"])
    assert re.findall(r"CHPL|Wassenaar|control list|controlled item|market share", told, re.I) == []
    assert set("|".join(MAP["source"]).split("|")) <= set(sources()["source"])


def test_nobody_is_named_as_reviewer_who_has_not_reviewed():
    assert set(MAP["reviewer"]) == {""}


def test_two_capital_goods_land_apart_and_say_why():
    tool = classes_of(["848620"], MAP)
    lathe = classes_of(["845811"], MAP)
    assert tool.loc[tool["class"].isin(PC4), "weight"].sum() >= 0.9
    assert lathe.loc[lathe["class"].isin(PC4), "weight"].sum() <= 0.2
    assert tool["reason_en"].iloc[0] != lathe["reason_en"].iloc[0]


@pytest.mark.parametrize("code", ["854231", "854232", "870323", "851712", "300490", "270900", "720839"])
def test_chips_cars_phones_medicines_oil_and_steel_are_not_process_control(code):
    assert not set(classes_of([code], MAP)["class"]) & set(PC5)


def test_the_longest_prefix_wins_and_national_digits_change_nothing():
    found = prefix_of(["8486", "848620", "8486200000", "848699", "8", "84.86"], MAP).set_index("code")
    assert found["prefix"].tolist() == ["8486", "848620", "848620", "8486", "99", "99"]


@given(st.lists(st.from_regex(r"[0-9]{2}|[0-9]{4}|[0-9]{6}", fullmatch=True), max_size=8))
def test_any_number_is_fully_allocated(codes):
    found = classes_of(codes, MAP)
    assert set(found["code"]) == set(codes)
    assert (found.groupby("code")["weight"].sum() - 1).abs().lt(1e-9).all()


def test_the_wide_reading_of_finished_goods_moves_machines_and_nothing_of_process_control():
    wide = finished_reading(MAP, wide=True)
    assert wide.groupby("code")["weight"].sum().sub(1).abs().max() < 1e-9
    before, after = (
        table[table["class"].isin(PC5)].groupby("class")["weight"].sum() for table in (MAP, wide)
    )
    pd.testing.assert_series_equal(before, after)
    assert classes_of(["842911"], wide)["class"].tolist() == ["FINISHED"]
    assert classes_of(["842911"], finished_reading(MAP, wide=False))["class"].tolist() == ["GENERAL_PURPOSE"]
    assert not (wide.duplicated(["code", "class"])).any()


def test_an_own_file_replaces_the_rows_of_its_codes_and_leaves_the_others(tmp_path):
    rows = (
        "848620,PC_EQUIP,0.5,0.4,0.6,low,ours,自社の判断,yes,no,HS2017",
        "848620,FINISHED,0.5,0.4,0.6,low,ours,自社の判断,yes,yes,HS2017",
        "84862010,PC_EQUIP,1,1,1,low,ours,自社の判断,yes,no,HS2017",
    )
    with pytest.raises(DataError, match="2, 4 or 6 digits"):
        class_map(own_file(tmp_path, *rows))
    own = class_map(own_file(tmp_path, *rows[:2]))
    assert classes_of(["848620"], own)["class"].tolist() == ["PC_EQUIP", "FINISHED"]
    assert len(own) == len(MAP) + 1
    pd.testing.assert_frame_equal(classes_of(["848610"], own), classes_of(["848610"], MAP))


def test_every_fault_of_an_own_file_is_named(tmp_path):
    sums = own_file(
        tmp_path,
        "848620,PC_EQUIP,0.5,0.4,0.6,low,ours,自社,yes,no,HS2017",
        "84,GENERAL_PURPOSE,1,0.2,0.8,low,ours,自社,yes,no,HS2017",
    )
    with pytest.raises(DataError) as failed:
        class_map(sums)
    assert [(p.key, p.place) for p in failed.value.problems] == [
        ("range_inverted", "goods_classes[2].weight"),
        ("goods_weights", "848620"),
    ]
    unknown = own_file(tmp_path, "848620,PC_EQIP,1,1,1,low,ours,自社,yes,no,HS2017")
    with pytest.raises(DataError, match="Did you mean PC_EQUIP"):
        class_map(unknown)
    with pytest.raises(DataError) as failed:
        class_map(own_file(tmp_path, "8486,1", header="code,weigt\n"))
    assert {p.key for p in failed.value.problems} >= {"column_unknown", "column_missing"}
    with pytest.raises(DataError):
        class_map(tmp_path / "absent.csv")


@pytest.mark.data
@needs_data
def test_every_number_of_hs_2017_finds_a_row_and_every_curated_number_is_one():
    numbers = pd.read_csv(HS17, dtype=str)["code"]
    found = classes_of(numbers, MAP)
    assert set(found["code"]) == set(numbers)
    assert found["weight"].notna().all()
    known = set(numbers) | set(numbers.str[:4]) | set(numbers.str[:2]) | {"77", "98", "99"}
    named = MAP[MAP["vintage"] == "HS2017"]
    assert set(named["code"]) - known == set()


@pytest.mark.data
@needs_data
def test_every_number_marked_as_new_is_one_of_hs_2022():
    path = FOLDER / "harmonized-system-2022" / "raw" / "harmonized-system.csv.gz"
    if not path.is_file():
        pytest.skip("needs harmonized-system-2022 under MEGURI_DATA")
    numbers = set(pd.read_csv(path, dtype=str)["hscode"])
    new = set(MAP.loc[MAP["vintage"] == "HS2022", "code"])
    assert new and new - numbers == set()
