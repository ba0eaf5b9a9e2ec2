"""Why a cell of an atlas sheet says what it says: sources, transformations, grade, doubts."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.sources import weakest
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, find_key, label
from meguri.observe.demand import flags
from meguri.observe.firms import firm_label, group_of, held_on, ownership
from meguri.observe.mining import production
from meguri.structure.atlas import LATEST, Atlas

EXAMPLE = "stages/separation/CN, concentration/ore/hhi, firms/co-009, capability/1"
LISTS = {"country": "countries", "stage": "stages"}
# what a row of a table says in one number: column, unit
NUMBER = {
    "hosts": ("share", "1"), "uses": ("share", "1"), "capability": ("rebuild", "a"), "prices": ("price", ""),
    "controls": ("amount", "t"), "sites": ("capacity", "t/a"), "groups": ("share", "1"),
    "balance": ("balance", "t/a"), "demand": ("amount", "t/a"),
}  # fmt: skip
# what a row of a table is called: first column that is filled
NAME = (
    "text", "use", "process", "item", "label", "site", "control", "event", "group", "firm", "fact", "place",
    "item", "element",
)  # fmt: skip
Step = dict[str, Any]


def why(sheet: Atlas, path: str) -> pd.DataFrame:
    """Chain of steps behind one cell: source rows, transformations, result, other sources, known doubts.

    Parameters
    ----------
    sheet : Atlas
        The sheet the cell stands on.
    path : str
        ``stages/<stage>/<country>``, ``concentration/<stage>/hhi`` (or ``top_share``), ``firms/<fact>``,
        or ``<table>/<row counted from 1>``; stage and country in either language.

    Returns
    -------
    DataFrame
        Columns of ``evidence``. Every source speaks for itself; the spread between them stands last, and
        items of the catalogue of inconsistencies follow as rows with their flag.

    Raises
    ------
    DataError
        When the path names nothing on the sheet, with what it may name.

    Examples
    --------
    >>> from meguri.structure.atlas import atlas
    >>> steps = why(atlas("Co"), "stages/ore/CD").query("source == 'bgs-wms'")
    >>> steps[["name_en", "value", "unit"]].values.tolist()[0]
    ['DR Congo, Ore and concentrate: amount', 140121.0, 't']
    >>> round(float(steps["value"].iloc[-1]), 3)
    0.69
    """
    parts = [part.strip() for part in path.split("/")]
    reader = _READERS.get(parts[0], _row) if not path.partition("/")[2].isdigit() else _row
    steps = reader(sheet, parts, path)
    table = pd.DataFrame(steps).assign(step=range(1, len(steps) + 1))
    return Schema.of("evidence").check(table)


def _refuse(sheet: Atlas, path: str) -> DataError:
    parts = ", ".join(name for name, table in sheet.tables.items() if len(table))
    return DataError(Problem("evidence_path", "path", path, details={"example": EXAMPLE, "parts": parts}))


def _step(name: str, transformation: str = "", words: dict[str, Any] | None = None, **cells: Any) -> Step:
    """One step, its name and transformation worded in both languages."""
    step: Step = {"unit": "", "year": "", "source": "", "grade": "", "flag": "", **cells}
    for lang in LANGS:
        said = {
            key: label(word, lang, LISTS[key])
            if key in LISTS
            else word[lang]
            if isinstance(word, dict)
            else word
            for key, word in (words or {}).items()
        }
        step[f"name_{lang}"] = label(name, lang, "evidence", **said)
        step[f"transformation_{lang}"] = (
            label(transformation, lang, "evidence", **said) if transformation else ""
        )
    return step


def _flag_steps(cells: pd.Series[str] | list[str]) -> list[Step]:
    keys = "|".join(dict.fromkeys(key for cell in cells for key in str(cell).split("|") if key))
    return [
        _step("flag", words={"flag": row.flag, "summary": {"en": row.summary_en, "ja": row.summary_ja}},
              flag=row.flag)
        for row in flags(keys).itertuples()
    ]  # fmt: skip


def _stage_of(sheet: Atlas, table: pd.DataFrame, word: str, path: str) -> pd.DataFrame:
    """Rows of the stage a word means; a rare earth keeps those of all rare earths beside its own."""
    rows = table[table["stage"] == find_key(word, "stages")]
    if rows.empty:
        raise _refuse(sheet, path)
    return rows


def _stages(sheet: Atlas, parts: list[str], path: str) -> list[Step]:
    if len(parts) != 3:
        raise _refuse(sheet, path)
    country = find_key(parts[2], "countries")
    rows = _stage_of(sheet, sheet.stages, parts[1], path)
    rows = rows[(rows["country"] == country) & (rows["kind"] == "country")]
    if rows.empty:
        raise _refuse(sheet, path)
    steps = [step for row in rows.to_dict("records") for step in _share_chain(sheet, row)]
    return steps + _spread(rows[rows["element"] == sheet.element], "share") + _stage_flags(sheet, parts[1])


def _stage_flags(sheet: Atlas, word: str) -> list[Step]:
    """Inconsistencies that touch the firms or capability of the same stage."""
    stage = find_key(word, "stages")
    tables = (sheet.firms, sheet.capability, sheet.ranges)
    return _flag_steps([cell for t in tables for cell in t.loc[t["stage"] == stage, "flag"]])


def _share_chain(sheet: Atlas, row: Step) -> list[Step]:
    """Amount or printed share, sum, unknown producers, share: one source, one year."""
    made = production(row["element"], row["stage"], row["year"], row["source"])
    made = made[(made["basis"] == row["basis"]) & (made["kind"] != "world")]
    printed = bool(made["share"].notna().any())
    figure, unit = ("share", "1") if printed else ("amount", "t")
    own = made[made["country"] == row["country"]].iloc[0]
    words = {"country": row["country"], "stage": row["stage"]}
    base = {"year": str(row["year"]), "source": row["source"]}
    known = made[made[figure].notna()]
    steps = [
        _step("printed" if printed else "amount", words=words, value=own[figure], unit=unit,
              grade=own["grade"], **base),
        _step("whole_printed" if printed else "whole", "t_sum", {"n": len(known)}, unit=unit,
              value=round(float(known[figure].sum()), 9), grade=weakest(known["grade"]), **base),
    ]  # fmt: skip
    steps += _lost_producers(made[made[figure].isna() & made["reason"].ne("")], base)
    steps.append(_share_step(row, words, base, printed))
    return steps + _tight_step(sheet, row, words, base)


def _lost_producers(lost: pd.DataFrame, base: dict[str, str]) -> list[Step]:
    return [
        _step(
            "lost", "t_lost",
            {"country": r.country, "reason": {lang: label(r.reason, lang, "reasons") for lang in LANGS}},
            unit="t", grade=r.grade, **base,
        )
        for r in lost.itertuples()
    ]  # fmt: skip


def _share_step(row: Step, words: dict[str, Any], base: dict[str, str], printed: bool) -> Step:
    how = {"producer_unknown": "t_share_lost", "upper_bound": "t_share_bound"}.get(row["reason"], "t_share")
    how, grade = ("t_printed", row["grade"]) if printed else (how, weakest([row["grade"], "derived"]))
    return _step("share", how, words, value=row["share"], low=row["share_low"], high=row["share_high"],
                 unit="1", grade=grade, **base)  # fmt: skip


def _tight_step(sheet: Atlas, row: Step, words: dict[str, Any], base: dict[str, str]) -> list[Step]:
    keys = ["element", "stage", "country", "year", "basis", "source"]
    same = (sheet.ranges[keys] == pd.Series({key: row[key] for key in keys})).all(axis=1)
    return [
        _step("tight", "t_tight", words, value=r.share, low=r.low, high=r.high, unit="1",
              grade=weakest([r.grade, "derived"]), flag=r.flag, **base)
        for r in sheet.ranges[same & sheet.ranges["reason"].eq("")].itertuples()
    ]  # fmt: skip


def _spread(rows: pd.DataFrame, value: str) -> list[Step]:
    """Lowest and highest of several sources, none preferred; nothing where one speaks alone."""
    known = rows[rows[value].notna()]
    if known["source"].nunique() < 2:
        return []
    years = dict.fromkeys((str(known["year"].min()), str(known["year"].max())))
    return [
        _step("apart", "t_apart", low=known[value].min(), high=known[value].max(), unit="1",
              year="/".join(years), grade=weakest([*known["grade"], "derived"]),
              source="|".join(dict.fromkeys(known["source"])))
    ]  # fmt: skip


def _concentration(sheet: Atlas, parts: list[str], path: str) -> list[Step]:
    if len(parts) != 3 or parts[2] not in ("hhi", "top_share"):
        raise _refuse(sheet, path)
    rows = _stage_of(sheet, sheet.concentration, parts[1], path)
    steps = [step for row in rows.to_dict("records") for step in _hhi_chain(sheet, row, parts[2])]
    return steps + _spread(rows[rows["element"] == sheet.element], parts[2]) + _stage_flags(sheet, parts[1])


def _hhi_chain(sheet: Atlas, row: Step, column: str) -> list[Step]:
    """Every named share, the rest, and the index: one source, one year."""
    keys = ["element", "stage", "year", "basis", "source"]
    used = sheet.stages[(sheet.stages[keys] == pd.Series({key: row[key] for key in keys})).all(axis=1)]
    base = {"year": str(row["year"]), "source": row["source"]}
    stage = row["stage"]
    steps = [
        _step("rest" if r.kind == "rest" else "share", words={"country": r.country, "stage": stage},
              value=r.share, low=r.share_low, high=r.share_high, unit="1", grade=r.grade, **base)
        for r in used.itertuples()
    ]  # fmt: skip
    grade = weakest([row["grade"], "derived"])
    if column == "top_share":
        words = {"stage": stage, "country": row["top"] or "XX"}
        return [*steps, _step("top", "t_top", words, value=row["top_share"], unit="1", grade=grade, **base)]
    how = "t_known" if row["reason"] == "known_only" else "t_hhi"
    index = _step("hhi", how, {"stage": stage}, value=row["hhi"], low=row["hhi_low"], high=row["hhi_high"],
                  unit="1", grade=grade, **base)  # fmt: skip
    return [*steps, index]


def _firms(sheet: Atlas, parts: list[str], path: str) -> list[Step]:
    """The row of the document, the owners of the firm on the day of the sheet, and the doubts."""
    rows = sheet.firms[sheet.firms["fact"] == parts[-1]]
    if rows.empty:
        return _row(sheet, parts, path)
    row = rows.iloc[0]
    firm = {"en": row["firm"], "ja": row["firm_ja"] or row["firm"]}
    words = {"firm": firm, "stage": row["stage"], "document": row["document"], "line": row["line"]}
    stated = "firm" if pd.notna(row["share"]) else "firm_unknown"
    steps = [
        _step(stated, "t_document", words, value=row["share"], low=row["share_low"], high=row["share_high"],
              unit="1", year=str(row["year"]), source=row["source"], grade=row["grade"], flag=row["flag"])
    ]  # fmt: skip
    day = LATEST if sheet.year is None else f"{sheet.year}-12-31"
    held = held_on(ownership(), day)
    steps += [_owner_step(held.loc[place]) for place in group_of(row["firm"], held)[1]]
    return steps + _flag_steps(list(rows["flag"]))


def _owner_step(edge: pd.Series[Any]) -> Step:
    words: dict[str, Any] = {
        name: {lang: firm_label(edge[name], lang) for lang in LANGS} for name in ("owner", "owned")
    }
    words |= {"percent": f"{100 * edge['share']:g}", "start": edge["start"]}
    return _step("owner", "t_owner", words, value=edge["share"], unit="1", year=str(edge["start"])[:4],
                 source=edge["source"], grade=edge["grade"])  # fmt: skip


def _row(sheet: Atlas, parts: list[str], path: str) -> list[Step]:
    """Any row of any table, by its number: what it says, where it stands, and the doubts."""
    table = sheet.tables.get(parts[0])
    if table is None or len(parts) < 2 or not parts[1].isdigit() or not 1 <= int(parts[1]) <= len(table):
        raise _refuse(sheet, path)
    row = table.iloc[int(parts[1]) - 1].to_dict()
    title = {lang: label(parts[0], lang, "atlas") for lang in LANGS}
    words = {"title": title, "n": parts[1], "name": {lang: _name(row, lang) for lang in LANGS}}
    words |= {"document": row.get("document", ""), "line": row.get("line", "")}
    base = {
        "source": row.get("source", ""), "grade": row.get("grade", ""), "flag": row.get("flag", ""),
        "year": _text(row.get("year", row.get("date", ""))),
    }  # fmt: skip
    where = _where(row)
    if parts[0] == "ranges":
        printed = _step("row", where, words, value=row["share"], low=row["printed_low"],
                        high=row["printed_high"], unit="1", **base)  # fmt: skip
        narrow = _step("row_range", "t_tight", words, low=row["low"], high=row["high"], unit="1", **base)
        return [printed, narrow, *_flag_steps([str(base["flag"])])]
    column, unit = NUMBER.get(parts[0], ("", ""))
    numbers = {
        end: row.get(f"{column}{tail}") for end, tail in (("value", ""), ("low", "_low"), ("high", "_high"))
    }
    numbers = {end: cell for end, cell in numbers.items() if isinstance(cell, float) and not math.isnan(cell)}
    said = _step("row", where, words, unit=unit or str(row.get("unit", "")), **numbers, **base)
    return [said, *_flag_steps([str(base["flag"])])]


def _where(row: Step) -> str:
    """How the source row is found again: a line of a document, or of the list of public facts."""
    if _text(row.get("line", "")) == "":
        return ""
    return "t_fact" if row.get("document") == "public" else "t_document"


def _name(row: Step, lang: Lang) -> str:
    if row.get("country") and row.get("stage") and "fact" not in row:  # a share: the place names it
        return f"{label(row['country'], lang, 'countries')} {label(row['stage'], lang, 'stages')}"
    named = (row.get(f"{name}_{lang}", row.get(name, "")) for name in NAME)
    return next((str(cell) for cell in named if cell), "")


def _text(cell: Any) -> str:
    return "" if cell is None or cell is pd.NA or cell == "" else str(cell)


_READERS: dict[str, Callable[[Atlas, list[str], str], list[Step]]] = {
    "stages": _stages,
    "concentration": _concentration,
    "firms": _firms,
}
