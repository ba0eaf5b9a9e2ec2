import csv
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from meguri.app.web import render
from meguri.app.web.questions import QUESTIONS
from meguri.app.web.reference import name_of
from meguri.app.web.render import Where
from meguri.base.terms import packaged, read_words
from tests.app.web.documents import EVIL, chart, document, field, form, table

WEB = Path(render.__file__).parent
HANDLER = re.compile(r"\son\w+\s*=", re.IGNORECASE)
OPEN = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Reader(HTMLParser):
    """Elements of a page; fails on a closing tag that closes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, dict(attrs)))
        if tag not in OPEN:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack, f"</{tag}> closes nothing"
        found = self.stack.pop()
        assert found == tag, f"<{found}> closed by </{tag}> at {self.getpos()}"

    def handle_data(self, data):
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.seen if name == tag]


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.stack == []
    return reader


def whole(lang="en", query=None, **changed) -> str:
    where = Where(
        lang, "stops", query or {"scenario": "b"}, workspaces=[("w1", "plant 1"), ("w2", "plant 2")]
    )
    return render.page(document(**changed), QUESTIONS["stops"], form(), where)


EVERY = {
    "page": lambda lang: whole(lang),
    "waiting": lambda lang: render.page(None, QUESTIONS["stops"], form(), Where(lang, "stops")),
    "fragment": lambda lang: render.fragment(document(), QUESTIONS["stops"], form(), Where(lang, "stops")),
    "error": lambda lang: render.error("No page", "Go back.", [], Where(lang, "nowhere")),
    "problems": lambda lang: render.error("No", "Mend it.", [PROBLEM], Where(lang, "stops"), part=True),
}
PROBLEM = {"key": "k", "file": "f.xlsx", "place": "row 3", "found": "x", "expected": "y", "way_out": "z"}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", EVERY)
def test_every_state_is_well_formed_and_runs_no_script_of_its_own(name, lang):
    html = EVERY[name](lang)
    reader = read(html)
    assert not HANDLER.search(html), "an event attribute would be refused by the page's own policy"
    for script in reader.all("script"):
        assert script.get("src", "").startswith("/static/") or script["type"] == "application/json"
    ids = [attributes["id"] for _, attributes in reader.seen if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_what_a_reader_typed_is_shown_and_never_run():
    section = {"key": "k", "title": EVIL, "texts": [EVIL], "charts": [chart(title=EVIL, option={"x": EVIL})],
               "tables": [table(rows=1, title=EVIL)], "ways": []}  # fmt: skip
    html = whole(title=EVIL, lead=[EVIL], sections=[section], notes=[EVIL], query={"scenario": EVIL})
    reader = read(html)
    assert reader.all("img") == []
    assert all("src" in one or one.get("type") == "application/json" for one in reader.all("script"))
    assert EVIL in reader.texts


def test_the_other_language_keeps_page_and_query():
    reader = read(whole("en", {"scenario": "b", "metal": ["Nd", "Dy"]}))
    link = next(one for one in reader.all("a") if one.get("id") == "language")
    assert link["href"] == "/ja/stops?scenario=b&metal=Nd&metal=Dy"


def test_every_field_has_a_label_and_a_help_text_tied_to_it():
    reader = read(whole())
    names = {one["for"] for one in reader.all("label") if "for" in one}
    for tag in ("select", "input"):
        for one in reader.all(tag):
            if one.get("id", "").startswith("f-"):
                assert one["id"] in names
                assert any(hit.get("id") == one["aria-describedby"] for hit in reader.all("p"))
    told = " ".join(reader.texts)
    assert all(f"Help for {one['name']}." in told for one in form())


def test_a_flag_that_is_on_by_default_can_be_switched_off_without_scripts():
    radios = [one for one in read(whole()).all("input") if one.get("name") == "why"]
    assert [one["value"] for one in radios] == ["yes", "no"]


def test_unknown_is_a_dash_with_its_reason_and_never_a_zero():
    html = whole(headlines=[{"asks": "A?", "value": "No firm reports it", "hangs_on": "", "page": "",
                             "query": {}, "unknown": True}])  # fmt: skip
    assert (
        '<span class="dash" aria-hidden="true">—</span> <span class="reason">No firm reports it</span>'
        in html
    )


def test_a_cut_table_says_how_many_rows_there_are_and_links_all_of_them():
    html = whole()
    assert "The first 40 of 400 rows" in html
    assert "/api/v1/pages/stops/tables/long.csv?scenario=b&amp;lang=en" in html


def test_an_answer_without_anything_says_so():
    empty = dict(document(), headlines=[], sections=[], sources=[], notes=[], runs=[])
    html = render.fragment(empty, QUESTIONS["stops"], [], Where("en", "stops"))
    assert "There is nothing to show for these conditions." in html


def test_choices_none_of_which_was_asked_start_with_none():
    html = render.page(document(), QUESTIONS["stops"], [field("a", "choice")], Where("en", "stops"))
    assert '<option value="">— not chosen —</option>' in html


def test_a_problem_names_file_place_found_expected_and_way_out():
    texts = read(render.error("No", "Mend it.", [PROBLEM], Where("en", "stops"))).texts
    assert [one for one in PROBLEM.values() if one not in texts] == ["k"]


def test_every_word_of_the_shell_is_used_and_every_used_word_is_there():
    rows = csv.DictReader(packaged("terms", "web.csv").read_text(encoding="utf-8").splitlines())
    known = {row["key"] for row in rows}
    told = "".join(path.read_text(encoding="utf-8") for path in sorted(WEB.glob("templates/*.html")))
    used = set(re.findall(r"""\bt\(\s*["']([a-z_0-9]+)["']\s*[,)]""", told))
    assert used <= known, used - known
    said = set(re.findall(r"\bsay\(\"([a-z_]+)\"", (WEB / "static/app.js").read_text(encoding="utf-8")))
    states = {"waiting", "running", "done", "failed", "cancelled", "gone"}  # said by the state of a job
    assert {f"js_{key}" for key in said | states} == {key for key in known if key.startswith("js_")}
    prefixes = ("js_", "keep_", "audience_", "paper_", "seconds", "minutes")
    assert {key for key in known - used if not key.startswith(prefixes)} == set()


def test_pages_are_put_together_without_loading_pandas():
    code = "import meguri.app.web.render, sys; print([m for m in ('pandas', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_call_of_the_api_is_described_in_both_languages(tmp_path):
    server = pytest.importorskip("meguri.app.web.server", reason="needs meguri[app]")
    from meguri.app.web.service import Settings

    app = server.create_app(Settings(tmp_path))
    described = app._app.openapi()
    known = {row["key"] for row in read_words("web_reference")}
    for path, methods in described["paths"].items():
        for operation in methods.values():
            key = (operation.get("tags") or ["pages"])[0]
            assert name_of(operation, key) in known, (path, name_of(operation, key))
            assert key in QUESTIONS or f"tag_{key}" in known, key
    for lang in ("en", "ja"):
        reader = read(render.api(described, Where(lang, "api")))
        shown = {text for text in reader.texts if text.startswith("/api/v1")}
        told = {path.replace("{page}", key) for path in shown for key in QUESTIONS}
        assert told == set(described["paths"])
