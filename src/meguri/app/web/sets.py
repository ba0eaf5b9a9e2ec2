"""Changed values of a scenario as an address carries them: ``set=controls.licence.start=2025-06-01``."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NEXT = re.compile(r",(?=[A-Za-z_][\w-]*(?:\.[\w-]+)*=)")  # a comma inside a value is no new one


def split_sets(text: str) -> tuple[str, ...]:
    """The assignments in one parameter; commas inside a value stay there.

    Examples
    --------
    >>> split_sets("horizon=12 months,controls.0.review=[30 d, 45 d]")
    ('horizon=12 months', 'controls.0.review=[30 d, 45 d]')
    """
    return tuple(part for part in _NEXT.split(text) if part)


def by_path(text: str) -> dict[str, str]:
    """Value of each path in one parameter; the last of a path counts.

    Examples
    --------
    >>> by_path("horizon=12 months,demand=[1, 2]")
    {'horizon': '12 months', 'demand': '[1, 2]'}
    """
    parts = (one.partition("=") for one in split_sets(text))
    return {path: value for path, _, value in parts}


def join_sets(sets: Iterable[str]) -> str:
    """Assignments as one parameter.

    Examples
    --------
    >>> join_sets(["a=1", "b.c=[1, 2]"])
    'a=1,b.c=[1, 2]'
    """
    return ",".join(sets)
