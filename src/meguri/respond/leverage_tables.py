"""The tables of a card: path, summary, costs, the printed table beside it, and what to beware of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import LANGS, label
from meguri.respond.leverage_card import Card
from meguri.respond.leverage_costs import at_horizons, because, cost_rows, spread
from meguri.respond.leverage_data import HORIZONS, LeverageData

Floats = npt.NDArray[np.float64]
PATH_STEP = 0.25  # [a] between two rows of the path
SYMBOLS = ("◎", "○", "△", "×")
_WORDS = "leverage_cards"


def _table(name: str, card: Card, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows under the declared columns, the pair in front of each."""
    schema = Schema.of(name)
    item, holder, partner = card.pair
    frame = pd.DataFrame([{"item": item, "holder": holder, "partner": partner, **row} for row in rows])
    return schema.check(frame.reindex(columns=schema.names), name) if len(frame) else schema.empty()


def path_table(card: Card, years: float) -> pd.DataFrame:
    """Self-supply, third countries, what is left and leverage over time, the card played and kept."""
    wanted = np.arange(0.0, years + PATH_STEP / 2, PATH_STEP)
    places = np.unique([int(np.argmin(np.abs(card.at - year))) for year in wanted])
    rows = []
    for played in (True, False):
        home, left = card.self_supply(played)[:, places], card.left(played)[:, places]
        parts = {"self_supply": home, "third": 1.0 - home - left, "irreplaceable": left}
        middle = {name: np.clip(np.median(values, axis=0), 0.0, 1.0) for name, values in parts.items()}
        low, leverage, high = np.quantile(card.leverage(played)[:, places], [0.1, 0.5, 0.9], axis=0)
        home_low, home_high = np.quantile(home, [0.1, 0.9], axis=0)
        told = {**middle, "leverage": leverage, "p10": low, "p90": high}
        told |= {"self_supply_p10": home_low, "self_supply_p90": home_high, "year": card.at[places]}
        frame = pd.DataFrame(told).assign(controlled=played, loss=float(np.median(card.loss)))
        rows += frame.to_dict("records")
    return _table("leverage_path", card, rows)


def summary_table(card: Card, years: float) -> pd.DataFrame:
    """One row for the card played and one for the card kept."""
    return _table("leverage_summary", card, [_summary(card, years, played) for played in (True, False)])


def _summary(card: Card, years: float, played: bool) -> dict[str, Any]:
    half = card.half_life(played)
    leverage = card.leverage(played)
    row = {"controlled": played, "years": years, **card.bases.evidence("sales")}
    row |= _ranged("half_life", half) | {"never": float(np.isinf(half).mean())}
    row |= dict(zip(("half_life_reason_en", "half_life_reason_ja"), _never(half, leverage), strict=True))
    row |= _ranged("start", leverage[:, 0])
    for horizon, values in at_horizons(card.at, leverage).items():
        row |= _ranged(horizon, values)
    return row | _bought(card, years, played)


def _ranged(name: str, values: Floats) -> dict[str, float]:
    low, middle, high = spread(values)
    return {name: middle, f"{name}_low": low, f"{name}_high": high}


def _never(half: Floats, leverage: Floats) -> tuple[str, str]:
    """Why there is no half-life, in both languages; empty when there is one in every draw."""
    if not (leverage[:, 0] > 0.0).any():
        return because("never_nothing")
    share = float(np.isinf(half).mean())
    if share == 0.0:
        return because("")
    if share == 1.0:
        return because("never_still")
    told = f"{share:.0%}"
    return label("never_some", "en", _WORDS, share=told), label("never_some", "ja", _WORDS, share=told)


def _bought(card: Card, years: float, played: bool) -> dict[str, Any]:
    """Lead and lost sales of the card played; nothing is bought or lost by a card kept."""
    if not played:
        return {"lead_lost_at_least": 0.0}
    lead, lost = card.lead(years), card.lost_sales(years)
    row = _ranged("lead_gross", lead.gross) | _ranged("lead_lost", lead.lost) | _ranged("lead_net", lead.net)
    row |= {"lead_lost_at_least": float(lead.at_least.mean())} | _ranged("lost_sales", lost)
    why = because("" if np.isfinite(lost).all() else "because_sales")
    for name, bought in (("gross", lead.gross), ("net", lead.net)):
        per = np.divide(bought, lost, out=np.full_like(lost, np.nan), where=lost > 0.0)
        row |= _ranged(f"years_per_yen_{name}", per)
    if np.isfinite(lost).all() and not (lost > 0.0).all():
        why = because("because_no_loss")
    return row | {"unknown_en": why[0], "unknown_ja": why[1]}


