"""The same material twice, side by side: as element mass and as the function it carries, state by state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.ink import INK, LOSS, MUTED, PAPER, base_option, ink_on, mixed, stage_hue
from meguri.show.spell import joined, percent, say, significant

MASS, FUNCTION = "mass", "function"
START, GAINED, LOST, POSITION, FILLER = "discarded", "gained", "lost", "position", "filler"
GONE = "#d5d8dc"
BODY, FOOT = 230, 8  # px
LEGEND = 640  # px of a line, so that it fits on paper too
HALVES = {MASS: ("1%", "39%"), FUNCTION: ("51%", "39%")}  # room for numbers at the right of each
_STAGES = {"mixed": "recycling", "separated": "separation", "metal": "metal", "powder": "alloy"}
_POSITIONS = {"main-phase": "#77802f", "bulk": "#77802f", "grain-boundary": "#6d4c9f", "surface": "#9a7cc0"}


def position_hue(position: str) -> str:
    """Colour of a state by where the element sits in it; where a stage makes it, that of the stage.

    Examples
    --------
    >>> position_hue("separated") == stage_hue("separation"), position_hue("unknown") == MUTED
    (True, True)
    """
    return _POSITIONS.get(position) or (stage_hue(_STAGES[position]) if position in _STAGES else MUTED)


def state_flows(
    table: pd.DataFrame,
    *,
    names: Mapping[str, str],
    positions: Mapping[str, str],
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """Two Sankeys on one scale: a tonne of the element and a tonne of function-equivalents are as wide.

    Parameters
    ----------
    table : DataFrame
        Table ``plan_flows`` of one stock under one plan.
    names : mapping
        Shown name of every stock, plan, route and state.
    positions : mapping
        Where the element sits in each state: its colour.
    """
    first = table.iloc[0]
    stock, plan = str(first["stock"]), str(first["plan"])
    column, number = _columns(table), _numbers(table)
    known = bool(table["function"].notna().all())
    legend = _legend(number, names, positions, set(table["kind"]), lang)
    top = 30 + 16 * (legend["text"].count("\n") + 1)
    values = (MASS, FUNCTION) if known else (MASS,)
    series = [_sankey(table, value, column, number, positions, top) for value in values]
    heads = [_head(MASS, "mass", top, lang), _head(FUNCTION, "function" if known else "unknown", top, lang)]
    return Chart(
        key=f"state-flows-{stock}-{plan}",
        option={**base_option(), "title": [legend, *heads], "series": series},
        table=_told(table, names, lang),
        title=_title(table, names, known, lang),
        subtitle=joined([say("flows_subtitle", lang, stock=names[stock]), _loops(table, column, lang)], lang),
        footer=footer,
        lang=lang,
        declared="plan_flows",
        height=top + 24 + BODY + FOOT,
    )


def _told(table: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> pd.DataFrame:
    """The table with names for keys."""
    shown = {**names, START: say("flows_discarded", lang)}
    columns = ("stock", "plan", "from_state", "route", "to_state")
    kinds = {kind: say(f"flows_kind_{kind}", lang) for kind in table["kind"].unique()}
    named = {name: [shown.get(key, key) for key in table[name]] for name in columns}
    return table.assign(**named, kind=table["kind"].map(kinds))


def _arrived(table: pd.DataFrame, value: str) -> float:
    """What ends in states that nothing leaves."""
    ends = set(table["to_state"]) - set(table["from_state"]) - {""}
    return float(table.loc[table["to_state"].isin(ends), value].sum())


def _title(table: pd.DataFrame, names: Mapping[str, str], known: bool, lang: Lang) -> str:
    start = table[table["from_state"] == START]
    words = {
        "plan": names[str(table["plan"].iloc[0])],
        "tonnes": significant(_arrived(table, MASS)),
        "of": significant(float(start[MASS].sum())),
    }
    if not known:
        return say("flows_title_unknown", lang, **words)
    before, after = float(start[FUNCTION].sum()), _arrived(table, FUNCTION)
    share = percent(after / before) if before > 0 else "—"
    return say(
        "flows_title", lang, **words, after=significant(after), before=significant(before), share=share
    )


def _loops(table: pd.DataFrame, column: Mapping[str, int], lang: Lang) -> str:
    return say("flows_loops", lang) if len(_forward(table, column)) < len(table) else ""


def _columns(table: pd.DataFrame) -> dict[str, int]:
    """Column of every state: the step at which it is left, or one after the last that leads to it."""
    left = dict(zip(table["from_state"], table["step"].astype(int), strict=True))
    reached = table[table["to_state"] != ""].groupby("to_state")["step"].max() + 1
    return {**{str(state): int(step) for state, step in reached.items()}, **left}


def _numbers(table: pd.DataFrame) -> dict[str, int]:
    """States numbered in the order in which the material meets them."""
    column = _columns(table)
    met = [state for state in dict.fromkeys([*table["to_state"], *table["from_state"]]) if state]
    states = sorted((state for state in met if state != START), key=lambda state: column[state])
    return {state: place for place, state in enumerate(states, start=1)}


def _forward(table: pd.DataFrame, column: Mapping[str, int]) -> pd.DataFrame:
    """Flows that lead on; a Sankey cannot draw what goes round again."""
    ends = [column[to] if to else step + 1 for to, step in zip(table["to_state"], table["step"], strict=True)]
    found: pd.DataFrame = table[pd.Series(ends, index=table.index) > table["step"]]
    return found


@dataclass(frozen=True)
class _Link:
    source: str
    target: str
    value: float
    hue: str


def _links(
    rows: pd.DataFrame, value: str, column: Mapping[str, int], positions: Mapping[str, str]
) -> list[_Link]:
    """Ribbons by the names of their blocks; losses of one column come together in one block."""
    found: dict[tuple[str, str], _Link] = {}
    for row in rows.to_dict("records"):
        kind, start, to, step = row["kind"], row["from_state"], row["to_state"], int(row["step"])
        amount = float(row[value])
        if kind == GAINED:
            source, target, hue = f"{GAINED}@{column[to] - 1}", to, mixed(INK, 0.45)
        elif to:
            source, target, hue = start, to, position_hue(positions.get(to if start == START else start, ""))
        else:
            end = POSITION if kind == POSITION else LOST
            source, target, hue = start, f"{end}@{step + 1}", LOSS if end == POSITION else "#aeb4ba"
        before = found.get((source, target))
        found[source, target] = _Link(source, target, amount + (before.value if before else 0.0), hue)
    return [link for link in found.values() if link.value > 0]


def _sankey(
    table: pd.DataFrame,
    value: str,
    column: Mapping[str, int],
    number: Mapping[str, int],
    positions: Mapping[str, str],
    top: int,
) -> dict[str, Any]:
    rows = _forward(table, column)
    links = _links(rows, value, column, positions)
    blocks = _blocks(rows, value, column, number, positions)
    return {
        "type": "sankey", "name": value, "left": HALVES[value][0], "width": HALVES[value][1],
        "top": top + 24, "height": BODY, "nodeWidth": 9, "nodeGap": 15, "nodeAlign": "left",
        "draggable": False, "silent": True, "layoutIterations": 0, "data": blocks,
        "label": {"color": INK, "fontSize": 10.5, "position": "right", "distance": 3,
                  "textBorderColor": PAPER, "textBorderWidth": 2.5},
        "links": [
            {"source": link.source, "target": link.target, "value": link.value,
             "lineStyle": {"color": link.hue, "opacity": 0.42, "curveness": 0.5}}
            for link in links
        ],
    }  # fmt: skip


def _blocks(
    rows: pd.DataFrame,
    value: str,
    column: Mapping[str, int],
    number: Mapping[str, int],
    positions: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Blocks of every column, and below them an unseen one that gives both Sankeys one scale.

    A Sankey is scaled by its fullest column. Both hold the same blocks, and what a column of the
    function lacks against that of the mass is filled up, so that a tonne is as wide in both.
    """
    sizes = {side: _sizes(_links(rows, side, column, positions)) for side in (MASS, FUNCTION)}
    places = {state: column[state] for state in (START, *number)}
    for name in dict.fromkeys([*sizes[MASS], *sizes[FUNCTION]]):
        if "@" in name:
            places[name] = int(name.split("@")[1])
    found = [
        _block(name, place, sizes[value].get(name, 0.0), sizes[MASS][START], number, positions)
        for name, place in sorted(places.items(), key=_order)
    ]
    for place in range(max(places.values()) + 1):
        of = {
            side: sum(sizes[side].get(name, 0.0) for name, at in places.items() if at == place)
            for side in sizes
        }
        lacking = max(of[MASS] - of[value], 0.0)
        found.append({
            "name": f"{FILLER}@{place}", "depth": place, "value": lacking, "label": {"show": False},
            "itemStyle": {"color": "transparent", "borderWidth": 0},
        })  # fmt: skip
    return found


