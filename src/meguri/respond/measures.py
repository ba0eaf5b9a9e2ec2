"""The library of measures: what can be done for one chain, by whom, how soon, at what cost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, packaged
from meguri.base.units import DAYS_PER_YEAR
from meguri.respond.costs import ENDS, Rates, product_values, rates_on
from meguri.respond.expand import (
    Ground,
    Row,
    bindings,
    economy_of,
    filled,
    fits,
    held,
    placed,
    shown_words,
    sized,
)
from meguri.structure.chain import Chain

OWN_TABLES = (
    "response_measures",
    "response_effects",
    "response_costs",
    "response_rules",
    "response_risks",
    "response_schemes",
    "response_prices",
)
TABLES = (*OWN_TABLES, "exchange_rates")
OF_A_MEASURE = OWN_TABLES[:5]
_PLACES = ("measure", "node", "input", "product", "country", "supplier", "other")


@dataclass(frozen=True, eq=False)
class Library:
    """Measures that fit one chain, with everything filled in; money in JPY at the rates shown.

    Examples
    --------
    >>> library = load_measures(Chain.example("ndfeb-japan@2024"))
    >>> library.economy, "stock:metal-hree" in set(library.measures["measure"])
    ('JP', True)
    """

    chain: str
    economy: str
    measures: pd.DataFrame  # response_measures
    effects: pd.DataFrame  # response_effects, one row for each place
    costs: pd.DataFrame  # measure_costs [JPY]
    rules: pd.DataFrame  # response_rules
    risks: pd.DataFrame  # response_risks
    schemes: pd.DataFrame  # response_schemes
    values: pd.DataFrame  # product_values [JPY/t]
    left_out: pd.DataFrame  # response_left_out
    rates: Rates
    elements: Mapping[str, frozenset[str]]  # product → elements it holds

    def rows(self, table: str, measure: str) -> pd.DataFrame:
        """Rows of one measure in ``effects``, ``costs``, ``rules`` or ``risks``."""
        frame: pd.DataFrame = getattr(self, table)
        return frame[frame["measure"] == measure].reset_index(drop=True)

    def touched(self, measure: str) -> frozenset[str]:
        """Products on which a measure acts and the elements they hold.

        Examples
        --------
        >>> library = load_measures(Chain.example("ndfeb-japan@2024"))
        >>> sorted(library.touched("stock:metal-hree"))
        ['Dy', 'Tb', 'metal-hree']
        """
        rows = self.rows("effects", measure)
        products = frozenset(rows["input"]) | frozenset(rows["product"]) - {""}
        return products.union(*(self.elements.get(product, frozenset()) for product in products)) - {""}

    def measure(self, key: str) -> dict[str, Any]:
        """The declaration of one measure.

        Raises
        ------
        DataError
            When the library has no such measure, naming those that it has.
        """
        found = self.measures[self.measures["measure"] == key]
        if found.empty:
            known = ", ".join(self.measures["measure"])
            raise DataError(Problem("measure_unknown", "--measures", key, self.chain, {"measures": known}))
        return {str(name): cell for name, cell in found.iloc[0].items()}


@cache
def _packaged(table: str) -> pd.DataFrame:
    name = f"{table.removeprefix('response_')}.csv"
    with packaged("response", name).open(encoding="utf-8") as file:
        return Schema.of(table).check(pd.read_csv(file, dtype=str, keep_default_na=False), name)


def packaged_measures() -> dict[str, pd.DataFrame]:
    """The packaged tables as written, before they are fitted to a chain.

    Examples
    --------
    >>> sorted(packaged_measures())[0]
    'exchange_rates'
    """
    return {table: _packaged(table).copy() for table in TABLES}


def load_measures(
    chain: Chain,
    own: str | Path | None = None,
    *,
    economy: str = "",
    at: Iterable[str] = (),
    on: str = "",
    usd_jpy: float | None = None,
) -> Library:
    """Measures that fit a chain: the packaged ones, and the user's own sheet before them.

    Parameters
    ----------
    chain : Chain
        Chain on which measures act.
    own : path, optional
        The user's workbook or folder of CSV files; a measure of the same key takes the packaged one's
        place with all its rows.
    economy : str
        Country whose users are to be secured; by default that of most end users.
    at : names of nodes, optional
        The firm's own nodes: what a firm decides then acts on these alone, and costs accordingly. By
        default a firm's measure stands for all firms of the economy together.
    on : str
        Date of the decision, for the rate of exchange and the prices of materials.
    usd_jpy : float, optional
        Yen per dollar, in place of the packaged rate.

    Raises
    ------
    DataError
        With every problem of the user's sheet, also those of measures that act on nothing in the chain.
    """
    tables = packaged_measures()
    own_keys: set[str] = set()
    if own is not None:
        from meguri.respond.sheet import read_own_measures  # only users with a sheet pay for it

        given = read_own_measures(Path(own))
        own_keys = set(given["response_measures"]["measure"])
        tables = _merged(tables, given)
    rates = rates_on(tables["exchange_rates"], on, usd_jpy)
    ground = Ground.of(chain, economy or economy_of(chain))
    library = _fitted(tables, ground, _own_ground(ground, tuple(at)), rates, on)
    lost = library.left_out[library.left_out["measure"].isin(own_keys)]
    found = [Problem("measure_left_out", f"measures: {row.measure}", str(row.detail), str(own), {})
             for row in lost.itertuples()]  # fmt: skip
    if found:
        raise DataError(found, str(own))
    return library


def _own_ground(ground: Ground, at: tuple[str, ...]) -> Ground:
    known = set(ground.users["node"])
    near = ", ".join(sorted(known))
    found = [Problem("measure_at", "--at", node, ground.chain.name, {"nodes": near})
             for node in at if node not in known]  # fmt: skip
    if found:
        raise DataError(found, ground.chain.name)
    return ground.at(at) if at else ground


def _merged(tables: dict[str, pd.DataFrame], given: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The user's rows before the packaged ones, whole measure by whole measure."""
    merged = dict(tables)
    replaced = set(given["response_measures"]["measure"])
    for table, rows in given.items():
        kept = tables[table]
        key = "measure" if table in OF_A_MEASURE else Schema.of(table).key[0]
        gone = replaced if table in OF_A_MEASURE else set(rows[key])
        merged[table] = pd.concat([rows, kept[~kept[key].isin(gone)]], ignore_index=True)
    return merged


