"""What the cards are computed from: shares, losses, bases of cost, rules; packaged and the user's own.

A row holds for an item, a holder and a partner; where one of them is left empty it holds for any. The row
that says most is taken, and among the user's rows and the packaged ones the user's. No code knows an economy.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv, read_text
from meguri.base.sampling import triangular
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import packaged, suggest
from meguri.observe.leverage import ATTRIBUTES, leverage_attributes, leverage_items
from meguri.scenario.read import read_yaml

Floats = npt.NDArray[np.float64]
FILES = {
    "items": "leverage_items",
    "attributes": "leverage_attributes",
    "start": "leverage_start",
    "losses": "leverage_losses",
    "costs": "leverage_bases",
    "card_rules": "leverage_rules",
    "cards_printed": "leverage_printed",
}
HORIZONS: dict[str, float] = {"short": 1.0, "mid": 3.0, "long": 10.0}  # [a] since the start of the control


@dataclass(frozen=True)
class Cell:
    """A number with its range, source and grade; the value is unknown where it is not a number."""

    value: float
    low: float
    high: float
    unit: str = ""
    year: str = ""
    source: str = ""
    grade: str = "assumed"
    note_en: str = ""
    note_ja: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a number."""
        return math.isfinite(self.value)

    def drawn(self, rng: np.random.Generator, draws: int) -> Floats:
        """Draws from the triangle over the range; the value itself for a single draw; axes (draw,).

        Every cell takes as many numbers from the generator whatever its range, so that narrowing one
        range moves no other draw.
        """
        share = rng.random(draws)
        if draws == 1 or not self.high > self.low:
            return np.full(draws, self.value)
        return triangular(share, self.low, self.value, self.high)


