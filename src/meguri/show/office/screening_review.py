"""取引審査票: the skeleton of a review of each transaction, filled with what the records say."""

from __future__ import annotations

from collections.abc import Sequence

from meguri.base.terms import Lang, label
from meguri.show.office.paper import WIDTH, Paper
from meguri.show.screening_case import ScreenCase
from meguri.show.screening_words import boxes, screen_word
from meguri.show.spell import day, listing

HEAD = 38.0  # mm
SMALL = 8.5
CATCH = ("end-use", "military", "reexport")  # questions on use and user
TECH = ("drawings", "recipes", "training", "remote", "deemed", "advance")
YES_NO = ("military", "reexport", "recipes", "training", "remote", "deemed", "advance")
MOST_ENTRIES = 12


def review(paper: Paper, case: ScreenCase, lang: Lang) -> None:
    """One review for each customer of the items, each from a new page on."""
    of = {item: case.customer_of(item) for item in case.goods["item"]}
    for place, customer in enumerate(dict.fromkeys(of.values())):
        if place:
            paper.turn()
        paper.heading(screen_word("paper_review", lang), 0)
        items = [item for item, name in of.items() if name == customer]
        _parties(paper, case, customer, items, lang)
        _goods(paper, case, items, lang)
        _way(paper, case, items, lang)
        _answers(paper, case, "p_catch", CATCH, items, lang)
        _answers(paper, case, "p_tech", TECH, items, lang)
        _result(paper, lang)


def _pairs(paper: Paper, pairs: Sequence[tuple[str, str]]) -> None:
    """Headings and texts side by side, ruled."""
    table = paper.table([HEAD, WIDTH - HEAD], len(pairs))
    for row, (head, text) in zip(table.rows, pairs, strict=True):
        paper.fill(row.cells[0], head, size=SMALL, bold=True)
        paper.shade(row.cells[0])
        for place, line in enumerate(text.split("\n")):
            if place:
                paper.line(line, row.cells[1], size=SMALL)
            else:
                paper.fill(row.cells[1], line, size=SMALL)


def _parties(paper: Paper, case: ScreenCase, customer: str, items: list[str], lang: Lang) -> None:
    paper.heading(screen_word("p_parties", lang), 2)
    blank = screen_word("p_blank", lang)
    known = case.customers[case.customers["name"].eq(customer) | case.customers["customer"].eq(customer)]
    row = {} if known.empty else known.iloc[0].to_dict()
    steps = case.answer.paths[case.answer.paths["item"].isin(items)]
    behind = list(dict.fromkeys(steps.loc[steps["step"].gt(1), "to_name"]))
    names = [name for name in dict.fromkeys([customer, *behind, case.end_user]) if name]
    pairs = [
        ("p_customer", customer or blank),
        ("p_country", case.place(str(row.get("country", "")), lang)),
        ("p_industry", str(row.get("industry", "")) or blank),
        ("p_end_use", str(row.get("end_use", "")) or blank),
        ("p_onward", listing(behind, lang) or blank),
        ("p_end_user", case.end_user or blank),
        ("p_listed", _listed(case, names, lang)),
    ]
    _pairs(paper, [(screen_word(key, lang), text) for key, text in pairs])


def _listed(case: ScreenCase, names: list[str], lang: Lang) -> str:
    """Near spellings on the lists with score and day; none is said to be no clearance."""
    hits = case.answer.entities[case.answer.entities["name"].isin(names)]
    if hits.empty:
        dates = listing(sorted(set(case.listed["list_date"].astype(str))), lang)
        return screen_word("p_listed_none", lang, least=f"{case.least:g}", dates=dates)
    return "\n".join(
        screen_word(
            "p_listed_hit", lang, listed=row["listed"], score=f"{row['score']:.0f}",
            list=label(row["list"], lang, "entity_lists"), date=row["list_date"],
        )
        for row in hits.to_dict("records")
    )  # fmt: skip


def _goods(paper: Paper, case: ScreenCase, items: list[str], lang: Lang) -> None:
    paper.heading(screen_word("p_goods", lang), 2)
    near = case.near[case.near["item"].isin(items)]
    entries = list(dict.fromkeys(near["entry"]))
    shown = [f"{case.entry_name(entry, lang)} [{entry}]" for entry in entries[:MOST_ENTRIES]]
    pairs = [
        (screen_word("col_item", lang), "\n".join(case.item_name(item) for item in items)),
        (screen_word("fact_on", lang), day(case.on, lang)),
        (
            screen_word("p_open_entries", lang),
            listing(shown, lang) + (" …" if len(entries) > len(shown) else "") if shown else "—",
        ),
    ]
    _pairs(paper, pairs)


def _way(paper: Paper, case: ScreenCase, items: list[str], lang: Lang) -> None:
    paper.heading(screen_word("p_route", lang), 2)
    steps = case.answer.paths[case.answer.paths["item"].isin(items)]
    shown = steps.drop_duplicates(["from_name", "to_name", "to_country"])
    lines = [
        screen_word(
            "p_step_home" if row["filer"] == "nobody" else "p_step", lang,
            start=screen_word("path_shop", lang) if row["from_name"] == "shop" else row["from_name"],
            end=_end(case, row["to_name"], row["to_country"], lang),
            what=label(row["step_kind"], lang, "screen_steps"),
            who=label(row["filer"], lang, "screen_filers"),
        )
        for row in shown.to_dict("records")
    ]  # fmt: skip
    paper.line("\n".join(lines) or screen_word("p_blank", lang), size=SMALL)


def _end(case: ScreenCase, name: str, country: str, lang: Lang) -> str:
    place = case.place(country, lang)
    return name if name == place else f"{name} ({place})"


def _answers(
    paper: Paper, case: ScreenCase, title: str, keys: tuple[str, ...], items: list[str], lang: Lang
) -> None:
    """A line for each kind of question, with boxes and room for what the answer rests on."""
    rows = case.answer.questions
    found = rows[rows["question"].isin(keys) & rows["item"].isin(items)]
    asked = found.drop_duplicates(["question", "destination"])
    paper.heading(screen_word(title, lang), 2)
    if asked.empty:
        paper.line(screen_word("p_none", lang), size=SMALL)
        return
    heads = [screen_word(key, lang) for key in ("sec_questions", "p_answer", "p_basis")]
    yes_no = screen_word("p_answers", lang)
    cells = [
        [str(row[f"text_{lang}"]), yes_no if row["question"] in YES_NO else "", ""]
        for row in asked.to_dict("records")
    ]
    paper.grid(heads, cells, [98.0, 42.0, WIDTH - 140.0], size=SMALL)
    if len(found) > len(asked):  # asked of one item in words, of all of them in fact
        paper.line(screen_word("p_same", lang, items=listing(items, lang)), size=8, muted=True)


def _result(paper: Paper, lang: Lang) -> None:
    paper.heading(screen_word("p_result", lang), 2)
    pairs = [
        (screen_word("p_judge", lang), "　".join(boxes(lang)) + "\n" + screen_word("p_judged", lang)),
        (screen_word("p_remarks", lang), "\n"),
    ]
    _pairs(paper, pairs)
    paper.line("", size=4)
    table = paper.table([WIDTH / 4] * 4, 1)
    heads = ("p_reviewer", "p_signed", "p_approver", "p_signed")
    for cell, key in zip(table.rows[0].cells, heads, strict=True):
        paper.fill(cell, screen_word(key, lang), size=8, muted=True)
    paper.tall(table.rows[0], 16)
