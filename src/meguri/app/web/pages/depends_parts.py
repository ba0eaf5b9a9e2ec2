"""The parts of the page on dependence: one function for each method, from its tables to sections."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from meguri.app import risk
from meguri.app.web.pages.depends_ask import Ask, Part, answer, of
from meguri.app.web.pages.depends_exposure import exposures
from meguri.app.web.pages.plain import cut, spelled
from meguri.app.web.view import Headline, Section, Way
from meguri.base.errors import DataError
from meguri.observe.controls import RARE_EARTHS
from meguri.observe.trade import trade_codes
from meguri.show.chart import Chart
from meguri.show.figures.heat import sector_heat
from meguri.show.figures.index_dots import LOW_FIRST, metal_gap, score_dots
from meguri.show.figures.scores import reason_text, shown_score
from meguri.show.figures.series import origin_series
from meguri.show.gather import RARE_EARTH_CODES, stage_of
from meguri.show.measures import measure_label
from meguri.show.risk import score_charts
from meguri.show.spell import listing, missing, say, word

SCORE = ("material", "stage", "economy", "year", "measure", "value", "low", "high", "published", "reason",
         "data_year", "source", "grade")  # fmt: skip
OVERVIEW = ("element", "importer", "ore_hhi", "ore_hhi_low", "ore_hhi_high", "ore_top", "refined_hhi",
            "refined_hhi_low", "refined_hhi_high", "refined_top", "code", "origin", "origin_share", "score",
            "score_low", "score_high", "sr", "sr_published", "designated", "unknown", "source",
            "grade")  # fmt: skip
MATRIX = ("sector", "element", "use_en", "use_ja", "essentiality", "worst_stage", "holder", "holder_country",
          "holder_share", "holder_share_low", "holder_share_high", "hhi", "reason_code", "rebuild_low",
          "rebuild_high", "designated", "reason", "source", "grade")  # fmt: skip
EVIDENCE = ("step", "name_en", "name_ja", "value", "low", "high", "unit", "year", "transformation_en",
            "transformation_ja", "source", "grade", "flag")  # fmt: skip
HALF = 0.5
FOLLOWED = ("REO", "W", "Ge", "Ta", "Mo", "In")  # metals offered where none was chosen
SERIES = 4  # codes whose origins are drawn; the others stand in the table
MOST = 3  # answers at a glance
LINKED = 4  # links to evidence below a figure


def overview(ask: Ask) -> Part:
    """Every metal at a glance: ore and refining, where the importer buys, published risk, and ways on."""
    table = answer("overview", ask).tables["overview"]
    first = table[table["importer"] == ask.asked.importers[0]]
    gap = metal_gap(first, lang=ask.lang, footer=of(first, ask.lang))
    shown = spelled(table, {"unknown": "reasons"}, ask.lang)
    tables = [cut("overview", shown, OVERVIEW, "overview", ask.said("tab_overview"))]
    ways = [_way(ask, method) for method in PARTS if method != "overview"]
    section = Section("overview", ask.said("sec_overview"), (), [gap], tables, ways)
    return Part(gap.title, _overview_headlines(ask, first), (section,))


def _overview_headlines(ask: Ask, table: pd.DataFrame) -> tuple[Headline, ...]:
    """Most concentrated refining, how often one origin sells more than half, how many scores are unknown."""
    lang, place = ask.lang, word(ask.asked.importers[0], "countries", ask.lang)
    found = []
    known = table[table["refined_hhi"].notna()]
    if len(known):
        row = known.loc[known["refined_hhi"].idxmax()].to_dict()
        fill = {"country": word(row["refined_top"], "countries", lang), "value": f"{row['refined_hhi']:.2f}",
                "low": f"{row['refined_hhi_low']:.2f}", "high": f"{row['refined_hhi_high']:.2f}"}  # fmt: skip
        metal, query = word(row["element"], "materials", lang), {"material": str(row["element"])}
        found.append(
            Headline(ask.said("head_refined"), metal, ask.said("head_refined_about", **fill), "holds", query)
        )
    bought = table[table["origin_share"].notna()]
    narrow = bought[bought["origin_share"] > HALF]
    if len(narrow):
        most = narrow["origin"].value_counts()
        about = ask.said(
            "head_origin_about", country=word(most.index[0], "countries", lang), k=int(most.iloc[0])
        )
        count = ask.said("of_metals", k=len(narrow), n=len(bought))
        found.append(Headline(ask.said("head_origin", place=place), count, about))
    lost = table[table["score"].isna()]
    reasons = listing(
        list(dict.fromkeys(word(key, "reasons", lang) for key in lost["unknown"] if key)), lang, 2
    )
    count = ask.said("of_metals", k=len(lost), n=len(table))
    return (*found, Headline(ask.said("head_unknown", place=place), count, reasons, unknown=len(lost) > 0))


def sectors(ask: Ask) -> Part:
    """Strategic fields against metals; one field and one metal are followed down to the nodes."""
    tables = answer("sectors", ask).tables
    matrix = tables["sector_exposure"]
    heat = sector_heat(matrix, lang=ask.lang, footer=of(matrix, ask.lang))
    shown = spelled(
        matrix, {"sector": "sectors", "reason_code": "location_reasons", "reason": "reasons",
                 "holder": "countries"}, ask.lang,
    )  # fmt: skip
    listed = [cut("sector_exposure", shown, MATRIX, "sector_exposure", ask.said("tab_matrix"))]
    if "sector_paths" in tables:
        paths = spelled(tables["sector_paths"], {"sector": "sectors", "reason": "reasons"}, ask.lang)
        listed.append(
            cut("sector_paths", paths, list(paths.columns), "sector_paths", ask.said("tab_sector_paths"))
        )
    worst = matrix[matrix["hhi"].notna()].drop_duplicates(["sector", "element"])
    ways = [
        Way(ask.said("why_field", field=word(row["sector"], "sectors", ask.lang),
                     metal=word(row["element"], "materials", ask.lang)), "depends",
            {"method": "sectors", "sector": row["sector"], "material": row["element"], "why": "yes"})
        for row in worst.sort_values("hhi", ascending=False, kind="stable").head(LINKED).to_dict("records")
    ]  # fmt: skip
    return Part(heat.title, (), (Section("sectors", ask.said("sec_sectors"), (), [heat], listed, ways),))


def scores(ask: Ask) -> Part:
    """Any method that gives one table of scores: points with their ranges, then every row."""
    found = answer(ask.method, ask)
    table = found.tables["risk_scores"]
    charts = []
    for measure in MEASURES[ask.method]:
        rows = table[table["measure"] == measure]
        if len(rows):
            charts.append(
                score_dots(
                    rows, measure=measure, name=f"dots-{measure}", lang=ask.lang, footer=of(rows, ask.lang)
                )
            )
    if ask.method == "ec":
        charts += score_charts(table, ask.lang)
    texts = [ask.said(f"lead_{ask.method}")] + [problem.text(ask.lang) for problem in found.problems]
    shown = spelled(table, {"reason": "reasons", "economy": "countries"}, ask.lang)
    shown = shown.assign(measure=[measure_label(key, ask.lang) for key in table["measure"]])
    tables = [cut("risk_scores", shown, SCORE, "risk_scores", ask.said("tab_scores"))]
    section = Section(ask.method, ask.said(f"method_{ask.method}"), texts, charts, tables, _whys(ask, table))
    title = charts[0].title if charts else ask.said("none")
    return Part(title, _score_headlines(ask, table), (section,))


MEASURES = {
    "geopolrisk": ("score",), "ec": (), "dependence": ("cdi1", "cdi3", "n1", "divergence"),
    "complexity": ("rca", "pci"),
}  # fmt: skip


def _score_headlines(ask: Ask, table: pd.DataFrame) -> tuple[Headline, ...]:
    """The worst of each measure with its range, and what is not known."""
    found, measures = [], MEASURES[ask.method] or ("sr",)
    for measure in measures[:MOST]:
        known = table[(table["measure"] == measure) & table["value"].notna()]
        if known.empty:
            continue
        worst = known["value"].idxmin() if measure in LOW_FIRST else known["value"].idxmax()
        found.append(_worst(ask, measure, known.loc[worst].to_dict()))
    main = table[table["measure"].isin(measures)]
    lost = main[main["value"].isna()]
    keys = dict.fromkeys(key for cell in lost["reason"].fillna("") for key in str(cell).split("|") if key)
    count = ask.said("of_rows", k=len(lost), n=len(main))
    reasons = listing([reason_text(key, ask.lang) for key in keys], ask.lang, 2)
    return (*found, Headline(ask.said("head_lost"), count, reasons, unknown=len(lost) > 0))


def _worst(ask: Ask, measure: str, row: Mapping[Any, Any]) -> Headline:
    """Metal, stage and value of one score, with its range and grade."""
    about, value = say(f"grade.{row['grade']}", ask.lang), shown_score(row["value"])
    names = [word(row["material"], "materials", ask.lang)]
    names += [] if missing(row["stage"]) else [word(row["stage"], "stages", ask.lang)]
    low, high = row["low"], row["high"]
    if missing(low) or missing(high):
        about = ask.said("head_score_bare", grade=about)
    elif low != high:
        about = ask.said("head_score_about", low=shown_score(low), high=shown_score(high), grade=about)
    return Headline(measure_label(measure, ask.lang), f"{' · '.join(names)}{ask.said('colon')}{value}", about)


def _whys(ask: Ask, table: pd.DataFrame) -> list[Way]:
    """Links to what stands behind the highest scores."""
    if ask.method not in risk.EXPLAINED:
        return []
    ranked = table[table["value"].notna()].sort_values("value", ascending=False, kind="stable")
    main = ranked[ranked["measure"].isin(MEASURES[ask.method][:1] or ("sr",))]
    importers = ",".join(ask.asked.importers)
    return [
        Way(ask.said("why_score", metal=word(key, "materials", ask.lang)), "depends",
            {"method": ask.method, "importer": importers, "material": str(key), "why": "yes"})
        for key in main["material"].drop_duplicates().head(LINKED)
    ]  # fmt: skip


def history(ask: Ask) -> Part:
    """Where imports came from, year by year, for the codes of the metals asked for."""
    title = ask.said("sec_history")
    codes = _codes(ask)
    if not codes:
        said = ask.said("no_code" if ask.asked.materials else "choose_metal")
        ways = [
            Way(word(key, "materials", ask.lang), "depends", {"method": "history", "material": key})
            for key in FOLLOWED
        ]
        return Part(said, (), (Section("history", title, [said], ways=ways),))
    tables = answer("history", replace(ask, asked=replace(ask.asked, codes=codes))).tables
    origins, shares = tables["origin_shares"], tables["import_history"]
    charts = [
        _series(ask, rows, str(importer), str(code))
        for (importer, code), rows in list(origins.groupby(["importer", "code"], sort=False))[:SERIES]
    ]
    words, texts = {"reason": "reasons"}, [ask.said("lead_history")]
    if set(ask.asked.materials) & (set(RARE_EARTHS) - {"REO"}):
        texts.append(ask.said("rare_earth_codes"))
    listed = [
        cut("import_history", spelled(shares, words, ask.lang), list(shares.columns), "import_history",
            ask.said("tab_history")),
        cut("origin_shares", spelled(origins, words, ask.lang), list(origins.columns), "origin_shares",
            ask.said("tab_origins")),
    ]  # fmt: skip
    return Part(charts[0].title, (), (Section("history", title, texts, charts, listed),))


def _codes(ask: Ask) -> tuple[str, ...]:
    """Trade codes of the metals asked for; a rare earth is traded under those of all rare earths."""
    listed = trade_codes()
    wanted = set(ask.asked.materials)
    found = list(listed.loc[listed["material"].isin(wanted), "code"])
    if wanted & set(RARE_EARTHS):
        found += RARE_EARTH_CODES
    return tuple(dict.fromkeys(found))


def _series(ask: Ask, rows: pd.DataFrame, importer: str, code: str) -> Chart:
    names = {"exporter": "origin", "share_low": "low", "share_high": "high"}
    columns = ["year", "origin", "share", "low", "high", "basis", "reason", "source", "grade"]
    table = rows.rename(columns=names)[columns].reset_index(drop=True)
    table = table.assign(basis=f"{ask.asked.by}_flows")
    what = ask.said(
        "imports_of", importer=word(importer, "countries", ask.lang), codes=code.replace("|", ", ")
    )
    chart = origin_series(
        table, what=what, stage=stage_of(code), lang=ask.lang, panel=150, footer=of(table, ask.lang)
    )
    return replace(chart, key=f"series-{importer}-{code.replace('|', '-')}")


PARTS: dict[str, Callable[[Ask], Part]] = {
    "overview": overview, "exposure": exposures, "sectors": sectors, "geopolrisk": scores, "ec": scores,
    "dependence": scores, "history": history, "complexity": scores,
}  # fmt: skip


def _way(ask: Ask, method: str) -> Way:
    importers = ",".join(ask.asked.importers)
    return Way(ask.said(f"method_{method}"), "depends", {"method": method, "importer": importers})


def evidence(ask: Ask) -> list[Section]:
    """Every figure behind one score of the materials asked for."""
    title = ask.said("sec_evidence")
    if ask.method not in risk.EXPLAINED:
        return [Section("evidence", title, [ask.said("evidence_how")])]
    try:
        steps = risk.reasons_of(ask.method, ask.asked).tables["evidence"]
    except DataError as error:
        texts = [problem.text(ask.lang) for problem in error.problems]
        return [Section("evidence", title, [ask.said("evidence_how"), *texts])]
    rows = cut("evidence", steps, EVIDENCE, "evidence", title)
    return [Section("evidence", title, [ask.said("evidence_lead")], (), [rows])]
