"""Why the indium hub was lost: a location-choice backtest of Japan's share in high-purity indium.

Process scrap arises where panels are made. Its owner sends each lot to the refinery next door, once one
works there, or to Japan, where refining is worth more but days, freight and papers cost. Refineries
follow the process after the years it takes to build one. All figures are fixed beforehand from ranges;
nothing is fitted to the shares that the document gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import expit
from scipy.stats import rankdata

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.circulate.montecarlo import latin_hypercube, quantile
from meguri.observe.packaged import facts

Array = npt.NDArray[np.float64]
HUB = "JP"
YEARS = np.arange(2000, 2021)
PERIODS = {"before": (2005, 2008), "after": (2016, 2019)}  # of the document: 2005–08 and late 2010s


@dataclass(frozen=True)
class Draws:
    """Every figure in every run.

    ``display`` (place, year, run) [1] and ``scrap`` (year, run) [t/a] over YEARS; ``number`` by
    parameter and, where it differs, period: (run,).
    """

    places: tuple[str, ...]
    display: Array
    scrap: Array
    number: dict[tuple[str, str], Array]

    def of(self, name: str, period: str) -> Array:
        """A parameter in a period: (run,)."""
        return self.number.get((name, period), self.number.get((name, ""), np.zeros(0)))


def draw(runs: int, seed: int) -> Draws:
    """Figures of all runs by Latin hypercube over the packaged ranges; same seed, same figures."""
    shown, given = facts("hub_display"), facts("hub_parameters")
    places = tuple(shown["place"].unique())
    marks = np.array(sorted(shown["year"].unique()))
    cells = np.empty((len(places), marks.size, runs))
    for row in shown.itertuples(index=False):
        chance = latin_hypercube(f"display:{row.place}:{row.year}", runs, seed)
        drawn = quantile(chance, "triangular", row.share_low, row.share, row.share_high)
        cells[places.index(str(row.place)), int(np.searchsorted(marks, row.year))] = drawn
    cells /= cells.sum(axis=0)
    number: dict[tuple[str, str], Array] = {}
    for row in given.itertuples(index=False):
        chance = latin_hypercube(f"{row.parameter}:{row.period}", runs, seed)
        number[str(row.parameter), str(row.period)] = quantile(
            chance, "triangular", row.value_low, row.value, row.value_high
        )
    when = sorted(int(period) for name, period in number if name == "scrap")
    scrap = np.array([number["scrap", str(year)] for year in when])
    return Draws(places, _between(marks, cells), _between(np.array(when), scrap), number)


def _between(marks: npt.NDArray[np.int64], values: Array) -> Array:
    """Straight lines between the marked years: (…, year, run)."""
    place = np.clip(np.searchsorted(marks, YEARS, side="right") - 1, 0, marks.size - 2)
    part = ((YEARS - marks[place]) / (marks[place + 1] - marks[place]))[:, None]
    return values[..., place, :] * (1 - part) + values[..., place + 1, :] * part


def local_refining(d: Draws) -> Array:
    """Part of its scrap that each place could refine next door: (place, year, run) [1].

    A refinery is there for the scrap that arose a building time earlier, if that was enough for one; it
    does not go away again. The hub can refine all of its own.
    """
    arising = d.display * d.scrap
    lag = d.of("build", "")
    built = np.zeros_like(arising)
    earlier = YEARS[:, None] - lag  # (year, run)
    lower = np.clip(np.floor(earlier).astype(int) - YEARS[0], 0, YEARS.size - 2)
    part = np.clip(earlier - YEARS[0] - lower, 0.0, 1.0)
    runs = np.arange(lag.size)
    for place in range(len(d.places)):
        then = arising[place][lower, runs] * (1 - part) + arising[place][lower + 1, runs] * part
        then = np.where(earlier < YEARS[0], 0.0, then)  # before the first year nothing is known to stand
        built[place] = np.maximum.accumulate(np.where(then >= d.of("scale", ""), then, 0.0), axis=0)
    share = np.divide(built, arising, out=np.zeros_like(built), where=arising > 0)
    share = np.minimum(share, 1.0)
    share[d.places.index(HUB)] = 1.0
    return share


def to_hub(d: Draws, period: str, skill: Array | None = None) -> Array:
    """Chance that a lot with a choice still goes to Japan: (run,) [1].

    A logit of two places: 1/(1 + exp((cost − skill)/spread)) with cost = price·interest·days/365 +
    freight [USD/kg].

    Notes
    -----
    McFadden 1974; the spread is the logit's scale in money.
    """
    held = d.of("price", period) * d.of("interest", period) * d.of("days", period) / 365
    gain = (d.of("skill", period) if skill is None else skill) - held - d.of("freight", period)
    return np.asarray(expit(gain / d.of("spread", period)))


def _mean(values: Array, period: str) -> Array:
    """Mean over the years of a period: (…, run)."""
    first, last = PERIODS[period]
    rows = (first <= YEARS) & (last >= YEARS)
    return np.asarray(values[..., rows, :].mean(axis=-2))


def hub_share(
    d: Draws, period: str, *, place: str | None = None, skill: Array | None = None, own: float | None = None
) -> Array:
    """Japan's share of high-purity indium in a period: (run,) [1].

    Parameters
    ----------
    d : Draws
        Figures of all runs.
    period : {"before", "after"}
        2005–08 or 2016–19.
    place : {"before", "after"}, optional
        Period whose geography holds instead: what if the process had not moved.
    skill : array (run,), optional
        Another advantage of Japan's refining [USD/kg].
    own : float, optional
        Part of scrap abroad with a refinery next door, in place of the rule of building times.
    """
    where = place or period
    display, local = _mean(d.display, where), _mean(local_refining(d), where)
    if own is not None:
        local = np.full_like(local, own)
    home = d.places.index(HUB)
    abroad = np.delete(np.arange(len(d.places)), home)
    chance = to_hub(d, period, skill)
    sent = (display[abroad] * (1 - local[abroad] * (1 - chance))).sum(axis=0)
    recycled = d.of("recycled", where)
    return np.asarray(recycled * (display[home] + sent) + (1 - recycled) * d.of("primary", where))


@dataclass(frozen=True)
class Hub:
    """The backtest: predicted bands beside the document's figures, what drove the fall, and doubts."""

    scores: pd.DataFrame  # columns of ``hub_scores``
    drivers: pd.DataFrame  # columns of ``hub_drivers``
    hangs_on: pd.DataFrame  # columns of ``mfa_drivers``: rank correlation of the later share with each figure
    evidence: pd.DataFrame  # columns of ``hub_observed``: what speaks beside the document's figures
    inputs: pd.DataFrame  # columns of ``hub_parameters``
    needed: float  # [1] of the lots with a choice that may still go to Japan for the document's figure
    chance: float  # [1] of them that do, in the median run
    grade: str

    def sentences(self, lang: Lang = "en") -> list[str]:
        """The result in words: each period with hit or miss, the fall, what drove it."""
        said = []
        for row in self.scores.to_dict("records"):
            numbers = {name: f"{100 * row[name]:.0f}" for name in ("p5", "p50", "p95", "low", "high")}
            period = label(row["period"], lang, "hub")
            said.append(label(f"score_{row['verdict']}", lang, "hub", period=period, **numbers))
        by = self.drivers.set_index("driver")
        fall = {name: f"{100 * by.at[name, 'p50']:.0f}" for name in by.index}
        own = fall.pop("own_everywhere")
        said.append(label("fall", lang, "hub", **fall))
        sure = {name: f"{100 * by.at['location', name]:.0f}" for name in ("above_skill", "falls")}
        said.append(label("driver", lang, "hub", **sure))
        said.append(label("own", lang, "hub", share=own))
        chance = {"needed": f"{100 * self.needed:.0f}", "chance": f"{100 * self.chance:.0f}"}
        said.append(label("needed", lang, "hub", **chance))
        first, second = (
            label(f"parameter_{figure.split()[0]}", lang, "hub") for figure in self.hangs_on["figure"].head(2)
        )
        said.append(label("hangs", lang, "hub", first=first, second=second))
        return [*said, label("evidence", lang, "hub")]


