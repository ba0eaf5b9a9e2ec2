"""What the tables of a case say, in plain words and both languages."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, label
from meguri.circulate.route_case import RouteCase
from meguri.circulate.routes import NO_BURDEN

_KINDS = {"routes": "yield_of", "burdens": "burden_of", "efficacy": "efficacy_of", "feeds": "mass_of"}


def _say(key: str, lang: Lang, **fill: object) -> str:
    return label(key, lang, "circulation", **fill)


def _share(value: float) -> str:
    return f"{value:.0%}"


def _number(value: float) -> str:
    return f"{value:.3g}"


def lever_label(case: RouteCase, part: pd.DataFrame, lang: Lang) -> str:
    """Shown name of a lever: what kind of number, of which routes or states.

    Examples
    --------
    >>> from meguri.circulate.numbers import listed
    >>> from meguri.circulate.route_case import load_case
    >>> case = load_case("dy-routes")
    >>> numbers = listed(case)
    >>> lever_label(case, numbers[numbers["lever"] == "direct"], "en")
    'burden of Hydrogen decrepitation + Re-sintering and grain-boundary diffusion'
    """
    table = str(part["table"].iloc[0])
    key, home = {"efficacy": ("state", "states"), "feeds": ("stock", "feeds")}.get(table, ("route", "routes"))
    labels = _names(case, home, key, lang)
    keys = list(dict.fromkeys(str(case.tables[table].at[row, key]) for row in part["row"]))
    names = list(dict.fromkeys(labels[name] for name in keys))
    if len(names) == 1 and key == "route" and not set(_alike(labels, names[0])) <= set(keys):
        names = [_say("out_of", lang, name=names[0], state=_start(case, keys[0], lang))]
    return _say(_KINDS[table], lang, name=_say("with", lang).join(names))


def _alike(labels: dict[str, str], name: str) -> list[str]:
    """Keys that are shown by the same name."""
    return [key for key, shown in labels.items() if shown == name]


def _start(case: RouteCase, route: str, lang: Lang) -> str:
    """Shown name of the state that a route takes in."""
    rows = case.tables["routes"]
    start = str(rows.loc[rows["route"] == route, "from_state"].iloc[0])
    return _names(case, "states", "state", lang)[start]


def sentences(
    case: RouteCase, metric: str, tables: dict[str, pd.DataFrame], makers: dict[str, list[str]], lang: Lang
) -> list[str]:
    """Everything worth a sentence, the answer first."""
    compared = tables["plan_comparisons"].to_dict("records")
    said = [*_verdicts(case, compared, lang), *_hangs(case, tables, compared, lang)]
    said += _turns(case, tables["break_even"], compared, lang)
    said += _upgrades(case, tables["route_figures"], lang)
    said += _makers(case, makers, lang)
    words = label(metric, lang, "burden_metrics")
    said.append(_say("metric_none", lang) if metric == NO_BURDEN else _say("metric", lang, metric=words))
    if _mostly_assumed(case):
        said.append(_say("illustrative", lang))
    return said


@lru_cache(maxsize=32)
def _names(case: RouteCase, table: str, key: str, lang: Lang) -> dict[str, str]:
    """Shown name by key, the key itself where no name is given."""
    rows = case.tables[table].drop_duplicates(key)
    return {
        str(name): str(shown) or str(name)
        for name, shown in zip(rows[key], rows[f"label_{lang}"], strict=True)
    }


def _stocks(case: RouteCase, lang: Lang) -> dict[str, str]:
    return _names(case, "feeds", "stock", lang)


def _plans(case: RouteCase, lang: Lang) -> dict[str, str]:
    return _names(case, "plans", "plan", lang)


def _verdicts(case: RouteCase, compared: list[dict[Any, Any]], lang: Lang) -> Iterator[str]:
    """For which stock the direct plan is the better choice, then each stock with its numbers."""
    stocks, plans = _stocks(case, lang), _plans(case, lang)
    by_stock: dict[str, dict[str, dict[Any, Any]]] = {}
    for row in compared:
        by_stock.setdefault(row["stock"], {})[row["by"]] = row
    groups: dict[str, list[str]] = {}
    for stock, rows in by_stock.items():
        groups.setdefault(_overall(rows), []).append(_qualified(stocks[stock], rows, lang))
    for verdict in ("better", "worse", "mixed", "open", "equal"):
        if names := groups.get(verdict):
            direct = plans[compared[0]["direct"]]
            yield _say(f"choice_{verdict}", lang, direct=direct, stocks=_say("and", lang).join(names))
    for stock, rows in by_stock.items():
        yield stocks[stock] + _say("colon", lang)
        for row in rows.values():
            yield "– " + _one_verdict(row, plans, lang)
            if row["verdict"] != "equal" and (row["gap"] > 0) != (row["share_better"] > 0.5):
                yield "– " + _say("verdict_mode", lang, by=label(row["by"], lang, "compared_by"))


def _overall(rows: dict[str, dict[Any, Any]]) -> str:
    """One word from the verdicts by function and net of burdens; mixed when they contradict."""
    found = {row["verdict"] for row in rows.values()}
    decided = found - {"open", "equal"}
    return "mixed" if len(decided) > 1 else next(iter(decided), "open" if "open" in found else "equal")


def _qualified(stock: str, rows: dict[str, dict[Any, Any]], lang: Lang) -> str:
    """The stock, and by what it is decided where the other way of counting leaves it open."""
    by = {row["verdict"] in ("open", "equal"): label(key, lang, "compared_by") for key, row in rows.items()}
    return stock if len(by) < 2 else _say("partly", lang, stock=stock, by=by[False], open_by=by[True])


def _one_verdict(row: dict[Any, Any], plans: dict[str, str], lang: Lang) -> str:
    return _say(
        "verdict",
        lang,
        by=label(row["by"], lang, "compared_by"),
        direct=plans[row["direct"]],
        other=plans[row["other"]],
        verdict=label(row["verdict"], lang, "route_verdicts"),
        a=_number(row["direct_rate"]),
        b=_number(row["other_rate"]),
        share=_share(row["share_better"]),
    )


def _hangs(
    case: RouteCase, tables: dict[str, pd.DataFrame], compared: list[dict[Any, Any]], lang: Lang
) -> Iterator[str]:
    """On what the result hangs: the levers whose range turns the order, or the one that moves it most."""
    for row, about, mine in _each(case, tables["route_tornado"], compared, lang):
        if mine.empty or row["verdict"] == "equal":
            continue
        turning = mine[mine["turns"].to_numpy(dtype=bool)]
        if len(turning):
            levers = _say("and", lang).join(turning[f"label_{lang}"])
            yield _say("hangs_on", lang, **about, levers=levers)
            continue
        top = mine.iloc[0]
        ends = {name: _number(top[name]) for name in ("low", "high", "gap_low", "gap_high")}
        first = _plans(case, lang)[row["direct"] if row["gap"] > 0 else row["other"]]
        yield _say("hangs_none", lang, **about, **ends, first=first, lever=top[f"label_{lang}"])


def _each(
    case: RouteCase, table: pd.DataFrame, compared: list[dict[Any, Any]], lang: Lang
) -> Iterator[tuple[dict[Any, Any], dict[str, str], pd.DataFrame]]:
    """Each comparison with its words and its rows of a table."""
    stocks = _stocks(case, lang)
    for row in compared:
        mine = table[(table["stock"] == row["stock"]) & (table["by"] == row["by"])]
        yield row, {"stock": stocks[row["stock"]], "by": label(row["by"], lang, "compared_by")}, mine


def _turns(
    case: RouteCase, break_even: pd.DataFrame, compared: list[dict[Any, Any]], lang: Lang
) -> Iterator[str]:
    """Where the order turns, for every number that can turn it."""
    plans = _plans(case, lang)
    for row, about, mine in _each(case, break_even, compared, lang):
        if row["verdict"] == "equal":
            continue
        points = []
        for lever in mine[mine["break_even"].notna()].to_dict("records"):
            fill = {"lever": lever[f"label_{lang}"], "value": _number(lever["break_even"])}
            fill["now"] = _number(lever["now"])
            key = "turn" if pd.isna(lever["ratio"]) else "turn_ratio"
            points.append(_say(key, lang, **fill, ratio=_number(lever["ratio"])))
        both = {"direct": plans[row["direct"]], "other": plans[row["other"]]}
        if points:
            yield _say("turns_at", lang, **about, **both, points=_say("and", lang).join(points))
        else:
            yield _say("turns_never", lang, **about, **both)


def _upgrades(case: RouteCase, figures: pd.DataFrame, lang: Lang) -> Iterator[str]:
    stocks, plans = _stocks(case, lang), _plans(case, lang)
    ratios = figures[figures["figure"] == "function_ratio"]
    for row in ratios[ratios["value"].gt(1) | ratios["p90"].gt(1)].to_dict("records"):
        ends = {"ratio": _number(row["value"]), "low": _number(row["p10"]), "high": _number(row["p90"])}
        key = "upgrade" if min(row["value"], row["p10"]) > 1 else "upgrade_maybe"
        yield _say(key, lang, stock=stocks[row["stock"]], plan=plans[row["plan"]], **ends)


def _makers(case: RouteCase, makers: dict[str, list[str]], lang: Lang) -> Iterator[str]:
    plans = _plans(case, lang)
    names = _names(case, "states", "state", lang)
    for plan, states in makers.items():
        if states:
            listed = _say("and", lang).join(names[state] for state in states)
            yield _say("burden_makers", lang, plan=plans[plan], states=listed)


def _mostly_assumed(case: RouteCase) -> bool:
    grades = pd.concat([case.tables[name]["grade"] for name in ("routes", "burdens")])
    return bool((grades == "assumed").mean() > 0.5)
