"""The page of a case of stage policy: margins, the pull over the years, relief, prices, what followed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.sources import cited, weakest
from meguri.base.terms import Lang, label
from meguri.observe.stage_cases import StageCase, stage_case
from meguri.respond.stage_policy import DRAWS, SEED, in_force, stage_counters, stage_incentives
from meguri.respond.stage_relief import lead_months, months_between, stage_path, stage_reliefs, turning_days
from meguri.respond.stage_seen import stage_gaps, stage_tests
from meguri.show.basis import footer
from meguri.show.chart import Chart
from meguri.show.figures.stage_policy import margins_chart, path_chart, signed
from meguri.show.page import figure_html, page, table_html
from meguri.show.spell import day, listing, missing, percent, say, significant
from meguri.show.tables import sources_table

BEFORE, AFTER = 1, 2  # whole years of the path before the first rule and after the last change
Row = Mapping[Any, Any]


@dataclass(frozen=True)
class StageAnswer:
    """Everything the page, the workbook and the terminal show of a case.

    ``incentives`` holds every day on which the rules change, ``day`` the one with the greatest pull.
    """

    case: StageCase
    day: str
    incentives: pd.DataFrame
    path: pd.DataFrame
    reliefs: pd.DataFrame
    gaps: pd.DataFrame
    tests: pd.DataFrame
    counters: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by its declared name."""
        return {
            "stage_incentives": self.incentives, "stage_path": self.path, "stage_reliefs": self.reliefs,
            "stage_gaps": self.gaps, "stage_tests": self.tests, "stage_counters": self.counters,
            "stage_rules": self.case.rules,
        }  # fmt: skip

    @property
    def now(self) -> pd.DataFrame:
        """The day with the greatest pull, products that have inputs."""
        made = self.incentives["product"].isin(self.case.inputs["product"])
        return self.incentives[made & (self.incentives["at"] == self.day)].reset_index(drop=True)

    @property
    def pulled(self) -> list[str]:
        """Products that makers abroad could ever answer a pull at, in the order of the chain."""
        rows = self.incentives[self.incentives["answers"] == "foreign"]
        return [name for name in self.case.products["product"] if name in set(rows["product"])]


def stage_answer(name: str | Path, draws: int = DRAWS, seed: int = SEED) -> StageAnswer:
    """All tables of a case.

    Raises
    ------
    DataError
        When the case is unknown or its folder does not hold what it must.
    """
    case = stage_case(name)
    days = turning_days(case)
    frames = [stage_incentives(case, one, draws, seed) for one in days]
    rows = pd.concat(frames, ignore_index=True) if frames else stage_incentives(case, dt.date.today(), 0)
    best = rows.loc[rows["share"].idxmax(), "at"]
    first, last = dt.date.fromisoformat(rows["at"].min()), dt.date.fromisoformat(rows["at"].max())
    ends = dt.date(first.year - BEFORE, 1, 1), dt.date(last.year + AFTER, 12, 1)
    path = stage_path(case, *ends, seed=seed)
    return StageAnswer(
        case, str(best), rows, path, stage_reliefs(case, seed=seed), stage_gaps(case), stage_tests(case),
        stage_counters(case, draws, seed),
    )  # fmt: skip


def write_stage_policy(path: str | Path, lang: Lang = "en", case: str | Path = "china-rare-earths") -> Path:
    """Write the page of a case; either the whole page is there or nothing has changed."""
    write_atomically(Path(path), stage_page(stage_answer(case), lang).encode("utf-8"))
    return Path(path)


def stage_names(case: StageCase, lang: Lang) -> dict[str, str]:
    """Name of each product with the mark of its stage.

    Examples
    --------
    >>> stage_names(stage_case("china-rare-earths"), "en")["alloy"]
    '④ NdFeB alloy flake'
    """
    return {
        str(row["product"]): f"{row['mark']} {row[f'label_{lang}']}".strip()
        for row in case.products.to_dict("records")
    }


