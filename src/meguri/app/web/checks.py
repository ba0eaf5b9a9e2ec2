"""What a file of the reader's says, and which of its cells could not be read: asked of a worker.

Every kind is read by the reader that the pages use, so that what is said here holds there. A file that is no
such file at all, or would take too much room, is refused with an error; a file with cells to mend is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from meguri.app.web import door
from meguri.app.web.desk import KINDS
from meguri.app.web.found import Found, Words
from meguri.app.web.worker import Told
from meguri.base.errors import DataError, MeguriError, Problem
from meguri.base.sheets import survey
from meguri.base.terms import LANGS, fold
from meguri.scenario.read import gallery, read_yaml

LISTED = 200  # messages given out; more are counted
MOST_CELLS = 2_000_000  # of all sheets of a workbook
MOST_TRADE = 20_000_000  # cells of a packed trade file
FORMS = {
    "chain": (".xlsx",),
    "scenario": (".yaml", ".yml"),
    "shop": (".xlsx", ".csv", ".tsv", ".txt"),
    "items": (".xlsx", ".csv", ".tsv", ".txt"),
    "measures": (".xlsx",),
    "cards": (".yaml", ".yml"),
    "claim": (".yaml", ".yml"),
    "trade": (".csv", ".csv.gz", ".zip", ".parquet"),
}


def check_task(args: Mapping[str, Any], told: Told) -> dict[str, Any]:
    """A check as a worker is asked for it: ``{"path": …, "kind": …}``; errors as :func:`check`."""
    told(0, 1)
    with door.bounded():
        return check(Path(args["path"]), args.get("kind", ""))


def check(path: Path, kind: str = "") -> dict[str, Any]:
    """What a file says.

    Parameters
    ----------
    path : Path
        The file, under the name the reader gave it.
    kind : str
        One of ``desk.KINDS``; "" finds out by the content.

    Returns
    -------
    dict
        JSON: kind, usable, facts, columns, messages, more (messages not listed), unknowns, offers (words
        that the columns of messages take).

    Raises
    ------
    DataError
        When the file is refused: it is broken, too large, or of no kind we know.
    """
    try:
        door.inspect(path)
        _open(path)
        chosen = kind or detect(path)
        _fits(path, chosen)
        found = _read(path, chosen)
    except MeguriError as error:
        raise DataError([_without_folder(one, path) for one in error.problems], path.name) from None
    messages = [_offered(_plain(one, path), found) for one in found.messages]
    unknowns = [_offered(one, found) for one in found.unknowns]
    return {
        "kind": chosen,
        "usable": not any(one["severity"] == "error" for one in messages),
        "facts": [_fact(*pair) for pair in found.facts],
        "columns": found.columns,
        "messages": messages[:LISTED],
        "more": max(0, len(messages) - LISTED),
        "unknowns": unknowns,
        "offers": _offers(found, (*messages[:LISTED], *unknowns)),
    }


def _offered(row: Mapping[str, Any], found: Found) -> dict[str, Any]:
    """A message with the column whose words its cell takes; "" where it takes any."""
    column = (row["sheet"], row["cell"].rstrip("0123456789"))
    return {**row, "offer": "!".join(column) if column in found.offers else ""}


def _offers(found: Found, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Words of the columns that some message is about."""
    wanted = {row["offer"] for row in rows}
    return [
        {"column": "!".join(column), **{f"choices_{lang}": names[lang] for lang in LANGS}}
        for column, names in found.offers.items()
        if "!".join(column) in wanted
    ]


def _fact(what: Words, value: Words) -> dict[str, str]:
    told = {f"label_{lang}": what[lang] for lang in LANGS}
    return told | {f"value_{lang}": value[lang] for lang in LANGS}


def _read(path: Path, kind: str) -> Found:
    """What the reader of a kind says; its problems are messages and not the end."""
    from meguri.app.web import understood  # heavy: only a worker reads

    found = Found()
    reader: Callable[[Path, Found], None] = getattr(understood, f"read_{kind}")
    try:
        reader(path, found)
    except MeguriError as error:
        found.problems(error.problems)
    return found


