"""What is the card worth, and does the story hold? The form of the page."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache

import yaml

from meguri.app.web.desk import Desk
from meguri.app.web.question import Field, Question, terms_of, words_of
from meguri.app.web.questions.exports import economies
from meguri.app.web.questions.named import own
from meguri.base.terms import Lang, keys
from meguri.base.words import packaged

PARTS = ("card", "claims", "chronicle", "stages")
RECORDS = ("both", "documents", "public", "sets")
LETTERS = 60  # of a claim in the list of choices


@cache
def _rows(*place: str) -> list[dict[str, str]]:
    """Rows of a packaged CSV file."""
    return list(csv.DictReader(packaged(*place).read_text(encoding="utf-8").splitlines()))


def items(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:  # noqa: ARG001
    """Items whose control can be asked about as a card."""
    return [(row["item"], row[f"label_{lang}"]) for row in _rows("leverage", "items.csv")]


def cases(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:  # noqa: ARG001
    """Packaged cases of policy aimed at a stage."""
    return [(row["case"], row[f"label_{lang}"]) for row in _rows("leverage", "stage_cases.csv")]


@cache
def _claims() -> dict[str, dict[str, str]]:
    """Packaged claims by id, as said in both languages."""
    found: dict[str, dict[str, str]] = {}
    for item in sorted(packaged("claims").iterdir(), key=lambda item: item.name):
        if item.name.endswith(".yaml"):
            told = yaml.safe_load(item.read_text(encoding="utf-8"))["claims"]
            found |= {one["id"]: one["text"] for one in told}
    return found


def claims(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Own files of claims first, then every packaged claim by what it says."""
    said = [(key, f"{key}: {_clipped(text[lang])}") for key, text in _claims().items()]
    return [*own(desk, "claim"), *said]


def _clipped(text: str) -> str:
    return text if len(text) <= LETTERS else f"{text[:LETTERS]}…"


def _listed(words: str) -> tuple[str, ...]:
    return tuple(keys(words))


QUESTION = Question(
    "card",
    (
        Field("part", "choice", "card", words_of("part", PARTS, "web_card")),
        Field("item", "many", "hf", items),
        Field("years", "int", "10", low=1, high=40),
        Field("claim", "choice", "", claims),
        Field("actor", "text"),
        Field(
            "instrument", "choice", "", terms_of(_listed("chronicle_instruments"), "chronicle_instruments")
        ),
        Field("since", "date"),
        Field("until", "date"),
        Field("case", "choice", "china-rare-earths", cases),
        Field("lift", "date", advanced=True),
        Field("compare", "flag", "no", advanced=True),
        Field("check", "flag", "yes", advanced=True),
        Field("holder", "choice", "", economies, advanced=True),
        Field("partner", "choice", "", economies, advanced=True),
        Field("element", "choice", "", terms_of(_listed("materials"), "materials"), advanced=True),
        Field("records", "choice", "both", words_of("records", RECORDS, "web_card"), advanced=True),
        Field("runs", "int", "500", low=20, high=1000, advanced=True),
        Field("seed", "int", "1", low=0, high=2**31 - 1, advanced=True),
    ),
)
