"""Supply risk and economic importance of the European Commission: one formula for 2017, 2020 and 2023.

European Commission (2017), Methodology for establishing the EU list of critical raw materials:
guidelines, doi:10.2873/769526; background in Blengini et al. (2017), doi:10.2760/73303.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from meguri.observe.governance import DIMENSIONS, INTERVAL_90, governance

SUPPLIES = ("GS+EU", "GS", "EU")
FIRST, LAST = 2016, 2020  # years the study of 2023 averages
SR_THRESHOLD, EI_THRESHOLD = 1.0, 2.8
WORST_RISK = 10.0


def supply_risk(
    hhi_gs: float, hhi_eu: float, import_reliance: float, eol_rir: float, si_sr: float, supply: str
) -> float:
    """Supply risk (SR) of one stage, about 0 to 10.

    SR = [HHI_gs·IR/2 + HHI_eu·(1 − IR/2)]·(1 − EoL-RIR)·SI_SR with IR floored at 0; the first factor
    is HHI_gs alone where only global supply is used, and HHI_eu alone where only EU sourcing is.

    Parameters
    ----------
    hhi_gs, hhi_eu : float
        Concentration weighted by governance and trade (`hhi_wgi_t`) of world supply and EU sourcing, on
        shares in (0, 1] and governance in 0-10; NaN when unknown. One that has no weight may be.
    import_reliance, eol_rir : float [1]
        Net imports over apparent use; end-of-life recycling input rate (old scrap only).
    si_sr : float [1]
        Substitution index for supply risk; 1 when nothing can replace the material.
    supply : {"GS+EU", "GS", "EU"}
        Which of the two counts. The study takes global supply alone where data on the EU are poor.

    Returns
    -------
    float
        NaN when a figure that counts is unknown.

    Examples
    --------
    Dysprosium at processing, and tungsten:

    >>> round(supply_risk(5.679, float("nan"), 1.0, 0.01, 0.99, "GS"), 2)
    5.57
    >>> round(supply_risk(4.18, 0.81, 0.80, 0.42, 0.96, "GS+EU"), 2)
    1.2
    """
    if supply not in SUPPLIES or (supply == "GS+EU" and math.isnan(import_reliance)):
        return math.nan
    weight = {"GS": 1.0, "EU": 0.0}.get(supply, max(import_reliance, 0.0) / 2)
    mixed = sum(w * h for w, h in ((weight, hhi_gs), (1 - weight, hhi_eu)) if w > 0)
    return mixed * (1 - eol_rir) * si_sr


def hhi_wgi_t(shares: Sequence[float], risk: Sequence[float], trade: Sequence[float]) -> float:
    """Concentration weighted by governance and trade: Σ S²·WGI·t, 0 to about 10.

    Parameters
    ----------
    shares : sequence of float [1]
        Shares as the study gives them; they are not scaled to add to 1.
    risk : sequence of float
        Governance of each supplier, 0 (best) to 10 (worst).
    trade : sequence of float
        Trade parameter t of each supplier, 1 where there is neither an agreement nor a restriction.

    Returns
    -------
    float
        NaN when the governance of a supplier with a share is unknown.

    Examples
    --------
    >>> hhi_wgi_t([0.5, 0.5], [6.0, 2.0], [1.0, 1.0])
    2.0
    """
    s, w, t = (np.asarray(list(part), dtype=float) for part in (shares, risk, trade))
    held = s > 0
    return float((s[held] ** 2 * w[held] * t[held]).sum()) if len(s) else math.nan


def economic_importance(
    shares: Sequence[float], value_added: Sequence[float], si_ei: float, largest: float
) -> float:
    """Economic importance (EI) of a material, 0 to 10: Σ A·Q·SI_EI, with Q scaled to the largest sector.

    Parameters
    ----------
    shares : sequence of float [1]
        Part A of the EU's use that goes into each sector.
    value_added : sequence of float [million EUR]
        Value added Q of each sector.
    si_ei : float [1]
        Substitution index for economic importance.
    largest : float [million EUR]
        Value added of the largest manufacturing sector.

    Examples
    --------
    >>> round(economic_importance([1.0], [64990.0], 1.0, 204200.0), 2)
    3.18
    """
    a, q = np.asarray(list(shares), dtype=float), np.asarray(list(value_added), dtype=float)
    return float((a * q).sum() * si_ei * 10 / largest)


def governance_risk(first: int = FIRST, last: int = LAST, edition: str = "six") -> pd.DataFrame:
    """Governance of each economy as the study scales it: (2.5 − mean of six)·2, 0 (best) to 10 (worst).

    Parameters
    ----------
    first, last : int
        Years averaged; each dimension is averaged over the years it has.
    edition : {"six", "other"}
        "six": all dimensions from one edition of the World Bank's table; "other": political stability
        from the later edition, to see how much an edition moves the result.

    Returns
    -------
    DataFrame
        country, risk, risk_low, risk_high, source. The range takes the standard errors of dimensions
        and years as moving together, so it is an outer one. Taiwan has values of its own. An economy
        without any estimate has no row.

    Examples
    --------
    >>> risk = governance_risk().set_index("country")["risk"]
    >>> [round(float(risk[country]), 3) for country in ("CN", "CD", "JP", "TW")]
    [5.676, 8.223, 2.324, 2.743]
    """
    six = edition == "six"
    rows = pd.concat([governance(dimension=d, six=six or d != "pv") for d in DIMENSIONS])
    rows = rows[rows["year"].between(first, last)]
    mean = rows.groupby(["country", "dimension"])[["estimate", "standard_error"]].mean()
    mean = mean.groupby("country").mean()
    risk, reach = (2.5 - mean["estimate"]) * 2, 2 * INTERVAL_90 * mean["standard_error"]
    table = pd.DataFrame({
        "risk": risk, "risk_low": (risk - reach).clip(lower=0.0),
        "risk_high": (risk + reach).clip(upper=WORST_RISK),
    })  # fmt: skip
    return table.assign(source="|".join(sorted(rows["source"].unique()))).reset_index()
