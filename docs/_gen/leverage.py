"""Learning under a control: ratings, fitted coefficients, blind predictions, bands of 2030 and orders."""

from __future__ import annotations

import math

import pandas as pd
from pages import cell, table, word

from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.observe.leverage import ATTRIBUTES, leverage_attributes, leverage_items
from meguri.respond.feedback_blind import bands, blind, blind_scores, orders
from meguri.respond.feedback_calibrate import calibrate, returned
from meguri.respond.feedback_fit import fitted


def ratings(lang: Lang) -> str:
    """Ratings of each item for its own pair, with the range."""
    items = leverage_items()
    heads = [_head("leverage_items", "item", lang)] + [word(f"lev_{a}", lang) for a in ATTRIBUTES]
    rows = []
    for row in items.itertuples():
        rated = leverage_attributes(row.item, row.partner)
        cells = [f"{v.value:.2f} ({v.value_low:.2f}–{v.value_high:.2f})" for v in rated.itertuples()]
        rows.append([cell(getattr(row, f"label_{lang}")), *cells])
    return table(heads, rows)


def coefficients(lang: Lang) -> str:
    """Coefficients before and after the observations."""
    names = ("coefficient", "before", "fitted", "unit")
    rows = [
        [cell(row[f"reason_{lang}"]), _range(row, "before", 2), _range(row, "fitted", 2), cell(row["unit"])]
        for _, row in fitted().table().iterrows()
    ]
    return table([_head("leverage_fitted", name, lang) for name in names], rows)


def predictions(lang: Lang) -> str:
    """Every item predicted without having been shown, with both rivals and the mean errors below."""
    names = ("item", "at", "kind", "observed", "predicted", "no_change", "mean_of_others", "verdict")
    rows = [
        [
            cell(_item(row["item"], lang)),
            f"{row['at']:.1f}",
            word(f"lev_{row['kind']}", lang),
            _range(row, "observed", 3),
            _range(row, "predicted", 3),
            f"{row['no_change']:.3f}",
            f"{row['mean_of_others']:.3f}",
            word(f"lev_{row['verdict']}", lang),
        ]
        for _, row in blind().iterrows()
    ]
    heads = [_head("leverage_blind", name, lang) for name in names]
    scores = [
        [
            word(f"lev_{row['kind']}", lang),
            word(f"lev_{row['way']}", lang),
            str(row["items"]),
            f"{row['error']:.3f}",
            "–" if pd.isna(row["hits"]) else str(row["hits"]),
        ]
        for _, row in blind_scores().iterrows()
    ]
    below = [_head("leverage_blind_scores", name, lang) for name in ("kind", "way", "items", "error", "hits")]
    return table(heads, rows) + "\n" + table(below, scores)


def printed(lang: Lang) -> str:
    """Shares of 2030 beside the printed bands: two points carried on, and the fitted model by process."""
    names = ("item", "method", "value", "printed_low", "printed_high", "verdict")
    ways = calibrate().assign(self_supply=lambda found: found["value"])
    model = bands().assign(method="fitted", value=lambda found: found["self_supply"])
    model = model.rename(columns={"self_supply_low": "value_low", "self_supply_high": "value_high"})
    shown = pd.concat([ways[ways["method"] != "fitted"], model], ignore_index=True)
    rows = [
        [
            cell(_item(row["item"], lang)),
            word(f"lev_{row['method']}", lang),
            _range(row, "value", 3),
            _known(row["printed_low"]),
            _known(row["printed_high"]),
            word(f"lev_{row['verdict']}", lang),
        ]
        for _, row in shown.iterrows()
    ]
    return table([_head("leverage_extrapolation", name, lang) for name in names], rows)


def speeds(lang: Lang) -> str:
    """Orders of learning: which was asked, which comes out, and how probable the asked one is."""
    names = ("asked", "alike", "found", "probability")
    rows = [
        [
            cell(_named(row["asked"], lang)),
            word("lev_yes" if row["alike"] else "lev_no", lang),
            cell(_named(row["found"], lang)),
            f"{row['probability']:.2f}",
        ]
        for _, row in orders().iterrows()
    ]
    return table([_head("leverage_orders", name, lang) for name in names], rows)


def kept(lang: Lang) -> str:
    """What is kept after lifting beside the undated remark."""
    names = ("years", "kept", "printed_by_value", "printed_by_share")
    rows = [
        [
            f"{row['years']:g}",
            _range(row, "kept", 2),
            f"{row['printed_by_value']:.2f}",
            f"{row['printed_by_share']:.2f}",
        ]
        for _, row in returned().iterrows()
    ]
    return table([_head("leverage_returned", name, lang) for name in names], rows)


def _head(name: str, column: str, lang: Lang) -> str:
    return cell(Schema.of(name).column(column).label(lang))


def _item(item: str, lang: Lang) -> str:
    return str(leverage_items().set_index("item").at[item, f"label_{lang}"])


def _named(listed: str, lang: Lang) -> str:
    return " > ".join(_item(item, lang) for item in listed.split(" > "))


def _range(row: pd.Series, name: str, digits: int) -> str:
    low, value, high = (float(row[column]) for column in (f"{name}_low", name, f"{name}_high"))
    if math.isnan(low):
        return f"{value:.{digits}f}"
    return f"{value:.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"


def _known(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"
