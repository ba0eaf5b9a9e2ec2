"""From codes to classes: weights of each traded code, and its classical class.

The curated map (``observe.goods_classes``) speaks of HS 2017 prefixes. A traded code may be of another
edition, or only a heading: it then stands for several targets whose mix is not known, and its weight is
their mean, its range from the least to the greatest that any mix would give.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.correlate import correlate
from meguri.observe.goods_classes import PC4, PC5, class_map, classes_of, goods_names
from meguri.observe.goods_tables import goods_table
from meguri.observe.hs import codes_of
from meguri.observe.tradelines import is_unspecified

VARIANTS = {"PC4": PC4, "PC5": PC5}
CLASSES = (*PC5, "FINISHED", "RAW", "OTHER", "GENERAL_PURPOSE", "RESIDUAL", "UNSPECIFIED")
CONFIDENCES = ("high", "medium", "low")
KEY = ["code", "vintage"]
TODAY = "HS2017"  # edition of the map
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
        code (HS 2017), bec (BEC revision 4, several separated by |): the classical class.
    names : DataFrame, optional
        code, en, ja.
    """

    goods: pd.DataFrame
    scores: pd.DataFrame | None = None
    bec: pd.DataFrame | None = None
    names: pd.DataFrame | None = None

    @classmethod
    def packaged(cls, own: Path | None = None, scores: pd.DataFrame | None = None) -> ClassMap:
        """The packaged map with BEC and names; rows of a user's own map replace those of their codes.

        Examples
        --------
        >>> around = ClassMap.packaged()
        >>> around.bec is not None and around.names is not None and around.scores is None
        True
        """
        return cls(class_map(own), scores, goods_table("hs2017_bec"), goods_names())


def targets(codes: pd.DataFrame, named: Collection[str] = ()) -> pd.DataFrame:
    """What each traded code may be in HS 2017, with equal parts where the mix is not known.

    A heading stands for the subheadings of its own edition, each of these for its successors in HS
    2017. Correlation tables say which codes share goods, not how much: every successor counts the same,
    and ``part_low`` says what is certain.

    Parameters
    ----------
    codes : DataFrame
        code, vintage (empty = HS 2017); each pair once.
    named : collection of str
        What the map names: goods in words, and numbers that HS 2017 does not have, stand for themselves.

    Returns
    -------
    DataFrame
        code, vintage, to, part, part_low [1]; the parts of a code add to 1. Unspecified codes go to
        chapter 99, codes that no table follows stay as they are and find the row of their heading.

    Examples
    --------
    >>> codes = pd.DataFrame({"code": ["848620", "999999", "8458"], "vintage": ["HS2017", "", "HS2017"]})
    >>> table = targets(codes)
    >>> table.groupby("code", sort=False)["to"].agg(list).to_dict()
    {'848620': ['848620'], '999999': ['99'], '8458': ['845811', '845819', '845891', '845899']}
    """
    plain = codes[KEY].assign(vintage=codes["vintage"].replace("", TODAY), given=codes["vintage"])
    digits = plain["code"].str.fullmatch(r"[0-9]+").astype(bool)
    unknown = is_unspecified(plain["code"]).astype(bool) | ~digits
    six = plain["code"].str[:6].mask(unknown, UNMAPPED)
    own = set(named)
    plain = plain.assign(six=six.mask(~digits & plain["code"].isin(own), plain["code"]))
    rows = pd.concat([_opened(part, str(edition)) for edition, part in plain.groupby("vintage", sort=False)])
    parts = [_followed(part, str(edition), own) for edition, part in rows.groupby("vintage", sort=False)]
    rows = pd.concat(parts)
    rows = rows.assign(vintage=rows["given"])
    group = rows.groupby([*KEY, "to"], sort=False)[["part", "part_low"]].sum().reset_index()
    order = codes[KEY].reset_index(names="_place").merge(group, on=KEY, how="left")
    return order.sort_values("_place", kind="stable").drop(columns="_place").reset_index(drop=True)


