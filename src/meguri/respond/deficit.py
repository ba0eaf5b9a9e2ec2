"""What is left to find of an element: need, supply, and measures added in the order they get ready.

Every number is a range and every range is used once, so that interval arithmetic is exact: each bound
of a deficit is reached by some choice within the ranges. Which measure closes the rest is read off, not
chosen: the table takes any element, need, supply and list of measures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import pandas as pd

from meguri.base.errors import ModelError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, label
from meguri.observe.harmonise import Interval

UNIT = "t/a"


@dataclass(frozen=True)
class Amount:
    """A range and its most likely value; arithmetic treats two amounts as independent.

    Examples
    --------
    >>> Amount.of(500, 550, 600) - Amount.of(60)
    Amount(span=Interval(low=440.0, high=540.0), mode=490.0)
    """

    span: Interval
    mode: float

    @classmethod
    def of(cls, low: float, mode: float | None = None, high: float | None = None) -> Amount:
        """From one number, or from low, mode and high."""
        high = low if high is None else high
        return cls(Interval(low, high), (low + high) / 2 if mode is None else mode)

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.span + other.span, self.mode + other.mode)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.span - other.span, self.mode - other.mode)

    def __mul__(self, other: Amount) -> Amount:
        return Amount(self.span * other.span, self.mode * other.mode)


def deficit_table(parts: pd.DataFrame, by: float = math.inf) -> pd.DataFrame:
    """What is still short after each measure, one measure after another.

    Parameters
    ----------
    parts : DataFrame
        Columns of ``deficit_parts``: one or more rows ``need`` and ``supply`` [t/a], and measures that
        ``add`` tonnes [t/a] or scale the need by a ``factor`` [1], each with the year it is ready. Use
        that is ``met`` in any case stands apart from the need: a factor saves of it too.
    by : float [year]
        End of the plan: what is not ready by then counts nothing; inside its range of readiness it
        counts from nothing to all.

    Returns
    -------
    DataFrame
        Columns of ``deficit_steps``: need less supply first, then every measure in order of readiness;
        ``low``, ``mode``, ``high`` are what is short after it [t/a], below 0 what is left over;
        ``closes`` is ``yes`` when nothing is short whatever the ranges, ``possible`` when some choice
        within them leaves nothing short, else ``no``.

    Raises
    ------
    ModelError
        When no need or no supply is given.

    Examples
    --------
    >>> from meguri.respond.deficit_parts import document_parts
    >>> table = deficit_table(document_parts("Dy")).set_index("part")
    >>> table.loc["thrift", ["low", "mode", "high"]].round().tolist()
    [140.0, 246.0, 390.0]
    >>> table.loc["circulation", ["low", "high"]].round().tolist(), table.at["circulation", "closes"]
    ([110.0, 386.0], 'no')
    """
    need, brought = (_total(parts, role) for role in ("need", "supply"))
    met, left = _total(parts, "met", asked=False), ONE
    start = parts[parts["role"].isin(["need", "supply", "met"])]
    steps = [_row(_opening(), Amount.of(0.0), _short(need, met, left) - brought, start)]
    measures = parts[parts["role"].isin(["add", "factor"])]
    for place, part in measures.sort_values(["ready", "ready_low", "part"], kind="stable").iterrows():
        counted = _counted(part, by)
        if part["role"] == "factor":
            kept = ONE - (ONE - _amount(part)) * counted
            added = (need + met) * left * (ONE - kept)
            left = left * kept
        else:
            added = _amount(part) * counted
            brought = brought + added
        steps.append(_row(part, added, _short(need, met, left) - brought, parts.loc[[place]]))
    table = pd.DataFrame(steps).assign(step=range(len(steps)))
    return Schema.of("deficit_steps").check(table)


def closing(table: pd.DataFrame, how: str = "yes") -> str:
    """Measure after which nothing is short; empty when none of the list does it.

    Parameters
    ----------
    table : DataFrame
        Columns of ``deficit_steps``.
    how : {"yes", "mode", "possible"}
        Whatever the ranges, at the modes, or for some choice within the ranges.

    Examples
    --------
    >>> from meguri.respond.deficit_parts import document_parts
    >>> table = deficit_table(document_parts("Dy"))
    >>> closing(table), closing(table, "mode"), closing(table, "possible")
    ('', 'third-source', 'second-source')
    """
    wanted = {"yes": table["high"] <= 0.0, "mode": table["mode"] <= 0.0, "possible": table["low"] <= 0.0}
    found = table.loc[wanted[how], "part"]
    return str(found.iloc[0]) if len(found) else ""


def answer_deficit(table: pd.DataFrame, how: str = "yes") -> pd.DataFrame:
    """The same steps in the columns an answer shows: ``closes`` names the measure that closes the rest.

    Parameters
    ----------
    table : DataFrame
        Columns of ``deficit_steps``.
    how : {"yes", "mode", "possible"}
        As for :func:`closing`.

    Returns
    -------
    DataFrame
        Columns of ``respond_deficit``; labels carry the year a measure is ready, ``closes`` is empty when
        none of the list closes the rest.

    Examples
    --------
    >>> from meguri.respond.deficit_parts import document_parts
    >>> shown = answer_deficit(deficit_table(document_parts("Dy")), how="mode")
    >>> shown["closes"].iloc[0], shown["label_en"].iloc[1]
    ('third-source', 'Thrift: dysprosium content 4–5 % → 2–3 % (2014)')
    """
    years = ["" if math.isnan(ready) else str(int(ready)) for ready in table["ready"]]
    named = {
        f"label_{lang}": [
            label("with_year", lang, "demand_control", name=name, year=year) if year else name
            for name, year in zip(table[f"label_{lang}"], years, strict=True)
        ]
        for lang in LANGS
    }
    shown = table.rename(columns={"step": "place", "part": "step"}).assign(**named)
    schema = Schema.of("respond_deficit")
    return schema.check(shown.assign(closes=closing(table, how))[schema.names])


ONE = Amount.of(1.0)


def _amount(part: pd.Series) -> Amount:
    """Range of a row; without a mode, the middle."""
    span = Interval.of(float(part["value"]), float(part["value_low"]), float(part["value_high"]))
    return Amount(span, span.mid if math.isnan(part["value"]) else float(part["value"]))


def _short(need: Amount, met: Amount, left: Amount) -> Amount:
    """What is short when the whole use falls to a share of it and what is met anyway stays; exact.

    Linear in each of the three, so that every bound lies at a corner.
    """

    def at(asked: float, sure: float, share: float) -> float:
        return asked * share - sure * (1.0 - share)

    ends = [(amount.span.low, amount.span.high) for amount in (need, met, left)]
    found = [at(*corner) for corner in product(*ends)]
    return Amount(Interval(min(found), max(found)), at(need.mode, met.mode, left.mode))


def _total(parts: pd.DataFrame, role: str, asked: bool = True) -> Amount:
    rows = parts[parts["role"] == role]
    if rows.empty and not asked:
        return Amount.of(0.0)
    if rows.empty:
        raise ModelError(Problem("deficit_side", "deficit_parts", role, details={"role": role}))
    amounts = [_amount(row) for _, row in rows.iterrows()]
    return sum(amounts[1:], amounts[0])


def _counted(part: pd.Series, by: float) -> Amount:
    """Share of a measure that counts by the end of the plan: 0 to 1 inside its range of readiness."""
    early = part["ready"] if math.isnan(part["ready_low"]) else part["ready_low"]
    late = part["ready"] if math.isnan(part["ready_high"]) else part["ready_high"]
    return Amount.of(float(late <= by), float(part["ready"] <= by), float(early <= by))


def _opening() -> pd.Series:
    """The row of need less supply, before any measure."""
    words = {f"label_{lang}": label("balance", lang, "demand_control") for lang in LANGS}
    return pd.Series({"part": "balance", "ready": math.nan, "ready_low": math.nan, "ready_high": math.nan,
                      "note": ""} | words)  # fmt: skip


def _row(part: pd.Series, added: Amount, short: Amount, used: pd.DataFrame) -> dict[str, object]:
    closes = "yes" if short.span.high <= 0.0 else "possible" if short.span.low <= 0.0 else "no"
    sources = sorted({key for cell in used["source"] for key in cell.split("|")})
    return {
        "part": part["part"], "label_en": part["label_en"], "label_ja": part["label_ja"],
        "ready": part["ready"], "ready_low": part["ready_low"], "ready_high": part["ready_high"],
        "added_low": added.span.low, "added_mode": added.mode, "added_high": added.span.high,
        "low": short.span.low, "mode": short.mode, "high": short.span.high, "unit": UNIT,
        "closes": closes, "source": "|".join(sources),
        "grade": weakest([*used["grade"], "derived"]), "note": part["note"],
    }  # fmt: skip
