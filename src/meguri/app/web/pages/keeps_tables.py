"""Tables of the page "what keeps it running?", in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from meguri.app.web.view import Table
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label, remark
from meguri.respond.measures import Library
from meguri.show.cited import Cited, Sentence, plain_text
from meguri.show.memo import Memo
from meguri.show.plans import moving, singles, without
from meguri.show.respond_reasons import contents, hangs_on, listed, measure_words
from meguri.show.spell import as_date, listing, missing, name_of, say, unit_word

WORDS = "web_keeps"
THOUSAND = 1e3
SAME = (
    "time_gained_d", "time_d", "time_low", "time_high", "share", "share_low", "share_high", "ready_on",
    "sim_time_d", "sim_share", "confirmed",
)  # fmt: skip
Row = dict[Any, Any]


def told(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of the page's word list."""
    return label(key, lang, WORDS, **fill)


def table(
    key: str,
    title: str,
    rows: Iterable[Mapping[str, Any]],
    declared: str,
    note: str = "",
    *,
    opened: bool = True,
) -> Table:
    """Rows as a declared table; columns in which no row holds anything are left out."""
    schema = Schema.of(declared)
    frame = pd.DataFrame([dict(row) for row in rows], columns=schema.names)
    bare = [name for name in schema.names if len(frame) and all(missing(cell) for cell in frame[name])]
    return Table(key, title, frame.drop(columns=bare), declared, note, opened)


def _kjpy(value: object) -> float | None:
    return None if missing(value) else float(str(value)) / THOUSAND


def _plan_row(memo: Memo, row: Row) -> Row:
    """One plan in print: its name, the axis on which it regrets least, money in thousand yen."""
    robust = "" if missing(row.get("robust")) else str(row["robust"])
    picks = [say(f"front_key.{role}", memo.lang) for role in robust.split("|") if role]
    return {
        **{name: row[name] for name in SAME},
        "plan": memo.plan(row["plan"]),
        "robust": "; ".join(picks),
        "beyond": not missing(row["time_d"]) and float(row["time_d"]) >= memo.answer.horizon_d,
        "cost_kjpy": _kjpy(row["cost"]),
        "firm_kjpy": _kjpy(row["cost_firm"]),
        "state_kjpy": _kjpy(row["cost_state"]),
    }


def plans_table(memo: Memo) -> Table:
    """No plan and the efficient ones, by days bought: an order of reading, no ranking."""
    plans = memo.tables["plans"]
    rows = pd.concat([plans[plans["role"] == "none"], memo.efficient]).to_dict("records")
    note = told("money_note", memo.lang)
    title = say("sec_memo_plans", memo.lang)
    return table("plans", title, (_plan_row(memo, row) for row in rows), "web_keeps_plans", note)


def singles_table(memo: Memo) -> Table:
    """Every measure alone, those that move an axis first."""
    alone = singles(memo.tables["plans"])
    moved = moving(alone)
    rows = pd.concat([moved, alone[~alone["plan"].isin(moved["plan"])]]).to_dict("records")
    title = say("memo_singles", memo.lang)
    return table("singles", title, (_plan_row(memo, row) for row in rows), "web_keeps_plans", opened=False)


def first_table(memo: Memo) -> Table:
    """Which process falls short first without a plan and with each, by the simulator."""
    plans = memo.tables["plans"]
    rows = [
        {
            "plan": memo.plan(row["plan"]),
            "process": say("memo_never", memo.lang)
            if missing(row["first_process"])
            else _first(row, memo.lang),
            "in_worlds": row["first_share"],
            "sim_time_d": row["sim_time_d"],
        }
        for row in pd.concat([plans[plans["role"] == "none"], memo.efficient]).to_dict("records")
    ]
    return table("first", say("memo_first_to_stop", memo.lang), rows, "web_keeps_first")


def _first(row: Row, lang: Lang) -> str:
    names = {f"label_{one}": row[f"first_label_{one}"] for one in ("en", "ja")}
    return name_of({"node": row["first_process"], **names}, lang)


