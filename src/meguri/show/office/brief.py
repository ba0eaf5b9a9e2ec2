"""What every office document says about a plan, as rows of words: axes, measures, years, risks, doubts."""

from __future__ import annotations

import math
from itertools import groupby

from meguri.base.terms import Lang, keys, remark
from meguri.show.money import dollars as money_dollars
from meguri.show.money import in_thousands, shared_out, split, whole_thousands
from meguri.show.money import rate_words as dated_rate
from meguri.show.office.extra import phrase
from meguri.show.office.quotes import FRONT, NONE, SINGLE, Quotes, Row
from meguri.show.spell import listing, missing, say, significant, unit_word, word

Words = list[str]
LEAST = 1e-9  # what solving leaves of nothing


def after(q: Quotes) -> str:
    """Year after the first day of the control at which competitiveness is asked for."""
    return f"{float(q.answer.manifest['after']):g}"


def rate_words(q: Quotes) -> str:
    """The dated rate that stands behind every amount in dollars."""
    return phrase("rate", q.lang, rate=dated_rate(q.answer.rate, q.lang))


def dollars(q: Quotes, plan: Row, column: str = "cost") -> str:
    """An amount of yen in dollars at the dated rate."""
    if missing(plan[column]):
        return phrase("unknown", q.lang)
    return q.cite(money_dollars(float(plan[column]), float(q.answer.rate.rate), q.lang), [plan], column)


def measure_names(q: Quotes, plan: Row, most: int = 0) -> str:
    """The measures of a plan in a row; beyond ``most`` the rest is counted."""
    names = [row.name(q.lang, "measure") for row in q.rows("plan_measures", plan=plan["plan"])]
    return listing(list(dict.fromkeys(names)), q.lang, most) or phrase("no_measure", q.lang)


def axes(q: Quotes, plan: Row) -> list[Words]:
    """The two axes, a row each: axis, doing nothing, the plan, gain, range over the worlds, simulator."""
    nothing = q.nothing()
    unknown = phrase("unknown", q.lang)
    return [
        [
            phrase("axis_time", q.lang),
            q.days(nothing, "time_d") if nothing else unknown,
            q.days(plan, "time_d"),
            q.more_days(plan, "time_gained_d"),
            q.span(plan, "time", q.days),
            q.days(plan, "sim_time_d"),
        ],
        [
            phrase("axis_share", q.lang, after=after(q)),
            q.share(nothing, "share") if nothing else unknown,
            q.share(plan, "share"),
            q.more_share(plan, "share_gained"),
            q.span(plan, "share", q.share),
            q.share(plan, "sim_share"),
        ],
    ]


def axes_heads(lang: Lang) -> Words:
    """Headings of :func:`axes`."""
    return [phrase(f"axes_{key}", lang) for key in ("axis", "none", "plan", "gained", "range", "simulated")]


def confirmed_words(q: Quotes, plan: Row) -> str:
    """What the simulator said to the plan: confirmed, not confirmed, not tried."""
    key = "untried" if missing(plan["confirmed"]) else "agreed" if bool(plan["confirmed"]) else "differs"
    return phrase(f"confirmed_{key}", q.lang)


def others(q: Quotes, plan: Row) -> list[Row]:
    """The plans not chosen: doing nothing, the front, then the rest; each in the order of the table."""
    rows = [row for row in q.rows("plans") if row["plan"] != plan["plan"]]
    return sorted(rows, key=lambda row: (row["role"] != NONE, row["role"] != FRONT))


def rivals(q: Quotes, plan: Row) -> list[Row]:
    """What could be decided instead: doing nothing and the plans of the front that differ from this one."""
    mine = q.taken(plan)
    kept = [row for row in others(q, plan) if row["role"] in (NONE, FRONT)]
    return [row for row in kept if row["role"] == NONE or q.taken(row) != mine]


