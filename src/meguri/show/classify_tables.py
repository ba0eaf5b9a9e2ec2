"""Tables of a page of classes: shares, printed ranges beside them, lines with reasons, drivers, change."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.classify_said import Tables, beside_rows, change_parts, points
from meguri.show.classify_trades import Trade, of_trade
from meguri.show.classify_words import (
    VARIANTS,
    amount,
    class_hue,
    class_name,
    class_word,
    code_name,
    fine,
    fine_range,
    in_order,
    item_words,
    money_scale,
    printed_range,
    shown_code,
)
from meguri.show.ink import clip
from meguri.show.page import Small, table_html
from meguri.show.spell import missing, word

OPEN = 5  # lines of a class that stand open; the others are one click away
GAPS = 3  # remarks on what a file does not hold
MOST = 15  # codes in the table of what the spread comes from
SCORES = ("substitution", "dependence", "impact")


def heads(columns: str, lang: Lang) -> list[str]:
    """Headings of a table, by their keys."""
    return [class_word(f"col.{name}", lang) for name in columns.split()]


def quiet(text: str) -> str:
    """A line in small print."""
    return f'<p class="quiet">{escape(text)}</p>\n'


def shares_table(tables: Tables, trade: Trade, lang: Lang) -> str:
    """Every class with value, share, share without unspecified, P10–P90; the totals at the foot."""
    rows = of_trade(tables["class_shares"], trade).drop_duplicates("class").set_index("class", drop=False)
    found = [_share_row(class_name(key, lang), rows.loc[key].to_dict(), lang) for key in in_order(rows.index)]
    totals = of_trade(tables["class_totals"], trade).to_dict("records")
    found += [_share_row(item_words(row["variant"], lang), row, lang) for row in totals]
    right = [False, True, True, True, True]
    return table_html(heads("class value share p10_p90 share_ex", lang), found, right, "classes") + quiet(
        class_word("shares_note", lang)
    )


def _share_row(name: str, row: dict[Any, Any], lang: Lang) -> list[str]:
    band = fine_range(row["p10"], row["p90"], lang) or "—"
    return [name, amount(row["value"], row["unit"], lang), fine(row["share"]), band, fine(row["share_ex"])]


def beside_table(tables: Tables, trade: Trade, lang: Lang) -> str:
    """Computed and printed in columns of their own; a printed range never enters a computed one."""
    rows = beside_rows(tables, trade)
    if rows.empty:
        return ""
    found = [
        [
            item_words(row["item"], lang), fine(row["share"]),
            fine_range(row["p10"], row["p90"], lang) or "—",
            printed_range(row["printed_low"], row["printed_high"], lang), str(row["printed_period"]),
            str(row["printed_table"]),
            "—" if missing(row["stands"]) else class_word(f"stands.{row['stands']}", lang),
            "—" if missing(row["flag"]) else str(row["flag"]).replace("|", ", "),
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    columns = "item computed p10_p90 printed printed_period printed_table stands flag"
    return table_html(
        heads(columns, lang), found, [False, True, True, True, False, False, False, False], "classes"
    )


def lines_tables(tables: Tables, trade: Trade, lang: Lang, top: int) -> str:
    """The largest lines of every class with their reasons, the scores and what the scores alone would say."""
    rows = of_trade(tables["class_lines"], trade)
    rows = rows[rows["rank"] <= top]
    shares = of_trade(tables["class_shares"], trade).set_index("class")["share"]
    return "".join(
        _class_lines(rows[rows["class"] == key], key, float(shares[key]), lang)
        for key in in_order(rows["class"])
    )


def _class_lines(rows: pd.DataFrame, key: str, share: float, lang: Lang) -> str:
    ordered = rows.sort_values("rank").to_dict("records")
    name = escape(class_name(key, lang))
    swatch = f'<span style="color:{class_hue(key)};-webkit-text-stroke:.5px #6a7178">■</span>'
    about = class_word("lines_listed", lang, share=fine(share), listed=fine(float(rows["share"].sum())))
    title = f'<h3>{swatch} {name} <span class="quiet">{escape(about)}</span></h3>\n'
    first = _lines_table(ordered[:OPEN], lang)
    rest = ordered[OPEN:]
    if not rest:
        return title + first
    summary = f"<summary>{class_word('lines_rest', lang, n=len(rest))}</summary>"
    return f"{title}{first}<details>{summary}{_lines_table(rest, lang)}</details>\n"


def _lines_table(rows: Sequence[dict[Any, Any]], lang: Lang) -> str:
    columns = "code good value share weight scores"
    right = [False, False, True, True, True, False]
    return table_html(heads(columns, lang), [_line(row, lang) for row in rows], right, "classlines")


def _line(row: dict[Any, Any], lang: Lang) -> list[str]:
    """One code: its name with the reason below, money, weight with its confidence, the three scores."""
    sure = class_word(f"sure.{row['confidence']}", lang)
    judged = sure if _yes(row["curated"]) else f"{sure}, {class_word('by_default', lang)}"
    return [
        shown_code(row["code"]), Small(code_name(row, lang) or "—", str(row[f"reason_{lang}"])),
        amount(row["value"], row["unit"], lang), fine(row["share"]),
        Small(fine(row["weight"], 0), judged), _scores(row, lang),
    ]  # fmt: skip


def _scores(row: dict[Any, Any], lang: Lang) -> str:
    """The three scores, and below them the class they alone would give."""
    told = " / ".join("?" if missing(row[name]) else f"{float(row[name]):.2f}" for name in SCORES)
    return told if missing(row.get("vote")) else Small(told, f"→ {class_name(row['vote'], lang)}")


def _yes(cell: object) -> bool:
    return cell is True or str(cell).lower() in ("yes", "true")


def drivers_table(tables: Tables, trade: Trade, variant: str, lang: Lang) -> str:
    """Codes whose judgement moves the total most."""
    rows = of_trade(tables["class_drivers"], trade)
    rows = rows[rows["variant"] == variant].sort_values("rank").head(MOST).to_dict("records")
    found = [
        [
            shown_code(row["code"]), clip(code_name(row, lang) or "—", 76),
            amount(row["value"], row["unit"], lang),
            Small(fine(row["weight"], 0), class_word(f"sure.{row['confidence']}", lang)),
            f"{100 * float(row['swing']):.2f}", fine(row["share_of_variance"]),
        ]
        for row in rows
    ]  # fmt: skip
    if not found:
        return ""
    right = [False, False, True, True, True, True]
    return table_html(heads("code name value weight swing variance", lang), found, right, "classes")


def baseline_table(tables: Tables, trade: Trade, lang: Lang) -> str:
    """Classical classes down, classes across: per cent of all trade."""
    rows = of_trade(tables["class_baseline"], trade)
    if rows.empty:
        return ""
    grid = rows.pivot_table(index="bec", columns="class", values="share", aggfunc="sum").fillna(0.0)
    classes = in_order(grid.columns)
    shown = [key for key in ("capital", "intermediate", "consumption", "unclassified") if key in grid.index]
    found = [
        [
            class_word(f"bec.{key}", lang),
            *(fine(grid.at[key, name]) for name in classes),
            fine(grid.loc[key].sum()),
        ]
        for key in shown
    ]
    titles = [
        class_word("col.bec", lang),
        *(class_name(name, lang) for name in classes),
        class_word("col.sum", lang),
    ]
    return table_html(titles, found, [False, *[True] * (len(classes) + 1)], "classmatrix")


def change_table(tables: Tables, trade: Trade, variant: str, lang: Lang) -> str:
    """Change of the share in percentage points, within and between the classical classes."""
    rows = change_parts(tables, trade, variant)
    if rows.empty:
        return ""
    grid = rows.pivot_table(index="block", columns="part", values="value", aggfunc="sum").fillna(0.0)
    parts = [part for part in ("within", "between", "entered", "left", "unsplit") if part in grid.columns]
    found = [
        [class_word(f"bec.{key}", lang) if key else "—", *(points(grid.at[key, part]) for part in parts),
         points(float(grid.loc[key].sum()))]
        for key in grid.index
    ]  # fmt: skip
    total = [class_word("col.sum", lang), *(points(float(grid[part].sum())) for part in parts)]
    found.append([*total, points(float(grid.to_numpy().sum()))])
    titles = [class_word("col.bec", lang), *(class_word(f"part.{part}", lang) for part in parts)]
    titles.append(class_word("col.sum", lang))
    return table_html(titles, found, [False, *[True] * (len(parts) + 1)], "classes")


def money_change_table(tables: Tables, trade: Trade, method: str, lang: Lang) -> str:
    """Change of the value by class: growth and shift, or price and quantity where weights exist."""
    rows = tables.get("class_change")
    rows = pd.DataFrame() if rows is None else of_trade(rows, trade)
    rows = rows[rows["method"] == method] if len(rows) else rows
    if rows.empty:
        return ""
    grid = rows.pivot_table(index="class", columns="part", values="value", aggfunc="sum").fillna(0.0)
    order = ("growth", "shift", "price", "quantity", "entered", "left", "unsplit")
    parts = [part for part in order if part in grid.columns]
    grid = grid.assign(sum=grid[parts].sum(axis=1))
    size, words = money_scale(float(grid.abs().max(axis=None)), str(rows["unit"].iloc[0]), lang)
    held = in_order(key for key in grid.index if key not in VARIANTS)
    names = [*held, *(key for key in VARIANTS if key in grid.index)]
    found = [
        [item_words(key, lang), *(_signed(float(grid.at[key, part]) / size) for part in (*parts, "sum"))]
        for key in names
    ]
    titles = [class_word("col.class", lang), *(class_word(f"part.{part}", lang) for part in parts)]
    titles.append(class_word("col.sum", lang))
    right = [False, *[True] * (len(parts) + 1)]
    return quiet(class_word("money_unit", lang, unit=words)) + table_html(titles, found, right, "classes")


def _signed(value: float) -> str:
    """A change in the unit of the table, with its sign; a trace is a nought."""
    text = f"{value:+,.2f}".replace("-", "−")
    return "0" if text in ("+0.00", "−0.00") else text


def bullets(texts: Iterable[str], css: str = "notes") -> str:
    """Sentences one below another."""
    items = "".join(f"<li>{escape(text)}</li>\n" for text in texts)
    return f'<ul class="{css}">\n{items}</ul>\n' if items else ""


def mutual_table(mutual: pd.DataFrame, lang: Lang) -> str:
    """Both sides of every pair: purchases, dependence, own cost; below what the file does not hold."""
    names = ("a_from_b", "share_a", "loss_b", "b_from_a", "share_b", "loss_a")
    known = [name for name in names if mutual[name].notna().any()]
    found = [
        [
            word(row["a"], "countries", lang), word(row["b"], "countries", lang),
            item_words(row["class"], lang), *(_mutual_cell(row, name, lang) for name in known),
        ]
        for row in mutual.to_dict("records")
    ]  # fmt: skip
    right = [False, False, False, *[True] * len(known)]
    html = table_html(heads(" ".join(["a", "b", "class", *known]), lang), found, right, "mutual")
    gaps = list(dict.fromkeys(str(text) for text in mutual[f"missing_{lang}"] if not missing(text)))
    return html + "".join(quiet(f"{class_word('col.missing', lang)}: {text}") for text in gaps[:GAPS])


def _mutual_cell(row: dict[Any, Any], name: str, lang: Lang) -> str:
    return amount(row[name], row["unit"], lang) if "from" in name else fine(row[name])
