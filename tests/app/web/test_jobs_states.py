"""The queue as a machine: whatever is done to it, in whatever order, memory and disk say the same."""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from meguri.app.web.desk import Desk
from meguri.app.web.job import Job
from meguri.app.web.jobs import Jobs, Limits
from meguri.app.web.recover import on_record
from meguri.base.errors import DataError
from tests.app.web.hands import FakeHand
from tests.app.web.test_jobs import order, settle

WORK = st.integers(0, 4)
LIMITS = Limits(waiting=3, grace=0.01, beat=0.01, tries=1000)


class Queue(RuleBasedStateMachine):
    """A workspace, one server after another, and what we believe of each job."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.place = tempfile.TemporaryDirectory()
        self.folder = Path(self.place.name)
        self.believed: dict[int, str] = {}
        self.begin()

    def go(self, action: Any = None) -> Any:
        """Do something in the server's loop and let it settle."""

        async def doing() -> Any:
            found = action() if action is not None else None
            await settle(12)
            return found

        return self.loop.run_until_complete(doing())

    def begin(self) -> None:
        self.hand = FakeHand()

        async def starting() -> None:
            self.jobs = Jobs([self.hand], LIMITS)
            self.jobs.start([self.folder])
            await settle(12)

        self.loop.run_until_complete(starting())

    def job(self, n: int) -> Job | None:
        name = Desk(self.folder).answer_id("stress", order(n))
        return next((job for job in self.jobs.listed(self.folder) if job.id == name), None)

    def pump(self) -> None:
        """What the machine believes once the worker is free: the job that is running there."""
        if self.hand.busy:
            runs = int(self.hand.asked[-1]["record"]["params"]["runs"])
            self.believed[runs] = "running"

    @rule(n=WORK)
    def ask(self, n: int) -> None:
        waiting = sum(state == "waiting" for state in self.believed.values())
        before = self.believed.get(n)
        try:
            job = self.go(lambda: self.jobs.submit(self.folder, "stress", order(n)))
        except DataError as error:
            assert error.problems[0].key == "web_jobs_full"
            assert waiting >= LIMITS.waiting
            assert before not in ("waiting", "running", "done")
            return
        assert job.id == Desk(self.folder).answer_id("stress", order(n))
        if before not in ("waiting", "running", "done"):
            self.believed[n] = "waiting"
        self.pump()

    def running(self) -> int | None:
        return next((n for n, state in self.believed.items() if state == "running"), None)

    @precondition(lambda self: self.hand.busy)
    @rule(done=st.integers(0, 9))
    def progress(self, done: int) -> None:
        self.go(lambda: self.hand.step(done, 9))

    @precondition(lambda self: self.hand.busy)
    @rule(how=st.sampled_from(["finish", "refuse", "break_down"]))
    def end(self, how: str) -> None:
        n = self.running()
        assert n is not None
        self.go(getattr(self.hand, how))
        self.believed[n] = "done" if how == "finish" else "failed"
        self.pump()

    @rule(n=WORK)
    def cancel(self, n: int) -> None:
        job = self.job(n)
        if job is not None:
            self.go(lambda: self.jobs.cancel(job))
            if self.believed[n] in ("waiting", "running"):
                self.believed[n] = "cancelled"
            self.pump()

    @rule(n=WORK)
    def remove(self, n: int) -> None:
        job = self.job(n)
        if job is None:
            return
        with contextlib.suppress(DataError):
            self.go(lambda: self.jobs.remove(job))
            assert self.believed.pop(n) in ("done", "failed", "cancelled")

    @rule()
    def the_server_is_killed_and_started_again(self) -> None:
        self.loop.run_until_complete(self.jobs.stop())
        self.believed = {n: "waiting" if s == "running" else s for n, s in self.believed.items()}
        self.begin()
        self.pump()

    @invariant()
    def we_know_the_state_of_every_job(self) -> None:
        told = {int(job.params["runs"]): job.state for job in self.jobs.listed(self.folder)}
        assert told == self.believed

    @invariant()
    def disk_and_memory_say_the_same(self) -> None:
        kept = {int(job.params["runs"]): job.state for job in on_record(self.folder).values()}
        assert kept == self.believed

    @invariant()
    def what_is_shown_is_whole_and_one_runs_at_a_time(self) -> None:
        shown = list((self.folder / "answers").glob("[!.]*"))
        assert all((one / "done.json").is_file() and (one / "half").is_file() for one in shown)
        assert len(shown) == sum(state == "done" for state in self.believed.values())
        running = sum(state == "running" for state in self.believed.values())
        assert running == min(1, running + sum(state == "waiting" for state in self.believed.values()))

    def teardown(self) -> None:
        self.loop.run_until_complete(self.jobs.stop())
        self.loop.close()
        self.place.cleanup()


TestQueue = Queue.TestCase
TestQueue.settings = settings(stateful_step_count=25)
