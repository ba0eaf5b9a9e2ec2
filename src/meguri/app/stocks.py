"""A stock of your own, on a terminal or in a file: `meguri stocks`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.app.printing import deliver, print_table, say
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.terms import Lang, label
from meguri.circulate.series_stocks import UNSAID
from meguri.study.outcome import EXACT, records

SHOWN_ROWS = 40
WRITTEN = (".csv", ".parquet", ".xlsx", ".json")
_SHOWN = ("inflow", "outflow", "stock")


def deliver_stocks(tables: dict[str, pd.DataFrame], form: str, out: Path | None, lang: Lang) -> None:
    """Print a table, or write the form asked for; where none is, the ending of the file says which.

    Raises
    ------
    DataError
        An ending that is no form, or a file that cannot be written.
    """
    stocks = tables["cohort_stocks"]
    if out is not None and (form == "table" or out.suffix.lower() == ".parquet"):
        form = out.suffix.lower()[1:]
        if out.suffix.lower() not in WRITTEN:
            raise DataError(Problem("choice_of", "--out", out.name, "", {"choices": ", ".join(WRITTEN)}))
    if out is not None and form == "parquet":
        write_atomically(out, stocks.to_parquet(index=False, compression="zstd"))
    elif form == "table":
        print_stocks(stocks, lang)
    else:
        content = {name: records(table, EXACT) for name, table in tables.items()}
        deliver(content, stocks, form, out, EXACT, sheets=tables)
    if out is not None:
        say(label("saved", lang, "cli", path=out))


def print_stocks(stocks: pd.DataFrame, lang: Lang) -> None:
    """Inflow, outflow and stock by series and year, so many rows as one screen reads."""
    wide = stocks.pivot_table(
        index=["series", "time"], columns="what", values="value", aggfunc="sum", sort=False
    ).reset_index()
    unit = str(stocks.loc[stocks["what"] == "stock", "unit"].iloc[0])
    words = {key: label(f"stocks_{key}", lang, "cli") for key in ("series", *_SHOWN)}
    said = {
        "series": wide["series"].nunique(),
        "first": f"{wide['time'].min():g}",
        "last": f"{wide['time'].max():g}",
    }
    say(label("stocks_read", lang, "cli", unit="—" if unit == UNSAID else unit, **said))
    heads = [words["series"], label("col_year", lang, "cli"), *(words[what] for what in _SHOWN)]
    rows = [
        [str(row["series"]), f"{row['time']:g}", *(f"{row[what]:,.6g}" for what in _SHOWN)]
        for row in wide.head(SHOWN_ROWS).to_dict("records")
    ]
    print_table(heads, rows)
    if len(wide) > SHOWN_ROWS:
        say(label("more_rows", lang, "cli", n=len(wide) - SHOWN_ROWS))
    if unit == UNSAID:
        say(label("stocks_unsaid", lang, "cli"))
