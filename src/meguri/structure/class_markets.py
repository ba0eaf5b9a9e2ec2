"""Which trade belongs together: the markets of a file, and whether a record holds all of one's trade."""

from __future__ import annotations

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.note import note
from meguri.observe.tradelines import WORLD
from meguri.structure.mapping import KEY

MARKET = ["year", "reporter", "partner", "flow"]
MANY = 400  # markets beyond which the partners of a file are not shown one by one
NEARLY_ALL = 100  # so many partners of one economy are taken as all of them
REST = "ROW"  # partner that holds what is left of the world


def markets(table: pd.DataFrame, partners: bool | None = None) -> tuple[pd.DataFrame, list[dict[str, str]]]:
    """Lines of each market: the partners one by one where wanted, and all of them together.

    The world total of a file is taken where it gives one; otherwise the partners are added up. The sum is
    the world where the record is `whole`; if not, it is named "all partners in the file" (partner empty),
    because nobody said that they are all.

    Parameters
    ----------
    table : DataFrame
        ``trade_lines``.
    partners : bool, optional
        Whether each partner is a market of its own.

    Returns
    -------
    DataFrame, list
        Lines with their market, and notes.

    Examples
    --------
    >>> rows = pd.DataFrame({"code": "848620", "partner": ["JP", "US"], "value": [3.0, 1.0]}).assign(
    ...     vintage="", year=2018, flow="import", reporter="KR", currency="USD", weight=1.0, basis="cif")
    >>> markets(rows)[0][["partner", "value"]].values.tolist()
    [['', 4.0], ['JP', 3.0], ['US', 1.0]]
    """
    known = table.dropna(subset=["value"])
    lost = len(table) - len(known)
    notes = [note("class_unknown_values", "warning", "class_unknown_values", n=lost)] if lost else []
    report = ["year", "reporter", "flow"]
    per = known.groupby(report, sort=False)["partner"]
    several, world = per.transform("nunique") > 1, known["partner"].eq(WORLD)
    has_world = world.groupby([known[name] for name in report], sort=False).transform("any")
    summed = known[several & ~has_world]
    complete = summed.groupby(report, sort=False)["partner"].transform(whole).astype(bool)
    summed = summed.assign(partner=complete.map({True: WORLD, False: ""}))
    keys = [*MARKET, *KEY, "currency", "basis"]
    # a partner without a weight leaves the weight of the sum unknown
    summed = summed.groupby(keys, sort=False, as_index=False)[["value", "weight"]].sum(skipna=False)
    # an unknown partner is in the sum of all and no market of its own
    apart = known[~world & (known["partner"] != "") & (several | has_world)]
    if partners is None:
        partners = len(apart[MARKET].drop_duplicates()) <= MANY
        if not partners:
            notes.append(note("class_partners", "info", "class_partners", n=MANY))
    alone = known[world | (~several & ~has_world)]
    rows = pd.concat([summed, alone, *([apart] if partners else [])], ignore_index=True)
    return rows.sort_values(MARKET, kind="stable").reset_index(drop=True), notes


def whole(partners: pd.Series[str]) -> bool:
    """Whether a record without a world total holds all trade: it names the rest of the world, or nearly all.

    Examples
    --------
    >>> whole(pd.Series(["KR", "ROW"])), whole(pd.Series(["KR", "US"]))
    (True, False)
    """
    return bool(partners.eq(REST).any() or partners.nunique() >= NEARLY_ALL)


def refuse(table: pd.DataFrame) -> None:
    """Refuse what would be counted twice or added across currencies."""
    found = []
    if table.empty:
        found.append(Problem("class_empty", "trade"))
    currencies = sorted(set(table["currency"]))
    if len(currencies) > 1:
        listed = ", ".join(currencies)
        found.append(Problem("basis_mixed", "currency", listed, details={"bases": listed}))
    found += [Problem("codes_nested", code, code) for code in _nested(table)[:10]]
    if found:
        raise DataError(found)


def _nested(table: pd.DataFrame) -> list[str]:
    """Headings and chapters that stand in one market with codes below them."""
    different = pd.Series(table["code"].unique())
    short = different[different.str.fullmatch(r"([0-9]{2}){1,2}").astype(bool)]
    found = set()
    for digits in (2, 4):
        heads = set(short[short.str.len() == digits])
        above = table["code"].str[:digits]
        rows = table[above.isin(heads)].assign(head=above) if heads else table.iloc[:0].assign(head="")
        lengths = rows.groupby([*MARKET, "head"], sort=False)["code"].agg(lambda codes: set(codes.str.len()))
        found |= {str(place[-1]) for place, sizes in lengths.items() if digits in sizes and len(sizes) > 1}
    return sorted(found)
