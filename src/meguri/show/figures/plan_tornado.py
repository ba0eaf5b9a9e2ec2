"""On which number the choice between two plans hangs: the lead of the direct plan at both ends of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.tornado import HIGH, LOW, end_bar, tone_key
from meguri.show.ink import INK, MUTED, RULE, base_option, clip, quiet_axis, wrap
from meguri.show.spell import joined, listing, name_of, say, significant

MOST = 9  # numbers shown; the table has all
ROW, TOP, BOTTOM = 34, 66, 46
LEFT, GAP, RIGHT, WIDTH = 330, 34, 22, 920
KINDS = ("net", "function")


def plan_tornado(
    table: pd.DataFrame,
    compared: pd.DataFrame,
    *,
    stock: str,
    names: Mapping[str, str],
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """Two panels, net of burdens and by function delivered; where a bar crosses zero the order turns.

    Parameters
    ----------
    table, compared : DataFrame
        Tables ``route_tornado`` and ``plan_comparisons``.
    stock : str
        Stock shown.
    names : mapping
        Shown name of every stock and plan.
    """
    rows = table[table["stock"] == stock].reset_index(drop=True)
    gaps = compared[compared["stock"] == stock].set_index("by")
    levers = list(rows[rows["by"] == "net"].head(MOST)["lever"]) or list(rows.head(MOST)["lever"])
    return Chart(
        key=f"plan-tornado-{stock}",
        option=_option(rows, gaps, levers, names, lang),
        table=rows.assign(stock=names[stock]),
        title=_title(rows, names[stock], lang),
        subtitle=say("plan_tornado_subtitle", lang, direct=names[str(gaps["direct"].iloc[0])]),
        footer=footer,
        lang=lang,
        declared="route_tornado",
        height=TOP + BOTTOM + ROW * len(levers),
    )


def _title(rows: pd.DataFrame, stock: str, lang: Lang) -> str:
    """The numbers within whose range the order turns, for each way of counting."""
    said = []
    for kind in KINDS:
        part = rows[rows["by"] == kind]
        if part.empty:
            continue
        turning = [name_of(row, lang, "lever") for row in part[part["turns"]].to_dict("records")]
        words = {"by": label(kind, lang, "compared_by"), "n": len(turning)}
        if turning:
            said.append(say("plan_tornado_turns", lang, levers=listing(turning, lang, most=2), **words))
        else:
            said.append(say("plan_tornado_holds", lang, **words))
    return say("plan_tornado_title", lang, stock=stock, said=joined(said, lang))


def _option(
    rows: pd.DataFrame, gaps: pd.DataFrame, levers: list[str], names: Mapping[str, str], lang: Lang
) -> dict[str, Any]:
    shown = rows[rows["lever"].isin(levers)]
    reach = float(shown[["gap_low", "gap_high"]].abs().max().max()) * 1.08
    step = next(s for s in (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0, 10.0) if reach / s <= 2)
    end = round(step * -(-reach // step), 6)
    option: dict[str, Any] = {
        **base_option(), "grid": [], "title": [tone_key(8, lang)], "xAxis": [], "yAxis": [], "series": []
    }  # fmt: skip
    for place, kind in enumerate(KINDS):
        part = shown[shown["by"] == kind]
        grid = _grid(place)
        option["grid"].append(grid)
        option["title"] += _heads(kind, grid, gaps, names, lang)
        option["xAxis"].append(_across(place, end, step, lang))
        option["yAxis"].append(_down(rows, levers, place, lang))
        option["series"] += _bars(part, levers, place, float(gaps.at[kind, "gap"]), end, lang)
    return option


def _grid(place: int) -> dict[str, Any]:
    width = 100 * (WIDTH - LEFT - GAP - RIGHT) / WIDTH / 2
    left = 100 * LEFT / WIDTH + place * (width + 100 * GAP / WIDTH)
    return {"left": f"{left:.2f}%", "width": f"{width:.2f}%", "top": TOP, "bottom": BOTTOM}


def _heads(
    kind: str, grid: dict[str, Any], gaps: pd.DataFrame, names: Mapping[str, str], lang: Lang
) -> list[dict[str, Any]]:
    """What is counted, and on which side of zero which plan is ahead."""
    left, width = (float(str(grid[name]).rstrip("%")) for name in ("left", "width"))
    words = label(kind, lang, "compared_by")
    bold = {"fontSize": 12.5, "fontWeight": "bold", "color": INK}
    quiet = {"fontSize": 10.5, "fontWeight": "normal", "color": MUTED, "lineHeight": 12}
    ahead = [clip(names[str(gaps.at[kind, side])], 34) for side in ("other", "direct")]
    return [
        {"text": words[:1].upper() + words[1:], "left": grid["left"], "top": 8, "padding": 0,
         "textStyle": bold},
        {"text": f"← {ahead[0]}", "left": grid["left"], "top": 30, "padding": 0, "textStyle": quiet},
        {"text": f"{ahead[1]} →", "left": f"{left + width:.2f}%", "top": 45, "padding": 0,
         "textAlign": "right", "textStyle": quiet},
    ]  # fmt: skip


def _across(place: int, end: float, step: float, lang: Lang) -> dict[str, Any]:
    return quiet_axis(
        type="value", gridIndex=place, min=-end, max=end, interval=step, splitLine={"show": True},
        name=say("plan_tornado_axis", lang), nameLocation="middle", nameGap=26,
    )  # fmt: skip


def _down(rows: pd.DataFrame, levers: list[str], place: int, lang: Lang) -> dict[str, Any]:
    first = rows.drop_duplicates("lever").set_index("lever")
    turning = set(rows.loc[rows["turns"], "lever"])
    rich = {
        "b": {"fontSize": 11.5, "fontWeight": "bold", "color": INK, "lineHeight": 14},
        "n": {"fontSize": 11.5, "color": INK, "lineHeight": 14},
        "r": {"fontSize": 10.5, "color": MUTED, "lineHeight": 13},
    }
    cells = []
    for lever in levers:
        row = {**first.loc[lever].to_dict(), "lever": lever}
        tone = "b" if lever in turning else "n"
        lines = wrap(name_of(row, lang, "lever"), 50).split("\n")
        ends = "–".join(significant(float(row[name]), 2) for name in ("low", "high"))
        cells.append(
            "\n".join(
                [f"{{{tone}|{line}}}" for line in lines[:-1]] + [f"{{{tone}|{lines[-1]}}}  {{r|{ends}}}"]
            )
        )
    return quiet_axis(
        type="category", inverse=True, gridIndex=place, data=cells,
        axisLabel={"show": place == 0, "interval": 0, "margin": 12, "align": "right", "rich": rich},
        axisLine={"show": True, "onZero": False, "lineStyle": {"color": RULE}},
    )  # fmt: skip


def _bars(
    part: pd.DataFrame, levers: list[str], place: int, gap: float, end: float, lang: Lang
) -> list[dict[str, Any]]:
    at = {"xAxisIndex": place, "yAxisIndex": place}
    rows = [
        (levers.index(row["lever"]), {"at_mode": gap, "at_low": row["gap_low"], "at_high": row["gap_high"]})
        for row in part.to_dict("records")
    ]
    ends = [
        {**end_bar(height, row, column, colour), **at}
        for column, colour in (("at_low", LOW), ("at_high", HIGH))
        for height, row in rows
    ]
    counted = {height for height, _ in rows}
    edge = -end if gap >= 0 else 0.0  # clear of the dotted line
    silent = [height for height in range(len(levers)) if height not in counted]
    words = {"show": True, "formatter": say("plan_tornado_absent", lang), "color": MUTED, "fontSize": 10.5,
             "position": "right"}  # fmt: skip
    return [
        *ends,
        _upright(gap, INK, 1.0, at),
        _upright(0.0, INK, 1.6, at),
        {"name": "absent", "type": "scatter", "symbolSize": 0.01, "silent": True, "label": words,
         "data": [[edge, height] for height in silent], **at},
    ]  # fmt: skip


def _upright(x: float, colour: str, width: float, at: dict[str, int]) -> dict[str, Any]:
    """A line from top to bottom: solid where the plans tie, dotted at the modes."""
    style = {"color": colour, "type": "solid" if x == 0 else [2, 3], "width": width}
    mark = {"symbol": "none", "silent": True, "label": {"show": False}, "lineStyle": style,
            "data": [{"xAxis": round(x, 6)}]}  # fmt: skip
    return {"name": "upright", "type": "line", "silent": True, "data": [], "markLine": mark, **at}
