"""What a state can still become: value by the best route out, and what a plan really brings.

All functions take arrays with any number of leading axes (runs), then ``state`` or ``route``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem

Array = npt.NDArray[np.float64]
BETTER = 1e-13  # a route must gain more than rounding to be preferred


def state_value(start: npt.NDArray[np.intp], yields: Array, burden: Array, worth: Array) -> Array:
    """Function-equivalents that one tonne of the element can still become from each state, at best.

    Parameters
    ----------
    start : array (route,)
        State that each route takes in.
    yields : array (..., route, state) [1]
        Share of the element entering a route that leaves in each state; sums to at most 1.
    burden : array (..., route) [1]
        Burden per tonne entering, as a share of one virgin reference unit, >= 0.
    worth : array (..., state) [1]
        Efficacy where the state serves the use as it is, else 0.

    Returns
    -------
    array (..., state) [1]
        V, between 0 and 1.

    Notes
    -----
    V(k) = max(worth(k), max over routes q out of k of sum_j yields(q, j) V(j) - burden(q)), 0 at
    least: the least fixed point. Iterating from 0 rises and is bounded by 1, so it converges; where
    every cycle loses something it is a contraction, and without cycles it is done after as many
    rounds as there are states. If it is not, Howard's policy iteration starts from "stop
    everywhere" and changes a state's route only for a real gain. No policy on the way can
    close a lossless cycle: along one, the gains would average to minus its burden, which is not
    positive. Every policy has a value below the least fixed point, each is better than the last,
    and there are finitely many: the end is the least fixed point, also where iteration creeps.

    Examples
    --------
    >>> start = np.array([0])
    >>> state_value(start, np.array([[0.0, 0.9]]), np.array([0.2]), np.array([0.0, 1.0]))
    array([0.7, 1. ])
    """
    return best_policy(start, yields, burden, worth).value


class Policy(NamedTuple):
    """Best route out of each state, -1 for none, and the value it gives; axes (..., state)."""

    route: npt.NDArray[np.intp]
    value: Array


def best_policy(start: npt.NDArray[np.intp], yields: Array, burden: Array, worth: Array) -> Policy:
    """Best route out of each state beside its value; arguments as in :func:`state_value`."""
    lead = np.broadcast_shapes(yields.shape[:-2], burden.shape[:-1], worth.shape[:-1])
    states = worth.shape[-1]
    yields = np.broadcast_to(yields, (*lead, *yields.shape[-2:]))
    burden = np.broadcast_to(burden, (*lead, burden.shape[-1]))
    worth = np.broadcast_to(worth, (*lead, states))
    leaves = start[None, :] == np.arange(states)[:, None]  # (state, route)
    route, value = np.full((*lead, states), -1, dtype=np.intp), worth.copy()
    for _ in range(states + 1):  # without a cycle, every way has ended by then
        better, offered, by = _better(value, leaves, yields, burden)
        if not better.any():
            return Policy(route, value)
        route, value = np.where(better, by, route), np.where(better, offered, value)
    route, value = np.full_like(route, -1), worth.copy()
    while True:
        better, _, by = _better(value, leaves, yields, burden)
        route = np.where(better, by, route)
        found = _policy_value(route, yields, burden, worth) if better.any() else value
        if not (found > value).any():  # what is left is rounding
            return Policy(route, value)
        value = np.maximum(value, found)


def _better(
    value: Array, leaves: npt.NDArray[np.bool_], yields: Array, burden: Array
) -> tuple[npt.NDArray[np.bool_], Array, npt.NDArray[np.intp]]:
    """Where a route beats the value held, what the best one offers, and which; axes (..., state)."""
    gain = (yields @ value[..., None])[..., 0] - burden
    offers = np.where(leaves, gain[..., None, :], -np.inf)
    by = offers.argmax(axis=-1) if leaves.shape[1] else np.zeros(value.shape, dtype=np.intp)
    offered = offers.max(axis=-1, initial=-np.inf)
    return offered > value + BETTER, offered, by


def _policy_value(route: npt.NDArray[np.intp], yields: Array, burden: Array, worth: Array) -> Array:
    """Value of following one route out of each state; axes (..., state)."""
    goes = route >= 0
    taken = np.where(goes, route, 0)
    steps = np.where(goes[..., None], np.take_along_axis(yields, taken[..., None], axis=-2), 0.0)
    ends = np.where(goes, -np.take_along_axis(burden, taken, axis=-1), worth)
    solved = np.linalg.solve(np.eye(route.shape[-1]) - steps, ends[..., None])
    return solved[..., 0].astype(np.float64, copy=False)


class PlanValue(NamedTuple):
    """What one tonne in each state brings under a plan; axes (..., state).

    ``mass`` t delivered in products, ``function`` t of function-equivalents delivered, ``burden``
    booked on the way, ``net`` = function - burden (negative where the plan makes more burden than
    function).
    """

    mass: Array
    function: Array
    burden: Array

    @property
    def net(self) -> Array:
        """R before it is floored at 0."""
        return self.function - self.burden


def plan_value(share: Array, yields: Array, burden: Array, worth: Array, usable: Array) -> PlanValue:
    """Mass and function delivered and burden booked by the routing really taken, from each state.

    Parameters
    ----------
    share : array (..., state, route) [1]
        Share of a state that takes each route; sums to at most 1. The rest of a usable state is
        used, the rest of any other is lost.
    yields, burden, worth
        As in :func:`state_value`.
    usable : array (..., state)
        1 where the state serves the use as it is, else 0.

    Raises
    ------
    ModelError
        When the plan sends material round a cycle that neither loses nor delivers anything.

    Notes
    -----
    x = T x + r with T = share·yields; solved directly. A burden is counted in full wherever it
    arises: a plan does not stop half-way because it no longer pays, so only the result is floored
    (METHODS 3.6), at the state in which the material was discarded.

    Examples
    --------
    >>> share = np.array([[1.0], [0.0]])
    >>> worth = np.array([0.0, 1.0])
    >>> plan_value(share, np.array([[0.0, 0.9]]), np.array([0.2]), worth, worth).net
    array([0.7, 1. ])
    """
    steps = share @ yields
    if stuck := sorted({int(state) for state in np.argwhere(endless(steps))[:, -1]}):
        raise ModelError(Problem("endless_cycle", "plans", ", ".join(map(str, stuck))))
    rest = 1.0 - share.sum(axis=-1)
    booked = (share @ burden[..., None])[..., 0]
    right = np.stack(np.broadcast_arrays(rest * usable, rest * worth, booked), axis=-1)
    solved = np.linalg.solve(np.eye(steps.shape[-1]) - steps, right)
    return PlanValue(solved[..., 0], solved[..., 1], solved[..., 2])


def endless(steps: Array) -> npt.NDArray[np.bool_]:
    """Which states never lose or deliver anything, whatever the number of steps; axes (..., state).

    Examples
    --------
    >>> endless(np.array([[0.0, 1.0], [1.0, 0.0]]))
    array([ True,  True])
    """
    ends = steps.sum(axis=-1) < 1.0 - 1e-12
    for _ in range(steps.shape[-1]):
        if ends.all():
            break
        ends = ends | ((steps > 0) & ends[..., None, :]).any(axis=-1)
    return ~ends
