"""Export structure as the first document prints it: its tables, their sums and what they leave out.

Nothing here is computed from trade. Printed figures stand in columns ``printed_*``, sums of printed rows
in ``sum_*``; shares computed from a trade file stand beside them and never in one column with them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import LANGS, label
from meguri.observe.goods_classes import PC5
from meguri.observe.harmonise import Interval, intervals, total
from meguri.observe.packaged import facts
from meguri.observe.tradelines import WORLD
from meguri.structure.class_markets import MARKET
from meguri.structure.mapping import VARIANTS

GROUP = ["printed_table", "region", "period"]
WHOLE = 1.0
PRINTED_VARIANT = {
    "000-1.2": "PC5",
    "000-A1-3": "PC5",
    "000-A1-4": "PC4",
}  # which sum a table's total is (N3)
# 1.2 names general machinery among finished goods, A1-4 "cars, appliances and the like"; A1-3 is silent
READINGS = {"000-1.2": ("wide",), "000-A1-3": ("narrow", "wide"), "000-A1-4": ("narrow",)}
HELD = {  # classes that have a row in a table; what is left is its residual
    "000-A1-3": (*PC5, "FINISHED", "RAW"),
    "000-A1-4": (*VARIANTS["PC4"], "FINISHED", "RAW", "OTHER"),
}
DIGITS = 9  # sums of printed hundredths: what lies beyond is rounding


def export_structure() -> pd.DataFrame:
    """Rows of the three printed tables of export structure, as shares, with document, line and flags.

    Table 1.2 names no decade; the text around it speaks of the 2020s, and its rows are those of A1-4.

    Examples
    --------
    >>> rows = export_structure().set_index("fact")
    >>> rows.at["exp-006", "printed_low"], rows.at["exp-006", "printed_high"], rows.at["exp-006", "flag"]
    (np.float64(0.33), np.float64(0.4), 'N1')
    """
    return facts("seed_export_structure")


def seed_totals() -> pd.DataFrame:
    """PC(4) and PC(5) of each printed table: the total as printed beside the sum of the printed rows.

    Returns
    -------
    DataFrame
        Columns of ``seed_totals``. A variant whose rows a table lacks has no sum: A1-4 leaves consumables
        out (N3), A1-3 prints no rows of process control at all.

    Examples
    --------
    >>> row = seed_totals().set_index(["printed_table", "variant"]).loc[("000-1.2", "PC5")]
    >>> [round(100 * row[c]) for c in ("printed_low", "printed_high", "sum_low", "sum_high")], row["flag"]
    ([33, 40, 33, 41], 'N1')
    """
    rows = []
    for key, table in export_structure().groupby(GROUP, sort=False):
        spans = _spans(table)
        for variant, group in VARIANTS.items():
            named = [spans[name] for name in group if name in spans]
            summed = total(named) if len(named) == len(group) else None
            has_total = PRINTED_VARIANT[str(key[0])] == variant
            printed = spans.get("PC_TOTAL") if has_total else None
            flags = set(table.loc[table["item"] == "PC_TOTAL", "flag"]) if has_total else {"N3"}
            agrees = None if summed is None or printed is None else _same(summed, printed)
            rows.append(
                _key(key) | {"variant": variant, "agrees": agrees, "flag": "|".join(flags)}
                | _ends("printed", printed) | _ends("sum", summed)
            )  # fmt: skip
    return _checked("seed_totals", rows)


def seed_residuals() -> pd.DataFrame:
    """What the printed rows of each table leave out: 1 minus their sum, as a range (N2).

    Examples
    --------
    >>> table = seed_residuals().set_index(["printed_table", "region", "period"])
    >>> ends = table.loc[("000-A1-4", "JP", "1980s"), ["residual_low", "residual_high"]]
    >>> [round(100 * x) for x in ends]
    [13, 30]
    """
    rows = []
    for key, table in export_structure().groupby(GROUP, sort=False):
        whole = total(_spans(table[table["role"] == "part"]).values())
        printed = table.loc[table["role"] == "total", "printed"]
        rows.append(
            _key(key) | _ends("sum", whole) | _ends("residual", Interval.of(WHOLE) - whole_of(whole))
            | {"printed_total": float(printed.iloc[0]) if len(printed) else math.nan, "flag": "N2"}
        )  # fmt: skip
    return _checked("seed_residuals", rows)


def whole_of(span: Interval) -> Interval:
    """A sum of printed rows, never above the whole of which they are parts.

    Examples
    --------
    >>> whole_of(Interval(0.9, 1.05))
    Interval(low=0.9, high=1.0)
    """
    return Interval(min(span.low, WHOLE), min(span.high, WHOLE))


def seed_finished() -> pd.DataFrame:
    """The two readings of finished goods: general machinery inside them, or in the residual (N4).

    The printed range is the same in both; what differs is what the row and the residual then hold.

    Examples
    --------
    >>> table = seed_finished()
    >>> table.loc[table["printed_table"] == "000-A1-4", "reading"].unique().tolist()
    ['narrow']
    >>> sorted(table.loc[table["printed_table"] == "000-A1-3", "reading"].unique())
    ['narrow', 'wide']
    """
    residuals = seed_residuals().set_index(GROUP)
    rows = []
    for key, table in export_structure().groupby(GROUP, sort=False):
        for reading in READINGS[str(key[0])]:
            rest = residuals.loc[key, ["residual_low", "residual_high"]].to_dict()
            words = {f"holds_{lang}": label(f"finished_{reading}", lang, "class_phrases") for lang in LANGS}
            printed = _ends("printed", _spans(table)["FINISHED"])
            rows.append(_key(key) | {"reading": reading, "flag": "N4"} | printed | rest | words)
    return _checked("seed_finished", rows)


def beside(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Shares computed from a trade file with the printed range beside them.

    Parameters
    ----------
    tables : mapping
        Tables of a ``ClassAnswer``: class_totals, class_shares.

    Returns
    -------
    DataFrame
        Columns of ``class_beside``: one row for each computed share of all exports of an economy that the
        document speaks of; ``printed_*`` is empty for a decade it does not print. Trade with one partner,
        and imports, are of another basis and are left out.
    """
    totals, shares = tables["class_totals"], tables["class_shares"]
    band = ["share", "p10", "p50", "p90"]
    items = [
        totals.rename(columns={"variant": "item"}),
        shares[shares["class"].isin([*PC5, "FINISHED", "RAW", "OTHER"])].rename(columns={"class": "item"}),
        *(_left_out(shares, table, held) for table, held in HELD.items()),
    ]
    rows = pd.concat([table.reindex(columns=[*MARKET, "item", *band]) for table in items], ignore_index=True)
    rows = rows[(rows["flow"] == "export") & (rows["partner"] == WORLD)]
    rows = rows[rows["reporter"].isin(set(export_structure()["region"]))]
    rows = rows.assign(printed_period=[f"{year // 10 * 10}s" for year in rows["year"]])
    joined = rows.merge(_printed(), on=["reporter", "item", "printed_period"], how="left")
    joined["stands"] = [
        _stands(share, low, high)
        for share, low, high in zip(
            joined["share"], joined["printed_low"], joined["printed_high"], strict=True
        )
    ]
    joined["printed_table"] = joined["printed_table"].fillna("none")
    return Schema.of("class_beside").check(joined.fillna({"flag": ""}))


