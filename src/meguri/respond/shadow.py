"""What one more yen is worth, and what would have to be true for a rejected option to enter: by duals.

At a solved plan the cuts describe what the worlds lose around it. With whole decisions held as they are,
the first stage over these cuts is a linear program whose duals say:

* ``budget``: change of the goal per unit of money more in a year. Exact to the right of the plan as long as
  the same cuts bind and no on-off decision turns; at a kink it is one of the two one-sided values. For
  the worth of a whole per cent of the budget solve again: a re-solve is exact and sees decisions turn.
* ``gain``: change of the goal per unit of size more of each option at a bound, money included: 0 inside,
  what forcing it in would cost where it is left out, what more of it would bring where it is at its largest.
* ``entry_factor``: factor on its own cost per unit at which an option that is left out breaks even; one-sided
  (first unit), fixed costs left out. 0 or less: not even for nothing; infinite: its cost
  binds nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from meguri.respond.instance import Instance
from meguri.respond.kept import Kept
from meguri.respond.lshaped import add_cut, solve_lshaped
from meguri.respond.master import Master
from meguri.respond.program import Solution, best_alone, targets
from meguri.respond.solver import solve_form

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Marginal:
    """Worth at the margin; better is positive for every goal."""

    budget: Floats  # (year,) of the goal per unit of money
    gain: Floats  # (option,) of the goal per unit of size, its cost taken off
    entry_factor: Floats  # (option,) [1] on its cost per unit; NaN for options in the plan


def marginal_values(instance: Instance, solution: Solution, kept: Kept | None = None) -> Marginal:
    """Worth of budget and options at a solved plan; see the module for what is exact.

    Parameters
    ----------
    instance, solution : Instance, Solution
        A problem and its plan; the plan must exist.
    kept : Kept, optional
        Of the solve, so that its cuts need not be found again.
    """
    kept = Kept(instance) if kept is None else kept
    if not kept.cuts:
        solve_lshaped(kept.instance, solution.goal, solution.limits, kept=kept, workers=1)
    best = best_alone(kept.instance, solution.limits) if solution.goal.wanted == "regret" else None
    master = Master(kept.instance, solution.goal, solution.limits, best)
    ends = targets(kept.instance, solution.limits)
    for cut in kept.cuts:
        add_cut(master, cut, ends, kept.instance)
    form = _with_whole_held(master, solution)
    found = solve_form(form)
    money = -found.row_dual[master.budget_rows] / master.money
    gain = -found.column_dual[master.size] / master.unit
    if solution.goal.wanted == "cost":
        money, gain = money * master.money, gain * master.money
    return Marginal(money, gain, _entry(instance, solution, money, gain))


def _with_whole_held(master: Master, solution: Solution):  # type: ignore[no-untyped-def]
    """The first stage as a linear program: what is whole stays as in the plan."""
    form = master.model.form()
    least, most = form.least.copy(), form.most.copy()
    size = solution.sizes / master.unit
    for at, column in enumerate(master.size):
        if form.whole[column]:
            least[column] = most[column] = np.rint(size[at])
    for at, column in enumerate(master.on):
        if column >= 0:
            least[column] = most[column] = float(solution.chosen[at])
    return replace(form, least=least, most=most, whole=np.zeros(form.whole.size, dtype=bool))


def _entry(instance: Instance, solution: Solution, money: Floats, gain: Floats) -> Floats:
    """Cost factor at which options left out break even: what they bring over what their cost is worth."""
    factor = np.full(len(instance.options), np.nan)
    for at, option in enumerate(instance.options):
        if solution.sizes[at] > 0:
            continue
        price = option.unit.sum() if solution.goal.wanted == "cost" else float(money @ option.unit)
        factor[at] = (gain[at] + price) / price if price > 0 else np.inf
    return factor
