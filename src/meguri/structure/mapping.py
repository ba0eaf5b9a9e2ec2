"""From codes to classes: weights of each traded code, the vote of the three scores, the classical class.

The curated map (``observe.goods_classes``) speaks of HS 2017 prefixes. A traded code may be of another
edition, or only a heading: it then stands for several targets whose mix is not known, and its weight is
their mean, its range from the least to the greatest of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.goods_classes import PC4, PC5, classes_of
from meguri.observe.tradelines import is_unspecified

VARIANTS = {"PC4": PC4, "PC5": PC5}
CLASSES = (*PC5, "FINISHED", "RAW", "OTHER", "GENERAL_PURPOSE", "RESIDUAL", "UNSPECIFIED")
CONFIDENCES = ("high", "medium", "low")
KEY = ["code", "vintage"]
UNMAPPED = "99"  # row of the map for trade that names no good

FORM_CLASS = {
    "machine": "PC_EQUIP",
    "part": "PC_PARTS",
    "material": "PC_MATERIALS",
    "instrument": "PC_METROLOGY",
    "consumable": "PC_CONSUMABLE",
}
# BEC revision 4 to the classes of the SNA: UN, Classification by Broad Economic Categories, 2002
BEC_CLASS = {
    **dict.fromkeys(("41", "521"), "capital"),
    **dict.fromkeys(("111", "121", "21", "22", "31", "322", "42", "53"), "intermediate"),
    **dict.fromkeys(("112", "122", "522", "61", "62", "63"), "consumption"),
}
BECS = ("capital", "intermediate", "consumption", "unclassified")


@dataclass(frozen=True, eq=False)
class ClassMap:
    """The judgement and all that stands beside it when trade is classified.

    Attributes
    ----------
    goods : DataFrame
        ``goods_classes``: prefix to class, weight, range and reason.
    scores : DataFrame, optional
        ``goods_scores`` of HS 2017 codes: the vote beside the judgement.
    bec : DataFrame, optional
        code (HS 2017), bec (BEC revision 4): the classical class.
    names : DataFrame, optional
        code, en, ja.
    links : DataFrame, optional
        code, vintage, to (HS 2017): targets of the codes of other editions.
    subheadings : sequence of str
        All HS 2017 codes of six digits, so that a heading knows what it may hold.
    """

    goods: pd.DataFrame
    scores: pd.DataFrame | None = None
    bec: pd.DataFrame | None = None
    names: pd.DataFrame | None = None
    links: pd.DataFrame | None = None
    subheadings: Sequence[str] = ()


def targets(codes: pd.DataFrame, around: ClassMap) -> pd.DataFrame:
    """What each traded code may be in HS 2017, with equal parts where the mix is not known.

    Parameters
    ----------
    codes : DataFrame
        code, vintage; each pair once.
    around : ClassMap
        Gives the correlation of editions and the codes below a heading.

    Returns
    -------
    DataFrame
        code, vintage, to, part [1]; the parts of a code add to 1. Unspecified codes go to chapter 99.

    Examples
    --------
    >>> goods = pd.DataFrame({"code": ["8486", "8486"], "class": ["PC_EQUIP"] * 2, "weight": [1.0] * 2})
    >>> codes = pd.DataFrame({"code": ["8486", "999999"], "vintage": ["", ""]})
    >>> table = targets(codes, ClassMap(goods, subheadings=["848610", "848620"]))
    >>> table[["to", "part"]].values.tolist()
    [['99', 1.0], ['848610', 0.5], ['848620', 0.5]]
    """
    plain = codes[KEY].copy()
    digits = plain["code"].str.fullmatch(r"[0-9]+").astype(bool)
    unknown = is_unspecified(plain["code"]).to_numpy(dtype=bool) | ~digits.to_numpy()
    plain["to"] = plain["code"].str[:6].mask(pd.Series(unknown, index=plain.index), UNMAPPED)
    if around.links is not None:
        plain = _linked(plain, around.links)
    table = _opened(plain, around)
    parts = table.groupby(KEY, sort=False)["to"].transform("size")
    return table.assign(part=1.0 / parts).reset_index(drop=True)


def _linked(plain: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Codes of other editions replaced by their HS 2017 targets; a code without a link stays as it is."""
    wanted = (
        links[["code", "vintage", "to"]].rename(columns={"code": "six", "to": "linked"}).drop_duplicates()
    )
    joined = plain.assign(six=plain["to"]).merge(wanted, on=["six", "vintage"], how="left")
    joined["to"] = joined["linked"].where(joined["linked"].notna(), joined["to"])
    return joined[[*KEY, "to"]]


