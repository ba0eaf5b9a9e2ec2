"""The card of a small firm: two pages a banker reads in two minutes, and texts to paste below them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.show.chart import Chart
from meguri.show.figures.recovery_curve import recovery_curve
from meguri.show.figures.run_chart import run_chart
from meguri.show.ink import clip
from meguri.show.page import figure_html, page, table_html
from meguri.show.safetynet_texts import texts_of
from meguri.show.safetynet_words import (
    TILES,
    change_rows,
    count_text,
    definition_lines,
    figure_text,
    gone_rows,
    gone_sentences,
    hours_number,
    interval_text,
    kpi,
    lead,
    lead_detail,
    licence_sentence,
    loss_sentences,
    net_word,
    offer_rows,
    people_sentence,
    period,
    question_cells,
    refusal_text,
    unpaid_sentences,
    yen,
)
from meguri.show.spell import missing
from meguri.structure.safety_masks import Audience
from meguri.structure.safetynet_answer import SafetyAnswer

NAME = 40  # Latin letters of a name in a table of the card
MOST = 5  # rows of a table on the card; the workbook holds all


@dataclass(frozen=True)
class Card:
    """A card for one reader.

    Attributes
    ----------
    answer : SafetyAnswer
        As this reader may see it.
    audience : {"internal", "customer", "bank", "ministry"}
        The reader.
    withheld : DataFrame
        ``card_withheld``.
    stated : bool
        Whether the shop itself assumed what would have happened without care.
    lang : {"en", "ja"}
        Language of the reader.
    """

    answer: SafetyAnswer
    audience: Audience
    withheld: pd.DataFrame
    stated: bool
    lang: Lang


def card_html(card: Card) -> str:
    """The card as one page that needs nothing from outside."""
    lang = card.lang
    first = _head(card) + _tiles(card) + _figures(card) + _people_and_gone(card)
    second = _columns(card) + _foot(card) + _definitions(card)
    sides = f'<section class="side">{first}</section>\n<section class="side second">{second}</section>\n'
    title = f"{net_word('title', lang)} — {net_word(f'for.{card.audience}', lang)}"
    return page(sides + _texts(card), title=title, lang=lang, css="sheet net")


def card_charts(card: Card) -> list[Chart]:
    """The two figures of the first page; what is refused as a figure is not drawn either."""
    answer = card.answer
    median, curve = kpi(answer, "recovery_median"), answer.table("kpi_curve")
    return [
        run_chart(shown_runs(answer), lang=card.lang),
        recovery_curve(
            curve.iloc[:0] if median["reason"] else curve,
            None if median["reason"] else float(median["value"]), int(median["n"]), lang=card.lang,
        ),
    ]  # fmt: skip


def shown_runs(answer: SafetyAnswer) -> pd.DataFrame:
    """Months of the figures that are not refused."""
    values, runs = answer.table("kpi_values"), answer.table("kpi_runs")
    refused = values.loc[values["reason"].fillna("").ne(""), "kpi"]
    return runs[~runs["kpi"].isin(refused)].reset_index(drop=True)


def _head(card: Card) -> str:
    lang, answer = card.lang, card.answer
    kicker = f"{net_word('kicker', lang)}｜{net_word(f'for.{card.audience}', lang)}"
    if lang == "en":
        kicker = kicker.replace("｜", " — ")
    return (
        f'<p class="kicker">{escape(kicker)}<span>{escape(period(answer, lang))}</span></p>\n'
        f"{made_up(card)}"
        f'<p class="subtitle">{escape(net_word("subtitle", lang))}</p>\n'
        f"<h1>{escape(lead(answer, lang))}</h1>\n"
        f'<p class="detail">{escape(lead_detail(answer, lang))}</p>\n'
    )


def made_up(card: Card) -> str:
    """A line above all else where the records are the packaged example."""
    if not card.answer.facts["invented"]:
        return ""
    return f'<p class="madeup">{escape(net_word("made_up", card.lang))}</p>\n'


def tile_rows(card: Card) -> list[tuple[str, str, list[str]]]:
    """Name, value and what it stands on, of each tile; a refused one says why."""
    rows = []
    for name in TILES:
        row = kpi(card.answer, name)
        if row["reason"]:
            why = refusal_text(row, card.answer.facts["minimum"], card.lang)
            rows.append((net_word(f"tile.{name}", card.lang), net_word("refused", card.lang), [why]))
            continue
        interval = interval_text(row, card.lang)
        below = [net_word("tile_interval", card.lang, interval=interval)] if interval else []
        below.append(count_text(row, card.lang))
        if name == "recovery_median":
            below.insert(0, _p90(card))
        value = figure_text(name, row["value"], card.lang)
        rows.append((net_word(f"tile.{name}", card.lang), value, [text for text in below if text]))
    return rows


def _p90(card: Card) -> str:
    row = kpi(card.answer, "recovery_p90")
    if row["reason"]:
        return ""
    return net_word("tile_p90", card.lang, value=figure_text("recovery_p90", row["value"], card.lang))


def _tiles(card: Card) -> str:
    cells = "".join(
        f"<div{'' if value != net_word('refused', card.lang) else ' class=unknown'}><dt>{escape(name)}</dt>"
        f'<dd>{escape(value)}</dd><dd class="range">{"<br>".join(map(escape, below))}</dd></div>\n'
        for name, value, below in tile_rows(card)
    )
    return f'<dl class="tiles">\n{cells}</dl>\n'


def _figures(card: Card) -> str:
    drawn = "".join(f'<div class="w6">{figure_html(chart)}</div>\n' for chart in card_charts(card))
    return f'<div class="grid">{drawn}</div>\n'


def _definitions(card: Card) -> str:
    lines = "".join(f"<li>{escape(text)}</li>" for text in definition_lines(card.answer, card.lang))
    grade = escape(net_word("grade_line", card.lang))
    return (
        f'<div class="how"><h2>{escape(net_word("sec_how", card.lang))}</h2>'
        f"<ul>{lines}<li>{grade}</li></ul></div>\n"
    )


def _part(key: str, card: Card, inner: str) -> str:
    return f'<section class="{key}"><h2>{escape(net_word(f"sec_{key}", card.lang))}</h2>{inner}</section>\n'


def _sentences(texts: Iterable[str]) -> str:
    return "".join(f"<p>{escape(text)}</p>" for text in texts)


def _halves(left: str, right: str) -> str:
    return f'<div class="halves"><div>{left}</div><div>{right}</div></div>\n'


def _people_and_gone(card: Card) -> str:
    return _halves(_part("people", card, _people(card)), _part("gone", card, _gone(card)))


def _columns(card: Card) -> str:
    loss = _sentences(loss_sentences(card.answer, card.stated, card.lang))
    left = _part("loss", card, loss) + _change(card)
    right = _part("unpaid", card, _unpaid(card)) + _part("offers", card, _offers(card))
    return _halves(left, right) + _questions(card)


def _questions(card: Card) -> str:
    heads, rows = question_cells(card.answer, card.lang)
    return _part("questions", card, table_html(heads, rows, [False, True])) if rows else ""


def people_cells(card: Card) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of who holds which process; ages and chances only where they may be seen."""
    lang, table = card.lang, card.answer.table("card_people")
    open_ = bool(table["age_high"].notna().any() or table["lost_high"].notna().any())
    keys = [
        "net_head_process",
        "net_head_holders",
        "net_head_teachers",
        *(["ages", "chance"] if open_ else []),
    ]
    rows = []
    for row in table.head(MOST).to_dict("records"):
        cells = [clip(str(row["process"]), NAME), str(row["holders"]), str(row["teachers"])]
        rows.append([*cells, ages_text(row, lang), chance_text(row)] if open_ else cells)
    return [net_word(key, lang) for key in keys], rows


