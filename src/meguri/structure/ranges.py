"""Shares printed as ranges or rounded, tightened by knowing that they add to 100 %."""

from __future__ import annotations

import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.harmonise import Interval, constrain_sum, total

GROUP = ["element", "stage", "year", "basis", "source"]
FINEST = 3  # decimals of a share: EC 2023 prints 0.1 % at best
TRACE = 0.0005  # how EC 2023 writes "less than 0.1 %"


def tightened(table: pd.DataFrame) -> pd.DataFrame:
    """Printed ranges beside what remains of them once all shares of a stage add to 1.

    A printed share stands for all shares that round to it; the unit is the coarsest decimal that fits
    every share of the group. Where the ranges cannot add to 1, an unlisted rest is left: both ranges
    are then the printed one (reason ``sum_open``).

    Parameters
    ----------
    table : DataFrame
        Columns of ``GROUP``, ``country``, ``kind``, ``grade``, and either ``share`` (printed, rounded)
        or ``share_low`` and ``share_high`` (printed as a range); ``flag`` where there is one.

    Returns
    -------
    DataFrame
        Columns of ``stage_ranges``: printed_low, printed_high and low, high, never merged.

    Examples
    --------
    >>> from meguri.observe.profile import share_ranges
    >>> row = tightened(share_ranges("REO")).query("year == 2025 and country == 'CN'").iloc[0]
    >>> [float(row[name]) for name in ("printed_low", "printed_high", "low", "high")]
    [0.6, 0.75, 0.6, 0.7]
    """
    parts = [_group(group) for _, group in table.groupby(GROUP, sort=False)]
    joined = pd.concat(parts, ignore_index=True) if parts else Schema.of("stage_ranges").empty()
    return Schema.of("stage_ranges").check(joined)


def _group(rows: pd.DataFrame) -> pd.DataFrame:
    printed = _printed(rows)
    names = [f"{row.country} {row.kind}" for row in rows.itertuples()]
    whole = total(printed)
    closed = whole.contains(1.0)
    spans = constrain_sum(dict(zip(names, printed, strict=True)), 1.0) if closed else {}
    narrow = [spans.get(name, span) for name, span in zip(names, printed, strict=True)]
    out = rows.reindex(columns=[*GROUP, "country", "kind", "share", "grade", "flag"])
    return out.assign(
        printed_low=[round(span.low, 9) for span in printed],
        printed_high=[round(span.high, 9) for span in printed],
        low=[round(span.low, 9) for span in narrow], high=[round(span.high, 9) for span in narrow],
        reason="" if closed else "sum_open", flag=rows.get("flag", ""),
    )  # fmt: skip


def _printed(rows: pd.DataFrame) -> list[Interval]:
    """Range each cell stands for: as printed, or all shares that round to the printed one."""
    if "share" in rows and rows["share"].notna().all():
        half = 0.5 * 10.0 ** -_decimals(rows["share"])
        return [
            Interval(0.0, 2 * TRACE)
            if share == TRACE
            else Interval(max(0.0, share - half), min(1.0, share + half))
            for share in rows["share"]
        ]
    return [Interval(row.share_low, row.share_high) for row in rows.itertuples()]


def _decimals(shares: pd.Series[float]) -> int:
    """Decimals of the coarsest rounding that fits every printed share."""
    known = shares[shares != TRACE]
    return next((n for n in (2, FINEST) if (known - known.round(n)).abs().max() < 1e-9), FINEST)
