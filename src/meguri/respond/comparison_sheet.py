"""Every requirement of an entry beside what is known of an item: the rows of a 項目別対比表."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.control_entries import screening_table
from meguri.respond.screening import known_of, needs_of
from meguri.respond.screening_verdicts import compare, said


def comparison(goods: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Requirement by requirement, for pairs of item and entry.

    Parameters
    ----------
    goods : DataFrame
        Columns of ``shop_items``.
    verdicts : DataFrame
        Columns of ``screen_verdicts``: the pairs looked at; destinations make no difference.

    Returns
    -------
    DataFrame
        Columns of ``screen_comparison``; an entry whose specifications were not at hand has one row
        ``full_text`` that is unknown.

    Examples
    --------
    >>> goods = pd.DataFrame([{"item": "W1", "name": "", "hs": "", "material": "W", "specs": "純度 = 99 %"}])
    >>> pairs = pd.DataFrame([{"item": "W1", "entry": "cn-w-2025-solid-97"}])
    >>> comparison(goods, pairs)[["spec", "state"]].to_numpy().tolist()[0]
    ['elements', 'met']
    """
    sources = screening_table("entry_specs").set_index(["entry", "order"])["source"]
    known = {row["item"]: known_of(row)[0] for row in goods.fillna("").to_dict("records")}
    rows: list[dict[str, Any]] = []
    for item, entry in verdicts[["item", "entry"]].drop_duplicates().itertuples(index=False):
        have = known[item]
        for order, need in enumerate(needs_of(entry), start=1):
            rows.append({
                "item": item, "entry": entry, "order": order, "spec": need.spec, "need": said(need),
                "have": have[need.spec].text if need.spec in have else "", "state": compare(need, have),
                "verified": need.verified, "source": sources.get((entry, order), ""),
            })  # fmt: skip
        if not needs_of(entry):
            rows.append({
                "item": item, "entry": entry, "order": 1, "spec": "full_text", "need": "", "have": "",
                "state": "unknown", "verified": False, "source": "",
            })  # fmt: skip
    schema = Schema.of("screen_comparison")
    return schema.check(pd.DataFrame(rows, columns=schema.names), "screen_comparison")
