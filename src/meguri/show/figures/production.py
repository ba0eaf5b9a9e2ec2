"""Output of each process as a share of plan, week by week."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.figures.axes import band, milliseconds, panel, panel_title, stage_key, time_axis
from meguri.show.ink import base_option, quiet_axis, stage_hue, wrap
from meguri.show.short import at_home
from meguri.show.spell import as_date, day, joined, listing, name_of, percent, say, word

COLUMNS = 3
SEEN = 0.1  # a node short in fewer runs than one of ten draws a flat line: P10 does not see it
HIGHEST = 1.5  # makers who catch up go far above plan; what matters lies below it
PANEL = {"top": 76, "height": 110, "gap": 78}


def production_bands(
    production: pd.DataFrame,
    nodes: pd.DataFrame,
    *,
    start: str,
    horizon: float,
    lang: Lang = "en",
    footer: str = "",
    economy: Sequence[str] = (),
    most: int = 9,
) -> Chart:
    """Small panels of output against plan: processes that fall short, in the order of stages.

    Parameters
    ----------
    production : DataFrame
        Outcome table ``production``: node, date, p10, p50, p90 [share of plan].
    nodes : DataFrame
        Outcome table ``survival``: stage, country, labels and who falls short.
    start, horizon
        ISO date from which days are counted, and days covered.
    economy : sequence of str
        Countries whose processes come first.
    most : int
        Panels at most.
    """
    shown = most_lost(production, nodes, economy, most)
    first, end = as_date(start), as_date(start) + dt.timedelta(days=round(horizon))
    table = production[production["node"].isin(shown["node"])].reset_index(drop=True)
    rows = -(-len(shown) // COLUMNS)
    return Chart(
        key="production",
        option=_option(shown, table, first, end, lang),
        table=table,
        title=_title(table, shown, economy, lang),
        subtitle=_subtitle(table, nodes, len(shown), economy, first, end, lang),
        footer=footer,
        lang=lang,
        declared="production",
        height=max(120, PANEL["top"] + rows * (PANEL["height"] + PANEL["gap"]) - PANEL["gap"] + 34),
    )


def most_lost(
    production: pd.DataFrame, nodes: pd.DataFrame, economy: Sequence[str], most: int
) -> pd.DataFrame:
    """Nodes worth a panel, sorted by stage; all columns of ``nodes``.

    Those that fall short in the median run come first, those of the economy before the others, then those
    that lose most of their median output, then those that fall short in more runs. A node that merely
    loses orders has no place here; only where nobody falls short are the lowest outputs shown instead.
    Nodes short in fewer than one run of ten come in only where there are no others.
    """
    lost = (1 - production["p50"].clip(upper=1)).groupby(production["node"]).mean()
    short = nodes[(nodes["share_stopped"] > 0) & nodes["node"].isin(lost.index)]
    seen = short[short["share_stopped"] >= SEEN]
    calm = seen.empty
    table = (seen if len(seen) else short if len(short) else nodes[nodes["node"].isin(lost.index)]).copy()
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    table["_stage"] = table["stage"].map(order).fillna(len(order))
    table["_lost"] = table["node"].map(lost)
    table["_rare"] = table["tts_d"].isna()
    table["_away"] = ~table["country"].isin(list(economy)) if economy else False
    ranks = ["_rare", "_away", "_lost", "share_stopped", "node"]
    table = table.sort_values(ranks, ascending=[True, True, False, False, True])
    table = table.head(min(most, COLUMNS) if calm else most)
    table = table.sort_values(["_stage", "_lost"], ascending=[True, False], kind="stable")
    return table.drop(columns=["_stage", "_lost", "_rare", "_away"])


def _title(table: pd.DataFrame, shown: pd.DataFrame, economy: Sequence[str], lang: Lang) -> str:
    home = at_home(shown, economy)
    for nodes, key in ((home, "production_title_home" if economy else "production_title"),
                       (shown, "production_title")):  # fmt: skip
        weeks = table[table["node"].isin(nodes["node"])]
        if len(weeks) and weeks["p50"].min() < 0.9:
            row = weeks.sort_values(["p50", "date", "node"]).iloc[0]
            node = nodes.loc[nodes["node"] == row["node"]].iloc[0].to_dict()
            return say(
                key,
                lang,
                place=_place(economy, lang),
                node=name_of(node, lang),
                share=percent(float(row["p50"])),
                day=day(row["date"], lang),
            )
    return say("production_calm", lang)


def _place(economy: Sequence[str], lang: Lang) -> str:
    names = [word(country, "countries", lang) for country in economy]
    return listing(names, lang) or say("production_whole", lang)


def _subtitle(
    table: pd.DataFrame,
    nodes: pd.DataFrame,
    n: int,
    economy: Sequence[str],
    first: dt.date,
    end: dt.date,
    lang: Lang,
) -> str:
    said = [say("production_subtitle", lang, start=day(first, lang), end=day(end, lang))]
    m = int((nodes["share_stopped"] > 0).sum())
    if not m and n:
        said.append(say("production_none", lang, n=n))
    elif m > n:
        said.append(say("production_some", lang, n=n, m=m, place=_place(economy, lang)))
    if len(table) and float(table["p90"].max()) > HIGHEST:
        said.append(say("production_cut", lang, top=percent(HIGHEST)))
    return joined(said, lang)


def _option(
    shown: pd.DataFrame, table: pd.DataFrame, first: dt.date, end: dt.date, lang: Lang
) -> dict[str, Any]:
    option: dict[str, Any] = {**base_option(), "grid": [], "xAxis": [], "yAxis": [], "series": []}
    option["title"] = [stage_key(list(shown["stage"]), lang)]
    top = min(HIGHEST, max(1.0, float(table["p90"].max()) if len(table) else 1.0))
    highest = 25 * -(-round(100 * top) // 25)
    for place, node in enumerate(shown.to_dict("records")):
        grid = panel(place, COLUMNS, **PANEL)
        points = table[table["node"] == node["node"]].sort_values("date")
        percents = points.assign(**{p: 100 * points[p] for p in ("p10", "p50", "p90")})
        option["grid"].append(grid)
        option["title"].append(panel_title(_heading(name_of(node, lang)), grid, lines=2))
        option["xAxis"].append(time_axis(first, end, lang, 4, gridIndex=place))
        option["yAxis"].append(
            quiet_axis(
                type="value",
                gridIndex=place,
                min=0,
                max=highest,
                interval=50,
                axisLabel={"formatter": "{value}%", "showMaxLabel": highest % 50 == 0},
                splitLine={"show": True},
            )
        )
        times = [milliseconds(date) for date in points["date"]]
        option["series"] += band(percents, times, stage_hue(node["stage"]), place, str(node["node"]))
    return option


def _heading(text: str) -> str:
    """A panel's heading on two lines, or on the lower one, so that all panels of a row start level."""
    lines = wrap(text, 34)
    return lines if "\n" in lines else f"\n{lines}"
