"""The figure of a series with its breaks: what is drawn, and in both languages."""

import pandas as pd
import pytest

from meguri.base.tables import Schema
from meguri.show.figures.break_series import break_series

MONTHS = pd.DataFrame({"month": ["2019-06", "2019-07", "2019-08"], "value": [4.0, 1.0, 0.0]})
ROW = {"at": "2019-07", "low": "2019-07", "high": "2019-08", "change": -0.8, "direction": "fall",
       "before": 4.0, "after": 0.5, "p": 0.01, "p_adjusted": 0.02,
       "significant": True, "pelt": True}  # fmt: skip
EVENTS = pd.DataFrame({"date": ["2019-07-04"], "label": ["event"]})


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_only_confirmed_breaks_are_drawn_and_the_others_counted(lang):
    table = Schema.of("breaks").check(pd.DataFrame([ROW, {**ROW, "at": "2019-08", "significant": False}]))
    chart = break_series(MONTHS, table, EVENTS, what="x", unit="t", lang=lang)
    areas, points, levels, lines = chart.option["series"]
    assert len(areas["markArea"]["data"]) == len(lines["markLine"]["data"]) == 1
    assert len(points["data"]) == 3
    assert [value[1] for value in levels["data"] if value[1] != "-"] == [4.0, 4.0, 0.5, 0.5]
    assert "2019-07–2019-08" in chart.title
    assert "1" in chart.subtitle
    assert len(chart.table) == 2
