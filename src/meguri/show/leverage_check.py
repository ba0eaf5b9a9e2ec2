"""How far the pace of learning can be trusted: what was fitted, what was predicted blind, and the rivals."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from meguri.base.sources import cited
from meguri.base.terms import Lang
from meguri.observe.leverage import leverage_observations
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.leverage_blind import leverage_blind
from meguri.show.leverage_tables import Tables
from meguri.show.leverage_words import item_name, lever_word, range_text
from meguri.show.page import Small, figure_html, table_html
from meguri.show.spell import missing, percent, significant


def check_html(tables: Tables, lang: Lang) -> str:
    """Blind test, extrapolations, orders and what a lift brings back; nothing where it was not asked for."""
    if "leverage_blind" not in tables:
        return ""
    carried = table_html(*extrapolated(tables, lang), [False, False, True, True, True, False])
    ranked = table_html(*orders(tables, lang), [False] * 4 + [True], "orders")
    parts = {
        "extrapolated": carried, "bands": _bands(tables, lang), "orders": ranked,
        "returned": _returned(tables, lang), "fitted": _fitted(tables, lang),
    }  # fmt: skip
    same = bool((tables["leverage_frozen"]["same"] == "same").all())
    frozen = lever_word("check_frozen", lang, same=lever_word("yes" if same else "no", lang))
    html = figure_html(blind_chart(tables, lang)) + f'<p class="quiet">{escape(frozen)}</p>\n'
    for key, part in parts.items():
        html += f"<h3>{escape(lever_word(f'check_{key}', lang))}</h3>\n{part}"
    return html


def blind_chart(tables: Tables, lang: Lang) -> Chart:
    """The figure of the blind test, its rows named by item and year."""
    table, seen = tables["leverage_blind"], leverage_observations().set_index("observation")
    rows = seen.loc[list(table["observation"])]
    foot = footer(cited(str(cell) for cell in rows["source"].unique()), weakest_grade(rows), lang)
    names = blind_names(table, lang)
    return leverage_blind(table, tables["leverage_blind_scores"], names, lang=lang, footer=foot)


def blind_names(table: pd.DataFrame, lang: Lang) -> dict[str, str]:
    """Shown name of every observation predicted: item, months, and how it was left out."""
    seen = leverage_observations().set_index("observation")
    return {
        str(row["observation"]): lever_word(
            "check_blind_row", lang, name=item_name(row["item"], lang),
            year=period(seen.loc[row["observation"]], lang), kind=lever_word(f"kind.{row['kind']}", lang),
        )
        for row in table.to_dict("records")
    }  # fmt: skip


def period(row: Mapping[Any, Any], lang: Lang) -> str:
    """The months observed, or the year where they fill it or none are named.

    Examples
    --------
    >>> period({"period_start": "2019-07", "period_end": "2020-06", "at": 2020.0}, "en")
    '2019-07 to 2020-06'
    >>> period({"period_start": "2024", "period_end": "2024", "at": 2024.5}, "ja")
    '2024年'
    """
    ends = [str(row[name]) for name in ("period_start", "period_end")]
    if missing(row["period_start"]) or ends[0][:4] == ends[1][:4] or missing(row["period_end"]):
        return lever_word("in_year", lang, year=int(float(row["at"])))
    return lever_word("from_to", lang, low=ends[0], high=ends[1])


def _heads(names: tuple[str, ...], lang: Lang) -> list[str]:
    return [lever_word(f"col.{name}", lang) for name in names]


def _ranged(row: Mapping[Any, Any], name: str, lang: Lang) -> str:
    below = range_text(row.get(f"{name}_low"), row.get(f"{name}_high"), lang)
    shown = percent(float(row[name]))
    return shown if below == "—" else Small(shown, below)


def extrapolated(tables: Tables, lang: Lang) -> tuple[list[str], list[list[str]]]:
    """Linear, logistic, geometric and fitted, each told against the printed band in a column of its own."""
    rows = [
        [
            item_name(row["item"], lang), lever_word(f"method.{row['method']}", lang), str(int(row["year"])),
            _decimal(row["value"]), range_text(row["printed_low"], row["printed_high"], lang),
            lever_word(f"verdict.{row['verdict']}", lang),
        ]
        for row in tables["leverage_extrapolation"].to_dict("records")
    ]  # fmt: skip
    heads = _heads(("item", "method", "in_year", "computed", "printed", "verdict"), lang)
    return heads, rows


def _decimal(share: Any) -> str:
    """A share with one decimal, where three ways of carrying on lie close together."""
    return "—" if missing(share) else f"{100 * float(share):.1f}%"


def _bands(tables: Tables, lang: Lang) -> str:
    rows = [
        [
            item_name(row["item"], lang), str(int(row["year"])), _ranged(row, "self_supply", lang),
            range_text(row["printed_low"], row["printed_high"], lang),
            lever_word(f"verdict.{row['verdict']}", lang),
        ]
        for row in tables["leverage_bands"].to_dict("records")
    ]  # fmt: skip
    heads = _heads(("item", "in_year", "computed", "printed", "verdict"), lang)
    return table_html(heads, rows, [False, True, True, True, False])


def orders(tables: Tables, lang: Lang) -> tuple[list[str], list[list[str]]]:
    """The orders asked for beside those found: heads and rows."""

    def names(cell: object) -> str:
        return " > ".join(item_name(key, lang) for key in str(cell).split(" > "))

    rows = [
        [
            lever_word(f"order.{row['order']}", lang),
            lever_word(f"alike.{'yes' if row['alike'] else 'no'}", lang),
            names(row["asked"]), names(row["found"]), percent(float(row["probability"])),
        ]
        for row in tables["leverage_orders"].to_dict("records")
    ]  # fmt: skip
    heads = _heads(("order", "alike", "asked", "found", "probability"), lang)
    return heads, rows


def _returned(tables: Tables, lang: Lang) -> str:
    rows = [
        [
            item_name(row["item"], lang), significant(float(row["years"])), _ranged(row, "kept", lang),
            percent(float(row["printed_by_value"])), percent(float(row["printed_by_share"])),
        ]
        for row in tables["leverage_returned"].to_dict("records")
    ]  # fmt: skip
    heads = _heads(("item", "after", "kept", "by_value", "by_share"), lang)
    return table_html(heads, rows, [False] + [True] * 4)


def _fitted(tables: Tables, lang: Lang) -> str:
    def spell(row: Mapping[Any, Any], name: str) -> str:
        low, high = (significant(float(row[f"{name}_{end}"])) for end in ("low", "high"))
        return Small(significant(float(row[name])), f"{low}–{high}")

    rows = [
        [str(row["coefficient"]), str(row[f"reason_{lang}"]), spell(row, "before"), spell(row, "fitted")]
        for row in tables["leverage_fitted"].to_dict("records")
    ]
    heads = _heads(("coefficient", "reason", "before", "after_fit"), lang)
    return table_html(heads, rows, [False, False, True, True])
