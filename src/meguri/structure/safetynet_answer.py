"""All that a firm's card says, as tables: figures, curve, people, customers, service, offers, questions.

Nothing is computed here that another module does not compute; this is where it comes together, once, for the
terminal, the page, the document and the workbook alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.observe.joblog import Reading
from meguri.observe.shop import TABLES, Shop
from meguri.observe.shop_template import example_table
from meguri.structure.offers import Range, offers, unpaid_service
from meguri.structure.safety_card import all_leave
from meguri.structure.safetynet import MINIMUM, kpis
from meguri.structure.safetynet_avoided import avoided
from meguri.structure.safetynet_times import downtime, recovery_times, unplanned
from meguri.structure.survival import Survival
from meguri.structure.tacit import checklist

NONE: Mapping[str, Range] = MappingProxyType({})


@dataclass(frozen=True)
class Stated:
    """What only the firm can state; each an assumption with a low, a likely and a high end.

    Attributes
    ----------
    cost : Range, optional
        Cost of an hour down [JPY/h].
    without_care : Range, optional
        Stops without care over stops with it [1].
    rate : Range, optional
        Worth of an hour of service [JPY/h].
    keeping : mapping
        Offer → cost of keeping it [JPY/a].
    customer : str, optional
        Key of the customer a price is talked over with; unpaid hours are then those given to it.
    """

    cost: Range | None = None
    without_care: Range | None = None
    rate: Range | None = None
    keeping: Mapping[str, Range] = field(default_factory=lambda: NONE)
    customer: str | None = None


@dataclass(frozen=True)
class SafetyAnswer:
    """The card before anybody looks at it.

    Attributes
    ----------
    tables : mapping
        ``kpi_values``, ``kpi_runs``, ``kpi_curve``, ``kpi_avoided``, ``service_offers``, ``unpaid_service``,
        ``card_unpaid``, ``tacit_items``, ``card_people``, ``card_customers``, ``card_served``,
        ``card_records``, ``joblog_understood``; ``card_gone`` where a knock-out was added.
    facts : mapping
        Single numbers and dates: as_of, first, minimum, stops, open, longest_h, scheduled_h, sheets, rows,
        problems, assets, customers, items, invented.
    """

    tables: Mapping[str, pd.DataFrame]
    facts: Mapping[str, Any]

    def table(self, name: str) -> pd.DataFrame:
        """One table."""
        return self.tables[name]

    def adding(self, name: str, table: pd.DataFrame) -> SafetyAnswer:
        """The same card with one table more."""
        return SafetyAnswer(MappingProxyType({**self.tables, name: table}), self.facts)


def safety_answer(
    reading: Reading,
    as_of: str | None = None,
    minimum: int = MINIMUM,
    stated: Stated | None = None,
    seed: int = 1,
) -> SafetyAnswer:
    """Everything the card says of a firm's records.

    Parameters
    ----------
    reading : Reading
        What :func:`meguri.observe.joblog.read_shop` read.
    as_of : str, optional
        ISO day at whose end open cases are cut off; the last day of the records where none is given.
    minimum : int
        Events below which a figure is refused.
    stated : Stated, optional
        What only the firm can state.
    seed : int
        Seed of the draws behind intervals.

    Raises
    ------
    DataError
        When the records hold no date and none is given, or the customer named is not among them.

    """
    shop, given = reading.shop, stated or Stated()
    day = as_of or last_day(shop)
    answer = kpis(shop, day, minimum, seed)
    values = answer.tables["kpi_values"]
    loss = avoided(shop, day, given.cost, given.without_care, seed=seed)
    mine = shop if given.customer is None else of_customer(shop, given.customer)
    tables = {
        "kpi_values": values, "kpi_runs": answer.tables["kpi_runs"],
        "kpi_curve": kpi_curve(answer.recovery, shop, day), "kpi_avoided": loss,
        "service_offers": offers(values, loss, given.keeping),
        "unpaid_service": unpaid_service(mine, given.rate),
        "card_unpaid": unpaid_by_process(mine, given.rate),
        "tacit_items": checklist(shop), "card_people": people_by_process(shop),
        "card_customers": customers_by_industry(shop), "card_served": served_by_process(shop),
        "card_records": records_of(shop),
        "joblog_understood": reading.understood,
    }  # fmt: skip
    return SafetyAnswer(MappingProxyType(tables), MappingProxyType(facts_of(reading, day, minimum, given)))


def last_day(shop: Shop) -> str:
    """Last day on which the records say anything happened.

    Raises
    ------
    DataError
        When no record has a date.

    Examples
    --------
    >>> last_day(Shop.of({"works": pd.DataFrame({"work": ["1"], "date": ["2026-03-02"], "kind": ["new"]})}))
    '2026-03-02'
    """
    days = _days(shop)
    if not days:
        raise DataError(Problem("safetynet_as_of", "--as-of"))
    return max(days)


def _days(shop: Shop) -> list[str]:
    cells = [shop.jobs["date"], shop.stops["start"], shop.stops["end"], shop.schedule["date"],
             shop.works["date"], shop.lives["end"]]  # fmt: skip
    return [str(cell)[:10] for column in cells for cell in column if isinstance(cell, str) and cell]


def of_customer(shop: Shop, customer: str) -> Shop:
    """The records of one customer's jobs, by key or name.

    Raises
    ------
    DataError
        When no job is of that customer.
    """
    from dataclasses import replace

    names = dict(zip(shop.customers["name"], shop.customers["customer"], strict=True))
    key = names.get(customer, customer)
    jobs = shop.jobs[shop.jobs["customer"] == key]
    if jobs.empty:
        known = ", ".join(sorted({str(one) for one in shop.jobs["customer"] if one})[:8])
        raise DataError(Problem("safetynet_customer", "--customer", customer, "", {"choices": known or "—"}))
    return replace(shop, jobs=jobs.reset_index(drop=True))


def kpi_curve(curve: Survival, shop: Shop, as_of: str) -> pd.DataFrame:
    """Share of stops not yet recovered after each hour, with its band and the cases that are still open."""
    hours, ended = recovery_times(shop, as_of)
    still = pd.Series(hours[~ended])
    table = pd.DataFrame({
        "hours": curve.time, "share": curve.alive, "share_low": curve.low, "share_high": curve.high,
        "cut": [int((still == time).sum()) for time in curve.time],
    })  # fmt: skip
    return Schema.of("kpi_curve").check(table if curve.n else table.iloc[:0], "kpi_curve")


def unpaid_by_process(shop: Shop, rate: Range | None) -> pd.DataFrame:
    """Unpaid hours by process: what was given, without saying to whom."""
    schema = Schema.of("card_unpaid")
    jobs = shop.jobs[shop.jobs["unpaid_hours"].fillna(0) > 0]
    if jobs.empty:
        return schema.empty()
    found = jobs.assign(process=jobs["process"].replace("", "?")).groupby("process")["unpaid_hours"]
    sums = found.agg(["size", "sum"]).sort_values("sum", ascending=False)
    low, middle, high = rate or (float("nan"),) * 3
    table = pd.DataFrame({
        "process": sums.index, "jobs": sums["size"].astype(int), "hours": sums["sum"],
        "worth_low": sums["sum"] * low, "worth": sums["sum"] * middle, "worth_high": sums["sum"] * high,
        "grade": "derived" if rate is None else "assumed",
    })  # fmt: skip
    return schema.check(table.reset_index(drop=True), "card_unpaid")


def people_by_process(shop: Shop) -> pd.DataFrame:
    """Who could no longer do it: processes, how many can set them up, teach them, and may have left.

    Persons are counted; not even their pseudonyms appear.
    """
    schema = Schema.of("card_people")
    people = shop.people[shop.people["process"] != ""]
    if people.empty:
        return schema.empty()
    rows = []
    for process, group in people.groupby("process"):
        ages = group[["age_low", "age_high"]].astype(object)
        low, high = all_leave(ages.where(ages.notna(), None).to_numpy().tolist())
        rows.append({
            "process": process, "holders": len(group),
            "teachers": int(group["can_teach"].fillna(False).sum()),
            "age_low": group["age_low"].min(), "age_high": group["age_high"].max(),
            "lost_low": low, "lost_high": high,
        })  # fmt: skip
    table = pd.DataFrame(rows).sort_values(["lost_high", "holders"], ascending=[False, True])
    return schema.check(table.reset_index(drop=True), "card_people")


def customers_by_industry(shop: Shop) -> pd.DataFrame:
    """Customers by the industry they work for, and the share of sales that goes there; no names."""
    schema = Schema.of("card_customers")
    if shop.customers.empty:
        return schema.empty()
    named = shop.customers.assign(industry=shop.customers["industry"].replace("", "?"))
    groups = named.groupby("industry")
    table = pd.DataFrame({
        "industry": groups.size().index, "customers": groups.size().to_numpy(),
        "share": groups["share"].sum(min_count=1).to_numpy(),
        "abroad": groups["resells_to"].agg(lambda cells: int((cells != "").sum())).to_numpy(),
    })  # fmt: skip
    table = table.sort_values(["share", "customers"], ascending=False).reset_index(drop=True)
    return schema.check(table, "card_customers")


def served_by_process(shop: Shop) -> pd.DataFrame:
    """Processes with the customers and jobs that each served: what stops with the shop."""
    schema = Schema.of("card_served")
    jobs = shop.jobs[shop.jobs["process"] != ""]
    if jobs.empty:
        return schema.empty()
    named = jobs.assign(customer=jobs["customer"].replace("", None)).groupby("process")
    table = pd.DataFrame({"customers": named["customer"].nunique(), "jobs": named.size()})
    table = table.sort_values(["customers", "jobs"], ascending=False).reset_index()
    return schema.check(table, "card_served")


def invented(shop: Shop) -> bool:
    """Whether these are the records of the packaged example: no firm's own.

    Examples
    --------
    >>> invented(Shop.of({"works": pd.DataFrame({"work": ["1"], "kind": ["new"]})}))
    False
    """
    example = example_table("stops")["start"].tolist()
    return len(shop.stops) > 0 and sorted(shop.stops["start"]) == sorted(example)


def records_of(shop: Shop) -> pd.DataFrame:
    """How many rows each table of the records holds."""
    table = pd.DataFrame({"table": TABLES, "rows": [len(getattr(shop, name)) for name in TABLES]})
    return Schema.of("card_records").check(table, "card_records")


def facts_of(reading: Reading, as_of: str, minimum: int, given: Stated) -> dict[str, Any]:
    """Single numbers and dates that sentences are made from."""
    shop = reading.shop
    stops, planned = unplanned(shop), downtime(shop, as_of) if len(shop.schedule) else shop.schedule
    hours, ended = recovery_times(shop, as_of)
    seen_days = [*shop.schedule["date"], *shop.stops["start"], *shop.jobs["date"]]
    days = [str(one)[:10] for one in seen_days if isinstance(one, str) and one and one[:10] <= as_of]
    seen = reading.understood.drop_duplicates(["file", "sheet", "table"])
    return {
        "as_of": as_of, "first": min(days, default=as_of), "minimum": minimum,
        "stops": len(stops), "open": int((~ended).sum()),
        "longest_h": float(hours[ended].max()) if ended.any() else None,
        "scheduled_h": float(planned["hours"].sum()) if len(planned) else None,
        "sheets": len(seen[["file", "sheet"]].drop_duplicates()),
        "rows": sum(len(getattr(shop, name)) for name in TABLES),
        "problems": len(reading.problems) + reading.dropped,
        "assets": int(shop.schedule["asset"].nunique() or shop.assets["asset"].nunique()),
        "customers": int(shop.customers["customer"].nunique()), "items": len(shop.items),
        "end_uses": int((shop.customers["end_use"] != "").sum()),
        "specs": int((shop.items["specs"] != "").sum()), "customer": given.customer or "",
        "rate": list(given.rate) if given.rate else None, "invented": invented(shop),
    }  # fmt: skip
