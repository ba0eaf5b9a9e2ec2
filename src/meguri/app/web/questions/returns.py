"""What comes back, as mass and as function? The form of the page."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

from meguri.app.web.desk import Desk
from meguri.app.web.question import Field, Question, terms_of, words_of
from meguri.app.web.questions.named import own, scenarios
from meguri.base.terms import Lang, keys, label
from meguri.base.words import packaged

DYNAMIC = "dy-japan"  # the case that tells years; of a year it feeds routes
PARTS = ("routes", "stock", "today", "lasting")
FIRST, LAST = 1990, 2050  # years of that case


@cache
def _packaged() -> dict[str, dict[str, str]]:
    """Name of each packaged case of routes with its label in both languages."""
    found = {}
    for item in sorted(packaged("circulation").iterdir(), key=lambda item: item.name):
        if item.joinpath("routes.csv").is_file():
            rows = csv.DictReader(item.joinpath("about.csv").read_text(encoding="utf-8").splitlines())
            cells = {row["key"]: row["value"] for row in rows}
            found[item.name] = {"en": cells["label_en"], "ja": cells["label_ja"]}
    return found


def cases(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Own cases first, then the packaged ones, then what leaves use in Japan."""
    shown = [(name, words[lang]) for name, words in _packaged().items()]
    return [*own(desk, "case"), *shown, (DYNAMIC, label("case_fed", lang, "web_returns"))]


@cache
def _materials() -> tuple[str, ...]:
    """Materials of which it is known how durable a lead in them is."""
    text = packaged("facts", "durability.csv").read_text(encoding="utf-8")
    return tuple(dict.fromkeys(row["material"] for row in csv.DictReader(text.splitlines())))


def materials(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Materials of the line from Ta to In."""
    known = set(keys("materials"))
    return terms_of([name for name in _materials() if name in known], "materials")(desk, lang)


QUESTION = Question(
    "returns",
    (
        Field("part", "choice", "routes", words_of("part", PARTS, "web_returns")),
        Field("case", "choice", "dy-position", cases),
        Field("since", "int", str(FIRST), low=FIRST, high=LAST),
        Field("until", "int", str(LAST), low=FIRST, high=LAST),
        Field("material", "choice", "In", materials),
        Field("scenario", "choice", "2025-medium-heavy-rare-earths", scenarios, advanced=True),
        Field("year", "int", "2030", low=2025, high=LAST, advanced=True),
        Field("signed", "text", advanced=True),
        Field("runs", "int", "200", low=20, high=5000, advanced=True),
        Field("seed", "int", "1", low=0, high=2**31 - 1, advanced=True),
    ),
)
