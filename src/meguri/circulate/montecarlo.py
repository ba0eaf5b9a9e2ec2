"""How uncertain the flows of a system are: a static material flow analysis solved for all draws at once.

Processes hand on what enters them by transfer coefficients. Every number has a range; a Latin hypercube
draws them, and one elimination, written for vectors of draws, solves every run together.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtri
from scipy.stats import rankdata

from meguri.base.errors import DataError, ModelError, Problem
from meguri.base.sampling import triangular
from meguri.base.tables import Schema

Array = npt.NDArray[np.float64]
CHUNK = 8192  # runs solved together: what fits the cache of one core
BAND = float(ndtri(0.95))  # low and high of a lognormal figure are its 5th and 95th percentile
CLOSED = 1e-12  # a loop that gives out less than this never empties


def latin_hypercube(name: str, runs: int, seed: int) -> Array:
    """One number in each of ``runs`` equal parts of (0, 1), in random order: (run,).

    The name has its own stream, so another parameter more or less changes nothing for this one (the
    columns of :func:`meguri.base.sampling.latin_shares` follow their order instead).

    Examples
    --------
    >>> drawn = latin_hypercube("yield", 4, seed=1)
    >>> sorted((drawn * 4).astype(int).tolist())
    [0, 1, 2, 3]
    """
    chance = np.random.default_rng([seed, zlib.crc32(name.encode())])
    return np.asarray((chance.permutation(runs) + chance.random(runs)) / runs)


def quantile(chance: Array, distribution: str, low: float, value: float, high: float) -> Array:
    """Numbers at given chances of a distribution: (run,) in the unit of the figure.

    Parameters
    ----------
    chance : array (run,) in (0, 1)
    distribution : {"triangular", "lognormal", "uniform"}
        Triangular: low, mode and high. Lognormal: value is the median, low and high span 5–95 %.
    low, value, high : float
        ``low == high`` is a constant whatever the distribution.

    Examples
    --------
    >>> quantile(np.array([0.25, 0.5]), "triangular", 0.0, 1.0, 2.0).round(6).tolist()
    [0.707107, 1.0]
    >>> quantile(np.array([0.05, 0.5, 0.95]), "lognormal", 1.0, 10.0, 100.0).round(6).tolist()
    [1.0, 10.0, 100.0]
    """
    if low == high:
        return np.full(chance.shape, value)
    if distribution == "uniform":
        return low + chance * (high - low)
    if distribution == "lognormal":
        return np.asarray(value * np.exp(ndtri(chance) * np.log(high / low) / (2 * BAND)))
    return triangular(chance, low, value, high)


@dataclass(frozen=True)
class System:
    """A static system: what enters from outside, and how each process divides what it holds.

    Attributes
    ----------
    inputs : DataFrame
        Columns of ``mfa_inputs``: process, value [t/a], low, high, distribution.
    shares : DataFrame
        Columns of ``mfa_shares``: from_process, to_process, value [1], low, high, distribution. One
        empty value per process is the rest. A process without shares keeps what it gets.
    """

    inputs: pd.DataFrame
    shares: pd.DataFrame

    @classmethod
    def from_tables(cls, inputs: pd.DataFrame, shares: pd.DataFrame) -> System:
        """Checked system.

        Raises
        ------
        DataError
            With every figure whose range does not hold its value, is not positive where it must be,
            and every process with two rests.
        """
        i = _filled(Schema.of("mfa_inputs").check(inputs, "inputs"))
        s = _filled(Schema.of("mfa_shares").check(shares, "shares"))
        found = [*_bad_ranges(i, "inputs"), *_bad_ranges(s[s["value"].notna()], "shares")]
        found += [Problem("mfa_input_empty", "inputs", p) for p in i.loc[i["value"].isna(), "process"]]
        rests = s[s["value"].isna()].groupby("from_process").size()
        found += [Problem("mfa_two_rests", "shares", process) for process in rests.index[rests > 1]]
        if found:
            raise DataError(found)
        return cls(i, s)

    @cached_property
    def processes(self) -> list[str]:
        """All processes, sorted."""
        return sorted({*self.inputs["process"], *self.shares["from_process"], *self.shares["to_process"]})

    def draw(self, runs: int, seed: int) -> tuple[Array, Array]:
        """Inputs (input, run) [t/a] and shares (share, run) [1] before they are made to add up."""
        given = _draws("input", self.inputs, self.inputs["process"], runs, seed)
        name = self.shares["from_process"] + ">" + self.shares["to_process"]
        return given, _draws("share", self.shares, name, runs, seed)


def _filled(frame: pd.DataFrame) -> pd.DataFrame:
    """An absent bound is the value itself, an absent distribution triangular."""
    out = frame.assign(low=frame["low"].fillna(frame["value"]), high=frame["high"].fillna(frame["value"]))
    return out.assign(distribution=frame["distribution"].replace("", "triangular"))


def _bad_ranges(frame: pd.DataFrame, table: str) -> list[Problem]:
    ordered = (frame["low"] <= frame["value"]) & (frame["value"] <= frame["high"])
    positive = frame["distribution"].ne("lognormal") | (frame["low"] > 0)
    return [
        Problem("mfa_range" if not fits else "mfa_positive", f"{table}[{n + 1}]", f"{low} … {mid} … {high}")
        for n, fits, good, low, mid, high in zip(
            frame.index, ordered, positive, frame["low"], frame["value"], frame["high"], strict=True
        )
        if not (fits and good) and not np.isnan(mid)
    ]


def _draws(kind: str, frame: pd.DataFrame, names: pd.Series[str], runs: int, seed: int) -> Array:
    """(row, run); the rest of a process is drawn as NaN and filled later."""
    drawn = np.empty((len(frame), runs))
    columns = frame[["distribution", "low", "value", "high"]].itertuples(index=False, name=None)
    for row, (name, (distribution, low, value, high)) in enumerate(zip(names, columns, strict=True)):
        if np.isnan(value) or low == high:
            drawn[row] = value
        else:
            chance = latin_hypercube(f"{kind}:{name}", runs, seed)
            drawn[row] = quantile(chance, distribution, low, value, high)
    return drawn


def closed(shares: Array, owner: npt.NDArray[np.int64]) -> tuple[Array, Array]:
    """Shares that add to 1 in every run, and how many runs of each process had to be scaled to do so.

    A rest (NaN) takes what the others leave; where these exceed 1, or where there is no rest, all are
    scaled to 1, so that no mass is made or lost.

    Parameters
    ----------
    shares : array (share, run) [1]
        Drawn shares >= 0, NaN for a rest.
    owner : array (share,)
        Place of the process each share divides.

    Returns
    -------
    (array (share, run), array (process,))

    Examples
    --------
    >>> whole, scaled = closed(np.array([[0.3, 1.2], [np.nan, np.nan]]), np.array([0, 0]))
    >>> whole.tolist(), scaled.tolist()
    ([[0.3, 1.0], [0.7, 0.0]], [1.0])
    """
    out, scaled = shares.copy(), np.zeros(owner.max(initial=-1) + 1)
    for process in np.unique(owner):
        rows = np.flatnonzero(owner == process)
        rest = rows[np.isnan(shares[rows, 0])]
        named = np.setdiff1d(rows, rest)
        total = out[named].sum(axis=0)
        if rest.size:
            out[rest[0]] = np.maximum(1 - total, 0.0)
            total = np.maximum(total, 1.0)
        off = np.abs(total - 1) > 1e-12
        scaled[process] = int(off.sum())
        out[named] /= np.where(off, total, 1.0)
    return out, scaled


def solve(
    given: Array, source: npt.NDArray[np.int64], shares: Array, start: npt.NDArray[np.int64],
    end: npt.NDArray[np.int64], processes: int,
) -> Array:  # fmt: skip
    """What passes through each process in every run: x = (I − Tᵀ)⁻¹·b by elimination over all runs.

    Parameters
    ----------
    given : array (input, run) [t/a]
        Mass from outside; ``source`` (input,) is the process it enters.
    shares : array (share, run) [1]
        Transfer coefficients from ``start`` (share,) to ``end`` (share,).
    processes : int
        Number of processes.

    Returns
    -------
    array (process, run) [t/a]

    Raises
    ------
    ModelError
        When a loop gives out nothing, so that its flows would be endless; its place is in the message.

    Notes
    -----
    Nodes are eliminated in the order that makes fewest new links, so a chain without loops costs one
    operation a link. I − T is an M-matrix: no pivoting is needed.
    """
    runs = given.shape[1]
    b = np.zeros((processes, runs))
    np.add.at(b, source, given)
    links: dict[tuple[int, int], Array] = {}
    for row, key in enumerate(zip(start.tolist(), end.tolist(), strict=True)):
        links[key] = links[key] + shares[row] if key in links else shares[row]
    steps: list[tuple[int, list[tuple[int, Array]], Array]] = []
    left = set(range(processes))
    while left:
        node = min(sorted(left), key=lambda k: _fill(links, k))
        steps.append(_eliminate(node, links, b))
        left.remove(node)
    x = np.empty((processes, runs))
    for node, before, keep in reversed(steps):
        x[node] = b[node] * keep
        for other, share in before:
            x[node] += x[other] * share * keep
    return x


def _fill(links: dict[tuple[int, int], Array], node: int) -> int:
    """Links that eliminating a node makes."""
    into = sum(1 for i, j in links if j == node and i != node)
    out = sum(1 for i, j in links if i == node and j != node)
    return into * out


def _eliminate(
    node: int, links: dict[tuple[int, int], Array], b: Array
) -> tuple[int, list[tuple[int, Array]], Array]:
    """Hand what a node holds straight to its followers; what it got from others is put back later."""
    own = links.pop((node, node), None)
    left = np.ones(b.shape[1]) if own is None else 1 - own
    if (left < CLOSED).any():
        raise ModelError(Problem("mfa_closed_loop", str(node), f"{left.min():.3g}"))
    keep = 1 / left
    before = [(i, links.pop((i, j))) for i, j in list(links) if j == node]
    after = [(j, links.pop((i, j))) for i, j in list(links) if i == node]
    for j, share in after:
        passed = share * keep
        b[j] += b[node] * passed
        for i, into in before:
            links[i, j] = links[i, j] + into * passed if (i, j) in links else into * passed
    return node, before, keep


@dataclass(frozen=True)
class Runs:
    """All runs: ``through`` (process, run) and ``flow`` (share, run) [t/a], with the draws' seed."""

    system: System
    seed: int
    through: Array
    flow: Array
    scaled: Array  # (process,) runs whose shares had to be scaled to add to 1

    def of(self, start: str, end: str) -> Array:
        """One flow in every run: (run,) [t/a]."""
        s = self.system.shares
        rows = np.flatnonzero(((s["from_process"] == start) & (s["to_process"] == end)).to_numpy())
        return np.asarray(self.flow[rows].sum(axis=0))

    def process(self, name: str) -> Array:
        """What passes through a process in every run: (run,) [t/a]."""
        return np.asarray(self.through[self.system.processes.index(name)])

    def table(self) -> pd.DataFrame:
        """Columns of ``mfa_flows``: mean, sd and percentiles of every flow and process."""
        s = self.system
        rows = [*zip(["flow"] * len(s.shares), s.shares["from_process"], s.shares["to_process"], strict=True)]
        rows += [("process", name, "") for name in s.processes]
        frame = pd.DataFrame(rows, columns=["kind", "from_process", "to_process"])
        values = np.vstack([self.flow, self.through])
        frame["mean"], frame["sd"] = values.mean(axis=1), values.std(axis=1)
        for name, part in (("p5", 0.05), ("p50", 0.5), ("p95", 0.95)):
            frame[name] = np.quantile(values, part, axis=1, method="inverted_cdf")
        frame["scaled"] = [*([np.nan] * len(s.shares)), *(self.scaled / values.shape[1])]
        return Schema.of("mfa_flows").check(frame)

    def drivers(self, output: Array) -> pd.DataFrame:
        """Columns of ``mfa_drivers``: rank correlation of an output (run,) with every drawn figure."""
        s, ranks = self.system, rankdata(output)
        given, shares = s.draw(output.size, self.seed)
        names = [f"input {p}" for p in s.inputs["process"]]
        names += [f"{a} > {b}" for a, b in zip(s.shares["from_process"], s.shares["to_process"], strict=True)]
        drawn = [(n, v) for n, v in zip(names, [*given, *shares], strict=True) if np.ptp(v) > 0]
        found = [(name, float(np.corrcoef(rankdata(v), ranks)[0, 1])) for name, v in drawn]
        frame = pd.DataFrame(found, columns=["figure", "correlation"])
        order = frame["correlation"].abs().sort_values(ascending=False, kind="stable").index
        return Schema.of("mfa_drivers").check(frame.loc[order].reset_index(drop=True))


