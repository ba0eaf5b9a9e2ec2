"""Bilateral trade in 74 raw-material codes, 1995-2024 (CEPII BACI, HS 1992), and what its absence means.

Values are thousand USD of the year, quantities gross tonnes (not contained metal). A quantity that BACI
does not know is NaN. A pair without a row is unknown, never zero; `reason_absent` says why.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterable
from contextlib import ExitStack
from functools import cache
from importlib.resources import as_file
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, find_key, label, packaged, read_words, suggest_key
from meguri.observe.imports import country_numbers

SOURCE = "baci-hs92"
FIRST_YEAR, LAST_YEAR = 1995, 2024
By = Literal["value", "quantity"]
_COLUMN: dict[str, tuple[str, str]] = {"value": ("value_kusd", "kUSD"), "quantity": ("quantity_t", "t")}


@cache
def _code_rows() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in read_words("hs92")}


@cache
def _held_codes() -> frozenset[str]:
    rows = _query("select distinct code from baci")
    return frozenset(f"{code:06d}" for code in rows["code"])


@cache
def _opened() -> duckdb.DuckDBPyConnection:
    """The packaged trade and the numbers of countries, opened once: that takes longer than most queries."""
    held = ExitStack()
    atexit.register(held.close)
    path = held.enter_context(as_file(packaged("snapshots", "baci.parquet")))
    connection = held.enter_context(duckdb.connect())
    connection.from_parquet(str(path)).create_view("baci")
    connection.from_df(country_numbers()).create("countries")
    return connection


def _query(sql: str) -> pd.DataFrame:
    with _opened().cursor() as mine:  # a connection is not shared among threads, its cursors are
        return mine.execute(sql).df()


def trade_codes(lang: Lang = "en") -> pd.DataFrame:
    """The packaged HS 1992 codes: name, material, and the HS revision that retired them (or empty).

    Examples
    --------
    >>> codes = trade_codes()
    >>> codes.loc[codes["code"] == "811230", ["name", "retired"]].values.tolist()
    [['Germanium and articles', '2007']]
    """
    rows = [(code, row[lang], row["material"], row["retired"]) for code, row in _code_rows().items()]
    table = pd.DataFrame(rows, columns=["code", "name", "material", "retired"])
    return table[table["code"].isin(_held_codes())].reset_index(drop=True)


def read_codes(codes: Iterable[Any] | str | int) -> list[str]:
    """HS codes as six-digit text, leading zeros kept.

    Raises
    ------
    DataError
        For anything that is not a six-digit code.

    Examples
    --------
    >>> read_codes([280530, "2846.10"])
    ['280530', '284610']
    """
    listed = [codes] if isinstance(codes, str | int | np.integer) else list(codes)
    found, wrong = [], []
    for given in listed:
        text = (
            f"{int(given):06d}"
            if isinstance(given, int | np.integer)
            else str(given).replace(".", "").strip()
        )
        if len(text) == 6 and text.isascii() and text.isdigit():
            found.append(text)
        else:
            wrong.append(Problem("hs_code", "codes", str(given)))
    if wrong:
        raise DataError(wrong)
    return list(dict.fromkeys(found))


def read_country(name: str, place: str = "country") -> str:
    """Key of a country given by code or by its name in either language.

    Raises
    ------
    DataError
        When nothing fits; the nearest name is suggested.

    Examples
    --------
    >>> read_country("台湾")
    'TW'
    """
    key = find_key(name, "countries")
    if key is None:
        near = suggest_key(name, "countries") or "CN, JP"
        raise DataError(Problem("term_countries", place, name, details={"near": near}))
    return key


def _years(years: Iterable[int] | int | None) -> list[int]:
    if years is None:
        return list(range(FIRST_YEAR, LAST_YEAR + 1))
    return [int(years)] if isinstance(years, int | np.integer) else [int(year) for year in years]


def trade(
    codes: Iterable[Any] | str | int | None = None,
    years: Iterable[int] | int | None = None,
    importer: str | None = None,
    exporter: str | None = None,
) -> pd.DataFrame:
    """Recorded flows, one row for each year, code, exporter and importer.

    Parameters
    ----------
    codes, years : optional
        One or several HS codes and years; all when left out.
    importer, exporter : str, optional
        Country by key or name.

    Returns
    -------
    DataFrame
        year, code (text), exporter, importer (country keys), value_kusd [kUSD],
        quantity_t [t gross weight, NaN where unknown], source, grade.

    Raises
    ------
    DataError
        For a code or country that cannot be read.

    Examples
    --------
    >>> rows = trade("284690", 2010, importer="Japan", exporter="CN")
    >>> rows[["year", "code", "exporter", "importer"]].values.tolist()
    [[2010, '284690', 'CN', 'JP']]
    """
    wanted = ["true"]
    if codes is not None:
        wanted.append(f"code in ({', '.join(str(int(code)) for code in read_codes(codes)) or 'null'})")
    if years is not None:
        wanted.append(f"year in ({', '.join(str(int(year)) for year in _years(years)) or 'null'})")
    for side, name in (("importer", importer), ("exporter", exporter)):
        if name is not None:
            key = read_country(name, side)
            wanted.append(f"{side} in (select number from countries where country = '{key}')")
    table = _query(
        f"""
        select year::bigint as year, lpad(code::varchar, 6, '0') as code, e.country as exporter,
               i.country as importer, value_kusd, quantity_t
        from (select * from baci where {" and ".join(wanted)}) as flows
        join countries as e on exporter = e.number join countries as i on importer = i.number
        order by code, year, i.country, e.country"""
    )
    return table.assign(source=SOURCE, grade="reported")


def reason_absent(code: Any, year: int) -> str:
    """Why no trade is shown for a code in a year: a key of the word list ``reasons``.

    A code that an HS revision retired is unknown from that year on, although late reporters leave a few
    rows behind (germanium 811230: 81 MUSD in 2006, 0.7 MUSD in 2010 while the world traded on).

    Examples
    --------
    >>> reason_absent(811230, 2010), reason_absent(811230, 2006), reason_absent(850511, 2024)
    ('retired', 'no_row', 'not_packaged')
    """
    key = read_codes([code])[0]
    if key not in _held_codes():
        return "not_packaged"
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return "outside_period"
    retired = _code_rows()[key]["retired"]
    return "retired" if retired and year >= int(retired) else "no_row"


def explain_absent(code: Any, year: int, lang: Lang = "en") -> str:
    """The same as a sentence.

    Examples
    --------
    >>> explain_absent(283030, 2010)[:49]
    'the code was retired by a revision of HS (2007); '
    """
    key = read_codes([code])[0]
    retired = _code_rows().get(key, {}).get("retired", "")
    return label(reason_absent(code, year), lang, "reasons", year=retired)


def import_shares(
    codes: Iterable[Any] | str | int,
    importer: str,
    years: Iterable[int] | int | None = None,
    by: By = "value",
) -> pd.DataFrame:
    """Origins of a country's imports: amount and share, for each code apart and for all together.

    Parameters
    ----------
    codes : one or several HS codes
        Several are also summed; the sum's code reads "280530|284610|284690".
    importer : str
        Country by key or name.
    years : optional
        One or several; all when left out.
    by : {"value", "quantity"}
        Basis of the share. By quantity, rows without a quantity leave both sides of the fraction;
        ``known`` is the share of value whose quantity is known (1 by value).

    Returns
    -------
    DataFrame
        year, code, importer, exporter, amount, unit, share [1], known [1], basis, reason, source, grade.
        A year and code without usable trade stays as one row with exporter XX, NaN and its reason.

    Raises
    ------
    DataError
        For a code, country or basis that cannot be read.

    Examples
    --------
    >>> codes = [280530, 284610, 284690]
    >>> for by in ("value", "quantity"):
    ...     shares = import_shares(codes, "JP", 2010, by=by)
    ...     both = shares[(shares["code"] == "280530|284610|284690") & (shares["exporter"] == "CN")]
    ...     print(by, round(float(both["share"].iloc[0]), 3))
    value 0.796
    quantity 0.785
    """
    if by not in _COLUMN:
        raise DataError(
            Problem("choice", "by", str(by), details={"choices": "value, quantity", "near": "value"})
        )
    listed, key, wanted = read_codes(codes), read_country(importer, "importer"), _years(years)
    flows = trade(listed, wanted, importer=key)
    flows = flows[~_after_retirement(flows)]
    parts = [flows]
    if len(listed) > 1:
        parts.append(flows.assign(code="|".join(listed)))
    table = _shares(pd.concat(parts), by)
    table = pd.concat([table, _absent(table, listed, wanted)], ignore_index=True)
    table = table.assign(importer=key, unit=_COLUMN[by][1], basis=by, source=SOURCE, grade="derived")
    columns = ["year", "code", "importer", "exporter", "amount", "unit", "share", "known", "basis", "reason"]
    table = table.sort_values(["code", "year", "share"], ascending=[True, True, False], kind="stable")
    return table[[*columns, "source", "grade"]].reset_index(drop=True)


def _after_retirement(flows: pd.DataFrame) -> pd.Series[bool]:
    last = {code: int(row["retired"] or LAST_YEAR + 1) for code, row in _code_rows().items()}
    return flows["year"] >= flows["code"].map(last).astype("float64")


def _shares(flows: pd.DataFrame, by: By) -> pd.DataFrame:
    keys, column = ["year", "code"], _COLUMN[by][0]
    usable = flows[flows[column].notna()]
    amounts = usable.groupby([*keys, "exporter"], as_index=False).agg(amount=(column, "sum"))
    value = flows.groupby(keys, as_index=False).agg(value=("value_kusd", "sum"))
    known = usable.groupby(keys, as_index=False).agg(known=("value_kusd", "sum"))
    totals = amounts.groupby(keys, as_index=False).agg(total=("amount", "sum"))
    table = amounts.merge(totals, on=keys).merge(known, on=keys).merge(value, on=keys)
    share, known_share = table["amount"] / table["total"], table["known"] / table["value"]
    table = table.assign(share=share, known=known_share, reason="")
    return table[["year", "code", "exporter", "amount", "share", "known", "reason"]]


def _absent(table: pd.DataFrame, codes: list[str], years: list[int]) -> pd.DataFrame:
    """One row with its reason for every code and year that has no share."""
    present = set(zip(table["year"], table["code"], strict=True))
    rows = []
    for code in codes:
        for year in years:
            if (year, code) not in present:
                reason = reason_absent(code, year)
                rows.append((year, code, "XX", float("nan"), float("nan"), float("nan"), reason))
    columns = ["year", "code", "exporter", "amount", "share", "known", "reason"]
    return pd.DataFrame(rows, columns=columns).astype({"year": "int64"}) if rows else table.iloc[:0]
