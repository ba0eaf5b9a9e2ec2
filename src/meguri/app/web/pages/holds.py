"""Who holds which stage of a material, ore apart from refined? The page that answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pandas as pd

from meguri.app.chains import open_chain
from meguri.app.web.desk import Desk
from meguri.app.web.pages.holds_tables import Tables, table
from meguri.app.web.pages.plain import cut
from meguri.app.web.question import Asked
from meguri.app.web.view import Headline, Section, Table, View, Way, sources_of
from meguri.base.errors import DataError
from meguri.base.terms import Lang, label
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.sites import site_map_chart
from meguri.show.figures.slope import one_source
from meguri.show.flows import chain_flows
from meguri.show.gather import sheet_tables, table_of, trade_of
from meguri.show.sheet import sheet_charts, unknown_stages
from meguri.show.sheet_tiles import sheet_tiles
from meguri.show.spell import listing, say, word
from meguri.structure.atlas import Atlas, atlas
from meguri.structure.chain import Chain
from meguri.structure.evidence import why
from meguri.structure.examples import chains_with
from meguri.structure.relocation import ownership_and_process, site_map

WORDS = "web_holds"
HEIGHTS = {"stages": 380, "slope": 340, "map": 430, "series": 110, "producers": 140, "prices": 300}
TILES = (0, 2, 3, 7)  # of the sheet: largest holder's stage, HHI, ore against refined, unknowns
DOUBTS = 6  # known inconsistencies told in words


@dataclass(frozen=True, eq=False)
class Sheet:
    """What the page is drawn from: the atlas of one material, its tables and figures."""

    atlas: Atlas
    tables: Tables
    charts: dict[str, Chart]
    traded: pd.DataFrame
    importer: str
    lang: Lang

    @property
    def element(self) -> str:
        """Key of the material."""
        return self.atlas.element

    def said(self, key: str, **fill: object) -> str:
        """A phrase of the page."""
        return label(key, self.lang, WORDS, **fill)

    def shown(self, *names: str) -> list[Table]:
        """Those tables of the atlas that have a row."""
        return [found for name in names for found in table(self.tables, name, self.lang)]

    def part(self, key: str, texts: Sequence[str], charts: Sequence[str], *more: Any) -> Section:
        """A section; a figure without anything to draw says so in words, an unknown stage stays hatched."""
        bare = [name for name in charts if name != "stages" and self.charts[name].table.empty]
        bare = [name for name in bare if name != "map" or self.traded.empty]
        words = dict.fromkeys([*texts, *(self.charts[name].title for name in bare)])
        drawn = [self.charts[name] for name in charts if name not in bare]
        return Section(key, self.said(f"sec_{key}"), list(words), drawn, *more)


@lru_cache(maxsize=16)
def _atlas(element: str, year: int | None) -> Atlas:
    return atlas(element, year)


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """Stages, holders, flows, firms, doubts and unknowns of one material."""
    found = _atlas(asked["material"], asked.whole("year"))
    tables = {**sheet_tables(found), **_owners()}
    trade, importer = trade_of(found.element, asked["importer"]), asked["importer"]
    charts = sheet_charts(found.element, tables, trade, importer, lang, stage=asked["stage"], heights=HEIGHTS)
    sheet = Sheet(found, tables, charts, trade.flows, importer, lang)
    sections = [*_evidence(sheet, asked), _chain(sheet, asked, desk), *_parts(sheet)]
    return View(
        title=charts["stages"].title if len(found.stages) else sheet.said("none", name=_name(sheet)),
        lead=_lead(sheet),
        headlines=_headlines(sheet),
        sections=sections,
        sources=sources_of([*_cited(sections), trade.flows]),
        notes=_doubts(found.flags, lang),
    )


def _name(sheet: Sheet) -> str:
    return word(sheet.element, "materials", sheet.lang)


def _owners() -> dict[str, pd.DataFrame]:
    from meguri.observe.firms import ownership

    return {"ownership": ownership()}


def _lead(sheet: Sheet) -> list[str]:
    """Years shown, and the stages nobody gives a figure for."""
    years = sheet.atlas.stages["year"]
    said = [] if years.empty else [sheet.said("lead_years", first=int(years.min()), last=int(years.max()))]
    lost = [word(stage, "stages", sheet.lang) for stage in unknown_stages(sheet.atlas.unknowns)]
    said += [sheet.said("lead_unknown", stages=listing(lost, sheet.lang))] if lost else []
    return [*said, sheet.said("lead_basis")]


def _headlines(sheet: Sheet) -> list[Headline]:
    """Most concentrated stage, its HHI, ore against refined, and what is unknown."""
    tiles = sheet_tiles(sheet.tables, sheet.element, sheet.importer, sheet.lang)
    holder = tiles[1]
    found = []
    for place in TILES:
        name, value, about = tiles[place]
        if place == 0 and value:
            join = sheet.said("colon")
            value, about = f"{value}{join}{holder[1]}", f"{about} · {holder[2]}"
        found.append(Headline(name, value or say("unknown", sheet.lang), about, unknown=not value))
    return found


def _chain(sheet: Sheet, asked: Asked, desk: Desk) -> Section:
    """Who delivers to whom, where a chain carries the material."""
    title = sheet.said("sec_chain")
    chain = _chain_of(sheet, asked["chain"], desk)
    if chain is None:
        return Section("chain", title, [sheet.said("no_chain", name=_name(sheet))])
    element = sheet.element
    chart = chain_flows(chain, (element,), (sheet.importer,), (element,), sheet.lang)
    texts = [sheet.said("chain_of", chain=chain.label(sheet.lang))]
    if element not in set(chain.contents["element"]):
        texts.append(sheet.said("chain_without", name=_name(sheet)))
    name = asked["chain"] or f"{chain.name}@{chain.as_of}"
    ways = [
        Way(sheet.said("way_network"), "depends", {"method": "exposure", "chain": name}),
        Way(sheet.said("way_stops"), "stops", {"chain": name}),
    ]
    return Section("chain", title, texts, [chart], ways=ways)


def _chain_of(sheet: Sheet, name: str, desk: Desk) -> Chain | None:
    if name:
        return open_chain(desk.path_of(name))
    held = chains_with(sheet.element, sheet.atlas.year)
    return held[0] if held else None


def _parts(sheet: Sheet) -> list[Section]:
    """Every part of the page below the chain, in the order of the argument."""
    said = sheet.said
    both = len(one_source(sheet.atlas.contrast)) > 0
    why_there = ("stage_reasons", "by_product_hosts", "capability", "uses")
    counted = sheet.shown("stage_shares", "concentration")
    apart = "apart_lead" if len(sheet.tables["disagreements"]) else "apart_none"
    return [
        sheet.part("stages", (), ("stages", "hhi"), counted, _whys(sheet)),
        sheet.part("ore", [] if both else [say("slope_none", sheet.lang)], ("slope",)),
        sheet.part("map", (), ("map", "series")),
        _firms(sheet),
        sheet.part("reasons", _unless(sheet, *why_there), (), sheet.shown(*why_there)),
        sheet.part("prices", (), ("prices", "controls")),
        sheet.part("apart", [said(apart)], (), sheet.shown("source_values")),
        sheet.part("unknowns", _unless(sheet, "atlas_unknowns"), (), sheet.shown("atlas_unknowns")),
    ]


def _unless(sheet: Sheet, *names: str) -> list[str]:
    """A sentence where none of the tables has a row."""
    return [] if any(len(table_of(sheet.tables, name)) for name in names) else [say("sheet_none", sheet.lang)]


def _firms(sheet: Sheet) -> Section:
    """Firms by stage with the groups they belong to; magnet sites where they are on record."""
    charts, texts = [], _unless(sheet, "firms")
    if len(sheet.atlas.sites):
        points, owners = site_map(), ownership_and_process()
        used = sources_of([points, owners])
        about = footer(used, weakest_grade(points, owners), sheet.lang)
        charts = [site_map_chart(points, owners, lang=sheet.lang, footer=about)]
        texts = [sheet.said("sites_lead")]
    tables = sheet.shown("firms", "group_shares", "ownership")
    return Section("firms", sheet.said("sec_firms"), texts, charts, tables)


def _whys(sheet: Sheet) -> list[Way]:
    """Links to what stands behind the HHI and the largest share of each stage of the material itself."""
    rows = sheet.atlas.concentration
    rows = rows[(rows["element"] == sheet.element) & rows["hhi"].notna()].drop_duplicates("stage")
    found = []
    for row in rows.to_dict("records"):
        stage, top = row["stage"], row["top"]
        words = {"stage": word(stage, "stages", sheet.lang), "country": word(top, "countries", sheet.lang)}
        found.append(_way(sheet, f"concentration/{stage}/hhi", sheet.said("why_hhi", **words)))
        found.append(_way(sheet, f"stages/{stage}/{top}", sheet.said("why_share", **words)))
    return found


def _way(sheet: Sheet, path: str, text: str) -> Way:
    year = {} if sheet.atlas.year is None else {"year": str(sheet.atlas.year)}
    return Way(text, "holds", {"material": sheet.element, "importer": sheet.importer, "why": path} | year)


def _evidence(sheet: Sheet, asked: Asked) -> list[Section]:
    """What stands behind one cell; where the path names none, what it may name."""
    path = asked["why"]
    if not path:
        return []
    title = sheet.said("sec_evidence")
    try:
        steps = why(sheet.atlas, path)
    except DataError as error:
        return [Section("evidence", title, [problem.text(sheet.lang) for problem in error.problems])]
    rows = cut("evidence", steps, list(steps.columns), "evidence", sheet.said("tab_evidence", path=path))
    return [Section("evidence", title, [sheet.said("evidence_lead")], (), [rows])]


def _doubts(flags: pd.DataFrame, lang: Lang) -> list[str]:
    """Known inconsistencies of the documents that touch the figures, the grave ones first."""
    ranked = flags.sort_values("severity", key=lambda cells: cells != "high", kind="stable")
    told = [f"{row['flag']}: {row[f'summary_{lang}']}" for row in ranked.head(DOUBTS).to_dict("records")]
    rest = [str(flag) for flag in ranked["flag"].iloc[DOUBTS:]]
    return told + ([say("sheet_flags_rest", lang, flags=listing(rest, lang))] if rest else [])


def _cited(sections: Sequence[Section]) -> Iterable[pd.DataFrame]:
    for section in sections:
        yield from (chart.table for chart in section.charts)
        yield from (shown.frame for shown in section.tables)