def _opened(plain: pd.DataFrame, around: ClassMap) -> pd.DataFrame:
    """Headings and chapters replaced by the codes below them."""
    known = list(around.subheadings) or sorted(set(around.goods["code"]))
    short = plain["to"].str.len().isin([2, 4]) & (plain["to"] != UNMAPPED)
    if not short.any():
        return plain
    below = pd.DataFrame({"child": [code for code in known if len(code) == 6]})
    parts = []
    for digits in (2, 4):
        held = below.assign(to=below["child"].str[:digits])
        parts.append(plain[short & (plain["to"].str.len() == digits)].merge(held, on="to", how="left"))
    opened = pd.concat(parts, ignore_index=True)
    rest = opened[[*KEY, "to"]].drop_duplicates() if not around.subheadings else opened.iloc[:0]
    opened["to"] = opened["child"].where(opened["child"].notna(), opened["to"])
    joined = [plain[~short], opened[[*KEY, "to"]], rest[[*KEY, "to"]]]
    return pd.concat(joined, ignore_index=True).drop_duplicates()


def class_weights(table: pd.DataFrame, around: ClassMap) -> pd.DataFrame:
    """Classes of each traded code with weight, range, confidence and reason.

    Parameters
    ----------
    table : DataFrame
        `targets`.
    around : ClassMap
        Gives the map.

    Returns
    -------
    DataFrame
        Columns of ``class_weights``; the weights of a code add to 1. Where targets differ, low and high
        span them all, and the confidence is low: the mix behind the code is not known.

    Examples
    --------
    >>> goods = pd.DataFrame({"code": ["84", "848620"], "class": ["GENERAL_PURPOSE", "PC_EQUIP"],
    ...     "weight": 1.0, "low": [0.9, 0.95], "high": 1.0, "confidence": ["medium", "high"],
    ...     "reason_en": ["default", "tool"], "reason_ja": ["既定", "装置"], "curated": [False, True],
    ...     "source": ["", ""]})
    >>> around = ClassMap(goods)
    >>> codes = pd.DataFrame({"code": ["848620", "8486"], "vintage": ["", ""]})
    >>> class_weights(targets(codes, around), around)[["code", "class", "weight", "low"]].values.tolist()
    [['848620', 'PC_EQUIP', 1.0, 0.95], ['8486', 'PC_EQUIP', 0.5, 0.0], ['8486', 'GENERAL_PURPOSE', 0.5, 0.0]]
    """
    held = _held(table["to"], around.goods)
    counted = table.assign(n=table.groupby(KEY, sort=False)["to"].transform("size"))
    rows = counted.merge(held, on="to", how="left")
    many = _mixed(rows[rows["n"] > 1])
    found = pd.concat([rows[rows["n"] == 1], many], ignore_index=True)
    return Schema.of("class_weights").check(_ordered(found, table)[Schema.of("class_weights").names])


def _held(codes: pd.Series[str], goods: pd.DataFrame) -> pd.DataFrame:
    """Rows of the map that hold for HS 2017 codes; the edition of the map's row is not the code's."""
    found = classes_of(codes, goods).rename(columns={"code": "to", "prefix": "matched"})
    return found.drop(columns=["vintage"], errors="ignore")


