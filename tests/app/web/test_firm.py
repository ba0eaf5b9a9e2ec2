"""The page of a firm: figures or plain refusals, masks that hold in every byte, drafts that never rule."""

import html
import io
import json
import zipfile
from functools import cache
from importlib import import_module

import pytest
from openpyxl import Workbook

from meguri.app.printing import as_csv
from meguri.app.web import firm_opened, render
from meguri.app.web.desk import Desk
from meguri.app.web.pages.firm import view
from meguri.app.web.pages.firm_papers import FORMS, firm_paper
from meguri.app.web.pages.firm_screen import PAPERS as DRAFTS
from meguri.app.web.questions.firm import AUDIENCES, PARTS, QUESTION
from meguri.app.web.view import document, raw
from meguri.base.errors import DataError
from meguri.base.terms import LANGS
from meguri.show.screening_words import RULINGS, screen_word

PEOPLE = ("佐藤一郎", "鈴木花子", "Taro Yamada")
SCRIPT, FORMULA = "<img src=x onerror=alert(1)>", "=HYPERLINK(1)"
OUTSIDE = tuple(one for one in AUDIENCES if one != "internal")
SECRET = (SCRIPT, FORMULA, "甲真空", "Fara Sakht", "W-77", "ひみつヒータ")  # customers and items
WORK = ("真空熱処理", "@浸炭")
SHEETS = {
    "作業日報": [
        ["日付", "炉", "担当者", "工程", "得意先", "材料", "無償対応", "計画稼働時間", "気分"],
        *([f"令和7年4月{day}日", "1号炉", PEOPLE[day % 3], WORK[day % 2], "ABC"[day % 3], "W",
           "0.5" if day % 4 else "", "8", "晴れ"] for day in range(1, 21)),
        ["きのう", "1号炉", PEOPLE[0], "真空熱処理", "A", "W", "たくさん", "8", ""],
    ],
    "停止": [
        ["炉", "発生日時", "復旧日時", "原因"],
        ["1号炉", "2025-04-03 09:00", "2025-04-03 11:30", f"真空漏れ（{PEOPLE[1]}、{PEOPLE[2]}が対応）"],
        ["1号炉", "2025-04-09 09:00", "2025-04-09 10:00", "真空漏れ"],
        ["1号炉", "いつか", "", PEOPLE[0]],
    ],
    "人": [
        ["氏名", "工程", "年齢", "指導可"],
        *([who, work, age, "否"] for who, work, age in zip(PEOPLE, WORK, ("68", "41"), strict=False)),
    ],
    "取引先": [
        ["取引先番号", "取引先名", "業種", "国", "転売先"], ["A", SCRIPT, "半導体", "日本", "中国のファブ"],
        ["B", FORMULA, "自動車", "日本", ""], ["C", "甲真空", "半導体", "日本", ""],
        ["D", "Fara Sakht Industry", "自動車", "イラン", ""],
    ],
    "品目": [
        ["品番", "品名", "HS", "材料", "工程", "取引先", "仕様"],
        ["W-77", "ひみつヒータ", "8101.99", "W", "真空熱処理", "A", "タングステン含有率 = 99.9 % | 色 = 青"],
        [FORMULA, SCRIPT, "8486.90", "SUS316L", "@浸炭", "D", "品目区分 = 真空部品"],
    ],
}  # fmt: skip


def written(sheets):
    """A workbook whose cells are text, formulas in them too."""
    book = Workbook()
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for at, row in enumerate(rows, start=1):
            for column, text in enumerate(row, start=1):
                cell = sheet.cell(at, column, text or None)
                cell.data_type = "s" if text else cell.data_type
    book.remove(book.worksheets[0])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def keep(folder, name, kind, content, suffix):
    """Put a file where a workspace keeps it."""
    place = folder / "files" / name
    place.mkdir(parents=True)
    (place / f"v0001{suffix}").write_bytes(content)
    about = {"kind": kind, "name": f"自社の{name}{suffix}", "current": 1,
             "versions": [{"file": f"v0001{suffix}", "digest": name}]}  # fmt: skip
    (place / "meta.json").write_text(json.dumps(about), encoding="utf-8")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ws")
    keep(folder, "ugly", "shop", written(SHEETS), ".xlsx")
    keep(folder, "bare", "shop", "日付,炉,停止時間\n2025-04-01,1,2\n".encode("cp932"), ".csv")
    keep(folder, "nocard", "cards", b"[1]", ".json")
    return Desk(folder)


