# ruff: noqa: E501  (tables made by hand read better one row a line)
"""A metal made by hand: two stages, two sources, an upper bound, an unknown stage, uses and a control."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from meguri.base.tables import Schema

NAN = float("nan")


def made(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    """Rows of a declared table; columns not given stay empty."""
    columns = {column.name: column for column in Schema.of(name).columns}
    empty = {
        key: NAN if column.kind in ("share", "number", "int", "year") else ""
        for key, column in columns.items()
    }
    return pd.DataFrame([{**empty, **row} for row in rows], columns=list(columns))


def share(stage: str, country: str, part: float, **more: object) -> dict[str, object]:
    """One row of ``stage_shares``."""
    row = {
        "element": "Co", "stage": stage, "year": 2023, "basis": "metal_content", "country": country,
        "kind": "country", "share": part, "share_low": part, "share_high": part, "source": "bgs-wms",
        "grade": "reported",
    }  # fmt: skip
    return {**row, **more}


def shares() -> pd.DataFrame:
    """Ore by two sources, one of them a bound; refined by one, with 5 % left open."""
    bound = {"source": "usgs-mcs-2026", "year": 2025, "share": NAN, "share_low": NAN}
    return made(
        "stage_shares",
        [
            share("ore", "CD", 0.7),
            share("ore", "CN", 0.1),
            share("ore", "AU", 0.2),
            share("ore", "CD", 0.76, **bound),
            share("ore", "CN", 0.2, **bound),
            share("refining", "CN", 0.8, share_low=0.75, share_high=0.85),
            share("refining", "FI", 0.1),
            share("refining", "XX", 0.05, kind="rest"),
        ],
    )


def concentration() -> pd.DataFrame:
    """HHI behind those shares; the bound counts known producers only."""
    row = {"element": "Co", "basis": "metal_content", "grade": "reported"}
    return made(
        "concentration",
        [
            {**row, "stage": "ore", "year": 2023, "hhi": 0.54, "hhi_low": 0.54, "hhi_high": 0.54, "top": "CD",
             "top_share": 0.7, "source": "bgs-wms"},
            {**row, "stage": "ore", "year": 2025, "hhi": 0.66, "top": "CD", "top_share": 0.76,
             "source": "usgs-mcs-2026", "reason": "known_only"},
            {**row, "stage": "refining", "year": 2023, "hhi": 0.65, "hhi_low": 0.65, "hhi_high": 0.66, "top": "CN",
             "top_share": 0.8, "source": "bgs-wms"},
        ],
    )  # fmt: skip


def contrast() -> pd.DataFrame:
    """Ore against refined."""
    rows = [("CN", 0.1, 0.8), ("CD", 0.7, 0.0), ("AU", 0.2, 0.02), ("FI", 0.0, 0.1)]
    return made(
        "ore_refined",
        [
            {"element": "Co", "country": c, "share_ore": a, "share_refined": b, "difference": b - a,
             "year_ore": 2023, "year_refined": 2023, "source": "bgs-wms", "grade": "reported"}
            for c, a, b in rows
        ],
    )  # fmt: skip


def unknowns() -> pd.DataFrame:
    """A stage without a figure, a producer without one, a firm without a share."""
    return made(
        "atlas_unknowns",
        [
            {"place": "stages Co metal", "stage": "metal", "reason": "not_listed", "note_en": "no figure for Metal",
             "note_ja": "金属の数値なし"},
            {"place": "production Co ore CA 2025 usgs-mcs-2026", "stage": "ore", "reason": "not_available",
             "note_en": "x", "note_ja": "x"},
            {"place": "firms co-1", "stage": "part", "firm": "Somebody", "reason": "undisclosed", "note_en": "x",
             "note_ja": "x"},
        ],
    )  # fmt: skip


def firms() -> pd.DataFrame:
    """One firm that makes two goods of a stage, one without a share, one that is no firm."""
    row = {
        "elements": "Co",
        "goods": "Co",
        "year": 2025,
        "status": "listed",
        "source": "seed-000",
        "grade": "reported",
    }
    return made(
        "firms",
        [
            {**row, "fact": "co-1", "stage": "material", "firm": "Maker", "firm_ja": "製造社", "country": "JP", "share": 0.5},
            {**row, "fact": "co-2", "stage": "material", "firm": "Maker", "firm_ja": "製造社", "country": "JP", "share": 0.6},
            {**row, "fact": "co-3", "stage": "part", "firm": "Somebody", "country": "XX"},
            {**row, "fact": "co-4", "stage": "ore", "firm": "(countries)", "status": "placeholder"},
        ],
    )  # fmt: skip


def controls() -> pd.DataFrame:
    """A ban that ended and a licence still in force."""
    row = {"authority": "CN", "item_en": "cobalt", "item_ja": "コバルト", "elements": "Co", "destination": "world",
           "source": "gta-2092", "grade": "reported"}  # fmt: skip
    return made(
        "dated_controls",
        [
            {
                **row,
                "control": "a",
                "kind": "ban",
                "start": "2020-01-01",
                "end": "2021-06-30",
                "status": "ended",
            },
            {**row, "control": "b", "kind": "licence", "start": "2023-02", "status": "in-force"},
        ],
    )


def quotes() -> pd.DataFrame:
    """A spot price, a range, a misprinted unit and a quote in yuan."""
    row = {
        "element": "Co",
        "form": "metal",
        "place": "international",
        "quote": "spot",
        "source": "seed-002",
        "grade": "reported",
    }
    return made(
        "price_quotes",
        [
            {**row, "fact": "p1", "date": "2020", "price": 30.0, "unit": "USD/kg"},
            {**row, "fact": "p2", "date": "2022-03", "price_low": 40.0, "price_high": 90.0, "unit": "USD/kg"},
            {**row, "fact": "p3", "date": "2021", "price": 50.0, "unit": "USD/t"},
            {**row, "fact": "p4", "date": "2022", "price": 300.0, "unit": "CNY/kg"},
        ],
    )  # fmt: skip


def doubts() -> pd.DataFrame:
    """The misprinted unit, read as kilograms."""
    return pd.DataFrame([{"fact": "p3", "unit": "USD/t", "unit_fix": "USD/kg", "factor": 1000.0}])


def origins() -> pd.DataFrame:
    """Imports by value and by quantity, 2014 to 2018, without a figure in 2016 by quantity."""
    rows: list[dict[str, object]] = []
    for basis, shift in (("value", 0.0), ("quantity", 0.1)):
        for year in range(2014, 2019):
            lost = basis == "quantity" and year == 2016
            parts = {"XX": NAN} if lost else {"CD": 0.6 - shift, "CN": 0.38 + shift, "AU": 0.02}
            rows += [
                {"year": year, "origin": origin, "share": part, "basis": basis, "reason": "no_quantity" if lost else "",
                 "source": "baci-hs92", "grade": "derived"}
                for origin, part in parts.items()
            ]  # fmt: skip
    return made("origin_series", rows)


def flows() -> pd.DataFrame:
    """Three flows, one of them within a country."""
    rows = [("CD", "CN", 3e6), ("CN", "JP", 1e5), ("CN", "CN", 9e9)]
    return made(
        "trade",
        [
            {"year": 2024, "code": "810510", "exporter": a, "importer": b, "value_kusd": v, "source": "baci-hs92",
             "grade": "derived"}
            for a, b, v in rows
        ],
    )  # fmt: skip


def exposure() -> pd.DataFrame:
    """Two sectors: one hangs on a country and on a firm, of the other nobody knows the metal's holder."""
    row = {
        "reason_code": "unknown",
        "designated": "yes",
        "source": "seed-000",
        "grade": "estimated",
        "use_en": "u",
        "use_ja": "用",
    }
    held = {"worst_stage": "refining", "holder": "CN", "holder_kind": "country", "holder_country": "CN"}
    firm = {"worst_stage": "material", "holder": "Maker", "holder_kind": "firm", "holder_country": "JP"}
    return made(
        "sector_exposure",
        [
            {**row, **held, "sector": "defence", "element": "Co", "holder_share": 0.8, "hhi": 0.65},
            {**row, **held, "sector": "defence", "element": "Co", "holder_share": 0.3, "hhi": 0.2},
            {**row, **firm, "sector": "defence", "element": "Ta", "holder_share": 0.6, "hhi": 0.36},
            {**row, "sector": "ocean", "element": "Co", "holder_kind": "unknown", "worst_stage": ""},
            {**row, "sector": "content", "element": "", "holder_kind": "unknown", "designated": "unknown"},
        ],
    )  # fmt: skip


