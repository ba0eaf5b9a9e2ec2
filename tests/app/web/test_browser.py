"""The application in a real browser: what a reader sees, presses and keeps."""

import json
import xml.etree.ElementTree as ElementTree
from urllib.parse import parse_qs, urlsplit

import pytest

from meguri.app.web.questions import QUESTIONS
from meguri.base.terms import label
from tests.app.web.browsing import faults_of_access, opened, reader, settled

pytestmark = pytest.mark.slow
LANGS = ("ja", "en")
TITLED = "text => document.querySelector('#answer h1')?.textContent === text"
CELLS = "() => [...document.querySelectorAll('#answer td')].map(cell => cell.textContent)"
SKELETON = "() => document.querySelector('#answer').innerHTML = document.querySelector('#waiting').innerHTML"
SIDE = ("files", "jobs", "api")  # pages beside the ten questions


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("key", QUESTIONS)
def test_a_page_shows_data_without_a_fault_and_without_asking_anyone_else(chromium, served, key, lang):
    with reader(chromium, served) as (page, ear):
        opened(page, f"/{lang}/{key}")
        assert page.locator(".undrawn").count() == 0
        assert page.locator("#answer figure.chart, #answer table.data, #answer .run").count() > 0
        assert page.locator("#answer .problem").count() == 0
        assert page.locator("html").get_attribute("lang") == lang
        assert faults_of_access(page) == []
        assert ear.said == []
        assert ear.outside == []


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("key", SIDE)
def test_the_pages_beside_the_questions_have_no_fault_either(chromium, served, key, lang):
    with reader(chromium, served) as (page, ear):
        answer = page.goto(f"/{lang}/{key}")
        assert answer.status == 200
        page.wait_for_selector("html[data-ready=yes]")
        assert page.locator("h1").inner_text().strip()
        assert faults_of_access(page) == []
        assert ear.said == []
        assert ear.outside == []


@pytest.mark.parametrize("lang", LANGS)
def test_every_link_of_the_navigation_leads_to_its_page_in_the_order_of_the_argument(chromium, served, lang):
    with reader(chromium, served) as (page, _):
        opened(page, f"/{lang}/overview")
        assert page.locator("nav.questions a").count() == len(QUESTIONS)
        for place, (key, question) in enumerate(QUESTIONS.items()):
            link = page.locator("nav.questions a").nth(place)
            assert link.inner_text().strip() == label("nav", lang, question.words)
            link.click()
            page.wait_for_url(f"**/{lang}/{key}")
            settled(page)
            current = page.locator("nav.questions a[aria-current=page]")
            assert current.inner_text().strip() == label("nav", lang, question.words)
            assert page.locator("#answer h1").inner_text().strip()


def changed(page) -> tuple[str, str]:
    """Choose another value of the first list of the form; its name and the value."""
    field = page.locator("#asked select").first
    values = field.evaluate("one => [...one.options].map(o => o.value).filter(v => v && v !== one.value)")
    name, value = field.get_attribute("name"), values[-1]
    with page.expect_response(lambda got: "/part" in got.url):
        field.select_option(value)
    settled(page)
    return name, value


def test_a_changed_condition_is_in_the_address_and_the_way_back_restores_form_and_answer(chromium, served):
    with reader(chromium, served) as (page, ear):
        opened(page, "/en/holds")
        before = page.locator("#answer h1").inner_text()
        was = page.locator("#asked select").first.input_value()
        name, value = changed(page)
        assert parse_qs(urlsplit(page.url).query)[name] == [value]
        after = page.locator("#answer h1").inner_text()
        assert after != before, "another condition, another finding"
        page.go_back()
        page.wait_for_function(
            "text => document.querySelector('#answer h1')?.textContent === text", arg=before
        )
        assert page.locator("#asked select").first.input_value() == was
        page.go_forward()
        page.wait_for_function(
            "text => document.querySelector('#answer h1')?.textContent === text", arg=after
        )
        assert page.locator("#asked select").first.input_value() == value
        assert ear.said == []


def shown(page) -> list[str]:
    return [
        page.locator("#answer h1").inner_text(),
        *page.locator("#answer figcaption").all_inner_texts(),
        *page.locator("#answer .value").all_inner_texts(),
        json.dumps(
            page.evaluate("() => [...document.querySelectorAll('#answer td')].map(d => d.textContent)")
        ),
    ]


def test_the_copied_link_shows_another_reader_the_same_view(chromium, served):
    allowed = {"permissions": ["clipboard-read", "clipboard-write"]}
    with reader(chromium, served, **allowed) as (page, _):
        opened(page, "/en/holds")
        changed(page)
        page.click("[data-copy]")
        link = page.evaluate("() => navigator.clipboard.readText()")
        mine = shown(page)
    with reader(chromium, served) as (page, _):
        assert shown(opened(page, link)) == mine


