"""Who stands at which stage: a Sankey of stages and countries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from meguri.base.terms import Lang, keys
from meguri.show.chart import Chart
from meguri.show.ink import INK, base_option, stage_hue, wrap
from meguri.show.spell import listing, percent, say, word

HEIGHT = 480
MOST_NAMED = 2  # elements that fit into a title
HEAVY = ("Dy", "Tb")
BETWEEN = ("separation", "refining", "metal", "alloy", "magnet")  # stages where a control bites
_ENDS = ["from_stage", "from_country", "to_stage", "to_country"]


def stage_flows(
    nodes: pd.DataFrame,
    flows: pd.DataFrame,
    contents: pd.DataFrame | None = None,
    elements: Sequence[str] = (),
    emphasise: Sequence[str] = HEAVY,
) -> pd.DataFrame:
    """Qualified flows summed to stage × country, in contained elements where contents are known.

    Parameters
    ----------
    nodes, flows, contents : DataFrame
        Tables of the chain.
    elements : sequence of str
        Elements counted; none given: all that ``contents`` names.
    emphasise : sequence of str
        Elements whose flows are marked.

    Returns
    -------
    DataFrame
        ``from_stage, from_country, to_stage, to_country, amount`` [t/a of the elements, or of product
        without contents], ``share`` of all that reaches ``to_stage``, ``marked``.
    """
    known = flows[flows["qualified"].fillna(True).astype(bool)] if "qualified" in flows else flows
    ends = nodes[["node", "stage", "country", "material"]]
    table = known.merge(ends.add_prefix("from_"), left_on="supplier", right_on="from_node").merge(
        ends.drop(columns="material").add_prefix("to_"), left_on="customer", right_on="to_node"
    )
    if contents is not None and not contents.empty:
        counted = contents[contents["element"].isin(elements)] if elements else contents
        content = counted.groupby("material")["share"].sum()
        heavy = set(contents.loc[contents["element"].isin(emphasise) & (contents["share"] > 0), "material"])
        table["amount"] = table["amount"] * table["from_material"].map(content).fillna(0.0)
        table["marked"] = table["from_material"].isin(heavy)
    else:
        table["marked"] = False
    summed = table.groupby([*_ENDS, "marked"], as_index=False)["amount"].sum()
    summed = summed[summed["amount"] > 0]
    received = summed.groupby("to_stage")["amount"].transform("sum")
    result: pd.DataFrame = summed.assign(share=summed["amount"] / received)[
        [*_ENDS, "amount", "share", "marked"]
    ].reset_index(drop=True)
    return result


def sankey(
    table: pd.DataFrame,
    *,
    year: str = "",
    elements: Sequence[str] = (),
    contained: bool = False,
    unqualified: bool = False,
    finding: Holder | None = None,
    lang: Lang = "en",
    footer: str = "",
) -> Chart:
    """Stages from left to right, countries as blocks; ribbons as wide as what flows.

    Parameters
    ----------
    table : DataFrame
        Result of :func:`stage_flows`.
    contained : bool
        Whether amounts are contained elements, comparable from stage to stage; otherwise each stage's
        receipts are drawn as shares, because tonnes of ore and of motors do not compare.
    unqualified : bool
        Whether the chain has suppliers not yet qualified, which the figure leaves out.
    finding : Holder, optional
        Who holds most of one stage (:func:`tightest`): the title.
    """
    drawn = drawable(table)
    stages = [s for s in keys("stages") if s in {*drawn["from_stage"], *drawn["to_stage"]}]
    column = {s: p for p, s in enumerate(_columns(stages, drawn))}
    value = "amount" if contained else "share"
    option = {**base_option(), "title": _headings(column, lang), "series": []}
    if len(drawn):
        option["series"] = [_series(drawn, column, value, lang)]
    return Chart(
        key="structure",
        option=option,
        table=table,
        title=_title(drawn, finding, elements, lang),
        subtitle=("" if lang == "ja" else " ").join(
            [
                _measure(year, elements if contained else (), lang),
                *_remarks(table, drawn, unqualified, lang),
            ]
        ),
        footer=footer,
        lang=lang,
        declared="stage_flows",
        height=HEIGHT,
    )


@dataclass(frozen=True)
class Holder:
    """The country that holds most of a stage, and how much of it."""

    stage: str
    country: str
    share: float


def tightest(
    nodes: pd.DataFrame,
    contents: pd.DataFrame,
    table: pd.DataFrame,
    elements: Sequence[str],
    buyers: Sequence[str] = (),
) -> Holder | None:
    """Between ore and part, the stage of which one country other than the buyers holds the largest share.

    Parameters
    ----------
    nodes, contents : DataFrame
        Tables of the chain; output times content gives tonnes of the elements at each node.
    table : DataFrame
        Result of :func:`stage_flows`; a country holds what it makes or, where that is more, what it takes in.
    elements : sequence of str
        Elements counted together.
    buyers : sequence of str
        Countries that count in the total but are no answer.

    Returns
    -------
    Holder or None
        None where no node of these stages makes any of the elements. Of equal shares the earlier stage.
    """
    content = contents[contents["element"].isin(list(elements))].groupby("material")["share"].sum()
    held = nodes[nodes["stage"].isin(BETWEEN)]
    amount = held["output"] * held["material"].map(content).fillna(0.0)
    made = amount.groupby([held["stage"], held["country"]]).sum()
    taken = table.groupby(["to_stage", "to_country"])["amount"].sum().rename_axis(["stage", "country"])
    sums = pd.concat([made, taken.reindex(made.index)], axis=1).max(axis=1)
    shares = (sums / sums.groupby("stage").transform("sum")).dropna().rename("share").reset_index()
    shares = shares[~shares["country"].isin(list(buyers)) & (shares["share"] > 0)]
    if shares.empty:
        return None
    shares["order"] = shares["stage"].map(BETWEEN.index)
    top = shares.sort_values(["share", "order", "country"], ascending=[False, True, True]).iloc[0]
    return Holder(str(top["stage"]), str(top["country"]), float(top["share"]))


def drawable(table: pd.DataFrame) -> pd.DataFrame:
    """Flows that lead to a later stage; what recycling returns counts as a source of its own."""
    order = {stage: place for place, stage in enumerate(keys("stages"))}
    start = table["from_stage"].map(order).where(table["from_stage"] != "recycling", -1)
    forward: pd.DataFrame = table[start < table["to_stage"].map(order)]
    return forward


def _columns(stages: list[str], drawn: pd.DataFrame) -> list[str]:
    """Stages from left to right; what recycling returns stands one column before it is taken in."""
    columns = [s for s in stages if s != "recycling" or s in set(drawn["to_stage"])]
    takers = drawn.loc[drawn["from_stage"] == "recycling", "to_stage"]
    return ["returned", *columns] if columns[:1] and columns[0] in set(takers) else columns


def _key(stage: str, country: str, side: str) -> str:
    return f"{stage}|{country}|returned" if stage == "recycling" and side == "from" else f"{stage}|{country}"


def _depth(stage: str, side: str, to_stages: list[str], column: dict[str, int]) -> int:
    if stage == "recycling" and side == "from":
        return min(column[to] for to in to_stages) - 1
    return column[stage]


def _series(drawn: pd.DataFrame, column: dict[str, int], value: str, lang: Lang) -> dict[str, Any]:
    return {
        "type": "sankey",
        "left": "1.5%",
        "right": "13%",
        "top": 52,
        "bottom": 12,
        "nodeWidth": 12,
        "nodeGap": 15,
        "nodeAlign": "left",
        "draggable": False,
        # blocks stay in the order given, the same country high or low in every column: a layout that
        # moves them to balance the ribbons throws the first columns far above the others
        "layoutIterations": 0,
        "emphasis": {"focus": "adjacency"},
        "label": {"color": INK, "fontSize": 11.5, "position": "right", "distance": 5},
        "data": _blocks(drawn, column, value, lang),
        "links": [
            {
                "source": _key(row["from_stage"], row["from_country"], "from"),
                "target": _key(row["to_stage"], row["to_country"], "to"),
                "value": float(row[value]),
                "lineStyle": {
                    "color": stage_hue(row["from_stage"]),
                    "opacity": 0.5 if row["marked"] else 0.2,
                    "curveness": 0.5,
                },
            }
            for row in drawn.to_dict("records")
        ],
    }


def _blocks(drawn: pd.DataFrame, column: dict[str, int], value: str, lang: Lang) -> list[dict[str, Any]]:
    """Countries of each stage, the largest on top in every column, what recycling returns below."""
    to_stages = drawn.groupby("from_stage")["to_stage"].agg(list).to_dict()
    order = ["last", "size", "country", "key"]
    rows = _sizes(drawn, value).sort_values(order, ascending=[True, False, True, True])
    found = []
    for row in rows.to_dict("records"):
        side = "from" if row["last"] else "to"
        country = word(row["country"], "countries", lang)
        shown = country if row["alone"] else f"{country} {percent(row['share'])}"
        found.append({
            "name": row["key"],
            "depth": _depth(row["stage"], side, to_stages.get(row["stage"], []), column),
            "itemStyle": {"color": stage_hue(row["stage"]), "borderWidth": 0},
            "label": {"formatter": say("returned", lang, country=country) if row["last"] else shown},
        })  # fmt: skip
    return found


def _sizes(drawn: pd.DataFrame, value: str) -> pd.DataFrame:
    """How tall each block is, its share of the stage, and whether recycling returns it (``last``)."""
    sides = [
        drawn[[f"{side}_stage", f"{side}_country", value]]
        .set_axis(["stage", "country", value], axis=1)
        .assign(side=side)
        for side in ("from", "to")
    ]
    ends = pd.concat(sides)
    names = ends[["stage", "country", "side"]].itertuples(index=False, name=None)
    ends["key"] = [_key(*row) for row in names]
    sums = ends.groupby(["key", "stage", "country", "side"])[value].sum().reset_index()
    # a block is as tall as the larger of what enters and what leaves
    blocks = sums.groupby(["key", "stage", "country"])[value].max().reset_index()
    blocks["last"] = blocks["key"].str.endswith("returned")
    totals = blocks.groupby(["last", "stage"])[value].transform("sum")
    return blocks.assign(
        share=blocks[value] / totals,
        alone=totals == blocks[value],
        size=blocks.groupby("country")[value].transform("sum"),
    )


def _headings(column: dict[str, int], lang: Lang) -> list[dict[str, Any]]:
    last = max(column.values(), default=1) or 1
    return [
        {
            "text": wrap(word("recycling" if stage == "returned" else stage, "stages", lang), 13),
            "left": f"{1.5 + 85.5 * place / last * 0.985:.2f}%",
            "top": 4,
            "padding": 0,
            "textStyle": {
                "fontSize": 12,
                "fontWeight": "bold",
                "lineHeight": 15,
                "color": stage_hue("recycling" if stage == "returned" else stage),
            },
        }
        for stage, place in column.items()
    ]


def _title(drawn: pd.DataFrame, finding: Holder | None, elements: Sequence[str], lang: Lang) -> str:
    if drawn.empty:
        return say("structure_none", lang)
    if finding is None:
        return say("structure_plain", lang)
    stage = word(finding.stage, "stages", lang)
    names = [word(e, "materials", lang) for e in elements]
    few = len(names) <= MOST_NAMED
    return say(
        "structure_control" if few else "structure_control_many",
        lang,
        country=word(finding.country, "countries", lang),
        stage=stage.lower() if lang == "en" else stage,
        share=percent(finding.share),
        **({"elements": _and(names, lang)} if few else {}),
    )


def _and(names: list[str], lang: Lang) -> str:
    return listing(names, lang) if lang == "ja" else " and ".join(name.lower() for name in names)


def _measure(year: str, elements: Sequence[str], lang: Lang) -> str:
    said = year or say("structure_unknown_year", lang)
    if not elements:
        return say("structure_subtitle_share", lang, year=said)
    names = listing([word(e, "materials", lang) for e in elements], lang)
    return say("structure_subtitle_content", lang, elements=names, unit=say("unit.t/a", lang), year=said)


def _remarks(table: pd.DataFrame, drawn: pd.DataFrame, unqualified: bool, lang: Lang) -> list[str]:
    said = []
    if drawn["marked"].any() and not drawn["marked"].all():
        said.append(
            say("structure_some", lang, elements=listing([word(e, "materials", lang) for e in HEAVY], lang))
        )
    if len(drawn) < len(table):
        said.append(say("structure_undrawn", lang))
    if unqualified:
        said.append(say("structure_unqualified", lang))
    return said
