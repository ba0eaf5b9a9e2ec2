"""What the documents say about demand, need, supply to come and price rises, as printed."""

from __future__ import annotations

import pandas as pd

from meguri.observe.packaged import facts


def statements(topic: str | None = None, element: str | None = None) -> pd.DataFrame:
    """Statements of the documents with document, line and flags.

    Parameters
    ----------
    topic : str, optional
        ``requirement``, ``supply-forecast``, ``japanese-magnet-use-demand``, ``price-ratio``,
        ``dy-intensity``, ``demand`` …
    element : str, optional
        Element key.

    Examples
    --------
    >>> need = statements("requirement", "Dy").iloc[0]
    >>> need["value_low"], need["value_high"], need["unit"]
    (np.float64(500.0), np.float64(600.0), 't/yr')
    """
    table = facts("statements")
    if topic is not None:
        table = table[table["topic"] == topic]
    if element is not None:
        table = table[table["element"] == element]
    return table.reset_index(drop=True)


def printed_sums() -> pd.DataFrame:
    """Rows, subtotals and totals of tables whose printed sums are in doubt; shares as 0–1.

    Examples
    --------
    >>> sorted(printed_sums()["printed_table"].unique())
    ['000-1.2', '000-2-1', '000-A1-4']
    """
    return facts("printed_sums")


def flags(keys: str | None = None) -> pd.DataFrame:
    """Known inconsistencies of the documents, all or those of one cell (``N12|N12b``).

    Examples
    --------
    >>> flags("N24")["severity"].tolist()
    ['high']
    """
    table = facts("flags")
    if keys is not None:
        table = table[table["flag"].isin(keys.split("|"))]
    return table.reset_index(drop=True)