def _fitted(
    tables: Mapping[str, pd.DataFrame], ground: Ground, own: Ground, rates: Rates, on: str
) -> Library:
    values = product_values(ground.chain, tables["response_prices"], rates, on)
    by_product = values.set_index("product")
    rows: dict[str, list[Row]] = {"measures": [], "effects": [], "costs": [], "rules": [], "risks": []}
    left: list[Row] = []
    created = frozenset(tables["response_effects"].query("effect == 'supply'")["supplier"]) - {""}
    of = {name: _by_measure(tables[f"response_{name}"]) for name in ("effects", "costs", "rules", "risks")}
    for template in tables["response_measures"].to_dict("records"):
        if not fits(template, ground.chain):
            continue
        where = own if template["owner"] == "firm" else ground
        for words in bindings(template, where):
            made = _one(template, of, where, words, created)
            lacking = _unpriced(made, by_product.index, where)
            if template["scope"] != "unknown" and not made["effects"]:
                left.append(_left(made["measures"][0], "place", ""))
            elif lacking:
                left.append(_left(made["measures"][0], "price", ", ".join(lacking)))
            else:
                made["costs"] = _in_yen(made, by_product, where, rates)
                for name, found in made.items():
                    rows[name] += found
    rows, left = _without_prerequisite(rows, left)
    return Library(
        chain=ground.chain.name,
        economy=ground.economy,
        measures=_frame("response_measures", rows["measures"]),
        effects=_frame("response_effects", rows["effects"]),
        costs=_frame("measure_costs", rows["costs"]),
        rules=_frame("response_rules", rows["rules"]),
        risks=_frame("response_risks", rows["risks"]),
        schemes=tables["response_schemes"].reset_index(drop=True),
        values=values,
        left_out=_frame("response_left_out", left),
        rates=rates,
        elements={
            str(product): frozenset(rows["element"])
            for product, rows in ground.chain.contents.groupby("material")
        },
    )


def _by_measure(table: pd.DataFrame) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table.to_dict("records"):
        found.setdefault(str(row["measure"]), []).append({str(name): cell for name, cell in row.items()})
    return found


def _frame(table: str, rows: list[Row]) -> pd.DataFrame:
    schema = Schema.of(table)
    return schema.check(pd.DataFrame(rows, columns=schema.names), table) if rows else schema.empty()


