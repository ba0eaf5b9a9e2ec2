"""Pages that need nothing from outside: escaped words, tables, embedded data, script and style."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from importlib import resources
from typing import TYPE_CHECKING, Any

import pandas as pd

from meguri.base.tables import Column, Schema
from meguri.base.terms import Lang, keys
from meguri.show.ink import clip
from meguri.show.spell import day, missing, percent, say, significant, word

if TYPE_CHECKING:
    from meguri.show.chart import Chart

MAX_ROWS = 200
FOLD = 40
MAP = '"map":"earth"'  # in the option of a figure that draws the world
_TIGHT = {"number", "share", "int", "year"}


@cache
def asset(name: str) -> str:
    """Text of a packaged asset (script, style, licence)."""
    return resources.files("meguri.show").joinpath("assets", name).read_text(encoding="utf-8")


def embedded(value: Any) -> str:
    """JSON that may stand inside a script element: no ``</script>``, no HTML comment, no line separator.

    Examples
    --------
    >>> embedded({"name": "</script><b>"})
    '{"name":"\\\\u003c/script\\\\u003e\\\\u003cb\\\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for letter in "<>&\u2028\u2029":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return text


def cell_text(value: object, column: Column | None, lang: Lang) -> str:
    """One cell as shown: shares in percent, terms in words, nothing as a dash."""
    if missing(value):
        return "—"
    if column is None:
        return significant(float(value)) if isinstance(value, float) else str(value)
    if column.kind == "share":
        return percent(float(str(value)))
    if column.kind == "number":
        return significant(float(str(value)))
    if column.kind == "date" and len(str(value)) >= 10:
        return day(value, lang)
    if column.kind == "term":
        return word(value, column.choices[0], lang)
    if column.kind == "choice":
        prefix = {"grade": "grade", "level": "level", "place": "place"}.get(column.name, "")
        if prefix:
            return word(f"{prefix}.{value}", "phrases", lang)
        own = f"{column.name}.{value}"  # where a word of one column means something else in another
        return word(own if own in keys("choice_words") else value, "choice_words", lang)
    if column.kind == "bool":
        return word("yes" if value else "no", "choice_words", lang)
    return str(value)


class Folded(str):
    """A long text of a cell: its first words, and all of it one click away."""


class Small(str):
    """A text of a cell with a remark below it in small print."""

    below: str

    def __new__(cls, text: str, below: str) -> Small:
        """The text that sorts and counts; the remark is only shown."""
        made = super().__new__(cls, text)
        made.below = below
        return made


def fold(text: str, width: int = FOLD) -> str:
    """A cell that shows at most so many Latin letters at first (a Japanese letter counts two)."""
    return text if clip(text, width) == text else Folded(text)


def _cell_html(text: str) -> str:
    if isinstance(text, Small):
        return f'{escape(text)}<div class="quiet">{escape(text.below)}</div>'
    if not isinstance(text, Folded):
        return escape(text)
    return f'<details class="fold"><summary>{escape(clip(text, FOLD))}</summary>{escape(text)}</details>'


def table_html(
    heads: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool], css: str = ""
) -> str:
    """A table of texts, escaped; ``right`` says which columns hold numbers.

    Examples
    --------
    >>> "&lt;b&gt;" in table_html(["<b>"], [["1"]], [True])
    True
    """
    marks = [' class="n"' if number else "" for number in right]
    head = "".join(
        f'<th scope="col"{mark}>{escape(text)}</th>' for mark, text in zip(marks, heads, strict=True)
    )
    body = "".join(
        "<tr>"
        + "".join(f"<td{mark}>{_cell_html(text)}</td>" for mark, text in zip(marks, row, strict=True))
        + "</tr>\n"
        for row in rows
    )
    attribute = f' class="{css}"' if css else ""
    inner = f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>"
    return f'<div class="scroll"><table{attribute}>{inner}</table></div>'


def frame_html(frame: pd.DataFrame, declared: str, lang: Lang) -> str:
    """A table headed by the declared labels of its columns; long ones are cut and say so."""
    known = {column.name: column for column in Schema.of(declared).columns}
    own, other = ("_ja", "_en") if lang == "ja" else ("_en", "_ja")
    twice = {str(name) for name in frame.columns if f"{str(name).removesuffix(other)}{own}" in frame.columns}
    names = [str(name) for name in frame.columns if not (str(name).endswith(other) and name in twice)]
    columns = [known.get(name) for name in names]
    heads = [column.label(lang) if column else name for column, name in zip(columns, names, strict=True)]
    shown = frame[names].head(MAX_ROWS).to_numpy(dtype=object)
    rows = [
        [cell_text(cell, column, lang) for cell, column in zip(row, columns, strict=True)] for row in shown
    ]
    note = ""
    if len(frame) > MAX_ROWS:
        note = f'<p class="quiet">{say("table_first", lang, n=MAX_ROWS, m=f"{len(frame):,}")}</p>'
    right = [column is not None and column.kind in _TIGHT for column in columns]
    return table_html(heads, rows, right) + note


def figure_html(chart: Chart) -> str:
    """One figure: finding, unit and years, drawing, sources, and its table one click away."""
    name = escape(f"{chart.title}. {chart.subtitle}", quote=True)
    return (
        f'<figure id="fig-{escape(chart.key, quote=True)}" class="chart">\n'
        f"<figcaption><h3>{escape(chart.title)}</h3><p>{escape(chart.subtitle)}</p></figcaption>\n"
        f'<div class="pane"><div class="drawing" role="img" aria-label="{name}" '
        f'style="height:{chart.height}px"></div></div>\n'
        f'<script type="application/json">{embedded(chart.option)}</script>\n'
        f'<p class="sources">{escape(chart.footer)}</p>\n'
        f"<details><summary>{say('table_of', chart.lang)} "
        f"({say('table_rows', chart.lang, n=f'{len(chart.table):,}')})</summary>\n"
        f"{frame_html(chart.table, chart.declared, chart.lang)}</details>\n</figure>\n"
    )


def page(body: str, *, title: str, lang: Lang, css: str = "report") -> str:
    """A whole document around a body; script, style and map are inside, nothing is fetched.

    Parameters
    ----------
    css : {"report", "sheet", "sheet net"}
        Classes of the body; each takes its own style after that of the report.
    """
    style = asset("report.css") + "".join(asset(f"{name}.css") for name in css.split() if name != "report")
    # only a page that draws a map carries one
    world = (
        f'<script type="application/json" id="world">{asset("world.json")}</script>\n' if MAP in body else ""
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # the browser itself then refuses any request, whatever a name in the data may hold
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n"
        '<link rel="icon" href="data:,">\n'
        f'<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body class="{css}">\n'
        f"<main>\n{body}</main>\n{world}<script>{asset('echarts.min.js')}</script>\n<script>\n{asset('draw.js')}</script>\n"
        "</body>\n</html>\n"
    )
