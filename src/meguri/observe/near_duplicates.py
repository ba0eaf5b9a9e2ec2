"""The same act told twice: pairs of rows that are near in date, actor, instrument, material and title.

One teller lists an act once: rows of the same document or set are compared only where they share their page
or have the same title word for word on the same day. Between two tellers each row goes with the best of the
other alone.

Nothing is thrown away. Rows that belong together stand under one heading, each with its own source; the
score of every pair and the parts it is made of are shown, and how often the rule is right is measured on
pairs labelled by hand (`data/facts/duplicate_labels.csv`).
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from meguri.base.tables import Schema
from meguri.base.words import read_words
from meguri.observe.chronicle import actors, document_dates, public_dates
from meguri.observe.controls import RARE_EARTHS
from meguri.observe.dated import read_interval
from meguri.observe.interval import Interval

WINDOW = 45  # days between two rows of one act: posted late, or one dated by issue and the other by force
WEIGHTS = {
    "date": 0.25,
    "instrument": 0.20,
    "materials": 0.25,
    "title": 0.30,
}  # set before any pair was labelled
THRESHOLD = 0.65  # chosen on one half of the labelled pairs, measured on the other
_EU = 15  # so many member states acting together are the Union
_RANK = {"": 0, "mofcom": 1, "gta": 2, "iea": 3}


class Told(NamedTuple):
    """One row of a chronicle, prepared for comparison."""

    event: str
    teller: str  # document or data set
    url: str
    actors: frozenset[str]
    instrument: str
    materials: frozenset[str]
    words: tuple[frozenset[str], ...]
    dates: tuple[Interval, ...]


def near_duplicates(events: pd.DataFrame, threshold: float = THRESHOLD, best: bool = True) -> pd.DataFrame:
    """Pairs of rows that seem to tell the same act, best first, with what makes each score.

    Parameters
    ----------
    events : DataFrame
        Rows in the columns of ``chronicle``, of any sources together.
    threshold : float
        Least score shown [1].
    best : bool
        Whether a row goes with the best page of the other teller alone; without it every pair is shown.

    Returns
    -------
    DataFrame
        ``chronicle_pairs``: event, other, score, date, instrument, materials, title (parts in [0, 1]),
        days (least distance of the dates [d]), why (same page | same act).

    Examples
    --------
    >>> from meguri.observe.chronicle import chronicle
    >>> pairs = near_duplicates(chronicle("Dy"))
    >>> bool(pairs["event"].eq("ev-042").any())
    True
    """
    told = [prepared(row) for row in events.to_dict("records")]
    weight = _rarity(told)
    rows = [_pair(told[i], told[j], weight) for i, j in candidates(told)]
    table = pd.DataFrame(rows, columns=[*Schema.of("chronicle_pairs").names, "one_teller", "other_teller"])
    alone = (
        table["one_teller"].eq(table["other_teller"])
        & table["why"].ne("page")
        & (table["title"] * table["date"]).lt(1)
    )
    table = table[table["score"].ge(threshold) & ~alone]
    if best:
        table = table[_best_of(table, told)]
    table = table[Schema.of("chronicle_pairs").names]
    return table.sort_values(["score", "event", "other"], ascending=[False, True, True]).reset_index(
        drop=True
    )


def headings(events: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """All rows, each under the heading of its act; a row that stands alone is its own heading.

    A row joins a heading only if it, or another digest of its page, is near to the row that gives the heading
    its name, so that a chain of likenesses does not tie together what is not alike. The documents and the
    packaged public rows come first as names, then the sets.

    Returns
    -------
    DataFrame
        The rows with ``heading`` (event key), ``told`` (rows under it) and ``sources_told`` (their sets),
        in the order of the rows given.
    """
    rank = [(_RANK.get(record, 9), i) for i, record in enumerate(events["record"])]
    near, page = _neighbours(pairs, "act"), _neighbours(pairs, "page")
    name: dict[str, str] = {}
    for _, i in sorted(rank):
        key = events["event"].iat[i]
        if key in name:
            continue
        direct = [key, *sorted(near.get(key, ()))]
        for member in dict.fromkeys(
            [*direct, *(mate for one in direct for mate in sorted(page.get(one, ())))]
        ):
            name.setdefault(member, key)
    table = events.assign(heading=events["event"].map(name))
    grouped = table.groupby("heading")
    sets = table["record"].where(table["record"].ne(""), table["document"])
    joined = sets.groupby(table["heading"]).agg(lambda cells: "|".join(sorted(set(cells))))
    return table.assign(told=grouped["event"].transform("size"), sources_told=table["heading"].map(joined))


def _neighbours(pairs: pd.DataFrame, why: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    chosen = pairs[pairs["why"].eq(why)]
    for first, second in zip(chosen["event"], chosen["other"], strict=True):
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


def not_in_ours(merged: pd.DataFrame) -> pd.DataFrame:
    """Headings of which the data sets know and the packaged chronicle does not: one row for each.

    Parameters
    ----------
    merged : DataFrame
        Answer of `headings` over the packaged chronicle and the sets together.
    """
    ours = set(merged.loc[merged["record"].eq(""), "heading"])
    alone = merged[~merged["heading"].isin(ours)]
    return alone[alone["event"].eq(alone["heading"])].reset_index(drop=True)


def prepared(row: dict[str, object]) -> Told:
    """A row made ready to compare: sets of actors, materials and words, and all its dates."""
    who = frozenset(actors(str(row["actor"])))
    if len(who & _members()) >= _EU:
        who = (who - _members()) | {"EU"}
    return Told(
        str(row["event"]), f"{row['document']} {row['record']}", str(row["url"]), who, str(row["instrument"]),
        frozenset(filter(None, str(row["elements"]).split("|"))),
        (_words(str(row["label_en"])), _words(str(row["label_ja"]))),
        _dates(row),
    )  # fmt: skip


def _dates(row: dict[str, object]) -> tuple[Interval, ...]:
    public = public_dates(row)
    found = [document_dates(row), *([] if public is None else [public])]
    found += [read_interval(str(row[name])) for name in ("announced", "effective") if row[name]]
    return tuple(dict.fromkeys(date for date in found if date.known))


@cache
def _members() -> frozenset[str]:
    codes = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
    return frozenset(codes.split())


def candidates(told: list[Told]) -> list[tuple[int, int]]:
    """Index pairs that share an actor and a page, or an actor and dates within the window."""
    by_actor: dict[str, list[int]] = {}
    for i, row in enumerate(told):
        for who in row.actors:
            by_actor.setdefault(who, []).append(i)
    found: set[tuple[int, int]] = set()
    for rows in by_actor.values():
        first = np.array(
            [min(d.earliest for d in told[i].dates).toordinal() if told[i].dates else 1 for i in rows]
        )
        last = np.array(
            [max(d.latest for d in told[i].dates).toordinal() if told[i].dates else 10**7 for i in rows]
        )
        near = (first[:, None] - last[None, :] <= WINDOW) & (first[None, :] - last[:, None] <= WINDOW)
        left, right = np.nonzero(np.triu(near, 1))
        found |= {(rows[a], rows[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)}
    return sorted(found)


def _pair(one: Told, two: Told, weight: dict[str, float]) -> dict[str, object]:
    date, days = _near_in_time(one.dates, two.dates)
    parts = {
        "date": date,
        "instrument": _same_instrument(one.instrument, two.instrument),
        "materials": _same_materials(one.materials, two.materials),
        "title": max(alike(a, b, weight) for a, b in zip(one.words, two.words, strict=True)),
    }
    page = bool(one.url) and one.url == two.url
    score = 1.0 if page else sum(WEIGHTS[name] * value for name, value in parts.items())
    return {
        "event": one.event, "other": two.event, "score": round(score, 4),
        **{name: round(value, 4) for name, value in parts.items()},
        "days": days, "why": "page" if page else "act", "one_teller": one.teller, "other_teller": two.teller,
    }  # fmt: skip


def _best_of(table: pd.DataFrame, told: list[Told]) -> pd.Series[bool]:
    """Pairs that are the best of both their rows in the other's set; rows of one page count as one."""
    page = {row.event: row.url or row.event for row in told}
    left, right = table["event"].map(page), table["other"].map(page)
    together = table.groupby([left, right])["score"].transform("max")
    ends = [(left, table["other_teller"]), (right, table["one_teller"])]
    seen = pd.concat([pd.DataFrame({"page": p, "teller": t, "score": together}) for p, t in ends])
    top = seen.groupby(["page", "teller"])["score"].max()
    needed = [top.reindex(pd.MultiIndex.from_arrays(end)).to_numpy() for end in ends]
    return (together >= needed[0]) & (together >= needed[1])


