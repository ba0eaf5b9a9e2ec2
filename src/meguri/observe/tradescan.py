"""BACI-shaped files of any size: streamed through DuckDB, never loaded.

A year of BACI has about eleven million rows, all years a few hundred million. The file is read column by
column, the numbers of countries and the classes of codes are joined to it, and only sums come back.
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.note import note
from meguri.observe.hs import find_edition
from meguri.observe.imports import country_numbers
from meguri.observe.packaged import facts
from meguri.observe.tradecells import FIRST_YEAR, LAST_YEAR, LISTED
from meguri.observe.tradelines import NOTES, WORLD
from meguri.observe.tradeopen import choose_member
from meguri.observe.traderead import baci_name

COLUMNS = ("t", "i", "j", "k", "v", "q")
KEYS = ("code", "year", "reporter", "partner")
MEMORY, THREADS = "1500MB", 2
_NUMBER = {"code": "k", "year": "t", "reporter": "i", "partner": "j"}  # columns of BACI
_NAME = {"code": "c.code as code", "year": "t as year", "reporter": "r.country as reporter",
         "partner": "p.country as partner"}  # fmt: skip
_JOIN = {"code": "join codes as c using (k)", "reporter": "join numbers as r on r.number = i",
         "partner": "join numbers as p on p.number = j"}  # fmt: skip
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class TradeScan:
    """A large trade file that is open but not read.

    Attributes
    ----------
    lines : duckdb relation
        code, vintage, year, flow, reporter, partner, value [USD], currency, weight [kg], basis: columns
        of ``trade_lines``, one row for each row of the file, made when they are asked for.
    source, vintage, notes
        As of ``TradeLines``.
    rows : int
        Rows of the file.
    """

    lines: duckdb.DuckDBPyRelation
    source: str
    vintage: str
    rows: int
    connection: Connection = field(repr=False)
    notes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=NOTES))
    _held: ExitStack = field(default_factory=ExitStack, repr=False)

    def sums(self, by: Sequence[str] = KEYS) -> pd.DataFrame:
        """Value [USD] and weight [kg, of the rows that have one] by some of code, year, reporter, partner.

        All four together are as many rows as the file has: leave out what is not wanted.

        Raises
        ------
        DataError
            For a name that is none of the four.
        """
        return self._summed(by, "sum(v) * 1000 as value, sum(q) * 1000 as weight", "baci", ())

    def classed(self, mapping: pd.DataFrame, by: Sequence[str] = ("year", "reporter")) -> pd.DataFrame:
        """Value by class, each code shared out among its classes.

        Parameters
        ----------
        mapping : DataFrame
            code (as in the lines), class, weight: the weights of a code sum to 1.
        by : names among year, reporter, partner
            Kept beside the class.

        Returns
        -------
        DataFrame
            The names of ``by``, class, value [USD]. Codes without a class stand as class "".

        Raises
        ------
        DataError
            For a name that is none of the four.
        """
        kept = self.connection.execute("select k, code from codes").df()
        table = kept.merge(mapping[["code", "class", "weight"]], on="code", how="left")
        table = table.assign(good_class=table["class"].fillna(""), share=table["weight"].fillna(1.0))
        self.connection.register("mapping_given", table[["k", "good_class", "share"]])
        columns = "k::integer as k, good_class::varchar as class, share::double as share"
        self.connection.execute(f"create or replace table mapping as select {columns} from mapping_given")
        return self._summed(
            by, "sum(v * share) * 1000 as value", "baci join mapping on baci.k = mapping.k", ("class",)
        )

    def _summed(self, by: Sequence[str], what: str, source: str, more: tuple[str, ...]) -> pd.DataFrame:
        """Sums by numbers first, as they stand in the file; names join the few rows that come back."""
        wrong = [name for name in by if name not in KEYS]
        if wrong or not by:
            details = {"choices": ", ".join(KEYS), "near": "year"}
            raise DataError([Problem("choice", "by", name, "", details) for name in wrong or [""]])
        numbers = ", ".join([*(f"baci.{_NUMBER[name]}" for name in by), *more])
        joins = " ".join(_JOIN[name] for name in by if name in _JOIN)
        names = ", ".join([*(_NAME[name] for name in by), *more])
        keys = ", ".join(str(place) for place in range(1, len(by) + len(more) + 1))
        amounts = [part.split(" as ")[1] for part in what.split(", ")]
        total = ", ".join(f"sum({name}) as {name}" for name in amounts)
        return self.connection.execute(f"""
            with few as (select {numbers}, {what} from {source} group by all)
            select {names}, {total} from few {joins} group by {keys} order by {keys}""").df()

    def of(self, reporter: Sequence[str] = (), partner: Sequence[str] = ()) -> pd.DataFrame:
        """The lines of some exporters and importers, by key, loaded: columns of ``trade_lines``."""
        wanted = self.lines
        for column, keys in (("reporter", reporter), ("partner", partner)):
            if keys:
                wanted = wanted.filter(f"{column} in ({', '.join(map(_quoted, keys))})")
        return wanted.df()

    def close(self) -> None:
        """Give memory and temporary files back."""
        self._held.close()

    def __enter__(self) -> TradeScan:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def scan_trade(
    path: Path | str,
    year: int | None = None,
    memory: str = MEMORY,
    threads: int = THREADS,
    scratch: Path | None = None,
) -> TradeScan:
    """Open a BACI file (Parquet, CSV, or zip with one or several) of any size, without loading it.

    Parameters
    ----------
    path : Path or str
        A file, or several Parquet files by a pattern such as ``baci/*.parquet``.
    year : int, optional
        Chooses the table of a zip; of other files, keeps this year only.
    memory, threads : optional
        Limits for DuckDB.
    scratch : Path, optional
        Folder for what does not fit into memory and for the table of a zip; a temporary one when left
        out. Give it back with ``close()``, or use the scan in a ``with`` block.

    Raises
    ------
    DataError
        When the file is not there or not BACI-shaped, or holds countries, years, codes or values that
        cannot be: each named with its number of rows.
    """
    file = Path(path)
    held = ExitStack()
    home = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="meguri-scan-", dir=scratch)))
    connection = held.enter_context(duckdb.connect(config={"threads": threads, "memory_limit": memory}))
    connection.execute("set preserve_insertion_order = false")
    connection.execute("set enable_progress_bar = false")  # it would stand among the answer
    connection.execute(f"set temp_directory = {_quoted(str(home))}")
    try:
        source, name = _source(file, year, home)
        _create(connection, source, name, year)
        return _opened(connection, held, name)
    except duckdb.Error as error:
        held.close()
        raise DataError(Problem("trade_unreadable", file.name, _first_line(error), file.name)) from None
    except BaseException:
        held.close()
        raise


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:80]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _source(file: Path, year: int | None, home: Path) -> tuple[str, str]:
    """The table function that reads the file, and the name that may say edition and year."""
    if "*" not in file.name and not file.is_file():
        raise DataError(Problem("file_missing_plain", str(file), "", str(file)))
    if file.suffix == ".parquet":
        return f"read_parquet({_quoted(str(file))})", file.name
    name = file.name
    if file.suffix == ".zip":
        file = _unpacked(file, year, home)
        name = file.name
    options = "header = true, all_varchar = true, delim = ',', quote = '\"', null_padding = false"
    return f"read_csv({_quoted(str(file))}, {options})", name


def _unpacked(file: Path, year: int | None, home: Path) -> Path:
    try:
        with zipfile.ZipFile(file) as packed:
            member = choose_member(packed.namelist(), file.name, year)
            target = home / Path(member).name
            with packed.open(member) as stream, target.open("wb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
            return target
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        raise DataError(Problem("trade_zip", file.name, "", file.name)) from None


def _create(connection: Connection, source: str, name: str, year: int | None) -> None:
    """Views of the file with numbers as numbers; what is no number is NULL and counted later."""
    held = connection.execute(f"select * from {source} limit 0").df()
    missing = [column for column in COLUMNS[:5] if column not in held.columns]
    if missing:
        details = {"columns": ", ".join(missing), "form": "baci"}
        raise DataError(Problem("trade_column", name, "", name, details))
    kinds = {n: "double" if n in "vq" else "integer" for n in COLUMNS if n in held.columns}
    columns = [f"{_read_as(held[n], n, kind)} as {n}" for n, kind in kinds.items()]
    columns += [] if "q" in kinds else ["null::double as q"]
    where = f" where t = {int(year)}" if year is not None else ""
    connection.execute(
        f"create view baci as select * from (select {', '.join(columns)} from {source}){where}"
    )


def _read_as(column: pd.Series[Any], name: str, kind: str) -> str:
    """A number as it stands, a text as the number it writes, or NULL."""
    plain = pd.api.types.is_numeric_dtype(column)
    return f"{name}::{kind}" if plain else f"try_cast(trim({name}::varchar) as {kind})"


def _numbers() -> pd.DataFrame:
    """Country numbers and their keys, those of UN Comtrade outside the list included."""
    extra = facts("trade_places")
    extra = extra[(extra["scheme"] == "un") & extra["name"].str.fullmatch("[0-9]+")]
    more = pd.DataFrame({"number": extra["name"].astype(int), "country": extra["country"]})
    return pd.concat([country_numbers(), more]).drop_duplicates("number")


def _opened(connection: Connection, held: ExitStack, name: str) -> TradeScan:
    connection.register("numbers_given", _numbers())
    connection.execute("create table numbers as select number::integer as number, country from numbers_given")
    connection.execute("""create table codes as
        select k, lpad(k::varchar, 6, '0') as code from baci where k is not null group by k""")
    rows, year = _survey(connection, name)
    vintage, notes = _edition(connection, name, year)
    lines = connection.sql(f"""
        select c.code as code, '{vintage}' as vintage, t as year, 'export' as flow, r.country as reporter,
               p.country as partner, v * 1000 as value, 'USD' as currency, q * 1000 as weight, 'fob' as basis
        from baci join codes as c on baci.k = c.k join numbers as r on i = r.number
        join numbers as p on j = p.number""")
    table = pd.DataFrame(notes, columns=NOTES)
    return TradeScan(lines, "user", vintage, rows, connection, table, held)


def _survey(connection: Connection, name: str) -> tuple[int, int]:
    """Two passes over the file: its rows and last year, or one error with all that cannot be."""
    counts = connection.execute(f"""
        select count(*) as rows, max(t) as year,
            count(*) filter (v is null or not isfinite(v)) as no_value, count(*) filter (v < 0) as negative,
            count(*) filter (t is null or t not between {FIRST_YEAR} and {LAST_YEAR}) as no_year,
            count(*) filter (k is null or k not between 10100 and 999999) as no_code
        from baci""").df().iloc[0]  # fmt: skip
    rows = int(counts["rows"])
    if rows == 0:
        raise DataError(Problem("rows_none_trade", name, "", name))
    years = {"low": str(FIRST_YEAR), "high": str(LAST_YEAR)}
    found = [
        Problem(key, f"{name}, {column}", "", name, {"n": f"{int(counts[count]):,}", **more})
        for key, column, count, more in (
            ("trade_number", "v", "no_value", {}), ("trade_negative", "v", "negative", {}),
            ("trade_year", "t", "no_year", years), ("trade_code", "k", "no_code", {"widths": "6"}),
        )
        if counts[count] > 0
    ]  # fmt: skip
    found += [problem for column in "ij" for problem in _strangers(connection, column, name)]
    found += _of_other_year(connection, name)
    if found:
        raise DataError(found, name)
    return rows, int(counts["year"])


def _strangers(connection: Connection, column: str, name: str) -> list[Problem]:
    """Country numbers that nobody knows, and the world among countries."""
    table = connection.execute(f"""
        select {column} as number, n, country from (select {column}, count(*) as n from baci group by all)
        left join numbers on {column} = number order by 1 limit 2000""").df()
    unknown = table[table["country"].isna()].head(LISTED)
    found = [
        Problem(
            "trade_country", f"{name}, {column}", "" if pd.isna(row["number"]) else str(int(row["number"])),
            name, {"n": f"{int(row['n']):,}", "near": "156, 392"},
        )
        for _, row in unknown.iterrows()
    ]  # fmt: skip
    world = table[table["country"] == WORLD]
    if len(world) and len(table) > len(world):
        details = {"n": f"{int(world['n'].sum()):,}", "value": "?"}
        found.append(Problem("trade_world_twice", f"{name}, {column}", WORLD, name, details))
    return found


def _of_other_year(connection: Connection, name: str) -> list[Problem]:
    said = baci_name(name)
    if said is None or said[1] is None:
        return []
    other = connection.execute("select t from baci where t <> ? limit 1", [said[1]]).fetchone()
    if other is None:
        return []
    return [Problem("trade_year_name", f"{name}, t", str(other[0]), name, {"year": str(said[1])})]


def _edition(connection: Connection, name: str, year: int) -> tuple[str, list[dict[str, str]]]:
    """Edition by the file's name, else by its codes."""
    said = baci_name(name)
    if said is not None:
        return said[0], [note("edition_named", "info", "trade_edition_named", edition=said[0])]
    result = find_edition(connection.execute("select code from codes").df()["code"].astype(object), year)
    strange = ", ".join(result.strange[:3]) or "—"
    if result.sure == "mixed":
        raise DataError(Problem("trade_mixed", name, f"{result.edition}, {strange}", name))
    if result.sure == "none":
        raise DataError(Problem("trade_code", f"{name}, k", strange, name, {"n": "?", "widths": "6"}))
    known = int(result.known["known"].max())
    text = f"trade_edition_{result.sure}"
    fill: dict[str, Any] = {"edition": result.edition, "year": year, "known": known, "strange": strange}
    return result.edition, [note("edition", "info", text, **fill)]
