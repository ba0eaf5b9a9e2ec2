"""Where metals stand between tantalum and indium, and what a what-if would move."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.marks import LIFT
from meguri.show.ink import INK, LOSS, MUTED, PAPER, RULE, base_option, quiet_axis, wrap
from meguri.show.spell import listing, say, word

LEFT, RIGHT = 300, 70
TOP, ROW, BOTTOM = 40, 26, 46
MIDDLE = 0.5


def durability_picture(
    line: pd.DataFrame, moves: pd.DataFrame | None = None, *, lang: Lang = "en", footer: str = ""
) -> Chart:
    """A row for each metal from Ta (0) to In (1); below the one asked about, an arrow for each what-if.

    Parameters
    ----------
    line : DataFrame
        Table ``durability_line``.
    moves : DataFrame, optional
        Table ``durability_moves`` of one metal.
    """
    rows = _rows(line, moves, lang)
    return Chart(
        key="durability",
        option=_option(rows, lang),
        table=line if moves is None or moves.empty else moves,
        title=_title(line, moves, lang),
        subtitle=say("durability_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="durability_line" if moves is None or moves.empty else "durability_moves",
        height=TOP + BOTTOM + sum(ROW + 12 * row["name"].count("\n") for row in rows),
    )


def _rows(line: pd.DataFrame, moves: pd.DataFrame | None, lang: Lang) -> list[dict[str, Any]]:
    """Metals in order, the what-ifs of one of them right below it; name, ends, and ends before."""
    found: list[dict[str, Any]] = []
    for row in line.to_dict("records"):
        name = word(row["material"], "materials", lang)
        found.append({"name": name, "ends": (row["position_low"], row["position_high"]), "before": None})
        if moves is not None and len(moves) and row["material"] == moves["material"].iloc[0]:
            found += [_what_if(move, lang) for move in moves.to_dict("records")]
    return found


def _what_if(move: dict[Any, Any], lang: Lang) -> dict[str, Any]:
    """Row of one switch."""
    what = say("durability_if", lang, what=label(move["switch"], lang, "durability"))
    ends = {side: (move[f"{side}_low"], move[f"{side}_high"]) for side in ("before", "after")}
    return {"name": wrap(what, 50), "ends": ends["after"], "before": ends["before"]}


def _title(line: pd.DataFrame, moves: pd.DataFrame | None, lang: Lang) -> str:
    """Which switch alone puts the metal on indium's path; without one, who stands where."""
    if moves is None or moves.empty:
        names = {
            path: listing([str(name) for name in line.loc[line["path"] == path, "material"]], lang)
            for path in ("in_end", "in", "ta", "open")
        }
        return say("durability_line", lang, ta=names["ta"], open=names["open"])
    metal = word(moves["material"].iloc[0], "materials", lang)
    turning = moves[moves["path"].isin(("in", "in_end"))]
    if turning.empty:
        return say("durability_none", lang, metal=metal)
    names_ = listing([label(switch, lang, "durability") for switch in turning["switch"]], lang)
    return say("durability_turns", lang, metal=metal, switches=names_)


def _option(rows: list[dict[str, Any]], lang: Lang) -> dict[str, Any]:
    cells = [
        {
            "value": row["name"],
            "textStyle": {
                "color": INK if row["before"] is None else MUTED,
                "fontWeight": "bold" if row["before"] is None else "normal",
            },
        }
        for row in rows
    ]
    return {
        **base_option(),
        "title": [_end("ta", f"{LEFT}", "left", lang), _end("in", "", "right", lang)],
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(
            type="value", min=0, max=1, interval=0.25, splitLine={"show": True},
            name=say("durability_axis", lang), nameLocation="middle", nameGap=26,
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=cells, axisLine={"show": True, "lineStyle": {"color": RULE}},
            axisLabel={"interval": 0, "fontSize": 11.5, "lineHeight": 13, "margin": 12},
        ),
        "series": [_spans(rows), _points(rows, lang), *_arrows(rows), _middle()],
    }  # fmt: skip


def _end(side: str, left: str, align: str, lang: Lang) -> dict[str, Any]:
    place = {"left": int(left)} if left else {"right": RIGHT - 10}
    return {
        "text": say(f"durability_{side}", lang), **place, "top": 8, "padding": 0, "textAlign": "auto",
        "textStyle": {"fontSize": 11.5, "fontWeight": "bold", "color": INK, "align": align},
    }  # fmt: skip


def _spans(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Where tests have no answer, anything between the two ends."""
    data: list[list[Any]] = []
    for height, row in enumerate(rows):
        low, high = row["ends"]
        if row["before"] is None and high > low:
            data += [[low, height], [high, height], LIFT]
    return {"name": "unknown", "type": "line", "symbol": "none", "silent": True, "data": data,
            "lineStyle": {"color": MUTED, "width": 5, "opacity": 0.45, "cap": "round"}}  # fmt: skip


def _points(rows: list[dict[str, Any]], lang: Lang) -> dict[str, Any]:
    """A dot for a known place; a range is written beside its line."""
    data = []
    for height, row in enumerate(rows):
        low, high = row["ends"]
        if row["before"] is not None:
            continue
        known = low == high
        text = f"{low:g}" if known else say("range", lang, low=f"{low:g}", high=f"{high:g}")
        data.append({
            "value": [high, height], "symbolSize": 10 if known else 0.01,
            "label": {"show": True, "formatter": text, "position": "right", "distance": 8, "color": INK,
                      "fontSize": 11},
        })  # fmt: skip
    return {"name": "places", "type": "scatter", "symbol": "circle", "silent": True, "z": 4, "data": data,
            "itemStyle": {"color": INK, "borderColor": PAPER, "borderWidth": 1}}  # fmt: skip


def _arrows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """From the middle of where it stands to the middle of where the what-if leads; red past the half."""
    found = []
    for height, row in enumerate(rows):
        if row["before"] is None:
            continue
        start, end = (sum(ends) / 2 for ends in (row["before"], row["ends"]))
        tone = LOSS if row["ends"][0] > MIDDLE else MUTED
        still = abs(end - start) < 1e-9
        found.append({
            "name": "what-if", "type": "line", "silent": True, "z": 5,
            "data": [[start, height], [end, height]],
            "symbol": "circle" if still else ["none", "arrow"], "symbolSize": 5 if still else 10,
            "lineStyle": {"color": tone, "width": 1.6}, "itemStyle": {"color": tone},
            "markLine": {
                "silent": True, "symbol": ["none", "none" if still else "arrow"], "symbolSize": 8,
                "label": {"show": False}, "lineStyle": {"color": tone, "type": "solid", "width": 1.6},
                "data": [[{"coord": [start, height]}, {"coord": [end, height]}]],
            },
            "showSymbol": still,
        })  # fmt: skip
    return found


def _middle() -> dict[str, Any]:
    """Past the half, more than half of what held at indium holds here."""
    mark = {"symbol": "none", "silent": True, "label": {"show": False}, "data": [{"xAxis": MIDDLE}],
            "lineStyle": {"color": INK, "type": [4, 4], "width": 1}}  # fmt: skip
    return {"name": "middle", "type": "line", "silent": True, "data": [], "markLine": mark}