def _left_out(shares: pd.DataFrame, table: str, held: tuple[str, ...]) -> pd.DataFrame:
    """Computed share that no row of a printed table would hold: the residual on the basis of that table."""
    outside = shares[~shares["class"].isin(held)]
    summed = outside.groupby(MARKET, sort=False, dropna=False)["share"].sum(min_count=1).reset_index()
    return summed.assign(item=f"residual {table}")


def _printed() -> pd.DataFrame:
    """Printed range for each economy, decade and computed row: one table for each, so that none is mixed."""
    rows = export_structure()
    first = {"000-A1-4": 0, "000-1.2": 1, "000-A1-3": 2}  # A1-4 prints every decade on one basis
    rows = rows[rows["item"] != "TOTAL"].assign(place=rows["printed_table"].map(first))
    totals = rows["item"] == "PC_TOTAL"
    rows = rows.assign(item=rows["item"].where(~totals, rows["printed_table"].map(PRINTED_VARIANT)))
    rest = seed_residuals().rename(columns={"residual_low": "printed_low", "residual_high": "printed_high"})
    rest = rest.assign(item="residual " + rest["printed_table"], place=0)
    columns = ["region", "item", "period", "printed_table", "printed_low", "printed_high", "flag", "place"]
    both = pd.concat([rows[columns], rest[columns]]).sort_values("place", kind="stable")
    both = both.drop_duplicates(["region", "item", "period"]).drop(columns="place")
    return both.rename(columns={"region": "reporter", "period": "printed_period"})


def _stands(share: float, low: float, high: float) -> str:
    if math.isnan(share) or math.isnan(low):
        return ""
    return "below" if share < low else "above" if share > high else "inside"


def _key(values: object) -> dict[str, object]:
    assert isinstance(values, tuple)
    return dict(zip(GROUP, values, strict=True))


def _spans(table: pd.DataFrame) -> dict[str, Interval]:
    found = zip(table["item"], intervals(table, "printed"), strict=True)
    return {item: span for item, span in found if span is not None}


def _ends(name: str, span: Interval | None) -> dict[str, float]:
    low, high = (math.nan, math.nan) if span is None else (round(span.low, DIGITS), round(span.high, DIGITS))
    return {f"{name}_low": low, f"{name}_high": high}


def _same(first: Interval, second: Interval) -> bool:
    return math.isclose(first.low, second.low) and math.isclose(first.high, second.high)


def _checked(name: str, rows: list[dict[str, object]]) -> pd.DataFrame:
    return Schema.of(name).check(pd.DataFrame(rows))
