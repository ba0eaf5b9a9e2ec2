"""A generated chain of 300 nodes in layers and a scenario that hits it; nobody's chain, any size."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from meguri.scenario.read import parse_scenario
from meguri.scenario.schema import Scenario
from meguri.structure.chain import Chain

FORMS = ("ore", "concentrate", "oxide", "metal", "alloy", "powder", "magnet", "part", "part", "part")
PRODUCTS = 3  # in each layer
EVIDENCE = {"source": "meguri-assumption", "grade": "assumed", "note": "generated"}
SPREAD = 0.2  # half width of every range, relative to its middle


def big_chain(nodes: int = 300, seed: int = 7) -> Chain:
    """Layered chain with about 3.4 links for each node and a range on every number that may have one.

    Every node of a layer needs one to three products of the layer below, each from one to three
    makers, some of them not yet qualified; half of the makers of the lower layers stand in CN.
    """
    random = np.random.default_rng(seed)
    layers, per = len(FORMS), nodes // len(FORMS)
    names = [[f"n{layer}-{place:03d}" for place in range(per)] for layer in range(layers)]
    product = {name: f"p{layer}-{place % PRODUCTS}" for layer, row in enumerate(names)
               for place, name in enumerate(row)}  # fmt: skip
    output = dict.fromkeys(product, 365.0)
    flows: list[dict[str, Any]] = []
    recipes: list[dict[str, Any]] = []
    for layer in range(layers - 1, 0, -1):
        for customer in names[layer]:
            for kind in random.choice(PRODUCTS, size=random.integers(1, PRODUCTS + 1), replace=False):
                recipes.append(_recipe(random, customer, f"p{layer - 1}-{kind}"))
                makers = [name for name in names[layer - 1] if product[name] == f"p{layer - 1}-{kind}"]
                need = recipes[-1]["need"] * output[customer]
                flows += _supply(random, makers, customer, need, output)
    countries = {name: "JP" if layer >= 6 else ("CN", "AU", "JP", "CN")[random.integers(4)]
                 for layer, row in enumerate(names) for name in row}  # fmt: skip
    kinds = [f"p{layer}-{kind}" for layer in range(layers) for kind in range(PRODUCTS)]
    return Chain.from_tables(
        materials=pd.DataFrame({"material": kinds, "form": np.repeat(FORMS, PRODUCTS), "stage": "metal"}),
        nodes=pd.DataFrame([
            {"node": name, "kind": "site", "stage": "metal", "country": countries[name], "material": made,
             **_ranged(output=output[name], capacity=1.15 * output[name]), **EVIDENCE}
            for name, made in product.items()
        ]),
        flows=pd.DataFrame(flows),
        recipes=pd.DataFrame(recipes),
        contents=pd.DataFrame([
            {"material": kind, "element": element, "share": 0.2, **EVIDENCE}
            for kind in kinds for element in ("Dy", "Nd")
        ]),
        about={"name": f"generated-{nodes}", "as_of": "2024"},
    )  # fmt: skip


def _ranged(**numbers: float) -> dict[str, float]:
    cells = {}
    for name, value in numbers.items():
        cells |= {name: value, f"{name}_low": (1 - SPREAD) * value, f"{name}_high": (1 + SPREAD) * value}
    return cells


def _recipe(random: np.random.Generator, node: str, given: str) -> dict[str, Any]:
    kind = ("essential", "essential", "important")[random.integers(3)]
    numbers = _ranged(need=float(random.uniform(0.3, 0.9)), stock=float(random.integers(15, 90)))
    return {"node": node, "input": given, "essentiality": kind, "loss": 0.4, **numbers, **EVIDENCE}


def _supply(
    random: np.random.Generator, makers: list[str], customer: str, need: float, output: dict[str, float]
) -> list[dict[str, Any]]:
    """Usual suppliers that cover the need, and sometimes an alternative that would cover half of it."""
    chosen = list(random.choice(makers, size=random.integers(1, 4), replace=False))
    rows = []
    for place, supplier in enumerate(chosen):
        cells = {"supplier": supplier, "customer": customer, **_ranged(lead=float(random.integers(3, 40)))}
        if place > 0 and random.random() < 0.3:
            late = _ranged(qualification=float(random.integers(60, 300)), first_yield=0.6, recovery=60.0)
            rows.append({**cells, **_ranged(amount=need / 2), "qualified": "no", **late, **EVIDENCE})
        else:
            rows.append({**cells, "qualified": "yes", **EVIDENCE})
    usual = [row for row in rows if row["qualified"] == "yes"]
    for row in usual:
        output[row["supplier"]] += need / len(usual)
        row |= _ranged(amount=need / len(usual))
    return rows


def big_scenario(days: int = 730) -> Scenario:
    """A licence on upper forms, a quota on oxides, over-compliance: each with ranges."""
    common = {"by": "CN", "start": "2025-02-01", **{k: EVIDENCE[k] for k in ("source", "grade")}}
    licence = {
        "kind": "licence", "id": "licence", "element": "Dy", "form": ["metal", "alloy", "powder"],
        "paperwork": ["10 d", "60 d"], "review": "45 working days", "customs_test": "5 d",
        "spread": [0.1, 0.5], "approval": [0.3, 0.9],
    }  # fmt: skip
    quota = {
        "kind": "quota", "id": "quota", "element": "Nd", "form": "oxide", "leakage": [0.05, 0.3],
        "periods": [
            {"start": f"{year}-01-01", "end": f"{year}-12-31", "amount": ["2000 t", "4000 t"],
             "source": "meguri-assumption", "grade": "assumed"}
            for year in (2025, 2026)
        ],
    }  # fmt: skip
    spill = {
        "kind": "over-compliance", "id": "spill", "element": "Dy", "form": ["ore", "concentrate"],
        "share": [0.1, 0.6], "delay": ["5 d", "40 d"], "lasts": ["60 d", "200 d"],
    }  # fmt: skip
    return parse_scenario({
        "name": "generated", "label": {"en": "Generated", "ja": "生成"}, "chain": "none",
        "start": "2025-01-01", "horizon": f"{days} d", "controls": [{**common, **one} for one in
                                                                    (licence, quota, spill)],
    })  # fmt: skip
