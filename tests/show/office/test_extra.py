"""Without the extra a plain message says how to install it; every phrase of the office is used."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import meguri.show.office as office
from meguri.base.errors import DataError
from meguri.base.terms import keys
from meguri.show.office.ringi import ringi
from meguri.show.office.slides import slides
from tests.show.office.read import answer


def test_a_missing_writer_is_named_with_the_way_to_install_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "docx", None)
    monkeypatch.setitem(sys.modules, "pptx", None)
    for write, package in ((lambda: ringi(answer(), "front-1", tmp_path / "a.docx"), "python-docx"),
                           (lambda: slides(answer(), tmp_path / "a.pptx"), "python-pptx")):  # fmt: skip
        with pytest.raises(DataError) as caught:
            write()
        assert caught.value.problems[0].key == "extra_missing"
        assert package in caught.value.text("en")
        assert 'pip install "meguri[report]"' in caught.value.text("en")
        assert 'pip install "meguri[report]"' in caught.value.text("ja")
    assert list(tmp_path.iterdir()) == []


def test_no_phrase_of_the_office_is_left_unused() -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in Path(office.__path__[0]).glob("*.py"))
    built = [re.escape(part).replace(r"\{\}", r"[\w-]+") for part in _families(code)]
    families = ("grade", "owner", "risk", "direction", "depends", "role", "axis")
    unused = [
        key
        for key in keys("office")
        if not re.search(f"[\"']{re.escape(key)}[\"']", code)
        and not any(re.fullmatch(part, key) for part in built)
        and key.split(".")[0] not in families
    ]
    assert unused == []


def _families(code: str) -> list[str]:
    """Keys built by name: f-strings with their braces emptied."""
    return [re.sub(r"\{[^}]*\}", "{}", text) for text in re.findall(r'phrase\(f"([^"]+)"', code)]
