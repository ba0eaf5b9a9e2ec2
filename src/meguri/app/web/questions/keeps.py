"""Which measures keep it running, on two axes? The form of the page."""

from __future__ import annotations

from collections.abc import Sequence

from meguri.app.web.desk import Desk
from meguri.app.web.question import Field, Question
from meguri.app.web.questions.named import chains, own, scenarios
from meguri.base.terms import Lang, label

WORDS = "web_keeps"
JOB = (
    "scenario", "chain", "budget", "per_year", "years", "strikes", "after", "at", "processes", "measures",
    "runs", "seed", "alpha", "rate", "limit",
)  # fmt: skip  # what an answer hangs on; the plan that is looked at is no part of it


def _chains(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Own chains, the chain that the scenario names, the packaged ones."""
    mine, listed = own(desk, "chain"), chains(desk, lang)
    return [*mine, ("", label("chain_of_scenario", lang, WORDS)), *listed[len(mine) :]]


def _measures(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """The packaged library, or it with a sheet of the reader's own."""
    return [("", label("measures_packaged", lang, WORDS)), *own(desk, "measures")]


QUESTION = Question(
    "keeps",
    (
        Field("scenario", "choice", "2025-medium-heavy-rare-earths", scenarios),
        Field("chain", "choice", "", _chains),
        Field("budget", "text", "5億円"),
        Field("years", "int", "5", low=1, high=30),
        Field("at", "text"),
        Field("processes", "text", advanced=True),
        Field("strikes", "text", advanced=True),
        Field("after", "int", "1", low=1, high=10, advanced=True),
        Field("per_year", "text", advanced=True),
        Field("measures", "choice", "", _measures, advanced=True),
        Field("runs", "int", "10", low=1, high=1000, advanced=True),
        Field("seed", "int", "1", low=0, high=2**31 - 1, advanced=True),
        Field("alpha", "number", "0.9", low=0.0, high=0.99, advanced=True),
        Field("rate", "number", low=1.0, high=1000.0, advanced=True),
        Field("limit", "int", "60", low=5, high=3600, advanced=True),
        Field("plan", "text", advanced=True),
    ),
)
