"""What stands first today, and what it hangs on? The page that answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from meguri.app.respond import money
from meguri.app.web.cases import Case, read_case
from meguri.app.web.desk import Desk
from meguri.app.web.pages.keeps import EACH_RUN, FIXED
from meguri.app.web.pages.overview_parts import answered, chain_section, doubts_section, unknowns_section
from meguri.app.web.pages.stops import load, seconds
from meguri.app.web.question import Asked
from meguri.app.web.questions.keeps import JOB
from meguri.app.web.questions.keeps import QUESTION as KEEPS
from meguri.app.web.questions.stops import QUESTION as STOPS
from meguri.app.web.view import Headline, Run, Section, View, Way, sources_of
from meguri.base.terms import Lang, label
from meguri.respond.answer import RespondAnswer
from meguri.show.basis import weakest_grade
from meguri.show.cited import plain_text
from meguri.show.headline import headline, home_sentences
from meguri.show.memo import memo_of
from meguri.show.phrases import assumption_name, assumption_sentences, top_assumptions
from meguri.show.respond_words import lead
from meguri.show.spell import joined, say
from meguri.structure.chain import Chain
from meguri.study.outcome import Outcome

WORDS = "web_overview"
PAGES = ("holds", "depends", "stops", "history", "keeps", "returns", "exports", "card", "firm")


@dataclass(frozen=True, eq=False)
class Today:
    """One chain under one scenario, with the answers that are there."""

    case: Case
    chain: Chain
    outcome: Outcome | None
    plans: RespondAnswer | None
    lang: Lang

    def said(self, key: str, **fill: object) -> str:
        """A phrase of the page."""
        return label(key, self.lang, WORDS, **fill)

    @property
    def scenario_name(self) -> str:
        """Name of the scenario in the reader's language."""
        return str(getattr(self.case.scenario.label, self.lang))


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """Three answers and what they hang on; where none is computed yet the page says so and offers the run."""
    case = read_case({**asked, "set": ""}, desk)
    stress, keeps = stress_params(case), keeps_params(case)
    kept, plans = desk.answer("stress", stress), desk.answer("respond", keeps)
    today = Today(
        case, case.open_chain(desk),
        None if kept is None else load(kept).outcome,
        None if plans is None else _plans(plans / "answer"), lang,
    )  # fmt: skip
    sections = _sections(today, desk, stress)
    return View(
        title=_title(today),
        lead=_lead(today),
        headlines=[_first(today), _running(today, keeps), _hangs(today)],
        sections=sections,
        sources=sources_of([
            today.chain.nodes, today.chain.flows,
            *(chart.table for part in sections for chart in part.charts),
            *(shown.frame for part in sections for shown in part.tables),
        ]),
        runs=_runs(today, desk, stress, keeps),
    )  # fmt: skip


def stress_params(case: Case) -> dict[str, str]:
    """The job of the page on what stops when, as that page asks for it without changes."""
    defaults = {one.name: one.default for one in STOPS.fields}
    return case.params(defaults["runs"], defaults["seed"])


def keeps_params(case: Case) -> dict[str, str]:
    """The job of the page on what keeps it running; the scenario's own chain goes without a name there."""
    defaults = {one.name: one.default for one in KEEPS.fields if one.name in JOB}
    chain = "" if case.chain == case.scenario.chain else case.chain
    return {**defaults, "scenario": case.value, "chain": chain}


@lru_cache(maxsize=4)
def _plans(folder: Path) -> RespondAnswer:
    return RespondAnswer.load(folder)


def _runs(today: Today, desk: Desk, stress: Mapping[str, str], keeps: Mapping[str, str]) -> tuple[Run, ...]:
    """One job at a time: what stops first, then what keeps it running."""
    if today.outcome is None:
        return (Run("stress", stress, seconds(today.case, int(stress["runs"]), desk)),)
    if today.plans is None:
        return (Run("respond", keeps, FIXED + EACH_RUN * int(keeps["runs"])),)
    return ()


def _title(today: Today) -> str:
    if today.outcome is not None:
        return headline(today.outcome, today.lang)[0]
    return today.said("title_before", chain=today.chain.label(today.lang))


