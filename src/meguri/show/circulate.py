"""The report of a case of circulation: how much function is kept, who lost the rest, on what it hangs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.circulate.answer import CirculateAnswer
from meguri.circulate.pictured import picture_tables
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.loss_ledger import loss_ledger
from meguri.show.figures.plan_tornado import plan_tornado
from meguri.show.figures.routes_compared import routes_compared
from meguri.show.figures.state_flows import state_flows
from meguri.show.figures.tie import tie_picture
from meguri.show.page import figure_html, frame_html, page
from meguri.show.spell import missing, say
from meguri.show.tables import sources_table

PANELS = 3  # plans that a ledger can hold side by side
NUMBERS = ("routes", "efficacy", "burdens", "feeds")
SHOWN = (
    "functional_content",
    "state_values",
    "route_metrics",
    "route_steps",
    "function_bundles",
    "requalification",
)
Section = tuple[str, str, str]  # key, heading, HTML


def circulation_page(answer: CirculateAnswer, lang: Lang = "en") -> str:
    """The report as one self-contained HTML document.

    Parameters
    ----------
    answer : CirculateAnswer
        What :func:`meguri.circulate.answer.circulate_answer` found; a companion case follows it.
    lang : {"en", "ja"}
        Language of the reader.
    """
    body = _head(answer, lang) + _sections(answer, lang)
    if answer.companion is not None:
        body += _second(answer.companion, lang) + _sections(answer.companion, lang)
    body += f'<p class="quiet end">{say("disclaimer", lang)}</p>\n'
    return page(body, title=f"{answer.case.label(lang)} | meguri", lang=lang)


def _head(answer: CirculateAnswer, lang: Lang) -> str:
    """Case, what it says first, and how it was counted."""
    return (
        f'<header>\n<p class="kicker">{say("circulate_kicker", lang)}</p>\n'
        f"<h1>{escape(answer.case.label(lang))}</h1>\n{_said(answer, lang)}"
        f'<p class="quiet">{escape(_meta(answer, lang))}</p>\n</header>\n'
    )


def _second(answer: CirculateAnswer, lang: Lang) -> str:
    """The companion case, introduced the same way."""
    return (
        f'<section id="{escape(answer.case.name, quote=True)}">'
        f"<h2>{say('circulate_companion', lang)}</h2>\n<h1>{escape(answer.case.label(lang))}</h1>\n"
        f'{_said(answer, lang)}<p class="quiet">{escape(_meta(answer, lang))}</p>\n</section>\n'
    )


def _said(answer: CirculateAnswer, lang: Lang) -> str:
    """The first sentence large, the verdicts as a list, the rest one click away."""
    sentences = answer.sentences[lang]
    shown = 1 + 2 * max(1, answer.tables["plan_comparisons"]["stock"].nunique())
    lines = [_line(text) for text in sentences[1:]]
    rest = "".join(lines[shown:])
    return (
        f'<p class="lead">{escape(sentences[0])}</p>\n<ul class="answer">\n{"".join(lines[:shown])}</ul>\n'
        + (
            f"<details><summary>{say('circulate_rest', lang, n=len(lines) - shown)}</summary>\n"
            f'<ul class="answer">\n{rest}</ul></details>\n'
            if rest
            else ""
        )
    )


def _line(text: str) -> str:
    """One sentence of a list; a stock that heads the sentences below it stands out from them."""
    inner = escape(text)
    return f"<li><b>{inner}</b></li>\n" if text.endswith((":", "：")) else f"<li>{inner}</li>\n"


def _meta(answer: CirculateAnswer, lang: Lang) -> str:
    uses = answer.case.tables["route_uses"].set_index("use")
    name = uses.at[answer.use, f"label_{lang}"]
    return say(
        "circulate_meta",
        lang,
        use=answer.use if missing(name) else name,
        metric=label(answer.metric, lang, "burden_metrics"),
        runs=f"{answer.runs:,}",
        seed=answer.seed,
    )


def _sections(answer: CirculateAnswer, lang: Lang) -> str:
    sections = [*_pictured(answer, lang), *_tabled(answer, lang)]
    name = escape(answer.case.name, quote=True)
    return "".join(
        f'<section id="{name}-{escape(key, quote=True)}"><h2>{escape(heading)}</h2>\n{html}</section>\n'
        for key, heading, html in sections
    )


def _pictured(answer: CirculateAnswer, lang: Lang) -> Iterator[Section]:
    """Rates first; for each stock where it flows, who lost what and on what that hangs; then the tie."""
    charts = circulation_charts(answer, lang)
    prefix = answer.case.name
    stocks = dict.fromkeys(answer.tables["route_figures"]["stock"])
    names = shown_names(answer, lang)
    yield "rates", say("sec_rates", lang), figure_html(replace(charts["rates"], key=f"{prefix}-rates"))
    for stock in stocks:
        found = [chart for key, chart in charts.items() if key.split("|")[1:2] == [stock]]
        html = "".join(figure_html(replace(chart, key=f"{prefix}-{chart.key}")) for chart in found)
        yield f"stock-{stock}", say("sec_stock", lang, stock=names[stock]), html
    if "tie" in charts:
        yield "tie", say("sec_tie", lang), figure_html(replace(charts["tie"], key=f"{prefix}-tie"))


def circulation_charts(answer: CirculateAnswer, lang: Lang = "en") -> dict[str, Chart]:
    """Every figure of an answer: rates, ``flows|STOCK|PLAN``, ``ledger|STOCK``, ``tornado|STOCK``, tie.

    A figure that the case has no numbers for is left out: a tornado and a tie need two plans that
    differ; of plans that bring the same one flow is enough.
    """
    tables, pictured = answer.tables, picture_tables(answer)
    names, foot = shown_names(answer, lang), _footer(answer, lang)
    states = answer.case.tables["states"]
    positions = dict(zip(states["state"], states["position"], strict=True))
    compared = tables["plan_comparisons"]
    found = {"rates": routes_compared(tables["route_figures"], compared, names=names, lang=lang, footer=foot)}
    for stock in dict.fromkeys(tables["route_figures"]["stock"]):
        flows = pictured["plan_flows"][pictured["plan_flows"]["stock"] == stock]
        alike = bool((compared.loc[compared["stock"] == stock, "verdict"] == "equal").all())
        for plan in _plans(answer, stock, 1 if alike else 2):
            part = flows[flows["plan"] == plan].reset_index(drop=True)
            found[f"flows|{stock}|{plan}"] = state_flows(
                part, names=names, positions=positions, lang=lang, footer=foot
            )
        ledger = tables["loss_ledger"]
        ledger = ledger[ledger["plan"].isin(_plans(answer, stock, PANELS))]
        found[f"ledger|{stock}"] = loss_ledger(ledger, stock=stock, names=names, lang=lang, footer=foot)
        tornado = tables["route_tornado"]
        if (tornado["stock"] == stock).any() and not alike:
            found[f"tornado|{stock}"] = plan_tornado(
                tornado, compared, stock=stock, names=names, lang=lang, footer=foot
            )
    if len(pictured["tie_marks"]):
        line, marks = pictured["tie_line"], pictured["tie_marks"]
        found["tie"] = tie_picture(line, marks, names=names, lang=lang, footer=foot)
    return found


def _plans(answer: CirculateAnswer, stock: str, most: int) -> list[str]:
    """Plans shown for a stock: those compared first, then the others, in the order of the case."""
    rows = answer.tables["plan_comparisons"]
    rows = rows[rows["stock"] == stock]
    first = dict.fromkeys([*rows["direct"], *rows["other"], *answer.case.plans])
    chosen = list(first)[:most]
    return [plan for plan in answer.case.plans if plan in chosen]


def shown_names(answer: CirculateAnswer, lang: Lang) -> dict[str, str]:
    """Shown name of every stock, plan, route and state, and of levers by their numbers; else the key."""
    found: dict[str, str] = {}
    keys = {"states": "state", "routes": "route", "plans": "plan", "feeds": "stock"}
    for table, key in keys.items():
        frame = answer.case.tables[table]
        for name, text in zip(frame[key], frame[f"label_{lang}"], strict=True):
            found.setdefault(str(name), str(name) if missing(text) else str(text))
    for row in answer.tables["break_even"].to_dict("records"):
        found[str(row["parameters"])] = str(row[f"label_{lang}"])
    return found


def _footer(answer: CirculateAnswer, lang: Lang) -> str:
    tables = [answer.case.tables[name] for name in NUMBERS]
    return footer(answer.sources, weakest_grade(*tables), lang)


def _tabled(answer: CirculateAnswer, lang: Lang) -> Iterator[Section]:
    """The tables no picture holds, and the sources."""
    names = shown_names(answer, lang)
    for name in SHOWN:
        table = answer.tables.get(name)
        if table is not None and len(table):
            yield name, say(f"sec_{name}", lang), frame_html(_named(table, names), name, lang)
    yield "sources", say("sec_sources", lang), sources_table(answer.sources, lang)


def _named(table: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Keys replaced by names; the name columns that then say the same again are dropped."""
    keys = [name for name in ("stock", "plan", "state", "route", "best_route") if name in table]
    shown = table.assign(**{key: [names.get(cell, cell) for cell in table[key]] for key in keys})
    return shown.drop(columns=[name for name in ("label_en", "label_ja") if name in shown])
