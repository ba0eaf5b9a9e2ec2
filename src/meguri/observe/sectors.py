"""The 17 strategic fields, the metals each hangs on, and Japan's specified critical products.

The list of fields stands in no founding document (there it was an image): it comes from secondary
pages and says so; a user may bring another. Which metal serves which field is typed row by row:
``listed`` says who names the use, and the grade is ``assumed`` wherever the link from the use to the
field is our own judgement.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.files import read_csv
from meguri.base.tables import Schema
from meguri.base.terms import fold, read_words, suggest
from meguri.observe.packaged import facts, holds


def sectors() -> pd.DataFrame:
    """The packaged list of 17 fields, with where it was found.

    Returns
    -------
    DataFrame
        Columns of ``sectors``: sector, order, sector_en, sector_ja, listed, source, grade.

    Examples
    --------
    >>> table = sectors()
    >>> len(table), table["listed"].unique().tolist(), table.at[2, "sector_ja"]
    (17, ['public'], '量子')
    """
    return _packaged().copy()


@cache
def _packaged() -> pd.DataFrame:
    rows = [
        {
            "sector": row["key"], "order": row["order"], "sector_en": row["en"], "sector_ja": row["ja"],
            "listed": row["listed"], "source": row["source"], "grade": row["grade"],
        }
        for row in read_words("sectors")
    ]  # fmt: skip
    return Schema.of("sectors").check(pd.DataFrame(rows), "sectors.csv")


def read_sectors(path: str | Path) -> pd.DataFrame:
    """A user's own list of fields (CSV with the columns of ``sectors``), checked.

    ``order``, ``listed``, ``source`` and ``grade`` may be left out: the order of the rows, ``user``,
    the name of the file and ``assumed`` are taken.

    Raises
    ------
    DataError
        With every problem: unreadable file, missing names, a key given twice.
    """
    file = Path(path)
    table = read_csv(file)
    left_out = {"order": [str(n) for n in range(1, len(table) + 1)], "listed": "user",
                "source": file.name, "grade": "assumed"}  # fmt: skip
    for name, value in left_out.items():
        if name not in table:
            table[name] = value
    return Schema.of("sectors").check(table, str(path))


def sector_materials(sector: str | None = None, element: str | None = None) -> pd.DataFrame:
    """Which metal serves which field through which use, one row for each statement.

    A field for which no metal is named keeps one row with an empty ``element`` and its reason.

    Parameters
    ----------
    sector, element : str, optional
        Keys; all when left out.

    Returns
    -------
    DataFrame
        Columns of ``sector_materials``.

    Examples
    --------
    >>> rows = sector_materials("fusion-energy", "W")
    >>> rows[["use_en", "listed", "grade"]].values.tolist()
    [['divertor and first wall', 'assumed', 'assumed']]
    """
    table = facts("sector_materials")
    for name, wanted in (("sector", sector), ("element", element)):
        if wanted is not None:
            table = table[table[name] == wanted]
    return table.reset_index(drop=True)


def read_sector_materials(path: str | Path, fields: pd.DataFrame) -> pd.DataFrame:
    """A user's own links between fields and metals (CSV with the columns of ``sector_materials``).

    Parameters
    ----------
    path : path
        The file.
    fields : DataFrame
        Columns of ``sectors``: every row must name one of them.

    Raises
    ------
    DataError
        With every problem; an unknown field is named with the nearest one.
    """
    table = Schema.of("sector_materials").check(read_csv(Path(path)), str(path))
    known = list(fields["sector"])
    wrong = [
        Problem("sector", f"sector_materials[{row}].sector", name, str(path), _near(name, known))
        for row, name in enumerate(table["sector"], start=1)
        if name not in known
    ]
    if wrong:
        raise DataError(wrong, str(path))
    return table


def sector_key(name: str, fields: pd.DataFrame | None = None) -> str:
    """Key of a field given by key, by its name in either language, or by an alias.

    Raises
    ------
    DataError
        When nothing fits, with the nearest name.

    Examples
    --------
    >>> sector_key("核融合"), sector_key("Shipbuilding")
    ('fusion-energy', 'shipbuilding')
    """
    table = sectors() if fields is None else fields
    names: dict[str, str] = {}
    for row in table.itertuples():
        names |= {fold(word): row.sector for word in (row.sector, row.sector_en, row.sector_ja)}
    for word in read_words("sectors"):
        if word["key"] in set(table["sector"]):
            names |= {fold(alias): word["key"] for alias in word["aliases"].split("|") if alias}
    if fold(name) not in names:
        raise DataError(Problem("sector", "sector", name, details=_near(name, list(names))))
    return names[fold(name)]


def _near(name: str, known: list[str]) -> dict[str, str]:
    return {"near": suggest(name, known) or ", ".join(known[:3]) + " …"}


def specified_products(element: str | None = None, sector: str | None = None) -> pd.DataFrame:
    """Specified critical products (特定重要物資) of the Economic Security Promotion Act, with their dates.

    The cabinet order names metals under one product only, "metallic mineral products"; which field
    the other products stand in is our reading.

    Parameters
    ----------
    element : str, optional
        Products whose text names this element.
    sector : str, optional
        Products that stand in this field.

    Returns
    -------
    DataFrame
        Columns of ``specified_products``.

    Examples
    --------
    >>> specified_products("Ga")["product_ja"].tolist(), len(specified_products())
    (['金属鉱産物（35鉱種）'], 16)
    """
    table = facts("specified_products")
    if element is not None:
        table = table[holds(table["elements"], element)]
    if sector is not None:
        table = table[holds(table["sectors"], sector)]
    return table.reset_index(drop=True)
