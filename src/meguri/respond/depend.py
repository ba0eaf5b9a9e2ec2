"""What plans hang on: other measures, nodes and countries they lean on, schemes, and assumed numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from meguri.base.terms import LANGS, Lang, label
from meguri.respond.options import measure_ranges
from meguri.respond.tables import Plan, Scene, starts_of
from meguri.respond.words import both, named
from meguri.structure.words import shown_names

Row = dict[str, Any]


def dependence_rows(plan: Plan, scene: Scene) -> Iterator[Row]:
    """Rows of ``dependence`` of one plan."""
    names = {lang: shown_names(scene.asked.chain, lang) for lang in LANGS}
    nodes = scene.asked.chain.nodes.set_index("node")
    seen: set[tuple[str, str, str]] = set()
    for start in starts_of(plan.sizes, scene):
        for kind, thing, texts in _things(start.measure, start.net.scheme, scene, names, nodes):
            if (start.measure, kind, thing) not in seen:
                seen.add((start.measure, kind, thing))
                yield {
                    "plan": plan.key,
                    "measure": start.measure,
                    "depends_on": thing,
                    "kind": kind,
                    **{f"label_{lang}": texts[lang] for lang in LANGS},
                }


def _things(
    measure: str, scheme: str, scene: Scene, names: dict[Lang, dict[str, str]], nodes: pd.DataFrame
) -> Iterator[tuple[str, str, dict[Lang, str]]]:
    library = scene.library
    rules = library.rows("rules", measure)
    for other in rules.loc[rules["rule"] == "requires", "other"]:
        yield "measure", str(other), named(library, str(other))
    for supplier in library.rows("effects", measure)["supplier"]:
        if supplier in nodes.index:
            country = str(nodes.at[supplier, "country"])
            yield "node", str(supplier), {lang: names[lang].get(supplier, supplier) for lang in LANGS}
            yield "country", country, {lang: label(country, lang, "countries") for lang in LANGS}
    if scheme:
        row = library.schemes.set_index("scheme").loc[scheme]
        yield "scheme", scheme, {lang: str(row[f"label_{lang}"]) for lang in LANGS}
    info = library.measure(measure)
    if info["grade"] == "assumed":
        yield "assumption", f"{measure}.lead_d", both("lead_d", measure=named(library, measure))


def measure_assumptions(scene: Scene) -> list[Row]:
    """Rows of ``assumptions`` for the library's ranged numbers, its costs, and the strikes."""
    library, rows = scene.library, []
    for cells in measure_ranges(library).to_dict("records"):
        measure = _measure_of(str(cells["parameter"]), scene)
        key = str(cells["parameter"]).rsplit(".", 1)[1]
        texts = both(key, measure=named(library, measure))
        rows.append(_row({str(k): v for k, v in cells.items()}, texts))
    for number, cells in enumerate(library.costs.to_dict("records")):
        texts = both(f"cost_{cells['cost']}", measure=named(library, str(cells["measure"])))
        unit = "JPY/a" if str(cells["cost"]).startswith("running") else "JPY"
        step = f"[{cells['step_from']:g}]" if cells["step_from"] else ""
        found = {
            "parameter": f"{cells['measure']}.{cells['cost']}{step}#{number}",
            "low": cells["amount_low"], "mode": cells["amount"], "high": cells["amount_high"],
            "unit": unit, "source": cells["source"], "grade": cells["grade"], "note": cells["note"],
        }  # fmt: skip
        rows.append(_row(found, texts))
    for strike in scene.asked.strikes:
        chance = strike.probability
        found = {
            "parameter": f"strike[{strike.years:g}]", "low": chance, "mode": chance, "high": chance,
            "unit": "1", "source": "", "grade": "assumed", "note": "",
        }  # fmt: skip
        rows.append(_row(found, both("strike_probability", years=f"{strike.years:g}")))
    return rows


def _row(cells: Row, texts: dict[Lang, str]) -> Row:
    low, mode, high = (float(cells[name]) for name in ("low", "mode", "high"))
    ends = {"low": mode if pd.isna(low) else low, "mode": mode, "high": mode if pd.isna(high) else high}
    return {**cells, **ends, **{f"label_{lang}": texts[lang] for lang in LANGS}}


def _measure_of(parameter: str, scene: Scene) -> str:
    """Measure a parameter belongs to: the longest key that begins it."""
    inside = [key for key in scene.library.measures["measure"] if parameter.startswith(f"{key}.")]
    return str(max(inside, key=len))
