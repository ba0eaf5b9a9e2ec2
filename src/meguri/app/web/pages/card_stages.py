"""A rule on one stage and the pull on the next: margins, the pull over the years, relief, what followed."""

from __future__ import annotations

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.pages.card_worth import onward
from meguri.app.web.pages.cells import picked, worded
from meguri.app.web.question import Asked
from meguri.app.web.view import Section, Table, View, sources_of
from meguri.base.terms import Lang, label
from meguri.show.spell import say
from meguri.show.stage_policy import (
    StageAnswer,
    stage_answer,
    stage_charts,
    stage_findings,
    stage_lead,
    stage_names,
)

COLUMNS = {
    "stage_incentives": (
        "product", "stage", "entry", "price", "wedge", "margin_before", "margin_inside", "margin_outside",
        "share", "share_low", "share_high", "answers", "grade",
    ),
    "stage_reliefs": (
        "relief", "product", "date", "months", "before", "after", "paid", "paid_low", "paid_high", "grade",
    ),
    "stage_gaps": (
        "product", "date", "inside", "outside", "gap", "gap_low", "gap_high", "duty", "printed_gap", "grade",
    ),
    "stage_tests": (
        "episode", "test", "expected", "unit", "before_years", "after_years", "before", "after", "trend",
        "verdict", "grade",
    ),
    "stage_rules": (
        "kind", "authority", "products", "start", "end", "rate", "rate_low", "rate_high", "disputed",
        "note_en", "note_ja", "grade",
    ),
}  # fmt: skip
ORDER = (
    ("margins", ("margins",), "stage_incentives"), ("path", ("path",), None),
    ("relief", (), "stage_reliefs"), ("prices", (), "stage_gaps"), ("seen", (), "stage_tests"),
    ("rules", (), "stage_rules"),
)  # fmt: skip


def view(asked: Asked, desk: Desk, lang: Lang) -> View:  # noqa: ARG001
    """A packaged case of policy aimed at a stage."""
    told = stage_answer(asked["case"])
    names, charts = stage_names(told.case, lang), stage_charts(told, lang)
    tables = told.tables | {"stage_incentives": told.now}
    sections = []
    for key, figures, name in ORDER:
        drawn = [charts[figure] for figure in figures if figure in charts]
        held = [] if name is None or tables[name].empty else [_table(name, tables[name], told, names, lang)]
        if drawn or held:
            sections.append(Section(f"stage-{key}", say(f"stagepolicy.sec_{key}", lang), (), drawn, held))
    return View(
        title=stage_lead(told, names, lang),
        lead=(say("stagepolicy.title", lang, case=told.case.about[f"label_{lang}"]),),
        sections=(
            Section("found", label("sec_found", lang, "web_card"), stage_findings(told, names, lang)),
            *sections,
            onward("stages", asked, lang),
        ),
        sources=sources_of(told.tables.values()),
    )


def _table(name: str, frame: pd.DataFrame, told: StageAnswer, names: dict[str, str], lang: Lang) -> Table:
    """A table with names of products, of steps of relief and of tests for keys."""
    relief = told.case.relief
    words = names | dict(zip(relief["relief"], relief[f"label_{lang}"], strict=True))
    shown = worded(frame, words, "product", "relief")
    if "test" in shown:
        shown = shown.assign(test=[say(f"stagepolicy.test_{key}", lang) for key in shown["test"]])
    if "products" in shown:
        listed = [[names.get(key, key) for key in str(cell).split("|")] for cell in shown["products"]]
        shown = shown.assign(products=["; ".join(one) for one in listed])
    return Table(name, label(f"table_{name}", lang, "web_card"), picked(shown, COLUMNS[name]), name)
