"""Written dates: every form of the documents and data sets, the laws of intervals, and named refusals."""

import csv
import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.terms import packaged, read_words
from meguri.observe.dated import read_interval, readings, span
from meguri.observe.interval import Interval, unknown

DAYS = st.dates(dt.date(1868, 2, 1), dt.date(2100, 12, 31))
FORMS = {  # written: ISO days, worked by hand
    "2010-09-07": "2010-09-07",
    "2010/9/7": "2010-09-07",
    "2010.9.7": "2010-09-07",
    "20100907": "2010-09-07",
    "２０１０年９月７日": "2010-09-07",
    "二〇一〇年九月七日": "2010-09-07",
    "平成22年9月7日": "2010-09-07",
    "平成二十二年九月七日": "2010-09-07",
    "H22.9.7": "2010-09-07",
    "7 September 2010": "2010-09-07",
    "September 7, 2010": "2010-09-07",
    "2010-09": "2010-09-01/2010-09-30",
    "202510月": "2025-10-01/2025-10-31",
    "Feb 2012": "2012-02-01/2012-02-29",
    "2010年9月上旬": "2010-09-01/2010-09-10",
    "2010年9月中旬": "2010-09-11/2010-09-20",
    "2010年9月下旬": "2010-09-21/2010-09-30",
    "2011年2月下旬": "2011-02-21/2011-02-28",
    "late 2010-09": "2010-09-21/2010-09-30",
    "mid-September 2010": "2010-09-11/2010-09-20",
    "2010": "2010-01-01/2010-12-31",
    "2012 年": "2012-01-01/2012-12-31",
    "2012e": "2012-01-01/2012-12-31",
    "2012 (現在)": "2012-01-01/2012-12-31",
    "1950年代": "1950-01-01/1959-12-31",
    "１９８０年代": "1980-01-01/1989-12-31",
    "90年代後半": "1995-01-01/1999-12-31",
    "2000 年代前半": "2000-01-01/2004-12-31",
    "2010年代半ば": "2013-01-01/2017-12-31",
    "late 2010s": "2015-01-01/2019-12-31",
    "2010年代半ば以降": "2013-01-01/",
    "1990年代以降": "1990-01-01/",
    "1985-": "1985-01-01/",
    "since late 2010s": "2015-01-01/",
    "2018年以前": "/2018-12-31",
    "/2018": "/2018-12-31",
    "2013年まで": "/2013-12-31",
    "to mid-2000s": "/2007-12-31",
    "before 2018": "/2017-12-31",
    "2018年より前": "/2017-12-31",
    "before July 2019": "/2019-06-30",
    "after 2019": "2020-01-01/",
    "2006/2009": "2006-01-01/2009-12-31",
    "2005-2008": "2005-01-01/2008-12-31",
    "2010〜12年": "2010-01-01/2012-12-31",
    "2006..2010-07": "2006-01-01/2010-07-31",
    "2010年1～9月": "2010-01-01/2010-09-30",
    "2010年9月7日〜11月20日": "2010-09-07/2010-11-20",
    "2010年9月7〜10日": "2010-09-07/2010-09-10",
    "2018-2019H1": "2018-01-01/2019-06-30",
    "2024 -> end 2025": "2024-01-01/2025-12-31",
    "2012年度": "2012-04-01/2013-03-31",
    "令和5年度": "2023-04-01/2024-03-31",
    "2012年度上期": "2012-04-01/2012-09-30",
    "2012年度下期": "2012-10-01/2013-03-31",
    "2010年上半期": "2010-01-01/2010-06-30",
    "2010-H2": "2010-07-01/2010-12-31",
    "2010年上期": "2010-01-01/2010-09-30",  # calendar half or business half: both
    "2012年第1四半期": "2012-01-01/2012-03-31",
    "2012年度第四四半期": "2013-01-01/2013-03-31",
    "2012-Q1": "2012-01-01/2012-03-31",
    "2000年ごろ": "1999-01-01/2001-12-31",
    "about 2000": "1999-01-01/2001-12-31",
    "2010-02 (about)": "2010-01-01/2010-03-31",
    "2010年7月頃": "2010-06-01/2010-08-31",
    "2010年末": "2010-10-01/2010-12-31",
    "2010-07 (H2 quota -72%)": "2010-07-01/2010-07-31",
    "2010-09-22 (NYT online)": "2010-09-22",
    "昭和64年": "1989-01-01/1989-01-07",
    "平成元年": "1989-01-08/1989-12-31",
    "平成31年": "2019-01-01/2019-04-30",
    "令和元年": "2019-05-01/2019-12-31",
    "平成32年": "2020-01-01/2020-12-31",  # a plan written before the era ended
    "undated": "",
    "": "",
}
REFUSED = {
    "2010-02-30": "none",
    "2010年13月": "none",
    "平成0年": "none",
    "明治元年1月1日": "none",
    "昭和110年": "none",
    "2009/2006": "inverted",
    "03/04/2012": "order",
    "12年9月": "century",
    "2018-04-02, later in 2018": "two",
    "2010-01 (000) / 2010-09-21 (002, public)": "two",
    "in a few years from 2012": "form",
    "同年": "form",
    "after 9999-12-31": "none",
    "約" * 5000 + "2010年": "form",
    "forecast": "form",
}


@pytest.mark.parametrize(("written", "days"), FORMS.items())
def test_a_written_date_covers_the_days_worked_by_hand(written, days):
    assert read_interval(written).written() == days


