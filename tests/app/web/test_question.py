"""What an address asks: read with every problem named, whatever stands in it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.app.web.desk import Desk
from meguri.app.web.question import Asked, Field, Question, words_of
from meguri.app.web.questions import QUESTIONS
from meguri.base.errors import DataError

FIELDS = (
    Field("metal", "many", "Nd,Dy", words_of("x", [], "web_stops")),
    Field("runs", "int", "200", low=1, high=500),
    Field("start", "date"),
    Field("why", "flag"),
    Field("budget", "text", "5億円"),
)
ASKED = Question("stops", FIELDS)


def read(tmp_path, **query) -> Asked:
    return ASKED.read(query, Desk(tmp_path), "en")


def test_what_is_left_out_holds_its_default(tmp_path):
    assert dict(read(tmp_path)) == {
        "metal": "Nd,Dy", "runs": "200", "start": "", "why": "", "budget": "5億円",
    }  # fmt: skip


def test_an_emptied_number_holds_its_default_and_an_emptied_text_or_list_is_none(tmp_path):
    asked = read(tmp_path, runs=[""], budget=[""], metal=[""])
    assert (asked.whole("runs"), asked["budget"], asked.many("metal")) == (200, "", ())


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ({"run": ["5"]}, "web_unknown_field"),
        ({"runs": ["501"]}, "web_number"),
        ({"runs": ["nan"]}, "web_number"),
        ({"runs": ["1e3"]}, "web_number"),
        ({"runs": ["1", "2"]}, "web_too_many_values"),
        ({"start": ["2025-02-30"]}, "web_date"),
        ({"why": ["true"]}, "web_flag"),
        ({"metal": ["Xx"]}, "choice_of"),
        ({"budget": ["a\x00b"]}, "web_text"),
        ({"budget": ["x" * 201]}, "web_text"),
    ],
)
def test_what_cannot_be_is_named(tmp_path, query, key):
    with pytest.raises(DataError) as caught:
        read(tmp_path, **query)
    assert [one.key for one in caught.value.problems] == [key]
    assert all(one.text("ja") and one.text("en") for one in caught.value.problems)


def test_every_problem_is_named_at_once(tmp_path):
    with pytest.raises(DataError) as caught:
        read(tmp_path, run=["5"], runs=["0"], why=["?"])
    assert len(caught.value.problems) == 3


@given(st.dictionaries(st.text(max_size=8), st.lists(st.text(max_size=12), max_size=3), max_size=4))
def test_whatever_the_address_holds_it_is_read_or_refused_by_name(query):
    from pathlib import Path

    for question in QUESTIONS.values():
        try:
            asked = question.read(query, Desk(Path("nowhere")), "ja")
        except DataError as error:
            assert error.text("ja")
        else:
            assert set(asked) == {one.name for one in question.fields}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_the_defaults_of_every_page_are_themselves_allowed(question, tmp_path):
    desk = Desk(tmp_path)
    for lang in ("en", "ja"):
        asked = question.read({}, desk, lang)
        question.read({name: [text] for name, text in asked.items() if text}, desk, lang)
