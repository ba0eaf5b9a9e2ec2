"""The figures of a case of circulation draw what its tables say, in both languages, and nothing else."""

import json
from itertools import pairwise

import pytest

from meguri.circulate.answer import circulate_answer
from meguri.circulate.numbers import numbers
from meguri.circulate.state_flows import plan_flows
from meguri.show.figures.loss_ledger import loss_ledger
from meguri.show.figures.routes_compared import FIGURES, routes_compared
from meguri.show.figures.state_flows import state_flows


@pytest.fixture(scope="module")
def answer():
    return circulate_answer("dy-position", runs=30)


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
