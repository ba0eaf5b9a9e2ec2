"""What first: until when each measure has to be decided to be ready for the earliest control."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from meguri.base.terms import Lang
from meguri.respond.measures import Library
from meguri.respond.words import both, listed, named

Row = dict[str, Any]


def decide_by(measure: Row, strike_on: dt.date) -> dt.date:
    """Latest day of decision on which a measure would still work, in full, when the control begins.

    Examples
    --------
    >>> decide_by({"lead_d": 60.0, "ramp_d": 30.0}, dt.date(2026, 4, 1))
    datetime.date(2026, 1, 1)
    """
    days = float(measure["lead_d"]) + float(np.nan_to_num(float(measure["ramp_d"])))
    return strike_on - dt.timedelta(days=round(days))


def order_rows(measures: Iterable[str], library: Library, decided: dt.date, strike_on: dt.date) -> list[Row]:
    """Rows of ``order``: by the latest day of decision, what others need before those others.

    Parameters
    ----------
    measures : iterable of str
        Measures of the plans on the front.
    library : Library
        Lead times and prerequisites.
    decided, strike_on : date
        Day of decision, and first day of the earliest control that is asked about.
    """
    chosen = list(dict.fromkeys(measures))
    needs = _needs(chosen, library)
    until = {key: decide_by(library.measure(key), strike_on) for key in chosen}
    for _ in chosen:  # a prerequisite is due no later than what waits for it
        for key, others in needs.items():
            for other in others:
                until[other] = min(until[other], until[key])
    ranked = _sorted(chosen, until, needs)
    return [
        {
            "rank": rank,
            "measure": key,
            **{f"label_{lang}": text for lang, text in named(library, key).items()},
            "decide_by": until[key].isoformat(),
            **{f"why_{lang}": text for lang, text in _why(key, library, decided, strike_on, needs).items()},
        }
        for rank, key in enumerate(ranked, start=1)
    ]


def _needs(chosen: Sequence[str], library: Library) -> dict[str, list[str]]:
    """Measure → measures among those chosen that it requires."""
    rows = library.rules[library.rules["rule"] == "requires"]
    pairs = zip(rows["measure"], rows["other"], strict=True)
    found: dict[str, list[str]] = {}
    for measure, other in pairs:
        if measure in chosen and other in chosen:
            found.setdefault(measure, []).append(other)
    return found


def _sorted(
    chosen: Sequence[str], until: Mapping[str, dt.date], needs: Mapping[str, Sequence[str]]
) -> list[str]:
    """By day, prerequisites first; by name where days are equal."""
    left, ranked = sorted(chosen, key=lambda key: (until[key], key)), []
    while left:
        ready = [key for key in left if not set(needs.get(key, ())) & set(left)]
        ranked.append((ready or left)[0])
        left.remove(ranked[-1])
    return ranked


def _why(
    key: str, library: Library, decided: dt.date, strike_on: dt.date, needs: Mapping[str, Sequence[str]]
) -> dict[Lang, str]:
    """Lead time against the earliest control, and who waits for whom."""
    late = (decided - decide_by(library.measure(key), strike_on)).days
    days = (strike_on - decided).days + late
    strike = {"en": strike_on.isoformat(), "ja": f"{strike_on.year}年{strike_on.month}月{strike_on.day}日"}
    texts = both("order_late" if late > 0 else "order_lead", days=days, late=late, strike=strike)
    waiting = [other for other, own in needs.items() if key in own]
    for word, others in (("order_before", needs.get(key, ())), ("order_needed_by", waiting)):
        if others:
            more = both(word, others=listed(library, list(others)))
            texts = {lang: f"{text}{'' if lang == 'ja' else ' '}{more[lang]}" for lang, text in texts.items()}
    return texts
