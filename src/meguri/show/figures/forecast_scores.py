"""Forecasts from the day they were made to the day they can be judged, grouped by what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.observe.dated import span
from meguri.show.chart import Chart
from meguri.show.chronicle_words import tell
from meguri.show.figures.datebars import Bar, date_bars, height_of, years_around
from meguri.show.spell import missing

SCORES = ("hit", "miss", "open", "unverifiable")


def forecast_scores(table: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """A bar for each forecast; a point marks the day on which what it speaks of happened.

    Parameters
    ----------
    table : DataFrame
        Rows of ``forecasts``.

    Notes
    -----
    The bar begins with the day of issue and ends with the due date; a forecast without a due date ends
    where it was made.
    """
    rank = table["score"].map({score: place for place, score in enumerate(SCORES)})
    rows = table.assign(_rank=rank).sort_values(["_rank", "due", "forecast"], kind="stable")
    rows = rows.drop(columns="_rank").reset_index(drop=True)
    bars = [_bar(row, lang) for row in rows.to_dict("records")]
    counts = {score: int((rows["score"] == score).sum()) for score in SCORES}
    words = {part: tell(f"forecasts.key.{part}", lang) for part in ("other", "public")}
    return Chart(
        key="forecasts",
        option=date_bars(bars, years_around(bars), words, lang),
        table=rows,
        title=tell("forecasts.title", lang, n=len(rows), **counts),
        subtitle=tell("forecasts.subtitle", lang),
        footer=footer,
        lang=lang,
        declared="forecasts",
        height=height_of(bars),
    )


def _bar(row: Mapping[Any, Any], lang: Lang) -> Bar:
    issued, due = (("" if missing(row[name]) else str(row[name])) for name in ("issued", "due"))
    seen = "" if missing(row["seen_on"]) else str(row["seen_on"])
    name = tell("forecasts.name", lang, text=row[f"text_{lang}"], document=row["document"])
    happened = span(seen, seen) if seen else None
    return Bar(tell(f"score.{row['score']}", lang), name, span(issued, due or issued), "other", happened)
