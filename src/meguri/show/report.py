"""The report: one page that opens from a file, prints on A4 and shows where every number comes from."""

from __future__ import annotations

import datetime as dt
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.terms import Lang, remark
from meguri.show import charts, tornado, trail
from meguri.show.backdrop import backdrop
from meguri.show.basis import Told, begins, controlled, horizon_of, start_of
from meguri.show.effects import indirect_html, lost_html, quality_html, shadow_html
from meguri.show.headline import headline, home_sentences
from meguri.show.page import figure_html, frame_html, page
from meguri.show.phrases import answer, assumption_sentences, top_assumptions
from meguri.show.spell import as_date, day, era, fiscal_half, missing, months, say, word
from meguri.show.tables import assumptions_table, controls_table, sources_table, survival_table
from meguri.show.tiles import tiles_html


def report(outcome: Told, lang: Lang, path: str | Path) -> Path:
    """Write the report; either the whole page is there or nothing has changed."""
    write_atomically(Path(path), report_html(outcome, lang).encode("utf-8"))
    return Path(path)


def report_html(outcome: Told, lang: Lang) -> str:
    """The report as one HTML document.

    Parameters
    ----------
    outcome : Outcome
        What a study found.
    lang : {"en", "ja"}
        Language of the reader.
    """
    survival, stocks, price, production, structure, recovery = charts(outcome, lang)
    sections = [
        ("stops", controls_table(outcome, lang) + figure_html(survival) + survival_table(outcome, lang)),
        ("why", why_html(outcome, lang)),
        ("cover", figure_html(stocks)),
        ("price", figure_html(price) + shadow_html(outcome, lang)),
        ("production", figure_html(production) + lost_html(outcome, lang)),
        ("structure", figure_html(structure)),
        ("indirect", indirect_html(outcome, lang)),
        ("recovery", figure_html(recovery) + quality_html(outcome, lang)),
        *backdrop(tuple(controlled(outcome)), lang),
        ("top", top_html(outcome.table("assumptions"), lang) + moved_html(outcome, lang)),
        ("assumptions", assumptions_table(outcome.table("assumptions"), lang)),
        ("notes", notes_html(outcome.notes(), lang)),
        ("sources", sources_table(outcome.sources(), lang)),
        ("again", again_html(outcome.manifest, lang)),
    ]
    body = head_html(outcome, lang) + "".join(
        f'<section id="{key}"><h2>{say(f"sec_{key}", lang)}</h2>\n{html}</section>\n'
        for key, html in sections
    )
    title = f"{scenario_name(outcome.manifest, lang)} | meguri"
    return page(body + f'<p class="quiet end">{say("disclaimer", lang)}</p>\n', title=title, lang=lang)


def why_html(outcome: Told, lang: Lang) -> str:
    """The trail of the end user that loses most, and the places where losses begin."""
    steps = trail(outcome, lang)
    if steps is None:
        return f"<p>{say('why_nobody', lang)}</p>\n"
    materials = outcome.chain.materials
    products = dict(zip(materials["material"], materials[f"label_{lang}"], strict=True))
    rows = outcome.table("bottlenecks").drop(columns=["node", "why_en" if lang == "ja" else "why_ja"])
    rows = rows.assign(input=rows["input"].map(products).fillna("—"))
    places = frame_html(rows, "bottlenecks", lang)
    return f"{figure_html(steps)}<h3>{say('bottlenecks_head', lang)}</h3>\n{places}"


def moved_html(outcome: Told, lang: Lang) -> str:
    """The figure of what each assumption moves; nothing where none moves a day."""
    found = tornado(outcome, lang)
    return "" if found is None else figure_html(found)


def scenario_name(manifest: dict[str, Any], lang: Lang) -> str:
    """Name of the scenario in the reader's language."""
    scenario = manifest["scenario"]
    label = scenario.get("label") or {}
    return str(label.get(lang) or label.get("en") or scenario["name"])


def chain_name(manifest: dict[str, Any], lang: Lang) -> str:
    """Name and year of the chain."""
    chain = manifest["chain"]
    label = chain.get("label") or {}
    name = label.get(lang) if isinstance(label, dict) else label
    year = chain.get("as_of")
    shown = str(name or chain["name"])
    return shown if missing(year) else say("report_asof", lang, chain=shown, year=year)


def head_html(outcome: Told, lang: Lang) -> str:
    """Scenario, the answer in a few lines, four numbers, and the rest of the answer."""
    manifest, start = outcome.manifest, start_of(outcome)
    end = as_date(start) + dt.timedelta(days=round(horizon_of(outcome)))
    meta = say(
        "report_meta",
        lang,
        chain=chain_name(manifest, lang),
        since=say("begins_control" if begins(outcome) else "begins_day", lang),
        start=day(start, lang),
        era=era(start) if lang == "ja" else "",
        fiscal=fiscal_half(start, lang),
        months=months(horizon_of(outcome), lang),
        end=day(end, lang),
        runs=f"{manifest['runs']:,}",
    )
    lead, detail = headline(outcome, lang)
    home = home_sentences(outcome, lang)
    rest = answer(outcome, lang)[1 + len(home) :]
    below = "".join(f'<p class="home">{escape(sentence)}</p>\n' for sentence in home)
    lines = "".join(f"<li>{escape(sentence)}</li>\n" for sentence in rest)
    return (
        f'<header>\n<p class="kicker">{say("report_kicker", lang)}</p>\n'
        f"<h1>{escape(scenario_name(manifest, lang))}</h1>\n"
        f'<p class="lead">{escape(lead)}</p>\n'
        f'<p class="detail">{escape(detail)}</p>\n{below}{tiles_html(outcome, lang)}'
        f'<ul class="answer">\n{lines}</ul>\n'
        f'{reasons_html(manifest, lang)}<p class="quiet">{escape(meta)}</p>\n</header>\n'
    )


