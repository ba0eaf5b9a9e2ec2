"""Controls as filters: what each lets through day by day, and all of them together in one run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.observe.calendars import add_working_days
from meguri.scenario.controls import (
    Ban,
    CatchAll,
    Control,
    EndUseBan,
    EntityList,
    Licence,
    OverCompliance,
    Quota,
    Refusal,
    Slowdown,
)
from meguri.scenario.fields import Range
from meguri.scenario.measures import Qualify, Stock
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Filters
from meguri.shock.arrays import Layout, neutral, numbers_of_run
from meguri.shock.goods import oxide_factors as oxide_factors
from meguri.shock.instruments import aims, kept_shares, wanted_shares, working_shares
from meguri.shock.measured import with_ends, with_stocks
from meguri.shock.named import Named as Named
from meguri.shock.named import all_named as all_named
from meguri.shock.named import named_links as named_links
from meguri.shock.reserves import reserves_of_run
from meguri.shock.sample import Draw
from meguri.shock.spells import Spell, in_force, spells

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Effect(NamedTuple):
    """What one control does to the deliveries it names; neutral on days on which it is not in force."""

    limit: Floats  # (day,) [1] share of the usual delivery that may leave; inf = no limit
    held: Floats  # (day,) [1] share of a shipment that is held
    delay: Ints  # (day,) [d] further days for the held share


def no_effect(days: int) -> Effect:
    """A control that touches no delivery, or not by holding it back: taxes, minimum prices, service cuts."""
    return Effect(np.full(days, np.inf), np.zeros(days), np.zeros(days, dtype=np.int64))


def filters_of_run(named: list[Named], layout: Layout, scenario: Scenario, draw: Draw, run: int) -> Filters:
    """What the controls let through in one run; links that the same controls name share a column.

    Several controls on one link: the tightest limit, the largest share held and the largest delay count.
    Disruptions, service cuts, precaution and the path of demand fill the columns of nodes and slots.
    """
    told = layout, scenario, draw, run
    columns: dict[str, Any] = {  # which column each node or slot has, and the columns
        "working": working_shares(named, *told),
        "kept": kept_shares(*told),
        "aim": aims(named, *told),
        "wanted": wanted_shares(*told),
    }
    soft = [
        item for item in named if isinstance(item.control, Quota) and leaked(item.control, draw, run) < 1.0
    ]
    filters = neutral(layout, scenario.days)._replace(
        **{f"{name}_of": places for name, (places, _) in columns.items()},
        **{name: days for name, (_, days) in columns.items()},
        **_links_of_run(named, *told),
        **_quotas_of_run(soft, *told),
        **reserves_of_run(*told),
    )
    plan = layout.sites, scenario, draw, run
    if any(effect.life is not None for effect in scenario.measures):
        world = scenario.model_copy(update={"measures": tuple(
            effect for effect in scenario.measures if not isinstance(effect, Qualify)
        )})  # fmt: skip
        filters = with_ends(filters, numbers_of_run(layout, draw, run, world).ready, *plan)
    if not any(isinstance(effect, Stock) for effect in scenario.measures):
        return filters
    use = numbers_of_run(layout, draw, run, scenario).use
    return with_stocks(filters, use, layout.wiring, *plan)


def _links_of_run(
    named: list[Named], layout: Layout, scenario: Scenario, draw: Draw, run: int
) -> dict[str, Any]:
    """Group of each link; limit, share held and delay of each group, axes (day, group)."""
    group = grouped(named, len(layout.links))
    shape = scenario.days, int(group.max(initial=0)) + 1
    limit, delayed, delay = np.full(shape, np.inf), np.zeros(shape), np.zeros(shape, dtype=np.int64)
    for item in named:
        columns = np.flatnonzero(np.bincount(group[item.links]))
        effect = effect_of(item.control, scenario, draw, run)
        limit[:, columns] = np.minimum(limit[:, columns], effect.limit[:, None])
        delayed[:, columns] = np.maximum(delayed[:, columns], effect.held[:, None])
        delay[:, columns] = np.maximum(delay[:, columns], effect.delay[:, None])
    return {"group": group, "limit": limit, "delayed": delayed, "delay": delay}


def grouped(named: list[Named], links: int) -> Ints:
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


def leaked(control: Control, draw: Draw, run: int) -> float:
    """Share of usual shipments that passes beside a control in one run."""
    return draw.field(run, f"controls.{control.id}.leakage", control.leakage)


def effect_of(control: Control, scenario: Scenario, draw: Draw, run: int) -> Effect:
    """What one control lets through in one run, leakage included.

    Notes
    -----
    With leakage l, the share l passes as usual: limit' = l + (1 - l) limit, held' = (1 - l) held.
    At l = 1 there is no control.
    """
    rule = _RULES.get(type(control))
    if rule is None:
        return no_effect(scenario.days)
    effect = rule(control, scenario, draw, run)
    leak = leaked(control, draw, run)
    limit = leak + (1.0 - leak) * np.minimum(effect.limit, 1.0)
    return Effect(np.where(limit < 1.0, limit, np.inf), (1.0 - leak) * effect.held, effect.delay)


def _shut(control: Ban, scenario: Scenario, *_: object) -> Effect:
    free = no_effect(scenario.days)
    return free._replace(limit=np.where(in_force(control, scenario), 0.0, free.limit))


def _partly(control: Refusal, scenario: Scenario, draw: Draw, run: int) -> Effect:
    approval = draw.field(run, f"controls.{control.id}.approval", control.approval)
    free = no_effect(scenario.days)
    return free._replace(limit=np.where(in_force(control, scenario), approval, free.limit))


def _licensed(control: Licence, scenario: Scenario, draw: Draw, run: int) -> Effect:
    return no_effect(scenario.days)._replace(limit=licensed_share(control, scenario, draw, run))


def _reviewed(control: CatchAll, scenario: Scenario, draw: Draw, run: int) -> Effect:
    """Of the share called in, part is refused; of what passes, the rest of that share is late."""
    path, force = f"controls.{control.id}", in_force(control, scenario)
    reviewed = draw.field(run, f"{path}.reviewed", control.reviewed)
    refused = draw.field(run, f"{path}.refused", control.refused)
    late = round(draw.field(run, f"{path}.delay", control.delay))
    passes = 1.0 - reviewed * refused
    held = reviewed * (1.0 - refused) / passes if passes > 0.0 else 0.0
    return Effect(np.where(force, passes, np.inf), np.where(force, held, 0.0), np.where(force, late, 0))


def _slowed(control: Slowdown, scenario: Scenario, draw: Draw, run: int) -> Effect:
    path, effect = f"controls.{control.id}", no_effect(scenario.days)
    held = draw.field(run, f"{path}.held", control.held)
    clear = draw.field(run, f"{path}.clearance", control.clearance)
    for spell in spells(control, scenario):
        effect.held[spell.first : spell.last] = held
        effect.delay[spell.first : spell.last] = _clearing(spell.first, spell.last, clear)
    return effect


def _overdone(control: OverCompliance, scenario: Scenario, draw: Draw, run: int) -> Effect:
    path, effect = f"controls.{control.id}", no_effect(scenario.days)
    share = draw.field(run, f"{path}.share", control.share)
    late = round(draw.field(run, f"{path}.delay", control.delay))
    lasts = round(draw.field(run, f"{path}.lasts", control.lasts))
    for spell in spells(control, scenario):
        until = min(spell.last, spell.first + lasts)
        effect.held[spell.first : until] = share
        effect.delay[spell.first : until] = late
    return effect


_RULES: dict[type[Control], Callable[..., Effect]] = {
    Ban: _shut,
    Licence: _licensed,
    EntityList: _partly,
    EndUseBan: _partly,
    CatchAll: _reviewed,
    Slowdown: _slowed,
    OverCompliance: _overdone,
}


def days_in_force(control: Control, scenario: Scenario) -> tuple[int, int]:
    """Days on which a control is in force within the horizon, first and one past the last.

    Days on which it rests in between are included; :func:`meguri.shock.spells.in_force` leaves them out.
    """
    first = (control.start - scenario.start).days
    last = scenario.days if control.end is None else (control.end - scenario.start).days + 1
    return min(max(first, 0), scenario.days), min(max(last, 0), scenario.days)


def licence_delay(control: Licence, draw: Draw, run: int, start: dt.date | None = None) -> int:
    """Days from the first day in force until the first licensed shipment of one run.

    Paperwork in days, then the provincial step and the review on the authority's own calendar, the days
    on which it stops its clock, then the test at customs.

    Parameters
    ----------
    control : Licence
        Its times are drawn.
    draw, run : Draw, int
        The run.
    start : date, optional
        First day in force; the control's own start when left out (after a suspension all file anew).
    """

    def drawn(name: str) -> float:
        return draw.field(run, f"controls.{control.id}.{name}", getattr(control, name))

    begun = control.start if start is None else start
    filed = begun + dt.timedelta(days=round(drawn("paperwork")))
    forwarded = _after_review(filed, drawn("province"), control.province, control.by)
    decided = _after_review(forwarded, drawn("review"), control.review, control.by)
    return (decided - begun).days + round(drawn("clock_stop")) + round(drawn("customs_test"))


def _after_review(filed: dt.date, review: float, found: Range, authority: str) -> dt.date:
    if found.unit == "working days":
        return add_working_days(filed, round(review), authority)
    return filed + dt.timedelta(days=round(review))


def licensed_share(control: Licence, scenario: Scenario, draw: Draw, run: int) -> Floats:
    """Share of usual shipments that is licensed on each day of one run; axes (day,), 0 … 1.

    Notes
    -----
    In round r = 1 … R the share p (1 - p)^(r - 1) of the applications is approved, after r delays;
    the slowest of a round take ``spread`` longer than the fastest, evenly between. A licence of limited
    validity is followed by the next after another delay.
    """
    share = np.ones(scenario.days)
    for spell in spells(control, scenario):
        share[spell.first : spell.last] = _licensed_in(spell, control, scenario, draw, run)
    return share


def _licensed_in(spell: Spell, control: Licence, scenario: Scenario, draw: Draw, run: int) -> Floats:
    path = f"controls.{control.id}"
    approval = draw.field(run, f"{path}.approval", control.approval)
    spread = draw.field(run, f"{path}.spread", control.spread)
    delay = licence_delay(control, draw, run, spell.start)
    since = np.arange(spell.first, spell.last) - (spell.start - scenario.start).days
    share = np.zeros(since.size)
    for attempt in range(1, control.rounds + 1):
        width = max(spread * delay, 1.0)
        held = since - attempt * delay
        through = np.clip(held / width, 0.0, 1.0)
        if control.validity is not None:
            valid = max(draw.field(run, f"{path}.validity", control.validity), 1.0)
            through = np.where(np.mod(held, valid + delay) < valid, through, 0.0)
        share += approval * (1 - approval) ** (attempt - 1) * through
    return np.minimum(share, 1.0)


def _clearing(first: int, last: int, clearance: float) -> Ints:
    """Delay of goods held on each day of a slowdown: first in, first cleared after its end."""
    day = np.arange(first, last)
    length = max(last - first, 1)
    return np.rint(last - day + clearance * (day - first) / length).astype(np.int64)


def _quotas_of_run(
    quotas: list[Named], layout: Layout, scenario: Scenario, draw: Draw, run: int
) -> dict[str, Any]:
    """Fields of the filters that quotas fill: which links count, periods of each day, allotments.

    Of a period that began before the first day simulated, or that a suspension interrupts, the even
    part of the days left counts.
    """
    links, days = len(layout.links), scenario.days
    quota, weight = np.full(links, -1, dtype=np.int64), np.zeros(links)
    parts = [_allotments(item, scenario, draw, run) for item in quotas]
    most = max((len(part) for part in parts), default=1)
    period = np.full((len(quotas), days), -1, dtype=np.int64)
    allotted, length = np.zeros((len(quotas), most)), np.ones((len(quotas), most))
    for place, (item, part) in enumerate(zip(quotas, parts, strict=True)):
        quota[item.links], weight[item.links] = place, item.weight[item.links]
        for number, ((first, last), amount) in enumerate(part.items()):
            period[place, max(first, 0) : max(last, 0)] = number
            allotted[place, number], length[place, number] = amount, last - max(first, 0)

    def each(name: str) -> Floats:
        paths = [(f"controls.{item.control.id}.{name}", getattr(item.control, name)) for item in quotas]
        return np.array([draw.field(run, path, found) for path, found in paths])

    soft = {"leakage": "leakage", "front": "front_loading", "carry": "carry_over"}
    return {
        "quota": quota,
        "weight": weight,
        "period": period,
        "allotted": allotted,
        "length": length,
        **{field: each(name) for field, name in soft.items()},
    }


def _allotments(item: Named, scenario: Scenario, draw: Draw, run: int) -> dict[tuple[int, int], float]:
    """Amount that may be shipped in each part of a period: first day and one past the last → [t]."""
    control = item.control
    assert isinstance(control, Quota)
    found: dict[tuple[int, int], float] = {}
    for number, row in enumerate(control.periods):
        path = f"controls.{control.id}.periods.{number}"
        amount = draw.field(run, f"{path}.counts", row.counts) * draw.field(run, f"{path}.amount", row.amount)
        first, last = ((day - scenario.start).days for day in (row.start, row.end + dt.timedelta(days=1)))
        for begin, end in _awake(control, max(first, 0), last, scenario):
            share = (end - begin) / (last - first)
            found[begin, end] = found.get((begin, end), 0.0) + share * amount
    return dict(sorted(found.items()))


def _awake(control: Quota, first: int, last: int, scenario: Scenario) -> list[tuple[int, int]]:
    """Parts of a period in which the quota does not rest; a quota's dates are those of its periods."""
    parts = []
    for rest in sorted(control.suspended, key=lambda rest: rest.start):
        begin = (rest.start - scenario.start).days
        if first < min(begin, last):
            parts.append((first, min(begin, last)))
        first = max(first, last if rest.end is None else (rest.end - scenario.start).days + 1)
    return [*parts, (first, last)] if first < last else parts
