"""When relief counts: the pull month by month, and what each date changed in it.

A ruling moves no price. The pull falls on the day a quota or a duty ends, and what was not in dispute
(a refund withheld, a licence) stays. What a maker was paid to move is the pull added up until then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.stage_cases import StageCase
from meguri.respond.stage_policy import (
    SEED,
    WEDGES,
    Floats,
    World,
    banded,
    in_force,
    pull,
    rates_of,
    wedges,
    world_of,
)

MONTH_D = 30.4375  # [d] 365.25 / 12
PATH_DRAWS = 400  # percentiles of a path need no more


def months_between(start: dt.date, end: dt.date) -> float:
    """Months from one day to another: days over 30.4375 (365.25 / 12).

    Examples
    --------
    >>> request = dt.date(2012, 3, 13)
    >>> days = (dt.date(2014, 8, 7), dt.date(2015, 1, 1), dt.date(2015, 5, 1))
    >>> [round(months_between(request, day)) for day in days]
    [29, 34, 38]
    """
    return (end - start).days / MONTH_D


def stage_path(
    case: StageCase, first: dt.date, last: dt.date, draws: int = PATH_DRAWS, seed: int = SEED
) -> pd.DataFrame:
    """Pull to move at every stage in every month, prices before the rules held still.

    Parameters
    ----------
    case : StageCase
    first, last : date
        First and last month, both included; the rules of its first day hold for a month.
    draws, seed : int
        As for :func:`~meguri.respond.stage_policy.stage_incentives`.

    Returns
    -------
    DataFrame
        Columns of ``stage_path``. Prices stand still so that only rules move the path; ``duties`` and
        ``refund`` are the pull with those rules alone and need not add up to the whole.

    Examples
    --------
    >>> from meguri.observe.stage_cases import stage_case
    >>> path = stage_path(stage_case("china-rare-earths"), dt.date(2015, 4, 1), dt.date(2015, 5, 1), draws=0)
    >>> path.loc[path["product"] == "magnet", "incentive"].round(1).tolist()
    [5.3, 0.0]
    """
    world, rates = world_of(case, draws, seed), rates_of(case, draws, seed)
    known: dict[tuple[str, ...], pd.DataFrame] = {}  # months with the same rules share one answer
    frames = []
    for month in pd.date_range(first.replace(day=1), last.replace(day=1), freq="MS").date:
        rules = in_force(case, month)
        key = tuple(rules["rule"])
        if key not in known:
            known[key] = _answer(case, world, rates, rules)
        frames.append(known[key].assign(month=month.isoformat()))
    table = pd.concat(frames, ignore_index=True).assign(case=case.name)
    return Schema.of("stage_path").check(table[Schema.of("stage_path").names])


def _answer(case: StageCase, world: World, rates: Mapping[str, Floats], rules: pd.DataFrame) -> pd.DataFrame:
    def of(kinds: tuple[str, ...]) -> Floats:
        chosen = rules[rules["kind"].isin(kinds)]
        if chosen.empty:
            return np.zeros_like(world.price)
        return pull(world, wedges(rates, world.products, chosen))

    whole = of(WEDGES)
    return pd.DataFrame({
        "product": world.products, **banded("incentive", whole), **banded("share", whole / world.price),
         "duties": of(("tax", "ban"))[0],
        "refund": of(("vat",))[0],
        "grade": weakest([*case.products["grade"], *case.inputs["grade"], *rules["grade"]]),
    })  # fmt: skip


def stage_reliefs(
    case: StageCase, draws: int = PATH_DRAWS, seed: int = SEED, until: dt.date | None = None
) -> pd.DataFrame:
    """What each step of relief changed, for every stage that is pulled on the day of the request.

    Parameters
    ----------
    case : StageCase
        Without a request or steps the table is empty.
    until : date, optional
        Last day to count to; the last step when left out.

    Returns
    -------
    DataFrame
        Columns of ``stage_reliefs``. ``paid`` adds the monthly pull over 12 from the month of the request
        to the month before the step: USD per unit of yearly capacity. ``saved`` is what an end of every
        disputed rule on the day of that step would have taken off the sum up to the last step.

    Examples
    --------
    >>> from meguri.observe.stage_cases import stage_case
    >>> table = stage_reliefs(stage_case("china-rare-earths"), draws=0)
    >>> table[table["product"] == "magnet"][["relief", "months"]].values.tolist()
    [['forecast', 22.0], ['ruling', 29.0], ['quotas-end', 34.0], ['duties-end', 38.0]]
    """
    schema = Schema.of("stage_reliefs")
    if not case.about["request"] or case.relief.empty:
        return schema.empty()
    request = dt.date.fromisoformat(case.about["request"])
    steps = case.relief.sort_values("date", kind="stable")
    end = until or dt.date.fromisoformat(steps["date"].iloc[-1])
    path = stage_path(case, request, end, draws, seed)
    world, rates = world_of(case, 0), rates_of(case, 0)
    rows = []
    for step in steps.to_dict("records"):
        day = dt.date.fromisoformat(step["date"])
        rules = in_force(case, day)
        left = _answer(case, world, rates, rules[~rules["disputed"].astype(bool)]).set_index("product")[
            "incentive"
        ]
        for product, mine in path.groupby("product", sort=False):
            if mine["incentive"].iloc[0] > 0.0:
                rows.append(_step(case, step, (request, day), str(product), mine, float(left[product])))
    return schema.check(pd.DataFrame(rows)) if rows else schema.empty()


def _step(
    case: StageCase, step: Mapping[str, object], dates: tuple[dt.date, dt.date], product: str,
    path: pd.DataFrame, left: float,
) -> dict[str, object]:  # fmt: skip
    request, day = dates
    month = day.replace(day=1).isoformat()
    past = path[path["month"] < month]
    before = past["incentive"].iloc[-1] if len(past) else path["incentive"].iloc[0]
    to_come = path[(path["month"] >= month) & (path["month"] < path["month"].iloc[-1])]
    at = path[path["month"] >= month]["incentive"]
    return {
        "case": case.name, "relief": step["relief"], "product": product, "date": step["date"],
        "days": (day - request).days, "months": round(months_between(request, day)),
        "printed_months": step["printed_months"], "before": before, "after": at.iloc[0],
        "paid": past["incentive"].sum() / 12, "paid_low": past["incentive_low"].sum() / 12,
        "paid_high": past["incentive_high"].sum() / 12, "if_then": left,
        "saved": (to_come["incentive"] - left).sum() / 12, "source": step["source"],
        "grade": path["grade"].iloc[0],
    }  # fmt: skip


def lead_months(
    path: pd.DataFrame, product: str, decided: dt.date, leads: tuple[int, ...] = (12, 24, 36)
) -> pd.DataFrame:
    """Months of the pull of the day of decision that are left once a plant with some lead time runs.

    Returns
    -------
    DataFrame
        ``lead`` [months], ``left`` months of the path with at least half the pull of the month of decision.

    Examples
    --------
    >>> path = pd.DataFrame({"product": "magnet", "month": ["2012-01-01", "2012-02-01", "2012-03-01"],
    ...                      "incentive": [5.0, 5.0, 0.0]})
    >>> lead_months(path, "magnet", dt.date(2012, 1, 1), (0, 1)).values.tolist()
    [[0, 2], [1, 1]]
    """
    mine = path[(path["product"] == product) & (path["month"] >= decided.replace(day=1).isoformat())]
    pulled = mine["incentive"].to_numpy() >= 0.5 * mine["incentive"].iloc[0]
    return pd.DataFrame([{"lead": lead, "left": int(pulled[lead:].sum())} for lead in leads])


def turning_days(case: StageCase) -> list[dt.date]:
    """Days on which the rules that part prices change, in order: a start, or the day after an end.

    Examples
    --------
    >>> from meguri.observe.stage_cases import stage_case
    >>> [day.isoformat() for day in turning_days(stage_case("indonesia-nickel"))]
    ['2014-01-12', '2017-01-12', '2020-01-01']
    """
    rules = case.rules[case.rules["kind"].isin(WEDGES)]
    starts = [_day(start) for start in rules["start"]]
    ends = [_day(end) + dt.timedelta(days=1) for end in rules["end"] if end]
    return sorted({*starts, *ends})


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text + "-01-01"[: 10 - len(text)])
