"""The world map: who produces, and what flows to whom."""

from __future__ import annotations

import json
import math
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.ink import INK, MUTED, PAPER, base_option, mixed, stage_hue
from meguri.show.page import asset
from meguri.show.spell import joined, missing, percent, say, significant, word

LAND = "#f1f2f3"
COAST = "#cfd3d7"
STEPS = (0.05, 0.2, 0.5)  # shares between the four tints
TINTS = (0.25, 0.5, 0.75, 1.0)  # opacity of the stage's hue
WIDEST = 7.0  # px of the largest flow
RIGHT_EDGE = 1900  # map units; further right a name stands left of its point
NAMED = 4  # producers and partners named on the map


@cache
def places() -> dict[str, tuple[float, float]]:
    """Middle of every country on the flat map, by country key.

    Examples
    --------
    >>> places()["JP"][0] < places()["US"][0]  # Asia left of America: the map is cut in the Atlantic
    True
    """
    return {key: (xy[0], xy[1]) for key, xy in _world()["places"].items()}


CENTRE = 150.0  # degrees east in the middle of the map
UNITS = 1000  # map units per radian


def on_map(lat: float, lon: float) -> tuple[float, float]:
    """A point of the earth on the flat map: Equal Earth (Šavrič, Patterson & Jenny 2018), 150° E.

    Examples
    --------
    >>> [round(xy) for xy in on_map(0.0, 150.0)], on_map(35.0, 139.0)[0] < 0
    ([0, 0], True)
    """
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    t = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    slope = a1 + 3 * a2 * t**2 + t**6 * (7 * a3 + 9 * a4 * t**2)
    x = 2 * math.sqrt(3) / 3 * math.radians(lon - CENTRE) * math.cos(t) / slope
    y = t * (a1 + a2 * t**2 + t**6 * (a3 + a4 * t**2))
    return UNITS * x, UNITS * y


@cache
def _world() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(asset("world.json"))
    return read


def world_map(
    shares: pd.DataFrame,
    flows: pd.DataFrame | None = None,
    *,
    stage: str,
    about: str = "",
    traded: str = "",
    lang: Lang = "en",
    footer: str = "",
    most: int = 25,
    height: int = 430,
) -> Chart:
    """Countries tinted by their share of one stage, and the largest flows between them.

    Parameters
    ----------
    shares : DataFrame
        Rows of ``stage_shares`` of one element, stage, year and source.
    flows : DataFrame, optional
        Rows of ``trade`` of one year: exporter, importer, value_kusd, quantity_t.
    stage : str
        Stage whose hue tints the map.
    about, traded : str
        Words for the shares (element, year, basis) and for the flows (goods, year), for the subtitle.
    most : int
        Flows drawn at most, the largest first.
    """
    drawn = _drawable(flows, most)
    known = shares[shares["kind"] == "country"]
    left = _unplaced(known, drawn)
    said = [
        about,
        say("map_flows", lang, traded=traded, n=len(drawn)) if len(drawn) else "",
        say("map_left", lang, places=left) if left else "",
    ]
    return Chart(
        key=f"map-{stage}",
        option=_option(known, drawn, stage, lang),
        table=shares if flows is None or not shares.empty else drawn,
        title=_title(known, drawn, stage, lang),
        subtitle=joined(said, lang),
        footer=joined([footer, say("map_borders", lang)], lang),
        lang=lang,
        declared="trade" if shares.empty and flows is not None else "stage_shares",
        height=height,
    )


def held(row: dict[Any, Any]) -> float | None:
    """A country's share, its upper bound where only that is known, None where nothing is.

    Examples
    --------
    >>> held({"share": float("nan"), "share_high": 0.7})
    0.7
    """
    share = number_or_none(row.get("share"))
    return number_or_none(row.get("share_high")) if share is None else share


