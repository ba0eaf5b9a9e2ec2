"""Ctrl-C between runs: compiled code that is interrupted on its way out takes the process down."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


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
