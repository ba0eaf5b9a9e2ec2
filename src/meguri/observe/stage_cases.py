"""Cases of policy aimed at a stage: a chain of products, what goes into each, and the rules by date.

Economies and chains are data: a folder with the same tables as the packaged ones is read by the same code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import packaged, suggest

TABLES = ("cases", "products", "inputs", "rules", "relief", "pairs", "exports")
RANGED = {"products": "price", "inputs": "amount", "rules": "rate"}
NEEDED = ("cases", "products", "inputs", "rules")  # of a folder; the others may be left out


@dataclass(frozen=True)
class StageCase:
    """One chain with its rules; every table holds the rows of this case alone.

    ``products`` stand in the order of the chain, so that every input stands before what it goes into.
    """

    name: str
    about: dict[str, str]
    products: pd.DataFrame
    inputs: pd.DataFrame
    rules: pd.DataFrame
    relief: pd.DataFrame
    pairs: pd.DataFrame
    exports: pd.DataFrame


def stage_case_names() -> list[str]:
    """Keys of the packaged cases.

    Examples
    --------
    >>> stage_case_names()
    ['china-rare-earths', 'indonesia-nickel']
    """
    return list(_packaged()["cases"]["case"])


def stage_case(name: str | Path) -> StageCase:
    """A packaged case, or the one in a folder of the user.

    Parameters
    ----------
    name : str or Path
        Key of a packaged case, or a folder with ``stage_cases.csv``, ``stage_products.csv``,
        ``stage_inputs.csv`` and ``stage_rules.csv`` (one case; the other tables may be left out).

    Raises
    ------
    DataError
        With every problem: an unknown case, a product that is named and not declared, an input that
        does not stand before its product, a rule that ends before it starts.

    Examples
    --------
    >>> case = stage_case("indonesia-nickel")
    >>> case.about["holder"], list(case.products["product"])
    ('ID', ['nickel-ore', 'ferro-nickel'])
    """
    folder = Path(name)
    if folder.is_dir():
        tables = {table: _own(folder, table) for table in TABLES}
        return _case(str(tables["cases"]["case"].iloc[0]) if len(tables["cases"]) else "", tables, str(name))
    names = stage_case_names()
    if str(name) not in names:
        near = suggest(str(name), names) or ", ".join(names)
        raise DataError(Problem("choice", "case", str(name), "", {"choices": ", ".join(names), "near": near}))
    return _case(str(name), _packaged(), "data/leverage")


def _case(name: str, tables: dict[str, pd.DataFrame], file: str) -> StageCase:
    mine = {table: rows[rows["case"] == name].reset_index(drop=True) for table, rows in tables.items()}
    mine["products"] = mine["products"].sort_values("order", kind="stable", ignore_index=True)
    found = _problems(mine, file)
    if any(mine[table].empty for table in NEEDED[:3]):
        found.append(Problem("stagepolicy_empty", "stage_cases", name, file))
    if found:
        raise DataError(found, file)
    for table, column in RANGED.items():  # a range left blank is the figure itself
        ends = [f"{column}_low", f"{column}_high"]
        mine[table][ends] = mine[table][ends].apply(lambda end, of=mine[table][column]: end.fillna(of))
    for rows in mine.values():  # a number that does not say where it is from is an assumption
        rows["grade"] = rows["grade"].where(rows["grade"] != "", "assumed")
    about = {str(key): str(cell) for key, cell in mine["cases"].iloc[0].items()}
    return StageCase(name, about, *(mine[table] for table in TABLES if table != "cases"))


def _problems(tables: dict[str, pd.DataFrame], file: str) -> list[Problem]:
    place = tables["products"].set_index("product")["order"]
    known = {"near": ", ".join(place.index)}
    named = [("stage_inputs", key) for key in (*tables["inputs"]["product"], *tables["inputs"]["input"])]
    named += [("stage_rules", key) for rule in tables["rules"]["products"] for key in rule.split("|")]
    named += [("stage_pairs", key) for key in tables["pairs"]["product"]]
    found = [
        Problem("stagepolicy_product", table, key, file, known)
        for table, key in dict.fromkeys(named)
        if key not in place.index
    ]
    for row in tables["inputs"].itertuples():
        both = row.product in place.index and row.input in place.index
        if both and place[row.input] >= place[row.product]:
            found.append(Problem("stagepolicy_order", f"stage_inputs, {row.product}", str(row.input), file))
    late = tables["rules"][
        (tables["rules"]["end"] != "") & (tables["rules"]["end"] < tables["rules"]["start"])
    ]
    found += [
        Problem("stagepolicy_dates", f"stage_rules, {row.rule}", row.end, file) for row in late.itertuples()
    ]
    return found


@cache
def _packaged() -> dict[str, pd.DataFrame]:
    tables = {}
    for table in TABLES:
        with packaged("leverage", f"stage_{table}.csv").open(encoding="utf-8") as file:
            tables[table] = Schema.of(f"stage_{table}").check(
                pd.read_csv(file, dtype=str, keep_default_na=False), f"stage_{table}.csv"
            )
    return tables


def _own(folder: Path, table: str) -> pd.DataFrame:
    path, schema = folder / f"stage_{table}.csv", Schema.of(f"stage_{table}")
    if not path.exists():
        if table in NEEDED:
            raise DataError(Problem("stagepolicy_file", table, path.name, str(folder)))
        return schema.empty()
    return schema.check(pd.read_csv(path, dtype=str, keep_default_na=False), path.name)
