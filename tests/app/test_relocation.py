"""`meguri relocation`: printed bands beside normalised ones, layers and sites, in every form."""

import json

import pytest
from typer.testing import CliRunner

from meguri.app.cli import app
from meguri.app.relocation import deliver_relocation
from meguri.base.errors import DataError

RUN = CliRunner()


def run(*words):
    return RUN.invoke(app, ["relocation", *map(str, words)], catch_exceptions=False).stdout


@pytest.mark.parametrize(("lang", "unverified"), [("en", "not confirmed"), ("ja", "未確認")])
def test_printed_and_normalised_bands_stand_side_by_side_and_sites_say_what_is_unconfirmed(lang, unverified):
    told = run("--lang", lang)
    row = next(line for line in told.splitlines() if line.startswith("2025") and "60–75%" in line)
    assert "60–70%" in row
    assert told.count(unverified) == 4


def test_every_table_is_in_the_document_and_the_workbook(tmp_path):
    content = json.loads(run("--format", "json"))
    assert len(content["relocation_map"]) == 12
    assert len({row["firm"] for row in content["relocation_map"]}) == 4
    deliver_relocation("table", tmp_path / "tables.xlsx", "en")
    assert (tmp_path / "tables.xlsx").stat().st_size > 0


def test_a_file_of_another_kind_is_refused_by_name(tmp_path):
    with pytest.raises(DataError, match=r"relocation\.docx"):
        deliver_relocation("table", tmp_path / "relocation.docx", "en")
    assert not list(tmp_path.iterdir())


def test_the_page_is_written_whole(tmp_path):
    deliver_relocation("table", tmp_path / "page.html", "ja")
    assert "fig-sites" in (tmp_path / "page.html").read_text(encoding="utf-8")
