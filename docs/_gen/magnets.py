"""Japan's magnets beside what is published: every figure, all runs and those that meet the anchors."""

from __future__ import annotations

from functools import cache

import pandas as pd
from pages import cell, table, word

from meguri.base.terms import Lang, label
from meguri.circulate.magnet_anchors import anchors_table
from meguri.circulate.magnet_conditioned import Conditioned, conditioned
from meguri.circulate.magnet_drivers import magnet_drivers
from meguri.circulate.magnets import DyJapan, dy_japan

RUNS = 400  # one in eight meets the anchors
DRIVEN = (("stock_dy", 2008), ("gross_dy", 2010), ("elv_dy", 2030), ("stock_dy", 2050))


@cache
def _case() -> tuple[DyJapan, Conditioned]:
    case = dy_japan(RUNS, seed=1)
    return case, conditioned(case)


def checks(lang: Lang) -> str:
    """Published figures beside the bands, and why the median misses where it does."""
    case, kept = _case()
    whole, left = anchors_table(case), kept.anchors_table()
    heads = [word(key, lang) for key in ("figure", "published", "all_runs", "verdict", "runs_kept")]
    rows = [
        [
            _name(one, lang),
            _span(one["published_low"], one["published_high"], one["unit"]),
            _band(one),
            cell(label(one["verdict"], lang, "magnet_verdicts")),
            _band(other) + ("" if other["role"] != "conditioned" else " " + word("conditioned", lang)),
        ]
        for (_, one), (_, other) in zip(whole.iterrows(), left.iterrows(), strict=True)
    ]
    reasons = [
        f"- {_name(row, lang)} — {cell(label(row['reason'], lang, 'magnet_reasons'))}"
        for _, row in whole.iterrows()
        if row["reason"]
    ]
    counted = word("runs_of", lang, runs=RUNS, kept=kept.case.runs)
    return "\n".join([counted + "\n", table(heads, rows), *reasons, ""])


def drivers(lang: Lang) -> str:
    """The four paths that move each of some results most."""
    case, _ = _case()
    heads = [word(key, lang) for key in ("result", "moved_by")]
    rows = []
    for quantity, year in DRIVEN:
        found = magnet_drivers(case, quantity, year, most=4)
        moved = "; ".join(
            " ".join(
                [
                    label(row["application"], lang, "magnet_uses") + ":" if row["application"] else "",
                    label(row["path"], lang, "magnet_quantities"),
                    f"{row['correlation']:+.2f}",
                ]
            ).strip()
            for _, row in found.iterrows()
        )
        rows.append([cell(f"{label(quantity, lang, 'magnet_results')}, {year}"), cell(moved)])
    return table(heads, rows)


def _name(row: pd.Series, lang: Lang) -> str:
    return cell(f"{label(row['quantity'], lang, 'magnet_results')}, {row['year']} [{row['unit']}]")


def _number(value: float, unit: str) -> str:
    return f"{value:.1%}" if unit == "1" else f"{value:,.0f}"


def _span(low: float, high: float, unit: str) -> str:
    return f"{_number(low, unit)}–{_number(high, unit)}"


def _band(row: pd.Series) -> str:
    unit = row["unit"]
    return f"{_number(row['median'], unit)} ({_span(row['low'], row['high'], unit)})"
