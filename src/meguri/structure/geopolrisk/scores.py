"""GeoPolRisk: concentration of world production times import risk (Gemechu 2015; Koyamparambath 2024).

Two modes stand side by side. ``compat`` gives what geopolrisk-py 2.0.1 gives, to the last digit, from the
mining table the user has added. The default departs where that tool misleads: absent trade and retired
codes are unknown instead of 0, trade inside a group is no import, Taiwan has its own governance value,
rows without quantity do not price, ore is set against mines and metal against refineries, and each
figure has a range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import pandas as pd

from meguri.base.errors import Problem
from meguri.base.terms import find_key, suggest_key
from meguri.observe.groups import members
from meguri.structure.geopolrisk.default import DEFAULT, Rules, default_scores
from meguri.structure.geopolrisk.tool import tool_scores

Groups = Mapping[str, Sequence[str]]
COLUMNS = [
    "method", "material", "stage", "economy", "year", "measure", "value", "low", "high", "unit", "basis",
    "data_year", "reason", "published", "source", "grade",
]  # fmt: skip
UNITS = {"hhi": "1", "ir": "1", "score": "1", "midpoint": "kUSD/t", "cf": "kg Cu-eq/kg"}
METHODS = {False: ("geopolrisk",), True: ("geopolrisk-compat",), "both": ("geopolrisk", "geopolrisk-compat")}


def request_problems(
    materials: Iterable[str], importers: Iterable[str], groups: Groups | None = None
) -> list[Problem]:
    """Every name that is not known, with the nearest known one; other requests are still answered.

    Examples
    --------
    >>> [problem.found for problem in request_problems(["Nickel", "Unobtainium"], ["JPN", "Atlantis"])]
    ['Unobtainium', 'Atlantis']
    """
    found = [
        Problem("term_materials", "material", name, details={"near": suggest_key(name, "materials") or "Co"})
        for name in dict.fromkeys(materials)
        if find_key(name, "materials") is None
    ]
    return found + [
        Problem("term_countries", "importer", name, details={"near": suggest_key(name, "countries") or "JP"})
        for name in dict.fromkeys(importers)
        if members(name, groups) is None
    ]


def geopolrisk(
    materials: Iterable[str],
    importers: Iterable[str],
    years: Iterable[int],
    compat: bool | Literal["both"] = False,
    groups: Groups | None = None,
    rules: Rules = DEFAULT,
) -> pd.DataFrame:
    """GeoPolRisk scores of many materials, importers and years.

    Parameters
    ----------
    materials : names
        Materials by key or name in either language.
    importers : names
        Countries, packaged groups (EU, NAFTA, G7, ASEAN, OECD) or names of ``groups``.
    years : ints
        Years of trade and governance, 1995-2024.
    compat : bool or "both"
        As geopolrisk-py 2.0.1 computes it (needs the mining table: `meguri data add`), or both modes.
    groups : mapping, optional
        The user's own groups: name → countries.
    rules : Rules, optional
        Departures of the default mode, to take one back or to use the added mining table.

    Returns
    -------
    DataFrame
        Columns of ``risk_scores``: measures hhi, ir, score [1], midpoint [kUSD/t] and
        cf [kg Cu-eq/kg], for each request. A name that is not known costs only its own rows: they
        keep the name as given and say so in ``reason``; `request_problems` lists such names.

    Raises
    ------
    DataError
        In compat mode when the mining table has not been added.

    Examples
    --------
    >>> table = geopolrisk(["Ge", "Ni"], ["JPN"], [2022]).query("measure == 'score'")
    >>> table.set_index("material")["reason"]["Ge"]
    'code_retired'
    """
    listed, economies = _known(materials, importers, groups)
    wanted = list(dict.fromkeys(int(year) for year in years))
    known = list(dict.fromkeys(key for key in listed.values() if key))
    places = dict(place for place in economies.values() if place)
    parts = []
    for method in METHODS[compat]:
        if known and places and wanted and method == "geopolrisk-compat":
            parts.append(tool_scores(known, places, wanted))
        elif known and places and wanted:
            parts.append(default_scores(known, places, wanted, rules))
        parts.append(_unknown(listed, economies, wanted, method))
    filled = [part for part in parts if len(part)] or parts[:1]
    return pd.concat(filled, ignore_index=True).reindex(columns=COLUMNS)


def _known(
    materials: Iterable[str], importers: Iterable[str], groups: Groups | None
) -> tuple[dict[str, str | None], dict[str, tuple[str, tuple[str, ...]] | None]]:
    """What each name asked for means."""
    return (
        {name: find_key(name, "materials") for name in dict.fromkeys(materials)},
        {name: members(name, groups) for name in dict.fromkeys(importers)},
    )


def _unknown(
    materials: Mapping[str, str | None],
    economies: Mapping[str, tuple[str, tuple[str, ...]] | None],
    years: Sequence[int],
    method: str,
) -> pd.DataFrame:
    """Rows of the requests that name something not known."""
    rows = []
    for material, key in materials.items():
        for economy, place in economies.items():
            if key and place:
                continue
            reasons = [] if key else ["unknown_material"]
            reasons += [] if place else ["unknown_economy"]
            rows += [
                (
                    method,
                    key or material,
                    "",
                    place[0] if place else economy,
                    year,
                    measure,
                    unit,
                    "|".join(reasons),
                )
                for year in years
                for measure, unit in UNITS.items()
            ]
    columns = ["method", "material", "stage", "economy", "year", "measure", "unit", "reason"]
    return pd.DataFrame(rows, columns=columns).assign(
        value=float("nan"), low=float("nan"), high=float("nan"), published=float("nan"), basis="",
        data_year="", source="koyamparambath-2024", grade="",
    )  # fmt: skip