def _opened(plain: pd.DataFrame, edition: str) -> pd.DataFrame:
    """Headings and chapters replaced by the subheadings of their edition, with the part of each."""
    below = pd.Series(sorted(code for code in codes_of(edition) if len(code) == 6), name="child")
    short = plain["six"].str.fullmatch(r"([0-9]{2}){1,2}").astype(bool) & (plain["six"] != UNMAPPED)
    held = [
        plain[short].merge(pd.DataFrame({"child": below, "six": below.str[:digits]}), on="six")
        for digits in (2, 4)
    ]
    opened = pd.concat(held, ignore_index=True)
    opened = opened.assign(six=opened["child"]).drop(columns="child")
    lost = plain[short].merge(opened[KEY].drop_duplicates(), on=KEY, how="left", indicator=True)
    lost = lost[lost["_merge"] == "left_only"].drop(columns="_merge")  # no such heading in the edition
    rows = pd.concat([plain[~short], opened, lost], ignore_index=True)
    size = rows.groupby("code", sort=False)["six"].transform("size")
    return rows.assign(opened=1.0 / size, opened_low=(size == 1).astype(float))


def _followed(rows: pd.DataFrame, edition: str, named: set[str]) -> pd.DataFrame:
    """Codes of one edition replaced by their HS 2017 successors; the parts of the way multiply."""
    judged = rows["six"].map(lambda six: _is_new(six, named)).astype(bool) & (edition > TODAY)
    stays = rows[judged | (edition == TODAY)]
    same = stays.assign(to=stays["six"], part=stays["opened"], part_low=stays["opened_low"])
    rows = rows[~judged]
    if edition == TODAY or rows.empty:
        return same
    known = sorted(code for code in set(rows["six"]) - {UNMAPPED} if code.isdecimal())
    links = correlate(known, edition, TODAY, rule="equal")
    links = links[(links["successor"] != "") & (links["weight"] > 0)]
    links = links.rename(columns={"code": "six", "weight": "of", "low": "of_low", "successor": "to"})
    joined = rows.merge(links[["six", "to", "of", "of_low"]], on="six", how="left")
    joined = joined.assign(to=joined["to"].where(joined["to"].notna(), joined["six"]))
    whole = joined["of"].fillna(1.0)
    whole = whole / whole.groupby([joined["code"], joined["six"]], sort=False).transform("sum")
    low = joined["of_low"].fillna(1.0)
    moved = joined.assign(part=joined["opened"] * whole, part_low=joined["opened_low"] * low)
    return pd.concat([same, moved], ignore_index=True)


def _is_new(six: str, named: set[str]) -> bool:
    """Whether the map judges a number that HS 2017 does not have, or its heading if that is new too."""
    known = codes_of(TODAY)
    return six not in known and (six in named or (six[:4] in named and six[:4] not in known))


def class_weights(table: pd.DataFrame, goods: pd.DataFrame) -> pd.DataFrame:
    """Classes of each traded code with weight, range, confidence and reason.

    Parameters
    ----------
    table : DataFrame
        `targets`.
    goods : DataFrame
        ``goods_classes``.

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
    >>> codes = pd.DataFrame({"code": ["848620", "8486"], "vintage": ["", ""]})
    >>> class_weights(targets(codes), goods)[["code", "class", "weight", "low"]].values.tolist()
    [['848620', 'PC_EQUIP', 1.0, 0.95], ['8486', 'PC_EQUIP', 0.2, 0.0], ['8486', 'GENERAL_PURPOSE', 0.8, 0.0]]
    """
    held = _held(table["to"], goods)
    counted = table.assign(n=table.groupby(KEY, sort=False)["to"].transform("size"), mix=1.0)
    rows = counted.merge(held, on="to", how="left")
    many = _mixed(rows[rows["n"] > 1])
    found = pd.concat([rows[rows["n"] == 1], many], ignore_index=True)
    return Schema.of("class_weights").check(_ordered(found, table)[Schema.of("class_weights").names])


def _held(codes: pd.Series[str], goods: pd.DataFrame) -> pd.DataFrame:
    """Rows of the map that hold for HS 2017 codes; the edition of the map's row is not the code's."""
    words = set(goods.loc[~goods["code"].str.isdecimal().astype(bool), "code"])
    spoken = codes.isin(words)
    found = classes_of(codes[~spoken], goods).rename(columns={"code": "to", "prefix": "matched"})
    direct = goods[goods["code"].isin(set(codes[spoken]))].rename(columns={"code": "to"})
    both = pd.concat([found, direct.assign(matched=direct["to"])], ignore_index=True)
    return both.drop(columns=["vintage"], errors="ignore")


