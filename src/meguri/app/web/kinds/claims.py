"""Claims whose series hold months: the search for a break and for third countries takes half a minute."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.kept import keep, kept
from meguri.app.web.kinds import Progress
from meguri.observe.chronicle import chronicle
from meguri.show.claims_tables import claim_tables
from meguri.structure.claims import claims, read_claims
from meguri.structure.claims import test_claim as judge
from meguri.structure.claims_model import Claim
from meguri.structure.claims_points import claim_points, series_names

Tables = dict[str, pd.DataFrame]


def run(params: Mapping[str, str], desk: Desk, folder: Path, progress: Progress) -> None:
    """Judge the claims of a file of one's own, or else the packaged ones that need a search."""
    own = params.get("claim", "")
    chosen = read_claims(desk.path_of(own)) if own else searched()
    points, events, judged = claim_points(None), chronicle(), []
    for place, one in enumerate(chosen):
        progress(place, len(chosen))
        judged.append(judge(one, events, points))
    keep(folder, claim_tables(judged, points, series_names()), {"claims": len(chosen)})
    progress(len(chosen), len(chosen))


def searched() -> list[Claim]:
    """Packaged claims that name a series with months at hand."""
    held = set(claim_points(None)["series"])
    return [one for one in claims() if held & {part.series for part in one.series}]


@cache
def quick() -> Tables:
    """Tables of the verdicts that dates alone give; the same for every reader, so made once."""
    points, events, slow = claim_points(None), chronicle(), {one.id for one in searched()}
    judged = [judge(one, events, points) for one in claims() if one.id not in slow]
    return claim_tables(judged, points, series_names())


def read(folder: Path) -> Tables:
    """Verdicts that were kept."""
    return kept(folder)[0]


def both(first: Tables, second: Tables) -> Tables:
    """The rows of two answers below each other."""
    names = dict.fromkeys([*first, *second])
    frames = {name: [one[name] for one in (first, second) if name in one] for name in names}
    return {name: pd.concat(parts, ignore_index=True) for name, parts in frames.items()}
