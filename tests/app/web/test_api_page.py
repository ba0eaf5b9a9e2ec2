"""The reference of the API names every call the server has, and no other."""

import re
from pathlib import Path

import pytest

from meguri.app.web.questions import QUESTIONS
from meguri.app.web.server import create_app
from meguri.app.web.service import Settings

DOCS = Path(__file__).parents[3] / "docs"


def served(tmp_path):
    described = create_app(Settings(tmp_path))._app.openapi()
    page = re.compile(rf"^/api/v1/pages/(?:{'|'.join(QUESTIONS)})(?=/|$)")
    return {
        (method.upper(), page.sub("/api/v1/pages/{page}", path))
        for path, methods in described["paths"].items()
        for method in methods
    }


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_reference_lists_every_call_and_no_other(tmp_path, lang):
    text = (DOCS / lang / "reference" / "api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| ([A-Z]+) \| `(/api/v1[^`]*)` \|", text, re.M))
    assert told == served(tmp_path)
    assert all(key in text for key in QUESTIONS)
