# ruff: noqa: E501  (tables made by hand read better one row a line)
"""An answer made by hand: six plans, five single measures, four worlds, and names as long as real ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.respond.answer import SCHEMAS, RespondAnswer, table_of
from meguri.structure.chain import Chain

HORIZON = 1095.0
M = 1e6

MEASURES: dict[str, tuple[str, str, str, str]] = {
    "stock-alloy": ("Stock of Dy alloy held by the maker", "Dy合金の自社備蓄", "stockpile", "firm"),
    "thrift-gbd": ("Thrift: grain-boundary diffusion, Dy 4–5% to 2–3%", "省重希土：粒界拡散への切替え（Dy 4〜5％→2〜3％）", "thrift", "firm"),
    "second-hot": ("Second source: hot-deformed magnets free of heavy rare earths, qualified beforehand", "第二供給源：重希土フリー熱間加工磁石の事前認定", "second-source", "firm"),
    "loop-motor": ("Functional circulation of motor magnets, requalified by the user", "モーター磁石の機能循環（需要家による再認定を含む）", "functional-circulation", "joint"),
    "element-scrap": ("Element recycling of process scrap", "工程端材からの元素リサイクル", "element-recycling", "joint"),
    "mine-au": ("Co-investment in a heavy rare-earth mine", "重希土鉱山への共同出資", "co-investment", "nation"),
    "relocate-cn": ("Relocation of magnet making to China", "磁石製造の中国への移転", "relocation", "firm"),
}  # fmt: skip
# plan, en, ja, role, cost M, state M, time, low, high, gained, share, low, high, gained, loss, cvar, ready, sim time, sim share, confirmed
PLANS: list[tuple[Any, ...]] = [
    ("none", "No plan", "対策なし", "none", 0, 0, 62, 41, 96, 0, 0.61, 0.52, 0.68, 0.0, 141, 188, None, 60, 0.602, True),
    ("front-1", "Front plan 1", "効率的な計画1", "front", 486, 150, 76, 52, 118, 14, 0.872, 0.79, 0.93, 0.262, 61, 92, "2028-10-01", 77, 0.861, True),
    ("front-2", "Front plan 2", "効率的な計画2", "front", 492, 128, 107, 80, 160, 45, 0.841, 0.76, 0.91, 0.231, 55, 84, "2028-10-01", 104, 0.802, False),
    ("front-3", "Front plan 3", "効率的な計画3", "front", 498, 96, 152, 120, 240, 90, 0.773, 0.69, 0.85, 0.163, 58, 90, "2028-04-01", 149, 0.768, True),
    ("front-4", "Front plan 4", "効率的な計画4", "front", 500, 20, 212, 170, 330, 150, 0.668, 0.58, 0.75, 0.058, 71, 110, "2027-10-01", 206, 0.66, True),
    ("only-stock-alloy", "Stock of Dy alloy alone", "Dy合金の自社備蓄のみ", "single", 300, 0, 152, 118, 214, 90, 0.61, 0.52, 0.68, 0.0, 112, 160, "2027-01-01", 150, 0.604, True),
    ("only-thrift-gbd", "Thrift alone", "省重希土のみ", "single", 180, 60, 70, 48, 108, 8, 0.702, 0.61, 0.77, 0.092, 108, 150, "2028-04-01", None, None, None),
    ("only-second-hot", "Second source alone", "第二供給源のみ", "single", 120, 40, 76, 52, 118, 14, 0.695, 0.6, 0.76, 0.085, 104, 149, "2027-10-01", 77, 0.69, True),
    ("only-loop-motor", "Functional circulation alone", "機能循環のみ", "single", 210, 70, 62, 41, 96, 0, 0.733, 0.65, 0.8, 0.123, 98, 140, "2028-10-01", 60, 0.725, True),
    ("only-mine-au", "Mine alone", "鉱山への共同出資のみ", "single", 500, 250, 62, 41, 96, 0, 0.61, 0.52, 0.68, 0.0, 141, 188, "2035-10-01", 60, 0.602, True),
]  # fmt: skip
# plan, measure, year, size, unit, cost M, state M, running M, scheme, start, ready, full, expires
TAKEN: list[tuple[Any, ...]] = [
    ("front-1", "loop-motor", 0, 60, "t/a", 210, 70, 12, "meti-kit", "2025-10-01", "2027-10-01", "2028-10-01", None),
    ("front-1", "thrift-gbd", 0, 1, "", 156, 60, 4, "meti-kit", "2025-10-01", "2027-04-01", "2028-04-01", None),
    ("front-1", "second-hot", 1, 90, "t/a", 120, 20, 6, "", "2026-10-01", "2027-10-01", "2028-04-01", None),
    ("front-4", "stock-alloy", 0, 136, "d", 380, 0, 22, "", "2025-10-01", "2026-02-01", "2027-01-01", "2030-10-01"),
    ("front-4", "second-hot", 0, 90, "t/a", 120, 20, 6, "", "2025-10-01", "2026-10-01", "2027-04-01", None),
    ("front-2", "loop-motor", 0, 60, "t/a", 210, 70, 12, "meti-kit", "2025-10-01", "2027-10-01", "2028-10-01", None),
    ("front-2", "second-hot", 0, 90, "t/a", 120, 20, 6, "", "2025-10-01", "2026-10-01", "2027-04-01", None),
    ("front-2", "stock-alloy", 1, 41, "d", 162, 38, 7, "", "2026-10-01", "2027-02-01", "2028-01-01", None),
    ("front-3", "stock-alloy", 0, 88, "d", 242, 0, 14, "", "2025-10-01", "2026-02-01", "2027-01-01", None),
    ("front-3", "thrift-gbd", 0, 1, "", 156, 60, 4, "meti-kit", "2025-10-01", "2027-04-01", "2028-04-01", None),
    ("only-stock-alloy", "stock-alloy", 0, 88, "d", 300, 0, 14, "", "2025-10-01", "2026-02-01", "2027-01-01", None),
    ("only-loop-motor", "loop-motor", 0, 60, "t/a", 210, 70, 12, "meti-kit", "2025-10-01", "2027-10-01", "2028-10-01", None),
    ("front-3", "second-hot", 1, 70, "t/a", 100, 36, 6, "", "2026-10-01", "2027-10-01", "2028-04-01", None),
]  # fmt: skip
STRIKES = ("2026-10-01", "2027-10-01", "2028-10-01", "2029-09-30")
MARGINAL: list[tuple[Any, ...]] = [
    ("stock-alloy", 1.5, 0.0, True, 1.0, "in_plan"),
    ("thrift-gbd", 0.2, 0.0026, True, 1.0, "in_plan"),
    ("second-hot", 0.6, 0.0035, True, 1.0, "in_plan"),
    ("loop-motor", 0.0, 0.0029, True, 1.0, "in_plan"),
    ("element-scrap", 0.0, 0.0011, False, 0.62, "cheaper"),
    ("mine-au", 0.0, 0.0, False, None, "not_ready"),
    ("relocate-cn", None, None, False, None, "excluded"),
]
# what is short after each step: need less supply, then measure by measure
DEFICIT: list[tuple[Any, ...]] = [
    ("0", "Need of Dy less supply outside the control", "Dyの必要量 − 規制の及ばない供給", 440, 490, 540, "t/a", "second-hot"),
    ("1", "Thrift: Dy 4–5% to 2–3%", "省重希土（4〜5％→2〜3％）", 140, 246, 390, "t/a", "second-hot"),
    ("2", "Functional circulation", "機能循環", 110, 229, 386, "t/a", "second-hot"),
    ("3", "Second source: hot-deformed magnets free of heavy rare earths", "第二供給源：重希土フリー熱間加工磁石", -90, -21, 120, "t/a", "second-hot"),
]  # fmt: skip
SOVEREIGN = [
    ("separation", 0.05, 0.1, 0.2, "jp-separation", "Heavy rare-earth separation", "重希土分離"),
    ("metal", 0.32, 0.41, 0.0, "jp-dymetal", "Dysprosium metal and alloy makers, Japan", "ジスプロシウム金属・合金メーカー（日本）"),
    ("magnet", 0.55, 0.71, 0.12, "jp-alloy", "Strip-cast alloy for sintered magnets, Japan", "焼結磁石用ストリップキャスト合金（日本）"),
    ("part", 0.48, 0.66, 0.05, "jp-magnet-a", "Sintered magnets, Kumagaya and Saga", "焼結磁石（熊谷・佐賀）"),
]  # fmt: skip


FIRST = {
    "none": {
        "first_process": "jp-vehicle-other",
        "first_label_en": "Other vehicles and their auxiliaries, Japan",
        "first_label_ja": "その他車両と補機（日本）",
        "first_share": 0.75,
    },
    "plan": {
        "first_process": "jp-robot",
        "first_label_en": "Robots and machine tools, Japan",
        "first_label_ja": "ロボット・工作機械（日本）",
        "first_share": 0.5,
    },
}
SCHEME = {"scheme": "meti-kit", "label_en": "Economic Security Promotion Act: magnet recycling equipment", "label_ja": "経済安全保障推進法：永久磁石（リサイクル設備）", "kinds": "functional-circulation|thrift", "owners": "firm|joint", "rate": 0.5, "cap": 80 * M, "currency": "JPY", "running": False, "condition_en": "Ceiling of the rate; plan approved by METI.", "condition_ja": "助成率の上限。経産大臣の計画認定。", "since": "2023-01-19", "source": "meti-esp-rates", "grade": "reported", "note": ""}  # fmt: skip


def answer() -> RespondAnswer:
    """The whole answer, checked as ``columns.csv`` declares it."""
    tables = {name: table_of(name, rows) for name, rows in _rows().items()}
    return RespondAnswer(manifest(), Chain.example("ndfeb-japan"), tables)


def manifest() -> dict[str, Any]:
    return {
        "scenarios": [
            {
                "name": "2025-medium-heavy-rare-earths",
                "label": {"en": "Licensing of medium and heavy rare earths", "ja": "中重希土の輸出許可制"},
                "probability": 1.0,
            }
        ],
        "decided": "2025-10-01",
        "years": 5,
        "after": 2,
        "alpha": 0.9,
        "per_year": [340 * M, 130 * M, 20 * M, 20 * M, 20 * M],
        "grade": "assumed",
        "strikes": [{"years": n + 1, "probability": 0.25} for n in range(4)],
        "budget": 500 * M,
        "rate": {"pair": "USD/JPY", "rate": 149.58, "date": "2025-12-30", "source": "boj-fx"},
        "horizon_d": HORIZON,
        "sources": ["baci-hs92", "mofcom-2025-18"],
        "hash": "abc123",
        "seed": 1,
        "runs": 4,
    }  # fmt: skip


def _named(measure: str) -> dict[str, str]:
    en, ja, _, _ = MEASURES[measure]
    return {"label_en": en, "label_ja": ja}


def _rows() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in SCHEMAS}
    found["plans"] = [_plan(row) for row in (*PLANS, *_robust())]
    copies = [(new, *row[1:]) for new, old in ROBUST.items() for row in TAKEN if row[0] == old]
    found["plan_measures"] = [_taken(row) for row in (*TAKEN, *copies)]
    found["plan_years"] = [
        _year(plan, y) for plan in ("front-1", "front-2", "front-3", "front-4") for y in range(5)
    ]
    found["plan_worlds"] = [
        _world(row, n) for row in (*PLANS, *_robust()) if row[3] != "single" for n in range(4)
    ]
    found["schemes"] = [SCHEME]
    found["marginal"] = [
        {
            "measure": measure, **_named(measure), "budget": 500 * M, "time_per_money": time, "share_per_money": share,
            "in_plan": taken, "entry_cost_factor": factor, "entry_reason": reason,
        }
        for measure, time, share, taken, factor, reason in MARGINAL
    ]  # fmt: skip
    found["order"] = [
        {"rank": rank, "measure": measure, **_named(measure), "decide_by": by, "why_en": en, "why_ja": ja}
        for rank, (measure, by, en, ja) in enumerate(
            (
                ("loop-motor", "2024-10-01", "Longest lead time; already late for the first strike.", "所要期間が最も長く、最初の規制には既に間に合わない。"),
                ("thrift-gbd", "2025-04-01", "In every plan of the front.", "効率的な計画の多くに入る。"),
                ("stock-alloy", "2026-06-01", "Short lead time; worth its cost in any case.", "所要期間が短く、いずれの計画でも費用に見合う。"),
            ),
            start=1,
        )
    ]  # fmt: skip
    found["robustness"] = [
        {
            "parameter": "strike", "value": value, "plan": plan, "measures": measures, "label_en": "First strike",
            "label_ja": "最初の規制", "axis": axis, "time_gained_d": time, "share_gained": share,
        }
        for value, axis, plan, measures, time, share in (
            ("1 a", "time", "front-4", "stock-alloy 136 d|second-hot 90 t/a", 150, 0.058),
            ("3 a", "competitiveness", "front-1", "loop-motor 60 t/a|thrift-gbd 1", 14, 0.262),
        )
    ]  # fmt: skip
    found["dependence"] = [
        {
            "plan": "front-1",
            "measure": "loop-motor",
            "depends_on": "jp-collector",
            "kind": "node",
            "label_en": "Motor dismantlers, Japan",
            "label_ja": "モーター解体（日本）",
        },
        {
            "plan": "front-1",
            "measure": "thrift-gbd",
            "depends_on": "CN",
            "kind": "country",
            "label_en": "Dy for diffusion from China",
            "label_ja": "拡散用Dy（中国）",
        },
    ]
    found["sovereignty"] = [
        _sovereign(*row, after, known)
        for row in SOVEREIGN
        for after in (30, 180, 720)
        for known in (False, True)
    ]
    found["risks"] = [
        {"plan": "front-1", "measure": "loop-motor", "risk": "leak", "direction": "raises", "note": ""},
        {"plan": "front-4", "measure": "stock-alloy", "risk": "price", "direction": "raises", "note": ""},
    ]
    found["deficit"] = [
        dict(zip(("step", "label_en", "label_ja", "low", "mode", "high", "unit", "closes"), row, strict=True))
        for row in DEFICIT
    ]
    found["assumptions"] = [
        {
            "parameter": "strike", "label_en": "Years to the control, equally likely", "label_ja": "規制までの年数（等確率）",
            "low": 1, "mode": 2.5, "high": 4, "unit": "a", "source": "", "grade": "assumed", "note": "",
        }
    ]  # fmt: skip
    found["notes"] = []
    return found


ROBUST = {"robust-time": "front-4", "robust-competitiveness": "front-1"}


def _robust() -> list[tuple[Any, ...]]:
    """The two picks, each a copy of an efficient plan under a key of its own."""
    words = {
        "robust-time": ("Least regret in days", "日数の後悔が最小の計画"),
        "robust-competitiveness": ("Least regret in competitiveness", "競争力の後悔が最小の計画"),
    }
    rows = {row[0]: row for row in PLANS}
    return [(key, *words[key], key.replace("-", "_"), *rows[of][4:]) for key, of in ROBUST.items()]


def _plan(row: tuple[Any, ...]) -> dict[str, Any]:
    (
        plan,
        en,
        ja,
        role,
        cost,
        state,
        time,
        low,
        high,
        gained,
        share,
        s_low,
        s_high,
        s_gained,
        loss,
        cvar,
        ready,
        sim,
        sim_share,
        sure,
    ) = row
    return {
        "plan": plan, "label_en": en, "label_ja": ja, "role": role, "cost": cost * M, "cost_firm": (cost - state) * M,
        "cost_state": state * M, "time_d": time, "time_low": low, "time_high": high, "time_gained_d": gained,
        "share": share, "share_low": s_low, "share_high": s_high, "share_gained": s_gained, "loss_d": loss,
        "cvar_d": cvar, "ready_on": ready, "sim_time_d": sim, "sim_share": sim_share, "confirmed": sure,
        "sim_time_gained_d": None if sim is None else sim - 60,
        **({} if role == "single" else FIRST["none" if role == "none" else "plan"]),
        "sim_share_gained": None if sim_share is None else sim_share - 0.602, "bound": share, "gap": 0.0, "note": "",
    }  # fmt: skip


def _taken(row: tuple[Any, ...]) -> dict[str, Any]:
    plan, measure, year, size, unit, cost, state, running, scheme, start, ready, full, expires = row
    _, _, kind, owner = MEASURES[measure]
    return {
        "plan": plan, "measure": measure, **_named(measure), "kind": kind, "owner": owner, "year": year, "size": size,
        "unit": unit, "cost": cost * M, "cost_firm": (cost - state) * M, "cost_state": state * M,
        "running": running * M, "scheme": scheme, "starts_on": start, "ready_on": ready, "full_on": full,
        "expires_on": expires, "grade": "assumed",
    }  # fmt: skip


def _year(plan: str, y: int) -> dict[str, Any]:
    cost = {0: 320.0, 1: 120.0}.get(y, 14.0) * M
    return {
        "plan": plan, "year": y, "fiscal": 2025 + y, "cost": cost, "cost_firm": 0.7 * cost, "cost_state": 0.3 * cost,
        "budget": (340 if y == 0 else 130 if y == 1 else 20) * M,
    }  # fmt: skip


def _world(row: tuple[Any, ...], n: int) -> dict[str, Any]:
    time, share = row[6], row[10]
    best = min(60 + 60 * n, 212 if n else 107)
    return {
        "plan": row[0], "world": f"strike-{n + 1}", "scenario": "2025-medium-heavy-rare-earths", "probability": 0.25,
        "strike_on": STRIKES[n], "time_d": HORIZON if (row[0], n) == ("front-4", 3) else time - 8 + 5 * n,
        "share": share - 0.06 + 0.03 * n, "loss_d": 60.0, "sim_time_d": row[17], "sim_share": row[18],
        "first_process": "" if row[3] == "single" else FIRST["none" if row[3] == "none" else "plan"]["first_process"],
        "regret_time_d": max(0, best - 0.4 * time - 10 * n), "regret_share": max(0.0, 0.872 - share) * (0.4 + 0.2 * n),
    }  # fmt: skip


def _sovereign(
    stage: str,
    without: float,
    with_: float,
    unknown: float,
    node: str,
    en: str,
    ja: str,
    after: float,
    known: bool,
) -> dict[str, Any]:
    share = (with_ if known else without) * {30: 1.6, 180: 1.0, 720: 1.15 if known else 0.9}[after]
    return {
        "economy": "JP", "stage": stage, "node": "", "label_en": "", "label_ja": "", "after_d": after, "qualified": known,
        "share": min(share, 1 - unknown), "unknown": unknown, "binding": node, "binding_label_en": en, "binding_label_ja": ja,
    }  # fmt: skip


def frame(name: str) -> pd.DataFrame:
    """One of the hand-made tables."""
    return answer().table(name)


START = dt.date(2025, 10, 1)
