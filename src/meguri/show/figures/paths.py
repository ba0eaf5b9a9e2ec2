"""The paths that carry an exposure, from the node that depends to where its goods come from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.ink import INK, RULE, base_option, clip, quiet_axis
from meguri.show.spell import percent, say


def path_bars(
    paths: pd.DataFrame, total: float, *, what: str, lang: Lang = "en", footer: str = "", most: int = 10
) -> Chart:
    """The paths that carry an exposure: one bar each, the largest first.

    Parameters
    ----------
    paths : DataFrame
        Rows of ``exposure_paths`` of one node, country and measure.
    total : float
        Exposure over all paths, of which the bars are a part.
    what : str
        Words for node and country.
    """
    rows = paths.sort_values("rank").head(most)
    names = [folded(path) for path in rows[f"path_{lang}"].fillna(rows["path"])]
    return Chart(
        key="paths",
        option=_paths_option(names, [float(weight) for weight in rows["weight"]]),
        table=paths,
        title=say("paths_title", lang, what=what, total=percent(total)),
        subtitle=say("paths_subtitle", lang, n=len(rows), share=percent(float(rows["part"].sum()))),
        footer=footer,
        lang=lang,
        declared="exposure_paths",
        height=16 + sum(12 + 14 * (name.count("\n") + 1) for name in names),
    )


def folded(path: object, width: int = 62) -> str:
    """A path without its first node, which all have in common, on as many lines as it needs.

    Examples
    --------
    >>> folded("motor ← magnet, Japan ← alloy, China", 20)
    'magnet, Japan\\n← alloy, China'
    """
    steps = [clip(step, width) for step in str(path).split(" ← ")]
    lines = [""]
    for step in steps[1:] or steps:
        longer = f"{lines[-1]} ← {step}" if lines[-1] else step
        if lines[-1] and clip(longer, width) != longer:
            lines.append(f"← {step}")
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _paths_option(names: list[str], values: list[float]) -> dict[str, Any]:
    data = [{"value": value, "label": {"formatter": percent(value)}} for value in values]
    return {
        **base_option(),
        "grid": {"left": 400, "right": 60, "top": 4, "bottom": 8},
        "xAxis": quiet_axis(type="value", min=0, axisLabel={"show": False}),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=names, axisLine={"show": True, "lineStyle": {"color": RULE}},
            axisLabel={"interval": 0, "color": INK, "lineHeight": 13},
        ),
        "series": [
            {
                "name": "paths", "type": "bar", "barWidth": 13, "silent": True, "data": data,
                "itemStyle": {"color": INK},
                "label": {"show": True, "position": "right", "fontSize": 11, "color": INK},
            }
        ],
    }  # fmt: skip
