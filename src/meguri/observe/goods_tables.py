"""The packaged tables of goods: BEC of every HS 2017 code, rules of the scores, chip inputs, control lists.

They lie in ``data/classes`` and are written to be read: each judgement has its reason in both languages.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged

FILES = ("hs2017_bec", "eto_goods", "control_goods", "score_rules")


@cache
def _read(table: str) -> pd.DataFrame:
    with packaged("classes", f"{table}.csv").open("rb") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of(table).check(rows, f"{table}.csv")


def goods_table(table: str) -> pd.DataFrame:
    """One packaged table of goods, checked against its declared columns.

    Parameters
    ----------
    table : {"hs2017_bec", "eto_goods", "control_goods", "score_rules"}
        Name of the table and of its file.

    Raises
    ------
    DataError
        When the packaged file does not hold what is declared.

    Examples
    --------
    >>> len(goods_table("hs2017_bec")), goods_table("score_rules")["score"].nunique()
    (5385, 3)
    """
    return _read(table).copy()


def hs2017_codes() -> list[str]:
    """Every six-digit code of HS 2017, in order; unspecified trade (9999.99) is none of them.

    Examples
    --------
    >>> codes = hs2017_codes()
    >>> codes[0], "848620" in codes, "999999" in codes
    ('010121', True, False)
    """
    return _read("hs2017_bec")["code"].tolist()
