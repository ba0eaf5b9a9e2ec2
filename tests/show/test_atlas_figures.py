import json
from itertools import pairwise

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.show.figures.heat import by_weight, darkness, sector_heat, worst_cells
from meguri.show.figures.history import control_strip, price_history
from meguri.show.figures.holders import hhi_by_stage, share_bars, worst_row
from meguri.show.figures.marks import apart
from meguri.show.figures.paths import folded, path_bars
from meguri.show.figures.scores import paired, published_against_computed, reason_counts, two_modes
from meguri.show.figures.series import at, largest, origin_series
from meguri.show.figures.slope import one_source, ore_slope
from meguri.show.figures.stages import blocks, column_rows, stage_columns
from meguri.show.ink import PAPER, mixed, stage_hue
from tests.show import metal

BREAK = {2016.5: "HS 2012 | HS 2017"}


def series(chart, name):
    return next(found for found in chart.option["series"] if found["name"] == name)


def every_chart(lang):
    return [
        stage_columns(metal.shares(), ["metal"], metal.firms(), element="Co", lang=lang),
        hhi_by_stage(metal.concentration(), element="Co", unknown=("metal",), lang=lang),
        share_bars(metal.shares().iloc[:3], lang=lang),
        ore_slope(metal.contrast(), lang=lang),
        origin_series(metal.origins(), what="x", stage="metal", breaks=BREAK, lang=lang),
        control_strip(metal.controls(), today="2025-12-31", lang=lang),
        price_history(metal.quotes(), metal.doubts(), lang=lang),
        sector_heat(metal.exposure(), lang=lang),
        published_against_computed(metal.scores(), lang=lang),
        two_modes(metal.scores(), lang=lang),
        path_bars(metal.paths(), 0.625, what="x", lang=lang),
    ]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_figure_is_plain_json_with_a_finding_and_holds_no_missing_number(lang):
    for chart in every_chart(lang):
        text = json.dumps(chart.to_dict(), allow_nan=False)
        assert chart.title and "{" not in chart.title, chart.key
        assert "NaN" not in text and '"nan' not in text, chart.key


def test_no_english_phrase_is_left_in_a_japanese_figure():
    for en, ja in zip(every_chart("en"), every_chart("ja"), strict=True):
        assert en.title != ja.title and (not en.subtitle or en.subtitle != ja.subtitle), en.key


def empty(frame):
    return frame.iloc[:0]


def test_figures_of_nothing_say_so_instead_of_failing():
    said = [
        stage_columns(empty(metal.shares()), element="Co").title,
        hhi_by_stage(empty(metal.concentration()), element="Co").title,
        share_bars(empty(metal.shares())).title,
        ore_slope(empty(metal.contrast())).title,
        origin_series(empty(metal.origins()), what="imports").title,
        control_strip(empty(metal.controls()), today="2025-12-31").title,
        price_history(empty(metal.quotes()), empty(metal.doubts())).title,
        sector_heat(empty(metal.exposure())).title,
    ]
    assert said[0] == "Cobalt: no stage has a known share" and said[5] == "No control on record"
    assert all(said)


# --- stages ------------------------------------------------------------------------------------


def test_blocks_of_a_column_add_up_to_the_world_and_what_nobody_names_is_unknown():
    columns = column_rows(metal.shares(), ["metal"])
    for key, rows in columns.items():
        assert sum(block.size for block in blocks(rows, "en")) == pytest.approx(1), key
    refined = blocks(columns["Co", "refining", "bgs-wms", 2023, "metal_content"], "en")
    assert [(b.kind, round(b.size, 3)) for b in refined] == [
        ("country", 0.8), ("country", 0.1), ("rest", 0.05), ("unknown", 0.05),
    ]  # fmt: skip


def test_a_stage_without_a_figure_is_a_hatched_column_and_an_upper_bound_says_so():
    chart = stage_columns(metal.shares(), ["metal"], element="Co")
    first = series(chart, "rank 1")["data"]
    assert [item["itemStyle"].get("decal") is not None for item in first] == [False, False, False, True]
    assert first[1]["label"]["formatter"] == "DR Congo ≤ 76%"
    assert "Hatched: unknown." in chart.subtitle and "≤: upper bound." in chart.subtitle


