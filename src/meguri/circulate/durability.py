"""Will tantalum follow indium? How durable a lead in a material is, by the documents' own five tests.

Japan lost the indium hub for three causes: the process was visible and could be transferred, indium was
not the core of the process, and the value was closed in purity. A material at which all of this holds
stands where indium stood; one at which none holds stands where tantalum stands today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import Lang, find_key, label, suggest
from meguri.observe.packaged import facts

TESTS = ("visible", "transferable", "core", "purity", "bundled")
ENDANGERS = {"visible": "yes", "transferable": "yes", "core": "no", "purity": "yes", "bundled": "no"}
CAUSES = (("visible", "transferable"), ("core",), ("purity",))  # each holds when all its tests do
ON_PATH = 0.5  # the middle of the line: more than half of what held at indium holds here


@dataclass(frozen=True)
class Durability:
    """Where a material stands, and what would move it.

    Attributes
    ----------
    material : str
        Element.
    table : DataFrame
        Columns of ``durability``: the five tests with answers, reasons and the switch that changed them.
    position : (float, float)
        Place on the line from Ta (0) to In (1), at least and at most.
    causes : (int, int)
        How many of the three causes of indium's loss hold, for certain and at most.
    path : str
        *in_end* all three causes hold, *in* past the middle for certain, *ta* before the middle for
        certain, *open* neither.
    signals : DataFrame
        Columns of ``durability_signals``: what to watch, first what would change a test that holds.
    switches : tuple of str
        Switches set.
    """

    material: str
    table: pd.DataFrame
    position: tuple[float, float]
    causes: tuple[int, int]
    path: str
    signals: pd.DataFrame
    switches: tuple[str, ...]
    before: tuple[float, float]
    decisive: tuple[str, ...]

    def sentences(self, lang: Lang = "en") -> list[str]:
        """The answer in words, most important first."""
        said = [_position(self, lang), _causes(self, lang), label(f"path_{self.path}", lang, "durability")]
        if self.table["answer"].eq("unknown").all():
            said = [label("no_rows", lang, "durability", material=self.material)]
        for switch in self.switches:
            moved = {"before": _span(self.before), "after": _span(self.position)}
            name = label(switch, lang, "durability")
            said.append(label("switched", lang, "durability", switch=name, **moved))
        if not self.switches and self.path == "ta":
            named = [label(switch, lang, "durability") for switch in self.decisive]
            key, joined = (
                "decisive" if named else "decisive_none",
                ("、" if lang == "ja" else "; ").join(named),
            )
            said.append(
                label(key, lang, "durability", switches=joined) if named else label(key, lang, "durability")
            )
        return [*said, label("method", lang, "durability")]


def position(answers: Mapping[str, str]) -> tuple[float, float]:
    """Place on the line from Ta (0) to In (1), at least and at most: the mean over the five tests.

    Examples
    --------
    >>> position({"visible": "yes", "transferable": "yes", "core": "yes", "purity": "partly"})
    (0.5, 0.7)
    """
    ends = [_span_of(test, answers.get(test, "unknown")) for test in TESTS]
    low, high = (round(sum(side) / len(TESTS), 9) for side in zip(*ends, strict=True))
    return low, high


def causes_held(answers: Mapping[str, str]) -> tuple[int, int]:
    """How many of the three causes of indium's loss hold, for certain and at most.

    Examples
    --------
    >>> causes_held({"visible": "yes", "transferable": "partly", "core": "no", "purity": "no"})
    (1, 2)
    """
    ends = {test: _span_of(test, answers.get(test, "unknown")) for test in TESTS}
    sure = sum(all(ends[test][0] == 1 for test in cause) for cause in CAUSES)
    most = sum(all(ends[test][1] > 0 for test in cause) for cause in CAUSES)
    return sure, most


def path_of(answers: Mapping[str, str]) -> str:
    """Path of a material: *in_end*, *in*, *ta* or *open* (see :class:`Durability`)."""
    low, high = position(answers)
    if causes_held(answers)[0] == len(CAUSES):
        return "in_end"
    return "in" if low > ON_PATH else "ta" if high < ON_PATH else "open"


def _span_of(test: str, answer: str) -> tuple[float, float]:
    if answer == "unknown":
        return 0.0, 1.0
    at = 0.5 if answer == "partly" else float(answer == ENDANGERS[test])
    return at, at


def durability_answer(
    material: str,
    switches: Iterable[str] = (),
    *,
    tests: pd.DataFrame | None = None,
    what_if: pd.DataFrame | None = None,
) -> Durability:
    """Where a material stands between tantalum and indium, today or with what-if switches on.

    Parameters
    ----------
    material : str
        Element. One without declared answers stands anywhere on the line, and says so.
    switches : iterable of str
        What-if switches, applied in order: ``separable-process``, ``price-competition``,
        ``user-country-refines`` towards indium; ``tool-codesign``, ``sell-the-state`` away from it.
    tests, what_if : DataFrame, optional
        Columns of ``durability_tests`` and ``durability_switches``; the documents' own when left out.

    Raises
    ------
    DataError
        For a switch that is not declared.

    Notes
    -----
    Five tests of equal weight: an assumption, as nothing but indium's one case could weigh them. An
    answer *partly* counts one half, an unknown one anything from 0 to 1. A cause holds when every test
    of it is answered against the material; *partly* leaves it open.

    Examples
    --------
    >>> durability_answer("In").path, durability_answer("Ta").path
    ('in_end', 'ta')
    >>> durability_answer("Ta", ["separable-process"]).position
    (0.6, 0.6)
    """
    given = _table("durability_tests", "durability.csv", tests)
    rules = _table("durability_switches", "durability_switches.csv", what_if)
    material = find_key(material, "materials") or material
    chosen, known = tuple(switches), list(rules["switch"].unique())
    lost = [
        Problem("durability_switch", "switches", s, "", _near(s, known)) for s in chosen if s not in known
    ]
    if lost:
        raise DataError(lost)
    today = _answers(given, material)
    table = _switched(today, rules, chosen)
    before, after = _told(today), _told(table)
    turned = {s: before | _told(rules[rules["switch"] == s]) for s in known}
    return Durability(
        material, Schema.of("durability").check(table), position(after), causes_held(after), path_of(after),
        _signals(after), chosen, position(before),
        tuple(s for s in known if path_of(turned[s]).startswith("in")),
    )  # fmt: skip


def durability_line(materials: Iterable[str] | None = None) -> pd.DataFrame:
    """All materials on the line from Ta to In: columns of ``durability_line``, nearest to In first.

    Examples
    --------
    >>> rows = durability_line().set_index("material")
    >>> rows.index[0], rows.at["Ta", "path"]
    ('In', 'ta')
    """
    given = facts("durability_tests", "durability.csv")
    rows = []
    for material in materials or given["material"].unique():
        told = _told(given[given["material"] == material])
        unknown = sum(told.get(test, "unknown") == "unknown" for test in TESTS)
        rows.append((material, *position(told), *causes_held(told), unknown, path_of(told)))
    names = Schema.of("durability_line").names
    frame = pd.DataFrame(rows, columns=names).sort_values(
        ["position_low", "position_high"], ascending=False, kind="stable"
    )
    return Schema.of("durability_line").check(frame.reset_index(drop=True))


def _table(table: str, file: str, own: pd.DataFrame | None) -> pd.DataFrame:
    return facts(table, file) if own is None else Schema.of(table).check(own, table)


def _near(name: str, known: list[str]) -> dict[str, str]:
    return {"near": suggest(name, known) or ", ".join(known)}


def _told(rows: pd.DataFrame) -> dict[str, str]:
    return dict(zip(rows["test"], rows["answer"], strict=True))


def _signals(answers: Mapping[str, str]) -> pd.DataFrame:
    """Warning signals, first those that would break what still holds."""
    signals = facts("durability_signals")
    gone = [_span_of(test, answers[test])[1] == 1 for test in signals["test"]]
    order = pd.Series(gone).sort_values(kind="stable").index
    return signals.loc[order].reset_index(drop=True)


def _answers(given: pd.DataFrame, material: str) -> pd.DataFrame:
    """Five rows as they stand today; a test without a row is unknown."""
    rows = pd.DataFrame({"test": TESTS}).merge(given[given["material"] == material], on="test", how="left")
    rows["material"] = material
    rows["answer"] = rows["answer"].fillna("unknown")
    rows = rows.fillna({"text_en": "", "text_ja": "", "source": "", "grade": ""})
    rows["today"], rows["switch"] = rows["answer"], ""
    return _danger(rows)


def _switched(rows: pd.DataFrame, rules: pd.DataFrame, switches: tuple[str, ...]) -> pd.DataFrame:
    """The same with each switch applied in turn."""
    rows = rows.copy()
    for switch in switches:
        for rule in rules[rules["switch"] == switch].to_dict("records"):
            here = rows["test"] == rule["test"]
            for name in ("answer", "text_en", "text_ja", "source", "grade"):
                rows.loc[here, name] = rule[name]
            rows.loc[here, "switch"] = switch
    return _danger(rows)


def _danger(rows: pd.DataFrame) -> pd.DataFrame:
    """How far each answer lies towards indium: 0 … 1, the whole span where unknown."""
    ends = [_span_of(test, answer) for test, answer in _told(rows).items()]
    low, high = zip(*ends, strict=True)
    return rows.assign(danger_low=low, danger_high=high)[Schema.of("durability").names]


def _span(position: tuple[float, float]) -> str:
    low, high = position
    return f"{low:.1f}" if low == high else f"{low:.1f}–{high:.1f}"


def _position(found: Durability, lang: Lang) -> str:
    low, high = found.position
    words: dict[str, Any] = {"material": found.material}
    if low == high:
        return label("position", lang, "durability", position=_span(found.position), **words)
    unknown = int(found.table["answer"].eq("unknown").sum())
    ends = {"low": f"{low:.1f}", "high": f"{high:.1f}", "unknown": unknown}
    return label("position_range", lang, "durability", **words, **ends)


def _causes(found: Durability, lang: Lang) -> str:
    sure, most = found.causes
    if sure == most:
        return label("causes", lang, "durability", causes=sure)
    return label("causes_range", lang, "durability", causes=sure, possible=most)
