"""Export structure as the documents print it: their ranges, sums of their own rows, and what is left out."""

from __future__ import annotations

import pandas as pd

from meguri.app.classify import seed_tables
from meguri.app.web.desk import Desk
from meguri.app.web.pages.cells import picked, worded
from meguri.app.web.pages.exports_classes import onward, spoken
from meguri.app.web.question import Asked
from meguri.app.web.view import Section, Table, View, sources_of
from meguri.base.terms import Lang, keys, label
from meguri.show.classify_words import class_word

COLUMNS = {
    "seed_totals": (
        "region", "period", "variant", "printed_low", "printed_high", "sum_low", "sum_high", "agrees",
        "printed_table", "flag",
    ),
    "seed_residuals": (
        "region", "period", "sum_low", "sum_high", "residual_low", "residual_high", "printed_total",
        "printed_table", "flag",
    ),
    "seed_finished": (
        "region", "period", "reading", "printed_low", "printed_high", "residual_low", "residual_high",
        "holds_en", "holds_ja", "flag",
    ),
    "seed_export_structure": (
        "region", "item", "period", "printed", "printed_low", "printed_high", "printed_table", "grade",
        "flag",
    ),
}  # fmt: skip


def view(asked: Asked, desk: Desk, lang: Lang) -> View:  # noqa: ARG001
    """Four tables of printed figures; no trade data stand behind any of them."""
    tables = seed_tables()
    agree = tables["seed_totals"]["agrees"].dropna()
    shown = [_table(name, tables[name], lang) for name in COLUMNS]
    return View(
        title=label("printed_title", lang, "web_exports", n=int((~agree.astype(bool)).sum()), all=len(agree)),
        lead=(class_word("seed_lead", lang),),
        sections=(
            Section("printed", label("sec_printed", lang, "web_exports"), tables=shown),
            onward("printed", asked, lang),
        ),
        sources=sources_of(tables.values()),
    )


def _table(name: str, frame: pd.DataFrame, lang: Lang) -> Table:
    rows = frame[frame["role"] == "part"] if "role" in frame else frame
    places = {
        key: label(key, lang, "economies" if key in keys("economies") else "countries")
        for key in rows["region"].unique()
    }
    said = worded(spoken(rows, lang), places, "region")
    title = label(f"table_{name}", lang, "web_exports")
    return Table(name, title, picked(said, COLUMNS[name]), name, open=name == "seed_totals")
