"""Monthly imports of one product by partner: packaged, from the raw set, or from the user's own file.

Packaged are Korea's imports of hydrogen fluoride (HS10 2811111000), photoresist (3707901010) and quartz
(7002311000), January 2015 to December 2021 as far as the customs extract goes (November 2021 for the
first two), by each partner that the extract lists. A month with 0 is a month for which customs recorded
no import; a month without a row is unknown. The rows of partner WLD are all partners together
(2017 to 2021, value and weight of the whole code): with them one sees whether the list is whole.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.tables import Schema
from meguri.observe.packaged import facts
from meguri.observe.rawsets import korea_monthly

Measure = Literal["quantity_t", "value_kusd"]
ITEMS = {"2811111000": "hf", "3707901010": "resist", "7002311000": "quartz"}
WHOLE = "WLD"


def trade_months(item: str | None = None, partner: str | None = None, economy: str = "KR") -> pd.DataFrame:
    """Packaged monthly imports, table ``trade_months``.

    Parameters
    ----------
    item : str, optional
        Key of the product (hf, resist, quartz) or its code; all when left out.
    partner : str, optional
        Key of the country the goods come from; WLD are all together.

    Examples
    --------
    >>> months = trade_months("hf", "JP")
    >>> months["month"].iloc[0], months["month"].iloc[-1], len(months)
    ('2015-01', '2021-11', 83)
    """
    table = facts("trade_months")
    chosen = table["economy"] == economy
    if item is not None:
        chosen &= (table["item"] == item) | (table["code"] == item)
    if partner is not None:
        chosen &= table["partner"] == partner
    return table[chosen].reset_index(drop=True)


def raw_trade_months(folder: Path) -> pd.DataFrame:
    """Every code, partner and month of the raw set, 2000 to 2021, table ``trade_months``.

    Parameters
    ----------
    folder : Path
        Folder of raw sets (MEGURI_DATA).

    Raises
    ------
    DataError
        When the file or a column of it is missing.
    """
    rows = korea_monthly(folder)
    rows = rows[rows["exporter"] != ""]
    month = rows["year"].astype(str).str.zfill(4) + "-" + rows["month"].astype(str).str.zfill(2)
    table = pd.DataFrame(
        {
            "item": rows["code"].map(ITEMS).fillna(rows["code"]),
            "code": rows["code"],
            "economy": "KR",
            "partner": rows["exporter"],
            "month": month,
            "value_kusd": (rows["value"] / 1000).round(3),
            "quantity_t": (rows["weight"] / 1000).round(5),
            "source": np.where(rows["code"] == "7002311000", "kcs-hs10", "kcs-monthly"),
            "grade": "reported",
        }
    )
    # an exporter spelled in two ways (Netherland, Netherlands) is one partner
    summed = table.groupby(Schema.of("trade_months").key, as_index=False).agg(
        {**dict.fromkeys(["code", "source", "grade"], "first"), "value_kusd": "sum", "quantity_t": "sum"}
    )
    return Schema.of("trade_months").check(summed)


def read_trade_months(path: Path) -> pd.DataFrame:
    """Monthly imports of the user's own: a CSV with the columns of ``trade_months``.

    Needed are item, economy, partner, month and a value or a quantity; a row without either is a month
    that is not known.

    Raises
    ------
    DataError
        Naming each cell that is not as declared, each month that is none and each row that stands twice.
    """
    table, found = Schema.of("trade_months").problems(read_csv(path), str(path))
    for row, month in enumerate(table["month"], start=1):
        if month and not re.fullmatch(r"[0-9]{4}-[0-9]{2}", str(month)):
            found.append(Problem("break_month", f"trade_months[{row}].month", str(month), str(path)))
    if found:
        raise DataError(found, str(path))
    return table


def month_series(
    table: pd.DataFrame, item: str, partner: str, economy: str = "KR", measure: Measure = "quantity_t"
) -> pd.Series[Any]:
    """One series by month out of a table: value or quantity, months without a row left out.

    Parameters
    ----------
    measure : {"quantity_t", "value_kusd"}
        Tonnes or thousand US dollars.

    Raises
    ------
    DataError
        When the table holds no such series.

    Examples
    --------
    >>> series = month_series(trade_months(), "hf", "JP")
    >>> float(series["2019-08"])
    0.0
    """
    chosen = ((table["item"] == item) | (table["code"] == item)) & (table["partner"] == partner)
    rows = table[chosen & (table["economy"] == economy)].sort_values("month")
    if rows.empty:
        raise DataError(Problem("break_series", "trade_months", f"{item}, {economy} ← {partner}"))
    return pd.Series(rows[measure].to_numpy(), index=rows["month"].to_numpy(), name=measure)
