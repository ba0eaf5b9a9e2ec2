"""Forecasts of the documents and of others, with the day they were made and what came of them.

A forecast is stored as it was said; its score is worked out from packaged tables, never typed in. What it
is held against, and with which tolerance, stands in its row: most of these tests were written in 2026, when
the outcome could be known, so they are judgements of others' forecasts and none of ours
(`study.backtest_archive` keeps those).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.words import packaged
from meguri.observe.chronicle import chronicle, onset
from meguri.observe.dated import read_interval
from meguri.observe.harmonise import Interval as Amount
from meguri.observe.interval import Interval
from meguri.observe.mining import production
from meguri.observe.packaged import facts
from meguri.observe.prices import prices
from meguri.observe.trade import import_shares

LOOKED_UP = dt.date(2026, 11, 23)  # day on which the packaged outcomes were last looked up


@dataclass(frozen=True)
class Seen:
    """What came: a number or a day, with its sources and weakest grade."""

    amount: Amount | None
    day: Interval | None
    source: str
    grade: str


def forecasts(rows: pd.DataFrame | None = None, as_of: dt.date = LOOKED_UP) -> pd.DataFrame:
    """Every stored forecast with its score.

    Parameters
    ----------
    rows : DataFrame, optional
        Columns of ``forecast_rows``; the packaged ones when left out.
    as_of : date
        Day for which is judged; nothing due later is called a hit or a miss before its time, unless what
        was to happen has happened.

    Returns
    -------
    DataFrame
        Columns of ``forecasts``: ``hit`` when all of what was seen is as it was said, ``miss`` when none of
        it is, ``open`` before the due date, else ``unverifiable``, where ``decided_by`` says what is missing.

    Raises
    ------
    DataError
        When an outcome names a kind, a row or a year that no packaged table holds.

    Examples
    --------
    >>> table = forecasts().set_index("forecast")
    >>> table.loc[["002-wto-date", "002-nd-free", "002-dy-not-free", "002-china-weaker"], "score"].tolist()
    ['miss', 'miss', 'hit', 'miss']
    >>> table.at["002-wto-date", "seen_on"], table.at["000-wfe-2030", "score"]
    ('2014-08-07', 'open')
    """
    asked = _packaged() if rows is None else Schema.of("forecast_rows").check(rows, "forecasts")
    return Schema.of("forecasts").check(pd.DataFrame([_scored(row, as_of) for _, row in asked.iterrows()]))


def forecast_counts(table: pd.DataFrame) -> pd.DataFrame:
    """How many forecasts of each source hit, missed, are open or cannot be judged.

    Examples
    --------
    >>> counts = forecast_counts(forecasts()).set_index("who")
    >>> int(counts.at["seed-000", "open"]), int(counts.at["seed-000", "hit"])
    (7, 0)
    """
    scores = ["hit", "miss", "open", "unverifiable"]
    counted = pd.crosstab(table["who"], table["score"]).reindex(columns=scores, fill_value=0)
    return counted.rename_axis(columns=None).reset_index()


@cache
def _packaged() -> pd.DataFrame:
    with packaged("claims", "forecasts.csv").open("rb") as file:
        return Schema.of("forecast_rows").check(pd.read_csv(file, dtype=str, keep_default_na=False))


def _scored(row: pd.Series, as_of: dt.date) -> dict[str, object]:
    seen = look_up(row["outcome"], f"{row['forecast']}.outcome") if row["outcome"] else None
    held = look_up(row["against"], f"{row['forecast']}.against") if row["against"] else None
    printed = None if math.isnan(row["printed_low"]) else Amount(row["printed_low"], row["printed_high"])
    wanted = printed if held is None else held.amount
    wanted = None if wanted is None else wanted * float(row["factor"])
    due = read_interval(row["due"], f"{row['forecast']}.due")
    used = [part for part in (seen, held) if part is not None]
    day = None if seen is None or seen.day is None else seen.day
    number = None if seen is None else seen.amount
    return {
        **{name: row[name] for name in Schema.of("forecasts").names if name in row.index},
        "wanted_low": math.nan if wanted is None else wanted.low,
        "wanted_high": math.nan if wanted is None else wanted.high,
        "seen_low": math.nan if number is None else number.low,
        "seen_high": math.nan if number is None else number.high,
        "seen_on": "" if day is None else day.earliest.isoformat(),
        "score": score(row["comparator"], seen, wanted, due, as_of),
        "scored_on": as_of.isoformat(),
        "outcome_source": "|".join(dict.fromkeys(key for part in used for key in part.source.split("|"))),
        "grade": weakest([part.grade for part in used]) if used else "",
    }


def score(comparator: str, seen: Seen | None, wanted: Amount | None, due: Interval, as_of: dt.date) -> str:
    """Hit, miss, open or unverifiable.

    Examples
    --------
    >>> year, day = read_interval("2013"), read_interval("2014-08-07")
    >>> score("by", Seen(None, day, "", ""), None, year, dt.date(2026, 1, 1))
    'miss'
    >>> score("within", None, Amount(0.2, 0.35), read_interval("2030"), dt.date(2026, 1, 1))
    'open'
    """
    if comparator in ("by", "not-by", "happens"):
        return _score_event(comparator, None if seen is None else seen.day, due, as_of)
    if due.known and as_of <= due.latest:
        return "open"
    if seen is None or seen.amount is None or wanted is None:
        return "unverifiable"
    return _score_amount(comparator, seen.amount, wanted)


def _score_event(comparator: str, day: Interval | None, due: Interval, as_of: dt.date) -> str:
    """Whether something happened in time; one day possible before and after the due date decides nothing."""
    if day is not None and day.earliest > as_of:
        day = None
    if comparator == "happens":
        return "hit" if day is not None and day.known else "unverifiable"
    if day is None or not day.known:  # no packaged table says that a thing did not happen
        return "open" if due.known and as_of <= due.latest else "unverifiable"
    order = "in time" if day.latest <= due.latest else "late" if day.earliest > due.latest else ""
    if not order:
        return "unverifiable"
    return "hit" if (order == "in time") == (comparator == "by") else "miss"


def _score_amount(comparator: str, seen: Amount, wanted: Amount) -> str:
    """All of what was seen on the wanted side is a hit, none of it a miss; the border is on neither side."""
    if comparator == "within":
        inside = wanted.low <= seen.low and seen.high <= wanted.high
        outside = seen.high < wanted.low or seen.low > wanted.high
        return "hit" if inside else "miss" if outside else "unverifiable"
    if comparator == "below":
        yes, no = seen.high < wanted.low, seen.low >= wanted.high
    else:
        yes, no = seen.low > wanted.high, seen.high <= wanted.low
    return "hit" if yes else "miss" if no else "unverifiable"


def look_up(outcome: str, place: str = "outcome") -> Seen:
    """What a packaged table says, by kind and key.

    Parameters
    ----------
    outcome : str
        ``series:KEY:YEAR`` (demand_series), ``event:KEY`` (chronicle), ``price:FACT`` (price_quotes),
        ``outside:ECONOMY:ELEMENT:YEAR:COMPOSITION`` (mine output without one economy [t]; an element's
        part as if all were ore of that composition), ``import-share:CODES:IMPORTER:EXPORTER:YEAR``
        (by quantity).
    place : str
        Where it stands, for messages.

    Raises
    ------
    DataError
        For another kind, or where the table holds no such row.

    Examples
    --------
    >>> look_up("outside:CN:REO:2014:").amount.low
    11767.0
    """
    try:
        return _found(outcome)
    except (KeyError, IndexError, TypeError, ValueError):
        details = {"kinds": ", ".join(_KINDS)}
        raise DataError(Problem("claim_outcome", place, outcome, "", details)) from None


@cache
def _found(outcome: str) -> Seen:
    kind, *keys = outcome.split(":")
    return _KINDS[kind](*keys)


def _series(key: str, year: str) -> Seen:
    row = facts("demand_series").set_index(["series", "year"]).loc[(key, int(year))]
    cells = [float(row[name]) for name in ("value", "value_low", "value_high")]
    return Seen(Amount.of(*cells), None, row["source"], row["grade"])


def _event(key: str) -> Seen:
    row = chronicle().set_index("event").loc[key]
    return Seen(None, onset({**row.to_dict(), "event": key}), row["source"], row["grade"])


def _price(fact: str) -> Seen:
    row = prices().set_index("fact").loc[fact]
    amount = Amount.of(float(row["price"]), float(row["price_low"]), float(row["price_high"]))
    return Seen(amount, None, row["source"], row["grade"])


def _outside(economy: str, element: str, year: str, composition: str) -> Seen:
    mined = production("REO", stage="ore", year=int(year), source="bgs-wms")
    mined = mined[mined["kind"].eq("country") & mined["country"].ne(economy)]
    if mined.empty:
        raise KeyError(year)
    total = Amount.of(float(mined["amount"].sum()))
    if element == "REO":
        return Seen(total, None, "bgs-wms", "derived")
    parts = facts("ore_compositions").set_index(["composition", "element"]).loc[(composition, element)]
    share = Amount.of(*(float(parts[name]) for name in ("share", "share_low", "share_high")))
    oxide = facts("oxide_factors").set_index("element").loc[element]  # oxide in tonnes for a tonne of metal
    sources = "|".join(dict.fromkeys(("bgs-wms", parts["source"], oxide["source"])))
    return Seen(total * share / float(oxide["factor"]), None, sources, "assumed")


def _import_share(codes: str, importer: str, exporter: str, year: str) -> Seen:
    table = _origins(codes, importer)
    row = table[table["year"].eq(int(year)) & table["exporter"].eq(exporter)].iloc[0]
    return Seen(Amount.of(float(row["share"])), None, row["source"], row["grade"])


@cache
def _origins(codes: str, importer: str) -> pd.DataFrame:
    table = import_shares(codes.split("|"), importer, by="quantity")
    return table[table["code"].eq(codes)]


_KINDS: dict[str, Callable[..., Seen]] = {
    "series": _series,
    "event": _event,
    "price": _price,
    "outside": _outside,
    "import-share": _import_share,
}
