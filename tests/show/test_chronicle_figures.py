"""The timeline and the order of a claim: what is drawn is what the dates allow, in both languages."""

import re
from functools import cache

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.observe.chronicle import chronicle
from meguri.observe.dated import read_interval
from meguri.show.figures.axes import milliseconds
from meguri.show.figures.claim_order import claim_order
from meguri.show.figures.claim_series import claim_series
from meguri.show.figures.datebars import LEFT, LETTER, RIGHT, WIDTH, name_side
from meguri.show.figures.forecast_scores import forecast_scores
from meguri.show.figures.timeline import panels, timeline
from meguri.show.page import figure_html, page
from tests.show.pages import TEXTS, browser, opened, touching

__all__ = ["browser"]
DAY = 86_400_000
events = cache(chronicle)


def event(name="a", start="2010", end="2010", precision="year", actor="CHN", public=("", ""), document="000"):
    return {
        "event": name, "label_en": f"event {name}", "label_ja": f"出来事{name}", "start": start, "end": end,
        "precision": precision, "actor": actor, "instrument": "quota", "public_start": public[0],
        "public_end": public[1], "document": document, "source": "seed-000", "grade": "estimated",
    }  # fmt: skip


def drawn(rows, lang="en", **more):
    return timeline(pd.DataFrame(rows), lang=lang, **more)


def lines(chart, name):
    """Lines of a kind as pairs of days and the row they stand in."""
    data = next((one["data"] for one in chart.option["series"] if one["name"] == name), [])
    pairs = zip(data[::3], data[1::3], strict=True)
    return [(begin[0] // DAY, end[0] // DAY, begin[1] - 0.5) for begin, end in pairs]


def days(first, last):
    return milliseconds(first) // DAY, milliseconds(last) // DAY + 1


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2010", "2010-01-01", "2010-12-31"),
        ("2010-02", "2010-02-01", "2010-02-28"),
        ("2012-02", "2012-02-01", "2012-02-29"),
    ],
)
def test_the_width_of_a_bar_is_what_the_date_leaves_open(written, first, last):
    chart = drawn([event(start=written, end=written, precision="month")])
    assert lines(chart, "open") == [(*days(first, last), 0)]


def test_a_public_date_stands_beside_only_where_it_differs():
    same = event("same", "2010-07", "2010-07", "month", public=("2010-07", "2010-07"))
    other = event("other", "2010-01", "2010-01", "month", public=("2010-09-21", "2010-11-20"))
    chart = drawn([same, other])
    assert lines(chart, "public") == [(*days("2010-09-21", "2010-11-20"), 0)]
    assert len(lines(chart, "open")) == 2
    assert "1 of them" in chart.subtitle


def test_an_open_end_runs_to_the_edge_and_nothing_runs_out():
    chart = drawn([event("before", "", "2018", "before year"), event("b", "2015", "2016")])
    first, last = days("2015-01-01", "2018-12-31")
    assert (first, last, 1) in lines(chart, "open") or (first, last, 0) in lines(chart, "open")


def test_undated_events_are_not_drawn_and_every_dated_one_is_drawn_once():
    parts = panels(events())
    names = [name for part in parts for name in part["event"]]
    assert len(names) == len(set(names))
    undated = events()[(events()["start"] == "") & (events()["end"] == "")]
    assert set(names) == set(events()["event"]) - set(undated["event"])
    for part in parts:
        marks = next(one for one in timeline(part).option["series"] if one["name"] == "labels")
        assert len(marks["data"]) == len(part)


def test_lanes_stand_in_the_order_of_their_first_event_and_are_named_once():
    rows = [
        event("late", "2012", "2012", actor="JPN"),
        event("first", "2008", "2008"),
        event("again", "2013", "2013"),
    ]
    marks = next(one for one in drawn(rows, "ja").option["series"] if one["name"] == "lanes")
    assert [mark["label"]["formatter"] for mark in marks["data"]] == ["中国", "日本"]


@given(st.integers(0, 4000), st.integers(0, 4000), st.integers(0, 4000), st.integers(1, 80))
def test_a_name_never_runs_out_of_the_picture(before, long, after, letters):
    whole = before + long + after + 1
    side, fits = name_side("a" * letters, before, after, whole)
    scale = (WIDTH - LEFT - RIGHT) / whole
    room = {"right": after, "left": before, "upon": whole - before}[side] * scale
    if min(fits, letters) > 8:
        assert LETTER * min(fits, letters) <= room


def reading(part, first, last, precision="day", document="000"):
    return {
        "claim": "x", "part": part, "label_en": part, "label_ja": part, "earliest": first, "latest": last,
        "precision": precision, "event": "", "source": "seed-000", "document": document,
    }  # fmt: skip


RIVAL = {"claim": "x", "event": "r", "label_en": "rival", "label_ja": "別の出来事", "when": "before",
         "shared": "goods", "listed": "no", "actor": "CHN", "source": "seed-000"}  # fmt: skip


