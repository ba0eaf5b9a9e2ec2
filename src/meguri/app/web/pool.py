"""Worker processes as the server sees them: started, asked, cancelled, replaced when they die. Thin."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any

PATIENCE = 180.0  # [s] for a view; a page that takes longer should have been a job
STREAM = 64 << 20  # bytes of one line from a worker


class RefusedError(Exception):
    """The input does not allow an answer: rows of problems, each with its words in both languages."""

    def __init__(self, problems: list[dict[str, Any]], kind: str = "DataError") -> None:
        super().__init__(kind)
        self.problems, self.kind = problems, kind


class BrokenError(Exception):
    """A worker failed by a fault of ours, died, or took too long; its log says more."""


class StoppedError(Exception):
    """The task was cancelled."""


class Worker:
    """One process that does one task at a time.

    Parameters
    ----------
    nice : int
        How much the process stands back behind others.
    preload : sequence of str
        Modules imported at the start, so that the first task need not wait for them.
    """

    def __init__(self, nice: int = 0, preload: tuple[str, ...] = ()) -> None:
        self._nice, self._preload = nice, preload
        self._process: asyncio.subprocess.Process | None = None
        self._numbers = itertools.count(1)
        self._busy = asyncio.Lock()
        self.number = 0

    async def start(self) -> None:
        """Start the process, unless it runs."""
        if self._process is not None and self._process.returncode is None:
            return
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "meguri.app.web.worker", str(self._nice), *self._preload,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=STREAM,
            start_new_session=True,
        )  # fmt: skip

    @property
    def pid(self) -> int | None:
        """Number of the process while it runs."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def ask(
        self,
        task: str,
        args: Mapping[str, Any],
        told: Callable[[int, int], None] | None = None,
        patience: float | None = PATIENCE,
    ) -> Any:
        """The result of a task.

        Raises
        ------
        RefusedError
            When the input does not allow it.
        StoppedError
            When it was cancelled.
        BrokenError
            When the process failed, died or took longer than ``patience`` seconds.
        """
        async with self._busy:
            await self.start()
            try:
                return await asyncio.wait_for(self._asked(task, args, told), patience)
            except TimeoutError:
                await self.kill()
                raise BrokenError("timeout") from None
            except asyncio.CancelledError:
                await self.kill()
                raise

    async def _asked(
        self, task: str, args: Mapping[str, Any], told: Callable[[int, int], None] | None
    ) -> Any:
        process = self._process
        assert process is not None and process.stdin is not None and process.stdout is not None
        self.number = next(self._numbers)
        await self._send({"id": self.number, "task": task, "args": dict(args)})
        while line := await process.stdout.readline():
            said = json.loads(line)
            if said.get("id") != self.number:
                continue
            if "done" in said:
                if told is not None:
                    told(said["done"], said["of"])
            elif "problems" in said:
                raise RefusedError(said["problems"], said["kind"])
            elif "cancelled" in said:
                raise StoppedError
            elif "broken" in said:
                raise BrokenError(said["broken"])
            else:
                return said["result"]
        raise BrokenError("died")

    async def _send(self, content: Mapping[str, Any]) -> None:
        process = self._process
        assert process is not None and process.stdin is not None
        process.stdin.write(json.dumps(content, ensure_ascii=False).encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # a dead worker is noticed when its answer ends
            await process.stdin.drain()

    async def cancel(self) -> None:
        """Ask the present task to stop at its next sign of progress."""
        if self._process is not None and self._process.returncode is None:
            await self._send({"cancel": self.number})

    async def kill(self) -> None:
        """End the process at once; the next task starts another."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        self._process = None


class Pool:
    """Several equal workers; who asks first is served first, and urgent tasks pass the others."""

    def __init__(self, size: int, nice: int = 0, preload: tuple[str, ...] = ()) -> None:
        self._workers = [Worker(nice, preload) for _ in range(size)]
        self._free: asyncio.PriorityQueue[tuple[int, int, asyncio.Future[Worker]]] = asyncio.PriorityQueue()
        self._idle = list(self._workers)
        self._turn = itertools.count()

    async def start(self) -> None:
        """Start every worker."""
        await asyncio.gather(*(one.start() for one in self._workers))

    async def stop(self) -> None:
        """End every worker."""
        await asyncio.gather(*(one.kill() for one in self._workers))

    @property
    def pids(self) -> list[int]:
        """Numbers of the processes that run."""
        return [one.pid for one in self._workers if one.pid is not None]

    @property
    def waiting(self) -> int:
        """Tasks that wait for a worker."""
        return self._free.qsize()

    async def ask(
        self,
        task: str,
        args: Mapping[str, Any],
        told: Callable[[int, int], None] | None = None,
        *,
        urgent: bool = True,
        patience: float | None = PATIENCE,
    ) -> Any:
        """The result of a task by the next free worker; errors as of :meth:`Worker.ask`."""
        worker = await self._next(urgent)
        try:
            return await worker.ask(task, args, told, patience)
        finally:
            self._release(worker)

    async def _next(self, urgent: bool) -> Worker:
        if self._idle:
            return self._idle.pop()
        place: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._free.put_nowait((0 if urgent else 1, next(self._turn), place))
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._release(place.result())
            raise

    def _release(self, worker: Worker) -> None:
        while not self._free.empty():
            _, _, place = self._free.get_nowait()
            if not place.done():
                place.set_result(worker)
                return
        self._idle.append(worker)
