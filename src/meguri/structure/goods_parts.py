"""One piece of evidence about every good at a time: code in, value with range, note, source and grade out.

Each function answers for all codes it is asked for; where it cannot, the row says why and the value is
unknown. Values are in the evidence's own unit: what they are worth in points is the rules' affair.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.observe.chips import inputs, provision, relations
from meguri.observe.goods_links import Links
from meguri.observe.goods_tables import goods_table
from meguri.structure.concentration import hhi

CONSUMED = {"112", "122", "522", "61", "62", "63"}
EITHER = {"51", "321"}  # passenger cars and motor spirit serve both
PRIMARY = {"111", "112", "21", "31"}
WORKED = {"41", "42", "51", "521", "522", "53"}  # capital goods, transport equipment and their parts
UNNAMED = "7"  # goods not elsewhere specified
WHOLE = (0.95, 1.05)  # printed shares of countries are rounded


def rows_of(
    codes: Iterable[str],
    evidence: str,
    values: pd.DataFrame,
    source: str,
    grade: str,
    missing: str | Mapping[str, str],
) -> pd.DataFrame:
    """Rows of ``goods_measured`` for every code: values where there are any, a reason elsewhere.

    Parameters
    ----------
    codes : iterable of str
        Codes asked for.
    evidence : str
        Key of the evidence.
    values : DataFrame
        ``code``, ``value`` and where given ``value_low``, ``value_high``, ``note``, ``source``, ``grade``.
    source, grade : str
        For rows that do not name their own.
    missing : str or mapping of code to str
        Why a code without value has none.
    """
    names = ["code", "value", "value_low", "value_high", "note", "source", "grade"]
    table = pd.DataFrame({"code": list(codes)}).merge(values.reindex(columns=names), on="code", how="left")
    known = table["value"].notna()
    table = table.astype(dict.fromkeys(names[1:4], float) | dict.fromkeys(names[4:], object))
    for end in ("value_low", "value_high"):
        table[end] = table[end].fillna(table["value"])
    for name, other in (("source", source), ("grade", grade), ("note", "")):
        table[name] = table[name].where(table[name].notna(), other).where(known, "")
    why = missing if isinstance(missing, str) else table["code"].map(missing).fillna("")
    table["reason"] = pd.Series(why, index=table.index, dtype=object).where(~known, "")
    return table.assign(evidence=evidence)[Schema.of("goods_measured").names]


def linked(links: Links, table: pd.DataFrame, low: str = "value", high: str = "value") -> pd.DataFrame:
    """Mean over the links of each code, with the least and the greatest; the note names up to four links.

    Examples
    --------
    >>> table = pd.DataFrame({"code": ["a", "b"], "value": [1.0, 3.0]})
    >>> linked({"x": ("a", "b"), "y": ("b", "c"), "z": ("c",)}, table).values.tolist()
    [['x', 2.0, 1.0, 3.0, 'a|b'], ['y', 3.0, 3.0, 3.0, 'b']]
    """
    there = set(table["code"])
    known = {code: [link for link in found if link in there] for code, found in links.items()}
    pairs = pd.DataFrame(
        [(code, link) for code, found in known.items() for link in found], columns=["code", "link"]
    )
    groups = pairs.merge(table.rename(columns={"code": "link"}), on="link").groupby("code")
    out = pd.DataFrame(
        {"value": groups["value"].mean(), "value_low": groups[low].min(), "value_high": groups[high].max()}
    )
    out["value_low"] = out[["value", "value_low"]].min(axis=1)  # a mean may differ from equal ends
    out["value_high"] = out[["value", "value_high"]].max(axis=1)  # by the last bit
    notes = {code: "|".join(found[:4]) + ("|…" if len(found) > 4 else "") for code, found in known.items()}
    return out.assign(note=out.index.map(notes)).reset_index()


def bec(codes: list[str]) -> pd.DataFrame:
    """Use in production and stage of processing by BEC Rev. 4, both 0-1, with the range over categories."""
    table = goods_table("hs2017_bec").set_index("code")["bec"].reindex(codes).fillna("")
    parts = {}
    for evidence, worth in (("bec", _used), ("bec_stage", _stage)):
        found = table.map(lambda cell, worth=worth: [worth(c) for c in cell.split("|") if c and c != UNNAMED])
        known = found[found.map(len) > 0]
        parts[evidence] = pd.DataFrame(
            {
                "code": known.index,
                "value": known.map(lambda v: sum(v) / len(v)).to_numpy(),
                "value_low": known.map(min).to_numpy(),
                "value_high": known.map(max).to_numpy(),
                "note": "BEC " + table[known.index].to_numpy(),
            }
        )
    frames = [
        rows_of(codes, name, part, "unsd-bec4-hs2017", "derived", "not_elsewhere")
        for name, part in parts.items()
    ]
    return pd.concat(frames, ignore_index=True)


def _used(category: str) -> float:
    return 0.0 if category in CONSUMED else 0.5 if category in EITHER else 1.0


def _stage(category: str) -> float:
    """How far a category is worked, as far as it serves production."""
    return _used(category) * (0.0 if category in PRIMARY else 1.0 if category in WORKED else 0.5)


def relation_specific(rauch: pd.DataFrame, used: pd.DataFrame) -> pd.DataFrame:
    """Inputs made for a relationship: differentiated, as far as the good serves production.

    Parameters
    ----------
    rauch, used : DataFrame
        Rows of ``goods_measured`` for evidence ``rauch`` and ``bec``, one for each code.

    Notes
    -----
    Nunn (2007) counts inputs with neither an exchange nor a reference price; consumed goods are no inputs.
    """
    both = rauch.merge(used, on="code", suffixes=("", "_bec"))
    for name in ("value", "value_low", "value_high"):
        both[name] = both[name] * both[f"{name}_bec"]
    both["reason"] = both["reason"].where(both["reason"] != "", both["reason_bec"])
    known = both["value"].notna()
    both["source"] = ("nunn-2007|" + both["source"] + "|" + both["source_bec"]).where(known, "")
    both["note"] = (both["note"] + " × " + both["note_bec"]).where(known, "")
    both = both.assign(grade=both["grade"].where(known, ""), evidence="relation_specific")
    return both[list(rauch.columns)]


def chips(codes: list[str]) -> pd.DataFrame:
    """What the chip supply chain says: concentration of provider countries, processes fed and reached.

    Concentration is the mean HHI of the inputs behind the code weighted by their markets where all are
    printed, plainly otherwise, with the range over the inputs. A code the chain does not draw is unknown.
    """
    goods = goods_table("eto_goods")
    kinds = inputs().set_index("input")["kind"]
    goods = goods[goods["code"].isin(codes) & goods["input"].map(kinds).isin(["tool", "material"])]
    graph = _downstream()
    share, market = _country_hhi(), inputs().set_index("input")["market"]
    tables: dict[str, list[dict[str, object]]] = {"eto_concentration": [], "eto_process": [], "eto_reach": []}
    for code, group in goods.groupby("code"):
        keys = list(group["input"])
        reach = [float(sum(kinds.get(n) == "process" for n in graph[k])) for k in keys]
        fed = [float(n > 0) for n in reach]
        held = {k: share[k] for k in keys if k in share}
        for name, found in (("eto_process", fed), ("eto_reach", reach)):
            tables[name].append(_summary(str(code), dict(zip(keys, found, strict=True)), market.iloc[:0]))
        if held:
            tables["eto_concentration"].append(_summary(str(code), held, market))
    drawn = set(goods["code"])
    why = {code: "no_share" if code in drawn else "not_drawn" for code in codes}
    frames = [
        rows_of(codes, name, pd.DataFrame(rows, columns=["code", "value", "value_low", "value_high", "note"]),
                "eto-chip-2022", "estimated", why)
        for name, rows in tables.items()
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _summary(code: str, found: dict[str, float], market: pd.Series[float]) -> dict[str, object]:
    weights = market.reindex(list(found)).to_numpy(dtype=float)
    values = pd.Series(found)
    known = len(weights) > 0 and bool((weights > 0).all())
    mean = float((values.to_numpy() * weights).sum() / weights.sum()) if known else float(values.mean())
    low, high = float(values.min()), float(values.max())
    mean = min(max(mean, low), high)
    return {"code": code, "value": mean, "value_low": low, "value_high": high, "note": "|".join(found)}


def _country_hhi() -> dict[str, float]:
    """HHI of the provider countries of each input whose shares add to the whole."""
    table = provision()
    table = table[(table["kind"] == "country") & table["share"].notna()]
    return {
        str(key): hhi(group["share"])
        for key, group in table.groupby("input")
        if WHOLE[0] <= group["share"].sum() <= WHOLE[1]
    }


def _downstream() -> dict[str, set[str]]:
    """All that lies downstream of each input, by itself or as a kind of what goes into it."""
    table = relations()
    kind_of = table[table["relation"] == "is_type_of"].groupby("input")["target"].agg(list).to_dict()
    into = table[table["relation"] == "goes_into"].groupby("input")["target"].agg(list).to_dict()
    keys = inputs()["input"]
    widened = {key: _closure(key, kind_of) | {key} for key in keys}
    direct = {key: {t for name in widened[key] for t in into.get(name, [])} for key in keys}
    return {key: _closure(key, direct) for key in keys}


def _closure(start: str, edges: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(edges.get(start, ()))
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += list(edges.get(node, ()))
    return found


def controls(codes: list[str], without: Iterable[str] = ()) -> pd.DataFrame:
    """Number of control lists that name each good, of those that count as evidence.

    Parameters
    ----------
    codes : list of str
        Codes asked for.
    without : iterable of str
        Lists left out. A good that none of the rest names is unknown, never 0: lists name only part.
    """
    table = goods_table("control_goods")
    out = set(without)
    table = table[(table["use"] == "evidence") & ~table["list"].isin(out) & table["code"].isin(codes)]
    found = [
        {
            "code": code,
            "value": float(rows["list"].nunique()),
            "note": "|".join(f"{row.list} {row.tier}".strip() for row in rows.itertuples()),
            "source": "|".join(sorted({key for cell in rows["source"] for key in cell.split("|")})),
            "grade": weakest(rows["grade"]),
        }
        for code, rows in table.groupby("code")
    ]
    named = pd.DataFrame(found, columns=["code", "value", "note", "source", "grade"])
    return rows_of(codes, "control_list", named, "", "", "not_listed")
