"""Would the model have told past cases beforehand? The page that answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.kinds.backtest import TABLES
from meguri.app.web.pages.history_case import VERDICT, case_sections, verdict_rows
from meguri.app.web.question import Asked
from meguri.app.web.view import Headline, Run, Section, Table, View, Way, sources_of
from meguri.base.terms import Lang, label
from meguri.show.basis import footer, weakest_grade
from meguri.show.figures.backtest_verdicts import verdicts
from meguri.show.spell import day, percent
from meguri.study.backtest_archive import archive_table
from meguri.study.backtest_case import Case, case_names, read_case
from meguri.study.backtest_coverage import ALL
from meguri.study.backtest_fit import COMMON

WORDS = "web_history"
START, RUN = 20.0, 0.25  # [s] of all cases; of one run of each
Found = dict[str, pd.DataFrame]
Query = Mapping[str, str]


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """The answer of the page: verdicts of all cases, or one of them in detail."""
    params = {"runs": asked["runs"], "seed": asked["seed"]}
    folder = desk.answer("backtest", params)
    chosen = cases()[asked["case"]] if asked["case"] else None
    if folder is None:
        seconds = START + RUN * float(asked["runs"])
        return _before(chosen, (Run("backtest", params, seconds),), params, lang)
    found = load(folder)
    if chosen is not None:
        return _one(chosen, found, folder, lang)
    return _all(found, asked, lang)


@lru_cache(maxsize=4)
def load(folder: Path) -> Found:
    """Tables of a finished job."""
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in (*TABLES, "crossfit")}


@lru_cache(maxsize=1)
def cases() -> dict[str, Case]:
    """Every packaged case, by name, the placebos last."""
    ordered = sorted(case_names(), key=lambda name: (not name[:4].isdecimal(), name))
    return {name: read_case(name) for name in ordered}


def _before(chosen: Case | None, runs: tuple[Run, ...], query: Query, lang: Lang) -> View:
    """What stands fixed before anything is run, and predictions archived with their date."""
    archive, summary = archive_section(chosen, lang)
    about = cases_section(query, lang) if chosen is None else case_sections(chosen, None, None, lang)[0]
    return View(
        title=getattr(chosen.label, lang) if chosen else label("question", lang, WORDS),
        lead=[label("not_run", lang, WORDS), summary],
        sections=[about, archive],
        sources=sources_of(table.frame for table in archive.tables),
        runs=runs,
    )


def _all(found: Found, asked: Asked, lang: Lang) -> View:
    """Verdicts of all cases, misses said plainly, coverage of the bands, cross-fit, placebos, archive."""
    archive, summary = archive_section(None, lang)
    named = names(lang)
    judged = found["pooled"][found["pooled"]["hit"] != "unknown"]
    met = int((judged["hit"] == "yes").sum())
    query = {name: text for name, text in asked.items() if text and name != "case"}
    return View(
        title=label("total", lang, WORDS, met=met, all=len(judged), cases=len(cases())),
        lead=[label("how", lang, WORDS, runs=asked["runs"], seed=asked["seed"])],
        headlines=headlines(found, lang),
        sections=[
            verdict_section(found, named, lang),
            cases_section(query, lang),
            misses_section(found, named, lang),
            placebo_section(found, named, lang),
            bands_section(found, named, lang),
            crossfit_section(found, named, lang),
            archive,
            frozen_section(found, named, lang),
        ],
        sources=found["sources"],
        notes=[summary],
    )


def _one(case: Case, found: Found, folder: Path, lang: Lang) -> View:
    """One case: its series against history, what was fixed, what it cannot judge, the ranges it used."""
    sections = case_sections(case, found, folder, lang)
    archive, summary = archive_section(case, lang)
    pooled = found["pooled"][found["pooled"]["case"] == case.name]
    known = pooled[pooled["hit"] != "unknown"]
    met = int((known["hit"] == "yes").sum())
    series = found["series"]
    return View(
        title=label("case_total", lang, WORDS, case=getattr(case.label, lang), met=met, all=len(known)),
        lead=[label("known_until", lang, WORDS, day=day(case.known_until, lang))],
        sections=[*sections, archive],
        sources=sources_of([series[series["case"] == case.name]]),
        notes=[summary],
    )


def names(lang: Lang) -> dict[tuple[str, str], str]:
    """Shown name of each case (with an empty group) and of each of its groups."""
    found = {}
    for case in cases().values():
        found[case.name, ""] = getattr(case.label, lang)
        found |= {(case.name, key): getattr(group.label, lang) for key, group in case.groups.items()}
    return found


def headlines(found: Found, lang: Lang) -> list[Headline]:
    """Against the plainest rivals, and how often history lies in the bands."""
    pooled = found["pooled"].dropna(subset=["error", "error_no_change"])
    better = int((pooled["error"] < pooled["error_no_change"]).sum())
    last = found["pooled"].dropna(subset=["error", "error_last"])
    better_last = int((last["error"] < last["error_last"]).sum())
    every = found["coverage"][(found["coverage"]["case"] == ALL) & (found["coverage"]["points"] > 0)]
    said = [
        Headline(
            label("asks_rivals", lang, WORDS),
            label("rivals", lang, WORDS, n=better, all=len(pooled), last=better_last, of=len(last)),
            label("hangs_rivals", lang, WORDS),
        )
    ]
    for band, rows in every.groupby("band", sort=False):
        inside, points = int(rows["inside"].sum()), int(rows["points"].sum())
        value = label("inside", lang, WORDS, share=percent(inside / points), inside=inside, points=points)
        said.append(Headline(label(f"asks_{band}", lang, WORDS), value, label(f"hangs_{band}", lang, WORDS)))
    return said


def named_rows(table: pd.DataFrame, named: dict[tuple[str, str], str]) -> pd.DataFrame:
    """Rows with shown names instead of the keys of case and group."""
    shown = table.assign(case=[named.get((case, ""), case) for case in table["case"]])
    if "group" in table:
        pairs = zip(table["case"], table["group"], strict=True)
        shown["group"] = [named.get((case, group), group) for case, group in pairs]
    return shown


def cases_section(query: Query, lang: Lang) -> Section:
    """The way to each case."""
    ways = [
        Way(getattr(case.label, lang), "history", {**query, "case": name}) for name, case in cases().items()
    ]
    return Section("cases", label("s_cases", lang, WORDS), [label("cases", lang, WORDS)], ways=ways)


def verdict_section(found: Found, named: dict[tuple[str, str], str], lang: Lang) -> Section:
    """Hit or miss of each group, with the errors of the naive predictions beside."""
    rows = named_rows(found["pooled"], named)
    below = footer(found["sources"], weakest_grade(found["series"]), lang)
    figure = verdicts(rows, lang=lang, footer=below)
    shown = verdict_rows(rows, lang)[["case", *VERDICT]]
    table = Table("pooled", label("t_pooled", lang, WORDS), shown, "backtest_pooled", open=True)
    return Section("verdicts", label("s_verdicts", lang, WORDS), [label("verdicts", lang, WORDS)], [figure],
                   [table])  # fmt: skip


def misses_section(found: Found, named: dict[tuple[str, str], str], lang: Lang) -> Section:
    """Every group that missed, in a sentence each, and what the model lacks in the author's words."""
    missed = found["pooled"][found["pooled"]["hit"] == "no"]
    texts = [
        label("miss", lang, WORDS, case=named[row["case"], ""], group=named[row["case"], row["group"]],
              reason=label(row["reason"], lang, "backtest"), error=f"{row['error']:.2f}",
              naive="—" if pd.isna(row["error_no_change"]) else f"{row['error_no_change']:.2f}")
        for row in missed.to_dict("records")
    ]  # fmt: skip
    lacking = [
        label("lacks", lang, WORDS, case=getattr(case.label, lang), text=getattr(case.missing, lang))
        for case in cases().values() if case.missing is not None
    ]  # fmt: skip
    return Section(
        "misses", label("s_misses", lang, WORDS), [*(texts or [label("no_miss", lang, WORDS)]), *lacking]
    )


