"""How dependent are we, on whom and through which tiers? The form of the page."""

from __future__ import annotations

from meguri.app.web.question import Field, Question, terms_of, words_of
from meguri.app.web.questions.holds import ECONOMIES
from meguri.app.web.questions.named import chains
from meguri.base.terms import keys

WORDS = "web_depends"
METHODS = (
    "overview", "exposure", "sectors", "geopolrisk", "ec", "dependence", "history", "complexity",
)  # fmt: skip
TIERS = ("all", "1", "2", "3", "4", "5", "6")

QUESTION = Question(
    "depends",
    (
        Field("method", "choice", "overview", words_of("method", METHODS, WORDS)),
        Field("importer", "many", "JP", terms_of(ECONOMIES, "countries")),
        Field("material", "many", "", terms_of(keys("materials"), "materials")),
        Field("chain", "choice", "ndfeb-japan@2024", chains),
        Field("to", "choice", "CN", terms_of(ECONOMIES, "countries")),
        Field("sector", "many", "", terms_of(keys("sectors"), "sectors"), advanced=True),
        Field("year", "text", advanced=True),
        Field("node", "text", advanced=True, of="chain"),
        Field("tiers", "choice", "all", words_of("tiers", TIERS, WORDS), advanced=True),
        Field("worst", "flag", "no", advanced=True),
        Field("by", "choice", "value", words_of("by", ("value", "quantity"), WORDS), advanced=True),
        Field("why", "flag", "no", advanced=True),
    ),
)
