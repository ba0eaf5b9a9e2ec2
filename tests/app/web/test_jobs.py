"""The queue: what is asked twice is one job, nothing is lost, nothing half-written is shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from meguri.app.web.desk import Desk
from meguri.app.web.job import Job, read_job
from meguri.app.web.jobs import Jobs, Limits
from meguri.base.errors import DataError
from tests.app.web.hands import FakeHand

Story = Callable[[Jobs, FakeHand], Awaitable[None]]
QUICK = Limits(waiting=3, grace=0.02, beat=0.02)


def told(folder: Path, story: Story, limits: Limits = QUICK, hand: FakeHand | None = None) -> FakeHand:
    """One life of a server: recover, live through the story, stop."""
    worker = hand or FakeHand()

    async def life() -> None:
        jobs = Jobs([worker], limits)
        jobs.start([folder])
        try:
            await story(jobs, worker)
        finally:
            await jobs.stop()

    asyncio.run(life())
    return worker


async def settle(times: int = 6) -> None:
    """Let every task that can go on do so."""
    for _ in range(times):
        await asyncio.sleep(0)


async def until(job: Job, *states: str) -> None:
    """Wait for a state."""
    async with asyncio.timeout(5):
        while job.state not in states:
            await asyncio.sleep(0.005)


def order(number: int) -> dict[str, str]:
    return {"scenario": "2025-medium-heavy-rare-earths", "runs": str(number)}


def test_the_same_work_is_the_same_job_for_everybody_and_its_address_is_that_of_its_inputs(
    tmp_path: Path,
) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        mine = jobs.submit(tmp_path, "stress", order(1))
        yours = jobs.submit(tmp_path, "stress", dict(reversed(order(1).items())))
        assert mine is yours
        assert mine.id == Desk(tmp_path).answer_id("stress", order(1))
        assert jobs.submit(tmp_path, "stress", order(2)) is not mine
        await settle()
        hand.finish()
        await until(mine, "done")
        assert jobs.submit(tmp_path, "stress", order(1)) is mine
        assert Desk(tmp_path).answer("stress", order(1)) == mine.answer

    assert [one["record"]["params"]["runs"] for one in told(tmp_path, story).asked] == ["1", "2"]


def test_one_job_runs_at_a_time_and_the_others_wait_in_the_order_they_came(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        three = [jobs.submit(tmp_path, "stress", order(n)) for n in (3, 1, 2)]
        await settle()
        assert [job.state for job in three] == ["running", "waiting", "waiting"]
        assert [jobs.ahead(job) for job in three] == [None, 1, 2]
        for job in three:
            await until(job, "running")
            await settle()
            hand.finish()
            await until(job, "done")

    assert [one["record"]["params"]["runs"] for one in told(tmp_path, story).asked] == ["3", "1", "2"]


def test_a_full_queue_says_so_with_a_way_out_and_still_knows_the_jobs_it_has(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        first = jobs.submit(tmp_path, "stress", order(0))
        await settle()
        for n in (1, 2, 3):
            jobs.submit(tmp_path, "stress", order(n))
        with pytest.raises(DataError) as error:
            jobs.submit(tmp_path, "stress", order(4))
        assert error.value.problems[0].key == "web_jobs_full"
        assert error.value.problems[0].row("ja")["way_out"]
        assert jobs.submit(tmp_path, "stress", order(0)) is first
        assert jobs.submit(tmp_path, "stress", order(3)).state == "waiting"

    told(tmp_path, story)


def test_a_cancelled_job_stops_and_is_run_again_under_the_same_address(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        kept = Desk(tmp_path).kept("stress", order(1))
        kept.mkdir(parents=True)
        await settle()
        hand.step(7, 50)
        jobs.cancel(job)
        assert job.stopping
        await until(job, "cancelled")
        assert kept.is_dir(), "what was done so far is kept"
        again = jobs.submit(tmp_path, "stress", order(1))
        assert again is job
        assert again.state == "waiting"
        await until(job, "running")
        await settle()
        hand.finish()
        await until(job, "done")

    assert told(tmp_path, story).kills == 0


def test_a_job_asked_for_again_while_it_is_being_cancelled_is_not_forgotten(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        await settle()
        jobs.cancel(job)
        jobs.submit(tmp_path, "stress", order(1))
        async with asyncio.timeout(5):
            while len(hand.asked) < 2:
                await asyncio.sleep(0.005)
        assert job.state == "running"
        assert not job.stopping

    told(tmp_path, story)


def test_a_job_that_does_not_heed_a_cancel_is_ended_with_its_process(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        await settle()
        jobs.cancel(job)
        await until(job, "cancelled")

    assert told(tmp_path, story, hand=FakeHand(kind=False)).kills == 1


def test_a_job_that_takes_too_long_fails_in_plain_words_of_both_languages(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        await until(job, "failed")
        [row] = job.document()["problems"]
        assert row["key"] == "web_jobs_time"
        assert "again" in row["way_out_en"]
        assert "もう一度" in row["way_out_ja"]

    told(tmp_path, story, Limits(seconds=0.03, grace=0.02))


@pytest.mark.parametrize(("how", "fault"), [("died", "died"), ("TypeError", "fault")])
def test_a_fault_of_ours_is_one_plain_line_and_never_the_name_of_an_exception(
    tmp_path: Path, how: str, fault: str
) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        await settle()
        hand.break_down(how)
        await until(job, "failed")
        [row] = job.document()["problems"]
        assert row["key"] == f"web_jobs_{fault}"
        assert how == "died" or how not in json.dumps(job.document())
        jobs.submit(tmp_path, "stress", order(1))
        await until(job, "running")
        assert job.document()["problems"] == []

    told(tmp_path, story)


def test_problems_of_the_input_are_kept_with_place_and_way_out_over_a_restart(tmp_path: Path) -> None:
    async def fails(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        await settle()
        hand.refuse()
        await until(job, "failed")

    async def looks(jobs: Jobs, hand: FakeHand) -> None:
        [job] = jobs.listed(tmp_path)
        assert job.state == "failed"
        assert job.document()["problems"][0]["way_out_ja"] == "d"

    told(tmp_path, fails)
    assert told(tmp_path, looks).asked == []


def test_what_waits_and_runs_when_the_server_goes_down_is_taken_up_in_the_same_order(tmp_path: Path) -> None:
    async def dies(jobs: Jobs, hand: FakeHand) -> None:
        for n in (5, 4, 6):
            jobs.submit(tmp_path, "stress", order(n))
            await asyncio.sleep(0.001)
        await settle()

    async def goes_on(jobs: Jobs, hand: FakeHand) -> None:
        assert not list((tmp_path / "answers").glob(".part-*")), "the half-written answer is swept"
        for _ in range(3):
            async with asyncio.timeout(5):
                while not hand.busy:
                    await asyncio.sleep(0.005)
            hand.finish()
            await asyncio.sleep(0.01)
        assert {job.state for job in jobs.listed(tmp_path)} == {"done"}
        assert not list((tmp_path / "jobs").glob("*.json"))

    told(tmp_path, dies)
    assert (tmp_path / "answers").exists()
    asked = told(tmp_path, goes_on).asked
    assert [one["record"]["params"]["runs"] for one in asked] == ["5", "4", "6"]


def test_a_job_that_takes_the_server_down_again_and_again_is_left_alone(tmp_path: Path) -> None:
    async def dies(jobs: Jobs, hand: FakeHand) -> None:
        jobs.submit(tmp_path, "stress", order(1))
        await settle()

    async def waits(jobs: Jobs, hand: FakeHand) -> None:
        await settle()

    few = Limits(tries=3)
    begun = [len(told(tmp_path, dies, few).asked)]
    begun += [len(told(tmp_path, waits, few).asked) for _ in range(4)]
    assert begun == [1, 1, 1, 0, 0]
    [job] = [read_job(tmp_path, path) for path in (tmp_path / "jobs").glob("*.json")]
    assert job is not None
    assert (job.state, job.fault) == ("failed", "restarts")


def test_an_answer_is_shown_whole_or_not_at_all_after_a_kill_at_any_moment(tmp_path: Path) -> None:
    async def does(jobs: Jobs, hand: FakeHand) -> None:
        for n in (1, 2):
            job = jobs.submit(tmp_path, "stress", order(n))
            await until(job, "running")
            await settle()
            hand.finish()
            await until(job, "done")

    async def looks(jobs: Jobs, hand: FakeHand) -> None:
        desk = Desk(tmp_path)
        assert desk.answer("stress", order(1)) is None, "an answer without its last file is none"
        assert desk.answer("stress", order(2)) is not None
        assert [job.params["runs"] for job in jobs.listed(tmp_path)] == ["2"]

    told(tmp_path, does)
    desk = Desk(tmp_path)
    (tmp_path / "answers" / desk.answer_id("stress", order(1)) / "done.json").unlink()
    (tmp_path / "answers" / ".gone-1-1-x").mkdir()
    (tmp_path / "jobs" / ".part-1-1-x.json").write_text("{")
    (tmp_path / "jobs" / f"{'a' * 20}.json").write_text('{"id": "a')
    (tmp_path / "jobs" / f"{'b' * 20}.json").write_text("[]")
    # killed after the answer was moved and before its record was taken away
    record = read_job(tmp_path, tmp_path / "answers" / desk.answer_id("stress", order(2)) / "done.json")
    assert record is not None
    record.path.write_text(json.dumps(record.record() | {"state": "running"}))
    told(tmp_path, looks)
    assert sorted(item.name for item in (tmp_path / "jobs").iterdir()) == [".lock"]
    assert len(list((tmp_path / "answers").iterdir())) == 1


def test_delete_means_gone_with_the_answer_and_all_that_was_kept(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        kept = Desk(tmp_path).kept("stress", order(1))
        kept.mkdir(parents=True)
        await settle()
        with pytest.raises(DataError):
            jobs.remove(job)
        hand.finish()
        await until(job, "done")
        jobs.remove(job)
        with pytest.raises(DataError):
            jobs.one(tmp_path, job.id)
        assert jobs.submit(tmp_path, "stress", order(1)) is not job

    told(tmp_path, story)
    assert not list((tmp_path / "answers").glob("[!.]*"))
    assert not (tmp_path / "cache" / "runs").exists() or not list((tmp_path / "cache" / "runs").iterdir())


def test_who_comes_late_sees_the_present_state_at_once_and_who_is_slow_only_the_newest(
    tmp_path: Path,
) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        await settle()
        hand.step(10, 100)
        late = jobs.follow(job)
        first = await anext(late)
        assert first is not None
        assert (first["state"], first["done"], first["of"]) == ("running", 10, 100)
        for done in range(11, 90):
            hand.step(done, 100)
        second = await anext(late)
        assert second is not None
        assert second["done"] == 89
        assert await anext(late) is None, "a sign of life while nothing changes"
        hand.finish()
        heard = [document async for document in late]
        assert heard[-1] is not None
        assert heard[-1]["state"] == "done"
        assert jobs.followers == 0

    told(tmp_path, story)


def test_a_second_server_on_the_same_workspace_looks_and_does_not_touch(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        await settle()
        other = FakeHand()
        second = Jobs([other], QUICK)
        second.start([tmp_path])
        await settle()
        assert [one.state for one in second.listed(tmp_path)] == ["running"]
        with pytest.raises(DataError) as error:
            second.submit(tmp_path, "stress", order(2))
        assert error.value.problems[0].key == "web_jobs_elsewhere"
        heard = [one async for one in second.follow(second.one(tmp_path, job.id))]
        assert len(heard) == 1
        await second.stop()
        assert other.asked == []
        assert hand.part.is_dir(), "what the first server writes is not swept"

    told(tmp_path, story)


def test_a_workspace_that_is_deleted_takes_its_jobs_along_and_is_not_written_to_again(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        job = jobs.submit(tmp_path, "stress", order(1))
        waits = jobs.submit(tmp_path, "stress", order(2))
        await settle()
        follower = jobs.follow(job)
        await anext(follower)
        await asyncio.to_thread(jobs.drop, tmp_path)  # routes may call it from a thread
        before = sorted(str(item) for item in (tmp_path / "jobs").iterdir())
        heard = [one async for one in follower]
        assert heard[-1] is not None
        assert heard[-1]["state"] == "gone"
        await asyncio.sleep(0.05)
        assert not hand.busy
        assert waits.state == "gone"
        assert sorted(str(item) for item in (tmp_path / "jobs").iterdir()) == before

    told(tmp_path, story)


def test_what_waited_for_another_build_is_done_by_this_one_with_the_runs_it_had_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old: list[str] = []

    async def dies(jobs: Jobs, hand: FakeHand) -> None:
        old.append(jobs.submit(tmp_path, "stress", order(1)).id)
        kept = Desk(tmp_path).kept("stress", order(1))
        kept.mkdir(parents=True)
        (kept / "run").write_text("7")
        await settle()
        jobs.cancel(jobs.submit(tmp_path, "stress", order(2)))

    async def goes_on(jobs: Jobs, hand: FakeHand) -> None:
        await settle()
        other, job = jobs.listed(tmp_path)
        assert other.id == Desk(tmp_path).answer_id("stress", order(2))
        assert other.state == "cancelled"
        assert job.id == Desk(tmp_path).answer_id("stress", order(1)) != old[0]
        assert (Desk(tmp_path).kept("stress", order(1)) / "run").read_text() == "7"
        hand.finish()
        await until(job, "done")
        assert not job.document()["outdated"]

    async def looks_back(jobs: Jobs, hand: FakeHand) -> None:
        assert [job.document()["outdated"] for job in jobs.listed(tmp_path)] == [False, True]

    told(tmp_path, dies)
    for name in ("desk", "job", "recover"):
        monkeypatch.setattr(f"meguri.app.web.{name}.build_stamp", lambda: "another")
    told(tmp_path, goes_on)
    for name in ("desk", "job", "recover"):
        monkeypatch.setattr(f"meguri.app.web.{name}.build_stamp", lambda: "a third")
    told(tmp_path, looks_back)


def test_only_the_newest_jobs_that_brought_nothing_stay_on_record(tmp_path: Path) -> None:
    async def story(jobs: Jobs, hand: FakeHand) -> None:
        for n in range(5):
            job = jobs.submit(tmp_path, "stress", order(n))
            jobs.cancel(job)
            await asyncio.sleep(0.001)
        assert [job.params["runs"] for job in jobs.listed(tmp_path)] == ["4", "3"]

    told(tmp_path, story, Limits(kept=2))
    assert len(list((tmp_path / "jobs").glob("*.json"))) == 2
