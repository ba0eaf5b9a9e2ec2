"""The figures of a case of circulation draw what its tables say, in both languages, and nothing else."""

import json
from itertools import pairwise

import pandas as pd
import pytest

from meguri.circulate.answer import circulate_answer
from meguri.circulate.breakeven import FUNCTION, NET, Comparison
from meguri.circulate.breakeven_line import tie_line
from meguri.circulate.numbers import drawn, listed, numbers, ranges
from meguri.circulate.route_case import load_case
from meguri.circulate.state_flows import plan_flows
from meguri.show.figures.loss_ledger import loss_ledger
from meguri.show.figures.plan_tornado import plan_tornado
from meguri.show.figures.routes_compared import FIGURES, routes_compared
from meguri.show.figures.state_flows import state_flows
from meguri.show.figures.tie import tie_at, tie_picture


@pytest.fixture(scope="module")
def answer():
    return circulate_answer("dy-position", runs=12)


def names_of(case, lang):
    found = {}
    for table, key in (("states", "state"), ("routes", "route"), ("plans", "plan"), ("feeds", "stock")):
        frame = case.tables[table]
        found |= dict(zip(frame[key], frame[f"label_{lang}"], strict=True))
    return found


def series(chart, name):
    return [one for one in chart.option["series"] if one["name"] == name]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_each_rate_has_its_own_panel_with_the_median_of_every_plan(answer, lang):
    table = answer.tables["route_figures"]
    chart = routes_compared(
        table, answer.tables["plan_comparisons"], names=names_of(answer.case, lang), lang=lang
    )
    assert len(chart.option["grid"]) == len(FIGURES)
    for panel, (figure, scale) in enumerate(zip(FIGURES, (100, 1, 100), strict=True)):
        drawn = [point["value"][0] for point in series(chart, "median")[panel]["data"]]
        told = table.loc[table["figure"] == figure, "p50"] * scale
        assert drawn == pytest.approx(list(told))
    json.dumps(chart.to_dict(), allow_nan=False)


def test_a_rate_nobody_knows_is_written_and_not_drawn(answer):
    table = answer.tables["route_figures"].copy()
    table.loc[table["figure"] == "function_ratio", ["value", "p10", "p50", "p90"]] = float("nan")
    chart = routes_compared(table, answer.tables["plan_comparisons"], names=names_of(answer.case, "en"))
    assert series(chart, "median")[1]["data"] == []
    assert len(series(chart, "unknown")[0]["data"]) == 6


def test_bars_of_the_ledger_hang_from_one_another_and_end_on_what_is_realised(answer):
    table = answer.tables["loss_ledger"]
    chart = loss_ledger(table, stock="diffused", names=names_of(answer.case, "en"))
    floors, plain, position = (series(chart, name) for name in ("floor", "share", "position"))
    assert len(floors) == 3  # a panel for each plan
    for low, bar, lost in zip(floors, plain, position, strict=True):
        ends = [
            (start, start + cell["value"] + part)
            for start, cell, part in zip(low["data"], bar["data"], lost["data"], strict=True)
        ]
        assert ends[0] == (0, 100)
        for above, below in pairwise(ends[:-1]):
            assert below[1] == pytest.approx(above[1] if above == ends[0] else above[0])
        assert ends[-1] == pytest.approx((0, ends[-2][0]))  # what the losses leave is what is realised


