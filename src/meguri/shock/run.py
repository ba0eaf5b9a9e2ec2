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
from meguri.shock.cancel import cancel_between_runs
from meguri.shock.controls import Named, all_named, filters_of_run, named_links
from meguri.shock.price import Market, duty_wedge, markets, price_paths, price_response, supply_shares
from meguri.shock.sample import Draw, declared_ranges, latin_hypercube
from meguri.shock.survive import cover_days, days_short, time_to_recover, time_to_survive, weekly_share
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
_RESPONSE = ("supply_elasticity", "demand_elasticity", "stocking", "served", "backstop")


class Pricing(NamedTuple):
    """What every price of a study needs, read once."""

    scenario: Scenario
    month: npt.NDArray[np.int64]  # (day,)
    response: dict[str, dict[str, float]]  # element → number → mode


@dataclass(frozen=True)
class Setup:
    """All that stays the same over the runs of one scenario on one chain."""

    chain: Chain
    scenario: Scenario
    layout: Layout
    months: list[str]
    named: list[Named]
    markets: list[Market]
    ranges: pd.DataFrame  # one row for each parameter
    pricing: Pricing
    counting: list[tuple[Floats, Floats]]  # weights of links and parts of months, for each observed figure
    first: int  # [d] from which survival is counted


@dataclass(frozen=True)
class Runs:
    """What every run brought; axes beside each field."""

    setup: Setup
    values: Floats  # (run, parameter)
    plan: Floats  # (node,) [t/d], central run
    planned: Floats  # (month, link) [t], central run
    tts: Floats  # (run, node) [d]
    ttr: Floats  # (run, node) [d]
    short: Floats  # (run, node) [d]
    waits: npt.NDArray[np.int64]  # (run, node) slot
    cover: Floats  # (run, node) [d] of stock at the start, of the input least held
    lowest_cover: Floats  # (run, node) [d] of stock on the worst day
    weekly: Floats  # (run, week, node) [1]
    arrived: Floats  # (run, month, link) [t]
    price: Floats  # (run, market, place, month) [1]
    counted: Floats  # (run, observed) [t]

    @property
    def layout(self) -> Layout:
        """Rows of the chain in the order of the kernel."""
        return self.setup.layout

    @property
    def months(self) -> list[str]:
        """Names of the months."""
        return self.setup.months

    @property
    def markets(self) -> list[Market]:
        """Goods that are priced."""
        return self.setup.markets

    @property
    def ranges(self) -> pd.DataFrame:
        """Every parameter with its range and evidence."""
        return self.setup.ranges


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


def set_up(chain: Chain, scenario: Scenario) -> Setup:
    """Everything of a scenario on a chain that the runs share: connections, named links, parameters."""
    months, month = month_of_days(scenario.start, scenario.days)
    layout = lay_out(chain, month)
    named = all_named(chain, layout.links, scenario)
    priced = markets(chain, layout, named)
    response = price_response().set_index("element")[list(_RESPONSE)].T.to_dict()
    return Setup(
        chain=chain,
        scenario=scenario,
        layout=layout,
        months=months,
        named=named,
        markets=priced,
        ranges=all_ranges(chain, scenario, priced),
        pricing=Pricing(scenario, month, response),
        counting=[_counting(chain, layout, scenario, seen) for seen in scenario.observed],
        first=(scenario.counted_from - scenario.start).days,
    )


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
    setup = set_up(chain, scenario)
    return run_values(setup, latin_hypercube(setup.ranges, runs, seed), progress)


def run_values(setup: Setup, values: Floats, progress: Progress | None = None) -> Runs:
    """Run once for each row of given parameter values.

    Parameters
    ----------
    setup : Setup
        What the runs share.
    values : array (run, parameter)
        Value of every parameter, in the order of ``setup.ranges``.
    progress : callable, optional
        Called with (done, all) after each run.
    """
    scenario, layout = setup.scenario, setup.layout
    middle = Draw(setup.chain, setup.ranges, setup.ranges["mode"].to_numpy(dtype=float)[None, :])
    central = numbers_of_run(layout, middle, 0, scenario)
    draw, kept = Draw(setup.chain, setup.ranges, values), _empty(setup, len(values))
    with cancel_between_runs() as cancel_here:
        for run in range(len(values)):
            numbers = numbers_of_run(layout, draw, run, scenario)
            filters = filters_of_run(setup.named, layout, scenario, draw, run)
            _keep(kept, run, setup, numbers, tell(layout.wiring, numbers, filters), draw)
            if progress is not None:
                progress(run + 1, len(values))
            cancel_here()
    days_in_month = np.bincount(setup.pricing.month).astype(float)
    planned = days_in_month[:, None] * central.amount[None, :]
    return Runs(setup=setup, values=values, plan=central.plan, planned=planned, **kept)


def _keep(kept: dict[str, Any], run: int, setup: Setup, n: Numbers, story: Story, draw: Draw) -> None:
    """Write what one run brought into its row."""
    holder = setup.layout.wiring.slot_node
    kept["tts"][run] = time_to_survive(story.short, setup.first)
    kept["ttr"][run] = time_to_recover(story.short, setup.first)
    kept["short"][run] = days_short(story.short, setup.first)
    kept["waits"][run] = story.waits
    kept["cover"][run] = cover_days(n.stock, n.use, holder, n.plan.size)
    kept["lowest_cover"][run] = cover_days(story.lowest, n.use, holder, n.plan.size)
    kept["weekly"][run] = weekly_share(story.output, n.plan)
    kept["arrived"][run] = story.arrived
    for place, market in enumerate(setup.markets):
        kept["price"][run, place] = _prices(market, setup.pricing, story, n, draw, run)
    for place, (weight, part) in enumerate(setup.counting):
        kept["counted"][run, place] = part @ (story.shipped @ weight)


def _empty(setup: Setup, runs: int) -> dict[str, Any]:
    nodes, links = len(setup.layout.nodes), len(setup.layout.links)
    months, weeks = len(setup.months), setup.scenario.days // 7
    return {
        "tts": np.empty((runs, nodes)),
        "ttr": np.empty((runs, nodes)),
        "short": np.empty((runs, nodes)),
        "waits": np.empty((runs, nodes), dtype=np.int64),
        "cover": np.empty((runs, nodes)),
        "lowest_cover": np.empty((runs, nodes)),
        "weekly": np.empty((runs, weeks, nodes)),
        "arrived": np.empty((runs, months, links)),
        "price": np.empty((runs, len(setup.markets), 2, months)),
        "counted": np.empty((runs, len(setup.counting))),
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
