"""A control as a card: what it is worth over the years, who at home pays, and what it hangs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from meguri.app import leverage as levers
from meguri.app.web.desk import Desk
from meguri.app.web.pages.cells import picked, worded
from meguri.app.web.question import Asked
from meguri.app.web.questions.card import PARTS, items
from meguri.app.web.view import Headline, Section, Table, View, Way
from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.leverage import leverage_charts, leverage_sources, lift_after, said_of
from meguri.show.leverage_check import blind_chart
from meguri.show.leverage_detour import detours_said
from meguri.show.leverage_said import heading, home_sentences, lead, tiles, unpaid
from meguri.show.leverage_tables import played
from meguri.show.leverage_words import item_name, lever_word

Tables = Mapping[str, pd.DataFrame]
COLUMNS = {
    "leverage_summary": (
        "item", "holder", "partner", "half_life", "half_life_low", "half_life_high", "start",
        "short", "mid", "long", "long_low",
        "long_high", "lead_gross", "lead_net", "lost_sales", "lost_sales_low", "lost_sales_high",
        "unknown_en", "unknown_ja", "grade",
    ),
    "leverage_costs": (
        "item", "holder", "partner", "kind", "horizon", "tier", "value", "value_low", "value_high",
        "unit", "reason_en",
        "reason_ja", "grade",
    ),
    "leverage_rebounds": (
        "item", "label_en", "label_ja", "bears_en", "bears_ja", "measure_en", "measure_ja", "horizon",
        "value", "value_low", "value_high", "unit",
    ),
    "leverage_rules": (
        "label_en", "label_ja", "polarity", "score_en", "score_ja", "strong", "middle", "weak", "note_en",
        "note_ja",
    ),
    "leverage_observations": (
        "item", "holder", "partner", "measure", "period_start", "period_end", "value", "value_low",
        "value_high", "unit", "use", "note_en", "note_ja", "grade",
    ),
    "leverage_attributes": (
        "item", "attribute", "partner", "value", "value_low", "value_high", "reason_en", "reason_ja",
        "rated_on", "grade",
    ),
    "leverage_drivers": ("item", "input", "low", "high", "at_low", "at_high", "swing", "years"),
    "leverage_detour_partners": (
        "item", "partner", "jump", "first_month", "before", "after", "gain", "gain_low", "gain_high",
        "p_adjusted",
    ),
    "leverage_bands": (
        "item", "year", "self_supply", "self_supply_low", "self_supply_high", "printed_low", "printed_high",
        "verdict",
    ),
    "leverage_extrapolation": (
        "item", "year", "method", "value", "value_low", "value_high", "printed_low", "printed_high",
        "verdict",
    ),
    "leverage_orders": ("order", "alike", "asked", "found", "probability"),
    "leverage_returned": (
        "item", "years", "kept", "kept_low", "kept_high", "printed_by_value", "printed_by_share",
    ),
    "leverage_fitted": (
        "coefficient", "before", "before_low", "before_high", "fitted", "fitted_low", "fitted_high", "unit",
        "reason_en", "reason_ja",
    ),
}  # fmt: skip
ORDER = (  # part: its figures and its tables
    ("worth", ("curve",), ("leverage_summary",)),
    ("home", ("costs",), ("leverage_costs", "leverage_rebounds")),
    ("cards", ("heat",), ("leverage_rules",)),
    ("supply", ("supply",), ("leverage_observations",)),
    ("why", (), ("leverage_attributes", "leverage_drivers")),
    ("split", ("split",), ()),
    ("detour", (), ("leverage_detour_partners",)),
    ("check", ("blind",), ("leverage_bands", "leverage_extrapolation", "leverage_orders",
                           "leverage_returned", "leverage_fitted")),
)  # fmt: skip
LEADS = {"worth": "worth_lead", "cards": "rules_lead", "why": "why_lead"}


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """One or several cards; without an item every item that can be asked about."""
    wanted = asked["item"] or ",".join(name for name, _ in items(desk, lang))
    read = levers.read_asked(
        wanted, asked["holder"] or None, asked["partner"] or None, int(asked["years"]),
        asked["lift"] or None, asked.flag("compare"), asked.flag("check"), None, int(asked["runs"]),
        int(asked["seed"]),
    )  # fmt: skip
    found = levers.answered(read)
    tables = {name: _named(name, table, lang) for name, table in found.tables.items()}
    return View(
        title=lead(found.tables, lang),
        lead=(heading(found.tables, lang), *home_sentences(found.tables, lang), *said_of(found, lang)),
        headlines=[
            Headline(name, value, about or label("no_range", lang, "web_card"))
            for name, value, about in tiles(found.tables, lang)
        ],
        sections=(*sections(found, tables, lang), onward("card", asked, lang)),
        sources=leverage_sources(found.tables),
        notes=list(dict.fromkeys(str(text) for text in found.tables["leverage_notes"][f"text_{lang}"])),
    )


def onward(part: str, asked: Asked, lang: Lang) -> Section:
    """Links to the other parts of the page, with the rest of what was asked."""
    ways = [
        Way(label(f"way_{other}", lang, "web_card"), "card", {**asked, "part": other})
        for other in PARTS
        if other != part
    ]
    return Section("onward", label("sec_onward", lang, "web_card"), ways=ways)


def _named(name: str, table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """The table with names of items for keys; of a summary only the control in force."""
    if name == "leverage_summary":
        table = played(table)
    if "item" in table:
        shown = {str(key): item_name(key, lang) for key in table["item"].unique()}
        table = worded(table, shown, "item")
    return _ordered(table, lang) if name == "leverage_orders" else table


def _ordered(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Orders of learning with the names of the items."""

    def names(cell: object) -> str:
        return " > ".join(item_name(key, lang) for key in str(cell).split(" > "))

    said = {name: [names(cell) for cell in table[name]] for name in ("asked", "found")}
    return table.assign(order=[lever_word(f"order.{key}", lang) for key in table["order"]], **said)


