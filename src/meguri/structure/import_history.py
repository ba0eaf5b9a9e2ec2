"""Origins of imports over the years: shares, concentration and largest origins, with their ranges."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.series import trade_series
from meguri.observe.trade import By, import_shares, trade
from meguri.structure.bounds import hhi_range, share_range, three_range

KEYS = ["year", "code", "importer", "basis"]
NEW_VINTAGE = {"atlas-flows": 2017}  # first year of the Critical Materials Atlas in HS 2017


def origin_shares(
    codes: Iterable[Any] | str | int,
    importer: str,
    years: Iterable[int] | int | None = None,
    by: By = "value",
) -> pd.DataFrame:
    """Share of each origin in a country's imports, with the range that unknown quantities leave open.

    By value every row is known. By quantity the share is that among rows with a quantity; a row without
    one may weigh anything from its value at the highest to its value at the lowest unit value that the
    code shows anywhere in the world that year. The range holds every share so possible, and the share
    among known rows itself; in a year in which a code has no unit value at all it is 0 to 1.

    Parameters
    ----------
    codes : one or several HS codes
        Several are also summed; the sum's code reads "280530|284610|284690".
    importer : str
        Country by key or name.
    years : optional
        One or several; all when left out.
    by : {"value", "quantity"}
        Basis.

    Returns
    -------
    DataFrame
        Columns of ``origin_shares``; an origin whose quantity is unknown has a range without a share
        (reason ``no_quantity``).

    Raises
    ------
    DataError
        As :func:`meguri.observe.trade.import_shares`.

    Examples
    --------
    >>> rows = origin_shares([280530, 284610, 284690], "JP", 2010, "quantity")
    >>> row = rows[(rows["code"].str.len() > 6) & (rows["exporter"] == "CN")].iloc[0]
    >>> [round(float(row[name]), 3) for name in ("share_low", "share", "share_high")]
    [0.772, 0.785, 0.785]
    """
    table = import_shares(codes, importer, years, by)
    table = table.drop(columns=["unit"]).assign(**{"break": False})
    if by == "value":
        ends = {f"{name}_{end}": table[name] for name in ("amount", "share") for end in ("low", "high")}
        return Schema.of("origin_shares").check(table.drop(columns="known").assign(**ends))
    table = _without_quantity(table, codes, years)
    ranges = _ranges(table)
    joined = table.drop(columns="known").merge(ranges, on=["year", "code", "exporter"], how="outer")
    for name in ("amount", "share"):
        bounded = joined[f"{name}_high"].notna()
        joined.loc[bounded, f"{name}_low"] = joined[[f"{name}_low", name]].min(axis=1)
        joined.loc[bounded, f"{name}_high"] = joined[[f"{name}_high", name]].max(axis=1)
    joined.loc[joined["share"].isna() & joined["reason"].isna(), "reason"] = "no_quantity"
    fill = {"importer": table["importer"].iloc[0], "basis": by, "source": table["source"].iloc[0],
            "grade": "derived", "break": False}  # fmt: skip
    joined = joined.fillna(fill).assign(reason=joined["reason"].fillna(""))
    joined = joined.sort_values(["code", "year", "share"], ascending=[True, True, False], kind="stable")
    return Schema.of("origin_shares").check(joined)


def _without_quantity(table: pd.DataFrame, codes: Any, years: Any) -> pd.DataFrame:
    """Years whose trade is recorded without any quantity say so, instead of "no trade recorded"."""
    valued = import_shares(codes, table["importer"].iloc[0], years)
    held = pd.MultiIndex.from_frame(valued.loc[valued["exporter"] != "XX", ["year", "code"]])
    bare = (table["exporter"] == "XX") & pd.MultiIndex.from_frame(table[["year", "code"]]).isin(held)
    return table.assign(reason=table["reason"].mask(bare, "no_quantity"))


def _ranges(table: pd.DataFrame) -> pd.DataFrame:
    """Amount and share ranges of every origin, for each code and for the sum of all."""
    known = table[table["exporter"] != "XX"]
    years = sorted(set(known["year"]))
    codes = sorted({code for cell in known["code"] for code in cell.split("|")})
    flows = quantity_range(trade(codes, years))
    flows = flows[flows["importer"] == table["importer"].iloc[0]]
    wanted = pd.MultiIndex.from_frame(known[["year", "code"]]).unique()
    parts = [flows]
    if len(codes) > 1:
        parts.append(flows.assign(code=next(code for code in known["code"] if "|" in code)))
    flows = pd.concat(parts)
    flows = flows[pd.MultiIndex.from_frame(flows[["year", "code"]]).isin(wanted)]
    keys = ["year", "code", "exporter"]
    amounts = flows.groupby(keys, as_index=False)[["amount_low", "amount_high"]].sum(skipna=False)
    amounts = amounts.assign(share_low=np.nan, share_high=np.nan)
    for _, part in amounts.groupby(["year", "code"]):
        low, high = share_range(list(part["amount_low"]), list(part["amount_high"]))
        if part["amount_high"].isna().any():  # a code without any unit value that year bounds nothing
            low, high = np.zeros(len(part)), np.ones(len(part))
        amounts.loc[part.index, "share_low"], amounts.loc[part.index, "share_high"] = low, high
    return amounts


def quantity_range(flows: pd.DataFrame) -> pd.DataFrame:
    """Flows with the range of each quantity: exact where known, else value over the unit values seen.

    Parameters
    ----------
    flows : DataFrame
        Columns of ``trade``: all of the world's flows of the codes and years, so that unit values show.

    Returns
    -------
    DataFrame
        The same with ``amount_low`` and ``amount_high`` [t]; NaN where no flow of the code and year has
        a quantity.

    Examples
    --------
    >>> flows = pd.DataFrame({"code": "1", "year": 2020, "value_kusd": [10.0, 90.0, 30.0],
    ...                       "quantity_t": [10.0, 30.0, float("nan")]})
    >>> quantity_range(flows)[["amount_low", "amount_high"]].values.tolist()
    [[10.0, 10.0], [30.0, 30.0], [10.0, 30.0]]
    """
    unit = (flows["value_kusd"] / flows["quantity_t"]).where(flows["quantity_t"] > 0)
    unit = unit.where(unit > 0)
    per = unit.groupby([flows["code"], flows["year"]])
    low = flows["value_kusd"] / per.transform("max")
    high = flows["value_kusd"] / per.transform("min")
    known = flows["quantity_t"]
    return flows.assign(amount_low=known.fillna(low), amount_high=known.fillna(high))


def import_history(
    codes: Iterable[Any] | str | int,
    importer: str,
    years: Iterable[int] | int | None = None,
    by: By = "value",
) -> pd.DataFrame:
    """Concentration of a country's imports year by year: HHI, largest and three largest origins.

    Parameters
    ----------
    codes, importer, years, by
        As :func:`origin_shares`.

    Returns
    -------
    DataFrame
        Columns of ``import_history``; a year without usable trade stays as a row with its reason.

    Examples
    --------
    >>> table = import_history([280530, 284610, 284690], "JP", range(2005, 2025))
    >>> table = table[table["code"].str.len() > 6].set_index("year")
    >>> [round(float(table.at[year, "top_share"]), 3) for year in (2005, 2010, 2024)]
    [0.842, 0.796, 0.378]
    """
    known = import_shares(codes, importer, years, by)[["year", "code", "known"]].drop_duplicates()
    return history(origin_shares(codes, importer, years, by)).drop(columns="known").merge(
        known, on=["year", "code"], how="left"
    )[Schema.of("import_history").names]  # fmt: skip


def series_history(code: str, importer: str = "JP", source: str = "atlas-flows") -> pd.DataFrame:
    """The same for a packaged series outside the 74 codes: magnesium, tungsten, magnets (by value).

    ``atlas-flows`` changes its HS vintage between 2016 and 2017: ``break`` is true in 2017. It keeps each
    country's top partners only, so ``suppliers`` counts those.

    Parameters
    ----------
    code, importer, source
        As :func:`meguri.observe.series.trade_series`.

    Examples
    --------
    >>> table = series_history("810194").set_index("year")
    >>> round(float(table.at[2024, "top_share"]), 3), table.index[table["break"]].tolist()
    (0.996, [2017])
    """
    flows = trade_series(code, importer, source)
    amount, share = flows["value_kusd"], flows["share"]
    ends = {"amount_low": amount, "amount_high": amount, "share_low": share, "share_high": share}
    new = flows["year"] == NEW_VINTAGE.get(source, 0)
    table = flows.drop(columns=["value_kusd", "quantity_t"]).assign(
        basis="value", amount=amount, reason="", **ends, **{"break": new}
    )
    return history(Schema.of("origin_shares").check(table))


def history(origins: pd.DataFrame) -> pd.DataFrame:
    """Yearly concentration from shares of origins.

    Parameters
    ----------
    origins : DataFrame
        Columns of ``origin_shares``.

    Returns
    -------
    DataFrame
        Columns of ``import_history``. Ranges of the largest and of the three largest are bounds: the
        largest share each origin can have, and the least that the three largest low ends make up.
    """
    rows = [_year(part) for _, part in origins.groupby([*KEYS, "source"], sort=False)]
    table = pd.DataFrame(rows) if rows else Schema.of("import_history").empty()
    return Schema.of("import_history").check(table)


def _year(part: pd.DataFrame) -> dict[str, object]:
    first = part.iloc[0]
    row: dict[str, object] = {name: first[name] for name in [*KEYS, "break", "source", "grade"]}
    row["known"] = 1.0 if first["basis"] == "value" else np.nan
    known = part[part["amount"].notna() & (part["amount"] > 0)]
    row["suppliers"] = int((part["exporter"] != "XX").sum())
    if known.empty:
        return row | {"reason": first["reason"], "suppliers": pd.NA}
    row |= {"reason": "", "top": known.loc[known["share"].idxmax(), "exporter"]}
    p = known["share"].to_numpy()
    values = {"hhi": (p**2).sum(), "top_share": p.max(), "top_three": np.sort(p)[-3:].sum()}
    figures = {name: (float(values[name]), *ends) for name, ends in _bounds(part).items()}
    for name, (value, least, most) in figures.items():
        row |= {name: value, f"{name}_low": min(value, least), f"{name}_high": min(1.0, max(value, most))}
    return row


def _bounds(part: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Ranges of the year's figures; n origins of which nothing is known still hold 1/n or more."""
    n = len(part)
    if part["amount_high"].isna().any():
        return {"hhi": (1 / n, 1.0), "top_share": (1 / n, 1.0), "top_three": (min(1.0, 3 / n), 1.0)}
    low, high = part["amount_low"].to_numpy(), part["amount_high"].to_numpy()
    top = float(part["share_low"].max()), float(part["share_high"].max())
    return {
        "hhi": hhi_range(list(low), list(high)),
        "top_share": top,
        "top_three": three_range(list(low), list(high)),
    }
