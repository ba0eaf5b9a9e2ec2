# ruff: noqa: E501  (tables made by hand read better one row a line)
"""TEST DATA, MADE UP: an answer as `respond` gives it, whose numbers mean nothing outside the tests."""

from __future__ import annotations

import hashlib
import json
from types import MappingProxyType
from typing import Any

from meguri.base.records import to_json
from meguri.respond.answer import RespondAnswer, table_of
from meguri.scenario.read import read_scenario
from meguri.structure.chain import Chain

HORIZON = 546.0
# measure, en, ja, kind, owner, unit
MEASURES: dict[str, tuple[str, str, str, str, str]] = {
    "stock-dy": ("Stock of Dy metal [made up]", "Dy金属の備蓄［架空］", "stockpile", "firm", "d"),
    "second-magnet": ("Second magnet maker qualified [made up]", "磁石の第二供給元の認定［架空］", "second-source", "firm", "t/a"),
    "thrift-dy": ("Less Dy by grain-boundary diffusion [made up]", "粒界拡散によるDy削減［架空］", "thrift", "joint", "1"),
    "take-back": ("Magnet-to-magnet take-back [made up]", "磁石to磁石の回収［架空］", "functional-circulation", "joint", "t/a"),
    "prequalify": ("Recycled magnets qualified beforehand [made up]", "再生磁石の事前認定［架空］", "prequalify", "firm", "1"),
    "mine": ("Heavy rare-earth mine abroad [made up]", "海外の重希土鉱山［架空］", "co-investment", "nation", "t/a"),
}  # fmt: skip
# plan, en, ja, role, cost [M yen], state [M yen], time (p50, p10, p90), gained, share (mean, p10, p90), gained, loss, cvar, ready, sim days, sim share, confirmed, note
PLANS: list[tuple[Any, ...]] = [
    ("none", "No plan", "計画なし", "none", 0, 0, 45, 45, 63, 0, 0.42, 0.35, 0.55, 0.0, 210, 290, "", 45, 0.42, True, ""),
    ("single-stock-dy", "Stock of Dy metal alone", "Dy金属の備蓄のみ", "single", 120, 0, 105, 101, 121, 60, 0.42, 0.35, 0.55, 0.0, 160, 240, "2027-01-01", 104, 0.42, True, ""),
    ("single-take-back", "Take-back alone", "回収のみ", "single", 310, 90, 45, 45, 63, 0, 0.61, 0.5, 0.7, 0.19, 190, 270, "2028-06-30", 45, 0.6, True, ""),
    ("front-1", "Front 1", "効率的な計画1", "front", 480, 110, 52, 48, 70, 6, 0.88, 0.8, 0.95, 0.46, 90, 150, "2029-03-31", 50, 0.86, True, ""),
    ("front-2", "Front 2", "効率的な計画2", "front", 495, 100, 98, 95, 120, 50, 0.81, 0.7, 0.9, 0.39, 80, 140, "2029-03-31", 97, 0.8, True, ""),
    ("front-3", "Front 3", "効率的な計画3", "front", 500, 40, 185, 170, HORIZON, 125, 0.6, 0.5, 0.7, 0.18, 60, 120, "2028-06-30", 140, 0.59, False, "unconfirmed-front-3"),
    ("robust-time", "Least regret in days", "日数の後悔が最小の計画", "robust_time", 500, 40, 185, 170, HORIZON, 125, 0.6, 0.5, 0.7, 0.18, 60, 120, "2028-06-30", 140, 0.59, False, "unconfirmed-front-3"),
    ("robust-competitiveness", "Least regret in competitiveness", "競争力の後悔が最小の計画", "robust_competitiveness", 480, 110, 52, 48, 70, 6, 0.88, 0.8, 0.95, 0.46, 90, 150, "2029-03-31", 50, 0.86, True, ""),
]  # fmt: skip
# plan → measure, year, size, cost [M yen], state [M yen], running [M yen/a], scheme, starts, ready, full, expires
TAKEN: dict[str, list[tuple[Any, ...]]] = {
    "single-stock-dy": [("stock-dy", 0, 60, 120, 0, 4, "", "2026-04-01", "2026-07-01", "2027-01-01", "")],
    "single-take-back": [("take-back", 0, 12, 310, 90, 20, "scheme-a", "2026-04-01", "2027-10-01", "2028-06-30", "2041-10-01")],
    "front-1": [
        ("take-back", 0, 12, 310, 90, 20, "scheme-a", "2026-04-01", "2027-10-01", "2028-06-30", "2041-10-01"),
        ("prequalify", 0, 1, 40, 0, 0, "", "2026-04-01", "2027-04-01", "2027-04-01", ""),
        ("second-magnet", 1, 25, 130, 20, 5, "scheme-a", "2027-04-01", "2028-09-30", "2029-03-31", ""),
    ],
    "front-2": [
        ("stock-dy", 0, 50, 100, 0, 4, "", "2026-04-01", "2026-07-01", "2027-01-01", ""),
        ("take-back", 0, 10, 265, 80, 17, "scheme-a", "2026-04-01", "2027-10-01", "2028-06-30", "2041-10-01"),
        ("second-magnet", 1, 25, 130, 20, 5, "scheme-a", "2027-04-01", "2028-09-30", "2029-03-31", ""),
    ],
    "front-3": [
        ("stock-dy", 0, 125, 260, 0, 9, "", "2026-04-01", "2026-07-01", "2027-01-01", ""),
        ("thrift-dy", 0, 0.3, 240, 40, 0, "scheme-b", "2026-04-01", "2028-01-01", "2028-06-30", ""),
    ],
}  # fmt: skip
TAKEN["robust-time"], TAKEN["robust-competitiveness"] = TAKEN["front-3"], TAKEN["front-1"]
STRIKES = {1: "2027-04-01", 2: "2028-03-31"}
M = 1e6  # [JPY] in a million


