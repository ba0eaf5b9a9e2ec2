import io
import re
import zipfile
from functools import cache

import pytest
from openpyxl import load_workbook

from meguri.show.office.safety_card import card_document
from meguri.show.safetynet import Card, card_charts, card_html
from meguri.show.safetynet_excel import card_workbook, net_workbook
from meguri.show.safetynet_net import net_html
from meguri.show.safetynet_texts import texts_of
from meguri.show.safetynet_words import change_rows, loss_sentences
from meguri.structure.safety_card import card, merge
from meguri.structure.safety_masks import CLEARED, masked, withheld_table
from meguri.structure.safetynet_answer import Stated
from tests.show import shopped

LANGS = ("en", "ja")
AUDIENCES = tuple(CLEARED)


@pytest.fixture(scope="module")
def answer():
    return shopped.hand_answer()


def made(answer, audience="internal", lang="ja"):
    return Card(masked(answer, audience), audience, withheld_table(audience, answer, lang), False, lang)


@cache
def page(audience="internal", lang="ja"):
    return card_html(made(shopped.hand_answer(), audience, lang))


@cache
def document(audience, lang="ja"):
    return card_document(made(shopped.hand_answer(), audience, lang))


@cache
def book(audience):
    return card_workbook(made(shopped.hand_answer(), audience))


def text_of(html):
    return re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", html, flags=re.S)


