"""What the three scores alone say of a good: process control or not, as what, and how surely.

The vote stands beside the curated map and never replaces it; where the two differ, both are printed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.terms import LANGS, Lang, label
from meguri.structure.mapping import FORM_CLASS, classical, form_of

SCORES = ("substitution", "dependence", "impact")
THRESHOLD = 0.5  # a score votes from here on (seed 000, section 1.2: all three together make the class)
ENOUGH = 3  # pieces of evidence behind every score for a high confidence
WORDS = "class_phrases"
PRIMARY = ("111", "21", "31", "321")  # BEC: primary food, industrial supplies, fuels; motor spirit
ORDINARY = {"capital": "GENERAL_PURPOSE", "consumption": "FINISHED", "intermediate": "RESIDUAL"}
OPEN = {"51": "FINISHED", "7": "OTHER"}  # passenger cars; goods not elsewhere specified


def class_rule(scores: pd.DataFrame, bec: pd.DataFrame | None = None) -> pd.DataFrame:
    """Vote of the three scores for each code, with its weight, confidence and reasons.

    All three scores must reach 0.5. The weight is how much of the range of the weakest score lies
    above: the minimum of the three parts, because they rest on partly the same evidence. A score below
    0.5 decides against process control whatever the unknown ones are.

    Parameters
    ----------
    scores : DataFrame
        ``goods_scores``: code, score, value, low, high, n_evidence; unknown values are NaN.
    bec : DataFrame, optional
        code, bec (revision 4, several separated by |): the ordinary class of what is no process control.

    Returns
    -------
    DataFrame
        code, vote (class; empty = the scores do not say), weight [1] of process control, confidence,
        substitution, dependence, impact [1], vote_reason_en, vote_reason_ja.

    Examples
    --------
    >>> rows = [("848620", s, 0.8, 0.6, 0.9, 3) for s in SCORES]
    >>> rows += [("845811", s, 0.3, 0.2, 0.4, 3) for s in SCORES]
    >>> table = pd.DataFrame(rows, columns=["code", "score", "value", "low", "high", "n_evidence"])
    >>> bec = pd.DataFrame({"code": ["848620", "845811"], "bec": ["41", "41"]})
    >>> class_rule(table, bec)[["code", "vote"]].values.tolist()
    [['845811', 'GENERAL_PURPOSE'], ['848620', 'PC_EQUIP']]
    """
    wide = {part: _wide(scores, part) for part in ("value", "low", "high", "n_evidence")}
    value, codes = wide["value"].to_numpy(dtype=float), wide["value"].index.astype(str).tolist()
    above = _above(value, wide["low"].to_numpy(dtype=float), wide["high"].to_numpy(dtype=float))
    against = (value < THRESHOLD).any(axis=1)
    agreed = (value >= THRESHOLD).all(axis=1)
    weight = np.where(against | agreed, np.nanmin(np.where(np.isnan(above), 1.0, above), axis=1), np.nan)
    many = wide["n_evidence"].fillna(0).min(axis=1).to_numpy() >= ENOUGH
    sure = np.isin(weight, (0.0, 1.0))
    groups = {} if bec is None else dict(zip(bec["code"], bec["bec"].astype(str), strict=True))
    forms = [form_of(code) for code in codes]
    votes = [
        FORM_CLASS.get(form, "") if yes else _ordinary(groups.get(code, "")) if no else ""
        for code, form, yes, no in zip(codes, forms, agreed, against, strict=True)
    ]
    table = pd.DataFrame({"code": codes, "vote": votes, "weight": weight})
    table["confidence"] = np.where(sure & many, "high", np.where(sure, "medium", "low"))
    table[list(SCORES)] = value
    for lang in LANGS:
        table[f"vote_reason_{lang}"] = [
            vote_reason(row, form, groups.get(code, ""), lang)
            for code, row, form in zip(codes, value, forms, strict=True)
        ]
    return table


def _wide(scores: pd.DataFrame, part: str) -> pd.DataFrame:
    return (
        scores.pivot(index="code", columns="score", values=part).reindex(columns=list(SCORES)).astype(float)
    )


def _above(
    value: npt.NDArray[np.float64], low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Part of each score's range that reaches the threshold; 0 or 1 where no range is given."""
    width = high - low
    point = np.where(np.isnan(value), np.nan, (value >= THRESHOLD).astype(float))
    part = np.divide(high - THRESHOLD, width, out=point.copy(), where=width > 0)
    return np.where(np.isnan(point), np.nan, np.clip(part, 0.0, 1.0))


def _ordinary(bec: str) -> str:
    """Class of a good that is no process control, from its BEC categories; empty where they do not agree.

    Examples
    --------
    >>> _ordinary("41"), _ordinary("22|22"), _ordinary("41|62"), _ordinary("")
    ('GENERAL_PURPOSE', 'RESIDUAL', '', '')
    """
    found = {_of_category(category) for category in bec.split("|")}
    return found.pop() if len(found) == 1 else ""


def _of_category(bec: str) -> str:
    if bec in PRIMARY:
        return "RAW"
    return OPEN.get(bec, ORDINARY.get(classical(bec), ""))


def vote_reason(value: npt.NDArray[np.float64], form: str, bec: str, lang: Lang) -> str:
    """Reason of a vote in one language: what each score says, what follows, and the classical view.

    Parameters
    ----------
    value : array (score,) [1]
        In the order of `SCORES`; NaN is unknown.
    form : str
        Form of the good; empty = none of the five.
    bec : str
        BEC categories, separated by |; empty = unknown.
    lang : {"en", "ja"}
        Language of the reader.

    Examples
    --------
    >>> vote_reason(np.array([0.3, 0.4, 0.2]), "machine", "41", "en").split("; ")[0]
    "another maker's product can take its place after some time of adjustment (substitution difficulty 0.3)"
    """
    said = [
        label(f"{name}_{_side(x)}", lang, WORDS, value=f"{x:.2g}")
        for name, x in zip(SCORES, value, strict=True)
    ]
    if (value < THRESHOLD).any():
        verdict = label("vote_some", lang, WORDS, threshold=THRESHOLD)
    elif np.isnan(value).any():
        verdict = label("vote_none", lang, WORDS)
    elif not form:
        verdict = label("vote_formless", lang, WORDS, threshold=THRESHOLD)
    else:
        shown = label(f"form_{form}", lang, WORDS)
        verdict = label("vote_all", lang, WORDS, threshold=THRESHOLD, form=shown)
    classes = dict.fromkeys(classical(category) for category in bec.split("|")) if bec else {}
    said += [verdict, *(label(f"bec_{name}", lang, WORDS) for name in classes)]
    return ("。" if lang == "ja" else "; ").join(said)


def _side(value: float) -> str:
    return "unknown" if np.isnan(value) else "high" if value >= THRESHOLD else "low"
