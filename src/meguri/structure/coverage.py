"""Which kind of evidence is at hand for which metal, and what the main document leaves out."""

from __future__ import annotations

import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.controls import RARE_EARTHS, controls
from meguri.observe.firms import firms, sites
from meguri.observe.mining import production
from meguri.observe.packaged import facts, holds
from meguri.observe.prices import prices
from meguri.observe.profile import capability, hosts, stage_reasons, uses
from meguri.observe.sectors import sector_materials

METALS = (
    "Ru", "Hf", "Zr", "Ta", "W", "Co", "Nb", "V", "Nd", "Pr", "Dy", "Tb", "Sm", "In", "Pd", "Pt", "Ga", "Ge",
    "Mg", "Ni", "Li", "C", "Te", "Bi", "Mo", "Sb", "REO",
)  # fmt: skip
MAGNETS = ("Nd", "Pr", "Dy", "Tb", "REO")  # every packaged site makes NdFeB magnets
PROCESSED = ("separation", "refining", "metal")
PARTS = {"in_c": "C", "in_d1": "D.1", "in_d2": "D.2"}


def coverage(element: str | None = None) -> pd.DataFrame:
    """Rows at hand for each metal and kind of evidence, and the parts of the document that leave it out.

    Flag N36 stands where one part treats the metal and another does not. Production counts the metal's
    own rows with a figure; firms, capability, reasons and controls of a rare earth include what is said
    of all rare earths, as its sheet does.

    Parameters
    ----------
    element : str, optional
        Element key; without it, every metal of the documents.

    Returns
    -------
    DataFrame
        Columns of ``metal_evidence``, one row for each metal. 0 is "nothing at hand".

    Examples
    --------
    >>> table = coverage().set_index("element")
    >>> table.loc[["Ga", "Nb", "Tb", "W"], "missing"].tolist()
    ['D.1|D.2', 'C|D.2', 'D.1|D.2', '']
    >>> int(table.at["Tb", "ore"]), int(table.at["Hf", "ore"])
    (9, 0)
    """
    told, asked = facts("document_metals"), METALS if element is None else (element,)
    return Schema.of("metal_evidence").check(pd.DataFrame([_row(metal, told) for metal in asked]))


def _row(metal: str, told: pd.DataFrame) -> dict[str, object]:
    named = told.loc[told["element"] == metal, "part"].value_counts()
    parts = {column: int(named.get(part, 0)) for column, part in PARTS.items()}
    missing = [part for column, part in PARTS.items() if not parts[column]]
    return {
        "element": metal, **_production(metal), **_firms(metal), **_profile(metal), **parts,
        "sectors": sector_materials(element=metal)["sector"].nunique(),
        "controls": len(controls(metal)), "prices": len(prices(metal)),
        "missing": "|".join(missing), "flag": "N36" if 0 < len(missing) < len(PARTS) else "",
    }  # fmt: skip


def _production(metal: str) -> dict[str, int]:
    rows = production(metal)
    rows = rows[(rows["amount"].notna() | rows["share"].notna()) & (rows["kind"] == "country")]
    ore, processed = rows["stage"] == "ore", rows["stage"].isin(PROCESSED)
    return {
        "ore": int(ore.sum()), "processed": int(processed.sum()), "series": int(rows["year"].nunique()),
    }  # fmt: skip


def _firms(metal: str) -> dict[str, int]:
    table = firms(placeholders=False)
    named = holds(table["elements"], metal)
    if metal in RARE_EARTHS:
        named |= holds(table["elements"], "REO")
    return {
        "firms": int(table.loc[named, "firm"].nunique()),
        "firm_shares": int(table.loc[named, "share"].notna().sum()),
        "sites": len(sites()) if metal in MAGNETS else 0,
    }


def _profile(metal: str) -> dict[str, int]:
    used, able = uses(metal), capability(metal)
    return {
        "hosts": len(hosts(metal)), "uses": len(used), "use_shares": int(used["share"].notna().sum()),
        "capability": len(able), "rebuild": int(able["rebuild_high"].notna().sum()),
        "reasons": len(stage_reasons(metal)),
    }  # fmt: skip
