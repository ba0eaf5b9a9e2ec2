"""Price inside and outside the border, as a multiple of the price before."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import band, milliseconds, panel, panel_title, time_axis
from meguri.show.ink import MUTED, base_option, form_hue, quiet_axis
from meguri.show.spell import as_date, month, say, significant, word

LOG_FROM = 5.0
PANEL = {"top": 34, "height": 150, "gap": 70}


def price_bands(price: pd.DataFrame, *, lang: Lang = "en", footer: str = "", most: int = 6) -> Chart:
    """Median price and its band on both sides of the border; log scale when it rises fivefold.

    Parameters
    ----------
    price : DataFrame
        Outcome table ``price``: element, form, place, month, p10, p50, p90 [price before = 1].
    most : int
        Products shown at most, those that move most.
    """
    shown = moved_most(price, most)
    table = price.merge(shown, on=["element", "form"]).reset_index(drop=True)
    columns = {0: 1, 1: 1, 2: 2, 4: 2}.get(len(shown), 3)
    rows = -(-len(shown) // columns)
    m = len(price[["element", "form"]].drop_duplicates())
    return Chart(
        key="price",
        option=_option(shown, table, columns, lang),
        table=table,
        title=_title(price, lang),
        subtitle=_subtitle(table, len(shown), m, lang),
        footer=footer,
        lang=lang,
        declared="price",
        height=max(100, PANEL["top"] + rows * (PANEL["height"] + PANEL["gap"]) - PANEL["gap"] + 34),
    )


def moved_most(price: pd.DataFrame, most: int) -> pd.DataFrame:
    """Products (element, form) whose median price moves furthest from 1, furthest first."""
    if price.empty:
        return price[["element", "form"]]
    far = price["p50"].map(lambda ratio: abs(math.log(max(float(ratio), 1e-9))))
    ranked = (
        far.groupby([price["element"], price["form"]], sort=True)
        .max()
        .sort_values(ascending=False, kind="stable")
    )
    return ranked.head(most).reset_index()[["element", "form"]]


def product_name(element: str, form: str, lang: Lang) -> str:
    """An element in a form, as priced: "dysprosium oxide"."""
    return say("priced", lang, element=word(element, "materials", lang), form=word(form, "forms", lang))


def peak(price: pd.DataFrame) -> dict[str, Any] | None:
    """Row with the highest median outside the border, None where no price moves by a tenth."""
    outside = price[price["place"] == "outside"]
    if outside.empty or float(outside["p50"].max()) < 1.1:
        return None
    ranked = outside.sort_values(["p50", "month", "element", "form"], ascending=[False, True, True, True])
    return {str(key): value for key, value in ranked.iloc[0].to_dict().items()}


def _title(price: pd.DataFrame, lang: Lang) -> str:
    if price.empty:
        return say("price_none", lang)
    top = peak(price)
    if top is None:
        return say("price_calm", lang)
    same = price[
        (price[["element", "form", "month"]] == pd.Series(top)[["element", "form", "month"]]).all(axis=1)
    ]
    inside = same.loc[same["place"] == "inside", "p50"]
    fill = {
        "what": product_name(top["element"], top["form"], lang),
        "ratio": significant(float(top["p50"]), 2),
        "month": month(top["month"], lang),
    }
    if inside.empty:
        return say("price_title", lang, **fill)
    return say("price_title_gap", lang, **fill, inside=significant(float(inside.iloc[0]), 2))


def _subtitle(table: pd.DataFrame, n: int, m: int, lang: Lang) -> str:
    if table.empty:
        return ""
    parts = [
        say(
            "price_subtitle",
            lang,
            start=month(table["month"].min(), lang),
            end=month(table["month"].max(), lang),
        )
    ]
    if is_log(table):
        parts.append(say("price_log", lang))
    if m > n:
        parts.append(say("price_some", lang, n=n, m=m))
    return ("" if lang == "ja" else " ").join(parts)


def is_log(price: pd.DataFrame) -> bool:
    """Whether the prices span so much that equal steps should mean equal factors."""
    if price.empty:
        return False
    return float(price["p90"].max()) / max(float(price["p10"].min()), 1e-9) > LOG_FROM


def _option(shown: pd.DataFrame, table: pd.DataFrame, columns: int, lang: Lang) -> dict[str, Any]:
    option: dict[str, Any] = {
        **base_option(),
        "grid": [],
        "title": [],
        "xAxis": [],
        "yAxis": [],
        "series": [],
    }
    if table.empty:
        return option
    first, end = as_date(table["month"].min()), as_date(table["month"].max())
    for place, (element, form) in enumerate(zip(shown["element"], shown["form"], strict=True)):
        grid = panel(place, columns, **PANEL)
        points = table[(table["element"] == element) & (table["form"] == form)]
        option["grid"].append(grid)
        option["title"].append(panel_title(product_name(element, form, lang), grid))
        option["xAxis"].append(time_axis(first, end, lang, 4, gridIndex=place))
        option["yAxis"].append(_ratio_axis(table, place))
        for side in ("inside", "outside"):  # outside last, so that it lies on top
            option["series"] += _side(points[points["place"] == side], side, form, place, first, end, lang)
    return option


def _ratio_axis(table: pd.DataFrame, place: int) -> dict[str, Any]:
    low, high = float(table["p10"].min()), float(table["p90"].max())
    shared = {"gridIndex": place, "axisLabel": {"formatter": "×{value}"}, "splitLine": {"show": True}}
    if not is_log(table):
        return quiet_axis(type="value", min=0, splitNumber=4, **shared)
    # a little air above and below keeps the names of the lines off the frame
    floor = 2.0 ** math.floor(math.log2(max(min(low, 1.0), 1e-3) / 1.4))
    return quiet_axis(
        type="log", logBase=2, min=floor, max=2.0 ** math.ceil(math.log2(1.4 * max(high, 2.0))), **shared
    )


def _side(
    points: pd.DataFrame, side: str, form: str, place: int, first: dt.date, end: dt.date, lang: Lang
) -> list[dict[str, Any]]:
    if points.empty:
        return []
    points = points.sort_values("month")
    hue = form_hue(form) if side == "outside" else MUTED
    times = [milliseconds(date) for date in points["month"]]
    series = band(points, times, hue, place, f"{side} {place}")
    line = series[-1]
    if side == "inside":
        line["lineStyle"] = {"color": hue, "width": 1.5, "type": [5, 3]}
    # each line is named outside its own band, on the side away from the other line
    outward = "p90" if side == "outside" else "p10"
    values = points[outward].astype(float)
    at = int(values.argmax() if side == "outside" else values.argmin())
    middle = first + (end - first) / 2
    line["markPoint"] = {
        "symbol": "circle",
        "symbolSize": 0,
        "silent": True,
        "data": [{"coord": [times[at], float(values.iloc[at])]}],
        "label": {
            "formatter": say(f"place.{side}", lang),
            "color": hue,
            "fontSize": 11,
            "fontWeight": "bold",
            "position": "top" if side == "outside" else "bottom",
            "align": "left" if as_date(points["month"].iloc[at]) <= middle else "right",
            "distance": 4,
        },
    }
    return series