def test_columns_are_drawn_in_the_hue_of_their_stage_the_largest_darkest():
    first = series(stage_columns(metal.shares(), element="Co"), "rank 1")["data"]
    assert [item["itemStyle"]["color"] for item in first] == [
        mixed(stage_hue(stage), 1.0) for stage in ("ore", "ore", "refining")
    ]


def test_two_shares_of_one_firm_in_a_stage_are_two_columns():
    firm_columns = [key for key in column_rows(metal.shares(), (), metal.firms()) if key[1] == "material"]
    assert len(firm_columns) == 2
    chart = stage_columns(metal.shares(), (), metal.firms(), element="Co", lang="ja")
    texts = [item["label"]["formatter"] for item in series(chart, "rank 1")["data"] if "label" in item]
    assert texts[-2:] == ["製造社 50%", "製造社 60%"]


def test_the_title_speaks_of_the_latest_source_of_a_stage():
    older = metal.shares().assign(year=lambda t: t["year"].where(t["stage"] != "refining", 2019))
    newer = older[older["stage"] == "refining"].assign(year=2024, source="iea-cm-2024")
    newer.loc[newer["country"] == "CN", "share"] = 0.72
    chart = stage_columns(pd.concat([older, newer]), element="Co")
    assert chart.title == "China holds 72% of refining (Cobalt, 2024)"


# --- concentration ------------------------------------------------------------------------------


def test_the_worst_stage_leaves_figures_of_known_producers_only_to_the_last():
    assert worst_row(metal.concentration(), "Co")["stage"] == "refining"
    bare = metal.concentration().iloc[[1]]
    assert worst_row(bare, "Co")["source"] == "usgs-mcs-2026"
    assert worst_row(bare.assign(hhi=float("nan")), "Co") is None


def test_sources_stand_side_by_side_and_the_uncertain_one_is_hollow():
    points = series(hhi_by_stage(metal.concentration(), element="Co"), "hhi")["data"]
    assert [point["value"][0] for point in points] == [0.54, 0.66, 0.65]
    assert [point["itemStyle"]["color"] == PAPER for point in points] == [False, True, False]


def test_a_range_is_drawn_where_there_is_one():
    chart = share_bars(metal.shares().query("stage == 'refining'"))
    assert series(chart, "ranges")["data"] == [
        [
            0.75,
            0,
        ],
        [0.85, 0],
        ["-", "-"],
    ]


# --- slope --------------------------------------------------------------------------------------


def test_the_slope_names_the_largest_and_says_both_shares():
    chart = ore_slope(metal.contrast())
    assert chart.title == "China: 10% of the ore, 80% of the refined metal"
    line = series(chart, "CN")
    assert [point["value"] for point in line["data"]] == [[0, 0.1], [1, 0.8]]


def test_one_source_is_the_latest_that_compares_enough():
    few = metal.contrast().head(1).assign(source="iea-cm-2024", year_refined=2024)
    old = metal.contrast().assign(source="ec-crm-2023", year_refined=2020)
    both = pd.concat([old, metal.contrast(), few])
    assert set(one_source(both)["source"]) == {"bgs-wms"}


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12))
def test_names_kept_apart_never_touch_and_keep_their_order(wanted):
    placed = apart(wanted, 14, 0, 300)
    order = sorted(range(len(wanted)), key=lambda i: (wanted[i], placed[i]))
    gaps = [placed[b] - placed[a] for a, b in pairwise(order)]
    assert all(gap >= 14 - 1e-6 for gap in gaps)


# --- series -------------------------------------------------------------------------------------


def test_no_curve_crosses_a_break_or_a_missing_year():
    chart = origin_series(metal.origins(), what="x", breaks=BREAK)
    by_value, by_quantity = series(chart, "CD 0")["data"], series(chart, "CD 1")["data"]
    place = by_value.index(["-", "-"])
    assert by_value[place - 1][0] == at(2016) and by_value[place + 1][0] == at(2017)
    assert at(2016) not in [point[0] for point in by_quantity if isinstance(point, list)]
    assert series(chart, "CN 0")["markLine"]["data"][0]["xAxis"] == at(2016.5)


