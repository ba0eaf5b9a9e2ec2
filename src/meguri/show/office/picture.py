"""One page that shows the whole: now, measures, effect on two axes, money by fiscal year, doubts."""

from __future__ import annotations

from typing import Any

from meguri.show.office import brief
from meguri.show.office.deck import INK, MUTED, PAPER, SHADE, SHARE, TIME, Box, Deck
from meguri.show.office.extra import phrase, writer
from meguri.show.office.fit import clipped
from meguri.show.office.quotes import Quotes, Row, chain_words, scenario_words
from meguri.show.spell import listing, missing

A4 = (842.0, 595.0)  # points, landscape
EDGE, GAP = 28.0, 26.0
TOP, MIDDLE = 92.0, 268.0  # top and height of the three columns
COLUMN = (A4[0] - 2 * EDGE - 2 * GAP) / 3
MOST, DOUBTS = 6, 4  # measures and doubts on the picture


def picture(deck: Deck, q: Quotes, plan: Row) -> Any:
    """Draw the page of one plan; the notes name the cell of each number."""
    slide = deck.show.slides.add_slide(deck.show.slide_layouts[5])
    title = phrase("subject_words", q.lang, scenario=scenario_words(q.answer, q.lang))
    _title(deck, slide, title, f"{plan.name(q.lang)}　{chain_words(q.answer, q.lang)}")
    _column(deck, slide, 0, phrase("picture_now", q.lang), _now(q, plan))
    _column(deck, slide, 1, phrase("picture_measures", q.lang), _measures(q, plan))
    _effects(deck, slide, q, plan)
    for place in (0, 1):
        _arrow(deck, slide, EDGE + (place + 1) * COLUMN + place * GAP)
    _foot(deck, slide, q, plan)
    return slide


def _title(deck: Deck, slide: Any, title: str, below: str) -> None:
    holder = slide.shapes.title
    box = (EDGE, 18.0, A4[0] - 2 * EDGE, 40.0)
    deck._place(holder, box)
    holder.fill.solid()
    holder.fill.fore_color.rgb = deck._rgb(TIME)
    deck._write(holder.text_frame, [title], box, most=17, least=12, bold=True, colour=PAPER, middle=True)
    deck.text(slide, [below], (EDGE, 60.0, A4[0] - 2 * EDGE, 24.0), most=12, colour=MUTED)


def _left(place: int) -> float:
    return EDGE + place * (COLUMN + GAP)


def _column(deck: Deck, slide: Any, place: int, head: str, texts: list[str]) -> None:
    left = _left(place)
    deck.card(slide, [head], (left, TOP, COLUMN, 26.0), INK, most=13, colour=PAPER, bold=True, middle=True)
    deck.card(slide, texts, (left, TOP + 26.0, COLUMN, MIDDLE - 26.0), SHADE, most=13, least=8)


def _now(q: Quotes, plan: Row) -> list[str]:
    """What happens without measures, what holds the economy back, and what stops first with the plan."""
    none, said = q.nothing(), []
    if none is not None:
        share = q.share(none, "share")
        said = [
            phrase("picture_none_time", q.lang, days=q.days(none, "time_d")),
            phrase("picture_none_share", q.lang, share=share, after=brief.after(q)),
        ]
        if stops := brief.first_stop(q, none):
            said.append(stops.strip())
    binding = [row.text(f"binding_label_{q.lang}") for row in q.rows("sovereignty")]
    names = [name for name in dict.fromkeys(binding) if name]
    if names:
        said.append(phrase("picture_binding", q.lang, names=listing(names, q.lang, most=3)))
    if stops := brief.first_stop(q, plan):
        said.append(phrase("first_with", q.lang, said=stops.strip()))
    return [f"● {text}" for text in said] or [phrase("unknown", q.lang)]


def _measures(q: Quotes, plan: Row) -> list[str]:
    rows = q.rows("plan_measures", plan=plan["plan"])
    said = []
    for row in rows[:MOST]:
        ready = q.date(row, "ready_on") if not missing(row["ready_on"]) else phrase("unknown", q.lang)
        name = clipped(row.name(q.lang, "measure"), 34)
        said.append(phrase("picture_measure", q.lang, name=name, ready=ready, jpy=q.jpy(row, "cost")))
    if len(rows) > MOST:
        said.append(phrase("rest_in_annex", q.lang, n=len(rows) - MOST))
    return [f"● {text}" for text in said] or [phrase("no_measure", q.lang)]


