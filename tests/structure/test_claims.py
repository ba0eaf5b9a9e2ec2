"""One test for every claim: media, documents and authors stand before the same dates (AC8.1 to AC8.3)."""

import re
from functools import cache

import pytest

from meguri.observe.chronicle import chronicle
from meguri.structure import claims as checked
from meguri.structure.claims import VERDICTS, claim, claims
from meguri.structure.claims_points import claim_points

CLAIMS = {item.id: item for item in claims()}
POINTS = claim_points().query("not series.str.startswith('kr-')")  # the search for breaks takes seconds


@cache
def verdict(name: str) -> checked.Verdict:
    return checked.test_claim(claim(name), series=POINTS)


def test_a_nationalisation_of_2012_cannot_have_caused_an_incident_of_2010():
    found = verdict("cl-001")
    assert found.verdict == "impossible-by-order"
    assert (found.cause.written(), found.effect.written()) == ("2012-09-01/2012-09-30", "2010-09-07")


def test_an_incident_of_september_cannot_have_caused_a_quota_of_july():
    assert verdict("cl-003").verdict == "impossible-by-order"


def test_the_halt_after_the_incident_is_not_excluded_although_a_document_dates_one_before_it():
    found = verdict("cl-002")
    assert found.verdict == "not-excluded"
    readings = found.tables["readings"]
    effect = readings[readings["part"] == "effect"]
    assert {"2010-01-01", "2010-09-21"} <= set(effect["earliest"])
    assert set(found.evidence["side"]) == {"for", "against"}


def test_the_documents_own_january_halt_is_unverifiable_and_what_would_decide_it_is_named():
    found = verdict("n10-january-halt")
    assert found.verdict == "unverifiable"
    against = " ".join(found.evidence.loc[found.evidence["side"] == "against", "text_en"])
    assert "2.67" in against and "16,000 t" in against
    assert found.would_decide[["series", "since", "until"]].iloc[0].tolist() == [
        "jp-imports-rare-earths-cn", "2010-01", "2010-03",
    ]  # fmt: skip
    searched = found.tables["searches"].iloc[0]
    assert searched["count"] >= 1 and re.match(r"\d{4}-\d\d-\d\d$", searched["date"])


@pytest.mark.parametrize("name", ["cl-007", "n13-autonomous", "cl-008"])
def test_a_motive_is_contested_on_both_sides_and_the_documents_own_contradiction_is_shown(name):
    found = verdict(name)
    assert found.verdict == "contested-motive"
    assert 33 in found.tables["contradictions"]["line"].tolist()


def test_deliberate_and_unintended_are_both_contested_within_one_document():
    assert {verdict(name).verdict for name in ("cs-002", "cs-003")} == {"contested-motive"}


def test_a_forecast_of_a_date_is_tested_as_an_order_and_its_reader_is_told_that_it_missed():
    found = verdict("n32-ruling-by-2013")
    assert (found.verdict, found.because) == ("impossible-by-order", "forecast_missed")
    assert "The forecast missed" in found.why_en and "予測は外れました" in found.why_ja
    assert "2014-08-07, after the date forecast (2013)" in found.why_en
    assert "cause" not in found.why_en and "原因" not in found.why_ja


def test_every_claim_of_the_documents_is_packaged_and_gets_a_verdict():
    assert {f"cl-{number:03d}" for number in range(1, 24)} <= set(CLAIMS)
    assert {verdict(name).verdict for name in CLAIMS} <= set(VERDICTS)


def test_competing_events_are_found_in_the_chronicle_and_not_only_listed():
    found = verdict("cl-002").competing.set_index("event")
    assert CLAIMS["cl-002"].alternatives == ()
    assert found.at["pub-quota-2010", "when"] == "before"
    assert "pub-halt-2010" not in found.index and "ev-006" not in found.index  # the claim's own records


def test_the_explanation_exists_in_both_languages_for_every_claim():
    for name in CLAIMS:
        found = verdict(name)
        assert found.why_en and re.search(r"[぀-ヿ㐀-鿿]", found.why_ja)
        assert "{" not in found.why_en + found.why_ja


def kept_when_another_says_it(names):
    events = chronicle()
    for name in names:
        item = CLAIMS[name]
        swapped = item.model_copy(update={"who": "media" if item.who != "media" else "author"})
        found = checked.test_claim(swapped, events, POINTS)
        assert (found.verdict, found.why_en) == (verdict(name).verdict, verdict(name).why_en)


def test_swapping_who_said_it_never_changes_a_verdict():
    """One claim for each verdict and each kind; all of them are slow."""
    one_of_each = {(verdict(name).verdict, item.kind): name for name, item in CLAIMS.items()}
    kept_when_another_says_it(one_of_each.values())


@pytest.mark.slow
def test_swapping_who_said_it_changes_no_verdict_of_any_packaged_claim():
    kept_when_another_says_it(CLAIMS)
