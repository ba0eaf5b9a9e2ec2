"""What a metal comes with, what it is used for, who can still make it, and why the stage sits there."""

from __future__ import annotations

import pandas as pd

from meguri.observe.controls import RARE_EARTHS
from meguri.observe.packaged import facts


def hosts(element: str | None = None) -> pd.DataFrame:
    """Main products that carry an element, with the share of its primary supply where one is at hand.

    Parameters
    ----------
    element : str, optional
        Element key; without it, all.

    Returns
    -------
    DataFrame
        Columns of ``by_product_hosts``; host ``none`` stands for mining for its own sake, an empty
        share with ``share_low`` and ``share_high`` for "most" or "the rest".

    Examples
    --------
    >>> first = hosts("Hf").iloc[0]
    >>> first["host"], float(first["share"])
    ('Zr', 1.0)
    """
    return _of(facts("by_product_hosts"), element)


def uses(element: str | None = None) -> pd.DataFrame:
    """Uses of an element: as the documents judge them, and shares as EC 2023 and the IEA count them.

    Parameters
    ----------
    element : str, optional
        Element key; a rare earth also gets what is said of all rare earths.

    Returns
    -------
    DataFrame
        Columns of ``uses``; ``essentiality`` is ``unknown`` where the source only counts.

    Examples
    --------
    >>> table = uses("W")
    >>> table.loc[table["essentiality"] == "essential", "use_en"].tolist()
    ['Cemented-carbide cutting tools and wear parts']
    """
    return _of(facts("uses", "uses.csv", "uses_measured.csv"), element, grouped=True)


def capability(element: str | None = None) -> pd.DataFrame:
    """Who holds, half holds or lost a stage, the last year, and time and cost to build it anew.

    Parameters
    ----------
    element : str, optional
        Element key; a rare earth also gets what is said of all rare earths.

    Returns
    -------
    DataFrame
        Columns of ``capability``: years in ``rebuild_low`` and ``rebuild_high`` [a], money in
        ``cost_unit``; a rebuild time that rests on plants elsewhere is graded ``assumed``.

    Examples
    --------
    >>> japan = capability("Mg").query("economy == 'JP' and source == 'bgs-wms'").iloc[0]
    >>> japan["status"], int(japan["last_year"])
    ('lost', 1994)
    """
    return _of(facts("capability"), element, grouped=True)


def stage_reasons(element: str | None = None) -> pd.DataFrame:
    """Why a stage sits where it does: technology, energy cost, environmental tolerance or ore.

    Parameters
    ----------
    element : str, optional
        Element key; a rare earth also gets what is said of all rare earths.

    Returns
    -------
    DataFrame
        Columns of ``stage_reasons``, only where a source gives the reason.

    Examples
    --------
    >>> sorted(set(stage_reasons("Mg")["code"]))
    ['energy_cost', 'offshoring']
    """
    return _of(facts("stage_reasons"), element, grouped=True)


def _of(table: pd.DataFrame, element: str | None, grouped: bool = False) -> pd.DataFrame:
    if element is not None:
        wanted = [element, "REO"] if grouped and element in RARE_EARTHS else [element]
        table = table[table["element"].isin(wanted)]
    return table.reset_index(drop=True)


def share_ranges(element: str | None = None) -> pd.DataFrame:
    """Shares of a stage that a document gives as ranges, as printed.

    Parameters
    ----------
    element : str, optional
        Element key; a rare earth also gets what is said of all rare earths.

    Returns
    -------
    DataFrame
        Columns of ``share_ranges``.

    Examples
    --------
    >>> share_ranges("Dy").query("year == 2025 and country == 'CN'")[["share_low", "share_high"]].values
    array([[0.6 , 0.75]])
    """
    return _of(facts("share_ranges"), element, grouped=True)
