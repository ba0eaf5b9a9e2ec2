"""Import risk: origins of an economy's imports weighted by their political instability, with its range.

IR = Σ g f/(p + F) with f imports by origin [t], g risk of the origin (0-1), p the economy's own output [t]
and F all imports [t] (Gemechu et al. 2015; Koyamparambath, JOSS 10.21105/joss.09600).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.observe.governance import INTERVAL_90, governance

KEYS = ["place", "series", "year"]  # row numbers of the request, and the year
UNRATED = 0.5  # risk of an origin without an estimate, as the method has it
NOTED = 0.01  # a smaller share of unrated imports is not worth a remark


def risk_of(estimate: pd.Series[float]) -> pd.Series[float]:
    """Risk of an origin from its political stability: (2.5 − estimate)/5 within 0 and 1.

    Examples
    --------
    >>> risk_of(pd.Series([2.5, 0.0, -3.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    return ((2.5 - estimate) / 5.0).clip(0.0, 1.0)


def origin_risk(years: list[int]) -> pd.DataFrame:
    """Risk of every country in some years: country, year, risk, spread (standard error), source.

    The newest estimate not later than the year counts; a country without any is not listed.

    Examples
    --------
    >>> risk = origin_risk([2022]).set_index("country")["risk"]
    >>> round(float(risk["TW"]), 3)
    0.349
    """
    seen = governance()
    wanted = sorted(set(years))
    newest = [seen[seen["year"] <= year].drop_duplicates("country", keep="last") for year in wanted]
    table = pd.concat([seen.iloc[:0], *newest], ignore_index=True)
    return table[["country", "source"]].assign(
        year=np.repeat(wanted, [len(part) for part in newest]),
        risk=risk_of(table["estimate"]), spread=table["standard_error"] / 5.0,
    )  # fmt: skip


def origin_sums(flows: pd.DataFrame, priced: bool) -> pd.DataFrame:
    """Sums over origins that import risk and price are made of.

    Parameters
    ----------
    flows : DataFrame
        KEYS, quantity_t, value_kusd, unweighed_kusd, risk, spread [1] (NaN spread: risk is assumed,
        anything from 0 to 1).
    priced : bool
        Whether the price leaves out rows without quantity.

    Returns
    -------
    DataFrame
        KEYS, tonnes (F), weighed (Σ g f), reach (half width of the 90 % interval of Σ g f, errors of
        origins independent), unrated (tonnes whose risk is assumed), price [kUSD/t], gap and
        gap_weighed [t]: tonnes, and risk-weighted tonnes, of rows without quantity at that price.
    """
    q, g = flows["quantity_t"], flows["risk"]
    rated = flows["spread"].notna()
    table = flows[KEYS].assign(
        tonnes=q, weighed=q * g, square=(q * flows["spread"].fillna(0.0)) ** 2, unrated=q.where(~rated, 0.0),
        value=flows["value_kusd"], gap_value=flows["unweighed_kusd"],
        gap_weighed_value=flows["unweighed_kusd"] * g,
    )  # fmt: skip
    sums = table.groupby(KEYS, as_index=False).sum()
    value = sums["value"] - sums["gap_value"] if priced else sums["value"]
    price = value / sums["tonnes"].where(sums["tonnes"] > 0)
    return sums[KEYS].assign(
        tonnes=sums["tonnes"], weighed=sums["weighed"], unrated=sums["unrated"], price=price,
        reach=INTERVAL_90 * np.sqrt(sums["square"]), gap=sums["gap_value"] / price,
        gap_weighed=sums["gap_weighed_value"] / price,
    )  # fmt: skip


def import_risk(sums: pd.DataFrame, output: str = "output") -> pd.DataFrame:
    """Import risk and its range.

    The range holds the 90 % interval of the governance estimates, 0 to 1 for origins without one, the
    rows without quantity counted at the mean price or not at all, and the range of own output.

    Parameters
    ----------
    sums : DataFrame
        As from `origin_sums`, with output, output_low, output_high [t].

    Returns
    -------
    DataFrame
        ``sums`` with ir, ir_low, ir_high [1].
    """
    p, low, high = sums[output], sums[f"{output}_low"], sums[f"{output}_high"]
    lows, highs = [], []
    for tonnes, weighed in (
        (sums["tonnes"], sums["weighed"]),
        (sums["tonnes"] + sums["gap"], sums["weighed"] + sums["gap_weighed"]),
    ):
        least = (weighed - sums["reach"] - UNRATED * sums["unrated"]).clip(lower=0.0)
        most = np.minimum(weighed + sums["reach"] + UNRATED * sums["unrated"], tonnes)
        lows.append(least / (high + tonnes))
        highs.append(most / (low + tonnes))
    value = sums["weighed"] / (p + sums["tonnes"])
    return sums.assign(ir=value, ir_low=np.minimum(*lows), ir_high=np.maximum(*highs))
