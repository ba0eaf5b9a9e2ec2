"""From the cells of a trade file to codes, economies, years and amounts, with every doubt named."""

from __future__ import annotations

import re
from functools import cache
from typing import TypeAlias

import numpy as np
import pandas as pd

from meguri.base.errors import Problem
from meguri.base.terms import find_key, fold, suggest_key
from meguri.observe.hs import EDITIONS, codes_of
from meguri.observe.imports import country_numbers
from meguri.observe.packaged import facts
from meguri.observe.tradeforms import Form

FIRST_YEAR, LAST_YEAR = 1962, 2100
LISTED = 20  # different bad cells of one kind that are listed
ALL_GOODS = frozenset({"TOTAL", "AG2", "AG4", "AG6", "ALL"})
UNKNOWN = "XX"
_UNKNOWN = {"", "na", "nan", "n/a", "null", "none", ".."}

Cells: TypeAlias = "pd.Series[str]"


class Reader:
    """Reads the columns of one file and collects its problems."""

    def __init__(self, form: Form, held: dict[str, str], table: pd.DataFrame, file: str) -> None:
        self.form, self.held, self.table, self.file = form, held, table, file
        self.problems: list[Problem] = []

    def cells(self, name: str) -> Cells:
        """Texts of a field; empty where the file has no such column."""
        if name not in self.held:
            return pd.Series("", index=self.table.index, dtype=object)
        return self.table[self.held[name]]

    def refuse(self, key: str, name: str, cells: Cells, bad: pd.Series[bool], **details: str) -> None:
        """One problem for each different bad cell: the line where it first stands, and how often."""
        wrong = cells[bad]
        counts = wrong.value_counts(sort=False)
        for text in list(dict.fromkeys(wrong))[:LISTED]:
            line = wrong.index[wrong == text][0]
            more = {"n": str(counts[text]), **details}
            self.problems.append(Problem(key, self.place(line, name), str(text)[:80], self.file, more))

    def place(self, line: object, name: str) -> str:
        """How a cell is named: file, line, heading."""
        return f"{self.file}:{line}, {self.held.get(name, name)}"


def amounts(reader: Reader, name: str, unit: float, blank: str) -> pd.Series[float]:
    """Amounts of a field in the canonical unit; ``blank`` is "refused" or "unknown"."""
    texts = reader.cells(name)
    plain = texts.str.replace(r"(?<=[0-9]),(?=[0-9]{3}(?:[,.]|$))", "", regex=True)
    missing = texts.str.casefold().isin(_UNKNOWN) | (texts == "-")
    numbers = pd.to_numeric(plain.where(~missing), errors="coerce").astype("float64")
    bad = ~np.isfinite(numbers) & (True if blank == "refused" else ~missing)
    reader.refuse("trade_number", name, texts, bad)
    reader.refuse("trade_negative", name, texts, numbers < 0)
    return numbers * unit


def years(reader: Reader) -> pd.Series[int]:
    """Calendar years; of a period such as 201907 the year."""
    texts = reader.cells("year" if "year" in reader.held else "period")
    found = texts.str.extract(r"^([0-9]{4})(?:\.0|[-/.]?(?:0[1-9]|1[0-2]))?$")[0]
    numbers = pd.to_numeric(found, errors="coerce")
    bad = ~numbers.between(FIRST_YEAR, LAST_YEAR)
    reader.refuse("trade_year", reader_field(reader), texts, bad, low=str(FIRST_YEAR), high=str(LAST_YEAR))
    return numbers.fillna(0).astype(int)


def reader_field(reader: Reader) -> str:
    """The field that years were read from."""
    return "year" if "year" in reader.held else "period"


def flows(reader: Reader) -> Cells:
    """export or import; empty for re-exports and the like, which are parts of these."""
    if "flow" in reader.form.fixed:
        return pd.Series(reader.form.fixed["flow"], index=reader.table.index, dtype=object)
    texts = reader.cells("flow")
    keys = {text: reader.form.flows.get(fold(text)) for text in texts.unique()}
    found = texts.map(keys)
    reader.refuse("trade_flow", "flow", texts, found.isna())
    return found.fillna("")


