"""What one search leaves to the next on the same instance: blocks, cuts, bases, and losses already known.

Worlds of one draw differ only in the date of the control, hence in what the options bring by then: their
blocks hold the same numbers but for the right-hand side. Such worlds are a *family*. Whatever solves one
of them says something of all: its duals are feasible for every one and cut there too, a loss is an upper
bound wherever at least as much is brought, and its basis is where the next solve begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.respond.flow import Block, Reach, rate_block, reach, time_block
from meguri.respond.held import form_of, with_baselines
from meguri.respond.instance import Instance, checked
from meguri.respond.solver import LARGE, Found, solve_from

Floats = npt.NDArray[np.float64]
Kind = Literal["rate", "late", "loss"]
_LESS = 1e-12  # [d of use, share] by which something brought may fall short of something else


@dataclass(frozen=True)
class Cut:
    """Loss of a world >= height + slope @ sizes + by_day @ (part of each step in which it is held)."""

    kind: Kind
    world: int
    height: float
    slope: Floats  # (option,)
    by_day: Floats  # (step,) [per part of a step] >= 0; empty in the rate block

    def loss(self, sizes: Floats, part: Floats) -> float:
        """What it says the world loses at least."""
        return float(self.height + self.slope @ sizes + self.by_day @ part[: self.by_day.size])


@dataclass(frozen=True)
class Task:
    """One world to be asked."""

    kind: Kind
    world: int
    target: float  # [d] until which the processes are held
    end: float  # [d] horizon asked for
    sizes: Floats


@dataclass(frozen=True)
class _Known:
    """Loss of a world that was asked."""

    world: int
    target: float
    sizes: Floats
    loss: float


@dataclass
class Kept:
    """What one solve leaves to the next on the same instance."""

    instance: Instance
    reached: Reach = field(init=False)
    cuts: list[Cut] = field(default_factory=list)
    blocks: dict[tuple[str, int], tuple[float, Block]] = field(default_factory=dict)
    families: dict[tuple[str, int], str] = field(default_factory=dict)
    bases: dict[tuple[Kind, str], dict[int, Any]] = field(default_factory=dict)
    known: dict[tuple[Kind, str], list[_Known]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.instance = checked(self.instance)
        self.reached = reach(self.instance)

    @property
    def large(self) -> bool:
        """Whether the time block of a world is likely to be one of the dear programs."""
        inside = self.reached.member[self.instance.wiring.slot_node].sum()
        return bool(2 * inside * self.instance.steps.size > LARGE)

    def with_days(self) -> None:
        """Work out the days without a plan, once."""
        self.instance = with_baselines(self.instance)

    def block(self, kind: Kind, world: int, end: float) -> Block:
        """The block of a world; the time block until a day, or longer if it is at hand."""
        name = "rate" if kind == "rate" else "time"
        found = self.blocks.get((name, world))
        if found is None or found[0] < end:
            make = rate_block(self.instance, self.reached, world) if kind == "rate" else None
            made = time_block(self.instance, self.reached, world, end) if make is None else make
            found = (np.inf if kind == "rate" else end, made)
            self.blocks[name, world] = found
            self.families[name, world] = made.digest()
        return found[1]

    def family(self, kind: Kind, world: int) -> str:
        """Digest of what a world's block shares with others; the block must be at hand."""
        return self.families["rate" if kind == "rate" else "time", world]

    def at_most(self, task: Task) -> float:
        """Loss that cannot be exceeded: what was lost with no more brought, and held no shorter."""
        block, least = self.block(task.kind, task.world, task.end), np.inf
        brought = block.effect @ task.sizes
        for known in self.known.get((task.kind, self.family(task.kind, task.world)), []):
            if known.target < task.target or known.loss >= least:
                continue
            other = self.block(task.kind, known.world, task.end)
            if (other.effect @ known.sizes <= brought + _LESS).all():
                least = known.loss
        return least

    def answer(self, task: Task) -> Found:
        """Solve the block of a world, from a former basis of its family if there is one."""
        block = self.block(task.kind, task.world, task.end)
        form = form_of(block, task.sizes, task.target, late=task.kind == "late")
        bases = self.bases.setdefault((task.kind, self.family(task.kind, task.world)), {})
        basis = bases.get(task.world, next(reversed(list(bases.values())), None))
        found, bases[task.world] = solve_from(form, basis)
        if not found.row_dual.size:
            raise ModelError(Problem("lp_unsolved", "respond", found.status))
        return found

    def learn(self, task: Task, found: Found, worlds: Iterable[int]) -> Iterator[Cut]:
        """Remember a loss; the cuts it gives for worlds of the family, its own among them."""
        key = task.kind, self.family(task.kind, task.world)
        self.known.setdefault(key, []).append(_Known(task.world, task.target, task.sizes, found.objective))
        own = self.block(task.kind, task.world, task.end)
        by_day = np.zeros(own.starts.size - 1 if own.until.size else 0)
        steps = own.open_steps
        by_day[steps] = np.maximum(found.column_dual[own.until[steps]], 0.0)
        part = np.zeros(by_day.size)
        part[steps] = own.held_until(task.target)
        slope = own.effect.T @ found.row_dual
        height = float(found.objective - slope @ task.sizes - by_day @ part)
        for world in worlds:
            if (task.kind, self.family(task.kind, world)) == key:
                effect = self.block(task.kind, world, task.end).effect
                yield Cut(task.kind, world, height, effect.T @ found.row_dual, by_day)