def _open(path: Path) -> None:
    """Refuse what could not be laid out: too many cells, whatever the file says of itself."""
    suffix = door.suffix_of(path.name)
    if suffix == ".xlsx":
        extents = survey(path.read_bytes(), path.name)
        cells = sum(one.height * one.width for one in extents.values())
        if cells > MOST_CELLS:
            raise DataError(
                Problem("web_many_cells", path.name, f"{cells:,}", path.name, {"most": f"{MOST_CELLS:,}"})
            )
    elif suffix == ".parquet":
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            about = pq.read_metadata(path)
        except (pa.ArrowInvalid, OSError) as error:
            raise DataError(
                Problem("web_broken_archive", path.name, type(error).__name__, path.name)
            ) from None
        cells = about.num_rows * about.num_columns
        if cells > MOST_TRADE:
            raise DataError(
                Problem("web_many_cells", path.name, f"{cells:,}", path.name, {"most": f"{MOST_TRADE:,}"})
            )


def _fits(path: Path, kind: str) -> None:
    """Refuse a kind that is none, or that does not come in such files."""
    if kind not in KINDS:
        details = {"choices": ", ".join(KINDS), "near": KINDS[0]}
        raise DataError(Problem("choice", "kind", kind[:40], path.name, details))
    if door.suffix_of(path.name) not in FORMS[kind]:
        suffixes = ", ".join(FORMS[kind])
        raise DataError(
            Problem("web_suffix", path.name, door.suffix_of(path.name), path.name, {"suffixes": suffixes})
        )
    if kind == "scenario":
        _stays_here(path)


def _stays_here(path: Path) -> None:
    """A scenario may name packaged scenarios and chains, never a place on the disk of this machine."""
    try:
        content = read_yaml(path.read_text(encoding="utf-8-sig"), path.name)
    except (MeguriError, UnicodeDecodeError):
        return  # the reader says it better
    if not isinstance(content, dict):
        return
    base, chain = content.get("base"), str(content.get("chain", ""))
    if base not in (None, "none") and base not in gallery():
        names = ", ".join(gallery())
        raise DataError(Problem("web_scenario_place", "base", str(base)[:80], path.name, {"names": names}))
    if re.search(r"[/\\]|\.(xlsx|xlsm|csv|yaml)$", chain) or chain in (".", ".."):
        from meguri.structure.read import example_names

        details = {"names": ", ".join(example_names())}
        raise DataError(Problem("web_scenario_place", "chain", chain[:80], path.name, details))


def detect(path: Path) -> str:
    """The kind of a file by what it holds.

    Raises
    ------
    DataError
        When it holds nothing that tells.
    """
    suffix = door.suffix_of(path.name)
    if suffix == ".xlsx":
        return _kind_of_workbook(path)
    if suffix in (".yaml", ".yml"):
        return _kind_of_yaml(path)
    if suffix in (".zip", ".csv.gz", ".parquet"):
        return "trade"
    from meguri.observe.tradeforms import recognise

    with path.open("rb") as file:
        head = file.readline(10_000).decode("utf-8-sig", "replace")
    try:
        recognise([cell.strip().strip('"') for cell in head.rstrip("\r\n").split(",")], path.name)
    except DataError:
        return _kind_of_records(path)
    return "trade"


def _kind_of_workbook(path: Path) -> str:
    from meguri.respond.sheet import SHEETS

    sheets = {fold(name) for name in survey(path.read_bytes(), path.name)}
    if sheets & {"parts", "nodes", "flows", "recipes"}:
        return "chain"
    if sheets & (set(SHEETS) - {"prices", "rates"}):
        return "measures"
    try:
        return _kind_of_records(path)
    except DataError:
        names = ", ".join(sorted(sheets))[:80]
        raise DataError(Problem("web_kind_unknown", path.name, names, path.name)) from None


def _kind_of_records(path: Path) -> str:
    """Items to screen where there are no other records of a shop."""
    from meguri.observe.joblog import read_shop

    return "items" if set(read_shop(path).understood["table"]) <= {"items", "customers"} else "shop"


def _kind_of_yaml(path: Path) -> str:
    from meguri.base.files import read_text
    from meguri.respond.leverage_data import FILES

    content = read_yaml(read_text(path), path.name)
    if not isinstance(content, dict):
        raise DataError(Problem("web_kind_unknown", path.name, type(content).__name__, path.name))
    if "claims" in content:
        return "claim"
    return "cards" if content and set(content) <= set(FILES) else "scenario"


def _without_folder(problem: Problem, path: Path) -> Problem:
    """The same problem, naming the file and not where it lies."""

    def bare(text: str) -> str:
        return text.replace(f"{path.parent}/", "").replace(str(path), path.name)

    return Problem(problem.key, bare(problem.place), problem.found, path.name, problem.details)


def _plain(told: dict[str, Any], path: Path) -> dict[str, Any]:
    """A message without the folder the file lies in."""
    folder = f"{path.parent}/"
    return {name: text.replace(folder, "") if isinstance(text, str) else text for name, text in told.items()}
