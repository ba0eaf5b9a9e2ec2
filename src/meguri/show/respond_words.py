"""What the memo says first: what stops without a plan, what the two best plans buy, and what stays open."""

from __future__ import annotations

from typing import Any

from meguri.base.terms import remark
from meguri.show.cited import Cited, Sentence, between, cite
from meguri.show.figures.deficit import closing_step
from meguri.show.memo import Memo
from meguri.show.plans import best, confirmed, singles, without
from meguri.show.spell import as_date, missing, say, unit_word

STOCK, LOOP = "stockpile", "functional-circulation"
STILL = 0.5  # [d], and half a point: less is no change of an axis
Row = dict[Any, Any]


def lead(memo: Memo) -> Sentence:
    """The first sentence: what happens without a plan, and how far the budget goes on each axis."""
    plans = memo.tables["plans"]
    budget = memo.basis("budget", "kjpy")
    zero, early, strong = without(plans), best(memo.efficient, "time_gained_d"), best(memo.efficient, "share")
    if zero is None or early is None or strong is None:
        return cite("memo_lead_none", memo.lang, budget=budget)
    words = {
        "time": memo.cell("plans", zero, "time_d", "days"),
        "gain": marked(memo, early, memo.gain("plans", early, "in d")),
        "share": marked(memo, strong, memo.cell("plans", strong, "share", "share")),
    }
    key = "memo_lead_one" if early["plan"] == strong["plan"] else "memo_lead_two"
    return cite(key, memo.lang, budget=budget, **words)


def answer_sentences(memo: Memo) -> list[Sentence]:
    """The rest of the first screen, one finding a sentence."""
    found = [
        _without(memo),
        _best(memo, "time_gained_d", "memo_best_time"),
        _best(memo, "share", "memo_best_share"),
        _two_axes(memo),
        _first(memo),
        _rest(memo),
        _unconfirmed(memo),
    ]
    return [sentence for sentence in found if sentence]


def _plan_cells(memo: Memo, row: Row) -> dict[str, Cited | Sentence]:
    """Every figure of a plan that a sentence may want; what the simulator does not confirm is marked."""
    ways = {
        "time": ("time_d", "days"), "low": ("time_low", "d"), "high": ("time_high", "d"),
        "share_low": ("share_low", "share"), "share_high": ("share_high", "share"), "loss": ("loss_d", "d"),
        "cost": ("cost", "kjpy"), "usd": ("cost", "usd"), "state": ("cost_state", "kjpy"),
    }  # fmt: skip
    cells = {name: memo.cell("plans", row, column, how) for name, (column, how) in ways.items()}
    return {
        **cells,
        "range": between(cells["low"], cells["high"], memo.lang),
        "share_range": between(cells["share_low"], cells["share_high"], memo.lang),
        "gain": marked(memo, row, memo.gain("plans", row, "in d")),
        "share": marked(memo, row, memo.cell("plans", row, "share", "share")),
    }


def marked(memo: Memo, row: Row, figure: Cited) -> Sentence:
    """A figure of a plan, with the mark of what the simulator does not confirm."""
    return (figure, say("memo_unsure", memo.lang)) if not confirmed(row) else (figure,)


def simulated(memo: Memo, row: Row) -> Sentence:
    """The simulator's values of a plan it does not confirm; nothing for the others."""
    if confirmed(row) or missing(row["sim_time_gained_d"]):
        return ()
    return cite(
        "memo_simulated", memo.lang, gain=memo.cell("plans", row, "sim_time_gained_d", "in d"),
        share=memo.cell("plans", row, "sim_share", "share"),
    )  # fmt: skip


def _without(memo: Memo) -> Sentence:
    row = without(memo.tables["plans"])
    if row is None:
        return ()
    return (*cite("memo_without", memo.lang, **_plan_cells(memo, row)), *first_stop(memo, row))


def first_stop(memo: Memo, row: Row) -> Sentence:
    """Which process stops first under a plan, and in how many of the worlds; nothing where none does."""
    name = first_process(memo, row)
    if name is None:
        return ()
    part = memo.cell("plans", row, "first_share", "share")
    return cite("memo_first_stop", memo.lang, name=name, part=part)


def first_process(memo: Memo, row: Row) -> Cited | None:
    """Name of the process that stops first; nothing where none does within the horizon, or nobody looked."""
    if missing(row.get("first_process")):
        return None
    own = f"first_label_{memo.lang}"
    return memo.cell("plans", row, "first_process" if missing(row.get(own)) else own, "text")


def _other_first(memo: Memo, row: Row) -> Sentence:
    """The same for a plan, where it is another process than without one."""
    zero = without(memo.tables["plans"])
    same = zero is not None and zero.get("first_process") == row.get("first_process")
    return () if same else first_stop(memo, row)


