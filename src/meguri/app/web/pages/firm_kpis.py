"""Four figures that show the worth of "nothing happened", and what was understood of the sheets."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.firm_opened import answer_of, audience_of, reading_of, source_of
from meguri.app.web.firm_words import firm_word, table_of
from meguri.app.web.question import Asked
from meguri.app.web.view import Headline, Section, Table, View
from meguri.base.errors import Problem
from meguri.base.terms import Lang, label
from meguri.observe.joblog import Reading
from meguri.show.chart import Chart
from meguri.show.safetynet import Card, ages_text, card_charts, chance_text, tile_rows
from meguri.show.safetynet_words import (
    count_text,
    definition_lines,
    figure_text,
    interval_text,
    lead,
    lead_detail,
    loss_sentences,
    net_word,
    offer_rows,
    people_sentence,
    period,
    refusal_text,
    unpaid_sentences,
)
from meguri.show.spell import day
from meguri.structure.safety_masks import masked, withheld_table
from meguri.structure.safetynet_answer import SafetyAnswer


def kpis_view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The figures as this reader may see them."""
    full = answer_of(asked, desk, lang)
    audience = audience_of(asked)
    shown = masked(full, audience)
    hidden = withheld_table(audience, full, lang)
    card = Card(shown, audience, hidden, bool(asked["without_care"]), lang)
    reading = reading_of(source_of(asked, desk, lang))
    sections = [
        _figures(card), _loss(card), _unpaid(card, reading), _people(card, reading), _offers(card),
        *_questions(card), *read_sections(shown, reading, audience, lang), *withheld_sections(hidden, lang),
        _how(card),
    ]  # fmt: skip
    key = "read_asof_given" if asked["as_of"] else "read_asof"
    said = [
        lead_detail(shown, lang),
        period(shown, lang),
        net_word(key, lang, day=day(shown.facts["as_of"], lang)),
    ]
    return View(
        title=lead(shown, lang), lead=said, headlines=headlines(card), sections=sections,
        notes=[net_word("grade_line", lang), net_word("withheld_names", lang)],
    )  # fmt: skip


def headlines(card: Card) -> list[Headline]:
    """The four tiles of the card; a refused one says why."""
    refused = net_word("refused", card.lang)
    sep = "、" if card.lang == "ja" else "; "
    return [
        Headline(name, value, sep.join(below), unknown=value == refused)
        for name, value, below in tile_rows(card)
    ]


def kpi_table(card: Card) -> Table:
    """Each figure with interval and what it stands on, or in plain words why not."""
    lang, minimum = card.lang, card.answer.facts["minimum"]
    rows = [
        {
            "kpi": row["kpi"],
            "value": None if row["reason"] else figure_text(row["kpi"], row["value"], lang),
            "interval": interval_text(row, lang) or None,
            "stands_on": count_text(row, lang),
            "refused": refusal_text(row, minimum, lang) if row["reason"] else None,
            "grade": row["grade"],
        }
        for row in card.answer.table("kpi_values").to_dict("records")
    ]
    return table_of("web_firm_kpis", rows, net_word("sec_kpis", lang))


def _figures(card: Card) -> Section:
    lang = card.lang
    charts = figures_of(card)
    said = [] if len(charts) == 2 else [firm_word("no_curve", lang)]
    return Section("kpis", net_word("sec_kpis", lang), said, charts, [kpi_table(card)])


def figures_of(card: Card) -> list[Chart]:
    """Month by month and the curve; one that would show nothing but refused figures is left out."""
    return [chart for chart in card_charts(card) if len(chart.table)]


def _loss(card: Card) -> Section:
    said = loss_sentences(card.answer, card.stated, card.lang)
    title = net_word("sec_loss", card.lang)
    unknown = card.answer.table("kpi_avoided").set_index("quantity")["reason"].get("cost_per_hour")
    if card.audience == "internal" and unknown:
        said.append(firm_word("give_cost", card.lang))
    table = Table(
        "kpi_avoided", firm_word("t_loss", card.lang), card.answer.table("kpi_avoided"), "kpi_avoided"
    )
    return Section("loss", title, said, tables=[table])


def unpriced(table: pd.DataFrame) -> pd.DataFrame:
    """Without columns of yen where none is known."""
    worth = ["worth_low", "worth", "worth_high"]
    return table.drop(columns=worth) if table[worth].isna().all(axis=None) else table


def _unpaid(card: Card, reading: Reading) -> Section:
    lang, answer = card.lang, card.answer
    title = net_word("sec_unpaid", lang)
    named = reading.shop.customers[["customer", "name"]].itertuples(index=False)
    customers = {key: f"{key} {name}".strip() for key, name in named} | {"all": net_word("all", lang)}
    said = unpaid_sentences(answer, lang)
    if card.audience == "internal" and answer.facts["rate"] is None and len(answer.table("card_unpaid")):
        said.append(firm_word("give_rate", lang))
    tables = []
    if len(answer.table("unpaid_service")):
        by = unpriced(answer.table("unpaid_service"))
        by = by.assign(customer=[customers.get(one, one) for one in by["customer"]])
        tables.append(
            Table("unpaid_service", firm_word("by_customer", lang), by, "unpaid_service", open=True)
        )
    if len(answer.table("card_unpaid")):
        by = unpriced(answer.table("card_unpaid"))
        tables.append(Table("card_unpaid", firm_word("by_process", lang), by, "card_unpaid", open=True))
    return Section("unpaid", title, said, tables=tables)