def alternative(q: Quotes, row: Row) -> Words:
    """A plan as a row: name, thousands of yen, days until shortage, share kept, ready on, simulator."""
    doing = row["role"] != NONE
    return [
        row.name(q.lang),
        bare(q, row, "cost"),
        q.days(row, "time_d"),
        q.share(row, "share"),
        _date(q, row, "ready_on"),
        confirmed_words(q, row) if doing else phrase("dash", q.lang),
    ]


def alternative_heads(lang: Lang) -> Words:
    """Headings of :func:`alternative`."""
    return [phrase(f"other_{key}", lang) for key in ("plan", "cost", "time", "share", "ready", "confirmed")]


def bare(q: Quotes, row: Row, column: str) -> str:
    """Thousands of yen without the unit, for a column that is headed by it."""
    if missing(row[column]):
        return phrase("unknown", q.lang)
    return q.cite(f"{whole_thousands(float(row[column])):,}", [row], column)


Year = tuple[str, int, int, int, str]  # fiscal year, both, firm, state, budget; thousands of yen


def fiscal_years(q: Quotes, plan: Row, most: int = 0) -> tuple[list[Year], tuple[int, int, int]]:
    """Money by fiscal year and in all, in thousands that add up; years beyond ``most`` stand together."""
    rows = sorted(q.rows("plan_years", plan=plan["plan"]), key=lambda row: int(row["fiscal"]))
    groups = [(year, list(group)) for year, group in groupby(rows, key=lambda row: int(row["fiscal"]))]
    groups = [(year, group) for year, group in groups if sum(_money(row, "cost") for row in group) > 0]
    if most and len(groups) > most:
        groups = [*groups[: most - 1], (groups[most - 1][0], [r for _, g in groups[most - 1 :] for r in g])]
    parts = [
        tuple(sum(_money(row, f"cost_{who}") for row in g) for who in ("firm", "state")) for _, g in groups
    ]
    amounts, total = split([(part[0], part[1]) for part in parts])
    years = []
    for place, ((year, group), (both, firm, state)) in enumerate(zip(groups, amounts, strict=True)):
        open_end = most and place == most - 1 and len({int(row["fiscal"]) for row in group}) > 1
        name = phrase("fiscal_on", q.lang, year=year) if open_end else say("memo_fiscal", q.lang, year=year)
        for shown, column in ((both, "cost"), (firm, "cost_firm"), (state, "cost_state")):
            q.cite(f"{shown:,}", group, column)
        known = [row for row in group if not missing(row["budget"])]
        budget = sum(float(row["budget"]) for row in known)
        limit = q.cite(f"{whole_thousands(budget):,}", known, "budget") if known else phrase("dash", q.lang)
        years.append((name, both, firm, state, limit))
    return years, total


def _money(row: Row, column: str) -> float:
    return 0.0 if missing(row[column]) else float(row[column])


def paid(plan: Row) -> tuple[int, int, int]:
    """Money of the plan in thousands: both, firm, state; as its years add up."""
    return split([(_money(plan, "cost_firm"), _money(plan, "cost_state"))])[1]


def scheme_lines(q: Quotes, plan: Row, *, full: bool = False) -> Words:
    """Who pays what the firm does not: each public scheme with its rate and its part of the plan's money.

    ``full`` adds cap, dates, condition and source. The parts add up to what the state pays.
    """
    rows = [row for row in q.rows("plan_measures", plan=plan["plan"]) if _money(row, "cost_state") > 0]
    keys_ = list(dict.fromkeys(row.text("scheme") for row in rows))
    groups = [[row for row in rows if row.text("scheme") == key] for key in keys_]
    parts = shared_out([sum(_money(row, "cost_state") for row in group) for group in groups], paid(plan)[2])
    said = []
    for key, group, part in zip(keys_, groups, parts, strict=True):
        amount = q.cite(in_thousands(part, q.lang), group, "cost_state")
        scheme = next(iter(q.rows("schemes", scheme=key)), None)
        if scheme is None:  # a measure of the nation needs none
            said.append(phrase("scheme_nation", q.lang, amount=amount))
            continue
        fill = {"name": scheme.name(q.lang, "scheme"), "rate": q.rate(scheme, "rate"), "amount": amount}
        line = phrase("scheme_line", q.lang, **fill)
        said.append(line + (phrase("scheme_more", q.lang, **_terms(q, scheme)) if full else ""))
    return said


