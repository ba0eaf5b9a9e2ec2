"""Names and documents on disk: what a file may be called, JSON written whole, sizes. Thin."""

from __future__ import annotations

import json
import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from meguri.app.web.whole import write_whole
from meguri.base.errors import DataError, Problem

LONGEST_NAME = 120  # letters of a shown name
MOST_BYTES = 200  # of a name on disk: file systems end at 255, and some count bytes
_FORBIDDEN = set('/\\<>:"|?*')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?")


def checked_name(name: str, what: str = "name") -> str:
    """A name as it may stand on disk and on a page, its accents composed and its outer spaces gone.

    Refused are names that lead to another folder, hold letters one cannot see (NUL, line ends, marks that
    turn the direction of writing) or that some system could not keep.

    Raises
    ------
    DataError
        Naming what is wrong with it.

    Examples
    --------
    >>> checked_name(" 部品表 2025.xlsx ")
    '部品表 2025.xlsx'
    >>> checked_name("../../x.xlsx")
    Traceback (most recent call last):
        ...
    meguri.base.errors.DataError: 1 problem in ../../x.xlsx
    ...
    """
    text = unicodedata.normalize("NFC", name).strip()
    shown = printable(name)
    if not text or len(text) > LONGEST_NAME or len(text.encode("utf-8", "replace")) > MOST_BYTES:
        raise DataError(Problem("web_name_length", what, shown, shown, {"most": str(LONGEST_NAME)}))
    unseen = [
        letter
        for letter in text
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
    ]
    if unseen:
        raise DataError(Problem("web_name_unseen", what, shown, shown, {"code": f"U+{ord(unseen[0]):04X}"}))
    if text.startswith(".") or text.endswith(".") or _FORBIDDEN & set(text):
        raise DataError(Problem("web_name_path", what, shown, shown))
    if _RESERVED.fullmatch(text):
        raise DataError(Problem("web_name_reserved", what, shown, shown))
    return text


def printable(text: str, most: int = 80) -> str:
    r"""A text as it may be shown in a message whatever it holds: unseen letters as their codes.

    Examples
    --------
    >>> print(printable("a\u202eexe.xlsx"))
    a\u202eexe.xlsx
    """
    cut = text[:most]
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in cut)


def write_json(path: Path, content: Mapping[str, Any]) -> bytes:
    """Write a JSON document whole; gives back its bytes."""
    data = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True).encode()
    write_whole(path, data)
    return data


def read_json(path: Path) -> dict[str, Any] | None:
    """A JSON document; ``None`` where there is none, or what stands there is not one."""
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def size_of(folder: Path) -> int:
    """Bytes of everything in a folder; links count nothing."""
    total = 0
    for place, _, names in os.walk(folder, followlinks=False):
        for name in names:
            try:
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118
            except FileNotFoundError:
                continue  # deleted while we counted
    return total
