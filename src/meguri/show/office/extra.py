"""The two writers of office files, imported when a document is really asked for."""

from __future__ import annotations

from typing import Any

from meguri.base.extras import part
from meguri.base.terms import Lang, label

PACKAGES = {"docx": "python-docx", "pptx": "python-pptx"}


def writer(module: str) -> Any:
    """A writer of office files, or a plain message how to install it.

    Parameters
    ----------
    module : str
        ``docx``, ``pptx`` or one of their modules.

    Raises
    ------
    DataError
        When the extra ``report`` is not installed.

    Examples
    --------
    >>> writer("docx.shared").Mm(1).mm
    1.0
    """
    return part(module, PACKAGES[module.split(".")[0]], "report")


def phrase(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/office.csv`` with its braces filled.

    Examples
    --------
    >>> phrase("subject", "ja"), phrase("subject", "en")
    ('件名', 'Subject')
    """
    return label(key, lang, "office", **fill)
