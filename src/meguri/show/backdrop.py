"""What stands behind a chain: the stages of its metals, the fields that hang on them and their scores."""

from __future__ import annotations

from functools import cache

from meguri.base.sources import cited
from meguri.base.terms import Lang
from meguri.observe.sectors import sector_materials
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.heat import sector_heat
from meguri.show.figures.holders import hhi_by_stage
from meguri.show.figures.stages import stage_columns
from meguri.show.page import figure_html
from meguri.show.risk import scores_table
from meguri.show.sheet import shown_columns, unknown_stages
from meguri.structure.atlas import atlas
from meguri.structure.ec.scores import ec_scores
from meguri.structure.sectors import sector_matrix

MOST = 3  # metals whose stages are drawn


def backdrop(elements: tuple[str, ...], lang: Lang) -> list[tuple[str, str]]:
    """Sections ``atlas`` and ``risk`` of a report: key and HTML, none where nothing is known.

    Parameters
    ----------
    elements : tuple of str
        Element keys the outcome is about, the most important first.
    """
    return [(key, html) for key, html in _sections(elements, lang) if html]


@cache
def _sections(elements: tuple[str, ...], lang: Lang) -> tuple[tuple[str, str], ...]:
    stages = "".join(
        figure_html(chart) for element in elements[:MOST] for chart in stage_charts(element, lang)
    )
    return ("atlas", stages), ("risk", _risk(elements, lang))


def stage_charts(element: str, lang: Lang) -> list[Chart]:
    """Shares by stage and concentration of one metal; nothing where the atlas has neither."""
    found = atlas(element)
    if found.stages.empty:
        return []
    unknown = unknown_stages(found.unknowns)
    source = footer(cited(found.stages["source"]), weakest_grade(found.stages), lang)
    columns = shown_columns(found.stages, element)
    charts = [
        stage_columns(columns, unknown, found.firms, element=element, lang=lang, footer=source),
        hhi_by_stage(found.concentration, element=element, unknown=unknown, lang=lang, footer=source),
    ]
    return [_apart(chart, element) for chart in charts]


def _apart(chart: Chart, element: str) -> Chart:
    """The same figure under a key of its own: a page holds those of several metals."""
    return Chart(
        f"{chart.key}-{element}", chart.option, chart.table, chart.title, chart.subtitle, chart.footer,
        chart.lang, chart.declared, chart.height,
    )  # fmt: skip


def _risk(elements: tuple[str, ...], lang: Lang) -> str:
    links = sector_materials()
    links = links[links["element"].isin(elements)]
    parts = []
    if len(links):
        rows = sector_matrix(list(dict.fromkeys(links["sector"])), materials=links)
        source = footer(cited(rows["source"]), weakest_grade(rows), lang)
        parts.append(figure_html(sector_heat(rows, lang=lang, footer=source)))
    scores = ec_scores()
    scores = scores[scores["material"].isin(elements)]
    if len(scores):
        parts.append(scores_table(scores, lang))
    return "".join(parts)
