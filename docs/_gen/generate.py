"""Write every generated body of one language into its ``_generated`` folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import answers
import backtests
import claims
import classes
import demand
import goods
import leverage
import magnets
import packages
import questions
import response

import reference
from meguri.base.terms import Lang
from meguri.scenario.schema import json_schema

BODIES: dict[str, Callable[[Lang], str]] = {
    "columns": reference.columns,
    "scenario": reference.scenario,
    "measures": reference.measures,
    "problems": reference.problems,
    "glossary": reference.glossary,
    "scenarios": packages.scenarios,
    "chains": packages.chains,
    "routes": packages.routes,
    "sets": packages.sets,
    "sources": packages.sources,
    "survival": answers.survival,
    "quota": answers.quota,
    "prices": answers.prices,
    "price_cross": answers.price_cross,
    "backtests": backtests.cases,
    "coverage": backtests.coverage,
    "model_errors": backtests.model_errors,
    "crossfit": backtests.crossfits,
    "archive": backtests.archive,
    "magnets": magnets.checks,
    "magnet_drivers": magnets.drivers,
    "deficit": demand.deficit,
    "mines": demand.mines,
    "demand_change": demand.changes,
    "thesis": demand.thesis,
    "relocation": demand.moves,
    "motors": questions.body("motors"),
    "tools": questions.body("tools"),
    "detectors": questions.body("detectors"),
    "score_rules": goods.rules,
    "goods_check": goods.checks,
    "classes": classes.classes,
    "classes_judged": classes.judged,
    "classes_seed": classes.seed,
    "classes_tables": classes.tables,
    "response": response.measures,
    "response_schemes": response.schemes,
    "exchange_rates": response.rates,
    "leverage_ratings": leverage.ratings,
    "leverage_coefficients": leverage.coefficients,
    "leverage_blind": leverage.predictions,
    "leverage_bands": leverage.printed,
    "leverage_orders": leverage.speeds,
    "leverage_kept": leverage.kept,
    "claim_fields": claims.fields,
    "claim_verdicts": claims.verdicts,
    "forecasts": claims.foretold,
}


def generate(folder: Path, lang: Lang) -> None:
    """Write all bodies and the JSON Schema of scenario files."""
    place = folder / "_generated"
    place.mkdir(exist_ok=True)
    for name, body in BODIES.items():
        (place / f"{name}.md").write_text(body(lang), encoding="utf-8")
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=2)
    (place / "scenario.schema.json").write_text(schema + "\n", encoding="utf-8")
