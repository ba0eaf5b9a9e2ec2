"""Canonical units, and the reading of "30 t/a", "45 d", "2 %".

One canonical unit per dimension. Conversion happens where data enter; inside, plain numbers.
Money keeps its currency: a rate belongs to a date, so it is never applied silently here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

DAYS_PER_YEAR = 365.0
DAYS_PER_MONTH = DAYS_PER_YEAR / 12

# dimension → canonical unit; unit → (dimension, factor to canonical)
CANONICAL = {
    "mass": "t",
    "mass_flow": "t/a",
    "time": "d",
    "workdays": "working days",
    "share": "1",
    "price": "USD/kg",
    "price_jpy": "JPY/kg",
    "money": "USD",
    "money_jpy": "JPY",
}
_UNITS: dict[str, tuple[str, float]] = {
    "t": ("mass", 1.0),
    "kt": ("mass", 1e3),
    "kg": ("mass", 1e-3),
    "g": ("mass", 1e-6),
    "トン": ("mass", 1.0),
    "万トン": ("mass", 1e4),
    "t/a": ("mass_flow", 1.0),
    "t/y": ("mass_flow", 1.0),
    "t/yr": ("mass_flow", 1.0),
    "t/year": ("mass_flow", 1.0),
    "kt/a": ("mass_flow", 1e3),
    "kg/a": ("mass_flow", 1e-3),
    "t/month": ("mass_flow", 12.0),
    "t/d": ("mass_flow", DAYS_PER_YEAR),
    "トン/年": ("mass_flow", 1.0),
    "d": ("time", 1.0),
    "day": ("time", 1.0),
    "days": ("time", 1.0),
    "日": ("time", 1.0),
    "week": ("time", 7.0),
    "weeks": ("time", 7.0),
    "週": ("time", 7.0),
    "month": ("time", DAYS_PER_MONTH),
    "months": ("time", DAYS_PER_MONTH),
    "か月": ("time", DAYS_PER_MONTH),
    "ヶ月": ("time", DAYS_PER_MONTH),
    "ヵ月": ("time", DAYS_PER_MONTH),
    "月": ("time", DAYS_PER_MONTH),
    "a": ("time", DAYS_PER_YEAR),
    "year": ("time", DAYS_PER_YEAR),
    "years": ("time", DAYS_PER_YEAR),
    "年": ("time", DAYS_PER_YEAR),
    "working days": ("workdays", 1.0),
    "working day": ("workdays", 1.0),
    "営業日": ("workdays", 1.0),
    "%": ("share", 0.01),
    "1": ("share", 1.0),
    "": ("share", 1.0),
    "USD/kg": ("price", 1.0),
    "USD/t": ("price", 1e-3),
    "kUSD/t": ("price", 1.0),
    "JPY/kg": ("price_jpy", 1.0),
    "円/kg": ("price_jpy", 1.0),
    "USD": ("money", 1.0),
    "kUSD": ("money", 1e3),
    "JPY": ("money_jpy", 1.0),
    "円": ("money_jpy", 1.0),
    "千円": ("money_jpy", 1e3),
    "万円": ("money_jpy", 1e4),
    "百万円": ("money_jpy", 1e6),
    "億円": ("money_jpy", 1e8),
    "MJPY": ("money_jpy", 1e6),
    "MUSD": ("money", 1e6),
}
_PATTERN = re.compile(r"^\s*([-+]?[0-9][0-9,_ ]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?|[-+]?\.[0-9]+)\s*(.*?)\s*$")


@dataclass(frozen=True)
class Quantity:
    """A number in the canonical unit of its dimension."""

    value: float
    dimension: str

    @property
    def unit(self) -> str:
        """Canonical unit of the number."""
        return CANONICAL[self.dimension]


def read_quantity(text: str | float | int, dimension: str) -> Quantity:
    """Read a number with its unit and bring it to the canonical unit.

    Parameters
    ----------
    text : str or number
        "30 t/a", "45 d", "2 %", "1.5 か月"; a bare number is taken in the canonical unit.
    dimension : str
        Expected dimension, a key of :data:`CANONICAL`. Where "time" is expected "working days" are
        accepted too, and returned as such.

    Raises
    ------
    ValueError
        With the canonical unit in the message, when the text is no number or has another dimension
        (a mass where a mass per year is meant).

    Examples
    --------
    >>> read_quantity("2 %", "share").value, read_quantity("1 month", "time").value
    (0.02, 30.416666666666668)
    >>> read_quantity("45 working days", "time")
    Quantity(value=45.0, dimension='workdays')
    """
    if isinstance(text, bool):
        raise ValueError(CANONICAL[dimension])
    if isinstance(text, int | float):
        return Quantity(float(text), dimension)
    match = _PATTERN.match(unicodedata.normalize("NFKC", text[:100]))  # full-width digits are digits
    if match is None:
        raise ValueError(CANONICAL[dimension])
    number = float(re.sub(r"[,_ ]", "", match[1]))
    unit = match[2]
    if unit == "":
        return Quantity(number, dimension)
    if unit not in _UNITS:
        raise ValueError(CANONICAL[dimension])
    found, factor = _UNITS[unit]
    if found != dimension and not (dimension == "time" and found == "workdays"):
        raise ValueError(CANONICAL[dimension])
    return Quantity(number * factor, found)
