"""What one can do, on a terminal: measures that fit, plans on two axes, what to decide first."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from meguri.app.chains import open_chain
from meguri.app.printing import Watch, days, deliver, portion, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.records import records
from meguri.base.terms import Lang, label
from meguri.base.units import read_quantity
from meguri.respond.answer import RespondAnswer
from meguri.respond.costs import rates_on
from meguri.respond.measures import load_measures, packaged_measures
from meguri.respond.portfolio import respond
from meguri.scenario.read import read_scenario

NEXT = 12  # measures whose next yen is shown on a terminal
NOTHING = 1e-9  # what solving leaves of nothing
_THOUSAND = 1e3


class Asked(NamedTuple):
    """What the command line was asked."""

    scenarios: tuple[str, ...]
    chain: str | None
    budget: str | None
    per_year: str | None
    years: int
    strikes: str | None
    after: int
    measures: Path | None
    processes: tuple[str, ...]
    at: tuple[str, ...]
    runs: int
    seed: int
    alpha: float
    rate: float | None
    time_limit: float
    score: str | None


def _word(key: str, lang: Lang, **fill: Any) -> str:
    return label(key, lang, "cli", **fill)


def money(text: str, option: str, rate: float | None) -> float:
    """An amount of money in JPY; dollars are brought over at the rate given, else at the packaged one.

    Raises
    ------
    DataError
        When the text is no amount of money.

    Examples
    --------
    >>> money("5億円", "--budget", None), money("2 MUSD", "--budget", 150.0)
    (500000000.0, 300000000.0)
    """
    for dimension in ("money_jpy", "money"):
        try:
            amount = read_quantity(text, dimension).value
        except ValueError:
            continue
        if dimension == "money":
            amount = rates_on(packaged_measures()["exchange_rates"], usd_jpy=rate).yen(amount, "USD")
        if amount >= 0.0:
            return amount
    raise DataError(Problem("money_amount", option, text, "", {"near": "500e6JPY, 5億円, 3 MUSD"}))


def strike_years(text: str | None) -> tuple[float, ...] | None:
    """Years after the decision in which the control may begin, from "1,2,3"; ``None`` where not named.

    Examples
    --------
    >>> strike_years("0, 1.5"), strike_years(None)
    ((0.0, 1.5), None)
    """
    if text is None:
        return None
    try:
        found = tuple(float(part) for part in text.replace("、", ",").split(","))
    except ValueError:
        found = ()
    if not found or not all(0.0 <= year <= 100.0 for year in found):
        raise DataError(Problem("strike_years", "--strikes", text, "", {"near": "1,2,3"}))
    return found


def answered(asked: Asked, lang: Lang) -> RespondAnswer:
    """The answer to what was asked, with progress on a terminal."""
    scenarios = [read_scenario(name) for name in asked.scenarios]
    chain = open_chain(asked.chain or scenarios[0].chain)
    each = None if asked.per_year is None else money(asked.per_year, "--per-year", asked.rate)
    with Watch(lang) as watch:
        return respond(
            chain,
            scenarios,
            budget=0.0 if asked.budget is None else money(asked.budget, "--budget", asked.rate),
            years=asked.years,
            per_year=None if each is None else [each] * asked.years,
            strikes=strike_years(asked.strikes),
            after=asked.after,
            measures=asked.measures,
            processes=asked.processes or None,
            at=asked.at,
            runs=asked.runs,
            seed=asked.seed,
            alpha=asked.alpha,
            rate=asked.rate,
            progress=watch,
            time_limit=asked.time_limit,
            score=asked.score,
        )


def print_measures(asked: Asked, form: str, out: Path | None, lang: Lang) -> None:
    """Measures that fit the chain, and those that do not with the reason: what a budget could buy."""
    scenario = read_scenario(asked.scenarios[0])
    library = load_measures(
        open_chain(asked.chain or scenario.chain), asked.measures, at=asked.at, usd_jpy=asked.rate
    )
    names = ("measures", "effects", "costs", "rules", "risks", "schemes", "left_out")
    tables = {name: getattr(library, name) for name in names}
    if form != "table" or out is not None:
        content = {name: records(table) for name, table in tables.items()}
        deliver(content, library.measures, "csv" if form == "table" else form, out, sheets=tables)
        return
    say(_word("respond_fitting", lang, n=len(library.measures), chain=library.chain), "bold")
    heads = [
        _word(key, lang) for key in ("measure", "respond_kind", "respond_owner", "respond_lead", "grade")
    ]
    rows = [
        [
            str(row[f"label_{lang}"] or row["measure"]),
            _named("kind", row["kind"], lang),
            _named("owner", row["owner"], lang),
            _ranged(row, "lead_d"),
            label(row["grade"], lang, "grades"),
        ]
        for row in library.measures.to_dict("records")
    ]
    print_table(heads, rows)
    say()
    if len(library.left_out):
        say_folded(_word("respond_left_out", lang, n=len(library.left_out)))
    say_folded(_word("respond_ask_budget", lang))


def _ranged(row: dict[str, Any], name: str) -> str:
    """A number with its range where it has one."""
    low, middle, high = (days(row[key]) for key in (f"{name}_low", name, f"{name}_high"))
    return middle if {low, high} <= {middle, days(None)} else f"{middle} ({low}–{high})"


def print_answer(answer: RespondAnswer, lang: Lang) -> None:
    """Plans on two axes, what they are made of, what comes first, what the next yen buys."""
    say(answer.scenario["label"][lang], "bold")
    told = answer.manifest
    strikes = ", ".join(f"{year:g}" for year in answer.strikes)
    say_folded(
        _word(
            "respond_ran", lang, chain=answer.chain.label(lang), decided=told["decided"],
            budget=f"{answer.budget / _THOUSAND:,.0f}", years=answer.years, strikes=strikes,
            worlds=answer.table("plan_worlds")["world"].nunique(), seed=told.get("seed", ""),
        )
    )  # fmt: skip
    say_folded(_word("respond_two_axes", lang))
    say()
    print_plans(answer, lang)
    print_made_of(answer, lang)
    print_order(answer, lang)
    print_next(answer, lang)
    print_remarks(answer, lang)


def _fell(value: Any, horizon: float) -> str:
    """Days until the first process falls short; beyond the horizon nothing is known."""
    return f"> {horizon:.0f}" if pd.notna(value) and float(value) >= horizon else days(value)


def print_plans(answer: RespondAnswer, lang: Lang) -> None:
    """Every plan: its cost, and both axes by the optimiser and by the simulator."""
    plans, horizon = answer.table("plans"), answer.horizon_d
    heads = [
        _word(f"respond_head_{key}", lang)
        for key in ("plan", "role", "cost", "time", "sim_time", "share", "sim_share", "ready", "confirmed")
    ]
    rows = [
        [
            str(row[f"label_{lang}"] or row["plan"]),
            label(f"role.{row['role']}", lang, "office"),
            f"{row['cost'] / _THOUSAND:,.0f}",
            f"{_fell(row['time_d'], horizon)} ({days(row['time_low'])}–{days(row['time_high'])})",
            _fell(row["sim_time_d"], horizon),
            f"{portion(row['share'])} ({portion(row['share_low'])}–{portion(row['share_high'])})",
            "—" if pd.isna(row["sim_share"]) else portion(row["sim_share"]),
            str(row["ready_on"] or "—"),
            _confirmed(row["confirmed"], lang),
        ]
        for row in plans[plans["role"] != "single"].to_dict("records")
    ]
    print_table(heads, rows, _word("respond_plans_title", lang))
    say()


def _confirmed(value: Any, lang: Lang) -> str:
    return "—" if pd.isna(value) else _word("respond_yes" if value else "respond_no", lang)


def print_made_of(answer: RespondAnswer, lang: Lang) -> None:
    """What each plan consists of."""
    parts, names = answer.table("plan_measures"), _plan_names(answer, lang)
    keys = answer.table("plans").query("role == 'front'")["plan"]
    heads = [
        _word(f"respond_head_{key}", lang) for key in ("plan", "measure", "year", "size", "cost", "ready")
    ]
    rows = [
        [
            names[row["plan"]],
            str(row[f"label_{lang}"] or row["measure"]),
            f"{int(row['year']) + 1}",
            _size(row["size"], row["unit"]),
            f"{row['cost'] / _THOUSAND:,.0f}",
            str(row["ready_on"] or "—"),
        ]
        for row in parts[parts["plan"].isin(set(keys))].to_dict("records")
    ]
    if rows:
        print_table(heads, rows, _word("respond_made_of", lang))
        say()


def _plan_names(answer: RespondAnswer, lang: Lang) -> dict[str, str]:
    plans = answer.table("plans")
    return {row["plan"]: str(row[f"label_{lang}"] or row["plan"]) for row in plans.to_dict("records")}


def _named(family: str, key: object, lang: Lang) -> str:
    return label(f"{family}_{key}", lang, "response_words")


def _size(size: float, unit: object) -> str:
    """How much of a measure is taken; a whole programme has no unit.

    Examples
    --------
    >>> _size(45.0, "d"), _size(1.0, "1"), _size(12345.0, "t")
    ('45 d', '1', '12,345 t')
    """
    number = f"{size:,.0f}" if size >= 100 else f"{size:.3g}"
    return number if unit == "1" else f"{number} {unit}"


def print_order(answer: RespondAnswer, lang: Lang) -> None:
    """What to decide first, and why."""
    table = answer.table("order")
    for row in table.to_dict("records"):
        name = str(row[f"label_{lang}"] or row["measure"])
        say_folded(f"{int(row['rank'])}. {name} — {row['decide_by']}: {row[f'why_{lang}']}", indent=3)
    if len(table):
        say()


def print_next(answer: RespondAnswer, lang: Lang) -> None:
    """What one more per cent of the budget buys through each measure, on each axis by itself."""
    table = _felt(answer.table("marginal"))
    heads = [_word(f"respond_head_{key}", lang) for key in ("measure", "next_days", "next_share", "enters")]
    rows = [
        [
            str(row[f"label_{lang}"] or row["measure"]),
            _more(row["time_per_money"], 1.0),
            _more(row["share_per_money"], 100.0),
            label(row["entry_reason"], lang, "entry_reasons")
            + ("" if pd.isna(row["entry_cost_factor"]) else f" (×{row['entry_cost_factor']:.2g})"),
        ]
        for row in table.to_dict("records")
    ]
    if rows:
        print_table(heads, rows, _word("respond_next_title", lang))
        say()


def _felt(table: pd.DataFrame) -> pd.DataFrame:
    """Measures in a plan, and those whose next yen or lower cost would move something."""
    moves = table[["time_per_money", "share_per_money"]].abs().max(axis=1) > NOTHING
    return table[table["in_plan"] | moves | table["entry_cost_factor"].notna()].head(NEXT)


def _more(value: Any, factor: float) -> str:
    if pd.isna(value):
        return "—"
    return "0" if abs(value) <= NOTHING else f"{factor * value:+.2g}"


def print_remarks(answer: RespondAnswer, lang: Lang) -> None:
    """Doubts and remarks that belong to the answer."""
    for row in answer.notes().to_dict("records"):
        say_folded(f"· {row[f'text_{lang}']}", indent=2)
