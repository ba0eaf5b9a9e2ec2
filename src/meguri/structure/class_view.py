"""What stands beside a trade file when it is classified: map, names, editions of HS, classical classes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.observe.correlate import correlate
from meguri.observe.goods_classes import class_map, goods_names
from meguri.observe.hs import EDITIONS, codes_of
from meguri.observe.hs_names import hs_names
from meguri.observe.tradelines import TradeLines
from meguri.structure.mapping import ClassMap

HOME = "HS2017"  # edition of the map


def class_view(lines: TradeLines, own: Path | None = None) -> ClassMap:
    """The packaged map, or one with rows of the user's own, and what a trade file needs to be read by it.

    Parameters
    ----------
    lines : TradeLines
        The file: its codes and editions decide which links are needed.
    own : Path, optional
        Rows of ``goods_classes`` that replace the packaged ones of the same codes.

    Raises
    ------
    DataError
        With every problem of the user's rows.

    Examples
    --------
    >>> from meguri.observe.tradelines import trade_lines
    >>> row = {"code": "854140", "vintage": "HS2012", "year": 2014, "flow": "export", "reporter": "JP"}
    >>> rows = pd.DataFrame([row | {"partner": "WLD", "value": 1.0, "currency": "USD"}])
    >>> view = class_view(trade_lines(rows, "user"))
    >>> view.links[["code", "vintage", "to"]].values.tolist()
    [['854140', 'HS2012', '854140']]
    """
    return ClassMap(
        class_map(own),
        names=names_of_goods(),
        links=edition_links(lines.table),
        subheadings=sorted(code for code in codes_of(HOME) if len(code) == 6),
    )


def names_of_goods() -> pd.DataFrame:
    """Our own short names first, then the customs names of the raw sets, which are English only.

    Examples
    --------
    >>> names_of_goods().set_index("code").at["848620", "ja"]
    '半導体デバイス・集積回路製造装置'
    """
    own = goods_names()
    others = hs_names()
    others = others[~others["code"].isin(own["code"])].assign(ja="")
    return pd.concat([own, others[["code", "en", "ja"]]], ignore_index=True)


def edition_links(table: pd.DataFrame) -> pd.DataFrame:
    """Codes of other editions with the codes of HS 2017 that hold their goods: code, vintage, to."""
    pairs = table.loc[~table["vintage"].isin(["", HOME]), ["code", "vintage"]].drop_duplicates()
    parts = []
    for edition, rows in pairs.groupby("vintage", sort=False):
        if edition not in EDITIONS:
            continue
        six = sorted({code[:6] for code in rows["code"] if code[:6].isdecimal() and len(code) >= 6})
        found = correlate(six, str(edition), HOME)
        found = found[(found["successor"] != "") & (found["high"] > 0)]
        parts.append(pd.DataFrame({"code": found["code"], "vintage": edition, "to": found["successor"]}))
    empty = pd.DataFrame({"code": [], "vintage": [], "to": []}, dtype=object)
    return pd.concat(parts, ignore_index=True) if parts else empty
