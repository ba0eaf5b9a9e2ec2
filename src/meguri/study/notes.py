"""Notes: what a reader must know beside the numbers, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.base.note import note as _note
from meguri.base.tables import Schema
from meguri.base.terms import LANGS
from meguri.scenario.schema import Observed, Scenario
from meguri.shock.controls import all_named
from meguri.shock.runs import Runs
from meguri.structure.chain import Chain
from meguri.structure.words import shown_names
from meguri.study.control_notes import control_notes
from meguri.study.losses import end_weights, lost_weighted


def notes_table(
    runs: Runs, chain: Chain, scenario: Scenario, contrast: tuple[Scenario, Runs] | None
) -> pd.DataFrame:
    """Every note of an outcome: conventions, doubts, history held against the runs."""
    rows = [
        _note("never", "info", "convention_never"),
        _note("short", "info", "convention_short", share=f"{scenario.short_below.mode:.0%}"),
        *_reasons(scenario),
        *_lost(runs),
        *_unnamed(runs, chain, scenario),
        *control_notes(chain, runs.layout.links, scenario),
        *_open_slots(runs),
        *_by_products(runs, chain),
        *_assumed(runs),
        *_history(runs, scenario, ""),
    ]
    if contrast is not None:
        rows += _history(contrast[1], contrast[0], "contrast-")
        rows += _verdicts(runs, scenario, contrast)
    return Schema.of("notes").check(pd.DataFrame(rows))


def _reasons(scenario: Scenario) -> list[dict[str, str]]:
    return [
        _note(f"reason-{place}", "info", "stated_reason", reason.source, reason=reason.text)
        for place, reason in enumerate(scenario.reasons, start=1)
    ]


def _lost(runs: Runs) -> list[dict[str, str]]:
    """The lost output of end users in one number, and what it is weighted by."""
    weights = end_weights(runs.setup)
    low, middle, high = (f"{days:.1f}" for days in np.quantile(lost_weighted(runs), [0.1, 0.5, 0.9]))
    numbers = {"p10": low, "p50": middle, "p90": high}
    if weights.basis == "value":
        return [_note("lost-output", "info", "lost_value", **numbers)]
    return [_note("lost-output", "info", "lost_equal", n=len(weights.places), **numbers)]


def _unnamed(runs: Runs, chain: Chain, scenario: Scenario) -> list[dict[str, str]]:
    """Controls that name no flow of this chain, and products whose contents nobody stated."""
    rows = [
        _note(f"names-nothing-{item.control.id}", "warning", "control_names_nothing", control=item.control.id)
        for item in all_named(chain, runs.layout.links, scenario)
        if not item.links.any()
    ]
    controlled = {form for control in scenario.controls for form in control.form}
    products = chain.materials
    unstated = products[
        products["form"].isin(controlled) & ~products["material"].isin(chain.contents["material"])
    ]
    if len(unstated):
        listed = ", ".join(unstated["material"])
        rows.append(_note("contents-unknown", "doubt", "contents_unknown", materials=listed))
    return rows


def _open_slots(runs: Runs) -> list[dict[str, str]]:
    slots = runs.layout.slots[runs.layout.wiring.open_slot == 1]
    if slots.empty:
        return []
    listed = ", ".join(f"{node} ← {name}" for node, name in zip(slots["node"], slots["input"], strict=True))
    return [_note("supplier-unknown", "doubt", "supplier_unknown", slots=listed)]


def _by_products(runs: Runs, chain: Chain) -> list[dict[str, str]]:
    """Which inputs follow a host, and which of them held their node back in most of its bad runs."""
    slots = runs.layout.slots
    hosted = slots[slots["host"] != ""]
    if hosted.empty:
        return []
    names = {lang: shown_names(chain, lang) for lang in LANGS}
    pairs = list(zip(hosted["node"], hosted["host"], strict=True))
    en, ja = ({"slots": "; ".join(f"{of[a]} ← {of[b]}" for a, b in pairs)} for of in names.values())
    rows = [_note("by-products", "info", "by_products", en=en, ja=ja)]
    for place, row in hosted.iterrows():
        node = runs.layout.wiring.slot_node[place]
        bad = np.isfinite(runs.tts[:, node])
        if not bad.any() or (runs.waits[bad, node] == place).mean() < 0.5:
            continue
        spare = 0.0 if pd.isna(row["spare"]) else row["spare"]
        en, ja = ({key: of[row[key]] for key in ("node", "host")} for of in names.values())
        key = f"follows-{row['node']}"
        rows.append(_note(key, "info", "follows_host", spare=f"{spare:.0%}", en=en, ja=ja))
    return rows


def _assumed(runs: Runs) -> list[dict[str, str]]:
    assumed = int((runs.ranges["grade"] == "assumed").sum())
    return [_note("assumed", "doubt", "numbers_assumed", assumed=assumed, all=len(runs.ranges))]


def _labels(scenario: Scenario) -> dict[str, dict[str, str]]:
    return {"en": {"scenario": scenario.label.en}, "ja": {"scenario": scenario.label.ja}}


def _history(runs: Runs, scenario: Scenario, prefix: str) -> list[dict[str, str]]:
    rows = []
    for place, seen in enumerate(scenario.observed):
        low, middle, high = (
            f"{tonnes:,.0f}" for tonnes in np.quantile(runs.counted[:, place], [0.1, 0.5, 0.9])
        )
        numbers = {"seen": f"{seen.amount.mode:,.0f}", "low": low, "middle": middle, "high": high}
        period = {"start": seen.start, "end": seen.end}
        key = f"{prefix}observed-{place + 1}"
        rows.append(
            _note(key, "info", "observed_exports", seen.source, **period, **numbers, **_labels(scenario))
        )
    return rows


def refuted(runs: Runs, place: int, seen: Observed) -> bool:
    """Whether history lies outside everything the runs brought."""
    counted = runs.counted[:, place]
    return not counted.min() <= seen.amount.mode <= counted.max()


def _verdicts(runs: Runs, scenario: Scenario, contrast: tuple[Scenario, Runs]) -> list[dict[str, str]]:
    rows = []
    for place, seen in enumerate(scenario.observed):
        for about, other in ((scenario, runs), contrast):
            counted = other.counted[:, place]
            numbers = {
                "seen": f"{seen.amount.mode:,.0f}",
                "low": f"{counted.min():,.0f}",
                "high": f"{counted.max():,.0f}",
            }
            out = refuted(other, place, seen)
            level, text = ("warning", "history_refuted") if out else ("info", "history_not_refuted")
            key = f"verdict-{about.name}-{place + 1}"
            rows.append(_note(key, level, text, seen.source, **numbers, **_labels(about)))
    return rows
