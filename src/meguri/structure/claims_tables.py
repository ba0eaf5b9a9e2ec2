"""A claim's own lists as tables: evidence, contradictions, what would decide it, searches without a find."""

from __future__ import annotations

import pandas as pd

from meguri.structure.claims_model import Claim


def evidence_table(claim: Claim) -> pd.DataFrame:
    """What speaks for and against: side, text_en, text_ja, source, date, document, line."""
    rows = [
        (item.side, item.text.en, item.text.ja, item.source, item.date, item.document, item.line)
        for item in sorted(claim.evidence, key=lambda item: ("for", "against", "context").index(item.side))
    ]
    columns = ["side", "text_en", "text_ja", "source", "date", "document", "line"]
    return pd.DataFrame(rows, columns=columns).astype({"line": "Int64"})


def contradictions_table(claim: Claim) -> pd.DataFrame:
    """Passages that say otherwise: document, line, text_en, text_ja."""
    rows = [(item.document, item.line, item.text.en, item.text.ja) for item in claim.contradictions]
    return pd.DataFrame(rows, columns=["document", "line", "text_en", "text_ja"])


def decides_table(claim: Claim) -> pd.DataFrame:
    """Data that would decide what is open: text_en, text_ja, series, since, until."""
    rows = [(item.text.en, item.text.ja, item.series, item.since, item.until) for item in claim.would_decide]
    return pd.DataFrame(rows, columns=["text_en", "text_ja", "series", "since", "until"])


def searches_table(claim: Claim) -> pd.DataFrame:
    """Searches that found no record: count, date, where_en, where_ja; no row where none was made."""
    found = claim.searches
    rows = [] if found is None else [(found.count, found.made.isoformat(), found.where.en, found.where.ja)]
    return pd.DataFrame(rows, columns=["count", "date", "where_en", "where_ja"])