def test_the_other_language_keeps_the_page_and_what_was_asked(chromium, served):
    with reader(chromium, served) as (page, _):
        opened(page, "/en/holds")
        changed(page)
        query = urlsplit(page.url).query
        page.click("#language")
        page.wait_for_url("**/ja/holds?*")
        settled(page)
        assert urlsplit(page.url).query == query
        assert page.locator("html").get_attribute("lang") == "ja"


def test_the_card_of_the_first_visit_stays_away_once_it_was_put_away(chromium, served):
    with reader(chromium, served) as (page, _):
        page.goto("/ja/overview")
        settled(page)
        assert page.locator("#tour").is_visible()
        page.click("#tour-done")
        assert page.locator("#tour").is_hidden()
        page.reload()
        settled(page)
        assert page.locator("#tour").is_hidden()


def test_a_reader_without_a_mouse_reaches_the_answer_changes_it_and_opens_the_sources(chromium, served):
    with reader(chromium, served) as (page, _):
        opened(page, "/en/holds")
        page.reload()
        settled(page)
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("() => document.activeElement.id") == "main"
        for _ in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.matches('#asked select')"):
                break
        before = page.url
        with page.expect_response(lambda got: "/part" in got.url):
            page.keyboard.press("ArrowDown")
            page.keyboard.press("Enter")
        settled(page)
        assert page.url != before
        for _ in range(80):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.matches('[data-drawer]')"):
                break
        page.keyboard.press("Enter")
        assert page.locator("dialog.drawer").is_visible()
        assert faults_of_access(page) == []
        page.keyboard.press("Escape")
        assert page.locator("dialog.drawer").count() == 0
        assert page.evaluate("() => document.activeElement.matches('[data-drawer]')")


def test_a_wrong_condition_is_answered_with_place_found_expected_and_the_way_out(chromium, served):
    with reader(chromium, served) as (page, ear):
        answer = page.goto("/ja/stops?nonsense=1")
        assert answer.status == 422
        page.wait_for_selector("html[data-ready=yes]")
        assert "nonsense" in page.locator(".problems").inner_text()
        assert faults_of_access(page) == []
        assert ear.outside == []


def test_on_paper_there_is_the_answer_and_none_of_the_buttons(chromium, served):
    with reader(chromium, served) as (page, _):
        opened(page, "/ja/holds")
        page.emulate_media(media="print")
        for hidden in (".bar", "nav.questions", "#asked", ".toolbar", ".files", ".foot"):
            assert not page.locator(hidden).first.is_visible(), hidden
        assert page.locator("#answer h1").is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")


def test_who_wants_no_motion_gets_none(chromium, served):
    with reader(chromium, served, reduced_motion="reduce") as (page, _):
        opened(page, "/en/holds")
        assert page.evaluate("() => document.getAnimations().length") == 0
        page.evaluate(SKELETON)
        assert page.evaluate("() => document.getAnimations().length") == 0


def test_without_scripts_the_answer_is_readable_and_the_form_asks(chromium, served):
    with reader(chromium, served, java_script_enabled=False) as (page, _):
        page.goto("/en/holds?now=yes")
        assert page.locator("#answer h1").inner_text().strip()
        field = page.locator("#asked select").first
        values = [one.get_attribute("value") for one in field.locator("option").all()]
        field.select_option(values[-1])
        page.click("#asked button.main")
        page.wait_for_url("**/en/holds?*")
        assert page.locator("#asked select").first.input_value() == values[-1]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_figure_is_kept_as_a_picture_with_its_title_and_its_sources(chromium, served, kind, tmp_path):
    with reader(chromium, served, accept_downloads=True) as (page, ear):
        opened(page, "/ja/holds")
        figure = page.locator("figure.chart").nth(4)  # the map: words in several fonts
        with page.expect_download() as taken:
            figure.locator(f"[data-picture={kind}]").click()
        path = tmp_path / taken.value.suggested_filename
        taken.value.save_as(path)
        assert path.name == f"meguri-{figure.get_attribute('data-key')}.{kind}"
        content = path.read_bytes()
        if kind == "png":
            assert content.startswith(b"\x89PNG")
            assert len(content) > 10_000
        else:
            text = content.decode()
            assert text.startswith("<svg")
            drawn = ElementTree.fromstring(text)  # what is not well-formed opens nowhere
            words = [part.text for part in drawn.iter("{http://www.w3.org/2000/svg}text")]
            assert figure.locator("figcaption h3").inner_text()[:12] in "".join(words)
        assert ear.said == []


