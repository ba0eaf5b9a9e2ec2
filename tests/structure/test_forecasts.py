"""Forecasts of others: scored from packaged tables, by one rule for everybody, and not before their time."""

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.base.words import packaged
from meguri.observe.dated import read_interval
from meguri.observe.demand import flags
from meguri.observe.harmonise import Interval as Amount
from meguri.observe.interval import unknown
from meguri.respond.thesis import thesis_table
from meguri.structure.forecasts import LOOKED_UP, Seen, forecast_counts, forecasts, look_up, score

NUMBERS = st.integers(-40, 40).map(lambda n: n / 8)
LATER = dt.date(2050, 1, 1)


@pytest.fixture(scope="module")
def table():
    return forecasts()


def test_the_forecasts_of_the_acceptance_are_judged_with_their_dates(table):
    told = table.set_index("forecast")
    ruling = told.loc["002-wto-date"]
    assert (ruling["issued"], ruling["due"], ruling["seen_on"]) == ("2012", "2013", "2014-08-07")
    assert ruling["score"] == "miss" and ruling["outcome_source"] == "wto-ds431"
    assert told.at["002-nd-free", "score"] == told.at["002-nd-free-imports", "score"] == "miss"
    assert told.at["002-dy-not-free", "score"] == "hit"
    assert told.at["002-china-weaker", "score"] == told.at["002-lead-at-home", "score"] == "miss"
    home = told.loc["002-lead-at-home"]
    assert (home["seen_low"], home["seen_high"]) == (0.25, 0.35)
    assert set(told.loc[told["document"].eq("000"), "score"]) == {"open"}
    assert len(table) >= 15


def test_the_same_question_has_the_same_answer_as_the_table_of_the_thesis(table):
    verdicts = thesis_table().set_index("test")["verdict"]
    shared = table[table["test"].ne("")]
    assert len(shared) >= 10
    assert shared["score"].tolist() == [verdicts[test] for test in shared["test"]]


def test_mines_outside_china_are_added_up_from_the_rows_of_2014():
    # BGS, t REO: all countries 150,767, China 139,000; Mt Weld ore 18.5 % Nd2O3, 1.1664 t of it for 1 t Nd
    assert look_up("outside:CN:REO:2014:").amount.low == 150_767 - 139_000
    assert look_up("outside:CN:Nd:2014:mt-weld").amount.low == pytest.approx(
        11_767 * 0.185 / 1.1664, rel=1e-3
    )
    assert look_up("outside:CN:Nd:2014:mt-weld").grade == "assumed"


def test_every_source_flag_and_line_of_a_forecast_is_known(table):
    known = set(sources()["source"])
    assert set(table["who"]) <= known
    assert {key for cell in table["outcome_source"] for key in cell.split("|") if key} <= known
    assert {key for cell in table["flag"] for key in cell.split("|") if key} <= set(flags()["flag"])
    assert table.loc[table["document"].ne("public"), "line"].notna().all()
    assert all(read_interval(issued).known for issued in table["issued"])
    judged = table["score"].isin(["hit", "miss"])
    assert table.loc[judged, "outcome_source"].ne("").all()


def test_nothing_is_judged_before_it_is_due_and_nothing_due_stays_open(table):
    early = forecasts(as_of=dt.date(2012, 12, 1)).set_index("forecast")["score"]
    due = table.set_index("forecast")["due"].map(
        lambda text: read_interval(text) if text else unknown("none")
    )
    waiting = [key for key, day in due.items() if day.known and day.latest >= dt.date(2012, 12, 1)]
    assert set(early[waiting]) == {"open"}
    late = forecasts(as_of=LATER)["score"]
    assert "open" not in set(late)
    assert table["scored_on"].eq(LOOKED_UP.isoformat()).all()


def test_an_event_after_the_day_of_judgement_is_not_known_yet():
    seen = Seen(None, read_interval("2014-08-07"), "", "")
    due = read_interval("2013")
    days = {dt.date(2013, 6, 1): "open", dt.date(2014, 1, 1): "unverifiable", dt.date(2015, 1, 1): "miss"}
    assert {day: score("by", seen, None, due, day) for day in days} == days
    assert score("not-by", seen, None, due, LATER) == "hit"
    assert score("by", Seen(None, read_interval("2013/2014"), "", ""), None, due, LATER) == "unverifiable"
    assert score("happens", seen, None, unknown("none"), LATER) == "hit"


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.sampled_from(["above", "below", "within"]))
def test_a_vaguer_outcome_never_turns_a_hit_into_a_miss(a, b, c, d, comparator):
    seen, wanted, due = Amount(*sorted((a, b))), Amount(*sorted((c, d))), read_interval("2020")
    wider = Seen(Amount(seen.low - 1, seen.high + 1), None, "", "")
    sharp = score(comparator, Seen(seen, None, "", ""), wanted, due, LATER)
    vague = score(comparator, wider, wanted, due, LATER)
    assert vague in (sharp, "unverifiable")


@given(NUMBERS, NUMBERS, NUMBERS)
def test_above_and_below_are_opposites_for_a_number(value, low, high):
    seen = Seen(Amount.of(value), None, "", "")
    wanted, due = Amount(*sorted((low, high))), read_interval("2020")
    above, below = (score(name, seen, wanted, due, LATER) for name in ("above", "below"))
    assert not (above == below == "hit")
    if value < wanted.low:
        assert (above, below) == ("miss", "hit")
    if wanted.low < value < wanted.high:
        assert above == below == "unverifiable"


@pytest.mark.parametrize(
    "outcome",
    [
        "series:jsnm:1900",
        "event:none",
        "oracle:x",
        "price:none",
        "outside:CN:REO:1900:",
        "series:jsnm",
        "series",
    ],
)
def test_an_outcome_that_no_table_holds_is_named_with_its_place(outcome):
    with packaged("claims", "forecasts.csv").open("rb") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    rows.loc[0, "outcome"] = outcome
    with pytest.raises(DataError) as refused:
        forecasts(rows)
    problem = refused.value.problems[0]
    assert (problem.key, problem.place, problem.found) == ("claim_outcome", "002-wto-date.outcome", outcome)


def test_counts_add_up_to_the_table(table):
    counts = forecast_counts(table)
    assert counts.drop(columns="who").to_numpy().sum() == len(table)
