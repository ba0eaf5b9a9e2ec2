"""Scores of goods: the rules that give points, and what came out of the independent check."""

from __future__ import annotations

import math

import pandas as pd
from pages import cell, table, word

from meguri.base.terms import Lang, label
from meguri.observe.goods_tables import goods_table
from meguri.structure.goods_check import FEW, recorded_check

SHOWN = ("mean", "pc5")


def rules(lang: Lang) -> str:
    """Each piece of evidence, the values that give 0 and 1 points, its weight and the reason."""
    heads = [word(key, lang) for key in ("score", "evidence", "zero_points", "one_point", "weight", "reason")]
    rows = [
        [
            cell(label(rule.score, lang, "goods_scores")),
            cell(label(rule.evidence, lang, "goods_evidence")),
            f"{rule.low:g}",
            f"{rule.high:g}" + (word("in_logarithms", lang) if rule.scale == "log" else ""),
            f"{rule.weight:g}",
            cell(rule.reason_ja if lang == "ja" else rule.reason_en),
        ]
        for rule in goods_table("score_rules").itertuples()
    ]
    return table(heads, rows)


def checks(lang: Lang) -> str:
    """Mean of the scores and weight of the class map against each list: value, interval, number, verdict."""
    found = recorded_check()
    found = found[found["score"].isin(SHOWN)]
    chosen = (found["statistic"] == "auc") | (found["against"] == "eto_concentration")
    few = found["n_listed"] < FEW
    rows = found[chosen & (~few | found["among"].isin(["all", "measured"]))]
    names = (
        "against",
        "score",
        "score_without",
        "compared_with",
        "statistic",
        "interval_95",
        "listed_of",
        "verdict",
    )
    return table([word(key, lang) for key in names], [_line(row, lang) for _, row in rows.iterrows()])


def _line(row: pd.Series, lang: Lang) -> list[str]:
    out = [part for part in row["left_out"].split("|") if part]
    single = len(out) == 1 or all(part.startswith("eto") for part in out)
    left = "" if not out else word("itself" if single else "lists_and_chips", lang)
    known = not math.isnan(row["low"])
    return [
        cell(label(row["against"], lang, "control_lists")),
        word(f"score_{row['score']}", lang),
        left,
        cell(label(row["among"], lang, "goods_among")),
        f"{row['value']:.2f}" if not math.isnan(row["value"]) else "–",
        f"{row['low']:.2f}–{row['high']:.2f}" if known else "–",
        f"{row['n_listed']} / {row['n']:,}",
        cell(label(row["verdict"], lang, "goods_verdicts")),
    ]
