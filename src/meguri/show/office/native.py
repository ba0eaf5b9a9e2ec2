"""A figure as charts that an office program can edit: bars, lines and points; other figures become tables.

What the figure's option draws is read back from it: one chart for each of its panels. Marks that only carry
words, and lines that mark a value, are left to the words below the chart.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from meguri.show.chart import Chart
from meguri.show.excel import safe_text
from meguri.show.ink import MUTED, PAPER, ink_on, mixed
from meguri.show.office.charts import EPOCH, LONGEST, add_chart, dress, key, paint, write
from meguri.show.office.deck import INK, Box, Deck, Series
from meguri.show.office.extra import writer
from meguri.show.office.fit import clipped

MOST_PANELS = 4
MOST_SERIES = 14
MOST_NAMES = 30  # categories that can be read on a slide
INVISIBLE = ("transparent", "rgba(0,0,0,0)")
UNSEEN = 0.5  # pixels of a mark that only carries words
MOST_SHARE = 1.5
KEY_HIGH = 20.0  # points of the line that says what colours mean
KEY = re.compile(r"\{(\w+)\|[^}]*\}([^{]*)")  # a square of a colour and its words, in a title
WHITE = PAPER[1:].upper()
Points = list[tuple[float, float]]


@dataclass(frozen=True)
class Drawn:
    """One series of a panel: numbers by category, or points; a colour for each where they differ."""

    name: str
    colour: str
    values: Sequence[float | None] = ()
    points: tuple[tuple[float, float], ...] = ()
    colours: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    line: bool = False


@dataclass(frozen=True)
class Panel:
    """One chart: its kind, categories where it has any, axes and series."""

    kind: Literal["bars", "lines", "points"]
    series: tuple[Drawn, ...]
    names: tuple[str, ...] = ()
    across: bool = False  # bars that lie
    stacked: bool = False
    axes: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {})
    head: str = ""
    percent: bool = False  # numbers are shares of one, and words beside them say per cent


def panels(chart: Chart) -> list[Panel]:
    """Panels that can be drawn natively; empty where the figure is of another kind.

    Examples
    --------
    >>> import pandas as pd
    >>> option = {"xAxis": {"type": "category", "data": ["a", "b"]}, "yAxis": {"type": "value"},
    ...           "series": [{"type": "bar", "name": "t", "data": [1, {"value": 2}]}]}
    >>> chart = Chart("c", option, pd.DataFrame(), "T", "S", "F", "en", "price")
    >>> [(one.kind, one.names, one.series[0].values) for one in panels(chart)]
    [('bars', ('a', 'b'), (1.0, 2.0))]
    """
    option = chart.option
    if not {"xAxis", "yAxis"} <= set(option) or "geo" in option or "visualMap" in option:
        return []
    groups: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for one in _listed(option.get("series")):
        groups.setdefault((one.get("xAxisIndex", 0), one.get("yAxisIndex", 0)), []).append(one)
    found = []
    for places, series in groups.items():
        shown = [one for one in series if not _words_only(one)]
        if not shown:
            continue
        words = [one for one in series if _words_only(one) and one.get("type") == "scatter"]
        panel = _panel(option, places, shown, words)
        if panel is None:
            return []
        found.append(replace(panel, percent=_percent(panel, series)))
    plain = _keys(option, found) or all(map(_explains_itself, found))
    return found if plain and len(found) <= MOST_PANELS else []


def _percent(panel: Panel, series: list[dict[str, Any]]) -> bool:
    numbers = [y for one in panel.series for y in (*one.values, *(y for _, y in one.points)) if y is not None]
    words = [_label(item) for one in series for item in _listed(one.get("data"))]
    return any("%" in text for text in words) and all(abs(number) <= MOST_SHARE for number in numbers)


def _explains_itself(panel: Panel) -> bool:
    """Whether a reader can tell what is drawn without a key: one series, or words beside them."""
    seen = {one.name for one in panel.series if one.colour}
    return len(seen) <= 1 or any(any(one.labels) for one in panel.series)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _words_only(series: Mapping[str, Any]) -> bool:
    """Whether a series draws no number of its own: words beside bars, a mark, nothing at all."""
    size = series.get("symbolSize")
    unseen = series.get("type") == "scatter" and isinstance(size, int | float) and size < UNSEEN
    return not _listed(series.get("data")) or unseen


def _panel(
    option: Mapping[str, Any],
    places: tuple[int, int],
    series: list[dict[str, Any]],
    words: list[dict[str, Any]],
) -> Panel | None:
    """One panel, or nothing where it is of a kind that has no native chart."""
    across, up = (
        _listed(option[name])[place] for name, place in zip(("xAxis", "yAxis"), places, strict=True)
    )
    kinds = {one["type"] for one in series}
    head = _head(option, across)
    lies = up.get("type") == "category"
    named = lies or across.get("type") == "category"
    if kinds == {"bar"} and named:
        stacks = {one.get("stack") or "" for one in series}
        names = _names(up if lies else across)
        if len(stacks) > 1 or len(names) > MOST_NAMES or len(series) > MOST_SERIES:
            return None
        drawn = tuple(_bar(one, len(names), at=0 if lies else 1) for one in series)
        if len(drawn) == 1 and words:
            drawn = (replace(drawn[0], labels=_beside(words, len(names), 1 if lies else 0)),)
        axes = (across, up) if lies else (up, across)
        return Panel("bars", drawn, names, lies, stacks != {""}, axes, head)
    if kinds == {"line"} and across.get("type") == "category" and not lies:
        names = _names(across)
        heaped = _heaped(series)
        drawn = tuple(_bar(one, len(names), at=1) for one in heaped or ())
        fits = 0 < len(drawn) <= MOST_SERIES and all(len(one.values) == len(names) for one in drawn)
        return Panel("lines", drawn, names, axes=(up, across), head=head) if fits else None
    if kinds <= {"line", "scatter"} and not named:
        heaped = _heaped(series)
        if heaped is None:
            return None
        parts = (part for one in heaped for part in _segments(one, across))
        # the longest first: LibreOffice shows no others else
        drawn = tuple(sorted(parts, key=lambda one: -len(one.points)))
        return Panel("points", drawn, axes=(across, up), head=head) if drawn else None
    return None


def _beside(words: list[dict[str, Any]], many: int, at: int) -> tuple[str, ...]:
    """Words that stand beside the bars, by category."""
    found = [""] * many
    for item in (one for series in words for one in _listed(series.get("data"))):
        pair = item.get("value") if isinstance(item, dict) else None
        place = _number(pair[at]) if isinstance(pair, list) and len(pair) == 2 else None
        if place is not None and 0 <= place < many:
            found[int(place)] = _label(item)
    return tuple(found)


def _names(axis: Mapping[str, Any]) -> tuple[str, ...]:
    """Categories as plain words."""
    cells = [one.get("value", "") if isinstance(one, dict) else one for one in _listed(axis.get("data"))]
    return tuple(str(cell).replace("\n", " ") for cell in cells)


def _head(option: Mapping[str, Any], across: Mapping[str, Any]) -> str:
    """Words above the panel: a title that stands where its grid begins, else the name of its axis."""
    grids = _listed(option.get("grid"))
    place = across.get("gridIndex", 0)
    left = grids[place].get("left") if place < len(grids) and len(grids) > 1 else None
    for title in _listed(option.get("title")):
        if left is not None and title.get("left") == left and "{" not in str(title.get("text", "")):
            return str(title["text"])
    return ""


def _colour(series: Mapping[str, Any]) -> str:
    """Six digits of a series' colour on paper; "" where it is not seen."""
    item, line = series.get("itemStyle") or {}, series.get("lineStyle") or {}
    colour = line.get("color") if series.get("type") == "line" else None
    return _plain(colour or item.get("color") or series.get("color") or MUTED, item.get("opacity", 1))


