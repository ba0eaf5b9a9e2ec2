"""Japan's customs goods: counted once, bounded honestly, compared with what the documents print."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from meguri.base.errors import DataError
from meguri.observe.rawsets import japan_goods_exports
from meguri.observe.sets import data_folder
from meguri.structure.customs_goods import (
    WORLD,
    bounds_of_parts,
    class_groups,
    class_shares,
    goods_parts,
    goods_tree,
    goods_weights,
    whole_years,
)
from meguri.structure.customs_said import (
    area_label,
    beside_printed,
    goods_not_mapped,
    partners,
    pooled_goods,
)

SECTIONS = goods_tree().query("parent == ''")["goods"].tolist()
PARENTS = [
    "Chemicals",
    "Manufactured Goods",
    "Machinery",
    "Electrical Machinery",
    "Transport Equipment",
    "Others",
]
CHIPS = "Semicon Machinery Etc"


def printed(year=2024, area=WORLD, inside=0.5, without=(), **values):
    """A table of customs goods in which every part takes the same piece of its section of 100."""
    tree = goods_tree()
    parts = [good for good in tree.query("parent in @PARENTS")["goods"] if good not in without]
    rows = dict.fromkeys(SECTIONS, 100.0) | {WORLD: 100.0 * len(SECTIONS)}
    parents, sizes = tree.set_index("goods")["parent"], tree["parent"].value_counts()
    for good in parts:
        parent = parents[good]
        rows[good] = 100.0 * inside / sizes[parent]
    rows |= {good.replace("_", " "): value for good, value in values.items()}
    return pd.DataFrame([(year, area, good, value) for good, value in rows.items()],
                        columns=["year", "area", "goods", "value"])  # fmt: skip


@cache
def usual():
    return class_shares(printed())


# --- the map -------------------------------------------------------------------------------------------


def test_every_good_is_split_once_on_the_way_from_section_to_part():
    tree, ruled = goods_tree().set_index("goods"), goods_weights()
    part = ruled.drop_duplicates(["goods", "part"]).set_index("goods")["part"]
    assert part.index.is_unique, "a good is split as a whole or as a rest, never both"
    assert set(part.index) <= set(tree.index)
    for good in tree.index:
        parent = tree.at[good, "parent"]
        if good in part.index:
            assert parent == "" or part.get(parent) == "rest", f"{good} would be counted twice"
        else:
            assert part.get(parent) == "whole", f"{good} would be counted nowhere"
    inside = set(tree["parent"]) - {""}
    assert all(part[good] == "rest" for good in inside & set(SECTIONS))


def test_weights_of_a_good_add_to_one_and_its_ranges_allow_it():
    for _, rows in goods_weights().groupby(["goods", "part"]):
        assert rows["weight"].sum() == pytest.approx(1)
        assert rows["low"].sum() <= 1 + 1e-9 and rows["high"].sum() >= 1 - 1e-9
        assert ((rows["low"] <= rows["weight"]) & (rows["weight"] <= rows["high"])).all()


def test_bounds_of_a_group_are_the_sharpest_a_linear_program_finds():
    groups = class_groups()
    pc5 = list(groups).index("PC5")
    many = [(key, rows) for key, rows in goods_weights().groupby(["goods", "part"]) if len(rows) > 4]
    for key, rows in many:
        one = pd.DataFrame(
            [{"goods": key[0], "part": key[1], "pooled": "", "value": 1.0, "area": WORLD, "year": 1}]
        )
        goal = rows["class"].isin(groups["PC5"]).to_numpy(float)
        box = list(zip(rows["low"], rows["high"], strict=True))
        ends = [linprog(sign * goal, A_eq=[np.ones(len(rows))], b_eq=[1], bounds=box) for sign in (1, -1)]
        assert bounds_of_parts(one)[0][0, pc5, 1:] == pytest.approx([ends[0].fun, -ends[1].fun], abs=1e-9)


# --- nothing twice, nothing left out ---------------------------------------------------------------------


@pytest.mark.parametrize("inside", [0.0, 0.37, 0.99])
def test_parts_add_to_the_total_whatever_the_customs_print_inside_a_section(inside):
    table = printed(inside=inside)
    assert goods_parts(table)["value"].sum() == pytest.approx(900)
    shares = class_shares(table).set_index("class")
    classes = [name for name in shares.index if name not in ("PC4", "PC5")]
    assert shares.loc[classes, "share"].sum() == pytest.approx(1)


def test_a_share_lies_within_its_bounds_and_all_bounds_are_nested():
    rows = usual()
    for low, high in (("sure", "low"), ("low", "share"), ("share", "high"), ("high", "could")):
        if low != "sure":
            assert (rows[low] <= rows[high] + 1e-9).all(), (low, high)
    assert (rows["sure"] <= rows["low"] + 1e-9).all()
    pc4, pc5 = (rows.set_index("class").loc[name] for name in ("PC4", "PC5"))
    assert pc4["share"] < pc5["share"] and pc4["could"] <= pc5["could"]


def test_doubling_all_exports_changes_no_share():
    table = printed()
    double = table.assign(value=2 * table["value"])
    assert class_shares(double)["share"].tolist() == pytest.approx(usual()["share"].tolist())


def test_more_chip_machines_raise_the_process_control_share_and_its_lower_bound():
    few, many = (
        class_shares(printed(**{CHIPS.replace(" ", "_"): v})).set_index("class") for v in (1.0, 40.0)
    )
    assert many.at["PC5", "share"] > few.at["PC5", "share"] and many.at["PC5", "low"] > few.at["PC5", "low"]
    assert many.at["PC5", "sure"] > few.at["PC5", "sure"] > 0


def test_a_good_not_printed_widens_the_rest_it_hides_in_and_the_share_is_assumed():
    table = pd.concat([printed(2016, without=[CHIPS]), printed(2017), printed(2018), printed(2019)])
    rows = class_shares(table).set_index(["year", "class"])
    hidden, shown = rows.loc[(2016, "PC5")], rows.loc[(2018, "PC5")]
    assert (hidden["grade"], shown["grade"]) == ("assumed", "estimated")
    assert hidden["low"] < shown["low"] and hidden["high"] > shown["high"]
    assert hidden["share"] == pytest.approx(shown["share"]), "in the proportion of the nearest printed year"
    assert rows.at[(2017, "PC5"), "grade"] == "assumed", (
        "the year in which printing begins holds a part of it"
    )


def test_a_good_the_map_does_not_know_stays_in_its_sections_rest_and_is_named():
    table = printed()
    row = table[table["goods"] == CHIPS].assign(goods="Quantum Computers")
    more = pd.concat([table, row])
    assert goods_not_mapped(more) == ["Quantum Computers"]
    assert class_shares(more)["share"].tolist() == pytest.approx(usual()["share"].tolist())


def test_sections_that_miss_the_total_and_parts_above_their_good_are_refused_by_name():
    short = printed()
    short.loc[short["goods"] == WORLD, "value"] += 5
    with pytest.raises(DataError, match="Grand Total 2024"):
        goods_parts(short)
    with pytest.raises(DataError, match="Machinery"):
        goods_parts(printed(**{CHIPS.replace(" ", "_"): 500.0}))


def test_a_row_given_twice_and_a_file_without_totals_are_refused_by_name():
    table = printed()
    with pytest.raises(DataError, match="customs_lines"):
        goods_parts(pd.concat([table, table]))
    with pytest.raises(DataError, match="Grand Total"):
        goods_parts(table[table["goods"] != WORLD])
    with pytest.raises(DataError, match="value"):
        goods_parts(table.assign(value=-table["value"]))


def test_a_last_year_below_half_of_the_one_before_is_left_out():
    table = pd.concat([printed(2024), printed(2025), printed(2026).assign(value=lambda t: 0.27 * t["value"])])
    assert whole_years(table) == [2024, 2025]
    assert set(class_shares(table)["year"]) == {2024, 2025}


def test_partners_add_to_one_and_sums_of_areas_are_never_among_them():
    table = pd.concat([printed(area=WORLD), printed(area="EU").assign(value=lambda t: t["value"] * 0.3),
                       printed(area="Germany").assign(value=lambda t: t["value"] * 0.2),
                       printed(area="China").assign(value=lambda t: t["value"] * 0.5)])  # fmt: skip
    rows = partners(table, CHIPS).set_index("area")["share"]
    assert rows.to_dict() == pytest.approx({"China": 0.5, "Germany": 0.2, "rest": 0.3})
    with pytest.raises(DataError, match="one of the goods"):
        partners(table, "Chip machines")


def test_pooled_goods_explain_the_whole_distance_between_the_bounds():
    table = printed()
    pools, shares = pooled_goods(table, 2024), usual().set_index("class")
    chips = goods_parts(table).query("goods == @CHIPS")["value"].sum() / 900
    own = goods_weights().query("goods == @CHIPS")
    pure = own.loc[~own["class"].str.startswith("PC_"), "high"].sum() - 0  # what chip machines leave open
    apart = shares.at["PC5", "high"] - shares.at["PC5", "low"]
    assert pools["open"].sum() + pure * chips == pytest.approx(apart)
    assert pools[["reason_en", "reason_ja"]].ne("").all(axis=None)


# --- the customs' own figures ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exports():
    folder = data_folder()
    if folder is None or not (Path(folder) / "japan-trade-by-goods").is_dir():
        pytest.skip("MEGURI_DATA holds no japan-trade-by-goods")
    return japan_goods_exports(Path(folder))


@pytest.mark.data
def test_chinas_share_of_chip_machines_is_36_5_percent_in_2019_and_48_4_in_2024(exports):
    rows = partners(exports, CHIPS).set_index(["area", "year"])
    assert {year: round(100 * rows.at[("China", year), "share"], 1) for year in (2019, 2024)} == {
        2019: 36.5, 2024: 48.4,
    }  # fmt: skip
    world = rows.groupby("year")["value"].sum().round()
    assert (world[2019], world[2024]) == (2467, 4496), "bn JPY"
    assert set(rows.index.get_level_values("year")) == set(range(2018, 2026)), "2017 holds a part of the year"


@pytest.mark.data
def test_every_year_2009_to_2025_is_counted_once_and_2026_is_left_out(exports):
    rows = class_shares(exports)
    assert set(rows["year"]) == set(range(2009, 2026))
    classes = rows[~rows["class"].isin(["PC4", "PC5"])]
    assert classes.groupby("year")["value"].sum().tolist() == pytest.approx(
        classes.groupby("year")["total"].first().tolist()
    )
    assert (rows.query("year < 2018 and `class` == 'PC4'")["grade"] == "assumed").all()
    assert (rows.query("year > 2017 and `class` == 'PC4'")["grade"] == "estimated").all()


@pytest.mark.data
def test_the_printed_share_is_above_what_the_weights_defend_but_not_above_what_could_be(exports):
    rows = beside_printed(exports).set_index(["variant", "period"])
    late = rows.loc[("PC4", "2020s")]
    assert (late["printed_low"], late["printed_high"]) == (0.3, 0.37)
    assert not late["defended"] and late["reachable"], "30 % needs nearly every pooled good to be all of it"
    assert late["high"] < late["printed_low"] < late["could"]


@pytest.mark.data
def test_every_area_and_good_of_the_file_has_a_name(exports):
    assert goods_not_mapped(exports) == []
    assert [area for area in exports["area"].unique() if area_label(area, "ja") == area] == []
