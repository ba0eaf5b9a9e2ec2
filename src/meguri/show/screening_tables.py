"""Tables of the screening page; the last column of many is an empty box for the person who rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.respond.screening_questions import ASKED_OTHERWISE, spec_name
from meguri.show.page import table_html
from meguri.show.screening_case import OPEN, ScreenCase
from meguri.show.screening_words import boxes, screen_word, spec_words, wanted_word
from meguri.show.spell import listing, percent

Row = dict[str, Any]
MOST_ITEMS = 40  # items whose details stand on the page; the workbook has all


def judge_html(lang: Lang) -> str:
    """Empty boxes for the person who rules; the only place of the page where the words of a ruling stand."""
    return '<td class="judge">' + "<br>".join(escape(box) for box in boxes(lang)) + "</td>"


def judged_table(heads: Sequence[str], rows: Iterable[Sequence[str]], lang: Lang, css: str = "") -> str:
    """A table whose last column is for the person who rules.

    Parameters
    ----------
    rows : iterable of sequences of str
        Cells as HTML, already escaped.
    """
    head = "".join(
        f'<th scope="col">{escape(text)}</th>' for text in [*heads, screen_word("col_judge", lang)]
    )
    body = "".join(
        "<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + judge_html(lang) + "</tr>\n" for row in rows
    )
    inner = f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody>"
    return f'<div class="scroll"><table class="{css}">{inner}</table></div>'


def small(text: str) -> str:
    """A line in small print, escaped."""
    return f'<div class="quiet">{escape(text)}</div>' if text else ""


def ways_of(case: ScreenCase, item: str, lang: Lang) -> list[str]:
    """Destinations of an item, each with the way to it."""
    first = str(case.pairs_of[item]["entry"].iloc[0])
    ends = [(row["destination"], row["via"]) for row in case.verdicts_of[item, first]]
    customer = case.customer_of(item)
    return [
        case.place(country, lang) + bracket(screen_word(_via(country, via), lang, customer=customer), lang)
        for country, via in dict.fromkeys(ends)
    ]


def _via(country: str, via: str) -> str:
    return "via_home" if country == "JP" else "via_direct" if via == "direct" else "via_indirect"


def bracket(text: str, lang: Lang) -> str:
    """A remark in brackets behind a word."""
    return f"（{text}）" if lang == "ja" else f" ({text})"


def counts(case: ScreenCase, item: str) -> dict[str, int]:
    """How many entries stand where for one item."""
    rows = case.pairs_of[item]
    still = rows[rows["verdict"] == "cannot-exclude"]
    return {
        "candidate": int(rows["verdict"].eq("candidate").sum()),
        "near": int(still["signals"].ne("").sum()),
        "quiet": int(still["signals"].eq("").sum()),
        "out": int(rows["verdict"].eq("excluded-by-spec").sum()),
        "off": int(rows["verdict"].eq("not-in-list-on-that-date").sum()),
    }


def missing_of(case: ScreenCase, item: str) -> list[str]:
    """Keys of specifications not known, of the entries that something points at."""
    near = case.near_of[item]
    return list(dict.fromkeys(spec for cell in near["missing"] for spec in str(cell).split("|") if spec))


def asked_of(case: ScreenCase, item: str) -> list[str]:
    """Specifications that a maker can be asked for.

    An element alone points at much that it does not mean (the carbon of a steel is no graphite): there the
    kind of goods is asked first, as it decides.
    """
    near = case.near_of[item]
    found: list[str] = []
    for cell, signs in zip(near["missing"], near["signals"], strict=True):
        specs = [spec for spec in str(cell).split("|") if spec and spec not in ASKED_OTHERWISE]
        found += ["category"] if signs == "elements" and "category" in specs else specs
    return list(dict.fromkeys(found))


def items_table(case: ScreenCase, lang: Lang) -> str:
    """One line for each item: ways, counts, what is not known, boxes."""
    rows = []
    for row in case.goods.to_dict("records"):
        n = counts(case, row["item"])
        ways = "<br>".join(escape(way) for way in ways_of(case, row["item"], lang))
        rows.append([
            f"<b>{escape(str(row['item']))}</b><br>{escape(str(row['name']))}", ways, str(n["candidate"]),
            f"{n['near']} / {n['quiet']}", str(n["out"]), str(n["off"]),
            escape(spec_words("|".join(missing_of(case, row["item"])), lang)) or "—",
        ])  # fmt: skip
    keys = ("item", "way", "candidate", "open", "out", "off", "missing")
    return judged_table([screen_word(f"col_{key}", lang) for key in keys], rows, lang, "items")


def entry_cell(case: ScreenCase, entry: str, lang: Lang) -> str:
    """What an entry names, its list and legal basis, since when, and how closely it was read."""
    row = case.entries[entry]
    since = (
        screen_word("from_to", lang, start=row["start"])
        if row["start"]
        else screen_word("start_unknown", lang)
    )
    until = screen_word("until", lang, end=row["end"]) if row["end"] else ""
    told = [
        entry, label(row["list"], lang, "screen_lists"), row[f"basis_{lang}"],
        " ".join(part for part in (since, until) if part), label(row["standing"], lang, "screen_standings"),
        label(row["status"], lang, "screen_statuses"), label(row["grain"], lang, "screen_grains"),
    ]  # fmt: skip
    source = screen_word(
        "source_checked", lang, source=row["source"].replace("|", ", "), day=row["checked_on"]
    )
    return escape(row[f"item_{lang}"]) + small(" · ".join(text for text in told if text)) + small(source)


def requirement_lines(case: ScreenCase, item: str, entry: str, lang: Lang) -> list[str]:
    """Each requirement with what the item has and how the two compare."""
    lines = []
    for row in case.requirements.get((item, entry), []):
        if row["spec"] == "full_text":
            lines.append(screen_word("no_specs", lang))
            continue
        have = row["have"] or label("unknown", lang, "screen_states")
        state = label(row["state"], lang, "screen_states")
        known = "" if row["state"] == "unknown" and not row["have"] else bracket(state, lang)
        lines.append(f"{spec_name(row['spec'], lang)} {wanted_word(row['need'], lang)} ― {have}{known}")
    return lines


def routes_of(case: ScreenCase, item: str, entry: str, lang: Lang) -> list[str]:
    """Procedure by destination, with who files and whether a source was at hand."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in case.verdicts_of[item, entry]:
        key = (row["route"], row["filer"], row["route_status"])
        found.setdefault(key, []).append(case.place(row["destination"], lang))
    lines = []
    for (route, filer, status), places in found.items():
        doubt = bracket(screen_word("route_unverified", lang), lang) if status == "unverified" else ""
        who = screen_word("path_files", lang, who=label(filer, lang, "screen_filers"))
        lines.append(f"{listing(places, lang)}: {label(route, lang, 'screen_routes')}{doubt} · {who}")
    return lines


