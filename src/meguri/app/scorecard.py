"""Circular economy by tonnes and by function, on a terminal: `meguri circulate scorecard`."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.app.printing import print_table, say, say_folded
from meguri.app.risk import Answer
from meguri.base.files import read_csv
from meguri.base.terms import Lang, keys, label
from meguri.base.words import packaged
from meguri.structure.ce_score import CeAnswer, ce_scorecard


def scorecard(network: Path | None) -> CeAnswer:
    """Scorecard of a network of one's own, or of the packaged example (grade assumed).

    Raises
    ------
    DataError
        When the file is not as the table ``ce_network`` declares it.
    """
    if network is not None:
        return ce_scorecard(read_csv(network))
    with packaged("sme", "example_network.csv").open(encoding="utf-8") as file:
        return ce_scorecard(pd.read_csv(file, dtype=str, keep_default_na=False))


def scorecard_tables(found: CeAnswer) -> Answer:
    """Tables of a scorecard for files."""
    return Answer(dict(found.tables))


def print_scorecard(found: CeAnswer, example: bool, lang: Lang) -> None:
    """Points of the document as measured, then both rankings side by side."""

    def word(key: str, **fill: object) -> str:
        return label(key, lang, "cli", **fill)

    say(word("case_scorecard"), "bold")
    if example:
        say_folded(word("ce_example"))
    say_folded(_lead(found, lang))
    scores = found.tables["ce_scores"]
    rows = [
        [label(str(row["code"]), lang, "ce_codes"), _span(row), str(row["unit"]).replace("1", ""),
         f"{row['known']}/{row['members']}"]
        for row in scores.to_dict("records")
    ]  # fmt: skip
    print_table([word("ce_point"), word("ce_value"), word("ce_unit"), word("ce_known")], rows)
    ranks = [
        [_member(row["member"], lang), _share(row["mass_kpi"]), _rank(row["mass_rank"]),
         _share(row["function_kpi"]), _rank(row["function_rank"])]
        for row in found.tables["ce_ranks"].to_dict("records")
    ]  # fmt: skip
    heads = ("ce_member", "ce_mass", "ce_rank", "ce_function", "ce_rank")
    print_table([word(head) for head in heads], ranks, word("ce_ranks_title"))


def _lead(found: CeAnswer, lang: Lang) -> str:
    if not found.reversals:
        return label("ce_same", lang, "cli")
    better, worse = found.reversals[0]
    return label(
        "ce_turned",
        lang,
        "cli",
        n=len(found.reversals),
        better=_member(better, lang),
        worse=_member(worse, lang),
    )


def _member(name: str, lang: Lang) -> str:
    """Name in the reader's language where it is a packaged one, else as written."""
    return label(name, lang, "ce_members") if name in keys("ce_members") else name


def _span(row: dict[str, float]) -> str:
    if pd.isna(row["value"]):
        return "—"
    low, middle, high = (f"{float(row[name]):.3g}" for name in ("value_low", "value", "value_high"))
    return middle if low == high else f"{middle} ({low}–{high})"


def _share(value: float) -> str:
    return "—" if pd.isna(value) else f"{value:.0%}"


def _rank(value: float) -> str:
    return "—" if pd.isna(value) else f"{value:g}"
