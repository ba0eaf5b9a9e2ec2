"""What a study says on a terminal: who stops, price, assumptions, notes, data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from meguri.app.printing import band, days, portion, print_table, recovery_band, say, say_folded
from meguri.base.terms import Lang, label
from meguri.show.effects import content_words, path_words, same_items, shadow_peaks
from meguri.show.phrases import answer
from meguri.study.outcome import Outcome

_PATHS = 60  # of one item on a terminal
_FELT = 0.05  # [d] of plan below which a loss is none


def print_outcome(outcome: Outcome, lang: Lang) -> None:
    """The answer of a study in the order a lead reads it."""
    scenario = outcome.manifest["scenario"]
    say(scenario["label"][lang], "bold")
    say(
        _word(
            "ran",
            lang,
            chain=outcome.chain.label(lang),
            runs=outcome.manifest["runs"],
            seed=outcome.manifest["seed"],
        )
    )
    say()
    for sentence in answer(outcome, lang):
        say_folded(sentence)
    say()
    print_survival(outcome, lang)
    print_bottlenecks(outcome, lang)
    print_prices(outcome, lang)
    print_shadow(outcome, lang)
    print_assumptions(outcome, lang)
    print_notes(outcome, lang)
    print_data(outcome, lang)


def _word(key: str, lang: Lang, **fill: Any) -> str:
    return label(key, lang, "cli", **fill)


def print_survival(outcome: Outcome, lang: Lang) -> None:
    """Nodes that fall short, the first on top, and how many never do."""
    table = outcome.table("survival")
    stopping = table[table["share_stopped"] > 0]
    heads = [
        _word(key, lang) for key in ("node", "stage", "country", "tts", "ttr", "share", "lowest", "waits_for")
    ]
    names = _names(outcome, lang)
    rows = [
        [
            str(row[f"label_{lang}"] or row["node"]),
            label(row["stage"], lang, "stages"),
            row["country"],
            band(row, "tts_d"),
            recovery_band(row),
            portion(row["share_stopped"]),
            f"{row['lowest']:.0%}",
            names.get(row["waits_for"], row["waits_for"]),
        ]
        for row in stopping.to_dict("records")
    ]
    if rows:
        print_table(heads, rows, _word("survival_title", lang))
    say(_word("never_short", lang, n=len(table) - len(stopping), all=len(table)))
    say()


def _names(outcome: Outcome, lang: Lang) -> dict[str, str]:
    materials = outcome.chain.materials
    return dict(zip(materials["material"], materials[f"label_{lang}"], strict=True))


def print_prices(outcome: Outcome, lang: Lang) -> None:
    """Farthest month of each price band, outside and inside the border."""
    table = outcome.table("price")
    if table.empty:
        return
    table["far"] = np.abs(np.log(table["p50"]))
    peaks = table.loc[table.groupby(["element", "form", "place"], sort=False)["far"].idxmax()]
    heads = [_word(key, lang) for key in ("element", "form", "place", "peak_month", "ratio")]
    rows = [
        [
            label(row["element"], lang, "materials"),
            label(row["form"], lang, "forms"),
            _word(row["place"], lang),
            row["month"],
            f"{row['p50']:.2g}× ({row['p10']:.2g}–{row['p90']:.2g})",
        ]
        for row in peaks.to_dict("records")
    ]
    print_table(heads, rows, _word("price_title", lang))
    say()


def print_shadow(outcome: Outcome, lang: Lang) -> None:
    """What the right to ship each priced good is worth in its dearest month."""
    table = outcome.table("shadow")
    if table.empty:
        return
    heads = [_word(key, lang) for key in ("element", "form", "shadow_by", "shadow_month", "shadow_worth")]
    rows = [
        [
            label(row["element"], lang, "materials"),
            label(row["form"], lang, "forms"),
            label(row["by"], lang, "countries"),
            "—" if row["p50"] == 0 else row["month"],
            f"{row['p50']:.2g}× ({row['p10']:.2g}–{row['p90']:.2g})",
        ]
        for row in shadow_peaks(table).to_dict("records")
    ]
    print_table(heads, rows, _word("shadow_title", lang))
    say_folded(_word("shadow_means", lang))
    say()


def print_indirect(table: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> None:
    """What lies inside goods made of each control's item, and by which paths; one table for each item."""
    if table.empty:
        say(_word("indirect_none", lang))
        return
    heads = [
        _word(key, lang) for key in ("node", "country", "indirect_content", "indirect_part", "indirect_path")
    ]
    for controls, rows in same_items(table):
        cells = [_path_row(row, names) for row in rows.head(_PATHS).to_dict("records")]
        print_table(heads, cells, _word("indirect_title", lang, controls=", ".join(controls)))
        if len(rows) > _PATHS:
            say(_word("more_rows", lang, n=len(rows) - _PATHS))
        say()
    say_folded(_word("indirect_means", lang))


def _path_row(row: dict[Any, Any], names: Mapping[str, str]) -> list[str]:
    return [
        names[row["node"]],
        row["country"],
        content_words(row["product_content"]),
        portion(row["content"] / row["product_content"]),
        path_words(row["path"], names),
    ]


