"""The same scenario on other days: for asking what a later or earlier control would do."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import BaseModel

from meguri.scenario.fields import Range
from meguri.scenario.schema import Scenario

WEEK = 7 / 5  # [d per working day] holidays of years to come are not published


def shifted(scenario: Scenario, days: int) -> Scenario:
    """The scenario with every date moved by some days.

    What belongs to real dates stays behind: figures of history it was held against, and the scenario
    it was contrasted with. Reviews in working days become days, five of them a week: the holidays of
    years to come are not yet known, and a review must not depend on which of them are.

    Parameters
    ----------
    scenario : Scenario
        Any scenario.
    days : int
        Days by which it comes later, earlier when negative; with 0 it is the same scenario.

    Examples
    --------
    >>> from meguri.scenario.read import read_scenario
    >>> scenario = read_scenario("2025-medium-heavy-rare-earths")
    >>> str(scenario.first_control), str(shifted(scenario, 365).first_control)
    ('2025-04-04', '2026-04-04')
    """
    if days == 0:
        return scenario
    moved: Scenario = _moved(scenario, dt.timedelta(days=days))
    return moved.model_copy(update={"observed": (), "contrast": None})


def _moved(part: Any, by: dt.timedelta) -> Any:
    """Any part of a scenario with its dates moved."""
    if isinstance(part, dt.date):
        return part + by
    if isinstance(part, BaseModel):
        fields = {name: getattr(part, name) for name in type(part).model_fields}
        return part.model_copy(update={name: _moved(value, by) for name, value in fields.items()})
    if isinstance(part, tuple):
        return tuple(_moved(item, by) for item in part)
    if isinstance(part, Range) and part.unit == "working days":
        low, mode, high = (float(round(WEEK * end)) for end in (part.low, part.mode, part.high))
        return Range(low, mode, high, "d")
    return part
