"""What a cut costs the partner: its users' lost output in the first year without an item, from a chain.

Everything that makes the item stops for a year, at home and abroad, no alternative is qualified, and the
chain's own stocks are lived on. The answer is a share of one year's output of the users that need the
item; how large a part of the chain's end users that is stands beside it. Because everything stops, the
answer does not depend on who holds how much: that is told by the share still irreplaceable.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from meguri.base.errors import ModelError, Problem
from meguri.scenario.controls import Ban
from meguri.scenario.fields import Range
from meguri.scenario.schema import Disruption, Scenario
from meguri.shock.run import run_all
from meguri.shock.worth import end_weights
from meguri.structure.chain import Chain

Floats = npt.NDArray[np.float64]
YEAR = 365  # [d] counted from the cut
RUNS = 100
SEED = 1
_START = dt.date(2030, 1, 1)  # any day: nothing in the chain has a date
_NEVER = Range(36500, 36500, 36500, "d")  # buyers begin to qualify alternatives long after the year
_TOUCHED = 0.5  # [d] lost at least by a user that needs the item
_SOURCE = "meguri-assumption"


class Loss(NamedTuple):
    """Share of one year's output of the users that need the item that is lost [1], and who they are."""

    loss: float  # median over the runs
    low: float  # P10
    high: float  # P90
    reach: float  # [1] of the chain's end users of that economy, by weight, that need the item
    users: tuple[str, ...]  # their nodes


def loss_if_stopped(
    chain: Chain, goods: Sequence[str], economy: str, runs: int = RUNS, seed: int = SEED
) -> Loss:
    """First-year loss of an economy's users when nothing of an item is made any more.

    Parameters
    ----------
    chain : Chain
        The chain, of the year before.
    goods : sequence of str
        Products of the chain that are the item.
    economy : str
        Partner whose end users count.
    runs, seed : int
        Runs over the chain's ranges, and their seed.

    Raises
    ------
    ModelError
        When the chain does not make one of the goods.

    Examples
    --------
    >>> lost = loss_if_stopped(Chain.example("semiconductors-korea@2018"), ["resist-euv"], "KR", runs=1)
    >>> lost.users, round(lost.reach, 3), 0.5 < lost.loss < 1.0
    (('kr-logic-euv',), 0.167, True)
    """
    makers = _makers(chain, goods)
    stops = tuple(
        Disruption(node=node, start=_START, lost=Range(1, 1, 1, "1"), source=_SOURCE, grade="assumed")
        for node in makers
    )
    return _lost(chain, Scenario(**_about(chain, economy), disruptions=stops), runs, seed)


def loss_if_held(
    chain: Chain, goods: Sequence[str], holder: str, economy: str, runs: int = RUNS, seed: int = SEED
) -> Loss:
    """The same when only the holder bans the goods to the partner: usual other suppliers go on.

    This is the direct run against which share times loss is held; it knows grades, stocks and mixed needs.

    Raises
    ------
    ModelError
        When the chain does not make one of the goods.
    """
    _makers(chain, goods)
    ban = Ban(
        id="cut",
        kind="ban",
        by=holder,
        goods=tuple(goods),
        to=(economy,),
        start=_START,
        source=_SOURCE,
        grade="assumed",
    )
    return _lost(chain, Scenario(**_about(chain, economy), controls=(ban,)), runs, seed)


def _makers(chain: Chain, goods: Sequence[str]) -> list[str]:
    nodes = chain.nodes
    known = set(nodes["material"])
    strangers = [name for name in goods if name not in known]
    if strangers or not goods:
        details = {"near": ", ".join(sorted(known))}
        raise ModelError(
            [Problem("leverage_goods", chain.name, name, details=details) for name in strangers or [""]]
        )
    return sorted(nodes.loc[nodes["material"].isin(list(goods)), "node"])


def _about(chain: Chain, economy: str) -> dict[str, object]:
    """What both scenarios have in common: one year, no alternative, no answer of prices."""
    return {
        "name": "cut",
        "label": {"en": "Cut for a year", "ja": "一年間の停止"},
        "chain": chain.name,
        "start": _START,
        "horizon": f"{YEAR} d",
        "economy": economy,
        "react": _NEVER,
        "feedback": "none",
    }


def _lost(chain: Chain, scenario: Scenario, runs: int, seed: int) -> Loss:
    told = run_all(chain, scenario, runs, seed, workers=1)
    weights = end_weights(told.setup)
    lost = np.concatenate([rows["lost"][:, weights.places] for rows in told.row_blocks("lost")])
    told.store.remove()
    needs = np.median(lost, axis=0) > _TOUCHED
    names = told.layout.nodes["node"].to_numpy()[weights.places]
    reach = float(weights.weight[needs].sum())
    if not needs.any():
        return Loss(0.0, 0.0, 0.0, 0.0, ())
    share = np.minimum(lost[:, needs] @ weights.weight[needs] / reach / YEAR, 1.0)
    low, middle, high = (float(value) for value in np.quantile(share, [0.1, 0.5, 0.9]))
    return Loss(middle, low, high, reach, tuple(sorted(str(name) for name in names[needs])))


def row_of_chain(row: Mapping[str, str]) -> dict[str, str]:
    """The computed cells of a row of ``leverage_losses`` that names a chain, as text with four digits.

    Parameters
    ----------
    row : mapping
        holder, partner, chain, goods (separated by |), runs and seed.
    """
    chain, goods = Chain.example(row["chain"]), row["goods"].split("|")
    runs, seed = int(row["runs"]), int(row["seed"])
    stopped = loss_if_stopped(chain, goods, row["partner"], runs, seed)
    held = loss_if_held(chain, goods, row["holder"], row["partner"], runs, seed)
    cells = {"loss": stopped.loss, "loss_low": stopped.low, "loss_high": stopped.high, "reach": stopped.reach}
    cells |= {"held": held.loss, "held_low": held.low, "held_high": held.high, "held_reach": held.reach}
    return {name: f"{value:.4f}" for name, value in cells.items()}
