"""Own files over HTTP and on their page: taken in, checked, corrected, undone, deleted; no write lost."""

from __future__ import annotations

import asyncio
import io
import re
from importlib import import_module
from pathlib import Path

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from meguri.app.web.blanks import write_blank
from meguri.app.web.pool import BrokenError, RefusedError
from meguri.app.web.server import create_app
from meguri.app.web.service import Settings
from meguri.app.web.store import Bounds, Store
from meguri.app.web.worker import TASKS, problem_row
from meguri.base.errors import MeguriError
from meguri.base.terms import read_words
from tests.app.web import hostile

HOME = "/api/v1/workspaces/default"
FILES = f"{HOME}/files"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Inline:
    """The workers' tasks done at once in this process: what they answer without what they cost to start."""

    def __init__(self):
        self.broken = ""

    async def ask(self, task, args, told=None, *, urgent=True, patience=None):
        if self.broken:
            raise BrokenError(self.broken)
        module, _, name = TASKS[task].partition(":")
        try:
            return await asyncio.to_thread(getattr(import_module(module), name), args, lambda done, of: None)
        except MeguriError as error:
            raise RefusedError([problem_row(one, error.file) for one in error.problems]) from None


@pytest.fixture(scope="module")
def application(tmp_path_factory):
    return create_app(Settings(tmp_path_factory.mktemp("unused")))


@pytest.fixture
def web(application, tmp_path):
    client = TestClient(application, base_url="http://localhost", follow_redirects=False)
    client.service = application._app.state.service
    client.service.pool, client.service.store = Inline(), Store(tmp_path / "root")
    client.headers["accept-language"] = "en"
    return client


@pytest.fixture(scope="session")
def parts(tmp_path_factory) -> bytes:
    return write_blank("motor-maker", tmp_path_factory.mktemp("parts") / "parts.xlsx", "en").read_bytes()


GOODS = b"item,specs\nsaw,\nblade,\n"  # quick to check: for tests of what does not hang on the kind


def spoiled(parts: bytes, **cells: object) -> bytes:
    book = load_workbook(io.BytesIO(parts))
    for cell, value in cells.items():
        book["parts"][cell] = value
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def put(web, name: str, content: bytes, **query: str):
    return web.post(FILES, params={"name": name, **query}, content=content)


def test_a_good_workbook_is_understood_and_can_be_used(web, parts):
    made = put(web, "parts.xlsx", parts)
    assert made.status_code == 201 and made.headers["location"].endswith(made.json()["id"])
    assert (made.json()["kind"], made.json()["usable"]) == ("chain", True)
    told = web.get(f"{FILES}/{made.json()['id']}/check", params={"lang": "ja"}).json()
    facts = {one["label"]: one["value"] for one in told["facts"]}
    assert facts["部品の行数"] == "3" and facts["磁石使用量（全部品）"] == "600 t/a"  # 500,000 × 1.2 kg
    assert [one["cell"] for one in told["unknowns"]] == ["E5", "E6"]
    page = web.get("/ja/files", params={"file": made.json()["id"]}).text
    assert "このファイルは使えます" in page and f"chain=file%3A{made.json()['id']}" in page


def test_a_bad_workbook_names_each_cell_and_is_mended_on_the_page(web, parts):
    made = put(web, "parts.xlsx", spoiled(parts, H5="many", G6="Chnia")).json()
    assert made["usable"] is False
    told = web.get(f"{FILES}/{made['id']}/check").json()["messages"]
    wrong = {one["cell"]: one for one in told if one["severity"] == "error"}
    assert set(wrong) == {"H5", "G6"} and wrong["H5"]["found"] == "many" and wrong["G6"]["offer"] == "parts!G"
    offers = {
        one["column"]: one["choices"] for one in web.get(f"{FILES}/{made['id']}/check").json()["offers"]
    }
    assert "China" in offers["parts!G"]
    page = web.get("/en/files", params={"file": made["id"]}).text
    tag = re.search(r'name="tag" value="(\w+)"', page)[1]
    form = {"do": "correct", "file": made["id"], "tag": tag, "cell:parts!H5": "360", "was:parts!H5": "many",
            "cell:parts!G6": "China", "was:parts!G6": "Chnia"}  # fmt: skip
    answer = web.post("/en/files", data=form)
    assert answer.status_code == 303
    after = web.get(f"{FILES}/{made['id']}").json()
    assert after["usable"] is True and after["current"] == 2 and after["versions"][1]["how"] == "cells"
    kept = load_workbook(io.BytesIO(web.get(f"{FILES}/{made['id']}/content").content))["parts"]
    assert (kept["H5"].value, kept["G6"].value) == (360, "China")