def simulate(system: System, runs: int = 100_000, seed: int = 1) -> Runs:
    """Every flow of a static system in every draw of its uncertain figures.

    Parameters
    ----------
    system : System
        What enters, and how processes divide it.
    runs : int
        Number of draws.
    seed : int
        Same seed, same bytes.

    Examples
    --------
    >>> system = System.from_tables(
    ...     pd.DataFrame({"process": ["use"], "value": [100.0], "low": [90.0], "high": [110.0]}),
    ...     pd.DataFrame({"from_process": ["use", "use"], "to_process": ["recycler", "loss"],
    ...                   "value": [0.4, np.nan], "low": [0.3, np.nan], "high": [0.5, np.nan]}))
    >>> found = simulate(system, runs=1000)
    >>> float(found.table()["mean"].iloc[0].round(1)), float(found.process("use").mean().round(1))
    (40.0, 100.0)
    """
    place = {name: n for n, name in enumerate(system.processes)}
    start, end = (
        system.shares[side].map(place).to_numpy(dtype=np.int64) for side in ("from_process", "to_process")
    )
    source = system.inputs["process"].map(place).to_numpy(dtype=np.int64)
    given, drawn = system.draw(runs, seed)
    shares, scaled = closed(drawn, start) if len(drawn) else (drawn, np.zeros(0))
    through = np.empty((len(place), runs))
    for begin in range(0, runs, CHUNK):
        part = slice(begin, min(begin + CHUNK, runs))
        try:
            through[:, part] = solve(given[:, part], source, shares[:, part], start, end, len(place))
        except ModelError as error:
            raise ModelError(_named(error, system.processes)) from None
    shares *= through[start]
    counted = np.zeros(len(place))
    counted[: scaled.size] = scaled
    return Runs(system, seed, through, shares, counted)


def _named(error: ModelError, processes: list[str]) -> list[Problem]:
    return [Problem(p.key, processes[int(p.place)], p.found, p.file, p.details) for p in error.problems]
