"""One case of history: what was fixed beforehand, its series against what happened, and its ranges."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from meguri.app.web.view import Section, Table, sources_of
from meguri.base.terms import Lang, label, remark
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.backtest import backtest_panels
from meguri.show.spell import say
from meguri.study.backtest import CaseResult
from meguri.study.backtest_case import Case

WORDS = "web_history"
VERDICT = ["group", "points", "error", "error_no_change", "error_last", "error_trend", "hit", "reason"]
_RANGE = ["parameter", "low", "mode", "high", "unit", "grade", "note", "source"]


def case_sections(
    case: Case, found: Mapping[str, pd.DataFrame] | None, folder: Path | None, lang: Lang
) -> list[Section]:
    """Sections of a case; without an answer only what was fixed beforehand."""
    if found is None or folder is None:
        return [fixed_section(case, lang)]
    result = result_of(case, found)
    return [
        judged_section(result, lang),
        *lacks_section(case, lang),
        fixed_section(case, lang),
        ranges_section(case, json.loads((folder / f"{case.name}-parameters.json").read_text("utf-8")), lang),
    ]


def result_of(case: Case, found: Mapping[str, pd.DataFrame]) -> CaseResult:
    """What a case brought, from the kept tables; the draws themselves are not kept."""

    def part(name: str) -> pd.DataFrame:
        table = found[name]
        return table[table["case"] == case.name].reset_index(drop=True)

    return CaseResult(case, str(part("hashes")["hash"].iloc[0]), {}, part("series"), part("scores"),
                      part("pooled"), {})  # fmt: skip


def judged_section(result: CaseResult, lang: Lang) -> Section:
    """Series against history and the naive predictions; verdicts, and why it missed."""
    case = result.case
    series = {one.id: getattr(one.label, lang) for one in case.series}
    groups = {key: getattr(group.label, lang) for key, group in case.groups.items()}
    scored = result.scores.drop(columns="case")
    shown = scored.assign(series=scored["series"].map(series), group=scored["group"].map(groups))
    pooled = verdict_rows(result.pooled.assign(group=result.pooled["group"].map(groups)), lang)[VERDICT]
    tables = [
        Table("pooled", label("t_pooled", lang, WORDS), pooled, "backtest_pooled", open=True),
        Table("scores", label("t_scores", lang, WORDS), shown, "backtest_scores"),
    ]  # fmt: skip
    return Section("judged", label("s_judged", lang, WORDS), charts=[figure(result, lang)], tables=tables)


def verdict_rows(pooled: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Rows of ``backtest_pooled`` with hit or miss in words."""
    return pooled.assign(hit=[label(f"bt_{hit}", lang, "cli") for hit in pooled["hit"]])


def lacks_section(case: Case, lang: Lang) -> list[Section]:
    """What the model lacks and why each series missed, in the words the case got after its run."""
    texts = [getattr(case.missing, lang)] if case.missing is not None else []
    texts += [
        label("explained", lang, WORDS, series=getattr(one.label, lang), text=getattr(one.explained, lang))
        for one in case.series
        if one.explained is not None
    ]
    return [Section("lacks", label("s_lacks", lang, WORDS), texts)] if texts else []


def figure(result: CaseResult, lang: Lang) -> Chart:
    """History against the bands and the baselines, series by series."""
    below = footer(sources_of([result.series]), weakest_grade(result.series), lang)
    return backtest_panels(result, lang=lang, footer=below)


def fixed_section(case: Case, lang: Lang) -> Section:
    """What was fixed, what is predicted, and what the case cannot judge."""
    texts = []
    for key, words in (("fixed", case.fixed), ("predicted", case.predicted), ("cannot", case.cannot)):
        head = say(f"backtest_{key}", lang)
        texts += [label("told", lang, WORDS, head=head, text=getattr(one, lang)) for one in words]
    title = label("s_fixed", lang, WORDS, case=getattr(case.label, lang))
    return Section(f"fixed-{case.name}", title, texts)


def ranges_section(case: Case, declared: Mapping[str, object], lang: Lang) -> Section:
    """Every range that went in, as it was written down before the run."""
    studies = declared["studies"]
    assert isinstance(studies, dict)
    rows = [pd.DataFrame(study["ranges"], columns=_RANGE) for study in studies.values()]
    table = pd.concat([pd.DataFrame(columns=_RANGE), *rows], ignore_index=True).drop_duplicates()
    table["note"] = [remark(str(text), lang) for text in table["note"].fillna("")]
    shown = Table("ranges", label("t_ranges", lang, WORDS), table, "assumptions")
    origins = [
        label(
            "common",
            lang,
            WORDS,
            parameter=one.parameter,
            text=getattr(one.comes_from, lang),
            source=one.source,
        )
        for one in case.common
    ]
    return Section(
        "ranges", label("s_ranges", lang, WORDS), [label("ranges", lang, WORDS), *origins], tables=[shown]
    )
