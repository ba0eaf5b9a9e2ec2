"""`meguri population`: whether the printed tables agree, and what the synthetic firms answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.terms import Lang, find_key, keys, label, suggest_key
from meguri.show.knockout import said
from meguri.show.spell import missing, percent
from meguri.structure.population import agreement, answer, cushioned, draw_firms, exposed, tied_to_metals
from meguri.study.outcome import records

WORDS = {"2-1": "sme_field_counts", "2-3": "sme_regions", "2-4": "sme_industries", "text": "sme_field_counts"}


def run_population(industry: str, firms: int, seed: int, form: str, out: Path | None, lang: Lang) -> None:
    """Draw, compare with the printed tables, answer, and print or write.

    Raises
    ------
    DataError
        When no industry of table 2-4 is meant, or the tables cannot both be true.
    """
    key = find_key(industry, "sme_industries")
    if key is None or key == "other":
        details = {"names": ", ".join(name for name in keys("sme_industries") if name != "other"),
                   "near": suggest_key(industry, "sme_industries") or "automotive"}  # fmt: skip
        raise DataError(Problem("population_industry", "--industry", industry, "", details))
    drawn = draw_firms(firms, seed)
    table = agreement(drawn)
    asked = {"exposed": exposed(key), "cushioned": cushioned(key), "tied": tied_to_metals(),
             "touches": tied_to_metals("touches")}  # fmt: skip
    answers = answer(asked, firms, seed=seed)
    tables = {"sme_agreement": table, "sme_answers": answers, "sme_population": drawn}
    if form != "table":
        content = {name: records(one) for name, one in tables.items()}
        deliver(content, table, form, out, sheets=tables)
        return
    print_agreement(table, lang)
    print_answers(answers, label(key, lang, "sme_industries"), lang)


def print_agreement(table: pd.DataFrame, lang: Lang) -> None:
    """Printed and drawn shares side by side, and whether both tables can be true."""
    heads = [said(f"pop.col.{name}", lang) for name in ("table", "row", "printed", "drawn", "agrees")]
    shares = table[table["key"] != "mean"].to_dict("records")
    rows = [
        [row["table"], label(row["key"], lang, WORDS[row["table"]]), _range(row, lang), f"{row['drawn']:.1%}",
         said(f"claim.{row['agrees']}", lang)]
        for row in shares
    ]  # fmt: skip
    print_table(heads, rows, said("pop.title", lang))
    say()
    means = table[table["key"] == "mean"].set_index("table")
    ends = {name: f"{means.at[at, 'printed_low']:.2f}–{means.at[at, 'printed_high']:.2f}"
            for name, at in (("one", "2-1"), ("other", "2-4"))}  # fmt: skip
    both = f"{means.at['2-1', 'bound_low']:.2f}–{means.at['2-1', 'bound_high']:.2f}"
    say_folded(said("pop.verdict_yes", lang, both=both, **ends))
    say()


def _range(row: dict[str, Any], lang: Lang) -> str:
    low = percent(row["printed_low"])
    if missing(row["printed_high"]):
        return said("pop.at_least", lang, low=low)
    return f"{low.rstrip('%')}–{percent(row['printed_high'])}"


def print_answers(answers: pd.DataFrame, industry: str, lang: Lang) -> None:
    """Each question in words, its share and range."""
    rows = [
        [said(f"pop.{row['question']}", lang, industry=industry),
         said("share", lang, middle=percent(row["value"]), low=percent(row["value_low"]),
              high=percent(row["value_high"]))]
        for row in answers.to_dict("records")
    ]  # fmt: skip
    print_table(
        [said("pop.col.question", lang), said("pop.col.share", lang)], rows, said("pop.answers", lang)
    )
    say()
    say_folded(said("pop.basis", lang))
