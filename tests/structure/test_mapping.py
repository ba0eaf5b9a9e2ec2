import numpy as np
import pandas as pd
import pytest

from meguri.structure.class_rule import class_rule
from meguri.structure.classify import classify
from meguri.structure.mapping import CLASSES, class_weights, classical_weights, form_of, targets
from meguri.structure.mapping_draws import (
    chances,
    draw_weights,
    part_of,
    weight_ranges,
    weights_from,
    with_alternatives,
)
from tests.reference import class_draws
from tests.structure.trade import SMALL, goods, lines, scores

CODES = ["848620", "848690", "381800", "382499", "845811"]


def weights(codes=CODES, table=SMALL):
    return class_weights(targets(pd.DataFrame({"code": codes, "vintage": ""})), table)


def test_the_weights_of_every_code_add_to_one_and_lie_in_their_range():
    table = weights([*CODES, "8486", "3818", "87", "999999", "9901", "word"])
    assert table.groupby("code")["weight"].sum().to_list() == pytest.approx([1] * 11)
    assert (table["low"] <= table["weight"] + 1e-12).all()
    assert (table["weight"] <= table["high"] + 1e-12).all()


def test_a_heading_spans_the_codes_below_it():
    table = weights(["8486"]).set_index("class")
    assert table.at["PC_EQUIP", "low"] == 0  # it may hold no tool at all
    assert table.at["PC_EQUIP", "high"] == 1
    assert set(table["confidence"]) == {"low"}
    assert table.at["PC_EQUIP", "matched"] == "848620"


def test_a_number_that_only_a_newer_edition_has_keeps_the_judgement_made_of_it():
    """810921 (hafnium-free zirconium) was split off in 2022; where the map does not name it, 810920 holds."""
    codes = pd.DataFrame({"code": ["810921", "810921"], "vintage": ["HS2022", "HS2017"]})
    assert targets(codes, {"810921"})["to"].to_list() == ["810921", "810921"]
    assert targets(codes.iloc[:1])["to"].to_list() == ["810920"]


def test_a_number_split_off_later_has_the_classical_class_of_what_it_was():
    table = targets(pd.DataFrame({"code": ["810921"], "vintage": ["HS2022"]}), {"810921"})
    held = goods(("810921", "PC_MATERIALS", 0.5, 0.25, 0.75), ("810921", "RAW", 0.5, 0.25, 0.75))
    cells = classical_weights(table, held, pd.DataFrame({"code": ["810920"], "bec": ["22"]}))
    assert cells.set_index(["bec", "class"])["weight"].to_dict() == {
        ("intermediate", "PC_MATERIALS"): 0.5, ("intermediate", "RAW"): 0.5,
    }  # fmt: skip


def test_drawn_shares_equal_a_plain_twin():
    ranged = with_alternatives(weights())
    code = ranged.groupby("code", sort=False).ngroup().to_numpy()
    heading = ranged.groupby([ranged["code"].str[:4], "class"], sort=False).ngroup().to_numpy()
    chance = chances(np.ones(len(ranged)), heading, 7, 3, (0.2, 0.3))
    amounts = dict(zip(CODES, (5.0, 1.0, 3.0, 2.0, 4.0), strict=True))
    rows = list(
        zip(ranged["code"], ranged["class"], ranged["low"], ranged["weight"], ranged["high"], strict=True)
    )
    slow = class_draws.shares(rows, chance.tolist(), amounts)
    drawn = weights_from(chance, ranged, code)
    value = ranged["code"].map(amounts).to_numpy()[:, None] * drawn / sum(amounts.values())
    for draw, shares in enumerate(slow):
        for name, share in shares.items():
            assert value[(ranged["class"] == name).to_numpy(), draw].sum() == pytest.approx(share, rel=1e-12)


def test_drawn_weights_of_a_code_add_to_one_and_codes_without_doubt_do_not_move():
    draws = draw_weights(with_alternatives(weights([*CODES, "870323"])), draws=20)
    whole = sum(part_of(draws, [name]) for name in CLASSES)
    assert whole == pytest.approx(1)
    assert (part_of(draws, ["FINISHED"])[-1] == 1).all()


def test_the_same_seed_gives_the_same_draws_and_another_seed_others():
    table = with_alternatives(weights())
    first, again, other = (draw_weights(table, 10, seed).weight for seed in (1, 1, 2))
    assert (first == again).all()
    assert not (first == other).all()


