"""What if: dated scenario files, base plus differences.

The package can be called: ``meguri.scenario("2025-medium-heavy-rare-earths")`` reads a scenario.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any


class _Readable(ModuleType):
    def __call__(self, name: str | Path, sets: Iterable[str] = ()) -> Any:
        from meguri.scenario.read import read_scenario  # pydantic loads only when a scenario is read

        return read_scenario(name, sets)


sys.modules[__name__].__class__ = _Readable
