import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.terms import packaged
from meguri.observe.governance import DIMENSIONS, governance, governance_at


def test_packaged_governance_passes_its_schema():
    table = pd.read_parquet(packaged("snapshots", "governance.parquet"))
    checked = Schema.of("governance").check(table)
    assert len(checked) == len(table) == 33_780


def test_taiwan_has_its_own_estimates_in_every_year():
    assert list(governance("TW")["year"]) == [1996, 1998, 2000, *range(2002, 2025)]


def test_six_dimensions_repeat_the_published_check_values():
    # (2.5 - mean of six, 2016-2020) * 2 as printed with the raw set
    for country, printed in [("CN", 5.676), ("CD", 8.223), ("JP", 2.324), ("TW", 2.743)]:
        means = [
            governance(country, range(2016, 2021), name, six=True)["estimate"].mean() for name in DIMENSIONS
        ]
        assert round((2.5 - sum(means) / 6) * 2, 3) == pytest.approx(printed, abs=1.01e-3)


def test_no_series_of_one_edition_resembles_another_country_more_than_its_own():
    newer = governance(years=range(1996, 2022)).pivot(index="year", columns="country", values="estimate")
    older = governance(six=True).pivot(index="year", columns="country", values="estimate")
    shared = [c for c in newer if c in older and (newer[c].notna() & older[c].notna()).sum() >= 10]
    gaps = {c: older[shared].sub(newer[c], axis=0).abs().mean() for c in shared}
    assert len(shared) > 200
    # four micro-states rest on one or two surveys, so a revision moves them as far as a neighbour
    assert {c for c, gap in gaps.items() if gap.idxmin() != c} == {"JE", "MH", "NR", "SM"}


def test_rows_under_wrong_codes_were_moved_to_their_own_country():
    kosovo = governance("Kosovo", 2010)["estimate"].iloc[0]
    assert kosovo == pytest.approx(-1.0448, abs=1e-3)
    guiana, guyana = (governance(key, 2021)["estimate"].iloc[0] for key in ("GF", "GY"))
    assert guiana == pytest.approx(0.33, abs=0.01)
    assert guyana == pytest.approx(-0.14, abs=0.01)
    assert governance("EFTA").empty


def test_interval_surrounds_the_estimate():
    table = governance(years=2020)
    assert (table["estimate_low"] < table["estimate"]).all()
    assert (table["estimate"] < table["estimate_high"]).all()


def test_a_gap_year_takes_the_newest_earlier_estimate_and_says_its_year():
    rows = governance_at(["CN", "SUHH", "JP"], 2001)
    assert list(rows["country"]) == ["CN", "SUHH", "JP"]
    assert rows["year"].tolist() == [2000, pd.NA, 2000]
    assert rows["estimate"].isna().tolist() == [False, True, False]
    assert rows["reason"].tolist() == ["", "no_estimate", ""]


def test_unknown_dimension_is_refused():
    with pytest.raises(DataError, match="pv, va"):
        governance("CN", dimension="xx")
