"""A small shop made by hand: names to mask, a script for a name, formulas for cells, one open stop."""

from functools import cache

import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.joblog import Reading
from meguri.observe.shop import Shop
from meguri.respond.gone import gone
from meguri.structure.safetynet_answer import SafetyAnswer, Stated, safety_answer

CUSTOMERS = ("<script>alert(1)</script>", "=HYPERLINK(1)", "乙真空部品")
PROCESSES = ("真空熱処理", "@浸炭", "<b>焼入れ</b>")
STATED = Stated(
    cost=(30_000, 50_000, 90_000), rate=(4000, 5000, 8000),
    keeping={"uptime_guarantee": (500_000.0, 800_000.0, 1_200_000.0)},
)  # fmt: skip
HOURS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0)  # of stops that ended


def hand_shop(stops: int = 8) -> Shop:
    days = pd.date_range("2025-01-06", periods=84).strftime("%Y-%m-%d")
    begins = [f"{day}T08:00" for day in days[:: 84 // 8][:stops]]
    ends = [
        (pd.Timestamp(begin) + pd.Timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")
        for begin, hours in zip(begins, HOURS, strict=False)
    ]
    return Shop.of({
        "jobs": pd.DataFrame({
            "job": [str(place) for place in range(9)], "date": days[:9], "process": list(PROCESSES) * 3,
            "customer": [CUSTOMERS[place // 3] for place in range(9)], "material": "W",
            "unpaid_hours": [1.0, 0.5, None] * 3, "rework": "no",
        }),
        "stops": pd.DataFrame({
            "stop": [str(place) for place in range(stops + 1)], "asset": "炉", "cause": "真空漏れ",
            "start": [*begins, f"{days[-1]}T20:00"], "end": [*ends, ""],
        }),
        "schedule": pd.DataFrame({"asset": "炉", "date": days, "hours": 24.0}),
        "lives": pd.DataFrame({
            "part": [f"t{place}" for place in range(16)], "group": "トレイ", "start": "2024-01-01",
            "end": [f"2024-{6 + place % 6:02d}-01" for place in range(8)] + ["2024-05-01"] * 8,
            "care": ["yes"] * 8 + ["no"] * 8,
        }),
        "works": pd.DataFrame({"work": list("abcdef"), "kind": ["retrofit"] * 4 + ["new"] * 2}),
        "people": pd.DataFrame({
            "person": ["P1", "P2", "P3"], "process": [PROCESSES[0], PROCESSES[1], PROCESSES[1]],
            "age_low": [67, 40, 50], "age_high": [67, 49, 59], "can_teach": ["no", "yes", "no"],
        }),
        "customers": pd.DataFrame({
            "customer": CUSTOMERS, "name": CUSTOMERS, "industry": ["自動車", "半導体", "半導体"],
            "share": [0.5, 0.3, 0.2], "end_use": ["歯車", "ヒータ", ""], "resells_to": ["", "韓国", ""],
        }),
    })  # fmt: skip


def reading(shop: Shop) -> Reading:
    understood = pd.DataFrame({
        "file": ["秘密.xlsx"], "sheet": ["日報"], "cell": ["A1"], "heading": ["日付"], "table": ["jobs"],
        "field": ["date"], "unit": [""], "rows": [9],
    })  # fmt: skip
    return Reading(shop, Schema.of("joblog_understood").check(understood, "joblog_understood"), ())


@cache
def hand_answer(stops: int = 8) -> SafetyAnswer:
    shop = hand_shop(stops)
    return safety_answer(reading(shop), stated=STATED).adding("card_gone", gone(shop, runs=2))


def stated_answer(stated: Stated) -> SafetyAnswer:
    return safety_answer(reading(hand_shop()), stated=stated)
