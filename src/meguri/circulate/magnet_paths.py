"""Numbers of the magnet model over the years: read from a table, interpolated, drawn within their ranges.

A path is one quantity of one application at a few years. Between the years it runs straight, outside
them it stays level. In a run one draw moves a whole path within its range, so that a number that is
high in one year is high in the next; different paths are drawn apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sampling import latin_shares, triangular
from meguri.base.tables import Schema
from meguri.base.terms import keys, packaged

Floats = npt.NDArray[np.float64]
APPLICATIONS: tuple[str, ...] = tuple(keys("magnet_uses"))
TYPES = ("alloyed", "diffused", "free")
SHARED = ""  # application of a number that holds for all
_SCALE = {"million/a": 1e6, "MW/a": 1.0, "kg": 1e-3, "kg/MW": 1e-3, "t/a": 1.0, "a": 1.0, "1": 1.0}
_BY_NUMBER = ("units", "penetration", "magnet")
_BY_SHARE = ("exported",)
_EVERY = (
    "production_share",
    "dy_alloyed",
    "share_diffused",
    "share_free",
    "life",
    "life_shape",
    "used_export",
    "collected",
    "dismantled",
)
_ONCE = ("production", "diffused_ratio", "ree_total", "nd_share", "process_scrap", "scrap_returned")


def magnet_paths(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """The packaged table of paths for Japan, or your own, checked.

    Raises
    ------
    DataError
        Cells that are not as declared; a quantity an application needs and lacks; shares of magnet
        types that may add up to more than 1.

    Examples
    --------
    >>> sorted(set(magnet_paths()["application"]) - {""})[:3]
    ['air-conditioner', 'hdd', 'other']
    """
    return _packaged().copy() if table is None else _checked(table, "magnet_paths")


@cache
def _packaged() -> pd.DataFrame:
    with packaged("circulation", "dy-japan", "paths.csv").open(encoding="utf-8") as opened:
        table = pd.read_csv(opened, dtype=str, keep_default_na=False)
    return _checked(table, "circulation/dy-japan/paths.csv")


def _checked(table: pd.DataFrame, file: str) -> pd.DataFrame:
    checked = Schema.of("magnet_paths").check(table, file)
    found = [*_lacking(checked, file), *_strange_units(checked, file)] or _types_over_one(checked, file)
    if found:
        raise DataError(found, file)
    return checked


def is_counted(table: pd.DataFrame, application: str) -> bool:
    """Whether an application's magnets are counted by goods sold; else they are a share of production."""
    return bool(((table["application"] == application) & (table["quantity"] == "units")).any())


def _lacking(table: pd.DataFrame, file: str) -> list[Problem]:
    given = set(zip(table["application"], table["quantity"], strict=True))
    needed = [(SHARED, quantity) for quantity in _ONCE]
    for application in APPLICATIONS:
        counted = is_counted(table, application)
        needed += [(application, quantity) for quantity in (*_EVERY, *(_BY_NUMBER if counted else _BY_SHARE))]
    return [
        Problem(
            "path_missing",
            "magnet_paths",
            "",
            file,
            {"application": application or "—", "quantity": quantity},
        )
        for application, quantity in needed
        if (application, quantity) not in given
    ]


def _strange_units(table: pd.DataFrame, file: str) -> list[Problem]:
    return [
        Problem(
            "choice", f"magnet_paths[{row + 1}].unit", unit, file, {"choices": ", ".join(_SCALE), "near": "1"}
        )
        for row, unit in enumerate(table["unit"])
        if unit not in _SCALE
    ]


def _types_over_one(table: pd.DataFrame, file: str) -> list[Problem]:
    """Applications whose upper ends of diffused and free magnets leave less than nothing alloyed."""
    years = np.unique(table["year"].to_numpy(dtype=float))
    lines = _lines(table)
    found = []
    for application in APPLICATIONS:
        high = sum(lines[application, name].at(years)[2] for name in ("share_diffused", "share_free"))
        if np.max(high) > 1 + 1e-9:
            year = f"{years[int(np.argmax(high))]:g}"
            found.append(Problem("magnet_types", f"{application}, {year}", f"{np.max(high):.2f}", file))
    return found


@dataclass(frozen=True, eq=False)
class _Line:
    """One path: its years, and low, most likely and high value in t, a or shares."""

    years: Floats
    ends: Floats  # (low | mode | high, year)

    def at(self, years: Floats) -> Floats:
        """(low | mode | high, year): straight between the path's years and level outside them."""
        return np.stack([np.interp(years, self.years, end) for end in self.ends])


def _lines(table: pd.DataFrame) -> dict[tuple[str, str], _Line]:
    """Every path by application and quantity."""
    rows = table.sort_values(["application", "quantity", "year"])
    keyed = list(zip(rows["application"], rows["quantity"], strict=True))
    years = rows["year"].to_numpy(dtype=float)
    scale = rows["unit"].map(_SCALE).to_numpy()
    ends = rows[["value_low", "value", "value_high"]].to_numpy(dtype=float).T * scale
    starts = [at for at, key in enumerate(keyed) if at == 0 or key != keyed[at - 1]]
    return {
        keyed[start]: _Line(years[start:stop], ends[:, start:stop])
        for start, stop in zip(starts, [*starts[1:], len(keyed)], strict=True)
    }


@dataclass(frozen=True, eq=False)
class Drawn:
    """Paths of all runs, in t, a or shares: by quantity for each application, or once for all."""

    years: Floats  # (year,)
    each: Mapping[str, Floats]  # quantity -> (run, year, application); nan where it does not apply
    once: Mapping[str, Floats]  # quantity -> (run, year)

    def part(self, chosen: npt.NDArray[np.bool_]) -> Drawn:
        """The same for some of the runs: (run,) true for those to keep."""
        each, once = (
            {name: runs[chosen] for name, runs in paths.items()} for paths in (self.each, self.once)
        )
        return Drawn(self.years, each, once)


def draw_paths(table: pd.DataFrame, years: Floats, runs: int, seed: int) -> Drawn:
    """Every path in every run: triangular within its range, spread evenly over the runs.

    Parameters
    ----------
    table : DataFrame
        Checked paths, as :func:`magnet_paths` gives them.
    years : array (year,)
        Years asked for.
    runs, seed : int
        Number of runs, and where the random numbers start: same in, same out.

    Examples
    --------
    >>> drawn = draw_paths(magnet_paths(), np.array([2010.0]), runs=9, seed=1)
    >>> drawn.once["production"].shape, drawn.each["units"].shape
    ((9, 1), (9, 1, 7))
    """
    shares = latin_shares(runs, seed)
    lines = _lines(table)

    def drawn(application: str, quantity: str) -> Floats:
        share = next(shares)  # taken even for a path that is not there: the others keep their numbers
        if (application, quantity) not in lines:
            return np.full((runs, len(years)), np.nan)
        return triangular(share[:, None], *lines[application, quantity].at(years))

    names = (*_BY_NUMBER, *_BY_SHARE, *_EVERY)
    each = {name: np.stack([drawn(use, name) for use in APPLICATIONS], axis=-1) for name in names}
    return Drawn(years, each, {name: drawn(SHARED, name) for name in _ONCE})
