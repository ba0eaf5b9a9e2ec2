"""The page of a control as a card: what it is worth over the years, who at home pays, what it hangs on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.sources import cited
from meguri.base.terms import Lang, keys
from meguri.observe.leverage import year_of
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.card_costs import card_costs
from meguri.show.figures.card_heat import card_heat
from meguri.show.figures.leverage_curve import leverage_curve
from meguri.show.figures.leverage_split import leverage_split
from meguri.show.figures.supply_path import supply_path
from meguri.show.leverage_check import check_html
from meguri.show.leverage_detour import detour_html
from meguri.show.leverage_reasons import (
    attributes_table,
    notes_list,
    observations_table,
    rebounds_table,
    rules_table,
)
from meguri.show.leverage_said import heading, home_sentences, lead, lifted, sentences, tiles, unpaid
from meguri.show.leverage_tables import (
    Tables,
    costs_table,
    curve_table,
    observed_table,
    played,
    split_table,
    starts,
    summary_table,
    supply_table,
    with_card,
)
from meguri.show.leverage_words import card_names, lever_word
from meguri.show.page import figure_html, page
from meguri.show.spell import missing
from meguri.show.tables import sources_table

MOST_OPEN = 3  # cards up to which long tables lie open


class Levered(Protocol):
    """What was found about one or several cards: its tables by name, and how they were made."""

    @property
    def tables(self) -> Tables:
        """Tables as declared in ``columns.csv``; those of several cards stand below each other."""

    @property
    def about(self) -> Mapping[str, Any]:
        """Draws, seed, years, and the date of lifting where one was asked for."""


def write_leverage(answer: Levered, path: str | Path, lang: Lang = "en") -> Path:
    """Write the page; either the whole page is there or nothing has changed."""
    write_atomically(Path(path), leverage_page(answer, lang).encode("utf-8"))
    return Path(path)


def leverage_page(answer: Levered, lang: Lang = "en") -> str:
    """Everything about one or several cards as one self-contained HTML document."""
    tables = answer.tables
    if "leverage_summary" not in tables:
        return _check_page(tables, lang)
    body = _head(answer, lang)
    for key, html in _sections(answer, lang):
        if html:
            title = escape(lever_word(f"sec.{key}", lang))
            body += f'<section id="{key}"><h2>{title}</h2>\n{html}</section>\n'
    body += f'<p class="quiet end">{escape(lever_word("end", lang))}</p>\n'
    return page(body, title=f"{heading(tables, lang)} | meguri", lang=lang)


def _check_page(tables: Tables, lang: Lang) -> str:
    """The fit and the blind test alone, where no card was asked about."""
    title = lever_word("sec.check", lang)
    kicker = f'<p class="kicker">{escape(lever_word("kicker", lang))}</p>\n'
    head = f"<header>\n{kicker}<h1>{escape(title)}</h1>\n</header>\n"
    body = f'{head}<section id="check">\n{check_html(tables, lang)}</section>\n'
    return page(body, title=f"{title} | meguri", lang=lang)


def leverage_charts(tables: Tables, lang: Lang = "en", lift: float | None = None) -> dict[str, Chart]:
    """Figures by name: curve, heat, costs, supply, split; ``lift`` in years after the start."""
    items = tables["leverage_items"]
    names = card_names(tables["leverage_summary"], lang, items)
    summary = with_card(played(tables["leverage_summary"]))
    heat = with_card(tables["leverage_cards"])
    supply, seen = supply_table(tables), observed_table(tables)
    told: dict[str, Any] = {"lang": lang}
    return {
        "curve": leverage_curve(
            curve_table(tables),
            summary,
            names,
            lift=lift,
            **told,
            footer=_foot(lang, tables["leverage_summary"]),
        ),
        "heat": card_heat(heat, names, **told, footer=_foot(lang, tables["leverage_summary"])),
        "costs": card_costs(
            tables["leverage_costs"], names, **told, footer=_foot(lang, tables["leverage_costs"])
        ),
        "supply": supply_path(
            supply, seen, names, **told, footer=_foot(lang, tables["leverage_attributes"], seen)
        ),
        "split": leverage_split(
            split_table(tables), names, **told, footer=_foot(lang, tables["leverage_summary"])
        ),
    }


def _foot(lang: Lang, *tables: pd.DataFrame) -> str:
    return footer(_cited(*tables), weakest_grade(*tables), lang)


def _cited(*tables: pd.DataFrame) -> pd.DataFrame:
    """Sources behind some tables."""
    cells = [str(cell) for table in tables if "source" in table for cell in table["source"].unique()]
    return cited(cell for cell in cells if not missing(cell))


def leverage_sources(tables: Tables) -> pd.DataFrame:
    """Sources behind every table of the answer, ready for a paper."""
    return _cited(*tables.values())


def said_of(answer: Levered, lang: Lang) -> list[str]:
    """The findings below the first sentence, a lift among them."""
    back = lifted(answer.tables, answer.about.get("lift"), lang)
    return [*([back] if back else []), *sentences(answer.tables, lang)]


def _head(answer: Levered, lang: Lang) -> str:
    """Card, first sentence, tiles and findings."""
    tables = answer.tables
    shown = "".join(
        f'<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd><dd class="range">{escape(about)}</dd></div>\n'
        for name, value, about in tiles(tables, lang)
    )
    said = "".join(f"<li>{escape(text)}</li>\n" for text in said_of(answer, lang))
    home = "".join(f'<p class="home">{escape(text)}</p>\n' for text in home_sentences(tables, lang))
    return (
        f'<header>\n<p class="kicker">{escape(lever_word("kicker", lang))}</p>\n'
        f"<h1>{escape(heading(tables, lang))}</h1>\n"
        f'<p class="lead">{escape(lead(tables, lang))}</p>\n'
        + home
        + (f'<dl class="tiles">\n{shown}</dl>\n' if shown else "")
        + f'<ul class="answer">\n{said}</ul>\n</header>\n'
    )


def _sections(answer: Levered, lang: Lang) -> Iterator[tuple[str, str]]:
    """Key of the heading and HTML of each section, in the order of a reader's questions."""
    tables = answer.tables
    charts = leverage_charts(tables, lang, lift_after(answer))
    drawn = {name: figure_html(chart) for name, chart in charts.items()}

    def quiet(key: str) -> str:
        return f'<p class="quiet">{escape(lever_word(key, lang))}</p>\n'

    yield "worth", drawn["curve"] + quiet("worth_lead") + summary_table(tables, lang)
    if not charts["costs"].option["series"]:  # nothing is known: a sentence says more than an empty figure
        drawn["costs"] = f"<p>{escape(unpaid(tables, lang))}</p>\n"
    many = len(played(tables["leverage_summary"])) > MOST_OPEN
    costs = _folded(costs_table(tables, lang), "costs_all", lang)
    falls = rebounds_table(tables, lang)
    ratings = attributes_table(tables, lang)
    yield "home", drawn["costs"] + costs + (_folded(falls, "rebounds", lang) if many else falls)
    yield "cards", drawn["heat"] + quiet("rules_lead") + rules_table(tables, lang)
    yield "supply", drawn["supply"] + observations_table(tables, lang)
    yield "why", quiet("why_lead") + (_folded(ratings, "ratings_all", lang) if many else ratings)
    yield "split", drawn["split"]
    yield "detour", detour_html(tables, lang)
    yield "check", check_html(tables, lang)
    yield "notes", notes_list(tables, lang)
    yield "sources", sources_table(leverage_sources(tables), lang)
    yield "again", _again(answer.about, lang)


def lift_after(answer: Levered) -> float | None:
    """Years from the start to the lift, where one was asked for and it is the same for every card."""
    lift = answer.about.get("lift")
    if missing(lift):
        return None
    items = answer.tables["leverage_items"]
    begun = starts(items[items["item"].isin(answer.tables["leverage_summary"]["item"])])
    return year_of(str(lift)) - next(iter(begun.values())) if len(set(begun.values())) == 1 else None


def _folded(html: str, key: str, lang: Lang) -> str:
    return f"<details><summary>{escape(lever_word(key, lang))}</summary>{html}</details>\n"


def _again(about: Mapping[str, Any], lang: Lang) -> str:
    """How the answer was made."""
    cells = "".join(
        f"<dt>{escape(lever_word(f'about.{key}', lang))}</dt><dd><code>{escape(str(value))}</code></dd>\n"
        for key, value in about.items()
        if f"about.{key}" in keys("leverage_words") and not missing(value)
    )
    return f'<dl class="again">\n{cells}</dl>\n'
