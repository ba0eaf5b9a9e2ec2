"""What share comes back: recycling rates, circularity, dilution and longevity, each with its range.

Old and new scrap are different types here, so that process scrap cannot slip into an end-of-life rate:
60–80 % of what the Dy loop feeds on is process scrap, and none of it is material that was ever used.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema

Array = npt.NDArray[np.float64]


class Amount(NamedTuple):
    """A number with its range; ``Amount(3)`` is a number known exactly, NaN an unknown one."""

    value: float
    low: float = float("nan")
    high: float = float("nan")

    def ends(self) -> tuple[float, ...]:
        """The two ends, or the value alone."""
        known = [end for end in (self.low, self.high) if not np.isnan(end)]
        return tuple(known) or (self.value,)


@dataclass(frozen=True)
class OldScrap:
    """Metal recycled out of products that were used [t/a], with its function kept in the new use."""

    mass: Amount


@dataclass(frozen=True)
class NewScrap:
    """Metal recycled out of making things [t/a]: process scrap, swarf, sputtered targets; never used."""

    mass: Amount


def spanned(formula: Callable[..., float], **amounts: Amount) -> Amount:
    """A formula at the values, with the range over all corners of the inputs' ranges.

    Exact for a formula that is monotone in each input, as all of this module are (each is a ratio of
    terms linear in that input). Corners at which the formula has no value are left out.

    Examples
    --------
    >>> spanned(lambda a, b: a / b, a=Amount(2, 1, 3), b=Amount(4, 2, 8))
    Amount(value=0.5, low=0.125, high=1.5)
    """
    middle = formula(**{name: amount.value for name, amount in amounts.items()})
    corners = itertools.product(*(amount.ends() for amount in amounts.values()))
    found = [formula(**dict(zip(amounts, corner, strict=True))) for corner in corners]
    known = [number for number in [*found, middle] if not np.isnan(number)]
    return Amount(middle, min(known), max(known)) if known else Amount(middle)


def _part(part: float, whole: float) -> float:
    return part / whole if whole > 0 else float("nan")


def _checked(old: OldScrap, new: NewScrap) -> None:
    """Refuse old scrap given as new, and the other way round, also where no type checker looks."""
    wrong = [
        Problem("scrap_kind", name, type(given).__name__, details={"kind": wanted.__name__})
        for name, given, wanted in (("old", old, OldScrap), ("new", new, NewScrap))
        if not isinstance(given, wanted)
    ]
    if wrong:
        raise DataError(wrong)


def eol_rr(*, discarded: Amount, old: OldScrap) -> Amount:
    """End-of-life recycling rate g/d [1]: part of the metal discarded that comes back in function.

    Examples
    --------
    >>> eol_rr(discarded=Amount(200.0), old=OldScrap(Amount(50.0, 40.0, 60.0)))
    Amount(value=0.25, low=0.2, high=0.3)
    """
    _checked(old, NewScrap(Amount(0.0)))
    return spanned(lambda d, g: _part(g, d), d=discarded, g=old.mass)


def nonfunctional_rr(*, discarded: Amount, tramp: Amount) -> Amount:
    """Metal that comes back as a tramp element of another [1]: non-functional, counts 0 elsewhere."""
    return spanned(lambda d, g: _part(g, d), d=discarded, g=tramp)


def recycled_content(*, primary: Amount, old: OldScrap, new: NewScrap) -> Amount:
    """Recycled content RC = (g + h)/(a + g + h) [1]: part of the metal made that comes from any scrap."""
    _checked(old, new)
    return spanned(lambda a, g, h: _part(g + h, a + g + h), a=primary, g=old.mass, h=new.mass)


def old_scrap_ratio(*, old: OldScrap, new: NewScrap) -> Amount:
    """Old-scrap ratio OSR = g/(g + h) [1]: part of the scrap recycled that had been used."""
    _checked(old, new)
    return spanned(lambda g, h: _part(g, g + h), g=old.mass, h=new.mass)


def eol_rir(*, primary: Amount, old: OldScrap, new: NewScrap) -> Amount:
    """End-of-life recycling input rate g/(a + g + h) [1]: part of the metal made from *old* scrap only.

    New scrap stands in the denominator and can only lower the rate.

    Raises
    ------
    DataError
        When process scrap is given as old scrap.

    Notes
    -----
    UNEP 2011 (Recycling Rates of Metals); Graedel et al. 2011, J. Ind. Ecol. 15:355.

    Examples
    --------
    >>> rate = eol_rir(primary=Amount(60.0), old=OldScrap(Amount(10.0)), new=NewScrap(Amount(30.0)))
    >>> rate.value
    0.1
    """
    _checked(old, new)
    return spanned(lambda a, g, h: _part(g, a + g + h), a=primary, g=old.mass, h=new.mass)


ONE, NONE = Amount(1.0), Amount(0.0)


@dataclass(frozen=True)
class Product:
    """What the Material Circularity Indicator asks of a product; shares of its mass [1] unless said.

    Feedstock: recycled, reused, and of sustained biological production. After use: collected for
    recycling, for reuse, for composting, for energy recovery. Efficiency of recycling what was
    collected, and of making the recycled feedstock. Lifetime and intensity of use as multiples of the
    industry's average.
    """

    feed_recycled: Amount = NONE
    feed_reused: Amount = NONE
    feed_sustained: Amount = NONE
    to_recycling: Amount = NONE
    to_reuse: Amount = NONE
    to_compost: Amount = NONE
    to_energy: Amount = NONE
    recycling_yield: Amount = ONE
    feedstock_yield: Amount = ONE
    lifetime: Amount = ONE
    intensity: Amount = ONE


def linear_flow(
    feed_recycled: float, feed_reused: float, feed_sustained: float, to_recycling: float, to_reuse: float,
    to_compost: float, to_energy: float, recycling_yield: float, feedstock_yield: float,
) -> float:  # fmt: skip
    """Linear flow index LFI = (V + W)/(2M + (W_F − W_C)/2) [1] of a product of mass 1.

    V is virgin feedstock, W unrecoverable waste, W_C lost in recycling this product and W_F in making
    its recycled feedstock. Shares that add to more than 1 have no index (NaN).

    Notes
    -----
    Ellen MacArthur Foundation & ANSYS Granta 2019. Two public codes drop (W_F − W_C)/2 in the
    denominator; with it a fully linear product has 1 and waste of recycling is shared between the
    product that feeds it and the one that uses it.

    Examples
    --------
    >>> linear_flow(0, 0, 0, 0, 0, 0, 0, 1, 1)
    1.0
    """
    virgin = 1 - feed_recycled - feed_reused - feed_sustained
    dumped = 1 - to_recycling - to_reuse - to_compost - to_energy
    if min(virgin, dumped) < -1e-12 or feedstock_yield <= 0:
        return float("nan")
    lost_after = (1 - recycling_yield) * to_recycling
    lost_before = (1 - feedstock_yield) * feed_recycled / feedstock_yield
    waste = dumped + (lost_before + lost_after) / 2
    return (virgin + waste) / (2 + (lost_before - lost_after) / 2)


def mci(product: Product) -> Amount:
    """Material Circularity Indicator max(0, 1 − 0.9·LFI/X) [1], X = lifetime × intensity.

    Raises
    ------
    DataError
        When the feedstock or the ways after use add to more than 1.

    Examples
    --------
    >>> mci(Product()).value, mci(Product(feed_reused=ONE, to_reuse=ONE)).value
    (0.09999999999999998, 1.0)
    """

    def formula(lifetime: float, intensity: float, **shares: float) -> float:
        index = linear_flow(**shares)
        return float("nan") if np.isnan(index) else max(0.0, 1 - 0.9 * index / (lifetime * intensity))

    found = spanned(formula, **vars(product))
    if np.isnan(found.value):
        raise DataError(Problem("mci_shares", "mci", ""))
    return found


def statistical_entropy(mass: Array, content: Array, spread_to: float | None = None) -> float:
    """Relative statistical entropy RSE = H/H_max [1]: 0 all in one pure flow, 1 spread evenly over all.

    Parameters
    ----------
    mass : array (flow,) [t]
        Mass of each flow of goods, >= 0.
    content : array (flow,) [1]
        Share of the element in each, in [0, 1].
    spread_to : float [t], optional
        Mass over which the element could at worst be spread; without it, the sum of ``mass``. The same
        must be given to stages that are compared.

    Raises
    ------
    DataError
        When no flow holds any of the element or the whole is less than the element.

    Notes
    -----
    Rechberger & Brunner 2002 (ES&T 36:809): H = −Σ m_i·c_i·log₂ c_i with masses m_i per unit of the
    element, so Σ m_i·c_i = 1; H_max = log₂ Σ m_i when it is spread evenly. What the entropy measures was
    checked against later papers of the authors; the text of the 2002 paper was not at hand.

    Examples
    --------
    >>> statistical_entropy(np.array([1.0, 9.0]), np.array([1.0, 0.0]))
    0.0
    >>> statistical_entropy(np.array([5.0, 5.0]), np.array([0.1, 0.1]))
    1.0
    """
    mass, content = np.asarray(mass, float), np.asarray(content, float)
    element = float(mass @ content)
    whole = float(mass.sum()) if spread_to is None else spread_to
    if element <= 0 or whole < element:
        raise DataError(Problem("entropy_element", "content", f"{element:g}"))
    held = content > 0
    entropy = float((mass[held] * content[held] / element) @ -np.log2(content[held]))
    most = float(np.log2(whole / element))
    return max(entropy, 0.0) / most if most > 0 else 0.0


def longevity(first: Amount, *, refurbished: Amount = NONE, returned: Amount = NONE) -> Amount:
    """Years an element stays in use over all its lives: (first + refurbished)/(1 − returned) [a].

    Parameters
    ----------
    first : Amount [a]
        Lifetime in the first product.
    refurbished : Amount [a]
        Years that refurbished use adds on average over all products.
    returned : Amount [1]
        Part that enters a next product: collected × recycled × yield, below 1.

    Raises
    ------
    DataError
        When all of it returns: it would stay for ever.

    Notes
    -----
    Franklin-Johnson, Figge & Canning 2016 (J. Clean. Prod. 133:589); Figge et al. 2018 (Ecol. Econ.
    150:297), whose circularity, the number of uses, is :func:`uses`.

    Examples
    --------
    >>> longevity(Amount(10.0), returned=Amount(0.5)).value
    20.0
    """
    _returns(returned)
    return spanned(lambda a, b, r: (a + b) / (1 - r), a=first, b=refurbished, r=returned)


def uses(returned: Amount) -> Amount:
    """How often an element is used on average, 1/(1 − returned) [1] (Figge et al. 2018)."""
    _returns(returned)
    return spanned(lambda r: 1 / (1 - r), r=returned)


def _returns(returned: Amount) -> None:
    if not all(0 <= end < 1 for end in (returned.value, *returned.ends())):
        raise DataError(Problem("longevity_return", "returned", str(tuple(returned))))


@dataclass(frozen=True)
class Cycle:
    """A year of one element in one place [t/a]: what the recycling rates are made of."""

    primary: Amount
    old: OldScrap
    new: NewScrap
    discarded: Amount
    tramp: Amount = NONE


def indicator_table(cycle: Cycle, rfr: Amount | None = None) -> pd.DataFrame:
    """All recycling rates of a cycle, always beside the retained-function rate: columns of ``indicators``.

    Without a route table the retained-function rate is unknown and says so: none of the other rates
    stands in for it.

    Examples
    --------
    >>> cycle = Cycle(Amount(60.0), OldScrap(Amount(10.0)), NewScrap(Amount(30.0)), Amount(40.0))
    >>> rows = indicator_table(cycle).set_index("indicator")
    >>> float(rows.at["eol_rir", "value"]), rows.at["rfr", "reason"]
    (0.1, 'rfr_no_routes')
    """
    found = {
        "eol_rr": eol_rr(discarded=cycle.discarded, old=cycle.old),
        "nonfunctional_rr": nonfunctional_rr(discarded=cycle.discarded, tramp=cycle.tramp),
        "recycled_content": recycled_content(primary=cycle.primary, old=cycle.old, new=cycle.new),
        "old_scrap_ratio": old_scrap_ratio(old=cycle.old, new=cycle.new),
        "eol_rir": eol_rir(primary=cycle.primary, old=cycle.old, new=cycle.new),
        "rfr": rfr or Amount(float("nan")),
    }
    return _rows(found, {"rfr": "" if rfr else "rfr_no_routes"})


def iso_table(
    inflow: Mapping[str, Amount], outflow: Mapping[str, Amount], lifetime: Amount, average: Amount
) -> pd.DataFrame:
    """Core circularity indicators under ISO 59020's names: columns of ``indicators``.

    Parameters
    ----------
    inflow : mapping
        ``total``, ``reused``, ``recycled``, ``renewable`` [t/a].
    outflow : mapping
        ``total``, ``reused``, ``recycled``, ``biological`` [t/a]: what was really taken back, not what could.
    lifetime, average : Amount [a]
        Of the product and of its industry.

    Notes
    -----
    ISO 59020:2024, 7.3.1. The standard's text is not public; names follow its published list of
    contents and drafts.
    """
    found = {
        f"iso_{name}_inflow": spanned(_part, part=inflow.get(name, NONE), whole=inflow["total"])
        for name in ("reused", "recycled", "renewable")
    }
    found |= {
        f"iso_{name}_outflow": spanned(_part, part=outflow.get(name, NONE), whole=outflow["total"])
        for name in ("reused", "recycled", "biological")
    }
    found["iso_lifetime"] = spanned(_part, part=lifetime, whole=average)
    return _rows(found, {})


def _rows(found: Mapping[str, Amount], reasons: Mapping[str, str]) -> pd.DataFrame:
    rows = []
    for name, a in found.items():
        reason = reasons.get(name) or ("rate_no_whole" if np.isnan(a.value) else "")
        rows.append((name, a.value, a.low, a.high, reason))
    frame = pd.DataFrame(rows, columns=["indicator", "value", "low", "high", "reason"])
    return Schema.of("indicators").check(frame)


def route_difference(burdens: pd.DataFrame, one: str, other: str) -> pd.DataFrame:
    """How much one route costs or burdens more than another: columns of ``route_differences``.

    Parameters
    ----------
    burdens : DataFrame
        ``route``, ``metric``, ``unit``, ``value``, ``low``, ``high`` per tonne of the same thing; a
        missing range is the value. Metrics in different units are different metrics.
    one, other : str
        Routes: the difference is one less other.

    Returns
    -------
    DataFrame
        A row for each metric that either route has; unknown where one lacks it. ``sign`` says whether
        the whole range lies on one side: *less*, *more* or *open*. Ranges are taken as independent,
        which is the widest difference; what both share (price of power, say) narrows it.

    Raises
    ------
    DataError
        When a route has no burden at all.
    """
    missing = [Problem("route_unknown", "burdens", r) for r in (one, other) if r not in set(burdens["route"])]
    if missing:
        raise DataError(missing)
    keyed = burdens.set_index(["metric", "unit"])
    a, b = (keyed[keyed["route"] == route][["value", "low", "high"]].astype(float) for route in (one, other))
    a, b = (x.assign(low=x["low"].fillna(x["value"]), high=x["high"].fillna(x["value"])) for x in (a, b))
    both = a.add_suffix("_one").join(b.add_suffix("_other"), how="outer").reset_index()
    both["difference"] = both["value_one"] - both["value_other"]
    both["low"], both["high"] = both["low_one"] - both["high_other"], both["high_one"] - both["low_other"]
    sides = [both["difference"].isna(), both["high"] < 0, both["low"] > 0]
    both["sign"] = np.select(sides, ["unknown", "less", "more"], "open")
    names = ["metric", "unit", "value_one", "value_other", "difference", "low", "high", "sign"]
    return Schema.of("route_differences").check(both[names])
