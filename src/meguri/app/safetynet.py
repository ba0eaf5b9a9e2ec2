"""`meguri safetynet`: a firm's own sheets in, four figures and a card out; cards of many firms merged."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.files import read_bytes, write_atomically
from meguri.base.terms import Lang, keys, label
from meguri.observe.joblog import Reading, read_shop
from meguri.show.safetynet_words import (
    change_rows,
    count_text,
    figure_text,
    gone_rows,
    gone_sentences,
    hours_number,
    interval_text,
    lead,
    lead_detail,
    loss_sentences,
    net_word,
    offer_rows,
    people_sentence,
    question_cells,
    refusal_text,
    unpaid_sentences,
    yen,
)
from meguri.show.spell import day, missing, word
from meguri.structure.offers import Range
from meguri.structure.safety_card import Net, card, merge, read_card
from meguri.structure.safety_masks import Audience, masked, withheld_table
from meguri.structure.safetynet_answer import SafetyAnswer, Stated, last_day, safety_answer
from meguri.study.outcome import records

FIRST = 10  # problems shown without --understood
ENDINGS = (".html", ".pdf", ".docx", ".xlsx", "")
NET_ENDINGS = (".html", ".pdf", ".xlsx")


@dataclass(frozen=True)
class Asked:
    """What was asked for, as typed."""

    logs: tuple[Path, ...]
    as_of: str | None = None
    minimum: int = 5
    cost: str | None = None
    without_care: str | None = None
    rate: str | None = None
    keeping: tuple[str, ...] = ()
    customer: str | None = None
    audience: str = "internal"
    card: Path | None = None
    understood: bool = False
    form: str = "table"
    out: Path | None = None
    lang: Lang = "en"


@dataclass(frozen=True)
class Wanted:
    """A checked request: what the firm states, and who reads."""

    stated: Stated
    as_of: str | None
    audience: Audience


def run_safetynet(asked: Asked) -> None:
    """Read, compute, print or write."""
    wanted = wanted_of(asked, ENDINGS)
    reading = read_shop(asked.logs)
    full = answer_of(reading, wanted, asked.minimum)
    if asked.card is not None:
        write_card(reading, wanted.as_of, asked.card)
        net = net_word("card_written", asked.lang, path=asked.card)
        say(net) if asked.form == "table" else None
    shown = masked(full, wanted.audience)
    if asked.form != "table":
        hidden = withheld_table(wanted.audience, full, asked.lang)
        tables = {**shown.tables, "card_withheld": hidden}
        content = {"facts": dict(shown.facts), **{name: records(table) for name, table in tables.items()}}
        deliver(content, shown.table("kpi_values"), asked.form, asked.out, sheets=tables)
        return
    if asked.out is not None:
        write_papers(full, wanted, asked)
        return
    print_answer(shown, reading, asked, wanted)


def answer_of(reading: Reading, wanted: Wanted, minimum: int) -> SafetyAnswer:
    """The card with what stops if the firm disappears."""
    from meguri.respond.gone import gone  # brings the shock engine, which checking options need not load

    answer = safety_answer(reading, wanted.as_of, minimum, wanted.stated)
    return answer.adding("card_gone", gone(reading.shop))


def wanted_of(asked: Asked, endings: tuple[str, ...]) -> Wanted:
    """The request, every problem of it named at once.

    Raises
    ------
    DataError
        Naming each option that does not say what it must.
    """
    found: list[Problem] = []
    ranges = {name: range_of(f"--{name.replace('_', '-')}", getattr(asked, name), found)
              for name in ("cost", "without_care", "rate")}  # fmt: skip
    keeping = dict(filter(None, (offer_of(text, found) for text in asked.keeping)))
    if asked.as_of is not None and not _is_day(asked.as_of):
        found.append(Problem("safetynet_day", "--as-of", asked.as_of))
    if asked.form == "table" and asked.out is not None and asked.out.suffix.lower() not in endings:
        choices = ", ".join(ending or "folder" for ending in endings)
        found.append(
            Problem("choice", "--out", asked.out.name, "", {"choices": choices, "near": "card.html"})
        )
    if asked.form == "xlsx" and asked.out is None:
        found.append(Problem("xlsx_needs_out", "--format xlsx"))
    if found:
        raise DataError(found)
    stated = Stated(ranges["cost"], ranges["without_care"], ranges["rate"], keeping, asked.customer)
    return Wanted(stated, asked.as_of, cast(Audience, asked.audience))


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def range_of(place: str, text: str | None, found: list[Problem]) -> Range | None:
    """Three numbers from low to high; anything else is a problem, collected.

    Examples
    --------
    >>> range_of("--rate", "4000,5000,8000", []), range_of("--rate", None, [])
    ((4000.0, 5000.0, 8000.0), None)
    """
    if text is None:
        return None
    try:
        low, mode, high = (float(part.replace("_", "")) for part in text.split(","))
    except ValueError:
        found.append(Problem("safetynet_range", place, text))
        return None
    if not 0 <= low <= mode <= high < float("inf") or high == 0:
        found.append(Problem("safetynet_range", place, text))
        return None
    return low, mode, high


def offer_of(text: str, found: list[Problem]) -> tuple[str, Range] | None:
    """An offer and what it costs to keep, as ``uptime_guarantee=800000,1000000,1500000``."""
    name, _, numbers = text.partition("=")
    if name not in keys("service_offers"):
        choices = ", ".join(keys("service_offers"))
        found.append(Problem("safetynet_offer", "--offer", text, "", {"choices": choices}))
        return None
    given = range_of(f"--offer {name}", numbers, found)
    return None if given is None else (name, given)


def write_card(reading: Reading, as_of: str | None, path: Path) -> None:
    """The card for an association: counts and sums only."""
    content = card(reading.shop, as_of or last_day(reading.shop))
    write_atomically(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8"))


# --- on the terminal ---------------------------------------------------------------------------


def print_answer(answer: SafetyAnswer, reading: Reading, asked: Asked, wanted: Wanted) -> None:
    """Everything a shop owner asks, the answer first."""
    lang = asked.lang
    if answer.facts["invented"]:
        say(net_word("made_up", lang), "red")
    say(lead(answer, lang), "bold")
    say_folded(lead_detail(answer, lang))
    key = "read_asof" if asked.as_of is None else "read_asof_given"
    say(net_word(key, lang, day=day(answer.facts["as_of"], lang)))
    say()
    print_kpis(answer, lang)
    print_read(answer, reading, asked)
    _section("sec_people", [people_sentence(answer, lang)], lang)
    _section("sec_gone", [*gone_sentences(answer, lang), *gone_rows(answer, lang)], lang)
    print_change(answer, lang)
    _section("sec_loss", loss_sentences(answer, wanted.stated.without_care is not None, lang), lang)
    print_unpaid(answer, lang)
    heads = [net_word(key, lang) for key in ("head_offer", "offer_promise", "offer_price")]
    print_table(heads, offer_rows(answer, asked.audience, lang), net_word("sec_offers", lang))
    say_folded(net_word("offer_basis", lang))
    say()
    print_questions(answer, lang)


def _section(title: str, said: list[str], lang: Lang) -> None:
    say(net_word(title, lang), "italic")
    for text in said:
        say_folded(f"  · {text}", indent=4)
    say()


def print_kpis(answer: SafetyAnswer, lang: Lang) -> None:
    """Key figures with interval and count, or in plain words why not."""
    rows, refusals = [], []
    for row in answer.table("kpi_values").to_dict("records"):
        name = word(row["kpi"], "kpis", lang)
        value = figure_text(row["kpi"], row["value"], lang) if not row["reason"] else "—"
        rows.append([name, value, interval_text(row, lang) or "—", count_text(row, lang)])
        if row["reason"]:
            refusals.append(f"{name}: {refusal_text(row, answer.facts['minimum'], lang)}")
    heads = [net_word(f"head_{key}", lang) for key in ("figure", "value", "interval", "n")]
    print_table(heads, rows, net_word("sec_kpis", lang))
    for text in refusals:
        say_folded(f"  · {text}", indent=4)
    say()


def print_read(answer: SafetyAnswer, reading: Reading, asked: Asked) -> None:
    """What was understood: counts; columns and all problems where asked for."""
    facts, lang = answer.facts, asked.lang
    counts = {"rows": f"{facts['rows']:,}", "sheets": facts["sheets"], "problems": facts["problems"]}
    said = [net_word("read_line", lang, **counts)]
    if asked.audience == "internal":
        if asked.understood:
            said += taken_lines(reading.understood, lang)
        most = len(reading.problems) if asked.understood else FIRST
        said += [problem.text(lang) for problem in reading.problems[:most]]
        rest = len(reading.problems) + reading.dropped - most
        if rest > 0:
            said.append(net_word("read_rest", lang, n=rest))
    _section("sec_read", said, lang)


def taken_lines(understood: pd.DataFrame, lang: Lang) -> list[str]:
    """One line a sheet: which columns were used for which records, and which were not."""
    said = []
    for (file, sheet, table), rows in understood.groupby(["file", "sheet", "table"], sort=False):
        used = rows[rows["field"] != ""]
        counts = {"columns": len(used), "all": len(rows), "rows": f"{int(rows['rows'].max()):,}"}
        named = label(str(table), lang, "card_tables")
        said.append(net_word("read_taken", lang, file=file, sheet=sheet, table=named, **counts))
        unused = [str(text) for text in rows.loc[rows["field"] == "", "heading"]]
        if unused:
            said.append("  " + net_word("read_unused", lang, headings=", ".join(unused)))
    return said


def print_change(answer: SafetyAnswer, lang: Lang) -> None:
    """What changes when the firm is gone, in ranges of today's."""
    rows = change_rows(answer, lang)
    if not rows:
        return
    say_folded(net_word("gone_claim", lang))
    print_table([net_word(key, lang) for key in ("head_figure", "head_change")], rows)
    say_folded(net_word("gone_assumed", lang))
    say()


