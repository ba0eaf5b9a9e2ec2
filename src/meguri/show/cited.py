"""Figures that know their cell: a sentence or table of the memo names sheet and cell of each number in it.

A number is printed from one cell of one table; the workbook writes the same table, so the address of the
cell (``Plans!F5``) is known without asking the workbook. Nothing printed is typed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
from openpyxl.utils import get_column_letter

from meguri.base.terms import Lang, keys
from meguri.respond.answer import Rate
from meguri.show.money import dollars, plain_dollars, thousand_yen, thousands
from meguri.show.spell import (
    day,
    days,
    fraction,
    missing,
    month,
    number,
    percent,
    say,
    significant,
    unit_word,
)

HEADS = 2  # rows of headings above the first row of a sheet
_OPEN, _CLOSE = "\ue000", "\ue001"  # private letters: no name or number holds them
_HELD = re.compile(f"{_OPEN}(\\d+){_CLOSE}")


@dataclass(frozen=True)
class Cited:
    """A number as printed, and the cell it was printed from."""

    text: str
    table: str
    row: int
    column: str
    how: str
    value: object


Sentence = tuple[str | Cited, ...]


@dataclass(frozen=True)
class Printer:
    """What turns a cell into print: language, the dated rate, and the days simulated.

    ``columns`` gives the columns of every table (by its declared name) in the order of the workbook.
    """

    lang: Lang
    rate: Rate
    horizon: float
    columns: Mapping[str, Sequence[str]]

    def shown(self, value: object, how: str) -> str:
        """A value as printed in one of the ways that :meth:`cell` knows."""
        return _shown(value, how, self)

    def cell(self, table: str, row: Mapping[Any, Any], column: str, how: str) -> Cited:
        """One cell of a table in print; ``row`` carries its place in the table under ``_row``.

        Parameters
        ----------
        how : str
            ``days`` (with months), ``d``, ``gain_d``, ``least_d``, ``share``, ``points``,
            ``rate`` (a plain fraction), ``iso`` (a date as it stands), ``points_of`` (without sign),
            ``kjpy`` (thousand yen), ``usd``, ``day``, ``month``, ``count``, ``number``, ``text``, ``in`` and
            a unit, ``quantity`` (a text of number and unit); for tables whose heading carries the unit
            ``n_d``, ``n_gain``, ``n_least``, ``n_points``, ``k``, ``n_usd``.
        """
        value = row[column]
        return Cited(self.shown(value, how), table, int(row["_row"]), column, how, value)

    def block(self, table: str, rows: Iterable[int]) -> str:
        """Sheet and the block of cells that holds some rows, from the first of them to the last."""
        places, last = list(rows), get_column_letter(len(self.columns[table]))
        return f"{_sheet(table, self.lang)}!A{min(places) + HEADS + 1}:{last}{max(places) + HEADS + 1}"

    def address(self, cited: Cited) -> str:
        """Sheet and cell in the workbook of this language."""
        place = list(self.columns[cited.table]).index(cited.column) + 1
        return f"{_sheet(cited.table, self.lang)}!{get_column_letter(place)}{cited.row + HEADS + 1}"


def sheet_name(table: str, lang: Lang) -> str:
    """Name of the sheet that holds a table.

    Examples
    --------
    >>> sheet_name("notes", "en"), sheet_name("notes", "ja")
    ('Notes', '注記')
    """
    key = f"sheet_{table}"
    return say(key, lang) if key in keys("phrases") else table


def _sheet(table: str, lang: Lang) -> str:
    """The same as an address writes it: in quotes where it holds a space."""
    name = sheet_name(table, lang)
    return f"'{name}'" if " " in name else name


def numbered(frame: pd.DataFrame) -> pd.DataFrame:
    """A table whose rows know their place in it, whatever is filtered or sorted later.

    Examples
    --------
    >>> numbered(pd.DataFrame({"a": [3, 4]}, index=[7, 9])).query("a > 3")["_row"].tolist()
    [1]
    """
    return frame.reset_index(drop=True).assign(_row=range(len(frame)))


def _shown(value: object, how: str, printer: Printer) -> str:
    lang = printer.lang
    if missing(value):
        return "—"
    if how == "text":
        return str(value)
    if how == "iso":
        return str(value)[:10]
    if how == "quantity":
        return quantity(str(value), lang)
    if how in ("day", "month"):
        return (day if how == "day" else month)(value, lang)
    amount = float(str(value))
    if how.startswith("in "):
        # days are whole, but a size of less than ten of them is not
        small = how == "in d" and 0 < amount < 10
        return significant(amount, 2) + unit_word("d", lang) if small else number(amount, how[3:], lang)
    if how in ("days", "d", "n_d") and amount >= printer.horizon:
        # falling short on no day within the horizon is an answer of its own
        key = "beyond" if how == "n_d" else "memo_beyond"
        return say(key, lang, n=f"{printer.horizon:,.0f}")
    return _amount(amount, how, printer)


def _amount(amount: float, how: str, printer: Printer) -> str:
    """A number in one of the ways that have a name."""
    lang, points = printer.lang, 100 * amount
    ways: dict[str, Callable[[], str]] = {
        "days": lambda: days(amount, lang),
        "d": lambda: number(amount, "d", lang),
        "n_d": lambda: f"{amount:,.0f}",
        "gain_d": lambda: say("memo_gain_d", lang, n=_signed(amount, 0)),
        "n_gain": lambda: _signed(amount, 0),
        "least_d": lambda: say("memo_least", lang, n=f"{amount:,.0f}"),
        "n_least": lambda: f"≥ {amount:,.0f}",
        "share": lambda: percent(amount),
        "rate": lambda: fraction(amount),
        "points": lambda: say("memo_points", lang, n=_signed(points, 1)),
        "points_of": lambda: say("memo_points", lang, n=_signed(points, 1).lstrip("+±")),
        "n_points": lambda: _signed(points, 1),
        "kjpy": lambda: thousand_yen(amount, lang),
        "k": lambda: thousands(amount),
        "usd": lambda: dollars(amount, printer.rate.rate, lang),
        "n_usd": lambda: plain_dollars(amount, printer.rate.rate),
        "count": lambda: f"{amount:,.0f}",
        "number": lambda: number(amount, "", lang),
    }
    return ways[how]()


def quantity(text: str, lang: Lang) -> str:
    """A text of number and unit as printed; any other text as it stands.

    Examples
    --------
    >>> quantity("136 d", "ja"), quantity("0.3 1", "en"), quantity("late", "en")
    ('136日', '30%', 'late')
    """
    if f"moved.{text}" in keys("phrases"):
        return say(f"moved.{text}", lang)
    parts = text.split()
    try:
        return number(float(parts[0]), parts[1] if len(parts) > 1 else "", lang)
    except (ValueError, IndexError):
        return text


def _signed(value: float, places: int) -> str:
    """A change with its sign, a true minus, and no sign where it prints as nothing."""
    text = f"{abs(value):,.{places}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"±{text}" if float(text.replace(",", "")) == 0 else f"{'+' if value > 0 else '−'}{text}"


def cite(key: str, lang: Lang, **fill: object) -> Sentence:
    """A phrase whose braces hold figures that know their cells, sentences, or plain words.

    Examples
    --------
    >>> two = Cited("2", "plans", 0, "cost", "count", 2)
    >>> cite("table_rows", "en", n=two)
    (Cited(text='2', table='plans', row=0, column='cost', how='count', value=2), ' rows')
    """
    held: list[object] = []

    def hold(value: object) -> object:
        if not isinstance(value, Cited | tuple):
            return str(value).replace(_OPEN, "").replace(_CLOSE, "")
        held.append(value)
        return f"{_OPEN}{len(held) - 1}{_CLOSE}"

    text = say(key, lang, **{name: hold(value) for name, value in fill.items()})
    parts: list[str | Cited] = []
    for place, piece in enumerate(_HELD.split(text)):
        if place % 2 == 0:
            parts += [piece] if piece else []
            continue
        value = held[int(piece)]
        parts += value if isinstance(value, tuple) else [value]  # type: ignore[list-item]
    return tuple(parts)


def between(low: Cited, high: Cited, lang: Lang) -> Sentence:
    """From low to high; one of them where both print alike."""
    return (low,) if low.text == high.text else cite("memo_between", lang, low=low, high=high)


def plain_text(sentence: Sentence) -> str:
    """A sentence as text, for slides, titles and the first sheet of the workbook."""
    return "".join(part.text if isinstance(part, Cited) else part for part in sentence)


def figures_of(sentences: Iterable[Sentence]) -> list[Cited]:
    """Every number of some sentences, in reading order, each cell and way of printing once."""
    parts = [part for sentence in sentences for part in sentence]
    found = [part for part in parts if isinstance(part, Cited) and part.how != "text"]
    return list({(one.table, one.row, one.column, one.how): one for one in found}.values())


def sentence_html(sentence: Sentence, printer: Printer, numbers: Mapping[Cited, int]) -> str:
    """A sentence whose figures carry their cell and a small number of the list of evidence."""
    return "".join(
        figure_mark(part, printer, numbers.get(part)) if isinstance(part, Cited) else escape(part)
        for part in sentence
    )


def figure_mark(cited: Cited, printer: Printer, number_: int | None = None) -> str:
    """One figure as HTML: the cell stands in an attribute, and in words when one points at it."""
    place = escape(printer.address(cited), quote=True)
    shown = (
        f'<span class="cited" data-cell="{place}" data-how="{escape(cited.how, quote=True)}" title="{place}">'
        f"{escape(cited.text)}</span>"
    )
    if number_ is None:
        return shown
    # a line never breaks between a figure and its number
    return f'<span class="ref">{shown}<sup><a href="#cell-{number_}">{number_}</a></sup></span>'


def cited_table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str | Cited | Sentence]],
    right: Sequence[bool],
    printer: Printer,
    css: str = "",
) -> str:
    """A table whose figures carry their cells; ``right`` says which columns hold numbers."""
    marks = [' class="n"' if number_ else "" for number_ in right]
    head = "".join(
        f'<th scope="col"{mark}>{escape(text)}</th>' for mark, text in zip(marks, heads, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{mark}>{_cell_html(cell, printer)}</td>" for mark, cell in zip(marks, row, strict=True)
        )
        + "</tr>\n"
        for row in rows
    )
    names = f"cells {css}".strip()
    inner = f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>"
    return f'<div class="scroll"><table class="{names}">{inner}</table></div>\n'


def _cell_html(cell: str | Cited | Sentence, printer: Printer) -> str:
    parts = cell if isinstance(cell, tuple) else (cell,)
    return sentence_html(parts, printer, {})
