"""The tables behind leverage: complete, dated before any fit, and one measure at a time."""

import csv

import pytest

from meguri.base.errors import DataError
from meguri.base.terms import packaged
from meguri.observe.leverage import (
    ATTRIBUTES,
    leverage_attributes,
    leverage_coefficients,
    leverage_frozen,
    leverage_item,
    leverage_items,
    leverage_observations,
    year_of,
)

ASKED = {
    "hf", "resist", "resist-euv", "fpi", "wfe", "wfe-clean", "wfe-deposition-etch", "wfe-litho-duv",
    "wfe-litho-euv", "magnets", "gallium-germanium", "heavy-rare-earths",
}  # fmt: skip


def test_every_item_of_the_issue_is_packaged_with_all_attributes_for_its_partner():
    items = leverage_items()
    assert set(items["item"]) == ASKED
    for row in items.itertuples():
        rated = leverage_attributes(row.item, row.partner)
        assert rated["attribute"].tolist() == list(ATTRIBUTES)
        assert rated["partner"].tolist()[-1] == row.partner  # the push is that of the partner


def test_ratings_and_first_coefficients_are_those_frozen_before_the_first_fit():
    # Whoever changes a rating after having seen a result must write a new date, in the open.
    assert leverage_frozen()["same"].eq("same").all()


def test_every_rating_says_why_in_both_languages():
    for table in (leverage_attributes(), leverage_coefficients()):
        assert (table["reason_en"].str.len() > 10).all()
        assert table["reason_ja"].str.contains(r"[ぁ-んァ-ヶ一-龠]").all()


def test_an_economy_without_a_rating_gets_the_widest_range():
    push = leverage_attributes("hf", "BR").set_index("attribute").loc["state_push"]
    own = leverage_attributes("hf", "KR").set_index("attribute").loc["state_push"]
    assert push["value_high"] - push["value_low"] > own["value_high"] - own["value_low"]


def test_each_source_is_known():
    with packaged("sources.csv").open(encoding="utf-8") as file:
        known = {row["source"] for row in csv.DictReader(file)}
    for table in (leverage_items(), leverage_attributes(), leverage_observations(), leverage_coefficients()):
        assert set("|".join(table["source"]).split("|")) <= known


def test_what_the_fit_sees_is_one_measure_and_never_a_printed_forecast():
    fitted = leverage_observations(use="fit")
    assert set(fitted["measure"]) == {"home-share"}
    assert set(fitted["item"]) == {"wfe", "hf", "resist"}
    assert fitted[["start_at", "start", "pressure", "at", "value_low", "value_high"]].notna().all().all()
    assert not leverage_observations(use="printed")["observation"].isin(fitted["observation"]).any()


def test_an_unknown_value_says_why():
    unknown = leverage_observations()
    unknown = unknown[unknown[["value", "value_low", "value_high"]].isna().all(axis=1)]
    assert len(unknown) == 3
    assert unknown["note_en"].str.contains("(?i)unknown").all()
    assert unknown["note_ja"].str.contains("不明").all()


def test_the_printed_fall_of_65_6_per_cent_is_that_of_2019_and_not_of_the_year_before_the_control():
    seen = leverage_observations("hf").set_index("observation")["value"]
    printed = seen["hf-kr-value-2021-printed"] / 36.3 - 1
    assert printed == pytest.approx(-0.656, abs=5e-4)
    assert seen["hf-kr-value-2020"] / seen["hf-kr-value-2018"] - 1 == pytest.approx(-0.86, abs=5e-3)


def test_an_unknown_item_names_the_nearest():
    with pytest.raises(DataError, match="wfe-clean"):
        leverage_item("wfe-claen")


def test_an_unknown_economy_is_refused():
    with pytest.raises(DataError, match="Atlantis"):
        leverage_attributes("hf", "Atlantis")


def test_a_date_keeps_its_place_in_the_year():
    assert year_of("2020-01-01") == 2020
    assert year_of("2020") == 2020.5
    assert year_of("2019-07-04") < year_of("2019-08") < year_of("2019-12-31") < 2020


@pytest.mark.data
def test_customs_of_korea_give_the_shares_and_tonnes_that_are_packaged():
    import os
    from pathlib import Path

    import pandas as pd

    folder = Path(os.environ.get("MEGURI_DATA", "missing")) / "korea-2019-controls" / "derived"
    if not folder.exists():
        pytest.skip("MEGURI_DATA holds no korea-2019-controls")
    trade = pd.read_parquet(folder / "korea_monthly_by_country_hs10.parquet")
    trade = trade.assign(month=trade["year"] * 12 + trade["month"] - 1)
    seen = leverage_observations().set_index("observation")

    def share(item: str, country: str, year: int, last: int = 12) -> float:
        rows = trade[(trade["item_hs10"] == item) & trade["month"].between(year * 12, year * 12 + last - 1)]
        return rows.loc[rows["country"] == country, "import_usd"].sum() / rows["import_usd"].sum()

    hf, resist = "2811111000", "3707901010"
    for year in (2018, 2019, 2020):
        assert share(hf, "Japan", year) == pytest.approx(seen.at[f"hf-kr-share-{year}", "value"], abs=5e-5)
    assert share(resist, "Japan", 2021, 5) == pytest.approx(
        seen.at["resist-kr-share-2021-05", "value"], abs=5e-5
    )
    assert share(resist, "Belgium", 2021) == pytest.approx(
        seen.at["resist-kr-belgium-share", "value"], abs=5e-5
    )
    assert home_range(trade[trade["item_hs10"] == hf], 2020 * 12) == pytest.approx(
        seen.loc["hf-kr-2020", ["value_low", "value_high"]].tolist(), abs=5e-5
    )


def home_range(trade, first: int) -> tuple[float, float]:
    """The two ends of Korea's home share of HF over twelve months, as the note of the row defines them."""

    def year(start: int) -> tuple[float, float]:
        rows = trade[trade["month"].between(start, start + 11)]
        raw = rows.loc[rows["country"] == "China", "import_kg"].sum()
        return raw - rows["export_kg"].sum(), rows["import_kg"].sum() - raw

    made, bought = year(first)
    usual = sum(year(2018 * 12 + 6))
    return made / (made + bought), 1 - bought / usual
