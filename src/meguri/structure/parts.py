"""A buyer's parts: what is known, what is inferred with which range, and what to ask first."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import pandas as pd

from meguri.base.errors import Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label, packaged
from meguri.base.units import DAYS_PER_MONTH
from meguri.structure.grades import UNREADABLE, heat_suffix, hree_range, widest

Place = Callable[[int, str], str]  # (row, column) → how the cell is called
SUPPLIER_FIELDS = ("country", "supplier", "upstream", "hree", "technology", "qualification")
_ROUNDING = 0.02  # amount and pieces × kg may differ by this share


class Default(NamedTuple):
    """What is used where a buyer knows nothing: value, range and reason."""

    value: float
    low: float
    high: float
    source: str
    grade: str
    note_en: str
    note_ja: str


@cache
def _defaults() -> dict[str, Default]:
    with packaged("facts", "buyer_defaults.csv").open(encoding="utf-8") as file:
        frame = pd.read_csv(file, dtype=str, keep_default_na=False)
    typed = Schema.of("buyer_defaults").check(frame, "buyer_defaults.csv")
    return {
        row.item: Default(
            row.value, row.value_low, row.value_high, row.source, row.grade, row.note_en, row.note_ja
        )
        for row in typed.itertuples(index=False)
    }


def default(item: str) -> Default:
    """Packaged assumption for stock, qualification, first_yield, recovery, lead or magnet_yield.

    Examples
    --------
    >>> default("stock")[:3]
    (45.0, 15.0, 90.0)
    """
    return _defaults()[item]


def contradictions(parts: pd.DataFrame, place: Place, file: str = "") -> list[Problem]:
    """Cells of checked ``parts`` rows that are missing or speak against each other."""
    found: list[Problem] = []

    def add(key: str, row: int, column: str, value: object = "", **details: str) -> None:
        text = f"{value:g}" if isinstance(value, float) else str(value)
        found.append(Problem(key, place(row, column), text, file, details))

    for row, part in enumerate(parts.itertuples(index=False)):
        counted = part.pieces * part.piece_mass / 1000
        if pd.isna(part.amount) and pd.isna(counted):
            add("amount_missing", row, "amount")
        elif (part.amount if pd.notna(part.amount) else counted) <= 0:
            add("amount_zero", row, "amount", "0")
        elif abs(part.amount - counted) > _ROUNDING * max(part.amount, counted):
            add("amount_twice", row, "amount", part.amount, pieces=f"{counted:g}")
        days = part.stock_months * DAYS_PER_MONTH
        if abs(part.stock - days) > 1:
            add("stock_twice", row, "stock", part.stock, days=f"{days:.0f}")
        if pd.notna(part.price) and not part.currency:
            add("currency_missing", row, "currency")
        if part.technology == "hot-deformed" and part.hree > 0:
            add("technology_against", row, "hree", part.hree)
    return found


def complete(parts: pd.DataFrame) -> pd.DataFrame:
    """Every part with amount, stock and heavy rare earths as value and range.

    Parameters
    ----------
    parts : DataFrame
        Checked rows of the sheet ``parts`` without :func:`contradictions`.

    Returns
    -------
    DataFrame
        The same rows with ``amount`` [t/a], ``stock, stock_low, stock_high`` [d],
        ``stock_known``, ``hree, hree_low, hree_high`` [1], ``hree_known``, ``hree_free`` (no Dy or
        Tb at all), ``hree_source, hree_grade`` and ``alloyed, alloyed_low, alloyed_high`` [1], the
        share if the same grade were alloyed the old way.
    """
    table = parts.reset_index(drop=True).copy()
    table["technology"] = table["technology"].replace("", "unknown")
    table["amount"] = table["amount"].fillna(table["pieces"] * table["piece_mass"] / 1000)
    stock = table["stock"].fillna(table["stock_months"] * DAYS_PER_MONTH)
    usual = default("stock")
    table["stock_known"] = stock.notna()
    table["stock"] = stock.fillna(usual.value)
    table["stock_low"] = stock.fillna(usual.low)
    table["stock_high"] = stock.fillna(usual.high)
    inferred = pd.DataFrame([_hree(row) for row in table.itertuples(index=False)], index=table.index)
    return table.drop(columns="hree").join(inferred)


def _hree(part: Any) -> dict[str, object]:
    guess = hree_range(part.magnet_grade, part.technology)
    known = pd.notna(part.hree) or part.technology == "hot-deformed"
    low, mode, high = (part.hree,) * 3 if pd.notna(part.hree) else guess[:3]
    old = hree_range(part.magnet_grade, "sintered")
    plain = part.technology in ("sintered", "unknown")
    alloyed = (mode, low, high) if plain else (old.mode, old.low, old.high)
    return {
        "hree": mode,
        "hree_low": low,
        "hree_high": high,
        "hree_known": known,
        "hree_free": high == 0,
        "hree_source": "buyer-workbook" if pd.notna(part.hree) else guess.source,
        "hree_grade": "reported" if pd.notna(part.hree) else guess.grade,
        **dict(zip(("alloyed", "alloyed_low", "alloyed_high"), alloyed, strict=True)),
    }


def totals(parts: pd.DataFrame) -> pd.DataFrame:
    """Magnets and heavy rare earths of all parts [t/a], each with its range.

    Parameters
    ----------
    parts : DataFrame
        As :func:`complete` returns them.
    """
    melt = default("magnet_yield")
    amount = parts["amount"]
    now = [float((amount * parts[name]).sum()) for name in ("hree", "hree_low", "hree_high")]
    old = [float((amount * parts[name]).sum()) for name in ("alloyed", "alloyed_low", "alloyed_high")]
    melted = [melt.value, melt.high, melt.low]  # the best yield belongs to the least bought
    keys = {key for cell in parts["hree_source"] for key in cell.split("|") if key}
    source = "|".join(sorted(keys))
    both = "|".join(sorted(keys | {melt.source}))
    grade = weakest(parts["hree_grade"])
    rows = [
        ("magnets", [float(amount.sum())] * 3, "buyer-workbook", "reported"),
        ("hree_contained", now, source, grade),
        ("hree_input", [a / b for a, b in zip(now, melted, strict=True)], both, grade),
        ("hree_contained_alloyed", old, source, grade),
        ("hree_input_alloyed", [a / b for a, b in zip(old, melted, strict=True)], both, grade),
        ("hree_avoided", _avoided(parts), source, grade),
    ]
    return pd.DataFrame(
        [
            {"item": item, "value": v[0], "value_low": v[1], "value_high": v[2], "source": s, "grade": g}
            for item, v, s, g in rows
        ]
    )


def _avoided(parts: pd.DataFrame) -> list[float]:
    """What diffusion and HREE-free magnets save against alloying [t/a]: value, low, high.

    Part by part, because a magnet alloyed the old way saves nothing, whatever its range.
    """
    saving = parts[parts["technology"].isin(["diffusion", "hot-deformed"])]
    amount = saving["amount"]
    ends = (("alloyed", "hree"), ("alloyed_low", "hree_high"), ("alloyed_high", "hree_low"))
    return [float(((saving[old] - saving[now]).clip(lower=0) * amount).sum()) for old, now in ends]


def unknowns(parts: pd.DataFrame, matches: pd.DataFrame, place: Place, lang: Lang = "en") -> pd.DataFrame:
    """Cells a buyer does not know, what is used instead, and how much each matters.

    Parameters
    ----------
    parts : DataFrame
        As :func:`complete` returns them.
    matches : DataFrame
        One row per part: ``node`` and ``made_in`` used, ``like`` (node whose upstream is copied, or
        empty), ``alternative_node`` (or empty).
    place : function
        (row, column) → address of the cell.

    Returns
    -------
    DataFrame
        place, part, supplier, field, used, low, high, share, width, weight; what matters most first.
        ``weight`` is the share of all magnet tonnes × the width of the range against the widest
        possible one; 1 means nothing is known about anything.
    """
    whole = float(parts["amount"].sum())
    rows = []
    for number, part in enumerate(parts.itertuples(index=False)):
        match = matches.iloc[number]
        share = part.amount / whole
        for field, used, low, high, width in _doubts(part, match, lang):
            column = "supplier" if field == "upstream" else field
            rows.append(
                {
                    "place": place(number, column),
                    "part": part.part,
                    "supplier": part.supplier,
                    "field": field,
                    "used": used,
                    "low": low,
                    "high": high,
                    "share": share,
                    "width": min(1.0, width),
                    "weight": share * min(1.0, width),
                }
            )
    if not rows:
        return Schema.of("parts_unknowns").empty()
    table = pd.DataFrame(rows)
    order = table["field"].map({field: n for n, field in enumerate(_FIELDS)})
    return (
        table.assign(order=order)
        .sort_values(["weight", "order", "part"], ascending=[False, True, True], ignore_index=True)
        .drop(columns="order")
    )


_FIELDS = (
    "country",
    "supplier",
    "stock",
    "upstream",
    "hree",
    "technology",
    "magnet_grade",
    "qualification",
    "alternative",
    "alternative_supplier",
)
_Doubt = tuple[str, str, float, float, float]  # field, used, low, high, width
_NAN = float("nan")


def _doubts(part: Any, match: Any, lang: Lang) -> list[_Doubt]:
    """What is not known of one row; width 1 where nothing at all is known."""
    found: list[_Doubt] = []
    if not part.country:
        country = label(match["made_in"], lang, "countries")
        found.append(("country", label("used_country", lang, "parts", value=country), _NAN, _NAN, 1.0))
    if not part.supplier:
        found.append(
            ("supplier", label("used_supplier", lang, "parts", value=match["node"]), _NAN, _NAN, 1.0)
        )
    elif match["like"]:
        found.append(
            ("upstream", label("used_upstream", lang, "parts", value=match["like"]), _NAN, _NAN, 1.0)
        )
    if not part.stock_known:
        used = _range_text(part.stock, part.stock_low, part.stock_high, " d", 1, lang)
        found.append(("stock", used, part.stock_low, part.stock_high, 1.0))
    found += _hree_doubts(part, lang)
    if pd.isna(part.alternative):
        found.append(("alternative", label("used_none", lang, "parts"), _NAN, _NAN, 1.0))
    elif part.alternative:
        if pd.isna(part.qualification):
            usual = default("qualification")
            used = _range_text(usual.value, usual.low, usual.high, " d", 1, lang)
            found.append(("qualification", used, usual.low, usual.high, 1.0))
        if not part.alternative_supplier:
            key = "used_alternative" if match["alternative_node"] else "used_none"
            used = label(key, lang, "parts", value=match["alternative_node"])
            found.append(("alternative_supplier", used, _NAN, _NAN, 1.0))
    return found


def _hree_doubts(part: Any, lang: Lang) -> list[_Doubt]:
    """Share, making and grade; the last two count for what knowing them alone would narrow."""
    if part.hree_known:
        return []
    width = part.hree_high - part.hree_low
    used = _range_text(part.hree, part.hree_low, part.hree_high, " %", 100, lang)
    found = [("hree", used, part.hree_low, part.hree_high, width / widest())]
    if part.technology == "unknown":
        left = [hree_range(part.magnet_grade, made) for made in ("sintered", "diffusion", "hot-deformed")]
        gain = width - sum(item.high - item.low for item in left) / len(left)
        found.append(("technology", used, part.hree_low, part.hree_high, gain / widest()))
    if heat_suffix(part.magnet_grade) == UNREADABLE:
        left = [
            hree_range(grade, part.technology) for grade in ("N42", "N42M", "N42H", "N42SH", "N42UH", "N42EH")
        ]
        gain = width - sum(item.high - item.low for item in left) / len(left)
        found.append(("magnet_grade", used, part.hree_low, part.hree_high, gain / widest()))
    return found


def _range_text(mode: float, low: float, high: float, unit: str, factor: float, lang: Lang) -> str:
    low_text, mode_text, high_text = (f"{value * factor:.3g}{unit}" for value in (low, mode, high))
    return label("used_range", lang, "parts", mode=mode_text, low=low_text, high=high_text)


def best_question(unknown: pd.DataFrame, parts: pd.DataFrame) -> dict[str, str]:
    """The one question to a supplier that narrows the answer most, in both languages.

    Questions of the same kind to the same supplier are one question, so their weights add up.

    Parameters
    ----------
    unknown : DataFrame
        As :func:`unknowns` returns them.
    parts : DataFrame
        As :func:`complete` returns them.

    Returns
    -------
    dict
        ``en`` and ``ja`` sentence, ``supplier``, ``field`` and ``weight`` (share × width).
    """
    askable = unknown[unknown["field"].isin(SUPPLIER_FIELDS)]
    if askable.empty:
        nothing = {lang: label("ask_nothing", lang, "parts") for lang in LANGS}
        return {"en": nothing["en"], "ja": nothing["ja"], "supplier": "", "field": "", "weight": "0"}
    sums = askable.groupby(["supplier", "field"], as_index=False, sort=False)[["weight", "share"]].sum()
    top = sums.loc[sums["weight"].idxmax()]
    asked = askable[(askable["supplier"] == top["supplier"]) & (askable["field"] == top["field"])]
    names = list(dict.fromkeys(asked["part"]))
    own = parts[parts["part"].isin(names) & (parts["supplier"] == top["supplier"])]
    grades = [grade for grade in dict.fromkeys(own["magnet_grade"]) if grade]
    sentences = {lang: _question(top, names, grades, lang) for lang in LANGS}
    return {
        "en": sentences["en"],
        "ja": sentences["ja"],
        "supplier": top["supplier"],
        "field": top["field"],
        "weight": f"{top['weight']:.4g}",
    }


def _question(top: Any, names: list[str], grades: list[str], lang: Lang) -> str:
    comma = "、" if lang == "ja" else ", "
    shown = comma.join(names[:5]) + ("…" if len(names) > 5 else "")
    grade = comma.join(grades[:5]) or label("grade_unknown", lang, "parts")
    question = label(f"ask_{top['field']}", lang, "parts", parts=shown, grade=grade)
    supplier = top["supplier"] or label("unknown_supplier", lang, "parts")
    share = f"{top['share']:.0%}" if lang == "en" else f"{top['share'] * 100:.0f} %"
    return label("ask_to", lang, "parts", supplier=supplier, question=question, share=share)
