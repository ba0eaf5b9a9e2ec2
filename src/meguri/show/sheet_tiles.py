"""The eight numbers at the head of a sheet; what is unknown says so, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.holders import worst_row
from meguri.show.figures.slope import one_source
from meguri.show.figures.world import held
from meguri.show.gather import table_of
from meguri.show.spell import day, listing, missing, percent, say, significant, word

Tile = tuple[str, str, str]
Tables = Mapping[str, pd.DataFrame]


def tiles_html(tables: Tables, element: str, economy: str, lang: Lang) -> str:
    """Name, value and what it is about, eight times."""
    tiles = sheet_tiles(tables, element, economy, lang)
    cells = "".join(
        f"<div{'' if value else ' class=unknown'}><dt>{escape(name)}</dt>"
        f"<dd>{escape(value or say('unknown', lang))}</dd>"
        f'<dd class="range">{escape(about)}</dd></div>\n'
        for name, value, about in tiles
    )
    return f'<dl class="tiles">\n{cells}</dl>\n'


def sheet_tiles(tables: Tables, element: str, economy: str, lang: Lang) -> list[Tile]:
    """The tiles; an empty value is unknown and its third part says why."""
    worst = worst_row(table_of(tables, "concentration"), element)
    return [
        _stage(worst, element, lang),
        _holder(worst, tables, lang),
        _hhi(worst, tables, lang),
        _gap(table_of(tables, "ore_refined"), lang),
        _reason(worst, table_of(tables, "stage_reasons"), lang),
        _rebuild(table_of(tables, "capability"), economy, lang),
        _designated(tables, element, lang),
        _unknowns(table_of(tables, "atlas_unknowns"), lang),
    ]


def _source(row: dict[str, Any], lang: Lang) -> str:
    return f"{word(row['source'], 'source_names', lang)} {row['year']}"


def _stage(worst: dict[str, Any] | None, element: str, lang: Lang) -> Tile:
    name = say("sheet_worst", lang)
    if worst is None:
        return name, "", word("not_listed", "reasons", lang)
    group = "" if worst["element"] == element else f" · {word(worst['element'], 'materials', lang)}"
    return name, word(worst["stage"], "stages", lang), f"{_source(worst, lang)}{group}"


def _same(worst: dict[str, Any], table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["stage"] == worst["stage"]) & (table["element"] == worst["element"])]


def _holder(worst: dict[str, Any] | None, tables: Tables, lang: Lang) -> Tile:
    name = say("sheet_holder", lang)
    if worst is None or missing(worst["top"]):
        return name, "", word("not_listed", "reasons", lang)
    value = f"{word(worst['top'], 'countries', lang)} {percent(number_or_none(worst['top_share']))}"
    rows = _same(worst, table_of(tables, "stage_shares"))
    said = [held(row) for row in rows[rows["country"] == worst["top"]].to_dict("records")]
    return name, value, _over([share for share in said if share is not None], lang, percent)


def _over(values: list[float], lang: Lang, shown: Any) -> str:
    if len(values) < 2:
        return say("sheet_one_source", lang)
    return say("sheet_range", lang, low=shown(min(values)), high=shown(max(values)), n=len(values))


def _hhi(worst: dict[str, Any] | None, tables: Tables, lang: Lang) -> Tile:
    name = say("sheet_hhi", lang)
    if worst is None:
        return name, "", word("not_listed", "reasons", lang)
    rows = _same(worst, table_of(tables, "concentration"))
    ends = [*rows["hhi"], *rows["hhi_low"], *rows["hhi_high"]]
    known = [float(end) for end in ends if not missing(end)]
    n = int(rows["hhi"].notna().sum())
    ends_of = {"low": f"{min(known):.2f}", "high": f"{max(known):.2f}"}
    about = say("sheet_range", lang, **ends_of, n=n) if n > 1 else say("sheet_range_one", lang, **ends_of)
    return name, f"{worst['hhi']:.2f}", about if max(known) > min(known) else say("sheet_one_source", lang)


def _gap(contrast: pd.DataFrame, lang: Lang) -> Tile:
    name = say("sheet_gap", lang)
    same = one_source(contrast)
    known = same[same["difference"].notna()]
    if known.empty:
        return name, "", say("slope_none", lang)
    row = known.loc[known["difference"].abs().idxmax()]
    points = f"{100 * row['difference']:+.0f}".replace("-", "−")
    about = say(
        "sheet_gap_about",
        lang,
        country=word(row["country"], "countries", lang),
        ore=percent(number_or_none(row["share_ore"])),
        refined=percent(number_or_none(row["share_refined"])),
    )
    return name, say("sheet_points", lang, n=points), about


def _reason(worst: dict[str, Any] | None, reasons: pd.DataFrame, lang: Lang) -> Tile:
    name = say("sheet_reason", lang)
    known = reasons[reasons["code"] != "unknown"]
    at_worst = known[known["stage"] == worst["stage"]] if worst else known
    chosen = at_worst if len(at_worst) else known
    if chosen.empty:
        return name, "", say("sheet_unsaid", lang)
    codes = list(dict.fromkeys(say(f"why.{code}", lang) for code in chosen["code"]))
    stages = list(dict.fromkeys(word(stage, "stages", lang) for stage in chosen["stage"]))
    return name, listing(codes[:2], lang), listing(stages, lang, most=3)


def _rebuild(capability: pd.DataFrame, economy: str, lang: Lang) -> Tile:
    name = say("sheet_rebuild", lang)
    known = capability[capability["rebuild_high"].notna()]
    home = known[known["economy"] == economy]
    chosen = home if len(home) else known
    if chosen.empty:
        return name, "", say("sheet_unsaid", lang)
    row = chosen.loc[chosen["rebuild_high"].idxmax()]
    low, high = significant(float(row["rebuild_low"])), significant(float(row["rebuild_high"]))
    value = say("sheet_years", lang, range=low if low == high else say("range", lang, low=low, high=high))
    about = [
        word(row["economy"], "countries", lang),
        word(row["stage"], "stages", lang),
        say(f"grade.{row['grade']}", lang),
    ]
    return name, value, " · ".join(about)


def _designated(tables: Tables, element: str, lang: Lang) -> Tile:
    name = say("sheet_designated", lang)
    rows = tables["specified_products"]
    rows = rows[rows["elements"].fillna("").str.split("|").map(lambda listed: element in listed)]
    if rows.empty:
        return name, say("sheet_no", lang), ""
    row = rows.sort_values("start").iloc[0]
    about = f"{row[f'product_{lang}']} {say('sheet_since', lang, day=day(row['start'], lang))}"
    return name, say("sheet_yes", lang), about


def _unknowns(unknowns: pd.DataFrame, lang: Lang) -> Tile:
    reasons = unknowns["reason"].value_counts()
    names = [word(reason, "reasons", lang) for reason in reasons.index[:1]]
    return say("sheet_unknowns", lang), say("sheet_count", lang, n=len(unknowns)), listing(names, lang)
