"""Specifications as a firm writes them, read as ranges, words and lists; what cannot be read stays unknown.

``名称 = 値 単位 | 名称 = 値 単位``. A number is a range: ``30 mm`` is a point, ``99.9 % 以上`` is open above.
A bare number where a unit is needed is unknown, never guessed. A list of elements speaks about what is absent
only when it says that it is complete: ``含有元素（すべて） = Nd, Fe, B``.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from meguri.base.errors import Problem
from meguri.base.terms import find_key, read_words

SYMBOLS = frozenset(
    re.findall(
        r"[A-Z][a-z]?",
        "HHeLiBeBCNOFNeNaMgAlSiPSClArKCaScTiVCrMnFeCoNiCuZnGaGeAsSeBrKrRbSrYZrNbMoTcRuRhPdAgCdInSnSbTeIXe"
        "CsBaLaCePrNdPmSmEuGdTbDyHoErTmYbLuHfTaWReOsIrPtAuHgTlPbBiPoAtRnFrRaAcThPaUNpPu",
    )
)
FORMULAS = frozenset({"W", "V", "Y", "U", "WC", "BN", "B4C"})  # capitals alone that mean elements
UNITS: dict[str, tuple[str, float]] = {
    "m": ("length", 1.0), "cm": ("length", 1e-2), "mm": ("length", 1e-3), "um": ("length", 1e-6),
    "μm": ("length", 1e-6), "µm": ("length", 1e-6), "ミクロン": ("length", 1e-6), "nm": ("length", 1e-9),
    "in": ("length", 0.0254), "inch": ("length", 0.0254), "インチ": ("length", 0.0254),
    "t": ("mass", 1e3), "kg": ("mass", 1.0), "g": ("mass", 1e-3), "mg": ("mass", 1e-6),
    "%": ("share", 1e-2), "wt%": ("share", 1e-2), "mass%": ("share", 1e-2), "質量%": ("share", 1e-2),
    "重量%": ("share", 1e-2), "ppm": ("share", 1e-6), "ppb": ("share", 1e-9),
    "Pa": ("pressure", 1.0), "hPa": ("pressure", 1e2), "kPa": ("pressure", 1e3), "MPa": ("pressure", 1e6),
    "GPa": ("pressure", 1e9), "N/mm2": ("pressure", 1e6), "bar": ("pressure", 1e5),
    "Torr": ("pressure", 133.322), "g/cm3": ("density", 1e3), "g/cc": ("density", 1e3),
    "kg/m3": ("density", 1.0), "K": ("temperature", 1.0), "W": ("power", 1.0), "kW": ("power", 1e3),
    "Ωcm": ("resistivity", 1e-2), "Ω·cm": ("resistivity", 1e-2), "ohm cm": ("resistivity", 1e-2),
    "Wh/kg": ("energy_density", 3600.0), "kgf/mm2": ("pressure", 9.80665e6),
    "倍": ("ratio", 1.0), ":1": ("ratio", 1.0), "対1": ("ratio", 1.0),
}  # fmt: skip
UNITS = {unicodedata.normalize("NFKC", unit): value for unit, value in UNITS.items()}
CELSIUS = ("℃", "°C", "度", "°c", "degC")
NUMBER = r"[-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?"
SIGNS = {">=": ">=", "≥": ">=", "≧": ">=", "<=": "<=", "≤": "<=", "≦": "<=", ">": ">", "<": "<"}
WORDS = {"以上": ">=", "以下": "<=", "超": ">", "超える": ">", "より大": ">", "未満": "<", "より小": "<"}
YES = ("はい", "yes", "true", "有", "あり", "○", "該当する")
LONGEST = 500  # characters of one specification; more is a page that slipped into a cell
UNKNOWN = ("不明", "未確認", "未測定", "unknown", "n/a", "-", "?", "")
REST = ("残", "残部", "残り", "bal", "balance", "rest")
NO = ("いいえ", "no", "false", "無", "なし", "×", "該当しない")


@dataclass(frozen=True)
class Known:
    """One specification of an item.

    Attributes
    ----------
    low, high : float
        Range of a number in SI; equal for a point, infinite where open.
    low_open, high_open : bool
        Whether the end itself is left out.
    words : frozenset of str
        Keys: elements, categories, or ``yes``/``no``.
    complete : bool
        Whether a list names everything there is.
    text : str
        As written.
    """

    text: str
    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False
    words: frozenset[str] = frozenset()
    complete: bool = False


@cache
def declared() -> dict[str, dict[str, str]]:
    """Specifications that can be compared: key → kind and dimension."""
    return {row["key"]: row for row in read_words("screen_specs")}


def read_specs(text: str, place: str = "") -> tuple[dict[str, Known], list[Problem]]:
    """Specifications of one item.

    Parameters
    ----------
    text : str
        ``名称 = 値 単位`` separated by ``|``, ``;`` or a new line.
    place : str
        How the item is named in a problem.

    Returns
    -------
    dict, list of Problem
        Specification → what is known; and what could not be read, which stays unknown.

    Examples
    --------
    >>> known, problems = read_specs("純度 = 99.95 % | 内径 = 100〜300 mm | 色 = 青")
    >>> round(known["purity"].low, 4), known["inner_diameter"].high, problems[0].key
    (0.9995, 0.3, 'screen_spec_name')
    """
    known: dict[str, Known] = {}
    twice: set[str] = set()
    problems: list[Problem] = []
    for part in re.split(r"[|\n;]", unicodedata.normalize("NFKC", text)):
        if not part.strip():
            continue
        if len(part) > LONGEST:
            problems.append(Problem("screen_spec_form", place, part.strip()[:60]))
            continue
        name, sign, value = _halves(part)
        key, complete = spec_key(name)
        where = f"{place}: {name.strip()}"[:80]
        if not sign or key is None:
            problem = "screen_spec_name" if sign else "screen_spec_form"
            problems.append(Problem(problem, where, part.strip()[:60]))
            continue
        if value.strip().casefold() in UNKNOWN:
            continue  # said to be unknown: nothing wrong with that
        found, wrong = _value(key, value.strip(), complete)
        if wrong:
            problems.append(Problem(wrong, where, value.strip()[:60], "", _expected(key)))
        for each, read in found.items():
            if each in known and not _same(known[each], read):
                twice.add(each)
                problems.append(Problem("screen_spec_twice", where, value.strip()[:60]))
            known[each] = read
    return {key: value for key, value in known.items() if key not in twice}, problems


def _halves(part: str) -> tuple[str, str, str]:
    """Name, sign and value of ``名称 = 値``; ``純度 > 99 %`` and ``純度: 99 %`` are read too."""
    found = re.match(r"\s*([^=:<>≥≤≧≦]+?)\s*(=|:|>=|<=|>|<|≥|≤|≧|≦)\s*(.*)$", part, re.DOTALL)
    if found is None:
        return part, "", ""
    name, sign, value = found.groups()
    return name, sign, value if sign in "=:" else f"{sign} {value}"


def spec_key(name: str) -> tuple[str | None, bool]:
    """Key of a specification's name, and whether the name says that a list is complete.

    Examples
    --------
    >>> spec_key("含有元素（すべて）"), spec_key("タングステン含有率"), spec_key("Dy"), spec_key("色")
    (('elements', True), ('content:W', False), ('content:Dy', False), (None, False))
    """
    plain = unicodedata.normalize("NFKC", name).strip()
    bare = re.sub(
        r"[(\[]\s*(すべて|全て|全部|全成分|all|complete)\s*[)\]]", "", plain, flags=re.IGNORECASE
    ).strip()
    key = find_key(bare, "screen_specs")
    if key is None and (found := re.fullmatch(r"(.+?)(?:の)?(?:含有率|含有量|content)?", bare.strip())):
        element = element_key(found[1].strip())
        key = None if element is None else f"content:{element}"
    return key, bare != plain


def element_key(name: str) -> str | None:
    """Symbol of an element named in either language.

    Examples
    --------
    >>> element_key("タングステン"), element_key("Dy"), element_key("青")
    ('W', 'Dy', None)
    """
    if name in SYMBOLS:
        return name
    key = find_key(name, "materials")
    return key if key in SYMBOLS else None


def kind_of(key: str) -> dict[str, str]:
    """Kind and dimension of a specification; the content of an element is a share."""
    return {"kind": "number", "dimension": "share"} if key.startswith("content:") else declared()[key]


def _expected(key: str) -> dict[str, str]:
    units = sorted(unit for unit, (dimension, _) in UNITS.items() if dimension == kind_of(key)["dimension"])
    return {"units": ", ".join(units) or "-"}


def _value(key: str, text: str, complete: bool) -> tuple[dict[str, Known], str]:
    """What a value says, and the key of the problem with it."""
    kind = kind_of(key)
    if kind["kind"] == "elements":
        return _elements(key, text, complete)
    read: Known | str
    if kind["kind"] == "number":
        read = _number(text, kind["dimension"])
    elif kind["kind"] == "flag":
        said = [word for word, texts in (("yes", YES), ("no", NO)) if text.casefold() in texts]
        read = Known(text, words=frozenset(said)) if said else "screen_spec_flag"
    else:
        category = find_key(text, "screen_categories")
        read = Known(text, words=frozenset({category})) if category else "screen_spec_category"
    return ({}, read) if isinstance(read, str) else ({key: read}, "")


def _elements(key: str, text: str, complete: bool) -> tuple[dict[str, Known], str]:
    """Elements of a list, with their contents where given: ``Nd 30 %, Fe bal., B 1 %`` or ``Sb2O3``.

    A list with a name that is not understood still says what is there, and no longer what is not.
    """
    words: set[str] = set()
    known: dict[str, Known] = {}
    unread = False
    for part in re.split(r"[,、・/]|\s+(?=[^\W\d])|-(?=[A-Z])", text):
        name = part.strip()
        if not name or name.casefold().rstrip(".") in REST:
            continue
        parted = re.fullmatch(r"([^\d<>≤≥=]+?)\s*([<>≤≥=]*\s*\d.*)?", name)
        amount = _number(parted[2].strip(), "share") if parted and parted[2] else None
        element = element_key(parted[1].strip()) if parted and not isinstance(amount, str) else None
        formula = elements_in(name)
        if element is not None and amount is not None and not isinstance(amount, str):
            known[f"content:{element}"] = amount
        words |= {element} if element is not None else formula
        unread |= element is None and not formula
    if words:
        known[key] = Known(text, words=frozenset(words), complete=complete and not unread)
    return known, "" if words and not unread else "screen_spec_elements"


def _number(text: str, dimension: str) -> Known | str:
    plain = text.replace("\u3000", " ").strip()
    plain = re.sub(r"^[φΦø]\s*(?=\d)", "", plain)
    if re.match(r"(約|およそ|ca\.?|approx|~)", plain):
        return "screen_spec_about"  # nearness to a threshold is just what must not be rounded
    if dimension == "share" and (nines := re.fullmatch(r"([2-9])N([0-9]?)(?:以上)?", plain)):
        tail = int(nines[2] or 0) * 10.0 ** -(int(nines[1]) + 1)  # 4N5 is 99.995 % or more
        return Known(text, 1 - 10.0 ** -int(nines[1]) + tail, 1.0)
    if spread := re.fullmatch(rf"({NUMBER})\s*(?:±|\+/-)\s*({NUMBER})\s*(.*)", plain):
        return _spread(text, spread[1], spread[2], spread[3].strip(), dimension)
    sign, plain = _signed(plain)
    found = re.fullmatch(rf"({NUMBER})\s*(?:[^\d\s~〜-]*)\s*(?:~|〜|–|-|から|to)\s*({NUMBER})\s*(.*)", plain)
    one = re.fullmatch(rf"({NUMBER})\s*(.*)", plain)
    if found is None and one is None:
        return "screen_spec_number"
    unit = (found[3] if found else one[2] if one else "").strip()
    ends = [
        _si(number, unit, dimension) for number in (found.groups()[:2] if found else (one[1],) if one else ())
    ]
    if None in ends:
        return "screen_spec_unit"
    low, high = ends[0], ends[-1]
    if low is None or high is None or low > high or (found and sign):
        return "screen_spec_number"
    return Known(
        text,
        -math.inf if sign in ("<", "<=") else low,
        math.inf if sign in (">", ">=") else high,
        sign == ">",
        sign == "<",
    )


def _signed(plain: str) -> tuple[str, str]:
    """Sign of an open range, written before or behind the number, and the rest."""
    for written, meant in SIGNS.items():
        if plain.startswith(written):
            return meant, plain[len(written) :].strip()
    for written, meant in WORDS.items():
        if plain.endswith(written):
            return meant, plain[: -len(written)].strip()
    return "", plain


def _spread(text: str, middle: str, half: str, unit: str, dimension: str) -> Known | str:
    """``100±5 mm`` as a range."""
    ends = [
        _si(repr(float(middle.replace(",", "")) + sign * float(half.replace(",", ""))), unit, dimension)
        for sign in (-1, 1)
    ]
    low, high = ends
    return "screen_spec_unit" if low is None or high is None else Known(text, low, high)


def _si(number: str, unit: str, dimension: str) -> float | None:
    """A number in SI; None where the unit is missing or of another dimension."""
    value = float(number.replace(",", ""))
    if dimension == "temperature" and unit in CELSIUS:
        return value + 273.15
    if dimension in ("ratio", "count") and unit == "":
        return value
    found = UNITS.get(unit.replace(" ", "").replace("³", "3").replace("²", "2"))
    return None if found is None or found[0] != dimension else value * found[1]


def quantity(text: str, dimension: str) -> float:
    """A threshold of the packaged table in SI.

    Examples
    --------
    >>> quantity("30 MPa", "pressure")
    30000000.0
    """
    found = re.fullmatch(rf"({NUMBER})\s*(.*)", unicodedata.normalize("NFKC", text).strip())
    value = None if found is None else _si(found[1], found[2].strip(), dimension)
    if value is None:
        raise ValueError(text)
    return value


def _same(one: Known, other: Known) -> bool:
    return (one.low, one.high, one.words, one.complete) == (
        other.low,
        other.high,
        other.words,
        other.complete,
    )


def elements_in(text: str) -> frozenset[str]:
    """Elements that a material's name mentions: ``NdFeB``, ``タングステン合金``, ``SmCo5``.

    Examples
    --------
    >>> sorted(elements_in("NdFeB焼結磁石")), sorted(elements_in("タングステン")), elements_in("S45C")
    (['B', 'Fe', 'Nd'], ['W'], frozenset())
    """
    plain = unicodedata.normalize("NFKC", text[:LONGEST])
    found = {key for key, name in _named() if name in plain}
    for run in re.findall(r"(?<![A-Za-z])(?:[A-Z][a-z]?\d*)+(?![A-Za-z])", plain):
        parts = re.findall(r"[A-Z][a-z]?", run)
        told = any(len(part) > 1 for part in parts) or run in FORMULAS  # PVC, S45C and IN718 are no formulas
        if told and all(part in SYMBOLS for part in parts):
            found |= set(parts)
    return frozenset(found)


@cache
def _named() -> tuple[tuple[str, str], ...]:
    """Names of elements in Japanese that stand inside longer words without being mistaken."""
    rows = read_words("materials")
    return tuple((row["key"], row["ja"]) for row in rows if row["key"] in SYMBOLS and len(row["ja"]) > 2)


def joined(known: Mapping[str, Known], keys: Sequence[str]) -> str:
    """Values as written, for a cell."""
    return " | ".join(known[key].text for key in keys if key in known)
