"""The small tables of a sheet: uses, hosts, capability, firms, disagreements, unknowns, sources."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd

from meguri.base.sources import GRADES, weakest
from meguri.base.terms import Lang, keys
from meguri.show.figures.axes import number_or_none
from meguri.show.ink import clip
from meguri.show.page import table_html
from meguri.show.spell import listing, missing, percent, say, significant, word

MOST = 6  # rows of one table: the rest stands in the tables of the atlas
DASH = "—"
SHORT = 5  # rows of the longest two tables
RIGHT = ("share", "rebuild", "cost")
Row = dict[Any, Any]
ESSENTIAL = {"essential": "●", "important": "◐", "minor": "○", "unknown": "?"}


def section(key: str, body: str, css: str, lang: Lang) -> str:
    """A titled box of the sheet; without a body it says that nothing is on record."""
    inner = body or f'<p class="quiet">{say("sheet_none", lang)}</p>\n'
    return f'<section class="{css}"><h2>{say(key, lang)}</h2>\n{inner}</section>\n'


def _table(
    frame: pd.DataFrame, columns: dict[str, Callable[[Row], str]], css: str, lang: Lang, most: int = MOST
) -> str:
    """A table of at most so many rows; what is left out is counted below."""
    if frame.empty:
        return ""
    heads = [say(f"sheet_col.{name}", lang) for name in columns]
    cells = [tuple(cell(row) or DASH for cell in columns.values()) for row in frame.to_dict("records")]
    distinct = list(dict.fromkeys(cells))  # rows that differ only in what is not shown
    rows, left = distinct[:most], len(distinct) - most
    note = f'<p class="quiet">{say("sheet_more", lang, n=left)}</p>\n' if left > 0 else ""
    return table_html(heads, rows, [name in RIGHT for name in columns], f"small {css}") + note


def _text(row: Row, name: str, lang: Lang) -> str:
    """The cell of a language pair."""
    value = row.get(f"{name}_{lang}")
    return "" if missing(value) else str(value)


def _span(row: Row, name: str) -> str:
    """A share with its range, or the range alone."""
    value, low, high = (number_or_none(row.get(f"{name}{end}")) for end in ("", "_low", "_high"))
    ends = "" if low is None or high is None else f"{percent(low).rstrip('%')}–{percent(high)}"
    if value is None:
        return ends
    return f"{percent(value)} ({ends})" if ends and percent(low) != percent(high) else percent(value)


def _grade(row: Row, lang: Lang) -> str:
    return "" if missing(row.get("grade")) else say(f"grade.{row['grade']}", lang)


def _source(row: Row, lang: Lang) -> str:
    return listing([word(key, "source_names", lang) for key in str(row["source"]).split("|")], lang, most=2)


def uses_table(uses: pd.DataFrame, lang: Lang) -> str:
    """Uses, the essential ones first, with their share where a source counts it."""
    order = {name: place for place, name in enumerate(ESSENTIAL)}
    ranked = uses.assign(_rank=uses["essentiality"].map(order)).sort_values(
        ["_rank", "share"], ascending=[True, False], kind="stable"
    )
    columns: dict[str, Callable[[Row], str]] = {
        "use": lambda row: _text(row, "use", lang),
        "essential": lambda row: (
            f"{ESSENTIAL[row['essentiality']]} {say('ess.' + row['essentiality'], lang)}"
        ),
        "share": lambda row: _span(row, "share"),
        "year": lambda row: "" if missing(row["year"]) else f"{row['year']}",
        "source": lambda row: _source(row, lang),
        "grade": lambda row: _grade(row, lang),
    }
    return _table(ranked, columns, "uses", lang)


def hosts_table(hosts: pd.DataFrame, lang: Lang) -> str:
    """Main products that carry the metal; a metal mined for itself says so."""
    columns: dict[str, Callable[[Row], str]] = {
        "host": lambda row: _host(row, lang),
        "process": lambda row: _text(row, "process", lang),
        "share": lambda row: _span(row, "share"),
        "second": lambda row: _text(row, "second_source", lang),
        "grade": lambda row: _grade(row, lang),
    }  # fmt: skip
    return _table(hosts, columns, "hosts", lang, most=3)


def fields_line(links: pd.DataFrame, lang: Lang) -> str:
    """Strategic fields that hang on the metal, each with the highest essentiality anyone names."""
    if links.empty:
        return ""
    order = list(ESSENTIAL)
    named = links[links["sector"].isin(keys("sectors"))]
    marks = named.groupby("sector", sort=False)["essentiality"].agg(lambda cells: min(cells, key=order.index))
    listed = [f"{word(sector, 'sectors', lang)} {ESSENTIAL[mark]}" for sector, mark in marks.items()]
    return f'<p class="fields">{escape(listing(listed, lang))}</p>\n'


def _host(row: Row, lang: Lang) -> str:
    return say("sheet_no_host", lang) if row["host"] == "none" else word(row["host"], "materials", lang)


def capability_table(capability: pd.DataFrame, economy: str, lang: Lang) -> str:
    """Who holds or lost a stage, time and cost to rebuild; the reader's economy first."""
    ranked = capability.assign(
        _home=capability["economy"] != economy, _bare=capability["rebuild_high"].isna()
    ).sort_values(["_home", "_bare", "stage"], kind="stable")
    columns: dict[str, Callable[[Row], str]] = {
        "stage": lambda row: word(row["stage"], "stages", lang),
        "economy": lambda row: word(row["economy"], "countries", lang),
        "status": lambda row: say(f"held.{row['status']}", lang),
        "last_year": lambda row: "" if missing(row["last_year"]) else f"{row['last_year']}",
        "rebuild": lambda row: _ends(row, "rebuild", lang, ""),
        "cost": lambda row: _ends(row, "cost", lang, _money(row, lang)),
        "grade": lambda row: _grade(row, lang),
    }
    return _table(ranked, columns, "capability", lang, most=4)


