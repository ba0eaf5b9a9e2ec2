"""An item against an entry: candidate, not excluded, excluded by which specification, or not in the list.

Each specification of an entry is met, contradicted or unknown. One unknown keeps the entry open: it is never
said that an item is not controlled. A contradiction excludes only where the threshold was read in a source at
hand; what a summary merely suggests leaves the entry open. Customs codes exclude nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from meguri.base.terms import read_words
from meguri.respond.screening_specs import Known, kind_of, quantity

REVERSED = {"met": "contradicted", "contradicted": "met", "unknown": "unknown"}
OFF_LIST = ("not-yet", "ended", "suspended")


@dataclass(frozen=True)
class Need:
    """One specification that an entry asks for."""

    spec: str
    operator: str  # is | not | contains | > | >= | < | <= | yes
    threshold: str
    verified: bool


@dataclass(frozen=True)
class Finding:
    """What a comparison came to."""

    verdict: str
    spec: str = ""
    need: str = ""
    have: str = ""
    missing: tuple[str, ...] = ()


def decide(needs: Sequence[Need], known: Mapping[str, Known], standing: str) -> Finding:
    """Verdict of one item against one entry.

    Parameters
    ----------
    needs : sequence of Need
        Specifications of the entry; all of them must be met.
    known : mapping
        What is known of the item.
    standing : str
        From :func:`meguri.observe.control_entries.standing`.

    Examples
    --------
    >>> needs = [Need("purity", ">", "99.9 %", True), Need("density", ">", "1.73 g/cm3", True)]
    >>> decide(needs, {"purity": Known("99.5 %", 0.995, 0.995)}, "in-force").spec
    'purity'
    >>> decide(needs, {"purity": Known("99.99 %", 0.9999, 0.9999)}, "in-force").missing
    ('density',)
    """
    if standing in OFF_LIST:
        return Finding("not-in-list-on-that-date")
    states = [(need, compare(need, known)) for need in needs]
    for need, state in states:
        if state == "contradicted" and need.verified:
            return Finding("excluded-by-spec", need.spec, _all([need]), _have([need], known))
    open_ones = [need for need, state in states if state != "met"]
    missing = tuple(dict.fromkeys(need.spec for need in open_ones))
    if states and not open_ones:
        return Finding("candidate", "", _all(needs), _have(needs, known))
    return Finding("cannot-exclude", "", _all(needs), _have(needs, known), missing or ("full_text",))


def compare(need: Need, known: Mapping[str, Known]) -> str:
    """``met``, ``contradicted`` or ``unknown``.

    Examples
    --------
    >>> listed = Known("Nd, Fe, B", words=frozenset({"Nd", "Fe", "B"}))
    >>> compare(Need("elements", "contains", "Dy|Tb", True), {"elements": listed})
    'unknown'
    """
    have = known.get(need.spec)
    if have is None:
        return "unknown"
    if need.operator == "is":
        return _is_a(have.words, need.threshold.split("|"))
    if need.operator == "not":
        return REVERSED[_is_a(have.words, need.threshold.split("|"))]
    if need.operator == "contains":
        if have.words & set(need.threshold.split("|")):
            return "met"
        return "contradicted" if have.complete else "unknown"
    if need.operator == "yes":
        return "met" if "yes" in have.words else "contradicted" if "no" in have.words else "unknown"
    return _measured(have, need.operator, quantity(need.threshold, kind_of(need.spec)["dimension"]))


def _measured(have: Known, operator: str, limit: float) -> str:
    """The whole range meets the threshold, none of it does, or it lies on both sides."""
    if operator in ("<", "<="):
        have = Known(have.text, -have.high, -have.low, have.high_open, have.low_open)
        limit, operator = -limit, {"<": ">", "<=": ">="}[operator]
    strict = operator == ">"
    slack = 1e-9 * abs(limit)  # 99.9 % written twice is the same number
    if have.low > limit + slack or (have.low >= limit - slack and (not strict or have.low_open)):
        return "met"
    below = have.high < limit - slack or (have.high <= limit + slack and (strict or have.high_open))
    return "contradicted" if below else "unknown"


@cache
def _parents() -> dict[str, str]:
    return {row["key"]: row["parent"] for row in read_words("screen_categories")}


def elements_of(category: Known) -> set[str]:
    """Elements that a kind of goods holds by its name: graphite is carbon."""
    rows = {row["key"]: row["contains"] for row in read_words("screen_categories")}
    return {rows[key] for key in category.words if rows[key]}


def lineage(category: str) -> list[str]:
    """A category and all that it is a kind of.

    Examples
    --------
    >>> lineage("dry-etch-tool")
    ['dry-etch-tool', 'etch-tool', 'chip-tool', 'equipment']
    """
    found = [category]
    while parent := _parents()[found[-1]]:
        found.append(parent)
    return found


def _is_a(have: frozenset[str], wanted: Sequence[str]) -> str:
    """A kind of what is wanted meets it; a wider word leaves it open; anything else contradicts it."""
    category = next(iter(have))
    if set(lineage(category)) & set(wanted):
        return "met"
    wider = any(category in lineage(want) for want in wanted)
    return "unknown" if wider else "contradicted"


def said(need: Need) -> str:
    """A need as a short text of signs, numbers and keys.

    Examples
    --------
    >>> said(Need("purity", ">", "99.9 %", True)), said(Need("category", "is", "magnet", True))
    ('> 99.9 %', 'magnet')
    """
    plain = need.operator in ("is", "contains")
    return need.threshold if plain else f"{need.operator} {need.threshold}".strip()


def _all(needs: Sequence[Need]) -> str:
    return " & ".join(f"{need.spec}: {said(need)}".strip() for need in needs)


def _have(needs: Sequence[Need], known: Mapping[str, Known]) -> str:
    specs = dict.fromkeys(need.spec for need in needs if need.spec in known)
    return " & ".join(f"{spec}: {known[spec].text}" for spec in specs)
