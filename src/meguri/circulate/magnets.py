"""Dysprosium and neodymium in Japan's magnets, 1990-2050: made, in use, leaving use, and in what state.

What enters use is counted by goods sold (cars, air conditioners, PCs, wind power) or, where no goods are
counted, taken from production less what is exported. What Japan makes is a path of its own, so that the
difference is trade in magnets and in goods that hold them, computed and not assumed. All numbers are
ranges fixed beforehand; published figures are only held beside the results (`magnet_anchors`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.circulate.cohorts import inflow_driven
from meguri.circulate.grid import Grid
from meguri.circulate.lifetimes import Lifetime
from meguri.circulate.magnet_paths import APPLICATIONS, TYPES, Drawn, Floats, draw_paths, magnet_paths

FIRST, SHOWN, LAST = 1985, 1990, 2050  # sintered NdFeB was first made in the mid 1980s: nothing before
SUBSTANCES = ("magnet", "dy", "nd")
CARS = ("traction", "vehicle-aux")
BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True, eq=False)
class DyJapan:
    """Every run of the case; tables are medians with P10 and P90 over the runs.

    Arrays: `made` and flows (run, year, application, type) [t/a], `stock` likewise [t], each by substance.
    """

    drawn: Drawn
    made: dict[str, Floats]
    inflow: dict[str, Floats]
    outflow: dict[str, Floats]
    stock: dict[str, Floats]
    hev_retired: Floats  # (run, year) [vehicles/a], before used cars leave Japan
    source: str
    grade: str

    @property
    def years(self) -> Floats:
        """Years of all arrays, from the first magnets on."""
        return self.drawn.years

    @property
    def runs(self) -> int:
        """Number of runs."""
        return len(self.hev_retired)

    def part(self, chosen: npt.NDArray[np.bool_]) -> DyJapan:
        """The same for some of the runs: (run,) true for those to keep."""

        def kept(flow: dict[str, Floats]) -> dict[str, Floats]:
            return {substance: runs[chosen] for substance, runs in flow.items()}

        return replace(
            self,
            drawn=self.drawn.part(chosen),
            made=kept(self.made),
            inflow=kept(self.inflow),
            outflow=kept(self.outflow),
            stock=kept(self.stock),
            hev_retired=self.hev_retired[chosen],
        )

    @cached_property
    def totals(self) -> dict[str, Floats]:
        """Results of every run by their key in the word list ``magnet_results``: (run, year)."""
        return _totals(self)

    @cached_property
    def net_export(self) -> dict[str, Floats]:
        """What leaves Japan in magnets and in goods that hold them, less what comes in: made - inflow."""
        return {name: self.made[name] - self.inflow[name] for name in SUBSTANCES}

    def flows_table(self) -> pd.DataFrame:
        """What is made, enters, stays, leaves and crosses the border, by use and type: ``magnet_flows``."""
        parts = [
            _banded(getattr(self, flow)[substance], self.years, flow=flow, substance=substance)
            for flow in ("stock", "inflow", "outflow", "made", "net_export")
            for substance in SUBSTANCES
        ]
        return self._checked(pd.concat(parts, ignore_index=True), "magnet_flows")

    def totals_table(self) -> pd.DataFrame:
        """Totals of Japan by year: table ``magnet_totals``."""
        shown = self.years >= SHOWN
        parts = []
        for quantity, runs in self.totals.items():
            low, median, high = np.quantile(runs[:, shown], BAND, axis=0)
            columns = {"year": self.years[shown].astype(int), "median": median, "low": low, "high": high}
            parts.append(pd.DataFrame({"quantity": quantity, **columns, "unit": unit_of(quantity)}))
        return self._checked(pd.concat(parts, ignore_index=True), "magnet_totals")

    def scrap_table(self, year: int) -> pd.DataFrame:
        """Dysprosium to be had in a year by magnet type, handling and old or new scrap: ``magnet_scrap``.

        Old scrap is what leaves use; used goods that leave Japan are a handling of their own. New scrap is
        the sludge and cuttings of making magnets. The two never share a row.
        """
        at = int(np.searchsorted(self.years, year))
        parts = [*_old_scrap(self, at), _new_scrap(self, at)]
        return self._checked(pd.concat(parts, ignore_index=True).assign(year=year), "magnet_scrap")

    def _checked(self, table: pd.DataFrame, name: str) -> pd.DataFrame:
        return Schema.of(name).check(table.assign(source=self.source, grade=self.grade), name)


def dy_japan(runs: int = 200, seed: int = 1, paths: pd.DataFrame | None = None) -> DyJapan:
    """The case of Japan: every path drawn, production, stocks and what leaves them.

    Parameters
    ----------
    runs, seed : int
        Number of runs and start of the random numbers; same in, same out.
    paths : DataFrame, optional
        Table ``magnet_paths``; the packaged one when left out.

    Raises
    ------
    DataError
        As :func:`meguri.circulate.magnet_paths.magnet_paths`.

    Examples
    --------
    >>> case = dy_japan(runs=4)
    >>> case.stock["dy"].shape
    (4, 66, 7, 3)
    """
    table = magnet_paths(paths)
    years = np.arange(FIRST, LAST + 1, dtype=float)
    drawn = draw_paths(table, years, runs, seed)
    made, entering = _made(drawn), _entering(drawn)
    inflow = _by_substance(drawn, entering)
    stock, outflow = _lived(drawn, inflow)
    source = "|".join(sorted({key for cell in table["source"] for key in cell.split("|")}))
    return DyJapan(
        drawn=drawn,
        made=_by_substance(drawn, made),
        inflow=inflow,
        outflow=outflow,
        stock=stock,
        hev_retired=_hev_retired(drawn),
        source=source,
        grade=weakest(table["grade"]),
    )


def _made(drawn: Drawn) -> Floats:
    """(run, year, application) [t/a] magnets made in Japan; shares of applications are brought to 1."""
    share = drawn.each["production_share"]
    return drawn.once["production"][..., None] * share / share.sum(axis=-1, keepdims=True)


def _goods(drawn: Drawn) -> Floats:
    """(run, year, application) [goods/a or MW/a] entering use with such magnets; nan where not counted."""
    return drawn.each["units"] * drawn.each["penetration"]


def _entering(drawn: Drawn) -> Floats:
    """(run, year, application) [t/a] magnets entering use in Japan, imported goods included."""
    counted = _goods(drawn) * drawn.each["magnet"]
    kept = _made(drawn) * (1 - drawn.each["exported"])
    return np.where(np.isnan(counted), kept, counted)


def _by_substance(drawn: Drawn, magnets: Floats) -> dict[str, Floats]:
    """Magnets split by type, and the elements in them: (run, year, application, type) [t/a] each."""
    diffused, free = drawn.each["share_diffused"], drawn.each["share_free"]
    split = magnets[..., None] * np.stack([np.maximum(1 - diffused - free, 0.0), diffused, free], axis=-1)
    dy = dy_content(drawn)
    nd = (drawn.once["ree_total"][..., None, None] - dy) * drawn.once["nd_share"][..., None, None]
    return {"magnet": split, "dy": split * dy, "nd": split * nd}


def dy_content(drawn: Drawn) -> Floats:
    """(run, year, application, type) Dy per mass of magnet: diffused ones hold a part, free ones none."""
    alloyed = drawn.each["dy_alloyed"]
    diffused = alloyed * drawn.once["diffused_ratio"][..., None]
    return np.stack([alloyed, diffused, np.zeros_like(alloyed)], axis=-1)


def _lifetime(drawn: Drawn, applications: slice) -> Lifetime:
    """Weibull lives by cohort: numbers (year, run x application)."""
    life, shape = (drawn.each[name][..., applications] for name in ("life", "life_shape"))
    return Lifetime("weibull", mean=_series(life), shape=_series(shape))


def _series(runs: Floats) -> Floats:
    """(run, year, application) as (year, run x application), as cohorts are counted."""
    return np.moveaxis(runs, 1, 0).reshape(runs.shape[1], -1)


def _lived(drawn: Drawn, inflow: dict[str, Floats]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Stock and outflow of every substance and type: (run, year, application, type) each.

    Magnets and the elements in them live equally long, so one account carries them all: its states are
    the pairs of substance and type, and survival is worked out once.
    """
    parts = np.concatenate([inflow[name] for name in SUBSTANCES], axis=-1)
    amount = _series(parts.sum(axis=-1))
    by_part = np.moveaxis(parts, 1, 0).reshape(*amount.shape, parts.shape[-1])
    even = np.full_like(by_part, 1 / parts.shape[-1])  # of nothing, any mix will do
    mix = np.divide(by_part, amount[..., None], out=even, where=amount[..., None] > 0)
    grid = Grid.of_years(FIRST, LAST, rule="middle")
    told = inflow_driven(amount, grid, _lifetime(drawn, slice(None)), mix=mix)
    stock, outflow = (_by_name(found, parts.shape) for found in (told.stock_by_state, told.outflow_by_state))
    return stock, outflow


