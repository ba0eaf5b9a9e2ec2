"""The first stage: which options, in which size, within the budgets, and what the worlds cost on the whole.

Columns: size of each option as a share of its largest size (whole numbers as they are), whether it is
chosen, a *loss* for each world and axis that is asked for (lost competitiveness [1], lost output [d]), and
what tails, regrets and worlds not held need. Blocks of flows (extensive form) or cuts (decomposition) then
say how large those losses are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, csr_array

from meguri.respond.instance import Goal, Instance, Limits, Option
from meguri.respond.solver import Form

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Cells = dict[int, float]


@dataclass
class Model:
    """A growing mixed-integer program: columns with bounds and cost, rows as cells by column."""

    def __post_init__(self) -> None:
        self.cost: list[float] = []
        self.least: list[float] = []
        self.most: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[Cells] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def column(self, least: float = 0.0, most: float = np.inf, cost: float = 0.0, whole: bool = False) -> int:
        """Add a column; its number."""
        self.least.append(least)
        self.most.append(most)
        self.cost.append(cost)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, cells: Cells, low: float = -np.inf, high: float = np.inf) -> int:
        """Add a row; its number."""
        self.rows.append(cells)
        self.low.append(low)
        self.high.append(high)
        return len(self.low) - 1

    def form(self) -> Form:
        """As arrays."""
        at = np.repeat(np.arange(len(self.rows)), [len(row) for row in self.rows])
        columns = np.array([column for row in self.rows for column in row], dtype=np.int64)
        values = np.array([value for row in self.rows for value in row.values()], dtype=float)
        shape = len(self.rows), len(self.cost)
        return Form(
            csr_array(coo_array((values, (at.astype(np.int64), columns)), shape=shape)),
            np.array(self.low), np.array(self.high), np.array(self.cost), np.array(self.least),
            np.array(self.most), np.array(self.whole, dtype=bool),
        )  # fmt: skip


def needs_rate(goal: Goal, limits: Limits) -> bool:
    """Whether competitiveness is asked for."""
    return goal.wanted in ("share", "regret") or limits.share is not None


def needs_time(goal: Goal, limits: Limits) -> bool:
    """Whether days or lost output are asked for."""
    return goal.wanted == "loss" or limits.time is not None


class Master:
    """The first stage for one goal; see the module."""

    def __init__(self, instance: Instance, goal: Goal, limits: Limits, best: Floats | None = None) -> None:
        """``best``: competitiveness lost in each world by its own best plan, needed for regret."""
        self.instance, self.goal, self.limits = instance, goal, limits
        self.model = Model()
        budget = instance.budget if limits.budget is None else limits.budget
        dearest = [option.unit * option.size_max + option.fixed for option in instance.options]
        self.money = float(np.abs(np.array(dearest)).max(initial=0.0)) or 1.0  # rows in shares of this
        self.unit = np.array([_step_of(option) for option in instance.options])  # size per unit of column
        self.size = np.array([self._size_column(option) for option in instance.options], dtype=np.int64)
        self.on = np.array(
            [self._on_column(option, size) for option, size in zip(instance.options, self.size, strict=True)],
            dtype=np.int64,
        )
        self.budget_rows = self._budgets(budget)
        self._rules()
        worlds = range(len(instance.worlds))
        self.rate_lost = [self.model.column(0.0, 1.0) for _ in worlds] if needs_rate(goal, limits) else []
        self.output_lost = [self.model.column() for _ in worlds] if goal.wanted == "loss" else []
        self.given_up = self._given_up()
        self._seek(best)

    def _size_column(self, option: Option) -> int:
        if option.whole == "integer":
            return self.model.column(0.0, np.floor(option.size_max), whole=True)
        return self.model.column(0.0, 1.0 if option.size_max > 0 else 0.0, whole=option.whole == "on-off")

    def _on_column(self, option: Option, size: int) -> int:
        """Whether it is chosen; -1 where nobody asks."""
        if option.whole == "on-off":
            return size
        ruled = any(
            rule.kind != "together" and option.name in (rule.option, *rule.others)
            for rule in self.instance.rules
        )
        if not (ruled or option.size_min > 0 or (option.fixed != 0).any()):
            return -1
        on = self.model.column(0.0, 1.0, whole=True)
        step = _step_of(option)
        self.model.row({size: step, on: -option.size_max}, high=0.0)
        if option.size_min > 0:
            self.model.row({size: step, on: -option.size_min}, low=0.0)
        return on

    def spending(self, year: int) -> Cells:
        """What is spent in a year of the plan, by column, in money."""
        cells: Cells = {}
        for at, option in enumerate(self.instance.options):
            size, on = int(self.size[at]), int(self.on[at])
            cells[size] = cells.get(size, 0.0) + float(option.unit[year] * self.unit[at])
            if on >= 0:
                cells[on] = cells.get(on, 0.0) + float(option.fixed[year])
        return {column: value for column, value in cells.items() if value != 0.0}

    def total(self) -> Cells:
        """What is spent in all years together."""
        cells: Cells = {}
        for year in range(self.instance.budget.size):
            for column, value in self.spending(year).items():
                cells[column] = cells.get(column, 0.0) + value
        return cells

    def _budgets(self, budget: Floats) -> list[int]:
        rows: list[int] = []
        so_far: Cells = {}
        for year, money in enumerate(budget):
            spent = self.spending(year)
            if self.instance.pooled:
                so_far = {at: so_far.get(at, 0.0) + spent.get(at, 0.0) for at in {*so_far, *spent}}
                spent, money = so_far, budget[: year + 1].sum()
            high = money / self.money if np.isfinite(money) else np.inf
            rows.append(self.model.row(self._scaled(spent), high=high))
        if self.limits.cost is not None:
            self.model.row(self._scaled(self.total()), high=self.limits.cost / self.money)
        return rows

    def _scaled(self, cells: Cells) -> Cells:
        return {column: value / self.money for column, value in cells.items()}

    def _rules(self) -> None:
        number = {option.name: at for at, option in enumerate(self.instance.options)}
        for rule in self.instance.rules:
            own, others = number[rule.option], [number[name] for name in rule.others]
            if rule.kind == "requires":
                self.model.row({int(self.on[own]): 1.0} | {int(self.on[at]): -1.0 for at in others}, high=0.0)
            elif rule.kind == "excludes":
                for at in others:
                    self.model.row({int(self.on[own]): 1.0, int(self.on[at]): 1.0}, high=1.0)
            else:
                cells = {int(self.size[at]): float(self.unit[at]) for at in (own, *others)}
                self.model.row(cells, high=rule.most)

    def _given_up(self) -> list[int]:
        """Worlds in which the processes need not be held; together no likelier than is allowed."""
        if self.limits.time is None or self.limits.held_by >= 1.0:
            return []
        columns = [self.model.column(0.0, 1.0, whole=True) for _ in self.instance.worlds]
        cells = dict(zip(columns, self.instance.chances.tolist(), strict=True))
        self.model.row(cells, high=1.0 - self.limits.held_by)
        return columns

    def _seek(self, best: Floats | None) -> None:
        goal, limits, model = self.goal, self.limits, self.model
        if goal.wanted == "cost":
            for column, value in self._scaled(self.total()).items():
                model.cost[column] += value
        elif goal.wanted == "regret":
            assert best is not None
            worst = model.column(cost=1.0)
            for column, least in zip(self.rate_lost, best, strict=True):
                model.row({column: 1.0, worst: -1.0}, high=float(least))
        else:
            lost = self.rate_lost if goal.wanted == "share" else self.output_lost
            for column, value in self._tail(lost, goal.tail).items():
                model.cost[column] += value
        if limits.share is not None:
            model.row(self._tail(self.rate_lost, limits.share_tail), high=1.0 - limits.share)

    def _tail(self, lost: list[int], tail: float) -> Cells:
        """Mean over the worst worlds as cells of a row (Rockafellar and Uryasev)."""
        chances = self.instance.chances
        if tail <= 0.0:
            return dict(zip(lost, chances.tolist(), strict=True))
        edge = self.model.column()
        cells: Cells = {edge: 1.0}
        for column, chance in zip(lost, chances, strict=True):
            over = self.model.column()
            self.model.row({over: 1.0, edge: 1.0, column: -1.0}, low=0.0)
            cells[over] = float(chance) / (1.0 - tail)
        return cells

    def sizes(self, values: Floats) -> Floats:
        """Sizes of the options in a solution; what tolerances leave is taken away."""
        found = values[self.size]
        found = np.where(
            [self.model.whole[at] for at in self.size], np.rint(found), np.clip(found, 0.0, None)
        )
        return np.where(found < 1e-9, 0.0, found) * self.unit

    def chosen(self, values: Floats) -> npt.NDArray[np.bool_]:
        """Which options are paid for."""
        on = np.where(self.on >= 0, values[np.maximum(self.on, 0)] > 0.5, self.sizes(values) > 0)
        return np.asarray(on, dtype=bool)


def _step_of(option: Option) -> float:
    """Size that one unit of the column stands for."""
    if option.whole == "integer":
        return 1.0
    return option.size_max if option.size_max > 0 else 1.0


def spent(instance: Instance, sizes: Floats, chosen: npt.NDArray[np.bool_]) -> Floats:
    """Money of a plan in each year; axes (year,)."""
    total = np.zeros(instance.budget.size)
    for option, size, on in zip(instance.options, sizes, chosen, strict=True):
        total += option.unit * size + option.fixed * float(on)
    return total


def block_cells(effect: csr_array, unit: Floats) -> csr_array:
    """Effects per unit of a column instead of per unit of size; axes (row, option)."""
    return csr_array(effect.multiply(unit[None, :]))