def scores() -> pd.DataFrame:
    """EC scores beside published ones, and GeoPolRisk in both modes."""
    row = {"economy": "EU", "year": 2023, "unit": "1", "source": "ec-crm-2023", "grade": "derived"}
    ec = {**row, "method": "ec", "measure": "sr"}
    geo = {**row, "measure": "score", "economy": "JP", "year": 2022, "source": "baci-hs92"}
    return made(
        "risk_scores",
        [
            {
                **ec,
                "material": "Dy",
                "stage": "separation",
                "value": 5.57,
                "published": 5.6,
                "low": 5.0,
                "high": 6.0,
            },
            {
                **ec,
                "material": "W",
                "stage": "refining",
                "value": 1.5,
                "published": 1.2,
                "reason": "incomplete",
            },
            {**ec, "material": "Ge", "stage": "refining", "published": 1.8, "reason": "not_listed"},
            {**ec, "material": "Dy", "value": 5.57, "published": 5.6},
            {**geo, "method": "geopolrisk", "material": "Ge", "reason": "not_listed"},
            {**geo, "method": "geopolrisk-compat", "material": "Ge", "value": 0.0},
            {**geo, "method": "geopolrisk", "material": "Co", "value": 0.285, "low": 0.25, "high": 0.31},
            {**geo, "method": "geopolrisk-compat", "material": "Co", "value": 0.154},
        ],
    )


