"""Classical views of exports: stages since 1988, WTO groups, headings of all economies."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.observe.classical import headings, stages_and_total, wto_groups
from meguri.observe.correlate import correlate
from meguri.observe.hs import codes_of
from meguri.observe.sets import data_folder
from meguri.structure.class_bounds import group_bounds
from meguri.structure.classical_baseline import INSIDE, beside_process, group_parts, stage_shares
from meguri.structure.heading_classes import (
    code_bounds,
    economies_absent,
    heading_bounds,
    heading_shares,
    heading_table,
)


@pytest.fixture(scope="module")
def folder():
    found = data_folder()
    if found is None:
        pytest.skip("MEGURI_DATA is not set")
    return Path(found)


def lines(values: dict[str, float], year=1999, economy="JPN", country="JP") -> pd.DataFrame:
    return pd.DataFrame({"country": country, "economy": economy, "year": year, "code": list(values),
                         "value": list(values.values())})  # fmt: skip


# --- stages of processing ------------------------------------------------------------------------------


@pytest.mark.data
def test_japan_is_no_outlier_in_the_classical_split(folder):  # DATA.md, numbers the loaders must reproduce
    table = stage_shares(stages_and_total(folder)).set_index(["country", "year", "stage"])["share"]
    japan = {year: [round(100 * table[("JP", year, stage)], 1) for stage in ("capital", "intermediate")]
             for year in (1988, 1995, 2005, 2015, 2021)}  # fmt: skip
    assert japan == {
        1988: [54.0, 17.3], 1995: [62.2, 16.5], 2005: [54.7, 18.9], 2015: [49.7, 22.2], 2021: [49.9, 23.2],
    }  # fmt: skip
    assert [round(100 * table[("KR", 2019, stage)], 1) for stage in ("capital", "intermediate")] == [
        50.2,
        23.9,
    ]


@pytest.mark.data
def test_the_four_stages_leave_something_over_and_it_is_printed(folder):
    table = stage_shares(stages_and_total(folder)).set_index(["country", "year", "stage"])
    row = table.loc[("JP", 2021, "capital")]
    assert round(100 * row["share_all"], 1) == 46.6, "WITS prints 46.56 % of all products"
    assert round(100 * row["left"], 1) == 6.7


def test_stages_add_to_one_and_what_is_left_is_told_apart():
    stages = ["Capital goods", "Intermediate goods", "Consumer goods", "Raw materials"]
    rows = pd.DataFrame({"stage": stages, "value": [5.0, 2.0, 2.0, 1.0]})
    rows = rows.assign(country="JP", year=2000, all_products=12.5)
    table = stage_shares(rows)
    assert table["share"].sum() == pytest.approx(1)
    assert table["share_all"].sum() + table["left"].iloc[0] == pytest.approx(1)
    unknown = stage_shares(rows.assign(all_products=np.nan))
    assert unknown["share"].notna().all() and unknown[["share_all", "left"]].isna().all(axis=None)


def test_the_two_views_meet_only_in_years_that_have_both_and_keep_their_bases():
    stages = stage_shares(pd.concat([
        pd.DataFrame({"stage": ["Capital goods", "Raw materials"], "value": [3.0, 1.0], "country": "JP",
                      "year": year, "all_products": 4.0}) for year in (1999, 2000, 2001)
    ]))  # fmt: skip
    classes = heading_shares(lines({"8479": 1.0, "8703": 9.0}, 2000))
    table = beside_process(stages, classes)
    assert table["year"].tolist() == [2000]
    assert table["capital"].tolist() == [0.75] and pd.isna(table["intermediate"].iloc[0])
    assert (table["pc4_low"] <= table["pc4"]).all() and (table["pc4"] <= table["pc4_high"]).all()
    assert table["source"].iloc[0].split("|") == ["wits-trade-summary", "wits-hs4", "meguri-classes"]


# --- WTO groups ----------------------------------------------------------------------------------------


def groups(**values: float) -> pd.DataFrame:
    rows = [("Japan", "JP", 2018, group, value, "") for group, value in values.items()]
    return pd.DataFrame(rows, columns=["economy", "country", "year", "group", "value", "flag"])


WHOLE = {
    "MA": 100.0, "MACH": 15.0, "MACHPH": 5.0, "MAIS": 10.0, "MAMT": 60.0, "MAMTOF": 20.0,
    "MAMTOTEP": 5.0, "MAMTOTIC": 10.0, "MAMTOTTL": 5.0, "MAMTTE": 25.0, "MAMTAU": 20.0,
    "MATE": 4.0, "MACL": 1.0,
}  # fmt: skip


def test_groups_are_cut_into_parts_that_add_to_all_manufactures():
    table = group_parts(groups(**WHOLE)).set_index("group")["value"]
    assert table.sum() == pytest.approx(100)
    assert table[["MA", "MAMT", "MAMTTE", "MACH"]].tolist() == [10.0, 15.0, 5.0, 10.0]


def test_a_group_without_its_parts_is_unknown_and_never_zero():
    short = group_parts(groups(**{k: v for k, v in WHOLE.items() if k != "MAMTAU"})).set_index("group")
    assert short.loc[["MAMTAU", "MAMTTE"], "value"].isna().all()
    assert short.loc[["MAMTAU", "MAMTTE"], "reason"].eq("group_absent").all()
    above = group_parts(groups(**{**WHOLE, "MAMTAU": 30.0})).set_index("group")
    assert (above.at["MAMTTE", "reason"], pd.isna(above.at["MAMTTE", "value"])) == ("group_parts", True)


def test_every_group_of_the_wto_stands_once_in_the_tree():
    inside = [group for parts in INSIDE.values() for group in parts]
    assert len(inside) == len(set(inside)) == 12 and set(inside) | {"MA"} == set(WHOLE)


@pytest.mark.data
def test_the_wto_groups_of_japan_add_to_its_manufactures_in_every_year(folder):
    table = group_parts(wto_groups(folder)).query("country == 'JP'")
    assert (table["reason"] == "").all()
    sums = table.groupby("year").agg(parts=("value", "sum"), total=("total", "first"))
    assert sums["parts"].tolist() == pytest.approx(sums["total"].tolist(), rel=1e-9)
    assert set(sums.index) == {1990, 1995, 2000, 2005, 2010, 2015, 2018}


# --- headings ------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=4), st.integers(0, 3))
@settings(max_examples=8)
def test_bounds_of_a_group_and_of_the_rest_mirror_each_other(pairs, place):
    weight = np.array([a for a, _ in pairs]) + 0.1
    weight = weight / weight.sum()
    low = [w * (1 - b) for w, (_, b) in zip(weight, pairs, strict=True)]
    high = [w + (1 - w) * b for w, (_, b) in zip(weight, pairs, strict=True)]
    names = [f"C{n}" for n in range(len(pairs))]
    rows = pd.DataFrame({"code": "x", "class": names, "weight": weight, "low": low, "high": high})
    one = names[place % len(names)]
    ends = group_bounds(rows, ["code"], {"one": [one], "rest": [n for n in names if n != one]})["x"]
    assert ends[0, 1] == pytest.approx(1 - ends[1, 2]) and ends[0, 2] == pytest.approx(1 - ends[1, 1])
    assert ends[0, 1] - 1e-9 <= ends[0, 0] <= ends[0, 2] + 1e-9


def test_any_mix_within_a_heading_keeps_to_its_bounds():
    draws = np.random.default_rng(7)
    bounds, table = heading_bounds(), heading_table().set_index(["heading", "class"])
    few = ("8479", "9030", "7020", "8708")
    inside = sorted(code for code in codes_of("HS1996") if len(code) == 6 and code[:4] in few)
    links = correlate(inside, "HS1996", "HS2017").query("high > 0")
    for heading in few:
        codes = links.loc[links["code"].str[:4] == heading, "successor"].unique()
        own = np.stack([code_bounds(code)[:, 0] for code in codes])  # (code, group)
        for _ in range(20):
            mixed = draws.dirichlet(np.ones(len(codes))) @ own
            assert (mixed >= bounds[heading][:, 3] - 1e-9).all() and (
                mixed <= bounds[heading][:, 4] + 1e-9
            ).all()
    assert table.at[("8708", "RESIDUAL"), "low"] > 0.5, "parts of vehicles are known well enough"


def test_shares_of_classes_add_to_one_and_code_9999_is_a_line_of_its_own():
    table = heading_shares(lines({"8479": 40.0, "8703": 40.0, "9999": 20.0})).set_index("class")
    classes = [name for name in table.index if name not in ("PC4", "PC5")]
    assert table.loc[classes, "share"].sum() == pytest.approx(1)
    assert table.at["UNSPECIFIED", "share"] == pytest.approx(0.2)
    assert table.at["FINISHED", "share_ex"] == pytest.approx(table.at["FINISHED", "share"] / 0.8)
    assert table.at["PC4", "low"] < table.at["PC4", "share"] < table.at["PC4", "high"] <= 0.4 + 1e-9


def test_renaming_economies_changes_no_share():
    first = heading_shares(lines({"8479": 1.0, "2701": 3.0}))
    other = heading_shares(lines({"8479": 1.0, "2701": 3.0}, economy="DEU", country="DE"))
    assert first["share"].tolist() == other["share"].tolist()


def test_an_economy_absent_in_a_year_is_named_there():
    table = pd.concat([lines({"8479": 9.0}, 1997), lines({"8479": 1.0}, 1997, "USA", "US"),
                       lines({"8479": 1.0}, 2017, "USA", "US")])  # fmt: skip
    rows = economies_absent(table).set_index("year")
    assert (rows.at[2017, "absent"], rows.at[2017, "absent_share"]) == ("JPN", pytest.approx(0.9))
    assert rows.at[1997, "absent"] == ""


@pytest.mark.data
@pytest.mark.slow
def test_later_years_lack_reporters_a_to_l_and_unspecified_trade_of_the_us_is_156_bn(folder):
    table = headings(folder)
    rows = economies_absent(table).set_index("year")
    for year in (2007, 2017, 2018, 2019):
        assert {"JPN", "CHN", "DEU", "KOR"} <= set(rows.at[year, "absent"].split("|"))
    loose = table.query("economy == 'USA' and year == 2019 and code == '9999'")["value"].sum()
    assert round(loose / 1e6) == 156, "bn USD, DATA.md"
    japan = heading_shares(table.query("economy == 'JPN'")).set_index(["year", "class"])
    assert set(japan.index.get_level_values(0)) == {1997, 1998, 1999}
    assert (japan.xs("PC4", level="class")["low"] < japan.xs("PC4", level="class")["share"]).all()
