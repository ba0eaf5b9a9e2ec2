"""The worked case of METHODS 3.6, efficacy 1 everywhere: printed values against the packaged case."""

import json
from pathlib import Path

import numpy as np
import pytest

from meguri.circulate.route_case import load_case, route_system, routing
from meguri.circulate.value import plan_value, state_value

WORKED = json.loads((Path(__file__).parents[1] / "worked" / "function_state_dy.json").read_text())
METRICS = {
    "none": "recycling_rate(b=0)",
    "virgin-element": "element_mass(b=virgin Dy top-up)",
    "product-burden": "burden(b=share of virgin magnet burden)",
}


def rates(metric: str, plan: str) -> tuple[float, float]:
    """Recycling rate by mass and retained-function rate."""
    case = load_case("dy-routes")
    system = route_system(case, metric=metric)
    got = plan_value(
        routing(case, plan), system.yields, system.burden, system.worth, system.usable.astype(float)
    )
    feeds = case.tables["feeds"]
    kept = feeds[feeds["handling"] != "uncollected"]
    places = [case.states.index(state) for state in kept["state"]]
    mass = kept["mass"].to_numpy()
    net = np.maximum(got.net[places], 0.0)
    return float(mass @ got.mass[places] / feeds["mass"].sum()), float(mass @ net / feeds["mass"].sum())


def test_the_packaged_case_has_the_routes_and_burdens_of_the_worked_one() -> None:
    case = load_case("dy-routes")
    routes = case.tables["routes"].set_index("route")
    for name, route in WORKED["routes"].items():
        (to, share), *_ = route["to"].items()
        assert (routes.at[name, "from_state"], routes.at[name, "to_state"]) == (route["from_state"], to)
        assert routes.at[name, "share"] == share
    for metric, title in METRICS.items():
        got = dict(zip(case.routes, route_system(case, metric=metric).burden, strict=True))
        assert got == WORKED["burdens"][title]


def test_values_of_states_are_as_printed() -> None:
    system = route_system(load_case("dy-routes"))
    value = dict(
        zip(system.states, state_value(system.start, system.yields, system.burden, system.worth), strict=True)
    )
    printed = {
        "used_intact": 0.670,
        "hpms_powder": 0.800,
        "Dy_oxide": 0.450,
        "mixed_REO": 0.2775,
        "shredded": 0,
        "new": 1,
    }
    assert value == pytest.approx(printed, abs=1e-12)


@pytest.mark.parametrize(
    ("metric", "plan", "mass_rate", "kept"),
    [
        ("product-burden", "A", 0.509, 0.098),
        ("product-burden", "B", 0.534, 0.402),
        ("virgin-element", "A", 0.509, 0.509),
        ("virgin-element", "B", 0.534, 0.507),
        ("none", "A", 0.509, 0.509),
        ("none", "B", 0.534, 0.534),
    ],
)
def test_rates_are_as_printed(metric: str, plan: str, mass_rate: float, kept: float) -> None:
    assert tuple(round(rate, 3) for rate in rates(metric, plan)) == (mass_rate, kept)
