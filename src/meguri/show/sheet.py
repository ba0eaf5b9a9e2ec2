"""The atlas sheet of a metal: figures, numbers and sources on two sides of A4, without prose."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from pathlib import Path

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.sources import cited
from meguri.base.terms import Lang
from meguri.base.version import __version__
from meguri.show.basis import weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.history import control_strip, price_history
from meguri.show.figures.holders import hhi_by_stage, share_bars, worst_row
from meguri.show.figures.series import origin_series
from meguri.show.figures.slope import one_source, ore_slope
from meguri.show.figures.stages import stage_columns
from meguri.show.figures.world import world_map
from meguri.show.flows import chain_flows
from meguri.show.gather import Atlaslike, Trade, goods, producers, sheet_tables, table_of, trade_of
from meguri.show.page import figure_html, page
from meguri.show.sheet_tables import (
    capability_table,
    disagreements_table,
    fields_line,
    firms_table,
    flags_line,
    hosts_table,
    reasons_table,
    section,
    sources_line,
    unknowns_table,
    uses_table,
)
from meguri.show.sheet_tiles import tiles_html
from meguri.show.spell import as_date, listing, missing, say, word
from meguri.structure.examples import chains_with

Tables = Mapping[str, pd.DataFrame]
FRONT = {"stages": "w12", "slope": "w5", "hhi": "w7", "map": "w12"}  # first side
BACK = {"series": "", "prices": "", "controls": ""}  # second side, in two columns with the tables
ROOM = 7  # columns of stages that fit side by side
# px of each drawing on the sheet; of a panel where there are several
LOW = {"stages": 192, "slope": 172, "map": 250, "series": 68, "producers": 96, "prices": 186}


def sheet(
    atlas: Atlaslike,
    lang: Lang,
    path: str | Path,
    more: Tables | None = None,
    economy: str = "JP",
) -> Path:
    """Write the sheet of a metal as one self-contained page; either all of it is there or nothing.

    Parameters
    ----------
    atlas : Atlas
        Result of :func:`meguri.structure.atlas.atlas`.
    lang : {"en", "ja"}
        Language of the reader.
    path : str or Path
        File to write.
    more : mapping of declared table name to DataFrame, optional
        Tables the atlas does not hold itself, laid over its own.
    economy : str
        Country whose imports and rebuilding the sheet follows.
    """
    write_atomically(Path(path), sheet_html(atlas, lang, more, economy).encode("utf-8"))
    return Path(path)


def sheet_html(atlas: Atlaslike, lang: Lang, more: Tables | None = None, economy: str = "JP") -> str:
    """The sheet as one HTML document."""
    tables = sheet_tables(atlas, more)
    trade = trade_of(atlas.element, economy)
    name = word(atlas.element, "materials", lang)
    body = _head(atlas, tables, lang) + tiles_html(tables, atlas.element, economy, lang)
    charts = sheet_charts(atlas.element, tables, trade, economy, lang)
    body += f'<div class="grid">\n{_boxed(charts, FRONT)}</div>\n'
    body += section("sheet_firms", firms_table(table_of(tables, "firms"), lang), "", lang)
    body += _chain(atlas, economy, lang)
    body += f'<div class="pair">\n{_boxed(charts, BACK)}{_tables(tables, economy, lang)}</div>\n'
    body += _foot({**tables, "origin_series": trade.series, "trade": trade.flows}, lang)
    return page(body, title=f"{name} ({atlas.element}) | meguri", lang=lang, css="sheet")


def _chain(atlas: Atlaslike, economy: str, lang: Lang) -> str:
    """Who delivers to whom, where a packaged chain carries the metal: on the screen only, paper is short."""
    held = chains_with(atlas.element, atlas.year)
    if not held:
        return ""
    chart = chain_flows(held[0], (atlas.element,), (economy,), (atlas.element,), lang)
    title = f"{say('sheet_chain', lang)} – {escape(held[0].label(lang))}"
    return f'<section class="chain"><h2>{title}</h2>\n{figure_html(chart)}</section>\n'


def _head(atlas: Atlaslike, tables: Tables, lang: Lang) -> str:
    years = table_of(tables, "stage_shares")["year"]
    other: Lang = "ja" if lang == "en" else "en"
    if atlas.year is not None:
        when = say("sheet_asof", lang, year=atlas.year)
    elif len(years):
        when = say("sheet_latest", lang, first=int(years.min()), last=int(years.max()))
    else:
        when = ""
    return (
        f'<header><p class="symbol">{escape(atlas.element)}</p>'
        f"<h1>{escape(word(atlas.element, 'materials', lang))}"
        f' <span lang="{other}">{escape(word(atlas.element, "materials", other))}</span></h1>'
        f'<p class="kicker">{say("sheet_kicker", lang)} · meguri {__version__}<br>{escape(when)}</p>'
        "</header>\n"
    )


def sheet_charts(
    element: str,
    tables: Tables,
    trade: Trade,
    economy: str,
    lang: Lang,
    *,
    stage: str = "",
    heights: Mapping[str, int] = LOW,
) -> dict[str, Chart]:
    """Every figure of the sheet by its place.

    Parameters
    ----------
    stage : str
        Stage on the map; the most concentrated one when left out.
    heights : mapping
        Pixels by figure, as in `LOW`.
    """
    shares, hhi = table_of(tables, "stage_shares"), table_of(tables, "concentration")
    unknown = unknown_stages(table_of(tables, "atlas_unknowns"))
    quotes, rules = table_of(tables, "price_quotes"), table_of(tables, "dated_controls")
    doubts = tables.get("price_warnings", pd.DataFrame(columns=["fact", "factor"]))
    return {
        "stages": stage_columns(
            shown_columns(shares, element), unknown, table_of(tables, "firms"), element=element, lang=lang,
            height=heights["stages"], footer=_of(shares, lang),
        ),
        "slope": _second(element, tables, lang, heights["slope"]),
        "hhi": hhi_by_stage(hhi, element=element, unknown=unknown, lang=lang, footer=_of(hhi, lang)),
        "map": _map(_worst_shares(element, tables, stage), stage or "ore", trade, lang, heights["map"]),
        "series": _series(element, tables, trade, economy, lang, heights),
        "prices": price_history(
            quotes, doubts, lang=lang, height=heights["prices"], footer=_of(quotes, lang)
        ),
        "controls": control_strip(rules, today=_end(rules, shares), lang=lang, footer=_of(rules, lang)),
    }  # fmt: skip


def _boxed(charts: dict[str, Chart], wide: dict[str, str]) -> str:
    """Some of the figures, each in a box of its width in twelfths."""
    return "".join(f'<div class="{css}">{figure_html(charts[key])}</div>\n' for key, css in wide.items())


def _of(table: pd.DataFrame, lang: Lang) -> str:
    """Sources of one table by their short names, and its weakest grade."""
    if table.empty:
        return ""
    keys = cited(table["source"].dropna())["source"]
    names = list(dict.fromkeys(word(key, "source_names", lang) for key in keys))
    grade = say(f"grade.{weakest_grade(table)}", lang)
    return say("sheet_footer", lang, names=listing(names, lang, most=3), grade=grade)


def unknown_stages(unknowns: pd.DataFrame) -> tuple[str, ...]:
    """Stages for which the atlas has no figure at all."""
    whole = unknowns[unknowns["place"].str.startswith("stages")]
    return tuple(dict.fromkeys(str(stage) for stage in whole["stage"]))


def shown_columns(shares: pd.DataFrame, element: str) -> pd.DataFrame:
    """Rows of the columns that fit: the element's own first, then the latest of each stage of its group."""
    keys = ["element", "stage", "source", "year", "basis"]
    columns = shares[keys].drop_duplicates().assign(_group=lambda rows: rows["element"] != element)
    kept = columns.sort_values(["_group", "year"], ascending=[True, False], kind="stable").head(ROOM)
    shown: pd.DataFrame = shares.merge(kept[keys], on=keys)
    return shown