def codes(reader: Reader) -> tuple[Cells, list[str]]:
    """Codes as text, and those whose lost leading zero was put back."""
    texts = reader.cells("code").str.strip("'\"").str.replace(r"(?<=[0-9])\.(?=[0-9]{2})", "", regex=True)
    texts = texts.str.removesuffix(".0").str.upper()
    read, repaired, bad = {}, [], set()
    for text in texts.unique():
        code = _code(text, reader.form)
        if code is None:
            bad.add(text)
        elif code != text:
            repaired.append(code)
        read[text] = code or ""
    widths = ", ".join(str(width) for width in sorted(reader.form.widths))
    reader.refuse("trade_code", "code", texts, texts.isin(bad), widths=widths)
    return texts.map(read), repaired


def _code(text: str, form: Form) -> str | None:
    """The code meant by a text, or None."""
    if text in ALL_GOODS:
        return text
    if re.fullmatch(r"[0-9]{2}[0-9A-Z]+", text) and re.search(r"[A-Z]", text):
        return text if len(text) in form.widths else None  # suppressed: 9999AA, 84SSSS
    if not re.fullmatch(r"[0-9]+", text):
        return None
    if len(text) in form.widths:
        return text
    padded = "0" + text
    return padded if len(padded) in form.widths and _exists(padded) else None


@cache
def _known(width: int) -> frozenset[str]:
    known = frozenset().union(*(codes_of(edition) for edition in EDITIONS))
    return frozenset(code[:2] for code in known) if width == 2 else known


def _exists(code: str) -> bool:
    return code[: min(len(code), 6)] in _known(min(len(code), 6))


@cache
def _places(scheme: str) -> dict[str, str]:
    table = facts("trade_places")
    rows = table[table["scheme"] == scheme]
    return dict(zip(rows["name"].map(fold), rows["country"], strict=True))


@cache
def _numbers() -> dict[int, str]:
    table = country_numbers()
    return dict(zip(table["number"], table["country"], strict=True))


def place_key(text: str, scheme: str) -> str | None:
    """Key of an economy by number, ISO code or name, in the way a scheme writes it.

    Examples
    --------
    >>> place_key("105", "japan"), place_key("156", "un"), place_key("W00", "un")
    ('CN', 'CN', 'WLD')
    >>> place_key("999", "un") is None
    True
    """
    special = _places(scheme).get(fold(text))
    if special is not None:
        return special
    if text.isascii() and text.isdigit():
        return None if scheme == "japan" else _numbers().get(int(text))
    key = find_key(text, "countries")
    if key is None and fold(text).endswith(", nes"):
        return UNKNOWN  # Comtrade's areas not elsewhere specified
    return key


def economies(reader: Reader, side: str) -> Cells:
    """Keys of reporters or partners: by ISO code, else by number, else by name."""
    if side in reader.form.fixed:
        return pd.Series(reader.form.fixed[side], index=reader.table.index, dtype=object)
    fields = [name for name in (f"{side}_iso", f"{side}_number", side) if name in reader.held]
    if not fields:
        return pd.Series("WLD" if side == "partner" else "", index=reader.table.index, dtype=object)
    told = pd.Series("", index=reader.table.index, dtype=object)
    for name in fields:
        told = told + "\t" + reader.cells(name)
    scheme = reader.form.places
    keys: dict[str, str | None] = {text: _first(text.split("\t"), scheme) for text in told.unique()}
    found = told.map(keys)
    named = told.map({text: next(filter(None, text.split("\t")), "") for text in keys})
    for text in list(dict.fromkeys(named[found.isna()]))[:LISTED]:
        near = suggest_key(text, "countries") or "CN, JP"
        reader.refuse("trade_country", fields[0], named, (named == text) & found.isna(), near=near)
    return found.fillna("")


def _first(texts: list[str], scheme: str) -> str | None:
    given = [text for text in texts if text and text.casefold() != "nan"]
    if not given:
        return ""
    return next((key for text in given if (key := place_key(text, scheme)) is not None), None)


EDITION_OF = {f"h{n}": e for n, e in enumerate(EDITIONS)} | {e.casefold(): e for e in EDITIONS}
EDITION_OF |= {f"hs{e[4:]}": e for e in EDITIONS} | {"hs1988/92": "HS1992"}


def named_editions(reader: Reader) -> Cells:
    """Edition that each line says it is in; empty where it only says HS, or nothing."""
    texts = reader.cells("classification")
    keys = {text: EDITION_OF.get(fold(text), "") for text in texts.unique()}
    other = texts.map(keys).eq("") & ~texts.map(fold).isin({"", "hs", "ss"})
    reader.refuse("trade_classification", "classification", texts, other)
    return texts.map(keys)