def _ends(row: Row, name: str, lang: Lang, unit: str) -> str:
    low, high = number_or_none(row[f"{name}_low"]), number_or_none(row[f"{name}_high"])
    if low is None or high is None:
        return "?"
    ends = (
        significant(low) if low == high else say("range", lang, low=significant(low), high=significant(high))
    )
    return f"{ends}{'' if lang == 'ja' else ' '}{unit}".strip()


def _money(row: Row, lang: Lang) -> str:
    """Currency in millions; what the money buys stands in the atlas table."""
    unit = "" if missing(row["cost_unit"]) else str(row["cost_unit"])
    if not unit.startswith("million-"):
        return unit
    return say("sheet_million", lang, currency=unit.removeprefix("million-"))


def reasons_table(reasons: pd.DataFrame, lang: Lang) -> str:
    """Why a stage sits where it does, by code."""
    columns: dict[str, Callable[[Row], str]] = {
        "stage": lambda row: word(row["stage"], "stages", lang),
        "reason": lambda row: say(f"why.{row['code']}", lang),
        "what": lambda row: _text(row, "text", lang),
        "grade": lambda row: _grade(row, lang),
    }
    return _table(reasons, columns, "reasons", lang, most=5)


def firms_table(firms: pd.DataFrame, lang: Lang) -> str:
    """Firms of each stage in the latest list; a share nobody gives is a question mark."""
    named = firms[firms["status"] != "placeholder"]
    if named.empty:
        return ""
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    latest = named[named["year"] == named.groupby("stage")["year"].transform("max")]
    rows = [
        _stage_firms(stage, part, lang)
        for stage, part in sorted(latest.groupby("stage"), key=lambda item: order.get(str(item[0]), 99))
    ]
    heads = [say(f"sheet_col.{name}", lang) for name in ("stage", "year", "firm")]
    return table_html(heads, rows, [False, False, False], "small firms")


def _stage_firms(stage: object, rows: pd.DataFrame, lang: Lang) -> list[str]:
    names = []
    ranked = rows.assign(_s=rows["share"].fillna(rows["share_high"])).sort_values(
        "_s", ascending=False, kind="stable"
    )
    for _, same in ranked.groupby("firm", sort=False):
        row = same.iloc[0].to_dict()
        name = row["firm_ja"] if lang == "ja" and not missing(row["firm_ja"]) else row["firm"]
        place = "" if missing(row["country"]) or row["country"] == "XX" else f" ({row['country']})"
        # a firm with two shares in one stage makes two goods: both stand there
        shares = [_span(one, "share") or "?" for one in same.to_dict("records")]
        names.append(f"{name}{place} {' / '.join(dict.fromkeys(shares))}")
    return [word(stage, "stages", lang), f"{rows['year'].max()}", listing(names, lang, most=6)]


