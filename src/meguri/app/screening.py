"""`meguri screen`: what was asked, the case that answers it, and where it goes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import typer

from meguri.app.printing import as_csv, deliver, say
from meguri.app.screening_print import print_case, print_names, print_top, print_trial
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.records import records
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, find_key, label, suggest, suggest_key
from meguri.observe.entities import entities, read_entities
from meguri.observe.joblog import Reading, read_shop
from meguri.respond.name_match import match_names
from meguri.respond.name_trial import THRESHOLDS, threshold_table
from meguri.respond.screening import ScreenAnswer, screen
from meguri.respond.screening_changes import changes
from meguri.respond.screening_questions import questions
from meguri.show.screening_case import ScreenCase
from meguri.show.screening_words import header, screen_word

DAYS = {"on": "--on", "list_date": "--list-date", "since": "--since"}
ENDINGS = (".html", ".xlsx", ".docx", "")


class Asked(NamedTuple):
    """What the command line was asked."""

    files: tuple[Path, ...] = ()
    on: str | None = None
    to: str | None = None
    end_user: str | None = None
    items: str | None = None
    lists: tuple[Path, ...] = ()
    list_date: str | None = None
    since: str | None = None
    names: str | None = None
    least: float = 78.0
    thresholds: bool = False
    seed: int = 1

    @property
    def day(self) -> str:
        """Day of shipment; today where none is given."""
        return self.on or dt.date.today().isoformat()


def parted(text: str, marks: str = ";；\n") -> list[str]:
    """Names between semicolons, each once.

    Examples
    --------
    >>> parted("甲社；乙社; 甲社 ;"), parted("A、B,C", ",、")
    (['甲社', '乙社'], ['A', 'B', 'C'])
    """
    return list(dict.fromkeys(name.strip() for name in re.split(f"[{marks}]", text) if name.strip()))


def check_asked(asked: Asked, out: Path | None) -> None:
    """Refuse what cannot be answered.

    Raises
    ------
    DataError
        With every option that does not fit.
    """
    found = []
    if not asked.files and asked.names is None and not asked.thresholds:
        found.append(Problem("screen_nothing", "meguri screen"))
    if asked.names is not None and not parted(asked.names):
        found.append(Problem("screen_names_empty", "--names", asked.names))
    if asked.lists and asked.list_date is None:
        found.append(Problem("screen_list_undated", "--lists", asked.lists[0].name))
    if asked.list_date is not None and not asked.lists:
        found.append(Problem("screen_date_unlisted", "--list-date", asked.list_date))
    dates = {name: getattr(asked, name) for name in DAYS}
    wrong = [name for name, text in dates.items() if text is not None and not is_day(text)]
    found += [Problem("screen_day", DAYS[name], dates[name][:40]) for name in wrong]
    if asked.since is not None and "since" not in wrong and "on" not in wrong and asked.since > asked.day:
        found.append(Problem("screen_since", "--since", asked.since, "", {"on": asked.day}))
    if asked.to is not None and find_key(asked.to, "countries") is None:
        near = suggest_key(asked.to, "countries") or "CN"
        found.append(Problem("term_countries", "--to", asked.to[:40], "", {"near": near}))
    if out is not None and out.suffix.lower() not in ENDINGS:
        choices = ", ".join(key or "folder" for key in ENDINGS)
        found.append(Problem("choice", "--out", out.name, "", {"choices": choices, "near": "screen.html"}))
    if found:
        raise DataError(found)


def is_day(text: str) -> bool:
    """Whether a text is a whole ISO day.

    Examples
    --------
    >>> is_day("2026-04-01"), is_day("2026-04"), is_day("2026-04-31")
    (True, False, False)
    """
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def listed(asked: Asked) -> pd.DataFrame:
    """Entities of the packaged lists and of lists of one's own."""
    own = [read_entities(path, asked.list_date or "") for path in asked.lists]
    return pd.concat([entities(), *own], ignore_index=True)


