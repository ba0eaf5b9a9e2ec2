"""What series show of a claim: figure, findings, and whether third countries stepped in."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from meguri.base.terms import Lang
from meguri.show.chart import Chart
from meguri.show.chronicle_words import tell, when
from meguri.show.claims_tables import foot, interval_of
from meguri.show.figures.claim_series import claim_series, has_months
from meguri.show.page import figure_html, table_html
from meguri.show.spell import listing, missing, percent, word

Tables = Mapping[str, pd.DataFrame]


def series_chart(own: Tables, lang: Lang) -> Chart | None:
    """The series of a claim that hold months as a figure; none where no series does."""
    findings = own.get("claim_findings")
    if findings is None or "claim_points" not in own or not has_months(findings, own["claim_points"]):
        return None
    row = own["claim_verdicts"].iloc[0]
    cause = interval_of({"earliest": row["cause_earliest"], "latest": row["cause_latest"]})
    breaks = own.get("claim_breaks", pd.DataFrame())
    return claim_series(
        findings, own["claim_points"], breaks, own["claim_series"], cause, key=f"series-{row['claim']}",
        lang=lang, footer=foot(own["claim_points"], lang=lang),
    )  # fmt: skip


def series_html(own: Tables, lang: Lang) -> str:
    """The series with monthly values as a figure, and what each of them shows as a table."""
    if "claim_findings" not in own:
        return ""
    findings, chart = own["claim_findings"], series_chart(own, lang)
    html = "" if chart is None else figure_html(chart)
    names = ("series", "role", "finding", "when", "change", "chance", "months", "coarser")
    rows = [_finding(one, own, lang) for one in findings.to_dict("records")]
    return html + listed_html("series", names, rows, lang)


def _finding(one: Mapping[Any, Any], own: Tables, lang: Lang) -> list[str]:
    sums = [] if missing(one["coarser_at_hand"]) else str(one["coarser_at_hand"]).split(" | ")
    return [
        _name(one, own, lang), tell(f"role.{one['role']}.{one['direction']}", lang),
        tell(f"finding.{one['finding']}", lang),
        "—" if missing(one["at"]) else when(one["at"], one["at"], lang), change_said(one["change"]),
        "—" if missing(one["p"]) else f"{float(one['p']):.3f}", str(one["months_at_hand"]),
        listing(sums, lang) if sums else "—",
    ]  # fmt: skip


def change_said(value: object) -> str:
    """A relative change in per cent, with its sign."""
    return "—" if missing(value) else f"{100 * float(str(value)):+.0f}%".replace("-", "−")


def detours_html(own: Tables, lang: Lang) -> str:
    """Whether third countries stepped in where deliveries fell, and for what part of the fall."""
    if "claim_detours" not in own:
        return ""
    rows = [
        [_name(one, own, lang), word(one["verdict"], "detour_words", lang),
         "—" if missing(one["reason"]) else word(one["reason"], "detour_words", lang),
         "—" if missing(one["explained"]) else percent(float(one["explained"]))]
        for one in own["claim_detours"].to_dict("records")
    ]  # fmt: skip
    return listed_html("detours", ("series", "verdict", "because", "explained"), rows, lang)


def _name(one: Mapping[Any, Any], own: Tables, lang: Lang) -> str:
    held = own.get("claim_series", pd.DataFrame(columns=["series"]))
    held = held[held["series"] == one["series"]]
    return str(one["series"]) if held.empty else str(held.iloc[0][f"label_{lang}"])


def listed_html(key: str, names: tuple[str, ...], rows: list[list[str]], lang: Lang) -> str:
    """A table under its heading."""
    heads = [tell(f"col.{name}", lang) for name in names]
    return f"<h4>{escape(tell(f'sub.{key}', lang))}</h4>\n" + table_html(
        heads, rows, [False] * len(names), key
    )