def test_undo_leads_back_redo_forth_and_any_version_can_be_had(web):
    made = put(web, "goods.csv", GOODS).json()
    place = f"{FILES}/{made['id']}"
    cells = {"cells": [{"cell": "A2", "value": "=cmd()"}]}
    assert web.patch(f"{place}/cells", json=cells).json()["current"] == 2
    assert web.get(f"{place}/content").content == b"item,specs\r\n'=cmd(),\r\nblade,\r\n"  # no formula
    undone = web.put(f"{place}/current", json={"version": "undo"}).json()
    assert (undone["current"], undone["undo"], undone["redo"], undone["usable"]) == (1, 0, 2, True)
    assert web.put(f"{place}/current", json={"version": "redo"}).json()["current"] == 2
    assert web.get(f"{place}/content", params={"version": 1}).content == GOODS
    assert web.put(f"{place}/current", json={"version": 3}).status_code == 404
    assert web.put(f"{place}/current", json={"version": "redo"}).status_code == 404


def test_the_second_of_two_windows_is_told_and_nothing_is_lost(web):
    made = put(web, "goods.csv", GOODS)
    place, tag = f"{FILES}/{made.json()['id']}", made.headers["etag"]
    cells = {"cells": [{"cell": "A2", "value": "axe"}]}
    assert web.patch(f"{place}/cells", json=cells, headers={"if-match": tag}).status_code == 200
    for late in (
        web.patch(f"{place}/cells", json=cells, headers={"if-match": tag}),
        web.put(f"{place}/current", json={"version": 1}, headers={"if-match": tag}),
        web.delete(place, headers={"if-match": tag}),
        web.post(f"{place}/versions", content=GOODS, headers={"if-match": tag}),
    ):
        assert late.status_code == 412 and late.json()["type"] == "urn:meguri:stale"
        assert "nothing was overwritten" in late.json()["title"]
    assert web.get(place).json()["current"] == 2
    late = web.post("/en/files", data={"do": "delete", "file": made.json()["id"], "tag": tag.strip('"')})
    assert late.status_code == 412 and "Another window changed it" in late.text


def test_two_windows_that_delete_one_workspace_or_file_both_get_an_answer(web):
    made = web.post("/api/v1/workspaces", json={"name": "a"}).json()
    place = f"/api/v1/workspaces/{made['id']}"
    file = web.post(f"{place}/files", params={"name": "p.csv"}, content=GOODS).json()["id"]
    assert [web.delete(f"{place}/files/{file}").status_code for _ in range(2)] == [204, 404]
    assert [web.delete(place).status_code for _ in range(2)] == [204, 404]
    assert web.get("/en/files", params={"workspace": made["id"]}).status_code == 404
    late = web.post("/en/files", params={"workspace": made["id"]}, data={"do": "workspace-delete"})
    assert late.status_code == 404 and "There is no such workspace" in late.text


def test_deleted_means_gone(web, tmp_path):
    made = web.post("/api/v1/workspaces", json={"name": "機密"}).json()
    web.post(f"/api/v1/workspaces/{made['id']}/files", params={"name": "秘密.csv"}, content=GOODS)
    web.delete(f"/api/v1/workspaces/{made['id']}")
    left = [str(item) for item in (tmp_path / "root").rglob("*") if item.is_file()]
    assert not any("秘密" in one or made["id"] in one for one in left)
    assert not any("機密".encode() in Path(one).read_bytes() for one in left)


def test_what_is_refused_leaves_nothing_on_disk(web, tmp_path):
    for name, content, key in hostile.AT_THE_DOOR:
        answer = put(web, name, content)
        assert answer.status_code == 422 and answer.json()["problems"][0]["key"] == key
        assert answer.json()["problems"][0]["way_out"]
    assert [item.name for item in (tmp_path / "root").rglob("*") if item.is_file()] == ["workspace.json"]


@pytest.mark.parametrize("why", ["died", "timeout", "MemoryError"])
def test_a_file_that_ends_a_worker_is_refused_and_not_kept(web, why: str):
    web.service.pool.broken = why
    answer = put(web, "goods.csv", GOODS)
    assert answer.status_code == 422 and answer.json()["problems"][0]["key"] == "web_too_much"
    assert web.get(FILES).json()["total"] == 0


def test_a_fault_of_ours_is_not_called_a_fault_of_the_file(web):
    web.service.pool.broken = "KeyError"
    assert put(web, "goods.csv", GOODS).status_code == 500


def test_what_is_in_a_cell_or_a_name_never_becomes_markup(web):
    bait = "<img src=x onerror=alert(1)>"
    made = put(web, "a'&b.csv", f"item,{bait},specs\nsaw,,purity = {bait}\n".encode()).json()
    page = web.get("/en/files", params={"file": made["id"]}).text
    assert "<img" not in page and "&lt;img src=x" in page and "a&#39;&amp;b.csv" in page
    refused = web.post(FILES, params={"name": "<b>.csv"}, content=GOODS)
    assert refused.headers["content-type"] == "application/problem+json"
    form = {"do": "workspace-make", "name": "<script>alert(1)</script>"}
    assert "<script>alert" not in web.post("/en/files", data=form).text


