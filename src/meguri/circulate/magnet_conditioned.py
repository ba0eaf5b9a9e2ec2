"""The runs that also meet what is known: calibration by choice among ranges fixed beforehand.

No number is moved. Of all runs those are kept that meet the published figures one calibrates to, within
a margin for the error that nobody states; an anchor no run can meet is left out and said. Figures used in
this way are no longer evidence for the model, so their role becomes *conditioned*; forecasts of others
stay what they were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.tables import Schema
from meguri.circulate.magnet_anchors import anchors_table, magnet_anchors
from meguri.circulate.magnets import DyJapan

CALIBRATED = (
    "dy-stock-2008",
    "nd-gross-2010",
    "dy-gross-2010",
    "magnets-2010",
    "magnets-2011",
    "magnets-2012",
)
MARGIN = 0.1  # assumed: the sources state no error of their own
ENOUGH = 10  # runs, below which a band says nothing


@dataclass(frozen=True, eq=False)
class Conditioned:
    """What is left when runs must meet the anchors, and how many met which."""

    case: DyJapan
    conditions: pd.DataFrame  # table ``magnet_conditions``

    def anchors_table(self) -> pd.DataFrame:
        """All published figures beside the runs kept; those conditioned on are marked, not scored."""
        used = self.conditions.loc[self.conditions["used"], "anchor"]
        table = anchors_table(self.case)
        role = table["role"].mask(table["anchor"].isin(used), "conditioned")
        return Schema.of("magnet_checks").check(table.assign(role=role), "magnet_checks")


def conditioned(case: DyJapan, anchors: tuple[str, ...] = CALIBRATED, margin: float = MARGIN) -> Conditioned:
    """Keep the runs that meet published figures, one after the other.

    Parameters
    ----------
    case : DyJapan
        Enough runs: one in eight meets the packaged anchors.
    anchors : sequence of str
        Keys of anchors, in the order in which they are asked for.
    margin : float [1]
        By which a published range is widened at either end.

    Raises
    ------
    ModelError
        When fewer runs are left than make a band.

    Examples
    --------
    >>> from meguri.circulate.magnets import dy_japan
    >>> kept = conditioned(dy_japan(runs=200), ("magnets-2010",))
    >>> bool(kept.conditions["used"].iloc[0])
    True
    """
    told = magnet_anchors().set_index("anchor")
    left = np.ones(case.runs, dtype=bool)
    rows = []
    for anchor in anchors:
        low, high = told.at[anchor, "low"] * (1 - margin), told.at[anchor, "high"] * (1 + margin)
        met = _met(case, told.loc[anchor], low, high)
        used = bool((left & met).any())
        left = left & met if used else left
        rows.append(
            {
                "anchor": anchor,
                "low": low,
                "high": high,
                "share": met.mean(),
                "left": int(left.sum()),
                "used": used,
            }
        )
    if left.sum() < ENOUGH:
        raise ModelError(
            Problem("conditioned_few", "runs", str(int(left.sum())), details={"least": str(ENOUGH)})
        )
    return Conditioned(
        case.part(left), Schema.of("magnet_conditions").check(pd.DataFrame(rows), "magnet_conditions")
    )


def _met(case: DyJapan, anchor: pd.Series, low: float, high: float) -> npt.NDArray[np.bool_]:
    """(run,) whether the result of a run lies in a range."""
    at = int(np.searchsorted(case.years, float(anchor["year"])))
    result = case.totals[anchor["quantity"]][:, at]
    return np.asarray((result >= low) & (result <= high))
