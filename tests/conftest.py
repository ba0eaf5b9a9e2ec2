"""Shared by all tests: hypothesis' examples, kernels compiled once for all workers, less garbage collection.

``quick`` keeps the fast suite short, ``HYPOTHESIS_PROFILE=thorough`` tries many more; both profiles try
the same examples every time.
"""

from __future__ import annotations

import gc
import os
import tempfile
import threading
from pathlib import Path
from typing import Any

# The workers fill the cores between them. A second thread of BLAS then only waits, and waits by spinning: it
# took four fifths of the processor time of the tests of breaks. It is read once, when numpy comes in.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hypothesis import HealthCheck, settings
from numba.core.dispatcher import Dispatcher

_SHARED = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
settings.register_profile("quick", max_examples=12, **_SHARED)
settings.register_profile("thorough", max_examples=500, **_SHARED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

# No test reads or writes what the person running it has added.
os.environ["MEGURI_HOME"] = tempfile.mkdtemp(prefix="meguri-tests-")

# Collecting tests makes objects that stay to the end: looking through them for garbage, then and after each
# test, took a fifth of the time of collecting. They are put aside once all are there.
gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_unconfigure() -> None:
    gc.unfreeze()  # else libraries that count what is left at the end complain


# Two workers that need a kernel no cache holds yet would both compile it, for half a minute each: one
# compiles, and the other finds it in the cache (numba looks there again when it is its turn).
if os.name == "posix" and "PYTEST_XDIST_WORKER" in os.environ:
    import fcntl

    _compile = Dispatcher.compile
    _TURN = Path(tempfile.gettempdir()) / f"meguri-tests-{os.environ['PYTEST_XDIST_TESTRUNUID']}.lock"

    _MINE = threading.RLock()  # a kernel's parts are compiled within its own turn

    def _one_at_a_time(self: Dispatcher, sig: Any) -> Any:
        with _MINE, _TURN.open("w") as turn:
            if not _held:
                fcntl.flock(turn, fcntl.LOCK_EX)
            _held.append(sig)
            try:
                return _compile(self, sig)
            finally:
                _held.pop()

    _held: list[Any] = []
    Dispatcher.compile = _one_at_a_time
