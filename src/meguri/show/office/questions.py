"""想定問答: what a ministry would ask, answered from the tables; what they do not hold is unknown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

from meguri.show.cited import quantity
from meguri.show.money import in_thousands
from meguri.show.office import brief
from meguri.show.office.extra import phrase
from meguri.show.office.quotes import FRONT, NONE, Quotes, Row
from meguri.show.spell import as_date, listing, missing, word

STOCK = frozenset({"stockpile"})
CIRCULATION = frozenset({"functional-circulation", "element-recycling"})
ABROAD = frozenset({"leak", "control-exposure"})
MOST = 8  # rows of evidence under one answer


@dataclass(frozen=True)
class Evidence:
    """One number of an answer: what it is, value, range, grade, and its cell or source."""

    what: str
    value: str
    span: str
    grade: str
    source: str


@dataclass(frozen=True)
class Question:
    """A question, the answer in sentences, and the numbers it stands on."""

    key: str
    asked: str
    said: tuple[str, ...]
    evidence: tuple[Evidence, ...] = ()


def questions(q: Quotes) -> list[Question]:
    """Every question, in the order in which a meeting would put them."""
    return [make(q) for make in ASKED]


def _question(q: Quotes, key: str, said: Sequence[str], evidence: Sequence[Evidence] = ()) -> Question:
    told = tuple(said) or (phrase("qa_unknown", q.lang),)
    return Question(key, phrase(f"qa_{key}", q.lang), told, tuple(evidence)[:MOST])


def _overall(q: Quotes) -> str:
    """Grade of a computed number: the weakest of all that went into it."""
    return brief.named(str(q.answer.manifest.get("grade", "")), "grade", q.lang)


def _item(
    q: Quotes, what: str, row: Row, column: str, how: Callable[[Row, str], str], stem: str = ""
) -> Evidence:
    """A cell as evidence; ``stem`` names its range."""
    dash = phrase("dash", q.lang)
    span = q.span(row, stem, how) if stem else dash
    grade = brief.named(row.text("grade"), "grade", q.lang) if row.text("grade") else _overall(q)
    source = row.text("source") or phrase("computed", q.lang)
    cell = q.cell(row.table, [row.place], column)
    return Evidence(
        what, how(row, column), span, grade, phrase("qa_source", q.lang, source=source, cell=cell)
    )


def _axes(q: Quotes, row: Row) -> list[Evidence]:
    """Both axes of a plan."""
    name = row.name(q.lang)
    time = phrase("qa_time", q.lang, plan=name)
    share = phrase("qa_share", q.lang, plan=name, after=brief.after(q))
    return [_item(q, time, row, "time_d", q.days, "time"), _item(q, share, row, "share", q.share, "share")]


def _when(q: Quotes) -> Question:
    none = q.nothing()
    if none is None:
        return _question(q, "when", [])
    fill = {"days": q.days(none, "time_d"), "share": q.share(none, "share")}
    said = phrase("qa_when_said", q.lang, after=brief.after(q), **fill) + brief.first_stop(q, none)
    return _question(q, "when", [said], [*_axes(q, none), *_first(q, none)])


def _first(q: Quotes, row: Row) -> list[Evidence]:
    """Which process stops first, with its share of the worlds."""
    if missing(row["first_process"]):
        return []
    process = row.text(f"first_label_{q.lang}") or row.text("first_process")
    what = phrase("qa_first", q.lang, plan=row.name(q.lang), process=process)
    return [_item(q, what, row, "first_share", q.share)]


def _effect(q: Quotes) -> Question:
    said = [
        phrase(
            "qa_effect_said",
            q.lang,
            plan=row.name(q.lang),
            days=q.more_days(row, "time_gained_d"),
            share=q.more_share(row, "share_gained"),
        )
        for row in q.chosen
    ]
    lines = [
        f"{text}{brief.unsure(q, row)}{brief.first_stop(q, row)}"
        for text, row in zip(said, q.chosen, strict=True)
    ]
    note = [phrase("axes_note", q.lang)] if said else []
    evidence = [one for row in q.chosen for one in (*_axes(q, row), *_first(q, row))]
    return _question(q, "effect", [*lines, *note], evidence)


def _merge(q: Quotes) -> Question:
    return _question(q, "merge", [phrase("qa_merge_said", q.lang)])


def _money(q: Quotes) -> Question:
    said, evidence = [], []
    for row in q.chosen:
        both, firm, state = (in_thousands(n, q.lang) for n in brief.paid(row))
        fill = {"both": both, "firm": firm, "state": state, "plan": row.name(q.lang)}
        said += [phrase("qa_money_said", q.lang, **fill), *brief.scheme_lines(q, row, full=True)]
        # the same thousands as in the sentence: parts are rounded so that they add up
        parts = {
            "cost": ("year_both", both),
            "cost_firm": ("year_firm", firm),
            "cost_state": ("year_state", state),
        }
        for column, (key, shown) in parts.items():
            what = f"{row.name(q.lang)} {phrase(key, q.lang)}"
            evidence.append(_item(q, what, row, column, lambda *_, shown=shown: shown))
    return _question(q, "money", [*said, brief.rate_words(q)] if said else [], evidence)


def _years(q: Quotes) -> Question:
    said = []
    for row in q.chosen:
        years, _ = brief.fiscal_years(q, row)
        parts = [
            phrase("qa_year", q.lang, year=year[0], both=f"{year[1]:,}", state=f"{year[3]:,}")
            for year in years
        ]
        said.append(
            phrase("plan_budget", q.lang, plan=row.name(q.lang), said=phrase("list", q.lang).join(parts))
        )
    return _question(q, "years", [*said, phrase("year_note", q.lang)] if said else [])


def _alone(q: Quotes) -> Question:
    """Whether firms would do it without public money: no table says so."""
    evidence = [
        _item(q, f"{row.name(q.lang)} {phrase('year_state', q.lang)}", row, "cost_state", q.jpy)
        for row in q.chosen
    ]
    return _question(q, "alone", [phrase("qa_alone_said", q.lang)], evidence)


def _only(q: Quotes, key: str, kinds: frozenset[str]) -> Question:
    """Plans made of some kinds of measure alone, on both axes."""
    rows = []
    for row in q.rows("plans"):
        taken = {str(one["kind"]) for one in q.rows("plan_measures", plan=row["plan"])}
        if taken and taken <= kinds:
            rows.append(row)
    every, rows = rows, [row for row in rows if _moves(row)] or rows[:1]
    said = [
        phrase(
            "qa_effect_said",
            q.lang,
            plan=row.name(q.lang),
            days=q.more_days(row, "time_gained_d"),
            share=q.more_share(row, "share_gained"),
        )
        for row in rows
    ]
    for axis, column, floor in (("time", "time_gained_d", 0.5), ("share", "share_gained", 0.0005)):
        known = [float(row[column]) for row in rows if not missing(row[column])]
        if known and max(known) < floor:  # prints as nothing
            said.insert(0, phrase(f"qa_only_no_{axis}", q.lang))
    said = brief.some(q, said, MOST)
    if len(every) > len(rows):
        said.append(phrase("qa_only_rest", q.lang, n=len(every) - len(rows)))
    return _question(q, key, said, [one for row in rows for one in _axes(q, row)])


def _moves(row: Row) -> bool:
    """Whether a plan moves an axis by as much as prints."""
    least = (("time_gained_d", 0.5), ("share_gained", 0.0005))
    return any(not missing(row[column]) and abs(float(row[column])) >= floor for column, floor in least)


def _stock(q: Quotes) -> Question:
    return _only(q, "stock", STOCK)


def _circulation(q: Quotes) -> Question:
    return _only(q, "circulation", CIRCULATION)


def _deficit(q: Quotes) -> Question:
    rows = q.rows("deficit")
    names = {
        row["measure"]: row.name(q.lang, "measure") for row in (*q.rows("marginal"), *q.rows("plan_measures"))
    }
    closes = [names.get(row["closes"], row.text("closes")) for row in rows if row.text("closes")]
    said = (
        [phrase("qa_deficit_said", q.lang, names=listing(list(dict.fromkeys(closes)), q.lang))]
        if closes
        else []
    )
    if rows and not closes:
        said = [phrase("qa_deficit_open", q.lang)]
    evidence = []
    for row in rows:

        def how(one: Row, column: str, unit: str = row.text("unit")) -> str:
            return q.amount(one, column, unit)

        low, high = (how(row, column) for column in ("low", "high"))
        cell = phrase(
            "qa_source",
            q.lang,
            source=phrase("computed", q.lang),
            cell=q.cell("deficit", [row.place], "mode"),
        )
        span = phrase("span", q.lang, low=low, high=high)
        evidence.append(Evidence(row.name(q.lang, "step"), how(row, "mode"), span, _overall(q), cell))
    return _question(q, "deficit", said, evidence)


def _others(q: Quotes) -> Question:
    rows = q.rows("plans", role=FRONT)
    said = [phrase("qa_others_said", q.lang, n=len(rows))] if rows else []
    evidence = [one for row in rows for one in _axes(q, row)]
    for row in q.chosen:
        worlds = q.rows("plan_worlds", plan=row["plan"])
        for column, how in (("regret_time_d", q.days), ("regret_share", q.share)):
            known = [one for one in worlds if not missing(one[column])]
            if known:
                worst = max(known, key=itemgetter(column))
                what = phrase(f"qa_{column}", q.lang, plan=row.name(q.lang))
                said.append(f"{what}{phrase('colon', q.lang)}{how(worst, column)}")
    return _question(q, "others", said, evidence)


def _ready(q: Quotes) -> Question:
    late = [row for row in q.rows("order") if as_date(row["decide_by"]) < q.answer.decided]
    said = [
        phrase("qa_ready_said", q.lang, plan=row.name(q.lang), ready=q.date(row, "ready_on"))
        for row in q.chosen
        if not missing(row["ready_on"])
    ]
    if late:
        names = listing([row.name(q.lang, "measure") for row in late], q.lang)
        said.append(phrase("qa_late", q.lang, n=len(late), names=names))
    evidence = [_item(q, row.name(q.lang, "measure"), row, "decide_by", q.date) for row in q.rows("order")]
    return _question(q, "ready", said, evidence)


def _wrong(q: Quotes) -> Question:
    """The worst course of each plan, and which plan is chosen as an assumption moves."""
    said, evidence = [], []
    for plan in q.chosen:
        worlds = q.rows("plan_worlds", plan=plan["plan"])
        for column, how in (("time_d", q.days), ("share", q.share)):
            known = [row for row in worlds if not missing(row[column])]
            if known:
                worst = min(known, key=itemgetter(column))
                evidence.append(
                    _item(q, phrase(f"qa_worst_{column}", q.lang, plan=plan.name(q.lang)), worst, column, how)
                )
    names = {row["plan"]: row.name(q.lang) for row in q.rows("plans")}
    said = [
        phrase(
            "qa_moves",
            q.lang,
            what=row.name(q.lang, "parameter"),
            value=quantity(row.text("value"), q.lang),
            axis=phrase(f"axis.{row['axis']}", q.lang),
            plan=names.get(row["plan"], row.text("plan")),
        )
        for row in q.rows("robustness")
    ]
    lead = [phrase("qa_wrong_said", q.lang)] if said or evidence else []
    return _question(q, "wrong", [*lead, *said[:MOST]], evidence)


def _leak(q: Quotes) -> Question:
    said = [
        f"{row.name(q.lang)}{phrase('colon', q.lang)}{line}"
        for row in q.chosen
        for line in brief.risk_lines(q, row)
    ]
    return _question(q, "leak", said or [phrase("risk_none", q.lang)])


def _sovereignty(q: Quotes) -> Question:
    """Share of each stage that still runs, with the node that binds; unknown where it is unknown."""
    evidence = []
    for row in q.rows("sovereignty"):
        if row.text("node"):
            continue
        what = phrase(
            "qa_stage",
            q.lang,
            economy=word(row["economy"], "countries", q.lang),
            stage=word(row["stage"], "stages", q.lang),
            days=q.days(row, "after_d"),
            qualified=phrase("qa_qualified" if row["qualified"] else "qa_unqualified", q.lang),
        )
        evidence.append(_item(q, what, row, "share", q.share))
    binding = [row.text(f"binding_label_{q.lang}") for row in q.rows("sovereignty")]
    names = listing([name for name in dict.fromkeys(binding) if name], q.lang, most=3)
    said = [phrase("qa_sovereignty_said", q.lang, names=names)] if evidence and names else []
    return _question(q, "sovereignty", said, evidence)


def _marginal(q: Quotes) -> Question:
    said, evidence = [], []
    for column, how in (("time_per_money", q.fine_days), ("share_per_money", q.fine_share)):
        what = phrase(f"marginal_{column}", q.lang)
        top = brief.best(q.rows("marginal"), column)
        if top is None and q.rows("marginal"):
            said.append(phrase("qa_marginal_none", q.lang, axis=what))
        if top is not None:
            said.append(phrase("qa_marginal_said", q.lang, axis=what, measure=top.name(q.lang, "measure")))
            evidence.append(_item(q, f"{top.name(q.lang, 'measure')} {what}", top, column, how))
    return _question(q, "marginal", said, evidence)


def _simulator(q: Quotes) -> Question:
    rows = [row for row in q.rows("plans") if row["role"] != NONE]
    tried = [row for row in rows if not missing(row["confirmed"])]
    agreed = sum(bool(row["confirmed"]) for row in tried)
    fill = {
        "n": len(rows),
        "agreed": agreed,
        "differs": len(tried) - agreed,
        "untried": len(rows) - len(tried),
    }
    said = [phrase("qa_simulator_said", q.lang, **fill)] if rows else []
    evidence = []
    for row in q.chosen:
        name = phrase("qa_simulated", q.lang, plan=row.name(q.lang))
        evidence += [_item(q, name, row, "sim_time_d", q.days), _item(q, name, row, "sim_share", q.share)]
    return _question(q, "simulator", said, evidence)


def _grades(q: Quotes) -> Question:
    rows = q.rows("assumptions")
    counts = {
        grade: sum(row["grade"] == grade for row in rows) for grade in ("reported", "derived", "estimated")
    }
    counts["assumed"] = len(rows) - sum(counts.values())
    parts = [f"{brief.named(grade, 'grade', q.lang)} {n}" for grade, n in counts.items() if n]
    said = [phrase("qa_grades_said", q.lang, n=len(rows), parts=listing(parts, q.lang))] if rows else []
    ranked = sorted(rows, key=lambda row: float("inf") if missing(row["rank"]) else float(row["rank"]))
    evidence = [_assumption(q, row) for row in ranked[:MOST]]
    return _question(q, "grades", said, evidence)


def _assumption(q: Quotes, row: Row) -> Evidence:
    unit = row.text("unit")
    value, low, high = (q.amount(row, column, unit) for column in ("mode", "low", "high"))
    grade = brief.named(row.text("grade") or "assumed", "grade", q.lang)
    source = row.text("source") or phrase("no_source", q.lang)
    cell = phrase("qa_source", q.lang, source=source, cell=q.cell("assumptions", [row.place], "mode"))
    return Evidence(
        row.name(q.lang, "parameter"), value, phrase("span", q.lang, low=low, high=high), grade, cell
    )


def _doubts(q: Quotes) -> Question:
    return _question(q, "doubts", brief.doubts(q) or [phrase("doubt_none", q.lang)])


ASKED = (
    _when, _effect, _merge, _money, _years, _alone, _stock, _circulation, _deficit, _others, _ready, _wrong,
    _leak, _sovereignty, _marginal, _simulator, _grades, _doubts,
)  # fmt: skip