def reasons_html(manifest: dict[str, Any], lang: Lang) -> str:
    """The authority's own reasons, each as a quotation with the key of its source."""
    reasons = manifest["scenario"].get("reasons") or []
    if not reasons:
        return ""
    quoted = "".join(
        f'<p class="reason">{quotation(str(reason["text"]))} '
        f'<span class="quiet">[{escape(str(reason["source"]))}]</span></p>\n'
        for reason in reasons
    )
    return f'<div class="reasons"><b>{say("sec_reason", lang)}</b>\n{quoted}</div>\n'


def quotation(text: str) -> str:
    """Words of others as a quotation; marks around all of them give way to those of the page.

    Examples
    --------
    >>> quotation("“for safety”"), quotation("“for safety” (Article XX)")
    ('<q>for safety</q>', '“for safety” (Article XX)')
    """
    inner = text.strip().removeprefix("“").removesuffix("”")
    return escape(text.strip()) if "“" in inner or "”" in inner else f"<q>{escape(inner)}</q>"


def _weight(row: dict[Any, Any]) -> float:
    """How much an assumption moves the answer: days where it was tried, else the correlation."""
    return abs(float(row["effect"] if missing(row.get("swing")) else row["swing"]))


def top_html(assumptions: pd.DataFrame, lang: Lang) -> str:
    """The three assumptions the answer depends on most, each with its direction and a bar."""
    rows = top_assumptions(assumptions).to_dict("records")
    most = max((_weight(row) for row in rows), default=1.0)
    items = []
    for place, sentence in enumerate(assumption_sentences(assumptions, lang)):
        about = ""
        if place < len(rows):
            row = rows[place]
            width = 100 * _weight(row) / max(most, 1e-9)
            note = "" if missing(row.get("note")) else escape(remark(str(row["note"]), lang))
            grade = word(f"grade.{row['grade']}", "phrases", lang)
            about = (
                f'<span class="bar"><i style="width:{width:.0f}%"></i></span>'
                f'<span class="quiet">{escape(grade)}{" · " if note else ""}{note}</span>'
            )
        items.append(f"<li><p>{escape(sentence)}</p>{about}</li>\n")
    return f'<ol class="top">\n{"".join(items)}</ol>\n'


def notes_html(notes: pd.DataFrame, lang: Lang) -> str:
    """Notes, the gravest first."""
    if notes.empty:
        return f"<p>{say('no_notes', lang)}</p>\n"
    grave = {"warning": 0, "doubt": 1, "info": 2}
    items = "".join(
        f'<li class="{escape(str(row["level"]), quote=True)}">'
        f"<b>{escape(word('level.' + str(row['level']), 'phrases', lang))}</b> "
        f"{escape(str(row[f'text_{lang}']))}"
        + (
            ""
            if missing(row.get("source"))
            else f' <span class="quiet">[{escape(str(row["source"]))}]</span>'
        )
        + "</li>\n"
        for row in sorted(notes.to_dict("records"), key=lambda row: grave.get(str(row["level"]), 3))
    )
    return f'<ul class="notes">\n{items}</ul>\n'


def again_html(manifest: dict[str, Any], lang: Lang) -> str:
    """Command, seed, versions, checksums and hash that give the same answer again."""
    scenario, chain = manifest["scenario"]["name"], manifest["chain"]
    at = "" if missing(chain.get("as_of")) else f"@{chain['as_of']}"
    repeat = f"--runs {manifest['runs']} --seed {manifest['seed']}"
    command = f"meguri stress {scenario} --chain {chain['name']}{at} {repeat}"
    facts = [
        (say("again_command", lang), command),
        (say("again_seed", lang), str(manifest["seed"])),
        (say("again_runs", lang), str(manifest["runs"])),
        (say("again_hash", lang), str(manifest["hash"])),
        (say("again_versions", lang), _pairs(manifest.get("versions"))),
        (say("again_data", lang), _pairs(manifest.get("data"))),
    ]
    cells = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(value)}</code></dd>\n" for name, value in facts if value
    )
    return f'<p>{say("again_lead", lang)}</p>\n<dl class="again">\n{cells}</dl>\n'


def _pairs(values: object) -> str:
    if isinstance(values, dict):
        return ", ".join(f"{key} {value}" for key, value in sorted(values.items()))
    return "" if missing(values) else str(values)
