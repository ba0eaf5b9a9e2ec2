"""What a page may be asked: its fields, read from a query with every problem named. Thin: no pandas here."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from meguri.app.web.desk import Desk
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, label, suggest

Choices = Callable[[Desk, Lang], Sequence[tuple[str, str]]]
Kind = Literal["choice", "many", "sets", "number", "int", "text", "date", "flag"]
LONGEST = 200  # letters of one value
MOST = 60  # values of one field


@dataclass(frozen=True)
class Field:
    """One field of a form, and one parameter of the address.

    Its words are rows ``field_NAME`` and ``help_NAME`` of the page's word list ``web_PAGE``.

    Attributes
    ----------
    kind : str
        ``choice`` one of the choices, ``many`` several of them, ``flag`` yes or no, ``sets`` changed
        values ``path=value`` (a form may name each one ``FIELD.path``), else typed text.
    default : str
        Value when the address does not name it; "" is none. For ``many``, values joined by commas.
    choices : callable, optional
        ``(desk, lang) -> [(value, label), …]``.
    low, high : float, optional
        Ends of a number.
    advanced : bool
        Shown only when "more" is opened.
    of : str
        Field whose change makes this one meaningless: it is emptied then.
    """

    name: str
    kind: Kind
    default: str = ""
    choices: Choices | None = None
    low: float | None = None
    high: float | None = None
    advanced: bool = False
    of: str = ""


class Asked(Mapping[str, str]):
    """What was asked, by field; fields left out hold their default.

    Examples
    --------
    >>> asked = Asked({"chain": "ndfeb-japan", "runs": "50"})
    >>> asked["chain"], asked.number("runs"), asked.flag("why"), asked.many("metal")
    ('ndfeb-japan', 50.0, False, ())
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def number(self, name: str) -> float | None:
        """The number of a field; ``None`` where none was given."""
        text = self._values.get(name, "")
        return float(text) if text else None

    def whole(self, name: str) -> int | None:
        """The whole number of a field; ``None`` where none was given."""
        text = self._values.get(name, "")
        return int(text) if text else None

    def flag(self, name: str) -> bool:
        """Whether a flag is set."""
        return self._values.get(name, "") == "yes"

    def many(self, name: str) -> tuple[str, ...]:
        """The values of a field that takes several."""
        return tuple(part for part in self._values.get(name, "").split(",") if part)


@dataclass(frozen=True)
class Question:
    """One page: its key in the address, the fields of its form, and the papers it can be written as."""

    key: str
    fields: tuple[Field, ...] = ()
    papers: tuple[str, ...] = field(default=("html", "pdf", "docx", "pptx", "xlsx", "zip"))

    @property
    def words(self) -> str:
        """The page's word list: nav, question, and field and help words."""
        return f"web_{self.key}"

    def read(self, query: Mapping[str, Sequence[str]], desk: Desk, lang: Lang) -> Asked:
        """What a query asks, checked against the fields.

        Raises
        ------
        DataError
            With every parameter that is unknown, out of range or none of the choices.
        """
        known = {one.name: one for one in self.fields}
        query = folded(query, [one.name for one in self.fields if one.kind == "sets"])
        problems = [
            Problem("web_unknown_field", name[:LONGEST], details={"near": suggest(name, list(known)) or "-",
                                                                  "names": ", ".join(known) or "-"})
            for name in query if name not in known
        ]  # fmt: skip
        values = {name: one.default for name, one in known.items()}
        for name, texts in query.items():
            if name in known:
                given = ",".join(dict.fromkeys(text for text in texts if text))
                cleared = known[name].kind in ("many", "text")  # others hold a value, or nothing by default
                values[name] = given if given or cleared else known[name].default
                problems += _problems(known[name], texts, desk, lang)
        if problems:
            raise DataError(problems, self.key)
        return Asked(values)


def folded(query: Mapping[str, Sequence[str]], fields: Sequence[str]) -> dict[str, list[str]]:
    """A query in which every changed value stands under its field, whatever way a form names it.

    Examples
    --------
    >>> folded({"set.horizon": ["12 months"], "set": ["demand=2"], "set.start": [""]}, ["set"])
    {'set': ['horizon=12 months', 'demand=2']}
    """
    found: dict[str, list[str]] = {}
    for name, texts in query.items():
        field_name, dot, path = name.partition(".")
        inner = bool(dot) and field_name in fields
        given = [f"{path}={text}" for text in texts if text] if inner else list(texts)
        found.setdefault(field_name if inner else name, []).extend(given)
    return found


def _problems(one: Field, texts: Sequence[str], desk: Desk, lang: Lang) -> list[Problem]:
    """What is wrong with the values of one field."""
    given = [text for text in texts if text]
    if len(given) > (MOST if one.kind in ("many", "sets") else 1):
        return [Problem("web_too_many_values", one.name, str(len(given)))]
    if one.kind == "many":
        given = [part for text in given for part in text.split(",") if part]
    long = next((text for text in given if len(text) > LONGEST or not text.isprintable()), None)
    if long is not None:
        return [Problem("web_text", one.name, ascii(long[:40]), details={"most": str(LONGEST)})]
    if one.choices is not None:
        allowed = [value for value, _ in one.choices(desk, lang)]
        return [_choice_problem(one, text, allowed) for text in given if text not in allowed]
    checks = {"number": _number_problem, "int": _number_problem, "date": _date_problem, "flag": _flag_problem}
    check = checks.get(one.kind)
    return [found for text in given if check and (found := check(one, text))]


def _choice_problem(one: Field, text: str, allowed: Sequence[str]) -> Problem:
    near, details = suggest(text, allowed), {"choices": ", ".join(allowed[:12]) or "-"}
    if near is None:
        return Problem("choice_of", one.name, text, details=details)
    return Problem("choice", one.name, text, details=details | {"near": near})


def _number_problem(one: Field, text: str) -> Problem | None:
    try:
        value = float(int(text) if one.kind == "int" else float(text))
    except ValueError:
        value = math.nan
    low = -math.inf if one.low is None else one.low
    high = math.inf if one.high is None else one.high
    if math.isfinite(value) and low <= value <= high:
        return None
    details = {"low": f"{low:g}", "high": f"{high:g}"}
    return Problem("web_number", one.name, text, details=details)


def _date_problem(one: Field, text: str) -> Problem | None:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return Problem("web_date", one.name, text)
    return None


def _flag_problem(one: Field, text: str) -> Problem | None:
    return None if text in ("yes", "no") else Problem("web_flag", one.name, text)


def words_of(name: str, values: Sequence[str], words: str) -> Choices:
    """Choices whose labels are rows ``NAME_VALUE`` of a word list."""
    return lambda _desk, lang: [(value, label(f"{name}_{value}", lang, words)) for value in values]


def terms_of(values: Sequence[str], words: str) -> Choices:
    """Choices whose labels are rows of a word list such as materials or countries."""
    return lambda _desk, lang: [(value, label(value, lang, words)) for value in values]