def labels(measure: str) -> dict[str, str]:
    """Both names of a measure."""
    return {"label_en": MEASURES[measure][0], "label_ja": MEASURES[measure][1]}


def plans() -> list[dict[str, Any]]:
    """Rows of ``plans``."""
    names = ("plan", "label_en", "label_ja", "role", "cost", "cost_state", "time_d", "time_low", "time_high", "time_gained_d", "share", "share_low", "share_high", "share_gained", "loss_d", "cvar_d", "ready_on", "sim_time_d", "sim_share", "confirmed", "note")  # fmt: skip
    rows = [dict(zip(names, row, strict=True)) for row in PLANS]
    return [
        {
            **row,
            "cost": row["cost"] * M,
            "cost_state": row["cost_state"] * M,
            "cost_firm": (row["cost"] - row["cost_state"]) * M,
            "bound": row["share"],
            "gap": 0.0,
            **(first(*FIRST[row["role"]]) if row["role"] in FIRST else {}),
        }
        for row in rows
    ]


FIRST = {"none": ("jp-vehicle-other", 1.0), "front": ("jp-robot", 0.5)}  # role → process, share of worlds
FIRST |= {"robust_time": FIRST["front"], "robust_competitiveness": FIRST["front"]}
PROCESSES = {"jp-vehicle-other": ("Other vehicles, Japan", "その他車両（日本）"), "jp-robot": ("Robots, Japan", "ロボット（日本）")}  # fmt: skip
SCHEMES = {"scheme-a": ("Scheme A [made up]", "支援制度A［架空］", None), "scheme-b": ("Scheme B [made up]", "支援制度B［架空］", 50.0)}  # fmt: skip


def first(process: str, share: float) -> dict[str, Any]:
    """Which process falls short first, and in how many worlds."""
    en, ja = PROCESSES[process]
    return {"first_process": process, "first_label_en": en, "first_label_ja": ja, "first_share": share}


def schemes() -> list[dict[str, Any]]:
    """Rows of ``schemes``; the second has a cap [M yen]."""
    return [
        {"scheme": key, "label_en": en, "label_ja": ja, "kinds": "thrift", "owners": "firm|joint", "rate": 0.5, "cap": None if cap is None else cap * M, "currency": "" if cap is None else "JPY", "running": False, "condition_en": "Plan approved by the ministry.", "condition_ja": "主務大臣による計画認定が必要。", "since": "2023-01-19", "source": "meti-esp-rates", "grade": "reported", "note": ""}
        for key, (en, ja, cap) in SCHEMES.items()
    ]  # fmt: skip


