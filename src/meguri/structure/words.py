"""Names of parameters for people: which number of which node, in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label
from meguri.scenario.schema import Scenario
from meguri.structure.chain import Chain

_ROW = re.compile(r"^(\w+)\[(.*)\]\.(\w+)$")


def parameter_labels(parameters: Iterable[str], chain: Chain, scenario: Scenario) -> dict[Lang, list[str]]:
    """Shown names of parameters, both languages.

    A row of a chain table is named by its nodes and products, a field of the scenario by its control,
    node or product and the field's own description.
    """
    listed = list(parameters)
    names = {lang: shown_names(chain, lang) for lang in LANGS}
    return {lang: [_label(item, names[lang], scenario, lang) for item in listed] for lang in LANGS}


def shown_names(chain: Chain, lang: Lang) -> dict[str, str]:
    """Shown name of every node and product of a chain; its key where it has none."""
    names: dict[str, str] = {}
    for table, key in (("nodes", "node"), ("materials", "material")):
        frame = chain.table(table)
        shown = frame[f"label_{lang}"].where(frame[f"label_{lang}"] != "", frame[key])
        names |= dict(zip(frame[key], shown, strict=True))
    return names


def _label(parameter: str, names: Mapping[str, str], scenario: Scenario, lang: Lang) -> str:
    row = _ROW.match(parameter)
    if row is None:
        return _field_label(parameter, names, scenario, lang)
    table, keys, column = row.groups()
    declared = Schema.of(table).column(column)
    what = declared.label_ja if lang == "ja" else declared.label_en
    parts = keys.split(",")
    if table == "price_response":
        who = label(parts[0], lang, "materials")
    elif table == "contents":
        who = f"{names.get(parts[0], parts[0])} / {label(parts[1], lang, 'materials')}"
    else:
        arrow = " ← " if table == "recipes" else " → "
        who = arrow.join(names.get(part, part) for part in parts)
    return f"{what}：{who}" if lang == "ja" else f"{what}: {who}"


def _field_label(path: str, names: Mapping[str, str], scenario: Scenario, lang: Lang) -> str:
    first, *steps = path.split(".")
    owner: Any = scenario
    if first == "demand_of":  # a product may have a dot in its key
        product = path.removeprefix("demand_of.")
        return _with(_text(scenario, first, lang), names.get(product, product), lang)
    about = ""
    for step in [first, *steps[:-1]] if steps else []:
        if isinstance(owner, tuple):
            owner = next(item for place, item in enumerate(owner) if getattr(item, "id", str(place)) == step)
            key = getattr(owner, "node", None) or getattr(owner, "product", None) or step
            about = about or names.get(key, key)
        else:
            owner = getattr(owner, step)
    text = _text(owner, steps[-1] if steps else first, lang)
    return _with(text, about, lang) if about else text


def _text(owner: Any, name: str, lang: Lang) -> str:
    """Description of a field of the scenario."""
    field = type(owner).model_fields[name]
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    return str(extra["description_ja"]) if lang == "ja" else str(field.description)


def _with(text: str, name: str, lang: Lang) -> str:
    return f"{text}（{name}）" if lang == "ja" else f"{text} ({name})"
