"""What stands beside a trade file when it is classified: the map, the scores of its codes, names of goods."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from meguri.observe.goods_classes import goods_names
from meguri.observe.goods_tables import hs2017_codes
from meguri.observe.hs_names import hs_names
from meguri.observe.sets import data_folder
from meguri.observe.tradelines import TradeLines
from meguri.structure.goods_scores import goods_evidence, score_goods
from meguri.structure.mapping import KEY, ClassMap, targets


def class_view(lines: TradeLines, own: Path | None = None, folder: Path | None = None) -> ClassMap:
    """The packaged map, or one with rows of the user's own, with scores and names of the file's codes.

    Parameters
    ----------
    lines : TradeLines
        The file: its codes decide which goods are scored.
    own : Path, optional
        Rows of ``goods_classes`` that replace the packaged ones of the same codes.
    folder : Path, optional
        Folder of raw sets: evidence for the scores, and customs names. The environment's when left out;
        without one the scores rest on what is packaged.

    Raises
    ------
    DataError
        With every problem of the user's rows.

    Examples
    --------
    >>> from meguri.observe.tradelines import trade_lines
    >>> row = {"code": "848620", "vintage": "HS2017", "year": 2018, "flow": "export", "reporter": "JP"}
    >>> rows = pd.DataFrame([row | {"partner": "WLD", "value": 1.0, "currency": "USD"}])
    >>> class_view(trade_lines(rows, "user")).scores["score"].tolist()
    ['substitution', 'dependence', 'impact']
    """
    home = data_folder() if folder is None else folder
    wanted = scored_codes(lines.table)
    scores = score_goods(goods_evidence(home, wanted)) if wanted else None
    return replace(ClassMap.packaged(own, scores), names=names_of_goods(home))


def scored_codes(table: pd.DataFrame) -> list[str]:
    """Codes of HS 2017 that lines stand for alone; a heading, or a code that was split, has no score."""
    goods = targets(table[KEY].drop_duplicates())
    alone = goods.loc[goods["part"] == 1.0, "to"]
    return sorted(set(hs2017_codes()) & set(alone))


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
