import importlib.util
import json
import math
import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DATA = os.environ.get("MEGURI_DATA", "")


def load():
    spec = importlib.util.spec_from_file_location("world_map", ROOT / "tools" / "world_map.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = load()


def test_a_line_over_the_date_line_is_made_whole():
    assert tool.unwrapped([(179.0, 0.0), (-179.0, 1.0), (-178.0, 2.0)]) == [
        (179.0, 0.0),
        (181.0, 1.0),
        (182.0, 2.0),
    ]


def test_the_projection_keeps_areas_equal():
    def area(lat):
        ring = [tool.flat(150, lat), tool.flat(160, lat), tool.flat(160, lat + 5), tool.flat(150, lat + 5)]
        return tool.area_and_middle([*ring, ring[0]])[0] / (
            math.sin(math.radians(lat + 5)) - math.sin(math.radians(lat))
        )

    assert area(60) == pytest.approx(area(0), rel=0.02)  # whole map units round a little


def test_thinning_keeps_the_ends_and_what_stands_out():
    line = [(0.0, 0.0), (1.0, 0.001), (2.0, 0.0), (3.0, 3.0), (4.0, 0.0)]
    assert tool.thinned(line) == [(0.0, 0.0), (2.0, 0.0), (3.0, 3.0), (4.0, 0.0)]


def test_hatch_lines_stay_inside_the_polygon():
    square = [(0.0, 0.0), (50.0, 0.0), (50.0, 50.0), (0.0, 50.0), (0.0, 0.0)]
    lines = tool.hatch([square])
    assert len(lines) > 4
    assert all(0 <= end <= 50 for line in lines for end in line)


@pytest.mark.slow
@pytest.mark.data
@pytest.mark.skipif(not DATA, reason="needs MEGURI_DATA with the set geo-names")
def test_the_packaged_map_is_what_the_tool_makes(tmp_path, monkeypatch):
    target = tmp_path / "world.json"
    monkeypatch.setattr(tool, "TARGET", target)
    folder = Path(DATA) / "geo-names"
    tool.main(str(folder / "countries-50m.json"), str(folder / "i18n_codes.json"))
    packaged = ROOT / "src" / "meguri" / "show" / "assets" / "world.json"
    assert json.loads(target.read_text(encoding="utf-8")) == json.loads(packaged.read_text(encoding="utf-8"))
