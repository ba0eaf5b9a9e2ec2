"""The band of Japan's customs goods: computed and printed ranges stand apart, assumed years are told."""

import pandas as pd
import pytest

from meguri.show.figures.customs_band import customs_band
from tests.show.pages import TEXTS, browser, opened, touching

__all__ = ["browser"]
YEARS = range(2014, 2024)


def classes() -> pd.DataFrame:
    rows = [
        {"year": year, "area": "Grand Total", "class": name, "total": 100.0, "value": 10.0, "share": 0.10,
         "low": 0.05, "high": 0.2, "sure": 0.0, "could": 0.45, "source": "mof-trade-goods",
         "grade": "assumed" if year < 2018 else "estimated"}
        for year in YEARS for name in ("PC4", "PC5", "RAW")
    ]  # fmt: skip
    return pd.DataFrame(rows)


def printed() -> pd.DataFrame:
    row = {"variant": "PC4", "period": "2020s", "printed_low": 0.30, "printed_high": 0.37}
    return pd.DataFrame([row, {**row, "variant": "PC5", "printed_low": 0.33, "printed_high": 0.40}])


def series(chart):
    return {one["name"]: one for one in chart.option["series"]}


def test_bands_are_stacked_from_their_foot_to_their_top():
    found = series(customs_band(classes(), printed()))
    assert {y for _, y in found["defended-foot"]["data"]} == {0.05}
    assert all(y == pytest.approx(0.15) for _, y in found["defended"]["data"]), "0.05 to 0.20"
    assert {y for _, y in found["could"]["data"]} == {0.45}


def test_printed_ranges_stand_beyond_the_years_and_only_of_the_variant_drawn():
    chart = customs_band(classes(), printed(), variant="PC5", lang="ja")
    found = series(chart)
    ends = found["printed-2020s"]["data"]
    assert [end["value"][1] for end in ends] == [0.33, 0.40]
    assert all(end["value"][0] not in [str(year) for year in YEARS] for end in ends)
    assert set(chart.table["class"]) == {"PC5"} and "printed_low" not in chart.table


def test_years_that_rest_on_a_proportion_of_another_year_are_told_and_set_off():
    chart = customs_band(classes(), printed())
    assert "2014–2017" in chart.subtitle and "(assumed)" in chart.subtitle
    assert series(chart)["hinge"]["markLine"]["data"] == [{"xAxis": "2017"}]
    later = customs_band(classes().query("year > 2017"), printed())
    assert "assumed" not in later.subtitle and series(later)["hinge"]["markLine"]["data"] == []


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_words_touch(lang, browser, tmp_path):
    chart = customs_band(classes(), printed(), lang=lang)
    page, said, asked = opened(browser, tmp_path / "band.html", chart.to_html(), 1000)
    assert said == [] and [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert touching(page.query_selector("figure.chart").evaluate(TEXTS)) == []
    page.close()
