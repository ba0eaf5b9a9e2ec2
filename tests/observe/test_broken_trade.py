"""Broken trade files: each says what is wrong, where, and what to do; what can be repaired is."""

from pathlib import Path

import pytest

from meguri.base.errors import DataError
from meguri.observe.tradefile import read_trade, scan_trade
from meguri.observe.tradelines import is_unspecified

BROKEN = Path(__file__).parent / "broken_trade"
NAMED = {  # file: kind of problem, a part of the English message
    "empty.csv": ("file_empty", "a file with content"),
    "no_header.csv": ("trade_header", "found '2023, 156"),
    "semicolons.csv": ("trade_delimiter", "semicolon"),
    "missing_column.csv": ("trade_column", "Trade Value (US$)"),
    "text_in_value.csv": ("trade_number", "text_in_value.csv:3, Trade Value (US$): found 'n.a."),
    "negative_value.csv": ("trade_negative", "negative_value.csv:3, v: found '-1.0'"),
    "unknown_country.csv": ("trade_country", "unknown_country.csv:3, i: found '998'"),
    "code_length.csv": ("trade_code", "found '84862'"),
    "mixed_editions.csv": ("trade_mixed", "HS2017, 854143"),
    "two_classifications.csv": ("trade_mixed", "HS2012, HS2017"),
    "twice.csv": ("trade_twice", "848620, HS2017, 2018, import, KR, JP"),
    "world_beside_partners.csv": ("trade_world_twice", "1 world rows worth 160"),
    "headings_beside_codes.csv": ("trade_codes_twice", "found '8486'"),
    "all_goods.csv": ("trade_codes_twice", "found 'TOTAL'"),
    "year_outside.csv": ("trade_year", "found '20188'"),
    "wrong_flow.csv": ("trade_flow", "found 'Transit'"),
    "sitc.csv": ("trade_classification", "found 'S4'"),
    "breakdowns_only.csv": ("trade_breakdown", "customsCode"),
    "headings_only.csv": ("rows_none_trade", "at least one row"),
    "BACI_HS22_Y2023_V202501.csv": ("trade_year_name", "year 2023"),
    "not_a_zip.zip": ("trade_zip", "with one CSV table inside"),
    "no_csv.zip": ("trade_zip", "readme.pdf"),
}
REPAIRED = {"lost_zeros.csv", "suppressed.csv"}


def test_every_broken_file_is_in_one_of_the_two_lists():
    assert {path.name for path in BROKEN.iterdir()} == set(NAMED) | REPAIRED
    assert len(NAMED) >= 12


@pytest.mark.parametrize("name", NAMED)
def test_a_broken_file_is_refused_with_a_named_problem_in_both_languages(name):
    with pytest.raises(DataError) as caught:
        read_trade(BROKEN / name)
    key, text = NAMED[name]
    assert key in {problem.key for problem in caught.value.problems}
    assert text in caught.value.text("en")
    assert name in caught.value.text("en")
    assert all(problem.text("ja") for problem in caught.value.problems)


def test_lost_zeros_are_put_back_and_said():
    lines = read_trade(BROKEN / "lost_zeros.csv")
    assert lines.table["code"].tolist() == ["010619", "030389", "848620"]
    assert "2 codes had lost their leading zero" in " ".join(lines.notes["text_en"])


def test_suppressed_codes_stay_as_lines_of_their_own():
    lines = read_trade(BROKEN / "suppressed.csv")
    assert lines.table.loc[is_unspecified(lines.table["code"]), "value"].sum() == 40
    assert "40.0 % of the value" in " ".join(lines.notes["text_en"])


def test_totals_may_be_dropped_or_kept_instead_of_the_parts():
    partners = read_trade(BROKEN / "world_beside_partners.csv", totals="partners")
    world = read_trade(BROKEN / "world_beside_partners.csv", totals="world")
    assert sorted(partners.table["partner"]) == ["CN", "JP"]
    assert world.table["partner"].tolist() == ["WLD"]
    assert partners.table["value"].sum() == world.table["value"].sum() == 160
    codes = read_trade(BROKEN / "headings_beside_codes.csv", totals="partners")
    assert sorted(codes.table["code"]) == ["848620", "848640", "850511"]
    assert codes.table["value"].sum() == 135


@pytest.mark.parametrize(
    "name", ["negative_value.csv", "unknown_country.csv", "BACI_HS22_Y2023_V202501.csv", "not_a_zip.zip"]
)  # fmt: skip
def test_streaming_refuses_what_reading_refuses(name):
    with pytest.raises(DataError) as caught:
        scan_trade(BROKEN / name)
    streamed = {problem.key for problem in caught.value.problems}
    assert NAMED[name][0] in streamed


def test_every_problem_of_a_file_is_named_at_once(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("t,i,j,k,v,q\n2023,998,392,848620,-1,1\n1800,156,392,8486,x,1\n")
    with pytest.raises(DataError) as caught:
        read_trade(path)
    kinds = {problem.key for problem in caught.value.problems}
    assert kinds == {"trade_country", "trade_negative", "trade_year", "trade_code", "trade_number"}
