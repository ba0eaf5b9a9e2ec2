"""Papers of a screening as .docx: 項目別対比表, letter to the maker, 取引審査票, questions to the customer.

All are drafts in a layout of our own: the header stands on every page, and the words of a ruling only as
empty boxes. Nothing is sent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.terms import Lang, label
from meguri.respond.screening_questions import spec_name
from meguri.show.office.paper import WIDTH, Paper
from meguri.show.office.screening_review import review
from meguri.show.screening import asked_lines, late
from meguri.show.screening_case import OPEN, ScreenCase
from meguri.show.screening_tables import asked_of, counts, ways_of
from meguri.show.screening_words import boxes, header, screen_word, spec_words, wanted_word
from meguri.show.spell import day, listing

SMALL = 8.0
MOST_ITEMS = 40  # items in a paper; the workbook has all
FILES = {
    "comparison": "comparison.docx", "letter": "letter-to-maker.docx", "review": "transaction-review.docx",
    "asked": "questions-to-customers.docx",
}  # fmt: skip


def draft_paper(title: str, lang: Lang) -> Paper:
    """An empty paper whose every page has the header."""
    paper = Paper(lang, title=f"{header(lang)} {title}")
    section = paper.document.sections[0]
    section.top_margin = paper.mm(19)
    paper.dress(section.header.paragraphs[0], header(lang), bold=True, size=10, align="center")
    return paper


def write_papers(case: ScreenCase, path: str | Path, lang: Lang = "ja") -> Path:
    """All papers in one document, each from a new page on.

    Raises
    ------
    DataError
        When the extra ``report`` is not installed, or the place cannot be written to.
    """
    paper = draft_paper(screen_word("kicker", lang), lang)
    for place, write in enumerate(PARTS.values()):
        if place:
            paper.turn()
        write(paper, case, lang)
    write_atomically(Path(path), paper.content())
    return Path(path)


def write_each_paper(case: ScreenCase, folder: str | Path, lang: Lang = "ja") -> dict[str, Path]:
    """Each paper as a document of its own.

    Returns
    -------
    dict of str to Path
        ``comparison``, ``letter``, ``review`` and ``asked``.
    """
    paths = {key: Path(folder) / name for key, name in FILES.items()}
    for key in PARTS:
        write_one_paper(case, key, paths[key], lang)
    return paths


def write_one_paper(case: ScreenCase, key: str, path: str | Path, lang: Lang = "ja") -> Path:
    """One paper as a document of its own: ``comparison``, ``letter``, ``review`` or ``asked``."""
    paper = draft_paper(screen_word(f"paper_{key}", lang), lang)
    PARTS[key](paper, case, lang)
    write_atomically(Path(path), paper.content())
    return Path(path)


def _title(paper: Paper, key: str, lang: Lang) -> None:
    paper.heading(screen_word(f"paper_{key}", lang), 0)


def comparison_paper(paper: Paper, case: ScreenCase, lang: Lang) -> None:
    """項目別対比表: each item with the entries that something points at, requirement by requirement."""
    _title(paper, "comparison", lang)
    paper.line(screen_word("no_ruling", lang), size=SMALL, muted=True, after=4)
    to = case.place(case.destination, lang) if case.destination else screen_word("to_customers", lang)
    meta = screen_word("meta", lang, on=day(case.on, lang), to=to, files=listing(list(case.files), lang))
    paper.line(meta, size=9, after=4)
    if late(case, lang):
        paper.line(late(case, lang), size=9, bold=True, after=4)
    near = set(case.near["item"])
    items = sorted(case.goods["item"], key=lambda item: item not in near)
    for item in items[:MOST_ITEMS]:
        _item(paper, case, item, lang)
    if len(items) > MOST_ITEMS:
        paper.line(screen_word("items_cut", lang, n=MOST_ITEMS, m=len(items)), size=SMALL)


def _item(paper: Paper, case: ScreenCase, item: str, lang: Lang) -> None:
    row = case.goods.set_index("item").loc[item]
    paper.heading(case.item_name(item))
    told = {
        "p_hs": row["hs"], "p_material": row["material"], "p_process": row["process"],
        "p_customer": case.customer_of(item), "p_ways": listing(ways_of(case, item, lang), lang),
        "p_specs": row["specs"],
    }  # fmt: skip
    table = paper.table([24.0, WIDTH / 2 - 24.0] * 2, 3)
    cells = [cell for line in table.rows for cell in line.cells]
    for (key, text), head, cell in zip(told.items(), cells[::2], cells[1::2], strict=True):
        paper.fill(head, screen_word(key, lang), size=SMALL, bold=True)
        paper.shade(head)
        paper.fill(cell, str(text) or "—", size=SMALL)
    paper.line("", size=4)
    pairs = case.pairs_of[item]
    for pair in pairs[pairs["verdict"].isin(OPEN) & pairs["signals"].ne("")].to_dict("records"):
        _pair(paper, case, pair, lang)
    _excluded(paper, pairs, case, lang)
    n = counts(case, item)
    rest = screen_word("p_rest", lang, quiet=n["quiet"], out=n["out"], off=n["off"], on=case.on)
    paper.line(rest, size=SMALL, muted=True, after=3)
    judge = paper.table([22.0, WIDTH - 22.0], 1).rows[0]
    _judge(paper, judge.cells, lang)


def _judge(paper: Paper, cells: Sequence[Any], lang: Lang) -> None:
    """Boxes, name and day for the person who rules."""
    paper.fill(cells[0], screen_word("p_judge", lang), size=SMALL, bold=True)
    paper.shade(cells[0])
    paper.fill(cells[1], "　".join(boxes(lang)), size=9)
    paper.line(screen_word("p_judged", lang), cells[1], size=SMALL)
    paper.line(screen_word("p_law", lang), cells[1], size=SMALL)


def _pair(paper: Paper, case: ScreenCase, pair: dict[Any, Any], lang: Lang) -> None:
    """One entry: what it is, then its requirements beside the item, then boxes."""
    about = case.entries[pair["entry"]]
    start = about["start"]
    since = f"{screen_word('col_day', lang)} {start}" if start else screen_word("start_unknown", lang)
    told = [
        f"{about[f'item_{lang}']} [{pair['entry']}]",
        f"{about[f'basis_{lang}']} · {since} · "
        f"{label(about['status'], lang, 'screen_statuses')} · {label(about['grain'], lang, 'screen_grains')}",
        screen_word(
            "source_checked", lang, source=about["source"].replace("|", ", "), day=about["checked_on"]
        ),
        label(pair["verdict"], lang, "screen_verdicts")
        + (
            " · " + screen_word("unknown", lang, what=spec_words(pair["missing"], lang))
            if pair["missing"]
            else ""
        ),
    ]
    for place, text in enumerate(told):
        line = paper.line(
            text, size=9 if place in (0, 3) else SMALL, bold=place in (0, 3), muted=place in (1, 2)
        )
        line.paragraph_format.keep_with_next = True
    heads = [screen_word(key, lang) for key in ("col_spec", "col_need", "col_have", "col_state")]
    cells = [
        [
            spec_name(row["spec"], lang), wanted_word(row["need"], lang) or "—", row["have"] or "—",
            label(row["state"], lang, "screen_states"),
        ]
        for row in case.requirements[pair["item"], pair["entry"]]
    ]  # fmt: skip
    paper.grid(heads, cells, [42.0, 58.0, 52.0, WIDTH - 152.0], size=SMALL)
    paper.line("　".join(boxes(lang)), size=SMALL, align="right", after=5)


def _excluded(paper: Paper, pairs: pd.DataFrame, case: ScreenCase, lang: Lang) -> None:
    """Entries that something points at and a specification excludes."""
    rows = pairs[pairs["verdict"].eq("excluded-by-spec") & pairs["signals"].ne("")]
    if rows.empty:
        return
    paper.line(screen_word("p_excluded", lang), size=9, bold=True, after=2)
    heads = [
        screen_word(key, lang) for key in ("col_entry", "col_spec", "col_need", "col_have", "col_source")
    ]
    cells = [
        [
            f"{case.entry_name(row['entry'], lang)} [{row['entry']}]", spec_name(row["spec"], lang),
            wanted_word(row["need"], lang), row["have"],
            f"{row['source'].replace('|', ', ')} · {screen_word('checked', lang, day=row['checked_on'])}",
        ]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    paper.grid(heads, cells, [56.0, 24.0, 30.0, 30.0, WIDTH - 140.0], size=7.5)
    paper.line("", size=4)


def _letter_head(paper: Paper, to: str, lang: Lang) -> None:
    paper.line(screen_word("p_date", lang), align="right", after=4)
    paper.line(to, after=4)
    paper.line(screen_word("p_from", lang), align="right", after=8)


def maker_letter(paper: Paper, case: ScreenCase, lang: Lang) -> None:
    """A letter that asks the maker for its classification statement, with what is not known."""
    _letter_head(paper, screen_word("p_to_maker", lang), lang)
    _title(paper, "letter", lang)
    for key in ("p_letter_1", "p_letter_2", "p_letter_3"):
        paper.line(screen_word(key, lang), after=5)
    items = [item for item in case.goods["item"] if item in set(case.near["item"])]
    rows = [
        [
            case.item_name(item), str(case.goods.set_index("item")["hs"][item]) or "—",
            spec_words("|".join(asked_of(case, item)), lang) or screen_word("p_statement", lang),
            ", ".join(case.near_of[item]["entry"]), "",
        ]
        for item in items
    ]  # fmt: skip
    if rows:
        keys = ("col_item", "p_hs", "p_col_unknown", "p_col_entries", "p_col_value")
        paper.grid(
            [screen_word(key, lang) for key in keys],
            rows,
            [34.0, 18.0, 48.0, 42.0, WIDTH - 142.0],
            size=SMALL,
        )
    else:
        paper.line(screen_word("p_none", lang))
    paper.line("", size=4)
    paper.line(screen_word("p_letter_close", lang), after=4)


def customer_questions(paper: Paper, case: ScreenCase, lang: Lang) -> None:
    """A letter to each customer: what it is asked, and what it is asked to pass on to the end user."""
    of = {item: case.customer_of(item) for item in case.goods["item"]}
    rows = case.answer.questions
    asked = rows[rows["to"].isin(("customer", "user")) & rows["item"].isin(of)]
    customers = list(dict.fromkeys(of[item] for item in asked["item"]))
    for place, customer in enumerate(customers):
        if place:
            paper.turn()
        _letter_head(paper, screen_word("p_to_customer", lang, customer=customer or "＿＿＿＿＿＿"), lang)
        _title(paper, "asked", lang)
        paper.line(screen_word("p_questions_1", lang), after=6)
        _asked(paper, case, asked[asked["item"].map(of).eq(customer)], lang)
    if not customers:
        _title(paper, "asked", lang)
        paper.line(screen_word("p_none", lang))


def _asked(paper: Paper, case: ScreenCase, rows: pd.DataFrame, lang: Lang) -> None:
    """Questions with room for the answer, those for the end user under a heading of their own."""
    heads = [screen_word(key, lang) for key in ("sec_questions", "p_col_value")]
    for to in ("customer", "user"):
        part = rows[rows["to"] == to]
        if part.empty:
            continue
        if to == "user":
            paper.line(screen_word("p_questions_user", lang), bold=True, after=2)
        lines = [
            text
            for _, group in part.groupby("question", sort=False)
            for text in asked_lines(case, group, lang)
        ]
        paper.grid(
            heads, [[f"{n}. {text}", ""] for n, text in enumerate(lines, start=1)], [112.0, WIDTH - 112.0]
        )
        paper.line("", size=4)


PARTS: dict[str, Callable[[Paper, ScreenCase, Lang], None]] = {
    "comparison": comparison_paper, "letter": maker_letter, "review": review, "asked": customer_questions,
}  # fmt: skip
