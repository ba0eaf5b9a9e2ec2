"""Items against entries at a glance: where the comparison left something open. Never a ruling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.ink import INK, MUTED, PAPER, RULE, base_option, clip, ink_on, mixed, quiet_axis
from meguri.show.screening_words import screen_word

HUE = "#0d436a"
MOST_ENTRIES, MOST_ITEMS = 40, 24
ROW, TOP, BOTTOM, LEFT = 22, 62, 8, 330
SHOWN = ["item", "name", "entry", "list", "verdict", "standing", "entry_start", "source", "checked_on"]
STATES: Mapping[str, tuple[str, float]] = {  # sign, and how dark: the words of the key come from the list
    "candidate": ("●", 0.9), "pointed": ("○", 0.4), "quiet": ("", 0.12), "out": ("×", 0.0), "off": ("–", 0.0),
}  # fmt: skip


def screen_matrix(pairs: pd.DataFrame, names: Mapping[str, str], *, lang: Lang) -> Chart:
    """A square for each item and entry that something points at for any item.

    Parameters
    ----------
    pairs : DataFrame
        ``screen_verdicts``, once for each pair of item and entry.
    names : mapping
        Shown name of every entry, in the reader's language.
    """
    open_ = pairs["verdict"].isin(("candidate", "cannot-exclude")) & pairs["signals"].ne("")
    found = pairs.loc[open_, "entry"].value_counts(sort=True)
    entries, items = list(found.index), list(dict.fromkeys(pairs["item"]))
    shown = pairs[pairs["entry"].isin(entries)]
    told = {"n": len(items), "k": len(entries), "open": int(open_.sum()),
            "candidates": int((pairs["verdict"] == "candidate").sum())}  # fmt: skip
    cut = len(entries) > MOST_ENTRIES or len(items) > MOST_ITEMS
    return Chart(
        key="draft_matrix",
        option=_option(shown, entries[:MOST_ENTRIES], items[:MOST_ITEMS], names, lang),
        table=shown[SHOWN].reset_index(drop=True),
        title=screen_word("matrix_title", lang, **told),
        subtitle=screen_word("matrix_sub", lang),
        footer=screen_word("matrix_foot", lang) + (screen_word("matrix_cut", lang) if cut else ""),
        lang=lang,
        declared="screen_verdicts",
        height=TOP + BOTTOM + ROW * max(1, min(MOST_ENTRIES, len(entries))),
    )


def state_of(row: Mapping[str, Any]) -> str:
    """State of a pair as it is drawn.

    Examples
    --------
    >>> state_of({"verdict": "cannot-exclude", "signals": "hs"})
    'pointed'
    """
    named = {"candidate": "candidate", "excluded-by-spec": "out", "not-in-list-on-that-date": "off"}
    return named.get(str(row["verdict"]), "pointed" if row["signals"] else "quiet")


def _option(
    shown: pd.DataFrame, entries: list[str], items: list[str], names: Mapping[str, str], lang: Lang
) -> dict[str, Any]:
    drawn = shown[shown["entry"].isin(entries) & shown["item"].isin(items)]
    data = [
        _square([items.index(row["item"]), entries.index(row["entry"])], state_of(row))
        for row in drawn.to_dict("records")
    ]
    turn = 30 if len(items) > 12 else 0
    return {
        **base_option(),
        "tooltip": {"show": False},
        "title": [_key(lang)],
        "grid": {"left": LEFT, "right": 8, "top": TOP, "bottom": BOTTOM},
        "xAxis": quiet_axis(
            type="category", position="top", data=[clip(item, 14) for item in items],
            axisLabel={"interval": 0, "color": INK, "fontWeight": "bold", "rotate": turn},
        ),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=[clip(names[entry], 46) for entry in entries],
            axisLabel={"interval": 0, "color": INK, "margin": 10},
        ),
        "series": [{
            "name": "pairs", "type": "heatmap", "data": data, "silent": True, "emphasis": {"disabled": True},
            "label": {"show": True, "fontSize": 12},
        }],
        "visualMap": {"show": False, "min": 0, "max": 1, "inRange": {"color": [PAPER, PAPER]}},
    }  # fmt: skip


def _square(place: list[int], state: str) -> dict[str, Any]:
    sign, dark = STATES[state]
    fill = mixed(HUE, dark) if dark else PAPER
    return {
        "value": [*place, dark], "itemStyle": {"color": fill, "borderColor": RULE if not dark else PAPER},
        "label": {"formatter": sign, "color": ink_on(fill) if dark else MUTED},
    }  # fmt: skip


def _key(lang: Lang) -> dict[str, Any]:
    said = "    ".join(
        f"{sign or '□'} {screen_word(f'matrix_{state}', lang)}" for state, (sign, _) in STATES.items()
    )
    return {"text": said, "left": 0, "top": 0, "padding": 0,
            "textStyle": {"fontSize": 11, "fontWeight": "normal", "color": MUTED}}  # fmt: skip
