"""Many runs on several threads, and Ctrl-C between them.

The compiled day-by-day loop lets go of Python's lock, so threads share the work and no data is copied.
Compiled code that is interrupted on its way out takes the process down: Ctrl-C is held back until a run
has ended.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TypeVar

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt (malloc.h)
_KEPT = 256 << 20  # [B] free memory above this goes back
_LARGEST = 32 << 20  # [B] larger blocks are mapped by themselves; more is refused
Task = TypeVar("Task")
Found = TypeVar("Found")


class Cancelled(KeyboardInterrupt):
    """Ctrl-C came; the runs that had ended are kept where a folder was given.

    Attributes
    ----------
    done, runs : int
        Runs that are kept, and runs asked for.
    folder : Path or None
        Where they are kept; ``None`` when nothing is.
    """

    def __init__(self, done: int, runs: int, folder: Path | None) -> None:
        super().__init__(f"{done} of {runs} runs")
        self.done, self.runs, self.folder = done, runs, folder


@contextmanager
def cancel_between_runs() -> Iterator[Callable[[], None]]:
    """Hold Ctrl-C back until the caller asks; what is given raises KeyboardInterrupt if it came.

    Only the main thread hears signals; elsewhere nothing changes.

    Examples
    --------
    >>> with cancel_between_runs() as cancel_here:
    ...     cancel_here()  # nothing was pressed
    """
    pressed: list[int] = []

    def cancel_here() -> None:
        if pressed:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield cancel_here
        return
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield cancel_here
    finally:
        signal.signal(signal.SIGINT, before)
    cancel_here()


def keep_freed_memory() -> None:
    """Ask the C library to keep what is freed instead of handing it back.

    A story takes megabytes and is told hundreds of times; the system would clear every page of it
    anew, for a third of the time. Only glibc knows the request; elsewhere nothing changes.
    """
    with suppress(AttributeError, OSError, TypeError):
        library = ctypes.CDLL(None)
        library.mallopt(_TRIM_THRESHOLD, _KEPT)
        library.mallopt(_MMAP_THRESHOLD, _LARGEST)


def cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def quick_turns() -> Iterator[None]:
    """Threads ask for Python's lock ten times as often.

    The compiled loop lets go of it each month for less than a millisecond; waiting the usual 5 ms for
    it to come back would leave a processor idle most of the time.
    """
    before = sys.getswitchinterval()
    sys.setswitchinterval(before / 10)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def spread(
    tasks: Iterable[Task], work: Callable[[Task], Found], workers: int
) -> Generator[Found, None, None]:
    """What the work on every task brings, as it comes; one worker works here, one after the other.

    Closing what is given waits for the tasks under way and begins no other.

    Examples
    --------
    >>> sorted(spread(range(5), lambda number: number**2, workers=2))
    [0, 1, 4, 9, 16]
    """
    if workers <= 1:
        yield from map(work, tasks)
        return
    with quick_turns(), ThreadPoolExecutor(workers) as pool:
        waiting = iter(tasks)
        under_way = {pool.submit(work, task) for task in islice(waiting, 2 * workers)}
        try:
            while under_way:
                ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                under_way |= {pool.submit(work, task) for task in islice(waiting, len(ended))}
                yield from (one.result() for one in ended)
        finally:
            _drop(under_way)


def _drop(under_way: set[Future[Found]]) -> None:
    for one in under_way:
        one.cancel()
