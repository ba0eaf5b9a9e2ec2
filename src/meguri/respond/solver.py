"""HiGHS as this package uses it: a model given as arrays, tight tolerances, plain answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from meguri.base.errors import ModelError, Problem

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
EXACT = 1e-9  # feasibility in shares of plan and days of use, so that 1e-6 means something
LARGE = 4000  # rows from which an interior point beats the simplex when nothing is known yet
AGAIN = 800  # steps of the simplex from a former basis after which an interior point is quicker
_OPTIONS = {
    "output_flag": False, "threads": 1, "random_seed": 0, "mip_rel_gap": EXACT, "mip_abs_gap": EXACT,
    "primal_feasibility_tolerance": EXACT, "dual_feasibility_tolerance": EXACT,
    "mip_feasibility_tolerance": EXACT,
}  # fmt: skip


@dataclass(frozen=True)
class Form:
    """Least cost @ z with low <= matrix @ z <= high, least <= z <= most, and some z whole."""

    matrix: csr_array
    low: Floats
    high: Floats
    cost: Floats
    least: Floats
    most: Floats
    whole: Mask


@dataclass(frozen=True)
class Found:
    """What HiGHS brought back; ``bound`` is the best bound of a mixed-integer program."""

    status: str  # optimal | infeasible | limit
    values: Floats
    objective: float
    bound: float
    row_dual: Floats
    column_dual: Floats


def new_solver(seconds: float = float("inf"), **options: Any) -> highspy.Highs:
    """A solver with our tolerances."""
    make: Any = highspy.Highs  # has no types
    solver: highspy.Highs = make()
    for name, value in (_OPTIONS | options).items():
        solver.setOptionValue(name, value)
    if np.isfinite(seconds):
        solver.setOptionValue("time_limit", float(seconds))
    return solver


def solver_for(form: Form) -> highspy.Highs:
    """A solver by the way that is quicker for a linear program of this size."""
    return new_solver(solver="ipm") if form.high.size > LARGE else new_solver()


def hand_over(solver: highspy.Highs, form: Form) -> None:
    """Give the solver a model."""
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = form.cost.size, form.high.size
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = form.cost, form.least, form.most
    lp.row_lower_, lp.row_upper_ = form.low, form.high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = form.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = form.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = form.matrix.data.astype(float)
    if form.whole.any():
        kinds = np.where(form.whole, 1, 0)
        lp.integrality_ = [highspy.HighsVarType(int(kind)) for kind in kinds]
    if solver.passModel(lp) == highspy.HighsStatus.kError:
        raise ModelError(Problem("lp_unsolved", "respond", "passModel"))


def run(solver: highspy.Highs) -> Found:
    """Solve what was handed over.

    Raises
    ------
    ModelError
        When HiGHS gives neither an answer nor a reason this package knows.
    """
    solver.run()
    status = solver.getModelStatus()
    kinds = highspy.HighsModelStatus
    info = solver.getInfo()
    answer = solver.getSolution()
    if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        return Found("infeasible", *_nothing())
    if status == kinds.kIterationLimit:
        return Found("limit", *_nothing())
    known = {kinds.kOptimal: "optimal", kinds.kTimeLimit: "limit", kinds.kInterrupt: "limit"}
    if status not in known:
        raise ModelError(Problem("lp_unsolved", "respond", solver.modelStatusToString(status)))
    values = np.array(answer.col_value)
    if known[status] == "limit" and (
        not answer.value_valid or not np.isfinite(info.objective_function_value)
    ):
        return Found("limit", *_nothing())
    mixed = solver.getLp().integrality_
    bound = info.mip_dual_bound if len(mixed) else info.objective_function_value
    duals = np.array(answer.row_dual), np.array(answer.col_dual)
    return Found(known[status], values, info.objective_function_value, bound, *duals)


def _nothing() -> tuple[Floats, float, float, Floats, Floats]:
    none = np.zeros(0)
    return none, float("inf"), -float("inf"), none, none


def solve_form(form: Form, seconds: float = float("inf")) -> Found:
    """Solve one model from the beginning."""
    solver = new_solver(seconds)
    hand_over(solver, form)
    return run(solver)


def begin(form: Form) -> tuple[highspy.Highs, Found]:
    """Solve a model the quicker way; `again` goes on from there when something in it was changed."""
    solver = solver_for(form)
    hand_over(solver, form)
    found = run(solver)
    solver.setOptionValue("solver", "simplex")
    return solver, found


def again(solver: highspy.Highs) -> Found:
    """Solve a changed model from its last basis; one that leads astray is given up."""
    large = solver.getLp().num_row_ > LARGE
    solver.setOptionValue("simplex_iteration_limit", AGAIN if large else 2**31 - 1)
    found = run(solver)
    if found.values.size:
        return found
    solver.clearSolver()
    solver.setOptionValue("solver", "ipm")
    found = run(solver)
    solver.setOptionValue("solver", "simplex")
    return found


def solve_from(form: Form, basis: highspy.HighsBasis | None) -> tuple[Found, highspy.HighsBasis]:
    """Solve one model from the basis of another with the same matrix, and give the basis it ends with."""
    if basis is None:
        solver, found = begin(form)
    else:
        solver = new_solver(presolve="off")
        hand_over(solver, form)
        solver.setBasis(basis)
        found = again(solver)
    return found, solver.getBasis()
