"""Where one good goes over the years: a line for each of the larger partners."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.classify_words import class_word, fine
from meguri.show.figures.axes import year_axis, year_place
from meguri.show.figures.marks import apart
from meguri.show.ink import INK, MUTED, base_option, clip, quiet_axis
from meguri.structure.customs_said import area_label, goods_label

TOP, INNER, FOOT, LEFT, RIGHT = 12, 240, 30, 46, 190
MOST = 5
NAME_GAP = 17
DASHES: tuple[Any, ...] = ("solid", [6, 3], [2, 2], [8, 3, 2, 3], [1, 3])


def class_partners(table: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """Share of each larger partner in Japan's exports of one customs good.

    Parameters
    ----------
    table : DataFrame
        Rows of ``customs_partners`` of one good.
    """
    named = table[table["area"] != "rest"]
    last = named[named["year"] == named["year"].max()].nlargest(MOST, "share")
    return Chart(
        key="class-partners",
        option=_option(named, list(last["area"]), lang),
        table=table,
        title=_title(named, str(last["area"].iloc[0]), lang),
        subtitle=class_word("partners_subtitle", lang, goods=_goods(table, lang)),
        footer=footer,
        lang=lang,
        declared="customs_partners",
        height=TOP + INNER + FOOT,
    )


def _title(named: pd.DataFrame, area: str, lang: Lang) -> str:
    """The leading partner of the last year: first share, highest, last."""
    rows = named[named["area"] == area].sort_values("year")
    first, last, most = rows.iloc[0], rows.iloc[-1], rows.loc[rows["share"].idxmax()]
    return class_word(
        "partners_title", lang, area=area_label(area, lang), goods=_goods(rows, lang), a=fine(first["share"]),
        first=int(first["year"]), b=fine(most["share"]), most=int(most["year"]), c=fine(last["share"]),
        last=int(last["year"]),
    )  # fmt: skip


def _goods(rows: pd.DataFrame, lang: Lang) -> str:
    """The good inside a sentence."""
    text = goods_label(str(rows["goods"].iloc[0]), lang)
    return text[:1].lower() + text[1:]


def _option(named: pd.DataFrame, areas: list[str], lang: Lang) -> dict[str, Any]:
    years = sorted(int(year) for year in named["year"].unique())
    lines = {area: named[named["area"] == area].sort_values("year") for area in areas}
    top = 10 * -(-100 * float(named["share"].max()) // 10)
    ends = [100 * float(rows["share"].iloc[-1]) for rows in lines.values()]
    wanted = [INNER * (1 - end / top) for end in ends]
    placed = apart(wanted, NAME_GAP, -6, INNER + 8)
    return {
        **base_option(),
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "height": INNER},
        "xAxis": year_axis(years[0], years[-1], 1 if len(years) <= 12 else 2),
        "yAxis": quiet_axis(
            type="value", min=0, max=top, interval=10, splitLine={"show": True},
            axisLabel={"formatter": "{value}%"},
        ),
        "series": [
            _line(area, rows, there - here, rank, lang)
            for rank, ((area, rows), here, there) in enumerate(
                zip(lines.items(), wanted, placed, strict=True)
            )
        ],
    }  # fmt: skip


def _line(area: str, rows: pd.DataFrame, shift: float, rank: int, lang: Lang) -> dict[str, Any]:
    hue = INK if rank == 0 else MUTED
    data: list[Any] = [
        [year_place(year), round(100 * float(share), 3)]
        for year, share in zip(rows["year"], rows["share"], strict=True)
    ]
    text = f"{clip(area_label(area, lang), 16)} {fine(float(rows['share'].iloc[-1]))}"
    label = {
        "show": True, "formatter": text, "position": "right", "distance": 6, "color": hue, "fontSize": 11.5,
        "offset": [0, round(shift, 1)],
    }  # fmt: skip
    if rank == 0:
        shown = {"show": True, "position": "top", "distance": 4, "color": hue, "fontSize": 10.5}
        told = [{"value": point, "label": {**shown, "formatter": f"{point[1]:.1f}"}} for point in data]
        data = [data[0], *told[1:]]  # the first point stands on the scale
        data[-1] = {"value": data[-1]["value"], "label": label}
    else:
        data[-1] = {"value": data[-1], "label": label}
    return {
        "name": area, "type": "line", "symbol": "circle", "symbolSize": 4, "silent": True, "data": data,
        "clip": False, "lineStyle": {"color": hue, "width": 2.4 if rank == 0 else 1.4, "type": DASHES[rank]},
        "itemStyle": {"color": hue},
    }  # fmt: skip
