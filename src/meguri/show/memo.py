"""What the memo of a response is written from: the answer, its tables with numbered rows, and its print."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.respond.answer import SCHEMAS, RespondAnswer
from meguri.show.basis import footer, weakest_grade
from meguri.show.cited import Cited, Printer, numbered
from meguri.show.plans import efficient, plan_names
from meguri.show.spell import joined, missing, say

Years = Literal["calendar", "fiscal"]
FRAME = "frame"
DECLARED: Mapping[str, str] = MappingProxyType({**SCHEMAS, FRAME: "respond_frame"})


@dataclass(frozen=True, eq=False)
class Memo:
    """An answer as one reader sees it: language, years from January or April, cells of the workbook."""

    answer: RespondAnswer
    printer: Printer
    fiscal: bool
    tables: Mapping[str, pd.DataFrame]
    efficient: pd.DataFrame  # plans of the front and robust picks, each once, by days bought
    names: Mapping[str, str]  # shown name of every plan
    basis_of_figures: str  # sources and weakest grade, as printed below each figure

    @property
    def lang(self) -> Lang:
        """Language of the reader."""
        return self.printer.lang

    def declared(self, table: str) -> str:
        """Name under which ``columns.csv`` declares a table."""
        return DECLARED[table]

    def cell(self, table: str, row: Mapping[Any, Any], column: str, how: str) -> Cited:
        """One cell of a table of the answer in print (``Printer.cell`` lists the ways)."""
        return self.printer.cell(DECLARED[table], row, column, how)

    def gain(self, table: str, row: Mapping[Any, Any], how: str) -> Cited:
        """Days bought; where the plan never falls short within the horizon, that many or more."""
        beyond = not missing(row.get("time_d")) and float(row["time_d"]) >= self.printer.horizon
        least = "n_least" if how.startswith("n_") else "least_d"
        return self.cell(table, row, "time_gained_d", least if beyond else how)

    def name(self, table: str, row: Mapping[Any, Any]) -> Cited:
        """Shown name of a row, cited like a number; the other language where this one is empty."""
        other = "label_en" if self.lang == "ja" else "label_ja"
        column = other if missing(row.get(f"label_{self.lang}")) else f"label_{self.lang}"
        return self.cell(table, row, column, "text")

    def plan(self, key: object) -> str:
        """Shown name of a plan; its key where no table of plans holds it."""
        return self.names.get(str(key), str(key))

    def measure(self, key: object) -> Cited | str:
        """Shown name of a measure, from the first table that names it; its key where none does."""
        for table in ("plan_measures", "marginal", "order"):
            rows = self.tables[table]
            rows = rows[rows["measure"] == key]
            if len(rows):
                return self.name(table, rows.iloc[0].to_dict())
        return str(key)

    def basis(self, column: str, how: str) -> Cited:
        """One of the facts that hold for the whole answer."""
        return self.cell(FRAME, self.tables[FRAME].iloc[0].to_dict(), column, how)

    def year(self, y: int) -> str:
        """The year in which a year of the plan begins, as calendar year or 年度."""
        begins = self.answer.decided + dt.timedelta(days=365 * int(y))
        if not self.fiscal:
            return say("memo_calendar", self.lang, year=begins.year)
        return say("memo_fiscal", self.lang, year=begins.year - (begins.month < 4))

    def cells(self, table: str, rows: pd.DataFrame) -> str:
        """Words for the block of the workbook that holds some rows."""
        if rows.empty:
            return ""
        return say("memo_cells", self.lang, cells=self.printer.block(DECLARED[table], rows["_row"]))

    def footer(self, table: str, rows: pd.DataFrame) -> str:
        """Sources, weakest grade and the cells of a figure."""
        return joined([self.basis_of_figures, self.cells(table, rows)], self.lang)


def memo_of(answer: RespondAnswer, lang: Lang, years: Years = "calendar") -> Memo:
    """The memo's view of an answer.

    Parameters
    ----------
    answer : RespondAnswer
        What :mod:`meguri.respond` found.
    lang : {"en", "ja"}
        Language of the reader.
    years : {"calendar", "fiscal"}
        Years from January, or from April (年度).
    """
    tables = {name: numbered(answer.table(name)) for name in SCHEMAS} | {FRAME: numbered(frame_table(answer))}
    columns = {DECLARED[name]: [c for c in table if c != "_row"] for name, table in tables.items()}
    printer = Printer(lang, answer.rate, answer.horizon_d, MappingProxyType(columns))
    plans = tables["plans"]
    return Memo(
        answer,
        printer,
        years == "fiscal",
        MappingProxyType(tables),
        efficient(plans),
        plan_names(plans, lang),
        footer(answer.sources(), weakest_grade(tables["assumptions"], tables["plan_measures"]), lang),
    )


def frame_table(answer: RespondAnswer) -> pd.DataFrame:
    """One row with what holds for the whole answer: budget, dates, rate, seed."""
    manifest, chain = answer.manifest, answer.chain
    row = {
        "scenario": "|".join(str(one["name"]) for one in manifest["scenarios"]),
        "chain": f"{chain.name}@{chain.as_of}" if chain.as_of else chain.name,
        "decided": answer.decided.isoformat(),
        "years": answer.years,
        "after": manifest.get("after"),
        "strikes": "|".join(f"{years:g}" for years in answer.strikes),
        "horizon_d": answer.horizon_d,
        "budget": answer.budget,
        "rate": answer.rate.rate,
        "rate_date": answer.rate.date.isoformat(),
        "rate_source": answer.rate.source,
        "alpha": manifest.get("alpha"),
        "runs": manifest.get("runs"),
        "seed": manifest.get("seed"),
        "hash": manifest["hash"],
    }
    schema = Schema.of("respond_frame")
    return schema.check(pd.DataFrame([row], columns=schema.names), "respond_frame")