def sections(found: levers.Answered, tables: Tables, lang: Lang) -> Iterator[Section]:
    """The parts in the order of a reader's questions; one without rows is left out."""
    drawn = leverage_charts(found.tables, lang, lift_after(found))
    texts = {key: [lever_word(name, lang)] for key, name in LEADS.items()}
    texts["detour"] = detours_said(found.tables, lang)
    if not drawn["costs"].option["series"]:  # nothing is known: a sentence says more than an empty figure
        texts["home"] = [unpaid(found.tables, lang)]
        drawn.pop("costs")
    if "leverage_blind" in tables:
        drawn["blind"] = blind_chart(found.tables, lang)
        same = bool((tables["leverage_frozen"]["same"] == "same").all())
        texts["check"] = [lever_word("check_frozen", lang, same=lever_word("yes" if same else "no", lang))]
    for key, charts, names in ORDER:
        held = [_table(name, tables[name], lang) for name in names if len(tables.get(name, ()))]
        shown = [_told(drawn[name], lang) for name in charts if name in drawn]
        if held or shown or (key == "home" and texts.get("home")):
            yield Section(key, lever_word(f"sec.{key}", lang), texts.get(key, ()), shown, held)


def _told(chart: Chart, lang: Lang) -> Chart:
    """A figure whose table names items; keys of cards, which repeat item, holder and partner, left out."""
    table = chart.table
    if {"card", "holder", "partner"} <= set(table):
        table = table.drop(columns="card")
    if "item" in table:
        shown = {str(key): item_name(key, lang) for key in table["item"].unique()}
        table = worded(table, shown, "item")
    return replace(chart, table=table)


def _table(name: str, frame: pd.DataFrame, lang: Lang) -> Table:
    title = label(f"table_{name}", lang, "web_card")
    columns = [column for column in COLUMNS[name] if column in frame]
    shown = picked(frame, columns)
    return Table(name, title, shown, name)
