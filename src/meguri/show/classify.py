"""The report of a classified trade file: what is traded by role in a process, how sure, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.sources import cited
from meguri.base.terms import Lang, keys
from meguri.show.basis import footer
from meguri.show.chart import Chart
from meguri.show.classify_check import check_table, frozen_sentence
from meguri.show.classify_customs import customs_html
from meguri.show.classify_said import lead, sentences, tiles, unsaid
from meguri.show.classify_tables import (
    baseline_table,
    beside_table,
    bullets,
    change_table,
    drivers_table,
    lines_tables,
    money_change_table,
    mutual_table,
    quiet,
    shares_table,
)
from meguri.show.classify_trades import Trade, main_trade, of_trade, side_by_side, trades, years_in_a_row
from meguri.show.classify_words import class_word, trade_words, variant_words
from meguri.show.figures.class_area import class_area
from meguri.show.figures.class_bars import class_bars
from meguri.show.figures.class_gap import class_gap
from meguri.show.figures.class_mutual import class_mutual
from meguri.show.figures.class_partners import class_partners
from meguri.show.figures.class_rows import class_rows
from meguri.show.figures.class_slope import class_slope
from meguri.show.figures.class_treemap import class_treemap
from meguri.show.figures.customs_band import customs_band
from meguri.show.page import figure_html, page
from meguri.show.report import notes_html
from meguri.show.spell import missing, say
from meguri.show.tables import sources_table

TOP = 20


class Classed(Protocol):
    """What a classified trade file gives to a page: its tables by name, and how they were made."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Tables as declared in ``columns.csv``."""

    @property
    def about(self) -> Mapping[str, Any]:
        """source, vintage, draws, seed, top; breaks: places between years where the goods change."""


def write_classes(
    answer: Classed, path: str | Path, lang: Lang = "en", variant: str = "PC4", top: int = TOP
) -> Path:
    """Write the page; either the whole page is there or nothing has changed."""
    write_atomically(Path(path), classify_page(answer, lang, variant, top).encode("utf-8"))
    return Path(path)


def classify_page(answer: Classed, lang: Lang = "en", variant: str = "PC4", top: int = TOP) -> str:
    """The report as one self-contained HTML document.

    Parameters
    ----------
    answer : Classed
        ``structure.classify.ClassAnswer``, with whatever further tables were asked for: class_beside,
        class_change, class_mutual, goods_check.
    lang : {"en", "ja"}
        Language of the reader.
    variant : {"PC4", "PC5"}
        Which classes count as process-control in the headline; the other stands below it.
    top : int
        Lines listed for each class.
    """
    trade = main_trade(answer.tables["class_shares"])
    body = _head(answer, trade, variant, lang)
    for key, html in _sections(answer, trade, variant, top, lang):
        if html:
            body += (
                f'<section id="{key}"><h2>{escape(class_word(f"sec.{key}", lang))}</h2>\n{html}</section>\n'
            )
    body += f'<p class="quiet end">{say("disclaimer", lang)}</p>\n'
    return page(body, title=f"{trade_words(trade, lang)} | meguri", lang=lang)


def _head(answer: Classed, trade: Trade, variant: str, lang: Lang) -> str:
    """Trade, first sentence, tiles, findings, and how it was counted."""
    shown = "".join(
        f'<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd><dd class="range">{escape(about)}</dd></div>\n'
        for name, value, about in tiles(answer.tables, trade, lang)
    )
    return (
        f'<header>\n<p class="kicker">{escape(class_word("kicker", lang))}</p>\n'
        f"<h1>{escape(trade_words(trade, lang))}</h1>\n"
        f'<p class="lead">{escape(lead(answer.tables, trade, variant, lang))}</p>\n'
        f'<dl class="tiles">\n{shown}</dl>\n'
        f"{bullets(sentences(answer.tables, trade, variant, lang), 'answer')}"
        f"{quiet(_meta(answer, lang))}</header>\n"
    )


def _meta(answer: Classed, lang: Lang) -> str:
    about = answer.about
    found = len(trades(answer.tables["class_shares"]))
    vintage = about.get("vintage")
    return class_word(
        "meta", lang, n=f"{found:,}", vintage=class_word("vintage_unknown", lang) if missing(vintage) else
        str(vintage).replace("|", ", "), draws=f"{about.get('draws', 0):,}", seed=about.get("seed", ""),
    )  # fmt: skip


