"""The atlas sheet of an element: who does which stage where, with what share, and what is unknown."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, ModelError, Problem
from meguri.base.sources import cited
from meguri.base.tables import Schema
from meguri.base.terms import Lang, find_key, label, suggest_key
from meguri.observe.chronicle import chronicle
from meguri.observe.controls import RARE_EARTHS, controls
from meguri.observe.demand import flags, statements
from meguri.observe.firms import firms, ownership, sites
from meguri.observe.harmonise import check_price_units, disagreements
from meguri.observe.mining import production
from meguri.observe.prices import prices
from meguri.observe.profile import capability, hosts, share_ranges, stage_reasons, uses
from meguri.observe.sectors import sector_materials
from meguri.structure.atlas_json import json_row
from meguri.structure.atlas_unknown import Sheet, unknowns
from meguri.structure.balance import demand_table, element_balance
from meguri.structure.concentration import LARGE, concentration, group_shares, ore_against_refined, shares
from meguri.structure.coverage import MAGNETS, coverage
from meguri.structure.ranges import tightened

DEMAND_ITEMS = {
    "Nd": ["magnet", "nd-pr"],
    "Pr": ["magnet", "nd-pr"],
    "Dy": ["magnet", "dy"],
    "Tb": ["magnet", "tb"],
}
LATEST = "9999-12-31"
APART = [
    "topic", "element", "stage", "country", "item", "place", "period", "range_low", "range_high", "unit",
    "basis", "source", "grade", "document", "line", "flag",
]  # fmt: skip
AGREE = 0.10  # figures of two sources within 10 % are taken to agree
# declared table behind each field of the sheet; the others describe themselves
DECLARED = {
    "stages": "stage_shares", "concentration": "concentration", "contrast": "ore_refined",
    "ranges": "stage_ranges", "series": "stage_shares", "trend": "concentration", "firms": "firms",
    "groups": "group_shares", "sites": "sites", "hosts": "by_product_hosts", "uses": "uses",
    "capability": "capability", "reasons": "stage_reasons", "sectors": "sector_materials",
    "balance": "element_balance", "demand": "demand_rebuilt", "prices": "price_quotes",
    "controls": "dated_controls", "events": "chronicle", "unknowns": "atlas_unknowns", "flags": "flags",
    "coverage": "metal_evidence",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Atlas:
    """Everything at hand on one element, as tables; disagreeing sources stand side by side.

    ``stages`` and ``concentration`` give the latest shares and HHI by stage and source, ``series`` and
    ``trend`` those of every year (countries that ever held more than 5 %); ``contrast`` sets ore against
    refined; ``ranges`` shows printed ranges beside what the sum of 100 % leaves of them; ``groups``
    merges firms through majority owners and says why; ``hosts``, ``uses``, ``capability`` and ``reasons``
    say what the metal comes with, what for, who can still make it and why there; ``balance`` and
    ``demand`` rebuild the 2012 document; ``unknowns`` lists what is not known, each with its reason.
    """

    element: str
    year: int | None
    stages: pd.DataFrame
    concentration: pd.DataFrame
    contrast: pd.DataFrame
    ranges: pd.DataFrame
    series: pd.DataFrame
    trend: pd.DataFrame
    firms: pd.DataFrame
    groups: pd.DataFrame
    sites: pd.DataFrame
    hosts: pd.DataFrame
    uses: pd.DataFrame
    capability: pd.DataFrame
    reasons: pd.DataFrame
    sectors: pd.DataFrame
    balance: pd.DataFrame
    demand: pd.DataFrame
    prices: pd.DataFrame
    price_warnings: pd.DataFrame
    controls: pd.DataFrame
    events: pd.DataFrame
    disagreements: pd.DataFrame
    unknowns: pd.DataFrame
    flags: pd.DataFrame
    coverage: pd.DataFrame
    sources: pd.DataFrame

    @property
    def share(self) -> float | None:
        """Largest world share of one firm that a source states; ``None`` is unknown, never nothing.

        Examples
        --------
        >>> atlas("Ta").share, atlas("Ru").share
        (0.6, None)
        """
        stated = self.firms["share"].dropna()
        return float(stated.max()) if len(stated) else None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name, in the order of the sheet."""
        names = [field.name for field in fields(self) if field.name not in ("element", "year")]
        return {name: getattr(self, name).copy() for name in names}

    def to_dict(self, lang: Lang = "en") -> dict[str, Any]:
        """The sheet ready for JSON: unknown is null, names and reasons in the chosen language.

        Examples
        --------
        >>> sheet = atlas("Dy").to_dict("ja")
        >>> sheet["label"], sheet["balance"][0]["balance_low"], sheet["groups"][-1]["group"]
        ('ジスプロシウム', -540.0, 'Proterial')
        """
        sheet: dict[str, Any] = {
            "element": self.element, "label": label(self.element, lang, "materials"), "year": self.year,
            "share": self.share, "titles": {name: label(name, lang, "atlas") for name in self.tables},
        }  # fmt: skip
        if self.share is None:
            sheet["share_label"] = label("share_unknown", lang, "atlas")
        for name, table in self.tables.items():
            schema = Schema.of(DECLARED[name]) if name in DECLARED else None
            sheet[name] = [json_row(row, schema, lang) for row in table.to_dict("records")]
        return sheet

    def __repr__(self) -> str:
        when = "latest" if self.year is None else str(self.year)
        lines = [f"Atlas of {label(self.element, 'en', 'materials')} ({self.element}), {when}"]
        lines += [
            f"  {label(name, 'en', 'atlas'):28s} {len(table)} rows" for name, table in self.tables.items()
        ]
        return "\n".join(lines)


