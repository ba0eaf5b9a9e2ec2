"""What is exported: absent sets say so, printed shares stand apart, a classified trade is kept whole."""

from __future__ import annotations

import pytest

from meguri.app.web.desk import Desk
from meguri.app.web.kept import keep
from meguri.app.web.kinds import NAMES
from meguri.app.web.kinds.classify import asked_of, read
from meguri.app.web.pages.exports_classes import at_hand, told
from meguri.app.web.question import Asked
from meguri.app.web.questions import QUESTIONS
from meguri.base.errors import DataError
from tests.app.web.views import printed_mixed, untranslated, viewed, written

HEAD = "Classification,Year,Trade Flow,Reporter,Partner,Commodity Code,Netweight (kg),Trade Value (US$)"
DEFAULTS = {one.name: one.default for one in QUESTIONS["exports"].fields}


@pytest.fixture
def nothing(tmp_path, monkeypatch):
    """A folder of data that holds no set."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("MEGURI_DATA", str(tmp_path / "data"))


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_set_that_is_not_at_hand_is_no_share_and_no_job_but_a_way_out(lang, tmp_path, nothing):
    view = viewed("exports", lang, tmp_path)
    document = written(view, lang)
    assert not view.runs and all(name.startswith("seed_") for name in view.tables())
    assert "MEGURI_DATA" in document["sections"][0]["texts"][0]
    assert not at_hand("korea-from-japan") and at_hand("file:own")


def test_a_file_of_the_reader_waits_for_a_registered_job_whatever_is_at_hand(tmp_path, nothing):
    asked = Asked({**DEFAULTS, "trade": "korea-from-japan"})
    assert asked_of(asked, Desk(tmp_path)).year is None  # empty fields are fields not given
    assert "classify" in NAMES


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_printed_shares_stand_in_tables_whose_heads_say_that_they_are_printed(lang, tmp_path):
    view = viewed("exports", lang, tmp_path, part="printed")
    assert {table["key"] for part in written(view, lang)["sections"] for table in part["tables"]} == {
        "seed_totals", "seed_residuals", "seed_finished", "seed_export_structure"
    }  # fmt: skip
    assert not printed_mixed(view)
    assert not untranslated(view) if lang == "ja" else True


@pytest.mark.slow
def test_relocation_is_told_in_words_with_its_four_figures(tmp_path):
    view = viewed("exports", "ja", tmp_path, part="relocation")
    charts = [chart for part in written(view, "ja")["sections"] for chart in part["charts"]]
    assert len(charts) == 4 and not untranslated(view) and not printed_mixed(view)


def test_codes_that_are_none_are_named_with_the_way_out(tmp_path):
    with pytest.raises(DataError, match="845710,848620"):
        viewed("exports", "en", tmp_path, part="goods", codes="machines")


@pytest.fixture(scope="module")
def kept_answer(tmp_path_factory):
    """A small file of two codes, classified without evidence from outside, and kept."""
    from meguri.app.classify import answered

    folder = tmp_path_factory.mktemp("trade")
    path = folder / "imports.csv"
    goods = {"848620": (500, 700), "870323": (200, 100), "720839": (60, 60)}  # USD in 2018 and 2019
    rows = [
        f"H5,{year},Import,Rep. of Korea,Japan,{code},100,{values[place]}"
        for code, values in goods.items()
        for place, year in enumerate((2018, 2019))
    ]
    path.write_text("\n".join([HEAD, *rows]) + "\n")
    patch = pytest.MonkeyPatch()
    patch.delenv("MEGURI_DATA", raising=False)
    patch.setenv("HOME", str(folder))
    answer = answered(asked_of({**DEFAULTS, "trade": str(path), "check": "no", "runs": "20"}, Desk(folder)))
    patch.undo()
    keep(folder / "kept", answer.tables, answer.about)
    return answer, read(folder / "kept")


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_kept_trade_is_told_as_the_one_it_was_kept_from(lang, kept_answer):
    first, second = (told(one, Asked(DEFAULTS), lang) for one in kept_answer)
    document = written(second, lang)
    assert document == written(first, lang)
    assert len(document["headlines"]) == 4
    assert {"shares", "lines", "baseline", "change"} <= {part["key"] for part in document["sections"]}
    assert not untranslated(second) if lang == "ja" else True


@pytest.mark.slow
def test_the_variant_asked_for_is_the_one_in_the_title(kept_answer):
    titles = [
        told(kept_answer[1], Asked({**DEFAULTS, "variant": name}), "en").title for name in ("PC4", "PC5")
    ]
    assert "4 classes" in titles[0] and "5 classes" in titles[1]
