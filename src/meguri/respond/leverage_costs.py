"""What a control costs the side that plays it: lost sales, R&D recovery, paperwork, and who pays.

Lost sales are those withheld, and those lost to home makers and third countries because of the control;
they follow the share still irreplaceable, which is the holder's share of the partner's need. Money is in
billion yen of the rate of the base's own year. Benefit is not counted here and never set against cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.terms import label
from meguri.respond.costs import Rates, rates_on
from meguri.respond.leverage_data import HORIZONS, Cell, LeverageData, sources_of
from meguri.respond.leverage_path import area_to
from meguri.shock.survive import percentile

Floats = npt.NDArray[np.float64]
CURRENCIES = {"MUSD": "USD", "MJPY": "JPY", "MEUR": "EUR"}
_M_PER_BN = 1000.0
TIERS = ("large", "SME")
_ASKED = (
    "sales", "world_sales", "rnd_share", "rnd_years", "margin", "licence_value", "statements", "wage",
)  # fmt: skip
_TIERED = (
    ("licence_hours", "large"), ("licence_hours", "SME"), ("statement_hours", "SME"), ("direct", "SME"),
    ("content", "SME"),
)  # fmt: skip


def because(key: str) -> tuple[str, str]:
    """A reason in English and Japanese; nothing for no key."""
    if not key:
        return ("", "")
    return (label(key, "en", "leverage_cards"), label(key, "ja", "leverage_cards"))


@dataclass(frozen=True)
class Bases:
    """Drawn bases of cost, each (draw,), money in billion yen a year, and the cells they come from."""

    drawn: Mapping[tuple[str, str], Floats]
    cells: Mapping[tuple[str, str], Cell]
    shares: tuple[Cell, ...] = ()  # what the lost years of sales come from: every cost rests on them too
    rate: tuple[float, str] | None = None  # yen per dollar behind the sales, and its date; None in yen

    def __getitem__(self, name: str | tuple[str, str]) -> Floats:
        return self.drawn[name if isinstance(name, tuple) else (name, "")]

    def evidence(self, *names: str | tuple[str, str]) -> dict[str, str]:
        """Sources and weakest grade of some bases."""
        cells = [self.cells[name if isinstance(name, tuple) else (name, "")] for name in names]
        source, grade = sources_of(*cells, *self.shares)
        return {"source": source, "grade": grade}


def in_bn_yen(cell: Cell, rates: pd.DataFrame, usd_jpy: float | None = None) -> float:
    """Billion yen for one of a cell's units, at the rate of the cell's own year [bn JPY].

    Examples
    --------
    >>> rates = pd.DataFrame({"date": ["2018"], "pair": ["USD/JPY"], "rate": [110.0], "source": "",
    ...                       "grade": "reported", "note": ""})
    >>> in_bn_yen(Cell(1, 1, 1, "MUSD", "2018"), rates)
    0.11
    """
    held: Rates = rates_on(rates, cell.year, usd_jpy)
    return held.yen(1.0, CURRENCIES[cell.unit]) / _M_PER_BN


def bases(
    data: LeverageData,
    pair: tuple[str, str, str],
    rates: pd.DataFrame,
    shares: tuple[Cell, ...],
    draws: int,
    rng: np.random.Generator,
    usd_jpy: float | None = None,
) -> Bases:
    """Bases of cost for an item, its holder and partner; axes (draw,), unknown ones hold no number.

    ``shares`` are the cells the lost years of sales come from; their sources and grades go with every cost.
    """
    asked = [*((name, "") for name in _ASKED), *_TIERED]
    cells = {(name, tier): data.base(name, *pair, tier=tier) for name, tier in asked}
    drawn = {}
    for key, cell in cells.items():
        factor = in_bn_yen(cell, rates, usd_jpy) if cell.unit in CURRENCIES else 1.0
        drawn[key] = cell.drawn(rng, draws) * factor
    drawn["world_sales", ""] = np.maximum(drawn["world_sales", ""], drawn["sales", ""])
    return Bases(drawn, cells, shares, _rate(cells["sales", ""], rates, usd_jpy))


def _rate(sales: Cell, rates: pd.DataFrame, usd_jpy: float | None) -> tuple[float, str] | None:
    if sales.unit != "MUSD":
        return None
    held = rates_on(rates, sales.year, usd_jpy)
    return held.per_unit["USD"], held.date


@dataclass(frozen=True)
class Sold:
    """Sales to the partner as a share of those of day 0; axes (draw, year) [1]."""

    at: Floats  # (year,) [a]
    kept: Floats  # without the control
    played: Floats  # with it
    withheld: Floats  # of what the holder could sell under the control, held back

    @property
    def eroded(self) -> Floats:
        """Sales lost to home makers and third countries because of the control [1]."""
        return np.asarray(np.maximum(self.kept - self.played - self.withheld, 0.0))

    @property
    def lost(self) -> Floats:
        """All sales lost because of the control [1]; a control never wins sales."""
        return np.asarray(self.withheld + self.eroded)


def sold(at: Floats, kept: Floats, played: Floats, held_back: Floats) -> Sold:
    """Sales to the partner, which follow the share of its need that only the holder meets.

    Parameters
    ----------
    at : array (year,) [a]
    kept, played : array (draw, year)
        Irreplaceable share without and with the control [1].
    held_back : array (draw, year)
        Share of usual deliveries that the control holds back on that day [1].

    Examples
    --------
    >>> year = np.array([0.0, 1.0])
    >>> s = sold(year, np.array([[0.5, 0.5]]), np.array([[0.5, 0.25]]), np.array([[1.0, 0.5]]))
    >>> s.withheld.tolist(), s.eroded.tolist(), s.lost.tolist()
    ([[1.0, 0.25]], [[0.0, 0.5]], [[1.0, 0.75]])
    """
    first = kept[:, :1]
    none = np.zeros_like(kept)
    before = np.divide(kept, first, out=none.copy(), where=first > 0.0)
    after = np.divide(played, first, out=none.copy(), where=first > 0.0)
    return Sold(at, before, after * (1.0 - held_back), after * held_back)


def lost_sales(sales: Floats, traded: Sold) -> Floats:
    """Sales lost from the start to every year [bn JPY]; axes (draw, year)."""
    return np.asarray(sales[:, None] * area_to(traded.at, traded.lost))


def recovery_years(spent: Floats, margin: Floats, sales: Floats) -> Floats:
    """Years until the margin of a year's sales has paid for the R&D of one generation [a]; ``inf`` if never.

    Examples
    --------
    >>> recovery_years(np.array([50.0]), np.array([0.5]), np.array([20.0])).tolist()
    [5.0]
    """
    paid = margin * sales
    return np.divide(spent, paid, out=np.full_like(spent, np.inf), where=paid > 0.0)


def at_horizons(at: Floats, values: Floats) -> dict[str, Floats]:
    """Values of a curve after 1, 3 and 10 years; axes (draw,)."""
    places = {name: int(np.argmin(np.abs(at - years))) for name, years in HORIZONS.items()}
    return {name: np.asarray(values[:, place]) for name, place in places.items()}


def cost_rows(found: Bases, traded: Sold) -> list[dict[str, Any]]:
    """Rows of ``leverage_costs`` without the pair: every kind, horizon and size of firm."""
    rows: list[dict[str, Any]] = []
    for part, kind in (("lost", "lost_sales"), ("withheld", "withheld_sales"), ("eroded", "eroded_sales")):
        gone = found["sales"][:, None] * area_to(traded.at, getattr(traded, part))
        for horizon, values in at_horizons(traded.at, gone).items():
            rows += _sales_rows(found, kind, horizon, values)
    for horizon, share in at_horizons(traded.at, traded.lost).items():
        rows += _recovery_rows(found, horizon, share)
    filed = area_to(traded.at, traded.played + traded.withheld)
    in_force = area_to(traded.at, (traded.withheld > 0.0).astype(float))
    applied = np.where(in_force > 0.0, filed, 0.0)
    for horizon, volume in at_horizons(traded.at, applied).items():
        rows += _paper_rows(found, horizon, volume)
    return rows


def _row(
    kind: str,
    horizon: str,
    tier: str,
    values: Floats,
    unit: str,
    why: tuple[str, str],
    evidence: dict[str, str],
) -> dict[str, Any]:
    low, middle, high = spread(values)
    cells: dict[str, Any] = {"kind": kind, "horizon": horizon, "tier": tier, "unit": unit, **evidence}
    cells |= {"value": middle, "value_low": low, "value_high": high}
    return cells | {"reason_en": why[0], "reason_ja": why[1]}


def spread(values: Floats) -> tuple[float, float, float]:
    """P10, median and P90 over the draws; never (``inf``) is later than any year and prints as NaN.

    Examples
    --------
    >>> spread(np.array([1.0, 2.0, 3.0, np.inf]))
    (1.0, 2.0, nan)
    """
    if np.isnan(values).any():
        return (np.nan, np.nan, np.nan)
    low, middle, high = (float(percentile(values, share)) for share in (0.1, 0.5, 0.9))
    return (_finite(low), _finite(middle), _finite(high))


def _finite(value: float) -> float:
    return value if np.isfinite(value) else np.nan


def _sales_rows(found: Bases, kind: str, horizon: str, values: Floats) -> list[dict[str, Any]]:
    known = found.cells["sales", ""].known
    why = because("" if known else "because_sales")
    evidence = found.evidence("sales")
    rows = [_row(kind, horizon, "all", values, "bn JPY", why, evidence)]
    if kind != "lost_sales":
        return rows
    own = found["direct", "SME"]
    evidence = found.evidence("sales", ("direct", "SME"))
    rows.append(_row(kind, horizon, "large", values * (1.0 - own), "bn JPY", why, evidence))
    rows.append(_row(kind, horizon, "SME", values * own, "bn JPY", why, evidence))
    bought = values * (1.0 - own) * found["content", "SME"]
    evidence = found.evidence("sales", ("direct", "SME"), ("content", "SME"))
    why = because("because_content" if known else "because_sales")
    return [*rows, _row("indirect_exports", horizon, "SME", bought, "bn JPY", why, evidence)]


def _recovery_rows(found: Bases, horizon: str, lost: Floats) -> list[dict[str, Any]]:
    world, sales = found["world_sales"], found["sales"]
    missing = next((n for n in ("sales", "world_sales") if not found.cells[n, ""].known), None)
    spent = found["rnd_share"] * found["rnd_years"] * world
    evidence = found.evidence("sales", "world_sales", "rnd_share", "rnd_years", "margin")
    left = {
        "rnd_recovery": world,
        "rnd_recovery_controlled": world - sales * np.minimum(lost, 1.0),
        "rnd_recovery_without": world - sales,
    }
    rows = []
    for kind, still in left.items():
        years = recovery_years(spent, found["margin"], still)
        why = f"because_{missing}" if missing else "because_recovery" if np.isinf(years).any() else ""
        rows.append(_row(kind, horizon, "all", years, "a", because(why), evidence))
    return rows


def _paper_rows(found: Bases, horizon: str, volume: Floats) -> list[dict[str, Any]]:
    """Hours, cost and share of the sales concerned, by size of firm; ``volume`` in years of sales."""
    concerned = found["sales"] * volume  # [bn JPY]
    licences = concerned / found["licence_value"]
    own = found["direct", "SME"]
    hours = {
        "large": licences * (1.0 - own) * found["licence_hours", "large"],
        "SME": licences * own * found["licence_hours", "SME"]
        + licences * found["statements"] * found["statement_hours", "SME"],
    }
    sales = {
        "large": concerned * (1.0 - own),
        "SME": concerned * (own + (1.0 - own) * found["content", "SME"]),
    }
    known = found.cells["sales", ""].known
    why = because("because_paper" if known else "because_sales")
    used = (
        "sales",
        "licence_value",
        "statements",
        "wage",
        ("licence_hours", "large"),
        ("licence_hours", "SME"),
    )
    evidence = found.evidence(*used, ("statement_hours", "SME"), ("direct", "SME"), ("content", "SME"))
    rows = []
    for tier in TIERS:
        cost = hours[tier] * found["wage"] / 1e9
        share = np.divide(cost, sales[tier], out=np.zeros_like(cost), where=sales[tier] > 0.0)
        share = np.where(np.isnan(cost), np.nan, share)
        rows.append(_row("paperwork_hours", horizon, tier, hours[tier], "h", why, evidence))
        rows.append(_row("paperwork", horizon, tier, cost, "bn JPY", why, evidence))
        rows.append(_row("paperwork_share", horizon, tier, share, "1", why, evidence))
    return rows
