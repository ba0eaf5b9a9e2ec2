"""Four key figures by hand on a small log, refusals, laws of intervals and of the merged net."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.observe.shop import Shop
from meguri.structure.safety_card import card, leaves, median_of_bins, merge, read_card
from meguri.structure.safetynet import kpis
from meguri.structure.safetynet_avoided import avoided
from meguri.structure.safetynet_life import life_extension
from meguri.structure.safetynet_runs import shifts
from meguri.structure.safetynet_times import downtime, recovery_times
from meguri.structure.survival import survival

AS_OF = "2026-05-10"
HOURS = (1, 2, 2, 3, 4, 5, 8)  # ended repairs; one more is open after 6 h
DAYS = pd.date_range("2026-04-01", periods=40).strftime("%Y-%m-%d").tolist()


def log() -> dict[str, pd.DataFrame]:
    """Forty furnace days of ten hours, seven repairs that ended, one open, one planned stop."""
    stops = [
        {"stop": f"s{n}", "asset": "F1", "start": f"{DAYS[n]}T08:00", "end": f"{DAYS[n]}T{8 + h:02d}:00"}
        for n, h in enumerate(HOURS)
    ]
    stops.append({"stop": "open", "asset": "F1", "start": f"{AS_OF}T18:00", "end": ""})
    stops.append({"stop": "plan", "asset": "F1", "start": f"{DAYS[9]}T08:00", "end": f"{DAYS[9]}T17:00",
                  "planned": "yes"})  # fmt: skip
    kinds = ["retrofit"] * 4 + ["upgrade"] * 2 + ["new"] * 2 + ["repair"] * 5
    works = [{"work": f"w{n}", "kind": kind, "date": f"2026-04-{n + 1:02d}"} for n, kind in enumerate(kinds)]
    return {
        "schedule": pd.DataFrame({"asset": "F1", "date": DAYS, "hours": 10}),
        "stops": pd.DataFrame(stops), "works": pd.DataFrame(works),
    }  # fmt: skip


def values(shop: Shop, **asked: int) -> pd.DataFrame:
    return kpis(shop, AS_OF, **asked).tables["kpi_values"].set_index("kpi")


def test_the_four_figures_equal_those_counted_by_hand_on_forty_days():
    table = values(Shop.of(log()))
    assert table.at["uptime", "value"] == pytest.approx(1 - (25 + 6) / 400)  # the open stop counts to the cut
    assert table.at["recovery_median", "value"] == 3  # 8 cases: 7/8, 5/8, then 4/8 at three hours
    assert table.at["recovery_p90", "value"] == 8  # the case open after 6 h is no end
    assert table.at["retrofit_ratio", "value"] == pytest.approx(6 / 8)  # repairs do not count
    assert table.loc["recovery_median", ["n", "events", "censored"]].tolist() == [8, 7, 1]
    known = table[table["value"].notna()]
    assert ((known["value_low"] <= known["value"]) & ~(known["value"] > known["value_high"])).all()


def test_lifelines_and_the_plain_product_give_one_curve():
    rng = np.random.default_rng(3)
    times, ended = rng.integers(1, 20, 60).astype(float), rng.random(60) < 0.7
    curve = survival(times, ended)
    alive = 1.0
    for at in np.unique(times):
        alive *= 1 - np.sum((times == at) & ended) / np.sum(times >= at)
        assert curve.alive[curve.time == at][0] == pytest.approx(alive)


def test_too_few_events_are_refused_with_the_reason_and_their_number():
    tables = log()
    tables["stops"] = tables["stops"].head(4)
    table = values(Shop.of(tables))
    assert table.loc[["uptime", "recovery_median"], "reason"].tolist() == ["few-events"] * 2
    assert table.at["recovery_median", "events"] == 4
    assert table["value"].drop("retrofit_ratio").isna().all()
    assert values(Shop.of(tables), minimum=4).at["recovery_median", "value"] == 2


def test_a_firm_without_records_is_told_what_to_write_down():
    assert values(Shop.of({}))["reason"].tolist() == [
        "no-schedule",
        "no-stops",
        "no-stops",
        "no-lives",
        "no-works",
    ]


def test_open_cases_that_are_left_out_would_make_recovery_look_quicker():
    tables = log()
    many = [{"stop": f"o{n}", "asset": "F1", "start": f"2026-05-0{n + 1}T00:00", "end": ""} for n in range(6)]
    with_open = Shop.of(tables | {"stops": pd.concat([tables["stops"], pd.DataFrame(many)])})
    assert (
        values(with_open).at["recovery_median", "value"]
        > values(Shop.of(tables)).at["recovery_median", "value"]
    )
    assert values(with_open).at["recovery_p90", "reason"] == "not-reached"


def test_a_stop_without_a_time_of_day_is_a_range_and_tells_no_hours():
    tables = log()
    tables["stops"] = pd.DataFrame([{"stop": "d", "asset": "F1", "start": DAYS[3], "end": DAYS[5]}])
    shop = Shop.of(tables)
    days = downtime(shop, AS_OF).set_index("date")
    assert days.loc[DAYS[3:6], "down_low"].tolist() == [0, 10, 0]
    assert days.loc[DAYS[3:6], "down_high"].tolist() == [10, 10, 10]
    assert len(recovery_times(shop, AS_OF)[0]) == 0


def test_two_stops_at_once_take_no_more_than_the_scheduled_hours():
    tables = log()
    tables["stops"] = pd.DataFrame([
        {"stop": name, "asset": "F1", "start": f"{DAYS[0]}T00:00", "end": f"{DAYS[0]}T23:00"} for name in "ab"
    ])  # fmt: skip
    assert downtime(Shop.of(tables), AS_OF)["down"].sum() == 10


def lives(care: float, bare: float, n: int = 12) -> pd.DataFrame:
    """Parts that live exactly so many days with and without care, in two matched groups."""
    begin = pd.Timestamp("2025-01-01")
    rows = [
        {"part": f"{group}{arm}{at}", "group": group, "start": "2025-01-01", "care": arm,
         "end": (begin + pd.Timedelta(days=days * scale + at)).strftime("%Y-%m-%d")}
        for group, scale in (("tray", 1), ("fan", 2))
        for arm, days in (("yes", care), ("no", bare))
        for at in range(n)
    ]  # fmt: skip
    return Shop.of({"lives": pd.DataFrame(rows)}).lives


def test_life_extension_is_pooled_within_groups_and_not_across_them():
    row = life_extension(lives(150, 100), AS_OF, 5, 1, 200)
    assert row["value"] == pytest.approx(math.sqrt((155 / 105) * (305 / 205)) - 1)  # medians: the sixth of 12
    assert row["value_low"] < row["value"] < row["value_high"]
    mixed = lives(150, 100)
    apart = mixed[~((mixed["group"] == "tray") & ~mixed["care"].astype(bool))]
    assert life_extension(apart, AS_OF, 5, 1, 50)["value"] == pytest.approx(305 / 205 - 1)


def test_without_a_part_that_nobody_cared_for_there_is_no_comparison():
    table = lives(150, 100)
    assert life_extension(table[table["care"].astype(bool)], AS_OF, 5, 1, 50)["reason"] == "no-control"


def test_parts_still_in_service_lengthen_life_by_the_mean_up_to_the_common_day():
    table = lives(600, 100)  # under care nothing is worn out by the cut
    table.loc[(table["care"].astype(bool)) & (table["part"].str.contains("1")), "end"] = "2025-03-01"
    row = life_extension(table, "2025-12-31", 2, 1, 50)
    assert row["method"] == "matched-means"
    assert row["censored"] > 0


def test_avoided_loss_may_contain_zero_and_says_what_it_rests_on():
    shop = Shop.of(log())
    table = avoided(shop, AS_OF, (10_000, 20_000, 40_000), (0.8, 1.0, 1.3)).set_index("quantity")
    assert table.at["avoided_loss", "value_low"] < 0 < table.at["avoided_loss", "value_high"]
    assert table.at["avoided_loss", "grade"] == "assumed"
    assert avoided(shop, AS_OF).set_index("quantity").at["avoided_loss", "reason"] == "no-counterfactual"
    assert (
        avoided(shop, AS_OF, without_care=(1, 2, 3)).set_index("quantity").at["avoided_loss", "reason"]
        == "no-cost"
    )


@settings(max_examples=4)
@given(st.lists(st.integers(1, 500), min_size=5, max_size=30))
def test_yen_scale_with_the_cost_of_an_hour_and_with_nothing_else(hours):
    tables = log()
    begin = pd.Timestamp("2026-04-01T00:00")
    tables["stops"] = pd.DataFrame([
        {"stop": f"s{n}", "asset": "F1", "start": begin.isoformat(),
         "end": (begin + pd.Timedelta(minutes=minutes)).isoformat()}
        for n, minutes in enumerate(hours)
    ])  # fmt: skip
    one, ten = (
        avoided(Shop.of(tables), AS_OF, (k, 2 * k, 3 * k), (1, 2, 3), draws=50).set_index("quantity")
        for k in (1, 10)
    )
    assert ten.at["avoided_loss", "value"] == pytest.approx(10 * one.at["avoided_loss", "value"])
    assert ten.at["avoided_hours", "value"] == one.at["avoided_hours", "value"]


def test_eight_months_on_one_side_are_a_shift_and_seven_are_none():
    assert shifts(pd.Series([1.0] * 8 + [2.0] * 8)).sum() == 16
    assert shifts(pd.Series([1.0] * 7 + [2.0] * 7)).sum() == 0


def people(*rows: tuple[str, int, str]) -> pd.DataFrame:
    return pd.DataFrame([
        {"person": f"p{n}", "process": process, "age_low": age, "age_high": age + 4, "can_teach": teach}
        for n, (process, age, teach) in enumerate(rows)
    ])  # fmt: skip


def test_a_card_holds_no_log_and_no_name():
    tables = log() | {"people": people(("HIP", 62, "no")), "customers": pd.DataFrame(
        [{"customer": "c1", "name": "Secret Client", "industry": "automotive"}])}  # fmt: skip
    text = json.dumps(card(Shop.of(tables), AS_OF))
    for word in ("Secret", "c1", "p0", "s0", "F1", "2026-04"):
        assert word not in text


def test_merged_cards_give_the_figures_of_all_logs_together():
    one, two = (Shop.of(log()), Shop.of(log()))
    net = merge([card(one, AS_OF, "a"), card(two, AS_OF, "b")]).tables["net_kpis"].set_index("kpi")
    alone = values(one)
    for kpi in ("uptime", "recovery_median", "retrofit_ratio"):
        assert net.at[kpi, "pooled"] == pytest.approx(alone.at[kpi, "value"])
        assert net.at[kpi, "firms"] == 2


@pytest.mark.parametrize("order", ["bca", "cab"])
def test_the_order_of_cards_changes_nothing(order):
    held = {
        name: card(Shop.of(log() | {"people": people(("HIP", 50 + 7 * n, "no"))}), AS_OF, name)
        for n, name in enumerate("abc")
    }
    merged = merge([held[name] for name in order]).tables
    straight = merge([held[name] for name in "abc"]).tables
    for name in ("net_kpis", "net_functions"):
        pd.testing.assert_frame_equal(merged[name], straight[name])


def test_a_process_with_one_holder_near_the_end_of_work_is_named_with_the_firm():
    shops = [Shop.of({"people": people(("HIP", 68, "no"), ("Nitriding", 40, "yes"))}),
             Shop.of({"people": people(("nitriding", 44, "no"))})]  # fmt: skip
    net = merge([card(shop, AS_OF, name) for shop, name in zip(shops, "ab", strict=True)]).tables
    functions = net["net_functions"].set_index("function")
    assert functions["single"].to_dict() == {"hip": True, "nitriding": False}
    assert functions.at["hip", "lost_high"] == 1
    assert net["net_leaving"][["firm", "function", "elsewhere"]].to_numpy().tolist() == [["a", "hip", 0]]


def test_an_unknown_age_makes_the_chance_unknown_and_not_zero():
    rows = people(("HIP", 50, "no")).assign(age_low=None, age_high=None)
    net = merge([card(Shop.of({"people": rows}), AS_OF, "a")]).tables["net_functions"].iloc[0]
    assert (net["lost_low"], net["lost_high"]) == (0, 1)


@given(st.floats(15, 90), st.floats(0, 10))
def test_older_people_leave_no_later(age, more):
    assert 0 <= leaves(age) <= leaves(age + more) <= 1


@given(st.lists(st.integers(0, 4), min_size=18, max_size=18).filter(sum))
def test_the_median_of_bins_lies_in_the_bin_of_the_median(counts):
    edges = [0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 168, 336, 720, math.inf]
    times = np.repeat(edges, counts)
    assert median_of_bins(counts, [0] * 18) == np.quantile(times, 0.5, method="inverted_cdf")


def test_a_foreign_or_broken_card_is_refused_part_by_part():
    with pytest.raises(DataError) as caught:
        read_card({"form": "else", "label": 3, "recovery": {}}, "x.json")
    assert {problem.key for problem in caught.value.problems} >= {"net_form", "net_part"}
    good = json.loads(json.dumps(card(Shop.of(log()), AS_OF)))
    assert read_card(good, "x.json") == good
    good["recovery"]["open"] = [1]
    with pytest.raises(DataError, match="bins"):
        read_card(good, "x.json")
    with pytest.raises(DataError):
        merge([good, good])


def test_a_stop_that_ends_before_it_begins_is_named():
    tables = log()
    tables["stops"].loc[0, "end"] = "2026-03-01T00:00"
    with pytest.raises(DataError, match=r"shop_stops\[1\]"):
        Shop.of(tables)