def atlas(element: str, year: int | None = None) -> Atlas:
    """Atlas sheet of an element.

    Parameters
    ----------
    element : str
        Symbol or name in either language.
    year : int, optional
        Latest year to look at, for shares, firms and owners; without it, the latest at hand. Prices,
        controls and events are given whole: they carry their own dates.

    Raises
    ------
    DataError
        When the name means no element, with the nearest one.

    Examples
    --------
    >>> sheet = atlas("Dy")
    >>> sheet.concentration.set_index(["element", "stage"]).loc[("Dy", "separation"), "hhi"].item()
    1.0
    >>> "Santoku" in sheet.groups.set_index("group").loc[["Proterial"], "firms"].str.cat(sep="|")
    True
    """
    key = find_key(element, "materials")
    if key is None:
        near = suggest_key(element, "materials") or "Dy, Nd, W …"
        raise DataError(Problem("term_materials", "element", element, details={"near": near}))
    whole = _production(key)
    every = shares(whole)
    every = every if year is None else every[every["year"] <= year]
    stages = _latest(every, year)
    listed = _firms(key, year)
    parts = {
        "firms": listed, "sites": _sites(key), "hosts": hosts(key), "uses": uses(key),
        "capability": capability(key), "reasons": stage_reasons(key), "sectors": _sectors(key),
        "prices": prices(key), "controls": controls(key), "events": chronicle(key),
        "balance": _balance(key), "demand": _demand(key), "ranges": _ranges(key, whole, stages),
        "disagreements": _disagreements(key, whole, stages), "coverage": coverage(key),
        "contrast": ore_against_refined(every, key, year),
    }  # fmt: skip
    noted = pd.concat([table["flag"] for table in parts.values() if "flag" in table])
    tables = [stages, ownership(), *(table for table in parts.values() if "source" in table)]
    return Atlas(
        element=key, year=year, stages=stages, concentration=concentration(stages), series=_series(every),
        trend=concentration(every),
        groups=_groups(listed, year), price_warnings=check_price_units(parts["prices"]),
        unknowns=unknowns(Sheet(key, year, whole, stages, parts)),
        flags=flags("|".join(noted.dropna())), sources=cited(c for table in tables for c in table["source"]),
        **parts,
    )  # fmt: skip


