import pytest

from meguri.base.errors import DataError
from meguri.base.terms import read_words
from meguri.observe.packaged import facts
from meguri.observe.trade import trade_codes
from meguri.observe.vintages import vintages


def test_germanium_lost_its_code_in_2007_to_baskets():
    table = vintages(811230).set_index("revision")
    assert table.index[table["retired"]].min() == 2007
    assert table.at[2007, "successors"] == "811292|811299"
    assert table.at[2007, "others"] == 2


@pytest.mark.parametrize(("code", "year", "into"), [("250390", 1996, "250300"), ("283030", 2007, "283090")])
def test_other_codes_that_died_say_when_and_into_what(code, year, into):
    table = vintages(code).set_index("revision")
    assert table.index[table["retired"]].min() == year
    assert (table.at[year, "successors"], table.at[year, "relation"]) == (into, "merged")


def test_a_code_that_stayed_says_so_in_every_revision():
    assert set(vintages(280530)["relation"]) == {"same"}


def test_a_code_of_a_later_revision_begins_there():
    assert vintages("810194")["revision"].tolist() == [2002, 2007, 2012, 2017, 2022]


def test_splitting_into_pure_parts_is_told_from_mixing():
    table = vintages(252400).set_index("revision")
    assert (table.at[2007, "relation"], table.at[2007, "others"]) == ("split", 0)


def test_every_packaged_code_is_followed_to_2022():
    table = facts("hs_vintages")
    assert set(table["code"]) == {row["key"] for row in read_words("hs92")}
    assert set(table.groupby("code")["revision"].max()) == {2022}


def test_codes_said_to_be_retired_really_lost_their_number():
    codes = trade_codes()
    for code, year in codes.loc[codes["retired"] != "", ["code", "retired"]].itertuples(index=False):
        table = vintages(code)
        assert table.loc[table["retired"], "revision"].min() == int(year)


def test_a_code_that_is_not_packaged_is_named_in_both_languages():
    with pytest.raises(DataError) as caught:
        vintages(850650)
    assert "850650" in caught.value.text("en") and "850650" in caught.value.text("ja")


def test_every_note_is_written_in_both_languages():
    table = vintages(810710)
    assert table["note_en"].str.contains("more").any()
    assert table["note_ja"].str.contains("ほか").any()