def tint(share: float | None) -> float:
    """Opacity that stands for a share.

    Examples
    --------
    >>> tint(0.02), tint(0.3), tint(0.91)
    (0.25, 0.75, 1.0)
    """
    return 0.0 if not share else TINTS[sum(share >= step for step in STEPS)]


def _drawable(flows: pd.DataFrame | None, most: int) -> pd.DataFrame:
    if flows is None or flows.empty:
        return pd.DataFrame(columns=["exporter", "importer", "value_kusd"])
    summed = flows.groupby(["exporter", "importer"], as_index=False)["value_kusd"].sum()
    on_map = summed["exporter"].isin(places()) & summed["importer"].isin(places())
    order = ["value_kusd", "exporter", "importer"]
    drawn: pd.DataFrame = (
        summed[on_map & (summed["exporter"] != summed["importer"]) & (summed["value_kusd"] > 0)]
        .sort_values(order, ascending=[False, True, True])
        .head(most)
        .reset_index(drop=True)
    )
    return drawn


def _unplaced(known: pd.DataFrame, drawn: pd.DataFrame) -> str:
    return ", ".join(sorted({*known["country"], *drawn["exporter"]} - set(places()) - {"XX", "ROW"}))


def _largest(drawn: pd.DataFrame, lang: Lang) -> str:
    row = drawn.iloc[0]
    ends = [word(row[end], "countries", lang) for end in ("exporter", "importer")]
    return f"{' → '.join(ends)} {money(float(row['value_kusd']), lang)}"


def money(kusd: float, lang: Lang) -> str:
    """Thousand dollars as a reader says them.

    Examples
    --------
    >>> money(123456, "en"), money(123456, "ja")
    ('123 M USD', '1.23億ドル')
    """
    if lang == "ja":
        wan = kusd / 10
        return f"{significant(wan / 10000)}億ドル" if wan >= 10000 else f"{significant(wan)}万ドル"
    return f"{significant(kusd / 1000)} M USD" if kusd >= 1000 else f"{significant(kusd)} k USD"


def _title(known: pd.DataFrame, drawn: pd.DataFrame, stage: str, lang: Lang) -> str:
    if len(drawn):
        alone = drawn["importer"].nunique() == 1  # imports of one economy say nothing of the others
        return say("map_title_into" if alone else "map_title_flow", lang, flow=_largest(drawn, lang))
    top = max(known.to_dict("records"), key=lambda row: held(row) or 0, default=None)
    share = None if top is None else held(top)
    stage_name = word(stage, "stages", lang)
    if top is None or share is None:
        return say("map_none", lang, stage=stage_name)
    bound = missing(top["share"])
    return say(
        "map_title_most" if bound else "map_title",
        lang,
        country=word(top["country"], "countries", lang),
        stage=stage_name if lang == "ja" else stage_name.lower(),
        share=percent(share),
    )


def _option(known: pd.DataFrame, drawn: pd.DataFrame, stage: str, lang: Lang) -> dict[str, Any]:
    hue = stage_hue(stage)
    return {
        **base_option(),
        "title": [_key(hue, known, lang)],
        "geo": {
            "map": "earth",
            "aspectScale": 1,  # the map is flat already
            "left": 4,
            "right": 4,
            "top": 22,
            "bottom": 2,
            "roam": False,
            "silent": True,
            "label": {"show": False},
            "itemStyle": {"areaColor": LAND, "borderColor": COAST, "borderWidth": 0.5},
            "regions": _regions(known, hue),
            "emphasis": {"disabled": True},
        },
        "series": [_hatch(), _small(known, hue), *_flows(drawn), _names(known, drawn, lang)],
    }


def _regions(known: pd.DataFrame, hue: str) -> list[dict[str, Any]]:
    return [
        {"name": row["country"], "itemStyle": {"areaColor": mixed(hue, tint(held(row)))}}
        for row in known.to_dict("records")
        if tint(held(row))
    ]


