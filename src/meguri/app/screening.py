"""`meguri screen`: what was asked, the tables that answer it, and where they go."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.records import records
from meguri.base.terms import Lang, label
from meguri.observe.entities import entities, read_entities
from meguri.respond.name_match import THRESHOLD, match_names
from meguri.respond.name_trial import threshold_table
from meguri.show.screening_words import header, screen_word


class Asked(NamedTuple):
    """What the command line was asked."""

    files: tuple[Path, ...]
    on: str | None
    to: str | None
    end_user: str | None
    items: str | None
    lists: tuple[Path, ...]
    list_date: str | None
    since: str | None
    names: str | None
    least: float
    thresholds: bool
    seed: int


def parted(text: str) -> list[str]:
    """Names between semicolons, each once.

    Examples
    --------
    >>> parted("甲社；乙社; 甲社 ;")
    ['甲社', '乙社']
    """
    return list(dict.fromkeys(name.strip() for name in re.split(r"[;；\n]", text) if name.strip()))


def check_asked(asked: Asked) -> None:
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
    if found:
        raise DataError(found)


def listed(asked: Asked) -> pd.DataFrame:
    """Entities of the packaged lists and of lists of one's own."""
    own = [read_entities(path, asked.list_date or "") for path in asked.lists]
    return pd.concat([entities(), *own], ignore_index=True)


def deliver_screen(asked: Asked, form: str, out: Path | None, lang: Lang) -> None:
    """The answer on the terminal, as page, workbook, papers or folder, or in the form asked for."""
    check_asked(asked)
    tables: dict[str, pd.DataFrame] = {}
    if asked.thresholds:
        tables["name_thresholds"] = threshold_table(seed=asked.seed)
    if asked.names is not None:
        tables["name_matches"] = match_names(parted(asked.names), listed(asked), asked.least)
    if form != "table":
        deliver({name: records(table) for name, table in tables.items()}, next(iter(tables.values())), form,
                out, sheets=tables)  # fmt: skip
        return
    say(header(lang), "bold")
    say_folded(screen_word("no_ruling", lang))
    if asked.names is not None:
        print_names(parted(asked.names), tables["name_matches"], listed(asked), asked.least, lang)
    if asked.thresholds:
        print_trial(tables["name_thresholds"], lang)


def print_names(
    names: list[str], matches: pd.DataFrame, table: pd.DataFrame, least: float, lang: Lang
) -> None:
    """Near spellings with scores and the day of the list, and names without any."""
    lists = ", ".join(label(key, lang, "entity_lists") for key in dict.fromkeys(table["list"]))
    say()
    say_folded(screen_word("names_asked", lang, n=len(names), m=len(table), lists=lists, least=f"{least:g}"))
    heads = [
        screen_word(f"head_{key}", lang)
        for key in ("name", "score", "listed", "list", "list_date", "country", "how")
    ]
    rows = [
        [
            str(row["name"]),
            f"{row['score']:.0f}",
            str(row["listed"]),
            label(row["list"], lang, "entity_lists"),
            str(row["list_date"]),
            label(row["country"], lang, "countries") if row["country"] else "—",
            label(row["how"], lang, "name_ways"),
        ]
        for row in matches.to_dict("records")
    ]
    if rows:
        print_table(heads, rows)
    without = [name for name in names if name not in set(matches["name"])]
    if without:
        say_folded(screen_word("names_none", lang, names="; ".join(without)))
    say_folded(screen_word("no_match", lang))


def print_trial(table: pd.DataFrame, lang: Lang) -> None:
    """Recall and false alarms of the comparison at each least nearness."""
    first: dict[str, Any] = dict(table.iloc[0])
    say()
    say_folded(
        screen_word(
            "trial", lang, asked=int(first["asked"]), outside=int(first["outsiders"]), usual=f"{THRESHOLD:g}"
        )
    )
    keys = ("threshold", "found", "recall", "candidates", "alarms", "alarm_rate")
    rows = [
        [
            f"{row['threshold']:g}", f"{row['found']}/{row['asked']}", f"{row['recall']:.1%}",
            f"{row['candidates']:.1f}", f"{row['alarms']}/{row['outsiders']}", f"{row['alarm_rate']:.1%}",
        ]
        for row in table.to_dict("records")
    ]  # fmt: skip
    print_table([screen_word(f"head_{key}", lang) for key in keys], rows)
