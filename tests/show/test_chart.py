import json

import numpy as np
import pandas as pd
import pytest

from meguri import show
from meguri.base.tables import Schema
from meguri.show.chart import Chart, plain
from meguri.show.page import embedded, table_html
from tests.show import told

LANGS = ("en", "ja")
KEYS = ["what-stops-when", "stocks", "price", "production", "structure", "recovery"]


@pytest.fixture(scope="module", params=LANGS)
def charts(request):
    return show.charts(told.outcome(), request.param)


def walk(value):
    yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(item)


def test_a_report_has_six_figures_in_the_order_of_the_argument(charts):
    assert [chart.key for chart in charts] == KEYS


def test_every_figure_is_plain_json_without_nan_or_function(charts):
    for chart in charts:
        text = json.dumps(chart.to_dict(), allow_nan=False)
        assert "NaN" not in text and "function" not in text and "=>" not in text


def test_every_figure_says_its_finding_its_unit_and_its_sources(charts):
    for chart in charts:
        assert chart.title and chart.subtitle
        assert "{" not in chart.title + chart.subtitle + chart.footer
        assert any(word in chart.footer for word in ("Weakest grade", "最も弱い確度"))
        assert "CEPII" in chart.footer


def test_every_column_of_a_figures_table_is_declared_with_both_labels(charts):
    for chart in charts:
        declared = {column.name: column for column in Schema.of(chart.declared).columns}
        for name in chart.table.columns:
            assert declared[name].label_en and declared[name].label_ja


def test_every_category_axis_shows_each_label(charts):
    for chart in charts:
        axes = [axis for key in ("xAxis", "yAxis") for axis in _listed(chart.option.get(key))]
        for axis in axes:
            if axis["type"] == "category":
                assert axis["axisLabel"]["interval"] == 0


def _listed(axes):
    return axes if isinstance(axes, list) else [axes] if axes else []


def test_tooltips_are_drawn_as_text_so_that_no_name_becomes_html(charts):
    for chart in charts:
        assert chart.option["tooltip"]["renderMode"] == "richText"


def test_charts_refuse_an_option_that_is_no_json():
    chart = Chart("x", {"a": np.array([1.0, np.nan])}, pd.DataFrame(), "t", "s", "f", "en", "price")
    assert chart.option == {"a": [1.0, None]}
    assert plain({"a": float("inf")}) == {"a": None}


def test_a_name_cannot_close_the_script_element():
    text = embedded({"name": "</script><script>alert(1)</script><!--\u2028"})
    assert "<" not in text and "\u2028" not in text
    assert json.loads(text)["name"] == "</script><script>alert(1)</script><!--\u2028"


def test_cells_are_escaped():
    assert "<img" not in table_html(["<img>"], [['<img src=x onerror="1">']], [False])


def test_a_notebook_gets_a_frame_that_holds_the_whole_page(charts):
    html = charts[0]._repr_html_()
    assert html.startswith("<iframe") and "srcdoc=" in html and "echarts" in html
    assert "src=&quot;http" not in html


def test_one_page_holds_figure_table_script_and_style(charts):
    html = charts[0].to_html()
    assert f'<html lang="{charts[0].lang}">' in html
    assert "<details>" in html and "Apache Software Foundation" in html
