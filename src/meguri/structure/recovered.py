"""What circulation brings back, as suppliers of a chain that its users have yet to qualify."""

from __future__ import annotations

from typing import Any

import pandas as pd

from meguri.base.errors import DataError, Problem
from meguri.base.tables import Schema
from meguri.structure.chain import Chain

_EVIDENCE = ("source", "grade", "note")
_LINK = ("lead", "qualification", "qualification_low", "qualification_high", "first_yield", "recovery")


def with_recovered(chain: Chain, recovered: pd.DataFrame, file: str = "recovered") -> Chain:
    """The chain with recovered supply beside its usual suppliers.

    Each row becomes a node without usual sales, and a link that is not yet qualified to every node of
    its country that takes the product in, in proportion to what these take. In a study it is ordered
    where usual suppliers fail, from the day its qualification ends.

    Parameters
    ----------
    chain : Chain
        Chain as it is today.
    recovered : DataFrame
        Columns as declared in ``columns.csv`` under ``recovered``; amounts [t/a] of the product.
    file : str
        Named in messages.

    Raises
    ------
    DataError
        With every row that names no product, or one that nobody in its country uses.

    Examples
    --------
    >>> rows = pd.DataFrame({"supply": ["back"], "material": ["magnet-hree"], "country": ["JP"],
    ...                      "amount": ["12 t/a"], "qualification": ["270 d"], "grade": ["assumed"]})
    >>> chain = with_recovered(Chain.example("ndfeb-japan@2024"), rows)
    >>> back = chain.flows[chain.flows["supplier"] == "back"]
    >>> len(back), float(back["amount"].sum().round(6)), bool(back["qualified"].any())
    (4, 12.0, False)
    """
    table = Schema.of("recovered").check(recovered, file)
    users, found = _users(chain), list[Problem]()
    nodes, flows = [], []
    for place, row in enumerate(table.to_dict("records"), start=1):
        taking = users[(users["input"] == row["material"]) & (users["country"] == row["country"])]
        if taking["use"].sum() <= 0.0:
            known = ", ".join(sorted(set(users.loc[users["country"] == row["country"], "input"])))
            where = f"recovered[{place}].material"
            found.append(Problem("recovered_unused", where, str(row["material"]), file, {"inputs": known}))
            continue
        nodes.append(_node(chain, row))
        flows += [_flow(row, user, part) for user, part in (taking["use"] / taking["use"].sum()).items()]
    if found:
        raise DataError(found, file)
    grown = {"nodes": nodes, "flows": flows}
    tables = {name: pd.concat([chain.table(name), pd.DataFrame(rows)]) for name, rows in grown.items()}
    rest = {name: chain.table(name) for name in ("materials", "recipes", "contents", "ownership", "specs")}
    return Chain.from_tables(**tables, **rest, about=chain.about, file=file)


def _users(chain: Chain) -> pd.DataFrame:
    """Who takes what in, and how much [t/a]; the index is the node."""
    nodes = chain.nodes.set_index("node")
    users = chain.recipes.set_index("node")[["input", "need"]].join(nodes[["country", "output"]])
    return users.assign(use=users["need"] * users["output"])


def _node(chain: Chain, row: dict[str, Any]) -> dict[str, Any]:
    stage = chain.materials.set_index("material")["stage"]
    cells = {key: row[key] for key in ("label_en", "label_ja", "material", "country", *_EVIDENCE)}
    capacity = {f"capacity{end}": row[f"amount{end}"] for end in ("", "_low", "_high")}
    return {"node": row["supply"], "kind": "aggregate", "stage": stage[row["material"]], "output": 0.0,
            **capacity, **cells}  # fmt: skip


def _flow(row: dict[str, Any], user: object, part: float) -> dict[str, Any]:
    amounts = {f"amount{end}": row[f"amount{end}"] * part for end in ("", "_low", "_high")}
    link = {key: row[key] for key in (*_LINK, *_EVIDENCE)}
    return {"supplier": row["supply"], "customer": user, "qualified": False, **amounts, **link}
