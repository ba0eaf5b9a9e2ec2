"""The largest lines of each class with their reasons, and the codes that the spread comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd
from scipy.sparse import csr_matrix

from meguri.base.tables import Schema
from meguri.structure.class_rule import SCORES, class_rule
from meguri.structure.mapping import KEY, TODAY, VARIANTS, ClassMap, class_weights, classical, targets

TOP_DRIVERS = 50
VOTE = ["vote", "vote_reason_en", "vote_reason_ja", *SCORES]


class Work(Protocol):
    """What a classified file knows: the tables are made from it."""

    around: ClassMap
    scores: pd.DataFrame | None
    codes: pd.DataFrame
    targets: pd.DataFrame
    weights: pd.DataFrame
    markets: pd.DataFrame
    amounts: csr_matrix
    parts: csr_matrix
    labels: pd.DataFrame


def line_table(work: Work, top: int) -> pd.DataFrame:
    """Largest lines of each class and market: value, weight, reasons, and the scores' vote beside them.

    Parameters
    ----------
    work : Work
        The classified file.
    top : int
        Lines for each class and market.

    Returns
    -------
    DataFrame
        Columns of ``class_lines``.
    """
    cells = work.amounts.tocoo()
    lines = pd.DataFrame({"_market": cells.row, "_code": cells.col, "_value": cells.data})
    lines["_part"] = work.parts.tocoo().data
    weights = work.weights[work.weights["weight"] > 0].merge(work.codes.reset_index(names="_code"), on=KEY)
    rows = lines.merge(weights[["_code", "class", "weight"]], on="_code")
    rows = rows.assign(value=rows["_value"] * rows["weight"], share=rows["_part"] * rows["weight"])
    rows = rows[rows["value"] > 0].sort_values("value", ascending=False, kind="stable")
    rows["rank"] = rows.groupby(["_market", "class"], sort=False).cumcount() + 1
    rows = rows[rows["rank"] <= top].drop(columns=["weight"])
    rows = rows.merge(weights, on=["_code", "class"], how="left").drop(columns=["source"])
    found = rows.merge(work.labels.reset_index(names="_market"), on="_market", how="left")
    found = _named(found, work.around.names).merge(_votes(work, found), on=KEY, how="left")
    order = found.sort_values(["_market", "class", "rank"], kind="stable").reset_index(drop=True)
    return order.fillna({"vote": "", "vote_reason_en": "", "vote_reason_ja": ""})


def _named(rows: pd.DataFrame, names: pd.DataFrame | None) -> pd.DataFrame:
    """Names of goods by their code; for a longer national code, of its first six digits."""
    held = (
        {}
        if names is None
        else {code: (en, ja) for code, en, ja in zip(names["code"], names["en"], names["ja"], strict=True)}
    )
    found = [held.get(code, held.get(code[:6], ("", ""))) for code in rows["code"]]
    return rows.assign(name_en=[en for en, _ in found], name_ja=[ja for _, ja in found])


def _votes(work: Work, rows: pd.DataFrame) -> pd.DataFrame:
    """Vote of the scores for the shown codes; one that stands for several targets has none of its own."""
    single = work.targets[work.targets["part"] == 1.0].merge(rows[KEY].drop_duplicates(), on=KEY)
    if work.scores is None or single.empty:
        return pd.DataFrame(columns=[*KEY, *VOTE]).astype(dict.fromkeys(SCORES, float))
    wanted = work.scores[work.scores["code"].isin(set(single["to"]))]
    if wanted.empty:
        return pd.DataFrame(columns=[*KEY, *VOTE]).astype(dict.fromkeys(SCORES, float))
    votes = class_rule(wanted, work.around.bec).rename(columns={"code": "to"})
    return single.merge(votes[["to", *VOTE]], on="to")[[*KEY, *VOTE]]


def driver_table(work: Work, found: pd.DataFrame) -> pd.DataFrame:
    """Codes by the swing they give PC(4) and PC(5), the largest first, at most 50 for each market.

    Parameters
    ----------
    work : Work
        The classified file.
    found : DataFrame
        ``mapping_draws.drivers``.

    Returns
    -------
    DataFrame
        Columns of ``class_drivers``.
    """
    ranks = found.groupby(["market", "variant"], sort=False).cumcount() + 1
    rows = found.assign(rank=ranks)[ranks <= TOP_DRIVERS]
    rows = rows.merge(work.codes.reset_index(names="number"), on="number")
    rows = rows.merge(work.labels.reset_index(names="market"), on="market")
    whole = np.asarray(work.amounts.sum(axis=1)).ravel()
    least = work.weights.assign(_rank=work.weights["confidence"].map(["high", "medium", "low"].index))
    least = least.sort_values("_rank", ascending=False, kind="stable").drop_duplicates(KEY)
    rows = rows.assign(value=rows["part"] * whole[rows["market"].to_numpy(dtype=int)])
    rows = _named(rows, work.around.names).merge(least[[*KEY, "confidence"]], on=KEY, how="left")
    order = {name: place for place, name in enumerate(VARIANTS)}
    rows["_variant"] = rows["variant"].map(order)
    return rows.sort_values(["market", "_variant", "rank"], kind="stable").reset_index(drop=True)


def compare_goods(codes: Sequence[str], around: ClassMap) -> pd.DataFrame:
    """Goods of HS 2017 side by side: the classical class, the class they land in, and why.

    Parameters
    ----------
    codes : sequence of str
        Six digits of HS 2017.
    around : ClassMap
        With scores, BEC and names, as far as known.

    Returns
    -------
    DataFrame
        Columns of ``class_compared``, one row for each code and class it is in, the largest weight first.

    Examples
    --------
    >>> table = compare_goods(["845710", "848620"], ClassMap.packaged()).drop_duplicates("code")
    >>> table[["code", "bec", "class"]].values.tolist()
    [['845710', 'capital', 'GENERAL_PURPOSE'], ['848620', 'capital', 'PC_EQUIP']]
    """
    goods = pd.DataFrame({"code": list(dict.fromkeys(codes)), "vintage": TODAY})
    weights = class_weights(targets(goods), around.goods)
    rows = _named(weights.sort_values("weight", ascending=False, kind="stable"), around.names)
    if around.bec is not None:
        listed = around.bec.assign(bec=around.bec["bec"].str.split("|")).explode("bec")
        listed = listed.assign(bec=listed["bec"].map(classical)).drop_duplicates(["code", "bec"])
        classes = listed.groupby("code")["bec"].agg("|".join)
        rows = rows.assign(bec=rows["code"].map(classes).fillna(""))
    wanted = None if around.scores is None else around.scores[around.scores["code"].isin(goods["code"])]
    if wanted is not None and len(wanted):
        votes = class_rule(wanted, around.bec).rename(columns={"weight": "vote_weight"})
        rows = rows.merge(votes[["code", "vote_weight", *VOTE]], on="code", how="left")
    order = {code: place for place, code in enumerate(goods["code"])}
    rows = rows.assign(_place=rows["code"].map(order)).sort_values("_place", kind="stable")
    schema = Schema.of("class_compared")
    return schema.check(rows[[name for name in schema.names if name in rows]])
