"""Colours, type and the quiet parts of every figure.

Colour has one meaning through the whole project: one hue per stage, from dark ore to light sector, so
that the order survives in grey and for readers who do not tell red from green
(``data/terms/stage_colours.csv``). Everything else is ink on paper.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from meguri.base.terms import read_words

FONT = '"Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic", "Meiryo", "Helvetica Neue", Arial, sans-serif'
INK = "#22262b"
MUTED = "#6a7178"
RULE = "#dfe2e5"
PAPER = "#ffffff"
LOSS = "#a3312b"  # function that somebody could have kept; the hue of a warning
PALE = 0.28  # opacity of the uncertain part of a bar or band


@cache
def _hues() -> dict[str, str]:
    return {row["key"]: row["hue"] for row in read_words("stage_colours")}


@cache
def _stage_of_form() -> dict[str, str]:
    return {
        form: row["key"] for row in read_words("stage_colours") for form in row["forms"].split("|") if form
    }


def stage_hue(stage: str) -> str:
    """Colour of a stage; a stage of the user's own is drawn in muted ink.

    Examples
    --------
    >>> stage_hue("ore"), stage_hue("elsewhere")
    ('#1d305e', '#6a7178')
    """
    return _hues().get(stage, MUTED)


def mixed(hue: str, part: float) -> str:
    """A colour laid over paper with some opacity, as one plain colour.

    Examples
    --------
    >>> mixed("#000000", 0.5)
    '#808080'
    """
    channels = (int(hue[place : place + 2], 16) for place in (1, 3, 5))
    return "#" + "".join(f"{round(255 + (channel - 255) * part):02x}" for channel in channels)


def ink_on(colour: str) -> str:
    """Ink or paper, whichever is read more easily on a colour.

    Examples
    --------
    >>> ink_on("#1d305e") == PAPER, ink_on("#b9c3e6") == INK
    (True, True)
    """
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 150 else PAPER


def form_hue(form: str) -> str:
    """Colour of the stage that makes a form.

    Examples
    --------
    >>> form_hue("oxide") == stage_hue("separation")
    True
    """
    return stage_hue(_stage_of_form().get(form, ""))


def base_option() -> dict[str, Any]:
    """What every figure shares: type, no movement, tooltips drawn as text (never as HTML)."""
    return {
        "animation": False,
        "useUTC": True,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": FONT, "color": INK, "fontSize": 12},
        "tooltip": {
            "renderMode": "richText",
            "confine": True,
            "backgroundColor": PAPER,
            "borderColor": RULE,
            "textStyle": {"color": INK, "fontSize": 12},
        },
    }


def quiet_axis(**more: Any) -> dict[str, Any]:
    """An axis of hairlines and muted labels, with further settings laid over it."""
    axis: dict[str, Any] = {
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "splitLine": {"show": False, "lineStyle": {"color": RULE, "width": 1}},
        "axisLabel": {"color": MUTED, "fontSize": 11, "lineHeight": 14},
        "nameTextStyle": {"color": MUTED, "fontSize": 11},
    }
    for key, value in more.items():
        axis[key] = {**axis[key], **value} if isinstance(axis.get(key), dict) else value
    return axis


def clip(text: str, width: int) -> str:
    """Text cut to a width counted in Latin letters (a Japanese one counts two).

    Examples
    --------
    >>> clip("ネオジム磁石", 8), clip("magnet", 8)
    ('ネオジ…', 'magnet')
    """
    fits = _fitting(text, width)
    return text if fits == len(text) else text[: max(1, fits - 1)].rstrip() + "…"


def _fitting(text: str, width: int) -> int:
    """How many letters fit into a width."""
    used = 0
    for place, letter in enumerate(text):
        used += 2 if ord(letter) > 0x2E7F else 1
        if used > width:
            return place
    return len(text)


def wrap(text: str, width: int) -> str:
    """Text on one line, or on two broken where a reader would, the second one cut if need be.

    Examples
    --------
    >>> wrap("焼結磁石用合金（日本）", 18)
    '焼結磁石用合金\\n（日本）'
    >>> wrap("Rare-earth metal, Vietnam", 18)
    'Rare-earth metal,\\nVietnam'
    """
    fits = _fitting(text, width)
    if fits == len(text):
        return text
    head = text[: fits + 1]
    at_bracket = max(head.rfind("（"), head.rfind(" ("))  # a bracket stays whole where it can
    cut = at_bracket if at_bracket >= fits // 3 else max(head.rfind(" ") + 1, head.rfind("・") + 1)
    if cut < fits // 3:  # a first line of two letters looks like a mistake
        cut = fits
    return f"{text[:cut].rstrip()}\n{clip(text[cut:].lstrip(), width)}"
