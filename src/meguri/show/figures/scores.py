"""Scores of the risk methods: computed beside published, one mode beside the other."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.marks import beside, spans
from meguri.show.ink import INK, MUTED, PAPER, base_option, clip, quiet_axis, stage_hue
from meguri.show.spell import joined, listing, missing, say, significant, word

TOLERANCE = 0.05  # of SR: printed values have one decimal
NAMED = 14  # points outside the tolerance that are named
ROW = 20
REASONS = 9  # named apart


def published_against_computed(
    scores: pd.DataFrame, *, measure: str = "sr", threshold: float = 1.0, lang: Lang = "en", footer: str = ""
) -> Chart:
    """Computed value against the published one; beside it, why the others differ or cannot be computed.

    Parameters
    ----------
    scores : DataFrame
        Rows of ``risk_scores`` with ``published``.
    measure : str
        Measure drawn.
    threshold : float
        Value from which the method calls a material critical; both axes mark it.
    """
    rows = scores[(scores["measure"] == measure) & scores["published"].notna()]
    staged = rows[rows["stage"].fillna("") != ""]  # the material as a whole repeats its worst stage
    rows = (staged if len(staged) else rows).reset_index(drop=True)
    both = rows[rows["value"].notna()]
    near = (both["value"] - both["published"]).abs() <= TOLERANCE + 1e-9
    counts = reason_counts(rows, lang)
    return Chart(
        key=f"published-{measure}",
        option=_published_option(both, near, counts, threshold, measure, lang),
        table=rows,
        title=say(
            "published_title",
            lang,
            n=int(near.sum()),
            m=len(rows),
            measure=word(measure.upper(), "phrases", lang),
            d=f"{TOLERANCE:.2f}",
        ),
        subtitle=say("published_subtitle", lang, n=len(rows) - len(both)),
        footer=footer,
        lang=lang,
        declared="risk_scores",
        height=430,
    )


def reason_counts(rows: pd.DataFrame, lang: Lang) -> list[tuple[str, int]]:
    """How many cells agree, and for the others how many there are of each reason, most first."""
    off = rows[~((rows["value"] - rows["published"]).abs() <= TOLERANCE + 1e-9)]
    counted: dict[str, int] = {}
    for cell in off["reason"]:
        for key in str(cell).split("|") if not missing(cell) else [""]:
            name = reason_text(key, lang) if key else say("published_no_reason", lang)
            counted[name] = counted.get(name, 0) + 1
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    few = sum(times for _, times in ranked[REASONS:])
    if few:
        ranked = [*ranked[:REASONS], (say("published_others", lang), few)]
    return [(say("published_near", lang, d=f"{TOLERANCE:.2f}"), len(rows) - len(off)), *ranked]


def _published_option(
    both: pd.DataFrame,
    near: pd.Series[bool],
    counts: list[tuple[str, int]],
    threshold: float,
    measure: str,
    lang: Lang,
) -> dict[str, Any]:
    top = float(max([1.0, *both["value"], *both["published"]])) * 1.06
    step = next(s for s in (0.25, 0.5, 1, 2, 5, 10) if top / s <= 7)
    top = -(-top // step) * step
    shared = {"type": "value", "min": 0, "max": top, "interval": step, "splitLine": {"show": True}}
    name = word(measure.upper(), "phrases", lang)
    named = {"nameLocation": "middle", "nameGap": 28}
    return {
        **base_option(),
        "grid": [
            {"left": 44, "width": "46%", "top": 10, "bottom": 44},
            {"left": "72%", "right": 34, "top": 10, "height": 33 * len(counts)},
        ],
        "xAxis": [
            quiet_axis(**shared, name=f"{name}: {say('published_x', lang)}", **named),
            quiet_axis(type="value", gridIndex=1, axisLabel={"show": False}),
        ],
        "yAxis": [
            quiet_axis(**shared, name=f"{name}: {say('published_y', lang)}", **named),
            quiet_axis(
                type="category", inverse=True, gridIndex=1, data=[_broken(text, lang) for text, _ in counts],
                axisLabel={"interval": 0, "color": INK, "lineHeight": 12, "fontSize": 10.5},
            ),
        ],
        "series": [_diagonal(top, threshold), _points(both, near), _counts(counts)],
    }  # fmt: skip


def _broken(text: str, lang: Lang) -> str:
    width = 24
    if lang == "ja":
        half = width // 2
        shown = text if len(text) <= 2 * half else f"{text[: 2 * half - 1]}…"
        return "\n".join(shown[at : at + half] for at in range(0, len(shown), half))
    words, lines = text.split(), [""]
    for part in words:
        if len(lines[-1]) + len(part) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {part}".strip()
    return "\n".join(lines[:2]) + ("…" if len(lines) > 2 else "")


def _diagonal(top: float, threshold: float) -> dict[str, Any]:
    return {
        "name": "equal", "type": "line", "symbol": "none", "silent": True, "data": [[0, 0], [top, top]],
        "lineStyle": {"color": MUTED, "width": 1},
        "markLine": {
            "symbol": "none", "silent": True, "label": {"show": False},
            "lineStyle": {"color": MUTED, "type": [3, 3], "width": 1},
            "data": [{"xAxis": threshold}, {"yAxis": threshold}],
        },
    }  # fmt: skip


def _points(both: pd.DataFrame, near: pd.Series[bool]) -> dict[str, Any]:
    gap = (both["value"] - both["published"]).abs()
    named = set(gap[~near].sort_values(ascending=False).head(NAMED).index)
    data = []
    for at, row, close in zip(both.index, both.to_dict("records"), near, strict=True):
        hue = stage_hue(str(row["stage"]))
        hollow = {"color": PAPER, "borderColor": hue, "borderWidth": 1.6}
        label = beside(clip(str(row["material"]), 16), size=10) if at in named else {"show": False}
        data.append(
            {
                "name": f"{row['material']} {row['stage']}",
                "value": [round(float(row["published"]), 4), round(float(row["value"]), 4)],
                "itemStyle": {"color": hue, "opacity": 0.35} if close else hollow,
                "label": label,
            }
        )
    return {
        "name": "scores", "type": "scatter", "symbolSize": 8, "data": data,
        "tooltip": {"formatter": "{b}: {c}"}, "labelLayout": {"moveOverlap": "shiftY", "hideOverlap": True},
    }  # fmt: skip


def _counts(counts: list[tuple[str, int]]) -> dict[str, Any]:
    data = [
        {"value": n, "itemStyle": {"color": INK if place == 0 else "#a9afb5"}}
        for place, (_, n) in enumerate(counts)
    ]
    return {
        "name": "reasons", "type": "bar", "barWidth": 11, "silent": True, "xAxisIndex": 1, "yAxisIndex": 1,
        "data": data, "label": {"show": True, "position": "right", "color": INK, "fontSize": 11},
    }  # fmt: skip


def two_modes(
    scores: pd.DataFrame,
    *,
    modes: tuple[str, str] = ("geopolrisk", "geopolrisk-compat"),
    measure: str = "score",
    about: str = "",
    lang: Lang = "en",
    footer: str = "",
    most: int = 60,
) -> Chart:
    """Two modes of one method side by side: filled with its range, and hollow; unknown is said to be unknown.

    Parameters
    ----------
    scores : DataFrame
        Rows of ``risk_scores`` of one economy and year in both modes.
    modes : pair of str
        Methods set side by side; the first is the one with a range.
    about : str
        Words for economy and year.
    """
    rows = scores[(scores["measure"] == measure) & scores["method"].isin(modes)]
    pairs = paired(rows, modes).head(most)
    lost = int(pairs["value"].isna().sum())
    return Chart(
        key="modes",
        option=_modes_option(pairs, modes, lang),
        table=rows.reset_index(drop=True),
        title=_modes_title(pairs, lost, lang),
        subtitle=joined([about, say("modes_subtitle", lang)], lang),
        footer=footer,
        lang=lang,
        declared="risk_scores",
        height=60 + ROW * max(len(pairs), 1),
    )


def _modes_title(pairs: pd.DataFrame, lost: int, lang: Lang) -> str:
    """How far the modes are apart; of one mode alone, the highest score."""
    if pairs["value_other"].notna().any():
        return say("modes_title", lang, n=_apart(pairs), m=len(pairs), lost=lost)
    if pairs["value"].notna().any():
        first = pairs.iloc[0].to_dict()
        top = {"top": _score_name(first, lang), "value": f"{first['value']:.2f}"}
        return say("mode_title", lang, **top, m=len(pairs), lost=lost)
    return say("mode_none", lang, m=len(pairs))


def paired(rows: pd.DataFrame, modes: tuple[str, str]) -> pd.DataFrame:
    """One row for each material and stage: value, range and reason of the first mode, value of the other.

    The largest score of either mode first.
    """
    keys = ["material", "stage"]
    first = rows[rows["method"] == modes[0]][[*keys, "value", "low", "high", "reason"]]
    other = rows[rows["method"] == modes[1]][[*keys, "value", "reason"]]
    both = first.merge(other, on=keys, how="outer", suffixes=("", "_other"))
    both["_top"] = both[["value", "value_other"]].max(axis=1).fillna(-1)
    ranked = both.sort_values(["_top", "material", "stage"], ascending=[False, True, True])
    return ranked.drop(columns="_top").reset_index(drop=True)


def _apart(pairs: pd.DataFrame) -> int:
    known = pairs.dropna(subset=["value", "value_other"])
    wide = (known["value"] - known["value_other"]).abs() > 0.1 * known[["value", "value_other"]].max(axis=1)
    return int(wide.sum())


def _modes_option(pairs: pd.DataFrame, modes: tuple[str, str], lang: Lang) -> dict[str, Any]:
    records = pairs.to_dict("records")
    names = [_score_name(row, lang) for row in records]
    ranges = [
        (float(row["low"]), float(row["high"]), float(height))
        for height, row in enumerate(records)
        if not missing(row["low"]) and not missing(row["high"])
    ]
    shown = [("●", modes[0])] + [("◇", modes[1])] * bool(pairs["value_other"].notna().any())
    return {
        **base_option(),
        "title": {
            "text": "    ".join(f"{mark} {word(mode, 'phrases', lang)}" for mark, mode in shown),
            "left": 4, "top": 0, "padding": 0,
            "textStyle": {"fontSize": 11.5, "fontWeight": "normal", "color": MUTED},
        },
        "grid": {"left": 14, "right": 250, "top": 24, "bottom": 28, "containLabel": True},
        "xAxis": quiet_axis(type="value", min=0, splitLine={"show": True}),
        "yAxis": quiet_axis(
            type="category", inverse=True, data=names, splitLine={"show": True},
            axisLabel={"interval": 0, "color": INK},
        ),
        "series": [spans(ranges), _mode(records, "value", lang), _mode(records, "value_other", lang)],
    }  # fmt: skip


def _score_name(row: dict[Any, Any], lang: Lang) -> str:
    name = clip(word(row["material"], "materials", lang), 22)
    return name if missing(row["stage"]) else f"{name} · {clip(word(row['stage'], 'stages', lang), 12)}"


def _mode(records: list[dict[Any, Any]], column: str, lang: Lang) -> dict[str, Any]:
    first = column == "value"
    data = []
    for height, row in enumerate(records):
        value = number_or_none(row[column])
        if value is None:
            if first:
                data.append(_lost(height, row, lang))
            continue
        data.append({"value": [value, height]})
    hue = INK if first else MUTED
    return {
        "name": column, "type": "scatter", "symbol": "circle" if first else "diamond", "z": 3 if first else 4,
        "symbolSize": 8 if first else 11, "silent": True, "data": data,
        "itemStyle": {"color": hue if first else "transparent", "borderColor": hue, "borderWidth": 1.4},
    }  # fmt: skip


def _lost(height: int, row: dict[Any, Any], lang: Lang) -> dict[str, Any]:
    """An unknown value: a question mark with its reason, at the end of what is known of its range."""
    told = reasons_of(row["reason"], lang)
    text = f"? {clip(told or say('unknown', lang), 40)}"
    ends = [number_or_none(row[name]) or 0.0 for name in ("high", "value_other")]
    return {"value": [max(ends), height], "symbolSize": 0.1, "label": beside(text, hue=MUTED)}


def shown_score(value: float | None) -> str:
    """A score as printed.

    Examples
    --------
    >>> shown_score(0.04321), shown_score(None)
    ('0.0432', '?')
    """
    return "?" if value is None or missing(value) else significant(value, 3)


def reasons_of(cell: object, lang: Lang) -> str:
    """Reason keys of a cell in words.

    Examples
    --------
    >>> reasons_of("not_listed", "en")
    'no figure in the documents or sources at hand'
    """
    if missing(cell):
        return ""
    return listing([reason_text(key, lang) for key in str(cell).split("|") if key], lang)


def reason_text(key: str, lang: Lang) -> str:
    """A reason in words; what only its own table could fill in is left open.

    Examples
    --------
    >>> reason_text("set_absent", "en")
    'the raw set … is not in MEGURI_DATA'
    """
    return re.sub(r"\{\w+\}", "…", word(key, "reasons", lang))