def test_every_loss_of_the_ledger_stands_with_its_owner(answer):
    chart = loss_ledger(answer.tables["loss_ledger"], stock="alloyed", names=names_of(answer.case, "en"))
    rows = chart.option["yAxis"][0]["data"]
    assert any("collection" in row for row in rows) and any("dismantler" in row for row in rows)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_both_sankeys_draw_every_tonne_on_one_scale(answer, lang):
    case = answer.case
    table = plan_flows(case, "alloyed", "A", numbers(case))
    positions = dict(zip(case.tables["states"]["state"], case.tables["states"]["position"], strict=True))
    chart = state_flows(table, names=names_of(case, lang), positions=positions, lang=lang)
    totals = []
    for one, value in zip(chart.option["series"], ("mass", "function"), strict=True):
        drawn = [link for link in one["links"] if not link["source"].startswith("gained")]
        known = table[table["kind"] != "gained"]
        assert sum(link["value"] for link in drawn) == pytest.approx(known[value].sum())
        filler = next(block for block in one["data"] if block["name"] == "filler@0")
        totals.append(filler["value"] + table.loc[table["step"] == 0, value].sum())
    assert totals[0] == pytest.approx(totals[1])  # the first column is as full in both
    assert [block["name"] for block in chart.option["series"][0]["data"]] == [
        block["name"] for block in chart.option["series"][1]["data"]
    ]


def test_a_function_nobody_knows_is_said_and_only_the_mass_is_drawn(answer):
    case = answer.case
    table = plan_flows(case, "alloyed", "A", numbers(case)).assign(function=float("nan"))
    chart = state_flows(table, names=names_of(case, "en"), positions={})
    assert [one["name"] for one in chart.option["series"]] == ["mass"]
    assert "not known" in chart.title


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_bar_that_crosses_zero_is_a_number_within_whose_range_the_order_turns(answer, lang):
    table = answer.tables["route_tornado"]
    chart = plan_tornado(
        table,
        answer.tables["plan_comparisons"],
        stock="alloyed",
        names=names_of(answer.case, lang),
        lang=lang,
    )
    for axis, by in enumerate((NET, FUNCTION)):
        rows = table[(table["stock"] == "alloyed") & (table["by"] == by)]
        ends = {}
        for one in chart.option["series"]:
            if one["name"] in ("at_low", "at_high") and one["xAxisIndex"] == axis:
                (_, height), (end, _) = one["data"]
                ends.setdefault(height, []).append(end)
        crossing = sum(min(both) < 0 < max(both) for both in ends.values())
        assert crossing == int(rows["turns"].sum())
    assert len(chart.option["yAxis"][0]["data"]) == 9


@pytest.fixture(scope="module")
def tie(answer):
    case = answer.case
    modes, table = numbers(case), listed(case)
    draws = drawn(case, modes, ranges(case), 12, 1)
    return {
        by: tie_line(Comparison.of(case, "alloyed", "B", "A", by), modes, draws, table)
        for by in (FUNCTION, NET)
    }


def test_the_line_of_the_tie_passes_through_the_break_even_of_the_case(answer, tie):
    told = answer.tables["break_even"].set_index(["stock", "by", "parameters"])["ratio"]
    for by, found in tie.items():
        mark = found.mark.iloc[0]
        ratio = told["alloyed", by, mark["efficacy_parameter"]]
        assert tie_at(found.line, mark["yield_mode"]) == pytest.approx(ratio, abs=1e-9)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_stock_at_hand_stands_at_its_own_two_numbers(answer, tie, lang):
    line, mark = (pd.concat([getattr(found, name) for found in tie.values()]) for name in ("line", "mark"))
    names = {**names_of(answer.case, lang), **{name: name for name in mark["route_parameter"]}}
    chart = tie_picture(line, mark, names=names, lang=lang)
    points = [one["data"][0] for one in series(chart, "now")]
    assert points == [pytest.approx([80, 0.23]), pytest.approx([80, 0.23])]
    assert "0.76" in chart.title and "0.27" in chart.title
    json.dumps(chart.to_dict(), allow_nan=False)


def test_two_plans_that_make_the_same_product_have_no_line_of_the_tie():
    case = load_case("dy-routes")
    modes, table = numbers(case), listed(case)
    found = tie_line(Comparison.of(case, "ev", "B", "A"), modes, drawn(case, modes, table, 2, 1), table)
    assert found.line.empty and found.mark.empty
