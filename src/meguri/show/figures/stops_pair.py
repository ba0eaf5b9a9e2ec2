"""Two runs beside each other: what stops when in one and in the other, on one axis of dates."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import month_starts
from meguri.show.figures.stops import BOTTOM, PARTS, bar_lengths, gantt_rows, month_axes
from meguri.show.ink import INK, MUTED, RULE, base_option, clip, quiet_axis, stage_hue
from meguri.show.spell import as_date, day, name_of, say, word

ROW, TOP, MOST = 34, 66, 30
_BAR = 10  # px


@dataclass(frozen=True, eq=False)
class Side:
    """One of two runs: its survival table, the day from which it counts, days covered, and its name."""

    survival: pd.DataFrame
    start: str
    horizon: float
    name: str

    @property
    def first(self) -> dt.date:
        """Day from which days are counted."""
        return as_date(self.start)

    @property
    def end(self) -> dt.date:
        """Last day covered."""
        return self.first + dt.timedelta(days=round(self.horizon))

    @property
    def rows(self) -> pd.DataFrame:
        """Processes that fall short in at least one run of ten, with the ends of their bars."""
        return gantt_rows(self.survival, self.horizon)


def gantt_pair(
    one: Side, other: Side, table: pd.DataFrame, *, title: str, lang: Lang = "en", footer: str = ""
) -> Chart:
    """A pair of bars for each process that falls short in either run: this one in colour, the other grey.

    Parameters
    ----------
    one, other : Side
        The two runs.
    table : DataFrame
        What stands behind it, declared as ``web_compared``.
    title : str
        The finding.
    """
    rows = paired_rows(one, other).head(MOST)
    origin, end = min(one.first, other.first), max(one.end, other.end)
    option = {
        **base_option(),
        "legend": _legend(one, other),
        "grid": {"left": 300, "right": 24, "top": TOP, "bottom": BOTTOM},
        "xAxis": month_axes(month_starts(origin, end), lang),
        "yAxis": _names(rows, lang),
        "series": [
            *_bars(rows, one, origin, coloured=True),
            *_bars(rows, other, origin, coloured=False),
            {"name": "months", "type": "line", "xAxisIndex": 1, "data": [], "silent": True},
        ],
    }
    return Chart(
        key="two-runs",
        option=option,
        table=table,
        title=title,
        subtitle=say("pair_subtitle", lang, start=day(origin, lang), end=day(end, lang)),
        footer=footer,
        lang=lang,
        declared="web_compared",
        height=TOP + BOTTOM + ROW * max(len(rows), 1),
    )


def paired_rows(one: Side, other: Side) -> pd.DataFrame:
    """Nodes that fall short in either run, by stage, then by the earlier of their days; columns of both.

    Each row of ``nodes`` has node, labels and stage; bars are looked up by node.
    """
    both = pd.concat([one.rows, other.rows])
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    both = both.assign(_stage=both["stage"].map(order).fillna(len(order)))
    both = both.sort_values(["_stage", "pale_from", "node"], kind="stable").drop_duplicates("node")
    return both[["node", "label_en", "label_ja", "stage"]].reset_index(drop=True)


def _names(rows: pd.DataFrame, lang: Lang) -> list[dict[str, Any]]:
    """Stage once for each, and process."""
    new_stage = rows["stage"].ne(rows["stage"].shift())
    stages = [
        {
            "value": word(stage, "stages", lang) if new else "",
            "textStyle": {"color": stage_hue(stage), "fontWeight": "bold"},
        }
        for stage, new in zip(rows["stage"], new_stage, strict=True)
    ]
    names = [clip(name_of(row, lang), 34) for row in rows.to_dict("records")]
    shared: dict[str, Any] = {"type": "category", "inverse": True}
    words = {"interval": 0, "color": INK, "fontSize": 11.5, "lineHeight": 13, "margin": 10}
    line = {"show": True, "lineStyle": {"color": RULE}}
    return [
        quiet_axis(**shared, data=names, axisLine=line, axisLabel=words),
        quiet_axis(**shared, data=stages, position="left", offset=204, axisLabel=words),
    ]


def _bars(rows: pd.DataFrame, side: Side, origin: dt.date, *, coloured: bool) -> list[dict[str, Any]]:
    """Four parts of one bar for each row; nothing where the process does not fall short on this side."""
    found = side.rows.set_index("node").reindex(rows["node"])
    known = found["pale_from"].notna().to_numpy()
    lengths = bar_lengths(found.fillna(dict.fromkeys(_ENDS, 0.0)), side.first, origin)
    hues = [stage_hue(stage) if coloured else MUTED for stage in rows["stage"]]
    return [
        {
            "name": side.name if key == "short" else f"{key}-{coloured}", "type": "bar",
            "stack": str(coloured), "barWidth": _BAR, "barGap": "20%", "silent": True,
            "itemStyle": {"color": INK if coloured else MUTED},
            "data": [
                {"value": round(float(length), 4) if there else None,
                 "itemStyle": {"color": hue, "opacity": alpha}}
                for length, hue, there in zip(lengths[:, part], hues, known, strict=True)
            ],
        }
        for part, (key, alpha) in enumerate(PARTS)
    ]  # fmt: skip


_ENDS = ("pale_from", "solid_from", "solid_to", "pale_to")


def _legend(one: Side, other: Side) -> dict[str, Any]:
    return {
        "left": 300, "top": 0, "itemWidth": 14, "itemHeight": 9, "selectedMode": False,
        "textStyle": {"color": MUTED, "fontSize": 11},
        "data": [{"name": one.name}, {"name": other.name}],
    }  # fmt: skip
