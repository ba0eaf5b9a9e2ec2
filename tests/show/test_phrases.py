import pandas as pd

from meguri.base.terms import read_words
from meguri.show.phrases import (
    answer,
    assumption_sentences,
    end_use_sentence,
    first_sentence,
    price_sentence,
    who_sentences,
)
from tests.show import told

START, HORIZON = told.START, told.HORIZON
WHEN = {"start": START, "horizon": HORIZON}


def test_every_phrase_exists_in_both_languages_with_the_same_braces():
    import string

    for row in read_words("phrases"):
        fields = [
            {name for _, name, _, _ in string.Formatter().parse(row[lang]) if name} for lang in ("en", "ja")
        ]
        assert row["en"] and row["ja"]
        assert fields[0] == fields[1], row["key"]


def test_the_answer_says_first_what_stops_first_and_when():
    en, ja = (answer(told.outcome(), lang) for lang in ("en", "ja"))
    assert en[0] == (
        "First to stop: Dysprosium metal and alloy makers, Japan, on 8 May 2025, "
        "34 days after the control starts. "
        "In eight runs of ten it happens after 22–51 days. It waits for: Dysprosium oxide."
    )
    assert ja[0] == (
        "最初に止まるのはジスプロシウム金属・合金メーカー（日本）。2025年5月8日、規制開始から34日後。"
        "10回の試行のうち8回では22〜51日後に起きる。待っている投入物は酸化ジスプロシウム。"
    )
    assert len(en) == len(ja) == 7


def test_a_range_that_reaches_never_is_said_in_words():
    row = told.survival_table().query("node == 'jp-auto'")
    said = first_sentence(row, **WHEN, lang="en")
    assert said.startswith("First to fall short:") and "P10–P90: 131 days – never" in said


def test_processes_are_counted_once_each():
    said = who_sentences(told.survival_table(), horizon=HORIZON, lang="en")
    assert said[0].startswith("7 of 14 processes fall short within 18 months:")
    assert said[1].startswith("In fewer than half of the runs") and "Hot-deformed" in said[1]
    assert said[2].startswith("4 do not fall short in any run:")


def test_a_chain_that_holds_is_said_to_hold():
    survival = told.survival_table().assign(share_stopped=0.0)
    survival[["tts_d", "tts_d_p10", "tts_d_p90"]] = float("nan")
    assert first_sentence(survival, **WHEN, lang="ja").startswith("中央値の試行では、規制開始から18か月以内")
    assert who_sentences(survival, horizon=HORIZON, lang="en")[0] == (
        "None of the 14 processes falls short within 18 months."
    )


def test_the_end_of_the_chain_is_the_furthest_stage_that_loses():
    said = end_use_sentence(told.production_table(), told.survival_table(), horizon=HORIZON, lang="en")
    assert "Electrified vehicles, Japan" in said and "below plan over 18 months" in said


def test_price_sentence_names_product_month_and_range():
    assert price_sentence(told.price_table(), "en") == (
        "Yttrium oxide or compound outside the border peaks at 11 times its former price in Sep 2025 "
        "(P10–P90: 7.5–17)."
    )
    flat = told.price_table().assign(p10=1.0, p50=1.0, p90=1.0)
    assert price_sentence(flat, "en") == "No price moves by more than a tenth of its former level."
    assert price_sentence(flat.head(0), "en") == ""


def test_assumptions_say_range_and_direction():
    said = assumption_sentences(told.assumptions_table(), "en")
    assert said[0] == (
        "Approval rate of licences in the first round (30–80%): the higher it is, the less output is lost "
        "(rank correlation −0.71)."
    )
    assert "the more output is lost" in said[2] and len(said) == 3
    assert assumption_sentences(told.assumptions_table(), "ja", n=4)[3].endswith(
        "向きははっきりしない（順位相関 −0.06）。"
    )


def test_without_varied_assumptions_the_answer_says_it_has_no_range():
    none = told.assumptions_table().assign(rank=pd.NA, effect=float("nan"))
    assert assumption_sentences(none, "en") == ["No assumption was varied, so the answer has no range."]
