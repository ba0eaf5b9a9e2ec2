"""Every figure of the memo, each with the block of cells that it draws."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from meguri.show.chart import Chart
from meguri.show.figures.deficit import deficit_waterfall
from meguri.show.figures.front import front
from meguri.show.figures.lead_times import lead_times
from meguri.show.figures.marginal import marginal_value
from meguri.show.figures.regret import regret_marks
from meguri.show.figures.sovereignty import process_sovereignty
from meguri.show.memo import Memo
from meguri.show.plans import gain_ranges
from meguri.show.respond_reasons import measure_words
from meguri.show.respond_tables import shown_first
from meguri.show.spell import joined, missing


def memo_charts(memo: Memo) -> dict[str, Chart]:
    """Figures by name; one that has nothing to draw is left out."""
    found = {"front": _front(memo)}
    for plan in shown_first(memo):
        if (chart := lead_chart(memo, plan)) is not None:
            found[f"lead|{plan}"] = chart
    if len(memo.tables["marginal"]):
        found["marginal"] = _marginal(memo)
    if len(memo.tables["plan_worlds"]):
        found["regret"] = _regret(memo)
    if len(memo.tables["deficit"]):
        found["deficit"] = _deficit(memo)
    if len(memo.tables["sovereignty"]):
        found["sovereignty"] = _sovereignty(memo)
    return found


def _plain(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as a figure takes them: without their places in the workbook."""
    return rows.drop(columns="_row").reset_index(drop=True)


def _rows(memo: Memo, table: str, plan: str) -> pd.DataFrame:
    rows = memo.tables[table]
    return rows[rows["plan"] == plan]


def _front(memo: Memo) -> Chart:
    rows = memo.tables["plans"]
    worlds = memo.tables["plan_worlds"]
    foot = joined([memo.footer("plans", rows), memo.cells("plan_worlds", worlds)], memo.lang)
    return front(
        _plain(rows), gain_ranges(worlds), horizon=memo.answer.horizon_d, lang=memo.lang, footer=foot
    )


def lead_chart(memo: Memo, plan: str) -> Chart | None:
    """One plan against every strike; the picture ends a year after the last of them or of its ramps.

    A plan that holds no measure has none.
    """
    rows = _rows(memo, "plan_measures", plan)
    if rows.empty:
        return None
    strikes = sorted(set(memo.tables["plan_worlds"]["strike_on"].dropna()))
    last = max(str(on)[:10] for on in [*strikes, *rows["full_on"].dropna(), *rows["ready_on"].dropna()])
    return lead_times(
        _plain(rows),
        [str(on) for on in strikes],
        plan=memo.plan(plan),
        end=dt.date.fromisoformat(last) + dt.timedelta(days=365),
        fiscal=memo.fiscal,
        lang=memo.lang,
        footer=memo.footer("plan_measures", rows),
    )


def _marginal(memo: Memo) -> Chart:
    """The values at the budget asked about, or the one nearest to it."""
    rows = memo.tables["marginal"]
    apart = (rows["budget"] - memo.answer.budget).abs()
    rows = rows[apart == apart.min()]
    return marginal_value(_plain(rows), lang=memo.lang, footer=memo.footer("marginal", rows))


def _regret(memo: Memo) -> Chart:
    plans = memo.tables["plans"]
    chosen = [*plans.loc[plans["role"] == "none", "plan"], *memo.efficient["plan"]]
    names = {str(plan): memo.plan(plan) for plan in chosen}
    rows = memo.tables["plan_worlds"]
    rows = rows[rows["plan"].isin(chosen)]
    return regret_marks(_plain(rows), names, lang=memo.lang, footer=memo.footer("plan_worlds", rows))


def _deficit(memo: Memo) -> Chart:
    rows = memo.tables["deficit"]
    closes = rows["closes"].dropna()
    closes = closes[[not missing(key) for key in closes]]
    closer = measure_words(memo, closes.iloc[-1]) if len(closes) else ""
    return deficit_waterfall(_plain(rows), closer=closer, lang=memo.lang, footer=memo.footer("deficit", rows))


def _sovereignty(memo: Memo) -> Chart:
    rows = memo.tables["sovereignty"]
    return process_sovereignty(_plain(rows), lang=memo.lang, footer=memo.footer("sovereignty", rows))
