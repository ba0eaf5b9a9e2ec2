"""What can and cannot be said of process-control goods from Japan's customs goods: pools, partners, print."""

from __future__ import annotations

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import Lang, keys, label, read_words
from meguri.observe.demand import printed_sums
from meguri.structure.customs_goods import (
    PURE,
    REST,
    SOURCE,
    SUMS,
    WORLD,
    bounds_of_parts,
    class_groups,
    class_shares,
    goods_parts,
    goods_tree,
    goods_weights,
    whole_years,
    years_in_full,
)

PRINTED = {"PC4": "000-A1-4", "PC5": "000-1.2"}  # table of the main document that prints each variant


def pooled_goods(table: pd.DataFrame, year: int, variant: str = "PC5") -> pd.DataFrame:
    """Goods that pool process-control goods with others: what 78 customs goods cannot tell apart.

    Parameters
    ----------
    table : DataFrame
        year, area, goods, value [bn JPY].
    year : int
    variant : {"PC4", "PC5"}

    Returns
    -------
    DataFrame
        Columns of ``customs_pooled``, largest first; ``open`` is how much of all exports the good leaves
        undecided.
    """
    world = goods_parts(table).query("area == @WORLD").reset_index(drop=True)
    bounds = bounds_of_parts(world)[0][:, list(class_groups()).index(variant)]
    reasons = goods_weights().drop_duplicates(["goods", "part"]).set_index(["goods", "part"])
    whole, out = world.loc[world["year"] == year, "value"].sum(), []
    for row, (middle, low, high) in zip(world.itertuples(), bounds, strict=True):
        if row.year != year or high <= 0 or low >= PURE:
            continue
        reason = reasons.loc[(row.goods, row.part)]
        out.append({
            "year": year, "goods": row.goods, "part": row.part, "variant": variant, "value": row.value,
            "share": row.value / whole, "weight": middle, "low": low, "high": high,
            "open": row.value / whole * (high - low), "hides": row.pooled,
            "reason_en": reason["reason_en"], "reason_ja": reason["reason_ja"],
        })  # fmt: skip
    found = pd.DataFrame(out, columns=Schema.of("customs_pooled").names)
    return Schema.of("customs_pooled").check(found.sort_values("open", ascending=False, ignore_index=True))


def partners(table: pd.DataFrame, goods: str) -> pd.DataFrame:
    """Where one good goes: each named area once, what is not named as ``rest``; the shares add to 1.

    Parameters
    ----------
    table : DataFrame
        year, area, goods, value [bn JPY].
    goods : str
        Good as the file prints it.

    Returns
    -------
    DataFrame
        Columns of ``customs_partners``. A year in which the printing of the good begins or ends is left
        out: it holds a part of the year.

    Raises
    ------
    DataError
        When the file prints no such good.
    """
    years = whole_years(table)
    mine = table[(table["goods"] == goods) & table["year"].isin(years)]
    if mine.empty:
        known = ", ".join(sorted(set(table["goods"])))
        raise DataError(Problem("customs_good", "goods", goods, details={"goods": known}))
    wide = mine.pivot_table(index="year", columns="area", values="value", aggfunc="sum", observed=True)
    wide = wide.loc[sorted(years_in_full([int(year) for year in wide.index], years))]
    named = wide.drop(columns=[area for area in SUMS if area in wide]).fillna(0.0)
    named[REST] = (wide[WORLD] - named.sum(axis=1)).clip(lower=0.0)
    out = named.stack().rename("value").reset_index()
    out.columns = pd.Index(["year", "area", "value"])
    out["share"] = out["value"] / out["year"].map(wide[WORLD])
    out = out.assign(goods=goods, source=SOURCE, grade="reported")
    return Schema.of("customs_partners").check(out)


def beside_printed(table: pd.DataFrame) -> pd.DataFrame:
    """Shares the documents print for a decade, and what the customs goods allow; two things side by side.

    The values of the decade's whole years are added before they are divided. ``defended`` says whether
    the printed range meets ``low`` … ``high``, ``reachable`` whether it meets what could be at most.

    Parameters
    ----------
    table : DataFrame
        year, area, goods, value [bn JPY].

    Returns
    -------
    DataFrame
        Columns of ``customs_printed``; printed and computed values never share a column.
    """
    shares = class_shares(table)
    printed = printed_sums()
    out = []
    for variant, name in PRINTED.items():
        rows = printed[(printed["printed_table"] == name) & (printed["item"] == "PC_TOTAL")]
        for row in rows.itertuples():
            first = int(row.period[:4])
            mine = shares[(shares["class"] == variant) & shares["year"].between(first, first + 9)]
            if mine.empty:
                continue
            ends = {n: float((mine[n] * mine["total"]).sum() / mine["total"].sum())
                    for n in ("share", "low", "high", "sure", "could")}  # fmt: skip
            out.append({
                "variant": variant, "period": row.period, "printed_low": row.share_low,
                "printed_high": row.share_high, "first_year": int(mine["year"].min()),
                "last_year": int(mine["year"].max()), **ends,
                "defended": row.share_low <= ends["high"] and row.share_high >= ends["low"],
                "reachable": row.share_low <= ends["could"], "flag": row.flag,
                "source": "|".join([*mine["source"].iloc[0].split("|"), row.source]),
                "grade": "assumed" if (mine["grade"] == "assumed").any() else "estimated",
            })  # fmt: skip
    return Schema.of("customs_printed").check(pd.DataFrame(out))


def goods_not_mapped(table: pd.DataFrame) -> list[str]:
    """Goods the file prints and the map does not know: their value stays in the rest of their section.

    Parameters
    ----------
    table : DataFrame
        year, area, goods, value [bn JPY].

    Examples
    --------
    >>> rows = pd.DataFrame({"goods": ["Grand Total", "Machinery", "Quantum Computers"]})
    >>> goods_not_mapped(rows)
    ['Quantum Computers']
    """
    return sorted(set(table["goods"]) - set(goods_tree()["goods"]) - {WORLD})


def area_label(area: str, lang: Lang = "en") -> str:
    """Shown name of an area as the customs print it.

    Examples
    --------
    >>> area_label("Sngapor"), area_label("Grand Total", "ja"), area_label("Atlantis")
    ('Singapore', '世界計', 'Atlantis')
    """
    if area not in keys("customs_areas"):
        return area
    row = next(one for one in read_words("customs_areas") if one["key"] == area)
    return label(row["country"], lang, "countries") if row["country"] else row[lang]


def goods_label(goods: str, lang: Lang = "en") -> str:
    """Shown name of a customs good.

    Examples
    --------
    >>> goods_label("Semicon Machinery Etc", "ja")
    '半導体等製造装置'
    """
    named = goods_tree().set_index("goods")
    return str(named.at[goods, lang]) if goods in named.index else goods
