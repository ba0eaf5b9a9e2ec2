"""`make demo-respond`: the motor maker of user story U1, from her workbook to the papers of the decision."""

from __future__ import annotations

from pathlib import Path

from meguri.app.papers import Wanted, file_writers
from meguri.app.printing import Watch, say
from meguri.app.respond import print_answer
from meguri.base.terms import LANGS, Lang, label
from meguri.respond.portfolio import respond
from meguri.scenario.read import read_scenario
from meguri.structure.bom import OWN_PART
from meguri.structure.chain import Chain
from meguri.structure.template import write_template

SCENARIO = "2025-medium-heavy-rare-earths"
BUDGET = 500e6  # [JPY] over all years; assumed, as the story names none
PAPERS = (
    "memo.{lang}.html",
    "annex.{lang}.xlsx",
    "ringi.{lang}.docx",
    "slides.{lang}.pptx",
    "plan.{lang}.yaml",
)


def run_respond_demo(out: Path, runs: int, seed: int, lang: Lang) -> None:
    """Answer "what can we do" for the example parts of the workbook, and write the papers.

    Parameters
    ----------
    out : Path
        Folder for the workbook, the memo, its annex, the 稟議書, the slides and the plan as a scenario.
    runs, seed : int
        Worlds over strikes and declared ranges, and their seed.
    lang : {"en", "ja"}
        Language of what is printed; papers are written in both.
    """
    book = out / "parts.xlsx"
    write_template(book, lang=lang)
    chain = Chain.from_excel(book)
    nodes = chain.nodes
    lines = tuple(nodes.loc[nodes["material"] == OWN_PART, "node"])
    with Watch(lang) as watch:
        answer = respond(
            chain, read_scenario(SCENARIO), budget=BUDGET, at=lines, runs=runs, seed=seed,
            progress=watch,
        )  # fmt: skip
    print_answer(answer, lang)
    answer.save(out / "answer")
    written = [book, out / "answer"]
    for speech in LANGS:
        writers = file_writers(answer, Wanted(speech, chain=str(book)))
        for paper in PAPERS:
            path = out / paper.format(lang=speech)
            writers[path.suffix](path)
            written.append(path)
    for path in written:
        say(label("saved", lang, "cli", path=path))
