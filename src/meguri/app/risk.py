"""`meguri risk`: the indices of one method as tables, and what stands behind one score."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, find_key, suggest_key

KEYS = ["material", "stage", "economy", "year"]
WITHIN = 0.05
SPAN = "-–:"


@dataclass(frozen=True)
class Asked:
    """What one call of `meguri risk` asks for."""

    materials: tuple[str, ...] = ()
    importers: tuple[str, ...] = ("JP",)
    years: tuple[int, ...] = ()
    compat: bool = False
    both: bool = False
    tool_production: bool = False
    table: Path | None = None
    exposure: bool = False
    chain: str | None = None
    node: str | None = None
    to: str = "CN"
    tiers: str = "all"
    top: int = 10
    worst: bool = False
    sectors: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    by: Literal["value", "quantity"] = "value"
    lang: Lang = "en"


@dataclass(frozen=True)
class Answer:
    """Tables by name, the leading one first, and the names that cost a row each."""

    tables: dict[str, pd.DataFrame]
    problems: list[Problem] = field(default_factory=list)
    counts: Mapping[str, object] = field(default_factory=dict)

    @property
    def main(self) -> pd.DataFrame:
        """The table that CSV and Excel hold."""
        return next(iter(self.tables.values()))


def read_years(given: Iterable[str]) -> tuple[int, ...]:
    """Years of "2022", "2018-2020" or several of them.

    Raises
    ------
    DataError
        With every cell that names no year between 1900 and 2100.

    Examples
    --------
    >>> read_years(["2018-2020", "2024"])
    (2018, 2019, 2020, 2024)
    """
    years: list[int] = []
    wrong = []
    for text in given:
        first, *rest = text.translate({ord(mark): " " for mark in SPAN}).split() or [""]
        ends = [first, *(rest or [first])]
        fits = len(ends) == 2 and all(end.isdecimal() and 1900 <= int(end) <= 2100 for end in ends)
        if fits:
            years += range(int(ends[0]), int(ends[1]) + 1)
        if not fits or int(ends[0]) > int(ends[1]):
            wrong.append(Problem("year_span", "--year", text))
    if wrong:
        raise DataError(wrong)
    return tuple(dict.fromkeys(years))


def method_of(method: str, asked: Asked) -> str:
    """The method asked for; a node, a table of one's own or a field name theirs.

    Examples
    --------
    >>> method_of("overview", Asked(node="jp-xev")), method_of("geopolrisk", Asked(sectors=("space",)))
    ('exposure', 'geopolrisk')
    """
    if asked.exposure or asked.node:
        return "exposure"
    if asked.table:
        return "ec"
    return "sectors" if asked.sectors and method == "overview" else method


def told(method: str, asked: Asked, *, why: bool = False, page: bool = False) -> Answer:
    """What stands behind a score, all that a page of the overview shows, or the tables of one method."""
    if why:
        return reasons_of(method, asked)
    return report_of(asked) if page and method == "overview" else METHODS[method](asked)


def _known(names: Iterable[str]) -> list[str]:
    """Keys of the materials named; a name that fits none is refused with the nearest one."""
    found = {name: find_key(name, "materials") for name in names}
    wrong = [
        Problem(
            "term_materials", "material", name, details={"near": suggest_key(name, "materials") or "Dy, W"}
        )
        for name, key in found.items()
        if key is None
    ]
    if wrong:
        raise DataError(wrong)
    return [key for key in found.values() if key]


def _geopolrisk(asked: Asked) -> Answer:
    from meguri.observe.trade import LAST_YEAR
    from meguri.structure.geopolrisk.default import DEFAULT, Rules, score_codes
    from meguri.structure.geopolrisk.scores import geopolrisk, request_problems

    names = asked.materials or tuple(score_codes()["material"].unique())
    modes: bool | Literal["both"] = "both" if asked.both else asked.compat
    rules = Rules(stage_matched=False, production="added") if asked.tool_production else DEFAULT
    years = asked.years or (LAST_YEAR,)
    scores = geopolrisk(names, asked.importers, years, compat=modes, rules=rules)
    table = side_by_side(scores)
    counts = {"known": int(table["score"].notna().sum()), "n": len(table)}
    tables = {"geopolrisk": table, "risk_scores": scores}
    return Answer(tables, request_problems(names, asked.importers), counts)


def side_by_side(scores: pd.DataFrame) -> pd.DataFrame:
    """One row for each request and stage, one column for each measure; of two modes the second follows.

    Parameters
    ----------
    scores : DataFrame
        Columns of ``risk_scores`` of one method, or of the two modes of GeoPolRisk.

    Returns
    -------
    DataFrame
        material, stage, economy, year, then hhi, ir, score, score_low, score_high, midpoint, cf, and
        basis, data_year, reason, source, grade of the score.
    """
    parts = [_wide(rows) for _, rows in scores.groupby("method", sort=False)]
    if len(parts) == 1:
        return parts[0]
    ours, tool = parts
    keys = ["material", "economy", "year"]
    return ours.merge(tool.drop(columns="stage"), on=keys, how="outer", suffixes=("", "_compat"))


def _wide(rows: pd.DataFrame) -> pd.DataFrame:
    measures = list(dict.fromkeys(rows["measure"]))
    keyed = rows.fillna({"stage": ""}).set_index(KEYS)
    table = keyed[keyed["measure"] == "score"][
        ["low", "high", "basis", "data_year", "reason", "source", "grade"]
    ]
    table = table.rename(columns={"low": "score_low", "high": "score_high"})
    for place, name in enumerate(measures):
        table.insert(place, name, keyed.loc[keyed["measure"] == name, "value"])
    return table.reset_index()


def _ec(asked: Asked) -> Answer:
    if asked.table is not None:
        from meguri.structure.ec.table import ec_table, read_ec_table

        table = ec_table(read_ec_table(asked.table), str(asked.table))
        return Answer({"ec_table": table}, counts={"known": int(table["sr"].notna().sum()), "n": len(table)})
    from meguri.structure.ec.scores import critical, ec_scores

    scores = ec_scores(_known(asked.materials) or None)
    cells = scores[(scores["measure"] == "sr") & scores["stage"].fillna("").ne("")]
    columns = [
        "material", "stage", "year", "value", "low", "high", "published", "reason", "data_year",
        "source", "grade",
    ]  # fmt: skip
    cells = cells[columns].rename(columns={"value": "sr"}).reset_index(drop=True)
    cells.insert(7, "within", (cells["sr"] - cells["published"]).abs() <= WITHIN + 1e-9)
    listed = critical()
    shown = listed if not asked.materials else listed[listed["material"].isin(_known(asked.materials))]
    counts = {"near": int(cells["within"].sum()), "n": len(cells), "critical": len(listed),
              "reasoned": int((~cells["within"] & cells["reason"].fillna("").ne("")).sum())}  # fmt: skip
    return Answer({"ec_cells": cells, "ec_critical": shown, "risk_scores": scores}, counts=counts)


def _exposure(asked: Asked) -> Answer:
    from meguri.app.chains import chain_with
    from meguri.structure.dependency import exposure, exposure_paths

    chain = chain_with(asked.node, asked.chain)
    tiers = int(asked.tiers) if asked.tiers.isdecimal() else asked.tiers
    table = exposure(chain, asked.node, asked.to, asked.tiers)
    if asked.node is None:
        return Answer({"tier_exposure": table.sort_values("value", ascending=False, kind="stable")})
    measure: Literal["total", "worst"] = "worst" if asked.worst else "total"
    paths = exposure_paths(chain, asked.node, asked.to, asked.top, tiers, measure)
    return Answer({"tier_exposure": table, "exposure_paths": paths})


def _sectors(asked: Asked) -> Answer:
    """The fields named with their metals; one field and one metal are followed down to the nodes."""
    from meguri.structure.coverage import coverage
    from meguri.structure.sector_paths import sector_paths
    from meguri.structure.sectors import client_table, sector_matrix

    year, listed = max(asked.years, default=None), _known(asked.materials)
    matrix = sector_matrix(asked.sectors or None, year)
    if listed:
        matrix = matrix[matrix["element"].isin(listed)].reset_index(drop=True)
    tables = {"sector_exposure": matrix, "client_table": client_table(matrix, asked.lang)}
    if len(asked.sectors) == 1 and len(listed) == 1:
        return Answer(tables | {"sector_paths": sector_paths(asked.sectors[0], listed[0], year)})
    return Answer(tables | {"metal_evidence": coverage()})


def _overview(asked: Asked) -> Answer:
    from meguri.observe.trade import LAST_YEAR
    from meguri.structure.overview import overview

    year = max(asked.years, default=LAST_YEAR)
    parts = [overview(importer, year, _known(asked.materials) or None) for importer in asked.importers]
    return Answer({"overview": pd.concat(parts, ignore_index=True)})


def report_of(asked: Asked) -> Answer:
    """Everything a risk report shows: the picture, fields and metals, and the scores behind them."""
    from meguri.observe.added import added

    picture = _overview(asked).tables
    names = tuple(dict.fromkeys(picture["overview"]["element"]))
    both = asked.both or not added().empty  # who has added the tool's table sees it beside ours
    scored = _geopolrisk(replace(asked, materials=names, both=both)).tables["risk_scores"]
    studied = pd.concat([scored, _ec_scores(names)], ignore_index=True)
    return Answer(picture | {"risk_scores": studied} | _sectors(asked).tables)


def _ec_scores(names: tuple[str, ...]) -> pd.DataFrame:
    from meguri.observe.ec_study import ec_materials
    from meguri.structure.ec.scores import ec_scores

    studied = set(ec_materials()["material"])
    return ec_scores([name for name in names if name in studied])


def _dependence(asked: Asked) -> Answer:
    """CDI of the importers, N-1 and the distance of ore and refining of the world."""
    from meguri.observe.trade import LAST_YEAR
    from meguri.structure.coverage import METALS
    from meguri.structure.dependence import dependence_scores, n_minus_1
    from meguri.structure.divergence import divergence_scores

    listed = _known(asked.materials) or list(METALS)
    last = max(asked.years, default=LAST_YEAR)
    cdi = dependence_scores(asked.importers, asked.years or (LAST_YEAR,), asked.by, listed)
    supply = [n_minus_1(element, last) for element in listed]
    apart = divergence_scores(listed, max(asked.years, default=None))
    return Answer({"risk_scores": pd.concat([cdi, *supply, apart], ignore_index=True)})


def _complexity(asked: Asked) -> Answer:
    from meguri.observe.trade import LAST_YEAR
    from meguri.structure.complexity import complexity_scores

    scores = complexity_scores(max(asked.years, default=LAST_YEAR), asked.importers)
    if asked.materials:
        scores = scores[scores["material"].isin(_known(asked.materials))].reset_index(drop=True)
    return Answer({"risk_scores": scores})


def _history(asked: Asked) -> Answer:
    """Concentration of imports year by year, for the codes named or those of the materials."""
    from meguri.structure.import_history import import_history, origin_shares

    codes = asked.codes or _codes_of(_known(asked.materials))
    if not codes:
        raise DataError(Problem("history_codes", "--code", " ".join(asked.materials)))
    parts = [(codes, importer, asked.years or None, asked.by) for importer in asked.importers]
    history = pd.concat([import_history(*part) for part in parts], ignore_index=True)
    origins = pd.concat([origin_shares(*part) for part in parts], ignore_index=True)
    return Answer({"import_history": history, "origin_shares": origins})


def _codes_of(materials: list[str]) -> tuple[str, ...]:
    from meguri.observe.trade import trade_codes

    codes = trade_codes()
    return tuple(codes.loc[codes["material"].isin(materials), "code"])


def reasons_of(method: str, asked: Asked) -> Answer:
    """What stands behind the score of each material named.

    Raises
    ------
    DataError
        When no material is named, or the method's scores are computed from the tables it prints anyway.
    """
    if method not in EXPLAINED:
        details = {"choices": ", ".join(EXPLAINED), "near": next(iter(EXPLAINED))}
        raise DataError(Problem("choice", "--why --method", method, details=details))
    if not asked.materials:
        raise DataError(Problem("why_needs_material", "--why"))
    parts = [part for name in asked.materials for part in EXPLAINED[method](name, asked)]
    return Answer({"evidence": pd.concat(parts, ignore_index=True)})


def _why_geopolrisk(name: str, asked: Asked) -> list[pd.DataFrame]:
    from meguri.observe.trade import LAST_YEAR
    from meguri.structure.geopolrisk.evidence import evidence

    years = asked.years or (LAST_YEAR,)
    return [evidence(name, importer, year) for importer in asked.importers for year in years]


def _why_ec(name: str, _: Asked) -> list[pd.DataFrame]:
    from meguri.structure.ec.evidence import evidence

    return [evidence(name)]


def _why_sectors(name: str, asked: Asked) -> list[pd.DataFrame]:
    from meguri.structure.sector_evidence import sector_evidence

    if not asked.sectors:
        raise DataError(Problem("why_needs_sector", "--why"))
    return [sector_evidence(sector, name, max(asked.years, default=None)) for sector in asked.sectors]


def _why_dependence(name: str, asked: Asked) -> list[pd.DataFrame]:
    from meguri.observe.trade import LAST_YEAR
    from meguri.structure.trade_evidence import dependence_evidence, n_minus_1_evidence

    year = max(asked.years, default=LAST_YEAR)
    codes = asked.codes or _codes_of(_known([name]))
    traded = [
        dependence_evidence(codes, importer, year, measure, asked.by)
        for importer in asked.importers
        for measure in ("cdi1", "cdi2", "cdi3")
        if codes
    ]
    return [*traded, n_minus_1_evidence(_known([name])[0], year)]


EXPLAINED: dict[str, Callable[[str, Asked], list[pd.DataFrame]]] = {
    "geopolrisk": _why_geopolrisk,
    "ec": _why_ec,
    "sectors": _why_sectors,
    "dependence": _why_dependence,
}
METHODS: dict[str, Callable[[Asked], Answer]] = {
    "overview": _overview,
    "geopolrisk": _geopolrisk,
    "ec": _ec,
    "dependence": _dependence,
    "complexity": _complexity,
    "history": _history,
    "exposure": _exposure,
    "sectors": _sectors,
}
