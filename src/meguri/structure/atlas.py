"""The atlas sheet of an element: who does which stage where, with what share, and what is unknown."""

from __future__ import annotations

import math
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
from meguri.observe.firms import firms, ownership
from meguri.observe.harmonise import check_price_units, disagreements
from meguri.observe.mining import production
from meguri.observe.prices import prices
from meguri.structure.balance import demand_table, element_balance
from meguri.structure.concentration import concentration, group_shares, ore_against_refined, shares

DEMAND_ITEMS = {
    "Nd": ["magnet", "nd-pr"],
    "Pr": ["magnet", "nd-pr"],
    "Dy": ["magnet", "dy"],
    "Tb": ["magnet", "tb"],
}
UNDISCLOSED = ("Ru", "Hf")  # the document itself says so (N40)
ORE, PROCESSED = {"ore"}, {"separation", "refining", "metal"}
LATEST = "9999-12-31"
APART = [
    "topic", "element", "stage", "country", "item", "place", "period", "range_low", "range_high", "unit",
    "basis", "source", "grade", "document", "line", "flag",
]  # fmt: skip
AGREE = 0.10  # figures of two sources within 10 % are taken to agree
# declared table behind each field of the sheet; the others describe themselves
DECLARED = {
    "stages": "stage_shares", "concentration": "concentration", "contrast": "ore_refined", "firms": "firms",
    "groups": "group_shares", "balance": "element_balance", "demand": "demand_rebuilt",
    "prices": "price_quotes",
    "controls": "dated_controls", "events": "chronicle", "unknowns": "atlas_unknowns", "flags": "flags",
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Atlas:
    """Everything at hand on one element, as tables; disagreeing sources stand side by side.

    ``stages`` and ``concentration`` give shares and HHI by stage, year and source; ``contrast`` sets
    ore against refined; ``groups`` merges firms through majority owners and says why; ``balance`` and
    ``demand`` rebuild the 2012 document; ``unknowns`` lists what is not known, each with its reason.
    """

    element: str
    year: int | None
    stages: pd.DataFrame
    concentration: pd.DataFrame
    contrast: pd.DataFrame
    firms: pd.DataFrame
    groups: pd.DataFrame
    balance: pd.DataFrame
    demand: pd.DataFrame
    prices: pd.DataFrame
    price_warnings: pd.DataFrame
    controls: pd.DataFrame
    events: pd.DataFrame
    disagreements: pd.DataFrame
    unknowns: pd.DataFrame
    flags: pd.DataFrame
    sources: pd.DataFrame

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
            "titles": {name: label(name, lang, "atlas") for name in self.tables},
        }  # fmt: skip
        for name, table in self.tables.items():
            schema = Schema.of(DECLARED[name]) if name in DECLARED else None
            sheet[name] = [_json_row(row, schema, lang) for row in table.to_dict("records")]
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
    stages = _latest(every, year)
    listed = _firms(key, year)
    quotes, rules, events = prices(key), controls(key), chronicle(key)
    warnings, balance, demand = check_price_units(quotes), _balance(key), _demand(key)
    apart = _disagreements(key, whole, stages)
    contrast = ore_against_refined(every, key, year)
    tables = [stages, listed, balance, demand, quotes, rules, events, apart, contrast, ownership()]
    noted = pd.concat([t["flag"] for t in (listed, quotes, rules, events, apart) if "flag" in t])
    return Atlas(
        element=key, year=year, stages=stages, concentration=concentration(stages), contrast=contrast,
        firms=listed, groups=_groups(listed, year), balance=balance, demand=demand, prices=quotes,
        price_warnings=warnings, controls=rules, events=events, disagreements=apart,
        unknowns=_unknowns(key, whole, stages, listed, year), flags=flags("|".join(noted.dropna())),
        sources=cited(cell for table in tables for cell in table["source"]),
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


def _unknowns(
    element: str, whole: pd.DataFrame, stages: pd.DataFrame, listed: pd.DataFrame, year: int | None
) -> pd.DataFrame:
    rows = [
        *_unknown_stages(element, stages),
        *_unknown_producers(whole, stages, year),
        *_unknown_firms(element, listed),
    ]
    table = pd.DataFrame(rows) if rows else Schema.of("atlas_unknowns").empty()
    return Schema.of("atlas_unknowns").check(table.drop_duplicates("place") if rows else table)


def _unknown_stages(element: str, stages: pd.DataFrame) -> list[dict[str, object]]:
    own = set(stages.loc[stages["element"] == element, "stage"])
    processed = "separation" if element in RARE_EARTHS else "refining"
    missing = [stage for asked, stage in ((ORE, "ore"), (PROCESSED, processed)) if not own & asked]
    return [
        _unknown(f"stages {element} {stage}", "not_listed", "no_stage", stage=stage, words={"stage": stage})
        for stage in missing
    ]


def _unknown_producers(
    whole: pd.DataFrame, stages: pd.DataFrame, year: int | None
) -> list[dict[str, object]]:
    lost = whole[whole["amount"].isna() & whole["share"].isna()]
    shown = set(zip(stages["source"], stages["year"], strict=True))
    rows = []
    for row in lost.itertuples():
        asked = row.reason == "not_published" or (row.source, row.year) in shown or row.year == year
        if asked and row.reason:
            place = f"production {row.element} {row.stage} {row.country} {row.year} {row.source}"
            text = "no_producer" if row.kind == "country" else "no_element"
            words = {"element": row.element, "country": row.country, "year": row.year, "source": row.source}
            rows.append(_unknown(place, row.reason, text, stage=row.stage, words=words))
    return rows


def _unknown_firms(element: str, listed: pd.DataFrame) -> list[dict[str, object]]:
    rows = []
    for row in listed[listed["share"].isna()].itertuples():
        placeholder = row.status == "placeholder"
        reason = "not_a_firm" if placeholder else "undisclosed" if element in UNDISCLOSED else "not_listed"
        words = {"firm": row.firm, "stage": row.stage}
        text = "no_firm" if placeholder else "no_firm_share"
        rows.append(_unknown(f"firms {row.fact}", reason, text, stage=row.stage, firm=row.firm, words=words))
    return rows


def _unknown(
    place: str, reason: str, text: str, words: dict[str, Any], stage: str, firm: str = ""
) -> dict[str, object]:
    row: dict[str, object] = {"place": place, "stage": stage, "firm": firm, "reason": reason}
    lists = {"stage": "stages", "country": "countries", "element": "materials"}
    for lang in ("en", "ja"):
        said = {
            name: label(word, lang, lists[name]) if name in lists else word for name, word in words.items()
        }
        row[f"note_{lang}"] = label(text, lang, "atlas", **said)
    return row


def _json_row(row: dict[str, Any], schema: Schema | None, lang: Lang) -> dict[str, Any]:
    """One row for JSON: of a language pair the chosen one, and the shown word beside each key."""
    other = "_ja" if lang == "en" else "_en"
    out: dict[str, Any] = {}
    for name, cell in row.items():
        if name.endswith(other):
            continue
        clean = _json_cell(cell)
        out[name.removesuffix(f"_{lang}")] = clean
        column = next((c for c in schema.columns if c.name == name), None) if schema else None
        if column is not None and column.kind == "term" and clean:
            rest = row.get("kind") == "rest" and name == "country"
            out[f"{name}_label"] = (
                label("rest", lang, "atlas") if rest else label(clean, lang, column.choices[0])
            )
    return out


def _json_cell(cell: Any) -> Any:
    if cell is None or cell is pd.NA:
        return None
    if hasattr(cell, "item"):
        cell = cell.item()
    if isinstance(cell, float) and not math.isfinite(cell):
        return None
    return cell
