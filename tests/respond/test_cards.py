"""What a card is worth over time: a case by hand, laws, the printed table beside the computed one."""

import math
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.base.terms import keys
from meguri.observe.leverage import leverage_items
from meguri.respond import feedback_fit, leverage_learning
from meguri.respond.cards import Control, both_ways, leverage
from meguri.respond.leverage_card import drawn_card
from meguri.respond.leverage_data import leverage_data
from meguri.respond.leverage_tables import summary_table
from tests.respond.made_cards import made_card, made_up

SHARE = st.floats(0, 1)
PLAIN = {"deadline": None, "phases": [Phase.explicit, Phase.generate]}
FEW = settings(max_examples=3, **PLAIN)
TWO = settings(max_examples=2, **PLAIN)
MONEY = ("lost_sales", "withheld_sales", "eroded_sales", "indirect_exports", "paperwork")
EASY = {
    "reconstructibility": 1.0,
    "black_box": 0.0,
    "embeddedness": 0.0,
    "price_incentive": 0.5,
    "state_push": 0.5,
}


@pytest.fixture(autouse=True, scope="module")
def small_fit():
    """A fit of few runs: what is tested here holds for any, and the full one has tests of its own."""
    with pytest.MonkeyPatch.context() as patch:
        few = feedback_fit.fit(runs=256)
        for module in (feedback_fit, leverage_learning):
            patch.setattr(module, "fitted", lambda *_: few)
        yield


def summary(data, **asked):
    return leverage("made-up", data=data, draws=1, **asked).table("summary").iloc[0]


@cache
def easy():
    return leverage("made-up", data=made_up(rated=EASY), draws=1)


def test_a_case_by_hand():
    """No learning; third countries step in to a quarter with one year's lag; half is held back.

    After t years third countries send th = 0.25 (1 - exp(-t)); leverage = 0.8 (1 - th). Over one year the
    area under th is 0.25 exp(-1) = 0.0920. Sales lost: 0.5 (1 - 0.0920) held back and 0.0920 gone to
    others, 0.5460 years of 0.1 bn JPY. Lead bought: 0.5 (1 - 0.0920) = 0.4540 years, none lost.
    """
    told = summary(made_up(), years=1)
    assert told["start"] == pytest.approx(0.8)
    assert told["short"] == pytest.approx(0.8 * (1 - 0.25 * (1 - math.exp(-1))))
    assert told["lead_gross"] == pytest.approx(0.5 * (1 - 0.25 * math.exp(-1)), abs=1e-4)
    assert told["lead_lost"] == 0.0
    assert told["lost_sales"] == pytest.approx(0.0546, abs=1e-4)
    assert told["years_per_yen_net"] == pytest.approx(0.4540 / 0.0546, abs=0.01)


def test_costs_by_hand():
    """R&D 0.1 x 5 years x 0.4 bn = 0.2 bn; margin 0.25 of 0.4 bn pays in 2 years, of 0.3 bn in 2.67.

    Third countries out of play: half of 0.1 bn is held back, the other half delivered, all applied for:
    10 licences a year. Large firms 9 x 8 h; SMEs 1 x 20 h and 30 statements of 6 h.
    """
    data = made_up(starts={"third_most": 0.0})
    costs = (
        leverage("made-up", data=data, draws=1).table("costs").set_index(["kind", "tier", "horizon"])["value"]
    )
    assert costs["rnd_recovery", "all", "short"] == pytest.approx(2.0)
    assert costs["rnd_recovery_without", "all", "short"] == pytest.approx(0.2 / 0.25 / 0.3)
    assert costs["rnd_recovery_controlled", "all", "short"] == pytest.approx(0.2 / 0.25 / 0.35)
    assert costs["lost_sales", "all", "mid"] == pytest.approx(0.15)
    assert costs["lost_sales", "SME", "mid"] == pytest.approx(0.015)
    assert costs["indirect_exports", "SME", "mid"] == pytest.approx(0.15 * 0.9 * 0.3)
    assert costs["paperwork_hours", "large", "short"] == pytest.approx(72.0)
    assert costs["paperwork_hours", "SME", "short"] == pytest.approx(200.0)
    assert costs["paperwork", "SME", "short"] == pytest.approx(200 * 5000 / 1e9)
    assert costs["paperwork_share", "SME", "short"] > costs["paperwork_share", "large", "short"]


