"""The same budget for one firm or for its process network: who drops out in each.

The budget is months of people who teach and learn, never money. Each training adds one person who can set up
one kind of work in one firm. Alone, all goes to the one firm; in the network, to whichever firm of it loses
most chance of dropping out for a month, after the months of coordination are taken off. Nobody is trained
where nobody can teach: a firm alone needs a teacher of its own, in a network one of another firm will do. A
firm drops out of
a kind of work when nobody is left in five years who can set it up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, cast

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import suggest
from meguri.structure.knowhow import Network, all_leave, holders, rates

Mode = Literal["none", "single", "network"]
MODES: tuple[Mode, ...] = ("none", "single", "network")
_CASES = {"low": (0, 2), "middle": (1, 1), "high": (2, 0)}  # (end of costs, end of success) of each case
_ENOUGH = 1e-9  # a chance below needs nobody more


@dataclass(frozen=True)
class SupportAnswer:
    """Tables ``support`` and ``support_totals``."""

    tables: Mapping[str, pd.DataFrame]


def partners(network: Network, firm: str) -> list[str]:
    """The firm and all that serve a process it serves: its process network.

    Examples
    --------
    >>> from meguri.structure.knowhow_read import example_network
    >>> partners(example_network(), "grind")
    ['gauge', 'grind', 'tool']
    """
    roles = network.roles
    served = roles.loc[roles["firm"] == firm, "process"]
    return sorted({firm, *roles.loc[roles["process"].isin(served), "firm"]})


def compare_support(network: Network, firm: str, budget: float) -> SupportAnswer:
    """Who drops out within five years without support, with support of one firm, of its network.

    Parameters
    ----------
    network : Network
        Firms with their people.
    firm : str
        Firm that would be supported alone.
    budget : float [person-month]
        The same for both.

    Returns
    -------
    SupportAnswer
        Every firm–work pair of the process network with people on record. Ranges take unknown ages, cost
        of a training, chance that the trained stays, and coordination at their best and at their worst.

    Raises
    ------
    DataError
        When the firm is not in the network or the budget is no number of 0 or more.

    Examples
    --------
    >>> from meguri.structure.knowhow_read import example_network
    >>> totals = compare_support(example_network(), "heat", 48).tables["support_totals"]
    >>> totals[["mode", "who"]].to_numpy().tolist()
    [['none', 'heat2'], ['single', 'heat2'], ['network', '']]
    """
    names = network.firms["firm"].tolist()
    if firm not in names:
        details = {"names": ", ".join(names), "near": suggest(firm, names) or names[0]}
        raise DataError(Problem("knockout_node", "firm", firm, "", details))
    if not (math.isfinite(budget) and budget >= 0):
        raise DataError(Problem("support_budget", "budget", str(budget)))
    at_risk = all_leave(network)
    at_risk = at_risk[at_risk["firm"].isin(partners(network, firm))].reset_index(drop=True)
    taught = pd.DataFrame({mode: _teachers(network, at_risk, mode, firm) for mode in MODES})
    parts = [_supported(at_risk, mode, taught[mode], budget) for mode in MODES]
    schema = Schema.of("support")
    table = pd.concat(parts, ignore_index=True)[schema.names]
    totals = pd.DataFrame([_total(part, mode, budget) for mode, part in zip(MODES, parts, strict=True)])
    return SupportAnswer(MappingProxyType({
        "support": schema.check(table, "support"),
        "support_totals": Schema.of("support_totals").check(totals, "support_totals"),
    }))  # fmt: skip


def trainings(chances: np.ndarray, allowed: np.ndarray, count: int, stays: float) -> np.ndarray:
    """How many people are trained for each pair, one after the other where it helps most.

    Parameters
    ----------
    chances : array (pair,) [1]
        Chance of dropping out without support.
    allowed : array (pair,) of bool
        Pairs the budget may go to.
    count : int
        People it pays for.
    stays : float [1]
        Chance that one trained is still there.

    Returns
    -------
    array (pair,) of int
        Whoever is chosen with a smaller budget is chosen with a larger one too.

    Examples
    --------
    >>> trainings(np.array([0.9, 0.5, 1.0]), np.array([True, True, False]), 2, 0.8).tolist()
    [1, 1, 0]
    """
    trained = np.zeros(chances.size, dtype=int)
    left = np.where(allowed, chances, 0.0)
    for _ in range(count):
        if left.size == 0 or left.max() <= _ENOUGH:
            break
        best = int(left.argmax())  # a training takes the same share of any chance, so the largest gains most
        trained[best] += 1
        left[best] *= 1.0 - stays
    return trained


def _teachers(network: Network, at_risk: pd.DataFrame, mode: Mode, firm: str) -> list[str]:
    """Whether each pair has anybody to teach it: yes, unknown, no; in a network from any firm of it."""
    held = holders(network)
    held = held[held["firm"].isin(at_risk["firm"])]
    known = []
    for pair in at_risk.itertuples():
        reach = held["firm"].eq(pair.firm) | (mode == "network")
        teach = held.loc[(held["work"] == pair.work) & reach, "can_teach"]
        told = "yes" if teach.fillna(False).any() else "unknown" if teach.isna().any() else "no"
        known.append(told if mode == "network" or (mode == "single" and pair.firm == firm) else "no")
    return known


def _supported(at_risk: pd.DataFrame, mode: Mode, taught: pd.Series[str], budget: float) -> pd.DataFrame:
    """Chance of each pair to drop out in one mode, at the best, in the middle and at the worst."""
    known = at_risk["chance"].fillna((at_risk["low"] + at_risk["high"]) / 2)  # only to decide who comes first
    ends = {"low": at_risk["low"], "middle": known, "high": at_risk["high"]}
    result, trained = {}, {}
    for case, (cost_end, success_end) in _CASES.items():
        share = 1.0 - rates()["overhead"][cost_end] if mode == "network" else 1.0
        count = 0 if mode == "none" else int(budget * share / rates()["training"][cost_end] + 1e-9)
        stays = rates()["stays"][success_end]
        allowed = taught.eq("yes") if case == "high" else taught.ne("no")
        trained[case] = trainings(known.to_numpy(dtype=float), allowed.to_numpy(), count, stays)
        result[case] = ends[case].to_numpy(dtype=float) * (1.0 - stays) ** trained[case]
    return pd.DataFrame({
        "mode": mode, "firm": at_risk["firm"], "work": at_risk["work"], "trained": trained["middle"],
        "chance": np.where(at_risk["chance"].isna(), np.nan, result["middle"]), "chance_low": result["low"],
        "chance_high": result["high"],
        "drops_out": np.where(result["low"] > 0.5, "yes", np.where(result["high"] <= 0.5, "no", "unknown")),
    })  # fmt: skip


def _total(part: pd.DataFrame, mode: Mode, budget: float) -> dict[str, object]:
    def firms(verdict: str) -> str:
        return "|".join(
            dict.fromkeys(cast("list[str]", part.loc[part["drops_out"] == verdict, "firm"].tolist()))
        )

    known = part["chance"].notna().all()
    return {
        "mode": mode, "budget": float(budget), "dropouts": float(part["chance"].sum()) if known else math.nan,
        "dropouts_low": float(part["chance_low"].sum()), "dropouts_high": float(part["chance_high"].sum()),
        "pairs": len(part), "who": firms("yes"), "who_may": firms("unknown"),
    }  # fmt: skip