def _best(memo: Memo, column: str, key: str) -> Sentence:
    row = best(memo.efficient, column)
    if row is None:
        return ()
    said = cite(key, memo.lang, plan=memo.plan(row["plan"]), **_plan_cells(memo, row))
    more = simulated(memo, row)
    told = (*said, *(("" if memo.lang == "ja" else " ",) if more else ()), *more)
    return (*told, *_other_first(memo, row))


def single_of(memo: Memo, kind: str) -> Row | None:
    """The plan of one measure of a kind that moves its axis most; none where no measure of it was tried."""
    plans, taken = memo.tables["plans"], memo.tables["plan_measures"]
    alone = singles(plans)
    of_kind = alone[alone["plan"].isin(taken.loc[taken["kind"] == kind, "plan"])]
    column = "share_gained" if kind == LOOP else "time_gained_d"
    known = of_kind.dropna(subset=[column])
    return None if known.empty else known.loc[known[column].idxmax()].to_dict()


def _two_axes(memo: Memo) -> Sentence:
    """Stock and functional circulation side by side, each on both axes; the saying only where it holds."""
    stock, loop = single_of(memo, STOCK), single_of(memo, LOOP)
    if stock is None or loop is None:
        return cite("memo_two_axes_short", memo.lang)
    words: dict[str, Cited] = {}
    for name, row in (("stock", stock), ("loop", loop)):
        words[name] = memo.name("plans", row)
        words[f"{name}_gain"] = memo.gain("plans", row, "gain_d")
        words[f"{name}_points"] = memo.cell("plans", row, "share_gained", "points")
    holds = (
        float(stock["time_gained_d"]) > STILL > 100 * abs(float(stock["share_gained"]))
        and 100 * float(loop["share_gained"]) > STILL > abs(float(loop["time_gained_d"]))
    )  # fmt: skip
    return cite("memo_two_axes" if holds else "memo_two_axes_apart", memo.lang, **words)


def _first(memo: Memo) -> Sentence:
    """What is to be decided first, and whether it is already late for the earliest strike."""
    order = memo.tables["order"]
    if order.empty:
        return ()
    row = order.sort_values("rank", kind="stable").iloc[0].to_dict()
    late = as_date(row["decide_by"]) < memo.answer.decided
    why = "" if missing(row[f"why_{memo.lang}"]) else memo.cell("order", row, f"why_{memo.lang}", "text")
    return cite(
        "memo_first_late" if late else "memo_first", memo.lang, name=memo.name("order", row),
        day=memo.cell("order", row, "decide_by", "day"), why=why,
    )  # fmt: skip


def _rest(memo: Memo) -> Sentence:
    """What stays short after the measures counted in tonnes, and what closes it."""
    rows = memo.tables["deficit"].dropna(subset=["low", "mode", "high"])
    if rows.empty:
        return ()
    before, closing = closing_step(rows)
    name: Cited | str | None = None if closing is None else memo.name("deficit", closing)
    if name is None and not missing(before["closes"]):
        name = memo.measure(before["closes"])
    unit = "" if missing(before["unit"]) else unit_word(str(before["unit"]), memo.lang).strip()
    words: dict[str, object] = {"high": memo.cell("deficit", before, "high", "number"), "unit": unit}
    if float(before["low"]) > 0:
        words["low"] = memo.cell("deficit", before, "low", "number")
    key = f"memo_deficit_{'by' if name else 'open'}{'' if 'low' in words else '_some'}"
    return cite(key, memo.lang, **words, **({"name": name} if name else {}))


def unsure(memo: Memo) -> list[str]:
    """Efficient plans that the simulator does not confirm or has not tried."""
    shown = memo.efficient
    return [str(row["plan"]) for row in shown.to_dict("records") if not confirmed(row)]


def _unconfirmed(memo: Memo) -> Sentence:
    unsaid = unsure(memo)
    if memo.efficient.empty:
        return ()
    if not unsaid:
        return cite("memo_confirmed", memo.lang)
    names = ("、" if memo.lang == "ja" else ", ").join(memo.plan(one) for one in unsaid)
    return cite("memo_unconfirmed", memo.lang, plans=names)


def remarks_of(memo: Memo, keys: object) -> list[str]:
    """Texts of the notes that a row names by key, in the reader's language."""
    if missing(keys):
        return []
    notes = memo.tables["notes"].set_index("key")
    wanted = [key for key in str(keys).split("|") if key in notes.index]
    return [remark(str(notes.at[key, f"text_{memo.lang}"]), memo.lang) for key in wanted]
