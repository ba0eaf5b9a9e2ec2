"""Tables that say why: order, entry, regret, robustness, risks, dependence, sovereignty, doubts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html import escape
from typing import Any

from meguri.base.terms import Lang, keys, remark
from meguri.show.cited import Cited, Sentence, cite, cited_table, quantity
from meguri.show.memo import Memo
from meguri.show.respond_tables import Cell, named, quiet
from meguri.show.respond_words import remarks_of, unsure
from meguri.show.spell import as_date, listing, missing, say, word

Row = dict[Any, Any]
AXES = ("time", "competitiveness")


def listed(prefix: str, key: object, memo: Memo) -> str:
    """A key in words where the phrases know it, else as it stands."""
    name = f"{prefix}.{key}"
    return say(name, memo.lang) if name in keys("phrases") else str(key)


def measure_words(memo: Memo, key: object) -> str:
    """Shown name of a measure as plain words."""
    found = memo.measure(key)
    return found.text if isinstance(found, Cited) else found


def contents(memo: Memo, row: Row) -> Cell:
    """Measures of a chosen plan with their sizes; keys become names."""
    found = memo.cell("robustness", row, "measures", "text")
    if missing(row["measures"]):
        return found
    parts = [part.split(" ", 1) for part in str(row["measures"]).split("|")]
    text = ("、" if memo.lang == "ja" else "; ").join(
        " ".join([measure_words(memo, part[0]), *(quantity(size, memo.lang) for size in part[1:])])
        for part in parts
    )
    return replace(found, text=text, how="measures")


def in_a_row(names: list[Cited], lang: Lang) -> Sentence:
    """Cited names one after another."""
    join = "、" if lang == "ja" else "; "
    return tuple(part for place, name in enumerate(names) for part in ((join, name) if place else (name,)))


def hangs_on(memo: Memo, row: Row) -> Cell:
    """What must hold, by name."""
    if missing(row["label_en"]) and missing(row["label_ja"]):
        return memo.cell("dependence", row, "depends_on", "text")
    return memo.name("dependence", row)


def binding(memo: Memo, row: Row) -> Cell:
    """The node that holds a stage back, by name."""
    own = f"binding_label_{memo.lang}"
    return memo.cell("sovereignty", row, "binding" if missing(row[own]) else own, "text")


def order_table(memo: Memo) -> str:
    """What to decide first, by when, and why."""
    rows = memo.tables["order"].sort_values("rank", kind="stable")
    if rows.empty:
        return ""
    lines: list[list[Cell]] = []
    for row in rows.to_dict("records"):
        by: Sentence = (memo.cell("order", row, "decide_by", "day"),)
        if as_date(row["decide_by"]) < memo.answer.decided:
            by = cite("memo_late_by", memo.lang, day=by, late=say("memo_late", memo.lang))
        why = memo.cell("order", row, f"why_{memo.lang}", "text")
        lines.append([memo.cell("order", row, "rank", "count"), memo.name("order", row), by, why])
    html = cited_table(named(memo, "rank measure by why"), lines, [True, False, False, False], memo.printer)
    return f"<h3>{say('memo_order', memo.lang)}</h3>\n{html}{quiet(memo.cells('order', rows))}"


def entry_table(memo: Memo) -> str:
    """What would have to be true for each measure that no efficient plan takes."""
    table = memo.tables["marginal"]
    rows = table[~table["in_plan"].astype(bool)]
    if rows.empty:
        return f"<p>{say('memo_nothing', memo.lang)}</p>\n"
    lines: list[list[Cell]] = []
    for row in rows[rows["entry_cost_factor"].notna()].sort_values("entry_cost_factor").to_dict("records"):
        share = memo.cell("marginal", row, "entry_cost_factor", "share")
        factor = cite("memo_free", memo.lang, share=share)
        lines.append(
            [memo.name("marginal", row), factor, word(row["entry_reason"], "entry_reasons", memo.lang)]
        )
    for reason, part in rows[rows["entry_cost_factor"].isna()].groupby("entry_reason", sort=False):
        names = [memo.name("marginal", row) for row in part.to_dict("records")]
        lines.append([in_a_row(names, memo.lang), "—", word(reason, "entry_reasons", memo.lang)])
    html = cited_table(named(memo, "measure factor true"), lines, [False, True, False], memo.printer, "entry")
    return html + quiet(memo.cells("marginal", rows))


def regret_table(memo: Memo) -> str:
    """The greatest regret of every plan on each axis, and the day of the control on which it comes."""
    table, plans = memo.tables["plan_worlds"], memo.tables["plans"]
    zero = plans[plans["role"] == "none"]
    lines: list[list[Cell]] = []
    for plan in [*zero["plan"], *memo.efficient["plan"]]:
        line: list[Cell] = [memo.plan(plan)]
        for column, how in (("regret_time_d", "count"), ("regret_share", "points_of")):
            known = table[table["plan"] == plan].dropna(subset=[column])
            if known.empty:
                line += ["—", "—"]
                continue
            row = known.loc[known[column].idxmax()].to_dict()
            line += [
                memo.cell("plan_worlds", row, column, how),
                memo.cell("plan_worlds", row, "strike_on", "month"),
            ]
        lines.append(line)
    heads = named(memo, "plan regret_time in_world regret_share in_world")
    return cited_table(heads, lines, [False, True, False, True, False], memo.printer) + quiet(
        memo.cells("plan_worlds", table)
    )


def robustness_table(memo: Memo) -> str:
    """Which plan is chosen as an assumption moves: a row for each value, the axes side by side."""
    rows = memo.tables["robustness"]
    if rows.empty:
        return ""
    lines: list[list[Cell]] = []
    other: list[list[Cell]] = []  # what the plans hold that stand in no other table
    for _, part in rows.groupby(["parameter", "value"], sort=False):
        chosen = {row["axis"]: row for row in part.to_dict("records")}
        one = next(iter(chosen.values()))
        head: list[Cell] = [memo.name("robustness", one), memo.cell("robustness", one, "value", "quantity")]
        lines.append(head + [cell for axis in AXES for cell in _chosen(memo, chosen.get(axis))])
        other += [
            [*head, say(f"memo_axis.{axis}", memo.lang), contents(memo, row)]
            for axis, row in chosen.items()
            if row["plan"] not in memo.names
        ]
    heads = named(memo, "assumption value chosen_time gain points chosen_share gain points")
    right = [False, False, False, True, True, False, True, True]
    html = cited_table(heads, lines, right, memo.printer, "moved")
    if other:
        html += quiet(say("memo_other_plans_hold", memo.lang))
        html += cited_table(named(memo, "assumption value axis contents"), other, [False] * 4, memo.printer)
    return f"<h3>{say('memo_robustness', memo.lang)}</h3>\n{html}{quiet(memo.cells('robustness', rows))}"


def _chosen(memo: Memo, row: Row | None) -> list[Cell]:
    """Plan chosen on one axis, days it buys, points it gains."""
    if row is None:
        return ["—", "—", "—"]
    return [
        memo.names.get(str(row["plan"]), say("memo_other_budget", memo.lang)),
        memo.cell("robustness", row, "time_gained_d", "n_gain"),
        memo.cell("robustness", row, "share_gained", "n_points"),
    ]


def risks_html(memo: Memo) -> str:
    """Risks that come with measures, then what the plans hang on."""
    return _risks(memo) + _dependence(memo) or f"<p>{say('memo_nothing', memo.lang)}</p>\n"


def _by_plans(memo: Memo, table: str, same: list[str]) -> Iterator[tuple[str, Row]]:
    """Rows of the efficient plans with the plans they hold for, each said once."""
    rows = memo.tables[table]
    rows = rows[rows["plan"].isin(memo.efficient["plan"])]
    for _, part in rows.groupby(same, sort=False, dropna=False):
        plans = [memo.plan(plan) for plan in memo.efficient["plan"] if plan in set(part["plan"])]
        yield listing(plans, memo.lang), part.iloc[0].to_dict()


def _risks(memo: Memo) -> str:
    lines: list[list[Cell]] = [
        [
            memo.measure(row["measure"]),
            listed("risk", row["risk"], memo),
            listed("direction", row["direction"], memo),
            "—" if missing(row["note"]) else remark(str(row["note"]), memo.lang),
            plans,
        ]
        for plans, row in _by_plans(memo, "risks", ["measure", "risk", "direction", "note"])
    ]
    return _hanging(memo, "risks", "measure risk direction note plan", lines)


def _dependence(memo: Memo) -> str:
    lines: list[list[Cell]] = [
        [memo.measure(row["measure"]), hangs_on(memo, row), say(f"hangs.{row['kind']}", memo.lang), plans]
        for plans, row in _by_plans(memo, "dependence", ["measure", "depends_on", "kind"])
    ]
    return _hanging(memo, "dependence", "measure on kind plan", lines)


def _hanging(memo: Memo, table: str, columns: str, lines: list[list[Cell]]) -> str:
    if not lines:
        return ""
    rows = memo.tables[table]
    rows = rows[rows["plan"].isin(memo.efficient["plan"])]
    html = cited_table(named(memo, columns), lines, [False] * len(lines[0]), memo.printer, "hang")
    title = say("memo_risks" if table == "risks" else "memo_depends", memo.lang)
    return f"<h3>{title}</h3>\n{html}{quiet(memo.cells(table, rows))}"


def sovereignty_table(memo: Memo) -> str:
    """What holds each stage back after the longest stop, without and with qualification."""
    rows = memo.tables["sovereignty"]
    if rows.empty:
        return f"<p>{say('memo_nothing', memo.lang)}</p>\n"
    rows = rows[rows["after_d"] == rows["after_d"].max()]
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    rows = rows.assign(_stage=rows["stage"].map(order)).sort_values(
        ["_stage", "node", "qualified"], kind="stable"
    )
    lines: list[list[Cell]] = []
    inside: list[list[Cell]] = []  # nodes of the stages
    for _, pair in rows.groupby(["_stage", "node"], sort=False, dropna=False):
        known = {bool(row["qualified"]): row for row in pair.to_dict("records")}
        row = next(iter(known.values()))
        shares: list[Cell] = [
            memo.cell("sovereignty", known[q], "share", "share") if q in known else "—" for q in (False, True)
        ]
        (lines if missing(row["node"]) else inside).append(
            [
                word(row["stage"], "stages", memo.lang)
                if missing(row["node"])
                else memo.name("sovereignty", row),
                memo.cell("sovereignty", row, "after_d", "in d"),
                *shares,
                memo.cell("sovereignty", row, "unknown", "share"),
                binding(memo, row),
            ]
        )
    heads = named(memo, "stage after without_q with_q unknown binding")
    right = [False, True, True, True, True, False]
    html = cited_table(heads, lines, right, memo.printer)
    if inside:
        summary = say("memo_nodes_of_stages", memo.lang, n=len(inside))
        nodes = cited_table(heads, inside, right, memo.printer)
        html += f"<details><summary>{summary}</summary>\n{nodes}</details>\n"
    return f"<h3>{say('memo_binding', memo.lang)}</h3>\n{html}{quiet(memo.cells('sovereignty', rows))}"


def unconfirmed_html(memo: Memo) -> str:
    """Plans on which optimiser and simulator differ, with what the notes say about it."""
    plans = memo.tables["plans"]
    rows = plans[plans["plan"].isin(unsure(memo))]
    if rows.empty:
        return f"<p>{say('memo_all_confirmed', memo.lang)}</p>\n"
    lines: list[list[Cell]] = []
    said: list[str] = []
    for row in rows.to_dict("records"):
        tried = not missing(row["confirmed"])
        lines.append(
            [
                memo.plan(row["plan"]),
                memo.gain("plans", row, "in d"), memo.cell("plans", row, "sim_time_gained_d", "in d"),
                memo.cell("plans", row, "share", "share"), memo.cell("plans", row, "sim_share", "share"),
                say("memo_differs" if tried else "memo_not_tried", memo.lang),
            ]
        )  # fmt: skip
        said += remarks_of(memo, row["note"])
    heads = named(memo, "plan opt_time sim_time opt_share sim_share verdict")
    html = cited_table(heads, lines, [False, True, True, True, True, False], memo.printer, "unsure")
    notes = "".join(f"<p>{escape(text)}</p>\n" for text in dict.fromkeys(said))
    return html + notes + quiet(memo.cells("plans", rows))