def case_of(asked: Asked, read: Reading | None = None) -> ScreenCase:
    """The screening of the sheets that were given, or of what was already read of them.

    Raises
    ------
    DataError
        When a sheet cannot be read, holds no items, or does not hold an item asked for.
    """
    reading = read_shop(list(asked.files)) if read is None else read
    shop = reading.shop
    goods = chosen(reading, asked)
    table = listed(asked)
    to = "" if asked.to is None else str(find_key(asked.to, "countries"))
    answer = screen(replace(shop, items=goods), asked.day, to, asked.end_user or "", threshold=asked.least)
    names = compared_names(answer, shop.customers, asked)
    answer = with_matches(answer, goods, match_names(names, table, asked.least))
    trial = trial_of(asked) if asked.thresholds else Schema.of("name_thresholds").empty()
    return ScreenCase(
        answer=answer, goods=goods, customers=shop.customers, on=asked.day, destination=to,
        end_user=asked.end_user or "", names=tuple(names), listed=table, least=asked.least, trial=trial,
        since=asked.since or "",
        changes=changed(goods, asked),
        files=tuple(path.name for path in asked.files),
        understood=reading.understood, unread=reading.problems, dropped=reading.dropped,
    )  # fmt: skip


def chosen(reading: Reading, asked: Asked) -> pd.DataFrame:
    """Items of the sheets, or those asked for."""
    goods = reading.shop.items
    if goods.empty:
        files = ", ".join(path.name for path in asked.files)
        raise DataError(Problem("screen_no_items", files, "", files))
    if asked.items is None:
        return goods
    keys = [str(key) for key in goods["item"]]
    wanted = parted(asked.items, ",、;；")
    unknown = [name for name in wanted if name not in keys]
    if unknown or not wanted:
        near = ", ".join(filter(None, (suggest(name, keys) for name in unknown))) or ", ".join(keys[:8])
        raise DataError(
            [Problem("screen_item", "--items", name, "", {"near": near}) for name in unknown or [""]]
        )
    return goods[goods["item"].isin(wanted)].reset_index(drop=True)


def compared_names(answer: ScreenAnswer, customers: pd.DataFrame, asked: Asked) -> list[str]:
    """Customers, the end user, who comes behind them, and names asked for; a country is no name."""
    behind = [name for name in answer.paths["to_name"] if find_key(name, "countries") is None]
    used = set(answer.paths["to_name"]) | set(answer.paths["from_name"])
    own = [name for name in customers["name"] if name in used]
    extra = parted(asked.names) if asked.names else []
    return list(dict.fromkeys(name for name in (*own, *behind, asked.end_user or "", *extra) if name))


def with_matches(answer: ScreenAnswer, goods: pd.DataFrame, matches: pd.DataFrame) -> ScreenAnswer:
    """The answer with these matches, and the questions that follow from them."""
    if set(matches["name"]) == set(answer.entities["name"]):  # the questions name no other firm
        return replace(answer, entities=matches)
    asked = questions(goods, answer.verdicts, answer.paths, matches)
    return replace(answer, entities=matches, questions=asked)


def trial_of(asked: Asked) -> pd.DataFrame:
    """Recall and false alarms at the usual bounds and at the one in use."""
    return threshold_table(seed=asked.seed, thresholds=sorted({*THRESHOLDS, asked.least}))


def changed(goods: pd.DataFrame, asked: Asked) -> pd.DataFrame:
    """What changed for these items since the day asked for."""
    if asked.since is None:
        return Schema.of("screen_changes").empty()
    return changes(goods, asked.since, asked.day)