def hub_backtest(runs: int = 4000, seed: int = 1) -> Hub:
    """Whether distance to the process explains the loss of the indium hub.

    Returns
    -------
    Hub
        ``scores``: Japan's share in both periods, 5–95 % band against the document's range. *hit* when
        the median lies in the range, *partly* when only the band reaches it, *miss* otherwise.
        ``drivers``: how far the share falls when the process and the refineries beside it move and skill
        stays; when skill is lost and nothing moves; and the share left if every place abroad had its own
        refinery.

    Notes
    -----
    The document's claim under test: circulation moved with the process, not for lack of skill (000
    lines 2067, 2337). Skill is at most what a lot gains from it, so losing all of it is the most that
    skill could explain.

    Examples
    --------
    >>> hub_backtest(200).scores["period"].tolist()
    ['before', 'after']
    """
    d = draw(runs, seed)
    observed, shares = facts("hub_observed"), {}
    rows = []
    for period in PERIODS:
        shares[period] = hub_share(d, period)
        seen = observed[(observed["period"] == period) & (observed["what"] == "share")].iloc[0]
        p5, p50, p95 = np.quantile(shares[period], [0.05, 0.5, 0.95])
        low, high = float(seen["share_low"]), float(seen["share_high"])
        judged = verdict(p5, p50, p95, low, high)
        rows.append((period, p5, p50, p95, low, high, judged, seen["source"], seen["grade"]))
    scores = pd.DataFrame(rows, columns=Schema.of("hub_scores").names)
    used = pd.concat([facts("hub_display")["grade"], facts("hub_parameters")["grade"]])
    return Hub(
        Schema.of("hub_scores").check(scores), _drivers(d, shares), _hangs_on(d, shares["after"]), observed,
        facts("hub_parameters"), _needed(d, float(scores["high"].iloc[-1])),
        float(np.median(to_hub(d, "after"))), weakest(used),
    )  # fmt: skip


