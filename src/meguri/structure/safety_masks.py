"""Who may see which part of a card: 社外秘, 取引先限り, 公開, and a list of what each reader does not see.

What goes to a ministry may be asked for by anybody (disclosure of administrative documents), so a ministry
sees what is public. A bank and a customer see what business partners may see, less what would tell one
partner about another.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.base.words import packaged
from meguri.structure.safetynet_answer import SafetyAnswer

Audience = Literal["internal", "customer", "bank", "ministry"]
CLEARED: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "internal": ("internal", "partner", "public"), "customer": ("partner", "public"),
    "bank": ("partner", "public"), "ministry": ("public",),
})  # fmt: skip


def parts() -> list[dict[str, str]]:
    """Parts of a card that not everybody may see, as packaged; what no part names is public."""
    with packaged("sme", "card_parts.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def withheld(audience: Audience) -> list[dict[str, str]]:
    """Parts that a reader does not see.

    Examples
    --------
    >>> withheld("internal"), "ages" in {part["part"] for part in withheld("ministry")}
    ([], True)
    """
    seen = CLEARED[audience]
    return [
        part for part in parts() if part["level"] not in seen or audience in part["hidden_from"].split("|")
    ]


def masked(answer: SafetyAnswer, audience: Audience) -> SafetyAnswer:
    """The card as a reader may see it.

    Parameters
    ----------
    answer : SafetyAnswer
        All of it.
    audience : {"internal", "customer", "bank", "ministry"}
        The reader.

    Returns
    -------
    SafetyAnswer
        Withheld tables hold no row, withheld columns no value.
    """
    tables = dict(answer.tables)
    for part in withheld(audience):
        if part["table"] in tables:
            tables[part["table"]] = _without(tables[part["table"]], part)
    facts = dict(answer.facts)
    if audience not in ("internal", "customer"):
        facts["customer"] = ""
    if audience == "ministry":
        facts["rate"] = None  # yen an hour, like the worth it leads to
    return SafetyAnswer(MappingProxyType(tables), MappingProxyType(facts))


def _without(table: pd.DataFrame, part: Mapping[str, str]) -> pd.DataFrame:
    if part["rows"]:
        column, _, values = part["rows"].partition("=")
        return table[~table[column].isin(values.split("|"))].reset_index(drop=True)
    if not part["columns"]:
        return table.iloc[:0]
    out = table.copy()
    for column in part["columns"].split("|"):
        out[column] = "" if out[column].dtype == object else math.nan
    return out


def withheld_table(audience: Audience, answer: SafetyAnswer, lang: Lang) -> pd.DataFrame:
    """What a reader is not shown, and why, in words; parts of which the firm holds nothing are no rows."""
    rows = [
        {"part": part["part"], "what": part[lang], "level": part["level"], "why": part[f"why_{lang}"]}
        for part in withheld(audience)
        if len(answer.tables.get(part["table"], ()))
    ]
    schema = Schema.of("card_withheld")
    return schema.check(pd.DataFrame(rows).reindex(columns=schema.names), "card_withheld")
