"""Columns, rows and averages over steps, from which the blocks of `flow` are built."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from meguri.respond.instance import Instance, World

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_LATER = 1e-7  # [1/d] so that a reason names the day from which nothing helps


@dataclass(frozen=True)
class Block:
    """Least cost @ z with matrix @ z <= start + effect @ x and 0 <= z <= most, for sizes x of the options.

    ``lost`` are the columns of lost output [1 of plan] of the tracked nodes, ``late`` of what a process
    lacks beyond what it may while it is to be held; axes (tracked | process, step), -1 where nothing can
    lack. ``until`` [1] is the
    part of each step in which the processes are held: a process held for the first days of a step makes
    as much in it as is asked on those days.
    """

    matrix: csr_array  # (row, column)
    start: Floats  # (row,)
    effect: csr_array  # (row, option)
    most: Floats  # (column,)
    cost: Floats  # (column,) weight of lost output [d], or [1] in the rate block
    lost: Ints
    late: Ints
    until: Ints  # (step,) columns
    tracked: Ints  # (tracked,) nodes that lose output
    held: Ints  # (process,) rows of ``tracked`` that are processes
    starts: Floats  # (step + 1,) [d]

    @property
    def open_steps(self) -> Ints:
        """Steps in which some process may fall short."""
        return np.flatnonzero(self.until >= 0)

    @property
    def lacking(self) -> Ints:
        """Columns of what processes lack."""
        return np.asarray(self.late[self.late >= 0])

    def digest(self) -> str:
        """Of all numbers but what options bring."""
        found, matrix = hashlib.sha256(), self.matrix
        for part in (matrix.data, matrix.indices, matrix.indptr, self.start, self.most, self.cost, self.lost,
                     self.late, self.until, self.starts):  # fmt: skip
            found.update(np.ascontiguousarray(part).tobytes())
        return found.hexdigest()

    def price_of_lack(self) -> Floats:
        """Days of each step for every column of `lacking`; of equal days, what lacks later is cheaper."""
        length = np.diff(self.starts) * (1.0 - _LATER * self.starts[:-1])
        days = np.broadcast_to(length[None, :], self.late.shape)
        return np.asarray(days[self.late >= 0])

    def held_until(self, target: float) -> Floats:
        """Part of each open step that lies before a day; axes (open step,)."""
        part = np.clip((target - self.starts[:-1]) / np.diff(self.starts), 0.0, 1.0)
        return np.asarray(part[self.open_steps])


class Rows:
    """Columns and rows of one block as they are added; places come back as (item, step)."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.columns = self.height = 0
        self._most: list[Floats] = []
        self._start: list[Floats] = []
        self._cells: list[tuple[Ints, Ints, Floats]] = []
        self._effects: list[tuple[Ints, Ints, Floats]] = []
        self._fixed: list[tuple[Ints, Floats]] = []
        self._dropped: list[Ints] = []

    def column(self, items: int, most: npt.ArrayLike = np.inf) -> Ints:
        """Add variables for some items in every step."""
        found = self.columns + np.arange(items * self.steps).reshape(items, self.steps)
        self.columns += found.size
        self._most.append(np.broadcast_to(np.asarray(most, dtype=float), found.shape).ravel())
        return found

    def row(self, items: int, start: npt.ArrayLike = 0.0, steps: int | None = None) -> Ints:
        """Add rows with what they may reach without any option."""
        shape = items, self.steps if steps is None else steps
        found = self.height + np.arange(shape[0] * shape[1]).reshape(shape)
        self.height += found.size
        self._start.append(np.broadcast_to(np.asarray(start, dtype=float), shape).ravel())
        return found

    def put(self, rows: Ints, columns: Ints, values: npt.ArrayLike) -> None:
        """Put values into cells; what falls on one cell is summed."""
        rows, columns, cells = np.broadcast_arrays(rows, columns, np.asarray(values, dtype=float))
        kept = cells.ravel() != 0.0
        self._cells.append((rows.ravel()[kept], columns.ravel()[kept], cells.ravel()[kept]))

    def bring(self, rows: Ints, option: int, values: npt.ArrayLike) -> None:
        """Raise what rows may reach by so much per unit of size of an option."""
        rows, cells = np.broadcast_arrays(rows, np.asarray(values, dtype=float))
        kept = cells.ravel() != 0.0
        brought = rows.ravel()[kept]
        self._effects.append((brought, np.full(brought.size, option), cells.ravel()[kept]))

    def fix(self, columns: Ints, where: Mask, values: npt.ArrayLike) -> None:
        """These columns are no variables: they have these values."""
        cells = np.broadcast_to(np.asarray(values, dtype=float), columns.shape)
        self._fixed.append((columns[where], cells[where]))

    def drop(self, rows: Ints) -> None:
        """These rows hold whatever is done."""
        self._dropped.append(rows.ravel())

    def add_start(self, rows: Ints, values: npt.ArrayLike) -> None:
        """Raise what rows may reach."""
        start = self.start
        np.add.at(start, rows, values)
        self._start = [start]

    @property
    def start(self) -> Floats:
        """What rows may reach; axes (row,)."""
        return np.concatenate([np.zeros(0), *self._start])

    @property
    def most(self) -> Floats:
        """Bounds of the variables; axes (column,)."""
        return np.concatenate([np.zeros(0), *self._most])

    def rest(self, options: int) -> tuple[Ints, csr_array, Floats, csr_array]:
        """What is left when fixed columns are values: new number of each column (-1 fixed), and the rows.

        Rows without any variable, and those dropped, are left out.
        """
        value, free = np.zeros(self.columns), np.ones(self.columns, dtype=bool)
        for columns, values in self._fixed:
            value[columns], free[columns] = values, False
        kept = np.ones(self.height, dtype=bool)
        for rows in self._dropped:
            kept[rows] = False
        matrix = _sparse(self._cells, (self.height, self.columns))
        start = self.start - matrix @ value
        matrix = matrix[:, np.flatnonzero(free)]
        kept &= np.diff(matrix.indptr) > 0
        rows = np.flatnonzero(kept)
        effect = _sparse(self._effects, (self.height, options))
        return np.where(free, np.cumsum(free) - 1, -1), matrix[rows], start[rows], effect[rows]


