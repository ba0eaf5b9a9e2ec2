"""Series decide only at the claim's own resolution, and in both directions."""

import numpy as np
import pandas as pd
import pytest

from meguri.structure import claims as checked
from meguri.structure.claims import claim
from meguri.structure.claims_points import claim_points
from meguri.structure.claims_spell import spell_at

IMPORTS = "jp-imports-rare-earths-cn"


def own_file(folder, values):
    """A file of one's own with Japan's imports from China by month."""
    table = pd.DataFrame({"period": list(values), "value": list(values.values())})
    table = table.assign(series=IMPORTS, unit="t", source="my own download", grade="reported")
    table.to_csv(folder / "own.csv", index=False)
    return claim_points(folder / "own.csv")


def months(first, last, **changed):
    """About 1,900 t in a month, with some scatter and the months named changed."""
    index = pd.period_range(first, last, freq="M").astype(str)
    values = {month: 1900.0 + 40 * (number * 37 % 11) for number, month in enumerate(index)}
    return values | {f"20{key[1:3]}-{key[3:]}": value for key, value in changed.items()}


@pytest.mark.parametrize("span", [("2008-01", "2010-12"), ("2009-01", "2010-12"), ("2010-01", "2010-12")])
def test_monthly_customs_decide_the_january_halt_both_ways(tmp_path, span):
    item = claim("n10-january-halt")
    shipped = own_file(tmp_path, months(*span))
    halted = own_file(tmp_path, months(*span, m1001=90.0, m1002=300.0))
    assert checked.test_claim(item).verdict == "unverifiable"
    assert checked.test_claim(item, series=shipped).verdict == "contradicted-by-series"
    assert checked.test_claim(item, series=halted).verdict == "supported-by-change-point"


def test_a_rough_series_leaves_the_january_halt_open(tmp_path):
    rng = np.random.default_rng(3)
    rough = {month: 1900.0 * np.exp(rng.normal(0, 0.8)) for month in months("2008-01", "2010-12")}
    found = checked.test_claim(claim("n10-january-halt"), series=own_file(tmp_path, rough))
    assert (found.verdict, found.because) == ("unverifiable", "series_silent")


def test_a_sum_over_nine_months_decides_nothing(tmp_path):
    found = checked.test_claim(
        claim("n10-january-halt"), series=own_file(tmp_path, {"2010-01/2010-09": 16000.0, "2009": 15590.0})
    )
    assert found.verdict == "unverifiable"
    row = found.tables["series"].iloc[0]
    assert row["finding"] == "too-coarse" and "2010-01/2010-09" in row["coarser_at_hand"]


def test_monthly_customs_decide_the_halt_after_the_incident_both_ways(tmp_path):
    item = claim("cl-002")
    span = ("2008-01", "2011-12")
    halted = own_file(tmp_path, months(*span, m1010=1278.0, m1011=130.0))
    shipped = own_file(
        tmp_path, months(*span, m1009=1900, m1010=2000.0, m1011=1950.0, m1012=2000.0, m1101=1900.0)
    )
    assert checked.test_claim(item, series=halted).verdict == "supported-by-change-point"
    assert checked.test_claim(item, series=shipped).verdict == "contradicted-by-series"


def test_a_stop_before_the_cause_supports_nothing(tmp_path):
    early = own_file(
        tmp_path, months("2008-01", "2011-12", m1006=60.0, m1009=1900, m1010=2000.0, m1011=1950.0)
    )
    assert checked.test_claim(claim("cl-002"), series=early).verdict != "supported-by-change-point"


def test_a_competing_event_between_cause_and_fall_takes_the_support_away(tmp_path):
    item = claim("cl-002")
    other = {"label": {"en": "storm", "ja": "嵐"}, "date": "2010-10-01", "source": "https://example.org"}
    contested = type(item).model_validate({**item.model_dump(), "alternatives": [other]})
    halted = own_file(tmp_path, months("2008-01", "2011-12", m1010=1278.0, m1011=130.0))
    found = checked.test_claim(contested, series=halted)
    assert found.verdict == "not-excluded"
    assert found.tables["series"]["finding"].tolist() == ["after-competing"]


def test_an_order_that_is_impossible_asks_no_series(tmp_path):
    item = claim("cl-003").model_copy(update={"series": claim("cl-002").series})
    found = checked.test_claim(item, series=own_file(tmp_path, months("2008-01", "2011-12", m1009=10.0)))
    assert found.verdict == "impossible-by-order" and found.tables["series"].empty


def test_noise_alone_seldom_looks_like_a_stop():
    rng = np.random.default_rng(5)
    index = pd.period_range("2008-01", "2010-12", freq="M").astype(str)
    answers = [
        spell_at(
            pd.Series(1500 * np.exp(rng.standard_t(5, 36) * 0.2), index=index), "2010-01", "2010-03"
        ).answer
        for _ in range(15)
    ]
    assert answers.count("yes") <= 2  # 2.5 % over hundreds of runs, see docs of the module


@pytest.mark.slow  # the search for breaks takes seconds for each series
def test_localisation_in_korea_is_supported_for_hydrogen_fluoride_and_not_for_all_resist():
    fluoride, resist, both = (checked.test_claim(claim(f"cl-011{part}")) for part in ("-hf", "-resist", ""))
    assert fluoride.verdict == "supported-by-change-point"
    assert resist.verdict == "not-excluded"
    assert (both.verdict, both.because) == ("not-excluded", "mixed")
    assert set(both.placebos["finding"]) & {"supported"} == set()
    named = both.tables["detour"].set_index("series")
    assert "kr-imports-resist-be" in named.at["kr-imports-resist-jp", "third"]
    assert "Belgium" in resist.why_en and "ベルギー" in resist.why_ja