def _plain(colour: object, opacity: object = 1) -> str:
    text = str(colour)
    if text in INVISIBLE or not text.startswith("#") or len(text) < 7:
        return "" if text in INVISIBLE else MUTED[1:].upper()
    solid = float(opacity) if isinstance(opacity, int | float) else 1.0
    return mixed(text[:7], solid)[1:].upper()


def _bar(series: Mapping[str, Any], many: int, at: int) -> Drawn:
    """Numbers by category; ``at`` says which of a pair is the number."""
    cells, colours, labels = list[float | None](), list[str](), list[str]()
    for one in _listed(series.get("data")):
        item = one.get("itemStyle") or {} if isinstance(one, dict) else {}
        value = one.get("value") if isinstance(one, dict) else one
        value = value[at] if isinstance(value, list) and len(value) == 2 else value
        cells.append(_number(value))
        labels.append(_label(one))
        colours.append(_plain(item["color"], item.get("opacity", 1)) if "color" in item else "")
    colour = _colour(series)
    bars = series["type"] == "bar"
    if bars and any(colours) and "color" not in (series.get("itemStyle") or {}):
        colour = next(one for one in colours if one)
    own = tuple(colours) if bars and any(one and one != colour for one in colours) else ()
    told = tuple(labels[:many]) if any(labels) else ()
    return Drawn(str(series.get("name") or ""), colour, tuple(cells[:many]), colours=own, labels=told)


