"""How large functional circulation is today, beside what the documents print and what is needed.

Figures of the documents go in as ranges, and every answer is a range: interval arithmetic, no fitting.
What a document prints for an answer stands beside it in columns of its own and is never computed with.
New (process) scrap and old (end-of-life) scrap are rows of their own and are never added into an
old-scrap rate.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label, packaged


class Range(NamedTuple):
    """A lower and an upper end, both possible, nothing said about what lies between."""

    low: float
    high: float

    def times(self, other: Range) -> Range:
        """Product of two ranges of numbers >= 0.

        Examples
        --------
        >>> Range(180_000, 220_000).times(Range(0.01, 0.03))
        Range(low=1800.0, high=6600.0)
        """
        return Range(self.low * other.low, self.high * other.high)

    def over(self, other: Range) -> Range:
        """Quotient of two ranges of numbers > 0.

        Examples
        --------
        >>> Range(4, 30).over(Range(500, 600)).high
        0.06
        """
        return Range(self.low / other.high, self.high / other.low)

    def plus(self, other: Range) -> Range:
        """Sum of two ranges that do not depend on each other."""
        return Range(self.low + other.low, self.high + other.high)

    def overlaps(self, other: Range) -> bool:
        """Whether some value lies in both."""
        return self.low <= other.high and other.low <= self.high


def scale_facts() -> pd.DataFrame:
    """What documents 000 and 002 say of today's scale: one row each, with document, line and grade.

    Examples
    --------
    >>> facts = scale_facts().set_index("fact")
    >>> float(facts.at["world-demand", "low"]), facts.at["world-demand", "unit"]
    (180000.0, 't/a')
    """
    with packaged("circulation", "scale", "facts.csv").open(encoding="utf-8") as file:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of("circulation_facts").check(frame, "circulation/scale/facts.csv")


def scale_check(facts: pd.DataFrame | None = None) -> pd.DataFrame:
    """Today's circulation computed from the documents' figures, with their own totals beside it.

    Parameters
    ----------
    facts : DataFrame, optional
        Table ``circulation_facts``; the packaged one when left out.

    Returns
    -------
    DataFrame
        Table ``scale``: quantity, computed range, printed range (empty when none is printed), whether
        they overlap, unit, kind of scrap, sources and weakest grade.

    Examples
    --------
    >>> table = scale_check().set_index("quantity")
    >>> table.loc["dy_regenerated", ["low", "high"]].tolist()
    [4.0, 30.0]
    """
    given = scale_facts() if facts is None else facts
    rows = given.set_index("fact")
    read = {fact: Range(float(row["low"]), float(row["high"])) for fact, row in rows.iterrows()}
    table = [
        _row(quantity, computed, [rows.loc[name] for name in used], unit, scrap, printed, read)
        for quantity, computed, used, unit, scrap, printed in _computed(read)
    ]
    return Schema.of("scale").check(pd.DataFrame(table), "scale")


_Answer = tuple[str, Range, list[str], str, str, str]


def _computed(read: Mapping[str, Range]) -> list[_Answer]:
    """Quantity, range, facts used, unit, kind of scrap, and the fact that prints the same quantity."""
    return [*_magnets(read), *_dysprosium(read)]


def _magnets(read: Mapping[str, Range]) -> list[_Answer]:
    """Regenerated magnets, and what they are made from."""
    new, old, japan = read["feed-new-scrap"], read["feed-old-scrap"], read["japan-regenerated"]
    world, firms = read["world-demand"].times(read["hydrogen-share"]), read["proterial"].plus(read["tdk"])
    all_, home = ["world-demand", "hydrogen-share"], ["japan-regenerated"]
    two = ["proterial", "tdk"]
    return [
        ("world_regenerated", world, all_, "t/a", "both", "world-regenerated"),
        ("world_new_scrap", world.times(new), [*all_, "feed-new-scrap"], "t/a", "new", ""),
        ("world_old_scrap", world.times(old), [*all_, "feed-old-scrap"], "t/a", "old", ""),
        ("japan_new_scrap", japan.times(new), [*home, "feed-new-scrap"], "t/a", "new", ""),
        ("japan_old_scrap", japan.times(old), [*home, "feed-old-scrap"], "t/a", "old", ""),
        ("firms_apart", firms.plus(read["santoku"]), [*two, "santoku"], "t/a", "both", home[0]),
        ("firms_within", firms, two, "t/a", "both", home[0]),
        ("feed_sum", _complements(new, old), ["feed-new-scrap", "feed-old-scrap"], "1", "both", ""),
    ]


def _dysprosium(read: Mapping[str, Range]) -> list[_Answer]:
    """Dysprosium in regenerated magnets beside what is needed: Japan's of 2012, the world's of 2024."""
    content, need, clean = read["dy-content-thrifted"], read["dy-need-2012"], read["iea-dy-clean-2024"]
    dy = read["japan-regenerated"].times(content)
    old = dy.times(read["feed-old-scrap"])
    world = read["world-demand"].times(read["hydrogen-share"]).times(content)
    home = ["japan-regenerated", "dy-content-thrifted"]
    from_old = [*home, "feed-old-scrap"]
    all_ = ["world-demand", "hydrogen-share", "dy-content-thrifted"]
    return [
        ("dy_regenerated", dy, home, "t/a", "both", ""),
        ("dy_old_scrap", old, from_old, "t/a", "old", ""),
        ("dy_share_of_need", dy.over(need), [*home, "dy-need-2012"], "1", "both", ""),
        ("dy_old_share_of_need", old.over(need), [*from_old, "dy-need-2012"], "1", "old", ""),
        ("dy_world_regenerated", world, all_, "t/a", "both", ""),
        ("dy_world_share", world.over(clean), [*all_, "iea-dy-clean-2024"], "1", "both", ""),
    ]


def _complements(first: Range, second: Range) -> Range:
    """Sum of two shares of one whole: the more of one, the less of the other."""
    ends = (first.low + second.high, first.high + second.low)
    return Range(min(ends), max(ends))


def _row(
    quantity: str,
    computed: Range,
    used: list[pd.Series],
    unit: str,
    scrap: str,
    printed: str,
    read: Mapping[str, Range],
) -> dict[str, object]:
    beside = read.get(printed)
    return {
        "quantity": quantity,
        "low": computed.low,
        "high": computed.high,
        "printed_low": beside.low if beside else None,
        "printed_high": beside.high if beside else None,
        "overlaps": computed.overlaps(beside) if beside else None,
        "unit": unit,
        "scrap": scrap,
        "source": "|".join(sorted({str(row["source"]) for row in used})),
        "grade": weakest([*(str(row["grade"]) for row in used), "derived"]),
    }


def scale_sentence(facts: pd.DataFrame | None = None, lang: Lang = "en") -> str:
    """Whether circulation at today's scale replaces supply, said with its numbers.

    It replaces nothing as long as even the upper end of the regenerated Dy stays below the lower end of
    the need; only then is the sentence the sober one.

    Examples
    --------
    >>> scale_sentence().split(":")[0]
    "At today's scale circulation does not replace supply"
    """
    given = scale_facts() if facts is None else facts
    table = scale_check(given).set_index("quantity")
    need = given.set_index("fact").loc["dy-need-2012"]
    share, dy, old = (table.loc[key] for key in ("dy_share_of_need", "dy_regenerated", "dy_old_scrap"))
    key = "does_not_replace" if share["high"] < 1 else "may_replace"
    return label(
        key,
        lang,
        "scale",
        low=f"{dy['low']:g}",
        high=f"{dy['high']:g}",
        share_low=f"{share['low'] * 100:.1f} %",
        share_high=f"{share['high'] * 100:.1f} %",
        need_low=f"{need['low']:g}",
        need_high=f"{need['high']:g}",
        old_low=f"{old['low']:g}",
        old_high=f"{old['high']:g}",
    )
