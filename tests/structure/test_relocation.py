"""Where Japanese firms make magnets (S10): bands, layers, sites and owners."""

import csv
from functools import cache
from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.base.terms import packaged
from meguri.observe.packaged import facts
from meguri.observe.profile import share_ranges
from meguri.structure.relocation import (
    bands,
    layer_of_steps,
    layers,
    ownership_and_process,
    same_place,
    site_map,
    steps_and_sites,
    timeline,
    two_layers,
)

a2_bands, points, held, layers_by = (
    cache(bands),
    cache(site_map),
    cache(ownership_and_process),
    cache(two_layers),
)
PRINTED = {  # table A-2 of the main document: Japan, China, other
    2000: ((80, 90), (5, 10), (0, 5)),
    2010: ((50, 60), (35, 45), (5, 10)),
    2020: ((30, 40), (55, 65), (5, 10)),
    2025: ((25, 35), (60, 75), (5, 10)),
}


def a2(**ranges: tuple[float, float]) -> pd.DataFrame:
    rows = share_ranges("REO").query("year == 2025").reset_index(drop=True).iloc[: len(ranges)].copy()
    rows["country"] = list(ranges)
    rows["share_low"], rows["share_high"] = zip(*ranges.values(), strict=True)
    return rows


# --- AC10.1: bands per year, normalised, both values shown --------------------------------------------


def test_ac10_1_bands_keep_the_printed_ranges_and_add_to_100_beside_them():
    table = a2_bands()
    for year, rows in table.groupby("year"):
        wanted = dict(zip(("JP", "CN", "XX"), PRINTED[int(year)], strict=True))
        for row in rows.itertuples():
            assert (round(100 * row.printed_low), round(100 * row.printed_high)) == wanted[row.country]
        assert rows["middle"].sum() == pytest.approx(1, abs=1e-9)
    sums = table.groupby("year")["printed_sum"].first().round(4).to_dict()
    assert sums == {2000: 0.95, 2010: 1.025, 2020: 1.025, 2025: 1.05}, "N8"
    assert table["flag"].str.contains("N8").all() and (table["grade"] == "estimated").all()


def test_ac10_1_normalising_narrows_only_where_the_sum_forces_it():
    table = a2_bands().set_index(["year", "country"])
    narrowed = table[(table["low"] > table["printed_low"]) | (table["high"] < table["printed_high"])]
    # 2000: Japan is no less than 100 − 10 − 5; 2025: China is no more than 100 − 25 − 5
    assert narrowed[["low", "high"]].round(9).to_dict("index") == {
        (2000, "JP"): {"low": 0.85, "high": 0.9},
        (2025, "CN"): {"low": 0.6, "high": 0.7},
    }


BOXES = [  # ends of three shares: sum forced from above, from below, tight, impossible
    ([0.25, 0.60, 0.05], [0.35, 0.75, 0.10]),
    ([0.80, 0.05, 0.00], [0.90, 0.10, 0.05]),
    ([0.10, 0.20, 0.30], [0.50, 0.21, 0.33]),
    ([0.40, 0.40, 0.30], [0.50, 0.60, 0.40]),
]


@pytest.mark.parametrize(("low", "high"), BOXES)
def test_both_readings_give_the_sharpest_bounds(low, high):
    table = bands(a2(**dict(zip(("JP", "CN", "XX"), zip(low, high, strict=True), strict=True))))
    corners = np.array(list(product(*zip(low, high, strict=True))))
    shares = corners / corners.sum(axis=1, keepdims=True)  # a ratio is highest and lowest at a corner
    assert table["ratio_low"].to_numpy() == pytest.approx(shares.min(axis=0), abs=1e-9)
    assert table["ratio_high"].to_numpy() == pytest.approx(shares.max(axis=0), abs=1e-9)
    if sum(low) > 1:
        assert table[["low", "high", "middle"]].isna().all(axis=None)
        assert set(table["reason"]) == {"sum_open"}
        return
    box = list(zip(low, high, strict=True))
    for goal, row in zip(np.eye(3), table.itertuples(), strict=True):
        ends = [linprog(sign * goal, A_eq=[[1, 1, 1]], b_eq=[1], bounds=box).fun for sign in (1, -1)]
        assert (row.low, row.high) == pytest.approx((ends[0], -ends[1]), abs=1e-9)


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=6))
@settings(max_examples=100)
def test_the_same_place_in_every_range_adds_to_one_and_never_leaves_a_range(pairs):
    low, high = [min(pair) for pair in pairs], [max(pair) for pair in pairs]
    middle = same_place(low, high)
    if not sum(low) <= 1 <= sum(high):
        assert np.isnan(middle).all() or abs(sum(low) - 1) < 1e-8 or abs(sum(high) - 1) < 1e-8
        return
    assert middle.sum() == pytest.approx(1)
    assert (middle >= np.array(low) - 1e-9).all() and (middle <= np.array(high) + 1e-9).all()


