import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.goods_classes import PC4
from meguri.structure.class_markets import markets
from meguri.structure.classify import TABLES, classify, read_answer
from meguri.structure.mapping import CLASSES, ClassMap
from tests.structure.trade import HOME, SMALL, goods, lines, scores

CODES = ("848620", "848690", "845811", "870323", "720839", "381800", "382499", "999999")


def shares(answer, **keys):
    table = answer.tables["class_shares"]
    for name, value in keys.items():
        table = table[table[name] == value]
    return table.set_index("class")


@pytest.fixture(scope="module")
def many():
    """Thirty years of trade at random in eighths, the same once more times seven, and a year of nothing."""
    chance = np.random.default_rng(5)
    values = chance.integers(0, 4000, (30, len(CODES))) * (chance.random((30, len(CODES))) < 0.6) / 8
    values[0] = 0.0
    rows = [
        {"code": code, "value": factor * value, "year": 1990 + year, "partner": partner}
        for year, row in enumerate(values)
        for code, value in zip(CODES, row, strict=True)
        for factor, partner in ((1.0, "JP"), (7.0, "WLD"))
    ]
    return values, classify(lines(*rows), SMALL, draws=5)


def test_classes_residual_and_unspecified_are_all_of_the_trade_exactly(many):
    """Weights and values are in eighths, so that the sum is exact and any lost cent would show."""
    values, answer = many
    table = answer.tables["class_shares"].query("partner == 'JP'")
    sums = table.groupby("year")[["value", "share"]].sum()
    assert sums["value"].tolist() == values.sum(axis=1).tolist()
    assert sums["share"].tolist() == pytest.approx([0, *[1] * 29], abs=1e-12)
    assert table["class"].to_list() == [*CLASSES] * 30
    assert table.loc[table["year"] == 1990, "share"].isna().all()  # nothing traded: not known, not 0


def test_more_of_everything_changes_no_share_and_no_band(many):
    table = many[1].tables["class_shares"].set_index(["partner", "year", "class"])
    columns = ["share", "share_ex", "p10", "p50", "p90"]
    pd.testing.assert_frame_equal(table.loc["JP", columns], table.loc["WLD", columns])


def test_shares_of_variance_add_to_one_over_all_codes_and_the_largest_swing_comes_first(many):
    table = many[1].tables["class_drivers"].groupby(["partner", "year", "variant"])
    assert table["share_of_variance"].sum().to_list() == pytest.approx([1] * table.ngroups)
    assert table["swing"].apply(lambda s: s.is_monotonic_decreasing).all()


def test_totals_are_the_sums_of_their_classes_and_lie_beside_the_residual(many):
    tables = many[1].tables
    wide = tables["class_shares"].pivot(index=["year", "partner"], columns="class", values="value")
    totals = tables["class_totals"].pivot(index=["year", "partner"], columns="variant", values="value")
    assert (totals["PC4"] == wide[list(PC4)].sum(axis=1)).all()
    assert (totals["PC5"] - totals["PC4"] == wide["PC_CONSUMABLE"]).all()


@pytest.fixture(scope="module")
def small():
    rows = [("8486201000", 3.0), ("845811", 1.0), ("848690", 8.0), ("999999", 4.0)]
    return classify(lines(*({"code": code, "value": value} for code, value in rows)), SMALL, draws=5)


def test_the_longest_prefix_of_the_map_decides_and_national_digits_are_read_as_their_subheading(small):
    found = shares(small)["value"]
    assert found[found > 0].to_dict() == {
        "PC_EQUIP": 3.0, "PC_PARTS": 5.0, "PC_CONSUMABLE": 3.0, "GENERAL_PURPOSE": 1.0, "UNSPECIFIED": 4.0,
    }  # fmt: skip


def test_unspecified_trade_is_a_line_of_its_own_and_shares_are_printed_without_it_too(small):
    table = shares(small)
    assert table.at["UNSPECIFIED", "share"] == 0.25
    assert np.isnan(table.at["UNSPECIFIED", "share_ex"])
    assert (table.at["PC_PARTS", "share"], table.at["PC_PARTS", "share_ex"]) == (5 / 16, 5 / 12)


