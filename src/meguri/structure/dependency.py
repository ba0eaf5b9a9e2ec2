"""Upstream n-tier exposure: how far any node depends on a country through all tiers, and by which paths.

**Definition.** A walk goes upstream from a node. At each node it picks an input (essential inputs alike
by default, an important one by the share of output lost without it) and then a supplier by its share
of the usual, qualified deliveries of that input; a by-product comes from its host. Exposure to a country
is the chance that the walk meets a node that stands there. It ends where it first meets one (first
passage), so nothing is counted twice and loops do no harm. The node one starts from does not count: the
question is the dependence on others; when a loop leads back to it, it counts like any node. The walk
ends where the chain ends: what lies beyond the tiers drawn is not in the number.

Two measures stand side by side. ``total`` is that chance. ``worst`` picks at every node the input that
makes it largest; because a node stops when any one essential input stops, it is the share of output
lost when the country stops delivering and nothing replaces it (Leontief, without stock).

**Unknown suppliers** (country unknown, "other countries", "world", or an input without any known
supplier) make an interval: ``low`` takes them as elsewhere, ``high`` as the country asked for.
``value`` is the share among the walks that meet no unknown supplier first, low/(1 − (high − low)), for
``worst`` along the inputs that are worst by what is known. It is left empty when less than half of
the walks are known so: a number from the small rest would say more than is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from meguri.base.errors import DataError, Problem
from meguri.base.sources import GRADES, weakest
from meguri.base.tables import Schema
from meguri.base.terms import Lang, find_key, label, suggest, suggest_key
from meguri.structure.chain import Chain
from meguri.structure.walk import (
    STAND_IN,
    UNKNOWN,
    Floats,
    Mask,
    Walk,
    Weights,
    heaviest,
    lay_walk,
    met,
    met_along,
    worst_met,
)

ALL = "all"
MAX_TIERS = 100
MAX_PATHS = 1000
UPSTREAM = " ← "  # "a ← b": a is fed by b
_EXACT = 1e-12  # [1] width of an interval that is rounding only
_HALF_KNOWN = 0.5  # [1] chance of a walk without an unknown supplier below which no value is given
Tiers = int | str | Sequence[int | str]
Measure = Literal["total", "worst"]


def exposure(
    chain: Chain, node: str | None = None, to: str = "CHN", tiers: Tiers = ALL, weights: Weights = "equal"
) -> pd.DataFrame:
    """How far nodes depend on a country, directly and through all tiers.

    Parameters
    ----------
    chain : Chain
        Any chain; loops are allowed.
    node : str, optional
        One node; every node when left out.
    to : str
        Country by code of two or three letters or by name in either language. ``XX`` asks for the
        dependence on suppliers whose country is not known.
    tiers : int, "all", or several of them
        How many tiers upstream: 1 = direct suppliers only.
    weights : {"equal", "need"}
        How inputs of one node are weighed; ``need`` by tonnes of input per tonne of output.

    Returns
    -------
    DataFrame
        Columns of ``tier_exposure``: for each node and number of tiers a row ``total`` and a row
        ``worst`` [1], with range, reason, sources of all that lies upstream and the weakest grade.

    Raises
    ------
    DataError
        When the node, the country or the number of tiers is not known, with the nearest one.

    Notes
    -----
    First-passage probabilities of a Markov chain (Kemeny and Snell 1960, ch. 3) on the chain's
    shares; production chains followed tier by tier: Dietzenbacher and Romero 2007.

    Examples
    --------
    >>> found = exposure(Chain.example("ndfeb-japan@2024"), "jp-xev", "China", tiers="2,all")
    >>> found[["tiers", "measure", "value"]].round(3).values.tolist()
    [['2', 'total', 0.47], ['2', 'worst', 0.837], ['all', 'total', 0.795], ['all', 'worst', 0.981]]
    """
    walk = lay_walk(chain, weights)
    asked = _read(walk, [] if node is None else [node], [to], tiers)
    found = _exposures(chain, walk, asked)
    if node is not None:
        found = found[found["node"] == node]
    return Schema.of("tier_exposure").check(found)


def exposure_matrix(
    chain: Chain, countries: Iterable[str] | None = None, tiers: Tiers = ALL, weights: Weights = "equal"
) -> pd.DataFrame:
    """Exposure of all nodes to several countries at once, ready for a heat map.

    Parameters
    ----------
    chain : Chain
        Any chain.
    countries : iterable of str, optional
        Codes or names; every country in which a node of the chain stands when left out.
    tiers, weights
        As for :func:`exposure`.

    Returns
    -------
    DataFrame
        Columns of ``tier_exposure``. Rows of one node do not add to 1: a walk may meet several
        countries, and it may meet none.

    Examples
    --------
    >>> found = exposure_matrix(Chain.example("ndfeb-japan@2024"), ["CHN", "VNM"])
    >>> wide = found[found["measure"] == "total"].pivot(index="node", columns="to", values="value")
    >>> wide.loc["jp-magnet-proterial"].round(2).to_dict()
    {'CN': 0.52, 'VN': 0.37}
    """
    walk = lay_walk(chain, weights)
    wanted = sorted(set(walk.country) - set(UNKNOWN)) if countries is None else list(countries)
    found = _exposures(chain, walk, _read(walk, [], wanted, tiers))
    return Schema.of("tier_exposure").check(found)


def exposure_paths(
    chain: Chain,
    node: str,
    to: str = "CHN",
    top: int = 10,
    tiers: int | str = ALL,
    measure: Measure = "total",
    weights: Weights = "equal",
) -> pd.DataFrame:
    """The paths upstream that carry most of a node's exposure to a country.

    Parameters
    ----------
    chain : Chain
        Any chain; a path through a loop may pass a node more than once.
    node : str
        Node that depends.
    to : str
        Country, as for :func:`exposure`; ``XX`` shows where what is unknown lies.
    top : int
        Number of paths, 1 to 1000.
    tiers : int or "all"
        Length of a path at most.
    measure : {"total", "worst"}
        Which of the two exposures the paths carry; for ``worst`` they pass only through the input
        that is worst at each node, and so show what binds.
    weights : {"equal", "need"}
        As for :func:`exposure`.

    Returns
    -------
    DataFrame
        Columns of ``exposure_paths``, heaviest first; ``weight`` is the product of the ``shares``,
        ``part`` its part of the exposure (``low`` of :func:`exposure`), ``cumulated`` the part that
        the paths so far carry.

    Raises
    ------
    DataError
        As :func:`exposure`, and when ``top`` is out of range.

    Notes
    -----
    Best-first search on the product of shares, with the best possible rest of a path as exact
    guide (A*, Hart, Nilsson and Raphael 1968), so that the heaviest paths are found whole and in order.

    Examples
    --------
    >>> found = exposure_paths(Chain.example("ndfeb-japan@2024"), "jp-xev", "CN", top=2)
    >>> found[["path", "weight"]].round(2).values.tolist()
    [['jp-xev ← jp-motor-aux ← cn-magnet-hree', 0.26], ['jp-xev ← jp-motor-aux ← cn-magnet-jv', 0.1]]
    """
    walk = lay_walk(chain, weights)
    asked = _read(walk, [node], [to], tiers, top)
    country, tier = asked.countries[0], asked.tiers[-1]
    start, target = walk.names.index(node), _targets(walk, country)
    if measure == "total":
        carried, steps = met(walk.step, target, _limit(tier)), [walk.step]
    else:
        carried, picks = worst_met(walk, target, _limit(tier))
        steps = [walk.step_along(picked) for picked in picks]
    listed = heaviest(steps, start, target, top, _limit(tier))
    if not listed:
        return Schema.of("exposure_paths").empty()
    rows = [_path(chain, walk, steps, path, weight) for weight, path in listed]
    table = pd.DataFrame(rows).assign(node=node, to=country, measure=measure, rank=range(1, len(rows) + 1))
    table["part"] = (table["weight"] / carried[start]).clip(upper=1.0)
    table["cumulated"] = table["part"].cumsum().clip(upper=1.0)
    return Schema.of("exposure_paths").check(table[Schema.of("exposure_paths").names])


def kept_without(chain: Chain, nodes: Iterable[str], node: str | None = None) -> pd.DataFrame:
    """What still arrives and what is still made when some nodes stop and nothing replaces them.

    The static twin of a shock: no stock, no second source; output follows the scarcest essential
    input (Leontief), an important input costs its loss.

    Parameters
    ----------
    chain : Chain
        Any chain.
    nodes : iterable of str
        Nodes that stop delivering.
    node : str, optional
        Node asked about; every node when left out.

    Returns
    -------
    DataFrame
        Columns of ``kept_without``: for each node and input the share that still arrives
        (``supplied``) and the node's own output (``kept``).

    Examples
    --------
    >>> chain = Chain.example("ndfeb-japan@2024")
    >>> found = kept_without(chain, ["cn-sep-heavy"], "jp-magnet-proterial")
    >>> found[["input", "supplied", "kept"]].round(2).values.tolist()
    [['alloy-strip', 1.0, 0.12], ['metal-hree', 0.12, 0.12]]
    """
    walk, stops = lay_walk(chain), list(nodes)
    _read(walk, [*stops, *([] if node is None else [node])], [], ALL)
    stopped = np.isin(np.array(walk.names, dtype=str), stops)
    lost, _ = worst_met(walk, stopped)
    supplied = 1.0 - walk.share @ np.where(stopped, 1.0, lost)
    found = pd.DataFrame({
        "node": np.array(walk.names, dtype=object)[walk.slot_node], "input": walk.slot_input,
        "supplied": supplied.clip(0.0, 1.0), "kept": (1.0 - lost[walk.slot_node]).clip(0.0, 1.0),
    })  # fmt: skip
    if node is not None:
        found = found[found["node"] == node]
    return Schema.of("kept_without").check(found)


# --- what is asked ------------------------------------------------------------------------------


class _Asked(NamedTuple):
    countries: list[str]  # keys
    tiers: list[str]  # "1", "2", … or "all"


def _read(walk: Walk, nodes: Sequence[str], countries: Sequence[str], tiers: Tiers, top: int = 1) -> _Asked:
    """What is asked, as keys; every mistake in one error."""
    known = walk.names[: walk.nodes]
    found = [
        Problem("reference_nodes", "node", str(node), details={"near": suggest(str(node), known) or "…"})
        for node in nodes
        if node not in known
    ]
    keys = [find_key(str(name), "countries") for name in countries]
    for name, key in zip(countries, keys, strict=True):
        if key is None:
            near = suggest_key(str(name), "countries") or ", ".join(sorted(set(walk.country) - set(UNKNOWN)))
            found.append(Problem("term_countries", "to", str(name), details={"near": near}))
    several = tiers if isinstance(tiers, list | tuple) else str(tiers).split(",")
    levels = [str(level).strip() for level in several]
    found += [Problem("tiers", "tiers", level) for level in levels if not _is_tier(level)]
    if isinstance(top, bool) or not isinstance(top, int) or not 1 <= top <= MAX_PATHS:
        details = {"low": "1", "high": str(MAX_PATHS), "unit": ""}
        found.append(Problem("out_of_range", "top", str(top), details=details))
    if found:
        raise DataError(found)
    return _Asked([str(key) for key in keys], list(dict.fromkeys(levels)))


def _is_tier(level: str) -> bool:
    return level == ALL or (level.isdecimal() and 1 <= int(level) <= MAX_TIERS)


def _limit(tier: str) -> int | None:
    return None if tier == ALL else int(tier)


def _targets(walk: Walk, country: str) -> Mask:
    """Places that stand in a country; for an unknown one, all whose country is not known."""
    return walk.unknown if country in UNKNOWN else np.asarray(walk.country == country, dtype=bool)


# --- answers ------------------------------------------------------------------------------------


def _exposures(chain: Chain, walk: Walk, asked: _Asked) -> pd.DataFrame:
    parts, names = [], walk.names[: walk.nodes]
    for tier in asked.tiers:
        evidence = _evidence(chain, walk, _limit(tier))
        for country in asked.countries:
            target = _targets(walk, country)
            for measure, ends in _ends(walk, target, _limit(tier)).items():
                part = pd.DataFrame(ends).iloc[: walk.nodes]
                part["reason"] = _reasons(walk, part, country, target)
                cells = {"to": country, "tiers": tier, "measure": measure}
                parts.append(part.assign(node=names, **cells).join(evidence).reset_index(names="place"))
    columns = Schema.of("tier_exposure").names
    if not parts:
        return Schema.of("tier_exposure").empty()
    joined = pd.concat(parts).sort_values("place", kind="stable", ignore_index=True)
    return joined[columns]


def _ends(walk: Walk, target: Mask, limit: int | None) -> dict[str, dict[str, Floats]]:
    """Value, low and high of both measures; axes (place,)."""
    either = target | walk.unknown
    low, high = met(walk.step, target, limit), met(walk.step, either, limit)
    lost, picks = worst_met(walk, target, limit)
    along = met_along(walk, picks, either, limit)
    most, _ = worst_met(walk, either, limit)
    return {"total": _ends_of(low, high, high), "worst": _ends_of(lost, along, most)}


def _ends_of(low: Floats, along: Floats, high: Floats) -> dict[str, Floats]:
    """Low, high, and the part among the walks that meet no unknown supplier first."""
    low, along, high = (np.clip(part, 0.0, 1.0) for part in (low, along, high))
    known = 1.0 - (along - low)
    value = np.divide(low, known, out=np.full(low.size, np.nan), where=known >= _HALF_KNOWN)
    return {"value": np.clip(value, low, np.maximum(low, high)), "low": low, "high": np.maximum(low, high)}


def _reasons(walk: Walk, part: pd.DataFrame, country: str, target: Mask) -> list[str]:
    """Why a value is unknown or qualified; axes (node,)."""
    unknown, unsure = part["value"].isna(), part["high"] > part["low"] + _EXACT
    cases = [
        (~np.isin(part.index, walk.slot_node), "chain_start"),
        (unknown, "paths_unknown"),
        (walk.country[: walk.nodes] == country, "own_country"),
        (unsure, "known_paths"),
        (np.full(len(part), not target.any()), "country_absent"),
    ]
    return list(np.select([np.asarray(case) for case, _ in cases], [reason for _, reason in cases], ""))


def _evidence(chain: Chain, walk: Walk, limit: int | None) -> pd.DataFrame:
    """Sources of all that lies upstream of each node within some tiers, and its weakest grade.

    Both spread upstream together: a column for each source and one for each grade.
    """
    rows = _rows_of_evidence(chain)
    keys = sorted({key for cell in rows["source"] for key in cell.split("|") if key})
    column = {name: number for number, name in enumerate([*keys, *GRADES])}
    own = np.zeros((len(walk.names), len(column)), dtype=bool)
    place = {name: number for number, name in enumerate(walk.names)}
    for customer, source, grade in rows.drop_duplicates().itertuples(index=False):
        own[place[customer], [column[key] for key in (*source.split("|"), grade) if key]] = True
    fed, used, tier = walk.step > 0, own, 1
    while tier != limit:
        wider = own | (fed.astype(float) @ used.astype(float) > 0)
        if (wider == used).all():
            break
        used, tier = wider, tier + 1
    return pd.DataFrame([_cited(row, list(column)) for row in used[: walk.nodes]])


def _rows_of_evidence(chain: Chain) -> pd.DataFrame:
    """What is read at each customer: its recipes, its deliveries and where their suppliers stand."""
    flows, recipes = chain.flows, chain.recipes
    hosted = recipes[recipes["host"] != ""].rename(columns={"node": "customer", "host": "supplier"})
    sides = pd.concat([flows[["supplier", "customer"]], hosted[["supplier", "customer"]]])
    stand = sides.merge(chain.nodes, left_on="supplier", right_on="node")
    parts = [recipes.rename(columns={"node": "customer"}), flows, stand]
    return pd.concat([part[["customer", "source", "grade"]] for part in parts], ignore_index=True)


def _cited(used: Mask, names: list[str]) -> dict[str, str]:
    keys = [name for name, is_used in zip(names, used, strict=True) if is_used]
    grades = [key for key in keys if key in GRADES]
    return {
        "source": "|".join(key for key in keys if key not in GRADES),
        "grade": grades[-1] if grades else "",
    }


def _path(
    chain: Chain, walk: Walk, steps: Sequence[csr_array], path: list[int], weight: float
) -> dict[str, object]:
    """One path in words, with its shares and what stands behind it."""
    names = [walk.names[place] for place in path]
    shares = [
        float(steps[-1 - min(gone, len(steps) - 1)][a, b]) for gone, (a, b) in enumerate(pairwise(path))
    ]
    rows = _rows_of_path(chain, names)
    grades = [grade for grade in rows["grade"] if grade]
    return {
        "path": UPSTREAM.join(names), "path_en": _labels(chain, names, "en"),
        "path_ja": _labels(chain, names, "ja"), "shares": UPSTREAM.join(f"{share:.4g}" for share in shares),
        "weight": weight, "tiers": len(shares), "grade": weakest(grades) if grades else "",
        "source": "|".join(sorted({key for cell in rows["source"] for key in cell.split("|") if key})),
    }  # fmt: skip


def _rows_of_path(chain: Chain, names: list[str]) -> pd.DataFrame:
    nodes, flows, recipes = chain.nodes, chain.flows, chain.recipes
    product = dict(zip(nodes["node"], nodes["material"], strict=True))
    steps = {(a, b) for a, b in pairwise(names)}
    inputs = {(a, product.get(b, b.removeprefix(STAND_IN))) for a, b in steps}
    parts = [
        flows[[key[::-1] in steps for key in zip(flows["supplier"], flows["customer"], strict=True)]],
        recipes[
            [
                (row.node, row.input) in inputs or (row.node, row.host) in steps
                for row in recipes.itertuples(index=False)
            ]
        ],
        nodes[nodes["node"].isin(names[1:])],
    ]
    return pd.concat([part[["source", "grade"]] for part in parts], ignore_index=True)


def _labels(chain: Chain, names: list[str], lang: Lang) -> str:
    """Shown names of a path; an unknown supplier is named by what it delivers."""
    nodes, materials = chain.nodes.set_index("node"), chain.materials.set_index("material")
    shown = []
    for name in names:
        if name.startswith(STAND_IN):
            product = name.removeprefix(STAND_IN)
            what = materials.at[product, f"label_{lang}"] or product
            shown.append(label("unknown_supplier_of", lang, "phrases", product=what))
        else:
            shown.append(nodes.at[name, f"label_{lang}"] or name)
    return UPSTREAM.join(shown)