def _about(contrast: pd.DataFrame, lang: Lang) -> str:
    if contrast.empty:
        return ""
    row = contrast.iloc[0]
    years = " / ".join(dict.fromkeys(str(int(year)) for year in (row["year_ore"], row["year_refined"])))
    return f"{word(row['source'], 'source_names', lang)} {years}"


def _worst_shares(element: str, tables: Tables, stage: str = "") -> pd.DataFrame:
    """Shares behind the most concentrated stage, or behind the stage named, of its latest source."""
    shares, rows = table_of(tables, "stage_shares"), table_of(tables, "concentration")
    worst = worst_row(rows[rows["stage"] == stage] if stage else rows, element)
    if worst is None:
        return shares.iloc[:0]
    keys = ["element", "stage", "source", "year", "basis"]
    return shares[(shares[keys] == pd.Series({key: worst[key] for key in keys})).all(axis=1)]


def _counted(rows: pd.DataFrame, lang: Lang) -> str:
    """Element, source and year of some shares, as a sentence."""
    if rows.empty:
        return ""
    row = rows.iloc[0]
    source = f"{word(row['source'], 'source_names', lang)} {row['year']}"
    name = word(row["element"], "materials", lang)
    return f"{name}、{source}。" if lang == "ja" else f"{name}, {source}."


