"""Why shares and values of classes changed between two years: exact sums of named parts.

Three readings, each of which adds up to the change to the last cent:

- *share*: did the classical class grow that holds the good (between), or did it turn into process control
  from within (within)? The classical view sees only the first.
- *value*: growth of all trade at unchanged shares, and shift of shares.
- *price*: unit value and weight where weights exist (Bennet), lines that entered or left, and what cannot
  be split, under its own name.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.observe.tradelines import TradeLines
from meguri.structure.class_markets import markets
from meguri.structure.mapping import (
    BECS,
    CLASSES,
    KEY,
    VARIANTS,
    ClassMap,
    class_weights,
    classical_weights,
    targets,
)

Array = npt.NDArray[np.float64]
PAIR = ["reporter", "partner", "flow"]


def decompose(
    lines: TradeLines, mapping: ClassMap | pd.DataFrame, years: tuple[int, int] | None = None
) -> pd.DataFrame:
    """Parts of the change of every class and of PC(4) and PC(5), for each reporter, partner and flow.

    Parameters
    ----------
    lines : TradeLines
        At least two years.
    mapping : ClassMap or DataFrame
        As of ``classify``; the share reading needs its BEC table.
    years : pair of int, optional
        First and second year; each year to the next one held when left out.

    Returns
    -------
    DataFrame
        Columns of ``class_change``. The map is the same in both years: no part is due to judgement. Where
        the years are of different editions of HS, a number whose classes differ between them counts as
        left and entered, like a number that is new.

    Raises
    ------
    DataError
        When the file does not hold both years.

    Notes
    -----
    Midpoint weights as of Marshall and Edgeworth; price and quantity as of T. L. Bennet (1920), Journal
    of the Royal Statistical Society 83:455.

    Examples
    --------
    >>> from meguri.observe.tradelines import trade_lines
    >>> rows = pd.DataFrame({"code": "848620", "year": [2018, 2020], "value": [100.0, 180.0],
    ...     "weight": [10.0, 12.0], "vintage": "HS2017", "flow": "import", "reporter": "KR", "partner": "JP",
    ...     "currency": "USD"})
    >>> goods = pd.DataFrame({"code": ["848620"], "class": "PC_EQUIP", "weight": 1.0, "low": 1.0, "high": 1.0,
    ...     "confidence": "high", "reason_en": "tool", "reason_ja": "装置", "curated": True, "source": ""})
    >>> table = decompose(trade_lines(rows, "user"), goods)
    >>> prices = table[(table["class"] == "PC4") & (table["method"] == "price") & (table["value"] != 0)]
    >>> [(part, round(value)) for part, value in zip(prices["part"], prices["value"])]  # 10 to 15 USD/kg
    [('price', 55), ('quantity', 25)]
    """
    around = mapping if isinstance(mapping, ClassMap) else ClassMap(mapping)
    held = sorted(set(lines.table["year"].astype(int)))
    wanted = list(pairwise(held)) if years is None else [years]
    missing = sorted({year for pair in wanted for year in pair} - set(held))
    if missing or not wanted:
        shown = ", ".join(map(str, missing or held))
        details = {"years": ", ".join(map(str, held))}
        raise DataError(Problem("class_years", "year", shown, details=details))
    rows, _ = markets(lines.table)
    parts = [_of_pair(rows, around, pair) for pair in wanted]
    table = pd.concat(parts, ignore_index=True) if parts else Schema.of("class_change").empty()
    return Schema.of("class_change").check(table.reindex(columns=Schema.of("class_change").names))


def _of_pair(rows: pd.DataFrame, around: ClassMap, years: tuple[int, int]) -> pd.DataFrame:
    """All three readings between two years, where a market is held in both."""
    rows = rows[rows["year"].isin(years)]
    both = rows.groupby(PAIR)["year"].transform("nunique") == 2
    rows = rows[both]
    if rows.empty:
        return Schema.of("class_change").empty()
    codes = rows[KEY].drop_duplicates().reset_index(drop=True)
    ways = targets(codes, set(around.goods["code"]))
    weights = class_weights(ways, around.goods)[[*KEY, "class", "weight"]].rename(
        columns={"weight": "part_of"}
    )
    found = [value_parts(rows, weights, years), price_parts(rows, weights, years)]
    if around.bec is not None:
        joint = classical_weights(ways, around.goods, around.bec)
        found.append(share_parts(rows, joint.rename(columns={"weight": "part_of"}), years))
    table = pd.concat([_with_variants(part) for part in found], ignore_index=True)
    units = rows.groupby(PAIR, sort=False)["currency"].first().rename("unit").reset_index()
    table = table.merge(units, on=PAIR, how="left").assign(year_from=years[0], year_to=years[1])
    return table.assign(unit=table["unit"].mask(table["method"] == "share", "1"))


def share_parts(rows: pd.DataFrame, joint: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """Change of each class's share, within and between the classical classes.

    With S_b the share of classical class b in trade and R_kb the share of class k in it, ΔS_k =
    Σ_b mean(S_b)·ΔR_kb (within) + Σ_b mean(R_kb)·ΔS_b (between). A classical class that is not traded in
    one year is given the mix of the other: all its change is between.

    Returns
    -------
    DataFrame
        reporter, partner, flow, method, class, part, block (classical class), value [1].
    """
    cells = rows[[*PAIR, "year", *KEY, "value"]].merge(joint, on=KEY)
    cells["value"] *= cells["part_of"]
    wide = cells.pivot_table(index=[*PAIR, "bec", "class"], columns="year", values="value", aggfunc="sum")
    wide = _filled(wide.reindex(columns=list(years), fill_value=0.0).fillna(0.0))
    whole = wide.groupby(PAIR).transform("sum")
    traded = (whole > 0).all(axis=1)  # without trade there is no share that could change
    wide, whole = wide[traded], whole[traded]
    block = wide.groupby([*PAIR, "bec"]).transform("sum")
    share = (block / whole).to_numpy()
    mix = (wide / block.where(block > 0)).to_numpy()
    mix = np.where(np.isnan(mix), mix[:, ::-1], mix)  # the other year's where this one has none
    mix = np.nan_to_num(mix)
    values = {
        "within": share.mean(axis=1) * (mix[:, 1] - mix[:, 0]),
        "between": mix.mean(axis=1) * (share[:, 1] - share[:, 0]),
    }
    named = wide.index.to_frame(index=False).rename(columns={"bec": "block"})
    return pd.concat([named.assign(method="share", part=part, value=v) for part, v in values.items()])


def _filled(wide: pd.DataFrame) -> pd.DataFrame:
    """Every market with every classical class and class: what is not traded stands as 0."""
    places = wide.index.droplevel(["bec", "class"]).unique()
    full = [(*place, bec, name) for place in places for bec in BECS for name in CLASSES]
    return wide.reindex(pd.MultiIndex.from_tuples(full, names=wide.index.names), fill_value=0.0)


def value_parts(rows: pd.DataFrame, weights: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """Change of each class's value: growth of all trade at its mean share, and shift of its share.

    ΔV_k = mean(S_k)·ΔV + mean(V)·ΔS_k.

    Returns
    -------
    DataFrame
        reporter, partner, flow, method, class, part, block (empty), value [currency].
    """
    cells = rows[[*PAIR, "year", *KEY, "value"]].merge(weights, on=KEY)
    cells["value"] *= cells["part_of"]
    wide = cells.pivot_table(index=[*PAIR, "class"], columns="year", values="value", aggfunc="sum")
    wide = wide.reindex(columns=list(years), fill_value=0.0).fillna(0.0)
    value, whole = wide.to_numpy(), wide.groupby(PAIR).transform("sum").to_numpy()
    share = np.divide(value, whole, out=np.zeros(value.shape), where=whole > 0)
    found = {
        "growth": share.mean(axis=1) * (whole[:, 1] - whole[:, 0]),
        "shift": whole.mean(axis=1) * (share[:, 1] - share[:, 0]),
    }
    named = wide.index.to_frame(index=False).assign(method="value", block="")
    return pd.concat([named.assign(part=part, value=v) for part, v in found.items()])


def price_parts(rows: pd.DataFrame, weights: pd.DataFrame, years: tuple[int, int]) -> pd.DataFrame:
    """Change of each class's value by unit value and weight, line by line.

    With unit value p = v/q, Δv = mean(q)·Δp (price) + mean(p)·Δq (quantity) for lines with a weight in
    both years; lines of one year only have entered or left; lines without a weight are unsplit. A unit
    value mixes price and quality, and a kilogram of a machine is no measure of what it does.

    Returns
    -------
    DataFrame
        reporter, partner, flow, method, class, part, block (empty), value [currency].
    """
    same = _same_line(weights)
    told = rows.assign(vintage=rows["vintage"].mask(rows["code"].isin(same), ""))
    held = weights.assign(vintage=weights["vintage"].mask(weights["code"].isin(same), ""))
    lines = told.groupby([*PAIR, "year", *KEY], sort=False)[["value", "weight"]].sum(skipna=False)
    wide = lines.unstack("year")
    value = wide["value"].reindex(columns=list(years)).fillna(0.0).to_numpy()
    weight = wide["weight"].reindex(columns=list(years)).to_numpy(dtype=float)
    parts = pd.concat([wide.index.to_frame(index=False), line_parts(value, weight)], axis=1)
    table = parts.merge(held.drop_duplicates([*KEY, "class"]), on=KEY, how="left")
    names = ["price", "quantity", "entered", "left", "unsplit"]
    table[names] = table[names].mul(table["part_of"], axis=0)
    summed = table.groupby([*PAIR, "class"], sort=False)[names].sum().reset_index()
    long = summed.melt([*PAIR, "class"], names, var_name="part", value_name="value")
    return long.assign(method="price", block="")


def _same_line(weights: pd.DataFrame) -> set[str]:
    """Codes that have the same classes in every edition they stand in: one line through the years."""
    listed = weights.sort_values("class").groupby(KEY)[["class", "part_of"]]
    told = listed.apply(lambda part: tuple(zip(part["class"], part["part_of"].round(12), strict=True)))
    meanings = told.groupby("code").nunique()
    return set(meanings.index[meanings == 1])


def line_parts(value: Array, weight: Array) -> pd.DataFrame:
    """Parts of the change of lines, arrays (line, 2) [currency] and [kg]; each row adds to its change.

    Examples
    --------
    >>> table = line_parts(np.array([[100.0, 180.0], [0.0, 5.0], [3.0, 4.0]]),
    ...                    np.array([[10.0, 12.0], [np.nan, 1.0], [np.nan, 2.0]]))
    >>> table.round(1).values.tolist()
    [[55.0, 25.0, 0.0, 0.0, 0.0], [0.0, 0.0, 5.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]
    """
    traded: npt.NDArray[np.bool_] = np.greater(value, 0)
    weighed: npt.NDArray[np.bool_] = np.greater(weight, 0)
    change = value[:, 1] - value[:, 0]
    both: npt.NDArray[np.bool_] = traded[:, 0] & traded[:, 1]
    split: npt.NDArray[np.bool_] = both & weighed[:, 0] & weighed[:, 1]
    price = np.divide(value, weight, out=np.zeros(value.shape), where=split[:, None])
    mass = np.where(split[:, None], weight, 0.0)
    return pd.DataFrame({
        "price": mass.mean(axis=1) * (price[:, 1] - price[:, 0]),
        "quantity": price.mean(axis=1) * (mass[:, 1] - mass[:, 0]),
        "entered": np.where(~traded[:, 0], change, 0.0),
        "left": np.where(traded[:, 0] & ~traded[:, 1], change, 0.0),
        "unsplit": np.where(both & ~split, change, 0.0),
    })  # fmt: skip


def _with_variants(parts: pd.DataFrame) -> pd.DataFrame:
    """The classes one by one, then PC(4) and PC(5) as their sums: parts add up over classes as well."""
    keys = [*PAIR, "method", "part", "block"]
    sums = [
        parts[parts["class"].isin(list(group))].groupby(keys, sort=False)["value"].sum().reset_index()
        .assign(**{"class": name})
        for name, group in VARIANTS.items()
    ]  # fmt: skip
    return pd.concat([parts[[*keys, "class", "value"]], *sums], ignore_index=True)