def print_recovery_loss(table: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> None:
    """What end users lose at least while one node is closed for some days, the gravest node on top."""
    wide = table.pivot(index="node", columns="days", values="lost_d")
    felt = wide[wide.gt(_FELT).any(axis=1)].sort_values(list(wide)[::-1], ascending=False, kind="stable")
    heads = [_word("node", lang), *(_word("closed_for", lang, n=f"{days:.0f}") for days in wide)]
    rows = [[names[str(node)], *(f"{days:.1f}" for days in cells)] for node, cells in felt.iterrows()]
    title = _word("recovery_title", lang, basis=_word(f"weights_{table['basis'].iloc[0]}", lang))
    if rows:
        print_table(heads, rows, title)
    say(_word("recovery_rest", lang, n=len(wide) - len(felt), all=len(wide), days=f"{max(wide):.0f}"))


def print_assumptions(outcome: Outcome, lang: Lang, most: int = 3) -> None:
    """The assumptions that move the answer most."""
    table = outcome.table("assumptions")
    table = table[table["effect"].abs() > 0].head(most)
    heads = [_word(key, lang) for key in ("assumption", "range", "swing", "effect", "grade")]
    rows = [
        [
            str(row[f"label_{lang}"]),
            f"{row['low']:g} … {row['mode']:g} … {row['high']:g} {row['unit'].replace('1', '')}".strip(),
            "—" if pd.isna(row["swing"]) else f"{row['swing']:+.1f}",
            f"{row['effect']:+.2f}",
            label(row["grade"], lang, "grades") if row["grade"] else "",
        ]
        for row in table.to_dict("records")
    ]
    if rows:
        print_table(heads, rows, _word("assumptions_title", lang))
        say()


def print_notes(outcome: Outcome, lang: Lang) -> None:
    """Notes, each with its level."""
    say(_word("notes_title", lang), "bold")
    for row in outcome.notes().to_dict("records"):
        say_folded(f"  · [{label(row['level'], lang, 'cli')}] {row[f'text_{lang}']}", indent=4)
    say()


def print_data(outcome: Outcome, lang: Lang) -> None:
    """The data used, by producer."""
    sources = outcome.sources()
    producers = sorted({row["producer"] for row in sources.to_dict("records") if row["producer"]})
    grade = label(outcome.manifest["grade"], lang, "grades")
    say_folded(_word("data_used", lang, n=len(sources), grade=grade, producers="; ".join(producers)))


def print_trail(trail: pd.DataFrame, node: str, lang: Lang) -> None:
    """Why a node falls short in the central run: which cut, which stock ran out on which day, who starved."""
    say(_word("trail_title", lang, node=node), "bold")
    rows = [
        [str(row["step"]), row["date"], f"{row['day']:+.0f}", str(row[f"note_{lang}"])]
        for row in trail.to_dict("records")
    ]
    print_table([_word(key, lang) for key in ("trail_step", "trail_date", "trail_day", "trail_note")], rows)
    say()


def print_bottlenecks(outcome: Outcome, lang: Lang) -> None:
    """The first ten places where lost output of end users begins, each with what holds it back."""
    table = outcome.table("bottlenecks")
    names = _names(outcome, lang)
    rows = [
        [
            str(row["rank"]),
            str(row[f"label_{lang}"] or row["node"]),
            names.get(row["input"], "—"),
            days(row["tts_d"]),
            portion(row["share_lost"]),
            str(row[f"why_{lang}"]),
        ]
        for row in table.to_dict("records")
    ]
    if rows:
        heads = ("rank", "node", "waits_for", "tts_median", "share_lost", "why_there")
        print_table([_word(key, lang) for key in heads], rows, _word("bottlenecks_title", lang))
        say()


def print_sobol(table: pd.DataFrame, lang: Lang) -> None:
    """Which numbers explain the spread of an answer: first-order and total indices with their intervals."""
    heads = ("assumption", "range", "sobol_first", "sobol_total", "sobol_ends", "grade")
    rows = [
        [
            str(row[f"label_{lang}"]),
            f"{row['low']:g} … {row['mode']:g} … {row['high']:g} {row['unit'].replace('1', '')}".strip(),
            f"{row['first']:.2f} ± {row['first_pm']:.2f}",
            f"{row['total']:.2f} ± {row['total_pm']:.2f}",
            f"{row['at_low']:.1f} … {row['at_high']:.1f} {row['answer_unit'].replace('1', '')}".strip(),
            label(row["grade"], lang, "grades") if row["grade"] else "",
        ]
        for row in table.to_dict("records")
    ]
    title = _word("sobol_title", lang, answer=table["answer"].iloc[0], runs=int(table["runs"].iloc[0]))
    print_table([_word(key, lang) for key in heads], rows, title)


def print_agreement(table: pd.DataFrame, names: Mapping[str, str], lang: Lang) -> None:
    """Program beside simulation for each closed node, the shortest on top, and how often they agree."""
    heads = [_word(key, lang) for key in ("node", "lp_program", "lp_simulated", "lp_difference", "lp_reason")]
    rows = [
        [
            names[row["node"]],
            days(row["tts_lp"]),
            days(row["tts_simulated"]),
            days(row["difference"]),
            _word(f"lp_reason_{row['reason']}", lang) if row["reason"] else "",
        ]
        for row in table.sort_values("tts_lp", kind="stable").to_dict("records")
    ]
    print_table(heads, rows, _word("lp_title", lang))
    counts = table.loc[table["reason"] != "", "reason"].value_counts()
    others = ", ".join(f"{_word(f'lp_reason_{key}', lang)} {n}" for key, n in counts.items())
    agree = int((table["reason"] == "").sum())
    say(_word("lp_agree", lang, agree=agree, all=len(table), others=others or _word("lp_none", lang)))
