"""Volume gone and quality kept: shares by place, the two layers, and who controls the process where."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.pages.cells import picked
from meguri.app.web.pages.exports_classes import onward
from meguri.app.web.question import Asked
from meguri.app.web.view import Section, Table, View
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.firms import firm_label
from meguri.show.relocation import findings, relocation_charts, relocation_sources, relocation_tables
from meguri.show.relocation import lead as first_sentence
from meguri.show.spell import say

Tables = Mapping[str, pd.DataFrame]
BANDS = (
    "year", "country", "printed_low", "printed_high", "low", "high", "ratio_low", "ratio_high",
    "outside_output", "outside_output_year", "outside_exports", "outside_exports_year",
)  # fmt: skip
LAYERS = ("axis", "item", "quantity", "quality", "splits", "grade")
SITES = (
    "firm", "site_en", "site_ja", "place_en", "place_ja", "process_country", "controlled_from", "status",
    "note_en", "note_ja", "grade",
)  # fmt: skip
LINKED = ("event", "why", "action")


def view(asked: Asked, desk: Desk, lang: Lang) -> View:  # noqa: ARG001
    """The tracker of one packaged case, printed shares apart from those of outside sources."""
    tables = relocation_tables()
    charts = relocation_charts(tables, lang)
    sites = tables["relocation_map"]
    sites = sites.assign(firm=[firm_label(firm, lang) for firm in sites["firm"]])
    shown = {
        "bands": _table("relocation_bands", tables["relocation_bands"], BANDS, lang),
        "layers": _table("relocation_two_layers", tables["relocation_two_layers"], LAYERS, lang),
        "sites": _table("relocation_map", sites, SITES, lang),
        "timeline": _links(tables, lang),
    }
    drawn = {"bands": "bands", "layers": "layers", "sites": "sites", "timeline": "series"}
    parts = [
        Section(key, say(f"reloc.sec.{key}", lang), (), (charts[drawn[key]],), (table,))
        for key, table in shown.items()
    ]
    return View(
        title=first_sentence(tables["relocation_bands"], lang),
        lead=(say("reloc.title", lang),),
        sections=(
            Section("found", label("sec_found", lang, "web_exports"), findings(tables, lang)),
            *parts,
            onward("relocation", asked, lang),
        ),
        sources=relocation_sources(list(tables.values())),
    )


def _table(name: str, frame: pd.DataFrame, columns: tuple[str, ...], lang: Lang) -> Table:
    return Table(name, label(f"table_{name}", lang, "web_exports"), picked(frame, columns), name)


def _links(tables: Tables, lang: Lang) -> Table:
    """Event, reason and action as the document links them, and what their dates allow."""
    links, facts = tables["relocation_links"], tables["relocation_timeline"].set_index("fact")
    told = {
        f"{name}_{one}": [str(facts.at[key, f"text_{one}"]) for key in links[name]]
        for name in LINKED
        for one in LANGS
    }
    frame = pd.DataFrame(told).assign(phase=list(links["phase"]), order=list(links["order"]))
    title = label("table_links", lang, "web_exports")
    names = ["phase", *(f"{name}_{one}" for name in LINKED for one in LANGS), "order"]
    return Table("relocation-links", title, picked(frame, names), "web_relocation_links")
