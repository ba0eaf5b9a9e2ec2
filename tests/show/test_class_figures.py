"""Figures of the classes: nothing is hidden, parts add to the whole, one colour for each class."""

from itertools import combinations, pairwise

import pandas as pd
import pytest

from meguri.base.terms import keys, read_words
from meguri.show.classify_words import class_hue, class_name
from meguri.show.figures.class_area import class_area
from meguri.show.figures.class_bars import class_bars
from meguri.show.figures.class_gap import class_gap
from meguri.show.figures.class_mutual import class_mutual
from meguri.show.figures.class_partners import class_partners
from meguri.show.figures.class_rows import class_rows
from meguri.show.figures.class_slope import class_slope
from meguri.show.figures.class_treemap import class_treemap
from tests.show import classed

CLASSES = list(classed.BY_CLASS)


def of_year(frame, year=2020):
    return frame[frame["year"] == year]


def named(option, name):
    return next(series for series in option["series"] if series["name"] == name)


def light(hue):
    red, green, blue = (int(hue[place : place + 2], 16) for place in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_every_class_has_a_colour_of_its_own_that_no_stage_has():
    hues = [class_hue(key) for key in CLASSES]
    assert len(set(hues)) == len(CLASSES) == len(keys("class_colours"))
    assert not {row["hue"] for row in read_words("stage_colours")} & set(hues)


def test_process_control_classes_keep_their_order_in_grey():
    tones = [light(class_hue(key)) for key in CLASSES[:5]]
    assert all(after - before > 15 for before, after in pairwise(tones))


def test_areas_of_a_year_add_to_the_whole_with_the_residual_and_the_unspecified_among_them():
    shares = classed.shares()
    option = class_area(shares, classed.totals(shares)).option
    areas = [series for series in option["series"] if series.get("stack") == "classes"]
    assert [area["name"] for area in areas] == [class_name(key, "en") for key in CLASSES]
    for year in range(3):
        assert sum(area["data"][year][1] for area in areas) == pytest.approx(100, abs=1e-3)


def test_the_band_of_the_areas_is_the_range_of_the_variant_named():
    shares = classed.shares()
    totals = classed.totals(shares)
    for variant in ("PC4", "PC5"):
        chart = class_area(shares, totals, variant=variant)
        row = of_year(totals[totals["variant"] == variant]).iloc[0]
        low, more = (named(chart.option, name)["data"][-1][1] for name in ("P10", "P90"))
        assert (low, low + more) == pytest.approx((100 * row["p10"], 100 * row["p90"]), abs=1e-3)
        assert variant[-1] in chart.title


def test_names_beside_the_areas_never_stand_on_one_another():
    shares = classed.shares()
    chart = class_area(shares, classed.totals(shares))
    inner = chart.option["grid"][0]["height"]
    data = named(chart.option, "names")["data"]
    places = [inner * (1 - point["value"][1] / 100) + point["label"]["offset"][1] for point in data]
    assert min(abs(a - b) for a, b in combinations(places, 2)) > 14


def test_both_variants_stand_below_the_areas_with_their_bands():
    shares = classed.shares()
    option = class_area(shares, classed.totals(shares)).option
    assert {"PC4", "PC5", "PC4 P10", "PC5 P90"} <= {series["name"] for series in option["series"]}
    low, high = option["yAxis"][1]["min"], option["yAxis"][1]["max"]
    assert all(low < point[1] < high for point in named(option, "PC5")["data"])


def test_bars_hold_every_class_and_print_share_range_and_money():
    shares = of_year(classed.shares())
    chart = class_bars(shares, classed.totals(shares), lang="ja")
    assert chart.option["yAxis"]["data"] == [class_name(key, "ja") for key in CLASSES]
    text = named(chart.option, "texts")["data"][0]["label"]["formatter"]
    assert "30.0%" in text and "〜" in text and "60億ドル" in text


def test_trades_are_told_apart_by_what_differs_and_stand_in_the_order_of_their_totals():
    parts = [classed.shares((2020,), who, "WLD", tilt) for who, tilt in (("IT", 0.4), ("JP", 1.4))]
    shares = pd.concat(parts)
    chart = class_rows(shares, classed.totals(shares))
    assert chart.option["yAxis"]["data"] == ["Japan", "Italy"]
    assert "Japan" in chart.title and "Italy" in chart.title


def test_plots_of_the_treemap_fill_the_process_control_classes_and_its_words_say_which_part_that_is():
    shares = of_year(classed.shares())
    chart = class_treemap(classed.lines(), shares)
    fields = chart.option["series"][0]["data"]
    sizes = shares.groupby("class")["value"].sum()
    assert [field["value"] for field in fields] == [pytest.approx(sizes[key]) for key in CLASSES[:5]]
    assert "62.5% of the trade" in chart.subtitle
    for field in fields:
        assert sum(plot["value"] for plot in field["children"]) == pytest.approx(field["value"])


def test_ribbons_carry_all_the_money_of_the_classical_classes():
    table = classed.baseline()
    series = class_slope(table).option["series"][0]
    assert sum(link["value"] for link in series["links"]) == pytest.approx(table["value"].sum(), rel=0.01)
    assert {link["target"] for link in series["links"]} == set(CLASSES)


def test_a_share_that_the_file_cannot_tell_is_a_question_mark_and_no_nought():
    table = classed.mutual((("JP", "CN"), ("JP", "US")))
    data = class_mutual(table).option["series"][0]["data"]
    assert any(cell["label"]["formatter"].startswith("0") for cell in data) is False
    assert all("own cost" in cell["label"]["formatter"] for cell in data)
    assert any("own cost ?" in cell["label"]["formatter"] for cell in data)


def test_a_matrix_of_economies_reads_the_same_down_as_across():
    option = class_mutual(classed.mutual(tuple(combinations(("JP", "CN", "US"), 2)))).option
    assert option["xAxis"]["data"] == option["yAxis"]["data"]
    assert len(option["series"][0]["data"]) == 6  # nobody depends on himself


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_formatter_never_holds_a_brace_of_a_name(lang):
    lines = classed.lines()
    lines["name_en"] = lines["name_ja"] = "a {b} c"
    fields = class_treemap(lines, of_year(classed.shares()), lang=lang).option["series"][0]["data"]
    assert "{b}" not in str([plot["label"]["formatter"] for field in fields for plot in field["children"]])


def gap_table():
    rows = [("JP", 3.0, 0.31, 0.06), ("DE", 4.0, 0.23, 0.04), ("BR", 1.0, 0.12, 0.01)]
    table = pd.DataFrame(rows, columns=["country", "value", "capital", "share"])
    return table.assign(p10=table["share"] * 0.9, p90=table["share"] * 1.2)


def test_the_slope_of_economies_prints_both_shares_and_keeps_every_range_on_the_post():
    option = class_gap(gap_table(), year=1998).option
    lines = [series for series in option["series"] if series["name"] in ("JP", "DE", "BR")]
    told = [line["data"][1]["label"]["formatter"] for line in lines]
    assert told == ["Germany 4.0%", "Japan 6.0%", "Brazil 1.0%"]
    ends = [point[1] for point in named(option, "ranges")["data"] if point[0] != "-"]
    assert max(ends) == pytest.approx(1.0) and max(ends) < option["yAxis"]["max"]


def test_the_slope_of_economies_says_where_the_leader_stands_in_the_classical_view():
    title = class_gap(gap_table(), year=1998).title
    assert title.startswith("Japan leads") and "no. 1 of 3" in title


def test_an_economy_in_every_pair_stands_on_one_side_of_all_of_them():
    table = classed.mutual((("CN", "JP"), ("JP", "US"), ("DE", "JP")))
    option = class_mutual(table).option
    assert option["xAxis"]["data"] == ["Japan buys from partner", "partner buys from Japan"]
    assert set(option["yAxis"]["data"]) == {"China", "United States", "Germany"}


def test_shares_before_a_break_are_not_compared_with_those_after_it():
    shares = classed.shares((2015, 2016, 2017, 2018))
    chart = class_area(shares, classed.totals(shares), breaks=[2016.5])
    assert "2017" in chart.title and "2015" not in chart.title
    assert "not comparable" in chart.subtitle
    assert len(named(chart.option, "breaks 0")["markLine"]["data"]) == 1


def test_lines_of_partners_end_where_the_shares_end_and_the_rest_is_no_partner():
    rows = [
        {"year": year, "goods": "Semicon Machinery Etc", "area": area, "value": 1.0, "share": share,
         "source": "mof-trade-goods", "grade": "reported"}
        for year, china in ((2018, 0.4), (2019, 0.365), (2020, 0.484))
        for area, share in (("China", china), ("Taiwan", 0.2), ("rest", 0.1))
    ]  # fmt: skip
    chart = class_partners(pd.DataFrame(rows), lang="ja")
    assert [series["name"] for series in chart.option["series"]] == ["China", "Taiwan"]
    assert "48.4%" in chart.title and "半導体等製造装置" in chart.title
