"""Shares of origins or producers over the years, with the basis printed and breaks of a series marked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import milliseconds, number_or_none
from meguri.show.figures.marks import apart, beside
from meguri.show.ink import INK, MUTED, PALE, RULE, base_option, clip, quiet_axis, stage_hue
from meguri.show.spell import joined, listing, missing, percent, say, word

TOP, PANEL, GAP, FOOT = 26, 150, 52, 26
NAME_GAP = 15
MOST = 5  # origins drawn as lines of their own
SEEN = 0.08  # a line that ends before the others is named from this share on
WORTH = 0.03  # an origin that never reaches this share is left to the table
DASHES: tuple[Any, ...] = ("solid", [6, 3], [2, 2], [8, 3, 2, 3], [1, 3])


def origin_series(
    table: pd.DataFrame,
    *,
    what: str,
    stage: str = "",
    breaks: dict[float, str] | None = None,
    lang: Lang = "en",
    footer: str = "",
    panel: int = PANEL,
) -> Chart:
    """One panel for each basis: the share of every larger origin, year by year.

    Parameters
    ----------
    table : DataFrame
        Rows of ``origin_series``: year, origin, share, low, high, basis, reason, source, grade. A year
        without a share is a gap in the line; its reason stands below.
    what : str
        Words for what is shared out: importer and goods.
    stage : str
        Stage of the goods, whose hue the largest origin takes.
    breaks : dict of year to words, optional
        Places between two years (2016.5) at which the series changes its definition: a line is drawn
        there and no curve crosses it.
    """
    bases = list(dict.fromkeys(table["basis"]))
    leading = largest(table)
    top = TOP + (14 if breaks else 0)  # the names of the two sides of a break stand above the panel
    height = len(bases) * (top + panel) + max(len(bases) - 1, 0) * (GAP - TOP) + FOOT
    return Chart(
        key="series",
        option=_option(table, bases, leading, stage, breaks or {}, panel, lang),
        table=table,
        title=_title(table, leading, what, lang),
        subtitle=joined([_measure(table, lang), _gaps(table, lang)], lang),
        footer=footer,
        lang=lang,
        declared="origin_series",
        height=height if leading else 10,
    )


def largest(table: pd.DataFrame, most: int = MOST) -> list[str]:
    """Origins with the largest mean share over the years; the largest of the last year leads."""
    known = table[table["share"].notna()]
    if known.empty:
        return []
    years = known.groupby("basis")["year"].nunique().max()
    known = known[known.groupby("origin")["share"].transform("max") >= WORTH]
    mean = known.groupby("origin")["share"].sum() / years
    chosen = [str(origin) for origin in mean.sort_values(ascending=False, kind="stable").head(most).index]
    last = known[(known["basis"] == known["basis"].iloc[0]) & known["origin"].isin(chosen)]
    last = last[last["year"] == last["year"].max()]
    lead = [] if last.empty else [str(last.loc[last["share"].idxmax(), "origin"])]
    return [*lead, *(origin for origin in chosen if origin not in lead)]


def _title(table: pd.DataFrame, leading: list[str], what: str, lang: Lang) -> str:
    if not leading:
        return say("series_none", lang, what=what)
    first = table[(table["origin"] == leading[0]) & table["share"].notna()].sort_values("year")
    first = first[first["basis"] == first["basis"].iloc[0]]
    start, end = first.iloc[0], first.iloc[-1]
    return say(
        "series_title",
        lang,
        what=what,
        origin=word(leading[0], "countries", lang),
        a=percent(number_or_none(start["share"])),
        b=percent(number_or_none(end["share"])),
        first=start["year"],
        last=end["year"],
    )


def _measure(table: pd.DataFrame, lang: Lang) -> str:
    if table.empty:
        return ""
    return say("series_subtitle", lang, years=f"{table['year'].min()}–{table['year'].max()}")


def _gaps(table: pd.DataFrame, lang: Lang) -> str:
    """Years without a share, with their reason."""
    lost = table[table["share"].isna()]
    said = []
    for reason, rows in lost.groupby("reason", sort=False):
        if not missing(reason):
            years = sorted({int(year) for year in rows["year"]})
            # the revision that retires a code is the first year without it
            text = word(reason, "reasons", lang).replace("{year}", str(years[0]))
            said.append(f"{listing(spans_of(years), lang)} ({text})")
    return say("series_gaps", lang, gaps="; ".join(said)) if said else ""


def spans_of(years: list[int]) -> list[str]:
    """Sorted years as runs.

    Examples
    --------
    >>> spans_of([2001, 2002, 2003, 2007])
    ['2001–2003', '2007']
    """
    runs: list[list[int]] = []
    for year in years:
        if runs and year == runs[-1][-1] + 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs]


def _option(
    table: pd.DataFrame,
    bases: list[str],
    leading: list[str],
    stage: str,
    breaks: dict[float, str],
    panel: int,
    lang: Lang,
) -> dict[str, Any]:
    parts = ("grid", "title", "xAxis", "yAxis", "series")
    option: dict[str, Any] = {**base_option(), **{part: [] for part in parts}}
    head = TOP + (14 if breaks else 0)
    for place, basis in enumerate(bases if leading else []):
        top = head + place * (panel + head + GAP - TOP)
        rows = table[table["basis"] == basis]
        option["grid"].append({"left": 38, "right": 128, "top": top, "height": panel})
        option["title"].append(_head(word(basis, "bases", lang), top - head + 2))
        first, last = int(table["year"].min()), int(table["year"].max())
        option["xAxis"].append(_years(first, last, place))
        option["yAxis"].append(_shares(place))
        option["series"] += _panel(rows, leading, stage, breaks, place, panel, lang)
        option["series"].append(_scale(first, place))
    return option


def _head(text: str, top: int) -> dict[str, Any]:
    return {
        "text": text, "left": 0, "top": top, "padding": 0,
        "textStyle": {"fontSize": 11.5, "fontWeight": "bold", "color": INK},
    }  # fmt: skip


def at(year: float) -> int:
    """A year on the time axis [ms]; 2016.5 lies between 2016 and 2017."""
    return milliseconds(dt.date(int(year), 7 if year % 1 else 1, 1))


def _years(first: int, last: int, place: int) -> dict[str, Any]:
    span = max(last - first, 1)
    step = next(s for s in (1, 2, 5, 10, 20) if span / s <= 7)
    ticks = [at(year) for year in range(first, last + 1) if year % step == 0]
    return quiet_axis(
        type="time", min=at(first), max=at(last), gridIndex=place,
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisTick={"show": True, "customValues": ticks, "lineStyle": {"color": RULE}, "length": 4},
        axisLabel={"customValues": ticks, "formatter": "{yyyy}"},
    )  # fmt: skip


def _shares(place: int) -> dict[str, Any]:
    return quiet_axis(
        type="value", min=0, max=1, interval=0.25, gridIndex=place, splitLine={"show": True},
        axisLabel={"show": False},
    )  # fmt: skip


def _scale(first: int, place: int) -> dict[str, Any]:
    """Percent beside the axis: an axis template cannot multiply by a hundred."""
    data = [
        {
            "value": [at(first), share],
            "label": {"show": True, "formatter": f"{share:.0%}", "position": "left", "distance": 8},
        }
        for share in (0, 0.5, 1)
    ]
    return {
        "name": "scale", "type": "scatter", "xAxisIndex": place, "yAxisIndex": place, "silent": True,
        "symbolSize": 0.1, "data": data, "label": {"color": MUTED, "fontSize": 11}, "clip": False,
    }  # fmt: skip


def _panel(
    rows: pd.DataFrame,
    leading: list[str],
    stage: str,
    breaks: dict[float, str],
    place: int,
    panel: int,
    lang: Lang,
) -> list[dict[str, Any]]:
    series: list[dict[str, Any]] = []
    lines = {origin: _curve(rows[rows["origin"] == origin], sorted(breaks)) for origin in leading}
    lines = {origin: points for origin, points in lines.items() if points}
    ends = {origin: points[-1] for origin, points in lines.items()}
    shifts = _shifts(ends, panel)
    last = max((end[0] for end in ends.values()), default=0)
    for origin, points in lines.items():
        rank = leading.index(origin)
        hue = (stage_hue(stage) if stage else INK) if rank == 0 else MUTED
        series += _band(rows[rows["origin"] == origin], hue, place, origin)
        told = ends[origin] if ends[origin][0] == last else max(_drawn(points), key=lambda point: point[1])
        series.append(_one(points, origin, hue, rank, place, shifts[origin], told, lang))
    if series and breaks:
        series[-1]["markLine"] = _breaks(breaks)
    return series


def _shifts(ends: dict[str, list[Any]], panel: int) -> dict[str, float]:
    """How far each name moves from the end of its line [px], so that names of lines ending together part."""
    shifts: dict[str, float] = {}
    for year in {end[0] for end in ends.values()}:
        together = [origin for origin, end in ends.items() if end[0] == year]
        wanted = [panel * (1 - float(ends[origin][1])) for origin in together]
        placed = apart(wanted, NAME_GAP, -4, panel + 8)
        shifts |= {o: there - here for o, here, there in zip(together, wanted, placed, strict=True)}
    return shifts


def _curve(rows: pd.DataFrame, breaks: list[float]) -> list[list[Any]]:
    """Points by year; the pen is lifted over missing years and over breaks."""
    known = rows[rows["share"].notna()].sort_values("year")
    points: list[list[Any]] = []
    before: float | None = None
    for year, share in zip(known["year"], known["share"], strict=True):
        if before is not None and (year - before > 1 or any(before < cut < year for cut in breaks)):
            points.append(["-", "-"])
        points.append([at(int(year)), round(float(share), 5)])
        before = float(year)
    return points


def _drawn(points: list[list[Any]]) -> list[list[Any]]:
    return [point for point in points if point[0] != "-"]


def _one(
    points: list[list[Any]],
    origin: str,
    hue: str,
    rank: int,
    place: int,
    shift: float,
    told: list[Any],
    lang: Lang,
) -> dict[str, Any]:
    """One curve; its name stands at its end, or above its highest point where it ends before the others."""
    name = f"{clip(word(origin, 'countries', lang), 14)} {percent(float(told[1]))}"
    label = {**beside(name, hue=INK if rank == 0 else MUTED), "offset": [4, round(shift, 1)]}
    if told != points[-1] and told[1] < SEEN:
        label = {"show": False}
    elif told != points[-1]:
        early = told in _drawn(points)[:2]  # above the first points stands the scale
        label |= {"position": "right" if early else "top", "offset": [0, 0]}
    data = [{"value": point, "label": label, "symbolSize": 5} if point == told else point for point in points]
    return {
        "name": f"{origin} {place}", "type": "line", "xAxisIndex": place, "yAxisIndex": place, "silent": True,
        "symbol": "circle", "symbolSize": 2.5, "data": data, "clip": False, "z": 5 - rank,
        "lineStyle": {"color": hue, "width": 2.2 if rank == 0 else 1.4, "type": DASHES[rank % len(DASHES)]},
        "itemStyle": {"color": hue}, **({} if told == points[-1] else {"labelLayout": {"hideOverlap": True}}),
    }  # fmt: skip


def _band(rows: pd.DataFrame, hue: str, place: int, origin: str) -> list[dict[str, Any]]:
    """The range of every year as a pale upright bar: it shows gaps as gaps."""
    known = rows[rows["low"].notna() & rows["high"].notna() & (rows["high"] > rows["low"])]
    if known.empty:
        return []
    data: list[list[Any]] = []
    for row in known.to_dict("records"):
        data += [[at(row["year"]), row["low"]], [at(row["year"]), row["high"]], ["-", "-"]]
    return [
        {
            "name": f"{origin} range {place}", "type": "line", "xAxisIndex": place, "yAxisIndex": place,
            "symbol": "none", "silent": True, "data": data,
            "lineStyle": {"color": hue, "width": 5, "opacity": PALE, "cap": "butt"},
        }
    ]  # fmt: skip


def _breaks(breaks: dict[float, str]) -> dict[str, Any]:
    return {
        "symbol": "none", "silent": True,
        "lineStyle": {"color": INK, "width": 1, "type": [3, 3]},
        "label": {"show": True, "color": INK, "fontSize": 10.5, "position": "end", "distance": 3},
        "data": [{"xAxis": at(cut), "label": {"formatter": text}} for cut, text in breaks.items()],
    }  # fmt: skip
