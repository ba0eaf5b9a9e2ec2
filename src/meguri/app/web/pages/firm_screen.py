"""Which of the firm's items may be controlled: a draft for the person who rules, never a ruling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.firm_opened import audience_of, case_of
from meguri.app.web.firm_words import firm_word, papers_of, table_of
from meguri.app.web.question import Asked
from meguri.app.web.view import Headline, Section, Table, View
from meguri.base.terms import LANGS, Lang, label
from meguri.show.figures.indirect_path import indirect_path
from meguri.show.figures.screen_matrix import screen_matrix
from meguri.show.screening import first_steps, late, lead, names_told, route_rows
from meguri.show.screening_case import OPEN, ScreenCase
from meguri.show.screening_tables import change_rows, counts, missing_of, routes_of, spec_said, ways_of
from meguri.show.screening_words import header, screen_word, spec_words
from meguri.show.spell import day, listing
from meguri.structure.safety_masks import withheld

PAPERS: Mapping[str, tuple[str, ...]] = {
    "comparison": ("docx",), "letter": ("docx",), "asked": ("docx",), "review": ("docx",),
    "drafts": ("docx",), "screening": ("html", "pdf", "xlsx"),
}  # fmt: skip
MOST = 30  # rows of a table that stands open
VERDICTS = ("candidate", "cannot-exclude", "excluded-by-spec", "not-in-list-on-that-date")


def screen_view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """Items against entries, ways, names and questions; other readers are told counts alone."""
    case = case_of(asked, desk, lang)
    hidden = [part for part in withheld(audience_of(asked)) if part["table"] == "screen_verdicts"]
    order = sorted(LANGS, key=lambda one: one != lang)
    said = [header(lang), *(screen_word("no_ruling", one) for one in order), _meta(case, bool(hidden), lang)]
    said += [late(case, lang)] if late(case, lang) else []
    notes = case.answer.notes.iloc[2:]  # the first two stand on top
    if hidden:
        parts, told = [_counted(case, lang), _withheld(hidden[0], lang)], []
    else:
        parts, told = list(_sections(case, lang)), [*notes[f"text_{lang}"], screen_word("end", lang)]
    return View(
        title=lead(case, lang), lead=said, headlines=_headlines(case, lang), sections=parts,
        sources=case.sources(), notes=told, papers=() if hidden else papers_of(PAPERS, lang),
    )  # fmt: skip


def _meta(case: ScreenCase, outside: bool, lang: Lang) -> str:
    if outside:
        return firm_word("screen_meta", lang, on=day(case.on, lang))
    to = case.place(case.destination, lang) if case.destination else screen_word("to_customers", lang)
    return screen_word("meta", lang, on=day(case.on, lang), to=to, files=listing(list(case.files), lang))


def _headlines(case: ScreenCase, lang: Lang) -> list[Headline]:
    """Items something points at, pairs left open, pairs excluded, items that leave through customers."""
    pairs, near = case.pairs, case.near
    still = int(pairs["verdict"].isin(OPEN).sum()) - len(near)
    values = {
        "tile_items": (near["item"].nunique(), "tile_items_of", {"m": len(case.goods)}),
        "tile_open": (len(near), "tile_open_of", {"n": still}),
        "tile_out": (int(pairs["verdict"].eq("excluded-by-spec").sum()), "tile_out_of", {}),
        "tile_paths": (case.abroad["item"].nunique(), "tile_paths_of", {}),
    }
    return [
        Headline(screen_word(key, lang), str(value), screen_word(about, lang, **fill))
        for key, (value, about, fill) in values.items()
    ]


def drafted(key: str, title: str, frame: pd.DataFrame, declared: str, lang: Lang, **more: object) -> Table:
    """A table whose file name and title say that it is a draft."""
    note = str(more.get("note", ""))
    shown = firm_word("draft_of", lang, title=title, draft=screen_word("draft", lang))
    return Table(f"draft_{key}", shown, frame, declared, note, bool(more.get("open_")))


def _sections(case: ScreenCase, lang: Lang) -> Iterator[Section]:
    """In the order in which an office works."""
    yield _steps(case, lang)
    yield _items(case, lang)
    yield _entries(case, lang)
    names = dict(zip(case.goods["item"], case.goods["name"], strict=True))
    drawn = indirect_path(case.answer.paths, names, lang=lang)
    yield Section("paths", screen_word("sec_paths", lang), charts=[drawn])
    yield _routes(case, lang)
    yield _names(case, lang)
    yield _questions(case, lang)
    if case.since:
        yield _changes(case, lang)
    yield _read(case, lang)
    said = [firm_word("papers_said", lang), screen_word("questions_lead", lang)]
    yield Section("papers", firm_word("sec_papers", lang), said)


def _steps(case: ScreenCase, lang: Lang) -> Section:
    title = screen_word("sec_next", lang)
    rows = [(said, why or None) for said, why in first_steps(case, lang)]
    if not rows:
        return Section("next", title, [screen_word("next_none", lang)])
    made = table_of("web_firm_steps", rows, firm_word("t_steps", lang))
    return Section("next", title, tables=[drawn_up(made, "steps", lang)])


def drawn_up(table: Table, key: str, lang: Lang) -> Table:
    """The same table, said to be a draft."""
    return drafted(key, table.title, table.frame, table.declared, lang, note=table.note, open_=table.open)


def _items(case: ScreenCase, lang: Lang) -> Section:
    rows = []
    for row in case.goods.to_dict("records"):
        n = counts(case, row["item"])
        named = [spec_words(spec, lang) for spec in missing_of(case, row["item"])]
        ways = listing(ways_of(case, row["item"], lang), lang)
        stand = [n[key] for key in ("candidate", "near", "quiet", "out", "off")]
        rows.append((row["item"], row["name"], ways, *stand, listing(named, lang, 5) or None))
    title = screen_word("sec_items", lang)
    made = table_of("web_firm_items", rows, firm_word("t_items", lang))
    return Section("items", title, [screen_word("legend", lang)], tables=[drawn_up(made, "items", lang)])


def entry_rows(case: ScreenCase, pairs: pd.DataFrame, lang: Lang) -> list[dict[str, object]]:
    """Item against entry: result, what points at it, what is missing or excludes, procedure, source."""
    rows = []
    for row in pairs.to_dict("records"):
        signs = [label(sign, lang, "screen_signals") for sign in str(row["signals"]).split("|") if sign]
        said = spec_said(row, lang)
        rows.append({
            "item": case.item_name(row["item"]),
            "entry": f"{case.entry_name(row['entry'], lang)} [{row['entry']}]",
            "verdict": row["verdict"], "points": listing(signs, lang) or None,
            "about": None if said == "—" else said,
            "routes": listing(routes_of(case, row["item"], row["entry"], lang), lang),
            "basis": firm_word(
                "basis_of", lang, standing=label(row["standing"], lang, "screen_standings"),
                start=row["entry_start"] or "—", source=str(row["source"]).replace("|", ", "),
                day=row["checked_on"],
            ),
        })  # fmt: skip
    return rows


def _entries(case: ScreenCase, lang: Lang) -> Section:
    title = screen_word("sec_entries", lang)
    near = table_of("web_firm_entries", entry_rows(case, case.near, lang), firm_word("entries_near", lang),
                    open_=len(case.near) <= MOST)  # fmt: skip
    every = table_of("web_firm_entries", entry_rows(case, case.pairs, lang), firm_word("entries_all", lang),
                     open_=False)  # fmt: skip
    needs = screen_word("sheet_screen_comparison", lang)
    tables = [
        drawn_up(every, "entries", lang),
        drafted("screen_comparison", needs, case.compared, "screen_comparison", lang),
    ]
    if len(case.near):
        tables.insert(0, drawn_up(near, "entries_near", lang))
    said = [] if len(case.near) else [screen_word("no_pointer", lang)]
    names = {entry: row[f"item_{lang}"] for entry, row in case.entries.items()}
    charts = [screen_matrix(case.pairs, names, lang=lang)] if len(case.near) else []
    return Section("entries", title, said, charts, tables)


def _routes(case: ScreenCase, lang: Lang) -> Section:
    title = screen_word("sec_routes", lang)
    rows = route_rows(case, lang)
    made = table_of("web_firm_routes", rows, firm_word("t_routes", lang), open_=len(rows) <= MOST)
    return Section("routes", title, tables=[drawn_up(made, "routes", lang)])


def _names(case: ScreenCase, lang: Lang) -> Section:
    title = screen_word("sec_names", lang)
    hits = case.answer.entities
    tables = (
        [drafted("name_matches", firm_word("t_names", lang), hits, "name_matches", lang, open_=True)]
        if len(hits)
        else []
    )
    said = names_told(case, lang)
    return Section(
        "names", title, [*said, screen_word("no_match", lang)] if case.names else said, tables=tables
    )


def _questions(case: ScreenCase, lang: Lang) -> Section:
    title = screen_word("sec_questions", lang)
    asked = case.answer.questions.drop(columns=["question", "spec", "destination"])
    return Section(
        "questions",
        title,
        tables=[drafted("questions", firm_word("t_asked", lang), asked, "screen_questions", lang)],
    )


def _changes(case: ScreenCase, lang: Lang) -> Section:
    title = screen_word("sec_changes", lang, since=case.since, on=case.on)
    rows = [*change_rows(case, lang, pointed=True), *change_rows(case, lang, pointed=False)]
    if not rows:
        return Section("changes", title, [screen_word("changes_none", lang)])
    made = table_of("web_firm_changes", rows, firm_word("t_changes", lang))
    return Section("changes", title, tables=[drawn_up(made, "changes", lang)])


def _read(case: ScreenCase, lang: Lang) -> Section:
    """What was read, and each cell and specification that could not be."""
    fill = {"n": len(case.goods), "k": len(case.customers), "files": listing(list(case.files), lang)}
    said = [screen_word("read_items", lang, **fill)]
    said += [problem.text(lang) for problem in (*case.answer.problems, *case.unread)]
    if case.dropped:
        said.append(screen_word("read_more", lang, n=case.dropped))
    if not case.unread and not case.answer.problems:
        said.append(screen_word("read_all", lang))
    return Section("read", screen_word("sec_read", lang), said)


# --- for readers outside the firm ----------------------------------------------------------------


def _counted(case: ScreenCase, lang: Lang) -> Section:
    """How many pairs stand where, without an item, an entry or a name."""
    rows = [(one, int(case.pairs["verdict"].eq(one).sum())) for one in VERDICTS]
    title = firm_word("screen_counts", lang)
    return Section(
        "counts", title, tables=[drawn_up(table_of("web_firm_verdicts", rows, title), "counts", lang)]
    )


def _withheld(part: dict[str, str], lang: Lang) -> Section:
    title = firm_word("sec_withheld", lang)
    row = (part["part"], part[lang], part["level"], part[f"why_{lang}"])
    return Section(
        "withheld", title, tables=[table_of("card_withheld", [row], firm_word("t_withheld", lang))]
    )
