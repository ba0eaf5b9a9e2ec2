"""How concentrated each stage is, source beside source, and who holds it, with the ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import spans
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, quiet_axis, stage_hue
from meguri.show.spell import joined, missing, percent, say, word

ROW = 21  # px of one row
HIGH = 0.25  # HHI from which competition authorities speak of a concentrated market


def hhi_by_stage(
    table: pd.DataFrame, *, element: str, unknown: tuple[str, ...] = (), lang: Lang = "en", footer: str = ""
) -> Chart:
    """HHI of every stage and source as a point with its range; sources that disagree stand side by side.

    Parameters
    ----------
    table : DataFrame
        Rows of ``concentration``.
    element : str
        Element of the sheet; rows counted for a group say so.
    unknown : tuple of str
        Stages without any figure, shown as unknown.
    """
    rows = ordered(table, element)
    records = [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")]
    return Chart(
        key="hhi",
        option=_hhi_option(records, unknown, element, lang),
        table=table,
        title=_hhi_title(rows, element, lang),
        subtitle=joined(
            [
                say("hhi_subtitle", lang),
                say("hhi_known", lang) if any(open_ended(row) for row in records) else "",
            ],
            lang,
        ),
        footer=footer,
        lang=lang,
        declared="concentration",
        height=34 + ROW * (len(records) + len(unknown)),
    )


def ordered(table: pd.DataFrame, element: str) -> pd.DataFrame:
    """Rows by stage, the element's own before those of its group, then by year and source."""
    stages = {stage: place for place, stage in enumerate(keys("stages"))}
    return (
        table.assign(_stage=table["stage"].map(stages), _own=table["element"] != element)
        .sort_values(["_stage", "_own", "year", "source"], kind="stable")
        .drop(columns=["_stage", "_own"])
        .reset_index(drop=True)
    )


def open_ended(row: dict[str, Any]) -> bool:
    """Whether nothing but the known producers could be counted, so that no range can be given."""
    return not missing(row["hhi"]) and missing(row["hhi_high"])


def worst_row(concentration: pd.DataFrame, element: str) -> dict[str, Any] | None:
    """The stage with the highest HHI by its latest source; the element's own figures before its group's.

    Figures that count known producers only come last, as they overstate.
    """
    known = concentration[concentration["hhi"].notna()]
    own = known[known["element"] == element]
    known = own if len(own) else known
    whole = known[known["hhi_high"].notna()]
    known = whole if len(whole) else known
    if known.empty:
        return None
    latest = known[known["year"] == known.groupby("stage")["year"].transform("max")]
    row = latest.sort_values(["hhi", "stage"], ascending=[False, True]).iloc[0]
    return {str(key): value for key, value in row.to_dict().items()}


def _hhi_title(rows: pd.DataFrame, element: str, lang: Lang) -> str:
    worst = worst_row(rows, element)
    if worst is None:
        return say("hhi_none", lang)
    return say(
        "hhi_title",
        lang,
        stage=word(worst["stage"], "stages", lang),
        hhi=f"{worst['hhi']:.2f}",
        country=word(worst["top"], "countries", lang),
        share=percent(number_or_none(worst["top_share"])),
        source=f"{word(worst['source'], 'source_names', lang)} {worst['year']}",
    )


def _hhi_option(
    rows: list[dict[str, Any]], unknown: tuple[str, ...], element: str, lang: Lang
) -> dict[str, Any]:
    names = [_row_name(row, element, lang) for row in rows]
    names += [f"{word(stage, 'stages', lang)}" for stage in unknown]
    heights = list(range(len(names)))
    return {
        **base_option(),
        "grid": {"left": 6, "right": 10, "top": 4, "bottom": 4, "containLabel": True},
        "xAxis": quiet_axis(
            type="value", min=0, max=1, interval=0.25, splitLine={"show": True}
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=names, axisLabel={"interval": 0, "color": INK}
        ),
        "series": [
            spans(_ranges(rows, "hhi")),
            {
                "name": "hhi", "type": "scatter", "silent": True, "symbolSize": 9, "z": 3,
                "data": [_point(row, height, lang) for row, height in zip(rows, heights, strict=False)]
                + [_unknown(height, lang) for height in heights[len(rows):]],
                "markLine": {
                    "symbol": "none", "silent": True, "label": {"show": False},
                    "lineStyle": {"color": MUTED, "type": [3, 3], "width": 1},
                    "data": [{"xAxis": HIGH}],
                },
            },
        ],
    }  # fmt: skip


def _row_name(row: dict[str, Any], element: str, lang: Lang) -> str:
    stage = clip(word(row["stage"], "stages", lang), 20)
    group = "" if row["element"] == element else f" {row['element']}"
    return f"{stage}{group} · {word(row['source'], 'source_names', lang)} {row['year']}"


