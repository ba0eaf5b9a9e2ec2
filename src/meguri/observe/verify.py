"""Numbers that the loaders must reproduce, computed beside the figure printed elsewhere.

The list stands in ``data/verify.csv``: what, basis, unit, expected figure with its printed digits, and
which computation answers it. Packaged evidence always answers; raw sets answer when they are present.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError
from meguri.base.terms import Lang, label, packaged
from meguri.observe import rawsets
from meguri.observe.mining import production
from meguri.observe.series import trade_series
from meguri.observe.sets import checked_folder, data_folder
from meguri.observe.trade import By, import_shares

Row = dict[str, str]
Check = Callable[["_Evidence", Row], float]


@dataclass
class _Evidence:
    """The raw sets' folder, and the tables read so far: each file is read once per run."""

    folder: Path | None
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)

    def table(self, reader: Callable[[Path], pd.DataFrame]) -> pd.DataFrame:
        name = reader.__name__
        if name not in self.tables:
            if self.folder is None:
                raise ValueError(name)
            self.tables[name] = reader(self.folder)
        return self.tables[name]


def _ratio(part: pd.Series[float], whole: pd.Series[float]) -> float:
    total = float(whole.sum())
    return float(part.sum()) / total if total else math.nan


def _of(values: list[float], stat: str) -> float:
    if not values:
        return math.nan
    return min(values) if stat == "min" else max(values) if stat == "max" else values[0]


def _import_rows(evidence: _Evidence, row: Row) -> pd.DataFrame:
    by: By = "quantity" if row["basis"] == "quantity" else "value"
    name = f"{row['code']} {row['place']} {by}"
    if name not in evidence.tables:  # all years in one reading
        evidence.tables[name] = import_shares(row["code"].split("|"), row["place"], by=by)
    table = evidence.tables[name]
    return table[(table["code"] == row["code"]) & (table["year"] == int(row["period"]))]


def _import_share(evidence: _Evidence, row: Row) -> float:
    table = _import_rows(evidence, row)
    return float(table.loc[table["exporter"] == row["partner"], "share"].sum())


def _import_total(evidence: _Evidence, row: Row) -> float:
    amount = float(_import_rows(evidence, row)["amount"].sum())
    return amount if row["unit"] == "t" else amount / 1e3  # kUSD → MUSD


def _series_share(evidence: _Evidence, row: Row) -> float:  # noqa: ARG001
    table = trade_series(row["code"], row["place"], row["source"])
    first, _, last = row["period"].partition("-")
    chosen = table["year"].between(int(first), int(last or first)) & (table["exporter"] == row["partner"])
    return _of(list(table.loc[chosen, "share"]), row["stat"])


def _stage_share(evidence: _Evidence, row: Row) -> float:
    table = evidence.table(rawsets.wits_stages)
    table = table[(table["country"] == row["place"]) & (table["year"] == int(row["period"]))]
    return _ratio(table.loc[table["stage"] == row["code"], "value"], table["value"])


def _month_share(evidence: _Evidence, row: Row) -> float:
    table = evidence.table(rawsets.korea_monthly)
    first, _, last = row["period"].partition("..")
    month = table["year"].astype(str) + "-" + table["month"].astype(str).str.zfill(2)
    chosen = (table["code"] == row["code"]) & month.between(first, last or first)
    groups = table[chosen].groupby(month[chosen])
    shares = [_ratio(g.loc[g["exporter"] == row["partner"], "value"], g["value"]) for _, g in groups]
    return _of(shares, row["stat"])


def _month_tonnes(evidence: _Evidence, row: Row) -> float:
    table = evidence.table(rawsets.korea_monthly)
    chosen = (table["code"] == row["code"]) & (table["exporter"] == row["partner"])
    return float(table.loc[chosen & (table["year"] == int(row["period"])), "weight"].sum()) / 1e3


def _hs6_value(evidence: _Evidence, row: Row) -> float:
    table = evidence.table(rawsets.korea_from_japan)
    table = table[table["year"] == int(row["period"])]
    if row["code"]:
        table = table[table["code"] == row["code"]]
    return float(table["value"].sum()) / {"MUSD": 1e6, "bn USD": 1e9}[row["unit"]]


