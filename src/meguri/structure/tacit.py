"""From what the log shows to what must be written down: conditions, tolerances, signs, countermeasures.

The log says where knowledge was needed (a stop, a rework, a worn part); it does not hold the knowledge. Each
row is one question to those who know, with the records that raised it, the most hours at stake first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label
from meguri.observe.shop import Shop, instants
from meguri.structure.safetynet_times import HOUR, unplanned

SHOWN = 3  # places named for each row
UNNAMED = {"en": "this process", "ja": "この工程"}


def checklist(shop: Shop, process: str | None = None) -> pd.DataFrame:
    """Questions to be answered in writing, for one process or all.

    Parameters
    ----------
    shop : Shop
        Records of the firm.
    process : str, optional
        Process as the shop calls it.

    Returns
    -------
    DataFrame
        Columns of ``tacit_items``, the most hours at stake first; ``answer`` is empty, to be filled in.
        No name of a person appears.

    Examples
    --------
    >>> jobs = pd.DataFrame({"job": ["1", "2"], "process": "HIP", "material": "Ti", "rework": ["yes", "no"]})
    >>> checklist(Shop.of({"jobs": jobs}))["kind"].tolist()
    ['condition', 'tolerance']
    """
    rows = [*_from_jobs(shop), *_from_stops(shop), *_from_lives(shop)]
    schema = Schema.of("tacit_items")
    table = schema.check(pd.DataFrame(rows).reindex(columns=schema.names), "tacit_items")
    if process is not None:
        table = table[table["process"] == process]
    order = table.assign(at_stake=table["hours"].fillna(0.0)).sort_values(
        ["at_stake", "seen", "process", "kind", "topic"],
        ascending=[False, False, True, False, True],
        kind="stable",
    )
    return order.drop(columns="at_stake").reset_index(drop=True)


def _row(
    kind: str, process: str, topic: str, records: pd.DataFrame, hours: float | None, shop: Shop, key: str = ""
) -> dict[str, Any]:
    people = shop.people["process"]
    words = {lang: _words(key or kind, lang, process, topic) for lang in LANGS}
    return {
        "process": process or UNNAMED["en"], "kind": kind, "topic": topic, "seen": len(records),
        "hours": hours,
        "holders": int((people == process).sum()) if len(people) and process else None,
        "question_en": words["en"], "question_ja": words["ja"],
        "places": ", ".join(place for place in records["place"].head(SHOWN) if place), "answer": "",
    }  # fmt: skip


def _words(key: str, lang: Lang, process: str, topic: str) -> str:
    return label(key, lang, "tacit_questions", process=process or UNNAMED[lang], topic=topic)


def _from_jobs(shop: Shop) -> Iterator[dict[str, Any]]:
    jobs = shop.jobs[(shop.jobs["process"] != "") & (shop.jobs["material"] != "")]
    for (process, material), records in jobs.groupby(["process", "material"]):
        yield _row("condition", str(process), str(material), records, None, shop)
        again = records[records["rework"].fillna(False).astype(bool)]
        if len(again):
            spent = again["rework_hours"].sum() if again["rework_hours"].notna().any() else None
            yield _row("tolerance", str(process), str(material), again, spent, shop)


def _from_stops(shop: Shop) -> Iterator[dict[str, Any]]:
    """Signs before, and remedies after, each cause of unplanned stops; the process is that of the asset."""
    stops = unplanned(shop)
    stops = stops[stops["cause"] != ""]
    served = dict(zip(shop.assets["asset"], shop.assets["process"], strict=True))
    by_jobs = (
        shop.jobs[shop.jobs["process"] != ""]
        .groupby("asset")["process"]
        .agg(lambda names: names.mode().iloc[0])
    )
    told = {**by_jobs.to_dict(), **{asset: name for asset, name in served.items() if name}}
    process = stops["asset"].map(lambda asset: told.get(asset, ""))
    hours = ((instants(stops["end"]) - instants(stops["start"])) / HOUR).astype(float)
    for (one, cause), records in stops.assign(process=process, hours=hours).groupby(["process", "cause"]):
        spent = float(records["hours"].sum()) if records["hours"].notna().any() else None
        for kind in ("sign", "countermeasure"):
            yield _row(kind, str(one), str(cause), records, spent, shop)


def _from_lives(shop: Shop) -> Iterator[dict[str, Any]]:
    worn = shop.lives[(shop.lives["end"] != "") & (shop.lives["group"] != "")]
    for group, records in worn.groupby("group"):
        yield _row("sign", "", str(group), records, None, shop, key="life_sign")