def _near_in_time(one: tuple[Interval, ...], two: tuple[Interval, ...]) -> tuple[float, int | None]:
    """Nearness of the best pair of dates: 1 on the same day, less with distance and with vagueness."""
    best, least = 0.0, None
    for a in one:
        for b in two:
            gap = a.gap_days(b)
            wide = max(a.days or 10**6, b.days or 10**6)
            sharp = 1.0 if wide <= 31 else 0.7 if wide <= 366 else 0.4
            best = max(best, sharp * max(0.0, 1 - gap / WINDOW))
            least = gap if least is None else min(least, gap)
    return best, least


@cache
def _family() -> dict[str, str]:
    return {row["key"]: row["family"] for row in read_words("chronicle_instruments")}


def _same_instrument(one: str, two: str) -> float:
    if not one or not two:
        return 0.3
    if one == two:
        return 1.0
    return 0.6 if _family().get(one) == _family().get(two) else 0.0


def _same_materials(one: frozenset[str], two: frozenset[str]) -> float:
    """Share of the materials named by both; "rare earths" stands for any of them."""
    if not one or not two:
        return 0.5 if one == two else 0.3
    rare = frozenset(RARE_EARTHS) | {"REO"}
    if "REO" in one | two:
        one, two = (frozenset("REO" if m in rare else m for m in cell) for cell in (one, two))
    return len(one & two) / len(one | two)