def _by_name(told: Floats, shape: tuple[int, ...]) -> dict[str, Floats]:
    """(year, run x application, part) back to (run, year, application, type) by substance."""
    runs, years, applications, parts = shape
    back = np.moveaxis(told.reshape(years, runs, applications, parts), 0, 1)
    return dict(zip(SUBSTANCES, np.split(back, len(SUBSTANCES), axis=-1), strict=True))


def _hev_retired(drawn: Drawn) -> Floats:
    """(run, year) [vehicles/a] hybrid and electric cars leaving use."""
    only = slice(APPLICATIONS.index("traction"), APPLICATIONS.index("traction") + 1)
    grid = Grid.of_years(FIRST, LAST, rule="middle")
    return inflow_driven(_series(_goods(drawn)[..., only]), grid, _lifetime(drawn, only)).outflow.T


def _totals(case: DyJapan) -> dict[str, Floats]:
    """Sums over applications and types, and what follows from them."""
    found = {
        f"{flow}_{substance}": getattr(case, flow)[substance].sum(axis=(2, 3))
        for flow in ("stock", "inflow", "outflow")
        for substance in SUBSTANCES
    }
    once, made = case.drawn.once, {name: case.made[name].sum(axis=(2, 3)) for name in SUBSTANCES}
    scrap, returned = once["process_scrap"], once["scrap_returned"]
    charged, bought = 1 / (1 - scrap), (1 - scrap * returned) / (1 - scrap)
    kept = _kept_cars(case)
    cars = [APPLICATIONS.index(use) for use in CARS]
    return found | {
        "production": made["magnet"],
        "made_dy": made["dy"],
        "gross_dy": made["dy"] * charged,
        "gross_nd": made["nd"] * charged,
        "gross_ndpr": (once["ree_total"] * made["magnet"] - made["dy"]) * charged,
        "net_dy": made["dy"] * bought,
        "net_nd": made["nd"] * bought,
        "content_dy": made["dy"] / made["magnet"],
        "net_export_dy": case.net_export["dy"].sum(axis=(2, 3)),
        "elv_dy": (case.outflow["dy"].sum(axis=3)[..., cars] * kept).sum(axis=2),
        "elv_nd": (case.outflow["nd"].sum(axis=3)[..., cars] * kept).sum(axis=2),
        "hev_taken_back": case.hev_retired * kept[..., 0],
    }


