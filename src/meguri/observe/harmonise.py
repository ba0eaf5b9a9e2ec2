"""Ranges, units and disagreements: what can be said when sources give intervals and differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from meguri.base.errors import DataError, Problem


@dataclass(frozen=True)
class Interval:
    """A closed range low…high; an exact number has low = high.

    Arithmetic gives the smallest range that holds every result of two numbers taken independently.

    Raises
    ------
    DataError
        When low is above high or not a number, and on division by a range that holds 0.

    Examples
    --------
    >>> need, supply = Interval(500, 600), Interval.of(60)
    >>> supply - need
    Interval(low=-540.0, high=-440.0)
    >>> supply / need
    Interval(low=0.1, high=0.12)
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "low", float(self.low))
        object.__setattr__(self, "high", float(self.high))
        if not self.low <= self.high:  # also refuses NaN
            raise DataError(Problem("interval", "interval", f"{self.low}…{self.high}"))

    @classmethod
    def of(cls, value: float, low: float = math.nan, high: float = math.nan) -> Interval:
        """Range of a row: its bounds where given, else the value; an open bound stays infinite."""
        if math.isnan(low) and math.isnan(high):
            return cls(value, value)
        if math.isnan(value):
            return cls(-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high)
        return cls(value if math.isnan(low) else low, value if math.isnan(high) else high)

    @property
    def mid(self) -> float:
        """Mean of the bounds."""
        return (self.low + self.high) / 2

    def __add__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        ends = [_times(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: Interval | float) -> Interval:
        other = _interval(other)
        if other.low <= 0 <= other.high:
            raise DataError(Problem("interval_zero", "interval", f"{other.low}…{other.high}"))
        ends = [_over(a, b) for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def contains(self, number: float, tolerance: float = 1e-9) -> bool:
        """Whether a number lies within the range."""
        slack = tolerance * max(1.0, abs(number))
        return self.low - slack <= number <= self.high + slack

    def overlaps(self, other: Interval) -> bool:
        """Whether the two ranges share a number."""
        return self.low <= other.high and other.low <= self.high


def _interval(number: Interval | float) -> Interval:
    return number if isinstance(number, Interval) else Interval(number, number)


def _times(a: float, b: float) -> float:
    return 0.0 if 0.0 in (a, b) else a * b  # an open bound times nothing is nothing


def _over(a: float, b: float) -> float:
    return a / b if not (math.isinf(a) and math.isinf(b)) else math.copysign(0.0, a)


def total(parts: Iterable[Interval]) -> Interval:
    """Sum of ranges taken independently.

    Examples
    --------
    >>> total([Interval(9, 11), Interval(10, 12), Interval(6, 8), Interval(5, 6), Interval(3, 4)])
    Interval(low=33.0, high=41.0)
    """
    sums = Interval(0, 0)
    for part in parts:
        sums = sums + part
    return sums


def constrain_sum(parts: Mapping[str, Interval], to: float) -> dict[str, Interval]:
    """Ranges narrowed by knowing what they add up to.

    Each part can be no more than the total minus the least of all others, and no less than the total
    minus the most of all others; one pass is exact, because every such bound is reached.

    Raises
    ------
    DataError
        When no choice within the ranges adds up to the total.

    Examples
    --------
    >>> rows = {"1": Interval(25, 30), "2": Interval(30, 35), "3": Interval(20, 25), "4+": Interval(10, 15)}
    >>> constrain_sum(rows, 100)["1"], group_range(rows, ["2", "3", "4+"], 100)
    (Interval(low=25.0, high=30.0), Interval(low=70.0, high=75.0))
    """
    whole = total(parts.values())
    if not whole.contains(to):
        details = {"total": f"{to:g}", "low": f"{whole.low:g}", "high": f"{whole.high:g}"}
        raise DataError(
            Problem("interval_sum", ", ".join(parts), f"{whole.low:g}…{whole.high:g}", details=details)
        )
    narrowed = {}
    for name, part in parts.items():
        rest = total(other for key, other in parts.items() if key != name)
        low, high = max(part.low, to - rest.high), min(part.high, to - rest.low)
        narrowed[name] = Interval(min(low, high), high)  # equal up to rounding when the sum is tight
    return narrowed


def group_range(parts: Mapping[str, Interval], group: Sequence[str], to: float) -> Interval:
    """Range of the sum of some parts when all parts add up to a known total."""
    inside = total(parts[name] for name in group)
    outside = total(part for name, part in parts.items() if name not in group)
    constrain_sum(parts, to)
    return Interval(max(inside.low, to - outside.high), min(inside.high, to - outside.low))


def intervals(table: pd.DataFrame, value: str = "value") -> list[Interval | None]:
    """Range of each row from ``value``, ``value_low`` and ``value_high``; None when nothing is given.

    Examples
    --------
    >>> intervals(pd.DataFrame({"value": [1.0, float("nan")], "value_low": [float("nan")] * 2,
    ...                         "value_high": [2.0, float("nan")]}))
    [Interval(low=1.0, high=2.0), None]
    """
    cells = table[[value, f"{value}_low", f"{value}_high"]].astype(float).to_numpy()
    return [None if all(math.isnan(x) for x in row) else Interval.of(*row) for row in cells]


def check_sums(table: pd.DataFrame) -> pd.DataFrame:
    """Printed subtotals and totals beside the sums of their rows, for the packaged printed tables.

    Parameters
    ----------
    table : DataFrame
        Columns of ``printed_sums``. A subtotal adds the parts whose item begins like it (``PC_``), or
        for ``fields-2-or-more`` all parts but the first; a total adds every part.

    Returns
    -------
    DataFrame
        printed_table, period, item, printed_low, printed_high, computed_low, computed_high, agrees,
        flag; printed and computed values never share a column.

    Examples
    --------
    >>> from meguri.observe.demand import printed_sums
    >>> row = check_sums(printed_sums()).set_index(["printed_table", "item"]).loc[("000-1.2", "PC_TOTAL")]
    >>> [round(100 * float(row[c])) for c in ("printed_low", "printed_high", "computed_low", "computed_high")]
    [33, 40, 33, 41]
    """
    rows = []
    for (name, period), group in table.groupby(["printed_table", "period"], sort=False, dropna=False):
        parts = group[group["role"] == "part"]
        for row in group[group["role"] != "part"].itertuples():
            printed = Interval.of(row.share, row.share_low, row.share_high)
            ranges = intervals(parts[_part_of(row.item, row.role, parts["item"])], "share")
            computed = total(r for r in ranges if r is not None)
            agrees = math.isclose(computed.low, printed.low) and math.isclose(computed.high, printed.high)
            rows.append({
                "printed_table": name, "period": period, "item": row.item, "printed_low": printed.low,
                "printed_high": printed.high, "computed_low": round(computed.low, 9),
                "computed_high": round(computed.high, 9),
                "agrees": agrees or (row.role == "total" and computed.contains(printed.mid)),
                "flag": row.flag,
            })  # fmt: skip
    return pd.DataFrame(rows)


def _part_of(item: str, role: str, parts: pd.Series[str]) -> pd.Series[bool]:
    if role == "total":
        return parts.notna()
    if item == "fields-2-or-more":
        return parts != "fields-1"
    return parts.str.startswith(item.split("_")[0] + "_")


# Plain prices of these metals have never been below this [USD/kg]: under it, the unit is wrong.
LOWEST_PRICE = {"Nd": 5.0, "Dy": 20.0, "Tb": 50.0, "Pr": 5.0}
PER_TONNE = {"USD/t": "USD/kg", "CNY/t": "CNY/kg"}
CNY_PER_USD = 10.0  # generous: the rate has been 6 to 8.7 since 1994


def check_price_units(table: pd.DataFrame) -> pd.DataFrame:
    """Warnings about quotes whose printed unit makes the price implausible, with the fix.

    Parameters
    ----------
    table : DataFrame
        Columns of ``price_quotes``.

    Returns
    -------
    DataFrame
        fact, element, unit (printed), unit_fix, factor (how many times too low the printed unit makes
        the price), price_low, price_high (as printed), source, flag; one row for each doubtful quote.

    Examples
    --------
    >>> from meguri.observe.prices import prices
    >>> check_price_units(prices("Dy"))[["fact", "unit", "unit_fix", "factor"]].values.tolist()
    [['mz-039', 'USD/t', 'USD/kg', 1000], ['mz-041', 'USD/t', 'USD/kg', 1000]]
    """
    rows = []
    for row, span in zip(table.itertuples(), intervals(table, "price"), strict=True):
        if span is None or row.unit not in PER_TONNE or row.element not in LOWEST_PRICE:
            continue
        currency = CNY_PER_USD if row.unit.startswith("CNY") else 1.0
        if span.high / 1000 / currency < LOWEST_PRICE[row.element]:
            rows.append({
                "fact": row.fact, "element": row.element, "unit": row.unit, "unit_fix": PER_TONNE[row.unit],
                "factor": 1000, "price_low": span.low, "price_high": span.high, "source": row.source,
                "flag": row.flag,
            })  # fmt: skip
    columns = ["fact", "element", "unit", "unit_fix", "factor", "price_low", "price_high", "source", "flag"]
    return pd.DataFrame(rows, columns=columns)


def unit_problems(warnings: pd.DataFrame) -> list[Problem]:
    """The same warnings as sentences, in either language."""
    return [
        Problem(
            "unit_implausible", row.fact, row.unit, details={"unit": row.unit_fix, "element": row.element}
        )
        for row in warnings.itertuples()
    ]


def repair_price_units(table: pd.DataFrame, warnings: pd.DataFrame) -> pd.DataFrame:
    """Quotes with the accepted fixes applied: the unit is read anew, the printed number stays.

    Parameters
    ----------
    table : DataFrame
        Columns of ``price_quotes``.
    warnings : DataFrame
        Accepted rows of :func:`check_price_units`.
    """
    fixes = dict(zip(warnings["fact"], warnings["unit_fix"], strict=True))
    repaired = table.copy()
    found = repaired["fact"].isin(list(fixes))
    repaired.loc[found, "unit"] = repaired.loc[found, "fact"].map(fixes)
    repaired.loc[found & (repaired["grade"] == "reported"), "grade"] = "derived"
    return repaired


def price_ratio(table: pd.DataFrame, base: str, later: str) -> Interval:
    """How many times a quote is of another, as a range.

    Parameters
    ----------
    table : DataFrame
        Columns of ``price_quotes``.
    base, later : str
        Facts of the two quotes; they must be of one element, form, place and unit.

    Raises
    ------
    DataError
        When the two are not of one basis.

    Examples
    --------
    >>> from meguri.observe.prices import prices
    >>> quotes = prices("Dy")
    >>> ratio = price_ratio(repair_price_units(quotes, check_price_units(quotes)), "mz-039", "mz-041")
    >>> round(ratio.low, 1), round(ratio.high, 1)
    (28.5, 33.6)
    """
    both = table.set_index("fact").loc[[base, later]]
    require_same_basis(both, ["element", "form", "place", "unit"])
    first, second = intervals(both, "price")
    if first is None or second is None:
        raise DataError(Problem("cell_empty", f"price_quotes {base}, {later}", details={"column": "price"}))
    return second / first


def require_same_basis(table: pd.DataFrame, columns: Sequence[str] = ("basis",), mix: bool = False) -> None:
    """Refuse to put figures of different bases side by side unless the user says so.

    Parameters
    ----------
    table : DataFrame
        Rows about to be compared, plotted or added.
    columns : sequence of str
        Columns that make the basis.
    mix : bool
        The user's override.

    Raises
    ------
    DataError
        Naming the bases found.

    Examples
    --------
    >>> require_same_basis(pd.DataFrame({"basis": ["EUV resist", "EUV resist"]}))
    """
    for column in columns:
        bases = sorted(table[column].astype(str).unique())
        if len(bases) > 1 and not mix:
            listed = ", ".join(bases)
            raise DataError(Problem("basis_mixed", column, listed, details={"bases": listed}))


def disagreements(
    table: pd.DataFrame, keys: Sequence[str], value: str = "value", tolerance: float = 0.0
) -> pd.DataFrame:
    """Rows of different sources that speak of the same thing and share no number.

    Parameters
    ----------
    table : DataFrame
        With columns ``source``, ``value`` and, where known, ``value_low`` and ``value_high``.
    keys : sequence of str
        Columns that say what a row speaks of; include the basis and the unit.
    value : str
        Name of the value column.
    tolerance : float [1]
        Relative difference between the nearest bounds that still counts as agreement.

    Returns
    -------
    DataFrame
        All rows of each group in which two sources are apart, with ``range_low`` and ``range_high``
        [unit of the value]; nothing is averaged and no side is taken.

    Examples
    --------
    >>> from meguri.observe.demand import statements
    >>> rows = disagreements(statements("price-ratio", "Dy"), ["topic", "element", "unit"])
    >>> rows[["source", "range_low", "range_high"]].values.tolist()
    [['seed-002', 30.0, inf], ['seed-000', 2.0, 10.0]]
    """
    spans = intervals(table, value)
    known = table.assign(
        range_low=[math.nan if s is None else s.low for s in spans],
        range_high=[math.nan if s is None else s.high for s in spans],
    ).dropna(subset=["range_low"])
    group = known.groupby(list(keys), sort=False, dropna=False)
    # two ranges of a group are apart exactly when the highest low is above the lowest high
    highest, lowest = group["range_low"].transform("max"), group["range_high"].transform("min")
    apart = highest - lowest > tolerance * highest.abs()
    return known[apart & (group["source"].transform("nunique") > 1)].reset_index(drop=True)
