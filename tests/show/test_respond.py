"""The memo of a response: two axes never merged, every figure traced to a cell, both languages alike."""

import re
from html.parser import HTMLParser

import pytest
from openpyxl import Workbook, load_workbook

from meguri.base.errors import DataError
from meguri.base.tables import Schema
from meguri.base.terms import keys
from meguri.respond.answer import RespondAnswer
from meguri.show.cited import Cited, cite, plain_text, sheet_name
from meguri.show.excel import add_sheet
from meguri.show.figures.deficit import closing_step, deficit_waterfall
from meguri.show.figures.front import front
from meguri.show.figures.lead_times import lead_times
from meguri.show.figures.marginal import marginal_value
from meguri.show.figures.sovereignty import process_sovereignty
from meguri.show.memo import memo_of
from meguri.show.pdf import pdf_of
from meguri.show.plans import best, efficient, gain_ranges, letters, undominated
from meguri.show.respond import first_figures, respond_charts, respond_page
from meguri.show.respond_excel import write_respond_excel
from meguri.show.respond_tables import inside_html, plans_table
from meguri.show.respond_words import answer_sentences, lead
from meguri.show.spell import as_date
from tests.show import responded
from tests.show.pages import TEXTS, browser, opened, touching

__all__ = ["browser"]  # a fixture: one browser for all pages of this file
LANGS = ("en", "ja")


@pytest.fixture(scope="module")
def answer():
    return responded.answer()


@pytest.fixture(scope="module", params=LANGS)
def memo(request, answer):
    return memo_of(answer, request.param)


@pytest.fixture(scope="module")
def pages(answer):
    return {lang: respond_page(answer, lang) for lang in LANGS}


@pytest.fixture(scope="module")
def charts(answer):
    return {lang: respond_charts(answer, lang) for lang in LANGS}


