"""Which plans a reader is shown: no plan, the efficient ones with a letter each, single measures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.spell import missing, name_of, say

ROBUST = ("robust_time", "robust_competitiveness")
EFFICIENT = ("front", *ROBUST)
SAME = ("cost", "cost_state", "time_d", "time_gained_d", "share", "loss_d", "ready_on")


def efficient(plans: pd.DataFrame) -> pd.DataFrame:
    """Plans of the front, and robust picks that are none of them, by days bought: an order of reading.

    A robust pick that repeats a plan of the front stands there only once; ``robust`` names the axes on
    which a plan regrets least, separated by ``|``.

    Examples
    --------
    >>> rows = [("b", "front", 9.0, 0.5), ("none", "none", 0.0, 0.4), ("a", "robust_time", 2.0, 0.7)]
    >>> rows += [("c", "robust_competitiveness", 9.0, 0.5)]
    >>> plans = pd.DataFrame(rows, columns=["plan", "role", "time_gained_d", "share"])
    >>> efficient(plans)[["plan", "robust"]].values.tolist()
    [['a', 'robust_time'], ['b', 'robust_competitiveness']]
    """
    rows = plans[plans["role"].isin(EFFICIENT)]
    order = rows["role"].map({role: place for place, role in enumerate(EFFICIENT)})
    rows = rows.loc[order.sort_values(kind="stable").index]
    # plans that no number tells apart are one plan, whatever their keys
    alike = _alike(rows)
    picks: dict[tuple[str, ...], list[str]] = {}
    for one, role in zip(alike, rows["role"], strict=True):
        picks.setdefault(one, []).append(str(role))
    robust = ["|".join(role for role in ROBUST if role in picks[one]) for one in alike]
    found = rows.assign(robust=pd.Series(robust, index=rows.index, dtype=object))[
        ~pd.Series(alike, index=rows.index, dtype=object).duplicated()
    ]
    return found.sort_values(["time_gained_d", "share", "plan"], ascending=[True, False, True], kind="stable")


def _alike(rows: pd.DataFrame) -> list[tuple[str, ...]]:
    """Every number of each plan as text: plans with the same are one."""
    known = [name for name in SAME if name in rows]
    return list(zip(*(rows[name].astype(str) for name in known), strict=True))


def singles(plans: pd.DataFrame) -> pd.DataFrame:
    """Plans of one measure alone."""
    return plans[plans["role"] == "single"]


def moving(shown: pd.DataFrame, most: int = 0) -> pd.DataFrame:
    """Single measures that move an axis by a day or half a point; with ``most``, the first so many on each.

    Examples
    --------
    >>> rows = [("a", 9.0, 0.0), ("b", 0.0, 0.2), ("c", 0.0, 0.0), ("d", 3.0, 0.0)]
    >>> plans = pd.DataFrame(rows, columns=["plan", "time_gained_d", "share_gained"])
    >>> list(moving(plans)["plan"]), list(moving(plans, 1)["plan"])
    (['a', 'b', 'd'], ['a', 'b'])
    """
    found: set[object] = set()
    for column, least in (("time_gained_d", 1.0), ("share_gained", 0.005)):
        part = shown[shown[column] >= least].sort_values(column, ascending=False, kind="stable")
        found |= set((part.head(most) if most else part).index)
    return shown[shown.index.isin(found)]


def confirmed(row: Mapping[Any, Any]) -> bool:
    """Whether the simulator confirms a plan; one that was not tried is not confirmed.

    Examples
    --------
    >>> confirmed({"confirmed": True}), confirmed({"confirmed": False}), confirmed({"confirmed": None})
    (True, False, False)
    """
    return not missing(row.get("confirmed")) and bool(row["confirmed"])


def without(plans: pd.DataFrame) -> dict[Any, Any] | None:
    """The row of no plan at all, None where the answer holds none."""
    rows = plans[plans["role"] == "none"]
    return None if rows.empty else rows.iloc[0].to_dict()


def best(shown: pd.DataFrame, column: str) -> dict[Any, Any] | None:
    """The efficient plan that goes furthest on one axis; of equals the cheapest.

    Parameters
    ----------
    shown : DataFrame
        What :func:`efficient` found.
    column : {"time_gained_d", "share"}
        One axis at a time: the two are never merged.
    """
    rows = shown.dropna(subset=[column])
    if rows.empty:
        return None
    return rows.sort_values([column, "cost"], ascending=[False, True], kind="stable").iloc[0].to_dict()


def letters(plans: pd.DataFrame) -> dict[str, str]:
    """A letter for every efficient plan, used in figures and tables alike; a repeated one shares it.

    Letters that the plans bring in their names ("Plan C") are kept.

    Examples
    --------
    >>> rows = [(f"p{n}", "front", n, 0.5) for n in range(28)]
    >>> found = letters(pd.DataFrame(rows, columns=["plan", "role", "time_gained_d", "share"]))
    >>> found["p0"], found["p25"], found["p26"]
    ('A', 'Z', 'AA')
    """
    shown = efficient(plans)
    found = _own_letters(shown) or {str(plan): _letter(place) for place, plan in enumerate(shown["plan"])}
    rest = plans[plans["role"].isin(EFFICIENT) & ~plans["plan"].isin(list(found))]
    first = dict(zip(_alike(shown), shown["plan"], strict=True))
    again = zip(rest["plan"], _alike(rest), strict=True)
    return found | {str(plan): found[str(first[one])] for plan, one in again}


def _own_letters(shown: pd.DataFrame) -> dict[str, str]:
    """Letters at the end of the plans' own names; none unless each plan brings one of its own."""
    if "label_en" not in shown:
        return {}
    ends = [re.search(r"\b([A-Z]{1,2})$", str(name)) for name in shown["label_en"]]
    own = [end[1] for end in ends if end is not None]
    return dict(zip(shown["plan"].astype(str), own, strict=True)) if len(set(own)) == len(shown) else {}


