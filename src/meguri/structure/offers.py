"""What the records would let a firm offer, with a price range; and the service it gives away.

A price lies between what it costs the firm to keep the offer and what it spares the customer (both stated by
the firm or computed from its log); where the second is not above the first there is no room, and the table
says so. The promise is the cautious end of the KPI's interval, never its middle.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from meguri.base.tables import Schema
from meguri.observe.shop import Shop

Range = tuple[float, float, float]  # low, most likely, high
PROMISES = {  # offer -> KPI, the end of its interval that is cautious
    "uptime_guarantee": ("uptime", "value_low"),
    "upgrade": ("retrofit_ratio", "value_low"),
    "predictive_maintenance": ("recovery_median", "value_high"),
    "remanufacture": ("life_extension", "value_low"),
}


def offers(values: pd.DataFrame, avoided: pd.DataFrame, costs: Mapping[str, Range]) -> pd.DataFrame:
    """Offers that could be priced, each with the figure it promises.

    Parameters
    ----------
    values : DataFrame
        ``kpi_values`` of :func:`meguri.structure.safetynet.kpis`.
    avoided : DataFrame
        ``kpi_avoided`` of :func:`meguri.structure.safetynet_avoided.avoided`.
    costs : mapping
        Offer → (low, most likely, high) cost of keeping it [JPY/a], as the firm states.

    Returns
    -------
    DataFrame
        Columns of ``service_offers``. The upper end of a price is the lower end of the loss avoided, so
        that a customer who doubts the estimate still gains; it is grade assumed.
    """
    known = values.set_index("kpi")
    loss = avoided.set_index("quantity").loc["avoided_loss"]
    rows = []
    for offer, (kpi, end) in PROMISES.items():
        figure = known.loc[kpi]
        promise = float(figure[end]) if not figure["reason"] else math.nan
        cost = costs.get(offer)
        spared = float(loss["value_low"]) if not loss["reason"] else math.nan
        reason = (
            "no-figure"
            if math.isnan(promise)
            else "no-cost"
            if cost is None
            else "no-loss"
            if math.isnan(spared)
            else ""
        )
        room = "unknown" if reason or cost is None else "yes" if spared > cost[2] else "no"
        rows.append({
            "offer": offer, "kpi": kpi, "promise": promise, "unit": figure["unit"], "reason": reason,
            "price_low": math.nan if cost is None else cost[1], "price_high": spared, "room": room,
            "grade": "assumed",
        })  # fmt: skip
    schema = Schema.of("service_offers")
    return schema.check(pd.DataFrame(rows).reindex(columns=schema.names), "service_offers")


def unpaid_service(shop: Shop, rate: Range | None = None) -> pd.DataFrame:
    """Service hours that were not charged (無償の接着剤), by customer and in all.

    Parameters
    ----------
    shop : Shop
        Records of the firm.
    rate : (low, most likely, high), optional
        Worth of an hour [JPY/h], as the firm states; without it hours alone.

    Returns
    -------
    DataFrame
        Columns of ``unpaid_service``; empty where no unpaid hour is recorded, which is not none given.

    Examples
    --------
    >>> jobs = pd.DataFrame({"job": ["1", "2"], "customer": ["A", "B"], "unpaid_hours": [2.0, 3.0]})
    >>> table = unpaid_service(Shop.of({"jobs": jobs}), (4000, 5000, 8000))
    >>> table[["customer", "worth"]].to_numpy().tolist()
    [['B', 15000.0], ['A', 10000.0], ['all', 25000.0]]
    """
    jobs = shop.jobs[shop.jobs["unpaid_hours"].fillna(0) > 0]
    schema = Schema.of("unpaid_service")
    if jobs.empty:
        return schema.empty()
    found = (
        jobs.assign(customer=jobs["customer"].replace("", "?"))
        .groupby("customer")["unpaid_hours"]
        .agg(["size", "sum"])
    )
    found = found.sort_values("sum", ascending=False)
    found.loc["all"] = found.sum()
    low, middle, high = rate or (math.nan,) * 3
    table = pd.DataFrame({
        "customer": found.index, "jobs": found["size"].astype(int), "hours": found["sum"],
        "worth_low": found["sum"] * low, "worth": found["sum"] * middle, "worth_high": found["sum"] * high,
        "grade": "derived" if rate is None else "assumed",
    })  # fmt: skip
    return schema.check(table.reset_index(drop=True), "unpaid_service")


def service_share(service_sales: float, sales: float) -> float:
    """Service revenue over all revenue; unknown where either is.

    Examples
    --------
    >>> service_share(20.0, 80.0)
    0.25
    """
    return service_sales / sales if sales > 0 and service_sales >= 0 else math.nan
