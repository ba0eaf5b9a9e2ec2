"""A trade file of the user as checked trade lines: which form it has, what was repaired, what is refused."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.note import note
from meguri.observe import tradecells as cells
from meguri.observe.hs import EDITIONS
from meguri.observe.tradecheck import Totals, editions, once, without_totals
from meguri.observe.tradeforms import Form, columns, recognise
from meguri.observe.tradelines import TradeLines, is_unspecified, trade_lines
from meguri.observe.tradeopen import read_cells

_BACI_NAME = re.compile(r"BACI_HS([0-9]{2})_(?:Y([0-9]{4})_)?V[0-9]+[a-z]?", re.IGNORECASE)
_KEPT = ("code", "partner", "year", "period", "month")
_MEMBERS = 4  # codes named in a note
Notes = list[dict[str, str]]


def baci_name(name: str) -> tuple[str, int | None] | None:
    """Edition and year that the name of a BACI file says.

    Examples
    --------
    >>> baci_name("BACI_HS22_Y2023_V202501.csv"), baci_name("BACI_HS92_V202601.zip"), baci_name("x.csv")
    (('HS2022', 2023), ('HS1992', None), None)
    """
    found = _BACI_NAME.search(name)
    edition = next((e for e in EDITIONS if found and e.endswith(found[1])), None)
    if found is None or edition is None:
        return None
    return edition, int(found[2]) if found[2] else None


def read_file(path: Path, year: int | None, totals: Totals) -> TradeLines:
    """Trade lines of a file in one of the known forms.

    Raises
    ------
    DataError
        For a file that cannot be opened or is of no known form; for every cell that cannot be read;
        for lines that stand twice, totals beside their details and editions mixed in one year.
    """
    table = read_cells(path, year)
    form = recognise([str(name) for name in table.columns], path.name)
    if table.empty:
        raise DataError(Problem("rows_none_trade", path.name, "", path.name))
    held = columns(form, [str(name) for name in table.columns])
    notes: Notes = []
    if form.name == "korea-hs10":
        table, form, held = _one_flow_a_row(table, form, held)
    table = _without_breakdowns(table, form, held, path.name, notes)
    reader = cells.Reader(form, held, table, path.name)
    lines, named = _lines(reader, notes)
    _check_name(lines, path.name, reader)
    if reader.problems:
        raise DataError(reader.problems, path.name)
    return _checked(lines, named, path.name, totals, notes)


def _lines(reader: cells.Reader, notes: Notes) -> tuple[pd.DataFrame, pd.Series[str]]:
    """Lines with every field read, and the edition each says it is in; problems stay with the reader."""
    form = reader.form
    codes, repaired = cells.codes(reader)
    flow = cells.flows(reader)
    lines = pd.DataFrame({
        "code": codes, "year": cells.years(reader), "flow": flow,
        "reporter": cells.economies(reader, "reporter"), "partner": cells.economies(reader, "partner"),
        "value": cells.amounts(reader, "value", form.value_unit, "refused"), "currency": form.currency,
        "weight": _weights(reader), "basis": flow.map(lambda name: form.basis.get(name, "")),
        "span": _spans(reader),
    })  # fmt: skip
    named = cells.named_editions(reader)
    said = baci_name(reader.file)
    if form.name == "baci" and said is not None:
        named = pd.Series(said[0], index=named.index, dtype=object)
        notes.append(note("edition_named", "info", "trade_edition_named", edition=said[0]))
    if repaired:
        shown = ", ".join(repaired[:_MEMBERS]) + (" …" if len(repaired) > _MEMBERS else "")
        notes.append(note("zeros", "info", "trade_zeros", n=f"{len(repaired)}", codes=shown))
    parts = lines["flow"] == ""
    if parts.any() and not reader.problems:
        notes.append(note("reexports", "info", "trade_reexports", n=f"{int(parts.sum()):,}"))
        lines, named = lines[~parts], named[~parts]
    _note_months(reader, notes)
    return lines, named


def _spans(reader: cells.Reader) -> pd.Series[str]:
    """Month and port of each line, in one text."""
    parts = [reader.cells(name) for name in reader.form.spans if name in reader.held]
    found = pd.Series("", index=reader.table.index, dtype=object)
    for part in parts:
        found = found + part
    return found


def _weights(reader: cells.Reader) -> pd.Series[float]:
    """Net weight in kg: of the weight column, else of the quantity whose unit is kg or t."""
    if "weight" in reader.held:
        kilograms = cells.amounts(reader, "weight", reader.form.weight_unit, "unknown")
        return kilograms.where(kilograms > 0)
    found = pd.Series(np.nan, index=reader.table.index)
    for number in ("1", "2"):
        units = reader.cells(f"unit{number}").str.upper().map({"KG": 1.0, "MT": 1e3, "TO": 1e3, "GR": 1e-3})
        if f"quantity{number}" in reader.held and units.notna().any():
            amount = cells.amounts(reader, f"quantity{number}", 1.0, "unknown")
            found = found.fillna((amount * units).where(amount > 0))
    return found


def _check_name(lines: pd.DataFrame, file: str, reader: cells.Reader) -> None:
    """The year in the name of a BACI file is the year of its rows."""
    said = baci_name(file)
    if reader.form.name != "baci" or said is None or said[1] is None or reader.problems:
        return
    other = lines[lines["year"] != said[1]]
    if len(other):
        first = str(other["year"].iloc[0])
        reader.problems.append(
            Problem("trade_year_name", f"{file}:{other.index[0]}", first, file, {"year": str(said[1])})
        )


def _checked(
    lines: pd.DataFrame, named: pd.Series[str], file: str, totals: Totals, notes: Notes
) -> TradeLines:
    """Lines without totals, each once, in their editions."""
    kept, dropped = without_totals(lines, totals, file)
    vintage, told = editions(kept, named[kept.index], file)
    kept = once(kept.assign(vintage=vintage), file)
    notes += [*dropped, *told]
    special = is_unspecified(kept["code"])
    if special.any():
        share = 100 * float(kept.loc[special, "value"].sum() / max(float(kept["value"].sum()), 1e-9))
        notes.append(
            note(
                "unspecified", "info", "trade_unspecified", n=f"{int(special.sum()):,}", share=f"{share:.1f}"
            )
        )
    traded = kept[kept["value"] > 0]
    unweighed = int(traded["weight"].isna().sum())
    if 0 < unweighed < len(traded):
        notes.append(note("zero_weight", "info", "trade_zero_weight", n=f"{unweighed:,}"))
    return trade_lines(kept.reset_index(drop=True), "user", notes, file)


def _without_breakdowns(
    table: pd.DataFrame, form: Form, held: dict[str, str], file: str, notes: Notes
) -> pd.DataFrame:
    """Rows of totals over customs procedure, transport and second partner."""
    part = pd.Series(False, index=table.index)
    for name, total in form.unsplit.items():
        if name in held:
            part |= ~table[held[name]].astype(str).str.strip().isin(total)
    if not part.any():
        return table
    if part.all():
        names = ", ".join(held[name] for name in form.unsplit if name in held)
        raise DataError(Problem("trade_breakdown", file, "", file, {"fields": names}))
    notes.append(note("breakdowns", "info", "trade_breakdowns", n=f"{int(part.sum()):,}"))
    return table[~part]


def _one_flow_a_row(
    table: pd.DataFrame, form: Form, held: dict[str, str]
) -> tuple[pd.DataFrame, Form, dict[str, str]]:
    """Korea's customs put exports and imports beside each other: here one below the other."""
    parts = []
    for flow in ("export", "import"):
        for name, unit in ((f"{flow}_value", 1.0), (f"{flow}_thousand", 1e3)):
            if name in held:
                weight = table[held[f"{flow}_weight"]] if f"{flow}_weight" in held else ""
                parts.append(
                    (unit, table.assign(**{"flow": flow, "value": table[held[name]], "weight": weight}))
                )
                break
    units = {unit for unit, _ in parts}
    made = Form(**{**form.__dict__, "value_unit": max(units)})
    kept = {name: heading for name, heading in held.items() if name in _KEPT}
    kept |= {"flow": "flow", "value": "value", "weight": "weight"}
    stacked = pd.concat([part for _, part in parts]).reset_index(drop=True)
    zero = stacked["value"].astype(str).str.strip().isin({"0", "0.0", ""})
    return stacked[~zero], made, kept


def _note_months(reader: cells.Reader, notes: Notes) -> None:
    """Says which months a file of months holds, and which years are not complete."""
    if "period" not in reader.held:
        return
    months = reader.cells("period").str.extract(r"^([0-9]{4})[-/.]?(0[1-9]|1[0-2])$").dropna()
    if months.empty:
        return
    for year, rows in months.groupby(0):
        held = sorted(set(rows[1]))
        if len(held) < 12:
            notes.append(
                note(f"part-{year}", "warning", "trade_part_year", year=str(year), months=", ".join(held))
            )
