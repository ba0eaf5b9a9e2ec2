"""Parts of a deficit: what the documents give for an element, and what a library of measures brings of it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, label
from meguri.base.units import DAYS_PER_YEAR
from meguri.circulate.scale import scale_check
from meguri.observe.demand import statements
from meguri.observe.harmonise import intervals
from meguri.observe.packaged import facts
from meguri.respond.deficit import ONE, UNIT, Amount, deficit_table
from meguri.respond.measures import Library
from meguri.scenario.schema import Scenario
from meguri.shock.price import price_response
from meguri.structure.balance import element_balance
from meguri.structure.chain import Chain


def document_parts(element: str, year: int = 2014) -> pd.DataFrame:
    """Japan's need of 2012 and the supply planned outside China, with the measures known for the element.

    Need, supply, thrift and today's circulation are computed from the documents' figures; further
    sources stand in ``deficit_parts.csv`` with the year in which they deliver.

    Parameters
    ----------
    element : str
        ``Nd`` or ``Dy``: the document gives both sides for these two only.
    year : int
        Year of the supply forecast.

    Returns
    -------
    DataFrame
        Columns of ``deficit_parts``.

    Raises
    ------
    ModelError
        When the document gives no need or no supply for the element and year.

    Examples
    --------
    >>> parts = document_parts("Dy").set_index("part")
    >>> parts.loc["circulation", ["value_low", "value_high"]].tolist()
    [4.0, 30.0]
    """
    balance = element_balance(element, year).iloc[0]
    sides = [_side(balance, role, element) for role in ("need", "supply")]
    listed = facts("deficit_parts")
    listed = listed[listed["element"] == element].copy()
    for place, row in listed.iterrows():
        if row["computed_from"]:
            for column, value in _computed(row["computed_from"]).items():
                listed.loc[place, column] = value
    table = pd.concat([pd.DataFrame(sides), listed], ignore_index=True)
    return Schema.of("deficit_parts").check(table)


def library_parts(library: Library, chain: Chain, element: str, decided: float) -> pd.DataFrame:
    """Measures of the library that bring an element every year, at their largest size, as parts.

    What saves scales the need; what supplies, or qualifies a supplier, adds the element in its product.
    Stocks are left out: they buy time and close no yearly deficit.

    Parameters
    ----------
    library, chain : Library, Chain
        Measures that fit the chain; its contents turn tonnes of product into tonnes of the element.
    element : str
        Element counted.
    decided : float [year]
        When the measures are decided on; each is ready after its lead time and ramp.

    Returns
    -------
    DataFrame
        Columns of ``deficit_parts``, without need and supply.

    Examples
    --------
    >>> from meguri.respond.measures import load_measures
    >>> chain = Chain.example("ndfeb-japan@2024")
    >>> parts = library_parts(load_measures(chain), chain, "Dy", 2025).set_index("part")
    >>> parts.loc["thrift-dy", ["value_low", "value", "value_high"]].round(3).tolist()
    [0.4, 0.556, 0.9]
    """
    holds = chain.contents[chain.contents["element"] == element].set_index("material")
    rows = []
    for (name, effect), given in library.effects.groupby(["measure", "effect"], sort=False):
        product = given["input"].iloc[0] or given["product"].iloc[0]
        if effect not in ("saving", "supply", "qualify") or product not in holds.index:
            continue
        measure = library.measure(str(name))
        brought = _brought(str(effect), given, measure, holds.loc[product], chain)
        if brought["value_high"] == 0.0:  # approval of something that another measure has to bring
            continue
        cells = {key: measure[key] for key in ("label_en", "label_ja", "source", "grade", "note")}
        rows.append(cells | brought | _readiness(measure, decided) | {"part": name, "element": element})
    return Schema.of("deficit_parts").check(pd.DataFrame(rows, columns=Schema.of("deficit_parts").names))


def _brought(
    effect: str, given: pd.DataFrame, measure: Mapping[str, Any], content: pd.Series, chain: Chain
) -> dict[str, Any]:
    """Factor on the need, or tonnes of the element a year."""
    unit = _spread(given.iloc[0], "per_unit")
    if effect == "saving":
        kept = ONE - unit
        return {"role": "factor", "unit": "1", **_cells(kept)}
    if effect == "qualify":
        links = chain.flows[~chain.flows["qualified"] & chain.flows["customer"].isin(given["node"])]
        links = links[links["supplier"].isin(given["supplier"])]
        size = sum((_spread(row, "amount") for _, row in links.iterrows()), Amount.of(0.0))
    else:
        size = _spread(pd.Series(measure), "size_max") * unit
    return {"role": "add", "unit": UNIT, **_cells(size * _spread(content, "share"))}


def _readiness(measure: Mapping[str, Any], decided: float) -> dict[str, float]:
    days = _spread(pd.Series(measure), "lead_d") + _spread(pd.Series(measure), "ramp_d")
    year = days * Amount.of(1.0 / DAYS_PER_YEAR) + Amount.of(decided)
    return {"ready": year.mode, "ready_low": year.span.low, "ready_high": year.span.high}


def _spread(row: pd.Series, name: str) -> Amount:
    """A value with its range where the row gives one."""
    value = float(row[name])
    low, high = (float(row[f"{name}_{end}"]) for end in ("low", "high"))
    return Amount.of(value if math.isnan(low) else low, value, value if math.isnan(high) else high)


def _cells(amount: Amount) -> dict[str, float]:
    return {"value": amount.mode, "value_low": amount.span.low, "value_high": amount.span.high}


def scenario_deficit(
    chain: Chain,
    scenario: Scenario,
    library: Library,
    decided: float,
    *,
    by: float = math.inf,
    element: str | None = None,
) -> pd.DataFrame:
    """What a scenario's first control leaves to replace of one element, measure by measure.

    Parameters
    ----------
    chain, scenario, library : Chain, Scenario, Library
        The first control names the controlling economy and the elements; the scenario's economy buys.
    decided, by : float [year]
        When the measures are decided on, and the end of the plan.
    element : str, optional
        Left out, the controlled element on which most is spent across the border at usual prices.

    Returns
    -------
    DataFrame
        Columns of ``deficit_steps``; empty when no controlled element crosses the border.

    Examples
    --------
    >>> from meguri.respond.measures import load_measures
    >>> from meguri.scenario.read import read_scenario
    >>> chain = Chain.example("ndfeb-japan@2024")
    >>> scenario = read_scenario("2025-medium-heavy-rare-earths")
    >>> table = scenario_deficit(chain, scenario, load_measures(chain), 2025)
    >>> table["part"].iloc[0], bool(table["low"].iloc[0] > 0.0)
    ('balance', True)
    """
    control, economy = scenario.controls[0], tuple(scenario.economy or (library.economy,))
    wanted = (element,) if element else control.element
    found = {one: chain_sides(chain, one, economy, control.by) for one in wanted}
    price = price_response().set_index("element")["usual_price"]
    spent = {
        one: float(sides["value"].iloc[0]) * (1.0 if element else float(price.get(one, math.nan)))
        for one, sides in found.items()
    }
    spent = {one: value for one, value in spent.items() if value > 0.0}
    if not spent:
        return Schema.of("deficit_steps").empty()
    most = max(spent, key=lambda one: spent[one])
    measures = library_parts(library, chain, most, decided)
    return deficit_table(pd.concat([found[most], measures], ignore_index=True), by)


def chain_sides(chain: Chain, element: str, economy: Collection[str], by: str) -> pd.DataFrame:
    """What an economy buys of an element across its border: from a controlling economy, and from others.

    Parameters
    ----------
    chain : Chain
        Usual flows, with their ranges, and contents.
    element : str
        Element counted, in every product that crosses the border inwards.
    economy : collection of str
        Countries of one's own.
    by : str
        The controlling economy: what it sends is the need, what others send is met in any case.

    Returns
    -------
    DataFrame
        Columns of ``deficit_parts``: rows ``need``, ``met`` and a supply of 0, to which measures are added.

    Examples
    --------
    >>> sides = chain_sides(Chain.example("ndfeb-japan@2024"), "Dy", ["JP"], "CN").set_index("role")
    >>> bool(sides.at["need", "value_low"] < sides.at["need", "value"] < sides.at["need", "value_high"])
    True
    """
    known = chain.nodes.set_index("node")
    holds = chain.contents[chain.contents["element"] == element].set_index("material")
    flows = chain.flows[chain.flows["qualified"]]
    flows = flows.assign(
        place=flows["supplier"].map(known["country"]), made=flows["supplier"].map(known["material"])
    )
    inwards = flows["customer"].map(known["country"]).isin(list(economy)) & ~flows["place"].isin(
        list(economy)
    )
    flows = flows[inwards & flows["made"].isin(holds.index)]
    rows = []
    for role, part in (("need", flows[flows["place"] == by]), ("met", flows[flows["place"] != by])):
        amount = Amount.of(0.0)
        for product, group in part.groupby("made"):
            bought = sum((_spread(row, "amount") for _, row in group.iterrows()), Amount.of(0.0))
            amount = amount + bought * _spread(holds.loc[str(product)], "share")
        shares = holds.loc[sorted(set(part["made"]))]
        used, grades = ([*part[name], *shares[name]] for name in ("source", "grade"))
        rows.append(_chain_side(role, element, amount, used, weakest([*grades, "derived"])))
    rows.append(_chain_side("supply", element, Amount.of(0.0), [], "derived"))
    return Schema.of("deficit_parts").check(pd.DataFrame(rows))


def _chain_side(role: str, element: str, amount: Amount, used: list[str], grade: str) -> dict[str, object]:
    words = {f"label_{lang}": label(f"chain_{role}", lang, "demand_control") for lang in LANGS}
    source = "|".join(sorted({key for cell in used for key in cell.split("|") if key}))
    return {
        "part": role, "element": element, "role": role, "unit": UNIT, "source": source, "grade": grade,
        **words, **_cells(amount),
    }  # fmt: skip


def _side(balance: pd.Series, role: str, element: str) -> dict[str, object]:
    return {
        "part": role, "element": element, "role": role, "label_en": label(role, "en", "demand_control"),
        "label_ja": label(role, "ja", "demand_control"), "value_low": balance[f"{role}_low"],
        "value_high": balance[f"{role}_high"], "unit": UNIT, "source": balance["source"],
        "grade": balance["grade"],
    }  # fmt: skip


def _computed(what: str) -> dict[str, object]:
    """Numbers of a row that other modules compute: a fall in content, or today's circulation."""
    kind, name = what.split(":")
    if kind == "scale":
        row = scale_check().set_index("quantity").loc[name]
        return {"value_low": row["low"], "value_high": row["high"], "source": row["source"],
                "grade": row["grade"]}  # fmt: skip
    now, later = intervals(statements(name))
    if now is None or later is None:
        raise ModelError(Problem("cell_empty", f"statements {name}", "", details={"column": "value"}))
    span = later / now
    return {"value": later.mid / now.mid, "value_low": span.low, "value_high": span.high}
