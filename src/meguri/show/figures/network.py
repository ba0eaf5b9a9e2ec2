"""The whole chain as nodes and links: a column for each stage, from ten nodes to several thousand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.network_layout import places, stage_order
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, stage_hue, wrap
from meguri.show.spell import joined, name_of, say, word

WIDTH = 920  # px the drawing is made for
SIDE = 0.04  # part of the width left free on each side
TOP, BOTTOM = 56, 18  # px
NAMED = 80  # nodes that are still named one by one
TALL = 24  # nodes above each other that are still named
PITCH = 44  # px from one named node to the next below
LETTER = 5.9  # px of a Latin letter of a name; a Japanese one takes two
TEXT = 10.5  # px
HEIGHT = 640
DENSE = 300  # links beyond which each is drawn paler
ALIVE = 400  # nodes up to which neighbours light up under the pointer; beyond, drawing them takes too long
SMALL, LARGE = (3.0, 11.0), (7.0, 20.0)  # px of the smallest and largest point: unnamed, named
OPEN = "unknown"  # kind of a node nobody knows


def network(nodes: pd.DataFrame, links: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """Points by stage, as large as their share of their product; links to whom they deliver.

    Parameters
    ----------
    nodes : DataFrame
        Rows of ``chain_nodes``.
    links : DataFrame
        Rows of ``chain_links`` between them. Dark: the customer has no other qualified supplier; dashed:
        not qualified yet.
    """
    at = places(nodes, links)
    named = is_named(at)
    return Chart(
        key="network",
        option=_option(nodes, links, at, named, lang),
        table=links,
        title=_title(nodes, links, lang),
        subtitle=_subtitle(nodes, links, named, lang),
        footer=footer,
        lang=lang,
        declared="chain_links",
        height=height_of(at) if named else HEIGHT,
    )


def is_named(at: pd.DataFrame) -> bool:
    """Whether there is room for the name of every node.

    Examples
    --------
    >>> is_named(pd.DataFrame({"column": [0] * 24})), is_named(pd.DataFrame({"column": [0] * 25}))
    (True, False)
    """
    return len(at) <= NAMED and _tallest(at) <= TALL


def height_of(at: pd.DataFrame) -> int:
    """Pixels a drawing with names takes."""
    return TOP + BOTTOM + PITCH * max(4, _tallest(at))


def room_of(at: pd.DataFrame) -> int:
    """Latin letters that fit below a node on one line before they meet those of the next stage."""
    columns = int(at["column"].max()) + 1 if len(at) else 1
    return int(WIDTH * (1 - 2 * SIDE) / columns / LETTER) - 1


def _tallest(at: pd.DataFrame) -> int:
    return int(at["column"].value_counts().max()) if len(at) else 0


def _title(nodes: pd.DataFrame, links: pd.DataFrame, lang: Lang) -> str:
    bought = links[links["share"].notna()]
    asked = len(bought[["customer", "input"]].drop_duplicates())
    if not asked:
        return say("network_none", lang, n=f"{len(nodes):,}")
    return say("network_only", lang, k=f"{int(links['only'].sum()):,}", n=f"{asked:,}")


def _subtitle(nodes: pd.DataFrame, links: pd.DataFrame, named: bool, lang: Lang) -> str:
    parts = [say("network_subtitle", lang, n=f"{len(nodes):,}", m=f"{len(links):,}")]
    if (links["qualified"] == False).any():  # noqa: E712  (may hold NA)
        parts.append(say("network_dashed", lang))
    if (nodes["kind"] == OPEN).any():
        parts.append(say("network_hollow", lang, n=f"{int((nodes['kind'] == OPEN).sum()):,}"))
    if not named:
        parts.append(say("network_zoom", lang))
    return joined(parts, lang)


def _option(
    nodes: pd.DataFrame, links: pd.DataFrame, at: pd.DataFrame, named: bool, lang: Lang
) -> dict[str, Any]:
    order = stage_order(nodes, links)
    alive = len(nodes) <= ALIVE
    points = _points(nodes, at, order, named, lang)
    series = [_graph(points, links, nodes, order, named)] if alive else _many(points, links, at, order)
    return {
        **base_option(),
        "title": _headings(order, lang),
        "grid": {"left": f"{100 * SIDE}%", "right": f"{100 * SIDE}%", "top": TOP, "bottom": BOTTOM},
        "xAxis": {"type": "value", "show": False, "min": -0.5, "max": max(len(order), 1) - 0.5},
        "yAxis": {"type": "value", "show": False, "min": 0, "max": 1, "inverse": True},
        # only up and down, so that the headings stay above their columns; the wheel alone scrolls the page
        "dataZoom": [] if named else [
            {"type": "inside", "yAxisIndex": 0, "zoomOnMouseWheel": "ctrl", "filterMode": "none"},
            {"type": "slider", "yAxisIndex": 0, "right": 0, "width": 14, "showDetail": False,
             "showDataShadow": False, "filterMode": "none", "borderColor": RULE, "brushSelect": False},
        ],
        "series": series,
    }  # fmt: skip


def _headings(order: list[str], lang: Lang) -> list[dict[str, Any]]:
    """Name of each stage above its column, in its colour."""
    step = 100 * (1 - 2 * SIDE) / max(len(order), 1)
    return [
        {
            "text": wrap(word(stage, "stages", lang), 13),
            "left": f"{100 * SIDE + step * (place + 0.5):.2f}%",
            "top": 2,
            "textAlign": "center",
            "padding": 0,
            "textStyle": {"fontSize": 12, "fontWeight": "bold", "lineHeight": 15, "color": stage_hue(stage)},
        }
        for place, stage in enumerate(order)
    ]


def _points(
    nodes: pd.DataFrame, at: pd.DataFrame, order: list[str], named: bool, lang: Lang
) -> list[dict[str, Any]]:
    """One point for each node, in the order of the nodes; ``category`` counts stages, then hollow ones."""
    small, large = LARGE if named else SMALL
    column = {stage: place for place, stage in enumerate(order)}
    room = room_of(at)
    found = []
    for row, x, y in zip(nodes.to_dict("records"), at["x"], at["y"], strict=True):
        share = number_or_none(row["share"])
        hollow, name = row["kind"] == OPEN, name_of(row, lang)
        point = {
            "name": name,
            "value": [round(float(x), 3), round(float(y), 4)],
            "symbolSize": round(small + (large - small) * float(np.sqrt(share or 0.0)), 1),
            "category": column[row["stage"]] + (len(order) if hollow else 0),
        }
        if named:
            point["label"] = {"formatter": wrap(name, room)}
        found.append(point)
    return found


def _categories(order: list[str]) -> list[dict[str, Any]]:
    """Full points by stage, then hollow ones for nodes nobody knows."""
    full = [{"itemStyle": {"color": stage_hue(stage)}} for stage in order]
    return full + [
        {"itemStyle": {"color": PAPER, "borderColor": stage_hue(stage), "borderWidth": 1.6}}
        for stage in order
    ]


def _drawn(
    links: pd.DataFrame, index: dict[str, int], columns: list[int], dark: tuple[float, float]
) -> list[dict[str, Any]]:
    """One line for each link; ``dark`` is opacity and width of one without another qualified supplier."""
    drawn = []
    for row in links.to_dict("records"):
        source, target = index[row["supplier"]], index[row["customer"]]
        style: dict[str, Any] = {}
        if row["only"]:
            style |= {"color": INK, "opacity": dark[0], "width": dark[1]}
        if row["qualified"] is False:
            style |= {"type": "dashed"}
        if columns[source] >= columns[target]:  # within a stage, or back: bent, so that it is seen
            style |= {"curveness": 0.3}
        drawn.append({"source": source, "target": target} | ({"lineStyle": style} if style else {}))
    return drawn


def _graph(
    points: list[dict[str, Any]], links: pd.DataFrame, nodes: pd.DataFrame, order: list[str], named: bool
) -> dict[str, Any]:
    """Points and links whose neighbours light up under the pointer."""
    dark, pale = ((0.4, 1.0), (0.12, 0.6)) if len(links) > DENSE else ((0.75, 1.5), (0.35, 0.9))
    columns = [point["category"] % len(order) for point in points]
    drawn = _drawn(links, {node: place for place, node in enumerate(nodes["node"])}, columns, dark)
    label = {
        "show": named, "position": "bottom", "distance": 2, "fontSize": TEXT, "lineHeight": 12, "color": INK,
        "textBorderColor": PAPER, "textBorderWidth": 2,
    }  # fmt: skip
    return {
        "type": "graph", "layout": "none", "coordinateSystem": "cartesian2d",
        "data": [point | {"id": str(place)} for place, point in enumerate(points)], "links": drawn,
        "categories": _categories(order), "label": label, "labelLayout": {"hideOverlap": True},
        "lineStyle": {"color": MUTED, "opacity": pale[0], "width": pale[1], "curveness": 0},
        "emphasis": {"focus": "adjacency", "lineStyle": {"width": 2, "opacity": 0.9}},
        "blur": {"itemStyle": {"opacity": 0.15}, "lineStyle": {"opacity": 0.06}},
        "tooltip": {"formatter": "{b}"},
    }  # fmt: skip


def _many(
    points: list[dict[str, Any]], links: pd.DataFrame, at: pd.DataFrame, order: list[str]
) -> list[dict[str, Any]]:
    """Links drawn in one go, then the points of each stage: thousands in a moment, without neighbours."""
    spots = dict(zip(at["node"], (point["value"] for point in points), strict=True))
    series = [
        {
            "type": "lines", "coordinateSystem": "cartesian2d", "large": True, "silent": True, "z": 1,
            "data": [[spots[a], spots[b]] for a, b in zip(rows["supplier"], rows["customer"], strict=True)],
            "lineStyle": {"color": hue, "opacity": opacity, "width": width},
        }
        for rows, hue, opacity, width in (
            (links[~links["only"]], MUTED, 0.14, 0.6),
            (links[links["only"]], INK, 0.3, 0.8),
        )
        if len(rows)
    ]  # fmt: skip
    for place, look in enumerate(_categories(order)):
        held = [point for point in points if point["category"] == place]
        if held:
            bare = [{key: point[key] for key in ("name", "value", "symbolSize")} for point in held]
            series.append({"type": "scatter", "data": bare, "z": 2, "emphasis": {"scale": 1.6},
                           "tooltip": {"formatter": "{b}"}, **look})  # fmt: skip
    return series
