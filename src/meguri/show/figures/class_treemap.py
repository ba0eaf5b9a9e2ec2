"""Process-control codes of one trade as areas: each class a field in its colour, each code a plot in it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.classify_words import (
    VARIANTS,
    class_hue,
    class_name,
    class_word,
    code_name,
    fine,
    in_order,
    shown_code,
    trade_words,
)
from meguri.show.ink import INK, PAPER, base_option, clip, ink_on, mixed

HEIGHT, WIDTH = 520, 920
HEAD = 20  # px of the strip that names a class
LETTER = 6.4  # px of a Latin letter at the size of a plot's text


def class_treemap(
    lines: pd.DataFrame,
    shares: pd.DataFrame,
    *,
    variant: str = "PC4",
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """The largest codes of the process-control classes; what is not listed is one pale plot of its class.

    Other classes would leave them no room; their shares stand in the bars, their codes in the tables.

    Parameters
    ----------
    lines : DataFrame
        Rows of ``class_lines``.
    shares : DataFrame
        Rows of ``class_shares`` of the same trade: the size of every class.
    variant : {"PC4", "PC5"}
        Which classes the title speaks about.
    """
    sizes = shares.groupby("class")["value"].sum()
    whole = float(sizes.sum())
    sizes = sizes[sizes.index.isin(VARIANTS["PC5"]) & (sizes > 0)]
    return Chart(
        key="class-treemap",
        option=_option(lines, sizes, whole, lang),
        table=lines,
        title=_title(lines, variant, lang),
        subtitle=class_word(
            "treemap_subtitle",
            lang,
            trade=trade_words(shares.iloc[0], lang),
            share=fine(float(sizes.sum()) / whole),
        ),
        footer=footer,
        lang=lang,
        declared="class_lines",
        height=HEIGHT,
    )


def _title(lines: pd.DataFrame, variant: str, lang: Lang) -> str:
    own = lines[lines["class"].isin(VARIANTS[variant])]
    if own.empty:
        return class_word("treemap_none", lang)
    row = own.loc[own["value"].idxmax()].to_dict()
    return class_word(
        "treemap_title",
        lang,
        name=f"{shown_code(row['code'])} {clip(code_name(row, lang), 60)}".strip(),
        share=fine(row["share"]),
    )


def _option(lines: pd.DataFrame, sizes: pd.Series[float], whole: float, lang: Lang) -> dict[str, Any]:
    zoom = float(sizes.sum()) / whole  # the part of all trade that fills the picture
    fields = [
        _field(key, lines[lines["class"] == key], float(sizes[key]), (whole, zoom), lang)
        for key in in_order(sizes.index)
    ]
    return {
        **base_option(),
        "series": [
            {
                "type": "treemap", "left": 0, "right": 0, "top": 0, "bottom": 0, "roam": False,
                "nodeClick": False, "breadcrumb": {"show": False}, "squareRatio": 1.2, "data": fields,
                "visibleMin": 1, "sort": "desc",
                "levels": [
                    {"itemStyle": {"borderWidth": 0, "gapWidth": 4}},
                    {"itemStyle": {"borderWidth": 0, "gapWidth": 1, "borderColor": PAPER},
                     "upperLabel": {"show": True, "height": HEAD}},
                    {"itemStyle": {"borderWidth": 0}},
                ],
                "tooltip": {"formatter": "{b}"},
            }
        ],
    }  # fmt: skip


def _field(
    key: str, lines: pd.DataFrame, size: float, scale: tuple[float, float], lang: Lang
) -> dict[str, Any]:
    """One class: its codes by size and, in a paler plot, all others of it."""
    hue, (whole, zoom) = class_hue(key), scale
    plots = [
        _plot(row, scale, hue, lang)
        for row in lines.sort_values("value", ascending=False).to_dict("records")
        if float(row["value"]) > 0
    ]
    rest = size - sum(plot["value"] for plot in plots)
    if rest > 1e-6 * size:
        plots.append(_rest(rest, scale, hue, lang, alone=not plots))
    room = _room(size / whole / zoom)
    strip = clip(f"{class_name(key, lang)} {fine(size / whole)}", max(2, int((room - 8) / LETTER)))
    return {
        "name": f"{class_name(key, lang)} {fine(size / whole)}", "value": size, "children": plots,
        "itemStyle": {"color": hue, "borderColor": mixed(hue, 0.35), "borderWidth": 0},
        "upperLabel": {
            "show": True, "formatter": _safe(strip), "color": INK, "fontWeight": "bold", "fontSize": 11.5,
            "backgroundColor": PAPER, "padding": [0, 0, 0, 2], "overflow": "truncate",
        },
    }  # fmt: skip


def _room(share: float) -> float:
    """Side of a plot [px], about square, that fills a share of the whole."""
    return float((share * WIDTH * HEIGHT) ** 0.5)


def _plot(row: dict[Any, Any], scale: tuple[float, float], hue: str, lang: Lang) -> dict[str, Any]:
    share, name = float(row["value"]) / scale[0], code_name(row, lang)
    letters = int((_room(share / scale[1]) - 8) / LETTER)
    code = shown_code(row["code"])
    lines = (
        [code, clip(name, max(4, letters)), fine(share)] if letters >= 10 else [code or clip(name, letters)]
    )
    text = "\n".join(line for line in lines if line)
    return {
        "name": f"{code} {clip(name, 90)} {fine(share)}".strip(), "value": float(row["value"]),
        "itemStyle": {"color": hue},
        "label": {"show": letters >= 7, "formatter": _safe(text), "color": ink_on(hue), "fontSize": 11,
                  "lineHeight": 14, "position": "insideTopLeft", "overflow": "truncate"},
    }  # fmt: skip


def _rest(value: float, scale: tuple[float, float], hue: str, lang: Lang, *, alone: bool) -> dict[str, Any]:
    share, pale = value / scale[0], mixed(hue, 0.55)
    words = class_word("treemap_all" if alone else "treemap_rest", lang)
    letters = int((_room(share / scale[1]) - 8) / LETTER)
    return {
        "name": f"{words} {fine(share)}", "value": value, "itemStyle": {"color": pale},
        "label": {"show": letters >= 8, "formatter": _safe(f"{clip(words, letters)}\n{fine(share)}"),
                  "color": ink_on(pale),
                  "fontSize": 11, "lineHeight": 14, "position": "insideTopLeft", "overflow": "truncate"},
    }  # fmt: skip


def _safe(text: str) -> str:
    """Text that no formatter takes for a pattern."""
    return text.replace("{", "｛").replace("}", "｝")
