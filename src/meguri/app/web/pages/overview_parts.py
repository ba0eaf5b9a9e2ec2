"""The parts of the overview: when what stops, who holds the chain, what is assumed, what is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pandas as pd

from meguri import show
from meguri.app.web.cases import Case
from meguri.app.web.desk import OWN, Desk
from meguri.app.web.pages.plain import cut
from meguri.app.web.view import Section, Way
from meguri.base.errors import MeguriError
from meguri.base.sources import GRADES
from meguri.base.tables import Schema
from meguri.base.terms import LANGS, Lang, label
from meguri.show.flows import chain_flows
from meguri.show.spell import listing, name_of, percent, word
from meguri.structure.chain import Chain
from meguri.structure.network import chain_links
from meguri.structure.workbook import check_workbook
from meguri.study.outcome import Outcome

WORDS = "web_overview"
TABLES = ("nodes", "flows", "recipes", "contents")  # of a chain, graded row by row
LINKED = 8  # links to metals
DOUBTS = 3  # of the study, the gravest first


def answered(outcome: Outcome, ways: Sequence[Way], lang: Lang) -> Section:
    """When each process falls short, as the page on what stops when draws it."""
    return Section("stops", label("sec_stops", lang, WORDS), (), [show.survival(outcome, lang)], ways=ways)


def chain_section(chain: Chain, case: Case, lang: Lang) -> Section:
    """Who holds the narrowest stage of the chain, and how many inputs have one supplier only."""
    say = partial(label, lang=lang, words=WORDS)
    named = {element for control in case.scenario.controls for element in control.element}
    known = list(dict.fromkeys(chain.contents.loc[chain.contents["share"] > 0, "element"]))
    elements = sorted(named & set(known)) or sorted(known)
    chart = chain_flows(chain, elements, list(case.scenario.economy or ()), lang=lang)
    links = chain_links(chain)
    inputs = links[links["share"].notna()][["customer", "input"]].drop_duplicates()
    texts = [say("single", k=int(links["only"].sum()), n=len(inputs))] if len(inputs) else []
    ways = [
        Way(say("way_metal", metal=word(element, "materials", lang)), "holds", {"material": str(element)})
        for element in [*elements, *(one for one in known if one not in elements)][:LINKED]
    ]
    network = {"method": "exposure", "chain": case.chain}
    return Section(
        "chain", say("sec_chain"), texts, [chart], ways=[Way(say("way_network"), "depends", network), *ways]
    )


def doubts_section(outcome: Outcome, lang: Lang) -> Section:
    """What the answer hangs on: the swing of each assumption, and the doubts of the study."""
    swings = show.tornado(outcome, lang)
    notes = outcome.notes()
    grave = notes[notes["level"] != "info"].sort_values("level", ascending=False, kind="stable")
    texts = [str(row[f"text_{lang}"]) for row in grave.head(DOUBTS).to_dict("records")]
    if swings is None:
        texts = [label("no_swing", lang, WORDS), *texts]
    return Section("hangs", label("sec_hangs", lang, WORDS), texts, [] if swings is None else [swings])


def unknowns_section(chain: Chain, case: Case, desk: Desk, lang: Lang) -> Section:
    """Nodes nobody knows, grades of every row, and the question to a supplier worth asking first."""
    say = partial(label, lang=lang, words=WORDS)
    lost = chain.nodes[chain.nodes["kind"] == "unknown"]
    names = listing([name_of(row, lang) for row in lost.to_dict("records")], lang, most=5)
    graded = grades(chain)
    whole = graded.groupby("grade")["rows"].sum()
    assumed = int(whole.get("assumed", 0))
    nobody = say("unknown_nodes", n=len(lost), m=len(chain.nodes), names=names)
    texts = [
        nobody if len(lost) else say("no_unknown"),
        say("assumed_rows", n=f"{assumed:,}", m=f"{int(whole.sum()):,}",
            share=percent(assumed / max(int(whole.sum()), 1))),
        *question(case.chain, desk, lang),
    ]  # fmt: skip
    table = cut("chain_grades", graded, list(graded.columns), "chain_grades", say("tab_grades"))
    return Section("unknowns", say("sec_unknowns"), texts, (), [table])


def grades(chain: Chain) -> pd.DataFrame:
    """Rows of each table of a chain by grade.

    Returns
    -------
    DataFrame
        Columns of ``chain_grades``; a row without a grade counts as assumed.

    Examples
    --------
    >>> found = grades(Chain.example("ndfeb-japan"))
    >>> int(found.loc[found["part_en"] == "Nodes", "rows"].sum()) == len(Chain.example("ndfeb-japan").nodes)
    True
    """
    rows = []
    for name in TABLES:
        table: pd.DataFrame = getattr(chain, name)
        given = table["grade"].where(table["grade"].isin(GRADES), "assumed")
        said = {f"part_{lang}": label(f"part_{name}", lang, WORDS) for lang in LANGS}
        counts = given.value_counts()
        rows += [said | {"grade": key, "rows": int(counts[key])} for key in GRADES if key in counts]
    found = pd.DataFrame(rows, columns=Schema.of("chain_grades").names)
    return Schema.of("chain_grades").check(found)


def question(value: str, desk: Desk, lang: Lang) -> list[str]:
    """The one question to a supplier that narrows the answer most; only a bill of materials holds one."""
    if not value.startswith(OWN):
        return [label("question_packaged", lang, WORDS)]
    path = Path(desk.path_of(value))
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return [label("question_none", lang, WORDS)]
    try:
        asked = check_workbook(path).question.get(lang, "")
    except MeguriError:  # what is wrong with the file is told where it is uploaded
        asked = ""
    return [
        label("question_is", lang, WORDS, question=asked) if asked else label("question_none", lang, WORDS)
    ]
