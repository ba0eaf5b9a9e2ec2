"""What an answer of `meguri respond` is written as: memo, workbook, 稟議書, slides, pack, or a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.app.printing import days, deliver, say
from meguri.app.respond import print_answer
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.terms import LANGS, Lang, label
from meguri.base.version import __version__
from meguri.respond.answer import RespondAnswer
from meguri.respond.regret import weighted
from meguri.respond.rerun import known, plan_scenario, scenario_yaml
from meguri.scenario.schema import Scenario
from meguri.structure.chain import Chain
from meguri.structure.read import example_names

ENDINGS = (".html", ".pdf", ".xlsx", ".docx", ".pptx", ".yaml", "")
RINGI, SCENARIO = ".docx", ".yaml"
USUAL = ("robust-competitiveness", "front-1")  # plans a paper is about where none is named


@dataclass(frozen=True)
class Wanted:
    """What was asked of a paper.

    ``plan`` may name a strike behind it, ``front-1@2``: the control begins two years after the decision.
    ``chain`` is where a scenario file finds its chain.
    """

    lang: Lang
    plan: str | None = None
    fiscal: bool = False
    form: Path | None = None
    chain: str = ""


def check_paper(out: Path | None, wanted: Wanted) -> None:
    """Refuse before anything is computed what could not be written afterwards.

    Raises
    ------
    DataError
        When no paper has this ending, a form is given for another paper than a 稟議書, or it is wrong.
    """
    if out is not None and out.suffix.lower() not in ENDINGS:
        choices = ", ".join(key or "folder" for key in ENDINGS)
        raise DataError(Problem("choice", "--out", out.name, "", {"choices": choices, "near": "memo.html"}))
    if wanted.form is None:
        return
    if out is None or out.suffix.lower() != RINGI:
        raise DataError(Problem("form_elsewhere", "--form", "" if out is None else out.name))
    from meguri.show.office.form import read_form

    read_form(wanted.form)


def deliver_answer(answer: RespondAnswer, form: str, out: Path | None, wanted: Wanted) -> None:
    """The answer on the terminal, as one of the papers, or in the form asked for."""
    if form != "table":
        tables = {name: answer.table(name) for name in ("plans", "plan_measures", "plan_years", "marginal")}
        deliver(answer.document(), tables["plans"], form, out, sheets=tables)
        return
    if out is None:
        print_answer(answer, wanted.lang)
        return
    check_paper(out, wanted)
    file_writers(answer, wanted)[out.suffix.lower()](out)
    say(label("saved", wanted.lang, "cli", path=out))


def file_writers(answer: RespondAnswer, wanted: Wanted) -> dict[str, Callable[[Path], Any]]:
    """What a file of each ending is; a name without an ending is a folder."""
    from meguri.show.memo import Years
    from meguri.show.office.form import read_form
    from meguri.show.office.ministry import ministry_pack
    from meguri.show.office.ringi import ringi
    from meguri.show.office.slides import slides
    from meguri.show.pdf import pdf_of
    from meguri.show.respond import respond_page, write_memo
    from meguri.show.respond_excel import write_respond_excel

    lang = wanted.lang
    years: Years = "fiscal" if wanted.fiscal else "calendar"
    plan, _ = plan_and_strike(answer, wanted.plan)
    form = None if wanted.form is None else read_form(wanted.form)
    return {
        ".html": lambda out: write_memo(answer, out, lang, years),
        ".pdf": lambda out: write_atomically(out, pdf_of(respond_page(answer, lang, years))),
        ".xlsx": lambda out: write_respond_excel(answer, out, lang, years),
        RINGI: lambda out: ringi(answer, plan, out, lang, form),
        ".pptx": lambda out: slides(answer, out, lang, plan if wanted.plan else ""),
        SCENARIO: lambda out: write_plan(answer, out, wanted),
        "": lambda out: ministry_pack(answer, out, lang, plan),
    }


def plan_and_strike(answer: RespondAnswer, asked: str | None) -> tuple[str, float | None]:
    """The plan named, else the one of least regret in competitiveness, else the first; and the strike.

    Raises
    ------
    DataError
        When the answer holds no such plan; the message names those it holds.
    """
    keys = [str(key) for key in answer.table("plans")["plan"]]
    if asked is None:
        return next((key for key in USUAL if key in keys), keys[0]), None
    plan, _, years = asked.partition("@")
    try:
        strike = float(years) if years else None
    except ValueError:
        strike = None
    if years and strike is None:
        known("--plan", asked, [f"{plan}@{year:g}" for year in answer.strikes])
    return known("--plan", plan, keys), strike


def write_plan(answer: RespondAnswer, out: Path, wanted: Wanted) -> None:
    """A plan as a scenario file that `meguri stress` runs, with what the answer says of it on top."""
    plan, years = plan_and_strike(answer, wanted.plan)
    scenario = plan_scenario(answer, plan, years)
    named = named_for(answer, plan, scenario, wanted.chain)
    text = scenario_yaml(named, remarks_on(answer, plan, named, out, wanted.lang))
    write_atomically(out, text.encode("utf-8"))


def named_for(answer: RespondAnswer, plan: str, scenario: Scenario, chain: str) -> Scenario:
    """The scenario with the plan in its name, on a chain that can be found again."""
    row = answer.table("plans").set_index("plan").loc[plan]
    titles: dict[str, str] = {
        lang: label("respond_plan_scenario", lang, "cli", plan=row[f"label_{lang}"] or plan, name=text)
        for lang in LANGS
        for text in [getattr(scenario.label, lang)]
    }
    words = scenario.label.model_copy(update=titles)
    example = f"{answer.chain.name}@{answer.chain.as_of}"
    packaged = example in example_names() and Chain.example(example).hash == answer.chain.hash
    found = example if packaged else chain or scenario.chain
    return scenario.model_copy(
        update={"name": f"{scenario.name}-{plan}", "label": words, "chain": found, "contrast": None}
    )


def remarks_on(
    answer: RespondAnswer, plan: str, scenario: Scenario, out: Path, lang: Lang
) -> tuple[str, ...]:
    """Lines above the scenario: what it is, what the answer says of it on this strike, how to run it."""
    worlds = answer.table("plan_worlds")
    strike = scenario.counted_from.isoformat()
    there = worlds[(worlds["plan"] == plan) & (worlds["strike_on"].astype(str).str[:10] == strike)]
    told = _simulated(there.dropna(subset=["sim_time_d"]), answer, lang)
    version = f"meguri {__version__}"
    first = label("respond_yaml_what", lang, "cli", name=getattr(scenario.label, lang), version=version)
    return first, told, label("respond_yaml_run", lang, "cli", path=out, strike=strike)


def _simulated(worlds: pd.DataFrame, answer: RespondAnswer, lang: Lang) -> str:
    """Days until the first process falls short on this strike, by the simulator."""
    if worlds.empty:
        return label("respond_yaml_untried", lang, "cli")
    time, chance = (worlds[name].to_numpy(dtype=float) for name in ("sim_time_d", "probability"))
    low, middle, high = (days(weighted(time, chance / chance.sum(), part)) for part in (0.1, 0.5, 0.9))
    shown = middle if low == high else f"{middle} ({low}–{high})"
    chain = answer.chain.nodes.set_index("node")[f"label_{lang}"]
    first = worlds.loc[worlds["first_process"] != "", "first_process"].mode()
    process = str(chain.get(first.iloc[0]) or first.iloc[0]) if len(first) else "—"
    return label("respond_yaml_told", lang, "cli", days=shown, process=process, n=len(worlds))
