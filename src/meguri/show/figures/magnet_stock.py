"""Dysprosium in use by application, and what leaves use by function state, with the band of the total."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.axes import panel_title, year_axis, year_place
from meguri.show.figures.magnet_checks import checked_points
from meguri.show.figures.marks import apart
from meguri.show.figures.state_flows import position_hue
from meguri.show.ink import INK, PAPER, base_option, mixed, quiet_axis, wrap
from meguri.show.spell import joined, say, unit_word

TOP, HEIGHT, BOTTOM = 40, 300, 36
SIDES = (("5.5%", "32%"), ("64.5%", "22%"))  # left and width of the panels; names stand at their right
POSITIONS = {"alloyed": "main-phase", "diffused": "grain-boundary"}
TONES = (0.62, 0.4, 0.22)  # neighbours differ; an application has no colour of its own
NOW = 2025  # year the title compares with, where it is shown
NAME_GAP = 15  # px for a line of a name


def magnet_stock(
    flows: pd.DataFrame,
    totals: pd.DataFrame,
    checks: pd.DataFrame,
    *,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """Stacked areas of the stock by application and of the outflow by magnet type, 1990 to 2050.

    Parameters
    ----------
    flows, totals, checks : DataFrame
        Tables ``magnet_flows``, ``magnet_totals`` and ``magnet_checks``.
    """
    dy = flows[(flows["substance"] == "dy") & flows["flow"].isin(("stock", "outflow"))]
    stock = _layers(dy[dy["flow"] == "stock"], "application")
    leaving = _layers(dy[(dy["flow"] == "outflow") & dy["type"].isin(POSITIONS)], "type")
    names = {key: label(key, lang, "magnet_uses") for key in stock.columns}
    types = {key: say(f"magnet_{key}", lang) for key in POSITIONS}
    hues = [mixed(INK, TONES[place % len(TONES)]) for place in range(len(stock.columns))]
    option: dict[str, Any] = {
        **base_option(), "grid": [], "title": [], "xAxis": [], "yAxis": [], "series": []
    }  # fmt: skip
    for axis, (layers, said, tones, quantity) in enumerate((
        (stock, names, hues, "stock_dy"),
        (leaving, types, [position_hue(POSITIONS[key]) for key in leaving.columns], "outflow_dy"),
    )):  # fmt: skip
        total = totals[totals["quantity"] == quantity]
        told = checks[checks["quantity"] == quantity]
        _panel(option, axis, layers, said, tones, total, told, quantity, lang)
    return Chart(
        key="magnet-stock",
        option=option,
        table=_table(dy, lang),
        title=_title(totals, leaving, lang),
        subtitle=say("magnet_stock_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="magnet_flows",
        height=TOP + HEIGHT + BOTTOM,
    )


def _table(dy: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """The rows drawn, with words for keys; sources stand in the footer."""
    types = {key: say(f"magnet_{key}", lang) for key in dy["type"].unique()}
    kinds = {key: say(f"magnet_{key}", lang) for key in dy["flow"].unique()}
    shown = dy[(dy["median"] > 0) & (dy["year"] % 5 == 0)].drop(columns=["source", "grade", "substance"])
    return shown.assign(type=shown["type"].map(types), flow=shown["flow"].map(kinds)).reset_index(drop=True)


def _layers(rows: pd.DataFrame, by: str) -> pd.DataFrame:
    """Medians summed by year and layer, the layer that is largest at its height at the foot."""
    table = rows.pivot_table(index="year", columns=by, values="median", aggfunc="sum")
    found: pd.DataFrame = table[table.max().sort_values(ascending=False, kind="stable").index]
    return found


def _title(totals: pd.DataFrame, leaving: pd.DataFrame, lang: Lang) -> str:
    """The stock now and later, and which type of magnet most of what leaves use is."""
    stock = totals[totals["quantity"] == "stock_dy"].set_index("year")["median"]
    last = int(stock.index.max())
    first = NOW if NOW in stock.index[:-1] else int(stock.index.min())
    share = leaving.div(leaving.sum(axis=1), axis=0)
    words = {
        "first": first,
        "last": last,
        "a": _about(float(stock[first])),
        "b": _about(float(stock[last])),
    }
    parts = {
        "x": f"{100 * float(share.loc[first, 'alloyed']):.0f}%",
        "y": f"{100 * float(share.loc[last, 'alloyed']):.0f}%",
    }
    said = say("magnet_stock_title", lang, **words)
    if share.loc[[first, last], "alloyed"].isna().any():  # nothing leaves use in the first years
        return said
    return joined([said, say("magnet_leaving_title", lang, **words, **parts)], lang)


def _about(value: float) -> str:
    """Two digits: the band is wider than a third one could say."""
    return f"{float(f'{value:.2g}'):,.0f}"


def _panel(
    option: dict[str, Any],
    axis: int,
    layers: pd.DataFrame,
    names: dict[str, str],
    hues: list[str],
    total: pd.DataFrame,
    told: pd.DataFrame,
    quantity: str,
    lang: Lang,
) -> None:
    """Add one panel to an option: areas, band of the total, published figures, names at the right."""
    left, width = SIDES[axis]
    grid = {"left": left, "width": width, "top": TOP, "height": HEIGHT}
    most = max(float(total["high"].max()), float(told["published_high"].max()) if len(told) else 0.0)
    step = next(s for s in (10, 20, 50, 100, 200, 500, 1000, 2000) if most / s <= 6)
    top = step * -(-most // step)
    head = (
        f"{label(quantity, lang, 'magnet_results')} [{unit_word('t' if axis == 0 else 't/a', lang).strip()}]"
    )
    years = int(layers.index.min()), int(layers.index.max())
    option["grid"].append(grid)
    option["title"].append({**panel_title(head, grid), "left": left})
    option["xAxis"].append(year_axis(*years, step_of(*years), gridIndex=axis))
    option["yAxis"].append(
        quiet_axis(type="value", gridIndex=axis, min=0, max=top, interval=step, splitLine={"show": True})
    )
    option["series"] += [
        *_areas(layers, hues, axis),
        *_band(total, axis),
        *checked_points(told, axis),
        _names(layers, names, hues, top, axis),
    ]


def step_of(first: int, last: int) -> int:
    """Years between labels: three or four labels in all.

    Examples
    --------
    >>> step_of(1990, 2050), step_of(2010, 2030), step_of(2010, 2013)
    (20, 10, 1)
    """
    return next(step for step in (1, 2, 5, 10, 20) if (last - first) // step <= 3)


def _areas(layers: pd.DataFrame, hues: list[str], axis: int) -> list[dict[str, Any]]:
    return [
        {
            "name": str(key), "type": "line", "symbol": "none", "silent": True, "stack": f"areas-{axis}",
            "xAxisIndex": axis, "yAxisIndex": axis, "lineStyle": {"color": PAPER, "width": 0.8},
            "areaStyle": {"color": hue, "opacity": 0.85 if axis else 1},
            "data": [[year_place(year), float(value)] for year, value in layers[key].items()],
        }
        for key, hue in zip(layers.columns, hues, strict=True)
    ]  # fmt: skip


def _band(total: pd.DataFrame, axis: int) -> list[dict[str, Any]]:
    """P10 and P90 of the total as dashed lines, its median solid."""
    shared = {
        "type": "line",
        "symbol": "none",
        "silent": True,
        "xAxisIndex": axis,
        "yAxisIndex": axis,
        "z": 4,
    }
    return [
        {
            **shared, "name": name,
            "data": [[year_place(y), float(v)] for y, v in zip(total["year"], total[name], strict=True)],
            "lineStyle": {"color": INK, "width": 1.8 if name == "median" else 1.1,
                          "type": "solid" if name == "median" else [4, 3]},
        }
        for name in ("low", "median", "high")
    ]  # fmt: skip


def _names(
    layers: pd.DataFrame,
    names: dict[str, str],
    hues: list[str],
    top: float,
    axis: int,
) -> dict[str, Any]:
    """Name of every layer at the right end of its area, moved apart where they would touch."""
    last = layers.iloc[-1]
    ends = last.cumsum() - last / 2
    keys = [*layers.columns]
    wanted = [HEIGHT * (1 - float(end) / top) for end in ends]
    lines = [wrap(names[str(key)], 26) for key in keys]
    placed = apart(wanted, NAME_GAP * max(1 + line.count("\n") for line in lines), -10, HEIGHT + 12)
    data = []
    for key, text, here, there in zip(keys, lines, wanted, placed, strict=True):
        tone = INK if axis == 0 else hues[keys.index(key)]
        words = {
            "show": True, "formatter": text, "position": "right", "distance": 6, "offset": [0, there - here],
            "color": tone, "fontSize": 11, "lineHeight": 14, "fontWeight": "normal" if axis == 0 else "bold",
        }  # fmt: skip
        data.append({"value": [year_place(layers.index.max()), float(ends[key])], "label": words})
    return {
        "name": "names", "type": "scatter", "symbolSize": 0.01, "silent": True, "data": data, "clip": False,
        "xAxisIndex": axis, "yAxisIndex": axis,
    }  # fmt: skip
