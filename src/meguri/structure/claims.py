"""Claims of cause and effect, tested alike whoever makes them: dates first, then series.

A claim is *impossible by order* when the latest possible day of the effect lies before the earliest
possible day of the cause. Otherwise it is *not excluded*, and a series at the claim's own resolution may
support or contradict it. What dates cannot decide (a motive) is *contested*; what has neither dates nor a
series that could decide is *unverifiable with the series at hand*, with what would decide it. The author
of a claim is kept for the reader and is never read by the test (METHODS 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from meguri.observe.chronicle import chronicle
from meguri.observe.interval import Interval
from meguri.structure.claims_detour import detours
from meguri.structure.claims_model import Claim
from meguri.structure.claims_order import chain_order, occurrence_interval, readings, readings_table
from meguri.structure.claims_points import given_points
from meguri.structure.claims_read import one_of, packaged_claims, read_claims
from meguri.structure.claims_rivals import competing_events
from meguri.structure.claims_series import series_tables
from meguri.structure.claims_tables import contradictions_table, decides_table, evidence_table, searches_table
from meguri.structure.claims_words import explain

__test__: dict[str, str] = {}  # a public name of this module begins with "test_": nothing here is collected
__all__ = ["Verdict", "claim", "claims", "read_claims", "test_claim"]

VERDICTS = (
    "impossible-by-order",
    "not-excluded",
    "supported-by-change-point",
    "contradicted-by-series",
    "contested-motive",
    "unverifiable",
)
REVERSED = {"order": "order_reversed", "forecast": "forecast_missed"}  # claims of an order, not of a cause
HELD = {"order": "order_holds", "forecast": "forecast_held"}
FINE = {"contradicted", "no-move", "cannot-tell", "before-cause", "after-competing"}  # at its own resolution


@dataclass(frozen=True)
class Verdict:
    """What dates and series say about one claim, with everything the answer rests on.

    Attributes
    ----------
    claim : Claim
        The claim as it was given.
    verdict : str
        One of ``VERDICTS``.
    because : str
        Key of the rule that decided, a row of ``data/terms/claim_phrases.csv``.
    why_en, why_ja : str
        Plain-language explanation.
    cause, effect : Interval
        Possible days over all readings; unknown with its reason where no date is given.
    order : str
        ``before`` (the cause), ``after``, ``undecided`` or ``unknown``.
    tables : dict of DataFrame
        ``readings``, ``competing``, ``series``, ``breaks``, ``placebos``, ``detour``, ``evidence``,
        ``contradictions``, ``would_decide``, ``searches``.
    """

    claim: Claim
    verdict: str
    because: str
    why_en: str
    why_ja: str
    cause: Interval
    effect: Interval
    order: str
    tables: Mapping[str, pd.DataFrame]

    @property
    def competing(self) -> pd.DataFrame:
        """Events that could have caused the effect as well."""
        return self.tables["competing"]

    @property
    def breaks(self) -> pd.DataFrame:
        """Change-points of the series that were searched, significant or not."""
        return self.tables["breaks"]

    @property
    def placebos(self) -> pd.DataFrame:
        """Series that must not move."""
        return self.tables["placebos"]

    @property
    def evidence(self) -> pd.DataFrame:
        """What speaks for and against, each with its source."""
        return self.tables["evidence"]

    @property
    def would_decide(self) -> pd.DataFrame:
        """Data that would decide what is open."""
        return self.tables["would_decide"]


def claims() -> list[Claim]:
    """Every packaged claim: of the documents, and of the media as the documents report them.

    Examples
    --------
    >>> "cl-002" in {claim.id for claim in claims()}
    True
    """
    return list(packaged_claims())


def claim(name: str) -> Claim:
    """One packaged claim by its id.

    Raises
    ------
    DataError
        claim_unknown, with the nearest id.

    Examples
    --------
    >>> claim("cl-001").kind
    'cause'
    """
    return one_of(claims(), name)


def test_claim(
    claim: Claim,
    events: pd.DataFrame | None = None,
    series: pd.DataFrame | Mapping[str, pd.Series] | None = None,
    *,
    look_back: int = 5,
) -> Verdict:
    """What dates and series say about one claim.

    Parameters
    ----------
    claim : Claim
        Packaged, or read from a file of one's own.
    events : DataFrame, optional
        Columns of ``chronicle``; the packaged chronicle when left out.
    series : DataFrame or mapping, optional
        Points of series as :func:`meguri.structure.claims_points.claim_points` gives them, or series by
        month under their ids; the packaged points when left out.
    look_back : int
        Years before the cause in which competing events are looked for [a].

    Raises
    ------
    DataError
        Where the claim names an event the chronicle does not hold, or the points lack a column.

    Examples
    --------
    >>> test_claim(claim("cl-001")).verdict, test_claim(claim("cl-002")).verdict
    ('impossible-by-order', 'not-excluded')
    """
    record = chronicle() if events is None else events
    points = given_points(series)
    cause, effect = (occurrence_interval(part, record) for part in (claim.cause, claim.effect))
    order = chain_order(claim, record)
    competing = competing_events(claim, record, cause, effect, look_back)
    # what dates rule out needs no series
    asking = claim.model_copy(update={"series": ()}) if order == "after" or claim.kind == "norm" else claim
    effects = [reading.interval for reading in readings(claim.effect, record)]
    shown, breaks = series_tables(asking, cause, effects, competing, points)
    verdict, because = decide(claim.kind, order, shown)
    tables = {
        "readings": readings_table(claim, record),
        "competing": competing,
        "series": shown[shown["role"] == "test"].reset_index(drop=True),
        "breaks": breaks,
        "placebos": shown[shown["role"] == "placebo"].reset_index(drop=True),
        "detour": detours(asking, cause, points),
        "evidence": evidence_table(claim),
        "contradictions": contradictions_table(claim),
        "would_decide": decides_table(claim),
        "searches": searches_table(claim),
    }
    why = explain(claim, because, order, tables)
    return Verdict(claim, verdict, because, why["en"], why["ja"], cause, effect, order, tables)


def decide(kind: str, order: str, shown: pd.DataFrame) -> tuple[str, str]:
    """Verdict and the rule behind it.

    Parameters
    ----------
    kind : str
        Kind of the claim.
    order : str
        Order of cause and effect: before, after, undecided, unknown.
    shown : DataFrame
        What its series show, tests and placebos: role, finding.

    Examples
    --------
    >>> none = pd.DataFrame(columns=["role", "finding"])
    >>> fell = pd.DataFrame({"role": ["test"], "finding": ["supported"]})
    >>> decide("cause", "after", fell), decide("motive", "before", fell)
    (('impossible-by-order', 'order'), ('contested-motive', 'motive'))
    >>> decide("cause", "before", none), decide("cause", "before", fell)
    (('not-excluded', 'open'), ('supported-by-change-point', 'change_point'))
    """
    if kind == "norm":
        return "unverifiable", "norm"
    if order == "after":
        return "impossible-by-order", REVERSED.get(kind, "order")
    if kind == "motive":
        return "contested-motive", "motive"
    if order == "unknown":
        return "unverifiable", "no_dates"
    if kind in HELD:
        return "not-excluded", HELD[kind] if order == "before" else "open_order"
    return _by_series(kind, shown)


def _by_series(kind: str, shown: pd.DataFrame) -> tuple[str, str]:
    """What series make of a claim that its dates allow."""
    tests = set(shown.loc[shown["role"] == "test", "finding"])
    moved = bool(((shown["role"] == "placebo") & (shown["finding"] == "supported")).any())
    if tests == {"supported"} and not moved:
        return "supported-by-change-point", "change_point"
    if tests == {"contradicted"}:
        return "contradicted-by-series", "series_against"
    undecided = "unverifiable" if kind == "occurrence" else "not-excluded"
    if "supported" in tests:
        return undecided, "placebo_moved" if moved else "mixed"
    if tests & FINE:
        return undecided, "series_silent"
    return undecided, "no_series" if kind == "occurrence" else "open"
