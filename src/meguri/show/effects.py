"""Tables beside the figures: what a licence is worth, output lost, quality, indirect exports."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from html import escape
from typing import Any

import pandas as pd

from meguri.base.tables import Schema
from meguri.base.terms import Lang
from meguri.show.basis import Told, controls_of, horizon_of
from meguri.show.figures.price import product_name
from meguri.show.page import table_html
from meguri.show.spell import listing, month, name_of, percent, say, significant, word
from meguri.show.tables import bracketed, median_range

REST = "…"  # stands for all paths too small to show
MOST_PRODUCTS = 10  # shown of an item at first, those that hold most of it
_RIGHT = [False, False, True, False]
_NOTED = 0.05  # [1] shadow cost from which a month counts


def shadow_html(outcome: Told, lang: Lang) -> str:
    """What the right to ship each priced good is worth in its dearest month, and for how many months."""
    table = outcome.table("shadow")
    if table.empty:
        return ""
    rows = [
        [
            product_name(str(row["element"]), str(row["form"]), lang),
            word(row["by"], "countries", lang),
            "—" if row["p50"] == 0 else month(row["month"], lang),
            _worth(row, lang),
            f"{row['months']}/{row['of']}",
        ]
        for row in shadow_peaks(table).to_dict("records")
    ]  # fmt: skip
    heads = [say(f"shadow_col.{name}", lang) for name in ("good", "by", "month", "worth", "months")]
    return _block("shadow", table_html(heads, rows, [False, False, False, True, True], "shadow"), lang)


def shadow_peaks(table: pd.DataFrame) -> pd.DataFrame:
    """The dearest month of each good, the dearest good first, and in how many months it costs anything.

    Examples
    --------
    >>> cells = {"element": "Dy", "form": "oxide", "by": "CN", "p10": 0.0, "p90": 2.0}
    >>> table = pd.DataFrame([{**cells, "month": f"2025-0{n}", "p50": n - 1.0} for n in (1, 2, 3)])
    >>> shadow_peaks(table)[["month", "p50", "months", "of"]].to_numpy().tolist()
    [['2025-03', 2.0, 2, 3]]
    """
    keys = ["element", "form", "by"]
    groups = table.groupby(keys, sort=False)
    peaks = table.loc[groups["p50"].idxmax()].set_index(keys)
    peaks["months"] = groups["p50"].agg(lambda cost: int((cost >= _NOTED).sum()))
    peaks["of"] = groups.size()
    return peaks.reset_index().sort_values("p50", ascending=False, kind="stable", ignore_index=True)


def _worth(row: dict[Any, Any], lang: Lang) -> str:
    """Median with P10 and P90, as multiples."""
    middle, low, high = (significant(float(row[level]), 2) for level in ("p50", "p10", "p90"))
    return bracketed(f"{middle}×", say("range", lang, low=low, high=f"{high}×"), lang)


def lost_html(outcome: Told, lang: Lang) -> str:
    """Lost output of each end user in days of plan, its weight and its part of the weighted loss."""
    table = outcome.table("lost_output")
    if table.empty:
        return ""
    rows = [
        [
            name_of(row, lang),
            word(row["country"], "countries", lang),
            median_range(row, "lost_d", lang, "—"),
            f"{row['mean_d']:.0f}",
            percent(row["weight"]),
            f"{row['part_d']:.1f}",
        ]
        for row in table.to_dict("records")
    ]
    names = ("node", "country", "lost_d", "mean_d", "weight", "part_d")
    basis = say(f"weighted_{table['basis'].iloc[0]}", lang)
    inner = table_html(
        _heads("lost_output", names, lang), rows, [False, False, True, True, True, True], "lost"
    )
    return _block("lost", inner, lang, total=f"{table['part_d'].sum():.1f}", basis=basis)


def quality_html(outcome: Told, lang: Lang) -> str:
    """When new suppliers come in or a process loses yield, and when the usable share is back."""
    table = outcome.table("quality")
    if table.empty:
        return ""
    beyond = say("beyond", lang, n=round(horizon_of(outcome)))
    rows = [
        [
            name_of(row, lang),
            word(row["stage"], "stages", lang),
            word(row["country"], "countries", lang),
            percent(row["share_runs"]),
            median_range(row, "doubted_d", lang, beyond),
            median_range(row, "restored_d", lang, beyond),
        ]
        for row in table.to_dict("records")
    ]
    names = ("node", "stage", "country", "share_runs", "doubted_d", "restored_d")
    right = [False, False, False, True, True, True]
    return _block("quality", table_html(_heads("quality", names, lang), rows, right, "quality"), lang)


def indirect_html(outcome: Told, lang: Lang) -> str:
    """Controlled goods inside what others make of them: content of each product and the paths it came by."""
    table = outcome.table("indirect_exports")
    parts = [f"<p>{escape(say('indirect_lead' if len(table) else 'indirect_none', lang))}</p>\n"]
    names = node_names(outcome, lang)
    heads = [say(f"indirect_col.{name}", lang) for name in ("good", "country", "content", "paths")]
    for controls, rows in same_items(table):
        cells = [_product_row(row, names, lang) for row in products(rows).to_dict("records")]
        first, rest = cells[:MOST_PRODUCTS], cells[MOST_PRODUCTS:]
        inner = table_html(heads, first, _RIGHT, "indirect")
        if rest:
            summary = f"<summary>{say('indirect_rest', lang, n=len(rest))}</summary>"
            inner += f"<details>{summary}{table_html(heads, rest, _RIGHT, 'indirect')}</details>"
            inner += f'<p class="onpaper">{say("indirect_less", lang, n=len(rest))}</p>'
        parts.append(f"<h3>{escape(_item(controls, outcome, lang))}</h3>\n{inner}\n")
    return "".join(parts)


def same_items(table: pd.DataFrame) -> list[tuple[list[str], pd.DataFrame]]:
    """Controls whose items go the same ways, with their rows once."""
    found: dict[tuple[Hashable, ...], tuple[list[str], pd.DataFrame]] = {}
    for control, rows in table.groupby("control", sort=False):
        rows = rows.reset_index(drop=True)
        key = tuple(rows.drop(columns="control").round(12).itertuples(index=False, name=None))
        found.setdefault(key, ([], rows))[0].append(str(control))
    return list(found.values())


def products(rows: pd.DataFrame) -> pd.DataFrame:
    """One row for each product: its content, and its paths, the largest first and the small ones last."""
    made = rows.groupby("node", sort=False).agg(
        country=("country", "first"), product_content=("product_content", "first"),
        paths=("path", list), contents=("content", list),
    )  # fmt: skip
    return made.reset_index()


def _product_row(row: dict[Any, Any], names: Mapping[str, str], lang: Lang) -> list[str]:
    """Maker, country, content, and the largest path with its share; how many others there are."""
    share = percent(row["contents"][0] / row["product_content"])
    said = bracketed(path_words(row["paths"][0], names), share, lang)
    others = [path for path in row["paths"][1:] if path != REST]
    if others:
        said += say("indirect_more", lang, n=len(others))
    if REST in row["paths"][1:]:
        said += say("indirect_small", lang)
    country = word(row["country"], "countries", lang)
    return [names[row["node"]], country, content_words(row["product_content"]), said]


def node_names(outcome: Told, lang: Lang) -> dict[str, str]:
    """Shown name of each node; its key where it has none."""
    nodes = outcome.chain.nodes
    shown = nodes[f"label_{lang}"].where(nodes[f"label_{lang}"] != "", nodes["node"])
    return dict(zip(nodes["node"], shown, strict=True))


def path_words(path: str, names: Mapping[str, str]) -> str:
    """A path in names instead of keys.

    Examples
    --------
    >>> path_words("cn-sep → jp-metal", {"cn-sep": "Separation", "jp-metal": "Metal"})
    'Separation → Metal'
    """
    return " → ".join(names.get(step, step) for step in path.split(" → "))


def content_words(content: float) -> str:
    """Content of a product for people; tonnes where more goes in than comes out.

    Examples
    --------
    >>> content_words(1.0), content_words(0.0314), content_words(0.00095), content_words(196.0)
    ('100%', '3.14%', '950 g/t', '196 t/t')
    """
    if content > 1.0005:
        return f"{significant(content)} t/t"
    return f"{100 * content:.3g}%" if content >= 0.001 else f"{significant(1e6 * content)} g/t"


def _item(controls: list[str], outcome: Told, lang: Lang) -> str:
    """Which controls, by whom."""
    given = {str(control["id"]): control for control in controls_of(outcome)}
    kinds = [word(f"control.{given[name]['kind']}", "phrases", lang) for name in controls if name in given]
    by = word(given[controls[0]]["by"], "countries", lang) if controls[0] in given else ""
    return say(
        "indirect_item",
        lang,
        by=by,
        controls=listing(list(dict.fromkeys(kinds)), lang),
        ids=", ".join(controls),
    )


def _block(name: str, inner: str, lang: Lang, **fill: object) -> str:
    """A heading, what the table says, and the table."""
    head, lead = say(f"{name}_head", lang), escape(say(f"{name}_lead", lang, **fill))
    return f'<h3>{head}</h3>\n<p class="quiet">{lead}</p>\n{inner}\n'


def _heads(table: str, names: tuple[str, ...], lang: Lang) -> list[str]:
    heads = [Schema.of(table).column(name).label(lang) for name in names]
    return [head.replace(" (median)", "").replace("（中央値）", "") for head in heads]