def _goods(evidence: _Evidence, row: Row, area: str) -> float:
    table = evidence.table(rawsets.japan_goods_exports)
    chosen = (table["goods"] == row["code"]) & (table["year"] == int(row["period"]))
    return float(table.loc[chosen & (table["area"] == area), "value"].sum())


def _goods_value(evidence: _Evidence, row: Row) -> float:
    return _goods(evidence, row, "Grand Total")


def _goods_share(evidence: _Evidence, row: Row) -> float:
    area = label(row["partner"], "en", "countries")
    return _goods(evidence, row, area) / _goods(evidence, row, "Grand Total")


def _production_share(evidence: _Evidence, row: Row) -> float:  # noqa: ARG001
    element, stage = row["code"].split("/")
    table = production(element, stage, int(row["period"]), row["source"])
    return _ratio(table.loc[table["country"] == row["partner"], "amount"], table["amount"])


_CHECKS: dict[str, Check] = {
    "import_share": _import_share,
    "import_total": _import_total,
    "series_share": _series_share,
    "stage_share": _stage_share,
    "month_share": _month_share,
    "month_tonnes": _month_tonnes,
    "hs6_value": _hs6_value,
    "goods_value": _goods_value,
    "goods_share": _goods_share,
    "production_share": _production_share,
}


def equal_as_printed(expected: float, computed: float, digits: int) -> bool:
    """Whether a computed number rounds to the printed one, half a unit of the last digit allowed.

    Examples
    --------
    >>> equal_as_printed(84.2, 84.18, 1), equal_as_printed(84.2, 84.26, 1)
    (True, False)
    """
    return abs(computed - expected) <= 0.5 * 10.0**-digits * (1 + 1e-9)


def verify(data_dir: Path | None = None, lang: Lang = "en") -> pd.DataFrame:
    """Every figure that the evidence must reproduce, computed beside expected.

    Parameters
    ----------
    data_dir : Path, optional
        Folder of raw sets; the environment's MEGURI_DATA when left out.
    lang : {"en", "ja"}
        Language of item, basis and note.

    Returns
    -------
    DataFrame
        item, basis, unit, expected, computed (NaN when it could not be computed), digits,
        equal (NA when there is nothing to compare), source, where (packaged | MEGURI_DATA),
        note (why a figure is missing).

    Raises
    ------
    DataError
        When a folder is named that does not exist.

    Examples
    --------
    >>> table = verify()
    >>> bool(table.loc[table["where"] == "packaged", "equal"].dropna().all())
    True
    """
    evidence = _Evidence(data_folder() if data_dir is None else checked_folder(data_dir))
    with packaged("verify.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False).to_dict("records")
    table = pd.DataFrame([_answer(evidence, {str(k): str(v) for k, v in row.items()}, lang) for row in rows])
    return table.astype({"digits": "int64", "equal": "boolean"})


def _answer(evidence: _Evidence, row: Row, lang: Lang) -> dict[str, object]:
    computed, note = _computed(evidence, row, lang)
    expected = float(row["expected"]) if row["expected"] else math.nan
    known = not (math.isnan(computed) or math.isnan(expected))
    digits = int(row["digits"])
    return {
        "item": row[f"label_{lang}"],
        "basis": label(row["basis"], lang, "bases"),
        "unit": row["unit"],
        "expected": expected,
        "computed": computed,
        "digits": digits,
        "equal": equal_as_printed(expected, computed, digits) if known else None,
        "source": row["source"],
        "where": "MEGURI_DATA" if row["set"] else "packaged",
        "note": note,
    }


def _computed(evidence: _Evidence, row: Row, lang: Lang) -> tuple[float, str]:
    needed = row["set"]
    if needed and (evidence.folder is None or not (evidence.folder / needed).is_dir()):
        return math.nan, label("set_absent", lang, "reasons", set=needed)
    try:
        value = _CHECKS[row["check"]](evidence, row)
    except DataError as error:
        if not needed:  # packaged evidence that cannot be read is a defect, not a gap
            raise
        reason = label("set_unreadable", lang, "reasons", set=needed)
        return math.nan, f"{reason} ({error.file})"
    return (value * 100 if row["unit"] == "%" else value), ""