def placebo_section(found: Found, named: dict[tuple[str, str], str], lang: Lang) -> Section:
    """Cases in which nothing happened, and whether the model raises a false alarm."""
    alarms = found["alarms"]
    rows = alarms[alarms["case"].str.startswith("placebo")]
    false = int(((rows["model"] == "yes") & (rows["history"] == "no")).sum())
    known = int(((rows["model"] != "unknown") & (rows["history"] != "unknown")).sum())
    every = alarms[(alarms["model"] != "unknown") & (alarms["history"] != "unknown")]
    words = {
        "false": false, "known": known,
        "hits": int(((every["model"] == "yes") & (every["history"] == "yes")).sum()),
        "missed": int(((every["model"] == "no") & (every["history"] == "yes")).sum()),
        "wrong": int(((every["model"] == "yes") & (every["history"] == "no")).sum()),
        "all": len(every),
    }  # fmt: skip
    shown = named_rows(alarms, named).assign(series=series_names(alarms, lang))
    table = Table("alarms", label("t_alarms", lang, WORDS), shown, "backtest_alarms")
    return Section("placebos", label("s_placebos", lang, WORDS),
                   [label("placebos", lang, WORDS, **words), label("alarms", lang, WORDS, **words)],
                   tables=[table])  # fmt: skip


