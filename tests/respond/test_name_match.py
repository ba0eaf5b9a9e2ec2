"""Near names: what must be found, what must not be mixed up, and the price of the threshold."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.observe.entities import entities
from meguri.respond.name_match import THRESHOLD, forms, index_of, match_names, scores
from meguri.respond.name_trial import altered, threshold_table

TABLE = entities()
INDEX = index_of(TABLE)
spelled = list(zip(TABLE["name"], TABLE["aliases"], strict=True))
LATIN_NAMES = [name for name in TABLE["name"] if name.isascii()]


def best(asked: str, listed: str) -> float:
    entry = TABLE.index[[listed in (name, *aliases.split("|")) for name, aliases in spelled]]
    found = match_names([asked], TABLE, 0, 20, INDEX)
    return float(found.loc[found["entity"].isin(TABLE.loc[entry, "entity"]), "score"].max())


@given(st.sampled_from(LATIN_NAMES))
def test_a_listed_name_finds_itself_whatever_its_case_and_width(name):
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name.upper())
    score, _ = scores(wide, INDEX)
    own = [row for row, text in enumerate(INDEX.spelling) if text == name]
    assert score[own].max() == pytest.approx(100, abs=1e-4)


@pytest.mark.parametrize("form", ["Co., Ltd.", "LLC", "GmbH", "JSC"])
def test_the_legal_form_says_nothing_about_who_is_meant(form):
    assert forms(f"Yashima Denki {form}").words == ("yashima", "denki")


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("Fara-Sakht Industry", "Farasakht Industries"),
        ("スバル", "SUBARU Corporation"),
        ("三菱電機ソフト株式会社", "三菱电机软件株式会社"),
        ("ヤシマデンキ", "Yashima Denki Co., Ltd."),
        ("Amirkabir Univ. of Technology", "Amirkabir University of Technology"),
        ("Al Qaida/Islamic Army", "Al Qa'ida/Islamic Army"),
    ],
)
def test_other_scripts_and_spellings_lead_to_the_entry(asked, listed):
    assert best(asked, listed) >= THRESHOLD


@pytest.mark.parametrize("asked", ["Toyota Motor Corporation", "Aichi Trading Company", "甲乙商事株式会社"])
def test_words_that_many_names_share_raise_nobody(asked):
    assert match_names([asked], TABLE, index=INDEX).empty


def test_a_name_on_two_lists_shows_both_and_each_list_with_its_day():
    found = match_names(["Teledyne Brown Engineering"], TABLE, index=INDEX)
    assert found["list"].nunique() == 2
    assert found["list_date"].ne("").all()


def test_an_empty_list_and_an_empty_name_are_no_error():
    empty = TABLE.head(0)
    assert match_names(["Anybody"], empty).empty
    assert match_names(["", "…"], TABLE, index=INDEX).empty


def test_alterations_depend_on_the_seed_alone():
    assert altered(LATIN_NAMES[:30], 4) == altered(LATIN_NAMES[:30], 4)
    assert altered(LATIN_NAMES[:30], 4) != altered(LATIN_NAMES[:30], 5)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_lower_threshold_finds_more_and_raises_more_and_the_default_finds_nine_in_ten(seed):
    table = threshold_table(200, seed).set_index("threshold")
    assert table["recall"].is_monotonic_decreasing
    assert table["alarm_rate"].is_monotonic_decreasing
    assert table.at[THRESHOLD, "recall"] > 0.9
    assert isinstance(table, pd.DataFrame)
