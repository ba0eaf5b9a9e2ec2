"""What a scenario says, before anything is run: days, controls, stated reasons, the chain."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from meguri.app.web.cases import Case
from meguri.app.web.desk import Desk
from meguri.app.web.scenario_form import sets_in_words
from meguri.app.web.sets import by_path
from meguri.app.web.view import Section, Table, View, sources_of
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label, remark
from meguri.scenario.schema import AnyControl, Scenario
from meguri.show.flows import chain_flows
from meguri.show.spell import day, listing, months, word
from meguri.structure.chain import Chain

WORDS = "web_stops"


def before_view(case: Case, desk: Desk, lang: Lang) -> View:
    """What is known without a run."""
    chain = case.open_chain(desk)
    said = said_section(case.scenario, lang)
    return View(
        title=getattr(case.scenario.label, lang),
        lead=[*changed(case, lang), *period(case.scenario, chain, lang), label("not_run", lang, WORDS)],
        sections=[said, chain_section(case.scenario, chain, lang)],
        sources=sources_of([*(table.frame for table in said.tables), _reasons(case.scenario), chain.nodes]),
    )


def changed(case: Case, lang: Lang) -> list[str]:
    """The values changed in the scenario, in words."""
    told = sets_in_words(case.scenario, by_path(case.sets), lang)
    return [label("changed", lang, WORDS, values=told)] if told else []


def period(scenario: Scenario, chain: Chain, lang: Lang) -> list[str]:
    """Chain, days simulated, day from which survival is counted."""
    end = scenario.start + dt.timedelta(days=scenario.days - 1)
    words = {
        "chain": chain.label(lang), "start": day(scenario.start, lang), "end": day(end, lang),
        "months": months(scenario.days, lang), "since": day(scenario.counted_from, lang),
        "nodes": len(chain.nodes), "links": len(chain.flows),
    }  # fmt: skip
    return [label("period", lang, WORDS, **words)]


def said_section(scenario: Scenario, lang: Lang) -> Section:
    """Controls and the authorities' own stated reasons, in quotation."""
    reasons = [
        label("reason", lang, WORDS, text=one.text.strip().strip("“”"), source=one.source)
        for one in scenario.reasons
    ]
    texts = [*reasons] if reasons else [label("no_reason", lang, WORDS)] if scenario.controls else []
    other = [
        label("disruption", lang, WORDS, node=one.node, start=day(one.start, lang))
        for one in scenario.disruptions
    ]
    table = Table("controls", label("controls", lang, WORDS), controls_table(scenario, lang), "web_controls",
                  open=True)  # fmt: skip
    return Section("said", label("s_said", lang, WORDS), [*texts, *other], tables=[table])


def chain_section(scenario: Scenario, chain: Chain, lang: Lang) -> Section:
    """The chain in the elements that the controls name."""
    named = {element for control in scenario.controls for element in control.element}
    known = set(chain.contents["element"])
    elements = sorted(named & known) or sorted(known)
    figure = chain_flows(chain, elements, list(scenario.economy or ()), lang=lang)
    return Section("chain", label("s_chain", lang, WORDS), charts=[figure])


def controls_table(scenario: Scenario, lang: Lang) -> pd.DataFrame:
    """One row for each control; table ``web_controls`` without columns in which nothing stands."""
    rows = [_control(control, lang) for control in scenario.controls]
    schema = Schema.of("web_controls")
    table = schema.check(pd.DataFrame(rows, columns=schema.names))
    empty = [name for name in ("to", "end") if table[name].isna().all() or (table[name] == "").all()]
    return table.drop(columns=empty)


def _control(control: AnyControl, lang: Lang) -> dict[str, Any]:
    elements = listing([word(one, "materials", lang) for one in control.element], lang)
    forms = listing([word(one, "forms", lang) for one in control.form], lang)
    named = label("goods_of", lang, WORDS, elements=elements, forms=forms) if elements else ""
    return {
        "id": control.id,
        "kind": word(f"control.{control.kind}", "phrases", lang),
        "by": control.by,
        "goods": listing([*([named] if named else []), *control.goods], lang),
        "to": listing([word(one, "countries", lang) for one in control.to or ()], lang),
        "start": control.start.isoformat(),
        "end": control.end.isoformat() if control.end else None,
        "grade": control.grade,
        "note_en": control.note,
        "note_ja": remark(control.note, "ja"),
        "source": control.source,
    }


def _reasons(scenario: Scenario) -> pd.DataFrame:
    return pd.DataFrame({"source": [one.source for one in scenario.reasons]})