def asked_of(desk, lang="ja", **query):
    return QUESTION.read({name: [value] for name, value in query.items()}, desk, lang)


@cache
def shown(desk, lang, **query):
    found = view(asked_of(desk, lang, on="2026-03-01", shop="file:ugly", **query), desk, lang)
    return found, document(found, lang)


def bytes_of(found, page, lang):
    """All that leaves the worker: the page, its tables as JSON, CSV and in the page's HTML."""
    tables = found.tables().values()
    page_html = render.fragment(page, QUESTION, [], render.Where(lang, "firm"))
    said = [json.dumps(page, ensure_ascii=False, allow_nan=False), page_html]
    said += [json.dumps(raw(one), ensure_ascii=False, allow_nan=False) for one in tables]
    return "\n".join([*said, *(as_csv(one.frame) for one in tables)])


QUICK = ("kpis", "screen")  # the other parts bring the shock engine


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("part", QUICK)
def test_a_page_is_whole_and_names_no_person_and_runs_no_firm_name(desk, lang, part):
    found, page = shown(desk, lang, part=part)
    drawn = [one for one in page["sections"] for one in (*one["charts"], *one["tables"])]
    assert len({one["key"] for one in drawn}) == len(drawn) == len(found.tables())
    assert len({one["key"] for one in page["sections"]}) == len(page["sections"])
    out = bytes_of(found, page, lang)
    assert not [name for name in PEOPLE if name in out]
    page_html = render.fragment(page, QUESTION, [], render.Where(lang, "firm"))
    assert SCRIPT not in page_html
    assert part == "kpis" or "&lt;img src=x onerror" in page_html  # it is shown, as text


@pytest.mark.parametrize("audience", OUTSIDE)
@pytest.mark.parametrize("part", QUICK)
def test_a_reader_outside_finds_no_customer_item_or_cell_in_any_byte(desk, part, audience):
    for lang in LANGS:
        found, page = shown(desk, lang, part=part, audience=audience)
        out = bytes_of(found, page, lang)
        assert not [word for word in (*SECRET, *PEOPLE, "自社のugly", "作業日報", "P1") if word in out]
        assert "card_withheld" in found.tables()  # and is told that something is left out


@pytest.mark.parametrize("lang", LANGS)
def test_a_figure_below_five_events_is_refused_with_the_count_it_would_take(desk, lang):
    _, page = shown(desk, lang, part="kpis")
    by = {one["asks"]: one for one in page["headlines"]}
    tile = by["障害復旧時間" if lang == "ja" else "Time to recover"]
    assert tile["unknown"] and "5" in tile["hangs_on"] and "2" in tile["hangs_on"]
    loss = next(one for one in page["sections"] if one["key"] == "loss")
    assert not any(letter.isdigit() for letter in loss["texts"][0])  # nothing is claimed to have been spared
    drawn = next(one for one in page["sections"] if one["key"] == "kpis")
    assert not drawn["charts"] and drawn["texts"]  # nor is a refused figure given away by a drawing


def test_every_cell_that_was_not_read_is_named_with_what_was_expected_and_the_way_out(desk):
    found, _ = shown(desk, "ja", part="kpis")
    cells = found.tables()["web_firm_cells"].frame.set_index(["sheet", "cell"])
    assert {("作業日報", "A22"), ("作業日報", "G22"), ("停止", "B4")} <= set(cells.index)
    told = cells.loc[("作業日報", "G22")]
    assert (
        told["found"] == "たくさん" and told["expected"] and told["way_out"] and told["severity"] == "unread"
    )
    assert "気分" in set(cells.loc[cells["severity"] == "notice", "found"])
    assert set(found.tables()["joblog_understood"].frame["file"]) == {"自社のugly.xlsx"}
    assert "v0001" not in bytes_of(*shown(desk, "ja", part="kpis"), "ja")


def test_people_stand_as_numbers_even_where_a_cause_tells_who_did_it(desk):
    found, _ = shown(desk, "ja", part="kpis")
    people = found.tables()["web_firm_people"].frame.set_index("process")
    assert people.at["真空熱処理", "holders"] == 1 and people.at["真空熱処理", "who"].startswith("P")
    assert any("真空漏れ(P" in topic for topic in found.tables()["tacit_items"].frame["topic"])


