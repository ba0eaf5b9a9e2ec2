"""The page on dependence: every method in both languages, unknown keeps its reason, published stays apart."""

import json
from functools import cache

import pandas as pd
import pytest

from meguri.app.web.desk import Desk
from meguri.app.web.pages.depends import view
from meguri.app.web.questions.depends import METHODS, QUESTION
from meguri.app.web.view import document, raw
from meguri.base.errors import DataError
from meguri.base.terms import LANGS
from meguri.structure.chain import Chain
from meguri.structure.dependency import exposure

QUICK = ("exposure", "geopolrisk", "complexity")  # the others read all trade or all of a study: slow
EVERY = [pytest.param(method, marks=[] if method in QUICK else pytest.mark.slow) for method in METHODS]
ASKED = {
    "overview": {"material": "W,U"}, "exposure": {"node": "jp-xev"}, "sectors": {"sector": "aerospace"},
    "geopolrisk": {"material": "W,Ge"}, "ec": {"material": "W"}, "dependence": {"material": "W"},
    "history": {"material": "Ge"}, "complexity": {"material": "W"},
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return Desk(tmp_path_factory.mktemp("ws"))


@cache
def shown(desk, lang, **query):
    found = view(QUESTION.read({name: [value] for name, value in query.items()}, desk, lang), desk, lang)
    return found, document(found, lang)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("method", EVERY)
def test_every_method_answers_with_a_figure_and_its_table_in_both_languages(desk, lang, method):
    found, page = shown(desk, lang, method=method, **ASKED[method])
    json.dumps(page, allow_nan=False)
    json.dumps([raw(one) for one in found.tables().values()], allow_nan=False)
    drawn = [one for part in page["sections"] for one in (*part["charts"], *part["tables"])]
    assert len({one["key"] for one in drawn}) == len(drawn)
    assert any(part["charts"] for part in page["sections"]) and page["title"] and page["lead"]
    assert "{" not in page["title"] + "".join(page["lead"])


@pytest.mark.slow
def test_computed_and_published_risk_never_share_a_column(desk):
    found, _ = shown(desk, "en", method="overview", material="W,U")
    table = found.tables()["overview"].frame
    assert {"sr", "sr_published"} <= set(table.columns)
    found, _ = shown(desk, "en", method="ec", material="W")
    assert {"value", "published"} <= set(found.tables()["risk_scores"].frame.columns)


def test_a_score_that_is_unknown_stays_empty_and_says_why(desk):
    found, page = shown(desk, "en", method="geopolrisk", material="W,Ge")
    rows = found.tables()["risk_scores"].frame
    lost = rows[rows["value"].isna()]
    assert len(lost) and lost["reason"].str.len().gt(10).all()
    assert not rows["reason"].str.contains(r"\{|_").any()  # words, no keys and no open braces
    assert any(one["unknown"] for one in page["headlines"])


def test_exposure_on_the_page_is_that_of_the_model(desk):
    found, page = shown(desk, "en", method="exposure", node="jp-xev")
    told = exposure(Chain.example("ndfeb-japan@2024"), "jp-xev", "CN", "all").set_index("measure")["value"]
    assert page["headlines"][0]["value"] == f"{100 * told['total']:.0f}%"
    bars = next(part for part in found.sections if part.key == "paths").charts[0]
    assert bars.table["weight"].is_monotonic_decreasing and bars.table["weight"].sum() <= told["total"] + 1e-9


def test_the_network_of_a_node_holds_only_what_reaches_it(desk):
    whole, _ = shown(desk, "en", method="exposure")
    part, _ = shown(desk, "en", method="exposure", node="jp-xev")
    links = part.tables()["network"].frame
    assert 0 < len(links) < len(whole.tables()["network"].frame)
    assert set(links["customer"]) - set(links["supplier"]) == {"jp-xev"}


def test_without_a_node_the_page_says_which_one_it_chose(desk):
    _, page = shown(desk, "ja", method="exposure")
    paths = next(part for part in page["sections"] if part["key"] == "paths")
    assert "未選択" in paths["texts"][0] and len(paths["charts"]) == 1
    every = next(part for part in page["sections"] if part["key"] == "every")
    assert every["ways"] and all(way["query"]["node"] for way in every["ways"])


def test_links_to_evidence_lead_to_every_figure_behind_the_score(desk):
    _, page = shown(desk, "en", method="geopolrisk", material="W,Ge")
    ways = [way for part in page["sections"] for way in part["ways"] if way["query"].get("why") == "yes"]
    _, there = shown(desk, "ja", **ways[0]["query"])
    assert there["sections"][0]["key"] == "evidence" and there["sections"][0]["tables"][0]["total"] > 3


def test_evidence_without_a_material_says_what_to_choose(desk):
    _, page = shown(desk, "en", method="geopolrisk", why="yes", importer="DE", year="2019")
    assert page["sections"][0]["texts"][0].startswith("Choose a method")


@pytest.mark.slow
def test_a_rare_earth_is_followed_under_the_codes_of_all_and_says_so(desk):
    _, page = shown(desk, "en", method="history", material="Dy")
    assert any("no code of its own" in text for text in page["sections"][0]["texts"])
    assert {chart["key"] for chart in page["sections"][0]["charts"]} >= {"series-JP-280530"}


def test_a_material_without_a_trade_code_is_unknown_rather_than_an_error(desk):
    _, page = shown(desk, "en", method="history", material="U")
    assert "unknown" in page["title"] and page["sections"][0]["ways"]


@pytest.mark.parametrize(("field", "value"), [("year", "20x4"), ("node", "jp-nowhere")])
def test_a_refused_field_is_named_as_on_the_page(desk, field, value):
    asked = QUESTION.read({"method": ["exposure"], field: [value]}, desk, "en")
    with pytest.raises(DataError) as caught:
        view(asked, desk, "en")
    assert caught.value.problems[0].place == field


@pytest.mark.slow
def test_origins_of_a_year_add_up_to_the_whole(desk):
    found, _ = shown(desk, "en", method="history", material="Ge")
    table = found.tables()["origin_shares"].frame
    sums = table[table["share"].notna()].groupby(["code", "year"])["share"].sum()
    assert isinstance(sums, pd.Series) and (sums - 1).abs().max() < 1e-6
