"""The risk report: sectors against metals, scores beside published ones, and the paths behind an exposure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from meguri.base.files import write_atomically
from meguri.base.sources import cited
from meguri.base.terms import Lang
from meguri.show.basis import footer, weakest_grade
from meguri.show.chart import Chart
from meguri.show.figures.axes import number_or_none
from meguri.show.figures.heat import sector_heat
from meguri.show.figures.paths import path_bars
from meguri.show.figures.scores import (
    published_against_computed,
    reasons_of,
    shown_score,
    two_modes,
)
from meguri.show.gather import table_of
from meguri.show.page import figure_html, page, table_html
from meguri.show.spell import listing, missing, percent, say, word

Tables = Mapping[str, pd.DataFrame]
Row = dict[Any, Any]
FIRST = 30  # rows of a table before the fold
MODES = ("geopolrisk", "geopolrisk-compat")
MEASURES = ("score", "sr", "ei")  # those that sum a method up; the others stand behind them


def risk_page(tables: Tables, lang: Lang, path: str | Path) -> Path:
    """Write the risk report as one self-contained page.

    Parameters
    ----------
    tables : mapping of declared table name to DataFrame
        Any of ``sector_exposure``, ``risk_scores``, ``exposure_paths``, ``tier_exposure``.
    lang : {"en", "ja"}
        Language of the reader.
    path : str or Path
        File to write.
    """
    write_atomically(Path(path), risk_html(tables, lang).encode("utf-8"))
    return Path(path)


def risk_html(tables: Tables, lang: Lang) -> str:
    """The risk report as one HTML document."""
    parts = risk_sections(tables, lang)
    body = (
        f'<header>\n<p class="kicker">{say("risk_kicker", lang)}</p>\n'
        f"<h1>{say('risk_heading', lang)}</h1>\n</header>\n"
    )
    body += "".join(
        f'<section id="{key}"><h2>{say(f"sec_{key}", lang)}</h2>\n{html}</section>\n' for key, html in parts
    )
    return page(
        body + f'<p class="quiet end">{say("disclaimer", lang)}</p>\n',
        title=f"{say('risk_heading', lang)} | meguri",
        lang=lang,
    )


def risk_sections(tables: Tables, lang: Lang) -> list[tuple[str, str]]:
    """Sections of the report that have something to show: key and HTML."""
    matrix, scores = table_of(tables, "sector_exposure"), table_of(tables, "risk_scores")
    paths = table_of(tables, "exposure_paths")
    found = []
    if len(matrix):
        figure = sector_heat(matrix, lang=lang, footer=_of(matrix, lang))
        found.append(("heat", figure_html(figure) + matrix_table(matrix, lang)))
    if len(scores):
        html = "".join(figure_html(chart) for chart in score_charts(scores, lang))
        found.append(("scores", html + scores_table(scores, lang)))
    if len(paths):
        html = "".join(
            figure_html(chart) for chart in path_charts(paths, table_of(tables, "tier_exposure"), lang)
        )
        found.append(("paths", html))
    return found


def _of(table: pd.DataFrame, lang: Lang) -> str:
    return footer(cited(table["source"].dropna()), weakest_grade(table), lang)


def score_charts(scores: pd.DataFrame, lang: Lang) -> list[Chart]:
    """Computed against published, and the two modes of one method for each economy and year."""
    charts = []
    for measure, threshold in (("sr", 1.0), ("ei", 2.8)):
        rows = scores[(scores["measure"] == measure) & (scores["method"] == "ec")]
        if rows["published"].notna().any():
            chart = published_against_computed(
                rows, measure=measure, threshold=threshold, lang=lang, footer=_of(rows, lang)
            )
            charts.append(chart)
    both = scores[scores["method"].isin(MODES) & (scores["measure"] == "score")]
    for (economy, year), rows in both.groupby(["economy", "year"]):
        name = word(economy, "economies", lang)
        name = word(economy, "countries", lang) if name == economy else name
        about = f"{name}、{year}年。" if lang == "ja" else f"{name}, {year}."
        charts.append(two_modes(rows, modes=MODES, about=about, lang=lang, footer=_of(rows, lang)))
    return charts


def path_charts(paths: pd.DataFrame, exposures: pd.DataFrame, lang: Lang) -> list[Chart]:
    """The paths of every node and country asked for."""
    charts = []
    for (node, to, measure), rows in paths.groupby(["node", "to", "measure"], sort=False):
        same = (exposures["node"] == node) & (exposures["to"] == to) & (exposures["measure"] == measure)
        known = exposures.loc[same & (exposures["tiers"] == "all"), "value"].dropna()
        total = float(known.iloc[0]) if len(known) else float(rows["weight"].sum() / rows["part"].sum())
        first = str(rows[f"path_{lang}"].iloc[0]).split(" ← ")[0]
        what = say("paths_what", lang, node=first, country=word(to, "countries", lang))
        charts.append(path_bars(rows, total, what=what, lang=lang, footer=_of(rows, lang)))
    return charts


def _folded_table(heads: list[str], rows: list[list[str]], right: list[bool], css: str, lang: Lang) -> str:
    """The first rows in sight, the others one click away."""
    html = table_html(heads, rows[:FIRST], right, css)
    rest = rows[FIRST:]
    if rest:
        summary = f"<summary>{say('table_rest', lang, n=f'{len(rest):,}')}</summary>"
        html += f"<details>{summary}{table_html(heads, rest, right, css)}</details>\n"
    return html


def scores_table(scores: pd.DataFrame, lang: Lang) -> str:
    """Scores with interval, published value and reason, the highest of each method first."""
    rows = scores[scores["measure"].isin(MEASURES)]
    ranked = rows.sort_values(
        ["method", "measure", "value"], ascending=[True, True, False], na_position="last"
    )
    names = (
        "method",
        "material",
        "stage",
        "economy",
        "year",
        "value",
        "interval",
        "published",
        "reason",
        "grade",
    )
    heads = [say(f"score_col.{name}", lang) for name in names]
    cells = [_score_cells(row, lang) for row in ranked.to_dict("records")]
    right = [name in ("year", "value", "interval", "published") for name in names]
    return _folded_table(heads, cells, right, "scores", lang)


def _score_cells(row: Row, lang: Lang) -> list[str]:
    low, high = number_or_none(row["low"]), number_or_none(row["high"])
    economy = word(row["economy"], "economies", lang)
    return [
        f"{word(row['method'], 'phrases', lang)} {word(str(row['measure']).upper(), 'phrases', lang)}",
        word(row["material"], "materials", lang),
        "—" if missing(row["stage"]) else word(row["stage"], "stages", lang),
        word(row["economy"], "countries", lang) if economy == row["economy"] else economy,
        f"{row['year']}" + ("" if missing(row["data_year"]) else f" ({row['data_year']})"),
        shown_score(number_or_none(row["value"])),
        "—" if low is None or high is None else f"{shown_score(low)}–{shown_score(high)}",
        "—" if missing(row["published"]) else shown_score(float(row["published"])),
        reasons_of(row["reason"], lang) or "—",
        "—" if missing(row["grade"]) else say(f"grade.{row['grade']}", lang),
    ]


def matrix_table(matrix: pd.DataFrame, lang: Lang) -> str:
    """Field × material × stage × holder × reason × years to rebuild, as a client reads it."""
    names = ("sector", "material", "use", "stage", "holder", "share", "hhi", "why", "rebuild", "designated")
    heads = [say(f"score_col.{name}", lang) for name in names]
    cells = [_matrix_cells(row, lang) for row in matrix.to_dict("records")]
    right = [name in ("share", "hhi", "rebuild") for name in names]
    return _folded_table(heads, cells, right, "matrix", lang)


def _matrix_cells(row: Row, lang: Lang) -> list[str]:
    firm = row["holder_kind"] in ("firm", "group")
    holder = "?" if missing(row["holder"]) else str(row["holder"])
    share, hhi = number_or_none(row["holder_share"]), number_or_none(row["hhi"])
    low, high = number_or_none(row["rebuild_low"]), number_or_none(row["rebuild_high"])
    codes = [code for code in str(row["reason_code"]).split("|") if code]
    ends = {f"{end:g}" for end in (low, high) if end is not None}
    return [
        word(row["sector"], "sectors", lang),
        "?" if missing(row["element"]) else word(row["element"], "materials", lang),
        "—" if missing(row[f"use_{lang}"]) else str(row[f"use_{lang}"]),
        "?" if missing(row["worst_stage"]) else word(row["worst_stage"], "stages", lang),
        holder if firm else word(holder, "countries", lang),
        "?" if share is None else percent(share),
        "?" if hhi is None else f"{hhi:.2f}",
        listing([say(f"why.{code}", lang) for code in codes], lang),
        "?" if low is None or high is None else "–".join(sorted(ends, key=float)),
        say(f"designated.{row['designated']}", lang),
    ]
