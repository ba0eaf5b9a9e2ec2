"""Tables and answers as plain values for JSON: unknown is ``null``, no noise in the last digits."""

from __future__ import annotations

import json
import math
from typing import Any

import pandas as pd

DIGITS = 10  # more would only print the noise of summing over runs
EXACT = 17  # every binary number stands for itself


def records(frame: pd.DataFrame, digits: int = DIGITS) -> list[dict[str, Any]]:
    """Rows as plain values; unknown numbers become ``None``, others keep so many digits.

    Examples
    --------
    >>> records(pd.DataFrame({"a": [1.5, float("nan")]}))
    [{'a': 1.5}, {'a': None}]
    """
    return [
        {str(key): _plain(value, digits) for key, value in row.items()} for row in frame.to_dict("records")
    ]


def _plain(value: Any, digits: int) -> Any:
    if value is None or value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, float):
        return float(f"{value:.{digits}g}")
    return value.item() if hasattr(value, "item") else value


def to_json(content: Any) -> str:
    """JSON text with sorted keys and no numbers that JSON does not know."""
    return json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"
