"""A claim as a page: who said it, what its dates allow, what series show, what speaks for and against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chronicle_words import days_said, tell, verdict_word, when, who_word
from meguri.show.claims_series import detours_html, listed_html, series_html
from meguri.show.claims_tables import foot
from meguri.show.figures.claim_order import claim_order
from meguri.show.page import Small, figure_html, table_html
from meguri.show.spell import missing

Tables = Mapping[str, pd.DataFrame]


def claims_html(tables: Tables, lang: Lang) -> str:
    """The table of all claims: as said, by whom, the verdict, and why in one sentence."""
    heads = [tell(f"col.{name}", lang) for name in ("claim", "who", "verdict", "because")]
    rows = [
        [
            Small(str(row[f"text_{lang}"]), str(row["claim"])),
            said_by(row, lang), verdict_word(row["verdict"], lang), because(row, lang),
        ]
        for row in tables["claim_verdicts"].to_dict("records")
    ]  # fmt: skip
    return table_html(heads, rows, [False] * len(heads), "claims")


def said_by(row: Mapping[Any, Any], lang: Lang) -> str:
    """Who makes a claim, and where it was read."""
    who = who_word(row["who"], lang)
    if missing(row["document"]):
        return who
    return tell("said_in", lang, who=who, document=row["document"], line=_line(row))


def _line(row: Mapping[Any, Any]) -> str:
    return "—" if missing(row["line"]) else str(int(row["line"]))


def because(row: Mapping[Any, Any], lang: Lang) -> str:
    """The rule behind a verdict, in one sentence."""
    return label(f"because_{row['because']}", lang, "claim_phrases")


def claim_sections(tables: Tables, lang: Lang) -> str:
    """Every claim of the tables with its figures and lists, one after the other."""
    found = tables["claim_verdicts"].to_dict("records")
    return "".join(claim_html(of_claim(tables, str(row["claim"])), lang) for row in found)


def of_claim(tables: Tables, claim: str) -> dict[str, pd.DataFrame]:
    """The rows of one claim in every table that has a claim."""
    own = {
        name: table[table["claim"] == claim].reset_index(drop=True)
        for name, table in tables.items()
        if "claim" in table and (table["claim"] == claim).any()
    }
    named = own.get("claim_findings", pd.DataFrame(columns=["series"]))["series"]
    for name in ("claim_points", "claim_series"):
        if name in tables and tables[name]["series"].isin(named).any():
            own[name] = tables[name][tables[name]["series"].isin(named)].reset_index(drop=True)
    return own


def claim_html(own: Tables, lang: Lang) -> str:
    """One claim among others: the sentence, the verdict and its explanation, then all it rests on."""
    row = own["claim_verdicts"].iloc[0]
    return (
        f'<article id="{escape(str(row["claim"]), quote=True)}">\n'
        f"<h3>{escape(str(row[f'text_{lang}']))}</h3>\n"
        f'<p class="quiet">{escape(str(row["claim"]))} · {escape(said_by(row, lang))}</p>\n'
        f"<p><strong>{escape(verdict_word(row['verdict'], lang))}</strong></p>\n"
        f"<p>{escape(str(row[f'why_{lang}']))}</p>\n{claim_parts(own, lang)}</article>\n"
    )


def claim_head(own: Tables, lang: Lang) -> str:
    """Head of a page on one claim: the claim as said, the verdict in one sentence, the explanation."""
    row = own["claim_verdicts"].iloc[0]
    kicker = tell("one.kicker", lang, claim=row["claim"], who=said_by(row, lang))
    rule = because(row, lang)
    verdict = tell("one.lead", lang, verdict=verdict_word(row["verdict"], lang), because=rule.rstrip("。"))
    more = str(row[f"why_{lang}"]).removeprefix(rule).strip()
    return (
        f'<header>\n<p class="kicker">{escape(kicker)}</p>\n'
        f"<h1>{escape(tell('quoted', lang, text=row[f'text_{lang}']))}</h1>\n"
        f'<p class="lead">{escape(verdict)}</p>\n<p class="detail">{escape(more)}</p>\n</header>\n'
    )


def claim_parts(own: Tables, lang: Lang) -> str:
    """Whatever of dates, series and lists the tables of a claim hold."""
    return "".join(part(own, lang) for part in PARTS)


def _order(own: Tables, lang: Lang) -> str:
    if "claim_readings" not in own:
        return ""
    row = own["claim_verdicts"].iloc[0]
    readings, competing = own["claim_readings"], own.get("claim_competing")
    chart = claim_order(
        readings, pd.DataFrame() if competing is None else competing, order=str(row["order"]),
        key=f"order-{row['claim']}", lang=lang, footer=foot(readings, lang=lang),
    )  # fmt: skip
    return figure_html(chart)


def _evidence(own: Tables, lang: Lang) -> str:
    """For, against and context, each with its source and its place."""
    if "claim_evidence" not in own:
        return ""
    rows = [
        [tell(f"side.{one['side']}", lang), str(one[f"text_{lang}"]), _written(one["date"], lang),
         Small(sources_said(one["source"]), _place(one, lang))]
        for one in own["claim_evidence"].to_dict("records")
    ]  # fmt: skip
    return listed_html("evidence", ("side", "evidence", "when", "source"), rows, lang)


def _contradictions(own: Tables, lang: Lang) -> str:
    if "claim_contradictions" not in own:
        return ""
    rows = [
        [str(one[f"text_{lang}"]), _place(one, lang)]
        for one in own["claim_contradictions"].to_dict("records")
    ]
    return listed_html("contradictions", ("passage", "place"), rows, lang)


def _competing(own: Tables, lang: Lang) -> str:
    """Other events that could have contributed, behind one line: the figure shows the nearest."""
    if "claim_competing" not in own:
        return ""
    rows = [
        [days_said(one["earliest"], one["latest"], lang), str(one[f"label_{lang}"]),
         tell(f"when.{one['when']}", lang), tell(f"shared.{one['shared']}", lang),
         sources_said(one["source"])]
        for one in own["claim_competing"].to_dict("records")
    ]  # fmt: skip
    names = ("when", "event", "against_cause", "shared", "source")
    heads = [tell(f"col.{name}", lang) for name in names]
    inner = table_html(heads, rows, [False] * len(names))
    return (
        f"<details><summary>{escape(tell('sub.competing', lang, n=len(rows)))}</summary>{inner}</details>\n"
    )


def _decides(own: Tables, lang: Lang) -> str:
    if "claim_would_decide" not in own:
        return ""
    items = "".join(
        f"<li>{escape(str(one[f'text_{lang}']))}</li>\n"
        for one in own["claim_would_decide"].to_dict("records")
    )
    return f"<h4>{escape(tell('sub.would_decide', lang))}</h4>\n<ul>\n{items}</ul>\n"


def _searches(own: Tables, lang: Lang) -> str:
    if "claim_searches" not in own:
        return ""
    one = own["claim_searches"].iloc[0]
    text = tell(
        "searched",
        lang,
        n=int(one["count"]),
        day=when(one["date"], one["date"], lang),
        where=one[f"where_{lang}"],
    )
    return f"<h4>{escape(tell('sub.searches', lang))}</h4>\n<p>{escape(text)}</p>\n"


PARTS: tuple[Callable[[Tables, Lang], str], ...] = (
    _order, series_html, detours_html, _evidence, _contradictions, _decides, _searches, _competing,
)  # fmt: skip


def _place(row: Mapping[Any, Any], lang: Lang) -> str:
    if missing(row["document"]):
        return ""
    return tell("place", lang, document=row["document"], line=_line(row))


def _written(text: object, lang: Lang) -> str:
    """A date or a span as the claim file gives it."""
    if missing(text):
        return "—"
    first, _, last = str(text).partition("/")
    return when(first, last or first, lang)


def sources_said(text: object) -> str:
    """Keys of sources, separated by commas."""
    return "—" if missing(text) else str(text).replace("|", ", ")
