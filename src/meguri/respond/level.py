"""A proposal that is better than the best plan so far by what the cuts know, and as near to it as can be.

Level method (Lemaréchal, Nemirovskii and Nesterov 1995, Math. Program. 69:111), with the sum of absolute
differences instead of squares so that it stays a mixed-integer linear program. The best point by the cuts
alone lies where least is known, and leaps from round to round.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack, vstack

from meguri.respond.solver import Form

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def nearest(form: Form, ceiling: float, columns: Ints, centre: Floats) -> Form:
    """The form whose answer costs at most ``ceiling`` in the first and is nearest to ``centre``.

    Parameters
    ----------
    form : Form
        The first stage with its cuts.
    ceiling : float
        Between the bound and the objective of the best plan.
    columns : array of columns
        Among which distance is measured.
    centre : array (column of the form,)
        The best plan.

    Examples
    --------
    Of all x with x >= 2, x + y <= 4 that cost at most 3 (x costs 1), the nearest to (4, 0) is (3, 0).

    >>> from meguri.respond.solver import solve_form
    >>> rows = csr_array(np.array([[1.0, 0.0], [1.0, 1.0]]))
    >>> one = Form(rows, np.array([2.0, -np.inf]), np.array([np.inf, 4.0]), np.array([1.0, 0.0]),
    ...            np.zeros(2), np.full(2, 9.0), np.zeros(2, dtype=bool))
    >>> solve_form(nearest(one, 3.0, np.arange(2), np.array([4.0, 0.0]))).values[:2].tolist()
    [3.0, 0.0]
    """
    own, more = form.cost.size, columns.size
    chosen = csr_array((np.ones(more), (np.arange(more), columns)), shape=(more, own))
    far = eye_array(more, format="csr")
    empty = csr_array((form.matrix.shape[0], more))
    rows = [
        hstack([form.matrix, empty]),
        hstack([csr_array(form.cost[None, :]), csr_array((1, more))]),
        hstack([chosen, -far]),
        hstack([chosen, far]),
    ]
    at, free = centre[columns], np.full(more, np.inf)
    return Form(
        csr_array(vstack(rows, format="csr")),
        np.concatenate([form.low, [-np.inf], -free, at]),
        np.concatenate([form.high, [ceiling], at, free]),
        np.concatenate([np.zeros(own), np.ones(more)]),
        np.concatenate([form.least, np.zeros(more)]),
        np.concatenate([form.most, free]),
        np.concatenate([form.whole, np.zeros(more, dtype=bool)]),
    )