def _sparse(cells: Sequence[tuple[Ints, Ints, Floats]], shape: tuple[int, int]) -> csr_array:
    rows, columns, values = (
        np.concatenate([np.zeros(0, dtype=kind), *(part[at] for part in cells)])
        for at, kind in enumerate((np.int64, np.int64, np.float64))
    )
    found = csr_array(coo_array((values, (rows, columns)), shape=shape))
    found.sum_duplicates()
    return found


class Span:
    """The steps of a block and averages over them."""

    def __init__(self, instance: Instance, world: World, lasting: bool) -> None:
        first, last = instance.window
        self.lasting = lasting
        self.starts = np.array([first, last], dtype=float) if lasting else instance.starts
        self.length = np.diff(self.starts)
        self.steps = self.length.size
        self.first = world.first
        self.days = np.arange(int(np.floor(self.starts[0])), int(np.ceil(self.starts[-1])))
        edge = np.clip(self.starts[:, None] - self.days[None, :], 0.0, 1.0)
        self.weight = (edge[1:] - edge[:-1]) / self.length[:, None]  # (step, day)

    def mean(self, daily: npt.ArrayLike) -> Floats:
        """Average over each step of something given for every day of the filters; axes (step, …)."""
        cells = np.asarray(daily, dtype=float)[self.first + self.days]
        return np.asarray(np.tensordot(self.weight, cells, axes=1))

    def arriving(self, late: Floats) -> Floats:
        """Part of a day's shipments of step s that reach each day of step t; axes (item, s, t).

        ``late`` are the days on the way of each item, axes (item,) or (item, s).
        """
        if self.lasting:
            return np.ones((late.shape[0], 1, 1))
        shift = (late if late.ndim == 2 else late[:, None])[:, :, None]
        begin, end = self.starts[:-1], self.starts[1:]
        low = np.maximum(begin[None, :, None] + shift, begin[None, None, :])
        high = np.minimum(end[None, :, None] + shift, end[None, None, :])
        return np.asarray(np.clip(high - low, 0.0, None) / self.length[None, None, :])
