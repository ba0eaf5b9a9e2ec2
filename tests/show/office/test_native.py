import pandas as pd
import pytest

from meguri.show.chart import Chart
from meguri.show.office.deck import Deck
from meguri.show.office.native import native, panels

BOX = (36.0, 110.0, 880.0, 360.0)


def chart_of(**option):
    return Chart("c", option, pd.DataFrame({"p50": [1.0]}), "T", "S", "F", "en", "price")


def axes(x, y):
    return {"xAxis": x, "yAxis": y}


NUMBER, NAMES = {"type": "value"}, {"type": "category", "data": ["a", "b"]}


def drawn(chart):
    deck = Deck("en", "t")
    slide = deck.slide("t")
    assert native(deck, slide, BOX, chart)
    return [shape.chart for shape in slide.shapes if shape.has_chart]


def test_bars_keep_their_numbers_and_unseen_ones_stay_unseen():
    series = [
        {
            "type": "bar",
            "stack": "s",
            "name": "before",
            "itemStyle": {"color": "transparent"},
            "data": [3, 4],
        },
        {
            "type": "bar",
            "stack": "s",
            "name": "lasts",
            "itemStyle": {"color": "#1d305e"},
            "data": [5, {"value": 6}],
        },
    ]
    (chart,) = drawn(chart_of(**axes(NUMBER, NAMES), series=series))
    assert [list(one.values) for one in chart.plots[0].series] == [[3, 4], [5, 6]]
    assert list(chart.plots[0].categories) == ["a", "b"]
    assert chart.plots[0].series[0].format.fill.type is not None


def test_a_band_is_drawn_at_its_edges_and_not_at_its_width():
    hidden = {"type": "line", "stack": "band", "lineStyle": {"opacity": 0}}
    series = [
        {**hidden, "name": "floor", "data": [[0, 1.0], [1, 2.0]]},
        {**hidden, "name": "band", "areaStyle": {"color": "#0d436a"}, "data": [[0, 0.5], [1, 0.25]]},
        {
            "type": "line",
            "name": "curve",
            "data": [[0, 1.2], {"value": [1, 2.1], "label": {"formatter": "curve"}}],
        },
    ]
    (panel,) = panels(chart_of(**axes(NUMBER, NUMBER), series=series))
    assert [one.points for one in panel.series if one.name == "band"] == [((0.0, 1.5), (1.0, 2.25))]


def test_lines_are_broken_where_the_figure_breaks_them_and_the_longest_stands_first():
    data = [[0, 1], [1, 1], ["-", "-"], [2, 3], [2, 4]]
    series = [
        {"type": "line", "name": "ranges", "data": data},
        {"type": "scatter", "name": "ranges", "data": [[0, 1], [1, 2], [2, 3]]},
    ]
    (panel,) = panels(chart_of(**axes(NUMBER, NUMBER), series=series))
    assert [len(one.points) for one in panel.series] == [3, 2, 2]


def test_a_date_stands_where_spreadsheets_count_it():
    day = {"type": "time"}
    series = [{"type": "scatter", "data": [["2026-04-01", 1], [1774915200000 + 86_400_000, 2]]}]
    (panel,) = panels(chart_of(**axes(day, NUMBER), series=series))
    assert panel.series[0].points == ((46113.0, 1.0), (46113.0 + 0.0, 2.0))


def test_each_panel_of_a_figure_is_a_chart_of_its_own():
    grids = {
        "grid": [{"left": "10%"}, {"left": "60%"}],
        "title": [{"text": "left", "left": "10%"}, {"text": "right", "left": "60%"}],
        "xAxis": [{**NUMBER, "gridIndex": n} for n in range(2)],
        "yAxis": [{**NAMES, "gridIndex": n} for n in range(2)],
        "series": [{"type": "bar", "xAxisIndex": n, "yAxisIndex": n, "data": [n, 1]} for n in range(2)],
    }
    assert [one.chart_title.text_frame.text for one in drawn(chart_of(**grids))] == ["left", "right"]


@pytest.mark.parametrize(
    "option",
    [
        {"geo": {"map": "earth"}, "series": []},
        {"series": [{"type": "sankey", "data": []}]},
        {**axes(NAMES, NAMES), "visualMap": {}, "series": [{"type": "heatmap", "data": [[0, 0, 1]]}]},
        {**axes(NUMBER, NAMES), "series": [{"type": "scatter", "data": [[3, 0]]}]},
        # two colours and nothing that says which is which
        {**axes(NAMES, NUMBER), "series": [{"type": "bar", "name": n, "data": [1, 2]} for n in "ab"]},
    ],
)
def test_figures_of_other_kinds_and_those_nobody_could_read_have_no_native_chart(option):
    assert panels(chart_of(**option)) == []