def _point(row: dict[str, Any], height: int, lang: Lang) -> dict[str, Any]:
    if missing(row["hhi"]):
        return _unknown(height, lang, word(row["reason"], "reasons", lang))
    x = float(row["hhi"])
    hue = stage_hue(row["stage"])
    open_ = open_ended(row)
    top = "" if missing(row["top"]) else f"{row['top']} {percent(number_or_none(row['top_share']))}"
    return {
        "value": [round(x, 4), height],
        # a hollow point: only the producers with a figure are counted
        "itemStyle": {"color": PAPER if open_ else hue, "borderColor": hue, "borderWidth": 1.6},
        "label": {
            "show": True, "formatter": f"{x:.2f}  {top}", "fontSize": 11, "color": INK,
            "position": "left" if x > 0.6 else "right", "distance": 6,
            "textBorderColor": PAPER, "textBorderWidth": 2.5,
        },
    }  # fmt: skip


def _unknown(height: int, lang: Lang, why: str = "") -> dict[str, Any]:
    text = f"? {clip(why or say('unknown', lang), 40)}"
    label = {"show": True, "formatter": text, "position": "right", "color": MUTED, "fontSize": 11}
    return {"value": [0, height], "symbolSize": 0.1, "label": label}


def share_bars(
    shares: pd.DataFrame, *, about: str = "", lang: Lang = "en", footer: str = "", most: int = 10
) -> Chart:
    """One stage of one source: a bar for each country, with the range of its share.

    Parameters
    ----------
    shares : DataFrame
        Rows of ``stage_shares`` of one element, stage, year and source.
    """
    rows = shares.assign(drawn=shares["share"].fillna(shares["share_high"]))
    rows = rows[rows["drawn"].notna()].sort_values(["drawn", "country"], ascending=[False, True]).head(most)
    records = rows.to_dict("records")
    names = [
        say("columns_others", lang) if row["kind"] == "rest" else word(row["country"], "countries", lang)
        for row in records
    ]
    stage = str(rows["stage"].iloc[0]) if len(rows) else "ore"
    return Chart(
        key=f"shares-{stage}",
        option=_bars_option(records, [clip(name, 24) for name in names], stage_hue(stage)),
        table=shares,
        title=_bars_title(records, names, stage, lang),
        subtitle=about,
        footer=footer,
        lang=lang,
        declared="stage_shares",
        height=44 + 24 * max(len(records), 1),
    )


def _bars_title(records: list[dict[Any, Any]], names: list[str], stage: str, lang: Lang) -> str:
    if not records:
        return say("hhi_none", lang)
    shown = word(stage, "stages", lang)
    return say(
        "map_title_most" if missing(records[0]["share"]) else "map_title",
        lang,
        country=names[0],
        share=percent(float(records[0]["drawn"])),
        stage=shown if lang == "ja" else shown.lower(),
    )


def _bars_option(records: list[dict[Any, Any]], names: list[str], hue: str) -> dict[str, Any]:
    return {
        **base_option(),
        "grid": {"left": 6, "right": 60, "top": 4, "bottom": 8, "containLabel": True},
        "xAxis": quiet_axis(type="value", min=0, axisLabel={"show": False}),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=names, axisLabel={"interval": 0, "color": INK},
            axisLine={"show": True, "lineStyle": {"color": RULE}},
        ),
        "series": [
            {
                "name": "share", "type": "bar", "barWidth": 13, "silent": True,
                "data": [_bar(row, hue) for row in records],
                "label": {"show": True, "position": "right", "distance": 8, "fontSize": 11, "color": INK},
            },
            spans(_ranges(records, "share"), INK),
        ],
    }  # fmt: skip


def _bar(row: dict[Any, Any], hue: str) -> dict[str, Any]:
    """One country; an upper bound is an outline, as nothing of it is sure."""
    bound = missing(row["share"])
    outline = {"color": "transparent", "borderColor": hue, "borderType": [3, 2]}
    return {
        "value": round(float(row["drawn"]), 5),
        "itemStyle": outline if bound else {"color": hue},
        "label": {"formatter": f"{'≤ ' if bound else ''}{percent(float(row['drawn']))}"},
    }


def _ranges(rows: Sequence[dict[Any, Any]], name: str) -> list[tuple[float, float, float]]:
    """Low, high and height of every row whose number has a range."""
    ends = [(row[f"{name}_low"], row[f"{name}_high"], float(height)) for height, row in enumerate(rows)]
    known = [end for end in ends if not missing(end[0]) and not missing(end[1])]
    return [(float(low), float(high), height) for low, high, height in known if high > low]
