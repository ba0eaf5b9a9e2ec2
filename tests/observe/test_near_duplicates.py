"""Rows that tell one act stand under one heading, nothing is lost, and the rule is measured, not praised."""

import datetime as dt

import pandas as pd
import pytest

from meguri.base.tables import Schema
from meguri.observe.chronicle import chronicle
from meguri.observe.near_duplicates import (
    THRESHOLD,
    WEIGHTS,
    check_labels,
    headings,
    near_duplicates,
    not_in_ours,
)
from meguri.observe.packaged import facts
from meguri.observe.policy_events import policy_events
from meguri.observe.sets import data_folder


def rows(*given):
    """Events by (key, document, record, start, actor, instrument, elements, label, url)."""
    columns = ["event", "document", "record", "start", "actor", "instrument", "elements", "label_en", "url"]
    table = pd.DataFrame(given, columns=columns).assign(agrees="yes")
    return Schema.of("chronicle").check(
        table.assign(label_ja=table["label_en"], end=table["start"], precision="day"), "by hand"
    )


GRAPHITE = ("CHN", "export-control", "C")
TWO = rows(
    ("a", "public", "", "2023-12-01", *GRAPHITE, "Licences for graphite", ""),
    ("b", "public", "gta", "2023-12-01", *GRAPHITE, "Licences for graphite items", ""),
    ("c", "public", "gta", "2023-12-01", "USA", "export-control", "C", "Licences for graphite items", ""),
    ("d", "public", "gta", "2020-01-01", *GRAPHITE, "Licences for graphite items", ""),
)


def test_the_same_act_by_two_tellers_is_found_and_another_actor_or_year_is_not():
    pairs = near_duplicates(TWO)
    assert [(row.event, row.other, row.why) for row in pairs.itertuples()] == [("a", "b", "act")]


def test_the_score_is_the_weighted_sum_of_the_parts_shown():
    assert sum(WEIGHTS.values()) == pytest.approx(1)
    pairs = near_duplicates(TWO, threshold=0.0, best=False)
    total = sum(weight * pairs[name] for name, weight in WEIGHTS.items())
    assert (pairs["score"] - total).abs().max() < 1e-3


def test_one_teller_lists_an_act_once_unless_word_for_word_or_on_one_page():
    day = ("2024-01-01", "USA", "subsidy", "Li")
    table = rows(
        ("a", "public", "gta", *day, "Grant to firm A for lithium", ""),
        ("b", "public", "gta", *day, "Grant to firm B for lithium", ""),
        ("c", "public", "gta", *day, "Grant to firm A for lithium", ""),
        ("d", "public", "mofcom", "2024-03-01", *day[1:], "Something else", "http://page/1.html"),
        ("e", "public", "mofcom", "2024-03-01", *day[1:], "Told in other words", "http://page/1.html"),
    )
    found = {(row.event, row.other, row.why) for row in near_duplicates(table).itertuples()}
    assert found == {("a", "c", "act"), ("d", "e", "page")}


def test_a_chain_of_likenesses_does_not_tie_together_what_is_not_alike():
    pairs = pd.DataFrame({"event": ["a", "b"], "other": ["b", "c"], "why": ["act", "act"]})
    table = rows(
        *((key, "public", record, "2024-01-01", "USA", "subsidy", "Li", key, "") for key, record in
          (("a", ""), ("b", "mofcom"), ("c", "gta")))
    )  # fmt: skip
    merged = headings(table, pairs).set_index("event")
    assert merged["heading"].to_dict() == {"a": "a", "b": "a", "c": "c"}
    assert merged.at["b", "told"] == 2 and merged.at["a", "sources_told"] == "mofcom|public"
    assert not_in_ours(merged.reset_index())["event"].tolist() == ["c"]


def test_relabelling_the_actors_changes_no_score():
    swapped = TWO.assign(actor=TWO["actor"].replace({"CHN": "AUS", "USA": "JPN"}))
    columns = ["event", "other", "score"]
    assert near_duplicates(swapped)[columns].equals(near_duplicates(TWO)[columns])


def test_every_row_keeps_its_place_under_exactly_one_heading():
    events = chronicle()
    merged = headings(events, near_duplicates(events))
    assert merged["event"].tolist() == events["event"].tolist()
    assert merged.groupby("heading").size().sum() == len(events)
    halt = merged.set_index("event")["heading"]
    assert halt["ev-005"] == halt["pub-halt-2010"] and halt["ev-003"] == halt["pub-quota-2010"]
    assert halt["pub-collision-2010"] != halt["ev-007"]


@pytest.mark.data
@pytest.mark.slow
@pytest.mark.skipif(data_folder() is None, reason="needs MEGURI_DATA")
def test_precision_on_pairs_labelled_by_hand_is_what_the_docs_print():
    events = pd.concat([chronicle(), policy_events()], ignore_index=True)
    labels, pairs = facts("duplicate_labels"), near_duplicates(events)
    assert set(labels["event"]) | set(labels["other"]) <= set(events["event"])
    assert len(labels) >= 60 and labels["half"].eq("measure").sum() >= 50
    for half in ("choose", "measure"):
        found = check_labels(labels[labels["half"].eq(half)], pairs)
        print(f"{half} half, threshold {THRESHOLD}: {found}")  # shown by pytest -s
        assert found["precision"] >= 0.9 and found["recall"] >= 0.65
    merged = headings(events, pairs)
    new = not_in_ours(merged)
    assert len(events) == len(merged) and 900 < len(new) < len(events)
    same_page = merged.loc[merged["url"].str.endswith("/1098.html"), "heading"].unique()
    assert same_page.tolist() == ["pub-w-2025"]
    assert dt.date.fromisoformat(merged.set_index("event").at["gta-129576", "start"]) == dt.date(2023, 12, 1)
