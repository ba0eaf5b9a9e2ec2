"""The report of the case of Japan: dysprosium in use and leaving use, held against published figures."""

from __future__ import annotations

from html import escape

from meguri.base.sources import cited
from meguri.base.terms import Lang
from meguri.circulate.magnet_anchors import anchors_table
from meguri.circulate.magnets import DyJapan
from meguri.circulate.scale import scale_sentence
from meguri.show.basis import footer
from meguri.show.chart import Chart
from meguri.show.figures.magnet_checks import magnet_checks
from meguri.show.figures.magnet_stock import magnet_stock
from meguri.show.page import figure_html, page
from meguri.show.spell import say
from meguri.show.tables import sources_table


def magnet_charts(case: DyJapan, lang: Lang = "en") -> list[Chart]:
    """Stock by application with outflow by function state, and every published figure beside the runs."""
    checks, totals = anchors_table(case), case.totals_table()
    keys = [key for cell in [case.source, *checks["source"]] for key in cell.split("|")]
    foot = footer(cited(keys), case.grade, lang)
    return [
        magnet_stock(case.flows_table(), totals, checks, lang=lang, footer=foot),
        magnet_checks(checks, totals, lang=lang, footer=foot),
    ]


def magnets_page(case: DyJapan, lang: Lang = "en") -> str:
    """The case as one self-contained HTML document.

    Parameters
    ----------
    case : DyJapan
        As :func:`meguri.circulate.magnets.dy_japan` gives it.
    lang : {"en", "ja"}
        Language of the reader.
    """
    charts = magnet_charts(case, lang)
    checks = anchors_table(case)
    keys = [key for cell in [case.source, *checks["source"]] for key in cell.split("|")]
    title = say("magnets_heading", lang)
    sections = [
        ("stock", "sec_magnet_stock", figure_html(charts[0])),
        ("checks", "sec_magnet_checks", figure_html(charts[1])),
        ("sources", "sec_sources", sources_table(cited(keys), lang)),
    ]
    body = (
        f'<header>\n<p class="kicker">{say("circulate_kicker", lang)}</p>\n<h1>{escape(title)}</h1>\n'
        f'<p class="lead">{escape(scale_sentence(lang=lang))}</p>\n'
        f'<p class="quiet">{say("magnets_meta", lang, runs=f"{case.runs:,}")}</p>\n</header>\n'
    )
    body += "".join(
        f'<section id="{key}"><h2>{say(head, lang)}</h2>\n{html}</section>\n' for key, head, html in sections
    )
    return page(
        body + f'<p class="quiet end">{say("disclaimer", lang)}</p>\n', title=f"{title} | meguri", lang=lang
    )
