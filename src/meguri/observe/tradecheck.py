"""What may not stand together in one trade table: totals beside details, lines twice, two editions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Literal

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.note import note
from meguri.base.tables import Schema
from meguri.observe.hs import Edition, find_edition
from meguri.observe.tradecells import ALL_GOODS
from meguri.observe.tradelines import SCHEMA, WORLD

Totals = Literal["refuse", "partners", "world"]
GROUP = ["year", "flow", "reporter"]
SHOWN = 3  # examples named in a message


def without_totals(
    lines: pd.DataFrame, totals: Totals, file: str
) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Lines without sums of other lines, or one error that names them.

    Parameters
    ----------
    lines : DataFrame
        code, year, flow, reporter, partner, value.
    totals : {"refuse", "partners", "world"}
        ``refuse`` raises; ``partners`` drops world rows beside partners, ``world`` drops the partners;
        both drop chapters and headings beside their subheadings.
    file : str
        Named in the problems.

    Raises
    ------
    DataError
        With ``refuse``, when totals stand beside their details: everything would be counted twice.
    """
    problems, notes = [], []
    world, codes = _of_world(lines), _of_codes(lines)
    for key, rows in (("trade_world_twice", world), ("trade_codes_twice", codes)):
        if not rows.any():
            continue
        if totals == "refuse":
            problems.append(_total_problem(key, lines[rows], file))
        else:
            notes.append(_dropped(f"{key}_dropped", lines, rows))
    if problems:
        raise DataError(problems, file)
    if totals == "world" and world.any():
        beside = lines.set_index(GROUP).index.isin(lines[world].set_index(GROUP).index)
        dropped = codes | (beside & (lines["partner"] != WORLD))
    else:
        dropped = codes | world
    return lines[~dropped].copy(), notes


def _of_world(lines: pd.DataFrame) -> pd.Series[bool]:
    """World rows of a reporter, year and flow whose partners are given too."""
    is_world = lines["partner"] == WORLD
    partners = (~is_world).groupby([lines[name] for name in GROUP]).transform("any")
    return is_world & partners


def _of_codes(lines: pd.DataFrame) -> pd.Series[bool]:
    """Rows of a chapter, heading or of all goods whose subheadings stand in the same flow too."""
    group = pd.Series("", index=lines.index, dtype=object)
    for name in (*GROUP, "partner"):
        group = group + "\t" + lines[name].astype(str).astype(object)
    found = lines["code"].isin(ALL_GOODS) & (~lines["code"].isin(ALL_GOODS)).groupby(group).transform("any")
    lengths = sorted({len(code) for code in lines["code"].unique() if code not in ALL_GOODS})
    for short in lengths[:-1]:
        longer = lines["code"].str.len() > short
        under = set(group[longer] + "\t" + lines.loc[longer, "code"].str[:short])
        found |= (lines["code"].str.len() == short) & (group + "\t" + lines["code"]).isin(under)
    return found


def _total_problem(key: str, rows: pd.DataFrame, file: str) -> Problem:
    shown = ", ".join(dict.fromkeys(rows["code"] if key == "trade_codes_twice" else rows["reporter"]))
    value = f"{rows['value'].sum():,.0f}"
    found = shown if len(shown) < 60 else shown[:57] + "…"
    return Problem(key, file, found, file, {"n": f"{len(rows):,}", "value": value})


def _dropped(key: str, lines: pd.DataFrame, rows: pd.Series[bool]) -> dict[str, str]:
    share = float(lines.loc[rows, "value"].sum() / max(lines.loc[~rows, "value"].sum(), 1e-9))
    return note(key, "info", key, n=f"{int(rows.sum()):,}", ratio=f"{share:.3f}")


