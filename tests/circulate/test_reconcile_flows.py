"""Tables that balance: transfer coefficients, stocks carried over, lifetimes, and named problems."""

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.circulate.cohort_inputs import Initial
from meguri.circulate.cohorts import inflow_driven
from meguri.circulate.grid import Grid
from meguri.circulate.lifetimes import Lifetime
from meguri.circulate.reconcile_flows import Leaving, reconcile_flows

CENCIC = pd.DataFrame(
    [
        ("F1", "", "P1", 100, 10), ("F2", "", "P1", 50, 0), ("F3", "P1", "P2", 300, 30),
        ("F4", "P2", "P1", np.nan, np.nan), ("F5", "P2", "P3", 160, 16), ("F6", "P3", "", np.nan, np.nan),
        ("F7", "P3", "", np.nan, np.nan),
    ],
    columns=["flow", "from_process", "to_process", "value", "sd"],
)  # fmt: skip
SHARE = pd.DataFrame({"process": ["P2"], "flow": ["F4"], "value": [0.5], "sd": [0.05]})


def yearly(rows: dict[str, tuple[str, str, list[float], list[float]]]) -> pd.DataFrame:
    """Flow table of one flow a key: start, end, values and uncertainties by year from 2001."""
    return pd.DataFrame(
        [
            (flow, start, end, value, sd, str(2001 + n))
            for flow, (start, end, values, sds) in rows.items()
            for n, (value, sd) in enumerate(zip(values, sds, strict=True))
        ],
        columns=["flow", "from_process", "to_process", "value", "sd", "period"],
    )


def test_the_published_example_comes_out_of_its_tables():
    found = reconcile_flows(CENCIC, shares=SHARE).table.set_index("item")
    assert found.at["F3", "value"] == pytest.approx(302.416229, abs=6e-7)
    assert found.at["P2>F4", "sd"] == pytest.approx(0.037681, abs=6e-7)
    assert found.at["F6", "status"] == "undetermined"


def test_the_order_of_rows_is_irrelevant():
    one = reconcile_flows(CENCIC, shares=SHARE).table.set_index("item")
    other = reconcile_flows(CENCIC.iloc[::-1], shares=SHARE).table.set_index("item").loc[one.index]
    np.testing.assert_allclose(other["value"], one["value"], atol=1e-9)


def test_a_stock_carries_over_and_takes_what_does_not_leave():
    # by hand: 10 t a year in, 4 and 6 out, stock 100 at the start: 106 and 110
    flows = yearly({"in": ("", "use", [10, 10], [0, 0]), "out": ("use", "", [4, 6], [0, 0])})
    stocks = pd.DataFrame({"process": ["use"], "period": ["start"], "value": [100.0], "sd": [5.0]})
    found = reconcile_flows(flows, stocks).result
    assert found.dof == 0
    names = reconcile_flows(flows, stocks).table.set_index(["item", "period"])["value"]
    assert names["use", "2001"] == pytest.approx(106)
    assert names["use", "2002"] == pytest.approx(110)


def test_a_stock_counted_twice_corrects_the_flows_between():
    # gap of 8 t between two counts (sd 1 each) and flows netting 6 t (sd 1 each): every one moves by 0.5
    flows = yearly({"in": ("", "use", [10], [1]), "out": ("use", "", [4], [1])})
    stocks = pd.DataFrame(
        {"process": ["use"] * 2, "period": ["start", "2001"], "value": [100.0, 108.0], "sd": [1.0, 1.0]}
    )
    found = reconcile_flows(flows, stocks).table["value"].tolist()
    np.testing.assert_allclose(found, [10.5, 3.5, 100.5, 107.5])


def test_a_period_of_five_years_counts_five_times():
    flows = yearly({"in": ("", "use", [10], [0]), "out": ("use", "", [4], [0])})
    stocks = pd.DataFrame({"process": ["use"], "period": ["start"], "value": [100.0], "sd": [0.0]})
    found = reconcile_flows(flows, stocks, length=5.0).table
    assert found.loc[found["period"].eq("2001") & found["kind"].eq("stock"), "value"].item() == 130


def test_lifetimes_tie_what_leaves_to_what_entered():
    # everything lives one year: what enters in one year leaves in the next
    n = 3
    told = Leaving("out", np.eye(n, k=-1), np.array([1.0, 0.0, 0.0]), np.zeros(n))
    flows = yearly({
        "in": ("", "use", [10, 20, 30], [1, 1, 1]), "out": ("use", "", [np.nan, 12, 20], [np.nan, 1, 1]),
    })  # fmt: skip
    stocks = pd.DataFrame({"process": ["use"], "period": ["start"], "value": [5.0], "sd": [0.0]})
    found = reconcile_flows(flows, stocks, leaving={"use": told}).table
    value = found.set_index(["kind", "item", "period"])["value"]
    assert value["flow", "out", "2001"] == pytest.approx(5)
    assert value["flow", "in", "2001"] == value["flow", "out", "2002"] == pytest.approx(11)
    assert value["stock", "use", "2003"] == value["flow", "in", "2003"] == pytest.approx(30)