def test_the_basis_is_printed_above_each_panel_and_gaps_say_why():
    chart = origin_series(metal.origins(), what="x", lang="ja")
    assert [title["text"][:2] for title in chart.option["title"]] == ["金額", "総重"]
    assert "2016 (貿易の記録はあるが数量の記載がない)" in chart.subtitle


def test_the_largest_of_the_last_year_leads_and_small_ones_stay_in_the_table():
    table = metal.origins()
    table.loc[(table["year"] == 2018) & (table["origin"] == "CN"), "share"] = 0.9
    assert largest(table) == ["CN", "CD"] and "AU" in set(table["origin"])


# --- history ------------------------------------------------------------------------------------


def test_a_control_without_an_end_reaches_the_edge_and_an_ended_one_does_not():
    chart = control_strip(metal.controls(), today="2025-12-31")
    edge = chart.option["xAxis"]["max"]
    assert series(chart, "in-force")["data"][1][0] == edge > series(chart, "ended")["data"][1][0]
    assert chart.title == "Controls on record: 2; in force: 1"


def test_prices_keep_their_currency_and_a_misprinted_unit_is_hollow():
    chart = price_history(metal.quotes(), metal.doubts())
    points = [
        point for found in chart.option["series"] if found["type"] == "scatter" for point in found["data"]
    ]
    assert sorted(round(point["value"][1]) for point in points) == [30, 50, 60]
    assert sum(point["itemStyle"]["color"] == PAPER for point in points) == 1
    assert "in the table only: 1." in chart.subtitle and len(chart.table) == 4


# --- sectors ------------------------------------------------------------------------------------


def test_a_cell_shows_its_largest_holder_and_an_unknown_one_a_question_mark():
    kept = worst_cells(metal.exposure().query("element != ''"))
    assert kept.set_index(["sector", "element"]).loc[("defence", "Co"), "holder_share"] == 0.8
    cells = {
        (c["value"][0], c["value"][1]): c["label"]["formatter"]
        for c in series(sector_heat(metal.exposure()), "cells")["data"]
    }
    assert sorted(cells.values()) == ["?", "CN\nRef", "JP•\nMat"]


def test_metals_on_which_most_sectors_hang_stand_first_and_bare_sectors_are_named():
    chart = sector_heat(metal.exposure())
    assert by_weight(metal.exposure().query("element != ''")) == ["Co", "Ta"]
    assert len(chart.option["yAxis"]["data"]) == 3 and "No metal known: Content industries." in chart.subtitle
    assert "Share unknown: 1 of 3 cells." in chart.subtitle


def test_darkness_grows_with_the_share():
    steps = [darkness(share) for share in (0.0, 0.3, 0.6, 0.8, 0.95, 1.0)]
    assert steps == sorted(steps) and darkness(None) == 0.0


# --- scores -------------------------------------------------------------------------------------


def test_cells_by_stage_are_counted_and_the_others_have_their_reason():
    chart = published_against_computed(metal.scores())
    assert chart.title.startswith("Supply risk SR: 1 of 3 computed within ±0.05")
    rows = chart.table
    assert list(rows["stage"]) == ["separation", "refining", "refining"]
    assert [n for _, n in reason_counts(rows, "en")] == [1, 1, 1]


def test_an_unknown_score_is_never_drawn_as_zero():
    pairs = paired(metal.scores().query("measure == 'score'"), ("geopolrisk", "geopolrisk-compat"))
    assert list(pairs["material"]) == ["Co", "Ge"] and pd.isna(pairs["value"].iloc[1])
    chart = two_modes(metal.scores())
    germanium = series(chart, "value")["data"][1]
    assert germanium["symbolSize"] == 0.1 and germanium["label"]["formatter"].startswith("? no figure")
    assert series(chart, "value_other")["data"][1]["value"] == [0.0, 1]


def test_paths_say_what_they_carry_of_the_whole():
    chart = path_bars(metal.paths(), 0.64, what="Motor: dependence on China")
    assert chart.title == "Motor: dependence on China: 64% over all paths"
    assert "carry 100% of it" in chart.subtitle
    assert chart.option["yAxis"]["data"] == ["Magnet, China", "Magnet, Japan ← Alloy, China"]


def test_a_folded_path_keeps_every_step():
    path = " ← ".join(f"step {n} of the path" for n in range(9))
    assert folded(path, 40).replace("\n", " ") == path.removeprefix("step 0 of the path ← ")