def test_errors_that_go_together_make_the_band_wider():
    """Forty codes of one heading: independent errors cancel, errors of one idea do not."""
    table = goods(
        *((f"9031{n:02d}", name, 0.5, 0.0, 1.0) for n in range(40) for name in ("PC_METROLOGY", "RESIDUAL"))
    )
    held = weights([f"9031{n:02d}" for n in range(40)], table)

    def width(shared):
        share = part_of(draw_weights(held, 400, 1, shared), ["PC_METROLOGY"]).mean(axis=0)
        return np.quantile(share, 0.9) - np.quantile(share, 0.1)

    assert width((0.0, 0.9)) > 3 * width((0.0, 0.0))
    assert width((0.9, 0.0)) > 3 * width((0.0, 0.0))


def test_the_swing_is_what_the_share_gains_from_one_end_of_the_range_to_the_other():
    """A quarter of the trade is silicon, of which 0.5 to 1 is process control; the rest is cars."""
    trade = lines({"code": "381800", "value": 1.0}, {"code": "870323", "value": 3.0})
    row = classify(trade, SMALL, draws=30).tables["class_drivers"].iloc[0]
    assert row["swing"] == pytest.approx(0.25 * 1.0 - 0.25 * 0.5)
    assert row["share_of_variance"] == pytest.approx(1)  # nothing else moves


def test_the_drawn_weights_of_a_heading_keep_their_mean_although_its_mix_is_unknown():
    """8486: one of five codes is a tool. A triangle from 0 to 1 would have made it a third on average."""
    drawn = part_of(draw_weights(with_alternatives(weights(["8486"])), 4000, 1, (0.0, 0.0)), ["PC_EQUIP"])
    assert drawn.mean() == pytest.approx(0.2, abs=0.02)
    assert np.quantile(drawn, 0.95) > 0.5


def test_the_range_of_a_variant_respects_that_weights_add_to_one():
    """Parts 0.5–0.75 and consumables 0.25–0.5 of one code: PC(5) is all of it, without any range."""
    held = weights(["848690"])
    assert weight_ranges(held, ["PC_PARTS"]).values.tolist() == [[0.625, 0.5, 0.75]]
    assert weight_ranges(held, ["PC_PARTS", "PC_CONSUMABLE"]).values.tolist() == [[1.0, 1.0, 1.0]]


def test_a_single_class_in_doubt_may_be_wrong_in_either_direction():
    table = with_alternatives(weights(["848620", "382499", "845811"])).set_index(["code", "class"])
    assert table.at[("848620", "GENERAL_PURPOSE"), "high"] == pytest.approx(0.1)
    assert table.at[("382499", "PC_MATERIALS"), "high"] == pytest.approx(
        0.15
    )  # low confidence, no range given
    assert table.at[("845811", "PC_EQUIP"), "high"] == pytest.approx(0.05)


def test_one_low_score_decides_against_process_control_whatever_is_unknown():
    table = scores(c848620=(0.9, 0.9, float("nan")), c845811=(0.2, float("nan"), float("nan")))
    found = class_rule(table, pd.DataFrame({"code": ["848620", "845811"], "bec": ["41", "41"]})).set_index(
        "code"
    )
    assert found["vote"].to_dict() == {"845811": "GENERAL_PURPOSE", "848620": ""}
    assert np.isnan(found.at["848620", "weight"])
    assert "do not say" in found.at["848620", "vote_reason_en"]


def test_a_score_whose_range_crosses_the_threshold_votes_with_part_of_its_weight():
    found = class_rule(scores(c848620=(0.55, 0.9, 0.9))).iloc[0]
    assert found["vote"] == "PC_EQUIP"
    assert found["weight"] == pytest.approx(0.75)  # 0.45 to 0.65: three quarters lie above 0.5
    assert found["confidence"] == "low"


@pytest.mark.parametrize(
    ("bec", "vote"),
    [("41", "GENERAL_PURPOSE"), ("62", "FINISHED"), ("22", "RESIDUAL"), ("111", "RAW"), ("", "")],
)
def test_what_is_no_process_control_goes_where_the_classical_class_says(bec, vote):
    table = class_rule(scores(c848620=(0.1, 0.1, 0.1)), pd.DataFrame({"code": ["848620"], "bec": [bec]}))
    assert table["vote"].tolist() == [vote]


def test_the_form_of_a_good_is_that_of_its_longest_prefix():
    assert [form_of(code) for code in ("848690", "903090", "381800", "690912", "0101")] == [
        "part", "part", "material", "consumable", "",
    ]  # fmt: skip