def result_cell(row: Row, lang: Lang) -> str:
    """The verdict of the comparison and what points at the entry."""
    signs = [label(sign, lang, "screen_signals") for sign in str(row["signals"]).split("|") if sign]
    pointer = (
        screen_word("points", lang, what=listing(signs, lang)) if signs else screen_word("no_pointer", lang)
    )
    return f"<b>{escape(label(row['verdict'], lang, 'screen_verdicts'))}</b>" + small(pointer)


def _unknown(row: Row, lang: Lang) -> str:
    """What is not known of an item, in red below the requirements."""
    if not row["missing"]:
        return ""
    unknown = screen_word("unknown", lang, what=spec_words(row["missing"], lang))
    return f'<div class="unknown">{escape(unknown)}</div>'


def near_table(case: ScreenCase, item: str, lang: Lang) -> str:
    """Candidates, and entries that something points at and that are not excluded."""
    rows = []
    for row in case.pairs_of[item].to_dict("records"):
        if row["verdict"] == "candidate" or (row["verdict"] in OPEN and row["signals"]):
            lines = requirement_lines(case, item, row["entry"], lang)
            ways = "".join(small(line) for line in routes_of(case, item, row["entry"], lang))
            cells = [entry_cell(case, row["entry"], lang), result_cell(row, lang) + ways]
            rows.append([*cells, "<br>".join(map(escape, lines)) + _unknown(row, lang)])
    keys = ("entry", "result", "needs")
    return judged_table([screen_word(f"col_{key}", lang) for key in keys], rows, lang, "near") if rows else ""


def folded_tables(case: ScreenCase, item: str, lang: Lang) -> str:
    """What is left open without a pointer, what a specification excludes, what is not in the list yet."""
    pairs = case.pairs_of[item]
    quiet = pairs[pairs["verdict"].eq("cannot-exclude") & pairs["signals"].eq("")]
    parts = {
        "more_quiet": quiet,
        "more_out": pairs[pairs["verdict"].eq("excluded-by-spec")],
        "more_off": pairs[pairs["verdict"].eq("not-in-list-on-that-date")],
    }
    return "".join(
        f"<details><summary>{escape(screen_word(key, lang, n=len(rows), on=case.on))}</summary>"
        f"{_plain_table(case, rows, lang)}</details>\n"
        for key, rows in parts.items()
        if len(rows)
    )