def _kept_cars(case: DyJapan) -> Floats:
    """(run, year, car application) share of retired cars scrapped in Japan under the law."""
    cars = [APPLICATIONS.index(use) for use in CARS]
    each = case.drawn.each
    return (1 - each["used_export"][..., cars]) * each["collected"][..., cars]


def unit_of(quantity: str) -> str:
    """Unit of a result in the word list ``magnet_results``."""
    special = {"content_dy": "1", "hev_taken_back": "1/a"}
    return special.get(quantity, "t" if quantity.startswith("stock") else "t/a")


def _banded(runs: Floats, years: Floats, **named: str) -> pd.DataFrame:
    """Median and band of (run, year, application, type) as rows."""
    shown = years >= SHOWN
    low, median, high = np.quantile(runs[:, shown], BAND, axis=0)
    index = pd.MultiIndex.from_product(
        [years[shown].astype(int), APPLICATIONS, TYPES], names=["year", "application", "type"]
    )
    columns = {"median": median.ravel(), "low": low.ravel(), "high": high.ravel()}
    frame = pd.DataFrame(columns, index=index).reset_index().assign(**named)
    return frame.assign(unit="t" if named["flow"] == "stock" else "t/a")


def _old_scrap(case: DyJapan, at: int) -> list[pd.DataFrame]:
    """Dysprosium leaving use in a year by type and handling, over all applications."""
    leaving = case.outflow["dy"][:, at]  # (run, application, type)
    each = {name: case.drawn.each[name][:, at] for name in ("used_export", "collected", "dismantled")}
    stays, whole = 1 - each["used_export"], each["dismantled"]
    handled = {
        "exported": each["used_export"],
        "uncollected": stays * (1 - each["collected"]),
        "shredded": stays * each["collected"] * (1 - whole),
        "intact": stays * each["collected"] * whole,
    }
    return [
        _scrap_rows((leaving * share[..., None]).sum(axis=1), handling, "old")
        for handling, share in handled.items()
    ]


def _new_scrap(case: DyJapan, at: int) -> pd.DataFrame:
    """Dysprosium in sludge and cuttings of a year by type of the magnets made."""
    scrap = case.drawn.once["process_scrap"][:, at, None]
    return _scrap_rows(case.made["dy"][:, at].sum(axis=1) * scrap / (1 - scrap), "intact", "new")


def _scrap_rows(runs: Floats, handling: str, origin: str) -> pd.DataFrame:
    """Rows of one handling from (run, type) [t/a]; magnets without heavy rare earths hold none."""
    low, median, high = np.quantile(runs, BAND, axis=0)
    columns = {"type": list(TYPES), "median": median, "low": low, "high": high, "mean": runs.mean(axis=0)}
    frame = pd.DataFrame(columns).assign(handling=handling, origin=origin, unit="t/a")
    return frame[frame["type"] != "free"]
