"""The tables of the page on who holds which stage: shares, firms, owners, doubts, unknowns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pandas as pd

from meguri.app.web.pages.plain import cut, spelled
from meguri.app.web.view import Table
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, keys, label
from meguri.show.gather import table_of
from meguri.show.spell import word

Tables = Mapping[str, pd.DataFrame]
# columns shown of each table of the atlas; the page's own columns first
SHOWN = {
    "stage_shares": ("element", "stage", "year", "basis", "country", "share", "share_low", "share_high",
                     "amount", "reason", "source", "grade"),
    "concentration": ("element", "stage", "year", "basis", "hhi", "hhi_low", "hhi_high", "top", "top_share",
                      "producers", "reason", "source", "grade"),
    "firms": ("stage", "firm", "country", "share", "share_low", "share_high", "role_en", "role_ja",
              "places_en", "places_ja", "year", "source", "grade"),
    "group_shares": ("stage", "group", "share", "share_low", "share_high", "firms", "reason_en", "reason_ja",
                     "source", "grade"),
    "ownership": ("owner", "owned", "share", "start", "end", "source", "grade"),
    "stage_reasons": ("stage", "code", "text_en", "text_ja", "source", "grade"),
    "by_product_hosts": ("host", "process_en", "process_ja", "share", "share_low", "share_high",
                         "second_source_en", "second_source_ja", "source", "grade"),
    "capability": ("stage", "economy", "status", "text_en", "text_ja", "last_year", "rebuild_low",
                   "rebuild_high", "cost_low", "cost_high", "cost_unit", "source", "grade"),
    "uses": ("use_en", "use_ja", "function_en", "function_ja", "essentiality", "share", "share_low",
             "share_high", "year", "source", "grade"),
    "atlas_unknowns": ("stage", "firm", "note_en", "note_ja", "reason"),
    "flags": ("flag", "severity", "place", "summary_en", "summary_ja"),
}  # fmt: skip
SPELLED = {
    "by_product_hosts": {"host": "materials"}, "capability": {"economy": "countries"},
}  # fmt: skip


def table(tables: Tables, name: str, lang: Lang) -> list[Table]:
    """One table of the atlas as the page shows it; nothing where it has no row."""
    frame = frame_of(tables, name, lang)
    if frame.empty:
        return []
    shown = spelled(frame, SPELLED.get(name, {}), lang)
    columns = SHOWN.get(name, tuple(frame.columns))
    return [cut(name, shown, columns, name, label(f"tab_{name}", lang, "web_holds"))]


def frame_of(tables: Tables, name: str, lang: Lang) -> pd.DataFrame:
    """Rows of one table: firms by their name in the reader's language, owners of the firms at hand."""
    if name == "source_values":
        return source_values(tables["disagreements"])
    frame = table_of(tables, name)
    if name == "firms":
        named = frame[frame["status"] != "placeholder"]
        own = named["firm_ja"].where(named["firm_ja"].fillna("").ne(""), named["firm"])
        return named.assign(firm=own) if lang == "ja" else named
    if name == "ownership":
        listed = set(table_of(tables, "firms")["firm"])
        return frame[frame["owner"].isin(listed) | frame["owned"].isin(listed)]
    return frame


def source_values(apart: pd.DataFrame) -> pd.DataFrame:
    """Figures that two sources give differently, one source a row; none is preferred.

    Parameters
    ----------
    apart : DataFrame
        Field ``disagreements`` of the atlas.

    Returns
    -------
    DataFrame
        Columns of ``source_values``.
    """
    texts = {f"what_{lang}": [_about(row, lang) for row in apart.to_dict("records")] for lang in LANGS}
    named = apart.assign(**texts).rename(columns={"range_low": "low", "range_high": "high"})
    return Schema.of("source_values").check(named.reindex(columns=Schema.of("source_values").names))


def _about(row: Mapping[object, object], lang: Lang) -> str:
    """What a figure is about: stage, country, and topic unless it is output."""
    say = partial(label, lang=lang, words="phrases")
    topic = f"topic.{row['topic']}"
    parts = [
        word(row["element"], "materials", lang) if row["element"] else "",
        word(row["stage"], "stages", lang) if row["stage"] else "",
        word(row["country"], "countries", lang) if row["country"] else "",
        say(topic) if topic in keys("phrases") else str(row["topic"]),
        str(row["item"] or ""),
    ]
    return ("・" if lang == "ja" else ", ").join(part for part in parts if part)
