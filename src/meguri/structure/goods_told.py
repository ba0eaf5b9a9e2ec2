"""The evidence behind the scores of a good, told in the reader's language."""

from __future__ import annotations

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.observe.goods_tables import goods_table


def goods_told(evidence: pd.DataFrame, lang: Lang = "en") -> pd.DataFrame:
    """Every piece of evidence with its name, its points and why it gives them, or why it gives none.

    Parameters
    ----------
    evidence : DataFrame
        Columns of ``goods_evidence``.
    lang : {"en", "ja"}
        Language of the reader.

    Returns
    -------
    DataFrame
        Columns of ``goods_told``: what is known first, the weightier before the lighter.

    Examples
    --------
    >>> from meguri.structure.goods_scores import goods_evidence
    >>> rows = goods_told(goods_evidence(codes=["848620"]))
    >>> rows.loc[rows["key"] == "eto_process", ["evidence", "points"]].values.tolist()
    [['Goes into a process of chip making', 1.0]]
    """
    rules = goods_table("score_rules").set_index(["evidence", "score"])[f"reason_{lang}"]
    table = evidence.assign(
        key=evidence["evidence"],
        score=[label(key, lang, "goods_scores") for key in evidence["score"]],
        evidence=[label(key, lang, "goods_evidence") for key in evidence["evidence"]],
        told=[
            label(reason, lang, "goods_reasons") if reason else rules.get((key, score), "")
            for key, score, reason in zip(
                evidence["evidence"], evidence["score"], evidence["reason"], strict=True
            )
        ],
        known=evidence["points"].notna(),
        place=range(len(evidence)),
    )
    first = table.groupby(["code", "score"])["place"].transform("min")  # goods and scores keep their order
    table = table.assign(first=first).sort_values(
        ["first", "known", "weight", "place"], ascending=[True, False, False, True], kind="stable"
    )
    names = Schema.of("goods_told").names
    return Schema.of("goods_told").check(table[names].reset_index(drop=True))
