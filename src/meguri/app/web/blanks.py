"""Workbooks to fill in, and worked examples to begin with: written in a worker when somebody asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from meguri.app.web.samples import EXAMPLES, TEMPLATES
from meguri.app.web.worker import Told
from meguri.base.book import save_book
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, label
from meguri.base.words import packaged
from meguri.observe.shop_template import write_shop_template
from meguri.structure.template import write_template

SCENARIO = "2025-medium-heavy-rare-earths"
CHAIN = "ndfeb-japan"


def write_task(args: Mapping[str, Any], told: Told) -> str:
    """As a worker is asked: ``{"name": template or example, "lang": …, "path": …}``."""
    told(0, 1)
    return str(write_blank(args["name"], Path(args["path"]), args["lang"]))


def write_blank(name: str, path: Path, lang: Lang) -> Path:
    """Write a template (by kind) or an example (by name).

    Raises
    ------
    DataError
        When there is none of that name.
    """
    if name not in _WRITERS:
        names = ", ".join((*TEMPLATES, *EXAMPLES))
        raise DataError(Problem("web_no_template", "name", name[:40], details={"names": names}))
    _WRITERS[name](path, lang)
    return path


def _chain(path: Path, lang: Lang) -> None:
    write_template(path, lang=lang, example=False)


def _shop(path: Path, lang: Lang) -> None:
    write_shop_template(path, lang, example=False)


def _measures(path: Path, lang: Lang) -> None:
    from meguri.respond.template import write_measures_template
    from meguri.structure.chain import Chain

    write_measures_template(path, lang, Chain.example(CHAIN))


def _claim(path: Path, lang: Lang) -> None:
    from meguri.structure.claims_template import write_claim_template

    write_claim_template(path, lang)


def _scenario(path: Path, lang: Lang) -> None:  # noqa: ARG001 - the file speaks both languages
    path.write_bytes(packaged("gallery", f"{SCENARIO}.yaml").read_bytes())


def _items(path: Path, lang: Lang) -> None:
    """The sheets of the shop's workbook that screening reads, with invented rows."""
    from openpyxl import load_workbook

    write_shop_template(path, lang)
    book = load_workbook(path)
    kept = {label(f"shop_sheet_{name}", lang, "workbook") for name in ("items", "customers")}
    for sheet in book.sheetnames[1:]:
        if sheet not in kept:
            book.remove(book[sheet])
    save_book(book, path)


def _motor_maker(path: Path, lang: Lang) -> None:
    """A motor maker's parts: the example rows as rows of a firm of its own, set into Japan's magnet chain."""
    from openpyxl import load_workbook

    write_template(path, lang=lang)
    book = load_workbook(path)
    parts = book["parts"]
    marks = next(cell.column for row in parts.iter_rows(max_row=4) for cell in row if cell.value == "mark")
    for row in parts.iter_rows(min_row=5, min_col=marks, max_col=marks):
        row[0].value = None
    about = {row[0].value: row[1] for row in book["about"].iter_rows(min_row=2, max_col=2)}
    about["name"].value = "motor-maker"
    for speech in ("en", "ja"):
        about[f"label_{speech}"].value = label("example_motor-maker", speech, "web_files")
    save_book(book, path)


def _small_firm(path: Path, lang: Lang) -> None:
    write_shop_template(path, lang)


_WRITERS: dict[str, Callable[[Path, Lang], None]] = {
    "chain": _chain, "shop": _shop, "items": _items, "measures": _measures, "claim": _claim,
    "scenario": _scenario, "motor-maker": _motor_maker, "small-firm": _small_firm,
}  # fmt: skip
