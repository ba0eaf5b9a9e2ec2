"""Why a node falls short, told step by step: which cut → which stock ran out → which node starved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label, suggest
from meguri.shock.cause import Causes, causes, missing_by_month
from meguri.shock.named import Named
from meguri.shock.run import Told, central_run
from meguri.shock.runs import Runs, Setup
from meguri.shock.spells import spells
from meguri.structure.words import shown_names

ORDER = ("control", "disrupted", "cut", "empty", "starved", "qualified", "recovered", "still-short", "holds")
MOST_CUTS = 3  # links of one slot that are told, the ones that lost most
Row = dict[str, Any]


def trail(of: Runs | Setup, node: str) -> pd.DataFrame:
    """Steps that led a node to its first short day in the central run, and back.

    Parameters
    ----------
    of : Runs or Setup
        A study's runs, or what they share.
    node : str
        Key of the node.

    Returns
    -------
    DataFrame
        Columns of ``trail``: step, day (from the first control), date, what (control in force | node
        disrupted | link cut | stock ran out | node falls short | alternative qualified | recovered),
        node, input, supplier, amount [t], a sentence in each language. One row "holds" when the node
        never falls short.

    Raises
    ------
    DataError
        When the chain has no such node.
    """
    return trails(of, [node])


def trails(of: Runs | Setup, nodes: Iterable[str]) -> pd.DataFrame:
    """Trails of several nodes from one central run, one below the other."""
    setup = of if isinstance(of, Setup) else of.setup
    known = list(setup.layout.nodes["node"])
    listed = list(nodes)
    problems = [
        Problem("reference_nodes", "trail", node, "", {"near": suggest(node, known) or ", ".join(known[:5])})
        for node in listed
        if node not in known
    ]
    if problems:
        raise DataError(problems)
    teller = _Teller.of(setup, central_run(setup))
    rows = [row for node in listed for row in teller.tell(known.index(node))]
    table = pd.DataFrame(rows, columns=Schema.of("trail").names)
    return Schema.of("trail").check(table)


@dataclass(frozen=True)
class _Teller:
    """The central run and the names of everything in it."""

    setup: Setup
    told: Told
    causes: Causes
    missing: npt.NDArray[np.float64]  # (month, link) [t]
    names: dict[Lang, dict[str, str]]

    @classmethod
    def of(cls, setup: Setup, told: Told) -> _Teller:
        w, n, story = setup.layout.wiring, told.numbers, told.story
        names = {lang: shown_names(setup.chain, lang) for lang in LANGS}
        return cls(setup, told, causes(w, n, story, setup.first), missing_by_month(w, n, story), names)

    def tell(self, node: int) -> list[Row]:
        """Rows of one node, in order of day, numbered."""
        path = self._path(node)
        if not path:
            rows = [self._row(self.setup.scenario.days - 1, "holds", node)]
        else:
            rows = [row for place in path for row in self._steps(place, last=place == node)]
            seen: dict[tuple[Any, ...], Row] = {}
            for row in rows:
                seen.setdefault((row["day"], row["what"], row["note_en"]), row)
            rows = sorted(seen.values(), key=lambda row: (row["day"], ORDER.index(row["what"])))
        key = str(self.setup.layout.nodes["node"].iloc[node])
        return [{"of": key, "step": step, **row} for step, row in enumerate(rows, start=1)]

    def _path(self, node: int) -> list[int]:
        """Nodes from the origin to the one asked about; none when it never falls short."""
        if self.causes.fell[node] < 0:
            return []
        path = [node]
        while self.causes.up[path[-1]] >= 0:
            path.append(int(self.causes.up[path[-1]]))
        return path[::-1]

    def _steps(self, node: int, last: bool) -> Iterator[Row]:
        """What happened to one node of the path."""
        story, slot = self.told.story, int(self.told.story.waits[node])
        fell = int(self.causes.fell[node])
        yield from self._disrupted(node, fell)
        if slot >= 0:
            yield from self._cuts(slot, node, fell)
            yield from self._empty(slot, node, fell)
            yield from self._qualified(slot, node)
        lost = self._lost(node)
        what = "starved" if slot >= 0 else "starved_alone"
        yield self._row(fell, "starved", node, slot=slot, amount=lost, text=what)
        after = story.short[self.setup.first :, node]
        end = self.setup.scenario.days
        back = end - int(after[::-1].argmax())
        if back < end:
            yield self._row(back, "recovered", node)
        elif last:
            yield self._row(end - 1, "still-short", node)

    def _lost(self, node: int) -> float:
        n, story = self.told.numbers, self.told.story
        wanted = np.minimum(story.asked[:, node], n.plan[node])
        return float(np.clip(wanted - story.output[:, node], 0.0, None)[self.setup.first :].sum())

    def _disrupted(self, node: int, fell: int) -> Iterator[Row]:
        """The node itself works less, or what it makes is less usable, before it falls short."""
        f = self.told.filters
        share = f.working[:, f.working_of[node]] * f.kept[:, f.kept_of[node]]
        low = np.flatnonzero(share[: fell + 1] < 1.0)
        if low.size:
            yield self._row(int(low[0]), "disrupted", node, share=f"{share[low].min():.0%}")

    def _cuts(self, slot: int, node: int, fell: int) -> Iterator[Row]:
        """Usual links of the awaited slot on which a control binds, and the controls that name them."""
        w, story = self.setup.layout.wiring, self.told.story
        links = np.arange(w.slot_links[slot], w.slot_links[slot + 1])
        links = links[(story.cut[links] >= 0) & (story.cut[links] <= fell)]
        missing = self.missing[w.month[fell], links]
        for at in np.argsort(-missing, kind="stable")[:MOST_CUTS]:
            link, amount = int(links[at]), float(missing[at])
            for item, begin in self._named(link, int(story.cut[link])):
                yield self._row(begin, "control", node, slot=slot, named=item)
            yield self._row(int(story.cut[link]), "cut", node, slot=slot, link=link, amount=amount)

    def _named(self, link: int, day: int) -> list[tuple[Named, int]]:
        """Controls that name a link and are in force on a day, and since when without a rest."""
        return [
            (item, spell.first)
            for item in self.setup.named
            if item.links[link]
            for spell in spells(item.control, self.setup.scenario)
            if spell.first <= day < spell.last
        ]

    def _empty(self, slot: int, node: int, fell: int) -> Iterator[Row]:
        """The stock of the awaited input no longer suffices; who had delivered less."""
        n, day, by = self.told.numbers, int(self.told.story.empty[slot]), int(self.causes.by[node])
        if not 0 <= day <= fell:
            return
        held = n.stock[slot] / n.use[slot] if n.use[slot] > 0 else 0.0
        month = self.setup.layout.wiring.month[fell]
        passed_on = by >= 0 and self.causes.up[node] >= 0
        yield self._row(
            day, "empty", node, slot=slot, link=by if passed_on else -1, days=f"{held:.0f}",
            amount=float(self.missing[month, by]) if passed_on else float(n.stock[slot]),
            text="empty_from" if passed_on else "empty",
        )  # fmt: skip

    def _qualified(self, slot: int, node: int) -> Iterator[Row]:
        """Alternatives of the awaited slot that deliver within the horizon."""
        w, n, story = self.setup.layout.wiring, self.told.numbers, self.told.story
        for link in range(w.slot_links[slot], w.slot_links[slot + 1]):
            amount = float(story.arrived[:, link].sum())
            if n.potential[link] > 0 and amount > 0:
                day = int(np.ceil(n.ready[link]))
                yield self._row(day, "qualified", node, slot=slot, link=link, amount=amount)

    def _row(
        self, day: int, what: str, node: int, *, slot: int = -1, link: int = -1, amount: float = np.nan,
        text: str = "", named: Named | None = None, **fill: str,
    ) -> Row:  # fmt: skip
        """One row; words are filled from keys, names and numbers."""
        layout, scenario = self.setup.layout, self.setup.scenario
        keys = {
            "node": str(layout.nodes["node"].iloc[node]),
            "input": str(layout.slots["input"].iloc[slot]) if slot >= 0 else "",
            "supplier": str(layout.links["supplier"].iloc[link]) if link >= 0 else "",
        }
        row: Row = {
            "day": float(day - self.setup.first),
            "date": (scenario.start + dt.timedelta(days=day)).isoformat(),
            "what": what,
            **keys,
            "amount": amount,
        }
        for lang in LANGS:
            words = {key: self.names[lang].get(name, name) for key, name in keys.items()} | fill
            words["amount"] = tonnes(amount)
            if named is not None:
                words |= control_words(named, lang)
            row[f"note_{lang}"] = label(text or what, lang, "trail", **words)
        return row


def control_words(named: Named, lang: Lang) -> dict[str, str]:
    """Authority, kind and name of a control, for a sentence."""
    control = named.control
    return {
        "country": label(control.by, lang, "countries"),
        "kind": label(f"kind.{control.kind}", lang, "trail"),
        "id": control.id,
    }


def tonnes(amount: float) -> str:
    """Tonnes for a sentence, three digits of them.

    Examples
    --------
    >>> tonnes(12345.6), tonnes(3.14159), tonnes(0.0021)
    ('12,346', '3.14', '0.0021')
    """
    return f"{amount:,.0f}" if abs(amount) >= 100 else f"{amount:.3g}"
