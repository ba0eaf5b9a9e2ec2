"""HTML of the application: finished documents put into templates. Thin: no model, no pandas, no request.

Reserved parameters of a page's address, taken away before ``Question.read``: ``workspace`` (left out for
``default``) and ``now`` (``yes``: answer only when the view is ready, for readers without scripts).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined

from meguri.app.web.desk import Desk, build_stamp
from meguri.app.web.question import Asked, Field, Question
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.reference import parts
from meguri.app.web.sets import split_sets
from meguri.base.terms import LANGS, Lang, label
from meguri.base.words import read_words

Query = Mapping[str, "Sequence[str] | str"]
HOME = "default"  # workspace that an address need not name
API = "/api/v1"
AUDIENCES = ("internal", "supplier", "customer", "ministry", "bank")
SHARED = ("scenario", "chain")  # what is chosen once for several questions
ONE_CASE = ("overview", "stops", "keeps")  # those that mean the same by it
MINUTE = 60
OWN_TONGUE = re.compile(r"\s*[(（](English|Japanese|英語|日本語)[)）]$")  # a reader sees that


@dataclass(frozen=True)
class Where:
    """Where the reader stands: everything an address on the page is made from.

    Attributes
    ----------
    page : str
        Key of a question, or of a page beside them (``files``, ``api``).
    query : mapping
        What the address says, without the reserved parameters.
    workspace, workspaces
        Id of the one in use; id and name of all there are.

    Examples
    --------
    >>> here = Where("en", "stops", {"runs": ["50"]}, "plant 2")
    >>> here.url()
    '/en/stops?runs=50&workspace=plant+2'
    >>> here.url(lang="ja", query={})
    '/ja/stops?workspace=plant+2'
    >>> here.data("tables/survival.csv")
    '/api/v1/pages/stops/tables/survival.csv?runs=50&lang=en&workspace=plant+2'
    """

    lang: Lang
    page: str = ""
    query: Query = field(default_factory=dict)
    workspace: str = HOME
    workspaces: Sequence[tuple[str, str]] = ()

    def url(self, page: str = "", query: Query | None = None, lang: str = "", part: str = "") -> str:
        """Address of a page; as it stands where nothing else is said."""
        path = "/".join(("", lang or self.lang, *filter(None, (quote(page or self.page), part))))
        return _with(path, self.query if query is None else query, self._workspace())

    def data(self, what: str = "", **extra: str) -> str:
        """Address of this page's answer in the API: all of it, a table, a report."""
        path = f"{API}/pages/{quote(self.page)}" + (f"/{quote(what)}" if what else "")
        return _with(path, self.query, {"lang": self.lang, **extra, **self._workspace()})

    def carried(self, names: Sequence[str]) -> dict[str, Sequence[str] | str]:
        """What the address says of some parameters.

        Examples
        --------
        >>> Where("en", "stops", {"chain": "ndfeb-japan", "runs": "50"}).carried(["scenario", "chain"])
        {'chain': 'ndfeb-japan'}
        """
        return {name: self.query[name] for name in names if name in self.query}

    def pairs(self) -> list[tuple[str, str]]:
        """Parameters of the API's addresses, for the hidden fields of a form.

        Examples
        --------
        >>> Where("en", "holds", {"metal": ["Nd", "Dy"]}).pairs()
        [('metal', 'Nd'), ('metal', 'Dy'), ('lang', 'en')]
        """
        asked = [
            (name, text)
            for name, given in self.query.items()
            for text in ([given] if isinstance(given, str) else given)
        ]
        return [*asked, ("lang", self.lang), *self._workspace().items()]

    def jobs(self) -> str:
        """Address to which jobs of this workspace are posted."""
        return f"{API}/workspaces/{quote(self.workspace)}/jobs"

    def _workspace(self) -> dict[str, str]:
        return {"workspace": self.workspace} if self.workspace != HOME else {}


def _with(path: str, query: Query, more: Mapping[str, str]) -> str:
    filled = urlencode({**query, **more}, doseq=True)
    return f"{path}?{filled}" if filled else path


