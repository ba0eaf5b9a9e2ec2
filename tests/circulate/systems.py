"""Random route systems, cycles and all, as arrays and as the tables of a case."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from meguri.base.tables import Schema
from meguri.circulate.route_case import RouteCase
from meguri.circulate.routes import TABLES
from tests.reference.plain_routes import Route

STATES = ("a", "b", "c", "d", "e")
MADE = {"source": "meguri-worked-dy", "grade": "estimated"}


@dataclass(frozen=True)
class System:
    """Five states, some of them products, and up to six routes in any direction."""

    efficacy: tuple[float, ...]
    product: tuple[bool, ...]
    start: tuple[int, ...]
    to: tuple[tuple[float, ...], ...]
    burden: tuple[float, ...]
    share: tuple[float, ...]
    mass: tuple[float, ...]

    @property
    def worth(self) -> np.ndarray:
        return np.where(self.product, self.efficacy, 0.0)

    @property
    def usable(self) -> np.ndarray:
        return np.array(self.product, dtype=float)

    @property
    def yields(self) -> np.ndarray:
        return np.array(self.to, dtype=float).reshape(len(self.start), len(STATES))

    @property
    def starts(self) -> np.ndarray:
        return np.array(self.start, dtype=np.intp)

    @property
    def burdens(self) -> np.ndarray:
        return np.array(self.burden, dtype=float)

    @property
    def plan(self) -> np.ndarray:
        """Share (state, route): each route takes its part of what its state still has."""
        plan, left = np.zeros((len(STATES), len(self.start))), np.ones(len(STATES))
        for q, (k, part) in enumerate(zip(self.start, self.share, strict=True)):
            plan[k, q] = left[k] * part
            left[k] -= plan[k, q]
        return plan

    def routes(self) -> list[Route]:
        return [
            (STATES[k], {name: y for name, y in zip(STATES, to, strict=True) if y}, b)
            for k, to, b in zip(self.start, self.to, self.burden, strict=True)
        ]


@st.composite
def systems(draw: st.DrawFn, lossy: bool = True) -> System:
    """Numbers in eighths; a route keeps at most 7/8 unless losses may be nil."""
    routes = draw(st.integers(1, 6))
    most = 7 if lossy else 8
    to = []
    for _ in range(routes):
        left, row = most, []
        for _ in STATES:
            row.append(draw(st.integers(0, left)))
            left -= row[-1]
        to.append(tuple(part / 8 for part in draw(st.permutations(row))))
    eighth = st.integers(0, 8).map(lambda n: n / 8)
    return System(
        efficacy=tuple(draw(eighth) for _ in STATES),
        product=tuple(draw(st.booleans()) for _ in STATES),
        start=tuple(draw(st.integers(0, len(STATES) - 1)) for _ in range(routes)),
        to=tuple(to),
        burden=tuple(draw(st.integers(0, 8)) / 32 for _ in range(routes)),
        share=tuple(draw(eighth) for _ in range(routes)),
        mass=tuple(float(draw(st.integers(1, 8))) for _ in range(3)),
    )


BLANK = {name: Schema.of(name).empty() for name in TABLES}


def frozen(raw: dict[str, pd.DataFrame], about: dict[str, str]) -> RouteCase:
    """A case without the checks, which take longer than what is tested here."""
    tables = {}
    for name in TABLES:
        frame = raw.get(name)
        tables[name] = (
            BLANK[name]
            if frame is None
            else frame.assign(
                **{
                    column: "" if BLANK[name][column].dtype == object else np.nan
                    for column in BLANK[name]
                    if column not in frame
                }
            )
        )
    return RouteCase("random", about, tables)


def case_of(system: System) -> RouteCase:
    """The same as a case: one stock in three forms (intact a, shredded b, uncollected a), one plan."""
    names = [f"r{q}" for q in range(len(system.start))]
    routes = [
        {
            "route": name,
            "from_state": STATES[k],
            "to_state": end,
            "share": y,
            "loss_owner": "recycler",
            **MADE,
        }
        for name, k, to in zip(names, system.start, system.to, strict=True)
        for end, y in zip(STATES, to, strict=True)
    ]
    return frozen(
        {
            "route_uses": pd.DataFrame({"use": ["u"], "lifetime": [10.0]}),
            "states": pd.DataFrame({"state": STATES, "position": "unknown", "product": system.product}),
            "efficacy": pd.DataFrame({"state": STATES, "use": "u", "value": system.efficacy, **MADE}),
            "routes": pd.DataFrame(routes),
            "burdens": pd.DataFrame({"route": names, "metric": "energy", "value": system.burden, **MADE}),
            "feeds": pd.DataFrame(
                {
                    "stock": "s",
                    "state": ["a", "b", "a"],
                    "handling": ["intact", "shredded", "uncollected"],
                    "served_as": "a",
                    "origin": "old",
                    "mass": system.mass,
                    "loss_owner": ["dismantler", "dismantler", "collector"],
                }
            ),
            "plans": pd.DataFrame(
                {
                    "plan": "p",
                    "state": [STATES[k] for k in system.start],
                    "route": names,
                    "share": [system.plan[k, q] for q, k in enumerate(system.start)],
                    "loss_owner": "recycler",
                }
            ),
        },
        {"name": "random", "use": "u", "metric": "energy"},
    )
