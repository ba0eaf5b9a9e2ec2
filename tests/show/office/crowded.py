"""TEST DATA, MADE UP: an answer with more of everything than a page or a slide holds, and longer names."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import MappingProxyType

import pandas as pd

from meguri.respond.answer import RespondAnswer
from tests.show.office.read import answer

LONG = {
    "en": "Second source of sintered magnets with heavy rare earths qualified at every motor plant, step {n}",
    "ja": "重希土を含む焼結磁石の第二供給元を全モーター工場で認定し在庫の積み増しと併せて進める対策その{n}",
}
PLANS, MEASURES, YEARS, LINES = 9, 14, 8, 40


def named(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows with long names."""
    names = {f"label_{lang}": [text.format(n=n) for n in range(len(frame))] for lang, text in LONG.items()}
    return frame.assign(**names)


def repeated(table: str, times: int) -> pd.DataFrame:
    """The first row of a table many times."""
    return pd.concat([answer().table(table).head(1)] * times, ignore_index=True)


def measures() -> pd.DataFrame:
    """Many measures of one plan; no amount is whole in thousands."""
    rows = repeated("plan_measures", MEASURES)
    money = [1_234_567.0 * (k + 1) + 501.0 for k in range(MEASURES)]
    rows = rows.assign(plan="front-1", measure=[f"m{k}" for k in range(MEASURES)], year=0)
    state = [0.3 * part for part in money]
    firm = [part - paid for part, paid in zip(money, state, strict=True)]
    return named(rows).assign(cost=money, cost_state=state, cost_firm=firm)


def years() -> pd.DataFrame:
    """As many fiscal years; two years of the plan begin in the same one."""
    rows = repeated("plan_years", YEARS).assign(plan="front-1", year=range(YEARS))
    sums = measures()[["cost", "cost_firm", "cost_state"]].sum() / YEARS
    fiscal = [2026, 2027, 2027, *range(2028, 2028 + YEARS - 3)]
    return rows.assign(fiscal=fiscal, **{name: float(part) for name, part in sums.items()})


@cache
def crowded() -> RespondAnswer:
    """The answer: nine plans on the front, fourteen measures, forty assumptions and risks."""
    plans = repeated("plans", PLANS).assign(plan=["none", *(f"front-{k}" for k in range(1, PLANS))])
    totals = measures()[["cost", "cost_firm", "cost_state"]].sum()
    plans = plans.assign(role=["none", *["front"] * (PLANS - 1)], **{k: float(v) for k, v in totals.items()})
    shares = {"share": [0.3 + 0.05 * k for k in range(PLANS)], "time_d": [40.0 + 9 * k for k in range(PLANS)]}
    plans = plans.assign(confirmed=[True, *[False] * (PLANS - 1)], ready_on="2030-03-31", **shares)
    risks = repeated("risks", LINES).assign(measure=[f"m{k}" for k in range(LINES)])
    assumptions = named(repeated("assumptions", LINES)).assign(parameter=[f"p{k}" for k in range(LINES)])
    order = named(repeated("order", MEASURES)).assign(rank=range(1, MEASURES + 1))
    marginal = named(repeated("marginal", MEASURES)).assign(measure=[f"m{k}" for k in range(MEASURES)])
    notes = repeated("notes", LINES).assign(key=[f"n{k}" for k in range(LINES)])
    tables = {
        "plans": named(plans), "plan_measures": measures(), "plan_years": years(), "risks": risks,
        "assumptions": assumptions, "order": order, "marginal": marginal, "notes": notes,
    }  # fmt: skip
    base = answer()
    return replace(base, _tables=MappingProxyType({**base._tables, **tables}))
