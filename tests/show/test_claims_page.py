"""Pages of claims: every sentence and number comes from the tables, and one test holds for everybody."""

from __future__ import annotations

import re
from functools import cache
from html import unescape

import pandas as pd
import pytest

from meguri.observe.chronicle import chronicle
from meguri.show.chronicle import chronicle_page
from meguri.show.chronicle_said import events_said, forecasts_said, verdicts_said
from meguri.show.claims_tables import claim_tables
from meguri.structure.claims import claim, test_claim
from meguri.structure.claims_points import claim_points, series_names
from meguri.structure.forecasts import forecasts
from tests.show.pages import TEXTS, browser, opened, touching

__all__ = ["browser"]
judge = test_claim
del test_claim  # its name would make it a test of its own
QUICK = ("cl-001", "cl-002", "n10-january-halt", "cl-007")  # one of each verdict that needs no search


@cache
def judged():
    return {name: judge(claim(name)) for name in QUICK}


@cache
def tables():
    return claim_tables(list(judged().values()), claim_points(), series_names())


def alone(name):
    return claim_tables([judged()[name]], claim_points(), series_names())


def text_of(html):
    """Words of a page as a reader sees them."""
    body = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", QUICK)
def test_a_page_says_what_its_tables_say(name, lang):
    own = alone(name)
    shown = text_of(chronicle_page(own, lang))
    (row,) = own["claim_verdicts"].to_dict("records")
    assert row[f"text_{lang}"] in shown
    for table, column in (("claim_evidence", f"text_{lang}"), ("claim_would_decide", f"text_{lang}")):
        for text in own.get(table, pd.DataFrame(columns=[column]))[column]:
            assert " ".join(text.split()) in shown
    explained = " ".join(row[f"why_{lang}"].split())
    assert explained[-30:] in shown


def test_every_table_of_a_verdict_is_there_under_its_claim_and_nothing_is_lost():
    for name, verdict in judged().items():
        for table, parts in (("claim_readings", ["readings"]), ("claim_evidence", ["evidence"]),
                             ("claim_findings", ["series", "placebos"])):  # fmt: skip
            rows = sum(len(verdict.tables[part]) for part in parts)
            held = tables().get(table, pd.DataFrame(columns=["claim"]))
            assert (held["claim"] == name).sum() == rows


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_counts_in_the_headline_are_counted_from_the_tables(lang):
    said = verdicts_said(tables(), lang)
    counts = tables()["claim_verdicts"]["verdict"].value_counts()
    assert sorted(map(int, re.findall(r"\d+", said))) == sorted([len(QUICK), *counts])
    table = forecasts()
    numbers = [
        len(table),
        *(int((table["score"] == key).sum()) for key in ("hit", "miss", "open", "unverifiable")),
    ]
    assert list(map(int, re.findall(r"\d+", forecasts_said(table, lang)))) == numbers
    assert str(len(chronicle())) in events_said(chronicle(), lang)[0]


def test_whoever_makes_a_claim_gets_the_same_page_but_for_the_name():
    one = judged()["cl-001"]
    other = judge(one.claim.model_copy(update={"who": "somebody else"}))
    pages = [chronicle_page(claim_tables([verdict]), "en") for verdict in (one, other)]
    assert pages[0].replace("media, document", "somebody else, document") == pages[1]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_words_of_a_file_are_never_read_as_html(lang):
    strange = judged()["cl-001"].claim.model_copy(update={"who": "<script>alert(1)</script>"})
    page = chronicle_page(claim_tables([judge(strange)]), lang)
    assert "<script>alert" not in page


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_two_names_of_a_claims_figures_touch(browser, tmp_path, lang):
    own = claim_tables([*judged().values(), judge(claim("cl-011-hf"))], claim_points(), series_names())
    shown, said, asked = opened(
        browser, tmp_path / "page.html", chronicle_page(own | {"forecasts": forecasts()}, lang)
    )
    assert (said, len(asked)) == ([], 1)
    for figure in shown.query_selector_all("figure"):
        assert touching(figure.evaluate(TEXTS)) == []
    shown.close()
