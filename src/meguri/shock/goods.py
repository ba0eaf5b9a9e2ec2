"""Which goods a control names, and how much of each is regulated."""

from __future__ import annotations

from functools import cache

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.scenario.controls import Control
from meguri.structure.chain import Chain

ALL_RARE_EARTHS = "REO"


@cache
def oxide_factors() -> dict[str, float]:
    """Tonnes of oxide per tonne of each rare earth."""
    with packaged("facts", "oxide_factors.csv").open(encoding="utf-8") as file:
        table = Schema.of("oxide_factors").check(pd.read_csv(file), "oxide_factors.csv")
    return dict(zip(table["element"], table["factor"], strict=True))


def item_share(chain: Chain, control: Control) -> pd.Series[float]:
    """Regulated tonnes per tonne of each product of the chain; 0 where the control does not name it.

    A product is named by element and form, or by its key among the control's goods; there a tonne
    counts as what it contains of the elements, and as a tonne where it contains none or none is named.
    A threshold then keeps the goods whose specification lies on its side.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> licence = read_scenario("2025-medium-heavy-rare-earths").control("licence")
    >>> float(item_share(Chain.example("ndfeb-japan"), licence)["oxide-ndpr"])
    0.0
    """
    materials = chain.materials.set_index("material")
    contained = regulated_share(chain.contents, control.element).reindex(materials.index).fillna(0.0)
    share = contained.where(materials["form"].isin(control.form), 0.0)
    listed = materials.index.isin(control.goods)
    share = share.where(~listed, contained.where(contained > 0.0, 1.0))
    if control.threshold is None:
        return share
    caught, _ = specified(chain, control)
    return share.where(share.index.isin(caught), 0.0)


def regulated_share(contents: pd.DataFrame, elements: tuple[str, ...]) -> pd.Series[float]:
    """Tonnes of the elements per tonne of each product; where "REO" is named, oxide tonnes of all of them."""
    wanted = set(elements)
    contents = contents.sort_values(["material", "element"])  # sums must not hang on the order of rows
    if ALL_RARE_EARTHS in wanted:
        oxide = (contents["share"] * contents["element"].map(oxide_factors())).dropna()
        return oxide.groupby(contents["material"]).sum()
    return contents[contents["element"].isin(wanted)].groupby("material")["share"].sum()


def specified(chain: Chain, control: Control) -> tuple[set[str], set[str]]:
    """Products on the controlled side of a control's threshold, and products whose property is not stated.

    Parameters
    ----------
    chain : Chain
        Its table ``specs`` states properties of products.
    control : Control
        With a threshold; property and unit must both be the same to be compared.
    """
    threshold = control.threshold
    every = set(chain.materials["material"])
    if threshold is None:
        return every, set()
    specs = chain.specs
    stated = specs[(specs["property"] == threshold.property) & (specs["unit"] == threshold.unit)]
    stated = stated[stated["value"].notna()]
    caught = {
        name
        for name, value in zip(stated["material"], stated["value"], strict=True)
        if threshold.catches(value)
    }
    return caught, every - set(stated["material"])
