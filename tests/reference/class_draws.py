"""Monte Carlo over the map, slow and plain: one draw, one code, one class at a time."""

import math


def triangular(share, low, mode, high):
    if high == low:
        return low
    if share < (mode - low) / (high - low):
        return low + math.sqrt(share * (high - low) * (mode - low))
    return high - math.sqrt((1 - share) * (high - low) * (high - mode))


def shares(rows, chance, amounts):
    """Share of each class in each draw.

    ``rows`` are (code, class, low, weight, high), ``chance`` one list of draws for each of them,
    ``amounts`` the value of each code.
    """
    found = []
    for draw in range(len(chance[0])):
        drawn = [
            triangular(chance[n][draw], low, mode, high) for n, (_, _, low, mode, high) in enumerate(rows)
        ]
        share = {}
        for n, (code, name, *_) in enumerate(rows):
            whole = sum(drawn[k] for k, other in enumerate(rows) if other[0] == code)
            part = amounts[code] * drawn[n] / whole / sum(amounts.values())
            share[name] = share.get(name, 0.0) + part
        found.append(share)
    return found