def inside_table(memo: Memo, plans: Iterable[object], key: str, title: str, *, opened: bool) -> Table:
    """What some plans consist of, a row for each measure and year."""
    taken, schemes = memo.tables["plan_measures"], memo.tables["schemes"].set_index("scheme")
    rows = []
    for plan in plans:
        for row in taken[taken["plan"] == plan].to_dict("records"):
            scheme = schemes.loc[row["scheme"]].to_dict() if row["scheme"] in schemes.index else {}
            same = ("size", "starts_on", "ready_on", "full_on", "expires_on", "grade")
            rows.append({
                **{name: row[name] for name in same},
                "plan": "" if opened else memo.plan(plan),  # an open table is about one plan
                "measure": name_of(row, memo.lang, "measure"),
                "kind": response_word("kind", row["kind"], memo.lang),
                "owner": "" if missing(row["owner"]) else response_word("owner", row["owner"], memo.lang),
                "year": int(row["year"]) + 1,
                "unit": _unit(row["unit"], memo.lang),
                "scheme": name_of({**scheme, "scheme": row["scheme"] or ""}, memo.lang, "scheme"),
                "cost_kjpy": _kjpy(row["cost"]),
                "firm_kjpy": _kjpy(row["cost_firm"]),
                "state_kjpy": _kjpy(row["cost_state"]),
                "running_kjpy": _kjpy(row["running"]),
            })  # fmt: skip
    return table(key, title, rows, "web_keeps_inside", opened=opened)


def _unit(unit: object, lang: Lang) -> str:
    """A unit in words; a whole programme has none."""
    return "" if missing(unit) or unit == "1" else unit_word(str(unit), lang).strip()


def response_word(family: str, key: object, lang: Lang) -> str:
    """A kind or owner of a measure in words."""
    return label(f"{family}_{key}", lang, "response_words")


def years_table(memo: Memo, plan: str) -> Table:
    """What one plan spends in each year."""
    years = memo.tables["plan_years"]
    rows = [
        {
            "year": int(row["year"]) + 1,
            "fiscal": row["fiscal"],
            "cost_kjpy": _kjpy(row["cost"]),
            "firm_kjpy": _kjpy(row["cost_firm"]),
            "state_kjpy": _kjpy(row["cost_state"]),
            "budget_kjpy": _kjpy(row["budget"]),
        }
        for row in years[years["plan"] == plan].to_dict("records")
    ]
    return table("years", say("memo_spending", memo.lang), rows, "web_keeps_years")


def order_table(memo: Memo) -> Table:
    """What to decide first, by when, and why."""
    rows = [
        {
            "rank": row["rank"],
            "measure": name_of(row, memo.lang, "measure"),
            "decide_by": row["decide_by"],
            "late": as_date(row["decide_by"]) < memo.answer.decided,
            "why": row[f"why_{memo.lang}"],
        }
        for row in memo.tables["order"].sort_values("rank", kind="stable").to_dict("records")
    ]
    return table("order", say("memo_order", memo.lang), rows, "web_keeps_order")


def entry_table(memo: Memo) -> Table:
    """What would have to be true for each measure that no efficient plan takes."""
    rows = memo.tables["marginal"]
    rows = rows[~rows["in_plan"].astype(bool)].sort_values("entry_cost_factor", na_position="last")
    shown = rows[[f"label_{memo.lang}", "entry_cost_factor", "entry_reason"]].reset_index(drop=True)
    return Table("entry", say("sec_memo_entry", memo.lang), shown, "respond_marginal")


def regret_table(memo: Memo) -> Table:
    """The greatest regret of every plan on each axis, and the day of the control on which it comes."""
    worlds, zero = memo.tables["plan_worlds"], without(memo.tables["plans"])
    rows = []
    for plan in [*([zero["plan"]] if zero else []), *memo.efficient["plan"]]:
        row: Row = {"plan": memo.plan(plan)}
        for column, when in (("regret_time_d", "time_strike"), ("regret_share", "share_strike")):
            known = worlds[worlds["plan"] == plan].dropna(subset=[column])
            if len(known):
                worst = known.loc[known[column].idxmax()]
                row |= {column: worst[column], when: worst["strike_on"]}
        rows.append(row)
    return table("regrets", say("sec_memo_regret", memo.lang), rows, "web_keeps_regret")


