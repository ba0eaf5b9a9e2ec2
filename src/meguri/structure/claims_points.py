"""Points of the series claims are tested on: packaged ones, and those of a file of one's own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.trade_months import trade_months

_MONTH = r"[12][0-9]{3}-(?:0[1-9]|1[0-2])"
_PERIOD = re.compile(rf"[12][0-9]{{3}}|{_MONTH}(?:/{_MONTH})?")


@cache
def _packaged(table: str, name: str) -> pd.DataFrame:
    with packaged("claims", name).open("rb") as file:
        return Schema.of(table).check(pd.read_csv(file, dtype=str, keep_default_na=False), name)


def series_names() -> pd.DataFrame:
    """Every series a claim may name: what is counted, where, and in which unit.

    Examples
    --------
    >>> series_names().set_index("series").at["jp-imports-rare-earths-cn", "unit"]
    't'
    """
    return _packaged("claim_series", "series.csv").copy()


def claim_points(own: str | Path | None = None) -> pd.DataFrame:
    """Points of the packaged series; where a file of one's own has a series, its points are added.

    Parameters
    ----------
    own : path, optional
        CSV with the columns of ``claim_points``: series, period (2010, 2010-01 or 2010-01/2010-09),
        value, unit, source, grade.

    Raises
    ------
    DataError
        Naming each cell that is not as declared, each period that is none.

    Examples
    --------
    >>> points = claim_points()
    >>> points[points["period"] == "2010-01/2010-09"]["value"].tolist()
    [16000.0]
    """
    points = pd.concat([_packaged("claim_points", "points.csv"), _korea()], ignore_index=True)
    if own is None:
        return points.copy()
    added = _own(Path(own))
    kept = points.merge(added[["series", "period"]], on=["series", "period"], how="left", indicator=True)
    points = points[
        (kept["_merge"] == "left_only").to_numpy()
    ]  # a period given anew replaces the packaged one
    return pd.concat([points, added], ignore_index=True)


def _own(path: Path) -> pd.DataFrame:
    table, found = Schema.of("claim_points").problems(read_csv(path), str(path))
    if table.empty and not found:
        found.append(Problem("claim_points_empty", path.name, "", str(path)))
    for row in table.to_dict("records"):
        place = f"{path.name} {row['series']} {row['period']}"
        if not _PERIOD.fullmatch(str(row["period"])):
            found.append(Problem("claim_period", place, str(row["period"]), str(path)))
    found += _mixed_units(table, path)
    if found:
        raise DataError(found, str(path))
    return table


def _mixed_units(table: pd.DataFrame, path: Path) -> list[Problem]:
    """One unit for each series, that of the packaged points where it is packaged: a break is no unit."""
    unit = dict(series_names()[["series", "unit"]].itertuples(index=False))
    found = []
    for row in table.to_dict("records"):
        usual = unit.setdefault(row["series"], row["unit"])
        if row["unit"] != usual:
            place = f"{path.name} {row['series']} {row['period']}"
            found.append(Problem("claim_unit", place, str(row["unit"]), str(path), {"unit": str(usual)}))
    return found


def given_points(series: pd.DataFrame | Mapping[str, pd.Series] | None) -> pd.DataFrame:
    """Points as a table: the packaged ones, a table as it is, or series by month under their ids.

    Raises
    ------
    DataError
        column_missing: a table without series, period or value.

    Examples
    --------
    >>> given_points({"a": pd.Series([1.5], index=["2010-01"])})["period"].tolist()
    ['2010-01']
    """
    if series is None:
        return claim_points()
    if isinstance(series, pd.DataFrame):
        lost = [name for name in ("series", "period", "value") if name not in series]
        if lost:
            raise DataError(
                [Problem("column_missing", "claim_points", "", "", {"column": name}) for name in lost]
            )
        return series
    frames = [
        pd.DataFrame({"series": name, "period": values.index.astype(str), "value": values.to_numpy()})
        for name, values in series.items()
    ]
    return pd.concat(frames, ignore_index=True) if frames else Schema.of("claim_points").empty()


@cache
def _korea() -> pd.DataFrame:
    """Korea's packaged months under the names claims give them."""
    table = trade_months()
    names = "kr-imports-" + table["item"] + "-" + table["partner"].str.lower()
    points = table.assign(series=names, period=table["month"], value=table["quantity_t"], unit="t")
    return points.loc[names.isin(series_names()["series"]), Schema.of("claim_points").names]