def test_an_effect_before_its_cause_is_left_of_the_upright_and_titled_so():
    readings = pd.DataFrame(
        [reading("cause", "2010-09-07", "2010-09-07"), reading("effect", "2010-07-01", "2010-07-31", "month")]
    )
    near = {**RIVAL, "earliest": "2010-06-01", "latest": "2010-06-30"}
    far = {**RIVAL, "event": "far", "earliest": "1990-01-01", "latest": "1990-12-31"}
    rivals = pd.DataFrame([near, far])
    chart = claim_order(readings, rivals, order="after")
    upright = next(one for one in chart.option["series"] if one["name"] == "cause-from")
    at = upright["markLine"]["data"][0]["xAxis"]
    assert at == milliseconds("2010-09-07")
    (effect,) = lines(chart, "open")
    assert effect[1] * DAY <= at
    assert len(lines(chart, "other")) == 1, "an event of another decade is left to the table"
    assert "1 of 2" in chart.subtitle
    assert "before the alleged cause" in chart.title


def test_a_forecast_is_a_bar_from_issue_to_due_date_and_a_point_where_it_happened():
    row = {"forecast": "f", "text_en": "It comes", "text_ja": "起きる", "document": "002", "issued": "2012",
           "due": "2013", "seen_on": "2014-08-07", "score": "miss", "grade": "reported"}  # fmt: skip
    later = {**row, "forecast": "g", "due": "2030", "seen_on": None, "score": "open"}
    chart = forecast_scores(pd.DataFrame([later, row]), lang="ja")
    assert lines(chart, "other") == [
        (*days("2012-01-01", "2013-12-31"), 0),
        (*days("2012-01-01", "2030-12-31"), 1),
    ]
    assert lines(chart, "public") == [(*days("2014-08-07", "2014-08-07"), 0)]
    assert "外れ1件" in chart.title


def test_a_series_is_drawn_by_month_with_the_interval_of_each_sure_break():
    ask = {"direction": "fall", "first": "2019-07", "last": "2019-09"}
    asks = pd.DataFrame([{**ask, "series": "b", "role": "placebo", "finding": "cannot-tell"},
                         {**ask, "series": "a", "role": "test", "finding": "supported"},
                         {**ask, "series": "c", "role": "test", "finding": "too-coarse"}])  # fmt: skip
    months = [f"2019-{month:02}" for month in range(1, 13)]
    point = {"value": 1.0, "unit": "t", "source": "x", "grade": "reported"}
    held = [
        {**point, "series": key, "period": month} for key in "ab" for month in months if month != "2019-09"
    ]
    points = pd.DataFrame([*held, {**point, "series": "c", "period": "2019"}])
    found = {"series": "a", "at": "2019-07", "low": "2019-07", "high": "2019-08", "direction": "fall"}
    doubtful = {**found, "low": "2019-02", "high": "2019-03", "significant": False}
    breaks = pd.DataFrame([{**found, "significant": True}, doubtful])
    names = pd.DataFrame([{"series": key, "label_en": key, "label_ja": key} for key in "abc"])
    cause = read_interval("2019-07-04")
    chart = claim_series(asks, points, breaks, names, cause)
    values = [one for one in chart.option["series"] if one["name"] == "values"]
    assert len(values) == 2, "a sum over a year is left to the table"
    assert [value for at, value in values[0]["data"]].count(None) == 1, "a month without a value is a gap"
    marks = next(one for one in chart.option["series"] if one["name"] == "marks")
    (band,) = marks["markArea"]["data"]
    assert [end["xAxis"] for end in band] == [milliseconds("2019-07-01"), milliseconds("2019-08-31")]
    asked = next(one for one in chart.option["series"] if one["name"] == "asked")["markArea"]["data"]
    assert [end["xAxis"] for end in asked[0]] == [milliseconds("2019-07-01"), milliseconds("2019-09-30")]
    assert chart.title == "1 of 1 series that must move do, and 0 of 1 that must not"


def test_no_word_of_a_figure_or_page_takes_sides():
    judging = re.compile(
        r"\b(absurd|baseless|bogus|false|fals\w+|ridiculous|aggressive|unfair|illegal|retaliat\w+|hostile|"
        r"notorious|propaganda|liar|lying about|wrong\w*|clever|naive|naïve|shameful|rightly|obviously|"
        r"clearly)\b"
    )
    from meguri.base.terms import read_words

    words = [
        *read_words("claim_page"),
        *read_words("claim_actors"),
        *read_words("chronicle_instruments"),
        *read_words("claim_phrases"),
    ]
    english = [row["en"] for row in words if judging.search(row["en"].lower())]
    japanese = [
        row["ja"]
        for row in words
        if re.search("でたらめ|不当|卑劣|横暴|敵対|報復|嘘|誤報|当然|明らかに|荒唐|悪質", row["ja"])
    ]
    assert (english, japanese) == ([], [])


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_two_names_touch_and_none_leaves_the_page(browser, tmp_path, lang):
    body = "".join(
        figure_html(timeline(part, key=f"t{n}", lang=lang)) for n, part in enumerate(panels(events()))
    )
    shown, said, asked = opened(browser, tmp_path / "page.html", page(body, title="t", lang=lang))
    assert (said, len(asked)) == ([], 1)
    for figure in shown.query_selector_all("figure"):
        boxes = figure.evaluate(TEXTS)
        assert touching(boxes) == []
        assert all(box["left"] >= 0 and box["right"] <= 1100 for box in boxes)
    shown.close()
