"""Synthetic small firms, drawn so that three printed tables of document 000 hold at once; no real firm.

Table 2-1 says how many industries a firm serves, table 2-4 which, table 2-3 where its customers are. The
mean of the first must be the sum of the second: that is checked before anything is drawn. The joint
distribution is the flattest one with these margins (raking of Deming and Stephan 1940), because nothing more
is known. The tables are estimates without a year (N47), so whatever is drawn from them is one too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sampling import latin_shares
from meguri.base.tables import Schema
from meguri.base.terms import find_key, fold, packaged

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ends = tuple[float, float]
NOT_HANDLING = (
    0.2,
    0.5,
    0.8,
)  # of firms with a tie, those that never handle the metal; the document is silent
_CLOSE = 1e-10  # raking stops when no choice moves by more
_SLACK = 12  # firms by which whole firms miss shares of 255 choices: three standard deviations


@cache
def _packaged(name: str) -> pd.DataFrame:
    with packaged("sme", f"{name}.csv").open("rb") as file:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of(f"sme_{name}").check(frame, f"{name}.csv")


def printed() -> pd.DataFrame:
    """Tables 2-1 to 2-4 as the document prints them, with line and without a year; columns ``sme_printed``.

    Examples
    --------
    >>> rows = printed()
    >>> rows.loc[rows["key"] == "trouble", ["table", "level", "line"]].to_numpy().tolist()
    [['2-2', 'very_low', 298]]
    """
    return _packaged("printed").copy()


def tightened(ends: Sequence[Ends]) -> list[Ends]:
    """What the ranges of shares leave to each other when they must sum to 1.

    Raises
    ------
    DataError
        When no shares inside the ranges sum to 1.

    Examples
    --------
    Two of three are nearly fixed, so the third is:

    >>> [(round(low, 2), round(high, 2)) for low, high in tightened([(0.5, 0.5), (0.3, 0.4), (0, 1)])]
    [(0.5, 0.5), (0.3, 0.4), (0.1, 0.2)]
    """
    least, most = sum(low for low, _ in ends), sum(high for _, high in ends)
    if least > 1 + 1e-12 or most < 1 - 1e-12:
        raise DataError(Problem("sme_disagree", "table 2-1", f"{least:.0%} … {most:.0%}"))
    return [(max(low, 1 - (most - high)), min(high, 1 - (least - low))) for low, high in ends]


def mean_range(ends: Sequence[Ends]) -> tuple[Floats, Floats]:
    """Shares of 1, 2, 3 … fields with the least and the greatest mean that the ranges allow.

    Examples
    --------
    >>> low, high = mean_range([(0.25, 0.75), (0.25, 0.75)])
    >>> low.tolist(), high.tolist()
    ([0.75, 0.25], [0.25, 0.75])
    """
    tightened(ends)

    def filled(order: Sequence[int]) -> Floats:
        shares = np.array([low for low, _ in ends], dtype=float)
        for place in order:
            shares[place] += min(ends[place][1] - ends[place][0], 1 - shares.sum())
        return shares

    places = range(len(ends))
    return filled(list(places)), filled(list(reversed(places)))


class Margins(NamedTuple):
    """Shares that hold in all tables at once."""

    fields: Floats  # (number of fields,)
    industries: Floats  # (industry,)
    regions: Floats  # (region,)


def _ends(table: str) -> tuple[list[str], list[Ends]]:
    rows = printed()
    rows = rows[rows["table"] == table]
    return rows["key"].tolist(), list(zip(rows["low"].tolist(), rows["high"].tolist(), strict=True))


def agreed(where: float = 0.5) -> Margins:
    """Shares inside every printed range for which the mean of table 2-1 is the sum of table 2-4.

    Parameters
    ----------
    where : float
        Place between the lowest (0) and highest (1) mean that both tables allow.

    Raises
    ------
    DataError
        When the two tables cannot both be true.

    Examples
    --------
    >>> margins = agreed()
    >>> bool(np.isclose(margins.fields @ [1, 2, 3, 4], margins.industries.sum()))
    True
    """
    ends, among = _ends("2-1")[1], _ends("2-4")[1]
    first, last = mean_range(ends)
    count = np.arange(1.0, len(ends) + 1)
    low, high = np.array(among).T
    least, most = max(first @ count, low.sum()), min(last @ count, high.sum())
    if least > most:
        details = {"fields": f"{first @ count:.2f}–{last @ count:.2f}",
                   "industries": f"{low.sum():.2f}–{high.sum():.2f}"}  # fmt: skip
        raise DataError(Problem("sme_tables_apart", "tables 2-1 and 2-4", "", "", details))
    mean = least + where * (most - least)
    middle = np.array([sum(pair) for pair in ends]) / sum(map(sum, ends))
    steps = [first, middle, last] if first @ count < middle @ count < last @ count else [first, last]
    fields = _on_path(steps, count, mean)
    industries = _on_path([low, high], np.ones(low.size), mean)
    return Margins(fields, industries, np.array(_ends("2-3")[1]) @ [1 - where, where])


def _on_path(steps: list[Floats], weight: Floats, total: float) -> Floats:
    """Shares on the way from step to step, whose weighted sums rise, where the sum is ``total``."""
    sums = np.array([float(step @ weight) for step in steps])
    return np.array(
        [np.interp(total, sums, [step[place] for step in steps]) for place in range(steps[0].size)]
    )


@cache
def subsets(items: int) -> Bools:
    """Every non-empty choice among some items; axes (choice, item).

    Examples
    --------
    >>> subsets(2).astype(int).tolist()
    [[0, 1], [1, 0], [1, 1]]
    """
    return np.array(list(product((False, True), repeat=items))[1:])


def flattest(shares: Floats, sizes: Floats | None = None) -> Floats:
    """Flattest distribution over choices with given shares of each item, and of each size of a choice.

    Parameters
    ----------
    shares : array (item,) [1]
        Chance that a choice holds the item.
    sizes : array (size,) [1], optional
        Chance of 1, 2, 3 … items; others never occur. Without it any size may.

    Returns
    -------
    array (choice,) [1]
        In the order of :func:`subsets`.

    Notes
    -----
    Iterative proportional fitting, Deming and Stephan (1940), Annals of Mathematical Statistics 11:427.

    Examples
    --------
    >>> flattest(np.array([0.5, 0.5]), np.array([1.0])).round(6).tolist()
    [0.5, 0.5, 0.0]
    """
    chosen = subsets(shares.size)
    size = chosen.sum(axis=1)
    chance = np.ones(len(chosen)) if sizes is None else (size <= sizes.size).astype(float)
    for _ in range(20_000):
        before = chance.copy()
        if sizes is not None:
            total = np.bincount(size, chance, sizes.size + 1)[1 : sizes.size + 1]
            chance *= np.append(sizes / total, np.zeros(shares.size))[np.minimum(size, sizes.size + 1) - 1]
        for item, share in enumerate(shares):
            inside = chance[chosen[:, item]].sum() / chance.sum()
            chance *= np.where(chosen[:, item], share / inside, (1 - share) / (1 - inside))
        chance /= chance.sum()
        if np.abs(chance - before).max() < _CLOSE:
            break
    return chance


@cache
def _joint(where: float) -> tuple[Floats, Floats]:
    margins = agreed(where)
    return flattest(margins.industries, margins.fields), flattest(margins.regions)


def draw_firms(firms: int, seed: int, where: float = 0.5) -> pd.DataFrame:
    """Synthetic firms for which tables 2-1, 2-3 and 2-4 hold.

    Parameters
    ----------
    firms : int
        How many, >= 1; shares are met up to rounding to whole firms.
    seed : int
        Same seed, same firms.
    where : float
        Place in the printed ranges, 0 to 1; also of the 40–50 % with a tie to rare metals and of
        :data:`NOT_HANDLING`.

    Returns
    -------
    DataFrame
        Columns of ``sme_population``. Regions and ties are drawn independently of industries: no table says
        otherwise, and none says so.

    Examples
    --------
    >>> table = draw_firms(400, seed=1)
    >>> float((table["fields"] >= 2).mean().round(2))
    0.7
    """
    shares = latin_shares(firms, seed)
    by_industry, by_region = _joint(where)
    industries, regions = _ends("2-4")[0], _ends("2-3")[0]
    order = _by_size(len(industries))
    which = subsets(len(industries))[order[_picked(by_industry[order], next(shares))]]
    abroad = subsets(len(regions))[_picked(by_region, next(shares))]
    tied = printed().set_index("key").loc["rare_metals"]
    tie = float(tied["low"] + where * (tied["high"] - tied["low"]))
    bare = float(np.interp(where, [0, 0.5, 1], NOT_HANDLING))
    metal = _picked(np.array([tie * bare, tie * (1 - bare), 1 - tie]), next(shares))
    table = pd.DataFrame({
        "firm": [f"synthetic-{number:05d}" for number in range(1, firms + 1)],
        "fields": which.sum(axis=1),
        "industries": ["|".join(np.array(industries)[row]) for row in which],
        "regions": ["|".join(np.array(regions)[row]) for row in abroad],
        "metal": np.array(["touches", "handles", "none"])[metal],
        "source": "seed-000|meguri-assumption", "grade": "assumed",
    })  # fmt: skip
    return Schema.of("sme_population").check(table, "sme_population")


def _picked(chance: Floats, share: Floats) -> npt.NDArray[np.int64]:
    """Choice for each share of (0, 1): its place in the summed chances."""
    return np.minimum(np.searchsorted(np.cumsum(chance), share), len(chance) - 1)


def _by_size(items: int) -> npt.NDArray[np.int64]:
    """Choices in order of their size, so that whole firms miss the share of a size by no more than one."""
    return np.argsort(subsets(items).sum(axis=1), kind="stable")


def agreement(firms: pd.DataFrame) -> pd.DataFrame:
    """The drawn firms beside the printed tables, and whether tables 2-1 and 2-4 agree with each other.

    Returns
    -------
    DataFrame
        Columns of ``sme_agreement``; printed and drawn values stand apart. The last two rows are the mean
        number of fields, from table 2-1 (4 or more as 4) and as the sum of table 2-4.

    Examples
    --------
    >>> agreement(draw_firms(2000, seed=1))["agrees"].eq("yes").all()
    np.True_
    """
    counts, ends = _ends("2-1")
    bounds: list[Ends | None] = list(tightened(ends))
    drawn = [float((firms["fields"] == int(key)).mean()) for key in counts]
    rows = [("2-1", *row) for row in zip(counts, ends, bounds, drawn, strict=True)]
    printed_more = printed().set_index("key").loc["2+", "low"]
    more = (bounds[0] or ends[0])[::-1]
    rows += [("text", "2+", (printed_more, np.nan), (1 - more[0], 1 - more[1]),
              float((firms["fields"] >= 2).mean()))]  # fmt: skip
    for table, column in (("2-3", "regions"), ("2-4", "industries")):
        for key, each in zip(*_ends(table), strict=True):
            rows.append((table, key, each, None, float(held(firms, column, key).mean())))
    rows += _means(ends, float(firms["fields"].mean()))
    return Schema.of("sme_agreement").check(
        pd.DataFrame([_compared(*row, firms=len(firms)) for row in rows]), "sme_agreement"
    )


def _means(ends: Sequence[Ends], drawn: float) -> list[tuple[str, str, Ends, Ends, float]]:
    """Mean number of fields, from both tables; each printed range is the arithmetic of its own rows."""
    count = np.arange(1, len(ends) + 1)
    first, last = mean_range(ends)
    low, high = np.array(_ends("2-4")[1]).sum(axis=0)
    least, most = first @ count, last @ count
    both = (max(least, low), min(most, high))
    return [("2-1", "mean", (least, most), both, drawn), ("2-4", "mean", (low, high), both, drawn)]


def _compared(
    table: str, key: str, ends: Ends, bound: Ends | None, drawn: float, firms: int
) -> dict[str, object]:
    low, high = bound or (np.nan, np.nan)
    slack = (4 if key == "mean" else 1) * _SLACK / firms
    inside = ends[0] - slack <= drawn and (np.isnan(ends[1]) or drawn <= ends[1] + slack)
    return {
        "table": table, "key": key, "printed_low": ends[0], "printed_high": ends[1], "bound_low": low,
        "bound_high": high, "drawn": drawn, "agrees": "yes" if inside else "no",
    }  # fmt: skip


def held(firms: pd.DataFrame, column: str, key: str) -> pd.Series[bool]:
    """Firms whose list in a column holds a key."""
    return firms[column].map(lambda cell: key in cell.split("|")).astype(bool)


# --- questions of policy: share of firms for which something holds --------------------------------


def exposed(industry: str) -> Callable[[pd.DataFrame], float]:
    """Share of firms that serve an industry and nothing else: they stop when it does."""
    return lambda firms: float((held(firms, "industries", industry) & (firms["fields"] == 1)).mean())


def cushioned(industry: str) -> Callable[[pd.DataFrame], float]:
    """Of the firms that serve an industry, the share with a second one to live from."""
    return lambda firms: float((firms[held(firms, "industries", industry)]["fields"] > 1).mean())


def reached(industries: Sequence[str]) -> Callable[[pd.DataFrame], float]:
    """Share of firms that a scheme for some industries would reach."""
    return lambda firms: float(
        np.logical_or.reduce([held(firms, "industries", key).to_numpy() for key in industries]).mean()
    )


def joins(one: str, other: str) -> Callable[[pd.DataFrame], float]:
    """Share of firms that serve both of two industries: what is learnt in one can reach the other."""
    return lambda firms: float((held(firms, "industries", one) & held(firms, "industries", other)).mean())


def tied_to_metals(tie: Literal["handles", "touches", "any"] = "any") -> Callable[[pd.DataFrame], float]:
    """Share of firms tied to rare metals; ``touches`` leaves out the ones that handle the metal."""
    return lambda firms: float((firms["metal"].ne("none") if tie == "any" else firms["metal"].eq(tie)).mean())


def answer(
    questions: dict[str, Callable[[pd.DataFrame], float]], firms: int = 2000, draws: int = 9, seed: int = 1
) -> pd.DataFrame:
    """Answers with the range that the printed ranges leave.

    Parameters
    ----------
    questions : mapping
        Name → function of a population, such as :func:`exposed`.
    firms, draws, seed : int
        Each draw takes another place in the printed ranges and another seed.

    Returns
    -------
    DataFrame
        Columns of ``sme_answers``.

    Examples
    --------
    >>> answer({"tied": tied_to_metals()}, firms=500, draws=3)[["value_low", "value_high"]].round(2).values
    array([[0.4, 0.5]])
    """
    places = np.linspace(0, 1, draws).tolist() if draws > 1 else [0.5]
    drawn = [draw_firms(firms, seed + number, where) for number, where in enumerate(places)]
    rows = []
    for name, asked in questions.items():
        values = [asked(one) for one in drawn]
        rows.append({
            "question": name, "value": float(np.median(values)), "value_low": min(values),
            "value_high": max(values), "firms": firms, "draws": draws, "grade": "assumed",
        })  # fmt: skip
    return Schema.of("sme_answers").check(pd.DataFrame(rows), "sme_answers")


# --- touching rare metals without handling them ---------------------------------------------------


def touched_metals(work: pd.DataFrame) -> pd.DataFrame:
    """Work that decides over a rare metal's life or yield, handled or not.

    Parameters
    ----------
    work : DataFrame
        Columns ``process``, ``part`` and ``material`` as a shop writes them (in Japanese or English).

    Returns
    -------
    DataFrame
        Columns of ``sme_metal_touched``; ``handles`` where the material names the metal itself. Work that
        no rule names is left out, which is no proof that it has no tie.

    Examples
    --------
    >>> rows = pd.DataFrame({"process": ["洗浄", "研削", "旋盤"], "part": ["防着板", "ロータ磁石", "軸"],
    ...                      "material": ["SUS304", "", "S45C"]})
    >>> touched_metals(rows)[["part", "element", "tie"]].to_numpy().tolist()
    [['防着板', 'Ta', 'touches'], ['ロータ磁石', 'Dy', 'touches']]
    """
    rows = []
    for cells in work[["process", "part", "material"]].drop_duplicates().itertuples():
        for rule in _packaged("metal_rules").itertuples():
            if _names(rule.processes, cells.process) and _names(
                rule.objects, f"{cells.part} {cells.material}"
            ):
                handled = find_key(str(cells.material), "materials") == rule.element
                rows.append({
                    "process": cells.process, "part": cells.part, "material": cells.material,
                    "element": rule.element, "tie": "handles" if handled else "touches", "rule": rule.rule,
                })  # fmt: skip
    schema = Schema.of("sme_metal_touched")
    return schema.check(pd.DataFrame(rows, columns=schema.names), "sme_metal_touched")


def _names(words: str, text: str) -> bool:
    return any(re.search(re.escape(fold(word)), fold(text)) for word in words.split("|"))
