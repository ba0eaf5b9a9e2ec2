"""What is asked for, laid out once: every material at every stage, for every place and year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
    grouped = list(codes.groupby(["material", "stage"], sort=False))
    known = pd.DataFrame(
        [
            (material, stage, number, int(part["last"].max()))
            for number, ((material, stage), part) in enumerate(grouped)
        ],
        columns=["material", "stage", "series", "last"],
    )
    series = [list(zip(part["code"], part["last"], strict=True)) for _, part in grouped]
    asked = pd.MultiIndex.from_product(
        [materials, range(len(places)), years], names=["material", "place", "year"]
    )
    table = asked.to_frame(index=False).merge(known, on="material", how="left")
    keys = list(places)
    table["economy"] = [keys[place] for place in table["place"]]
    return Requests(table, series, list(places.values()))


def member_table(places: Mapping[str, tuple[str, ...]]) -> pd.DataFrame:
    """economy, country: one row for each member."""
    pairs = [(economy, country) for economy, listed in places.items() for country in listed]
    return pd.DataFrame(pairs, columns=["economy", "country"])
