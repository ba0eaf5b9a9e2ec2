"""Everything drawn of one card: what is left of it, what is lost with it, with and without playing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.respond.feedback import Control
from meguri.respond.leverage_costs import Bases, Sold, bases, sold
from meguri.respond.leverage_data import Cell, LeverageData, cell_of
from meguri.respond.leverage_learning import Learned, learned, rates_drawn
from meguri.respond.leverage_path import Detour, Lead, area_to, half_life, irreplaceable, lead, third_part
from meguri.respond.measures import packaged_measures

Floats = npt.NDArray[np.float64]
ARRIVAL = 0.5  # [1] of the gap of day 0 made at home: where lead is counted as lost
STEP = 12  # grid points a year
FINE = 12  # [a] told by the month, then by the year
FOREVER = 100  # [a] looked at for a half-life
_SHARES = ("self_supply", "third", "third_most", "lag", "withheld")


@dataclass(frozen=True)
class Card:
    """A card drawn many times; arrays (draw,) or (draw, year)."""

    item: Mapping[str, Any]  # row of ``leverage_items``
    pair: tuple[str, str, str]  # item, holder, partner
    at: Floats  # (year,) [a] since the start of the control
    lift: float  # [a]; inf = never
    loss: Floats  # [1] of one year's output
    detour: Detour
    pressure: Floats  # [1]
    learned: Learned
    held_back: Floats  # [1] of usual deliveries; (draw, year)
    bases: Bases
    cells: Mapping[str, Cell]
    rows: Mapping[str, Mapping[str, Any]]

    def third(self, played: bool) -> Floats:
        """Part of what the partner does not make itself that third countries send [1]; (draw, year)."""
        pressure = self.pressure if played else np.zeros_like(self.pressure)
        return third_part(self.detour, self.at, pressure, self.lift, self.learned.stays, self.learned.relax)

    def self_supply(self, played: bool) -> Floats:
        """Share of its need that the partner makes itself [1]; (draw, year)."""
        return self.learned.played if played else self.learned.kept

    def left(self, played: bool) -> Floats:
        """Share of the partner's need still irreplaceable [1]; (draw, year)."""
        return irreplaceable(self.self_supply(played), self.third(played))

    def leverage(self, played: bool) -> Floats:
        """Leverage: still irreplaceable times loss if cut [1]; (draw, year)."""
        return np.asarray(self.left(played) * self.loss[:, None])

    def half_life(self, played: bool) -> Floats:
        """Years until the leverage of day 0 has halved, ``inf`` for never; (draw,)."""
        return half_life(self.at, self.leverage(played))

    def traded(self) -> Sold:
        """Sales to the partner with the card played and kept."""
        return sold(self.at, self.left(False), self.left(True), self.held_back)

    def lost_years(self) -> Floats:
        """Own sales lost since the start, in years of the sales of day 0 [a]; (draw, year)."""
        return area_to(self.at, self.traded().lost)

    def lasting(self) -> Floats:
        """Part of the position that would not come back if the control were lifted then [1]; (draw, year).

        In the long run after a lift self-supply falls to the part that stays, never below what it would be
        without the control; re-routing likewise.
        """
        stays = self.learned.stays[:, None]
        kept_third = self.third(False)
        home = np.maximum(self.learned.kept, stays * self.learned.played)
        third = kept_third + stays * np.maximum(self.third(True) - kept_third, 0.0)
        return _gone(irreplaceable(home, third), self.left(False))

    def replaced(self) -> Floats:
        """Part of what would be irreplaceable without the control that it has had replaced [1]."""
        return _gone(self.left(True), self.left(False))

    def inside(self, years: float) -> npt.NDArray[np.bool_]:
        """Years of the grid up to a horizon; (year,)."""
        return np.asarray(self.at <= years + 0.5 / STEP)

    def lead(self, years: float) -> Lead:
        """Years of lead bought and lost within a horizon; (draw,)."""
        inside = self.inside(years)
        withheld = (self.left(True) * self.held_back)[:, inside]
        known = self.learned
        return lead(self.at[inside], withheld, known.played[:, inside], known.kept[:, inside], ARRIVAL)

    def lost_sales(self, years: float) -> Floats:
        """Sales lost to a horizon [bn JPY]; (draw,)."""
        return np.asarray(self.bases["sales"] * self.lost_years()[:, self.inside(years)][:, -1])


