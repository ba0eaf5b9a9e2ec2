"""Groups of countries: those packaged (EU, NAFTA, G7, ASEAN, OECD) and any of the user's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import find_key, packaged


@cache
def _packaged() -> dict[str, tuple[str, ...]]:
    with packaged("groups.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)  # "NA" is Namibia
    table = Schema.of("groups").check(rows, "groups.csv")
    return {str(name): tuple(part["country"]) for name, part in table.groupby("economy", sort=False)}


def groups() -> dict[str, tuple[str, ...]]:
    """Packaged groups and their members, as country keys; membership is the latest, for every year.

    Examples
    --------
    >>> len(groups()["EU"]), groups()["NAFTA"]
    (27, ('CA', 'MX', 'US'))
    """
    return dict(_packaged())


def members(name: str, own: Mapping[str, Sequence[str]] | None = None) -> tuple[str, tuple[str, ...]] | None:
    """Key and member countries of a country or group, or None when no such name is known.

    Parameters
    ----------
    name : str
        Country or group by key or name in either language, or a name of ``own``.
    own : mapping, optional
        The user's own groups: name → countries by key or name. They come before packaged ones.

    Returns
    -------
    (key, countries) or None
        None also when a member of one's own group is not known.

    Examples
    --------
    >>> members("日本"), members("V4", {"V4": ["PL", "Czechia", "SK", "HU"]})
    (('JP', ('JP',)), ('V4', ('PL', 'CZ', 'SK', 'HU')))
    >>> members("Atlantis") is None
    True
    """
    if own and name in own:
        keys = [find_key(str(country), "countries") for country in own[name]]
        return (name, tuple(key for key in keys if key)) if keys and all(keys) else None
    group = find_key(name, "economies")
    if group in _packaged():
        return str(group), _packaged()[str(group)]
    country = find_key(name, "countries")
    return (country, (country,)) if country else None
