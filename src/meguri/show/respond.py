"""The memo to the board: the answer on one screen, then plans, figures, doubts, a cell for each figure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from meguri.base.files import write_atomically
from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.respond.answer import RespondAnswer
from meguri.show.chart import Chart
from meguri.show.cited import Cited, Sentence, between, cite, figures_of, sentence_html
from meguri.show.memo import FRAME, Memo, Years, memo_of
from meguri.show.money import rate_words
from meguri.show.page import figure_html, page
from meguri.show.plans import best, without
from meguri.show.report import notes_html
from meguri.show.respond_figures import memo_charts
from meguri.show.respond_reasons import (
    entry_table,
    order_table,
    regret_table,
    risks_html,
    robustness_table,
    sovereignty_table,
    unconfirmed_html,
)
from meguri.show.respond_tables import inside_html, named, plans_table, quiet
from meguri.show.respond_words import answer_sentences, lead, marked, simulated
from meguri.show.spell import day, listing, missing, months, name_of, say
from meguri.show.tables import assumptions_table, sources_table

Tile = tuple[str, Sentence, Sentence]


def write_memo(answer: RespondAnswer, path: str | Path, lang: Lang = "en", years: Years = "calendar") -> Path:
    """Write the memo as one self-contained page; either the whole page is there or nothing has changed."""
    write_atomically(Path(path), respond_page(answer, lang, years).encode("utf-8"))
    return Path(path)


def respond_page(answer: RespondAnswer, lang: Lang = "en", years: Years = "calendar") -> str:
    """The memo as one HTML document.

    Parameters
    ----------
    answer : RespondAnswer
        What :mod:`meguri.respond` found.
    lang : {"en", "ja"}
        Language of the reader.
    years : {"calendar", "fiscal"}
        Years from January, or from April (年度).
    """
    memo = memo_of(answer, lang, years)
    numbers = {cited: place for place, cited in enumerate(first_figures(memo), start=1)}
    body = _head(memo, numbers) + "".join(
        f'<section id="{key}"><h2>{say(f"sec_{key}", lang)}</h2>\n{html}</section>\n'
        for key, html in _sections(memo, numbers)
    )
    body += f'<p class="quiet end">{say("disclaimer", lang)}</p>\n'
    return page(body, title=f"{scenario_words(answer, lang)} | meguri", lang=lang, css="memo")


def scenario_words(answer: RespondAnswer, lang: Lang) -> str:
    """Names of the scenarios that are asked about."""
    names = []
    for one in answer.manifest["scenarios"]:
        told = one.get("label") or {}
        names.append(str(told.get(lang) or told.get("en") or one["name"]))
    return listing(names, lang)


def first_figures(memo: Memo) -> list[Cited]:
    """Figures of the first screen in reading order: the ones with a number in the list of evidence."""
    shown = [part for _, value, about in tiles(memo) for part in (value, about)]
    return figures_of([lead(memo), *shown, *answer_sentences(memo)])


def _head(memo: Memo, numbers: dict[Cited, int]) -> str:
    """Scenario, the first sentence, four tiles, the findings, and how it was counted."""
    lang = memo.lang
    shown = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{sentence_html(value, memo.printer, numbers)}</dd>"
        f'<dd class="range">{sentence_html(about, memo.printer, numbers)}</dd></div>\n'
        for name, value, about in tiles(memo)
    )
    lines = "".join(
        f"<li>{sentence_html(sentence, memo.printer, numbers)}</li>\n" for sentence in answer_sentences(memo)
    )
    made_up = (
        f'<p class="home">{say("memo_made_up", lang)}</p>\n' if memo.answer.manifest.get("made_up") else ""
    )
    return (
        f'<header>\n<p class="kicker">{say("memo_kicker", lang)}</p>\n'
        f"<h1>{escape(scenario_words(memo.answer, lang))}</h1>\n{made_up}"
        f'<p class="lead">{sentence_html(lead(memo), memo.printer, numbers)}</p>\n'
        f'<dl class="tiles">\n{shown}</dl>\n<ul class="answer">\n{lines}</ul>\n'
        f"{quiet(asked_words(memo))}{quiet(say('memo_trace', lang))}</header>\n"
    )


def tiles(memo: Memo) -> list[Tile]:
    """Days without a plan, most days bought, most competitiveness kept, budget: two axes, two tiles."""
    plans, lang = memo.tables["plans"], memo.lang
    zero, early, strong = without(plans), best(memo.efficient, "time_gained_d"), best(memo.efficient, "share")
    found: list[Tile] = []
    if zero is not None:
        low, high = memo.cell("plans", zero, "time_low", "d"), memo.cell("plans", zero, "time_high", "d")
        about = cite("memo_range", lang, range=between(low, high, lang))
        found.append((say("memo_tile_time", lang), (memo.cell("plans", zero, "time_d", "d"),), about))
    if early is not None:
        share = memo.cell("plans", early, "share", "share")
        about = cite("memo_tile_plan", lang, plan=memo.plan(early["plan"]), share=share)
        gain = marked(memo, early, memo.gain("plans", early, "in d"))
        found.append((say("memo_tile_gain", lang), gain, (*about, " ", *simulated(memo, early))))
    if strong is not None:
        gained = memo.gain("plans", strong, "in d")
        about = cite("memo_tile_plan_gain", lang, plan=memo.plan(strong["plan"]), gain=gained)
        kept = marked(memo, strong, memo.cell("plans", strong, "share", "share"))
        found.append((say("memo_tile_share", lang), kept, about))
    about = cite("memo_tile_over", lang, usd=memo.basis("budget", "usd"), day=memo.basis("rate_date", "day"))
    return [*found, (say("memo_tile_budget", lang), (memo.basis("budget", "kjpy"),), about)]


def asked_words(memo: Memo) -> str:
    """What is asked: scenario, chain, dates, strikes, rate."""
    answer, lang = memo.answer, memo.lang
    chain = answer.chain
    equal = len(set(answer.strikes.values())) <= 1
    return say(
        "memo_meta",
        lang,
        scenario=scenario_words(answer, lang),
        chain=chain.label(lang),
        decided=day(answer.decided, lang),
        years=answer.years,
        strikes=say(
            "memo_strikes_equal" if equal else "memo_strikes",
            lang,
            years=listing([f"{years:g}" for years in answer.strikes], lang),
        ),
        after=memo.basis("after", "number").text,
        horizon=months(answer.horizon_d, lang),
        rate=rate_words(answer.rate, lang),
    )


def _sections(memo: Memo, numbers: dict[Cited, int]) -> Iterator[tuple[str, str]]:
    """Key of the heading and HTML of each section, in the order of a board's questions."""
    lang = memo.lang
    drawn = memo_charts(memo)

    def figures(prefix: str) -> str:
        return "".join(figure_html(chart) for key, chart in drawn.items() if key.split("|")[0] == prefix)

    yield "memo_front", figures("front")
    yield "memo_plans", plans_table(memo)
    yield "memo_inside", inside_html(memo)
    yield "memo_schedule", figures("lead") + order_table(memo)
    yield "memo_marginal", figures("marginal")
    yield "memo_entry", entry_table(memo)
    yield "memo_regret", figures("regret") + regret_table(memo) + robustness_table(memo)
    yield "memo_deficit", figures("deficit") or f"<p>{say('memo_nothing', lang)}</p>\n"
    yield "memo_sovereignty", figures("sovereignty") + sovereignty_table(memo)
    yield "memo_risks", risks_html(memo)
    yield "memo_unconfirmed", unconfirmed_html(memo)
    yield "assumptions", assumptions_table(memo.answer.table("assumptions"), lang)
    yield "notes", notes_html(memo.answer.notes(), lang)
    yield "sources", sources_table(memo.answer.sources(), lang)
    yield "memo_evidence", evidence_html(memo, numbers)
    yield "again", again_html(memo)


