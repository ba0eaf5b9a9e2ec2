"""Magnets of Japan by year: what is in use, what leaves use, and what published figures say of it."""

from __future__ import annotations

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.kinds.circulate import Magnets, magnets, read_magnets
from meguri.app.web.pages.cells import picked
from meguri.app.web.pages.returns_routes import QUICK, onward
from meguri.app.web.question import Asked
from meguri.app.web.view import Headline, Run, Section, Table, View
from meguri.base.errors import DataError, Problem
from meguri.base.sources import cited
from meguri.base.terms import Lang, label
from meguri.show.basis import footer
from meguri.show.figures.magnet_checks import magnet_checks
from meguri.show.figures.magnet_stock import magnet_stock
from meguri.show.spell import say, significant

TOTALS = ("quantity", "year", "median", "low", "high", "unit", "grade")
CHECKS = (
    "quantity", "year", "published_low", "published_high", "median", "low", "high", "unit", "verdict", "role",
    "grade",
)  # fmt: skip
BAND = ("median", "low", "high")
HEADS = ("stock_dy", "outflow_dy")


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """Stock and outflow of the years asked for; with many draws after a job."""
    years = years_of(asked)
    runs, params = int(asked["runs"]), {"runs": asked["runs"], "seed": asked["seed"]}
    folder = None if runs <= QUICK else desk.answer("circulate", params)
    if runs > QUICK and folder is None:
        text = label("stock_wait", lang, "web_returns", runs=asked["runs"])
        return View(say("magnets_heading", lang), (text,), sections=(onward("stock", asked, lang),),
                    runs=(Run("circulate", params, 2.0 + runs / 250),))  # fmt: skip
    found = magnets(runs, int(asked["seed"])) if folder is None else read_magnets(folder)
    return told(between(found, years), asked, lang)


def years_of(asked: Asked) -> tuple[int, int]:
    """First and last year.

    Raises
    ------
    DataError
        When the first does not lie before the last.
    """
    first, last = int(asked["since"]), int(asked["until"])
    if first >= last:
        raise DataError(Problem("web_years", "since", str(first), details={"last": str(last)}), "returns")
    return first, last


def between(found: Magnets, years: tuple[int, int]) -> Magnets:
    """The rows of some years, both ends among them."""
    cut = {
        name: table[table["year"].between(*years)].reset_index(drop=True)
        for name, table in (("flows", found.flows), ("totals", found.totals), ("checks", found.checks))
    }
    return found._replace(**cut)


def told(found: Magnets, asked: Asked, lang: Lang) -> View:
    """Figures and tables of the years."""
    foot = footer(cited(found.sources), found.grade, lang)
    stock = magnet_stock(found.flows, found.totals, found.checks, lang=lang, footer=foot)
    title, totals = (
        stock.title,
        Table(
            "magnet-totals",
            label("totals", lang, "web_returns"),
            picked(found.totals, TOTALS),
            "magnet_totals",
        ),
    )
    sections = [Section("stock", say("sec_magnet_stock", lang), (), (stock,), (totals,))]
    if len(found.checks):
        checks = magnet_checks(found.checks, found.totals, lang=lang, footer=foot)
        table = Table("magnet-anchors", checks.title, picked(found.checks, CHECKS), "magnet_checks")
        sections.append(Section("checks", say("sec_magnet_checks", lang), (), (checks,), (table,)))
    return View(
        title=title,
        lead=(say("magnets_meta", lang, runs=f"{found.runs:,}"),),
        headlines=_headlines(found.totals, lang),
        sections=(*sections, onward("stock", asked, lang)),
        sources=cited(found.sources),
    )


def _headlines(totals: pd.DataFrame, lang: Lang) -> tuple[Headline, ...]:
    """Stock and outflow of the last year shown, with their range."""
    last = totals[totals["year"] == totals["year"].max()].set_index("quantity")
    return tuple(
        Headline(
            asks=label("head_year", lang, "web_returns", name=label(name, lang, "magnet_results"),
                       year=int(last.at[name, "year"])),
            value=label("head_amount", lang, "web_returns", unit=last.at[name, "unit"],
                        **{key: significant(float(last.at[name, key]), 2) for key in BAND}),
            hangs_on=label("head_lives", lang, "web_returns"),
        )
        for name in HEADS
        if name in last.index
    )  # fmt: skip