@pytest.mark.parametrize("lang", LANGS)
def test_a_screening_says_that_it_is_a_draft_on_top_and_on_every_table_and_never_rules(desk, lang):
    found, page = shown(desk, lang, part="screen")
    draft = screen_word("draft", lang)
    assert draft in page["lead"][0] and screen_word("no_ruling", lang) in page["lead"]
    own = [one for one in found.tables().values() if one.key != "indirect-path"]
    assert own and all(one.key.startswith("draft_") for one in own)
    assert all(draft in one.title for one in own if one.key != "draft_matrix")
    verdicts = set(found.tables()["draft_matrix"].frame["verdict"])
    assert verdicts <= {"candidate", "cannot-exclude", "excluded-by-spec", "not-in-list-on-that-date"}
    cells = {
        cell for one in page["sections"] for table in one["tables"] for row in table["rows"] for cell in row
    }
    assert not cells & set(RULINGS)
    assert page["headlines"][0]["value"] == "2"  # items that something points at


def test_a_listed_receiver_is_shown_with_score_and_day_of_the_list_and_an_unread_specification_is_said(desk):
    found, page = shown(desk, "ja", part="screen")
    hits = found.tables()["draft_name_matches"].frame.set_index("name")
    assert hits.loc["Fara Sakht Industry", "score"].max() > 78 and hits["list_date"].notna().all()
    assert "色" in json.dumps(page["sections"], ensure_ascii=False)


@pytest.mark.parametrize("part", QUICK)
def test_no_cell_of_a_table_begins_a_formula_in_a_spreadsheet(desk, part):
    found, _ = shown(desk, "ja", part=part)
    lines = [line for one in found.tables().values() for line in as_csv(one.frame).splitlines()]
    assert any(FORMULA in line for line in lines)
    starts = [cell.lstrip('"')[:1] for line in lines for cell in line.split(",")]
    assert not {"=", "@", "+"} & set(starts)


def test_what_a_form_says_wrongly_is_named_by_its_field(desk):
    for query, field in (({"cost": "9,5,1"}, "cost"), ({"keeping": "magic=1,2,3"}, "keeping"),
                         ({"customer": "丙社"}, "customer")):  # fmt: skip
        with pytest.raises(DataError) as error:
            view(asked_of(desk, shop="file:ugly", **query), desk, "ja")
        assert [one.place for one in error.value.problems] == [field]
    with pytest.raises(DataError) as error:
        view(asked_of(desk, shop="file:ugly", part="screen", on="2025-01-01", since="2026-01-01"), desk, "ja")
    assert [one.place for one in error.value.problems] == ["since"]


def test_a_file_that_is_no_card_is_named_as_its_owner_knows_it(desk):
    with pytest.raises(DataError) as error:
        view(asked_of(desk, part="net", cards="file:nocard"), desk, "ja")
    assert "自社のnocard.json" in error.value.text("ja") and "v0001" not in error.value.text("ja")


def test_cards_of_two_firms_and_the_own_records_make_one_net_without_names(desk, tmp_path):
    ugly = asked_of(desk, part="card", shop="file:ugly")
    firm_paper(ugly, desk, "ja", "own_card", "json", tmp_path / "card.json")
    content = (tmp_path / "card.json").read_text(encoding="utf-8")
    assert not [word for word in (*SECRET, *PEOPLE) if word in content]
    other = json.dumps(json.loads(content) | {"label": "other"}).encode()
    keep(tmp_path, "one", "cards", content.encode(), ".json")
    keep(tmp_path, "two", "cards", other, ".json")
    both = Desk(tmp_path)
    for lang in LANGS:
        found = view(asked_of(both, lang, part="net", cards="file:one,file:two"), both, lang)
        assert len(found.tables()["net_functions"].frame) == 2
        assert "2" in found.lead[0]


def test_a_firm_whose_sheets_tell_no_process_is_told_so_and_not_given_a_number(desk):
    for lang in LANGS:
        found = view(asked_of(desk, lang, shop="file:bare", part="gone"), desk, lang)
        assert not found.sections[:-1] and not any(letter.isdigit() for letter in found.title)


