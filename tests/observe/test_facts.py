import csv
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.errors import DataError
from meguri.base.sources import sources
from meguri.base.tables import Schema, declared_tables
from meguri.base.terms import packaged, read_words
from meguri.observe.chronicle import chronicle
from meguri.observe.controls import controls
from meguri.observe.demand import flags, printed_sums, statements
from meguri.observe.firms import (
    firm_key,
    firm_names,
    firms,
    group_of,
    held_on,
    ownership,
    read_ownership,
    sites,
)
from meguri.observe.mining import FILES, elements, production
from meguri.observe.packaged import facts
from meguri.observe.prices import prices

NAMED = [
    "Ru",
    "Hf",
    "Zr",
    "Ta",
    "W",
    "Co",
    "Nb",
    "V",
    "Nd",
    "Pr",
    "Dy",
    "Tb",
    "In",
    "Pd",
    "Pt",
    "Ga",
    "Ge",
    "Mg",
    "Ni",
    "Li",
    "C",
]
LOADERS = {
    "world_production": production, "price_quotes": prices, "firms": firms, "sites": sites,
    "firm_names": firm_names, "ownership": ownership, "chronicle": chronicle, "dated_controls": controls,
    "statements": statements, "printed_sums": printed_sums, "flags": flags,
}  # fmt: skip


@pytest.mark.parametrize("name", LOADERS)
def test_every_row_names_a_known_source_and_no_column_holds_a_quote(name):
    table = LOADERS[name]()
    assert list(table.columns) == Schema.of(name).names
    assert not [column for column in table.columns if "quote_ja" in column]
    if "source" in table:
        keys = {key for cell in table["source"] for key in cell.split("|")}
        assert keys and keys <= set(sources()["source"])


def test_rows_of_the_documents_keep_document_line_and_id():
    for table in (prices(), firms(), sites(), chronicle(), statements(), printed_sums()):
        seeds = table[table["source"].str.startswith("seed-")]
        assert len(seeds)
        assert seeds["document"].isin(["000", "001", "002"]).all()
        assert seeds["line"].notna().all()


def test_every_cited_flag_is_explained_in_both_languages():
    known = set(flags()["flag"])
    for table in (prices(), firms(), sites(), chronicle(), statements(), printed_sums(), controls()):
        cited = {flag for cell in table["flag"] for flag in cell.split("|") if flag}
        assert cited <= known


def test_packaged_facts_are_smaller_than_two_megabytes():
    total = sum(f.stat().st_size for f in Path(str(packaged("facts"))).iterdir())
    assert total < 2_000_000


@pytest.mark.parametrize("element", NAMED)
def test_every_metal_the_documents_name_has_production_rows(element):
    assert element in elements()
    rows = production(element)
    assert rows["grade"].isin(["reported", "derived", "estimated"]).all()
    unknown = rows["amount"].isna() & rows["share"].isna()
    assert (rows.loc[unknown, "reason"] != "").all(), "an unknown figure must say why"


def test_numbers_of_bgs_2023_are_reproduced():
    def share(element, stage, country):
        rows = production(element, stage, 2023, "bgs-wms")
        return rows.loc[rows["country"] == country, "amount"].sum() / rows["amount"].sum()

    assert round(100 * share("Ga", "refining", "CN"), 1) == 96.6
    assert round(100 * share("Co", "ore", "CD"), 1) == 69.0
    assert round(100 * share("Co", "refining", "CN"), 1) == 79.7
    assert round(100 * share("REO", "ore", "CN"), 1) == 67.6


def test_withheld_production_is_unknown_and_a_dash_is_nil():
    lithium = production("Li", "ore", 2024, "usgs-mcs-2026").set_index("country")
    assert lithium.at["US", "reason"] == "withheld" and pd.isna(lithium.at["US", "amount"])
    tungsten = production("W", "ore", 2024, "usgs-mcs-2026").set_index("country")
    assert tungsten.at["US", "reason"] == "nil" and tungsten.at["US", "amount"] == 0


