# ruff: noqa: E501  (tables made by hand read better one row a line)
"""A small outcome made by hand: 14 processes, two controls, ranges, and names as long as real ones."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from meguri.base.tables import Schema

START, HORIZON = "2025-04-04", 548

# node, en, ja, stage, country, material, output, plan; tts p10/p50/p90; ttr p10/p50/p90; gap; share; lowest; waits
# fmt: off
NODES: list[tuple[Any, ...]] = [
    ("mm-clay", "Ion-adsorption clay, Myanmar", "イオン吸着型鉱（ミャンマー）", "ore", "MM", "hree-ore", 900, None, None, None, 0, 0, 0, 0.0, 1.0, ""),
    ("cn-ore", "Bayan Obo and Sichuan, China", "白雲鄂博・四川（中国）", "ore", "CN", "lree-ore", 52000, None, None, None, 0, 0, 0, 0.0, 1.0, ""),
    ("au-ore", "Mount Weld, Australia", "マウント・ウェルド（豪州）", "ore", "AU", "lree-ore", 9000, None, None, None, 0, 0, 0, 0.0, 1.0, ""),
    ("cn-sep", "Heavy rare-earth separation, China", "重希土分離（中国）", "separation", "CN", "dy-oxide", 2100, None, None, None, 0, 0, 0, 0.0, 0.97, ""),
    ("my-sep", "Lynas Malaysia separation, Kuantan", "ライナス・マレーシア分離（クアンタン）", "separation", "MY", "nd-oxide", 7600, None, None, None, 0, 0, 0, 0.04, 0.94, ""),
    ("vn-metal", "Rare-earth metal reduction, Vietnam", "希土類金属還元（ベトナム）", "metal", "VN", "nd-metal", 1800, 240.0, None, None, 0, 0, 420.0, 0.31, 0.88, "nd-oxide"),
    ("jp-dymetal", "Dysprosium metal and alloy makers, Japan", "ジスプロシウム金属・合金メーカー（日本）", "metal", "JP", "dy-metal", 420, 22.0, 34.0, 51.0, 121.0, 163.0, 244.0, 1.0, 0.02, "dy-oxide"),
    ("jp-alloy", "Strip-cast alloy for sintered magnets, Japan", "焼結磁石用ストリップキャスト合金（日本）", "alloy", "JP", "alloy", 8000, 41.0, 58.0, 92.0, 140.0, 188.0, 271.0, 0.99, 0.31, "dy-metal"),
    ("jp-magnet-a", "Proterial sintered magnets, Kumagaya and Saga", "プロテリアル 焼結磁石（熊谷・佐賀）", "magnet", "JP", "magnet-h", 4200, 55.0, 79.0, 118.0, 160.0, 216.0, 330.0, 0.97, 0.22, "alloy"),
    ("jp-magnet-b", "Shin-Etsu sintered magnets, Takefu", "信越化学 焼結磁石（武生）", "magnet", "JP", "magnet-h", 3900, 88.0, 127.0, 190.0, 151.0, 205.0, 318.0, 0.91, 0.41, "alloy"),
    ("jp-hotdeform", "Hot-deformed magnets without heavy rare earths, Nakatsugawa", "重希土フリー熱間加工磁石（中津川）", "magnet", "JP", "magnet-f", 900, 70.0, None, None, 0.0, 0.0, 150.0, 0.38, 0.83, "lree-powder"),
    ("jp-motor", "Traction and servo motor makers, Japan", "駆動・サーボモーターメーカー（日本）", "part", "JP", "motor", 31000, 96.0, 141.0, 230.0, 201.0, 262.0, None, 0.86, 0.47, "magnet-h"),
    ("jp-auto", "Electrified vehicles, Japan", "電動車（日本）", "equipment", "JP", "vehicle", 900000, 131.0, 187.0, None, 240.0, None, None, 0.71, 0.62, "motor"),
    ("jp-robot", "Robots and machine tools, Japan", "ロボット・工作機械（日本）", "equipment", "JP", "machine", 120000, 160.0, 236.0, None, 0.0, 281.0, 402.0, 0.58, 0.77, "motor"),
]
# fmt: on
NAMES = {
    "hree-ore": ("Ion-adsorption clay concentrate", "イオン吸着型鉱精鉱", "ore", "ore"),
    "lree-ore": ("Bastnaesite concentrate", "バストネサイト精鉱", "ore", "ore"),
    "dy-oxide": ("Dysprosium oxide", "酸化ジスプロシウム", "oxide", "separation"),
    "nd-oxide": ("Neodymium-praseodymium oxide", "ネオジム・プラセオジム酸化物", "oxide", "separation"),
    "nd-metal": ("Neodymium metal", "ネオジム金属", "metal", "metal"),
    "dy-metal": ("Dysprosium metal", "ジスプロシウム金属", "metal", "metal"),
    "alloy": ("Strip-cast alloy", "ストリップキャスト合金", "alloy", "alloy"),
    "magnet-h": ("Sintered magnet", "焼結磁石", "magnet", "magnet"),
    "magnet-f": ("Hot-deformed magnet", "熱間加工磁石", "magnet", "magnet"),
    "lree-powder": ("Melt-spun powder", "急冷粉", "alloy", "alloy"),
    "motor": ("Motor", "モーター", "part", "part"),
    "vehicle": ("Vehicle", "車両", "equipment", "equipment"),
    "machine": ("Machine", "機械", "equipment", "equipment"),
}
FLOWS = [
    ("mm-clay", "cn-sep", 900),
    ("cn-ore", "cn-sep", 52000),
    ("au-ore", "my-sep", 9000),
    ("cn-sep", "jp-dymetal", 380),
    ("my-sep", "vn-metal", 2100),
    ("my-sep", "jp-alloy", 3000),
    ("cn-sep", "vn-metal", 700),
    ("vn-metal", "jp-alloy", 1800),
    ("jp-dymetal", "jp-alloy", 400),
    ("jp-alloy", "jp-magnet-a", 4300),
    ("jp-alloy", "jp-magnet-b", 3700),
    ("my-sep", "jp-hotdeform", 400),
    ("jp-magnet-a", "jp-motor", 3000),
    ("jp-magnet-b", "jp-motor", 2700),
    ("jp-hotdeform", "jp-motor", 600),
    ("jp-motor", "jp-auto", 24000),
    ("jp-motor", "jp-robot", 7000),
]
CONTENTS = {
    "hree-ore": {"Dy": 0.045, "Tb": 0.008},
    "lree-ore": {"Nd": 0.09, "Dy": 0.0004},
    "dy-oxide": {"Dy": 0.87},
    "nd-oxide": {"Nd": 0.85},
    "nd-metal": {"Nd": 0.99},
    "dy-metal": {"Dy": 0.99},
    "alloy": {"Nd": 0.28, "Dy": 0.04},
    "magnet-h": {"Nd": 0.27, "Dy": 0.038},
    "magnet-f": {"Nd": 0.29},
    "motor": {"Nd": 0.007, "Dy": 0.001},
}


@dataclass(frozen=True)
class Chain:
    """Tables of a chain."""

    name: str
    as_of: str
    nodes: pd.DataFrame
    flows: pd.DataFrame
    recipes: pd.DataFrame
    materials: pd.DataFrame
    contents: pd.DataFrame


@dataclass(frozen=True)
class Outcome:
    """What the show layer relies on, and nothing else."""

    chain: Chain
    tables: dict[str, pd.DataFrame]
    manifest: dict[str, Any] = field(default_factory=dict)

    def table(self, name: str) -> pd.DataFrame:
        return self.tables[name].copy()

    def sources(self) -> pd.DataFrame:
        return self.table("sources")

    def notes(self) -> pd.DataFrame:
        return self.table("notes")


def survival_table() -> pd.DataFrame:
    rows = []
    for node, en, ja, stage, country, _, plan, t10, t50, t90, r10, r50, r90, share, lowest, waits in NODES:
        ever = t50 is not None
        gap = (r50 if r50 is not None else HORIZON) - t50 if ever else 0.0
        rows.append(
            {
                "node": node, "label_en": en, "label_ja": ja, "stage": stage, "country": country, "plan": plan,
                "tts_d": t50, "tts_d_p10": t10, "tts_d_p90": t90,
                "ttr_d": r50, "ttr_d_p10": r10, "ttr_d_p90": r90,
                "gap_d": gap, "gap_d_p10": 0.7 * gap, "gap_d_p90": 1.4 * gap,
                "share_stopped": share,
                "stops_on": _plus(t50) if ever else "", "lowest": lowest,
                "cover_d": None if stage == "ore" else 45.0, "lowest_cover_d": None if stage == "ore" else 45 * lowest,
                "waits_for": waits,
            }
        )  # fmt: skip
    frame = pd.DataFrame(rows)
    numbers = [c.name for c in Schema.of("survival").columns if c.kind in ("number", "share")]
    frame[numbers] = frame[numbers].astype(float)
    return frame[Schema.of("survival").names]


def _plus(days: float) -> str:
    return (dt.date.fromisoformat(START) + dt.timedelta(days=round(days))).isoformat()


def production_table() -> pd.DataFrame:
    rows = []
    for node, *_, t10, t50, t90, _r10, r50, r90, _share, lowest, _waits in NODES:
        for week in range(HORIZON // 7):
            day = 7 * week
            p50 = _dip(day, t50, r50, lowest)
            p10 = _dip(day, t10, r90 if t10 is not None else None, max(lowest - 0.2, 0))
            p90 = _dip(day, t90, r50, min(lowest + 0.25, 1))
            low, mid, high = sorted((p10, p50, p90))
            rows.append({"node": node, "date": _plus(day), "p10": low, "p50": mid, "p90": high})
    return pd.DataFrame(rows)


def _dip(day: int, tts: float | None, ttr: float | None, lowest: float) -> float:
    if tts is None or day < tts:
        return 1.0
    back = HORIZON + 200 if ttr is None else max(ttr, tts + 30)
    if day >= back:
        return 1.0
    depth = math.sin(math.pi * min(1.0, (day - tts + 15) / (back - tts + 30)))
    return round(1 - (1 - lowest) * depth, 4)


def price_table() -> pd.DataFrame:
    rows = []
    for element, form, height in (
        ("Dy", "oxide", 3.4),
        ("Tb", "oxide", 3.9),
        ("Dy", "metal", 2.9),
        ("Y", "oxide", 11.0),
    ):
        for place in ("outside", "inside"):
            for n in range(18):
                month = f"{2025 + (3 + n) // 12}-{(3 + n) % 12 + 1:02d}-01"
                rise = (height - 1) * math.exp(-(((n - 5) / 4.5) ** 2))
                mid = 1 + rise if place == "outside" else 1 - 0.06 * rise
                spread = 0.35 * abs(mid - 1) + 0.02
                rows.append(
                    {"element": element, "form": form, "place": place, "month": month,
                     "p10": mid - spread, "p50": mid, "p90": mid + 1.7 * spread, "base": 240.0}
                )  # fmt: skip
    return pd.DataFrame(rows)


def flows_cut_table() -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"supplier": s, "customer": c, "material": "dy-oxide", "month": f"2025-{m:02d}-01",
             "plan": a / 12, "p10": a / 60, "p50": a / 40, "p90": a / 20}
            for s, c, a in FLOWS[3:5] for m in range(4, 13)
        ]
    )  # fmt: skip


def assumptions_table() -> pd.DataFrame:
    rows = [
        ("controls.0.approval", "Approval rate of licences in the first round", "初回審査での許可率", 0.3, 0.5, 0.8, "1", -0.71, 1, "mofcom-2025-18", "assumed", "No published rate; firms reported between a third and four fifths."),
        ("recipes.jp-dymetal.dy-oxide.stock", "Dysprosium oxide held by metal makers", "金属メーカーの酸化ジスプロシウム在庫", 20, 45, 90, "d", -0.52, 2, "", "assumed", "Buyers' usual cover; to be asked of suppliers."),
        ("controls.0.paperwork", "Days to complete the application", "申請書類の準備日数", 10, 25, 60, "d", 0.33, 3, "", "assumed", ""),
        ("price.Dy.demand", "Short-run price elasticity of demand for dysprosium", "ジスプロシウム需要の短期価格弾力性", 0.05, 0.15, 0.4, "", -0.06, 4, "", "estimated", ""),
        ("flows.my-sep.jp-alloy.lead", "Sea freight from Kuantan", "クアンタンからの海上輸送", 14, 21, 35, "d", 0.02, 5, "baci-hs92", "derived", ""),
    ]  # fmt: skip
    tried = ("swing", "lost_low", "lost_high", "lost_drawn")
    names = [name for name in Schema.of("assumptions").names if name not in tried]
    nothing = dict.fromkeys(tried, float("nan"))
    return pd.DataFrame(rows, columns=names).assign(**nothing)[Schema.of("assumptions").names]


def tried_assumptions() -> pd.DataFrame:
    """The same, the first three of them tried at both ends; the third moves nothing."""
    nan = float("nan")
    ends = {"lost_low": [96.0, 40.0, 50.0, nan, nan], "lost_high": [31.0, 55.5, 50.1, nan, nan]}
    table = assumptions_table().assign(lost_drawn=[50.0, 50.0, 50.0, nan, nan], **ends)
    return table.assign(swing=table["lost_high"] - table["lost_low"])


def sobol_table() -> pd.DataFrame:
    """One number that explains most of the lost days."""
    return Schema.of("sobol").check(pd.DataFrame([{
        "rank": 1, "answer": "lost_days", "answer_unit": "d", "parameter": "p", "label_en": "Number",
        "label_ja": "数値", "low": 0.0, "mode": 1.0, "high": 2.0, "unit": "d", "at_low": 40.0,
        "at_mode": 50.0, "at_high": 70.0, "first": 0.5, "first_pm": 0.1, "total": 0.6, "total_pm": 0.1,
        "runs": 1000, "source": "", "grade": "assumed", "note": "",
    }]))  # fmt: skip


def shadow_table() -> pd.DataFrame:
    """A licence on dysprosium oxide is worth most in July; one on yttrium is worth nothing."""
    rows = [
        {"element": element, "form": "oxide", "by": "CN", "month": f"2025-0{month}",
         "p10": 0.4 * cost, "p50": cost, "p90": 2.5 * cost}
        for element, costs in (("Y", (0.0, 0.0, 0.0)), ("Dy", (0.02, 1.5, 9.8)))
        for month, cost in enumerate(costs, 5)
    ]  # fmt: skip
    return Schema.of("shadow").check(pd.DataFrame(rows))


def lost_output_table() -> pd.DataFrame:
    """Two end users, one of which loses."""
    rows = [
        {"node": node, "label_en": en, "label_ja": ja, "country": "JP", "weight": 0.5, "basis": "equal",
         "lost_d": 2 * part, "lost_d_p10": part, "lost_d_p90": 3 * part, "mean_d": 2 * part, "part_d": part}
        for node, en, ja, part in (
            ("jp-auto", "Electrified vehicles, Japan", "電動車（日本）", 20.0),
            ("jp-robot", "Industrial robots", "産業用ロボット", 0.0),
        )
    ]  # fmt: skip
    return Schema.of("lost_output").check(pd.DataFrame(rows))


def quality_table() -> pd.DataFrame:
    """A motor maker whose quality is back in most runs, but not in the slowest."""
    return Schema.of("quality").check(pd.DataFrame([{
        "node": "jp-motor", "label_en": "Traction and servo motor makers, Japan",
        "label_ja": "駆動・サーボモーターメーカー（日本）", "stage": "part", "country": "JP", "share_runs": 0.8,
        "doubted_d": 210.0, "doubted_d_p10": 160.0, "doubted_d_p90": 300.0,
        "restored_d": 400.0, "restored_d_p10": 350.0, "restored_d_p90": float("nan"),
    }]))  # fmt: skip


def indirect_table() -> pd.DataFrame:
    """Dysprosium in metal and motors; two controls on the same item."""
    ways = [("jp-dymetal", "dy-metal", "cn-sep → jp-dymetal", 1.0, 1.0)]
    ways += [("jp-motor", "motor", f"cn-sep → jp-dymetal → jp-magnet-{x} → jp-motor", c, 0.01)
             for x, c in (("a", 0.007), ("b", 0.002))]  # fmt: skip
    ways += [("jp-motor", "motor", "…", 0.001, 0.01)]
    rows = [
        {"control": control, "node": node, "material": material, "country": "JP", "path": path,
         "content": content, "product_content": whole}
        for control in ("licence", "slowdown") for node, material, path, content, whole in ways
    ]  # fmt: skip
    return Schema.of("indirect_exports").check(pd.DataFrame(rows))


def notes_table() -> pd.DataFrame:
    rows = [
        ("spill-over", "doubt", "Magnets without heavy rare earths are delayed too: over-compliance is a ranged parameter, not an observation.", "重希土を含まない磁石も遅れる。過剰遵守は観測値ではなく、幅をもたせた仮定である。", ""),
        ("single-source", "info", "Two of fourteen processes have one qualified supplier only.", "14工程のうち2工程は認定済みの供給元が1社のみ。", "baci-hs92"),
        ("hard-cap", "warning", "Stock beyond the customs gate is not observed.", "通関後の在庫は観測されていない。", ""),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=Schema.of("notes").names)


def sources_table() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("baci-hs92", "CEPII", "BACI: bilateral trade HS92, 74 raw-material codes, 1995-2024", "2026-01", "2026-11-22", "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37", "Etalab 2.0", ""),
            ("mofcom-2025-18", "Ministry of Commerce of the People's Republic of China", "Announcement No. 18 of 2025: export control on seven medium and heavy rare earths", "2025-04-04", "2026-11-22", "http://www.mofcom.gov.cn/", "public notice", ""),
            ("usgs-mcs-2026", "U.S. Geological Survey", "Mineral Commodity Summaries 2026, data release", "2026-01", "2026-11-22", "https://www.usgs.gov/", "public domain", ""),
        ],
        columns=["source", "producer", "title", "published", "accessed", "url", "licence", "sha256"],
    )  # fmt: skip


def chain_tables() -> Chain:
    made = {row[0]: row[5] for row in NODES}
    nodes = pd.DataFrame(
        [
            {"node": n[0], "label_en": n[1], "label_ja": n[2], "kind": "aggregate", "stage": n[3], "country": n[4],
             "firm": "", "material": n[5], "output": float(n[6]), "source": "baci-hs92", "grade": "estimated"}
            for n in NODES
        ]
    )  # fmt: skip
    flows = pd.DataFrame(
        [
            {"supplier": s, "customer": c, "amount": float(a), "qualified": True, "source": "usgs-mcs-2026", "grade": "derived"}
            for s, c, a in FLOWS if s in made
        ]
    )  # fmt: skip
    materials = pd.DataFrame(
        [
            {"material": k, "label_en": en, "label_ja": ja, "form": form, "stage": stage}
            for k, (en, ja, form, stage) in NAMES.items()
        ]
    )
    contents = pd.DataFrame(
        [{"material": m, "element": e, "share": s} for m, parts in CONTENTS.items() for e, s in parts.items()]
    )
    recipes = pd.DataFrame({"node": ["jp-motor"], "input": ["magnet-h"], "need": [0.1], "stock": [30.0]})
    return Chain("ndfeb-japan", "2024", nodes, flows, recipes, materials, contents)


def trail_table() -> pd.DataFrame:
    """Two steps: a licence, and the motor maker that falls short for want of magnets."""
    steps = [
        ("control", 0.0, "2025-04-04", "cn-sep", "", "The licence is in force.", "許可制が始まる。"),
        ("starved", 60.0, "2025-06-03", "jp-motor", "magnet-h", "Motors fall short.", "モータが不足する。"),
    ]
    rows = [
        {"of": "jp-motor", "step": n, "what": what, "day": d, "date": date, "node": node, "input": bought,
         "supplier": "", "amount": float("nan"), "note_en": en, "note_ja": ja}
        for n, (what, d, date, node, bought, en, ja) in enumerate(steps, 1)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def bottlenecks_table() -> pd.DataFrame:
    """Losses begin at the motor maker, which waits for magnets."""
    return pd.DataFrame([{
        "rank": 1, "node": "jp-motor", "label_en": "Motors", "label_ja": "モータ", "stage": "part",
        "country": "JP", "input": "magnet-h", "tts_d": 60.0, "share_runs": 0.8, "lost_d": 20.0,
        "share_lost": 1.0, "why_en": "A licence holds the magnets.", "why_ja": "許可制が磁石を止める。",
    }])  # fmt: skip


def outcome(**changed: pd.DataFrame) -> Outcome:
    """The whole outcome; tables may be replaced by name."""
    tables = {
        "survival": survival_table(),
        "production": production_table(),
        "price": price_table(),
        "flows_cut": flows_cut_table(),
        "assumptions": assumptions_table(),
        "notes": notes_table(),
        "sources": sources_table(),
        "trail": trail_table(),
        "bottlenecks": bottlenecks_table(),
        "shadow": shadow_table(),
        "lost_output": lost_output_table(),
        "quality": quality_table(),
        "indirect_exports": indirect_table(),
        "sobol": Schema.of("sobol").empty(),
        **changed,
    }
    manifest = {
        "scenario": {
            "name": "2025-medium-heavy-rare-earths",
            "label": {"en": "Licensing of medium and heavy rare earths", "ja": "中重希土の輸出許可制"},
            "start": START,
            "horizon_d": HORIZON,
            "counted_from": START,
            "economy": ["JP"],
            "controls": [
                {
                    "id": "licence",
                    "kind": "licence",
                    "by": "CN",
                    "element": ["Dy", "Tb", "Y"],
                    "form": ["oxide", "metal"],
                    "start": START,
                    "source": "mofcom-2025-18|usgs-mcs-2026",
                },
                {
                    "id": "spill-over",
                    "kind": "over-compliance",
                    "by": "CN",
                    "element": ["Nd"],
                    "form": ["magnet"],
                    "start": START,
                    "end": "2025-09-30",
                    "to": ["JP"],
                    "source": "baci-hs92",
                },
            ],
            "reasons": [
                {"text": "“to safeguard national security and interests”", "source": "mofcom-2025-18"}
            ],
        },
        "chain": {"name": "ndfeb-japan", "as_of": "2024"},
        "runs": 200,
        "seed": 1,
        "versions": {"meguri": "0.1.0", "python": "3.12", "numpy": "2.2"},
        "data": {"baci": "ab12", "chain": "cd34"},
        "hash": "6f1d2c",
    }
    return Outcome(chain_tables(), tables, manifest)
