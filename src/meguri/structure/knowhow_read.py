"""A network from a folder of CSV files, a workbook, the records of one firm, or the packaged example."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv, read_workbook
from meguri.base.tables import Schema
from meguri.base.terms import find_key, fold, packaged, read_words
from meguri.observe.shop import Shop
from meguri.structure.knowhow import Network

USER = {"source": "user", "grade": "reported"}
THIS_FIRM = "this-firm"  # key of the firm whose records are read


def read_network(path: str | Path) -> Network:
    """Network from a folder with ``firms.csv, processes.csv, roles.csv`` (and, if known, ``people.csv`` and
    ``written.csv``) or from a workbook with sheets of these names.

    Names of sheets and files, and headings, may be the keys or the names in either language. A missing table
    is told by :meth:`meguri.structure.knowhow.Network.of`.

    Raises
    ------
    DataError
        Naming every file, sheet, cell and reference that is not as declared.

    Examples
    --------
    >>> with resources.as_file(packaged("sme", "network")) as folder:
    ...     len(read_network(folder).firms)
    7
    """  # noqa: D205
    path = Path(path)
    if path.is_dir():
        tables = _from_folder(path)
    elif path.suffix.lower() in (".xlsx", ".xlsm"):
        tables = _from_workbook(path)
    else:
        raise DataError(
            Problem("file_missing" if not path.exists() else "not_a_workbook", str(path), "", str(path))
        )
    return Network.of(tables, str(path))


def _from_folder(folder: Path) -> dict[str, pd.DataFrame]:
    found: list[Problem] = []
    tables: dict[str, pd.DataFrame] = {}
    for file in sorted(folder.glob("*.csv")):
        name = _table_named(file.stem)
        if name is None:
            continue
        try:
            if name in tables:
                raise DataError(Problem("knowhow_twice", file.name, name, str(folder)))
            tables[name] = _keyed(read_csv(file), name)
        except DataError as error:
            found += error.problems
    if found:
        raise DataError(found, str(folder))
    return tables


def _table_named(name: str) -> str | None:
    """Table meant by the name of a sheet or file in either language; others are left alone."""
    return find_key(name, "knowhow_sheets")


def _from_workbook(path: Path) -> dict[str, pd.DataFrame]:
    names = [name for row in read_words("knowhow_sheets") for name in _spellings(row)]
    tables: dict[str, pd.DataFrame] = {}
    for sheet, content in read_workbook(path, names).items():
        rows = [row for row in content.rows if any(str(cell).strip() for cell in row)]
        name = _table_named(sheet)
        if name is None or not rows:
            continue
        if name in tables:
            raise DataError(Problem("knowhow_twice", sheet, name, str(path)))
        head = [str(cell).strip() for cell in rows[0]]
        used = [place for place, cell in enumerate(head) if cell]
        cells = [[row[place] for place in used] for row in rows[1:]]
        frame = pd.DataFrame(cells, columns=range(len(used)), dtype=object)
        tables[name] = _keyed(frame.set_axis([head[place] for place in used], axis=1), name)
    return tables


def _spellings(row: dict[str, str]) -> list[str]:
    return [row["key"], row["en"], row["ja"], *row["aliases"].split("|")]


def _keyed(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The same table with headings in either language replaced by the keys of the columns."""
    known = {
        fold(shown): column.name
        for column in Schema.of(f"knowhow_{name}").columns
        for shown in (column.label("ja"), column.label("en"), column.label_ja, column.label_en, column.name)
    }
    renamed = [known.get(fold(str(heading)), str(heading)) for heading in frame.columns]
    twice = sorted({heading for heading in renamed if renamed.count(heading) > 1})
    if twice:
        raise DataError([Problem("column_twice", name, heading, "") for heading in twice])
    return frame.set_axis(renamed, axis=1)


@cache
def example_network() -> Network:
    """The packaged network of seven firms, grade assumed: no firm, process or age of it is real.

    Examples
    --------
    >>> example_network().processes["sector"].nunique()
    7
    """
    with resources.as_file(packaged("sme", "network")) as folder:
        return read_network(Path(folder))


def network_of_shop(shop: Shop, firm: str = THIS_FIRM) -> Network:
    """The network as one firm's records show it: its processes for its customers, and nobody else.

    Parameters
    ----------
    shop : Shop
        Records of the firm.
    firm : str
        Key under which it stands in the network.

    Returns
    -------
    Network
        Functions are those that left a trace in the records (:func:`traces`). No other firm is known, so
        every function counts as held alone: bring a network to know better.

    Raises
    ------
    DataError
        When no job names a process and a customer.

    Examples
    --------
    >>> jobs = pd.DataFrame({"job": ["1"], "process": ["HIP"], "customer": ["X"], "material": ["Ti"]})
    >>> network_of_shop(Shop.of({"jobs": jobs})).roles[["process", "function"]].to_numpy().tolist()
    [['HIP / X', 'conditions']]
    """
    jobs = shop.jobs[(shop.jobs["process"] != "") & (shop.jobs["customer"] != "")]
    if jobs.empty:
        raise DataError(Problem("knowhow_no_process", "shop_jobs"))
    served = jobs[["process", "customer"]].drop_duplicates()
    sector = {
        row.customer: find_key(row.industry, "sme_industries") or "other"
        for row in shop.customers.itertuples()
    }  # fmt: skip
    processes = pd.DataFrame({
        "process": served["process"] + " / " + served["customer"], "work": served["process"],
        "customer": served["customer"], **USER,
        "sector": [sector.get(one, "other") for one in served["customer"]],
    })  # fmt: skip
    traced = traces(shop)
    roles = [
        {"firm": firm, "process": row.process, "function": function, **USER}
        for row in processes.itertuples()
        for function in traced.get(row.work, [])
    ]
    people = shop.people[shop.people["process"] != ""].rename(columns={"process": "work"})
    return Network.of({
        "firms": pd.DataFrame({"firm": [firm], **USER}), "processes": processes,
        "roles": pd.DataFrame(roles, columns=["firm", "process", "function", *USER]),
        "people": people[["person", "work", "age_low", "age_high", "can_teach"]].assign(firm=firm, **USER),
    })  # fmt: skip


def traces(shop: Shop) -> dict[str, list[str]]:
    """Functions of table 2-2 that left a trace in the records, by process.

    A job of a process and a material means conditions were set; rework, that variation was met; a stop with a
    cause on an asset of the process, that trouble was handled; a retrofit or upgrade there, that
    improvements were made; parts with a record of care, that grades were adjusted (for all processes,
    since lives name no process).
    """
    jobs = shop.jobs[shop.jobs["process"] != ""]
    serves = pd.concat([
        jobs[["asset", "process"]], shop.assets.loc[shop.assets["process"] != "", ["asset", "process"]],
    ])  # fmt: skip
    serves = serves[serves["asset"] != ""].drop_duplicates()
    causes = shop.stops[shop.stops["cause"] != ""]
    better = shop.works[shop.works["kind"].isin(["retrofit", "upgrade"])]
    seen = {
        "conditions": set(jobs.loc[jobs["material"] != "", "process"]),
        "grade_tuning": set(jobs["process"]) if shop.lives["care"].fillna(False).any() else set(),
        "variation": set(jobs.loc[jobs["rework"].fillna(False).astype(bool), "process"]),
        "trouble": set(serves.loc[serves["asset"].isin(causes["asset"]), "process"]),
        "improvement": set(serves.loc[serves["asset"].isin(better["asset"]), "process"]),
    }
    return {
        process: [function for function, where in seen.items() if process in where]
        for process in dict.fromkeys(jobs["process"])
    }