def test_a_draft_is_refused_to_readers_outside_and_an_unknown_paper_by_name(desk, tmp_path):
    for query, what in (({"audience": "bank"}, "letter"), ({}, "ruling")):
        asked = asked_of(desk, shop="file:ugly", **query)
        with pytest.raises(DataError):
            firm_paper(asked, desk, "ja", what, "docx", tmp_path / "x.docx")
    assert not list(tmp_path.iterdir())


def test_what_was_read_is_forgotten_once_its_file_is_deleted(tmp_path):
    keep(tmp_path, "gone", "shop", "日付,炉,停止時間\n2025-04-01,1,2\n".encode(), ".csv")
    own = Desk(tmp_path)
    firm_opened.reading_of(firm_opened.source_of(asked_of(own, shop="file:gone"), own, "ja"))
    (tmp_path / "files" / "gone" / "v0001.csv").unlink()
    firm_opened.forget_deleted()
    assert firm_opened.reading_of.cache_info().currsize == 0


def test_only_a_screening_without_a_day_of_its_own_is_as_old_as_the_day(desk):
    shown(desk, "ja", part="screen")
    assert "today:" not in desk.seen
    own = Desk(desk.folder)
    assert own.today() == own.seen["today:"] == own.stamp("today:")


@pytest.mark.parametrize(("part", "package"), [("kpis", "lifelines"), ("screen", "rapidfuzz")])
def test_without_the_extra_of_small_firms_one_line_says_how_to_get_it(desk, monkeypatch, part, package):
    def absent(name, *_):
        if name.split(".")[0] == package:
            raise ImportError(name)
        return import_module(name)

    firm_opened._answer.cache_clear()
    firm_opened._case.cache_clear()
    monkeypatch.setattr("meguri.base.extras.import_module", absent)
    query = {"names": "Some Unheard Name"} if part == "screen" else {"as_of": "2025-04-19"}
    with pytest.raises(DataError) as error:
        view(asked_of(desk, shop="file:ugly", part=part, on="2026-03-01", **query), desk, "en")
    assert 'pip install "meguri[sme]"' in error.value.text("en") and len(error.value.problems) == 1


# --- slow: the shock engine, and papers -----------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("part", PARTS)
def test_the_packaged_example_is_said_to_be_invented_for_every_reader(tmp_path, lang, part):
    for audience in AUDIENCES:
        own = Desk(tmp_path)
        found = view(asked_of(own, lang, part=part, audience=audience), own, lang)
        page = document(found, lang)
        assert ("today:" in own.seen) == (part == "screen")
        assert part == "net" or ("架空" if lang == "ja" else "nvented") in page["lead"][0]
        out = bytes_of(found, page, lang)
        assert audience == "internal" or not [
            name for name in ("甲装置", "乙真空部品", "W-01") if name in out
        ]


@pytest.mark.slow
@pytest.mark.parametrize("part", ["gone", "card"])
def test_no_part_tells_a_reader_outside_who_the_customers_are(desk, part):
    for lang in LANGS:
        for audience in AUDIENCES:
            found, page = shown(desk, lang, part=part, audience=audience)
            out = bytes_of(found, page, lang)
            hidden = (*PEOPLE, *SECRET) if audience != "internal" else PEOPLE
            assert not [word for word in hidden if word in out], audience
    inside, _ = shown(desk, "ja", part="gone")
    assert "甲真空" in set(inside.tables()["knockout"].frame["customer"])


@pytest.mark.slow
def test_every_paper_holds_no_name_of_a_person_and_outside_no_customer(desk, tmp_path):
    for what, forms in FORMS.items():
        for form in set(forms) - {"pdf"} if what != "net" else ():
            for audience in ("internal",) if what in DRAFTS or what == "own_card" else AUDIENCES:
                asked = asked_of(desk, shop="file:ugly", audience=audience, on="2026-03-01")
                path = tmp_path / f"{what}-{audience}.{form}"
                firm_paper(asked, desk, "ja", what, form, path)
                text = text_of(path)
                hidden = PEOPLE if audience == "internal" else (*PEOPLE, *SECRET)
                assert not [word for word in hidden if word in text], path.name
                assert what not in DRAFTS or "判定者による確認前の下書き" in text, path.name
                assert form != "html" or SCRIPT not in text


def text_of(path):
    if path.suffix not in (".docx", ".xlsx"):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as parts:
        texts = [parts.read(name).decode("utf-8", "ignore") for name in parts.namelist()]
    return html.unescape("\n".join(texts))  # a letter may be written by its number