def once(lines: pd.DataFrame, file: str) -> pd.DataFrame:
    """One line for each key: the lines of months or ports (column ``span``) are added up.

    Raises
    ------
    DataError
        When a line stands twice in one month and port, or a year beside its months.
    """
    key = Schema.of(SCHEMA).key
    again = lines[lines.duplicated([*key, "span"])]
    if len(again):
        found = [
            Problem("trade_twice", f"{file}:{line}", ", ".join(str(row[name]) for name in key), file)
            for line, row in again.head(SHOWN).iterrows()
        ]
        rest = len(again) - len(found)
        if rest:
            found.append(Problem("trade_twice_more", file, f"{rest:,}", file))
        raise DataError(found, file)
    _year_beside_months(lines, file)
    if not lines.duplicated(key).any():
        return lines.drop(columns="span")
    lines = lines.assign(unweighed=lines["weight"].isna())
    together = lines.groupby([*key, "currency", "basis"], as_index=False, sort=False, dropna=False)
    sums = together.agg(value=("value", "sum"), weight=("weight", "sum"), unweighed=("unweighed", "any"))
    sums["weight"] = sums["weight"].where(~sums["unweighed"])  # a part without weight: the sum is unknown
    return sums.drop(columns="unweighed")


def _year_beside_months(lines: pd.DataFrame, file: str) -> None:
    whole = lines["span"].str.fullmatch(r"[0-9]{4}")
    for year, rows in whole.groupby([lines["year"], lines["reporter"]]):
        if rows.any() and not rows.all():
            raise DataError(Problem("trade_year_twice", file, str(year[0]), file))


def editions(
    lines: pd.DataFrame, named: pd.Series[str], file: str
) -> tuple[pd.Series[str], list[dict[str, str]]]:
    """Edition of each line: as named, else found from the codes of its year and reporter.

    Raises
    ------
    DataError
        When one year of one reporter holds codes of several editions.
    """
    found = named.copy()
    problems: list[Problem] = []
    notes: dict[str, dict[str, str]] = {}
    parts = [
        (str(keys[0]), int(str(keys[1])), rows, find_edition(rows["code"], int(str(keys[1]))))
        for keys, rows in lines.groupby(["reporter", "year"], sort=True)
    ]
    others = {result.edition for _, _, _, result in parts if result.sure == "certain"}
    for reporter, year, rows, result in parts:
        said = sorted(set(named[rows.index]) - {""})
        if len(said) > 1:
            problems.append(_mixed(reporter, year, said, file))
        elif said:
            found[rows.index] = said[0]
            _contradiction(rows, said[0], result, notes)
        elif result.sure == "mixed":
            problems.append(_mixed(reporter, year, [result.edition, *result.strange[:SHOWN]], file))
        elif result.sure != "none":
            told = _as_others(result, others)
            found[rows.index] = told.edition
            _tell(told, year, notes)
    if problems:
        raise DataError(problems, file)
    found = found.where(~_wordy(lines["code"]), "")
    return found, list(notes.values())


def _as_others(result: Edition, others: set[str]) -> Edition:
    """Few codes fit several editions: then the one that the rest of the file is certainly in."""
    known = result.known.set_index("edition")["known"]
    if result.sure != "by_year" or len(others) != 1:
        return result
    (edition,) = others
    if known[edition] < known.max():
        return result
    return replace(result, edition=edition, sure="by_file")


def _tell(result: Edition, year: int, notes: dict[str, dict[str, str]]) -> None:
    text = f"trade_edition_{result.sure}"
    strange = ", ".join(result.strange[:SHOWN]) or "—"
    known = int(result.known["known"].max())
    fill: dict[str, Any] = {"edition": result.edition, "year": year, "known": known, "strange": strange}
    notes.setdefault(f"{text}-{result.edition}-{year}", note(text, "info", text, **fill))


def _wordy(codes: pd.Series[str]) -> pd.Series[bool]:
    return ~codes.str.fullmatch(r"[0-9]{2}[0-9A-Z]*")


def _mixed(reporter: str, year: int, found: Iterable[str], file: str) -> Problem:
    return Problem("trade_mixed", f"{file}, {reporter} {year}", ", ".join(found), file)


def _contradiction(rows: pd.DataFrame, said: str, found: Edition, notes: dict[str, dict[str, str]]) -> None:
    """A note where the codes fit another edition than the one named."""
    if found.sure in ("certain", "likely") and found.edition != said:
        year = int(rows["year"].iloc[0])
        key = f"edition-{said}-{year}"
        fill: dict[str, Any] = {"said": said, "best": found.edition, "year": year}
        notes.setdefault(key, note(key, "warning", "trade_edition_contradicted", **fill))
