"""Which licence route a destination opens, and the way goods take through customers to a border."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import find_key, read_words
from meguri.observe.control_entries import screening_table

HOME = "JP"


@dataclass(frozen=True)
class Route:
    """How an entry is filed for at a destination."""

    route: str
    filer: str
    groups: tuple[str, ...]
    status: str


def country_of(name: str) -> str:
    """Key of a destination named in either language.

    Raises
    ------
    DataError
        When nothing fits: a destination is never guessed.

    Examples
    --------
    >>> country_of("中国"), country_of("Korea")
    ('CN', 'KR')
    """
    key = find_key(name, "countries")
    if key is None:
        raise DataError(Problem("screen_destination", "destination", name[:40]))
    return key


def is_country(name: str) -> bool:
    """Whether a name is that of a country and no firm's."""
    return find_key(name, "countries") is not None


@cache
def groups_of(country: str, on: str) -> dict[str, str]:
    """Destination groups of a country on a day, each with whether a source names the country.

    Examples
    --------
    >>> groups_of("KR", "2023-07-23"), groups_of("KR", "2023-07-01"), groups_of("CN", "2023-07-23")
    ({'jp-group-a': 'verified', 'jp-42': 'verified'}, {}, {'jp-not-42': 'verified'})
    """
    found = {}
    for row in _destinations():
        since, until = row["since"], row["until"]
        begun = not since or since <= on[: len(since)]
        if row["country"] == country and begun and not (until and until < on[: len(until)]):
            found[row["group"]] = row["status"]
    return found


@cache
def _destinations() -> tuple[dict[str, str], ...]:
    return tuple(screening_table("screen_destinations").to_dict("records"))


@cache
def _routes() -> tuple[dict[str, Any], ...]:
    return tuple(screening_table("screen_routes").sort_values("order").to_dict("records"))


def route_of(entry: Mapping[str, Any], country: str, on: str) -> Route:
    """Route of an entry for goods sent from Japan to a country.

    Parameters
    ----------
    entry : mapping
        Row of ``control_entries`` with ``standing``.
    country : str
        Key of the destination; empty where unknown.
    on : str
        ISO day.

    Examples
    --------
    >>> from meguri.observe.control_entries import control_entries
    >>> row = control_entries("2024-01-10").set_index("entry").loc["jp-23-etching"]
    >>> route_of(row, "CN", "2024-01-10").route, route_of(row, "US", "2024-01-10").route
    ('individual', 'simplified')
    """
    groups = groups_of(country, on) if country else {}
    named = tuple(groups) or ("other",)
    if entry["standing"] in ("not-yet", "ended", "suspended"):
        return Route("not-open", "nobody", named, "verified")
    wanted = entry["destination_group"]
    if wanted != "world" and country and wanted not in groups:
        return Route("not-this-destination", "nobody", named, entry["status"])
    if not country:
        return Route("route-unknown", "unknown", named, "unverified")
    for row in _routes():
        asked = (row["list"] in ("", entry["list"]), row["kind"] in ("", entry["kind"]))
        if not all(asked) or (row["group"] and row["group"] not in groups):
            continue
        since, until = row["since"], row["until"]
        if (since and on < since) or (until and until < on):
            continue
        member = groups.get(row["group"], "verified")
        status = "verified" if row["status"] == member == "verified" else "unverified"
        return Route(row["route"], row["filer"], named, status)
    return Route("route-unknown", "unknown", named, "unverified")


@cache
def _country_names() -> tuple[tuple[str, str], ...]:
    """Names by falling length: インドネシア is found before インド."""
    pairs = {}
    for row in read_words("countries"):
        for name in (row["ja"], row["en"], *row["aliases"].split("|")):
            if len(name) > 2 or (len(name) == 2 and not name.isascii()):
                pairs[name] = row["key"]
    return tuple(sorted(pairs.items(), key=lambda pair: -len(pair[0])))


