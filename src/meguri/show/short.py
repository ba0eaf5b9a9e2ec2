"""Who falls short: the rows of a survival table that a headline, tile or figure is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from meguri.base.terms import keys

HALF_A_DAY = 0.5  # [d] less than this is no day lost
END_USE = ("equipment", "sector")


def soonest(survival: pd.DataFrame) -> pd.DataFrame:
    """Processes that fall short in the median run, soonest first; ties by plan, then by key."""
    short = survival[survival["tts_d"].notna()]
    return short.sort_values(["tts_d", "plan", "node"], ascending=[True, False, True], kind="stable")


def rarely(survival: pd.DataFrame) -> pd.DataFrame:
    """Processes that fall short in some runs but not in the median run, the most frequent first."""
    maybe = survival[survival["tts_d"].isna() & (survival["share_stopped"] > 0)]
    return maybe.sort_values(["share_stopped", "tts_d_p10", "node"], ascending=[False, True, True])


def in_order(survival: pd.DataFrame) -> pd.Series[bool]:
    """Whether the median days of a process tell one story: it falls short, and recovers later.

    Both medians run over all runs, and a run that never falls short counts as recovered on day 0. Where
    hardly more than half of the runs fall short, the median day of recovery may thus lie before the
    median day of running out; then share and range say more. A missing day of recovery is later than any.

    Examples
    --------
    >>> days = pd.DataFrame({"tts_d": [40.0, 269.0, 90.0, None], "ttr_d": [300.0, 233.0, None, 0.0]})
    >>> list(in_order(days))
    [True, False, True, False]
    """
    return survival["tts_d"].notna() & ~(survival["ttr_d"] < survival["tts_d"])


def at_home(table: pd.DataFrame, economy: Sequence[str]) -> pd.DataFrame:
    """Rows of the scenario's economy; all of them where it names none."""
    return table[table["country"].isin(list(economy))] if economy else table


def ends(nodes: pd.DataFrame, flows: pd.DataFrame, economy: Sequence[str]) -> list[str]:
    """Last nodes of the chain: those of the economy that deliver to nobody in it.

    Equipment and sectors count where the chain has them, else what stands at the furthest stage, so that
    a maker whose customers the chain does not hold is no end user.
    """
    home = at_home(nodes, economy)
    last = home[~home["node"].isin(flows.loc[flows["customer"].isin(home["node"]), "supplier"])]
    users = last[last["stage"].isin(END_USE)]
    if users.empty:
        order = {stage: n for n, stage in enumerate(s for s in keys("stages") if s != "recycling")}
        rank = last["stage"].map(order).fillna(-1)
        users = last[rank == rank.max()]
    return [str(node) for node in users["node"]]


def first_row(table: pd.DataFrame) -> dict[Any, Any] | None:
    """The first row, None of an empty table."""
    return None if table.empty else table.iloc[0].to_dict()