def test_a_table_is_sorted_with_unknown_last_and_filtered_by_what_is_shown(chromium, served):
    with reader(chromium, served) as (page, _):
        opened(page, "/en/holds")
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true; })")
        table = page.locator("#answer table.data:has(th.n):has(tbody tr:nth-child(12))").first
        column = table.evaluate(
            "one => [...one.tHead.rows[0].cells].findIndex(c => c.classList.contains('n'))"
        )
        head = table.locator("th").nth(column)
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == "ascending"
        texts = [
            text.strip() for text in table.locator(f"tbody td:nth-child({column + 1})").all_inner_texts()
        ]
        known = [float(text.replace(",", "").split()[0].rstrip("%")) for text in texts if text != "—"]
        assert known == sorted(known)
        assert texts[len(known) :] == ["—"] * (len(texts) - len(known))
        word = table.locator("tbody tr td").first.inner_text().strip()
        table.locator("xpath=../preceding-sibling::p[1]//input").fill(word)
        visible = table.locator("tbody tr:visible")
        assert visible.count() >= 1
        assert all(word.lower() in text.lower() for text in visible.all_inner_texts())


def state_of(page, word: str):
    """Wait until the job of a page is in a state, by the word that a reader sees."""
    page.wait_for_function(
        "word => (document.querySelector('.run .told')?.textContent || '').startsWith(word)", arg=word
    )


def test_a_job_is_run_and_cancelled_and_run_again_and_a_second_window_sees_the_same_job(chromium, served):
    asked = "/en/stops?runs=300"
    with reader(chromium, served) as (page, ear), reader(chromium, served) as (other, _):
        opened(page, asked)
        assert page.locator(".run [data-cancel]").is_hidden()
        page.click(".run [data-run]")
        state_of(page, "Running")
        opened(other, asked)
        state_of(other, "Running")
        page.click(".run [data-cancel]")
        for window in (page, other):
            state_of(window, "Cancelled")
            assert window.locator(".run [data-run]").inner_text() == "Run again"
        other.click(".run [data-run]")
        for window in (other, page):
            if window is page:  # a job that ended is not followed: the window asks when it is loaded again
                window.reload()
            window.wait_for_function(
                "() => !document.querySelector('.run') && document.querySelector('figure')"
            )
            settled(window)
            assert window.locator("#answer figure.chart").count() > 1
        assert ear.said == []


def workbook(page, folder, **cells):
    """The packaged workbook of a motor maker with some cells written over."""
    openpyxl = pytest.importorskip("openpyxl")
    path = folder / ("bad.xlsx" if cells else "good.xlsx")
    path.write_bytes(page.request.get("/api/v1/templates/motor-maker.xlsx?lang=en").body())
    if cells:
        book = openpyxl.load_workbook(path)
        for cell, value in cells.items():
            book["parts"][cell] = value
        book.save(path)
    return path


def test_a_good_workbook_is_understood_and_leads_to_the_pages_that_read_it(chromium, served, tmp_path):
    with reader(chromium, served) as (page, ear):
        page.goto("/en/files")
        page.set_input_files("#bring", workbook(page, tmp_path))
        page.wait_for_selector(".verdict.good")
        assert "good.xlsx" in page.locator("#opened").inner_text()
        assert faults_of_access(page) == []
        page.locator("#file .ways a").first.click()
        settled(page)
        assert page.locator("#asked option:checked", has_text="good").count() >= 1
        assert ear.said == []
        assert ear.outside == []


def test_a_bad_workbook_is_answered_cell_by_cell_and_mended_in_the_page(chromium, served, tmp_path):
    with reader(chromium, served) as (page, ear):
        page.goto("/en/files")
        page.set_input_files("#bring", workbook(page, tmp_path, I5="many", G6="Nowhereland"))
        page.wait_for_selector(".verdict.wrong")
        told = page.locator("table.messages").inner_text()
        for word in ("I5", "many", "G6", "Nowhereland"):
            assert word in told
        assert faults_of_access(page) == []
        page.fill("input[name='cell:parts!I5']", "300000")
        page.fill("input[name='cell:parts!G6']", "China")
        page.click("button[value=correct]")
        page.wait_for_selector(".verdict.good")
        assert ear.said == []


def test_a_file_that_is_no_workbook_is_refused_by_name(chromium, served, tmp_path):
    path = tmp_path / "harmless.xlsx"
    path.write_bytes(b"MZ this is a program")
    with reader(chromium, served) as (page, _):
        page.goto("/ja/files")
        page.set_input_files("#bring", path)
        page.wait_for_selector("#refused .problems li")
        assert "harmless.xlsx" in page.locator("#refused").inner_text()
