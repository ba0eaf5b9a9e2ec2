"""The first ten bottlenecks: where the lost output of end users began, run by run, and why there."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label
from meguri.shock.runs import Runs
from meguri.shock.survive import percentile
from meguri.structure.words import shown_names
from meguri.study.losses import end_weights
from meguri.study.trail import control_words

FIRST = 10
Floats = npt.NDArray[np.float64]


def bottlenecks_table(runs: Runs) -> pd.DataFrame:
    """Node and input at which shortages begin, by the weighted lost output of end users traced there.

    In each run, the loss of each end user goes to the node where its shortage began
    (:func:`meguri.shock.cause.causes`) and to the input that node waited for.
    """
    lost, hit = traced(runs)
    mean = lost / len(runs)
    tts = runs.over_runs("tts", lambda days: percentile(days, 0.5))
    rows: list[dict[str, Any]] = []
    for place in np.argsort(-mean, axis=None, kind="stable")[:FIRST]:
        node, slot = (int(at) for at in np.unravel_index(place, mean.shape))
        if mean[node, slot] <= 0:
            break
        cells = runs.layout.nodes.iloc[node]
        rows.append(
            {name: cells[name] for name in ("node", "label_en", "label_ja", "stage", "country")}
            | {f"why_{lang}": _why(runs, node, slot - 1, lang) for lang in LANGS}
            | {
                "rank": len(rows) + 1,
                "input": runs.layout.slots["input"].iloc[slot - 1] if slot else "",
                "tts_d": float(tts[node]) if np.isfinite(tts[node]) else np.nan,
                "share_runs": hit[node, slot] / len(runs),
                "lost_d": mean[node, slot],
                "share_lost": mean[node, slot] / mean.sum(),
            }
        )
    schema = Schema.of("bottlenecks")
    return schema.check(pd.DataFrame(rows, columns=schema.names))


def traced(runs: Runs) -> tuple[Floats, Floats]:
    """Weighted lost days summed over runs, and runs hit, by origin; axes (node, 1 + awaited slot)."""
    weights = end_weights(runs.setup)
    shape = len(runs.layout.nodes), len(runs.layout.slots) + 1
    lost, hit = np.zeros(shape), np.zeros(shape)
    for rows in runs.row_blocks("lost", "root", "waits"):
        root = rows["root"][:, weights.places]
        days = rows["lost"][:, weights.places] * weights.weight
        run, end = np.nonzero((root >= 0) & (days > 0))
        origin = root[run, end]
        slot = rows["waits"][run, origin] + 1
        np.add.at(lost, (origin, slot), days[run, end])
        seen = np.unique(np.stack([run, origin, slot]), axis=1)
        np.add.at(hit, (seen[1], seen[2]), 1.0)
    return lost, hit


def _why(runs: Runs, node: int, slot: int, lang: Lang) -> str:
    """A sentence: what holds the input back at this node."""
    names = shown_names(runs.setup.chain, lang)
    words = {"node": names[str(runs.layout.nodes["node"].iloc[node])]}
    if slot < 0:
        return label("why_alone", lang, "trail", **words, cause=label("why_capacity", lang, "trail"))
    words["input"] = names[str(runs.layout.slots["input"].iloc[slot])]
    return label("why", lang, "trail", **words, cause=_cause(runs, slot, names, lang))


def _cause(runs: Runs, slot: int, names: dict[str, str], lang: Lang) -> str:
    """The control on the largest usual delivery it names, else the host or the largest supplier."""
    w, layout = runs.layout.wiring, runs.layout
    if w.host[slot] >= 0:
        host = names[str(layout.nodes["node"].iloc[int(w.host[slot])])]
        return label("why_host", lang, "trail", supplier=host)
    links = np.arange(w.slot_links[slot], w.slot_links[slot + 1])
    by_amount = links[np.argsort(-runs.planned[0, links], kind="stable")]
    suppliers = layout.links["supplier"].to_numpy()
    for link in by_amount:
        for item in runs.setup.named:
            if item.links[link] and runs.planned[0, link] > 0:
                words = control_words(item, lang)
                return label("why_control", lang, "trail", supplier=names[str(suppliers[link])], **words)
    return label("why_short", lang, "trail", supplier=names[str(suppliers[by_amount[0]])])
