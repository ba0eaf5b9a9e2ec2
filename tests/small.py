"""Small inputs for tests: arrays for the kernel, and chains with a scenario that hits them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from meguri.scenario.read import parse_scenario
from meguri.scenario.schema import Scenario
from meguri.shock._kernel import Filters, Numbers, Story, Wiring, tell
from meguri.shock.arrays import Layout, lay_out, neutral, numbers_of_run
from meguri.shock.controls import all_named, filters_of_run
from meguri.shock.run import month_of_days
from meguri.shock.sample import Draw as Draws
from meguri.shock.sample import declared_ranges, latin_hypercube
from meguri.shock.survive import time_to_survive
from meguri.structure.chain import Chain

Draw = st.DrawFn


def eighths(low: int = 0, high: int = 64) -> st.SearchStrategy[float]:
    """Amounts in eighths: sums and halves of them are exact."""
    return st.integers(low, high).map(lambda count: count / 8)


@st.composite
def kernel_inputs(draw: Draw) -> tuple[Wiring, Numbers, Filters]:
    """Any wiring of 2 to 8 nodes, cycles included, with any numbers and any controls."""
    nodes, days = draw(st.integers(2, 8)), draw(st.integers(5, 40))
    slots = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=8).map(sorted))
    slot_of_link, supplier, usual = [], [], []
    host = [-1] + [
        draw(st.integers(-1, nodes - 1) if draw(st.booleans()) else st.just(-1)) for _ in slots[1:]
    ]
    for slot, node in enumerate(slots):
        if host[slot] >= 0:
            continue
        others = [other for other in range(nodes) if other != node]
        chosen = sorted(draw(st.sets(st.sampled_from(others), min_size=1, max_size=3)))
        slot_of_link += [slot] * len(chosen)
        supplier += chosen
        usual += [draw(st.integers(0, 3)) > 0 for _ in chosen]
    known = {slot for slot, qualified in zip(slot_of_link, usual, strict=True) if qualified}
    wiring = Wiring(
        supplier=np.array(supplier),
        link_slot=np.array(slot_of_link),
        slot_links=np.searchsorted(slot_of_link, np.arange(len(slots) + 1)),
        slot_node=np.array(slots),
        node_slots=np.searchsorted(slots, np.arange(nodes + 1)),
        essential=np.array([draw(st.sampled_from([2, 2, 1, 0])) for _ in slots]),
        open_slot=np.array([int(slot not in known and host[slot] < 0) for slot in range(len(slots))]),
        host=np.array(host),
        month=np.arange(days) // 30,
    )
    return (
        wiring,
        _numbers(draw, nodes, len(slots), usual),
        _filters(draw, days, nodes, len(slots), len(usual)),
    )


def _numbers(draw: Draw, nodes: int, slots: int, usual: list[bool]) -> Numbers:
    links = len(usual)

    def many(count: int, strategy: st.SearchStrategy[Any], kind: type = float) -> Any:
        return np.array(draw(st.lists(strategy, min_size=count, max_size=count)), dtype=kind)

    plan, use = many(nodes, eighths()), many(slots, eighths(0, 32))
    amount = many(links, eighths(1, 32))
    life = many(slots, st.sampled_from([0.0, 0.0, 4.0, 100.0]))
    full = np.where(life > 0, many(slots, eighths(1, 80)), 0.0)
    return Numbers(
        plan=plan,
        capacity=plan + many(nodes, eighths(0, 32)),
        final=many(nodes, eighths()),
        use=use,
        loss=many(slots, eighths(0, 8)),
        stock=many(slots, eighths(0, 80)) * use,
        target=many(slots, eighths(0, 80)),
        byproduct=many(slots, eighths(0, 16)),
        room=many(slots, eighths(0, 400)),
        life=life,
        installed=full * many(slots, st.sampled_from([0.5, 1.0])),
        full=full,
        amount=np.where(usual, amount, 0.0),
        potential=np.where(usual, 0.0, amount),
        lead=many(links, st.integers(1, 6), int),
        ready=many(links, st.sampled_from([0.0, 3.0, 11.0, math.inf])),
        first_yield=many(links, eighths(0, 8)),
        recovery=many(links, eighths(1, 80)),
        adjust=draw(st.sampled_from([1.0, 2.0, 8.0, 30.0])),
        surge=draw(st.sampled_from([0.0, 0.25, 2.0, 1e6])),
        memory=draw(st.sampled_from([2.0, 8.0])),
        stay=draw(eighths(0, 8)),
        short_below=draw(st.sampled_from([0.5, 0.875, 1.0])),
    )


def no_filters(days: int, nodes: int, slots: int, links: int) -> Filters:
    """Nothing controlled, disrupted or answered."""
    layout = SimpleNamespace(nodes=range(nodes), slots=range(slots), links=range(links))
    return neutral(layout, days)  # type: ignore[arg-type]


def _filters(draw: Draw, days: int, nodes: int, slots: int, links: int) -> Filters:
    limit, delayed, delay = _groups(draw, days)

    def column_of(count: int, columns: int) -> Any:
        return np.array(
            draw(st.lists(st.integers(0, columns - 1), min_size=count, max_size=count)), dtype=np.int64
        )

    return no_filters(days, nodes, slots, links)._replace(
        group=column_of(links, limit.shape[1]),
        limit=limit,
        delayed=delayed,
        delay=delay,
        working_of=column_of(nodes, 2),
        working=_factors(draw, days, 8),
        kept_of=column_of(nodes, 2),
        kept=_factors(draw, days, 8),
        aim_of=column_of(slots, 2),
        aim=_factors(draw, days, 16),
        wanted_of=column_of(nodes, 2),
        wanted=_factors(draw, days, 12),
        **_quotas(draw, days, links),
        **_reserves(draw, days, slots),
    )


def _groups(draw: Draw, days: int) -> tuple[Any, Any, Any]:
    """Limit, share held and delay of one group that is free and four that may be controlled."""
    limit, delayed = np.full((days, 5), np.inf), np.zeros((days, 5))
    delay = np.zeros((days, 5), dtype=np.int64)
    for group in range(1, 5):
        first = draw(st.integers(0, days - 1))
        kind = draw(st.sampled_from(["ban", "share", "delay"]))
        if kind in ("ban", "share"):
            limit[first:, group] = 0.0 if kind == "ban" else draw(eighths(0, 8))
        if kind == "delay":
            delayed[first:, group] = draw(eighths(0, 8))
            delay[first:, group] = draw(st.integers(0, 12))
    return limit, delayed, delay


def _factors(draw: Draw, days: int, most: int) -> Any:
    """Column 0 is 1 on all days, column 1 something else on some of them."""
    factors = np.ones((days, 2))
    first, last = sorted(draw(st.tuples(st.integers(0, days), st.integers(0, days))))
    factors[first:last, 1] = draw(eighths(0, most))
    return factors


def _reserves(draw: Draw, days: int, slots: int) -> dict[str, Any]:
    """Two reserves, released below a cover or from a day on."""
    return {
        "reserve_of": np.array([draw(st.integers(-1, 1)) for _ in range(slots)], dtype=np.int64),
        "held": np.array([draw(eighths(0, 400)) for _ in range(2)]),
        "rate": np.array([draw(eighths(0, 32)) for _ in range(2)]),
        "below": np.array([draw(st.sampled_from([0.0, 2.0, 8.0, math.inf])) for _ in range(2)]),
        "opens": np.array([draw(st.integers(0, days)) for _ in range(2)], dtype=np.int64),
        "decide": np.array([draw(st.integers(0, 9)) for _ in range(2)], dtype=np.int64),
    }


def _quotas(draw: Draw, days: int, links: int) -> dict[str, Any]:
    quotas = draw(st.integers(0, 2))
    starts = [sorted(draw(st.tuples(*[st.integers(0, days)] * 3))) for _ in range(quotas)]
    period = np.full((quotas, days), -1, dtype=np.int64)
    for quota, (first, change, end) in enumerate(starts):
        period[quota, first:change], period[quota, change:end] = 0, 1
    per_quota = [draw(st.tuples(eighths(0, 8), eighths(0, 16), eighths(0, 8))) for _ in range(quotas)]
    leakage, front, carry = (np.array([one[place] for one in per_quota], dtype=float) for place in range(3))
    return {
        "quota": np.array([draw(st.integers(-1, quotas - 1)) for _ in range(links)], dtype=np.int64),
        "weight": np.array([draw(eighths(0, 8)) for _ in range(links)]),
        "period": period,
        "allotted": np.array(
            [[draw(eighths(0, 400)) for _ in range(2)] for _ in range(quotas)], dtype=float
        ).reshape(-1, 2),
        "length": np.array([[max(c - a, 1), max(e - c, 1)] for a, c, e in starts], dtype=float).reshape(
            -1, 2
        ),
        "leakage": leakage,
        "front": front,
        "carry": carry,
    }


MATERIALS = {"ore": "ore", "oxide": "oxide", "metal": "metal", "alloy": "alloy", "magnet": "magnet"}
STREAM = "stream"  # comes from a host; no node makes it
START = "2025-01-01"
EVIDENCE = {"source": "meguri-assumption", "grade": "assumed"}


def tables(
    nodes: dict[str, dict[str, Any]],
    flows: dict[tuple[str, str], dict[str, Any]],
    recipes: dict[tuple[str, str], dict[str, Any]],
    contents: dict[tuple[str, str], float] | None = None,
    materials: dict[str, str] | None = None,
) -> dict[str, pd.DataFrame]:
    """Tables of a chain from what matters; the rest is filled with plain values.

    ``nodes`` name → {material, country, output [t/a], capacity}; ``flows`` (supplier, customer) →
    {amount [t/a], lead, qualified …}; ``recipes`` (node, input) → {need, stock …}; ``materials``
    material → form.
    """
    forms = MATERIALS if materials is None else materials
    evidence = {"source": "meguri-assumption", "grade": "assumed", "note": "test"}
    return {
        "materials": _frame([{"material": m, "form": f, "stage": "metal"} for m, f in forms.items()]),
        "nodes": _frame(
            [{"node": n, "kind": "site", "stage": "metal", **cells, **evidence} for n, cells in nodes.items()]
        ),
        "flows": _frame(
            [{"supplier": s, "customer": c, **cells, **evidence} for (s, c), cells in flows.items()],
            ["supplier", "customer", "amount"],
        ),
        "recipes": _frame(
            [
                {"node": n, "input": i, "essentiality": "essential", **cells, **evidence}
                for (n, i), cells in recipes.items()
            ],
            ["node", "input", "need", "essentiality", "stock"],
        ),
        "contents": _frame(
            [{"material": m, "element": e, "share": x, **evidence} for (m, e), x in (contents or {}).items()],
            ["material", "element", "share"],
        ),
    }


def _frame(rows: list[dict[str, Any]], columns: list[str] | None = None) -> pd.DataFrame:
    return pd.DataFrame(rows) if rows else pd.DataFrame(columns=columns)


def scenario(controls: list[dict[str, Any]], days: int = 120, **more: Any) -> Scenario:
    """A scenario of 2025 with the given controls; what a control lacks is filled in."""
    common = {
        "by": "CN", "element": "Dy", "form": list(MATERIALS), "start": "2025-01-11",
        "source": "meguri-assumption", "grade": "assumed",
    }  # fmt: skip
    listed = [{"id": f"control-{place}", **common, **one} for place, one in enumerate(controls)]
    content = {
        "name": "test", "label": {"en": "Test", "ja": "試験"}, "chain": "none", "start": START,
        "horizon": f"{days} d", "controls": listed, "react": "5 d", "adjust": "10 d",
        "surge": 1e6, **more,
    }  # fmt: skip
    return parse_scenario(content)


EVERY_KIND = (
    "ban", "licence", "quota", "customs-slowdown", "over-compliance", "tax", "minimum-price", "entity-list",
    "end-use-ban", "service-cut", "catch-all",
)  # fmt: skip


def shipments(*kinds: str) -> st.SearchStrategy[dict[str, Any]]:
    """One control of one of the kinds, with plain numbers."""

    def one(kind: str) -> st.SearchStrategy[dict[str, Any]]:
        fields: dict[str, Any] = {
            "ban": {},
            "licence": {
                "paperwork": st.sampled_from(["0 d", "5 d", "20 d"]),
                "review": st.sampled_from(["10 d", "10 working days", "30 d"]),
                "customs_test": st.just("2 d"),
                "spread": st.sampled_from([0.0, 0.5]),
                "approval": st.sampled_from([0.5, 0.75, 1.0]),
            },
            "customs-slowdown": {
                "held": eighths(0, 8), "end": st.just("2025-02-20"), "clearance": st.just("10 d"),
            },
            "quota": {
                "periods": st.tuples(
                    st.just({
                        "start": "2025-01-01", "end": "2025-03-31", "amount": "30 t",
                        "source": "meguri-assumption", "grade": "assumed",
                    })
                ),
                "leakage": eighths(0, 4),
                "front_loading": eighths(0, 8),
            },
            "over-compliance": {"share": eighths(0, 8), "delay": st.just("9 d"), "lasts": st.just("30 d")},
            "tax": {"rate": eighths(0, 8)},
            "minimum-price": {"price": st.just("100 USD/kg")},
            "entity-list": {"entities": st.just(["metal-0", "magnet-1", "Firm"]), "approval": eighths(0, 8)},
            "end-use-ban": {
                "uses": st.sampled_from([["metal"], ["alloy", "magnet"]]), "approval": eighths(0, 8),
            },
            "service-cut": {
                "grace": st.just("10 d"), "fade": st.just("30 d"), "floor": eighths(0, 8),
                "repair": st.just("9 d"),
            },
            "catch-all": {"reviewed": eighths(0, 8), "delay": st.just("9 d"), "refused": eighths(0, 8)},
        }[kind]  # fmt: skip
        return st.fixed_dictionaries({"kind": st.just(kind), **fields})

    return st.sampled_from(kinds).flatmap(one)


@st.composite
def small_chains(draw: Draw, important: bool = True) -> dict[str, pd.DataFrame]:
    """Tables of a balanced chain of 3 to 8 nodes in levels; suppliers in CN and JP, with alternatives."""
    forms = list(MATERIALS)[: draw(st.integers(2, 4))]
    makers = {form: [f"{form}-{k}" for k in range(draw(st.integers(1, 2)))] for form in forms}
    nodes: dict[str, dict[str, Any]] = {
        name: {
            "material": form,
            "country": "JP" if form == forms[-1] else draw(st.sampled_from(["CN", "CN", "JP"])),
        }
        for form, names in makers.items()
        for name in names
    }
    output = {name: draw(eighths(8, 64)) * 365 for name in nodes}
    flows: dict[tuple[str, str], dict[str, Any]] = {}
    recipes: dict[tuple[str, str], dict[str, Any]] = {}
    for level in range(len(forms) - 1, 0, -1):
        for customer in makers[forms[level]]:
            below = forms[:level] if level < 2 or draw(st.booleans()) else forms[level - 1 : level]
            for form in below:
                need = draw(eighths(1, 16))
                kind = (
                    draw(st.sampled_from(["essential", "essential", "important"]))
                    if important
                    else "essential"
                )
                days = draw(st.integers(1, 30))
                recipes[customer, form] = {
                    "need": need, "stock": days, "target": days, "essentiality": kind, "loss": 0.5,
                }  # fmt: skip
                _supply(draw, flows, output, makers[form], customer, need * output[customer])
    for name, cells in nodes.items():
        cells |= {"output": output[name], "capacity": output[name] * draw(st.sampled_from([1, 1.25, 2]))}
    contents = {(form, "Dy"): 0.25 for form in forms[:-1]} | {(form, "Nd"): 0.5 for form in forms}
    for level in range(1, len(forms)):
        if draw(st.booleans()):  # a by-product of a lower level, so that no host follows itself
            customer, host = (draw(st.sampled_from(makers[forms[at]])) for at in (level, level - 1))
            recipes[customer, STREAM] = {
                "need": draw(eighths(1, 16)), "stock": draw(st.integers(0, 30)), "loss": 0.5, "host": host,
                "essentiality": draw(st.sampled_from(["essential", "important"])) if important
                else "essential", "spare": draw(eighths(0, 8)),
            }  # fmt: skip
    return tables(nodes, flows, recipes, contents, {**MATERIALS, STREAM: "residue"})


def _supply(
    draw: Draw, flows: Any, output: dict[str, float], makers: list[str], customer: str, all_: float
) -> None:
    shares = draw(st.sampled_from([(1.0, 0.0), (0.5, 0.5), (0.25, 0.75)])) if len(makers) > 1 else (1.0,)
    for supplier, share in zip(makers, shares, strict=True):
        lead = draw(st.integers(1, 10))
        if share > 0:
            flows[supplier, customer] = {"amount": share * all_, "lead": lead, "qualified": "yes"}
            output[supplier] += share * all_
        elif draw(st.booleans()):
            flows[supplier, customer] = {
                "amount": all_ / 2, "lead": lead, "qualified": "no",
                "qualification": draw(st.integers(0, 30)), "first_yield": 0.5, "recovery": 8,
            }  # fmt: skip


@dataclass(frozen=True)
class Told:
    """One deterministic run: the layout, the numbers and the story."""

    layout: Layout
    numbers: Numbers
    filters: Filters
    story: Story
    first: int

    @property
    def days(self) -> pd.Series[float]:
        """Time to survive of each node [d]; inf = never."""
        found = time_to_survive(self.story.short, self.first)
        return pd.Series(found, index=self.layout.nodes["node"])


def tell_once(chain: Chain, given: Scenario) -> Told:
    """One run with every range at its mode."""
    _, month = month_of_days(given.start, given.days)
    layout = lay_out(chain, month)
    ranges = declared_ranges(chain, given)
    draws = Draws(chain, ranges, latin_hypercube(ranges, 1, seed=1))
    numbers = numbers_of_run(layout, draws, 0, given)
    named = all_named(chain, layout.links, given)
    filters = filters_of_run(named, layout, given, draws, 0)
    story = tell(layout.wiring, numbers, filters)
    return Told(layout, numbers, filters, story, (given.counted_from - given.start).days)
