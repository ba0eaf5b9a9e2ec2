"""The way of a firm's goods through its customers to a border, and who files there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, find_key, label
from meguri.show.chart import Chart
from meguri.show.ink import INK, MUTED, PAPER, base_option, clip, mixed, quiet_axis
from meguri.show.screening_words import screen_word
from meguri.show.spell import listing

MOST = 12  # ways drawn; the table holds all
ROW, TOP, BOTTOM = 78, 8, 8
WIDE, HIGH = 0.29, 0.34  # half a box, in steps and in lines
GAP = 0.02  # between a box and its arrow, in steps


def indirect_path(paths: pd.DataFrame, names: Mapping[str, str] | None = None, *, lang: Lang = "en") -> Chart:
    """Boxes from the firm outwards, one line for items that go the same way; arrows say who files.

    Parameters
    ----------
    paths : DataFrame
        Columns of ``screen_paths``.
    names : mapping, optional
        Shown name of every item.
    """
    ways = same_ways(paths)
    shown = sorted(ways, key=lambda way: (not _crosses(way[0]), len(way[0]) == 1))[:MOST]
    return Chart(
        key="indirect-path",
        option=_option(shown, names or {}, lang),
        table=paths,
        title=_title(paths, lang),
        subtitle=screen_word("path_subtitle", lang),
        footer=screen_word("path_footer", lang)
        + (screen_word("path_more", lang, n=len(ways) - MOST) if len(ways) > MOST else ""),
        lang=lang,
        declared="screen_paths",
        height=TOP + BOTTOM + ROW * max(1, len(shown)),
    )


Way = tuple[dict[str, Any], ...]


def same_ways(paths: pd.DataFrame) -> list[tuple[Way, list[str]]]:
    """Steps of each way that is taken, and the items that take it.

    Examples
    --------
    >>> step = {"path": 1, "step": 1, "to_name": "甲", "to_country": "JP", "border": "no"}
    >>> [items for _, items in same_ways(pd.DataFrame([{"item": "a", **step}, {"item": "b", **step}]))]
    [['a', 'b']]
    """
    found: dict[tuple[Any, ...], tuple[Way, list[str]]] = {}
    for (item, _), steps in paths.groupby(["item", "path"], sort=False):
        way = tuple({str(key): cell for key, cell in row.items()} for row in steps.to_dict("records"))
        key = tuple((step["to_name"], step["to_country"]) for step in way)
        items = found.setdefault(key, (way, []))[1]
        if str(item) not in items:
            items.append(str(item))
    return list(found.values())


def _crosses(way: Way) -> bool:
    return any(step["border"] != "no" for step in way)


def _title(paths: pd.DataFrame, lang: Lang) -> str:
    out = paths[paths["border"].eq("yes")]
    through = out[out["step"].gt(1)]
    if len(through):
        customers = through.loc[through["step"].eq(2), "from_name"].nunique()
        return screen_word("path_title_some", lang, n=through["item"].nunique(), k=customers)
    if len(out):
        return screen_word("path_title_direct", lang, n=out["item"].nunique())
    return screen_word("path_title_none", lang)


def _option(ways: list[tuple[Way, list[str]]], names: Mapping[str, str], lang: Lang) -> dict[str, Any]:
    steps = max((len(way) for way, _ in ways), default=1)
    boxes, arrows = [], []
    for line, (way, items) in enumerate(ways):
        keys = listing(items, lang, 3)
        boxes.append(_box(0, line, screen_word("path_from", lang, items=keys), names.get(items[0], "")))
        for place, step in enumerate(way, start=1):
            boxes.append(_receiver(place, line, step, lang))
            arrows.append(_arrow(place, line, step, lang))
    axis = {"show": False, "type": "value"}
    return {
        **base_option(),
        "tooltip": {"show": False},
        "grid": {"left": 2, "right": 2, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(**axis, min=-WIDE - GAP, max=steps + WIDE + GAP),
        "yAxis": quiet_axis(**axis, min=-0.5, max=max(1, len(ways)) - 0.5, inverse=True),
        "series": [{
            "name": "ways", "type": "line", "symbol": "none", "silent": True, "data": [[0, 0]],
            "markArea": {"silent": True, "data": boxes}, "markLine": {"silent": True, "data": arrows},
        }],
    }  # fmt: skip


def _receiver(place: int, line: int, step: Mapping[str, Any], lang: Lang) -> list[dict[str, Any]]:
    """A customer, or who comes behind; where only a country is written, the receiver is not known."""
    name, country = str(step["to_name"]), str(step["to_country"])
    if find_key(name, "countries") == country:
        name = screen_word("path_nameless", lang)
    where = label(country, lang, "countries") if country else screen_word("unknown_country", lang)
    return _box(place, line, name, where, known=bool(country), abroad=country not in ("", "JP"))


def _box(
    place: int, line: int, name: str, below: str, *, known: bool = True, abroad: bool = False
) -> list[dict[str, Any]]:
    """Two corners of a box, with a name and a place in it; grey where it stands abroad."""
    rich = {
        "name": {"fontSize": 12, "fontWeight": "bold", "color": INK, "lineHeight": 18},
        "below": {"fontSize": 10, "color": INK if abroad else MUTED, "lineHeight": 15},
    }
    text = f"{{name|{_plain(clip(name, 24))}}}\n{{below|{_plain(clip(below, 30))}}}"
    style = {
        "color": mixed(INK, 0.1) if abroad else PAPER, "borderColor": INK if known else MUTED,
        "borderWidth": 1.2 if place else 2, "borderType": "solid" if known else "dashed", "opacity": 1,
    }  # fmt: skip
    words = {"show": True, "position": "inside", "formatter": text, "rich": rich, "align": "center"}
    return [
        {"coord": [place - WIDE, line - HIGH], "itemStyle": style, "label": words},
        {"coord": [place + WIDE, line + HIGH]},
    ]


def _plain(text: str) -> str:
    """A name whose letters are no marks of the drawing."""
    return text.replace("{", "｛").replace("}", "｝").replace("|", "｜")


def _arrow(place: int, line: int, step: Mapping[str, Any], lang: Lang) -> list[dict[str, Any]]:
    """An arrow between the edges of two boxes, with who files written over it."""
    who = {
        "shop": screen_word("path_shop", lang),
        "customer": clip(_plain(str(step["from_name"])), 18),
        "nobody": "",
        "unknown": label("unknown", lang, "screen_filers"),
    }.get(str(step["filer"]), str(step["filer"]))
    said = screen_word("path_files", lang, who=who) if who else screen_word("path_nobody", lang)
    crossing, unknown = step["border"] == "yes", step["border"] == "unknown"
    style = {
        "color": INK if crossing else MUTED, "width": 3 if crossing else 1.2,
        "type": "dashed" if unknown else "solid",
    }  # fmt: skip
    words = {
        "show": True, "position": "middle", "formatter": said, "fontSize": 11,
        "color": INK if crossing else MUTED,
        "fontWeight": "bold" if crossing else "normal", "distance": 6,
    }  # fmt: skip
    return [
        {"coord": [place - 1 + WIDE + GAP, line], "symbol": "none", "lineStyle": style, "label": words},
        {"coord": [place - WIDE - GAP, line], "symbol": "arrow", "symbolSize": 11 if crossing else 8},
    ]
