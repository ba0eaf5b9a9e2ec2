"""Who depends on whom in process-control goods, and what a cut would cost the one who cuts."""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.classify_words import amount, class_word, fine, item_words
from meguri.show.figures.axes import number_or_none
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, ink_on, mixed, quiet_axis
from meguri.show.spell import word

CELL, TOP, FOOT, LEFT = 46, 56, 10, 168
TINTS = ((0.05, 0.0), (0.1, 0.12), (0.25, 0.3), (0.5, 0.54), (1.01, 0.8))  # share below, darkness
MOST = 14  # economies or partners drawn; the table holds all
HUE = "#2e1a4f"  # the hue of process-control goods


class Cell(NamedTuple):
    """Row depends on column: share and money of its purchases, and what the seller would lose."""

    row: str
    column: str
    share: float | None
    money: float | None
    cost: float | None
    unit: str


def class_mutual(table: pd.DataFrame, *, variant: str = "PC4", lang: Lang = "en", footer: str = "") -> Chart:
    """A matrix of economies; with one economy or one pair, two columns: its own side and the other's.

    Darker is more dependent. Below each share stands the own cost: what the seller loses of all its
    exports when it stops selling and finds no other buyer. A question mark is a share that the file
    cannot tell.

    Parameters
    ----------
    table : DataFrame
        Rows of ``class_mutual`` of one year.
    variant : {"PC4", "PC5"}
        Rows of this total are drawn; of one pair every class as well.
    """
    cells = _cells(table, variant, lang)
    rows = list(dict.fromkeys(cell.row for cell in cells))
    columns = list(dict.fromkeys(cell.column for cell in cells))
    if set(columns) == set(rows):  # a matrix reads the same way down as across
        columns = rows
    return Chart(
        key="class-mutual",
        option=_option(cells, rows, columns, lang),
        table=table,
        title=_title(table, variant, lang),
        subtitle=class_word("mutual_subtitle", lang, year=table["year"].max()),
        footer=footer,
        lang=lang,
        declared="class_mutual",
        height=TOP + CELL * len(rows) + FOOT,
    )


def _cells(table: pd.DataFrame, variant: str, lang: Lang) -> list[Cell]:
    pairs = table[["a", "b"]].drop_duplicates()
    if len(pairs) == 1:
        shown = table[~table["class"].isin({"PC4", "PC5"} - {variant})].to_dict("records")
        return [cell for row in shown for cell in _both(row, item_words(row["class"], lang), lang)]
    rows = _from_hub(table[(table["class"] == variant) & ~table[["a", "b"]].isin(["ROW"]).any(axis=1)])
    if rows["a"].nunique() == 1:
        largest = rows.assign(_size=rows[["a_from_b", "b_from_a"]].sum(axis=1)).nlargest(MOST, "_size")
        return [
            cell
            for row in largest.to_dict("records")
            for cell in _both(row, word(row["b"], "countries", lang), lang)
        ]
    return _matrix(rows, lang)


