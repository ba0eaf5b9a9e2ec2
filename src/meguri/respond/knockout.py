"""What changes when a firm is gone: quantity, and the strength of the processes it served.

Strength is read in the rows of table 2-6 of document 000, as directions with ranges in units of work, never
of money. How long it is missing comes from the engine: each function becomes an input of the process it
serves, the firm's delivery ends on the first day, and whoever may replace it must qualify first and
then learns (:mod:`meguri.shock.requalify`). Sizes of effects and days are assumed (``data/sme``); what the
document says of them is tested like any other claim, and holds or does not.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sampling import latin_shares, triangular
from meguri.base.tables import Schema
from meguri.base.terms import packaged, suggest
from meguri.scenario.schema import Disruption, Range, Scenario
from meguri.shock.run import run_all
from meguri.structure.chain import Chain
from meguri.structure.knowhow import Network, levels, position, rates, single_holders, succession

Floats = npt.NDArray[np.float64]
Ends = tuple[float, float, float]  # low, most likely, high
MEASURES = ("yield_variance", "recovery_time", "life", "development_time")
WORSE = {"yield_variance": "up", "recovery_time": "up", "life": "down", "development_time": "up"}
BASELINES = {
    "yield_variance": ("yield_sd", "1"), "recovery_time": ("mttr", "h"), "life": ("life", "h"),
    "development_time": ("development", "month"),
}  # fmt: skip
ALMOST = 0.05  # [1] of plan: a smaller change of quantity counts as almost none
BACK = 0.95  # [1] of what was lost
HORIZON = 2555  # [d]: seven years
YEAR = 365  # [d]; the chain is an index with one unit a day
_FIRST = dt.date(2025, 1, 1)  # any day: nothing here hangs on the calendar
_EVIDENCE = {"source": "meguri-assumption", "grade": "assumed"}


@dataclass(frozen=True)
class KnockoutAnswer:
    """Tables of one knock-out.

    Attributes
    ----------
    firm : str
        Who is gone.
    tables : mapping
        ``knockout``, ``knockout_back``, ``knockout_curve``, ``knockout_effects``, ``knockout_claim``, and of
        the whole network ``position``, ``succession``, ``single_holders``.
    """

    firm: str
    tables: Mapping[str, pd.DataFrame]


def knock_out(
    network: Network, node: str, functions: Sequence[str] | None = None, *, runs: int = 40, seed: int = 1
) -> KnockoutAnswer:
    """What changes for the processes a firm serves when it is gone.

    Parameters
    ----------
    network : Network
        Firms, functions, processes, people.
    node : str
        Firm that is gone.
    functions : sequence of str, optional
        Functions of table 2-2 it no longer performs; left out, all.
    runs, seed : int
        Draws over the assumed ranges; same seed, same answer.

    Raises
    ------
    DataError
        When the network has no such firm, naming those it has, or the firm performs none of the functions.

    Examples
    --------
    >>> from meguri.structure.knowhow_read import example_network
    >>> table = knock_out(example_network(), "tool", runs=2).tables["knockout"]
    >>> table.loc[table["process"] == "drills", ["measure", "direction"]].head(3).to_numpy().tolist()
    [['quantity', 'unchanged'], ['yield_variance', 'up'], ['recovery_time', 'up']]
    """
    lost = _lost(network, node, functions)
    weeks = _told(lost, runs, seed)
    units = {process: worst_year(shipped(good, runs, seed)) for process, good in weeks.items()}
    processes = network.processes.set_index("process")
    made = {
        "knockout": _measures(lost, units, processes), "knockout_back": _back(lost, weeks, processes),
        "knockout_curve": _curves(weeks),
    }  # fmt: skip
    made["knockout_effects"] = _effects(made["knockout"])
    made["knockout_claim"] = _claims(made["knockout"], units)
    tables = {name: Schema.of(name).check(table, name) for name, table in made.items()}
    tables |= {
        "position": position(network), "succession": succession(network),
        "single_holders": single_holders(network),
    }  # fmt: skip
    return KnockoutAnswer(node, MappingProxyType(tables))


def _lost(network: Network, node: str, functions: Sequence[str] | None) -> pd.DataFrame:
    names = network.firms["firm"].tolist()
    if node not in names:
        details = {"names": ", ".join(names), "near": suggest(node, names) or names[0]}
        raise DataError(Problem("knockout_node", "node", node, "", details))
    lost = network.others(node)
    if functions is not None:
        lost = lost[lost["function"].isin(list(functions))]
    if lost.empty:
        raise DataError(Problem("knockout_roles", f"roles of {node}", ", ".join(functions or ())))
    return lost.reset_index(drop=True)


# --- assumed sizes --------------------------------------------------------------------------------


@cache
def _sizes(name: str, keys: tuple[str, ...]) -> Mapping[tuple[str, ...], Ends]:
    with packaged("sme", f"{name}.csv").open("rb") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    table = Schema.of(f"sme_{name}").check(rows, f"{name}.csv")
    return MappingProxyType({
        tuple(row[key] for key in keys): (row["value_low"], row["value"], row["value_high"])
        for row in table.to_dict("records")
    })  # fmt: skip


def effect_size(function: str, measure: str) -> Ends:
    """Effect of losing a function wholly: low, most likely, high; a share for ``output_lost``, else a ratio.

    Examples
    --------
    >>> effect_size("trouble", "recovery_time")
    (1.5, 2.5, 5.0)
    """
    return _sizes("effects", ("function", "measure"))[function, measure]


def replacement(level: str, by: str, quantity: str) -> Ends:
    """Days or yield of whoever replaces a function of a level of substitutability.

    Examples
    --------
    >>> replacement("very_low", "anew", "qualification")
    (365.0, 730.0, 1460.0)
    """
    return _sizes("replacement", ("level", "by", "quantity"))[level, by, quantity]


def share_lost(here: int) -> float:
    """Share of a function that goes with one firm when others hold it for the same process.

    They are taken to share it evenly; no record says how they do.

    Examples
    --------
    >>> share_lost(0), share_lost(1)
    (1.0, 0.5)
    """
    return 1.0 / (1 + here)


# --- the small chain ------------------------------------------------------------------------------


def small_chain(lost: pd.DataFrame) -> Chain:
    """Each function lost as an input of the process it serves, with those who may replace it.

    Parameters
    ----------
    lost : DataFrame
        Rows of :meth:`meguri.structure.knowhow.Network.others`.

    Returns
    -------
    Chain
        An index: one unit a day is the usual output of a process. ``gone`` is the firm, ``here`` the others
        at the process, ``elsewhere`` and ``anew`` those who must qualify first.
    """
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("materials", "nodes", "flows", "recipes")}
    for place, name in enumerate(dict.fromkeys(lost["process"])):
        process = f"process-{place}"
        rows["materials"].append({"material": process, "form": "part", "stage": "part"})
        rows["nodes"].append(_node(process, process, YEAR))
        for role in lost[lost["process"] == name].itertuples():
            for table, row in _input(process, role):
                rows[table].append(row)
    return Chain.from_tables(**{name: pd.DataFrame(listed) for name, listed in rows.items()})


def _node(node: str, material: str, output: float) -> dict[str, Any]:
    return {"node": node, "kind": "site", "stage": "part", "country": "XX", "material": material,
            "output": output, "capacity": YEAR, **_EVIDENCE}  # fmt: skip


def _input(process: str, role: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """One function as an input of a process: product, recipe, suppliers and their flows."""
    good = f"{process}-{role.function}"
    level, share = levels()[role.function], share_lost(role.here)
    yield "materials", {"material": good, "form": "processed", "stage": "equipment"}
    yield "recipes", {
        "node": process, "input": good, "need": 1.0, "target": 0.0, **_EVIDENCE,
        "essentiality": "essential" if role.essential else "important",
        **_ranged("loss", effect_size(role.function, "output_lost")), **_ranged("stock", rates()["settings"]),
    }  # fmt: skip
    for who, amount in (("gone", share), ("here", 1 - share)):
        if amount > 0:
            yield "nodes", _node(f"{good}-{who}", good, amount * YEAR)
            yield "flows", _flow(f"{good}-{who}", process, amount * YEAR, qualified=True)
    for who in ("elsewhere", "anew"):
        if who == "anew" or role.elsewhere:
            yield "nodes", _node(f"{good}-{who}", good, 0.0)
            flow = _flow(f"{good}-{who}", process, YEAR, qualified=False)
            for quantity in ("qualification", "first_yield", "recovery"):
                flow |= _ranged(quantity, replacement(level, who, quantity))
            yield "flows", flow


def _flow(supplier: str, customer: str, amount: float, *, qualified: bool) -> dict[str, Any]:
    return {"supplier": supplier, "customer": customer, "amount": amount, "lead": 1, "qualified": qualified,
            **_EVIDENCE}  # fmt: skip


def _ranged(name: str, ends: Ends) -> dict[str, float]:
    return {f"{name}_low": ends[0], name: ends[1], f"{name}_high": ends[2]}


def _told(lost: pd.DataFrame, runs: int, seed: int) -> dict[str, Floats]:
    """Output of each process as a share of plan after the firm is gone; axes (run, week)."""
    chain = small_chain(lost)
    gone = [node for node in chain.nodes["node"] if node.endswith("-gone")]
    whole = Range(1, 1, 1, "1")
    scenario = Scenario(
        name="knock-out", label={"en": "Knock-out", "ja": "企業の喪失"}, chain="network",
        start=_FIRST, clock=_FIRST,
        horizon=Range(HORIZON, HORIZON, HORIZON, "d"),
        disruptions=tuple(Disruption(node=one, start=_FIRST, lost=whole, **_EVIDENCE) for one in gone),
    )  # fmt: skip
    done = run_all(chain, scenario, runs, seed, workers=1)
    number = {node: place for place, node in enumerate(done.layout.nodes["node"])}
    weekly = np.clip(done.weekly, 0.0, 1.0)
    names = dict.fromkeys(lost["process"])
    return {name: weekly[:, :, number[f"process-{place}"]] for place, name in enumerate(names)}


# --- tables ---------------------------------------------------------------------------------------


def shipped(good: Floats, runs: int, seed: int) -> Floats:
    """Units shipped as a share of plan: scrap is made good by starting more, as far as capacity is spare.

    Parameters
    ----------
    good : array (run, week) [1]
        Usable output when no more is started than planned.
    runs, seed : int
        Draws of the spare capacity, ``spare`` in ``data/sme/rates.csv``.

    Examples
    --------
    >>> shipped(np.array([[1.0, 0.0]]), 1, 1).tolist()
    [[1.0, 0.0]]
    """
    low, middle, high = rates()["spare"]
    spare = triangular(next(latin_shares(runs, (seed, 1))), low, middle, high)
    return np.minimum(1.0, good * (1.0 + spare[:, None]))


def worst_year(weeks: Floats) -> Floats:
    """Mean share of plan in the worst 52 weeks; axes (run, week) → (run,).

    Examples
    --------
    >>> float(worst_year(np.array([[1.0] * 52 + [0.5] * 52]))[0])
    0.5
    """
    sums = np.cumsum(np.pad(weeks, ((0, 0), (1, 0))), axis=1)
    return np.asarray((sums[:, 52:] - sums[:, :-52]).min(axis=1) / 52)


def days_until_back(weeks: Floats) -> Floats:
    """Days until 95 % of what was lost is back for good; axes (run, week) → (run,), inf for not at all.

    Examples
    --------
    >>> days_until_back(np.array([[1.0, 0.9, 0.9, 0.96, 0.999, 1.0], [1, 1, 1, 1, 1, 0.9]])).tolist()
    [28.0, inf]
    """
    missing = 1.0 - weeks
    short = missing > (1 - BACK) * missing.max(axis=1, keepdims=True) + 1e-9
    last = np.where(short.any(axis=1), weeks.shape[1] - short[:, ::-1].argmax(axis=1), 0)
    return np.where(last >= weeks.shape[1], np.inf, 7.0 * last)


def _ends_of(values: Floats) -> Ends:
    low, middle, high = np.percentile(values, (5, 50, 95), method="higher")
    return float(low), float(middle), float(high)


def _measures(lost: pd.DataFrame, units: Mapping[str, Floats], processes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for process, held in lost.groupby("process", sort=False):
        base = processes.loc[process]
        key = {"customer": base["customer"], "process": process, "grade": "assumed"}
        moved = {"quantity": (1.0, "1", _ends_of(units[str(process)]))}
        for measure in MEASURES:
            ratio = np.prod([_ratio(role.function, measure, role.here) for role in held.itertuples()], axis=0)
            before, unit = _baseline(base, measure)
            moved[measure] = (before, unit, tuple(before * one for one in ratio))
        for measure, (before, unit, (low, middle, high)) in moved.items():
            rows.append({
                **key, "measure": measure, "before": before, "after": middle, "low": low, "high": high,
                "unit": unit, "direction": _direction(measure, middle / before),
            })  # fmt: skip
    return pd.DataFrame(rows)


def _ratio(function: str, measure: str, here: int) -> Floats:
    """After over before when a function is lost as far as others do not hold it: low, most likely, high."""
    return np.power(effect_size(function, measure), share_lost(here))


def _direction(measure: str, ratio: float) -> str:
    slack = ALMOST if measure == "quantity" else 0.0
    return "down" if ratio < 1 - slack else "up" if ratio > 1 + slack else "unchanged"


def _baseline(process: pd.Series[Any], measure: str) -> tuple[float, str]:
    """Level before, in the unit of work; an index where it is not known."""
    column, unit = BASELINES[measure]
    value = float(process[column])
    if math.isnan(value) or value == 0:
        return 1.0, "index"
    return (value**2 if measure == "yield_variance" else value), unit


def _back(lost: pd.DataFrame, weeks: Mapping[str, Floats], processes: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for process, held in lost.groupby("process", sort=False):
        days = _ends_of(days_until_back(weeks[str(process)]))
        low, middle, high = (day if math.isfinite(day) else math.nan for day in days)
        alone = held[(held["here"] == 0) & (held["elsewhere"] == 0)]
        rows.append({
            "customer": processes.at[process, "customer"], "process": process,
            "functions": "|".join(held["function"]), "nobody_else": "|".join(alone["function"]),
            "back": middle, "back_low": low, "back_high": high, "horizon": float(HORIZON),
            "runs": len(weeks[str(process)]),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _curves(weeks: Mapping[str, Floats]) -> pd.DataFrame:
    """Recovery curve of each process."""
    tables = []
    for process, values in weeks.items():
        low, middle, high = np.percentile(values, (5, 50, 95), axis=0)
        tables.append(pd.DataFrame({
            "process": process, "week": range(values.shape[1]), "output": middle, "output_low": low,
            "output_high": high,
        }))  # fmt: skip
    return pd.concat(tables, ignore_index=True)


@cache
def _printed_losses() -> pd.DataFrame:
    with packaged("sme", "losses.csv").open("rb") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of("sme_losses").check(rows, "losses.csv")


def _effects(measures: pd.DataFrame) -> pd.DataFrame:
    """Rows of table 2-6 with the direction found here beside what the document prints."""
    rows = []
    for (customer, process), table in measures.groupby(["customer", "process"], sort=False):
        moved = dict(zip(table["measure"], table["direction"], strict=True))
        for row in _printed_losses().itertuples():
            because = [one for one in row.because.split("|") if moved[one] == WORSE[one]]
            rows.append({
                "customer": customer, "process": process, "effect": row.effect,
                "direction": "worse" if because else "same", "because": "|".join(because),
                "printed_en": row.printed_en, "printed_ja": row.printed_ja, "line": row.line,
            })  # fmt: skip
    return pd.DataFrame(rows)


def _claims(measures: pd.DataFrame, units: Mapping[str, Floats]) -> pd.DataFrame:
    """Whether production goes on while strength is lost, process by process."""
    rows = []
    for (customer, process), table in measures.groupby(["customer", "process"], sort=False):
        moved = dict(zip(table["measure"], table["direction"], strict=True))
        low, _, high = _ends_of(units[str(process)])
        kept = "yes" if low >= 1 - ALMOST else "no" if high < 1 - ALMOST else "open"
        worse = sum(moved[one] == WORSE[one] for one in MEASURES)
        rows.append({"customer": customer, "process": process, "quantity_low": low, "quantity_kept": kept,
                     "worse": worse, "holds": kept if worse else "no"})  # fmt: skip
    return pd.DataFrame(rows)
