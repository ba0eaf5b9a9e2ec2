"""What a study found, part by part: what stops when, why, what it costs, prices, what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from meguri import show
from meguri.app.web.cases import Case
from meguri.app.web.kinds.sobol import TABLE
from meguri.app.web.kinds.stress import TRAILS
from meguri.app.web.pages.stops_before import chain_section, changed, period, said_section
from meguri.app.web.view import Headline, Section, Table, View, Way
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label, remark
from meguri.show.basis import economy_of, outcome_footer
from meguri.show.chart import Chart
from meguri.show.effects import node_names, path_words, products
from meguri.show.figures.tornado import tornado as indices
from meguri.show.headline import end_user, headline, home_first, material_name
from meguri.show.phrases import assumption_sentences, price_sentence, top_lead, who_sentences
from meguri.show.short import at_home, first_row, rarely, soonest
from meguri.show.spell import name_of
from meguri.study.outcome import Outcome

WORDS = "web_stops"
MOST_WAYS = 12  # processes offered to be explained


@dataclass(frozen=True, eq=False)
class Answer:
    """A finished study: its outcome, and the trail of every node that falls short in some run."""

    outcome: Outcome
    trails: pd.DataFrame

    @classmethod
    def of(cls, outcome: Outcome, folder: Path) -> Answer:
        """The answer that a job of kind ``stress`` kept in a folder."""
        return cls(outcome, pd.read_parquet(folder / TRAILS))


def answer_view(
    case: Case, answer: Answer, node: str, explained: Path | None, asked: Mapping[str, str], lang: Lang
) -> View:
    """Everything a study says."""
    outcome = answer.outcome
    lead, detail = headline(outcome, lang)
    notes = [str(row[f"text_{lang}"]) for row in outcome.notes().to_dict("records")]
    first = [when_section(outcome, asked, lang), why_section(answer, node, lang)]
    ran = label("ran", lang, WORDS, runs=f"{outcome.manifest['runs']:,}", seed=outcome.manifest["seed"])
    return View(
        title=lead,
        lead=[
            text
            for text in (*changed(case, lang), detail, *period(case.scenario, outcome.chain, lang), ran)
            if text
        ],
        headlines=headlines(outcome, lang),
        sections=[
            *(first if not node else reversed(first)),  # who asks why looks for the reasons
            output_section(outcome, lang),
            price_section(outcome, lang),
            recovery_section(outcome, lang),
            hangs_section(outcome, explained, lang),
            indirect_section(outcome, lang),
            said_section(case.scenario, lang),
            chain_section(case.scenario, outcome.chain, lang),
        ],
        sources=outcome.sources(),
        notes=notes,
    )


def headlines(outcome: Outcome, lang: Lang) -> list[Headline]:
    """First process of the economy, first end user, and highest price, each with what it hangs on."""
    first = first_row(soonest(at_home(outcome.table("survival"), economy_of(outcome))))
    what = "" if first is None else material_name(first["waits_for"], outcome.chain.materials, lang)
    waits = label("hangs_input", lang, WORDS, what=what) if what else ""
    lost = top_lead(outcome.table("assumptions"), lang)
    said = (
        ("asks_home", home_first(outcome, lang), waits),
        ("asks_end", end_user(outcome, lang), lost),
        ("asks_price", price_sentence(outcome.table("price"), lang), label("hangs_price", lang, WORDS)),
    )
    return [Headline(label(key, lang, WORDS), text, hangs) for key, text, hangs in said if text]


def when_section(outcome: Outcome, asked: Mapping[str, str], lang: Lang) -> Section:
    """What stops when, with a link to the reasons of each process."""
    survival = outcome.table("survival")
    names = dict(zip(survival["node"], survival.to_dict("records"), strict=True))
    listed = [str(node) for node in pd.concat([soonest(survival), rarely(survival)])["node"]]
    query = {name: text for name, text in asked.items() if text and name != "node"}
    ways = [
        Way(label("way_why", lang, WORDS, node=name_of(names[node], lang)), "stops", {**query, "node": node})
        for node in listed[:MOST_WAYS]
    ]
    texts = who_sentences(survival, horizon=float(outcome.manifest["scenario"]["horizon_d"]), lang=lang)
    table = survival.assign(waits_for=_materials(survival["waits_for"], outcome, lang))
    every = Table("survival", label("t_survival", lang, WORDS), table, "survival")
    return Section("when", label("s_when", lang, WORDS), texts, [show.survival(outcome, lang)], [every], ways)


def _materials(keys: pd.Series[str], outcome: Outcome, lang: Lang) -> list[str | None]:
    return [material_name(key, outcome.chain.materials, lang) or None for key in keys]


def why_section(answer: Answer, node: str, lang: Lang) -> Section:
    """Why one process falls short, step by step, and where losses begin."""
    outcome, texts = answer.outcome, []
    steps = answer.trails[answer.trails["of"] == node] if node else None
    names = node_names(outcome, lang)
    figure = show.trail(outcome, lang) if steps is None else _chosen(outcome, steps, lang)
    if figure is None:
        key = "why_holds" if node else "why_nobody"
        texts.append(label(key, lang, WORDS, node=names.get(node, node)))
    places = outcome.table("bottlenecks")
    shown = places.assign(input=_materials(places["input"], outcome, lang))
    table = Table("bottlenecks", label("t_bottlenecks", lang, WORDS), shown, "bottlenecks", open=True)
    return Section("why", label("s_why", lang, WORDS), texts, [figure] if figure else [], [table])


def _chosen(outcome: Outcome, steps: pd.DataFrame, lang: Lang) -> Chart | None:
    """The trail of a process that falls short in some run; nothing where it does so in none."""
    return None if steps.empty else show.trail(outcome, lang, steps)


def output_section(outcome: Outcome, lang: Lang) -> Section:
    """Output as a share of plan, and what end users lose."""
    lost = outcome.table("lost_output")
    table = Table("lost_output", label("t_lost", lang, WORDS), lost, "lost_output", open=True)
    figures = [show.production(outcome, lang)]
    return Section("output", label("s_output", lang, WORDS), charts=figures, tables=[table])


def price_section(outcome: Outcome, lang: Lang) -> Section:
    """Prices inside and outside the border, and what the right to ship is worth."""
    if outcome.table("price").empty:
        return Section("price", label("s_price", lang, WORDS), [label("no_price", lang, WORDS)])
    worth = Table("shadow", label("t_shadow", lang, WORDS), outcome.table("shadow"), "shadow",
                  label("shadow_means", lang, WORDS))  # fmt: skip
    return Section("price", label("s_price", lang, WORDS), charts=[show.price(outcome, lang)], tables=[worth])


def recovery_section(outcome: Outcome, lang: Lang) -> Section:
    """Days until it falls short against days until it is back, stocks, and quality of new suppliers."""
    quality = outcome.table("quality")
    tables = [Table("quality", label("t_quality", lang, WORDS), quality, "quality")] if len(quality) else []
    figures = [show.recovery(outcome, lang), show.stocks(outcome, lang)]
    return Section("recovery", label("s_recovery", lang, WORDS), charts=figures, tables=tables)


def hangs_section(outcome: Outcome, explained: Path | None, lang: Lang) -> Section:
    """What each assumption moves: one by one, and all together where indices were asked for."""
    assumptions = outcome.table("assumptions").sort_values(["rank", "parameter"], na_position="last")
    shown = assumptions.assign(note=[remark(str(text), lang) for text in assumptions["note"].fillna("")])
    moved = show.tornado(outcome, lang)
    figures = [] if moved is None else [moved]
    if explained is not None:
        figures.append(_indices(outcome, pd.read_parquet(explained / TABLE), lang))
    table = Table("assumptions", label("t_assumptions", lang, WORDS), shown, "assumptions")
    texts = assumption_sentences(outcome.table("assumptions"), lang)
    return Section("hangs", label("s_hangs", lang, WORDS), texts, figures, [table])


def _indices(outcome: Outcome, table: pd.DataFrame, lang: Lang) -> Chart:
    from dataclasses import replace

    drawn = indices(table, names=node_names(outcome, lang), lang=lang, footer=outcome_footer(outcome, lang))
    return replace(drawn, key="sobol")


def indirect_section(outcome: Outcome, lang: Lang) -> Section:
    """Controlled goods inside what others make of them."""
    table = indirect_table(outcome, lang)
    if table.empty:
        return Section("indirect", label("s_indirect", lang, WORDS), [label("no_indirect", lang, WORDS)])
    shown = Table("indirect", label("t_indirect", lang, WORDS), table, "web_indirect")
    return Section("indirect", label("s_indirect", lang, WORDS), [label("indirect_lead", lang, WORDS)],
                   tables=[shown])  # fmt: skip


def indirect_table(outcome: Outcome, lang: Lang) -> pd.DataFrame:
    """One row for each control and product, with the path by which most of the item came."""
    table, names = outcome.table("indirect_exports"), node_names(outcome, lang)
    rows = [
        {
            "maker": names[str(row["node"])], "country": row["country"], "control": control,
            "product_content": row["product_content"], "path": path_words(row["paths"][0], names),
            "part": min(1.0, row["contents"][0] / row["product_content"]),
        }
        for control, part in table.groupby("control", sort=False)
        for row in products(part.reset_index(drop=True)).to_dict("records")
    ]  # fmt: skip
    schema = Schema.of("web_indirect")
    return schema.check(pd.DataFrame(rows, columns=schema.names))
