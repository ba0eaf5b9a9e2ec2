"""What end users lose: days of output, each end use weighted by what it is worth where that is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.shock.runs import Runs
from meguri.shock.worth import Weights as Weights
from meguri.shock.worth import end_users as end_users
from meguri.shock.worth import end_weights as end_weights

Floats = npt.NDArray[np.float64]
EXPLAINED = 5  # end users whose trail an outcome holds


def lost_days(runs: Runs) -> Floats:
    """The one number the assumptions are ranked by: lost days of the economy's end users.

    Mean over the end users of the lost output, in days of plan within the horizon; axes (run,).
    """
    return _of_ends(runs, np.flatnonzero(end_users(runs.setup))).mean(axis=1)


def lost_weighted(runs: Runs) -> Floats:
    """Function-weighted lost output of the end users, in days of plan within the horizon; axes (run,)."""
    weights = end_weights(runs.setup)
    return _of_ends(runs, weights.places) @ weights.weight


def _of_ends(runs: Runs, places: npt.NDArray[np.int64]) -> Floats:
    """Lost days of some nodes, read a few runs at a time; axes (run, node)."""
    parts = [rows["lost"][:, places] for rows in runs.row_blocks("lost")]
    return np.concatenate(parts)


def most_lost(runs: Runs) -> list[str]:
    """End users that lose most on the mean of the runs, at most five, none that loses nothing."""
    places = np.flatnonzero(end_users(runs.setup))
    mean = _of_ends(runs, places).mean(axis=0)
    order = [at for at in np.argsort(-mean, kind="stable")[:EXPLAINED] if mean[at] > 0]
    return [str(name) for name in runs.layout.nodes["node"].to_numpy()[places[order]]]


def lost_output_table(runs: Runs) -> pd.DataFrame:
    """Lost output of each end user in days of plan, its weight, and its part of the weighted loss."""
    weights = end_weights(runs.setup)
    nodes = runs.layout.nodes.iloc[weights.places].reset_index(drop=True)
    lost = _of_ends(runs, weights.places)
    table = pd.DataFrame({name: nodes[name] for name in ("node", "label_en", "label_ja", "country")})
    low, middle, high = np.quantile(lost, [0.1, 0.5, 0.9], axis=0)
    table = table.assign(weight=weights.weight, basis=weights.basis)
    table = table.assign(lost_d=middle, lost_d_p10=low, lost_d_p90=high, mean_d=lost.mean(axis=0))
    table["part_d"] = table["mean_d"] * table["weight"]
    schema = Schema.of("lost_output")
    ordered = table.sort_values(["part_d", "node"], ascending=[False, True])
    return schema.check(ordered[schema.names].reset_index(drop=True))
