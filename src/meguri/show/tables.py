"""Tables of the report: controls, survival, assumptions, sources."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang, remark
from meguri.show.basis import Told, controls_of, horizon_of
from meguri.show.figures.axes import number_or_none
from meguri.show.headline import material_name
from meguri.show.page import fold, table_html
from meguri.show.phrases import assumption_name, assumption_range, assumption_value
from meguri.show.spell import day, listing, missing, name_of, percent, say, signed, word

_SOURCE_COLUMNS = ("source", "producer", "title", "published", "licence", "url")
MOST_PRINTED = 25  # assumptions on paper


def controls_table(outcome: Told, lang: Lang) -> str:
    """What is assumed to happen: who controls what, in which form, from when."""
    columns = ("who", "what", "element", "form", "when", "source")
    rows = [_control(control, lang) for control in controls_of(outcome)]
    if not rows:
        return ""
    heads = [say(f"control_col.{name}", lang) for name in columns]
    title = f"<h3>{say('sec_assumed_events', lang)}</h3>\n"
    return title + table_html(heads, rows, [False] * len(columns), "controls")


def _control(control: dict[str, Any], lang: Lang) -> list[str]:
    what = word(f"control.{control['kind']}", "phrases", lang).removeprefix("control.")
    if control.get("to"):
        places = listing([word(place, "countries", lang) for place in control["to"]], lang)
        what = say("control_to", lang, what=what, to=places)
    start, end = control["start"], control.get("end")
    spell = say("from_day", lang, day=day(start, lang))
    return [
        word(control["by"], "countries", lang),
        what,
        _named(control, "element", "materials", lang),
        _named(control, "form", "forms", lang),
        spell if missing(end) else say("from_to", lang, start=day(start, lang), end=day(end, lang)),
        "—" if missing(control.get("source")) else str(control["source"]).replace("|", ", "),
    ]


def _named(control: dict[str, Any], field: str, words: str, lang: Lang) -> str:
    """Elements or forms of a control; where it names goods, their keys stand for its forms."""
    names = [word(name, words, lang) for name in control.get(field) or ()]
    goods = list(control.get("goods") or ()) if field == "form" else []
    return listing(names + goods, lang) if names or goods else "—"


def survival_table(outcome: Told, lang: Lang) -> str:
    """Survival of every process that ever falls short; the others behind one line."""
    table = outcome.table("survival")
    order = ["tts_d", "share_stopped", "node"]
    table = table.sort_values(order, ascending=[True, False, True], na_position="last")
    ever = table["share_stopped"] > 0
    parts = []
    if ever.any():
        horizon = round(horizon_of(outcome))
        key = f"{say('median_range', lang)}. {say('beyond_means', lang, n=horizon)}."
        key = key.replace(". ", "。").replace(".", "。") if lang == "ja" else key
        parts.append(f'<p class="quiet">{escape(key)}</p>' + _survival_rows(table[ever], outcome, lang))
    if not ever.all():
        line = say("never_short_lead", lang, k=int((~ever).sum()), m=len(table))
        inner = _calm_rows(table[~ever], lang)
        parts.append(f'<p class="onpaper">{line}</p><details><summary>{line}</summary>{inner}</details>\n')
    return "".join(parts)


def _survival_rows(table: pd.DataFrame, outcome: Told, lang: Lang) -> str:
    columns = ["stage", "country", "tts_d", "ttr_d", "gap_d", "share_stopped", "lowest", "cover", "waits_for"]
    beyond = say("beyond", lang, n=round(horizon_of(outcome)))
    rows = [
        [
            name_of(row, lang),
            word(row["stage"], "stages", lang),
            word(row["country"], "countries", lang),
            median_range(row, "tts_d", lang, beyond),
            recovery_range(row, "ttr_d", lang, beyond),
            recovery_range(row, "gap_d", lang, beyond),
            percent(row["share_stopped"]),
            percent(number_or_none(row["lowest"])),
            stock_range(row),
            material_name(row["waits_for"], outcome.chain.materials, lang) or "—",
        ]
        for row in table.to_dict("records")
    ]
    right = [False, False, False, True, True, True, True, True, True, False]
    return table_html(_heads(["node", *columns], lang), rows, right, "survival")


def _calm_rows(table: pd.DataFrame, lang: Lang) -> str:
    rows = [
        [
            name_of(row, lang),
            word(row["stage"], "stages", lang),
            word(row["country"], "countries", lang),
            percent(number_or_none(row["lowest"])),
            stock_range(row),
        ]
        for row in table.sort_values(["stage", "country", "node"]).to_dict("records")
    ]
    heads = _heads(["node", "stage", "country", "lowest", "cover"], lang)
    return table_html(heads, rows, [False, False, False, True, True], "survival")


def _heads(names: list[str], lang: Lang) -> list[str]:
    schema = Schema.of("survival")
    heads = [
        say("stock_head", lang) if name == "cover" else schema.column(name).label(lang) for name in names
    ]
    return [head.replace(" (median)", "").replace("（中央値）", "") for head in heads]


def stock_range(row: dict[Any, Any]) -> str:
    """Days held at the start and on the worst day; a dash where a process holds no input.

    Examples
    --------
    >>> stock_range({"cover_d": 84.7, "lowest_cover_d": 0.0}), stock_range({"cover_d": None})
    ('85 → 0', '—')
    """
    if missing(row.get("cover_d")):
        return "—"
    low = number_or_none(row.get("lowest_cover_d"))
    return f"{float(row['cover_d']):.0f} → {'—' if low is None else f'{low:.0f}'}"


def median_range(row: dict[Any, Any], column: str, lang: Lang, beyond: str) -> str:
    """Median with P10 and P90; ``beyond`` stands for never within the horizon.

    Examples
    --------
    >>> row = {"tts_d": 140.0, "tts_d_p10": 78.0, "tts_d_p90": None}
    >>> median_range(row, "tts_d", "en", "> 514")
    '140 (78 – > 514)'
    """
    ends = [number_or_none(row[name]) for name in (column, f"{column}_p10", f"{column}_p90")]
    if all(end is None for end in ends):
        return beyond
    middle, low, high = (beyond if end is None else f"{end:.0f}" for end in ends)
    if middle == low == high:
        return middle
    dash = " – " if beyond in (low, high) and lang == "en" else None
    inner = f"{low}{dash}{high}" if dash else say("range", lang, low=low, high=high)
    return bracketed(middle, inner, lang)


def recovery_range(row: dict[Any, Any], column: str, lang: Lang, beyond: str) -> str:
    """As :func:`median_range`, but a run without shortfall counts as 0 and makes no median of recovery.

    Examples
    --------
    >>> row = {"tts_d": None, "ttr_d": 0.0, "ttr_d_p10": 0.0, "ttr_d_p90": 395.0}
    >>> recovery_range(row, "ttr_d", "en", "> 514")
    '— (to 395)'
    """
    middle, high = number_or_none(row[column]), number_or_none(row[f"{column}_p90"])
    tts, ttr = number_or_none(row["tts_d"]), number_or_none(row.get("ttr_d"))
    crossed = column == "ttr_d" and tts is not None and ttr is not None and ttr < tts
    if tts is not None and not crossed:
        return median_range(row, column, lang, beyond)
    if middle is not None and high == 0:
        return "—"
    return bracketed("—", beyond if high is None else say("at_most", lang, n=f"{high:.0f}"), lang)


def bracketed(text: str, inner: str, lang: Lang) -> str:
    """A text and its range, in the brackets of the language."""
    return f"{text}（{inner}）" if lang == "ja" else f"{text} ({inner})"


def assumptions_table(assumptions: pd.DataFrame, lang: Lang) -> str:
    """Every assumption with its range, effect, source and grade, those that matter most first.

    Paper takes the first ones only: hundreds of rows would make a book.
    """
    rows = assumption_rows(assumptions, lang)
    if not rows:
        return f"<p>{say('no_rows', lang)}</p>\n"
    schema = Schema.of("assumptions")
    heads = [schema.column(name).label(lang) for name in ("parameter", "rank", "mode")]
    heads.append(f"{schema.column('low').label(lang)}–{schema.column('high').label(lang)}")
    heads += [schema.column(name).label(lang) for name in ("effect", "grade", "source", "note")]
    right = [False, True, True, True, True, False, False, False]
    first = table_html(heads, rows[:MOST_PRINTED], right, "assumptions")
    rest = rows[MOST_PRINTED:]
    if not rest:
        return first
    summary = f"<summary>{say('rest_rows', lang, n=f'{len(rest):,}')}</summary>"
    said = f'<p class="onpaper">{say("printed_less", lang, n=MOST_PRINTED)}</p>'
    return f"{first}{said}<details>{summary}{table_html(heads, rest, right, 'assumptions')}</details>\n"


def assumption_rows(assumptions: pd.DataFrame, lang: Lang) -> list[list[str]]:
    """Cells of the assumptions, by rank; long remarks are folded."""
    rows = []
    for row in assumptions.sort_values(["rank", "parameter"], na_position="last").to_dict("records"):
        effect = number_or_none(row["effect"])
        rows.append(
            [
                assumption_name(row, lang),
                "—" if missing(row["rank"]) else str(int(row["rank"])),
                assumption_value(row, "mode", lang),
                assumption_range(row, lang),
                "—" if effect is None else signed(effect),
                "—" if missing(row["grade"]) else word(f"grade.{row['grade']}", "phrases", lang),
                "—" if missing(row["source"]) else str(row["source"]).replace("|", ", "),
                "—" if missing(row["note"]) else fold(remark(str(row["note"]), lang)),
            ]
        )
    return rows


def sources_table(sources: pd.DataFrame, lang: Lang) -> str:
    """Sources really used, with licence and, where the outcome gives it, the weakest grade."""
    columns = [name for name in (*_SOURCE_COLUMNS, "grade") if name in sources]
    heads = [say(f"source_col.{name}", lang) for name in columns]
    rows = [
        [
            "—"
            if missing(row[name])
            else word(f"grade.{row[name]}", "phrases", lang)
            if name == "grade"
            else str(row[name])
            for name in columns
        ]
        for row in sources.to_dict("records")
    ]
    return table_html(heads, rows, [False] * len(columns), "sourcelist")
