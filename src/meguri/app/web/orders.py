"""What may be ordered as long work, and how a job is told to people: by the page that asks for it. Thin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from meguri.app.web.desk import Desk
from meguri.app.web.job import Job
from meguri.app.web.kinds import EXTRA, NAMES, PAGES
from meguri.app.web.question import Asked, Field, Question
from meguri.app.web.questions import QUESTIONS
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, label


def page_of(kind: str, params: Mapping[str, str]) -> Question:
    """The page that asks for a job: the one declared, else the one whose fields its parameters are.

    Examples
    --------
    >>> page_of("stress", {}).key
    'stops'
    """
    if kind in PAGES:
        return QUESTIONS[PAGES[kind]]
    return max(QUESTIONS.values(), key=lambda one: len({field.name for field in one.fields} & set(params)))


def check(kind: str, params: Mapping[str, str], desk: Desk, lang: Lang) -> Asked:
    """What a job is asked, held against the fields of the page that asks for it.

    Raises
    ------
    DataError
        With every parameter that is wrong, or when there is no such kind.
    """
    if kind not in NAMES:
        raise DataError(
            Problem("web_jobs_kind", "kind", ascii(kind)[:40], details={"names": ", ".join(NAMES)})
        )
    question = page_of(kind, params)
    extra = tuple(Field(name, "text") for name in EXTRA.get(kind, ()))
    wider = replace(question, fields=(*question.fields, *extra))
    return wider.read({name: [text] for name, text in params.items()}, desk, lang)


def described(job: Job, desk: Desk, lang: Lang) -> dict[str, Any]:
    """A job in the words of its page: its title, what was asked, the address of the answer."""
    question = page_of(job.kind, job.params)
    known = {field.name: field for field in question.fields}
    asked = []
    for name, text in job.params.items():
        if text and name in known:
            choices = known[name].choices
            words = dict(choices(desk, lang)) if choices else {}
            told = ", ".join(words.get(part, part) for part in text.split(",")) if words else text
            asked.append((label(f"field_{name}", lang, question.words), told))
    return {
        "title": label("question", lang, question.words),
        "asked": asked,
        "page": question.key,
        "query": {name: text for name, text in job.params.items() if text and name in known},
    }