_SMALL = frozenset(
    ("the", "of", "on", "and", "for", "to", "in", "a", "an", "by", "with", "its", "from", "at")
)


def _words(title: str) -> frozenset[str]:
    """Words of a title: Latin words without endings, pairs of Chinese or Japanese characters."""
    latin = {re.sub(r"(?:ies|es|s|ing|ed)$", "", word) for word in re.findall(r"[a-z0-9]+", title.lower())}
    runs = re.findall(r"[一-龥ぁ-んァ-ヶ]+", title)
    return frozenset((latin - _SMALL) | {run[i : i + 2] for run in runs for i in range(len(run) - 1)} - {""})


def _rarity(told: list[Told]) -> dict[str, float]:
    """Weight of each word: the rarer among all titles, the more it says."""
    counts = Counter(word for row in told for word in frozenset().union(*row.words))
    return {word: float(np.log(1 + len(told) / count)) for word, count in counts.items()}


def alike(one: frozenset[str], two: frozenset[str], weight: dict[str, float]) -> float:
    """Share of the weight of two titles' words that both hold (weighted Dice), 0 to 1.

    Examples
    --------
    >>> alike(frozenset({"graphite", "licence"}), frozenset({"graphite"}), {"graphite": 2.0, "licence": 1.0})
    0.8
    """
    total = sum(weight.get(word, 0.0) for word in one) + sum(weight.get(word, 0.0) for word in two)
    return 2 * sum(weight.get(word, 0.0) for word in one & two) / total if total else 0.0


def check_labels(labels: pd.DataFrame, pairs: pd.DataFrame) -> dict[str, float]:
    """Precision and recall of the rule on pairs labelled by hand.

    Parameters
    ----------
    labels : DataFrame
        ``duplicate_labels``: event, other, same (yes | no).
    pairs : DataFrame
        Answer of `near_duplicates`.

    Returns
    -------
    dict
        pairs, same, called, right (counts), precision, recall [1]; not a number where nothing was called.
    """
    found = {frozenset(pair) for pair in zip(pairs["event"], pairs["other"], strict=True)}
    couples = zip(labels["event"], labels["other"], strict=True)
    called = np.array([frozenset(couple) in found for couple in couples], dtype=bool)
    same = labels["same"].eq("yes").to_numpy()
    right = int((same & called).sum())
    return {
        "pairs": len(labels), "same": int(same.sum()), "called": int(called.sum()), "right": right,
        "precision": right / int(called.sum()) if called.any() else float("nan"),
        "recall": right / int(same.sum()) if same.any() else float("nan"),
    }  # fmt: skip
