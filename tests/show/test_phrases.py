import pandas as pd

from meguri.base.terms import read_words
from meguri.show.headline import end_user, headline, home_first
from meguri.show.phrases import (
    answer,
    assumption_sentences,
    price_sentence,
    top_lead,
    who_sentences,
)
from tests.show import told

HORIZON = told.HORIZON


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
    lead, detail = headline(told.outcome(survival=row), "en")
    assert lead.startswith("First to fall short:") and "P10–P90: 131 days – never" in detail


def test_one_run_has_no_range():
    sure = told.survival_table().assign(tts_d_p10=lambda t: t["tts_d"], tts_d_p90=lambda t: t["tts_d"])
    assert headline(told.outcome(survival=sure), "en")[1] == "It waits for: Dysprosium oxide."


def test_processes_are_counted_once_each():
    said = who_sentences(told.survival_table(), horizon=HORIZON, lang="en")
    assert said[0].startswith("7 of 14 processes fall short within 18 months:")
    assert said[1].startswith("In fewer than half of the runs") and "Hot-deformed" in said[1]
    assert said[2].startswith("4 do not fall short in any run:")


def test_a_chain_that_holds_is_said_to_hold():
    survival = told.survival_table().assign(share_stopped=0.0)
    survival[["tts_d", "tts_d_p10", "tts_d_p90"]] = float("nan")
    lead = headline(told.outcome(survival=survival), "ja")[0]
    assert lead.startswith("中央値の試行では、規制開始から18か月以内")
    assert end_user(told.outcome(survival=survival), "en") == "No end user falls short in any run."
    assert who_sentences(survival, horizon=HORIZON, lang="en")[0] == (
        "None of the 14 processes falls short within 18 months."
    )


def abroad_first():
    """The made outcome with the first process to stop moved to Vietnam."""
    return told.survival_table().assign(
        country=lambda t: t["country"].mask(t["node"] == "jp-dymetal", "VN"),
    )


def test_the_first_process_of_the_economy_is_named_where_the_first_of_all_stands_abroad():
    said = home_first(told.outcome(survival=abroad_first()), "en")
    assert said == (
        "First to fall short in Japan: Strip-cast alloy for sintered magnets, Japan, on 1 Jun 2025, "
        "58 days after the control starts."
    )
    assert home_first(told.outcome(), "ja") == ""  # the headline has said it


def test_an_economy_that_mostly_holds_names_its_most_exposed_process():
    survival = abroad_first()
    days = ["tts_d", "ttr_d", "gap_d"]
    survival.loc[survival["country"] == "JP", days] = float("nan")
    survival["share_stopped"] = survival["share_stopped"].clip(upper=0.4)
    said = home_first(told.outcome(survival=survival), "en")
    assert said.startswith("Most exposed in Japan: Strip-cast alloy") and "short in 40% of runs" in said
    assert said.endswith("in one of ten within 41 days.")
    calm = survival.assign(share_stopped=survival["share_stopped"].where(survival["country"] != "JP", 0.0))
    assert home_first(told.outcome(survival=calm), "ja") == "日本ではどの試行でも不足する工程はない。"


def test_the_end_user_is_the_first_of_those_who_deliver_to_nobody_at_home():
    said = end_user(told.outcome(), "en")
    assert said.startswith("First end user to fall short: Electrified vehicles, Japan, on 8 Oct 2025")
    assert "(71% of runs)" in said and "below plan over 18 months" in said


def test_days_counted_from_another_day_than_the_control_say_so():
    later = told.outcome()
    later.manifest["scenario"]["counted_from"] = "2025-07-01"
    assert "34 days after 1 Jul 2025" in headline(later, "en")[0]
    assert "2025年7月1日から34日後" in headline(later, "ja")[0]


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


def test_an_assumption_tried_at_both_ends_says_what_it_costs():
    tried = told.assumptions_table().assign(swing=[-8.4, 2.2, 0.3, float("nan"), float("nan")])
    said = assumption_sentences(tried, "en")
    assert said[0].endswith("from its low to its high end, end users lose 8 days less of output.")
    assert said[1].endswith("end users lose 2 days more of output.")
    assert "rank correlation" in said[2]


def test_without_varied_assumptions_the_answer_says_it_has_no_range():
    none = told.assumptions_table().assign(rank=pd.NA, effect=float("nan"))
    assert assumption_sentences(none, "en") == ["No assumption was varied, so the answer has no range."]


def test_assumptions_without_any_effect_are_not_named_as_moving_the_answer():
    still = told.assumptions_table().assign(effect=0.0)
    assert assumption_sentences(still, "en") == ["No assumption was varied, so the answer has no range."]


def test_no_assumption_is_named_where_none_costs_end_users_a_day():
    """Ranks over runs in which hardly anybody loses output order noise."""
    flat = told.assumptions_table().assign(swing=[0.1, -0.4, 0.0, 0.0, 0.0])
    assert top_lead(flat, "en").startswith("End users lose hardly a day")
    assert top_lead(flat.assign(swing=[0.1, 0.6, 0.0, 0.0, 0.0]), "en").startswith("The answer depends most")
    assert top_lead(flat.assign(swing=float("nan")), "en").startswith("The answer depends most")
