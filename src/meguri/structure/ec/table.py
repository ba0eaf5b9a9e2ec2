"""Supply risk for a table of one's own: the studies of 2017 and 2020, or a what-if."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv, read_workbook
from meguri.base.tables import Schema
from meguri.base.terms import fold
from meguri.structure.ec.formula import supply_risk

SCHEMA = Schema.of("ec_input")
COMPUTED = ("sr", "sr_counts", "sr_reason")
UNKNOWN = {"", "none", "-", "–", "—", "n/a", "na", "n.a.", "nd", "n.d.", "nan", "unknown", "不明"}
NOT_ASSESSED = {"-", "–", "—", "n/a", "na", "n.a.", "none", "no", "not assessed", "なし", "対象外"}
FIGURES = ("hhi_wgi_t_gs", "hhi_wgi_t_eu", "ir_pct", "eol_rir_pct", "si_sr")
PERCENT = ("ir_pct", "eol_rir_pct")
SEVERAL = 3


def read_ec_table(path: Path) -> pd.DataFrame:
    """Cells of a user's CSV or Excel file (its first sheet), as they stand.

    Raises
    ------
    DataError
        When the file is missing, empty or cannot be read.
    """
    if path.suffix.lower() != ".xlsx":
        return read_csv(path)
    rows = next(iter(read_workbook(path).values())).rows
    filled = [row for row in rows if any(str(cell).strip() for cell in row if cell is not None)]
    if not filled:
        raise DataError(Problem("file_empty", str(path), "", str(path)))
    header = [str(cell).strip() for cell in filled[0]]
    return pd.DataFrame(filled[1:], columns=header, dtype=object)


def ec_table(frame: pd.DataFrame, file: str = "") -> pd.DataFrame:
    """Supply risk of every row of a user's table, which keeps its own columns.

    Parameters
    ----------
    frame : DataFrame
        Columns of ``ec_input``: material, stage, hhi_wgi_t_gs, hhi_wgi_t_eu (0 to about 10), ir_pct,
        eol_rir_pct [%, "58" or "58 %"], si_sr [1], supply_used (GS, EU, GS+EU or none, in the
        spellings of the studies). Cells may be empty; any other column is kept.
    file : str
        Name for messages.

    Returns
    -------
    DataFrame
        The user's columns and rows, then ``sr`` (unknown where a figure that counts is empty),
        ``sr_counts`` (the worst stage of its material, within its edition or year if there is such a
        column) and ``sr_reason``, keys of terms/reasons. A column the user called so becomes
        ``sr_given``.

    Raises
    ------
    DataError
        With every problem: a column or material that is missing, a cell that is no number, out of range
        or no known stage or supply, per cent written as shares.

    Examples
    --------
    >>> rows = pd.DataFrame({"material": ["Dysprosium", "Tungsten"], "stage": ["Processing", "P"],
    ...     "hhi_wgi_t_gs": [5.679, 4.18], "hhi_wgi_t_eu": ["", 0.81], "ir_pct": ["100 %", 80],
    ...     "eol_rir_pct": [1, "42%"], "si_sr": [0.99, 0.96], "supply_used": ["GS only", "GS + EU"]})
    >>> ec_table(rows)["sr"].round(2).tolist()
    [5.57, 1.2]
    """
    given = frame.rename(columns={name: f"{name}_given" for name in COMPUTED}).reset_index(drop=True)
    table, supply = _read(given, file)
    sr = [
        supply_risk(gs, eu, ir / 100, rate / 100, si, used)
        for (gs, eu, ir, rate, si), used in zip(
            table[list(FIGURES)].to_numpy(dtype=float), supply, strict=True
        )
    ]
    reason = [_reason(row, used) for row, used in zip(table.to_dict("records"), supply, strict=True)]
    out = given.assign(sr=sr, sr_reason=["" if v == v else r for v, r in zip(sr, reason, strict=True)])
    edition = [name for name in out.columns if fold(str(name)) in ("edition", "year")]
    worst = (
        out["sr"].groupby([table["material"].map(fold), *(out[name] for name in edition)]).transform("max")
    )
    out.insert(out.columns.get_loc("sr") + 1, "sr_counts", (out["sr"] == worst) & out["sr"].notna())
    return out


def _read(given: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[str]]:
    names = {fold(str(name)): name for name in given.columns}
    found = [
        Problem("column_missing", SCHEMA.table, "", file, {"column": name})
        for name in SCHEMA.names
        if name not in names
    ]
    columns = {
        name: given[names[name]].map(lambda cell, name=name: _cell(cell, name))
        for name in SCHEMA.names
        if name in names
    }
    table, problems = SCHEMA.problems(pd.DataFrame(columns, dtype=object), file)
    found += [problem for problem in problems if problem.key != "column_missing"]
    supply, wrong = _supplies(table["supply_used"], file)
    found += wrong + _shares_for_percent(table, columns, file)
    if found:
        raise DataError(found, file)
    return table, supply


def _cell(cell: Any, column: str) -> Any:
    """A dash or n/a stands for an unknown figure; elsewhere "Nd" is neodymium and "none" a supply."""
    blank = column in FIGURES and isinstance(cell, str) and fold(cell) in UNKNOWN
    return "" if blank else cell


def _supplies(cells: pd.Series[str], file: str) -> tuple[list[str], list[Problem]]:
    """GS, EU, GS+EU, none or empty for each spelling; a problem for a cell that says neither."""
    read, found = [], []
    for row, cell in enumerate(cells, start=1):
        text = fold(unicodedata.normalize("NFKC", cell))
        world = bool(re.search(r"\bgs|global|world|世界", text)) or "both" in text or "両方" in text
        union = bool(re.search(r"(\b|gs)eu|欧州", text)) or "both" in text or "両方" in text
        known = "+".join(["GS"] * world + ["EU"] * union)
        if not known and text and text not in NOT_ASSESSED:
            found.append(Problem("ec_supply", f"{SCHEMA.table}[{row}].supply_used", cell[:80], file))
        read.append(known or ("none" if text else ""))
    return read, found


def _shares_for_percent(table: pd.DataFrame, cells: dict[str, Any], file: str) -> list[Problem]:
    """A column in which every figure lies in 0…1, some between, and none carries the sign, is no per cent."""
    found = []
    for name in PERCENT:
        values = table[name].dropna()
        signed = (
            name in cells
            and cells[name].map(lambda cell: "%" in unicodedata.normalize("NFKC", str(cell))).any()
        )
        if len(values) >= SEVERAL and not signed and values.between(0, 1).all() and (values % 1 > 0).any():
            listed = ", ".join(f"{value:g}" for value in values[:4])
            found.append(Problem("ec_percent", f"{SCHEMA.table}.{name}", listed, file))
    return found


def _reason(row: dict[Any, Any], supply: str) -> str:
    """What is lacking in a row whose supply risk is unknown."""
    if supply in ("", "none"):
        return "ec_not_assessed" if supply else "ec_no_supply"
    lost = {
        "ec_no_global": pd.isna(row["hhi_wgi_t_gs"]) and "GS" in supply,
        "ec_no_eu": pd.isna(row["hhi_wgi_t_eu"]) and "EU" in supply,
        "ec_no_ir": pd.isna(row["ir_pct"]) and supply == "GS+EU",
        "ec_no_rate": pd.isna(row["eol_rir_pct"]),
        "ec_no_si": pd.isna(row["si_sr"]),
    }
    return "|".join(key for key, holds in lost.items() if holds)
