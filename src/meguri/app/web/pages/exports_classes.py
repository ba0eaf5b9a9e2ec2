"""A trade by role in a process: shares with their ranges, lines with reasons, and how far the map holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import pandas as pd

from meguri.app.web.desk import OWN, Desk
from meguri.app.web.kinds.classify import read
from meguri.app.web.pages.cells import picked, worded
from meguri.app.web.question import Asked
from meguri.app.web.questions.exports import PARTS
from meguri.app.web.questions.exports import trades as named
from meguri.app.web.view import Headline, Run, Section, Table, View, Way
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.sets import data_folder
from meguri.show.chart import Chart
from meguri.show.classify import class_charts, class_sources
from meguri.show.classify_check import frozen_sentence, shown_rows
from meguri.show.classify_said import lead, sentences, tiles, unsaid
from meguri.show.classify_trades import Trade, main_trade, of_trade, trades
from meguri.show.classify_words import (
    class_word,
    code_name,
    item_words,
    shown_code,
    trade_words,
    variant_words,
)
from meguri.show.spell import missing, word
from meguri.structure.classify import ClassAnswer
from meguri.structure.customs_said import goods_label

Tables = Mapping[str, pd.DataFrame]
FOLDERS = {  # where MEGURI_DATA holds a set
    "korea-from-japan": "korea-2019-controls", "japan-goods": "japan-trade-by-goods",
    "indonesia-hs6": "indonesia-hs6", "wits-hs4": "wits-hs4-exports",
}  # fmt: skip
SECONDS = {"korea-from-japan": 12.0, "japan-goods": 6.0, "indonesia-hs6": 18.0, "wits-hs4": 12.0}
CHECK = 18.0  # [s] more for the independent check
OF_JOB = ("trade", "year", "flow", "reporter", "partner", "check", "runs", "seed")
COLUMNS = {
    "class_shares": ("class", "value", "unit", "share", "share_ex", "p10", "p50", "p90", "grade"),
    "class_beside": (
        "item", "share", "p10", "p90", "printed_low", "printed_high", "printed_period", "printed_table",
        "stands", "flag",
    ),
    "class_lines": (
        "class", "rank", "code", "name_en", "name_ja", "weight", "value", "unit", "share", "confidence",
        "substitution", "dependence", "impact", "vote", "reason_en", "reason_ja",
    ),
    "class_baseline": ("bec", "class", "value", "unit", "share", "share_of_bec"),
    "class_drivers": ("rank", "code", "name_en", "name_ja", "weight", "swing", "share_of_variance",
                      "confidence"),
    "goods_check": (
        "against", "score", "among", "statistic", "value", "low", "high", "n", "n_listed", "verdict",
    ),
    "customs_classes": ("year", "class", "share", "low", "high", "sure", "could", "grade"),
    "customs_printed": (
        "variant", "first_year", "last_year", "share", "low", "high", "could", "period", "printed_low",
        "printed_high", "defended", "reachable", "grade",
    ),
    "customs_pooled": (
        "year", "goods", "variant", "value", "share", "weight", "low", "high", "open",
        "reason_en", "reason_ja",
    ),
    "class_change": ("year_from", "year_to", "method", "class", "part", "value", "unit"),
    "class_mutual": (
        "year", "a", "b", "class", "a_from_b", "b_from_a", "unit", "share_a", "share_b", "loss_a", "loss_b",
        "missing_en", "missing_ja",
    ),
}  # fmt: skip


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The classified trade once its job is done; a set that is not at hand is named with the way out."""
    about = dict(named(desk, lang))[asked["trade"]]
    if not at_hand(asked["trade"]):
        return absent(about, asked, lang)
    params = {name: asked[name] for name in OF_JOB}
    folder = desk.answer("classify", params)
    if folder is None:
        seconds = SECONDS.get(asked["trade"], 15.0) + CHECK * asked.flag("check")
        lead_ = (label("classes_wait", lang, "web_exports"), label("what_classes", lang, "web_exports"))
        return View(about, lead_, sections=(onward("classes", asked, lang),),
                    runs=(Run("classify", params, seconds),))  # fmt: skip
    return told(read(folder), asked, lang)


def at_hand(trade: str) -> bool:
    """Whether a set lies in the folder of data; a file of the reader always does."""
    home = data_folder()
    return trade.startswith(OWN) or (home is not None and (home / FOLDERS[trade]).is_dir())


def absent(about: str, asked: Asked, lang: Lang) -> View:
    """The set is not at hand: no share is made up, and what to do instead."""
    ways = [label(f"absent_{way}", lang, "web_exports") for way in ("folder", "own", "printed")]
    section = Section("absent", label("sec_absent", lang, "web_exports"), ways)
    return View(
        label("absent_title", lang, "web_exports", name=about),
        lead=(label("absent_lead", lang, "web_exports"),),
        sections=(section, onward("classes", asked, lang)),
    )


def onward(part: str, asked: Asked, lang: Lang) -> Section:
    """Links to the other parts of the page, with the rest of what was asked."""
    ways = [
        Way(label(f"way_{other}", lang, "web_exports"), "exports", {**asked, "part": other})
        for other in PARTS
        if other != part
    ]
    return Section("onward", label("sec_onward", lang, "web_exports"), ways=ways)


