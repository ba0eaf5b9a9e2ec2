"""Rows of many sheets put together as the tables of a shop: keys made, pairs joined, lengths told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.observe.shop import TABLES, Shop

Rows = Sequence[Mapping[str, Any]]
Late = tuple[str, str, str]  # key of a problem, place, what was found
KEYS = {"jobs": "job", "stops": "stop", "assets": "asset", "lives": "part", "works": "work",
        "people": "person", "customers": "customer", "items": "item"}  # fmt: skip
ABSENT = "joblog_absent"


def assemble(rows: Mapping[str, Rows]) -> tuple[Shop, list[Late]]:
    """Tables of a shop from rows as they were read.

    Returns
    -------
    Shop, list
        The records, and problems that only show when rows meet: a stop without a beginning, an end before
        its beginning, a part twice.
    """
    late: list[Late] = []
    tables: dict[str, list[dict[str, Any]]] = {name: [dict(row) for row in rows[name]] for name in TABLES}
    tables["stops"] = [stop for row in rows["stops"] if (stop := _stop(row, late)) is not None]
    tables["people"] = [_aged(row) for row in tables["people"]]
    tables["lives"] = [_life(row, late) for row in tables["lives"] if row.get("start")]
    tables["schedule"] = _schedule(tables["schedule"])
    tables["works"] = [row for row in tables["works"] if row.get("kind")]
    for name, key in KEYS.items():
        _number(tables[name], key, name)
    frames = {name: _frame(name, found) for name, found in tables.items() if found}
    missing = {name: ABSENT for name in TABLES if name not in frames}
    try:
        return Shop.of(frames, missing), late
    except DataError as error:  # a slip of this module, not of the sheet: say it with its place
        raise DataError(error.problems) from None


def _frame(name: str, rows: Rows) -> pd.DataFrame:
    return pd.DataFrame(rows).reindex(columns=Schema.of(f"shop_{name}").names)


def _number(rows: list[dict[str, Any]], key: str, table: str) -> None:
    """Give every row a key of its own: the sheet's where it is there and unique, else a number."""
    used: set[str] = set()
    for order, row in enumerate(rows, start=1):
        named = row.get("name") if table in ("customers", "items", "assets") else None
        text = str(row.get(key) or named or "")
        if not text or text in used:
            text = f"{text or table[:-1]}-{order}"
        row[key] = text
        used.add(text)


def _stop(row: Mapping[str, Any], late: list[Late]) -> dict[str, Any] | None:
    """Beginning and end of a stop from whatever the sheet gives: instants, days with times, or a length.

    A length without a time of day is laid from midnight of its day: only the length is meant.
    """
    place = str(row.get("place", ""))
    start = row.get("start") or _joined(row.get("date"), row.get("start_time"))
    if start is None:
        if row.get("hours") or row.get("end"):
            late.append(("joblog_stop_day", place, ""))
        return None
    end = row.get("end") or _joined(row.get("end_date"), row.get("end_time"))
    if end is None and row.get("end_time"):
        end = _joined(start[:10], row["end_time"])
        if end is not None and len(start) > 10 and end < start:  # past midnight
            end = (dt.datetime.fromisoformat(end) + dt.timedelta(days=1)).isoformat(timespec="minutes")
    hours = row.get("hours")
    if end is None and hours is not None:
        if not hours:
            return None  # the sheet says that nothing stood still
        begin = dt.datetime.fromisoformat(start)
        start = begin.isoformat(timespec="minutes")
        end = (begin + dt.timedelta(hours=float(hours))).isoformat(timespec="minutes")
    if end is not None and pd.Timestamp(end) < pd.Timestamp(start):
        late.append(("sme_backwards", place, f"{start} … {end}"))
        return None
    return {**row, "start": start, "end": end or ""}


def _joined(day: str | None, time: str | None) -> str | None:
    if day is None:
        return None
    if time is None:
        return day
    if time == "24:00":
        following = dt.date.fromisoformat(day) + dt.timedelta(days=1)
        return f"{following.isoformat()}T00:00"
    return f"{day}T{time}"


def _aged(row: dict[str, Any]) -> dict[str, Any]:
    low, high = row.pop("age", (None, None))
    return {**row, "age_low": low, "age_high": high}


def _life(row: dict[str, Any], late: list[Late]) -> dict[str, Any]:
    if row.get("end") and row["end"] < row["start"]:
        late.append(("sme_backwards", str(row.get("place", "")), f"{row['start']} … {row['end']}"))
        row["end"] = ""
    return row


def _schedule(rows: Rows) -> list[dict[str, Any]]:
    """Scheduled hours of each furnace and day; shifts of one day are added."""
    total: dict[tuple[str, str], float] = {}
    for row in rows:
        if row.get("date") and row.get("hours") is not None:
            key = (str(row.get("asset") or "-"), row["date"])
            total[key] = min(24.0, total.get(key, 0.0) + float(row["hours"]))
    return [{"asset": asset, "date": date, "hours": hours} for (asset, date), hours in total.items()]
