"""Which measures keep it running, on two axes? The page that answers."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from meguri.app.chains import open_chain
from meguri.app.papers import Wanted, file_writers, plan_and_strike
from meguri.app.respond import money, strike_years
from meguri.app.web.desk import OWN, Desk
from meguri.app.web.kinds.respond import names
from meguri.app.web.pages import keeps_tables as tables
from meguri.app.web.pages.keeps_tables import told
from meguri.app.web.question import Asked
from meguri.app.web.questions.keeps import JOB
from meguri.app.web.view import Headline, Paper, Run, Section, Table, View, Way, sources_of
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.respond.answer import RespondAnswer
from meguri.respond.measures import Library, load_measures
from meguri.scenario.read import read_scenario
from meguri.scenario.schema import Scenario
from meguri.show.chart import Chart
from meguri.show.cited import plain_text
from meguri.show.memo import Memo, memo_of
from meguri.show.office.ministry import ministry_pack
from meguri.show.respond import asked_words, tiles
from meguri.show.respond_figures import lead_chart, memo_charts
from meguri.show.respond_words import answer_sentences, lead
from meguri.show.spell import name_of, say
from meguri.structure.chain import Chain

OWN_PAPERS = (
    "memo.html", "memo.pdf", "annex.xlsx", "ringi.docx", "slides.pptx", "picture.pptx", "questions.docx",
    "sources.docx", "plan.yaml",
)  # fmt: skip
OF_THE_PACK = ("picture", "questions", "sources")  # of the pack for a ministry
FIXED, EACH_RUN = 25.0, 4.0  # [s] on two cores: reading and the optimiser, and each world


def params(asked: Asked) -> dict[str, str]:
    """What the job of this question is asked; the plan that is looked at is no part of it."""
    return {name: asked[name] for name in JOB}


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The plans of a finished answer; without one, the measures that fit and the job that finds plans."""
    folder = desk.answer("respond", params(asked))
    if folder is None:
        return _before(asked, desk, lang)
    return _after(_answer(folder / "answer"), asked, lang)


@lru_cache(maxsize=4)
def _answer(folder: Path) -> RespondAnswer:
    return RespondAnswer.load(folder)


def _before(asked: Asked, desk: Desk, lang: Lang) -> View:
    """Scenario, chain and measures that fit, and the button that runs the search."""
    scenario = read_scenario(desk.path_of(asked["scenario"]))
    chain = open_chain(desk.path_of(asked["chain"] or scenario.chain))
    rate = asked.number("rate")
    budget = money(asked["budget"], "budget", rate)
    strike_years(asked["strikes"] or None)  # a wrong text is told now, not after the run
    sheet = desk.path_of(asked["measures"]) if asked["measures"] else None
    library = load_measures(chain, sheet, at=names(asked["at"]), usd_jpy=rate)
    shown = tables.library_tables(library, lang)
    soonest = library.measures["lead_d"].min()
    title = told("before", lang, n=len(library.measures), chain=chain.label(lang), days=f"{soonest:,.0f}")
    seconds = FIXED + EACH_RUN * int(asked["runs"])
    return View(
        title=title,
        lead=(_asked_for(scenario, chain, budget, asked, lang), told("two_axes", lang)),
        sections=(
            Section("library", told("sec_library", lang), (told("library_text", lang),), tables=shown),
            _nodes(library, chain, lang),
        ),
        sources=sources_of([library.measures, library.costs]),
        notes=(told("not_run", lang),),
        runs=(Run("respond", params(asked), seconds),),
    )


def _asked_for(scenario: Scenario, chain: Chain, budget: float, asked: Asked, lang: Lang) -> str:
    return told(
        "asked", lang, scenario=getattr(scenario.label, lang), chain=chain.label(lang),
        budget=f"{budget / 1e3:,.0f}", years=asked["years"], worlds=asked["runs"],
    )  # fmt: skip


def _nodes(library: Library, chain: Chain, lang: Lang) -> Section:
    """Nodes that may be named as one's own, or as what must not stop: users inside the economy."""
    nodes = chain.nodes
    nodes = nodes[nodes["country"] == library.economy]
    rows = [
        {"node": row["node"], "name": name_of(row, lang), "stage": row["stage"], "country": row["country"]}
        for row in nodes.to_dict("records")
    ]
    title = told("sec_nodes", lang)
    shown = tables.table("nodes", title, rows, "web_keeps_nodes", opened=False)
    return Section("nodes", title, (told("nodes_text", lang),), tables=(shown,))


