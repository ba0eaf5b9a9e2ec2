"""How much of what is exported controls other people's processes? The form of the page."""

from __future__ import annotations

from collections.abc import Sequence

from meguri.app.web.desk import Desk
from meguri.app.web.question import Field, Question, terms_of, words_of
from meguri.app.web.questions.named import own
from meguri.base.terms import Lang, keys, label

SETS = ("korea-from-japan", "japan-goods", "indonesia-hs6", "wits-hs4")
PARTS = ("classes", "goods", "printed", "relocation")
VARIANTS = ("PC4", "PC5")


def trades(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Own trade files first, then the sets that a folder of data may hold."""
    return [
        *own(desk, "trade"),
        *((name, label(f"trade_set_{name.replace('-', '_')}", lang, "cli")) for name in SETS),
    ]


def economies(desk: Desk, lang: Lang) -> Sequence[tuple[str, str]]:
    """Every economy by name."""
    return terms_of(keys("countries"), "countries")(desk, lang)


QUESTION = Question(
    "exports",
    (
        Field("part", "choice", "classes", words_of("part", PARTS, "web_exports")),
        Field("trade", "choice", "korea-from-japan", trades),
        Field("variant", "choice", "PC4", words_of("variant", VARIANTS, "web_exports")),
        Field("year", "int", "", low=1988, high=2035),
        Field("codes", "text", "845710,848620,854231"),
        Field("flow", "choice", "", words_of("flow", ("export", "import"), "web_exports"), advanced=True),
        Field("reporter", "choice", "", economies, advanced=True),
        Field("partner", "choice", "", economies, advanced=True),
        Field("check", "flag", "yes", advanced=True),
        Field("runs", "int", "500", low=20, high=5000, advanced=True),
        Field("seed", "int", "1", low=0, high=2**31 - 1, advanced=True),
    ),
)
