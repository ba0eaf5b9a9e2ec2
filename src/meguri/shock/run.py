"""All runs of one scenario on one chain: draw, filter, tell, and keep what the tables need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.scenario.schema import Observed, Scenario
from meguri.shock._kernel import Numbers, Story, tell
from meguri.shock.arrays import Layout, lay_out, numbers_of_run
from meguri.shock.controls import Named, all_named, filters_of_run, named_links
from meguri.shock.price import Market, duty_wedge, markets, price_paths, price_response, supply_shares
from meguri.shock.sample import Draw, declared_ranges, latin_hypercube
from meguri.shock.survive import cover_days, days_short, time_to_recover, time_to_survive, weekly_share
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
_RESPONSE = ("supply_elasticity", "demand_elasticity", "stocking", "served", "backstop")


@dataclass(frozen=True)
class Runs:
    """What every run brought; axes beside each field."""

    layout: Layout
    months: list[str]
    markets: list[Market]
    ranges: pd.DataFrame  # one row for each parameter
    values: Floats  # (run, parameter)
    plan: Floats  # (node,) [t/d], central run
    tts: Floats  # (run, node) [d]
    ttr: Floats  # (run, node) [d]
    short: Floats  # (run, node) [d]
    waits: npt.NDArray[np.int64]  # (run, node) slot
    cover: Floats  # (run, node) [d] of stock at the start, of the input least held
    lowest_cover: Floats  # (run, node) [d] of stock on the worst day
    weekly: Floats  # (run, week, node) [1]
    arrived: Floats  # (run, month, link) [t]
    planned: Floats  # (month, link) [t], central run
    price: Floats  # (run, market, place, month) [1]
    counted: Floats  # (run, observed) [t]


class Pricing(NamedTuple):
    """What every price of a study needs, read once."""

    scenario: Scenario
    month: npt.NDArray[np.int64]  # (day,)
    response: dict[str, dict[str, float]]  # element → number → mode


def month_of_days(start: dt.date, days: int) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Names of the months of a horizon, and the month of each day counted from 0.

    Examples
    --------
    >>> month_of_days(dt.date(2025, 1, 31), 2)
    (['2025-01', '2025-02'], array([0, 1]))
    """
    first = start.year * 12 + start.month - 1
    dates = [start + dt.timedelta(days=day) for day in range(days)]
    number = np.array([date.year * 12 + date.month - 1 - first for date in dates], dtype=np.int64)
    names = [f"{(first + month) // 12:04d}-{(first + month) % 12 + 1:02d}" for month in range(number[-1] + 1)]
    return names, number


def all_ranges(chain: Chain, scenario: Scenario, priced: list[Market]) -> pd.DataFrame:
    """Every parameter of a study: chain, scenario and the price response of the priced elements."""
    response = price_response()
    response = response[response["element"].isin({market.element for market in priced})]
    ranges = declared_ranges(chain, scenario)
    rows = [
        _response_range(cells, name)
        for cells in response.to_dict("records")
        for name in _RESPONSE
        if cells[f"{name}_low"] < cells[f"{name}_high"]
    ]
    return (
        pd.concat([ranges, pd.DataFrame(rows, columns=ranges.columns)], ignore_index=True) if rows else ranges
    )


def _response_range(cells: dict[str, Any], name: str) -> dict[str, Any]:
    parameter = f"price_response[{cells['element']}].{name}"
    return {
        "parameter": parameter,
        "table": "scenario",
        "row": -1,
        "column": parameter,
        "low": cells[f"{name}_low"],
        "mode": cells[name],
        "high": cells[f"{name}_high"],
        "unit": "1",
        **{key: cells[key] for key in ("source", "grade", "note")},
    }


