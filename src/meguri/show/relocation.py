"""The page of the relocation tracker: bands by year, two layers, sites with their owners, and the phases."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.sources import cited, weakest
from meguri.base.terms import Lang, label
from meguri.observe.firms import firm_label
from meguri.show.basis import footer
from meguri.show.chart import Chart
from meguri.show.figures.relocation import bands_chart, layers_chart
from meguri.show.figures.relocation_story import series_chart
from meguri.show.figures.sites import site_map_chart
from meguri.show.page import Small, figure_html, page, table_html
from meguri.show.spell import listing, missing, percent, say, word
from meguri.show.tables import sources_table
from meguri.structure.relocation import (
    bands,
    ownership_and_process,
    site_map,
    steps_and_sites,
    timeline,
    two_layers,
)
from meguri.structure.relocation_story import relocation_links, relocation_series

AXES = ("step", "field", "size")
LINKED = ("event", "why", "action")


def relocation_tables() -> dict[str, pd.DataFrame]:
    """Every table of the page by its declared name; the layers by axis follow each other."""
    layers = pd.concat([two_layers(axis) for axis in AXES], ignore_index=True)
    return {
        "relocation_bands": bands(), "relocation_two_layers": layers, "relocation_map": site_map(),
        "relocation_ownership": ownership_and_process(), "relocation_steps": steps_and_sites(),
        "relocation_timeline": timeline(), "relocation_links": relocation_links(),
        "relocation_series": relocation_series(),
    }  # fmt: skip


def relocation_charts(tables: Mapping[str, pd.DataFrame], lang: Lang = "en") -> dict[str, Chart]:
    """The four figures: bands, layers, sites, and the shares of every year over the phases."""
    rows = tables["relocation_two_layers"]
    layers = {axis: rows[rows["axis"] == axis] for axis in AXES}

    def foot(*names: str) -> str:
        return _footer([tables[name] for name in names], lang)

    return {
        "bands": bands_chart(tables["relocation_bands"], lang=lang, footer=foot("relocation_bands")),
        "layers": layers_chart(
            layers, tables["relocation_steps"], lang=lang, footer=foot("relocation_two_layers")
        ),
        "sites": site_map_chart(
            tables["relocation_map"], tables["relocation_ownership"], lang=lang,
            footer=foot("relocation_map", "relocation_ownership"),
        ),
        "series": series_chart(
            tables["relocation_series"], _phases(tables["relocation_timeline"]), lang=lang,
            footer=foot("relocation_series"),
        ),
    }  # fmt: skip


def write_relocation(path: str | Path, lang: Lang = "en") -> Path:
    """Write the page; either the whole page is there or nothing has changed."""
    write_atomically(Path(path), relocation_page(lang).encode("utf-8"))
    return Path(path)


def relocation_page(lang: Lang = "en") -> str:
    """The relocation tracker as one self-contained HTML document."""
    tables = relocation_tables()
    charts = relocation_charts(tables, lang)
    parts = {
        "bands": figure_html(charts["bands"]) + _bands(tables["relocation_bands"], lang),
        "layers": figure_html(charts["layers"]),
        "sites": figure_html(charts["sites"]) + _sites(tables, lang),
        "timeline": figure_html(charts["series"])
        + _timeline(tables["relocation_timeline"], lang)
        + _links(tables, lang),
    }
    body = _head(tables, lang)
    for key, html in parts.items():
        body += f'<section id="{key}"><h2>{escape(say(f"reloc.sec.{key}", lang))}</h2>\n{html}</section>\n'
    body += f'<section id="sources"><h2>{escape(say("sec_sources", lang))}</h2>\n'
    body += sources_table(relocation_sources(list(tables.values())), lang) + "</section>\n"
    body += f'<p class="quiet end">{escape(say("reloc.end", lang))}</p>\n'
    return page(body, title=f"{say('reloc.title', lang)} | meguri", lang=lang)


def _head(tables: Mapping[str, pd.DataFrame], lang: Lang) -> str:
    said = "".join(f"<li>{escape(text)}</li>\n" for text in findings(tables, lang))
    return (
        f'<header>\n<p class="kicker">{escape(say("reloc.kicker", lang))}</p>\n'
        f"<h1>{escape(say('reloc.title', lang))}</h1>\n"
        f'<p class="lead">{escape(lead(tables["relocation_bands"], lang))}</p>\n'
        f'<ul class="answer">\n{said}</ul>\n</header>\n'
    )


def lead(rows: pd.DataFrame, lang: Lang) -> str:
    """The first sentence: the share of the first and of the last year."""
    home = rows[rows["country"] == "JP"].sort_values("year")
    ends = [span(row["low"], row["high"]) for row in (home.iloc[0], home.iloc[-1])]
    years = home["year"].astype(int)
    return say(
        "reloc.lead", lang, first=ends[0], last=ends[1], from_year=years.iloc[0], to_year=years.iloc[-1]
    )


def span(low: float, high: float) -> str:
    """A range of shares as printed.

    Examples
    --------
    >>> span(0.25, 0.35), span(float("nan"), 0.2)
    ('25–35%', '—')
    """
    return "—" if missing(low) or missing(high) else f"{percent(low).rstrip('%')}–{percent(high)}"


def findings(tables: Mapping[str, pd.DataFrame], lang: Lang) -> list[str]:
    """Firms held apart from their process, steps nobody holds, sites that stand elsewhere than printed."""
    held, points, steps = (tables[f"relocation_{name}"] for name in ("ownership", "map", "steps"))
    local = [percent(part) for part in held.loc[held["apart"], "held_from_process"].dropna()]
    bare = steps[(steps["layer"] == "quality") & (steps["verified_jp"] + steps["verified_cn"] == 0)]
    moved = points[points["place_differs"]]
    places = [
        say("reloc.moved_one", lang, firm=firm_label(row["firm"], lang), place=row[f"place_{lang}"],
            printed=row[f"printed_place_{lang}"])
        for row in moved.to_dict("records")
    ]  # fmt: skip
    names = [label(item, lang, "relocation") for item in bare["item"]]
    names = names if lang == "ja" else [name.lower() for name in names]
    return [
        say("reloc.apart", lang, n=int(held["apart"].sum()), all=len(held), parts=listing(local, lang)),
        say("reloc.gap", lang, steps=listing(names, lang)),
        say("reloc.moved", lang, n=len(moved), places=("；" if lang == "ja" else "; ").join(places)),
    ]


def _bands(rows: pd.DataFrame, lang: Lang) -> str:
    names = ("year", "place", "printed", "normalised", "middle", "ratio", "output", "exports")
    found = [
        [
            str(row["year"]),
            say("bands_other", lang) if row["country"] == "XX" else word(row["country"], "countries", lang),
            span(row["printed_low"], row["printed_high"]), span(row["low"], row["high"]),
            percent(None if missing(row["middle"]) else row["middle"]),
            span(row["ratio_low"], row["ratio_high"]), _outside(row, "outside_output"),
            _outside(row, "outside_exports"),
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    return table_html([say(f"reloc.col.{name}", lang) for name in names], found, [True, False] + [True] * 6)


def _outside(row: Mapping[Any, Any], name: str) -> str:
    return "—" if missing(row[name]) else f"{percent(row[name])} ({int(row[f'{name}_year'])})"


def _sites(tables: Mapping[str, pd.DataFrame], lang: Lang) -> str:
    held = tables["relocation_ownership"].set_index("fact")
    comma = "、" if lang == "ja" else ", "
    found = []
    for row in tables["relocation_map"].to_dict("records"):
        part = held.loc[row["fact"], "share_controlling"]
        owner = word(row["controlled_from"], "countries", lang) if row["controlled_from"] else "—"
        below = say("reloc.unknown_part", lang) if missing(part) else percent(part)
        found.append([
            Small(f"{firm_label(row['firm'], lang)}{comma}{row[f'site_{lang}']}", row[f"place_{lang}"]),
            comma.join(label(step, lang, "relocation") for step in row["steps"].split("|")),
            word(row["process_country"], "countries", lang), Small(owner, below),
            say(f"reloc.status.{row['status']}", lang), row[f"note_{lang}"],
        ])  # fmt: skip
    names = ("site", "steps", "process", "owner", "status", "found")
    return table_html([say(f"reloc.col.{name}", lang) for name in names], found, [False] * len(names))


def _timeline(rows: pd.DataFrame, lang: Lang) -> str:
    found = []
    for row in rows.to_dict("records"):
        years = str(row["start"]) if row["start"] == row["end"] else f"{row['start']}–"
        years += "" if missing(row["end"]) or row["start"] == row["end"] else str(row["end"])
        text = str(row[f"text_{lang}"])
        if row["kind"] == "phase":
            found.append([years, text])
        else:
            kind = say(f"reloc.kind.{row['kind']}", lang)
            found.append([years, f"{kind}：{text}" if lang == "ja" else f"– {kind}: {text}"])
    return table_html([say("reloc.col.when", lang), say("reloc.col.what", lang)], found, [False, False])


def _phases(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[rows["kind"] == "phase"]


def _links(tables: Mapping[str, pd.DataFrame], lang: Lang) -> str:
    """Event → reason → action as the document links them, and what their dates allow."""
    links, facts = tables["relocation_links"], tables["relocation_timeline"].set_index("fact")
    orders = links["order"].value_counts()
    count = {key: int(orders.get(key, 0)) for key in ("before", "same", "impossible")}
    said = say("stagepolicy.story_sub", lang, n=len(links), **count)
    rows = [
        [str(row["phase"]), *(str(facts.at[row[name], f"text_{lang}"]) for name in LINKED),
         say(f"stagepolicy.order_{row['order']}", lang)]
        for row in links.to_dict("records")
    ]  # fmt: skip
    heads = [say(f"stagepolicy.story_{name}", lang) for name in ("phase", *LINKED, "order")]
    head = f"<h3>{escape(say('stagepolicy.story_sec', lang))}</h3>\n<p>{escape(said)}</p>\n"
    return head + table_html(heads, rows, [False] * 5)


def relocation_sources(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Sources behind some tables, those of outside figures among them."""
    columns = [one[name] for one in tables for name in ("source", "outside_source") if name in one]
    return cited(str(cell) for column in columns for cell in column.unique())


def _footer(tables: list[pd.DataFrame], lang: Lang) -> str:
    grade = weakest(grade for one in tables for grade in one["grade"])
    return footer(relocation_sources(tables), grade, lang)
