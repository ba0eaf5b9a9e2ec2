"""Exposure through the tiers of a chain: the paths that carry it, the chain itself, and every node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from meguri.app.chains import chain_with
from meguri.app.web.pages.depends_ask import Ask, Part, answer
from meguri.app.web.pages.plain import cut, spelled
from meguri.app.web.view import Headline, Section, Way
from meguri.base.sources import cited
from meguri.base.terms import Lang
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.network import network
from meguri.show.risk import path_charts
from meguri.show.short import ends
from meguri.show.spell import name_of, percent, say, word
from meguri.structure.chain import Chain
from meguri.structure.network import chain_links, chain_nodes, reaching

LINKED = 8  # nodes with a link to their paths


def exposures(ask: Ask) -> Part:
    """Exposure of every node through all tiers, the paths that carry the chosen one, and the chain itself."""
    chain = chain_with(ask.asked.node, ask.asked.chain)
    node = ask.asked.node or _exposed(ask, chain)
    tables = answer("exposure", replace(ask, asked=replace(ask.asked, node=node))).tables if node else {}
    every = answer("exposure", replace(ask, asked=replace(ask.asked, node=None))).tables["tier_exposure"]
    charts = path_charts(tables["exposure_paths"], tables["tier_exposure"], ask.lang) if tables else []
    names = {row["node"]: name_of(row, ask.lang) for row in chain.nodes.to_dict("records")}
    sections = [
        _paths(ask, charts, tables, names, node),
        _network(ask, chain),
        _every(ask, chain, every, names),
    ]
    title = charts[0].title if charts else ask.said("none")
    return Part(title, _exposure_headlines(ask, tables, names, node), tuple(sections))


def _exposed(ask: Ask, chain: Chain) -> str | None:
    """The end user most exposed, where nobody asked for a node."""
    table = answer("exposure", ask).tables["tier_exposure"]
    users = ends(chain.nodes, chain.flows, ask.asked.importers) or list(chain.nodes["node"])
    rows = table[table["node"].isin(users) & (table["measure"] == "total") & table["value"].notna()]
    return None if rows.empty else str(rows.loc[rows["value"].idxmax(), "node"])


def _exposure_headlines(
    ask: Ask, tables: Mapping[str, pd.DataFrame], names: Mapping[str, str], node: str | None
) -> tuple[Headline, ...]:
    if node is None:
        return ()
    country = word(ask.asked.to, "countries", ask.lang)
    found = []
    for row in tables["tier_exposure"].to_dict("records"):
        value = row["value"]
        known = not pd.isna(value)
        spread = say("range", ask.lang, low=percent(row["low"]).rstrip("%"), high=percent(row["high"]))
        asks = ask.said(f"head_{row['measure']}", node=names[node], country=country)
        about = ask.said("range_is", range=spread) if row["high"] > row["low"] else ask.said("range_none")
        found.append(
            Headline(asks, percent(value) if known else say("unknown", ask.lang), about, unknown=not known)
        )
    return tuple(found)


def _paths(
    ask: Ask,
    charts: list[Chart],
    tables: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    node: str | None,
) -> Section:
    title = ask.said("sec_paths")
    if node is None or not tables:
        return Section("paths", title, [ask.said("none")])
    chosen = () if ask.asked.node else (ask.said("most_exposed", node=names[node]),)
    return Section("paths", title, chosen, charts)


def _network(ask: Ask, chain: Chain) -> Section:
    """The chain as points and links; only what reaches the node where one was asked for."""
    nodes, links = chain_nodes(chain), chain_links(chain)
    texts = [ask.said("network_all", chain=chain.label(ask.lang))]
    if ask.asked.node:
        tiers = int(ask.asked.tiers) if ask.asked.tiers.isdecimal() else None
        nodes, links = reaching(nodes, links, ask.asked.node, tiers)
        texts = [ask.said("network_part", node=word_of(chain, ask.asked.node, ask.lang))]
    about = footer(cited([*nodes["source"], *links["source"]]), weakest_grade(nodes, links), ask.lang)
    chart = network(nodes, links, lang=ask.lang, footer=about)
    shown = cut("chain_nodes", nodes, list(nodes.columns), "chain_nodes", ask.said("tab_nodes"))
    ways = [Way(ask.said("way_stops"), "stops", {"chain": ask.chain_name} if ask.chain_name else {})]
    return Section("network", ask.said("sec_network"), texts, [chart], [shown], ways)


def word_of(chain: Chain, node: str, lang: Lang) -> str:
    """Name of a node of a chain."""
    rows = chain.nodes[chain.nodes["node"] == node]
    return node if rows.empty else name_of(rows.iloc[0].to_dict(), lang)


def _every(ask: Ask, chain: Chain, table: pd.DataFrame, names: Mapping[str, str]) -> Section:
    """Exposure of every node, the most exposed first, each with a link to its paths."""
    country = word(ask.asked.to, "countries", ask.lang)
    total = table[table["measure"] == ("worst" if ask.asked.worst else "total")]
    ranked = total.sort_values("value", ascending=False, na_position="last", kind="stable")
    shown = spelled(ranked.assign(node=ranked["node"].map(names)), {"reason": "reasons"}, ask.lang)
    # steps in the country itself are no dependence on others
    home = chain.nodes.loc[chain.nodes["country"].isin(ask.asked.importers), "node"]
    linked = ranked[ranked["value"].notna() & ranked["node"].isin(home)]
    listed = [
        cut(
            "tier_exposure",
            shown,
            list(shown.columns),
            "tier_exposure",
            ask.said("tab_exposure", country=country),
        )
    ]
    base = {"method": "exposure", "chain": ask.chain_name, "to": ask.asked.to}
    ways = [
        Way(ask.said("way_node", node=names[row["node"]], value=percent(row["value"])), "depends",
            base | {"node": row["node"]})
        for row in linked.head(LINKED).to_dict("records")
    ]  # fmt: skip
    return Section("every", ask.said("sec_every", country=country), (), (), listed, ways)