def paths() -> pd.DataFrame:
    """Two paths of one node."""
    row = {
        "node": "motor",
        "to": "CN",
        "measure": "total",
        "tiers": 2,
        "source": "seed-000",
        "grade": "assumed",
    }
    return made(
        "exposure_paths",
        [
            {**row, "rank": 1, "path": "motor ← magnet", "path_en": "Motor ← Magnet, China",
             "path_ja": "モーター ← 磁石（中国）", "shares": "1", "weight": 0.5, "part": 0.8, "cumulated": 0.8},
            {**row, "rank": 2, "path": "motor ← m ← a", "path_en": "Motor ← Magnet, Japan ← Alloy, China",
             "path_ja": "モーター ← 磁石（日本） ← 合金（中国）", "shares": "1", "weight": 0.125, "part": 0.2,
             "cumulated": 1.0},
        ],
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class HandAtlas:
    """An atlas of these tables."""

    element: str = "Co"
    year: int | None = None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def hand_atlas(**other: pd.DataFrame) -> HandAtlas:
    """The metal as an atlas, with other tables laid over it."""
    base = {
        "stages": shares(), "concentration": concentration(), "contrast": contrast(), "firms": firms(),
        "prices": quotes(), "price_warnings": doubts(), "controls": controls(), "unknowns": unknowns(),
        "flags": made("flags", [{"flag": "N1", "severity": "high", "summary_en": "s", "summary_ja": "要約"}]),
        "disagreements": pd.DataFrame(
            [
                {"topic": "production", "element": "Co", "stage": "ore", "country": "CD", "item": "", "period": "2023",
                 "unit": "t", "range_low": low, "range_high": low, "source": source, "grade": "reported"}
                for low, source in ((100.0, "bgs-wms"), (150.0, "usgs-mcs-2026"))
            ]
        ),
    }  # fmt: skip
    return HandAtlas(tables={**base, **other})


def further() -> dict[str, pd.DataFrame]:
    """Tables by declared name that the first atlas did not hold."""
    common = {"element": "Co", "source": "seed-000", "grade": "estimated"}
    return {
        "uses": made(
            "uses",
            [
                {**common, "use_en": "Batteries", "use_ja": "電池", "essentiality": "minor", "share": 0.5, "year": 2023},
                {**common, "use_en": "Tools", "use_ja": "工具", "essentiality": "essential", "year": 2025},
            ],
        ),
        "by_product_hosts": made(
            "by_product_hosts",
            [{**common, "host": "Cu", "process_en": "copper ore", "process_ja": "銅鉱", "share_low": 0.5, "share_high": 0.7}],
        ),
        "capability": made(
            "capability",
            [{**common, "stage": "refining", "economy": "JP", "status": "partial", "rebuild_low": 3.0, "rebuild_high": 6.0,
              "cost_low": 100.0, "cost_high": 330.0, "cost_unit": "million-USD", "text_en": "t", "text_ja": "文"}],
        ),
        "stage_reasons": made(
            "stage_reasons",
            [{**common, "stage": "refining", "code": "energy_cost", "text_en": "t", "text_ja": "文"}],
        ),
    }  # fmt: skip
