"""How large circulation is today: computed beside printed, which chains fit, firms counted twice."""

from __future__ import annotations

import pandas as pd

from meguri.app.circulate import fitness_answer, scale_answer
from meguri.app.scorecard import scorecard
from meguri.app.web.desk import Desk
from meguri.app.web.pages.cells import picked, worded
from meguri.app.web.pages.returns_routes import onward
from meguri.app.web.question import Asked
from meguri.app.web.view import Section, Table, View, sources_of
from meguri.base.terms import Lang, keys, label
from meguri.circulate.scale import scale_sentence
from meguri.observe.packaged import facts
from meguri.structure.ce_score import CeAnswer

SCALE = ("quantity", "low", "high", "printed_low", "printed_high", "overlaps", "unit", "scrap", "grade")
RANKS = ("member", "mass_kpi", "mass_rank", "function_kpi", "function_rank", "moved")
POINTS = ("code", "value", "value_low", "value_high", "unit", "known", "members")
TESTS = ("chain", "test", "verdict", "points_low", "points_high", "text_en", "text_ja", "grade")
SCORES = ("chain", "met", "unknown", "score_low", "score_high", "grade")


def view(asked: Asked, desk: Desk, lang: Lang) -> View:  # noqa: ARG001
    """Scale of today's circulation, printed rates, fitness of chains, members by tonnes and by function."""
    scale, rates = scale_answer().tables["scale"], printed_rates()
    fit = fitness_answer().tables
    sections = (
        Section("scale", label("sec_scale", lang, "web_returns"), (), (),
                (Table("scale", label("scale", lang, "web_returns"), picked(scale, SCALE), "scale",
                       label("scale_note", lang, "web_returns"), open=True),)),
        Section("rates", label("sec_rates", lang, "web_returns"), (label("rates_lead", lang, "web_returns"),),
                (), (Table("printed-rates", label("printed_rates", lang, "web_returns"), rates,
                           "web_printed_rates"),)),
        _fitness(fit, lang),
        _members(scorecard(None), lang),
        onward("today", asked, lang),
    )  # fmt: skip
    return View(
        title=scale_sentence(lang=lang),
        lead=(label("today_lead", lang, "web_returns"),),
        sections=sections,
        sources=sources_of([scale, rates, *fit.values()]),
    )


def printed_rates() -> pd.DataFrame:
    """End-of-life recycling input rates as the Commission prints them, the lowest first."""
    table = facts("ec_materials", "ec_materials.csv").dropna(subset=["eol_rir"])
    newest = table[table["edition"] == table["edition"].max()]
    newest = newest.rename(columns={"eol_rir": "printed_eol_rir"})
    ordered = newest.sort_values(["printed_eol_rir", "material"], kind="stable")
    return picked(ordered, ("material", "edition", "printed_eol_rir", "strategic", "source", "grade"))


def _fitness(tables: dict[str, pd.DataFrame], lang: Lang) -> Section:
    """Four tests of each chain."""
    scores = tables["suitability_scores"]
    names = dict(zip(scores["chain"], scores[f"label_{lang}"], strict=True))
    held = worded(tables["suitability"], names, "chain")
    shown = (
        Table("fitness", label("fitness", lang, "web_returns"),
              picked(worded(scores, names, "chain"), SCORES), "suitability_scores", open=True),
        Table("fitness-tests", label("fitness_tests", lang, "web_returns"), picked(held, TESTS),
              "suitability"),
    )  # fmt: skip
    return Section(
        "fitness",
        label("sec_fitness", lang, "web_returns"),
        (label("fitness_lead", lang, "web_returns"),),
        (),
        shown,
    )


def _members(found: CeAnswer, lang: Lang) -> Section:
    """The packaged example of firms, ranked by tonnes and by function."""
    known = set(keys("ce_members"))
    ranks = found.tables["ce_ranks"]
    names = {name: label(name, lang, "ce_members") for name in ranks["member"] if name in known}
    said = [label("ce_example_web", lang, "web_returns")]
    if found.reversals:
        better, worse = (names.get(name, name) for name in found.reversals[0])
        said.insert(0, label("ce_turned", lang, "cli", n=len(found.reversals), better=better, worse=worse))
    tables = (
        Table("members", label("ce_ranks_title", lang, "cli"), picked(worded(ranks, names, "member"), RANKS),
              "ce_ranks", open=True),
        Table("points", label("ce_points", lang, "web_returns"), picked(found.tables["ce_scores"], POINTS),
              "ce_scores"),
    )  # fmt: skip
    return Section("members", label("sec_members", lang, "web_returns"), said, (), tables)