def costs_table(card: Card) -> pd.DataFrame:
    """Own costs by kind, horizon and size of firm."""
    return _table("leverage_costs", card, cost_rows(card.bases, card.traded()))


def scores(card: Card) -> dict[str, Floats]:
    """What each row of the card table is judged by; (draw, year). Rows are never added to each other."""
    return {
        "bargaining": card.leverage(True),
        "own_burden": card.lost_years(),
        "substitution": card.replaced(),
        "hegemony": card.lasting(),
    }


def symbol(score: float, rule: Mapping[str, Any]) -> str:
    """Symbol of a score by the cut points of its row.

    Examples
    --------
    >>> [symbol(score, {"strong": 0.5, "middle": 0.25, "weak": 0.1}) for score in (0.5, 0.3, 0.1, 0.05)]
    ['◎', '○', '△', '×']
    """
    cuts = (rule["strong"], rule["middle"], rule["weak"])
    return next((mark for mark, cut in zip(SYMBOLS, cuts, strict=False) if score >= cut), SYMBOLS[-1])


def cards_table(card: Card, data: LeverageData) -> pd.DataFrame:
    """The card table short, mid and long, with polarity, and the printed symbols beside it."""
    judged = scores(card)
    printed = data.tables["cards_printed"].set_index(["row", "horizon"])["printed_symbol"]
    rows = []
    for rule in data.tables["card_rules"].to_dict("records"):
        for horizon, values in at_horizons(card.at, judged[rule["row"]]).items():
            cells = _ranged("score", values)
            low, middle, high = (symbol(cells[name], rule) for name in ("score_low", "score", "score_high"))
            said = str(printed.get((rule["row"], horizon), ""))
            told = {"symbol": middle, "symbol_p10": low, "symbol_p90": high, "printed_symbol": said}
            told["agrees"] = agrees(said, low, middle, high)
            rows.append(
                {"row": rule["row"], "polarity": rule["polarity"], "horizon": horizon, **cells, **told}
            )
    return _table("leverage_cards", card, rows)


def agrees(printed: str, low: str, middle: str, high: str) -> str:
    """Whether a printed symbol is the computed one, lies within its range, or not.

    Examples
    --------
    >>> agrees("○", "△", "△", "◎"), agrees("×", "△", "△", "◎"), agrees("", "△", "△", "△")
    ('within', 'no', 'none')
    """
    if not printed:
        return "none"
    if printed == middle:
        return "yes"
    places = SYMBOLS.index(high), SYMBOLS.index(printed), SYMBOLS.index(low)
    return "within" if places[0] <= places[1] <= places[2] else "no"


def rebounds_table(card: Card) -> pd.DataFrame:
    """The patterns by which a control falls back on its own side (table B-5), each with a measure."""
    costs = pd.DataFrame(cost_rows(card.bases, card.traded())).set_index(["kind", "tier", "horizon"])
    home = at_horizons(card.at, card.self_supply(True) - card.self_supply(False))
    others = [(1.0 - card.self_supply(played)) * card.third(played) for played in (True, False)]
    leak = at_horizons(card.at, others[0] - others[1])
    rows = []
    for horizon in HORIZONS:
        longer = _longer(costs, horizon)
        hours = {name: costs.at[("paperwork_hours", "SME", horizon), name] for name in _ENDS}
        rows.append(_rebound("dual_demand", horizon, longer, "a"))
        rows.append(_rebound("indirect_exports", horizon, hours, "h"))
        rows.append(_rebound("substitution", horizon, _ranged("value", home[horizon]), "1"))
        rows.append(_rebound("leak", horizon, _ranged("value", leak[horizon]), "1"))
    return _table("leverage_rebounds", card, rows)


_ENDS = ("value", "value_low", "value_high")


def _longer(costs: pd.DataFrame, horizon: str) -> dict[str, float]:
    """Years more to earn back R&D; its own range is not known from two medians, so none is given."""
    years = [
        costs.at[(kind, "all", horizon), "value"] for kind in ("rnd_recovery_controlled", "rnd_recovery")
    ]
    return {"value": float(years[0] - years[1])}


def _rebound(pattern: str, horizon: str, cells: Mapping[str, float], unit: str) -> dict[str, Any]:
    words = {
        f"{name}_{lang}": label(f"rebound_{pattern}{end}", lang, _WORDS)
        for name, end in (("label", ""), ("bears", "_bears"), ("measure", "_measure"))
        for lang in LANGS
    }
    return {"pattern": pattern, "horizon": horizon, "unit": unit, **cells, **words}


def notes_table(card: Card, data: LeverageData, years: float) -> pd.DataFrame:
    """What to beware of when reading this card."""
    notes = [_note("note_polarity"), _note("note_printed"), _said("note_share", card.item, "what_share")]
    notes += [_rerouting(card), *_of_loss(card), *_of_pair(card), *_of_sales(card, data)]
    notes += [_rate(card), _arrival(card, years)]
    return _table("leverage_notes", card, [note for note in notes if note])


