"""From routes to a shock: what a plan of circulation brings back, as recovered supply of a chain."""

from __future__ import annotations

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.circulate.answer import CirculateAnswer

TIME = "requalification"


def returned_supply(answer: CirculateAnswer, plan: str, material: str, country: str) -> pd.DataFrame:
    """What one plan brings back in a year, as a row of table ``recovered``.

    Parameters
    ----------
    answer : CirculateAnswer
        Of a case whose stocks are what is discarded in a year.
    plan : str
        Plan of the case.
    material : str
        Product of the chain in whose place the regenerated product is used.
    country : str
        Where it is regenerated and used.

    Returns
    -------
    DataFrame
        One row: product [t/a] with P10–P90 of all stocks together, and the days of requalification of
        the slowest route of the plan.

    Raises
    ------
    DataError
        When the case has no such plan, does not say how much product its states make, or gives no time
        of requalification.

    Notes
    -----
    P10 and P90 of stocks and states are added up, as if all were low or high at once: the range is
    rather too wide than too narrow.

    Examples
    --------
    >>> from meguri.circulate.answer import circulate_answer
    >>> row = returned_supply(circulate_answer("dy-position", runs=20), "B", "magnet-hree", "JP").iloc[0]
    >>> row["supply"], float(row["qualification"]), bool(row["amount_low"] < row["amount"])
    ('dy-position-B', 270.0, True)
    """
    _checked(answer, plan)
    case = answer.case
    made = _of_plan(answer.tables["function_bundles"], plan)
    made = made[made["element"] == case.about["element"]]
    times = _of_plan(answer.tables["requalification"], plan)
    times = times[times["input"] == TIME]
    names = case.tables["plans"].drop_duplicates("plan").set_index("plan").loc[plan]
    amounts = {f"amount{end}": made[f"material{over}"].sum()
               for end, over in (("", ""), ("_low", "_p10"), ("_high", "_p90"))}  # fmt: skip
    low, high = min(amounts["amount"], amounts["amount_low"]), max(amounts["amount"], amounts["amount_high"])
    slowest = times.loc[times["value"].idxmax()]
    row = {
        "supply": f"{case.name}-{plan}",
        **{f"label_{lang}": f"{case.label(lang)}: {names[f'label_{lang}']}" for lang in ("en", "ja")},
        "material": material,
        "country": country,
        **amounts,
        "amount_low": low,
        "amount_high": high,
        "qualification": slowest["value"],
        "qualification_low": slowest["value_low"],
        "qualification_high": slowest["value_high"],
        "source": slowest["source"],
        "grade": weakest([str(slowest["grade"]), "derived"]),
        "note": "",
    }
    return Schema.of("recovered").check(pd.DataFrame([row]), "recovered")


def _of_plan(table: pd.DataFrame, plan: str) -> pd.DataFrame:
    return table[table["plan"] == plan]


def _checked(answer: CirculateAnswer, plan: str) -> None:
    """Refuse a plan that does not exist or that does not say what a shock needs."""
    plans = ", ".join(answer.case.plans)
    if plan not in answer.case.plans:
        raise DataError(Problem("returned_plan", "--plan", plan, answer.case.name, {"plans": plans}))
    times = _of_plan(answer.tables["requalification"], plan)
    lacking = {
        "bundles": _of_plan(answer.tables["function_bundles"], plan).empty,
        "route_inputs": not times["input"].eq(TIME).any(),
    }
    found = [Problem("returned_unsaid", table, "", answer.case.name, {"plan": plan})
             for table, lacks in lacking.items() if lacks]  # fmt: skip
    if found:
        raise DataError(found, answer.case.name)
