"""Pages that were written out: kept compressed, so that a second reader costs next to nothing. Thin."""

from __future__ import annotations

import asyncio
import gzip
from collections import OrderedDict
from collections.abc import Callable

MOST = 8 << 20  # bytes of compressed pages kept


class Written:
    """Compressed pages by the address of all that went into them; those not read for longest go first.

    Examples
    --------
    >>> pages = Written(most=64)
    >>> gzip.decompress(asyncio.run(pages.get("a", lambda: "<p>one</p>")))
    b'<p>one</p>'
    >>> gzip.decompress(asyncio.run(pages.get("a", lambda: "<p>not written again</p>")))
    b'<p>one</p>'
    """

    def __init__(self, most: int = MOST) -> None:
        self._pages: OrderedDict[str, bytes] = OrderedDict()
        self._writing: dict[str, asyncio.Task[bytes]] = {}
        self._most = most
        self._size = 0

    async def get(self, key: str, write: Callable[[], str]) -> bytes:
        """The compressed page of a key; written on a thread, so that others are answered meanwhile."""
        if key in self._pages:
            self._pages.move_to_end(key)
            return self._pages[key]
        task = self._writing.get(key)
        if task is None:
            task = asyncio.ensure_future(asyncio.to_thread(lambda: gzip.compress(write().encode(), 5)))
            self._writing[key] = task
            task.add_done_callback(lambda done: self._ended(key, done))
        return await asyncio.shield(task)

    def _ended(self, key: str, task: asyncio.Task[bytes]) -> None:
        self._writing.pop(key, None)
        if task.cancelled() or task.exception() is not None:
            return
        self._pages[key] = task.result()
        self._size += len(task.result())
        while self._size > self._most:
            self._size -= len(self._pages.popitem(last=False)[1])