@pytest.mark.parametrize(("written", "kind"), REFUSED.items())
def test_what_is_no_date_is_refused_by_name_and_place(written, kind):
    with pytest.raises(DataError) as refused:
        read_interval(written, "claims[3].cause")
    problem = refused.value.problems[0]
    assert problem.key == f"chronicle_date_{kind}" and problem.place == "claims[3].cause"
    assert problem.found == written[:80] and problem.text("ja") != problem.text("en")


def test_an_unknown_date_says_why_and_is_never_in_order_with_anything():
    found = read_interval("undated")
    assert not found.known and found.precision == "unknown" and "undated" in found.reason
    assert found.order(read_interval("2010")) == "undecided"


def test_the_disputed_date_of_the_halt_is_read_with_both_its_sources():
    first, second = readings("2010-01 (000) / 2010-09-21 (002, public)")
    assert (first[0].written(), first[1]) == ("2010-01-01/2010-01-31", "000")
    assert (second[0].written(), second[1]) == ("2010-09-21", "002, public")
    collision = read_interval("2010-09-07")
    assert [reading.order(collision) for reading, _ in (first, second)] == ["before", "after"]


def test_every_date_of_the_packaged_chronicle_is_read():
    for name in ("chronicle.csv", "chronicle_public.csv", "chronicle_events.csv"):
        with packaged("facts", name).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                assert span(row["start"], row["end"]).known, row["event"]
                if row["public_start"]:
                    assert span(row["public_start"], row["public_end"]).days, row["event"]


def test_every_precision_has_a_word_in_both_languages():
    known = {row["key"] for row in read_words("chronicle_precisions")}
    assert {read_interval(written).precision for written in FORMS} <= known


@given(DAYS)
def test_every_way_of_writing_a_day_means_that_day(day):
    for written in (
        day.isoformat(), f"{day.year}/{day.month}/{day.day}", f"{day.year}年{day.month}月{day.day}日",
        day.strftime("%Y%m%d"), f"{day:%B} {day.day}, {day.year}", f"{day.day} {day:%b} {day.year}",
    ):  # fmt: skip
        assert read_interval(written) == Interval(day, day, "day")


@given(DAYS)
def test_a_coarser_date_always_holds_the_finer_one(day):
    third = "上旬" if day.day <= 10 else "中旬" if day.day <= 20 else "下旬"
    half, quarter = 1 + (day.month > 6), (day.month + 2) // 3
    ladder = [
        f"{day:%Y-%m-%d}", f"{day.year}年{day.month}月{third}", f"{day:%Y-%m}", f"{day.year}-Q{quarter}",
        f"{day.year}-H{half}", f"{day.year}", f"{day.year // 10 * 10}年代", f"{day.year // 10 * 10}年代以降",
    ]  # fmt: skip
    read = [read_interval(written) for written in ladder]
    for fine, coarse in pairwise(read):
        assert fine.earliest >= coarse.earliest and fine.latest <= coarse.latest


@given(DAYS)
def test_about_only_widens(day):
    for written in (
        f"{day:%Y-%m-%d}",
        f"{day.year}年{day.month}月",
        f"{day.year}年",
        f"{day.year // 10 * 10}年代",
    ):
        plain, about = read_interval(written), read_interval(written + "頃")
        assert about.earliest < plain.earliest and plain.latest < about.latest


@given(DAYS, DAYS, DAYS, DAYS)
def test_order_is_what_every_pair_of_possible_days_says(a, b, c, d):
    one, two = Interval(*sorted((a, b)), "range"), Interval(*sorted((c, d)), "range")
    every = {one.earliest, one.latest}, {two.earliest, two.latest}
    assert one.before(two) == all(x < y for x in every[0] for y in every[1])
    assert {"before": "after", "after": "before", "undecided": "undecided"}[one.order(two)] == two.order(one)
    assert one.overlaps(two) == (one.order(two) == "undecided") == (one.meet(two) is not None)
    assert (one.gap_days(two) == 0) == one.overlaps(two)


@given(DAYS, DAYS, DAYS, DAYS)
def test_a_wider_interval_never_decides_an_order_that_a_narrower_one_leaves_open(a, b, c, d):
    one, two = Interval(*sorted((a, b)), "range"), Interval(*sorted((c, d)), "range")
    wider = one.hull(two)
    if wider.before(two):
        assert one.before(two)
    assert not wider.before(one) and not one.before(wider)


@given(DAYS, DAYS)
def test_what_is_written_out_is_read_back(a, b):
    first, last = sorted((a, b))
    for interval in (
        Interval(first, last, "range"),
        Interval(first, dt.date.max, "from"),
        Interval(dt.date.min, last, "until"),
    ):
        back = read_interval(interval.written().removesuffix("/") + ("-" if interval.open_end else ""))
        assert (back.earliest, back.latest) == (interval.earliest, interval.latest)


PIECES = [
    "2010",
    "9999",
    "0001",
    "-09",
    "9月",
    "7日",
    "/",
    "~",
    "-",
    "以降",
    "以前",
    "頃",
    "約",
    "年代",
    "上期",
    "年度",
]
PIECES += [
    "平成",
    "元年",
    "H1",
    "Q4",
    " ",
    "to",
    "before ",
    "after ",
    "late ",
    "(about)",
    "12",
    "'",
    "まで",
    "年",
    ",",
]


@given(st.text(max_size=25) | st.lists(st.sampled_from(PIECES), max_size=7).map("".join))
def test_any_text_is_read_or_refused_by_name(text):
    try:
        found = read_interval(text)
    except DataError as refused:
        assert refused.problems[0].key.startswith("chronicle_date_")
    else:
        assert found.earliest <= found.latest


def test_an_inverted_interval_cannot_be_made():
    with pytest.raises(DataError):
        Interval(dt.date(2010, 2, 1), dt.date(2010, 1, 1), "range")
    assert unknown("none").written() == ""
