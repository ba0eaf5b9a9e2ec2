"""Third countries behind a fall: what came by another way is no localisation."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from meguri.observe.interval import Interval
from meguri.structure.breaks_scale import WINDOW
from meguri.structure.claims_model import Claim, SeriesAsk
from meguri.structure.claims_series import month_of, split
from meguri.structure.detour import detour

COLUMNS = [
    "series", "verdict", "reason", "third", "first_month", "explained", "explained_low", "explained_high",
]  # fmt: skip


def detours(claim: Claim, cause: Interval, points: pd.DataFrame) -> pd.DataFrame:
    """For each falling series with third countries named: did they step in, when, and for how much of it.

    Parameters
    ----------
    claim : Claim
        Its series of role ``detour`` name in ``of`` the series whose fall they may make good.
    cause : Interval
        Possible days of the cause; where it has none nothing can be told.
    points : DataFrame
        As :func:`meguri.structure.claims_points.claim_points`.
    """
    asks = [ask for ask in claim.series if ask.role == "detour"]
    rows = []
    for holder in dict.fromkeys(ask.of for ask in asks if ask.of):
        names = [holder, *(ask.series for ask in asks if ask.of == holder)]
        months = {name: split(points[points["series"] == name])[0] for name in names}
        if cause.known and not cause.open_end and all(len(series) for series in months.values()):
            rows.append(
                _row(holder, pd.DataFrame(months), str(month_of(cause.latest)), _window(asks, holder))
            )
    return pd.DataFrame(rows, columns=COLUMNS)


def _window(asks: list[SeriesAsk], holder: str) -> tuple[str, str]:
    given = [ask.window for ask in asks if ask.of == holder and ask.window is not None]
    return given[0] if given else WINDOW


def _row(holder: str, frame: pd.DataFrame, at: str, window: tuple[str, str]) -> tuple[object, ...]:
    columns = tuple((str(name), tuple(frame[name])) for name in frame.columns)
    return _cached(holder, tuple(frame.index), columns, at, window)


@lru_cache(maxsize=64)
def _cached(
    holder: str,
    index: tuple[str, ...],
    columns: tuple[tuple[str, tuple[float, ...]], ...],
    at: str,
    window: tuple[str, str],
) -> tuple[object, ...]:
    """The search takes seconds, and one fall stands behind several claims."""
    frame = pd.DataFrame({name: list(values) for name, values in columns}, index=list(index))
    answer = detour(frame, at, window, holder=holder)
    jumped = answer.partners[answer.partners["jump"] == "yes"]
    told = answer.summary.iloc[0]
    shares = tuple(told[name] for name in ("explained", "explained_low", "explained_high"))
    third, months = " | ".join(jumped["partner"]), " | ".join(jumped["first_month"])
    return (holder, answer.verdict, answer.reason, third, months, *shares)
