"""Who depends on whose process-control goods, and what a cut would cost the one who cuts.

Two economies, both directions, each with its own cost beside it: dependence says how much of a class an
economy buys from the other; own cost is what the seller would no longer sell. The cost is an upper bound of
the first step only: nothing is resold elsewhere, nobody retaliates, no process downstream stops. What a
file does not hold is said, pair by pair, and never taken as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.goods_classes import PC5
from meguri.observe.tradelines import WORLD, TradeLines
from meguri.observe.tradescan import TradeScan
from meguri.structure.class_markets import NEARLY_ALL, REST, whole
from meguri.structure.mapping import KEY, VARIANTS, ClassMap, class_weights, targets

TOP = 12  # economies of a matrix when none are named: the largest traders of process-control goods
GROUPS = {**{name: (name,) for name in PC5}, **VARIANTS}
ENDS = ["year", "seller", "buyer"]
WORDS = "class_phrases"


def mutual(
    lines: TradeLines,
    mapping: ClassMap | pd.DataFrame,
    economies: Sequence[str] | None = None,
    year: int | None = None,
) -> pd.DataFrame:
    """Mutual dependence in process-control goods, for each pair of economies and each class.

    Parameters
    ----------
    lines : TradeLines
        A year of all economies (BACI) gives the matrix; one reporter gives its pairs.
    mapping : ClassMap or DataFrame
        As of ``classify``.
    economies : sequence of str, optional
        Country keys; left out, the 12 largest traders of process-control goods in the year.
    year : int, optional
        Left out: the last one held.

    Returns
    -------
    DataFrame
        Columns of ``class_mutual``: what A buys from B and B from A [currency]; share of the other in all
        purchases of the class (dependence); sales to the other as a share of all exports (own cost of a
        cut). Unknown where the file does not hold the purchases or exports of an economy, with the reason.

    Raises
    ------
    DataError
        When the year is not held, or none of the economies named trades with another.

    Examples
    --------
    >>> from meguri.observe.tradelines import trade_lines
    >>> rows = pd.DataFrame({"code": "848620", "partner": ["JP", "WLD"], "value": [30.0, 40.0], "year": 2018,
    ...     "vintage": "HS2017", "flow": "import", "reporter": "KR", "currency": "USD"})
    >>> goods = pd.DataFrame({"code": ["848620"], "class": "PC_EQUIP", "weight": 1.0, "low": 1.0, "high": 1.0,
    ...     "confidence": "high", "reason_en": "tool", "reason_ja": "装置", "curated": True, "source": ""})
    >>> row = mutual(trade_lines(rows, "user"), goods).set_index("class").loc["PC4"]
    >>> row["a"], row["b"], float(row["b_from_a"]), float(row["share_b"]), row["missing_en"].split(";")[0]
    ('JP', 'KR', 30.0, 0.75, 'what Japan buys from South Korea is not in the file')
    """
    around = mapping if isinstance(mapping, ClassMap) else ClassMap(mapping)
    table = lines.table.dropna(subset=["value"])
    held = sorted(set(table["year"].astype(int)))
    chosen = (held[-1] if held else 0) if year is None else year
    if chosen not in held:
        details = {"held": ", ".join(map(str, held))}
        raise DataError(Problem("trade_year_absent", "year", str(chosen), details=details))
    table = _one_currency(table[table["year"] == chosen])
    flows = group_flows(table, around)
    return _found(_pairs(flows, table, economies, lines.source), economies)


def mutual_scan(
    scan: TradeScan, mapping: ClassMap | pd.DataFrame, economies: Sequence[str] | None = None
) -> pd.DataFrame:
    """The same from a file too large to load, such as a BACI year: exporters' records of all economies.

    Parameters
    ----------
    scan : TradeScan
        ``observe.tradefile.scan_trade`` of one year.
    mapping, economies
        As of `mutual`.

    Raises
    ------
    DataError
        When the file holds several years, or none of the economies named trades with another.
    """
    around = mapping if isinstance(mapping, ClassMap) else ClassMap(mapping)
    records = scan.sums(("year", "reporter", "partner")).assign(flow="export", currency="USD", basis="fob")
    years = sorted(set(records["year"].astype(int)))
    if len(years) > 1:
        details = {"years": ", ".join(map(str, years))}
        raise DataError(Problem("mutual_one_year", "year", details["years"], details=details))
    codes = scan.sums(("code",))[["code"]].assign(vintage=scan.vintage)
    weights = class_weights(targets(codes, set(around.goods["code"])), around.goods)
    rows = scan.classed(weights, ("year", "reporter", "partner"))
    rows = rows[rows["class"].isin(PC5)].assign(flow="export", basis="fob")
    flows = _grouped(_directed(rows))
    return _found(_pairs(flows, records, economies, scan.source), economies)


def _one_currency(table: pd.DataFrame) -> pd.DataFrame:
    currencies = sorted(set(table["currency"]))
    if len(currencies) > 1:
        listed = ", ".join(currencies)
        raise DataError(Problem("basis_mixed", "currency", listed, details={"bases": listed}))
    return table


def group_flows(table: pd.DataFrame, around: ClassMap) -> pd.DataFrame:
    """Sales of each class and variant from economy to economy, whoever recorded them.

    Parameters
    ----------
    table : DataFrame
        ``trade_lines`` of one currency.
    around : ClassMap
        Gives the map.

    Returns
    -------
    DataFrame
        year, flow (the record), seller, buyer, group (class, PC4, PC5), value, basis; buyer or seller
        ``WLD`` is the world total of the record.
    """
    codes = table[KEY].drop_duplicates().reset_index(drop=True)
    weights = class_weights(targets(codes, set(around.goods["code"])), around.goods)
    weights = weights.loc[weights["class"].isin(PC5), [*KEY, "class", "weight"]]
    rows = table.drop(columns="weight").merge(weights, on=KEY)
    return _grouped(_directed(rows.assign(value=rows["value"] * rows["weight"])))


def _grouped(rows: pd.DataFrame) -> pd.DataFrame:
    """Flows of each class, and of PC(4) and PC(5) as their sums."""
    keys = [*ENDS, "flow", "class"]
    classes = rows.groupby(keys, sort=False).agg(value=("value", "sum"), basis=("basis", _same)).reset_index()
    found = [
        classes[classes["class"].isin(list(group))]
        .groupby([*ENDS, "flow"], sort=False)
        .agg(value=("value", "sum"), basis=("basis", _same))
        .reset_index()
        .assign(group=name)
        for name, group in GROUPS.items()
    ]
    return pd.concat(found, ignore_index=True)


def _directed(rows: pd.DataFrame) -> pd.DataFrame:
    """Reporter and partner as seller and buyer."""
    sold = (rows["flow"] == "export").to_numpy()
    seller = np.where(sold, rows["reporter"], rows["partner"])
    return rows.assign(seller=seller, buyer=np.where(sold, rows["partner"], rows["reporter"]))


def _same(cells: pd.Series[str]) -> str:
    found = set(cells)
    return str(found.pop()) if len(found) == 1 else ""


def largest(flows: pd.DataFrame, top: int = TOP) -> list[str]:
    """Economies that buy and sell most process-control goods (PC5), the largest first."""
    rows = flows[(flows["group"] == "PC5") & ~flows[["seller", "buyer"]].isin([WORLD, REST, ""]).any(axis=1)]
    ends = [rows.groupby(side)["value"].sum() for side in ("seller", "buyer")]
    whole = ends[0].add(ends[1], fill_value=0.0).sort_values(ascending=False, kind="stable")
    return [str(name) for name in whole.index[:top]]


class Totals:
    """What each economy buys of a class in all, and its exports of everything; unknown where not held.

    An economy's own record is whole when it gives the world total or the rest of the world, or names 100
    partners or more. Purchases are also known from the sellers' side, in a file in which 100 economies or
    more report exports. Less says nothing about what is missing.
    """

    def __init__(self, bought: dict[tuple[str, str], float], sold: dict[str, float]) -> None:
        self.bought, self.sold = bought, sold

    @classmethod
    def of(cls, table: pd.DataFrame, flows: pd.DataFrame) -> Totals:
        """From the lines of a year and the flows of its classes."""
        records = _whole_records(table)
        sold = {str(name): value for (name, flow), value in records.items() if flow == "export"}
        exports, imports = flows[flows["flow"] == "export"], flows[flows["flow"] == "import"]
        bought: dict[tuple[str, str], float] = {}
        if table.loc[table["flow"] == "export", "reporter"].nunique() >= NEARLY_ALL:
            bought |= _summed(exports[~exports["buyer"].isin([WORLD, ""])])
        own = imports[imports["buyer"].isin([name for name, flow in records if flow == "import"])]
        world = own["seller"] == WORLD
        return cls(bought | _summed(own[~world]) | _summed(own[world]), sold)


def _whole_records(table: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Value of each economy's record of a flow, where it is whole."""
    found = {}
    for (reporter, flow), rows in table.groupby(["reporter", "flow"], sort=False):
        world = rows["partner"] == WORLD
        if world.any():
            found[(str(reporter), str(flow))] = float(rows.loc[world, "value"].sum())
        elif whole(rows["partner"]):
            found[(str(reporter), str(flow))] = float(rows["value"].sum())
    return found


