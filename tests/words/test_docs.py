"""Pages exist in both languages, say what the code knows, and build without a warning."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
LANGS = ("en", "ja")


def pages(lang: str) -> dict[str, str]:
    folder = DOCS / lang
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.md"))
        if "_generated" not in path.parts
    }


def test_both_languages_have_the_same_pages() -> None:
    assert list(pages("en")) == list(pages("ja"))


@pytest.mark.parametrize("name", list(pages("en")))
def test_a_page_has_the_same_headings_code_and_generated_parts_in_both_languages(name: str) -> None:
    def shape(text: str) -> tuple[list[str], list[str]]:
        fences = re.findall(r"^```(?:\{[a-z]+\}.*|\w*)$", text, re.M)
        return re.findall(r"^(#+) ", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M), fences

    assert shape(pages("en")[name]) == shape(pages("ja")[name])


@pytest.mark.parametrize("lang", LANGS)
def test_every_generated_body_is_shown_on_a_page(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS / "_gen"))
    from generate import BODIES  # type: ignore[import-not-found]

    shown = {name for text in pages(lang).values() for name in re.findall(r"\.\./_generated/(\w+)\.md", text)}
    assert shown == set(BODIES)


def test_words_of_the_generator_are_filled_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(DOCS / "_gen"))
    import pages as generator  # type: ignore[import-not-found]

    words = generator._words()
    assert [key for key, row in words.items() if not (row["en"] and row["ja"])] == []


def test_japanese_pages_are_written_in_one_politeness() -> None:
    plain = re.compile(r"(?:である|だ|ない|する|(?<![でま])した)。$", re.M)
    found = {
        name: plain.findall(re.sub(r"^```.*?^```", "", text, flags=re.M | re.S))
        for name, text in pages("ja").items()
    }
    assert {name: hits for name, hits in found.items() if hits} == {}


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_pages_build_without_a_warning(lang: str, tmp_path: Path) -> None:
    pytest.importorskip("sphinx", reason="needs the docs extra")
    pytest.importorskip("myst_parser", reason="needs the docs extra")
    command = [sys.executable, "-m", "sphinx", "-W", "-E", "-q", "-b", "html", "-c", str(DOCS / "_gen")]
    built = subprocess.run(
        [*command, "-D", f"language={lang}", str(DOCS / lang), str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "reference" / "columns.html").stat().st_size > 10_000
