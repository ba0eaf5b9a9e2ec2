"""A made-up item between two economies, every number settable, for tests of the cards."""

from __future__ import annotations

import pandas as pd

from meguri.base.tables import Schema
from meguri.respond.feedback import Control
from meguri.respond.leverage_card import Card, drawn_card
from meguri.respond.leverage_data import LeverageData, leverage_data

TEXTS = {"source": "meguri-assumption", "grade": "assumed"}
NOTES = {"note_en": "made up", "note_ja": "架空"}
RATED = {
    "reconstructibility": 0.5,
    "black_box": 0.5,
    "embeddedness": 0.5,
    "price_incentive": 0.0,
    "state_push": 0.0,
}
STARTS = {"third": 0.0, "third_most": 0.25, "lag": 1.0, "withheld": 0.5}
MONEY = ("sales", "world_sales", "licence_value", "wage")
BASES = {
    ("sales", ""): (100.0, "MJPY"),
    ("world_sales", ""): (400.0, "MJPY"),
    ("rnd_share", ""): (0.1, "1"),
    ("rnd_years", ""): (5.0, "a"),
    ("margin", ""): (0.25, "1"),
    ("licence_value", ""): (10.0, "MJPY"),
    ("licence_hours", "large"): (8.0, "h"),
    ("licence_hours", "SME"): (20.0, "h"),
    ("statements", ""): (3.0, "1"),
    ("statement_hours", "SME"): (6.0, "h"),
    ("wage", ""): (5000.0, "JPY/h"),
    ("direct", "SME"): (0.1, "1"),
    ("content", "SME"): (0.3, "1"),
}


def made_up(
    start: float = 0.0,
    loss: float = 0.8,
    pressure: float = 1.0,
    holder: str = "AU",
    partner: str = "FR",
    yen: float = 1.0,
    rated: dict[str, float] | None = None,
    starts: dict[str, float] | None = None,
    **bases: float,
) -> LeverageData:
    """Tables of one item without any range: what is left out is taken from the plain case."""
    packaged = leverage_data().tables
    pair = {"holder": holder, "partner": partner}
    item = {
        "item": "made-up", "label_en": "Made up", "label_ja": "架空品目", **pair, **TEXTS,
        "what_share_en": "all", "what_share_ja": "全量", "start_at": 2020.0,
        **dict.fromkeys(("pressure", "pressure_low", "pressure_high"), pressure),
        **dict.fromkeys(("start", "start_low", "start_high"), start),
        **dict.fromkeys(("pressure_note_en", "start_note_en"), "made up"),
        **dict.fromkeys(("pressure_note_ja", "start_note_ja"), "架空"),
    }  # fmt: skip
    shares = {**STARTS, **(starts or {})}
    rows = {
        "items": ("leverage_items", [item]),
        "attributes": ("leverage_attributes", _ratings({**RATED, **(rated or {})})),
        "start": ("leverage_start", [{"item": "made-up", **shares, **TEXTS, **NOTES}]),
        "losses": ("leverage_losses", [{"item": "made-up", "loss": loss, **TEXTS, **NOTES}]),
        "costs": ("leverage_bases", _costs(bases, yen)),
    }
    tables = {name: Schema.of(table).check(pd.DataFrame(given)) for name, (table, given) in rows.items()}
    return LeverageData({**packaged, **tables})


def _ratings(rated: dict[str, float]) -> list[dict[str, object]]:
    return [
        {"item": "made-up", "attribute": name, "value": value, "value_low": value, "value_high": value,
         "reason_en": "made up", "reason_ja": "架空", "rated_on": "2026-11-23", **TEXTS}
        for name, value in rated.items()
    ]  # fmt: skip


def _costs(bases: dict[str, float], yen: float) -> list[dict[str, object]]:
    money = dict.fromkeys(MONEY, yen)
    return [
        {"item": "made-up", "parameter": name, "tier": tier, "unit": unit, **TEXTS, **NOTES,
         "value": bases.get(name, value) * money.get(name, 1.0)}
        for (name, tier), (value, unit) in BASES.items()
    ]  # fmt: skip


def made_card(data: LeverageData, control: Control | None = None, draws: int = 1, seed: int = 1) -> Card:
    """The card of the made-up item, without its tables."""
    item = dict(data.tables["items"].iloc[0])
    pair = ("made-up", str(item["holder"]), str(item["partner"]))
    return drawn_card(data, item, pair, control, draws, seed)
