"""Chart: a declarative figure and the table it draws; one object for notebook, web, report and print."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.terms import Lang
from meguri.show.page import figure_html, page


def plain(value: Any) -> Any:
    """Value as JSON knows it: no NaN or infinity, no numpy, dates as ISO text.

    Examples
    --------
    >>> plain({"a": np.float64("nan"), "b": (np.int64(2), dt.date(2025, 4, 4))})
    {'a': None, 'b': [2, '2025-04-04']}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray | pd.Series):
        return [plain(item) for item in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    return str(value)


@dataclass(frozen=True, eq=False)
class Chart:
    """An ECharts option without functions, and around it what a reader needs to trust it.

    Attributes
    ----------
    key : str
        Name of the figure, unique within a report.
    option : dict
        ECharts option; plain JSON values only.
    table : DataFrame
        The numbers drawn, one observation per row.
    title, subtitle, footer : str
        The finding; unit and years; sources and weakest grade.
    lang : {"en", "ja"}
        Language of every word in it.
    declared : str
        Table of ``columns.csv`` whose labels head the columns.
    height : int
        Height of the drawing [px] at a width of 920.

    Examples
    --------
    >>> table = pd.DataFrame({"p50": [float("nan")]})
    >>> chart = Chart("c", {"series": []}, table, "T", "S", "F", "en", "price")
    >>> chart.to_dict()["table"]["rows"]
    [[None]]
    """

    key: str
    option: dict[str, Any]
    table: pd.DataFrame
    title: str
    subtitle: str
    footer: str
    lang: Lang
    declared: str
    height: int = field(default=420)

    def __post_init__(self) -> None:
        object.__setattr__(self, "option", plain(self.option))
        json.dumps(self.option, allow_nan=False)  # a figure that is no JSON is a fault of ours: fail early

    def to_dict(self) -> dict[str, Any]:
        """Everything, as plain JSON values."""
        return {
            "key": self.key,
            "lang": self.lang,
            "title": self.title,
            "subtitle": self.subtitle,
            "footer": self.footer,
            "height": self.height,
            "option": self.option,
            "table": {
                "name": self.declared,
                "columns": [str(name) for name in self.table.columns],
                "rows": plain(self.table.to_numpy(dtype=object).tolist()),
            },
        }

    def to_html(self) -> str:
        """One self-contained page that opens from a file, with the table behind the figure."""
        return page(figure_html(self), title=self.title, lang=self.lang)

    def _repr_html_(self) -> str:
        """The page in a frame of its own, so that notebooks need nothing from outside."""
        return (
            f'<iframe title="{escape(self.title, quote=True)}" srcdoc="{escape(self.to_html(), quote=True)}" '
            f'style="width:100%;height:{self.height + 260}px;border:0"></iframe>'
        )
