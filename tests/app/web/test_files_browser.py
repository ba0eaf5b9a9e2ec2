"""Own files in a real browser: dropped, refused in words, mended, undone, deleted; also without scripts."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.app.web import hostile
from tests.app.web.browsing import faults_of_access, reader

pytestmark = pytest.mark.slow
GOODS = b"item,specs\nsaw,\nblade,\n"
DROP = """([name, text]) => {
  const carried = new DataTransfer();
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  carried.items.add(new File([bytes], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const told = {bubbles: true, cancelable: true, dataTransfer: carried};
    document.body.dispatchEvent(new DragEvent(kind, told));
  }
}"""


def drop(page: Any, name: str, content: bytes) -> None:
    page.evaluate(DROP, [name, base64.b64encode(content).decode()])


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_a_dropped_file_is_opened_mended_undone_and_deleted(chromium, served, lang):
    with reader(chromium, served) as (page, ear):
        page.goto(f"/{lang}/files")
        drop(page, f"goods-{lang}.csv", GOODS)
        page.wait_for_url("**file=f*")
        assert page.locator("#opened").inner_text() == f"goods-{lang}.csv"
        assert page.locator(".verdict.good").is_visible()
        assert faults_of_access(page) == []
        page.locator("summary", has_text={"ja": "本文", "en": "change the text"}[lang]).click()
        page.fill("#text", "item,specs\nsaw,\n")
        page.click("button[value=text]")
        page.wait_for_selector("button[value=undo]")
        page.click("button[value=undo]")
        page.wait_for_selector("button[value=redo]")
        assert page.locator("#text").input_value().replace("\r", "") == GOODS.decode()
        page.locator(".toolbar .confirm summary").click()
        page.click(".toolbar button[value=delete]")
        page.wait_for_selector("#opened + .empty")
        assert page.locator(f"text=goods-{lang}.csv").count() == 0
        assert (ear.said, ear.outside) == ([], [])


def test_a_harmful_file_is_refused_in_words_and_what_its_name_says_is_not_run(chromium, served):
    with reader(chromium, served) as (page, ear):
        page.goto("/ja/files")
        drop(page, "<img src=x onerror=alert(1)>.xlsx", hostile.with_macros())
        told = page.locator("#refused li")
        told.wait_for()
        assert (
            "<img src=x onerror=alert(1)>.xlsx" in told.inner_text()
            and page.locator("#refused img").count() == 0
        )
        drop(page, "bill.xlsx", hostile.billion_laughs())
        page.locator("#refused li", has_text="bill.xlsx").wait_for()
        assert page.locator("#refused li").count() == 1
        ear.said = [text for text in ear.said if "422" not in text]  # the browser names every refusal
        assert (ear.said, ear.outside) == ([], [])


def test_without_scripts_a_file_is_chosen_sent_and_undone(chromium, served, tmp_path: Path):
    path = tmp_path / "plain.csv"
    path.write_bytes(GOODS)
    with reader(chromium, served, java_script_enabled=False) as (page, ear):
        page.goto("/en/files")
        page.set_input_files("#bring", path)
        page.click("#drop button")
        page.wait_for_url("**file=f*")
        path.write_bytes(GOODS + b"axe,\n")
        page.set_input_files("#again", path)
        page.click(".again button")
        page.wait_for_selector("button[value=undo]")
        page.click("button[value=undo]")
        page.wait_for_selector("button[value=redo]")
        assert (ear.said, ear.outside) == ([], [])
