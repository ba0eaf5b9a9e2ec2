"""Four tests from declared inputs: the documents' verdicts stand, unknown stays unknown."""

import numpy as np
import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.circulate.suitability import TESTS, suitability, suitability_scores
from meguri.observe.packaged import facts

CHAIN = pd.DataFrame({"chain": ["x"], "element": ["X"], "label_en": ["X"], "label_ja": ["X"]})


def one(test: str, **cells) -> pd.Series:
    given = {"chain": "x", "test": test, "text_en": "r", "text_ja": "理由", "source": "s", "grade": "assumed"}
    rows = suitability(pd.DataFrame([{**given, **cells}]), CHAIN).set_index("test")
    return rows.loc[test]


def test_the_flows_of_the_documents_are_all_scored():
    listed = facts("suitability_chains", "suitability_chains.csv")
    scored = {flow for cell in listed["flows"] for flow in cell.split("|") if flow}
    assert {f"F{n:02d}" for n in range(7, 15)} <= scored
    rows = suitability()
    assert len(rows) == len(listed) * len(TESTS)


def test_what_the_documents_say_of_ruthenium_tungsten_and_palladium_stands():
    rows = suitability().set_index(["chain", "test"])["verdict"]
    for test in ("value_density", "specific_use", "concentrated_scrap"):
        assert rows["ru-process", test] == "met"
    assert rows["w-tool", "value_density"] == rows["w-tool", "specific_use"] == "met"
    assert rows["pd-short", "value_density"] == rows["pd-short", "mature_trade"] == "met"
    assert rows["pd-short", "concentrated_scrap"] == "unknown"  # the document is silent


def test_an_unknown_widens_the_score_and_never_lowers_the_upper_end():
    rows = suitability_scores().set_index("chain")
    assert ((rows["score_high"] - rows["score_low"]) >= rows["unknown"] - 1e-9).all()
    nothing = suitability(facts("suitability_inputs", "suitability.csv").iloc[:0], CHAIN)
    score = suitability_scores(nothing).iloc[0]
    assert (score["score_low"], score["score_high"], score["unknown"]) == (0, 4, 4)


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.9, "unmet"), (1.0, "partly"), (9.9, "partly"), (10.0, "met")]
)
def test_a_number_is_judged_against_the_marks(value, verdict):
    assert one("value_density", value=value)["verdict"] == verdict


def test_a_range_over_a_mark_leaves_both_verdicts_open():
    row = one("value_density", value=12.0, value_low=0.5, value_high=20.0)
    assert row[["points_low", "points", "points_high"]].tolist() == [0.0, 1.0, 1.0]


def test_a_verdict_of_the_source_goes_before_the_number():
    assert one("value_density", value=0.1, verdict="met")["verdict"] == "met"


def test_a_row_with_neither_verdict_nor_number_is_unknown():
    row = one("mature_trade")
    assert row["verdict"] == "unknown"
    assert np.isnan(row["points"])


def test_alloying_steel_is_least_fit_and_targets_are_fit():
    rows = suitability_scores()
    assert rows["chain"].iloc[-1] == "nb-v-steel"
    fit = rows.set_index("chain")["score_low"]
    assert min(fit["ru-process"], fit["in-target"]) > fit["dy-magnet"] > fit["nb-v-steel"]


def test_every_reason_names_a_source_that_exists_in_both_languages():
    rows = suitability()
    known = set(sources()["source"])
    assert {key for cell in rows["source"] for key in cell.split("|")} <= known
    assert rows["text_en"].ne("").all()
    assert rows["text_ja"].ne("").all()


def test_inputs_of_an_unlisted_chain_are_refused():
    given = facts("suitability_inputs", "suitability.csv")
    with pytest.raises(DataError):
        suitability(given, CHAIN)
