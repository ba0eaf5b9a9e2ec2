"""A tax, quota or refund rule on one stage, and what it does to the margins of the next.

A rule on a product drives a wedge between its price outside and inside the border. Whoever turns the
product into something else buys it cheaper inside: margins part at the next stage, on both sides, and
makers there are pulled across the border. On its own stage the same rule pushes: who makes the taxed
product inside sells abroad for less. Purposes of an authority do not enter; only dates and rates do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.sampling import latin_shares, triangular
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.stage_cases import StageCase

Floats = npt.NDArray[np.float64]
DRAWS = 2000
SEED = 20260101
WEDGES = ("tax", "vat", "quota", "ban")  # kinds of rules that part the prices
BORNE = (0.0, 0.5, 1.0)  # [1] part of the wedge that shows as a higher price outside; unknown, so all of it
PASSED = (0.0, 0.5, 1.0)  # [1] part of a dearer input that shows in the price of the product; likewise
_LEAST = 1e-9


@dataclass(frozen=True)
class World:
    """Numbers of one case, one column per draw; draw 0 has every range at its mode.

    ``price`` and every wedge are arrays (draw, product), ``amount`` (draw, product, input), in the
    order of ``products``; ``borne`` and ``passed`` (draw, 1).
    """

    products: tuple[str, ...]
    price: Floats
    amount: Floats
    borne: Floats
    passed: Floats


def sides(world: World, wedge: Floats) -> tuple[Floats, Floats]:
    """Price outside and inside of every product under some wedges, (draw, product).

    Parameters
    ----------
    world : World
    wedge : array (draw, product) [1]
        Part by which the price outside exceeds the price inside, >= 0.

    Notes
    -----
    With base price b of a product (before the rules, plus the part of dearer inputs that is passed on),
    wedge w and part borne outside s: outside = b (1 + w)^s, inside = b (1 + w)^(s − 1). Their ratio is
    1 + w whatever s is; s only says whose price moves. Goods cross the border until inside price plus
    wedge equals outside price (Krugman, Obstfeld and Melitz, International Economics, on export taxes).

    Examples
    --------
    >>> one = World(("ore",), np.array([[100.0]]), np.zeros((1, 1, 1)), np.ones((1, 1)), np.zeros((1, 1)))
    >>> [side.round(6).tolist() for side in sides(one, np.array([[0.2]]))]
    [[[120.0]], [[100.0]]]
    """
    outside, inside = np.zeros_like(world.price), np.zeros_like(world.price)
    for place in range(len(world.products)):
        dearer = (world.amount[:, place] * (outside - world.price))[:, :place].sum(axis=1, keepdims=True)
        base = world.price[:, [place]] + world.passed * dearer
        parted = 1.0 + wedge[:, [place]]
        outside[:, [place]] = base * parted**world.borne
        inside[:, [place]] = base * parted ** (world.borne - 1.0)
    return outside, inside


def margins(world: World, price: Floats) -> Floats:
    """Price of each product less the inputs bought at the same prices, (draw, product)."""
    return np.asarray(price - np.einsum("dpi,di->dp", world.amount, price))


def pull(world: World, wedge: Floats) -> Floats:
    """Margin inside less margin outside, per unit of each product, (draw, product).

    Σ amount × gap of the inputs, less the product's own gap: a rule on stage k adds at k + 1 what it
    takes at k. Costs of converting are the same with and without rules and cancel.

    Examples
    --------
    A tax of 20 % on a metal of 100, 0.3 of it in an alloy: 6 per unit of alloy, −20 on the metal.

    >>> amount = np.zeros((1, 2, 2)); amount[0, 1, 0] = 0.3
    >>> two = World(("metal", "alloy"), np.array([[100.0, 50.0]]), amount, np.ones((1, 1)), np.zeros((1, 1)))
    >>> pull(two, np.array([[0.2, 0.0]])).round(6).tolist()
    [[-20.0, 6.0]]
    """
    outside, inside = sides(world, wedge)
    return margins(world, inside) - margins(world, outside)


def world_of(case: StageCase, draws: int = DRAWS, seed: int = SEED) -> World:
    """Prices, amounts and the two unknown parts, drawn from their ranges; draw 0 is the mode."""
    products = tuple(case.products["product"])
    columns = latin_shares(draws, seed) if draws else None

    def drawn(low: float, mode: float, high: float) -> Floats:
        if columns is None:
            return np.array([mode])
        return np.concatenate([[mode], triangular(next(columns), low, mode, high)])

    price = [drawn(row.price_low, row.price, row.price_high) for row in case.products.itertuples()]
    amount = np.zeros((draws + 1, len(products), len(products)))
    for row in case.inputs.itertuples():
        at = products.index(str(row.product)), products.index(str(row.input))
        amount[:, at[0], at[1]] = drawn(row.amount_low, row.amount, row.amount_high)
    borne, passed = (drawn(*ends)[:, None] for ends in (BORNE, PASSED))
    return World(products, np.stack(price, axis=1), amount, borne, passed)


def rates_of(case: StageCase, draws: int = DRAWS, seed: int = SEED) -> dict[str, Floats]:
    """Wedge of every rule that has one, (draw,); one draw of a rule holds on all of its days."""
    rated = case.rules[case.rules["kind"].isin(WEDGES) & case.rules["rate"].notna()]
    columns = (
        islice(latin_shares(draws, [seed, 1]), len(rated)) if draws else (np.zeros(0) for _ in rated["rule"])
    )
    return {
        str(row.rule): np.concatenate([[row.rate], triangular(column, row.rate_low, row.rate, row.rate_high)])
        for row, column in zip(rated.itertuples(), columns, strict=True)
    }


def in_force(case: StageCase, day: dt.date, kinds: Collection[str] = WEDGES) -> pd.DataFrame:
    """Rules of some kinds in force on a day; a date without a day counts from, or through, its month.

    Examples
    --------
    >>> from meguri.observe.stage_cases import stage_case
    >>> rows = in_force(stage_case("china-rare-earths"), dt.date(2015, 6, 1))
    >>> list(rows["rule"])
    ['vat-refund-oxides-metals']
    """
    text, rules = day.isoformat(), case.rules
    held = [
        kind in kinds and text[: len(start)] >= start and (end == "" or text[: len(end)] <= end)
        for kind, start, end in zip(rules["kind"], rules["start"], rules["end"], strict=True)
    ]
    return rules[held]


def wedges(rates: Mapping[str, Floats], products: Collection[str], rules: pd.DataFrame) -> Floats:
    """Wedge of each product under some rules, (draw, product): (1 + a)(1 + b) … − 1 over its rules."""
    order = list(products)
    draws = len(next(iter(rates.values()))) if rates else 1
    grown = np.ones((draws, len(order)))
    for row in rules.itertuples():
        if str(row.rule) in rates:
            for product in str(row.products).split("|"):
                grown[:, order.index(product)] *= 1.0 + rates[str(row.rule)]
    return grown - 1.0


def stage_incentives(case: StageCase, day: dt.date, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """What the rules of a day do to every stage: margins on both sides, the pull to move, who can answer.

    Parameters
    ----------
    case : StageCase
    day : date
        Rules in force on it.
    draws, seed : int
        Draws over the ranges of prices, amounts, rates and the two unknown parts; 10th and 90th
        percentiles are given, the figure itself has every range at its mode.

    Returns
    -------
    DataFrame
        Columns of ``stage_incentives``, in the order of the chain.

    Examples
    --------
    >>> from meguri.observe.stage_cases import stage_case
    >>> table = stage_incentives(stage_case("china-rare-earths"), dt.date(2011, 8, 1), draws=50)
    >>> table.set_index("product").loc[["nd-oxide", "alloy", "rotor"], "answers"].tolist()
    ['away', 'foreign', 'nobody']
    """
    world, rates = world_of(case, draws, seed), rates_of(case, draws, seed)
    rules = in_force(case, day)
    wedge = wedges(rates, world.products, rules) if rates else np.zeros_like(world.price)
    bare = rules[rules["kind"] != "quota"]  # the size of a quota is read from price gaps, so show both
    plain = wedges(rates, world.products, bare) if rates else wedge
    outside, inside = sides(world, wedge)
    found = margins(world, inside) - margins(world, outside)
    share = found / world.price
    about = case.products
    table = pd.DataFrame({
        "case": case.name, "at": day.isoformat(), "product": about["product"], "stage": about["stage"],
        "order": about["order"], "entry": about["entry"], "price": about["price"], "wedge": wedge[0],
        "margin_before": margins(world, world.price)[0], "margin_inside": margins(world, inside)[0],
        "margin_outside": margins(world, outside)[0], "gap": (outside - inside)[0],
        **banded("incentive", found), **banded("share", share),
        "without_quota": pull(world, plain)[0],
        "answers": [_who(value, entry) for value, entry in zip(found[0], about["entry"], strict=True)],
        "source": _joined(case, rules),
        "grade": weakest([*about["grade"], *case.inputs["grade"], *rules["grade"]]),
    })  # fmt: skip
    return Schema.of("stage_incentives").check(table)


def banded(name: str, found: Floats) -> dict[str, Floats]:
    """Value at the mode (draw 0) and the 10th and 90th percentiles, each (product,)."""
    low, high = np.percentile(found, [10, 90], axis=0) if len(found) > 1 else (found[0], found[0])
    # a mode at the edge of its range may lie outside the percentiles: the band always holds the figure
    return {
        name: found[0],
        f"{name}_low": np.minimum(low, found[0]),
        f"{name}_high": np.maximum(high, found[0]),
    }


def _who(value: float, entry: str) -> str:
    if abs(value) <= _LEAST:
        return "nobody"
    if value < 0.0:
        return "away"
    return "foreign" if entry == "open" else "domestic"


def _joined(case: StageCase, rules: pd.DataFrame) -> str:
    cells = [*case.products["source"], *case.inputs["source"], *rules["source"]]
    return "|".join(dict.fromkeys(key for cell in cells for key in str(cell).split("|") if key))


def stage_counters(case: StageCase, draws: int = DRAWS, seed: int = SEED) -> pd.DataFrame:
    """Rules of the partner against a move: the pull they meet, and how much loss on the way back cancels it.

    Returns
    -------
    DataFrame
        Columns of ``stage_counters``. ``cancels`` is the part of shipments that must fail to come back
        for the pull to be gone; it is computed from prices and needs no guess of how often the rule bites.
    """
    rows = []
    for rule in case.rules[case.rules["kind"] == "counter"].itertuples():
        day = dt.date.fromisoformat(str(rule.start) + "-01-01"[: 10 - len(str(rule.start))])
        table = stage_incentives(case, day, draws, seed)
        for met in table[table["product"].isin(str(rule.products).split("|"))].to_dict("records"):
            share = {end: max(0.0, float(met[f"share{end}"])) for end in ("", "_low", "_high")}
            rows.append({
                "case": case.name, "rule": rule.rule, "product": met["product"], "start": rule.start,
                **{name: met[name] for name in ("incentive", "incentive_low", "incentive_high")},
                **{f"cancels{end}": value for end, value in share.items()},
                "source": met["source"], "grade": met["grade"],
            })  # fmt: skip
    return (
        Schema.of("stage_counters").check(pd.DataFrame(rows)) if rows else Schema.of("stage_counters").empty()
    )
