"""A small answer about leverage, made by hand: what the figures and the page read."""

from __future__ import annotations

import math
from types import SimpleNamespace

import pandas as pd

YEARS = [0.0, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0]
NEVER = float("nan")
PRINTED = {
    "bargaining": "◎△×", "own_burden": "△○◎", "substitution": "△◎◎", "hegemony": "△○◎",
}  # fmt: skip


def path(item="hf", holder="JP", partner="KR", rate=0.5, third=0.2, loss=0.8):
    """Leverage that falls with the partner's learning, and does not without the control."""
    rows = []
    for controlled, speed in ((True, rate), (False, rate / 8)):
        for year in YEARS:
            home = 1 - 0.9 * math.exp(-speed * year)
            step_in = third * (1 - home) * (1 - math.exp(-year)) if controlled else 0.0
            left = 1 - home - step_in
            rows.append({
                "item": item, "holder": holder, "partner": partner, "year": year, "controlled": controlled,
                "self_supply": home, "third": step_in, "irreplaceable": left, "loss": loss,
                "leverage": left * loss, "p10": 0.8 * left * loss, "p90": min(1.0, 1.2 * left * loss),
            })  # fmt: skip
    return pd.DataFrame(rows)


def cards(item="hf"):
    """The card table: computed symbols that agree with the printed ones but for one."""
    rows = []
    for row, printed in PRINTED.items():
        for horizon, symbol in zip(("short", "mid", "long"), printed, strict=True):
            computed = "○" if (row, horizon) == ("own_burden", "short") else symbol
            rows.append({
                "item": item, "row": row, "polarity": "benefit" if row == "bargaining" else "harm",
                "horizon": horizon, "symbol": computed, "score": "×△○◎".index(computed),
                "printed_symbol": symbol,
            })  # fmt: skip
    return pd.DataFrame(rows)


def drawn(cards_of):
    """Rows of ``leverage_curve`` of several cards: (card, item, rate)."""
    parts = []
    for card, item, rate in cards_of:
        rows = path(item, rate=rate)
        rows = rows[rows["controlled"]]
        first = rows["leverage"].iloc[0]
        parts.append(pd.DataFrame({
            "card": card, "item": item, "reverse": False, "year": rows["year"],
            "left": rows["leverage"] / first, "left_low": rows["p10"] / first,
            "left_high": rows["p90"] / first,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def halved(cards_of):
    """Half-lives of the same cards."""
    return pd.DataFrame([
        {"card": card, "item": item, "half_life": 0.69 / rate if 0.69 / rate < 10 else NEVER,
         "half_life_low": 0.5 / rate, "half_life_high": 0.9 / rate, "long": math.exp(-10 * rate),
         "start": 1.0, "years": 10.0}
        for card, item, rate in cards_of
    ])  # fmt: skip


def blind():
    """Two items predicted blind, one inside its band, with the scores of the model and its rivals."""
    cells = {
        "observed_low": [0.4, 0.02],
        "observed_high": [0.5, 0.08],
        "predicted_low": [0.3, 0.1],
        "predicted_high": [0.55, 0.3],
        "no_change": [0.1, 0.01],
    }
    table = pd.DataFrame({
        "observation": ["a", "b"], "item": ["hf", "resist"], "kind": "left-out", "observed": [0.46, 0.05],
        "predicted": [0.4, 0.2], "mean_of_others": [0.3, 0.4], "verdict": ["hit", "miss"], **cells,
    })  # fmt: skip
    ways = {"model": 0.105, "no_change": 0.2, "mean_of_others": 0.255}
    scores = pd.DataFrame({"way": list(ways), "error": list(ways.values()), "items": 2, "kind": "left-out"})
    return table, scores.assign(hits=[1, None, None])


def answer(**about):
    """An answer with its tables, as the page takes it."""
    return SimpleNamespace(**about)