def print_unpaid(answer: SafetyAnswer, lang: Lang) -> None:
    """Unpaid hours in all, by customer where the reader may see them, else by process."""
    _section("sec_unpaid", unpaid_sentences(answer, lang), lang)
    table = answer.table("unpaid_service")
    column, head = ("customer", "head_customer") if len(table) else ("process", "head_process")
    table = table if len(table) else answer.table("card_unpaid")
    rows = [
        [
            net_word("all", lang) if column == "customer" and row[column] == "all" else str(row[column]),
            f"{int(row['jobs']):,}", hours_number(row["hours"]),
            "—" if missing(row["worth"]) else yen(row["worth"], lang),
        ]
        for row in table.to_dict("records")
    ]  # fmt: skip
    if rows:
        print_table([net_word(key, lang) for key in (head, "head_jobs", "head_hours", "head_worth")], rows)
        say()


def print_questions(answer: SafetyAnswer, lang: Lang) -> None:
    """The first questions to those who know; only the shop itself sees them."""
    heads, rows = question_cells(answer, lang)
    if rows:
        print_table(heads, rows, net_word("sec_questions", lang))


# --- as papers ---------------------------------------------------------------------------------


def write_papers(full: SafetyAnswer, wanted: Wanted, asked: Asked) -> None:
    """The card as a page, a print, a document, a workbook, or all of them in a folder."""
    if asked.out is None:
        return
    writers = card_writers(full, wanted, asked.lang)
    ending = asked.out.suffix.lower()
    paths = [asked.out] if ending else [asked.out / f"card{one}" for one in (".html", ".docx", ".xlsx")]
    for path in paths:
        writers[path.suffix.lower()](path)
        say(label("saved", asked.lang, "cli", path=path))


