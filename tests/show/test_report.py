import re
from functools import cache
from html.parser import HTMLParser

import pandas as pd
import pytest

from meguri import show
from meguri.base.errors import DataError
from meguri.base.sources import checksum
from meguri.show.page import asset
from meguri.show.report import report_html
from meguri.show.tables import recovery_range
from tests.show import told

EVIL = '</script><img src=x onerror=alert(1)>"{a|b}'


@cache
def page(lang):
    """The page of the usual outcome; drawn once a language."""
    return report_html(told.outcome(), lang)


@pytest.fixture(scope="module", params=("en", "ja"))
def html(request):
    return request.param, page(request.param)


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
        "why",
        "cover",
        "price",
        "production",
        "structure",
        "indirect",
        "recovery",
        "atlas",
        "risk",
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
    assert "令和7年・2025年度上期" in page("ja")


def test_every_figure_has_its_table_behind_it(html):
    figures = re.findall(r'<figure id="fig-([\w-]+)"', html[1])
    of_outcome = ["what-stops-when", "trail", "stocks", "price", "production", "structure", "recovery"]
    assert figures[:7] == of_outcome
    assert figures[7:9] == ["stages-Dy", "hhi-Dy"] and figures[-1] == "heat"
    assert len(set(figures)) == len(figures)
    assert html[1].count("rows)</summary>") + html[1].count("行)</summary>") == len(figures)


def test_names_from_the_user_cannot_become_markup():
    survival = told.survival_table().assign(label_en=EVIL, label_ja=EVIL)
    notes = told.notes_table().assign(text_en=EVIL, level=EVIL)
    text = report_html(told.outcome(survival=survival, notes=notes), "en")
    assert "<img src=x" not in text
    parser = _Balance()
    parser.feed(text)
    assert parser.wrong == []


def test_the_same_outcome_gives_the_same_page():
    assert report_html(told.outcome(), "ja") == page("ja")


def test_a_report_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "out" / "report.html"
    assert show.write_report(told.outcome(), path, "en") == path
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "disk full")

    monkeypatch.setattr("pathlib.Path.replace", full)
    with pytest.raises(DataError, match="disk full"):
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
        seen = re.sub(r"<script.*?</script>|<style.*?</style>", "", text, flags=re.S)
        assert not re.search(r"\bnan\b", seen)


def test_vendored_assets_are_the_ones_listed():
    from importlib import resources

    folder = resources.files("meguri.show").joinpath("assets")
    lines = folder.joinpath("SHA256SUMS").read_text().split("\n")
    listed = dict(reversed(line.split()) for line in lines if line)
    assert set(listed) == {p.name for p in folder.iterdir() if p.name.startswith(("echarts.", "world."))}
    for name, digest in listed.items():
        assert checksum(folder.joinpath(name)) == digest


def test_the_controls_assumed_are_said_in_words(html):
    lang, text = html
    table = re.search(r'<table class="controls">.*?</table>', text, flags=re.S).group()
    told_ = {
        "en": ("China", "Export licence", "from 4 Apr 2025", "(spill-over) to Japan", "30 Sep 2025"),
        "ja": ("中国", "輸出許可制", "2025年4月4日から", "日本向け過剰な自粛（波及）", "2025年9月30日"),
    }  # fmt: skip
    assert all(word in table for word in told_[lang]) and "mofcom-2025-18" in table


def test_reasons_are_quoted_with_their_source(html):
    assert "<q>to safeguard national security and interests</q>" in html[1]
    assert "[mofcom-2025-18]</span>" in html[1]


def test_processes_that_never_fall_short_stand_behind_one_line(html):
    lang, text = html
    line = {"en": "4 of 14 processes never fall short in any run.", "ja": "14工程のうち4工程は"}[lang]
    assert f"<summary>{line}" in text
    main = re.search(r'<table class="survival">.*?</table>', text, flags=re.S).group()
    assert ("Bayan Obo" not in main) and ("白雲鄂博" not in main)


def test_a_process_that_seldom_falls_short_has_no_median_of_recovery():
    row = {"tts_d": None, "ttr_d": 0.0, "ttr_d_p10": 0.0, "ttr_d_p90": 0.0}
    assert recovery_range(row, "ttr_d", "en", "> 9") == "—"
    assert recovery_range({**row, "ttr_d_p90": 395.0}, "ttr_d", "ja", "9超") == "—（〜395）"
    late = {"tts_d": 269.0, "ttr_d": 233.0, "ttr_d_p10": 0.0, "ttr_d_p90": None}
    assert recovery_range(late, "ttr_d", "en", "> 514") == "— (> 514)"


def test_long_remarks_are_folded_and_stay_escaped():
    long = "Firms reported end-use papers going back and forth for weeks, and only part <b>granted</b>."
    text = report_html(told.outcome(assumptions=told.assumptions_table().assign(note=long)), "en")
    table = re.search(r'<table class="assumptions">.*?</table>', text, flags=re.S).group()
    assert '<details class="fold"><summary>Firms reported end-use' in table and "&lt;b&gt;" in table


def test_only_the_assumptions_that_matter_most_go_on_paper():
    many = pd.concat([told.assumptions_table().tail(1)] * 30, ignore_index=True)
    text = report_html(told.outcome(assumptions=many), "en")
    assert "Further 5 assumptions, which move the answer less" in text