def _terms(q: Quotes, scheme: Row) -> dict[str, str]:
    """Cap, dates, condition and source of a scheme."""
    cap = phrase("unknown", q.lang)
    if not missing(scheme["cap"]):
        yen = scheme.text("currency") == "JPY"
        cap = q.jpy(scheme, "cap") if yen else q.amount(scheme, "cap", scheme.text("currency"))
    until = "" if missing(scheme["until"]) else q.iso(scheme, "until")
    return {
        "cap": cap, "since": q.iso(scheme, "since"), "until": until,
        "condition": scheme.text(f"condition_{q.lang}").rstrip("。."),
        "source": scheme.text("source").replace("|", ", ") or phrase("unknown", q.lang),
    }  # fmt: skip


def first_stop(q: Quotes, plan: Row) -> str:
    """The process that stops first under a plan and in how many worlds; nothing where none does."""
    if missing(plan["first_process"]):
        return ""
    name = plan.text(f"first_label_{q.lang}") or plan.text("first_process")
    return phrase("first_stop", q.lang, name=name, part=q.share(plan, "first_share"))


def first_stops(q: Quotes, plans: list[Row]) -> list[Words]:
    """The same as rows: plan, process, share of the worlds, days simulated."""
    return [
        [
            row.name(q.lang),
            row.text(f"first_label_{q.lang}") or row.text("first_process") or phrase("first_none", q.lang),
            phrase("dash", q.lang) if missing(row["first_share"]) else q.share(row, "first_share"),
            q.days(row, "sim_time_d"),
        ]
        for row in plans
        if not missing(row["sim_time_d"])
    ]


def first_heads(lang: Lang) -> Words:
    """Headings of :func:`first_stops`."""
    return [phrase(f"first_{key}", lang) for key in ("plan", "process", "part", "days")]


def budget_words(q: Quotes, plan: Row) -> str:
    """The budget, what the plan takes of it, and what is left."""
    budget, cost = whole_thousands(q.answer.budget), whole_thousands(_money(plan, "cost"))
    key = "budget_within" if cost <= budget else "budget_beyond"
    amounts = {"budget": budget, "cost": cost, "rest": abs(budget - cost)}
    return phrase(key, q.lang, **{name: in_thousands(n, q.lang) for name, n in amounts.items()})


def measure_rows(q: Quotes, plan: Row) -> list[Words]:
    """Measures of a plan: name, size, money of firm and state, running, dates, owner, grade."""
    rows = q.rows("plan_measures", plan=plan["plan"])
    amounts, _ = split([(_money(row, "cost_firm"), _money(row, "cost_state")) for row in rows])
    told = []
    for row, (_, firm, state) in zip(rows, amounts, strict=True):
        dates = [_date(q, row, f"{key}_on") for key in ("starts", "ready", "full", "expires")]
        told.append(
            [
                row.name(q.lang, "measure"),
                q.amount(row, "size", row.text("unit")),
                q.cite(f"{firm:,}", [row], "cost_firm"),
                q.cite(f"{state:,}", [row], "cost_state"),
                bare(q, row, "running"),
                *dates,
                named(row.text("owner"), "owner", q.lang),
                named(row.text("grade"), "grade", q.lang),
            ]
        )
    return told


def measure_heads(lang: Lang) -> Words:
    """Headings of :func:`measure_rows`."""
    names = (
        "name",
        "size",
        "firm",
        "state",
        "running",
        "starts",
        "ready",
        "full",
        "expires",
        "owner",
        "grade",
    )
    return [phrase(f"measure_{key}", lang) for key in names]


