"""Events with the precision of their dates: filters, both kinds of dates, links, and no side taken."""

import pytest

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.observe.chronicle import actors, chronicle, dates, document_dates, links, onset, public_dates
from meguri.observe.dated import read_interval


def rows(**filters):
    return set(chronicle(**filters)["event"])


def test_each_filter_keeps_what_it_names_and_all_together_keep_what_each_keeps():
    every = rows()
    assert rows(actor="中国") == rows(actor="CHN") == rows(actor="China") < every
    assert {"ev-042", "ev-006"} <= rows(actor="JP") and "ev-042" in rows(actor="EU")
    assert rows(actor="日本") & rows(actor="hitachi metals") == set()
    assert rows(instrument="export-tax") >= {"ev-034", "pub-duty-2007", "pub-duty-nd-2011"}
    assert rows(stage="magnet") >= {"ev-010", "ev-044"}
    assert rows(sources=["documents"]) | rows(sources=["public"]) == every
    assert not rows(sources=["documents"]) & rows(sources=["public"])
    both = rows(element="Nd", actor="CN", instrument="quota", since="2010", until="2011")
    assert both == rows(element="Nd") & rows(actor="CN") & rows(instrument="quota") & rows(
        since="2010", until="2011"
    )
    assert {"ev-003", "ev-004", "pub-quota-2010", "pub-quota-2011"} <= both


def test_an_event_stays_while_either_of_its_dates_can_lie_in_the_window():
    january, autumn = rows(since="2010-01", until="2010-01"), rows(since="2010-09", until="2010-11")
    assert "ev-002" in january and "ev-002" in autumn  # the document says January, the record September
    assert "pub-halt-2010" in autumn and "pub-halt-2010" not in january
    assert "ev-016" in rows(until="2000")  # "before 2018": it can have been then


@pytest.mark.parametrize(
    ("filters", "key", "place"),
    [
        ({"instrument": "qouta"}, "chronicle_choice", "instrument"),
        ({"stage": "magnets"}, "chronicle_choice", "stage"),
        ({"sources": ["seeds"]}, "chronicle_choice", "sources"),
        ({"since": "last year"}, "chronicle_date_form", "since"),
        ({"until": "03/04/2012"}, "chronicle_date_order", "until"),
    ],
)
def test_a_filter_that_names_nothing_we_know_is_refused_with_the_way_out(filters, key, place):
    with pytest.raises(DataError) as refused:
        chronicle(**filters)
    problem = refused.value.problems[0]
    assert (problem.key, problem.place) == (key, place)
    assert "quota" in problem.text() if filters.get("instrument") else problem.text("ja")


def test_no_event_is_left_without_a_source_and_public_dates_name_theirs():
    known = set(sources()["source"])
    table = dates(chronicle())
    assert not table.duplicated(["event", "basis"]).any()
    assert {key for cell in chronicle()["source"] for key in cell.split("|")} <= known
    public = table[table["basis"].eq("public")]
    assert public["source"].ne("").all()
    halt = table.set_index(["event", "basis"]).loc["ev-002"]
    assert halt["earliest"].to_dict() == {"document": "2010-01-01", "public": "2010-09-21"}
    assert halt["source"].to_dict() == {"document": "seed-000", "public": "gta-2092|meti-survey-2010"}


def test_a_link_joins_a_row_of_a_document_to_a_row_of_the_public_record():
    table = links()
    documents = set(chronicle(sources=["documents"])["event"])
    assert set(table["event"]) <= documents and set(table["other"]) <= rows(sources=["public"])


def test_an_event_begins_within_its_dates():
    for row in chronicle().to_dict("records"):
        whole, begun = document_dates(row), onset(row)
        assert whole.earliest == begun.earliest and begun.latest <= whole.latest, row["event"]
        if row["document"] == "public":
            assert public_dates(row) == whole, row["event"]


def test_the_orders_that_the_acceptance_asks_for_follow_from_the_dates():
    told = {row["event"]: document_dates(row) for row in chronicle().to_dict("records")}
    assert told["ev-006"].before(told["ev-008"])  # collision 2010, nationalisation 2012
    assert told["pub-quota-2010"].before(told["ev-006"])  # July quota, September collision
    assert told["ev-006"].before(told["pub-halt-2010"])
    assert told["ev-002"].before(told["ev-006"])  # the document's January halt
    assert told["pub-us-rules-2022"].before(told["pub-trilateral-2023"])
    assert told["pub-trilateral-2023"].before(told["pub-23-items"])
    assert told["pub-wto-appellate"].order(read_interval("2013")) == "after"


def test_actors_are_read_by_any_name_and_firms_are_not_economies():
    assert actors("CHN/JPN") == actors("日本|中国") == {"CN", "JP"}
    assert actors("") == set() and actors("JX Metals") == {"jx metals"}


def test_no_adjective_takes_sides_in_a_packaged_event():
    loaded = (
        "unfair",
        "illegal",
        "aggressive",
        "coercive",
        "retaliat",
        "punitive",
        "不当",
        "報復",
        "威圧",
        "不法",
    )
    for row in chronicle(sources=["public"]).to_dict("records"):
        assert not [word for word in loaded if word in f"{row['label_en']} {row['label_ja']}".lower()], row[
            "event"
        ]
