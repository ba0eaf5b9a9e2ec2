"""What is published on Japan's magnets, held beside the results: hit or miss, never fitted to."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import keys, packaged
from meguri.circulate.magnets import BAND, DyJapan, unit_of


def magnet_anchors() -> pd.DataFrame:
    """Published figures for Japan: range, year, source, and whether the model foretells or compares.

    Examples
    --------
    >>> anchors = magnet_anchors().set_index("anchor")
    >>> float(anchors.at["dy-stock-2008", "low"]), anchors.at["dy-elv-2030", "role"]
    (890.0, 'predicted')
    """
    with packaged("circulation", "dy-japan", "anchors.csv").open(encoding="utf-8") as file:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of("magnet_anchors").check(frame, "circulation/dy-japan/anchors.csv")


def anchors_table(case: DyJapan, anchors: pd.DataFrame | None = None) -> pd.DataFrame:
    """Each published figure beside the median and band of the runs: table ``magnet_checks``.

    A hit is a median within the published range; where only P10-P90 and that range meet, the verdict
    says so and no more. The grade is that of the weaker side.

    Examples
    --------
    >>> from meguri.circulate.magnets import dy_japan
    >>> table = anchors_table(dy_japan(runs=4))
    >>> sorted(set(table["role"]))
    ['compared', 'predicted']
    """
    rows = [
        _compared(case, anchor) for _, anchor in (magnet_anchors() if anchors is None else anchors).iterrows()
    ]
    return Schema.of("magnet_checks").check(pd.DataFrame(rows), "magnet_checks")


def _compared(case: DyJapan, anchor: pd.Series) -> dict[str, object]:
    at = int(np.searchsorted(case.years, float(anchor["year"])))
    low, median, high = np.quantile(case.totals[anchor["quantity"]][:, at], BAND)
    told = (float(anchor["low"]), float(anchor["high"]))
    verdict = verdict_of((low, median, high), told)
    known = anchor["anchor"] in keys("magnet_reasons")
    return {
        "anchor": anchor["anchor"],
        "quantity": anchor["quantity"],
        "year": anchor["year"],
        "published_low": told[0],
        "published_high": told[1],
        "median": median,
        "low": low,
        "high": high,
        "unit": unit_of(anchor["quantity"]),
        "ratio": median / np.mean(told),
        "verdict": verdict,
        "role": anchor["role"],
        "reason": anchor["anchor"] if known and verdict != "hit" else "",
        "source": anchor["source"],
        "grade": weakest([case.grade, anchor["grade"]]),
        "note": anchor["note"],
    }


def verdict_of(band: tuple[float, float, float], published: tuple[float, float]) -> str:
    """Whether a median with its band meets a published range.

    Examples
    --------
    >>> verdict_of((5, 8, 11), (7, 9)), verdict_of((5, 8, 11), (10, 12)), verdict_of((5, 8, 9), (10, 12))
    ('hit', 'band', 'miss')
    """
    low, median, high = band
    if published[0] <= median <= published[1]:
        return "hit"
    return "band" if low <= published[1] and published[0] <= high else "miss"
