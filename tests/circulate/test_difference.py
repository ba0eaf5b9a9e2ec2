"""Plans compared by burden: hand-worked at the modes, antisymmetric, with common draws."""

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.circulate.difference import plan_differences
from meguri.circulate.route_case import load_case

CASE = load_case("dy-routes")
ROWS = plan_differences(CASE, "B", "A", runs=400)


def test_the_burdens_of_the_worked_case_come_out_by_hand():
    # A: 60 intact leached, extracted, reduced: .10 + .95·(.15 + .95·.45); 25 shredded yield .10 of that
    # B: intact .05 + .90·.15, the shredded part as in A
    whole, rest = 0.15 + 0.95 * 0.45, 0.25
    a = 0.60 * (0.10 + 0.95 * whole) + rest * (0.10 + 0.10 * whole)
    b = 0.60 * (0.05 + 0.90 * 0.15) + rest * (0.10 + 0.10 * whole)
    row = ROWS.set_index("metric").loc["product-burden"]
    assert row["value_other"] == pytest.approx(a)
    assert row["value_one"] == pytest.approx(b)
    assert row["difference"] == pytest.approx(b - a)


def test_the_direct_route_burdens_less_but_takes_virgin_dysprosium():
    sign = ROWS.set_index("metric")["sign"]
    assert sign["product-burden"] == "less"
    assert sign["virgin-element"] == "more"


def test_the_other_way_round_only_the_sign_changes():
    back = plan_differences(CASE, "A", "B", runs=400)
    np.testing.assert_allclose(back["difference"], -ROWS["difference"])
    np.testing.assert_allclose(back["low"], -ROWS["high"])
    assert (
        back["sign"].map({"less": "more", "more": "less", "open": "open"}).tolist() == ROWS["sign"].tolist()
    )


def test_a_plan_compared_with_itself_differs_by_nothing():
    same = plan_differences(CASE, "A", "A", runs=50)
    assert (same[["difference", "low", "high", "less"]] == 0).all(axis=None)


def test_same_seed_same_rows():
    pd.testing.assert_frame_equal(plan_differences(CASE, "B", "A", runs=400), ROWS)


def test_a_plan_nobody_declared_is_refused():
    with pytest.raises(DataError):
        plan_differences(CASE, "A", "Z")


def test_a_case_without_sign_off_is_refused_by_naming_its_numbers():
    with pytest.raises(DataError) as caught:
        plan_differences(load_case("w-tool"), "zinc", "chemical", runs=10)
    assert caught.value.problems
    signed = load_case("w-tool", sign_off="me")
    assert len(plan_differences(signed, "zinc", "chemical", runs=10)) > 0
