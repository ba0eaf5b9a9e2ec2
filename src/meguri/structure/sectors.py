"""Strategic fields × metals × worst stage × holder of the chokepoint, and the path down to it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.observe.firms import firm_label
from meguri.observe.profile import capability, stage_reasons
from meguri.observe.sectors import sector_key, sector_materials, specified_products
from meguri.observe.sectors import sectors as packaged_sectors
from meguri.structure.holders import stage_holders, worst_stage

ESSENTIALITY = ("unknown", "minor", "important", "essential")
HELD = [
    "worst_stage", "holder", "holder_kind", "holder_country", "holder_share", "holder_share_low",
    "holder_share_high", "hhi", "hhi_low", "hhi_high", "reason_code", "reason_grade", "rebuild_low",
    "rebuild_high", "rebuild_grade", "year",
]  # fmt: skip
Worst = dict[str, "pd.Series[Any] | None"]
SEPARATOR: dict[Lang, str] = {"en": "; ", "ja": "、"}


def sector_matrix(
    sectors: Iterable[str] | None = None,
    year: int | None = None,
    *,
    fields: pd.DataFrame | None = None,
    materials: pd.DataFrame | None = None,
    economy: str = "JP",
) -> pd.DataFrame:
    """Each field and metal with its most concentrated stage, who holds it, why, and years to rebuild it.

    Uses of one metal in one field are joined; a field without a known metal keeps its row and says so.
    The worst stage follows the rule of :func:`meguri.structure.holders.worst_stage`. Reasons and years
    are those the atlas gives for that very stage; where it gives no years for the economy itself, the
    range of plants elsewhere stands there (reason ``rebuilt_elsewhere``).

    Parameters
    ----------
    sectors : iterable of str, optional
        Fields by key or name; all when left out.
    year : int, optional
        Latest year of shares to look at; without it, the latest at hand.
    fields, materials : DataFrame, optional
        A user's own lists (``sectors``, ``sector_materials``); the packaged ones when left out.
    economy : str
        Economy that would rebuild the stage, by country key.

    Returns
    -------
    DataFrame
        Columns of ``sector_exposure``, in the order of the list; the most concentrated metal first.

    Raises
    ------
    DataError
        For a field that is not in the list.

    Examples
    --------
    >>> rows = sector_matrix(["AI・半導体"]).set_index("element")
    >>> rows.at["Ta", "holder"], rows.at["Ga", "holder"], rows.at["Zr", "holder"]
    ('JX Advanced Metals', 'CN', 'AU')
    >>> sector_matrix(["content"])[["element", "holder_kind", "reason"]].values.tolist()
    [['', 'unknown', 'no_metal_known']]
    """
    listed = packaged_sectors() if fields is None else fields
    links = sector_materials() if materials is None else materials
    wanted = list(listed["sector"]) if sectors is None else [sector_key(name, listed) for name in sectors]
    links = links[links["sector"].isin(wanted)]
    worst = {name: _worst(name, year, economy) for name in links["element"].unique() if name}
    parts = [_field(name, links[links["sector"] == name], worst) for name in wanted]
    return Schema.of("sector_exposure").check(pd.DataFrame([row for part in parts for row in part]))


def _worst(element: str, year: int | None, economy: str) -> pd.Series[Any] | None:
    """The worst stage with its reasons and the years to rebuild it."""
    row = worst_stage(stage_holders(element, year))
    if row is None:
        return None
    stage, reasons = row["stage"], stage_reasons(element)
    reasons = reasons[reasons["stage"] == stage]
    years = capability(element)
    years = years[(years["stage"] == stage) & years["rebuild_high"].notna()]
    own = years[years["economy"] == economy]
    told = [row["reason"]] + (["rebuilt_elsewhere"] if own.empty and len(years) else [])
    years = years if own.empty else own
    row["worst_stage"], row["reason"] = stage, "|".join(filter(None, told))
    row["reason_code"] = "|".join(dict.fromkeys(reasons["code"])) or "unknown"
    row["rebuild_low"], row["rebuild_high"] = years["rebuild_low"].min(), years["rebuild_high"].max()
    for name, table in (("reason_grade", reasons), ("rebuild_grade", years)):
        row[name] = weakest(table["grade"]) if len(table) else ""
    row["source"] = _joined([row["source"], *reasons["source"], *years["source"]])
    row["flag"] = _joined([row["flag"], *reasons["flag"], *years["flag"]])
    return row


def _field(sector: str, links: pd.DataFrame, worst: Worst) -> list[dict[str, object]]:
    if links.empty:  # a field of the user's own list that nobody linked to a metal
        return [_unknown(sector, "", "no_metal_known", "meguri-assumption")]
    rows = [
        _cell(sector, str(element), part, worst) for element, part in links.groupby("element", sort=False)
    ]
    return sorted(rows, key=lambda row: -float(row.get("hhi", -1.0)))  # type: ignore[arg-type]


def _unknown(sector: str, element: str, reason: str, source: str) -> dict[str, object]:
    return {
        "sector": sector, "element": element, "holder_kind": "unknown", "reason_code": "unknown",
        "designated": "unknown", "reason": reason, "source": source, "grade": "assumed",
    }  # fmt: skip


def _cell(sector: str, element: str, links: pd.DataFrame, worst: Worst) -> dict[str, object]:
    said = {
        "use_en": "; ".join(dict.fromkeys(use for use in links["use_en"] if use)),
        "use_ja": "、".join(dict.fromkeys(use for use in links["use_ja"] if use)),
        "essentiality": max(links["essentiality"], key=ESSENTIALITY.index),
        "listed": _joined(links["listed"]),
    }
    reasons = [reason for reason in links["reason"] if reason]
    if not element:
        return _unknown(sector, "", "|".join(reasons), "|".join(links["source"])) | said
    row = _unknown(sector, element, "|".join([*reasons, "no_stage_share"]), "") | said
    row["designated"] = "yes" if len(specified_products(element)) else "no"
    cited, grades, flags = list(links["source"]), list(links["grade"]), list(links["flag"])
    found = worst[element]
    if found is not None:
        row |= {name: found[name] for name in HELD}
        row["reason"] = "|".join([*reasons, *filter(None, [found["reason"]])])
        cited, grades, flags = [*cited, found["source"]], [*grades, found["grade"]], [*flags, found["flag"]]
    row |= {"source": _joined(cited), "grade": weakest(grades), "flag": _joined(flags)}
    return row


def _joined(cells: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(key for cell in cells for key in cell.split("|") if key))


def client_table(matrix: pd.DataFrame | None = None, lang: Lang = "en") -> pd.DataFrame:
    """The consultancy's table of document 001 in words: field × material × stage × holder × reason × years.

    Parameters
    ----------
    matrix : DataFrame, optional
        Columns of ``sector_exposure``; all fields when left out.
    lang : {"en", "ja"}
        Language of the words.

    Returns
    -------
    DataFrame
        sector, material, use, essentiality, stage, holder, share, share_low, share_high [1],
        hhi [1], reason, rebuild_low, rebuild_high [a], designated (products of the order, in words),
        note, source, grade. An unknown cell says so in words; numbers stay empty.

    Examples
    --------
    >>> row = client_table(sector_matrix(["AI・半導体"]), "ja").iloc[0]
    >>> row["sector"], row["material"], row["stage"], row["holder"], row["designated"]
    ('AI・半導体', 'ジスプロシウム', '分離', '中国', '金属鉱産物（35鉱種）')
    """
    table = sector_matrix() if matrix is None else matrix
    rows = [_client_row(row, lang) for row in table.to_dict("records")]
    return pd.DataFrame(rows)


def _client_row(row: dict[str, Any], lang: Lang) -> dict[str, Any]:
    unknown = label("unknown", lang, "location_reasons")
    country = row["holder_kind"] == "country"
    products = specified_products(row["element"]) if row["element"] else specified_products().iloc[:0]
    return {
        "sector": _sector_name(row["sector"], lang),
        "material": label(row["element"], lang, "materials") if row["element"] else unknown,
        "use": row[f"use_{lang}"],
        "essentiality": label(row["essentiality"] or "unknown", lang, "essentialities"),
        "stage": label(row["worst_stage"], lang, "stages") if row["worst_stage"] else unknown,
        "holder": (label(row["holder"], lang, "countries") if country else firm_label(row["holder"], lang))
        or unknown,
        **{f"share{end}": row[f"holder_share{end}"] for end in ("", "_low", "_high")},
        "hhi": row["hhi"],
        "reason": _words(row["reason_code"], lang, "location_reasons"),
        "rebuild_low": row["rebuild_low"],
        "rebuild_high": row["rebuild_high"],
        "designated": SEPARATOR[lang].join(products[f"product_{lang}"]),
        "note": _words(row["reason"], lang, "reasons"),
        "source": row["source"],
        "grade": row["grade"],
    }


def _words(keys: str, lang: Lang, words: str) -> str:
    return SEPARATOR[lang].join(label(key, lang, words) for key in keys.split("|") if key)


def _sector_name(key: str, lang: Lang) -> str:
    """Shown name of a field; a key of the user's own list stands for itself."""
    table = packaged_sectors().set_index("sector")[f"sector_{lang}"]
    return str(table.get(key, key))
