"""Latin hypercube: every stratum once, same seed same values."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from meguri.shock.sample import Draw, declared_ranges, latin_hypercube
from meguri.structure.chain import Chain
from meguri.structure.words import parameter_labels
from tests.scenario.test_schema import gallery_of_kinds
from tests.shock.test_controls import LICENCE, trade
from tests.small import scenario

RANGES = pd.DataFrame({"low": [0.0, 0.0, 10.0], "mode": [0.0, 5.0, 20.0], "high": [1.0, 10.0, 20.0]})


def share_of(value: float, low: float, mode: float, high: float) -> float:
    """Distribution function of the triangular distribution, by its areas."""
    if value < mode:
        return (value - low) ** 2 / ((high - low) * (mode - low))
    return 1 - (high - value) ** 2 / ((high - low) * (high - mode)) if high > mode else 1.0


@given(st.integers(2, 60), st.integers(0, 2**32 - 1))
def test_each_range_hits_each_of_its_strata_once(runs: int, seed: int) -> None:
    values = latin_hypercube(RANGES, runs, seed)
    for column, (low, mode, high) in enumerate(RANGES.itertuples(index=False)):
        shares = np.array([share_of(value, low, mode, high) for value in values[:, column]])
        assert sorted(np.floor(shares * runs - 1e-9 * (shares > 0.5))) == list(range(runs))
        assert low <= values[:, column].min() and values[:, column].max() <= high


def test_same_seed_same_values_and_another_seed_others() -> None:
    first = latin_hypercube(RANGES, 20, 7)
    assert (latin_hypercube(RANGES, 20, 7) == first).all()
    assert not (latin_hypercube(RANGES, 20, 8) == first).any()


def test_columns_are_shuffled_apart() -> None:
    values = latin_hypercube(pd.concat([RANGES.iloc[[1]]] * 2), 200, 1)
    assert abs(np.corrcoef(values.T)[0, 1]) < 0.2


def test_one_run_takes_every_mode() -> None:
    assert latin_hypercube(RANGES, 1, 1).tolist() == [[0.0, 5.0, 20.0]]


def ranged() -> Chain:
    chain = trade()
    nodes = chain.nodes
    nodes.loc[nodes["node"] == "cn-heavy", ["output_low", "output_high"]] = [1095.0, 1400.0]
    return chain.with_table("nodes", nodes)


def test_every_ranged_number_is_a_parameter_with_its_evidence() -> None:
    found = declared_ranges(ranged(), scenario([LICENCE | {"paperwork": ["5 d", "10 d", "20 d"]}]))
    rows = found.set_index("parameter")
    assert set(rows.index) == {"nodes[cn-heavy].output", "controls.control-0.paperwork"}
    assert rows.loc["nodes[cn-heavy].output", ["low", "mode", "high", "unit"]].tolist() == [
        1095.0, 1095.0, 1400.0, "t/a",
    ]  # fmt: skip
    assert rows.loc["controls.control-0.paperwork", ["low", "mode", "high", "unit"]].tolist() == [
        5.0, 10.0, 20.0, "d",
    ]  # fmt: skip
    assert set(rows["grade"]) == {"assumed"}


def test_a_draw_replaces_the_ranged_cell_only_and_leaves_the_chain_alone() -> None:
    chain, given = ranged(), scenario([LICENCE])
    draw = Draw(chain, declared_ranges(chain, given), np.array([[1200.0], [1300.0]]))
    node = chain.nodes["node"].tolist().index("cn-heavy")
    for run, expected in enumerate((1200.0, 1300.0)):
        column = draw.column(run, "nodes", "output")
        assert column[node] == expected
        assert sorted(np.delete(column, node)) == [730.0, 730.0, 730.0, 1095.0]
    assert chain.nodes["output"].max() == 1095.0


def test_parameters_do_not_depend_on_the_order_of_rows() -> None:
    chain, given = ranged(), scenario([LICENCE])
    turned = chain.with_table("nodes", chain.nodes.iloc[::-1].reset_index(drop=True))
    one, other = declared_ranges(chain, given), declared_ranges(turned, given)
    assert one["parameter"].tolist() == other["parameter"].tolist()
    assert one["row"].tolist() == (len(chain.nodes) - 1 - other["row"]).tolist()


def test_every_range_of_a_scenario_is_a_parameter_however_deep_it_stands() -> None:
    given = gallery_of_kinds()
    chain = Chain.example("ndfeb-japan@2024")
    found = set(declared_ranges(chain, given).query("table == 'scenario'")["parameter"])
    assert found >= {
        "precaution.in_force", "disruptions.0.yield_lost", "demand_path.0.factor",
        "controls.of-3.approval", "controls.of-4.fade", "controls.of-4.floor",
    }  # fmt: skip
    labels = parameter_labels(sorted(found), chain, given)
    assert len(set(labels["en"])) == len(set(labels["ja"])) == len(found)