def _second(element: str, tables: Tables, lang: Lang, height: int) -> Chart:
    """Ore against refined; where no source gives both, the shares of the most concentrated stage."""
    contrast = one_source(table_of(tables, "ore_refined"))
    if len(contrast):
        return ore_slope(
            contrast, about=_about(contrast, lang), lang=lang, height=height, footer=_of(contrast, lang)
        )
    rows = _worst_shares(element, tables)
    return share_bars(rows, about=_counted(rows, lang), lang=lang, footer=_of(rows, lang), most=6)


def _map(rows: pd.DataFrame, stage: str, trade: Trade, lang: Lang, height: int) -> Chart:
    flows = trade.flows
    year = "" if flows.empty else f" {int(flows['year'].max())}"
    return world_map(
        rows,
        flows,
        stage=str(rows["stage"].iloc[0]) if len(rows) else stage,
        about=_counted(rows, lang),
        traded=f"{goods(trade.codes, lang)}{year}" if trade.codes else "",
        lang=lang,
        most=15,
        height=height,
        footer=_of(pd.concat([rows[["source", "grade"]], flows[["source", "grade"]]]), lang),
    )


def _series(
    element: str, tables: Tables, trade: Trade, economy: str, lang: Lang, heights: Mapping[str, int]
) -> Chart:
    """Imports of the economy; producers of the most concentrated stage where no code follows the metal."""
    worst = worst_row(table_of(tables, "concentration"), element)
    if not trade.codes and worst is not None and "series" in tables:
        made = producers(tables["series"], str(worst["element"]), str(worst["stage"]))
        if len(made):
            return _producers(element, made, str(worst["stage"]), lang, heights["producers"])
    if trade.codes:
        origins = say("sheet_origins", lang, importer=word(economy, "countries", lang))
        what = f"{origins} (HS {', '.join(trade.codes)})"
    else:
        what = say("sheet_no_code", lang, element=word(element, "materials", lang))
    return origin_series(
        trade.series,
        what=what,
        stage=trade.stage,
        breaks=trade.breaks,
        lang=lang,
        panel=heights["series"],
        footer=_of(trade.series, lang),
    )


def _producers(element: str, made: pd.DataFrame, stage: str, lang: Lang, panel: int) -> Chart:
    name, done = word(element, "materials", lang), word(stage, "stages", lang)
    what = say("sheet_producers", lang, element=name, stage=done)
    return origin_series(made, what=what, stage=stage, lang=lang, panel=panel, footer=_of(made, lang))


def _end(rules: pd.DataFrame, shares: pd.DataFrame) -> str:
    """Day at which the strip of controls ends: the latest that a control or the shares name."""
    dates = [str(date) for name in ("start", "end", "announced") for date in rules[name] if not missing(date)]
    dates += [f"{year}-12-31" for year in shares["year"]]
    return max((as_date(date).isoformat() for date in dates), default="2025-12-31")


def _tables(tables: Tables, economy: str, lang: Lang) -> str:
    boxes = {
        "sheet_uses": uses_table(table_of(tables, "uses"), lang),
        "sheet_fields": fields_line(table_of(tables, "sector_materials"), lang),
        "sheet_host": hosts_table(table_of(tables, "by_product_hosts"), lang),
        "sheet_capability": capability_table(table_of(tables, "capability"), economy, lang),
        "sheet_reasons": reasons_table(table_of(tables, "stage_reasons"), lang),
        "sheet_disagree": disagreements_table(tables["disagreements"], lang),
        "sheet_unknown_list": unknowns_table(table_of(tables, "atlas_unknowns"), lang),
        "sheet_flags": flags_line(table_of(tables, "flags"), lang),
    }
    return "".join(section(key, body, "", lang) for key, body in boxes.items())


def _foot(tables: Tables, lang: Lang) -> str:
    grades: dict[str, list[str]] = {}
    for table in tables.values():
        if {"source", "grade"} <= set(table.columns):
            for cell, grade in zip(table["source"], table["grade"], strict=True):
                for key in str(cell).split("|"):
                    grades.setdefault(key, []).append(str(grade))
    used = cited(key for key in grades if key and key != "nan")
    return section("sheet_source_list", sources_line(used, grades, lang), "w12 foot", lang)
