"""What a study says on a terminal: who stops, price, assumptions, notes, data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from meguri.app.printing import band, portion, print_table, recovery_band, say, say_folded
from meguri.base.terms import Lang, label
from meguri.show.phrases import answer
from meguri.study.outcome import Outcome


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
    print_prices(outcome, lang)
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


def print_why(outcome: Outcome, node: str, lang: Lang) -> None:
    """Why a node falls short: from input to input up to where a control bites."""
    table, cuts = outcome.table("survival").set_index("node"), outcome.table("flows_cut")
    named = table[f"label_{lang}"]
    shown = named.where(named != "", table.index).to_dict()
    names, seen = _names(outcome, lang), set()
    while node not in seen:
        seen.add(node)
        row = table.loc[node]
        if not row["waits_for"]:
            say(_word("why_never", lang, node=shown[node]))
            return
        what = names.get(row["waits_for"], row["waits_for"])
        say(_word("why_step", lang, node=shown[node], days=band(row.to_dict(), "tts_d"), input=what))
        if host := _host(outcome, node, row["waits_for"]):
            say(_word("why_host", lang, input=what, host=shown[host]))
            if not table.loc[host, "tts_d"] <= row["tts_d"]:
                say(_word("why_host_enough", lang, host=shown[host]))
                return
            node = host
            continue
        cut = _largest_cut(cuts, node, row)
        if cut is None:
            return
        supplier, share = cut
        say(_word("why_cut", lang, supplier=shown[supplier], share=f"{share:.0%}"))
        if not table.loc[supplier, "tts_d"] <= row["tts_d"]:
            say(_word("why_border", lang, supplier=shown[supplier]))
            return
        node = supplier


def _host(outcome: Outcome, node: str, what: str) -> str:
    """Node whose by-product the awaited input is; empty when it comes by flows."""
    recipes = outcome.chain.recipes
    return str(recipes.loc[(recipes["node"] == node) & (recipes["input"] == what), "host"].iloc[0])


def _largest_cut(cuts: pd.DataFrame, node: str, row: pd.Series[Any]) -> tuple[str, float] | None:
    """Supplier of the awaited input whose deliveries fell most until then, and by what share."""
    until = row["stops_on"][:7] or "9999"
    chosen = cuts[(cuts["customer"] == node) & (cuts["material"] == row["waits_for"])]
    chosen = chosen[(chosen["month"] <= until) & (chosen["p50"] < chosen["plan"])]
    total = chosen.groupby("supplier")[["plan", "p50"]].sum()
    lost = total["plan"] - total["p50"]
    if lost.empty:
        return None
    supplier = str(lost.idxmax())
    return supplier, float(lost[supplier] / total.loc[supplier, "plan"])
