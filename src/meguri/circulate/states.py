"""What a state may be used for: quality gates of uses and routes on the attributes of states."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from meguri.circulate.routes import Tables


def held_back(tables: Tables, kind: str, gate: str) -> dict[str, str]:
    """States that do not pass a gate, each with the first attribute that holds it back.

    An attribute that is not known does not pass: a gate asks for proof.

    Examples
    --------
    >>> from meguri.circulate.route_case import load_case
    >>> held_back(load_case("dy-position").tables, "route", "hd_diffused")["shredded_diffused"]
    'provenance'
    """
    gates = tables["gates"]
    if gates.empty:
        return {}
    mine = gates[(gates["kind"] == kind) & (gates["gate"] == gate)]
    rows = tables["attributes"]
    value = dict(zip(zip(rows["state"], rows["attribute"], strict=True), rows["value"], strict=True))
    held: dict[str, str] = {}
    for attribute, least, most in zip(mine["attribute"], mine["least"], mine["most"], strict=True):
        low, high = (
            end if not np.isnan(end) else infinite for end, infinite in ((least, -np.inf), (most, np.inf))
        )
        for state in tables["states"]["state"]:
            if not low <= value.get((state, attribute), np.nan) <= high:
                held.setdefault(state, str(attribute))
    return held


def passing(tables: Tables, kind: str, gate: str) -> npt.NDArray[np.bool_]:
    """Which states pass a gate, in the order of the table of states; axes (state,)."""
    held = held_back(tables, kind, gate)
    return np.array([state not in held for state in tables["states"]["state"]], dtype=bool)


def usable(tables: Tables, use: str) -> npt.NDArray[np.bool_]:
    """Which states serve a use as they are: products that meet every requirement of it; axes (state,)."""
    product = tables["states"]["product"].to_numpy(dtype=bool)
    return product & passing(tables, "use", use)
