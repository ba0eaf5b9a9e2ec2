"""Long work: a bounded queue in front of one niced worker, kept on disk, seen alike by every browser. Thin.

waiting ─→ running ─→ done            ``submit`` of the same work finds the same job, wherever it stands;
   │          ├─────→ failed ─┐       after a failure or a cancel it goes on from what was kept
   └──────────┴─────→ cancelled ─→ waiting
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
from asyncio import FIRST_COMPLETED
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from meguri.app.web.desk import Desk
from meguri.app.web.job import MOST_PROBLEMS, OVER, Job, State, now
from meguri.app.web.pool import RefusedError
from meguri.app.web.recover import hold, on_record, recovered
from meguri.app.web.whole import remove_whole
from meguri.base.errors import DataError, Problem

BREATH = 0.2  # [s] between two states told to one who follows
log = logging.getLogger("meguri.web")


class Hand(Protocol):
    """Whoever does one task at a time: :class:`meguri.app.web.pool.Worker`."""

    @property
    def pid(self) -> int | None:
        """Number of the process while it runs."""
        ...

    async def ask(
        self,
        task: str,
        args: Mapping[str, Any],
        told: Callable[[int, int], None] | None = None,
        patience: float | None = None,
    ) -> Any:
        """The result of a task; cancelling the call ends the process."""
        ...

    async def cancel(self) -> None:
        """Ask the present task to stop at its next sign of progress."""
        ...

    async def kill(self) -> None:
        """End the process at once."""
        ...


@dataclass(frozen=True)
class Limits:
    """What long work may take.

    Attributes
    ----------
    waiting : int
        Jobs that may wait, over all workspaces.
    kept : int
        Failed and cancelled jobs on record in a workspace; the oldest go.
    seconds : float
        Time of one job [s].
    memory : int
        What one job may hold [B]; 0 is no bound.
    grace : float
        Time a cancelled job has to stop by itself [s].
    tries : int
        Times a job is begun when the server keeps going down under it.
    beat : float
        Time between signs of life to who follows a job [s].
    """

    waiting: int = 20
    kept: int = 100
    seconds: float = 3600.0
    memory: int = 4 << 30
    grace: float = 5.0
    tries: int = 5
    beat: float = 15.0


class Jobs:
    """All jobs of the workspaces a server holds.

    Parameters
    ----------
    hands : sequence of Hand
        Workers for jobs; each does one at a time.
    limits : Limits
        Bounds.
    """

    def __init__(self, hands: Sequence[Hand], limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._hands = list(hands)
        self._shelves: dict[Path, dict[str, Job]] = {}
        self._locks: dict[Path, IO[bytes]] = {}
        self._dropped: set[Path] = set()
        self._work = asyncio.Event()
        self._at_work: dict[Job, Hand] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self.followers = 0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, folders: Iterable[Path] = ()) -> None:
        """Take up what earlier servers left in these workspaces, and begin to work."""
        self._loop = asyncio.get_running_loop()
        for folder in folders:
            self._shelf(folder)
        self._tasks = [asyncio.create_task(self._serve(hand)) for hand in self._hands]

    async def stop(self) -> None:
        """Stop working; what runs is taken up again at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        for hand in self._hands:
            await hand.kill()
        for folder in list(self._locks):
            self._forget(folder)

    def listed(self, folder: Path) -> list[Job]:
        """Jobs of a workspace, the newest first."""
        return sorted(self._shelf(folder).values(), key=lambda job: (job.created, job.id), reverse=True)

    def one(self, folder: Path, name: str) -> Job:
        """One job.

        Raises
        ------
        DataError
            When the workspace has none of this address.
        """
        found = self._shelf(folder).get(name)
        if found is None:
            raise DataError(Problem("web_jobs_none", "job", name[:40]))
        return found

    def ahead(self, job: Job) -> int | None:
        """Jobs that come before a waiting one; ``None`` for others."""
        queue = self._queue()
        return queue.index(job) + len(self._running) if job in queue else None

    def submit(self, folder: Path, kind: str, params: Mapping[str, str]) -> Job:
        """The job that does this work, put into the queue unless it stands there, runs or is done.

        Raises
        ------
        DataError
            When too many wait, or a parameter names an own file that is not there.
        """
        desk = Desk(folder)
        name, shelf = desk.answer_id(kind, params), self._shelf(folder)
        job = shelf.get(name)
        if job is not None and job.state == "done" and not (job.answer / "done.json").is_file():
            job = None  # its answer was taken away behind our back
        if job is not None and job.state in ("waiting", "running", "done"):
            job.again = job.stopping  # asked for once more while it is being cancelled
            return job
        if folder not in self._shelves:
            raise DataError(Problem("web_jobs_elsewhere", "jobs"))
        if len(self._queue()) >= self.limits.waiting:
            raise DataError(Problem("web_jobs_full", "jobs", str(self.limits.waiting)))
        if job is None:
            job = Job(folder, name, kind, dict(params), desk.inputs(params))
        job.turn("waiting", created=now(), started="", ended="", tries=0, problems=[], fault="")
        shelf[name] = job
        self._work.set()
        return job

    def cancel(self, job: Job) -> None:
        """Let a job stop: at once while it waits, at its next sign of progress while it runs."""
        if job.state == "waiting":
            job.turn("cancelled", ended=now())
            self._prune(job.folder)
        elif job.state == "running":
            job.stopping, job.again = True, False
            job.stop.set()
            job.tell()

    def remove(self, job: Job) -> None:
        """Take a job that is over away, with its answer and whatever it kept: gone means gone."""
        if job.state not in ("done", "failed", "cancelled") or job.folder not in self._shelves:
            raise DataError(Problem("web_jobs_busy", "job", job.id))
        remove_whole(job.answer)
        remove_whole(job.folder / "cache" / "runs" / job.id)
        self._shelf(job.folder).pop(job.id, None)
        job.turn("gone")

    def drop(self, folder: Path) -> None:
        """Forget a workspace that is being deleted, from whatever thread; what works there ends at once."""
        self._dropped.add(folder)
        for job in list(self._shelves.get(folder, {}).values()):
            job.state = "gone"  # from here on nothing is written
        for job, hand in list(self._at_work.items()):
            if job.folder == folder and hand.pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(hand.pid, signal.SIGTERM)
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._forget, folder)

    def _forget(self, folder: Path) -> None:
        for job in self._shelves.pop(folder, {}).values():
            job.stop.set()
            job.tell()
        if folder in self._locks:
            self._locks.pop(folder).close()

    async def follow(self, job: Job) -> AsyncIterator[dict[str, Any] | None]:
        """States of a job as they come, the present one at once; ``None`` is a sign of life.

        Whoever reads slowly is told the newest state only, so that nothing piles up.
        """
        self.followers += 1
        try:
            async for document in self._followed(job):
                yield document
        finally:
            self.followers -= 1

    async def _followed(self, job: Job) -> AsyncIterator[dict[str, Any] | None]:
        seen = -1
        while True:
            changed = job.changed
            if job.revision == seen:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), self.limits.beat)
                if job.revision == seen:
                    yield None
                    continue
            seen = job.revision
            over = job.state in OVER or job.folder not in self._shelves
            yield job.document(self.ahead(job))
            if over:
                return
            await asyncio.sleep(BREATH)

    # ---- the queue

    def _queue(self) -> list[Job]:
        waiting = [
            job for shelf in self._shelves.values() for job in shelf.values() if job.state == "waiting"
        ]
        return sorted(waiting, key=lambda job: (job.created, job.id))

    @property
    def _running(self) -> list[Job]:
        return [job for shelf in self._shelves.values() for job in shelf.values() if job.state == "running"]

    async def _serve(self, hand: Hand) -> None:
        """One worker's day."""
        while True:
            queue = self._queue()
            if not queue:
                self._work.clear()
                await self._work.wait()
                continue
            job = queue[0]
            self._at_work[job] = hand
            try:
                job.stop = asyncio.Event()
                job.turn("running", started=now(), tries=job.tries + 1, stopping=False, done=0, of=0)
                await self._do(hand, job)
            except Exception:  # of the server itself, such as a full disk
                log.exception("job %s", job.id)
                job.state, job.fault = "failed", "fault"
                job.tell()
            finally:
                self._at_work.pop(job, None)

    async def _do(self, hand: Hand, job: Job) -> None:
        """Have one job done, and put on record how it ended."""
        args = {"folder": str(job.folder), "record": job.record(), "memory": self.limits.memory}
        asking = asyncio.ensure_future(hand.ask("job", args, job.progress, None))
        try:
            late = await self._watch(hand, job, asking)
        finally:  # the server stops: the job stays on record as one that runs
            if not asking.done():
                asking.cancel()
                await asyncio.wait({asking})
        error = None if asking.cancelled() else asking.exception()
        if isinstance(error, RefusedError):
            self._end(job, "failed", problems=error.problems[:MOST_PROBLEMS])
        elif not asking.cancelled() and error is None:
            self._end(job, "done")
        elif job.stop.is_set():
            self._end(job, "cancelled")
        else:
            log.error("job %s of kind %s: %r", job.id, job.kind, error)
            self._end(job, "failed", fault="time" if late else _fault(error))

    async def _watch(self, hand: Hand, job: Job, asking: asyncio.Future[Any]) -> bool:
        """Wait until a task has ended; stop it when it is cancelled or late. Whether it was late."""
        stop = asyncio.ensure_future(job.stop.wait())
        try:
            await asyncio.wait({asking, stop}, timeout=self.limits.seconds, return_when=FIRST_COMPLETED)
            if asking.done():
                return False
            await hand.cancel()
            await asyncio.wait({asking}, timeout=self.limits.grace)
            asking.cancel()
            await asyncio.wait({asking})
            return not stop.done()
        finally:
            stop.cancel()

    def _end(self, job: Job, state: State, **values: Any) -> None:
        if job.state == "gone":
            return
        again = job.again and state == "cancelled"
        job.again = job.stopping = False
        if again:
            job.turn("waiting", created=now())
        else:
            job.turn(state, ended=now(), **values)
            self._prune(job.folder)

    # ---- what lies on disk

    def _shelf(self, folder: Path) -> dict[str, Job]:
        """Jobs of a workspace: taken up from disk the first time, only looked at while another has them."""
        if folder in self._dropped:
            return {}
        if folder not in self._shelves:
            lock = hold(folder)
            if lock is None:
                return on_record(folder)
            self._locks[folder] = lock
            self._shelves[folder] = recovered(folder, self.limits.tries)
            self._work.set()
        return self._shelves[folder]

    def _prune(self, folder: Path) -> None:
        """Forget the oldest jobs that brought nothing."""
        over = [job for job in self.listed(folder) if job.state in ("failed", "cancelled")]
        for job in over[self.limits.kept :]:
            self.remove(job)


def _fault(error: BaseException | None) -> str:
    """Row of the words ``web_jobs`` for a failure that is no fault of the input."""
    return "died" if str(error) == "died" else "fault"
