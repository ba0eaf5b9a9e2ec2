"""The page of a backtest: for each case what was fixed, what history shows, and the verdict."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from meguri.base.terms import Lang, label
from meguri.show.figures.backtest import backtest_panels
from meguri.show.page import figure_html, frame_html, page
from meguri.show.spell import say
from meguri.study.backtest import Backtest, CaseResult
from meguri.study.backtest_coverage import ALL, of_case


def backtest_html(found: Backtest, lang: Lang = "en") -> str:
    """All cases as one self-contained HTML document.

    Parameters
    ----------
    found : Backtest
        Result of :func:`meguri.study.backtest.backtest`.
    lang : {"en", "ja"}
        Language of the reader.
    """
    met = found.table("pooled")["hit"]
    judged = met[met != "unknown"]
    verdict = label("bt_total", lang, "cli", met=int((judged == "yes").sum()), all=len(judged))
    head = (
        f'<header>\n<p class="kicker">{say("backtest_kicker", lang)}</p>\n<h1>{escape(verdict)}</h1>\n'
        f'<p class="quiet">{escape(say("backtest_meta", lang, runs=found.runs, seed=found.seed))}</p>\n'
        "</header>\n"
    )
    body = "".join(_case_html(result, lang) for result in found.results)
    return page(
        head + _bands_html(found, lang) + body, title=f"{say('backtest_kicker', lang)} | meguri", lang=lang
    )


def _bands_html(found: Backtest, lang: Lang) -> str:
    """Coverage over all cases, and from which other episodes each predictive band takes its error."""
    errors = found.table("errors")
    shown = {
        "what": _counted(errors["what"], lang),
        "taken_from": errors["taken_from"].str.replace("|", ", "),
        "counted": [", ".join(_counted(cell.split("|"), lang)) if cell else "" for cell in errors["counted"]],
    }
    every = found.table("coverage")
    every = every[every["case"] == ALL].drop(columns="case")
    return (
        f'<section id="bands"><h2>{say("backtest_coverage_head", lang)}</h2>\n'
        f"<p>{escape(say('backtest_coverage_note', lang))}</p>\n"
        f"{frame_html(every.assign(group=_counted(every['group'], lang)), 'backtest_coverage', lang)}"
        f"<h3>{say('backtest_errors_head', lang)}</h3>\n"
        f"{frame_html(errors.assign(**shown), 'backtest_model_error', lang)}</section>\n"
    )


def _counted(keys: Iterable[str], lang: Lang) -> list[str]:
    return [label(f"counted.{key}", lang, "backtest") for key in keys]


def _coverage_html(result: CaseResult, lang: Lang) -> str:
    table = of_case(result.scores).drop(columns="case")
    names = [getattr(result.case.groups[group].label, lang) for group in table["group"]]
    return frame_html(table.assign(group=names), "backtest_coverage", lang)


def _case_html(result: CaseResult, lang: Lang) -> str:
    case = result.case
    groups = (("fixed", case.fixed), ("predicted", case.predicted), ("cannot", case.cannot))
    parts = "".join(
        f"<h3>{say(f'backtest_{name}', lang)}</h3>\n{_list([getattr(one, lang) for one in words])}"
        for name, words in groups
        if words
    )
    why = [
        f"{getattr(series.label, lang)}{'：' if lang == 'ja' else ': '}{getattr(series.explained, lang)}"
        for series in case.series
        if series.explained is not None
    ]
    said = [*([getattr(case.missing, lang)] if case.missing is not None else []), *why]
    lacking = f"<h3>{say('backtest_missing', lang)}</h3>\n{_list(said)}" if said else ""
    hashed = label("bt_hash", lang, "cli", hash=result.hash[:16], day=case.known_until.isoformat())
    return (
        f'<section id="{escape(case.name, quote=True)}"><h2>{escape(getattr(case.label, lang))}</h2>\n'
        f'<p class="quiet">{escape(hashed)}</p>\n{parts}'
        f"{figure_html(backtest_panels(result, lang=lang))}"
        f"{frame_html(result.pooled, 'backtest_pooled', lang)}"
        f"{_coverage_html(result, lang)}{lacking}</section>\n"
    )


def _list(items: list[str]) -> str:
    return "<ul>\n" + "".join(f"<li>{escape(item)}</li>\n" for item in items) + "</ul>\n"