def _mixed(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each code and class of codes that stand for several targets."""
    if rows.empty:
        return rows
    weighted = rows.assign(weight=rows["weight"] * rows["part"])
    rank = weighted["confidence"].map(CONFIDENCES.index)
    weighted = weighted.assign(rank=rank).sort_values("weight", ascending=False, kind="stable")
    group = weighted.groupby([*KEY, "class"], sort=False)
    found = group.agg(
        weight=("weight", "sum"), low=("low", "min"), high=("high", "max"), held=("to", "nunique"),
        n=("n", "first"), rank=("rank", "max"), reason_en=("reason_en", "first"),
        reason_ja=("reason_ja", "first"), curated=("curated", "all"), source=("source", "first"),
        matched=("matched", lambda cells: "|".join(sorted(set(cells)))),
    ).reset_index()  # fmt: skip
    differs = found["held"] < found["n"]
    low = found["low"].mask(differs, 0.0)  # a target without the class may be all there is
    confidence = found["rank"].map(dict(enumerate(CONFIDENCES))).mask(differs, "low")
    return found.assign(low=np.minimum(low, found["weight"]), confidence=confidence)


def _ordered(found: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of the codes asked for, then of the classes."""
    place = {tuple(key): n for n, key in enumerate(table[KEY].drop_duplicates().to_numpy())}
    codes = pd.Series([place[key] for key in zip(found["code"], found["vintage"], strict=True)], dtype=int)
    order = found.assign(_code=codes.to_numpy(), _class=found["class"].map(CLASSES.index))
    return order.sort_values(["_code", "_class"], kind="stable").reset_index(drop=True)


def classical_weights(table: pd.DataFrame, around: ClassMap) -> pd.DataFrame:
    """Joint weights of classical class and class: the cells of the cross-table, code by code.

    Returns
    -------
    DataFrame
        code, vintage, bec (capital, intermediate, consumption, unclassified), class, weight [1]; a code
        whose targets are of several classical classes is split like its classes.
    """
    held = _held(table["to"], around.goods)
    rows = table.merge(_classical_parts(around.bec), on="to", how="left")
    rows = rows.assign(bec=rows["bec"].fillna(BECS[-1]), bec_part=rows["bec_part"].fillna(1.0))
    rows = rows.merge(held[["to", "class", "weight"]], on="to", how="left")
    rows["weight"] *= rows["part"] * rows["bec_part"]
    return rows.groupby([*KEY, "bec", "class"], sort=False)["weight"].sum().reset_index()


def _classical_parts(bec: pd.DataFrame | None) -> pd.DataFrame:
    """Classical classes of each HS 2017 code; a code that BEC splits has equal parts, for want of better."""
    if bec is None:
        return pd.DataFrame({"to": [], "bec": [], "bec_part": []}).astype({"to": object, "bec": object})
    held = pd.DataFrame({"to": bec["code"], "bec": bec["bec"].map(classical)}).drop_duplicates()
    return held.assign(bec_part=1.0 / held.groupby("to")["bec"].transform("size"))


def classical(bec: object) -> str:
    """Class by stage of processing of a BEC (revision 4) category.

    Examples
    --------
    >>> classical("41"), classical(53), classical("51")
    ('capital', 'intermediate', 'unclassified')
    """
    return BEC_CLASS.get(str(bec).strip(), "unclassified")


@cache
def _forms() -> dict[str, str]:
    with packaged("classes", "forms.csv").open(encoding="utf-8") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    table = Schema.of("class_forms").check(rows, "forms.csv")
    return dict(zip(table["code"], table["form"], strict=True))


def form_of(code: str) -> str:
    """What a good is, whatever process it serves: machine, part, material, instrument or consumable.

    Examples
    --------
    >>> form_of("848620"), form_of("848690"), form_of("370710"), form_of("903082"), form_of("820730")
    ('machine', 'part', 'material', 'instrument', 'consumable')
    >>> form_of("100630")
    ''
    """
    forms = _forms()
    return next((forms[code[:digits]] for digits in (6, 4, 2) if code[:digits] in forms), "")
