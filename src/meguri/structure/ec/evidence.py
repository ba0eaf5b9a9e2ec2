"""What stands behind one supply risk: shares, governance, parameters, printed value, reasons."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.base.terms import Lang, find_key, label, suggest_key
from meguri.observe.ec_study import ec_materials, ec_shares
from meguri.structure.ec.formula import governance_risk, supply_risk
from meguri.structure.ec.importance import importance, placed_uses, sectors
from meguri.structure.ec.ranges import GROUP, HALF_INDEX, HALF_PERCENT, HALF_UNIT, index_ranges
from meguri.structure.ec.scores import (
    ALL_SOURCES,
    DATA_YEARS,
    GOVERNANCE,
    GRADE,
    RESULTS,
    SHARES,
    USES,
    stage_scores,
)

LARGEST = 3  # suppliers told singly
SOURCE = {"global": SHARES["WORLD"], "eu": SHARES["EU"]}
MEASURES = ("sr", "ei", "hhi_wgi_t")
LANGS: tuple[Lang, Lang] = ("en", "ja")
Row = Any


def evidence(material: str, stage: str = "", measure: str = "sr") -> pd.DataFrame:
    """Every figure behind one score of a material, in the order of the computation.

    Parameters
    ----------
    material : str
        Key or name.
    stage : str
        Key or name of the stage; without one, the worst stage. Economic importance has no stage.
    measure : {"sr", "ei", "hhi_wgi_t"}
        Supply risk, economic importance, or the weighted concentration of both supplies.

    Returns
    -------
    DataFrame
        Columns of ``evidence``; the printed score and its difference stand last, apart from what was
        computed, and each reason of the difference is a row.

    Raises
    ------
    DataError
        When the study has no such material, stage or measure, naming those it has.

    Examples
    --------
    >>> rows = evidence("Dy")
    >>> rows.loc[rows["name_en"].str.startswith("Supply risk of"), "value"].round(2).tolist()
    [5.56]
    """
    if measure not in MEASURES:
        details = {"choices": ", ".join(MEASURES), "near": "sr"}
        raise DataError(Problem("choice", "measure", measure, details=details))
    table = stage_scores()
    row = _row(table, material, stage)
    if measure == "ei":
        steps = _importance_steps(row["material"])
    elif measure == "hhi_wgi_t":
        steps = [step for scope in SOURCE for step in _index_steps(row, scope)]
        steps += _governance_steps(row, list(SOURCE))
    else:
        steps = _group_steps(row, table) if row["is_group"] else _stage_steps(row)
        steps += _printed("published", row["published"], row["sr"], row["reason"])
    found = pd.DataFrame(steps).assign(step=range(1, len(steps) + 1))
    return Schema.of("evidence").check(found.reindex(columns=Schema.of("evidence").names))


def _row(table: pd.DataFrame, material: str, stage: str) -> Row:
    rows = table[table["material"] == find_key(material, "materials")]
    if rows.empty:
        near = suggest_key(material, "materials") or "Dy, W …"
        raise DataError(Problem("ec_material", "material", material, details={"near": near}))
    if not stage:
        known = rows.dropna(subset=["sr"])
        return known.loc[known["sr"].idxmax()] if len(known) else rows.iloc[0]
    of_stage = rows[rows["stage"] == find_key(stage, "stages")]
    if of_stage.empty:
        raise DataError(Problem("term_stages", "stage", stage, details={"near": ", ".join(rows["stage"])}))
    return of_stage.iloc[0]


def _step(key: str, value: float = math.nan, how: str = "", **fill: Any) -> dict[str, Any]:
    """One row; braces of the words are filled in both languages from keys of word lists."""
    told = {lang: {name: _word(name, cell, lang) for name, cell in fill.items()} for lang in LANGS}
    words = {f"name_{lang}": label(key, lang, "ec_evidence", **told[lang]) for lang in LANGS}
    if how:
        words |= {f"transformation_{lang}": label(how, lang, "ec_evidence", **told[lang]) for lang in LANGS}
    return words | {"value": value, "unit": "1", "year": DATA_YEARS, "grade": GRADE}


def _word(name: str, cell: Any, lang: Lang) -> str:
    lists = {"country": "countries", "stage": "stages", "material": "materials", "sector": "nace"}
    if name in lists:
        return label(cell, lang, lists[name])
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def _stage_steps(row: Row) -> list[dict[str, Any]]:
    scopes = {"GS": ["global"], "EU": ["eu"]}.get(row["supply"], ["global", "eu"])
    steps = [step for scope in scopes for step in _index_steps(row, scope)]
    steps += _governance_steps(row, scopes)
    ir, rate, si = (float(row[name]) for name in ("import_reliance", "eol_rir", "si_sr"))
    weight = {"GS": 1.0, "EU": 0.0}.get(row["supply"], max(ir, 0.0) / 2)
    mixed = supply_risk(row["gs_hhi"], row["eu_hhi"], ir, 0.0, 1.0, row["supply"])
    steps += [
        _step("reliance", ir) | _printed_as(ir, HALF_PERCENT),
        _step("supply", weight, "supply_how", supply=row["supply"] or "?"),
        _step("mixed", mixed, "mixed_how"),
        _step("rate", rate) | _printed_as(rate, HALF_PERCENT),
        _step("index_si", si) | _printed_as(si, HALF_INDEX),
        _step("score", row["sr"], "score_how", material=row["material"], stage=row["stage"])
        | {"low": row["low"], "high": row["high"], "source": ALL_SOURCES},
    ]
    return steps


def _printed_as(value: float, half: float) -> dict[str, Any]:
    found = {"source": RESULTS, "grade": "reported"}
    if math.isnan(value):
        return found
    return found | {"low": max(min(value, 0.0), value - half), "high": min(1.0, value + half)}


def _index_steps(row: Row, scope: str) -> list[dict[str, Any]]:
    taken = scope == "eu" and row["group_shares"]
    material = row["group"] if taken else row["material"]
    shares = ec_shares(material, scope)
    shares = shares[shares["stage"] == row["stage"]].sort_values("share", ascending=False)
    ranges = index_ranges().set_index(GROUP)
    if (material, row["stage"], scope) not in ranges.index:
        return [_step(f"index_{scope}") | {"source": SOURCE[scope]}]
    index = ranges.loc[(material, row["stage"], scope)]
    half, cited = HALF_UNIT[scope], {"source": SOURCE[scope], "grade": "reported"}
    steps = [
        _step(f"share_{scope}", one.share, country=one.country, stage=row["stage"])
        | cited
        | {"low": max(0.0, one.share - half), "high": min(1.0, one.share + half)}
        for one in shares.head(LARGEST).itertuples()
    ]
    others = shares.iloc[LARGEST:]
    if len(others):
        steps.append(_step(f"others_{scope}", others["share"].sum(), n=len(others)) | cited)
    rest = {"low": index["rest_low"], "high": index["rest_high"], "source": SOURCE[scope]}
    steps.append(_step(f"rest_{scope}", max(0.0, 1 - index["total"]), "rest_how") | rest)
    how = {"low": float(index["free_low"]), "high": float(index["free_high"])}
    step = _step(f"index_{scope}", index["hhi"], "index_how", **how)
    if taken:
        step |= {f"transformation_{lang}": _taken(row["group"], lang) for lang in LANGS}
    ends = {"low": index["low"], "high": index["high"]}
    return [*steps, step | ends | {"source": f"{SOURCE[scope]}|{GOVERNANCE}"}]


def _taken(group: str, lang: Lang) -> str:
    return label("index_group", lang, "ec_evidence", group=label(group, lang, "materials"))


def _governance_steps(row: Row, scopes: list[str]) -> list[dict[str, Any]]:
    """Governance and trade parameter of the largest supplier of each scope: they weigh most."""
    risk = governance_risk().set_index("country")
    told: set[tuple[str, float]] = set()
    steps = []
    for scope in scopes:
        shares = ec_shares(row["material"], scope)
        shares = shares[shares["stage"] == row["stage"]].sort_values("share", ascending=False)
        for top in shares.head(1).itertuples():
            if (top.country, top.trade_parameter) in told:
                continue
            told.add((top.country, top.trade_parameter))
            own = risk.loc[top.country]
            ends = {"low": own["risk_low"], "high": own["risk_high"], "source": GOVERNANCE}
            steps.append(_step("risk", own["risk"], "risk_how", country=top.country) | ends)
            cited = {"source": SOURCE[scope], "grade": "reported"}
            steps.append(_step("trade", top.trade_parameter, country=top.country) | cited)
    return steps


def _group_steps(row: Row, table: pd.DataFrame) -> list[dict[str, Any]]:
    members = table[(table["group"] == row["material"]) & (table["stage"] == row["stage"])]
    steps = [
        _step("member", member.sr, material=member.material)
        | {"low": member.low, "high": member.high, "source": ALL_SOURCES}
        for member in members.itertuples()
    ]
    mean = _step("score", row["sr"], "score_group", material=row["material"], stage=row["stage"])
    return [*steps, mean | {"low": row["low"], "high": row["high"], "source": ALL_SOURCES}]


def _importance_steps(material: str) -> list[dict[str, Any]]:
    """Share of each sector with its value added, substitution index, score."""
    uses = placed_uses()
    shares = uses[uses["material"] == material].groupby("placed")["share"].sum()
    usual = sectors().set_index("sector")["value_added"]
    cited = {"source": USES, "grade": "reported"}
    steps = []
    for sector, share in shares.sort_values(ascending=False).items():
        if not sector:
            steps.append(_step("use_other", share) | cited)
            continue
        steps.append(_step("use", share, sector=sector) | cited)
        steps.append(
            _step("added", usual[sector], "added_how", sector=sector) | cited | {"unit": "million EUR"}
        )
    row = importance().set_index("material").loc[material]
    index = float(ec_materials().set_index("material").loc[material, "si_ei"])
    steps.append(
        _step("largest", usual.max(), "largest_how", sector=usual.idxmax()) | cited | {"unit": "million EUR"}
    )
    steps.append(_step("index_ei", index) | _printed_as(index, HALF_INDEX))
    score = _step("importance", row["ei"], "importance_how", material=material)
    sources = {"low": row["low"], "high": row["high"], "source": f"{RESULTS}|{USES}", "grade": "derived"}
    return [*steps, score | sources, *_printed("published_ei", row["published"], row["ei"], row["reason"])]


def _printed(key: str, published: float, computed: float, reason: str) -> list[dict[str, Any]]:
    """The printed score, what it differs by, and each reason."""
    steps = [_step(key, published, "published_how") | {"source": RESULTS, "grade": "reported"}]
    steps.append(_step("differs", published - computed) | {"source": RESULTS})
    for one in filter(None, reason.split("|")):
        words = {f"transformation_{lang}": label(one, lang, "reasons") for lang in LANGS}
        steps.append(_step("reason") | words | {"source": RESULTS, "unit": "", "year": ""})
    return steps
