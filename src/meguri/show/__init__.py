"""Tables in, figures and sentences out: one call for each figure of an outcome.

Each function reads an outcome and returns a Chart; figures themselves take tables
(``meguri.show.figures``). Nothing is imported before it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from meguri.base.terms import Lang

if TYPE_CHECKING:
    import pandas as pd

    from meguri.show.basis import Told
    from meguri.show.chart import Chart
    from meguri.show.gather import Atlaslike

__all__ = [
    "charts",
    "price",
    "production",
    "recovery",
    "stocks",
    "structure",
    "survival",
    "tornado",
    "trail",
    "write_report",
    "write_risk",
    "write_sheet",
    "write_workbook",
]


def survival(outcome: Told, lang: Lang = "en") -> Chart:
    """What stops when: a bar for each process from running out to recovery."""
    from meguri.show.basis import begins, horizon_of, outcome_footer, start_of
    from meguri.show.figures.stops import gantt

    return gantt(
        outcome.table("survival"),
        start=start_of(outcome),
        horizon=horizon_of(outcome),
        lang=lang,
        footer=outcome_footer(outcome, lang),
        begins=begins(outcome),
    )


def production(outcome: Told, lang: Lang = "en") -> Chart:
    """Output of the processes that lose most, as a share of plan."""
    from meguri.show.basis import economy_of, horizon_of, outcome_footer, start_of
    from meguri.show.figures.production import production_bands

    return production_bands(
        outcome.table("production"),
        outcome.table("survival"),
        start=start_of(outcome),
        horizon=horizon_of(outcome),
        lang=lang,
        footer=outcome_footer(outcome, lang),
        economy=economy_of(outcome),
    )


def price(outcome: Told, lang: Lang = "en") -> Chart:
    """Prices inside and outside the border, as multiples of the price before."""
    from meguri.show.basis import outcome_footer
    from meguri.show.figures.price import price_bands

    return price_bands(outcome.table("price"), lang=lang, footer=outcome_footer(outcome, lang))


def structure(outcome: Told, lang: Lang = "en") -> Chart:
    """Stages and countries of the chain, in the elements that the controls name."""
    from meguri.show.basis import controlled, economy_of
    from meguri.show.flows import chain_flows

    return chain_flows(outcome.chain, controlled(outcome), economy_of(outcome), lang=lang)


def stocks(outcome: Told, lang: Lang = "en") -> Chart:
    """How low the stocks of the economy's processes go."""
    from meguri.show.basis import economy_of, outcome_footer
    from meguri.show.figures.cover import stock_lows

    return stock_lows(
        outcome.table("survival"),
        economy=economy_of(outcome),
        lang=lang,
        footer=outcome_footer(outcome, lang),
    )


def recovery(outcome: Told, lang: Lang = "en") -> Chart:
    """Time to survive against time to recover."""
    from meguri.show.basis import horizon_of, outcome_footer, start_of
    from meguri.show.figures.recovery import tts_against_ttr

    return tts_against_ttr(
        outcome.table("survival"),
        start=start_of(outcome),
        horizon=horizon_of(outcome),
        lang=lang,
        footer=outcome_footer(outcome, lang),
    )


def trail(outcome: Told, lang: Lang = "en", told: pd.DataFrame | None = None) -> Chart | None:
    """Why the end user that loses most falls short, day by day; nothing when nobody loses.

    ``told`` holds the steps of another process instead.
    """
    from meguri.show.basis import horizon_of, outcome_footer, start_of
    from meguri.show.figures.trail import trail_steps

    steps = outcome.table("trail") if told is None else told
    nodes, materials = outcome.chain.nodes, outcome.chain.materials
    if steps.empty or (steps["what"] == "holds").all():
        return None
    shown = nodes[f"label_{lang}"].where(nodes[f"label_{lang}"] != "", nodes["node"])
    names = dict(zip(nodes["node"], shown, strict=True))
    names |= dict(zip(materials["material"], materials[f"label_{lang}"], strict=True))
    return trail_steps(
        steps[steps["of"] == steps["of"].iloc[0]],
        names=names,
        stages=dict(zip(nodes["node"], nodes["stage"], strict=True)),
        start=start_of(outcome),
        horizon=horizon_of(outcome),
        lang=lang,
        footer=outcome_footer(outcome, lang),
    )


def tornado(outcome: Told, lang: Lang = "en") -> Chart | None:
    """What each assumption moves: with Sobol indices where the study was asked for them, else one by one."""
    from meguri.show.basis import outcome_footer
    from meguri.show.effects import node_names
    from meguri.show.figures.tornado import swing_bars
    from meguri.show.figures.tornado import tornado as indices

    sobol, footer = outcome.table("sobol"), outcome_footer(outcome, lang)
    if len(sobol):
        return indices(sobol, names=node_names(outcome, lang), lang=lang, footer=footer)
    return swing_bars(
        outcome.table("assumptions"), runs=int(outcome.manifest["runs"]), lang=lang, footer=footer
    )


def charts(outcome: Told, lang: Lang = "en") -> list[Chart]:
    """Every figure of an outcome, in the order of the report."""
    return [draw(outcome, lang) for draw in (survival, stocks, price, production, structure, recovery)]


def write_report(outcome: Told, path: str | Path, lang: Lang = "en") -> Path:
    """One self-contained HTML page with the answer, figures, tables, assumptions and sources."""
    from meguri.show.report import report

    return report(outcome, lang, path)


def write_workbook(outcome: Told, path: str | Path, lang: Lang = "en") -> Path:
    """One Excel workbook with every table, assumption and source."""
    from meguri.show.excel import workbook

    return workbook(outcome, path, lang)


def write_sheet(
    atlas: Atlaslike,
    path: str | Path,
    lang: Lang = "en",
    more: Mapping[str, pd.DataFrame] | None = None,
    economy: str = "JP",
) -> Path:
    """The atlas sheet of a metal on two sides of A4, as one self-contained HTML page."""
    from meguri.show.sheet import sheet

    return sheet(atlas, lang, path, more, economy)


def write_risk(tables: Mapping[str, pd.DataFrame], path: str | Path, lang: Lang = "en") -> Path:
    """The risk report: sectors against metals, scores and paths, as one self-contained HTML page."""
    from meguri.show.risk import risk_page

    return risk_page(tables, lang, path)