def ages_text(row: dict[str, object], lang: Lang) -> str:
    """Lowest to highest age."""
    low, high = row["age_low"], row["age_high"]
    if missing(low) or missing(high):
        return "—"
    key = "age_one" if low == high else "age_span"
    return net_word(key, lang, low=f"{float(str(low)):.0f}", high=f"{float(str(high)):.0f}")


def chance_text(row: dict[str, object]) -> str:
    """Chance that a process is lost, as a range where ages are not known exactly."""
    low, high = row["lost_low"], row["lost_high"]
    if missing(low) or missing(high):
        return "—"
    ends = [f"{100 * float(str(end)):.0f}" for end in (low, high)]
    return f"{ends[0]}%" if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}%"


def _people(card: Card) -> str:
    table = card.answer.table("card_people")
    said = _sentences([people_sentence(card.answer, card.lang)])
    if table.empty:
        return said
    heads, rows = people_cells(card)
    rule = "people_rule" if len(heads) > 3 else "people_rule_masked"
    below = f'<p class="quiet">{escape(net_word(rule, card.lang))}</p>'
    table_ = table_html(heads, rows, [False, True, True, True, True][: len(heads)])
    return said + table_ + _more(card, "card_people") + below


def _gone(card: Card) -> str:
    said = gone_sentences(card.answer, card.lang)
    lines = "".join(f"<li>{escape(text)}</li>" for text in gone_rows(card.answer, card.lang)[:MOST])
    listed = f"<ul>{lines}</ul>" if lines else ""
    heads, rows = served_cells(card)
    served = table_html(heads, rows, [False, True, True]) if rows else ""
    below = f'<p class="quiet">{escape(net_word("gone_bare", card.lang))}</p>'
    more = _more(card, "card_served")
    return _sentences(said[:1]) + listed + served + more + _sentences(said[1:]) + below


