"""The page of the chronicle: events in time, claims with their verdicts, forecasts with their scores."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.chronicle_said import forecast_cells, sentences
from meguri.show.chronicle_words import tell
from meguri.show.claims import claim_head, claim_parts, claim_sections, claims_html, of_claim
from meguri.show.claims_tables import columns_of, foot, sources_of
from meguri.show.figures.forecast_scores import forecast_scores
from meguri.show.figures.timeline import panels, timeline
from meguri.show.page import figure_html, frame_html, page, table_html
from meguri.show.spell import say
from meguri.show.tables import sources_table

Tables = Mapping[str, pd.DataFrame]
MOST_DRAWN = 200  # events of one page; more are left to the table


def write_chronicle(tables: Tables, path: str | Path, lang: Lang = "en") -> Path:
    """Write the page; either the whole page is there or nothing has changed."""
    write_atomically(Path(path), chronicle_page(tables, lang).encode("utf-8"))
    return Path(path)


def chronicle_page(tables: Tables, lang: Lang = "en") -> str:
    """Whatever the tables hold as one self-contained HTML document.

    Parameters
    ----------
    tables : mapping of DataFrame
        ``chronicle``, the tables of :func:`meguri.show.claims_tables.claim_tables`, ``forecasts``; what is
        not there has no section.
    lang : {"en", "ja"}
        Language of the reader.
    """
    only = alone(tables)
    body = _head(tables, lang) if only is None else claim_head(only, lang)
    if only is not None:
        body += f"<section>{claim_parts(only, lang)}</section>\n"
    for key, html in ({} if only is not None else sections(tables, lang)).items():
        if html:
            body += f'<section id="{key}"><h2>{escape(tell(f"sec.{key}", lang))}</h2>\n{html}</section>\n'
    body += f'<section id="sources"><h2>{escape(say("sec_sources", lang))}</h2>\n'
    body += sources_table(sources_of(tables.values()), lang) + "</section>\n"
    body += f'<p class="quiet end">{escape(tell("end", lang))}</p>\n'
    return page(body, title=f"{tell('title', lang)} | meguri", lang=lang)


def alone(tables: Tables) -> Tables | None:
    """The tables of one claim, where nothing else was asked for."""
    if "chronicle" in tables or len(tables.get("claim_verdicts", ())) != 1:
        return None
    return of_claim(tables, str(tables["claim_verdicts"]["claim"].iloc[0]))


def _head(tables: Tables, lang: Lang) -> str:
    lead, *others = sentences(tables, lang) or [""]
    said = "".join(f"<li>{escape(text)}</li>\n" for text in others)
    return (
        f'<header>\n<p class="kicker">{escape(tell("kicker", lang))}</p>\n'
        f"<h1>{escape(tell('title', lang))}</h1>\n"
        f'<p class="lead">{escape(lead)}</p>\n<ul class="answer">\n{said}</ul>\n</header>\n'
    )


def sections(tables: Tables, lang: Lang) -> dict[str, str]:
    """Parts of the page by name, in their order; empty where the tables hold nothing."""
    found = {"claims": "", "forecasts": "", "timeline": "", "details": ""}
    if "claim_verdicts" in tables:
        found["claims"] = claims_html(tables, lang)
        if "chronicle" not in tables:  # beside the events each claim would make the page too long to read
            found["details"] = claim_sections(tables, lang)
    if "forecasts" in tables:
        found["forecasts"] = forecasts_html(tables["forecasts"], lang)
    if "chronicle" in tables:
        found["timeline"] = timeline_html(tables["chronicle"], lang)
    return found


def timeline_html(events: pd.DataFrame, lang: Lang) -> str:
    """The events as figures; of more than can be read the packaged ones, and all of them as a table."""
    acts = events[events["heading"] == events["event"]] if "heading" in events else events
    drawn = acts if len(acts) <= MOST_DRAWN or "record" not in acts else acts[acts["record"].fillna("") == ""]
    html = "".join(figure_html(chart) for chart in timelines(drawn[columns_of("chronicle")], lang))
    if len(drawn) == len(events):
        return html
    note = tell("timeline.left_out", lang, drawn=len(drawn), n=f"{len(events):,}")
    return f"<p>{escape(note)}</p>\n{html}" + frame_html(events[columns_of("chronicle")], "chronicle", lang)


def forecasts_html(table: pd.DataFrame, lang: Lang) -> str:
    """The forecasts as a figure, and what decides each one as a table."""
    chart = forecast_scores(table, lang=lang, footer=foot(table, lang=lang))
    heads = [tell(f"col.{name}", lang) for name in ("forecast", "issued", "due", "result", "decided_by")]
    rows = [forecast_cells(row, lang) for row in chart.table.to_dict("records")]
    return figure_html(chart) + table_html(heads, rows, [False] * len(heads), "forecasts")


def timelines(events: pd.DataFrame, lang: Lang, lane: str = "actor") -> list[Chart]:
    """The events as one figure for each stretch of time."""
    return [
        timeline(part, lane=lane, key=f"timeline-{place}", lang=lang, footer=foot(part, lang=lang))
        for place, part in enumerate(panels(events), start=1)
    ]
