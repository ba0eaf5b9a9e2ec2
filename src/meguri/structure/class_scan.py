"""A trade file too large to load, classified by exporter: sums are taken where the file lies."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.observe.tradelines import WORLD, TradeLines
from meguri.observe.tradescan import TradeScan
from meguri.structure.classify import ClassAnswer, classify
from meguri.structure.mapping import ClassMap


def classify_scan(
    scan: TradeScan, mapping: ClassMap | pd.DataFrame, scores: pd.DataFrame | None = None, **options: Any
) -> ClassAnswer:
    """Shares of the classes in the exports of every economy of a BACI file, year by year.

    Parameters
    ----------
    scan : TradeScan
        ``observe.tradefile.scan_trade``. Its partners are all partners: their sum is the world.
    mapping, scores
        As of :func:`meguri.structure.classify.classify`.
    **options
        draws, seed, top: as ``classify`` takes them.
    """
    sums = scan.sums(("code", "year", "reporter"))
    table = sums.assign(
        vintage=scan.vintage, flow="export", partner=WORLD, currency="USD", basis="fob", weight=float("nan")
    )
    # typed by the scan, which has checked what can be wrong: a million rows are not read a second time
    return classify(TradeLines(table, scan.source, scan.vintage, scan.notes), mapping, scores, **options)
