"""Which process stops, when, and why? The form of the page."""

from __future__ import annotations

from collections.abc import Sequence

from meguri.app.web.desk import Desk
from meguri.app.web.question import Choices, Field, Question
from meguri.app.web.questions.named import chains, scenarios
from meguri.base.terms import Lang, label

WORDS = "web_stops"
FIRST = "2025-medium-heavy-rare-earths"
MOST_RUNS = 5000
EXPLAINED = ("lost_days", "lost_weighted", "node")  # what Sobol indices can be asked of


def _or(key: str, choices: Choices) -> Choices:
    """Choices after an empty one that says what holds where none is made."""

    def listed(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
        return [("", label(key, lang, WORDS)), *choices(desk, lang)]

    return listed


def _explained(_desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    return [(key, label(f"sobol_{key}", lang, WORDS)) for key in EXPLAINED]


QUESTION = Question(
    "stops",
    (
        Field("scenario", "choice", FIRST, scenarios),
        Field("chain", "choice", "", _or("chain_own", chains)),
        Field("runs", "int", "200", low=1, high=MOST_RUNS),
        Field("node", "text", of="scenario"),
        Field("with", "choice", "", _or("with_none", scenarios)),
        Field("with_chain", "choice", "", _or("chain_own", chains), advanced=True),
        Field("sobol", "choice", "", _or("sobol_none", _explained), advanced=True),
        Field("seed", "int", "1", low=0, high=2**31 - 1, advanced=True),
        Field("set", "sets", advanced=True, of="scenario"),
        Field("with_set", "sets", advanced=True, of="with"),
    ),
)
