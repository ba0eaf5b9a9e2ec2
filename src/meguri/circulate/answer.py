"""The whole answer for one case: values, three rates, ledger, comparison, tornado, break-even, steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from meguri.base.sources import cited
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, keys, label
from meguri.circulate.breakeven import FUNCTION, NET, Comparison, break_even, tornado
from meguri.circulate.effects import (
    best_form,
    bundles,
    dependence,
    function_years,
    requalification,
    retention,
    steps_of,
)
from meguri.circulate.figures import burden_makers, feeds_of, figures, plan_worth, returned_content
from meguri.circulate.ledger import best_values, ledger, reach
from meguri.circulate.numbers import drawn, first_runs, listed, numbers, ranged
from meguri.circulate.route_case import RouteCase, chosen, load_case, missing_evidence, routing
from meguri.circulate.sentences import lever_label, sentences
from meguri.circulate.value import Array

RUNS, SEED = 1000, 1
BREAK_EVEN_RUNS = 200  # of them, for the range of each break-even
EQUAL = 1e-12  # difference that is rounding
SURE = 0.9  # share of the runs that makes a verdict
_UNITS = {
    "mass": "t",
    "function_before": "t",
    "function_after": "t",
    "function_retained": "t",
    "phi": "t",
    "function_years": "a",
    "top_up": "t/t",
}


@dataclass(frozen=True, eq=False)
class CirculateAnswer:
    """Tables by name (columns.csv declares each) and what they say in both languages."""

    case: RouteCase
    use: str
    metric: str
    runs: int
    seed: int
    tables: dict[str, pd.DataFrame]
    sentences: dict[Lang, list[str]]
    burden_makers: dict[str, list[str]]
    companion: CirculateAnswer | None = field(default=None)

    @property
    def sources(self) -> pd.DataFrame:
        """Sources of every number of the case, with grades left to the tables."""
        frames = self.case.tables.values()
        return cited(key for frame in frames if "source" in frame for key in frame["source"])

    def plain(self) -> dict[str, Any]:
        """Everything as one JSON-ready document; unknown numbers are ``None``."""
        return {
            "case": self.case.name,
            "label": {lang: self.case.label(lang) for lang in LANGS},
            "use": self.use,
            "metric": self.metric,
            "metric_label": {lang: label(self.metric, lang, "burden_metrics") for lang in LANGS},
            "runs": self.runs,
            "seed": self.seed,
            "tables": {name: _records(table) for name, table in self.tables.items()},
            "burden_makers": self.burden_makers,
            "sentences": self.sentences,
            "sources": _records(self.sources),
            "companion": None if self.companion is None else self.companion.plain(),
        }


def circulate_answer(
    case: RouteCase | str | Path,
    *,
    use: str | None = None,
    metric: str | None = None,
    runs: int = RUNS,
    seed: int = SEED,
    sign_off: str = "",
) -> CirculateAnswer:
    """Mass, function delivered and retained function of every plan from every stock, and what they hang on.

    Parameters
    ----------
    case : RouteCase, str or Path
        Packaged name, folder of CSV files, workbook, or a case already read.
    use, metric : str, optional
        Use whose function counts, and in what burdens are counted; those of the case without.
    runs, seed : int
        Draws from the declared ranges; same seed, same answer.
    sign_off : str
        Who takes responsibility for numbers without a source (only when the case is read here).

    Raises
    ------
    DataError
        When the case is wrong, or a yield, efficacy or burden has neither source nor signature.

    Examples
    --------
    >>> answer = circulate_answer("dy-routes", runs=20)
    >>> table = answer.tables["route_figures"].set_index(["plan", "figure"])
    >>> [round(float(table.at[(plan, "rfr"), "value"]), 3) for plan in ("A", "B")]
    [0.098, 0.402]
    """
    read = case if isinstance(case, RouteCase) else load_case(case, sign_off)
    use, metric = chosen(read, use, metric)
    work = _Work(read, use, metric, (runs, seed))
    tables = work.tables()
    companion = read.about.get("companion")
    return CirculateAnswer(
        case=read,
        use=use,
        metric=metric,
        runs=runs,
        seed=seed,
        tables=tables,
        sentences={lang: sentences(read, metric, tables, work.makers, lang) for lang in LANGS},
        burden_makers=work.makers,
        companion=circulate_answer(companion, metric=metric, runs=runs, seed=seed) if companion else None,
    )


class _Work:
    """One pass over the stocks and plans of a case."""

    def __init__(self, case: RouteCase, use: str, metric: str, runs: tuple[int, int]) -> None:
        self.case, self.use, self.runs = case, use, runs
        self.modes = modes = numbers(case, use, metric)
        self.listed = listed(case, use, metric)
        self.draws = draws = drawn(case, modes, ranged(self.listed), *runs)
        self.few = first_runs(draws, BREAK_EVEN_RUNS)
        self.makers = {plan: burden_makers(case, plan, modes) for plan in case.plans}
        self.pairs = [(stock, plan) for stock in feeds_of(case) for plan in case.plans]

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the answer, the rates first."""
        made: dict[str, list[dict[str, Any]]] = {
            "route_figures": [row for pair in self.pairs for row in self.figures(*pair)],
            "state_values": list(self.values()),
            "plan_values": [row for plan in self.case.plans for row in self.plan_values(plan)],
            "loss_ledger": [row for pair in self.pairs for row in self.ledger(*pair)],
            "route_steps": [row for pair in self.pairs for row in self.steps(*pair)],
            "function_bundles": [row for pair in self.pairs for row in self.bundles(*pair)],
            "requalification": [row for plan in self.case.plans for row in self.requalify(plan)],
            "route_metrics": list(self.metrics()),
            "functional_content": list(self.content()),
        }
        compared = list(self.compared())
        made["plan_comparisons"] = [self.comparison(one, made["route_figures"]) for one in compared]
        made["route_tornado"] = [row for one in compared for row in self.tornado(one)]
        made["break_even"] = [row for one in compared for row in self.break_even(one)]
        return {name: _table(name, rows) for name, rows in made.items()}

    def figures(self, stock: str, plan: str) -> Iterator[dict[str, Any]]:
        """Rows of ``route_figures``."""
        feed, share = feeds_of(self.case)[stock], routing(self.case, plan)
        start = best_form(feed, self.modes)
        both = []
        for given in (self.modes, self.draws):
            got = figures(feed, given, plan_worth(share, given))
            got |= retention(self.case, stock, plan, given, start)
            got["function_years"] = function_years(self.case, stock, plan, given, self.use)
            got["dependence"] = dependence(self.case, stock, plan, given)
            got["phi"] = reach(feed, given)
            both.append(got)
        for name, value in both[0].items():
            unit = _UNITS.get(name, "1")
            yield {
                "stock": stock, "plan": plan, "figure": name, "unit": unit, **_band(value, both[1][name])
            }  # fmt: skip

    def values(self) -> Iterator[dict[str, Any]]:
        """Rows of ``state_values``."""
        at_mode, over = best_values(self.modes), best_values(self.draws)
        for k, row in enumerate(self.case.tables["states"].itertuples(index=False)):
            q = int(at_mode.route[k])
            yield {
                "state": row.state,
                "label_en": row.label_en,
                "label_ja": row.label_ja,
                **_band(at_mode.value[k], over.value[:, k]),
                "best_route": self.case.routes[q] if q >= 0 else "",
            }

    def plan_values(self, plan: str) -> Iterator[dict[str, Any]]:
        """Rows of ``plan_values``: R of every state under a plan, and what it is made of."""
        share = routing(self.case, plan)
        at_mode, over = plan_worth(share, self.modes), plan_worth(share, self.draws)
        for k, row in enumerate(self.case.tables["states"].itertuples(index=False)):
            band = _band(at_mode.net[k], over.net[:, k])
            yield {
                "plan": plan,
                "state": row.state,
                "label_en": row.label_en,
                "label_ja": row.label_ja,
                **{name: float(getattr(at_mode, name)[k]) for name in ("mass", "function", "burden")},
                **{"net" if name == "value" else name: number for name, number in band.items()},
                "makes_burden": bool(at_mode.net[k] < 0),
            }

    def ledger(self, stock: str, plan: str) -> Iterator[dict[str, Any]]:
        """Rows of ``loss_ledger``: every line that is there at the modes or in any run."""
        mass = float(self.modes.mass[..., feeds_of(self.case)[stock].rows].sum())
        at_mode = {entry[:4]: entry.amount for entry in ledger(self.case, stock, plan, self.modes)}
        over = {entry[:4]: entry.amount for entry in ledger(self.case, stock, plan, self.draws)}
        nothing = np.zeros(len(self.draws.mass))
        for key in dict.fromkeys([*at_mode, *over]):
            value = at_mode.get(key, np.zeros(()))
            band = _band(value, over.get(key, nothing))
            line = dict(zip(("term", "part_of", "about", "loss_owner"), key, strict=True))
            yield {"stock": stock, "plan": plan, **line, **band, "share": float(value) / mass}

    def steps(self, stock: str, plan: str) -> Iterator[dict[str, Any]]:
        """Rows of ``route_steps``."""
        start = best_form(feeds_of(self.case)[stock], self.modes)
        over = {
            (row["state"], row["route"]): row["amount"]
            for row in steps_of(self.case, plan, self.draws, start)
        }
        names = self.case.tables["states"].set_index("state")
        for row in steps_of(self.case, plan, self.modes, start):
            band = _band(row["amount"], over[row["state"], row["route"]])
            amount = {"arrives" if name == "value" else name: value for name, value in band.items()}
            labels = {name: names.at[row["state"], name] for name in ("label_en", "label_ja")}
            kept = {name: row[name] for name in ("state", "route", "stage", "country")}
            kept["dependence"] = float(row["dependence"])
            index = float(row["function_index"])
            yield {"stock": stock, "plan": plan, **kept, **labels, **amount, "function_index": index}

    def bundles(self, stock: str, plan: str) -> Iterator[dict[str, Any]]:
        """Rows of ``function_bundles``."""
        names = self.case.tables["states"].set_index("state")
        over = {(row["state"], row["element"]): row for row in bundles(self.case, stock, plan, self.draws)}
        for row in bundles(self.case, stock, plan, self.modes):
            key = (row["state"], row["element"])
            labels = {name: names.at[row["state"], name] for name in ("label_en", "label_ja")}
            yield {
                "stock": stock,
                "plan": plan,
                "state": key[0],
                "element": key[1],
                **labels,
                **_band(row["amount"], over[key]["amount"]),
                **{
                    "material" if name == "value" else f"material_{name}": number
                    for name, number in _band(row["material"], over[key]["material"]).items()
                },
            }

    def requalify(self, plan: str) -> Iterator[dict[str, Any]]:
        """Rows of ``requalification``."""
        names = self.case.tables["routes"].drop_duplicates("route").set_index("route")
        columns = ["route", "input", "value", "value_low", "value_high", "unit", "source", "grade"]
        for row in requalification(self.case, plan)[columns].to_dict("records"):
            labels = {name: names.at[row["route"], name] for name in ("label_en", "label_ja")}
            yield {"plan": plan, **{str(key): value for key, value in row.items()}, **labels}

    def content(self) -> Iterator[dict[str, Any]]:
        """Rows of ``functional_content``; none where the case does not say the primary supply."""
        supply = self.case.tables["supply"]
        for plan in self.case.plans if (supply["use"] == self.use).any() else ():
            for by in (FUNCTION, NET):
                one, many = (
                    returned_content(self.case, self.use, plan, given, by == NET)
                    for given in (self.modes, self.draws)
                )
                for name, value in one.items():
                    yield {"plan": plan, "by": by, "figure": name, **_band(value, many[name])}

    def metrics(self) -> Iterator[dict[str, Any]]:
        """Rows of ``route_metrics``: every metric in which the burden of every route is known."""
        for metric in keys("burden_metrics"):
            if missing_evidence(self.case, self.use, metric):
                continue
            modes = numbers(self.case, self.use, metric)
            draws = drawn(self.case, modes, ranged(listed(self.case, self.use, metric)), *self.runs)
            for stock, plan in self.pairs:
                feed, share = feeds_of(self.case)[stock], routing(self.case, plan)
                value, over = (figures(feed, n, plan_worth(share, n))["rfr"] for n in (modes, draws))
                yield {"stock": stock, "plan": plan, "metric": metric, **_band(value, over)}

    def compared(self) -> Iterator[Comparison]:
        """The direct plan against the best other one, for each stock, by function and net of burdens."""
        plans = self.case.plans
        direct = self.case.about.get("direct") or plans[0]
        others = [plan for plan in plans if plan != direct]
        for stock in feeds_of(self.case) if others else ():
            for by in (FUNCTION, NET):
                every = [Comparison.of(self.case, stock, direct, other, by) for other in others]
                yield min(every, key=lambda one: float(one.gap(self.modes)))

    def comparison(self, one: Comparison, rates: list[dict[str, Any]]) -> dict[str, Any]:
        """One row of ``plan_comparisons``."""
        over = one.gap(self.draws)
        equal = np.abs(over) < EQUAL
        share = float(((over > 0) & ~equal).mean() + equal.mean() / 2)  # a tie counts for both
        verdict = "better" if share >= SURE else "worse" if share <= 1 - SURE else "open"
        verdict = "equal" if equal.all() else verdict
        figure = "rfr" if one.by == NET else "function_rate"
        rate = {row["plan"]: row["value"] for row in rates if _is(row, one.feed.stock, figure)}
        band = _band(one.gap(self.modes), over)
        return {
            "stock": one.feed.stock,
            "by": one.by,
            "direct": one.direct,
            "other": one.other,
            "direct_rate": rate[one.direct],
            "other_rate": rate[one.other],
            **{"gap" if name == "value" else name: value for name, value in band.items()},
            "share_better": share,
            "verdict": verdict,
        }

    def tornado(self, one: Comparison) -> Iterator[dict[str, Any]]:
        """Rows of ``route_tornado``."""
        for row in tornado(one, self.modes, self.listed).to_dict("records"):
            yield {"stock": one.feed.stock, "by": one.by, **self.named(row), **_texts(row)}

    def break_even(self, one: Comparison) -> Iterator[dict[str, Any]]:
        """Rows of ``break_even``."""
        for row in break_even(one, self.modes, self.few, self.listed).to_dict("records"):
            yield {"stock": one.feed.stock, "by": one.by, **self.named(row), **_texts(row)}

    def named(self, row: dict[Any, Any]) -> dict[str, str]:
        """Labels of a lever."""
        part = self.listed[self.listed["parameter"].isin(row["parameters"].split("|"))]
        return {f"label_{lang}": lever_label(self.case, part, lang) for lang in LANGS}


def _is(row: dict[str, Any], stock: str, figure: str) -> bool:
    return bool(row["stock"] == stock and row["figure"] == figure)


def _texts(row: dict[Any, Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row.items()}


def _band(value: Array, over: Array) -> dict[str, float]:
    """Value at the modes and quantiles over the runs; what is not finite is unknown."""
    known = over[np.isfinite(over)]
    ends = np.quantile(known, [0.1, 0.5, 0.9]) if known.size else [np.nan] * 3
    at_mode = float(value) if np.isfinite(value) else np.nan
    return {"value": at_mode, **dict(zip(("p10", "p50", "p90"), map(float, ends), strict=True))}


def _table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    schema = Schema.of(name)
    return schema.check(pd.DataFrame(rows, columns=schema.names), name) if rows else schema.empty()


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    rows = table.astype(object).where(table.notna(), None).to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value.item() if isinstance(value, np.generic) else value
