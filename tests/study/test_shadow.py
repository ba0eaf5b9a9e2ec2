"""What a licence or quota costs: the outcome's table against what the price model itself answers."""

from __future__ import annotations

import numpy as np
import pytest

from meguri.shock.run import run_all, tell_run
from meguri.shock.sample import Draw
from meguri.study.shadow import shadow_table, wedges
from tests.shock.test_controls import LICENCE, trade
from tests.small import scenario

APPROVED = LICENCE | {"approval": [0.2, 0.5, 0.9]}
TAXES = (
    {"kind": "tax", "rate": [0.1, 0.25, 0.4], "start": "2025-01-01"},
    {"kind": "tax", "rate": 0.5, "start": "2025-02-15", "end": "2025-03-20"},
)


@pytest.mark.parametrize("controls", [(APPROVED,), (APPROVED, *TAXES)])
def test_the_table_holds_the_percentiles_of_what_the_price_model_answers(controls: tuple[dict, ...]) -> None:
    runs = run_all(trade(), scenario(list(controls)), runs=6, seed=2)
    draw = Draw(runs.setup.chain, runs.ranges, runs.values)
    told = np.stack([tell_run(runs.setup, draw, run).answer.shadow for run in range(6)])
    table = shadow_table(runs)
    assert list(table["element"].unique()) == [market.element for market in runs.markets]
    for level, share in (("p10", 0.1), ("p50", 0.5), ("p90", 0.9)):
        assert table[level].to_numpy() == pytest.approx(np.quantile(told, share, axis=0).ravel(), abs=1e-9)
    assert table["p90"].max() > 0.1, "a licence that refuses half is worth something"


def test_duties_are_no_part_of_what_a_licence_costs() -> None:
    runs = run_all(trade(), scenario(list(TAXES)), runs=4, seed=2)
    assert wedges(runs, runs.markets[0]).max() > 1.5
    assert shadow_table(runs)[["p10", "p50", "p90"]].max(axis=None) == pytest.approx(0.0, abs=1e-9)


def test_a_scenario_without_priced_goods_has_an_empty_table() -> None:
    assert shadow_table(run_all(trade(), scenario([]), runs=1, seed=1)).empty
