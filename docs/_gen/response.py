"""Generated pages of the library of measures: what is packaged, which schemes pay, which rates convert."""

from __future__ import annotations

import pandas as pd
from pages import cell, code, table, word

from meguri.base.tables import Schema
from meguri.base.terms import Lang, label, remark
from meguri.respond.measures import packaged_measures


def measures(lang: Lang) -> str:
    """Every packaged measure as written, with owner, lead time, effect and remark."""
    tables = packaged_measures()
    effects = (
        tables["response_effects"].groupby("measure")["effect"].agg(lambda found: list(dict.fromkeys(found)))
    )
    schema = Schema.of("response_measures")
    names = ("measure", "kind", "owner", "lead_d", "life_a", "grade", "note")
    heads = [schema.column(name).label(lang) for name in names]
    heads.insert(5, Schema.of("response_effects").column("effect").label(lang))
    rows = [
        [
            f"{cell(row[f'label_{lang}'])} {code(row['measure'])}",
            cell(label(f"kind_{row['kind']}", lang, "response_words")),
            cell(label(f"owner_{row['owner']}", lang, "response_words")),
            _span(row, "lead_d"),
            _span(row, "life_a"),
            ", ".join(
                cell(label(f"effect_{key}", lang, "response_words")) for key in effects[row["measure"]]
            ),
            cell(label(row["grade"], lang, "grades")),
            cell(remark(row["note"], lang)),
        ]
        for row in tables["response_measures"].to_dict("records")
    ]
    return table(heads, rows)


def _span(row: dict[str, float], name: str) -> str:
    """A number with its range; nothing when it is not known."""
    value, low, high = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
    if pd.isna(value):
        return ""
    return f"{value:g}" if pd.isna(low) else f"{value:g} ({low:g}–{high:g})"


def schemes(lang: Lang) -> str:
    """Public schemes that pay part of a measure, with rate, cap, dates and condition."""
    schema = Schema.of("response_schemes")
    names = ("scheme", "kinds", "rate", "cap", "since", "until", "source")
    heads = [schema.column(name).label(lang) for name in names] + [word("condition", lang)]
    rows = []
    for row in packaged_measures()["response_schemes"].to_dict("records"):
        kinds = [label(f"kind_{kind}", lang, "response_words") for kind in row["kinds"].split("|")]
        cap = "" if pd.isna(row["cap"]) else f"{row['cap']:,.0f} {row['currency']}"
        rows.append(
            [
                f"{cell(row[f'label_{lang}'])} {code(row['scheme'])}",
                cell(", ".join(kinds)),
                _span(row, "rate"),
                cap,
                row["since"],
                row["until"],
                code(row["source"]),
                cell(row[f"condition_{lang}"]),
            ]
        )
    return table(heads, rows)


def rates(lang: Lang) -> str:
    """Dated rates of exchange, newest first."""
    schema = Schema.of("exchange_rates")
    names = ("date", "pair", "rate", "source")
    found = packaged_measures()["exchange_rates"].sort_values(["date", "pair"], ascending=[False, False])
    rows = [
        [row["date"], row["pair"], f"{row['rate']:g}", code(row["source"])]
        for row in found.to_dict("records")
    ]
    return table([schema.column(name).label(lang) for name in names], rows)
