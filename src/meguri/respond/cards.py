"""What a card is worth after one, three and ten years, and who at home pays for playing it.

Leverage is the share of the partner's need that only the holder can still meet, times what the partner's
users lose when it is cut. Playing the card teaches the partner; the same card kept is told beside it. Holder
and partner are parameters: A against B and B against A run the same code. Benefit and harm are never added.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.terms import find_key, suggest, suggest_key
from meguri.respond.feedback import Control as Control
from meguri.respond.leverage_card import FOREVER, drawn_card
from meguri.respond.leverage_data import LeverageData as LeverageData
from meguri.respond.leverage_data import leverage_data as leverage_data
from meguri.respond.leverage_tables import (
    cards_table,
    compared_table,
    costs_table,
    notes_table,
    path_table,
    rebounds_table,
    summary_table,
)

DRAWS = 400
SEED = 1
YEARS = 10.0  # [a]


@dataclass(frozen=True)
class LeverageAnswer:
    """One card: item, holder, partner, and its tables."""

    item: str
    holder: str
    partner: str
    years: float
    draws: int
    seed: int
    tables: Mapping[str, pd.DataFrame]

    def table(self, name: str) -> pd.DataFrame:
        """One table: path, summary, costs, cards, rebounds or notes, with or without ``leverage_``."""
        return self.tables[name if name.startswith("leverage_") else f"leverage_{name}"].copy()


def leverage(
    item: str,
    holder: str | None = None,
    partner: str | None = None,
    years: float = YEARS,
    control: Control | None = None,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    data: LeverageData | None = None,
    usd_jpy: float | None = None,
) -> LeverageAnswer:
    """What a card is worth over time, what it costs, and how the printed table reads it.

    Parameters
    ----------
    item : str
        Key or name of an item; ``leverage_data`` reads the user's own.
    holder, partner : str, optional
        Economies by key or name; left out, the pair of the item. Any other pair runs the same code.
    years : float [a]
        Horizon of the path, of lead and of lost sales, > 0.
    control : Control, optional
        Pressure and lift; left out, the item's own pressure, never lifted.
    draws, seed : int
        Monte Carlo over all ranges; one draw takes every range at its value.
    data : LeverageData, optional
        Tables; left out, the packaged ones.
    usd_jpy : float, optional
        Yen per dollar, in place of the rate of each base's own year.

    Raises
    ------
    DataError
        When the item or an economy is unknown, both are the same, or a number is out of range.

    Examples
    --------
    >>> answer = leverage("hf", draws=1)
    >>> answer.table("summary")["controlled"].tolist()
    [True, False]
    """
    tables = leverage_data() if data is None else data
    row = _item(tables, item)
    pair = (str(row["item"]), *_pair(row, holder, partner))
    _checked(years, draws)
    card = drawn_card(tables, row, pair, control, draws, seed, usd_jpy)
    made = {
        "leverage_path": path_table(card, years),
        "leverage_summary": summary_table(card, years),
        "leverage_costs": costs_table(card),
        "leverage_cards": cards_table(card, tables),
        "leverage_rebounds": rebounds_table(card),
        "leverage_notes": notes_table(card, tables, years),
    }
    return LeverageAnswer(*pair, years, draws, seed, MappingProxyType(made))


def both_ways(item: str, one: str, other: str, **asked: Any) -> tuple[LeverageAnswer, LeverageAnswer]:
    """The same item held by one against the other, and by the other against the one."""
    return leverage(item, one, other, **asked), leverage(item, other, one, **asked)


def compared(answers: Iterable[LeverageAnswer]) -> pd.DataFrame:
    """How several cards read each row and horizon against the printed table; ``leverage_compared``.

    Examples
    --------
    >>> table = compared([leverage("hf", draws=1), leverage("resist-euv", draws=1)])
    >>> table["cards"].unique().tolist(), (table["same"] + table["within"] + table["apart"] == 2).all()
    ([2], np.True_)
    """
    return compared_table(answer.table("cards") for answer in answers)


def _item(data: LeverageData, name: str) -> dict[str, Any]:
    items = data.tables["items"]
    asked = name.strip().casefold()
    named = items[["item", "label_en", "label_ja"]].apply(lambda cells: cells.str.casefold() == asked)
    found = items[named.any(axis=1)]
    if found.empty:
        known = items["item"].tolist()
        near = suggest(name, known) or ", ".join(known)
        raise DataError(Problem("leverage_item", "item", name[:80], "", {"near": near}))
    return dict(found.iloc[0])


def _pair(row: Mapping[str, Any], holder: str | None, partner: str | None) -> tuple[str, str]:
    asked = {"holder": holder or str(row["holder"]), "partner": partner or str(row["partner"])}
    keys = {place: find_key(name, "countries") for place, name in asked.items()}
    found = [
        Problem(
            "term_countries", place, asked[place][:80], "",
            {"near": suggest_key(asked[place], "countries") or "JP, KR, CN"},
        )
        for place, key in keys.items()
        if key is None
    ]  # fmt: skip
    if not found and keys["holder"] == keys["partner"]:
        found.append(Problem("leverage_same", "holder, partner", str(keys["holder"])))
    if found:
        raise DataError(found)
    return str(keys["holder"]), str(keys["partner"])


def _checked(years: float, draws: int) -> None:
    found = []
    if not 0.0 < years <= FOREVER:
        found.append(Problem("leverage_years", "years", str(years), "", {"high": str(FOREVER)}))
    if draws < 1:
        found.append(Problem("leverage_draws", "draws", str(draws)))
    if found:
        raise DataError(found)
