import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.observe.joblog import read_shop
from meguri.observe.shop import Shop
from meguri.observe.shop_template import write_shop_template
from meguri.structure.safety_masks import CLEARED, masked, parts, withheld, withheld_table
from meguri.structure.safetynet_answer import Stated, invented, safety_answer
from tests.show import shopped

AUDIENCES = tuple(CLEARED)


@pytest.fixture(scope="module")
def answer():
    return shopped.hand_answer()


def test_figures_equal_those_computed_by_hand(answer):
    values = answer.table("kpi_values").set_index("kpi")
    down = sum(shopped.HOURS) + 4  # the open stop counts until the end of its day
    assert values.at["uptime", "value"] == pytest.approx(1 - down / (84 * 24))
    # nine cases: 1 2 3 4 (4 open) 5 …: after the fourth 5/9 are left, after the fifth 5/9 × 3/4
    assert values.at["recovery_median", "value"] == 5.0
    assert values.at["retrofit_ratio", "value"] == pytest.approx(4 / 6)
    assert values["n"].to_dict() == {
        "uptime": 84, "recovery_median": 9, "recovery_p90": 9, "life_extension": 16, "retrofit_ratio": 6,
    }  # fmt: skip


def test_the_curve_is_that_of_kaplan_and_meier_and_marks_the_open_case(answer):
    curve = answer.table("kpi_curve")
    hours, open_at, alive = sorted(shopped.HOURS), 4.0, 1.0
    for hour in hours:
        at_risk = sum(one >= hour for one in hours) + (open_at >= hour)
        alive *= 1 - 1 / at_risk
        assert curve.set_index("hours").at[hour, "share"] == pytest.approx(alive)
    assert curve.loc[curve["cut"] > 0, "hours"].tolist() == [4.0]


def test_unpaid_hours_are_the_same_by_process_and_by_customer(answer):
    by_process, by_customer = (
        answer.table("card_unpaid"),
        answer.table("unpaid_service").set_index("customer"),
    )
    assert by_process["hours"].sum() == by_customer.at["all", "hours"] == 4.5
    assert by_process["worth"].sum() == by_customer.at["all", "worth"] == 4.5 * 5000


def test_a_price_talk_counts_only_the_hours_given_to_that_customer():
    own = shopped.stated_answer(Stated(customer="乙真空部品"))
    assert own.table("card_unpaid")["hours"].sum() == 1.5
    assert own.table("unpaid_service")["customer"].tolist() == ["乙真空部品", "all"]
    with pytest.raises(DataError, match="--customer"):
        shopped.stated_answer(Stated(customer="nobody"))


def test_people_are_counted_and_the_one_process_at_risk_stands_first(answer):
    people = answer.table("card_people")
    assert people["process"].tolist() == ["真空熱処理", "@浸炭"]
    assert people[["holders", "teachers"]].to_numpy().tolist() == [[1, 0], [2, 1]]
    assert people["lost_high"].iloc[0] == pytest.approx(5 / 8)  # 67 years: five of the eight until 75


def test_records_without_a_date_ask_for_the_day():
    with pytest.raises(DataError, match="--as-of"):
        safety_answer(shopped.reading(Shop.of({})))


def test_a_shop_without_records_refuses_every_figure_and_fails_at_none():
    empty = safety_answer(shopped.reading(Shop.of({})), as_of="2026-03-31")
    assert (empty.table("kpi_values")["reason"] != "").all()
    for audience in AUDIENCES:
        masked(empty, audience)


def test_the_packaged_example_is_known_as_invented_and_nothing_else_is(tmp_path):
    shop = read_shop(write_shop_template(tmp_path / "shop.xlsx")).shop
    assert invented(shop) and not invented(shopped.hand_shop())


# --- who sees what -----------------------------------------------------------------------------


def cells(answer, audience):
    """Every cell a reader sees, by table, column and row key."""
    seen = set()
    for name, table in masked(answer, audience).tables.items():
        for at, row in enumerate(table.to_dict("records")):
            known = {column: value for column, value in row.items() if not (pd.isna(value) or value == "")}
            key = row.get("quantity", at)
            seen |= {(name, key, column, str(value)) for column, value in known.items()}
    return seen


def test_no_reader_sees_a_part_above_the_level(answer):
    for audience in AUDIENCES:
        hidden = {part["part"] for part in withheld(audience)}
        above = {part["part"] for part in parts() if part["level"] not in CLEARED[audience]}
        assert above <= hidden


def test_the_shop_sees_all_and_every_other_reader_a_part_of_it(answer):
    all_ = cells(answer, "internal")
    assert withheld("internal") == []
    for audience in ("customer", "bank", "ministry"):
        assert cells(answer, audience) < all_
    assert cells(answer, "ministry") < cells(answer, "bank")


@pytest.mark.parametrize("audience", ["customer", "bank", "ministry"])
def test_names_of_customers_files_and_causes_stay_in_the_shop(answer, audience):
    seen = {text for *_, text in cells(answer, audience)}
    for word in (*shopped.CUSTOMERS, "秘密.xlsx", "真空漏れ"):
        assert not any(word in text for text in seen), word


@pytest.mark.parametrize("audience", ["customer", "ministry"])
def test_ages_and_the_chances_that_tell_them_are_not_for_customers_and_ministries(answer, audience):
    people = masked(answer, audience).table("card_people")
    assert people[["age_low", "age_high", "lost_low", "lost_high"]].isna().all(axis=None)
    assert people["holders"].notna().all()


def test_no_yen_reaches_a_ministry(answer):
    tables = masked(answer, "ministry").tables
    assert masked(answer, "ministry").facts["rate"] is None and masked(answer, "bank").facts["rate"]
    assert not set(tables["kpi_avoided"]["quantity"]) & {"avoided_loss", "cost_per_hour"}
    assert tables["card_unpaid"][["worth_low", "worth", "worth_high"]].isna().all(axis=None)
    assert tables["service_offers"][["price_low", "price_high"]].isna().all(axis=None)


def test_what_is_withheld_is_listed_with_level_and_reason_in_both_languages(answer):
    for lang in ("en", "ja"):
        for audience in AUDIENCES:
            table = withheld_table(audience, answer, lang)
            held = [part["part"] for part in withheld(audience) if part["table"] in answer.tables]
            assert table["part"].tolist() == held
            assert (table[["what", "why"]] != "").all(axis=None)


def test_masking_leaves_the_full_card_as_it_was(answer):
    before = {name: table.copy() for name, table in answer.tables.items()}
    masked(answer, "ministry")
    for name, table in before.items():
        pd.testing.assert_frame_equal(table, answer.table(name))
    assert np.isfinite(answer.table("card_people")["age_high"]).all()
