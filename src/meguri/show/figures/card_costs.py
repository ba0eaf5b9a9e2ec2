"""Who at home pays: lost sales and paperwork by size of firm, and the years in which R&D is earned back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import LIFT, beside
from meguri.show.figures.panels import nice_step
from meguri.show.ink import INK, LOSS, MUTED, PAPER, RULE, base_option, mixed, quiet_axis, wrap
from meguri.show.leverage_words import HORIZONS, card_of, lever_word
from meguri.show.spell import missing, significant

LEFT, RIGHT, TOP, ROW, HEAD, FOOT, GAP, WIDTH = 158, 96, 40, 25, 26, 42, 150, 920
TIERS = ("large", "SME")
UNITS: Mapping[str, str] = {
    "bn JPY": "money", "m JPY": "small_money", "1": "share", "a": "years", "h": "hours"
}  # fmt: skip
RND = ("rnd_recovery", "rnd_recovery_controlled", "rnd_recovery_without")
SPREAD = 60.0  # largest over smallest value from which an axis runs in powers of ten
OKU = 10.0  # hundred million yen (億円) in a billion
MILLIONS = 1000.0  # million yen in a billion
TRILLION = 1000.0  # [bn JPY]
SMALL = 0.1  # [bn JPY] below which amounts are told in millions


class Line(NamedTuple):
    """One row of a panel: its name, its size of firm, and value with range in the printed unit."""

    name: str
    tier: str
    value: float | None
    low: float | None
    high: float | None


def card_costs(
    table: pd.DataFrame, names: Mapping[str, str], *, lang: Lang = "en", footer: str = ""
) -> Chart:
    """Panels of dots with ranges: filled for large firms, hollow for small ones; every panel has its unit.

    Parameters
    ----------
    table : DataFrame
        Rows of ``leverage_costs``: item, holder, partner, kind, horizon, tier, value, value_low, value_high,
        unit. Of one card all horizons are drawn, of several only the longest.
    names : mapping of card to str
        Shown name of every card, in the reader's language.
    """
    rows = table.assign(card=card_of(table))
    panels = _panels(rows, names, lang)
    heights = [ROW * len(lines) for _, _, lines in panels]
    pairs = [max(heights[place : place + 2]) for place in range(0, len(heights), 2)]
    return Chart(
        key="card-costs",
        option=_option(panels, pairs, lang),
        table=table,
        title=_title(rows, names, lang),
        subtitle=lever_word("costs_subtitle", lang),
        footer=footer,
        lang=lang,
        declared="leverage_costs",
        height=TOP + sum(pairs) + (HEAD + FOOT) * max(1, len(pairs)),
    )


def scaled(value: Any, unit: str, lang: Lang) -> float | None:
    """A cost in the unit in which it is printed: 億円 in Japanese, per cent for shares.

    Examples
    --------
    >>> scaled(1.5, "bn JPY", "ja"), scaled(1.5, "bn JPY", "en"), scaled(0.02, "1", "en")
    (15.0, 1.5, 2.0)
    >>> scaled(0.002, "m JPY", "ja")
    2.0
    """
    found = number_or_none(value)
    if found is None:
        return None
    factors = {"bn JPY": OKU if lang == "ja" else 1.0, "m JPY": MILLIONS, "1": 100.0}
    return factors.get(unit, 1.0) * found


def _panels(rows: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> list[tuple[str, str, list[Line]]]:
    """Kind, unit and lines of every panel that has a value."""
    found: list[tuple[str, str, list[Line]]] = []
    for kind in ("lost_sales", "paperwork", "paperwork_share", "indirect_exports"):
        part = rows[(rows["kind"] == kind) & rows["tier"].isin(TIERS)]
        if part["unit"].eq("bn JPY").any() and part["value"].max() < SMALL:
            part = part.assign(unit="m JPY")
        lines = _by_tier(part, names, lang)
        if any(line.value is not None for line in lines):
            found.append((kind, str(part["unit"].iloc[0]), lines))
    part = rows[rows["kind"].isin(RND) & (rows["tier"] == "all")]
    if rows["card"].nunique() == 1 and part["value"].notna().any():
        part = part[part["horizon"] == [key for key in HORIZONS if (part["horizon"] == key).any()][-1]]
        lines = [_line(lever_word(f"cost.{row['kind']}", lang), row, lang) for row in part.to_dict("records")]
        found.append(("rnd", "a", lines))
    return found


def _by_tier(part: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> list[Line]:
    """One line for each size of firm: of every horizon of one card, or of every card at the longest."""
    one = part["card"].nunique() <= 1
    lines = []
    for key in HORIZONS if one else list(names):
        group = (
            part[part["horizon"] == key] if one else part[(part["card"] == key) & (part["horizon"] == "long")]
        )
        group = group.sort_values("tier", key=lambda tiers: tiers.map(TIERS.index))
        for place, row in enumerate(group.to_dict("records")):
            name = (lever_word(f"horizon.{key}", lang) if one else names[key]) if place == 0 else ""
            lines.append(_line(name, row, lang))
    return lines


def _line(name: str, row: Mapping[Any, Any], lang: Lang) -> Line:
    ends = [scaled(row[column], str(row["unit"]), lang) for column in ("value", "value_low", "value_high")]
    return Line(name, str(row["tier"]), *ends)


def _title(rows: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> str:
    """How much goes to whom in the longest horizon; of several cards which costs most."""
    long = rows[(rows["kind"] == "lost_sales") & (rows["horizon"] == "long") & rows["value"].notna()]
    if long.empty:
        return lever_word("costs_unknown", lang)
    whole = long[long["tier"] == "all"]
    if whole["card"].nunique() > 1:
        top = whole.loc[whole["value"].idxmax()].to_dict()
        return lever_word("costs_most", lang, name=names[str(top["card"])], sum=money(top["value"], lang))
    parts = {tier: long.loc[long["tier"] == tier, "value"] for tier in TIERS}
    if any(part.empty for part in parts.values()):
        return lever_word("costs_alone", lang, sum=money(long["value"].iloc[0], lang))
    sums = {tier: money(part.iloc[0], lang) for tier, part in parts.items()}
    key = "costs_title" if len(names) == 1 else "costs_of_card"
    name = names[str(parts["large"].index.map(long["card"])[0])]
    return lever_word(key, lang, name=name, large=sums["large"], sme=sums["SME"])


def money(value: Any, lang: Lang) -> str:
    """Billions of yen as each language counts them.

    Examples
    --------
    >>> money(1.234, "en"), money(1.234, "ja"), money(float("nan"), "en"), money(0.0032, "ja")
    ('1.2 bn JPY', '12億円', '—', '3.2百万円')
    """
    if missing(value):
        return "—"
    if 0 < abs(float(value)) < SMALL:
        return lever_word("small_money", lang, n=significant(MILLIONS * float(value), 2))
    if abs(float(value)) >= TRILLION:
        return lever_word("large_money", lang, n=significant(float(value) / TRILLION, 2))
    return lever_word("money", lang, n=plain_money(value, lang))


def plain_money(value: Any, lang: Lang) -> str:
    """The same without its unit, where the other end of a range carries it.

    Examples
    --------
    >>> plain_money(1.234, "en")
    '1.2'
    """
    return "—" if missing(value) else significant(scaled(value, "bn JPY", lang) or 0.0, 2)


def money_range(low: Any, high: Any, lang: Lang) -> str:
    """Two amounts in the unit of the larger one.

    Examples
    --------
    >>> money_range(1.2, 3.4, "en"), money_range(900.0, 2400.0, "ja")
    ('1.2 to 3.4 bn JPY', '0.9〜2.4兆円')
    """
    if missing(low) or missing(high):
        return "—"
    if abs(float(high)) >= TRILLION:
        scale = 1.0 / TRILLION
    elif abs(float(high)) < SMALL:
        scale = MILLIONS
    else:
        scale = OKU if lang == "ja" else 1.0
    return lever_word("from_to", lang, low=significant(scale * float(low), 2), high=money(high, lang))


def _option(panels: list[tuple[str, str, list[Line]]], pairs: list[int], lang: Lang) -> dict[str, Any]:
    option: dict[str, Any] = {**base_option(), "grid": [], "xAxis": [], "yAxis": [], "series": [],
                              "title": [_key(lang)]}  # fmt: skip
    for place, (kind, unit, lines) in enumerate(panels):
        top = TOP + HEAD + sum(pairs[: place // 2]) + (HEAD + FOOT) * (place // 2)
        width = (WIDTH - LEFT - RIGHT - GAP - LEFT + 60) / 2
        left = LEFT + (place % 2) * (width + GAP + RIGHT - 8)
        grid = {"left": f"{100 * left / WIDTH:.2f}%", "width": f"{100 * width / WIDTH:.2f}%", "top": top,
                "height": ROW * len(lines)}  # fmt: skip
        option["grid"].append(grid)
        option["title"].append(
            _head(f"{lever_word(f'panel.{kind}', lang)} [{unit_name(unit, lang)}]", left, top)
        )
        option["xAxis"].append(_across(lines, place))
        option["yAxis"].append(_down(lines, place))
        option["series"] += _marks(lines, place, lang)
    return option


def unit_name(unit: str, lang: Lang) -> str:
    """Unit of a cost as its panel prints it.

    Examples
    --------
    >>> unit_name("bn JPY", "ja"), unit_name("1", "en"), unit_name("a", "en")
    ('億円', '%', 'years')
    """
    return lever_word(f"cost_unit.{UNITS[unit]}", lang)


def _key(lang: Lang) -> dict[str, Any]:
    text = "     ".join(
        f"{sign} {lever_word(f'tier.{tier}', lang)}" for tier, sign in zip(TIERS, "●○", strict=True)
    )
    return {
        "text": text, "left": 4, "top": 0, "padding": 0,
        "textStyle": {"fontSize": 11.5, "fontWeight": "normal", "color": INK},
    }  # fmt: skip


def _head(text: str, left: float, top: int) -> dict[str, Any]:
    return {
        "text": text, "left": f"{100 * (left - LEFT + 4) / WIDTH:.2f}%", "top": top - HEAD + 2, "padding": 0,
        "textStyle": {"fontSize": 12, "fontWeight": "bold", "color": INK},
    }  # fmt: skip


def _across(lines: list[Line], place: int) -> dict[str, Any]:
    """Axis of values; in powers of ten where the largest is many times the smallest."""
    ends = [end for line in lines for end in (line.value, line.low, line.high) if end is not None and end > 0]
    shared: dict[str, Any] = {"gridIndex": place, "splitLine": {"show": True}}
    if ends and max(ends) / min(ends) > SPREAD:
        low, high = (10.0 ** math.floor(math.log10(min(ends))), 10.0 ** math.ceil(math.log10(max(ends))))
        return quiet_axis(type="log", min=low, max=high, **shared)
    step = nice_step(max(ends, default=1.0), 4)
    top = step * math.ceil(max(ends, default=1.0) / step - 1e-9)
    return quiet_axis(type="value", min=0, max=top, interval=step, **shared)


def _down(lines: list[Line], place: int) -> dict[str, Any]:
    cells = [wrap(line.name, 22) for line in lines]
    return quiet_axis(
        type="category", inverse=True, gridIndex=place, data=cells,
        axisLabel={"interval": 0, "color": INK, "fontSize": 11.5, "lineHeight": 12, "margin": 8},
        axisLine={"show": True, "onZero": False, "lineStyle": {"color": RULE}},
    )  # fmt: skip


def _marks(lines: list[Line], place: int, lang: Lang) -> list[dict[str, Any]]:
    """Ranges, dots and numbers of one panel; what is unknown is said at the axis."""
    at = {"xAxisIndex": place, "yAxisIndex": place, "silent": True}
    least = min((end for line in lines for end in (line.low, line.value) if end), default=0.0)
    bars: list[list[Any]] = []
    dots: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    for height, line in enumerate(lines):
        if line.value is None:
            words.append({"value": [least, height], "label": beside(lever_word("unknown", lang), hue=MUTED)})
            continue
        low, high = (line.value if end is None else max(end, least) for end in (line.low, line.high))
        bars += [[low, height], [high, height], LIFT]
        fill = PAPER if line.tier == "SME" else LOSS
        dots.append({"value": [line.value, height],
                     "itemStyle": {"color": fill, "borderColor": LOSS, "borderWidth": 1.8}})  # fmt: skip
        words.append({"value": [max(high, line.value), height], "label": beside(significant(line.value, 2))})
    lines_of = {"name": f"ranges-{place}", "type": "line", "symbol": "none", "data": bars, "z": 3,
                "lineStyle": {"color": mixed(LOSS, 0.45), "width": 3}}  # fmt: skip
    return [
        *([{**lines_of, **at}] if bars else []),
        {"name": f"dots-{place}", "type": "scatter", "symbolSize": 8, "data": dots, "z": 5, **at},
        {"name": f"words-{place}", "type": "scatter", "symbolSize": 0.1, "data": words, "z": 6, **at},
    ]