def verdict(p5: float, p50: float, p95: float, low: float, high: float) -> str:
    """Hit, partly or miss of a predicted band against an observed range.

    Examples
    --------
    >>> verdict(0.3, 0.45, 0.6, 0.4, 0.5), verdict(0.15, 0.3, 0.5, 0.0, 0.2), verdict(0.3, 0.4, 0.5, 0.0, 0.2)
    ('hit', 'partly', 'miss')
    """
    if low <= p50 <= high:
        return "hit"
    return "partly" if p5 <= high and p95 >= low else "miss"


def _drivers(d: Draws, shares: dict[str, Array]) -> pd.DataFrame:
    """What each cause takes from the share alone and with the other, and the share left at the extreme."""
    none = np.zeros_like(shares["before"])
    location = shares["before"] - shares["after"]
    skill = shares["before"] - hub_share(d, "before", skill=none)
    found = {
        "location": location,
        "skill": skill,
        "both": shares["before"] - hub_share(d, "after", skill=none),
        "own_everywhere": hub_share(d, "after", own=1.0),
    }
    rows = [
        (name, *np.quantile(v, [0.05, 0.5, 0.95]), float((v > 0).mean()), float("nan"))
        for name, v in found.items()
    ]
    rows[0] = (*rows[0][:-1], float((location > skill).mean()))
    return Schema.of("hub_drivers").check(pd.DataFrame(rows, columns=Schema.of("hub_drivers").names))


def _hangs_on(d: Draws, share: Array) -> pd.DataFrame:
    """Rank correlation of a share with every drawn parameter, the strongest first."""
    ranks = rankdata(share)
    rows = [
        (" ".join(filter(None, key)), float(np.corrcoef(rankdata(values), ranks)[0, 1]))
        for key, values in d.number.items()
        if np.ptp(values) > 0
    ]
    frame = pd.DataFrame(rows, columns=["figure", "correlation"])
    order = frame["correlation"].abs().sort_values(ascending=False, kind="stable").index
    return Schema.of("mfa_drivers").check(frame.loc[order].reset_index(drop=True))


def _needed(d: Draws, share: float) -> float:
    """Part of the lots abroad that may go to Japan if its share is to be so low, refineries everywhere.

    From share = r·(home + (1 − home)·p) + (1 − r)·primary in the median run; 0 where no p is low enough.
    """
    home = _mean(d.display[d.places.index(HUB)], "after")
    recycled, primary = d.of("recycled", "after"), d.of("primary", "after")
    sent = ((share - (1 - recycled) * primary) / recycled - home) / (1 - home)
    return float(np.clip(np.median(sent), 0.0, 1.0))