def _summed(rows: pd.DataFrame) -> dict[tuple[str, str], float]:
    """Purchases by buyer and group."""
    summed = rows.groupby(["buyer", "group"])["value"].sum()
    return {(str(buyer), str(group)): float(value) for (buyer, group), value in summed.items()}


def _pairs(
    flows: pd.DataFrame, table: pd.DataFrame, economies: Sequence[str] | None, source: str
) -> pd.DataFrame:
    """One row for each pair of economies and group that the file says anything about."""
    # the seller's own record first: what leaves is counted where it leaves
    first = flows.sort_values("flow", kind="stable").drop_duplicates([*ENDS, "group"])
    sales = {
        (row.seller, row.buyer, row.group): (row.value, f"{row.flow} {row.basis}".strip())
        for row in first.itertuples()
    }
    told = {(seller, buyer) for seller, buyer, _ in sales}
    # a class that a recorded economy does not trade is nothing; one of an unrecorded economy is unknown
    reports = {(str(r), str(f)) for r, f in table[["reporter", "flow"]].drop_duplicates().to_numpy()}
    totals = Totals.of(table, flows)
    year, unit = int(table["year"].iloc[0]), str(table["currency"].iloc[0])
    rows = []
    for a, b in combinations(sorted(set(largest(flows) if economies is None else economies)), 2):
        if not {(a, b), (b, a)} & told:
            continue
        rows += [_pair(a, b, group, sales, totals, reports) | {"year": year} for group in GROUPS]
    if not rows:
        return Schema.of("class_mutual").empty()
    return Schema.of("class_mutual").check(pd.DataFrame(rows).assign(source=source, unit=unit))


