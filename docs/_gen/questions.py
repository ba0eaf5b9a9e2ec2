"""Three questions of newcomers, answered when the pages are built: the terminal's own words."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import redirect_stdout
from functools import cache

from meguri.app.answers import print_survival
from meguri.app.printing import say, say_folded
from meguri.base.terms import Lang
from meguri.scenario.read import read_scenario
from meguri.show.phrases import answer
from meguri.structure.chain import Chain
from meguri.study.outcome import Outcome
from meguri.study.study import DEFAULT_RUNS, DEFAULT_SEED, Study

QUESTIONS: dict[str, tuple[str, tuple[str, ...]]] = {
    "motors": ("2025-medium-heavy-rare-earths", ("controls.licence.approval=0.5",)),
    "tools": ("2025-five-metals", ()),
    "detectors": ("2023-gallium-germanium", ()),
}


@cache
def outcome_of(question: str) -> Outcome:
    """What `meguri stress` computes for a question."""
    name, sets = QUESTIONS[question]
    scenario = read_scenario(name, sets)
    return Study(Chain.example(scenario.chain), scenario, DEFAULT_RUNS, DEFAULT_SEED).run()


def command(question: str, lang: Lang) -> str:
    """The one line that asks it."""
    name, sets = QUESTIONS[question]
    spoken = " --lang ja" if lang == "ja" else ""
    return " ".join(["meguri stress", name, *(f"--set {one}" for one in sets)]) + spoken


def said(question: str, lang: Lang) -> str:
    """Sentences and table, as they stand on the terminal."""
    outcome = outcome_of(question)
    with redirect_stdout(io.StringIO()) as terminal:
        for sentence in answer(outcome, lang):
            say_folded(sentence)
        say()
        print_survival(outcome, lang)
    lines = [line.rstrip() for line in terminal.getvalue().splitlines()]
    asked = f"```bash\n{command(question, lang)}\n```\n\n"
    return asked + "```text\n" + "\n".join(lines).strip() + "\n```\n"


def body(question: str) -> Callable[[Lang], str]:
    """The generated part of one question."""
    return lambda lang: said(question, lang)