def moved_table(memo: Memo) -> Table:
    """Which plan is chosen as an assumption moves, one row for each value and axis."""
    rows = [
        {
            "assumption": name_of(row, memo.lang, "parameter"),
            "value": _text(memo.cell("robustness", row, "value", "quantity")),
            "axis": say(f"memo_axis.{row['axis']}", memo.lang),
            "plan": memo.names.get(str(row["plan"]), say("memo_other_budget", memo.lang)),
            "time_gained_d": row["time_gained_d"],
            "points": None if missing(row["share_gained"]) else 100 * float(row["share_gained"]),
            "measures": _text(contents(memo, row)),
        }
        for row in memo.tables["robustness"].to_dict("records")
    ]
    return table("moved", say("memo_robustness", memo.lang), rows, "web_keeps_moved", opened=False)


def _text(cell: str | Cited | Sentence) -> str:
    if isinstance(cell, tuple):
        return plain_text(cell)
    return cell.text if isinstance(cell, Cited) else cell


def risks_table(memo: Memo) -> Table:
    """Risks that come with measures of the efficient plans."""
    rows = [
        {
            "measure": measure_words(memo, row["measure"]),
            "risk": listed("risk", row["risk"], memo),
            "direction": listed("direction", row["direction"], memo),
            "note": "" if missing(row["note"]) else remark(str(row["note"]), memo.lang),
            "plans": plans,
        }
        for plans, row in _by_plans(memo, "risks", ["measure", "risk", "direction", "note"])
    ]
    return table("risks", say("memo_risks", memo.lang), rows, "web_keeps_risks", opened=False)


def hangs_table(memo: Memo) -> Table:
    """What the efficient plans hang on: other measures, processes, countries, schemes, assumptions."""
    rows = [
        {
            "measure": measure_words(memo, row["measure"]),
            "depends_on": _text(hangs_on(memo, row)),
            "kind": say(f"hangs.{row['kind']}", memo.lang),
            "plans": plans,
        }
        for plans, row in _by_plans(memo, "dependence", ["measure", "depends_on", "kind"])
    ]
    return table("hangs", say("memo_depends", memo.lang), rows, "web_keeps_hangs", opened=False)


def _by_plans(memo: Memo, name: str, same: list[str]) -> Iterable[tuple[str, Row]]:
    """Rows of the efficient plans with the plans they hold for, each said once."""
    rows, shown = memo.tables[name], memo.efficient["plan"]
    for _, part in rows[rows["plan"].isin(shown)].groupby(same, sort=False, dropna=False):
        held = [memo.plan(plan) for plan in shown if plan in set(part["plan"])]
        yield listing(held, memo.lang), part.iloc[0].to_dict()


def library_tables(library: Library, lang: Lang) -> list[Table]:
    """Measures that fit a chain with lead, owner and grade; and those left out with the reason."""
    same = ("lead_d", "lead_d_low", "lead_d_high", "life_a", "size_max", "grade", "source")
    fitting = [
        {
            **{name: row[name] for name in same},
            "measure": name_of(row, lang, "measure"),
            "kind": response_word("kind", row["kind"], lang),
            "owner": response_word("owner", row["owner"], lang),
            "unit": _unit(row["unit"], lang),
        }
        for row in library.measures.to_dict("records")
    ]
    out = [
        {"measure": row["measure"], "reason": told(f"left_{row['reason']}", lang), "detail": row["detail"]}
        for row in library.left_out.to_dict("records")
    ]
    shown = [table("library", told("fitting", lang, n=len(fitting)), fitting, "web_keeps_library")]
    if out:
        shown.append(table("left", told("left", lang, n=len(out)), out, "web_keeps_left", opened=False))
    return shown