def card_writers(full: SafetyAnswer, wanted: Wanted, lang: Lang) -> dict[str, Callable[[Path], Any]]:
    """What a file of each ending is."""
    from meguri.show.office.safety_card import card_document
    from meguri.show.pdf import pdf_of
    from meguri.show.safetynet import Card, card_html
    from meguri.show.safetynet_excel import card_workbook

    shown = masked(full, wanted.audience)
    made = Card(
        shown, wanted.audience, withheld_table(wanted.audience, full, lang),
        wanted.stated.without_care is not None, lang,
    )  # fmt: skip
    return {
        ".html": lambda path: write_atomically(path, card_html(made).encode("utf-8")),
        ".pdf": lambda path: write_atomically(path, pdf_of(card_html(made))),
        ".docx": lambda path: write_atomically(path, card_document(made)),
        ".xlsx": lambda path: write_atomically(path, card_workbook(made)),
    }


# --- many firms --------------------------------------------------------------------------------


def run_merge(asked: Asked) -> None:
    """The net: cards, and logs turned into cards, put together."""
    wanted = wanted_of(asked, NET_ENDINGS)
    cards = [one_card(path, wanted) for path in asked.logs]
    net = merge(cards, asked.minimum)
    if asked.form != "table":
        content = {name: records(table) for name, table in net.tables.items()}
        deliver(content, net.tables["net_kpis"], asked.form, asked.out, sheets=net.tables)
    elif asked.out is not None:
        write_net(net, len(cards), asked)
    else:
        print_net(net, len(cards), asked.lang)


