"""Tables and sentences on a terminal or in a pipe, in the reader's language."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from meguri.base.errors import DataError, MeguriError, Problem
from meguri.base.files import write_atomically
from meguri.base.terms import Lang, label
from meguri.study.outcome import DIGITS, records, to_json

PIPE_WIDTH = 140
READABLE = 100
# narrow letters in a row, or one wide letter, with the opening marks before it and the closing marks after it
_PARTS = re.compile(
    r"\s*[（「『【〔〈《]*(?:[^\s\u2e80-\uffef]+|[\u2e80-\uffef])[、。，．）」』】〕〉》ー〜：；・]*|\s+"
)

# a signed number or a lone dash: text that a spreadsheet takes for what it says
_PLAIN = re.compile(r"[+-]?\d[\d., ]*(?:[eE][+-]?\d+)?\s*%?|-")


def console() -> Console:
    """Standard output; as wide as the terminal, or wide enough for a table in a pipe."""
    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False, soft_wrap=False)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]], title: str = "") -> None:
    """One table, numbers to the right."""
    listed = [list(row) for row in rows]
    table = Table(
        title=escape(title) or None, title_justify="left", box=None, pad_edge=False, header_style="bold"
    )
    for place, head in enumerate(heads):
        column = [row[place] for row in listed]
        numeric = bool(column) and all(_is_number(cell) for cell in column)
        table.add_column(escape(head), justify="right" if numeric else "left", overflow="fold")
    for row in listed:
        table.add_row(*map(escape, row))  # a name such as [/b] is a name, not a style
    console().print(table)


def _is_number(cell: str) -> bool:
    return not cell.strip("—–-+…., %0123456789<>()dx×e")


def say(text: str = "", style: str = "") -> None:
    """One line of text."""
    console().print(text, style=style, markup=False)


def say_folded(text: str, *, indent: int = 0) -> None:
    """A long text in lines of a width that reads well, the later ones indented."""
    for line in folded(text, READABLE, indent):
        say(line)


def folded(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines no wider than ``width`` columns; a Japanese letter takes two and may end any line.

    Examples
    --------
    >>> folded("  · a long remark", 12, indent=4)
    ['  · a long', '    remark']
    >>> folded("在庫の日数。", 10)
    ['在庫の日', '数。']
    """
    lines, line = [], ""
    for part in _PARTS.findall(text):
        if line.strip() and cell_len((line + part).rstrip()) > width:
            lines.append(line.rstrip())
            line = " " * indent
            part = part.lstrip()
        line += part
    return [*lines, line.rstrip()]


def fail(error: MeguriError, lang: Lang) -> None:
    """Every problem on standard error."""
    Console(stderr=True, highlight=False, soft_wrap=True).print(error.text(lang), markup=False)


def deliver(
    content: Any,
    table: pd.DataFrame,
    form: str,
    out: Path | None,
    digits: int = DIGITS,
    sheets: Mapping[str, pd.DataFrame] | None = None,
) -> None:
    """One JSON document, CSV table or workbook, to standard output or a file; a workbook may hold several.

    Raises
    ------
    DataError
        When a workbook has no file to go to, or the file cannot be written.
    """
    if form == "xlsx":
        if out is None:
            raise DataError(Problem("xlsx_needs_out", "--format xlsx"))
        write_workbook(out, sheets or {"table": table}, digits)
        return
    text = to_json(content) if form == "json" else as_csv(table, digits)
    if out is None:
        sys.stdout.write(text)
    else:
        write_atomically(out, text.encode("utf-8-sig" if form == "csv" else "utf-8"))


def as_csv(table: pd.DataFrame, digits: int = DIGITS) -> str:
    """CSV text whose cells no spreadsheet takes for a formula."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    for row in records(table, digits):
        writer.writerow(["" if cell is None else harmless(cell) for cell in row.values()])
    return buffer.getvalue()


def harmless(cell: Any) -> Any:
    """A cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> harmless("=1+1"), harmless(-2.5), harmless("-4 %"), harmless("-")
    ("'=1+1", -2.5, '-4 %', '-')
    """
    risky = isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{cell}" if risky and not _PLAIN.fullmatch(cell) else cell


def write_workbook(path: Path, tables: Mapping[str, pd.DataFrame], digits: int = DIGITS) -> None:
    """A workbook with one sheet for each table, whose cells no spreadsheet takes for a formula."""
    from openpyxl import Workbook  # only this format needs it

    book = Workbook()
    book.remove(book.active)
    for name, table in tables.items():
        sheet = book.create_sheet(name[:31])
        sheet.append(list(table.columns))
        for row in records(table, digits):
            sheet.append([harmless(cell) for cell in row.values()])
        sheet.freeze_panes = "B2"
    buffer = io.BytesIO()
    book.save(buffer)
    write_atomically(path, buffer.getvalue())


class Watch:
    """Progress on standard error, and only on a terminal; Ctrl-C cancels."""

    def __init__(self, lang: Lang) -> None:
        self._bar = Progress(
            TextColumn(label("progress_runs", lang, "cli")),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            disable=not sys.stderr.isatty(),
            transient=True,
        )
        self._task = self._bar.add_task("runs")

    def __enter__(self) -> Callable[[int, int], None]:
        self._bar.start()
        return lambda done, total: self._bar.update(self._task, completed=done, total=total)

    def __exit__(self, *error: object) -> None:
        self._bar.stop()


def portion(share: float) -> str:
    """A share for people; the smallest is not lost in rounding.

    Examples
    --------
    >>> portion(0.004), portion(0.824)
    ('<1%', '82%')
    """
    return "<1%" if 0 < share < 0.01 else f"{share:.0%}"


def days(value: Any) -> str:
    """Days for people; a dash for never.

    Examples
    --------
    >>> days(45.0), days(float("nan"))
    ('45', '—')
    """
    return "—" if value is None or pd.isna(value) else f"{float(value):.0f}"


def band(row: dict[str, Any], name: str) -> str:
    """Median with P10–P90: "146 (101–—)"; one number where all three are the same."""
    if all(pd.isna(row[key]) for key in (name, f"{name}_p10", f"{name}_p90")):
        return "—"
    low, middle, high = (days(row[key]) for key in (f"{name}_p10", name, f"{name}_p90"))
    return middle if low == middle == high else f"{middle} ({low}–{high})"


def recovery_band(row: dict[str, Any]) -> str:
    """As :func:`band` for days of recovery; a run without shortfall counts as 0 and makes no median.

    Examples
    --------
    >>> row = {"tts_d": None, "ttr_d": 0.0, "ttr_d_p10": 0.0, "ttr_d_p90": 395.0}
    >>> recovery_band(row), recovery_band({**row, "ttr_d_p90": 0.0})
    ('— (–395)', '—')
    """
    tts, ttr, high = (row[name] for name in ("tts_d", "ttr_d", "ttr_d_p90"))
    if not pd.isna(tts) and not ttr < tts:
        return band(row, "ttr_d")
    return "—" if pd.isna(high) or high == 0 else f"— (–{days(high)})"