def countries_in(text: str) -> list[str]:
    """Countries that a text names, in the order of the text.

    Examples
    --------
    >>> countries_in("中国のファブ、インドネシア / Taiwan")
    ['CN', 'ID', 'TW']
    """
    found: dict[int, str] = {}
    for name, key in _country_names():
        if name not in text:  # hundreds of names: no pattern is built for those that are not there
            continue
        pattern = rf"(?<![A-Za-z]){re.escape(name)}(?![A-Za-z])" if name.isascii() else re.escape(name)
        for hit in re.finditer(pattern, text):
            found.setdefault(hit.start(), key)
            text = text[: hit.start()] + "\0" * len(name) + text[hit.end() :]
    return list(dict.fromkeys(found[at] for at in sorted(found)))


def onward(text: str) -> list[tuple[str, str]]:
    """Receivers behind a customer: name as written and country where one is named.

    Examples
    --------
    >>> onward("中国の半導体工場、Acme Corp")
    [('中国の半導体工場', 'CN'), ('Acme Corp', '')]
    """
    parts = [part.strip() for part in re.split(r"[,、;；|/／\n]|・(?=[^ァ-ヴー])", text) if part.strip()]
    pairs: list[tuple[str, str]] = []
    for part in parts:
        key = find_key(part, "countries")
        named = [key] if key else countries_in(part)
        pairs += [(part, country) for country in named] or [(part, "")]
    return pairs


def paths(items: pd.DataFrame, customers: pd.DataFrame, destination: str, end_user: str) -> pd.DataFrame:
    """The way of each item from the firm to the last receiver known, and who files at each border.

    Parameters
    ----------
    items, customers : DataFrame
        Columns of ``shop_items`` and ``shop_customers``.
    destination : str
        Country of a planned direct shipment; empty for none.
    end_user : str
        Receiver of it.

    Returns
    -------
    DataFrame
        Columns of ``screen_paths``. An item sold at home to a maker of equipment that goes abroad has two
        steps: a sale that is no export, and the maker's export, which the maker files.
    """
    known = {row["customer"]: row for row in customers.to_dict("records")}
    rows: list[dict[str, Any]] = []
    for item in items.to_dict("records"):
        ways: list[list[tuple[str, str]]] = []
        if destination:
            ways.append([(end_user or destination, destination)])
        if item["customer"]:
            ways += _ways(item["customer"], known.get(item["customer"]))
        for number, way in enumerate(ways, start=1):
            rows += _steps(item["item"], number, way)
    schema = Schema.of("screen_paths")
    return schema.check(pd.DataFrame(rows, columns=schema.names), "screen_paths")


def _ways(key: str, customer: Mapping[str, Any] | None) -> list[list[tuple[str, str]]]:
    """Chains of receivers through one customer."""
    if customer is None:
        return [[(key, "")]]
    first = (customer["name"] or key, customer["country"])
    behind = onward(customer["resells_to"]) or [
        (customer["end_use"], country) for country in countries_in(customer["end_use"])
    ]
    return [[first, receiver] for receiver in behind] or [[first]]


def _steps(item: str, number: int, way: list[tuple[str, str]]) -> list[dict[str, Any]]:
    rows, here, sender = [], HOME, "shop"
    for step, (name, country) in enumerate(way, start=1):
        border = "unknown" if not (country and here) else "no" if country == here else "yes"
        by = "shop" if step == 1 else "customer"
        kind = {
            "unknown": "unknown-border",
            "no": "home-sale",
            "yes": "export" if step == 1 else "onward-export" if here == HOME else "re-export",
        }[border]
        filer = {"unknown": "unknown", "no": "nobody", "yes": by}[border]
        rows.append({
            "item": item, "path": number, "step": step, "from_name": sender, "from_country": here,
            "to_name": name, "to_country": country, "border": border, "step_kind": kind, "filer": filer,
        })  # fmt: skip
        here, sender = country, name
    return rows


def ends(way: pd.DataFrame) -> dict[str, list[tuple[str, str]]]:
    """Foreign or unknown ends of the paths of each item: country and ``direct`` or ``indirect``."""
    found: dict[str, list[tuple[str, str]]] = {}
    for (item, _), steps in way.groupby(["item", "path"], sort=False):
        last = steps.iloc[-1]
        pair = (str(last["to_country"]), "direct" if len(steps) == 1 else "indirect")
        if pair not in found.setdefault(str(item), []):
            found[str(item)].append(pair)
    return found