def class_charts(answer: Classed, lang: Lang = "en", variant: str = "PC4") -> dict[str, Chart]:
    """Every figure of an answer by name: area, bars, rows, treemap, slope, mutual.

    One that the tables hold nothing for is left out: areas need three years in a row, rows several
    trades, the slope a classical class, the matrix a pair.
    """
    tables, trade = answer.tables, main_trade(answer.tables["class_shares"])
    shares, totals = tables["class_shares"], tables["class_totals"]
    foot = _footer(answer, trade, lang)
    told: dict[str, Any] = {"variant": variant, "lang": lang, "footer": foot}
    found = {"bars": class_bars(of_trade(shares, trade), of_trade(totals, trade), **told)}
    if years_in_a_row(shares, trade):
        own = [of_trade(table, trade, any_year=True) for table in (shares, totals)]
        found["area"] = class_area(*own, breaks=answer.about.get("breaks", ()), **told)
    beside = side_by_side(shares, trade)
    if len(beside):
        keyed = beside[["year", "reporter", "partner", "flow"]].drop_duplicates()
        found["rows"] = class_rows(beside, totals.merge(keyed), **told)
    lines = of_trade(tables["class_lines"], trade)
    if len(lines):
        found["treemap"] = class_treemap(lines, of_trade(shares, trade), **told)
    baseline = of_trade(tables["class_baseline"], trade)
    if len(baseline):
        found["slope"] = class_slope(baseline, about=trade_words(trade, lang), **told)
    gap = economies(tables, trade, variant)
    if len(gap) > 1:
        found["gap"] = class_gap(gap, year=trade["year"], **told)
    if len(tables.get("customs_classes", ())):
        found["band"] = customs_band(tables["customs_classes"], tables["customs_printed"], **told)
    if len(tables.get("customs_partners", ())):
        found["partners"] = class_partners(tables["customs_partners"], lang=lang, footer=foot)
    mutual = _mutual(tables)
    if len(mutual) and mutual[["share_a", "share_b"]].notna().any(axis=None):
        found["mutual"] = class_mutual(mutual, **told)
    return found


def economies(tables: Mapping[str, pd.DataFrame], trade: Trade, variant: str) -> pd.DataFrame:
    """Capital goods and process-control goods of every economy of a year: columns of ``class_gap``."""
    keys = ["year", "flow", "partner"]
    if "class_capital" in tables:
        rows = tables["class_capital"].rename(columns={"capital": "share"})
    else:
        rows = tables["class_baseline"][tables["class_baseline"]["bec"] == "capital"]
    rows = rows[(rows[keys] == [trade[name] for name in keys]).all(axis=1)]
    capital = rows.groupby("reporter")["share"].sum()
    total = tables["class_totals"]
    total = total[(total["variant"] == variant) & (total[keys] == [trade[name] for name in keys]).all(axis=1)]
    found = total.assign(capital=total["reporter"].map(capital)).dropna(subset=["capital"])
    whole = tables["class_shares"].groupby(["reporter", *keys])["value"].sum().rename("whole").reset_index()
    found = found.merge(whole, on=["reporter", *keys]).rename(columns={"reporter": "country"})
    found = found.assign(value=found["whole"])
    return found[["country", "value", "capital", "share", "p10", "p90"]].reset_index(drop=True)


