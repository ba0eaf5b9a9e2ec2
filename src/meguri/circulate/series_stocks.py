"""Stock, inflow and outflow of a yearly table of your own, by a lifetime you name."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from meguri.base.errors import DataError, ModelError, Problem
from meguri.circulate.cohort_tables import cohorts_table, stocks_table
from meguri.circulate.cohorts import Negative, inflow_driven, stock_driven
from meguri.circulate.grid import Grid, Rule
from meguri.circulate.lifetimes import KINDS, Lifetime
from meguri.circulate.series_in import Series, read_series

Mode = Literal["inflow", "stock"]
MODES: tuple[str, ...] = get_args(Mode)
_IN_A_LINE = tuple(name for name in KINDS if name != "empirical")  # a table does not fit on a line
_NUMBERS = ("mean", "sd", "shape", "scale")
UNSAID = "unstated"  # unit of a table that names none


def read_lifetime(text: str) -> Lifetime:
    """A lifetime in one line: ``weibull:shape=3,scale=15`` or ``fixed:mean=30`` [a].

    Raises
    ------
    DataError
        A kind that does not exist, a number that is none, or numbers no such lifetime has.

    Examples
    --------
    >>> float(read_lifetime("lognormal:mean=12,sd=4").mean().round(6))
    12.0
    """
    kind, _, rest = text.partition(":")
    kind = kind.strip()
    numbers: dict[str, float] = {}
    found = []
    if kind not in _IN_A_LINE:
        found.append(Problem("choice_of", "lifetime, kind", kind, "", {"choices": ", ".join(_IN_A_LINE)}))
    for part in rest.split(","):
        name, _, number = (word.strip() for word in part.partition("="))
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if name not in _NUMBERS or name in numbers or not isfinite(value):
            found.append(Problem("lifetime_text", "lifetime", part.strip()))
        numbers[name] = value
    if found:
        raise DataError(found)
    try:
        return Lifetime(kind, by="cohort", **numbers)
    except ModelError as error:  # the line is wrong, not the model
        raise DataError(error.problems) from None


def stock_answer(
    path: Path,
    lifetime: Lifetime,
    *,
    mode: Mode,
    when: Rule,
    negative: Negative = "error",
) -> dict[str, pd.DataFrame]:
    """Stock and flows of every series of a table, and the cohorts there at the end.

    Parameters
    ----------
    path : Path
        A table as `read_series` takes it.
    lifetime : Lifetime
        The same for all series.
    mode : "inflow" or "stock"
        Which of the two the table tells; a stock is that at the end of each year. Nothing is there
        before the first year: what a stock begins with enters in it.
    when : "start", "middle", "end" or "quadrature"
        When within a year goods enter.
    negative : "error", "allow", "retire", "oldest" or "hibernate"
        What happens where a stock falls faster than its goods die.

    Returns
    -------
    dict of DataFrame
        `cohort_stocks` and `cohort_ages`. Masses are in t and t/a; another unit stays what it is.

    Raises
    ------
    DataError
        Problems of the file; a stock given per year.
    ModelError
        As `inflow_driven` and `stock_driven`.
    """
    found = []
    if mode not in MODES:
        found.append(Problem("choice_of", "mode", mode, "", {"choices": ", ".join(MODES)}))
    if mode == "inflow" and negative != "error":
        found.append(Problem("negative_of_inflow", "negative", negative))
    if found:
        raise DataError(found)
    read = read_series(path)
    if mode == "stock" and read.unit.endswith("/a"):
        raise DataError(Problem("stock_per_year", path.name, read.unit, str(path)))
    grid = Grid.of_years(read.years[0], read.years[-1], rule=when)
    if mode == "inflow":
        told = inflow_driven(read.values, grid, lifetime, names=read.labels)
    else:
        told = stock_driven(read.values, grid, lifetime, negative=negative, names=read.labels)
    return {
        "cohort_stocks": _in_unit(stocks_table(told), read),
        "cohort_ages": _ages(cohorts_table(told), read),
    }


def _base(read: Series) -> str:
    """Unit of an amount."""
    return read.unit.removesuffix("/a") or UNSAID


def _in_unit(table: pd.DataFrame, read: Series) -> pd.DataFrame:
    """Units of the file in place of tonnes: the account is linear, and so holds for any."""
    return table.assign(unit=table["unit"].map({"t": _base(read), "t/a": f"{_base(read)}/a"}))


def _ages(table: pd.DataFrame, read: Series) -> pd.DataFrame:
    """Cohorts with their unit beside them."""
    return table.assign(unit=_base(read))