def stage_page(told: StageAnswer, lang: Lang = "en") -> str:
    """The case as one self-contained HTML document."""
    names = stage_names(told.case, lang)
    charts = stage_charts(told, lang)
    parts = {
        "margins": figure_html(charts["margins"]) + regimes_html(told, names, lang),
        "path": figure_html(charts["path"]) if "path" in charts else "",
        "relief": _relief(told, names, lang), "prices": _prices(told, names, lang),
        "seen": _seen(told, lang), "rules": _rules(told, names, lang),
    }  # fmt: skip
    body = _head(told, names, lang)
    for key, html in parts.items():
        if html:
            head = escape(say(f"stagepolicy.sec_{key}", lang))
            body += f'<section id="{key}"><h2>{head}</h2>\n{html}</section>\n'
    body += f'<section id="sources"><h2>{escape(say("sec_sources", lang))}</h2>\n'
    body += sources_table(_sources(told), lang) + "</section>\n"
    body += f'<p class="quiet end">{escape(say("stagepolicy.end", lang))}</p>\n'
    return page(body, title=f"{_title(told, lang)} | meguri", lang=lang)


def stage_charts(told: StageAnswer, lang: Lang = "en") -> dict[str, Chart]:
    """Margins on the day of the greatest pull, and the pull over the years where anyone can answer it."""
    names = stage_names(told.case, lang)
    foot = footer(_sources(told), weakest(told.now["grade"]), lang)
    charts = {"margins": margins_chart(told.now, names, lang=lang, footer=foot)}
    rows = told.path[told.path["product"].isin(told.pulled)]
    if not rows.empty:
        stages = dict(zip(told.case.products["product"], told.case.products["stage"], strict=True))
        charts["path"] = path_chart(
            rows.reset_index(drop=True), _marks(told, names, lang), names, stages, lang=lang, footer=foot
        )
    return charts


