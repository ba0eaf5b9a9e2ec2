"""Demand control: the deficit, mines and co-products, the fall taken apart, the thesis, a move."""

from __future__ import annotations

import math

import pandas as pd
from pages import cell, table, word

from meguri.base.terms import Lang, label, remark
from meguri.observe.packaged import facts
from meguri.respond.deficit import deficit_table
from meguri.respond.deficit_parts import document_parts
from meguri.respond.mine import document_glut, glut_ratio, outlets
from meguri.respond.relocation import relocation_table
from meguri.respond.thesis import thesis_table
from meguri.respond.thrift import decomposition, magnet_split
from meguri.scenario.read import read_scenario
from meguri.structure.chain import Chain

DATES = ("2010-07-26", "2024", "2025")
CHANGES = (("doc-002", 2007, 2011), ("jsnm", 2007, 2012))
MOVES = (("jp-magnet-proterial", "CN"), ("cn-magnet-tdk", "JP"))


def deficit(lang: Lang) -> str:
    """Japan's dysprosium of 2012: what is short after each measure, in the order they get ready."""
    heads = [word(key, lang) for key in ("step", "ready", "brings", "short", "closes")]
    rows = [
        [
            cell(row[f"label_{lang}"]),
            "" if math.isnan(row["ready"]) else str(int(row["ready"])),
            _range(row["added_low"], row["added_high"]),
            f"{row['mode']:,.0f} ({_range(row['low'], row['high'])})",
            word(f"closes.{row['closes']}", lang),
        ]
        for _, row in deficit_table(document_parts("Dy")).iterrows()
    ]
    return table(heads, rows)


def mines(lang: Lang) -> str:
    """NPV of the packaged projects with and without outlets, at prices of three dates and in a glut."""
    names = ("mine_project", "prices_of", "main_only", "all_sold", "npv_two", "basket_needed")
    heads = [word(key, lang) for key in names]
    projects = facts("mine_projects").set_index("project")[f"label_{lang}"]
    rows = [_mine(outlets(str(key), date), name, date) for key, name in projects.items() for date in DATES]
    surplus, market = document_glut()
    ratio = glut_ratio(surplus, market, "Nd")
    glutted = outlets("mt-weld", DATES[0], {"Nd": ratio.mode, "Pr": ratio.mode})
    rows.append(_mine(glutted, projects["mt-weld"], word("in_glut", lang, date=DATES[0])))
    line = word(
        "glut_line", lang, low=f"{surplus.span.low:,.0f}", high=f"{surplus.span.high:,.0f}",
        least=f"{market.span.low:,.0f}", most=f"{market.span.high:,.0f}", price=f"{ratio.mode:.2f}",
        bottom=f"{ratio.span.low:.2f}", top=f"{ratio.span.high:.2f}",
    )  # fmt: skip
    return table(heads, rows) + "\n" + line + "\n"


def _mine(found: pd.DataFrame, name: str, date: str) -> list[str]:
    cases = found.set_index("case")
    main, whole = cases.loc["main-only"], cases.loc["all-sold"]
    npv = " / ".join(
        f"{row['npv'] / 1e6:,.0f} ({row['npv_low'] / 1e6:,.0f}…{row['npv_high'] / 1e6:,.0f})"
        for row in (main, whole)
    )
    needed = f"{whole['basket_needed']:.0%}"
    return [cell(name), cell(date), f"{main['revenue']:.1f}", f"{whole['revenue']:.1f}", npv, needed]


def changes(lang: Lang) -> str:
    """The fall of demand in its terms, with the residual, for both sources."""
    parts = []
    for series, first, last in CHANGES:
        heads = [
            word("change_of", lang, series=word(f"series.{series}", lang), first=first, last=last),
            *(word(key, lang) for key in ("term_tonnes", "term_share", "grade", "basis")),
        ]
        rows = [
            [
                cell(label(row["term"], lang, "demand_control")),
                f"{row['mode']:,.0f} ({row['low']:,.0f}…{row['high']:,.0f})",
                f"{row['share']:.0%}",
                cell(label(row["grade"], lang, "grades")),
                cell(remark(row["note"], lang)),
            ]
            for _, row in decomposition(series, first, last).iterrows()
        ]
        parts.append(table(heads, rows))
    split = magnet_split().set_index("item")
    filled = {f"{item.replace('-', '_')}_{name}": f"{split.at[item, name]:+,.0f}" for item in split.index
              for name in ("per_magnet", "magnets", "change")}  # fmt: skip
    return "\n".join([*parts, word("split_line", lang, **filled), ""])


def thesis(lang: Lang) -> str:
    """Claims of document 002 with their tests, figures and verdicts."""
    heads = [word(key, lang) for key in ("side", "claim", "decided_by", "seen", "wanted", "judged")]
    rows = [
        [
            word(f"side.{row['side']}", lang),
            cell(row[f"claim_{lang}"]),
            cell(row[f"decided_by_{lang}"]),
            _seen(row["seen_low"], row["seen_high"], row["unit"]),
            _wanted(row, lang),
            word(f"verdict.{row['verdict']}", lang),
        ]
        for _, row in thesis_table().iterrows()
    ]
    return table(heads, rows)


def _wanted(row: pd.Series, lang: Lang) -> str:
    if math.isnan(row["wanted_low"]):
        return ""
    return word(row["comparator"], lang, value=_seen(row["wanted_low"], row["wanted_high"], row["unit"]))


def moves(lang: Lang) -> str:
    """A process moved to the controlling economy, and one brought home, under the licences of 2025."""
    chain, scenario = Chain.example("ndfeb-japan@2024"), read_scenario("2025-medium-heavy-rare-earths")
    names = chain.nodes.set_index("node")[f"label_{lang}"]
    parts = []
    for node, to in MOVES:
        head = word("move_of", lang, node=cell(names[node]), to=label(to, lang, "countries"))
        heads = [head, *(word(key, lang) for key in ("before", "after", "direction"))]
        rows = [
            [
                word(f"world.{row['world']}", lang) + word(f"quantity.{row['quantity']}", lang),
                _amount(row["before"], row["quantity"], lang),
                _amount(row["after"], row["quantity"], lang),
                word(f"direction.{row['direction']}", lang),
            ]
            for _, row in relocation_table(chain, scenario, [node], to).iterrows()
        ]
        parts.append(table(heads, rows))
    return "\n".join(parts)


def _amount(value: float, quantity: str, lang: Lang) -> str:
    if quantity in ("across", "made_abroad", "share_ends"):
        return f"{value:.0%}"
    return word("not_in_time", lang) if math.isnan(value) else f"{value:,.0f}"


def _range(low: float, high: float) -> str:
    return f"{low:,.0f}" if low == high else f"{low:,.0f}…{high:,.0f}"


def _seen(low: float, high: float, unit: str) -> str:
    if math.isnan(low):
        return "—"
    ends = [_plain(end) for end in ((low,) if low == high else (low, high))]
    return "–".join(ends) + ("" if unit in ("", "1", "a") else f" {unit}")


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 3000 else f"{value:g}"
