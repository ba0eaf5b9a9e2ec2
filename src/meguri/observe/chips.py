"""The chip supply chain as the Emerging Technology Observatory draws it: inputs, relations, providers.

79 inputs (processes, tools, materials, one product) in three stages, 62 goes-into and 31 is-a-type-of
relations, and who provides what: countries and firms, of which some with a world market share, mostly
of 2019. The set prints one row of provision twice; here it stands once.
"""

from __future__ import annotations

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.terms import suggest
from meguri.observe.packaged import facts


def inputs(stages: bool = False) -> pd.DataFrame:
    """The 79 inputs with names in both languages and the world market that the set prints.

    Parameters
    ----------
    stages : bool
        Whether the three stages (S1 to S3), which have providers too, are listed as well.

    Returns
    -------
    DataFrame
        Columns of ``eto_inputs``; ``market`` in millions of US dollars, ``market_of`` where it counts
        something wider or narrower than the input.

    Examples
    --------
    >>> table = inputs()
    >>> len(table), table["kind"].value_counts().to_dict()
    (79, {'tool': 51, 'material': 15, 'process': 12, 'product': 1})
    """
    table = facts("eto_inputs")
    return table if stages else table[table["kind"] != "stage"].reset_index(drop=True)


def relations(relation: str | None = None) -> pd.DataFrame:
    """What goes into what, and what is a type of what.

    Parameters
    ----------
    relation : {"goes_into", "is_type_of"}, optional
        One kind of relation.

    Examples
    --------
    >>> relations()["relation"].value_counts().to_dict()
    {'goes_into': 62, 'is_type_of': 31}
    """
    table = facts("eto_relations")
    return table if relation is None else table[table["relation"] == relation].reset_index(drop=True)


def providers() -> pd.DataFrame:
    """Every country and firm the set lists, those without any provision included.

    Examples
    --------
    >>> providers()["kind"].value_counts().to_dict()
    {'firm': 274, 'country': 20}
    """
    return facts("eto_providers")


def provision(input: str | None = None) -> pd.DataFrame:
    """Who provides an input or a stage; a share where the set gives one, unknown otherwise.

    Parameters
    ----------
    input : str, optional
        Key of the set (N20) or name of the input in either language.

    Raises
    ------
    DataError
        When no input has that key or name, with the nearest one.

    Examples
    --------
    >>> provision("EUV scanners")[["provider", "kind", "share"]].values.tolist()
    [['NLD', 'country', 1.0], ['ASML', 'firm', 1.0]]
    >>> int(provision()["share"].notna().sum()), int(provision("フォトレジスト")["share"].notna().sum())
    (206, 0)
    """
    table = facts("eto_provision")
    if input is None:
        return table
    return table[table["input"] == _key(input)].reset_index(drop=True)


def _key(name: str) -> str:
    table = inputs(stages=True)
    names = {row[column]: row["input"] for _, row in table.iterrows() for column in ("label_en", "label_ja")}
    names |= {key: key for key in table["input"]}
    if name not in names:
        near = suggest(name, names) or "…"
        raise DataError(Problem("eto_input", "input", name, details={"near": near}))
    return str(names[name])
