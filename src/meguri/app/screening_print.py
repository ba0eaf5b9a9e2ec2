"""A screening on a terminal: that it is no ruling, what to ask first, items, names."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from meguri.app.printing import print_table, say, say_folded
from meguri.base.terms import Lang, label
from meguri.show.screening import LEAST_NAME, first_steps, late, lead
from meguri.show.screening_case import ScreenCase
from meguri.show.screening_tables import CHANGE_HEADS, change_rows, counts, missing_of, ways_of
from meguri.show.screening_words import header, screen_word, spec_words


def print_top(lang: Lang) -> None:
    """The header and the statement that this is no ruling, in both languages, before anything else."""
    say(header(lang), "bold")
    order: tuple[Lang, Lang] = ("ja", "en") if lang == "ja" else ("en", "ja")
    for one in order:
        say_folded(screen_word("no_ruling", one))


def print_case(case: ScreenCase, lang: Lang) -> None:
    """The answer in short; the page and the papers have all of it."""
    print_top(lang)
    say()
    say_folded(lead(case, lang))
    if late(case, lang):
        say_folded(late(case, lang))
    rows = []
    for item in case.goods["item"]:
        n = counts(case, item)
        ways = ", ".join(ways_of(case, item, lang))
        numbers = [str(n["candidate"]), f"{n['near']} / {n['quiet']}", str(n["out"]), str(n["off"])]
        missing = spec_words("|".join(missing_of(case, item)), lang) or "—"
        rows.append([case.item_name(item), ways, *numbers, missing])
    keys = ("item", "way", "candidate", "open", "out", "off", "missing")
    print_table([screen_word(f"col_{key}", lang) for key in keys], rows)
    say()
    say(screen_word("sec_next", lang), "bold")
    for number, (said, why) in enumerate(first_steps(case, lang), start=1):
        say_folded(f"{number}. {said}", indent=3)
        if why:
            say_folded(f"   {why}", indent=3)
    print_changes(case, lang)
    print_names(case.names, case.answer.entities, case.listed, case.least, lang)
    if len(case.trial):
        print_trial(case.trial, case.least, lang)
    for row in case.answer.notes.iloc[2:].to_dict("records"):
        say_folded(f"· {row[f'text_{lang}']}", indent=2)
    for problem in (*case.answer.problems, *case.unread):
        say_folded(f"· {problem.text(lang)}", indent=2)


def print_changes(case: ScreenCase, lang: Lang) -> None:
    """What changed between two days."""
    if not case.since:
        return
    say()
    say(screen_word("sec_changes", lang, since=case.since, on=case.on), "bold")
    if case.changes.empty:
        say_folded(screen_word("changes_none", lang))
        return
    rows = change_rows(case, lang, pointed=True)
    keys = CHANGE_HEADS[:6]
    if rows:
        print_table([screen_word(key, lang) for key in keys], [row[:6] for row in rows])
    rest = change_rows(case, lang, pointed=False)
    if rest:
        say_folded(screen_word("changes_rest", lang, n=len(rest)))


def print_names(
    names: Sequence[str], matches: pd.DataFrame, table: pd.DataFrame, least: float, lang: Lang
) -> None:
    """Near spellings with scores and the day of the list, names without any, and that this clears nothing."""
    lists = ", ".join(label(key, lang, "entity_lists") for key in dict.fromkeys(table["list"]))
    long = [name for name in names if len(name) >= LEAST_NAME]
    say()
    say_folded(screen_word("names_asked", lang, n=len(long), m=len(table), lists=lists, least=f"{least:g}"))
    keys = ("name", "score", "listed", "list", "list_date", "country", "how")
    rows = [
        [
            str(row["name"]), f"{row['score']:.0f}", str(row["listed"]),
            label(row["list"], lang, "entity_lists"), str(row["list_date"]),
            label(row["country"], lang, "countries") if row["country"] else "—",
            label(row["how"], lang, "name_ways"),
        ]
        for row in matches.to_dict("records")
    ]  # fmt: skip
    if rows:
        print_table([screen_word(f"head_{key}", lang) for key in keys], rows)
    without = [name for name in long if name not in set(matches["name"])]
    if without:
        say_folded(screen_word("names_none", lang, names="; ".join(without)))
    short = [name for name in names if name not in long]
    if short:
        say_folded(screen_word("names_short", lang, names="; ".join(short)))
    say_folded(screen_word("no_match", lang))


def print_trial(table: pd.DataFrame, least: float, lang: Lang) -> None:
    """Recall and false alarms of the comparison at each least nearness."""
    first = table.iloc[0]
    fill = {"asked": int(first["asked"]), "outside": int(first["outsiders"])}
    say()
    say_folded(screen_word("trial", lang, usual=f"{least:g}", **fill))
    keys = ("threshold", "found", "recall", "candidates", "alarms", "alarm_rate")
    rows = [
        [
            f"{row['threshold']:g}", f"{row['found']}/{row['asked']}", f"{row['recall']:.1%}",
            f"{row['candidates']:.1f}", f"{row['alarms']}/{row['outsiders']}", f"{row['alarm_rate']:.1%}",
        ]
        for row in table.to_dict("records")
    ]  # fmt: skip
    print_table([screen_word(f"head_{key}", lang) for key in keys], rows)