def run_all(chain: Chain, scenario: Scenario, runs: int, seed: int, progress: Progress | None = None) -> Runs:
    """Run a scenario on a chain many times over the declared ranges.

    Parameters
    ----------
    chain, scenario : Chain, Scenario
        What is shocked, and by what.
    runs : int
        Number of runs, >= 1; with one run every range takes its mode.
    seed : int
        Same seed, same result.
    progress : callable, optional
        Called with (done, all) after each run.
    """
    months, month = month_of_days(scenario.start, scenario.days)
    layout = lay_out(chain, month)
    named = all_named(chain, layout.links, scenario)
    priced = markets(chain, layout, named)
    ranges = all_ranges(chain, scenario, priced)
    values = latin_hypercube(ranges, runs, seed)
    central = numbers_of_run(layout, Draw(chain, ranges, latin_hypercube(ranges, 1, seed)), 0, scenario)
    days_in_month = np.bincount(month).astype(float)
    shapes = (len(layout.nodes), len(layout.links), len(months), scenario.days // 7)
    kept = _empty(runs, shapes, len(priced), len(scenario.observed))
    draw = Draw(chain, ranges, values)
    counting = [_counting(chain, layout, scenario, seen) for seen in scenario.observed]
    first = (scenario.counted_from - scenario.start).days
    pricing = Pricing(scenario, month, price_response().set_index("element")[list(_RESPONSE)].T.to_dict())
    for run in range(runs):
        numbers = numbers_of_run(layout, draw, run, scenario)
        filters = filters_of_run(named, len(layout.links), scenario, draw, run)
        story = tell(layout.wiring, numbers, filters)
        kept["tts"][run] = time_to_survive(story.short, first)
        kept["ttr"][run] = time_to_recover(story.short, first)
        kept["short"][run] = days_short(story.short, first)
        kept["waits"][run] = story.waits
        holder = layout.wiring.slot_node
        kept["cover"][run] = cover_days(numbers.stock, numbers.use, holder, numbers.plan.size)
        kept["lowest_cover"][run] = cover_days(story.lowest, numbers.use, holder, numbers.plan.size)
        kept["weekly"][run] = weekly_share(story.output, numbers.plan)
        kept["arrived"][run] = story.arrived
        for place, market in enumerate(priced):
            kept["price"][run, place] = _prices(market, pricing, story, numbers, draw, run)
        for place, (weight, part) in enumerate(counting):
            kept["counted"][run, place] = part @ (story.shipped @ weight)
        if progress is not None:
            progress(run + 1, runs)
    return Runs(
        layout=layout,
        months=months,
        markets=priced,
        ranges=ranges,
        values=values,
        plan=central.plan,
        planned=days_in_month[:, None] * central.amount[None, :],
        **kept,
    )


def _empty(runs: int, shapes: tuple[int, int, int, int], markets: int, observed: int) -> dict[str, Any]:
    nodes, links, months, weeks = shapes
    return {
        "tts": np.empty((runs, nodes)),
        "ttr": np.empty((runs, nodes)),
        "short": np.empty((runs, nodes)),
        "waits": np.empty((runs, nodes), dtype=np.int64),
        "cover": np.empty((runs, nodes)),
        "lowest_cover": np.empty((runs, nodes)),
        "weekly": np.empty((runs, weeks, nodes)),
        "arrived": np.empty((runs, months, links)),
        "price": np.empty((runs, markets, 2, months)),
        "counted": np.empty((runs, observed)),
    }


def _prices(market: Market, pricing: Pricing, story: Story, n: Numbers, draw: Draw, run: int) -> Floats:
    row = pricing.response[market.element]
    response = {
        name: draw.number(run, f"price_response[{market.element}].{name}", row[name]) for name in _RESPONSE
    }
    rates = [draw.field(run, f"controls.{duty.id}.rate", duty.rate) for duty in market.duties]
    wedge = duty_wedge(market, rates, pricing.scenario, pricing.month)
    outside, inside = supply_shares(market, story, n, np.bincount(pricing.month).astype(float))
    return price_paths(outside, inside, response, wedge)


def _counting(chain: Chain, layout: Layout, scenario: Scenario, seen: Observed) -> tuple[Floats, Floats]:
    """Weights that count an observed figure: regulated tonnes per link, and days of each month inside."""
    named: Named = named_links(chain, layout.links, scenario.control(seen.control))
    dates = [scenario.start + dt.timedelta(days=day) for day in range(scenario.days)]
    inside = np.array([seen.start <= date <= seen.end for date in dates], dtype=float)
    month = layout.wiring.month
    part = np.bincount(month, inside) / np.bincount(month)
    return named.weight * named.links, part
