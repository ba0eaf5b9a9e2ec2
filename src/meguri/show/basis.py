"""What a figure or report rests on: the outcome it reads, its sources and its weakest grade."""

from __future__ import annotations

from typing import Any, Protocol

import pandas as pd

from meguri.base.sources import GRADES, weakest
from meguri.base.terms import Lang
from meguri.show.spell import day, listing, missing, say, word

MOST_NAMED = 4


class Told(Protocol):
    """The part of an outcome that is shown: its tables, sources, notes, chain and manifest."""

    @property
    def chain(self) -> Any:
        """Chain with tables nodes, flows, recipes and materials."""

    @property
    def manifest(self) -> dict[str, Any]:
        """Scenario, chain, runs, seed, versions, data and hash."""

    def table(self, name: str) -> pd.DataFrame:
        """One outcome table."""

    def sources(self) -> pd.DataFrame:
        """Sources really used."""

    def notes(self) -> pd.DataFrame:
        """Notes and doubts."""


def start_of(outcome: Told) -> str:
    """ISO date from which survival is counted."""
    return str(outcome.manifest["scenario"]["counted_from"])


def horizon_of(outcome: Told) -> float:
    """Days simulated from that date on."""
    return float(outcome.manifest["scenario"]["horizon_d"])


def economy_of(outcome: Told) -> list[str]:
    """Countries the scenario asks about; none where it asks about the whole chain."""
    found = outcome.manifest["scenario"].get("economy") or []
    return [found] if isinstance(found, str) else [str(country) for country in found]


def economy_name(outcome: Told, lang: Lang) -> str:
    """Those countries in words."""
    return listing([word(country, "countries", lang) for country in economy_of(outcome)], lang)


def begins(outcome: Told) -> bool:
    """Whether days are counted from the start of the first control."""
    starts = [str(control["start"])[:10] for control in controls_of(outcome)]
    return not starts or min(starts) == start_of(outcome)[:10]


def since(outcome: Told, lang: Lang) -> str:
    """Words for the day from which days are counted: the start of the control, or else its date."""
    return (
        say("since_control", lang)
        if begins(outcome)
        else say("since_day", lang, day=day(start_of(outcome), lang))
    )


def controls_of(outcome: Told) -> list[dict[str, Any]]:
    """The controls of the scenario, as the manifest holds them."""
    return list(outcome.manifest["scenario"].get("controls") or [])


def controlled(outcome: Told) -> list[str]:
    """Elements that the controls name, neighbours held up by over-compliance apart.

    Those whose price the outcome follows matter to the chain's users; where none of them is named (a
    control on all rare earths names no single one), the followed ones stand for them.
    """
    known = set(outcome.chain.contents["element"])
    strict = [control for control in controls_of(outcome) if control["kind"] != "over-compliance"]
    named = {str(element) for control in strict or controls_of(outcome) for element in control["element"]}
    followed = set(outcome.table("price")["element"]) & known
    return sorted(named & followed) or sorted(named & known) or sorted(followed) or sorted(known)


def weakest_grade(*tables: pd.DataFrame) -> str:
    """Weakest grade found in the ``grade`` columns of some tables; a number without one is assumed.

    Examples
    --------
    >>> weakest_grade(pd.DataFrame({"grade": ["reported", "derived"]}))
    'derived'
    """
    cells = [cell for table in tables if "grade" in table for cell in table["grade"]]
    return weakest("assumed" if missing(cell) or cell not in GRADES else str(cell) for cell in cells)


def footer(sources: pd.DataFrame, grade: str, lang: Lang) -> str:
    """Sources and weakest grade, as printed below a figure.

    Examples
    --------
    >>> footer(pd.DataFrame({"source": ["a"], "producer": ["CEPII"]}), "derived", "en")
    'Computed by meguri. Sources: CEPII. Weakest grade: derived.'
    """
    producers = [
        str(row["source"] if missing(row.get("producer")) else row["producer"])
        for row in sources.to_dict("records")
    ]
    names = listing(list(dict.fromkeys(producers)), lang, most=MOST_NAMED)
    said = say("footer_sources", lang, names=names) if names else say("footer_none", lang)
    parts = [said, say("footer_grade", lang, grade=say(f"grade.{grade}", lang))]
    return ("" if lang == "ja" else " ").join([say("footer_model", lang), *parts])


def outcome_footer(outcome: Told, lang: Lang) -> str:
    """Footer of a figure that shows a result: everything the run used bears on it."""
    grade = weakest_grade(outcome.table("assumptions"), outcome.chain.nodes, outcome.chain.flows)
    return footer(outcome.sources(), grade, lang)
