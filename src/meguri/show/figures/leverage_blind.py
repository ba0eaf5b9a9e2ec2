"""Items predicted without having been seen: observed beside predicted, and the naive rivals to beat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import LIFT, spans
from meguri.show.ink import INK, LOSS, MUTED, PAPER, RULE, base_option, mixed, quiet_axis, wrap
from meguri.show.leverage_words import item_hue, lever_word
from meguri.show.spell import missing, percent

WAYS = ("model", "no_change", "mean_of_others")
LEFT, RIGHT, TOP, ROW, FOOT = 250, 150, 34, 34, 46
TICK = "path://M0,0 L2,0 L2,12 L0,12 Z"
CROSS = "path://M0,1 L1,0 L5,4 L9,0 L10,1 L6,5 L10,9 L9,10 L5,6 L1,10 L0,9 L4,5 Z"


def leverage_blind(
    table: pd.DataFrame,
    scores: pd.DataFrame,
    names: Mapping[str, str],
    *,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """A row for each observation of an item left out: predicted band, the observed value, two naive guesses.

    Parameters
    ----------
    table : DataFrame
        Rows of ``leverage_blind``: observation, item, kind, observed, predicted, predicted_low,
        predicted_high, no_change, mean_of_others, verdict; shares of the partner's need.
    scores : DataFrame
        Rows of ``leverage_blind_scores``: kind, way, items, error, hits.
    names : mapping of observation to str
        Shown name of every row.
    """
    rows = table.dropna(subset=["observed", "predicted"]).reset_index(drop=True)
    return Chart(
        key="leverage-blind",
        option=_option(rows, names, lang) if len(rows) else {**base_option(), "series": []},
        table=table,
        title=_title(scores, lang) if len(rows) else lever_word("blind_none", lang),
        subtitle=lever_word("blind_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="leverage_blind",
        height=TOP + ROW * max(1, len(rows)) + FOOT,
    )


def pooled(scores: pd.DataFrame) -> dict[str, float]:
    """Mean error of every way over all items, those left out and those never fitted together.

    Examples
    --------
    >>> cells = {"way": ["model", "model"], "items": [1, 3], "error": [0.1, 0.3]}
    >>> round(pooled(pd.DataFrame(cells))["model"], 3)
    0.25
    """
    known = scores[(scores["items"] > 0) & scores["error"].notna()]
    found = {}
    for way, rows in known.groupby("way", sort=False):
        found[str(way)] = float((rows["error"] * rows["items"]).sum() / rows["items"].sum())
    return found


def _title(scores: pd.DataFrame, lang: Lang) -> str:
    errors = pooled(scores)
    rivals = [errors[name] for name in ("no_change", "mean_of_others") if name in errors]
    key = "blind_title" if rivals and errors["model"] < min(rivals) else "blind_title_beaten"
    model = scores[scores["way"] == "model"]
    fill = {name: f"{100 * errors[name]:.0f}" if name in errors else "—" for name in WAYS}
    return lever_word(key, lang, k=int(model["hits"].sum()), n=int(model["items"].sum()), **fill)


def _option(rows: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> dict[str, Any]:
    cells = [wrap(names[str(key)], 36) for key in rows["observation"]]
    shared = {"type": "category", "inverse": True}
    words = {"interval": 0, "color": INK, "fontSize": 11.5, "lineHeight": 13, "margin": 10}
    return {
        **base_option(),
        "title": [_key(lang), _right(lang)],
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": FOOT},
        "xAxis": quiet_axis(type="value", min=0, max=100, interval=25, splitLine={"show": True},
                            axisLabel={"formatter": "{value}%"}, name=lever_word("blind_axis", lang),
                            nameLocation="middle", nameGap=26),
        "yAxis": [
            quiet_axis(**shared, data=cells, axisLabel=words, axisLine={"show": True, "onZero": False,
                       "lineStyle": {"color": RULE}}),
            quiet_axis(**shared, data=[_verdict(row, lang) for row in rows.to_dict("records")],
                       position="right", axisLabel=words),
        ],
        "series": [*_bands(rows), *_marks(rows), {"name": "verdicts", "type": "line", "yAxisIndex": 1,
                   "data": [], "silent": True}],
    }  # fmt: skip


def _verdict(row: Mapping[Any, Any], lang: Lang) -> dict[str, Any]:
    inside = row["verdict"] == "hit"
    text = f"{percent(float(row['observed']))} / {percent(float(row['predicted']))}"
    word = lever_word("blind_in" if inside else "blind_out", lang)
    return {"value": f"{text}  {word}", "textStyle": {"color": INK if inside else LOSS}}


def _right(lang: Lang) -> dict[str, Any]:
    """What stands at the right of each row."""
    return {
        "text": lever_word("blind_right", lang), "right": RIGHT - 112, "top": 14, "padding": 0,
        "textStyle": {"fontSize": 11, "fontWeight": "normal", "color": MUTED},
    }  # fmt: skip


def _key(lang: Lang) -> dict[str, Any]:
    signs = {"observed": "●", "predicted": "○", "no_change": "▏", "mean_of_others": "×"}
    text = "     ".join(f"{sign} {lever_word(f'blind.{key}', lang)}" for key, sign in signs.items())
    return {
        "text": text, "left": 4, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 11.5, "fontWeight": "normal", "color": INK},
    }  # fmt: skip


def _bands(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Predicted bands, each in the hue of its item, and the ranges observed as hairlines."""
    ends = zip(rows["observed_low"], rows["observed_high"], range(len(rows)), strict=True)
    known = (
        (100 * low, 100 * high, place) for low, high, place in ends if not (missing(low) or missing(high))
    )
    found = [{**spans(known, INK, "observed-ranges"), "z": 6}]
    for place, row in enumerate(rows.to_dict("records")):
        low, high = number_or_none(row["predicted_low"]), number_or_none(row["predicted_high"])
        if low is not None and high is not None:
            found.append({
                "name": "bands", "type": "line", "symbol": "none", "silent": True,
                "data": [[100 * low, place], [max(100 * high, 100 * low + 0.4), place], LIFT],
                "lineStyle": {"color": mixed(item_hue(row["item"]), 0.4), "width": 9, "cap": "butt"},
            })  # fmt: skip
    return found


def _marks(rows: pd.DataFrame) -> list[dict[str, Any]]:
    hollow = {"color": PAPER, "borderColor": INK, "borderWidth": 1.6}
    marks: dict[str, dict[str, Any]] = {
        "no_change": {"symbol": TICK, "symbolSize": [2, 15], "itemStyle": {"color": MUTED}},
        "mean_of_others": {"symbol": CROSS,
                           "symbolSize": 7, "itemStyle": {"color": MUTED}},
        "predicted": {"symbol": "circle", "symbolSize": 9, "itemStyle": hollow},
        "observed": {"symbol": "circle", "symbolSize": 10, "itemStyle": {"color": INK}},
    }  # fmt: skip
    found = []
    for depth, (column, style) in enumerate(marks.items()):
        points = [(number_or_none(cell), place) for place, cell in enumerate(rows[column])]
        data = [[100 * share, place] for share, place in points if share is not None]
        found.append(
            {"name": column, "type": "scatter", "silent": True, "data": data, "z": 4 + depth, **style}
        )
    return found
