"""Qualification: when an alternative supplier may deliver, and how its yield recovers.

A supplier that is not qualified at a node delivers nothing usable until the qualification time has
passed; afterwards its usable share rises as y(t) = 1 - (1 - y0) exp(-t / tau) (METHODS 2.1). The
yield itself is applied in the kernel; here stands the day on which it begins.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.scenario.schema import Scenario
from meguri.shock.sample import Draw


def ready_days(
    links: pd.DataFrame,
    qualification: npt.NDArray[np.float64],
    scenario: Scenario,
    draw: Draw,
    run: int,
) -> npt.NDArray[np.float64]:
    """Day from which each link may deliver.

    Parameters
    ----------
    links : DataFrame
        Links in kernel order, column ``qualified``.
    qualification : array (link,) [d]
        Qualification time; unknown = the alternative stays out of reach.
    scenario : Scenario
        Buyers begin ``react`` days after the first control is in force.

    Returns
    -------
    array (link,) [d]
        0 where qualified, ``inf`` where no control ever acts or the time is unknown.
    """
    qualified = links["qualified"].to_numpy(dtype=bool)
    first = scenario.first_control
    if first is None:
        return np.where(qualified, 0.0, np.inf)
    begun = (first - scenario.start).days + draw.field(run, "react", scenario.react)
    late = np.ceil(begun + np.nan_to_num(qualification, nan=np.inf))
    return np.where(qualified, 0.0, late)
