"""Cells of an answer's tables as a reader sees them, each remembered with the place it was read from."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang
from meguri.respond.answer import SCHEMAS, RespondAnswer
from meguri.show.cited import HEADS, sheet_name
from meguri.show.excel import safe_text
from meguri.show.money import in_thousands, whole_thousands
from meguri.show.office.extra import phrase
from meguri.show.spell import as_date, fraction, missing, name_of, number, percent, significant, unit_word
from meguri.show.spell import day as day_words

NONE = "none"  # role of the plan that does nothing
FRONT = "front"
SINGLE = "single"  # one measure alone
ROBUST = ("robust_time", "robust_competitiveness")


@dataclass(frozen=True)
class Row:
    """One row of a table: the table, its place counted from 1, and its cells."""

    table: str
    place: int
    cells: Mapping[str, Any]

    def __getitem__(self, column: str) -> Any:
        return self.cells.get(column)

    def text(self, column: str) -> str:
        """A cell of words; nothing where it is empty."""
        return "" if missing(self.cells.get(column)) else safe_text(str(self.cells[column]))

    def name(self, lang: Lang, key: str = "plan") -> str:
        """Shown name of what the row is about."""
        return safe_text(name_of(self.cells, lang, key))


@dataclass(frozen=True)
class Cited:
    """What a document shows, and the cell behind it."""

    shown: str
    cell: str


@dataclass
class Quotes:
    """The tables of an answer, read for one document in one language.

    ``chosen`` are the plans the document speaks for; ``cited`` grows as cells are quoted.
    """

    answer: RespondAnswer
    lang: Lang
    chosen: list[Row] = field(default_factory=list)
    cited: list[Cited] = field(default_factory=list)
    read: dict[str, list[Row]] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: RespondAnswer, lang: Lang, plan: str = "") -> Quotes:
        """Quotes for a plan; without one for the plan of least regret on each axis, else the front's ends.

        Never one plan for both axes: that choice is the reader's.

        Raises
        ------
        DataError
            When the answer holds no such plan; the message names those it holds.
        """
        q = cls(answer, lang)
        robust = [row for role in ROBUST for row in q.rows("plans", role=role)]
        front = q.rows("plans", role=FRONT)
        ends = front if len(front) < 2 else [front[0], front[-1]]
        q.chosen = [q.plan(plan)] if plan else q.each_once(robust) or ends
        return q

    def each_once(self, plans: Sequence[Row]) -> list[Row]:
        """Plans of different measures; where one is best on both axes, the plan of the front that it is."""
        found = {self.taken(row): row for row in reversed(plans)}
        if len(found) == len(plans):
            return list(plans)
        front = {self.taken(row): row for row in self.rows("plans", role=FRONT)}
        return [front.get(taken, row) for taken, row in found.items()]

    def taken(self, plan: Row) -> frozenset[tuple[str, int, float]]:
        """Measures of a plan with their years and sizes."""
        rows = self.rows("plan_measures", plan=plan["plan"])
        return frozenset((str(row["measure"]), int(row["year"]), float(row["size"])) for row in rows)

    def rows(self, table: str, **where: object) -> list[Row]:
        """Rows of a table whose cells are as given, in the order of the table."""
        if table not in self.read:
            records = self.answer.table(table).to_dict("records")
            self.read[table] = [
                Row(table, place, {str(key): value for key, value in cells.items()})
                for place, cells in enumerate(records, start=1)
            ]
        found = self.read[table]
        return [row for row in found if all(row[column] == value for column, value in where.items())]

    def plan(self, plan: str) -> Row:
        """The row of one plan.

        Raises
        ------
        DataError
            When the answer holds no such plan; the message names those it holds.
        """
        found = self.rows("plans", plan=plan)
        if not found:
            names = ", ".join(str(row["plan"]) for row in self.rows("plans"))
            raise DataError(Problem("office_plan", "plans", plan, "", {"plans": names}))
        return found[0]

    def nothing(self) -> Row | None:
        """The row of doing nothing."""
        return next(iter(self.rows("plans", role=NONE)), None)

    def _shown(self, row: Row, column: str, words: Callable[[Any], str]) -> str:
        value = row[column]
        if missing(value):
            return phrase("unknown", self.lang)
        return self.cite(words(value), [row], column)

    def days(self, row: Row, column: str) -> str:
        """A number of days, whole; the horizon itself means that nothing fell short within it."""
        horizon = self.answer.horizon_d

        def words(value: Any) -> str:
            whole = number(min(float(value), horizon), "d", self.lang)
            return phrase("beyond", self.lang, n=whole) if float(value) >= horizon else whole

        return self._shown(row, column, words)

    def fine_days(self, row: Row, column: str) -> str:
        """A few days, two digits."""
        unit = unit_word("d", self.lang)
        return self._shown(row, column, lambda value: f"{significant(float(value), 2)}{unit}")

    def more_days(self, row: Row, column: str) -> str:
        """A gain in days, with its sign; at least that many where the plan outlasts the horizon."""
        beyond = not missing(row["time_d"]) and float(row["time_d"]) >= self.answer.horizon_d

        def words(value: Any) -> str:
            shown = plus(float(value), number(abs(value), "d", self.lang))
            return phrase("at_least", self.lang, n=shown) if beyond else shown

        return self._shown(row, column, words)

    def share(self, row: Row, column: str) -> str:
        """A share in percent."""
        return self._shown(row, column, lambda value: percent(float(value)))

    def rate(self, row: Row, column: str) -> str:
        """A rate of support, as a plain fraction where it is one."""
        return self._shown(row, column, lambda value: fraction(float(value)))

    def iso(self, row: Row, column: str) -> str:
        """A day, month or year as it stands."""
        return self._shown(row, column, lambda value: str(value)[:10])

    def fine_share(self, row: Row, column: str) -> str:
        """A few points of percent, two digits."""

        def words(value: Any) -> str:
            return phrase("points", self.lang, n=significant(100 * float(value), 2))

        return self._shown(row, column, words)

    def more_share(self, row: Row, column: str) -> str:
        """A gain in points of percent, with its sign."""
        return self._shown(row, column, lambda value: plus(float(value), points(float(value), self.lang)))

    def jpy(self, row: Row, column: str) -> str:
        """Thousands of yen."""
        return self._shown(row, column, lambda value: in_thousands(whole_thousands(float(value)), self.lang))

    def date(self, row: Row, column: str) -> str:
        """A day of the calendar."""
        return self._shown(row, column, lambda value: day_words(as_date(value), self.lang))

    def amount(self, row: Row, column: str, unit: str) -> str:
        """A number with its unit, three digits."""
        return self._shown(row, column, lambda value: number(float(value), unit, self.lang))

    def span(self, row: Row, stem: str, words: Callable[[Row, str], str]) -> str:
        """Low to high of a number, where both are known."""
        if missing(row[f"{stem}_low"]) or missing(row[f"{stem}_high"]):
            return phrase("unknown", self.lang)
        low, high = words(row, f"{stem}_low"), words(row, f"{stem}_high")
        return low if low == high else phrase("span", self.lang, low=low, high=high)

    def cite(self, shown: str, rows: list[Row], column: str) -> str:
        """Remember words that stand on a column of several rows, such as a sum."""
        if rows:
            self.cited.append(Cited(shown, self.cell(rows[0].table, [row.place for row in rows], column)))
        return shown

    def cell(self, table: str, places: Sequence[int], column: str) -> str:
        """Where some cells of a column stand: in the table of the answer, and in its workbook."""
        sheet = sheet_name(SCHEMAS[table], self.lang)
        letter = get_column_letter(Schema.of(SCHEMAS[table]).names.index(column) + 1)
        cells = ",".join(f"{letter}{place + HEADS}" for place in places)
        rows = ",".join(str(place) for place in places)
        return phrase("cell", self.lang, cell=f"{table}[{rows}].{column}", sheet=f"{sheet}!{cells}")


def plus(value: float, shown: str) -> str:
    """Words of a size with the sign of the value; nothing gained has none.

    Examples
    --------
    >>> plus(-3.0, "3 days"), plus(3.0, "3 days"), plus(-1e-9, "0 days")
    ('−3 days', '+3 days', '0 days')
    """
    if not re.search("[1-9]", shown):  # what prints as nothing has no sign
        return shown
    return f"+{shown}" if value > 0 else f"−{shown}"


def points(share: float, lang: Lang) -> str:
    """Size of a difference of shares in points of percent.

    Examples
    --------
    >>> points(0.123, "en"), points(-0.05, "ja")
    ('12.3 points', '5.0ポイント')
    """
    return phrase("points", lang, n=f"{abs(100 * share):.1f}")


def scenario_words(answer: RespondAnswer, lang: Lang) -> str:
    """Name of the scenario."""
    label = answer.scenario.get("label") or {}
    return safe_text(str(label.get(lang) or label.get(other(lang)) or answer.scenario["name"]))


def chain_words(answer: RespondAnswer, lang: Lang) -> str:
    """Name of the chain."""
    return safe_text(str(answer.chain.label(lang)))


def other(lang: Lang) -> Lang:
    """The other language."""
    return next(each for each in LANGS if each != lang)