def told(answer: ClassAnswer, asked: Asked, lang: Lang) -> View:
    """A classified trade as a view."""
    tables, variant = answer.tables, asked["variant"]
    trade = main_trade(tables["class_shares"])
    heads = [
        Headline(name, value, about or label("no_range", lang, "web_exports"))
        for name, value, about in tiles(tables, trade, lang)
    ]
    remarks = [str(text) for text in tables["class_notes"][f"text_{lang}"] if not missing(text)]
    return View(
        title=lead(tables, trade, variant, lang),
        lead=(trade_words(trade, lang), _meta(answer, lang)),
        headlines=heads,
        sections=(*sections(answer, trade, variant, lang), onward("classes", asked, lang)),
        sources=class_sources(answer, lang),
        notes=(*unsaid(tables, trade, lang), *remarks),
    )


def _meta(answer: ClassAnswer, lang: Lang) -> str:
    about = answer.about
    vintage = about.get("vintage")
    edition = class_word("vintage_unknown", lang) if missing(vintage) else str(vintage).replace("|", ", ")
    return class_word(
        "meta", lang, n=f"{len(trades(answer.tables['class_shares'])):,}", vintage=edition,
        draws=f"{about.get('draws', 0):,}", seed=about.get("seed", ""),
    )  # fmt: skip


def sections(answer: ClassAnswer, trade: Trade, variant: str, lang: Lang) -> Iterator[Section]:
    """The parts of the answer in the order of a reader's questions; one without rows is left out."""
    tables, drawn = answer.tables, class_charts(answer, lang, variant)
    for key, charts, names, said in _order(tables, trade, variant, lang):
        shown = [drawn[name] for name in charts if name in drawn]
        held = [table for name in names if (table := _table(name, tables, trade, variant, lang)) is not None]
        if shown or held:
            title = class_word(f"sec.{key}", lang)
            yield Section(key, title, said, [_keyed(chart) for chart in shown], held)


def _keyed(chart: Chart) -> Chart:
    return replace(chart, key=f"fig-{chart.key}")  # a table may have the name of a figure


def _order(
    tables: Tables, trade: Trade, variant: str, lang: Lang
) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...], list[str]]]:
    """Key of a part, its figures, its tables, and what is said first."""
    words = {"variant": variant_words(variant, lang)}
    check = [class_word("check_lead", lang), frozen_sentence(tables.get("goods_frozen"), lang)]
    yield "shares", ("area", "bars", "rows"), ("class_shares",), sentences(tables, trade, variant, lang)
    yield "beside", (), ("class_beside",), [class_word("beside_lead", lang)]
    yield "lines", ("treemap",), ("class_lines",), [class_word("lines_lead", lang)]
    yield "baseline", ("gap", "slope"), ("class_baseline",), []
    yield "drivers", (), ("class_drivers",), [class_word("drivers_lead", lang, **words)]
    yield "check", (), ("goods_check",), [text for text in check if text]
    customs = ("customs_classes", "customs_printed", "customs_pooled")
    yield "customs", ("band", "partners"), customs, [class_word("customs_lead", lang)]
    yield "change", (), ("class_change",), [class_word("change_lead", lang, **words)]
    yield "mutual", ("mutual",), ("class_mutual",), []


def _table(name: str, tables: Tables, trade: Trade, variant: str, lang: Lang) -> Table | None:
    """A table of the answer with the rows of the trade and the columns a reader needs."""
    frame = tables.get(name)
    rows = pd.DataFrame() if frame is None else _rows(name, frame, trade, variant)
    if rows.empty:
        return None
    shown = picked(spoken(rows, lang), [column for column in COLUMNS[name] if column in rows])
    return Table(name, label(f"table_{name}", lang, "web_exports"), shown, name)


def _rows(name: str, frame: pd.DataFrame, trade: Trade, variant: str) -> pd.DataFrame:
    """Rows of the trade shown: the variant asked for, sums without what they are made of."""
    if name == "class_mutual":
        return frame[frame["year"] == frame["year"].max()]
    rows = of_trade(frame, trade, any_year=name == "class_change")
    if name == "class_drivers":
        return rows[rows["variant"] == variant]
    if name == "class_change":
        return rows[rows["block"].fillna("") == ""]
    return shown_rows(rows) if name == "goods_check" else rows


def spoken(rows: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Keys that no list of choices holds, in words; a code without a name in the language has the other."""
    said: dict[str, Callable[[str], str]] = {
        "item": lambda key: item_words(key, lang),
        "class": lambda key: item_words(key, lang),
        "against": lambda key: word(key, "control_lists", lang),
        "among": lambda key: word(key, "goods_among", lang),
        "score": lambda key: class_word(f"check.{key}", lang),
        "goods": lambda key: goods_label(key, lang),
    }
    for name, tell in said.items():
        if name in rows:
            rows = worded(rows, {str(key): tell(str(key)) for key in rows[name].unique()}, name)
    if {"code", "name_en", "name_ja"} <= set(rows):
        lines = rows.to_dict("records")
        names = {f"name_{one}": [code_name(row, one) for row in lines] for one in LANGS}
        rows = rows.assign(code=[shown_code(row["code"]) for row in lines], **names)
    return rows
