"""Drafts from a card: 事業継続力強化計画, ローカルベンチマーク, and a talk about prices (価格交渉)."""

from __future__ import annotations

from meguri.base.terms import Lang
from meguri.show.safetynet_words import (
    hours_number,
    industries,
    known,
    kpi,
    net_word,
    people_sentence,
    worth_words,
)
from meguri.show.spell import day, listing
from meguri.structure.safetynet_answer import SafetyAnswer

Text = tuple[str, list[str]]
FOR = {  # which drafts serve which reader
    "internal": ("continuity", "benchmark", "price"), "bank": ("benchmark",), "ministry": ("continuity",),
    "customer": ("price",),
}  # fmt: skip


def texts_of(answer: SafetyAnswer, audience: str, lang: Lang) -> list[Text]:
    """Heading and lines of each draft for a reader; figures that are refused are said not to be known."""
    makers = {"continuity": continuity, "benchmark": benchmark, "price": price}
    return [(net_word(f"text.{name}", lang), makers[name](answer, lang)) for name in FOR[audience]]


def continuity(answer: SafetyAnswer, lang: Lang) -> list[str]:
    """For the plan to strengthen business continuity: what the firm does, what a standstill means, people."""
    facts = answer.facts
    names = [str(name) for name in answer.table("card_people")["process"]]
    bare = bool(kpi(answer, "recovery_median")["reason"] or kpi(answer, "recovery_p90")["reason"])
    questions = len(answer.table("tacit_items"))
    said = []
    if names and len(answer.table("card_customers")):
        fill = {"processes": listing(names, lang, most=4), "industries": industries(answer, lang)}
        said.append(net_word("continuity_1", lang, **fill))
    times = {name: known(answer, f"recovery_{name}", lang) for name in ("median", "p90")}
    said.append(
        net_word("continuity_2_bare" if bare else "continuity_2", lang, stops=facts["stops"], **times)
    )
    said.append(net_word("continuity_3", lang, people=people_sentence(answer, lang)))
    key = "continuity_4" if questions else "continuity_4_bare"
    return [*said, net_word(key, lang, questions=questions)]


def benchmark(answer: SafetyAnswer, lang: Lang) -> list[str]:
    """For the four views of the local benchmark that no balance sheet holds."""
    fill = {
        "uptime": known(answer, "uptime", lang), "life": known(answer, "life_extension", lang),
        "retrofit": known(answer, "retrofit_ratio", lang),
    }  # fmt: skip
    said = [
        net_word("benchmark_1", lang, people=people_sentence(answer, lang)),
        net_word("benchmark_2", lang, **fill),
    ]
    if len(answer.table("card_customers")):
        said.append(net_word("benchmark_3", lang, industries=industries(answer, lang)))
    return [*said, net_word("benchmark_4", lang, rows=f"{answer.facts['rows']:,}")]


def price(answer: SafetyAnswer, lang: Lang) -> list[str]:
    """For a price talk: unpaid service, itemised."""
    table, facts = answer.table("card_unpaid"), answer.facts
    if table.empty:
        return [net_word("price_none", lang)]
    total = {"hours": hours_number(table["hours"].sum()), "jobs": int(table["jobs"].sum())}
    dates = {"first": day(facts["first"], lang), "last": day(facts["as_of"], lang)}
    lines = [
        net_word("unpaid_line", lang, process=row["process"], hours=hours_number(row["hours"]),
                 jobs=int(row["jobs"]))
        for row in table.to_dict("records")
    ]  # fmt: skip
    joint = "、" if lang == "ja" else "; "
    said = [net_word("price_1", lang, **dates, **total), net_word("price_2", lang, lines=joint.join(lines))]
    if facts["rate"] and table["worth"].notna().all():
        return [*said, net_word("price_3", lang, **worth_words(table, facts["rate"], lang))]
    return [*said, net_word("price_3_bare", lang)]
