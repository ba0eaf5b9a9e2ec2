"""How dependent are we, on whom and through which tiers? The page that answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import pandas as pd

from meguri.app import risk
from meguri.app.web.desk import Desk
from meguri.app.web.pages.depends_ask import Ask
from meguri.app.web.pages.depends_parts import PARTS, evidence
from meguri.app.web.question import Asked
from meguri.app.web.view import Section, View, sources_of
from meguri.base.errors import DataError
from meguri.base.terms import Lang, label

FIELD = {
    "--year": "year",
    "--node": "node",
    "--code": "material",
    "--why": "why",
}  # of the page, for an option


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """Indices, exposure through the tiers, fields against metals, origins over time: one method at a time."""
    try:
        ask = _ask(asked, desk, lang)
        part = PARTS[ask.method](ask)
    except DataError as error:  # the model speaks of options of the command line, the page of its fields
        found = [replace(one, place=FIELD.get(one.place, one.place)) for one in error.problems]
        raise DataError(found, error.file) from None
    sections = (*(evidence(ask) if asked.flag("why") else ()), *part.sections)
    return View(
        title=part.title,
        lead=[label(f"about_{ask.method}", lang, "web_depends")],
        headlines=part.headlines,
        sections=sections,
        sources=sources_of(_cited(sections)),
    )


def _ask(asked: Asked, desk: Desk, lang: Lang) -> Ask:
    """The form as the model takes it; years may be one, several or a span."""
    years = risk.read_years([asked["year"]] if asked["year"] else [])
    found = risk.Asked(
        materials=asked.many("material"),
        importers=asked.many("importer") or ("JP",),
        years=years,
        chain=desk.path_of(asked["chain"]) if asked["chain"] else None,
        node=asked["node"] or None,
        to=asked["to"],
        tiers=asked["tiers"],
        worst=asked.flag("worst"),
        sectors=asked.many("sector"),
        by="quantity" if asked["by"] == "quantity" else "value",
        lang=lang,
    )
    return Ask(found, asked["method"], asked["chain"])


def _cited(sections: Sequence[Section]) -> Iterable[pd.DataFrame]:
    for section in sections:
        yield from (chart.table for chart in section.charts)
        yield from (shown.frame for shown in section.tables)
