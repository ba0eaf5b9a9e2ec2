"""Policy aimed at a stage, on a terminal, as a page or as tables."""

from __future__ import annotations

from pathlib import Path

from meguri.app.printing import deliver, print_table, say, say_folded
from meguri.base.errors import DataError, Problem
from meguri.base.files import write_atomically
from meguri.base.terms import Lang, label
from meguri.show import spell
from meguri.show.figures.stage_policy import pull_text
from meguri.show.stage_policy import (
    StageAnswer,
    stage_answer,
    stage_findings,
    stage_lead,
    stage_names,
    stage_page,
)
from meguri.study.outcome import records


def deliver_stage_policy(case: str, form: str, out: Path | None, lang: Lang) -> None:
    """A case of stage policy in the form asked for.

    Parameters
    ----------
    case : str
        Key of a packaged case, or a folder with the tables of one's own.
    form : {"table", "json", "csv", "xlsx"}
    out : Path, optional
        File to write; its ending .html or .xlsx decides when ``form`` is ``table``.

    Raises
    ------
    DataError
        When the case is unknown, its folder does not hold what it must, or a name ends in neither
        .html nor .xlsx and no form is given.
    """
    ending = "" if out is None else out.suffix.lower()
    if form == "table" and out is not None and ending not in (".html", ".xlsx"):
        details = {"choices": ".html, .xlsx", "near": "stage-policy.html"}
        raise DataError(Problem("choice", "--out", str(out), "", details))
    told = stage_answer(case)
    if form == "table" and out is None:
        print_stage_policy(told, lang)
    elif form == "table" and out is not None and ending == ".html":
        write_atomically(out, stage_page(told, lang).encode("utf-8"))
        say(label("saved", lang, "cli").format(path=out))
    else:
        content = {name: records(table) for name, table in told.tables.items()}
        chosen = "xlsx" if form == "table" else form
        deliver(content, told.incentives, chosen, out, sheets=told.tables)


def print_stage_policy(told: StageAnswer, lang: Lang) -> None:
    """The greatest pull, every stage on that day, the steps of relief and the verdicts."""
    names = stage_names(told.case, lang)
    say_folded(stage_lead(told, names, lang))
    say()
    rows = [
        [names[row["product"]], spell.say(f"stagepolicy.entry_{row['entry']}", lang), pull_text(row, lang),
         spell.say(f"stagepolicy.answers_{row['answers']}", lang)]
        for row in told.now.to_dict("records")
    ]  # fmt: skip
    heads = [spell.say(f"stagepolicy.col_{name}", lang) for name in ("stage", "entry", "pull", "answers")]
    print_table(heads, rows, spell.say("stagepolicy.sec_margins", lang))
    say()
    _print_relief(told, names, lang)
    rows = [
        [row["episode"], spell.say(f"stagepolicy.test_{row['test']}", lang),
         spell.say(f"stagepolicy.expected_{row['expected']}", lang),
         spell.say(f"stagepolicy.verdict_{row['verdict']}", lang)]
        for row in told.tests.to_dict("records")
    ]  # fmt: skip
    if rows:
        heads = [
            spell.say(f"stagepolicy.col_{name}", lang) for name in ("episode", "seen", "expected", "verdict")
        ]
        print_table(heads, rows, spell.say("stagepolicy.sec_seen", lang))
        say()
    for text in stage_findings(told, names, lang):
        say_folded(text)


def _print_relief(told: StageAnswer, names: dict[str, str], lang: Lang) -> None:
    if told.reliefs.empty:
        return
    words = told.case.relief.set_index("relief")[f"label_{lang}"]
    rows = [
        [names[row["product"]], words[row["relief"]], str(row["date"]), spell.significant(row["months"]),
         f"{row['before']:.2f}", f"{row['after']:.2f}",
         f"{row['paid']:.1f} ({row['paid_low']:.1f}–{row['paid_high']:.1f})"]
        for row in told.reliefs[told.reliefs["product"].isin(told.pulled)].to_dict("records")
    ]  # fmt: skip
    columns = ("stage", "step", "date", "months", "before", "after", "paid")
    print_table([spell.say(f"stagepolicy.col_{name}", lang) for name in columns], rows,
                spell.say("stagepolicy.sec_relief", lang))  # fmt: skip
    say()
