"""A view as a paper for an audience: page, PDF, Word, slides, Excel, CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from meguri.app.web.desk import Desk
from meguri.app.web.paper_copy import Copy
from meguri.app.web.paper_mask import Audience, Secrets, secrets_of
from meguri.app.web.view import View
from meguri.app.web.views import viewed
from meguri.app.web.worker import Told
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.terms import Lang

# module and function of each form, imported when first asked for: a page needs no office library
WRITERS: Mapping[str, str] = {
    "html": "paper_page:as_html", "pdf": "paper_page:as_pdf", "xlsx": "paper_book:as_xlsx",
    "zip": "paper_book:as_zip", "docx": "paper_word:as_docx", "pptx": "paper_slides:as_pptx",
}  # fmt: skip
FORMS = tuple(WRITERS)


def write_paper(args: Mapping[str, Any], told: Told) -> str:
    """Task of a worker: the view that a request names as a paper at ``args["path"]``."""
    told(0, 1)
    desk, path = Desk(Path(args["workspace"])), Path(args["path"])
    view = viewed(args, desk)
    return str(paper(view, args["lang"], args["form"], args["audience"], path, secrets_of(desk)))


def paper(
    view: View, lang: Lang, form: str, audience: Audience, path: str | Path, secrets: Secrets | None = None
) -> Path:
    """Write a view as a paper; either all of it is there or nothing has changed.

    Parameters
    ----------
    view : View
        What a page answers.
    lang : {"en", "ja"}
        Language of the paper.
    form : {"html", "pdf", "xlsx", "zip", "docx", "pptx"}
        What it is written as.
    audience : {"internal", "supplier", "customer", "ministry", "bank"}
        Who is to read it.
    path : path
        Where it goes.
    secrets : Secrets, optional
        Words of own files that not everybody may read; left out, the view is made of public data alone.

    Raises
    ------
    DataError
        When there is no such form, or the program or package that writes it is not installed.
    """
    if form not in WRITERS:
        details = {"choices": ", ".join(FORMS), "near": "pdf"}
        raise DataError(Problem("choice", "form", form, details=details))
    module, _, name = WRITERS[form].partition(":")
    write: Callable[[Copy], bytes] = getattr(import_module(f"meguri.app.web.{module}"), name)
    write_atomically(Path(path), write(Copy.of(view, secrets or Secrets(), audience, lang)))
    return Path(path)