def plan_measures() -> list[dict[str, Any]]:
    """Rows of ``plan_measures``."""
    names = ("measure", "year", "size", "cost", "cost_state", "running", "scheme", "starts_on", "ready_on", "full_on", "expires_on")  # fmt: skip
    return [
        {
            **row,
            **labels(row["measure"]),
            "plan": plan,
            "kind": MEASURES[row["measure"]][2],
            "owner": MEASURES[row["measure"]][3],
            "unit": MEASURES[row["measure"]][4],
            "cost": row["cost"] * M,
            "cost_state": row["cost_state"] * M,
            "cost_firm": (row["cost"] - row["cost_state"]) * M,
            "running": row["running"] * M,
            "grade": "assumed",
        }
        for plan, taken in TAKEN.items()
        for row in (dict(zip(names, cells, strict=True)) for cells in taken)
    ]


def plan_years() -> list[dict[str, Any]]:
    """Rows of ``plan_years``, summed from the measures."""
    spent: dict[tuple[str, int], list[float]] = {}
    for row in plan_measures():
        sums = spent.setdefault((row["plan"], row["year"]), [0.0, 0.0])
        sums[0], sums[1] = sums[0] + row["cost"], sums[1] + row["cost_state"]
    return [
        {
            "plan": plan,
            "year": year,
            "fiscal": 2026 + year,
            "cost": cost,
            "cost_firm": cost - state,
            "cost_state": state,
            "budget": 500 * M,
        }
        for (plan, year), (cost, state) in spent.items()
    ]


def plan_worlds() -> list[dict[str, Any]]:
    """Rows of ``plan_worlds``: two worlds, the second a little kinder."""
    rows = []
    best = {1: 170.0, 2: HORIZON}
    kept = {1: 0.8, 2: 0.95}
    for plan in plans():
        for place, on in STRIKES.items():
            days = plan["time_low"] if place == 1 else plan["time_high"]
            share = plan["share_low"] if place == 1 else plan["share_high"]
            rows.append(
                {
                    "plan": plan["plan"],
                    "world": f"2025-medium-heavy-rare-earths/{place}a/1",
                    "scenario": "2025-medium-heavy-rare-earths",
                    "probability": 0.5,
                    "strike_on": on,
                    "time_d": days,
                    "share": share,
                    "loss_d": plan["loss_d"],
                    "sim_time_d": max(days - 2, 0),
                    "sim_share": share,
                    "first_process": "jp-vehicle-other" if place == 1 else "jp-robot",
                    "regret_time_d": best[place] - days,
                    "regret_share": kept[place] - share,
                }
            )
    return rows


MARGINAL = [  # measure, days, share, in plan, factor, reason
    ("stock-dy", 2.1, 0.0, True, 1.0, "in_plan"), ("second-magnet", 0.2, 0.012, True, 1.0, "in_plan"),
    ("thrift-dy", 1.4, 0.004, True, 1.0, "in_plan"), ("take-back", 0.0, 0.006, True, 1.0, "in_plan"),
    ("prequalify", None, None, True, 1.0, "in_plan"), ("mine", 0.0, 0.0, False, None, "not_ready"),
]  # fmt: skip
ORDER = [
    ("take-back", "2025-09-30", "Longest lead: ready 548 days after the decision.", "準備期間が最も長い（決定から548日）。"),
    ("second-magnet", "2025-10-02", "Needs 547 days of qualification.", "認定に547日を要する。"),
    ("stock-dy", "2026-06-30", "Ready within three months.", "三か月で整う。"),
]  # fmt: skip