@pytest.fixture(scope="module")
def books(answer, tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    found = {}
    for lang in LANGS:
        path = write_respond_excel(answer, folder / f"{lang}.xlsx", lang)
        found[lang] = load_workbook(path, read_only=False)
    return found


def changed(answer: RespondAnswer, name: str, frame) -> RespondAnswer:
    """The same answer with one table replaced."""
    tables = {key: answer.table(key) for key in responded.SCHEMAS} | {name: frame}
    return RespondAnswer(answer.manifest, answer.chain, tables)


class Marks(HTMLParser):
    """Every marked figure of a page as (cell, way of printing, text), and the text outside of marks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.outside: list[str] = []
        self._open: tuple[str, str] | None = None
        self._sup = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if "data-cell" in values:
            self._open = (values["data-cell"], values["data-how"])
        self._sup = self._sup or tag == "sup"

    def handle_endtag(self, tag):
        self._open = None if tag == "span" else self._open
        self._sup = False if tag == "sup" else self._sup

    def handle_data(self, data):
        if self._open is not None:
            self.found.append((*self._open, data))
        elif not self._sup:
            self.outside.append(data)


def at(book, address: str):
    """Value of a cell by its address as printed."""
    sheet, cell = address.rsplit("!", 1)
    return book[sheet.strip("'")][cell].value


# --- every figure can be traced to a cell -------------------------------------------------------


@pytest.mark.parametrize("lang", ["ja", pytest.param("en", marks=pytest.mark.slow)])
def test_every_marked_figure_is_printed_from_the_cell_it_names(lang, answer, pages, books):
    printer = memo_of(answer, lang).printer
    marks = Marks(pages[lang]).found
    assert len(marks) > 150
    for cell, how, text in marks:
        value = at(books[lang], cell)
        if how == "measures":  # keys in the cell, names on the page
            assert len(str(value).split("|")) == len(re.split("、|; ", text)), cell
            continue
        if how in ("day", "month") and value is not None:
            value = as_date(value).isoformat()
        assert printer.shown(value, how) == text, (cell, how)


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_screen_holds_no_number_that_is_not_marked(lang, pages):
    head = pages[lang].split("<header>")[1].split('<p class="quiet">')[0]
    words = " ".join(Marks(head).outside).replace("P10", "").replace("P90", "")
    words = words.replace("10の世界のうち8つ", "")
    assert re.findall(r"\d+", words) == []


@pytest.mark.parametrize("lang", LANGS)
def test_tables_of_the_memo_hold_no_number_that_is_not_marked(lang, pages):
    tables = re.findall(r'<table class="cells.*?</table>', pages[lang], re.S)
    bare = [text for table in tables for text in Marks(table).outside if re.search(r"\d", text)]
    years = re.compile(r"\d{4}年?|P10|P90|[–〜（）()]|.*P90.*")
    assert [text for text in bare if not years.fullmatch(text.strip())] == []


def test_every_number_of_the_first_screen_stands_in_the_list_of_evidence(memo, pages, books):
    figures = first_figures(memo)
    assert len(figures) > 20
    rows = re.findall(r'<tr id="cell-(\d+)">', pages[memo.lang])
    assert [int(n) for n in rows] == list(range(1, len(figures) + 1))
    sheet = books[memo.lang][sheet_name("respond_evidence", memo.lang)]
    told = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    assert [row[1] for row in told] == [one.text for one in figures]
    assert [row[3] for row in told] == [memo.printer.address(one) for one in figures]


@pytest.mark.parametrize("lang", LANGS)
def test_every_figure_names_the_block_of_cells_it_draws(lang, charts, books):
    for key, chart in charts[lang].items():
        block = re.search(r"(\S+|'[^']+')!A(\d+):[A-Z]+(\d+)", chart.footer.replace("ブックの", " "))
        assert block, key
        sheet = block[1].strip("'")
        first = books[lang][sheet].cell(int(block[2]), 1).value
        assert str(first) == str(chart.table.iloc[0, 0]), key
        assert int(block[3]) - int(block[2]) + 1 >= len(chart.table)


@pytest.mark.parametrize("lang", LANGS)
def test_numbers_in_the_titles_of_figures_come_from_their_tables(lang, charts):
    for chart in charts[lang].values():
        cells = set()
        for column in chart.table:
            for value in chart.table[column].dropna():
                cells |= set(re.findall(r"\d+", str(value)))
                if isinstance(value, float):
                    cells |= {
                        f"{value:.0f}",
                        f"{100 * value:.0f}",
                        f"{value / (365.25 / 12):.1f}".split(".")[0],
                    }
                    cells |= set(f"{value / (365.25 / 12):.1f}".split("."))
        assert set(re.findall(r"\d+", chart.title)) <= cells, chart.title


# --- two axes, never one score ------------------------------------------------------------------


@pytest.mark.parametrize("lang", LANGS)
def test_no_merged_score_stands_anywhere(lang, answer, pages, books):
    text = re.sub(r"<script.*?</script>|<style.*?</style>", "", pages[lang], flags=re.S)
    said = re.findall(r"[^.。<>]*(?:score|点数|総合評価|スコア)[^.。<>]*", text)
    assert said and all("never merged" in one or "合算" in one for one in said)
    heads = [str(cell.value) for sheet in books[lang] for row in sheet.iter_rows(max_row=2) for cell in row]
    assert not [head for head in heads if re.search("score|総合|点数", head, re.I)]


def test_the_plan_best_on_one_axis_does_not_depend_on_the_other(answer):
    plans = answer.table("plans")
    assert best(efficient(plans), "time_gained_d")["plan"] == "front-4"
    assert best(efficient(plans), "share")["plan"] == "front-1"
    turned = plans.assign(share=1 - plans["share"])
    assert best(efficient(turned), "time_gained_d")["plan"] == "front-4"


def test_a_robust_pick_that_repeats_a_plan_is_that_plan(answer):
    plans = answer.table("plans")
    shown = efficient(plans)
    assert list(shown["plan"]) == ["front-1", "front-2", "front-3", "front-4"]
    assert dict(zip(shown["plan"], shown["robust"], strict=True))["front-4"] == "robust_time"
    assert letters(plans)["robust-time"] == letters(plans)["front-4"] == "D"


def test_a_plan_beaten_on_both_axes_is_no_corner_of_the_line(answer):
    plans = answer.table("plans")
    plans.loc[plans["plan"] == "front-2", ["time_gained_d", "share"]] = [40.0, 0.7]
    assert list(undominated(efficient(plans))["plan"]) == ["front-1", "front-3", "front-4"]


def test_the_front_draws_each_plan_where_both_axes_put_it(answer):
    plans = answer.table("plans")
    chart = front(plans, gain_ranges(answer.table("plan_worlds")), horizon=responded.HORIZON)
    drawn = {one["name"]: one for one in chart.option["series"]}
    points = [point["value"] for point in drawn["efficient plan"]["data"]]
    assert points == [[14, 87.2], [45, 84.1], [90, 77.3], [150, 66.8]]
    assert drawn["step"]["step"] == "start" and drawn["step"]["data"] == points
    hollow = drawn["the simulator's value"]["data"]
    assert hollow[1] == [104 - 60, 80.2]  # both days are the simulator's
    assert drawn["least regret in days"]["data"] == [points[3]]
    # ranges are those of the days bought, world by world
    ranges = drawn["ranges"]["data"]
    assert ranges[6][0] == ranges[7][0] - 0 == 45 and ranges[6][1] == ranges[7][1] == 84.1


def test_a_plan_that_never_falls_short_points_on(answer):
    plans = answer.table("plans")
    plans.loc[plans["plan"].isin(["front-4", "robust-time"]), "time_d"] = responded.HORIZON
    chart = front(plans, gain_ranges(answer.table("plan_worlds")), horizon=responded.HORIZON)
    labels = [point["label"]["formatter"] for point in chart.option["series"][3]["data"]]
    assert labels == ["A", "B*", "C", "D→"]
    beyond = memo_of(changed(answer, "plans", plans), "ja").printer.shown(responded.HORIZON, "days")
    assert beyond == "1,095日超"
    memo = memo_of(changed(answer, "plans", plans), "en")
    assert "one plan buys 150 days or more" in plain_text(lead(memo)) and "≥ 150" in plans_table(memo)


# --- what the sentences say ---------------------------------------------------------------------


def test_the_memo_says_first_what_stops_and_what_the_budget_reaches(memo):
    text = plain_text(lead(memo))
    for part in ("62", "150", "87%", "500,000"):
        assert part in text
    rest = [plain_text(sentence) for sentence in answer_sentences(memo)]
    assert len(rest) == 7
    both = next(text for text in rest if "±0" in text)
    assert "+90" in both and "+12.3" in both  # stock and circulation, each on both axes


def test_stock_that_moves_both_axes_is_not_said_to_buy_time_only(answer):
    plans = answer.table("plans")
    plans.loc[plans["plan"] == "only-stock-alloy", "share_gained"] = 0.1
    text = " ".join(plain_text(s) for s in answer_sentences(memo_of(changed(answer, "plans", plans), "en")))
    assert "Stock buys time" not in text and "What each measure does alone" in text


def test_a_plan_the_simulator_does_not_confirm_is_marked_wherever_it_stands(memo, pages):
    mark = {"en": "Plan B*", "ja": "計画B※"}[memo.lang]
    assert mark in pages[memo.lang]
    doubt = pages[memo.lang].split('<section id="memo_unconfirmed">')[1].split("</section>")[0]
    assert ">45" in doubt and ">44" in doubt and "84%" in doubt and "80%" in doubt


def test_years_are_counted_from_january_or_from_april(answer):
    calendar, fiscal = (memo_of(answer, "ja", years) for years in ("calendar", "fiscal"))
    assert "2025年度" in inside_html(fiscal) and "2025年度" not in inside_html(calendar)
    rows = answer.table("plan_measures").query("plan == 'front-4'")
    chart = lead_times(rows, responded.STRIKES, plan="D", end=as_date("2030-10-01"), fiscal=True, lang="ja")
    assert "2026年度" in chart.option["xAxis"][1]["data"]


def test_an_answer_without_any_plan_is_a_memo_all_the_same(answer, tmp_path):
    empty = {name: answer.table(name).head(0) for name in responded.SCHEMAS}
    bare = RespondAnswer(answer.manifest, answer.chain, empty)
    html = respond_page(bare, "ja")
    assert "500,000" in html and "nan" not in Marks(html.split("<script")[0]).outside
    # and its workbook is the same, byte for byte, whenever it is written
    paths = [write_respond_excel(bare, tmp_path / f"{n}.xlsx", "ja") for n in "ab"]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_measure_that_no_table_names_is_shown_by_its_key(answer):
    rows = answer.table("deficit").assign(closes="unheard-of")
    memo = memo_of(changed(answer, "deficit", rows), "en")
    told = [plain_text(sentence) for sentence in answer_sentences(memo)]
    assert any("unheard-of closes the rest" in text for text in told)


def test_every_risk_owner_and_dependence_of_the_tables_has_its_words():
    wanted = {"risk": ("response_risks", "risk"), "direction": ("response_risks", "direction"),
              "owner": ("response_measures", "owner"), "hangs": ("respond_dependence", "kind"),
              "memo_axis": ("respond_robustness", "axis")}  # fmt: skip
    for prefix, (table, column) in wanted.items():
        choices = Schema.of(table).column(column).choices
        assert choices and [key for key in choices if f"{prefix}.{key}" not in keys("phrases")] == []


# --- figures ------------------------------------------------------------------------------------


def test_bars_of_lead_times_end_where_the_dates_say(answer):
    table = answer.table("plan_measures")
    rows = table[table["plan"] == "front-4"]
    chart = lead_times(rows, list(responded.STRIKES), plan="Plan D", end=as_date("2030-10-01"))
    before, wait, ramp, works = (one["data"] for one in chart.option["series"][:4])
    assert before[0] == 0 and wait[0] == 4 and ramp[0] == 11 and works[0] == 45  # months from Oct 2025
    marks = next(one for one in chart.option["series"] if one["name"] == "strikes")["markLine"]["data"]
    assert [mark["xAxis"] for mark in marks][:2] == [12, 24]
    late = lead_times(
        rows.assign(ready_on="2027-01-01"), list(responded.STRIKES), plan="P", end=as_date("2030-10-01")
    )
    assert "nothing of it works" in late.title


def test_each_panel_of_the_marginal_figure_draws_its_own_column(answer):
    table = answer.table("marginal")
    chart = marginal_value(table)
    bars = [one["data"] for one in chart.option["series"] if one["name"] == "value"]
    assert bars[0][0]["value"] == 1.5 and bars[1][0]["value"] == 0
    assert [bar["value"] for bar in bars[1]][1:4] == pytest.approx([0.35, 0.26, 0.29])
    words = chart.option["series"][1]["data"][-1]["label"]["formatter"]
    assert words == "cannot be enlarged"


def test_the_waterfall_hangs_each_step_from_the_one_before(answer):
    rows = answer.table("deficit")
    pieces = [one["data"] for one in deficit_waterfall(rows).option["series"] if one["name"] == "piece"]
    spans = [(piece[0][0], piece[1][0]) for piece in pieces]
    assert spans == [(0, 490), (490, 246), (246, 229), (229, -21), (0, -21)]
    assert closing_step(rows)[1] is None  # the last step leaves up to 120 t short
    sure = rows.assign(high=[540.0, 390.0, 386.0, -3.0])
    before, closing = closing_step(sure)
    assert before["step"] == "2" and closing["step"] == "3"
    assert "“Second source" in deficit_waterfall(sure).title


def test_the_unknown_part_of_a_stage_is_hatched_and_never_counted(answer):
    rows = answer.table("sovereignty")
    chart = process_sovereignty(rows)
    bars = {
        name: [one for one in chart.option["series"] if one["name"] == name]
        for name in ("runs", "gained", "gap", "unknown")
    }
    for panel in range(3):
        parts = [bars[name][panel]["data"] for name in bars]
        for cells in zip(*parts, strict=True):
            values = [cell["value"] if isinstance(cell, dict) else cell for cell in cells]
            assert sum(values) == pytest.approx(100)
    assert bars["unknown"][0]["itemStyle"]["decal"]
    assert bars["unknown"][0]["data"][0] == pytest.approx(20)
    nothing = process_sovereignty(rows.assign(share=float("nan")))
    assert nothing.title == "Process sovereignty is not known for any stage"


# --- names of users, and other hosts ------------------------------------------------------------


def test_names_cannot_break_the_page_nor_run_in_a_workbook(answer, tmp_path):
    wild = "=cmd|'/c calc'!A1 <script>alert(1)</script> {b}"
    plans = answer.table("plan_measures").assign(label_en=wild, label_ja=wild)
    wicked = changed(answer, "plan_measures", plans)
    html = inside_html(memo_of(wicked, "en"))
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)" in html
    book = Workbook(write_only=True)
    add_sheet(book, "respond_plan_measures", wicked.table("plan_measures"), "en")
    book.save(tmp_path / "w.xlsx")
    cell = load_workbook(tmp_path / "w.xlsx")["Plan measures"].cell(3, 3)
    assert cell.value == wild and cell.data_type == "s" and cell.quotePrefix


def test_without_a_browser_the_way_to_a_pdf_is_said(monkeypatch):
    monkeypatch.setenv("MEGURI_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(DataError, match="MEGURI_CHROMIUM"):
        pdf_of("<html></html>")


def test_a_sentence_keeps_its_figures_where_the_language_puts_them():
    one = Cited("62 days", "respond_plans", 0, "time_d", "d", 62.0)
    sentence = cite("memo_tile_plan", "en", plan="Plan {x} \ue0000\ue001", share=one)
    assert plain_text(sentence) == "Plan {x} 0, keeps 62 days"
    assert [part for part in sentence if isinstance(part, Cited)] == [one]


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGS)
def test_on_screen_and_on_paper_no_words_touch_and_nothing_is_fetched(lang, answer, browser, tmp_path):
    page, said, asked = opened(browser, tmp_path / "memo.html", respond_page(answer, lang, "fiscal"), 1280)
    assert said == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    for figure in page.query_selector_all("figure.chart"):
        words = figure.evaluate(TEXTS)
        assert touching(words) == [], figure.get_attribute("id")
        box = figure.query_selector("svg").bounding_box()
        outside = [
            w["text"] for w in words if w["left"] < box["x"] - 2 or w["right"] > box["x"] + box["width"] + 2
        ]
        assert outside == [], figure.get_attribute("id")
    # the answer stands on one screen of a laptop
    assert page.evaluate("document.querySelector('ul.answer').getBoundingClientRect().bottom") < 900
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 680, "height": 900})
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    for figure in page.query_selector_all("figure.chart"):
        assert touching(figure.evaluate(TEXTS)) == [], f"on paper: {figure.get_attribute('id')}"
    wide = page.evaluate("[...document.querySelectorAll('table')].map(t => [t.className, t.offsetWidth])")
    assert [name for name, width in wide if width > 681] == []
    page.close()


@pytest.mark.slow
def test_the_memo_is_printed_as_a_pdf_of_a_few_pages_of_a4(answer):
    content = pdf_of(respond_page(answer, "ja"))
    assert content.startswith(b"%PDF") and 4 <= len(re.findall(rb"/Type\s*/Page\b", content)) <= 14
    assert re.search(rb"/MediaBox \[0 0 59[45]", content)
