"""What stands beside a trade file when it is classified: map, names, editions of HS, classical classes."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.observe.correlate import correlate
from meguri.observe.goods_classes import class_map, goods_names
from meguri.observe.goods_tables import goods_table, hs2017_codes
from meguri.observe.hs import EDITIONS
from meguri.observe.hs_names import hs_names
from meguri.observe.sets import data_folder
from meguri.observe.tradelines import TradeLines
from meguri.structure.goods_scores import goods_evidence, score_goods
from meguri.structure.mapping import ClassMap

HOME = "HS2017"  # edition of the map


def class_view(lines: TradeLines, own: Path | None = None, folder: Path | None = None) -> ClassMap:
    """The packaged map, or one with rows of the user's own, and what a trade file needs to be read by it.

    Parameters
    ----------
    lines : TradeLines
        The file: its codes and editions decide which links are needed.
    own : Path, optional
        Rows of ``goods_classes`` that replace the packaged ones of the same codes.
    folder : Path, optional
        Folder of raw sets: evidence for the scores and customs names. The environment's when left out;
        without one the scores rest on what is packaged.

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
    links, home = edition_links(lines.table), data_folder() if folder is None else folder
    return ClassMap(
        class_map(own),
        scores=score_goods(goods_evidence(home, _scored(lines.table, links))),
        bec=classical_codes(),
        names=names_of_goods(home),
        links=links,
        subheadings=hs2017_codes(),
    )


def _scored(table: pd.DataFrame, links: pd.DataFrame) -> list[str]:
    """Codes of HS 2017 that the file names itself or by a link; a mere heading has no score of its own."""
    known = set(hs2017_codes())
    six = table.loc[table["code"].str.len() >= 6, "code"].str[:6]
    return sorted(known & {*six, *links["to"]})


def classical_codes() -> pd.DataFrame:
    """BEC categories of HS 2017 codes: code, bec; a code that BEC splits has a row for each.

    Examples
    --------
    >>> table = classical_codes()
    >>> table.loc[table["code"].isin(["845710", "848620"]), "bec"].tolist()
    ['41', '41']
    """
    table = goods_table("hs2017_bec")[["code", "bec"]]
    return table.assign(bec=table["bec"].str.split("|")).explode("bec").reset_index(drop=True)


def names_of_goods(folder: Path | None = None) -> pd.DataFrame:
    """Our own short names first, then the customs names of the raw sets, which are English only.

    Examples
    --------
    >>> names_of_goods().set_index("code").at["848620", "ja"]
    '半導体デバイス・集積回路製造装置'
    """
    own = goods_names()
    others = hs_names(folder)
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
