"""Japan's customs goods classified like any trade file: goods in words stand under numbers of no chapter.

The customs print some 78 goods, most of which pool several HS headings. Each has weights over the
classes with ranges (``data/classes/customs_goods_classes.csv`` for exports and the goods both flows
share, ``customs_imports.csv`` for the others). So that the one machinery of `structure.classify` draws
their ranges too, each good is given a number of HS chapter 77, which the nomenclature keeps empty; the
answer has the names again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import pandas as pd

from meguri.base.note import note
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.tradelines import TradeLines
from meguri.structure.classify import ClassAnswer, classify
from meguri.structure.customs_goods import PARTIAL, class_shares, goods_tree, goods_weights
from meguri.structure.customs_said import beside_printed, partners, pooled_goods
from meguri.structure.mapping import ClassMap

SET = "japan-goods"
EMPTY_CHAPTER = "77"
CHIP_MACHINES = "Semicon Machinery Etc"
REST = " (rest)"
RANGE = {
    "high": 0.0,
    "medium": 0.1,
    "low": 0.35,
}  # of a whole good's class that may belong elsewhere: assumed


@cache
def import_goods() -> pd.DataFrame:
    """Goods that only imports have: class, confidence, names and reason.

    Examples
    --------
    >>> import_goods().set_index("goods").at["Lng", "class"]
    'RAW'
    """
    with packaged("classes", "customs_imports.csv").open("rb") as file:
        rows = pd.read_csv(file, dtype=str, keep_default_na=False)
    return Schema.of("customs_imports").check(rows, "customs_imports.csv")


def customs_weights() -> pd.DataFrame:
    """Weights of every customs good under the name the trade lines give it, in columns of the map.

    Examples
    --------
    >>> table = customs_weights().set_index("goods")
    >>> table.at["Lng", "class"], "Machinery (rest)" in table.index
    ('RAW', True)
    """
    shared = goods_weights()
    rest = shared["part"] == "rest"
    shared = shared.assign(goods=shared["goods"].where(~rest, shared["goods"] + REST))
    own = import_goods()
    own = own[~own["goods"].isin(shared["goods"])].assign(weight=1.0, high=1.0)
    own = own.assign(low=1.0 - own["confidence"].map(RANGE))
    columns = ["goods", "class", "weight", "low", "high", "confidence", "reason_en", "reason_ja", "source"]
    return pd.concat([shared[columns], own[columns]], ignore_index=True).assign(curated=True)


def good_of(name: str, held: set[str]) -> str:
    """The good of the map that a line's name stands for: itself, or a whole that has no listed parts.

    Examples
    --------
    >>> good_of("Raw Materials (rest)", {"Raw Materials"}), good_of("Ships", {"Ships"}), good_of("X", set())
    ('Raw Materials', 'Ships', '')
    """
    bare = name.removesuffix(REST)
    return name if name in held else bare if bare in held else ""


def classify_customs(lines: TradeLines, **options: Any) -> ClassAnswer:
    """Shares of the classes in Japan's trade by customs goods.

    Parameters
    ----------
    lines : TradeLines
        ``read_trade("japan-goods")``: the lines of a flow, year and partner add up to its total.
    **options
        draws, seed, top, partners: as :func:`meguri.structure.classify.classify` takes them.

    Raises
    ------
    DataError
        As :func:`meguri.structure.classify.classify`.
    """
    lines = replace(lines, table=whole_lines(lines.table))
    weights = customs_weights()
    numbers = _numbers(lines.table["code"])
    held = set(weights["goods"])
    parts = [
        weights[weights["goods"] == good_of(name, held)].assign(code=number)
        for name, number in numbers.items()
    ]
    table = lines.table.assign(code=lines.table["code"].map(numbers), vintage="")
    found = classify(replace(lines, table=table), ClassMap(pd.concat([*parts, _elsewhere()])), **options)
    return _named(found, {number: name for name, number in numbers.items()}, lines, weights)


def whole_lines(table: pd.DataFrame) -> pd.DataFrame:
    """Lines without a last year that holds only a part of a year: below half of the year before.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2024, 2025, 2026], "flow": "export", "value": [9.0, 10.0, 2.0]})
    >>> whole_lines(rows)["year"].tolist()
    [2024, 2025]
    """
    sums = table.groupby(["flow", "year"])["value"].sum()
    part = [
        (flow, year)
        for flow, year in sums.index
        if (flow, year + 1) not in sums.index
        and (flow, year - 1) in sums.index
        and sums[flow, year] < PARTIAL * sums[flow, year - 1]
    ]
    gone = pd.Series(list(zip(table["flow"], table["year"], strict=True)), index=table.index).isin(part)
    return table[~gone].reset_index(drop=True)


def customs_extra(table: pd.DataFrame, year: int, variant: str = "PC5") -> dict[str, pd.DataFrame]:
    """What the exports by customs goods say without drawing: bounds, printed ranges, pooled goods, partners.

    Parameters
    ----------
    table : DataFrame
        ``observe.rawsets.japan_goods_exports``.
    year : int
        Year whose pooled goods are listed.
    """
    return {
        "customs_classes": class_shares(table), "customs_printed": beside_printed(table),
        "customs_pooled": pooled_goods(table, year, variant),
        "customs_partners": partners(table, CHIP_MACHINES),
    }  # fmt: skip


def _numbers(codes: pd.Series[str]) -> dict[str, str]:
    return {name: f"{EMPTY_CHAPTER}{place:04d}" for place, name in enumerate(sorted(set(codes)), start=1)}


def _elsewhere() -> pd.DataFrame:
    """The row of trade that no good of the map stands for."""
    row = {
        "code": "99", "class": "UNSPECIFIED", "weight": 1.0, "low": 1.0, "high": 1.0, "confidence": "high",
        "reason_en": "A good that the map does not know.", "reason_ja": "対応表にない品目。",
        "source": "meguri-classes", "curated": False,
    }  # fmt: skip
    return pd.DataFrame([row])


def _named(
    found: ClassAnswer, goods: Mapping[str, str], lines: TradeLines, weights: pd.DataFrame
) -> ClassAnswer:
    """The answer with goods by name; what the map does not know is said with its share."""
    words = _words()
    tables = dict(found.tables)
    for name in ("class_lines", "class_drivers"):
        table = tables[name]
        real = table["code"].map(goods)
        told = [words.get(good_of(good, set(words)), (good, good)) for good in real]
        tables[name] = table.assign(code=real, name_en=[en for en, _ in told], name_ja=[ja for _, ja in told])
    tables["class_baseline"] = Schema.of("class_baseline").empty()  # these goods have no BEC class
    unknown = ~lines.table["code"].map(lambda good: bool(good_of(good, set(weights["goods"]))))
    if unknown.any():
        share = float(lines.table.loc[unknown, "value"].sum() / lines.table["value"].sum())
        listed = ", ".join(sorted(set(lines.table.loc[unknown, "code"])))
        row = note("customs_unknown", "warning", "class_customs_unknown", share=f"{share:.1%}", goods=listed)
        tables["class_notes"] = pd.concat([tables["class_notes"], pd.DataFrame([row])], ignore_index=True)
    return replace(found, tables=tables)


def _words() -> dict[str, tuple[str, str]]:
    """Names of goods in both languages; of a rest, that it is one."""
    both = pd.concat([goods_tree("export"), goods_tree("import")]).drop_duplicates("goods")
    names = {row.goods: (row.en, row.ja) for row in both.itertuples()}
    rests = {f"{good}{REST}": (f"{en}, the rest", f"{ja}（その他）") for good, (en, ja) in names.items()}
    own = {row.goods: (row.en, row.ja) for row in import_goods().itertuples()}
    return {**own, **names, **rests}