def _plain_table(case: ScreenCase, rows: pd.DataFrame, lang: Lang) -> str:
    """Entry, result, specification, day, source and day of check of each pair."""
    cells = [
        [
            f"{case.entry_name(row['entry'], lang)} [{row['entry']}]",
            label(row["verdict"], lang, "screen_verdicts"), spec_said(row, lang),
            row["entry_start"] or "—", label(row["standing"], lang, "screen_standings"),
            str(row["source"]).replace("|", ", "), row["checked_on"],
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    keys = ("entry", "result", "spec_missing", "day", "standing", "source_only", "checked_on")
    return table_html([screen_word(f"col_{key}", lang) for key in keys], cells, [False] * len(keys), "plain")


def spec_said(row: Row, lang: Lang) -> str:
    """The specification that excludes with both values, else what is not known."""
    if row["verdict"] == "excluded-by-spec":
        need, have = wanted_word(row["need"], lang), row["have"]
        return screen_word("excluded_by", lang, spec=spec_name(row["spec"], lang), need=need, have=have)
    unknown = spec_words(row["missing"], lang)
    return screen_word("unknown", lang, what=unknown) if unknown else "—"


def names_table(matches: pd.DataFrame, lang: Lang) -> str:
    """Near spellings on the lists, nearest first."""
    keys = ("name", "score", "listed", "list", "list_date", "country", "how")
    rows = [
        [
            row["name"], f"{row['score']:.0f}", row["listed"], label(row["list"], lang, "entity_lists"),
            str(row["list_date"]), label(row["country"], lang, "countries") if row["country"] else "—",
            label(row["how"], lang, "name_ways"),
        ]
        for row in matches.to_dict("records")
    ]  # fmt: skip
    right = [key == "score" for key in keys]
    return table_html([screen_word(f"head_{key}", lang) for key in keys], rows, right) if rows else ""


def trial_table(trial: pd.DataFrame, lang: Lang) -> str:
    """Recall and false alarms at each least nearness."""
    keys = ("threshold", "found", "recall", "candidates", "alarms", "alarm_rate")
    rows = [
        [
            f"{row['threshold']:g}", f"{row['found']}/{row['asked']}", percent(row["recall"]),
            f"{row['candidates']:.1f}", f"{row['alarms']}/{row['outsiders']}", percent(row["alarm_rate"]),
        ]
        for row in trial.to_dict("records")
    ]  # fmt: skip
    return table_html([screen_word(f"head_{key}", lang) for key in keys], rows, [True] * len(keys))


CHANGE_HEADS = (
    "change_day", "col_entry", "change", "change_before", "change_after", "col_item", "col_source_only",
    "col_checked_on",
)  # fmt: skip


def change_rows(case: ScreenCase, lang: Lang, *, pointed: bool) -> list[list[str]]:
    """What changed between two days: one row for each event, with the items that it concerns.

    Parameters
    ----------
    pointed : bool
        Items for which something points at the entry, or the others, which cannot be excluded either.
    """
    rows = case.changes[case.changes["signals"].ne("") == pointed]
    keys = ["day", "entry", "change", "before", "after", "source", "checked_on"]
    found = []
    for values, part in rows.groupby(keys, sort=False):
        row = dict(zip(keys, map(str, values), strict=True))
        found.append([
            row["day"], f"{case.entry_name(row['entry'], lang)} [{row['entry']}]",
            label(row["change"], lang, "screen_changes"), label(row["before"], lang, "screen_verdicts"),
            label(row["after"], lang, "screen_verdicts"), listing([str(item) for item in part["item"]], lang),
            row["source"].replace("|", ", "), row["checked_on"],
        ])  # fmt: skip
    return found


def changes_html(case: ScreenCase, lang: Lang) -> str:
    """Changes that something points at in full, the others folded."""
    heads = [screen_word(key, lang) for key in CHANGE_HEADS]
    near, rest = (change_rows(case, lang, pointed=pointed) for pointed in (True, False))
    html = table_html(heads, near, [False] * len(heads), "plain") if near else ""
    if rest:
        said = escape(screen_word("changes_rest", lang, n=len(rest)))
        table = table_html(heads, rest, [False] * len(heads), "plain")
        html += f"<details><summary>{said}</summary>{table}</details>\n"
    return html or f"<p>{escape(screen_word('changes_none', lang))}</p>\n"