def test_an_inexact_lifetime_leaves_more_of_the_measurement():
    flows = yearly({"in": ("", "use", [10, 20], [1, 1]), "out": ("use", "", [0, 16], [0, 1])})
    stocks = pd.DataFrame({"process": ["use"], "period": ["start"], "value": [0.0], "sd": [0.0]})
    exact, loose = (Leaving("out", np.eye(2, k=-1), np.zeros(2), np.array([0.0, sd])) for sd in (0.0, 5.0))
    moved = [
        reconcile_flows(flows, stocks, leaving={"use": told}).table["adjustment"].abs().max()
        for told in (exact, loose)
    ]
    assert moved[0] == pytest.approx(3)
    assert moved[1] < 0.5


def test_names_that_fit_nothing_are_all_named_at_once():
    stocks = pd.DataFrame({"process": ["plant"], "period": ["1999"], "value": [1.0], "sd": [1.0]})
    shares = pd.DataFrame({"process": ["P2"], "flow": ["F9"], "value": [0.5], "sd": [0.1]})
    with pytest.raises(DataError) as caught:
        reconcile_flows(CENCIC, stocks, shares)
    assert {p.key for p in caught.value.problems} == {
        "reconcile_process", "reconcile_flow", "reconcile_period",
    }  # fmt: skip


def test_the_worst_suspect_stands_first():
    flows = pd.DataFrame({
        "flow": ["a", "b", "c", "d"], "from_process": ["", "P", "P", "Q"], "to_process": ["P", "Q", "", ""],
        "value": [100.0, 60.0, 40.0, 600.0], "sd": [1.0, 1.0, 1.0, 1.0],
    })  # fmt: skip
    assert reconcile_flows(flows).suspects()["item"].iloc[0] == "d"


def test_twenty_years_of_a_system_are_reconciled_at_once():
    chance = np.random.default_rng(1)
    years = 20
    inflow = chance.uniform(50, 150, years)
    flows = yearly({
        "in": ("", "use", list(inflow), [10.0] * years),
        "out": ("use", "bin", list(inflow * 0.5), [20.0] * years),
        "recycled": ("bin", "", list(inflow * 0.2), [5.0] * years),
        "lost": ("bin", "", [np.nan] * years, [np.nan] * years),
    })  # fmt: skip
    stocks = pd.DataFrame(
        {"process": ["use"] * 2, "period": ["start", "2020"], "value": [500.0, 1500.0], "sd": [50.0, 100.0]}
    )
    found = reconcile_flows(flows, stocks).table
    value = found.pivot(index="period", columns="item", values="value")
    grown = value["use"].diff().iloc[1:]  # 2001 … 2020, then "start" sorts last
    np.testing.assert_allclose(
        grown.iloc[:19], (value["in"] - value["out"]).iloc[1:20], atol=1e-9 * value["use"].max()
    )


def measured_use(error: float):
    """A cohort account of ten years as if measured: flows with an error, the opening stock exact."""
    grid = Grid.of_years(2001, 2010, rule="middle")
    life, chance = Lifetime("weibull", shape=2.5, mean=6.0), np.random.default_rng(4)
    opening = Initial.steady([300.0], grid, life)
    true = inflow_driven(np.linspace(40, 90, 10), grid, life, initial=opening)
    told = [list(flow[:, 0] * (1 + error * chance.normal(size=10))) for flow in (true.inflow, true.outflow)]
    flows = yearly({"in": ("", "use", told[0], [5.0] * 10), "out": ("use", "", told[1], [3.0] * 10)})
    stocks = pd.DataFrame({"process": ["use"], "period": ["start"], "value": [300.0], "sd": [0.0]})
    leaving = {"use": Leaving.of("out", life, grid, opening=opening)}
    return grid, life, opening, true, reconcile_flows(flows, stocks, leaving=leaving)


def test_figures_that_come_from_the_cohort_core_need_no_adjustment():
    *_, true, found = measured_use(error=0.0)
    assert found.result.chi2 == pytest.approx(0, abs=1e-12)
    stock = found.table.query("kind == 'stock' and period != 'start'")["value"]
    np.testing.assert_allclose(stock, true.stock[:, 0], rtol=1e-9)


def test_reconciled_flows_run_through_the_cohort_core_give_themselves():
    grid, life, opening, _, found = measured_use(error=0.1)
    value = found.table.pivot(index="period", columns="item", values="value").loc["2001":"2010"]
    again = inflow_driven(value["in"].to_numpy(), grid, life, initial=opening)
    np.testing.assert_allclose(again.outflow[:, 0], value["out"], atol=1e-8)
    np.testing.assert_allclose(again.stock[:, 0], value["use"], atol=1e-8)
    assert found.result.dof == 10
