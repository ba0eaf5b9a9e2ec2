"""Progress of a question that needs several sets of runs."""

from __future__ import annotations

from meguri.shock.run import Progress


class Counted:
    """One progress over several sets of runs.

    Parameters
    ----------
    progress : callable or None
        Called with (done, all) over all sets.
    total : int
        Runs of all sets.

    Examples
    --------
    >>> seen = []
    >>> steps = Counted(lambda done, of: seen.append((done, of)), total=3)
    >>> for runs in (2, 1):
    ...     told = steps.next()
    ...     for done in range(1, runs + 1):
    ...         told(done, runs)
    >>> seen
    [(1, 3), (2, 3), (3, 3)]
    """

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._before, self._last = progress, total, 0, 0

    def next(self) -> Progress | None:
        """Progress of the next set, which goes on counting where the last one ended."""
        self._before += self._last
        self._last = 0
        return None if self._progress is None else self._told

    def _told(self, done: int, _: int) -> None:
        self._last = done
        if self._progress is not None:
            self._progress(self._before + done, self._total)