def test_consumables_are_in_pc5_and_not_in_pc4_and_the_residual_stands_beside(small):
    totals = small.tables["class_totals"].set_index("variant")
    assert totals["share"].to_dict() == {"PC4": 0.5, "PC5": 11 / 16}
    assert totals["residual"].to_list() == [5 / 16] * 2


def test_a_heading_is_read_as_the_mix_of_its_codes_that_nobody_knows():
    """8486 has five subheadings, one of which the small map calls equipment."""
    answer = classify(lines({"code": "8486", "value": 3.0}), SMALL, draws=50)
    table = shares(answer)
    assert table.at["PC_EQUIP", "share"] == pytest.approx(1 / 5)
    assert "class_mixed" in set(answer.tables["class_notes"]["key"])
    assert table.at["PC_EQUIP", "p90"] - table.at["PC_EQUIP", "p10"] > 0.15  # it may be all tools, or none


def test_a_code_of_another_edition_is_read_through_its_successors():
    """Chip machines left 847989 in 2007: the old code holds them with other goods, the new one does not."""
    rows = [{"code": "847989", "value": 4.0, "vintage": v, "year": int(v[2:])} for v in ("HS1996", "HS2017")]
    answer = classify(lines(*rows), SMALL, draws=40)
    old, new = (shares(answer, year=year) for year in (1996, 2017))
    assert 0 < old.at["PC_EQUIP", "share"] < 0.5
    assert old.at["PC_EQUIP", "p90"] - old.at["PC_EQUIP", "p10"] > 0.05
    assert new["value"].to_dict()["GENERAL_PURPOSE"] == 4


def markets_of(*partners, **wanted):
    rows = [
        HOME | {"code": "848620", "value": v, "partner": p, "weight": 1.0, "basis": ""} for p, v in partners
    ]
    found = markets(pd.DataFrame(rows), **wanted)[0]
    return dict(zip(found["partner"], found["value"], strict=True))


def test_a_world_total_is_not_counted_beside_the_partners_it_holds():
    assert markets_of(("WLD", 5.0), ("JP", 3.0), ("US", 1.0)) == {"WLD": 5.0, "JP": 3.0, "US": 1.0}
    assert markets_of(("WLD", 5.0), ("JP", 3.0), partners=False) == {"WLD": 5.0}


def test_partners_without_a_world_total_are_added_up_under_no_name():
    """Nobody said that the partners of the file are all there are: the sum is not called the world."""
    assert markets_of(("JP", 3.0), ("US", 1.0), partners=False) == {"": 4.0}
    assert markets_of(("JP", 3.0), ("US", 1.0)) == {"": 4.0, "JP": 3.0, "US": 1.0}
    assert markets_of(("JP", 3.0)) == {"JP": 3.0}


def test_an_unknown_partner_is_counted_once_and_is_no_market_of_its_own():
    assert markets_of(("JP", 3.0), ("", 2.0)) == {"": 5.0, "JP": 3.0}
    assert markets_of(("WLD", 6.0), ("JP", 3.0), ("", 2.0)) == {"WLD": 6.0, "JP": 3.0}
    assert markets_of(("", 2.0)) == {"": 2.0}


def test_partners_with_the_rest_of_the_world_are_the_world():
    assert markets_of(("JP", 3.0), ("ROW", 1.0), partners=False) == {"WLD": 4.0}


def test_a_heading_beside_its_own_subheadings_is_refused():
    with pytest.raises(DataError, match="8486"):
        classify(lines({"code": "8486", "value": 3.0}, {"code": "848620", "value": 2.0}), SMALL)


def test_amounts_of_two_currencies_are_not_added():
    rows = [{"code": "848620", "value": 3.0}, {"code": "870323", "value": 3.0, "currency": "JPY"}]
    with pytest.raises(DataError, match="JPY, USD"):
        classify(lines(*rows), SMALL)


