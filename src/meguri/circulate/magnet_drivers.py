"""On which paths a result of the magnet case hangs: rank correlation over the runs."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from meguri.base.tables import Schema
from meguri.circulate.magnet_paths import APPLICATIONS, SHARED, Floats
from meguri.circulate.magnets import DyJapan


def magnet_drivers(case: DyJapan, quantity: str, year: int, most: int = 10) -> pd.DataFrame:
    """Paths that move a result most: table ``magnet_drivers``, the strongest first.

    Parameters
    ----------
    case : DyJapan
        Runs of the case; a hundred tell a correlation of 0.2 from none.
    quantity : str
        Result, a key of the word list ``magnet_results``.
    year : int
        Year of the result.
    most : int
        Rows wanted.

    Notes
    -----
    Spearman's rank correlation between the draw of a path and the result. One draw moves a whole path,
    so that it does not matter in which year the path is read.

    Examples
    --------
    >>> from meguri.circulate.magnets import dy_japan
    >>> table = magnet_drivers(dy_japan(runs=30), "production", 2010, most=1)
    >>> table.loc[0, "path"], float(table.loc[0, "correlation"])
    ('production', 1.0)
    """
    result = case.totals[quantity][:, int(np.searchsorted(case.years, year))]
    rows = [
        {"application": application, "path": path, "correlation": _spearman(draws, result)}
        for application, path, draws in _moving(case)
    ]
    table = pd.DataFrame(rows)
    table = table.reindex(table["correlation"].abs().sort_values(ascending=False, kind="stable").index)
    table = table.head(most).reset_index(drop=True)
    told = table.assign(quantity=quantity, year=year, rank=np.arange(1, len(table) + 1))
    return Schema.of("magnet_drivers").check(told, "magnet_drivers")


def _moving(case: DyJapan) -> list[tuple[str, str, Floats]]:
    """Application, path and its draws (run,), read where its range is widest; fixed paths are left out."""
    paths = [(SHARED, name, values) for name, values in case.drawn.once.items()]
    paths += [
        (application, name, values[..., place])
        for name, values in case.drawn.each.items()
        for place, application in enumerate(APPLICATIONS)
    ]
    found = []
    for application, name, values in paths:
        spread = np.nan_to_num(np.ptp(values, axis=0))
        if spread.max() > 0:
            found.append((application, name, values[:, int(np.argmax(spread))]))
    return found


def _spearman(first: Floats, second: Floats) -> float:
    return float(np.corrcoef(rankdata(first), rankdata(second))[0, 1])
