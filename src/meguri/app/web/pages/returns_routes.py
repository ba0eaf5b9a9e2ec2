"""Routes of a case: mass and function side by side, who lost the rest, and what the answer hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd

from meguri.app.web.desk import Desk
from meguri.app.web.kinds.circulate import answered, read_answer
from meguri.app.web.pages.cells import picked, worded
from meguri.app.web.question import Asked
from meguri.app.web.questions.returns import DYNAMIC, PARTS, cases
from meguri.app.web.view import Headline, Run, Section, Table, View, Way
from meguri.base.errors import DataError
from meguri.base.terms import Lang, label
from meguri.circulate.answer import CirculateAnswer
from meguri.show.circulate import circulation_charts, shown_names
from meguri.show.spell import missing, percent, say

QUICK = 300  # draws up to which a page answers at once
TABLES = {
    "state_values": ("label_en", "label_ja", "value", "p10", "p50", "p90", "best_route"),
    "route_metrics": ("stock", "plan", "metric", "value", "p10", "p50", "p90"),
    "route_steps": (
        "stock", "plan", "label_en", "label_ja", "arrives", "p10", "p90", "function_index", "stage",
        "country", "dependence",
    ),
    "function_bundles": (
        "stock", "plan", "label_en", "label_ja", "element", "material", "material_p10", "material_p90",
        "value", "p10", "p90",
    ),
    "requalification": (
        "plan", "label_en", "label_ja", "input", "value", "value_low", "value_high", "unit", "grade",
    ),
    "functional_content": ("plan", "by", "figure", "value", "p10", "p50", "p90"),
    "break_even": ("stock", "by", "label_en", "label_ja", "low", "now", "high", "break_even", "p10", "p90"),
}  # fmt: skip
DASH = "–"  # before the sentences of a list that compares plans
KEYED = ("stock", "plan", "best_route")


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """A case of routes; refused with its reasons where a number it stands on has no source."""
    params = params_of(asked)
    about = dict(cases(desk, lang))[asked["case"]]
    quick = int(params["runs"]) <= QUICK and asked["case"] != DYNAMIC
    folder = None if quick else desk.answer("circulate", params)
    if not quick and folder is None:
        seconds = 6.0 + int(params["runs"]) / 250
        text = label("routes_wait", lang, "web_returns", runs=params["runs"])
        return View(about, lead=(text,), sections=(onward("routes", asked, lang),),
                    runs=(Run("circulate", params, seconds),))  # fmt: skip
    try:
        answer = answered(params, desk) if folder is None else read_answer(folder)
    except DataError as error:
        return refused(error, about, asked, lang)
    return told(answer, asked, lang)


def params_of(asked: Asked) -> dict[str, str]:
    """What an answer depends on; the year only where the case is that of a year."""
    names = ["case", "signed", "runs", "seed", *(["year"] if asked["case"] == DYNAMIC else [])]
    return {name: asked[name] for name in names}


def refused(error: DataError, about: str, asked: Asked, lang: Lang) -> View:
    """No function is told from numbers that nobody answers for: which they are, and the way out."""
    rows = [problem.row(lang) for problem in error.problems]
    found = pd.DataFrame([{"place": row["place"], "value": row["found"]} for row in rows])
    table = Table(
        "unsourced", label("unsourced", lang, "web_returns", n=len(rows)), found, "web_unsourced", open=True
    )
    section = Section("refused", label("refused", lang, "web_returns"), tables=(table,))
    return View(
        label("refused_title", lang, "web_returns", name=about, n=len(rows)),
        lead=(label("refused_lead", lang, "web_returns"),),
        sections=(section, onward("routes", asked, lang)),
    )


def told(answer: CirculateAnswer, asked: Asked, lang: Lang) -> View:
    """The answer of a case, and of the case that goes with it."""
    sections = list(parts(answer, lang))
    if answer.companion is not None:
        sections += [
            replace(one, title=f"{say('circulate_companion', lang)}{_colon(lang)}{one.title}")
            for one in parts(answer.companion, lang)
        ]
    return View(
        title=answer.sentences[lang][0],
        lead=(answer.case.label(lang), _meta(answer, lang)),
        headlines=headlines(answer, lang),
        sections=(*sections, onward("routes", asked, lang)),
        sources=answer.sources,
    )


def _meta(answer: CirculateAnswer, lang: Lang) -> str:
    uses = answer.case.tables["route_uses"].set_index("use")
    name = uses.at[answer.use, f"label_{lang}"]
    return say(
        "circulate_meta", lang, use=answer.use if missing(name) else name,
        metric=label(answer.metric, lang, "burden_metrics"), runs=f"{answer.runs:,}", seed=answer.seed,
    )  # fmt: skip


def _colon(lang: Lang) -> str:
    return "：" if lang == "ja" else ": "


def headlines(answer: CirculateAnswer, lang: Lang) -> tuple[Headline, ...]:
    """Of each stock the plan that keeps most function: its rate by mass beside its rates of function."""
    names = shown_names(answer, lang)
    table = answer.tables["route_figures"]
    found = []
    for stock, rows in table.groupby("stock", sort=False):
        kept = rows[rows["figure"] == "rfr"].dropna(subset=["p50"])
        if kept.empty:
            continue
        plan = str(kept.loc[kept["p50"].idxmax(), "plan"])
        cells = rows[rows["plan"] == plan].set_index("figure")
        shown = {name: banded(cells.loc[name]) for name in ("mass_rate", "function_rate", "rfr")}
        found.append(
            Headline(
                asks=names[str(stock)],
                value=label("head_rates", lang, "web_returns", plan=names[plan], **shown),
                hangs_on=_lever(answer, str(stock), lang),
            )
        )
    return tuple(found)


def banded(row: pd.Series[Any]) -> str:
    """Median of a rate in per cent with its range P10–P90, as the figure below it marks them.

    Examples
    --------
    >>> banded(pd.Series({"p50": 0.402, "p10": 0.31, "p90": 0.5}))
    '40% (31–50%)'
    """
    if missing(row["p50"]):
        return "—"
    return f"{percent(row['p50'])} ({percent(row['p10']).rstrip('%')}–{percent(row['p90'])})"


def _lever(answer: CirculateAnswer, stock: str, lang: Lang) -> str:
    """The number whose range moves the comparison of a stock most."""
    rows = answer.tables["route_tornado"]
    rows = rows[rows["stock"] == stock]
    if rows.empty or rows["swing"].isna().all():
        return ""
    row = rows.loc[rows["swing"].abs().idxmax()]
    return label("head_lever", lang, "web_returns", name=row[f"label_{lang}"])


def parts(answer: CirculateAnswer, lang: Lang) -> Iterator[Section]:
    """Rates first; each stock where it flows, who lost what and on what that hangs; the tie; the tables."""
    charts, names, prefix = circulation_charts(answer, lang), shown_names(answer, lang), answer.case.name
    drawn = {key: replace(chart, key=f"{prefix}-{chart.key}") for key, chart in charts.items()}
    lines = answer.sentences[lang][1:]
    compared = [place for place, text in enumerate(lines, 1) if text.startswith(DASH)]
    first = compared[-1] if compared else 1
    yield Section(f"{prefix}-rates", say("sec_rates", lang), lines[:first], (drawn["rates"],))
    for stock in dict.fromkeys(answer.tables["route_figures"]["stock"]):
        own = [chart for key, chart in drawn.items() if key.split("|")[1:2] == [stock]]
        yield Section(f"{prefix}-{stock}", say("sec_stock", lang, stock=names[str(stock)]), (), own)
    if "tie" in drawn:
        yield Section(f"{prefix}-tie", say("sec_tie", lang), (), (drawn["tie"],))
    tables = [
        Table(f"{prefix}-{name}", _heading(name, lang), _worded(answer.tables[name], name, names), name)
        for name in TABLES
        if len(answer.tables.get(name, ()))
    ]
    rest = pd.DataFrame({"text": lines[first:]})
    findings = label("findings", lang, "web_returns")
    tables.insert(0, Table(f"{prefix}-findings", findings, rest, "web_findings"))
    yield Section(f"{prefix}-more", label("sec_more", lang, "web_returns"), (), (), tables)


def _heading(name: str, lang: Lang) -> str:
    return label(name, lang, "web_returns") if name == "break_even" else say(f"sec_{name}", lang)


def _worded(frame: pd.DataFrame, name: str, names: dict[str, str]) -> pd.DataFrame:
    return worded(picked(frame, TABLES[name]), names, *KEYED)


def onward(part: str, asked: Asked, lang: Lang) -> Section:
    """Links to the other parts of the page, with the rest of what was asked."""
    ways = [
        Way(label(f"way_{other}", lang, "web_returns"), "returns", {**asked, "part": other})
        for other in PARTS
        if other != part
    ]
    return Section("onward", label("sec_onward", lang, "web_returns"), ways=ways)