def _after(answer: RespondAnswer, asked: Asked, lang: Lang) -> View:
    memo = memo_of(answer, lang)
    charts = memo_charts(memo)
    made_up = (say("memo_made_up", lang),) if answer.manifest.get("made_up") else ()
    return View(
        title=plain_text(lead(memo)),
        lead=(*made_up, asked_words(memo), told("two_axes", lang)),
        headlines=[
            Headline(name, plain_text(value).strip(), plain_text(about).strip())
            for name, value, about in tiles(memo)
        ],
        sections=[part for part in _sections(memo, charts, asked, lang) if part.charts or part.tables],
        sources=answer.sources(),
        notes=[str(row[f"text_{lang}"]) for row in answer.notes().to_dict("records")],
        papers=[Paper(form, told(f"paper_{form}", lang)) for form in OWN_PAPERS],
    )


def _sections(memo: Memo, charts: Mapping[str, Chart], asked: Asked, lang: Lang) -> list[Section]:
    """The parts of the page, in the order of a board's questions."""

    def part(key: str, head: str, texts: tuple[str, ...] = (), *shown: Table) -> Section:
        drawn = [charts[key]] if key in charts else []
        return Section(key, head, texts, drawn, [one for one in shown if len(one.frame)])

    said = tuple(plain_text(sentence) for sentence in answer_sentences(memo))
    first, others = told("sec_first", lang), list(memo.efficient["plan"])
    inside = tables.inside_table(memo, others, "inside", say("sec_memo_inside", lang), opened=False)
    return [
        part(
            "front", say("sec_memo_front", lang), said, tables.plans_table(memo), tables.singles_table(memo)
        ),
        _plan(memo, charts, asked, lang),
        part("contents", say("sec_memo_inside", lang), (), inside),
        part("order", say("memo_order", lang), (), tables.order_table(memo)),
        part("marginal", say("sec_memo_marginal", lang), (), tables.entry_table(memo)),
        part("stops", first, (), tables.first_table(memo)),
        part("regret", say("sec_memo_regret", lang), (), tables.regret_table(memo), tables.moved_table(memo)),
        part("deficit", say("sec_memo_deficit", lang)),
        part("sovereignty", say("sec_memo_sovereignty", lang)),
        part("risks", say("sec_memo_risks", lang), (), tables.risks_table(memo), tables.hangs_table(memo)),
        part("assumptions", say("sec_assumptions", lang), (told("assumed", lang),), _assumptions(memo)),
    ]


def _assumptions(memo: Memo) -> Table:
    """Every number that was assumed, with its range, effect, source and grade."""
    rows = memo.tables["assumptions"].sort_values(["rank", "parameter"], na_position="last")
    columns = ["rank", "label_en", "label_ja", "low", "mode", "high", "unit", "effect", "grade", "source"]
    shown = rows[columns].reset_index(drop=True)
    return Table("assumptions", say("sec_assumptions", memo.lang), shown, "assumptions")


def _plan(memo: Memo, charts: Mapping[str, Chart], asked: Asked, lang: Lang) -> Section:
    """One plan: when its measures begin and work, what it holds and spends; links to the others."""
    plan, texts = chosen(memo, asked["plan"], lang)
    drawn = charts.get(f"lead|{plan}") or lead_chart(memo, plan)
    inside = tables.inside_table(memo, [plan], "plan", memo.plan(plan), opened=True)
    shown = [one for one in (inside, tables.years_table(memo, plan)) if len(one.frame)]
    ways = [
        Way(memo.plan(key), "keeps", {**asked, "plan": str(key)})
        for key in memo.efficient["plan"]
        if memo.plan(key) != memo.plan(plan)  # a plan that stands out by two roles has two keys
    ]
    title = told("sec_plan", lang, plan=memo.plan(plan))
    return Section("plan", title, texts, [] if drawn is None else [drawn], shown, ways)


def chosen(memo: Memo, wanted: str, lang: Lang) -> tuple[str, tuple[str, ...]]:
    """The plan that is looked at, and a word where the one named is not among the plans."""
    try:
        return plan_and_strike(memo.answer, wanted or None)[0], ()
    except DataError:
        found = plan_and_strike(memo.answer, None)[0]
        return found, (told("no_plan", lang, wanted=wanted, plan=memo.plan(found)),)


def paper(asked: Asked, desk: Desk, lang: Lang, form: str, path: Path) -> Path:
    """One of the papers of `meguri respond`, of the answer to what was asked.

    Raises
    ------
    DataError
        When there is no answer yet.
    """
    folder = desk.answer("respond", params(asked))
    if folder is None:
        raise DataError(Problem("web_no_answer", form))
    answer = _answer(folder / "answer")
    plan, _ = chosen(memo_of(answer, lang), asked["plan"], lang)
    name, _, ending = form.partition(".")
    if name in OF_THE_PACK:
        with tempfile.TemporaryDirectory() as place:
            pack = ministry_pack(answer, place, lang, plan if asked["plan"] else "")
            write_atomically(path, pack[name].read_bytes())
        return path
    chain = asked["chain"]
    found = desk.file(chain).name if chain.startswith(OWN) else chain
    wanted = Wanted(lang, plan if asked["plan"] else None, chain=found)
    file_writers(answer, wanted)[f".{ending}"](path)
    return path
