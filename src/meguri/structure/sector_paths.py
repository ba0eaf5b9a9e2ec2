"""The path from ore to a strategic field: shares, firms and nodes at each stage of one metal."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, find_key, label, suggest_key
from meguri.observe.firms import firm_label, firms
from meguri.observe.sectors import sector_key, sector_materials
from meguri.structure.examples import latest_chains
from meguri.structure.holders import STAGE_ORDER, stage_holders

Row = dict[str, Any]


def sector_paths(
    sector: str,
    element: str,
    year: int | None = None,
    *,
    fields: pd.DataFrame | None = None,
    materials: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Every stage through which a metal reaches a field, with all that is known of each.

    A stage shows the largest holder by each source, the firms the documents name, and the nodes of
    packaged chains whose product holds the metal. A stage that must exist but is covered by nothing
    stands as ``unknown``; the last rows are the uses in the field.

    Parameters
    ----------
    sector, element : str
        Key or name in either language.
    year : int, optional
        Latest year of shares, firms and chains; without it, the latest at hand.
    fields, materials : DataFrame, optional
        A user's own ``sectors`` and ``sector_materials``.

    Returns
    -------
    DataFrame
        Columns of ``sector_paths``, from ore to the field.

    Raises
    ------
    DataError
        When the name means no field or no metal, or nothing links the two.

    Examples
    --------
    >>> path = sector_paths("AI・半導体", "Ta")
    >>> path[path["what"] == "firm"].drop_duplicates("stage")[["stage", "name_en"]].values.tolist()
    [['material', 'JX Advanced Metals'], ['equipment', 'Tokyo Electron']]
    """
    field, key = sector_key(sector, fields), _element(element)
    every = sector_materials() if materials is None else materials
    every = every[every["sector"] == field]
    links = every[every["element"] == key]
    if links.empty:
        near = ", ".join(every["element"].drop_duplicates()) or "-"
        raise DataError(Problem("sector_metal", field, key, details={"near": near}))
    rows = [*_shares(key, year), *_firms(key, year), *_nodes(key, year)]
    rows += _missing({str(row["stage"]) for row in rows})
    rows.sort(key=lambda row: STAGE_ORDER.index(str(row["stage"])))
    rows += _uses(links)
    table = pd.DataFrame(rows).assign(sector=field, element=key, step=range(1, len(rows) + 1))
    return Schema.of("sector_paths").check(table)


def _element(name: str) -> str:
    key = find_key(name, "materials")
    if key is None:
        near = suggest_key(name, "materials") or "Dy, Nd, W …"
        raise DataError(Problem("term_materials", "element", name, details={"near": near}))
    return key


def _named(holder: str, kind: str) -> Row:
    if kind == "country":
        return {f"name_{lang}": label(holder, lang, "countries") for lang in LANGS}
    return {f"name_{lang}": firm_label(holder, lang) for lang in LANGS}


def _shares(element: str, year: int | None) -> list[Row]:
    return [
        {
            "stage": row.stage, "what": "shares" if row.holder_kind == "country" else "firm",
            **_named(row.holder, row.holder_kind), "country": row.holder_country,
            "share": row.holder_share, "hhi": row.hhi, "year": row.year, "reason": row.reason,
            "source": row.source, "grade": row.grade, "flag": row.flag,
        }
        for row in stage_holders(element, year).itertuples()
    ]  # fmt: skip


def _firms(element: str, year: int | None) -> list[Row]:
    """Firms a document names without a share."""
    table = firms(element, placeholders=False)
    table = table[table["share"].isna() & table["stage"].isin(STAGE_ORDER)]
    if year is not None:
        table = table[table["year"] <= year]
    return [
        {
            "stage": row.stage, "what": "firm", **_named(row.firm, "firm"), "country": row.country,
            "year": row.year, "reason": "undisclosed", "source": row.source, "grade": row.grade,
            "flag": row.flag,
        }
        for row in table.drop_duplicates(["stage", "firm"]).itertuples()
    ]  # fmt: skip


def _nodes(element: str, year: int | None) -> list[Row]:
    rows: list[Row] = []
    for chain in latest_chains(year):
        contents = chain.contents
        holds = contents[(contents["element"] == element) & (contents["share"] > 0)]["material"]
        nodes = chain.nodes
        nodes = nodes[nodes["material"].isin(holds) & nodes["stage"].isin(STAGE_ORDER)]
        rows += [
            {
                "stage": row.stage, "what": "node", "name_en": row.label_en or row.node,
                "name_ja": row.label_ja or row.node, "country": row.country, "chain": chain.name,
                "year": int(chain.as_of), "source": row.source or "meguri-assumption", "grade": row.grade,
            }
            for row in nodes.itertuples()
        ]  # fmt: skip
    return rows


def _missing(found: set[str]) -> list[Row]:
    """Ore and a processing stage always exist: where nothing is known of them, that is said."""
    needed = [("ore", {"ore"}), ("refining", {"separation", "refining", "metal"})]
    return [
        {
            "stage": stage, "what": "unknown", "reason": "not_listed", "source": "meguri-assumption",
            **{f"name_{lang}": label("not_listed", lang, "reasons") for lang in LANGS},
        }
        for stage, any_of in needed
        if not found & any_of
    ]  # fmt: skip


def _uses(links: pd.DataFrame) -> list[Row]:
    return [
        {
            "stage": "sector", "what": "use", "name_en": row.use_en, "name_ja": row.use_ja,
            "share": row.share, "reason": row.reason, "source": row.source, "grade": row.grade,
            "flag": row.flag,
        }
        for row in links.itertuples()
    ]  # fmt: skip