def _key(hue: str, known: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    edges = (0.0, *STEPS, 1.0)
    texts = [f"{round(100 * a)}–{round(100 * b)}%" for a, b in pairwise(edges)]
    parts = [f"{{t{n}|}} {text}" for n, text in enumerate(texts)]
    rich = {
        f"t{n}": {"backgroundColor": mixed(hue, part), "width": 11, "height": 9}
        for n, part in enumerate(TINTS)
    }
    text = f"{say('map_key', lang)}  {'  '.join(parts)}" if len(known) else ""
    return {
        "text": text, "left": 4, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 10.5, "fontWeight": "normal", "color": MUTED, "rich": rich},
    }  # fmt: skip


def _hatch() -> dict[str, Any]:
    """Areas in dispute, as thin lines over the land."""
    lines = [{"coords": [line[:2], line[2:]]} for line in _world()["hatch"]]
    return {
        "name": "disputed", "type": "lines", "coordinateSystem": "geo", "silent": True, "data": lines,
        "lineStyle": {"color": MUTED, "width": 0.7, "opacity": 0.9, "curveness": 0},
    }  # fmt: skip


def _small(known: pd.DataFrame, hue: str) -> dict[str, Any]:
    """Producers too small for an area, as points."""
    points = _world()["points"]
    data = [
        {
            "name": row["country"],
            "value": points[row["country"]],
            "itemStyle": {"color": mixed(hue, tint(held(row))), "borderColor": PAPER, "borderWidth": 1},
        }
        for row in known.to_dict("records")
        if row["country"] in points and tint(held(row))
    ]
    return {
        "name": "small", "type": "scatter", "coordinateSystem": "geo", "silent": True, "symbolSize": 8,
        "data": data,
    }  # fmt: skip


def _flows(drawn: pd.DataFrame) -> list[dict[str, Any]]:
    if drawn.empty:
        return []
    largest = float(drawn["value_kusd"].max())
    data = [
        {
            "coords": [places()[row["exporter"]], places()[row["importer"]]],
            "lineStyle": {
                "width": round(max(0.5, WIDEST * row["value_kusd"] / largest), 2),
                # wide ones lie below: pale enough to see the land and the narrow ones
                "opacity": 0.42 if row["value_kusd"] > 0.3 * largest else 0.6,
            },
        }
        for row in drawn.to_dict("records")
    ]
    return [
        {
            "name": "flows", "type": "lines", "coordinateSystem": "geo", "silent": True, "data": data,
            "symbol": ["none", "arrow"], "symbolSize": 7,
            "lineStyle": {"color": INK, "curveness": 0.22},
        }
    ]  # fmt: skip


def _names(known: pd.DataFrame, drawn: pd.DataFrame, lang: Lang) -> dict[str, Any]:
    """Names of the largest producers and of the places the largest flows go to."""
    shares = {row["country"]: row for row in known.to_dict("records") if held(row)}
    makers = sorted(shares, key=lambda country: (-(held(shares[country]) or 0), country))[:NAMED]
    wanted = list(dict.fromkeys([*makers, *drawn["importer"].head(3), *drawn["exporter"].head(3)]))
    data = []
    for country in wanted:
        if country not in places():
            continue
        row = shares.get(country)
        share = f" {'≤ ' if missing(row['share']) else ''}{percent(held(row))}" if row else ""
        shown = f"{word(country, 'countries', lang)}{share}"
        at_edge = places()[country][0] > RIGHT_EDGE
        place = {"formatter": shown, "position": "left" if at_edge else "right"}
        data.append({"name": country, "value": places()[country], "label": place})
    return {
        "name": "names", "type": "scatter", "coordinateSystem": "geo", "silent": True, "symbolSize": 3,
        "data": data, "itemStyle": {"color": INK},
        "label": {
            "show": True, "distance": 4, "color": INK, "fontSize": 11,
            "textBorderColor": PAPER, "textBorderWidth": 2.5,
        },
        "labelLayout": {"moveOverlap": "shiftY", "hideOverlap": True},
    }  # fmt: skip
