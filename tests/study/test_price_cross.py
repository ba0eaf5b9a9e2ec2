"""The price peak of 2011: each metal predicted from the other, hit or miss as printed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from meguri.study.price_cross import (
    apart_before,
    cross_predictions,
    fitted_on,
    quotes_outside,
    supply_path,
    unit_value_prediction,
)

CASE, BASE = "2010-rare-earths", "2010-02"


def test_supply_of_the_episode_is_the_published_allotment_over_exports_before_the_cut() -> None:
    """32,200 t in nine months; 13,996 t left for July to December 2010; 30,184 t and 30,996 t after."""
    months, share = supply_path(CASE)
    usual = 32_200 / 9
    expected = np.repeat([1.0, 13_996 / 6 / usual, 30_184 / 12 / usual, 30_996 / 12 / usual], [6, 6, 12, 12])
    assert months[0] == "2010-01" and months[-1] == "2012-12"
    np.testing.assert_allclose(share, expected, atol=6e-4)


def test_quotes_are_ratios_to_their_own_form_before_the_cut() -> None:
    """465 and 3,700 USD/kg in July 2011 (printed per tonne) over 40 and 220 in February 2010."""
    months, _ = supply_path(CASE)
    for element, ratio in (("Nd", 465 / 40), ("Dy", 3700 / 220)):
        _, used = quotes_outside(element, months, BASE)
        july = used[(used["date"] == "2011-07") & (used["form"] == "metal")]
        assert july["ratio"].tolist() == pytest.approx([ratio])
        assert used["month"].is_monotonic_increasing and (used["month"] > 2).all()
        assert not used.duplicated(["form", "ratio"]).any()


def test_how_far_neodymium_and_dysprosium_went_apart_comes_from_years_before_the_event() -> None:
    """Lynas' table: 30.24, 31.90, 19.12 and 89.10, 118.49, 115.67 USD/kg in 2007, 2008, 2009."""
    nd, dy = np.log([30.24, 31.90, 19.12]), np.log([89.10, 118.49, 115.67])
    assert apart_before("Nd", "Dy") == pytest.approx(np.sqrt(np.mean((np.diff(nd) - np.diff(dy)) ** 2)))


@pytest.fixture(scope="module")
def crossed() -> pd.DataFrame:
    return cross_predictions()


def test_both_directions_are_printed_and_judged_by_the_bar(crossed: pd.DataFrame) -> None:
    pairs = set(zip(crossed["fitted_on"], crossed["element"], strict=True))
    assert pairs == {("Nd", "Dy"), ("Dy", "Nd")}
    np.testing.assert_allclose(crossed["error"], np.log(crossed["p50"] / crossed["observed"]))
    bar = (crossed["error"].abs() <= np.log(1.5)) & (crossed["width"] <= 3.0)
    assert ((crossed["hit"] == "yes") == bar).all()


def test_the_peak_of_neodymium_is_met_from_dysprosium_and_that_of_dysprosium_is_missed(
    crossed: pd.DataFrame,
) -> None:
    """A miss stays a miss: what kept dysprosium high is not in the quota (see the backtest page)."""
    peak = crossed[crossed["date"] == "2011-07"].set_index("element")
    assert (peak.loc["Nd", "hit"], peak.loc["Nd", "in_band"]) == ("yes", "yes")
    assert (peak.loc["Dy", "hit"], peak.loc["Dy", "in_band"]) == ("no", "no")
    assert peak.loc["Dy", "p50"] < peak.loc["Dy", "observed"]


def test_the_unit_value_of_metals_2011_is_met_from_either_metal() -> None:
    """BACI 280530 into Japan: 15.8 → 131.9 USD/kg, × 8.3; 2010 Q1 over 2009 from Lynas' table."""
    apart = apart_before("Nd", "Dy")
    for element, before in (("Nd", 27.56 / 19.12), ("Dy", 156.50 / 115.67)):
        low, middle, high = unit_value_prediction(element, CASE, BASE, "2011", before, apart)
        assert abs(np.log(middle / 8.3)) <= np.log(1.5)
        assert np.sqrt(high / low) <= 3.0


def test_quotes_of_one_metal_say_little_of_hoards_and_much_of_elasticity_and_memory() -> None:
    table = fitted_on("Nd", CASE, BASE).table().set_index("number")
    assert table.loc["elasticity", "p90"] < 0.2 < table.loc["elasticity", "high"]
    assert table.loc["memory", "p10"] > 0.85