@cache
def _templates() -> Environment:
    found = Environment(
        loader=PackageLoader("meguri.app.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}
    found.filters["plain_number"] = lambda value: f"{value:g}"
    found.filters["plain_head"] = lambda head: OWN_TONGUE.sub("", head)
    return found


def shell(template: str, where: Where, **context: Any) -> str:
    """A template filled; what every page of the application has is filled in here."""
    lang = where.lang
    return (
        _templates()
        .get_template(template)
        .render(
            where=where,
            lang=lang,
            other=next(other for other in LANGS if other != lang),
            t=lambda key, **fill: label(key, lang, "web", **fill),
            nav=[(key, label("nav", lang, one.words), taken(one)) for key, one in QUESTIONS.items()],
            stamp=build_stamp(),
            audiences=AUDIENCES,
            called=lambda name: called(name, lang),
            duration=lambda seconds: duration(seconds, lang),
            script_words=script_words(lang),
            **context,
        )
    )


def called(name: str, lang: Lang) -> str:
    """A workspace as the reader calls it: the first one was named by the server, in one of its languages.

    Examples
    --------
    >>> called("Standard", "ja"), called("Plant 2", "ja")
    ('標準', 'Plant 2')
    """
    own = {label("first_workspace", one, "web_api") for one in LANGS}
    return label("first_workspace", lang, "web_api") if name in own else name


def taken(question: Question) -> list[str]:
    """Parameters that a reader takes along to a page, because it means the same by them.

    Examples
    --------
    >>> taken(QUESTIONS["keeps"]), taken(QUESTIONS["returns"])
    (['scenario', 'chain'], [])
    """
    own = {one.name for one in question.fields} if question.key in ONE_CASE else set()
    return [name for name in SHARED if name in own]


@cache
def script_words(lang: Lang) -> dict[str, str]:
    """What the script says, by key without its prefix ``js_``."""
    return {
        row["key"].removeprefix("js_"): row[lang] for row in read_words("web") if row["key"].startswith("js_")
    }


def duration(seconds: float, lang: Lang) -> str:
    """How long a job will take, roughly.

    Examples
    --------
    >>> duration(3.2, "en"), duration(150, "ja")
    ('4 s', '3分')
    """
    if seconds < MINUTE:
        return label("seconds", lang, "web", n=math.ceil(seconds))
    return label("minutes", lang, "web", n=math.ceil(seconds / MINUTE))


def fields(question: Question, asked: Asked, desk: Desk, lang: Lang) -> list[dict[str, Any]]:
    """The form of a page: every field with its words, its choices and what was asked."""
    return [
        {
            "name": one.name,
            "kind": one.kind,
            "value": _value(one, asked),
            "default": one.default,
            "changed": asked[one.name] != one.default,
            "label": label(f"field_{one.name}", lang, question.words),
            "help": label(f"help_{one.name}", lang, question.words),
            "options": list(one.choices(desk, lang)) if one.choices else [],
            "advanced": one.advanced,
            "of": one.of,
            "low": one.low,
            "high": one.high,
        }
        for one in question.fields
    ]


def _value(one: Field, asked: Asked) -> str | tuple[str, ...]:
    """What was asked of a field; every value of one that takes several."""
    if one.kind == "sets":
        return split_sets(asked[one.name])
    return asked.many(one.name) if one.kind == "many" else asked[one.name]


def page(
    doc: Mapping[str, Any] | None, question: Question, form: Sequence[Mapping[str, Any]], where: Where
) -> str:
    """A whole page; without a document it says what is being computed and the script fetches the rest.

    Parameters
    ----------
    doc : mapping or None
        ``view.document`` of the answer.
    form : sequence of mapping
        ``fields(question, asked, desk, lang)``.
    """
    return shell("page.html", where, doc=doc, question=question, form=form, asks=_asks(question, where))


def fragment(
    doc: Mapping[str, Any], question: Question, form: Sequence[Mapping[str, Any]], where: Where
) -> str:
    """The part of a page that is swapped when the form changes: the answer, without the frame around it."""
    return shell("fragment.html", where, doc=doc, question=question, form=form, asks=_asks(question, where))


def error(
    title: str, way: str, problems: Sequence[Mapping[str, str]], where: Where, *, part: bool = False
) -> str:
    """What happened and what to do about it, then each problem; ``part`` for a fragment.

    Parameters
    ----------
    problems : sequence of mapping
        ``Problem.row(lang)`` of each; none for a fault of ours or a page that is not there.
    """
    name = "problems.html" if part else "error.html"
    return shell(name, where, title=title, way=way, problems=problems)


def api(openapi: Mapping[str, Any], where: Where, host: str = "http://127.0.0.1:8765") -> str:
    """The reference of the API, written from its own description; ``host`` stands in its examples."""
    return shell("api.html", where, openapi=openapi, parts=parts(openapi, where.lang), host=host)


def _asks(question: Question, where: Where) -> str:
    return label("question", where.lang, question.words)
