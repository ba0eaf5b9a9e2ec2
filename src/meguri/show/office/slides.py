"""Slides of an answer for a meeting: titles that say what is shown, and charts that stay editable.

Each slide has notes that name the cell of the answer behind every number on it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from meguri.base.files import write_atomically
from meguri.base.terms import Lang
from meguri.respond.answer import RespondAnswer
from meguri.show.office import brief
from meguri.show.office.charts import bars, gantt, key, points, serial
from meguri.show.office.deck import (
    EDGE,
    FIRM,
    HEIGHT,
    INK,
    MUTED,
    SHADE,
    SHARE,
    STATE,
    TIME,
    WIDTH,
    Box,
    Deck,
    Series,
)
from meguri.show.office.extra import phrase
from meguri.show.office.fit import clipped
from meguri.show.office.quotes import FRONT, NONE, ROBUST, SINGLE, Quotes, Row, chain_words, scenario_words
from meguri.show.spell import as_date, day, missing, word

BODY: Box = (EDGE, 112.0, WIDTH - 2 * EDGE, HEIGHT - 112.0 - 34.0)
MOST_BARS, MOST_LINES, MOST_ROWS = 10, 4, 30
UNTRIED = "not_tried"  # reason of a measure whose value nobody looked for
TITLE = 26.0  # widths of letters that a title gives to a name
NAME = 22.0  # widths of letters that a narrow column gives to a name


def slides(answer: RespondAnswer, path: str | Path, lang: Lang = "en", plan: str = "") -> Path:
    """Write the slides of an answer.

    Parameters
    ----------
    answer : RespondAnswer
        Its tables are quoted, nothing is computed anew.
    path : str or Path
        A ``.pptx`` file.
    lang : {"en", "ja"}
        Language of the slides and notes.
    plan : str, optional
        Plan whose measures and years are shown; without one, the plan of least regret on each axis.

    Raises
    ------
    DataError
        When the answer has no such plan, the extra ``report`` is not installed, or the place cannot be
        written to.
    """
    q = Quotes.of(answer, lang, plan)
    deck = Deck(lang, phrase("subject_words", lang, scenario=scenario_words(answer, lang)))
    for make in (cover, stops, front):
        noted(deck, q, lambda make=make: make(deck, q))
    for row in q.chosen:
        noted(deck, q, lambda row=row: measures(deck, q, row))
    for make in (marginal, budget, order, risks, assumptions, doubts, sources):
        noted(deck, q, lambda make=make: make(deck, q))
    write_atomically(Path(path), deck.content())
    return Path(path)


def noted(deck: Deck, q: Quotes, make: Any) -> None:
    """Make a slide, and write into its notes the cell behind every number it quoted."""
    before = len(q.cited)
    slide = make()
    cells = [f"{one.shown} = {one.cell}" for one in dict.fromkeys(q.cited[before:])]
    lines = [phrase("notes_head", q.lang), *cells] if cells else [phrase("notes_none", q.lang)]
    deck.notes(slide, [*lines, brief.rate_words(q)])


def cover(deck: Deck, q: Quotes) -> Any:
    """Scenario, chain, and the two axes of the plans shown beside doing nothing."""
    title = phrase("subject_words", q.lang, scenario=scenario_words(q.answer, q.lang))
    below = phrase(
        "cover_below", q.lang, chain=chain_words(q.answer, q.lang), decided=day(q.answer.decided, q.lang)
    )
    slide = deck.slide(title, below)
    nothing = q.nothing()
    shown = [*([nothing] if nothing else []), *q.chosen]
    width = (BODY[2] - 16.0 * (len(shown) - 1)) / max(1, len(shown))
    for place, row in enumerate(shown):
        left = BODY[0] + place * (width + 16.0)
        deck.card(slide, _card(q, row), (left, BODY[1], width, 250.0), SHADE, most=17, head=True)
    deck.text(slide, [phrase("axes_note", q.lang)], (BODY[0], 375.0, BODY[2], 50.0), most=13)
    made = ["made_up"] if q.answer.manifest.get("made_up") else []
    deck.text(slide, [phrase(key, q.lang) for key in made], (BODY[0], 430.0, BODY[2], 30.0), colour=MUTED)
    return slide


def _card(q: Quotes, row: Row) -> list[str]:
    """One plan in a few lines."""
    shares = q.span(row, "share", q.share)
    told = [
        row.name(q.lang),
        phrase("card_time", q.lang, days=q.days(row, "time_d"), range=q.span(row, "time", q.days)),
        phrase("card_share", q.lang, after=brief.after(q), share=q.share(row, "share"), range=shares),
    ]
    told += [first.strip()] if (first := brief.first_stop(q, row)) else []
    if row["role"] == NONE:
        return told
    cost = phrase("card_cost", q.lang, jpy=q.jpy(row, "cost"), usd=brief.dollars(q, row))
    return [*told, cost, phrase("confirmed_line", q.lang, said=brief.confirmed_words(q, row))]


def stops(deck: Deck, q: Quotes) -> Any:
    """Days until the first process falls short: doing nothing and every plan of the front."""
    nothing = q.nothing()
    rows = [*([nothing] if nothing else []), *q.rows("plans", role=FRONT)][:MOST_BARS]
    best = max(rows[1:], key=lambda row: _known(row, "time_d"), default=None)
    fill = {"days": q.days(nothing, "time_d") if nothing else phrase("unknown", q.lang)}
    title = phrase("stops_none", q.lang, **fill)
    if best is not None:
        title = phrase("stops_title", q.lang, plan=_short(q, best), best=q.days(best, "time_d"), **fill)
        if brief.unsure(q, best):
            title += phrase("stops_unsure", q.lang, days=q.days(best, "sim_time_d"))
    slide = deck.slide(title, phrase("stops_below", q.lang, horizon=f"{q.answer.horizon_d:,.0f}"))
    hues = ((phrase("p10", q.lang), "time_low", "8FA0C8"), (phrase("p50", q.lang), "time_d", TIME),
            (phrase("p90", q.lang), "time_high", "C9D2E6"))  # fmt: skip
    series = [Series(name, [_cell(q, row, column) for row in rows], hue) for name, column, hue in hues]
    horizon = q.answer.horizon_d
    limit = (horizon, phrase("beyond", q.lang, n=f"{horizon:,.0f}"))
    names = [row.name(q.lang) for row in rows]
    if rows:
        bars(deck, slide, (EDGE, 112.0, 560.0, 390.0), names, series, limit=limit)
    deck.table(slide, *_by_strike(q), (610.0, 118.0, 314.0, 180.0), (3, 2, 2), right=(1, 2))
    if first := [[clipped(line[0], NAME), *line[1:]] for line in brief.first_stops(q, rows)]:
        box = (610.0, 312.0, 314.0, 190.0)
        deck.table(slide, brief.first_heads(q.lang), first, box, (3, 4, 2, 2), right=(2, 3))
    return slide


def _short(q: Quotes, row: Row, key: str = "plan") -> str:
    """A name cut so that a title keeps its numbers."""
    return clipped(row.name(q.lang, key), TITLE)


def _known(row: Row, column: str) -> float:
    return float("-inf") if missing(row[column]) else float(row[column])


def _cell(q: Quotes, row: Row, column: str) -> float | None:
    """A number for a chart, remembered with its cell."""
    if missing(row[column]):
        return None
    q.cite(f"{float(row[column]):,.4g}", [row], column)
    return float(row[column])


def _by_strike(q: Quotes) -> tuple[list[str], list[list[str]]]:
    """Soonest and latest shortage without measures, by the day on which the control begins."""
    nothing = q.nothing()
    worlds = q.rows("plan_worlds", plan=nothing["plan"]) if nothing else []
    told = []
    for strike in sorted({str(row["strike_on"])[:10] for row in worlds}):
        rows = [row for row in worlds if str(row["strike_on"])[:10] == strike and not missing(row["time_d"])]
        ends = [pick(rows, key=lambda row: float(row["time_d"])) for pick in (min, max) if rows]
        told.append([day(strike, q.lang), *(q.days(row, "time_d") for row in ends)])
    heads = [phrase(f"strike_{key}", q.lang) for key in ("on", "soonest", "latest")]
    return heads, [row for row in told if len(row) == len(heads)]


def front(deck: Deck, q: Quotes) -> Any:
    """Two axes, no sum: days bought along, competitiveness kept upward."""
    rows = q.rows("plans", role=FRONT)
    title = phrase("front_none", q.lang)
    if rows:
        days, share = (
            max(rows, key=lambda row: _known(row, column)) for column in ("time_gained_d", "share")
        )
        fill = {"days": q.more_days(days, "time_gained_d"), "share": q.share(share, "share")}
        names = {"one": _short(q, days), "two": _short(q, share)}
        title = phrase("front_title" if days != share else "front_same", q.lang, **fill, **names)
        title += brief.unsure(q, days) or brief.unsure(q, share)
    slide = deck.slide(title, phrase("front_below", q.lang))
    roles = ((NONE, "A3312B"), (SINGLE, STATE), (FRONT, INK), (ROBUST[0], "E0A030"), (ROBUST[1], "5BB98C"))
    groups = [_group(q, role, hue) for role, hue in roles]
    axes = (phrase("front_x", q.lang), phrase("front_y", q.lang, after=brief.after(q)))
    if groups := [group for group in groups if group[1]]:
        points(deck, slide, (EDGE, 108.0, 512.0, 400.0), groups, axes)
    table = [_ranged(q, row) for row in q.rows("plans") if row["role"] in (NONE, FRONT)]
    heads = [phrase(f"other_{name}", q.lang) for name in ("plan", "cost", "time", "share", "confirmed")]
    box = (556.0, 118.0, WIDTH - EDGE - 556.0, 380.0)
    deck.table(slide, heads, table, box, (3.2, 3.2, 5.2, 5.2, 3.6), right=(1, 2, 3))
    return slide


def _ranged(q: Quotes, row: Row) -> list[str]:
    """A plan with the range of both axes."""
    name, cost, days, share, _, confirmed = brief.alternative(q, row)
    ranges = q.span(row, "time", q.days), q.span(row, "share", q.share)
    both = [
        phrase("ranged", q.lang, value=value, range=span)
        for value, span in zip((days, share), ranges, strict=True)
    ]
    return [clipped(name, NAME), cost, *both, confirmed]


def _group(q: Quotes, role: str, hue: str) -> tuple[Series, list[float], list[str]]:
    """Points of one role; a robust plan marks its point of the front and needs no second label."""
    rows = q.rows("plans", role=role)
    rows = [row for row in rows if not missing(row["time_gained_d"]) and not missing(row["share"])]
    along = [_cell(q, row, "time_gained_d") or 0.0 for row in rows]
    shares = [_cell(q, row, "share") for row in rows]
    series = Series(phrase(f"role.{role}", q.lang), shares, hue, over=role in ROBUST)
    quiet = role in ROBUST or len(rows) > MOST_BARS
    return series, along, ["" if quiet else row.name(q.lang) for row in rows]


def measures(deck: Deck, q: Quotes, plan: Row) -> Any:
    """What begins when, when it works, and until when: bars in time."""
    rows = q.rows("plan_measures", plan=plan["plan"])
    ready = q.date(plan, "ready_on")
    n = len({row["measure"] for row in rows})
    slide = deck.slide(
        phrase("gantt_title", q.lang, plan=_short(q, plan), n=n, ready=ready),
        phrase("gantt_below", q.lang, strikes=_strikes(q)),
    )
    dated = [row for row in rows if not any(missing(row[f"{key}_on"]) for key in ("starts", "ready", "full"))]
    dated = sorted(dated, key=lambda row: str(row["starts_on"]))[:MOST_BARS]
    if dated:
        _gantt(deck, q, slide, dated)
    heads, table = brief.measure_heads(q.lang), brief.measure_rows(q, plan)
    kept = (0, 1, 2, 3, 9, 10)
    deck.table(
        slide, [heads[k] for k in kept], [[row[k] for k in kept] for row in table],
        (EDGE, 378.0, BODY[2], 124.0), (8, 3, 3, 3, 2, 2), right=(1, 2, 3), most=10,
    )  # fmt: skip
    return slide


def _strikes(q: Quotes) -> str:
    """First days of the control in the courses tried."""
    days = sorted({str(row["strike_on"])[:10] for row in q.rows("plan_worlds")})
    return phrase("list", q.lang).join(brief.iso(day, q.lang) for day in days)


def _gantt(deck: Deck, q: Quotes, slide: Any, rows: Sequence[Row]) -> None:
    first = serial(q.answer.decided)
    last = serial(q.answer.decided + dt.timedelta(days=365 * int(q.answer.manifest["years"])))
    last = max([last, *(serial(as_date(row["full_on"])) for row in rows)])
    parts: list[list[float]] = []
    for row in rows:
        start, ready, full = (serial(as_date(row[f"{key}_on"])) for key in ("starts", "ready", "full"))
        end = last if missing(row["expires_on"]) else min(last, serial(as_date(row["expires_on"])))
        parts.append([start, ready - start, full - ready, max(0, end - full)])
    hues = ("", "C9D2E6", "8FA0C8", TIME)
    names = ("starts", "lead", "ramp", "works")
    series = [
        Series(phrase(f"gantt_{name}", q.lang), [part[k] for part in parts], hue, "0" if k else "yyyy-mm-dd")
        for k, (name, hue) in enumerate(zip(names, hues, strict=True))
    ]
    labels = [row.name(q.lang, "measure") for row in rows]
    gantt(deck, slide, (EDGE, 106.0, BODY[2], 240.0), labels, series, (first, last))
    key(deck, slide, (EDGE, 346.0, BODY[2], 24.0), series)


def marginal(deck: Deck, q: Quotes) -> Any:
    """What one per cent more of budget does for each axis: two charts, never one."""
    rows = q.rows("marginal")
    at = max((float(row["budget"]) for row in rows), default=0.0)
    rows = [row for row in rows if float(row["budget"]) == at]
    tried = [row for row in rows if row["entry_reason"] != UNTRIED]
    axes = (("time_per_money", TIME, 1.0), ("share_per_money", SHARE, 100.0))
    tops = [brief.best(tried, column) for column, _, _ in axes]
    names = [_short(q, top, "measure") if top else phrase("nobody", q.lang) for top in tops]
    alone = {(True, False): "marginal_time_only", (False, True): "marginal_share_only"}
    both = bool(tops[0]), bool(tops[1])
    key = alone.get(both, "marginal_title" if all(both) else "marginal_none")
    title = phrase(key, q.lang, one=names[0], two=names[1])
    slide = deck.slide(title, phrase("marginal_below", q.lang))
    for place, (column, hue, factor) in enumerate(axes):
        known = sorted(
            (row for row in tried if not missing(row[column])), key=lambda row: -float(row[column])
        )
        known = known[:MOST_BARS]
        name = phrase(f"marginal_{column}", q.lang)
        series = [Series(name, [_cell(q, row, column) for row in known], hue)]
        box = (EDGE + place * 452.0, 112.0, 436.0, 300.0)
        if known:
            bars(
                deck,
                slide,
                box,
                [row.name(q.lang, "measure") for row in known],
                series,
                form=_digits(tops[place], column, factor),
                title=name,
            )
    deck.text(slide, brief.some(q, _entries(q, rows), MOST_LINES), (EDGE, 416.0, BODY[2], 86.0), most=12)
    return slide


def _digits(top: Row | None, column: str, factor: float) -> str:
    """A number format that gives the largest value two digits; points of percent are shares in percent."""
    value = 0.0 if top is None else factor * float(top[column])
    places = max(1, 1 - math.floor(math.log10(value))) if value > 0 else 1
    return f"0.{'0' * places}{'%' if factor > 1 else ''}"


def _entries(q: Quotes, rows: Sequence[Row]) -> list[str]:
    """What would have to be true for a measure outside the plans to enter."""
    said = []
    for row in (row for row in rows if not row["in_plan"] and row["entry_reason"] != UNTRIED):
        factor = row["entry_cost_factor"]
        text = word(row.text("entry_reason"), "entry_reasons", q.lang)
        key = "entry_line" if missing(factor) else "entry_factor"
        fill = {} if missing(factor) else {"factor": q.share(row, "entry_cost_factor")}
        said.append(phrase(key, q.lang, measure=row.name(q.lang, "measure"), reason=text, **fill))
    untried = sum(row["entry_reason"] == UNTRIED for row in rows)
    return [phrase("entry_untried", q.lang, n=untried), *said] if untried else said


def budget(deck: Deck, q: Quotes) -> Any:
    """Money by fiscal year, firm and state stacked, a chart for each plan shown."""
    told = [phrase("budget_part", q.lang, plan=_short(q, row), jpy=q.jpy(row, "cost")) for row in q.chosen]
    title = phrase("budget_title", q.lang, parts=phrase("list", q.lang).join(told))
    slide = deck.slide(title, f"{phrase('year_unit', q.lang)}　{brief.rate_words(q)}")
    width = (BODY[2] - 20.0) / max(1, len(q.chosen))
    for place, plan in enumerate(q.chosen):
        years, _ = brief.fiscal_years(q, plan)
        series = [
            Series(phrase("year_firm", q.lang), [year[2] for year in years], FIRM),
            Series(phrase("year_state", q.lang), [year[3] for year in years], STATE),
        ]
        box = (EDGE + place * (width + 20.0), 112.0, width, 290.0)
        names, title = [year[0] for year in years], plan.name(q.lang)
        if years:
            bars(deck, slide, box, names, series, stacked=True, upright=True, title=title)
    lines = [
        phrase("plan_budget", q.lang, plan=plan.name(q.lang), said=brief.budget_words(q, plan))
        for plan in q.chosen
    ]
    for plan in q.chosen:
        lines += [
            phrase("plan_budget", q.lang, plan=_short(q, plan), said=text)
            for text in brief.scheme_lines(q, plan, full=True)
        ]
    box = (EDGE, 406.0, BODY[2], 100.0)
    deck.text(slide, [*lines, phrase("year_note", q.lang)], box, most=11, least=7)
    return slide


def order(deck: Deck, q: Quotes) -> Any:
    """What is to be decided first, and by when."""
    rows = sorted(q.rows("order"), key=lambda row: int(row["rank"]))
    title = phrase("order_none", q.lang)
    if rows:
        late = sum(as_date(row["decide_by"]) < q.answer.decided for row in rows)
        fill = {"measure": _short(q, rows[0], "measure"), "by": q.date(rows[0], "decide_by"), "n": late}
        title = phrase("order_late" if late else "order_title", q.lang, **fill)
    slide = deck.slide(title, phrase("order_below", q.lang, decided=day(q.answer.decided, q.lang)))
    heads = [phrase(f"order_{key}", q.lang) for key in ("rank", "measure", "by", "why")]
    table = [
        [
            str(int(row["rank"])),
            row.name(q.lang, "measure"),
            q.date(row, "decide_by"),
            row.text(f"why_{q.lang}"),
        ]
        for row in rows
    ]
    _all_or_said(deck, q, slide, heads, table, (1, 6, 3, 9))
    return slide


def _all_or_said(
    deck: Deck,
    q: Quotes,
    slide: Any,
    heads: list[str],
    rows: list[list[str]],
    parts: Sequence[float],
    of: int = 0,
) -> None:
    """A table that fills the slide; rows that find no room are counted below it."""
    if not rows:
        deck.text(slide, [phrase("none_listed", q.lang)], BODY)
        return
    shown = deck.table(slide, heads, rows, (BODY[0], BODY[1], BODY[2], 370.0), parts, most=14)
    if shown < max(of, len(rows)):
        text = phrase("rest_in_tables", q.lang, n=max(of, len(rows)) - shown)
        deck.text(slide, [text], (BODY[0], 486.0, BODY[2], 20.0), most=10, colour=MUTED)


def risks(deck: Deck, q: Quotes) -> Any:
    """Risks a plan brings with it and what it hangs on."""
    rows = [[plan.name(q.lang), line] for plan in q.chosen for line in brief.risk_lines(q, plan)]
    title = phrase("risks_title", q.lang, n=len(rows)) if rows else phrase("risk_none", q.lang)
    slide = deck.slide(title)
    heads = [phrase("other_plan", q.lang), phrase("annex_risks", q.lang)]
    _all_or_said(deck, q, slide, heads, rows, (3, 9))
    return slide


def assumptions(deck: Deck, q: Quotes) -> Any:
    """Assumptions with value, range and grade."""
    rows = q.rows("assumptions")
    assumed = sum(row["grade"] == "assumed" or missing(row["grade"]) for row in rows)
    slide = deck.slide(phrase("assumptions_title", q.lang, n=len(rows), assumed=assumed))
    heads, table = brief.assumption_heads(q.lang), brief.assumption_rows(q, MOST_ROWS)
    _all_or_said(deck, q, slide, heads, table, (6, 2, 3, 2, 2, 3, 5), of=len(rows))
    return slide


def doubts(deck: Deck, q: Quotes) -> Any:
    """What the simulator did not confirm and what nobody knows."""
    said = brief.doubts(q)
    slide = deck.slide(phrase("doubts_title", q.lang, n=len(said)) if said else phrase("doubt_none", q.lang))
    _all_or_said(deck, q, slide, [phrase("annex_doubts", q.lang)], [[text] for text in said], (1,))
    return slide


def sources(deck: Deck, q: Quotes) -> Any:
    """Sources really used."""
    rows = brief.source_rows(q)
    title = phrase("sources_title", q.lang, n=len(rows)) if rows else phrase("source_none", q.lang)
    slide = deck.slide(title)
    _all_or_said(deck, q, slide, brief.source_heads(q.lang), rows, (3, 4, 7, 2, 6))
    return slide