def _marks(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> list[tuple[str, str]]:
    """Dates that stand against the pull: the request, each step of relief, rules of the partner."""
    marks = []
    request = told.case.about["request"]
    if request:
        marks.append((request, f"{say('stagepolicy.request', lang)} {request}"))
        for row in told.case.relief.to_dict("records"):
            gone = months_between(dt.date.fromisoformat(request), dt.date.fromisoformat(row["date"]))
            text = say("stagepolicy.request_dated", lang, text=row[f"label_{lang}"], months=round(gone))
            marks.append((row["date"], text))
    for row in told.counters.to_dict("records"):
        holder = label(told.case.about["partner"], lang, "countries")
        text = say("stagepolicy.counter_mark", lang, holder=holder, product=names[row["product"]])
        marks.append((str(row["start"]), text))
    return marks


def _title(told: StageAnswer, lang: Lang) -> str:
    return say("stagepolicy.title", lang, case=told.case.about[f"label_{lang}"])


def _head(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> str:
    said = "".join(f"<li>{escape(text)}</li>\n" for text in stage_findings(told, names, lang))
    return (
        f'<header>\n<p class="kicker">{escape(say("stagepolicy.kicker", lang))}</p>\n'
        f"<h1>{escape(_title(told, lang))}</h1>\n"
        f'<p class="lead">{escape(stage_lead(told, names, lang))}</p>\n'
        f'<ul class="answer">\n{said}</ul>\n</header>\n'
    )


def stage_lead(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> str:
    """One sentence: the greatest pull, where and when."""
    best = told.now.loc[told.now["share"].idxmax()]
    if best["share"] <= 0.0:
        return say("stagepolicy.margins_none", lang)
    return say(
        "stagepolicy.lead", lang, day=day(told.day, lang), share=percent(best["share"]),
        low=signed(best["share_low"]), high=signed(best["share_high"]), stage=names[best["product"]],
        holder=label(told.case.about["holder"], lang, "countries"), unit=told.case.about["unit"],
        value=significant(float(best["incentive"])),
    )  # fmt: skip


def stage_findings(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> list[str]:
    """What the tables say in sentences: who is pushed and pulled, verdicts, what stays, counter-rules."""
    now = told.incentives[told.incentives["at"] == told.day]
    sides = {sign: [names[row["product"]] for row in now.to_dict("records") if sign * row["share"] > 0.0005]
             for sign in (1, -1)}  # fmt: skip
    found = [say("stagepolicy.law", lang, push=listing(sides[-1], lang), pull=listing(sides[1], lang))]
    if not told.tests.empty:
        count = told.tests["verdict"].value_counts()
        fill = {key: int(count.get(key, 0)) for key in ("hit", "trend", "miss", "unknown")}
        found.append(say("stagepolicy.verdicts", lang, n=len(told.tests), **fill))
    last = told.path[told.path["month"] == told.path["month"].max()]
    left = last[last["product"].isin(told.pulled) & (last["share"] > 0.0005)]
    if not told.reliefs.empty and not left.empty:
        best = left.loc[left["share"].idxmax()]
        rules = in_force(told.case, dt.date.fromisoformat(str(best["month"])))
        key = "still" if rules["disputed"].astype(bool).any() else "left"  # what keeps pulling
        found.append(
            say(f"stagepolicy.{key}", lang, stage=names[best["product"]], share=percent(best["share"]))
        )
    bare = _without_quota(told, names, lang)
    found = [found[0], *bare, *_led(told, names, lang), *found[1:]]
    return found + [_counter_said(told, row, names, lang) for row in told.counters.to_dict("records")]


def _without_quota(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> list[str]:
    """The greatest pull once quotas are left out; nothing where no quota was in force."""
    best = told.now.loc[told.now["share"].idxmax()]
    bare = float(best["without_quota"]) / float(best["price"])
    if abs(bare - best["share"]) < 0.0005:
        return []
    return [say("stagepolicy.without_quota", lang, stage=names[best["product"]], share=percent(bare))]


def _led(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> list[str]:
    """How much of the greatest pull a plant decided on that day still meets once it runs."""
    best = told.now.loc[told.now["share"].idxmax()]
    day_of = dt.date.fromisoformat(told.day)
    if best["share"] <= 0.0:
        return []
    # the first month whose first day lies under the rules of that day
    start = day_of if day_of.day == 1 else (day_of.replace(day=1) + dt.timedelta(32)).replace(day=1)
    rows = lead_months(told.path, str(best["product"]), start)
    left = [f"{row['lead']}: {row['left']}" for row in rows.to_dict("records")]
    return [say("stagepolicy.led", lang, stage=names[best["product"]], months=listing(left, lang))]


def _counter_said(told: StageAnswer, row: Row, names: Mapping[str, str], lang: Lang) -> str:
    return say(
        "stagepolicy.counter_said", lang, day=day(row["start"], lang), product=names[row["product"]],
        holder=label(told.case.about["partner"], lang, "countries"), unit=told.case.about["unit"],
        value=significant(row["incentive"]), share=percent(row["cancels"]), low=percent(row["cancels_low"]),
        high=percent(row["cancels_high"]),
    )  # fmt: skip


def regimes_html(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> str:
    """Pull over price at every change of the rules: a row for each day, a column for each stage pulled."""
    made = told.pulled
    cells = told.incentives.set_index(["at", "product"])
    heads = [say("stagepolicy.col_date", lang), *(names[name] for name in made)]
    rows = [
        [str(at), *(_pull(cells.loc[(at, name)]) for name in made)]
        for at in sorted(set(told.incentives["at"]))
    ]
    return table_html(heads, rows, [False] + [True] * len(made))


def _pull(row: Row) -> str:
    if abs(row["share"]) < 0.0005:
        return "—"
    return f"{signed(row['share'])} ({signed(row['share_low'])} … {signed(row['share_high'])})"


def _relief(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> str:
    if told.reliefs.empty:
        return _remark(say("stagepolicy.no_relief", lang))
    words = told.case.relief.set_index("relief")[f"label_{lang}"]
    heads = [say(f"stagepolicy.col_{name}", lang)
             for name in ("step", "date", "months", "before", "after", "paid", "then", "saved")]  # fmt: skip
    html = ""
    for product, rows in told.reliefs.groupby("product", sort=False):
        if product not in told.pulled:
            continue
        fill = {"stage": names[str(product)], "unit": told.case.about["unit"],
                "day": day(told.case.about["request"], lang)}  # fmt: skip
        body = [
            [words[row["relief"]], str(row["date"]), significant(row["months"]), _money(row["before"]),
             _money(row["after"]),
             f"{_money(row['paid'])} ({_money(row['paid_low'])}–{_money(row['paid_high'])})",
             _money(row["if_then"]), _money(row["saved"])]
            for row in rows.to_dict("records")
        ]  # fmt: skip
        html += _remark(say("stagepolicy.relief_sub", lang, **fill))
        html += table_html(heads, body, [False, False] + [True] * 6)
    return html


def _remark(text: str) -> str:
    return f'<p class="quiet">{escape(text)}</p>'


def _money(value: float) -> str:
    return significant(round(float(value), 2)).replace("-", "−")


def _prices(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> str:
    if told.gaps.empty:
        return _remark(say("stagepolicy.no_pairs", lang))
    names_of = ("product", "date", "inside", "outside", "gap", "duty", "rest", "user", "printed")
    rows = [
        [names[row["product"]], str(row["date"]), _plain(row["inside"]), _plain(row["outside"]),
         _ranged(row, "gap"), percent(row["duty"]), _ranged(row, "rest"), percent(row["to_user"]),
         percent(row["printed_gap"])]
        for row in told.gaps.to_dict("records")
    ]  # fmt: skip
    head = _remark(say("stagepolicy.prices_sub", lang))
    heads = [say(f"stagepolicy.col_{name}", lang) for name in names_of]
    return head + table_html(heads, rows, [False, False] + [True] * 7)


def _plain(value: float) -> str:
    return "—" if missing(value) else significant(float(value))


def _ranged(row: Row, name: str) -> str:
    if missing(row[name]):
        return "—"
    ends = percent(row[f"{name}_low"]).rstrip("%"), percent(row[f"{name}_high"])
    same = row[f"{name}_low"] == row[f"{name}_high"]
    return percent(row[name]) if same else f"{percent(row[name])} ({ends[0]}–{ends[1]})"


def _seen(told: StageAnswer, lang: Lang) -> str:
    if told.tests.empty:
        return ""
    columns = ("episode", "seen", "expected", "was", "came", "trend", "verdict", "steady")
    heads = [say(f"stagepolicy.col_{name}", lang) for name in columns]
    rows = [
        [row["episode"], say(f"stagepolicy.test_{row['test']}", lang),
         say(f"stagepolicy.expected_{row['expected']}", lang),
         f"{_amount(row['before'], row['test'])} ({row['before_years']})",
         f"{_amount(row['after'], row['test'])} ({row['after_years']})",
         _amount(row["trend"], row["test"]), say(f"stagepolicy.verdict_{row['verdict']}", lang),
         percent(row["steady"])]
        for row in told.tests.to_dict("records")
    ]  # fmt: skip
    head = _remark(say("stagepolicy.seen_sub", lang))
    return head + table_html(heads, rows, [False, False, False, True, True, True, False, True])


def _amount(value: float, test: str) -> str:
    if missing(value):
        return "—"
    return percent(value) if test.endswith("share") else significant(float(value))


def _rules(told: StageAnswer, names: Mapping[str, str], lang: Lang) -> str:
    heads = [say(f"stagepolicy.col_{name}", lang)
             for name in ("rule", "product", "from", "to", "rate", "note")]  # fmt: skip
    comma = "、" if lang == "ja" else ", "
    rows = [
        [say(f"stagepolicy.kind_{row['kind']}", lang),
         comma.join(names[name] for name in row["products"].split("|")),
         _whole(row["start"]), _whole(row["end"]) or "—", _ranged(row, "rate"), str(row[f"note_{lang}"])]
        for row in told.case.rules.sort_values("start", kind="stable").to_dict("records")
    ]  # fmt: skip
    return table_html(heads, rows, [False, False, False, False, True, False])


def _whole(date: str) -> str:
    """A date that does not break at its hyphens."""
    return date.replace("-", "\N{NON-BREAKING HYPHEN}")


def _sources(told: StageAnswer) -> pd.DataFrame:
    tables = (told.case.products, told.case.inputs, told.case.rules, told.case.relief, told.case.pairs,
              told.case.exports)  # fmt: skip
    return cited(str(cell) for table in tables for cell in table["source"].unique())
