"""Process sovereignty 工程主権: how much of each stage still runs when all from outside has stopped."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.stages import HATCH
from meguri.show.ink import INK, MUTED, PALE, PAPER, RULE, base_option, mixed, quiet_axis, stage_hue, wrap
from meguri.show.spell import days, listing, missing, name_of, percent, say, word

ROW, TOP, BOTTOM = 38, 78, 30
LEFT, GAP, RIGHT, WIDTH = 170, 92, 92, 920
MOST = 3  # panels side by side


def process_sovereignty(table: pd.DataFrame, *, lang: Lang = "en", footer: str = "") -> Chart:
    """A panel for each length of the stop, a row for each stage; what nobody knows is hatched.

    Parameters
    ----------
    table : DataFrame
        Rows of ``respond_sovereignty`` of one economy; rows of single nodes stand in the table only.
    """
    rows = _stages(table)
    after = sorted(rows["after_d"].unique())[-MOST:]
    stages = [stage for stage in keys("stages") if stage in set(rows["stage"])]
    return Chart(
        key="sovereignty",
        option=_option(rows, after, stages, lang) if len(rows) else {**base_option(), "series": []},
        table=table,
        title=_title(rows, after, lang),
        subtitle=say("sovereign_subtitle", lang, economy=_economies(table, lang)),
        footer=footer,
        lang=lang,
        declared="respond_sovereignty",
        height=TOP + BOTTOM + ROW * max(1, len(stages)),
    )


def _stages(table: pd.DataFrame) -> pd.DataFrame:
    """Rows of whole stages; where the answer has single nodes only, the weakest of each stage."""
    whole = table[[missing(node) for node in table["node"]]]
    if len(whole) or table.empty:
        return whole
    keyed = ["stage", "after_d", "qualified"]
    known = table.sort_values("share", kind="stable", na_position="last")
    return known.drop_duplicates(keyed)


def _economies(table: pd.DataFrame, lang: Lang) -> str:
    return listing([word(economy, "countries", lang) for economy in dict.fromkeys(table["economy"])], lang)


def _title(rows: pd.DataFrame, after: list[float], lang: Lang) -> str:
    """The weakest stage after the longest stop, and what holds it back."""
    last = rows[(rows["after_d"] == after[-1]) & ~rows["qualified"]] if after else rows
    known = last.dropna(subset=["share"])
    if known.empty:
        return say("sovereign_none", lang)
    row = known.loc[known["share"].idxmin()].to_dict()
    words = {
        "stage": word(row["stage"], "stages", lang), "share": percent(row["share"]),
        "after": days(float(row["after_d"]), lang),
    }  # fmt: skip
    names = {"label_en": row["binding_label_en"], "label_ja": row["binding_label_ja"], "node": row["binding"]}
    if missing(row["binding"]):
        return say("sovereign_title", lang, **words)
    return say("sovereign_bound", lang, **words, binding=name_of(names, lang))


def _option(rows: pd.DataFrame, after: list[float], stages: list[str], lang: Lang) -> dict[str, Any]:
    option: dict[str, Any] = {
        **base_option(), "title": [_key(lang)], "grid": [], "xAxis": [], "yAxis": [], "series": []
    }  # fmt: skip
    for place, days_ in enumerate(after):
        part = rows[rows["after_d"] == days_]
        grid = _grid(place, len(after))
        option["grid"].append(grid)
        option["title"].append(_head(say("sovereign_after", lang, days=days(float(days_), lang)), grid))
        option["xAxis"].append(
            quiet_axis(
                type="value", gridIndex=place, min=0, max=100, interval=50, splitLine={"show": True},
                axisLabel={"formatter": "{value}%"},
            )
        )  # fmt: skip
        option["yAxis"].append(_down(stages, place, lang))
        option["series"] += _bars(part, stages, place, lang)
    return option


def _grid(place: int, panels: int) -> dict[str, Any]:
    width = 100 * (WIDTH - LEFT - RIGHT - GAP * (panels - 1)) / WIDTH / panels
    left = 100 * LEFT / WIDTH + place * (width + 100 * GAP / WIDTH)
    return {"left": f"{left:.2f}%", "width": f"{width:.2f}%", "top": TOP, "bottom": BOTTOM}


def _head(text: str, grid: dict[str, Any]) -> dict[str, Any]:
    return {
        "text": text, "left": grid["left"], "top": 42, "padding": 0,
        "textStyle": {"fontSize": 12.5, "fontWeight": "bold", "color": INK},
    }  # fmt: skip


def _key(lang: Lang) -> dict[str, Any]:
    tones = {"runs": mixed(INK, 0.85), "gained": mixed(INK, PALE)}
    rich = {part: {"color": tone, "fontSize": 15} for part, tone in tones.items()}
    rich["unknown"] = {"color": MUTED, "fontSize": 13}
    signs = {"runs": "■", "gained": "■", "unknown": "▨"}
    words = "    ".join(
        f"{{{part}|{sign}}} {say(f'sovereign_key.{part}', lang)}" for part, sign in signs.items()
    )
    style = {"color": INK, "fontSize": 11.5, "fontWeight": "normal", "rich": rich}
    return {"text": words, "left": 0, "top": 0, "padding": 0, "textStyle": style}


def _down(stages: list[str], place: int, lang: Lang) -> dict[str, Any]:
    cells = [
        {"value": wrap(word(stage, "stages", lang), 26), "textStyle": {"color": stage_hue(stage)}}
        for stage in stages
    ]
    return quiet_axis(
        type="category", inverse=True, gridIndex=place, data=cells,
        axisLine={"show": True, "lineStyle": {"color": RULE}},
        axisLabel={"show": place == 0, "interval": 0, "margin": 10, "fontSize": 11.5, "fontWeight": "bold",
                   "lineHeight": 13},
    )  # fmt: skip


def _bars(part: pd.DataFrame, stages: list[str], place: int, lang: Lang) -> list[dict[str, Any]]:
    """Stacked: what runs anyway, what qualification adds, and at the far end what nobody knows."""
    at = {"xAxisIndex": place, "yAxisIndex": place}
    shared = {"type": "bar", "stack": f"stage-{place}", "barWidth": 15, "silent": True, **at}
    solid, pale, gap, unknown, words = [], [], [], [], []
    for height, stage in enumerate(stages):
        rows = part[part["stage"] == stage]
        without, with_ = (_share(rows, known) for known in (False, True))
        open_ = _unknown(rows)
        base = 0.0 if without is None else without
        more = max(0.0, (base if with_ is None else with_) - base)
        solid.append({"value": round(100 * base, 3), "itemStyle": {"color": stage_hue(stage)}})
        pale.append(
            {"value": round(100 * more, 3), "itemStyle": {"color": stage_hue(stage), "opacity": PALE}}
        )
        rest = max(0.0, 1 - base - more)
        open_ = rest if without is None and with_ is None else min(open_, rest)
        gap.append(round(100 * (rest - open_), 3))
        unknown.append(round(100 * open_, 3))
        words.append({"value": [100, height], "label": {"formatter": _text(without, with_, lang)}})
    hatched = {"color": PAPER, "borderColor": RULE, "borderWidth": 1, "decal": HATCH}
    label = {"show": True, "position": "right", "distance": 4, "color": MUTED, "fontSize": 10.5}
    return [
        {**shared, "name": "runs", "data": solid},
        {**shared, "name": "gained", "data": pale},
        {**shared, "name": "gap", "itemStyle": {"color": "transparent"}, "data": gap},
        {**shared, "name": "unknown", "itemStyle": hatched, "data": unknown},
        {"name": "words", "type": "scatter", "symbolSize": 0.01, "silent": True, "data": words,
         "label": label,
         **at},
    ]  # fmt: skip


def _share(rows: pd.DataFrame, qualified: bool) -> float | None:
    found = rows[rows["qualified"] == qualified]
    return None if found.empty else number_or_none(found["share"].iloc[0])


def _unknown(rows: pd.DataFrame) -> float:
    known = rows["unknown"].dropna()
    return float(known.max()) if len(known) else 0.0


def _text(without: float | None, with_: float | None, lang: Lang) -> str:
    """Both shares in figures, the second only where qualification changes it."""
    if without is None and with_ is None:
        return say("sovereign_unknown", lang)
    first = "?" if without is None else percent(without)
    second = "?" if with_ is None else percent(with_)
    return first if first == second or with_ is None else f"{first}→{second}"
