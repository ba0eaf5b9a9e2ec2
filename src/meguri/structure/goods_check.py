"""The independent check: scores against lists and measures that had no part in them.

Rules, map and scores are frozen by their checksums first. Then each list is left out of the evidence in
turn and its goods are looked for among the high scores; the concentration of providers likewise. What
comes out is printed with number, interval and verdict, weak or not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from meguri.base.sources import checksum
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.goods_classes import PC4, PC5, class_map, classes_of
from meguri.observe.goods_tables import goods_table, hs2017_codes
from meguri.structure.goods_measured import goods_measured
from meguri.structure.goods_parts import controls
from meguri.structure.goods_ranks import auc, drawn, spearman
from meguri.structure.goods_scores import SCORES, evidence_points, score_goods

CHIPS = ("eto_concentration", "eto_process", "eto_reach")
FROZEN = ("hs2017_bec", "eto_goods", "control_goods", "score_rules", "goods_classes")
ALL = "mean"  # mean of the three scores
FEW = 10  # below this nothing is said
SIZEABLE = 0.4  # of the largest value possible; for the AUC this is 0.7
DRAWS, SEED = 300, 7
STATISTICS = (("spearman", spearman), ("auc", auc))


@dataclass(frozen=True)
class GoodsCheck:
    """What was frozen, what came out, and what it does not say."""

    frozen: pd.DataFrame
    table: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Claim:
    """One comparison: scores made without some sources against a list or measure that is one of them."""

    against: str
    left_out: tuple[str, ...]
    scores: pd.DataFrame
    target: pd.Series[float]
    listing: bool


def freeze(
    scores: pd.DataFrame, mapping: pd.DataFrame | None = None, name: str = "goods_scores"
) -> pd.DataFrame:
    """Checksums of the packaged rules and map, and of the scores and the map in use.

    Parameters
    ----------
    scores : DataFrame
        Columns of ``goods_scores``; numbers enter with nine decimals, so that one machine's last bit
        changes nothing.
    mapping : DataFrame, optional
        The class map in use; the packaged one when left out.
    name : str
        Under which name the record holds such scores: with the raw sets, or of packaged evidence alone.

    Returns
    -------
    DataFrame
        Columns of ``goods_frozen``. ``same`` says whether the file is still the one of the record
        (data/classes/frozen.csv), which was committed before the check was first run.
    """
    record = _record()
    rows = [(f"{name}.csv", checksum(packaged("classes", f"{name}.csv"))) for name in FROZEN]
    table = mapping if mapping is not None else class_map()
    rows += [(name, _digest(scores)), ("class_map", _digest(table))]
    frame = pd.DataFrame(rows, columns=["what", "sha256"])
    known = frame["what"].map(record)
    same = np.where(known.isna(), "no_record", np.where(known == frame["sha256"], "same", "changed"))
    return Schema.of("goods_frozen").check(frame.assign(same=same))


@cache
def _record() -> dict[str, str]:
    with packaged("classes", "frozen.csv").open("rb") as file:
        table = pd.read_csv(file, dtype=str)
    return dict(zip(table["what"], table["sha256"], strict=True))


def _digest(table: pd.DataFrame) -> str:
    text = table.to_csv(index=False, float_format="%.9f", lineterminator="\n")
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def check_goods(
    folder: Path | None = None, mapping: pd.DataFrame | None = None, draws: int = DRAWS, seed: int = SEED
) -> GoodsCheck:
    """Freeze rules, map and scores, then compare them with what was left out of them.

    Parameters
    ----------
    folder : Path, optional
        Folder of the raw sets; without it only the packaged evidence is tested.
    mapping : DataFrame, optional
        Class map (columns of ``goods_classes``); the packaged one when left out.
    draws, seed : int
        Bootstrap draws and seed.

    Returns
    -------
    GoodsCheck
        ``frozen`` (columns of ``goods_frozen``), ``table`` (``goods_check``) and keys of notes
        (``terms/goods_check_notes.csv``).
    """
    measured = goods_measured(folder)
    name = "goods_scores" if folder is not None else "goods_scores_packaged"
    frozen = freeze(score_goods(evidence_points(measured)), mapping, name)
    rows = [row for claim in claims(measured, process_weight(mapping)) for row in _rows(claim, draws, seed)]
    table = Schema.of("goods_check").check(pd.DataFrame(rows))
    return GoodsCheck(frozen, table, ("selection", "chpl", "small", "not_blind", "pooled", "advance"))


def recorded_check() -> pd.DataFrame:
    """What came out when the check was last run with all raw sets (tools/goods_check.py).

    Returns
    -------
    DataFrame
        Columns of ``goods_check``, with four decimals.

    Examples
    --------
    >>> rows = recorded_check()
    >>> int(rows.loc[rows["against"] == "chpl", "n_listed"].max())
    49
    """
    with packaged("classes", "goods_check.csv").open("rb") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of("goods_check").check(rows, "goods_check.csv")


def claims(measured: pd.DataFrame, pc: pd.DataFrame) -> Iterator[Claim]:
    """Each source against scores made without it, and against scores made without any list or chip chain.

    The second is the stricter: lists copy each other, and a good on one is likely on the next. The class
    map was made without any of them: nothing is left out of it.

    Parameters
    ----------
    measured : DataFrame
        Columns of ``goods_measured``, of all goods.
    pc : DataFrame
        As :func:`process_weight` gives it.
    """
    lists = goods_table("control_goods")
    every = tuple(dict.fromkeys(lists.loc[lists["use"] == "evidence", "list"]))
    strict = _without(measured, every, CHIPS)
    for name, rows in lists.groupby("list", sort=False):
        target = pd.Series(1.0, index=sorted(set(rows["code"])))
        if name in every:
            yield Claim(str(name), (str(name),), _without(measured, (str(name),)), target, True)
        yield Claim(str(name), (*every, *CHIPS), strict, target, True)
        yield Claim(str(name), (), pc, target, True)
    alone = _without(measured, (), CHIPS)
    for evidence, name in (("eto_process", "eto_drawn"), ("eto_concentration", "eto_concentration")):
        found = measured[(measured["evidence"] == evidence) & measured["value"].notna()]
        target = found.set_index("code")["value"]
        for out, scores in ((CHIPS, alone), ((*every, *CHIPS), strict)):
            yield Claim(name, out, scores, target, name == "eto_drawn")
        yield Claim(name, (), pc, target, name == "eto_drawn")


def _without(measured: pd.DataFrame, lists: Iterable[str], evidence: Iterable[str] = ()) -> pd.DataFrame:
    """Scores by code without some control lists and pieces of evidence, and their mean."""
    codes = sorted(set(measured["code"]))
    rest = measured[measured["evidence"] != "control_list"]
    rows = evidence_points(pd.concat([rest, controls(codes, lists)], ignore_index=True))
    table = score_goods(rows, evidence).pivot(index="code", columns="score", values="value")
    return table.assign(**{ALL: table[list(SCORES)].mean(axis=1, skipna=False)})


def process_weight(mapping: pd.DataFrame | None = None) -> pd.DataFrame:
    """Weight of each good of HS 2017 in the process-control classes: columns pc4 and pc5 by code.

    Examples
    --------
    >>> process_weight().loc["848620"].tolist()
    [1.0, 1.0]
    """
    table = classes_of(hs2017_codes(), class_map() if mapping is None else mapping)
    codes = pd.Index(hs2017_codes(), name="code")
    parts = {
        name: table[table["class"].isin(classes)].groupby("code")["weight"].sum().reindex(codes).fillna(0.0)
        for name, classes in (("pc4", PC4), ("pc5", PC5))
    }
    return pd.DataFrame(parts)


def _rows(claim: Claim, draws: int, seed: int) -> Iterator[dict[str, object]]:
    """Rows of ``goods_check``: all goods, those of the same chapters, those of the same headings."""
    codes = claim.scores.index
    for name, score in claim.scores.items():
        if not claim.listing:
            both = pd.DataFrame({"x": score.reindex(claim.target.index), "y": claim.target})
            yield from _tested(claim, str(name), "measured", both, draws, seed)
            continue
        both = pd.DataFrame({"x": score, "y": codes.isin(claim.target.index).astype(float)})
        for among, digits in (("all", 0), ("chapters", 2), ("headings", 4)):
            near = codes.str[:digits].isin({code[:digits] for code in claim.target.index})
            yield from _tested(claim, str(name), among, both[near], draws, seed)


def _tested(
    claim: Claim, name: str, among: str, both: pd.DataFrame, draws: int, seed: int
) -> Iterator[dict[str, object]]:
    known = both.dropna()
    x, y = known["x"].to_numpy(dtype=float), known["y"].to_numpy(dtype=float)
    missing = int((both["x"].isna() & (both["y"] > 0)).sum())
    groups = pd.factorize(known.index.str[:4])[0].astype(np.int64)
    once = np.ones(len(x))
    listed = int(y.sum()) if claim.listing else len(y)
    for key, prepared in STATISTICS[: 2 if claim.listing else 1]:
        value = prepared(x, y)(once)
        low, high = drawn(prepared(x, y), groups, draws, seed)
        most = spearman(np.sort(x), np.sort(y))(once) if key == "spearman" else 1.0
        yield {
            "score": name, "against": claim.against, "left_out": "|".join(claim.left_out), "among": among,
            "statistic": key, "value": value, "low": low, "high": high, "most": most, "n": len(x),
            "n_listed": listed, "n_unknown": missing,
            "verdict": verdict(key, value, low, high, most, listed),
        }  # fmt: skip


def verdict(statistic: str, value: float, low: float, high: float, most: float, n: int) -> str:
    """What a statistic allows to say: supports, weak, none, against, or too few goods to say anything.

    Parameters
    ----------
    statistic : {"spearman", "auc"}
        Chance is 0 for the first and 0.5 for the second.
    value, low, high : float
        Value and interval.
    most : float
        Largest value possible: few listed goods among many keep a rank correlation small.
    n : int
        Listed or measured goods.

    Examples
    --------
    >>> verdict("auc", 0.8, 0.72, 0.87, 1.0, 40), verdict("auc", 0.56, 0.49, 0.63, 1.0, 40)
    ('supports', 'none')
    """
    chance = 0.5 if statistic == "auc" else 0.0
    if n < FEW or np.isnan(low):
        return "too_few"
    if high < chance:
        return "against"
    if low <= chance:
        return "none"
    return "supports" if (value - chance) / (most - chance) >= SIZEABLE else "weak"
