"""From measures written once to measures of one chain: what they act on, how large they may be.

A row of the library may stand for a class: ``stock:{input}`` is written once and becomes one measure for
each input that an economy takes from abroad. Braces hold what is filled in: ``{input}`` and
``{supplier}``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import pandas as pd

from meguri.base.terms import LANGS, Lang
from meguri.base.units import DAYS_PER_YEAR
from meguri.respond.costs import ENDS, fits_chain
from meguri.structure.chain import Chain

FROM_ABROAD = 0.1  # part of an input's deliveries from abroad above which it is worth securing
Row = dict[str, Any]


def economy_of(chain: Chain) -> str:
    """Country in which most end users of a chain stand: those that take in and supply nobody.

    Examples
    --------
    >>> economy_of(Chain.example("ndfeb-japan")), economy_of(Chain.example("semiconductors-korea"))
    ('JP', 'KR')
    """
    flows, nodes = chain.flows, chain.nodes
    last = nodes[nodes["node"].isin(flows["customer"]) & ~nodes["node"].isin(flows["supplier"])]
    counted = (last if len(last) else nodes)["country"].value_counts()
    return str(min(counted[counted == counted.max()].index))


@dataclass(frozen=True)
class Ground:
    """What measures of an economy can act on in a chain."""

    chain: Chain
    economy: str
    users: pd.DataFrame  # node, input, use [t/a], essentiality: users in the economy
    links: pd.DataFrame  # supplier, customer, input, from_country, redesign, and the link's own columns
    inputs: tuple[str, ...]  # taken from abroad
    own: frozenset[str] | None = None  # nodes of the firm that decides; None: all of the economy

    @classmethod
    def of(cls, chain: Chain, economy: str) -> Ground:
        """Users, links and imported inputs of an economy."""
        users, links = _users(chain, economy), _links(chain, economy)
        return cls(chain, economy, users, links, critical_inputs(users, links, economy))

    @cached_property
    def waiting(self) -> pd.DataFrame:
        """Links whose supplier is not yet qualified."""
        return self.links[~self.links["qualified"].fillna(True).astype(bool)]

    @cached_property
    def stage(self) -> dict[str, str]:
        """Stage of each product."""
        materials = self.chain.materials
        return dict(zip(materials["material"], materials["stage"], strict=True))

    @cached_property
    def taken(self) -> set[tuple[str, str]]:
        """Which product is taken in by which node, and in which country."""
        recipes, country = self.chain.recipes, self.chain.nodes.set_index("node")["country"]
        pairs = zip(recipes["node"], recipes["input"], strict=True)
        return {pair for node, item in pairs for pair in ((node, item), (str(country[node]), item))}

    @cached_property
    def works(self) -> pd.DataFrame:
        """Nodes of the economy that make something out of something: node, kind."""
        nodes = self.chain.nodes
        made = nodes["node"].isin(self.chain.recipes["node"]) & (nodes["country"] == self.economy)
        own = True if self.own is None else nodes["node"].isin(self.own)
        return nodes.loc[made & own, ["node", "kind"]]

    @cached_property
    def names(self) -> dict[str, dict[str, str]]:
        """Names of products and nodes as people read them, by language."""
        parts = ((self.chain.materials, "material"), (self.chain.nodes, "node"))
        return {
            lang: {
                key: word
                for table, name in parts
                for key, word in zip(table[name], table[f"label_{lang}"], strict=True)
            }
            for lang in LANGS
        }

    @cached_property
    def use(self) -> dict[tuple[str, str], float]:
        """What each user takes of an input in a year [t/a]."""
        users = self.users
        return dict(zip(zip(users["node"], users["input"], strict=True), users["use"], strict=True))

    def at(self, nodes: Iterable[str]) -> Ground:
        """The same ground seen from one firm: its own nodes, the links that supply them, their inputs."""
        own = set(nodes)
        users = self.users[self.users["node"].isin(own)].reset_index(drop=True)
        links = self.links[self.links["customer"].isin(own)].reset_index(drop=True)
        inputs = tuple(item for item in self.inputs if item in set(users["input"]))
        return replace(self, users=users, links=links, inputs=inputs, own=frozenset(own))


def _users(chain: Chain, economy: str) -> pd.DataFrame:
    nodes = chain.nodes.set_index("node")
    users = chain.recipes[["node", "input", "need", "essentiality"]]
    users = users[users["node"].map(nodes["country"]) == economy]
    return users.assign(use=users["need"] * users["node"].map(nodes["output"])).reset_index(drop=True)


def _links(chain: Chain, economy: str) -> pd.DataFrame:
    """Deliveries to users of the economy; a link is a change of design when its supplier is one."""
    nodes = chain.nodes.set_index("node")
    links = chain.flows
    links = links[links["customer"].map(nodes["country"]) == economy]
    country, kind = links["supplier"].map(nodes["country"]), links["supplier"].map(nodes["kind"])
    return links.assign(
        input=links["supplier"].map(nodes["material"]),
        from_country=country,
        # a supplier at home whom nobody can name is no firm: chains hold redesigns this way
        redesign=(country == economy) & (kind == "unknown"),
    ).reset_index(drop=True)


def critical_inputs(users: pd.DataFrame, links: pd.DataFrame, economy: str) -> tuple[str, ...]:
    """Essential inputs of which a tenth or more comes from abroad, in the order of the users.

    Examples
    --------
    >>> Ground.of(Chain.example("graphite-anodes-japan"), "JP").inputs[:2]
    ('spherical', 'anode-synthetic')
    """
    usual = links[links["qualified"].fillna(True).astype(bool)]
    total = usual.groupby("input")["amount"].sum()
    abroad = usual[usual["from_country"] != economy].groupby("input")["amount"].sum()
    share = (abroad / total).fillna(0.0)
    essential = users.loc[users["essentiality"] == "essential", "input"].drop_duplicates()
    return tuple(str(item) for item in essential if share.get(item, 0.0) >= FROM_ABROAD)


def fits(measure: Mapping[str, Any], chain: Chain) -> bool:
    """Whether a measure is meant for a chain: by its name, and by the elements or products it holds."""
    if measure["chain"] and not fits_chain(str(measure["chain"]), chain):
        return False
    wanted = set(str(measure["material"]).split("|")) - {""}
    return not wanted or bool(wanted & (set(chain.contents["element"]) | set(chain.materials["material"])))


def bindings(measure: Mapping[str, Any], ground: Ground) -> list[dict[str, str]]:
    """What a measure is written for: one set of words for its braces each."""
    stages = set(str(measure["stage"]).split("|")) - {""}
    each = measure["each"]
    if not each:
        return [{}]
    if each == "input":
        found: list[dict[str, str]] = [{"input": item} for item in ground.inputs]
    else:
        links = ground.waiting[ground.waiting["redesign"] == (each == "redesign")]
        found = links[["input", "supplier"]].drop_duplicates().to_dict("records")
    wanted = set(str(measure["material"]).split("|")) - {""}
    contents = ground.chain.contents
    holding = set(contents.loc[contents["element"].isin(wanted), "material"]) | wanted
    return [
        words
        for words in found
        if (not stages or ground.stage[words["input"]] in stages)
        and (not wanted or words["input"] in holding)
    ]


def filled(row: Mapping[str, Any], words: Mapping[str, str], columns: tuple[str, ...]) -> Row:
    """A row with the braces of some of its columns filled."""
    return {key: _fill(cell, words) if key in columns else cell for key, cell in row.items()}


def _fill(cell: object, words: Mapping[str, str]) -> object:
    if not isinstance(cell, str):
        return cell
    for name, word in words.items():
        cell = cell.replace(f"{{{name}}}", word)
    return cell


def shown_words(words: Mapping[str, str], ground: Ground, lang: Lang) -> dict[str, str]:
    """Names of what is filled in, as people read them."""
    return {key: ground.names[lang].get(word) or word for key, word in words.items()}


def placed(effect: Row, ground: Ground, created: frozenset[str]) -> list[Row]:
    """An effect as one row for each place of the chain on which it acts; none where there is no place.

    Parameters
    ----------
    effect : dict
        Row of ``response_effects`` whose braces are filled.
    created : set of str
        Keys of suppliers that measures create: they stand in no chain and are known all the same.
    """
    kind = effect["effect"]
    if kind == "unknown":
        return [effect]
    if kind in ("stock", "saving"):
        return [effect | {"node": node} for node in _users_of(effect, ground)["node"]]
    if kind in ("supply", "reserve"):
        return _offered(effect, ground)
    if kind == "qualify":
        return _qualified(effect, ground, created)
    if kind == "capacity":
        return [effect] if effect["node"] in ground.names["en"] else []
    works = ground.works
    # an end user's or a design's know-how is not held
    chosen = (
        (works["node"] == effect["node"]) if effect["node"] else ~works["kind"].isin(["sector", "unknown"])
    )
    return [effect | {"node": node} for node in works.loc[chosen, "node"]]


def _users_of(effect: Row, ground: Ground) -> pd.DataFrame:
    users = ground.users[ground.users["input"] == effect["input"]]
    return users[users["node"] == effect["node"]] if effect["node"] else users


def _offered(effect: Row, ground: Ground) -> list[Row]:
    """A supply or a reserve is kept where somebody of its country takes the product in."""
    country = effect["country"] or ground.economy
    known = (effect["node"] or country, effect["product"]) in ground.taken
    return [effect | {"country": country}] if known else []


def _qualified(effect: Row, ground: Ground, created: frozenset[str]) -> list[Row]:
    if effect["supplier"] in created:
        return [effect | {"node": node} for node in _users_of(effect, ground)["node"]]
    links = ground.waiting
    for column, name in (("supplier", "supplier"), ("input", "input"), ("customer", "node")):
        if effect[name]:
            links = links[links[column] == effect[name]]
    return [
        effect | {"node": row["customer"], "input": row["input"], "supplier": row["supplier"]}
        for row in links.to_dict("records")
    ]


def sized(measure: Row, effects: list[Row], ground: Ground, words: Mapping[str, str]) -> Row:
    """A measure with its largest size in its own unit and its lead time from the links, where so written."""
    if measure["size_of"] == "use":
        use = ground.users.loc[ground.users["input"] == words.get("input", ""), "use"].sum()
        measure = measure | {f"size_max{end}": measure[f"size_max{end}"] * use for end in ENDS}
    if measure["lead_of"] != "links":
        return measure
    touched = {(row["supplier"], row["node"]) for row in effects if row["effect"] == "qualify"}
    pairs = pd.Series(
        list(zip(ground.links["supplier"], ground.links["customer"], strict=True)), dtype=object
    )
    times = ground.links[pairs.isin(touched).to_numpy(dtype=bool)]
    slowest = {f"lead_d{end}": float(times[f"qualification{end}"].max()) for end in ENDS}
    return measure if math.isnan(slowest["lead_d"]) else measure | slowest


def held(effects: list[Row], ground: Ground) -> dict[str, float]:
    """Tonnes of each product that one unit of a measure's size stands for [t].

    A day of stock at users stands for what they use in a day, a tonne of reserve for itself, a tonne a
    year of supply for a tonne, and a share saved for what it saves in a year.
    """
    found: dict[str, float] = {}
    for row in effects:
        if row["effect"] in ("stock", "saving"):
            days = DAYS_PER_YEAR if row["effect"] == "stock" else 1.0
            tonnes = ground.use[(row["node"], row["input"])] / days * float(row["per_unit"])
            found[row["input"]] = found.get(row["input"], 0.0) + tonnes
        elif row["effect"] in ("reserve", "supply"):
            found[row["product"]] = found.get(row["product"], 0.0) + float(row["per_unit"])
    return found
