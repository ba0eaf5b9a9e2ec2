"""An index of many metals as points with their ranges, the worst first; unknown ones say why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import spans
from meguri.show.figures.scores import reasons_of, shown_score
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, quiet_axis, stage_hue
from meguri.show.measures import measure_label, measure_meaning
from meguri.show.spell import joined, missing, say, word

ROW, TOP, BOTTOM = 21, 26, 26
LOW_FIRST = ("n1",)  # measures of which the lowest is the worst
MAGNITUDES = 1000.0  # between the ends of a linear axis
OPEN_END = 10.0  # indices from 0 to 1 stay on a linear axis, whatever their smallest
MOST = 45  # rows that are drawn; the others stand in the table
Point = Mapping[str, Any]


def score_dots(
    scores: pd.DataFrame, *, measure: str, name: str, lang: Lang = "en", footer: str = "", most: int = MOST
) -> Chart:
    """One measure of every metal, stage and economy, the worst first.

    Parameters
    ----------
    scores : DataFrame
        Rows of ``risk_scores`` of one measure.
    measure : str
        Its key in ``measures.csv``.
    name : str
        Key of the figure.
    """
    up = measure in LOW_FIRST
    ranked = scores.sort_values(["value", "material"], ascending=[up, True], na_position="last")
    drawn = ranked.head(most).to_dict("records")
    points = [
        {"y": place, "value": row["value"], "low": row["low"], "high": row["high"],
         "hue": stage_hue(str(row["stage"])), "why": reasons_of(row["reason"], lang)}
        for place, row in enumerate(drawn)
    ]  # fmt: skip
    several = scores["economy"].nunique() > 1 or scores["year"].nunique() > 1
    names = _told_apart([_score_name(row, several, lang) for row in drawn], drawn, lang)
    left = [say("dots_more", lang, n=len(ranked) - len(drawn))] if len(ranked) > len(drawn) else []
    scale = [say("dots_log", lang)] if _wide(points) else []
    return Chart(
        key=name,
        option=_option(names, points),
        table=scores,
        title=_score_title(ranked, measure, lang),
        subtitle=joined([measure_meaning(measure, lang), say("dots_subtitle", lang), *scale, *left], lang),
        footer=footer,
        lang=lang,
        declared="risk_scores",
        height=TOP + BOTTOM + ROW * max(len(names), 1),
    )


def _told_apart(names: list[str], rows: list[dict[Any, Any]], lang: Lang) -> list[str]:
    """Names that several rows share, with the source that tells them apart."""
    return [
        f"{name} · {word(str(row['source']).split('|')[0], 'source_names', lang)}"
        if names.count(name) > 1
        else name
        for name, row in zip(names, rows, strict=True)
    ]


def _score_name(row: Mapping[Any, Any], several: bool, lang: Lang) -> str:
    parts = [word(row["material"], "materials", lang)]
    if not missing(row["stage"]):
        parts.append(word(row["stage"], "stages", lang))
    if several:
        parts.append(f"{word(row['economy'], 'countries', lang)} {row['year']}")
    return clip(" · ".join(parts), 44)


def _score_title(ranked: pd.DataFrame, measure: str, lang: Lang) -> str:
    known = ranked[ranked["value"].notna()]
    fill = {"measure": measure_label(measure, lang), "k": len(known), "n": len(ranked)}
    if known.empty:
        return say("dots_none", lang, **fill)
    top = known.iloc[0]
    name = word(top["material"], "materials", lang)
    key = "dots_title_low" if measure in LOW_FIRST else "dots_title"
    return say(key, lang, name=name, value=shown_score(float(top["value"])), **fill)


def metal_gap(overview: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """HHI of ore and of refining of every metal, each with the range of its sources.

    Parameters
    ----------
    overview : DataFrame
        Rows of ``overview`` of one importer.
    """
    ranked = overview.assign(most=overview[["ore_hhi", "refined_hhi"]].max(axis=1)).sort_values(
        ["most", "element"], ascending=[False, True], na_position="last"
    )
    points = []
    for place, row in enumerate(ranked.to_dict("records")):
        for side, stage in (("ore", "ore"), ("refined", "refining")):
            points.append(
                {"y": place, "value": row[f"{side}_hhi"], "low": row[f"{side}_hhi_low"],
                 "high": row[f"{side}_hhi_high"], "hue": stage_hue(stage), "why": None}
            )  # fmt: skip
        if missing(row["most"]):
            points[-1]["why"] = say("unknown", lang)
    names = [word(element, "materials", lang) for element in ranked["element"]]
    both = ranked[ranked["ore_hhi"].notna() & ranked["refined_hhi"].notna()]
    key = [(word(stage, "stages", lang), stage_hue(stage)) for stage in ("ore", "refining")]
    return Chart(
        key="metal-gap",
        option=_option(names, points, key, top=1.0),
        table=overview,
        title=say("gap_title", lang, k=int((both["refined_hhi"] > both["ore_hhi"]).sum()), n=len(both)),
        subtitle=say("gap_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="overview",
        height=TOP + BOTTOM + ROW * max(len(names), 1),
    )


def _option(
    names: Sequence[str],
    points: Sequence[Point],
    key: Sequence[tuple[str, str]] = (),
    top: float | None = None,
) -> dict[str, Any]:
    known = [point for point in points if not missing(point["value"])]
    least = _wide(points)
    ranges = [
        (max(float(point["low"]), least or -math.inf), float(point["high"]), float(point["y"]))
        for point in known
        if not missing(point["low"]) and not missing(point["high"]) and point["low"] != point["high"]
    ]
    return {
        **base_option(),
        "title": _key(key),
        "grid": {"left": 18, "right": 60, "top": TOP, "bottom": 4, "containLabel": True},
        "xAxis": quiet_axis(
            type="log" if least else "value", min=least or None, max=top, splitLine={"show": True}
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=list(names), axisLabel={"interval": 0, "color": INK},
            axisLine={"show": True, "lineStyle": {"color": RULE}},
        ),
        "series": [
            spans(ranges),
            {
                "name": "index", "type": "scatter", "silent": True, "symbolSize": 9, "z": 3,
                "data": [_point(point, len(key) > 1, least) for point in points],
            },
        ],
    }  # fmt: skip


def _wide(points: Sequence[Point]) -> float:
    """Left end of a logarithmic axis where values lie orders of magnitude apart; 0 where they do not.

    Examples
    --------
    >>> _wide([{"value": 0.07}, {"value": 1011.0}]), _wide([{"value": 0.1}, {"value": 1.0}])
    (0.01, 0.0)
    """
    known = [float(point["value"]) for point in points if not missing(point["value"])]
    if not known or min(known) <= 0 or max(known) < max(MAGNITUDES * min(known), OPEN_END):
        return 0.0
    return float(10.0 ** math.floor(math.log10(min(known))))


def _key(names: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
    """Names of the colours, side by side above the rows."""
    return [
        {"text": f"● {name}", "left": f"{30 + 22 * place}%", "top": 2, "padding": 0,
         "textStyle": {"fontSize": 11.5, "fontWeight": "normal", "color": hue}}
        for place, (name, hue) in enumerate(names)
    ]  # fmt: skip


def _point(point: Point, bare: bool, least: float) -> dict[str, Any]:
    """A point with its value beside it; nothing but the reason where the value is unknown."""
    value = number_or_none(point["value"])
    if value is None:
        text = clip(f"? {point['why'] or ''}".strip(), 60)
        label = {"show": bool(not bare or point["why"]), "formatter": text, "position": "right",
                 "color": MUTED, "fontSize": 11}  # fmt: skip
        return {"value": [least, point["y"]], "symbolSize": 0.1, "label": label}
    label = {
        "show": not bare, "formatter": shown_score(value), "position": "right", "distance": 6,
        "fontSize": 11, "color": INK, "textBorderColor": PAPER, "textBorderWidth": 2.5,
    }  # fmt: skip
    return {"value": [value, point["y"]], "itemStyle": {"color": point["hue"]}, "label": label}
