"""Whether a text fits its box: widths by letter, lines by width, and the largest size that fits."""

from __future__ import annotations

import math
from collections.abc import Sequence

LEADING = 1.3  # height of a line, in sizes of the letter
WIDE = 0x2E7F  # letters above are as wide as they are high
RAGGED = 1.0  # what a wrapped line leaves empty at its end, in sizes of the letter
LATIN = 0.56  # width of a Latin letter, in its size: a digit of Arial; small letters leave room


def em(text: str) -> float:
    """Width of a text, in sizes of its letters.

    Examples
    --------
    >>> em("稟議"), round(em("ab"), 2)
    (2.0, 1.12)
    """
    return sum(1.0 if ord(letter) > WIDE else LATIN for letter in text)


def lines(text: str, width: float, size: float) -> int:
    """Lines a text needs in a width, both in points; a line break in it begins a new one.

    Examples
    --------
    >>> lines("稟議書を回す", 30, 10), lines("", 30, 10)
    (3, 1)
    """
    return sum(_wrapped(em(part), max(2.0, width / size)) for part in text.split("\n"))


def _wrapped(long: float, per_line: float) -> int:
    """Lines of one stretch of text; where it wraps, a word or a bracket leaves some of each line empty."""
    return 1 if long <= per_line else math.ceil(long / (per_line - RAGGED))


def height(texts: Sequence[str], width: float, size: float, gap: float = 0.0) -> float:
    """Height of some paragraphs in points, with a gap below each."""
    return sum(lines(text, width, size) * size * LEADING + gap for text in texts)


def size_for(texts: Sequence[str], box: tuple[float, float], most: float, least: float) -> float:
    """Largest size at which some paragraphs fit a box of (width, height) points; the least one if none does.

    Examples
    --------
    >>> size_for(["稟議書"], (100, 20), 14, 8)
    12.5
    """
    size = most
    while size > least and height(texts, box[0], size, 0.3 * size) > box[1]:
        size -= 0.5
    return size


def clipped(text: str, width: float) -> str:
    """A text cut to a width in sizes of its letters, with an ellipsis where something was cut.

    Examples
    --------
    >>> clipped("稟議書を回す", 4), clipped("稟議書", 4)
    ('稟議書…', '稟議書')
    """
    if em(text) <= width:
        return text
    kept = ""
    for letter in text:
        if em(kept + letter) + 1 > width:
            break
        kept += letter
    return kept.rstrip() + "…"