def _date(q: Quotes, row: Row, column: str) -> str:
    if missing(row[column]):
        return phrase("dash", q.lang)
    return q.cite(iso(row[column], q.lang), [row], column)


def iso(date: object, lang: Lang) -> str:
    """A day in figures, as a narrow column holds it.

    Examples
    --------
    >>> iso("2027-03-31", "ja"), iso("2027-03-31", "en")
    ('2027/3/31', '2027-03-31')
    """
    text = str(date)[:10]
    if lang == "en":
        return text
    year, month, number = text.split("-")
    return f"{year}/{int(month)}/{int(number)}"


def named(key: str, family: str, lang: Lang) -> str:
    """Word of a key of a family (owner, grade, risk …); the key itself where a user's own stands.

    Examples
    --------
    >>> named("firm", "owner", "ja"), named("my own", "owner", "ja"), named("", "owner", "ja")
    ('企業', 'my own', '―')
    """
    return word(f"{family}.{key}", "office", lang) if f"{family}.{key}" in keys("office") else key or "―"


def risk_lines(q: Quotes, plan: Row) -> Words:
    """Risks that a plan brings with it, a line each, and what it hangs on."""
    names = {row["measure"]: row.name(q.lang, "measure") for row in q.rows("plan_measures")}
    said = [
        phrase(
            "risk_line",
            q.lang,
            measure=names.get(row["measure"], row.text("measure")),
            risk=named(row.text("risk"), "risk", q.lang),
            direction=named(row.text("direction"), "direction", q.lang),
            note=_behind(remark(row.text("note"), q.lang), q.lang),
        )
        for row in _of_plan(q, plan, "risks")
    ]
    return [*said, *_dependence(q, plan, names)]


def _of_plan(q: Quotes, plan: Row, table: str) -> list[Row]:
    """Rows of a plan; where it has none, those of its measures under another plan, each once."""
    if own := q.rows(table, plan=plan["plan"]):
        return own
    mine = {row["measure"] for row in q.rows("plan_measures", plan=plan["plan"])}
    found = {
        tuple(str(cell) for name, cell in row.cells.items() if name != "plan"): row
        for row in q.rows(table)
        if row["measure"] in mine
    }
    return list(found.values())


def _behind(note: str, lang: Lang) -> str:
    return phrase("behind", lang, note=note) if note else ""


def _dependence(q: Quotes, plan: Row, names: dict[str, str]) -> Words:
    """One line for each kind of thing the plan hangs on."""
    rows = _of_plan(q, plan, "dependence")
    said = []
    for kind in dict.fromkeys(row.text("kind") for row in rows):
        things = [row.name(q.lang, "depends_on") for row in rows if row.text("kind") == kind]
        shown = listing(list(dict.fromkeys(names.get(thing, thing) for thing in things)), q.lang, most=4)
        said.append(phrase("depends_line", q.lang, kind=named(kind, "depends", q.lang), things=shown))
    return said


def doubts(q: Quotes) -> Words:
    """What is not confirmed or not known: simulator, gap, sovereignty, and the notes that say so."""
    return [*_unconfirmed(q), *_open_gap(q), *_unknown_sovereignty(q), *_note_lines(q)]


def _unconfirmed(q: Quotes) -> Words:
    said = []
    for row in q.rows("plans"):
        if row["role"] == NONE or (not missing(row["confirmed"]) and bool(row["confirmed"])):
            continue
        if missing(row["confirmed"]):
            if row["role"] != SINGLE:
                said.append(phrase("doubt_untried", q.lang, plan=row.name(q.lang)))
            continue
        found = {
            "time": q.days(row, "time_d"),
            "share": q.share(row, "share"),
            "sim_time": q.days(row, "sim_time_d"),
            "sim_share": q.share(row, "sim_share"),
        }
        said.append(phrase("doubt_differs", q.lang, plan=row.name(q.lang), **found))
    untried = sum(missing(row["confirmed"]) for row in q.rows("plans", role=SINGLE))
    return [*said, phrase("doubt_singles", q.lang, n=untried)] if untried else said


