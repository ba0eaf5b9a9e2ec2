"""Slow, plain twin of circulate.value: follow the material step by step, one dictionary at a time.

A route is (from_state, {to_state: yield}, burden). Values are iterated from 0; a plan is followed until
what still moves is too little to matter.
"""

Route = tuple[str, dict[str, float], float]


def value(worth: dict[str, float], routes: list[Route], rounds: int = 170) -> dict[str, float]:
    """V of every state: the better of its own worth and the best route out, over and over."""
    found = dict.fromkeys(worth, 0.0)
    for _ in range(rounds):
        after = {}
        for state in worth:
            offers = [worth[state], 0.0]
            for start, to, burden in routes:
                if start == state:
                    offers.append(sum(share * found[end] for end, share in to.items()) - burden)
            after[state] = max(offers)
        found = after
    return found


def follow(
    start: str, worth: dict[str, float], product: set[str], routes: list[Route], plan: dict[str, list[float]]
) -> tuple[float, float, float]:
    """Mass and function delivered and burden booked for one tonne that starts in a state."""
    mass = function = burden = 0.0
    moving = {start: 1.0}
    for _ in range(170):
        after: dict[str, float] = {}
        for state, tonnes in moving.items():
            rest = 1.0
            for (origin, to, load), share in zip(routes, plan[state], strict=True):
                if origin != state or share == 0:
                    continue
                rest -= share
                burden += tonnes * share * load
                for end, part in to.items():
                    after[end] = after.get(end, 0.0) + tonnes * share * part
            if state in product:
                mass += tonnes * rest
                function += tonnes * rest * worth[state]
        moving = after
    return mass, function, burden
