"""Circular economy by tonnes and by function: the packaged network turns, and a user's own is read."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from meguri.app.cli import app

RUNNER = CliRunner()


def ask(*words: str) -> str:
    done = RUNNER.invoke(app, ["circulate", "scorecard", *words], catch_exceptions=False)
    assert done.exit_code == 0
    return done.stdout


def test_the_packaged_network_is_told_as_invented_and_ranks_apart_in_both_languages() -> None:
    for lang, words in (("en", ("invented", "turns the order")), ("ja", ("架空", "逆転"))):
        said = ask("--lang", lang)
        assert all(word in said for word in words)


def test_the_tables_come_as_one_document() -> None:
    found = json.loads(ask("--format", "json"))
    ranks = {row["member"]: row for row in found["ce_ranks"]}
    assert ranks["carbide-dealer"]["mass_rank"] == 1 and ranks["carbide-dealer"]["function_rank"] == 6


def test_a_network_of_ones_own_is_read_and_unknown_cells_stay_unknown(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(
        "member,mass_out,mass_back,function_out,function_back\n甲,10,9,10,1\n乙,10,4,10,\n", encoding="utf-8"
    )
    said = ask("--network", str(file), "--lang", "ja")
    assert "架空" not in said and "甲" in said and "—" in said