def _mutual(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Mutual dependence of the last year."""
    table = tables.get("class_mutual")
    if table is None or table.empty:
        return pd.DataFrame()
    return table[table["year"] == table["year"].max()].reset_index(drop=True)


def _footer(answer: Classed, trade: Trade, lang: Lang) -> str:
    """The sources of the trade and of the map; the map is judgement, so the grade is never better."""
    rows = of_trade(answer.tables["class_shares"], trade)
    sources = [str(answer.about.get("source", "")), *rows["source"].unique()] if "source" in rows else []
    return footer(class_sources(answer, lang, sources), "assumed", lang)


def class_sources(answer: Classed, lang: Lang = "en", wanted: list[str] | None = None) -> pd.DataFrame:
    """Sources behind the tables, or of some keys; a file of the user's own is named as such."""
    tables = [frame for frame in answer.tables.values() if "source" in frame]
    held = [str(cell) for frame in tables for cell in frame["source"].unique()]
    found = cited(key for key in (held if wanted is None else wanted) if not missing(key))
    own = found["source"] == "user"
    return found.assign(producer=found["producer"].mask(own, class_word("own_file", lang)))


def _sections(answer: Classed, trade: Trade, variant: str, top: int, lang: Lang) -> Iterator[tuple[str, str]]:
    """Key of the heading and HTML of each section, in the order of a reader's questions."""
    tables = answer.tables
    drawn = class_charts(answer, lang, variant)

    def figures(*names: str) -> str:
        return "".join(figure_html(drawn[name]) for name in names if name in drawn)

    yield "shares", figures("area", "bars", "rows") + shares_table(tables, trade, lang)
    beside = beside_table(tables, trade, lang)
    yield "beside", quiet(class_word("beside_lead", lang)) + beside if beside else ""
    yield (
        "lines",
        figures("treemap") + quiet(class_word("lines_lead", lang)) + lines_tables(tables, trade, lang, top),
    )
    yield "baseline", figures("gap", "slope") + baseline_table(tables, trade, lang)
    drivers = drivers_table(tables, trade, variant, lang)
    words = class_word("drivers_lead", lang, variant=variant_words(variant, lang))
    yield "drivers", quiet(words) + drivers if drivers else ""
    check = check_table(tables.get("goods_check"), lang)
    about = f"{class_word('check_lead', lang)} {frozen_sentence(tables.get('goods_frozen'), lang)}"
    yield "check", quiet(about) + check if check else ""
    if "customs_classes" in tables:
        yield "customs", figures("band", "partners") + customs_html(tables, lang)
    yield "change", _change_html(tables, trade, variant, lang)
    mutual = _mutual(tables)
    yield "mutual", figures("mutual") + _mutual_html(mutual, lang) if len(mutual) else ""
    yield "unsaid", bullets(unsaid(tables, trade, lang))
    yield "notes", notes_html(_notes(tables["class_notes"]), lang)
    yield "sources", sources_table(class_sources(answer, lang), lang)
    yield "again", quiet(class_word("again_lead", lang)) + about_html(answer.about, lang)


def about_html(about: Mapping[str, Any], lang: Lang) -> str:
    """How the answer was made: source, edition, draws, seed, checksum of the map."""
    cells = "".join(
        f"<dt>{escape(class_word(f'about.{key}', lang))}</dt><dd><code>{escape(str(value))}</code></dd>\n"
        for key, value in about.items()
        if f"about.{key}" in keys("class_words") and not missing(value)
    )
    return f'<dl class="again">\n{cells}</dl>\n'


def _notes(notes: pd.DataFrame) -> pd.DataFrame:
    """Notes as reports read them: a note is for information."""
    return notes.assign(level=notes["level"].replace("note", "info"))


def _mutual_html(mutual: pd.DataFrame, lang: Lang) -> str:
    known = mutual[["share_a", "share_b"]].notna().any(axis=None)
    if not known and len(mutual[["a", "b"]].drop_duplicates()) == 1:
        return quiet(class_word("mutual_unknown", lang)) + mutual_table(mutual, lang)
    lead = "" if known else quiet(class_word("mutual_unknown", lang))
    summary = f"<summary>{class_word('mutual_all', lang)}</summary>"
    return f"{lead}<details>{summary}{mutual_table(mutual, lang)}</details>\n"


def _change_html(tables: Mapping[str, pd.DataFrame], trade: Trade, variant: str, lang: Lang) -> str:
    share = change_table(tables, trade, variant, lang)
    html = (
        quiet(class_word("change_lead", lang, variant=variant_words(variant, lang))) + share if share else ""
    )
    for method in ("value", "price"):
        table = money_change_table(tables, trade, method, lang)
        if table:
            html += f"<h3>{escape(class_word(f'change_{method}', lang))}</h3>\n{table}"
    return html
