"""Tables of the plans, every number of them cited: what they buy, cost and contain, and when they spend."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd

from meguri.show.cited import Cited, Sentence, cite, cited_table
from meguri.show.memo import Memo
from meguri.show.money import rate_words
from meguri.show.plans import best, moving, singles
from meguri.show.respond_words import first_process, unsure
from meguri.show.spell import missing, say, word

Row = dict[Any, Any]
Cell = str | Cited | Sentence


def named(memo: Memo, columns: str) -> list[str]:
    """Headings of a table of the memo."""
    return [say(f"memo_col.{name}", memo.lang) for name in columns.split()]


def quiet(text: str) -> str:
    """A line in small print."""
    return f'<p class="quiet">{escape(text)}</p>\n'


def _range(memo: Memo, row: Row, columns: tuple[str, str, str], how: str) -> Sentence:
    middle, low, high = (memo.cell("plans", row, column, how) for column in columns)
    if middle.text == low.text == high.text:
        return (middle,)
    return cite("memo_bracket", memo.lang, a=middle, b=low, c=high)


def plans_table(memo: Memo) -> str:
    """Efficient plans against no plan, then every measure alone; an order of days, no ranking."""
    plans = memo.tables["plans"]
    heads = named(memo, "plan gain time share points cost firm state usd ready gap")
    right = [False, *[True] * 8, False, True]
    zero = plans[plans["role"] == "none"]
    doubtful = unsure(memo)
    first = [_plan_row(memo, row, doubtful) for row in pd.concat([zero, memo.efficient]).to_dict("records")]
    money = say("memo_money", memo.lang, rate=rate_words(memo.answer.rate, memo.lang))
    html = quiet(money) + cited_table(heads, first, right, memo.printer, "plans")
    if doubtful:
        html += quiet(say("memo_unsure_key", memo.lang))
    html += _first_to_stop(memo) + _alone(memo, heads, right)
    return html + quiet(memo.cells("plans", plans))


def _first_to_stop(memo: Memo) -> str:
    """Which process stops first, without a plan and with each, by the simulator."""
    plans = memo.tables["plans"]
    rows = pd.concat([plans[plans["role"] == "none"], memo.efficient])
    if rows["first_process"].isna().all() or (rows["first_process"] == "").all():
        return ""
    lines = [
        [
            memo.plan(row["plan"]),
            first_process(memo, row) or say("memo_never", memo.lang),
            memo.cell("plans", row, "first_share", "share"),
            memo.cell("plans", row, "sim_time_d", "n_d"),
        ]
        for row in rows.to_dict("records")
    ]
    heads = named(memo, "plan first in_worlds sim_time")
    html = cited_table(heads, lines, [False, False, True, True], memo.printer, "first")
    return f"<h3>{say('memo_first_to_stop', memo.lang)}</h3>\n{html}"


def _alone(memo: Memo, heads: list[str], right: list[bool]) -> str:
    """Every measure alone; those that move neither axis one click away."""

    def table(rows: pd.DataFrame) -> str:
        lines = [_plan_row(memo, row, []) for row in rows.to_dict("records")]
        return cited_table(heads, lines, right, memo.printer, "plans")

    alone = singles(memo.tables["plans"])
    if alone.empty:
        return ""
    moved = moving(alone)
    rest = alone[~alone["plan"].isin(moved["plan"])]
    html = f"<h3>{say('memo_singles', memo.lang)}</h3>\n" + (table(moved) if len(moved) else "")
    if len(rest):
        summary = say("memo_singles_none", memo.lang, n=len(rest))
        html += f"<details><summary>{summary}</summary>\n{table(rest)}</details>\n"
    return html


def _plan_row(memo: Memo, row: Row, doubtful: list[str]) -> list[Cell]:
    name = memo.plan(row["plan"])
    mark = say("memo_unsure", memo.lang) if str(row["plan"]) in doubtful else ""
    robust = "" if missing(row.get("robust")) else str(row["robust"])
    picks = [say(f"front_key.{role}", memo.lang) for role in robust.split("|") if role]
    name = " · ".join([f"{name}{mark}", *picks])
    return [
        name,
        memo.gain("plans", row, "n_gain"),
        _range(memo, row, ("time_d", "time_low", "time_high"), "n_d"),
        _range(memo, row, ("share", "share_low", "share_high"), "share"),
        memo.cell("plans", row, "share_gained", "n_points"),
        *(memo.cell("plans", row, column, "k") for column in ("cost", "cost_firm", "cost_state")),
        memo.cell("plans", row, "cost", "n_usd"),
        memo.cell("plans", row, "ready_on", "month"),
        memo.cell("plans", row, "gap", "share"),
    ]  # fmt: skip


def shown_first(memo: Memo) -> list[str]:
    """Plans whose contents stand open: the best on each axis and the robust picks."""
    rows = memo.efficient
    wanted = [
        row["plan"]
        for column in ("time_gained_d", "share")
        if (row := best(memo.efficient, column)) is not None
    ]
    chosen = rows[rows["plan"].isin(wanted) | (rows["robust"] != "")]
    return [str(plan) for plan in chosen["plan"]]


def inside_html(memo: Memo) -> str:
    """What each plan contains: open for the plans named in the answer, one click away for the others."""
    open_ = shown_first(memo)
    others = [str(plan) for plan in memo.efficient["plan"] if str(plan) not in open_]
    html = "".join(_inside(memo, plan) for plan in open_)
    if others:
        rest = "".join(_inside(memo, plan) for plan in others)
        summary = say("memo_other_plans", memo.lang, n=len(others))
        html += f"<details><summary>{summary}</summary>\n{rest}</details>\n"
    return html + _schemes(memo) + spending_table(memo, open_)


def _inside(memo: Memo, plan: str) -> str:
    taken = memo.tables["plan_measures"]
    rows = taken[taken["plan"] == plan]
    heads = named(memo, "measure owner year size cost firm state running begin works expires grade")
    right = [False, False, False, True, True, True, True, True, False, False, False, False]
    cells = [_measure(memo, row) for row in rows.to_dict("records")]
    title = memo.plan(plan)
    return f"<h3>{escape(title)}</h3>\n" + cited_table(heads, cells, right, memo.printer, "inside")


def _measure(memo: Memo, row: Row) -> list[Cell]:
    def cell(column: str, how: str) -> Cited:
        return memo.cell("plan_measures", row, column, how)

    owner = "—" if missing(row["owner"]) else word(f"owner.{row['owner']}", "phrases", memo.lang)
    grade = "—" if missing(row["grade"]) else word(f"grade.{row['grade']}", "phrases", memo.lang)
    return [
        memo.name("plan_measures", row), owner, memo.year(row["year"]), cell("size",
        f"in {row['unit'] or ''}"),
        cell("cost", "k"), cell("cost_firm", "k"), _state(memo, row), cell("running", "k"),
        *(cell(column, "month") for column in ("starts_on", "ready_on", "expires_on")), grade,
    ]  # fmt: skip


def scheme_marks(memo: Memo) -> dict[str, str]:
    """A small letter for each public scheme, by which tables of money name it."""
    keys = memo.tables["schemes"]["scheme"]
    return {str(key): chr(ord("a") + place) for place, key in enumerate(keys)}


def _state(memo: Memo, row: Row) -> Cell:
    """What the state pays of a measure, with the mark of the scheme by which it does."""
    found = memo.cell("plan_measures", row, "cost_state", "k")
    mark = scheme_marks(memo).get(str(row["scheme"]))
    return found if mark is None else cite("memo_scheme_mark", memo.lang, money=found, mark=mark)


def _schemes(memo: Memo) -> str:
    """The public schemes that pay a part: rate, cap, condition, dates, source."""
    rows = memo.tables["schemes"]
    if rows.empty:
        return ""
    marks = scheme_marks(memo)
    lines: list[list[Cell]] = []
    for row in rows.to_dict("records"):
        ways = {f"condition_{memo.lang}": "text", "since": "iso", "until": "iso", "source": "text"}
        words = [memo.cell("schemes", row, column, how) for column, how in ways.items()]
        grade = word(f"grade.{row['grade']}", "phrases", memo.lang)
        rate = memo.cell("schemes", row, "rate", "rate")
        mark = marks[str(row["scheme"])]
        lines.append([mark, memo.name("schemes", row), rate, _cap(memo, row), *words, grade])
    heads = ["", *named(memo, "scheme rate cap condition since until source grade")]
    right = [False, False, True, True, *[False] * 5]
    html = cited_table(heads, lines, right, memo.printer, "schemes")
    title = f"<h3>{say('memo_schemes', memo.lang)}</h3>\n"
    return title + html + quiet(say("memo_schemes_note", memo.lang) + memo.cells("schemes", rows))


def _cap(memo: Memo, row: Row) -> Cell:
    """Most that a scheme pays for one measure, in its own currency."""
    if missing(row["cap"]):
        return say("memo_no_cap", memo.lang)
    if row["currency"] == "JPY":
        return memo.cell("schemes", row, "cap", "kjpy")
    return (memo.cell("schemes", row, "cap", "count"), f" {row['currency']}")


def spending_table(memo: Memo, plans: list[str]) -> str:
    """What each shown plan spends in each year, below the budget of the year."""
    table = memo.tables["plan_years"]
    rows = table[table["plan"].isin(plans)]
    if rows.empty:
        return ""
    years = sorted(rows["year"].unique())
    heads = ["", *(memo.year(y) for y in years)]
    lines: list[list[Cell]] = []
    if rows["budget"].notna().any():  # without a limit of its own, any year may take the whole budget
        lines.append([say("memo_col.budget", memo.lang), *_over(memo, rows, years, "budget")])
    for plan in plans:
        name = say("memo_col.spent", memo.lang, plan=memo.plan(plan))
        lines.append([name, *_over(memo, rows[rows["plan"] == plan], years, "cost")])
    title = f"<h3>{say('memo_spending', memo.lang)}</h3>\n"
    html = cited_table(heads, lines, [False, *[True] * len(years)], memo.printer)
    return title + html + quiet(memo.cells("plan_years", rows))


def _over(memo: Memo, rows: pd.DataFrame, years: list[Any], column: str) -> list[Cell]:
    first = rows.drop_duplicates("year").set_index("year", drop=False)
    return [
        memo.cell("plan_years", first.loc[year].to_dict(), column, "k") if year in first.index else "—"
        for year in years
    ]
