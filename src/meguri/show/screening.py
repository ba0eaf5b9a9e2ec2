"""The page of a screening: that it is no ruling, what to ask first, items against entries, ways, names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from html import escape
from pathlib import Path

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.terms import LANGS, Lang, label
from meguri.respond.screening_questions import spec_name
from meguri.show import screening_tables as tables
from meguri.show.figures.indirect_path import indirect_path
from meguri.show.page import figure_html, frame_html, page, table_html
from meguri.show.screening_case import ScreenCase
from meguri.show.screening_words import header, screen_word, spec_words
from meguri.show.spell import day, listing, percent
from meguri.show.tables import sources_table

MOST_NEXT = 6
SAID_ELSEWHERE = ("draft", "no_ruling")  # notes that stand on top of the page
TO = ("maker", "customer", "user")
HOW = {  # who knows a specification, where it is not the maker
    "category": "next_category", "technology": "next_technology", "technology_of": "next_technology",
    "advanced": "next_customer", "size_condition": "next_text",
}  # fmt: skip
LEAST_NAME = 3  # letters of a name that can be compared


def write_screening(case: ScreenCase, path: str | Path, lang: Lang = "ja") -> Path:
    """Write the page; either the whole page is there or nothing has changed."""
    write_atomically(Path(path), screening_page(case, lang).encode("utf-8"))
    return Path(path)


def screening_page(case: ScreenCase, lang: Lang = "ja") -> str:
    """The screening as one self-contained HTML document.

    Parameters
    ----------
    case : ScreenCase
        The answer and the sheets it was made from; every figure and word of the page comes from its tables.
    lang : {"ja", "en"}
        Language of the reader; the statement that this is no ruling stands in both.
    """
    body = _head(case, lang) + "".join(
        f'<section id="{key}"><h2>{escape(heading)}</h2>\n{html}</section>\n'
        for key, heading, html in _sections(case, lang)
    )
    body += f'<p class="quiet end">{escape(screen_word("end", lang))}</p>\n'
    return page(body, title=f"{header(lang)} | meguri", lang=lang, css="screening")


def _head(case: ScreenCase, lang: Lang) -> str:
    """Draft and no ruling in both languages, what was asked, the finding, counts."""
    other: Lang = "en" if lang == "ja" else "ja"
    said = "".join(
        f'<p lang="{one}">{escape(screen_word("no_ruling", one))}</p>\n'
        for one in sorted(LANGS, key=lambda one: one == other)
    )
    to = case.place(case.destination, lang) if case.destination else screen_word("to_customers", lang)
    meta = screen_word("meta", lang, on=day(case.on, lang), to=to, files=listing(list(case.files), lang))
    tiles = "".join(
        f'<div><dt>{escape(name)}</dt><dd>{value}</dd><dd class="range">{escape(about)}</dd></div>\n'
        for name, value, about in _tiles(case, lang)
    )
    return (
        f'<div class="draft"><span>{escape(header(lang))}</span></div>\n<header>\n'
        f'<div class="noruling">\n{said}</div>\n'
        f'<p class="kicker">{escape(screen_word("kicker", lang))}</p>\n'
        f"<h1>{escape(meta)}</h1>\n"
        f'<p class="lead">{escape(lead(case, lang))}</p>\n{_late(case, lang)}'
        f'<dl class="tiles">\n{tiles}</dl>\n</header>\n'
    )


def late(case: ScreenCase, lang: Lang) -> str:
    """A warning where the day of shipment lies after the last check of the entries; else nothing."""
    checked = max(row["checked_on"] for row in case.entries.values())
    return screen_word("late", lang, on=case.on, checked=checked) if case.on > checked else ""


def _late(case: ScreenCase, lang: Lang) -> str:
    said = late(case, lang)
    return f'<p class="clear">{escape(said)}</p>\n' if said else ""


def lead(case: ScreenCase, lang: Lang) -> str:
    """How many items something points at, and how many specifications decide."""
    near, m = case.near, len(case.goods)
    if near.empty:
        still = case.pairs["verdict"].eq("cannot-exclude").sum()
        return screen_word("lead_quiet", lang, m=m, n=int(still))
    specs = {spec for cell in near["missing"] for spec in str(cell).split("|") if spec}
    return screen_word("lead_open", lang, n=near["item"].nunique(), m=m, k=len(specs))


def _tiles(case: ScreenCase, lang: Lang) -> list[tuple[str, str, str]]:
    pairs, near = case.pairs, case.near
    still = int(pairs["verdict"].isin(("candidate", "cannot-exclude")).sum()) - len(near)
    out = int(pairs["verdict"].eq("excluded-by-spec").sum())
    values = {
        "tile_items": (near["item"].nunique(), "tile_items_of", {"m": len(case.goods)}),
        "tile_open": (len(near), "tile_open_of", {"n": still}),
        "tile_out": (out, "tile_out_of", {}),
        "tile_paths": (case.abroad["item"].nunique(), "tile_paths_of", {}),
    }
    return [
        (screen_word(key, lang), str(value), screen_word(about, lang, **fill))
        for key, (value, about, fill) in values.items()
    ]


def _sections(case: ScreenCase, lang: Lang) -> Iterator[tuple[str, str, str]]:
    """Key, heading and HTML of each section, in the order in which an office works."""

    def named(key: str) -> str:
        return screen_word(f"sec_{key}", lang, since=case.since, on=case.on)

    yield "next", named("next"), _next(case, lang)
    legend = f'<p class="quiet">{escape(screen_word("legend", lang))}</p>\n'
    yield "items", named("items"), legend + tables.items_table(case, lang)
    yield "entries", named("entries"), _entries(case, lang)
    drawn = indirect_path(
        case.answer.paths, dict(zip(case.goods["item"], case.goods["name"], strict=True)), lang=lang
    )
    yield "paths", named("paths"), figure_html(drawn)
    yield "routes", named("routes"), _routes(case, lang)
    yield "names", named("names"), names_html(case, lang)
    yield "questions", named("questions"), _questions(case, lang)
    if case.since:
        yield "changes", named("changes"), tables.changes_html(case, lang)
    yield "read", named("read"), _read(case, lang)
    yield "notes", named("notes"), _notes(case, lang)
    yield "sources", named("sources"), sources_table(case.sources(), lang)


def first_steps(case: ScreenCase, lang: Lang) -> list[tuple[str, str]]:
    """What to do first and why: specifications by the entries they decide, ways, names."""
    near = case.near
    decides: Counter[str] = Counter()
    for cell, signs in zip(near["missing"], near["signals"], strict=True):
        weight = 1 if signs == "elements" else 4  # an element alone points at much that it does not mean
        decides.update({spec: weight for spec in str(cell).split("|") if spec and spec != "full_text"})
    steps = []
    for spec, _ in decides.most_common(MOST_NEXT):
        rows = near[near["missing"].str.split("|").map(lambda keys, spec=spec: spec in keys)]
        entries = listing(list(dict.fromkeys(rows["entry"])), lang, 4)
        items = listing(list(dict.fromkeys(rows["item"])), lang, 6)
        said = screen_word("next_spec", lang, items=items, spec=spec_name(spec, lang))
        why = screen_word("next_spec_why", lang, n=rows["entry"].nunique(), entries=entries)
        how = screen_word(HOW.get(spec, "next_spec_ask"), lang)
        steps.append((said, f"{why} — {how}"))
    exported = case.abroad[case.abroad["step"].eq(2)]
    for customer, rows in exported.groupby("from_name", sort=False):
        items = listing(list(dict.fromkeys(rows["item"])), lang, 6)
        steps.append((screen_word("next_path", lang, customer=customer, items=items), ""))
    steps += [
        (screen_word("next_name", lang, name=row["name"], score=f"{row['score']:.0f}"), str(row["listed"]))
        for row in case.answer.entities.drop_duplicates("name").to_dict("records")
    ]
    return steps


def _next(case: ScreenCase, lang: Lang) -> str:
    steps = first_steps(case, lang)
    if not steps:
        return f"<p>{escape(screen_word('next_none', lang))}</p>\n"
    lines = "".join(f"<li><p>{escape(said)}</p>{tables.small(why)}</li>\n" for said, why in steps)
    return f'<ol class="top">\n{lines}</ol>\n'


def _entries(case: ScreenCase, lang: Lang) -> str:
    """Item by item: what something points at in full, the rest folded."""
    parts = []
    order = sorted(case.goods["item"], key=lambda item: item not in set(case.near["item"]))
    for item in order[: tables.MOST_ITEMS]:
        near = (
            tables.near_table(case, item, lang)
            or f'<p class="quiet">{escape(screen_word("no_pointer", lang))}</p>'
        )
        parts.append(
            f"<h3>{escape(case.item_name(item))}</h3>\n{near}{tables.folded_tables(case, item, lang)}"
        )
    if len(order) > tables.MOST_ITEMS:
        cut = screen_word("items_cut", lang, n=tables.MOST_ITEMS, m=len(order))
        parts.append(f'<p class="quiet">{escape(cut)}</p>')
    return "\n".join(parts)


ROUTE_HEADS = ("col_way", "group", "head_list", "route_col", "files_col", "col_checked", "entries_col")


def route_rows(case: ScreenCase, lang: Lang) -> list[list[str]]:
    """Procedures of open entries by destination: group, procedure, who files, how many entries."""
    rows = case.answer.verdicts
    still = rows[
        rows["verdict"].isin(("candidate", "cannot-exclude")) & rows["route"].ne("not-this-destination")
    ]
    keys = ["destination", "destination_group", "list", "route", "filer", "route_status"]
    counted = still.groupby(keys, sort=False)["entry"].nunique().reset_index()
    return [
        [
            case.place(row["destination"], lang), _groups(row["destination_group"], lang),
            label(row["list"], lang, "screen_lists"), label(row["route"], lang, "screen_routes"),
            label(row["filer"], lang, "screen_filers"), label(row["route_status"], lang, "screen_statuses"),
            str(row["entry"]),
        ]
        for row in counted.to_dict("records")
    ]  # fmt: skip


def _routes(case: ScreenCase, lang: Lang) -> str:
    heads = [screen_word(key, lang) for key in ROUTE_HEADS]
    return table_html(heads, route_rows(case, lang), [False] * 6 + [True], "plain")


def _groups(cell: str, lang: Lang) -> str:
    return listing([label(group, lang, "screen_groups") for group in cell.split("|")], lang)


def names_told(case: ScreenCase, lang: Lang) -> list[str]:
    """How many names were compared with which lists of which day, and those without any near spelling."""
    if not case.names:
        return [screen_word("names_nobody", lang)]
    long = [name for name in case.names if len(name) >= LEAST_NAME]
    days = case.listed.groupby("list", sort=False)["list_date"].max()
    lists = listing([f"{label(key, lang, 'entity_lists')} {date}" for key, date in days.items()], lang)
    told = [
        screen_word(
            "names_asked", lang, n=len(long), m=len(case.listed), lists=lists, least=f"{case.least:g}"
        )
    ]
    without = [name for name in long if name not in set(case.answer.entities["name"])]
    if without:
        told.append(screen_word("names_none", lang, names=listing(without, lang)))
    if len(long) < len(case.names):
        short = [name for name in case.names if name not in long]
        told.append(screen_word("names_short", lang, names=listing(short, lang)))
    return told


def names_html(case: ScreenCase, lang: Lang) -> str:
    """Near spellings with scores and the day of the list, names without any, and that this clears nothing."""
    told = "".join(f"<p>{escape(text)}</p>\n" for text in names_told(case, lang))
    if not case.names:
        return told
    html = tables.names_table(case.answer.entities, lang) + told
    html += f'<p class="clear">{escape(screen_word("no_match", lang))}</p>\n'
    return html + _trial(case, lang)


def _trial(case: ScreenCase, lang: Lang) -> str:
    """What the bound in use misses and raises, and the table of all bounds."""
    if case.trial.empty:
        return ""
    row = case.trial.loc[(case.trial["threshold"] - case.least).abs().idxmin()]
    said = screen_word(
        "trial", lang, asked=int(row["asked"]), outside=int(row["outsiders"]), usual=f"{case.least:g}"
    )  # fmt: skip
    short = screen_word(
        "trial_short", lang, found=int(row["found"]), asked=int(row["asked"]), recall=percent(row["recall"]),
        alarms=int(row["alarms"]), outside=int(row["outsiders"]), rate=percent(row["alarm_rate"]),
    )  # fmt: skip
    exact = f"<p>{escape(short)}</p>\n" if row["threshold"] == case.least else ""
    return f"{exact}{tables.trial_table(case.trial, lang)}<p class='quiet'>{escape(said)}</p>\n"


def _questions(case: ScreenCase, lang: Lang) -> str:
    """Questions by whom they go to, each with its reason."""
    rows = case.answer.questions
    html = f'<p class="quiet">{escape(screen_word("questions_lead", lang))}</p>\n'
    for to in TO:
        part = rows[rows["to"] == to]
        groups = [_asked(case, rows, lang) for _, rows in part.groupby("question", sort=False)]
        if groups:
            name = f"{label(to, lang, 'screen_to')} ({len(part)})"
            html += f'<details class="printed" open><summary>{escape(name)}</summary>\n'
            html += "".join(groups) + "</details>\n"
    return html


def _asked(case: ScreenCase, rows: pd.DataFrame, lang: Lang) -> str:
    """Questions of one kind under their reason; missing specifications of an item on one line."""
    why = screen_word("why", lang, why=rows[f"why_{lang}"].iloc[0])
    lines = "".join(f"<li>{escape(text)}</li>\n" for text in asked_lines(case, rows, lang))
    return f'<p class="because">{escape(why)}</p><ul class="asked">\n{lines}</ul>\n'


def asked_lines(case: ScreenCase, rows: pd.DataFrame, lang: Lang) -> list[str]:
    """Texts of questions of one kind; the specifications asked of an item in one sentence."""
    if rows["question"].iloc[0] != "spec":
        return [str(text) for text in rows[f"text_{lang}"]]
    return [
        screen_word(
            "ask_specs", lang, item=case.item_name(str(item)), specs=spec_words("|".join(part["spec"]), lang)
        )
        for item, part in rows.groupby("item", sort=False)
    ]


def _read(case: ScreenCase, lang: Lang) -> str:
    """What was read of the sheets, and each cell and specification that could not be."""
    fill = {"n": len(case.goods), "k": len(case.customers), "files": listing(list(case.files), lang)}
    html = f"<p>{escape(screen_word('read_items', lang, **fill))}</p>\n"
    parts = {"read_specs": case.answer.problems, "read_cells": case.unread}
    for key, problems in parts.items():
        if problems:
            lines = "".join(f"<li>{escape(problem.text(lang))}</li>\n" for problem in problems)
            html += f"<h3>{escape(screen_word(key, lang))}</h3>\n<ul class='asked'>{lines}</ul>\n"
    html += _understood(case, lang)
    if case.dropped:
        html += f"<p class='quiet'>{escape(screen_word('read_more', lang, n=case.dropped))}</p>\n"
    if not case.unread and not case.answer.problems:
        html += f"<p>{escape(screen_word('read_all', lang))}</p>\n"
    return html


def _understood(case: ScreenCase, lang: Lang) -> str:
    """Headings that were not used, and which heading was taken for what."""
    rows = case.understood
    unused = [f"{row['sheet']}「{row['heading']}」" for row in rows[rows["field"].eq("")].to_dict("records")]
    html = (
        f"<p>{escape(screen_word('read_unused', lang, names=listing(unused, lang)))}</p>\n" if unused else ""
    )
    summary = escape(screen_word("read_headings", lang, n=len(rows)))
    table = frame_html(rows, "joblog_understood", lang)
    return f"{html}<details><summary>{summary}</summary>{table}</details>\n"


def _notes(case: ScreenCase, lang: Lang) -> str:
    lines = "".join(
        f'<li class="doubt">{escape(row[f"text_{lang}"])}</li>\n'
        for row in case.answer.notes.to_dict("records")
        if row["note"] not in SAID_ELSEWHERE
    )
    return f'<ul class="notes">\n{lines}</ul>\n'