def _production(element: str) -> pd.DataFrame:
    """Rows of the element, and for a rare earth those of all rare earths, which most sources count only."""
    rows = production(element)
    if element in RARE_EARTHS and element != "REO":
        rows = pd.concat([rows, production("REO")], ignore_index=True)
    return rows


def _latest(table: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """The latest year of each source and stage, not later than the year asked for."""
    if year is not None:
        table = table[table["year"] <= year]
    known = table[table["share_high"].notna() | (table["reason"] == "producer_unknown")]
    last = known.groupby(["element", "stage", "basis", "source"])["year"].transform("max")
    chosen = known[known["year"] == last]
    return chosen[chosen["share_high"].fillna(1).gt(0)].reset_index(drop=True)


def _series(every: pd.DataFrame) -> pd.DataFrame:
    """Shares of every year, of the countries that ever held more than 5 % of their series."""
    held = every.groupby(["element", "stage", "basis", "source", "country"])["share_high"].transform("max")
    return every[held.gt(LARGE)].reset_index(drop=True)


def _ranges(element: str, whole: pd.DataFrame, stages: pd.DataFrame) -> pd.DataFrame:
    """Printed shares of the years shown and ranges of the documents, tightened by their sum."""
    printed = whole[whole["share"].notna() & whole["year"].isin(stages["year"].unique())]
    told = share_ranges(element)
    parts = [tightened(table) for table in (printed, told) if len(table)]
    return pd.concat(parts, ignore_index=True) if parts else Schema.of("stage_ranges").empty()


def _sites(element: str) -> pd.DataFrame:
    """Every packaged site makes NdFeB magnets; other metals have none at hand."""
    return sites() if element in MAGNETS else sites().iloc[:0]


def _sectors(element: str) -> pd.DataFrame:
    return sector_materials(element=element).reset_index(drop=True)


def _firms(element: str, year: int | None) -> pd.DataFrame:
    table = firms(element)
    if element in RARE_EARTHS and element != "REO":
        table = pd.concat([table, firms("REO")], ignore_index=True)
    if year is not None:
        table = table[table["year"] <= year]
    return table.reset_index(drop=True)


def _groups(listed: pd.DataFrame, year: int | None) -> pd.DataFrame:
    """Groups in each stage, from the latest list of firms and the owners at the end of that year."""
    named = listed[listed["status"] != "placeholder"]
    named = named[named["year"] == named["year"].max()]
    day = LATEST if year is None else f"{year}-12-31"
    parts = []
    for stage, rows in named.groupby("stage", sort=False):
        # one firm with two shares in a stage makes two goods: their sum would mean nothing
        several = rows.groupby("firm")["share"].transform("count") > 1
        held = rows.assign(share=rows["share"].mask(several)).drop_duplicates("firm")
        parts.append(group_shares(held, ownership(), day).assign(stage=stage))
    joined = pd.concat(parts, ignore_index=True) if parts else Schema.of("group_shares").empty()
    return Schema.of("group_shares").check(joined)


def _balance(element: str) -> pd.DataFrame:
    try:
        return element_balance(element)
    except ModelError:
        return Schema.of("element_balance").empty()


def _demand(element: str) -> pd.DataFrame:
    table = demand_table()
    return table[table["item"].isin(DEMAND_ITEMS.get(element, []))].reset_index(drop=True)


def _disagreements(element: str, whole: pd.DataFrame, stages: pd.DataFrame) -> pd.DataFrame:
    """Statements and amounts of the years shown in which two sources are apart."""
    said = disagreements(statements(element=element), ["topic", "item", "place", "unit"])
    shown = whole[whole["year"].isin(stages["year"].unique()) & (whole["kind"] == "country")]
    keys = ["element", "stage", "country", "year", "basis"]
    counted = disagreements(shown, keys, "amount", AGREE).assign(topic="production", unit="t")
    parts = [part.reindex(columns=APART) for part in (said, counted) if len(part)]
    joined = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=APART)
    text = [name for name in APART if name not in ("range_low", "range_high", "line")]
    return joined.assign(**{name: joined[name].astype(object).fillna("") for name in text})
