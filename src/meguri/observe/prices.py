"""Price quotes with place, form, kind and date, as printed by their sources."""

from __future__ import annotations

import pandas as pd

from meguri.observe.packaged import facts


def prices(element: str | None = None, form: str | None = None) -> pd.DataFrame:
    """Quotes as printed: a unit that cannot be right stays as it is here.

    ``observe.harmonise.check_price_units`` finds such units and ``repair_price_units`` applies the fix.

    Parameters
    ----------
    element : str, optional
        Element key.
    form : str, optional
        ``oxide`` or ``metal``.

    Examples
    --------
    >>> peak = prices("Dy", "metal").set_index("fact").loc["mz-041"]
    >>> float(peak["price"]), peak["unit"]
    (3700.0, 'USD/t')
    """
    table = facts("price_quotes", "price_quotes.csv", "price_quotes_usgs.csv")
    if element is not None:
        table = table[table["element"] == element]
    if form is not None:
        table = table[table["form"] == form]
    return table.sort_values(["element", "form", "date"], kind="stable").reset_index(drop=True)