def _more(card: Card, name: str) -> str:
    """How many rows of a table the card leaves to the workbook."""
    rest = len(card.answer.table(name)) - MOST
    if rest <= 0:
        return ""
    return f'<p class="quiet">{escape(net_word("more_rows", card.lang, n=rest))}</p>'


def _change(card: Card) -> str:
    """Quantity, strength and the time until it is back; nothing where the records do not say."""
    rows = change_rows(card.answer, card.lang)
    if not rows:
        return ""
    heads = [net_word(key, card.lang) for key in ("head_figure", "head_change")]
    below = f'<p class="quiet">{escape(net_word("gone_assumed", card.lang))}</p>'
    said = _sentences([net_word("gone_claim", card.lang)])
    return _part("change", card, said + table_html(heads, rows, [False, True]) + below)


def served_cells(card: Card) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of the processes that stop with the shop: customers and jobs on record."""
    heads = [net_word(key, card.lang) for key in ("head_process", "head_customers", "head_jobs")]
    table = card.answer.table("card_served").head(MOST)
    return heads, [
        [clip(str(row["process"]), NAME), f"{int(row['customers']):,}", f"{int(row['jobs']):,}"]
        for row in table.to_dict("records")
    ]


def _offers(card: Card) -> str:
    heads = [net_word(key, card.lang) for key in ("head_offer", "offer_promise", "offer_price")]
    rows = offer_rows(card.answer, card.audience, card.lang)
    below = f'<p class="quiet">{escape(net_word("offer_basis", card.lang))}</p>'
    return table_html(heads, rows, [False, False, False]) + below


def unpaid_cells(card: Card) -> tuple[list[str], list[list[str]]]:
    """Heads and rows of unpaid hours by process; yen only where they may be seen."""
    lang, table = card.lang, card.answer.table("card_unpaid")
    priced = bool(table["worth"].notna().any())
    keys = ["head_process", "head_jobs", "head_hours", *(["head_worth"] if priced else [])]
    rows = []
    for row in table.head(MOST).to_dict("records"):
        cells = [clip(str(row["process"]), NAME), f"{int(row['jobs']):,}", hours_number(row["hours"])]
        rows.append([*cells, yen(row["worth"], lang)] if priced else cells)
    return [net_word(key, lang) for key in keys], rows


def _unpaid(card: Card) -> str:
    said = _sentences(unpaid_sentences(card.answer, card.lang))
    if card.answer.table("card_unpaid").empty:
        return said
    heads, rows = unpaid_cells(card)
    table_ = table_html(heads, rows, [False, True, True, True][: len(heads)])
    return said + table_ + _more(card, "card_unpaid")


def withheld_lines(card: Card) -> list[str]:
    """What this reader does not see, each with its level and the reason."""
    return [
        net_word("withheld_line", card.lang, what=row["what"], why=row["why"],
                 level=label(row["level"], card.lang, "confidentiality"))
        for row in card.withheld.to_dict("records")
    ]  # fmt: skip


def _foot(card: Card) -> str:
    lang, lines = card.lang, withheld_lines(card)
    intro = net_word("withheld_intro" if lines else "withheld_none", lang)
    listed = "".join(f"<li>{escape(text)}</li>" for text in lines)
    inner = f"<p>{escape(intro)}</p>" + (f"<ul>{listed}</ul>" if lines else "")
    inner += _sentences([net_word("withheld_names", lang), licence_sentence(card.answer, lang)])
    return _part("withheld", card, inner)


def _texts(card: Card) -> str:
    """Drafts to paste: on the screen only, so that the card stays two pages on paper."""
    texts = texts_of(card.answer, card.audience, card.lang)
    if not texts:
        return ""
    blocks = "".join(f"<h3>{escape(head)}</h3>{_sentences(lines)}" for head, lines in texts)
    intro = f'<p class="quiet">{escape(net_word("texts_intro", card.lang))}</p>'
    head = f"<h2>{escape(net_word('sec_texts', card.lang))}</h2>"
    return f'<section class="texts">{head}{intro}{blocks}</section>\n'
