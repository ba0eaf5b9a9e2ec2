"""Stages side by side, countries as blocks: who holds how much of each, source by source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, ink_on, mixed, quiet_axis, stage_hue
from meguri.show.spell import joined, missing, percent, say, word

LINE = 15  # px that a name needs; a lower block goes without
STEPS = (1.0, 0.62, 0.42, 0.3, 0.22, 0.16)  # tints of the blocks, from the largest down
TOP, FOOT = 24, 36
MOST = len(STEPS)  # blocks of one column; the smaller ones are drawn together
KEYS = ["element", "stage", "source", "year", "basis"]


@dataclass(frozen=True)
class Block:
    """One country's part of one column; ``kind`` says how it is drawn."""

    name: str
    size: float
    kind: str  # country, rest or unknown
    text: str


def stage_columns(
    shares: pd.DataFrame,
    unknown: Sequence[str] = (),
    firms: pd.DataFrame | None = None,
    *,
    element: str,
    lang: Lang = "en",
    footer: str = "",
    height: int = 380,
) -> Chart:
    """A column for each stage and source, as high as the world; what nobody names stays hatched.

    No ribbons join the columns: shares say who does each stage, not whose ore goes to whose refinery.
    Where a chain knows the flows, :func:`meguri.show.figures.structure.sankey` draws them.

    Parameters
    ----------
    shares : DataFrame
        Rows of ``stage_shares``: the years to be shown of every stage and source.
    unknown : sequence of str
        Stages for which there is no figure at all; each gets an empty column.
    firms : DataFrame, optional
        Rows of ``firms``: a stage without shares of countries shows those of firms, and the rest unknown.
    element : str
        Element of the sheet; columns counted for a group say so.
    """
    columns = column_rows(shares, unknown, firms)
    return Chart(
        key="stages",
        option=_option(columns, element, LINE / (height - TOP - FOOT), lang),
        table=shares,
        title=_title(columns, element, lang),
        subtitle=joined(
            [
                say("columns_subtitle", lang),
                say("columns_bounds", lang) if _bounded(columns) else "",
                say("columns_unknown", lang) if unknown else "",
            ],
            lang,
        ),
        footer=footer,
        lang=lang,
        declared="stage_shares",
        height=height,
    )


def column_rows(
    shares: pd.DataFrame, unknown: Sequence[str] = (), firms: pd.DataFrame | None = None
) -> dict[tuple[Any, ...], pd.DataFrame]:
    """The rows of every column, by (element, stage, source, year, basis), in the order of the stages.

    A stage without a figure is a column without rows, one known by its firms a column of firms.
    """
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    found: dict[tuple[Any, ...], pd.DataFrame] = dict(list(shares.groupby(KEYS, sort=True)))
    found |= _firm_columns(firms, {str(stage) for stage in shares["stage"]})
    held = {str(key[1]) for key in found}
    found |= {("", stage, "", "", ""): shares.iloc[:0] for stage in unknown if stage not in held}
    return dict(sorted(found.items(), key=lambda item: (order.get(str(item[0][1]), 99), *map(str, item[0]))))


def _firm_columns(firms: pd.DataFrame | None, known: set[str]) -> dict[tuple[Any, ...], pd.DataFrame]:
    """The latest firms with a share, by stage, where no country has one; the firm stands for the country."""
    if firms is None or firms.empty:
        return {}
    listed = firms[firms["share"].notna() & (firms["status"] != "placeholder") & ~firms["stage"].isin(known)]
    found: dict[tuple[Any, ...], pd.DataFrame] = {}
    for stage, rows in listed.groupby("stage"):
        latest = rows[rows["year"] == rows["year"].max()]
        # one firm with two shares in a stage makes two goods: they cannot be put on each other
        place = latest.groupby("firm").cumcount()
        for number, part in latest.groupby(place):
            if part["share"].sum() <= 1:
                made = part.assign(country=part["firm"], kind="firm")
                found[("", stage, part["source"].iloc[0], part["year"].iloc[0], f"{number}")] = made
    return found


def blocks(rows: pd.DataFrame, lang: Lang, room: int = 20) -> list[Block]:
    """Blocks of one column from the largest to what is unknown; their sizes add to one.

    ``room`` is the width of a country's name at most, in Latin letters.
    """
    if rows.empty:
        return [Block("unknown", 1.0, "unknown", say("unknown", lang))]
    bounded = bool(rows["share"].isna().all())
    sizes = [
        (row, number_or_none(row["share_high"] if bounded else row["share"]))
        for row in rows.to_dict("records")
    ]
    named = [(row, size) for row, size in sizes if size and row["kind"] in ("country", "firm")]
    named.sort(key=lambda pair: (-pair[1], pair[0]["country"]))
    rest = sum(size for row, size in sizes if size and row["kind"] == "rest")
    made = [_country(row, size, bounded, lang, room) for row, size in named[:MOST]]
    small = sum(size for _, size in named[MOST:])
    for size, key in ((small, "columns_small"), (rest, "columns_rest")):
        if size > 0.0005:
            made.append(Block(key, size, "rest", say(key, lang, share=percent(size))))
    open_part = 1 - sum(block.size for block in made)
    if open_part > 0.0005:
        made.append(
            Block("unknown", open_part, "unknown", say("columns_open", lang, share=percent(open_part)))
        )
    return made


