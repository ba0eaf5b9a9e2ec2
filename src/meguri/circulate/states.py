"""What a state may be used for: quality gates of uses and routes on the attributes of states."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.circulate.routes import Tables


def gate_table(tables: Tables) -> pd.DataFrame:
    """Every state at every gate: whether it passes, and on which attribute it is held back.

    Returns
    -------
    DataFrame
        ``kind, gate, state, attribute, value, least, most, passes``; one row for each attribute a
        gate asks for. An attribute that is not known does not pass: a gate asks for proof.
    """
    gates = tables["gates"][["kind", "gate", "attribute", "least", "most"]]
    states = tables["states"][["state"]]
    known = tables["attributes"][["state", "attribute", "value"]]
    rows = gates.merge(states, how="cross").merge(known, on=["state", "attribute"], how="left")
    least, most = rows["least"].fillna(-np.inf), rows["most"].fillna(np.inf)
    rows["passes"] = (rows["value"] >= least) & (rows["value"] <= most)
    return rows[["kind", "gate", "state", "attribute", "value", "least", "most", "passes"]]


def passing(tables: Tables, kind: str, gate: str) -> npt.NDArray[np.bool_]:
    """Which states pass a gate, in the order of the table of states; axes (state,).

    Examples
    --------
    >>> from meguri.circulate.route_case import load_case
    >>> bool(passing(load_case("dy-routes").tables, "use", "ev-motor").all())
    True
    """
    rows = gate_table(tables)
    rows = rows[(rows["kind"] == kind) & (rows["gate"] == gate)]
    held = set(rows.loc[~rows["passes"], "state"])
    return ~tables["states"]["state"].isin(held).to_numpy(dtype=bool)


def usable(tables: Tables, use: str) -> npt.NDArray[np.bool_]:
    """Which states serve a use as they are: products that meet every requirement of it; axes (state,)."""
    product = tables["states"]["product"].to_numpy(dtype=bool)
    return product & passing(tables, "use", use)