def _order(item: tuple[str, int]) -> tuple[bool, bool]:
    """States above, what is gained below them, what is lost at the foot."""
    return item[0].startswith((LOST, POSITION)), "@" in item[0]


def _sizes(links: list[_Link]) -> dict[str, float]:
    """How tall each block is: the larger of what enters and what leaves."""
    enters: dict[str, float] = {}
    leaves: dict[str, float] = {}
    for link in links:
        leaves[link.source] = leaves.get(link.source, 0.0) + link.value
        enters[link.target] = enters.get(link.target, 0.0) + link.value
    return {name: max(enters.get(name, 0.0), leaves.get(name, 0.0)) for name in {**leaves, **enters}}


def _block(
    name: str, place: int, size: float, whole: float, number: Mapping[str, int], positions: Mapping[str, str]
) -> dict[str, Any]:
    kind, hue = name.split("@")[0], position_hue(positions.get(name, ""))
    hues = {LOST: GONE, POSITION: LOSS, GAINED: mixed(INK, 0.6), START: INK}
    text = tonnes(size, whole)
    sign = {LOST: "−", POSITION: "−", GAINED: "+"}.get(kind, "")
    mark = f"{{n|{number[name]}}} " if name in number else ""
    tone = {LOST: MUTED, POSITION: LOSS}.get(kind, INK)
    rich = {"n": _badge(hue)}
    return {
        "name": name, "depth": place,
        "itemStyle": {"color": hues.get(kind) or hue, "borderWidth": 0},
        "label": {"show": size > 0, "formatter": f"{mark}{sign}{text}", "color": tone, "rich": rich},
    }  # fmt: skip


