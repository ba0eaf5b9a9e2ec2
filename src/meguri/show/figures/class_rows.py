"""Several trades side by side: one bar of classes for each, the process-control total at its end."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.classify_words import (
    class_hue,
    class_name,
    class_word,
    fine,
    in_order,
    row_range,
    variant_words,
)
from meguri.show.ink import INK, MUTED, PAPER, base_option, clip, ink_on, quiet_axis
from meguri.show.spell import missing, word

ROW, FOOT, LEFT, RIGHT = 27, 34, 150, 150
LEGEND_WIDTH, LEGEND_LINE = 860, 18
MOST = 20  # trades drawn; the table holds all
WIDE = 0.045  # share from which a part of a bar carries its number
KEY = ["year", "reporter", "partner", "flow"]


def class_rows(
    shares: pd.DataFrame, totals: pd.DataFrame, *, variant: str = "PC4", lang: Lang = "en", footer: str = ""
) -> Chart:
    """A bar for each of the largest reporters, partners or years, the largest process-control share first.

    Parameters
    ----------
    shares : DataFrame
        Rows of ``class_shares``; several trades.
    totals : DataFrame
        Rows of ``class_totals`` of the same trades.
    variant : {"PC4", "PC5"}
        Which classes count as process-control; its total stands behind each bar.
    """
    total = totals[totals["variant"] == variant]
    whole = shares.groupby(KEY)["value"].sum().rename("whole").reset_index()
    largest = total.merge(whole, on=KEY).nlargest(MOST, "whole")
    ordered = largest.sort_values(["share", *KEY], ascending=[False, True, True, True, True])
    trades = ordered.to_dict("records")
    key = legend(in_order(shares["class"]), lang)
    top = 12 + LEGEND_LINE * (key["text"].count("\n") + 1)
    return Chart(
        key="class-rows",
        option=_option(shares, trades, key, top, lang),
        table=shares,
        title=_title(trades, variant, lang),
        subtitle=class_word("rows_subtitle", lang, n=len(trades), m=len(total)),
        footer=footer,
        lang=lang,
        declared="class_shares",
        height=top + ROW * len(trades) + FOOT,
    )


def trade_names(trades: list[dict[Any, Any]], lang: Lang) -> list[str]:
    """What tells the trades apart: reporter, partner or year, whichever differ among them.

    Examples
    --------
    >>> rows = [{"year": 2018, "reporter": "JP", "partner": "WLD", "flow": "export"},
    ...         {"year": 2018, "reporter": "DE", "partner": "WLD", "flow": "export"}]
    >>> trade_names(rows, "en")
    ['Japan', 'Germany']
    """
    differ = [
        name for name in ("reporter", "partner", "flow", "year") if len({row[name] for row in trades}) > 1
    ]
    return [_trade_name(row, differ or ["reporter"], lang) for row in trades]


def _trade_name(row: dict[Any, Any], differ: list[str], lang: Lang) -> str:
    parts = []
    for name in differ:
        if name in ("reporter", "partner"):
            parts.append("—" if missing(row[name]) else word(row[name], "countries", lang))
        else:
            parts.append(class_word(f"flow.{row[name]}", lang) if name == "flow" else str(row[name]))
    return " ".join(parts)


def _title(trades: list[dict[Any, Any]], variant: str, lang: Lang) -> str:
    first, last = trades[0], trades[-1]
    names = trade_names(trades, lang)
    return class_word(
        "rows_title", lang, variant=variant_words(variant, lang, first=True), first=names[0], last=names[-1],
        a=fine(first["share"]), b=fine(last["share"]),
    )  # fmt: skip


def _option(
    shares: pd.DataFrame, trades: list[dict[Any, Any]], key: dict[str, Any], top: int, lang: Lang
) -> dict[str, Any]:
    cells = {
        (*(row[name] for name in KEY), row["class"]): float(row["share"]) for row in shares.to_dict("records")
    }
    names = [clip(name, 22) for name in trade_names(trades, lang)]
    return {
        **base_option(),
        "title": [key],
        "grid": {"left": LEFT, "right": RIGHT, "top": top, "bottom": FOOT},
        "xAxis": quiet_axis(
            type="value", min=0, max=100, interval=25, axisLabel={"formatter": "{value}%"},
            name=class_word("axis_share", lang), nameLocation="middle", nameGap=20,
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=names, axisLabel={"interval": 0, "color": INK, "margin": 10},
        ),
        "series": [
            *(_bars(trades, cells, key, lang) for key in in_order(shares["class"])),
            _totals(trades, lang),
        ],
    }  # fmt: skip


def _bars(
    trades: list[dict[Any, Any]], cells: dict[tuple[Any, ...], float], key: str, lang: Lang
) -> dict[str, Any]:
    hue, data = class_hue(key), []
    for row in trades:
        share = cells.get((*(row[name] for name in KEY), key), 0.0)
        label = {"show": share >= WIDE, "formatter": f"{100 * share:.0f}"}
        data.append({"value": round(100 * share, 4), "label": label})
    return {
        "name": class_name(key, lang), "type": "bar", "stack": "classes", "barWidth": 17, "silent": True,
        "data": data, "itemStyle": {"color": hue, "borderColor": PAPER, "borderWidth": 1},
        "label": {"color": ink_on(hue), "fontSize": 10.5, "position": "inside"},
    }  # fmt: skip


def _totals(trades: list[dict[Any, Any]], lang: Lang) -> dict[str, Any]:
    data = [
        {
            "value": [100, place],
            "label": {"formatter": row_range(row, lang)},
        }
        for place, row in enumerate(trades)
    ]
    return {
        "name": "totals", "type": "scatter", "symbolSize": 0.1, "silent": True, "clip": False, "data": data,
        "label": {"show": True, "position": "right", "distance": 6, "color": INK, "fontSize": 11},
    }  # fmt: skip


def legend(classes: list[str], lang: Lang, width: float = LEGEND_WIDTH) -> dict[str, Any]:
    """Colour and name of every class in as many lines as needed."""
    lines, used, rich = [""], 0.0, {}
    for key in classes:
        name = class_name(key, lang)
        needed = 34 + sum(12 if ord(letter) > 0x2E7F else 6.4 for letter in name)
        if used and used + needed > width:
            lines.append("")
            used = 0.0
        lines[-1] += f"{'    ' if used else ''}{{{key}|■}} {name}"
        rich[key] = {
            "color": class_hue(key),
            "fontSize": 14,
            "textBorderColor": MUTED,
            "textBorderWidth": 0.5,
        }
        used += needed
    style = {"fontSize": 11.5, "fontWeight": "normal", "color": INK, "lineHeight": LEGEND_LINE, "rich": rich}
    return {"text": "\n".join(lines), "left": 0, "top": 0, "padding": 0, "textStyle": style}