def _country(row: dict[Any, Any], size: float, bounded: bool, lang: Lang, room: int) -> Block:
    firm = row["kind"] == "firm"
    japanese = row["firm_ja"] if firm and lang == "ja" and not missing(row["firm_ja"]) else None
    name = str(japanese or row["country"]) if firm else word(row["country"], "countries", lang)
    mark = "≤ " if bounded else ""
    # a name cut in the middle is read by nobody: the code of the country stands for it
    short = name if clip(name, room) == name else clip(name, room) if firm else str(row["country"])
    return Block(str(row["country"]), size, "country", f"{short} {mark}{percent(size)}")


def _bounded(columns: dict[tuple[Any, ...], pd.DataFrame]) -> bool:
    return any(bool(rows["share"].isna().all()) for rows in columns.values() if len(rows))


def _title(columns: dict[tuple[Any, ...], pd.DataFrame], element: str, lang: Lang) -> str:
    own = [(key, rows) for key, rows in columns.items() if key[0] == element] or list(columns.items())
    tops = [
        (float(rows.loc[rows["kind"] == "country", "share"].max()), key, rows)
        for key, rows in own
        if key[0] and (rows["kind"] == "country").any() and rows["share"].notna().any()
    ]
    if not tops:
        return say("columns_none", lang, element=word(element, "materials", lang))
    newest = {key[1]: max(int(k[3]) for _, k, _ in tops if k[1] == key[1]) for _, key, _ in tops}
    share, key, rows = max((top for top in tops if top[1][3] == newest[top[1][1]]), key=lambda top: top[0])
    row = rows.loc[rows["share"].idxmax()]
    stage = word(key[1], "stages", lang)
    return say(
        "columns_title",
        lang,
        country=word(row["country"], "countries", lang),
        share=percent(share),
        stage=stage if lang == "ja" else stage.lower(),
        element=word(key[0], "materials", lang),
        year=key[3],
    )


def _option(
    columns: dict[tuple[Any, ...], pd.DataFrame], element: str, least: float, lang: Lang
) -> dict[str, Any]:
    room = max(7, min(22, 105 // max(len(columns), 1) - 4))  # Latin letters that fit into a block
    made = [blocks(rows, lang, room) for rows in columns.values()]
    stages = [str(key[1]) for key in columns]
    return {
        **base_option(),
        "grid": {"left": "1%", "right": "1%", "top": TOP, "bottom": FOOT},
        "title": _stage_heads(stages, lang),
        "xAxis": quiet_axis(
            type="category",
            data=[_head(key, element, lang) for key in columns],
            axisLabel={"interval": 0, "color": MUTED, "lineHeight": 14},
        ),
        "yAxis": quiet_axis(type="value", min=0, max=1, axisLabel={"show": False}, inverse=True),
        "series": _series(made, stages, least),
    }


def _stage_heads(stages: list[str], lang: Lang) -> list[dict[str, Any]]:
    """Name of each stage above the first of its columns."""
    width = 98 / max(len(stages), 1)
    return [
        {
            "text": clip(word(stage, "stages", lang), max(6, round(1.15 * width * stages.count(stage)))),
            "left": f"{1 + width * (place + 0.09):.2f}%",
            "top": 3,
            "padding": 0,
            "textStyle": {"fontSize": 12, "fontWeight": "bold", "color": INK},
        }
        for place, stage in enumerate(stages)
        if stages.index(stage) == place
    ]


def _head(key: tuple[Any, ...], element: str, lang: Lang) -> str:
    """Year and short source below a column, and the group it counts where that is not the element."""
    if not key[2]:
        return "—"
    if not key[0]:
        return f"{word(key[2], 'source_names', lang)} {key[3]}\n{say('columns_firms', lang)}"
    lines = [f"{word(key[2], 'source_names', lang)} {key[3]}"]
    counted = clip(word(key[0], "materials", lang), 20)
    lines.append(counted if key[0] != element else word(key[4], "short_bases", lang))
    return "\n".join(lines)


def _series(made: list[list[Block]], stages: list[str], least: float) -> list[dict[str, Any]]:
    deepest = max((len(column) for column in made), default=0)
    series = []
    for rank in range(deepest):
        data = [
            _item(column[rank], rank, stage, least) if rank < len(column) else {"value": 0}
            for column, stage in zip(made, stages, strict=True)
        ]
        series.append(
            {
                "name": f"rank {rank + 1}", "type": "bar", "stack": "world", "barWidth": "82%",
                "silent": True,
                "data": data, "label": {"show": False},
            }
        )  # fmt: skip
    return series


def _item(block: Block, rank: int, stage: str, least: float) -> dict[str, Any]:
    style: dict[str, Any] = {"borderColor": PAPER, "borderWidth": 1}
    ink = INK
    if block.kind == "unknown":
        style |= {"color": PAPER, "borderColor": RULE, "decal": HATCH}
    elif block.kind == "rest":
        style["color"] = "#e6e8ea"
    else:
        tint = STEPS[min(rank, len(STEPS) - 1)]
        style["color"] = mixed(stage_hue(stage), tint)
        ink = ink_on(style["color"])
    shown = block.size >= least
    label = {"show": shown, "position": "inside", "formatter": block.text, "fontSize": 11, "color": ink}
    if block.kind == "unknown":
        label |= {"backgroundColor": PAPER, "padding": [1, 3], "color": MUTED}
    return {"value": round(block.size, 6), "itemStyle": style, "label": label}


HATCH = {
    "symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.785, "color": "#c3c8cd",
}  # fmt: skip