def test_the_classical_classes_throw_together_what_the_scores_keep_apart():
    """AC1.3: a general machine tool and a film-deposition tool are both capital goods."""
    bec = pd.DataFrame({"code": ["845811", "848620"], "bec": ["41", "41"]})
    voted = scores(c845811=(0.3, 0.3, 0.2), c848620=(0.9, 0.9, 0.9))
    around = ClassMap(SMALL, scores=voted, bec=bec)
    answer = classify(
        lines({"code": "845811", "value": 1.0}, {"code": "848620", "value": 3.0}), around, draws=5
    )
    cells = answer.tables["class_baseline"].set_index(["bec", "class"])["share_of_bec"]
    assert cells.to_dict() == {("capital", "GENERAL_PURPOSE"): 0.25, ("capital", "PC_EQUIP"): 0.75}
    printed = answer.tables["class_lines"].set_index("code")
    assert printed["vote"].to_dict() == {"845811": "GENERAL_PURPOSE", "848620": "PC_EQUIP"}
    assert "can take its place after some time of adjustment" in printed.at["845811", "vote_reason_en"]
    assert "一定の調整期間を設ければ他社製品で代替することが可能" in printed.at["845811", "vote_reason_ja"]
    assert "would have to be requalified" in printed.at["848620", "vote_reason_en"]


def test_lines_are_ranked_within_their_class_and_keep_the_judgement_and_its_reason(many):
    table = many[1].tables["class_lines"].query("year == 1994 and partner == 'JP'")
    per = table.groupby("class")
    assert per["value"].apply(lambda s: s.is_monotonic_decreasing).all()
    assert per["rank"].apply(lambda s: s.to_list() == list(range(1, len(s) + 1))).all()
    assert table["curated"].tolist() == [
        len(row) == 6 and row in ("848620", "848690") for row in table["code"]
    ]
    assert set(table["reason_en"]) == {"said in English"}


def test_a_line_without_a_value_is_named_and_not_taken_as_nothing():
    rows = [
        HOME | {"code": code, "value": v, "weight": 1.0, "basis": ""}
        for code, v in (("8486", 1.0), ("87", None))
    ]
    found, notes = markets(pd.DataFrame(rows))
    assert found["code"].to_list() == ["8486"]
    assert [note["key"] for note in notes] == ["class_unknown_values"]


def test_general_machinery_counts_as_finished_in_the_wide_reading_only():
    wide = SMALL.assign(finished_wide=SMALL["code"] == "84")
    answer = classify(
        lines({"code": "845811", "value": 3.0}, {"code": "870323", "value": 1.0}), wide, draws=5
    )
    found = answer.tables["class_readings"].set_index("reading")["share"]
    assert found.to_dict() == {"narrow": 0.25, "wide": 1.0}


def test_an_answer_is_read_back_as_it_was_saved(tmp_path, small):
    small.save(tmp_path)
    again = read_answer(tmp_path)
    assert set(small.tables) == set(TABLES)
    assert again.about == small.about
    for name, table in small.tables.items():
        pd.testing.assert_frame_equal(again.tables[name], table)


def test_another_map_is_another_answer_and_says_so(small):
    other = SMALL.assign(low=SMALL["low"] - 0.05 * (SMALL["code"] == "848620"))
    again = classify(lines({"code": "848620", "value": 3.0}), other, draws=5)
    assert again.about["map"] != small.about["map"]
    assert again.about["seed"] == small.about["seed"]


def test_an_answer_that_was_not_finished_is_not_read(tmp_path):
    with pytest.raises(DataError, match=r"manifest\.json"):
        read_answer(tmp_path)


def test_a_map_whose_weights_do_not_add_to_one_is_noticed():
    broken = goods(("848620", "PC_EQUIP", 0.75, 0.5, 0.875))
    with pytest.raises(Exception, match="2018 KR JP"):
        classify(lines({"code": "848620", "value": 1.0}), broken, draws=5)
