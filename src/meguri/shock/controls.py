"""Controls as filters: which links a control names, and what it lets through day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.calendars import add_working_days
from meguri.scenario.schema import (
    AnyControl,
    Ban,
    Control,
    Licence,
    OverCompliance,
    Quota,
    Range,
    Scenario,
    Slowdown,
)
from meguri.shock._kernel import Filters
from meguri.shock.arrays import Layout, neutral
from meguri.shock.reserves import reserves_of_run
from meguri.shock.sample import Draw
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
ALL_RARE_EARTHS = "REO"


@dataclass(frozen=True)
class Named:
    """Links one control names, and regulated tonnes per tonne of product."""

    control: AnyControl
    links: npt.NDArray[np.bool_]
    weight: Floats


@cache
def oxide_factors() -> dict[str, float]:
    """Tonnes of oxide per tonne of each rare earth."""
    with packaged("facts", "oxide_factors.csv").open(encoding="utf-8") as file:
        table = Schema.of("oxide_factors").check(pd.read_csv(file), "oxide_factors.csv")
    return dict(zip(table["element"], table["factor"], strict=True))


def named_links(chain: Chain, links: pd.DataFrame, control: Control) -> Named:
    """Which links a control names: they leave the authority's country in a named form with a named element.

    Parameters
    ----------
    chain : Chain
        For countries, forms and contents.
    links : DataFrame
        Links in kernel order; columns supplier, customer, input.
    control : Control
        Authority, elements, forms and destinations. A control on over-compliance names goods
        *without* any element its authority licenses.
    """
    nodes = chain.nodes.set_index("node")
    form = chain.materials.set_index("material")["form"]
    origin = links["supplier"].map(nodes["country"])
    goal = links["customer"].map(nodes["country"])
    crosses = (origin == control.by) & (goal != control.by)
    if control.to is not None:
        crosses &= goal.isin(control.to)
    weight = links["input"].map(_regulated_share(chain.contents, control.element)).fillna(0.0)
    named = crosses & links["input"].map(form).isin(control.form) & (weight > 0)
    return Named(control, named.to_numpy(), weight.to_numpy(dtype=float))  # type: ignore[arg-type]


def _regulated_share(contents: pd.DataFrame, elements: tuple[str, ...]) -> pd.Series[float]:
    """Regulated tonnes per tonne of each product; where "REO" is named, oxide tonnes of all of them."""
    wanted = set(elements)
    contents = contents.sort_values(["material", "element"])  # sums must not hang on the order of rows
    if ALL_RARE_EARTHS in wanted:
        oxide = (contents["share"] * contents["element"].map(oxide_factors())).dropna()
        return oxide.groupby(contents["material"]).sum()
    return contents[contents["element"].isin(wanted)].groupby("material")["share"].sum()


def all_named(chain: Chain, links: pd.DataFrame, scenario: Scenario) -> list[Named]:
    """Named links of every control; over-compliance spares what a licence of its authority names.

    Raises
    ------
    ModelError
        When two quotas name the same flow: which of them it counts against is not said.
    """
    named = [named_links(chain, links, control) for control in scenario.controls]
    quotas = [item for item in named if isinstance(item.control, Quota)]
    for one, other in combinations(quotas, 2):
        if (one.links & other.links).any():
            place = f"controls.{one.control.id}, controls.{other.control.id}"
            raise ModelError(Problem("two_quotas", place, str(int((one.links & other.links).sum()))))
    licensed: dict[str, npt.NDArray[np.bool_]] = {}
    for item in named:
        if isinstance(item.control, Licence | Ban):
            by = item.control.by
            licensed[by] = licensed.get(by, np.zeros(len(links), dtype=bool)) | item.links
    return [
        Named(item.control, item.links & ~licensed.get(item.control.by, ~item.links), item.weight)
        if isinstance(item.control, OverCompliance)
        else item
        for item in named
    ]


def filters_of_run(named: list[Named], layout: Layout, scenario: Scenario, draw: Draw, run: int) -> Filters:
    """What the controls let through in one run; links that the same controls name share a column.

    Several controls on one link: the tightest limit and the largest delay count.
    """
    group = grouped(named, len(layout.links))
    days, groups = scenario.days, int(group.max(initial=0)) + 1
    limit = np.full((days, groups), np.inf)
    delayed = np.zeros((days, groups))
    delay = np.zeros((days, groups), dtype=np.int64)
    quota = np.full(len(layout.links), -1, dtype=np.int64)
    weight = np.zeros(len(layout.links))
    quotas: list[tuple[Quota, str]] = []
    for item in named:
        control, path = item.control, f"controls.{item.control.id}"
        first, last = days_in_force(control, scenario)
        columns = np.unique(group[item.links])
        at = np.ix_(np.arange(first, last), columns)
        if isinstance(control, Ban):
            limit[at] = 0.0
        elif isinstance(control, Licence):
            shares = licensed_share(control, scenario, draw, run)[first:last, None]
            limit[at] = np.minimum(limit[at], np.where(shares < 1.0, shares, np.inf))
        elif isinstance(control, Slowdown):
            held = draw.field(run, f"{path}.held", control.held)
            clear = draw.field(run, f"{path}.clearance", control.clearance)
            delayed[at] = np.maximum(delayed[at], held)
            delay[at] = np.maximum(delay[at], _clearing(first, last, clear)[:, None])
        elif isinstance(control, OverCompliance):
            until = min(last, first + round(draw.field(run, f"{path}.lasts", control.lasts)))
            at = np.ix_(np.arange(first, until), columns)
            delayed[at] = np.maximum(delayed[at], draw.field(run, f"{path}.share", control.share))
            late = round(draw.field(run, f"{path}.delay", control.delay))
            delay[at] = np.maximum(delay[at], late)
        elif isinstance(control, Quota):
            quota[item.links] = len(quotas)
            weight[item.links] = item.weight[item.links]
            quotas.append((control, path))
    period, allotted, length, leakage, front, carry = _quota_arrays(quotas, scenario, draw, run)
    return neutral(layout, days)._replace(
        group=group,
        limit=limit,
        delayed=delayed,
        delay=delay,
        quota=quota,
        weight=weight,
        period=period,
        allotted=allotted,
        length=length,
        leakage=leakage,
        front=front,
        carry=carry,
        **reserves_of_run(layout, scenario, draw, run),
    )


def grouped(named: list[Named], links: int) -> npt.NDArray[np.int64]:
    """Group of each link: links named by the same controls share one, and 0 is named by none.

    Examples
    --------
    >>> one, other = np.array([False, True, True]), np.array([False, False, True])
    >>> control = object()
    >>> grouped([Named(control, one, one * 1.0), Named(control, other, other * 1.0)], 3)  # type: ignore
    array([0, 1, 2])
    """
    group = np.zeros(links + 1, dtype=np.int64)  # the last stands for a link that nothing names
    for item in named:
        group = np.unique(2 * group + np.append(item.links, False), return_inverse=True)[1]
    return group[:-1].astype(np.int64)


def days_in_force(control: Control, scenario: Scenario) -> tuple[int, int]:
    """Days on which a control is in force within the horizon, first and one past the last."""
    first = (control.start - scenario.start).days
    last = scenario.days if control.end is None else (control.end - scenario.start).days + 1
    return min(max(first, 0), scenario.days), min(max(last, 0), scenario.days)


def licence_delay(control: Licence, draw: Draw, run: int) -> int:
    """Days from the first day in force until the first licensed shipment of one run.

    Paperwork in days, then the review on the authority's own calendar, then the test at customs.
    """
    path = f"controls.{control.id}"
    paperwork = draw.field(run, f"{path}.paperwork", control.paperwork)
    review = draw.field(run, f"{path}.review", control.review)
    test = draw.field(run, f"{path}.customs_test", control.customs_test)
    filed = control.start + dt.timedelta(days=round(paperwork))
    decided = _after_review(filed, review, control.review, control.by)
    return (decided - control.start).days + round(test)


def _after_review(filed: dt.date, review: float, found: Range, authority: str) -> dt.date:
    if found.unit == "working days":
        return add_working_days(filed, round(review), authority)
    return filed + dt.timedelta(days=round(review))


def licensed_share(control: Licence, scenario: Scenario, draw: Draw, run: int) -> Floats:
    """Share of usual shipments that is licensed on each day of one run; axes (day,), 0 … 1.

    Notes
    -----
    In round r = 1 … R the share p (1 - p)^(r - 1) of the applications is approved, after r delays;
    the slowest of a round take ``spread`` longer than the fastest, evenly between.
    """
    path = f"controls.{control.id}"
    approval = draw.field(run, f"{path}.approval", control.approval)
    spread = draw.field(run, f"{path}.spread", control.spread)
    delay = licence_delay(control, draw, run)
    since = np.arange(scenario.days) - (control.start - scenario.start).days
    share = np.zeros(scenario.days)
    for attempt in range(1, control.rounds + 1):
        width = max(spread * delay, 1.0)
        through = np.clip((since - attempt * delay) / width, 0.0, 1.0)
        share += approval * (1 - approval) ** (attempt - 1) * through
    if control.rounds > 1 and approval == 1.0:
        share = np.minimum(share, 1.0)
    return np.where(since < 0, 1.0, share)


def _clearing(first: int, last: int, clearance: float) -> npt.NDArray[np.int64]:
    """Delay of goods held on each day of a slowdown: first in, first cleared after its end."""
    day = np.arange(first, last)
    length = max(last - first, 1)
    return np.rint(last - day + clearance * (day - first) / length).astype(np.int64)


def _quota_arrays(
    quotas: list[tuple[Quota, str]], scenario: Scenario, draw: Draw, run: int
) -> tuple[npt.NDArray[np.int64], Floats, Floats, Floats, Floats, Floats]:
    """Period of each day, allotments and lengths; axes (quota, day) and (quota, period).

    Of a period that began before the first day simulated, the even part of the days left counts.
    """
    spans = [sorted({(row.start, row.end) for row in control.periods}) for control, _ in quotas]
    most = max((len(span) for span in spans), default=1)
    period = np.full((len(quotas), scenario.days), -1, dtype=np.int64)
    allotted, length = np.zeros((len(quotas), most)), np.ones((len(quotas), most))
    for place, (control, path) in enumerate(quotas):
        for number, (start, end) in enumerate(spans[place]):
            first = max((start - scenario.start).days, 0)
            last = max((end - scenario.start).days + 1, 0)
            period[place, first:last] = number
            length[place, number] = max((end - max(start, scenario.start)).days + 1, 1)
        for number, row in enumerate(control.periods):
            counts = draw.field(run, f"{path}.periods.{number}.counts", row.counts)
            amount = draw.field(run, f"{path}.periods.{number}.amount", row.amount)
            left = (row.end - max(row.start, scenario.start)).days + 1
            amount *= max(left, 0) / ((row.end - row.start).days + 1)
            allotted[place, spans[place].index((row.start, row.end))] += counts * amount

    def each(name: str) -> Floats:
        return np.array(
            [draw.field(run, f"{path}.{name}", getattr(control, name)) for control, path in quotas]
        )

    return period, allotted, length, each("leakage"), each("front_loading"), each("carry_over")
