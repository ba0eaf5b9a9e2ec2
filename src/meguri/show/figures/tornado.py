"""Which assumptions move one answer: low against high for each, and how much it explains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.ink import INK, MUTED, RULE, base_option, mixed, quiet_axis, wrap
from meguri.show.short import HALF_A_DAY
from meguri.show.spell import name_of, number, percent, say, signed, unit_word, word

ROW, TOP, BOTTOM = 36, 46, 46
LEFT, RIGHT = 330, 190
LOW, HIGH = mixed(INK, 0.35), mixed(INK, 0.85)  # the low end is paler than the high end
LEVEL = 0.95
INDICES = ("first", "first_pm", "total", "total_pm")


def tornado(
    sobol: pd.DataFrame, *, names: Mapping[str, str] | None = None, lang: Lang = "en", footer: str = ""
) -> Chart:
    """A bar from the low to the high end of each number, with its first-order and total Sobol index.

    Parameters
    ----------
    sobol : DataFrame
        Rows of ``sobol``, for one answer.
    names : mapping, optional
        Shown name of nodes, for answers about one of them.
    """
    rows = sobol.sort_values("rank").to_dict("records")
    head = rows[0]
    what = answer_name(str(head["answer"]), names or {}, lang)
    unit = str(head["answer_unit"])
    top, share = name_of(head, lang, "parameter"), percent(head["total"])
    level, mode = percent(LEVEL), number(float(head["at_mode"]), unit, lang)
    return Chart(
        key="tornado",
        option=_option(rows, _indices(rows, lang), say("tornado_head", lang), answer=(what, unit), lang=lang),
        table=sobol.reset_index(drop=True),
        title=say("tornado_title", lang, what=what, top=top, share=share),
        subtitle=say("tornado_subtitle", lang, mode=mode, level=level, runs=f"{int(head['runs']):,}"),
        footer=footer,
        lang=lang,
        declared="sobol",
        height=TOP + BOTTOM + ROW * len(rows),
    )


def swing_bars(assumptions: pd.DataFrame, *, runs: int, lang: Lang = "en", footer: str = "") -> Chart | None:
    """A bar from the low to the high end of each number that was tried; nothing where none moves a day.

    Parameters
    ----------
    assumptions : DataFrame
        Rows of ``assumptions``.
    runs : int
        Runs behind the rank correlations.
    """
    moved = assumptions[assumptions["swing"].abs() >= HALF_A_DAY]
    if moved.empty:
        return None
    moved = moved.sort_values("swing", key=lambda days: -days.abs(), kind="stable")
    names = {"lost_low": "at_low", "lost_drawn": "at_mode", "lost_high": "at_high"}
    rows = moved.rename(columns=names).to_dict("records")
    ends = sorted(float(rows[0][end]) for end in ("at_low", "at_high"))
    words = {"low": f"{ends[0]:.0f}", "high": f"{ends[1]:.0f}"}
    right = [signed(float(row["effect"])) for row in rows]
    what = say("answer.lost_days", lang)
    return Chart(
        key="tornado",
        option=_option(rows, right, say("swing_head", lang), answer=(what, "d"), lang=lang),
        table=moved[["label_en", "label_ja", "low", "mode", "high", "unit", *names, "swing", "effect"]],
        title=say("swing_title", lang, top=name_of(rows[0], lang, "parameter"), **words),
        subtitle=say("swing_subtitle", lang, runs=f"{runs:,}", drawn=f"{rows[0]['at_mode']:.0f}"),
        footer=footer,
        lang=lang,
        declared="assumptions",
        height=TOP + BOTTOM + ROW * len(rows),
    )


def answer_name(answer: str, names: Mapping[str, str], lang: Lang) -> str:
    """An answer for people.

    Examples
    --------
    >>> answer_name("tts:jp-motor", {"jp-motor": "Motors, Japan"}, "en")
    'Time to survive of Motors, Japan'
    >>> answer_name("price:Dy:oxide:outside", {}, "ja")
    'ジスプロシウム（酸化物・化合物・国外）の最高価格'
    """
    kind, *of = answer.split(":")
    if kind == "price":
        words = {
            "element": word(of[0], "materials", lang),
            "form": word(of[1], "forms", lang),
            "place": say(f"answer.{of[2]}", lang),
        }
        return say("answer.price", lang, of=say("answer.good", lang, **words))
    if kind in ("tts", "lost"):
        return say(f"answer.{kind}", lang, of=names.get(of[0], of[0]))
    return say(f"answer.{kind}", lang)


def _indices(rows: list[dict[Any, Any]], lang: Lang) -> list[str]:
    """First-order and total index of each number, with the half widths of their intervals."""
    return [
        say("tornado_indices", lang, **{key: f"{round(float(row[key]), 2) + 0.0:.2f}" for key in INDICES})
        for row in rows
    ]


def _option(
    rows: list[dict[Any, Any]], right: list[str], head: str, *, answer: tuple[str, str], lang: Lang
) -> dict[str, Any]:
    """Bars of the rows; ``right`` stands beside them under ``head``, the answer and its unit below."""
    (what, unit), middle = answer, float(rows[0]["at_mode"])
    left = [wrap(name_of(row, lang, "parameter"), 46) for row in rows]
    shared: dict[str, Any] = {"type": "category", "inverse": True}
    words = {"interval": 0, "color": INK, "fontSize": 11.5, "lineHeight": 14, "margin": 12}
    given = unit_word(unit, lang).strip()
    return {
        **base_option(),
        "title": [tone_key(LEFT, lang), _head(head)],
        "grid": {"left": LEFT, "right": RIGHT, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(
            type="value", scale=True, name=f"{what} [{given}]" if given else what, nameLocation="middle",
            nameGap=28, splitLine={"show": True},
        ),
        "yAxis": [
            quiet_axis(**shared, data=left, axisLine={"show": True, "lineStyle": {"color": RULE}},
                       axisLabel=words),
            quiet_axis(**shared, data=right, position="right",
                       axisLabel={**words, "color": MUTED, "align": "right", "margin": RIGHT - 16}),
        ],
        "series": [
            *(end_bar(place, row, "at_low", LOW) for place, row in enumerate(rows)),
            *(end_bar(place, row, "at_high", HIGH) for place, row in enumerate(rows)),
            middle_line(middle),
            {"name": "indices", "type": "bar", "yAxisIndex": 1, "data": [], "silent": True},
        ],
    }  # fmt: skip


def tone_key(left: int | str, lang: Lang) -> dict[str, Any]:
    """What the two tones mean."""
    rich = {
        name: {"backgroundColor": colour, "width": 14, "height": 9}
        for name, colour in (("low", LOW), ("high", HIGH))
    }
    text = f"{{low|}} {say('tornado_low', lang)}    {{high|}} {say('tornado_high', lang)}"
    style = {"fontSize": 11, "fontWeight": "normal", "color": MUTED, "rich": rich}
    return {"text": text, "left": left, "top": 12, "padding": 0, "textStyle": style}


def _head(text: str) -> dict[str, Any]:
    """Heading of what stands on the right."""
    style = {"fontSize": 11, "fontWeight": "normal", "color": MUTED}
    return {"text": text, "right": 16, "top": 12, "padding": 0, "textStyle": style}


def end_bar(place: int, row: dict[Any, Any], column: str, colour: str) -> dict[str, Any]:
    """A thick line from the answer at the modes to the answer at one end of a number."""
    ends = [round(float(row[name]), 6) for name in ("at_mode", column)]
    return {
        "name": column, "type": "line", "symbol": "none", "silent": True,
        "data": [[end, place] for end in ends],
        "lineStyle": {"color": colour, "width": 13, "opacity": 1, "cap": "butt"},
    }  # fmt: skip


def middle_line(at: float) -> dict[str, Any]:
    """A thin line at the answer of the modes."""
    line = {"color": INK, "type": "solid", "width": 1}
    mark = {"symbol": "none", "silent": True, "label": {"show": False}, "lineStyle": line,
            "data": [{"xAxis": round(at, 6)}]}  # fmt: skip
    return {"name": "middle", "type": "line", "symbol": "none", "silent": True, "data": [], "markLine": mark}
