"""Laws of the order of cause and effect, and its slow twin."""

import datetime as dt

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.observe.interval import Interval
from meguri.structure import claims as checked
from meguri.structure.claims_model import Claim, Dated, Occurrence, Said
from meguri.structure.claims_order import chain_order
from meguri.structure.claims_points import claim_points
from tests.reference.plain_order import plain_order

LABEL = {"en": "it", "ja": "それ"}
NO_EVENTS = pd.DataFrame(columns=["event", "start", "end", "elements", "actor", "instrument", "source"])
NO_SERIES = pd.DataFrame(columns=["role", "finding"])
NO_POINTS = claim_points().head(0)
BASE = dt.date(2010, 9, 7)

SPANS = st.tuples(st.integers(-40, 40), st.integers(0, 30)).map(
    lambda pair: (BASE + dt.timedelta(days=pair[0]), BASE + dt.timedelta(days=sum(pair)))
)
READINGS = st.lists(SPANS, min_size=1, max_size=3)


def occurrence(spans) -> Occurrence:
    dated = [Dated(date=Interval(first, last, "range"), source="one") for first, last in spans]
    return Occurrence(label=LABEL, dates=tuple(dated))


def claim(cause, effect, **more) -> Claim:
    parts = {"cause": occurrence(cause), "effect": occurrence(effect)}
    return Claim.model_validate({"id": "c", "text": LABEL, "who": "w", "source": "s", **parts, **more})


def verdict(item: Claim) -> checked.Verdict:
    return checked.test_claim(item, NO_EVENTS, NO_POINTS)


def by_dates(item: Claim) -> tuple[str, str]:
    """Order and verdict without the tables of a whole answer."""
    order = chain_order(item, NO_EVENTS)
    return order, checked.decide(item.kind, order, NO_SERIES)[0]


@settings(max_examples=25, deadline=None)
@given(READINGS, READINGS)
def test_order_is_that_of_the_plain_twin(cause, effect):
    order, answer = by_dates(claim(cause, effect))
    assert order == plain_order(cause, effect)
    assert (answer == "impossible-by-order") == (order == "after")


@settings(max_examples=25, deadline=None)
@given(READINGS, READINGS, st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_widening_a_date_never_makes_a_claim_impossible(cause, effect, before, after, of_cause):
    def wider(spans):
        return [(a - dt.timedelta(days=before), b + dt.timedelta(days=after)) for a, b in spans]

    wide = claim(wider(cause), effect) if of_cause else claim(cause, wider(effect))
    if by_dates(claim(cause, effect))[1] != "impossible-by-order":
        assert by_dates(wide)[1] != "impossible-by-order"


@settings(max_examples=6, deadline=None)
@given(READINGS, READINGS, st.integers(-20000, 20000))
def test_shifting_all_dates_alike_changes_no_order(cause, effect, days):
    def moved(spans):
        return [(a + dt.timedelta(days=days), b + dt.timedelta(days=days)) for a, b in spans]

    assert by_dates(claim(cause, effect)) == by_dates(claim(moved(cause), moved(effect)))


@settings(max_examples=3, deadline=None)
@given(READINGS, READINGS, st.lists(st.sampled_from(["for", "against", "context"]), max_size=4))
def test_evidence_in_words_never_changes_a_verdict(cause, effect, sides):
    said = tuple(Said(side=side, text=LABEL, source="s") for side in sides)
    plain, told = verdict(claim(cause, effect)), verdict(claim(cause, effect, evidence=said))
    assert plain.verdict == told.verdict
    assert len(told.evidence) == len(sides)


@settings(max_examples=6, deadline=None)
@given(READINGS, READINGS)
def test_a_claim_and_its_reverse_are_never_both_impossible(cause, effect):
    there, back = by_dates(claim(cause, effect))[1], by_dates(claim(effect, cause))[1]
    assert not there == back == "impossible-by-order"


@settings(max_examples=3, deadline=None)
@given(READINGS, READINGS, st.text(max_size=20))
def test_who_says_it_never_changes_a_verdict(cause, effect, who):
    one, other = claim(cause, effect), claim(cause, effect).model_copy(update={"who": who, "document": who})
    here, there = verdict(one), verdict(other)
    assert (here.verdict, here.why_en) == (there.verdict, there.why_en)
