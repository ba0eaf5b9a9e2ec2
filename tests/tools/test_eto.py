"""The chip facts and the chain are what the tool makes of the raw set."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

from meguri.base.terms import packaged

TOOLS = Path(__file__).parents[2] / "tools"
DATA = os.environ.get("MEGURI_DATA", "")


def load_tool(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(TOOLS))
    spec = importlib.util.spec_from_file_location("eto", TOOLS / "eto.py")
    assert spec and spec.loader
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("$56.2 billion (microprocessors) (2019)", ("56200", "2019", "microprocessors")),
        ("about $1 billion (2019)", ("1000", "2019", "")),
        ("$10.9 billion", ("10900", "", "")),
        ("", ("", "", "")),
    ],
)
def test_a_market_size_is_read(
    text: str, read: tuple[str, str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_tool(monkeypatch).market_size(text) == read


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="MEGURI_DATA is not set: the raw sets are needed to rebuild")
def test_rebuilding_from_the_raw_set_gives_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = load_tool(monkeypatch)
    (tmp_path / "facts").mkdir()
    (tmp_path / "terms").mkdir()
    remarks = packaged("terms", "remarks.csv").read_bytes()
    (tmp_path / "terms" / "remarks.csv").write_bytes(remarks)
    monkeypatch.setattr(tool, "OUT", tmp_path)
    monkeypatch.setattr(tool, "FOLDER", tmp_path / "chains" / "chip-equipment@2019")
    monkeypatch.setattr(sys, "argv", ["eto.py", "--data", DATA])
    tool.main()
    built = [path.relative_to(tmp_path) for path in tmp_path.rglob("*.csv")]
    assert len(built) == 12
    for path in built:
        assert packaged(*path.parts).read_bytes() == (tmp_path / path).read_bytes(), path
