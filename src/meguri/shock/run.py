"""All runs of one scenario on one chain: draw, filter, tell, and keep what the tables need."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.version import __version__
from meguri.scenario.schema import Observed, Scenario
from meguri.shock._kernel import Filters, Numbers, Story
from meguri.shock.arrays import Layout, lay_out, numbers_of_run
from meguri.shock.cancel import Cancelled, cancel_between_runs, cores, keep_freed_memory, spread
from meguri.shock.cause import causes, quality_days
from meguri.shock.controls import Named, all_named, filters_of_run, named_links
from meguri.shock.price import Answer, price_modes, price_response, priced_run, tell_with_prices
from meguri.shock.price_markets import Market, markets, side_by_side
from meguri.shock.price_path import Response
from meguri.shock.runs import Pricing
from meguri.shock.runs import Runs as Runs
from meguri.shock.runs import Setup as Setup
from meguri.shock.sample import Draw, declared_ranges, hypercube_columns
from meguri.shock.store import Store, Values
from meguri.shock.survive import cover_days, days_short, time_to_recover, time_to_survive, weekly_share
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
Progress = Callable[[int, int], None]
_RESPONSE = Response._fields
_ROUNDING = 1e-9  # [1] of plan: smaller losses are those of sums, not of output
_BLOCK = 64  # runs whose drawn values are in memory at a time


class Told(NamedTuple):
    """One run: its amounts, its filters, what happened and what the prices answered."""

    numbers: Numbers
    filters: Filters
    story: Story
    answer: Answer


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
        "unit": Schema.of("price_response").column(name).unit,
        **{key: cells[key] for key in ("source", "grade", "note")},
    }


def set_up(chain: Chain, scenario: Scenario) -> Setup:
    """Everything of a scenario on a chain that the runs share: connections, named links, parameters."""
    months, month = month_of_days(scenario.start, scenario.days)
    layout = lay_out(chain, month)
    named = all_named(chain, layout.links, scenario)
    response = price_modes()
    priced = markets(chain, layout, named, response)
    return Setup(
        chain=chain,
        scenario=scenario,
        layout=layout,
        months=months,
        named=named,
        ranges=all_ranges(chain, scenario, priced),
        pricing=Pricing(scenario, month, response, side_by_side(priced, layout, response)),
        counting=[_counting(chain, layout, scenario, seen) for seen in scenario.observed],
        first=(scenario.counted_from - scenario.start).days,
    )


def run_all(
    chain: Chain,
    scenario: Scenario,
    runs: int,
    seed: int,
    progress: Progress | None = None,
    *,
    workers: int | None = None,
    state: Path | None = None,
    resumed: Progress | None = None,
) -> Runs:
    """Run a scenario on a chain many times over the declared ranges.

    Parameters
    ----------
    chain, scenario : Chain, Scenario
        What is shocked, and by what.
    runs : int
        Number of runs, >= 1; with one run every range takes its mode.
    seed : int
        Same seed, same bytes, whatever the number of workers.
    progress : callable, optional
        Called with (done, all) after each run; raising in it cancels.
    workers : int, optional
        Threads; left out, one for each processor.
    state : Path, optional
        Folder under which runs are kept, so that the same request goes on where it was cancelled;
        left out, they go when the answer goes.
    resumed : callable, optional
        Called with (done, all) when an earlier state of the same request is taken up.

    Raises
    ------
    Cancelled
        After Ctrl-C, between runs.
    """
    setup = set_up(chain, scenario)
    asked = request(setup, runs, seed)
    folder = None if state is None else folder_of(state, scenario, asked)
    store = Store(setup.fields(), runs, folder, asked)
    if resumed is not None and store.done.any():
        resumed(int(store.done.sum()), runs)
    return _run(setup, hypercube_columns(setup.ranges, runs, seed), store, progress, workers)


def run_values(
    setup: Setup, values: Floats, progress: Progress | None = None, *, workers: int | None = None
) -> Runs:
    """Run once for each row of given parameter values.

    Parameters
    ----------
    setup : Setup
        What the runs share.
    values : array (run, parameter)
        Value of every parameter, in the order of ``setup.ranges``.
    progress : callable, optional
        Called with (done, all) after each run; raising in it cancels.
    workers : int, optional
        Threads; left out, one for each processor.
    """
    return _run(setup, iter(values.T), Store(setup.fields(), len(values)), progress, workers)


def request(setup: Setup, runs: int, seed: int) -> str:
    """Digest of all that decides what the runs bring: chain, scenario, ranges, runs, seed, this code."""
    digest = hashlib.sha256()
    described = [setup.chain.hash, setup.scenario.plain(), setup.pricing.response, runs, seed, __version__]
    digest.update(json.dumps(described, sort_keys=True).encode())
    digest.update(setup.ranges.to_csv(index=False).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def folder_of(state: Path, scenario: Scenario, asked: str) -> Path:
    """Where the runs of a request are kept below a folder."""
    return state / f"{scenario.name}-{asked[:16]}"


def central_run(setup: Setup) -> Told:
    """The run in which every range takes its mode."""
    modes = setup.ranges["mode"].to_numpy(dtype=float)[None, :]
    return tell_run(setup, Draw(setup.chain, setup.ranges, modes), 0)


def tell_run(setup: Setup, draw: Draw, run: int) -> Told:
    """Amounts, filters and story of one run."""
    numbers = numbers_of_run(setup.layout, draw, run, setup.scenario)
    filters = filters_of_run(setup.named, setup.layout, setup.scenario, draw, run)
    pricing = setup.pricing
    priced = priced_run(pricing.goods, pricing.response, pricing.month, draw, run, setup.scenario)
    heeded = setup.scenario.feedback == "price"
    story, answer = tell_with_prices(setup.layout.wiring, numbers, filters, priced, heeded)
    return Told(numbers, filters, story, answer)


def _run(
    setup: Setup, columns: Iterator[Floats], store: Store, progress: Progress | None, workers: int | None
) -> Runs:
    """Tell every run that is not yet done, and hand over what all of them brought."""
    drawn = Values(store.folder / "values.bin", columns, len(setup.ranges), store.runs)
    modes = setup.ranges["mode"].to_numpy(dtype=float)[None, :]
    middle = Draw(setup.chain, setup.ranges, modes)
    central = numbers_of_run(setup.layout, middle, 0, setup.scenario)
    try:
        _tell_rest(setup, _tasks(middle, drawn, store.done), store, progress, workers or cores())
    except KeyboardInterrupt:
        store.release()
        kept = store.folder if store.lasting else None
        raise Cancelled(int(store.done.sum()), store.runs, kept) from None
    days_in_month = np.bincount(setup.pricing.month).astype(float)
    planned = days_in_month[:, None] * central.amount[None, :]
    return Runs(setup, central.plan, planned, store, drawn)


def _tell_rest(
    setup: Setup,
    tasks: Iterator[tuple[Draw, int, int]],
    store: Store,
    progress: Progress | None,
    workers: int,
) -> None:
    """Tell the runs one by one or side by side, and keep each as soon as it has ended."""

    def work(task: tuple[Draw, int, int]) -> None:
        draw, row, run = task
        store.put(run, _brought(setup, draw, row))

    keep_freed_memory()
    before = int(store.done.sum())
    with cancel_between_runs() as cancel_here, closing(spread(tasks, work, workers)) as ended:
        for done, _ in enumerate(ended, before + 1):
            if progress is not None:
                progress(done, store.runs)
            cancel_here()


def _tasks(middle: Draw, drawn: Values, done: npt.NDArray[np.bool_]) -> Iterator[tuple[Draw, int, int]]:
    """Runs to tell: the draw that holds their values, their row in it, their number."""
    todo = ~done
    for first in range(0, todo.size, _BLOCK):
        block = np.flatnonzero(todo[first : first + _BLOCK])
        if block.size:
            draw = middle.over(drawn.rows(first, first + _BLOCK))
            yield from ((draw, int(row), first + int(row)) for row in block)


def _brought(setup: Setup, draw: Draw, run: int) -> dict[str, npt.NDArray[Any]]:
    """What is kept of one run."""
    n, filters, story, answer = tell_run(setup, draw, run)
    w = setup.layout.wiring
    holder = w.slot_node
    doubted, restored = quality_days(w, n, filters, story, setup.first)
    tts = time_to_survive(story.short, setup.first)
    weekly = weekly_share(story.output, n.plan)
    first_week = max(setup.first // 7, 0)
    return {
        "tts": tts,
        "ttr": time_to_recover(story.short, setup.first),
        "short": days_short(story.short, setup.first),
        "waits": np.where(np.isfinite(tts), story.waits, -1),
        "root": causes(w, n, story, setup.first).root,
        "doubted": doubted,
        "restored": restored,
        "cover": cover_days(n.stock, n.use, holder, n.plan.size),
        "lowest_cover": cover_days(story.lowest, n.use, holder, n.plan.size),
        "weekly": weekly,
        "lost": 7.0 * np.where(weekly < 1.0 - _ROUNDING, 1.0 - weekly, 0.0).sum(axis=0),
        "lowest": weekly[first_week:].min(axis=0),
        "arrived": story.arrived,
        "shipped": story.shipped,
        "price": answer.price,
        "counted": np.array([part @ (story.shipped @ weight) for weight, part in setup.counting]),
    }


def _counting(chain: Chain, layout: Layout, scenario: Scenario, seen: Observed) -> tuple[Floats, Floats]:
    """Weights that count an observed figure: regulated tonnes per link, and days of each month inside."""
    named: Named = named_links(chain, layout.links, scenario.control(seen.control))
    dates = [scenario.start + dt.timedelta(days=day) for day in range(scenario.days)]
    inside = np.array([seen.start <= date <= seen.end for date in dates], dtype=float)
    month = layout.wiring.month
    part = np.bincount(month, inside) / np.bincount(month)
    return named.weight * named.links, part
