"""The whole answer: printed figures, break-evens by hand, ranges, both languages."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from meguri.base.tables import Schema
from meguri.circulate.answer import CirculateAnswer, circulate_answer
from meguri.circulate.breakeven import Comparison, break_even
from meguri.circulate.numbers import drawn, listed, numbers, ranges, with_values
from meguri.circulate.route_case import load_case
from tests.circulate.systems import case_of, systems

RUNS = 12


@pytest.fixture(scope="module")
def answer() -> CirculateAnswer:
    return circulate_answer("dy-routes", runs=RUNS)


@pytest.fixture(scope="module")
def position(answer: CirculateAnswer) -> CirculateAnswer:
    assert answer.companion is not None
    return answer.companion


def at(table: pd.DataFrame, **where: str) -> pd.Series:
    rows = table
    for name, value in where.items():
        rows = rows[rows[name] == value]
    assert len(rows) == 1
    return rows.iloc[0]


def test_every_table_is_as_declared_and_the_document_is_json(answer: CirculateAnswer) -> None:
    for name, table in answer.tables.items():
        assert list(table.columns) == Schema.of(name).names
    plain = json.loads(json.dumps(answer.plain(), allow_nan=False))
    assert plain["companion"]["case"] == "dy-position"
    assert plain["sources"]


def test_the_virgin_element_metric_is_as_printed(answer: CirculateAnswer) -> None:
    table = answer.tables["route_metrics"]
    rates = [at(table, metric="virgin-element", plan=plan)["value"] for plan in "AB"]
    assert [round(rate, 3) for rate in rates] == [0.509, 0.507]


def test_the_tornado_runs_over_the_declared_burden_of_the_direct_route(answer: CirculateAnswer) -> None:
    bar = at(answer.tables["route_tornado"], by="net", lever="direct")
    assert (bar["low"], bar["mode"], bar["high"]) == pytest.approx((0.04, 0.20, 0.36))
    by_hand = [60 * (0.9 * (0.95 - 3 * b / 4) - b / 4) / 100 for b in (0.04, 0.36)]
    assert [bar["direct_low"], bar["direct_high"]] == pytest.approx(by_hand)
    assert not bar["turns"]
    assert any("0.04 to 0.36" in text for text in answer.sentences["en"])
    assert any("0.04から0.36" in text for text in answer.sentences["ja"])


def test_function_of_the_two_stocks_is_as_worked_by_hand(position: CirculateAnswer) -> None:
    table = position.tables["route_figures"]
    separated = 60 * 0.95 * 0.95 * 0.9 * 0.8 + 25 * 0.1 * 0.95 * 0.9 * 0.8
    shredded = 25 * 0.1 * 0.95 * 0.9 * 0.8
    direct = {"alloyed": 60 * 0.9 * 0.95 * 0.23 + shredded, "diffused": 60 * 0.9 * 0.95 * 0.85 + shredded}
    before = {"alloyed": 23.0, "diffused": 100.0}
    for stock in before:
        for plan, after in (("A", separated), ("B", direct[stock])):
            assert at(table, stock=stock, plan=plan, figure="function_after")["value"] == pytest.approx(after)
            ratio = at(table, stock=stock, plan=plan, figure="function_ratio")["value"]
            assert ratio == pytest.approx(after / before[stock])
    assert separated / before["alloyed"] > 1  # the legacy stock is upgraded by separation


def test_break_even_of_deposition_yield_and_efficacy_are_those_of_the_method(
    position: CirculateAnswer,
) -> None:
    """0.95·0.95·0.9·d against 0.9·0.95·0.23 (METHODS 3.6)."""
    table = position.tables["break_even"]
    deposition = at(table, stock="alloyed", by="function", lever="routes[diffuse,new_diffused].share")
    assert deposition["break_even"] == pytest.approx(0.855 * 0.23 / 0.81225)
    assert not deposition["better_above"]
    efficacy = at(table, stock="alloyed", by="function", lever="efficacy[new_alloyed,ev-motor].value")
    assert efficacy["ratio"] == pytest.approx(0.81225 * 0.8 / 0.855)
    assert efficacy["better_above"]


def test_the_answer_says_for_which_stock_not_taking_dy_out_is_better(position: CirculateAnswer) -> None:
    verdicts = position.tables["plan_comparisons"].set_index(["stock", "by"])["verdict"]
    assert verdicts["alloyed", "function"] == "worse"
    assert verdicts["diffused", "net"] == "better"
    first = position.sentences["ja"][0]
    assert "Dyを取り出さない" in first and "粒界拡散で作られた磁石" in first
    assert len(position.sentences["en"]) == len(position.sentences["ja"])


def test_separation_returns_mass_but_no_function_until_it_is_a_product_again(
    position: CirculateAnswer,
) -> None:
    steps = position.tables["route_steps"]
    way = steps[(steps["stock"] == "diffused") & (steps["plan"] == "A")].set_index("state")
    assert way.at["dy_oxide", "arrives"] == pytest.approx(0.9025)
    assert way.loc[way.index != "new_diffused", "function_index"].eq(0).all()
    assert way.at["new_diffused", "function_index"] == 1
    assert (way.at["reo_diffused", "country"], way.at["reo_diffused", "dependence"]) == ("CN", 1)
    table = position.tables["route_figures"]
    dependence = [at(table, stock="diffused", plan=p, figure="dependence")["value"] for p in "AB"]
    assert dependence[0] == pytest.approx(1)
    assert dependence[1] < 0.05  # only what was shredded
    kept = at(table, stock="diffused", plan="B", figure="retention")["value"]
    assert kept == pytest.approx(0.855 * 0.85)
    assert at(table, stock="diffused", plan="B", figure="top_up")["value"] == pytest.approx(1 - kept)


def test_routes_that_make_burden_are_listed_before_the_floor(answer: CirculateAnswer) -> None:
    row = at(answer.tables["plan_values"], plan="A", state="shredded")
    assert row["net"] == pytest.approx(0.1 * 0.2775 - 0.1)
    assert row["makes_burden"] and answer.burden_makers == {"A": ["shredded"], "B": ["shredded"]}
    whole = at(answer.tables["plan_values"], plan="A", state="used_intact")
    assert whole["net"] == pytest.approx(0.163625)
    assert whole["function"] - whole["burden"] == pytest.approx(whole["net"])


def test_a_band_stands_beside_every_figure_and_is_in_order(position: CirculateAnswer) -> None:
    for name in ("route_figures", "state_values", "loss_ledger", "plan_comparisons", "route_steps"):
        bands = position.tables[name][["p10", "p50", "p90"]].to_numpy(dtype=float)
        assert not np.isnan(bands).any()
        assert (np.diff(bands, axis=1) >= 0).all()


def test_bundles_say_how_much_magnet_the_delivered_element_makes(position: CirculateAnswer) -> None:
    table = position.tables["function_bundles"]
    row = at(table, stock="alloyed", plan="B", state="new_alloyed", element="Nd")
    assert row["material"] == pytest.approx(60 * 0.855 / 0.0173)
    assert row["value"] == pytest.approx(row["material"] * 0.25)
    assert row["material_p10"] < row["material_p90"]


def test_requalification_is_given_as_plain_numbers(position: CirculateAnswer) -> None:
    table = position.tables["requalification"]
    row = at(table, plan="B", route="sinter_diffused", input="requalification")
    assert (row["value_low"], row["value"], row["value_high"], row["unit"]) == (90, 270, 540, "d")
    assert set(table[table["plan"] == "A"]["route"]) == {"diffuse"}


def test_what_is_in_reach_is_what_the_best_plan_of_each_form_would_keep(answer: CirculateAnswer) -> None:
    reach = at(answer.tables["route_figures"], plan="A", figure="phi")["value"]
    assert reach == pytest.approx(60 * 0.67)  # the shredded part is worth nothing


def test_same_seed_same_numbers_and_a_group_moves_as_one() -> None:
    case = load_case("dy-routes")
    first, again = (drawn(case, numbers(case), ranges(case), 20, seed=3) for _ in range(2))
    assert np.array_equal(first.system.yields, again.system.yields)
    hpms, gbd = (first.system.burden[:, case.routes.index(name)] for name in ("hpms", "gbd"))
    assert gbd == pytest.approx(3 * hpms)


@given(systems())
@settings(max_examples=3, deadline=None)
def test_at_a_break_even_both_plans_are_equally_good(system) -> None:
    """Also with cycles, where the gap is no straight line: against the empty plan."""
    case = case_of(system)
    modes, table = numbers(case), listed(case)
    nothing = np.zeros_like(system.plan)
    whole = Comparison.of(case, "s", "p", "p")
    one = Comparison(case, whole.feed, "p", "p", whole.by, (whole.shares[0], nothing))
    points = break_even(one, modes, modes, table)
    for row in points[points["break_even"].notna()].to_dict("records") if len(points) else []:
        part = table[table["parameter"].isin(row["parameters"].split("|"))]
        gap = one.gap(with_values(case, modes, part, np.array([[row["break_even"]]])))
        assert gap == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_page_on_function_prints_what_is_computed(
    answer: CirculateAnswer, position: CirculateAnswer, lang: str
) -> None:
    page = (Path(__file__).parents[2] / "docs" / lang / "explanation" / "function.md").read_text("utf-8")

    def value(one: CirculateAnswer, stock: str, plan: str, figure: str) -> float:
        table = one.tables["route_figures"]
        return float(at(table, stock=stock, plan=plan, figure=figure)["value"])

    for plan in "AB":
        assert (
            f"| {value(answer, 'ev', plan, 'mass_rate'):.3f} | {value(answer, 'ev', plan, 'rfr'):.3f} |"
            in page
        )
        for stock in ("alloyed", "diffused"):
            ratio, rfr = (value(position, stock, plan, name) for name in ("function_ratio", "rfr"))
            assert f"| {ratio:.3g} | {rfr:.3f} |" in page