UNKNOWN = Cell(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class LeverageData:
    """The tables the cards are computed from, each as declared in ``columns.csv``; the user's rows first."""

    tables: Mapping[str, pd.DataFrame]

    def row(self, table: str, item: str, holder: str, partner: str, **where: str) -> dict[str, Any] | None:
        """The row that says most about an item and a pair; ``None`` when none fits.

        Examples
        --------
        >>> data = leverage_data()
        >>> data.row("losses", "wfe", "JP", "CN")["item"], data.row("losses", "other", "JP", "CN")["item"]
        ('wfe', '')
        """
        rows = self.tables[table]
        asked = {"item": item, "holder": holder, "partner": partner}
        fits = np.ones(len(rows), dtype=bool)
        said = np.zeros(len(rows))
        for weight, (name, value) in zip((4.0, 2.0, 1.0), asked.items(), strict=True):
            cells = rows[name].to_numpy()
            fits &= (cells == value) | (cells == "")
            said += weight * (cells == value)
        for name, value in where.items():
            fits &= rows[name].to_numpy() == value
        if not fits.any():
            return None
        best = np.flatnonzero(fits)[np.argmax(said[fits])]  # the first of equals: the user's
        return dict(rows.iloc[int(best)])

    def base(self, parameter: str, item: str, holder: str, partner: str, tier: str = "") -> Cell:
        """One base of cost; unknown where there is no row."""
        row = self.row("costs", item, holder, partner, parameter=parameter, tier=tier)
        return UNKNOWN if row is None else cell_of(row, "value")


def cell_of(row: Mapping[str, Any], name: str) -> Cell:
    """A ranged column of a row; a range left out is no range."""
    value = float(row[name])
    low, high = (float(row[f"{name}_{end}"]) for end in ("low", "high"))
    year = "" if pd.isna(row.get("year", pd.NA)) else str(row["year"])
    return Cell(
        value,
        value if math.isnan(low) else low,
        value if math.isnan(high) else high,
        str(row.get("unit", "")),
        year,
        str(row["source"]),
        str(row["grade"]),
        str(row["note_en"]),
        str(row["note_ja"]),
    )


@cache
def _packaged() -> dict[str, pd.DataFrame]:
    tables = {"items": leverage_items(), "attributes": leverage_attributes()}
    for name, table in FILES.items():
        if name in tables:
            continue
        with packaged("leverage", f"{name}.csv").open("rb") as file:
            frame = pd.read_csv(file, dtype=str, keep_default_na=False)
        tables[name] = Schema.of(table).check(frame, f"{name}.csv")
    return tables


def leverage_data(path: Path | None = None) -> LeverageData:
    """The packaged tables, with the user's rows before them.

    Parameters
    ----------
    path : Path, optional
        A folder of CSV files named as the tables (``items.csv``, ``attributes.csv``, ``start.csv``,
        ``losses.csv``, ``costs.csv``, ``card_rules.csv``, ``cards_printed.csv``), or one YAML file with
        lists of rows under these names.

    Raises
    ------
    DataError
        Naming file, table, row and column of every problem.

    Examples
    --------
    >>> sorted(leverage_data().tables)
    ['attributes', 'card_rules', 'cards_printed', 'costs', 'items', 'losses', 'start']
    """
    tables = {name: table.copy() for name, table in _packaged().items()}
    if path is None:
        return LeverageData(tables)
    found: list[Problem] = []
    given = _from_folder(path) if path.is_dir() else _from_yaml(path)
    for name, frame in given.items():
        schema = Schema.of(FILES[name])
        mine, problems = schema.problems(frame, str(path))
        found += problems
        if not problems:
            tables[name] = _before(mine, tables[name], schema.key)
    found = found or _unmatched(given, tables, str(path))
    if found:
        raise DataError(found, str(path))
    return LeverageData(tables)


def _unmatched(
    given: Mapping[str, pd.DataFrame], tables: Mapping[str, pd.DataFrame], file: str
) -> list[Problem]:
    """Items of one's own that lack a rating, and rows on items that are none."""
    items, rated = tables["items"], tables["attributes"]
    found = []
    for item in given["items"]["item"] if "items" in given else []:
        lost = set(ATTRIBUTES) - set(rated.loc[rated["item"] == item, "attribute"])
        found += [
            Problem("leverage_rating", f"attributes: {item}", "", file, {"attribute": name})
            for name in ATTRIBUTES
            if name in lost
        ]
    for name, frame in given.items():
        for place, item in enumerate(frame["item"] if "item" in frame and name != "items" else []):
            if not pd.isna(item) and str(item).strip() not in {"", *items["item"]}:
                near = suggest(str(item), items["item"]) or ", ".join(items["item"])
                found.append(
                    Problem(
                        "leverage_item", f"{name}[{place + 1}].item", str(item)[:80], file, {"near": near}
                    )
                )
    return found


def _before(mine: pd.DataFrame, theirs: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """The user's rows, then the packaged rows whose key the user did not give."""
    both = pd.concat([mine, theirs], ignore_index=True)
    return both[~both.duplicated(key, keep="first")].reset_index(drop=True)


def _from_folder(path: Path) -> dict[str, pd.DataFrame]:
    given = {name: path / f"{name}.csv" for name in FILES if (path / f"{name}.csv").is_file()}
    if not given:
        details = {"near": ", ".join(f"{name}.csv" for name in FILES)}
        raise DataError(Problem("leverage_folder", str(path), "", str(path), details))
    return {name: read_csv(file) for name, file in given.items()}


def _from_yaml(path: Path) -> dict[str, pd.DataFrame]:
    name = str(path)
    content = read_yaml(read_text(path), name)
    if not isinstance(content, dict) or not content:
        raise DataError(Problem("leverage_yaml", name, type(content).__name__, name, _near()))
    found = [
        Problem(
            "leverage_yaml", str(key), str(key), name, {"near": suggest(str(key), FILES) or _near()["near"]}
        )
        for key in content
        if key not in FILES
    ]
    found += [
        Problem("leverage_rows", str(key), type(rows).__name__, name)
        for key, rows in content.items()
        if key in FILES and not (isinstance(rows, list) and rows and all(isinstance(r, dict) for r in rows))
    ]
    if found:
        raise DataError(found, name)
    return {str(key): pd.DataFrame(rows, dtype=object) for key, rows in content.items()}


def _near() -> dict[str, str]:
    return {"near": ", ".join(FILES)}


def sources_of(*cells: Cell) -> tuple[str, str]:
    """Union of the sources, and the weakest grade.

    Examples
    --------
    >>> sources_of(Cell(1, 1, 1, source="a|b", grade="reported"), Cell(1, 1, 1, source="b", grade="assumed"))
    ('a|b', 'assumed')
    """
    keys = [key for cell in cells for key in cell.source.split("|") if key]
    grades = [cell.grade for cell in cells if cell.source]
    return "|".join(dict.fromkeys(keys)), weakest(grades or ["assumed"])
