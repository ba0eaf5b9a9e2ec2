"""How long the processes of a world can be held, as the program sees it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from meguri.respond.flow import Block, Reach, reach, time_block
from meguri.respond.instance import Instance
from meguri.respond.solver import Form, again, begin

Floats = npt.NDArray[np.float64]
NOT_HELD = 1e-6  # [d] of output that a process lacks while it is to be held
_WHOLE = 1e-6  # [1] of a step: less is rounding
_EARLIER = 1e-3  # [1] worth of holding a step for longer: far less than a day that is not held


def form_of(block: Block, sizes: Floats, target: float = 0.0, late: bool = False) -> Form:
    """The program of one block for given sizes; ``late`` lets processes lack, at a price of 1 a day."""
    least, most, cost = np.zeros(block.most.size), block.most.copy(), block.cost.copy()
    least[block.until[block.open_steps]] = block.held_until(target)
    if late:
        cost[:] = 0.0
        cost[block.lacking] = block.price_of_lack()
    else:
        most[block.lacking] = 0.0
    high = block.start + block.effect @ sizes
    return Form(
        block.matrix, np.full(high.size, -np.inf), high, cost, least, most, np.zeros(cost.size, dtype=bool)
    )


class Held:
    """How long every process can be held in a block, and in all that differ from it only by what is brought.

    Solved again for something else from where it stood, it takes a part of the time.
    """

    def __init__(self, block: Block) -> None:
        self.block = block
        self._open = block.open_steps
        self._until: list[int] = block.until[self._open].tolist()
        self._high = block.start.copy()
        self._asked = 0
        self._least = 0  # open steps held without a plan: no plan makes it worse
        self._alone = float("inf")
        if self._open.size:
            form = form_of(block, np.zeros(block.effect.shape[1]), 0.0, late=True)
            self._solver, _ = begin(form)
            self._alone = self._longest()
            ends = block.starts[1:][self._open]
            held = int((ends <= self._alone + _WHOLE).sum())
            self._least = min(held, self._open.size - 1)

    def days(self, brought: Floats) -> float:
        """Days when rows may reach so much more; ``inf`` when all steps hold; axes of ``brought`` (row,)."""
        if not self._open.size or not brought.any():
            return self._alone
        high = self.block.start + brought
        for row in np.flatnonzero(high != self._high).tolist():
            self._solver.changeRowBounds(row, -np.inf, high[row])
        self._high = high
        return self._longest()

    def _longest(self) -> float:
        """Bisection over steps, then exact within one."""
        low, above = self._least, self._open.size + 1  # low holds; above does not
        part = self._within(low)
        if part < 1.0 - _WHOLE:
            return self._day(low, part)
        low += 1
        while above - low > 1:
            middle = (low + above) // 2
            if middle <= self._open.size and self._holds(middle):
                low = middle
            else:
                above = middle
        return float("inf") if low == self._open.size else self._day(low, self._within(low))

    def _day(self, step: int, part: float) -> float:
        starts, at = self.block.starts, int(self._open[step])
        return float(starts[at] + part * (starts[at + 1] - starts[at]))

    def _holds(self, steps: int) -> bool:
        """Whether all processes are held for the first steps."""
        for at in range(min(steps, self._asked), max(steps, self._asked)):
            self._solver.changeColBounds(self._until[at], float(at < steps), 1.0)
        self._asked = steps
        return bool(again(self._solver).objective <= NOT_HELD)

    def _within(self, step: int) -> float:
        """Part of a step that can be held when all before it are."""
        self._holds(step)
        column = self._until[step]
        self._solver.changeColCost(column, -_EARLIER)
        part = float(again(self._solver).values[column])
        self._solver.changeColCost(column, 0.0)
        return min(max(part, 0.0), 1.0)


def families(instance: Instance, reached: Reach) -> tuple[list[Block], list[int]]:
    """The time block of every world, and the first world that shares all but what options bring."""
    blocks = [time_block(instance, reached, world) for world in range(len(instance.worlds))]
    first: dict[str, int] = {}
    return blocks, [first.setdefault(block.digest(), world) for world, block in enumerate(blocks)]


def days_held(instance: Instance, sizes: Floats, reached: Reach | None = None) -> Floats:
    """Day until which every process can be held with a plan, in each world; ``inf`` = all steps; (world,)."""
    reached = reach(instance) if reached is None else reached
    days = np.full(len(instance.worlds), np.inf)
    for end in _ladder(instance):
        held: dict[str, Held] = {}
        for world in np.flatnonzero(np.isinf(days)).tolist():
            block = time_block(instance, reached, world, end)
            digest = block.digest()
            if digest not in held:
                held[digest] = Held(block)
            days[world] = held[digest].days(block.effect @ sizes)
    return days


def _ladder(instance: Instance) -> list[float]:
    """Ends of steps at about an eighth, a quarter, half and all: most fall short early, on small programs."""
    ends = instance.starts[1:]
    return [float(ends[np.searchsorted(ends, ends[-1] * part)]) for part in (0.125, 0.25, 0.5, 1.0)]


def with_baselines(instance: Instance) -> Instance:
    """Fill in, world by world, the day on which the first process falls short without a plan.

    ``inf`` where none does within the steps. Days are those of the program, so that days bought compare
    like with like.
    """
    missing = [np.isnan(world.baseline) for world in instance.worlds]
    if not any(missing):
        return instance
    days = days_held(instance, np.zeros(len(instance.options)))
    worlds = tuple(
        replace(world, baseline=float(day)) if np.isnan(world.baseline) else world
        for world, day in zip(instance.worlds, days, strict=True)
    )
    return replace(instance, worlds=worlds)