def test_kilograms_and_thousand_tonnes_become_tonnes():
    gallium = production("Ga", "refining", 2023, "usgs-mcs-2025").set_index("country")
    assert gallium.at["CN", "amount"] == 621.0
    magnesium = production("Mg", "metal", 2023, "usgs-mcs-2025").set_index("country")
    assert magnesium.at["CN", "amount"] == 805_000.0
    platinum = production("Pt", "ore", 2023, "bgs-wms")
    assert 100 < platinum["amount"].sum() < 300


def test_a_footnote_among_the_countries_of_the_iea_is_no_country():
    rows = production("REO", "ore", 2024, "iea-cm-2024")
    assert set(rows["country"]) == {"CN", "MM", "AU", "US", "XX"}
    assert (rows["basis"] == "magnet_re").all()


def test_prices_keep_the_printed_unit_and_the_precision_of_their_date():
    table = prices().set_index("fact")
    assert table.at["mz-041", "unit"] == "USD/t" and table.at["mz-041", "date"] == "2011-07"
    assert table.at["cp-2", "date"] == "2012-03-09" and table.at["cp-2", "unit"] == "CNY/kg"
    assert not table.duplicated(
        ["element", "form", "date", "price", "unit", "source", "quote", "place"]
    ).any()


def test_placeholders_are_no_firms_and_doubtful_firms_are_unverified():
    table = firms()
    assert (table.loc[table["status"] == "placeholder", "firm"].str.startswith("(")).all()
    assert not firms(placeholders=False)["firm"].str.startswith("(").any()
    doubtful = table[table["flag"].str.contains("N25")]
    assert set(doubtful["firm_ja"]) == {"アドバンテックテクノロジーズ", "SUMCO"}
    assert (doubtful["status"] == "unverified").all()
    wafers = table[(table["firm"] == "SUMCO") & (table["elements"] == "")]
    assert (wafers["status"] == "listed").all(), "the doubt concerns Ga and Ge only"


def test_shares_the_documents_do_not_give_stay_unknown():
    for element in ("Ru", "Hf", "Pd", "W"):
        assert firms(element)["share"].isna().all()


def test_warnings_of_sites_and_firms_are_kept():
    assert sites().set_index("fact").at["site-001", "flag"] == "N23"
    by_fact = firms().set_index("fact")
    assert "N26" in by_fact.at["co-015", "flag"] and by_fact.at["co-015", "stage"] == "part"
    assert "N11" in by_fact.at["co-059", "flag"]


def test_one_firm_has_one_key_under_all_its_names():
    assert {firm_key(name) for name in ("日立金属", "Hitachi Metals", "プロテリアル", "Proterial")} == {
        "Proterial"
    }


def test_santoku_joins_proterial_on_2_april_2018_and_stays():
    before, first, later = (
        group_of("Santoku", ownership(d))[0] for d in ("2018-04-01", "2018-04-02", "2018-12-15")
    )
    assert (before, first, later) == ("Santoku", "Proterial", "Proterial")
    assert ownership("2020-01-01").set_index("owned").at["Santoku", "share"] == 1.0


def test_a_holding_dated_to_a_year_counts_only_when_it_is_certain():
    edges = pd.DataFrame({"owner": ["A"], "owned": ["B"], "share": [0.6], "start": ["2009"], "end": [""]})
    assert held_on(edges, "2009-12-30").empty and len(held_on(edges, "2009-12-31")) == 1


def test_circular_ownership_is_refused_with_its_firms():
    rows = pd.DataFrame({"owner": ["A", "B"], "owned": ["B", "A"], "share": [0.6, 0.9]})
    with pytest.raises(DataError, match=r"A, B|B, A"):
        read_ownership(rows)


def test_owners_in_turn_are_no_circle():
    rows = pd.DataFrame(
        {"owner": ["A", "B"], "owned": ["B", "A"], "share": [0.6, 0.9], "start": ["2000-01-01", "2010-01-01"],
         "end": ["2009-12-31", ""]}
    )  # fmt: skip
    assert len(read_ownership(rows)) == 2


