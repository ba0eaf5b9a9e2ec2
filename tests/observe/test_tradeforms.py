"""Each form of trade file, as its publisher writes it, becomes the same tidy lines."""

import contextlib
import gzip
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meguri.base.errors import DataError
from meguri.observe.packaged import facts
from meguri.observe.tradecells import place_key
from meguri.observe.tradefile import read_trade, scan_trade

KEY = ["code", "vintage", "year", "flow", "reporter", "partner", "value", "currency", "weight", "basis"]
OLD = (
    "Classification,Year,Period,Aggregate Level,Trade Flow Code,Trade Flow,Reporter Code,Reporter,"
    "Reporter ISO,Partner Code,Partner,Partner ISO,Commodity Code,Commodity,Netweight (kg),"
    "Trade Value (US$)\n"
    'H5,2018,2018,6,1,Import,410,Rep. of Korea,KOR,392,Japan,JPN,848620,"Machines; for, wafers",3200,12500\n'
    'H5,2018,2018,6,3,Re-Export,410,Rep. of Korea,KOR,392,Japan,JPN,848620,"Machines; for, wafers",1,5\n'
)
NEW_HEAD = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,flowCode,"
    "flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,classificationCode,cmdCode,customsCode,motCode,"
    "netWgt,primaryValue\n"
)
BACI = "t,i,j,k,v,q\n2018,392,410,848620,12.5,   3.2\n2018,490,842,854231,7.25,      NA\n"


def new(period="2018", customs="C00", mode="0", value="12500", weight="3200"):
    """One line of the present download; each ends with a comma, as the files do."""
    return (
        f"C,A,20180101,2018,52,{period},410,KOR,Rep. of Korea,M,Import,392,JPN,Japan,0,H5,848620,"
        f"{customs},{mode},{weight},{value},\n"
    )