def deliver_screen(asked: Asked, form: str, out: Path | None, lang: Lang) -> None:
    """The answer on the terminal, as page, workbook, papers or folder, or in the form asked for."""
    check_asked(asked, out if form == "table" else None)
    if not asked.files:
        deliver_names(asked, form, out, lang)
        return
    case = case_of(asked)
    if form == "xlsx":
        if out is None:
            raise DataError(Problem("xlsx_needs_out", "--format xlsx"))
        form, out = "table", out.with_suffix(".xlsx")
    if form != "table":
        typer.echo(header(lang), err=True)  # a table in a pipe has no place for it
        content = about(case) | {name: records(table) for name, table in case.tables.items()}
        deliver(content, case.answer.verdicts, form, out, sheets=case.tables)
        return
    if out is None:
        print_case(case, lang)
        return
    writers(case, lang)[out.suffix.lower()](out)
    say(header(lang), "bold")
    say(label("saved", lang, "cli", path=out))


def about(case: ScreenCase) -> dict[str, Any]:
    """What a JSON document says first: draft, no ruling, no clearance, what was asked."""
    said = {
        f"{key}_{lang}": screen_word(key, lang)
        for key in ("draft", "no_ruling", "no_match")
        for lang in LANGS
    }
    asked = {
        "on": case.on, "destination": case.destination, "end_user": case.end_user, "since": case.since,
        "least": case.least, "names": list(case.names), "files": list(case.files),
    }  # fmt: skip
    return {"about": said | asked}


def writers(case: ScreenCase, lang: Lang) -> dict[str, Callable[[Path], Any]]:
    """What a file of each ending is; a name without an ending is a folder of everything."""
    from meguri.show.office.screening_papers import write_papers
    from meguri.show.screening import write_screening
    from meguri.show.screening_excel import write_screening_excel

    return {
        ".html": lambda out: write_screening(case, out, lang),
        ".xlsx": lambda out: write_screening_excel(case, out, lang),
        ".docx": lambda out: write_papers(case, out, lang),
        "": lambda out: write_everything(case, out, lang),
    }


def write_everything(case: ScreenCase, folder: Path, lang: Lang) -> None:
    """Page, workbook, each paper and each table in one folder."""
    from meguri.show.office.screening_papers import write_each_paper
    from meguri.show.screening import write_screening
    from meguri.show.screening_excel import write_screening_excel

    write_screening(case, folder / "screen.html", lang)
    write_screening_excel(case, folder / "screen.xlsx", lang)
    write_each_paper(case, folder, lang)
    for name, table in case.tables.items():
        write_atomically(folder / f"{name}.csv", as_csv(table).encode("utf-8-sig"))


def deliver_names(asked: Asked, form: str, out: Path | None, lang: Lang) -> None:
    """Names alone against the lists, and what each least nearness costs."""
    from meguri.show.screening_excel import write_names_excel

    tables: dict[str, pd.DataFrame] = {}
    names = parted(asked.names) if asked.names else []
    table = listed(asked)
    if names:
        tables["name_matches"] = match_names(names, table, asked.least)
    if asked.thresholds:
        tables["name_thresholds"] = trial_of(asked)
    if form != "table" or out is not None:
        said = {
            f"{key}_{one}": screen_word(key, one)
            for key in ("draft", "no_ruling", "no_match")
            for one in LANGS
        }
        content = {"about": said} | {name: records(found) for name, found in tables.items()}
        chosen_form = out.suffix[1:] if form == "table" and out is not None else form
        if chosen_form not in ("json", "csv", "xlsx"):
            details = {"choices": ".csv, .xlsx, .json", "near": "names.xlsx"}
            raise DataError(Problem("choice", "--out", out.name if out else "", "", details))
        if chosen_form == "xlsx" and out is not None:
            write_names_excel(tables, out, lang)
            return
        typer.echo(header(lang), err=True)
        deliver(content, next(iter(tables.values())), chosen_form, out, sheets=tables)
        return
    print_top(lang)
    if names:
        print_names(names, tables["name_matches"], table, asked.least, lang)
    if asked.thresholds:
        print_trial(tables["name_thresholds"], asked.least, lang)
