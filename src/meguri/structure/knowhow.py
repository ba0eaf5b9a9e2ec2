"""Who holds which function for which process: position, functions held alone, and what leaves with people.

A network is firms × functions of table 2-2 × customers' processes × sectors. Position says who joins
sectors (glue); succession how much of the know-how of setting up a process is expected to be lost in five
years. Both are figures of the records given: a firm that is not in them is not in the network.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.extras import part
from meguri.base.tables import Schema
from meguri.base.terms import packaged, suggest
from meguri.structure.population import printed
from meguri.structure.safety_card import YEARS, leaves

Floats = npt.NDArray[np.float64]
Range = tuple[float, float, float]  # low, most likely, high
TABLES = ("firms", "processes", "roles", "people", "written")
REQUIRED = ("firms", "processes", "roles")
_STEPS = 60  # of five years: a month


@dataclass(frozen=True)
class Network:
    """Firms and what they do for whose processes, checked once.

    Attributes
    ----------
    firms, processes, roles, people, written : DataFrame
        Columns ``knowhow_<name>`` of ``columns.csv``; ``people`` and ``written`` may be empty.
    """

    firms: pd.DataFrame
    processes: pd.DataFrame
    roles: pd.DataFrame
    people: pd.DataFrame
    written: pd.DataFrame

    @classmethod
    def of(cls, tables: Mapping[str, pd.DataFrame], file: str = "") -> Network:
        """Check all tables together.

        Raises
        ------
        DataError
            With every cell that is not as declared, and every row that names a firm or a process that
            stands nowhere.

        Examples
        --------
        >>> Network.of({
        ...     "firms": pd.DataFrame({"firm": ["a"]}),
        ...     "processes": pd.DataFrame({"process": ["p"], "work": ["HIP"], "customer": ["X"],
        ...                                "sector": ["航空"]}),
        ...     "roles": pd.DataFrame({"firm": ["a"], "process": ["p"], "function": ["不具合対応"]}),
        ... }).roles["function"].tolist()
        ['trouble']
        """
        found: list[Problem] = []
        made: dict[str, pd.DataFrame] = {}
        for name in TABLES:
            schema = Schema.of(f"knowhow_{name}")
            if name in tables:
                made[name], problems = schema.problems(tables[name], file)
                found += problems
            else:
                made[name] = schema.empty()
                if name in REQUIRED:
                    found.append(Problem("table_missing", file or name, "", file, {"table": name}))
        found = found or [*_unnamed(made, file), *_fallen_ages(made["people"], file)]
        if found:
            raise DataError(found, file)
        return cls(**made)

    def others(self, firm: str) -> pd.DataFrame:
        """For each function of a firm, who else holds it; one row for each role of the firm.

        Returns
        -------
        DataFrame
            ``process, function, essential, work``, the number of other firms that hold it ``here`` (at the
            same process) and ``elsewhere`` (the same work for other processes).
        """
        roles = self.roles.merge(self.processes[["process", "work"]], on="process")
        mine, rest = roles[roles["firm"] == firm], roles[roles["firm"] != firm]
        rows = []
        for role in mine.itertuples():
            same = rest[(rest["function"] == role.function) & (rest["work"] == role.work)]
            here = set(same.loc[same["process"] == role.process, "firm"])
            rows.append({
                "process": role.process, "function": role.function, "work": role.work,
                "essential": role.essential is not pd.NA and bool(role.essential),
                "here": len(here), "elsewhere": len(set(same["firm"]) - here),
            })  # fmt: skip
        columns = ["process", "function", "work", "essential", "here", "elsewhere"]
        return pd.DataFrame(rows, columns=columns)


def _unnamed(made: Mapping[str, pd.DataFrame], file: str) -> list[Problem]:
    """Rows that name a firm or a process of no other table."""
    firms, processes = list(made["firms"]["firm"]), list(made["processes"]["process"])
    wanted = [("roles", "firm", firms), ("roles", "process", processes), ("people", "firm", firms),
              ("written", "firm", firms)]  # fmt: skip
    return [
        Problem(
            "knowhow_firm" if column == "firm" else "knowhow_process",
            f"{table}[{row}].{column}", name, file, {"near": suggest(name, known) or "…"},
        )
        for table, column, known in wanted
        for row, name in enumerate(made[table][column], start=1)
        if name not in known
    ]  # fmt: skip


def _fallen_ages(people: pd.DataFrame, file: str) -> list[Problem]:
    """Age bands whose lower end is above the upper one."""
    fallen = (people["age_low"] > people["age_high"]).to_numpy().nonzero()[0]
    ends = people[["age_low", "age_high"]].to_numpy()
    return [
        Problem("knowhow_ages", f"people[{row + 1}].age_low", f"{ends[row, 0]:g} … {ends[row, 1]:g}", file)
        for row in fallen
    ]


@cache
def levels() -> Mapping[str, str]:
    """Substitutability of each function as printed in table 2-2; improvement proposals are medium (N6).

    Examples
    --------
    >>> levels()["trouble"], levels()["improvement"]
    ('very_low', 'medium')
    """
    rows = printed()
    rows = rows[rows["table"] == "2-2"]
    return MappingProxyType(dict(zip(rows["key"], rows["level"], strict=True)))


@cache
def rates() -> Mapping[str, Range]:
    """Assumed numbers of ``data/sme/rates.csv``: low, most likely, high."""
    with packaged("sme", "rates.csv").open("rb") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    table = Schema.of("sme_rates").check(rows, "rates.csv")
    return MappingProxyType(
        {
            row.rate: (float(row.value_low), float(row.value), float(row.value_high))
            for row in table.itertuples()
        }
    )


# --- position -------------------------------------------------------------------------------------


def participation(counts: npt.ArrayLike) -> float:
    """How evenly a firm's processes spread over sectors: 0 for one sector, near 1 for many alike.

    Notes
    -----
    P = 1 − Σ (k_s/k)², Guimerà and Amaral (2005), Nature 433:895.

    Examples
    --------
    >>> participation([4]), participation([1, 1]), participation([])
    (0.0, 0.5, nan)
    """
    counts = np.asarray(counts, dtype=float)
    share = counts / counts.sum() if counts.sum() > 0 else np.array([math.nan])
    return round(1 - float((share**2).sum()), 12)  # equal ones tie, whatever the order of rows


def _places(served: pd.DataFrame, by: str) -> pd.DataFrame:
    """Betweenness, participation and sectors of each firm or work; ``served`` has its column and sector."""
    nx = part("networkx", "networkx", "sme")
    known = served[served["sector"] != "other"]
    graph = nx.Graph()
    graph.add_nodes_from((by, name) for name in served[by])
    graph.add_edges_from(
        ((by, one), ("sector", sector)) for one, sector in zip(known[by], known["sector"], strict=True)
    )
    between = nx.betweenness_centrality(graph)
    counts = known.groupby([by, "sector"]).size()
    rows = []
    for name in dict.fromkeys(served[by]):
        mine = counts.loc[[name]].to_numpy() if name in counts.index.get_level_values(0) else np.array([])
        rows.append({
            by: name, "betweenness": round(between[by, name], 12), "participation": participation(mine),
            "sectors": len(mine),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=[by, "betweenness", "participation", "sectors"])


def position(network: Network) -> pd.DataFrame:
    """Which firms join sectors, and what they hold alone, the strongest glue first.

    Returns
    -------
    DataFrame
        Columns of ``position``. The graph has firms on one side and sectors on the other, with an edge where
        a firm serves a process of the sector; processes of no known sector join nothing.

    Notes
    -----
    Betweenness: Freeman (1977), Sociometry 40:35, over pairs of all other points. Participation:
    :func:`participation` over the processes served.

    Examples
    --------
    >>> from meguri.structure.knowhow_read import example_network
    >>> position(example_network())[["firm", "sectors"]].head(1).to_numpy().tolist()
    [['heat', 3]]
    """
    served = network.roles[["firm", "process"]].drop_duplicates().merge(network.processes, on="process")
    table = network.firms[["firm", "region"]].merge(_places(served, "firm"), on="firm", how="left")
    alone = single_holders(network)["firm"].value_counts()
    count = served["firm"].value_counts()
    table["processes"] = table["firm"].map(count).fillna(0).astype(int)
    table["single_holder_functions"] = table["firm"].map(alone).fillna(0).astype(int)
    table[["betweenness", "sectors"]] = table[["betweenness", "sectors"]].fillna(0)
    table["sectors"] = table["sectors"].astype(int)
    table = table.sort_values(
        ["betweenness", "participation", "firm"], ascending=[False, False, True], ignore_index=True
    )
    schema = Schema.of("position")
    return schema.check(table[schema.names], "position")


def glue(network: Network) -> pd.DataFrame:
    """Which kinds of work join sectors: the same graph with work in place of firms; ``knowhow_glue``."""
    table = _places(network.processes, "work")
    served = network.roles.merge(network.processes, on="process")
    table["firms"] = table["work"].map(served.groupby("work")["firm"].nunique()).fillna(0).astype(int)
    table = table.sort_values(["betweenness", "participation", "work"], ascending=[False, False, True])
    return Schema.of("knowhow_glue").check(table.reset_index(drop=True), "knowhow_glue")


def single_holders(network: Network) -> pd.DataFrame:
    """Functions that one firm alone holds for a kind of work in its region, the hardest to replace first.

    Returns
    -------
    DataFrame
        Columns of ``single_holders``.
    """
    joined = network.roles.merge(network.processes[["process", "work"]], on="process")
    joined = joined.merge(network.firms[["firm", "region"]], on="firm")
    people = holders(network).groupby(["firm", "work"]).size()
    rows = []
    for (region, work, function), held in joined.groupby(["region", "work", "function"]):
        if held["firm"].nunique() == 1:
            firm = held["firm"].iat[0]
            rows.append({
                "region": region, "work": work, "function": function, "firm": firm,
                "level": levels()[function], "holders": people.get((firm, work), pd.NA),
            })  # fmt: skip
    schema = Schema.of("single_holders")
    table = schema.check(pd.DataFrame(rows, columns=schema.names), "single_holders")
    order = table["level"].map({"very_low": 0, "low": 1, "medium": 2})
    return table.iloc[np.argsort(order.to_numpy(), kind="stable")].reset_index(drop=True)


def holders(network: Network) -> pd.DataFrame:
    """People who can set up a work by themselves: those still learning left out."""
    learning = network.people["learning"].fillna(False).astype(bool)
    return network.people[~learning]


# --- succession -----------------------------------------------------------------------------------


def kept_after(
    leave: Sequence[float],
    codified: float,
    learning: float = 0.0,
    transfer: float = 0.0,
    years: float = YEARS,
) -> float:
    """Expected know-how after some years, as a share of today's.

    Parameters
    ----------
    leave : sequence of float [1]
        Chance of each holder to have left by then, evenly over the span.
    codified : float [1]
        Share written down, which nobody takes along.
    learning : float [1/a]
        What daily work adds while anybody is left; it leaves with the holders.
    transfer : float [1/a]
        What is taught to those who stay, while anybody is left to teach.
    years : float [a]
        Span.

    Notes
    -----
    dK/dt = learning + transfer − exits·(1 − c)·K/h (METHODS §6) with (1 − c)·K read as what is not written
    down: the written part is not taken away a second time when the next one goes (decisions.md).

    Examples
    --------
    One holder who surely goes takes all that is not written down; of two, one keeps half:

    >>> kept_after([1.0], 0.25), kept_after([1.0, 0.0], 0.0)
    (0.25, 0.5)
    """
    chances = np.asarray(leave, dtype=float)
    gone = float(chances.mean())
    passed = (np.arange(_STEPS) + 0.5) / _STEPS  # of the span
    anybody = 1 - np.prod(chances[:, None] * passed, axis=0)
    stays = np.divide(1 - gone, 1 - gone * passed)
    gained = float((anybody * (learning * stays + transfer)).mean()) * years
    return codified + (1 - codified) * (1 - gone) + gained


def succession(network: Network) -> pd.DataFrame:
    """Expected share of the know-how of each firm's work that is lost within five years.

    Returns
    -------
    DataFrame
        Columns of ``succession``, the highest upper end first. Unknown ages leave the middle empty; the range
        then takes them at their best and at their worst. People leave evenly between 60 and 75 as in
        :func:`meguri.structure.safety_card.leaves`, rates as in ``data/sme/rates.csv``: grade assumed.

    Examples
    --------
    >>> from meguri.structure.knowhow_read import example_network
    >>> table = succession(example_network())
    >>> table[["process", "holders", "expected_loss_5y"]].round(2).head(1).to_numpy().tolist()
    [['grinding', 1, 0.9]]
    """
    written = network.written.set_index(["firm", "work"])
    rows = []
    for (firm, work), people in network.people.groupby(["firm", "work"]):
        known = written.loc[(firm, work)] if (firm, work) in written.index else None
        rows.append({"firm": firm, "process": work, "grade": "assumed", **_loss(people, known)})
    for firm, work in sorted(_carried(network) - {(row["firm"], row["process"]) for row in rows}):
        rows.append({
            "firm": firm, "process": work, "grade": "assumed", "holders": 0, "low": 0.0, "high": 1.0,
            "reason": "no-holders",
        })  # fmt: skip
    schema = Schema.of("succession")
    table = schema.check(pd.DataFrame(rows).reindex(columns=schema.names), "succession")
    return table.sort_values(
        ["high", "low", "firm", "process"], ascending=[False, False, True, True]
    ).reset_index(drop=True)


def _carried(network: Network) -> set[tuple[str, str]]:
    """Work for which a firm performs a function, whether or not its people are on record."""
    joined = network.roles.merge(network.processes[["process", "work"]], on="process")
    return set(zip(joined["firm"], joined["work"], strict=True))


def _loss(people: pd.DataFrame, written: pd.Series[Any] | None) -> dict[str, Any]:
    """Loss of one work of one firm: middle, low and high, or the reason why there is no middle."""
    learner = people["learning"].fillna(False).astype(bool)
    held = people[~learner]
    if held.empty:
        return {"holders": 0, "low": 0.0, "high": 1.0, "reason": "no-holders"}
    ages = held[["age_low", "age_high"]].to_numpy(dtype=float)
    ends = [[leaves(None if np.isnan(age) else age) for age in ages[:, side]] for side in (0, 1)]
    teach = held["can_teach"]
    surely, perhaps = bool(teach.fillna(False).any()), bool(teach.fillna(True).any())
    taught = [learner.any() and surely, learner.any() and surely, learner.any() and perhaps]
    (few, some, many), (slow, usual, quick) = rates()["learning"], rates()["transfer"]
    part_written = [math.nan] * 3 if written is None else _known_range(written)
    least, middle, most = part_written
    low = 1 - kept_after(np.nan_to_num(ends[0], nan=0.0).tolist(), 1.0 if math.isnan(most) else most, many,
                         quick * taught[2])  # fmt: skip
    high = 1 - kept_after(np.nan_to_num(ends[1], nan=1.0).tolist(), 0.0 if math.isnan(least) else least, few,
                          slow * taught[0])  # fmt: skip
    between = np.mean(ends, axis=0)
    reason = "no-ages" if np.isnan(between).any() else "no-codified" if math.isnan(middle) else ""
    loss = math.nan if reason else 1 - kept_after(between.tolist(), middle, some, usual * taught[1])
    return {
        "holders": len(held), "codified": middle, "expected_loss_5y": max(loss, 0.0) if not reason else loss,
        "low": max(low, 0.0), "high": max(high, 0.0), "reason": reason,
    }  # fmt: skip


def _known_range(row: pd.Series[Any]) -> list[float]:
    """Low, most likely and high of what is written down; a value without a range stands for itself."""
    value = float(row["codified"])
    low, high = float(row["codified_low"]), float(row["codified_high"])
    return [value if math.isnan(low) else low, value, value if math.isnan(high) else high]


def all_leave(network: Network) -> pd.DataFrame:
    """Chance that every holder of a firm's work has left in five years: ``firm, work, chance, low, high``.

    Middle empty where an age is unknown; the range then takes it at its best and at its worst.
    """
    rows = []
    for (firm, work), held in holders(network).groupby(["firm", "work"]):
        ages = held[["age_low", "age_high"]].to_numpy(dtype=float)
        ends = np.array([[leaves(None if np.isnan(age) else age) for age in pair] for pair in ages])
        rows.append({
            "firm": firm, "work": work, "chance": float(np.prod(ends.mean(axis=1))),
            "low": float(np.prod(np.nan_to_num(ends[:, 0], nan=0.0))),
            "high": float(np.prod(np.nan_to_num(ends[:, 1], nan=1.0))),
        })  # fmt: skip
    return pd.DataFrame(rows, columns=["firm", "work", "chance", "low", "high"])
