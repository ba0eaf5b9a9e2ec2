"""Native charts of a slide: bars, stacked bars, plans as bars in time, and points on two axes."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

from meguri.show.excel import safe_text
from meguri.show.ink import ink_on
from meguri.show.office.deck import INK, MUTED, RULE, Box, Deck, Series, harmless
from meguri.show.office.extra import writer
from meguri.show.office.fit import clipped

EPOCH = dt.date(1899, 12, 30)  # day 0 of spreadsheets
LONGEST = 24  # letters' widths that a category may take


def serial(day: dt.date) -> int:
    """A day as spreadsheets count it.

    Examples
    --------
    >>> serial(dt.date(2026, 4, 1))
    46113
    """
    return (day - EPOCH).days


def bars(
    deck: Deck,
    slide: Any,
    box: Box,
    categories: Sequence[str],
    series: Sequence[Series],
    *,
    stacked: bool = False,
    upright: bool = False,
    form: str = "#,##0",
    title: str = "",
    labels: bool = True,
    limit: tuple[float, str] | None = None,
) -> Any:
    """A chart of bars from zero on: one group for each category, in the order given.

    A value at the ``limit`` or above it is labelled with its words instead of its number.
    """
    kinds = writer("pptx.enum.chart").XL_CHART_TYPE
    name = ("COLUMN" if upright else "BAR") + ("_STACKED" if stacked else "_CLUSTERED")
    data = writer("pptx.chart.data").CategoryChartData(number_format=form)
    data.categories = [clipped(safe_text(text), LONGEST) for text in categories]
    for one in series:
        values = [None if value is None else float(value) for value in one.values]
        data.add_series(safe_text(one.name), values, one.form or form)
    chart = add_chart(deck, slide, getattr(kinds, name), box, data)
    plot = chart.plots[0]
    plot.gap_width, plot.overlap = (60, 100) if stacked else (50, -5)
    for drawn, one in zip(plot.series, series, strict=True):
        paint(deck, drawn, one)
        if labels and one.colour:
            _label(
                deck,
                drawn,
                f"{form};;" if stacked else form,
                ink_on(f"#{one.colour}")[1:].upper() if stacked else INK,
            )
            _beyond(deck, drawn, one, limit)
    if not upright:
        chart.category_axis.reverse_order = True
        chart.value_axis.visible = not labels or stacked
    dress(deck, chart, title, labels and len([one for one in series if one.colour]) > 1)
    chart.value_axis.minimum_scale = 0
    chart.value_axis.tick_labels.number_format = form
    chart.value_axis.tick_labels.number_format_is_linked = False
    return chart


def gantt(
    deck: Deck, slide: Any, box: Box, names: Sequence[str], series: Sequence[Series], span: tuple[int, int]
) -> Any:
    """Stretches of time as stacked bars: the first series reaches the start and is not seen.

    Values are days; the axis counts as spreadsheets do and prints months.
    """
    chart = bars(deck, slide, box, names, series, stacked=True, form="yyyy/m", labels=False)
    axis = chart.value_axis
    axis.visible = True
    axis.minimum_scale, axis.maximum_scale = span
    axis.major_unit = 365 if span[1] - span[0] > 800 else 91
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = deck._rgb(RULE)
    return chart


def key(deck: Deck, slide: Any, box: Box, series: Sequence[Series]) -> None:
    """What the colours of a chart mean, as a line of words; series that are not seen have none."""
    shape = slide.shapes.add_textbox(*(deck.pt(part) for part in box))
    line = shape.text_frame.paragraphs[0]
    line.alignment = writer("pptx.enum.text").PP_ALIGN.CENTER
    for one in series:
        if one.colour:
            deck._run(line, "■ ", 11, one.colour)
            deck._run(line, f"{one.name}　　", 11, INK)


def points(
    deck: Deck,
    slide: Any,
    box: Box,
    groups: Sequence[tuple[Series, Sequence[float], Sequence[str]]],
    axes: tuple[str, str],
) -> Any:
    """Points on two axes: each group has a name and colour, x values, and a label at every point."""
    kinds = writer("pptx.enum.chart").XL_CHART_TYPE
    data = writer("pptx.chart.data").XyChartData()
    for series, along, _ in groups:
        drawn = data.add_series(safe_text(series.name))
        for x, y in zip(along, series.values, strict=True):
            drawn.add_data_point(float(x), float(y or 0.0))
    chart = add_chart(deck, slide, kinds.XY_SCATTER, box, data)
    for drawn, (series, _, names) in zip(chart.plots[0].series, groups, strict=True):
        drawn.format.line.fill.background()
        _mark(deck, drawn, series)
        for place, name in enumerate(names):
            if name:
                _point_label(deck, drawn.points[place], name)
    dress(deck, chart, "", legend=True)
    shares = [float(y) for series, _, _ in groups for y in series.values if y is not None]
    low = max(
        0.0, math.floor(10 * min(shares, default=0.0) - 0.5) / 10
    )  # near the points: no bar stands on it
    chart.value_axis.minimum_scale, chart.value_axis.maximum_scale = low, 1
    if all(x > -0.5 for _, along, _ in groups for x in along):  # rounding below zero is no loss of days
        chart.category_axis.minimum_scale = 0
    chart.value_axis.tick_labels.number_format = "0%"
    chart.value_axis.tick_labels.number_format_is_linked = False
    for axis, text in zip((chart.category_axis, chart.value_axis), axes, strict=True):
        axis.has_title = True
        write(deck, axis.axis_title.text_frame, text, 11)
    return chart


def add_chart(deck: Deck, slide: Any, kind: Any, box: Box, data: Any) -> Any:
    """A native chart in a box; no cell of the workbook inside it is a formula."""
    chart = slide.shapes.add_chart(kind, *(deck.pt(part) for part in box), data).chart
    part = chart.part.chart_workbook.xlsx_part
    part._blob = harmless(part.blob)
    return chart


def paint(deck: Deck, drawn: Any, one: Series) -> None:
    """Fill a series with its colour, or leave it unseen."""
    if one.colour:
        drawn.format.fill.solid()
        drawn.format.fill.fore_color.rgb = deck._rgb(one.colour)
    else:
        drawn.format.fill.background()
        drawn.format.line.fill.background()


def _label(deck: Deck, drawn: Any, form: str, colour: str) -> None:
    labels = drawn.data_labels
    labels.show_value, labels.number_format, labels.number_format_is_linked = True, form, False
    labels.font.size, labels.font.color.rgb = deck.pt(10), deck._rgb(colour)


def _beyond(deck: Deck, drawn: Any, one: Series, limit: tuple[float, str] | None) -> None:
    """Words in place of the number where a value only says that nothing happened within a limit."""
    for place, value in enumerate(one.values):
        if limit is not None and value is not None and value >= limit[0]:
            write(deck, drawn.points[place].data_label.text_frame, limit[1], 10)


def _mark(deck: Deck, drawn: Any, one: Series) -> None:
    """A disc; or a larger diamond that marks a point which stands there already."""
    style = writer("pptx.enum.chart").XL_MARKER_STYLE
    drawn.marker.style, drawn.marker.size = (style.DIAMOND, 18) if one.over else (style.CIRCLE, 10)
    drawn.marker.format.fill.solid()
    drawn.marker.format.fill.fore_color.rgb = deck._rgb(one.colour)
    drawn.marker.format.line.fill.background()


def _point_label(deck: Deck, point: Any, name: str) -> None:
    label = point.data_label
    write(deck, label.text_frame, clipped(safe_text(name), LONGEST), 10)
    label.position = writer("pptx.enum.chart").XL_LABEL_POSITION.ABOVE


def write(deck: Deck, frame: Any, text: str, size: float) -> None:
    """Write into the empty text of a chart."""
    deck._run(frame.paragraphs[0], text, size, INK)


def dress(deck: Deck, chart: Any, title: str, legend: bool) -> None:
    """Fonts, title, legend at the foot, quiet lines."""
    chart.font.size = deck.pt(11)
    deck._font(chart.font)
    chart.has_title = bool(title)
    if title:
        write(deck, chart.chart_title.text_frame, title, 13)
    chart.has_legend = legend
    if legend:
        chart.legend.position = writer("pptx.enum.chart").XL_LEGEND_POSITION.BOTTOM
        chart.legend.include_in_layout = False
    for axis in (chart.category_axis, chart.value_axis):
        axis.format.line.color.rgb = deck._rgb(MUTED)
        axis.has_major_gridlines = False