def _mixed(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each code and class of codes that stand for several targets.

    With certain parts p and targets' ends x, any mix gives at least Σ p·x + (1 − Σ p)·min x, and at most
    the same with the greatest x; a target without the class has x = 0.
    """
    if rows.empty:
        return rows
    rank = rows["confidence"].map(CONFIDENCES.index)
    rows = rows.assign(
        weight=rows["weight"] * rows["part"], sure_low=rows["low"] * rows["part_low"],
        sure_high=rows["high"] * rows["part_low"], rank=rank,
    ).sort_values("weight", ascending=False, kind="stable")  # fmt: skip
    found = rows.groupby([*KEY, "class"], sort=False).agg(
        weight=("weight", "sum"), low=("low", "min"), high=("high", "max"), held=("to", "nunique"),
        sure_low=("sure_low", "sum"), sure_high=("sure_high", "sum"), n=("n", "first"),
        rank=("rank", "max"), reason_en=("reason_en", "first"), reason_ja=("reason_ja", "first"),
        curated=("curated", "all"), source=("source", "first"),
        matched=("matched", lambda cells: "|".join(sorted(set(cells)))),
    ).reset_index()  # fmt: skip
    once = rows.drop_duplicates([*KEY, "to"]).assign(square=lambda part: part["part"] ** 2)
    sums = once.groupby(KEY)[["part_low", "square"]].sum().rename(columns={"part_low": "certain"})
    found = found.merge(sums.reset_index(), on=KEY, how="left")
    open_ = (1 - found["certain"]).clip(lower=0.0)
    differs = found["held"] < found["n"]
    low = found["sure_low"] + open_ * found["low"].mask(differs, 0.0)
    high = found["sure_high"] + open_ * found["high"]
    confidence = found["rank"].map(dict(enumerate(CONFIDENCES))).mask(differs & (open_ > 0), "low")
    return found.assign(
        low=np.minimum(low, found["weight"]), high=np.maximum(high, found["weight"]).clip(upper=1.0),
        weight=found["weight"].clip(upper=1.0), confidence=confidence,
        mix=(1 / found["square"]).where(_differ(found, open_), 1.0).clip(lower=1.0),
    )  # fmt: skip


def _differ(found: pd.DataFrame, open_: pd.Series[float]) -> pd.Series[bool]:
    """Codes whose targets are not all of the same classes while their mix is unknown."""
    lacks = (found["held"] < found["n"]) & (open_ > 0)
    return lacks.groupby([found[name] for name in KEY], sort=False).transform("any")


def _ordered(found: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Rows in the order of the codes asked for, then of the classes."""
    place = {tuple(key): n for n, key in enumerate(table[KEY].drop_duplicates().to_numpy())}
    codes = pd.Series([place[key] for key in zip(found["code"], found["vintage"], strict=True)], dtype=int)
    order = found.assign(_code=codes.to_numpy(), _class=found["class"].map(CLASSES.index))
    return order.sort_values(["_code", "_class"], kind="stable").reset_index(drop=True)


def classical_weights(table: pd.DataFrame, goods: pd.DataFrame, bec: pd.DataFrame) -> pd.DataFrame:
    """Joint weights of classical class and class: the cells of the cross-table, code by code.

    Returns
    -------
    DataFrame
        code, vintage, bec (capital, intermediate, consumption, unclassified), class, weight [1]; a code
        whose targets are of several classical classes is split like its classes.
    """
    held = _held(table["to"], goods)
    rows = table.merge(_classical_parts(_with_newer(bec, table["to"])), on="to", how="left")
    rows = rows.assign(bec=rows["bec"].fillna(BECS[-1]), bec_part=rows["bec_part"].fillna(1.0))
    rows = rows.merge(held[["to", "class", "weight"]], on="to", how="left")
    rows["weight"] *= rows["part"] * rows["bec_part"]
    return rows.groupby([*KEY, "bec", "class"], sort=False)["weight"].sum().reset_index()


def _with_newer(bec: pd.DataFrame, codes: pd.Series[str]) -> pd.DataFrame:
    """BEC of numbers that only HS 2022 has, as that of what they were in HS 2017."""
    newer = sorted((set(codes) & codes_of("HS2022")) - set(bec["code"]))
    links = correlate([code for code in newer if len(code) == 6], "HS2022", TODAY, rule="equal")
    links = links[links["weight"] > 0].merge(bec.rename(columns={"code": "successor"}), on="successor")
    joined = links.groupby("code")["bec"].agg("|".join).reset_index()
    return pd.concat([bec[["code", "bec"]], joined], ignore_index=True)


def _classical_parts(bec: pd.DataFrame) -> pd.DataFrame:
    """Classical classes of each HS 2017 code; a code that BEC splits has equal parts, for want of better."""
    listed = pd.DataFrame({"to": bec["code"], "bec": bec["bec"].str.split("|")}).explode("bec")
    held = listed.assign(bec=listed["bec"].map(classical)).drop_duplicates()
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