def gain_ranges(worlds: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """P10 and P90 over the worlds of the days that each plan buys, world by world against no plan.

    Parameters
    ----------
    worlds : DataFrame
        Table ``respond_plan_worlds``; a world that the horizon ends counts up to it.

    Examples
    --------
    >>> rows = [("none", 1, 0.5, 40.0), ("none", 2, 0.5, 60.0), ("a", 1, 0.5, 85.0), ("a", 2, 0.5, 90.0)]
    >>> gain_ranges(pd.DataFrame(rows, columns=["plan", "world", "probability", "time_d"]))["a"]
    (30.0, 45.0)
    """
    zero = worlds[worlds["plan"] == "none"].set_index("world")["time_d"]
    found = {}
    for plan, part in worlds.groupby("plan", sort=False):
        days = part["time_d"] - part["world"].map(zero)
        order = days.dropna().sort_values(kind="stable").index
        if len(order):
            below = part.loc[order, "probability"].cumsum() / part.loc[order, "probability"].sum()
            ends = [days.loc[order][below >= share - 1e-9].iloc[0] for share in (0.1, 0.9)]
            found[str(plan)] = (float(ends[0]), float(ends[1]))
    return found


def _letter(place: int) -> str:
    head, last = divmod(place, 26)
    return (_letter(head - 1) if head else "") + chr(ord("A") + last)


def undominated(shown: pd.DataFrame) -> pd.DataFrame:
    """Of the efficient plans those that no other one beats on both axes: the corners of the step line.

    A robust pick may lie below the line: it regrets least, and need not be best anywhere.
    """
    rows = shown.dropna(subset=["time_gained_d", "share"])
    to_the_right = rows["share"][::-1].cummax()[::-1].shift(-1)
    return rows[~(rows["share"] <= to_the_right)]


def plan_names(plans: pd.DataFrame, lang: Lang) -> dict[str, str]:
    """Every plan as tables name it: by its letter, else by its own name.

    Examples
    --------
    >>> rows = [("p", "front", 9.0, 0.5, "Front 1", "計画1")]
    >>> rows += [("none", "none", 0.0, 0.4, "No plan", "計画なし")]
    >>> names = ["plan", "role", "time_gained_d", "share", "label_en", "label_ja"]
    >>> plan_names(pd.DataFrame(rows, columns=names), "en")
    {'p': 'Plan A', 'none': 'No plan'}
    """
    known = letters(plans)
    return {
        str(row["plan"]): say("plan_letter", lang, letter=known[str(row["plan"])])
        if str(row["plan"]) in known
        else name_of(row, lang, "plan")
        for row in plans.to_dict("records")
    }
