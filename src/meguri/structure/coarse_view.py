"""Coarse trade classified like any other: customs goods in words, and headings of an older HS.

Such goods pool many codes and are judged as mixtures of their own (``observe.coarse_classes``). The one
machinery of `structure.classify` draws their ranges too: each good stands in the map as a code in words
("import Coal", "heading 8703"), so that no heading is read as one of the codes below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from meguri.base.note import note
from meguri.base.tables import Schema
from meguri.observe.coarse_classes import HEADINGS, coarse_goods, coarse_map, heading_map
from meguri.observe.goods_classes import class_map, classes_of
from meguri.observe.goods_tables import goods_table
from meguri.observe.hs_names import hs_names
from meguri.observe.tradelines import TradeLines, is_unspecified
from meguri.structure.class_markets import MARKET
from meguri.structure.classify import ClassAnswer, classify
from meguri.structure.customs_goods import PARTIAL, class_shares
from meguri.structure.customs_said import beside_printed, partners, pooled_goods
from meguri.structure.mapping import KEY, ClassMap, classical_weights, targets

CUSTOMS = "japan-goods"
COARSE = (CUSTOMS, HEADINGS)
FLOWS = {"export": "japan-goods", "import": "japan-imports"}  # sets of goods of Japan's customs
CHIP_MACHINES = "Semicon Machinery Etc"
REST = " (rest)"
BREAKS = (2016.5,)  # the customs renewed their list of goods within 2017
COLUMNS = ["code", "class", "weight", "low", "high", "confidence", "reason_en", "reason_ja", "source"]
Words = dict[str, tuple[str, str]]


def classify_coarse(lines: TradeLines, name: str, **options: Any) -> ClassAnswer:
    """Shares of the classes in trade by coarse goods.

    Parameters
    ----------
    lines : TradeLines
        ``read_trade(name)``, or a part of it.
    name : {"japan-goods", "wits-hs4"}
        Whose goods they are.
    **options
        draws, seed, top, partners: as :func:`meguri.structure.classify.classify` takes them.

    Returns
    -------
    ClassAnswer
        As of ``classify``, without a cross-table of classical classes: a coarse good has several.

    Raises
    ------
    DataError
        As :func:`meguri.structure.classify.classify`.
    """
    named, mapping = coarse_lines(lines, name)
    found = classify(named, mapping, **options)
    words = _customs_words() if name == CUSTOMS else _heading_words()
    return _named(found, words, _lost(named.table, mapping.goods))


def coarse_lines(lines: TradeLines, name: str) -> tuple[TradeLines, ClassMap]:
    """The lines with goods as codes in words, whole years only, and the map that knows these words.

    Parameters
    ----------
    lines, name
        As :func:`classify_coarse`.
    """
    table = whole_lines(lines.table).assign(vintage="")
    table["code"] = (table["flow"].astype(str) if name == CUSTOMS else "heading") + " " + table["code"]
    goods = sorted(set(table["code"]))
    weights = customs_weights(goods) if name == CUSTOMS else heading_weights(goods)
    held = pd.concat([weights, _unspecified()], ignore_index=True).assign(curated=True)
    return replace(lines, table=table), ClassMap(held)


def capital_shares(lines: TradeLines) -> pd.DataFrame:
    """Share of capital goods (BEC) in each trade of a file in HS codes, headings opened into their codes.

    Returns
    -------
    DataFrame
        Columns of ``class_capital``.

    Examples
    --------
    >>> from meguri.observe.tradelines import trade_lines
    >>> row = {"vintage": "HS2017", "year": 2018, "flow": "export", "reporter": "JP", "partner": "WLD"}
    >>> goods = (("848620", 3.0), ("720839", 1.0))
    >>> rows = [row | {"code": code, "value": value, "currency": "USD"} for code, value in goods]
    >>> capital_shares(trade_lines(pd.DataFrame(rows), "user"))["capital"].tolist()
    [0.75]
    """
    joint = classical_weights(
        targets(lines.table[KEY].drop_duplicates()), class_map(), goods_table("hs2017_bec")
    )
    part = joint[joint["bec"] == "capital"].groupby(KEY)["weight"].sum().rename("part").reset_index()
    rows = lines.table.merge(part, on=KEY, how="left")
    rows["mine"] = rows["value"] * rows["part"].fillna(0.0)
    sums = rows.groupby(MARKET, sort=False)[["mine", "value"]].sum().reset_index()
    return Schema.of("class_capital").check(
        sums.assign(capital=(sums["mine"] / sums["value"]).clip(0.0, 1.0))[[*MARKET, "capital"]]
    )


def customs_weights(goods: list[str]) -> pd.DataFrame:
    """Weights of Japan's customs goods; the same name may hold other things in imports than in exports.

    Parameters
    ----------
    goods : list of str
        Flow and name of each, as "import Coal" or "export Machinery (rest)".

    Examples
    --------
    >>> table = customs_weights(["import Lng", "export Machinery (rest)"]).set_index("code")
    >>> table.at["import Lng", "class"], round(float(table.loc["export Machinery (rest)", "weight"].sum()), 6)
    ('RAW', 1.0)
    """
    parts = []
    for flow, name in FLOWS.items():
        rows = coarse_map(name).rename(columns={"goods": "code"})
        tables = {key: part[COLUMNS] for key, part in rows.groupby(["code", "part"], sort=False)}
        mine = [good for good in goods if good.startswith(f"{flow} ")]
        keys = {good: _key(good.removeprefix(f"{flow} "), tables) for good in mine}
        parts += [tables[key].assign(code=good) for good, key in keys.items() if key is not None]
    return pd.concat(parts, ignore_index=True)


def _key(good: str, tables: Mapping[Any, Any]) -> tuple[str, str] | None:
    """Row of the map for a line: the good itself, or what is left of it after its listed parts."""
    bare = good.removesuffix(REST)
    wanted = [(bare, "rest"), (bare, "whole")] if good.endswith(REST) else [(good, "whole"), (good, "rest")]
    return next((key for key in wanted if key in tables), None)


def heading_weights(codes: list[str]) -> pd.DataFrame:
    """Weights of headings, judged as headings; hidden and unspecified codes have none.

    Examples
    --------
    >>> heading_weights(["heading 8703", "heading 9999"])[["code", "class", "weight"]].values.tolist()
    [['heading 8703', 'FINISHED', 1.0]]
    """
    numbers = pd.Series([code.split()[-1] for code in codes])
    named = numbers[~is_unspecified(numbers).astype(bool)]
    found = classes_of(named, heading_map())
    return found.assign(code="heading " + found["code"])[COLUMNS]


def _unspecified() -> pd.DataFrame:
    """The row of trade that no good of the map stands for."""
    row = {
        "code": "99", "class": "UNSPECIFIED", "weight": 1.0, "low": 1.0, "high": 1.0, "confidence": "high",
        "reason_en": "A good that the map does not know.", "reason_ja": "対応表にない品目。",
        "source": "meguri-classes",
    }  # fmt: skip
    return pd.DataFrame([row])


def _lost(table: pd.DataFrame, weights: pd.DataFrame) -> pd.DataFrame:
    """Lines of goods that the map does not know, other than those that hide what they are."""
    numbers = table["code"].str.split(" ", n=1).str[-1]
    unknown = ~table["code"].isin(set(weights["code"])) & ~is_unspecified(numbers).astype(bool)
    return table.assign(share=table["value"] / table["value"].sum())[unknown]


def _named(found: ClassAnswer, words: Words, lost: pd.DataFrame) -> ClassAnswer:
    """The answer with goods by name; what the map does not know is said with its share."""
    tables = dict(found.tables)
    for name in ("class_lines", "class_drivers"):
        told = [words.get(good, (good, good)) for good in tables[name]["code"]]
        bare = tables[name]["code"].str.removeprefix("heading ")
        names = {"name_en": [en for en, _ in told], "name_ja": [ja for _, ja in told]}
        tables[name] = tables[name].assign(code=bare, **names)
    tables["class_baseline"] = Schema.of("class_baseline").empty()
    if len(lost):
        share, listed = f"{lost['share'].sum():.1%}", ", ".join(sorted(set(lost["code"])))
        row = note("customs_unknown", "warning", "class_customs_unknown", share=share, goods=listed)
        tables["class_notes"] = pd.concat([tables["class_notes"], pd.DataFrame([row])], ignore_index=True)
    about = {**found.about, "breaks": BREAKS} if any("export " in good for good in words) else found.about
    return replace(found, tables=tables, about=about)


def _customs_words() -> Words:
    """Names of customs goods in both languages; of a rest, that it is one."""
    words: Words = {}
    for flow, name in FLOWS.items():
        for row in coarse_goods(name).itertuples():
            words[f"{flow} {row.goods}"] = (str(row.en), str(row.ja))
            words[f"{flow} {row.goods}{REST}"] = (f"{row.en}, the rest", f"{row.ja}（その他）")
    return words


def _heading_words() -> Words:
    """Names of headings: our own, else those of the customs."""
    others = {str(row.code): (str(row.en), "") for row in hs_names().itertuples() if len(str(row.code)) == 4}
    own = {str(row.goods): (str(row.en), str(row.ja)) for row in coarse_goods(HEADINGS).itertuples()}
    return {f"heading {code}": names for code, names in {**others, **own}.items()}


def whole_lines(table: pd.DataFrame) -> pd.DataFrame:
    """Lines without a last year that holds only a part of a year: below half of the year before.

    Examples
    --------
    >>> rows = pd.DataFrame({"year": [2024, 2025, 2026], "flow": "export", "value": [9.0, 10.0, 2.0]})
    >>> whole_lines(rows.assign(reporter="JP"))["year"].tolist()
    [2024, 2025]
    """
    sums = table.groupby(["reporter", "flow", "year"])["value"].sum()
    last = table.groupby(["reporter", "flow"])["year"].max()
    part = {
        (*key, int(year))
        for key, year in last.items()
        if (*key, year - 1) in sums.index and sums[(*key, year)] < PARTIAL * sums[(*key, year - 1)]
    }
    keys = zip(table["reporter"], table["flow"], table["year"].astype(int), strict=True)
    gone = pd.Series([key in part for key in keys], index=table.index, dtype=bool)
    return table[~gone].reset_index(drop=True)


def customs_extra(table: pd.DataFrame, year: int, variant: str = "PC5") -> dict[str, pd.DataFrame]:
    """What the exports by customs goods say without drawing: bounds, printed ranges, pooled goods, partners.

    Parameters
    ----------
    table : DataFrame
        ``observe.rawsets.japan_goods_exports``.
    year : int
        Year whose pooled goods are listed.
    variant : {"PC4", "PC5"}
        Which classes the pooled goods may hold.
    """
    return {
        "customs_classes": class_shares(table), "customs_printed": beside_printed(table),
        "customs_pooled": pooled_goods(table, year, variant),
        "customs_partners": partners(table, CHIP_MACHINES),
    }  # fmt: skip
