import pytest

from meguri.base.errors import ModelError
from meguri.structure.balance import demand_table, element_balance, input_per_magnet, thrift_factor


def spans(row, *names):
    return [(float(row[f"{name}_low"]), float(row[f"{name}_high"])) for name in names]


def test_the_balance_of_2014_as_the_document_gives_it():  # AC3.1, C13, C14
    nd, dy = (element_balance(e).iloc[0] for e in ("Nd", "Dy"))
    assert spans(nd, "supply", "need", "balance") == [(10000, 10000), (3000, 4000), (6000, 7000)]
    assert spans(dy, "supply", "need", "balance") == [(60, 60), (500, 600), (-540, -440)]
    assert spans(dy, "coverage")[0] == pytest.approx((0.10, 0.12))
    assert dy["facts"] == "mz-037|mz-034" and dy["source"] == "seed-002" and dy["grade"] == "estimated"


def test_thrifting_alone_does_not_close_the_gap():  # C15
    factor = thrift_factor()
    assert (factor.low, factor.high) == pytest.approx((0.40, 0.75))
    low, high = spans(element_balance("Dy", thrift=factor).iloc[0], "balance")[0]
    assert (low, high) == pytest.approx((-390, -140))


def test_a_balance_without_both_sides_says_so():
    with pytest.raises(ModelError, match="supply and need"):
        element_balance("Tb")
    with pytest.raises(ModelError):
        element_balance("Dy", year=2015)


def test_printed_and_computed_changes_stand_in_separate_columns():  # AC3.2, C8, C9, C10
    table = demand_table().set_index(["item", "year"])
    expected = {
        "magnet": ([11900, 10150, 8050], [-14.7, -20.7], [-0.15, -0.21]),
        "nd-pr": ([4850, 4150, 3300], [-14.4, -20.5], [-0.14, -0.20]),
        "dy": ([700, 600, 500], [-14.3, -16.7], [-0.14, -0.17]),
    }
    for item, (middle, computed, printed) in expected.items():
        rows = table.loc[item]
        assert rows["amount_mid"].tolist() == middle
        assert [round(100 * x, 1) for x in rows["change_computed"].iloc[1:]] == computed
        assert rows["change_printed"].iloc[1:].tolist() == printed
        assert rows[["change_computed", "change_printed"]].iloc[0].isna().all()


def test_input_of_41_percent_implies_a_yield_near_073_and_a_dy_content_of_43_to_45_percent():  # C11, C12
    table = input_per_magnet()
    assert [round(x, 3) for x in table["nd_pr_input"]] == [0.408, 0.409, 0.410]
    assert [round(x, 3) for x in table["dy_input"]] == [0.059, 0.059, 0.062]
    assert table["yield_implied"].between(0.73, 0.74).all()
    assert table["dy_content"].between(0.043, 0.046).all()