def _one(
    template: Row,
    of: Mapping[str, Mapping[str, list[Row]]],
    ground: Ground,
    words: dict[str, str],
    created: frozenset[str],
) -> dict[str, list[Row]]:
    """One measure with its rows, braces filled and effects placed; costs still as written."""
    key = str(template["measure"])
    parts = {name: [filled(row, words, _PLACES) for row in of[name].get(key, [])] for name in of}
    parts["effects"] = [spot for row in parts["effects"] for spot in placed(row, ground, created)]
    named = filled(template, words, _PLACES)
    for lang in LANGS:
        shown = shown_words(words, ground, lang)
        named = filled(named, shown, (f"label_{lang}",))
    return {"measures": [sized(named, parts["effects"], ground, words)], **parts}


def _unpriced(made: Mapping[str, list[Row]], priced: pd.Index[Any], ground: Ground) -> list[str]:
    """Products whose value a cost needs and nobody knows."""
    if not any(row["basis"] == "value" for row in made["costs"]):
        return []
    return [product for product in held(made["effects"], ground) if product not in priced]


def _in_yen(made: Mapping[str, list[Row]], values: pd.DataFrame, ground: Ground, rates: Rates) -> list[Row]:
    tonnes = held(made["effects"], ground)
    places = max(1, len({(row["supplier"], row["node"]) for row in made["effects"]}))
    rows = []
    for row in made["costs"]:
        written = f"{row['amount']:,.10g} {row['currency']}".strip()
        ends = {}
        for end in ENDS:
            amount = row[f"amount{end}"]
            amount = row["amount"] if pd.isna(amount) else amount
            if row["basis"] == "value":
                amount *= sum(part * values.at[item, f"value{end}"] for item, part in tonnes.items())
            else:
                amount = rates.yen(amount, row["currency"]) * (places if row["basis"] == "link" else 1)
            ends[f"amount{end}"] = amount
        step = 0.0 if pd.isna(row["step_from"]) else row["step_from"]
        year = "" if pd.isna(row["price_year"]) else f" ({row['price_year']})"
        keep = {key: row[key] for key in ("measure", "cost", "source", "grade", "note")}
        keep["basis"] = row["basis"] or "money"
        rows.append({**keep, "step_from": step, **ends, "written": written + year})
    return rows


def _left(measure: Mapping[str, Any], reason: str, detail: str) -> Row:
    return {"measure": measure["measure"], "reason": reason, "detail": detail}


def _without_prerequisite(
    rows: dict[str, list[Row]], left: list[Row]
) -> tuple[dict[str, list[Row]], list[Row]]:
    """Leave out, round by round, what requires a measure that is not there; drop rules without partner."""
    while True:
        there = {row["measure"] for row in rows["measures"]}
        lost = {row["measure"]: row["other"] for row in rows["rules"]
                if row["rule"] == "requires" and row["other"] not in there}  # fmt: skip
        if not lost:
            break
        left = left + [_left({"measure": key}, "prerequisite", other) for key, other in lost.items()]
        rows = {name: [row for row in found if row["measure"] not in lost] for name, found in rows.items()}
    kept = [row for row in rows["rules"] if row["other"] in there]
    return {**rows, "rules": kept}, left


def available(
    lead: float,
    ramp: float,
    life: float,
    decided_year: int,
    at: float | npt.ArrayLike,
    shape: Literal["linear", "saturating"] = "linear",
) -> npt.NDArray[np.float64]:
    """Share of a measure that works on a day: nothing before its lead time, all of it after its ramp.

    Parameters
    ----------
    lead : float
        Days from the start to the first effect [d].
    ramp : float
        Days of the ramp [d]; with ``saturating`` its time constant. Unknown counts as none.
    life : float
        Years after readiness until it expires [a]; unknown counts as never.
    decided_year : int
        Year of the plan in which it is started, 0 for the first.
    at : array_like
        Days since the decision of the plan [d].
    shape : {"linear", "saturating"}
        Stocks fill linearly; a supply starts towards its full rate.

    Returns
    -------
    array
        Shares in [0, 1], in the shape of ``at``.

    Examples
    --------
    >>> available(100, 50, np.nan, 0, [99, 125, 400]).tolist()
    [0.0, 0.5, 1.0]
    >>> float(available(100, 0, 1, 1, 365 + 100 + 366))
    0.0
    """
    since = np.asarray(at, dtype=np.float64) - decided_year * DAYS_PER_YEAR - lead
    length = 0.0 if np.isnan(ramp) else float(ramp)
    if length <= 0.0:
        share = np.ones_like(since)
    elif shape == "linear":
        share = np.clip(since / length, 0.0, 1.0)
    else:
        share = 1.0 - np.exp(-np.clip(since, 0.0, None) / length)
    gone = False if np.isnan(life) else since >= life * DAYS_PER_YEAR
    return np.where((since < 0.0) | gone, 0.0, share)