def _from_hub(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows turned round so that an economy which is in every pair stands first in all of them.

    Examples
    --------
    >>> rows = pd.DataFrame({"a": ["CN", "JP"], "b": ["JP", "US"], "share_a": [1, 3], "share_b": [2, 4]})
    >>> _from_hub(rows)[["a", "b", "share_a", "share_b"]].values.tolist()
    [['JP', 'CN', 2, 1], ['JP', 'US', 3, 4]]
    """
    hubs = [
        key
        for key in dict.fromkeys([*rows["a"], *rows["b"]])
        if ((rows["a"] == key) | (rows["b"] == key)).all()
    ]
    if not hubs:
        return rows
    swapped = {"a": "b", "b": "a", "share_a": "share_b", "share_b": "share_a", "loss_a": "loss_b",
               "loss_b": "loss_a", "a_from_b": "b_from_a", "b_from_a": "a_from_b"}  # fmt: skip
    turned = rows.rename(columns=swapped)[list(rows.columns)]
    first = rows["a"] == hubs[0]
    return pd.concat([rows[first], turned[~first]]).sort_index(kind="stable")


def _both(row: dict[Any, Any], name: str, lang: Lang) -> list[Cell]:
    """The two directions of one row of the table under two headings."""
    a, b = (word(row[side], "countries", lang) for side in ("a", "b"))
    other = class_word("mutual_partner", lang) if name == b else b
    return [_one(row, "a", name, class_word("mutual_column", lang, buyer=a, seller=other)),
            _one(row, "b", name, class_word("mutual_column", lang, buyer=other, seller=a))]  # fmt: skip


def _one(row: dict[Any, Any], buyer: str, name: str, column: str) -> Cell:
    seller = "b" if buyer == "a" else "a"
    return Cell(
        name, column, number_or_none(row[f"share_{buyer}"]), number_or_none(row[f"{buyer}_from_{seller}"]),
        number_or_none(row[f"loss_{seller}"]), str(row["unit"]),
    )  # fmt: skip


def _matrix(rows: pd.DataFrame, lang: Lang) -> list[Cell]:
    """Every economy against every other, the one that sells most first."""
    sold = pd.concat([rows.groupby("b")["a_from_b"].sum(), rows.groupby("a")["b_from_a"].sum()])
    order = list(sold.groupby(level=0).sum().nlargest(MOST).index)
    found = {}
    for row in rows[rows["a"].isin(order) & rows["b"].isin(order)].to_dict("records"):
        a, b = (word(row[side], "countries", lang) for side in ("a", "b"))
        found[row["a"], row["b"]] = _one(row, "a", a, b)
        found[row["b"], row["a"]] = _one(row, "b", b, a)
    return [found[buyer, seller] for buyer in order for seller in order if (buyer, seller) in found]


def _title(table: pd.DataFrame, variant: str, lang: Lang) -> str:
    """The deepest dependence known; else the largest money."""
    rows = table[table["class"] == variant].to_dict("records")
    sides = [
        (
            number_or_none(row[f"share_{buyer}"]),
            row[buyer],
            row[seller],
            number_or_none(row[f"loss_{seller}"]),
        )
        for row in rows
        for buyer, seller in (("a", "b"), ("b", "a"))
    ]
    known = [side for side in sides if side[0] is not None]
    if not known:
        return class_word("mutual_unknown", lang)
    share, buyer, seller, cost = max(known, key=lambda side: side[0] or 0.0)
    words = {
        "buyer": word(buyer, "countries", lang), "seller": word(seller, "countries", lang),
        "share": fine(share), "cost": fine(cost),
    }  # fmt: skip
    return class_word("mutual_title" if cost is not None else "mutual_title_free", lang, **words)


def darkness(share: float | None) -> float:
    """How dark a share is drawn.

    Examples
    --------
    >>> darkness(0.04), darkness(0.3), darkness(None)
    (0.0, 0.54, 0.0)
    """
    return 0.0 if share is None else next(dark for limit, dark in TINTS if share < limit)


def _option(cells: list[Cell], rows: list[str], columns: list[str], lang: Lang) -> dict[str, Any]:
    few = len(columns) <= 3
    letters = 40 if few else max(8, 100 // len(columns))
    return {
        **base_option(),
        "title": [_key(lang)],
        "grid": {"left": LEFT, "right": 8, "top": TOP, "bottom": FOOT},
        "xAxis": quiet_axis(
            type="category", position="top", data=[clip(name, letters) for name in columns],
            axisLabel={"interval": 0, "color": INK, "fontSize": 12 if few else 10.5, "fontWeight": "bold"},
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=[clip(name, 24) for name in rows],
            axisLabel={"interval": 0, "color": INK, "fontSize": 11.5},
        ),
        "series": [
            {
                "name": "cells", "type": "heatmap", "silent": True,
                "data": [_square(cell, rows, columns, few, lang) for cell in cells],
                "itemStyle": {"borderColor": PAPER, "borderWidth": 2},
                "label": {"show": True, "fontSize": 11 if few else 10, "lineHeight": 15},
                "emphasis": {"disabled": True},
            }
        ],
    }  # fmt: skip


def _square(cell: Cell, rows: list[str], columns: list[str], few: bool, lang: Lang) -> dict[str, Any]:
    tone = "#f6f7f8" if cell.share is None else _tone(darkness(cell.share))
    return {
        "value": [columns.index(cell.column), rows.index(cell.row), round(cell.share or 0.0, 5)],
        "itemStyle": {"color": tone, "borderColor": RULE, "borderWidth": 1},
        "label": {"formatter": _text(cell, few, lang), "color": ink_on(tone)},
    }  # fmt: skip


def _text(cell: Cell, few: bool, lang: Lang) -> str:
    """Share (and money where there is room), and below the cost to the seller."""
    share = "?" if cell.share is None else fine(cell.share)
    cost = "?" if cell.cost is None else fine(cell.cost)
    if not few:
        return f"{share}\n{class_word('mutual_cost_short', lang, cost=cost)}"
    money = "?" if cell.money is None else amount(cell.money, cell.unit, lang)
    first = class_word("mutual_first", lang, share=share, money=money)
    return f"{first}\n{class_word('mutual_cost', lang, cost=cost)}"


def _tone(dark: float) -> str:
    """The hue of process-control goods, so dark; the palest is still no paper."""
    return mixed(HUE, dark) if dark else "#faf9fb"


def _key(lang: Lang) -> dict[str, Any]:
    """What the darkness means."""
    low, parts, rich = 0.0, [], {}
    for place, (limit, dark) in enumerate(TINTS):
        parts.append(f"{{t{place}|}} {round(100 * low)}–{min(100, round(100 * limit))}%")
        rich[f"t{place}"] = {
            "backgroundColor": _tone(dark), "width": 13, "height": 10, "borderColor": RULE, "borderWidth": 1,
        }  # fmt: skip
        low = limit
    return {
        "text": f"{class_word('mutual_key', lang)}  {'   '.join(parts)}", "left": 0, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 11.5, "fontWeight": "normal", "color": MUTED, "rich": rich},
    }  # fmt: skip
