"""One tidy table for any trade file: what was traded, between whom, in which year and edition of HS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from meguri.base.tables import Schema

SCHEMA = "trade_lines"
NOTES = ["key", "level", "text_en", "text_ja", "source"]
WORLD = "WLD"


@dataclass(frozen=True)
class TradeLines:
    """Checked trade lines with where they come from and what a reader should know about them.

    Attributes
    ----------
    table : DataFrame
        Columns of ``trade_lines``; one row for each code, edition, year, flow, reporter and partner.
    source : str
        Key of ``sources.csv``, or ``user``.
    vintage : str
        Edition of HS ("HS2017"); several of different years joined by ``|``; empty = none or unknown.
    notes : DataFrame
        What was repaired, left out or is doubtful: key, level, text_en, text_ja, source.
    """

    table: pd.DataFrame
    source: str
    vintage: str
    notes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=NOTES))


def trade_lines(
    table: pd.DataFrame, source: str, notes: Iterable[dict[str, str]] = (), file: str = ""
) -> TradeLines:
    """Check a table of declared columns and put it beside its source and notes.

    Parameters
    ----------
    table : DataFrame
        Columns of ``trade_lines``; optional ones may be left out.
    source : str
        Key of ``sources.csv``, or ``user``.
    notes : rows, optional
        As ``base.note.note`` makes them.
    file : str, optional
        Named in problems.

    Raises
    ------
    DataError
        For every cell that is not as declared and every line that stands twice.

    Examples
    --------
    >>> row = {"code": "848620", "vintage": "HS2017", "year": 2018, "flow": "import", "reporter": "KR"}
    >>> row |= {"partner": "JP", "value": 3.84e9, "currency": "USD"}
    >>> lines = trade_lines(pd.DataFrame([row]), "user")
    >>> lines.vintage, lines.table["basis"].tolist()
    ('HS2017', [''])
    """
    checked = Schema.of(SCHEMA).check(table, file)
    editions = sorted(set(checked["vintage"]) - {""})
    return TradeLines(checked, source, "|".join(editions), pd.DataFrame(list(notes), columns=NOTES))


def is_unspecified(codes: pd.Series[str]) -> pd.Series[bool]:
    """Codes that name no good: chapters 98 and 99, all noughts, and those with letters (suppressed).

    Statistical offices hide confidential trade behind letters (``84SSSS``) and put what they cannot
    assign under 9999 or 999999; Comtrade writes 9999AA. A customs class in words is no such code.

    Examples
    --------
    >>> is_unspecified(pd.Series(["848620", "999999", "9999AA", "84SSSS", "980100", "9705", "Coal"])).tolist()
    [False, True, True, True, True, False, False]
    """
    coded = codes.str.fullmatch(r"[0-9]{2}[0-9A-Z]*")
    hidden = codes.str.contains(r"[A-Z]") | codes.str[:2].isin(["98", "99"]) | codes.str.startswith("00")
    return coded & hidden
