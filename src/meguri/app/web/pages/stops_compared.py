"""Two runs compared: which process stops first, for how long, in how many runs, and at what price."""

from __future__ import annotations

import numpy as np
import pandas as pd

from meguri.app.web.cases import Case
from meguri.app.web.pages.stops_answer import Answer
from meguri.app.web.scenario_form import sets_in_words
from meguri.app.web.sets import by_path
from meguri.app.web.view import Section, Table
from meguri.base.tables import Schema
from meguri.base.terms import Lang, label
from meguri.show.basis import horizon_of, outcome_footer, start_of
from meguri.show.figures.stops_pair import Side, gantt_pair
from meguri.show.headline import headline
from meguri.show.phrases import price_sentence
from meguri.show.short import HALF_A_DAY
from meguri.study.outcome import Outcome

WORDS = "web_stops"
SHARE, RATIO = 0.005, 0.005  # [1] below which two shares, two prices print alike
_NODE = ["node", "label_en", "label_ja", "stage", "country"]


def compared_section(one: tuple[Case, Answer], other: tuple[Case, Answer], lang: Lang) -> Section:
    """What differs; where nothing does, that is said."""
    (case, here), (beside, there) = one, other
    nodes = node_differences(here.outcome, there.outcome)
    prices = price_differences(here.outcome, there.outcome)
    names = side_names(case, beside, lang)
    if nodes.empty and prices.empty:
        return Section("compared", label("s_compared", lang, WORDS), [label("same", lang, WORDS)])
    sides = [
        Side(answer.outcome.table("survival"), start_of(answer.outcome), horizon_of(answer.outcome), name)
        for answer, name in zip((here, there), names, strict=True)
    ]
    footer, title = outcome_footer(here.outcome, lang), difference_sentence(nodes, lang)
    figure = gantt_pair(sides[0], sides[1], nodes, title=title, lang=lang, footer=footer)
    tables = [
        Table("compared_answer", label("t_compared_answer", lang, WORDS),
              answers(here.outcome, there.outcome, lang), "web_compared_answer", open=True),
        Table("compared_nodes", label("t_compared_nodes", lang, WORDS), nodes, "web_compared", open=True),
        Table("compared_prices", label("t_compared_prices", lang, WORDS), prices, "web_compared_prices"),
    ]  # fmt: skip
    lead = label("compared_lead", lang, WORDS, one=names[0], other=names[1])
    return Section("compared", label("s_compared", lang, WORDS), [lead], [figure], tables)


def side_names(one: Case, other: Case, lang: Lang) -> tuple[str, str]:
    """Names that tell the two runs apart: changed values, chain, or the scenario."""
    names = [getattr(case.scenario.label, lang) for case in (one, other)]
    if names[0] == names[1]:
        names = [
            (sets_in_words(case.scenario, by_path(case.sets), lang) or label("side_plain", lang, WORDS))
            if one.sets != other.sets else case.chain
            for case in (one, other)
        ]  # fmt: skip
    return names[0], names[1] if names[0] != names[1] else label("side_again", lang, WORDS)


def node_differences(one: Outcome, other: Outcome) -> pd.DataFrame:
    """Processes whose days, days short or share of runs differ; table ``web_compared``.

    Those whose share of runs differs most come first.
    """
    wanted = ["stops_on", "tts_d", "gap_d", "share_stopped"]
    frames = [outcome.table("survival")[[*_NODE, *wanted]] for outcome in (one, other)]
    both = frames[0].merge(frames[1], on="node", how="outer", suffixes=("", "_2"))
    for name in _NODE[1:]:
        both[name] = both[name].fillna(both[f"{name}_2"])
    renamed = {
        "stops_on_2": "stops_on_other", "tts_d_2": "tts_other_d", "gap_d_2": "gap_other_d",
        "share_stopped_2": "share_other",
    }  # fmt: skip
    schema = Schema.of("web_compared")
    both = both.rename(columns=renamed)[schema.names]
    differs = (
        _apart(both["tts_d"], both["tts_other_d"], HALF_A_DAY)
        | _apart(both["gap_d"], both["gap_other_d"], HALF_A_DAY)
        | _apart(both["share_stopped"], both["share_other"], SHARE)
    )
    change = (both["share_stopped"].fillna(0) - both["share_other"].fillna(0)).abs()
    order = both.assign(_change=change)[differs].sort_values(["_change", "node"], ascending=[False, True])
    return schema.check(order[schema.names].reset_index(drop=True))


def price_differences(one: Outcome, other: Outcome) -> pd.DataFrame:
    """Highest monthly price of each good where it differs; table ``web_compared_prices``."""
    key = ["element", "form", "place"]
    peaks = []
    for outcome, end in ((one, ""), (other, "_other")):
        price = outcome.table("price")
        top = price.loc[price.groupby(key, sort=False)["p50"].idxmax(), [*key, "p50", "month"]]
        peaks.append(top.rename(columns={"p50": f"peak{end}", "month": f"peak_month{end}"}))
    both = peaks[0].merge(peaks[1], on=key, how="outer")
    differs = _apart(np.log(both["peak"]), np.log(both["peak_other"]), RATIO)
    schema = Schema.of("web_compared_prices")
    return schema.check(both.loc[differs, schema.names].reset_index(drop=True))


def _apart(one: pd.Series[float], other: pd.Series[float], least: float) -> pd.Series[bool]:
    """Whether two numbers differ by at least so much, or only one of them is known."""
    gap = (one.astype(float) - other.astype(float)).abs() >= least
    return gap | (one.notna() != other.notna())


def answers(one: Outcome, other: Outcome, lang: Lang) -> pd.DataFrame:
    """First stop and highest price of both, in words; table ``web_compared_answer``."""
    sides = (one, other)
    rows = [
        {"what": label("row_first", lang, WORDS), "texts": [headline(side, lang)[0] for side in sides]},
        {"what": label("row_price", lang, WORDS),
         "texts": [price_sentence(side.table("price"), lang) for side in sides]},
        {"what": label("row_lost", lang, WORDS), "texts": [_lost(side, lang) for side in sides]},
    ]  # fmt: skip
    cells = [{"what": row["what"], "one": row["texts"][0], "other": row["texts"][1]} for row in rows]
    return Schema.of("web_compared_answer").check(pd.DataFrame(cells))


def _lost(outcome: Outcome, lang: Lang) -> str:
    """Weighted lost output of end users, mean over the runs."""
    return label("lost_days", lang, WORDS, days=f"{outcome.table('lost_output')['part_d'].sum():.1f}")


def difference_sentence(nodes: pd.DataFrame, lang: Lang) -> str:
    """How many processes fall short sooner, later, in one run only."""
    sooner = int((nodes["tts_d"] < nodes["tts_other_d"] - HALF_A_DAY).sum())
    later = int((nodes["tts_d"] > nodes["tts_other_d"] + HALF_A_DAY).sum())
    only = int((nodes["tts_d"].notna() & nodes["tts_other_d"].isna()).sum())
    gone = int((nodes["tts_d"].isna() & nodes["tts_other_d"].notna()).sum())
    return label("difference", lang, WORDS, sooner=sooner, later=later, only=only, gone=gone)