@given(SHARE, SHARE, SHARE, SHARE, SHARE)
@FEW
def test_leverage_never_exceeds_the_loss_if_cut(start, loss, push, third, most):
    rated = {**EASY, "state_push": push}
    starts = {"third": third, "third_most": max(third, most)}
    card = made_card(made_up(start, loss, rated=rated, starts=starts))
    for played in (True, False):
        assert (card.leverage(played) <= card.loss[:, None] + 1e-12).all()
        assert (card.leverage(played) >= 0.0).all()


@given(SHARE, st.floats(0.01, 1), SHARE)
@FEW
def test_without_pressure_and_without_learning_it_never_halves(start, loss, most):
    """Never is a value with a reason: no year, all draws, and words in both languages."""
    data = made_up(min(start, 0.99), loss, pressure=0.0, starts={"third_most": most})
    told = summary_table(made_card(data), 10).iloc[0]
    assert math.isnan(told["half_life"])
    assert told["never"] == 1.0
    assert told["half_life_reason_en"]
    assert told["half_life_reason_ja"]
    assert told["long"] == pytest.approx(told["start"])
    assert told["lost_sales"] == 0.0


def test_without_any_share_there_is_nothing_to_halve():
    told = summary_table(made_card(made_up(start=1.0)), 10).iloc[0]
    assert told["start"] == 0.0
    assert told["half_life"] == 0.0
    assert "no part" in told["half_life_reason_en"]


@given(st.sampled_from(keys("countries")[:40]), st.sampled_from(keys("countries")[41:80]))
@TWO
def test_swapping_names_of_economies_changes_nothing_else(holder, partner):
    plain = easy()
    named = leverage("made-up", data=made_up(rated=EASY, holder=holder, partner=partner), draws=1)
    for name, table in plain.tables.items():
        other = named.tables[name]
        columns = [column for column in table if column not in ("holder", "partner")]
        pd.testing.assert_frame_equal(table[columns], other[columns])
        assert set(other["holder"]) == {holder}


@given(st.floats(0.1, 50))
@TWO
def test_scaling_yen_scales_money_and_nothing_else(yen):
    plain, scaled = easy(), leverage("made-up", data=made_up(rated=EASY, yen=yen), draws=1)
    before, after = (answer.table("costs") for answer in (plain, scaled))
    factor = np.where(before["kind"].isin(MONEY), yen, 1.0)
    assert after["value"].to_numpy() == pytest.approx(before["value"].to_numpy() * factor, nan_ok=True)
    pd.testing.assert_frame_equal(plain.table("path"), scaled.table("path"))
    pd.testing.assert_frame_equal(plain.table("cards"), scaled.table("cards"))
    rows = [answer.table("summary").iloc[0] for answer in (plain, scaled)]
    assert rows[1]["lost_sales"] == pytest.approx(yen * rows[0]["lost_sales"])
    assert rows[1]["years_per_yen_net"] == pytest.approx(rows[0]["years_per_yen_net"] / yen)
    assert rows[1]["lead_net"] == rows[0]["lead_net"]


@given(SHARE, SHARE)
@FEW
def test_more_pressure_never_leaves_more_leverage(one, other):
    softer, harder = sorted((one, other))
    data = made_up(0.1, rated=EASY)
    played = [made_card(data, Control(0, None, much)).leverage(True) for much in (softer, harder)]
    assert (played[1] <= played[0] + 1e-9).all()


def test_lifting_brings_back_all_but_the_part_that_stays():
    """What is black and embedded stays: with neither and no floor buyers return, with both none does."""
    data = made_up(0.1, rated=EASY)
    lifted, never = (
        leverage("made-up", control=Control(0, lift, 1.0), data=data, draws=1).table("path")
        for lift in (1.0, None)
    )
    end = [path[path["controlled"]].iloc[-1] for path in (lifted, never)]
    assert end[0]["leverage"] > end[1]["leverage"]
    year = lifted[lifted["controlled"]].set_index("year")["self_supply"]
    assert year[10.0] < year[1.0]
    assert year[10.0] > 0.0


