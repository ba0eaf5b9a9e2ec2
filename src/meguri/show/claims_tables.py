"""Verdicts as tables: a page, a workbook and a document of JSON carry the same rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import pandas as pd

from meguri.base.sources import cited
from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.observe.interval import Interval
from meguri.show.basis import footer, weakest_grade
from meguri.show.spell import listing, say

SOURCES = ("source", "outcome_source")  # columns that name sources
PARTS = {  # table: parts of a verdict that it holds
    "claim_readings": ("readings",), "claim_competing": ("competing",),
    "claim_findings": ("series", "placebos"), "claim_breaks": ("breaks",), "claim_detours": ("detour",),
    "claim_evidence": ("evidence",), "claim_contradictions": ("contradictions",),
    "claim_would_decide": ("would_decide",), "claim_searches": ("searches",),
}  # fmt: skip


class Judged(Protocol):
    """What a verdict gives to a page: :class:`meguri.structure.claims.Verdict`."""

    @property
    def claim(self) -> Any:
        """The claim as it was given."""

    @property
    def verdict(self) -> str:
        """Key of the verdict."""

    @property
    def because(self) -> str:
        """Key of the rule that decided."""

    @property
    def why_en(self) -> str:
        """Explanation in English."""

    @property
    def why_ja(self) -> str:
        """Explanation in Japanese."""

    @property
    def cause(self) -> Interval:
        """Possible days of the cause."""

    @property
    def effect(self) -> Interval:
        """Possible days of the effect."""

    @property
    def order(self) -> str:
        """Order of cause and effect."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """What the verdict rests on."""


def claim_tables(
    judged: Sequence[Judged], points: pd.DataFrame | None = None, names: pd.DataFrame | None = None
) -> dict[str, pd.DataFrame]:
    """Every table of some verdicts, each row under the id of its claim.

    Parameters
    ----------
    judged : sequence of Judged
        Verdicts.
    points, names : DataFrame, optional
        ``claim_points`` and ``claim_series``: of both the rows of the series that some claim names are kept.

    Returns
    -------
    dict of DataFrame
        ``claim_verdicts`` with a row for each claim, and for every part of a verdict that holds rows
        ``claim_readings``, ``claim_competing``, ``claim_breaks`` and so on, with ``claim`` as first column.
    """
    found = {
        "claim_verdicts": pd.DataFrame([_row(one) for one in judged], columns=columns_of("claim_verdicts"))
    }
    for table, parts in PARTS.items():
        frames = [
            one.tables[part].assign(claim=one.claim.id)
            for one in judged
            for part in parts
            if len(one.tables.get(part, ()))
        ]
        if frames:
            whole = pd.concat(frames, ignore_index=True)
            found[table] = whole[["claim", *(name for name in whole if name != "claim")]]
    if "claim_findings" in found:
        for table, rows in (("claim_series", names), ("claim_points", points)):
            if rows is not None:
                named = rows["series"].isin(found["claim_findings"]["series"])
                found[table] = rows[named].reset_index(drop=True)
    return found


def columns_of(table: str) -> list[str]:
    """Declared columns of a table, in order."""
    return [column.name for column in Schema.of(table).columns]


def _row(one: Judged) -> dict[str, Any]:
    claim = one.claim
    cause, effect = ends_of(one.cause), ends_of(one.effect)
    return {
        "claim": claim.id, "text_en": claim.text_en, "text_ja": claim.text_ja, "who": claim.who,
        "kind": claim.kind, "document": claim.document, "line": claim.line, "verdict": one.verdict,
        "because": one.because, "order": one.order, "cause_earliest": cause[0], "cause_latest": cause[1],
        "effect_earliest": effect[0], "effect_latest": effect[1], "why_en": one.why_en, "why_ja": one.why_ja,
        "source": claim.source,
    }  # fmt: skip


def ends_of(days: Interval) -> tuple[str, str]:
    """Both ends as ISO dates; empty where open.

    Examples
    --------
    >>> import datetime as dt
    >>> ends_of(Interval(dt.date.min, dt.date(2018, 12, 31), "until"))
    ('', '2018-12-31')
    """
    first = "" if days.open_start else days.earliest.isoformat()
    return first, "" if days.open_end else days.latest.isoformat()


def interval_of(row: Mapping[Any, Any]) -> Interval:
    """Days of a row that gives them as ``earliest`` and ``latest``."""
    first, last = (str(row[name] or "") for name in ("earliest", "latest"))
    return Interval(
        dt.date.fromisoformat(first) if first else dt.date.min,
        dt.date.fromisoformat(last) if last else dt.date.max,
        str(row.get("precision") or "range"),
    )


def counted(tables: Mapping[str, pd.DataFrame], order: Iterable[str]) -> dict[str, int]:
    """Number of claims by verdict, in the order given, verdicts without a claim left out."""
    held = tables["claim_verdicts"]["verdict"].value_counts()
    return {key: int(held[key]) for key in order if key in held}


def sources_of(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Every source that some tables name."""
    columns = [one[name] for one in tables for name in SOURCES if name in one]
    return cited(str(cell) for column in columns for cell in column.dropna().unique())


def foot(*tables: pd.DataFrame, lang: Lang) -> str:
    """Sources of some tables, and the weakest grade of those that have one, below their figure."""
    graded = [one for one in tables if "grade" in one]
    if graded:
        return footer(sources_of(tables), weakest_grade(*graded), lang)
    producers = [str(row["producer"] or row["source"]) for row in sources_of(tables).to_dict("records")]
    return say("footer_sources", lang, names=listing(list(dict.fromkeys(producers)), lang, most=4))
