"""Indium ends where it ended, tantalum does not, and switches move it as the document fears."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.circulate.durability import (
    ENDANGERS,
    TESTS,
    causes_held,
    durability_answer,
    durability_line,
    position,
)
from meguri.observe.packaged import facts

ANSWERS = st.fixed_dictionaries({test: st.sampled_from(["yes", "no", "partly", "unknown"]) for test in TESTS})


def test_indium_shows_all_three_causes_and_its_hub_is_lost():
    found = durability_answer("In")
    assert found.causes == (3, 3)
    assert found.position == (1.0, 1.0)
    assert found.path == "in_end"
    assert any("hub is lost" in sentence for sentence in found.sentences("en"))


def test_tantalum_stands_low_today():
    found = durability_answer("Ta")
    assert found.causes == (0, 0)
    assert found.position == (0.0, 0.0)
    assert found.path == "ta"


def test_a_separable_process_puts_tantalum_on_the_path_of_indium():
    found = durability_answer("Ta", ["separable-process"])
    assert found.path == "in"
    assert found.causes == (1, 1)
    assert "separable-process" in durability_answer("Ta").decisive
    changed = found.table.set_index("test")
    assert changed.loc["bundled", ["today", "answer", "switch"]].tolist() == [
        "yes",
        "no",
        "separable-process",
    ]


def test_separable_and_bought_on_price_tantalum_ends_like_indium():
    assert durability_answer("Ta", ["separable-process", "price-competition"]).path == "in_end"


def test_price_alone_is_no_decision():
    found = durability_answer("Ta", ["price-competition"])
    assert found.position == (0.4, 0.4)
    assert found.path == "ta"


def test_selling_the_state_and_codesign_would_have_moved_indium_back():
    assert durability_answer("In", ["tool-codesign", "sell-the-state"]).position == (0.4, 0.4)


def test_a_material_nobody_described_stands_anywhere_and_says_so():
    found = durability_answer("Bi")
    assert found.position == (0.0, 1.0)
    assert found.path == "open"
    assert "Bi" in found.sentences("ja")[0]


@given(ANSWERS)
def test_an_answer_narrows_the_range_and_never_leaves_it(answers):
    low, high = position(answers)
    for test in [test for test, answer in answers.items() if answer == "unknown"]:
        for answer in ("yes", "no", "partly"):
            after = position({**answers, test: answer})
            assert low - 1e-9 <= after[0] <= after[1] <= high + 1e-9


@given(ANSWERS, st.sampled_from(TESTS))
def test_a_worse_answer_moves_towards_indium(answers, test):
    good = "no" if ENDANGERS[test] == "yes" else "yes"
    better, worse = {**answers, test: good}, {**answers, test: ENDANGERS[test]}
    assert position(worse)[0] > position(better)[0]
    assert causes_held(worse) >= causes_held(better)


def test_answers_of_a_users_own_are_judged_the_same_way():
    rows = pd.DataFrame({"material": "X", "test": list(TESTS), "answer": ["yes", "yes", "no", "yes", "no"]})
    assert durability_answer("X", tests=rows).path == "in_end"


def test_a_material_may_be_named_in_either_language():
    assert durability_answer("タンタル").material == durability_answer("Tantalum").material == "Ta"


def test_signals_that_would_break_what_holds_come_first():
    signals = durability_answer("Ta").signals
    assert len(signals) >= 4
    assert signals["watch_ja"].ne("").all()
    held = durability_answer("In", ["sell-the-state"]).signals
    assert held["test"].iloc[0] == "purity"


def test_every_answer_names_a_source_and_a_line_and_both_languages():
    for table in ("durability_tests", "durability_switches", "durability_signals"):
        rows = facts(table, *(["durability.csv"] if table == "durability_tests" else []))
        assert set(rows["source"]) <= set(sources()["source"])
        assert rows["line"].notna().all()
        assert rows["text_en"].ne("").all()
        assert rows["text_ja"].ne("").all()


def test_the_line_runs_from_indium_to_tantalum():
    rows = durability_line()
    assert rows["material"].iloc[0] == "In"
    assert rows.set_index("material")["unknown"].to_dict()["Pd"] == 4


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_answer_can_be_said(lang):
    for material in ("In", "Ga", "Dy", "Bi"):
        assert all(durability_answer(material).sentences(lang))
    said = durability_answer("Ta", ["separable-process"]).sentences(lang)
    assert any("0.0" in sentence and "0.6" in sentence for sentence in said)


def test_a_mistyped_switch_is_refused_with_the_nearest():
    with pytest.raises(DataError) as caught:
        durability_answer("Ta", ["separable-proces"])
    assert "separable-process" in str(caught.value)
