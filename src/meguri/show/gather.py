"""What the sheet of a metal shows: the tables of the atlas under their declared names, and its trade."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.observe.controls import RARE_EARTHS
from meguri.observe.sectors import specified_products
from meguri.observe.series import trade_series
from meguri.observe.trade import LAST_YEAR, import_shares, trade, trade_codes
from meguri.show.spell import listing, word
from meguri.structure.atlas import DECLARED

ORES = ("25", "26")  # HS chapters of ores and minerals
COMPOUNDS = "28"
RARE_EARTH_CODES = ("280530", "284610", "284690")  # metals, cerium compounds, other compounds
SERIES_CODES = {"Mg": "810411", "W": "810194"}  # packaged apart, see observe.series
VINTAGE = 2016.5  # that series changes its HS vintage between 2016 and 2017
LEAST_YEARS = 5
PARTNERS = "atlas-trade-2024"


class Atlaslike(Protocol):
    """The part of an atlas that a sheet reads."""

    @property
    def element(self) -> str:
        """Element key."""

    @property
    def year(self) -> int | None:
        """Latest year looked at."""

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Its tables by field."""


@dataclass(frozen=True, eq=False)
class Trade:
    """Imports of one economy over the years and the largest flows of the latest one.

    ``series`` has the columns of ``origin_series``, ``flows`` those of ``trade``; both are empty where no
    packaged code is for this metal.
    """

    codes: tuple[str, ...]
    stage: str
    series: pd.DataFrame
    flows: pd.DataFrame
    breaks: dict[float, str]


def sheet_tables(atlas: Atlaslike, more: Mapping[str, pd.DataFrame] | None = None) -> dict[str, pd.DataFrame]:
    """Tables by declared name (``stage_shares``, ``uses`` …) and Japan's specified critical products.

    Where two fields of the atlas are declared alike (the latest shares and their whole history), the first
    takes the declared name and the other keeps its own; ``more`` is laid over all of them.
    """
    own: dict[str, pd.DataFrame] = {"specified_products": specified_products(atlas.element)}
    for field, table in atlas.tables.items():
        declared = DECLARED.get(field, field)
        own[field if declared in own else declared] = table
    return {**own, **(more or {})}


def table_of(tables: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """One table; empty where nothing is at hand, so that a sheet says so."""
    return tables[name] if name in tables else Schema.of(name).empty()


def trade_of(element: str, importer: str) -> Trade:
    """Trade in the form furthest from the ore that has a code of its own.

    Parameters
    ----------
    element : str
        Element key; a rare earth is traded with all rare earths.
    importer : str
        Country key of the economy whose imports are followed.
    """
    if element in SERIES_CODES:
        return _packaged_series(SERIES_CODES[element], importer)
    codes = RARE_EARTH_CODES if element in RARE_EARTHS else codes_of(element)
    if not codes:
        return Trade((), "", Schema.of("origin_series").empty(), Schema.of("trade").empty(), {})
    joined = "|".join(codes)
    parts = [import_shares(codes, importer, by="value"), import_shares(codes, importer, by="quantity")]
    shares = pd.concat(parts, ignore_index=True)
    flows = trade(codes, LAST_YEAR)
    return Trade(codes, stage_of(codes[0]), _series(shares[shares["code"] == joined]), flows, {})


def codes_of(material: str) -> tuple[str, ...]:
    """HS codes of a metal's compounds or metal; those of its ore where there are no others.

    Examples
    --------
    >>> codes_of("Ta"), codes_of("Zr"), codes_of("Ga")
    (('810310',), ('261510',), ())
    """
    listed = trade_codes()
    own = sorted(listed.loc[listed["material"] == material, "code"])
    worked = [code for code in own if not code.startswith(ORES)]
    # waste and catalysts say nothing of supply; an ore is taken only where nothing else is
    metal = [
        code for code in worked if not code.startswith(COMPOUNDS) and not code.startswith(("7112", "7115"))
    ]
    return tuple(metal[:1] or worked or own[:1])


def stage_of(code: str) -> str:
    """Stage that makes the goods of a code, for the colour of its figures.

    Examples
    --------
    >>> stage_of("284690"), stage_of("260400"), stage_of("810310")
    ('separation', 'ore', 'metal')
    """
    if code.startswith(ORES):
        return "ore"
    return "separation" if code.startswith(COMPOUNDS) else "metal"


def _series(shares: pd.DataFrame) -> pd.DataFrame:
    renamed = shares.rename(columns={"exporter": "origin"})
    nothing = float("nan")
    return Schema.of("origin_series").check(
        renamed.assign(low=nothing, high=nothing)[[c.name for c in Schema.of("origin_series").columns]]
    )


def producers(series: pd.DataFrame, element: str, stage: str) -> pd.DataFrame:
    """Shares of the producers of a stage over the years, by the source that follows them longest.

    Parameters
    ----------
    series : DataFrame
        Rows of ``stage_shares`` over all years (field ``series`` of the atlas).

    Returns
    -------
    DataFrame
        Columns of ``origin_series``; no row where no source gives five years.
    """
    rows = series[(series["element"] == element) & (series["stage"] == stage) & (series["kind"] == "country")]
    years = rows.groupby(["source", "basis"])["year"].nunique()
    if years.empty or years.max() < LEAST_YEARS:
        return Schema.of("origin_series").empty()
    source, basis = years.idxmax()
    rows = rows[(rows["source"] == source) & (rows["basis"] == basis)]
    names = {"country": "origin", "share_low": "low", "share_high": "high"}
    return Schema.of("origin_series").check(
        rows.rename(columns=names)[[column.name for column in Schema.of("origin_series").columns]]
    )


def _packaged_series(code: str, importer: str) -> Trade:
    shares = trade_series(code, importer).assign(basis="value_flows", reason="")
    flows = trade_series(code, importer, PARTNERS)
    return Trade((code,), stage_of(code), _series(shares), flows, {VINTAGE: "HS 2012 | HS 2017"})


def goods(codes: tuple[str, ...], lang: Lang) -> str:
    """The goods of some codes in words.

    Examples
    --------
    >>> goods(("810310",), "en")
    'Tantalum, unwrought, waste, powder (HS 810310)'
    """
    if codes == RARE_EARTH_CODES:
        text = word("REO", "materials", lang)
    else:
        text = listing([word(code, "hs92", lang) for code in codes], lang)
    return f"{text}（HS {'・'.join(codes)}）" if lang == "ja" else f"{text} (HS {', '.join(codes)})"
