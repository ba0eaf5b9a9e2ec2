"""Kinds of fields a scenario file may hold: ranged numbers with units, dates, words of the field."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer
from pydantic_core import PydanticCustomError

from meguri.base.terms import find_key, suggest_key
from meguri.base.units import CANONICAL, Quantity, read_quantity

MAX_DAYS = 36_500.0  # a century: beyond it a number is a slip of the pen


@dataclass(frozen=True)
class Range:
    """A ranged number in its canonical unit: low ≤ mode ≤ high; a plain number has all three equal."""

    low: float
    mode: float
    high: float
    unit: str

    @property
    def fixed(self) -> bool:
        """Whether there is nothing to vary."""
        return self.low == self.high

    @classmethod
    def read(cls, value: Any, dimension: str) -> Range:
        """From "45 d", [10 d, 60 d] (mode in the middle) or [10 d, 20 d, 60 d].

        Raises
        ------
        ValueError
            When a part is no number of the dimension, or the parts do not rise.

        Examples
        --------
        >>> Range.read(["10 d", "60 d"], "time")
        Range(low=10.0, mode=35.0, high=60.0, unit='d')
        """
        parts = list(value) if isinstance(value, list | tuple) else [value]
        if not 1 <= len(parts) <= 3:
            raise ValueError(CANONICAL[dimension])
        read: list[Quantity] = [read_quantity(part, dimension) for part in parts]
        if len({quantity.unit for quantity in read}) > 1:
            raise ValueError(CANONICAL[dimension])
        numbers = [quantity.value for quantity in read]
        if not all(math.isfinite(number) for number in numbers):
            raise ValueError(CANONICAL[dimension])
        low, high = numbers[0], numbers[-1]
        mode = numbers[1] if len(numbers) == 3 else (low + high) / 2
        if not low <= mode <= high:
            raise PydanticCustomError("range_inverted", "low to high")
        return cls(low, mode, high, read[0].unit)

    def text(self) -> Any:
        """The way it is written in a scenario file."""

        def one(number: float) -> Any:
            if self.unit == "1":
                return float(number)
            short = f"{number:g}"  # where six digits do not say it all, all of them
            return f"{short if float(short) == number else repr(float(number))} {self.unit}"

        return one(self.mode) if self.fixed else [one(self.low), one(self.mode), one(self.high)]


def _ranged(
    dimension: str, low: float = 0.0, high: float = math.inf, working_days: bool = False
) -> BeforeValidator:
    def read(value: Any) -> Range:
        if isinstance(value, Range):
            return value
        try:
            found = Range.read(value, dimension)
        except PydanticCustomError:  # is a ValueError, but has already said what is wrong
            raise
        except (ValueError, TypeError, OverflowError):
            raise PydanticCustomError("quantity", "{unit}", {"unit": CANONICAL[dimension]}) from None
        if found.unit != CANONICAL[dimension] and not working_days:  # an authority's clock, nobody else's
            raise PydanticCustomError("quantity", "{unit}", {"unit": CANONICAL[dimension]})
        if found.low < low or found.high > high:
            raise PydanticCustomError("bounds", "{low} … {high}", {"low": f"{low:g}", "high": f"{high:g}"})
        return found

    return BeforeValidator(read, json_schema_input_type=str | float | list[str | float])


def _terms(words: str, empty: bool = False) -> BeforeValidator:
    def read(value: Any) -> tuple[str, ...]:
        items = value if isinstance(value, list | tuple) else [value]
        if not items and not empty:
            raise PydanticCustomError(f"term_{words}", "{near}", {"near": "…"})
        return tuple(_term(item, words) for item in items)

    return BeforeValidator(read)


def _term(value: Any, words: str) -> str:
    text = "NO" if value is False else str(value)  # YAML 1.1 reads Norway's code as false
    key = find_key(text, words)
    if key is None:
        near = suggest_key(text, words)
        raise PydanticCustomError(f"term_{words}", "{near}", {"near": near or "…"})
    return key


def _names(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    if not all(isinstance(item, str) and item.strip() for item in items):
        raise PydanticCustomError("names", "names")
    return tuple(item.strip() for item in items)


def _part(value: Any) -> float:
    try:
        found = read_quantity(value if isinstance(value, int | float) else str(value), "share").value
    except (ValueError, OverflowError):
        raise PydanticCustomError("quantity", "{unit}", {"unit": CANONICAL["share"]}) from None
    if not 0.0 <= found <= 1.0:  # nan lies nowhere
        raise PydanticCustomError("bounds", "{low} … {high}", {"low": "0", "high": "1"})
    return found


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise PydanticCustomError("date", "a date")
    try:
        return value if isinstance(value, dt.date) else dt.date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "a date") from None


_WRITTEN = PlainSerializer(lambda value: value.text(), return_type=str | float | list[str | float])
Date = Annotated[dt.date, BeforeValidator(_date)]
Days = Annotated[Range, _ranged("time", 0.0, MAX_DAYS), _WRITTEN]
ReviewDays = Annotated[Range, _ranged("time", 0.0, MAX_DAYS, working_days=True), _WRITTEN]
ClosingDays = Annotated[Range, _ranged("time", 1.0, MAX_DAYS), _WRITTEN]
Share = Annotated[Range, _ranged("share", 0.0, 1.0), _WRITTEN]
Factor = Annotated[Range, _ranged("share", 0.0, 1e6), _WRITTEN]
Tonnes = Annotated[Range, _ranged("mass"), _WRITTEN]
Rate = Annotated[Range, _ranged("mass_flow"), _WRITTEN]
Price = Annotated[Range, _ranged("price"), _WRITTEN]
Part = Annotated[float, BeforeValidator(_part, json_schema_input_type=str | float)]
Names = Annotated[tuple[str, ...], BeforeValidator(_names)]
Countries = Annotated[tuple[str, ...], _terms("countries")]
AnyCountries = Annotated[tuple[str, ...], _terms("countries", empty=True)]
Elements = Annotated[tuple[str, ...], _terms("materials", empty=True)]
Forms = Annotated[tuple[str, ...], _terms("forms", empty=True)]
Authority = Annotated[str, BeforeValidator(lambda value: _term(value, "countries"))]


def described(en: str, ja: str, default: Any = ...) -> Any:
    """A field with its description in both languages."""
    return Field(default, description=en, json_schema_extra={"description_ja": ja})


class Strict(BaseModel):
    """Frozen, and no unknown key passes."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Words(Strict):
    """A text in both languages."""

    en: str = described("English text", "英語の文")
    ja: str = described("Japanese text", "日本語の文")


class Evidence(Strict):
    """What stands behind an entry."""

    source: str = described("Key of sources.csv", "sources.csv のキー")
    grade: Literal["reported", "derived", "estimated", "assumed"] = described(
        "Grade of the weakest number of the entry", "項目中で最も弱い数値の確度", "reported"
    )
    note: str = described("Reason of assumed numbers, doubts", "仮定の理由、疑義", "")