def written(tmp_path, name, text, encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def only(lines):
    assert len(lines.table) == 1
    return lines.table[KEY].iloc[0].tolist()


WAFER = ["848620", "HS2017", 2018, "import", "KR", "JP", 12500.0, "USD", 3200.0, "cif"]


def test_comtrade_of_old_and_new_headings_give_the_same_line(tmp_path):
    old = read_trade(written(tmp_path, "old.csv", OLD))
    fresh = read_trade(written(tmp_path, "new.csv", NEW_HEAD + new()))
    assert only(old) == only(fresh) == WAFER
    assert "1 rows of re-exports" in " ".join(old.notes["text_en"])


def test_breakdowns_leave_their_total(tmp_path):
    parts = new(customs="C01", mode="2100", value="7000") + new(customs="C01", mode="1000", value="5500")
    lines = read_trade(written(tmp_path, "modes.csv", NEW_HEAD + new() + parts))
    assert only(lines) == WAFER
    assert "2 rows of breakdowns" in " ".join(lines.notes["text_en"])


def test_months_are_added_up_and_a_part_of_a_year_is_said(tmp_path):
    months = new(period="201801", value="5000", weight="1200") + new(
        period="201802", value="7500", weight="2000"
    )
    lines = read_trade(written(tmp_path, "months.csv", NEW_HEAD + months))
    assert only(lines) == WAFER
    assert "months 01, 02 only" in " ".join(lines.notes["text_en"])


def test_a_year_beside_its_months_is_refused(tmp_path):
    path = written(tmp_path, "both.csv", NEW_HEAD + new() + new(period="201801"))
    with pytest.raises(DataError, match="a year or its months"):
        read_trade(path)


def test_an_unknown_weight_of_one_month_makes_the_year_unknown(tmp_path):
    months = new(period="201801", weight="") + new(period="201802", value="7500")
    table = read_trade(written(tmp_path, "months.csv", NEW_HEAD + months)).table
    assert table["weight"].isna().all()
    assert table["value"].item() == 20000


def test_baci_as_csv_zip_and_parquet_and_as_a_stream_gives_the_same_lines(tmp_path):
    name = "BACI_HS17_Y2018_V202501"
    path = written(tmp_path, f"{name}.csv", BACI)
    with zipfile.ZipFile(tmp_path / "BACI_HS17_V202501.zip", "w") as packed:
        packed.write(path, path.name)
        packed.writestr("BACI_HS17_Y2019_V202501.csv", BACI.replace("2018", "2019"))
        packed.writestr("country_codes_V202501.csv", "country_code,country_name\n392,Japan\n")
    lines = read_trade(path)
    assert lines.table[KEY].iloc[0].tolist() == [
        "848620", "HS2017", 2018, "export", "JP", "KR", 12500.0, "USD", 3200.0, "fob"
    ]  # fmt: skip
    assert lines.table["partner"].tolist() == ["KR", "US"]
    assert lines.table["weight"].isna().tolist() == [False, True]
    other = read_trade(tmp_path / "BACI_HS17_V202501.zip", year=2018)
    assert other.table.equals(lines.table)
    with scan_trade(tmp_path / "BACI_HS17_V202501.zip", year=2018) as scan:
        streamed = scan.lines.df().sort_values("code", ignore_index=True)
        assert streamed[KEY].values.tolist()[0] == lines.table[KEY].values.tolist()[0]
        assert scan.sums(["reporter"])["value"].tolist() == [12500.0, 7250.0]
    with pytest.raises(DataError, match="2018, 2019"):
        read_trade(tmp_path / "BACI_HS17_V202501.zip")


def test_wits_values_are_thousands(tmp_path):
    head = (
        '"Nomenclature","ReporterISO3","ProductCode","ReporterName","PartnerISO3","PartnerName","Year",'
        '"TradeFlowName","TradeFlowCode","TradeValue in 1000 USD"\n'
    )
    text = head + '"H1","JPN","8456","Japan","WLD"," World",1998,"Export",6,14.538\n'
    values = only(read_trade(written(tmp_path, "wits.csv", text)))
    assert values[:6] == ["8456", "HS1996", 1998, "export", "JP", "WLD"]
    assert values[6] == pytest.approx(14538.0)


JAPAN_EN = (
    "Exp or Imp,Year,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year,Quantity1-Jan\n"
    "1,2019,'848620000',103,  ,KG,0,3200,12500,0\n"
    "1,2019,'000000190',103,  ,  ,0,0,40,0\n"
)
JAPAN_JA = (
    "輸出入,年,統計品目番号,国名,単位1,単位2,数量1-年,数量2-年,金額(千円)\n"
    "輸出,2019,848620000,大韓民国,,KG,0,3200,12500\n"
)


@pytest.mark.parametrize(("text", "encoding"), [(JAPAN_EN, "utf-8"), (JAPAN_JA, "cp932")])
def test_japans_customs_files_are_thousand_yen_with_their_own_country_numbers(tmp_path, text, encoding):
    table = read_trade(written(tmp_path, "japan.csv", text, encoding)).table
    row = table[table["code"] == "848620000"][KEY].iloc[0].tolist()
    expected = ["848620000", "HS2017", 2019, "export", "JP", "KR", 12.5e6, "JPY", 3200.0, "fob"]
    assert row == expected


def test_ports_are_added_up(tmp_path):
    head = "Exp or Imp,Year,Custom,HS,Country,Unit1,Unit2,Quantity1-Year,Quantity2-Year,Value-Year\n"
    text = head + "1,2017,104,'848620000',103,,NO,0,3,2100\n1,2017,105,'848620000',103,,NO,0,1,900\n"
    table = read_trade(written(tmp_path, "ports.csv", text)).table
    assert table["value"].tolist() == [3e6]
    with pytest.raises(DataError, match="each line once"):
        read_trade(written(tmp_path, "twice.csv", text.replace("105", "104")))


def test_koreas_customs_give_a_line_for_each_flow(tmp_path):
    head = "item_hs10,country,year,month,export_usd,export_kg,import_usd,import_kg\n"
    text = head + "2811111000,Japan,2019,6,0,0,5000,1200\n2811111000,Japan,2019,7,10,1,700,200\n"
    table = read_trade(written(tmp_path, "korea.csv", text)).table.sort_values("flow", ignore_index=True)
    assert table["flow"].tolist() == ["export", "import"]
    assert table["value"].tolist() == [10.0, 5700.0]
    assert table["weight"].tolist() == [1.0, 1400.0]
    assert set(table["reporter"]) == {"KR"}


def test_one_reporter_of_a_file_can_be_asked_for(tmp_path):
    path = written(tmp_path, "BACI_HS17_Y2018_V202501.csv", BACI)
    assert read_trade(path, reporter="台湾").table["reporter"].tolist() == ["TW"]
    with pytest.raises(DataError, match="JP, TW"):
        read_trade(path, reporter="DE")


@pytest.mark.parametrize(
    ("text", "scheme", "key"),
    [
        ("0", "un", "WLD"), ("W00", "un", "WLD"), ("842", "un", "US"), ("840", "un", "US"),
        ("490", "un", "TW"), ("S19", "un", "TW"), ("Other Africa, nes", "un", "XX"), ("899", "un", "XX"),
        ("Rep. of Korea", "un", "KR"), ("일본", "un", "JP"), ("97", "un", None), ("Atlantis", "un", None),
        ("103", "japan", "KR"), ("326", "japan", "ANHH"), ("702", "japan", "XX"), ("392", "japan", None),
        ("R Korea", "japan", "KR"), ("ニューカレドニア(仏)", "japan", "NC"),
    ],
)  # fmt: skip
def test_an_economy_is_known_by_the_number_or_name_its_publisher_gives_it(text, scheme, key):
    assert place_key(text, scheme) == key


def test_every_number_of_a_scheme_stands_for_one_economy():
    table = facts("trade_places")
    assert not table.duplicated(["scheme", "name"]).any()
    assert (table["scheme"] == "japan").sum() > 230


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04\x00\x00 no workbook", "t,i".encode("utf-16"), b"\x00\x01\x02"]
)
def test_what_is_no_text_is_refused_as_such(tmp_path, content):
    path = tmp_path / "trade.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match="text in UTF-8"):
        read_trade(path)


def test_a_packed_file_cut_short_is_refused(tmp_path):
    path = tmp_path / "trade.csv.gz"
    path.write_bytes(gzip.compress(OLD.encode())[:-20])
    with pytest.raises(DataError, match="one CSV table"):
        read_trade(path)


@pytest.mark.slow
@given(st.binary(max_size=200) | st.text(alphabet='tijkvq,;\n"0123456789-.', max_size=200).map(str.encode))
def test_no_file_ends_in_anything_but_lines_or_a_named_problem(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"t,i,j,k,v,q\n" + content if len(content) % 2 else content)
    with contextlib.suppress(DataError):
        assert len(read_trade(path).table) > 0
