"""The hub's share follows place, cost and skill as it must; the backtest prints what it got."""

import numpy as np
import pytest

from meguri.base.sources import sources
from meguri.base.terms import label
from meguri.circulate import hub
from meguri.circulate.hub import YEARS, draw, hub_backtest, hub_share, local_refining, to_hub, verdict
from meguri.observe.packaged import facts

DRAWS = draw(400, seed=1)


def changed(**numbers) -> hub.Draws:
    """The same draws with some parameters set to one value in both periods."""
    number = dict(DRAWS.number)
    for name, value in numbers.items():
        for key in [key for key in number if key[0] == name]:
            number[key] = np.full(400, value)
    return hub.Draws(DRAWS.places, DRAWS.display, DRAWS.scrap, number)


def test_shares_of_panels_add_to_one_in_every_year_and_run():
    np.testing.assert_allclose(DRAWS.display.sum(axis=0), 1)


def test_same_seed_same_figures():
    assert draw(50, 3).display.tobytes() == draw(50, 3).display.tobytes()
    assert hub_backtest(300, seed=2).scores.equals(hub_backtest(300, seed=2).scores)


def test_without_refineries_abroad_everything_comes_to_japan():
    share = hub_share(DRAWS, "after", own=0.0)
    recycled, primary = DRAWS.of("recycled", "after"), DRAWS.of("primary", "after")
    np.testing.assert_allclose(share, recycled + (1 - recycled) * primary)


def test_a_refinery_next_door_at_prohibitive_freight_leaves_japan_its_own():
    far = changed(freight=1e4)
    home = far.display[far.places.index("JP")]
    recycled, primary = far.of("recycled", "after"), far.of("primary", "after")
    own = hub._mean(home, "after")
    np.testing.assert_allclose(hub_share(far, "after", own=1.0), recycled * own + (1 - recycled) * primary)


@pytest.mark.parametrize(
    ("name", "less", "more"), [("days", 10, 90), ("freight", 1, 20), ("interest", 0.01, 0.5)]
)
def test_more_distance_never_brings_more_to_japan(name, less, more):
    assert (hub_share(changed(**{name: more}), "after") <= hub_share(changed(**{name: less}), "after")).all()


def test_more_skill_never_brings_less():
    assert (hub_share(changed(skill=20.0), "after") >= hub_share(changed(skill=0.0), "after")).all()


def test_equal_cost_and_skill_split_the_lots_evenly():
    even = changed(freight=0.0, interest=0.0, skill=0.0)
    np.testing.assert_allclose(to_hub(even, "before"), 0.5)


def test_a_refinery_stands_only_where_scrap_was_enough_and_after_it_was_built():
    slow, huge = local_refining(changed(build=15.0)), local_refining(changed(scale=1e6))
    abroad = [n for n, place in enumerate(DRAWS.places) if place != "JP"]
    assert huge[abroad].max() == 0
    assert slow[abroad][:, YEARS < 2015].max() == 0
    quick = local_refining(changed(build=2.0))
    assert (quick[abroad] >= slow[abroad] - 1e-12).all()
    assert (local_refining(DRAWS)[DRAWS.places.index("JP")] == 1).all()


def test_scrap_moving_from_near_home_to_own_refining_lowers_the_share():
    # the acceptance case: panels go from Japan to a place with a refinery of its own
    home, china = DRAWS.places.index("JP"), DRAWS.places.index("CN")
    display = DRAWS.display.copy()
    display[china] += display[home]
    display[home] = 0.0
    moved = hub.Draws(DRAWS.places, display, DRAWS.scrap, DRAWS.number)
    assert (hub_share(moved, "after", own=1.0) < hub_share(DRAWS, "after", own=1.0)).all()


def test_the_backtest_hits_the_level_of_2005_and_misses_the_fall():
    # a recorded result, not a wish: distance alone lowers the share, but by far less than the document says
    found = hub_backtest()
    rows = found.scores.set_index("period")
    assert rows["verdict"].to_dict() == {"before": "hit", "after": "miss"}
    assert rows.at["after", "p50"] < rows.at["before", "p50"]
    by = found.drivers.set_index("driver")
    printed = {"location": 8, "skill": 2, "both": 16, "own_everywhere": 33}  # as decisions.md says
    assert by["p50"].mul(100).round().astype(int).to_dict() == printed
    assert rows["p50"].mul(100).round().astype(int).to_dict() == {"before": 48, "after": 40}
    assert by.at["location", "above_skill"] > 0.6


def test_what_would_have_to_be_true_gives_the_documents_figure():
    found = hub_backtest(400)
    recycled, primary = DRAWS.of("recycled", "after"), DRAWS.of("primary", "after")
    home = hub._mean(DRAWS.display[DRAWS.places.index("JP")], "after")
    share = recycled * (home + (1 - home) * found.needed) + (1 - recycled) * primary
    assert np.median(share) == pytest.approx(0.2, abs=0.003)
    assert found.needed < found.chance


def test_the_later_share_hangs_on_what_moves_lots_to_japan():
    signs = hub_backtest(1000).hangs_on.set_index("figure")["correlation"]
    assert signs["skill"] > 0 > signs["freight"]
    assert signs["days"] < 0


def test_what_speaks_against_the_document_stands_beside_it():
    others = hub_backtest(100).evidence.query("what == 'other'")
    assert len(others) >= 2
    assert others["text_ja"].ne("").all()


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_result_is_told_with_hit_and_miss(lang):
    said = " ".join(hub_backtest(500).sentences(lang))
    assert ("miss" if lang == "en" else "外れ") in said


def test_every_parameter_has_a_name_to_be_told_by():
    for name in facts("hub_parameters")["parameter"].unique():
        assert label(f"parameter_{name}", "ja", "hub") != label(f"parameter_{name}", "en", "hub")


def test_verdicts_at_their_edges():
    assert verdict(0.1, 0.2, 0.3, 0.0, 0.2) == "hit"
    assert verdict(0.2, 0.3, 0.4, 0.0, 0.2) == "partly"
    assert verdict(0.21, 0.3, 0.4, 0.0, 0.2) == "miss"


def test_every_figure_names_a_source_that_exists():
    known = set(sources()["source"])
    for table in ("hub_display", "hub_parameters", "hub_observed"):
        rows = facts(table)
        assert {key for cell in rows["source"] for key in cell.split("|")} <= known
        assert rows[["text_en", "text_ja"]].ne("").all(axis=None)