def _note(key: str, **fill: object) -> dict[str, Any]:
    return {
        "note": key.removeprefix("note_"),
        **{f"text_{lang}": label(key, lang, _WORDS, **fill) for lang in LANGS},
    }


def _said(key: str, row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A note that quotes a row's own words in the reader's language."""
    told = {f"text_{lang}": label(key, lang, _WORDS, text=row[f"{name}_{lang}"]) for lang in LANGS}
    return {"note": key.removeprefix("note_"), **told}


def _rerouting(card: Card) -> dict[str, Any]:
    """How much of the first year's fall is re-routing, and how much is made at home."""
    year = int(np.argmin(np.abs(card.at - 1.0)))
    home, third = card.self_supply(True), card.third(True)
    fall = card.left(True)[:, 0] - card.left(True)[:, year]
    # What third countries took at the first year's home share; the rest of the fall is home supply.
    around = (1.0 - home[:, year]) * (third[:, year] - third[:, 0])
    part = float(np.median(np.divide(around, fall, out=np.zeros_like(fall), where=fall > 1e-12)))
    if not np.median(fall) > 1e-12:
        return {}
    return _note("note_rerouting", rerouted=f"{part:.0%}", home=f"{1.0 - part:.0%}")


def _rate(card: Card) -> dict[str, Any]:
    """The dated rate behind sales that are not stated in yen."""
    if card.bases.rate is None:
        return {}
    rate, date = card.bases.rate
    return _note("note_rate", rate=f"{rate:.1f}", date=date or "--rate")


def _arrival(card: Card, years: float) -> dict[str, Any]:
    """How often lost lead is a least value."""
    share = float(card.lead(years).at_least.mean())
    return _note("note_arrival", share=f"{share:.0%}") if share > 0.0 else {}


def _of_loss(card: Card) -> list[dict[str, Any]]:
    row = card.rows["losses"]
    if not row["chain"]:
        return [_said("note_loss_stated", row, "note")]
    start = float(np.median(card.leverage(True)[:, 0])) * float(row["reach"])
    told = _note(
        "note_direct", held=f"{row['held']:.0%}", reach=f"{row['held_reach']:.0%}", start=f"{start:.0%}"
    )
    return [_note("note_reach", reach=f"{row['reach']:.0%}"), told]


def _of_pair(card: Card) -> list[dict[str, Any]]:
    notes = []
    if not card.rows["start"]["item"]:
        notes.append(_note("note_unknown_pair"))
    if card.pair[2] != card.item["partner"]:
        pair = {"holder": card.item["holder"], "partner": card.item["partner"]}
        notes.append(_note("note_own_pair", **pair))
    return notes


def _of_sales(card: Card, data: LeverageData) -> list[dict[str, Any]]:
    """What was really sold over the years, where that is known: context of the computed loss."""
    rows = data.tables["costs"]
    item, holder, partner = card.pair
    seen = rows[(rows["parameter"] == "sales_seen") & (rows["item"] == item) & (rows["holder"] == holder)]
    seen = seen[seen["partner"] == partner].sort_values("year")
    if len(seen) < 2 or set(seen["unit"]) != {"MJPY"}:
        return []
    first, last = seen.iloc[0], seen.iloc[-1]
    fill = {"first": first["year"], "last": last["year"]}
    return [
        _note(
            "note_sales_seen",
            before=f"{first['value'] / 1e3:,.0f}",
            after=f"{last['value'] / 1e3:,.0f}",
            **fill,
        )
    ]


def compared_table(cards: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """How many cards read a row and horizon as printed; columns of ``leverage_compared``.

    Parameters
    ----------
    cards : iterable of DataFrame
        Tables ``leverage_cards`` of several cards. Cards are counted, their scores are not added.
    """
    rows = []
    for (row, polarity, horizon), found in pd.concat(list(cards)).groupby(
        ["row", "polarity", "horizon"], sort=False
    ):
        places = found["symbol"].map(SYMBOLS.index)
        told = {"row": row, "polarity": polarity, "horizon": horizon, "cards": len(found)}
        told |= {"printed_symbol": found["printed_symbol"].iloc[0]}
        told |= {"lowest": SYMBOLS[places.max()], "highest": SYMBOLS[places.min()]}
        counts = {"same": "yes", "within": "within", "apart": "no"}
        rows.append({**told, **{name: int((found["agrees"] == key).sum()) for name, key in counts.items()}})
    schema = Schema.of("leverage_compared")
    return schema.check(pd.DataFrame(rows)[schema.names])
