"""What each what-if switch would do to the place of a material on the line from tantalum to indium."""

from __future__ import annotations

import pandas as pd

from meguri.base.tables import Schema
from meguri.circulate.durability import durability_answer
from meguri.observe.packaged import facts


def durability_moves(material: str) -> pd.DataFrame:
    """Each declared switch on its own: where the material stands before it and after.

    Returns
    -------
    DataFrame
        Columns of ``durability_moves``, in the order of the switches; a switch that changes nothing
        stands there too.

    Examples
    --------
    >>> rows = durability_moves("Ta").set_index("switch")
    >>> float(rows.at["separable-process", "after_low"])
    0.6
    """
    rows = []
    for switch in dict.fromkeys(facts("durability_switches")["switch"]):
        told = durability_answer(material, [switch])
        rows.append(
            {
                "material": told.material,
                "switch": switch,
                **dict(zip(("before_low", "before_high"), told.before, strict=True)),
                **dict(zip(("after_low", "after_high"), told.position, strict=True)),
                "path": told.path,
            }
        )
    return Schema.of("durability_moves").check(pd.DataFrame(rows))
