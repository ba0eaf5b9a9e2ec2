"""What changed between two days for the items of a firm: entries that start, end, pause or turn unclear."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.control_entries import control_entries, iso_day, standing
from meguri.respond.screening import known_of, needs_of, signals
from meguri.respond.screening_verdicts import decide

EVENTS = {
    "announced": "announced", "start": "starts", "end": "ends",
    "suspended_from": "suspended", "suspended_to": "suspension-over",
}  # fmt: skip


def changes(items: pd.DataFrame, since: str, until: str, entries: pd.DataFrame | None = None) -> pd.DataFrame:
    """Change alerts for items, after one day and up to another.

    Parameters
    ----------
    items : DataFrame
        Columns of ``shop_items``.
    since, until : str
        ISO days; what happens on the first has been seen, what happens on the last is new.
    entries : DataFrame, optional
        Columns of ``control_entries``; the packaged ones when left out.

    Returns
    -------
    DataFrame
        Columns of ``screen_changes`` in the order of days. Items that a specification excludes from an
        entry get no alert of it; an end and the end of a suspension count from the day after.

    Raises
    ------
    DataError
        When a day is no ISO day, or items are not as declared.

    Examples
    --------
    >>> tool = pd.DataFrame({"item": ["T1"], "specs": ["品目区分 = ドライエッチング装置"]})
    >>> found = changes(tool, "2023-07-01", "2023-07-31")
    >>> found.loc[found["entry"] == "jp-23-etching", ["change", "day", "before", "after"]].values.tolist()
    [['starts', '2023-07-23', 'not-in-list-on-that-date', 'cannot-exclude']]
    """
    first, last = iso_day(since), iso_day(until)
    table = control_entries() if entries is None else entries
    schema = Schema.of("shop_items")
    goods = schema.check(items.reindex(columns=schema.names), "items")
    old, new = standing(table, first), standing(table, last)
    rows: list[dict[str, Any]] = []
    events = [_events(entry, first, last) for entry in table.to_dict("records")]
    for item in goods.to_dict("records"):
        known, _ = known_of(item)
        for entry, found, before, after in zip(table.to_dict("records"), events, old, new, strict=True):
            needs = needs_of(entry["entry"])
            if not found or decide(needs, known, "in-force").verdict == "excluded-by-spec":
                continue
            verdicts = [decide(needs, known, state).verdict for state in (before, after)]
            rows += [
                {
                    "item": item["item"], "entry": entry["entry"], "change": change, "day": day,
                    "before": verdicts[0], "after": verdicts[1],
                    "signals": signals(item, entry, known, needs),
                    "source": entry["source"], "checked_on": entry["checked_on"],
                }
                for change, day in found
            ]  # fmt: skip
    out = Schema.of("screen_changes")
    frame = pd.DataFrame(rows, columns=out.names).sort_values("day", kind="stable", ignore_index=True)
    return out.check(frame, "screen_changes")


def _events(entry: dict[str, Any], since: str, until: str) -> list[tuple[str, str]]:
    """Dated events of an entry in the window, a month counting from its first day."""
    found = []
    for column, change in EVENTS.items():
        day = str(entry[column])
        if not day:
            continue
        whole = (day + "-01-01")[:10] if len(day) < 10 else day
        if column in ("end", "suspended_to"):
            whole = (pd.Timestamp(whole) + pd.Timedelta(days=1)).date().isoformat()
        if since < whole <= until:
            found.append((change, day))
    return found
