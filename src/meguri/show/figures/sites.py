"""Magnet sites of Japanese firms on two maps of one scale: where they stand, what they do, who holds them."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.observe.firms import firm_label
from meguri.show.chart import Chart
from meguri.show.figures.marks import apart
from meguri.show.figures.world import COAST, LAND, on_map
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, mixed, stage_hue
from meguri.show.spell import joined, missing, percent, say, word

HEIGHT = 560
TOP = 42  # px above the maps
SYMBOLS = {"quantity": "rect", "quality": "circle", "both": "diamond"}
CENTRES = {"CN": (28.3, 118.6), "JP": (36.6, 137.0)}  # middle of each map [degrees]
ACROSS, UP = 218.0, 250.0  # map units shown: the same on both maps, so that they have one scale
SIDES = {"CN": 1, "JP": 51}  # left edge of each map, per cent
WIDTH = 48  # per cent
LINE = 13  # px of a line of text
NEAR = 26  # px: a name on the side of so near a neighbour would lie on it
HUE = stage_hue("magnet")
BROAD = 96  # px: names of points farther apart stand beside each other
WIDEST = 28  # Latin letters of a line beside a point


def site_map_chart(
    table: pd.DataFrame, owners: pd.DataFrame | None = None, *, lang: Lang = "en", footer: str = ""
) -> Chart:
    """The sites as points: shape says the layer, filling whether it is confirmed, outline who holds it.

    Parameters
    ----------
    table : DataFrame
        Rows of ``relocation_map``.
    owners : DataFrame, optional
        Rows of ``relocation_ownership``: parts held are written beside joint ventures.
    """
    other = "en" if lang == "ja" else "ja"
    shown = table[[name for name in table.columns if not name.endswith(f"_{other}")]]
    return Chart(
        key="sites",
        option=_option(table, owners, lang),
        table=shown,
        title=_title(table, lang),
        subtitle=say(
            "sites_subtitle", lang, n=len(table), verified=int((table["status"] == "verified").sum())
        ),
        footer=joined([footer, say("map_borders", lang)], lang),
        lang=lang,
        declared="relocation_map",
        height=HEIGHT,
    )


def _title(table: pd.DataFrame, lang: Lang) -> str:
    abroad = table[table["process_country"] == "CN"]
    held = len(abroad) > 0 and bool((abroad["controlled_from"] == "JP").all())
    return say("sites_title" if held else "sites_title_plain", lang, n=len(table), cn=len(abroad))


def _option(table: pd.DataFrame, owners: pd.DataFrame | None, lang: Lang) -> dict[str, Any]:
    panels = [country for country in CENTRES if (table["process_country"] == country).any()]
    heads = [_text(say("sites_key", lang), 4, 0, MUTED, 10.5)]
    heads += [
        _text(say(f"sites_panel.{country}", lang), f"{SIDES[country]}%", 22, INK, 12) for country in panels
    ]
    return {
        **base_option(),
        "title": heads,
        "geo": [_geo(country, n) for n, country in enumerate(panels)],
        "series": [
            _points(table[table["process_country"] == country], owners, n, lang)
            for n, country in enumerate(panels)
        ],
    }


def _text(text: str, left: int | str, top: int, hue: str, size: float) -> dict[str, Any]:
    weight = "bold" if hue == INK else "normal"
    return {
        "text": text, "left": left, "top": top, "padding": 0,
        "textStyle": {"fontSize": size, "fontWeight": weight, "color": hue},
    }  # fmt: skip


def _window(country: str) -> tuple[float, float, float, float]:
    """West, north, east and south edge of a map in map units."""
    x, y = on_map(*CENTRES[country])
    return x - ACROSS / 2, y + UP / 2, x + ACROSS / 2, y - UP / 2


def _geo(country: str, place: int) -> dict[str, Any]:
    west, north, east, south = _window(country)
    return {
        "map": "earth", "id": f"geo-{country}", "aspectScale": 1, "preserveAspect": "contain", "clip": True,
        "left": f"{SIDES[country]}%", "width": f"{WIDTH}%", "top": TOP, "bottom": 4,
        "boundingCoords": [[west, north], [east, south]],
        "roam": False, "silent": True, "label": {"show": False}, "emphasis": {"disabled": True},
        "itemStyle": {"areaColor": LAND, "borderColor": COAST, "borderWidth": 0.6},
        "regions": [{"name": country, "itemStyle": {"areaColor": mixed(HUE, 0.14), "borderColor": RULE}}],
        "z": place,
    }  # fmt: skip


def _points(rows: pd.DataFrame, owners: pd.DataFrame | None, geo: int, lang: Lang) -> dict[str, Any]:
    rows = rows.sort_values("lat", ascending=False, kind="stable")
    again = rows.groupby(["lat", "lon", "firm"]).cumcount()  # sites of one town stand beside each other
    texts = _texts(rows, owners, lang)
    data = []
    for row, text, (left, shift), n in zip(
        rows.to_dict("records"), texts, _shifts(rows, texts), again, strict=True
    ):
        sure = row["status"] == "verified"
        data.append({
            "name": row["fact"], "value": list(on_map(row["lat"], row["lon"])), "symbolOffset": [-15 * n, 0],
            "symbol": SYMBOLS[row["layer"]], "symbolSize": 12 if row["layer"] != "both" else 15,
            "itemStyle": {
                "color": HUE if sure else PAPER, "borderColor": INK if row["apart"] else HUE,
                "borderWidth": 2.6 if row["apart"] else 1.4,
            },
            "label": {
                "show": bool(text), "formatter": text, "position": "left" if left else "right",
                "align": "right" if left else "left", "offset": [0, shift],
            },
        })  # fmt: skip
    return {
        "name": "sites", "type": "scatter", "coordinateSystem": "geo", "geoIndex": geo, "silent": True,
        "data": data, "z": 5,
        "label": {
            "distance": 6, "color": INK, "fontSize": 10.5, "lineHeight": LINE,
            "rich": {"s": {"color": MUTED, "fontSize": 9.5, "lineHeight": LINE - 1}},
            "textBorderColor": PAPER, "textBorderWidth": 2.5,
        },
        "labelLine": {"show": True, "lineStyle": {"color": MUTED, "width": 0.6}},
    }  # fmt: skip


def _shifts(rows: pd.DataFrame, texts: list[str]) -> list[tuple[bool, float]]:
    """Side and shift [px] of every name, so that names of neighbours keep apart on either side."""
    if rows.empty:
        return []
    _, north, _, south = _window(str(rows["process_country"].iloc[0]))
    inner = HEIGHT - TOP - 4
    scale = inner / (north - south)  # px of a map unit, as long as the maps are as high as they are wide
    points = [on_map(lat, lon) for lat, lon in zip(rows["lat"], rows["lon"], strict=True)]
    places = [(scale * x, scale * (north - y)) for x, y in points]
    sides = [_goes_left(n, places) for n in range(len(places))]
    found = [0.0] * len(places)
    named = [n for n, text in enumerate(texts) if text]
    for mine in _stacks(named, places, sides):
        tall = max(texts[n].count("\n") + 1 for n in mine) * LINE + 2
        for n, y in zip(mine, apart([places[n][1] for n in mine], tall, 10, inner - 10), strict=True):
            found[n] = round(y - places[n][1], 1)
    return list(zip(sides, found, strict=True))


def _stacks(named: list[int], places: list[tuple[float, float]], sides: list[bool]) -> list[list[int]]:
    """Points of one side whose names would stand above one another."""
    stacks: list[list[int]] = []
    for side in (True, False):
        mine = sorted((n for n in named if sides[n] is side), key=lambda n: places[n][0])
        for n in mine:
            last = stacks[-1] if stacks and sides[stacks[-1][-1]] is side else None
            if last is not None and places[n][0] - places[last[-1]][0] < BROAD:
                last.append(n)
            else:
                stacks.append([n])
    return stacks


def _goes_left(n: int, places: list[tuple[float, float]]) -> bool:
    """West of the middle one and with no neighbour on that side."""
    x, y = places[n]
    near = any(0 < x - other < NEAR and abs(y - high) < NEAR for other, high in places)
    return x < sorted(one for one, _ in places)[len(places) // 2] and not near


def _texts(rows: pd.DataFrame, owners: pd.DataFrame | None, lang: Lang) -> list[str]:
    """Firm, places and parts held; sites of one firm in one town share a name, beside the first."""
    texts = {}
    for _, mine in rows.groupby(["lat", "lon", "firm"], sort=False):
        lines = [line for row in mine.to_dict("records") for line in _lines(row, owners, lang)]
        cut = [clip(line, WIDEST).replace("{", "｛").replace("}", "｝").replace("|", "/") for line in lines]
        small = [f"{{s|{line}}}" for line in dict.fromkeys(cut)]
        texts[mine.index[0]] = "\n".join([firm_label(str(mine["firm"].iloc[0]), lang), *small])
    return [texts.get(place, "") for place in rows.index]


def _lines(row: dict[Any, Any], owners: pd.DataFrame | None, lang: Lang) -> list[str]:
    lines = [str(row[f"place_{lang}"])]
    if row["place_differs"]:
        lines.append(say("sites_moved", lang, place=row[f"printed_place_{lang}"]))
    return lines + _part(row, owners, lang)


def _part(row: dict[Any, Any], owners: pd.DataFrame | None, lang: Lang) -> list[str]:
    if owners is None:
        return []
    held = owners.set_index("fact").loc[row["fact"]]
    if missing(held["share_controlling"]):
        return []
    country = word(held["controlled_from"], "countries", lang)
    return [say("sites_held", lang, country=country, part=percent(float(held["share_controlling"])))]