def test_the_quota_of_2010_adds_up_with_a_row_whose_holder_is_unknown():
    quota = controls("REO").set_index("control")["amount"]
    assert quota["cn-ree-quota-2009"] == 50145 and quota["cn-ree-quota-2010"] == 30300
    parts = quota[["cn-ree-quota-2010-h1", "cn-ree-quota-2010-h2", "cn-ree-quota-2010-difference"]]
    assert parts.tolist() == [16304, 7976, 6020] and parts.sum() == 30300
    assert controls().set_index("control").at["cn-ree-quota-2010-difference", "holder"] == "unknown"
    assert (
        quota["cn-ree-quota-2011-h1"] + quota["cn-ree-quota-2011-h2"] == quota["cn-ree-quota-2011"] == 30184
    )


def test_the_licence_of_april_2025_names_seven_elements_and_neither_nd_nor_pr():
    row = controls().set_index("control").loc["cn-mh-ree-2025"]
    assert set(row["elements"].split("|")) == {"Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y"}
    assert set(row["forms"].split("|")) == {"oxide", "metal", "alloy", "target", "magnet"}
    assert "cn-mh-ree-2025" not in set(controls("Pr")["control"])
    assert "cn-mh-ree-2025" not in set(controls("Dy", on="2025-04-03")["control"])
    assert "cn-mh-ree-2025" in set(controls("Dy", on="2025-04-04")["control"])


def test_suspended_controls_are_not_in_force():
    assert "cn-heavy-ree-2025" in set(controls("Ho")["control"])
    assert "cn-heavy-ree-2025" not in set(controls("Ho", on="2026-01-15")["control"])


def test_every_control_names_known_forms_elements_and_an_authority():
    forms = {row["key"] for row in read_words("forms")}
    materials = {row["key"] for row in read_words("materials")}
    table = controls()
    assert {f for cell in table["forms"] for f in cell.split("|") if f} <= forms
    assert {e for cell in table["elements"] for e in cell.split("|") if e} <= materials
    assert {"2019-07-04", "2023-07-23", "2023-08-01", "2025-02-04", "2025-12-01", "2026-01-06"} <= set(
        table["start"]
    )
    slow = table.set_index("control").loc["cn-ree-customs-2010"]
    assert (slow["start"], slow["end"], slow["destination"]) == ("2010-09-21", "2010-11-20", "JP")


def test_the_january_2010_halt_stands_beside_the_dates_of_the_public_record():
    events = chronicle("Nd").set_index("event")
    assert events.at["ev-002", "agrees"] == "none-found" and "N10" in events.at["ev-002", "flag"]
    assert (events.at["pub-halt-2010", "start"], events.at["pub-halt-2010", "end"]) == (
        "2010-09-21",
        "2010-11-20",
    )
    assert events.at["pub-wto-panel-report", "start"] == "2014-03-26"


def test_every_new_word_list_and_table_has_both_languages():
    for words in ("bases", "reasons", "atlas", "glossary"):
        for row in read_words(words):
            assert row["en"].strip() and row["ja"].strip(), row
    keys = [row["key"] for row in read_words("glossary")]
    assert len(keys) == len(set(keys)) >= 60
    for name in declared_tables():
        assert all(column.label_en and column.label_ja for column in Schema.of(name).columns)


def test_measures_have_an_id_a_unit_and_two_labels():
    with packaged("measures.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {"hhi", "share", "tts", "ttr", "gap", "price_ratio", "balance", "coverage"} <= {
        r["id"] for r in rows
    }
    assert len({r["id"] for r in rows}) == len(rows)
    for row in rows:
        assert all(
            row[name] for name in ("unit", "label_en", "label_ja", "meaning_en", "meaning_ja", "formula")
        )


@pytest.mark.parametrize(
    ("table", "files"),
    [
        ("world_production", FILES),
        ("ec_shares", ("ec_shares.parquet",)),
        ("hs_codes", ("hs_codes.parquet",)),
        ("hs_links", ("hs_links.parquet",)),
    ],
)
def test_parquet_facts_hold_checked_tables(table: str, files: tuple[str, ...]) -> None:
    stored = facts(table, *files)
    pd.testing.assert_frame_equal(Schema.of(table).check(stored), stored)
