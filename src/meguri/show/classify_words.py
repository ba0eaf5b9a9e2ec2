"""Classes of goods in words and colours: one hue for each class, on every page and in every figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from meguri.base.terms import Lang, keys, label, read_words
from meguri.show.ink import MUTED
from meguri.show.spell import listing, missing, significant, word

VARIANTS: dict[str, tuple[str, ...]] = {
    "PC4": ("PC_EQUIP", "PC_PARTS", "PC_MATERIALS", "PC_METROLOGY"),
    "PC5": ("PC_EQUIP", "PC_PARTS", "PC_MATERIALS", "PC_METROLOGY", "PC_CONSUMABLE"),
}
TOTALS = ("PC4", "PC5", "PC_TOTAL", "residual")
_TRILLION, _BILLION, _MILLION = 1e12, 1e9, 1e6


def class_word(key: str, lang: Lang, **fill: object) -> str:
    """A phrase of ``data/terms/class_words.csv`` with its braces filled.

    Examples
    --------
    >>> class_word("variant.PC4", "ja")
    '工程支配型（4分類）'
    """
    return label(key, lang, "class_words", **fill)


def variant_words(variant: str, lang: Lang, *, first: bool = False) -> str:
    """Which classes are counted, always named; with a capital where a sentence begins.

    Examples
    --------
    >>> variant_words("PC4", "en", first=True)
    'Process-control goods (4 classes)'
    """
    text = class_word(f"variant.{variant}", lang)
    return text[0].upper() + text[1:] if first else text


def class_name(key: object, lang: Lang) -> str:
    """Short name of a class, as figures and tables print it.

    Examples
    --------
    >>> class_name("PC_EQUIP", "ja"), class_name("my own", "en")
    ('戦略装置', 'my own')
    """
    return word(key, "class_colours", lang)


def item_words(key: object, lang: Lang) -> str:
    """A class, or a total of several, as a row of a table names it.

    Examples
    --------
    >>> item_words("PC4", "en"), item_words("RAW", "ja")
    ('Process-control, 4 classes', '素材・一次産品')
    """
    first = str(key).split()[0]  # a residual names the printed table whose rows it is left over from
    return class_word(f"total.{first}", lang) if first in TOTALS else class_name(key, lang)


@cache
def _hues() -> dict[str, str]:
    return {row["key"]: row["hue"] for row in read_words("class_colours")}


def class_hue(key: object) -> str:
    """Colour of a class; what is not declared is muted ink.

    Examples
    --------
    >>> class_hue("PC_EQUIP"), class_hue("my own")
    ('#2e1a4f', '#6a7178')
    """
    return _hues().get(str(key), MUTED)


def in_order(classes: Iterable[object]) -> list[str]:
    """Classes in the order of the declared list, unknown ones last.

    Examples
    --------
    >>> in_order(["RAW", "PC_PARTS", "mine"])
    ['PC_PARTS', 'RAW', 'mine']
    """
    found = list(dict.fromkeys(str(key) for key in classes))
    known = keys("class_colours")
    return sorted(found, key=lambda key: known.index(key) if key in known else len(known))


def shown_code(code: object) -> str:
    """An HS number as it is; nothing for a good that is named in words.

    Examples
    --------
    >>> shown_code("848620"), shown_code("export Ships")
    ('848620', '')
    """
    text = str(code)
    return text if text[:1].isdigit() else ""


def code_name(row: Mapping[Any, Any], lang: Lang) -> str:
    """Name of a code in the reader's language, else in the other one, else nothing.

    Examples
    --------
    >>> code_name({"name_en": "Etchers", "name_ja": ""}, "ja")
    'Etchers'
    """
    names = (row.get(f"name_{lang}"), row.get("name_en"), row.get("name_ja"))
    return next((str(name) for name in names if not missing(name)), "")


def fine(share: float | None, signs: int = 1) -> str:
    """A share in per cent with one decimal, as trade tables print it; a trace is no zero.

    Examples
    --------
    >>> fine(0.38249), fine(0.0001), fine(0.0), fine(None)
    ('38.2%', '<0.1%', '0.0%', '—')
    """
    if share is None or missing(share):
        return "—"
    if 0 < share < 0.5 * 10.0 ** -(signs + 2):
        return f"<{10.0**-signs:.{signs}f}%"
    return f"{100 * share:.{signs}f}%"


def fine_range(low: float | None, high: float | None, lang: Lang) -> str:
    """Two shares as one range; nothing where either is not known.

    Examples
    --------
    >>> fine_range(0.1, 0.14, "en"), fine_range(0.1, 0.14, "ja"), fine_range(None, 0.1, "en")
    ('10.0–14.0%', '10.0〜14.0%', '')
    """
    if missing(low) or missing(high):
        return ""
    return f"{fine(low).rstrip('%')}{'〜' if lang == 'ja' else '–'}{fine(high)}"


def printed_range(low: float | None, high: float | None, lang: Lang) -> str:
    """A range as the documents print it, in whole per cent; a dash where nothing is printed.

    Examples
    --------
    >>> printed_range(0.1, 0.14, "en"), printed_range(None, 0.1, "ja")
    ('10–14%', '—')
    """
    if missing(low) or missing(high):
        return "—"
    return f"{fine(low, 0).rstrip('%')}{'〜' if lang == 'ja' else '–'}{fine(high, 0)}"


def with_range(share: float | None, low: float | None, high: float | None, lang: Lang) -> str:
    """A share with its P10–P90 in the brackets of the language.

    Examples
    --------
    >>> with_range(0.38, 0.35, 0.41, "en"), with_range(0.38, None, None, "ja")
    ('38.0% (35.0–41.0%)', '38.0%')
    """
    inner = fine_range(low, high, lang)
    if not inner:
        return fine(share)
    return f"{fine(share)}（{inner}）" if lang == "ja" else f"{fine(share)} ({inner})"


def row_range(row: Mapping[Any, Any], lang: Lang) -> str:
    """As :func:`with_range`, of a row with the columns share, p10 and p90."""
    return with_range(row["share"], row["p10"], row["p90"], lang)


def amount(value: float | None, unit: str, lang: Lang) -> str:
    """An amount of money in the size a reader compares: bn or million, 億 in Japanese.

    Examples
    --------
    >>> amount(54.6e9, "USD", "en"), amount(54.6e9, "USD", "ja"), amount(3.2e11, "JPY", "ja")
    ('54.6 bn USD', '546億ドル', '3,200億円')
    >>> amount(7.31e6, "USD", "en"), amount(7.31e6, "USD", "ja"), amount(None, "USD", "en")
    ('7.31 m USD', '731万ドル', '—')
    """
    if value is None or missing(value):
        return "—"
    if value == 0:
        return "0"
    if lang == "ja":
        name = {"USD": "ドル", "JPY": "円"}.get(unit, unit)
        if abs(value) >= 1e12:
            return f"{significant(value / 1e12)}兆{name}"
        size, prefix = (1e8, "億") if abs(value) >= 1e8 else (1e4, "万")
        return f"{significant(value / size)}{prefix}{name}"
    sizes = ((_TRILLION, "tn"), (_BILLION, "bn"), (_MILLION, "m"))
    size, prefix = next((pair for pair in sizes if abs(value) >= pair[0]), sizes[-1])
    return f"{significant(value / size)} {prefix} {unit}".rstrip()


def money_scale(largest: float, unit: str, lang: Lang) -> tuple[float, str]:
    """One size for all amounts of a table, and its words.

    Examples
    --------
    >>> money_scale(2.3e9, "USD", "en"), money_scale(2.3e9, "USD", "ja")
    ((1000000000.0, 'bn USD'), (100000000.0, '億ドル'))
    """
    if lang == "ja":
        return 1e8, f"億{ {'USD': 'ドル', 'JPY': '円'}.get(unit, unit) }"
    return (_BILLION, f"bn {unit}") if largest >= _BILLION else (_MILLION, f"m {unit}")


def trade_words(row: Mapping[Any, Any], lang: Lang, *, year: bool = True) -> str:
    """What a row of trade is about: whose exports or imports, with whom, when.

    Examples
    --------
    >>> row = {"flow": "import", "reporter": "KR", "partner": "JP", "year": 2018}
    >>> trade_words(row, "en"), trade_words(row, "ja")
    ('Imports of South Korea from Japan, 2018', '韓国の日本からの輸入、2018年')
    """
    flow = "import" if row.get("flow") == "import" else "export"
    who, whom = (_place(row.get(side), lang) for side in ("reporter", "partner"))
    end = "_file" if not whom else "_all" if row["partner"] == "WLD" else ""
    key = f"trade_{flow}{'' if who else '_unnamed'}{end}"
    text = class_word(key, lang, reporter=who, partner=whom)
    return class_word("trade_year", lang, trade=text, year=row["year"]) if year else text


def _place(key: object, lang: Lang) -> str:
    return "" if missing(key) else word(key, "countries", lang)


def places(keys_: Iterable[object], lang: Lang, most: int = 0) -> str:
    """Countries in words, one after another."""
    return listing([_place(key, lang) for key in keys_], lang, most)