def test_the_reading_as_shares_lies_within_the_reading_as_amounts():
    table = a2_bands()
    assert (table["ratio_low"] <= table["low"] + 1e-9).all()
    assert (table["high"] <= table["ratio_high"] + 1e-9).all()


def test_shares_of_different_things_are_not_put_into_one_band():
    mixed = pd.concat([a2(JP=(0.3, 0.4), CN=(0.6, 0.7)), a2(XX=(0.0, 0.1)).assign(basis="value")])
    with pytest.raises(DataError, match="basis"):
        bands(mixed)


def test_exact_shares_that_add_to_1_stay_as_they_are():
    assert same_place([0.3, 0.7], [0.3, 0.7]).tolist() == [0.3, 0.7]
    assert np.isnan(same_place([0.3, 0.3], [0.4, 0.4])).all()


def test_midpoints_over_their_sum_may_leave_their_range_and_the_same_place_does_not():
    low, high = [0.0, 0.68, 0.0], [0.4, 0.70, 0.4]
    scaled = (np.add(low, high) / 2) / (np.add(low, high) / 2).sum()
    assert scaled[1] < low[1], "the case is one where scaling fails"
    kept = same_place(low, high)
    assert (kept >= low).all() and (kept <= high).all() and kept.sum() == pytest.approx(1)


def test_outside_figures_stand_in_columns_of_their_own_with_year_and_basis():
    table = a2_bands().set_index(["year", "country"])
    row = table.loc[(2010, "CN")]
    assert (row["outside_output"], row["outside_output_year"]) == (0.794, 2010)
    assert row["outside_output_basis"] == "world_sintered_output"
    assert row["outside_exports"] == pytest.approx(0.4128, abs=1e-4), "BACI 850511"
    apart = table["outside_exports_year"].astype(float) - table.index.get_level_values("year")
    assert apart.dropna().abs().max() == 2, "2002 beside 2000, as the column of the year says"
    both = table.loc[2020]["outside_output_basis"]
    assert both["JP"] == both["CN"], "of two outside figures the one that tells of both places is taken"
    late = table.loc[(2025, "CN")]
    assert pd.isna(late["outside_output"]), "no figure within two years: unknown, not the nearest at hand"
    assert table.xs("XX", level="country")[["outside_output", "outside_exports"]].isna().all(axis=None)


def test_outside_amounts_give_the_printed_shares_and_every_source_is_known():
    table = facts("relocation_outside")
    known = table.dropna(subset=["amount", "world"])
    assert len(known) == 2
    assert (known["amount"] / known["world"]).tolist() == pytest.approx(known["share"].tolist(), abs=5e-5)
    listed = set(sources()["source"])
    for name in ("layers", "timeline", "owners", "outside"):
        cited = {key for cell in facts(f"relocation_{name}")["source"] for key in cell.split("|")}
        assert cited <= listed, name
    places = facts("relocation_sites")
    assert {key for cell in places["status_source"] for key in cell.split("|")} <= listed


# --- two layers ----------------------------------------------------------------------------------------


def test_the_two_layers_by_step_are_powder_to_machining_against_control_and_warranty():
    table = layers_by("step").set_index("item")
    assert table.index[(table["quantity"] == "CN")].tolist() == ["powder", "sintering", "machining"]
    assert table.index[(table["quality"] == "JP")].tolist() == ["microstructure", "variation", "warranty"]


def test_a_cell_in_the_wrong_column_gives_no_reason_to_stay():  # N9
    fields = layers_by("field").set_index("item")
    assert fields.at["ev-volume", "quality"] == "", "its cell 'reason to stay' is a reason to leave"
    assert fields.at["equipment", "quantity"] == "", "its cell 'pressure' is a reason to stay"
    assert set(fields.index[fields["flag"] == "N9"]) == {"ev-volume", "equipment"}


def test_only_large_firms_are_said_to_hold_both_layers_in_one_hand():  # table A-5
    sizes = layers_by("size").set_index("item")
    assert sizes.index[sizes["held_by_one"]].tolist() == ["large"]
    assert (sizes["quantity"] == "CN").all() and (sizes["quality"] == "JP").all()