def test_a_form_without_scripts_does_all_of_it(web):
    form = {"bring": ("品目.csv", GOODS, "text/csv")}
    assert web.post(FILES, files=form).status_code == 415  # a program sends the file itself
    web.headers["accept"] = "text/html"
    sent = web.post(FILES, data={"lang": "ja", "kind": ""}, files=form)
    assert sent.status_code == 303
    place = sent.headers["location"]
    assert place.startswith("/ja/files?file=f")
    file = re.search(r"file=(f\w+)", place)[1]
    refused = web.post(FILES, data={"lang": "ja"}, files={"bring": ("x.xlsm", b"PK\x03\x04", XLSX)})
    assert refused.status_code == 422 and "マクロ" in refused.text and "<html" in refused.text
    other = {"bring": ("b.csv", GOODS + b"axe,\n", "text/csv")}
    newer = web.post(FILES, data={"lang": "ja", "file": file}, files=other)
    assert newer.status_code == 303 and web.get(f"{FILES}/{file}").json()["name"] == "b.csv"
    assert web.post("/ja/files", data={"do": "undo", "file": file}).status_code == 303
    assert web.get(f"{FILES}/{file}").json()["name"] == "品目.csv"
    made = web.post("/ja/files", data={"do": "workspace-make", "name": "二つめ"})
    assert made.status_code == 303 and "workspace=w" in made.headers["location"]
    assert web.post("/ja/files", data={"do": "delete", "file": file}).status_code == 303
    assert web.get(FILES).json()["total"] == 0


def test_a_scenario_is_mended_as_text_and_a_wrong_line_is_named(web):
    text = web.get("/api/v1/templates/scenario.yaml").text
    made = put(web, "own.yaml", text.replace("by: CN", "by: China?").encode()).json()
    assert made["kind"] == "scenario" and made["usable"] is False
    page = web.get("/en/files", params={"file": made["id"]}).text
    assert "controls.0.licence.by" in page and "<textarea" in page
    web.post("/en/files", data={"do": "text", "file": made["id"], "text": text})
    assert web.get(f"{FILES}/{made['id']}").json()["usable"] is True


def test_a_file_read_as_another_kind_is_checked_as_that_kind(web):
    made = put(web, "goods.csv", GOODS).json()
    assert made["kind"] == "items"
    assert web.patch(f"{FILES}/{made['id']}", json={"kind": "shop"}).json()["kind"] == "shop"
    refused = web.patch(f"{FILES}/{made['id']}", json={"kind": "scenario"})
    assert refused.status_code == 422 and web.get(f"{FILES}/{made['id']}").json()["kind"] == "shop"


@pytest.mark.slow
def test_examples_and_templates_are_at_hand_in_both_languages(web):
    made = web.post(f"{HOME}/examples/motor-maker", params={"lang": "ja"}).json()
    assert made["usable"] and made["name"] == "モーターメーカー.xlsx"
    assert web.post(f"{HOME}/examples/nothing").status_code == 404
    assert web.get("/api/v1/templates/chain.xlsx").content[:2] == b"PK"
    assert web.get("/api/v1/templates/chain.exe").status_code == 404
    listed = web.get("/api/v1/templates").json()
    assert "/api/v1/templates/motor-maker.xlsx" in listed["examples"]


def test_a_full_workspace_takes_no_more_and_says_so(web):
    web.service.store.bounds = Bounds(workspace=20_000)
    answer = put(web, "goods.csv", GOODS * 2000)
    assert answer.status_code == 413 and answer.json()["problems"][0]["key"] == "web_workspace_full"


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(web):
    answer = web.post(
        FILES, params={"name": "a.xlsx"}, content=b"x", headers={"content-length": str(65 << 20)}
    )
    assert answer.status_code == 413


def test_every_word_of_the_page_is_used(web):
    source = Path(import_module("meguri.app.web").__file__).parent
    files = ("templates/files.html", *(f"{name}.py" for name in (
        "routes_files_page", "understood", "blanks", "intake", "checks")))  # fmt: skip
    text = "".join((source / name).read_text(encoding="utf-8") for name in files)
    made = (
        "kind_",
        "help_kind_",
        "table_",
        "fact_",
        "head_",
        "severity_",
        "how_",
        "example_",
        "file_",
        "js_",
    )
    words = [row["key"] for row in read_words("web_files") if not row["key"].startswith(made)]
    assert [key for key in words if not re.search(rf"""["']{key}["']""", text)] == []
