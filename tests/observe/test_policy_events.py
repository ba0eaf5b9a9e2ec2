"""Policy sets of others: their date traps, what is taken over and what is not."""

import gzip
import json

import pytest

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.words import read_words
from meguri.observe.chronicle import document_dates, selected
from meguri.observe.mofcom_dates import LAG_DAYS, in_force, start_of
from meguri.observe.packaged import facts
from meguri.observe.policy_events import gta_events, iea_events, materials_in, mofcom_events, policy_events
from meguri.observe.sets import data_folder

PORTAL = "http://exportcontrol.mofcom.gov.cn/article"
HEAD = "date,effective,title,category,source,url,confidence,summary,path\n"


@pytest.fixture
def folder(tmp_path):
    minerals = tmp_path / "policy-gta-iea-icmm" / "raw"
    portal = tmp_path / "policy-events-china-mofcom"
    minerals.mkdir(parents=True)
    portal.mkdir()
    listed = [
        {
            "id": "7", "title": "China: Neodymium rare earth export tariff increase", "minerals": ["Lithium"],
            "implementers": ["China"], "interventionType": "Export tax", "dateISO": "2011-01-01",
            "link": "https://gta/7", "description": "<p>not to be copied</p>",
        }
    ]  # fmt: skip
    (minerals / "gta-interventions.json").write_text(json.dumps({"interventions": listed}))
    subsidies = "Intervention ID,Date Announced\n7,2010-12-14\n"
    (minerals / "gta-subsidies.csv.gz").write_bytes(gzip.compress(subsidies.encode()))
    policies = (
        "title,description,year,datePromulgated,countries,policyType,learnMore\n"
        'Act,secret,2022,1950-09-08,"[{""iso3"":""USA""}]","[{""name"":""Strategic plans""}]",http://a\n'
        'Ban on nickel ore,secret,2009,29-12-2009,"[{""iso3"":""IDN""}]",'
        '"[{""name"":""Export and import ban""}]",b\n'
        'Plan,secret,2021,,"[{""iso3"":""EUR""}]",[],c\n'
    )
    (minerals / "IEA_CM_Policies.csv.gz").write_bytes(gzip.compress(policies.encode()))
    own, rest = f"{PORTAL}/zcfg/gnzcfg", ",h,secret,p"
    antimony = "对锑等物项实施出口管制 (Export Control on Antimony)"
    index = [
        f'2021-12-30,"January 1, 1998",军品出口管理条例,r,s,{own}/gzjgfxwj/202111/441.html{rest}',
        f"2024-08-26,2024-09-15,{antimony},r,s,{own}/zcfggzqd/202408/1024.html{rest}",
        f"2024-08-26,2024-09-15,中国出口管制信息网,r,s,{own}/zcfggzqd/202408/1024.html{rest}",
        f"2024-09-18,Not specified,荷兰扩大出口管制措施,r,s,{PORTAL}/gjdt/202409/1034.html{rest}",
    ]
    (portal / "mofcom_export_control_docs.csv").write_text(HEAD + "\n".join(index), encoding="utf-8")
    return tmp_path


def test_no_description_or_machine_summary_is_taken_over(folder):
    table = policy_events(folder)
    assert list(table.columns) == Schema.of("chronicle").names
    assert not table.map(lambda cell: "secret" in str(cell) or "not to be copied" in str(cell)).any().any()
    assert set(table["source"]) == {"gta-interventions", "iea-policies", "mofcom-portal"}


def test_a_material_named_in_the_title_goes_before_the_customs_code_of_the_index(folder):
    (row,) = gta_events(folder)
    assert (row["elements"], row["actor"], row["instrument"]) == ("REO|Nd", "CHN", "export-tax")
    assert (row["announced"], row["effective"]) == ("2010-12-14", "2011-01-01")


def test_a_policy_whose_year_and_day_differ_is_dated_by_both(folder):
    act, ban, plan = iea_events(folder)
    assert (act["start"], act["end"], act["precision"]) == ("1950-09-08", "2022", "year range")
    assert (ban["start"], ban["precision"], ban["instrument"]) == ("2009-12-29", "day", "export-ban")
    assert ban["elements"] == "Ni" and (plan["start"], plan["actor"]) == ("2021", "EU")


