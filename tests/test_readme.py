"""The README runs, and says the same in both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from meguri.study.study import Study

ROOT = Path(__file__).parents[1]
READMES = {"en": ROOT / "README.md", "ja": ROOT / "README.ja.md"}
DOCS = ROOT / "docs"


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.fixture
def few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Study.__init__, "__defaults__", (2, 1))


@pytest.mark.usefixtures("few_runs")
@pytest.mark.parametrize("lang", READMES)
def test_five_lines_from_import_to_an_answer_run(lang: str) -> None:
    (code,) = blocks(READMES[lang].read_text(encoding="utf-8"), "python")
    lines = code.strip().splitlines()
    assert len(lines) == 5
    scope: dict[str, Any] = {}
    exec("\n".join(lines[:-1]), scope)
    answer = eval(lines[-1], scope)
    assert isinstance(answer, pd.DataFrame)
    assert {"node", "tts_d", "ttr_d", "share_stopped"} <= set(answer.columns)


@pytest.mark.slow
@pytest.mark.usefixtures("few_runs")
@pytest.mark.parametrize("lang", READMES)
def test_the_python_page_runs_from_top_to_bottom(
    lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    scope: dict[str, Any] = {}
    found = blocks((DOCS / lang / "howto" / "python.md").read_text(encoding="utf-8"), "python")
    for code in found:
        exec(code, scope)
    assert scope["again"].table("survival").equals(scope["outcome"].table("survival"))
    assert "2025-medium-heavy-rare-earths" in scope["problem"].text("en")  # the near name is suggested


def test_both_languages_have_the_same_headings_and_code() -> None:
    en, ja = (path.read_text(encoding="utf-8") for path in READMES.values())
    levels = [
        re.findall(r"^(#+) ", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S), re.M) for text in (en, ja)
    ]
    assert levels[0] == levels[1]
    assert blocks(en, "python") == blocks(ja, "python")
    commands = [[re.sub(r"\s*#.*", "", block) for block in blocks(text, "bash")] for text in (en, ja)]
    assert commands[0] == commands[1]


def test_each_page_stands_once_in_the_contents_of_both_languages() -> None:
    # branches that each append a page are merged line by line: the sum may hold it twice
    pages = [
        re.findall(r"^[\w-]+/[\w-]+$", (DOCS / lang / "index.md").read_text(encoding="utf-8"), re.M)
        for lang in READMES
    ]
    assert pages[0] == pages[1]
    assert len(pages[0]) == len(set(pages[0])) > 20


@pytest.mark.parametrize("lang", READMES)
def test_every_file_a_readme_points_to_exists_and_pictures_are_small(lang: str) -> None:
    text = READMES[lang].read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert [target for target in targets if not (ROOT / target).is_file()] == []
    pictures = [target for target in targets if target.endswith(".png")]
    assert len(pictures) == 1
    assert all((ROOT / picture).stat().st_size <= 250_000 for picture in pictures)


@pytest.mark.slow
@pytest.mark.parametrize("lang", READMES)
def test_the_answer_printed_in_the_readme_is_the_answer_of_today(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_gen"))
    from readme import with_answer  # type: ignore[import-not-found]

    text = READMES[lang].read_text(encoding="utf-8")
    assert with_answer(text, lang) == text, "results moved: run python docs/_gen/readme.py"
