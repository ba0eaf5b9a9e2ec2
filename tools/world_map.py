"""Makes ``show/assets/world.json``: a small world map from Natural Earth, drawn flat once for all.

Run ``python tools/world_map.py countries-50m.json i18n_codes.json`` (npm ``world-atlas`` 2.0.2 and
``i18n-iso-countries`` 7.14.0; both lie in the raw set ``geo-names``). The map is Pacific-centred
(150° E), so that no flow between Asia, Australia and America is torn apart, and equal-area, so that a
coloured country is as large as it is. Rings that cross ±180° are made whole again: nothing streaks.
"""

from __future__ import annotations

import json
import math
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

from meguri.base.terms import keys
from meguri.show.figures.world import CENTRE, on_map

TARGET = Path(__file__).parent.parent / "src" / "meguri" / "show" / "assets" / "world.json"
SEAM = CENTRE - 180  # the ocean west of which the map begins
THIN = 0.012  # square degrees below which a corner of a coast is left out
SMALLEST = 60  # square map units below which an island is left out
POINT = 260  # square map units below which a country is a point
POINTS = {"TW", "HK", "SG", "BH"}  # small on any map and large in these trades: a point as well
HATCH = 14  # map units between hatch lines
NO_MAP = {"AQ"}  # nobody mines there
# Natural Earth gives these no ISO code; Western Sahara has one and is in dispute all the same
UNCODED = {"Kosovo": "XK"}
DISPUTED = {"Somaliland", "Kosovo", "N. Cyprus", "Siachen Glacier", "W. Sahara", "Falkland Is."}
Ring = list[tuple[float, float]]


