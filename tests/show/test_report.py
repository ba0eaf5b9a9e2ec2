import re
from html.parser import HTMLParser

import pytest

from meguri import show
from meguri.base.sources import checksum
from meguri.show.page import asset
from meguri.show.report import report_html
from tests.show import told

EVIL = '</script><img src=x onerror=alert(1)>"{a|b}'


@pytest.fixture(scope="module", params=("en", "ja"))
def html(request):
    return request.param, report_html(told.outcome(), request.param)


class _Balance(HTMLParser):
    void = frozenset({"meta", "link", "br", "img"})

    def __init__(self):
        super().__init__()
        self.open, self.wrong = [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_the_page_says_its_language_and_every_element_is_closed(html):
    lang, text = html
    assert f'<html lang="{lang}">' in text
    parser = _Balance()
    parser.feed(text)
    assert parser.wrong == [] and parser.open == []


def test_sections_stand_in_the_order_of_the_argument(html):
    found = re.findall(r'<section id="(\w+)">', html[1])
    assert found == [
        "stops",
        "price",
        "production",
        "structure",
        "recovery",
        "top",
        "assumptions",
        "notes",
        "sources",
        "again",
    ]


def test_nothing_is_fetched_from_outside(html):
    outside = html[1].replace(asset("echarts.min.js"), "")
    assert not re.search(r'<(script|link|img|iframe)[^>]+(src|href)="(?!data:)', outside)
    assert "@import" not in outside and "url(http" not in outside


def test_the_page_holds_answer_sources_licences_and_how_to_reproduce(html):
    _, text = html
    assert "Etalab 2.0" in text and "public notice" in text
    assert "meguri stress 2025-medium-heavy-rare-earths --chain ndfeb-japan@2024 --runs 200 --seed 1" in text
    assert "6f1d2c" in text
    assert "8 May 2025" in text or "2025年5月8日" in text


def test_japanese_pages_carry_fiscal_year_and_era():
    assert "令和7年・2025年度上期" in report_html(told.outcome(), "ja")


def test_every_figure_has_its_table_behind_it(html):
    assert html[1].count('<figure id="fig-') == 5
    assert html[1].count("<details><summary>") == 5


def test_names_from_the_user_cannot_become_markup():
    survival = told.survival_table().assign(label_en=EVIL, label_ja=EVIL)
    notes = told.notes_table().assign(text_en=EVIL, level=EVIL)
    text = report_html(told.outcome(survival=survival, notes=notes), "en")
    assert "<img src=x" not in text
    parser = _Balance()
    parser.feed(text)
    assert parser.wrong == []


def test_the_same_outcome_gives_the_same_page():
    assert report_html(told.outcome(), "ja") == report_html(told.outcome(), "ja")


def test_a_report_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "out" / "report.html"
    assert show.write_report(told.outcome(), path, "en") == path
    before = path.read_bytes()
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        show.write_report(told.outcome(), path, "ja")
    assert path.read_bytes() == before and [p.name for p in path.parent.iterdir()] == ["report.html"]


def test_an_outcome_in_which_nothing_falls_short_still_makes_a_report():
    survival = told.survival_table().assign(share_stopped=0.0, waits_for="")
    days = [c for c in survival if c.startswith(("tts_d", "ttr_d", "gap_d"))]
    survival[days] = float("nan")
    empty = {name: told.outcome().table(name).head(0) for name in ("price", "assumptions", "notes")}
    calm = told.production_table().assign(p10=1.0, p50=1.0, p90=1.0)
    for lang in ("en", "ja"):
        text = report_html(told.outcome(survival=survival, production=calm, **empty), lang)
        assert "nan" not in re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.S)


def test_vendored_assets_are_the_ones_listed():
    from importlib import resources

    folder = resources.files("meguri.show").joinpath("assets")
    lines = folder.joinpath("SHA256SUMS").read_text().split("\n")
    listed = dict(reversed(line.split()) for line in lines if line)
    assert set(listed) == {p.name for p in folder.iterdir() if p.name.startswith("echarts.")}
    for name, digest in listed.items():
        assert checksum(folder.joinpath(name)) == digest