def words_of_document(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return re.sub(r"<[^>]+>", "", file.read("word/document.xml").decode())


def cells_of(content):
    book = load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_card_says_every_part_and_leaves_no_placeholder(answer, audience, lang):
    html = page(audience, lang)
    text = text_of(html)
    parts = {"en": ("How we know", "Who could no longer do it", "What stops if the shop disappears",
                    "What care may have spared", "What the shop can offer", "Service that was not charged",
                    "What this page does not show", "export licence"),
             "ja": ("なぜそう言えるか", "できる人がいなくなる工程", "この会社がなくなると何が止まるか",
                    "手入れで避けられたかもしれない損失", "提案できる契約", "請求していない仕事",
                    "このページに載せていないもの", "輸出許可")}  # fmt: skip
    assert [part for part in parts[lang] if part not in text] == []
    assert not re.search(r"\bnan\b|\bNone\b|\{\w+\}|<NA>", text)
    assert "http" not in re.sub(r"<script.*?</script>", "", html, flags=re.S).replace("http-equiv", "")


def test_figures_stand_with_interval_and_count_and_the_lines_of_the_document(answer):
    text = text_of(page(lang="en"))
    assert re.search(r"Uptime\s+97\.\d%\s+95 % interval 9\d\.\d–9\d\.\d%\s+84 machine days, 9 stops", text)
    assert "8 stops that ended, 1 still open" in text and "lines 964–967" in text


@pytest.mark.parametrize("lang", LANGS)
def test_too_few_events_are_refused_in_words_with_how_many_it_takes(lang):
    few = shopped.hand_answer(stops=2)
    text = text_of(card_html(made(few, lang=lang)))
    need = {"en": "2 of 5 events needed", "ja": "事象が2件で、必要な5件に届きません"}[lang]
    assert need in text
    assert {"en": "cannot be said yet", "ja": "まだ言えません"}[lang] in text


def test_an_interval_that_contains_zero_is_said_to_show_nothing(answer):
    stated = shopped.stated_answer(Stated(without_care=(0.5, 1.0, 2.0)))
    assert "contains zero" in " ".join(loss_sentences(stated, True, "en"))
    sure = shopped.stated_answer(Stated(without_care=(3.0, 4.0, 5.0)))
    assert "lies above zero" in " ".join(loss_sentences(sure, True, "en"))
    assert "own assumption" in " ".join(loss_sentences(sure, True, "en"))


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_script_for_a_name_is_text_on_every_page(answer, audience):
    html = page(audience)
    for raw in ("<script>alert", "<b>焼入れ"):
        assert raw not in html
    assert "&lt;b&gt;焼入れ" in html


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_cell_of_a_workbook_is_a_formula(answer, audience):
    cells = cells_of(book(audience))
    assert len(cells) > 100 and [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    risky = [cell for cell in cells if str(cell.value).startswith(("=", "@")) and cell.data_type == "s"]
    assert risky and all(cell.quotePrefix for cell in risky)


@pytest.mark.parametrize("audience", ["customer", "bank", "ministry"])
def test_names_of_customers_are_in_no_paper_that_leaves_the_shop(answer, audience):
    card_ = made(answer, audience)
    texts = [
        text_of(card_html(card_)), words_of_document(card_document(card_)),
        " ".join(str(cell.value) for cell in cells_of(card_workbook(card_))),
    ]  # fmt: skip
    for text in texts:
        assert not any(name in text for name in ("乙真空部品", "HYPERLINK", "alert(1)", "真空漏れ", "P1"))


@pytest.mark.parametrize("lang", LANGS)
def test_a_document_says_what_the_page_says(answer, lang):
    card_ = made(answer, "bank", lang)
    said = words_of_document(document("bank", lang))
    for sentence in loss_sentences(card_.answer, False, lang):
        assert sentence.replace("<", "&lt;") in said
    assert card_document(card_) == document("bank", lang)


def test_each_reader_gets_the_drafts_that_serve_it(answer):
    heads = {audience: [head for head, _ in texts_of(answer, audience, "ja")] for audience in AUDIENCES}
    assert heads["bank"] == ["ローカルベンチマーク（非財務情報）"]
    assert heads["ministry"] == ["事業継続力強化計画"] and heads["customer"] == ["価格交渉"]
    assert len(heads["internal"]) == 3
    price = dict(texts_of(answer, "internal", "en"))["Price talks (価格交渉)"]
    assert "4.5 hours of service in 6 jobs" in price[0] and "真空熱処理: 3 h in 3 jobs" in price[1]


def test_charts_draw_what_their_tables_hold(answer):
    runs, curve = card_charts(made(answer, lang="en"))
    drawn = next(one for one in runs.option["series"] if one["name"] == "uptime")["data"]
    known = runs.table[runs.table["kpi"] == "uptime"]["value"].round(5).tolist()
    assert [one["value"] for one in drawn] == known
    line = next(one for one in curve.option["series"] if one["name"] == "curve")
    assert len(line["data"]) == len(curve.table) and line["step"] == "end"
    opened = next(one for one in curve.option["series"] if one["name"] == "open")
    assert [point["value"][0] for point in opened["data"]] == [4.0]


@pytest.mark.parametrize("lang", LANGS)
def test_a_merged_net_escapes_names_and_tells_single_holders_apart(lang):
    first = card(shopped.hand_shop(), "2025-03-30", "<i>A</i>")
    second = card(shopped.hand_shop(), "2025-03-30", "B")
    del second["functions"]["真空熱処理"]
    net = merge([first, second])
    html = net_html(net, 2, lang)
    assert "<i>A" not in html and "&lt;i&gt;A" in html
    text = text_of(html)
    assert {"en": "1 of 2 processes", "ja": "2工程のうち1工程"}[lang] in text
    assert not re.search(r"\bnan\b|\bNone\b|\{\w+\}", text)
    assert all(cell.data_type != "f" for cell in cells_of(net_workbook(net, lang)))


@pytest.mark.parametrize("lang", LANGS)
def test_a_firm_that_is_gone_is_told_in_ranges_with_the_assumption(answer, lang):
    rows = dict(change_rows(answer, lang))
    name = {"en": "Time from fault to specification", "ja": "不具合から規格復帰までの時間"}[lang]
    assert re.fullmatch(r"[\d.]+(–[\d.]+ times|〜[\d.]+倍)", rows[name])
    text = text_of(page(lang=lang))
    assert {"en": "Sizes of effects are assumed", "ja": "影響の大きさは仮定"}[lang] in text