def _effects(deck: Deck, slide: Any, q: Quotes, plan: Row) -> None:
    """Two cards below each other, one for each axis; nothing adds them."""
    left, head = _left(2), phrase("picture_effect", q.lang)
    deck.card(slide, [head], (left, TOP, COLUMN, 26.0), INK, most=13, colour=PAPER, bold=True, middle=True)
    high = (MIDDLE - 26.0 - 6.0) / 2
    hues = ((TIME, "picture_time"), (SHARE, "picture_share"))
    for place, ((hue, name), row) in enumerate(zip(hues, brief.axes(q, plan), strict=True)):
        top = TOP + 26.0 + place * (high + 6.0)
        _, none, here, gain, span, simulated = row
        unsure = phrase("picture_unsure_axis", q.lang, value=simulated) if brief.unsure(q, plan) else ""
        texts = [
            phrase(name, q.lang),
            phrase("picture_from_to", q.lang, low=none, high=here),
            phrase("picture_gain", q.lang, gain=gain, range=span) + unsure,
        ]
        style = {"colour": PAPER, "bold": True}
        deck.card(slide, texts[:1], (left, top, COLUMN, 24.0), hue, most=12, **style)
        box = (left, top + 24.0, COLUMN, high - 62.0)
        deck.card(slide, texts[1:2], box, hue, most=22, least=12, center=True, **style)
        box = (left, top + high - 38.0, COLUMN, 38.0)
        deck.card(slide, texts[2:], box, hue, most=11, least=8, center=True, colour=PAPER)


def _arrow(deck: Deck, slide: Any, left: float) -> None:
    kind = writer("pptx.enum.shapes").MSO_SHAPE.RIGHT_ARROW
    box: Box = (left + 4.0, TOP + MIDDLE / 2 - 14.0, GAP - 8.0, 28.0)
    shape = slide.shapes.add_shape(kind, *(deck.pt(part) for part in box))
    shape.fill.solid()
    shape.fill.fore_color.rgb = deck._rgb(MUTED)
    shape.line.fill.background()


def _foot(deck: Deck, slide: Any, q: Quotes, plan: Row) -> None:
    """Money by fiscal year on the left, doubts on the right, grade and rate at the foot."""
    top, half = TOP + MIDDLE + 16.0, (A4[0] - 2 * EDGE - GAP) / 2
    deck.text(slide, [phrase("picture_money", q.lang)], (EDGE, top, half, 20.0), most=12, bold=True)
    years, total = brief.fiscal_years(q, plan, 5)
    heads = ["", *(year[0] for year in years), phrase("year_sum", q.lang)]
    rows = [
        [phrase(f"year_{key}", q.lang), *(f"{year[k]:,}" for year in years), f"{total[k - 1]:,}"]
        for k, key in ((1, "both"), (2, "firm"), (3, "state"))
    ]
    right = range(1, len(heads))
    parts = (2.6, *[2.4] * (len(heads) - 1))
    deck.table(slide, heads, rows, (EDGE, top + 22.0, half, 96.0), parts, right=right, most=9.0)
    schemes = [clipped(text, 60) for text in brief.scheme_lines(q, plan)]
    box = (EDGE, top + 120.0, half, 44.0)
    deck.text(slide, brief.some(q, schemes, 2), box, most=10, least=7, colour=MUTED)
    said = brief.some(q, [clipped(text, 90) for text in brief.doubts(q)], DOUBTS)
    box = (EDGE + half + GAP, top, half, 20.0)
    deck.text(slide, [phrase("picture_unsure", q.lang)], box, most=12, bold=True)
    mark = "・" if q.lang == "ja" else "• "
    texts = [f"{mark}{text}" for text in said or [phrase("doubt_none", q.lang)]]
    deck.text(slide, texts, (box[0], top + 20.0, half, 120.0), most=11, least=8)
    grade = brief.named(str(q.answer.manifest.get("grade", "")), "grade", q.lang)
    foot = phrase("picture_foot", q.lang, grade=grade, rate=brief.rate_words(q))
    note = phrase("axes_note", q.lang)
    deck.text(
        slide, [note, foot], (EDGE, A4[1] - 66.0, A4[0] - 2 * EDGE, 44.0), most=9, least=7, colour=MUTED
    )