def test_every_fact_of_the_document_on_layers_is_tabulated_once_or_split_without_quotes():
    numbers = {int(fact.split("-")[1]) for fact in layers()["fact"]}
    assert numbers == {*range(1, 9), *range(21, 49), 50, 51}, "9-20 are the bands, 49 a capacity of sites"
    assert "quote_ja" not in layers().columns


def test_phases_follow_each_other_from_1995_to_2025_without_a_gap():
    phases = timeline().query("kind == 'phase'")
    assert (phases["start"].iloc[1:].to_numpy() == phases["end"].iloc[:-1].to_numpy() + 1).all()
    assert (phases["start"].iloc[0], phases["end"].iloc[-1], len(phases)) == (1995, 2025, 6)
    inside = timeline().dropna(subset=["phase"]).merge(phases[["phase", "start", "end"]], on="phase")
    assert ((inside["start_x"] >= inside["start_y"]) & (inside["end_x"] <= inside["end_y"])).all()


# --- AC10.2: site map ----------------------------------------------------------------------------------


def test_ac10_2_the_map_has_twelve_sites_of_four_firms_and_n23_is_unverified():
    table = points()
    assert (len(table), table["firm"].nunique()) == (12, 4)
    assert table.loc[table["flag"].str.contains("N23"), "status"].tolist() == ["unverified"]
    assert table["status"].value_counts().to_dict() == {"verified": 8, "unverified": 4}


def test_points_lie_in_the_country_they_are_said_to_stand_in():
    boxes = {"JP": (24, 46, 123, 146), "CN": (18, 54, 73, 135)}
    for row in site_map().itertuples():
        south, north, west, east = boxes[row.process_country]
        assert south < row.lat < north and west < row.lon < east, row.fact


def test_a_place_not_verified_or_known_by_region_only_is_graded_assumed():
    table = points()
    unsure = (table["status"] == "unverified") | (table["precision"] == "region")
    assert set(table.loc[unsure, "grade"]) == {"assumed"}
    assert "assumed" not in set(table.loc[~unsure, "grade"])
    assert table[["note_en", "note_ja"]].ne("").all(axis=None), "what was found is always said"


def test_the_printed_place_is_kept_where_another_source_puts_the_site_elsewhere():
    table = points().set_index("fact")
    moved = table[table["place_differs"]]
    assert moved.index.tolist() == ["site-003", "site-009"]
    assert (moved["printed_place_en"] != moved["place_en"]).all()


# --- AC10.3: place of ownership against place of process -------------------------------------------------


def test_ac10_3_ownership_and_process_are_told_apart():
    table = held().set_index("fact")
    abroad = table[table["apart"]]
    assert abroad.index.tolist() == ["site-003", "site-006", "site-007", "site-010"]
    assert (abroad["process_country"] == "CN").all() and (abroad["controlled_from"] == "JP").all()
    assert table.at["site-003", "held_from_process"] == 0.49, "a Chinese holder all the same"
    assert pd.isna(table.at["site-007", "share_controlling"]), "no source: unknown, never 100 %"
    assert table.loc[table["share_controlling"].isna(), "reason"].eq("share_not_public").all()


def test_parts_of_a_joint_venture_add_to_one():
    owners = facts("relocation_owners").query("level == 'direct'").dropna(subset=["share"])
    assert owners.groupby("fact")["share"].sum().round(9).to_dict() == {"site-003": 1.0, "site-006": 1.0}


def test_a_consortium_of_unknown_split_has_no_country_of_its_own():
    table = held().set_index("fact")
    assert table.at["site-002", "top_country"] == "XX" and table.at["site-002", "controlled_from"] == "JP"


def test_the_list_of_sites_carries_the_volume_layer_but_not_the_quality_layer():
    table = steps_and_sites().set_index("item")
    assert table.loc[["variation", "warranty"], ["sites_jp", "sites_cn"]].sum().sum() == 0
    assert table.at["microstructure", "verified_jp"] == 0, "its one site is the unverified one (N23)"
    assert table.at["sintering", "verified_jp"] == 2, "volume is made in Japan as well"
    assert layer_of_steps("alloy|powder") == "quantity"


def test_no_packaged_cell_of_the_tracker_is_left_in_one_language():
    for name in ("layers", "timeline", "sites", "owners", "outside"):
        text = packaged("facts", f"relocation_{name}.csv").read_text(encoding="utf-8")
        rows = list(csv.DictReader(text.splitlines()))
        pairs = [(column, f"{column[:-3]}_ja") for column in rows[0] if column.endswith("_en")]
        assert [row for row in rows for en, ja in pairs if bool(row[en]) != bool(row[ja])] == []
