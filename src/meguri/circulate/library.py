"""The packaged routes at a glance: which metal, which routes, and how many of their numbers have a source."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from meguri.base.sources import GRADES
from meguri.base.tables import Schema
from meguri.circulate.route_case import case_names, load_case

NUMBERS = {"routes": "share", "burdens": "value", "efficacy": "value"}  # what function figures stand on


def route_library(names: Iterable[str] | None = None) -> pd.DataFrame:
    """Routes and evidence of packaged cases: table ``route_library``, a row for each case.

    Numbers are yields, burdens and efficacies. *unsigned* counts those with neither source nor signature:
    while there is one, function delivered and retained are refused for the case.

    Parameters
    ----------
    names : sequence of str, optional
        Cases wanted; all packaged ones when left out.

    Examples
    --------
    >>> table = route_library(["dy-routes", "ru-target"]).set_index("case")
    >>> table["unsigned"].gt(0).tolist(), table.at["ru-target", "element"]
    ([False, True], 'Ru')
    """
    rows = [_row(name) for name in (case_names() if names is None else names)]
    return Schema.of("route_library").check(pd.DataFrame(rows), "route_library")


def _row(name: str) -> dict[str, object]:
    case = load_case(name)
    told = pd.concat(
        [
            case.tables[table].loc[case.tables[table][value].notna(), ["grade", "source", "signed_off_by"]]
            for table, value in NUMBERS.items()
        ]
    )
    feeds = case.tables["feeds"]
    return {
        "case": name,
        "label_en": case.label("en"),
        "label_ja": case.label("ja"),
        "element": case.about["element"],
        "routes": len(case.routes),
        "plans": len(case.plans),
        "old_stocks": feeds.loc[feeds["origin"] == "old", "stock"].nunique(),
        "new_stocks": feeds.loc[feeds["origin"] == "new", "stock"].nunique(),
        **{grade: int((told["grade"] == grade).sum()) for grade in GRADES},
        "unsigned": int(((told["source"] == "") & (told["signed_off_by"] == "")).sum()),
    }
