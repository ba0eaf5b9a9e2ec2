"""`meguri demo`: the main job on packaged data, end to end."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from meguri.app.answers import print_outcome
from meguri.app.printing import Watch, band, days, portion, print_table, say
from meguri.base.terms import LANGS, Lang, label
from meguri.scenario.read import read_scenario
from meguri.show.excel import workbook
from meguri.show.report import report
from meguri.structure.chain import Chain
from meguri.study.outcome import Outcome
from meguri.study.study import Study

SCENARIO = "2025-medium-heavy-rare-earths"
UNTOUCHED = "controls.spill-over.share=0"


def run_demo(out: Path, runs: int, seed: int, lang: Lang) -> None:
    """Run the 2025 scenario on ndfeb-japan, print the answer, write the reports.

    Parameters
    ----------
    out : Path
        Folder for report.ja.html, report.en.html, report.xlsx and the outcome itself.
    runs, seed : int
        Runs over the declared ranges, and their seed.
    lang : {"en", "ja"}
        Language of what is printed; reports are written in both.
    """
    scenario = read_scenario(SCENARIO)
    chain = Chain.example(scenario.chain)
    with Watch(lang) as watch:
        outcome = Study(chain, scenario, runs, seed).run(watch)
        spared = Study(chain, read_scenario(SCENARIO, [UNTOUCHED]), runs, seed).run(watch)
    print_outcome(outcome, lang)
    say()
    print_spill_over(outcome, spared, lang)
    written = [out / f"report.{speech}.html" for speech in LANGS]
    for speech, path in zip(LANGS, written, strict=True):
        report(outcome, speech, path)
    workbook(outcome, out / "report.xlsx", lang)
    outcome.save(out / "outcome")
    for path in (*written, out / "report.xlsx", out / "outcome"):
        say(label("saved", lang, "cli", path=path))


def hree_free_lines(outcome: Outcome) -> pd.DataFrame:
    """Nodes whose inputs over-compliance holds up although no listed element is in them."""
    controls = outcome.manifest["scenario"]["controls"]
    forms = {form for control in controls if control["kind"] == "over-compliance" for form in control["form"]}
    by = {control["by"] for control in controls if control["kind"] == "over-compliance"}
    listed = {
        element for control in controls if control["kind"] == "licence" for element in control["element"]
    }
    chain = outcome.chain
    contents, products = chain.contents, chain.materials
    bound = set(contents.loc[contents["element"].isin(listed) & (contents["share"] > 0), "material"])
    free = set(products.loc[products["form"].isin(forms), "material"]) - bound
    nodes = chain.nodes.set_index("node")
    flows = chain.flows[chain.flows["qualified"]]
    hit = flows["supplier"].map(nodes["material"]).isin(free)
    hit &= flows["supplier"].map(nodes["country"]).isin(by)
    hit &= ~flows["customer"].map(nodes["country"]).isin(by)
    recipes = chain.recipes
    needs_bound = set(recipes.loc[recipes["input"].isin(bound), "node"])
    lines = set(flows.loc[hit, "customer"]) - needs_bound
    survival = outcome.table("survival")
    return survival[survival["node"].isin(lines)]


def print_spill_over(outcome: Outcome, spared: Outcome, lang: Lang) -> None:
    """Lines without heavy rare earths: with the spill-over, and with its share set to zero."""
    heads = [
        label(key, lang, "cli") for key in ("node", "spill_over", "cover", "lowest_cover", "tts", "share")
    ]
    rows = []
    for found, key in ((outcome, "as_ranged"), (spared, "set_to_zero")):
        chosen = found.table("survival")
        chosen = chosen[chosen["node"].isin(hree_free_lines(outcome)["node"])]
        rows += [
            [
                str(row[f"label_{lang}"]),
                label(key, lang, "cli"),
                days(row["cover_d"]),
                days(row["lowest_cover_d"]),
                band(row, "tts_d"),
                portion(row["share_stopped"]),
            ]
            for row in chosen.sort_values("node").to_dict("records")
        ]
    print_table(heads, sorted(rows, key=lambda row: row[0]), label("spill_over_title", lang, "cli"))
    say(label("spill_over_note", lang, "cli", set=UNTOUCHED))
    say()
