"""Numbers drawn from ranges: triangular between low, mode and high, spread evenly over the runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Ends = float | Array


def latin_shares(runs: int, seed: int | Sequence[int]) -> Iterator[Array]:
    """Endless columns of numbers in (0, 1), axes (run,), each cut into as many equal shares as runs.

    Same seed, same columns, whatever the machine.

    Notes
    -----
    McKay, Beckman and Conover (1979), Technometrics 21:239.

    Examples
    --------
    >>> column = next(latin_shares(4, seed=1))
    >>> sorted(int(share * 4) for share in column)
    [0, 1, 2, 3]
    """
    generator = np.random.default_rng(seed)
    while True:
        yield (generator.permutation(runs) + generator.random(runs)) / runs


def triangular(share: Array, low: Ends, mode: Ends, high: Ends) -> Array:
    """Quantiles of triangular distributions: one, or many whose shares and ends broadcast.

    Examples
    --------
    >>> triangular(np.array([0.0, 0.5, 1.0]), 0.0, 5.0, 10.0)
    array([ 0.,  5., 10.])
    """
    width = np.asarray(high) - np.asarray(low)
    peak = np.divide(np.asarray(mode) - low, width, out=np.full(width.shape, 0.5), where=width > 0)
    rising = low + np.sqrt(share * width * (mode - low))
    falling = high - np.sqrt((1 - share) * width * (high - mode))
    return np.where(share < peak, rising, falling)