def _found(pairs: pd.DataFrame, economies: Sequence[str] | None) -> pd.DataFrame:
    """Pairs, refused when economies were named and none trades with another."""
    if pairs.empty and economies is not None:
        raise DataError(Problem("mutual_none", "economies", ", ".join(economies)))
    return pairs


def _pair(
    a: str,
    b: str,
    group: str,
    sales: dict[tuple[str, str, str], tuple[float, str]],
    totals: Totals,
    reports: set[tuple[str, str]],
) -> dict[str, object]:
    """Both directions of one pair in one group."""
    row: dict[str, object] = {"a": a, "b": b, "class": group}
    unknown: list[tuple[str, str, str]] = []
    bases = []
    for buyer, seller, side, other in ((a, b, "a", "b"), (b, a, "b", "a")):
        recorded = (seller, "export") in reports or (buyer, "import") in reports
        value, basis = sales.get((seller, buyer, group), (0.0 if recorded else float("nan"), ""))
        row[f"{side}_from_{other}"] = value
        bases += [f"{buyer}←{seller}: {basis}"] if basis else []
        unknown += [] if recorded else [("mutual_sales", buyer, seller)]
        bought, sold = totals.bought.get((buyer, group)), totals.sold.get(seller)
        row[f"share_{side}"] = _part(value, bought)
        row[f"loss_{other}"] = _part(value, sold)
        unknown += [] if bought is not None else [("mutual_bought", buyer, seller)]
        unknown += [] if sold is not None else [("mutual_sold", seller, buyer)]
    row["basis"] = "; ".join(bases)
    return row | {f"missing_{lang}": _said(unknown, lang) for lang in LANGS}


def _part(value: float, whole: float | None) -> float:
    """Share of a whole; unknown without one. Records of two economies may differ: never above 1."""
    return float("nan") if whole is None or not whole > 0 else min(value / whole, 1.0)


def _said(unknown: list[tuple[str, str, str]], lang: Lang) -> str:
    """What is not known of a pair, in one language."""
    name = {key: label(key, lang, "countries") for _, who, other in unknown for key in (who, other)}
    said = [label(key, lang, WORDS, who=name[who], other=name[other]) for key, who, other in unknown]
    return ("、" if lang == "ja" else "; ").join(dict.fromkeys(said))