def known_or_none(text: str) -> str | None:
    """A cell of a table: a dash is no text."""
    return None if text == "—" else text


def _people(card: Card, reading: Reading) -> Section:
    """Processes by how few can do them; pseudonyms only, and only in the shop's own copy."""
    lang, people = card.lang, card.answer.table("card_people")
    own = reading.shop.people
    known = {
        process: ", ".join(sorted(rows["person"].astype(str))) for process, rows in own.groupby("process")
    }
    inside = card.audience == "internal"
    rows = [
        {
            **{name: row[name] for name in ("process", "holders", "teachers")},
            "who": known.get(row["process"]) if inside else None,
            "ages": known_or_none(ages_text(row, lang)),
            "lost": known_or_none(chance_text(row)),
        }
        for row in people.to_dict("records")
    ]
    title = net_word("sec_people", lang)
    rule = "people_rule" if people["lost_high"].notna().any() else "people_rule_masked"
    said = [people_sentence(card.answer, lang)] + ([net_word(rule, lang)] if rows else [])
    if rows and inside:
        said.append(firm_word("pseudonyms", lang))
    tables = [table_of("web_firm_people", rows, firm_word("t_people", lang))] if rows else []
    return Section("people", title, [text for text in said if text], tables=tables)


def _offers(card: Card) -> Section:
    title = net_word("sec_offers", card.lang)
    rows = offer_rows(card.answer, card.audience, card.lang)
    table = table_of("web_firm_offers", rows, firm_word("t_offers", card.lang))
    return Section("offers", title, [net_word("offer_basis", card.lang)], tables=[table])


def _how(card: Card) -> Section:
    """Definitions, and the figures as plain numbers."""
    answer, lang = card.answer, card.lang
    tables = [
        Table("kpi_values", firm_word("plain_kpis", lang), answer.table("kpi_values"), "kpi_values"),
        Table("card_people", firm_word("people_raw", lang), answer.table("card_people"), "card_people"),
    ]
    tables = [table for table in tables if len(table.frame)]
    return Section("how", net_word("sec_how", lang), definition_lines(answer, lang), tables=tables)


def _questions(card: Card) -> Iterator[Section]:
    table = card.answer.table("tacit_items")
    if card.audience != "internal":
        return
    title = net_word("sec_questions", card.lang)
    if table.empty:
        yield Section("questions", title, [net_word("questions_none", card.lang)])
    else:
        note = firm_word("questions_note", card.lang)
        yield Section(
            "questions",
            title,
            tables=[Table("tacit_items", firm_word("t_questions", card.lang), table, "tacit_items", note)],
        )


# --- what was understood -----------------------------------------------------------------------


def read_sections(answer: SafetyAnswer, reading: Reading, audience: str, lang: Lang) -> Iterator[Section]:
    """Counts for everybody; cells, columns and the ways out for the shop itself."""
    facts = answer.facts
    counts = {"rows": f"{facts['rows']:,}", "sheets": facts["sheets"], "problems": facts["problems"]}
    said = [net_word("read_line", lang, **counts)]
    tables = []
    if audience == "internal":
        cells = cells_table(reading, lang)
        if len(cells.frame):
            said.append(firm_word("cells_unknown", lang))
            tables.append(cells)
        if reading.dropped:
            said.append(firm_word("cells_more", lang, n=f"{reading.dropped:,}"))
        title = firm_word("understood", lang)
        tables.append(Table("joblog_understood", title, named_understood(reading, lang), "joblog_understood"))
    yield Section("read", net_word("sec_read", lang), said, tables=tables)


def named_understood(reading: Reading, lang: Lang) -> pd.DataFrame:
    """Which heading was taken for what, the records in words; a heading not used says nothing."""
    table = reading.understood
    named = [label(str(one), lang, "card_tables") for one in table["table"]]
    return table.assign(
        table=[name if field else "" for name, field in zip(named, table["field"], strict=True)]
    )


def cells_table(reading: Reading, lang: Lang) -> Table:
    """Every cell that could not be read, then every column that was not used."""
    rows = [_cell_row(problem, lang) for problem in reading.problems]
    unused = reading.understood[reading.understood["field"] == ""]
    rows += [
        {"severity": "notice", "sheet": row["sheet"], "cell": row["cell"], "found": row["heading"],
         "expected": firm_word("unused_expected", lang), "way_out": firm_word("unused_way", lang)}
        for row in unused.to_dict("records")
    ]  # fmt: skip
    return table_of("web_firm_cells", rows, firm_word("cells", lang))


def _cell_row(problem: Problem, lang: Lang) -> dict[str, object]:
    told = problem.row(lang)
    _, _, rest = problem.place.partition("/")
    sheet, _, cell = (rest or problem.place).partition("!")
    return {
        "severity": "unread", "sheet": sheet, "cell": cell or None, "found": problem.found or None,
        "expected": told["expected"], "way_out": told["way_out"],
    }  # fmt: skip


def withheld_sections(hidden: pd.DataFrame, lang: Lang) -> Iterator[Section]:
    """What this reader does not see, and why."""
    title = net_word("sec_withheld", lang)
    if hidden.empty:
        yield Section("withheld", title, [net_word("withheld_none", lang)])
    else:
        table = Table("card_withheld", firm_word("t_withheld", lang), hidden, "card_withheld", open=True)
        yield Section("withheld", title, [net_word("withheld_intro", lang)], tables=[table])
