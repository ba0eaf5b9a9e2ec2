"""Claims and their verdicts: what dates and series allow, what speaks for and against, and the forecasts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from meguri.app.web.desk import OWN, Desk
from meguri.app.web.kinds.claims import both, quick, read, searched
from meguri.app.web.pages.card_worth import onward
from meguri.app.web.question import Asked
from meguri.app.web.view import Headline, Run, Section, Table, View, Way
from meguri.base.terms import LANGS, Lang, label
from meguri.show.chart import Chart
from meguri.show.chronicle_said import VERDICTS, forecasts_said, verdicts_said
from meguri.show.chronicle_words import actor_word, days_said, tell, verdict_word, when
from meguri.show.claims import because, of_claim, said_by
from meguri.show.claims_series import series_chart
from meguri.show.claims_tables import columns_of, counted, foot, sources_of
from meguri.show.figures.claim_order import claim_order
from meguri.show.figures.forecast_scores import forecast_scores
from meguri.show.spell import missing, word
from meguri.structure.forecasts import forecasts

Tables = Mapping[str, pd.DataFrame]
SECONDS = 40.0  # of the search of all packaged series


def view(asked: Asked, desk: Desk, lang: Lang) -> View:
    """All claims with their verdicts and the forecasts, or one claim with all it rests on."""
    own = asked["claim"] if asked["claim"].startswith(OWN) else ""
    params = {"part": "claims", "claim": own}
    folder = desk.answer("claims", params)
    kept = {} if folder is None else read(folder)
    tables = kept if own else both(quick(), kept)
    run = (Run("claims", params, SECONDS),) if folder is None else ()
    if asked["claim"] and not own:
        return one_claim(tables, run, asked, lang)
    return every_claim(tables, run, asked, lang)


def every_claim(tables: Tables, run: tuple[Run, ...], asked: Asked, lang: Lang) -> View:
    """The table of all claims; one whose search was not run yet has no verdict and says so."""
    told = forecasts()
    if not len(tables.get("claim_verdicts", ())):
        title = label("claims_wait", lang, "web_card")
        return View(title, sections=(onward("claims", asked, lang),), runs=run)
    waiting = [] if not run or asked["claim"] else searched()
    lead = [label("claims_lead", lang, "web_card")]
    if waiting:
        lead.append(label("claims_open", lang, "web_card", n=len(waiting)))
    heads = [
        Headline(verdict_word(key, lang), label("claims_n", lang, "web_card", n=n),
                 label("claims_of", lang, "web_card", all=len(tables["claim_verdicts"])))
        for key, n in counted(tables, VERDICTS).items()
    ]  # fmt: skip
    listed = Table(
        "claims", tell("sec.claims", lang), _listed(tables, waiting, lang), "web_claims", open=True
    )
    chart = forecast_scores(told, lang=lang, footer=foot(told, lang=lang))
    results = Table(
        "forecasts-judged", tell("sec.forecasts", lang), _forecasts(chart.table, lang), "web_forecasts"
    )
    said = forecasts_said(told, lang)
    return View(
        title=verdicts_said(tables, lang),
        lead=lead,
        headlines=heads,
        sections=(
            Section("claims", tell("sec.claims", lang), tables=(listed,), ways=_ways(tables, asked, lang)),
            Section("forecasts", tell("sec.forecasts", lang), (said,), (chart,), (results,)),
            onward("claims", asked, lang),
        ),
        sources=sources_of([*tables.values(), told]),
        runs=run,
    )


def _listed(tables: Tables, waiting: list[Any], lang: Lang) -> pd.DataFrame:
    """Rows of ``web_claims``: as said, by whom, the verdict and its rule; those not judged yet at the end."""
    rows = [
        {"claim": row["claim"], **{f"text_{one}": row[f"text_{one}"] for one in LANGS},
         "who": said_by(row, lang), "verdict": verdict_word(row["verdict"], lang),
         "because": because(row, lang)}
        for row in tables["claim_verdicts"].to_dict("records")
    ]  # fmt: skip
    held = {row["claim"] for row in rows}
    rows += [
        {"claim": one.id, "text_en": one.text_en, "text_ja": one.text_ja, "who": _who(one, lang),
         "verdict": label("not_run", lang, "web_card"), "because": label("not_run_why", lang, "web_card")}
        for one in waiting if one.id not in held
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _who(claim: Any, lang: Lang) -> str:
    return said_by({"who": claim.who, "document": claim.document, "line": claim.line}, lang)


def _ways(tables: Tables, asked: Asked, lang: Lang) -> list[Way]:
    """A link to each claim with all it rests on; a file of the reader shows its claims at once."""
    if asked["claim"]:
        return []
    return [
        Way(f"{row['claim']}: {row[f'text_{lang}']}", "card", {**asked, "claim": str(row["claim"])})
        for row in tables["claim_verdicts"].to_dict("records")
    ]


def _forecasts(table: pd.DataFrame, lang: Lang) -> pd.DataFrame:
    """Rows of ``web_forecasts``: as said, both dates, the score and what decides."""
    rows = [
        {**{f"text_{one}": row[f"text_{one}"] for one in LANGS},
         "issued": when(row["issued"], row["issued"], lang), "due": when(row["due"], row["due"], lang),
         "score": tell(f"score.{row['score']}", lang),
         **{f"decided_by_{one}": row[f"decided_by_{one}"] for one in LANGS}}
        for row in table.to_dict("records")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def one_claim(tables: Tables, run: tuple[Run, ...], asked: Asked, lang: Lang) -> View:
    """A claim as said, its verdict, and the figures and lists it rests on."""
    name = asked["claim"]
    if name not in set(tables["claim_verdicts"]["claim"]):
        said = next(one for one in searched() if one.id == name)
        return View(
            tell("quoted", lang, text=said.text_ja if lang == "ja" else said.text_en),
            lead=(_who(said, lang), label("claim_wait", lang, "web_card")),
            sections=(onward("claims", asked, lang),),
            runs=run,
        )
    own = of_claim(tables, name)
    row = own["claim_verdicts"].iloc[0].to_dict()
    rule = because(row, lang)
    more = str(row[f"why_{lang}"]).removeprefix(rule).strip()
    return View(
        title=tell("quoted", lang, text=row[f"text_{lang}"]),
        lead=[text for text in (tell("one.kicker", lang, claim=name, who=said_by(row, lang)), more) if text],
        headlines=(Headline(tell("col.verdict", lang), verdict_word(row["verdict"], lang), rule),),
        sections=(*parts(own, lang), _back(asked, lang), onward("claims", asked, lang)),
        sources=sources_of(own.values()),
    )


def _back(asked: Asked, lang: Lang) -> Section:
    way = Way(label("way_all_claims", lang, "web_card"), "card", {**asked, "claim": ""})
    return Section("all", label("sec_all_claims", lang, "web_card"), ways=(way,))


def parts(own: Tables, lang: Lang) -> list[Section]:
    """Dates, series, and lists of one claim; one without rows is left out."""
    found = []
    charts = [chart for chart in (_order(own, lang), series_chart(own, lang)) if chart is not None]
    if charts:
        found.append(Section("figures", label("sec_dates", lang, "web_card"), charts=charts))
    tables = [table for part in LISTS if (table := part(own, lang)) is not None]
    if tables:
        found.append(Section("lists", label("sec_lists", lang, "web_card"), tables=tables))
    return found


def _order(own: Tables, lang: Lang) -> Chart | None:
    if "claim_readings" not in own:
        return None
    row, readings = own["claim_verdicts"].iloc[0], own["claim_readings"]
    competing = own.get("claim_competing", pd.DataFrame())
    chart = claim_order(
        readings, competing, order=str(row["order"]), key=f"order-{row['claim']}", lang=lang,
        footer=foot(readings, lang=lang),
    )  # fmt: skip
    known = [name for name in chart.table if name in columns_of(chart.declared)]
    return replace(chart, table=chart.table[known])


def _texts(one: Mapping[Any, Any]) -> dict[str, str]:
    return {f"text_{lang}": str(one[f"text_{lang}"]) for lang in LANGS}


def _place(one: Mapping[Any, Any], lang: Lang) -> str:
    if missing(one["document"]):
        return ""
    line = "—" if missing(one["line"]) else int(one["line"])
    return tell("place", lang, document=one["document"], line=line)


def _evidence(own: Tables, lang: Lang) -> Table | None:
    if "claim_evidence" not in own:
        return None
    rows = []
    for one in own["claim_evidence"].to_dict("records"):
        first, _, last = ("" if missing(one["date"]) else str(one["date"])).partition("/")
        rows.append({"side": tell(f"side.{one['side']}", lang), **_texts(one),
                     "when": when(first, last or first, lang) if first else "", "place": _place(one, lang),
                     "source": one["source"]})  # fmt: skip
    return Table("evidence", tell("sub.evidence", lang), pd.DataFrame(rows), "web_claim_evidence", open=True)


def _contradictions(own: Tables, lang: Lang) -> Table | None:
    if "claim_contradictions" not in own:
        return None
    rows = [{**_texts(one), "place": _place(one, lang)}
            for one in own["claim_contradictions"].to_dict("records")]  # fmt: skip
    return Table("contradictions", tell("sub.contradictions", lang), pd.DataFrame(rows), "web_claim_evidence")


def _decides(own: Tables, lang: Lang) -> Table | None:
    if "claim_would_decide" not in own:
        return None
    rows = [_texts(one) for one in own["claim_would_decide"].to_dict("records")]
    return Table(
        "decides", tell("sub.would_decide", lang), pd.DataFrame(rows), "web_claim_evidence", open=True
    )


def _findings(own: Tables, lang: Lang) -> Table | None:
    """What each series shows: the role it has, the finding, when and by how much."""
    if "claim_findings" not in own:
        return None
    held = own.get("claim_series", pd.DataFrame(columns=["series"])).set_index("series")
    rows = [
        {"series": held.at[one["series"], f"label_{lang}"] if one["series"] in held.index else one["series"],
         "role": tell(f"role.{one['role']}.{one['direction']}", lang),
         "finding": tell(f"finding.{one['finding']}", lang),
         "at": "" if missing(one["at"]) else when(one["at"], one["at"], lang),
         "change": one["change"], "p": one["p"], "months_at_hand": one["months_at_hand"]}
        for one in own["claim_findings"].to_dict("records")
    ]  # fmt: skip
    return Table("series", tell("sub.series", lang), pd.DataFrame(rows), "claim_findings", open=True)


def _detours(own: Tables, lang: Lang) -> Table | None:
    """Whether third countries stepped in."""
    if "claim_detours" not in own:
        return None
    held = own.get("claim_series", pd.DataFrame(columns=["series"])).set_index("series")
    rows = [
        {"series": held.at[one["series"], f"label_{lang}"] if one["series"] in held.index else one["series"],
         "verdict": word(one["verdict"], "detour_words", lang),
         "reason": "" if missing(one["reason"]) else word(one["reason"], "detour_words", lang),
         "explained": one["explained"]}
        for one in own["claim_detours"].to_dict("records")
    ]  # fmt: skip
    return Table("detours", tell("sub.detours", lang), pd.DataFrame(rows), "claim_detours", open=True)


def _competing(own: Tables, lang: Lang) -> Table | None:
    """Other events that could have contributed."""
    if "claim_competing" not in own:
        return None
    rows = [
        {"dates": days_said(one["earliest"], one["latest"], lang),
         **{f"label_{each}": one[f"label_{each}"] for each in LANGS},
         "when": tell(f"when.{one['when']}", lang), "shared": tell(f"shared.{one['shared']}", lang),
         "actor": actor_word(one["actor"], lang), "source": one["source"]}
        for one in own["claim_competing"].to_dict("records")
    ]  # fmt: skip
    title = tell("sub.competing", lang, n=len(rows))
    return Table("competing", title, pd.DataFrame(rows), "web_claim_competing")


def _searches(own: Tables, lang: Lang) -> Table | None:
    if "claim_searches" not in own:
        return None
    one = own["claim_searches"].iloc[0].to_dict()
    rows = [
        {f"text_{each}": tell("searched", each, n=int(one["count"]), day=when(one["date"], one["date"], each),
                              where=one[f"where_{each}"]) for each in LANGS}
    ]  # fmt: skip
    return Table("searches", tell("sub.searches", lang), pd.DataFrame(rows), "web_claim_evidence", open=True)


LISTS = (
    _findings, _detours, _evidence, _contradictions, _decides, _searches, _competing,
)  # fmt: skip
