"""Who holds which stage of a material, ore apart from refined? The form of the page."""

from __future__ import annotations

from collections.abc import Sequence

from meguri.app.web.desk import Desk
from meguri.app.web.question import Field, Question, terms_of
from meguri.app.web.questions.named import chains
from meguri.base.terms import Lang, keys, label

FIRST_YEAR, LAST_YEAR = 1990, 2026  # years the packaged sources give shares for
ECONOMIES = tuple(key for key in keys("countries") if len(key) == 2 and key != "XX")  # those of today


def stages(_desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """The most concentrated stage, or one by name."""
    worst = ("", label("stage_worst", lang, "web_holds"))
    return [worst, *((key, label(key, lang, "stages")) for key in keys("stages"))]


def any_chain(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """The packaged chain that carries the material, or a chain by name."""
    return [("", label("chain_any", lang, "web_holds")), *chains(desk, lang)]


QUESTION = Question(
    "holds",
    (
        Field("material", "choice", "Nd", terms_of(keys("materials"), "materials")),
        Field("year", "int", low=FIRST_YEAR, high=LAST_YEAR),
        Field("importer", "choice", "JP", terms_of(ECONOMIES, "countries")),
        Field("stage", "choice", "", stages, advanced=True),
        Field("chain", "choice", "", any_chain, advanced=True),
        Field("why", "text", advanced=True, of="material"),
    ),
)
