import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.observe.mining import production
from meguri.structure.concentration import concentration, shares
from meguri.structure.geopolrisk.producers import (
    GROUP,
    REACH,
    candidates,
    indices,
    nearest,
    numbered,
    own_output,
)


def every(rows):
    """Rows numbered as if all their elements and stages were asked for."""
    asked = rows[["element", "stage"]].drop_duplicates()
    return numbered(rows, asked.assign(series=np.arange(len(asked))))


def chosen(rows, years):
    """Figures that are nearest to some years, one row for each year."""
    found = indices(every(rows))
    wanted = pd.DataFrame({"series": 0, "asked": years})
    return wanted.merge(nearest(candidates(found, wanted), found), on=["series", "asked"], how="left")


def test_indices_equal_their_slow_twin_on_packaged_series():
    rows = production()
    rows = rows[rows["element"].isin(["Co", "Ge", "Ga", "Dy", "Nb", "As", "Cu", "Hg"])]
    twin = concentration(shares(rows))
    both = twin.merge(indices(every(rows)), on=GROUP, how="outer", suffixes=("_twin", ""), indicator=True)
    assert (both["_merge"] == "both").all()
    assert len(both) > 100
    for name in ("hhi", "hhi_low", "hhi_high"):
        np.testing.assert_allclose(both[name], both[f"{name}_twin"], rtol=1e-12)


@pytest.mark.slow
def test_indices_equal_their_slow_twin_on_every_packaged_series():
    rows = production()
    both = concentration(shares(rows)).merge(
        indices(every(rows)), on=GROUP, how="outer", suffixes=("_twin", "")
    )
    for name in ("hhi", "hhi_low", "hhi_high"):
        np.testing.assert_allclose(both[name], both[f"{name}_twin"], rtol=1e-12)


def series(amounts, year=2020, source="bgs-wms", element="Ni"):
    return pd.DataFrame({
        "element": element, "stage": "ore", "country": [f"C{i}" for i in range(len(amounts))],
        "kind": "country", "year": year, "period": str(year), "basis": "metal_content", "amount": amounts,
        "share": np.nan, "reason": "", "source": source, "grade": "reported",
    })  # fmt: skip


@given(st.lists(st.integers(1, 800), min_size=1, max_size=8), st.integers(2, 9))
def test_counting_in_another_unit_changes_no_index(amounts, factor):
    eighths = [amount / 8 for amount in amounts]
    once = indices(every(series(eighths)))["hhi"].iloc[0]
    again = indices(every(series([factor * amount for amount in eighths])))["hhi"].iloc[0]
    assert again == pytest.approx(once, rel=1e-12)
    assert 1 / len(amounts) - 1e-12 <= once <= 1 + 1e-12


def test_a_withheld_large_producer_makes_the_index_unknown():
    rows = pd.concat([series([90.0, 10.0], 2020), series([np.nan, 10.0], 2021)])
    rows.loc[rows["amount"].isna(), "reason"] = "withheld"
    found = indices(every(rows)).set_index("year")
    assert found.at[2020, "hhi"] == pytest.approx(0.82)
    assert np.isnan(found.at[2021, "hhi"])
    assert found.at[2021, "reason"] == "producer_unknown"


def test_the_nearest_usable_year_is_taken_and_said():
    rows = pd.concat([series([1.0, 1.0], 2015), series([1.0], 2021)])
    taken = chosen(rows, [2016, 2020, 2024])
    assert taken["year"].tolist() == [2015, 2021, 2021]
    assert taken["far"].tolist() == [1, 1, 3]


def test_a_figure_beyond_reach_is_not_taken():
    assert chosen(series([1.0]), [2020 + REACH, 2021 + REACH])["hhi"].notna().tolist() == [True, False]


def test_a_period_is_near_to_every_year_within_it():
    rows = series([0.5, 0.5]).assign(
        share=[0.5, 0.5], amount=np.nan, period="2016/2020", source="ec-crm-2023"
    )
    assert chosen(rows, [2015, 2016, 2018, 2022])["far"].tolist() == [1, 0, 0, 2]


def test_figures_in_tonnes_come_first_where_own_output_is_asked():
    shares_only = series([np.nan, np.nan], 2020, "ec-crm-2023").assign(share=[0.5, 0.5])
    found = indices(every(pd.concat([shares_only, series([3.0, 1.0], 2014)])))
    near = candidates(found, pd.DataFrame({"series": 0, "asked": [2020]}))
    assert nearest(near, found)["source"].tolist() == ["ec-crm-2023"]
    assert nearest(near, found, tonnes_first=True)["source"].tolist() == ["bgs-wms"]


def own(rows, countries):
    rows = every(rows)
    members = pd.DataFrame({"economy": "X", "country": countries})
    return own_output(rows, indices(rows).assign(economy="X", asked=2020), members).iloc[0]


def test_a_country_that_is_not_listed_may_be_within_other_countries():
    rest = series([5.0]).assign(country="XX", kind="rest")
    found = own(pd.concat([series([90.0, 10.0]), rest]), ["C1", "C9"])
    assert (found["output"], found["output_low"], found["output_high"]) == (10.0, 10.0, 15.0)
    assert own(pd.concat([series([90.0, 10.0]), rest]), ["C1"])["output_high"] == 10.0


def test_own_output_in_shares_only_is_unknown_and_at_least_what_is_known():
    rows = series([np.nan, np.nan]).assign(share=[0.7, 0.3])
    found = own(rows, ["C0"])
    assert np.isnan(found["output"])
    assert (found["output_low"], found["output_high"]) == (0.0, np.inf)
    assert found["output_reason"] == "production_share_only"
    assert own(rows, ["C9"])["output"] == 0.0


def test_no_country_stands_twice_in_a_packaged_series():
    rows = production().astype({"year": "int64"})
    keys = [*GROUP, "country", "kind"]
    assert not rows[rows["kind"] == "country"].duplicated(keys).any()
