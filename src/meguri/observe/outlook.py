"""Supply by country and demand by scenario to 2040 for six minerals, as the IEA counts them."""

from __future__ import annotations

import pandas as pd

from meguri.observe.packaged import facts


def outlook(element: str | None = None, what: str | None = None) -> pd.DataFrame:
    """Supply from existing and announced projects, and demand, in tonnes a year.

    Rare earths are the four magnet rare earths together, graphite is natural in ``ore`` and battery-grade
    or synthetic too in ``refining``: a figure of one stage is not to be set against another's demand
    without that in mind.

    Parameters
    ----------
    element : str, optional
        Co, Cu, Li, Ni, C or REO; all when left out.
    what : {"supply", "demand"}, optional
        One kind of row; both when left out.

    Returns
    -------
    DataFrame
        Columns of ``outlook``; year 2024 is what was, later years are what the IEA expects.

    Examples
    --------
    >>> table = outlook("Co", "demand").set_index(["year", "scenario"])
    >>> round(float(table.at[(2035, "STEPS"), "amount"]))
    328761
    """
    table = facts("outlook")
    for name, wanted in (("element", element), ("what", what)):
        if wanted is not None:
            table = table[table[name] == wanted]
    return table.reset_index(drop=True)
