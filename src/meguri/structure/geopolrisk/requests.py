"""What is asked for, laid out once: every material at every stage, for every place and year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pandas as pd


@dataclass(frozen=True)
class Requests:
    """Numbered requests: ``table`` names them, ``series`` and ``places`` say what their numbers mean."""

    table: pd.DataFrame  # material, stage, economy, year, series, place, last; stage NA without a code
    series: list[list[tuple[str, int]]]  # codes and their last year of use
    places: list[tuple[str, ...]]  # member countries


def requests(
    codes: pd.DataFrame, materials: Sequence[str], places: Mapping[str, tuple[str, ...]], years: Sequence[int]
) -> Requests:
    """Lay out requests.

    Parameters
    ----------
    codes : DataFrame
        material, stage, code, last.
    materials, places, years
        What is asked for; a material without a code stays as one row with unknown stage.

    Examples
    --------
    >>> codes = pd.DataFrame({"material": ["W"], "stage": ["ore"], "code": ["261100"], "last": [2024]})
    >>> ask = requests(codes, ["W", "Ga"], {"JP": ("JP",)}, [2022])
    >>> ask.series, ask.table["material"].tolist()
    ([[('261100', 2024)]], ['W', 'Ga'])
    """
    grouped: dict[tuple[str, str], list[tuple[str, int]]] = {}
    for row in codes.itertuples(index=False):
        grouped.setdefault((row.material, row.stage), []).append((row.code, int(row.last)))
    known = pd.DataFrame(
        [(*names, number, max(last for _, last in grouped[names])) for number, names in enumerate(grouped)],
        columns=["material", "stage", "series", "last"],
    )
    asked = pd.DataFrame(
        list(product(materials, range(len(places)), years)), columns=["material", "place", "year"]
    ).astype({"material": object})
    table = asked.merge(known, on="material", how="left")
    keys = list(places)
    table["economy"] = [keys[place] for place in table["place"]]
    return Requests(table, list(grouped.values()), list(places.values()))


def member_table(places: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """economy, country: one row for each member."""
    pairs = [(economy, country) for economy, listed in places.items() for country in listed]
    return pd.DataFrame(pairs, columns=["economy", "country"])