def series_names(table: pd.DataFrame, lang: Lang) -> list[str]:
    """Shown name of the series of each row."""
    known = {
        (case.name, one.id): getattr(one.label, lang) for case in cases().values() for one in case.series
    }
    return [known.get(key, key[1]) for key in zip(table["case"], table["series"], strict=True)]


def bands_section(found: Found, named: dict[tuple[str, str], str], lang: Lang) -> Section:
    """How often history lies in each band, and from where each predictive band takes its error."""
    coverage, errors = found["coverage"], found["errors"]
    every = coverage[coverage["case"] == ALL].drop(columns="case")
    counted = every.assign(group=[label(f"counted.{key}", lang, "backtest") for key in every["group"]])
    taken = errors.assign(
        left_out=[named.get((key, ""), key) for key in errors["left_out"]],
        what=[label(f"counted.{key}", lang, "backtest") for key in errors["what"]],
        taken_from=[
            ", ".join(named.get((key, ""), key) for key in str(cell).split("|") if key)
            for cell in errors["taken_from"]
        ],
        counted=[
            ", ".join(label(f"counted.{key}", lang, "backtest") for key in str(cell).split("|") if key)
            for cell in errors["counted"]
        ],
    )
    return Section(
        "bands", label("s_bands", lang, WORDS), [label("backtest_coverage_note", lang, "phrases")],
        tables=[
            Table("coverage", label("t_coverage", lang, WORDS), counted, "backtest_coverage", open=True),
            Table("model_error", label("t_errors", lang, WORDS), taken, "backtest_model_error"),
        ],
    )  # fmt: skip


def crossfit_section(found: Found, named: dict[tuple[str, str], str], lang: Lang) -> Section:
    """Fitted on one episode, scored on another, both ways."""
    table = found["crossfit"]
    better = int((table["error_fitted"] < table["error"] - 0.005).sum())
    worse = int((table["error_fitted"] > table["error"] + 0.005).sum())
    said = label("bt_crossfit_means", lang, "cli", better=better, worse=worse, all=len(table))
    ends = {name: [named.get((key, ""), key) for key in table[name]] for name in ("fitted_on", "scored_on")}
    told = table["parameters"]
    for key in COMMON:
        told = told.str.replace(key, label(f"common_{key}", lang, WORDS))
    shown = Table("crossfit", label("t_crossfit", lang, WORDS), table.assign(**ends, parameters=told),
                  "backtest_crossfit", open=True)  # fmt: skip
    return Section("crossfit", label("s_crossfit", lang, WORDS), [said], tables=[shown])


def archive_section(case: Case | None, lang: Lang) -> tuple[Section, str]:
    """Predictions written down with their date and never overwritten, and a sentence that counts them."""
    table = archive_table(dt.date.today())
    table = table if case is None else table[table["case"] == case.name].reset_index(drop=True)
    words = {
        "scored": int((table["status"] == "scored").sum()), "hits": int((table["hit"] == "yes").sum()),
        "open": int((table["status"] == "open").sum()), "waiting": int((table["status"] == "not_due").sum()),
    }  # fmt: skip
    said = label("bt_archive_total", lang, "cli", **words)
    shown = named_rows(table, names(lang)).drop(columns="series")
    tables = (
        [Table("archive", label("t_archive", lang, WORDS), shown, "backtest_archived")] if len(table) else []
    )
    texts = [label("archive", lang, WORDS), said] if len(table) else [label("no_archive", lang, WORDS)]
    return Section("archive", label("s_archive", lang, WORDS), texts, tables=tables), said


def frozen_section(found: Found, named: dict[tuple[str, str], str], lang: Lang) -> Section:
    """How parameters were frozen: written down and hashed before anything is scored."""
    until = {case.name: case.known_until.isoformat() for case in cases().values()}
    rows = found["hashes"].assign(known_until=found["hashes"]["case"].map(until))
    shown = named_rows(rows[["case", "known_until", "hash"]], named)
    table = Table("hashes", label("t_hashes", lang, WORDS), shown, "web_history_hashes")
    return Section("frozen", label("s_frozen", lang, WORDS), [label("frozen", lang, WORDS)], tables=[table])