def _gone(now: Floats, otherwise: Floats) -> Floats:
    """Share that is missing now of what would be there otherwise; 0 where nothing would be."""
    kept = np.divide(now, otherwise, out=np.ones_like(now), where=otherwise > 0.0)
    return np.clip(1.0 - kept, 0.0, 1.0)


def drawn_card(
    data: LeverageData,
    item: Mapping[str, Any],
    pair: tuple[str, str, str],
    control: Control | None,
    draws: int,
    seed: int,
    usd_jpy: float | None = None,
) -> Card:
    """Draw every range of a card, each part with its own stream of numbers so that none moves another.

    Parameters
    ----------
    data : LeverageData
        Tables.
    item : mapping
        Row of ``leverage_items``.
    pair : (item, holder, partner)
        Keys.
    control : Control, optional
        Pressure and lift; left out, the item's own pressure and no lift.
    draws, seed : int
        One draw takes every range at its value.
    usd_jpy : float, optional
        Yen per dollar of the user's.
    """
    streams = [np.random.default_rng([seed, part]) for part in range(4)]
    rows = {name: _needed(data, name, pair) for name in ("start", "losses")}
    cells = _cells(item, pair, rows)
    exchange = packaged_measures()["exchange_rates"]
    at = np.concatenate([np.arange(FINE * STEP) / STEP, np.arange(FINE, FOREVER + 1)])
    pressure, lift, harder = _pressure(control, cells["pressure"], streams[0], draws)
    drawn = {name: cells[name].drawn(streams[1], draws) for name in _SHARES}
    rates = rates_drawn(pair[0], pair[2], ratings(data, pair), draws, seed)
    held = np.minimum(drawn["withheld"] * harder, 1.0)[:, None] * (at < lift)[None, :]
    return Card(
        item=item,
        pair=pair,
        at=at,
        lift=lift,
        loss=cells["loss"].drawn(streams[2], draws),
        detour=Detour(drawn["third"], np.maximum(drawn["third"], drawn["third_most"]), drawn["lag"]),
        pressure=pressure,
        learned=learned(rates, drawn["self_supply"], pressure, lift, at),
        held_back=held,
        bases=bases(data, pair, exchange, tuple(cells.values()), draws, streams[3], usd_jpy),
        cells=cells,
        rows=rows,
    )


def _cells(
    item: Mapping[str, Any], pair: tuple[str, str, str], rows: Mapping[str, Mapping[str, Any]]
) -> dict[str, Cell]:
    """Ranges of a card; what the item's own partner makes itself stands with the item, whoever holds it."""
    told = {**item, "note_en": item["start_note_en"], "note_ja": item["start_note_ja"]}
    start = rows["start"]
    own = pair[2] == item["partner"] or not np.isfinite(start["self_supply"])
    return {
        "self_supply": cell_of(told, "start") if own else cell_of(start, "self_supply"),
        "pressure": cell_of(told, "pressure"),
        **{name: cell_of(start, name) for name in _SHARES[1:]},
        "loss": cell_of(rows["losses"], "loss"),
    }


def _needed(data: LeverageData, table: str, pair: tuple[str, str, str]) -> dict[str, Any]:
    row = data.row(table, *pair)
    if row is None:
        raise DataError(Problem("leverage_no_row", table, " ".join(pair)))
    return row


def _pressure(
    control: Control | None, usual: Cell, rng: np.random.Generator, draws: int
) -> tuple[Floats, float, Floats]:
    """Drawn pressure (draw,), years until the lift, and how much harder than usual the control is (draw,)."""
    drawn = usual.drawn(rng, draws)
    if control is None:
        return drawn, np.inf, (drawn > 0.0).astype(float)  # no pressure holds nothing back
    pressure = np.broadcast_to(control.pressure, (draws,)).astype(float)
    lift = np.inf if control.lift is None else float(control.lift) - float(control.start)
    return pressure, lift, pressure / max(usual.value, np.finfo(float).eps)


def ratings(data: LeverageData, pair: tuple[str, str, str]) -> pd.DataFrame:
    """The five ratings that hold for an item and a partner: its own before those for any partner."""
    rated = data.tables["attributes"]
    rated = rated[(rated["item"] == pair[0]) & rated["partner"].isin(["", pair[2]])]
    return rated.sort_values("partner", ascending=False, kind="stable").drop_duplicates("attribute")