def one_card(path: Path, wanted: Wanted) -> dict[str, Any]:
    """A card as handed in; a log becomes the card it would make.

    Raises
    ------
    DataError
        When the file is no card.
    """
    if path.suffix.lower() != ".json":
        shop = read_shop(path).shop
        return card(shop, wanted.as_of or last_day(shop))
    try:
        content = json.loads(read_bytes(path).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise DataError(Problem("safetynet_card", path.name, "", str(path))) from None
    if not isinstance(content, dict):
        raise DataError(Problem("safetynet_card", path.name, type(content).__name__, str(path)))
    found = read_card(content, path.name)
    try:
        merge([found])
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
    ):  # of the shape, but not of the content
        raise DataError(Problem("safetynet_card", path.name, "", str(path))) from None
    return found


def write_net(net: Net, n: int, asked: Asked) -> None:
    """The net as a page, a print or a workbook."""
    from meguri.show.pdf import pdf_of
    from meguri.show.safetynet_excel import net_workbook
    from meguri.show.safetynet_net import net_html

    if asked.out is None:
        return
    if asked.out.suffix.lower() == ".xlsx":
        content = net_workbook(net, asked.lang)
    else:
        html = net_html(net, n, asked.lang)
        content = pdf_of(html) if asked.out.suffix.lower() == ".pdf" else html.encode("utf-8")
    write_atomically(asked.out, content)
    say(label("saved", asked.lang, "cli", path=asked.out))


def print_net(net: Net, n: int, lang: Lang) -> None:
    """Pooled figures, spread, processes held by one firm, firms that would drop out."""
    from meguri.show.safetynet_net import leaving_rows, net_heads, net_lead, net_rows, single_rows

    say(net_word("net_title", lang, n=n), "bold")
    say(net_lead(net, lang))
    say_folded(net_word("net_quiet", lang))
    say()
    for title, part, rows in (
        ("sec_net_kpis", "kpis", net_rows(net, lang)), ("sec_net_single", "single", single_rows(net)),
        ("sec_net_leaving", "leaving", leaving_rows(net)),
    ):  # fmt: skip
        if rows:
            print_table(net_heads(part, lang), rows, net_word(title, lang))
        else:
            empty = {"single": "net_single_none", "leaving": "net_leaving_none"}.get(part, "net_refused")
            say(net_word(title, lang), "italic")
            say(net_word(empty, lang))
        say()
    say_folded(net_word("net_bins", lang))
