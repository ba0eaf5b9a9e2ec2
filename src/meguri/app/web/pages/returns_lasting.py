"""How lasting is a lead: the line from Ta to In, the indium hub, what runs when the outside stops."""

from __future__ import annotations

import pandas as pd

from meguri.app.chains import open_chain
from meguri.app.circulate import hub_answer
from meguri.app.web.desk import Desk
from meguri.app.web.pages.cells import picked
from meguri.app.web.pages.returns_routes import onward
from meguri.app.web.question import Asked
from meguri.app.web.view import Headline, Section, Table, View, sources_of
from meguri.base.terms import Lang, label
from meguri.circulate.durability import durability_answer, durability_line
from meguri.circulate.durability_moves import durability_moves
from meguri.respond.sovereignty import sovereignty
from meguri.scenario.read import read_scenario
from meguri.show.basis import footer, weakest_grade
from meguri.show.figures.durability import durability_picture
from meguri.show.figures.sovereignty import process_sovereignty

TESTS = ("test", "answer", "danger_low", "danger_high", "text_en", "text_ja", "grade")
SIGNALS = ("text_en", "text_ja", "watch_en", "watch_ja", "grade")
HUB = ("period", "p5", "p50", "p95", "low", "high", "verdict", "grade")
SOVEREIGN = ("stage", "after_d", "qualified", "share", "unknown", "binding_label_en", "binding_label_ja")
HOME = "JP"
Frames = tuple[pd.DataFrame, ...]


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """Durability of one material among all, the hub judged on its history, and process sovereignty."""
    found = durability_answer(asked["material"])
    first, *others = found.sentences(lang)
    used = [found.table, found.signals]
    foot = footer(sources_of(used), weakest_grade(*used), lang)
    line = durability_line()
    chart = durability_picture(line, durability_moves(asked["material"]), lang=lang, footer=foot)
    hub, tables = hub_answer(int(asked["runs"]), int(asked["seed"]))
    scores = tables.tables["hub_scores"]
    sovereign, chain = _sovereign(asked, desk, lang)
    sections = (
        Section("line", label("sec_line", lang, "web_returns"), others, (chart,), (
            Table("tests", label("tests", lang, "web_returns"), picked(found.table, TESTS), "durability",
                  open=True),
            Table("signals", label("signals_title", lang, "cli"), picked(found.signals, SIGNALS),
                  "durability_signals"),
        )),
        Section("hub", label("case_hub", lang, "cli"), hub.sentences(lang), (), (
            Table("hub", label("hub_scores", lang, "web_returns"), picked(scores, HUB), "hub_scores",
                  open=True),
        )),
        sovereign,
        onward("lasting", asked, lang),
    )  # fmt: skip
    return View(
        title=first,
        headlines=(_headline(hub.sentences(lang), lang),),
        sections=sections,
        sources=sources_of([*used, scores, *chain]),
    )


def _headline(said: list[str], lang: Lang) -> Headline:
    """Hit or miss of the hub's second period, and on what it hangs."""
    return Headline(asks=label("case_hub", lang, "cli"), value=said[1], hangs_on=said[-2])


def _sovereign(asked: Asked, desk: Desk, lang: Lang) -> tuple[Section, Frames]:
    """What runs in the economy when the outside stops on the day of the scenario; the tables behind it."""
    scenario = read_scenario(desk.path_of(asked["scenario"]))
    chain = open_chain(desk.path_of(scenario.chain))
    table = sovereignty(chain, scenario, [HOME])
    parts = (chain.table("nodes"), chain.table("flows"))
    used, grades = sources_of(parts), weakest_grade(*parts)
    chart = process_sovereignty(table, lang=lang, footer=footer(used, grades, lang))
    shown = Table(
        "sovereign-stages",
        label("sovereign_table", lang, "web_returns"),
        picked(table[table["node"].fillna("") == ""], SOVEREIGN),
        "respond_sovereignty",
    )
    said = label("sovereign_lead", lang, "web_returns", chain=chain.label(lang))
    title = label("sec_sovereign", lang, "web_returns")
    return Section("sovereign", title, (said,), (chart,), (shown,)), parts