def _lead(today: Today) -> list[str]:
    """Chain and scenario; the authority's step in words where the scenario says it."""
    about = today.said("lead", chain=today.chain.label(today.lang), scenario=today.scenario_name)
    if today.outcome is None:
        return [about, today.said("not_run_stress")]
    runs = f"{today.outcome.manifest['runs']:,}"
    open_ = [] if today.plans is not None else [today.said("not_run_keeps")]
    return [about, today.said("ran", runs=runs), *home_sentences(today.outcome, today.lang), *open_]


def _first(today: Today) -> Headline:
    """Which process stops first and when, with P10 to P90."""
    asks = today.said("head_first")
    query = {"scenario": today.case.value, "chain": today.case.chain}
    if today.outcome is None:
        return Headline(asks, today.said("not_yet"), today.said("needs_stress"), "stops", query, unknown=True)
    first, detail = headline(today.outcome, today.lang)
    return Headline(asks, first, detail or today.said("same_in_all"), "stops", query)


def _running(today: Today, keeps: Mapping[str, str]) -> Headline:
    """What keeps it running for the budget of the page."""
    asks, query = today.said("head_keeps"), {"scenario": keeps["scenario"], "chain": keeps["chain"]}
    if today.plans is None:
        needs = today.said("needs_respond", budget=_budget(today, keeps), years=keeps["years"])
        return Headline(asks, today.said("not_yet"), needs, "keeps", query, unknown=True)
    memo = memo_of(today.plans, today.lang)
    about = today.said("two_axes", budget=_budget(today, keeps), years=keeps["years"])
    return Headline(asks, plain_text(lead(memo)), about, "keeps", query)


def _budget(today: Today, keeps: Mapping[str, str]) -> str:
    return today.said("budget", n=f"{money(keeps['budget'], 'budget', None) / 1e6:,.0f}")


def _hangs(today: Today) -> Headline:
    """The assumption that moves the answer most, and the weakest grade behind it."""
    asks, query = today.said("head_hangs"), {"scenario": today.case.value, "chain": today.case.chain}
    nodes, flows = today.chain.nodes, today.chain.flows
    if today.outcome is None:
        about = today.said("grade_chain", grade=_grade(weakest_grade(nodes, flows), today.lang))
        return Headline(asks, today.said("not_yet"), about, "stops", query, unknown=True)
    assumptions = today.outcome.table("assumptions")
    about = today.said("grade_all", grade=_grade(weakest_grade(assumptions, nodes, flows), today.lang),
                       n=f"{int((assumptions['grade'] == 'assumed').sum()):,}")  # fmt: skip
    top = top_assumptions(assumptions, 1)
    if top.empty:
        return Headline(asks, say("top_none", today.lang), about, "stops", query)
    name = assumption_name(top.iloc[0].to_dict(), today.lang)
    told = assumption_sentences(assumptions, today.lang, 1)[0]
    return Headline(asks, name, joined([told, about], today.lang), "stops", query)


def _grade(grade: str, lang: Lang) -> str:
    return say(f"grade.{grade}", lang)


def _sections(today: Today, desk: Desk, stress: Mapping[str, str]) -> list[Section]:
    parts = [chain_section(today.chain, today.case, today.lang)]
    if today.outcome is not None:
        ways = [Way(today.said("way_stops"), "stops", {name: stress[name] for name in ("scenario", "chain")})]
        parts = [answered(today.outcome, ways, today.lang), *parts]
        parts.append(doubts_section(today.outcome, today.lang))
    parts.append(unknowns_section(today.chain, today.case, desk, today.lang))
    return [*parts, Section("ways", today.said("sec_ways"), ways=_ways(today))]


def _ways(today: Today) -> list[Way]:
    """Every other page, with the chain and scenario filled in where it asks for them."""
    queries = {
        "stops": {"scenario": today.case.value, "chain": today.case.chain},
        "keeps": {name: keeps_params(today.case)[name] for name in ("scenario", "chain")},
        "depends": {"method": "exposure", "chain": today.case.chain},
    }
    return [Way(label("question", today.lang, f"web_{page}"), page, queries.get(page, {})) for page in PAGES]