def _number(value: Any, kind: str = "value") -> float | None:
    """A number; a date of a time axis as spreadsheets count it; None where there is none."""
    if kind == "time":
        if isinstance(value, str) and len(value) >= 7:
            text = value[:10] if len(value) >= 10 else f"{value[:7]}-01"
            return float((dt.date.fromisoformat(text) - EPOCH).days)
        return None if not isinstance(value, int | float) else value / 86_400_000 + 25_569
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _heaped(series: list[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """Series with stacked ones lifted onto one another, as drawn; None where their places differ."""
    tops: dict[str, list[tuple[float | None, float]]] = {}
    found = []
    for one in series:
        stack = one.get("stack") if one["type"] == "line" else None
        if not stack:
            found.append(one)
            continue
        pairs = [_pair(cell) for cell in _listed(one.get("data"))]
        if any(pair is None for pair in pairs):
            return None
        own = [pair for pair in pairs if pair is not None]
        below = tops.get(stack)
        if below is not None:
            if [x for x, _ in below] != [x for x, _ in own]:
                return None
            own = [(x, y + base) for (x, y), (_, base) in zip(own, below, strict=True)]
        tops[stack] = own
        data = [y if x is None else [x, y] for x, y in own]
        edge = {"color": (one.get("areaStyle") or {}).get("color", MUTED), "width": 0.75}
        hidden = (one.get("lineStyle") or {}).get("opacity") == 0  # a band: its edges are drawn
        found.append({**one, "data": data, **({"lineStyle": edge} if hidden else {})})
    return found


def _pair(cell: Any) -> tuple[float | None, float] | None:
    """Place and value of a datum; the place is None where it stands in the row of categories."""
    value = cell.get("value") if isinstance(cell, dict) else cell
    if isinstance(value, list):
        x, y = (_number(value[0]), _number(value[1])) if len(value) >= 2 else (None, None)
        return None if x is None or y is None else (x, y)
    y = _number(value)
    return None if y is None else (None, y)


def _stepped(points: Points, step: object) -> Points:
    """Corners of a line of steps; any other line as it is.

    Examples
    --------
    >>> _stepped([(0.0, 1.0), (2.0, 3.0)], "end"), _stepped([(0.0, 1.0), (2.0, 3.0)], "start")
    ([(0.0, 1.0), (2.0, 1.0), (2.0, 3.0)], [(0.0, 1.0), (0.0, 3.0), (2.0, 3.0)])
    """
    if step not in ("start", "end"):
        return points
    found = points[:1]
    for (x0, y0), (x1, y1) in pairwise(points):
        found += [(x1, y0) if step == "end" else (x0, y1), (x1, y1)]
    return found


def _segments(series: Mapping[str, Any], across: Mapping[str, Any]) -> Iterator[Drawn]:
    """Points of a series; a line is broken where the figure breaks it."""
    name, colour = str(series.get("name") or ""), _colour(series)
    line = series["type"] == "line" and (series.get("lineStyle") or {}).get("width", 1) != 0
    points, labels = Points(), list[str]()
    for one in [*_listed(series.get("data")), None]:
        pair = one.get("value") if isinstance(one, dict) else one
        kind = str(across.get("type"))
        x, y = (
            (_number(pair[0], kind), _number(pair[1]))
            if isinstance(pair, list) and len(pair) >= 2
            else (None, None)
        )
        if x is not None and y is not None:
            points.append((x, y))
            labels.append(_label(one))
        elif points and (line or one is None):
            corners = _stepped(points, series.get("step")) if line else points
            told = tuple(labels) if len(corners) == len(points) else ()
            yield Drawn(name, colour, points=tuple(corners), labels=told, line=line)
            points, labels = Points(), []


def _label(item: Any) -> str:
    """Word at a point, where the figure writes one that is no template."""
    label = (item.get("label") or {}) if isinstance(item, dict) else {}
    text = str(label.get("formatter") or "") if label.get("show", True) else ""
    return "" if "{" in text else text


def native(deck: Deck, slide: Any, box: Box, chart: Chart) -> bool:
    """Draw a figure as native charts into a box; False where it is of a kind that has none.

    Parameters
    ----------
    deck : Deck
        The presentation.
    slide : Slide
        Slide that takes the charts.
    box : tuple of float [pt]
        Left, top, width and height.
    chart : Chart
        The figure.
    """
    found = panels(chart)
    if not found:
        return False
    left, top, width, height = box
    keys = _keys(chart.option, found)
    room = height - (KEY_HIGH if keys else 0.0)
    beside = min(len(found), 3 if len(found) == 3 else 2)
    rows = -(-len(found) // beside)
    for n, panel in enumerate(found):
        row, column = divmod(n, beside)
        part = (left + column * width / beside, top + row * room / rows, width / beside, room / rows)
        _draw(deck, slide, part, panel)
    if keys:
        key(deck, slide, (left, top + room, width, KEY_HIGH), keys)
    return True


def _keys(option: Mapping[str, Any], found: Sequence[Panel]) -> list[Series]:
    """What the figure's own key says of colours: its legend, or squares in a title."""
    keys = []
    for title in _listed(option.get("title")):
        rich = (title.get("textStyle") or {}).get("rich") or {}
        for name, words in KEY.findall(str(title.get("text", ""))):
            colour = rich.get(name, {}).get("backgroundColor") or rich.get(name, {}).get("color")
            if words.strip() and colour:
                keys.append(Series(words.strip(), (), _plain(colour)))
    for legend in _listed(option.get("legend")):
        named = [one["name"] if isinstance(one, dict) else one for one in _listed(legend.get("data"))]
        drawn = {one.name: one for panel in found for one in panel.series if one.colour}
        if legend.get("show", True):
            keys += [Series(name, (), drawn[name].colour) for name in named or drawn if name in drawn]
    seen = {one.name: one for one in keys if one.colour not in ("", WHITE)}
    return list(seen.values()) if len(seen) > 1 else []


def _draw(deck: Deck, slide: Any, box: Box, panel: Panel) -> None:
    chart = _points(deck, slide, box, panel) if panel.kind == "points" else _named(deck, slide, box, panel)
    dress(deck, chart, panel.head, legend=False)
    if panel.kind != "bars":  # the axis below stays below, whatever the values
        chart.value_axis.crosses = writer("pptx.enum.chart").XL_AXIS_CROSSES.MINIMUM
    axes = (chart.category_axis, chart.value_axis)
    told = panel.axes if panel.kind == "points" else (panel.axes[1], panel.axes[0])
    for n, (axis, about) in enumerate(zip(axes, told, strict=True)):
        # a scale the figure writes by itself beside an upright axis is the axis's own here
        _scale(deck, axis, about, upright=n == 1 and not panel.across, percent=panel.percent)


def _named(deck: Deck, slide: Any, box: Box, panel: Panel) -> Any:
    """Bars or lines over categories."""
    kinds = writer("pptx.enum.chart").XL_CHART_TYPE
    form = "BAR" if panel.across else "COLUMN"
    name = "LINE" if panel.kind == "lines" else f"{form}_{'STACKED' if panel.stacked else 'CLUSTERED'}"
    data = writer("pptx.chart.data").CategoryChartData(number_format="General")
    data.categories = [clipped(safe_text(text), LONGEST) for text in panel.names]
    for one in panel.series:
        data.add_series(safe_text(one.name), list(one.values))
    chart = add_chart(deck, slide, getattr(kinds, name), box, data)
    for drawn, one in zip(chart.plots[0].series, panel.series, strict=True):
        if panel.kind == "lines":
            _line(deck, drawn, one)
        else:
            paint(deck, drawn, Series(one.name, (), one.colour))
            _worded(deck, drawn, one, inside=panel.stacked)
            for place, colour in enumerate(one.colours):
                if colour and colour != one.colour:
                    drawn.points[place].format.fill.solid()
                    drawn.points[place].format.fill.fore_color.rgb = deck._rgb(colour)
    if panel.kind == "bars":
        chart.plots[0].gap_width, chart.plots[0].overlap = 50, 100 if panel.stacked else -5
        chart.category_axis.reverse_order = bool(panel.axes[1].get("inverse"))
    place = writer("pptx.enum.chart").XL_TICK_LABEL_POSITION
    chart.category_axis.tick_label_position = place.LOW  # names stay at the edge, also of bars below zero
    if panel.axes[1].get("inverse"):  # numbers stay below
        chart.value_axis.tick_label_position = place.HIGH
    return chart


def _worded(deck: Deck, drawn: Any, one: Drawn, *, inside: bool) -> None:
    """Words at the ends of bars, as the figure writes them; inside stacked ones in ink or paper."""
    for place, text in enumerate(one.labels):
        if text:
            ground = (one.colours[place] if one.colours else "") or one.colour or WHITE
            ink = ink_on(f"#{ground}")[1:].upper() if inside else INK
            frame = drawn.points[place].data_label.text_frame
            deck._run(frame.paragraphs[0], clipped(safe_text(text), LONGEST), 9, ink)


def _points(deck: Deck, slide: Any, box: Box, panel: Panel) -> Any:
    """Points and lines on two axes of numbers."""
    kinds = writer("pptx.enum.chart").XL_CHART_TYPE
    data = writer("pptx.chart.data").XyChartData()
    for one in panel.series:
        drawn = data.add_series(safe_text(one.name))
        for x, y in one.points:
            drawn.add_data_point(x, y)
    chart = add_chart(deck, slide, kinds.XY_SCATTER, box, data)
    for drawn, one in zip(chart.plots[0].series, panel.series, strict=True):
        if one.line:
            _line(deck, drawn, one)
        else:
            _marks(deck, drawn, one)
    return chart


def _line(deck: Deck, drawn: Any, one: Drawn) -> None:
    drawn.smooth = False
    drawn.marker.style = writer("pptx.enum.chart").XL_MARKER_STYLE.NONE
    if one.colour:
        drawn.format.line.color.rgb, drawn.format.line.width = deck._rgb(one.colour), deck.pt(1.75)
    else:
        drawn.format.line.fill.background()
    _pointed(deck, drawn, one, aside=True)


def _marks(deck: Deck, drawn: Any, one: Drawn) -> None:
    drawn.format.line.fill.background()
    drawn.marker.style, drawn.marker.size = writer("pptx.enum.chart").XL_MARKER_STYLE.CIRCLE, 8
    colour = one.colour if one.colour != WHITE else ""
    if colour:
        drawn.marker.format.fill.solid()
        drawn.marker.format.fill.fore_color.rgb = deck._rgb(colour)
    else:
        drawn.marker.format.fill.background()
    drawn.marker.format.line.color.rgb = deck._rgb(colour or MUTED[1:].upper())
    _pointed(deck, drawn, one)


def _pointed(deck: Deck, drawn: Any, one: Drawn, *, aside: bool = False) -> None:
    """Words at points: above them, or beside the ends of a line."""
    places = writer("pptx.enum.chart").XL_LABEL_POSITION
    for place, text in enumerate(one.labels):
        if text:
            label = drawn.points[place].data_label
            write(deck, label.text_frame, clipped(safe_text(text), LONGEST), 9)
            label.position = places.ABOVE
            if aside and place in (0, len(one.labels) - 1):
                label.position = places.RIGHT if place else places.LEFT


def _scale(deck: Deck, axis: Any, about: Mapping[str, Any], *, upright: bool, percent: bool) -> None:
    """Ends, name and number format of an axis as the figure has them."""
    name = str(about.get("name") or "")
    axis.has_title = bool(name)
    if name:
        write(deck, axis.axis_title.text_frame, name.replace("\n", " "), 10)
    silent = (about.get("axisLabel") or {}).get("show") is False or about.get("show") is False
    if silent and not upright:
        axis.tick_label_position = writer("pptx.enum.chart").XL_TICK_LABEL_POSITION.NONE
    if about.get("type") == "category":
        return
    kind = str(about.get("type"))
    for end in ("min", "max"):
        value = _number(about.get(end), kind)
        if value is not None:
            setattr(axis, "minimum_scale" if end == "min" else "maximum_scale", value)
    if kind == "log":
        qn = writer("pptx.oxml.ns").qn
        scaling = axis._element.find(qn("c:scaling"))
        scaling.insert(0, scaling.makeelement(qn("c:logBase"), {"val": "10"}))
    ends = [value for end in ("min", "max") if (value := _number(about.get(end), kind)) is not None]
    form = "General" if all(value == round(value) for value in ends) else "0.0"
    form = "0%" if percent and upright else form
    axis.tick_labels.number_format = "yyyy/m" if kind == "time" else form
    axis.tick_labels.number_format_is_linked = False