def disagreements_table(apart: pd.DataFrame, lang: Lang) -> str:
    """Figures that two sources give differently, side by side."""
    if apart.empty:
        return ""
    keys_ = ["topic", "element", "stage", "country", "item", "period", "unit"]
    rows = []
    for key, part in apart.groupby(keys_, sort=False, dropna=False):
        about = [
            word(key[2], "stages", lang) if key[2] else "",
            word(key[3], "countries", lang) if key[3] else "",
            "" if key[0] == "production" else f"{say(f'topic.{key[0]}', lang)} {key[4]}",
            str(key[5]),
        ]
        names = [word(source, "source_names", lang) for source in part["source"]]
        if len(set(names)) < len(names):  # two editions of one source
            names = [str(source) for source in part["source"]]
        values = [f"{name} {_range(row)}" for name, row in zip(names, part.to_dict("records"), strict=True)]
        rows.append([" ".join(text for text in about if text), "; ".join(values), str(key[6])])
    heads = [say("sheet_col.what", lang), say("sheet_col.values", lang), ""]
    left = len(rows) - SHORT
    note = f'<p class="quiet">{say("sheet_more", lang, n=left)}</p>\n' if left > 0 else ""
    return table_html(heads, rows[:SHORT], [False, False, False], "small apart") + note


def _range(row: Row) -> str:
    low, high = number_or_none(row["range_low"]), number_or_none(row["range_high"])
    ends = ["…" if end is None or end == float("inf") else significant(end) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def unknowns_table(unknowns: pd.DataFrame, lang: Lang) -> str:
    """What is unknown: stages, then producers by year and source, then firms by stage."""
    if unknowns.empty:
        return ""
    kind = unknowns["place"].str.split(" ").str[0]
    rows = [
        [str(row[f"note_{lang}"]), word(row["reason"], "reasons", lang)]
        for row in unknowns[kind == "stages"].to_dict("records")
    ]
    rows += _unknown_producers(unknowns[kind == "production"], lang)
    for (stage, reason), part in unknowns[kind == "firms"].groupby(["stage", "reason"], sort=False):
        names = listing(list(dict.fromkeys(part["firm"])), lang, most=3)
        rows.append([f"{word(stage, 'stages', lang)}: {names}", word(reason, "reasons", lang)])
    left = len(rows) - SHORT
    note = f'<p class="quiet">{say("sheet_more", lang, n=left)}</p>\n' if left > 0 else ""
    heads = [say("sheet_unknowns", lang), say("sheet_col.reason", lang)]
    return table_html(heads, rows[:SHORT], [False, False], "small unknowns") + note


def _unknown_producers(rows: pd.DataFrame, lang: Lang) -> list[list[str]]:
    """One row for each stage, source, year and reason; countries together.

    The place of such a row reads ``production ELEMENT STAGE COUNTRY YEAR SOURCE``.
    """
    if rows.empty:
        return []
    parts = rows["place"].str.split(" ", expand=True)[[1, 2, 3, 4, 5]]
    parts = parts.set_axis(["element", "stage", "country", "year", "source"], axis=1).assign(
        reason=rows["reason"]
    )
    found = []
    for key, part in parts.groupby(["element", "stage", "year", "source", "reason"], sort=False):
        element, stage, year, source, reason = (str(cell) for cell in key)
        names = [
            word(
                element if country == "XX" else country, "materials" if country == "XX" else "countries", lang
            )
            for country in part["country"]
        ]
        about = f"{word(stage, 'stages', lang)} {word(source, 'source_names', lang)} {year}"
        found.append([f"{about}: {listing(names, lang)}", word(reason, "reasons", lang)])
    return found


def flags_line(flags: pd.DataFrame, lang: Lang) -> str:
    """Known inconsistencies that touch the figures: the grave ones in words, the others by number."""
    if flags.empty:
        return ""
    grave = flags["severity"] == "high"
    told = flags[grave] if grave.any() else flags
    items = "".join(
        f"<li><b>{escape(str(row['flag']))}</b> {escape(str(row[f'summary_{lang}']))}</li>\n"
        for row in told.to_dict("records")
    )
    others = [str(flag) for flag in flags["flag"] if flag not in set(told["flag"])]
    rest = (
        f"<li>{escape(say('sheet_flags_rest', lang, flags=listing(others, lang)))}</li>\n" if others else ""
    )
    return f'<ul class="flags">\n{items}{rest}</ul>\n'


def sources_line(sources: pd.DataFrame, grades: dict[str, list[str]], lang: Lang) -> str:
    """Every source with the weakest grade of what was taken from it, in one run of text."""
    items = []
    for row in sources.to_dict("records"):
        taken = [grade for grade in grades.get(str(row["source"]), []) if grade in GRADES]
        grade = say(f"grade.{weakest(taken)}", lang) if taken else ""
        about = " · ".join(text for text in (clip(str(row["producer"]), 34), grade) if text)
        items.append(f"<span><b>{escape(str(row['source']))}</b> {escape(about)}</span>")
    return f'<p class="sourcelines">{" ".join(items)}</p>\n'