def _open_gap(q: Quotes) -> Words:
    return [
        phrase("doubt_gap", q.lang, plan=row.name(q.lang), gap=q.share(row, "gap"))
        for row in q.rows("plans")
        if not missing(row["gap"]) and float(row["gap"]) >= 1e-4
    ]


def _unknown_sovereignty(q: Quotes) -> Words:
    unknown = [row for row in q.rows("sovereignty") if missing(row["share"]) or _money(row, "unknown") > 0]
    names = list(dict.fromkeys(word(row["stage"], "stages", q.lang) for row in unknown))
    return [phrase("doubt_sovereignty", q.lang, names=listing(names, q.lang, most=5))] if names else []


def _note_lines(q: Quotes) -> Words:
    return [row.text(f"text_{q.lang}") for row in q.rows("notes") if row["level"] in ("doubt", "warning")]


def assumption_rows(q: Quotes, most: int) -> list[Words]:
    """Assumptions that move the answer most first: name, value, range, unit, grade, source, reason."""
    ranked = sorted(q.rows("assumptions"), key=lambda row: math.inf if missing(row["rank"]) else row["rank"])
    return [
        [
            row.name(q.lang, "parameter"),
            _number(q, row, "mode"),
            phrase("span", q.lang, low=_number(q, row, "low"), high=_number(q, row, "high")),
            unit_word(row.text("unit"), q.lang).strip() or phrase("dash", q.lang),
            named(row.text("grade"), "grade", q.lang),
            row.text("source").replace("|", ", ") or phrase("dash", q.lang),
            remark(row.text("note"), q.lang),
        ]
        for row in ranked[:most]
    ]


def _number(q: Quotes, row: Row, column: str) -> str:
    if missing(row[column]):
        return phrase("unknown", q.lang)
    return q.cite(significant(float(row[column])), [row], column)


def assumption_heads(lang: Lang) -> Words:
    """Headings of :func:`assumption_rows`."""
    names = ("name", "value", "range", "unit", "grade", "source", "note")
    return [phrase(f"assumption_{key}", lang) for key in names]


def source_rows(q: Quotes) -> list[Words]:
    """Sources: key, producer, title, date of publication, address."""
    columns = ("source", "producer", "title", "published", "url")
    return [[row.text(column) or phrase("dash", q.lang) for column in columns] for row in q.rows("sources")]


def source_heads(lang: Lang) -> Words:
    """Headings of :func:`source_rows`."""
    return [phrase(f"source_{key}", lang) for key in ("key", "producer", "title", "date", "url")]


def cited_rows(q: Quotes) -> list[Words]:
    """Every number shown with the cell it was read from, each once."""
    return [[one.shown, one.cell] for one in dict.fromkeys(q.cited)]


def some(q: Quotes, texts: Words, most: int) -> Words:
    """The first texts, and a line that counts the rest."""
    rest = len(texts) - most
    return [*texts[:most], phrase("rest_in_tables", q.lang, n=rest)] if rest > 0 else texts


def best(rows: list[Row], column: str) -> Row | None:
    """The row with the most of something; none where nobody has any."""
    known = [row for row in rows if not missing(row[column]) and float(row[column]) > LEAST]
    return max(known, key=lambda row: float(row[column]), default=None)


def unsure(q: Quotes, plan: Row) -> str:
    """A mark behind a plan that the simulator was run on and did not confirm; nothing behind any other."""
    differs = plan["role"] != NONE and not missing(plan["confirmed"]) and not bool(plan["confirmed"])
    return phrase("unsure", q.lang) if differs else ""