def others() -> dict[str, list[dict[str, Any]]]:
    """Rows of the tables that explain the plans."""
    front = {"time_gained_d": 125.0, "share_gained": 0.18}
    return {
        "marginal": [{"measure": m, **labels(m), "budget": 500 * M, "time_per_money": days, "share_per_money": share, "in_plan": taken, "entry_cost_factor": factor, "entry_reason": why} for m, days, share, taken, factor, why in MARGINAL],
        "order": [{"rank": rank, "measure": m, **labels(m), "decide_by": by, "why_en": en, "why_ja": ja} for rank, (m, by, en, ja) in enumerate(ORDER, start=1)],
        "robustness": [
            {"parameter": "strike", "value": "1 a", "plan": "front-3", "measures": "stock-dy 125 d|thrift-dy 0.3", "label_en": "Control begins after", "label_ja": "規制までの年数", "axis": "time", **front},
            {"parameter": "strike", "value": "2 a", "plan": "front-1", "measures": "take-back 12 t/a|prequalify 1", "label_en": "Control begins after", "label_ja": "規制までの年数", "axis": "competitiveness", "time_gained_d": 6.0, "share_gained": 0.46},
        ],
        "dependence": [
            {"plan": "front-1", "measure": "take-back", "depends_on": "prequalify", "kind": "measure", **labels("prequalify")},
            {"plan": "front-1", "measure": "second-magnet", "depends_on": "VN", "kind": "country", "label_en": "Viet Nam", "label_ja": "ベトナム"},
        ],
        "sovereignty": [
            {"economy": "JP", "stage": stage, "node": "", "label_en": "", "label_ja": "", "after_d": days, "qualified": qualified, "share": share, "unknown": 0.1, "binding": "jp-alloy", "binding_label_en": "Alloy makers, Japan", "binding_label_ja": "合金メーカー（日本）"}
            for stage, days, qualified, share in (("alloy", 30, False, 0.9), ("alloy", 180, False, 0.1), ("alloy", 180, True, 0.25), ("magnet", 30, False, 1.0), ("magnet", 180, True, None))
        ],
        "risks": [{"plan": "front-1", "measure": "second-magnet", "risk": "control-exposure", "direction": "raises", "note": "Made up."}],
        "deficit": [
            {"step": "need", "label_en": "Need", "label_ja": "必要量", "low": 200.0, "mode": 300.0, "high": 450.0, "unit": "t/a", "closes": ""},
            {"step": "left", "label_en": "Left uncovered", "label_ja": "不足量", "low": 110.0, "mode": 220.0, "high": 386.0, "unit": "t/a", "closes": "second-magnet"},
        ],
        "assumptions": [{"parameter": "recipes[jp-magnet-a, dy-metal].stock", "label_en": "Stock of Dy metal", "label_ja": "Dy金属の在庫", "low": 20.0, "mode": 30.0, "high": 45.0, "unit": "d", "grade": "assumed", "source": "", "note": "Made up."}],
        "notes": [
            {"key": "made-up", "level": "warning", "text_en": "Test data: every number of this answer is made up.", "text_ja": "試験用データ。この答えの数値は全て架空である。", "source": ""},
            {"key": "unconfirmed-front-3", "level": "doubt", "text_en": "The simulator gives 140 days where the optimiser gives 185: it does not know the future.", "text_ja": "最適化の185日に対しシミュレータは140日。先を知らないためである。", "source": ""},
        ],
    }  # fmt: skip


def plan_effects() -> list[dict[str, Any]]:
    """Rows of ``plan_effects``: stock of the plans that have one, for both strikes."""
    return [
        {
            "plan": plan, "effect": f"{row[0]}-0-0", "strikes": "1|2", "measure": row[0], "kind": "stock",
            "written": json.dumps({"source": "", "id": f"{row[0]}-0-0", "measure": row[0], "start": row[7], "kind": "stock", "country": ["JP"], "input": "metal-hree", "amount": f"{row[2]} d"}),
        }
        for plan, rows in TAKEN.items() for row in rows if MEASURES[row[0]][2] == "stockpile"
    ]  # fmt: skip


def made_up_answer() -> RespondAnswer:
    """An answer of eight plans with three on the front; nothing in it is true."""
    rows = {"plans": plans(), "plan_measures": plan_measures(), "plan_years": plan_years(), "plan_worlds": plan_worlds(), "plan_effects": plan_effects(), "schemes": schemes(), **others()}  # fmt: skip
    name = {**read_scenario("2025-medium-heavy-rare-earths").plain(), "label": {"en": "Licensing of medium and heavy rare earths [made up]", "ja": "中重希土の輸出許可制［架空］"}, "probability": 1.0}  # fmt: skip
    manifest: dict[str, Any] = {
        "scenarios": [name], "decided": "2026-04-01", "years": 5, "after": 1, "horizon_d": HORIZON,
        "strikes": [{"years": 1.0, "probability": 0.5}, {"years": 2.0, "probability": 0.5}],
        "budget": 500 * M, "per_year": [500 * M] * 5, "alpha": 0.9, "runs": 2, "seed": 1, "grade": "assumed",
        "rate": {"pair": "USD/JPY", "rate": 150.0, "date": "2026-03-31", "source": ""}, "sources": [], "made_up": True,
    }  # fmt: skip
    manifest["hash"] = hashlib.sha256(to_json(manifest).encode()).hexdigest()
    tables = {name: table_of(name, part) for name, part in rows.items()}
    return RespondAnswer(manifest, Chain.example("ndfeb-japan"), MappingProxyType(tables))
