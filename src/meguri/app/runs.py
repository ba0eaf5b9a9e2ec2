"""What is kept of studies that were cancelled, on a terminal."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import typer

from meguri.app.printing import print_table, say
from meguri.base.terms import Lang, label
from meguri.shock.kept import OLD, kept_runs


def _word(key: str, lang: Lang, **fill: Any) -> str:
    return label(key, lang, "cli", **fill)


def print_kept(table: pd.DataFrame, removed: bool, lang: Lang) -> None:
    """Unfinished studies that are kept, or those just taken away, and their size together."""
    words = {"n": len(table), "size": _size(table["size"].sum())}
    if removed or table.empty:
        say(_word("runs_removed" if removed else "runs_none", lang, **words))
        return
    rows = [
        [
            row["scenario"],
            f"{row['done']}/{row['runs']}",
            _size(row["size"]),
            str(row["days"]),
            _word(f"runs_{row['state']}", lang),
            Path(row["folder"]).name,
        ]
        for row in table.to_dict("records")
    ]
    heads = ("runs_scenario", "runs_done", "runs_size", "runs_days", "runs_state", "runs_folder")
    print_table([_word(key, lang) for key in heads], rows, _word("runs_title", lang))
    say(_word("runs_kept", lang, folder=Path(table["folder"].iloc[0]).parent, **words))


def tell_old_runs(state: Path, lang: Lang) -> None:
    """One line when studies that were cancelled long ago take up space; nothing is taken away unasked."""
    table = kept_runs(state, dt.datetime.now())
    old = table[table["days"] >= OLD]
    if len(old):
        words = {"n": len(old), "days": OLD, "size": _size(old["size"].sum())}
        typer.echo(_word("runs_old", lang, **words), err=True)


def _size(megabytes: float) -> str:
    """A size for people.

    Examples
    --------
    >>> _size(0.4), _size(31.2), _size(2400.0)
    ('<1 MB', '31 MB', '2.4 GB')
    """
    if megabytes < 1:
        return "<1 MB"
    return f"{megabytes:.0f} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB"