def test_a_law_posted_on_2021_12_30_is_dated_by_the_day_it_took_effect(folder):
    law, notice, untitled, foreign = mofcom_events(folder)
    assert (law["start"], law["end"], law["flag"]) == ("1998-01-01", "1998-01-01", "posted")
    assert (notice["start"], notice["end"], notice["effective"]) == ("2024-07-26", "2024-08-26", "2024-09-15")
    assert untitled["label_ja"] == notice["label_ja"] and untitled["elements"] == "Sb"
    assert (foreign["start"], foreign["end"], foreign["actor"]) == ("", "2024-09-18", "NLD")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1987-07-01 (original); amended 2000-07-08", "1987-07-01"),
        ("2026-04-24 (自北京时间 2026年4月24日起 / from Beijing time)", "2026-04-24"),
        ("Report published January 31, 2025", ""),
        ("待公眾意見徵詢結束後確定（截止日期：2025-03-01）", ""),
        ("Suspension effective through November 10, 2026", ""),
        ("30 days after publication in Canada Gazette", ""),
    ],
)
def test_only_a_day_on_which_something_takes_effect_is_read_as_one(written, day):
    assert in_force(written) == day


@pytest.mark.parametrize("posted", ["2021-12-30", "2024-08-26", "2025-10-09"])
@pytest.mark.parametrize("effective", ["", "1998-01-01", "2024-08-20", "2025-12-01", "2025-10-09"])
@pytest.mark.parametrize("section", ["gjdt", "gndt", "zcfg/gnzcfg/flfg"])
@pytest.mark.parametrize("month", ["202111", "202408", "202510"])
def test_no_page_is_dated_after_its_posting_and_every_date_is_one(posted, effective, section, month):
    found = start_of(posted, effective, f"{PORTAL}/{section}/{month}/1.html")
    dates = document_dates({"start": found.start, "end": found.end})
    assert dates.latest.isoformat() <= posted and dates.known
    if not dates.open_start:
        assert (dates.latest - dates.earliest).days <= LAG_DAYS


def test_what_is_missing_is_named(folder, tmp_path):
    with pytest.raises(DataError) as refused:
        policy_events(tmp_path / "nowhere")
    assert refused.value.problems[0].key == "folder"
    file = folder / "policy-events-china-mofcom" / "mofcom_export_control_docs.csv"
    file.write_text("date,title\n2020-01-01,x\n", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        mofcom_events(folder)
    assert {p.details["column"] for p in refused.value.problems} == {"effective", "url"}
    file.unlink()
    with pytest.raises(DataError) as refused:
        mofcom_events(folder)
    assert refused.value.problems[0].key == "file_missing_plain"


def test_a_broken_file_is_named_and_never_a_traceback(folder):
    minerals = folder / "policy-gta-iea-icmm" / "raw"
    interventions = minerals / "gta-interventions.json"
    whole = interventions.read_text()
    for text, key in ((whole[:60], "chronicle_json"), ("{}", "column_missing")):
        interventions.write_text(text)
        with pytest.raises(DataError) as refused:
            gta_events(folder)
        assert refused.value.problems[0].key == key
    (minerals / "gta-subsidies.csv.gz").write_bytes(b"not zipped")
    interventions.write_text(whole)
    with pytest.raises(DataError) as refused:
        gta_events(folder)
    assert refused.value.problems[0].key == "csv_broken"
    interventions.write_text(whole.replace("2011-01-01", "2011-13-01"))
    (minerals / "gta-subsidies.csv.gz").write_bytes(gzip.compress(b"Intervention ID,Date Announced\n"))
    with pytest.raises(DataError) as refused:
        policy_events(folder)
    assert {problem.key for problem in refused.value.problems} == {"date"}


def test_every_instrument_of_the_words_has_a_name_in_both_languages():
    known = {row["key"] for row in read_words("chronicle_instruments")}
    table = facts("policy_words")
    assert set(table.loc[table["kind"].eq("instrument"), "key"]) <= known
    for name in ("chronicle.csv", "chronicle_public.csv", "chronicle_events.csv"):
        assert set(facts("chronicle", name)["instrument"]) <= known, name


def test_materials_are_found_in_both_scripts_and_not_inside_words():
    assert materials_in("对镓、锗相关物项") == ["Ga", "Ge"]
    assert materials_in("Martin exports sintered goods") == []


@pytest.mark.data
@pytest.mark.skipif(data_folder() is None, reason="needs MEGURI_DATA")
def test_the_sets_hold_as_many_rows_as_their_catalogue_says():
    table = policy_events()
    assert table["record"].value_counts().to_dict() == {"iea": 625, "mofcom": 328, "gta": 292}
    trap = table[table["record"].eq("mofcom") & table["label_ja"].str.startswith("中华人民共和国海关法")]
    assert set(trap["start"]) == {"1987-07-01"}
    assert not (table["record"].eq("mofcom") & table["start"].eq("2021-12-30")).any()
    rare = selected(table, element="Nd", actor="China", instrument="export-tax")
    assert rare["start"].tolist() == ["2011-01-01", "2011-04-01", "2011-10-18"]
