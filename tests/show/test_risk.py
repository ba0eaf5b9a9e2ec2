import re

import pytest

from meguri.show.backdrop import backdrop
from meguri.show.risk import risk_html, risk_page, risk_sections, score_charts
from tests.show import metal


def tables():
    return {
        "sector_exposure": metal.exposure(),
        "risk_scores": metal.scores(),
        "exposure_paths": metal.paths(),
    }


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_risk_report_has_its_parts_in_order(lang):
    html = risk_html(tables(), lang)
    assert re.findall(r'<section id="(\w+)">', html) == ["heat", "scores", "paths"]
    text = re.sub(r"<script.*?</script>|<style.*?</style>|<[^>]+>", " ", html, flags=re.S)
    assert not re.search(r"\bnan\b|\{\w+\}", text)


def test_parts_without_a_table_are_left_out(tmp_path):
    assert [key for key, _ in risk_sections({"risk_scores": metal.scores()}, "en")] == ["scores"]
    assert risk_page({}, "ja", tmp_path / "risk.html").read_text(encoding="utf-8").count("<section") == 0


def test_printed_and_computed_values_stand_in_columns_of_their_own_and_unknown_is_no_zero():
    html = dict(risk_sections({"risk_scores": metal.scores()}, "en"))["scores"]
    rows = [re.findall(r"<td.*?>(.*?)</td>", row) for row in re.findall(r"<tr>(<td.*?)</tr>", html)]
    germanium = next(row for row in rows if row[1] == "Germanium" and "SR" in row[0])
    assert germanium[5:8] == ["?", "—", "1.8"] and germanium[8].startswith("no figure")
    tungsten = next(row for row in rows if row[1] == "Tungsten" and "SR" in row[0])
    assert tungsten[5:8] == ["1.5", "—", "1.2"]


def test_each_method_has_its_figure():
    assert [chart.key for chart in score_charts(metal.scores(), "en")] == ["published-sr", "modes"]


@pytest.mark.parametrize("lang", ["ja", pytest.param("en", marks=pytest.mark.slow)])
def test_a_chain_has_its_metals_and_the_fields_that_hang_on_them_behind_it(lang):
    parts = dict(backdrop(("Dy", "Tb"), lang))
    assert re.findall(r'id="fig-([\w-]+)"', parts["atlas"]) == ["stages-Dy", "hhi-Dy", "stages-Tb", "hhi-Tb"]
    assert 'id="fig-heat"' in parts["risk"] and '<td class="n">5.6</td>' in parts["risk"]  # SR of Dy, printed


def test_nothing_known_leaves_no_empty_part():
    assert backdrop((), "en") == []
