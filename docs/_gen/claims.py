"""Claims: fields of a claim file, the verdicts of today, forecasts with their scores."""

from __future__ import annotations

from typing import Any, get_args

from pages import cell, code, table, word
from pydantic import BaseModel

from meguri.base.terms import Lang
from meguri.scenario.fields import Words
from meguri.show.chronicle_said import VERDICTS
from meguri.show.chronicle_words import tell, verdict_word, when
from meguri.show.claims import because, said_by
from meguri.show.claims_tables import claim_tables
from meguri.structure.claims import claims, test_claim
from meguri.structure.claims_model import Claim
from meguri.structure.forecasts import forecasts


def fields(lang: Lang) -> str:
    """Every field of a claim, and of what stands inside it."""
    return "\n".join(_model(model, lang) for model in _models(Claim))


def _models(model: type[BaseModel]) -> list[type[BaseModel]]:
    """A model and those its fields hold, each once, in the order in which they are met."""
    found = [model]
    for place in found:
        for field in place.model_fields.values():
            found += [
                inner for inner in _inside(field.annotation) if inner not in found and inner is not Words
            ]
    return found


def _inside(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return list(dict.fromkeys(model for part in get_args(annotation) for model in _inside(part)))


def _model(model: type[BaseModel], lang: Lang) -> str:
    heads = [word(key, lang) for key in ("field", "default", "meaning")]
    rows = []
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        told = str(extra.get("description_ja", "") if lang == "ja" else field.description or "")
        needed = word("required", lang) if field.is_required() else ""
        rows.append([code(name), needed, cell(told)])
    return f"## {model.__name__}\n\n{table(heads, rows)}"


def verdicts(lang: Lang) -> str:
    """Every packaged claim with its verdict, as the code gives it today."""
    rows = claim_tables([test_claim(one) for one in claims()])["claim_verdicts"]
    order = {key: place for place, key in enumerate(VERDICTS)}
    listed = sorted(rows.to_dict("records"), key=lambda row: order[row["verdict"]])
    heads = [tell(f"col.{name}", lang) for name in ("id", "claim", "who", "verdict", "because")]
    return table(heads, [
        [code(row["claim"]), cell(row[f"text_{lang}"]), cell(said_by(row, lang)),
         cell(verdict_word(row["verdict"], lang)), cell(because(row, lang))]
        for row in listed
    ])  # fmt: skip


def foretold(lang: Lang) -> str:
    """Every stored forecast with its two dates and what came of it."""
    heads = [tell(f"col.{name}", lang) for name in ("forecast", "issued", "due", "result", "decided_by")]
    return table(heads, [
        [cell(row[f"text_{lang}"]), when(row["issued"], row["issued"], lang),
         when(row["due"], row["due"], lang), tell(f"score.{row['score']}", lang),
         cell(row[f"decided_by_{lang}"])]
        for row in forecasts().to_dict("records")
    ])  # fmt: skip