def evidence_rows(memo: Memo, numbers: dict[Cited, int]) -> list[dict[str, object]]:
    """Rows of ``respond_evidence``: number, print, meaning, address, what the cell holds, unit."""
    rows: list[dict[str, object]] = []
    for cited, place in numbers.items():
        column = Schema.of(cited.table).column(cited.column)
        frame = next(t for name, t in memo.tables.items() if memo.declared(name) == cited.table)
        row = frame.iloc[cited.row].to_dict()
        about = _row_name(memo, row, cited)
        name = column.label_ja if memo.lang == "ja" else column.label_en
        what = f"{about}：{name}" if memo.lang == "ja" and about else f"{about}: {name}" if about else name
        rows.append(
            {
                "n": place, "shown": cited.text, "what": what, "cell": memo.printer.address(cited),
                "exact": _exact(cited.value), "unit": column.unit,
            }
        )  # fmt: skip
    return rows


def _row_name(memo: Memo, row: dict[Any, Any], cited: Cited) -> str:
    """What the row of a figure is about: a plan by its letter, else its name."""
    if cited.table == memo.declared(FRAME):
        return ""
    if "plan" in row:
        return memo.plan(row["plan"])
    return name_of(row, memo.lang, next(iter(row)))


def _exact(value: object) -> str:
    """A value of a cell, whole, with thousands separated.

    Examples
    --------
    >>> _exact(486000000.0), _exact(0.872), _exact("2024-10-01")
    ('486,000,000', '0.872', '2024-10-01')
    """
    if missing(value):
        return ""
    return f"{value:,.12g}" if isinstance(value, float) else str(value)


def evidence_html(memo: Memo, numbers: dict[Cited, int]) -> str:
    """Each numbered figure with its sheet, its cell and what the cell holds."""
    body = "".join(
        f'<tr id="cell-{row["n"]}"><td class="n">{row["n"]}</td>'
        + "".join(f"<td>{escape(str(row[key]))}</td>" for key in ("shown", "what", "cell", "exact"))
        + "</tr>\n"
        for row in evidence_rows(memo, numbers)
    )
    heads = "".join(
        f'<th scope="col">{escape(text)}</th>' for text in named(memo, "n figure what cell exact")
    )
    return (
        f'<div class="scroll"><table class="evidence"><thead><tr>{heads}</tr></thead>\n<tbody>{body}</tbody>'
        "</table></div>\n"
    )


def again_html(memo: Memo) -> str:
    """Seed, draws and hash that give the same answer again."""
    manifest, lang = memo.answer.manifest, memo.lang
    facts = [
        (say(f"again_{key}", lang), str(manifest[key]))
        for key in ("seed", "runs", "hash")
        if not missing(manifest.get(key))
    ]
    cells = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(value)}</code></dd>\n" for name, value in facts
    )
    return f'<p>{say("again_lead", lang)}</p>\n<dl class="again">\n{cells}</dl>\n'


def respond_charts(answer: RespondAnswer, lang: Lang = "en", years: Years = "calendar") -> dict[str, Chart]:
    """Every figure of the memo by name: front, ``lead|PLAN``, marginal, regret, deficit, sovereignty."""
    return memo_charts(memo_of(answer, lang, years))
