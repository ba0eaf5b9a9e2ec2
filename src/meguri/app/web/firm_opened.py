"""What the page of a firm is made from: sheets as read, figures, screening; kept while a worker lives.

A file of one's own is read under the name its owner gave it, so that every message names what she knows.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import cast

from meguri.app import screening
from meguri.app.safetynet import offer_of, range_of
from meguri.app.web.desk import Desk
from meguri.app.web.question import Asked
from meguri.app.web.questions.firm import CUSTOMERS, EXAMPLE, SHOP
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang
from meguri.observe.joblog import Reading, read_shop
from meguri.observe.shop import TABLES
from meguri.observe.shop_template import write_shop_template
from meguri.show.screening_case import ScreenCase
from meguri.structure.safety_masks import Audience
from meguri.structure.safetynet_answer import SafetyAnswer, Stated, safety_answer

HELD = 8  # readings and answers kept in a worker: a page asks for the same ones again and again


@dataclass(frozen=True)
class Source:
    """A workbook to read: where it lies, its content, and the name its owner knows it by."""

    path: str
    digest: str
    name: str


_paths: set[str] = set()


def forget_deleted() -> None:
    """Drop everything held in memory once a file behind any of it is no longer there."""
    if any(not Path(path).exists() for path in _paths):
        for held in (reading_of, _answer, _with_gone, _case):
            held.cache_clear()
        _paths.clear()


def source_of(asked: Asked, desk: Desk, lang: Lang, field: str = "shop") -> Source:
    """The workbook a field names; the invented one is written in the reader's language."""
    forget_deleted()
    value = asked[field]
    if value == EXAMPLE:
        return Source("", lang, "shop.xlsx")
    kept = desk.file(value)
    _paths.add(str(kept.path))
    return Source(str(kept.path), kept.digest, kept.name)


@lru_cache(maxsize=HELD)
def reading_of(source: Source) -> Reading:
    """The sheets as read; file names as their owner knows them.

    Raises
    ------
    DataError
        When the file cannot be read, by the name its owner knows.
    """
    if not source.path:
        with tempfile.TemporaryDirectory() as folder:
            lang: Lang = "ja" if source.digest == "ja" else "en"
            return read_shop(write_shop_template(Path(folder) / source.name, lang))
    stored = Path(source.path).name
    try:
        found = read_shop(source.path)
    except DataError as error:
        known = [_renamed(one, (source.path, stored), source.name) for one in error.problems]
        raise DataError(known, source.name) from None
    understood = found.understood.assign(file=source.name)
    problems = tuple(_renamed(one, (source.path, stored), source.name) for one in found.problems)
    places = {
        name: frame.assign(place=[str(cell).replace(stored, source.name, 1) for cell in frame["place"]])
        for name in TABLES
        if "place" in (frame := getattr(found.shop, name))
    }
    shop = replace(found.shop, **places)
    return replace(found, shop=shop, understood=understood, problems=problems)


def _renamed(problem: Problem, stored: tuple[str, ...], name: str) -> Problem:
    """A problem that names a file as its owner does."""
    place, file = problem.place, problem.file
    for one in stored:
        place, file = place.replace(one, name), file.replace(one, name)
    return replace(problem, place=place, file=file)


@contextmanager
def fields_named() -> Iterator[None]:
    """Problems that name an option of the command line name the field of the form instead."""
    try:
        yield
    except DataError as error:
        found = [
            replace(one, place=one.place.split(" ")[0].removeprefix("--").replace("-", "_"))
            if one.place.startswith("--")
            else one
            for one in error.problems
        ]
        raise DataError(found, error.file) from None


def stated_of(asked: Asked) -> Stated:
    """What only the firm can state.

    Raises
    ------
    DataError
        Naming each field that does not say what it must.
    """
    found: list[Problem] = []
    ranges = {name: range_of(name, asked[name] or None, found) for name in ("cost", "without_care", "rate")}
    offers = [part.strip() for part in asked["keeping"].replace("；", ";").split(";") if part.strip()]
    keeping = dict(filter(None, (offer_of(text, found) for text in offers)))
    with fields_named():
        if found:
            raise DataError([replace(one, place=one.place.replace("--offer", "--keeping")) for one in found])
    return Stated(ranges["cost"], ranges["without_care"], ranges["rate"], keeping, asked["customer"] or None)


@lru_cache(maxsize=HELD)
def _answer(source: Source, as_of: str, minimum: int, stated: tuple[str, ...]) -> SafetyAnswer:
    names = ("cost", "without_care", "rate", "keeping", "customer")
    given = stated_of(Asked(dict(zip(names, stated, strict=True))))
    with fields_named():
        return safety_answer(reading_of(source), as_of or None, minimum, given)


def answer_of(asked: Asked, desk: Desk, lang: Lang) -> SafetyAnswer:
    """The firm's figures, all of them: mask before showing."""
    stated = tuple(asked[name] for name in ("cost", "without_care", "rate", "keeping", "customer"))
    minimum = asked.whole("minimum")
    return _answer(source_of(asked, desk, lang), asked["as_of"], 5 if minimum is None else minimum, stated)


@lru_cache(maxsize=HELD)
def _with_gone(source: Source, as_of: str, minimum: int, stated: tuple[str, ...]) -> SafetyAnswer:
    from meguri.respond.gone import gone  # brings the shock engine

    answer = _answer(source, as_of, minimum, stated)
    return answer.adding("card_gone", gone(reading_of(source).shop))


def card_answer(asked: Asked, desk: Desk, lang: Lang) -> SafetyAnswer:
    """The firm's figures with what changes when it is gone, as its card has them."""
    stated = tuple(asked[name] for name in ("cost", "without_care", "rate", "keeping", "customer"))
    minimum = asked.whole("minimum")
    return _with_gone(source_of(asked, desk, lang), asked["as_of"], 5 if minimum is None else minimum, stated)


def audience_of(asked: Asked) -> Audience:
    """Who reads."""
    return cast(Audience, asked["audience"])


def case_of(asked: Asked, desk: Desk, lang: Lang) -> ScreenCase:
    """The screening of the firm's items, or of a list of its own.

    Raises
    ------
    DataError
        When a sheet holds no item, or a condition does not say what it must.
    """
    shop = source_of(asked, desk, lang)
    listed = shop if asked["items"] == SHOP else source_of(asked, desk, lang, "items")
    day = asked["on"] or desk.today()
    wanted = tuple(asked[name] for name in ("destination", "end_user", "since", "names", "least"))
    return _case(shop, listed, day, wanted)


@lru_cache(maxsize=HELD)
def _case(shop: Source, listed: Source, day: str, wanted: tuple[str, ...]) -> ScreenCase:
    destination, end_user, since, names, least = wanted
    query = screening.Asked(
        files=(Path(listed.name),), on=day, to=None if destination == CUSTOMERS else destination,
        end_user=end_user or None, since=since or None, names=names or None, least=float(least or 78),
    )  # fmt: skip
    with fields_named():
        screening.check_asked(query, None)
        reading = reading_of(listed)
        if listed != shop and reading.shop.customers.empty:
            sold = replace(reading.shop, customers=reading_of(shop).shop.customers)
            reading = replace(reading, shop=sold)
        return screening.case_of(query, reading)
