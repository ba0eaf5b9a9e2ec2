"""Would the model have told past cases beforehand? The form of the page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import yaml

from meguri.app.web.desk import Desk
from meguri.app.web.question import Field, Question
from meguri.base.terms import Lang, label
from meguri.base.words import packaged

WORDS = "web_history"
MOST_RUNS = 1000


@cache
def _cases() -> dict[str, dict[str, str]]:
    """Label of each packaged case in both languages, placebos last."""
    files = sorted((item for item in packaged("backtest").iterdir() if item.name.endswith(".yaml")),
                   key=lambda item: (not item.name[:4].isdecimal(), item.name))  # fmt: skip
    return {
        item.name.removesuffix(".yaml"): yaml.safe_load(item.read_text(encoding="utf-8"))["label"]
        for item in files
    }


def cases(_desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """All cases together, or one of them."""
    return [("", label("all_cases", lang, WORDS)), *((name, words[lang]) for name, words in _cases().items())]


QUESTION = Question(
    "history",
    (
        Field("case", "choice", "", cases),
        Field("runs", "int", "100", low=10, high=MOST_RUNS),
        Field("seed", "int", "1", low=0, high=2**31 - 1, advanced=True),
    ),
)
