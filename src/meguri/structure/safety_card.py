"""The net is collective: a firm's card without its log, and what the cards of an association say together.

A card holds counts, sums and times in bins: no job, no customer, no name. Cards of firms that never show each
other a log add up to figures of the association, and show which process a single firm holds and which firms
stand to lose one when their people leave.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.observe.shop import Shop
from meguri.structure.safetynet import MINIMUM
from meguri.structure.safetynet_life import lives_by_arm
from meguri.structure.safetynet_times import downtime, recovery_times, unplanned

FORM = "meguri-safety-card-1"
HOURS = (0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 36, 48, 72, 96, 168, 336, 720)  # upper ends of bins of recovery
LEAVING = (60.0, 75.0)  # ages between which people stop working, evenly; grade assumed
YEARS = 5.0
UNITS = {"uptime": "1", "recovery_median": "h", "retrofit_ratio": "1"}


def card(shop: Shop, as_of: str, label: str = "") -> dict[str, Any]:
    """What a firm may hand to its association: counts and sums, JSON-ready.

    Parameters
    ----------
    shop : Shop
        Records of the firm.
    as_of : str
        ISO day of the records' end.
    label : str
        Name under which the card is kept; without one, a number made from its contents.

    Examples
    --------
    >>> works = pd.DataFrame({"work": ["a", "b"], "kind": ["retrofit", "new"]})
    >>> card(Shop.of({"works": works}), "2026-03-31")["retrofit"]
    {'kept': 1, 'new': 1}
    """
    days = downtime(shop, as_of) if len(shop.schedule) else shop.schedule.assign(down=0.0)
    hours, ended = recovery_times(shop, as_of)
    bins = np.searchsorted(HOURS, hours, side="left")
    kinds = shop.works["kind"]
    body: dict[str, Any] = {
        "form": FORM, "as_of": as_of,
        "uptime": {"hours": _tidy(days["hours"].sum()), "down": _tidy(days["down"].sum()),
                   "stops": len(unplanned(shop))},
        "recovery": {"ended": np.bincount(bins[ended], minlength=len(HOURS) + 1).tolist(),
                     "open": np.bincount(bins[~ended], minlength=len(HOURS) + 1).tolist()},
        "retrofit": {"kept": int(kinds.isin(["retrofit", "upgrade"]).sum()),
                     "new": int((kinds == "new").sum())},
        "lives": _lives(shop, as_of), "functions": _functions(shop.people),
        "industries": int(shop.customers["industry"].replace("", None).nunique()),
    }  # fmt: skip
    made = hashlib.sha256(repr(sorted(body.items())).encode()).hexdigest()[:8]
    return {"label": label or f"firm-{made}", **body}


def _tidy(value: float) -> float:
    return round(float(value), 2)


def _lives(shop: Shop, as_of: str) -> dict[str, float]:
    """Days in service and parts worn out, with and without care, in groups that have both."""
    total = {"care_days": 0.0, "care_worn": 0.0, "bare_days": 0.0, "bare_worn": 0.0}
    for arms in lives_by_arm(shop.lives, as_of).values():
        if len(arms[True][0]) and len(arms[False][0]):
            for name, care in (("care", True), ("bare", False)):
                total[f"{name}_days"] += float(arms[care][0].sum())
                total[f"{name}_worn"] += float(arms[care][1].sum())
    return total


def function_key(process: str) -> str:
    """One spelling for a process, so that cards of several firms meet.

    Examples
    --------
    >>> function_key("ＨＩＰ ")
    'hip'
    """
    return unicodedata.normalize("NFKC", process).strip().casefold()


def _functions(people: pd.DataFrame) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for process, rows in people[people["process"] != ""].groupby("process"):
        key = function_key(str(process))
        ages = rows[["age_low", "age_high"]].astype(object).where(rows[["age_low", "age_high"]].notna(), None)
        held = out.setdefault(key, {"ages": [], "teachers": 0})
        held["ages"] += ages.to_numpy().tolist()
        held["teachers"] += int(rows["can_teach"].fillna(False).sum())
    return out


def read_card(content: Mapping[str, Any], file: str) -> dict[str, Any]:
    """A card that somebody handed in, checked.

    Raises
    ------
    DataError
        Naming the part of the card that is missing or of another kind.
    """
    shape = {"label": str, "as_of": str, "uptime": dict, "recovery": dict, "retrofit": dict, "lives": dict,
             "functions": dict}  # fmt: skip
    found = (
        []
        if content.get("form") == FORM
        else [Problem("net_form", f"{file}: form", str(content.get("form")), file)]
    )
    found += [
        Problem(
            "net_part", f"{file}: {name}", type(content.get(name)).__name__, file, {"kind": kind.__name__}
        )
        for name, kind in shape.items()
        if not isinstance(content.get(name), kind)
    ]
    if not found:
        held = content["recovery"]
        wrong = any(len(held.get(part, [])) != len(HOURS) + 1 for part in ("ended", "open"))
        found += (
            [Problem("net_bins", f"{file}: recovery", "", file, {"n": str(len(HOURS) + 1)})] if wrong else []
        )
    if found:
        raise DataError(found, file)
    return dict(content)


@dataclass(frozen=True)
class Net:
    """What the cards say together: ``net_kpis``, ``net_functions``, ``net_leaving``."""

    tables: Mapping[str, pd.DataFrame]


def merge(cards: Sequence[Mapping[str, Any]], minimum: int = MINIMUM) -> Net:
    """Figures of an association, processes that one firm holds, and firms that stand to lose one.

    Parameters
    ----------
    cards : sequence of mappings
        As :func:`card` makes them.
    minimum : int
        Events below which a firm's own value does not enter the spread, and the pooled one is not given.

    Returns
    -------
    Net
        Chances that all holders leave within five years take leaving ages as even between 60 and 75
        (grade assumed); unknown ages make a chance of 0 to 1.

    Raises
    ------
    DataError
        When two cards carry one label.
    """
    labels = [str(one["label"]) for one in cards]
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise DataError([Problem("net_twice", label, label) for label in twice])
    functions = _net_functions(cards)
    made = {
        "net_kpis": _net_kpis(cards, minimum), "net_functions": functions,
        "net_leaving": _net_leaving(cards, functions),
    }  # fmt: skip
    return Net(MappingProxyType({
        name: Schema.of(name).check(rows.reindex(columns=Schema.of(name).names), name)
        for name, rows in made.items()
    }))  # fmt: skip


def _value(kpi: str, part: Mapping[str, Any], minimum: int) -> float:
    if kpi == "uptime":
        enough = part["stops"] >= minimum and part["hours"] > 0
        return 1 - part["down"] / part["hours"] if enough else math.nan
    if kpi == "retrofit_ratio":
        n = part["kept"] + part["new"]
        return part["kept"] / n if n >= minimum else math.nan
    return median_of_bins(part["ended"], part["open"]) if sum(part["ended"]) >= minimum else math.nan


def median_of_bins(ended: Sequence[int], still: Sequence[int]) -> float:
    """Median of binned times with open cases: the upper end of the bin in which the curve falls to a half.

    Examples
    --------
    >>> median_of_bins([0, 3, 1] + [0] * 15, [0] * 18)
    1.0
    """
    alive, left = 1.0, float(sum(ended) + sum(still))
    for end, gone, cut in zip((*HOURS, math.inf), ended, still, strict=True):
        alive *= 1 - gone / left if left else 1.0
        if alive <= 0.5 + 1e-12:
            return float(end)
        left -= gone + cut
    return math.inf


def _net_kpis(cards: Sequence[Mapping[str, Any]], minimum: int) -> pd.DataFrame:
    rows = []
    for kpi, name in (("uptime", "uptime"), ("recovery_median", "recovery"), ("retrofit_ratio", "retrofit")):
        parts = [one[name] for one in cards]
        keys = parts[0].keys() if parts else ()
        total = {key: np.sum([part[key] for part in parts], axis=0).tolist() for key in keys}
        own = [_value(kpi, part, minimum) for part in parts]
        known = [value for value in own if math.isfinite(value)]
        pooled = _value(kpi, total, minimum) if total else math.nan
        rows.append({
            "kpi": kpi, "firms": len(known), "pooled": pooled if math.isfinite(pooled) else math.nan,
            "least": min(known, default=math.nan), "middle": float(np.median(known)) if known else math.nan,
            "most": max(known, default=math.nan), "unit": UNITS[kpi],
        })  # fmt: skip
    return pd.DataFrame(rows)


def leaves(age: float | None, years: float = YEARS) -> float:
    """Chance that a person of an age still at work has left within some years.

    Examples
    --------
    >>> [round(leaves(age), 2) for age in (40, 58, 65, 72, 80)]
    [0.0, 0.2, 0.5, 1.0, 1.0]
    """
    if age is None:
        return math.nan
    first, last = max(age, LEAVING[0]), LEAVING[1]
    return 1.0 if first >= last else float(np.clip((age + years - first) / (last - first), 0, 1))


def all_leave(ages: Sequence[Sequence[float | None]]) -> tuple[float, float]:
    """Chance that everybody of some ages has left within five years, from both ends of each age band.

    Examples
    --------
    >>> all_leave([(67, 67)]), all_leave([(67, 67), (40, 49)]), all_leave([(None, None)])
    ((0.625, 0.625), (0.0, 0.0), (0.0, 1.0))
    """
    ends = [[leaves(pair[side]) for pair in ages] for side in (0, 1)]
    low = math.prod(0.0 if math.isnan(p) else p for p in ends[0])
    high = math.prod(1.0 if math.isnan(p) else p for p in ends[1])
    return low, high


def _net_functions(cards: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    held: dict[str, list[Mapping[str, Any]]] = {}
    for one in cards:
        for function, people in one["functions"].items():
            held.setdefault(function, []).append(people)
    rows = []
    for function, parts in sorted(held.items()):
        ages = [pair for part in parts for pair in part["ages"]]
        low, high = all_leave(ages)
        rows.append({
            "function": function, "firms": len(parts), "holders": len(ages),
            "teachers": sum(part["teachers"] for part in parts), "single": len(parts) == 1,
            "lost_low": low, "lost_high": high,
        })  # fmt: skip
    return pd.DataFrame(rows)


def _net_leaving(cards: Sequence[Mapping[str, Any]], functions: pd.DataFrame) -> pd.DataFrame:
    firms = dict(zip(functions.get("function", []), functions.get("firms", []), strict=True))
    rows = []
    for one in cards:
        for function, people in sorted(one["functions"].items()):
            low, high = all_leave(people["ages"])
            if high > 0:
                rows.append({
                    "firm": one["label"], "function": function, "holders": len(people["ages"]),
                    "chance_low": low, "chance_high": high, "elsewhere": int(firms[function]) - 1,
                })  # fmt: skip
    frame = pd.DataFrame(rows)
    return frame if frame.empty else frame.sort_values(["chance_high", "elsewhere"], ascending=[False, True])