def tonnes(size: float, whole: float) -> str:
    """Tonnes as fine as the whole can bear: three digits of it, and a trace as a trace.

    Examples
    --------
    >>> tonnes(57.04, 100), tonnes(0.02, 100), tonnes(5.7, 2400)
    ('57', '<0.1', '6')
    """
    places = max(0, 3 - len(f"{whole:.0f}")) + 1 if whole < 1000 else 0
    least = 10.0**-places
    if 0 < size < least / 2:
        return f"<{least:g}"
    text = f"{size:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _legend(
    number: Mapping[str, int],
    names: Mapping[str, str],
    positions: Mapping[str, str],
    kinds: set[str],
    lang: Lang,
) -> dict[str, Any]:
    """Number and name of every state in its colour, then what is lost and gained; as many lines as needed."""
    rich: dict[str, Any] = {}
    parts = []
    for state, place in number.items():
        rich[f"c{place}"] = _badge(position_hue(positions.get(state, "")))
        parts.append((f"{{c{place}|{place}}} {names[state]}", f"{place} {names[state]}"))
    for key, hue in ((LOST, GONE), (POSITION, LOSS), (GAINED, mixed(INK, 0.6))):
        if key != LOST and key not in kinds:
            continue
        rich[key] = {"backgroundColor": hue, "width": 11, "height": 11, "borderRadius": 1}
        words = say(f"flows_{key}", lang)
        parts.append((f"{{{key}|}} {words}", words))
    lines, used = [""], 0.0
    for text, bare in parts:
        width = 34 + sum(12 if ord(letter) > 0x2E7F else 6.2 for letter in bare)
        if used and used + width > LEGEND:
            lines.append("")
            used = 0.0
        lines[-1] += ("    " if used else "") + text
        used += width
    style = {"fontSize": 11, "fontWeight": "normal", "color": INK, "lineHeight": 16, "rich": rich}
    return {"text": "\n".join(lines), "left": 8, "top": 0, "padding": 0, "textStyle": style}


def _badge(hue: str) -> dict[str, Any]:
    """A number on the colour of its state."""
    return {
        "backgroundColor": hue, "color": ink_on(hue), "fontWeight": "bold", "fontSize": 10, "padding": [1, 4],
        "borderRadius": 2, "textBorderWidth": 0,
    }  # fmt: skip


def _head(value: str, words: str, top: int, lang: Lang) -> dict[str, Any]:
    return {
        "text": say(f"flows_head_{words}", lang), "left": HALVES[value][0], "top": top - 8, "padding": 0,
        "textStyle": {"fontSize": 12.5, "fontWeight": "bold", "color": INK},
    }  # fmt: skip
