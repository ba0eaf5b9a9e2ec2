"""Control entries: each date, source and group is declared, and an entry that ended stays ended."""

import os
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.observe.control_entries import control_entries, iso_day, screening_table, standing
from meguri.observe.controls import controls

DAYS = st.dates(pd.Timestamp("2012-01-01").date(), pd.Timestamp("2027-12-31").date())


@settings(max_examples=40, deadline=None)
@given(DAYS, DAYS)
def test_an_entry_never_goes_back_to_not_yet_and_one_that_ended_stays_ended(one, other):
    early, late = sorted((one.isoformat(), other.isoformat()))
    table = screening_table("control_entries")
    before, after = standing(table, early), standing(table, late)
    assert not ((before != "not-yet") & (after == "not-yet")).any()
    assert (after[before == "ended"] == "ended").all()


def test_the_last_day_counts_and_so_does_the_first():
    row = {"start": "2025-02-01", "end": "2025-02-28", "suspended_from": "", "suspended_to": ""}
    days = ["2025-01-31", "2025-02-01", "2025-02-28", "2025-03-01"]
    found = [standing(pd.DataFrame([row]), day).iloc[0] for day in days]
    assert found == ["not-yet", "in-force", "in-force", "ended"]


@pytest.mark.parametrize("day", ["2025-2-1", "2025-02-30", "", "R7.2.1"])
def test_what_is_no_iso_day_is_refused(day):
    with pytest.raises(DataError):
        iso_day(day)


def test_a_country_stands_in_one_row_of_a_group_at_a_time():
    table = screening_table("screen_destinations")
    assert not table[table["until"] == ""].duplicated(["group", "country"]).any()
    both = set(table.loc[table["group"] == "jp-42", "country"])
    assert not both & set(table.loc[table["group"] == "jp-not-42", "country"])
    assert len(both) == 42


def test_every_source_and_every_control_of_the_entries_exists():
    known = set(sources()["source"])
    for table in ("control_entries", "entry_specs", "screen_routes"):
        cited = {key for cell in screening_table(table)["source"] for key in cell.split("|") if key}
        assert cited <= known, cited - known
    named = set(control_entries()["control"]) - {""}
    assert named <= set(controls()["control"])


def test_entries_agree_with_the_dated_controls_on_the_first_day():
    dated = controls().set_index("control")
    for row in control_entries().query("control != ''").to_dict("records"):
        assert row["start"] == dated.at[row["control"], "start"], row["entry"]


def test_reasons_stand_in_both_languages_and_an_unverified_entry_has_one():
    table = control_entries()
    assert ((table["reason_en"] == "") == (table["reason_ja"] == "")).all()
    assert (table.loc[table["status"] == "unverified", "reason_en"] != "").all()


@pytest.mark.data
def test_the_six_process_entries_stand_for_the_counts_of_the_published_table():
    path = os.environ.get("MEGURI_DATA")
    if not path:
        pytest.skip("MEGURI_DATA is not set")
    counts = pd.read_csv(Path(path) / "curated-monthly-points" / "meti_23_items_by_process.csv")
    table = control_entries().set_index("entry")
    for row in counts.to_dict("records"):
        entry = table.loc[f"jp-23-{row['category_en']}"]
        assert f"（{row['n_items']}品目）" in entry["item_ja"]
        assert (entry["announced"], entry["start"]) == (row["promulgated"], row["effective"])