def main(map_file: str, code_file: str) -> None:
    """Write the asset and print what it holds."""
    topology = json.loads(Path(map_file).read_text(encoding="utf-8"))
    numbers = {
        row[2]: row[0]
        for row in json.loads(Path(code_file).read_text(encoding="utf-8"))  # two, three letters, number
    }
    arcs = [thinned(arc) for arc in decoded(topology)]
    shapes: dict[str, list[list[Ring]]] = {}
    hatched: list[list[Ring]] = []
    for feature in topology["objects"]["countries"]["geometries"]:
        name = feature["properties"]["name"]
        key = UNCODED.get(name) or numbers.get(feature.get("id", ""), f"-{name}")
        polygons = [[ring_of(ids, arcs) for ids in polygon] for polygon in polygons_of(feature)]
        hatched += polygons if name in DISPUTED else []
        if key not in NO_MAP:
            shapes.setdefault(key, []).extend(polygons)
    result = asset(shapes, hatched)
    TARGET.write_text(json.dumps(result, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    print(len(result["features"]), "areas", len(result["points"]), "points", TARGET.stat().st_size, "bytes")


def decoded(topology: dict[str, Any]) -> list[Ring]:
    """Arcs in degrees; a jump over ±180° is undone."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for steps in topology["arcs"]:
        x = y = 0
        arc = []
        for step in steps:
            x, y = x + step[0], y + step[1]
            arc.append((x * kx + dx, y * ky + dy))
        arcs.append(unwrapped(arc))
    return arcs


def unwrapped(line: Ring) -> Ring:
    """The same line with longitudes that never jump by half the world."""
    out = line[:1]
    for lon, lat in line[1:]:
        turn = round((out[-1][0] - lon) / 360) * 360
        out.append((lon + turn, lat))
    return out


def thinned(arc: Ring) -> Ring:
    """An arc without its least corners (Visvalingam), its ends kept, so that neighbours still fit."""
    points = list(arc)
    while len(points) > 2:
        areas = [_corner(*points[i - 1 : i + 2]) for i in range(1, len(points) - 1)]
        least = min(areas)
        if least >= THIN:
            return points
        # every corner well below the least two neighbours goes at once: quick, and the shape is the same
        keep = [True] * len(points)
        for i, area in enumerate(areas, start=1):
            if area < max(least * 1.5, 1e-9) and keep[i - 1]:
                keep[i] = False
        points = [point for point, kept in zip(points, keep, strict=True) if kept]
    return points


def _corner(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    narrow = math.cos(math.radians(b[1]))
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2 * narrow


def polygons_of(feature: dict[str, Any]) -> list[list[list[int]]]:
    """Rings of arc numbers, one list for each polygon."""
    many: list[list[list[int]]] = feature["arcs"] if feature["type"] == "MultiPolygon" else [feature["arcs"]]
    return many


def ring_of(ids: list[int], arcs: list[Ring]) -> Ring:
    """One closed ring on the flat map; a negative number is an arc read backwards."""
    line: Ring = []
    for number in ids:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        line += arc[1:] if line else arc
    line = unwrapped(line)
    middle = sum(lon for lon, _ in line) / len(line)
    turn = math.floor((middle - SEAM) / 360) * 360
    return [flat(lon - turn, lat) for lon, lat in line]


def flat(lon: float, lat: float) -> tuple[float, float]:
    """A point of the flat map in whole map units, north up."""
    x, y = on_map(lat, lon)
    return round(x), round(y)


def area_and_middle(ring: Ring) -> tuple[float, tuple[float, float]]:
    """Area of a ring and its centre of gravity; the mean of its corners where it has no area."""
    twice = cx = cy = 0.0
    for (x0, y0), (x1, y1) in pairwise(ring):
        cross = x0 * y1 - x1 * y0
        twice, cx, cy = twice + cross, cx + (x0 + x1) * cross, cy + (y0 + y1) * cross
    if abs(twice) < 1:
        n = len(ring)
        return 0.0, (sum(x for x, _ in ring) / n, sum(y for _, y in ring) / n)
    return abs(twice) / 2, (cx / (3 * twice), cy / (3 * twice))


def asset(shapes: dict[str, list[list[Ring]]], hatched: list[list[Ring]]) -> dict[str, Any]:
    """Areas as GeoJSON in map units, every country's middle, small ones as points only, hatch lines."""
    known = set(keys("countries"))
    features, points = [], {}
    for key, polygons in sorted(shapes.items()):
        largest, middle = max(area_and_middle(polygon[0]) for polygon in polygons)
        place = [round(middle[0]), round(middle[1])]
        if largest < POINT or key in POINTS:
            points[key] = place
        kept = [p for p in polygons if area_and_middle(p[0])[0] >= min(SMALLEST, largest)]
        rings = [[deduplicated(ring) for ring in polygon] for polygon in kept]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": key if key in known else key.lstrip("-"), "cp": place},
                "geometry": {
                    "type": "MultiPolygon",
                    "coordinates": [
                        [r for r in polygon if len(r) > 3] for polygon in rings if len(polygon[0]) > 3
                    ],
                },
            }
        )
    features = [f for f in features if f["geometry"]["coordinates"]]  # type: ignore[index]
    found = {f["properties"]["name"]: f["properties"]["cp"] for f in features} | points  # type: ignore[index]
    return {
        "type": "FeatureCollection",
        "source": "Natural Earth 1:50m through npm world-atlas 2.0.2; Equal Earth, 150° E, thousandths",
        "licence": "public domain",
        "points": {key: points[key] for key in sorted(points) if key in known},
        "places": {key: found[key] for key in sorted(found) if key in known},
        "hatch": [line for polygon in hatched for line in hatch(polygon)],
        "features": features,
    }


def deduplicated(ring: Ring) -> Ring:
    """A ring without corners that fell onto their neighbour when rounded."""
    return [point for i, point in enumerate(ring) if i == 0 or point != ring[i - 1]]


def hatch(polygon: list[Ring]) -> list[list[int]]:
    """Parallel lines at 45° inside a polygon: ``[x, y, x, y]`` each."""
    edges = [edge for ring in polygon for edge in pairwise(ring)]
    sums = [x + y for ring in polygon for x, y in ring]
    lines = []
    for level in range(math.ceil(min(sums) / HATCH) * HATCH, math.floor(max(sums)) + 1, HATCH):
        cuts = sorted(
            ax + (bx - ax) * (level - ax - ay) / ((bx + by) - (ax + ay))
            for (ax, ay), (bx, by) in edges
            if (ax + ay - level) * (bx + by - level) < 0
        )
        for x0, x1 in zip(cuts[::2], cuts[1::2], strict=False):
            lines.append([round(x0), round(level - x0), round(x1), round(level - x1)])
    return lines


if __name__ == "__main__":
    main(*sys.argv[1:3])
