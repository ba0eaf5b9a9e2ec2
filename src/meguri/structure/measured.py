"""What a plan adds to a chain: suppliers that are not used in ordinary times, and where its effects act.

The chain gets the nodes and links; how much they bring, and from which day, is drawn run by run
(:mod:`meguri.shock.measured`). Rows of a plan have no ranges of their own, so that a study with a plan
draws the same world as one without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.terms import suggest
from meguri.scenario.measures import Effect, Qualify, Saving, Stock, Supply
from meguri.scenario.schema import Scenario
from meguri.structure.chain import Chain
from meguri.structure.read import TABLES


class Offer(NamedTuple):
    """One link a plan adds, or acts on."""

    supplier: str
    customer: str
    product: str
    country: str  # from which it is shipped
    part: float  # [1] of what the effect offers


def with_measures(chain: Chain, scenario: Scenario) -> Chain:
    """The chain with what a scenario's plan adds to it; itself without a plan.

    Each ``supply`` becomes a node without usual sales, one for each country it is shipped from, and a
    link that is not yet qualified to every user, in proportion to what these use. Each ``saving``
    becomes such a node at each of its users: what is saved arrives like a delivery, made of the share
    of the need that the node's own output would have used (its by-product, as it were), so that
    nothing is saved where nothing is made.

    Parameters
    ----------
    chain : Chain
        Chain as it is before the plan.
    scenario : Scenario
        Its ``measures`` are set in.

    Raises
    ------
    ModelError
        With every node, product or supplier of the plan that the chain does not know.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> second = {"kind": "supply", "id": "second", "product": "magnet-hree", "country": ["JP"],
    ...           "amount": "12 t/a", "origin": "VN", "start": "2025-01-01", "source": "x"}
    >>> planned = read_scenario("2025-medium-heavy-rare-earths", differences={"measures": [second]})
    >>> chain = with_measures(Chain.example("ndfeb-japan@2024"), planned)
    >>> links = chain.flows[chain.flows["supplier"] == "second"]
    >>> len(links), float(links["amount"].sum().round(6)), bool(links["qualified"].any())
    (4, 12.0, False)
    """
    if not scenario.measures:
        return chain
    users = users_of(chain)
    found = list(_problems(chain, scenario, users))
    if found:
        raise ModelError(found, scenario.name)
    added = _added(chain, scenario, users)
    if not added["flows"]:
        return chain
    tables = {name: chain.table(name) for name in TABLES}
    tables |= {name: pd.concat([tables[name], pd.DataFrame(rows)]) for name, rows in added.items() if rows}
    return Chain.from_tables(**tables, about=chain.about, file=scenario.name)


def _added(chain: Chain, scenario: Scenario, users: pd.DataFrame) -> dict[str, list[dict[str, Any]]]:
    """Rows that the supplies and savings of a plan add to the tables of a chain."""
    nodes, flows, recipes = [], [], []
    for effect in scenario.measures:
        if not isinstance(effect, Supply | Saving):
            continue
        offers = offers_of(effect, users)
        flows += [_flow(effect, offer) for offer in offers]
        if isinstance(effect, Saving):
            nodes += [_saver(effect, offer, chain) for offer in offers]
            recipes += [_saved(effect, offer) for offer in offers]
        elif effect.supplier is None:
            names = dict.fromkeys(offer.supplier for offer in offers)
            nodes += [_supplier(effect, [o for o in offers if o.supplier == name], chain) for name in names]
    return {"nodes": nodes, "flows": flows, "recipes": recipes}


def savers(chain: Chain, scenario: Scenario) -> list[str]:
    """Nodes of a grown chain that stand for what a plan saves: a way of counting, and no process.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> savers(Chain.example("ndfeb-japan@2024"), read_scenario("2025-medium-heavy-rare-earths"))
    []
    """
    savings = [effect for effect in scenario.measures if isinstance(effect, Saving)]
    names = {f"{effect.id}-{node}" for effect in savings for node in chain.nodes["node"]}
    return [node for node in chain.nodes["node"] if node in names]


def users_of(chain: Chain) -> pd.DataFrame:
    """Who takes what in: node, input, country, use [t/a] and the host of a by-product."""
    nodes = chain.nodes.set_index("node")
    users = chain.recipes.set_index("node")[["input", "need", "host"]].join(nodes[["country", "output"]])
    return users.assign(use=users["need"] * users["output"]).reset_index()


def slots_of(effect: Stock | Saving | Supply, users: pd.DataFrame) -> pd.DataFrame:
    """Users an effect acts on; only a stock may be of a by-product, which nobody delivers."""
    product = effect.product if isinstance(effect, Supply) else effect.input
    taking = users[users["input"] == product]
    here = taking["node"].isin(effect.nodes) | taking["country"].isin(effect.country)
    own = taking["host"].isin([""]) | isinstance(effect, Stock)
    used = (taking["use"] > 0.0) | taking["node"].isin(effect.nodes)
    return taking[here & own & used]


def offers_of(effect: Supply | Saving, users: pd.DataFrame) -> list[Offer]:
    """Links that a supply or a saving adds, with their parts of the whole."""
    users = slots_of(effect, users)
    if isinstance(effect, Saving):
        rows = users[["node", "input", "country"]].itertuples(index=False)
        return [Offer(f"{effect.id}-{node}", node, good, country, 1.0) for node, good, country in rows]
    whole = users["use"].sum()
    parts = users["use"] / whole if whole > 0.0 else users["use"] * 0.0 + 1.0 / max(len(users), 1)
    origins = [effect.origin] * len(users) if effect.origin else users["country"].tolist()
    alone = len(set(origins)) <= 1
    return [
        Offer(
            effect.supplier or (effect.id if alone else f"{effect.id}-{origin.lower()}"),
            node, effect.product, origin, float(part),
        )
        for node, origin, part in zip(users["node"], origins, parts, strict=True)
    ]  # fmt: skip


def _flow(effect: Supply | Saving, offer: Offer) -> dict[str, Any]:
    amount = _scale(effect) * offer.part if isinstance(effect, Supply) else 0.0
    lead = round(effect.lead.mode) if isinstance(effect, Supply) else 1
    return {"supplier": offer.supplier, "customer": offer.customer, "qualified": False, "amount": amount,
            "lead": max(lead, 1), **_evidence(effect)}  # fmt: skip


def _scale(effect: Supply) -> float:
    """What stands in the tables for a ranged amount; runs draw their own."""
    return effect.amount.mode if effect.amount.mode > 0.0 else effect.amount.high


def _supplier(effect: Supply, offers: list[Offer], chain: Chain) -> dict[str, Any]:
    name = effect.measure or effect.id
    return {
        **_blank(effect, offers[0], chain),
        "label_en": f"Plan: {name}",
        "label_ja": f"計画：{name}",
        "capacity": _scale(effect) * sum(offer.part for offer in offers),
    }


def _saver(effect: Saving, offer: Offer, chain: Chain) -> dict[str, Any]:
    user = chain.nodes.set_index("node").loc[offer.customer]
    return {
        **_blank(effect, offer, chain),
        "label_en": f"Saved at {user['label_en'] or offer.customer}",
        "label_ja": f"{user['label_ja'] or offer.customer}での節約分",
        "capacity": 0.0,
    }


def _blank(effect: Supply | Saving, offer: Offer, chain: Chain) -> dict[str, Any]:
    stage = chain.materials.set_index("material").at[offer.product, "stage"]
    return {"node": offer.supplier, "kind": "aggregate", "stage": stage, "country": offer.country,
            "material": offer.product, "output": 0.0, **_evidence(effect)}  # fmt: skip


def _saved(effect: Saving, offer: Offer) -> dict[str, Any]:
    """What a saving is made of: what its user would have used, as that one produces."""
    return {"node": offer.supplier, "input": offer.product, "need": 1.0, "essentiality": "essential",
            "stock": 0.0, "host": offer.customer, **_evidence(effect)}  # fmt: skip


def _evidence(effect: Effect) -> dict[str, str]:
    return {"source": effect.source, "grade": effect.grade, "note": effect.note}


def _problems(chain: Chain, scenario: Scenario, users: pd.DataFrame) -> Iterator[Problem]:
    """Everything a plan names that the chain does not know."""
    nodes, supplies = set(chain.nodes["node"]), {}
    for place, effect in enumerate(scenario.measures):
        where = f"measures.{place}"
        named = effect.nodes
        yield from _lost(named, nodes, f"{where}.nodes", "measure_node")
        if isinstance(effect, Supply | Saving | Stock):
            yield from _unused(effect, chain, users, where)
        if isinstance(effect, Supply):
            supplies[effect.id] = effect
            makers = chain.nodes.loc[chain.nodes["material"] == effect.product, "node"]
            if effect.supplier is not None:
                yield from _lost([effect.supplier], set(makers), f"{where}.supplier", "measure_supplier")
        if isinstance(effect, Supply | Saving):
            yield from _clashes(effect, chain, users, where)
    for place, effect in enumerate(scenario.measures):
        if isinstance(effect, Qualify):
            yield from _unqualifiable(effect, supplies, chain, users, f"measures.{place}.supplier")


def _lost(names: Iterable[str], known: set[str], place: str, key: str) -> Iterator[Problem]:
    for name in names:
        if name not in known:
            near = suggest(name, known) or ", ".join(sorted(known)[:8]) or "…"
            yield Problem(key, place, name, "", {"near": near})


def _unused(
    effect: Supply | Saving | Stock, chain: Chain, users: pd.DataFrame, place: str
) -> Iterator[Problem]:
    """A product that no user meant takes in, or that none of them is delivered."""
    if not slots_of(effect, users).empty:
        return
    nodes = chain.nodes
    here = nodes[nodes["node"].isin(effect.nodes) | nodes["country"].isin(effect.country)]["node"]
    taken = chain.recipes[chain.recipes["node"].isin(here)]
    field, product = ("product", effect.product) if isinstance(effect, Supply) else ("input", effect.input)
    hosts = sorted(set(taken.loc[taken["input"] == product, "host"]) - {""})
    if hosts:
        yield Problem("measure_byproduct", f"{place}.{field}", product, "", {"host": ", ".join(hosts)})
    elif len(here):
        inputs = ", ".join(sorted(set(taken["input"]))) or "—"
        yield Problem("measure_input", f"{place}.{field}", product, "", {"inputs": inputs})


def _clashes(effect: Supply | Saving, chain: Chain, users: pd.DataFrame, place: str) -> Iterator[Problem]:
    """New suppliers named as a node, and links that are there already."""
    nodes, flows = (
        set(chain.nodes["node"]),
        set(zip(chain.flows["supplier"], chain.flows["customer"], strict=True)),
    )
    new = isinstance(effect, Saving) or effect.supplier is None
    offers = offers_of(effect, users)
    for name in dict.fromkeys(offer.supplier for offer in offers):
        if new and name in nodes:
            yield Problem("measure_clash", f"{place}.id", name)
    for offer in offers:
        if (offer.supplier, offer.customer) in flows:
            details = {"supplier": offer.supplier, "customer": offer.customer}
            yield Problem("measure_known", f"{place}.supplier", offer.supplier, "", details)


def _unqualifiable(
    effect: Qualify, supplies: dict[str, Supply], chain: Chain, users: pd.DataFrame, place: str
) -> Iterator[Problem]:
    """A supplier nobody knows, or one these customers have no unqualified link to."""
    if effect.supplier in supplies:
        customers = {offer.customer for offer in offers_of(supplies[effect.supplier], users)}
    else:
        known = set(chain.nodes["node"]) | set(supplies)
        yield from _lost([effect.supplier], known, place, "measure_supplier")
        flows = chain.flows
        customers = set(flows.loc[(flows["supplier"] == effect.supplier) & ~flows["qualified"], "customer"])
        if effect.supplier not in known:
            return
    if not (customers & set(effect.nodes) if effect.nodes else customers):
        yield Problem("measure_link", place, effect.supplier, "", {"supplier": effect.supplier})
