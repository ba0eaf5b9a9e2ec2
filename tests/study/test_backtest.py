"""A case is written down and hashed before it is run, and without an event it predicts what was."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from meguri.base.errors import DataError
from meguri.study.backtest import Backtest, backtest, declared, run_case
from meguri.study.backtest_archive import archive, archive_scores, archived
from meguri.study.backtest_case import Case, case_names, read_case
from meguri.study.backtest_fit import Kept, crossfit, with_common
from meguri.study.backtest_model import arriving_links, prepare
from meguri.study.backtest_observed import observed_series

WORDS = {"en": "A", "ja": "ア"}


def flow(code: str, **more: object) -> dict[str, object]:
    return {
        "id": f"imports-{code}", "label": WORDS, "group": "volumes", "what": "imports", "unit": "t",
        "observed": {"kind": "trade", "codes": [code], "importer": ["JP"]},
        "predicted": {"kind": "arrivals", "hs": [code], "to": ["JP"]},
        "before": ["2008", "2009"], "scored": ["2010-01", "2010-02"], **more,
    }  # fmt: skip


def case_of(differences: dict[str, object], *series: dict[str, object], **more: object) -> Case:
    base = {"contrast": None, "observed": [], "horizon": "60 d", "clock": "2010-01-01", **differences}
    return Case.model_validate(
        {
            "name": "small", "label": WORDS, "known_until": "2009-12-31", "fixed": [WORDS],
            "predicted": [WORDS],
            "studies": {"main": {"scenario": "2010-rare-earths", "differences": base}},
            "groups": {"volumes": {"label": WORDS, "bar": "beats-baselines"}},
            "series": series, **more,
        }
    )  # fmt: skip


NOTHING = {
    "demand": 1,
    "controls": [{"id": "quota", "remove": True}, {"id": "slowdown", "remove": True}],
}


@pytest.fixture(scope="module")
def quiet():
    of, over = ["imports-280530"], ["imports-280530", "imports-284610"]
    shares = flow("280530", id="share", what="share", unit="1", before=["2009"], scored=["2010-01"])
    shares["predicted"] = {"kind": "share", "of": of, "over": over}
    outside = flow("284690", scored=["2010-12"])
    return run_case(case_of(NOTHING, flow("280530"), flow("284610"), shares, outside), runs=3, seed=1)


def test_without_event_every_run_predicts_the_last_value_before(quiet):
    rows = quiet.scores[quiet.scores["series"].isin(["imports-280530", "imports-284610"])]
    assert rows["predicted"].tolist() == pytest.approx(rows["before"].tolist(), rel=1e-9)
    assert rows["low"].tolist() == pytest.approx(rows["high"].tolist(), rel=1e-9)
    assert rows["before"].iloc[0] == pytest.approx(5102.62 / 12, abs=0.01)


def test_a_share_is_that_of_the_anchored_amounts(quiet):
    row = quiet.scores[quiet.scores["series"] == "share"].iloc[0]
    assert row["predicted"] == pytest.approx(5102.62 / (5102.62 + 9104.85), abs=1e-5)


def test_a_period_beyond_the_horizon_is_unknown_and_says_so(quiet):
    row = quiet.scores[quiet.scores["series"] == "imports-284690"].iloc[0]
    assert (row["hit"], row["reason"]) == ("unknown", "observed_unknown")
    assert row["predicted"] != row["predicted"]


def test_the_hash_follows_what_goes_in_and_not_what_explains():
    one = case_of(NOTHING, flow("280530"))
    explained = case_of(NOTHING, flow("280530", explained=WORDS), missing=WORDS)
    other = case_of(NOTHING | {"demand": [1, 1, 1.1]}, flow("280530"))
    texts = [
        json.dumps(declared(case, {"main": prepare(case.studies["main"])}, 3, 1), sort_keys=True)
        for case in (one, explained, other)
    ]
    assert texts[0] == texts[1] != texts[2]


def test_parameters_are_on_disk_before_the_first_run(tmp_path):
    case = case_of(NOTHING, flow("280530"))

    def look(done: int, total: int) -> None:
        assert (tmp_path / "small-parameters.json").exists()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_case(case, runs=2, seed=1, progress=look, folder=tmp_path)
    assert json.loads((tmp_path / "small-parameters.json").read_text())["runs"] == 2


def test_links_counted_cross_a_border_with_the_goods_of_the_code():
    case = read_case("2010-rare-earths")
    prepared = prepare(case.studies["main"])
    chosen = arriving_links(case.one("imports-cn-280530").predicted, prepared)
    links = prepared.event.layout.links[chosen]
    assert set(links["supplier"]) == {"cn-metal-ndpr", "cn-metal-hree", "cn-metal-misch"}
    assert not links["customer"].str.startswith("cn-").any()


def test_history_of_japan_is_that_of_baci_and_of_the_four_months():
    table = observed_series(read_case("2010-rare-earths"))
    seen = table.set_index(["series", "period", "source"])["value"]
    assert round(seen["imports-284610", "2010", "baci-hs92"]) == 13723
    months = table[(table["series"] == "imports-cn-months") & (table["phase"] == "scored")]
    assert months["value"].tolist() == [2246, 1278, 634, 633, 4081]


def test_a_raw_set_that_is_absent_is_unknown_with_its_reason(monkeypatch, tmp_path):
    monkeypatch.setenv("MEGURI_DATA", str(tmp_path))
    found = {"kind": "raw", "file": "none.csv", "where": {"a": ["b"]}, "year": "y", "value": "v",
             "source": "baci-hs92"}  # fmt: skip
    table = observed_series(case_of(NOTHING, flow("280530", observed=found)))
    assert table["value"].isna().all()
    assert set(table["flag"]) == {"set_absent"}


@pytest.fixture
def kept(quiet, tmp_path):
    archive(quiet, dt.date(2010, 1, 15), tmp_path)
    return tmp_path


def test_an_archive_is_never_overwritten_by_other_numbers(quiet, kept):
    archive(quiet, dt.date(2010, 1, 15), kept)
    other = run_case(quiet.case, runs=2, seed=2)
    with pytest.raises(DataError) as error:
        archive(other, dt.date(2010, 1, 15), kept)
    assert error.value.problems[0].key == "archive_exists"


def test_the_word_forecast_is_kept_for_periods_after_the_archive(kept):
    kinds = archived(kept).set_index(["series", "period"])["kind"]
    assert kinds["imports-280530", "2010-01"] == "running"
    assert kinds["imports-280530", "2010-02"] == "forecast"


def test_archived_numbers_are_scored_as_they_were_written(quiet, kept):
    again = archive_scores(kept)
    merged = again.merge(quiet.scores, on=["series", "period"], suffixes=("", "_then"))
    assert len(merged) == len(quiet.scores)
    assert merged["predicted"].dropna().tolist() == pytest.approx(merged["predicted_then"].dropna().tolist())


def test_a_document_says_what_is_known_and_keeps_the_unknown_empty(quiet):
    document = Backtest(3, 1, (quiet,)).document()
    case = document["cases"][0]
    assert case["hash"] == quiet.hash
    assert [row["hit"] for row in case["series"]] == [None] * len(case["series"])
    json.dumps(document, allow_nan=False)


@pytest.mark.parametrize("name", case_names())
@pytest.mark.slow
def test_every_packaged_case_reads_and_its_parts_are_found(name):
    case = read_case(name)
    for run_of in case.studies.values():
        prepare(run_of)
    table = observed_series(case)
    assert set(table["series"]) == {series.id for series in case.series}


@pytest.mark.slow
@pytest.mark.parametrize("name", case_names())
def test_every_packaged_case_runs_and_gives_the_same_twice(name):
    one, two = (backtest([name], runs=4, seed=3).table("scores") for _ in range(2))
    assert one.equals(two)


def test_fitted_numbers_enter_every_study_of_the_other_case():
    case = with_common(read_case("2010-rare-earths"), {"surge": Kept(0.2, 0.3, 0.4)})
    prepared = prepare(case.studies["main"])
    row = prepared.event.ranges.set_index("parameter").loc["surge"]
    assert (row["low"], row["mode"], row["high"]) == (0.2, 0.3, 0.4)


@pytest.mark.slow
def test_each_episode_is_fitted_and_scored_on_the_other():
    table = crossfit(runs=10)
    assert len(table) == 2
    assert table["fitted_on"].tolist() == table["scored_on"].tolist()[::-1]
    assert table["error_fitted"].notna().all()


def test_a_price_predicted_from_another_sees_no_quote_of_its_own():
    case = read_case("2010-rare-earths-prices")
    names = {"nd": "Nd", "dy": "Dy"}
    crossed = [series for series in case.series if series.what == "price"]
    assert len(crossed) == 4
    for series in crossed:
        own, _, _, other = series.id.split("-")
        assert series.predicted.fitted_on == names[other] != names[own] == series.item


def test_prices_of_2010_are_printed_both_ways_with_their_misses():
    """Figures of 22 November 2026: one hit, two misses; a change of the model must show here."""
    table = backtest(["2010-rare-earths-prices"], runs=1).table("pooled").set_index("group")
    assert table["error"].round(2).to_dict() == {"nd-from-dy": 0.41, "dy-from-nd": 0.60, "unit-value": 0.34}
    assert table["hit"].to_dict() == {"nd-from-dy": "no", "dy-from-nd": "no", "unit-value": "yes"}
    assert (table["width"] <= 9).all()
    assert (table["error"] < table["error_no_change"]).all()


def test_the_packaged_archive_holds_its_date_its_hash_and_forecasts_only_after_it():
    table = archived()
    assert set(table["as_of"]) == {"2026-11-22"}
    assert (table["hash"].str.len() == 64).all()
    later = table["period"].str.slice(0, 7) > "2026-11"
    assert set(table.loc[later, "kind"]) == {"forecast"}
    assert set(table.loc[~later, "kind"]) == {"hindcast"}
    scored = archive_scores()
    assert scored.loc[scored["kind"] == "forecast", "observed"].isna().all()


@pytest.mark.slow
def test_volumes_of_2010_beat_every_naive_baseline_and_demand_does_not():
    """Hit and miss as the page on backtests prints them."""
    table = backtest(["2010-rare-earths"], runs=60).table("pooled").set_index("group")
    row = table.loc["volumes"]
    assert row["hit"] == "yes"
    assert row["error"] < min(row["error_no_change"], row["error_last"], row["error_trend"])
    assert table.loc["demand", "hit"] == table.loc["price", "hit"] == "no"
