"""Six phases as rows and every year as a band (AC8.5)."""

from __future__ import annotations

import pytest

from meguri.structure.relocation import timeline
from meguri.structure.relocation_story import relocation_links, relocation_series


def test_all_six_phases_have_an_event_a_reason_and_what_followed():
    table = relocation_links()
    assert sorted(set(table["phase"])) == [1, 2, 3, 4, 5, 6]
    assert (table["start"].min(), table["end"].max()) == (1995, 2025)
    kinds = timeline().set_index("fact")["kind"]
    assert set(kinds[table["event"]]) == {"event"} and set(kinds[table["why"]]) == {"why"}
    linked = set(table["event"]) | set(table["why"]) | set(table["action"])
    inside = timeline()[lambda rows: rows["kind"].isin(["event", "why", "action", "result"])]
    assert linked == set(inside["fact"])  # nothing the document tells is left out


def test_dates_settle_the_order_only_where_they_can():
    facts = timeline()
    assert set(relocation_links(facts)["order"]) == {"same"}
    early = facts.assign(end=facts["end"].mask(facts["fact"] == "tl-013", 2005),
                         start=facts["start"].mask(facts["fact"] == "tl-013", 2005))  # fmt: skip
    table = relocation_links(early).set_index("event")
    assert set(table.loc["tl-013", "order"]) == {"before"}
    late = facts.assign(start=facts["start"].mask(facts["fact"] == "tl-013", 2013),
                        end=facts["end"].mask(facts["fact"] == "tl-013", 2013))  # fmt: skip
    assert set(relocation_links(late).set_index("event").loc["tl-013", "order"]) == {"impossible"}


def test_the_domestic_share_runs_from_80_90_to_25_35_percent_with_a_band_every_year():
    home = relocation_series().query("country == 'JP'").set_index("year")
    assert home.loc[[2000, 2025], ["printed_low", "printed_high"]].to_numpy().tolist() == [
        [0.8, 0.9],
        [0.25, 0.35],
    ]
    assert list(home.index) == list(range(2000, 2026))
    assert ((home["low"] <= home["middle"]) & (home["middle"] <= home["high"])).all()
    assert set(home.loc[~home["anchor"].astype(bool), "grade"]) == {"assumed"}


def test_years_between_lie_on_the_line_and_printed_figures_stay_in_their_years():
    home = relocation_series().query("country == 'JP'").set_index("year")
    assert home.at[2005, "low"] == pytest.approx((home.at[2000, "low"] + home.at[2010, "low"]) / 2)
    assert (
        home.loc[home["printed_low"].notna()].index.tolist()
        == home.index[home["anchor"].astype(bool)].tolist()
    )
