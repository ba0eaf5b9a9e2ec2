"""What a licence or quota costs: the price outside over the price inside plus duty."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.shock.price import PLACES
from meguri.shock.price_markets import Market, duty_wedge
from meguri.shock.runs import Runs

Floats = npt.NDArray[np.float64]
_LEVELS = (0.1, 0.5, 0.9)
_ROUNDING = 1e-9  # [1] below which a cost is that of rounding


def shadow_table(runs: Runs) -> pd.DataFrame:
    """Shadow cost of licence or quota of each priced good, month by month; table ``shadow``.

    Whoever may ship earns the price outside and pays the price inside plus duty: what is left is what
    the right to ship is worth. Percentiles are those of this difference itself, run by run, not of the
    two prices apart.

    Parameters
    ----------
    runs : Runs
        What the runs brought.

    Notes
    -----
    P_out / (P_in (1 + duty)) - 1 (METHODS 2.1). A minimum price that binds is part of it.
    """
    schema = Schema.of("shadow")
    parts = []
    for place, market in enumerate(runs.markets):
        cells = {"element": market.element, "form": market.form, "by": market.by, "month": runs.months}
        levels = np.quantile(_shadow(runs, place, market), _LEVELS, axis=0)
        parts.append(pd.DataFrame(cells | dict(zip(("p10", "p50", "p90"), levels, strict=True))))
    return schema.check(pd.concat(parts, ignore_index=True)[schema.names]) if parts else schema.empty()


def _shadow(runs: Runs, place: int, market: Market) -> Floats:
    """Cost of one good as a share of its price inside plus duty; axes (run, month)."""
    price = np.concatenate([rows["price"][:, place] for rows in runs.row_blocks("price")])
    plus_duty = price[:, PLACES.index("inside")] * wedges(runs, market)
    share = price[:, PLACES.index("outside")] / plus_duty - 1.0
    return np.where(share > _ROUNDING, share, 0.0)


def wedges(runs: Runs, market: Market) -> Floats:
    """What buyers outside pay on top because of duties, run by run; axes (run, month) [1]."""
    setup = runs.setup
    scenario, month = setup.scenario, setup.pricing.month
    names = list(runs.ranges["parameter"])
    found = np.ones((len(runs), len(runs.months)))
    for at, duty in enumerate(market.duties):
        alone = [float(at == other) for other in range(len(market.duties))]
        in_force = duty_wedge(market, alone, scenario, month) - 1.0
        name = f"controls.{duty.id}.rate"
        drawn = runs.values[:, names.index(name)] if name in names else np.full(len(runs), duty.rate.mode)
        found += drawn[:, None] * in_force
    return found