def test_both_ways_run_the_same_code():
    """A against B and B against A: where the tables say the same of both, so do the answers."""
    one, other = both_ways("made-up", "AU", "FR", data=made_up(rated=EASY), draws=1)
    assert (one.holder, one.partner) == (other.partner, other.holder)
    for name in ("path", "cards"):
        columns = [column for column in one.table(name) if column not in ("holder", "partner")]
        pd.testing.assert_frame_equal(one.table(name)[columns], other.table(name)[columns])


def test_benefit_and_harm_stand_apart():
    cards = leverage("hf", draws=20).table("cards")
    polarity = cards.groupby("row")["polarity"].agg(list)
    assert polarity["bargaining"] == ["benefit"] * 3
    assert all(set(polarity[row]) == {"harm"} for row in ("own_burden", "substitution", "hegemony"))
    assert len(cards) == 12  # four rows by three horizons and no total


def test_the_printed_table_stands_beside_the_computed_one():
    cards = leverage("resist-euv", draws=20).table("cards")
    printed = cards.pivot(index="row", columns="horizon", values="printed_symbol")[["short", "mid", "long"]]
    told = {row: "".join(cells) for row, cells in zip(printed.index, printed.to_numpy(), strict=True)}
    assert told == {
        "bargaining": "◎△×",
        "own_burden": "△○◎",
        "substitution": "△◎◎",
        "hegemony": "△○◎",
    }
    same = cards["symbol"] == cards["printed_symbol"]
    assert (cards["agrees"] == "yes").tolist() == same.tolist()
    assert not same.all()  # one item of one pair: the table speaks of Japan's controls as a whole


@pytest.mark.parametrize("item", leverage_items()["item"])
def test_every_packaged_item_answers_in_both_directions(item):
    """Also where nothing is known of the other direction: its ranges are wide then."""
    row = leverage_items().set_index("item").loc[item]
    pairs = [(row["holder"], row["partner"]), (row["partner"], row["holder"])]
    for holder, partner in pairs:
        card = drawn_card(leverage_data(), {"item": item, **row}, (item, holder, partner), None, 16, 1)
        assert np.isfinite(card.leverage(True)).all()
        assert (card.leverage(True) <= card.loss[:, None] + 1e-12).all()
        assert (card.lasting() <= 1.0).all()


def test_an_unknown_pair_says_that_it_is_unknown():
    answer = leverage("hf", "DE", "FR", draws=4)
    notes = answer.table("notes").set_index("note")["text_en"]
    assert "unknown_pair" in notes.index
    assert answer.table("summary").iloc[0]["unknown_en"]
    assert answer.table("costs").query("kind == 'lost_sales'")["value"].isna().all()


def test_what_has_no_holder_has_no_leverage():
    """Japan makes no EUV scanner (N17): nothing to withhold, whatever a table says of the item."""
    row = leverage_items().set_index("item").loc["wfe-litho-euv"]
    pair = ("wfe-litho-euv", "JP", "CN")
    card = drawn_card(leverage_data(), {"item": pair[0], **row}, pair, None, 4, 1)
    assert not card.leverage(True).any()
    assert summary_table(card, 10)["half_life_reason_en"].all()


def test_no_number_stands_without_a_range():
    """Every ranged row of the packaged tables that is assumed or estimated has a width, zero shares apart."""
    for table, names in (("losses", ["loss"]), ("costs", ["value"])):
        rows = leverage_data().tables[table]
        soft = rows[rows["grade"].isin(["assumed", "estimated"])]
        for name in names:
            some = soft[soft[name] > 0.0]
            assert (some[f"{name}_low"] < some[f"{name}_high"]).all()


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"item": "hff"}, "hf"),
        ({"item": "hf", "holder": "Jpan"}, "JP"),
        ({"item": "hf", "holder": "KR"}, "differ"),
        ({"item": "hf", "years": 0.0}, "years"),
        ({"item": "hf", "draws": 0}, "whole number"),
    ],
)
def test_a_wrong_question_gets_a_named_answer(asked, says):
    with pytest.raises(DataError, match=says):
        leverage(**asked)
