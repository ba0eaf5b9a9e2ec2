"""Trade of one edition of the Harmonized System told in the codes of another.

The correlation tables say which codes share goods, not how much of them. Whatever is not fixed by the
tables is therefore an assumption with its range, and the rule that made it is named in every row.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Literal

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import GRADES
from meguri.base.tables import Schema
from meguri.observe.hs import EDITIONS, codes_of
from meguri.observe.packaged import facts

Rule = Literal["keep", "equal"]
WIDE = 50  # a code that shares goods with more codes (2022: electrical waste, display modules) is not split


@cache
def edition_links(older: str, newer: str) -> pd.DataFrame:
    """All pairs of two neighbouring editions that share goods, the plain equal ones included."""
    table = facts("hs_links", "hs_links.parquet")
    rows = table.loc[table["edition"] == newer, ["older", "newer"]]
    same = sorted((codes_of(older) & codes_of(newer)) - set(rows["older"]) - set(rows["newer"]))
    plain = pd.DataFrame({"older": same, "newer": same})
    return pd.concat([rows, plain], ignore_index=True)


def correlate(
    codes: Iterable[str],
    start: str,
    end: str,
    rule: Rule = "keep",
    trade: pd.Series[float] | None = None,
) -> pd.DataFrame:
    """Codes of another edition that hold the goods of some codes, with weights.

    Parameters
    ----------
    codes : iterable of text
        Headings are not split: HS 6 digits only.
    start, end : str
        Editions, as "HS2022"; either may be the older.
    rule : {"keep", "equal"}
        For a code whose goods went to several codes, where nothing more is known: ``keep`` leaves all
        in the code of the same number where there is one (what conversion tables do), ``equal`` gives
        every successor the same. Both are assumptions, each weight ranging from 0 to 1. A successor
        that gathers the goods of more than 50 codes takes nothing while there is another, and a code
        that shares goods with more than 50 codes is not split at all: no weights would mean anything.
    trade : Series, optional
        Value traded under the codes of ``end``: where a code was split into codes that hold no other
        goods, they share in proportion to it (estimated).

    Returns
    -------
    DataFrame
        Columns of ``hs_weights``: code, successor, weight [1], low, high, rule, grade, source. The
        weights of a code sum to 1. A code that the tables do not follow (rule ``no_link``) or that is
        not split (``too_wide``) has an empty successor.

    Raises
    ------
    DataError
        For an edition that does not exist.

    Notes
    -----
    Over several editions weights and bounds multiply along the way and add up over the ways.
    United Nations Statistics Division, correlation tables HS 1992–2022.

    Examples
    --------
    >>> table = correlate(["854140"], "HS2017", "HS2022", rule="equal")
    >>> table.loc[table["weight"] > 0, "successor"].tolist()  # the six codes of waste take nothing
    ['854141', '854142', '854143', '854149']
    >>> sorted(table["weight"].unique().tolist()), table["rule"].unique().tolist()
    ([0.0, 0.25], ['equal'])
    """
    wrong = [Problem("choice", "edition", e, "", _choices(e)) for e in (start, end) if e not in EDITIONS]
    if wrong:
        raise DataError(wrong)
    listed = list(dict.fromkeys(str(code) for code in codes))
    now = pd.DataFrame({"code": listed, "successor": listed}).assign(
        weight=1.0, low=1.0, high=1.0, rule="same", grade="reported"
    )
    for here, there in _way(start, end):
        last = trade if there == end else None
        now = _step(now, here, there, rule, last)
    now = now.sort_values(["code", "successor"]).assign(source="unsd-hs-correlation")
    return Schema.of("hs_weights").check(now.reset_index(drop=True))


def _choices(edition: str) -> dict[str, str]:
    near = max(EDITIONS, key=lambda known: known[-2:] == edition[-2:])
    return {"choices": ", ".join(EDITIONS), "near": near}


def _way(start: str, end: str) -> list[tuple[str, str]]:
    first, last = EDITIONS.index(start), EDITIONS.index(end)
    step = 1 if last >= first else -1
    return [(EDITIONS[place], EDITIONS[place + step]) for place in range(first, last, step)]


def _step(
    now: pd.DataFrame, here: str, there: str, rule: Rule, trade: pd.Series[float] | None
) -> pd.DataFrame:
    """One neighbouring edition further."""
    moved = now.merge(_weights(here, there, rule, trade), left_on="successor", right_on="from", how="left")
    missing = moved["to"].isna()
    lost = missing | (moved["to"] == "")
    moved["to"] = moved["to"].where(~missing, "")
    moved["rule_step"] = moved["rule_step"].where(~missing, "no_link")
    for name in ("weight", "low", "high"):
        moved[name] = moved[name] * moved[f"{name}_step"].fillna(1.0)
    stays = (moved["rule_step"] == "same") | (missing & (moved["successor"] == ""))
    moved["rule"] = moved["rule_step"].where(~stays, moved["rule"])
    weakest = moved[["grade", "grade_step"]].map(GRADES.index, na_action="ignore").max(axis=1)
    moved["grade"] = weakest.map(lambda place: GRADES[int(place)]).where(~lost, "assumed")
    moved = moved.drop(columns="successor").rename(columns={"to": "successor"})
    return _together(moved[["code", "successor", "weight", "low", "high", "rule", "grade"]])


def _together(ways: pd.DataFrame) -> pd.DataFrame:
    """One row for each code and successor, however many ways lead there."""
    twice = ways.duplicated(["code", "successor"], keep=False)
    summed = ways[twice].groupby(["code", "successor"], as_index=False, sort=False).agg(
        weight=("weight", "sum"), low=("low", "sum"), high=("high", "sum"),
        rule=("rule", lambda rules: "|".join(dict.fromkeys(rules))),
        grade=("grade", lambda grades: max(grades, key=GRADES.index)),
    )  # fmt: skip
    together = pd.concat([ways[~twice], summed], ignore_index=True)
    for name in ("weight", "low", "high"):
        together[name] = together[name].clip(upper=1.0)  # sums of parts may pass 1 by a rounding error
    return together


def _weights(here: str, there: str, rule: Rule, trade: pd.Series[float] | None) -> pd.DataFrame:
    return _fixed(here, there, rule) if trade is None else _made(here, there, rule, trade)


@cache
def _fixed(here: str, there: str, rule: Rule) -> pd.DataFrame:
    return _made(here, there, rule, None)


def _made(here: str, there: str, rule: Rule, trade: pd.Series[float] | None) -> pd.DataFrame:
    """Weights of one step: from, to, weight_step, low_step, high_step, rule_step, grade_step."""
    forward = here < there
    pairs = edition_links(here, there) if forward else edition_links(there, here)
    names = {"older": "from", "newer": "to"} if forward else {"older": "to", "newer": "from"}
    table = pairs.rename(columns=names)[["from", "to"]]
    kept = (table["from"] == table["to"]).groupby(table["from"]).transform("any") & (rule == "keep")
    wide = (table.groupby("from")["to"].transform("size") > WIDE) & ~kept
    feeds = table.groupby("to")["from"].transform("size")
    unsplit = pd.DataFrame({"from": table.loc[wide, "from"].unique()}).assign(
        to="", weight_step=1.0, low_step=1.0, high_step=1.0, rule_step="too_wide", grade_step="assumed"
    )
    split = _split(table[~wide].reset_index(drop=True), feeds[~wide].reset_index(drop=True), rule, trade)
    return pd.concat([split, unsplit], ignore_index=True) if len(unsplit) else split


def _split(
    table: pd.DataFrame, feeds: pd.Series[int], rule: Rule, trade: pd.Series[float] | None
) -> pd.DataFrame:
    ways = table.groupby("from")["to"].transform("size")
    fed_by_others = feeds > 1
    pure = ~fed_by_others.groupby(table["from"]).transform("any")
    same = table["from"] == table["to"]
    keeps = same.groupby(table["from"]).transform("any") & (rule == "keep")
    narrow = (feeds <= WIDE).astype(float)
    open_to = narrow.groupby(table["from"]).transform("sum")
    even = np.where(open_to > 0, narrow / open_to.where(open_to > 0, 1.0), 1.0 / ways)
    table["weight_step"] = np.where(keeps, same.astype(float), even)
    table["rule_step"] = np.where(keeps, "same_number", "equal")
    table["grade_step"], table["low_step"], table["high_step"] = "assumed", 0.0, 1.0
    if trade is not None:
        table = _by_trade(table, pure & (ways > 1), trade)
    whole = ways == 1
    named = np.where(same, "same", "renumbered")
    table.loc[whole, "rule_step"] = np.where(fed_by_others, "merged", named)[whole]
    table.loc[whole, ["weight_step", "low_step", "high_step"]] = 1.0
    table.loc[whole, "grade_step"] = "reported"
    return table


def _by_trade(table: pd.DataFrame, split: pd.Series[bool], trade: pd.Series[float]) -> pd.DataFrame:
    """Weights of pure splits in proportion to what was traded under the successors afterwards."""
    value = table["to"].map(trade.groupby(level=0).sum()).fillna(0.0)
    total = value.groupby(table["from"]).transform("sum")
    use = split & (total > 0)
    share = (value / total.where(total > 0)).where(use)
    table["weight_step"] = share.fillna(table["weight_step"])
    table.loc[use, "rule_step"] = "by_trade"
    table.loc[use, "grade_step"] = "estimated"
    return table


def to_edition(
    lines: pd.DataFrame, edition: str, rule: Rule = "keep", trade: pd.Series[float] | None = None
) -> pd.DataFrame:
    """Trade lines told in the codes of one edition; the sum of values stays what it was.

    Parameters
    ----------
    lines : DataFrame
        Columns of ``trade_lines``. Lines without an edition, headings and unspecified codes stay as
        they are; of national codes the first six digits are followed.
    edition : str
        Edition wanted, as "HS2017".
    rule, trade : optional
        As in :func:`correlate`.

    Returns
    -------
    DataFrame
        Columns of ``trade_lines`` with ``given`` (code as it was), ``share_of_given`` [1], ``rule`` and
        ``grade`` of the step. A code the tables do not follow keeps its number and edition.

    Examples
    --------
    >>> line = {"code": "854140", "vintage": "HS2017", "year": 2021, "value": 8.0, "weight": 4.0}
    >>> table = to_edition(pd.DataFrame([line]), "HS2022", rule="equal")
    >>> table["value"].tolist(), table["vintage"].unique().tolist()
    ([2.0, 2.0, 2.0, 2.0], ['HS2022'])
    """
    parts = []
    for start, rows in lines.groupby("vintage", sort=False):
        if str(start) in ("", edition):
            parts.append(rows.assign(given=rows["code"], share_of_given=1.0, rule="same", grade="reported"))
        else:
            parts.append(_told(rows, str(start), edition, rule, trade))
    return pd.concat(parts, ignore_index=True) if parts else lines.copy()


def _told(
    rows: pd.DataFrame, start: str, end: str, rule: Rule, trade: pd.Series[float] | None
) -> pd.DataFrame:
    number = rows["code"].str[:6].where(rows["code"].str.len() >= 6, rows["code"])
    weights = correlate(number.unique(), start, end, rule, trade)
    weights = weights.rename(columns={"weight": "share_of_given", "code": "number"})
    weights = weights[weights["share_of_given"] > 0]
    columns = ["number", "successor", "share_of_given", "rule", "grade"]
    told = rows.assign(given=rows["code"], number=number).merge(weights[columns], on="number")
    followed = told["successor"] != ""
    told["code"] = told["successor"].where(followed, told["given"])
    told["vintage"] = told["vintage"].where(~followed, end)
    for name in ("value", "weight"):
        told[name] = told[name] * told["share_of_given"]
    return told.drop(columns=["number", "successor"])
