"""Tables that only pictures need, for a whole answer: flows of every plan, and the ties of compared plans."""

from __future__ import annotations

import pandas as pd

from meguri.base.tables import Schema
from meguri.circulate.answer import CirculateAnswer
from meguri.circulate.breakeven import Comparison
from meguri.circulate.breakeven_line import tie_line
from meguri.circulate.figures import feeds_of
from meguri.circulate.numbers import drawn, listed, numbers, ranges
from meguri.circulate.state_flows import plan_flows

RUNS = 100  # for the band of a tie


def picture_tables(answer: CirculateAnswer) -> dict[str, pd.DataFrame]:
    """Tables ``plan_flows``, ``tie_line`` and ``tie_marks`` of an answer.

    Examples
    --------
    >>> from meguri.circulate.answer import circulate_answer
    >>> from meguri.circulate.route_case import load_case
    >>> tables = picture_tables(circulate_answer(load_case("ru-target", "a reader"), runs=5))
    >>> [len(tables["plan_flows"]) > 0, len(tables["tie_marks"])]
    [True, 2]
    """
    case, use, metric = answer.case, answer.use, answer.metric
    modes, table = numbers(case, use, metric), listed(case, use, metric)
    runs = drawn(case, modes, ranges(case, use, metric), min(answer.runs, RUNS), answer.seed)
    flows = [plan_flows(case, stock, plan, modes) for stock in feeds_of(case) for plan in case.plans]
    ties = [
        tie_line(
            Comparison.of(case, row["stock"], row["direct"], row["other"], row["by"]), modes, runs, table
        )
        for row in answer.tables["plan_comparisons"].to_dict("records")
    ]
    return {
        "plan_flows": _joined("plan_flows", flows),
        "tie_line": _joined("tie_line", [tie.line for tie in ties]),
        "tie_marks": _joined("tie_marks", [tie.mark for tie in ties]),
    }


def _joined(name: str, parts: list[pd.DataFrame]) -> pd.DataFrame:
    known = [part for part in parts if len(part)]
    return pd.concat(known, ignore_index=True) if known else Schema.of(name).empty()
