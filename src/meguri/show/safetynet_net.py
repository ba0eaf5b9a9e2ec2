"""The net of many firms: pooled figures, spread, processes a single firm holds, firms that would drop out."""

from __future__ import annotations

from html import escape

from meguri.base.terms import Lang
from meguri.show.page import page, table_html
from meguri.show.safetynet_words import figure_text, net_word
from meguri.show.spell import missing, word
from meguri.structure.safety_card import Net

MOST = 30  # rows of a table on the page; the workbook holds all
HEADS = {
    "kpis": ("net_head_kpi", "net_pooled", "net_spread", "net_firms"),
    "single": ("net_head_process", "net_head_holders", "net_head_teachers", "net_chance"),
    "leaving": ("net_head_firm", "net_head_process", "net_head_holders", "net_chance", "net_elsewhere"),
}


def net_heads(part: str, lang: Lang) -> list[str]:
    """Headings of one of the three tables."""
    return [net_word(key, lang) for key in HEADS[part]]


def net_lead(net: Net, lang: Lang) -> str:
    """How many processes hang on a single firm."""
    functions = net.tables["net_functions"]
    single = int(functions["single"].astype(bool).sum())
    if not single:
        return net_word("net_lead_all", lang)
    return net_word("net_lead", lang, single=single, functions=len(functions))


def net_rows(net: Net, lang: Lang) -> list[list[str]]:
    """Key figures of all firms together, and how far single firms lie apart."""
    rows = []
    for row in net.tables["net_kpis"].to_dict("records"):
        kpi = str(row["kpi"])
        pooled = (
            net_word("net_refused", lang) if missing(row["pooled"]) else figure_text(kpi, row["pooled"], lang)
        )
        ends = [figure_text(kpi, row[name], lang) for name in ("least", "middle", "most")]
        spread = "—" if missing(row["middle"]) else " – ".join(ends)
        rows.append([word(kpi, "kpis", lang), pooled, spread, str(row["firms"])])
    return rows


def chance(low: float, high: float) -> str:
    """A chance as a range.

    Examples
    --------
    >>> chance(0.2, 0.2), chance(0.0, 1.0)
    ('20%', '0–100%')
    """
    ends = [f"{100 * end:.0f}" for end in (low, high)]
    return f"{ends[0]}%" if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}%"


def single_rows(net: Net) -> list[list[str]]:
    """Processes that one firm alone holds, the likeliest to be lost first."""
    table = net.tables["net_functions"]
    table = table[table["single"].astype(bool)].sort_values("lost_high", ascending=False, kind="stable")
    return [
        [str(row["function"]), str(row["holders"]), str(row["teachers"]),
         chance(row["lost_low"], row["lost_high"])]
        for row in table.head(MOST).to_dict("records")
    ]  # fmt: skip


def leaving_rows(net: Net) -> list[list[str]]:
    """Firms that stand to lose a process when their people leave."""
    return [
        [str(row["firm"]), str(row["function"]), str(row["holders"]),
         chance(row["chance_low"], row["chance_high"]), str(row["elsewhere"])]
        for row in net.tables["net_leaving"].head(MOST).to_dict("records")
    ]  # fmt: skip


def net_html(net: Net, n: int, lang: Lang) -> str:
    """The net as one page that needs nothing from outside.

    Parameters
    ----------
    net : Net
        What :func:`meguri.structure.safety_card.merge` found.
    n : int
        Cards behind it.
    lang : {"en", "ja"}
        Language of the reader.
    """
    head = (
        f'<p class="kicker">{escape(net_word("kicker", lang))}</p>\n'
        f'<p class="subtitle">{escape(net_word("net_title", lang, n=n))}</p>\n'
        f"<h1>{escape(net_lead(net, lang))}</h1>\n"
        f'<p class="detail">{escape(net_word("net_quiet", lang))}</p>\n'
    )
    parts = [
        _part("net_kpis", "kpis", net_rows(net, lang), "net_refused", lang),
        _part("net_single", "single", single_rows(net), "net_single_none", lang),
        _part("net_leaving", "leaving", leaving_rows(net), "net_leaving_none", lang),
    ]
    foot = (
        f'<p class="quiet">{escape(net_word("net_bins", lang))} {escape(net_word("people_rule", lang))}</p>'
    )
    body = f'<section class="side">{head}{"".join(parts)}{foot}</section>\n'
    return page(body, title=net_word("net_title", lang, n=n), lang=lang, css="sheet net")


def _part(title: str, part: str, rows: list[list[str]], empty: str, lang: Lang) -> str:
    heading = f"<h2>{escape(net_word(f'sec_{title}', lang))}</h2>"
    if not rows:
        return f"<section>{heading}<p>{escape(net_word(empty, lang))}</p></section>\n"
    heads = net_heads(part, lang)
    left = 2 if part == "leaving" else 1
    right = [place >= left for place in range(len(heads))]
    return f"<section>{heading}{table_html(heads, rows, right)}</section>\n"
