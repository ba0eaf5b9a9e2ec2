"""What only the drafter of a 稟議書 knows, read from a small sheet; what is left out stays a blank line."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_text, write_atomically
from meguri.base.terms import LANGS, Lang, suggest
from meguri.scenario.read import read_yaml
from meguri.show.office.extra import phrase

APPROVERS = 4  # boxes where the user names none: drafter, section manager, department head, executive
MOST_APPROVERS, LONGEST = 8, 200  # boxes one line holds; letters of a field
DATES = ("date", "wanted")
ENDINGS = (".yaml", ".yml", ".csv")


@dataclass(frozen=True)
class Form:
    """What only the drafter knows; what is left out stays a blank to fill in by hand.

    ``title`` replaces the subject, which otherwise names the scenario; ``wanted`` is the day by which
    the decision is wished for, ``account`` the account of the budget.
    """

    title: str = ""
    department: str = ""
    drafter: str = ""
    number: str = ""
    date: str = ""
    approvers: tuple[str, ...] = ()
    wanted: str = ""
    account: str = ""

    def boxes(self, lang: Lang) -> tuple[str, ...]:
        """Headings of the boxes to sign."""
        return self.approvers or tuple(phrase(f"approver_{n}", lang) for n in range(1, APPROVERS + 1))


SHOWN = ("title", "number", "date", "department", "drafter", "wanted", "account", "approvers")


def names_of(field: str) -> list[str]:
    """Every way in which a sheet may name a field.

    Examples
    --------
    >>> names_of("date")
    ['date', 'Date', '起案日']
    """
    told = [name for lang in LANGS for name in phrase(f"form_{field}", lang).split("|")]
    return list(dict.fromkeys([field, *told]))


def read_form(path: str | Path) -> Form:
    """A form from a YAML file (names and values) or a CSV file (a name and a value in each row).

    Raises
    ------
    DataError
        With every field that is not known, written twice or not as it must be, and the way out.
    ScenarioError
        When the file is no YAML that can be read.
    """
    place, file = Path(path), str(path)
    if place.suffix.lower() not in ENDINGS:
        details = {"choices": ", ".join(ENDINGS), "near": "form.yaml"}
        raise DataError(Problem("choice", "--form", place.name, file, details))
    text = read_text(place)
    content = _rows(text) if place.suffix.lower() == ".csv" else read_yaml(text, file)
    if not isinstance(content, Mapping | list):
        raise DataError(Problem("form_mapping", file, str(content)[:40], file))
    pairs = list(content.items()) if isinstance(content, Mapping) else content
    return _checked(pairs, file)


def _rows(text: str) -> list[tuple[str, Any]]:
    """Names and values of a CSV sheet; approvers stand in the cells of their row, or in several rows."""
    found: list[tuple[str, Any]] = []
    people: list[str] = []
    for row in csv.reader(io.StringIO(text)):
        name, *cells = [cell.strip() for cell in row] or [""]
        given = [cell for cell in cells if cell]
        if name in names_of("approvers"):
            people += given
        elif name and not name.startswith("#"):
            found.append((name, given[0] if given else ""))
    return [*found, ("approvers", people)]


def _checked(pairs: list[tuple[Any, Any]], file: str) -> Form:
    """The form, or every problem of it at once."""
    known = {name.casefold(): field for field in SHOWN for name in names_of(field)}
    given: dict[str, Any] = {}
    found: list[Problem] = []
    for name, value in pairs:
        field = known.get(str(name).strip().casefold())
        if field is None:
            near = suggest(str(name), list(known)) or ", ".join(SHOWN)
            found.append(Problem("form_field", file, str(name)[:40], file, {"near": near}))
        elif field in given:
            found.append(Problem("form_twice", str(name), str(value)[:40], file))
        else:
            given[field], wrong = _value(field, value, str(name), file)
            found += wrong
    if found:
        raise DataError(found, file)
    return Form(**{one.name: given[one.name] for one in fields(Form) if one.name in given})


def _value(field: str, value: Any, place: str, file: str) -> tuple[Any, list[Problem]]:
    """A value as the form holds it, and what is wrong with it."""
    if field == "approvers":
        listed = value if isinstance(value, list) else [value] if value else []
        people = tuple(str(one).strip() for one in listed if not isinstance(one, list | dict))
        wrong = len(people) < len(listed) or len(people) > MOST_APPROVERS or not all(people)
        details = {"most": str(MOST_APPROVERS)}
        return people, [Problem("form_approvers", place, str(value)[:40], file, details)] * wrong
    text = "" if value is None else str(value).strip()
    if isinstance(value, list | dict) or len(text) > LONGEST:
        return text, [Problem("form_text", place, text[:40], file, {"most": str(LONGEST)})]
    if field in DATES and text:
        date = _day(text)
        return date or text, [] if date else [Problem("form_date", place, text[:40], file)]
    return text, []


def _day(text: str) -> str:
    """A day as an office writes it, in ISO; nothing where it is none.

    Examples
    --------
    >>> _day("2026年4月1日"), _day("2026/4/1"), _day("2026-04-31"), _day("soon")
    ('2026-04-01', '2026-04-01', '', '')
    """
    parts = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", text)
    try:
        return dt.date(*map(int, parts.groups())).isoformat() if parts else ""
    except ValueError:
        return ""


def write_form_template(path: str | Path, lang: Lang = "ja") -> Path:
    """Write an empty sheet, each field with what it is for; YAML, or CSV by its ending.

    Raises
    ------
    DataError
        When the ending is another, or the place cannot be written to.
    """
    place = Path(path)
    if place.suffix.lower() not in ENDINGS:
        details = {"choices": ", ".join(ENDINGS), "near": "form.yaml"}
        raise DataError(Problem("choice", "template", place.name, str(path), details))
    if place.suffix.lower() == ".csv":
        content = _csv_template(lang).encode("utf-8-sig")
    else:
        content = _yaml_template(lang).encode()
    write_atomically(place, content)
    return place


def _shown_name(field: str, lang: Lang) -> str:
    return phrase(f"form_{field}", lang).split("|")[0]


def _yaml_template(lang: Lang) -> str:
    lines = [f"# {phrase(f'form_head_{n}', lang)}" for n in (1, 2)]
    lines += [f"{_shown_name(field, lang)}:  # {phrase(f'form_about_{field}', lang)}" for field in SHOWN]
    return "\n".join([*lines, *(f"  - {name}" for name in Form().boxes(lang)), ""])


def _csv_template(lang: Lang) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerows([f"# {phrase(f'form_head_{n}', lang)}"] for n in (1, 2))
    for field in SHOWN:
        cells = Form().boxes(lang) if field == "approvers" else [""]
        writer.writerow([_shown_name(field, lang), *cells])
    return buffer.getvalue()
